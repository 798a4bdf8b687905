"""What the page's script knows of the modules: the report in short keys."""

from __future__ import annotations

from torchscript_lint.verdicts import Module, Part, Reached, Report, Side


def of(report: Report) -> dict[str, object]:
    """The modules; chains are places in one list, as many modules share them."""
    chains: dict[tuple[str, ...], int] = {}

    def side(found: Side) -> dict[str, object]:
        made: dict[str, object] = {"v": found.state}
        if found.errors:
            made["e"] = reached(found.errors)
        if found.warnings:
            made["w"] = reached(found.warnings)
        if found.unsaved:
            made["p"] = reached(found.unsaved)
        if found.refused:
            made["r"] = [
                [part.cls, part.message, chains.setdefault(part.chain, len(chains)), part.path, part.row]
                for part in found.refused
            ]
        if found.reason:
            made["why"] = found.reason
        return made

    def reached(found: tuple[Reached, ...]) -> list[list[int]]:
        return [[one.finding, chains.setdefault(one.chain, len(chains))] for one in found]

    def module(found: Module) -> dict[str, object]:
        return {
            "n": found.name,
            "p": found.path,
            "l": found.row,
            "g": found.given,
            "b": list(found.bases),
            "s": side(found.script),
            "t": side(found.trace),
            "w": [found.way.kind, found.way.title, found.way.why],
            "c": [part(child) for child in found.parts],
            "h": list(found.held_by),
        }

    modules = [module(found) for found in report.modules]
    return {"modules": modules, "chains": [list(chain) for chain in chains]}


def part(found: Part) -> dict[str, object]:
    """A part; what is as usual is left out."""
    made: dict[str, object] = {"n": found.name, "c": found.cls}
    if found.kind != "module":
        made["k"] = found.kind
    if found.module is not None:
        made["m"] = found.module
    if found.count != 1:
        made["x"] = found.count or 0
    if not found.certain:
        made["u"] = 1
    if found.scripts is False:
        made["bad"] = 1
    if found.parts:
        made["i"] = [part(inner) for inner in found.parts]
    return made
