"""Rules about signatures and annotations (TS2xx): the form of a definition TS201–TS219."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

_VARIADIC = (
    "Compiled functions can't take variable number of arguments or use keyword-only arguments with defaults"
)

_FORMS: tuple[Rule, ...] = (
    Rule(
        code="TS201",
        name="variadic-parameters",
        summary="`*args` or `**kwargs` in a signature",
        message="the parameter `{name}` takes a variable number of arguments",
        compiler=_VARIADIC,
        why="build_param_list (torch/jit/frontend.py): a compiled function has a fixed schema.",
        instead="spell the parameters out; pass a List or a Dict for a varying number of values",
    ),
    Rule(
        code="TS202",
        name="keyword-only-default",
        summary="keyword-only parameter with a default",
        message="the keyword-only parameter `{name}` has a default",
        compiler=_VARIADIC,
        why="build_param_list (torch/jit/frontend.py): a keyword-only parameter is accepted without a"
        " default only.",
        instead="drop the `*` before `{name}`, or drop its default",
    ),
    Rule(
        code="TS203",
        name="missing-self",
        summary="method without a parameter that could be self",
        message="the method `{function}` has no `self` left: it takes no parameters, or positional-only"
        " ones alone",
        compiler="methods must have a self argument",
        why="emitDef (torch/csrc/jit/frontend/ir_emitter.cpp) takes the first parameter as self."
        " build_param_list (torch/jit/frontend.py) silently drops parameters before `/`, so they don't"
        " count.",
        instead="give it a `self` and drop the `/`, or make it a @staticmethod or a function",
    ),
    Rule(
        code="TS204",
        name="entry-without-parameters",
        summary="forward or an exported method without parameters",
        message="the method `{function}`, which is compiled first, takes no parameters, not even `self`",
        compiler="invalid method signature",
        why="get_default_args (torch/jit/frontend.py) reads the signature of the bound method, which"
        " Python's inspect"
        " refuses: a ValueError without a place. Methods reached by a call are TS203.",
        instead="give it a `self`",
    ),
    Rule(
        code="TS205",
        name="type-comment-count",
        summary="type comment with a wrong number of types",
        message="the type comment has {found} parameter types, the signature has {expected} parameters",
        compiler="Number of type annotations ({found}) did not match the number of",
        why="merge_type_from_type_comment (torch/csrc/jit/frontend): one type for each parameter, none for"
        " `self`.",
        instead="write annotations in the signature, or give the comment {expected} parameter types",
    ),
    Rule(
        code="TS206",
        name="type-comment-malformed",
        summary="`# type:` comment that is taken for the signature's and cannot be parsed",
        message="this line is read as the signature's type comment: {error}",
        compiler="{error}",
        why="get_type_line (torch/jit/annotations.py) takes the one line of the source that contains `#"
        " type:`, wherever"
        " it stands, be it a comment on a variable, a docstring or a string; the parser of type comments then"
        " sees that whole line. Only `# type: ignore` and `# type: ignore[code]` at the end of a line are"
        " passed over.",
        instead="write annotations instead: `x: T = value`; end the line with `# type: ignore[code]` (one"
        " code, nothing"
        " after it)",
    ),
    Rule(
        code="TS207",
        name="type-comment-prefix",
        summary="comment that looks like a misspelt type comment",
        message="this comment looks like a type comment, but does not begin with `# type:`",
        compiler="is probably invalid.\nIt must be '# type:'",
        why="get_type_line (torch/jit/annotations.py) searches the function's whole text for it. The error"
        " has no place.",
        instead="write `# type:` with one space before and none after `type`, or annotations",
    ),
    Rule(
        code="TS208",
        name="type-comment-no-return",
        summary="several type comments without the line of the return type",
        message="several lines have a `# type:` comment, and none is `# type: (...) -> T`",
        compiler="Return type line '# type: (...) -> ...' not found on multiline type annotation",
        why="get_type_line (torch/jit/annotations.py) takes more than one `# type:` in a function, be it on"
        " its"
        " variables, for one comment on each parameter, which need a return line after them. The error has"
        " no place.",
        instead="write annotations; on variables too: `x: T = value`",
    ),
    Rule(
        code="TS209",
        name="type-comment-no-arrow",
        summary="type comment without `->` on an ignored function",
        message="the type comment has no `->`",
        compiler="Syntax error in type annotation (couldn't find `->`)",
        why="split_type_line (torch/jit/annotations.py) parses the type comments of functions that are"
        " called but not"
        " compiled (@torch.jit.ignore); in compiled ones the parser of the compiler does, which needs no"
        " `->`.",
        instead="write annotations, or add `-> T` to the comment",
    ),
    Rule(
        code="TS210",
        name="async-function",
        summary="`async def` handed to the compiler",
        message="`{function}` is an async function",
        compiler="Expected a single top-level function",
        why="parse_def (torch/_sources.py) wants the source to be one plain `def`. The error has no place.",
        instead="make it a plain `def`; for parallelism use torch.jit.fork and torch.jit.wait",
    ),
    Rule(
        code="TS211",
        name="lambda-target",
        summary="lambda handed to the compiler",
        message="a lambda cannot be compiled",
        compiler="Expected a single top-level function",
        why="parse_def (torch/_sources.py) wants the source to be one plain `def`. The error has no place.",
        instead="write a `def`",
    ),
)

RULES: tuple[Rule, ...] = _FORMS
