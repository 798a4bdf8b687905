"""TorchScript classes: what of a class is compiled when it is used, and dataclasses.

Facts: ``get_jit_class_def``, ``get_class_properties`` and ``get_class_assigns`` of ``torch/jit/frontend.py``,
``torch/jit/_dataclass_impls.py``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchscript_lint.program import Class, Function
from torchscript_lint.source.classbody import class_body_rejections
from torchscript_lint.source.lower import node_span

if TYPE_CHECKING:
    from torchscript_lint.script.session import Session

_DATACLASS = frozenset({"dataclasses.dataclass"})


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
    return not re.search(rf"\bscript\(\s*(\w+\.)*{cls.name}\b", cls.module.source.text)


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


def unused_properties(cls: Class) -> frozenset[str] | None:
    """``__jit_unused_properties__`` of a class's own body; None where the source does not tell all of it."""
    if "__jit_unused_properties__" not in cls.assigns:
        return frozenset()
    value = cls.assigns["__jit_unused_properties__"][1]
    if not isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        return None
    names = [item.value for item in value.elts if isinstance(item, ast.Constant)]
    return frozenset(map(str, names)) if len(names) == len(value.elts) else None


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
