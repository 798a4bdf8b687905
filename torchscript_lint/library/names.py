"""What the compiler makes of names: of attributes of the modules that user code reaches, and of builtins."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from torchscript_lint.library.data import records
from torchscript_lint.library.operators import class_type
from torchscript_lint.library.schema import Schema, parse_schema, parse_type
from torchscript_lint.plain import dataclass
from torchscript_lint.types.model import Type

#: Modules whose classes are written in C.
_WITHOUT_SOURCE = frozenset({"builtins", "_io", "itertools", "_thread"})


_NOT_INSTANTIATED = "FrontendError: Cannot instantiate class"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the compiler makes of a name (``toSugaredValue`` in ``python_sugared_value.cpp``).

    Attributes:
        kind: one of

            - ``builtin``: a call is matched against ``schemas(op)``; with a ``message`` there is none;
            - ``function``: a Python function that is compiled from its source, as ``signatures`` say;
            - ``dispatch``: made by ``boolean_dispatch``: the constant value of the argument named
              ``argument[0]``, at position ``argument[1]``, with default ``argument[2]``, chooses between
              ``branches`` (true, false);
            - ``broken``: a Python function whose compilation fails with ``message``;
            - ``constant``: a value of type ``type``;
            - ``module``: a Python module; ``target`` is its own name;
            - ``class``: a Python class; with a ``message``, compiling or calling it fails;
            - ``namedtuple``, ``enum``, ``enum value``: such a class, or a member of an Enum class;
            - ``exception``: a class that ``raise`` takes; with a ``message`` it fails there;
            - ``special``: a form of the compiler, named by ``target`` (``range``, ``annotate``, ``float``);
            - ``python``: left to Python: a call compiles (the model cannot be saved) when its parameters are
              given, all of them Tensors where ``signatures`` does not say otherwise, and gives a Tensor;
            - ``none``: any use or call fails with ``message``.
        op: of a builtin, and of a cast (``float``: ``aten::Float``), the operator.
        type: of a constant.
        message: the first line of the compiler's message, after the exception's class.
        value: of a constant that is a bool, number, str or None; a dtype, layout or memory format is its int.
        target: where it is defined, ``module.qualname``; of a special form its name.
        signatures: of a function, one for each of its overloads.
        argument: of a ``dispatch``: name, position, default.
        branches: of a ``dispatch``: what is called when the argument is true, and when it is false.
    """

    kind: str
    op: str = ""
    type: Type | None = None
    message: str = ""
    value: object = None
    target: str = ""
    signatures: tuple[Schema, ...] = ()
    argument: tuple[str, int, bool] | None = None
    branches: tuple[Entry, ...] = ()

    @property
    def signature(self) -> Schema | None:
        """The first of the signatures, if there is one."""
        return self.signatures[0] if self.signatures else None

    @property
    def is_left(self) -> bool:
        """Whether it is a class without source (written in C), which is left to Python."""
        return self.kind == "class" and not self.message and self.target.partition(".")[0] in _WITHOUT_SOURCE

    @property
    def is_object(self) -> bool:
        """Whether it is a class that the compiler does not compile: an object of Python's, without attributes."""
        return self.is_left or (self.kind == "class" and self.message.startswith(_NOT_INSTANTIATED))

    @property
    def reason(self) -> str:
        """The message without the class of the exception."""
        return without_class(self.message)


def without_class(message: str) -> str:
    """A message of the compiler without the class of the exception that it begins with."""
    head, _, rest = message.partition(": ")
    return (rest if head.endswith("Error") else message).rstrip(":")


def _entry(record: dict[str, Any]) -> Entry:
    argument = record.get("argument")
    return Entry(
        record["kind"],
        record.get("op", ""),
        parse_type(record["type"], class_type) if "type" in record else None,
        record.get("message", ""),
        record.get("value"),
        record.get("target", ""),
        tuple(parse_schema(text, class_type) for text in record.get("signatures", ())),
        (argument[0], argument[1], argument[2]) if argument else None,
        tuple(_entry(branch) for branch in record.get("branches", ())),
    )


@cache
def attribute(dotted: str) -> Entry | None:
    """What the compiler makes of an attribute of a module.

    Args:
        dotted: the module's name and the attribute's, ``torch.nn.functional.relu``. The module may be spelled
            as another module's attribute: what it holds is looked up where that module really is.

    Returns:
        None when that module is not in the data, or has no such attribute; :func:`has_module` tells which.
    """
    names = records("names.txt")
    record = names.get(dotted)
    if record is not None:
        return _entry(json.loads(record))
    module, _, name = dotted.rpartition(".")
    if module and not has_module(module):
        holder = attribute(module)
        if holder is not None and holder.kind == "module" and holder.target != module:
            return attribute(f"{holder.target}.{name}")
    return None


def has_module(module: str) -> bool:
    """Whether the data has the attributes of this module (all of them, names in double underscores apart)."""
    return records("names.txt").has_prefix(f"{module}.")


def compiler_global(name: str) -> Entry | None:
    """What a plain name means to the compiler before it looks at Python's globals (``print``, ``len``,
    ``min``).

    Only a local variable hides these; a global function of that name is never called
    (``Environment::getSugaredVar`` in ``ir_emitter.cpp``).
    """
    record = records("names.txt").get(f"<compiler>.{name}")
    return None if record is None else _entry(json.loads(record))


def builtin(name: str) -> Entry | None:
    """What a name means to the compiler that nothing in the program defines.

    These are its own globals, then the members of ``typing``, then Python's builtins
    (``createResolutionCallbackFromClosure`` in ``torch/_jit_internal.py``).
    """
    return compiler_global(name) or attribute(f"typing.{name}") or attribute(f"builtins.{name}")
