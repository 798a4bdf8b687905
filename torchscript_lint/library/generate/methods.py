"""``methods.txt``: the methods and attributes that values of TorchScript's own types have.

By experiment: ``x.name`` is compiled for every name that an operator or a Python class has. What compiles is
an attribute and has a type; what "cannot be used as a value" is a method (``SimpleValue::attr`` in
``sugared_value.cpp``).
"""

from __future__ import annotations

import re

from torchscript_lint.library.generate import probe

#: A family's name to the types that are tried; it has what any of them has.
FAMILIES: dict[str, tuple[str, ...]] = {
    "Tensor": ("Tensor",),
    "Optional[Tensor]": ("Optional[Tensor]",),
    "str": ("str",),
    "List": (
        "List[int]", "List[float]", "List[bool]", "List[str]", "List[Tensor]", "List[complex]",
        "List[Tuple[int, int]]", "List[List[int]]", "List[Optional[Tensor]]",
    ),
    "Dict": (
        "Dict[str, int]", "Dict[int, Tensor]", "Dict[float, int]", "Dict[bool, int]", "Dict[complex, int]",
        "Dict[Tensor, int]",
    ),
    "Tuple": ("Tuple[int, int]", "Tuple[Tensor, str]"),
    "int": ("int",),
    "float": ("float",),
    "bool": ("bool",),
    "complex": ("complex",),
    "number": ("number",),
    "Device": ("Device",),
    "Generator": ("Generator",),
    "Stream": ("Stream",),
    "Future": ("Future[Tensor]",),
    "Any": ("Any",),
}  # fmt: skip
_VALUE = re.compile(r"cannot be used as a value")
_NONE = re.compile(r"has no attribute or method")


def candidates(operators: frozenset[str]) -> list[str]:
    """Every name worth trying: of operators and of the attributes of Python's own types."""
    torch = probe.torch()
    names = {name.partition("::")[2] for name in operators if name.startswith(("aten::", "prim::"))}
    for type_ in (torch.Tensor, str, list, dict, tuple, int, float, bool, complex):
        names |= set(dir(type_))
    for type_ in (torch.device, torch.Generator, torch.Stream, torch.futures.Future, torch.Event):
        names |= set(dir(type_))
    return sorted(name for name in names if name.isidentifier())


def ask(type_: str, name: str) -> tuple[str, str] | None:
    """``("property", its type)``, ``("method", "")``, or None when such a value has no such attribute."""
    torch = probe.torch()
    names = {"Device": torch.device, "Generator": torch.Generator, "Stream": torch.Stream}
    try:
        function = probe.compile_text(f"def f(x: {type_}):\n  return x.{name}\n", names)
    except Exception as error:
        message = str(error)
        if _NONE.search(message):
            return None
        return ("method", "") if _VALUE.search(message) else None
    return "property", str(function.schema.returns[0].type.annotation_str)


def generate(operators: frozenset[str]) -> list[str]:
    """The lines of ``methods.txt``: ``family.name``, a tab, ``method`` or ``property:type``."""
    lines: list[str] = []
    names = candidates(operators)
    for family, types in FAMILIES.items():
        for name in names:
            answers = [answer for answer in (ask(type_, name) for type_ in types) if answer is not None]
            if answers:
                kind, type_ = answers[0]
                lines.append(f"{family}.{name}\t{kind}:{type_}" if type_ else f"{family}.{name}\t{kind}")
    return lines
