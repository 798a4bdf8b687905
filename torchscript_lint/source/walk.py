"""Walking Python's syntax tree, several times as fast as :func:`ast.walk`: only fields that can hold nodes are read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Fields that hold no node anybody looks for: contexts and operators, and plain values.
_PLAIN = frozenset(
    {"ctx", "op", "ops", "kind", "type_comment", "type_ignores", "conversion", "id", "attr", "arg", "asname", "level",
     "module", "is_async", "simple", "n", "s", "tag"}
)  # fmt: skip
_fields: dict[type[ast.AST], tuple[str, ...]] = {}
_backwards: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    # `Constant.value` is a plain value, and `MatchSingleton.value` too.
    plain = _PLAIN | {"value"} if kind in (ast.Constant, ast.MatchSingleton) else _PLAIN
    found = _fields[kind] = tuple(name for name in kind._fields if name not in plain)
    _backwards[kind] = found[::-1]
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, in the order of its fields; contexts and operators left out."""
    kind = type(node)
    names = _fields.get(kind)
    if names is None:
        names = _fields_of(kind)
    result: list[ast.AST] = []
    for name in names:
        value = getattr(node, name, None)
        if value.__class__ is list:
            result += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            result.append(value)
    return result


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, outer ones first, in the order of the source."""
    todo = [node]
    pop, push = todo.pop, todo.extend
    while todo:
        current = pop()
        yield current
        below = children(current)
        if below:
            below.reverse()
            push(below)


def own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions and classes inside of it; in no order."""
    todo: list[ast.AST] = list(getattr(function, "body", []))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            todo += children(node)


class Index:
    """The nodes of some kinds in a tree, and which of them lie below each function, found in one walk.

    Args:
        tree: the tree.
        kinds: the classes of nodes that are wanted, exactly.

    Attributes:
        nodes: the nodes, in the order of :func:`walk`.
    """

    def __init__(self, tree: ast.AST, kinds: frozenset[type[ast.AST]]) -> None:
        self.nodes: list[ast.AST] = []
        self._spans: dict[ast.AST, tuple[int, int]] = {}
        # As `walk`, in one loop. A function's end is pushed below its parts.
        todo: list[ast.AST | _End | str | None] = [tree]
        found, spans, fields = self.nodes, self._spans, _backwards
        pop, push, put = todo.pop, todo.extend, todo.append
        while todo:
            node = pop()
            if not isinstance(node, ast.AST):
                if node.__class__ is _End:
                    spans[node.node] = (node.start, len(found))
                continue
            kind = node.__class__
            if kind in kinds:
                found.append(node)
            if kind in _FUNCTIONS:
                put(_End(node, len(found)))
            names = fields.get(kind)
            if names is None:
                names = _fields_of(kind)[::-1]
            for name in names:
                value = getattr(node, name, None)
                if value.__class__ is list:
                    push(value[::-1])
                elif value is not None:
                    put(value)

    def below(self, function: ast.AST) -> list[ast.AST] | None:
        """The nodes below a function of the tree; None where it is not one of the tree's."""
        span = self._spans.get(function)
        return self.nodes[span[0] : span[1]] if span is not None else None


class _End:
    __slots__ = ("node", "start")

    def __init__(self, node: ast.AST, start: int) -> None:
        self.node = node
        self.start = start


_FUNCTIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef})
