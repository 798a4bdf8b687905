"""Annotation → type, as the compiler reads one.

It tries twice. First Python evaluates the text of the annotation and ``try_ann_to_type``
(``torch/jit/annotations.py``) translates the object; where that yields nothing, ``ScriptTypeParser``
(``script_type_parser.cpp``) reads the expression by its names. Both are followed here, over a resolver that tells
what a name stands for.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Protocol

from torchscript_lint.source import tree
from torchscript_lint.source.lower import lower_expression
from torchscript_lint.source.walk import walk
from torchscript_lint.types.model import (
    ANY,
    ANY_LIST,
    ANY_TUPLE,
    BOOL,
    CAPSULE,
    COMPLEX,
    DEVICE,
    FLOAT,
    GENERATOR,
    INT,
    NONE,
    NUMBER,
    STR,
    STREAM,
    TENSOR,
    UNKNOWN,
    AwaitType,
    DictType,
    FutureType,
    ListType,
    RRefType,
    TupleType,
    Type,
    is_tensor,
    optional,
    union,
)

#: ``report(rule, node, **detail)``
Report = Callable[..., object]

#: ``FORALL_BASE_PYTHON_TYPES`` of ``ATen/core/type_factory.h``.
BASE_TYPES: dict[str, Type] = {
    **dict.fromkeys(
        ("Tensor", "LongTensor", "DoubleTensor", "FloatTensor", "IntTensor", "ShortTensor", "HalfTensor",
         "CharTensor", "ByteTensor", "BoolTensor"),
        TENSOR,
    ),
    "int": INT, "float": FLOAT, "bool": BOOL, "complex": COMPLEX, "str": STR, "Device": DEVICE, "Stream": STREAM,
    "Generator": GENERATOR, "number": NUMBER, "None": NONE, "NoneType": NONE, "Any": ANY, "Capsule": CAPSULE,
    "list": ANY_LIST, "tuple": ANY_TUPLE,
}  # fmt: skip

#: Python objects that ``try_ann_to_type`` translates by identity.
PYTHON_TYPES: dict[str, Type] = {
    "int": INT, "float": FLOAT, "bool": BOOL, "complex": COMPLEX, "str": STR, "typing.Any": ANY,
    "typing_extensions.Any": ANY, "torch.Tensor": TENSOR, "torch.device": DEVICE, "torch.types.Device": UNKNOWN,
    "torch.Generator": GENERATOR, "torch.Stream": STREAM, "torch.dtype": INT, "torch.qscheme": INT,
    "torch.SymInt": INT, "torch.nn.Parameter": TENSOR, "torch.nn.parameter.Parameter": TENSOR,
    "torch.nn.Buffer": TENSOR, "torch.nn.parameter.Buffer": TENSOR, "torch._C.Generator": GENERATOR,
    "torch.autograd.Variable": TENSOR, "torch._tensor.Tensor": TENSOR, "torch.types.Number": union((INT, FLOAT, BOOL)),
    **{f"torch.{name}": type_ for name, type_ in BASE_TYPES.items() if name.endswith("Tensor")},
}  # fmt: skip

#: Subscriptable constructors, by the dotted name of the Python object.
_GENERICS = {
    **{f"typing.{name}": name for name in ("List", "Dict", "Tuple", "Optional", "Union")},
    **{f"typing_extensions.{name}": name for name in ("List", "Dict", "Tuple", "Optional", "Union")},
    "list": "list", "dict": "dict", "tuple": "tuple",
    "torch.jit.Future": "Future", "torch.futures.Future": "Future", "torch._C.Future": "Future",
    "torch.jit._Await": "Await", "torch._awaits._Await": "Await",
    "torch.distributed.rpc.RRef": "RRef",
    **{f"torch.jit.annotations.{name}": name for name in ("List", "Dict", "Tuple", "Optional", "Union")},
}  # fmt: skip


class Found:
    """What a resolver found for a name.

    Exactly one is set: ``type`` (it is this type), ``name`` (a Python object outside the program, by dotted name),
    ``alias`` (an annotation that a module-level name stands for, with its own resolver), or ``other``: ``unknown``
    (the source does not tell), ``undefined``, or ``object`` (some Python object that is no type for TorchScript).
    ``broken``: it is a class that is compiled where it is named, which fails with these words.
    """

    __slots__ = ("alias", "broken", "name", "other", "resolver", "type")

    def __init__(
        self,
        *,
        type: Type | None = None,
        name: str = "",
        alias: ast.expr | None = None,
        resolver: Resolver | None = None,
        other: str = "",
        broken: str = "",
    ) -> None:
        self.type = type
        self.broken = broken
        self.name = name
        self.alias = alias
        self.resolver = resolver
        self.other = other


class Resolver(Protocol):
    """Tells what a (dotted) name in an annotation stands for."""

    def find(self, parts: Sequence[str]) -> Found:
        """What ``a.b.c`` stands for."""


class _Unresolvable(Exception):
    """Python's evaluation yields nothing: the second reading decides."""


class _Undefined(_Unresolvable):
    """Python's evaluation fails as a whole: a name in it is undefined."""


class _Reported(Exception):
    """Already reported; the type is Unknown."""


def parse(node: tree.Expr, resolver: Resolver, report: Report) -> Type:
    """The type of an annotation; Unknown after a report, and where the source does not tell.

    Args:
        node: the lowered annotation.
        resolver: what names stand for.
        report: called as ``report(rule, node, **detail)`` for what the compiler refuses.
    """
    return _Reader(resolver, report).top(node)


def parse_parameter(node: tree.Expr, resolver: Resolver, report: Report) -> tuple[Type, int | None]:
    """As :func:`parse`, for a parameter, where ``BroadcastingListN`` may stand: the type and N."""
    broadcast = _broadcast(node)
    if broadcast is not None:
        return broadcast
    return parse(node, resolver, report), None


def evaluates(node: tree.Expr, resolver: Resolver) -> bool | None:
    """Whether ``try_ann_to_type`` knows the object that a name in an annotation stands for; None if that isn't sure."""
    if not isinstance(node, (tree.Var, tree.Select)):
        return None
    try:
        _Reader(resolver, lambda rule, at, **detail: None).python_name(node)
    except (_Undefined, _Reported):
        return None
    except _Unresolvable:
        return False
    return True


def _broadcast(node: tree.Expr) -> tuple[Type, int | None] | None:
    """``parseBroadcastList`` of ``script_type_parser.cpp``."""
    if isinstance(node, tree.Var):
        name = node.name
        if len(name) == 9 and name.startswith("_size_") and name.endswith("_t") and name[6].isdigit():
            return ListType.of(INT), int(name[6])
        return None
    if not isinstance(node, tree.Subscript) or not isinstance(node.base, tree.Var):
        return None
    name = node.base.name
    if name == "Optional":
        inner = _broadcast(node.indices[0])
        return (optional(inner[0]), inner[1]) if inner is not None else None
    length = name.removeprefix("BroadcastingList")
    if length == name or not length.isdigit() or len(node.indices) != 1:
        return None
    elem = node.indices[0]
    if isinstance(elem, tree.Var) and elem.name in ("int", "float"):
        return ListType.of(BASE_TYPES[elem.name]), int(length)
    return UNKNOWN, int(length)


class _Reader:
    def __init__(self, resolver: Resolver, report: Report) -> None:
        self.resolver = resolver
        self.report = report
        self.depth = 0
        self.at: tree.Node | None = None

    def refuse(self, rule: str, node: tree.Node, **detail: str) -> _Reported:
        # What is wrong with an alias is blamed where the alias is used.
        self.report(rule, self.at if self.at is not None else node, **detail)
        return _Reported()

    def top(self, node: tree.Expr) -> Type:
        if isinstance(node, tree.Hole):
            return UNKNOWN
        try:
            try:
                return self.python(node)
            except _Unresolvable:
                return self.script(node)
        except _Reported:
            return UNKNOWN

    # --- Python's own evaluation -----------------------------------------------------------------

    def python(self, node: tree.Expr) -> Type:
        """``rcb(text)`` and ``try_ann_to_type``.

        Raises:
            _Unresolvable: it yields nothing.
        """
        if isinstance(node, tree.Str):
            inner = _parse_text(node)
            if inner is None:
                raise _Unresolvable
            return self.python(inner)
        if isinstance(node, tree.Literal) and node.value is None:
            return NONE
        if isinstance(node, (tree.Var, tree.Select)):
            return self.python_name(node)
        if isinstance(node, tree.Subscript):
            return self.python_generic(node)
        raise _Unresolvable

    def python_name(self, node: tree.Expr) -> Type:
        parts = dotted(node)
        if parts is None:
            raise _Unresolvable
        found = self.resolver.find(parts)
        if found.type is not None:
            return found.type
        if found.other == "unknown":
            return UNKNOWN
        if found.other == "undefined":
            raise _Undefined
        if found.other.startswith("dataclass "):
            raise self.refuse("dataclass-unscripted", node, name=found.other.partition(" ")[2])
        if found.alias is not None and found.resolver is not None:
            return self.alias(found, node)
        if found.name in PYTHON_TYPES:
            return PYTHON_TYPES[found.name]
        if found.broken:
            raise self.refuse("uncompilable-class", node, name=text_of(node), message=found.broken)
        if found.name in _GENERICS and _GENERICS[found.name] not in ("list", "dict", "tuple"):
            name = _GENERICS[found.name]
            example = f"{name}[int, int]" if name == "Dict" else f"{name}[int]"
            raise self.refuse("bare-container-annotation", node, name=name, example=example)
        raise _Unresolvable

    def alias(self, found: Found, node: tree.Expr) -> Type:
        """A module-level alias, such as ``Size = Union[int, Tuple[int, int]]``: Python has evaluated it."""
        assert found.alias is not None and found.resolver is not None
        self.depth += 1
        if self.depth > 8:
            return UNKNOWN
        outer, self.resolver = self.resolver, found.resolver
        outer_at, self.at = self.at, self.at or node
        try:
            return self.evaluated(lower_expression(found.alias), node)
        finally:
            self.resolver, self.at = outer, outer_at
            self.depth -= 1

    def python_generic(self, node: tree.Subscript) -> Type:
        parts = dotted(node.base)
        if parts is None:
            raise _Unresolvable
        # The text is cut at brackets and commas: anything but names in it yields nothing.
        if not all(_is_plain(index) for index in node.indices):
            raise _Unresolvable
        found = self.resolver.find(parts)
        if found.other == "unknown" or found.alias is not None:
            return UNKNOWN
        constructor = _GENERICS.get(found.name)
        if constructor is None:
            raise _Unresolvable
        return self.build(constructor, node.indices, node, self.evaluated_or_none)

    def evaluated_or_none(self, node: tree.Expr, at: tree.Node) -> Type | None:
        """The type of a part of an evaluated annotation, or None where ``try_ann_to_type`` gives none."""
        try:
            return self.evaluated(node, at)
        except _Undefined:
            raise
        except _Unresolvable:
            return None

    def evaluated(self, node: tree.Expr, at: tree.Node) -> Type:
        if isinstance(node, tree.BinOp) and node.op == "|":
            members = []
            for part in (node.lhs, node.rhs):
                member = self.evaluated_or_none(part, at)
                if member is None:
                    raise self.refuse("unresolvable-member", at, annotation=text_of(node), part=text_of(part))
                members.append(member)
            return union(members)
        return self.python(node)

    def build(
        self,
        constructor: str,
        indices: list[tree.Expr],
        node: tree.Subscript,
        read: Callable[[tree.Expr, tree.Node], Type | None],
    ) -> Type:
        """``try_ann_to_type`` of a generic whose parts Python has evaluated."""
        if constructor in ("Tuple", "tuple"):
            if len(indices) == 1 and isinstance(indices[0], tree.TupleLit) and not indices[0].items:
                return TupleType.of(())
            parts = [read(index, node) for index in indices]
            if None in parts:
                raise self.refuse("unresolvable-tuple-element", node, annotation=text_of(node))
            return TupleType.of(part for part in parts if part is not None)
        if constructor not in ("Dict", "dict", "Union") and len(indices) != 1:
            raise _Unresolvable  # Python itself refuses
        if constructor in ("List", "list"):
            elem = read(indices[0], node)
            if elem is None:
                raise _Unresolvable
            return ListType.of(elem)
        if constructor in ("Dict", "dict"):
            if len(indices) != 2:
                raise _Unresolvable
            key, value = (read(index, node) for index in indices)
            if key is None or value is None:
                part = indices[0] if key is None else indices[1]
                raise self.refuse("unknown-type-annotation", node, annotation=text_of(part))
            return self.dict_of(key, value, node)
        if constructor == "Optional":
            elem = read(indices[0], node)
            if elem is None:
                raise self.refuse("unresolvable-member", node, annotation=text_of(node), part=text_of(indices[0]))
            return optional(elem)
        if constructor == "Union":
            members = []
            for index in indices:  # the first that is refused ends it
                member = read(index, node)
                if member is None:
                    raise self.refuse("unresolvable-member", node, annotation=text_of(node), part=text_of(index))
                members.append(member)
            return union(members)
        elem = read(indices[0], node)
        if elem is None:
            return UNKNOWN
        return {"Future": FutureType, "Await": AwaitType, "RRef": RRefType}[constructor].of(elem)

    def dict_of(self, key: Type, value: Type, node: tree.Node) -> Type:
        if not is_dict_key(key):
            raise self.refuse("dict-key-type", node, key=str(key))
        return DictType.of(key, value)

    # --- the C++ type parser ---------------------------------------------------------------------

    def script(self, node: tree.Expr) -> Type:
        """``parseTypeFromExprImpl``."""
        if isinstance(node, tree.Hole):
            return UNKNOWN
        if isinstance(node, tree.Subscript):
            parts = dotted(node.base)
            if parts is None:
                raise self.refuse("subscripted-type-not-a-name", node.base)
            return self.script_generic(_base_name(parts), node)
        if isinstance(node, tree.BinOp) and node.op == "|":
            return union((self.script(node.lhs), self.script(node.rhs)))
        if isinstance(node, tree.Str):
            if node.value.startswith(("torch.classes.", "torch.cuda.Stream", "torch.cuda.Event")):
                return UNKNOWN
            try:
                return self.python(node)
            except _Unresolvable:
                raise self.unknown_name(node, node.value) from None
        if isinstance(node, tree.Literal) and node.value is None:
            return NONE
        name_parts = dotted(node)
        if name_parts is not None:
            name = _base_name(name_parts)
            if name in BASE_TYPES:
                return BASE_TYPES[name]
            try:
                return self.python_name(node)
            except _Unresolvable:
                if name.startswith("torch.classes."):
                    return UNKNOWN
                raise self.unknown_name(node, name) from None
        raise self.refuse("annotation-expression", node, kind=kind_of(node))

    def unknown_name(self, node: tree.Expr, name: str) -> _Reported:
        return self.refuse("unknown-type-name", node, name=name)

    def script_generic(self, name: str, node: tree.Subscript) -> Type:
        """``subscriptToType``: constructors are known by the name they are written with."""
        indices = node.indices
        if name in ("Tuple", "tuple"):
            if len(indices) == 1 and isinstance(indices[0], tree.TupleLit):
                if indices[0].items:
                    raise self.refuse("annotation-expression", indices[0], kind=kind_of(indices[0]))
                return TupleType.of(())
            return TupleType.of([self.script(index) for index in indices])
        if name in ("List", "list", "Optional", "Future", "torch.jit.Future", "RRef", "Await", "_Await"):
            if len(indices) != 1:
                raise self.refuse("annotation-arity", node, name=name, expected="1", found=str(len(indices)))
            elem = self.script(indices[0])
            if name in ("List", "list"):
                return ListType.of(elem)
            if name == "Optional":
                return optional(elem)
            return (FutureType if "Future" in name else RRefType if name == "RRef" else AwaitType).of(elem)
        if name == "Union":
            return union([self.script(index) for index in indices])
        if name in ("Dict", "dict"):
            if len(indices) != 2:
                raise self.refuse("annotation-arity", node, name=name, expected="2", found=str(len(indices)))
            return self.dict_of(self.script(indices[0]), self.script(indices[1]), node)
        raise self.refuse("unknown-type-constructor", node, name=name)


#: ``kindToString`` of ``lexer.cpp`` for what may stand in an annotation but must not.
_KINDS: dict[type[tree.Expr], str] = {
    tree.Dots: "dots",
    tree.Const: "const",
    tree.Apply: "apply",
    tree.ListLit: "list-literal",
    tree.TupleLit: "tuple-literal",
    tree.DictLit: "dict-literal",
    tree.Ternary: "if",
    tree.Starred: "starred",
    tree.ListComp: "list comprehension",
    tree.DictComp: "dict comprehension",
    tree.Slice: "slice_expr",
}


def kind_of(node: tree.Expr) -> str:
    """The compiler's word for a kind of expression."""
    if isinstance(node, tree.Literal):
        return str(node.value)
    if isinstance(node, tree.UnaryOp):
        return "unary minus" if node.op == "-" else node.op
    if isinstance(node, tree.BinOp):
        return "pow operator" if node.op == "**" else node.op
    return _KINDS.get(type(node), "expression")


def is_dict_key(key: Type) -> bool:
    """Whether ``DictType::create`` takes it: int, bool, float, complex, Tensor, device, str and Any are keys."""
    return key.unknown or is_tensor(key) or key in (INT, FLOAT, COMPLEX, BOOL, DEVICE, STR, ANY)


def dotted(node: tree.Expr) -> list[str] | None:
    """``a.b.c`` as its parts, or None."""
    parts: list[str] = []
    while isinstance(node, tree.Select):
        parts.append(node.name)
        node = node.base
    if not isinstance(node, tree.Var):
        return None
    return [node.name, *reversed(parts)]


def _base_name(parts: list[str]) -> str:
    """``parseBaseTypeName``: ``torch.Tensor`` and its old subclasses lose their prefix."""
    if len(parts) == 2 and parts[0] == "torch" and parts[1].endswith("Tensor") and parts[1] in BASE_TYPES:
        return parts[1]
    return ".".join(parts)


def _is_plain(node: tree.Expr) -> bool:
    """Whether ``parseNestedExpr`` of ``torch/_jit_internal.py`` can read it: names and brackets."""
    if isinstance(node, tree.Subscript):
        return dotted(node.base) is not None and all(map(_is_plain, node.indices))
    if isinstance(node, tree.TupleLit):
        return not node.items
    return dotted(node) is not None or (isinstance(node, tree.Literal) and node.value is None)


def _parse_text(node: tree.Str) -> tree.Expr | None:
    """A quoted annotation as an expression, placed where the string stands."""
    try:
        parsed = ast.parse(node.value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for part in walk(parsed):
        if isinstance(part, ast.expr):
            part.lineno, part.col_offset = node.line, node.col
            part.end_lineno, part.end_col_offset = node.end_line, node.end_col
    return lower_expression(parsed)


def text_of(node: tree.Expr) -> str:
    """An annotation as text, for messages."""
    parts = dotted(node)
    if parts is not None:
        return ".".join(parts)
    if isinstance(node, tree.Subscript):
        return f"{text_of(node.base)}[{', '.join(map(text_of, node.indices))}]"
    if isinstance(node, tree.BinOp):
        return f"{text_of(node.lhs)} {node.op} {text_of(node.rhs)}"
    if isinstance(node, (tree.Literal, tree.Const)):
        return str(node.value)
    if isinstance(node, tree.Str):
        return repr(node.value)
    if isinstance(node, (tree.ListLit, tree.TupleLit)):
        return f"[{', '.join(map(text_of, node.items))}]"
    return "..."
