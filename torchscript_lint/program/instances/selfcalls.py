"""Methods that ``self`` has from ``nn.Module`` and its containers, and their ``__init__``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchscript_lint.program.classes import is_module_name
from torchscript_lint.program.instances.hooks import REGISTERS, register
from torchscript_lint.program.instances.iterate import iterate
from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.torch_modules import library_values
from torchscript_lint.program.instances.values import (
    NONE_VALUE,
    SOME_MODULE,
    STR,
    TENSOR,
    UNKNOWN_VALUE,
    Const,
    Map,
    Scalar,
    Self,
    Seq,
    Unknown,
    Value,
)
from torchscript_lint.program.instances.words import words

if TYPE_CHECKING:
    from torchscript_lint.program.instances.calls import Args

#: The names of ``nn.Module`` itself.
ROOTS = frozenset({"torch.nn.Module", "torch.nn.modules.Module", "torch.nn.modules.module.Module"})
#: Module containers: what an instance's iterable kind is.
CONTAINERS = {
    "ModuleList": "list", "Sequential": "list", "ModuleDict": "dict", "ParameterList": "paramlist",
    "ParameterDict": "paramdict",
}  # fmt: skip
#: Methods of ``nn.Module`` that give the module itself.
_FLUENT = words(
    """
    apply to cuda cpu half float double bfloat16 train eval requires_grad_ type share_memory to_empty xpu
    ipu
    """
)


def container_name(name: str) -> str:
    """``Sequential`` for ``torch.nn.Sequential`` and so on; empty for other names."""
    last = name.split(".")[-1]
    return last if last in CONTAINERS and name.startswith("torch.nn.") else ""


def external_init(run: Run, name: str, args: Args, node: ast.AST | None) -> None:
    """``__init__`` of a base outside the program."""
    if name in ROOTS:
        run.state.initialised = True
        return
    kind = container_name(name)
    if kind:
        run.state.initialised = True
        run.container = CONTAINERS[kind]
        fill(run, kind, args, node)
        return
    if is_module_name(name):
        run.state.initialised = True
        if not library_slots(run, name, node):
            run.loose()
        return
    run.state.initialised = None
    run.loose()
    run.loose_if_self(iter(args.all()))


def library_slots(run: Run, name: str, node: ast.AST | None) -> bool:
    """Add the attributes that a module of torch's own library has; False if there may be others."""
    found = library_values(name)
    if found is None:
        return False
    for key, (value, place) in found[0].items():
        run.set_attribute(key, value, node, place)
    return found[1]


def fill(run: Run, kind: str, args: Args, node: ast.AST | None) -> None:
    """The members that a container's ``__init__`` adds to ``self``."""
    if args.rest is not None or args.open:
        run.loose()
        return
    if kind == "Sequential":
        if len(args.values) == 1 and isinstance(args.values[0], Map):
            _add_pairs(run, args.values[0], node)
            return
        for index, value in enumerate(args.values):
            run.set_attribute(str(index), value, node, "module")
        return
    given = args.get(0, {"ModuleList": "modules", "ModuleDict": "modules"}.get(kind, "parameters"))
    if given is None or (isinstance(given, Const) and given.value is None):
        return
    if kind in ("ModuleDict", "ParameterDict"):
        if isinstance(given, Map):
            _add_pairs(run, given, node)
        else:
            run.loose()
        return
    found = iterate(run, given)
    if found.items is None or not found.certain:
        run.loose()
        return
    for index, value in enumerate(found.items):
        place = "module" if kind == "ModuleList" else "parameter"
        run.set_attribute(str(index), value, node, place)


def _add_pairs(run: Run, pairs: Map, node: ast.AST | None) -> None:
    if pairs.items is None or not pairs.certain:
        run.loose()
        return
    for key, value in pairs.items:
        run.set_attribute(str(key.value), value, node)


def module_method(run: Run, name: str, args: Args, node: ast.Call) -> Value:
    """``self.name(...)`` for a method of a base outside the program."""
    base, _, last = name.rpartition(".")
    if base not in ROOTS and not is_module_name(base):
        run.loose()
        run.loose_if_self(iter(args.all()))
        return UNKNOWN_VALUE
    if last in ("register_buffer", "register_parameter", "register_module", "add_module"):
        return _register(run, last, args, node)
    if last in REGISTERS:
        return register(run, Self(), last, args, node)
    if last in _FLUENT:
        return Self()
    if last in ("parameters", "buffers"):
        return Seq("iterator", None, TENSOR)
    if last in ("modules", "children"):
        return Seq("iterator", None, SOME_MODULE)
    if last in ("named_modules", "named_children"):
        return Seq("iterator", None, Seq("tuple", (STR, SOME_MODULE), nonempty=True))
    if last in ("named_parameters", "named_buffers"):
        return Seq("iterator", None, Seq("tuple", (STR, TENSOR), nonempty=True))
    if run.container and last in ("append", "extend", "insert", "update", "__setitem__"):
        return _grow(run, last, args, node)
    if last == "__setattr__" and len(args.values) == 2:
        name_value = args.values[0]
        if isinstance(name_value, Const) and isinstance(name_value.value, str):
            run.set_attribute(name_value.value, args.values[1], node)
        else:
            run.loose()
        return NONE_VALUE
    return UNKNOWN_VALUE


def _register(run: Run, method: str, args: Args, node: ast.Call) -> Value:
    name = args.get(0, "name")
    second = {"register_buffer": "tensor", "register_parameter": "param"}.get(method, "module")
    place = {"register_buffer": "buffer", "register_parameter": "parameter"}.get(method, "module")
    value = args.get(1, second)
    if not (isinstance(name, Const) and isinstance(name.value, str) and name.certain):
        run.loose()
        return NONE_VALUE
    if value is None:
        value = UNKNOWN_VALUE
    if isinstance(value, Unknown) and place != "module":
        place = f"{place}?"  # a tensor or None
    if isinstance(value, Unknown) and place == "module":
        value = SOME_MODULE if not isinstance(value, Unknown) else value
    if place == "parameter" and isinstance(value, Scalar) and value.tag == "tensor":
        value = Scalar("parameter", certain=value.certain)
    run.set_attribute(name.value, value, node, place)
    return NONE_VALUE


def _grow(run: Run, method: str, args: Args, node: ast.Call) -> Value:
    """``self.append(...)`` and the like in a class that is a container itself."""
    value = args.get(len(args.values) - 1 if args.values else 0, "module")
    if method == "append" and value is not None and run.complete:
        count = len(run.state.slots)
        run.set_attribute(str(count), value, node)
    else:
        run.loose()
    return Self()
