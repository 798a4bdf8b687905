"""Floor 5: what ``torch.jit.script`` would do with a target."""

from torchscript_lint.script.targets import check, reveal

__all__ = ["check", "reveal"]
