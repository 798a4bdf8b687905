"""Floor 6: findings → a verdict on each module class: does it script, does it trace, which way to go.

``assess_paths`` reads files, ``assess`` takes a program; the rest are plain data.
"""

from torchscript_lint.verdicts.assess import assess
from torchscript_lint.verdicts.model import (
    SCRIPT_STATES,
    TRACE_STATES,
    WAYS,
    Module,
    Part,
    Reached,
    RefusedPart,
    Report,
    Side,
    Way,
)
from torchscript_lint.verdicts.run import Outcome, assess_paths
from torchscript_lint.verdicts.summary import BlockingRule, Summary, percent, summarise

__all__ = [
    "SCRIPT_STATES",
    "TRACE_STATES",
    "WAYS",
    "BlockingRule",
    "Module",
    "Outcome",
    "Part",
    "Reached",
    "RefusedPart",
    "Report",
    "Side",
    "Summary",
    "Way",
    "assess",
    "assess_paths",
    "percent",
    "summarise",
]
