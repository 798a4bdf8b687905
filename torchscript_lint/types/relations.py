"""Subtyping and unification, as ``ATen/core/type.cpp`` and ``union_type.cpp`` have them.

``is_subtype`` answers "could it be?": wherever Unknown is involved the answer is yes, so that what the source does
not tell never causes a finding.
"""

from __future__ import annotations

from collections.abc import Sequence

from torchscript_lint.types.model import (
    ANY,
    ANY_CLASS,
    ANY_ENUM,
    ANY_LIST,
    ANY_TUPLE,
    COMPLEX,
    FLOAT,
    INFERRED,
    INT,
    NONE,
    NUMBER,
    TENSOR,
    UNKNOWN,
    AwaitType,
    ClassType,
    DictType,
    EnumType,
    FutureType,
    ListType,
    NamedTupleType,
    OptionalType,
    TupleType,
    Type,
    UnionType,
    members,
    optional,
    optional_union,
    plain,
    union,
)

_NUMBERS = (INT, FLOAT, COMPLEX)


def is_subtype(left: Type, right: Type) -> bool:
    """Whether a value of type ``left`` can stand where ``right`` is expected, without conversion.

    Source: ``Type::isSubtypeOfExt`` and its overrides. True wherever Unknown makes it possible.
    """
    if left is right or right is ANY or left is UNKNOWN or right is UNKNOWN:
        return True
    if left is INFERRED:
        return is_subtype(TENSOR, right)
    if right is INFERRED:
        return is_subtype(left, TENSOR)
    if isinstance(left, OptionalType) and isinstance(left.elem, UnionType):
        # `UnionType::canHoldType` asks for one alternative that holds the whole inner Union: there is none.
        return isinstance(right, OptionalType) and is_subtype(left.elem, right.elem)
    if isinstance(left, (OptionalType, UnionType)):
        return all(is_subtype(member, right) for member in members(left))
    if isinstance(right, (OptionalType, UnionType)):
        return any(is_subtype(left, member) for member in members(right))
    if right is NUMBER:
        return left in _NUMBERS
    if left is NUMBER:
        return False
    if isinstance(left, NamedTupleType):
        if right is ANY_TUPLE:
            return True
        if isinstance(right, NamedTupleType):
            return left.fields == right.fields and _all_subtypes(left.parts, right.parts)
        return isinstance(right, TupleType) and _all_subtypes(left.parts, right.parts)
    if isinstance(left, TupleType):
        if right is ANY_TUPLE:
            return True
        return (
            isinstance(right, TupleType)
            and not isinstance(right, NamedTupleType)
            and _all_subtypes(left.parts, right.parts)
        )
    if isinstance(left, ListType):
        return right is ANY_LIST or (isinstance(right, ListType) and _same(left.elem, right.elem))
    if isinstance(left, DictType):
        return isinstance(right, DictType) and _same(left.key, right.key) and _same(left.value, right.value)
    if isinstance(left, (FutureType, AwaitType)):
        return type(left) is type(right) and is_subtype(left.elem, right.parts[0])
    if isinstance(left, EnumType):
        return right is ANY_ENUM
    if isinstance(left, ClassType) and right is not ANY_CLASS:
        if not isinstance(right, ClassType):
            return False
        # Whether a class has an interface's methods is decided where its definition is known.
        return right.kind == "interface" or left.name == right.name
    return isinstance(left, ClassType)


def _all_subtypes(left: Sequence[Type], right: Sequence[Type]) -> bool:
    return len(left) == len(right) and all(map(is_subtype, left, right))


def _same(left: Type, right: Type) -> bool:
    """Equality of contained types of mutable containers (invariant), Unknown being equal to all."""
    if left is right or left is UNKNOWN or right is UNKNOWN:
        return True
    if not (left.unknown or right.unknown):
        return False
    return (
        type(left) is type(right) and len(left.parts) == len(right.parts) and all(map(_same, left.parts, right.parts))
    )


def unify(left: Type, right: Type, *, to_union: bool = False, hint: Type | None = None) -> Type | None:
    """The one type that values of both can have, or None.

    Args:
        left, right: the types, in the compiler's order.
        to_union: fall back to ``Union[left, right]`` (``default_to_union``).
        hint: an annotated common parent.

    Source: ``unifyTypesImpl`` and ``unifyTypes`` in ``ATen/core/type.cpp``.
    """
    if left is right:
        return left
    left, right = plain(left), plain(right)
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if (left.unknown or right.unknown) and is_subtype(left, right) and is_subtype(right, left):
        return right if left.unknown else left
    if is_subtype(left, right):
        return right
    if is_subtype(right, left):
        return left
    if left is NONE or right is NONE:
        other = right if left is NONE else left
        return optional_union(other) if isinstance(other, UnionType) else optional(other)
    result = _unify_parts(left, right, to_union)
    if result is not None:
        return result
    if hint is not None and is_subtype(left, hint) and is_subtype(right, hint):
        return hint
    return union((left, right)) if to_union else None


def _unify_parts(left: Type, right: Type, to_union: bool) -> Type | None:
    if isinstance(left, OptionalType):
        inner = unify(left.elem, right)
        if inner is not None:
            return optional(inner)
    elif isinstance(right, OptionalType):
        inner = unify(right.elem, left)
        if inner is not None:
            return optional(inner)
    if isinstance(left, TupleType) and isinstance(right, TupleType):
        if len(left.parts) != len(right.parts):
            return None
        parts = [unify(a, b, to_union=to_union) for a, b in zip(left.parts, right.parts, strict=True)]
        known = [part for part in parts if part is not None]
        return TupleType.of(known) if len(known) == len(parts) else None
    if isinstance(left, FutureType) and isinstance(right, FutureType):
        inner = unify(left.elem, right.elem)
        return FutureType.of(inner) if inner is not None else None
    return None


def unify_all(types: Sequence[Type], *, to_union: bool = False, hint: Type | None = None) -> Type | None:
    """The one type that values of all these can have, or None (``unifyTypeList``). None for no types."""
    if not types:
        return None
    result: Type | None = types[0]
    for other in types[1:]:
        if result is None:
            return None
        result = unify(result, other, to_union=to_union, hint=hint)
    return result


def can_be_inferred_from_members(elem: Type) -> bool:
    """Whether a list or dict of this element type can be told from its members (Union, Optional, number, Any: no).

    Source: ``elementTypeCanBeInferredFromMembers`` in ``ATen/core/type.cpp``.
    """
    if isinstance(elem, (UnionType, OptionalType)) or elem in (NUMBER, ANY):
        return False
    return not (isinstance(elem, ClassType) and elem.kind == "interface")
