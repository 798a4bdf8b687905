"""Many files as one program: what a name stands for, across files, without importing anything."""

from __future__ import annotations

import ast
import builtins
import os
import typing
from collections.abc import Iterable, Sequence

from torchscript_lint.program.definitions import (
    UNCERTAIN,
    UNDEFINED,
    Class,
    Definition,
    External,
    Function,
    ModuleRef,
    Uncertain,
    Undefined,
    Value,
)
from torchscript_lint.program.module import Binding, Module, dotted_name
from torchscript_lint.source.text import SourceError, SourceText, read

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__doc__", "__spec__", "__path__"}
#: How long a chain of re-exports may get before it is taken for a cycle.
_MAX_HOPS = 24


class Program:
    """The files that are linted, and what they reach.

    Args:
        roots: the files that are linted; files beside them (in the same packages) are read on demand.
        search_path: directories with further packages to read on demand, such as ``site-packages``.
    """

    def __init__(self, roots: Iterable[str] = (), search_path: Sequence[str] = ()) -> None:
        self.modules: dict[str, Module | None] = {}
        self._by_name: dict[str, Module] = {}
        self._found: dict[tuple[str, str], Module | None] = {}
        self.search_path = tuple(search_path)
        self.roots = tuple(roots)
        self._cache: dict[tuple[str, str], Definition] = {}

    # --- files -----------------------------------------------------------------------------------

    def load(self, path: str) -> Module:
        """The module of a file.

        Raises:
            SourceError: it cannot be read or parsed.
        """
        key = os.path.abspath(path)
        found = self.modules.get(key)
        if found is None:
            found = self._add(key, Module(self, read(path)))
        return found

    def add_source(self, path: str, text: str) -> Module:
        """A module from text that is not, or not yet, on disk.

        Raises:
            SourceError: it cannot be parsed.
        """
        return self._add(os.path.abspath(path), Module(self, SourceText(path, text)))

    def _add(self, key: str, module: Module) -> Module:
        self.modules[key] = module
        self._by_name.setdefault(module.name, module)
        return module

    def find(self, name: str, near: Module) -> Module | None:
        """The module of a dotted name, looked for beside ``near`` and on the search path; None if it isn't there."""
        key = (near.root, name)
        if key not in self._found:
            self._found[key] = self._find(name, near)
        return self._found[key]

    def _find(self, name: str, near: Module) -> Module | None:
        for root in (near.root, os.path.dirname(os.path.abspath(near.path)), *self.search_path):
            base = os.path.join(root, *name.split("."))
            for path in (base + ".py", os.path.join(base, "__init__.py")):
                key = os.path.abspath(path)
                if key in self.modules:
                    known = self.modules[key]
                    # Beside `timm/layers/a.py`, `typing` is not `timm/layers/typing.py`, read before or not.
                    if known is None or known.name == name:
                        return known
                elif os.path.isfile(path) and dotted_name(path)[0] == name:
                    # The path by which the file was given, if it was, so that its findings are found again.
                    try:
                        return self.load(self._as_given(key))
                    except SourceError:
                        self.modules[key] = None
                        return None
        return None

    def _as_given(self, key: str) -> str:
        if not hasattr(self, "_given"):
            self._given = {os.path.abspath(root): root for root in self.roots}
        return self._given.get(key, key)

    # --- names -----------------------------------------------------------------------------------

    def lookup(self, module: Module, name: str) -> Definition:
        """What a module-level name stands for once the module has run."""
        key = (module.path, name)
        if key not in self._cache:
            self._cache[key] = UNCERTAIN  # a cycle of imports settles nothing
            self._cache[key] = self._lookup(module, name, _MAX_HOPS)
        return self._cache[key]

    def _lookup(self, module: Module, name: str, hops: int) -> Definition:
        if hops == 0:
            return UNCERTAIN
        binding = module.binding(name)
        if binding is not None:
            return self._bound(module, name, binding, hops)
        found = self._starred(module, name, hops, {module.path})
        if found is not None:
            return found
        if module.is_package:
            child = self.find(f"{module.name}.{name}", module)
            if child is not None:
                return ModuleRef(child)
        if name in _BUILTINS:
            return External(name)
        if name in ("__name__", "__package__", "__all__", "__version__"):
            return UNCERTAIN
        return UNDEFINED

    def _starred(self, module: Module, name: str, hops: int, seen: set[str]) -> Definition | None:
        """What starred imports bind a name to; None where none does.

        Args:
            module: the file with the imports.
            name: the name.
            hops: how many re-exports may still be followed.
            seen: paths of files that were asked before: packages import each other's names in circles.
        """
        for source, level in reversed(module.stars):
            target = self._absolute(module, source, level)
            other = None if _is_foreign(target) else self.find(target, module)
            if other is None:
                if target == "typing":
                    if name in typing.__all__:
                        return External(f"typing.{name}")
                elif name not in _BUILTINS:
                    return UNCERTAIN
            elif other.path not in seen and other.exports(name):
                seen.add(other.path)
                binding = other.binding(name)
                found = (
                    self._bound(other, name, binding, hops - 1)
                    if binding is not None
                    else self._starred(other, name, hops, seen)
                )
                if found is not None:
                    return found
        return None

    def _bound(self, module: Module, name: str, binding: Binding, hops: int) -> Definition:
        if hops <= 0:
            return UNCERTAIN
        if binding.kind in ("function", "class"):
            return module.definition_of(binding.node) or UNCERTAIN
        if binding.kind == "assign":
            alias = self._alias(module, binding, hops)
            return alias or Value(module, name, binding.value, binding.annotation)
        if binding.kind == "import":
            return self._module(module, binding.source)
        if binding.kind == "from":
            target = self._absolute(module, binding.source, binding.level)
            if _is_foreign(target) or not target:
                return External(f"{target}.{binding.name}")
            other = self.find(target, module)
            if other is None:
                if binding.level:
                    return UNCERTAIN
                return External(f"{target}.{binding.name}")
            if other is module:
                child = self.find(f"{target}.{binding.name}", module)
                return ModuleRef(child) if child is not None else UNCERTAIN
            return self._member(other, binding.name, hops - 1)
        return UNCERTAIN

    def _alias(self, module: Module, binding: Binding, hops: int) -> Definition | None:
        """``relu = F.relu`` stands for what its right side stands for, if that is a function, class or module."""
        if not isinstance(binding.value, (ast.Name, ast.Attribute)):
            return None
        chain = _chain(binding.value)
        if chain is None:
            return None
        found: Definition = (
            self._lookup(module, chain[0], hops - 1) if len(module.bindings.get(chain[0], ())) == 1 else UNCERTAIN
        )
        for attribute in chain[1:]:
            found = self.attribute(found, attribute)
        return found if isinstance(found, (Function, Class, External, ModuleRef)) else None

    def _member(self, module: Module, name: str, hops: int) -> Definition:
        if name not in module.bindings and module.is_package:
            # Before starred imports are followed, which may read the whole package.
            child = self.find(f"{module.name}.{name}", module)
            if child is not None:
                return ModuleRef(child)
        found = self._lookup(module, name, hops)
        if isinstance(found, External) and "." not in found.name and name not in module.bindings:
            found = UNDEFINED  # builtins are not members of a module
        if isinstance(found, Undefined):
            child = self.find(f"{module.name}.{name}", module)
            if child is not None:
                return ModuleRef(child)
            if module.has_getattr:
                return UNCERTAIN
        return found

    def _module(self, module: Module, name: str) -> Definition:
        if not _is_foreign(name):
            found = self.find(name, module)
            if found is not None and found is not module:
                return ModuleRef(found)
        return External(name)

    def _absolute(self, module: Module, source: str, level: int) -> str:
        """The dotted name of a ``from`` import's module."""
        if level == 0:
            return source
        parts = module.name.split(".")
        keep = len(parts) - level + (1 if module.is_package else 0)
        return ".".join([*parts[: max(keep, 0)], *([source] if source else [])])

    def attribute(self, definition: Definition, name: str) -> Definition:
        """What ``definition.name`` stands for."""
        if isinstance(definition, ModuleRef):
            return self._member(definition.module, name, _MAX_HOPS)
        if isinstance(definition, External):
            if definition.name == "torch" and name == "torch":
                return definition  # `torch.torch` is torch
            return External(f"{definition.name}.{name}")
        if isinstance(definition, Class):
            if name in definition.functions:
                return definition.functions[name]
            if name in definition.inner:
                return definition.inner[name]
        return UNCERTAIN

    def definition(self, module: Module, node: ast.expr, enclosing: Function | None = None) -> Definition:
        """What an expression of names and attributes stands for at module level (inside ``enclosing``: its scope)."""
        chain = _chain(node)
        if chain is None:
            return UNCERTAIN
        while enclosing is not None:
            if chain[0] in enclosing.bound_names:
                return UNCERTAIN  # local names of a function are values of its run
            enclosing = enclosing.enclosing
        found = self.lookup(module, chain[0])
        for attribute in chain[1:]:
            found = self.attribute(found, attribute)
        return found

    def dotted(self, module: Module, node: ast.expr) -> str:
        """See :meth:`Module.dotted`."""
        if isinstance(node, ast.Call):
            node = node.func
        chain = _chain(node)
        if chain is None:
            return "?"
        found = self.lookup(module, chain[0])
        for attribute in chain[1:]:
            found = self.attribute(found, attribute)
        if isinstance(found, External):
            return found.name
        if isinstance(found, (Function, Class)):
            return f"{found.module.name}.{found.qualname}"
        if isinstance(found, Undefined) and chain[0] in ("torch", "property", "staticmethod", "classmethod"):
            return ".".join(chain)
        if isinstance(found, (Uncertain, Undefined)) and len(chain) > 1:
            return f"?.{chain[-1]}"
        return "?"


def _chain(node: ast.expr) -> list[str] | None:
    """``a.b.c`` as ``["a", "b", "c"]``, or None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return [node.id, *reversed(parts)]


def _is_foreign(name: str) -> bool:
    """torch's own modules, and numpy's, are the library's to know, even where their source lies in the program."""
    return name.partition(".")[0] in ("torch", "numpy")
