"""Calls with rules of their own (``emitApplySpecialForm`` of ``ir_emitter.cpp``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from torchscript_lint.script import attributes, calls, conditions, containers, expressions, iteration
from torchscript_lint.script.matching import convert
from torchscript_lint.script.values import (
    NO,
    UNKNOWN_VALUE,
    Functions,
    Iterables,
    NoneOnly,
    Range,
    Simple,
    SliceObject,
    Special,
    Sugared,
)
from torchscript_lint.source import tree
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.model import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    NONE,
    STR,
    TENSOR,
    DictType,
    FutureType,
    ListType,
    OptionalType,
    TupleType,
    Type,
    UnionType,
)
from torchscript_lint.types.relations import is_subtype

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def emit(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    """Compile a call of a special form."""
    form = _FORMS.get(callee.form)
    if form is None:
        calls.positional(ck, node.args)
        calls.keywords_of(ck, node)
        return UNKNOWN_VALUE
    return form(ck, callee, node, hint)


def _arity(ck: Checker, node: tree.Apply, name: str, low: int, high: int) -> bool:
    """``checkApplyNumInputs`` and ``checkApplyNumInputsRange``."""
    count = len(node.args)
    if not low <= count <= high:
        expected = f"exactly {low} arguments" if low == high else f"between {low} and {high} arguments"
        ck.report("builtin-arity", node, function=name, expected=expected, found=str(count))
        return False
    if node.keywords:
        ck.report("builtin-keywords", node, function=name)
        return False
    return True


def _print(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    calls.positional(ck, node.args)
    calls.keywords_of(ck, node)
    if node.keywords:
        ck.report("print-keywords", node, name=node.keywords[0].name)
    return NoneOnly()


def _isinstance(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not _arity(ck, node, "isinstance", 2, 2):
        return UNKNOWN_VALUE
    static = conditions.is_instance(ck, node.args[0], node.args[1]).static
    return Simple(BOOL, NO if static is None else static)


def _hasattr(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not _arity(ck, node, "hasattr", 2, 2):
        return UNKNOWN_VALUE
    static = conditions.has_attr(ck, node.args[0], node.args[1]).static
    return Simple(BOOL, NO if static is None else static)


def _getattr(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not _arity(ck, node, "getattr", 2, 3):
        return UNKNOWN_VALUE
    base = expressions.emit(ck, node.args[0])
    name = node.args[1]
    if not isinstance(name, tree.Str):
        return ck.report("attribute-name-not-literal", node, function="getattr")
    if len(node.args) == 2:
        return attributes.get(ck, base, name.value, node)
    answer = attributes.has(ck, base, name.value, node)
    if answer is None:
        return UNKNOWN_VALUE
    if answer:
        return attributes.get(ck, base, name.value, node)
    return expressions.emit(ck, node.args[2])


def _annotate(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not _arity(ck, node, "annotate", 2, 2):
        return UNKNOWN_VALUE
    type_ = ann.parse(node.args[0], ck.names, ck.report)
    value = expressions.value(ck, node.args[1], type_)
    converted = convert(value, type_)
    if not is_subtype(converted, type_):
        ck.report("annotate-type", node, type=str(type_), found=str(value.type))
        return Simple(type_)
    if converted.unknown:
        return UNKNOWN_VALUE if isinstance(type_, (OptionalType, UnionType)) or type_ is ANY else Simple(type_)
    if converted is NONE:
        return Simple(type_)  # a None remembers what it may be
    return Simple(converted)  # the value as it is: an int annotated as Optional[int] stays an int


def _tuple(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not _arity(ck, node, "tuple", 1, 1):
        return UNKNOWN_VALUE
    parts = iteration.as_tuple(ck, expressions.emit(ck, node.args[0]), node)
    if parts is None:
        return UNKNOWN_VALUE
    return Simple(TupleType.of([expressions.as_value(ck, part, node).type for part in parts]))


def _range(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    values = calls.positional(ck, node.args)  # what has a name is not even looked at
    if values is None:
        return Range()
    for index, value in enumerate(values):
        if value.type is not INT and not value.type.unknown:
            ck.report(
                "range-argument", node, type=str(value.type), index=str(index), name=_name(node.args[index : index + 1])
            )
            return Range()
    if not 1 <= len(values) <= 3:
        expected = "at least 1 arguments" if not values else "at most 3 arguments"
        ck.report("builtin-arity", node, function="range", expected=expected, found=str(len(values)))
    return Range()


def _name(nodes: list[tree.Expr]) -> str:
    return ann.text_of(nodes[0]) if nodes else "..."


def _enumerate(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    count = len(node.args)
    if count == 0:
        return ck.report("builtin-arity", node, function="enumerate", expected="at least 1 arguments", found="0")
    if count + len(node.keywords) > 2:
        found = str(count + len(node.keywords))
        return ck.report("builtin-arity", node, function="enumerate", expected="at most 2 arguments", found=found)
    if node.keywords and node.keywords[0].name != "start":
        return ck.report("enumerate-keyword", node, name=node.keywords[0].name)
    for start in (*node.args[1:], *(keyword.value for keyword in node.keywords)):
        value = expressions.value(ck, start)
        if value.type is not INT and not value.type.unknown:
            ck.report("range-argument", node, type=str(value.type), index="0", name="start")
    iterable = iteration.iterate(ck, expressions.emit(ck, node.args[0]), node)
    return Iterables([Range(unrolled=iteration.is_unrolled(iterable)), iterable])


def _zip(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not node.args:
        return ck.report("builtin-arity", node, function="zip", expected="at least 1 arguments", found="0")
    children: list[Sugared] = []
    for arg in node.args:
        iterable = iteration.iterate(ck, expressions.emit(ck, arg), node)
        iteration.add_child(ck, children, iterable, node)
    if any(isinstance(arg, tree.Starred) for arg in node.args):
        return UNKNOWN_VALUE  # reported; how many there are is not known
    return Iterables(children)


def _list(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not node.args:
        if hint is not None and not isinstance(hint, ListType):
            if hint.unknown:
                return UNKNOWN_VALUE
            return ck.report("constructor-annotation", node, constructor="list", annotation=str(hint))
        return Simple(hint if hint is not None else ListType.of(TENSOR))
    if not _arity(ck, node, "list", 1, 1):
        return UNKNOWN_VALUE
    source = expressions.emit(ck, node.args[0])
    if isinstance(source, Simple) and (isinstance(source.type, ListType) or source.type is STR):
        return calls.builtin(ck, "aten::list", [source], [], node)
    if isinstance(source, Simple) and source.unknown:
        return Simple(hint) if isinstance(hint, ListType) else UNKNOWN_VALUE
    return containers.comprehension(ck, node, hint, None, source, None)


def _dict(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    """``dict(...)`` (``emitApplySpecialFormForDict``)."""
    refined = hint.elem if isinstance(hint, OptionalType) else hint
    if isinstance(refined, UnionType):
        dicts = [part for part in refined.parts if isinstance(part, DictType)]
        if len(dicts) > 1:
            return ck.report("empty-container-union", node, container="dict", annotation=str(hint))
        refined = dicts[0] if dicts else refined
    first = node.args[0] if node.args else None
    if first is not None:
        source = _hinted(ck, first, hint)
        if isinstance(source, Simple) and isinstance(source.type, DictType):
            _add_keywords(ck, node, source.type)
            return source if source.type.unknown else calls.builtin(ck, "aten::dict", [source], [], node)
    if isinstance(first, tree.ListLit) and not first.items:
        first = None
    if first is None and not node.keywords:
        if refined is None:
            return Simple(DictType.of(STR, TENSOR))
        if not isinstance(refined, DictType) and not refined.unknown:
            return ck.report("dict-constructor-annotation", node, constructor="dict", annotation=str(hint))
        return Simple(refined)
    if isinstance(first, tree.DictLit):
        first = _at(
            node,
            tree.ListLit([_at(node, tree.TupleLit(list(row))) for row in zip(first.keys, first.values, strict=True)]),
        )
    if node.keywords and (first is None or isinstance(first, tree.ListLit)):
        named = [
            _at(node, tree.TupleLit([_at(node, tree.Str(keyword.name)), keyword.value])) for keyword in node.keywords
        ]
        first = _at(node, tree.ListLit([*(first.items if first is not None else ()), *named]))
    elif not _arity(ck, node, "dict", 1, 1):
        return UNKNOWN_VALUE
    assert first is not None
    source = expressions.emit(ck, first)
    if isinstance(source, Simple) and source.unknown:
        return Simple(refined) if isinstance(refined, DictType) else UNKNOWN_VALUE
    # `{key: value for key, value in source}`, under names that nobody writes.
    key, value = _at(node, tree.Var("$_key")), _at(node, tree.Var("$_value"))
    target = _at(node, tree.TupleLit([key, value]))

    def pair() -> tuple[Type, Type]:
        return expressions.value(ck, key).type, expressions.value(ck, value).type

    return containers.dict_of_pairs(ck, node, refined, target, source, pair)


def _hinted(ck: Checker, node: tree.Expr, hint: Type | None) -> Sugared:
    """The value with a hint or, where that fails, without: the compiler catches its own error."""
    value = ck.attempt(lambda: expressions.emit(ck, node, hint)) if hint is not None else None
    return value if value is not None else expressions.emit(ck, node)


def _add_keywords(ck: Checker, node: tree.Apply, type_: DictType) -> None:
    """``dict(d, k=v)``: items that are added one by one, nothing converted."""
    for _, value in calls.keywords_of(ck, node):
        if not is_subtype(STR, type_.key):
            ck.report("dict-constructor-items", node, part="key", found=str(STR), annotation=str(type_))
        elif not is_subtype(value.type, type_.value):
            ck.report("dict-constructor-items", node, part="value", found=str(value.type), annotation=str(type_))
        else:
            continue
        return


_N = TypeVar("_N", bound=tree.Node)


def _at(place: tree.Node, node: _N) -> _N:
    """A node that nobody wrote, which stands at another's place."""
    node.line, node.col, node.end_line, node.end_col = place.span
    return node


def _tolist(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    """``x.tolist()``: its type must come from an annotation."""
    if hint is None:
        return ck.report("tolist-annotation", node)
    elem = hint
    while isinstance(elem, ListType):
        elem = elem.elem
    if elem not in (INT, FLOAT, COMPLEX, BOOL) and not elem.unknown:
        return ck.report("tolist-element", node, type=str(elem))
    return Simple(hint)


def _fork(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    if not node.args:
        return ck.report("builtin-arity", node, function="fork", expected="at least one argument", found="0")
    forked = expressions.emit(ck, node.args[0])
    args = calls.positional(ck, node.args[1:])
    keywords = calls.keywords_of(ck, node)
    if args is None or not isinstance(forked, Functions):
        return UNKNOWN_VALUE
    result = calls.call(ck, forked, args, keywords, node)
    return Simple(FutureType.of(expressions.as_value(ck, result, node).type))


def _super(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    """``super()`` stays a call into Python that gives a Tensor: no attribute of it is what was meant."""
    calls.positional(ck, node.args)
    calls.keywords_of(ck, node)
    return Special("super-object")


def _slice(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    calls.positional(ck, node.args)
    if node.keywords:
        ck.report("builtin-keywords", node, function="slice")
    elif not 1 <= len(node.args) <= 3:
        ck.report("builtin-arity", node, function="slice", expected="1, 2 or 3 arguments", found=str(len(node.args)))
    return SliceObject()


def _legacy_tensor(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    """``torch.FloatTensor(...)`` and its kin."""
    args = calls.positional(ck, node.args)
    keywords = calls.keywords_of(ck, node)
    if len(keywords) > 1 or (keywords and keywords[0][0] != "device"):
        ck.report("legacy-tensor-arguments", node, problem=f"Got kwarg {keywords[0][0]}")
    elif args is not None and len(args) > 1 and any(arg.type is not INT and not arg.type.unknown for arg in args):
        ck.report(
            "legacy-tensor-arguments", node, problem="Got multiple positional arguments that were not all integers"
        )
    return Simple(TENSOR)


def _check(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    """``torch._check(cond, message)``."""
    calls.positional(ck, node.args)
    calls.keywords_of(ck, node)
    return Simple(NONE, None)


def _reveal(ck: Checker, callee: Special, node: tree.Apply, hint: Type | None) -> Sugared:
    """``reveal_type(x)``: the probe that makes the checker testable."""
    if len(node.args) != 1 or ck.session.revealed is None:
        return UNKNOWN_VALUE
    value = expressions.emit(ck, node.args[0])
    text = str(value.type) if isinstance(value, Simple) else value.kind
    ck.session.revealed.append((ck.function.module.path, node.line, text))
    return value


_FORMS: dict[str, Callable[[Checker, Special, tree.Apply, Type | None], Sugared]] = {
    "print": _print,
    "isinstance": _isinstance,
    "torch.jit.isinstance": _isinstance,
    "hasattr": _hasattr,
    "getattr": _getattr,
    "annotate": _annotate,
    "tuple": _tuple,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "list": _list,
    "dict": _dict,
    "tolist": _tolist,
    "fork": _fork,
    "super": _super,
    "slice": _slice,
    "legacy-tensor": _legacy_tensor,
    "torch._check": _check,
    "reveal_type": _reveal,
}
