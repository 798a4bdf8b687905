"""What of an ``nn.Module`` class is compiled although nothing calls it.

``infer_methods_to_compile`` and ``get_property_stubs`` of ``torch/jit/_recursive.py``: ``forward``, exported
methods, properties, overloads, by inheritance, and the hooks that ``__init__`` registers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.program import Class, Function
from torchscript_lint.program.classes import lineage
from torchscript_lint.script import classes, entry, overloads
from torchscript_lint.script.session import Session


def compiled_members(session: Session, cls: Class) -> Iterator[Function]:
    """The functions that compiling an instance starts with, those of base classes among them.

    Args:
        session: the run; properties without a getter are reported to it.
        cls: the module class.
    """
    line = [base for base in lineage(cls).classes if isinstance(base, Class)]
    names = dict.fromkeys(name for owner in line for name in (*owner.functions, *owner.assigns, *owner.overloads))
    unused = classes.unused_properties(cls)
    held = session.instance(cls).forward
    if held is not None:
        names.pop("forward", None)
        if held.kind == "method" and held.certain and isinstance(held.function, Function):
            yield held.function
    for name in names:
        owner = next(base for base in line if name in base.functions or name in base.assigns or name in base.overloads)
        if name in owner.overloads and owner is cls:
            # Declarations hold for the class itself only (`_get_overloaded_methods` goes by its name).
            yield from overloads.check(session, _group(owner, name), method=True)
        elif name in owner.functions:
            yield from _of_function(owner, owner.functions[name], line, unused)
        elif name in owner.assigns:
            yield from _of_assignment(session, owner, name, unused)


def _group(owner: Class, name: str) -> list[Function]:
    group = [*owner.overloads[name]]
    if name in owner.functions:
        group.append(owner.functions[name])
    return sorted(group, key=lambda function: function.node.lineno)


def _of_function(
    owner: Class, function: Function, line: list[Class], unused: frozenset[str] | None
) -> Iterator[Function]:
    name = function.name
    if function.is_property:
        # `should_drop` asks for unused and dropped ones: an ignored getter is compiled.
        if unused is None or name in unused or function.modifier in ("unused", "drop"):
            return
        yield function
        if name in owner.setters:
            yield owner.setters[name]
    elif function.modifier == "export" or (name == "forward" and function.modifier == ""):
        yield function


def _of_assignment(session: Session, owner: Class, name: str, unused: frozenset[str] | None) -> Iterator[Function]:
    """``forward = _forward`` and ``gain = property(_get)``."""
    value = owner.assigns[name][1]
    if isinstance(value, ast.Lambda) and name == "forward":
        entry.lambda_target(session, owner.module, value, f"{owner.qualname}.forward")
        return
    if isinstance(value, ast.Name) and name == "forward":
        function = owner.functions.get(value.id)
        if function is not None and function.modifier == "":
            yield function
        return
    if not isinstance(value, ast.Call) or owner.module.dotted(value) != "property":
        return
    if any(isinstance(arg, ast.Starred) for arg in value.args):
        return
    if any(word.arg is None for word in value.keywords):
        return
    words = {word.arg: word.value for word in value.keywords}
    parts = [*value.args, None, None][:2]
    getter = words.get("fget", parts[0])
    setter = words.get("fset", parts[1])
    if getter is None or (isinstance(getter, ast.Constant) and getter.value is None):
        entry.property_without_getter(session, owner, name, value)
        return
    if unused is None or name in unused:
        return
    for part in (getter, setter):
        if isinstance(part, ast.Lambda):
            entry.lambda_target(session, owner.module, part, owner.qualname)
        elif isinstance(part, ast.Name):
            function = owner.functions.get(part.id)
            if function is not None and function.modifier not in ("unused", "drop"):
                yield function
