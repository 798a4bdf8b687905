"""Type comments of functions, found as ``get_type_line`` of ``torch/jit/annotations.py`` finds them.

It searches the *text* of the function, so a ``# type:`` anywhere in it counts: on a local variable, in a
docstring.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from torchscript_lint.source.typecommentgrammar import error_of

_MARK = "# type:"
_IGNORE = re.compile(r"# type: ignore(\[[a-zA-Z-]+\])?$")
_WRONG = re.compile(r"#[\t ]*type[\t ]*(?!: ignore(\[.*\])?$):")
_RETURN = "# type: (...) -> "

Reject = Callable[..., None]


def find_type_comment(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str], reject: Reject) -> str | None:
    """The signature's type comment, in one line, or None.

    Args:
        node: the function.
        lines: the lines of the file, with their ends.
        reject: called as ``reject(rule, span, **detail)`` for a comment the front end refuses.
    """
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    last = node.end_lineno or node.lineno
    text = lines[first - 1 : last]
    if not any("#" in line and "type" in line for line in text):
        return None
    numbered = [(first + index, line.rstrip("\r\n")) for index, line in enumerate(text)]
    found = [(number, line) for number, line in numbered if _MARK in line and not _IGNORE.search(line)]
    if not found:
        wrong = [(number, line) for number, line in numbered if _WRONG.search(line)]
        if wrong:
            number, line = wrong[0]
            reject("type-comment-prefix", (number, line.index("#"), number, len(line)))
        return None
    if len(found) == 1:
        return _parsed(found[0][0], found[0][1], found[0][1].strip(), reject)
    parameters: list[str] = []
    for number, line in found:
        if _RETURN in line:
            return _parsed(number, line, line.strip().replace("...", ", ".join(parameters)), reject)
        parameters.append(line[line.find(_MARK) + len(_MARK) :].strip())
    number, line = found[0]
    reject("type-comment-no-return", (number, line.index("#"), number, len(line)))
    return None


def type_comment_place(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> tuple[int, int, int]:
    """Line, start and end of a function's first type comment."""
    for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        line = lines[number - 1].rstrip("\r\n")
        if _MARK in line and not _IGNORE.search(line):
            return number, len(line[: line.index(_MARK)].encode()), len(line.encode())
    return node.lineno, node.col_offset, node.col_offset + 3


def _parsed(number: int, line: str, comment: str, reject: Reject) -> str | None:
    """The comment, if the compiler's parser can read it."""
    error = error_of(comment)
    if not error:
        return comment
    start = len(line) - len(line.lstrip())
    reject("type-comment-malformed", (number, start, number, len(line.encode())), error=error)
    return None
