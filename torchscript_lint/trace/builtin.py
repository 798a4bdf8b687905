"""Python's own functions, ``math`` and NumPy on traced values."""

from __future__ import annotations

import ast

from torchscript_lint.trace import library
from torchscript_lint.trace.expressions import Expressions
from torchscript_lint.trace.state import source
from torchscript_lint.trace.values import (
    DERIVED,
    INPUT,
    META,
    NONE,
    PIECES,
    PRESENCE,
    RANK,
    UNKNOWN,
    Val,
    constant,
    data_in,
    element,
    join_all,
    py,
    seq,
)

_NUMBERS = {"int": "integer", "float": "float", "complex": "complex"}
_TENSOR_CLASSES = frozenset({"torch.Tensor", "torch._tensor.Tensor"})
_PLAIN_CLASSES = frozenset(
    {
        "int",
        "float",
        "bool",
        "str",
        "complex",
        "list",
        "tuple",
        "dict",
        "bytes",
        "torch.Size",
        "set",
        "numbers.Number",
        "numbers.Real",
        "numbers.Integral",
        "torch.nn.Module",
        "numpy.ndarray",
    }
)


class Builtins(Expressions):
    """Calls of functions that are not torch's."""

    def builtin(self, name: str, args: list[Val], keywords: dict[str, Val], node: ast.Call) -> Val:
        """A builtin function or class."""
        first = args[0] if args else UNKNOWN
        shown = node.args[0] if node.args else node
        if first.kind == "star":
            first = element(first.owner or UNKNOWN)
        if name in _NUMBERS:
            if first.traced:
                self.number(first, node, shown, f"{name}()", _NUMBERS[name])
                return py({DERIVED})
            return py(first.origin)
        if name == "bool":
            if first.traced:
                self.boolean(first, node, "bool()", shown=shown)
                return py({DERIVED})
            return first if first.kind == "py" else py()
        if name in ("min", "max", "sorted"):
            return self._extremum(name, args, node)
        if name in ("any", "all"):
            return self._quantifier(name, first, node, shown)
        if name == "sum":
            return self._sum(first, node, shown)
        if name == "len":
            return self._len(first, node, shown)
        if name == "range":
            return self._range(args, node)
        if name in ("list", "tuple", "set", "frozenset", "iter", "reversed"):
            if not args:
                return seq([])
            if name != "reversed":
                self.iterate(first, node, f"{name}()")
            if first.kind == "seq":
                return first
            return seq(elem=element(first))
        if name in ("enumerate", "zip", "map", "filter"):
            return self._zipped(name, args, node)
        if name == "next":
            return element(first)
        if name == "isinstance":
            return self._isinstance(args, node)
        if name in ("round", "divmod"):
            return self._untraceable(name, args, node)
        if name == "abs":
            return first if first.traced else py(first.origin)
        if name == "pow" and len(args) >= 2:
            return self.arithmetic(args[0], args[1], ast.Pow(), node)
        if name in ("str", "repr", "format"):
            self.text(first, node)
            return py()
        if name == "slice":
            return self._slice_call(args)
        if name == "dict":
            return Val("dict", elem=join_all(keywords.values()) if keywords else None)
        if name in ("hasattr", "callable", "issubclass"):
            return py()
        if name == "getattr" and len(args) >= 2:
            if args[1].known and isinstance(args[1].const, str):
                return self.member(first, args[1].const)
            return Val("unknown", first.origin, False)
        if name in ("print", "setattr", "delattr"):
            return NONE
        if name == "type":
            return py({META}) if first.traced and INPUT in first.origin else py()
        return py() if name in ("id", "hash", "ord", "chr", "hex", "bin") else UNKNOWN

    def _slice_call(self, args: list[Val]) -> Val:
        data = next((arg for arg in args if arg.traced), None)
        return seq(elem=data) if data is not None else py()

    def _extremum(self, name: str, args: list[Val], node: ast.Call) -> Val:
        values = [element(arg.owner or UNKNOWN) if arg.kind == "star" else arg for arg in args]
        if len(values) == 1:
            only = values[0]
            if only.kind == "tensor":
                self.iterate(only, node, f"{name}()")
                if only.sure:
                    self.boolean(only, node, f"{name}()")
                return only
            if only.kind == "seq" and only.items is not None and len(only.items) < 2:
                return element(only)
            held = data_in(only)
            if held is not None and (only.kind in ("seq", "shape")):
                self.boolean(held, node, f"{name}()")
            return only if name == "sorted" else element(only)
        held = next((value for value in values if value.kind == "tensor"), None)
        held = held or next((value for value in values if value.kind == "size"), None)
        if held is None:
            return join_all(values)
        # comparing a tensor with whatever else gives a tensor, and Python asks for its truth
        sure = any(value.traced and value.sure for value in values)
        self.boolean(Val(held.kind, held.origin, sure), node, f"{name}()")
        origin = frozenset[str]().union(*(value.origin for value in values if value.traced))
        everything = all(value.traced and value.sure for value in values)
        return Val(held.kind, origin, everything)

    def _quantifier(self, name: str, first: Val, node: ast.Call, shown: ast.expr) -> Val:
        if first.kind == "tensor":
            if first.sure:
                self.iterate(first, node, f"{name}()")
                self.boolean(first, node, f"{name}()", shown=shown)
            return py({DERIVED})
        if first.kind == "seq" and first.items == ():
            return constant(name == "all")
        held = data_in(first)
        if held is not None:
            self.boolean(held, node, f"{name}()", shown=shown)
            return py({DERIVED})
        return py(element(first).origin if element(first).kind == "py" else ())

    def _sum(self, first: Val, node: ast.Call, shown: ast.expr) -> Val:
        self.iterate(first, node, "sum()")
        if first.kind == "tensor":
            return first
        held = data_in(first)
        return held if held is not None else py(first.origin)

    def _len(self, first: Val, node: ast.Call, shown: ast.expr) -> Val:
        if first.kind == "tensor":
            if not first.sure:
                return py()  # it may as well be a list of tensors
            if INPUT in first.origin:
                self.report("tensor-len", node, sure=first.sure, expr=source(shown))
            else:
                self.report("state-condition", node, where="len()", expr=source(shown), kind="integer")
            return py({DERIVED})
        if first.kind == "shape":
            return py({RANK} if INPUT in first.origin else ())
        if first.kind == "seq":
            if first.items is not None and first.sure and PIECES not in first.origin:
                return constant(len(first.items))
            if PIECES in first.origin:
                self.report("pieces-iteration", node, where="len()", expr=source(shown))
                return py({DERIVED})
            return py({PRESENCE} if INPUT in first.origin else ())
        return py()

    def _range(self, args: list[Val], node: ast.Call) -> Val:
        for arg, shown in zip(args, node.args, strict=False):
            if arg.traced:
                self.index_number(arg, node, shown, "range()")
                return seq(elem=py({DERIVED}))
        origin = frozenset[str]().union(*(arg.origin for arg in args)) & {RANK, PRESENCE}
        return seq(elem=py(origin))

    def _zipped(self, name: str, args: list[Val], node: ast.Call) -> Val:
        if name in ("map", "filter") and args:
            for arg, shown in zip(args[1:], node.args[1:], strict=False):
                self.iterate(arg, shown, f"{name}()")
            listed = [arg.items for arg in args[1:] if arg.items is not None and arg.kind == "seq"]
            if name == "map" and listed and len(listed) == len(args) - 1 and len({*map(len, listed)}) == 1:
                return seq([self.apply(args[0], list(parts), {}, node) for parts in zip(*listed, strict=True)])
            parts = [element(arg) for arg in args[1:]]
            if name == "filter":
                return seq(elem=parts[0] if parts else UNKNOWN)
            made = self.apply(args[0], parts, {}, node)
            many = args[1].items if len(args) == 2 else None
            return seq([made] * len(many), made) if many is not None else seq(elem=made)
        for arg in args:
            self.iterate(arg, node, f"{name}()")
        parts = [element(arg.owner or UNKNOWN) if arg.kind == "star" else element(arg) for arg in args]
        if name == "enumerate":
            return seq(elem=seq([py(), parts[0] if parts else UNKNOWN]))
        if len(args) == 1 and args[0].kind == "star":
            return seq(elem=seq(elem=element(parts[0])))
        return seq(elem=seq(parts))

    def _isinstance(self, args: list[Val], node: ast.Call) -> Val:
        if len(args) != 2:
            return py()
        value = args[0]
        classes = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        names = [self.module.dotted(item) for item in classes]
        if value.traced and value.sure:
            if any(name in _TENSOR_CLASSES for name in names):
                return constant(True)
            if all(name in _PLAIN_CLASSES for name in names):
                return constant(False)
        if value.kind == "none" and "NoneType" not in " ".join(names):
            return constant(False)
        if value.kind == "shape" and value.sure and {"tuple", "torch.Size"} & set(names):
            return constant(True)
        if value.kind == "seq" and value.sure and all(name in _TENSOR_CLASSES for name in names):
            return constant(False)
        if value.known and all(name in _PLAIN_CLASSES | _TENSOR_CLASSES for name in names):
            own = type(value.const).__name__
            return constant(own in names or (own == "bool" and "int" in names))
        return py({PRESENCE} if INPUT in value.origin else ())

    def _untraceable(self, name: str, args: list[Val], node: ast.Call) -> Val:
        for arg, shown in zip(args, node.args, strict=False):
            if arg.kind == "size":
                if INPUT in arg.origin:
                    self.report("untraceable-size", node, sure=arg.sure, where=f"{name}()", expr=source(shown))
                return UNKNOWN
            if arg.traced:
                return UNKNOWN
        return py(frozenset[str]().union(*(arg.origin for arg in args)))

    # --- math and numpy --------------------------------------------------------------------------

    def math(self, name: str, args: list[Val], node: ast.Call) -> Val:
        """A function of ``math``."""
        if name in library.MATH_TRACED:
            held = data_in(args[0]) if args else None
            return Val(held.kind, held.origin, held.sure) if held is not None else py()
        for arg, shown in zip(args, node.args, strict=False):
            if arg.traced:
                if name in library.MATH_SILENT:
                    self.index_number(arg, node, shown, f"math.{name}()")
                else:
                    self.number(arg, node, shown, f"math.{name}()", "float")
                return py({DERIVED})
        return py(frozenset[str]().union(*(arg.origin for arg in args if arg.kind == "py")))

    def numpy(self, name: str, args: list[Val], node: ast.Call) -> Val:
        """A function of NumPy."""
        for arg, shown in zip(args, node.args, strict=False):
            held = data_in(arg)
            if held is not None and INPUT in held.origin:
                where = f"np.{name}()"
                self.report(
                    "tensor-to-python",
                    node,
                    sure=held.sure,
                    where=where,
                    expr=source(shown),
                    kind="NumPy array",
                )
                return py({DERIVED})
        return py()

    def apply(self, callee: Val, args: list[Val], keywords: dict[str, Val], node: ast.Call) -> Val:
        """What a call of a value gives."""
        raise NotImplementedError
