"""What an ``nn.Module`` instance holds, from source alone: ``__init__`` evaluated without running it."""

from __future__ import annotations

from torchscript_lint.program.instances.build import default_instance, instance
from torchscript_lint.program.instances.model import NO_CONSTANT, Attribute, Hook, Instance

__all__ = ["NO_CONSTANT", "Attribute", "Hook", "Instance", "default_instance", "instance"]
