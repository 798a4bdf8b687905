"""Floor 4: many files as one program: names, classes, targets."""

from torchscript_lint.program.definitions import (
    UNCERTAIN,
    UNDEFINED,
    Class,
    Definition,
    External,
    Function,
    ModuleRef,
    Uncertain,
    Undefined,
    Value,
)
from torchscript_lint.program.module import Module
from torchscript_lint.program.program import Program

__all__ = [
    "UNCERTAIN",
    "UNDEFINED",
    "Class",
    "Definition",
    "External",
    "Function",
    "Module",
    "ModuleRef",
    "Program",
    "Uncertain",
    "Undefined",
    "Value",
]
