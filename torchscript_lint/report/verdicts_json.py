"""The verdicts on modules as one JSON object."""

from __future__ import annotations

import json
import os

from torchscript_lint.report.json import as_object as finding_object
from torchscript_lint.verdicts import Module, Part, Reached, RefusedPart, Report, Side, summarise


def as_object(report: Report) -> dict[str, object]:
    """The report as what is written.

    ``modules`` holds those that were asked about, and after them (``given: false``) those that they hold;
    ``finding`` and ``module`` are places in the lists ``findings`` and ``modules``. A finding is as in
    ``tslint check --output-format json``.
    """
    numbers = summarise(report)
    return {
        "version": 1,
        "torch": report.torch,
        "summary": {
            "modules": numbers.modules,
            "files": numbers.files,
            "script": dict(numbers.script),
            "trace": dict(numbers.trace),
            "ways": dict(numbers.ways),
            "scripting": numbers.scripting,
            "tracing": numbers.tracing,
            "blocking_rules": [
                {"code": rule.code, "name": rule.name, "findings": rule.findings, "modules": rule.modules}
                for rule in numbers.blocking
            ],
        },
        "modules": [_module(module) for module in report.modules],
        "findings": [finding_object(finding) for finding in report.findings],
        "failed": [{"module": name, "error": error} for name, error in report.failed],
    }


def render(report: Report) -> str:
    """The object, as ASCII, so that no encoding of standard output can break it."""
    return json.dumps(as_object(report), indent=2) + "\n"


def _module(module: Module) -> dict[str, object]:
    return {
        "name": module.name,
        "filename": os.path.abspath(module.path),
        "location": {"row": module.row, "column": 1},
        "given": module.given,
        "bases": list(module.bases),
        "script": {
            **_side(module.script),
            "unsavable": [_reached(reached) for reached in module.script.unsaved],
            "refused_parts": [_refused(part) for part in module.script.refused],
        },
        "trace": _side(module.trace),
        "way": {"kind": module.way.kind, "title": module.way.title, "why": module.way.why},
        "parts": [_part(part) for part in module.parts],
        "held_by": list(module.held_by),
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "verdict": side.state,
        "errors": [_reached(reached) for reached in side.errors],
        "warnings": [_reached(reached) for reached in side.warnings],
        "reason": side.reason,
    }


def _reached(reached: Reached) -> dict[str, object]:
    return {"finding": reached.finding, "chain": list(reached.chain)}


def _refused(part: RefusedPart) -> dict[str, object]:
    return {
        "class": part.cls,
        "message": part.message,
        "chain": list(part.chain),
        "filename": os.path.abspath(part.path),
        "row": part.row,
    }


def _part(part: Part) -> dict[str, object]:
    return {
        "name": part.name,
        "class": part.cls,
        "kind": part.kind,
        "module": part.module,
        "count": part.count,
        "certain": part.certain,
        "scripts": part.scripts,
        "parts": [_part(inner) for inner in part.parts],
    }
