"""TorchScript classes: what of a class is compiled when it is used, and dataclasses.

Facts: ``get_jit_class_def``, ``get_class_properties`` and ``get_class_assigns`` of ``torch/jit/frontend.py``,
``torch/jit/_dataclass_impls.py``.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from types import BuiltinFunctionType
from typing import TYPE_CHECKING

from torchscript_lint.program import Class, External, Function, Value
from torchscript_lint.program.classes import DIFFERENTIABLE, is_module, lineage
from torchscript_lint.source.classbody import class_body_rejections
from torchscript_lint.source.lower import node_span

if TYPE_CHECKING:
    from torchscript_lint.script.session import Session

_DATACLASS = frozenset({"dataclasses.dataclass"})
_SCRIPT = frozenset({"torch.jit.script", "torch.jit._script.script"})
_TENSORS = frozenset({"torch.Tensor", "torch._tensor.Tensor", "torch.nn.Parameter", "torch.nn.parameter.Parameter"})
#: Classes outside of the program that add nothing to a class of which they are the base.
_PLAIN_BASES = frozenset(
    {"object", "abc.ABC", "typing.Generic", "typing_extensions.Generic", "typing.Protocol", "dict", "str", "int",
     "float", *DIFFERENTIABLE}
)  # fmt: skip


def class_kind(cls: Class) -> str:
    """What TorchScript takes a class for when a function or an annotation names it.

    ``can_compile_class`` of ``torch/_jit_internal.py`` and ``toSugaredValue`` of ``python_sugared_value.cpp``: what
    can be compiled is compiled from its own body alone; its bases are not looked at, but for the kinds that they
    make it of.

    Returns:
        ``module``, ``exception``, ``namedtuple``, ``enum``, ``interface``, ``tensor`` (a subclass, that annotations
        take for Tensor), ``builtin`` (a ``tuple``, a ``list``, or one with methods that have no code: a Python
        object), ``class`` (compiled when used) or ``unknown``.
    """
    module = is_module(cls)
    if module:
        return "module"
    if cls.enclosing is not None:
        return "unknown"
    line = lineage(cls)
    names = {entry.name for entry in line.classes if isinstance(entry, External)}
    if any(name in ("typing.NamedTuple", "typing_extensions.NamedTuple") for name in names):
        return "namedtuple"
    if any(name.startswith("enum.") for name in names):
        return "enum"
    if any(name.startswith("torch.jit.interface") or name == "torch.jit.interface" for name in cls.decorators):
        return "interface"
    if names & _TENSORS:
        return "tensor"
    if module is None:
        return "unknown"
    if any(_is_exception(name) for name in names):
        return "exception"
    if set(cls.decorators) - _SCRIPT or not line.complete or not _plain_metaclass(cls):
        return "unknown"
    if names & {"tuple", "list", "typing.Tuple", "typing.List"}:
        return "builtin"
    if names - _PLAIN_BASES:
        return "unknown"
    return _by_body(cls)


def _plain_metaclass(cls: Class) -> bool:
    """Whether no metaclass or class keyword may make something else of a class or of its bases."""
    for owner in lineage(cls).classes:
        if not isinstance(owner, Class):
            continue
        for keyword in owner.node.keywords:
            if keyword.arg != "metaclass":
                return False
            meta = owner.module.program.definition(owner.module, keyword.value, owner.enclosing)
            if isinstance(meta, External) and meta.name == "abc.ABCMeta":
                continue
            if not isinstance(meta, Class) or "__new__" in meta.functions or not lineage(meta).complete:
                return False
            if {base.name for base in lineage(meta).classes if isinstance(base, External)} - {"type", "abc.ABCMeta"}:
                return False
    return True


def _by_body(cls: Class) -> str:
    """``class``, unless something in its body is a function without code, which only Python can call."""
    program = cls.module.program
    kind = "class"
    for _, value in cls.assigns.values():
        if isinstance(value, ast.Call) and cls.module.dotted(value) in ("staticmethod", "classmethod"):
            return "unknown"
        if not isinstance(value, (ast.Name, ast.Attribute)):
            continue
        if isinstance(value, ast.Name) and (value.id in cls.functions or value.id in cls.assigns):
            continue
        found = program.definition(cls.module, value, cls.enclosing)
        if isinstance(found, External):
            if not _has_no_code(found.name):
                return "unknown"
            kind = "builtin"
        elif not isinstance(found, (Class, Function, Value)):
            return "unknown"
    return kind


def _has_no_code(name: str) -> bool:
    return "." not in name and isinstance(getattr(builtins, name, None), BuiltinFunctionType)


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, Exception)


def is_dataclass(cls: Class) -> bool:
    """Whether its decorators make it a dataclass."""
    return any(name in _DATACLASS for name in cls.decorators)


def is_unscripted_dataclass(cls: Class) -> bool:
    """Whether it is a plain dataclass whose ``__init__`` compiled code cannot use.

    Its ``__init__`` has no source, and is written for it only where the class itself is handed to
    ``torch.jit.script`` first.
    """
    if cls.decorators != ("dataclasses.dataclass",) or "__init__" in cls.functions:
        return False
    decorator = cls.node.decorator_list[0]
    if cls.node.bases or (isinstance(decorator, ast.Call) and decorator.keywords):
        return False
    text = cls.module.source.text
    return "script(" not in text or not re.search(rf"\bscript\(\s*(\w+\.)*{cls.name}\b", text)


def member(cls: Class, name: str) -> Function | None:
    """The method or property that instances of a compiled class have under a name.

    These are the methods of its own body, other names given to them there, and properties of its bases
    (``get_jit_class_def`` and ``get_class_properties`` of ``torch/jit/frontend.py``).
    """
    own = cls.functions.get(name)
    if own is not None:
        return own
    if name in cls.assigns:
        value = cls.assigns[name][1]
        return cls.functions.get(value.id) if isinstance(value, ast.Name) else None
    return next((function for key, function in _inherited_properties(cls) if key == name), None)


def _inherited_properties(cls: Class) -> Iterator[tuple[str, Function]]:
    """Of what the bases define, only properties are asked for (``get_class_properties`` goes by ``getmembers``)."""
    seen = set(cls.functions) | set(cls.assigns)
    for base in lineage(cls).classes[1:]:
        if isinstance(base, Class):
            for name, function in base.functions.items():
                if function.is_property and name not in seen:
                    yield name, function
            seen |= set(base.functions) | set(base.assigns)


def methods(session: Session, cls: Class, chain: tuple[str, ...]) -> Iterator[Function]:
    """The methods of its own body that are compiled with a class, called or not, without its ``__init__``.

    Static methods are functions of their own; ``@torch.jit.ignore`` does not keep a method of a class from
    being compiled; of an unused one only the signature is read.

    Args:
        session: the run.
        cls: the class.
        chain: qualified names from the entry point to it.
    """
    from torchscript_lint.script import entry  # it imports the session

    skipped = unused_properties(cls)
    for name, method in sorted(cls.functions.items()):
        if name == "__init__" or method.is_static or method.modifier == "drop":
            continue
        if method.is_property:
            if skipped is None or name in skipped or method.modifier == "unused":
                continue
            yield method
            if name in cls.setters:
                yield cls.setters[name]
        elif method.modifier == "unused":
            entry.unused(session, method, chain)
        else:
            yield method
    for name, inherited in _inherited_properties(cls):
        if skipped is not None and name not in skipped and inherited.modifier not in ("unused", "drop"):
            yield inherited


def unused_properties(cls: Class) -> frozenset[str] | None:
    """``__jit_unused_properties__``, by inheritance; None where the source does not tell all of it."""
    for owner in lineage(cls).classes:
        if not isinstance(owner, Class) or "__jit_unused_properties__" not in owner.assigns:
            continue
        value = owner.assigns["__jit_unused_properties__"][1]
        if not isinstance(value, (ast.List, ast.Tuple, ast.Set)):
            return None
        names = [item.value for item in value.elts if isinstance(item, ast.Constant)]
        return frozenset(map(str, names)) if len(names) == len(value.elts) else None
    return frozenset()


def body(session: Session, cls: Class, chain: tuple[str, ...]) -> None:
    """Report what the front end rejects in the assignments of a compiled class's body.

    Args:
        session: the run.
        cls: the class, or an enum.
        chain: qualified names from the entry point to it.
    """
    for rejection in class_body_rejections(cls.node):
        _report(session, rejection.rule, cls, rejection.span, rejection.detail, chain)
    if not is_dataclass(cls):
        return
    for node in cls.node.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
            words = {word.arg for word in node.value.keywords}
            if "default_factory" in words and cls.module.dotted(node.value) == "dataclasses.field":
                detail = {"name": ast.unparse(node.target)}
                _report(session, "dataclass-default-factory", cls, node_span(node), detail, chain)


def _report(
    session: Session,
    rule: str,
    cls: Class,
    span: tuple[int, int, int, int],
    detail: dict[str, str],
    chain: tuple[str, ...],
) -> None:
    session.report(rule, cls.module, span, detail, target=cls.qualname, chain=(*chain, cls.qualname))
