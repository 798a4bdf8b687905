"""Each floor knows only the floors below it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run([sys.executable, "-c", code, "--no-cache"], cwd=folder, capture_output=True, text=True)


def test_each_floor_knows_only_the_floors_below_it() -> None:
    pytest.importorskip("importlinter")
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


def test_the_contract_notices_a_breach(tmp_path: Path) -> None:
    pytest.importorskip("importlinter")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    package = tmp_path / "torchscript_lint"
    for floor in (
        "cli",
        "flake8",
        "report",
        "verdicts",
        "lint",
        "script",
        "trace",
        "program",
        "library",
        "types",
        "source",
    ):
        (package / floor).mkdir(parents=True)
        (package / floor / "__init__.py").write_text("")
    for module in ("__init__", "findings", "plain"):
        (package / f"{module}.py").write_text("")
    (package / "rules").mkdir()
    (package / "rules" / "__init__.py").write_text("import torchscript_lint.cli\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "torchscript_lint.rules" in done.stdout


def test_the_analysis_needs_no_torch() -> None:
    code = (
        "import sys\nsys.modules['torch'] = None\nsys.modules['libcst'] = None\n"
        "from torchscript_lint.lint import check_source\n"
        "text = 'import torch\\n@torch.jit.script\\ndef f(x):\\n    return {1}\\n'\n"
        "assert [found.code for found in check_source(text)] == ['TS132'], check_source(text)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
