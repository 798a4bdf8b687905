"""The pre-commit hook, by running ``pre-commit try-repo`` on a repository of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NET = "import torch\n\n\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return {x}\n"
# How pip says that it could not get at a package, as opposed to failing on ours.
_NO_INDEX = re.compile(r"Could not find a version|No matching distribution|Connection|Temporary failure|timed out")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.invalid"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds torchscript-lint as it is in this checkout, committed."""
    source = tmp_path_factory.mktemp("torchscript-lint")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*_cache")
    for name in ("torchscript_lint", "fixtures"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, source / name)
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "as it is")
    return source


def try_repo(hook: Path, project: Path, cache: Path) -> tuple[int, str]:
    """Run the hook on all files of a project: exit code and output."""
    git(project, "init", "-q")
    git(project, "add", "-A")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pre_commit",
            "try-repo",
            str(hook),
            "torchscript-lint",
            "--all-files",
            "--verbose",
        ],
        cwd=project,
        env={**os.environ, "PRE_COMMIT_HOME": str(cache), "PRE_COMMIT_COLOR": "never"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    output = done.stdout + done.stderr
    if done.returncode == 3 and _NO_INDEX.search(output):
        pytest.skip("pip cannot install here: " + next(line for line in output.splitlines() if _NO_INDEX.search(line)))
    return done.returncode, output


def test_the_hook_really_runs(hook: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "model").mkdir(parents=True)
    (project / "model" / "net.py").write_text(NET)
    (project / "model" / "net.pyi").write_text("class Net: ...\n")
    (project / "generated.py").write_text(NET)
    (project / "README.md").write_text("# no Python\n")
    (project / "pyproject.toml").write_text('[tool.tslint]\nexclude = ["generated.py"]\n')
    code, output = try_repo(hook, project, tmp_path / "cache")
    assert code == 1, output
    assert re.search(r"^torchscript-lint\.+Failed$", output, re.MULTILINE), output
    assert "model/net.py:6:16" in output
    assert "error[TS132] set-literal" in output
    assert "generated.py" not in output  # the project's excludes hold although pre-commit names each file
    assert "Found 1 error and 1 warning in 1 of 1 file." in output  # trace refuses a set as an output, too

    (project / "model" / "net.py").write_text(NET.replace("{x}", "[x]"))
    code, output = try_repo(hook, project, tmp_path / "cache")
    assert code == 0, output
    assert re.search(r"^torchscript-lint\.+Passed$", output, re.MULTILINE), output
