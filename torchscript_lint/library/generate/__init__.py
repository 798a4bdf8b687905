"""Makes the shipped data from the installed torch: ``python -m torchscript_lint.library.generate``.

Nothing here is imported by the analysis. Everything is asked of torch itself: its operator registry, its
table of Python builtins, and its compiler, which is handed small functions.
"""
