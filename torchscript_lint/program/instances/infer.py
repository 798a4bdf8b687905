"""Which TorchScript type the compiler infers from a Python value.

Source: ``tryToInferType`` and ``tryToInferContainerType`` in ``torch/csrc/jit/python/pybind_utils.h``.
"""

from __future__ import annotations

from torchscript_lint.plain import dataclass
from torchscript_lint.program.definitions import Class
from torchscript_lint.program.instances.values import (
    Alternatives,
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
    is_nonempty,
    parts_of,
)
from torchscript_lint.types import model
from torchscript_lint.types.annotations import is_dict_key
from torchscript_lint.types.model import UNKNOWN, DictType, EnumType, ListType, TupleType, Type, optional
from torchscript_lint.types.relations import unify

_SCALARS: dict[str, Type] = {
    "int": model.INT, "float": model.FLOAT, "complex": model.COMPLEX, "str": model.STR, "bool": model.BOOL,
    "bytes": model.STR, "tensor": model.TENSOR, "parameter": model.TENSOR, "buffer": model.TENSOR,
    "lazy": model.TENSOR, "device": model.DEVICE, "dtype": model.INT, "layout": model.INT,
    "generator": model.GENERATOR, "stream": model.STREAM,
}  # fmt: skip

#: How ``DictType::create`` (``aten/src/ATen/core/type.cpp``) refuses a key; the whole instance is refused with it.
BAD_KEY = "Cannot create dict for key type"
_INCONSISTENT = "inputs to traced functions must have consistent"


@dataclass(frozen=True)
class Inferred:
    """The outcome: a type, or why there is none (``reason``, for a value of ``python_type``).

    ``certain``: whether that is so in every configuration. A type of UNKNOWN is open both ways.
    """

    type: Type | None
    certain: bool = True
    reason: str = ""
    python_type: str = ""


def infer(value: Value) -> Inferred:
    """The type that is inferred from the value."""
    if isinstance(value, Const):
        return _of_constant(value)
    if isinstance(value, Scalar):
        return Inferred(_SCALARS.get(value.tag, UNKNOWN), value.certain)
    if isinstance(value, EnumMember):
        return Inferred(enum_type(value.cls), value.certain)
    if isinstance(value, Seq):
        return _of_sequence(value)
    if isinstance(value, Map):
        return _of_map(value)
    if isinstance(value, Opaque):
        return failed(value.name, value.certain)
    if isinstance(value, (Callee, Local, Partial, Bound)):
        return failed(type_name(value), value.certain)
    if isinstance(value, ModuleValue):
        return Inferred(None, value.certain, "Cannot infer concrete type of torch.nn.Module", "torch.nn.Module")
    if isinstance(value, Alternatives):
        found = [infer(part) for part in parts_of(value)]
        if all(one.type is found[0].type and one.type is not None for one in found):
            return Inferred(found[0].type, all(one.certain for one in found))
        return Inferred(UNKNOWN, False)
    return Inferred(UNKNOWN, False)


def _of_constant(value: Const) -> Inferred:
    if value.value is None:
        return Inferred(model.NONE, value.certain)
    tag = type(value.value).__name__
    if tag == "ellipsis":
        return failed("ellipsis", value.certain)
    if tag == "int" and isinstance(value.value, int) and not -(2**63) <= value.value < 2**63:
        return Inferred(UNKNOWN, False)
    return Inferred(_SCALARS.get(tag, UNKNOWN), value.certain)


def type_name(value: Value) -> str:
    """Name of the Python type of something that can be called."""
    if isinstance(value, Callee):
        return "type" if isinstance(value.definition, Class) else "function"
    return {"Local": "function", "Partial": "functools.partial", "Bound": "method"}[type(value).__name__]


def failed(name: str, certain: bool = True) -> Inferred:
    """What is said of a value of a Python type for which there is no other."""
    reason = (
        "Only tensors and (possibly nested) tuples of tensors, lists, or dicts are supported as inputs or"
        f" outputs of traced functions, but instead got value of type {name.split('.')[-1]}"
    )
    return Inferred(None, certain, reason, name)


def _of_sequence(value: Seq) -> Inferred:
    if value.kind == "tuple":
        if value.items is None:
            return Inferred(UNKNOWN, False)
        types: list[Type] = []
        certain = value.certain
        for item in value.items:
            found = infer(item)
            certain = certain and found.certain
            if found.type is None:
                return Inferred(None, certain, found.reason, "tuple")
            types.append(found.type)
        return Inferred(TupleType.of(types), certain)
    if value.kind != "list":
        return Inferred(UNKNOWN, False) if value.kind == "iterator" else failed(value.kind, value.certain)
    if value.items == ():
        return Inferred(None, value.certain, "List trace inputs must have elements", "list")
    items = value.items if value.items is not None else (value.element,)
    certain = value.certain and is_nonempty(value)
    result: Type | None = None
    for item in items:
        found = infer(item)
        certain = certain and found.certain
        if found.type is None:
            reason = f"Could not infer type of list element: {found.reason}"
            # An empty list fails as well, only in other words.
            return Inferred(None, value.certain and found.certain, reason, "list")
        unified = found.type if result is None else _unify(result, found.type)
        if unified is None:
            reason = f"List {_INCONSISTENT} element type. Found {result} and {found.type}"
            return Inferred(None, certain, reason, "list")
        result = unified
    assert result is not None
    return Inferred(UNKNOWN if result is UNKNOWN else ListType.of(result), certain)


def _of_map(value: Map) -> Inferred:
    if value.items == ():
        return Inferred(None, value.certain, "Dictionary inputs must have entries", value.kind)
    items = value.items if value.items is not None else ((value.key, value.value),)
    certain = value.certain and (value.items is not None or value.nonempty)
    key_type: Type | None = None
    value_type: Type | None = None
    for key, item in items:
        for side, found in (("key", infer(key)), ("value", infer(item))):
            certain = certain and found.certain
            if found.type is None:
                return Inferred(None, certain, found.reason, value.kind)
            old = key_type if side == "key" else value_type
            unified = found.type if old is None else _unify(old, found.type)
            if unified is None:
                reason = f"Dictionary {_INCONSISTENT} type. Found {old} and {found.type}"
                return Inferred(None, certain, reason, value.kind)
            if side == "key":
                key_type = unified
            else:
                value_type = unified
    assert key_type is not None and value_type is not None
    # A tuple is no key, whatever is in it; what the compiler says depends on whether all the rest has a type.
    tuples = any(isinstance(key, Seq) and key.kind == "tuple" for key, _ in items)
    if tuples or not (key_type is UNKNOWN or is_dict_key(key_type)):
        return Inferred(None, value.certain, f"{BAD_KEY} '{key_type}'", value.kind)
    if key_type is UNKNOWN or value_type is UNKNOWN:
        return Inferred(UNKNOWN, False)
    return Inferred(DictType.of(key_type, value_type), certain)


def _unify(left: Type, right: Type) -> Type | None:
    """``unifyOrInitializeType`` (``pybind_utils.h``): ``unifyTypes`` without the fallback to a Union."""
    if left is model.NONE and right is not UNKNOWN:
        return optional(right)
    return unify(left, right)


def enum_type(cls: Class) -> Type:
    """The type of a member of an enum of the program; UNKNOWN where its values have no one scalar type."""
    import ast

    types: set[Type] = set()
    names: list[str] = []
    for name, (_, node) in cls.assigns.items():
        if name.startswith("_"):
            continue
        names.append(name)
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float, str):
            return UNKNOWN
        types.add(_SCALARS[type(node.value).__name__])
    if len(types) != 1 or not all(base_is_plain_enum(base) for base in cls.bases):
        return UNKNOWN
    return EnumType.of(cls.fullname, types.pop(), names)


def base_is_plain_enum(base: object) -> bool:
    """Whether a base is ``enum.Enum`` itself."""
    return getattr(base, "name", "") == "enum.Enum"
