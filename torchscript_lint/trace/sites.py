"""Where a file calls ``torch.jit.trace``: what is handed over, in which mode, with which inputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.program import Class, External, Function, Module
from torchscript_lint.program.classes import is_module, lineage, method
from torchscript_lint.source.walk import children, walk
from torchscript_lint.trace.analysis import Analysis
from torchscript_lint.trace.state import source, span

_TRACE = ("torch.jit.trace", "torch.jit._trace.trace")
_MODAL = ("Dropout", "BatchNorm", "AlphaDropout", "FeatureAlphaDropout", "RReLU", "SyncBatchNorm")
_MAX_NESTING = 4


def check_sites(analysis: Analysis, module: Module) -> None:
    """Record what is wrong at the file's own calls of ``torch.jit.trace``."""
    if "trace" not in module.source.text:
        return
    for name, body in _scopes(module.tree):
        nodes = [part for statement in body for part in _own(statement)]
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        made = _made(module, nodes)
        for call in calls:
            if call.args and module.dotted(call) in _TRACE:
                _check(analysis, module, call, made, _evaluated(calls, call), name)


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
