# ruff: noqa
"""Small modules in the styles people write them in: what does an instance hold?

``CONFIGURATIONS`` says how to build each class (a list of argument dicts; ``[{}]`` if it is not there). ``OPEN``
names the attributes that differ between configurations or that the source cannot settle: of all others the analysis
must know kind and type for sure.
"""

import collections
import copy
import enum
import functools
import math
from collections import OrderedDict
from functools import partial
from typing import Any, Callable, Dict, Final, List, Literal, NamedTuple, Optional, Sequence, Tuple, Type, Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.utils import _pair

CONFIGURATIONS: dict[str, list[dict[str, Any]]] = {}
OPEN: dict[str, set] = {}

WIDTH = 16
SIZES = (8, 16, 32)
NAMES = ["a", "b"]


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Pair(NamedTuple):
    first: int
    second: Tensor


def scale(x: Tensor) -> Tensor:
    return x * 2


def make_layer(width):
    return nn.Linear(width, width)


def double(value):
    return value * 2


class Leaf(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.width = width
        self.fc = nn.Linear(width, width)

    def forward(self, x):
        return self.fc(x)


# --- plain values ---------------------------------------------------------------------------------


class Numbers(nn.Module):
    def __init__(self):
        super().__init__()
        self.integer = 3
        self.real = 2.5
        self.negative = -1
        self.flag = True
        self.text = "abc"
        self.nothing = None
        self.imaginary = 2j
        self.raw = b"abc"


class Computed(nn.Module):
    def __init__(self):
        super().__init__()
        width, heads = 64, 4
        self.head = width // heads
        self.scale = self.head**-0.5
        self.ratio = width / heads
        self.rest = width % heads
        self.power = 2**3
        self.inverse = 2**-1
        self.flag = width > heads
        self.both = width > 1 and heads > 1
        self.name = f"net{width}"
        self.joined = "a" + "b"
        self.formatted = "%d" % width
        self.rounded = round(2.5)
        self.digits = round(2.5, 1)
        self.whole = int(2.5)
        self.root = math.sqrt(width)
        self.floor = math.floor(2.5)
        self.pi = math.pi
        self.best = max(width, heads)
        self.mixed = max(1, 2.0)
        self.length = len("abc")
        self.total = sum([1, 2, 3])
        self.absolute = abs(-1.5)
        self.negated = not width
        self.bits = width | 1


class OfParameters(nn.Module):
    def __init__(self, width: int, rate: float = 0.5, name: str = "net", flag: bool = False):
        super().__init__()
        self.width = width
        self.rate = rate
        self.name = name
        self.flag = flag
        self.half = width // 2
        self.share = width / 2
        self.scaled = rate * width
        self.label = name.upper()
        self.parts = name.split("-")
        self.unset = not flag
        self.pair = (width, rate)
        self.sizes = [width, width * 2]


CONFIGURATIONS["OfParameters"] = [{"width": 4}, {"width": 6, "rate": 0.1, "name": "a-b", "flag": True}]
OPEN["OfParameters"] = {"parts"}


class Unannotated(nn.Module):
    def __init__(self, width, rate=0.5, eps=1e-5, mode="fan"):
        super().__init__()
        self.width = width
        self.rate = rate
        self.eps = eps
        self.mode = mode
        self.doubled = rate * 2


CONFIGURATIONS["Unannotated"] = [{"width": 4}, {"width": 2.0, "rate": 1, "eps": None, "mode": 3}]
OPEN["Unannotated"] = {"width", "rate", "eps", "mode", "doubled"}


class OptionalParameter(nn.Module):
    def __init__(self, width: int, hidden: int | None = None, out: int | None = None):
        super().__init__()
        self.raw = hidden
        hidden = hidden or width
        self.hidden = hidden
        if out is None:
            out = width
        self.out = out
        self.other = out if out is not None else 3


CONFIGURATIONS["OptionalParameter"] = [{"width": 4}, {"width": 4, "hidden": 3, "out": 2}]
OPEN["OptionalParameter"] = {"raw"}


class ContradictoryDefault(nn.Module):
    def __init__(self, width: int = None, rate: float = 0):
        super().__init__()
        self.width = width
        self.rate = rate


CONFIGURATIONS["ContradictoryDefault"] = [{}, {"width": 3, "rate": 0.5}]
OPEN["ContradictoryDefault"] = {"width", "rate"}


class LiteralParameter(nn.Module):
    def __init__(self, mode: Literal["a", "b"] = "a", size: "int" = 3):
        super().__init__()
        self.mode = mode
        self.size = size


CONFIGURATIONS["LiteralParameter"] = [{}, {"mode": "b"}]


class TensorParameter(nn.Module):
    def __init__(
        self, weight: Tensor, device: torch.device = torch.device("cpu"), dtype: torch.dtype = torch.float
    ):
        super().__init__()
        self.weight = weight
        self.device = device
        self.dtype = dtype


CONFIGURATIONS["TensorParameter"] = [{"weight": torch.zeros(2)}]


# --- containers of values -------------------------------------------------------------------------


class Lists(nn.Module):
    def __init__(self):
        super().__init__()
        self.ints = [1, 2]
        self.floats = [1.0]
        self.strings = ["a", "b"]
        self.tensors = [torch.zeros(1), torch.ones(2)]
        self.nested = [[1], [2, 3]]
        self.tuples = [(1, 2.0), (3, 4.0)]
        self.empty = []
        self.mixed = [1, 2.0]
        self.bools = [True, 1]
        self.optional = [1, None]
        self.optional_first = [None, 1]
        self.parameters_list = [nn.Parameter(torch.zeros(1))]
        self.modules_list = [nn.Linear(1, 1)]
        self.functions = [scale]
        self.repeated = [0] * 3
        self.comprehension = [i * 2 for i in range(3)]
        self.filtered = [i for i in range(4) if i % 2]
        self.strs = [str(i) for i in range(2)]
        self.sorted = sorted([3, 1])
        self.copied = list((1, 2))
        self.added = [1] + [2]


class Tuples(nn.Module):
    def __init__(self):
        super().__init__()
        self.pair = (1, 2)
        self.mixed = (1, "a", None, torch.zeros(1))
        self.empty = ()
        self.nested = ((1,), [2.0])
        self.bad = (1, [])
        self.module = (nn.ReLU(), 1)
        self.named = Pair(1, torch.zeros(1))
        self.sizes = SIZES
        self.part = SIZES[0]
        self.rest = SIZES[1:]
        self.made = tuple([1, 2])
        self.generated = tuple(float(i) for i in range(2))
        self.paired = _pair(3)
        self.size = torch.Size([1, 2])


class Dicts(nn.Module):
    def __init__(self):
        super().__init__()
        self.counts = {"a": 1, "b": 2}
        self.keyed = {1: torch.zeros(1)}
        self.lists = {"a": [1], "b": [2]}
        self.empty = {}
        self.mixed = {"a": 1, "b": "c"}
        self.keys_mixed = {"a": 1, 2: 2}
        self.ordered = OrderedDict([("a", 1.0)])
        self.made = dict(a=1)
        self.zipped = dict(zip(["a", "b"], [1, 2]))
        self.comprehension = {str(i): i for i in range(2)}
        self.inverse = {v: k for k, v in self.counts.items()}
        self.counter = collections.defaultdict(int)


class Unconvertible(nn.Module):
    def __init__(self):
        super().__init__()
        self.names = {"a", "b"}
        self.frozen = frozenset([1])
        self.range = range(3)
        self.dots = ...
        self.slice = slice(0, 1)
        self.format = torch.channels_last
        self.cls = nn.Linear
        self.method = self.forward
        self.partial = partial(F.relu, inplace=False)
        self.made = partial(nn.LayerNorm, eps=1e-6)
        self.own_class = Leaf

    def forward(self, x):
        return x


class Torch(nn.Module):
    def __init__(self):
        super().__init__()
        self.zeros = torch.zeros(3)
        self.sum = torch.zeros(3) + 1
        self.moved = torch.arange(4).float().to("cpu")
        self.shape = torch.zeros(2, 3).shape
        self.dim = torch.zeros(2, 3).dim()
        self.count = torch.zeros(2).numel()
        self.device = torch.device("cpu")
        self.dtype = torch.float32
        self.layout = torch.strided
        self.stack = torch.stack([torch.zeros(1)])
        self.available = torch.cuda.is_available()
        self.element = torch.zeros(2)[0]
        self.transposed = torch.zeros(2, 2).T
        self.kind = torch.zeros(1).dtype
        self.size = torch.zeros(2, 3).size(1)


OPEN["Torch"] = {"shape"}


class Enums(nn.Module):
    def __init__(self):
        super().__init__()
        self.color = Color.RED
        self.value = Color.GREEN.value
        self.colors = [Color.RED, Color.GREEN]


# --- functions ------------------------------------------------------------------------------------


class Functions(nn.Module):
    def __init__(self):
        super().__init__()
        self.relu = F.relu
        self.builtin = torch.sigmoid
        self.own = scale
        self.math = math.sqrt
        self.anonymous = lambda x: x + 1

        def inner(x: Tensor) -> Tensor:
            return x - 1

        self.inner = inner


# --- parameters and buffers -----------------------------------------------------------------------


class Parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))
        self.frozen = nn.Parameter(torch.zeros(2), requires_grad=False)
        self.register_parameter("bias", None)
        self.register_parameter("gain", nn.Parameter(torch.ones(1)))
        self.cleared = nn.Parameter(torch.zeros(1))
        self.cleared = None
        self.none_first = None
        self.none_first = nn.Parameter(torch.zeros(1))
        self.register_buffer("mean", torch.zeros(1))
        self.register_buffer("mask", None)
        self.register_buffer("temporary", torch.zeros(1), persistent=False)
        self.register_buffer(name="keyword", tensor=torch.zeros(1))
        self.mean = torch.ones(1)
        self.plain = torch.zeros(1)
        self.buffer = nn.Buffer(torch.zeros(1))


class MaybeBias(nn.Module):
    def __init__(self, width: int, bias: bool = True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width, width))
        if bias:
            self.bias = nn.Parameter(torch.empty(width))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.zeros_(self.bias)


CONFIGURATIONS["MaybeBias"] = [{"width": 2}, {"width": 2, "bias": False}]
OPEN["MaybeBias"] = {"bias"}


class AnnotatedBias(nn.Module):
    bias: Tensor | None

    def __init__(self, bias: bool = True):
        super().__init__()
        if bias:
            self.bias = nn.Parameter(torch.empty(2))
        else:
            self.register_parameter("bias", None)


CONFIGURATIONS["AnnotatedBias"] = [{}, {"bias": False}]


# --- submodules -----------------------------------------------------------------------------------


class Submodules(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
        self.leaf = Leaf(width)
        self.add_module("norm", nn.BatchNorm2d(width))
        self.register_module("act", nn.ReLU())
        self.pool = nn.MaxPool2d(2)
        self.absent = None
        self.removed = nn.ReLU()
        self.removed = None
        self.made = make_layer(width)
        self.width = self.conv.out_channels
        self.copied = copy.deepcopy(self.leaf)


class Either(nn.Module):
    def __init__(self, act: str = "relu", drop: float = 0.0):
        super().__init__()
        if act == "relu":
            self.act = nn.ReLU()
        else:
            self.act = nn.GELU()
        self.drop = nn.Dropout(drop) if drop > 0 else nn.Identity()
        if drop > 0:
            self.extra = nn.Linear(2, 2)
        self.norm = None
        if drop > 0.5:
            self.norm = nn.LayerNorm(2)


CONFIGURATIONS["Either"] = [{}, {"act": "gelu", "drop": 0.1}, {"drop": 0.9}]
OPEN["Either"] = {"act", "drop", "norm"}


class Configurable(nn.Module):
    def __init__(
        self,
        norm_layer: Callable[..., nn.Module] = nn.BatchNorm2d,
        act_layer: type[nn.Module] = nn.ReLU,
        conv_layer=nn.Conv2d,
        block: nn.Module | None = None,
        tail: nn.Module = nn.Identity(),
    ):
        super().__init__()
        self.norm = norm_layer(4)
        self.act = act_layer()
        self.conv = conv_layer(1, 1, 1)
        self.block = block
        self.tail = tail


CONFIGURATIONS["Configurable"] = [
    {},
    {"norm_layer": nn.InstanceNorm2d, "act_layer": nn.GELU, "conv_layer": nn.Conv3d, "block": nn.ReLU()},
]
OPEN["Configurable"] = {"norm", "act", "conv", "block", "tail"}


class Containers(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.seq = nn.Sequential(nn.Linear(width, width), nn.ReLU())
        self.named = nn.Sequential(OrderedDict([("fc", nn.Linear(width, width)), ("act", nn.ReLU())]))
        self.list = nn.ModuleList([nn.Linear(width, width), Leaf()])
        self.comprehension = nn.ModuleList([Leaf() for _ in range(3)])
        self.generator = nn.ModuleList(nn.Linear(w, w) for w in SIZES)
        self.dict = nn.ModuleDict({"a": nn.Linear(2, 2), "b": Leaf()})
        self.dict_names = nn.ModuleDict({name: nn.ReLU() for name in NAMES})
        self.empty = nn.ModuleList()
        self.params = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(2)])
        self.param_dict = nn.ParameterDict({"x": nn.Parameter(torch.zeros(1))})


class FilledContainers(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(3):
            self.layers.append(nn.Linear(width, width))
        self.extended = nn.ModuleList()
        self.extended.extend([nn.ReLU(), nn.GELU()])
        self.added = nn.ModuleList([nn.ReLU()])
        self.added += [nn.GELU()]
        self.heads = nn.ModuleDict()
        self.heads["a"] = nn.Linear(1, 1)
        self.heads.update({"b": nn.ReLU()})
        self.heads.add_module("c", nn.GELU())
        blocks = []
        for index, size in enumerate(SIZES):
            blocks.append(nn.Linear(size, size))
            if index < 2:
                blocks.append(nn.ReLU())
        self.blocks = nn.Sequential(*blocks)
        self.stages = nn.Sequential()
        self.stages.add_module("one", nn.ReLU())
        self.stages.append(nn.GELU())
        pairs = OrderedDict()
        for name in NAMES:
            pairs[name] = Leaf()
        self.pairs = nn.Sequential(pairs)


class DepthContainers(nn.Module):
    def __init__(self, depth: int = 2, widths: Sequence[int] = (4, 8)):
        super().__init__()
        self.layers = nn.ModuleList([Leaf(4) for _ in range(depth)])
        blocks = []
        for i in range(depth):
            blocks.append(nn.Linear(4, 4))
        self.blocks = nn.Sequential(*blocks)
        self.mixed = nn.ModuleList()
        for i in range(depth):
            self.mixed.append(nn.ReLU() if i % 2 else nn.GELU())
        self.loop = nn.ModuleList()
        for width in widths:
            self.loop.append(nn.Linear(width, width))
        for i in range(2):
            self.add_module(f"fixed{i}", nn.ReLU())
        self.depths = [2] * depth


CONFIGURATIONS["DepthContainers"] = [{}, {"depth": 3, "widths": [1]}, {"depth": 0}]
OPEN["DepthContainers"] = {"depths"}


class NamesInLoops(nn.Module):
    def __init__(self, depth: int = 2):
        super().__init__()
        for i in range(depth):
            setattr(self, f"layer{i}", nn.ReLU())
        self.last = nn.Linear(1, 1)


CONFIGURATIONS["NamesInLoops"] = [{}, {"depth": 3}]


class Helpers(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.base = width
        self.stage1 = self._stage(width, 2)
        self.stage2 = self._stage(self.base, 3)
        self._build()
        self.counter = self._count()
        self.doubled = double(3)
        self.tail = self._tail()

    def _stage(self, width, depth):
        layers = [nn.Linear(width, width)]
        for _ in range(1, depth):
            layers.append(nn.ReLU())
        return nn.Sequential(*layers)

    def _build(self):
        self.built = nn.Linear(2, 2)
        self.number = 3

    def _count(self) -> int:
        if self.base > 2:
            return 1
        return 2

    @staticmethod
    def _tail():
        return nn.Identity()


class Mutated(nn.Module):
    def __init__(self):
        super().__init__()
        widths = []
        widths.append(1)
        self.widths = widths
        widths.append(2)
        self.table = {}
        self.table["a"] = 1
        other = self.table
        other["b"] = 2
        self.stack = [1, 2, 3]
        self.stack.pop()
        self.flags = [False] * 2
        self.flags[0] = True
        self.grown = []
        self.grown.extend([1.0, 2.0])
        self.joined = [1]
        self.joined += [2]
        self.inserted = [2]
        self.inserted.insert(0, 1)


# --- inheritance ----------------------------------------------------------------------------------


class Base(nn.Module):
    def __init__(self, width: int, bias: bool = False, name: str = "base"):
        super().__init__()
        self.width = width
        if bias:
            self.bias = nn.Parameter(torch.zeros(width))
        else:
            self.bias = None
        self.layer = self.make_layer()
        self.name = name

    def make_layer(self):
        return nn.Linear(self.width, self.width)


CONFIGURATIONS["Base"] = [{"width": 2}, {"width": 2, "bias": True}]
OPEN["Base"] = {"bias"}


class Derived(Base):
    def __init__(self, width: int = 4):
        super().__init__(width, bias=True)
        self.extra = 1


class DerivedOther(Base):
    def __init__(self):
        Base.__init__(self, 3, False, name="other")
        self.layer = nn.ReLU()

    def make_layer(self):
        return nn.Identity()


class DerivedOverride(Base):
    def __init__(self, **kwargs):
        super().__init__(2, **kwargs)

    def make_layer(self):
        return nn.GELU()


CONFIGURATIONS["DerivedOverride"] = [{}, {"bias": True}]
OPEN["DerivedOverride"] = {"bias"}


class DerivedSilent(Base):
    extra: int

    def forward(self, x):
        return x


CONFIGURATIONS["DerivedSilent"] = [{"width": 2}, {"width": 2, "bias": True}]
OPEN["DerivedSilent"] = {"bias"}


class Mixin:
    def setup(self):
        self.mixed = 2.0


class Mixed(Mixin, nn.Module):
    def __init__(self):
        super().__init__()
        self.setup()


class OldSuper(nn.Module):
    def __init__(self):
        super().__init__()
        self.value = 1


class BlockSequence(nn.Sequential):
    def __init__(self, width: int = 4):
        super().__init__(nn.Linear(width, width), nn.ReLU())
        self.out = width


class BlockSequenceList(nn.Sequential):
    def __init__(self):
        layers = [nn.Linear(2, 2)]
        layers.append(nn.ReLU())
        super().__init__(*layers)


class OwnList(nn.ModuleList):
    def __init__(self):
        super().__init__([nn.ReLU() for _ in range(2)])
        self.count = 2


# --- annotations and constants --------------------------------------------------------------------


class Annotated(nn.Module):
    values: List[int]
    table: Dict[str, Tensor]
    hidden: Optional[Tensor]
    number: float
    either: Union[int, str]
    pair: Tuple[int, Optional[int]]
    unused: List[str]

    def __init__(self):
        super().__init__()
        self.values = []
        self.table = {}
        self.hidden = None
        self.number = 1.0
        self.either = 3
        self.pair = (1, None)


class AnnotatedInInit(nn.Module):
    def __init__(self):
        super().__init__()
        self.values: list[int] = []
        self.filled: list[int] = [1]
        self.hidden: Tensor | None = None


class ShadowedAnnotations(Annotated):
    """The annotations of the base are gone: this class has some of its own."""

    own: int

    def __init__(self):
        super().__init__()
        self.own = 1


class InheritedAnnotations(Annotated):
    def __init__(self):
        super().__init__()
        self.own = 1


class Constants(nn.Module):
    __constants__ = ["depth", "sizes", "mode", "missing", "fc"]
    rate: Final[float]
    level: Final[int] = 3
    plain = 4

    def __init__(self):
        super().__init__()
        self.depth = 2
        self.sizes = [1, 2]
        self.mode = "a"
        self.rate = 0.5
        self.fc = nn.Linear(1, 1)
        self.other = 1


class ConstantFlags(nn.Module):
    __constants__ = ["flag", "width", "empty"]
    flag = False

    def __init__(self, width: int = 3):
        super().__init__()
        self.width = width
        self.empty = []


CONFIGURATIONS["ConstantFlags"] = [{}, {"width": 4}]


class ClassLevel(nn.Module):
    rate = 0.5
    layer = nn.ReLU

    def __init__(self):
        super().__init__()
        self.copied = self.rate
        self.made = self.layer()


class JitAttributes(nn.Module):
    def __init__(self):
        super().__init__()
        self.values = torch.jit.Attribute([], list[int])
        self.annotated = torch.jit.annotate(list[int], [1])


class Private(nn.Module):
    def __init__(self):
        super().__init__()
        self.__hidden = 1
        self._shown = 2


# --- control flow ---------------------------------------------------------------------------------


class Branches(nn.Module):
    def __init__(self, mode: str = "a", flag: bool = False, size: int = 1):
        super().__init__()
        if mode == "a":
            self.value = 1
            self.only_a = 1.0
        elif mode == "b":
            self.value = 2
        else:
            raise ValueError(mode)
        self.kind = 1 if flag else 2.0
        self.same = 1 if flag else 2
        if flag:
            self.late = "x"
        try:
            self.tried = int(mode, 16)
        except ValueError:
            self.tried = 0
        while size > 3:
            size -= 1
        self.size = size


CONFIGURATIONS["Branches"] = [{}, {"mode": "b", "flag": True, "size": 5}]
OPEN["Branches"] = {"kind"}


class EarlyReturn(nn.Module):
    def __init__(self, flag: bool = False):
        super().__init__()
        self.first = 1
        if flag:
            return
        self.second = 2


CONFIGURATIONS["EarlyReturn"] = [{}, {"flag": True}]


class IsInstance(nn.Module):
    def __init__(self, size: int | tuple[int, int] = 3, other=None):
        super().__init__()
        if isinstance(size, int):
            size = (size, size)
        self.height = size[0]
        assert isinstance(other, int)
        self.other = other


CONFIGURATIONS["IsInstance"] = [{"other": 1}, {"size": (1, 2), "other": 2}]
OPEN["IsInstance"] = {"height"}


class Loops(nn.Module):
    def __init__(self, count: int = 3):
        super().__init__()
        total = 0
        for i in range(count):
            total += i
        self.total = total
        names = []
        for i in range(count):
            if i == 1:
                continue
            names.append(f"x{i}")
        self.names = names
        grown = 1
        for _ in range(count):
            grown = grown * 1.5
        self.grown = grown
        for k, v in {"a": 1}.items():
            self.key = k
            self.item = v


CONFIGURATIONS["Loops"] = [{}, {"count": 0}]
OPEN["Loops"] = {"names", "grown"}


class FromDict(nn.Module):
    def __init__(self):
        super().__init__()
        config = {"width": 4, "rate": 0.5, "act": nn.ReLU}
        self.width = config["width"]
        self.rate = config.get("rate", 0.1)
        self.missing = config.get("none")
        self.act = config["act"]()
        first, *others = SIZES
        self.first = first
        self.others = others
        (self.left, self.right), self.third = (1, 2.0), "x"


class ViaKeywords(nn.Module):
    def __init__(self):
        super().__init__()
        options = dict(width=3)
        self.leaf = Leaf(**options)
        self.settings = self.collect(**options)

    def collect(self, width=None, **rest):
        return [width]


class Deleted(nn.Module):
    def __init__(self):
        super().__init__()
        self.gone = 1
        del self.gone
        self.kept = 2


class Dynamic(nn.Module):
    """What is set by names that aren't known here."""

    def __init__(self, **options):
        super().__init__()
        self.__dict__.update(options)
        self.known = 1


CONFIGURATIONS["Dynamic"] = [{"a": 1}]


class Property(nn.Module):
    def __init__(self):
        super().__init__()
        self._rate = 1.0
        self.rate = 2.0

    @property
    def rate(self) -> float:
        return self._rate

    @rate.setter
    def rate(self, value: float) -> None:
        self._rate = value


class LaterMethods(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = None
        self.level = 1
        self.name = "a"

    def set_mask(self, mask):
        self.mask = mask
        self.level = 2.5
        self.name = "b"
        self.added = 1

    def forward(self, x):
        return x


OPEN["LaterMethods"] = {"mask", "level"}


class Partials(nn.Module):
    def __init__(self):
        super().__init__()
        norm = partial(nn.LayerNorm, eps=1e-6)
        self.norm = norm(4)
        make = lambda width: nn.Linear(width, width)  # noqa: E731
        self.fc = make(3)

        def block(width):
            return nn.Sequential(make(width), nn.ReLU())

        self.block = block(4)
        self.mapped = nn.ModuleList(map(make, SIZES))
        self.cached = functools.reduce(lambda a, b: a + b, [1, 2])


OPEN["Partials"] = {"cached"}


class Chosen(nn.Module):
    def __init__(self, act: str = "relu"):
        super().__init__()
        acts = {"relu": nn.ReLU, "gelu": nn.GELU}
        self.act = acts[act]()
        self.picked = {"relu": nn.ReLU(), "gelu": nn.GELU()}[act]
        self.fixed = acts["gelu"]()
        self.looked_up = getattr(nn, "ReLU")()  # noqa: B009


CONFIGURATIONS["Chosen"] = [{}, {"act": "gelu"}]
OPEN["Chosen"] = {"act", "picked"}


class Utilities(nn.Module):
    def __init__(self):
        super().__init__()
        self.normed = nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2))
        self.frozen = nn.Linear(2, 2).requires_grad_(False)
        self.apply(self._init)
        self.eval()
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        self.total = sum(p.numel() for p in self.parameters())

    def _init(self, module):
        if isinstance(module, nn.Linear):
            nn.init.ones_(module.bias)


OPEN["Utilities"] = {"normed"}


class Objects(nn.Module):
    def __init__(self, config: "Settings"):
        super().__init__()
        self.config = config
        self.width = config.width
        self.rate = config.rate


class Settings:
    width: int = 3
    rate: float = 0.5


CONFIGURATIONS["Objects"] = [{"config": Settings()}]
OPEN["Objects"] = {"config", "width", "rate"}


class Walrus(nn.Module):
    def __init__(self, width: int = 3):
        super().__init__()
        if (half := width // 2) > 0:
            self.half = half
        else:
            self.half = 1
        with torch.no_grad():
            self.table = torch.zeros(3)


class Passed(nn.Module):
    """A submodule gets hold of the module: it may set anything."""

    def __init__(self):
        super().__init__()
        self.child = Watcher(self)
        self.known = 1


class Watcher(nn.Module):
    def __init__(self, parent):
        super().__init__()
        parent.seen = 3


OPEN["Passed"] = {"seen"}
CONFIGURATIONS["Watcher"] = []


# --- modules of torch as bases --------------------------------------------------------------------


class OwnConv(nn.Conv2d):
    def __init__(self, width: int = 4, bias: bool = True, padding: str = "same"):
        super().__init__(3, width, 3, padding=padding, bias=bias)
        self.extra = self.out_channels * 2
        self.gain = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return x


CONFIGURATIONS["OwnConv"] = [{}, {"bias": False, "padding": "valid"}]
OPEN["OwnConv"] = {
    "bias", "stride", "padding", "dilation", "kernel_size", "output_padding", "_reversed_padding_repeated_twice",
}


class OwnLinear(nn.Linear):
    own: int

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.own = 1


CONFIGURATIONS["OwnLinear"] = [{"in_features": 2, "out_features": 2}, {"in_features": 2, "out_features": 2, "bias": False}]
OPEN["OwnLinear"] = {"bias"}


class OwnNorm(nn.BatchNorm2d):
    pass


CONFIGURATIONS["OwnNorm"] = [{"num_features": 2}, {"num_features": 2, "affine": False, "track_running_stats": False}]
OPEN["OwnNorm"] = {"weight", "bias", "eps", "momentum", "running_mean", "running_var", "num_batches_tracked"}


class OwnRecurrent(nn.LSTM):
    def __init__(self):
        super().__init__(2, 3, num_layers=2)
        self.label = "lstm"


OPEN["OwnRecurrent"] = {
    "bias", "dropout", "bidirectional", "proj_size", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
    "_flat_weights", "_flat_weights_names", "_all_weights",
}


class OwnLazy(nn.LazyLinear):
    def __init__(self):
        super().__init__(3)
        self.label = "lazy"


CONFIGURATIONS["OwnLazy"] = []


class FromSubmodule(nn.Module):
    def __init__(self, width: int = 4):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
        self.leaf = Leaf(width)
        self.width = self.conv.out_channels
        self.leaf_width = self.leaf.width
        self.tied = self.conv.weight
        self.scale = self.leaf.width**-0.5
