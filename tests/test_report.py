"""Verdicts on modules: against the real compiler and tracer, and how they are written down."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from judge import Judge
from judge_trace import TraceJudge

from torchscript_lint import cli
from torchscript_lint.findings import Finding
from torchscript_lint.lint.options import Options
from torchscript_lint.report import verdicts_json, verdicts_text
from torchscript_lint.verdicts import Module, Part, Report, assess_paths, percent, summarise

DATA = Path(__file__).parent / "data" / "verdicts"
EXAMPLE = Path(__file__).parents[1] / "docs" / "example"
#: Neither answer is the right one: what is silenced is the user's word, and what depends on the arguments
#: scripts as the compiler is given it.
APART = {"Silenced": "yes", "MaybeBad": "sometimes"}


@cache
def report(folder: Path = DATA) -> Report:
    """The report on a folder."""
    return assess_paths([str(folder)]).report


def modules(folder: Path) -> dict[str, Module]:
    """The given modules of a folder by name."""
    return {module.name: module for module in report(folder).given}


def find(name: str, folder: Path = DATA) -> Module:
    return modules(folder)[name]


def findings(reached: Any) -> list[Finding]:
    return [report().findings[one.finding] for one in reached]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (folder, name)
        for folder in (DATA, EXAMPLE)
        for name, module in modules(folder).items()
        if module.script.state == "yes"
    ],
)
def test_torch_saves_what_is_savable(judge: Judge, folder: Path, name: str) -> None:
    module = find(name, folder)
    if name not in APART:
        assert judge.script(module.path, name, save=True).accepted == (not module.script.unsaved)


# --- against torch --------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "name"), [(folder, name) for folder in (DATA, EXAMPLE) for name in modules(folder)])
def test_the_compiler_agrees(judge: Judge, folder: Path, name: str) -> None:
    """Every verdict on scripting is that of torch.jit.script on an instance."""
    module = find(name, folder)
    verdict = judge.script(module.path, name)
    if name in APART:
        assert module.script.state == APART[name]
        assert verdict.accepted == (name == "MaybeBad")
        return
    assert (module.script.state in ("yes", "open")) == verdict.accepted, (module.script, verdict.headline)
    assert (module.script.state == "no") == (not verdict.accepted), (module.script, verdict.headline)
    if not verdict.accepted and not module.script.refused:
        places = {
            (found.path, found.row) for found in (report(folder).findings[r.finding] for r in module.script.errors)
        }
        assert (verdict.file, verdict.line) in places


@pytest.fixture(scope="module")
def tracer() -> Iterator[TraceJudge]:
    server = TraceJudge()
    yield server
    server.close()


def traced() -> list[str]:
    """The models for which the file has inputs."""
    text = (DATA / "models.py").read_text()
    return [name for name in modules(DATA) if f'"{name}"' in text]


def test_many_are_traced() -> None:
    assert len(traced()) >= 12


@pytest.mark.parametrize("name", traced())
def test_the_tracer_agrees(tracer: TraceJudge, name: str) -> None:
    """What traces faithfully gives the same on other inputs; what does not, does not."""
    outcome = tracer.trace(DATA / "models.py", name)
    assert (find(name).trace.state == "yes") == (not outcome.silent_proof and not outcome.warnings), outcome


# --- the verdicts ---------------------------------------------------------------------------------


def test_a_finding_is_there_once_however_many_modules_it_blocks() -> None:
    keys = [(found.path, found.row, found.column, found.code) for found in report().findings]
    assert len(keys) == len(set(keys))
    bad = {one.finding for one in find("Bad").script.errors}
    assert len(bad) == 1
    for holder in ("HoldsBad", "HoldsBadUncalled", "HoldsBadInList", "HoldsBadTwoDown", "AddsModule"):
        assert {one.finding for one in find(holder).script.errors} == bad


def test_the_chain_says_how_a_blocker_is_reached() -> None:
    assert find("CallsBadHelper").script.errors[0].chain == ("CallsBadHelper", "CallsBadHelper.forward", "bad_helper")
    assert find("HoldsBadTwoDown").script.errors[0].chain == (
        "HoldsBadTwoDown",
        "HoldsBadTwoDown.grand: Grandparent",
        "Grandparent.child: HoldsBadDeep",
        "HoldsBadDeep.layers.bad: Bad",
        "Bad.forward",
    )
    [found] = findings(find("InheritsBad").script.errors)
    assert (found.target, Path(found.path).name) == ("BadBase.finish", "parts.py")


def test_parts_of_the_library_that_do_not_script_block() -> None:
    module = find("HoldsLoss")
    assert [(part.cls, part.chain) for part in module.script.refused] == [
        ("torch.nn.AdaptiveLogSoftmaxWithLoss", ("HoldsLoss", "HoldsLoss.loss"))
    ]
    assert "Unknown type annotation" in module.script.refused[0].message
    assert module.way.title == "trace it"


def test_what_some_configuration_holds_is_a_warning() -> None:
    module = find("MaybeBad")
    assert not module.script.errors
    assert [found.code for found in findings(module.script.warnings)] == ["TS132"]


@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("Stack", "either", "script it or trace it"),
        ("HoldsBad", "trace", "trace it"),
        ("CallsChooser", "script", "script it"),
        ("HoldsChooser", "script", "script it"),
        ("ChoosesBadly", "helper", "trace it with a scripted helper"),
        ("Hopeless", "fix", "script it after fixing 1 line"),
        ("NoForward", "nothing", "nothing to run"),
    ],
)
def test_the_way(name: str, kind: str, title: str) -> None:
    way = find(name).way
    assert (way.kind, way.title) == (kind, title)
    assert way.why[0] == way.why[0].upper() and way.why.endswith(".") and way.why.count(". ") == 0


def test_the_sentence_names_the_helper() -> None:
    assert "chooser" in find("ChoosesBadly").way.why
    assert "variadic-parameters" in find("Hopeless").way.why


def test_a_helper_that_gives_a_number_is_no_help() -> None:
    """It scripts, but tracing bakes in the number that it gives."""
    assert find("Captioner", EXAMPLE).way.kind == "fix"
    assert find("Decoder", EXAMPLE).way.kind == "helper"


def test_who_holds_whom() -> None:
    [body] = find("Stack").parts
    assert (body.name, body.kind, [part.cls for part in body.parts]) == (
        "body",
        "Sequential",
        ["Good", "nn.ReLU", "Good"],
    )
    [several] = find("HoldsBadInComprehension").parts
    assert [(part.name, part.cls, part.count) for part in several.parts] == [("0…2", "Bad", 3)]
    [lstm] = find("HoldsLstm").parts
    assert lstm == Part("lstm", "nn.LSTM", scripts=True)
    everything = report().modules
    place = everything.index(find("Bad"))
    assert several.parts[0].module == place
    holders = {everything[holder].name for holder in find("Bad").held_by}
    assert holders >= {"HoldsBad", "HoldsBadInList", "HoldsBadDeep", "AddsModule"}
    assert "Stack" not in holders


def test_modules_of_other_files_are_judged_as_far_as_they_are_held() -> None:
    found = assess_paths([str(DATA / "models.py")]).report
    assert {Path(module.path).name for module in found.given} == {"models.py"}
    others = [module for module in found.modules if not module.given]
    assert {"Good", "Bad", "Grandparent", "HoldsBadDeep", "Chooser"} == {module.name for module in others}
    holder = next(module for module in found.given if module.name == "HoldsBad")
    assert [found.findings[one.finding].code for one in holder.script.errors] == ["TS132"]


def write(folder: Path, text: str) -> Report:
    (folder / "net.py").write_text("import torch\nfrom torch import nn\n" + text)
    return assess_paths([str(folder / "net.py")]).report


def test_an_unknown_base_is_unknown(tmp_path: Path) -> None:
    text = "from elsewhere import BaseModule\nclass Net(BaseModule):\n    def forward(self, x):\n        return x\n"
    [module] = write(tmp_path, text).given
    assert (module.script.state, module.trace.state, module.way.kind) == ("unknown", "unknown", "unknown")
    assert "elsewhere.BaseModule" in module.way.why


def test_a_part_from_outside_is_open(tmp_path: Path) -> None:
    text = (
        "class Net(nn.Module):\n    def __init__(self, part):\n        super().__init__()\n"
        "        self.part: nn.Module = part\n    def forward(self, x):\n        return self.part(x)\n"
    )
    found = write(tmp_path, text)
    [module] = found.given
    assert module.script.state in ("open", "yes")
    assert found.clean


def test_a_module_that_holds_itself_ends(tmp_path: Path) -> None:
    text = (
        "class Tree(nn.Module):\n    def __init__(self, depth: int):\n        super().__init__()\n"
        "        self.child = Tree(depth - 1) if depth > 0 else nn.Identity()\n"
        "    def forward(self, x):\n        return self.child(x) + len({1})\n"
    )
    found = write(tmp_path, text)
    [module] = found.given
    assert module.script.state == "no"
    assert module.held_by == (0,)


def test_rules_that_are_off_do_not_count() -> None:
    options = Options(codes=frozenset({"TS143"}))
    found = {module.name: module for module in assess_paths([str(DATA)], options=options).report.given}
    assert found["Bad"].script.state == "yes"
    assert found["BadBase"].script.state == "no"


def test_a_failure_of_ours_is_said_and_the_others_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    where = sys.modules["torchscript_lint.verdicts.assess"]
    real = where.Traced

    def fails(program: Any, cls: Any) -> Any:
        if cls.name == "Stack":
            raise ZeroDivisionError("oh")
        return real(program, cls)

    monkeypatch.setattr(where, "Traced", fails)
    found = assess_paths([str(DATA)]).report
    assert found.failed == (("Stack", "ZeroDivisionError: oh"),)
    by_name = {module.name: module for module in found.given}
    assert by_name["Stack"].script.state == "unknown"
    assert by_name["HoldsBad"].script.state == "no"


# --- the formats ----------------------------------------------------------------------------------


def test_json() -> None:
    shown = json.loads(verdicts_json.render(report()))
    assert set(shown) == {"version", "torch", "summary", "modules", "findings", "failed"}
    assert shown["version"] == 1 and shown["torch"] == "2.13.0"
    for module in shown["modules"]:
        assert set(module) == {
            "name", "filename", "location", "given", "bases", "script", "trace", "way", "parts", "held_by",
        }  # fmt: skip
        assert Path(module["filename"]).is_absolute()
        for side in (module["script"], module["trace"]):
            for one in (*side["errors"], *side["warnings"]):
                assert shown["findings"][one["finding"]]["mode"] == ("script" if side is module["script"] else "trace")
                assert one["chain"][-1]
    by_name = {module["name"]: module for module in shown["modules"]}
    held = by_name["HoldsBad"]
    assert held["script"]["verdict"] == "no" and held["trace"]["verdict"] == "yes"
    assert held["way"]["kind"] == "trace"
    assert shown["modules"][held["parts"][0]["module"]]["name"] == "Bad"
    blocker = shown["findings"][held["script"]["errors"][0]["finding"]]
    assert (blocker["code"], Path(blocker["filename"]).name, blocker["location"]["row"]) == ("TS132", "parts.py", 37)
    summary = shown["summary"]
    assert summary["modules"] == len(report().given) == sum(summary["script"].values()) == sum(summary["ways"].values())
    assert summary["blocking_rules"][0]["code"] == "TS132"
    assert summary["blocking_rules"][0]["modules"] > summary["blocking_rules"][0]["findings"]


def test_the_numbers() -> None:
    numbers = summarise(report())
    assert numbers.scripting == sum(module.script.state in ("yes", "open") for module in report().given)
    assert [percent(*pair) for pair in ((0, 0), (0, 5), (1, 1000), (999, 1000), (5, 5), (1, 3))] == [
        0,
        0,
        1,
        99,
        100,
        33,
    ]


def test_text() -> None:
    text = verdicts_text.render(report())
    lines = text.splitlines()
    row = next(line for line in lines if line.startswith("HoldsBad "))
    assert row.split("  ")[0] == "HoldsBad" and "no (1)" in row and row.endswith("trace it")
    assert sum("parts.py:37:" in line for line in lines) == 1
    assert f"{len(report().given)} modules in 2 files" in text
    assert "\x1b" not in text


def test_text_for_a_terminal() -> None:
    text = verdicts_text.render_rich(report(), 100, color=True)
    assert "\x1b[" in text and "HoldsBadInComprehension" in text
    plain = verdicts_text.render_rich(report(), 100, color=False)
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines()[:40])) <= 100


def test_no_modules() -> None:
    found = Report((), (), "2.13.0")
    assert verdicts_text.render(found) == "No modules.\n"
    assert found.clean


# --- the command ----------------------------------------------------------------------------------


def run(*arguments: object) -> int:
    return cli.main(["report", "--isolated", *map(str, arguments)])


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.py"
    good.write_text("from torch import nn\nclass A(nn.Module):\n    def forward(self, x):\n        return x\n")
    assert run(good) == 0
    assert run(DATA) == 1
    assert run(DATA, "--exit-zero") == 0
    assert run(tmp_path / "missing.py") == 2
    assert "missing.py" in capsys.readouterr().err
    broken = tmp_path / "broken.py"
    broken.write_text("def (:\n")
    assert run(broken, good) == 2
    captured = capsys.readouterr()
    assert "broken.py: 1:" in captured.err and "A " in captured.out
    assert run(good, "--output-file", tmp_path / "no" / "where.txt") == 2
    assert run(good, "--select", "TS1", "--config", "x") == 2
    assert run(good, "--select", "NOPE") == 2


def test_what_only_traces_badly_is_a_failure(tmp_path: Path) -> None:
    body = "    def forward(self, x: Tensor):\n        return x if x.sum() > 0 else -x\n"
    (tmp_path / "net.py").write_text("from torch import Tensor, nn\nclass A(nn.Module):\n" + body)
    assert run(tmp_path / "net.py") == 1
    assert run(tmp_path / "net.py", "--ignore", "TS7") == 0


def test_output_file_and_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.json"
    assert run(DATA, "--output-format", "json", "--output-file", out) == 1
    assert capsys.readouterr().out == ""
    assert json.loads(out.read_text()) == json.loads(verdicts_json.render(report()))
    assert run(DATA, "--output-format", "html") == 1
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_the_report_needs_no_torch() -> None:
    code = (
        "import sys\nsys.modules['torch'] = None\nfrom torchscript_lint.cli import main\n"
        f"sys.exit(main(['report', {str(DATA)!r}, '--output-format', 'html', '--exit-zero']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "HoldsBad" in done.stdout
