"""Rules about names, Python values and builtins (TS5xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        code="TS501",
        name="python-value",
        summary="Python object used as a value",
        message="this is a Python `{kind}`, which the compiler cannot use as a value",
        compiler="python value of type '{kind}' cannot be used as a value. Perhaps it is a closed over "
        "global variable? If so, please consider passing it in as an argument or use a local "
        "variable instead.",
        why="toSugaredValue (torch/csrc/jit/python/python_sugared_value.cpp): a global or a "
        "closed-over variable is an object of Python, whatever its value; members of an "
        "imported module may be numbers and strings.",
        instead="pass it as an argument, write the literal, or keep it in an attribute of the module",
    ),
    Rule(
        code="TS502",
        name="not-a-value",
        summary="function, class or range used as a value",
        message="{kind} is used as a value",
        compiler="{kind} cannot be used as a value",
        why="SugaredValue::asValue (torch/csrc/jit/frontend/sugared_value.h): functions, classes, "
        "ranges and the like are known while compiling only.",
        instead="call it, or loop over it, where it stands",
    ),
    Rule(
        code="TS503",
        name="attribute-of-object",
        summary="attribute of a Python object",
        message="`.{name}` of {kind} is read",
        compiler="attribute lookup is not defined on {kind}",
        why="SugaredValue::attr (torch/csrc/jit/frontend/sugared_value.h): the compiler looks into "
        "modules, classes and values, not into other objects.",
        instead="read it in `__init__` and keep it in an attribute",
    ),
    Rule(
        code="TS504",
        name="assign-attribute-of-object",
        summary="assignment to an attribute of a Python object",
        message="`.{name}` of {kind} is assigned",
        compiler="attribute assignment is not defined on {kind}",
        why="SugaredValue::setAttr (torch/csrc/jit/frontend/sugared_value.h).",
        instead="keep the state in an attribute of the module",
    ),
    Rule(
        code="TS505",
        name="module-member",
        summary="member that a Python module doesn't have",
        message="`{module}` has no `{name}`",
        compiler="object has no attribute {name}",
        why="PythonModuleValue::attr (torch/csrc/jit/python/python_sugared_value.cpp).",
        instead="correct the name",
    ),
    Rule(
        code="TS506",
        name="unsupported-function",
        summary="function that TorchScript doesn't have",
        message="`{function}` is not supported: {message}",
        compiler="{message}",
        why="It has no operator, and no source that could be compiled (toSugaredValue, "
        "torch/csrc/jit/python/python_sugared_value.cpp).",
        instead="do it outside of the compiled code, or guard it with `if not torch.jit.is_scripting():`",
    ),
    Rule(
        code="TS507",
        name="numpy-call",
        summary="call of a numpy function",
        message="`{function}` is numpy's, and numpy cannot be compiled",
        compiler="",
        why="numpy's functions are implemented in C or dispatched by objects in C; the compiler "
        "finds neither operator nor source.",
        instead="use the function of torch or math of that name",
    ),
    Rule(
        code="TS508",
        name="instantiate-class",
        summary="class that cannot be instantiated in a script",
        message="`{name}` cannot be made in compiled code",
        compiler="Cannot instantiate class '{name}' in a script function",
        why="get_signature (torch/jit/annotations.py): modules and classes that cannot be compiled "
        "are made in Python only.",
        instead="make it in `__init__`",
    ),
    Rule(
        code="TS509",
        name="enum-member",
        summary="member that an Enum doesn't have",
        message="{type} has no member `{name}`",
        compiler="has no attribute '{name}'",
        why="SugaredEnumClass::attr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="correct the name",
    ),
)
