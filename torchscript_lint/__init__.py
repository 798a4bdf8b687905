"""torchscript-lint: what torch.jit.script rejects and torch.jit.trace mis-records, read off the source."""

__version__ = "0.1.0"
