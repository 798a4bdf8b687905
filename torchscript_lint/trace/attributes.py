"""What the attributes of an instance are, as far as its class's own methods show."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from torchscript_lint.program import Class, External, Function
from torchscript_lint.program.classes import is_module, is_module_name, lineage, method
from torchscript_lint.program.nodes import nodes_of
from torchscript_lint.program.once import once
from torchscript_lint.trace import library
from torchscript_lint.trace.loose import LOOSE, listed, loose_tensor, needs_grad, registers
from torchscript_lint.trace.parameters import annotated
from torchscript_lint.trace.values import STATE, Val, join_all, tensor

if TYPE_CHECKING:
    from torchscript_lint.trace.analysis import Analysis

CONFIG = Val("unknown", frozenset({STATE}), False)
#: Stands for what may be a tensor or None.
_PERHAPS_TENSOR = ast.Name("?", ast.Load())
_BUFFERS = frozenset({"register_buffer", "register_parameter"})
_LISTS = frozenset({"torch.nn.ModuleList", "torch.nn.ParameterList", "torch.nn.ModuleDict", "torch.nn.ParameterDict"})


class Attributes:
    """What ``self.x`` is, for each class."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._values: dict[tuple[Class, str], Val] = {}

    def value(self, cls: Class, name: str) -> Val:
        """What an attribute is that is no method; Unknown (but state) where the class does not show."""
        key = (cls, name)
        if key not in self._values:
            self._values[key] = CONFIG
            self._values[key] = self._find(cls, name)
        return self._values[key]

    def _find(self, cls: Class, name: str) -> Val:
        found: list[Val] = []
        for entry in lineage(cls).classes:
            if not isinstance(entry, Class):
                continue
            found += [self._own(value, function) for value, function in _table(entry).get(name, ())]
            if name in entry.assigns and not found:
                annotation, value = entry.assigns[name]
                if value is None and annotation is not None and entry.module.dotted(annotation) == "torch.Tensor":
                    return tensor({STATE})
                if value is not None:
                    found.append(self._constant(value))
        if not found:
            return CONFIG
        return join_all(found)

    def _constant(self, node: ast.expr) -> Val:
        if isinstance(node, ast.Constant) and node.value is not None:
            return Val("py", frozenset({STATE}))
        return CONFIG

    def _own(self, node: ast.expr | None, function: Function) -> Val:
        """What an attribute is that is set to an expression: a parameter is registered, and loose no more."""
        value = self._classify(node, function)
        if value.kind != "tensor" or value.const != LOOSE:
            return value
        plain = isinstance(node, ast.Call) and not function.module.dotted(node).endswith("Parameter")
        return value if plain and not registers(function.node) else replace(value, const=None)

    def _classify(self, node: ast.expr | None, function: Function) -> Val:
        """What an expression in ``__init__`` makes, by its form alone."""
        if node is None or node is _PERHAPS_TENSOR:
            return tensor({STATE}, sure=node is None)
        if isinstance(node, ast.Constant):
            return Val("none", frozenset({STATE}), False) if node.value is None else Val("py", frozenset({STATE}))
        if isinstance(node, ast.IfExp):
            return join_all([self._classify(node.body, function), self._classify(node.orelse, function)])
        if isinstance(node, ast.BoolOp):
            return join_all(self._classify(value, function) for value in node.values)
        if isinstance(node, ast.Call):
            return self._made(node, function)
        if isinstance(node, (ast.List, ast.Tuple)) and node.elts:
            return self._plain([self._classify(item, function) for item in node.elts], function)
        if isinstance(node, ast.ListComp):
            return self._plain([self._classify(node.elt, function)], function)
        if isinstance(node, ast.Dict) and node.values:
            return self._plain([self._classify(item, function) for item in node.values], function, "dict")
        if isinstance(node, (ast.Compare, ast.JoinedStr)):
            return Val("py", frozenset({STATE}))
        if isinstance(node, ast.BinOp) and all(
            isinstance(part, (ast.Constant, ast.Name)) for part in (node.left, node.right)
        ):
            return Val("py", frozenset({STATE})) if isinstance(node.right, ast.Constant) else CONFIG
        if isinstance(node, ast.Name):
            return self._parameter(node.id, function)
        return CONFIG

    def _plain(self, elements: list[Val], function: Function, kind: str = "seq") -> Val:
        """A plain list or dict of what may be modules or parameters; CONFIG where it is nothing of the kind."""
        held = listed(join_all(elements) if len(set(elements)) > 1 else elements[0], kind)
        return CONFIG if held is None or registers(function.node) else held

    def _parameter(self, name: str, function: Function) -> Val:
        args = function.node.args
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
            named = arg.arg == name and isinstance(arg.annotation, ast.Name)
            if named and ast.unparse(arg.annotation or arg) in ("int", "float", "bool", "str"):
                return Val("py", frozenset({STATE}))
        return CONFIG

    def _made(self, node: ast.Call, function: Function) -> Val:
        definition = function.module.program.definition(function.module, node.func)
        if isinstance(definition, Class):
            if is_module(definition) is not False:
                return Val("object", frozenset({STATE}), ref=definition)
            return CONFIG
        if not isinstance(definition, External):
            return self._promised(node, function)
        name = definition.name
        root, _, last = name.rpartition(".")
        if name in _LISTS:
            return self._listed(node, function)
        if last in ("Parameter", "Buffer") and name.startswith("torch.nn"):
            # an attribute of its own is registered; in a plain list it is not
            return loose_tensor() if needs_grad(name, node) else tensor({STATE})
        if needs_grad(name, node):
            return loose_tensor()
        if last == "Sequential" or name.startswith(("torch.distributions.", "einops.layers.")) or is_module_name(name):
            kind = self._layer(last, node, function)
            return Val("object", frozenset({STATE}), const=kind, ref=self.analysis.external(name).ref)
        if root == "torch" and last not in library.PLAIN and last[:1].islower():
            return tensor({STATE}) if last not in library.TUPLES | library.PIECES and last not in ("Size",) else CONFIG
        if name in ("int", "float", "bool", "str", "len", "sum", "round"):
            return Val("py", frozenset({STATE}))
        return CONFIG

    def _layer(self, last: str, node: ast.Call, function: Function) -> str | None:
        """What is known of a layer by its arguments: that it gives pairs, that its last part is a layer."""
        if last == "Sequential" and node.args:
            part = self._classify(node.args[-1], function)
            if part.kind != "object":
                return None
            name = part.ref.name if isinstance(part.ref, External) else part.ref.fullname
            plain = name.rpartition(".")[2] not in library.CONTAINERS | library.TUPLE_MODULES and part.const is None
            return "layers" if plain and name.startswith(("torch.nn.", "einops.layers.")) else None
        pairs = next((word.value for word in node.keywords if word.arg == "return_indices"), None)
        return "pairs" if pairs is not None and not (isinstance(pairs, ast.Constant) and not pairs.value) else None

    def _promised(self, node: ast.Call, function: Function) -> Val:
        """What the annotation of a method says that makes the attribute: tensors, or nothing that matters."""
        func = node.func
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and function.owner is not None:
            found = method(function.owner, func.attr) if func.value.id == function.node.args.args[0].arg else None
            if isinstance(found, Function) and found.node.returns is not None:
                return _as_state(annotated(found, found.node.returns))
        return CONFIG

    def _listed(self, node: ast.Call, function: Function) -> Val:
        parts: list[ast.expr] = []
        if node.args:
            first = node.args[0]
            if isinstance(first, (ast.List, ast.Tuple)):
                parts = list(first.elts)
            elif isinstance(first, (ast.ListComp, ast.GeneratorExp)):
                parts = [first.elt]
        if not parts:
            return CONFIG
        elem = join_all(self._classify(part, function) for part in parts)
        return Val("seq", frozenset(), True, None, elem if elem.kind == "object" else CONFIG)


def _as_state(value: Val) -> Val:
    """A value made from an annotation, as state of an instance."""
    if value.kind == "tensor":
        return tensor({STATE}, sure=value.sure)
    if value.kind == "seq":
        items = None if value.items is None else tuple(map(_as_state, value.items))
        return Val("seq", frozenset(), value.sure, items, None if value.elem is None else _as_state(value.elem))
    return CONFIG


@once
def _table(cls: Class) -> dict[str, list[tuple[ast.expr | None, Function]]]:
    """What a class's own methods set, by name."""
    table: dict[str, list[tuple[ast.expr | None, Function]]] = {}
    for function in cls.functions.values():
        _scan(function, table)
    return table


def _scan(function: Function, table: dict[str, list[tuple[ast.expr | None, Function]]]) -> None:
    """Record what a method assigns to attributes of its first parameter."""
    if not function.node.args.args:
        return
    me = function.node.args.args[0].arg
    for node in nodes_of(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if _attribute_of(target, me):
                    table.setdefault(target.attr, []).append((node.value, function))  # type: ignore[attr-defined]
                elif isinstance(target, (ast.Tuple, ast.List)):
                    for item in target.elts:
                        if _attribute_of(item, me):
                            table.setdefault(item.attr, []).append((ast.Name("?", ast.Load()), function))  # type: ignore[attr-defined]
        elif isinstance(node, ast.AnnAssign) and node.value is not None and _attribute_of(node.target, me):
            table.setdefault(node.target.attr, []).append((node.value, function))  # type: ignore[union-attr]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            name = node.args[0]
            if node.func.attr in _BUFFERS and isinstance(name, ast.Constant) and isinstance(name.value, str):
                given = node.args[1] if len(node.args) > 1 else next((w.value for w in node.keywords), None)
                made = isinstance(given, (ast.Call, ast.BinOp, ast.Subscript))
                table.setdefault(name.value, []).append((None if made else _PERHAPS_TENSOR, function))


def _attribute_of(node: ast.expr, me: str) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == me
