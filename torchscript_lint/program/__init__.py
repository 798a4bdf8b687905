"""Floor 4: many files as one program: names, classes, targets."""
