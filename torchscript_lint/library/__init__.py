"""Floor 3: what torch offers to a script: data generated from torch, shipped with its torch version.

``python -m torchscript_lint.library.generate`` makes the data anew from the installed torch; the analysis
itself never imports torch. Nothing is read before the first question.

- Operators: :func:`schemas`, :func:`op_exists`, :class:`Schema`, :class:`Arg`.
- Names: :func:`attribute`, :func:`has_module`, :func:`builtin`, :func:`compiler_global`, :class:`Entry`.
- Values: :func:`method_kind`, :func:`property_type`, :func:`tensor_attribute`.
- ``torch.nn``: :func:`nn_module`, :class:`NNModule`.
- :func:`version`: the torch that the data was made from.
"""

from torchscript_lint.library.data import version
from torchscript_lint.library.methods import method_kind, property_type, tensor_attribute
from torchscript_lint.library.modules import NNModule, nn_module
from torchscript_lint.library.names import Entry, attribute, builtin, compiler_global, has_module, without_class
from torchscript_lint.library.operators import LibraryClass, class_type, op_exists, schemas
from torchscript_lint.library.schema import Arg, Schema, SchemaError, parse_schema, parse_type

__all__ = [
    "Arg",
    "Entry",
    "LibraryClass",
    "NNModule",
    "Schema",
    "SchemaError",
    "attribute",
    "builtin",
    "class_type",
    "compiler_global",
    "has_module",
    "method_kind",
    "nn_module",
    "op_exists",
    "parse_schema",
    "parse_type",
    "property_type",
    "schemas",
    "tensor_attribute",
    "version",
    "without_class",
]
