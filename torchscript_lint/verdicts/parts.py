"""Who holds whom: the submodules of a class, from what its instances hold."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from torchscript_lint.program import Class, External
from torchscript_lint.program.instances import Attribute, Instance
from torchscript_lint.program.instances.torch_modules import library_module
from torchscript_lint.verdicts.model import Part

CONTAINERS = ("ModuleList", "ModuleDict", "Sequential")


@dataclass(frozen=True, slots=True)
class Held:
    """One class that is held, in one place.

    Attributes:
        name: dotted, from the holder: ``encoder``, ``blocks.0``.
        cls: the class; None if it is unknown.
        certain: whether every instance holds it there.
        path, row: where it is set.
    """

    name: str
    cls: Class | External | None
    certain: bool
    path: str
    row: int


def held(instance: Instance) -> Iterator[Held]:
    """What an instance holds, the members of containers one by one, without the parts of parts."""
    for name, attribute in instance.attributes.items():
        yield from _held(attribute, name, True)


def _held(attribute: Attribute, name: str, certain: bool) -> Iterator[Held]:
    if attribute.alternatives:
        for part in attribute.alternatives:
            yield from _held(part, name, False)
        return
    if attribute.kind != "module" or attribute.ignored:
        return
    certain = certain and attribute.always and attribute.certain
    row = attribute.node.lineno if isinstance(attribute.node, (ast.stmt, ast.expr)) else 1
    yield Held(name, attribute.cls, certain, attribute.module.path, row)
    for element in attribute.elements or ():
        yield from _held(element, f"{name}.{element.name}", certain)
    if attribute.element is not None:
        # Their number is not known; it may be none, though hardly in a model that is used.
        yield from _held(attribute.element, f"{name}.*", certain)


def parts(instance: Instance, place: Callable[[Class], int | None]) -> tuple[Part, ...]:
    """The parts as a tree: containers with their members, equal neighbours as one.

    Args:
        instance: what is held.
        place: where a class's verdict is.
    """
    made = [_part(attribute, name, place) for name, attribute in instance.attributes.items()]
    return tuple(part for part in made if part is not None)


def _part(attribute: Attribute, name: str, place: Callable[[Class], int | None]) -> Part | None:
    if attribute.alternatives:
        # Each of what it may be, unless it is no module at all.
        several = [_part(part, name, place) for part in attribute.alternatives]
        modules = [part for part in several if part is not None]
        if len(modules) > 1:
            return Part(name, "", "one of", certain=False, parts=tuple(modules))
        return replace(modules[0], certain=False) if modules else None
    if attribute.kind != "module":
        return None
    certain = attribute.always and attribute.certain
    cls = attribute.cls
    if isinstance(cls, Class):
        return Part(name, cls.qualname, module=place(cls), certain=certain)
    if cls is None:
        return Part(name, "", certain=False)
    last = cls.name.rpartition(".")[2]
    known = library_module(cls.name)
    shown = f"nn.{last}" if cls.name.startswith("torch.nn.") else cls.name
    if known is None or last not in CONTAINERS:
        return Part(name, shown, certain=certain, scripts=known.scripts if known is not None else None)
    members = [_part(element, element.name, place) for element in attribute.elements or ()]
    if attribute.element is not None:
        member = _part(attribute.element, "*", place)
        members.append(replace(member, count=None) if member is not None else None)
    inner = tuple(_grouped([member for member in members if member is not None]))
    return Part(name, shown, last, certain=certain, parts=inner)


def _grouped(members: list[Part]) -> Iterator[Part]:
    """Neighbours that differ in their names only, as one: ``0…11``."""
    start = 0
    for end in range(1, len(members) + 1):
        if end < len(members) and replace(members[end], name="") == replace(members[start], name=""):
            continue
        first = members[start]
        if end - start > 1:
            first = replace(first, name=f"{first.name}…{members[end - 1].name}", count=end - start)
        yield first
        start = end
