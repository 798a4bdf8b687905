"""``modules.txt``: what a small instance of each class of ``torch.nn`` becomes when it is scripted."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from functools import partial
from typing import Any

from torchscript_lint.library.generate import probe

#: Arguments for the parameters without default, by the parameter's name.
ARGUMENTS: dict[str, Any] = {
    "in_channels": 4, "out_channels": 4, "kernel_size": 3, "in_features": 16, "in1_features": 4,
    "in2_features": 4, "out_features": 4, "num_features": 4, "num_groups": 2, "num_channels": 4,
    "normalized_shape": 4, "d_model": 8, "nhead": 2, "input_size": 4, "hidden_size": 4, "bias": True,
    "num_chunks": 4, "embed_dim": 8, "num_heads": 2, "num_embeddings": 4, "embedding_dim": 4, "padding": 1,
    "output_size": 2, "lower": 0.1, "upper": 0.3, "threshold": 0.1, "value": 0.2, "upscale_factor": 2,
    "downscale_factor": 2, "n_classes": 10, "cutoffs": [2, 5], "unflattened_size": (2, 2), "dim": 1,
    "num_layers": 1, "groups": 2, "size": 4, "norm_type": 2.0, "num_classes": 4, "mode": "LSTM",
}  # fmt: skip
#: Classes that need an argument which has a default.
MORE: dict[str, dict[str, Any]] = {
    "FractionalMaxPool2d": {"output_size": 2},
    "FractionalMaxPool3d": {"output_size": 2},
}
_MANGLED = re.compile(r"\.___torch_mangle_\d+")
Entry = dict[str, Any]


def parameters(class_: Any) -> list[inspect.Parameter]:
    """The parameters of a class's constructor, ``self`` apart."""
    found = list(inspect.signature(class_.__init__).parameters.values())[1:]
    if [parameter.name for parameter in found] == [
        "args",
        "kwargs",
    ] and class_.__base__.__name__ == "RNNBase":
        # RNN, LSTM and GRU pass on what they are given; the base class's ``mode`` comes from them.
        return parameters(class_.__base__)[1:]
    return found


def build(class_: Any) -> Any:
    """A small instance.

    Raises:
        Exception: it cannot be built from :data:`ARGUMENTS`.
    """
    nn = importlib.import_module("torch.nn")
    arguments: dict[str, Any] = dict(MORE.get(class_.__name__, {}))
    for parameter in parameters(class_):
        variable = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if variable or parameter.default is not parameter.empty:
            continue
        if parameter.name == "encoder_layer":
            arguments[parameter.name] = nn.TransformerEncoderLayer(8, 2)
        elif parameter.name == "decoder_layer":
            arguments[parameter.name] = nn.TransformerDecoderLayer(8, 2)
        else:
            arguments[parameter.name] = ARGUMENTS[parameter.name]
    return class_(**arguments)


def _text(value: object) -> str:
    return _MANGLED.sub("", str(value))


def _constant_type(value: Any) -> str:
    """The type of a constant of a module, or nothing when the compiler does not make it one."""
    return str(probe.torch()._C._jit_try_infer_type(value).type().annotation_str)


def describe(class_: Any) -> Entry:
    """Script a small instance and say what it is; runs in a child."""
    torch = probe.torch()
    try:
        module = build(class_)
    except Exception as error:
        return {"unbuilt": probe.first_line(error)}
    try:
        scripted = torch.jit.script(module)
    except Exception as error:
        return {"message": probe.first_line(error)}
    concrete = scripted._concrete_type
    known = scripted._c
    entry: Entry = {
        "methods": [_text(probe.schema_text(known._get_method(name).schema)) for name in known._method_names()],
        "attributes": {
            name: _text(type_.annotation_str) for name, (type_, _) in sorted(concrete.get_attributes().items())
        },
        "parameters": sorted(name for name, (_, is_parameter) in concrete.get_attributes().items() if is_parameter),
        "buffers": sorted(name for name, _ in module.named_buffers(recurse=False)),
        "constants": {},
        "modules": {
            name: f"{type(child).__module__}.{type(child).__qualname__}" for name, child in module.named_children()
        },
    }
    for name, value in sorted(concrete.get_constants().items()):
        try:
            entry["constants"][name] = _text(_constant_type(value))
        except RuntimeError:
            continue
    return entry


def generate(only: frozenset[str] | None = None) -> list[str]:
    """The lines of ``modules.txt``: the name in ``torch.nn``, a tab, its record as JSON.

    Args:
        only: the classes to describe, if not all.
    """
    nn = importlib.import_module("torch.nn")
    lines: list[str] = []
    for name in sorted(set(importlib.import_module("torch.nn.modules").__all__)):
        if only is not None and name not in only:
            continue
        class_ = getattr(nn, name)
        if not issubclass(class_, nn.Module):
            continue
        try:
            entry: Entry = probe.in_child(partial(describe, class_))
        except probe.Crash as crash:
            entry = {"message": str(crash)}
        entry["target"] = f"{class_.__module__}.{class_.__qualname__}"
        entry["init"] = [parameter.name for parameter in parameters(class_)]
        entry = {key: value for key, value in entry.items() if value}
        lines.append(f"{name}\t{json.dumps(entry, separators=(',', ':'), sort_keys=True)}")
    return lines
