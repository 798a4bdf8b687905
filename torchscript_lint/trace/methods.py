"""What methods of tensors, shapes and containers give while tracing."""

from __future__ import annotations

import ast

from torchscript_lint.trace import library
from torchscript_lint.trace.operators import Operators
from torchscript_lint.trace.state import source
from torchscript_lint.trace.values import (
    DERIVED,
    INPUT,
    META,
    NONE,
    RANDOM,
    RANK,
    STRIDE,
    UNKNOWN,
    Val,
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


class Methods(Operators):
    """Calls of methods."""

    # --- methods ---------------------------------------------------------------------------------

    def _tensor_method(self, owner: Val, name: str, args: Args, keywords: Keywords, node: ast.Call) -> Val:
        if not owner.traced or (not owner.sure and not library.is_tensor_attribute(name)):
            return UNKNOWN  # whatever it is, it is no tensor
        self.loose((owner,), node)
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
        if name == "new" and args:
            return self._new(owner, args, node)
        if name in ("resize_", "resize_as_"):
            self.report("resize", node, sure=owner.sure, function=name, expr=source(shown))
            return tensor(sure=owner.sure)
        if name == "to" or name.startswith("new_"):
            self.placed(args, keywords, node)
        if owner.kind == "tensor":
            self.numbers(name, args, keywords, node, method=True)
            self._write_through_data(node, name, args)
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

    def _new(self, owner: Val, args: Args, node: ast.Call) -> Val:
        """``t.new(...)`` of sizes, which it takes as they are, or of values."""
        held = next((data for data in map(data_in, args) if data is not None and INPUT in data.origin), None)
        if held is not None and args[0].kind == "seq":
            self.number(held, node, node.args[0], "`.new()`", "number")
        elif held is not None and len(args) == 1 and args[0].traced:
            self.report("untraceable-size", node, sure=held.sure, where="`.new()`", expr=source(node.args[0]))
        elif held is not None:
            shown = next((arg for arg, value in zip(node.args, args, strict=False) if data_in(value)), node)
            self.report("size-as-argument", node, sure=held.sure, function="new", parameter="size", expr=source(shown))
        return tensor(sure=owner.sure)

    def _write_through_data(self, node: ast.Call, name: str, args: Args) -> None:
        """``t.data.copy_(x)``: what is written depends on the inputs, and only eager writes it."""
        if not name.endswith("_") or name.endswith("__") or not isinstance(node.func, ast.Attribute):
            return
        target = node.func.value
        if isinstance(target, ast.Attribute) and target.attr == "data":
            held = [data for data in map(data_in, args) if data is not None and INPUT in data.origin]
            if held:
                self.report("data-write", node, sure=held[0].sure, expr=source(target))

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
