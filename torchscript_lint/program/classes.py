"""Classes across files: bases, what kind of class TorchScript takes it for, methods by inheritance."""

from __future__ import annotations

import builtins
import sys

from torchscript_lint.plain import dataclass
from torchscript_lint.program.definitions import Class, Definition, External, Function
from torchscript_lint.program.once import once

_MODULE_ROOTS = frozenset(
    {
        "torch.nn.Module",
        "torch.nn.modules.Module",
        "torch.nn.modules.module.Module",
        "torch.jit.ScriptModule",
        "torch.jit._script.ScriptModule",
        "lightning.LightningModule",
        "lightning.pytorch.LightningModule",
        "pytorch_lightning.LightningModule",
    }
)
#: Public names of ``torch.nn`` that are classes but no modules.
_NOT_MODULES = frozenset({"Parameter", "Buffer", "UninitializedParameter", "UninitializedBuffer", "DataParallel"})


@dataclass(frozen=True)
class Lineage:
    """A class and its bases, nearest first.

    Attributes:
        classes: classes of the program and names outside of it, in an approximation of the method resolution order.
        complete: whether every base is known by name (a base that is not may add anything).
    """

    classes: tuple[Class | External, ...]
    complete: bool


@once
def lineage(cls: Class) -> Lineage:
    """The class and its bases, depth first, each once (its last occurrence, as Python's linearisation has it)."""
    order: list[Class | External] = []
    complete = True

    def visit(current: Definition, path: tuple[Class, ...]) -> None:
        nonlocal complete
        if isinstance(current, Class):
            if current in path:
                complete = False
                return
            order.append(current)
            for base in current.bases:
                visit(base, (*path, current))
        elif isinstance(current, External):
            order.append(current)
        else:
            complete = False

    visit(cls, ())
    unique: list[Class | External] = []
    seen: set[object] = set()
    for entry in reversed(order):
        key = entry.name if isinstance(entry, External) else entry
        if key not in seen:
            seen.add(key)
            unique.append(entry)
    return Lineage(tuple(reversed(unique)), complete)


def is_module_name(name: str) -> bool:
    """Whether a name outside the program is ``nn.Module`` or one of torch's subclasses of it."""
    if name in _MODULE_ROOTS:
        return True
    prefix, _, last = name.rpartition(".")
    if not last.lstrip("_")[:1].isupper() or last in _NOT_MODULES:
        return False
    return prefix == "torch.nn" or prefix.startswith(("torch.nn.modules", "torch.ao.nn", "torch.nn.intrinsic"))


@once
def is_module(cls: Class) -> bool | None:
    """Whether the class is an ``nn.Module``: True, False, or None where an unknown base leaves it open."""
    line = lineage(cls)
    if any(isinstance(base, External) and is_module_name(base.name) for base in line.classes):
        return True
    if not line.complete:
        return None
    foreign = [base for base in line.classes if isinstance(base, External) and not _is_standard(base.name)]
    if any(base.name.split(".")[-1].endswith(("Module", "Model", "Layer")) for base in foreign):
        return None
    return None if any(not base.name.startswith("torch.") for base in foreign) else False


def _is_standard(name: str) -> bool:
    """Whether a name outside the program is one of Python's own: a builtin, or of the standard library."""
    top, dot, _ = name.partition(".")
    return top in sys.stdlib_module_names if dot else hasattr(builtins, name)


#: Names of the base of user-defined differentiable functions.
DIFFERENTIABLE = frozenset({"torch.autograd.Function", "torch.autograd.function.Function"})


def is_differentiable(cls: Class) -> bool:
    """Whether it is a ``torch.autograd.Function``, whose ``apply`` stays in Python."""
    return any(isinstance(entry, External) and entry.name in DIFFERENTIABLE for entry in lineage(cls).classes)


def method(cls: Class, name: str) -> Function | External | None:
    """The method of this name by inheritance; External (``torch.nn.Conv2d.forward``) if a base outside may have it.

    A base outside the program is asked only through the library, so the answer there is "maybe".
    """
    for entry in lineage(cls).classes:
        if isinstance(entry, External):
            if entry.name not in ("object", "abc.ABC", "typing.Generic", "typing.Protocol"):
                return External(f"{entry.name}.{name}")
        elif name in entry.functions:
            return entry.functions[name]
    return None
