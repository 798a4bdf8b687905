"""Modules that the compiler rejects with a place in torch's own files: there is no line of theirs to mark."""

import torch
from torch import nn


class _Holder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def run(self, x):
        return self.fc(x)


class CallsList(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2)])

    def forward(self, x):
        return self.layers(x)  # found: TS629


class CallsHolder(nn.Module):
    def __init__(self):
        super().__init__()
        self.holder = _Holder()

    def forward(self, x):
        return self.holder(x)  # found: TS629


class CallsMethod(nn.Module):
    def __init__(self):
        super().__init__()
        self.holder = _Holder()

    def forward(self, x):
        return self.holder.run(x)


class CallsSequential(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 2))

    def forward(self, x):
        return self.layers(x)


class Parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        for parameter in self.parameters():  # found: TS607
            x = x + parameter.sum()
        return x


class NamedParameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        for _, parameter in self.named_parameters():  # found: TS607
            x = x + parameter.sum()
        return x


class To(nn.Module):
    def forward(self, x):
        self.to(torch.float)  # found: TS607
        return x


class StateDict(nn.Module):
    def forward(self, x):
        return self.state_dict()  # found: TS607


class Apply(nn.Module):
    def forward(self, x):
        self.apply(x)  # found: TS607
        return x


class Synced(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.SyncBatchNorm(4)  # found: TS651

    def forward(self, x):
        return x


class Normed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x):
        return x


class Gaussian(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.losses = nn.ModuleList([nn.MSELoss(), nn.GaussianNLLLoss()])  # found: TS651

    def forward(self, x):
        return x


class _NoForward(nn.Module):
    pass


class ModuleWithoutForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = nn.Module()

    def forward(self, x):
        return self.part(x)  # found: TS629


class ParametersCalled(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterDict({"a": nn.Parameter(torch.ones(2))})

    def forward(self, x):
        return self.weights(x)  # found: TS629


class RecurrentBaseCalled(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNBase("LSTM", 2, 2)

    def forward(self, x):
        return self.cell(x)  # found: TS629


class ForwardOfSubclass(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = _NoForward()

    def forward(self, x):
        return self.part.forward(x)  # found: TS629


class HeldButNotCalled(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = _NoForward()
        self.weights = nn.ParameterList([nn.Parameter(torch.ones(2))])

    def forward(self, x):
        return x + self.weights[0]
