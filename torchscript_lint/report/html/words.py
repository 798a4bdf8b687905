"""How states and ways are called on the page: in full, and short below a column's head."""

from __future__ import annotations

SCRIPT = {
    "yes": "scripts",
    "open": "scripts if its parts do",
    "sometimes": "not in every configuration",
    "no": "does not script",
    "unknown": "cannot be told",
}
TRACE = {
    "yes": "faithful",
    "open": "faithful if its parts are",
    "sometimes": "may lose something",
    "no": "not faithful",
    "unknown": "cannot be told",
    "none": "no forward",
}
SHORT_SCRIPT = {"yes": "scripts", "open": "if its parts do", "sometimes": "sometimes", "no": "no", "unknown": "unknown"}
SHORT_TRACE = {
    "yes": "faithful",
    "open": "if its parts are",
    "sometimes": "sometimes",
    "no": "no",
    "unknown": "unknown",
    "none": "no forward",
}
WAYS = {
    "either": "script or trace",
    "script": "script",
    "trace": "trace",
    "fix": "fix, then script",
    "helper": "trace with a scripted helper",
    "nothing": "nothing to run",
    "unknown": "unknown",
}
#: A sign beside the words: no meaning hangs on colour alone.
SIGNS = {"yes": "✓", "open": "✓", "sometimes": "◐", "no": "✕", "unknown": "?", "none": "–"}
