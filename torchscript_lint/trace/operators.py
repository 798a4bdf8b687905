"""What torch's functions give while tracing, and what they take out of the tracer."""

from __future__ import annotations

import ast

from torchscript_lint.trace import library
from torchscript_lint.trace.arguments import Arguments
from torchscript_lint.trace.state import source
from torchscript_lint.trace.values import (
    AUTOCAST,
    DERIVED,
    DEVICE,
    DTYPE,
    INPUT,
    META,
    PIECES,
    PRESENCE,
    RANDOM,
    STRIDE,
    UNKNOWN,
    Val,
    constant,
    data_in,
    py,
    seq,
    shape,
    size,
    tensor,
)

Args = list[Val]
Keywords = dict[str, Val]
_PIECE_SIZES = ("split_size", "chunks", "split_size_or_sections")


class Operators(Arguments):
    """Calls of torch's functions."""

    # --- torch -----------------------------------------------------------------------------------

    def _torch(self, name: str, last: str, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        everything = [arg.owner if arg.kind == "star" and arg.owner else arg for arg in (*args, *keywords.values())]
        held = [data for data in map(data_in, everything) if data is not None]
        origin = frozenset[str]().union(*(data.origin for data in held))
        self.loose(args, node)
        if last in library.CONSTRUCTORS:
            return self._constructor(last, everything if last in library.OPEN_CONSTRUCTORS else everything[:1], node)
        if last == "Size":
            return shape(origin)
        if last == "broadcast_shapes":
            return shape(origin, sure=False)
        if last in ("is_tensor", "is_floating_point", "is_complex", "is_storage"):
            if last == "is_tensor" and args and args[0].kind == "tensor" and args[0].sure:
                return constant(True)
            return py({PRESENCE if last == "is_tensor" else META}) if INPUT in origin else py()
        if last == "is_autocast_enabled":
            return py({AUTOCAST})
        if last in library.PLAIN or last.startswith(("is_", "set_", "get_")):
            return py()
        if last in library.SILENT_TESTS:
            return self._silent(last, args, node, origin)
        if last == "numel" and args:
            return size(args[0].origin, sure=args[0].sure)
        if args and args[0].kind == "tensor" and last in library.PIECES:
            return self._pieces(args[0], args[1:], keywords, node, last)
        if last in library.RANDOM_FACTORIES:
            return tensor(origin | {RANDOM})
        self.placed(args, keywords, node)
        if last == "as_strided":
            self._strided([*args[1:], *keywords.values()], node, sure=True)
        self.numbers(name, args, keywords, node)
        return self._shaped(last, origin, args, keywords, node)

    def placed(self, args: Args, keywords: Keywords, node: ast.Call) -> None:
        """A device or dtype of an input that an operator is given."""
        given = [(value, shown) for value, shown in zip(args, node.args, strict=False) if value.kind == "py"]
        words = {word.arg: word.value for word in node.keywords if word.arg}
        given += [(keywords[name], words[name]) for name in ("device", "dtype") if name in keywords and name in words]
        for value, shown in given:
            if DEVICE in value.origin:
                self.report("baked-device", shown, expr=source(shown))
            elif DTYPE in value.origin:
                self.report("baked-dtype", shown, expr=source(shown))

    def _strided(self, values: Args, node: ast.Call, *, sure: bool) -> None:
        """Sizes and strides for ``as_strided``: a stride of an input is a plain int."""
        if any(_has_stride(value) for value in values):
            self.report("baked-strides", node, sure=sure, expr=source(node))

    def _shaped(self, last: str, origin: frozenset[str], args: Args, keywords: Keywords, node: ast.Call) -> Val:
        """What an operator gives that gives tensors: one, or several."""
        if INPUT in origin:
            self.analysis.operations += 1
            self.analysis.recorded += 1
        one = tensor(origin)
        if last in library.TUPLES:
            return seq(elem=one)
        if last in library.LISTS:
            return seq(elem=one) if len(args) != 1 or args[0].kind != "tensor" else one
        if last == "where" and len(args) == 1:
            return seq(elem=one)
        if last in library.PAIRS_WITH_DIM:
            dims = [arg for arg in args[1:2] if arg.kind == "py"]
            if dims or "dim" in keywords:
                return seq([one, one])
            return one
        if last in library.TUPLES_ON_REQUEST:
            wanted = library.TUPLES_ON_REQUEST[last]
            if not any(word in keywords and keywords[word].truth is not False for word in wanted):
                return one
            return seq(elem=one)
        return one

    def _constructor(self, last: str, args: Args, node: ast.Call) -> Val:
        value = args[0] if args else UNKNOWN
        held = data_in(value)
        function = last if last == "from_numpy" else f"torch.{last}"
        if last in library.SPARSE_CONSTRUCTORS:
            return self._sparse(function, args, node)
        if last in library.LEGACY_CONSTRUCTORS:
            held = next((data for data in map(data_in, args) if data is not None and INPUT in data.origin), held)
        if value.traced and last not in library.LEGACY_CONSTRUCTORS:
            what = f"`{function}` of a tensor is recorded as a copy, and the tracer warns that it is a constant"
            self.report("constant-tensor", node, function=function, what=what)
            return tensor(value.origin, sure=value.sure)
        if held is not None and (INPUT in held.origin or RANDOM in held.origin):
            shown = node.args[0] if len(node.args) == 1 or last not in library.LEGACY_CONSTRUCTORS else node
            if last in library.SILENT_CONSTRUCTORS and value.kind != "seq" and last != "asarray":
                detail = {"function": function, "parameter": "size", "expr": source(shown)}
                self.report("size-as-argument", node, sure=held.sure, **detail)
            else:
                self.report("tensor-constant", node, sure=held.sure, function=function, expr=source(shown))
            return tensor({RANDOM} if INPUT not in held.origin else {INPUT})
        if last not in library.SILENT_CONSTRUCTORS:
            what = f"the result of `{function}` is a constant of the graph, on the device and of the dtype of the"
            self.report("constant-tensor", node, function=function, what=f"{what} traced run")
        return tensor()

    def _sparse(self, function: str, values: Args, node: ast.Call) -> Val:
        """A sparse tensor: its parts are recorded, its size is not; the tracer warns in any case."""
        origin = frozenset[str]().union(*(data.origin for data in map(data_in, values) if data is not None))
        for value, shown in zip(values, node.args, strict=False):
            held = data_in(value)
            if held is not None and held.kind == "size" and INPUT in held.origin:
                self.report("tensor-constant", node, sure=held.sure, function=function, expr=source(shown))
                return tensor(origin)
        what = f"`{function}` is recorded with the size of the traced run, and the tracer warns that it is a constant"
        self.report("constant-tensor", node, function=function, what=what)
        return tensor(origin)

    def _silent(self, last: str, args: Args, node: ast.Call, origin: frozenset[str]) -> Val:
        if INPUT in origin:
            self.report("silent-comparison", node, sure=all(arg.sure for arg in args), expr=source(node))
        return py({DERIVED})

    def _pieces(self, owner: Val, args: Args, keywords: Keywords, node: ast.Call, name: str) -> Val:
        one = tensor(owner.origin, sure=owner.sure)
        sizes = args[0] if args else next((keywords[word] for word in _PIECE_SIZES if word in keywords), None)
        if sizes is not None and sizes.traced and sizes.origin & {INPUT, RANDOM}:
            # most often a share of the channels, which are the same for all inputs
            first = len(node.args) - len(args)  # in a function, the tensor itself stands before
            words = [word.value for word in node.keywords if word.arg in _PIECE_SIZES]
            shown = node.args[first] if args and first < len(node.args) else words[0] if words else node
            parameter = "chunks" if name == "chunk" else "split_size"
            self.report("size-as-argument", node, sure=False, function=name, parameter=parameter, expr=source(shown))
            return seq(elem=one)
        if name in ("chunk", "tensor_split", "unsafe_chunk") or (sizes is not None and sizes.kind == "seq"):
            if sizes is not None and sizes.known and isinstance(sizes.const, int) and 0 < sizes.const <= 12:
                return seq([one] * sizes.const)
            return seq(elem=one)
        # the number of pieces is the dimension's, unless the sizes have left the tracer already
        counted = INPUT in owner.origin and not (sizes is not None and DERIVED in sizes.origin)
        return seq(elem=one, origin={PIECES} if counted else ())


def _has_stride(value: Val) -> bool:
    """Whether a value is, or holds, a stride of an input."""
    parts = [*(value.items or ()), *([value.elem] if value.elem is not None else [])]
    return STRIDE in value.origin or any(map(_has_stride, parts))
