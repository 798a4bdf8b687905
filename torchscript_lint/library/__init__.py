"""Floor 3: what torch offers to a script, generated from torch and shipped as data."""
