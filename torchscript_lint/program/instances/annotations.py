"""Annotations: what they promise of a parameter's value, and which TorchScript type they name on a class."""

from __future__ import annotations

import ast

from torchscript_lint.plain import dataclass, replace
from torchscript_lint.program.classes import is_module, is_module_name, lineage
from torchscript_lint.program.definitions import Class, Definition, External
from torchscript_lint.program.instances.values import (
    NONE_VALUE,
    SOME_MODULE,
    TENSOR,
    UNKNOWN_VALUE,
    Callee,
    Const,
    ModuleValue,
    Scalar,
    Seq,
    Value,
    join_all,
    weak,
)
from torchscript_lint.program.instances.words import words
from torchscript_lint.program.module import Module
from torchscript_lint.types import model
from torchscript_lint.types.model import DictType, ListType, TupleType, Type, optional, union

_OPTIONAL = ("typing.Optional", "typing_extensions.Optional")
_UNION = ("typing.Union", "typing_extensions.Union")
_FINAL = ("typing.Final", "typing_extensions.Final", "torch.jit.Final")
_LITERAL = ("typing.Literal", "typing_extensions.Literal")
_CALLABLE = ("typing.Callable", "collections.abc.Callable")
_TYPE = ("typing.Type", "type")
_LIST = ("typing.List", "list")
_TUPLE = ("typing.Tuple", "tuple")
_DICT = ("typing.Dict", "dict")
_TENSORS = words(
    """
    torch.Tensor torch.FloatTensor torch.LongTensor torch.DoubleTensor torch.IntTensor torch.ShortTensor
    torch.HalfTensor torch.CharTensor torch.ByteTensor torch.BoolTensor torch.nn.Parameter
    torch.nn.parameter.Parameter torch.autograd.Variable
    """
)  # fmt: skip
_SCALARS = {
    "int": "int", "float": "float", "str": "str", "bool": "bool", "complex": "complex", "bytes": "bytes",
    "torch.device": "device", "torch.dtype": "dtype", "torch.layout": "layout",
}  # fmt: skip


def value_of_annotation(module: Module, node: ast.expr | None, depth: int = 6) -> Value:
    """What a parameter with this annotation is given; Unknown where the annotation does not say."""
    node = _unquoted(node)
    if node is None or depth == 0:
        return UNKNOWN_VALUE
    if isinstance(node, ast.Constant) and node.value is None:
        return NONE_VALUE
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = (node.left, node.right)
        return join_all([value_of_annotation(module, side, depth - 1) for side in sides])
    if isinstance(node, ast.Subscript):
        return _value_of_subscript(module, node, depth)
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return UNKNOWN_VALUE
    name = module.dotted(node)
    if name in _SCALARS:
        return Scalar(_SCALARS[name])
    if name in _TENSORS:
        return TENSOR
    if name in ("torch.nn.Module", "torch.nn.modules.module.Module"):
        return SOME_MODULE
    found = definition(module, node)
    if isinstance(found, External) and is_module_name(found.name):
        return ModuleValue(found, certain=False)  # it may be a subclass
    if isinstance(found, Class) and is_module(found):
        return ModuleValue(found, certain=False)
    return UNKNOWN_VALUE


def _value_of_subscript(module: Module, node: ast.Subscript, depth: int) -> Value:
    name = module.dotted(node.value)
    args = _args(node)
    if name in _OPTIONAL:
        return join_all([NONE_VALUE, value_of_annotation(module, args[0], depth - 1)])
    if name in _UNION:
        return join_all([value_of_annotation(module, arg, depth - 1) for arg in args])
    if name in _LITERAL:
        literals: list[Value] = [Const(arg.value) for arg in args if isinstance(arg, ast.Constant)]
        return join_all(literals) if len(literals) == len(args) else UNKNOWN_VALUE
    if name in _CALLABLE and len(args) == 2:
        result = value_of_annotation(module, args[1], depth - 1)
        return Callee(None, makes_module=True) if isinstance(result, ModuleValue) else UNKNOWN_VALUE
    if name in _TYPE and len(args) == 1:
        result = value_of_annotation(module, args[0], depth - 1)
        return Callee(None, makes_module=True) if isinstance(result, ModuleValue) else UNKNOWN_VALUE
    if name in _TUPLE:
        if len(args) == 2 and isinstance(args[1], ast.Constant) and args[1].value is Ellipsis:
            return weak(Seq("tuple", None, value_of_annotation(module, args[0], depth - 1)))
        items = tuple(value_of_annotation(module, arg, depth - 1) for arg in args)
        return weak(Seq("tuple", items, nonempty=bool(items)))
    if name in _LIST:
        # A list may be empty, and tuples are passed for lists everywhere.
        return weak(Seq("list", None, value_of_annotation(module, args[0], depth - 1)))
    if name in ("typing.Sequence", "typing.Iterable", "collections.abc.Sequence", "collections.abc.Iterable"):
        return weak(Seq("iterator", None, value_of_annotation(module, args[0], depth - 1)))
    return UNKNOWN_VALUE


def definition(module: Module, node: ast.expr) -> Definition:
    """What a name of the file stands for."""
    return module.program.definition(module, node)


def _unquoted(node: ast.expr | None) -> ast.expr | None:
    """The annotation inside a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return None
    return node


def _args(node: ast.Subscript) -> list[ast.expr]:
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


# --- annotations on the class ---------------------------------------------------------------------


@dataclass(frozen=True)
class ClassAnnotation:
    """A class-level annotation as ``ann_to_type`` (``torch/jit/annotations.py``) takes it.

    Attributes:
        node: the annotation.
        module: its file.
        type: the TorchScript type; UNKNOWN where it cannot be told.
        problem: why it is no type: ``unknown``, ``string``, ``bare`` (List without brackets), ``member`` (a
            member of an Optional or Union is no type), ``tuple`` (a member of a Tuple is none); empty if it is
            one.
        part: what of it is no type.
        final: whether it is ``Final`` or ``Final[T]``.
        inferred: whether the compiler passes over it and takes the value's type.
    """

    node: ast.expr
    module: Module
    type: Type
    problem: str = ""
    part: str = ""
    final: bool = False
    inferred: bool = False


class _NoType(Exception):
    """Not a TorchScript type: the problem, and the part that has it."""

    def __init__(self, problem: str, part: str) -> None:
        super().__init__(problem)
        self.problem, self.part = problem, part


def class_annotation(module: Module, node: ast.expr) -> ClassAnnotation:
    """A class-level annotation. A string (all, under ``from __future__ import annotations``) is no type."""
    if module.future_annotations:
        return ClassAnnotation(node, module, model.UNKNOWN, "string", ast.unparse(node))
    base = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(base, (ast.Name, ast.Attribute)) and module.dotted(base) in _FINAL:
        inner = model.UNKNOWN
        if isinstance(node, ast.Subscript):
            inner = class_annotation(module, node.slice).type
        return ClassAnnotation(node, module, inner, final=True)
    if isinstance(node, ast.Subscript) and module.dotted(node.value) == "collections.abc.Callable":
        # That of nn.Module's own ``forward``, which the compiler knows it must not take.
        inferred = [ast.unparse(arg) for arg in _args(node)] in (["...", "Any"], ["...", "typing.Any"])
        if inferred:
            return ClassAnnotation(node, module, model.UNKNOWN, inferred=True)
    try:
        return ClassAnnotation(node, module, _type_of(module, node))
    except _NoType as error:
        return ClassAnnotation(node, module, model.UNKNOWN, error.problem, error.part)


_SIMPLE: dict[str, Type] = {
    "int": model.INT, "float": model.FLOAT, "complex": model.COMPLEX, "str": model.STR, "bool": model.BOOL,
    "torch.device": model.DEVICE, "torch.dtype": model.INT, "torch.qscheme": model.INT,
    "torch.SymInt": model.INT,
    "torch.Generator": model.GENERATOR, "torch.Stream": model.STREAM, "typing.Any": model.ANY,
}  # fmt: skip
#: Of these nothing is a TorchScript type, whatever the arguments.
_NEVER = frozenset(
    {
        "object", "type", "bytes", "set", "frozenset", "range", "slice", "list", "dict", "tuple",
        "torch.layout",
        "torch.Size", "collections.OrderedDict", "collections.defaultdict", "collections.deque",
    }
) | frozenset(
    f"{module}.{name}"
    for module, names in {
        "typing": "Callable Type ClassVar Literal Sequence Iterable Mapping MutableMapping Set FrozenSet"
        " Collection DefaultDict OrderedDict Iterator Generator Annotated Deque AbstractSet",
        "typing_extensions": "Literal Annotated",
        "collections.abc": "Callable Sequence Iterable Mapping MutableMapping Set Collection Iterator",
    }.items()
    for name in names.split()
)  # fmt: skip


def _type_of(module: Module, node: ast.expr) -> Type:
    """``try_ann_to_type``.

    Raises:
        _NoType: it names no TorchScript type.
    """
    if isinstance(node, ast.Constant):
        if node.value is None:
            return model.NONE
        problem = "string" if isinstance(node.value, str) else "unknown"
        raise _NoType(problem, node.value if isinstance(node.value, str) else ast.unparse(node))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([_member(module, node.left), _member(module, node.right)])
    if isinstance(node, ast.Subscript):
        return _type_of_subscript(module, node)
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return model.UNKNOWN
    name = module.dotted(node)
    if name in _SIMPLE:
        return _SIMPLE[name]
    if name in _TENSORS:
        return model.TENSOR
    if name in ("typing.List", "typing.Dict", "typing.Tuple"):
        raise _NoType("bare", name.split(".")[-1])
    if name in _NEVER or name.startswith("numpy."):
        raise _NoType("unknown", ast.unparse(node))
    found = definition(module, node)
    if (isinstance(found, External) and is_module_name(found.name)) or (isinstance(found, Class) and is_module(found)):
        if isinstance(found, Class) and _is_interface(found):
            return model.UNKNOWN
        raise _NoType("unknown", ast.unparse(node))
    return model.UNKNOWN


def _is_interface(cls: Class) -> bool:
    return any(name in ("torch.jit.interface", "torch.jit._script.interface") for name in cls.decorators)


def _member(module: Module, node: ast.expr) -> Type:
    """A member of an Optional or Union.

    Raises:
        _NoType: it is no type.
    """
    try:
        return _type_of(module, node)
    except _NoType as error:
        if error.problem in ("unknown", "string"):
            raise _NoType("member", ast.unparse(node)) from None
        raise


def _type_of_subscript(module: Module, node: ast.Subscript) -> Type:
    name, args = module.dotted(node.value), _args(node)
    if name in _OPTIONAL:
        return optional(_member(module, args[0]))
    if name in _UNION:
        return _union([_member(module, arg) for arg in args])
    if name in _LIST:
        try:
            return ListType.of(_type_of(module, args[0]))
        except _NoType as error:
            if error.problem in ("unknown", "string"):
                raise _NoType("unknown", ast.unparse(node)) from None
            raise
    if name in _DICT and len(args) == 2:
        return DictType.of(_type_of(module, args[0]), _type_of(module, args[1]))
    if name in _TUPLE:
        return _type_of_tuple(module, node, args)
    if name in _NEVER:
        raise _NoType("unknown", ast.unparse(node))
    return model.UNKNOWN


def _union(types: list[Type]) -> Type:
    if set(types) == {model.INT, model.FLOAT, model.COMPLEX}:
        return model.NUMBER
    rest = [type_ for type_ in types if type_ is not model.NONE]
    return optional(rest[0]) if len(rest) == 1 < len(types) else union(types)


def _type_of_tuple(module: Module, node: ast.Subscript, args: list[ast.expr]) -> Type:
    if len(args) == 1 and isinstance(args[0], ast.Tuple) and not args[0].elts:
        return TupleType.of(())
    types: list[Type] = []
    for arg in args:
        if isinstance(arg, ast.Constant) and arg.value is Ellipsis:
            raise _NoType("tuple", "...")
        try:
            types.append(_type_of(module, arg))
        except _NoType as error:
            if error.problem in ("unknown", "string"):
                raise _NoType("tuple", ast.unparse(arg)) from None
            raise
    return TupleType.of(types)


def class_annotations(cls: Class) -> dict[str, ClassAnnotation]:
    """The annotations the compiler sees: those of the nearest class that has any, not the inherited ones.

    Source: ``get_annotations`` in ``torch/jit/_recursive.py``.
    """
    for entry in lineage(cls).classes:
        if isinstance(entry, External):
            continue
        found = {name: annotation for name, (annotation, _) in entry.assigns.items() if annotation is not None}
        by_hand = entry.assigns.get("__annotations__", (None, None))[1]
        if isinstance(by_hand, ast.Dict):
            for key, value in zip(by_hand.keys, by_hand.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found[key.value] = value
        if found:
            return {name: class_annotation(entry.module, node) for name, node in found.items()}
    return {}


def parameter_value(module: Module, annotation: ast.expr | None, default: Value | None) -> Value:
    """What a parameter holds of which neither caller nor argument is known.

    The annotation wins; a default that contradicts it (``dim: int = None``) is one more alternative. An
    unannotated parameter is most likely what its default is, in kind: certainly nothing.
    """
    from torchscript_lint.program.instances.values import Unknown, join, scalar_of

    value = value_of_annotation(module, annotation)
    if not isinstance(value, Unknown):
        return join(value, _kind(default)) if default is not None else value
    if annotation is not None or default is None:
        return UNKNOWN_VALUE
    if isinstance(default, Const) and default.value is None:
        return UNKNOWN_VALUE
    found = scalar_of(default)
    if found is not None:
        return weak(Scalar(found.tag))
    if isinstance(default, Seq):
        return weak(Seq(default.kind, None, weak(join_all([_kind(item) for item in default.items or ()]))))
    return replace(default, certain=False, idents=frozenset())


def _kind(default: Value) -> Value:
    from torchscript_lint.program.instances.values import scalar_of

    return scalar_of(default) or default
