"""Forward hooks that ``__init__`` registers, on the instance or on modules that it holds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchscript_lint.program.classes import lineage
from torchscript_lint.program.definitions import Class, External, Function
from torchscript_lint.program.instances.model import Hook
from torchscript_lint.program.instances.state import Hooked
from torchscript_lint.program.instances.values import (
    Bound,
    Callee,
    Local,
    ModuleValue,
    Object,
    Opaque,
    Partial,
    Self,
    Value,
)
from torchscript_lint.source.walk import walk

if TYPE_CHECKING:
    from torchscript_lint.program.instances.calls import Args
    from torchscript_lint.program.instances.run import Run

#: Methods of ``nn.Module`` whose hooks are compiled: whether each makes a pre-hook. Others are left as they are.
REGISTERS = {"register_forward_hook": False, "register_forward_pre_hook": True}
#: Functions of ``torch.nn.utils`` that register a pre-hook: the class of what they register.
UTILITIES = {"weight_norm": "WeightNorm", "spectral_norm": "SpectralNorm"}
#: What takes hooks away again.
_REMOVES = frozenset({"remove", "_forward_hooks", "_forward_pre_hooks"})


def register(run: Run, target: Value, method: str, args: Args, node: ast.Call) -> Value:
    """``target.register_forward_hook(hook)``."""
    hook = args.get(0, "hook")
    if hook is not None:
        add(run, target, hook, node, pre=REGISTERS[method])
    return Opaque("torch.utils.hooks.RemovableHandle")


def add(run: Run, target: Value, hook: Value, node: ast.Call, *, pre: bool) -> None:
    """Note a hook on a module."""
    run.particular()
    key = (id(node), target.idents)
    run.state.hooks[key] = Hooked(target, hook, pre, run.frame.module, run.frame.owner, node)


def hooks_of(run: Run) -> tuple[Hook, ...]:
    """The hooks that a run has registered, in their order."""
    if not run.state.hooks:
        return ()
    removed = _removed(run.cls)
    return tuple(_hook(run, hooked, removed) for hooked in run.state.hooks.values())


def _removed(cls: Class) -> bool:
    """Whether some method of the class, or a function beside it, may take hooks away before it is compiled."""
    for entry in lineage(cls).classes:
        if isinstance(entry, Class):
            if any(f"remove_{name}" in entry.module.source.text for name in UTILITIES):
                return True
            for node in walk(entry.node):
                name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
                if name in _REMOVES:
                    return True
    return False


def _hook(run: Run, hooked: Hooked, removed: bool) -> Hook:
    target, value = hooked.target, hooked.hook
    cls: Class | External | None = None
    if isinstance(target, Self):
        cls = run.cls
    elif isinstance(target, ModuleValue):
        cls = target.cls
    return Hook(
        hooked.pre, isinstance(target, Self), target.idents, cls, hooked.node, hooked.module, hooked.owner,
        function=_function(run, value),
        anonymous=value.node if isinstance(value, Local) and isinstance(value.node, ast.Lambda) else None,
        python_type=_python_type(value),
        certain=hooked.always and value.certain and target.certain and not removed and not run.state.dead,
    )  # fmt: skip


def _function(run: Run, value: Value) -> Function | None:
    found: object = None
    if isinstance(value, Callee):
        found = value.definition
    elif isinstance(value, Bound):
        found = run.class_function(value.name)
    elif isinstance(value, Local) and not isinstance(value.node, ast.Lambda):
        maker = value.owner.functions.get(getattr(value.maker, "name", "")) if value.owner is not None else None
        if maker is None or maker.node is not value.maker:
            known = value.module.definition_of(value.maker) if value.maker is not None else None
            maker = known if isinstance(known, Function) else None
        if maker is not None:
            return Function(value.module, value.node, f"{maker.qualname}.<locals>.{value.node.name}", None, maker)
    return found if isinstance(found, Function) and not found.is_classmethod else None


def _python_type(value: Value) -> str:
    """Of an object that can be called and is no function, the name of its type."""
    if isinstance(value, Partial):
        return "functools.partial"
    if isinstance(value, Opaque):
        return value.name
    if isinstance(value, Object) and _is_plain(value.cls):
        return value.cls.name
    if isinstance(value, ModuleValue) and value.cls is not None:
        return value.cls.name.rpartition(".")[2]
    return ""


def _is_plain(cls: Class) -> bool:
    """Whether the instances have no ``__name__``, for all the source tells."""
    line = lineage(cls)
    if not line.complete or any(isinstance(entry, External) and entry.name != "object" for entry in line.classes):
        return False
    text = " ".join(ast.unparse(entry.node) for entry in line.classes if isinstance(entry, Class))
    return not any(name in text for name in ("__name__", "__getattr__", "__getattribute__", "update_wrapper"))
