"""Small models in the ways in which models hold what keeps them from scripting.

``torch.jit.script`` decides about every one of them in ``tests/test_report.py``; ``inputs`` and
``other_inputs`` are for ``torch.jit.trace``.
"""

import parts as shelf
import torch
from parts import Bad, BadBase, Chooser, Good, Grandparent, IgnoringBase, bad_helper, chooser, plain_helper
from torch import Tensor, nn


class Stack(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(Good(), nn.ReLU(), Good())

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


class HoldsBad(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.part = Bad()

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x)


class HoldsBadUncalled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.spare = Bad()

    def forward(self, x: Tensor) -> Tensor:
        return x + 1


class HoldsBadInList(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList([Good(), Bad(), Good()])

    def forward(self, x: Tensor) -> Tensor:
        return self.parts[0](x)


class HoldsBadInComprehension(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList([shelf.Bad() for _ in range(3)])

    def forward(self, x: Tensor) -> Tensor:
        for part in self.parts:
            x = part(x)
        return x


class HoldsBadTwoDown(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.grand = Grandparent()

    def forward(self, x: Tensor) -> Tensor:
        return self.grand(x)


class AddsModule(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.add_module("late", Bad())

    def forward(self, x: Tensor) -> Tensor:
        return x


class InheritsBad(BadBase):
    def begin(self, x: Tensor) -> Tensor:
        return x * 2


class OverridesBad(BadBase):
    def finish(self, x: Tensor) -> Tensor:
        return x.sum(0)


class InheritsIgnored(IgnoringBase):
    pass


class CallsGoodHelper(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return plain_helper(x)


class CallsBadHelper(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return bad_helper(x) + shelf.plain_helper(x)


class CallsBadHelperOfNone(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.extra = None

    def forward(self, x: Tensor) -> Tensor:
        if self.extra is not None:
            return bad_helper(x)
        return x


class CallsBadInPython(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if not torch.jit.is_scripting():
            return bad_helper(x)
        return x


class ExportsBad(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x

    @torch.jit.export
    def describe(self, x: Tensor) -> Tensor:
        return x * len({1})


class HasBadMethod(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x

    def describe(self, x: Tensor) -> Tensor:
        return x * len({1})


class HasBadProperty(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x

    @property
    def size(self) -> int:
        return len({1})


class HasSet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.names = {"a"}

    def forward(self, x: Tensor) -> Tensor:
        return x


class UsesSet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.names = {"a"}

    def forward(self, x: Tensor) -> Tensor:
        return x * len(self.names)


class HoldsLoss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.loss = nn.AdaptiveLogSoftmaxWithLoss(16, 10, [2, 5])

    def forward(self, x: Tensor) -> Tensor:
        return x


class HoldsLstm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x)
        return out


class NoForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.part = Good()


class WrongCall(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.part = Good()

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x, x)


class WrongReturn(nn.Module):
    def forward(self, x: Tensor) -> int:
        return x


class CallsChooser(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return chooser(x)


class HoldsChooser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.part = Chooser()

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x)


class ChoosesBadly(nn.Module):
    """Neither way as it is; what tracing would lose is a function that scripts."""

    def forward(self, x: Tensor, *rest: Tensor) -> Tensor:
        return chooser(x) + len(rest)


class Hopeless(nn.Module):
    """Neither way, and the branch is in the same function as what does not compile."""

    def forward(self, x: Tensor, *rest: Tensor) -> Tensor:
        if x.sum() > 0:
            return x * 2
        return x + len(rest)


class Silenced(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * len({1, 2})  # tslint: ignore[TS132]


class MaybeBad(nn.Module):
    """What it holds depends on how it is made; as it is made here, it scripts."""

    def __init__(self, bad: bool = False) -> None:
        super().__init__()
        if bad:
            self.part: nn.Module = Bad()
        else:
            self.part = Good()

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x)


class GivenPart(nn.Module):
    """What it holds comes from outside."""

    def __init__(self, part=None) -> None:
        super().__init__()
        self.part = part if part is not None else Good()

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x)


def _positive() -> Tensor:
    return torch.arange(1.0, 17.0).view(4, 4)


class Logging(nn.Module):
    """It compiles; a saved file cannot hold the call into Python."""

    @torch.jit.ignore
    def log(self, x):
        print(x.shape)

    def forward(self, x):
        self.log(x)
        return x * 2


class HoldsLogging(nn.Module):
    def __init__(self):
        super().__init__()
        self.log = Logging()

    def forward(self, x):
        return self.log(x)


inputs = dict.fromkeys(
    ["Stack", "HoldsBad", "HoldsBadInComprehension", "HoldsBadTwoDown", "InheritsIgnored", "CallsGoodHelper",
     "CallsBadHelper", "CallsBadHelperOfNone", "UsesSet", "CallsChooser", "HoldsChooser", "ChoosesBadly", "Hopeless"],
    lambda: (_positive(),),
)  # fmt: skip
other_inputs = dict.fromkeys(inputs, lambda: (-3 * _positive(),))
