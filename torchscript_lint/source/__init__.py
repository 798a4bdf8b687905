"""Floor 0: bytes → text → the tree, the small set of nodes TorchScript itself lowers Python to."""
