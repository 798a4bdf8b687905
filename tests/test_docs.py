"""Code = documentation = fixtures = changelog; and the README says what is true."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from torchscript_lint.cli import docs, examples
from torchscript_lint.report import rule as report
from torchscript_lint.rules import ALL, BY_CODE

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
_EXPECT = re.compile(r"#\s*expect(?:-below)?:\s*(TS\d{3}(?:, ?TS\d{3})*)\s*$", re.MULTILINE)


def test_what_is_generated_is_current() -> None:
    outdated = [str(path.relative_to(ROOT)) for path in docs.outdated(ROOT)]
    assert outdated == [], "run `python -m torchscript_lint.cli.docs`"


def test_every_rule_that_torch_can_prove_has_a_fixture() -> None:
    for rule in ALL:
        texts = examples.of(rule).values()
        codes = {code for text in texts for found in _EXPECT.findall(text) for code in re.split(", ?", found)}
        if rule.proof in ("compiler", "save"):
            assert rule.code in codes, f"fixtures/{rule.code}-{rule.name} marks no line with {rule.code}"
        else:
            assert not codes - {rule.code}


def test_every_fixture_folder_is_a_rules() -> None:
    assert examples.folder() == FIXTURES
    known = {f"{rule.code}-{rule.name}" for rule in ALL}
    folders = {path.name for path in FIXTURES.iterdir() if path.is_dir() and path.name.startswith("TS")}
    assert folders <= known


def test_the_changelog_names_every_rule_and_no_other() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    listed = re.findall(r"^- (TS\d{3}) `([\w-]+)`", text, re.MULTILINE)
    assert dict(listed) == {rule.code: rule.name for rule in ALL}
    assert len(listed) == len(ALL)


def test_pages_say_what_the_rule_book_says() -> None:
    page = docs.pages()["TS132.md"]
    rule = BY_CODE["TS132"]
    assert page.startswith("# TS132: set-literal\n")
    assert report.template(rule.compiler) in page
    assert "# <- TS132" in page
    assert "expect" not in page.split("## Example")[1]


def test_the_changelog_takes_up_new_rules() -> None:
    text = "## Unreleased\n\n### New rules\n\n- TS002 `x`: y\n\n## 0.1.0\n\n- TS001 `syntax-error`\n"
    updated = docs.changelog(text)
    assert docs.changelog(updated) == updated
    new, old = updated.split("## 0.1.0")
    assert "- TS132 `set-literal`" in new
    assert "- TS002 `x`: y" in new
    assert "TS001" not in new
    assert old == "\n\n- TS001 `syntax-error`\n"
    codes = re.findall(r"^- (TS\d+)", new, re.MULTILINE)
    assert codes == sorted(codes)


def test_check_notices_what_is_out_of_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "docs" / "rules", tmp_path / "docs" / "rules")
    shutil.copy(ROOT / "CHANGELOG.md", tmp_path)
    shutil.copy(ROOT / "README.md", tmp_path)
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    page = tmp_path / "docs" / "rules" / "TS132.md"
    page.write_text("something else")
    (tmp_path / "docs" / "rules" / "TS999.md").write_text("no such rule")
    assert docs.main(["--check"]) == 1
    assert page.read_text() == "something else"
    assert docs.main([]) == 0
    assert page.read_text() != "something else"
    assert not (tmp_path / "docs" / "rules" / "TS999.md").exists()
    assert docs.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("`{name}` is {type}", "`<name>` is <type>"),
        ("a {{literal}} brace", "a {literal} brace"),
        ("{x!r} and {y:>3}", "<x> and <y>"),
        ("nothing", "nothing"),
    ],
)
def test_templates_are_made_readable(text: str, read: str) -> None:
    assert report.template(text) == read


def test_markers_are_made_readable() -> None:
    text = "x = {1}  # expect: TS132\n# expect-below: TS101, TS102\ny = '# expect'\n"
    assert report.example(text) == "x = {1}  # <- TS132\n# next line: TS101, TS102\ny = '# expect'"


# --- the texts that are written by hand ----------------------------------------------------------


def test_readme_names_every_option_of_the_command() -> None:
    from torchscript_lint.cli.arguments import _parser_check

    readme = (ROOT / "README.md").read_text()
    options = {option for action in _parser_check()._actions for option in action.option_strings}
    words = {option for option in options if option.startswith("--")} - {"--help"}
    assert [option for option in sorted(words) if option not in readme] == []


def test_the_readmes_output_is_real(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    source, shown = re.findall(r"```(?:python|console)\n(.*?)```", readme, re.DOTALL)[:2]
    (tmp_path / "net.py").write_text(source)
    command, expected = shown.split("\n", 1)
    assert command == "$ tslint net.py"
    run = [sys.executable, "-m", "torchscript_lint", "--isolated", "net.py"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout + done.stderr == expected
    [shown] = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    done = subprocess.run([*run, "--output-format=json"], cwd=tmp_path, capture_output=True, text=True)
    [first, *_] = json.loads(done.stdout)
    assert json.loads(shown) == [{**first, "filename": "/home/you/net.py"}]


def test_links_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_ci_runs_the_readmes_own_test_command() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    assert "README.md" in ci
    assert "<!-- tests -->" in ci
    command = (ROOT / "README.md").read_text().split("<!-- tests -->")[1].split("```")[1]
    assert "pip install" in command
    assert "pytest" in command


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib")
def test_the_version_is_the_same_everywhere() -> None:
    import tomllib

    from torchscript_lint import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
