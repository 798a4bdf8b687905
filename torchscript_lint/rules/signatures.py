"""Rules about signatures and annotations (TS2xx): a definition's form TS201–TS219, its entry TS220–TS249."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

_VARIADIC = "Compiled functions can't take variable number of arguments or use keyword-only arguments with defaults"

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
        why="build_param_list (torch/jit/frontend.py): a keyword-only parameter is accepted without a default only.",
        instead="drop the `*` before `{name}`, or drop its default",
    ),
    Rule(
        code="TS203",
        name="missing-self",
        summary="method without a parameter that could be self",
        message="the method `{function}` has no `self` left: it takes no parameters, or positional-only ones alone",
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
        " Python's inspect refuses: a ValueError without a place. Methods reached by a call are TS203.",
        instead="give it a `self`",
    ),
    Rule(
        code="TS205",
        name="type-comment-count",
        summary="type comment with a wrong number of types",
        message="the type comment has {found} parameter types, the signature has {expected} parameters",
        compiler="Number of type annotations ({found}) did not match the number of",
        why="merge_type_from_type_comment (torch/csrc/jit/frontend): one type for each parameter, none for `self`.",
        instead="write annotations in the signature, or give the comment {expected} parameter types",
    ),
    Rule(
        code="TS206",
        name="type-comment-malformed",
        summary="`# type:` comment that is taken for the signature's and cannot be parsed",
        message="this line is read as the signature's type comment: {error}",
        compiler="{error}",
        why="get_type_line (torch/jit/annotations.py) takes the one line of the source that contains `#"
        " type:`, wherever it stands, be it a comment on a variable, a docstring or a string; the parser of"
        " type comments then sees that whole line. Only `# type: ignore` and `# type: ignore[code]` at the"
        " end of a line are passed over.",
        instead="write annotations instead: `x: T = value`; end the line with `# type: ignore[code]` (one"
        " code, nothing after it)",
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
        " its variables, for one comment on each parameter, which need a return line after them. The error"
        " has no place.",
        instead="write annotations; on variables too: `x: T = value`",
    ),
    Rule(
        code="TS209",
        name="type-comment-no-arrow",
        summary="type comment without `->` on an ignored function",
        message="the type comment has no `->`",
        compiler="Syntax error in type annotation (couldn't find `->`)",
        why="split_type_line (torch/jit/annotations.py) parses the type comments of functions that are"
        " called but not compiled (@torch.jit.ignore); in compiled ones the parser of the compiler does,"
        " which needs no `->`.",
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
    Rule(
        code="TS212",
        name="decorator-line-def",
        summary="line of a decorator that starts with `def`, such as `default=...`",
        message="this line of a decorator starts with `def` and is taken for the function's first line",
        compiler="{error}",
        why="normalize_source_lines (torch/_sources.py) takes the first line that starts with the letters"
        " `def` for the definition and indents all others to it, so that Python's parser fails on the"
        " result: an IndentationError without a place.",
        instead="write the decorator in one line, or put another argument first on that line",
    ),
)

_OVERLOADS = "(torch/jit/_script.py, torch/csrc/jit/python/script_init.cpp) when a caller is compiled"

_ENTRY: tuple[Rule, ...] = (
    Rule(
        code="TS220",
        name="scripted-subclass",
        summary="class with a base class handed to torch.jit.script",
        message="the class `{name}` has the base `{base}`",
        compiler="TorchScript classes does not support inheritance yet. Please directly inherit from 'object'.",
        why="_script_impl (torch/jit/_script.py) looks at the class's MRO. (Where such a class is only used"
        " by compiled code it compiles, without what it inherits.) The error has no place.",
        instead="drop `@torch.jit.script` or the base; prefer composition",
    ),
    Rule(
        code="TS221",
        name="scripted-module-class",
        summary="nn.Module class, not an instance, handed to torch.jit.script",
        message="`{name}` is an nn.Module class; torch.jit.script takes an instance of it",
        compiler="cannot be compiled since it inherits from nn.Module, pass an instance instead",
        why="_script_impl (torch/jit/_script.py): what a module compiles to depends on what the instance"
        " holds. The error has no place.",
        instead="call torch.jit.script on an instance",
    ),
    Rule(
        code="TS222",
        name="autocast-decorator",
        summary="function decorated with autocast",
        message="the function `{function}` is decorated with autocast",
        compiler="TorchScript error: @autocast() decorator is not supported in script mode",
        why="_script_impl (torch/jit/_script.py) refuses functions that carry the decorator's mark. (On"
        " methods of modules it is ignored silently: they run without autocast.) The error has no place.",
        instead="write `with torch.autocast(...):` inside of the function",
    ),
    Rule(
        code="TS223",
        name="scripted-overload",
        summary="overloaded function handed to torch.jit.script",
        message="`{function}` has overload declarations and is compiled as a target of its own",
        compiler="cannot be directly compiled because it is overloaded",
        why="_check_directly_compile_overloaded (torch/jit/_script.py): which declaration holds is only"
        " known from a call. The error has no place.",
        instead="compile a function that calls it",
    ),
    Rule(
        code="TS224",
        name="overload-without-implementation",
        summary="overload declarations without an implementation after them",
        message="`{function}` is declared as an overload and never implemented after that",
        compiler="Please make sure a definition is provided and defined after all overload declarations.",
        why="get_overload_no_implementation_error_message (torch/_jit_internal.py). The error has no place.",
        instead="define `{function}` without the decorator, after the last declaration",
    ),
    Rule(
        code="TS225",
        name="overload-default-differs",
        summary="default of an overload declaration that is not the implementation's",
        message="the declaration's default of `{parameter}` is not the implementation's",
        compiler="Default parameters on overloads do not affect the runtime so they must equal to the"
        " default parameter on the implementation function. Found on parameter {parameter}",
        why=f"_check_overload_defaults {_OVERLOADS}.",
        instead="give `{parameter}` the same default in both, or none in the declaration",
    ),
    Rule(
        code="TS226",
        name="overload-extra-parameter",
        summary="overload declaration with more parameters than the implementation",
        message="a declaration of `{function}` has more parameters than this implementation",
        compiler="Overload should not have more parameters than implementation function",
        why=f"checkOverloadDecl {_OVERLOADS}.",
        instead="give the implementation all parameters",
    ),
    Rule(
        code="TS227",
        name="overload-parameter-name",
        summary="parameter named differently in an overload declaration",
        message="the declaration calls parameter {index} `{declared}`, the implementation `{implemented}`",
        compiler="Overload parameters must have the same names. Found {declared} and {implemented} on argument {index}",
        why=f"checkOverloadDecl {_OVERLOADS}.",
        instead="use the implementation's name, `{implemented}`",
    ),
    Rule(
        code="TS228",
        name="overload-missing-default",
        summary="implementation with a parameter that a declaration lacks, without a default",
        message="`{parameter}` is missing in a declaration of `{function}` and has no default here",
        compiler="Expected to find default parameter on argument{parameter} because it is not defined on"
        " the overloaded declaration",
        why=f"mergeDefaultsAndExtraParametersToOverloadDecl {_OVERLOADS}.",
        instead="give `{parameter}` a default, or add it to the declaration",
    ),
    Rule(
        code="TS229",
        name="overload-untyped-parameter",
        summary="implementation with a parameter that a declaration lacks, without an annotation",
        message="`{parameter}` is missing in a declaration of `{function}` and has no annotation here",
        compiler="Parameters not specified on the overloaded declaration must have a type annotation in the"
        " implementation function. Did not find type for param {parameter}",
        why=f"mergeDefaultsAndExtraParametersToOverloadDecl {_OVERLOADS}.",
        instead="annotate `{parameter}`",
    ),
    Rule(
        code="TS230",
        name="overload-unannotated",
        summary="overload declaration without any annotation",
        message="this declaration of `{function}` has no annotations",
        compiler="Must explicitly add type annotations to overloaded functions",
        why="The declaration's types are all there is to choose by (torch/csrc/jit/python/script_init.cpp)."
        " One annotation is enough to pass the check; unannotated parameters are Tensors.",
        instead="annotate the parameters and the return type",
    ),
    Rule(
        code="TS231",
        name="overload-body",
        summary="overload declaration with a body",
        message="the declaration of `{function}` has a body",
        compiler="Only `pass` statement or `...` can be the body of overload declaration",
        why="_check_overload_body (torch/_jit_internal.py), when the decorator runs: importing the file"
        " fails. A docstring is a body, too.",
        instead="write `...`; the undecorated definition that follows is the implementation",
    ),
    Rule(
        code="TS232",
        name="interface-on-function",
        summary="@torch.jit.interface on something that is not a class",
        message="`{name}` is not a class and cannot be an interface",
        compiler="interface must be applied to a class",
        why="interface (torch/jit/_script.py), when the decorator runs: importing the file fails.",
        instead="decorate a class whose methods declare what the interface needs",
    ),
    Rule(
        code="TS233",
        name="interface-inheritance",
        summary="interface with a base other than object or nn.Module",
        message="the interface `{name}` has the base `{base}`",
        compiler="TorchScript interface does not support inheritance yet. Please directly inherit from"
        " 'object' or 'nn.Module'.",
        why="interface (torch/jit/_script.py), when the decorator runs: importing the file fails.",
        instead="inherit from nn.Module directly, or from nothing",
    ),
    Rule(
        code="TS234",
        name="interface-return-annotation",
        summary="method of an interface without a return annotation",
        message="the interface method `{function}` has no return annotation",
        compiler="interface declarations must have a return type annotated.",
        why="define_interface (torch/csrc/jit/frontend/ir_emitter.cpp), when the decorator runs: importing"
        " the file fails.",
        instead="annotate the return type; `-> None` for none",
    ),
    Rule(
        code="TS235",
        name="interface-body",
        summary="method of an interface whose body is not `pass`",
        message="the body of the interface method `{function}` is not `pass`",
        compiler="interfaces declarations should contain 'pass' statement.",
        why="define_interface (torch/csrc/jit/frontend/ir_emitter.cpp), when the decorator runs: importing"
        " the file fails. `...` is not enough; a docstring may come before the `pass`.",
        instead="write `pass`",
    ),
    Rule(
        code="TS236",
        name="ignore-argument",
        summary="@torch.jit.ignore with an argument that is not a bool",
        message="@torch.jit.ignore is given `{value}`",
        compiler="Argument to @torch.jit.ignore must be a bool or a function but got",
        why="ignore (torch/_jit_internal.py), when the decorator runs: importing the file fails.",
        instead="write `@torch.jit.ignore`, or `@torch.jit.unused` for a function that is never run when scripted",
    ),
    Rule(
        code="TS237",
        name="dataclass-default-factory",
        summary="dataclass field with a default factory in a compiled class",
        message="the field `{name}` has a default factory",
        compiler="Default factory initializers are not supported in TorchScript dataclasses",
        why="synthesize__init__ (torch/jit/_dataclass_impls.py) writes an __init__ with plain defaults. The"
        " error has no place.",
        instead="give a plain default, or make the value in __post_init__",
    ),
    Rule(
        code="TS238",
        name="dataclass-unscripted",
        summary="dataclass used by compiled code without @torch.jit.script above it",
        message="the dataclass `{name}` is not decorated with @torch.jit.script",
        compiler="Failed to get source for <function {name}.__init__",
        why="A dataclass's __init__ has no source; torch/jit/_dataclass_impls.py writes one, but name"
        " resolution (createResolutionCallbackForClassMethods, torch/_jit_internal.py) still asks for it"
        " unless the class has been compiled before. The error has no place.",
        instead="write `@torch.jit.script` above `@dataclass`, or write the __init__ out",
    ),
    Rule(
        code="TS239",
        name="property-without-getter",
        summary="property of a module without a getter",
        message="the property `{name}` has no getter",
        compiler="module, class, method, function, traceback, frame, or code object was expected, got NoneType",
        why="get_class_properties (torch/jit/frontend.py) compiles every property's getter without looking"
        " whether there is one: a TypeError without a place.",
        instead="give it a getter (`__jit_unused_properties__` does not help: that path fails, too)",
    ),
    Rule(
        code="TS240",
        name="ignored-method-without-self",
        summary="call of an ignored method that takes no self",
        message="the ignored method `{name}` takes no `self`",
        compiler="Non-static method does not have a self argument",
        why="getSchema (torch/csrc/jit/python/python_sugared_value.cpp) binds the first parameter to the module.",
        instead="give it a `self`",
    ),
)

RULES: tuple[Rule, ...] = _FORMS + _ENTRY
