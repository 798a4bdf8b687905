"""TorchScript's types.

Types are interned: two equal types are the same object, so equality is ``is``. ``str(t)`` is TorchScript's own
spelling (``Type::repr_str`` in ``ATen/core/type.h``). :data:`UNKNOWN` stands for whatever the source does not tell; it
never causes a finding: every relation holds for it (see :mod:`torchscript_lint.types.relations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class Type:
    """A TorchScript type.

    Attributes:
        text: TorchScript's spelling.
        unknown: whether Unknown occurs anywhere in it.
        free: whether a type variable of a schema occurs anywhere in it.
        parts: the contained types.
    """

    __slots__ = ("free", "parts", "text", "unknown")

    text: str
    parts: tuple[Type, ...]
    unknown: bool
    free: bool

    def __init__(self, text: str, parts: tuple[Type, ...] = ()) -> None:
        self.text = text
        self.parts = parts
        self.unknown = any(part.unknown for part in parts)
        self.free = any(part.free for part in parts)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<{self.text}>"

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        """The same constructor over other contained types."""
        return self


class _Simple(Type):
    __slots__ = ()


class _Unknown(Type):
    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("Unknown")
        self.unknown = True


UNKNOWN: Type = _Unknown()
TENSOR: Type = _Simple("Tensor")
#: The type of an unannotated parameter: a Tensor; the spelling differs, nothing else does.
INFERRED: Type = _Simple("Tensor (inferred)")
INT: Type = _Simple("int")
FLOAT: Type = _Simple("float")
COMPLEX: Type = _Simple("complex")
BOOL: Type = _Simple("bool")
NUMBER: Type = _Simple("number")
STR: Type = _Simple("str")
NONE: Type = _Simple("NoneType")
DEVICE: Type = _Simple("Device")
GENERATOR: Type = _Simple("Generator")
STREAM: Type = _Simple("Stream")
STORAGE: Type = _Simple("Storage")
QUANTIZER: Type = _Simple("Quantizer")
CAPSULE: Type = _Simple("Capsule")
PYOBJECT: Type = _Simple("PyObject")
ANY: Type = _Simple("Any")
ANY_LIST: Type = _Simple("list")
ANY_TUPLE: Type = _Simple("Tuple[Any, ...]")
ANY_ENUM: Type = _Simple("AnyEnumType")
ANY_CLASS: Type = _Simple("AnyClassType")

_interned: dict[tuple[object, ...], Any] = {}


class ListType(Type):
    """``List[elem]``."""

    __slots__ = ("elem",)
    elem: Type

    @classmethod
    def of(cls, elem: Type) -> Self:
        """The list type of this element type (a Tensor spelled "inferred" becomes a plain Tensor)."""
        elem = plain(elem)
        found: Self | None = _interned.get((cls, elem))
        if found is None:
            found = cls(f"List[{elem}]", (elem,))
            found.elem = elem
            _interned[cls, elem] = found
        return found

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        return ListType.of(parts[0])


class DictType(Type):
    """``Dict[key, value]``."""

    __slots__ = ("key", "value")
    key: Type
    value: Type

    @classmethod
    def of(cls, key: Type, value: Type) -> Self:
        """The dict type of these key and value types."""
        key, value = plain(key), plain(value)
        found: Self | None = _interned.get((cls, key, value))
        if found is None:
            found = cls(f"Dict[{key}, {value}]", (key, value))
            found.key, found.value = key, value
            _interned[cls, key, value] = found
        return found

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        return DictType.of(*parts)


class _One(Type):
    """A constructor with one contained type."""

    __slots__ = ("elem",)
    elem: Type
    _spelling = ""

    @classmethod
    def of(cls, elem: Type) -> Self:
        """The type that contains this one."""
        elem = plain(elem)
        found: Self | None = _interned.get((cls, elem))
        if found is None:
            found = cls(f"{cls._spelling}[{elem}]", (elem,))
            found.elem = elem
            _interned[cls, elem] = found
        return found

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        return type(self).of(parts[0])


class FutureType(_One):
    """``Future[elem]``."""

    __slots__ = ()
    _spelling = "Future"


class AwaitType(_One):
    """``Await[elem]``."""

    __slots__ = ()
    _spelling = "Await"


class RRefType(_One):
    """``RRef[elem]``."""

    __slots__ = ()
    _spelling = "RRef"


class OptionalType(Type):
    """``Optional[elem]``; made by :func:`optional`, which flattens as TorchScript does."""

    __slots__ = ("elem",)
    elem: Type

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        return optional(parts[0])


class UnionType(Type):
    """``Union[...]`` of two or more types that are not one Optional; made by :func:`union`."""

    __slots__ = ()

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        return union(parts)


class TupleType(Type):
    """``Tuple[...]``."""

    __slots__ = ()

    @classmethod
    def of(cls, parts: Iterable[Type]) -> TupleType:
        """The tuple type of these element types."""
        parts = tuple(plain(part) for part in parts)
        found: TupleType | None = _interned.get((TupleType, parts))
        if found is None:
            inner = ", ".join(map(str, parts)) if parts else "()"
            found = _interned[TupleType, parts] = TupleType(f"Tuple[{inner}]", parts)
        return found

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        return TupleType.of(parts)


class NamedTupleType(TupleType):
    """A NamedTuple: a tuple whose fields have names. ``defaults`` are the names of fields with a default."""

    __slots__ = ("defaults", "fields", "name")
    name: str
    fields: tuple[str, ...]
    defaults: frozenset[str]

    @classmethod
    def named(
        cls, name: str, fields: Iterable[str], parts: Iterable[Type], defaults: Iterable[str] = ()
    ) -> NamedTupleType:
        """The NamedTuple of this qualified name, fields and field types."""
        fields, parts, known = tuple(fields), tuple(plain(part) for part in parts), frozenset(defaults)
        key = (NamedTupleType, name, fields, parts, known)
        found: NamedTupleType | None = _interned.get(key)
        if found is None:
            found = _interned[key] = NamedTupleType(name, parts)
            found.name, found.fields, found.defaults = name, fields, known
        return found

    def with_parts(self, parts: tuple[Type, ...]) -> Type:
        return NamedTupleType.named(self.name, self.fields, parts, self.defaults)


class EnumType(Type):
    """A Python Enum: its qualified name, the type of its values, its members."""

    __slots__ = ("members", "name", "value")
    name: str
    value: Type
    members: tuple[str, ...]

    @classmethod
    def of(cls, name: str, value: Type, members: Iterable[str]) -> EnumType:
        """The enum type of this qualified name."""
        members = tuple(members)
        found: EnumType | None = _interned.get((cls, name, value, members))
        if found is None:
            found = _interned[cls, name, value, members] = EnumType(f"Enum<__torch__.{name}>")
            found.name, found.value, found.members = name, value, members
        return found


class ClassType(Type):
    """A TorchScript class, module or interface, known by its qualified name.

    What it holds is the program's to know: ``definition`` is the program floor's record of it (opaque here).
    ``kind`` is ``class``, ``module`` or ``interface``.
    """

    __slots__ = ("definition", "kind", "name")
    name: str
    kind: str
    definition: Any

    @classmethod
    def of(cls, name: str, kind: str, definition: object) -> ClassType:
        """The class type of this qualified name and definition."""
        key = (cls, name, kind, id(definition))
        found: ClassType | None = _interned.get(key)
        if found is None:
            found = _interned[key] = ClassType(f"__torch__.{name}")
            found.name, found.kind, found.definition = name, kind, definition
        return found


class FunctionType(Type):
    """A function as a value; ``definition`` is the program floor's record (opaque here)."""

    __slots__ = ("definition",)
    definition: Any


class VarType(Type):
    """A type variable of an operator schema, like ``t`` in ``append(t[] self, t el)``."""

    __slots__ = ()

    @classmethod
    def of(cls, name: str) -> VarType:
        """The variable of this name."""
        found: VarType | None = _interned.get((cls, name))
        if found is None:
            found = _interned[cls, name] = VarType(name)
            found.free = True
        return found


def plain(type_: Type) -> Type:
    """The type without the "(inferred)" spelling of a Tensor."""
    return TENSOR if type_ is INFERRED else type_


def is_tensor(type_: Type) -> bool:
    """Whether the type is Tensor, spelled either way."""
    return type_ is TENSOR or type_ is INFERRED


def optional(elem: Type) -> Type:
    """``Optional[elem]``, flattened (``OptionalType::create``): of Optional, None and Any it is the type itself."""
    elem = plain(elem)
    if isinstance(elem, OptionalType) or elem is NONE or elem is UNKNOWN:
        return elem
    if isinstance(elem, UnionType):
        return union((*elem.parts, NONE))
    found: OptionalType | None = _interned.get((OptionalType, elem))
    if found is None:
        found = OptionalType(f"Optional[{elem}]", (elem,))
        found.elem = elem
        _interned[OptionalType, elem] = found
    return found


def optional_union(elem: UnionType) -> Type:
    """``Optional[Union[...]]`` as unification makes it: not flattened, and no subtype of the flat Union."""
    found: OptionalType | None = _interned.get((OptionalType, elem))
    if found is None:
        found = OptionalType(f"Optional[{elem}]", (elem,))
        found.elem = elem
        _interned[OptionalType, elem] = found
    return found


def members(type_: Type) -> Iterator[Type]:
    """The alternatives of a type: of a Union its members, of ``Optional[T]`` T and None, else the type itself."""
    if isinstance(type_, UnionType):
        yield from type_.parts
    elif isinstance(type_, OptionalType):
        yield from members(type_.elem)
        yield NONE
    else:
        yield plain(type_)


def union(parts: Iterable[Type]) -> Type:
    """``Union[parts]`` (``UnionType::create``): flattened, without duplicates; with None and one other, Optional.

    Subtypes are absorbed: int, float and complex together are ``number``.
    """
    from torchscript_lint.types.relations import is_subtype  # a Union needs subtyping, which needs the model

    flat: list[Type] = []
    for part in parts:
        for member in members(part):
            if member not in flat:
                flat.append(member)
    if UNKNOWN in flat:
        return UNKNOWN
    if ANY in flat:
        return ANY
    kept = [
        member
        for index, member in enumerate(flat)
        if not any(
            other is not member
            and not (other.unknown or member.unknown)
            and is_subtype(member, other)
            and not (is_subtype(other, member) and index < flat.index(other))
            for other in flat
        )
    ]
    if len(kept) == 1:
        return kept[0]
    rest = [member for member in kept if member is not NONE]
    if len(rest) == 1:
        return optional(rest[0])
    # One order whatever order it was written in (sortUnion, aten/src/ATen/core/union_type.cpp). Unsorted, the text
    # would be that of whoever made this Union first in the process.
    kept.sort(key=lambda member: (_kind(member), member.text))
    key = (UnionType, frozenset(kept))
    found: UnionType | None = _interned.get(key)
    if found is None:
        found = _interned[key] = UnionType(f"Union[{', '.join(map(str, kept))}]", tuple(kept))
    return found


#: TorchScript's order of kinds (``TypeKind``, aten/src/ATen/core/jit_type_base.h): a simple type's text, or a class.
_KINDS: tuple[str | type[Type], ...] = (
    "Any", EnumType, "AnyEnumType", "Tensor", "Storage", TupleType, ListType, DictType, "number", "float", "complex",
    FutureType, AwaitType, RRefType, "int", "NoneType", "str", "Generator", "Quantizer", "bool", OptionalType, VarType,
    "Device", "Stream", FunctionType, ClassType, "PyObject", "Capsule", "list", "Tuple[Any, ...]", "AnyClassType",
    UnionType,
)  # fmt: skip


def _kind(type_: Type) -> int:
    """The type's place in that order; the last one where it has none."""
    for place, kind in enumerate(_KINDS):
        if type_.text == kind if isinstance(kind, str) else isinstance(type_, kind):
            return place
    return len(_KINDS)
