"""What calls give while tracing: of methods, and of functions of the program and of torch."""

from __future__ import annotations

import ast

from torchscript_lint.program import Class, External, Function
from torchscript_lint.trace import library
from torchscript_lint.trace.attributes import LOOSE
from torchscript_lint.trace.builtin import Builtins
from torchscript_lint.trace.entries import is_operator
from torchscript_lint.trace.state import source
from torchscript_lint.trace.values import (
    AUTOCAST,
    CHANCE,
    DERIVED,
    DEVICE,
    INPUT,
    META,
    NONE,
    PIECES,
    PRESENCE,
    RANDOM,
    RANK,
    STATE,
    STRIDE,
    UNKNOWN,
    Val,
    constant,
    data_in,
    element,
    join,
    py,
    seq,
    shape,
    size,
    tensor,
)

Args = list[Val]
Keywords = dict[str, Val]


class Calls(Builtins):
    """Evaluation of calls."""

    def _call(self, node: ast.Call) -> Val:
        func = node.func
        if isinstance(func, ast.Name) and func.id == "super" and not node.args:
            return Val("super", ref=self.function.owner, owner=self.me)
        if isinstance(func, ast.Attribute):
            if self.me_name and isinstance(func.value, ast.Name) and func.value.id == self.me_name:
                callee = self._attribute(func)
            else:
                base = self.eval(func.value)
                callee = Val("bound", base.origin, const=func.attr, owner=base)
                if func.attr == "apply" and base.kind == "def" and is_operator(base.ref):
                    return self._python_operator(base.ref, node)
                if base.kind not in ("tensor", "size", "seq", "dict", "shape", "py", "none"):
                    callee = self.member(base, func.attr)
        else:
            callee = self.eval(func)
        if callee.kind == "def" and isinstance(callee.ref, External) and callee.ref.name in library.ANSWERS:
            return constant(library.ANSWERS[callee.ref.name])
        args, keywords = self._arguments(node)
        return self.apply(callee, args, keywords, node)

    def _python_operator(self, ref: Class, node: ast.Call) -> Val:
        args, keywords = self._arguments(node)
        self.report("python-operator", node, expr=source(node.func), name=ref.name)
        held = [data for data in map(data_in, (*args, *keywords.values())) if data is not None]
        return tensor(frozenset[str]().union(*(data.origin for data in held)), sure=False)

    def _arguments(self, node: ast.Call) -> tuple[Args, Keywords]:
        args: Args = []
        for arg in node.args:
            value = self.eval(arg)
            if not isinstance(arg, ast.Starred):
                args.append(value)
            elif value.kind == "seq" and value.items is not None:
                args.extend(value.items)
            else:
                self.iterate(value, arg.value, "`*`")
                args.append(Val("star", owner=value))
        keywords: Keywords = {}
        for keyword in node.keywords:
            value = self.eval(keyword.value)
            keywords[keyword.arg or "**"] = value
        return args, keywords

    def apply(self, callee: Val, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        """What a call of a value gives."""
        if callee.kind == "def":
            return self._definition(callee, args, keywords, node)
        if callee.kind == "closure":
            return self.analysis.call_closure(callee, args, keywords, self)
        if callee.kind == "bound" and callee.owner is not None:
            owner, name = callee.owner, str(callee.const)
            if callee.ref is not None:
                return self.analysis.call(callee.ref, args, keywords, self, me=owner)
            if owner.traced:
                return self._tensor_method(owner, name, args, keywords, node)
            if owner.kind == "shape":
                return self._shape_method(owner, name, args, node)
            if owner.kind in ("seq", "dict"):
                return self._container_method(owner, name, args, node)
            if owner.kind == "object" and isinstance(owner.ref, External) and "torch.distributions" in owner.ref.name:
                return tensor({RANDOM}) if name in ("sample", "rsample", "sample_n") else tensor(sure=False)
            if owner.kind == "py":
                for arg in args:
                    if arg.traced and name == "format":
                        self.text(arg, node)
                return py(owner.origin)
            return self._opaque(callee, args, keywords)
        if callee.kind == "object":
            return self._instance(callee, args, keywords, node)
        if callee.kind == "py":
            return py(callee.origin)
        return self._opaque(callee, args, keywords)

    def _opaque(self, callee: Val, args: Args, keywords: Keywords) -> Val:
        """A call of something unknown: what a module holds and gives a tensor to perhaps gives one."""
        if (callee.kind == "unknown" and STATE in callee.origin) or (callee.kind == "bound" and STATE in callee.origin):
            for arg in (*args, *keywords.values()):
                if arg.kind == "tensor" and INPUT in arg.origin:
                    return tensor(arg.origin, sure=False)
        return UNKNOWN

    # --- definitions -----------------------------------------------------------------------------

    def _definition(self, callee: Val, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        ref = callee.ref
        if isinstance(ref, Function):
            return self.analysis.call(ref, args, keywords, self)
        if isinstance(ref, Class):
            for value in (*args, *keywords.values()):
                if value.traced:
                    break
            return Val("object", ref=ref)
        if isinstance(ref, External):
            return self._external(ref.name, args, keywords, node)
        return UNKNOWN

    def _instance(self, callee: Val, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        """A call of an object: a module's ``forward``, another class's ``__call__``."""
        if isinstance(callee.ref, Class):
            for name in ("forward", "__call__"):
                method = self.analysis.method(callee.ref, name)
                if isinstance(method, Function):
                    return self.analysis.call(method, args, keywords, self, me=callee)
                if isinstance(method, External):
                    break
            return self._opaque(Val("unknown", frozenset({STATE})), args, keywords)
        name = callee.ref.name.rpartition(".")[2] if isinstance(callee.ref, External) else ""
        given = next((arg for arg in (*args, *keywords.values()) if arg.kind == "tensor"), None)
        if given is not None and callee.const == LOOSE and name in library.PARAMETRIC:
            self.report("unregistered-module", node, sure=given.sure, expr=source(node.func))
        if given is None or not name:
            return UNKNOWN
        if name in library.TUPLE_MODULES:
            return seq(elem=tensor(given.origin, sure=False))
        return tensor(given.origin, sure=given.sure)

    def _external(self, name: str, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        root, _, last = name.rpartition(".")
        if not root:
            return self.builtin(name, args, keywords, node)
        if name.startswith(library.CHANCE_MODULES) and name.split(".")[0] != "datetime_":
            return self._chance(name, args, node)
        if root == "math" or root == "cmath":
            return self.math(last, args, node)
        if name.split(".")[0] in ("numpy", "np"):
            return self.numpy(last, args, node)
        if name in (
            "torch.utils.checkpoint.checkpoint",
            "torch.jit.fork",
            "torch.utils.checkpoint.checkpoint_sequential",
        ):
            return self.apply(args[0], args[1:], {}, node) if args else UNKNOWN
        if name in ("functools.reduce",) and len(args) >= 2:
            return self.apply(args[0], [element(args[1]), element(args[1])], {}, node)
        if name == "functools.partial" and args:
            return UNKNOWN
        if name in ("typing.cast", "torch.jit.annotate") and len(args) == 2:
            return args[1]
        if name in ("torch._assert", "torch._check", "torch._check_value") and args:
            if args[0].kind == "size" and INPUT in args[0].origin:
                self.report("size-guard", node, expr=source(node.args[0]))
            elif args[0].kind == "tensor":
                self.boolean(args[0], node, "the check", guard=True, shown=node.args[0])
            return NONE
        if name in ("copy.copy", "copy.deepcopy") and args:
            return args[0]
        if name.startswith("itertools.") or name.startswith("collections."):
            for arg, arg_node in zip(args, node.args, strict=False):
                self.iterate(arg, arg_node, f"{last}()")
            return seq(elem=UNKNOWN)
        if root == "torch.Tensor" and args:
            return self._tensor_method(args[0], last, args[1:], keywords, node)
        if name.startswith("torchvision."):
            return self._torchvision(last, args)
        if not name.startswith("torch."):
            return UNKNOWN
        if name.startswith("torch.distributions"):
            return Val("object", ref=self.analysis.external(name).ref)
        if name.startswith(library.FOREIGN):
            return Val("object", ref=self.analysis.external(name).ref) if last[:1].isupper() else UNKNOWN
        if name.startswith("torch.nn.") and root != "torch.nn.functional":
            return Val("object", frozenset({STATE}), ref=self.analysis.external(name).ref)
        return self._torch(name, last, args, keywords, node)

    def _torchvision(self, last: str, args: Args) -> Val:
        """The functions of torchvision that everyone uses."""
        data = next((arg for arg in args if arg.kind == "tensor"), None)
        if data is None:
            return UNKNOWN
        one = size(data.origin, sure=data.sure)
        if last == "get_dimensions":
            return seq([one, one, one])
        if last in ("get_image_size", "get_size"):
            return seq([one, one])
        if last in ("get_image_num_channels", "get_num_channels"):
            return one
        return tensor(data.origin, sure=False)

    def _chance(self, name: str, args: Args, node: ast.Call) -> Val:
        last = name.rpartition(".")[2]
        if last in (
            "seed",
            "set_state",
            "get_state",
            "sleep",
            "default_rng",
            "Random",
            "RandomState",
            "shuffle",
            "timedelta",
        ):
            return UNKNOWN
        self.report("chance", node, expr=source(node))
        return py({CHANCE})

    # --- torch -----------------------------------------------------------------------------------

    def _torch(self, name: str, last: str, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        everything = [arg.owner if arg.kind == "star" and arg.owner else arg for arg in (*args, *keywords.values())]
        held = [data for data in map(data_in, everything) if data is not None]
        origin = frozenset[str]().union(*(data.origin for data in held))
        if last in library.CONSTRUCTORS:
            return self._constructor(last, everything[:1], node)
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
        if "device" in keywords and DEVICE in keywords["device"].origin:
            shown = next((word.value for word in node.keywords if word.arg == "device"), node)
            self.report("baked-device", shown, expr=source(shown))
        if last == "as_strided":
            self._strided([*args[1:], *keywords.values()], node, sure=True)
        return self._shaped(last, origin, args, keywords, node)

    def _strided(self, values: Args, node: ast.Call, *, sure: bool) -> None:
        """Sizes and strides for ``as_strided``: a stride of an input is a plain int."""
        if any(_has_stride(value) for value in values):
            self.report("baked-strides", node, sure=sure, expr=source(node))

    def _shaped(self, last: str, origin: frozenset[str], args: Args, keywords: Keywords, node: ast.Call) -> Val:
        """What an operator gives that gives tensors: one, or several."""
        if INPUT in origin:
            self.analysis.operations += 1
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

    def _constructor(self, last: str, values: Args, node: ast.Call) -> Val:
        value = values[0] if values else UNKNOWN
        held = data_in(value)
        function = last if last == "from_numpy" else f"torch.{last}"
        if last in ("Tensor", "FloatTensor", "LongTensor") and node.args and not held and value.kind == "py":
            return tensor()  # a size: torch.Tensor(3, 4)
        if value.traced and last not in ("Tensor", "FloatTensor", "LongTensor"):
            # a lone tensor is copied, and the copy is recorded; the tracer warns all the same
            self.report("constant-tensor", node, function=function)
            return tensor(value.origin, sure=value.sure)
        if held is not None and (INPUT in held.origin or RANDOM in held.origin):
            shown = node.args[0] if node.args else node
            self.report("tensor-constant", node, sure=held.sure, function=function, expr=source(shown))
            return tensor({RANDOM} if INPUT not in held.origin else {INPUT})
        if last not in library.SILENT_CONSTRUCTORS:
            self.report("constant-tensor", node, function=function)
        return tensor()

    def _silent(self, last: str, args: Args, node: ast.Call, origin: frozenset[str]) -> Val:
        if INPUT in origin:
            self.report("silent-comparison", node, sure=all(arg.sure for arg in args), expr=source(node))
        return py({DERIVED})

    def _pieces(self, owner: Val, args: Args, keywords: Keywords, node: ast.Call, name: str) -> Val:
        one = tensor(owner.origin, sure=owner.sure)
        sizes = (
            args[0]
            if args
            else keywords.get("split_size") or keywords.get("chunks") or keywords.get("split_size_or_sections")
        )
        if name in ("chunk", "tensor_split", "unsafe_chunk") or (sizes is not None and sizes.kind == "seq"):
            if sizes is not None and sizes.known and isinstance(sizes.const, int) and 0 < sizes.const <= 12:
                return seq([one] * sizes.const)
            return seq(elem=one)
        # the number of pieces is the dimension's, unless the sizes have left the tracer already
        counted = INPUT in owner.origin and not (sizes is not None and DERIVED in sizes.origin)
        return seq(elem=one, origin={PIECES} if counted else ())

    # --- methods ---------------------------------------------------------------------------------

    def _tensor_method(self, owner: Val, name: str, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        if not owner.traced or (not owner.sure and not library.is_tensor_attribute(name)):
            return UNKNOWN  # whatever it is, it is no tensor
        given = INPUT in owner.origin
        shown = node.func.value if isinstance(node.func, ast.Attribute) else node
        if name == "size":
            if not args and not keywords:
                return shape(owner.origin, sure=owner.sure)
            return size(owner.origin, sure=owner.sure)
        if name in ("numel", "nelement"):
            return size(owner.origin, sure=owner.sure)
        if name in ("item", "__int__", "__float__", "__index__"):
            self.number(owner, node, shown, f"`.{name}()`", "number")
            return py({DERIVED})
        if name in ("tolist", "numpy", "__array__"):
            return self.leave(owner, node, shown, f"`.{name}()`", "Python list" if name == "tolist" else "NumPy array")
        if name in library.INT_METHODS:
            if owner.kind == "size" and given:
                self.report("untraceable-size", node, sure=owner.sure, where=f"`.{name}()`", expr=source(shown))
            return UNKNOWN
        if name in library.RANK_METHODS:
            return py({RANK} if given else ())
        if name == "stride":
            innermost = bool(node.args) and ast.unparse(node.args[0]) == "-1"  # 1 for whatever is contiguous
            return py({META} if given and innermost else {META, STRIDE} if given else ())
        if name == "as_strided":
            self._strided([*args, *keywords.values()], node, sure=owner.sure)
        if name in library.META_METHODS:
            return tensor(owner.origin, sure=owner.sure) if name == "type" and args else py({META} if given else ())
        if name in library.SILENT_TESTS:
            everything = [owner, *args]
            origin = frozenset[str]().union(*(value.origin for value in everything))
            return self._silent(name, everything, node, origin)
        if name in library.PIECES:
            return self._pieces(owner, args, keywords, node, name)
        if name == "new_tensor" and args:
            held = data_in(args[0])
            if held is not None and INPUT in held.origin:
                self.number(held, node, node.args[0], "`.new_tensor()`", "number")
            return tensor(held.origin if held else ())
        if name in library.FLOAT_FILLS:
            for arg, arg_node in zip(args, node.args, strict=False):
                if arg.traced:
                    self.number(arg, node, arg_node, f"`.{name}()`", "float")
        if name in ("backward", "register_hook", "retain_grad"):
            return NONE
        held_args = [data for data in map(data_in, (*args, *keywords.values())) if data is not None]
        origin = owner.origin | frozenset[str]().union(*(data.origin for data in held_args))
        if name in library.RANDOM_METHODS:
            origin |= {RANDOM}
        if owner.kind == "size" and not any(data.kind == "tensor" for data in held_args):
            return Val("size", origin, owner.sure)
        result = self._shaped(name, origin, [owner, *args], keywords, node)
        if owner.sure:
            return result
        # a method that is known to be a tensor's own says that the object is one
        return Val(result.kind, result.origin, False, result.items, result.elem)

    def leave(self, value: Val, node: ast.expr, shown: ast.expr, where: str, kind: str) -> Val:
        """A tensor becomes a list or array."""
        if INPUT in value.origin:
            self.report("tensor-to-python", node, sure=value.sure, where=where, expr=source(shown), kind=kind)
        elif RANDOM in value.origin:
            self.report("random-condition", node, sure=value.sure, where=where, expr=source(shown), kind=kind)
        else:
            self.report("state-condition", node, where=where, expr=source(shown), kind=kind)
        return py({DERIVED})

    def _shape_method(self, owner: Val, name: str, args: Args, node: ast.Call) -> Val:
        if name == "numel":
            if INPUT in owner.origin:
                self.report("size-numel", node, sure=owner.sure, expr=source(node))
            return py({DERIVED})
        if name in ("index", "count"):
            self.boolean(Val("size", owner.origin, False), node, f"`.{name}()`")
            return py({DERIVED})
        return UNKNOWN

    def _container_method(self, owner: Val, name: str, args: Args, node: ast.Call) -> Val:
        target = node.func.value if isinstance(node.func, ast.Attribute) else None
        if owner.kind == "dict":
            if name == "items":
                return seq(elem=seq([py(), element(owner)]))
            if name == "values":
                return seq(elem=element(owner))
            if name in ("get", "pop", "setdefault"):
                found = element(owner)
                return (
                    join(found, args[1])
                    if len(args) > 1
                    else Val(found.kind, found.origin, False, found.items, found.elem)
                )
            if name == "update" and args:
                self._grow(target, owner, element(args[0]))
            return seq(elem=py()) if name == "keys" else owner if name == "copy" else UNKNOWN
        if name in ("append", "add", "insert", "appendleft") and args:
            self._grow(target, owner, args[-1])
            return NONE
        if name in ("extend", "update") and args:
            self.iterate(args[0], node.args[0], f"`.{name}()`")
            self._grow(target, owner, element(args[0]))
            return NONE
        if name in ("pop", "popleft"):
            return element(owner)
        if name in ("index", "count", "remove") and args:
            held = args[0] if args[0].traced else data_in(owner)
            if held is not None:
                self.boolean(Val(held.kind, held.origin, False), node, f"`.{name}()`")
            return py({DERIVED})
        if name in ("copy", "reverse", "sort", "__getitem__"):
            return owner if name == "copy" else element(owner) if name == "__getitem__" else NONE
        return UNKNOWN

    def _grow(self, target: ast.expr | None, owner: Val, value: Val) -> None:
        """A container that a name or an attribute of self holds has one more element."""
        elem = join(element(owner), value) if owner.items != () and (owner.items or owner.elem) else value
        self.rebind(target, Val(owner.kind, owner.origin, owner.sure, None, elem))

    def rebind(self, target: ast.expr | None, value: Val) -> None:
        """What a name or an attribute of self holds has changed in place."""
        if isinstance(target, ast.Name) and target.id in self.env:
            self.env[target.id] = value
        elif (
            isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == self.me_name
        ) and f"self.{target.attr}" in self.env:
            self.env[f"self.{target.attr}"] = value


def _has_stride(value: Val) -> bool:
    """Whether a value is, or holds, a stride of an input."""
    parts = [*(value.items or ()), *([value.elem] if value.elem is not None else [])]
    return STRIDE in value.origin or any(map(_has_stride, parts))
