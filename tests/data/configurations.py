"""Modules that compile in the configuration they have here, and would not in another: warnings, never errors."""

from typing import Optional

import torch.nn as nn
from torch import Tensor
from torch.jit import Final


class Pooled(nn.Module):
    zero: Final[bool]

    def __init__(self, zero: bool = False):
        super().__init__()
        self.zero = zero

    def forward(self, x: Tensor) -> Tensor:
        if not self.zero:
            value = x.mean()
        return x + value


class PooledEither(nn.Module):
    __constants__ = ["zero"]

    def __init__(self, zero: bool = False):
        super().__init__()
        self.zero = zero

    def forward(self, x: Tensor) -> Tensor:
        if not self.zero:
            value = x.mean()
        else:
            value = 0.0
        return x + value


class Projected(nn.Module):
    def __init__(self, linear: Optional[nn.Module] = None):
        super().__init__()
        self.linear = linear

    def forward(self, x: Tensor) -> Tensor:
        if self.linear is None:
            y = x + 1
        return y


class Looped(nn.Module):
    __constants__ = ["add"]

    def __init__(self, add: bool = True):
        super().__init__()
        self.add = add

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(3):
            if self.add:
                y = x + 1
            x = x + y
        return x
