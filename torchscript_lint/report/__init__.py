"""Floor 6: findings → text, JSON."""
