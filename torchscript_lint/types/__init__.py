"""Floor 2: TorchScript's types: the model, subtyping and unification, annotations."""
