"""Modules: a ``forward`` made as functions are, around the attributes of an instance.

``BASE`` stands above the functions of a file; each module made is a subclass of it with a ``forward`` of its own.
"""

# ruff: noqa: E501
from __future__ import annotations

#: What every module inherits.
BASE = """
class Sub(nn.Module):
    seen: Dict[str, int]

    def __init__(self, width: int):
        super().__init__()
        self.width = width
        self.proj = nn.Linear(width, width)
        self.bias: Optional[Tensor] = None
        self.seen = {}

    def forward(self, x: Tensor, n: int = 1) -> Tensor:
        return self.proj(x) * n

    def shape_of(self, x: Tensor) -> List[int]:
        return x.shape


class Split(nn.Module):
    def forward(self, x: Tensor, scale: Optional[float] = None) -> Tuple[int, Tensor]:
        return self.width(x), x if scale is None else x * scale

    def width(self, x: Tensor) -> int:
        return x.size(-1)


class Base(nn.Module):
    scale: Final[float]
    limit: Optional[int]
    table: Dict[str, Tensor]
    names: List[str]
    counts: Dict[str, int]
    caches: List[Tensor]
    point: Point
    __constants__ = ["steps"]

    def __init__(self):
        super().__init__()
        self.count = 3
        self.rate = 0.5
        self.flag = True
        self.mode = "mean"
        self.sizes = [1, 2]
        self.rates = [0.5]
        self.names = []
        self.counts = {}
        self.pair = (1, "a")
        self.triple = (1, 2, 3)
        self.scale = 2.0
        self.steps = 4
        self.limit = None
        self.table = {}
        self.nothing = None
        self.device_ = torch.device("cpu")
        self.color = Color.RED
        self.point = Point(1, torch.ones(1))
        self.caches = []
        self.weight = nn.Parameter(torch.ones(2))
        self.register_buffer("mean", torch.ones(2))
        self.register_buffer("missing", None)
        self.register_parameter("no_bias", None)
        self.linear = nn.Linear(2, 2)
        self.act = nn.ReLU(inplace=True)
        self.drop = nn.Dropout(0.1) if self.count > 5 else nn.Identity()
        self.sub = Sub(2)
        self.split = Split()
        self.maybe: Optional[nn.Module] = None
        self.blocks = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
        self.mixed = nn.ModuleList([Sub(2), nn.ReLU()])
        self.heads = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.Linear(2, 2)})
        self.stack = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
        self.weights = nn.ParameterList([nn.Parameter(torch.ones(2))])
        self.fn = helper
        self.unusable = {1, 2}

    def scaled(self, x: Tensor, n: int = 1) -> Tensor:
        return x * n * self.scale

    def two(self, x: Tensor):
        return self.count, x

    def plain(self, x, y):
        return x + y

    @property
    def double(self) -> int:
        return 2 * self.count

    @torch.jit.ignore
    def log(self, x: Tensor, n: int) -> int:
        return n

    @torch.jit.unused
    def old(self, x: Tensor) -> Tensor:
        return x

    @staticmethod
    def half(n: int) -> int:
        return n // 2
"""

#: What can be read as a value of a type.
ATTRIBUTES = {
    "self.count": "int", "self.rate": "float", "self.flag": "bool", "self.mode": "str", "self.sizes": "List[int]",
    "self.rates": "List[float]", "self.names": "List[str]", "self.counts": "Dict[str, int]",
    "self.pair": "Tuple[int, str]", "self.triple": "Tuple[int, int, int]", "self.scale": "float", "self.steps": "int",
    "self.limit": "Optional[int]", "self.table": "Dict[str, Tensor]", "self.device_": "torch.device",
    "self.caches": "List[Tensor]", "self.weight": "Tensor",
    "self.mean": "Tensor", "self.missing": "Optional[Tensor]", "self.no_bias": "Optional[Tensor]",
    "self.training": "bool", "self.sub.width": "int", "self.sub.bias": "Optional[Tensor]",
    "self.sub.seen": "Dict[str, int]", "self.linear.weight": "Tensor", "self.double": "int",
    "self.linear.in_features": "int",
}  # fmt: skip

#: Expressions of a type.
COMPOUND: dict[str, tuple[str, ...]] = {
    "Tensor": ("self.linear(<Tensor>)", "self.act(<Tensor>)", "self.drop(<Tensor>)", "self.sub(<Tensor>)",
               "self.sub(<Tensor>, <int>)", "self.sub(x=<Tensor>, n=<int>)", "self.blocks[0](<Tensor>)",
               "self.blocks[-1](<Tensor>)", "self.heads['a'](<Tensor>)", "self.stack(<Tensor>)",
               "self.stack[0](<Tensor>)", "self.scaled(<Tensor>)", "self.scaled(<Tensor>, <int>)",
               "self.scaled(n=<int>, x=<Tensor>)", "self.plain(<Tensor>, <Tensor>)", "self.old(<Tensor>)",
               "self.split(<Tensor>)[1]", "self.split(<Tensor>, <Optional[float]>)[1]", "self.two(<Tensor>)[1]",
               "self.mixed[0](<Tensor>, <int>)", "self.mixed[1](<Tensor>)", "self.fn(<Tensor>, <int>)",
               "F.linear(<Tensor>, self.linear.weight, self.linear.bias)", "self.sub.proj(<Tensor>)",
               "self.linear(<Tensor>) if self.training else <Tensor>",
               "self.weights[0] * <Tensor>", "self.sub.forward(<Tensor>)",
               "F.dropout(<Tensor>, self.rate, self.training)", "self.table[<str>]", "self.table['a'] + <Tensor>"),
    "int": ("self.half(<int>)", "self.log(<Tensor>, <int>)", "len(self.blocks)", "len(self.heads)", "len(self.stack)",
            "self.split.width(<Tensor>)", "self.two(<Tensor>)[0]", "self.split(<Tensor>)[0]",
            "self.count if self.training else <int>", "len(self.sizes)", "self.linear.out_features * <int>"),
    "bool": ("self.training", "not self.training", "self.limit is None", "self.nothing is None", "hasattr(self, 'sub')",
             "hasattr(self, 'foo')", "hasattr(self.sub, 'bias')", "'a' in self.heads", "<str> in self.table",
             "isinstance(self.limit, int)", "self.missing is not None", "self.training and <bool>",
             "isinstance(self.linear, nn.Linear)", "self.flag and self.training", "self.maybe is None"),
    "str": ("self.mode + <str>", "f'{self.count}'", "self.pair[1]"),
    "List[int]": ("self.sub.shape_of(<Tensor>)", "self.sizes + [self.count]", "self.linear.weight.shape"),
    "List[Tensor]": ("[block(<Tensor>) for block in self.blocks]", "[m(<Tensor>) for m in self.stack]",
                     "[head(<Tensor>) for head in self.heads.values()]", "[p for p in self.weights]"),
    "Tuple[int, Tensor]": ("self.two(<Tensor>)", "self.split(<Tensor>)", "self.split(<Tensor>, scale=<float>)"),
    "Optional[int]": ("self.limit", "self.limit if self.training else <int>"),
    "Optional[Tensor]": ("self.sub.bias", "self.missing"),
    "Dict[str, Tensor]": ("{k: m(<Tensor>) for k, m in self.heads.items()}", "self.table"),
}  # fmt: skip

#: Statements for their effect.
EFFECTS = (
    "self.count = <int>", "self.count += <int>", "self.rate *= <float>", "self.limit = <Optional[int]>",
    "self.table[<str>] = <Tensor>", "self.sizes.append(<int>)", "self.names += [<str>]", "self.mean = <Tensor>",
    "self.mean += <Tensor>", "self.mean[<int>] = <float>", "self.weight.add_(<Tensor>)",
    "self.counts[<str>] += <int>", "self.pair = (<int>, <str>)", "del self.table[<str>]",
    "self.caches.append(<Tensor>)", "self.limit = None", "self.point = <Point>",
    "assert self.limit is not None", "self.color = <Color>", "self.log(<Tensor>, <int>)", "self.flag = not <bool>",
    "for block in self.blocks:\n    p0 = block(p0)", "for i, block in enumerate(self.blocks):\n    p0 = block(p0) + i",
    "for k, head in self.heads.items():\n    p0 = head(p0)", "for k in self.heads:\n    print(k)",
    "for m in self.stack:\n    p0 = m(p0)", "for k, head in self.heads.items():\n    self.table[k] = head(<Tensor>)",
    "for m in self.mixed:\n    p0 = m(p0)", "for i in range(len(self.sizes)):\n    self.sizes[i] = <int>",
    "for m, n in zip(self.blocks, self.stack):\n    p0 = n(m(p0))", "for w in self.weights:\n    p0 = p0 * w",
    "if self.training:\n    self.count += 1", "if self.nothing is not None:\n    p0 = self.nothing(p0)",
    "if self.maybe is not None:\n    p0 = self.maybe(p0)",
    "limit = self.limit\nif limit is not None:\n    p0 = p0 * limit", "if hasattr(self, 'foo'):\n    p0 = self.foo(p0)",
    "if not torch.jit.is_scripting():\n    self.unusable.add(1)", "b = self.missing\nif b is not None:\n    p0 = p0 + b",
    "with torch.no_grad():\n    p0 = self.linear(p0)", "block = self.blocks[0]\np0 = block(p0)",
    "for i, (k, head) in enumerate(self.heads.items()):\n    p0 = head(p0) * i", "n, p0 = self.two(p0)",

)  # fmt: skip

#: Statements that are no TorchScript, or only where what is around them fits.
STRANGE = (
    "self.stack[1:](<Tensor>)", "self.blocks[self.steps - 4](<Tensor>)", "Base.half(<int>)", "self.missing = <Tensor>", "if self.limit is not None:\n    p0 = p0 * self.limit", "for block in self.blocks[1:]:\n    p0 = block(p0)", "for block in self.blocks[::-1]:\n    p0 = block(p0)",
    "self.foo = <int>", "self.count = <float>", "n = self.foo", "n = self.linear", "n = self.blocks", "n = self",
    "n = self.blocks[<int>]", "n = self.blocks[2]", "n = self.heads[<str>]", "n = self.heads['c'](<Tensor>)",
    "self.linear = <Tensor>", "self.scale = <float>", "self.steps = <int>",
    "self.double = <int>", "n = self.unusable", "n = self.scaled", "n = self.forward(<Tensor>)", "del self.count",
    "n = self.nothing + 1", "n = self.limit + 1", "self.limit = <str>", "n = self.linear(<int>)", "n = self.sub()",
    "n = self.sub(<Tensor>, <str>)", "n = self.log(<int>, <int>)", "n = self.sub.foo(<Tensor>)",
    "n = super().forward(<Tensor>)", "n = getattr(self, 'count')", "n = getattr(self, <str>)",
    "n = getattr(self, 'foo', <int>)", "n = self.parameters()", "n = list(self.blocks)", "n = self.named_modules()",
    "for m in self.sub:\n    pass", "for m in self.blocks:\n    if <bool>:\n        break", "n = len(self.sub)",
    "for m in self.blocks:\n    return <Tensor>", "for m in self.mixed:\n    n = m(<Tensor>, <int>)", "self.train()",
    "n = self.table.foo", "n = self.mixed[<int>](<Tensor>)", "if self.maybe:\n    pass", "n = self.stack(<Tensor>, <int>)",
    "n = [m for m in self.blocks]", "n = self.blocks[0:1]",
    "n = self.heads.keys()", "n = self.heads.items()", "n = isinstance(self.blocks, nn.ModuleList)",
    "n = self.maybe(<Tensor>)", "n = self.fn", "n = self.fn(<Tensor>, <str>)", "n = self.old(<int>)", "n = self.sub.proj",
    "x = self.linear if <bool> else self.act", "n = str(self)", "print(self)", "n = self.training()",
    "for n, p in self.named_parameters():\n    pass", "n = next(self.parameters())", "n = self.device",
    "for i in range(len(self.blocks)):\n    n = self.blocks[i](<Tensor>)", "n = self.half",
    "def inner(x):\n    return self.linear(x)", "n = self.split(<Tensor>) + 1", "a, b, c = self.split(<Tensor>)", "self.eval()",
    "n = self.linear.weight.foo", "if self.heads:\n    pass", "n = 'c' in self.heads", "self()",
)  # fmt: skip
