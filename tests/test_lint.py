"""The core that lints many files: walking, selection, suppression, configuration, processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from torchscript_lint.findings import Finding
from torchscript_lint.lint import Options, Result, check_buffer, check_paths, check_source, core
from torchscript_lint.lint.config import ConfigError, Table, load, nearest
from torchscript_lint.lint.patterns import Patterns
from torchscript_lint.lint.selection import Selectors, UnknownSelector, resolve
from torchscript_lint.lint.settings import combine, start
from torchscript_lint.lint.suppression import keep
from torchscript_lint.lint.walk import find
from torchscript_lint.rules import BY_CODE

NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        s = {1, 2}
        return x
"""


def finding(row: int, code: str = "TS132", end_row: int | None = None, path: str = "x.py") -> Finding:
    return Finding(path, row, 5, end_row or row, 9, code, BY_CODE[code].name, "message", "error", "script")


def places(findings: list[Finding]) -> list[tuple[str, int, int]]:
    return [(found.code, found.row, found.column) for found in findings]


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


# --- one text ------------------------------------------------------------------------------------


def test_check_source_finds_what_the_compiler_rejects() -> None:
    assert places(check_source(NET)) == [("TS132", 7, 13)]


def test_check_source_of_a_text_that_cannot_be_parsed() -> None:
    assert places(check_source("import torch\n\ndef f(:\n")) == [("TS001", 3, 7)]


def test_check_source_reads_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"helper.py": "def helper(x):\n    return {1, 2}\n"})
    monkeypatch.chdir(tmp_path)
    text = NET.replace("import torch\n", "import torch\nfrom helper import helper\n")

    def no_file(*args: object, **kwargs: object) -> None:
        raise AssertionError("a file was read")

    monkeypatch.setattr("builtins.open", no_file)
    assert places(check_source(text)) == [("TS132", 8, 13)]


def test_check_source_keeps_no_state() -> None:
    assert check_source(NET) == check_source(NET)
    assert check_source("x = 1\n") == []


def test_a_bug_in_the_analysis_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[Finding]:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(core, "analyse", broken)
    [found] = check_source(NET)
    assert found.code == "TS002"
    assert "ZeroDivisionError: of all things" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "import torch\n@torch.jit.script\ndef f(x):\n    return " + "(" * 150 + "x" + ")" * 150 + "\n",
        "import torch\n@torch.jit.script\ndef f(x):\n    return " + "-" * 5000 + "x\n",
        "import torch\n@torch.jit.script\ndef f(x):\n    return " + " + ".join(["x"] * 5000) + "\n",
        "import torch\n@torch.jit.script\ndef f(x):\n    return x" + ".y" * 5000 + "\n",
        "import torch\n@torch.jit.script\ndef f(x):\n"
        + "".join(" " * n + "if x:\n" for n in range(1, 99))
        + " " * 99
        + "x",
    ],
    ids=["brackets", "minus", "sum", "attributes", "ifs"],
)
def test_pathological_texts_end_in_findings(text: str) -> None:
    assert {found.code for found in check_source(text)} <= {"TS001", "TS002"}


def test_modes_and_selection() -> None:
    assert check_source(NET, options=Options(mode="trace")) == []
    assert check_source(NET, mode="trace") == []
    assert check_source(NET, options=Options(codes=frozenset({"TS101"}))) == []
    assert len(check_source(NET, options=Options(codes=frozenset({"TS132"})))) == 1


def test_duplicates_keep_the_shortest_chain() -> None:
    base = finding(3)
    long = replace(base, chain=("A.forward", "A.f", "g"))
    short = replace(base, chain=("B.forward", "g"))
    early = replace(base, chain=("A.forward", "g"))
    other = replace(base, code="TS133")
    for order in ([long, short, early, other], [other, early, short, long]):
        assert core.merge(order) == [replace(early, entries=("B.forward",)), other]


def test_what_subclasses_inherit_is_said_once() -> None:
    base = replace(finding(3), chain=("Base.forward",))
    below = replace(base, message="`Below` has no attribute", chain=("Below", "Base.forward"))
    other = replace(base, message="`Other` has no attribute", chain=("Other", "Base.forward"), severity="warning")
    for order in ([base, below, other], [other, below, base]):
        assert core.merge(order) == [replace(base, entries=("Below", "Other"))]
    assert core.merge([other, below]) == [replace(below, entries=("Other",))]


def test_values_lost_at_one_place_stay_apart() -> None:
    one = replace(finding(3), mode="trace")
    assert len(core.merge([one, replace(one, message="another")])) == 2


def test_a_buffer_is_not_what_is_on_disk(tmp_path: Path) -> None:
    write(tmp_path, {"net.py": "import torch\n"})
    assert places(check_buffer(NET, str(tmp_path / "net.py"))) == [("TS132", 7, 13)]


# --- comments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("# noqa", True),
        ("#noqa", True),
        ("# NoQA", True),
        ("# noqa: TS132", True),
        ("# noqa:TS132", True),
        ("# noqa: ts132", True),
        ("# noqa: E501, TS132", True),
        ("# noqa: E501,TS132", True),
        ("# noqa: TS132,E501", True),
        ("# noqa: TS1", True),
        ("# noqa: TS101", False),
        ("# noqa: E501", False),
        ("# noqa: F401,E501", False),
        ("# type: ignore  # noqa: TS132", True),
        ("# noqa: TS132 - because of the server", True),
        ("# noqa-not-really", False),
        ("# see noqa", False),
        ("# flake8: noqa", False),
        ("# tslint: ignore", True),
        ("# tslint:ignore", True),
        ("# tslint: ignore[TS132]", True),
        ("# tslint: ignore[set-literal]", True),
        ("# tslint: ignore[TS101, TS132]", True),
        ("# tslint: ignore[TS101]", False),
        ("# tslint: ignore[]", False),
        ("# tslint: ignored", False),
        ("# tslint: ignore-file", False),
    ],
)
def test_comments(comment: str, silent: bool) -> None:
    text = f"import torch\nx = {{1, 2}}  {comment}\n"
    assert (keep([finding(2)], text) == []) is silent
    assert keep([finding(1)], text) == [finding(1)]


def test_noqa_in_a_string_silences_nothing() -> None:
    assert keep([finding(1)], 'x = {"# noqa"}\n') == [finding(1)]
    assert keep([finding(2)], 'x = """\n# noqa\n"""\n') == [finding(2)]
    assert keep([finding(1)], 'x = {"# noqa"}  # noqa\n') == []


def test_comments_on_the_first_and_the_last_line_of_a_span() -> None:
    found = finding(1, end_row=4)
    assert keep([found], "x = {  # noqa\n  1,\n  2,\n}\n") == []
    assert keep([found], "x = {\n  1,\n  2,\n}  # noqa: TS132\n") == []
    assert keep([found], "x = {\n  1,  # noqa\n  2,\n}\n") == [found]
    ends_before = replace(found, end_column=1)
    assert keep([ends_before], "x = {\n  1,\n  2}  # noqa\n\n") == []


def test_comments_count_before_what_cannot_be_tokenized() -> None:
    text = "x = {1}  # noqa\ny = {2}\n  z = '''\n"
    assert keep([finding(1), finding(2)], text) == [finding(2)]


def test_rows_are_counted_as_python_counts_them() -> None:
    text = "a = '\x0c \x1c \u2028'\r\nb = {1}  # noqa\r\n"
    assert keep([finding(2)], text) == []
    assert keep([finding(1)], text) == [finding(1)]


def test_flake8_minds_noqa_itself() -> None:
    assert keep([finding(1)], "x = {1}  # noqa\n", noqa=False) == [finding(1)]
    assert keep([finding(1)], "x = {1}  # tslint: ignore\n", noqa=False) == []


# --- selection -----------------------------------------------------------------------------------


def test_everything_is_on_by_default() -> None:
    assert resolve(Selectors()) == set(BY_CODE)


@pytest.mark.parametrize(
    ("command", "table", "on", "off"),
    [
        (Selectors(("TS132",)), Selectors(), {"TS132", "TS001", "TS002"}, {"TS101"}),
        (Selectors(("set-literal",)), Selectors(), {"TS132"}, {"TS133"}),
        (Selectors(("ts1",)), Selectors(), {"TS132", "TS101"}, {"TS201"}),
        (Selectors(ignore=("TS1",)), Selectors(), {"TS201"}, {"TS132"}),
        (Selectors(("TS1",), ignore=("TS13",)), Selectors(), {"TS101"}, {"TS132"}),
        (Selectors(("TS132",), ignore=("TS1",)), Selectors(), {"TS132"}, {"TS101"}),
        (Selectors(("TS132",), ignore=("TS132",)), Selectors(), set(), {"TS132"}),
        (Selectors(("TS2",), ("TS132",)), Selectors(), {"TS132", "TS201"}, {"TS133"}),
        (Selectors(("ALL",), ignore=("TS132",)), Selectors(), {"TS101"}, {"TS132"}),
        (Selectors(ignore=("TS001",)), Selectors(), {"TS002"}, {"TS001"}),
        (Selectors(), Selectors(("TS1",)), {"TS132", "TS001"}, {"TS201"}),
        (Selectors(), Selectors((), ("TS132",)), {"TS132"}, {"TS133"}),
        (Selectors(), Selectors(ignore=("TS132",)), {"TS133"}, {"TS132"}),
        (Selectors(("TS",)), Selectors(ignore=("TS132",)), {"TS133"}, {"TS132"}),
        (Selectors(("TS132",)), Selectors(ignore=("TS132",)), {"TS132"}, {"TS133"}),
        (Selectors(extend=("TS132",)), Selectors(("TS2",)), {"TS132", "TS201"}, {"TS133"}),
        (Selectors(ignore=("TS1",)), Selectors(("TS132",)), set(), {"TS132"}),
    ],
)
def test_selection(command: Selectors, table: Selectors, on: set[str], off: set[str]) -> None:
    codes = resolve(command, table)
    assert on <= codes
    assert not off & codes


@pytest.mark.parametrize(("selector", "hint"), [("set-litteral", "set-literal"), ("TS1322", "TS132"), ("E501", "E501")])
def test_unknown_selectors_are_refused(selector: str, hint: str) -> None:
    with pytest.raises(UnknownSelector, match=hint) as raised:
        resolve(Selectors((selector,)))
    assert repr(selector) in str(raised.value)
    with pytest.raises(UnknownSelector):
        resolve(Selectors(("",)))


def test_per_file_ignores(tmp_path: Path) -> None:
    write(tmp_path, {"net.py": NET, "tests/net.py": NET, "tests/deep/net.py": NET})
    table = Table(root=str(tmp_path), per_file_ignores={"tests/": ("TS1",)})
    result = check_paths([str(tmp_path)], options=combine(table).options)
    assert [os.path.relpath(found.path, tmp_path) for found in result.findings] == ["net.py"]


# --- configuration -------------------------------------------------------------------------------


def test_the_nearest_table_counts(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": '[tool.tslint]\nselect = ["TS1"]\n',
            "a/pyproject.toml": "[tool.other]\n",
            "a/b/x.py": "",
            "c/pyproject.toml": '[tool.tslint]\nmode = "trace"\n',
        },
    )
    assert nearest(str(tmp_path / "a" / "b")).select == ("TS1",)
    assert nearest(str(tmp_path / "c")).mode == "trace"
    assert nearest(str(tmp_path / "c")).select is None
    assert start([str(tmp_path / "a" / "b" / "x.py"), str(tmp_path / "c")]) == str(tmp_path)
    assert start([str(tmp_path / "a" / "b" / "x.py")]) == str(tmp_path / "a" / "b")


def test_all_keys(tmp_path: Path) -> None:
    text = """\
[tool.tslint]
select = ["TS1"]
ignore = ["TS101"]
extend-select = ["TS2"]
exclude = ["build/"]
targets = "all"
mode = "script"
search-path = ["lib"]
[tool.tslint.per-file-ignores]
"tests/*" = ["TS132"]
"""
    write(tmp_path, {"pyproject.toml": text})
    settings = combine(load(str(tmp_path / "pyproject.toml")))
    assert settings.options.mode == "script"
    assert settings.options.targets == "all"
    assert settings.options.codes is not None
    assert "TS101" not in settings.options.codes
    assert "TS132" in settings.options.codes
    assert settings.options.search_path == (str(tmp_path / "lib"),)
    assert settings.options.codes_off(str(tmp_path / "tests" / "x.py")) == {"TS132"}
    assert settings.options.codes_off(str(tmp_path / "x.py")) == set()
    assert settings.exclude == (Patterns(str(tmp_path), ["build/"]),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.tslint]\nselects = []", "no key 'selects'; did you mean 'select'?"),
        (
            "[tool.tslint]\nmode = 'scipt'",
            "must be one of script, trace, both, not 'scipt'; did you mean 'script'?",
        ),
        ("[tool.tslint]\nselect = 'TS1'", "select must be a list of strings"),
        ("[tool.tslint]\nper-file-ignores = ['x']", "per-file-ignores must be a table"),
        ("[tool.tslint]\nper-file-ignores = {x = 'TS1'}", "per-file-ignores.'x' must be a list of strings"),
        ("[tool]\ntslint = 1", "must be a table"),
        ("[tool.tslint\n", "not valid TOML"),
    ],
)
def test_bad_configuration(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, {"pyproject.toml": text})
    with pytest.raises(ConfigError) as raised:
        nearest(str(tmp_path))
    assert message in str(raised.value)
    assert str(tmp_path / "pyproject.toml") in str(raised.value)


def test_a_configuration_that_names_no_rule(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.tslint]\nignore = ['set-litteral']"})
    with pytest.raises(ConfigError, match=r"pyproject\.toml: .*did you mean 'set-literal'"):
        combine(nearest(str(tmp_path)))


# --- walking -------------------------------------------------------------------------------------


def walked(folder: Path, **options: object) -> list[str]:
    found = find([str(folder)], **options)  # type: ignore[arg-type]
    return [os.path.relpath(path, folder).replace(os.sep, "/") for path in found.walked]


def test_only_python_files_are_walked(tmp_path: Path) -> None:
    names = [
        "b.py",
        "a.py",
        "c.pyi",
        "d.txt",
        "e.pyc",
        "z/a.py",
        "__pycache__/f.py",
        ".git/g.py",
        ".venv/h.py",
    ]
    write(tmp_path, dict.fromkeys([*names, "env/lib/i.py", "env/pyvenv.cfg", "node_modules/j.py"], ""))
    assert walked(tmp_path) == ["a.py", "b.py", "z/a.py"]


def test_files_named_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"script": "", "x.py": "", "y.pyi": "", ".gitignore": "x.py\n", ".git/HEAD": ""})
    monkeypatch.chdir(tmp_path)
    assert find(["script", "x.py", "y.pyi", "./x.py"]).explicit == ["script", "x.py"]
    exclude = [Patterns(str(tmp_path), ["x.py"])]
    assert find(["x.py"], exclude=exclude).explicit == ["x.py"]
    assert find(["x.py"], exclude=exclude, force_exclude=True).explicit == []


def test_missing_paths(tmp_path: Path) -> None:
    found = find([str(tmp_path / "nope.py"), "nul\0"])
    assert [path for path, _ in found.missing] == [str(tmp_path / "nope.py"), "nul\0"]
    assert "No such file" in found.missing[0][1]


GITIGNORES = {
    ".gitignore": "/build/\n*_pb2.py\ndata/*\n!data/keep.py\n# a comment\n\nsrc/old\n",
    "src/.gitignore": "local.py\n!special_pb2.py\n",
    "src/deep/.gitignore": "*\n!yes.py\n",
}
SOURCES = [
    "a.py", "build/a.py", "x_pb2.py", "data/no.py", "data/keep.py", "src/a.py", "src/build/a.py",
    "src/old/a.py", "src/local.py", "src/special_pb2.py", "src/other_pb2.py", "src/deep/yes.py",
    "src/deep/no.py", "src/sub/local.py",
]  # fmt: skip


def test_gitignore_as_git_itself_reads_it(tmp_path: Path) -> None:
    write(tmp_path, {**GITIGNORES, **dict.fromkeys(SOURCES, "")})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    command = ["git", "ls-files", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.split()
    assert len(listed) >= 5
    assert sorted(walked(tmp_path)) == sorted(listed)
    # The ignore files above a directory count as well.
    below = [path.removeprefix("src/") for path in listed if path.startswith("src/")]
    assert sorted(walked(tmp_path / "src")) == sorted(below)


def test_an_ignored_directory_that_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "env\n", ".git/HEAD": "", "env/site/timm/a.py": ""})
    assert walked(tmp_path) == []
    assert walked(tmp_path / "env") == ["site/timm/a.py"]
    assert walked(tmp_path / "env" / "site" / "timm") == ["a.py"]


def test_exclude(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(["a.py", "tests/a.py", "src/tests/b.py", "src/c.py"], ""))
    assert walked(tmp_path, exclude=[Patterns(str(tmp_path), ["tests"])]) == ["a.py", "src/c.py"]
    assert walked(tmp_path, exclude=[Patterns(str(tmp_path), ["/tests", "c.py"])]) == [
        "a.py",
        "src/tests/b.py",
    ]
    assert walked(tmp_path, exclude=[Patterns("/elsewhere", ["*"])]) == [
        "a.py",
        "src/c.py",
        "src/tests/b.py",
        "tests/a.py",
    ]


def test_symbolic_links(tmp_path: Path) -> None:
    write(tmp_path, {"pkg/a.py": "", "pkg/sub/b.py": ""})
    (tmp_path / "pkg" / "sub" / "loop").symlink_to(tmp_path / "pkg", target_is_directory=True)
    (tmp_path / "pkg" / "self").symlink_to("self")
    (tmp_path / "pkg" / "dangling.py").symlink_to("nothing")
    (tmp_path / "link").symlink_to(tmp_path / "pkg", target_is_directory=True)
    assert walked(tmp_path / "pkg") == ["a.py", "dangling.py", "sub/b.py"]
    assert len(find([str(tmp_path / "link")]).walked) == 3
    result = check_paths([str(tmp_path / "pkg")], options=Options(targets="all"))
    assert [problem.message for problem in result.problems] == ["no such file"]


# --- runs ----------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of forty files that is large enough for several processes."""
    filler = "# " + "x" * 78 + "\n"
    for number in range(40):
        helper = f"def helper{number}(x):\n    return {{{number}}}\n"
        text = (
            f"import torch\nfrom .net{(number * 7) % 40} import helper{(number * 7) % 40} as other\n{helper}"
            "class Net(torch.nn.Module):\n    def forward(self, x):\n        y = {1}\n"
            "        return other(x)\n"
        )
        write(tmp_path, {f"pkg/net{number}.py": text + filler * 60})
    write(tmp_path, {"pkg/__init__.py": "", "pkg/broken.py": "import torch\ndef f(:\n"})
    (tmp_path / "pkg" / "bytes.py").write_bytes(b"import torch\nx = '\xff'\n")
    return tmp_path


def run(tree: Path, jobs: int | None) -> Result:
    return check_paths([str(tree), str(tree / "nope")], jobs=jobs)


def test_the_result_does_not_depend_on_the_number_of_processes(tree: Path) -> None:
    alone = run(tree, 1)
    assert run(tree, 2) == alone
    assert run(tree, 5) == alone
    assert alone.files == 43
    assert sum(found.code == "TS001" for found in alone.findings) == 1
    assert sum(found.code == "TS132" for found in alone.findings) >= 40
    assert alone.findings == sorted(alone.findings)
    assert [os.path.basename(problem.path) for problem in alone.problems] == ["nope", "bytes.py"]
    assert "cannot be decoded" in alone.problems[1].message


def test_only_the_files_of_the_run_are_reported(tree: Path) -> None:
    result = check_paths([str(tree / "pkg" / "net1.py")])
    assert {found.path for found in result.findings} == {str(tree / "pkg" / "net1.py")}
    assert result.files == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_crash_in_one_file_is_a_finding(tree: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    expected = run(tree, 1)
    analyse = core.analyse

    def broken(program: object, module: object, options: object) -> list[Finding]:
        name = os.path.basename(module.path)  # type: ignore[attr-defined]
        if name == "net3.py":
            raise RecursionError("maximum recursion depth exceeded")
        if name == "net4.py":
            raise MemoryError
        return analyse(program, module, options)  # type: ignore[arg-type]

    monkeypatch.setattr(core, "analyse", broken)
    result = run(tree, jobs)
    crashed = [found for found in result.findings if found.code == "TS002"]
    assert [os.path.basename(found.path) for found in crashed] == ["net3.py", "net4.py"]
    assert "RecursionError" in crashed[0].message
    assert "MemoryError" in crashed[1].message
    others = {found.path for found in expected.findings} - {found.path for found in crashed}
    assert others <= {found.path for found in result.findings}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the workers must inherit the patch")
def test_a_worker_that_dies_takes_only_its_file_with_it(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = run(tree, 1)
    analyse = core.analyse

    def deadly(program: object, module: object, options: object) -> list[Finding]:
        if os.path.basename(module.path) in ("net3.py", "net20.py"):  # type: ignore[attr-defined]
            os.kill(os.getpid(), signal.SIGKILL)
        return analyse(program, module, options)  # type: ignore[arg-type]

    monkeypatch.setattr(core, "analyse", deadly)
    result = run(tree, 2)
    dead = [found for found in result.findings if found.code == "TS002"]
    assert [os.path.basename(found.path) for found in dead] == ["net20.py", "net3.py"]
    assert all("SIGKILL" in found.message for found in dead)
    assert {found.path for found in expected.findings} == {found.path for found in result.findings}


def test_progress_is_told(tree: Path) -> None:
    for jobs in (1, 2):
        told: list[tuple[int, int]] = []
        check_paths([str(tree)], jobs=jobs, progress=lambda *args, told=told: told.append(args))  # type: ignore[misc]
        assert told[-1] == (43, 43)
        assert told == sorted(told)


def test_files_without_torch_are_entry_points_only_where_asked(tmp_path: Path) -> None:
    write(tmp_path, {"plain.py": "def f(x):\n    return {1}\n", "broken.py": "def f(:\n"})
    assert check_paths([str(tmp_path)]).findings == []
    assert len(check_paths([str(tmp_path)], options=Options(targets="all")).findings) == 2
    # A file that is named is parsed in any case.
    assert [found.code for found in check_paths([str(tmp_path / "broken.py")]).findings] == ["TS001"]


def test_comments_count_in_runs(tmp_path: Path) -> None:
    write(tmp_path, {"net.py": NET.replace("{1, 2}", "{1, 2}  # noqa: TS132")})
    assert check_paths([str(tmp_path)]).findings == []


ORDER = {
    "pkg/__init__.py": "",
    "pkg/typing.py": "import torch\n\nLayer = int\n",
    "pkg/user.py": (
        "from typing import Optional\n\nimport torch\n\n\n"
        "@torch.jit.script\ndef f(x: Optional[int]):\n    return torch.relu(x)\n"
    ),
    "pkg/first.py": (
        "from typing import Union\n\nimport torch\n\n\n"
        "@torch.jit.script\ndef f(x: Union[int, str]):\n    return torch.relu(x)\n"
    ),
    "pkg/second.py": (
        "from typing import Union\n\nimport torch\n\n\n"
        "@torch.jit.script\ndef f(x: Union[str, int]):\n    return torch.relu(x)\n"
    ),
}


def test_what_was_read_before_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, ORDER)
    files = [str(tmp_path / name) for name in ORDER]
    outcomes = []
    for order in (files, files[::-1]):
        # A process of its own for each order: types are shared by all that one process looks at.
        code = (
            "import sys\nfrom torchscript_lint.lint.run import Job, Options, check_files\n"
            "files = tuple(sys.argv[1:])\n"
            "found = check_files(Job(files, frozenset(files), Options()), files).findings\n"
            "print(*sorted(f'{f.path}:{f.row}: {f.code} {f.message}' for f in found), sep='\\n')\n"
        )
        done = subprocess.run([sys.executable, "-c", code, *order], capture_output=True, text=True, check=True)
        outcomes.append(done.stdout.splitlines())
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) == 3
    assert all("Union[int, str]" in line for line in outcomes[0] if "user" not in line)
