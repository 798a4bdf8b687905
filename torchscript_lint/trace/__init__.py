"""Floor 5: what ``torch.jit.trace`` would record of a target."""
