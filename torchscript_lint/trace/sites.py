"""Where a file calls ``torch.jit.trace``: what is handed over, in which mode, with which inputs."""

from __future__ import annotations

import ast
from contextlib import suppress

from torchscript_lint.program import Class, External, Function, Module
from torchscript_lint.program.classes import is_module, lineage, method
from torchscript_lint.source.walk import walk
from torchscript_lint.trace import library
from torchscript_lint.trace.analysis import Analysis, Exhausted
from torchscript_lint.trace.scopes import class_of, made_in, own, scopes
from torchscript_lint.trace.state import source, span
from torchscript_lint.trace.traces import TRACE, Traces
from torchscript_lint.trace.values import Val

_TRACE_MODULE = ("torch.jit.trace_module", "torch.jit._trace.trace_module")
_MODAL = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout", "RReLU", "SyncBatchNorm")
_MAX_NESTING = 4
_ROOTS = ("torch.nn.Module", "torch.nn.modules.module.Module", "object")
#: Positional arguments of ``torch.jit.trace`` before ``check_inputs``: func, inputs, optimize, check_trace.
_BEFORE_CHECKS = 4
#: Rules about sizes that become Python values.
_SIZED = frozenset({"TS702", "TS705", "TS707", "TS708", "TS710", "TS712"})


def check_sites(analysis: Analysis, module: Module) -> None:
    """Record what is wrong at the file's own calls of ``torch.jit.trace``."""
    if "trace" not in module.source.text:
        return
    places: dict[Class, str] = {}
    for name, body in scopes(module.tree):
        nodes = [part for statement in body for part in own(statement)]
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        made = made_in(module, nodes)
        for call in calls:
            if call.args and module.dotted(call) in TRACE:
                _check(analysis, module, call, made, _evaluated(calls, call), name)
                _check_count(analysis, module, call, made, name)
                _check_shapes(analysis, module, call, made, places, name)
            elif len(call.args) > 1 and module.dotted(call) in _TRACE_MODULE:
                _check_methods(analysis, module, call, made, name)
        Traces(analysis, module, nodes, made, name).check(modal)


def _evaluated(calls: list[ast.Call], before: ast.Call) -> set[str]:
    """Names whose mode the scope sets before a call."""
    return {
        call.func.value.id
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("eval", "train")
        and isinstance(call.func.value, ast.Name)
        and (call.lineno, call.col_offset) < (before.lineno, before.col_offset)
    }


def _check(
    analysis: Analysis, module: Module, call: ast.Call, made: dict[str, Class], settled: set[str], target: str
) -> None:
    subject = call.args[0]
    if isinstance(subject, ast.Attribute) and isinstance(subject.value, ast.Name) and subject.value.id in made:
        if subject.attr != "forward" and isinstance(method(made[subject.value.id], subject.attr), Function):
            detail = {"expr": source(subject), "method": subject.attr, "object": subject.value.id}
            analysis.add(module, "traced-method", span(call), detail, sure=True, target=target)
    elif isinstance(subject, ast.Name) and subject.id in made and subject.id not in settled:
        layer = modal(made[subject.id])
        if layer:
            detail = {"expr": subject.id, "layer": layer}
            analysis.add(module, "trace-in-training", span(call), detail, sure=True, target=target)
    inputs = call.args[1] if len(call.args) > 1 else None
    if isinstance(inputs, ast.Tuple):
        for item in inputs.elts:
            if isinstance(item, ast.Constant) and item.value is not Ellipsis:
                detail = {"expr": source(item)}
                analysis.add(module, "example-input-kind", span(call), detail, sure=True, target=target)
                break


def _check_shapes(
    analysis: Analysis, module: Module, call: ast.Call, made: dict[str, Class], places: dict[Class, str], target: str
) -> None:
    """A module that depends on sizes is compared with its trace at one size only.

    ``places`` remembers where each class depends on them: a file of tests traces one class many times.
    """
    if any(keyword.arg in (None, "check_inputs") for keyword in call.keywords) or len(call.args) > _BEFORE_CHECKS:
        return
    cls = class_of(module, call.args[0], made)
    if cls is not None and cls not in places:
        places[cls] = sized(analysis, cls)
    if cls is not None and places[cls]:
        detail = {"expr": source(call.args[0]), "place": places[cls]}
        analysis.add(module, "single-shape-trace", span(call), detail, sure=True, target=target)


def _check_count(analysis: Analysis, module: Module, call: ast.Call, made: dict[str, Class], target: str) -> None:
    """As many example inputs as ``forward`` takes."""
    cls = class_of(module, call.args[0], made)
    forward = method(cls, "forward") if cls is not None else None
    inputs = call.args[1] if len(call.args) > 1 else None
    if not isinstance(forward, Function) or not isinstance(inputs, ast.Tuple):
        return
    args = forward.node.args
    if any(isinstance(item, ast.Starred) for item in inputs.elts) or forward.node.decorator_list:
        return
    most = len([*args.posonlyargs, *args.args]) - 1
    least = most - len(args.defaults)
    given = len(inputs.elts)
    if given < least or (given > most and args.vararg is None):
        takes = str(most) if least == most else f"{least} to {most}"
        detail = {"given": str(given), "takes": takes, "expr": forward.qualname}
        analysis.add(module, "example-input-count", span(call), detail, sure=True, target=target)


def _check_methods(analysis: Analysis, module: Module, call: ast.Call, made: dict[str, Class], target: str) -> None:
    """``trace_module``: the methods that are named must be there."""
    cls = class_of(module, call.args[0], made)
    inputs = call.args[1]
    if isinstance(inputs, (ast.Tuple, ast.List)):
        detail = {"what": f"`{source(inputs)}` is no dict of inputs by the names of methods"}
        analysis.add(module, "trace-module-inputs", span(call), detail, sure=True, target=target)
    if cls is None or not isinstance(inputs, ast.Dict) or not all(isinstance(b, Class) for b in _bases(cls)):
        return
    for key in inputs.keys:
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and not _has(cls, key.value):
            detail = {"what": f"{cls.name} has no method `{key.value}`"}
            analysis.add(module, "trace-module-inputs", span(call), detail, sure=True, target=target)


def _has(cls: Class, name: str) -> bool:
    return isinstance(method(cls, name), Function) or name in library.MODULE_NAMES


def _bases(cls: Class) -> list[object]:
    """What a class inherits from, without ``nn.Module`` itself."""
    return [base for base in lineage(cls).classes if not (isinstance(base, External) and base.name in _ROOTS)]


def sized(analysis: Analysis, cls: Class) -> str:
    """Where a module's forward certainly turns a size of its inputs into a Python value; empty if nowhere."""
    forward = method(cls, "forward")
    if not isinstance(forward, Function):
        return ""
    probe = Analysis(analysis.program)  # of its own: what it finds is reported where the class stands
    with suppress(Exhausted, RecursionError):
        probe.enter(forward, Val("object", ref=cls))
    found = sorted(f for f in probe.findings.values() if f.code in _SIZED and f.severity == "error")
    if not found:
        return ""
    elsewhere = "" if found[0].path == cls.module.path else f" of {found[0].path}"
    return f"{found[0].target}, line {found[0].row}{elsewhere}"


def modal(cls: Class, level: int = 0) -> str:
    """A layer in the class, or in its parts, that depends on the mode; empty if none is seen."""
    for entry in lineage(cls).classes:
        if not isinstance(entry, Class):
            continue
        init = entry.functions.get("__init__")
        for node in walk(init.node) if init is not None else ():
            if not isinstance(node, ast.Call):
                continue
            found = entry.module.program.definition(entry.module, node.func)
            if isinstance(found, External) and found.name.startswith("torch.nn."):
                last = found.name.rpartition(".")[2]
                if last.startswith(_MODAL):
                    return f"nn.{last}"
            elif isinstance(found, Class) and level < _MAX_NESTING and found is not cls and is_module(found):
                inner = modal(found, level + 1)
                if inner:
                    return inner
    return ""
