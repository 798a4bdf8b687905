"""One file: its names, functions and classes."""

from __future__ import annotations

import ast
import os
from functools import cached_property
from typing import TYPE_CHECKING

from torchscript_lint.program.definitions import OVERLOAD_NAMES, Class, Function, is_overload
from torchscript_lint.source.text import SourceText

if TYPE_CHECKING:
    from torchscript_lint.program.program import Program


class Binding:
    """One way in which a module-level statement binds a name.

    ``kind`` is ``function``, ``class``, ``import``, ``from``, ``assign`` or ``other``; ``where`` is how its statement
    is guarded: ``""``, ``type-checking``, ``try``, ``handler``, ``branch``. ``unpacked``: the call of whose result the
    name is one part, and which.
    """

    __slots__ = ("annotation", "kind", "level", "name", "node", "source", "unpacked", "value", "where")

    def __init__(
        self,
        kind: str,
        where: str,
        node: ast.AST,
        *,
        source: str = "",
        name: str = "",
        level: int = 0,
        value: ast.expr | None = None,
        annotation: ast.expr | None = None,
        unpacked: tuple[ast.Call, int] | None = None,
    ) -> None:
        self.unpacked = unpacked
        self.kind = kind
        self.where = where
        self.node = node
        self.source = source
        self.name = name
        self.level = level
        self.value = value
        self.annotation = annotation


class Module:
    """A file of the program.

    Attributes:
        program: the program it belongs to.
        source: its text.
        path: as it was given.
        name: dotted, by the ``__init__.py`` files above it.
        is_package: whether it is an ``__init__.py``.
        overload_names: what torch's overload decorators are called here.
    """

    def __init__(self, program: Program, source: SourceText) -> None:
        self.program = program
        self.source = source
        self.path = source.path
        self.name, self.is_package, self.root = dotted_name(source.path)
        self.tree = source.parse()
        self.bindings: dict[str, list[Binding]] = {}
        self.stars: list[tuple[str, int]] = []
        self.functions: dict[str, Function] = {}
        self.overloads: dict[str, list[Function]] = {}
        self.overload_names = set(OVERLOAD_NAMES)
        self.classes: dict[str, Class] = {}
        self.future_annotations = False
        self._definitions: dict[int, Function | Class] = {}
        self._scan(self.tree.body, "")

    def __repr__(self) -> str:
        return f"<module {self.name}>"

    # --- names -----------------------------------------------------------------------------------

    def _bind(self, name: str, binding: Binding) -> None:
        self.bindings.setdefault(name, []).append(binding)

    def _scan(self, body: list[ast.stmt], where: str) -> None:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                function = Function(self, node, node.name)
                self._definitions[id(node)] = function
                if is_overload(node, self.overload_names):
                    self.overloads.setdefault(node.name, []).append(function)
                    self._bind(node.name, Binding("other", where, node))
                    continue
                self.functions[node.name] = function
                self._bind(node.name, Binding("function", where, node))
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = class_ = Class(self, node, node.name)
                self._definitions[id(node)] = class_
                self._bind(node.name, Binding("class", where, node))
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    source = alias.name if alias.asname else name
                    self._bind(name, Binding("import", where, node, source=source))
            elif isinstance(node, ast.ImportFrom):
                self._scan_from(node, where)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    self._scan_target(target, node, node.value, where)
            elif isinstance(node, ast.AnnAssign):
                if isinstance(node.target, ast.Name) and node.value is not None:
                    binding = Binding("assign", where, node, value=node.value, annotation=node.annotation)
                    self._bind(node.target.id, binding)
            elif isinstance(node, ast.AugAssign):
                self._scan_target(node.target, node, None, where)
            else:
                self._scan_compound(node, where)

    def _scan_from(self, node: ast.ImportFrom, where: str) -> None:
        source = node.module or ""
        if source == "__future__":
            self.future_annotations |= any(alias.name == "annotations" for alias in node.names)
        for alias in node.names:
            if alias.name == "*":
                if where != "type-checking":
                    self.stars.append((source, node.level))
                continue
            if alias.name in OVERLOAD_NAMES and where != "type-checking":
                self.overload_names.add(alias.asname or alias.name)
            binding = Binding("from", where, node, source=source, name=alias.name, level=node.level)
            self._bind(alias.asname or alias.name, binding)

    def _scan_target(self, target: ast.expr, node: ast.AST, value: ast.expr | None, where: str) -> None:
        if isinstance(target, ast.Name):
            kind = "assign" if value is not None else "other"
            self._bind(target.id, Binding(kind, where, node, value=value))
        elif isinstance(target, (ast.Tuple, ast.List)):
            values: list[ast.expr | None] = [None] * len(target.elts)
            starred = any(isinstance(item, ast.Starred) for item in target.elts)
            if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts) and not starred:
                values = list(value.elts)
            for index, (item, part) in enumerate(zip(target.elts, values, strict=True)):
                if isinstance(value, ast.Call) and isinstance(item, ast.Name) and not starred:
                    self._bind(item.id, Binding("other", where, node, unpacked=(value, index)))
                else:
                    self._scan_target(item, node, part, where)
        elif isinstance(target, ast.Starred):
            self._scan_target(target.value, node, None, where)

    def _scan_compound(self, node: ast.stmt, where: str) -> None:
        if isinstance(node, ast.If):
            body, orelse = _branches(node.test, where)
            if body is not None:
                self._scan(node.body, body)
            if orelse is not None:
                self._scan(node.orelse, orelse)
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            self._scan(getattr(node, "body", []), where or "try")
            self._scan(getattr(node, "orelse", []), where or "try")
            for handler in getattr(node, "handlers", []):
                self._scan(handler.body, "handler")
            self._scan(getattr(node, "finalbody", []), where)
        elif isinstance(node, ast.With):
            for item in node.items:
                if item.optional_vars is not None:
                    self._scan_target(item.optional_vars, node, None, where)
            self._scan(node.body, where)
        elif isinstance(node, (ast.For, ast.While)):
            if isinstance(node, ast.For):
                self._scan_target(node.target, node, None, where)
            self._scan(node.body, "branch")
            self._scan(node.orelse, "branch")
        elif type(node).__name__ == "Match":
            for case in getattr(node, "cases", []):
                self._scan(case.body, "branch")

    def binding(self, name: str) -> Binding | None:
        """The binding that holds after the file has run; None if there is none.

        A binding of kind ``other`` stands for one the source does not settle.
        """
        found = [binding for binding in self.bindings.get(name, ()) if binding.where != "type-checking"]
        if not found:
            return None
        last = found[-1]
        if len(found) == 1 or last.where == "":
            return last
        # In a `try` that imports, the body is what happens where all dependencies are there.
        outside = [binding for binding in found if binding.where != "handler"]
        if len(outside) == 1:
            return outside[0]
        if outside and outside[-1].where in ("", "try"):
            return outside[-1]
        return Binding("other", "branch", last.node)

    @cached_property
    def _all(self) -> frozenset[str] | None:
        """The names in a literal ``__all__``; None where there is none, or where it is not known."""
        found = self.bindings.get("__all__", ())
        value = found[0].value if len(found) == 1 else None
        items = value.elts if isinstance(value, (ast.List, ast.Tuple)) else None
        if items is None or not all(isinstance(item, ast.Constant) for item in items):
            return None
        return frozenset(str(item.value) for item in items if isinstance(item, ast.Constant))

    def exports(self, name: str) -> bool:
        """Whether ``from module import *`` takes a name along, if the file binds it."""
        return name in self._all if self._all is not None else not name.startswith("_")

    @cached_property
    def has_getattr(self) -> bool:
        """Whether the module makes attributes up (a module-level ``__getattr__``)."""
        return "__getattr__" in self.bindings

    def definition_of(self, node: ast.AST) -> Function | Class | None:
        """The record of a module-level function or class."""
        return self._definitions.get(id(node))

    def dotted(self, node: ast.expr) -> str:
        """The dotted name an expression stands for, imports resolved; of a call, its callee's; ``?`` if it has none.

        ``@jit.ignore`` after ``from torch import jit`` is ``torch.jit.ignore``; a name of the program is
        ``module.qualname``; a builtin is its own name.
        """
        return self.program.dotted(self, node)


def _branches(test: ast.expr, where: str) -> tuple[str | None, str | None]:
    """How the branches of a module-level ``if`` are guarded; None for one that never runs."""
    text = ast.unparse(test)
    if text in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"):
        return "type-checking", where
    if text.startswith("sys.version_info >") and "," in text:
        # Python 3.10 is the oldest there is.
        return where, None
    if text.startswith("sys.version_info <") and "," in text:
        return None, where
    if text.startswith("__name__ =="):
        return None, None
    return where or "branch", where or "branch"


def dotted_name(path: str) -> tuple[str, bool, str]:
    """The dotted name of a file, whether it is a package, and the directory above its top package."""
    full = os.path.abspath(path)
    directory, file = os.path.split(full)
    stem = os.path.splitext(file)[0]
    is_package = stem == "__init__"
    parts = [] if is_package else [stem]
    while os.path.exists(os.path.join(directory, "__init__.py")):
        directory, package = os.path.split(directory)
        parts.insert(0, package)
        if not package:
            break
    return ".".join(parts) or stem, is_package, directory
