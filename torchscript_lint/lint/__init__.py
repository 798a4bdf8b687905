"""Floor 5½: files in, findings out.

:func:`check_source` is the pure core: no disk, no torch, no globals. :func:`check_paths` adds what a run
over many files needs: walking, the byte filter, processes, suppression, selection, one order. The front
doors (command, flake8, editors) are shells around these two.
"""

from __future__ import annotations

from torchscript_lint.lint.core import check_buffer, check_source
from torchscript_lint.lint.options import Options
from torchscript_lint.lint.run import Problem, Result, check_paths

__all__ = ["Options", "Problem", "Result", "check_buffer", "check_paths", "check_source"]
