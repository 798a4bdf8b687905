"""What an expression can be while a function is compiled: ``SugaredValue`` and its kinds.

Mirrors ``sugared_value.h`` and ``python_sugared_value.h``. ``kind`` is the compiler's own word for it, used in its
messages. Values that the source does not tell are ``Simple(UNKNOWN)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint import library
from torchscript_lint.types.model import NONE, UNKNOWN, ClassType, EnumType, NamedTupleType, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchscript_lint.program import Class, Function
    from torchscript_lint.program.instances import Attribute, Instance


class _No:
    def __repr__(self) -> str:
        return "<no constant>"


#: Stands for "not known while compiling" where None could be meant.
NO = _No()


class _Some:
    def __repr__(self) -> str:
        return "<some constant>"


#: Stands for a value that is a constant to the compiler, and which the source does not tell.
SOME = _Some()


class Sugared:
    """A value of any kind."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        """The compiler's word for it."""
        raise NotImplementedError


class Simple(Sugared):
    """A first-class value of a type.

    Attributes:
        type: its type.
        const: its Python value where it is a constant to the compiler; ``SOME`` where that isn't known; else ``NO``.
        empty: whether it is an empty list literal that isn't bound to a name yet (it fits any list).
    """

    __slots__ = ("const", "empty", "type")

    def __init__(self, type: Type, const: object = NO, empty: bool = False) -> None:
        self.type = type
        self.const = const
        self.empty = empty

    @property
    def kind(self) -> str:
        return f"value of type '{self.type}'"

    @property
    def unknown(self) -> bool:
        """Whether nothing is known about it."""
        return self.type is UNKNOWN


class Functions(Sugared):
    """A function of the program, or its overloads, to be compiled when called."""

    __slots__ = ("functions", "receiver")

    def __init__(self, functions: Sequence[Function], receiver: Sugared | None = None) -> None:
        self.functions = tuple(functions)
        self.receiver = receiver

    @property
    def kind(self) -> str:
        return "function" if self.receiver is None else "method"


class Opaque(Sugared):
    """A Python function that stays a call into Python: ``@torch.jit.ignore``, ``unused``. Its signature is read.

    ``receiver`` is the module it is bound to.
    """

    __slots__ = ("function", "receiver")

    def __init__(self, function: Function, receiver: Sugared | None = None) -> None:
        self.function = function
        self.receiver = receiver

    @property
    def kind(self) -> str:
        return "python value of type 'function'"


class Builtin(Sugared):
    """An operator (``aten::add``), with its ``self`` if it is a method."""

    __slots__ = ("op", "receiver")

    def __init__(self, op: str, receiver: Simple | None = None) -> None:
        self.op = op
        self.receiver = receiver

    @property
    def kind(self) -> str:
        return "builtin"


class Library(Sugared):
    """A function of torch that is compiled from its Python source, or whatever else the library knows of a name."""

    __slots__ = ("entry", "name")

    def __init__(self, name: str, entry: library.Entry) -> None:
        self.name = name
        self.entry = entry

    @property
    def kind(self) -> str:
        return "boolean dispatch" if self.entry.kind == "dispatch" else "function"


class Cast(Sugared):
    """``int``, ``float``, ``bool``, ``complex`` or ``str``."""

    __slots__ = ("name", "op", "type")

    def __init__(self, name: str, type: Type, op: str) -> None:
        self.name = name
        self.type = type
        self.op = op

    @property
    def kind(self) -> str:
        return "builtin"


class TensorCast(Sugared):
    """``x.float``, ``x.long``, ...: to be called without arguments."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def kind(self) -> str:
        return "tensor cast"


class Special(Sugared):
    """A form with rules of its own: ``range``, ``isinstance``, ``torch.jit.annotate``, ..."""

    __slots__ = ("form", "receiver")

    def __init__(self, form: str, receiver: Sugared | None = None) -> None:
        self.form = form
        self.receiver = receiver

    @property
    def kind(self) -> str:
        return "Special form"


class PythonModule(Sugared):
    """A Python module: of the program, or outside by dotted name."""

    __slots__ = ("definition", "name")

    def __init__(self, name: str, definition: object) -> None:
        self.name = name
        self.definition = definition

    @property
    def kind(self) -> str:
        return "python value of type 'module'"


class PythonObject(Sugared):
    """A Python object that the compiler cannot use as a value; ``type_name`` is what it says of its type.

    ``class_name``: for a class that cannot be compiled, its name: it cannot be instantiated.
    """

    __slots__ = ("class_name", "type_name")

    def __init__(self, type_name: str, class_name: str = "") -> None:
        self.type_name = type_name
        self.class_name = class_name

    @property
    def kind(self) -> str:
        return f"python value of type '{self.type_name}'"


class ClassObject(Sugared):
    """A TorchScript class of the program, as a callable."""

    __slots__ = ("cls", "type")

    def __init__(self, cls: Class, type: ClassType) -> None:
        self.cls = cls
        self.type = type

    @property
    def kind(self) -> str:
        return str(self.type)


class UnscriptedDataclass(Sugared):
    """A dataclass that was not handed to ``torch.jit.script``: naming it is an error."""

    __slots__ = ("cls",)

    def __init__(self, cls: Class) -> None:
        self.cls = cls

    @property
    def kind(self) -> str:
        return "class"


class NamedTupleObject(Sugared):
    """A NamedTuple class, as a callable."""

    __slots__ = ("type",)

    def __init__(self, type: NamedTupleType) -> None:
        self.type = type

    @property
    def kind(self) -> str:
        return str(self.type)


class EnumObject(Sugared):
    """An Enum class."""

    __slots__ = ("type",)

    def __init__(self, type: EnumType) -> None:
        self.type = type

    @property
    def kind(self) -> str:
        return "EnumClass"


class ExceptionObject(Sugared):
    """An exception class (``instance`` False), or what calling it makes."""

    __slots__ = ("instance", "name")

    def __init__(self, name: str, instance: bool = False) -> None:
        self.name = name
        self.instance = instance

    @property
    def kind(self) -> str:
        return "exception message" if self.instance else "Python exception"


class ModuleObject(Sugared):
    """An ``nn.Module`` instance: what it holds, as far as the source tells.

    Attributes:
        cls: its class in the program, or None.
        external: dotted name of its class outside the program, or ``""``.
        instance: what it holds, for a class of the program.
        attribute: how its holder knows it: elements of a container, whether certain.
    """

    __slots__ = ("attribute", "cls", "external", "instance")

    def __init__(
        self,
        cls: Class | None,
        external: str = "",
        instance: Instance | None = None,
        attribute: Attribute | None = None,
    ) -> None:
        self.cls = cls
        self.external = external
        self.instance = instance
        self.attribute = attribute

    @property
    def kind(self) -> str:
        return "module"

    @property
    def cls_type(self) -> ClassType | None:
        """Its type as a first-class value; None if its class isn't known."""
        if self.cls is not None:
            return ClassType.of(self.cls.fullname, "module", self.cls)
        known = library.nn_module(self.name) if self.external else None
        return ClassType.of(known.target, "module", known) if known is not None else None

    @property
    def name(self) -> str:
        """The class's own name; empty if unknown."""
        return self.cls.name if self.cls is not None else self.external.rpartition(".")[2]


class ModuleDictMethod(Sugared):
    """``self.blocks.items``, ``self.children``, ...: to be called without arguments, gives ``value``."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Sugared) -> None:
        self.name = name
        self.value = value

    @property
    def kind(self) -> str:
        return "module dict method"


class Items(Sugared):
    """A tuple of values of any kind (``SugaredTupleValue``): loops over it are unrolled.

    ``items`` is None where their number isn't known; ``item`` is then what each of them is like.
    """

    __slots__ = ("item", "items")

    def __init__(self, items: list[Sugared] | None, item: Sugared | None = None) -> None:
        self.items = items
        self.item = item

    @property
    def kind(self) -> str:
        return "Tuple"


class Range(Sugared):
    """``range(...)``. ``unrolled``: it runs along a container whose loops are unrolled."""

    __slots__ = ("unrolled",)

    def __init__(self, unrolled: bool = False) -> None:
        self.unrolled = unrolled

    @property
    def kind(self) -> str:
        return "range"


class Iterables(Sugared):
    """``zip``, ``enumerate``: several iterables side by side (``IterableTree``)."""

    __slots__ = ("children",)

    def __init__(self, children: list[Sugared]) -> None:
        self.children = children

    @property
    def kind(self) -> str:
        return "iterabletree"


class SliceObject(Sugared):
    """``slice(...)``."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        return "Python slice value"


class NoneOnly(Sugared):
    """What ``print(...)`` gives: nothing that could be used."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        return "None"


UNKNOWN_VALUE = Simple(UNKNOWN)
NONE_VALUE = Simple(NONE, None)


def is_unknown(value: Sugared) -> bool:
    """Whether nothing is known about the value."""
    return isinstance(value, Simple) and value.type is UNKNOWN
