"""Constants: what a value is as one, and what can be none."""

from __future__ import annotations

from torchscript_lint.program.definitions import Class, External
from torchscript_lint.program.instances.infer import infer
from torchscript_lint.program.instances.model import NO_CONSTANT
from torchscript_lint.program.instances.torch_modules import library_module
from torchscript_lint.program.instances.values import (
    Bound,
    Callee,
    Const,
    EnumMember,
    Local,
    Map,
    ModuleValue,
    Opaque,
    Partial,
    Scalar,
    Seq,
    Value,
)
from torchscript_lint.types.model import UNKNOWN, TupleType, Type

_TYPE_NAMES = {
    "tensor": "torch.Tensor", "parameter": "torch.nn.parameter.Parameter", "complex": "complex", "bytes": "bytes",
    "generator": "torch._C.Generator",
}  # fmt: skip


def invalid_constant(value: Value) -> str:
    """Name of the Python type that makes a value no constant; empty if it is one, or may be.

    Source: ``_get_valid_constant`` in ``torch/jit/_recursive.py``.
    """
    if not value.certain:
        return ""
    if isinstance(value, Seq):
        if value.kind not in ("list", "tuple"):
            return value.kind if value.kind == "range" else ""
        found = [invalid_constant(item) for item in value.items or ()]
        return next((name for name in found if name), "")
    if isinstance(value, Const):
        name = type(value.value).__name__
        return name if name in ("complex", "bytes", "ellipsis") else ""
    if isinstance(value, Scalar):
        return _TYPE_NAMES.get(value.tag, "")
    if isinstance(value, Map):
        return value.kind
    if isinstance(value, Opaque):
        return value.name
    if isinstance(value, EnumMember):
        return value.cls.fullname
    return _of_callable(value)


def _of_callable(value: Value) -> str:
    if isinstance(value, ModuleValue):
        if isinstance(value.cls, Class):
            return value.cls.fullname
        known = library_module(value.cls.name) if value.cls is not None else None
        return known.target if known is not None else ""
    if isinstance(value, Bound):
        return "method"
    if isinstance(value, Partial):
        return "functools.partial"
    if isinstance(value, Local):
        return "function"
    if isinstance(value, Callee):
        if isinstance(value.definition, Class):
            return "type"
        # A name of torch may be a function, a builtin or a class.
        return "" if value.definition is None or isinstance(value.definition, External) else "function"
    return ""


def constant_of(value: Value) -> object:
    """The Python value, where it is known for sure; a tuple or list of such as a tuple."""
    if isinstance(value, Const) and value.certain:
        return value.value
    if isinstance(value, Seq) and value.kind in ("tuple", "list") and value.items is not None and value.certain:
        items = [constant_of(item) for item in value.items]
        return NO_CONSTANT if any(item is NO_CONSTANT for item in items) else tuple(items)
    return NO_CONSTANT


def constant_type(value: Value, type_: Type) -> Type:
    """The type of a constant: a list is taken as a tuple (``_get_valid_constant`` in
    ``torch/jit/_recursive.py``).
    """
    if isinstance(value, Seq) and value.kind in ("list", "tuple"):
        if value.items is None:
            return UNKNOWN
        types = [infer(item).type for item in value.items]
        nested = [
            constant_type(item, found) if found is not None else UNKNOWN
            for item, found in zip(value.items, types, strict=True)
        ]
        return TupleType.of(nested)
    return type_
