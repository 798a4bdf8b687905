"""What a file does with a traced module."""

from __future__ import annotations

import ast
from collections.abc import Callable

from torchscript_lint.program import Class, Function, Module
from torchscript_lint.program.classes import lineage, method
from torchscript_lint.trace import library
from torchscript_lint.trace.analysis import Analysis
from torchscript_lint.trace.scopes import class_of, in_eval, position
from torchscript_lint.trace.state import source, span

TRACE = ("torch.jit.trace", "torch.jit._trace.trace")
_FREEZE = ("torch.jit.freeze", "torch.jit._freeze.freeze")
_LOAD = ("torch.jit.load", "torch.jit._serialization.load")
#: Methods that move a module to a device; `to` may do other things as well.
_MOVES = frozenset({"to", "cuda", "cpu"})
_PICKLE = ("torch.save", "torch.serialization.save", "pickle.dump", "pickle.dumps")


class Traces:
    """The traced modules of one scope, by the names that stand for nothing else.

    Args:
        analysis: the run, to which findings are added.
        module: the file.
        nodes: the scope's nodes.
        made: names of modules that the scope makes.
        target: the scope's name.
    """

    def __init__(
        self, analysis: Analysis, module: Module, nodes: list[ast.AST], made: dict[str, Class], target: str
    ) -> None:
        self.analysis = analysis
        self.module = module
        self.nodes = nodes
        self.made = made
        self.target = target
        self.calls = [node for node in nodes if isinstance(node, ast.Call)]
        stored = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        self.named: dict[str, ast.Call] = {}
        for node in nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if self.is_trace(node.value) and stored.count(name) == 1:
                    self.named[name] = node.value  # type: ignore[assignment]

    def is_trace(self, node: ast.expr) -> bool:
        """Whether an expression is a call of ``torch.jit.trace``."""
        return isinstance(node, ast.Call) and bool(node.args) and self.module.dotted(node) in TRACE

    def trace_of(self, node: ast.expr) -> ast.Call | None:
        """The call of ``torch.jit.trace`` that an expression's value comes from, where that is certain."""
        if isinstance(node, ast.Name):
            return self.named.get(node.id)
        return node if isinstance(node, ast.Call) and self.is_trace(node) else None

    def check(self, modal: Callable[[Class], str]) -> None:
        """Record what is wrong with the use of traced modules.

        Args:
            modal: gives a layer in a class that depends on the mode, or an empty string.
        """
        for name, trace in self.named.items():
            cls = class_of(self.module, trace.args[0], self.made)
            layer = modal(cls) if cls is not None and in_eval(self.calls, trace) else ""
            for call in self.calls if layer else ():
                if _is_train(call, name) and position(call) > position(trace):
                    self._add("train-after-trace", call, {"expr": name, "layer": layer})
            if cls is not None:
                self._check_attributes(name, cls)
        for call in self.calls:
            self._check_call(call)
        self._check_loads()

    def _check_call(self, call: ast.Call) -> None:
        callee = self.module.dotted(call)
        first = call.args[0] if call.args else None
        trace = self.trace_of(first) if first is not None else None
        if first is None or trace is None:
            return
        if callee in _PICKLE:
            self._add("pickled-trace", call, {"function": callee, "expr": source(first)})
        elif callee in _FREEZE:
            subject = trace.args[0]
            cls = class_of(self.module, subject, self.made)
            # whoever else sees the module may have set its mode
            if cls is not None and not self._mode_set(subject, call) and not self._mode_set(first, call):
                self._add("freeze-in-training", call, {"expr": source(first)})

    def _check_loads(self) -> None:
        """``torch.jit.load`` that leaves the device to the archive, where the scope then moves what it loaded."""
        loads = {id(call): call for call in self.calls if self._loads_anywhere(call)}
        if not loads:
            return
        named = {
            node.targets[0].id: node.value
            for node in self.nodes
            if isinstance(node, ast.Assign) and id(node.value) in loads and isinstance(node.targets[0], ast.Name)
        }
        for call in self.calls:
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in _MOVES:
                continue
            moved = call.func.value
            load = named.get(moved.id) if isinstance(moved, ast.Name) else loads.get(id(moved))
            if load is not None and position(load) <= position(call) and id(load) in loads:
                del loads[id(load)]
                self._add("load-without-map-location", load, {"expr": source(load), "move": source(call)})

    def _loads_anywhere(self, call: ast.Call) -> bool:
        if len(call.args) != 1 or self.module.dotted(call) not in _LOAD:
            return False
        return not {"map_location", None} & {word.arg for word in call.keywords}

    def _mode_set(self, node: ast.expr, before: ast.Call) -> bool:
        """Whether something may have set the mode of what a name stands for, or of an expression."""
        if not isinstance(node, ast.Name):
            return any(isinstance(part, ast.Attribute) and part.attr in ("eval", "train") for part in ast.walk(node))
        for call in self.calls:
            if position(call) >= position(before):
                continue
            if isinstance(call.func, ast.Attribute) and _is_name(call.func.value, node.id):
                if call.func.attr in ("eval", "train", "apply", "requires_grad_"):
                    return True
            elif not self.is_trace(call) and any(_is_name(arg, node.id) for arg in call.args):
                return True
        return False

    def _check_attributes(self, name: str, cls: Class) -> None:
        """Attributes that the traced module does not have: other methods, and Python values."""
        if _exports(cls):
            return  # then it is compiled, and keeps what its class has
        stored = {
            node.attr
            for node in self.nodes
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_name(node.value, name)
        }
        for node in self.nodes:
            if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and _is_name(node.value, name)):
                continue
            if node.attr in library.MODULE_NAMES:
                continue
            found = method(cls, node.attr)
            if isinstance(found, Function) and found.is_property:
                continue
            lost = isinstance(found, Function) and node.attr != "forward" and not node.attr.startswith("__")
            value = self.analysis.attributes.value(cls, node.attr)
            lost = lost or (not isinstance(found, Function) and value.kind == "py")
            if lost and node.attr not in stored:
                self._add("traced-attribute", node, {"expr": source(node), "name": node.attr})

    def _add(self, rule: str, node: ast.expr, detail: dict[str, str]) -> None:
        self.analysis.add(self.module, rule, span(node), detail, sure=True, target=self.target)


def _exports(cls: Class) -> bool:
    """Whether a method is under ``@torch.jit.export``."""
    own = (
        function for entry in lineage(cls).classes if isinstance(entry, Class) for function in entry.functions.values()
    )
    return any("torch.jit.export" in function.decorators for function in own)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_train(call: ast.Call, name: str) -> bool:
    func = call.func
    if not (isinstance(func, ast.Attribute) and func.attr == "train" and not call.keywords):
        return False
    on = not call.args or (isinstance(call.args[0], ast.Constant) and call.args[0].value is True)
    return on and isinstance(func.value, ast.Name) and func.value.id == name
