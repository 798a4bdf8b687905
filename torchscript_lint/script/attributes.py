"""Attributes: reading, writing, asking for them (``attr``, ``setAttr``, ``hasAttr`` of the sugared values)."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from torchscript_lint import library
from torchscript_lint.library import Arg, Schema
from torchscript_lint.program import Class, Function, ModuleRef, Uncertain, Undefined, Value
from torchscript_lint.program.classes import is_differentiable, lineage
from torchscript_lint.script import calls, classes, modules, pyvalues
from torchscript_lint.script.matching import fits_receiver
from torchscript_lint.script.resolve import external
from torchscript_lint.script.session import ClassInfo
from torchscript_lint.script.values import (
    UNKNOWN_VALUE,
    Builtin,
    ClassObject,
    EnumObject,
    Functions,
    Library,
    ModuleObject,
    Opaque,
    PythonModule,
    PythonObject,
    Simple,
    Special,
    Sugared,
    TensorCast,
)
from torchscript_lint.source import tree
from torchscript_lint.types.model import (
    DEVICE,
    STR,
    TENSOR,
    UNKNOWN,
    ClassType,
    EnumType,
    NamedTupleType,
    OptionalType,
    Type,
    UnionType,
    is_tensor,
)
from torchscript_lint.types.relations import is_subtype

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker

#: Whether a class has a method isn't known.
UNCERTAIN = Uncertain()
INIT_HINT = " Did you forget to initialize an attribute in __init__()?"
#: ``builtin_cast_method_to_scalar_type`` of ``sugared_value.cpp``.
_CASTS = frozenset({"byte", "char", "double", "float", "cfloat", "cdouble", "int", "long", "short", "half"})
_CUDA = frozenset(
    {"current_stream", "default_stream", "current_device", "set_device", "device_index", "device_count",
     "set_stream", "synchronize", "Stream", "Event"}
)  # fmt: skip


def get(ck: Checker, base: Sugared, name: str, node: tree.Node) -> Sugared:
    """``base.name``."""
    if isinstance(base, Simple):
        return _of_value(ck, base, name, node)
    if isinstance(base, ModuleObject):
        return modules.attribute(ck, base, name, node)
    if isinstance(base, PythonModule):
        return _of_python_module(ck, base, name, node)
    if isinstance(base, ClassObject):
        return _of_class(ck, base, name, node)
    if isinstance(base, EnumObject):
        if name in base.type.members:
            return Simple(base.type)
        return ck.report("enum-member", node, type=str(base.type), name=name)
    if isinstance(base, Library) and base.entry.kind == "broken":
        # Naming it compiles it.
        return ck.report("library-function", node, function=base.name, message=base.entry.reason)
    if isinstance(base, Library) and base.entry.is_object:
        return ck.report("attribute-of-object", node, kind="python value of type 'type'", name=name)
    if isinstance(base, Library) and base.entry.kind not in ("function", "dispatch"):
        return UNKNOWN_VALUE
    if isinstance(base, Special) and base.form == "super-object":
        return ck.report("super-call", node, name=name)
    if isinstance(base, Special) and base.form == "lambda":
        return UNKNOWN_VALUE
    return ck.report("attribute-of-object", node, kind=base.kind, name=name)


def _of_value(ck: Checker, base: Simple, name: str, node: tree.Node) -> Sugared:
    """``SimpleValue::attr``."""
    type_ = base.type
    if type_ is UNKNOWN:
        return UNKNOWN_VALUE
    if is_tensor(type_):
        if name in _CASTS:
            return TensorCast(name)
        found = library.tensor_attribute(name)
        if found is not None:
            return Simple(found)
    elif type_ is DEVICE:
        found = library.property_type("Device", name)
        if found is not None:
            return Simple(found)
    elif isinstance(type_, NamedTupleType):
        if name in type_.fields:
            return Simple(type_.parts[type_.fields.index(name)])
    elif isinstance(type_, EnumType):
        if name == "name":
            return Simple(STR)
        if name == "value":
            return Simple(type_.value)
    elif isinstance(type_, ClassType):
        return _of_instance(ck, base, type_, name, node)
    if name == "type" and fits_any("aten::to", base):
        return Builtin("aten::to", base)
    if fits_any(f"aten::{name}", base):
        return Builtin(f"aten::{name}", base)
    if is_tensor(type_):
        if name == "tolist":
            return Special("tolist", base)
        if name == "__getitem__":
            return UNKNOWN_VALUE
    if type_.unknown:
        return UNKNOWN_VALUE
    if isinstance(type_, (OptionalType, UnionType)):
        return ck.report("attribute-of-optional", node, type=str(type_), name=name)
    return ck.report("missing-attribute", node, type=str(type_), name=name, hint="")


def fits_any(op: str, receiver: Simple) -> bool:
    """Whether some schema of an operator takes this value as ``self`` (``BuiltinFunction::tryCreate``)."""
    return any(fits_receiver(schema, receiver) for schema in library.schemas(op))


# --- instances of TorchScript classes ------------------------------------------------------------


def class_method(ck: Checker, type_: ClassType, name: str) -> Function | Uncertain | None:
    """The method of a class; None if it has none, ``UNCERTAIN`` where that isn't known."""
    definition = type_.definition
    if isinstance(definition, ClassInfo):
        method = classes.member(definition.cls, name)
        if method is not None and method.modifier in ("ignore", "unused", "drop"):
            return UNCERTAIN
        if method is None and not definition.complete:
            return UNCERTAIN
        return method
    if isinstance(definition, Class) and modules.lacks(definition, name):
        return None
    return UNCERTAIN


def _of_instance(ck: Checker, base: Simple, type_: ClassType, name: str, node: tree.Node) -> Sugared:
    info = type_.definition
    if isinstance(info, Class):
        # A module that became a plain value.
        return modules.attribute(ck, ck.session.module_value(info), name, node)
    if not isinstance(info, ClassInfo):
        return UNKNOWN_VALUE
    method = classes.member(info.cls, name)
    if method is not None and method.is_static:
        # The class has it, an instance has not (`ClassType::findMethod`, `findStaticMethod`).
        return ck.report("missing-attribute", node, type=str(type_), name=name, hint=INIT_HINT)
    if method is not None:
        if method.is_property:
            return calls.call_function(ck, method, base, [], [], node)
        if method.modifier in ("ignore", "unused", "drop"):
            return UNKNOWN_VALUE
        return Functions((method,), base)
    if name in info.attributes:
        return Simple(info.attributes[name])
    if not info.complete or info.state == "init":
        return UNKNOWN_VALUE
    if name in info.cls.assigns:
        return ck.report("class-level-attribute", node, type=str(type_), name=name)
    return ck.report("missing-attribute", node, type=str(type_), name=name, hint=INIT_HINT)


#: ``apply`` of ``torch.autograd.Function`` is left to Python, and takes whatever follows the first Tensor.
_APPLY = library.Entry(
    "python",
    signatures=(
        Schema("apply", "", (Arg("cls", TENSOR),), (TENSOR,), "Function.apply(Tensor cls, ...) -> Tensor", vararg=True),
    ),
)


def _of_class(ck: Checker, base: ClassObject, name: str, node: tree.Node) -> Sugared:
    """``PythonClassValue::attr``: static methods are functions; what Python finds is taken as it is."""
    for cls in lineage(base.cls).classes:
        if not isinstance(cls, Class):
            if name == "apply" and is_differentiable(base.cls):
                return Library("Function.apply", _APPLY)
            if hasattr(getattr(builtins, cls.name, object), name):
                return UNKNOWN_VALUE
            continue
        method = cls.functions.get(name)
        if method is not None:
            return Functions((method,)) if method.is_static else UNKNOWN_VALUE
        if name in cls.assigns:
            annotation, value = cls.assigns[name]
            if value is None:
                continue
            return pyvalues.of_expression(ck.names, Value(cls.module, name, value, annotation), value, constant=False)
        if name in cls.inner:
            return UNKNOWN_VALUE
    info = ck.session.class_info(base.cls, ck.chain)
    if not info.complete or name.startswith("__"):
        return UNKNOWN_VALUE
    return ck.report("class-attribute", node, type=str(base.type), name=name)


# --- Python modules and library names ------------------------------------------------------------


def _of_python_module(ck: Checker, base: PythonModule, name: str, node: tree.Node) -> Sugared:
    """``PythonModuleValue::attr``: plain values that are members of a module are constants."""
    if isinstance(base.definition, ModuleRef):
        found = ck.session.program.attribute(base.definition, name)
        if isinstance(found, Undefined):
            return ck.report("module-member", node, module=base.name, name=name)
        if isinstance(found, Value) and pyvalues.is_none(found):
            return Simple(UNKNOWN)
        return ck.names.sugared(found, constant=True)
    dotted = f"{base.name}.{name}"
    if base.name == "torch.cuda" and name in _CUDA:
        if name in ("Stream", "Event"):
            return UNKNOWN_VALUE
        op = f"cuda::{'_' if name in ('current_device', 'set_device') else ''}{name}"
        return Builtin(op)
    if name == "__name__" or (name in ("__version__", "__file__") and base.name in ("torch", "numpy")):
        return Simple(STR)
    found_value = external(dotted, constant=True)
    if found_value is UNKNOWN_VALUE and library.has_module(base.name) and not name.startswith("__"):
        made_up = base.name.startswith("torch.backends")  # modules whose attributes are properties of a class
        if library.attribute(dotted) is None and dotted not in _KNOWN_ELSEWHERE and not made_up:
            other = ck.session.program.find(dotted, ck.function.module)
            if other is not None:
                return PythonModule(dotted, ModuleRef(other))
            return ck.report("module-member", node, module=base.name, name=name)
    return found_value


#: Names of the special forms: the library need not know them.
_KNOWN_ELSEWHERE = frozenset({"torch.ops", "torch.classes", "torch._check", "torch.jit._awaitable"})


# --- writing -------------------------------------------------------------------------------------


def assign(ck: Checker, owner: Sugared, name: str, value: Simple, node: tree.Node) -> None:
    """``owner.name = value`` (``setAttr``)."""
    if isinstance(owner, ModuleObject):
        modules.assign(ck, owner, name, value, node)
        return
    if not isinstance(owner, Simple):
        ck.report("assign-attribute-of-object", node, kind=owner.kind, name=name)
        return
    type_ = owner.type
    if type_.unknown:
        return
    if not isinstance(type_, ClassType):
        ck.report("assign-attribute-of-value", node, type=str(type_), name=name)
        return
    info = type_.definition
    if isinstance(info, Class):
        modules.assign(ck, ck.session.module_value(info), name, value, node)
    elif isinstance(info, ClassInfo):
        _assign_instance(ck, info, type_, name, value, node)


def _assign_instance(ck: Checker, info: ClassInfo, type_: ClassType, name: str, value: Simple, node: tree.Node) -> None:
    from torchscript_lint.script.checker import is_initialising

    expected = info.attributes.get(name)
    if expected is None:
        if is_initialising(ck, type_):
            if _contains(value.type, type_):
                ck.report("recursive-class", node, name=name, type=str(type_))
            info.attributes[name] = value.type
            if ck.frame.parent is not None:
                ck.report("attribute-first-in-block", node, name=name)
            return
        setter = info.cls.setters.get(name)
        if setter is not None:
            calls.call_function(ck, setter, Simple(type_), [value], [], node)
        elif (found := classes.member(info.cls, name)) is not None and found.is_property:
            ck.report("read-only-attribute", node, name=name)
        elif info.complete:
            ck.report("nonexistent-attribute", node, name=name)
        return
    if not is_subtype(value.type, expected):
        ck.report("attribute-type-change", node, name=name, expected=str(expected), found=str(value.type))


def _contains(type_: Type, wanted: ClassType) -> bool:
    return type_ is wanted or any(_contains(part, wanted) for part in type_.parts)


# --- hasattr -------------------------------------------------------------------------------------


def has(ck: Checker, base: Sugared, name: str, node: tree.Node) -> bool | None:
    """``hasattr(base, name)``: the compiler's answer, or None where the source does not tell."""
    if isinstance(base, ModuleObject):
        return modules.has(ck, base, name)
    if isinstance(base, Simple):
        type_ = base.type
        if type_.unknown:
            return None
        if isinstance(type_, ClassType):
            info = type_.definition
            if not isinstance(info, ClassInfo):
                return None
            method = classes.member(info.cls, name)
            if name in info.attributes or (method is not None and not method.is_static and not method.is_property):
                return True
            return False if info.complete else None
        if isinstance(type_, NamedTupleType):
            return name in type_.fields
        ck.report("hasattr-object", node, type=str(type_))
        return None
    if isinstance(base, Library) and base.entry.kind not in ("function", "dispatch"):
        return None
    if not isinstance(base, ClassObject):
        ck.report("attribute-of-object", node, kind=base.kind, name=name)
    return None


# --- as a value ----------------------------------------------------------------------------------


#: Classes of numpy: of its scalars and its array.
_NUMPY_TYPES = frozenset(
    {"bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
     "complex64", "complex128", "intp", "generic", "number", "integer", "floating", "ndarray"}
)  # fmt: skip


def not_a_value(ck: Checker, found: Sugared, node: tree.Node) -> Simple:
    """What can't be used as a first-class value (``SugaredValue::asValue``)."""
    if isinstance(found, PythonObject):
        return ck.report("python-value", node, kind=found.type_name)
    if isinstance(found, Library):
        if found.entry.kind == "numpy" and found.name.rpartition(".")[2] in _NUMPY_TYPES:
            return ck.report("python-value", node, kind="type")
        if found.entry.kind in ("numpy", "enum value", "enum", "namedtuple"):
            return UNKNOWN_VALUE
        kind = {"class": "type", "none": "", "python": "function"}.get(found.entry.kind, "function")
        if not kind:
            # A builtin that has no form is refused where it is named, called or not.
            if "Python builtin" not in found.entry.message:
                return UNKNOWN_VALUE
            message = found.entry.reason
            return ck.report("unsupported-function", node, function=found.name, message=message)
        if found.entry.kind in ("class", "python"):
            return ck.report("python-value", node, kind=kind)
        return ck.report("not-a-value", node, kind=found.kind)
    if isinstance(found, Opaque):
        return ck.report("python-value", node, kind="function")
    if isinstance(found, PythonModule):
        return ck.report("python-value", node, kind="module")
    if isinstance(found, Special) and found.form == "lambda":
        return ck.report("lambda-target", node)
    if isinstance(found, Special) and found.form in ("super", "slice", "torch._check"):
        return UNKNOWN_VALUE
    return ck.report("not-a-value", node, kind=found.kind)
