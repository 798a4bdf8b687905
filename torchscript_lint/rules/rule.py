"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: everything people read about it, in one place.

    Attributes:
        code: ``TS`` and three digits; the first digit is the family.
        name: kebab-case, what is rejected or mis-recorded.
        summary: one line for lists.
        message: template of the finding's message; ``{...}`` are values the analysis supplies.
        compiler: template of the compiler's (or tracer's) own message; empty where it says nothing.
        why: why TorchScript behaves so, with the torch file that says it.
        instead: template of what to write instead.
        severity: ``error`` or ``warning``.
        mode: ``script`` or ``trace``.
        proof: ``compiler`` where a fixture proves the rule with the real torch; ``save`` where what it is about
            compiles, and torch.jit.save refuses it; ``none`` for rules about files, which torch never sees.
    """

    code: str
    name: str
    summary: str
    message: str
    compiler: str
    why: str
    instead: str
    severity: str = "error"
    mode: str = "script"
    proof: str = "compiler"
