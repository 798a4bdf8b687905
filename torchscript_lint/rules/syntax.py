"""What the front end has no tree form for (TS1xx): statements TS101–TS129, expressions TS130–TS159.

``compiler`` is what torch 2.13.0 prints. The front end converts the whole function before anything is type
checked, so these rules hold in dead code as well. Facts: ``torch/jit/frontend.py``; proof: the fixtures.
"""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

_BUILDER = "torch/jit/frontend.py has no builder for this node ({}), and Builder.__call__ raises UnsupportedNodeError"


def _unsupported(
    code: str, name: str, node: str, summary: str, words: str, why: str, instead: str, proof: str = "compiler"
) -> Rule:
    """A rule about a node the front end has no builder for."""
    return Rule(
        code=code,
        name=name,
        summary=summary,
        message=f"{summary}: TorchScript has no form for it",
        compiler=f"{words} aren't supported",
        why=f"{_BUILDER.format(node)}. {why}",
        instead=instead,
        proof=proof,
    )


_STATEMENTS: tuple[Rule, ...] = (
    _unsupported(
        "TS101", "try-block", "ast.Try", "`try` in a compiled function", "try blocks",
        "TorchScript can raise an exception but not catch one.",
        "test for the condition beforehand, or move the `try` into a function marked @torch.jit.ignore",
    ),
    _unsupported(
        "TS102", "except-star", "ast.TryStar", "`try` with `except*` in a compiled function", "TryStar",
        "TorchScript can raise an exception but not catch one.",
        "test for the condition beforehand, or move the `try` into a function marked @torch.jit.ignore",
    ),
    _unsupported(
        "TS103", "nested-function", "ast.FunctionDef inside a function",
        "function defined inside a compiled function", "function definitions",
        "TorchScript has no closures: a function is compiled on its own, with its module's globals.",
        "move the function to module level or make it a method, and pass what it captures as parameters",
    ),
    _unsupported(
        "TS104", "nested-class", "ast.ClassDef inside a function",
        "class defined inside a compiled function", "class definitions",
        "Classes are compiled from their own source, before the function that uses them.",
        "move the class to module level",
    ),
    _unsupported(
        "TS105", "import-in-body", "ast.Import, ast.ImportFrom",
        "import inside a compiled function", "import statements",
        "Names are resolved in the function's globals when it is compiled; nothing is imported when it runs.",
        "import at the top of the file",
    ),
    _unsupported(
        "TS106", "global-statement", "ast.Global", "`global` in a compiled function", "global variables",
        "Compiled code cannot rebind a Python global.",
        "pass the value in and return it, or keep it as an attribute of the module",
    ),
    _unsupported(
        "TS107", "nonlocal-statement", "ast.Nonlocal", "`nonlocal` in a compiled function", "nonlocal"
        " variables",
        "TorchScript has no closures whose variables could be rebound.",
        "pass the value in and return it, or keep it as an attribute of the module",
    ),
    _unsupported(
        "TS108", "match-statement", "ast.Match", "`match` in a compiled function", "Match",
        "Patterns were added to Python after TorchScript was frozen.",
        "write an if/elif chain, with isinstance for class patterns",
    ),
    _unsupported(
        "TS109", "async-for", "ast.AsyncFor", "`async for` in a compiled function", "async for loops",
        "Python allows it in `async def` only, which the compiler refuses as a whole.",
        "iterate synchronously; for parallelism use torch.jit.fork and torch.jit.wait",
        proof="none",
    ),
    _unsupported(
        "TS110", "async-with", "ast.AsyncWith", "`async with` in a compiled function", "async with"
        " statements",
        "Python allows it in `async def` only, which the compiler refuses as a whole.",
        "use a synchronous context manager",
        proof="none",
    ),
    _unsupported(
        "TS111", "type-alias", "ast.TypeAlias", "`type` statement in a compiled function", "TypeAlias",
        "The statement exists since Python 3.12 and only makes an alias.",
        "spell the type out, or make the alias `Name = List[int]` at module level",
    ),
    Rule(
        code="TS112",
        name="annotation-without-value",
        summary="variable annotated without a value",
        message="a variable is annotated but given no value",
        compiler="annotated assignments without assigned value aren't supported",
        why="StmtBuilder.build_AnnAssign (torch/jit/frontend.py) needs a value: a variable begins with its"
        " first value.",
        instead="assign a value of that type on the same line, or drop the line",
    ),
    Rule(
        code="TS113",
        name="annotated-self-attribute",
        summary="annotated assignment to an attribute of self outside __init__",
        message="`self.{name}` is annotated in `{function}`; attributes may only be annotated in __init__",
        compiler="Type annotations on instance attributes must be declared in __init__, not '{function}'",
        why="StmtBuilder.build_AnnAssign (torch/jit/frontend.py): an attribute's type is settled when the"
        " instance is turned into a module type, before any method is compiled. The check goes by the name"
        " `self` alone.",
        instead="annotate `{name}` in the class body or in __init__, and assign without annotation here",
    ),
    Rule(
        code="TS114",
        name="annotated-nested-attribute",
        summary="annotated assignment to an attribute of something that is not a plain name",
        message="annotated assignment to an attribute of an expression; the front end fails on it",
        compiler="'{node}' object has no attribute 'id'",
        why="StmtBuilder.build_AnnAssign (torch/jit/frontend.py) looks whether the target is `self.x` by"
        " reading `target.value.id`, which only a plain name has; any other base is an AttributeError"
        " without a place.",
        instead="assign without annotation",
    ),
    Rule(
        code="TS115",
        name="augmented-operator",
        summary="`//=` or `@=`",
        message="`{op}=` has no TorchScript form",
        compiler="unsupported kind of augmented assignment: {node}",
        why="StmtBuilder.augassign_map (torch/jit/frontend.py) lists the augmented operators; `//` and `@`"
        " are missing there although they work as binary operators.",
        instead="write `x = x {op} y`",
    ),
    Rule(
        code="TS116",
        name="while-else",
        summary="`else` after a `while` loop",
        message="`while ... else` has no TorchScript form",
        compiler="__init__(): incompatible constructor arguments. The following argument types are"
        " supported:\n"
        "    1. torch._C.ErrorReport(arg0: torch._C._jit_tree_views.SourceRange)\n\nInvoked with: None",
        why="StmtBuilder.build_While (torch/jit/frontend.py) refuses it, but gives its own error no place,"
        " so that building the error fails: a TypeError without a place reaches the user instead of \"else"
        " branches of while"
        ' loops aren\'t supported".',
        instead="set a flag before `break` and test it after the loop",
    ),
    Rule(
        code="TS117",
        name="for-else",
        summary="`else` after a `for` loop",
        message="`for ... else` has no TorchScript form",
        compiler="else branches of for loops aren't supported",
        why="StmtBuilder.build_For (torch/jit/frontend.py) refuses it.",
        instead="set a flag before `break` and test it after the loop",
    ),
    Rule(
        code="TS118",
        name="bare-raise",
        summary="`raise` without an exception",
        message="`raise` names no exception",
        compiler="'NoneType' object has no attribute 'lineno'",
        why="StmtBuilder.build_Raise (torch/jit/frontend.py) builds the exception expression without"
        " looking whether there is one: an AttributeError without a place.",
        instead="raise an exception object, such as `raise RuntimeError(message)`",
    ),
    Rule(
        code="TS119",
        name="with-tuple-target",
        summary="`with ... as` a target that is not a plain name",
        message="the target after `as` is not a plain name",
        compiler="__init__(): incompatible constructor arguments. The following argument types are"
        " supported:\n"
        "    1. torch._C._jit_tree_views.WithItem(arg0: torch._C._jit_tree_views.SourceRange, arg1:"
        " torch._C._jit_tree_views.Expr, arg2: torch::jit::Var)",
        why="WithItemBuilder.build_withitem (torch/jit/frontend.py) hands the target to a tree view that"
        " takes a Var only: a TypeError of the binding.",
        instead="bind a name, and unpack or store it inside the block",
    ),
)  # fmt: skip

_EXPRESSIONS: tuple[Rule, ...] = (
    _unsupported(
        "TS130", "lambda", "ast.Lambda", "`lambda` in a compiled function", "Lambda",
        "TorchScript has no function values and no closures.",
        "write a `def` at module level and call it by name",
    ),
    _unsupported(
        "TS131", "walrus", "ast.NamedExpr", "`:=` in a compiled function", "NamedExpr",
        "Assignment is a statement in TorchScript.",
        "assign on a line of its own before",
    ),
    _unsupported(
        "TS132", "set-literal", "ast.Set", "set in a compiled function", "Set",
        "TorchScript has no set type.",
        "use a list or a tuple for membership tests, a dict for unique keys",
    ),
    _unsupported(
        "TS133", "set-comprehension", "ast.SetComp", "set comprehension in a compiled function", "SetComp",
        "TorchScript has no set type.",
        "use a list comprehension, or a dict comprehension for unique keys",
    ),
    _unsupported(
        "TS134", "yield", "ast.Yield, ast.YieldFrom", "`yield` in a compiled function", "{node}",
        "TorchScript has no generators.",
        "collect the values in a list and return it",
    ),
    _unsupported(
        "TS135", "await", "ast.Await", "`await` in a compiled function", "Await",
        "Python allows it in `async def` only, which the compiler refuses as a whole.",
        "use torch.jit.fork and torch.jit.wait",
        proof="none",
    ),
    Rule(
        code="TS136",
        name="keyword-expansion",
        summary="`**` in a call",
        message="keyword arguments are expanded from a mapping in a call",
        compiler="keyword-arg expansion is not supported",
        why="ExprBuilder.build_Call (torch/jit/frontend.py): which keywords a call has must be known when"
        " it is compiled. (`*` with a tuple or a list of known length is accepted.)",
        instead="pass the keyword arguments one by one",
    ),
    Rule(
        code="TS137",
        name="dict-expansion",
        summary="`**` at the start of a dict display",
        message="a dict is expanded inside a dict display",
        compiler="Dict expansion (e.g. `{{**dict}}`) is not supported",
        why="ExprBuilder.build_Dict (torch/jit/frontend.py) takes pairs only.",
        instead="copy the dict with `.copy()`, then `.update(...)` it",
    ),
    Rule(
        code="TS138",
        name="dict-expansion-after-key",
        summary="`**` in a dict display after a key",
        message="a dict is expanded inside a dict display",
        compiler="'NoneType' object has no attribute 'lineno'",
        why="ExprBuilder.build_Dict (torch/jit/frontend.py) takes pairs only, and looks at the first one"
        " only: an expansion further on is an AttributeError without a place.",
        instead="copy the dict with `.copy()`, then `.update(...)` it",
    ),
    Rule(
        code="TS139",
        name="constant-kind",
        summary="literal of a kind TorchScript doesn't have",
        message="`{value}` is a {kind} literal; TorchScript has none",
        compiler="Unknown Constant expression type",
        why="ExprBuilder.build_Constant (torch/jit/frontend.py) knows numbers, strings, bools, None and"
        " `...`.",
        instead="use a str, or a list of ints for bytes",
    ),
    Rule(
        code="TS140",
        name="fstring-conversion",
        summary="conversion such as `!r` or `=` in an f-string",
        message="the f-string converts a value with `!{conversion}` (`{{x=}}` implies `!r`)",
        compiler="Don't support conversion in JoinedStr",
        why="ExprBuilder.build_JoinedStr (torch/jit/frontend.py) turns an f-string into `str.format` with"
        " plain `{}` only.",
        instead="write `{{x}}` without a conversion",
    ),
    Rule(
        code="TS141",
        name="fstring-format-spec",
        summary="format specification in an f-string",
        message="the f-string formats a value with `:{spec}`",
        compiler="Don't support formatting in JoinedStr",
        why="ExprBuilder.build_JoinedStr (torch/jit/frontend.py) turns an f-string into `str.format` with"
        " plain `{}` only.",
        instead="write `{{x}}` without the specification, or `'{{:{spec}}}'.format(x)`, which is accepted",
    ),
    Rule(
        code="TS142",
        name="comprehension-generators",
        summary="comprehension with more than one `for`",
        message="a comprehension has more than one `for`",
        compiler="Only a single generator is currently supported",
        why="ExprBuilder.build_ListComp and build_DictComp (torch/jit/frontend.py) have one target and one"
        " iterable.",
        instead="write nested loops that append",
    ),
    Rule(
        code="TS143",
        name="comprehension-if",
        summary="comprehension with an `if`",
        message="a comprehension has an `if`",
        compiler="Comprehension ifs are not supported yet",
        why="ExprBuilder.build_ListComp and build_DictComp (torch/jit/frontend.py) have no place for a"
        " condition.",
        instead="write a loop with an `if` that appends",
    ),
    Rule(
        code="TS144",
        name="unary-plus",
        summary="unary plus",
        message="unary `+` has no TorchScript form",
        compiler="'UnaryOp' object has no attribute 'range'",
        why="ExprBuilder.build_UnaryOp (torch/jit/frontend.py) has no token for it, and fails while"
        " building the error: an AttributeError without a place.",
        instead="drop the `+`",
    ),
    Rule(
        code="TS145",
        name="reserved-name",
        summary="name that starts with __jit",
        message="the name `{name}` starts with `__jit`, which the compiler keeps for itself",
        compiler="names of variables used in JIT-ed functions can't start with __jit",
        why="ExprBuilder.build_Name (torch/jit/frontend.py) refuses the prefix wherever the name is read or"
        " assigned. (Parameters and attributes are not checked.)",
        instead="rename it",
    ),
    _unsupported(
        "TS146", "template-string", "ast.TemplateStr", "t-string in a compiled function", "TemplateStr",
        "Template strings exist since Python 3.14.",
        "use an f-string with plain fields, or `str.format`",
    ),
    Rule(
        code="TS147",
        name="surrogate-string",
        summary="string literal with a lone surrogate",
        message="the string has a lone surrogate, which UTF-8 cannot encode",
        compiler="__init__(): incompatible constructor arguments. The following argument types are"
        " supported:\n"
        "    1. torch._C._jit_tree_views.StringLiteral(arg0: torch._C._jit_tree_views.SourceRange, arg1:"
        " str)",
        why="ExprBuilder.build_Str (torch/jit/frontend.py) hands the string to C++, which takes UTF-8: a"
        " TypeError of the binding.",
        instead="write the character itself, or keep such text out of compiled code",
    ),
    Rule(
        code="TS148",
        name="class-level-division",
        summary="`/` in an assignment at class level",
        message="an assignment in the body of a compiled class divides with `/`",
        compiler="Division of ints in TorchScript uses Python 3 true division semantics. Please put `from"
        " __future__ import division` at the top of your file",
        why="get_jit_class_def (torch/jit/frontend.py) builds the assignments in a class body as if they"
        " were Python 2, with or without that import. (Not in the bodies of nn.Module classes, which are"
        " not built.)",
        instead="compute the value outside of the class, or in __init__",
    ),
    Rule(
        code="TS149",
        name="ignore-context-argument",
        summary="argument of torch.jit._IgnoreContextManager that the front end cannot read",
        message="the argument `{name}` of the ignoring context cannot be read: {error}",
        compiler="{error}",
        why="build_ignore_context_manager (torch/jit/frontend.py) makes a function of the block: each"
        " keyword's value must be a string literal `inp:TYPE` or `out:TYPE` with one colon, and TYPE is"
        " evaluated among the names of torch/jit/frontend.py with List, Dict and Tuple, not among the"
        " file's own. The error has no place.",
        instead="write `inp:torch.Tensor`, `out:List[int]`, with builtin types, `torch`, List, Dict and"
        " Tuple only",
    ),
    Rule(
        code="TS159",
        name="unsupported-syntax",
        summary="syntax without a TorchScript form",
        message="`{node}` has no TorchScript form",
        compiler="{node} aren't supported",
        why="torch/jit/frontend.py has no builder for this node. Covers what Python may add after this"
        " release.",
        instead="write it with older syntax",
        proof="none",
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = _STATEMENTS + _EXPRESSIONS
