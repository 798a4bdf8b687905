"""What a value is while ``torch.jit.trace`` runs a model: the abstract values of the flow analysis.

The tracer runs Python. What it records are operations on tensors; a size (``x.shape[0]``) is a tensor in
disguise while tracing (``torch/csrc/autograd/python_variable.cpp``, ``jit::tracer::getSizeOf``), so that
arithmetic on it is recorded. Everything else is a plain Python value and is baked into the graph as it was
in the traced run.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Any

from torchscript_lint.plain import dataclass

#: Origins: where a value comes from.
INPUT = "input"  #: the data of the target's inputs
STATE = "state"  #: parameters, buffers, attributes: constant per instance
RANDOM = "random"  #: torch's generator: a recorded draw
RANK = "rank"  #: the number of dimensions
META = "metadata"  #: dtype, device, layout, contiguity, requires_grad
PRESENCE = "presence"  #: whether an input is given, its class, the structure of containers
DEVICE = "device"  #: the device of a tensor of the inputs
MODE = "mode"  #: ``self.training``
AUTOCAST = "autocast"  #: whether autocast is on, a state of the thread
DTYPE = "dtype"  #: the dtype of a tensor of the inputs
STRIDE = "stride"  #: the strides of a tensor of the inputs
DERIVED = "derived"  #: left the tracer at a place that has its own finding
PIECES = "pieces"  #: a list as long as a dimension of a tensor
CHANCE = "chance"  #: Python's or NumPy's generator, or a clock

NO_ORIGIN: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Val:
    """An abstract value.

    Attributes:
        kind: ``tensor``, ``size`` (an element of a shape: a tensor while tracing), ``shape``
            (``torch.Size``), ``py`` (a plain Python value), ``none``, ``seq``, ``dict``, ``object`` (an
            instance of a class: ``ref``), ``def`` (a function, class or foreign name: ``ref``), ``bound``
            (a method and its object), ``closure``, ``unknown``.
        origin: where its data comes from.
        sure: whether it is of this kind for certain.
        items: elements of a ``seq`` (or values of a ``dict``) whose number is known.
        elem: what any element of a ``seq`` or ``dict`` is.
        const: a hashable Python constant, where ``known``.
        known: whether ``const`` is its value.
        ref: what it stands for; compared by identity.
        owner: of a ``bound`` value: the object.
    """

    kind: str
    origin: frozenset[str] = NO_ORIGIN
    sure: bool = True
    items: tuple[Val, ...] | None = None
    elem: Val | None = None
    const: Hashable = None
    known: bool = False
    ref: Any = None
    owner: Val | None = None

    @property
    def traced(self) -> bool:
        """Whether it is a tensor object while tracing."""
        return self.kind in ("tensor", "size")

    @property
    def truth(self) -> bool | None:
        """Its truth value where that is settled."""
        if self.known:
            return bool(self.const)
        if self.kind == "none":
            return False if self.sure else None
        if self.kind == "seq" and self.items is not None and self.sure and not self.origin & {PIECES}:
            return bool(self.items)
        if self.kind in ("object", "closure", "bound") and self.sure:
            return None if self.kind == "object" else True
        return None


UNKNOWN = Val("unknown", sure=False)
NONE = Val("none")


def tensor(origin: Iterable[str] = NO_ORIGIN, *, sure: bool = True) -> Val:
    """A tensor."""
    return Val("tensor", frozenset(origin) & _DATA, sure)


def size(origin: Iterable[str] = NO_ORIGIN, *, sure: bool = True) -> Val:
    """An element of a shape."""
    return Val("size", frozenset(origin) & _DATA, sure)


def shape(origin: Iterable[str] = NO_ORIGIN, *, sure: bool = True) -> Val:
    """A ``torch.Size``."""
    return Val("shape", frozenset(origin) & _DATA, sure)


def py(origin: Iterable[str] = NO_ORIGIN) -> Val:
    """A plain Python value."""
    return Val("py", frozenset(origin))


def constant(value: Hashable) -> Val:
    """A Python constant."""
    return NONE if value is None else Val("py", const=value, known=True)


def seq(items: Iterable[Val] | None = None, elem: Val | None = None, origin: Iterable[str] = NO_ORIGIN) -> Val:
    """A list or tuple."""
    known = None if items is None else tuple(items)
    if known is not None and len(known) > _MAX_ITEMS:
        elem = join_all(known)
        known = None
    return Val("seq", frozenset(origin), True, known, elem)


_DATA = frozenset({INPUT, STATE, RANDOM, CHANCE})
_MAX_ITEMS = 12
_MAX_DEPTH = 5


def element(value: Val) -> Val:
    """What an element of a container is."""
    if value.kind in ("seq", "dict"):
        if value.items is not None:
            return join_all(value.items) if value.items else UNKNOWN
        return value.elem if value.elem is not None else UNKNOWN
    if value.kind == "shape":
        return size(value.origin, sure=value.sure)
    if value.kind == "tensor":
        return value
    if value.kind == "size":
        return value
    if value.kind == "py":
        return py(value.origin)
    if value.kind == "unknown":
        return value
    return UNKNOWN


def join(a: Val, b: Val) -> Val:
    """What a value is that is either the one or the other."""
    if a == b:
        return a
    if a.kind == b.kind:
        if a.kind in ("seq", "dict"):
            return _join_containers(a, b)
        if a.kind == "object" and a.ref is b.ref and a.const == b.const and a.items is not None and b.items is not None:
            return replace(a, items=tuple(map(join, a.items, b.items)))
        if a.kind == "object" and a.ref is b.ref:
            return Val("object", a.origin & b.origin, a.sure and b.sure, ref=a.ref)
        if a.kind in ("object", "def", "closure", "bound"):
            return a if a.ref is b.ref and a.owner == b.owner else UNKNOWN
        return Val(a.kind, a.origin | b.origin, a.sure and b.sure)
    for one, other in ((a, b), (b, a)):
        if one.traced and (not other.traced or one.kind == "tensor"):
            # a size joined with a tensor is a tensor for certain; with a number it is one perhaps
            sure = one.sure and other.sure and other.traced
            return replace(one, sure=sure, origin=one.origin | (other.origin & _DATA))
    for one, other in ((a, b), (b, a)):
        if one.kind == "shape" and other.kind in ("seq", "py", "none", "unknown"):
            return replace(one, sure=False)
        if one.kind in ("seq", "dict", "object") and other.kind in ("none", "unknown"):
            return replace(one, sure=False)
    if {a.kind, b.kind} <= {"py", "none"}:
        return py(a.origin | b.origin)
    if STATE in a.origin and STATE in b.origin:
        return Val("unknown", frozenset({STATE}), False)
    return UNKNOWN


def _join_containers(a: Val, b: Val) -> Val:
    origin, sure = a.origin | b.origin, a.sure and b.sure
    if depth(a) > _MAX_DEPTH or depth(b) > _MAX_DEPTH:
        return UNKNOWN
    if a.items is not None and b.items is not None and len(a.items) == len(b.items):
        return Val(a.kind, origin, sure, tuple(map(join, a.items, b.items)))
    ends = [part for part in (a, b) if part.items != ()]
    if not ends:
        return Val(a.kind, origin, sure, (), None)
    return Val(a.kind, origin, sure, None, join_all(element(part) for part in ends))


def join_all(values: Iterable[Val]) -> Val:
    """The join of at least one value (of none: Unknown)."""
    result: Val | None = None
    for value in values:
        result = value if result is None else join(result, value)
    return UNKNOWN if result is None else result


def depth(value: Val) -> int:
    """How deeply containers are nested."""
    parts = [*(value.items or ()), *([value.elem] if value.elem is not None else [])]
    return 1 + max(map(depth, parts)) if parts else 0


def unsure(value: Val) -> Val:
    """The value, perhaps."""
    return replace(value, sure=False)


def data_in(value: Val, level: int = 0) -> Val | None:
    """The tensor or size that a value is or holds; a tensor before a size. None if there is none."""
    if value.traced:
        return value
    if value.kind == "shape":
        return size(value.origin, sure=value.sure)
    if value.kind in ("seq", "dict") and level < _MAX_DEPTH:
        found = [data_in(part, level + 1) for part in (value.items or ([value.elem] if value.elem else []))]
        held = [part for part in found if part is not None]
        for part in held:
            if part.kind == "tensor":
                return part
        return held[0] if held else None
    return None


def generalise(value: Val) -> Val:
    """The value without its constants, for functions that are called in many ways."""
    if value.known:
        return py(value.origin)
    if value.kind == "partial":
        return value
    if value.kind == "object":
        return replace(value, items=None, const=None if isinstance(value.const, tuple) else value.const)
    if value.items is not None:
        return replace(value, items=None, elem=join_all(value.items) if value.items else UNKNOWN)
    return value
