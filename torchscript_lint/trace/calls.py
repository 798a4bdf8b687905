"""What calls give while tracing: of methods, and of functions of the program and of torch."""

from __future__ import annotations

import ast

from torchscript_lint.program import Class, External, Function
from torchscript_lint.program.classes import is_module
from torchscript_lint.trace import library
from torchscript_lint.trace.entries import is_operator
from torchscript_lint.trace.loose import LOOSE
from torchscript_lint.trace.methods import Methods
from torchscript_lint.trace.records import from_fields
from torchscript_lint.trace.state import source
from torchscript_lint.trace.values import (
    CHANCE,
    INPUT,
    NONE,
    RANDOM,
    STATE,
    UNKNOWN,
    Val,
    constant,
    data_in,
    element,
    py,
    seq,
    shape,
    size,
    tensor,
)

Args = list[Val]
Keywords = dict[str, Val]
_EINOPS = ("einops", "einx")


class Calls(Methods):
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
        if callee.kind == "partial" and callee.owner is not None and callee.elem is not None:
            names: tuple[str, ...] = callee.const  # type: ignore[assignment]
            known = dict(zip(names, callee.elem.items or (), strict=True))
            return self.apply(callee.owner, [*(callee.items or ()), *args], {**known, **keywords}, node)
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
        if isinstance(ref, (Function, Class)) and ref.module.name.split(".")[0] in _EINOPS:
            return self._einops(f"{ref.module.name}.{ref.name}", args)  # the same where its source is at hand
        if isinstance(ref, Function):
            return self.analysis.call(ref, args, keywords, self)
        if isinstance(ref, Class):
            return self._made(ref, args, keywords)
        if isinstance(ref, External):
            return self._external(ref.name, args, keywords, node)
        return UNKNOWN

    def _made(self, cls: Class, args: Args, keywords: Keywords) -> Val:
        """An object made while tracing: what is given to a plain class is looked for in its attributes."""
        plain = Val("object", ref=cls)
        if not any(data_in(value) for value in (*args, *keywords.values())):
            return plain
        init = self.analysis.method(cls, "__init__")
        if not isinstance(init, Function):
            return from_fields(cls, args, keywords) or plain
        return self.analysis.construct(cls, init, args, keywords, self) if is_module(cls) is False else plain

    def _instance(self, callee: Val, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        """A call of an object: a module's ``forward``, another class's ``__call__``."""
        if isinstance(callee.ref, Class) and not callee.ref.module.name.startswith("einops.layers"):
            for name in ("forward", "__call__"):
                method = self.analysis.method(callee.ref, name)
                if isinstance(method, Function):
                    return self.analysis.call(method, args, keywords, self, me=callee)
                if isinstance(method, External):
                    break
            return self._opaque(Val("unknown", frozenset({STATE})), args, keywords)
        full = callee.ref.name if isinstance(callee.ref, External) else getattr(callee.ref, "fullname", "")
        name = full.rpartition(".")[2]
        given = next((arg for arg in (*args, *keywords.values()) if arg.kind == "tensor"), None)
        if given is not None and callee.const == LOOSE and name in library.PARAMETRIC:
            self.report("unregistered-module", node, sure=given.sure, expr=source(node.func))
        if given is None or not name:
            return UNKNOWN
        if name in library.TUPLE_MODULES or callee.const == "pairs":
            return seq(elem=tensor(given.origin, sure=callee.const == "pairs"))
        # a layer takes a tensor, and gives one; what a container gives is what its last part gives
        layer = full.startswith(("torch.nn.", "einops.layers.")) and name not in library.CONTAINERS
        return tensor(given.origin, sure=given.sure or layer or callee.const == "layers")

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
        if name == "functools.partial" and args and not any(arg.kind == "star" for arg in args):
            kept = Val("seq", items=tuple(keywords.values()))
            return Val("partial", items=tuple(args[1:]), elem=kept, const=tuple(keywords), owner=args[0])
        if root.split(".")[0] in _EINOPS:
            return self._einops(name, args)
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
            self._layer(last, args, keywords, node)
            return Val("object", frozenset({STATE}), ref=self.analysis.external(name).ref)
        return self._torch(name, last, args, keywords, node)

    def _layer(self, last: str, args: Args, keywords: Keywords, node: ast.Call) -> None:
        """A layer made while tracing: some take a lone size as a plain number."""
        parameter = "output_size" if last.startswith("Adaptive") else "kernel_size"
        value = args[0] if args else keywords.get(parameter)
        shown = node.args[0] if node.args else node
        if last == "Upsample":
            parameter = "scale_factor"
            value = keywords.get(parameter)
            value = data_in(value) if value is not None else None
        if value is None or not value.traced or INPUT not in value.origin:
            return
        function = f"nn.{last}"
        if last in library.POOLS or last == "Upsample":
            detail = {"function": function, "parameter": parameter, "expr": source(shown)}
            self.report("size-as-argument", node, sure=value.sure, **detail)
        elif last in library.UNTRACEABLE_POOLS:
            self.report("untraceable-size", node, sure=value.sure, where=f"{function}()", expr=source(shown))

    def _einops(self, name: str, args: Args) -> Val:
        """einops: operators on tensors, and layers."""
        last = name.rpartition(".")[2]
        if name.startswith("einops.layers."):
            return Val("object", frozenset({STATE}), ref=self.analysis.external(name).ref)
        data = next((found for found in map(data_in, args) if found is not None and found.kind == "tensor"), None)
        if data is None:
            return UNKNOWN
        if last == "pack":
            return seq([tensor(data.origin), seq(elem=shape(data.origin))])
        if last == "unpack":
            return seq(elem=tensor(data.origin))
        if last == "parse_shape":
            return Val("dict", elem=size(data.origin))
        return tensor(data.origin, sure=last in ("rearrange", "reduce", "repeat", "einsum"))

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
