"""After an ``if``: which variables are there, and of which types (``emitIfElseBlocks`` of ``ir_emitter.cpp``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.script.scope import Frame
from torchscript_lint.script.values import Simple, is_unknown
from torchscript_lint.source import tree
from torchscript_lint.types.model import NUMBER, UNKNOWN, OptionalType, Type, UnionType
from torchscript_lint.types.relations import unify

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def join(ck: Checker, true: Frame, false: Frame, node: tree.Node) -> None:
    """Bring the variables of two branches together in the current frame.

    Args:
        ck: the checker, in the enclosing frame.
        true, false: the branches' frames.
        node: the ``if``.
    """
    if true.exits and false.exits:
        return
    outer = ck.frame
    mutated: list[str] = []
    for frame, other, branch in ((true, false, "false"), (false, true, "true")):
        for name in frame.types:
            if name in mutated:
                continue
            if other.find(name) is not None or other.exits:
                mutated.append(name)
            else:
                # If the branch that binds it leaves the function, it is not there afterwards either.
                _keep(ck, name, {"rule": "undefined-in-branch", "name": name, "branch": branch, "line": str(node.line)})
    for name in sorted(mutated):
        if true.exits:
            type_ = _type_in(false, name)
        elif false.exits:
            type_ = _type_in(true, name)
        else:
            type_ = _unified(ck, name, true, false, node)
        if type_ is not None:
            outer.types[name] = type_
            outer.values.pop(name, None)
    # Values that are no first-class ones (functions, modules) go with the block that bound them.
    for frame, other in ((true, false), (false, true)):
        for name, value in frame.values.items():
            if name in outer.types or name in outer.values:
                continue
            if is_unknown(value) and (other.exits or other.find(name) is not None):
                outer.types[name] = UNKNOWN


def _type_in(frame: Frame, name: str) -> Type | None:
    found = frame.find(name)
    return found.type if isinstance(found, Simple) else None


def _unified(ck: Checker, name: str, true: Frame, false: Frame, node: tree.Node) -> Type | None:
    in_true, in_false = _type_in(true, name), _type_in(false, name)
    if in_true is None or in_false is None:
        return UNKNOWN
    declared = ck.frame.find(name)
    full = declared.type if isinstance(declared, Simple) else None
    to_union = isinstance(full, (UnionType, OptionalType)) or full is NUMBER
    unified = unify(in_true, in_false, to_union=to_union)
    if unified is not None:
        return unified
    detail = {"name": name, "true": str(in_true), "false": str(in_false)}
    if full is not None:
        ck.report("branch-types", node, **detail)
        return UNKNOWN
    _keep(ck, name, {"rule": "branch-types-used", **detail})
    return None


def _keep(ck: Checker, name: str, detail: dict[str, str]) -> None:
    """Why a variable isn't there, for who uses it: uncertain where the compiler may leave a branch of this `if` out."""
    ck.frame.errors[name] = (detail, ck.uncertain > 0)
