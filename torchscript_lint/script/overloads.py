"""``@torch.jit._overload`` and ``_overload_method``: declarations against their implementation.

Facts: ``_check_overload_body`` of ``torch/_jit_internal.py``, ``_compile_function_with_overload`` of
``torch/jit/_script.py``, ``script_compile_overloaded_function`` and ``checkOverloadDecl`` of
``torch/csrc/jit/python/script_init.cpp``; of methods, ``mergeOverloadDecl`` there.
"""

from __future__ import annotations

import ast

from torchscript_lint.program import Function
from torchscript_lint.script.session import Session

_OVERLOADS = frozenset(
    {
        "torch.jit._overload", "torch._jit_internal._overload", "torch.jit._overload_method",
        "torch._jit_internal._overload_method",
    }
)  # fmt: skip


def is_declaration(function: Function) -> bool:
    """Whether it is an overload's declaration."""
    return any(name in _OVERLOADS for name in function.decorators)


def check(session: Session, group: list[Function], *, method: bool) -> list[Function]:
    """Check the functions of one name in one scope, some of which are declarations.

    Args:
        session: the run.
        group: the functions, in the order of the source.
        method: whether they are methods.

    Returns:
        What is compiled: the implementation once under each declaration that fits it.
    """
    declarations = [function for function in group if is_declaration(function)]
    for declaration in declarations:
        if not _is_stub(declaration.node.body):
            _report(session, "overload-body", declaration, {"function": declaration.name})
    implementation = group[-1]
    if is_declaration(implementation):
        if not _is_stub(implementation.node.body):
            return []
        _report(session, "overload-without-implementation", implementation, {"function": implementation.name})
        return []
    fitting = [
        declaration
        for declaration in declarations
        if _is_stub(declaration.node.body) and _fits(session, declaration, implementation, method=method)
    ]
    return [_merged(declaration, implementation, method=method) for declaration in fitting]


def _is_stub(body: list[ast.stmt]) -> bool:
    """Whether the body is one ``pass`` or one ``...``."""
    if len(body) != 1:
        return False
    value = body[0].value if isinstance(body[0], ast.Expr) else None
    return isinstance(body[0], ast.Pass) or (isinstance(value, ast.Constant) and value.value is Ellipsis)


def _fits(session: Session, declaration: Function, implementation: Function, *, method: bool) -> bool:
    declared = [*declaration.node.args.args, *declaration.node.args.kwonlyargs]
    implemented = [*implementation.node.args.args, *implementation.node.args.kwonlyargs]
    name = implementation.name
    annotated = declaration.node.returns is not None or any(
        arg.annotation is not None for arg in (*declared, *declaration.node.args.posonlyargs)
    )
    ours, theirs = _defaults(declaration.node), _defaults(implementation.node)
    if not method:
        for parameter, value in ours.items():
            if parameter not in theirs or not _same(value, theirs[parameter]):
                _report(session, "overload-default-differs", declaration, {"parameter": parameter})
                return False
    if not annotated and "# type:" not in _text(declaration):
        _report(session, "overload-unannotated", declaration, {"function": name})
        return False
    if method and len(declared) != len(implemented):
        detail = {"function": name, "declared": str(len(declared) - 1), "implemented": str(len(implemented) - 1)}
        _report(session, "overload-parameter-count", declaration, detail)
        return False
    if len(declared) > len(implemented):
        _report(session, "overload-extra-parameter", implementation, {"function": name})
        return False
    for index, (left, right) in enumerate(zip(declared, implemented, strict=False)):
        if left.arg != right.arg:
            _report(
                session, "overload-parameter-name", declaration,
                {"index": str(index), "declared": left.arg, "implemented": right.arg},
            )  # fmt: skip
            return False
    for extra in implemented[len(declared) :]:
        detail = {"function": name, "parameter": extra.arg}
        if extra.arg not in theirs:
            _report(session, "overload-missing-default", implementation, detail)
            return False
        if extra.annotation is None:
            _report(session, "overload-untyped-parameter", implementation, detail)
            return False
    return True


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    positional = [*node.args.posonlyargs, *node.args.args]
    optional = positional[len(positional) - len(node.args.defaults) :]
    found = {arg.arg: default for arg, default in zip(optional, node.args.defaults, strict=True)}
    for arg, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if default is not None:
            found[arg.arg] = default
    return found


def _same(left: ast.expr, right: ast.expr) -> bool:
    """Whether two defaults are equal; where the source does not tell, they are taken to be."""
    try:
        return bool(ast.literal_eval(left) == ast.literal_eval(right))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return True


def _text(function: Function) -> str:
    node = function.node
    return "".join(function.module.source.lines[node.lineno - 1 : node.end_lineno])


def _merged(declaration: Function, implementation: Function, *, method: bool) -> Function:
    """The implementation with a declaration's types, as a function of its own."""
    node = implementation.node
    declared = {arg.arg: arg for arg in (*declaration.node.args.args, *declaration.node.args.kwonlyargs)}
    args = node.args
    merged = ast.arguments(
        args.posonlyargs,
        [declared.get(arg.arg, arg) for arg in args.args],
        args.vararg,
        [declared.get(arg.arg, arg) for arg in args.kwonlyargs],
        args.kw_defaults,
        args.kwarg,
        # A default need not fit all declarations; those it does not fit go without it.
        args.defaults,
    )
    made = ast.FunctionDef(
        name=node.name, args=merged, body=node.body, decorator_list=node.decorator_list,
        returns=declaration.node.returns,
    )  # fmt: skip
    if hasattr(node, "type_params"):
        setattr(made, "type_params", [])  # noqa: B010 - since Python 3.12
    ast.copy_location(made, node)
    return Function(
        implementation.module, made, implementation.qualname, implementation.owner, implementation.enclosing
    )


def _report(session: Session, rule: str, function: Function, detail: dict[str, str]) -> None:
    node = function.node
    session.report(
        rule, function.module, (node.lineno, node.col_offset, node.lineno, node.col_offset + 3), detail,
        target=function.qualname, chain=(function.qualname,),
    )  # fmt: skip
