"""The verdicts on modules as one HTML file that needs no other: no request leaves it.

The table and the findings are in the page itself; the script adds the panel for one module and the tree, from
data that the page carries.
"""

from torchscript_lint.report.html.page import render

__all__ = ["render"]
