"""Calls in ``__init__`` that are answered from memory give what running them again would give."""

from __future__ import annotations

import pytest

from torchscript_lint.program import Class, Program
from torchscript_lint.program.instances import instance, recall

_BASE = """
import torch
from torch import nn

SIZES = [1, 2]


class Base(nn.Module):
    width = 1
    kind = None

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.ready = self.looks()
        self.size = self.measure(config)
        self.own = self.names()
        self.list = self.listed()
        self.fill()
        self.later = getattr(self, "extra", 0)

    def looks(self):
        return self.kind is not None

    def measure(self, config):
        if self.wide():
            return 2.0
        return self.width

    def wide(self):
        return False

    def names(self):
        return self.__class__.__name__

    def listed(self):
        return [self.width]

    def fill(self):
        if self.looks():
            self.filled = nn.Linear(2, 2)
"""
#: Subclasses that differ in what the base's methods read, each in one thing.
_SUBCLASSES = {
    "nothing": "    pass\n",
    "constant": "    width = 1.5\n",
    "same constant": "    width = 1\n",
    "kind": "    kind = 'a'\n",
    "method": "    def wide(self):\n        return True\n",
    "inner method": "    def looks(self):\n        return 3\n",
    "attribute before": "    def __init__(self, config):\n        self.width = 'w'\n        super().__init__(config)\n",
    "argument": "    def __init__(self):\n        super().__init__(None)\n",
    "appends": (
        "    def __init__(self, config):\n        super().__init__(config)\n        self.list.append(self.width)\n"
    ),
    "property": "    @property\n    def width(self):\n        return 'p'\n",
    "extra": "    extra = True\n",
}


def _source(names: list[str]) -> str:
    return _BASE + "\n".join(f"\nclass C{list(_SUBCLASSES).index(name)}(Base):\n{_SUBCLASSES[name]}" for name in names)


def _held(source: str) -> dict[str, object]:
    module = Program().add_source("net.py", source)
    found = {}
    for name, cls in module.classes.items():
        assert isinstance(cls, Class)
        made = instance(module.program, cls)
        facts = {
            attribute.name: (attribute.kind, attribute.type, attribute.certain, attribute.always, attribute.constant)
            for attribute in made.attributes.values()
        }
        found[name] = (facts, list(facts), made.complete, made.initialised)
    return found


@pytest.mark.parametrize("first", _SUBCLASSES)
def test_what_was_remembered_of_one_class_holds_for_another(first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = _source([first, *(name for name in _SUBCLASSES if name != first)])
    remembered = _held(source)
    monkeypatch.setattr(recall, "_MOST", 0)  # nothing is kept
    assert _held(source) == remembered


def test_a_method_that_only_looks_runs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    run = recall.Run.call_function

    def counted(self: recall.Run, node: object, *rest: object, **more: object) -> object:
        calls.append(getattr(node, "name", ""))
        return run(self, node, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(recall.Run, "call_function", counted)
    _held(_source(["nothing", "same constant"]))
    assert calls.count("measure") == 2  # for Base itself, and for the first of the subclasses at another depth
    assert calls.count("names") == 3  # the name of the class is another for each
