"""What a name can stand for: functions, classes, values, modules, and what lies outside the program."""

from __future__ import annotations

import ast
from collections.abc import Container
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from torchscript_lint.source import tree
from torchscript_lint.source.lower import lower_function
from torchscript_lint.source.walk import walk

if TYPE_CHECKING:
    from torchscript_lint.program.module import Module

FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"


class Function:
    """A function or method of the program.

    Attributes:
        module: the file it stands in.
        node: its definition.
        qualname: dotted, within the file: ``Net.forward``, ``outer.<locals>.inner``.
        owner: the class whose body it stands in, or None.
        enclosing: the function whose body it stands in, or None.
    """

    def __init__(
        self,
        module: Module,
        node: FunctionNode,
        qualname: str,
        owner: Class | None = None,
        enclosing: Function | None = None,
    ) -> None:
        self.module = module
        self.node = node
        self.qualname = qualname
        self.owner = owner
        self.enclosing = enclosing

    def __repr__(self) -> str:
        return f"<function {self.module.name}.{self.qualname}>"

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.node.name

    @cached_property
    def tree(self) -> tree.Def:
        """The function as the front end lowers it. An ``async def`` is lowered as if it were a ``def``."""
        return lower_function(self.node, self.module.source.lines)

    @cached_property
    def bound_names(self) -> frozenset[str]:
        """The names that its body or its parameters bind, those of inner functions among them."""
        names: set[str] = set()
        for node in walk(self.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.arg):
                names.add(node.arg)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)) and node is not self.node:
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
        return frozenset(names)

    @cached_property
    def decorators(self) -> tuple[str, ...]:
        """Dotted names of the decorators, outermost first, imports resolved (``torch.jit.ignore``); a call's callee.

        A decorator that is no dotted name is ``?``; one of this program is its qualified name.
        """
        return tuple(self.module.dotted(decorator) for decorator in self.node.decorator_list)

    def decorator(self, *names: str) -> ast.expr | None:
        """The first decorator that resolves to one of these dotted names."""
        for node, name in zip(self.node.decorator_list, self.decorators, strict=True):
            if name in names:
                return node
        return None

    @property
    def is_static(self) -> bool:
        """Whether it is a static method."""
        return self.owner is not None and "staticmethod" in self.decorators

    @property
    def is_classmethod(self) -> bool:
        """Whether it is a class method."""
        return self.owner is not None and "classmethod" in self.decorators

    @property
    def is_property(self) -> bool:
        """Whether it is the getter of a property."""
        return self.owner is not None and "property" in self.decorators

    @cached_property
    def modifier(self) -> str:
        """How the compiler treats it (``FunctionModifiers`` of ``torch/_jit_internal.py``).

        ``""`` (compiled when reached), ``export``, ``ignore``, ``unused``, ``drop`` or ``overload``.
        """
        for name, node in zip(self.decorators, self.node.decorator_list, strict=True):
            if name in _MODIFIERS:
                modifier = _MODIFIERS[name]
                if modifier == "ignore" and isinstance(node, ast.Call) and _drops(node):
                    return "unused"
                return modifier
        return ""


_MODIFIERS = {
    "torch.jit.export": "export",
    "torch.jit.ignore": "ignore",
    "torch.jit.unused": "unused",
    "torch.jit._drop": "drop",
    "torch._jit_internal.export": "export",
    "torch._jit_internal.ignore": "ignore",
    "torch._jit_internal.unused": "unused",
    "torch._jit_internal._drop": "drop",
    "torch.jit._overload": "overload",
    "torch.jit._overload_method": "overload",
    "torch._jit_internal._overload": "overload",
    "torch._jit_internal._overload_method": "overload",
    "torch.jit._unused": "unused",
}


#: Decorators of ``torch.jit`` that declare an overload (``torch/_jit_internal.py``).
OVERLOAD_NAMES = frozenset({"_overload", "_overload_method"})


def is_overload(node: FunctionNode, aliases: Container[str] = OVERLOAD_NAMES) -> bool:
    """Whether it is an overload's declaration, told by the decorator's spelling: scopes aren't known while scanning.

    Args:
        node: the definition.
        aliases: the names that stand for these decorators in its file.
    """
    return any(
        decorator.id in aliases
        if isinstance(decorator, ast.Name)
        else isinstance(decorator, ast.Attribute) and decorator.attr in OVERLOAD_NAMES
        for decorator in node.decorator_list
    )


def _drops(node: ast.Call) -> bool:
    """Whether ``@torch.jit.ignore(...)`` asks for ``drop=True`` (or the old ``drop_on_export=True``)."""
    values = [keyword.value for keyword in node.keywords if keyword.arg in ("drop", "drop_on_export")]
    values += node.args[:1]
    return any(isinstance(value, ast.Constant) and value.value is True for value in values)


class Class:
    """A class of the program.

    Attributes:
        module: the file it stands in.
        node: its definition.
        qualname: dotted, within the file.
        functions: methods of its own body by name; of several definitions the last (a property's getter stays).
        assigns: names assigned in its own body: name → (annotation, value).
        inner: classes of its own body.
    """

    def __init__(self, module: Module, node: ast.ClassDef, qualname: str, enclosing: Function | None = None) -> None:
        self.module = module
        self.node = node
        self.qualname = qualname
        self.enclosing = enclosing
        self.functions: dict[str, Function] = {}
        self.setters: dict[str, Function] = {}
        self.overloads: dict[str, list[Function]] = {}
        self.assigns: dict[str, tuple[ast.expr | None, ast.expr | None]] = {}
        self.inner: dict[str, Class] = {}
        self._scan(node.body)

    def __repr__(self) -> str:
        return f"<class {self.module.name}.{self.qualname}>"

    @property
    def name(self) -> str:
        """The class's own name."""
        return self.node.name

    @property
    def fullname(self) -> str:
        """Dotted name with the module's."""
        return f"{self.module.name}.{self.qualname}"

    def _scan(self, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                function = Function(self.module, node, f"{self.qualname}.{node.name}", self, self.enclosing)
                attributes = [d.attr for d in node.decorator_list if isinstance(d, ast.Attribute)]
                if "setter" in attributes:
                    self.setters[node.name] = function
                elif is_overload(node, self.module.overload_names):
                    self.overloads.setdefault(node.name, []).append(function)
                elif "deleter" not in attributes and "getter" not in attributes:
                    self.functions[node.name] = function
            elif isinstance(node, ast.ClassDef):
                self.inner[node.name] = Class(self.module, node, f"{self.qualname}.{node.name}", self.enclosing)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.assigns[target.id] = (self.assigns.get(target.id, (None, None))[0], node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                self.assigns[node.target.id] = (node.annotation, node.value)
            elif isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
                for field in ("body", "orelse", "finalbody"):
                    self._scan(getattr(node, field, []))

    @cached_property
    def decorators(self) -> tuple[str, ...]:
        """Dotted names of the decorators, outermost first, imports resolved."""
        return tuple(self.module.dotted(decorator) for decorator in self.node.decorator_list)

    @cached_property
    def bases(self) -> tuple[Definition, ...]:
        """What its bases stand for; of ``Generic[T]`` and the like, the class that is subscripted."""
        nodes = (base.value if isinstance(base, ast.Subscript) else base for base in self.node.bases)
        return tuple(self.module.program.definition(self.module, base, self.enclosing) for base in nodes)


class External:
    """A name outside the program, by its dotted path: ``torch.nn.functional.relu``, ``numpy.prod``, ``len``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<external {self.name}>"


class Value:
    """A name that a module-level statement assigns: ``X = expr`` or ``X: T = expr``."""

    def __init__(self, module: Module, name: str, value: ast.expr | None, annotation: ast.expr | None) -> None:
        self.module = module
        self.name = name
        self.value = value
        self.annotation = annotation

    def __repr__(self) -> str:
        return f"<value {self.module.name}.{self.name}>"


class ModuleRef:
    """A file of the program as a value."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def __repr__(self) -> str:
        return f"<module {self.module.name}>"


class Uncertain:
    """A name that is bound, in a way the source does not settle."""

    def __repr__(self) -> str:
        return "<uncertain>"


class Undefined:
    """A name that nothing binds."""

    def __repr__(self) -> str:
        return "<undefined>"


UNCERTAIN = Uncertain()
UNDEFINED = Undefined()

Definition: TypeAlias = "Function | Class | External | Value | ModuleRef | Uncertain | Undefined"
