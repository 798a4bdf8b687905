"""Floor 6: findings → text. Each format is a pure function in a file of its own."""
