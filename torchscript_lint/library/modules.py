"""The modules of ``torch.nn``: what an instance becomes when it is scripted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from torchscript_lint.library.data import records
from torchscript_lint.library.operators import class_type
from torchscript_lint.library.schema import Schema, parse_schema, parse_type
from torchscript_lint.plain import dataclass
from torchscript_lint.types.model import Type


@dataclass(frozen=True, slots=True)
class NNModule:
    """A class of ``torch.nn``, seen through a small instance made with default options.

    Attributes:
        name: its name in ``torch.nn``.
        target: where it is defined, ``module.qualname``.
        init: the names of its constructor's parameters, without ``self``; of ``RNN``, ``LSTM`` and ``GRU``
            those of ``RNNBase``.
        scripts: whether an instance scripts; None when none could be built.
        message: the first line of the compiler's message when it does not.
        methods: the compiled methods by name, without ``self``; a method with overloads is there as
            ``name__0``, ``name__1`` and so on.
        attributes: the type of each attribute, parameters and buffers included; constants apart. What is
            None in the instance (``bias`` with ``bias=False``) has another type there.
        constants: the type of each constant.
        parameters, buffers: the names of these among the attributes.
        modules: the submodules: the name of each and its class, ``module.qualname``.
    """

    name: str
    target: str
    init: tuple[str, ...]
    scripts: bool | None
    message: str
    methods: Mapping[str, Schema]
    attributes: Mapping[str, Type]
    constants: Mapping[str, Type]
    parameters: frozenset[str]
    buffers: frozenset[str]
    modules: Mapping[str, str]

    @property
    def forward(self) -> tuple[Schema, ...]:
        """The signatures of ``forward``, in the order in which they are tried."""
        if "forward" in self.methods:
            return (self.methods["forward"],)
        return tuple(schema for name, schema in self.methods.items() if name.startswith("forward__"))


@cache
def nn_module(name: str) -> NNModule | None:
    """What is known of a class of ``torch.nn``.

    Args:
        name: its name there (``Conv2d``).
    """
    text = records("modules.txt").get(name)
    if text is None:
        return None
    record = json.loads(text)
    schemas = [parse_schema(schema, class_type) for schema in record.get("methods", ())]
    message = record.get("message", "")
    return NNModule(
        name,
        record["target"],
        tuple(record.get("init", ())),
        None if "unbuilt" in record else not message,
        message,
        {schema.name: replace(schema, args=schema.args[1:]) for schema in schemas},
        {key: parse_type(type_, class_type) for key, type_ in record.get("attributes", {}).items()},
        {key: parse_type(type_, class_type) for key, type_ in record.get("constants", {}).items()},
        frozenset(record.get("parameters", ())),
        frozenset(record.get("buffers", ())),
        record.get("modules", {}),
    )
