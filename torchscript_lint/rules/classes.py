"""Rules about classes, their attributes, and attributes of values (TS66x)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        code="TS660",
        name="missing-attribute",
        summary="attribute or method that a value doesn't have",
        message="{type} has no attribute or method `{name}`",
        compiler="object has no attribute or method '{name}'.",
        why="SimpleValue::attr (torch/csrc/jit/frontend/sugared_value.cpp). An unannotated "
        "parameter is a Tensor; many methods of Python's own types and of Tensors have no "
        "operator.",
        instead="annotate the parameter if it is no Tensor, or use a function that TorchScript has",
    ),
    Rule(
        code="TS661",
        name="attribute-of-optional",
        summary="attribute of an Optional or Union",
        message="{type} is not refined, so `.{name}` isn't there",
        compiler="object has no attribute or method '{name}'.",
        why="SimpleValue::attr (torch/csrc/jit/frontend/sugared_value.cpp): only a local variable "
        "is refined by `is not None` and `isinstance`; an attribute of self is not.",
        instead="copy it to a local variable and test that: `y = self.x`, `if y is not None:`",
    ),
    Rule(
        code="TS662",
        name="assign-attribute-of-value",
        summary="assignment to an attribute of a value",
        message="`.{name}` of {type} is assigned",
        compiler="Tried to set an attribute: {name} on a non-class: {type}",
        why="SimpleValue::setAttr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="use the method: `x.requires_grad_()`, `x.copy_(y)`",
    ),
    Rule(
        code="TS663",
        name="class-level-attribute",
        summary="class-level attribute of a TorchScript class",
        message="`{name}` of {type} is set on the class only",
        compiler="'{name}' is defined as a class attribute which currently is not supported. Consider "
        "converting this to an instance attribute.",
        why="SimpleValue::attr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="set it in `__init__`",
    ),
    Rule(
        code="TS664",
        name="class-attribute",
        summary="attribute looked up on a class",
        message="{type} has no static method `{name}`",
        compiler="Tried to lookup unknown attribute on class",
        why="ClassValue::attr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="make it a static method, or an attribute of instances",
    ),
    Rule(
        code="TS665",
        name="class-without-init",
        summary="class without __init__ that is instantiated",
        message="`{name}` has no __init__",
        compiler="Class {name} does not have an __init__ function defined",
        why="ClassValue::call (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="write one",
    ),
    Rule(
        code="TS666",
        name="nonexistent-attribute",
        summary="new attribute outside of __init__",
        message="`{name}` is set, and __init__ does not set it",
        compiler="Tried to set nonexistent attribute: {name}. Did you forget to initialize it in __init__()?",
        why="SimpleValue::setAttr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="set it in `__init__` first",
    ),
    Rule(
        code="TS667",
        name="read-only-attribute",
        summary="property without a setter that is set",
        message="`{name}` is a property without a setter",
        compiler="Tried to set read-only attribute: {name}",
        why="SimpleValue::setAttr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="add a setter",
    ),
    Rule(
        code="TS668",
        name="recursive-class",
        summary="class that holds itself",
        message="`{name}` would hold {type} inside itself",
        compiler="cannot be of a type that contains class",
        why="SimpleValue::setAttr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="keep indices instead of objects",
    ),
    Rule(
        code="TS669",
        name="attribute-first-in-block",
        summary="attribute set first inside a block",
        message="`{name}` is set first inside a block",
        compiler="First assignment cannot be in a control-flow block. Initialize the field at the top level first",
        why="SimpleValue::setAttr (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="set it before the block",
    ),
    Rule(
        code="TS670",
        name="missing-magic-method",
        summary="operator that a class doesn't define",
        message="{type} does not define {method}",
        compiler="define",
        why="torch/csrc/jit/frontend/ir_emitter.cpp calls the method of the class.",
        instead="define it",
    ),
    Rule(
        code="TS671",
        name="super-call",
        summary="super() in compiled code",
        message="`super()` gives nothing that has a `{name}` here",
        compiler="'Tensor' object has no attribute or method '{name}'.",
        why="super is an object of Python to the compiler, and a call of one is taken to give a "
        "Tensor (PythonValue::call, torch/csrc/jit/python/python_sugared_value.cpp).",
        instead="name the base's method differently and call it on self, or call a function that both use",
    ),
    Rule(
        code="TS672",
        name="parameter-dict-iteration",
        summary="loop over a ParameterDict",
        message="a ParameterDict is looped over",
        compiler="INTERNAL ASSERT FAILED",
        why="ModuleValue::iter (torch/csrc/jit/python/python_sugared_value.cpp) has no case for it.",
        instead="index it with literals, or loop over `.items()`",
    ),
)
