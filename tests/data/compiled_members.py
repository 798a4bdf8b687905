# ruff: noqa
"""What of a module class is compiled although nothing calls it: each set literal is refused where it is."""

import functools
from enum import Enum
from typing import List

import torch
from torch import Tensor, nn


class PropertyUnused(nn.Module):
    @property
    def p(self):
        return {1}

    def forward(self, x):
        return x


class PropertyIgnored(nn.Module):
    @property
    @torch.jit.ignore
    def p(self):
        return {1}

    def forward(self, x):
        return x


class PropertyMarkedUnused(nn.Module):
    @property
    @torch.jit.unused
    def q(self):
        return {1}

    def forward(self, x):
        return x


class PropertyListed(nn.Module):
    __jit_unused_properties__ = ["q"]

    @property
    def q(self):
        return {1}

    def forward(self, x):
        return x


class PropertyListedAsAttribute(nn.Module):
    __jit_ignored_attributes__ = ["q"]

    @property
    def q(self):
        return {1}

    def forward(self, x):
        return x


class PropertySetter(nn.Module):
    @property
    def q(self) -> int:
        return 1

    @q.setter
    def q(self, value: int):
        s = {1}

    def forward(self, x):
        return x


class PropertyInherited(PropertyUnused):
    pass


class PropertyInheritedListed(PropertyUnused):
    __jit_unused_properties__ = ["p"]


class PropertyShadowed(PropertyUnused):
    p = 3


class PropertyCached(nn.Module):
    @functools.cached_property
    def p(self):
        return {1}

    def forward(self, x):
        return x


class PropertyOfFunctions(nn.Module):
    def _get(self):
        return {1}

    p = property(_get)

    def forward(self, x):
        return x


class Exported(nn.Module):
    @torch.jit.export
    def e(self, x):
        return {1}

    def forward(self, x):
        return x


class ExportInherited(Exported):
    pass


class ExportOverridden(Exported):
    def e(self, x):
        return {1}


class ExportIgnoredBelow(Exported):
    @torch.jit.ignore
    def e(self, x):
        return {1}


class ExportStatic(nn.Module):
    @staticmethod
    @torch.jit.export
    def e(x):
        return {1}

    def forward(self, x):
        return x


class ForwardIgnored(nn.Module):
    @torch.jit.ignore
    def forward(self, x):
        return {1}


class ForwardUnused(nn.Module):
    @torch.jit.unused
    def forward(self, x, *rest):
        return {1}


class ForwardDropped(nn.Module):
    @torch.jit._drop
    def forward(self, x, *rest):
        return {1}


class ForwardIgnoredExported(nn.Module):
    @torch.jit.ignore
    def forward(self, x):
        return {1}

    @torch.jit.export
    def e(self, x):
        return {1}


class ForwardAlias(nn.Module):
    def _forward(self, x):
        return {1}

    forward = _forward


class ForwardInherited(ForwardAlias):
    pass


class Unreached(nn.Module):
    def helper(self, x):
        return {1}

    def forward(self, x):
        return x


class Reached(nn.Module):
    def helper(self, x):
        return {1}

    def forward(self, x):
        return self.helper(x)


class ReachedOverridden(Reached):
    def helper(self, x):
        return x


class ReachedIgnored(nn.Module):
    @torch.jit.ignore
    def helper(self, x: Tensor) -> Tensor:
        return {1}

    def forward(self, x):
        return self.helper(x)


class Pruned(nn.Module):
    def helper(self, x):
        return {1}

    def forward(self, x):
        if not torch.jit.is_scripting():
            return self.helper(x)
        return x


class OverloadedUnused(nn.Module):
    @torch.jit._overload_method
    def s(self, x: int) -> int: ...

    @torch.jit._overload_method
    def s(self, x: Tensor) -> Tensor: ...

    def s(self, x):
        y = {1}
        return x

    def forward(self, x: Tensor):
        return x


class Prepared(nn.Module):
    def __prepare_scriptable__(self):
        return Unreached()

    def forward(self, x):
        return {1}


class NoForward(nn.Module):
    def helper(self, x):
        return {1}


class Constructed(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
        self.sizes = {1, 2}

    def forward(self, x):
        return x


class NoGrad(nn.Module):
    @torch.no_grad()
    def forward(self, x):
        return {1}


class NoGradGlobals(nn.Module):
    @torch.no_grad()
    def forward(self, x):
        return torch.relu(x)


class NoGradBuiltins(nn.Module):
    @torch.no_grad()
    def forward(self, x: List[Tensor]) -> int:
        return len(x)


def _wrapping(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def _marking(function):
    function.mark = 1
    return function


class Wrapped(nn.Module):
    @_wrapping
    def forward(self, x):
        return {1}


class WrappedGlobals(nn.Module):
    @_wrapping
    def forward(self, x):
        return torch.relu(x)


class Marked(nn.Module):
    @_marking
    def forward(self, x):
        return {1}


class Inner:
    class Net(nn.Module):
        def forward(self, x):
            return {1}


@torch.jit.script
class ClassMethods:
    def __init__(self):
        self.x = 1

    def unreached(self):
        return {1}


@torch.jit.script
class ClassIgnored:
    def __init__(self):
        self.x = 1

    @torch.jit.ignore
    def ignored(self):
        return {1}


@torch.jit.script
class ClassUnused:
    def __init__(self):
        self.x = 1

    @torch.jit.unused
    def unused(self, *rest):
        return {1}


@torch.jit.script
class ClassStatic:
    def __init__(self):
        self.x = 1

    @staticmethod
    def static(x):
        return {1}


@torch.jit.script
class ClassProperty:
    def __init__(self):
        self.x = 1

    @property
    def p(self):
        return {1}


@torch.jit.script
class ClassPropertyListed:
    __jit_unused_properties__ = ["p"]

    def __init__(self):
        self.x = 1

    @property
    def p(self):
        return {1}


@torch.jit.script
class ClassAssignments:
    unsupported = [{1}, 1 / 2]
    divided = (1 / 2) + 1

    def __init__(self):
        self.x = 1


@torch.jit.script
class ClassConditional:
    if True:
        divided = 1 / 2

    def __init__(self):
        self.x = 1


class _Half(Enum):
    half = 1 / 2
    whole = 2 / 2


class _Third(Enum):
    third = 1 / 3

    def show(self):
        return {1}


@torch.jit.script
def enum_annotated(x: Tensor, part: _Third):
    return x


def _enum_used(x):
    part = _Half.half
    return x


@torch.jit.script
def enum_used(x):
    return _enum_used(x)


@torch.jit.script
def scripted(x):
    return {1}


@torch.jit.script
@torch.jit.unused
def scripted_unused(x, *rest):
    return {1}


@torch.jit.script
@torch.jit.unused
def scripted_unused_keywords(x, *, key=1):
    return {1}


@torch.jit.script
@_wrapping
def scripted_wrapped(x):
    return {1}


@torch.jit.script
@torch.no_grad()
def scripted_globals(x):
    return torch.relu(x)
