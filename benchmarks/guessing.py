"""Small arguments for constructors that nobody described: by the parameter's name, annotation and default."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import inspect
import re
import types
import typing
from collections.abc import Callable
from typing import Any

import torch

#: Values by parameter name, first match wins; those of the second and third attempt follow.
_BY_NAME: tuple[tuple[str, tuple[Any, Any, Any]], ...] = (
    (r"irreps", ("4x0e+2x1o", "1x0e", "2x0e+2x1o+1x2e")),
    (r"^(act|activation|act_layer|act_fn|nonlinearity|non_linearity)(_.*)?$", (torch.nn.ReLU(), torch.nn.ReLU, "relu")),
    (r"^(fn|net|module|model|layer|block|norm|encoder|decoder|backbone|func|f|g)\d*$", (torch.nn.Identity(), None, 8)),
    (r"(norm_layer|norm_class|norm_type)", (torch.nn.BatchNorm2d, torch.nn.LayerNorm, "batch")),
    (r"^(drop|dropout|p|prob|rate|eps|epsilon|alpha|beta|gamma|lam|temp|tau|momentum|sigma|margin)", (0.1, 0.5, 1)),
    (r"(drop(out)?|_prob|_rate|_eps|_scale|cutoff|margin|temperature|sigma|std|lr)$", (0.1, 0.5, 5.0)),
    (r"(kernel|ksize|filter_size|window|^k$)", (3, 5, (3, 3))),
    (r"(image_size|img_size|image_height|image_width|spatial_size)", (32, 64, (32, 32))),
    (r"(patch|seq_len|max_len|max_seq|length|frames|num_tokens|vocab|num_embeddings)", (8, 16, 16)),
    (r"(depth|layers|blocks|stride|dilation|groups|^n$|repeats|spatial_dims|stages|heads|num_head|ndim|^dims?_?head)",
     (2, 1, 4)),
    (r"(padding|^pad$|offset|index|^axis$|lmin|^l$)", (1, 0, 2)),
    (r"^(dims|channels|sizes|layers|hidden_dims|features|widths|shape)$", ([8, 8], (8, 16), 8)),
    (r"^(is_|use_|with_|has_|bias|inplace|causal)", (True, False, True)),
    (r"(weight|tensor|mask|matrix)s?$", (torch.ones(8), None, torch.ones(8, 8))),
    (r"^(mode|reduction|method|type|kind|name)$", ("mean", "sum", "a")),
)  # fmt: skip
_OTHERWISE = (8, 16, 1)
#: Parameters with a default that would fetch weights from the network, and what they get instead.
_OFFLINE: dict[str, Any] = {"pretrained": False, "weights": None, "encoder_weights": None, "pretrained_backbone": False}


class Unbuildable(Exception):
    """No argument comes to mind, or the constructor raised."""


def build(cls: type, attempt: int, depth: int = 0) -> Any:
    """An instance of a class.

    Args:
        cls: the class.
        attempt: 0, 1 or 2: which of the guesses.
        depth: how many constructors want this one for an argument.

    Raises:
        Unbuildable: a required parameter has no guess.
    """
    arguments = {}
    try:
        parameters = inspect.signature(cls).parameters.values()
    except (TypeError, ValueError) as error:
        raise Unbuildable(str(error)) from error
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.default is parameter.empty:
            arguments[parameter.name] = value(cls, parameter, attempt, depth)
        elif parameter.name in _OFFLINE:
            arguments[parameter.name] = _OFFLINE[parameter.name]
    positional = [arguments.pop(p.name) for p in parameters if p.kind == p.POSITIONAL_ONLY and p.name in arguments]
    return cls(*positional, **arguments)


def value(cls: type, parameter: inspect.Parameter, attempt: int, depth: int) -> Any:
    """A guess for one parameter."""
    annotation = parameter.annotation
    if isinstance(annotation, str):
        # The whole signature's may not resolve; one alone might.
        try:
            function = inspect.unwrap(cls.__init__)  # type: ignore[misc]
            annotation = eval(annotation, getattr(function, "__globals__", {}))
        except Exception:
            annotation = inspect.Parameter.empty
    named = next((guess for pattern, guess in _BY_NAME if re.search(pattern, parameter.name)), _OTHERWISE)[attempt]
    if annotation is inspect.Parameter.empty:
        return named
    return _of_annotation(annotation, named, attempt, depth)


def _of_annotation(annotation: Any, named: Any, attempt: int, depth: int) -> Any:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        inner = tuple(one for one in inner if one is not type(None))
        if any(isinstance(one, type) and isinstance(named, one) for one in inner) or not inner:
            return named
        return _of_annotation(inner[min(attempt, len(inner) - 1)], named, attempt, depth)
    if origin is typing.Literal:
        return inner[min(attempt, len(inner) - 1)]
    if origin in (list, tuple, collections.abc.Sequence, collections.abc.Iterable):
        if isinstance(named, list | tuple) and attempt < 2:
            return origin(named) if origin in (list, tuple) else list(named)
        kinds = [one for one in inner if one is not Ellipsis] or [int]
        count = len(kinds) if origin is tuple and Ellipsis not in inner else attempt + 1
        made = [_of_annotation(kinds[i % len(kinds)], named, attempt, depth) for i in range(count)]
        return tuple(made) if origin is tuple else made
    if origin is dict:
        return {}
    if origin is type:
        return inner[0] if inner and inspect.isclass(inner[0]) else torch.nn.ReLU
    if origin is collections.abc.Callable or annotation is Callable:
        return named if callable(named) else torch.nn.ReLU()
    if not isinstance(annotation, type) or annotation is object:
        return named
    if isinstance(named, annotation):
        return named
    if annotation is bool:
        return attempt == 0
    if annotation is int:
        return (8, 16, 2)[attempt]
    if annotation is float:
        return float(named) if isinstance(named, int | float) else (0.1, 0.5, 1.0)[attempt]
    if annotation is str:
        return "4x0e+2x1o" if "irrep" in str(named) else ("relu", "mean", "same")[attempt]
    if annotation is torch.Tensor:
        return torch.ones(8) if attempt == 0 else torch.ones(8, 8)
    if annotation in (dict, set):
        return annotation()
    if annotation in (list, tuple):
        return [8, 8] if annotation is list else (8, 8)
    if issubclass(annotation, enum.Enum):
        return next(iter(annotation))
    if annotation is torch.nn.Module:
        return torch.nn.Identity() if attempt == 0 else torch.nn.Linear(8, 8)
    if depth < 2 and (issubclass(annotation, torch.nn.Module) or dataclasses.is_dataclass(annotation)):
        return build(annotation, attempt, depth + 1)
    return named
