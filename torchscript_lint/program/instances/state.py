"""What is known at one point of ``__init__``: local names, and the attributes of ``self`` set so far."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import field

from torchscript_lint.plain import dataclass, replace
from torchscript_lint.program.definitions import Class
from torchscript_lint.program.instances.values import (
    UNKNOWN_VALUE,
    Alternatives,
    Map,
    ModuleValue,
    Scalar,
    Seq,
    Value,
    is_none,
    join,
    join_all,
)
from torchscript_lint.program.module import Module


@dataclass(frozen=True)
class Slot:
    """One attribute of ``self``.

    ``place`` is where ``nn.Module`` keeps it: ``dict``, ``parameter``, ``buffer``, ``module``, or ``open``.
    """

    value: Value
    place: str
    module: Module
    node: ast.AST | None = field(default=None, compare=False)
    always: bool = True


@dataclass(frozen=True)
class Hooked:
    """One call of ``register_forward_hook`` (``pre``: ``register_forward_pre_hook``).

    ``target`` is the module that gets it: ``self`` or another; ``owner`` the class whose code registers it.
    """

    target: Value
    hook: Value
    pre: bool
    module: Module
    owner: Class | None
    node: ast.Call = field(compare=False)
    always: bool = True


@dataclass
class State:
    """The knowledge at one point.

    Attributes:
        scopes: local names of the running functions, outermost first.
        slots: attributes of ``self``, in the order in which they were first set.
        hooks: forward hooks registered so far, each by its call and the module that gets it.
        initialised: whether ``nn.Module.__init__`` has run; None where paths differ.
        dead: whether this point cannot be reached.
    """

    scopes: list[dict[str, Value]] = field(default_factory=list)
    slots: dict[str, Slot] = field(default_factory=dict)
    initialised: bool | None = False
    dead: bool = False
    hooks: dict[object, Hooked] = field(default_factory=dict)

    def copy(self) -> State:
        """A copy that can go its own way (values are immutable)."""
        scopes = [scope.copy() for scope in self.scopes]
        return State(scopes, dict(self.slots), self.initialised, self.dead, dict(self.hooks))

    def become(self, other: State) -> None:
        """Take over the knowledge of another state."""
        self.scopes, self.slots = other.scopes, other.slots
        self.initialised, self.dead = other.initialised, other.dead
        self.hooks = other.hooks

    def change(self, old: Value, new: Value) -> None:
        """Let every name and attribute that holds ``old``, an object changed in place, hold ``new``."""
        idents = old.idents
        if not idents:
            return
        exact = len(idents) == 1

        def updated(value: Value) -> Value:
            if not (value.idents & idents):
                return value
            if exact and value.idents == idents:
                return new
            return replace(join(value, new), idents=value.idents)

        self.rewrite(updated)

    def rewrite(self, change: Callable[[Value], Value]) -> None:
        """Put every value held by a name, an attribute or a container through ``change``."""
        for scope in self.scopes:
            for name, value in scope.items():
                scope[name] = _deep(value, change)
        for name, slot in self.slots.items():
            found = _deep(slot.value, change)
            if found is not slot.value:
                self.slots[name] = replace(slot, value=found)


def _deep(value: Value, change: Callable[[Value], Value], depth: int = 3) -> Value:
    found = change(value)
    if found is not value or depth == 0:
        return found
    if isinstance(value, (Seq, ModuleValue)) and value.items is not None and value.items:
        items = tuple(_deep(item, change, depth - 1) for item in value.items)
        if any(a is not b for a, b in zip(items, value.items, strict=True)):
            return replace(value, items=items)
    elif isinstance(value, Map) and value.items is not None and value.items:
        pairs = tuple((key, _deep(item, change, depth - 1)) for key, item in value.items)
        if any(a[1] is not b[1] for a, b in zip(pairs, value.items, strict=True)):
            return replace(value, items=pairs)
    elif isinstance(value, (Seq, ModuleValue)) and value.items is None:
        # It stands for many members, of which one has changed.
        element = _deep(value.element, change, depth - 1)
        if element is not value.element:
            return replace(value, element=join(value.element, element))
    elif isinstance(value, Map) and value.items is None:
        changed = _deep(value.value, change, depth - 1)
        if changed is not value.value:
            return replace(value, value=join(value.value, changed))
    elif isinstance(value, Alternatives):
        parts = [_deep(part, change, depth - 1) for part in value.parts]
        if any(a is not b for a, b in zip(parts, value.parts, strict=True)):
            return join_all(parts)
    return value


def join_states(left: State, right: State) -> State:
    """What is known where two paths meet."""
    if left.dead:
        return right
    if right.dead:
        return left
    # Most of it is the same object on both sides: only what differs is looked at.
    scopes = []
    for mine, other in zip(left.scopes, right.scopes, strict=True):
        scope = dict(mine)
        for name, b in other.items():
            a = mine.get(name)
            if a is not b:
                scope[name] = join(a, b) if a is not None else UNKNOWN_VALUE
        if len(scope) != len(other):
            scope.update((name, UNKNOWN_VALUE) for name in mine if name not in other)
        scopes.append(scope)
    slots = dict(left.slots)
    for name, second in right.slots.items():
        first = slots.get(name)
        if first is second:
            continue
        if first is None:
            slots[name] = replace(second, always=False)
        elif first != second or first.node is not second.node:
            slots[name] = _join_slots(first, second)
    if len(slots) != len(right.slots):
        slots.update(
            (name, replace(slot, always=False)) for name, slot in left.slots.items() if name not in right.slots
        )
    initialised = left.initialised if left.initialised == right.initialised else None
    hooks: dict[object, Hooked] = {}
    for key in [*left.hooks, *(key for key in right.hooks if key not in left.hooks)]:
        hooks[key] = left.hooks.get(key) or right.hooks[key]
        if not (key in left.hooks and key in right.hooks and right.hooks[key].always):
            hooks[key] = replace(hooks[key], always=False)
    return State(scopes, slots, initialised, hooks=hooks)


def _join_slots(left: Slot, right: Slot) -> Slot:
    place = left.place if left.place == right.place else "open"
    return Slot(
        join(left.value, right.value),
        place,
        right.module,
        right.node or left.node,
        left.always and right.always,
    )


def place_of(value: Value, old: Slot | None) -> str:
    """Where ``nn.Module.__setattr__`` puts a value (``torch/nn/modules/module.py``)."""
    if isinstance(value, Scalar):
        if value.tag in ("parameter", "lazy"):
            return "parameter"
        if value.tag == "buffer":
            return "buffer"
    if isinstance(value, ModuleValue):
        return "module"
    if isinstance(value, Alternatives):
        places = {place_of(part, None) for part in value.parts if is_none(part) is not True}
        if len(places) == 1:
            place = places.pop()
            return place if place != "dict" or old is None else place_of(value.parts[0], old)
        return "open"
    if old is not None and old.place in ("parameter", "module", "buffer"):
        if is_none(value) is True:
            return old.place
        if old.place == "buffer" and isinstance(value, Scalar) and value.tag == "tensor":
            return "buffer"
    if type(value).__name__ == "Unknown":
        return "open"
    return "dict"
