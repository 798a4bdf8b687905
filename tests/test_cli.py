"""The command's contract: arguments, streams, exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from torchscript_lint import __version__
from torchscript_lint.cli import main
from torchscript_lint.rules import ALL, BY_CODE

NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return self._encode(x)

    def _encode(self, x):
        s = {1, 2}
        return x
"""
CLEAN = NET.replace("{1, 2}", "[1, 2]")
LINE = "net.py:10:13: TS132 set in a compiled function: TorchScript has no form for it\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project as the current directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path


def tslint(*arguments: str, stdin: str | bytes = "", **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "torchscript_lint", *arguments]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, **options)  # type: ignore[call-overload]
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command in this process: exit code, standard output, standard error."""
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_findings(here: Path) -> None:
    (here / "net.py").write_text(NET)
    done = tslint("net.py", "--output-format", "concise")
    assert (done.returncode, done.stdout) == (1, LINE)
    assert done.stderr == "Found 1 error in 1 of 1 file.\n"


def test_clean(here: Path) -> None:
    (here / "net.py").write_text(CLEAN)
    done = tslint("check", ".")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "No findings in 1 file.\n"


def test_the_verb_is_check_by_default(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    runs = [call(capsys, *verb, *paths) for verb in ([], ["check"]) for paths in ([], ["."], ["net.py"])]
    assert all(run == runs[0] for run in runs)
    assert runs[0][0] == 1


def test_json_is_what_was_agreed_on(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    code, out, _ = call(capsys, "net.py", "--output-format", "json")
    assert code == 1
    [found] = json.loads(out)
    url = found.pop("url")
    assert url.endswith("/docs/rules/TS132.md")
    assert found == {
        "code": "TS132",
        "name": "set-literal",
        "message": "set in a compiled function: TorchScript has no form for it",
        "severity": "error",
        "mode": "script",
        "filename": str(here / "net.py"),
        "location": {"row": 10, "column": 13},
        "end_location": {"row": 10, "column": 19},
        "target": "Net._encode",
        "chain": ["Net.forward", "Net._encode"],
        "entries": [],
        "fix": None,
    }
    (here / "net.py").write_text(CLEAN)
    assert call(capsys, ".", "--output-format=json")[:2] == (0, "[]\n")


def test_full_shows_the_place_the_reason_and_the_chain(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    _, out, _ = call(capsys, "net.py")
    lines = out.splitlines()
    assert lines[0].startswith("error[TS132] set-literal: ")
    assert lines[1] == "  --> net.py:10:13"
    assert lines[3] == "10 |         s = {1, 2}"
    assert lines[4] == "   |             ^^^^^^"
    assert "torch.jit.script says: " in out
    assert "why: " in out
    assert "instead: " in out
    assert "reached by: Net.forward → Net._encode" in out
    assert "\x1b" not in out


def test_standard_input(here: Path) -> None:
    done = tslint("-", "--output-format", "concise", "--stdin-filename", "net.py", stdin=NET)
    assert (done.returncode, done.stdout) == (1, LINE)
    done = tslint("-", "--output-format", "concise", stdin=NET)
    assert done.stdout == LINE.replace("net.py", "<stdin>")
    assert tslint("-", stdin=CLEAN).returncode == 0
    assert tslint("-", stdin="").returncode == 0
    found = json.loads(tslint("-", "--stdin-filename", "a/net.py", "--output-format", "json", stdin=NET).stdout)
    assert found[0]["filename"] == str(here / "a" / "net.py")


def test_standard_input_is_not_what_is_on_disk(here: Path) -> None:
    (here / "net.py").write_text(CLEAN)
    done = tslint("-", "--stdin-filename", "net.py", stdin=NET)
    assert done.returncode == 1
    assert "s = {1, 2}" in done.stdout


def test_standard_input_finds_its_configuration(here: Path) -> None:
    (here / "a").mkdir()
    (here / "a" / "pyproject.toml").write_text('[tool.tslint]\nignore = ["TS132"]\n')
    assert tslint("-", "--stdin-filename", "a/net.py", stdin=NET).returncode == 0
    assert tslint("-", "--stdin-filename", "net.py", stdin=NET).returncode == 1


def test_undecodable_standard_input() -> None:
    done = tslint("-", stdin=b"x = '\xff'\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "tslint: <stdin>: cannot be decoded" in done.stderr


def test_a_file_that_cannot_be_parsed_is_a_finding(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "bad.py").write_text("import torch\n\ndef f(:\n    pass\n")
    (here / "net.py").write_text(NET)
    code, out, _ = call(capsys, ".", "--output-format", "concise")
    assert code == 1
    assert out == "bad.py:3:7: TS001 this file cannot be parsed: invalid syntax\n" + LINE


def test_what_cannot_be_read_does_not_stop_the_rest(here: Path) -> None:
    (here / "bytes.py").write_bytes(b"import torch\nx = '\xff'\n")
    (here / "cookie.py").write_bytes(b"# coding: klingon\nimport torch\n")
    (here / "net.py").write_text(NET)
    done = tslint(".", "nope.py", "nope/", "--output-format", "concise")
    assert (done.returncode, done.stdout) == (2, LINE)
    messages = dict(line.split(": ", 2)[1:] for line in done.stderr.splitlines() if line.startswith("tslint: "))
    assert set(messages) == {"bytes.py", "cookie.py", "nope.py", "nope/"}
    assert "cannot be decoded" in messages["bytes.py"]
    assert "klingon" in messages["cookie.py"]
    assert messages["nope.py"] == "No such file or directory"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(here: Path) -> None:
    (here / "net.py").write_text(NET)
    (here / "net.py").chmod(0)
    done = tslint("net.py")
    assert done.returncode == 2
    assert "Permission denied" in done.stderr


def test_selection(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    for arguments, code in [
        (["--select", "TS132"], 1),
        (["--select", "TS101,set-literal"], 1),
        (["--select", "TS101", "--select", "TS132"], 1),
        (["--select", "TS101"], 0),
        (["--ignore", "set-literal"], 0),
        (["--select", "TS2", "--extend-select", "TS132"], 1),
        (["--mode", "trace"], 0),
        (["--mode", "script"], 1),
    ]:
        assert call(capsys, "net.py", *arguments)[0] == code, arguments
    code, out, err = call(capsys, "net.py", "--select", "set-litteral")
    assert (code, out) == (2, "")
    assert "did you mean 'set-literal'?" in err


def test_targets(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "plain.py").write_text("def f(x):\n    return {1}\n")
    assert call(capsys, "plain.py")[0] == 0
    assert call(capsys, "plain.py", "--targets", "all")[0] == 1


def test_statistics_go_to_standard_error(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET.replace("s = {1, 2}", "s = {1}, {2}, lambda: 1"))
    code, out, err = call(capsys, "net.py", "--statistics", "--output-format", "json")
    assert code == 1
    assert len(json.loads(out)) == 3
    assert err.splitlines()[:2] == [
        "2  TS132  set-literal  error",
        "1  TS130  lambda       error",
    ]


def test_exit_zero(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    assert call(capsys, "net.py", "--exit-zero")[0] == 0
    assert call(capsys, "net.py", "nope.py", "--exit-zero")[0] == 2


def test_quiet(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    assert call(capsys, "net.py", "-q")[2] == ""
    assert call(capsys, "nothing", "-q")[2] == "tslint: nothing: No such file or directory\n"


def test_no_files_are_no_findings(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, ".") == (0, "", "tslint: no Python files to lint\n")


def test_accepted_options(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    one = call(capsys, ".", "--no-cache", "--jobs", "1")
    assert one == call(capsys, ".", "-j2")
    assert one[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--mode", "eager"],
        ["--output-format", "xml"],
        ["--no-such-option"],
        ["--sel", "TS1"],
        ["-", "net.py"],
        ["net.py", "--stdin-filename", "x.py"],
        ["--config", "x.toml", "--isolated"],
        ["rule", "TS132", "TS133"],
    ],
)
def test_bad_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "usage: tslint" in err


def test_exclude(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    assert call(capsys, ".", "--exclude", "net.py")[0] == 0
    assert call(capsys, "net.py", "--exclude", "net.py")[0] == 1
    assert call(capsys, "net.py", "--exclude", "*.py", "--force-exclude")[0] == 0
    (here / ".gitignore").write_text("net.py\n")
    assert call(capsys, ".")[0] == 0


# --- configuration -------------------------------------------------------------------------------


def test_configuration(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    (here / "pyproject.toml").write_text('[tool.tslint]\nignore = ["set-literal"]\n')
    assert call(capsys, "net.py")[0] == 0
    assert call(capsys, "net.py", "--isolated")[0] == 1
    (here / "other.toml").write_text('select = ["TS2"]\n')
    assert call(capsys, "net.py", "--config", "other.toml")[0] == 0
    (here / "other.toml").write_text('select = ["TS1"]\n')
    assert call(capsys, "net.py", "--config", "other.toml")[0] == 1
    assert call(capsys, "net.py", "--config", "missing.toml")[0] == 2


def test_a_bad_configuration_is_said_clearly(here: Path) -> None:
    (here / "net.py").write_text(NET)
    for text, message in [
        ("[tool.tslint]\nignor = []\n", "has no key 'ignor'; did you mean 'ignore'?"),
        ("[tool.tslint]\nignore = ['TS9999']\n", "there is no rule 'TS9999'"),
        ("[tool.tslint", "not valid TOML"),
    ]:
        (here / "pyproject.toml").write_text(text)
        done = tslint("net.py")
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr
        assert "Traceback" not in done.stderr


def test_show_settings_is_a_configuration(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "pyproject.toml").write_text(
        '[tool.tslint]\nselect = ["TS13"]\nmode = "script"\n[tool.tslint.per-file-ignores]\n"t/*" = ["TS132"]\n'
    )
    code, out, _ = call(capsys, "--show-settings", "--ignore", "TS131")
    assert code == 0
    assert str(here / "pyproject.toml") in out
    (here / "again.toml").write_text(out)
    again = call(capsys, "--show-settings", "--config", "again.toml")
    assert again[1].splitlines()[1:] == out.splitlines()[1:]
    assert '"TS132"' in out
    assert '"TS131"' not in out


# --- files and streams ---------------------------------------------------------------------------


def test_output_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    target = here / "report.json"
    code, out, _ = call(capsys, "net.py", "--output-format", "json", "--output-file", "report.json")
    assert (code, out) == (1, "")
    assert json.loads(target.read_text())[0]["code"] == "TS132"
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask
    target.chmod(0o640)
    (here / "link.json").symlink_to(target)
    call(capsys, "net.py", "--output-format", "concise", "--output-file", "link.json")
    assert target.read_text() == LINE
    assert target.stat().st_mode & 0o777 == 0o640
    assert (here / "link.json").is_symlink()
    assert sorted(os.listdir(here)) == ["link.json", "net.py", "report.json"]


def test_output_file_that_cannot_be_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    code, out, err = call(capsys, "net.py", "--output-file", "no/such/place")
    assert (code, out) == (2, "")
    assert "no/such/place: cannot be written: No such file or directory" in err


def test_output_file_that_is_a_device(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    assert call(capsys, "net.py", "--output-file", os.devnull)[0] == 1
    assert not Path(os.devnull).is_file()


def test_a_reader_that_has_seen_enough(here: Path) -> None:
    body = "".join(f"        s{number} = {{1}}\n" for number in range(5000))
    (here / "net.py").write_text(f"import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n{body}")
    command = [sys.executable, "-m", "torchscript_lint", "net.py", "-q"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1


def test_names_that_are_no_text(here: Path) -> None:
    name = os.fsencode(here) + b"/n\xff.py"
    with open(name, "w") as file:
        file.write(NET)
    done = tslint(".", "--output-format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["filename"] == os.fsdecode(name)
    assert tslint(".", "--output-format", "concise").returncode == 1
    assert tslint(".").returncode == 1


def test_an_encoding_without_arrows(here: Path) -> None:
    (here / "net.py").write_text(NET, encoding="utf-8")
    done = tslint("net.py", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert "Net.forward \\u2192 Net._encode" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("environment", "color"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colour_only_on_a_terminal(here: Path, environment: dict[str, str], color: bool) -> None:
    (here / "net.py").write_text(NET)
    out = on_terminal(["net.py"], {"TERM": "xterm", **environment})
    assert ("\x1b[" in out) is color
    assert "TS132" in out
    assert "linting" not in out


def on_terminal(arguments: Sequence[str], environment: dict[str, str]) -> str:
    """What the command writes where all its streams are a terminal."""
    import pty

    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "torchscript_lint", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, **environment},
    ) as process:
        os.close(slave)
        chunks = []
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            chunks.append(chunk)
        process.wait(timeout=60)
    os.close(master)
    return b"".join(chunks).decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_progress_bar_where_people_would_wait(here: Path) -> None:
    body = "        y = x + 1 * (x - x.sum())\n" * 400
    for number in range(60):
        (here / f"net{number}.py").write_text(
            f"import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n{body}"
        )
    code = (
        "import sys\nfrom torchscript_lint.cli import main, progress\n"
        "progress.PATIENCE = 0.0\nsys.exit(main(sys.argv[1:]))\n"
    )
    (here / "impatient").write_text(code)
    import pty

    for quiet in ([], ["-q"]):
        master, slave = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "impatient", ".", "--jobs", "1", *quiet],
            stdout=subprocess.DEVNULL,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as process:
            os.close(slave)
            shown = b""
            while True:
                try:
                    chunk = os.read(master, 65536)
                except OSError:
                    break
                shown += chunk
            process.wait(timeout=60)
        os.close(master)
        assert (b"linting" in shown) is not bool(quiet)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_run(here: Path, jobs: str) -> None:
    for number in range(40):
        (here / f"net{number}.py").write_text("import torch\n" + "# filler\n" * 1000)
    code = (
        "import sys, time\nfrom torchscript_lint.cli import main\nfrom torchscript_lint.lint import core\n"
        "def slow(*_):\n    print('started', flush=True, file=sys.stderr)\n    time.sleep(30)\n"
        "core.analyse = slow\nsys.exit(main(sys.argv[1:]))\n"
    )
    (here / "slow").write_text(code)
    with subprocess.Popen(
        [sys.executable, "slow", ".", "--jobs", jobs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stderr.readline().startswith(b"started")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=25) == 130  # the files would take ten times as long
        assert b"Traceback" not in process.stderr.read()


# --- the rule book -------------------------------------------------------------------------------


def test_rule(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "rule", "TS132")
    assert code == 0
    assert out == call(capsys, "rule", "ts132")[1] == call(capsys, "rule", "set-literal")[1]
    assert "# <- TS132" in out
    assert "Set aren't supported" in out
    assert max(map(len, out.split("Example")[0].splitlines())) <= 100


def test_rule_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(call(capsys, "rule", "set-literal", "--output-format", "json")[1])
    assert shown["code"] == "TS132"
    assert any("# expect: TS132" in text for text in shown["examples"].values())
    for verb in ("rule", "rules"):
        listed = json.loads(call(capsys, verb, "--output-format", "json")[1])
        assert [rule["code"] for rule in listed] == [rule.code for rule in ALL]


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "rules")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(BY_CODE)


def test_an_unknown_rule(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "rule", "set-litteral")
    assert (code, out) == (2, "")
    assert err == "tslint: there is no rule 'set-litteral'; did you mean 'set-literal'?\n"


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "--version") == (0, f"tslint {__version__}\n", "")
    code, out, _ = call(capsys, "--help")
    assert code == 0
    assert "tslint [check] [OPTIONS] [PATHS...]" in out
    code, out, _ = call(capsys, "check", "--help")
    assert code == 0
    for option in (
        "--mode",
        "--targets",
        "--select",
        "--ignore",
        "--extend-select",
        "--output-format",
        "--jobs",
    ):
        assert option in out


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["rule", "TS132"], ["check", "--help"]])
def test_what_is_quick_stays_quick(arguments: list[str]) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "torchscript_lint", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "torchscript_lint.cli.arguments" in imported
    floors = "lint|script|trace|program|library|types"
    slow = re.compile(rf"(torch|rich|libcst|pathspec|multiprocessing|torchscript_lint\.({floors}))(\.|$)")
    assert not [name for name in imported if slow.match(name)]


def test_all_three_names_are_one_command(here: Path) -> None:
    (here / "net.py").write_text(NET)
    scripts = Path(sys.executable).parent
    for name in ("tslint", "torchscript-lint"):
        if not (scripts / name).exists():
            pytest.skip("torchscript-lint is not installed here")
        done = subprocess.run([scripts / name, "net.py", "--output-format=concise"], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (1, LINE)


class TestReveal:
    SOURCE = (
        "from typing import Optional\n\n\ndef crop(x, size: Optional[int]):\n    reveal_type(x.shape)\n"
        "    if size is None:\n        return x\n    return reveal_type(x[:reveal_type(size)])\n"
    )

    def test_types_without_findings(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (here / "crop.py").write_text(self.SOURCE)
        assert main(["--reveal", "crop.py"]) == 0
        assert capsys.readouterr().out == "crop.py:5: List[int]\ncrop.py:8: Tensor\ncrop.py:8: int\n"

    def test_otherwise_the_call_is_rejected(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (here / "crop.py").write_text(self.SOURCE)
        assert main(["--targets", "all", "--output-format", "concise", "crop.py"]) == 1
        assert "crop.py:5:5: TS" in capsys.readouterr().out

    def test_a_path_that_is_missing(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--reveal", "crop.py"]) == 2
        assert "crop.py: No such file" in capsys.readouterr().err


def test_an_output_file_named_dash_is_standard_output(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "net.py").write_text(NET)
    assert main(["--output-file", "-", "--output-format", "concise", "net.py"]) == 1
    assert capsys.readouterr().out == LINE
    assert not (here / "-").exists()
