"""Small inputs for a ``forward`` that nobody described, and other inputs of the same make."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

#: What the first input may be, in the order in which it is tried; whole numbers are ids.
_FIRST: tuple[tuple[type, tuple[int, ...]], ...] = (
    (float, (2, 3, 32, 32)),
    (float, (2, 16, 8)),
    (float, (2, 8, 16)),
    (float, (2, 8)),
    (float, (2, 8, 8, 8)),
    (int, (2, 16)),
    (float, (2, 16)),
    (float, (2, 8, 8)),
    (float, (2, 1, 32, 32)),
    (float, (2, 3, 64, 64)),
    (float, (2, 8, 32)),
    (float, (2, 16, 16)),
    (float, (2, 4, 8, 16)),
    (float, (2, 16, 16, 16)),
    (float, (2, 3, 8, 32, 32)),
    (float, (2, 8, 8, 8, 8)),
    (float, (1, 1, 16, 16, 16)),
    (float, (2, 1024)),
    (float, (2, 1, 1024)),
    (float, (2, 3)),
    (float, (4,)),
    (int, (8,)),
)
_HIGHEST_ID = 8
_TIMES = re.compile(r"^(t|ts|time|times|timesteps?|step|sigma|sigmas|noise_level|lengths?|.*_lengths?|lam)$")
_LABELS = re.compile(r"(target|label|class|idx|index|indices|ids|tokens?|^y$)")


def forward_parameters(module: torch.nn.Module) -> list[inspect.Parameter]:
    """The parameters of ``forward`` that have no default."""
    try:
        found = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return []
    wanted = [one for one in found if one.default is one.empty and one.kind != one.VAR_KEYWORD]
    keyword = [one for one in wanted if one.kind == one.KEYWORD_ONLY]
    return [] if keyword else wanted


def candidates(module: torch.nn.Module) -> Iterator[tuple[Any, ...]]:
    """Tuples of inputs to try, likely ones first."""
    parameters = forward_parameters(module)
    if not parameters:
        return
    for make, shape in _FIRST:
        first = _filled(make, shape)
        for variant in range(1 if len(parameters) == 1 else 3):
            yield tuple(_one(one, first, number, variant) for number, one in enumerate(parameters))


def _filled(make: type, shape: tuple[int, ...]) -> Tensor:
    return torch.randint(0, _HIGHEST_ID, shape) if make is int else torch.randn(shape)


def _one(parameter: inspect.Parameter, first: Tensor, number: int, variant: int) -> Any:
    """An input for one parameter, beside a first one."""
    annotation, name = parameter.annotation, parameter.name
    written = str(annotation)
    if annotation in (int, float, bool, str) or written in ("int", "float", "bool", "str"):
        return {"int": 8, "float": 0.5, "bool": False, "str": "mean"}[getattr(annotation, "__name__", written)]
    listed = typing.get_origin(annotation) in (list, tuple) or re.match(
        r"(typing\.)?(List|list|Tuple|tuple)\[", written
    )
    if listed and "Tensor" in written:
        return [first, first.clone()]
    if number == 0:
        return first
    rows = first.shape[0]
    if name == "edge_index":
        return torch.randint(0, rows, (2, 12))
    if name in ("batch", "batch_index"):
        return torch.zeros(rows, dtype=torch.long)
    if "mask" in name:
        return torch.ones(first.shape[:2], dtype=torch.bool)
    if _TIMES.match(name):
        return (torch.rand(rows), torch.full((rows,), 4), torch.rand(rows, 8))[variant]
    if _LABELS.search(name) and variant < 2:
        return torch.randint(0, 2, (rows,) if variant == 0 else tuple(first.shape[:2]))
    if variant == 2 and first.dim() > 1:
        return torch.randn(rows, 8)
    if variant == 1 and first.dim() > 1:
        return torch.randn(rows, 4, first.shape[-1])
    return torch.randn(first.shape) if first.is_floating_point() else first.clone()


def mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Inputs with each tensor changed."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(item, change) for item in value)
    return value


def tensors(value: Any) -> list[Tensor]:
    """The tensors in a value, nested ones too."""
    found: list[Tensor] = []
    mapped(value, lambda tensor: found.append(tensor) or tensor)  # type: ignore[func-returns-value]
    return found


def _again(tensor: Tensor, shape: tuple[int, ...], factor: float) -> Tensor:
    """A tensor of the same make, with other values."""
    if tensor.dtype == torch.bool:
        drawn = torch.rand(shape) < 0.7
        return drawn | (torch.arange(shape[-1]) == 0) if shape else drawn  # no row without any
    if not tensor.is_floating_point():
        return torch.randint(0, max(int(tensor.max()), 1) + 1, shape) if tensor.numel() else tensor
    return (torch.rand(shape) if float(tensor.min()) >= 0 else torch.randn(shape)) * factor


def others(inputs: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Other inputs, each with a word that says what is other: the values, the batch, or sizes."""
    for factor in (3.0, 1.0, 0.1, 1.0):
        yield "values", mapped(inputs, lambda tensor, f=factor: _again(tensor, tuple(tensor.shape), f))  # type: ignore[misc]
    first = tensors(inputs)[0]
    rows = first.shape[0]

    def resized(change: dict[int, int], tensor: Tensor) -> Tensor:
        """Dimensions of the first tensor's sizes, counted from the end, get others; 0 stands for the rows."""
        shape = list(tensor.shape)
        for dim, new in change.items():
            place = dim if dim >= 0 else len(shape) + dim
            if 0 <= place < len(shape) and place < first.dim() and shape[place] == first.shape[dim]:
                shape[place] = new
        return _again(tensor, tuple(shape), 1.0)

    yield "batch", mapped(inputs, lambda tensor: resized({0: rows + 1}, tensor))
    if first.dim() >= 4:
        both = {-1: first.shape[-1] * 2, -2: first.shape[-2] * 2}
        yield "size", mapped(inputs, lambda tensor: resized(both, tensor))
        oblong = {-1: first.shape[-1] * 2}
        yield "size", mapped(inputs, lambda tensor: resized(oblong, tensor))
    elif first.dim() >= 2:
        for dim in (1, -1):
            for new in (first.shape[dim] * 2, first.shape[dim] + 1, first.shape[dim] - 1):
                yield "size", mapped(inputs, lambda tensor, dim=dim, new=new: resized({dim: new}, tensor))  # type: ignore[misc]
