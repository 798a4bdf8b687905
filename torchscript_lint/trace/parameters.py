"""What the parameters of an entry point are: by annotation, by default, and by how the body uses them."""

from __future__ import annotations

import ast

from torchscript_lint.program import Class, Function
from torchscript_lint.program.nodes import nodes_of
from torchscript_lint.trace import library
from torchscript_lint.trace.values import INPUT, STATE, UNKNOWN, Val, py, size, tensor

_PLAIN = frozenset({"int", "float", "bool", "str", "complex", "bytes", "torch.device", "torch.dtype", "torch.Size"})
_SEQUENCES = frozenset(
    {
        "list",
        "tuple",
        "typing.List",
        "typing.Tuple",
        "typing.Sequence",
        "typing.Iterable",
        "collections.abc.Sequence",
        "collections.abc.Iterable",
        "Sequence",
        "typing.Iterator",
    }
)
_MAPPINGS = frozenset(
    {
        "dict",
        "typing.Dict",
        "typing.Mapping",
        "collections.abc.Mapping",
        "collections.OrderedDict",
        "typing.OrderedDict",
        "typing.MutableMapping",
    }
)
_DATA = tensor({INPUT})
_ANY = Val("unknown", frozenset({INPUT}), False)
#: What an annotation ``int`` says.
WHOLE = Val("py", frozenset({STATE}), ref="int")
_PERHAPS = tensor({INPUT}, sure=False)


def parameters(function: Function, me: Val | None) -> dict[str, Val]:
    """What the parameters carry when the function is an entry point.

    Args:
        function: the entry point.
        me: what its first parameter is, in a method.

    Returns:
        Values by name: tensors of the inputs where the annotation says so or the body shows it, perhaps
        tensors where there is neither, plain Python values where the annotation or the default says so.
    """
    args = function.node.args
    positional = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    result: dict[str, Val] = {}
    pairs = [*zip(positional, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    for number, (arg, default) in enumerate(pairs):
        if number == 0 and me is not None:
            result[arg.arg] = me
        else:
            result[arg.arg] = _parameter(function, arg, default)
            if function.name == "forward" and me is not None and default is None:
                result[arg.arg] = _perhaps_sizes(result[arg.arg])
    if args.vararg is not None:
        elem = _PERHAPS if args.vararg.annotation is None else annotated(function, args.vararg.annotation)
        result[args.vararg.arg] = Val("seq", frozenset({INPUT}), True, None, elem)
    if args.kwarg is not None:
        result[args.kwarg.arg] = UNKNOWN
    return result


def _perhaps_sizes(value: Val) -> Val:
    """Whole numbers that a module's ``forward`` is given: no traced module has such inputs, so another
    module calls it,
    most likely with sizes."""
    if value is WHOLE:
        return size({INPUT}, sure=False)
    if value.kind == "seq":
        items = None if value.items is None else tuple(map(_perhaps_sizes, value.items))
        return Val("seq", value.origin, value.sure, items, None if value.elem is None else _perhaps_sizes(value.elem))
    return value


def _parameter(function: Function, arg: ast.arg, default: ast.expr | None) -> Val:
    absent = isinstance(default, ast.Constant) and default.value is None
    if arg.annotation is not None:
        found = annotated(function, arg.annotation)
        return Val(found.kind, found.origin, False, found.items, found.elem) if absent and found.traced else found
    if default is not None and not absent:
        return py({STATE})
    if absent:
        return _PERHAPS if shows_tensor(function, arg.arg) else UNKNOWN
    return _DATA if shows_tensor(function, arg.arg) else _PERHAPS if may_be_tensor(function, arg.arg) else UNKNOWN


def annotated(function: Function, node: ast.expr) -> Val:
    """What an annotation says."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            try:
                return annotated(function, ast.parse(node.value, mode="eval").body)
            except (SyntaxError, ValueError):
                return UNKNOWN
        return UNKNOWN
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union(function, [node.left, node.right])
    if isinstance(node, ast.Subscript):
        return _generic(function, node)
    name = function.module.dotted(node)
    if name in (
        "torch.Tensor",
        "torch._tensor.Tensor",
        "torch.nn.Parameter",
        "torch.FloatTensor",
        "torch.LongTensor",
    ):
        return _DATA
    if name in ("?", "?.Tensor", "Tensor") and ast.unparse(node).split(".")[-1] == "Tensor":
        return _DATA
    if name in ("typing.Any", "Any", "object"):
        return _ANY
    if name == "int":
        return WHOLE
    if name in _PLAIN:
        return py({STATE})
    definition = function.module.program.definition(function.module, node)
    return Val("object", ref=definition) if isinstance(definition, Class) else UNKNOWN


def _generic(function: Function, node: ast.Subscript) -> Val:
    name = function.module.dotted(node.value)
    parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in ("typing.Optional", "Optional"):
        found = annotated(function, parts[0])
        return Val(found.kind, found.origin, False, found.items, found.elem, ref=found.ref)
    if name in ("typing.Union", "Union"):
        return _union(function, parts)
    if name in ("typing.Annotated", "typing_extensions.Annotated", "typing.Final"):
        return annotated(function, parts[0])
    if name in _SEQUENCES:
        values = [annotated(function, part) for part in parts if not _dots(part)]
        if name.lower().endswith("tuple") and len(values) == len(parts):
            return Val("seq", frozenset({INPUT}), True, tuple(values))
        return Val("seq", frozenset({INPUT}), True, None, values[0] if values else UNKNOWN)
    if name in _MAPPINGS and len(parts) == 2:
        return Val("dict", frozenset({INPUT}), True, None, annotated(function, parts[1]))
    return UNKNOWN


def _dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _union(function: Function, parts: list[ast.expr]) -> Val:
    values = [
        annotated(function, part) for part in parts if not (isinstance(part, ast.Constant) and part.value is None)
    ]
    if any(value.traced for value in values):
        return _PERHAPS
    if values and all(value.kind == "py" for value in values):
        return py({STATE})
    if len(values) == 1:
        return Val(values[0].kind, values[0].origin, False, values[0].items, values[0].elem, ref=values[0].ref)
    return UNKNOWN


def shows_tensor(function: Function, name: str) -> bool:
    """Whether the body uses the name as only a tensor can be used."""
    return may_be_tensor(function, name) and any(
        attribute in library.TENSOR_EVIDENCE for attribute in _used(function, name)
    )


def may_be_tensor(function: Function, name: str) -> bool:
    """Whether the body uses the name in no way that a tensor cannot be used."""
    return all(library.is_tensor_attribute(attribute) for attribute in _used(function, name))


def _used(function: Function, name: str) -> list[str]:
    """The attributes of the name that the body reads."""
    return [
        node.attr
        for node in nodes_of(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    ]
