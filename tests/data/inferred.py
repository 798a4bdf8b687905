"""Functions without a return annotation, all accepted by torch 2.13.0: the types their results are inferred to have.

``tests/test_inferred_types.py`` compares what the checker infers with what the real compiler does.
"""

import math
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
import torch.nn.functional as F
from torch import Tensor


class Match(NamedTuple):
    score: Tensor
    box: Optional[Tensor] = None


class Mode(Enum):
    TRAIN = "train"
    TEST = "test"


class Window:
    def __init__(self, data: Tensor, size: int = 3):
        self.data = data
        self.size = size

    def area(self) -> Tensor:
        return self.data * self.size

    def __len__(self) -> int:
        return self.size


def arithmetic(x: Tensor, n: int, r: float, flag: bool):
    return x + n, n + 1, n / 2, n // 2, n * r, n**2, r**n, -n, x @ x, flag + 1, n % 2, r // 1.0, 2**-1


def comparisons(x: Tensor, n: int, names: List[str]):
    return x > 0, n == 1, 0 < n < 3, "a" in names, n not in [1, 2], x.shape == (1, 2), not flag_of(n), n is None


def flag_of(n: int):
    return n > 0


def boolean_logic(x: Tensor, n: int, names: List[str]):
    return n and x, names or names, not names, n > 0 and x.sum() > 0


def shapes(x: Tensor):
    b, c, h, w = x.shape
    return x.shape, x.shape[0], x.shape[-2:], x.size(), x.size(0), b * c, x.dim(), x.ndim, x.numel(), h / w


def indexing(x: Tensor, xs: List[Tensor], table: Dict[str, int], pair: Tuple[int, str], text: str, ids: List[int]):
    return x[0], x[:, None], x[ids], x[x > 0], xs[0], xs[1:], table["a"], pair[1], pair[-2], pair[:1], text[0], text[1:]


def containers(x: Tensor, n: int):
    return [], [1, 2], [x, x], {}, {"a": x}, (n, x), [n, 1.0], {"a": 1, "b": x}, [[n]], {n: "a"}, [None, x]


def comprehensions(xs: List[Tensor], table: Dict[str, int], n: int):
    return (
        [t + 1 for t in xs],
        {k: v + 1 for k, v in table.items()},
        [i for i in range(n)],
        [(i, t) for i, t in enumerate(xs)],
        [a + b for a, b in zip(xs, xs)],
        [k for k in table],
        [c for c in "abc"],
    )


def reductions(x: Tensor):
    values, indices = x.max(dim=1)
    best, where = torch.topk(x, 2)
    return values, x.max(), x.max(1), x.sum(), torch.median(x), x.mean((2, 3)), x.std(0, keepdim=True), x.sort()[1], best


def builtins(x: Tensor, xs: List[Tensor], n: int, r: float, text: str):
    return (
        len(xs), len(x), len(text), max(n, 2), min([1, 2]), sum([1, 2]), sum([1.0]), abs(-3), abs(r), abs(x), round(r),
        int(x), float(x), bool(x), str(x), int(r), float(n), int(text), max(x, x), any([True]), all([False]), pow(2, n),
        divmod(n, 2), sorted([2, 1]), list(text), list(range(n)), chr(97), ord("a"), hex(n),
    )  # fmt: skip


def maths(n: int, r: float):
    return math.sqrt(n), math.ceil(r), math.floor(r), math.pi, math.log(n), math.exp(r), math.pow(2.0, r), math.gcd(n, 2)


def creation(x: Tensor, n: int):
    return torch.zeros(2, n), torch.arange(n), torch.tensor([1.0]), torch.full((2, 3), 1.0), x.new_zeros(3), torch.eye(n)


def functional(x: Tensor):
    return F.relu(x), F.pad(x, (1, 1)), F.interpolate(x, size=x.shape[2:]), F.max_pool2d(x, 2, return_indices=True)


def attributes(x: Tensor):
    return x.dtype, x.device, x.requires_grad, x.T, x.is_cuda, x.layout, x.device.type, x.device.index, x.grad, x.data


def conversions(x: Tensor):
    return x.float(), x.to(torch.int), x.cpu(), x.item(), x.detach(), x.type_as(x), x.long().half()


def pieces(x: Tensor):
    return x.chunk(2), x.split(2, dim=1), torch.split(x, [1, 2]), x.unbind(0), torch.meshgrid(x, x), x.tensor_split(2)


def named(x: Tensor, mode: Mode):
    found = Match(x)
    return found, found.score, found.box, found[0], mode, mode.value, mode.name, mode == Mode.TEST


def objects(x: Tensor):
    window = Window(x)
    return window, window.area(), window.size, len(window), Window(x, 2).data


def refined(x: Optional[Tensor], y: Union[int, str], z: Any):
    if x is None:
        x = torch.zeros(1)
    if isinstance(y, int):
        y = str(y)
    w = 0
    if isinstance(z, int):
        w = z
    return x, y, z, w


def early_exit(x: Optional[int], fallback: float):
    if x is None:
        return fallback
    return x + fallback


def maybe_none(x: Tensor, n: int):
    if n > 0:
        return x


def ternaries(x: Tensor, n: Optional[int], flag: bool):
    return x if flag else x + 1, 1 if flag else 2, None if flag else x, n if n is not None else 3, [] if flag else [x]


def joined(x: Tensor, flag: bool):
    if flag:
        value = None
    else:
        value = x
    total = 0
    for row in x:
        total = total + 1
    while total > 3:
        total -= 1
    return value, total


def unioned(flag: bool, x: Union[int, float, None]):
    y: Union[int, str] = 3
    z: Optional[List[int]] = None
    return x, y, z


def strings(text: str, n: int):
    return text.split(","), text.upper(), "{}".format(n), f"{n}", text + "b", "%d" % n, text.find("a"), text.join(["a"])


def methods(xs: List[Tensor], table: Dict[str, int]):
    return xs.copy(), xs.pop(), xs.index(xs[0]), table.get("a"), table.get("a", 3), table.keys(), table.values(), table.items()


def never():
    raise RuntimeError("never")


def nothing(x: Tensor):
    print(x)


def tupled(x: Tensor):
    a, *rest = (x, 1, "b")
    (b, c), d = (x, 2), 3.0
    return a, rest, b, c, d, (1,) + (2.0,), tuple((x, 1))


def forked(x: Tensor):
    future = torch.jit.fork(flag_of, 3)
    return future, torch.jit.wait(future), torch.jit.annotate(List[int], [])
