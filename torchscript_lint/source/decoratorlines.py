"""Lines of decorators that are taken for the function's first line.

``normalize_source_lines`` of ``torch/_sources.py`` does so.
"""

from __future__ import annotations

import ast
import warnings
from textwrap import dedent


def decorator_line(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> tuple[int, str] | None:
    """The line of a decorator that starts with ``def``, and what Python says of the text that results.

    ``normalize_source_lines`` indents all lines to the first one that starts with these letters.

    Args:
        node: the function.
        lines: the lines of the file, with their ends.

    Returns:
        The line's number and the text of the error; None where there is no such line, or no error.
    """
    if not node.decorator_list or isinstance(node, ast.AsyncFunctionDef):
        return None
    first = min(decorator.lineno for decorator in node.decorator_list)
    number = next((n for n in range(first, node.lineno) if lines[n - 1].lstrip().startswith("def")), None)
    if number is None:
        return None
    source = lines[first - 1 : node.end_lineno]
    indent = lines[number - 1].partition("def")[0]
    aligned = [indent + line.removeprefix(indent) for line in source]
    aligned[number - first] = lines[number - 1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = ast.parse(dedent("".join(aligned)))
    except (SyntaxError, ValueError) as error:
        return number, str(error)
    except (RecursionError, MemoryError):
        return None
    if len(parsed.body) != 1 or not isinstance(parsed.body[0], ast.FunctionDef):
        return number, "Expected a single top-level function"
    return None
