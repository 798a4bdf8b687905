"""``__setstate__`` without annotations: what it takes is what ``__getstate__`` gives.

``shouldDeriveSetStateType`` and ``getTypeForSetStateArg`` of ``torch/csrc/jit/frontend/ir_emitter.cpp``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.program import Class, Function
from torchscript_lint.program.classes import lineage, method
from torchscript_lint.script.resolve import transparent
from torchscript_lint.script.session import ClassInfo
from torchscript_lint.script.values import ModuleObject, Simple, Sugared
from torchscript_lint.source import tree
from torchscript_lint.types.model import UNKNOWN, ClassType, Type, plain

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def parameters(checker: Checker, definition: tree.Def, receiver: Sugared) -> list[tuple[Type, int | None]]:
    """The types of the parameters after ``self``.

    Args:
        checker: the checker that compiles it; what is wrong is reported to it.
        definition: the method, none of whose parameters is annotated.
        receiver: the value of its ``self``.
    """
    unknown: list[tuple[Type, int | None]] = [(UNKNOWN, None)] * (len(definition.params) - 1)
    if isinstance(receiver, ModuleObject) and checker.function.modifier != "export":
        return unknown  # torch never compiles it
    if len(definition.params) != 2:
        detail = {"problem": f"takes {len(definition.params)} parameters", "said": "Expected 2 arguments for"}
        checker.report("setstate-without-getstate", definition, **detail)
        return unknown
    cls = _class(receiver)
    if cls is None:
        return unknown
    getter = method(cls, "__getstate__")
    if isinstance(getter, Function):
        if getter.modifier == "export" or not isinstance(receiver, ModuleObject):
            if not transparent(getter):
                return unknown
            schema = checker.session.compile(getter, receiver, checker.chain).schema
            return [(plain(schema.returns[0]), None)] if schema is not None and len(schema.returns) == 1 else unknown
    elif not lineage(cls).complete or any(not isinstance(base, Class) for base in _unknown_bases(cls)):
        return unknown
    detail = {"problem": "has no compiled `__getstate__`", "said": "`__setstate__` defined but not `__getstate__`."}
    checker.report("setstate-without-getstate", definition, **detail)
    return unknown


def _class(receiver: Sugared) -> Class | None:
    if isinstance(receiver, ModuleObject):
        return receiver.cls
    type_ = receiver.type if isinstance(receiver, Simple) else None
    info = type_.definition if isinstance(type_, ClassType) else None
    return info.cls if isinstance(info, ClassInfo) else None


def _unknown_bases(cls: Class) -> list[object]:
    """Bases outside of the program that may have an exported method of their own: not nn.Module."""
    known = ("object", "torch.nn.Module", "torch.nn.modules.Module", "torch.nn.modules.module.Module")
    return [base for base in lineage(cls).classes if not isinstance(base, Class) and base.name not in known]
