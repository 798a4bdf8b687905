"""What the models hold: some of it compiles, some does not."""

import torch
from torch import Tensor, nn


def plain_helper(x: Tensor) -> Tensor:
    return x.relu() + 1


def bad_helper(x: Tensor) -> Tensor:
    return x + len({1, 2})


def chooser(x: Tensor) -> Tensor:
    if x.sum() > 0:
        return x * 2
    return x - 1


class Good(nn.Module):
    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.lin = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.lin(x)


class Bad(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lin = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.lin(x)
        seen = {1, 2}
        return x * len(seen)


class Chooser(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return chooser(x)


class BadBase(nn.Module):
    def finish(self, x: Tensor) -> Tensor:
        return torch.stack([y for y in x if y.sum() > 0])

    def forward(self, x: Tensor) -> Tensor:
        return self.finish(self.begin(x))

    def begin(self, x: Tensor) -> Tensor:
        return x


class IgnoringBase(nn.Module):
    @torch.jit.ignore
    def finish(self, x: Tensor) -> Tensor:
        return x * len({1, 2})

    def forward(self, x: Tensor) -> Tensor:
        return self.finish(x)


class Grandparent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.child = HoldsBadDeep()

    def forward(self, x: Tensor) -> Tensor:
        return x


class HoldsBadDeep(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleDict({"good": Good(), "bad": Bad()})

    def forward(self, x: Tensor) -> Tensor:
        return self.layers["good"](x)
