"""From a class to what its instances hold."""

from __future__ import annotations

from torchscript_lint.program.definitions import Class
from torchscript_lint.program.instances.model import Instance
from torchscript_lint.program.program import Program


def instance(program: Program, cls: Class) -> Instance:
    """What an instance of the class holds."""
    return Instance(cls, {}, complete=False, initialised=None)
