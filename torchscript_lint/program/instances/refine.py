"""What a condition's outcome says about the values of names and attributes."""

from __future__ import annotations

import ast
from collections.abc import Callable

from torchscript_lint.plain import replace
from torchscript_lint.program.definitions import External
from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.values import (
    NONE_VALUE,
    TENSOR,
    UNKNOWN_VALUE,
    Alternatives,
    Callee,
    Const,
    Map,
    ModuleValue,
    Scalar,
    Self,
    Seq,
    Unknown,
    Value,
    is_none,
    only,
    parts_of,
    truth,
)

#: Python classes and the kinds of values that are their instances.
_KINDS = {
    "int": ("int", "bool"), "float": ("float",), "str": ("str",), "bool": ("bool",), "complex": ("complex",),
    "bytes": ("bytes",),
}  # fmt: skip


def refine(run: Run, test: ast.expr, outcome: bool) -> None:
    """Take the condition for true or false from here on; a path that cannot be is dead."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        refine(run, test.operand, not outcome)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) is outcome:
            for part in test.values:
                refine(run, part, outcome)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        _refine_compare(run, test, outcome)
    elif isinstance(test, ast.Call):
        _refine_isinstance(run, test, outcome)
    elif isinstance(test, (ast.Name, ast.Attribute)):
        _keep(run, test, lambda part: None if truth(part) is None else truth(part) is outcome)
    elif isinstance(test, ast.NamedExpr):
        refine(run, test.target, outcome)


def _refine_compare(run: Run, test: ast.Compare, outcome: bool) -> None:
    op, right = test.ops[0], test.comparators[0]
    if (
        isinstance(right, ast.Constant)
        and right.value is None
        and isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq))
    ):
        wanted = isinstance(op, (ast.Is, ast.Eq)) is outcome
        if wanted and isinstance(_read(run, test.left), Unknown):
            _write(run, test.left, NONE_VALUE)
        else:
            _keep(run, test.left, lambda part: None if is_none(part) is None else is_none(part) is wanted)
    elif (
        isinstance(right, ast.Constant) and isinstance(right.value, str) and isinstance(op, ast.Eq) and outcome
    ) and isinstance(_read(run, test.left), (Unknown, Scalar)):
        _write(run, test.left, Const(right.value))


def _refine_isinstance(run: Run, test: ast.Call, outcome: bool) -> None:
    if not (isinstance(test.func, ast.Name) and test.func.id == "isinstance" and len(test.args) == 2):
        return
    names = class_names(run, test.args[1])
    if names is None:
        return
    value = _read(run, test.args[0])
    if isinstance(value, Scalar) and outcome and is_instance(value, names) is False:
        value = UNKNOWN_VALUE  # who tests for it does not trust the annotation
        _write(run, test.args[0], value)
    if isinstance(value, Unknown):
        if outcome and len(names) == 1:
            found = _instance_of(names[0])
            if found is not None:
                _write(run, test.args[0], found)
        return
    _keep(
        run,
        test.args[0],
        lambda part: None if (found := is_instance(part, names)) is None else found is outcome,
    )


def _instance_of(name: str) -> Value | None:
    if name in ("float", "str", "bool", "complex", "bytes"):
        return Scalar(name)
    if name == "int":
        return Scalar("int")  # a bool is one too, but nobody means it
    if name == "torch.Tensor":
        return TENSOR
    if name in ("torch.nn.Module", "torch.nn.modules.module.Module"):
        return ModuleValue()
    if name in ("list", "tuple"):
        return Seq(name, None, Unknown(certain=False))
    return None


def class_names(run: Run, node: ast.expr) -> list[str] | None:
    """Dotted names of the classes in the second argument of ``isinstance``; None if one is not known."""
    nodes = node.elts if isinstance(node, ast.Tuple) else [node]
    names: list[str] = []
    for each in nodes:
        if not isinstance(each, (ast.Name, ast.Attribute)):
            return None
        name = run.frame.module.dotted(each)
        if name.startswith("?"):
            return None
        names.append(name)
    return names


def is_instance(value: Value, names: list[str]) -> bool | None:
    """Whether the value is an instance of one of the classes; None where that is open."""
    answers = [_is_instance(value, name) for name in names]
    if True in answers:
        return True
    return None if None in answers else False


def _is_instance(value: Value, name: str) -> bool | None:
    if isinstance(value, Alternatives):
        found = {_is_instance(part, name) for part in parts_of(value)}
        return found.pop() if len(found) == 1 else None
    tag = ""
    if isinstance(value, Const):
        tag = "None" if value.value is None else type(value.value).__name__
    elif isinstance(value, Scalar):
        tag = "torch.Tensor" if value.tag in ("tensor", "parameter", "buffer") else value.tag
    elif isinstance(value, Seq):
        tag = value.kind if value.kind in ("list", "tuple", "range") else ""
    elif isinstance(value, Map):
        tag = "dict"
    elif isinstance(value, ModuleValue):
        if name in ("torch.nn.Module", "torch.nn.modules.module.Module"):
            return True
        if isinstance(value.cls, External) and value.cls.name == name:
            return True
        return False if name in ("int", "float", "str", "list", "tuple", "dict", "bool", "torch.Tensor") else None
    elif isinstance(value, Callee):
        return False if name in ("int", "float", "list", "tuple", "dict", "torch.Tensor") else None
    if not tag:
        return None
    if name in _KINDS:
        return tag in _KINDS[name]
    if name in ("list", "tuple", "dict", "range"):
        return tag == name
    if name.split(".")[-1] in ("Iterable", "Sequence", "Container", "Sized", "Collection"):
        if tag in ("list", "tuple", "range"):
            return True
        return False if tag in ("int", "float", "bool", "None") else None
    if name == "torch.Tensor":
        return tag == name
    if name.startswith("torch.nn."):
        return None if tag == "torch.Tensor" else False
    return None


# --- names and attributes -------------------------------------------------------------------------


def _read(run: Run, node: ast.expr) -> Value | None:
    if isinstance(node, ast.Name):
        return run.state.scopes[run.frame.scope].get(node.id)
    name = _self_name(run, node)
    if name is not None:
        slot = run.slot(name)
        return slot.value if slot is not None else None
    return None


def _write(run: Run, node: ast.expr, value: Value) -> None:
    if isinstance(node, ast.Name):
        run.state.scopes[run.frame.scope][node.id] = value
    name = _self_name(run, node)
    if name is not None and name in run.state.slots:
        run.state.slots[name] = replace(run.state.slots[name], value=value)


def _self_name(run: Run, node: ast.expr) -> str | None:
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
        return None
    base = run.state.scopes[run.frame.scope].get(node.value.id)
    return run.mangle(node.attr) if isinstance(base, Self) else None


def _keep(run: Run, node: ast.expr, keep: Callable[[Value], bool | None]) -> None:
    value = _read(run, node)
    if value is None or isinstance(value, Unknown) or (not value.certain and not isinstance(value, Alternatives)):
        return
    found = only(value, keep)
    if found is None:
        run.state.dead = True
    elif found is not value:
        _write(run, node, found)


# --- conditions -----------------------------------------------------------------------------------


def test_truth(run: Run, node: ast.Compare, values: list[Value]) -> bool | None:
    """Whether a comparison holds, in every configuration; None where that is open."""
    if not all(value.certain for value in values):
        return None
    for index, op in enumerate(node.ops):
        found = _compare(op, values[index], values[index + 1])
        if found is not True:
            return found
    return True


def _compare(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    if isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)):
        positive = isinstance(op, (ast.Is, ast.Eq))
        for one, other in ((left, right), (right, left)):
            if is_none(one) is True:
                known = is_none(other)
                return None if known is None else known is positive
    if isinstance(left, Const) and isinstance(right, Const):
        return _compare_constants(op, left.value, right.value)
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(left, Const):
        options: list[Value] | None = None
        if isinstance(right, Seq) and right.items is not None:
            options = list(right.items)
        elif isinstance(right, Map) and right.items is not None:
            options = [key for key, _ in right.items]
        if options is not None and all(isinstance(option, Const) for option in options):
            found = any(isinstance(option, Const) and option.value == left.value for option in options)
            return found is isinstance(op, ast.In)
    return None


def _compare_constants(op: ast.cmpop, a: object, b: object) -> bool | None:
    try:
        if isinstance(op, (ast.Eq, ast.NotEq)):
            return bool(a == b) is isinstance(op, ast.Eq)
        if isinstance(op, (ast.Is, ast.IsNot)):
            if a is None or isinstance(a, bool) or b is None or isinstance(b, bool):
                return (a is b) is isinstance(op, ast.Is)
            return None
        if isinstance(op, ast.Lt):
            return bool(a < b)  # type: ignore[operator]
        if isinstance(op, ast.LtE):
            return bool(a <= b)  # type: ignore[operator]
        if isinstance(op, ast.Gt):
            return bool(a > b)  # type: ignore[operator]
        if isinstance(op, ast.GtE):
            return bool(a >= b)  # type: ignore[operator]
        if isinstance(op, (ast.In, ast.NotIn)) and isinstance(a, str) and isinstance(b, str):
            return (a in b) is isinstance(op, ast.In)
    except TypeError:
        pass
    return None
