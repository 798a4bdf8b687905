"""``value.name`` and ``value[index]``."""

from __future__ import annotations

from torchscript_lint.program.classes import is_differentiable
from torchscript_lint.program.definitions import Class, External, Function
from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.values import (
    BOOL,
    FLOAT,
    INT,
    NONE_VALUE,
    STR,
    TENSOR,
    UNKNOWN_VALUE,
    Alternatives,
    Bound,
    Callee,
    Const,
    EnumMember,
    Map,
    ModuleValue,
    Object,
    Opaque,
    Own,
    Scalar,
    Self,
    Seq,
    Space,
    Super,
    Value,
    elements,
    is_none,
    join_all,
    members,
    parts_of,
    weak,
)
from torchscript_lint.program.instances.words import words
from torchscript_lint.types import model
from torchscript_lint.types.model import ListType, TupleType, Type

#: Attributes of a tensor that are tensors.
_TENSOR_TENSORS = words(
    """
    data T mT H mH real imag grad
    """
)
_TENSOR_OTHERS: dict[str, Value] = {
    "device": Scalar("device"), "dtype": Scalar("dtype"), "layout": Scalar("layout"), "ndim": INT,
    "requires_grad": BOOL, "is_cuda": BOOL, "is_leaf": BOOL, "is_sparse": BOOL,
    "shape": Seq("tuple", None, INT),
}  # fmt: skip


def attribute_of(run: Run, base: Value, name: str) -> Value:
    """``base.name``."""
    if isinstance(base, Self):
        return _of_self(run, run.mangle(name))
    if isinstance(base, Alternatives):
        parts = [attribute_of(run, part, name) for part in parts_of(base) if is_none(part) is not True]
        return join_all(parts)
    if isinstance(base, Space):
        return run.of_definition(run.program.attribute(base.definition, name))
    if isinstance(base, Callee):
        return _of_callee(run, base, name)
    if isinstance(base, Scalar) and base.tag in ("tensor", "parameter", "buffer"):
        if name in _TENSOR_TENSORS:
            return TENSOR
        return _TENSOR_OTHERS.get(name, UNKNOWN_VALUE)
    if isinstance(base, Scalar) and base.tag == "device" and name == "type":
        return STR
    if isinstance(base, EnumMember):
        return _of_enum(run, base, name)
    if isinstance(base, ModuleValue):
        return _of_module(run, base, name)
    if isinstance(base, Object):
        return _of_object(base, name)
    if isinstance(base, Super):
        function = run.class_function(name, base.after)
        return _of_method(name, function) if isinstance(function, Function) else UNKNOWN_VALUE
    return UNKNOWN_VALUE


def _of_self(run: Run, name: str) -> Value:
    function = run.class_function(name)
    if isinstance(function, Function) and function.is_property:
        if function.modifier:
            return UNKNOWN_VALUE
        parameter = function.node.args.args[:1]
        bound: list[tuple[str, Value]] = [(arg.arg, Self()) for arg in parameter]
        return run.call_function(function.node, function.module, function.owner, bound)
    slot = run.slot(name)
    if slot is not None:
        return slot.value if slot.always else weak(slot.value)
    if isinstance(function, Function):
        return _of_method(name, function)
    if name == "training":
        return BOOL
    if name in ("__dict__", "_modules", "_parameters", "_buffers"):
        return Own(name)
    if name == "__class__":
        return Callee(run.own_class())
    assigned = run.class_assign(name)
    if assigned is not None:
        return run.isolated(assigned[0].module, assigned[1], assigned[0]) if run.complete else UNKNOWN_VALUE
    inner = run.class_inner(name)
    if inner is not None:
        return Callee(inner)
    if isinstance(function, External) and function.name.startswith("torch.nn.Module."):
        return Bound(name)
    return UNKNOWN_VALUE


def _of_method(name: str, function: Function) -> Value:
    """A method as a value: of a static one the function itself."""
    if function.is_property:
        return UNKNOWN_VALUE
    if function.is_static:
        return Callee(function) if function.decorators == ("staticmethod",) else UNKNOWN_VALUE
    return Bound(name)


def _of_callee(run: Run, base: Callee, name: str) -> Value:
    found = base.definition
    if isinstance(found, Class):
        if name in found.functions:
            return Callee(found.functions[name])
        if name == "__name__":
            return Const(found.name)
        if is_enum(found) and name in found.assigns and not name.startswith("_"):
            return EnumMember(found, name)
        if name in found.assigns:
            node = found.assigns[name][1]
            return run.isolated(found.module, node, found) if node is not None else UNKNOWN_VALUE
        if name in found.inner:
            return Callee(found.inner[name])
        if name == "apply" and is_differentiable(found):
            return Opaque("method")
    elif isinstance(found, External):
        return run.of_definition(run.program.attribute(found, name))
    return STR if name == "__name__" else UNKNOWN_VALUE


def is_enum(cls: Class) -> bool:
    """Whether it is an ``enum.Enum``."""
    return any(
        isinstance(base, External) and base.name.split(".")[-1] in ("Enum", "IntEnum", "StrEnum", "Flag")
        for base in cls.bases
    )


def _of_enum(run: Run, base: EnumMember, name: str) -> Value:
    if name == "name":
        return Const(base.name) if base.name else STR
    if name == "value" and base.name:
        node = base.cls.assigns[base.name][1]
        return run.isolated(base.cls.module, node, base.cls) if node is not None else UNKNOWN_VALUE
    return UNKNOWN_VALUE


def _of_object(base: Object, name: str) -> Value:
    """A field of a dataclass-like object, by its annotation."""
    from torchscript_lint.program.instances.annotations import value_of_annotation

    found = base.cls.assigns.get(name)
    if found is not None and found[0] is not None:
        return weak(value_of_annotation(base.cls.module, found[0]))
    return UNKNOWN_VALUE


def _of_module(run: Run, base: ModuleValue, name: str) -> Value:
    if name == "training":
        return BOOL
    if isinstance(base.cls, Class) and base.cls is not run.own_class():
        from torchscript_lint.program.instances.build import instance

        found = instance(run.program, base.cls)
        attribute = found.attribute(name)
        if attribute is not None:
            if attribute.kind == "module":
                return ModuleValue(attribute.cls, certain=attribute.certain and base.certain)
            value = value_of_type(attribute.type)
            return value if attribute.certain and base.certain else weak(value)
        return UNKNOWN_VALUE
    if isinstance(base.cls, External):
        from torchscript_lint.program.instances.torch_modules import library_values

        known = library_values(base.cls.name)
        if known is not None and name in known[0]:
            value = known[0][name][0]
            return value if base.certain else weak(value)
    return UNKNOWN_VALUE


_OF_TYPE: dict[Type, Value] = {
    model.INT: INT, model.FLOAT: FLOAT, model.BOOL: BOOL, model.STR: STR, model.TENSOR: TENSOR,
    model.NONE: NONE_VALUE,
    model.DEVICE: Scalar("device"), model.COMPLEX: Scalar("complex"),
}  # fmt: skip


def value_of_type(type_: Type) -> Value:
    """A value that has this TorchScript type (an int may be a dtype, so only what is not mistaken)."""
    if type_ in _OF_TYPE:
        return _OF_TYPE[type_]
    if isinstance(type_, TupleType):
        return Seq("tuple", tuple(value_of_type(part) for part in type_.parts), nonempty=bool(type_.parts))
    if isinstance(type_, ListType):
        return Seq("list", None, value_of_type(type_.elem), True)
    return UNKNOWN_VALUE


def subscript_of(run: Run, base: Value, index: Value) -> Value:
    """``base[index]``."""
    if isinstance(base, Alternatives):
        parts = [subscript_of(run, part, index) for part in parts_of(base) if is_none(part) is not True]
        return join_all(parts)
    if isinstance(base, Seq):
        if base.items is not None and isinstance(index, Const) and type(index.value) is int:
            try:
                found = base.items[index.value]
            except IndexError:
                return UNKNOWN_VALUE
            return found if base.certain and index.certain else weak(found)
        if base.kind not in ("list", "tuple", "range"):
            return UNKNOWN_VALUE
        return elements(base) if base.certain else weak(elements(base))
    if isinstance(base, Map):
        if base.items is not None and isinstance(index, Const):
            for key, value in base.items:
                if key.value == index.value and type(key.value) is type(index.value):
                    return value if base.certain and index.certain else weak(value)
            return UNKNOWN_VALUE
        value = join_all([item for _, item in base.items]) if base.items is not None else base.value
        return value if base.certain else weak(value)
    if isinstance(base, ModuleValue) and base.container:
        return _member(base, index)
    if isinstance(base, Scalar):
        if base.tag in ("tensor", "parameter"):
            return TENSOR
        if base.tag == "str":
            return STR
    if isinstance(base, Const) and isinstance(base.value, str):
        return STR
    if isinstance(base, Callee):
        return base  # Generic[T]
    return UNKNOWN_VALUE


def _member(base: ModuleValue, index: Value) -> Value:
    if base.items is not None and isinstance(index, Const):
        if isinstance(index.value, str) and base.keys is not None and index.value in base.keys:
            return base.items[base.keys.index(index.value)]
        if type(index.value) is int and -len(base.items) <= index.value < len(base.items):
            return base.items[index.value]
        return UNKNOWN_VALUE
    return members(base)
