def generate() -> list[str]:
    return []
