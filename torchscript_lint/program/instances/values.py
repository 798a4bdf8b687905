"""What an expression in ``__init__`` may evaluate to: Python values, abstracted.

A value stands for a set of Python objects. ``certain`` says that the set holds in every configuration; it is
False for what rests on the default of an unannotated parameter. Joins only ever widen.
"""

from __future__ import annotations

import ast
from dataclasses import field
from typing import TypeVar

from torchscript_lint.plain import dataclass, replace
from torchscript_lint.program.definitions import Class, Definition, External
from torchscript_lint.program.module import Module

#: More alternatives than these are taken for Unknown.
_MAX_ALTERNATIVES = 4


@dataclass(frozen=True)
class Value:
    """Anything; the base of the rest."""

    certain: bool = field(default=True, kw_only=True)
    #: Allocations this may be (of what can be changed in place); a change through one name is seen through
    #: the others.
    idents: frozenset[int] = field(default=frozenset(), kw_only=True, compare=False)


@dataclass(frozen=True)
class Unknown(Value):
    """What the source does not tell."""


@dataclass(frozen=True)
class Const(Value):
    """A known int, float, complex, str, bytes, bool, None or Ellipsis."""

    value: object

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Const) or self.certain != other.certain:
            return False
        # 1 == True == 1.0 in Python; repr also tells 0.0 from -0.0 and knows nan.
        return type(self.value) is type(other.value) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash((type(self.value), repr(self.value)))


@dataclass(frozen=True)
class Scalar(Value):
    """A value of a known kind.

    ``tag`` is ``int``, ``float``, ``complex``, ``str``, ``bool``, ``bytes``, ``tensor``, ``parameter``,
    ``buffer`` (``nn.Buffer``), ``lazy`` (an uninitialised parameter or buffer), ``device``, ``dtype``,
    ``layout``, ``generator`` or ``stream``.
    """

    tag: str


@dataclass(frozen=True)
class Seq(Value):
    """A ``list``, ``tuple``, ``range``, ``set`` or another iterable (``iterator``), by its items or by their
    union.
    """

    kind: str
    items: tuple[Value, ...] | None = None
    element: Value = Unknown()
    nonempty: bool = False


@dataclass(frozen=True)
class Map(Value):
    """A dict: its items where all keys are known constants, else the unions of its keys and values."""

    items: tuple[tuple[Const, Value], ...] | None = None
    key: Value = Unknown()
    value: Value = Unknown()
    nonempty: bool = False
    #: Its Python type, as ``torch.typename`` gives it.
    kind: str = "dict"


@dataclass(frozen=True)
class ModuleValue(Value):
    """An ``nn.Module`` instance.

    ``container`` is ``ModuleList``, ``Sequential``, ``ModuleDict``, ``ParameterList`` or ``ParameterDict``
    for exactly these classes; then ``items`` (with ``keys``) are its members, or ``element`` what each of
    them is.
    """

    cls: Class | External | None = None
    container: str = ""
    items: tuple[Value, ...] | None = None
    keys: tuple[str, ...] | None = None
    element: Value = Unknown()
    node: ast.AST | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Callee(Value):
    """A function, class or name outside the program, as a value; ``definition`` is None for a parameter's
    class.

    ``makes_module`` says that calling it gives some ``nn.Module``.
    """

    definition: Definition | None = None
    makes_module: bool = False


@dataclass(frozen=True)
class Local(Value):
    """A function or lambda defined inside another: its node and file, the scope it closes over and whose that
    is.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module = field(compare=False)
    scope: int = 0
    maker: ast.AST | None = field(default=None, compare=False)
    owner: Class | None = None


@dataclass(frozen=True)
class Partial(Value):
    """``functools.partial(func, ...)``."""

    func: Value
    args: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Bound(Value):
    """A method of ``self``, taken as a value, or ``self.name`` of something that is called later."""

    name: str


@dataclass(frozen=True)
class Self(Value):
    """The instance under construction."""


@dataclass(frozen=True)
class Own(Value):
    """A dict of attributes of ``self``: ``__dict__``, ``_modules``, ``_parameters``, ``_buffers``."""

    name: str


@dataclass(frozen=True)
class Super(Value):
    """``super()``: the rest of the line of classes after ``after``."""

    after: Class


@dataclass(frozen=True)
class EnumMember(Value):
    """A member of an enum of the program (``name`` empty: some member)."""

    cls: Class
    name: str = ""


@dataclass(frozen=True)
class Object(Value):
    """An object of a class of the program that is no module."""

    cls: Class


@dataclass(frozen=True)
class Opaque(Value):
    """A Python object of a known type for which TorchScript has no type: ``name`` as ``torch.typename`` gives
    it.
    """

    name: str


@dataclass(frozen=True)
class Alternatives(Value):
    """One of several values, by configuration."""

    parts: tuple[Value, ...]


UNKNOWN_VALUE = Unknown(certain=False)
NONE_VALUE = Const(None)
INT = Scalar("int")
FLOAT = Scalar("float")
BOOL = Scalar("bool")
STR = Scalar("str")
TENSOR = Scalar("tensor")
SOME_MODULE = ModuleValue()

_V = TypeVar("_V", bound=Value)


def weak(value: _V) -> _V:
    """The value, resting on something that other configurations change."""
    return replace(value, certain=False) if value.certain else value


def parts_of(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value; of one that has none, itself."""
    return value.parts if isinstance(value, Alternatives) else (value,)


def scalar_of(value: Value) -> Scalar | None:
    """The kind of a number, string or other scalar, its value forgotten; None stays a constant."""
    if isinstance(value, Scalar):
        return value
    if isinstance(value, Const) and isinstance(value.value, (bool, int, float, complex, str, bytes)):
        return Scalar(type(value.value).__name__, certain=value.certain)
    return None


def join_all(values: list[Value]) -> Value:
    """The union of several values; Unknown of none."""
    if not values:
        return UNKNOWN_VALUE
    result = values[0]
    for value in values[1:]:
        result = join(result, value)
    return result


def join(left: Value, right: Value) -> Value:
    """A value that stands for everything either of two stands for."""
    if left is right:
        return left
    if left == right and type(left) is type(right):
        return replace(left, idents=left.idents | right.idents) if left.idents or right.idents else left
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN_VALUE
    if isinstance(left, Alternatives) or isinstance(right, Alternatives):
        return _alternatives((*parts_of(left), *parts_of(right)))
    merged = _merge(left, right)
    return merged if merged is not None else _alternatives((left, right))


def _alternatives(parts: tuple[Value, ...]) -> Value:
    kept: list[Value] = []
    for part in parts:
        if isinstance(part, Unknown):
            return UNKNOWN_VALUE
        for index, other in enumerate(kept):
            merged = part if part == other else _merge(other, part)
            if merged is not None:
                kept[index] = merged
                break
        else:
            kept.append(part)
    if len(kept) == 1:
        return kept[0]
    if len(kept) > _MAX_ALTERNATIVES:
        return UNKNOWN_VALUE
    return Alternatives(tuple(kept), certain=all(part.certain for part in kept))


def _merge(left: Value, right: Value) -> Value | None:
    """The one value of the same shape that covers both, or None."""
    certain = left.certain and right.certain
    idents = left.idents | right.idents
    a, b = scalar_of(left), scalar_of(right)
    if a is not None and b is not None:
        if (
            isinstance(left, Const)
            and isinstance(right, Const)
            and replace(left, certain=certain) == replace(right, certain=certain)
        ):
            return replace(left, certain=certain)
        return Scalar(a.tag, certain=certain) if a.tag == b.tag else None
    if type(left) is not type(right):
        return None
    if isinstance(left, Const) and isinstance(right, Const):
        return replace(left, certain=certain) if left.value is right.value else None
    if isinstance(left, Seq) and isinstance(right, Seq):
        if left.kind != right.kind:
            return None
        return _merge_seq(left, right, certain, idents)
    if isinstance(left, Map) and isinstance(right, Map):
        return _merge_map(left, right, certain, idents)
    if isinstance(left, ModuleValue) and isinstance(right, ModuleValue):
        return _merge_module(left, right, certain, idents)
    if isinstance(left, EnumMember) and isinstance(right, EnumMember) and left.cls is right.cls:
        return EnumMember(left.cls, certain=certain)
    if replace(left, certain=certain) == replace(right, certain=certain):
        return replace(left, certain=certain, idents=idents)
    return None


def _merge_seq(left: Seq, right: Seq, certain: bool, idents: frozenset[int]) -> Value | None:
    if left.items is not None and right.items is not None and len(left.items) == len(right.items):
        items = tuple(map(join, left.items, right.items))
        return Seq(left.kind, items, nonempty=bool(items), certain=certain, idents=idents)
    if left.kind == "tuple" and not (left.items is None and right.items is None):
        return None  # tuples of different lengths have different types
    nonempty = is_nonempty(left) and is_nonempty(right)
    known = [elements(side) for side in (left, right) if side.items != ()]
    return Seq(left.kind, None, join_all(known), nonempty, certain=certain, idents=idents)


def _merge_map(left: Map, right: Map, certain: bool, idents: frozenset[int]) -> Value:
    kind = left.kind if left.kind == right.kind else "dict"
    if left.items is not None and right.items is not None:
        mine, other = dict(left.items), dict(right.items)
        if list(mine) == list(other):
            items = tuple((key, join(mine[key], other[key])) for key in mine)
            return Map(items, nonempty=bool(items), kind=kind, certain=certain, idents=idents)
    nonempty = left.nonempty and right.nonempty
    known = [map_elements(side) for side in (left, right) if side.items != ()]
    key, value = join_all([k for k, _ in known]), join_all([v for _, v in known])
    return Map(None, key, value, nonempty, kind, certain=certain, idents=idents)


def _merge_module(left: ModuleValue, right: ModuleValue, certain: bool, idents: frozenset[int]) -> Value | None:
    if not same_class(left.cls, right.cls) or left.container != right.container:
        return None
    if not left.container:
        return replace(left, certain=certain, idents=idents)
    same_length = left.items is not None and right.items is not None and len(left.items) == len(right.items)
    if same_length and left.keys == right.keys:
        assert left.items is not None and right.items is not None
        items = tuple(map(join, left.items, right.items))
        return replace(left, items=items, certain=certain, idents=idents)
    known = [members(side) for side in (left, right) if side.items != ()]
    return replace(left, items=None, keys=None, element=join_all(known), certain=certain, idents=idents)


def same_class(left: Class | External | None, right: Class | External | None) -> bool:
    """Whether two classes are one; externals are one by name."""
    if isinstance(left, External) and isinstance(right, External):
        return left.name == right.name
    return left is right


def is_nonempty(value: Seq) -> bool:
    """Whether a sequence is known to have a member."""
    return bool(value.items) if value.items is not None else value.nonempty


def elements(value: Seq) -> Value:
    """What every member of a sequence is."""
    return join_all(list(value.items)) if value.items is not None else value.element


def map_elements(value: Map) -> tuple[Value, Value]:
    """What every key and every value of a dict is."""
    if value.items is None:
        return value.key, value.value
    return join_all([key for key, _ in value.items]), join_all([item for _, item in value.items])


def members(value: ModuleValue) -> Value:
    """What every member of a module or parameter container is."""
    return join_all(list(value.items)) if value.items is not None else value.element


def truth(value: Value) -> bool | None:
    """Whether the value is true, in every configuration; None where that is open."""
    if not value.certain:
        return None
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Seq):
        if value.items is not None:
            return bool(value.items)
        return True if value.nonempty else None
    if isinstance(value, Map):
        if value.items is not None:
            return bool(value.items)
        return True if value.nonempty else None
    if isinstance(value, (Callee, Local, Partial, Bound, Self)):
        return True
    if isinstance(value, Alternatives):
        found = {truth(part) for part in value.parts}
        return found.pop() if len(found) == 1 else None
    return None


def only(value: Value, keep: object) -> Value | None:
    """The alternatives for which ``keep(part)`` is not False (None: it may be either); None if nothing is
    left.
    """
    assert callable(keep)
    parts = [part for part in parts_of(value) if keep(part) is not False]
    if not parts:
        return None
    return join_all(parts) if len(parts) < len(parts_of(value)) else value


def is_none(value: Value) -> bool | None:
    """Whether the value is None; None where that is open."""
    if isinstance(value, Alternatives):
        found = {is_none(part) for part in value.parts}
        return found.pop() if len(found) == 1 else None
    if isinstance(value, Unknown):
        return None
    return isinstance(value, Const) and value.value is None


@dataclass(frozen=True)
class JitAttribute(Value):
    """``torch.jit.Attribute(value, type)``: a value whose type is said, as an expression of ``module``."""

    value: Value
    annotation: ast.expr | None = field(default=None, compare=False)
    module: Module | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Space(Value):
    """A file of the program, or a module outside of it, as a value: ``nn``, ``math``."""

    definition: Definition
