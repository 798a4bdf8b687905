"""Operator and function schemas, and the parser of their text.

The grammar is that of ``torch/csrc/jit/frontend/function_schema_parser.cpp`` and ``schema_type_parser.cpp``.
The types are those that the compiler matches against: ``ScalarType``, ``Layout``, ``MemoryFormat`` and
``SymInt`` are int.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torchscript_lint.plain import dataclass
from torchscript_lint.types import model
from torchscript_lint.types.model import Type


@dataclass(frozen=True, slots=True)
class Arg:
    """One parameter of a schema.

    Attributes:
        name: its name, usable as a keyword.
        type: its TorchScript type.
        has_default: whether it may be left out.
        kwarg_only: whether it must be passed by keyword.
        n: of ``int[n]``, which also takes one int that stands for n; else None.
        is_out: whether it is an output tensor (``Tensor(a!) out``, by keyword only).
        mutated: whether the operator writes to it.
        default: the default as the schema's text spells it, or None.
    """

    name: str
    type: Type
    has_default: bool = False
    kwarg_only: bool = False
    n: int | None = None
    is_out: bool = False
    mutated: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The signature of an operator, or of a function that is compiled from its source.

    Attributes:
        name: ``aten::add``; of a function its unqualified name.
        overload: ``Tensor`` in ``aten::add.Tensor``; may be empty.
        args: the parameters in order, the keyword-only ones last.
        returns: the types of the results (none for ``-> ()``).
        text: as the compiler prints it in "The following variants are available".
        return_names: the names of the results where the schema has them (``values, indices``), else empty.
        vararg: whether it takes any further arguments (``...``).
        varret: whether it returns any number of results (``...``).
    """

    name: str
    overload: str
    args: tuple[Arg, ...]
    returns: tuple[Type, ...]
    text: str
    return_names: tuple[str, ...] = ()
    vararg: bool = False
    varret: bool = False

    @property
    def result(self) -> Type:
        """The type of a call's value: of several results a tuple, with field names where all have one.

        Source: ``packOutputs`` in ``schema_matching.cpp``: no result is an empty tuple. Unknown for ``-> ...``.
        """
        if self.varret:
            return model.UNKNOWN
        if len(self.returns) == 1:
            return self.returns[0]
        if self.return_names:
            unnamed = model.TupleType.of(self.returns)  # it has no name: it is printed as a plain tuple
            return model.NamedTupleType.named(str(unnamed), self.return_names, self.returns)
        return model.TupleType.of(self.returns)


class SchemaError(ValueError):
    """A text that is no schema."""


#: The schema language's base types (``schema_type_parser.cpp``) as the compiler matches them.
BASE: Mapping[str, Type] = {
    "Tensor": model.TENSOR,
    "int": model.INT,
    "SymInt": model.INT,
    "ScalarType": model.INT,
    "Layout": model.INT,
    "MemoryFormat": model.INT,
    "bool": model.BOOL,
    "SymBool": model.BOOL,
    "float": model.FLOAT,
    "SymFloat": model.FLOAT,
    "complex": model.COMPLEX,
    "Scalar": model.NUMBER,
    "number": model.NUMBER,
    "str": model.STR,
    "Dimname": model.STR,
    "NoneType": model.NONE,
    "Device": model.DEVICE,
    "DeviceIndex": model.INT,
    "Generator": model.GENERATOR,
    "Stream": model.STREAM,
    "Storage": model.STORAGE,
    "Quantizer": model.QUANTIZER,
    "Capsule": model.CAPSULE,
    "PyObject": model.PYOBJECT,
    "Any": model.ANY,
    "list": model.ANY_LIST,
    "AnyListType": model.ANY_LIST,
    "tuple": model.ANY_TUPLE,
    "AnyTupleType": model.ANY_TUPLE,
    "AnyEnumType": model.ANY_ENUM,
    "AnyClassType": model.ANY_CLASS,
}

_CONTAINERS = frozenset({"Dict", "Future", "Await", "RRef", "Union", "Optional", "List", "Tuple"})


def parse_schema(text: str, class_type: Callable[[str], Type] | None = None) -> Schema:
    """Parse a schema.

    Args:
        text: as ``str(torch._C.FunctionSchema)`` prints it.
        class_type: the type of a ``__torch__.`` name; without it such a type is Unknown.

    Raises:
        SchemaError: the text is no schema.
    """
    return _Parser(text, class_type).schema()


def parse_type(text: str, class_type: Callable[[str], Type] | None = None) -> Type:
    """Parse a type in the schema language (``Tensor[]?``, ``Dict(str, int)``), as :func:`parse_schema` does.

    Raises:
        SchemaError: the text is no type.
    """
    parser = _Parser(text, class_type)
    type_, _, _ = parser.type()
    if parser.at != len(text):
        raise SchemaError(f"{text!r}: not a type after column {parser.at}")
    return type_


class _Parser:
    """A recursive descent over one text; ``at`` is the next character."""

    def __init__(self, text: str, class_type: Callable[[str], Type] | None) -> None:
        self.text = text
        self.at = 0
        self.class_type = class_type

    def schema(self) -> Schema:
        opening = self.text.find("(")
        if opening < 0:
            raise SchemaError(f"{self.text!r}: no parameter list")
        name, _, overload = self.text[:opening].partition(".")
        self.at = opening + 1
        args, vararg = self._args()
        self._expect(" -> ")
        returns, names, varret = self._returns()
        if self.at != len(self.text):
            raise SchemaError(f"{self.text!r}: text after the results")
        return Schema(name, overload, tuple(args), tuple(returns), self.text, names, vararg, varret)

    def _args(self) -> tuple[list[Arg], bool]:
        args: list[Arg] = []
        kwarg_only = vararg = False
        while not self._take(")"):
            if self._take("..."):
                vararg = True
            elif self._take("*"):
                kwarg_only = True
            else:
                type_, n, mutated = self.type()
                self._take(" ")
                name = self._word()
                default = self._default() if self._take("=") else None
                is_out = kwarg_only and mutated and default is None
                args.append(Arg(name, type_, default is not None, kwarg_only, n, is_out, mutated, default))
            self._take(", ")
        return args, vararg

    def _returns(self) -> tuple[list[Type], tuple[str, ...], bool]:
        if self._take("..."):
            return [], (), True
        if not self._take("("):
            only = self.type()[0]
            return [only], (self._word(),) if self._take(" ") else (), False
        # A list in parentheses is several results; the results of a Python function that returns a tuple are
        # printed as one tuple in double parentheses.
        types: list[Type] = []
        names: list[str] = []
        varret = False
        while not self._take(")"):
            if self._take("..."):
                varret = True
            else:
                types.append(self.type()[0])
                if self._take(" "):
                    names.append(self._word())
            self._take(", ")
        return types, tuple(names) if len(names) == len(types) else (), varret

    def type(self) -> tuple[Type, int | None, bool]:
        """One type: the type, the n of an ``[n]`` in it, whether it has a ``!`` (is written to)."""
        mutated = False
        n: int | None = None
        if self._take("("):
            result: Type = model.TupleType.of(self._types(")"))
        else:
            word = self._dotted()
            result = self._container(word) if word in _CONTAINERS else self._base(word)
        while True:
            if self._take("("):
                end = self.text.index(")", self.at)
                mutated |= "!" in self.text[self.at : end]
                self.at = end + 1
            elif self._take("["):
                end = self.text.index("]", self.at)
                size = self.text[self.at : end]
                n = int(size) if size else n
                result = model.ListType.of(result)
                self.at = end + 1
            elif self._take("?"):
                result = model.optional(result)
            else:
                return result, n, mutated

    def _container(self, word: str) -> Type:
        closing = ")"
        if self._take("["):
            closing = "]"
        else:
            self._expect("(")
        parts = self._types(closing)
        if word == "Dict" and len(parts) == 2:
            return model.DictType.of(*parts)
        if word == "Union":
            return model.union(parts)
        if word == "Tuple":
            return model.TupleType.of(parts)
        if word == "Dict" or len(parts) != 1:
            raise SchemaError(f"{self.text!r}: {word} of {len(parts)} types")
        if word == "Future":
            return model.FutureType.of(parts[0])
        if word == "Await":
            return model.AwaitType.of(parts[0])
        if word == "RRef":
            return model.RRefType.of(parts[0])
        return model.ListType.of(parts[0]) if word == "List" else model.optional(parts[0])

    def _base(self, word: str) -> Type:
        if word == "Enum" and self._take("<"):
            # Enum<__torch__.name>: its members are the program's to know.
            self.at = self.text.index(">", self.at) + 1
            return model.UNKNOWN
        known = BASE.get(word)
        if known is not None:
            return known
        if word.startswith("__torch__."):
            return self.class_type(word) if self.class_type is not None else model.UNKNOWN
        if word[:1].islower() and "." not in word:
            return model.VarType.of(word)
        # QScheme and the like: nothing that a script can make or pass on.
        return model.UNKNOWN

    def _types(self, closing: str) -> list[Type]:
        types: list[Type] = []
        while not self._take(closing):
            types.append(self.type()[0])
            self._take(", ")
        return types

    def _default(self) -> str:
        start, depth = self.at, 0
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                while self.text[self.at] != '"':
                    self.at += 2 if self.text[self.at] == "\\" else 1
            elif char in "([":
                depth += 1
            elif char in ")]" and depth:
                depth -= 1
            elif char in ")," and not depth:
                return self.text[start : self.at]
            self.at += 1
        raise SchemaError(f"{self.text!r}: a default without end")

    def _word(self) -> str:
        start = self.at
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] == "_"):
            self.at += 1
        if start == self.at:
            raise SchemaError(f"{self.text!r}: a name is missing at column {start}")
        return self.text[start : self.at]

    def _dotted(self) -> str:
        word = self._word()
        while self._take("."):
            word += "." + self._word()
        return word

    def _take(self, text: str) -> bool:
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise SchemaError(f"{self.text!r}: {text!r} is missing at column {self.at}")
