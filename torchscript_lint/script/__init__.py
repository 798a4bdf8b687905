"""Floor 5: what ``torch.jit.script`` would do with a target."""
