"""Where a file calls ``torch.jit.trace``: what is handed over, in which mode, with which inputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress

from torchscript_lint.program import Class, External, Function, Module
from torchscript_lint.program.classes import is_module, lineage, method
from torchscript_lint.source.walk import children, walk
from torchscript_lint.trace.analysis import Analysis, Exhausted
from torchscript_lint.trace.state import source, span
from torchscript_lint.trace.values import Val

_TRACE = ("torch.jit.trace", "torch.jit._trace.trace")
_MODAL = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout", "RReLU", "SyncBatchNorm")
_MAX_NESTING = 4
#: Positional arguments of ``torch.jit.trace`` before ``check_inputs``: func, inputs, optimize, check_trace.
_BEFORE_CHECKS = 4
#: Rules about sizes that become Python values.
_SIZED = frozenset({"TS702", "TS705", "TS707", "TS708", "TS710", "TS712"})


def check_sites(analysis: Analysis, module: Module) -> None:
    """Record what is wrong at the file's own calls of ``torch.jit.trace``."""
    if "trace" not in module.source.text:
        return
    places: dict[Class, str] = {}
    for name, body in _scopes(module.tree):
        nodes = [part for statement in body for part in _own(statement)]
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        made = _made(module, nodes)
        for call in calls:
            if call.args and module.dotted(call) in _TRACE:
                _check(analysis, module, call, made, _evaluated(calls, call), name)
                _check_shapes(analysis, module, call, made, places, name)
        _check_train(analysis, module, nodes, made, name)


def _scopes(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The module's body and that of every function, with its name."""
    yield "", tree.body
    for node in walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.body


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of scopes inside of it."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        for child in children(node):
            yield from _own(child)


def _made(module: Module, nodes: list[ast.AST]) -> dict[str, Class]:
    """Names that the scope binds to an instance of a module class of the program, and to nothing else."""
    result: dict[str, Class] = {}
    seen: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            cls = module.program.definition(module, node.value.func) if isinstance(node.value, ast.Call) else None
            if isinstance(cls, Class) and is_module(cls) and name not in seen:
                result[name] = cls
            else:
                result.pop(name, None)
            seen.add(name)
    return result


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
    cls = _class_of(module, call.args[0], made)
    if cls is not None and cls not in places:
        places[cls] = sized(analysis, cls)
    if cls is not None and places[cls]:
        detail = {"expr": source(call.args[0]), "place": places[cls]}
        analysis.add(module, "single-shape-trace", span(call), detail, sure=True, target=target)


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


def _class_of(module: Module, node: ast.expr, made: dict[str, Class]) -> Class | None:
    """The module class of the program that an expression is an instance of, where that is certain."""
    if isinstance(node, ast.Name):
        return made.get(node.id)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "eval" and not node.args:
            return _class_of(module, node.func.value, made)
        cls = module.program.definition(module, node.func)
        if isinstance(cls, Class) and is_module(cls):
            return cls
    return None


def _check_train(analysis: Analysis, module: Module, nodes: list[ast.AST], made: dict[str, Class], target: str) -> None:
    """``train()`` on what was traced in eval mode."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    stored = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    for node in nodes:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            continue
        name, trace = node.targets[0].id, node.value
        if not (isinstance(trace, ast.Call) and trace.args and module.dotted(trace) in _TRACE):
            continue
        cls = _class_of(module, trace.args[0], made)
        if cls is None or stored.count(name) != 1 or not _in_eval(calls, trace):
            continue
        layer = modal(cls)
        for call in calls if layer else ():
            if _is_train(call, name) and _position(call) > _position(trace):
                detail = {"expr": name, "layer": layer}
                analysis.add(module, "train-after-trace", span(call), detail, sure=True, target=target)


def _is_train(call: ast.Call, name: str) -> bool:
    func = call.func
    if not (isinstance(func, ast.Attribute) and func.attr == "train" and not call.keywords):
        return False
    on = not call.args or (isinstance(call.args[0], ast.Constant) and call.args[0].value is True)
    return on and isinstance(func.value, ast.Name) and func.value.id == name


def _in_eval(calls: list[ast.Call], trace: ast.Call) -> bool:
    """Whether the traced module is evidently in eval mode: the last call that sets its mode is ``eval()``."""
    subject = trace.args[0]
    if not isinstance(subject, ast.Name):
        return isinstance(subject, ast.Call) and isinstance(subject.func, ast.Attribute) and subject.func.attr == "eval"
    modes = [
        (_position(call), call.func.attr)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("eval", "train")
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == subject.id
        and _position(call) < _position(trace)
    ]
    return bool(modes) and max(modes)[1] == "eval"


def _position(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


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
