"""Python's syntax tree → the tree. What has no tree form is a :class:`Rejection` and a hole.

Each method follows ``build_X`` of ``torch/jit/frontend.py``; unlike it, lowering goes on after a rejection.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from torchscript_lint.source import ignoring, tree
from torchscript_lint.source.decoratorlines import decorator_line
from torchscript_lint.source.typecomment import find_type_comment
from torchscript_lint.source.walk import walk

_N = TypeVar("_N", bound=tree.Node)

#: ``(line, col, end_line, end_col)``
Span = tuple[int, int, int, int]

_AUGMENTED = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.BitOr: "|", ast.BitAnd: "&",
    ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.Pow: "**",
}  # fmt: skip
_BINARY = {**_AUGMENTED, ast.FloorDiv: "//", ast.MatMult: "@"}
_UNARY = {ast.Not: "not", ast.USub: "-", ast.Invert: "~"}
_COMPARE = {
    ast.Eq: "==", ast.NotEq: "!=", ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in",
}  # fmt: skip
#: Statements without a tree form: the rule, and the keyword that the front end highlights.
_UNSUPPORTED: dict[str, tuple[str, int]] = {
    "Try": ("try-block", 3),
    "TryStar": ("except-star", 1),
    "FunctionDef": ("nested-function", 3),
    "AsyncFunctionDef": ("nested-function", 9),
    "ClassDef": ("nested-class", 5),
    "Import": ("import-in-body", 6),
    "ImportFrom": ("import-in-body", 4),
    "Global": ("global-statement", 6),
    "Nonlocal": ("nonlocal-statement", 8),
    "Match": ("match-statement", 1),
    "AsyncFor": ("async-for", 9),
    "AsyncWith": ("async-with", 10),
    "TypeAlias": ("type-alias", 1),
}
_RESERVED = "__jit"


def node_span(node: ast.AST) -> Span:
    """The span of a Python node that has one."""
    line = getattr(node, "lineno", 1)
    col = getattr(node, "col_offset", 0)
    end_line = getattr(node, "end_lineno", None) or line
    return (line, col, end_line, getattr(node, "end_col_offset", None) or col)


def _keyword_span(node: ast.AST, length: int) -> Span:
    line, col = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    return (line, col, line, col + length)


class Lowerer:
    """Lowers one function definition.

    Args:
        function: the name of the function, as the front end's context has it.
        true_division: False for the assignments of a class body, which are built as if they were Python 2.
    """

    def __init__(self, function: str, *, true_division: bool = True) -> None:
        self.function = function
        self.true_division = true_division
        self.rejections: list[tree.Rejection] = []

    # --- helpers ---------------------------------------------------------------------------------

    def reject(self, rule: str, span: Span, **detail: str) -> None:
        """Note what the front end refuses."""
        self.rejections.append(tree.Rejection(rule, span, detail))

    def _hole(self, node: ast.AST, children: Iterable[ast.expr] = (), binds: str = "") -> tree.Hole:
        hole = tree.Hole(tuple(map(self.expr, children)), frozenset({binds} if binds else ()))
        return _place(hole, node)

    # --- statements ------------------------------------------------------------------------------

    def block(self, statements: list[ast.stmt]) -> list[tree.Stmt]:
        """Lower a suite."""
        return [self.stmt(statement) for statement in statements]

    def stmt(self, node: ast.stmt) -> tree.Stmt:
        """Lower a statement."""
        lower = _STATEMENTS.get(type(node))
        if lower is not None:
            return lower(self, node)
        rule, length = _UNSUPPORTED.get(type(node).__name__, ("unsupported-syntax", 1))
        self.reject(rule, _keyword_span(node, length), node=type(node).__name__)
        return _place(self._hole_stmt(node), node)

    def _hole_stmt(self, node: ast.stmt) -> tree.HoleStmt:
        """A statement that is already rejected; what it would run is lowered, for its own rejections."""
        body: list[tree.Stmt] = []
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return tree.HoleStmt(frozenset({node.name}))
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = ((alias.asname or alias.name).split(".")[0] for alias in node.names)
            return tree.HoleStmt(frozenset(names))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            return tree.HoleStmt(frozenset(node.names))
        for field in ("body", "handlers", "orelse", "finalbody", "cases"):
            for child in getattr(node, field, []):
                body += self.block(child.body if not isinstance(child, ast.stmt) else [child])
        used = [name for name in walk(node) if isinstance(name, ast.Name)]
        binds = {name.id for name in used if isinstance(name.ctx, ast.Store)}
        binds |= {capture for sub in walk(node) if isinstance(capture := getattr(sub, "name", None), str)}
        return tree.HoleStmt(frozenset(binds), body)

    def _expr_stmt(self, node: ast.Expr) -> tree.Stmt:
        value = self.expr(node.value)
        return _like(tree.ExprStmt(value), value)

    def _assign(self, node: ast.Assign) -> tree.Stmt:
        value = self.expr(node.value)
        targets = [self.expr(target) for target in node.targets]
        return _between(tree.Assign(targets, value), targets[0], node)

    def _ann_assign(self, node: ast.AnnAssign) -> tree.Stmt:
        if node.value is None:
            self.reject("annotation-without-value", _keyword_span(node, 1))
            names = frozenset({node.target.id}) if isinstance(node.target, ast.Name) else frozenset[str]()
            return _place(tree.HoleStmt(names), node)
        target = node.target
        before = len(self.rejections)
        if isinstance(target, ast.Attribute):
            # `stmt.target.value.id == "self"` comes first there: a base without an `id` is an AttributeError.
            if not isinstance(target.value, ast.Name):
                self.reject("annotated-nested-attribute", node_span(target), node=type(target.value).__name__)
            elif target.value.id == "self" and self.function != "__init__":
                end = node.col_offset + len(f"self.{target.attr}")
                span = (node.lineno, node.col_offset, node.lineno, end)
                self.reject("annotated-self-attribute", span, name=target.attr, function=self.function)
        broken = len(self.rejections) > before
        value = self.expr(node.value)
        lowered = self.expr(target)
        annotation = self.expr(node.annotation)
        if broken:
            lowered = _like(tree.Hole((lowered,)), lowered)
        return _between(tree.Assign([lowered], value, annotation), lowered, node)

    def _delete(self, node: ast.Delete) -> tree.Stmt:
        return _place(tree.Delete([self.expr(target) for target in node.targets]), node)

    def _return(self, node: ast.Return) -> tree.Stmt:
        return _place(tree.Return(None if node.value is None else self.expr(node.value)), node)

    def _raise(self, node: ast.Raise) -> tree.Stmt:
        if node.exc is None:
            self.reject("bare-raise", _keyword_span(node, 5))
            return _place(tree.Raise(self._hole(node)), node)
        return _place(tree.Raise(self.expr(node.exc)), node)

    def _assert(self, node: ast.Assert) -> tree.Stmt:
        test = self.expr(node.test)
        return _place(tree.Assert(test, None if node.msg is None else self.expr(node.msg)), node)

    def _aug_assign(self, node: ast.AugAssign) -> tree.Stmt:
        target = self.expr(node.target)
        value = self.expr(node.value)
        op = _AUGMENTED.get(type(node.op))
        if op is None:
            op = _BINARY[type(node.op)]
            span = (target.end_line, target.end_col, value.line, value.col)
            self.reject("augmented-operator", span, op=op, node=type(node.op).__name__)
        return _between(tree.AugAssign(target, op, value), target, node)

    def _while(self, node: ast.While) -> tree.Stmt:
        if node.orelse:
            self.reject("while-else", _keyword_span(node, 5))
        lowered = tree.While(self.expr(node.test), self.block(node.body) + self.block(node.orelse))
        return _header(lowered, node, 5)

    def _for(self, node: ast.For) -> tree.Stmt:
        if node.orelse:
            self.reject("for-else", _keyword_span(node, 3))
        target, iter_ = self.expr(node.target), self.expr(node.iter)
        return _header(tree.For(target, iter_, self.block(node.body) + self.block(node.orelse)), node, 3)

    def _if(self, node: ast.If) -> tree.Stmt:
        lowered = tree.If(self.expr(node.test), self.block(node.body), self.block(node.orelse))
        return _header(lowered, node, 2)

    def _pass(self, node: ast.Pass) -> tree.Stmt:
        return _place(tree.Pass(), node)

    def _break(self, node: ast.Break) -> tree.Stmt:
        return _place(tree.Break(), node)

    def _continue(self, node: ast.Continue) -> tree.Stmt:
        return _place(tree.Continue(), node)

    def _with(self, node: ast.With) -> tree.Stmt:
        call = ignoring.context_call(node)
        if call is not None:
            # Replaced by a call of an ignored function; its body is never compiled.
            for argument, name, error in ignoring.unreadable(call):
                self.reject("ignore-context-argument", node_span(argument), name=name, error=error)
            return _place(tree.HoleStmt(ignoring.outputs(call)), node)
        items = []
        for item in node.items:
            context = self.expr(item.context_expr)
            target = None if item.optional_vars is None else self.expr(item.optional_vars)
            if target is not None and not isinstance(target, (tree.Var, tree.Hole)):
                # The tree view of a with-item takes a Var only: a TypeError of pybind.
                self.reject("with-tuple-target", target.span)
            items.append(_like(tree.WithItem(context, target), context))
        return _header(tree.With(items, self.block(node.body)), node, 4)

    # --- expressions -----------------------------------------------------------------------------

    def expr(self, node: ast.expr) -> tree.Expr:
        """Lower an expression."""
        lower = _EXPRESSIONS.get(type(node))
        if lower is not None:
            return lower(self, node)
        self.reject("unsupported-syntax", _keyword_span(node, 1), node=type(node).__name__)
        return self._hole(node)

    def _name(self, node: ast.Name) -> tree.Expr:
        name = node.id
        if name.startswith(_RESERVED):
            self.reject("reserved-name", node_span(node), name=name)
            return self._hole(node)
        if name == "Ellipsis":
            return _place(tree.Dots(), node)
        return _place(tree.Var(name), node)

    def _constant(self, node: ast.Constant) -> tree.Expr:
        value = node.value
        if value is None or isinstance(value, bool):
            return _place(tree.Literal(value), node)
        if isinstance(value, (int, float, complex)):
            return _place(tree.Const(value), node)
        if isinstance(value, str):
            self._utf8(value, node)
            return _place(tree.Str(value), node)
        if value is Ellipsis:
            return _place(tree.Dots(), node)
        self.reject("constant-kind", node_span(node), value=repr(value), kind=type(value).__name__)
        return self._hole(node)

    def _utf8(self, text: str, node: ast.expr) -> None:
        """A string goes to C++ as UTF-8."""
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            self.reject("surrogate-string", node_span(node))

    def _attribute(self, node: ast.Attribute) -> tree.Expr:
        base = self.expr(node.value)
        return _between(tree.Select(base, node.attr), base, node)

    def _call(self, node: ast.Call) -> tree.Expr:
        func = self.expr(node.func)
        args = [self.expr(arg) for arg in node.args]
        keywords = []
        expanded = False
        for keyword in node.keywords:
            value = self.expr(keyword.value)
            if keyword.arg is None:
                expanded = True
                self.reject("keyword-expansion", value.span)
            else:
                keywords.append(_like(tree.Keyword(keyword.arg, value), value))
        if expanded:
            hole = tree.Hole((func, *args, *(keyword.value for keyword in keywords)))
            return _between(hole, func, node)
        return _between(tree.Apply(func, args, keywords), func, node)

    def _bin_op(self, node: ast.BinOp) -> tree.Expr:
        lhs, rhs = self.expr(node.left), self.expr(node.right)
        if not self.true_division and isinstance(node.op, ast.Div):
            self.reject("class-level-division", (lhs.end_line, lhs.end_col, rhs.line, rhs.col))
        return _between(tree.BinOp(_BINARY[type(node.op)], lhs, rhs), lhs, node)

    def _unary_op(self, node: ast.UnaryOp) -> tree.Expr:
        op = _UNARY.get(type(node.op))
        if op is None:
            hole = self._hole(node, [node.operand])
            self.reject("unary-plus", _keyword_span(node, 1))
            return hole
        return _place(tree.UnaryOp(op, self.expr(node.operand)), node)

    def _bool_op(self, node: ast.BoolOp) -> tree.Expr:
        op = "and" if isinstance(node.op, ast.And) else "or"
        values = [self.expr(value) for value in node.values]
        result = values[0]
        for value in values[1:]:
            joined = tree.BinOp(op, result, value)
            joined.line, joined.col = result.line, result.col
            joined.end_line, joined.end_col = value.end_line, value.end_col
            result = joined
        return result

    def _if_exp(self, node: ast.IfExp) -> tree.Expr:
        test, body, orelse = self.expr(node.test), self.expr(node.body), self.expr(node.orelse)
        result = tree.Ternary(test, body, orelse)
        # It begins where its first arm does, which brackets around that arm don't change.
        result.line, result.col, result.end_line, result.end_col = body.line, body.col, orelse.end_line, orelse.end_col
        return result

    def _compare(self, node: ast.Compare) -> tree.Expr:
        operands = [self.expr(node.left), *map(self.expr, node.comparators)]
        result: tree.Expr | None = None
        for lhs, op, rhs in zip(operands, node.ops, operands[1:], strict=False):
            negated = isinstance(op, ast.NotIn)
            one: tree.Expr = tree.BinOp("in" if negated else _COMPARE[type(op)], lhs, rhs)
            one.line, one.col, one.end_line, one.end_col = lhs.line, lhs.col, rhs.end_line, rhs.end_col
            if negated:
                # `not in` is `not (... in ...)`, highlighted between the operands.
                outer = tree.UnaryOp("not", one)
                outer.line, outer.col = lhs.end_line, lhs.end_col
                outer.end_line, outer.end_col = rhs.end_line, rhs.end_col
                one = outer
            if result is None:
                result = one
            else:
                joined = tree.BinOp("and", result, one)
                joined.line, joined.col = result.line, result.col
                joined.end_line, joined.end_col = one.end_line, one.end_col
                result = joined
        assert result is not None  # a comparison has at least one operator
        return result

    def _subscript(self, node: ast.Subscript) -> tree.Expr:
        base = self.expr(node.value)
        index = node.slice
        parts: list[ast.expr] = list(index.elts) if isinstance(index, ast.Tuple) else [index]
        indices = [self._index(base, part) for part in parts]
        if not indices:
            indices = [_place(tree.TupleLit([]), index)]
        return _between(tree.Subscript(base, indices), base, node)

    def _index(self, base: tree.Expr, node: ast.expr) -> tree.Expr:
        if not isinstance(node, ast.Slice):
            return self.expr(node)
        lower, upper, step = (None if part is None else self.expr(part) for part in (node.lower, node.upper, node.step))
        return _between(tree.Slice(lower, upper, step), base, node)

    def _slice(self, node: ast.Slice) -> tree.Expr:
        # Only reached for a slice in a place Python's grammar does not allow outside subscripts.
        return self._hole(node)

    def _list(self, node: ast.List) -> tree.Expr:
        return _place(tree.ListLit([self.expr(item) for item in node.elts]), node)

    def _tuple(self, node: ast.Tuple) -> tree.Expr:
        return _place(tree.TupleLit([self.expr(item) for item in node.elts]), node)

    def _dict(self, node: ast.Dict) -> tree.Expr:
        if None in node.keys:
            first = "dict-expansion" if node.keys[0] is None else "dict-expansion-after-key"
            self.reject(first, _keyword_span(node, 1))
            return self._hole(node, [*(key for key in node.keys if key is not None), *node.values])
        keys = [self.expr(key) for key in node.keys if key is not None]
        return _place(tree.DictLit(keys, [self.expr(value) for value in node.values]), node)

    def _joined_str(self, node: ast.JoinedStr) -> tree.Expr:
        template = ""
        args: list[tree.Expr] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                template += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                if part.conversion != -1:
                    self.reject("fstring-conversion", node_span(part), conversion=chr(part.conversion))
                elif part.format_spec is not None:
                    self.reject("fstring-format-spec", node_span(part), spec=_spec_text(part.format_spec))
                template += "{}"
                args.append(self.expr(part.value))
        self._utf8(template, node)
        text = _place(tree.Str(template), node)
        return _place(tree.Apply(_place(tree.Select(text, "format"), node), args, []), node)

    def _template_str(self, node: ast.expr) -> tree.Expr:
        self.reject("template-string", _keyword_span(node, 1))
        return self._hole(node)

    def _list_comp(self, node: ast.ListComp | ast.GeneratorExp) -> tree.Expr:
        if not self._one_plain_generator(node, node.generators):
            return self._hole(node)
        generator = node.generators[0]
        elt, target, iter_ = self.expr(node.elt), self.expr(generator.target), self.expr(generator.iter)
        return _place(tree.ListComp(elt, target, iter_), node)

    def _dict_comp(self, node: ast.DictComp) -> tree.Expr:
        if not self._one_plain_generator(node, node.generators):
            return self._hole(node)
        generator = node.generators[0]
        key, value = self.expr(node.key), self.expr(node.value)
        return _place(tree.DictComp(key, value, self.expr(generator.target), self.expr(generator.iter)), node)

    def _one_plain_generator(self, node: ast.expr, generators: list[ast.comprehension]) -> bool:
        if len(generators) != 1:
            self.reject("comprehension-generators", node_span(node))
        elif generators[0].ifs:
            self.reject("comprehension-if", node_span(node))
        else:
            return True
        return False

    def _starred(self, node: ast.Starred) -> tree.Expr:
        return _place(tree.Starred(self.expr(node.value)), node)

    def _lambda(self, node: ast.Lambda) -> tree.Expr:
        self.reject("lambda", node_span(node))
        return self._hole(node)

    def _walrus(self, node: ast.NamedExpr) -> tree.Expr:
        self.reject("walrus", node_span(node))
        return self._hole(node, [node.value], node.target.id)

    def _set(self, node: ast.Set) -> tree.Expr:
        self.reject("set-literal", node_span(node))
        return self._hole(node, node.elts)

    def _set_comp(self, node: ast.SetComp) -> tree.Expr:
        self.reject("set-comprehension", node_span(node))
        return self._hole(node)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> tree.Expr:
        self.reject("yield", node_span(node), node=type(node).__name__)
        return self._hole(node, [node.value] if node.value is not None else [])

    def _await(self, node: ast.Await) -> tree.Expr:
        self.reject("await", node_span(node))
        return self._hole(node, [node.value])

    # --- signatures ------------------------------------------------------------------------------

    def params(self, args: ast.arguments) -> list[tree.Param]:
        """Lower a signature (``build_param_list``). Positional-only parameters are dropped, as there."""
        for star, arg in (("**", args.kwarg), ("*", args.vararg)):
            if arg is not None:
                span = (arg.lineno, max(arg.col_offset - 1, 0), arg.lineno, arg.col_offset + len(arg.arg))
                self.reject("variadic-parameters", span, name=star + arg.arg)
        result: list[tree.Param] = []
        count = len(args.posonlyargs) + len(args.args)
        defaults: list[ast.expr | None] = [None] * (count - len(args.defaults))
        defaults += args.defaults
        for arg, default in zip(args.args, defaults[len(args.posonlyargs) :], strict=True):
            result.append(self._param(arg, default, "positional"))
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            if default is not None and args.vararg is None:
                self.reject("keyword-only-default", node_span(default), name=arg.arg)
            result.append(self._param(arg, default, "keyword"))
        return result

    def _param(self, arg: ast.arg, default: ast.expr | None, kind: str) -> tree.Param:
        annotation = None if arg.annotation is None else self.expr(arg.annotation)
        return _place(tree.Param(arg.arg, annotation, default, kind), arg)


def _place(node: _N, source: ast.AST) -> _N:
    node.line, node.col, node.end_line, node.end_col = node_span(source)
    return node


def _like(node: _N, other: tree.Node) -> _N:
    node.line, node.col, node.end_line, node.end_col = other.line, other.col, other.end_line, other.end_col
    return node


def _between(node: _N, start: tree.Node, source: ast.AST) -> _N:
    """From where ``start`` starts to where ``source`` ends: the leftmost child's start is what is blamed."""
    node.line, node.col = start.line, start.col
    _, _, node.end_line, node.end_col = node_span(source)
    return node


def _header(node: _N, source: ast.AST, length: int) -> _N:
    node.line, node.col, node.end_line, node.end_col = _keyword_span(source, length)
    return node


def _spec_text(spec: ast.expr) -> str:
    """A format specification as it was written, near enough; a field in it is ``{...}``."""
    parts = spec.values if isinstance(spec, ast.JoinedStr) else [spec]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{...}" for part in parts)


_STATEMENTS: dict[type[ast.stmt], Callable[[Lowerer, Any], tree.Stmt]] = {
    ast.Expr: Lowerer._expr_stmt,
    ast.Assign: Lowerer._assign,
    ast.AnnAssign: Lowerer._ann_assign,
    ast.Delete: Lowerer._delete,
    ast.Return: Lowerer._return,
    ast.Raise: Lowerer._raise,
    ast.Assert: Lowerer._assert,
    ast.AugAssign: Lowerer._aug_assign,
    ast.While: Lowerer._while,
    ast.For: Lowerer._for,
    ast.If: Lowerer._if,
    ast.Pass: Lowerer._pass,
    ast.Break: Lowerer._break,
    ast.Continue: Lowerer._continue,
    ast.With: Lowerer._with,
}
_EXPRESSIONS: dict[type[ast.expr], Callable[[Lowerer, Any], tree.Expr]] = {
    ast.Name: Lowerer._name,
    ast.Constant: Lowerer._constant,
    ast.Attribute: Lowerer._attribute,
    ast.Call: Lowerer._call,
    ast.BinOp: Lowerer._bin_op,
    ast.UnaryOp: Lowerer._unary_op,
    ast.BoolOp: Lowerer._bool_op,
    ast.IfExp: Lowerer._if_exp,
    ast.Compare: Lowerer._compare,
    ast.Subscript: Lowerer._subscript,
    ast.Slice: Lowerer._slice,
    ast.List: Lowerer._list,
    ast.Tuple: Lowerer._tuple,
    ast.Dict: Lowerer._dict,
    ast.JoinedStr: Lowerer._joined_str,
    ast.ListComp: Lowerer._list_comp,
    ast.GeneratorExp: Lowerer._list_comp,
    ast.DictComp: Lowerer._dict_comp,
    ast.Starred: Lowerer._starred,
    ast.Lambda: Lowerer._lambda,
    ast.NamedExpr: Lowerer._walrus,
    ast.Set: Lowerer._set,
    ast.SetComp: Lowerer._set_comp,
    ast.Yield: Lowerer._yield,
    ast.YieldFrom: Lowerer._yield,
    ast.Await: Lowerer._await,
}
if hasattr(ast, "TemplateStr"):  # since Python 3.14
    _EXPRESSIONS[ast.TemplateStr] = Lowerer._template_str


def lower_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    lines: list[str],
    *,
    name: str | None = None,
    unused: bool = False,
) -> tree.Def:
    """Lower a function definition (``get_jit_def`` and ``build_def``).

    Args:
        node: the definition.
        lines: the lines of the file, with their ends; read for type comments only.
        name: the name by which it is compiled, where it differs.
        unused: as a function marked ``@torch.jit.unused``: without its body, ``*args``, ``**kwargs`` and the
            annotations of its parameters.

    Returns:
        The definition with its rejections in the order of the source.
    """
    lowerer = Lowerer(node.name)
    misread = decorator_line(node, lines)
    if misread is not None:
        line, error = misread
        text = lines[line - 1].rstrip("\r\n")
        start = len(text) - len(text.lstrip())
        lowerer.reject("decorator-line-def", (line, start, line, len(text.encode())), error=error)
    comment = find_type_comment(node, lines, lowerer.reject)
    params = lowerer.params(_signature_of_unused(node.args) if unused else node.args)
    returns = None if node.returns is None else lowerer.expr(node.returns)
    body = [] if unused else lowerer.block(node.body)
    lowerer.rejections.sort(key=lambda rejection: rejection.span)
    result = tree.Def(name or node.name, params, returns, body, comment, lowerer.rejections)
    return _header(result, node, 3)


def _signature_of_unused(args: ast.arguments) -> ast.arguments:
    bare = [ast.copy_location(ast.arg(arg.arg), arg) for arg in args.args]
    keywords = [ast.copy_location(ast.arg(arg.arg), arg) for arg in args.kwonlyargs]
    return ast.arguments(args.posonlyargs, bare, None, keywords, args.kw_defaults, None, args.defaults)


def lower_expression(node: ast.expr) -> tree.Expr:
    """Lower a lone expression, such as an annotation of a class body; rejections are dropped."""
    return Lowerer("").expr(node)
