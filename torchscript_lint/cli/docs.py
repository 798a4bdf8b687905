"""``python -m torchscript_lint.cli.docs``: write what is generated from the rule book.

The pages of the rules and their index in ``docs/rules``, the codes that ``CHANGELOG.md`` does not name yet,
and the output that ``README.md`` shows for its example. ``--check`` writes nothing and
exits with 1 where something is out of date.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from torchscript_lint import rules
from torchscript_lint.cli import examples
from torchscript_lint.report import rule as report

_CHECKOUT = Path(__file__).resolve().parents[2]
ROOT = _CHECKOUT
#: The line in the changelog's topmost section below which new rules are listed.
NEW_RULES = "### New rules"


def pages() -> dict[str, str]:
    """File name → text, for everything in ``docs/rules``."""
    texts = {f"{rule.code}.md": report.page(rule, examples.of(rule)) for rule in rules.ALL}
    texts["README.md"] = report.index(rules.ALL)
    return texts


def changelog(text: str) -> str:
    """The changelog with every rule in it.

    What it says of a rule once stays; a rule it never names is new and goes to the topmost list of new rules.

    Raises:
        ValueError: there is no such list.
    """
    named = set(re.findall(r"\bTS\d{3}\b", text))
    new = [f"- {rule.code} `{rule.name}`: {rule.summary}" for rule in rules.ALL if rule.code not in named]
    if not new:
        return text
    lines = text.split("\n")
    at = lines.index(NEW_RULES) + 1
    while at < len(lines) and not lines[at].startswith("#"):
        at += 1
    listed = [line for line in lines[lines.index(NEW_RULES) + 1 : at] if line.strip()]
    start = lines.index(NEW_RULES) + 1
    return "\n".join([*lines[:start], "", *sorted([*listed, *new]), "", *lines[at:]])


def readme(text: str) -> str:
    """The README with what the command really says of its example.

    The first ``python`` block is the example; the first ``console`` block shows the command's whole output, and
    the first ``json`` block the first finding.

    Raises:
        ValueError: one of the blocks is not there.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "net.py").write_text(_block(text, "python"), encoding="utf-8")
        command = [sys.executable, "-m", "torchscript_lint", "--isolated", "net.py"]
        environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT)}
        shown = [
            subprocess.run(
                [*command, *options],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            ).stdout
            for options, errors in (([], subprocess.STDOUT), (["--output-format=json"], subprocess.DEVNULL))
        ]
    first = {**json.loads(shown[1])[0], "filename": "/home/you/net.py"}
    text = text.replace(_block(text, "console"), f"$ tslint net.py\n{shown[0]}", 1)
    return text.replace(_block(text, "json"), json.dumps([first], indent=2, ensure_ascii=False) + "\n", 1)


def _block(text: str, language: str) -> str:
    """What the first fenced block in a language holds. Raises ValueError where there is none."""
    found = re.search(rf"^```{language}\n(.+?)^```$", text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f"the README has no {language} block")
    return found[1]


def outdated(root: Path) -> dict[Path, str | None]:
    """Path → what it should hold, for all that is out of date; None for what should not be there."""
    folder = root / "docs" / "rules"
    wanted: dict[Path, str | None] = {folder / name: text for name, text in pages().items()}
    log = root / "CHANGELOG.md"
    wanted[log] = changelog(log.read_text(encoding="utf-8"))
    front = root / "README.md"
    wanted[front] = readme(front.read_text(encoding="utf-8"))
    for path in folder.glob("*"):
        wanted.setdefault(path, None)
    return {
        path: text
        for path, text in wanted.items()
        if (path.read_text(encoding="utf-8") if path.exists() else None) != text
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Write, or with ``--check`` say what would be written. 1 where ``--check`` finds something."""
    parser = argparse.ArgumentParser(prog="python -m torchscript_lint.cli.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something is out of date")
    arguments = parser.parse_args(argv)
    for path, text in sorted(outdated(ROOT).items()):
        if arguments.check:
            print(f"out of date: {path.relative_to(ROOT)}", file=sys.stderr)
            continue
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        print(f"{'removed' if text is None else 'wrote'} {path.relative_to(ROOT)}", file=sys.stderr)
    return 1 if arguments.check and outdated(ROOT) else 0


if __name__ == "__main__":
    sys.exit(main())
