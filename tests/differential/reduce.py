"""A disagreement about a smaller function."""

from __future__ import annotations

import ast
import copy
import random
import re
from collections.abc import Iterator

from judge import Judge

from differential.compare import Comparison, compare
from differential.generator import in_module
from differential.mutate import is_python, spread


def reduced(comparison: Comparison, judge: Judge, most: int = 1500) -> Comparison:
    """The smallest function found about which both still disagree in the same way.

    Args:
        comparison: a disagreement about a function.
        judge: the compiler.
        most: how many smaller functions are tried at most.
    """
    best, key, small = comparison, cause(comparison), _function(comparison.text)
    module = comparison.text.startswith("class")
    # Laid out on one line per statement or, where that hides the difference, with a break wherever one can be.
    for lay_out in (str, _broken):
        start = _try(lay_out(small), judge, module)
        if cause(start) == key:
            best = start
            break
    else:
        return best
    going = True
    while going and most > 0:
        going = False
        for tree in _smaller(ast.parse(small)):
            try:
                text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
            except (ValueError, AttributeError, RecursionError):
                continue
            if len(text) >= len(small) or not is_python(text):
                continue
            most -= 1
            found = _try(lay_out(text), judge, module)
            if cause(found) == key:
                best, small, going = found, text, True
                break
            if most <= 0:
                break
    return best


def _function(text: str) -> str:
    """The function alone, without the class around it, a line for each statement."""
    (node,) = ast.parse(text).body
    return ast.unparse(node.body[0] if isinstance(node, ast.ClassDef) else node) + "\n"


def cause(comparison: Comparison) -> tuple[object, ...]:
    """What groups disagreements: their kind, the compiler's words without names, our rules.

    Where we found something else on another line, that is no part of it.
    """
    words = comparison.compiler.headline
    words = re.sub(r"'[^']*'|\"[^\"]*\"|0x\w+|\d+", "_", words)
    words = re.sub(
        r"\b(?:List|Dict|Tuple|Optional|Union|Tensor|int|str|float|bool|complex|Any|NoneType)\b[\[\]\w, ]*", "T", words
    )
    if comparison.kind in ("missed", "other line"):
        return "missed", words[:60]
    return comparison.kind, words[:60], tuple(sorted({finding.code for finding in comparison.ours}))


def _broken(text: str) -> str:
    return spread(text, random.Random(0), often=1.0)


def _try(text: str, judge: Judge, module: bool) -> Comparison:
    text = in_module(text, "f0") if module else re.sub(r"def \w+", "def f0", text, count=1)
    return compare([text], judge)[0]


def _smaller(tree: ast.Module) -> Iterator[ast.Module]:
    """Trees with something less, the largest steps first."""
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    for path, body in _lists(tree):
        for number in range(len(body)):
            yield _with(tree, path, body[:number] + body[number + 1 :] or [ast.Pass()])
            statement = body[number]
            inner = [s for field in ("body", "orelse") for s in getattr(statement, field, []) or []]
            if inner:
                yield _with(tree, path, body[:number] + inner + body[number + 1 :])
            if isinstance(statement, ast.Return | ast.Assign | ast.AugAssign | ast.AnnAssign) and statement.value:
                yield _with(tree, path, [*body[:number], ast.Expr(statement.value), *body[number + 1 :]])
            if isinstance(statement, ast.If | ast.While):
                yield _with(tree, path, [*body[:number], ast.Expr(statement.test), *body[number + 1 :]])
            if isinstance(statement, ast.For):
                yield _with(tree, path, [*body[:number], ast.Expr(statement.iter), *body[number + 1 :]])
            if getattr(statement, "orelse", None):
                new = copy.deepcopy(statement)
                new.orelse = []  # type: ignore[attr-defined]
                yield _with(tree, path, [*body[:number], new, *body[number + 1 :]])
    arguments = function.args
    for number in range(len(arguments.args)):
        new_tree = copy.deepcopy(tree)
        its = new_tree.body[0].args  # type: ignore[attr-defined]
        del its.args[number]
        its.defaults = its.defaults[-len(its.args) :] if its.args else []
        yield new_tree
    for field in ("defaults", "kwonlyargs", "vararg", "kwarg"):
        if getattr(arguments, field):
            new_tree = copy.deepcopy(tree)
            its = new_tree.body[0].args  # type: ignore[attr-defined]
            setattr(its, field, [] if isinstance(getattr(its, field), list) else None)
            if field == "kwonlyargs":
                its.kw_defaults = []
            yield new_tree
    if function.returns is not None:
        new_tree = copy.deepcopy(tree)
        new_tree.body[0].returns = None  # type: ignore[attr-defined]
        yield new_tree
    simple = ["p0", "1", "'a'", "0.5", "True", "None", "[1]"]
    names = [argument.arg for argument in arguments.args]
    expressions = [node for node in ast.walk(function) if isinstance(node, ast.expr)]
    for number, node in enumerate(expressions):
        children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        for child in children:
            if not isinstance(child, ast.Starred | ast.Slice):
                yield _swapped(tree, number, child)
        if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Call | ast.Dict | ast.BoolOp | ast.JoinedStr):
            for field in ("elts", "args", "keywords", "values"):
                items = getattr(node, field, [])
                for place in range(len(items)):
                    new = copy.deepcopy(node)
                    del getattr(new, field)[place]
                    if isinstance(new, ast.Dict):
                        del new.keys[place]
                    yield _swapped(tree, number, new)
        if not isinstance(node, ast.Name | ast.Constant) or (
            isinstance(node, ast.Constant) and len(ast.unparse(node)) > 3
        ):
            for text in [*names, *simple]:
                yield _swapped(tree, number, ast.parse(text, mode="eval").body)


def _lists(tree: ast.AST) -> Iterator[tuple[tuple[int, str], list[ast.stmt]]]:
    """The blocks of a function: the node's number in the walk, the field."""
    for number, node in enumerate(ast.walk(tree)):
        for field in ("body", "orelse"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body and not isinstance(node, ast.Module):
                yield (number, field), body


def _with(tree: ast.Module, path: tuple[int, str], body: list[ast.stmt]) -> ast.Module:
    new = copy.deepcopy(tree)
    node = list(ast.walk(new))[path[0]]
    setattr(node, path[1], copy.deepcopy(body))
    return new


def _swapped(tree: ast.Module, number: int, expression: ast.expr) -> ast.Module:
    """The tree with another expression at the place of its expression of that number."""
    new = copy.deepcopy(tree)
    old = [node for node in ast.walk(new.body[0]) if isinstance(node, ast.expr)][number]
    for node in ast.walk(new):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, copy.deepcopy(expression))
            elif isinstance(value, list):
                setattr(node, field, [copy.deepcopy(expression) if item is old else item for item in value])
    return new
