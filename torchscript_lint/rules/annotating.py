"""Rules about annotations, defaults and missing returns (TS25x, TS26x)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        code="TS250",
        name="unknown-type-name",
        summary="annotation names something that is no TorchScript type",
        message="`{name}` is no type to TorchScript",
        compiler="Unknown type name '{name}'",
        why="Types are Tensor, numbers, str, device, containers of these, NamedTuples, Enums and "
        "classes that compile; ScriptTypeParser "
        "(torch/csrc/jit/frontend/script_type_parser.cpp) knows no others. Modules, arrays and "
        "abstract types are objects of Python.",
        instead="annotate with a TorchScript type, or leave the value out of the signature: a module "
        "belongs into an attribute, a number into int or float",
    ),
    Rule(
        code="TS251",
        name="unknown-type-constructor",
        summary="subscripted annotation that is no TorchScript container",
        message="`{name}[...]` is no type to TorchScript",
        compiler="Unknown type constructor {name}",
        why="subscriptToType in ScriptTypeParser (torch/csrc/jit/frontend/script_type_parser.cpp) "
        "knows List, Dict, Tuple, Optional, Union and Future by their names; Sequence, "
        "Iterable, Callable, Literal, Type and the rest are for Python's type checkers.",
        instead="use List, Dict or Tuple; for a Literal the type of its values (`str`); a Callable cannot be passed",
    ),
    Rule(
        code="TS252",
        name="bare-container-annotation",
        summary="container annotation without what it contains",
        message="`{name}` doesn't say what it contains",
        compiler="Attempted to use {name} without",
        why="A container has one element type, known while compiling "
        "(raise_error_container_parameter_missing, torch/_jit_internal.py).",
        instead="say what it contains: `{example}`",
    ),
    Rule(
        code="TS253",
        name="annotation-expression",
        summary="annotation that is no type expression",
        message="{kind} cannot stand in an annotation",
        compiler="Expression of type {kind} cannot be used in a type expression",
        why="ScriptTypeParser (torch/csrc/jit/frontend/script_type_parser.cpp) reads names, "
        "subscripts and `|`. A tuple has a fixed length in TorchScript, so `Tuple[int, ...]` "
        "has no meaning there.",
        instead="write a type; for a tuple of any length a List, for a fixed one all its types",
    ),
    Rule(
        code="TS254",
        name="annotation-arity",
        summary="annotation with the wrong number of type arguments",
        message="`{name}` takes {expected} type argument(s), not {found}",
        compiler="expected exactly",
        why="subscriptToType in ScriptTypeParser (torch/csrc/jit/frontend/script_type_parser.cpp).",
        instead="give `{name}` {expected} type argument(s)",
    ),
    Rule(
        code="TS255",
        name="unresolvable-member",
        summary="Optional or Union of something that is no type",
        message="`{part}` in `{annotation}` is no TorchScript type",
        compiler="could not be resolved because",
        why="Python evaluates the annotation and try_ann_to_type (torch/jit/annotations.py) "
        "translates each member; one that is no TorchScript type fails the whole.",
        instead="use members that TorchScript knows: for `Sequence[int]` a `List[int]`, for an array a Tensor",
    ),
    Rule(
        code="TS256",
        name="unresolvable-tuple-element",
        summary="tuple annotation with an element that is no type",
        message="`{annotation}` has an element that is no TorchScript type",
        compiler="Can not create tuple with None type",
        why="Python evaluates the annotation and try_ann_to_type (torch/jit/annotations.py) "
        "translates each element; one that is no TorchScript type fails the whole, without a "
        "line.",
        instead="use element types that TorchScript knows",
    ),
    Rule(
        code="TS257",
        name="unknown-type-annotation",
        summary="container annotation whose parts are no types",
        message="`{annotation}` is no TorchScript type",
        compiler="Unknown type annotation: '",
        why="try_ann_to_type (torch/jit/annotations.py) could not translate it.",
        instead="use a TorchScript type",
    ),
    Rule(
        code="TS258",
        name="dict-key-type",
        summary="dict annotation with keys of an unsupported type",
        message="a dict cannot have keys of type {key}",
        # The key follows in the compiler's other spelling: `(int, int)`, `int?`, `int[]`.
        compiler="Cannot create dict for key type '",
        why="DictType::create (ATen/core/type.cpp) allows keys of int, bool, float, complex, "
        "Tensor, device and str only.",
        instead="encode the key as a str or an int",
    ),
    Rule(
        code="TS259",
        name="subscripted-type-not-a-name",
        summary="annotation that subscripts something that is no name",
        message="what is subscripted in this annotation is no name",
        compiler="Subscripted type must be a type identifier",
        why="parseBaseTypeName in ScriptTypeParser (torch/csrc/jit/frontend/script_type_parser.cpp).",
        instead="import the type and use its name",
    ),
    Rule(
        code="TS260",
        name="default-type",
        summary="default value that doesn't fit the parameter's annotation",
        message="the default of `{name}`, `{default}`, is no {type}",
        compiler='Expected a default value of type {type} on parameter "{name}".',
        why="getSchemaWithNameAndDefaults (torch/csrc/jit/python/script_init.cpp) converts the "
        "default to the parameter's type, after the body has compiled.",
        instead="change the default or the annotation; a float parameter takes an int default, an int "
        "parameter no float",
    ),
    Rule(
        code="TS261",
        name="unannotated-default",
        summary="unannotated parameter whose default is no Tensor",
        message="`{name}` has no annotation, so TorchScript takes it as a Tensor, and its default is `{default}`",
        compiler='Expected a default value of type Tensor (inferred) on parameter "{name}".Because '
        "\"{name}\" was not annotated with an explicit type it is assumed to be type 'Tensor'.",
        why="An unannotated parameter is a Tensor (ScriptTypeParser::parseArgsFromDecl); the "
        "default is checked after the body has compiled.",
        instead="annotate it: `{name}: {annotation} = {default}`",
    ),
    Rule(
        code="TS262",
        name="mutable-default",
        summary="default value that is a list, a dict or an object",
        message="the default of `{name}` can be changed in place",
        compiler="Mutable default parameters are not supported because Python binds them to the function "
        "and they persist across function calls.",
        why="checkMutableFunctionDefault (torch/csrc/jit/python/script_init.cpp).",
        instead="make the default None and the parameter Optional, and create the value inside; a tuple "
        "is allowed for a List",
    ),
    Rule(
        code="TS263",
        name="missing-return",
        summary="annotated function that can end without a return",
        message="a path through this function ends without a return, and it is annotated to return {annotation}",
        compiler="Function was not annotated as having type None, but does not return along all paths",
        why="handleMaybeNoReturn in torch/csrc/jit/frontend/ir_emitter.cpp. A loop may run zero "
        "times for all the compiler knows, `while True` included.",
        instead="return on every path, or raise at the end",
    ),
    Rule(
        code="TS264",
        name="ignored-annotation",
        summary="annotation of an ignored function that is a string, or no TorchScript type",
        message="`{function}` stays in Python, and its annotation `{annotation}` is {kind}",
        compiler="Unknown type annotation: '",
        why="try_real_annotations (torch/jit/annotations.py) takes what inspect.signature gives for an ignored or "
        "unused function: with `from __future__ import annotations`, strings.",
        instead="leave its annotations out (all Tensors), write them as a type comment (`# type: (int) -> int`), or "
        "drop the `__future__` import from this file",
    ),
    Rule(
        code="TS265",
        name="uncompilable-class",
        summary="annotation names a class of Python whose methods do not compile",
        message="`{name}` is compiled as a TorchScript class, and that fails: {message}",
        compiler="{message}",
        why="try_ann_to_type (torch/jit/annotations.py) compiles a class that an annotation names, with all its "
        "methods; one that fails in a signature is blamed on the function (_recursive_compile_class, "
        "torch/jit/_script.py).",
        instead="leave it out of the signature: a path is a str, and what only Python can use stays outside",
    ),
)
