"""Methods of lists, dicts, strings and module containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.plain import replace
from torchscript_lint.program.instances.iterate import items_of, iterate, keys_of, values_of
from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.statements import extended, with_member
from torchscript_lint.program.instances.values import (
    BOOL,
    INT,
    NONE_VALUE,
    SOME_MODULE,
    STR,
    TENSOR,
    UNKNOWN_VALUE,
    Const,
    Map,
    ModuleValue,
    Seq,
    Value,
    elements,
    join,
    join_all,
    members,
    weak,
)
from torchscript_lint.program.instances.words import words

if TYPE_CHECKING:
    from torchscript_lint.program.instances.calls import Args


def list_method(run: Run, base: Seq, name: str, args: Args) -> Value:
    """A method of a list or tuple."""
    first = args.get(0, "")
    if name == "append" and first is not None:
        run.change(base, extended(base, Seq("list", (first,), nonempty=True)))
        return NONE_VALUE
    if name == "extend" and first is not None:
        run.change(base, extended(base, iterate(run, first)))
        return NONE_VALUE
    if name == "insert" and len(args.values) == 2:
        where, item = args.values
        if base.items is not None and isinstance(where, Const) and type(where.value) is int:
            items = list(base.items)
            items.insert(where.value, item)
            run.change(base, replace(base, items=tuple(items), nonempty=True))
        else:
            element = join_all([item, *([elements(base)] if base.items != () else [])])
            run.change(base, replace(base, items=None, element=element, nonempty=True))
        return NONE_VALUE
    if name == "pop":
        return _pop(run, base, first)
    if name == "clear":
        run.change(base, replace(base, items=(), nonempty=False))
        return NONE_VALUE
    if name == "copy":
        return replace(base, idents=run.fresh())
    if name in ("index", "count"):
        return INT
    if name == "reverse" and base.items is not None:
        run.change(base, replace(base, items=tuple(reversed(base.items))))
        return NONE_VALUE
    if name in ("remove", "sort", "reverse"):
        nonempty = base.nonempty and name != "remove"
        run.change(base, replace(base, items=None, element=elements(base), nonempty=nonempty))
        return NONE_VALUE
    return UNKNOWN_VALUE


def _pop(run: Run, base: Seq, where: Value | None) -> Value:
    index = -1 if where is None else where.value if isinstance(where, Const) else None
    if base.items is not None and isinstance(index, int) and -len(base.items) <= index < len(base.items):
        items = list(base.items)
        found = items.pop(index)
        run.change(base, replace(base, items=tuple(items), nonempty=bool(items)))
        return found
    run.change(base, replace(base, items=None, element=elements(base), nonempty=False))
    return elements(base)


def dict_method(run: Run, base: Map, name: str, args: Args) -> Value:
    """A method of a dict."""
    first = args.get(0, "")
    if name == "keys":
        return replace(keys_of(base), kind="iterator")
    if name == "values":
        return replace(values_of(base), kind="iterator")
    if name == "items":
        return replace(items_of(base), kind="iterator")
    if name == "copy":
        return replace(base, idents=run.fresh())
    if name in ("get", "pop", "setdefault"):
        return _get(run, base, name, args)
    if name == "update":
        _update(run, base, first, args)
        return NONE_VALUE
    if name == "clear":
        run.change(base, replace(base, items=(), nonempty=False))
        return NONE_VALUE
    run.change(base, weak(Map(None, UNKNOWN_VALUE, UNKNOWN_VALUE, idents=base.idents)))
    return UNKNOWN_VALUE


def _get(run: Run, base: Map, name: str, args: Args) -> Value:
    key = args.get(0, "")
    default = args.values[1] if len(args.values) > 1 else NONE_VALUE
    if base.items is not None and isinstance(key, Const) and base.certain:
        found = dict(base.items)
        if key in found:
            if name == "pop":
                rest = tuple(pair for pair in base.items if pair[0] != key)
                run.change(base, replace(base, items=rest, nonempty=bool(rest)))
            return found[key]
        if name == "setdefault":
            run.change(base, replace(base, items=(*base.items, (key, default)), nonempty=True))
        return default
    if name != "get":
        run.change(base, weak(Map(None, UNKNOWN_VALUE, UNKNOWN_VALUE, idents=base.idents)))
    value = join_all([item for _, item in base.items]) if base.items else base.value
    return join(value, default)


def _update(run: Run, base: Map, other: Value | None, args: Args) -> None:
    more: list[tuple[Const, Value]] | None = [(Const(key), value) for key, value in args.keywords.items()]
    if isinstance(other, Map) and other.items is not None and more is not None:
        more = [*other.items, *more]
    elif other is not None:
        more = None
    if base.items is not None and more is not None and not args.open:
        items = {**dict(base.items), **dict(more)}
        run.change(base, replace(base, items=tuple(items.items()), nonempty=bool(items)))
        return
    run.change(base, weak(Map(None, UNKNOWN_VALUE, UNKNOWN_VALUE, base.nonempty, idents=base.idents)))


_TEXT = words(
    """
    lower upper title capitalize strip lstrip rstrip replace format join removeprefix removesuffix zfill
    casefold ljust rjust center
    """
)
_TEXT_TESTS = words(
    """
    startswith endswith isdigit isalpha islower isupper isidentifier isnumeric
    """
)


def text_method(base: Value, name: str, args: Args) -> Value:
    """A method of a string."""
    if name in _TEXT or name in _TEXT_TESTS:
        values = [arg.value for arg in args.values if isinstance(arg, Const)]
        known = isinstance(base, Const) and base.certain and len(values) == len(args.values) and not args.keywords
        if known and name not in ("format", "join") and args.rest is None:
            assert isinstance(base, Const)
            try:
                return Const(getattr(base.value, name)(*values))
            except Exception:
                return UNKNOWN_VALUE
        return STR if name in _TEXT else BOOL
    if name in ("split", "rsplit", "splitlines"):
        if isinstance(base, Const) and isinstance(base.value, str) and name == "split" and base.certain:
            values = [arg.value for arg in args.values if isinstance(arg, Const)]
            if len(values) == len(args.values) and not args.keywords:
                try:
                    found = base.value.split(*values)  # type: ignore[arg-type]
                except Exception:
                    return UNKNOWN_VALUE
                return Seq("list", tuple(map(Const, found)), nonempty=bool(found))
        return Seq("list", None, STR)
    if name in ("find", "rfind", "index", "count"):
        return INT
    return UNKNOWN_VALUE


# --- modules --------------------------------------------------------------------------------------


def container_method(run: Run, base: ModuleValue, name: str, args: Args) -> Value:
    """A method of a module that is not ``self``; ``append`` and the like change a container."""
    if base.container:
        found = _change(run, base, name, args)
        if found is not None:
            return found
    if name in ("to", "cuda", "cpu", "half", "float", "double", "train", "eval", "requires_grad_", "apply"):
        return base
    if name in ("parameters", "buffers"):
        return Seq("iterator", None, TENSOR)
    if name in ("modules", "children"):
        return Seq("iterator", None, SOME_MODULE)
    if name in ("named_modules", "named_children"):
        return Seq("iterator", None, Seq("tuple", (STR, SOME_MODULE), nonempty=True))
    return UNKNOWN_VALUE


def _change(run: Run, base: ModuleValue, name: str, args: Args) -> Value | None:
    first = args.get(0, "")
    new: ModuleValue | None = None
    if name == "append" and first is not None:
        new = appended(base, [first])
    elif name == "extend" and first is not None:
        found = iterate(run, first)
        new = appended(base, list(found.items)) if found.items is not None else _open(base, elements(found))
    elif name in ("add_module", "register_module") and len(args.values) == 2:
        if base.container == "ModuleList":
            new = _open(base, args.values[1])
        else:
            new = with_member(base, args.values[0], args.values[1])
    elif name == "insert" and len(args.values) == 2:
        new = _open(base, args.values[1])
    elif name == "update" and first is not None:
        if isinstance(first, Map) and first.items is not None:
            new = base
            for key, value in first.items:
                new = with_member(new, key, value)
        else:
            new = _open(base, UNKNOWN_VALUE)
    elif name in ("pop", "clear", "__setitem__", "__delitem__", "popitem"):
        new = _open(base, UNKNOWN_VALUE)
    elif name in ("keys", "values", "items"):
        return _views(base, name)
    if new is None:
        return None
    run.change(base, new)
    return new


def appended(base: ModuleValue, values: list[Value]) -> ModuleValue:
    """A list-like container with further members at its end."""
    if base.items is None:
        return replace(base, element=join_all([base.element, *values]))
    keys = base.keys
    if keys is not None:
        keys = (*keys, *(str(len(base.items) + index) for index in range(len(values))))
    return replace(base, items=(*base.items, *values), keys=keys)


def _open(base: ModuleValue, value: Value) -> ModuleValue:
    """A container with further members, who knows how many and where."""
    known = [value] if base.items == () else [members(base), value]
    return replace(base, items=None, keys=None, element=join_all(known))


def _views(base: ModuleValue, name: str) -> Value:
    if base.keys is None or base.items is None:
        pair = Seq("tuple", (STR, base.element), nonempty=True)
        element = {"keys": STR, "values": base.element, "items": pair}[name]
        return Seq("iterator", None, element)
    keys: tuple[Value, ...] = tuple(Const(key) for key in base.keys)
    if name == "keys":
        return Seq("iterator", keys)
    if name == "values":
        return Seq("iterator", base.items)
    pairs = tuple(Seq("tuple", pair, nonempty=True) for pair in zip(keys, base.items, strict=True))
    return Seq("iterator", pairs, nonempty=bool(pairs))
