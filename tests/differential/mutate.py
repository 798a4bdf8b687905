"""Changes to a finished function: one thing of its text is made another. And the lines it is laid out on."""

# ruff: noqa: E501
from __future__ import annotations

import ast
import copy
import io
import random
import tokenize
import warnings
from collections.abc import Callable
from typing import Any

#: Annotations that parameters and variables are given.
ANNOTATIONS = (
    "int", "float", "bool", "str", "Tensor", "Optional[int]", "Optional[Tensor]", "List[int]", "List[Tensor]", "Any", "complex",
    "Tuple[int, str]", "Dict[str, int]", "Union[int, str]", "Point", "Color", "Box", "torch.device", "list", "dict", "tuple",
    "List", "Tuple[int, ...]", "Set[int]", "'Tensor'", "object", "Optional", "Union[int, None]", "int | None", "list[int]",
    "dict[str, int]", "tuple[int, str]", "Dict[Tensor, int]", "Dict[float, int]", "Callable[[int], int]", "None", "Iterable[int]",
    "Sequence[int]", "torch.dtype", "torch.Size", "Union[int, float]", "Union[Tensor, int, None]", "float | int", "List['int']", "Undefined",
    "Optional[List[Optional[int]]]", "Dict[str, Dict[str, int]]", "Union[Optional[int], str]", "np.ndarray", "Final[int]", "3", "[int]", "(int, str)",
)  # fmt: skip

_CONSTANTS = (None, True, False, 0, 1, -1, 2, 0.5, "a", "mean", 2j, 10**20, ...)
_OPERATORS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift,
    ast.RShift, ast.MatMult,
)  # fmt: skip
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn)


def mutated(text: str, source: random.Random) -> str:
    """The function with one change; it stays Python.

    Args:
        text: a function.
        source: every choice is its.
    """
    for _ in range(20):
        tree = ast.parse(text)
        change = _pick(source, (_drop, _swap, _rename, _constant, _return, _argument, _keyword, _display, _annotation, _operator,
                                _wrap, _misspell, _double, _branch, _default, _replace, _test, _duplicate))  # fmt: skip
        try:
            if change(tree, source):
                result = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
                if result != ast.unparse(ast.parse(text)) + "\n" and is_python(result):
                    return result
        except (
            ValueError,
            AttributeError,
            SyntaxError,
            RecursionError,
        ):  # no such node, or nothing that can be written down
            continue
    return text


def is_python(text: str) -> bool:
    """Whether Python compiles it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as `1 is 2`
            compile(text, "random_functions.py", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def spread(text: str, source: random.Random, often: float = 0.15) -> str:
    """The function with line breaks inside its brackets.

    Args:
        text: a function.
        source: every choice is its.
        often: how probable a break is at each place that can have one.
    """

    def chance() -> bool:
        return source.randint(0, 999) >= 1000 - 1000 * often

    lines = text.splitlines(keepends=True)
    breaks: list[tuple[int, int]] = []
    depth = strings = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        strings += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        if strings:
            continue
        operator = token.type == tokenize.OP
        if depth and operator and token.string not in ("(", "[", "{", ".", ")", "]", "}", ",", ":") and chance():
            breaks.append(token.start)
        if token.type == tokenize.OP and token.string in "([{":
            depth += 1
        elif token.type == tokenize.OP and token.string in ")]}":
            depth -= 1
        if depth and operator and token.string in ("(", "[", "{", ",") and chance():
            breaks.append(token.end)
    for row, column in sorted(set(breaks), reverse=True):
        line = lines[row - 1]
        lines[row - 1] = f"{line[:column].rstrip()}\n            {line[column:].lstrip()}"
        lines = "".join(lines).splitlines(keepends=True)
    result = "".join(lines)
    return result if is_python(result) else text


# --- the changes ---------------------------------------------------------------------------------


def _pick(source: random.Random, options: Any) -> Any:
    if not options:
        raise ValueError
    return options[source.randint(0, len(options) - 1)]


def _all(tree: ast.AST, *kinds: type) -> list[Any]:
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    return [body for node in ast.walk(tree) for field in ("body", "orelse")
            if isinstance(body := getattr(node, field, None), list) and body and node is not tree]  # fmt: skip


def _edit(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put one node where another was."""
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
                return
            if isinstance(value, list):
                for number, item in enumerate(value):
                    if item is old:
                        value[number] = new
                        return


def _expressions(tree: ast.AST) -> list[Any]:
    """The expressions of the bodies that are read."""
    function = tree.body[0]  # type: ignore[attr-defined]
    return [
        node
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        and not isinstance(node, ast.Slice | ast.Starred | ast.FormattedValue)
    ]  # fmt: skip


def _some(tree: ast.AST, source: random.Random) -> Any:
    """A copy of one of the expressions."""
    return copy.deepcopy(_pick(source, _expressions(tree)))


def _drop(tree: ast.AST, source: random.Random) -> bool:
    body = _pick(source, _bodies(tree))
    del body[source.randint(0, len(body) - 1)]
    if not body:
        body.append(ast.Pass())
    return True


def _swap(tree: ast.AST, source: random.Random) -> bool:
    body = _pick(source, [body for body in _bodies(tree) if len(body) > 1])
    place = source.randint(0, len(body) - 2)
    body[place], body[place + 1] = body[place + 1], body[place]
    return True


def _duplicate(tree: ast.AST, source: random.Random) -> bool:
    """A statement once more, somewhere else."""
    statement = _pick(source, _pick(source, _bodies(tree)))
    body = _pick(source, _bodies(tree))
    body.insert(source.randint(0, len(body)), ast.parse(ast.unparse(statement)).body[0])
    return True


def _rename(tree: ast.AST, source: random.Random) -> bool:
    names = _all(tree, ast.Name)
    _pick(source, names).id = _pick(source, names).id
    return True


def _constant(tree: ast.AST, source: random.Random) -> bool:
    _pick(source, _all(tree, ast.Constant)).value = _pick(source, _CONSTANTS)
    return True


def _return(tree: ast.AST, source: random.Random) -> bool:
    node = _pick(source, _all(tree, ast.Return))
    node.value = _pick(source, [None, ast.Constant(None), *map(copy.deepcopy, _expressions(tree))])
    return True


def _argument(tree: ast.AST, source: random.Random) -> bool:
    """An argument less, more or at another place."""
    call = _pick(source, _all(tree, ast.Call))
    form = source.randint(0, 3)
    if form == 0 and call.args:
        del call.args[source.randint(0, len(call.args) - 1)]
    elif form == 1 and len(call.args) > 1:
        call.args.reverse()
    elif form == 2:
        call.args.insert(source.randint(0, len(call.args)), _some(tree, source))
    else:
        call.args.append(ast.Starred(_some(tree, source)))
    return True


def _keyword(tree: ast.AST, source: random.Random) -> bool:
    """A keyword less, more, or with another name."""
    call = _pick(source, _all(tree, ast.Call))
    form = source.randint(0, 3)
    name = _pick(source, ("dim", "x", "n", "keepdim", "input", "other", "foo", "dtype", "out", "inplace", "self"))
    if form == 0 and call.keywords:
        _pick(source, call.keywords).arg = name
    elif form == 1 and call.args:
        call.keywords.append(ast.keyword(name, call.args.pop()))
    elif form == 2 and call.keywords:
        call.args.append(call.keywords.pop().value)
    else:
        call.keywords.append(ast.keyword(name, _some(tree, source)))
    return True


def _display(tree: ast.AST, source: random.Random) -> bool:
    """A list for a tuple, a set for a list; an element less or more."""
    node = _pick(source, [n for n in _all(tree, ast.List, ast.Tuple) if isinstance(n.ctx, ast.Load)])
    form = source.randint(0, 3)
    if form == 0:
        other = ast.Tuple if isinstance(node, ast.List) else ast.List
        _edit(tree, node, other(node.elts, ast.Load()))
    elif form == 1 and node.elts:
        del node.elts[source.randint(0, len(node.elts) - 1)]
    elif form == 2:
        node.elts.insert(source.randint(0, len(node.elts)), _some(tree, source))
    elif node.elts:
        place = source.randint(0, len(node.elts) - 1)
        node.elts[place] = ast.Starred(node.elts[place], ast.Load())
    return True


def _annotation(tree: ast.AST, source: random.Random) -> bool:
    """Another annotation, or none, or one where there was none."""
    written = ast.parse(_pick(source, ANNOTATIONS), mode="eval").body
    function = tree.body[0]  # type: ignore[attr-defined]
    places: list[Callable[[], None]] = []
    for parameter in function.args.args:
        places.append(lambda node=parameter: setattr(node, "annotation", _pick(source, (None, written, written))))
    places.append(lambda: setattr(function, "returns", _pick(source, (None, written, written))))
    for node in _all(tree, ast.AnnAssign):
        places.append(lambda node=node: setattr(node, "annotation", written))
    for node in _all(tree, ast.Assign):
        if isinstance(node.targets[0], ast.Name) and len(node.targets) == 1:
            new = ast.AnnAssign(node.targets[0], written, node.value, 1)
            places.append(lambda node=node, new=new: _edit(tree, node, new))
    _pick(source, places)()
    return True


def _operator(tree: ast.AST, source: random.Random) -> bool:
    node = _pick(source, _all(tree, ast.BinOp, ast.AugAssign, ast.Compare, ast.BoolOp, ast.UnaryOp))
    if isinstance(node, ast.Compare):
        node.ops[0] = _pick(source, _COMPARISONS)()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp):
        node.op = _pick(source, (ast.Not, ast.USub, ast.Invert, ast.UAdd))()
    else:
        node.op = _pick(source, _OPERATORS)()
    return True


def _wrap(tree: ast.AST, source: random.Random) -> bool:
    """An expression inside of another."""
    node = _pick(source, _expressions(tree))
    form = _pick(
        source,
        ("[{}]", "({},)", "{}.item()", "str({})", "int({})", "float({})", "len({})", "{}[0]", "{}[-1]", "list({})", "tuple({})",
         "not {}", "-{}", "{} if True else None", "None if {} else 1", "{}.shape", "torch.tensor({})", "{}()", "{}.x", "{} or 1",
         "{} and True", "bool({})", "({}, 1)", "{}[:1]", "{}[..., 0]", "{}.value", "{{'k': {}}}", "torch.jit._unwrap_optional({})",
         "{} is None", "{} == {}", "f'{{{}}}'", "(lambda: {})()", "[v for v in {}]", "sorted({})", "max({})", "sum({})", "{}['a']",
         "torch.jit.annotate(Optional[int], {})", "torch.jit.annotate(Any, {})", "torch.jit.annotate(List[int], {})", "{}.t", "{} in {}",
         "typing.cast(int, {})", "isinstance({}, int)", "torch.jit.isinstance({}, List[int])", "{}[None]", "print({})", "dict(a={})"),
    )  # fmt: skip
    text = f"({ast.unparse(node)})"
    _edit(tree, node, ast.parse(form.format(*[text] * form.count("{}")), mode="eval").body)
    return True


def _misspell(tree: ast.AST, source: random.Random) -> bool:
    node = _pick(source, _all(tree, ast.Attribute, ast.Name))
    if isinstance(node, ast.Attribute):
        node.attr = _pick(source, (node.attr + "x", "shape", "n", "x", "append", "size", "device", "data"))
    else:
        node.id += "x"
    return True


def _double(tree: ast.AST, source: random.Random) -> bool:
    """An expression at another's place."""
    _edit(tree, _pick(source, _expressions(tree)), _some(tree, source))
    return True


def _replace(tree: ast.AST, source: random.Random) -> bool:
    """A simple expression at a larger one's place."""
    simple = _pick(source, ("None", "1", "0.5", "'a'", "[]", "{}", "()", "[1]", "(1, 'a')", "True", "torch.ones(1)", "Color.RED",
                            "Point(1, torch.ones(1))", "Box(1, torch.ones(1))", "LIMIT", "NAMES", "torch.float", "[None]", "range(3)",
                            "helper", "torch", "int", "2j", "{'a': 1}", "float('nan')", "...", "Tensor", "List[int]", "math", "print"))  # fmt: skip
    _edit(tree, _pick(source, _expressions(tree)), ast.parse(simple, mode="eval").body)
    return True


def _branch(tree: ast.AST, source: random.Random) -> bool:
    """An else less, or both sides the other way round, or a return at a block's end."""
    node = _pick(source, _all(tree, ast.If))
    form = source.randint(0, 3)
    if form == 0:
        node.orelse = []
    elif form == 1 and node.orelse:
        node.body, node.orelse = node.orelse, node.body
    elif form == 2:
        node.body.append(ast.Return(_some(tree, source)))
    else:
        node.test = ast.UnaryOp(ast.Not(), node.test)
    return True


def _test(tree: ast.AST, source: random.Random) -> bool:
    """Another condition, of names the function has."""
    node = _pick(source, _all(tree, ast.If, ast.IfExp, ast.While, ast.Assert))
    name = _pick(source, [n.arg for n in _all(tree, ast.arg)] + [n.id for n in _all(tree, ast.Name)])
    form = _pick(source, ("{} is None", "{} is not None", "isinstance({}, int)", "isinstance({}, (int, str))", "isinstance({}, Tensor)",
                          "{}", "not {}", "{} is None or {} is None", "not ({} is None)", "hasattr({}, 'n')", "{} == None", "{} != None",
                          "{} is not None and isinstance({}, int)", "not isinstance({}, str)", "None is not {}", "isinstance({}, list)",
                          "isinstance({}, Point)", "isinstance({}, type(None))", "torch.jit.isinstance({}, List[int])",
                          "isinstance({}, (list, tuple))", "True", "False", "torch.jit.is_scripting()"))  # fmt: skip
    node.test = ast.parse(form.format(*[name] * form.count("{}")), mode="eval").body
    return True


def _default(tree: ast.AST, source: random.Random) -> bool:
    """A default for the last parameter, or its own parameter without a type."""
    function = tree.body[0]  # type: ignore[attr-defined]
    form = source.randint(0, 4)
    value = ast.parse(_pick(source, ("None", "1", "0.5", "'a'", "True", "[1]", "(1, 'a')", "{}", "()", "Color.RED", "torch.float",
                                     "-1", "2j", "torch.ones(1)", "float('inf')", "LIMIT", "[]", "{'a': 1}", "math.pi")), mode="eval").body  # fmt: skip
    if form == 0:
        function.args.vararg = ast.arg("args")
    elif form == 1:
        function.args.kwonlyargs.append(ast.arg("key", ast.Name("int")))
        function.args.kw_defaults.append(_pick(source, (value, None)))
    elif form == 2:
        function.args.kwarg = ast.arg("kwargs")
    else:
        function.args.defaults = [value]
    return True
