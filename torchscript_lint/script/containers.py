"""List and dict literals and comprehensions (``emitListLiteral``, ``emitListComprehension``, ...)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from torchscript_lint.script import calls, expressions, iteration, statements
from torchscript_lint.script.values import UNKNOWN_VALUE, Simple, Sugared
from torchscript_lint.source import tree
from torchscript_lint.types.annotations import is_dict_key
from torchscript_lint.types.model import (
    ANY,
    ANY_LIST,
    STR,
    TENSOR,
    UNKNOWN,
    DictType,
    ListType,
    OptionalType,
    Type,
    UnionType,
)
from torchscript_lint.types.relations import is_subtype, unify, unify_all

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def _narrow(
    ck: Checker, node: tree.Node, hint: Type, wanted: type[Type], name: str
) -> tuple[Type | None, list[Type], bool]:
    """What a hint says of a list or dict literal (``refineAndSetUnionTypeHint…``).

    Returns:
        The refined hint (None: no help), the candidates where a Union has several, and whether all is well.
    """
    refined: Type = hint
    if isinstance(hint, UnionType):
        candidates = [part for part in hint.parts if isinstance(part, wanted)]
        if not candidates:
            ck.report("union-without-container", node, container=name, annotation=str(hint))
            return None, [], False
        if len(candidates) > 1:
            return None, candidates, True
        refined = candidates[0]
    elif isinstance(hint, OptionalType):
        refined = hint.elem
    if refined is ANY and isinstance(node, tree.DictLit):
        return None, [], True
    if refined is ANY or (wanted is ListType and refined is ANY_LIST):
        # The compiler does not ask whether the hint has an element type, and reads one.
        ck.report("container-for-any", node, container=name, annotation=str(hint))
        return None, [], False
    if refined.unknown and not isinstance(refined, wanted):
        return None, [], True
    if isinstance(refined, wanted):
        return refined, [], True
    ck.report("container-annotation", node, container=name, annotation=str(hint))
    return None, [], False


def list_literal(ck: Checker, node: tree.ListLit, hint: Type | None) -> Sugared:
    """``[a, b]``."""
    values = calls.positional(ck, node.items)
    if values is None:
        return UNKNOWN_VALUE
    if hint is None or hint is UNKNOWN:
        if not values:
            return Simple(ListType.of(TENSOR), empty=True) if hint is None else UNKNOWN_VALUE
        unified = unify_all([value.type for value in values], to_union=True)
        return Simple(ListType.of(unified if unified is not None else UNKNOWN))
    refined, candidates, fine = _narrow(ck, node, hint, ListType, "List")
    if not fine:
        return UNKNOWN_VALUE
    if candidates:
        if not values:
            return ck.report("empty-container-union", node, container="list", annotation=str(hint))
        return _union_list(ck, node, hint, candidates, values)
    elem = refined.elem if isinstance(refined, ListType) else None
    if not values:
        return Simple(hint if isinstance(hint, (UnionType, OptionalType)) else refined or ListType.of(TENSOR))
    unified = unify_all([value.type for value in values], to_union=True, hint=elem) or UNKNOWN
    if elem is not None and not is_subtype(unified, elem):
        return ck.report("list-elements", node, annotation=str(refined), found=str(unified))
    if isinstance(hint, (UnionType, OptionalType)):
        return Simple(hint)
    return Simple(refined if refined is not None else ListType.of(unified))


def _union_list(ck: Checker, node: tree.Node, hint: Type, candidates: list[Type], values: list[Simple]) -> Simple:
    unified = unify_all([value.type for value in values], to_union=True) or UNKNOWN
    if not any(is_subtype(unified, candidate.parts[0]) for candidate in candidates):
        return ck.report("union-elements", node, annotation=str(hint), found=str(unified))
    return Simple(hint)


def list_comprehension(ck: Checker, node: tree.ListComp, hint: Type | None) -> Sugared:
    """``[elt for target in iter]``."""
    return comprehension(ck, node, hint, node.target, expressions.emit(ck, node.iter), node.elt)


def comprehension(
    ck: Checker,
    node: tree.Node,
    hint: Type | None,
    target: tree.Expr | None,
    source: Sugared,
    elt: tree.Expr | None,
) -> Simple:
    """A list of what ``elt`` gives for each element of ``source``; without target and elt, of the elements."""
    refined: Type | None = None
    candidates: list[Type] = []
    if hint is not None and hint is not UNKNOWN:
        refined, candidates, fine = _narrow(ck, node, hint, ListType, "List")
        if not fine:
            return UNKNOWN_VALUE
    iterable = iteration.iterate(ck, source, node)
    found: list[Type] = []

    def body() -> None:
        assert elt is not None
        found.append(expressions.value(ck, elt).type)

    with ck.inner_frame():
        if target is None or elt is None:
            rows = iteration.elements(ck, iterable, node) if iteration.is_unrolled(iterable) else None
            if rows is None:
                rows = [iteration.element(ck, iterable, node)]
            found = [expressions.as_value(ck, row, node).type for row in rows]
        else:
            statements.loop_over(ck, target, iterable, node, body)
    if not found:
        return Simple(refined or ListType.of(TENSOR))
    if refined is None and not candidates and len(found) > 1:
        refined = ListType.of(found[0])  # of a loop that is copied, the first element settles the type
    elem = refined.elem if isinstance(refined, ListType) else None
    unified = unify_all(found, to_union=True, hint=elem) or UNKNOWN
    if elem is not None and not is_subtype(unified, elem):
        return ck.report("list-elements", node, annotation=str(refined), found=str(unified))
    if candidates:
        return _union_list(ck, node, hint or UNKNOWN, candidates, [Simple(unified)])
    return Simple(refined if refined is not None else ListType.of(unified))


# --- dicts ---------------------------------------------------------------------------------------


def dict_literal(ck: Checker, node: tree.DictLit, hint: Type | None) -> Sugared:
    """``{k: v}``."""
    keys: list[Type] = []
    values: list[Type] = []
    joined: Type = TENSOR
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        key = expressions.value(ck, key_node).type
        value = expressions.value(ck, value_node).type
        if keys and not (keys[-1].unknown or key.unknown) and type(keys[-1]) is not type(key):
            return ck.report("dict-key-types", key_node, before=str(keys[-1]), found=str(key))
        if keys and _differ(keys[-1], key):
            return ck.report("dict-key-types", key_node, before=str(keys[-1]), found=str(key))
        joined = value if not keys else unify(joined, value, to_union=True) or UNKNOWN
        keys.append(key)
        values.append(value)
    own = DictType.of(keys[0], joined) if keys else DictType.of(STR, TENSOR)
    if hint is None or hint is UNKNOWN:
        if keys and hint is None and not is_dict_key(keys[0]):
            return ck.report("dict-key-type", node, key=str(keys[0]))
        return Simple(own) if hint is None or keys else UNKNOWN_VALUE
    refined, candidates, fine = _narrow(ck, node, hint, DictType, "Dict")
    if not fine:
        return UNKNOWN_VALUE
    if candidates:
        if not keys:
            return ck.report("empty-container-union", node, container="dict", annotation=str(hint))
        return Simple(hint)
    if not isinstance(refined, DictType):
        return Simple(own)
    if keys:
        if not _same_key(refined.key, keys[0]):
            return ck.report("dict-literal-keys", node, annotation=str(refined), found=str(keys[0]))
        if not is_subtype(joined, refined.value):
            return ck.report("dict-literal-values", node, annotation=str(refined), found=str(joined))
    return Simple(hint if isinstance(hint, (UnionType, OptionalType)) else refined)


def _differ(left: Type, right: Type) -> bool:
    """Whether two key types are of different kinds (the compiler compares kinds, not whole types)."""
    if left.unknown or right.unknown:
        return False
    if left.parts or right.parts:
        return type(left) is not type(right)
    return str(left).removesuffix(" (inferred)") != str(right).removesuffix(" (inferred)")


def _same_key(left: Type, right: Type) -> bool:
    return left.unknown or right.unknown or not _differ(left, right)


def dict_comprehension(ck: Checker, node: tree.DictComp, hint: Type | None) -> Sugared:
    """``{key: value for target in iter}``."""
    source = expressions.emit(ck, node.iter)

    def pair() -> tuple[Type, Type]:
        return expressions.value(ck, node.key).type, expressions.value(ck, node.value).type

    return dict_of_pairs(ck, node, hint, node.target, source, pair)


def dict_of_pairs(
    ck: Checker,
    node: tree.Node,
    hint: Type | None,
    target: tree.Expr,
    source: Sugared,
    pair: Callable[[], tuple[Type, Type]],
) -> Simple:
    """A dict of the pairs that ``pair`` gives for each element of ``source``."""
    refined: Type | None = None
    candidates: list[Type] = []
    if hint is not None and hint is not UNKNOWN:
        refined, candidates, fine = _narrow(ck, node, hint, DictType, "Dict")
        if not fine:
            return UNKNOWN_VALUE
    iterable = iteration.iterate(ck, source, node)
    keys: list[Type] = []
    values: list[Type] = []

    def body() -> None:
        key, value = pair()
        keys.append(key)
        values.append(value)

    with ck.inner_frame():
        statements.loop_over(ck, target, iterable, node, body)
    if not keys:
        return Simple(refined or DictType.of(STR, TENSOR))
    for key in keys:
        if isinstance(key, UnionType):
            return ck.report("dict-comprehension-key-union", node, found=str(key))
        # The dict's type is made of each pair before an annotation is looked at.
        if not is_dict_key(key):
            return ck.report("dict-key-type", node, key=str(key))
        if _differ(keys[0], key):
            return ck.report("dict-comprehension-keys", node, before=str(keys[0]), found=str(key))
    value = unify_all(values, to_union=True) or UNKNOWN
    if isinstance(refined, DictType):
        for kind, found, wanted in (("key", keys[0], refined.key), ("value", value, refined.value)):
            if not is_subtype(found, wanted):
                return ck.report(
                    "dict-comprehension-annotation", node, annotation=str(refined), kind=kind, found=str(found)
                )
        return Simple(hint if isinstance(hint, (UnionType, OptionalType)) and hint is not None else refined)
    if candidates and hint is not None:
        return Simple(hint)
    return Simple(DictType.of(keys[0], value))
