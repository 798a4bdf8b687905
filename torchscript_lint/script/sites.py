"""What a file hands to ``torch.jit.script(...)``, at any place in it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator

from torchscript_lint.program import Class, Function, Module
from torchscript_lint.program.classes import is_module, method
from torchscript_lint.program.instances import instance
from torchscript_lint.program.nodes import nodes_of_file
from torchscript_lint.script.classes import class_kind
from torchscript_lint.script.definitions import Definition
from torchscript_lint.source.walk import children, walk

_SCRIPT = frozenset({"torch.jit.script", "torch.jit._script.script", "torch.jit.script_if_tracing"})
#: Methods of ``nn.Module`` that give the module itself.
_SAME = frozenset(
    {
        "eval", "train", "cuda", "cpu", "to", "half", "float", "double", "bfloat16", "requires_grad_",
        "apply", "to_empty", "share_memory", "xpu", "type",
    }
)  # fmt: skip
_MAX_HOPS = 4

Scope = Function | None


class Instance:
    """An instance of a class of the program, as what is handed over."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls


class Site:
    """One call of ``torch.jit.script``.

    Attributes:
        argument: what is handed over.
        what: what it stands for: a function or class of the program, an instance of a class, a lambda; None
            where the source does not tell.
        scope: the function that the call stands in, or None.
    """

    def __init__(self, argument: ast.expr, what: Definition | Instance | ast.Lambda | None, scope: Scope) -> None:
        self.argument = argument
        self.what = what
        self.scope = scope


def sites(module: Module, definitions: list[Definition]) -> Iterator[Site]:
    """The calls of ``torch.jit.script`` in a file, in the order of the source within each scope.

    Args:
        module: the file.
        definitions: its functions and classes.
    """
    if "script" not in module.source.text or not any(map(_is_site(module), nodes_of_file(module))):
        return
    is_site = _is_site(module)
    scopes: list[tuple[Scope, list[ast.stmt]]] = [(None, module.tree.body)]
    scopes += [(found, found.node.body) for found in definitions if isinstance(found, Function)]
    by_node = {id(found.node): found for found in definitions}
    for scope, body in scopes:
        calls = [node for node in _own(body) if isinstance(node, ast.Call) and is_site(node)]
        if calls:
            resolver = _Resolver(module, scope, body, by_node)
            for call in calls:
                yield Site(call.args[0], resolver.resolve(call.args[0], _MAX_HOPS), scope)


def _is_site(module: Module) -> Callable[[ast.AST], bool]:
    """Whether a node is a call that hands something to ``torch.jit.script``."""
    return lambda node: isinstance(node, ast.Call) and bool(node.args) and module.dotted(node) in _SCRIPT


def _own(body: list[ast.stmt], *, classes: bool = True) -> Iterator[ast.AST]:
    """The nodes of a scope without those of functions inside of it, with or without those of class bodies."""
    pending: list[ast.AST] = list(reversed(body))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            pending += reversed(node.decorator_list)
        elif classes or not isinstance(node, ast.ClassDef):
            pending += reversed(list(children(node)))


class _Resolver:
    """What expressions stand for in one scope."""

    def __init__(self, module: Module, scope: Scope, body: list[ast.stmt], by_node: dict[int, Definition]) -> None:
        self.module = module
        self.scope = scope
        self.by_node = by_node
        self.arguments: set[str] = set()
        self.values: dict[str, list[ast.expr]] = {}
        self.defined: dict[str, list[ast.stmt]] = {}
        self.stores: Counter[str] = Counter()
        if scope is not None:
            signature = scope.node.args
            self.arguments = {arg.arg for arg in (*signature.posonlyargs, *signature.args, *signature.kwonlyargs)}
        for node in _own(body, classes=False):
            self._bind(node)

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self.values.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.defined.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.stores[node.id] += 1

    def resolve(self, node: ast.expr, hops: int) -> Definition | Instance | ast.Lambda | None:
        """What an expression stands for; None if that is not settled."""
        if hops == 0:
            return None
        if isinstance(node, ast.Lambda):
            return node
        if isinstance(node, ast.Name):
            return self._name(node, hops)
        if isinstance(node, ast.Call):
            return self._call(node, hops)
        if isinstance(node, ast.Attribute):
            held = self._attribute(node)
            if held is not None:
                return held
        found = self.module.program.definition(self.module, node)
        return found if isinstance(found, (Function, Class)) else None

    def _name(self, node: ast.Name, hops: int) -> Definition | Instance | ast.Lambda | None:
        name = node.id
        values, defined = self.values.get(name, []), self.defined.get(name, [])
        if name in self.arguments or self.stores[name] > len(values) or (values and defined):
            return None  # bound in several ways
        if defined:
            return self.by_node.get(id(defined[-1]))
        if values:
            before = [value for value in values if _ends_before(value, node)]
            return self.resolve(before[-1], hops - 1) if before else None
        if self._enclosing_binds(name):
            return None
        found = self.module.program.lookup(self.module, node.id)
        if isinstance(found, (Function, Class)):
            return found
        binding = self.module.binding(node.id)
        if binding is not None and isinstance(binding.value, (ast.Lambda, ast.Call)) and hops > 1:
            return _Resolver(self.module, None, [], self.by_node).resolve(binding.value, hops - 1)
        return None

    def _enclosing_binds(self, name: str) -> bool:
        outer = self.scope.enclosing if self.scope is not None else None
        while outer is not None:
            for node in walk(outer.node):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name:
                    return True
                if isinstance(node, ast.arg) and node.arg == name:
                    return True
            outer = outer.enclosing
        return False

    def _call(self, node: ast.Call, hops: int) -> Definition | Instance | ast.Lambda | None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
            inner = self.resolve(node.func.value, hops)
            if isinstance(inner, Instance):
                return inner
        made = self.resolve(node.func, hops)
        if isinstance(made, Class):
            return Instance(made)
        if self.module.dotted(node) in _SCRIPT and node.args:
            return self.resolve(node.args[0], hops - 1)
        return None

    def _attribute(self, node: ast.Attribute) -> Instance | Function | None:
        """``self.net`` in a method of a module class, ``model.net``; ``model.method``."""
        base: Class | None = None
        if isinstance(node.value, (ast.Name, ast.Call)):
            scope = self.scope
            if (
                isinstance(node.value, ast.Name)
                and scope is not None
                and not scope.is_static
                and node.value.id in _first_names(scope)
            ):
                base = scope.owner
            if base is None:
                holder = self.resolve(node.value, _MAX_HOPS - 1)
                base = holder.cls if isinstance(holder, Instance) else None
        if base is None or not is_module(base):
            named = method(base, node.attr) if base is not None and class_kind(base) == "class" else None
            return named if isinstance(named, Function) else None
        found = instance(self.module.program, base).attribute(node.attr)
        if found is not None and found.kind == "module" and isinstance(found.cls, Class) and found.certain:
            return Instance(found.cls)
        named = method(base, node.attr) if found is None else None
        return named if isinstance(named, Function) else None


def _first_names(scope: Function) -> list[str]:
    return [arg.arg for arg in scope.node.args.args[:1]]


def _ends_before(node: ast.expr, other: ast.expr) -> bool:
    return (node.end_lineno or 0, node.end_col_offset or 0) <= (other.lineno, other.col_offset)
