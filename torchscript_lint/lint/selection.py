"""Which rules are on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torchscript_lint import rules

#: Never turned off by selecting others, only by ignoring them: a run that could not read a file must say so.
ALWAYS = frozenset({"TS001", "TS002"})


class UnknownSelector(ValueError):
    """A selector that names no rule; its text is for people."""


@dataclass(frozen=True, slots=True)
class Selectors:
    """Selectors of one origin (the command line, or a configuration file).

    Attributes:
        select: what is on instead of everything; None where nothing is said.
        extend: what is on besides.
        ignore: what is off.
    """

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def expand(selector: str) -> tuple[int, frozenset[str]]:
    """The codes a selector stands for, and how specific it is (the longer prefix is).

    Args:
        selector: a code, a prefix of codes, a rule's name, or ``ALL``.

    Raises:
        UnknownSelector: it names no rule.
    """
    text = selector.strip()
    rule = rules.find(text)
    if rule is not None:
        return 5, frozenset({rule.code})
    if text.upper() == "ALL":
        return 0, frozenset(rules.BY_CODE)
    codes = frozenset(code for code in rules.BY_CODE if text and code.startswith(text.upper()))
    if codes:
        return len(text), codes
    raise UnknownSelector(f"there is no rule {text!r}{did_you_mean(text, (*rules.BY_NAME, *rules.BY_CODE))}")


def did_you_mean(text: str, candidates: Iterable[str]) -> str:
    """``; did you mean 'x'?``, or nothing."""
    import difflib

    known = {candidate.lower(): candidate for candidate in candidates}
    close = difflib.get_close_matches(text.lower(), known, n=1)
    return f"; did you mean {known[close[0]]!r}?" if close else ""


def expand_all(selectors: Iterable[str]) -> frozenset[str]:
    """The codes that any of the selectors stands for. Raises UnknownSelector."""
    return frozenset().union(*(expand(selector)[1] for selector in selectors))


def resolve(command: Selectors, table: Selectors = Selectors()) -> frozenset[str]:
    """The codes that are on.

    Within one origin the more specific selector wins, and ``ignore`` where both are equally specific. The
    command line overrides the table, except that a general selector there (``--select TS``) does not bring
    back what the table ignores by a more specific one.

    Args:
        command: the command line's selectors.
        table: the configuration file's.

    Raises:
        UnknownSelector: one of them names no rule.
    """
    command_on = _best((*(command.select or ()), *command.extend))
    command_off = _best(command.ignore)
    table_on = _best((*(table.select if table.select is not None else ("ALL",)), *table.extend))
    table_off = _best(table.ignore)
    on: set[str] = set()
    for code in rules.BY_CODE:
        wanted = command_on.get(code, -1)
        if command_off.get(code, -1) >= max(wanted, 0):
            continue
        off = table_off.get(code, -1)
        if wanted >= 0:
            chosen = off <= wanted
        elif command.select is not None:
            chosen = code in ALWAYS and off < 0
        else:
            table_wanted = table_on.get(code, 0 if code in ALWAYS else -1)
            chosen = table_wanted > off or (table_wanted >= 0 and off < 0)
        if chosen:
            on.add(code)
    return frozenset(on)


def _best(selectors: Sequence[str]) -> dict[str, int]:
    """For each code that a selector stands for, how specific the most specific one is."""
    best: dict[str, int] = {}
    for selector in selectors:
        specificity, codes = expand(selector)
        for code in codes:
            best[code] = max(best.get(code, -1), specificity)
    return best
