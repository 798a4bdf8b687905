"""Python's builtins, called."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchscript_lint.plain import replace
from torchscript_lint.program.classes import is_module
from torchscript_lint.program.definitions import Class
from torchscript_lint.program.instances.iterate import ITEMS, enumerated, iterate, ranged, zipped
from torchscript_lint.program.instances.lookup import attribute_of
from torchscript_lint.program.instances.refine import class_names, is_instance
from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.values import (
    BOOL,
    FLOAT,
    INT,
    NONE_VALUE,
    STR,
    UNKNOWN_VALUE,
    Bound,
    Callee,
    Const,
    Local,
    Map,
    ModuleValue,
    Opaque,
    Partial,
    Scalar,
    Self,
    Seq,
    Value,
    elements,
    join,
    join_all,
    scalar_of,
    truth,
    weak,
)

if TYPE_CHECKING:
    from torchscript_lint.program.instances.calls import Args

Handler = Callable[[Run, "Args", ast.Call], Value]


def _folded(function: Callable[..., Any], args: Args) -> Value | None:
    """The result where all arguments are known."""
    if args.rest is not None or args.open or args.keywords or not args.values:
        return None
    values = [value.value for value in args.values if isinstance(value, Const)]
    if len(values) < len(args.values):
        return None
    try:
        found = function(*values)
    except Exception:
        return None
    if not isinstance(found, (bool, int, float, str)):
        return None
    return Const(found, certain=all(value.certain for value in args.values))


def _constructor(function: Callable[..., Any], result: Value) -> Handler:
    def handler(run: Run, args: Args, node: ast.Call) -> Value:
        found = _folded(function, args)
        return found if found is not None else result

    return handler


def _bool(run: Run, args: Args, node: ast.Call) -> Value:
    known = truth(args.values[0]) if args.values else False
    return BOOL if known is None else Const(known)


def _len(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return UNKNOWN_VALUE
    value = args.values[0]
    if isinstance(value, (Seq, Map, ModuleValue)) and value.items is not None and value.certain:
        return Const(len(value.items))
    return INT


def _numbers(run: Run, args: Args, node: ast.Call) -> Value:
    """``max``, ``min``: one of the arguments, or of the members of the only one."""
    if args.rest is not None or args.open or not args.values:
        return UNKNOWN_VALUE
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    values = list(args.values)
    if len(values) == 1:
        found = iterate(run, values[0])
        if not found.certain:
            return weak(elements(found))
        values = list(found.items) if found.items is not None else [found.element]
        if found.items is None:
            return _kind(found.element)
    known = _folded(max if name == "max" else min, replace(args, values=tuple(values)))
    return known if known is not None else join_all([_kind(value) for value in values])


def _kind(value: Value) -> Value:
    found = scalar_of(value)
    return found if found is not None else value


def _abs(run: Run, args: Args, node: ast.Call) -> Value:
    found = _folded(abs, args)
    if found is not None:
        return found
    return _kind(args.values[0]) if args.values else UNKNOWN_VALUE


def _round(run: Run, args: Args, node: ast.Call) -> Value:
    found = _folded(round, args)
    if found is not None:
        return found
    kind = scalar_of(args.values[0]) if args.values else None
    if kind is None or kind.tag not in ("int", "float", "bool"):
        return UNKNOWN_VALUE
    if len(args.values) == 1 and not args.keywords:
        return Scalar("int", certain=kind.certain)
    return kind


def _sum(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) != 1:
        return UNKNOWN_VALUE
    found = iterate(run, args.values[0])
    if found.items is not None:
        result = _folded(lambda *numbers: sum(numbers), replace(args, values=found.items)) if found.items else None
        if result is not None:
            return result if found.certain else weak(result)
    kind = scalar_of(elements(found))
    if kind is None or kind.tag not in ("int", "float", "bool", "tensor"):
        return UNKNOWN_VALUE
    if kind.tag in ("int", "bool"):
        return Scalar("int", certain=kind.certain)
    return kind if found.nonempty or found.items else weak(kind)  # the sum of nothing is an int


def _list(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return Seq("list", (), idents=run.fresh())
    found = iterate(run, args.values[0])
    return replace(found, kind="list", idents=run.fresh())


def _tuple(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return Seq("tuple", ())
    return replace(iterate(run, args.values[0]), kind="tuple", idents=frozenset())


def _dict(run: Run, args: Args, node: ast.Call) -> Value:
    from torchscript_lint.program.instances.expressions import make_map

    pairs: list[tuple[Value, Value]] = []
    known = not args.open and args.rest is None
    if args.values:
        first = args.values[0]
        if isinstance(first, Map) and first.items is not None:
            pairs.extend(first.items)
        elif isinstance(first, Map):
            known = False
            pairs.append((first.key, first.value))
        else:
            found = iterate(run, first)
            for item in found.items if found.items is not None else (found.element,):
                if isinstance(item, Seq) and item.items is not None and len(item.items) == 2:
                    pairs.append((item.items[0], item.items[1]))
                else:
                    known = False
                    pairs.append((UNKNOWN_VALUE, UNKNOWN_VALUE))
            known = known and found.items is not None and found.certain
    pairs.extend((Const(key), value) for key, value in args.keywords.items())
    return make_map(run, pairs, known)


def _sorted(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return UNKNOWN_VALUE
    found = iterate(run, args.values[0])
    return Seq("list", None, elements(found), found.nonempty, certain=found.certain, idents=run.fresh())


def _reversed(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return UNKNOWN_VALUE
    found = iterate(run, args.values[0])
    items = tuple(reversed(found.items)) if found.items is not None else None
    return replace(found, kind="iterator", items=items, idents=frozenset())


def _enumerate(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return UNKNOWN_VALUE
    return enumerated(run, args.values[0], args.get(1, "start") or Const(0))


def _zip(run: Run, args: Args, node: ast.Call) -> Value:
    if args.rest is not None or not args.values:
        return Seq("iterator", None, UNKNOWN_VALUE)
    return zipped(run, list(args.values))


def _range(run: Run, args: Args, node: ast.Call) -> Value:
    return ranged(list(args.values)) if args.rest is None else Seq("range", None, INT)


def _map(run: Run, args: Args, node: ast.Call) -> Value:
    from torchscript_lint.program.instances.calls import Args as Arguments
    from torchscript_lint.program.instances.calls import apply

    if len(args.values) != 2:
        run.loose_if_self(iter(args.all()))
        return Seq("iterator", None, UNKNOWN_VALUE)
    found = iterate(run, args.values[1])
    if found.items is not None and len(found.items) <= ITEMS:
        items = tuple(apply(run, args.values[0], Arguments((item,)), node) for item in found.items)
        return Seq("iterator", items, nonempty=bool(items), certain=found.certain)
    result = apply(run, args.values[0], Arguments((found.element,)), node)
    return Seq("iterator", None, result, found.nonempty, certain=found.certain)


def _filter(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) != 2:
        return UNKNOWN_VALUE
    return Seq("iterator", None, elements(iterate(run, args.values[1])))


def _isinstance(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) != 2 or len(node.args) != 2 or not args.values[0].certain:
        return BOOL
    names = class_names(run, node.args[1])
    value = args.values[0]
    if isinstance(value, Self):
        return BOOL
    known = is_instance(value, names) if names is not None else None
    if isinstance(value, Scalar) and known is False:
        return BOOL  # an annotation may be wrong, and is where such a test follows
    return BOOL if known is None else Const(known)


def _hasattr(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) != 2 or not isinstance(args.values[0], Self):
        return BOOL
    name = args.values[1]
    if not (isinstance(name, Const) and isinstance(name.value, str)):
        return BOOL
    slot = run.slot(name.value)
    if slot is not None:
        return Const(True) if slot.always else BOOL
    of_class = run.class_has(name.value)
    if of_class is None or name.value in ("training", "forward") or hasattr(object, name.value):
        return BOOL
    return Const(of_class)


def _getattr(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) < 2:
        return UNKNOWN_VALUE
    base, name = args.values[:2]
    if not (isinstance(name, Const) and isinstance(name.value, str)):
        return UNKNOWN_VALUE
    found = attribute_of(run, base, name.value)
    if len(args.values) == 3:
        slot = run.slot(name.value) if isinstance(base, Self) else None
        return found if slot is not None and slot.always else join(found, args.values[2])
    return found


def _setattr(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) == 3 and isinstance(args.values[0], Self):
        name = args.values[1]
        if isinstance(name, Const) and isinstance(name.value, str) and name.certain:
            run.set_attribute(name.value, args.values[2], node)
        else:
            run.loose()
    elif any(isinstance(value, Self) for value in args.all()):
        run.loose()
    return NONE_VALUE


def _delattr(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) == 2 and isinstance(args.values[0], Self):
        name = args.values[1]
        if isinstance(name, Const) and isinstance(name.value, str):
            run.state.slots.pop(name.value, None)
        else:
            run.loose()
    return NONE_VALUE


def _type(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) == 1:
        value = args.values[0]
        if isinstance(value, Self):
            return Callee(run.own_class())
        if isinstance(value, ModuleValue):
            if value.cls is not None and not value.container:
                return Callee(value.cls, makes_module=True, certain=value.certain)
            return Callee(None, makes_module=True)
    return UNKNOWN_VALUE


def _vars(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values or any(isinstance(value, Self) for value in args.values):
        run.loose()
    return UNKNOWN_VALUE


def _set(run: Run, args: Args, node: ast.Call) -> Value:
    return Opaque("set")


def _frozenset(run: Run, args: Args, node: ast.Call) -> Value:
    return Opaque("frozenset")


def _slice(run: Run, args: Args, node: ast.Call) -> Value:
    return Opaque("slice")


def _nothing(run: Run, args: Args, node: ast.Call) -> Value:
    return NONE_VALUE


def _next(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return UNKNOWN_VALUE
    found = iterate(run, args.values[0])
    return weak(elements(found)) if len(args.values) == 1 else UNKNOWN_VALUE


def _iter(run: Run, args: Args, node: ast.Call) -> Value:
    return replace(iterate(run, args.values[0]), kind="iterator") if len(args.values) == 1 else UNKNOWN_VALUE


def _callable(run: Run, args: Args, node: ast.Call) -> Value:
    value = args.values[0] if args.values else UNKNOWN_VALUE
    if not value.certain:
        return BOOL
    if isinstance(value, (Callee, Local, Partial, Bound, ModuleValue)):
        return Const(True)
    if isinstance(value, (Const, Seq, Map)):
        return Const(False)
    return BOOL


def _issubclass(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) == 2 and len(node.args) == 2:
        names = class_names(run, node.args[1])
        cls = args.values[0]
        if names == ["torch.nn.Module"] and isinstance(cls, Callee) and isinstance(cls.definition, Class):
            known = is_module(cls.definition)
            return BOOL if known is None or not cls.certain else Const(known)
    return BOOL


def _pow(run: Run, args: Args, node: ast.Call) -> Value:
    from torchscript_lint.program.instances.expressions import binary

    if len(args.values) == 2:
        return binary(run, ast.Pow(), args.values[0], args.values[1])
    return UNKNOWN_VALUE


def _divmod(run: Run, args: Args, node: ast.Call) -> Value:
    from torchscript_lint.program.instances.expressions import binary

    if len(args.values) == 2:
        parts = tuple(binary(run, op, *args.values) for op in (ast.FloorDiv(), ast.Mod()))
        return Seq("tuple", parts, nonempty=True)
    return UNKNOWN_VALUE


BUILTINS: dict[str, Handler] = {
    "int": _constructor(int, INT),
    "float": _constructor(float, FLOAT),
    "str": _constructor(str, STR),
    "complex": _constructor(lambda *values: None, Scalar("complex")),
    "bool": _bool,
    "len": _len,
    "max": _numbers,
    "min": _numbers,
    "abs": _abs,
    "round": _round,
    "sum": _sum,
    "pow": _pow,
    "divmod": _divmod,
    "list": _list,
    "tuple": _tuple,
    "dict": _dict,
    "set": _set,
    "frozenset": _frozenset,
    "slice": _slice,
    "sorted": _sorted,
    "reversed": _reversed,
    "enumerate": _enumerate,
    "zip": _zip,
    "range": _range,
    "map": _map,
    "filter": _filter,
    "iter": _iter,
    "next": _next,
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "callable": _callable,
    "hasattr": _hasattr,
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "type": _type,
    "vars": _vars,
    "locals": _vars,
    "print": _nothing,
    "id": _constructor(lambda *values: None, INT),
    "repr": _constructor(repr, STR),
    "format": _constructor(lambda *values: None, STR),
    "chr": _constructor(chr, STR),
    "ord": _constructor(ord, INT),
    "any": _constructor(lambda *values: None, BOOL),
    "all": _constructor(lambda *values: None, BOOL),
}
