"""Rules about types of values, variables, branches and returns (TS30x to TS33x)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        code="TS301",
        name="undefined-name",
        summary="name that is not defined where it is used",
        message="`{name}` is not defined {where}",
        compiler="undefined value {name}",
        why="Environment::getSugaredVar in torch/csrc/jit/frontend/ir_emitter.cpp: what a loop's "
        "body or one branch binds is not there afterwards, nor is a global that is None. `del` finds nothing that is"
        " bound in a loop or branch alone (Environment::removeVar keeps what the outermost block says).",
        instead="assign it before, on every path; leave out the `del`: the variable ends with its block",
    ),
    Rule(
        code="TS302",
        name="undefined-in-branch",
        summary="name that only one branch defines",
        message="`{name}` is not defined in the {branch} branch of the `if` in line {line}, and is used here",
        compiler="{name} is not defined in the {branch} branch",
        why="A variable is there after an `if` only when both branches define it, or the other one "
        "returns or raises; `break` and `continue` do not count (emitIfElseBlocks in "
        "torch/csrc/jit/frontend/ir_emitter.cpp).",
        instead="give it a value before the `if`, or in the other branch",
    ),
    Rule(
        code="TS303",
        name="branch-types",
        summary="branches give an existing variable different types",
        message="`{name}` is {true} after the true branch and {false} after the false one",
        compiler="Type mismatch: {name} is set to type {true} in the true branch and type {false} in the false branch",
        why="A variable has one type; the branches' types are unified (emitIfElseBlocks in "
        "torch/csrc/jit/frontend/ir_emitter.cpp).",
        instead="make both the same type, or annotate the first assignment with an Optional or Union",
    ),
    Rule(
        code="TS304",
        name="branch-types-used",
        summary="branches give a variable different types, and it is used",
        message="`{name}` is {true} after the true branch and {false} after the false one, and is used here",
        compiler="Type mismatch: {name} is set to type {true} in the true branch and type {false} in the false branch",
        why="The branches' types do not unify, so the variable is not there after them "
        "(emitIfElseBlocks in torch/csrc/jit/frontend/ir_emitter.cpp).",
        instead="make both the same type, or use two names",
    ),
    Rule(
        code="TS305",
        name="variable-type-change",
        summary="variable that changes its type in a loop or branch",
        message="`{name}` is {before} and is assigned {now} inside a block",
        compiler="Variable '{name}' previously had type {before} but is now being assigned to a value of type {now}",
        why="Inside a loop or a branch a variable keeps the type it had outside "
        "(Environment::setSugaredVar in torch/csrc/jit/frontend/ir_emitter.cpp).",
        instead="use a new name, or annotate the first assignment with a type that covers both "
        "(`Optional[...]`; an empty list is List[Tensor] unless annotated)",
    ),
    Rule(
        code="TS306",
        name="annotated-variable",
        summary="annotated variable that gets a value of another type",
        message="`{name}` is annotated as {annotation} and gets {found}",
        compiler="Variable '{name}' is annotated with type {annotation} but is being assigned to a value "
        "of type {found}",
        why="No conversion is made here (Environment::setSugaredVar in "
        "torch/csrc/jit/frontend/ir_emitter.cpp): an int is no float, a number no int.",
        instead="convert the value (`float(...)`, `int(...)`) or change the annotation",
    ),
    Rule(
        code="TS307",
        name="redeclared-variable",
        summary="annotation of a variable that an outer block has",
        message="`{name}` is annotated inside a block, and exists outside of it",
        compiler="Attempting to declare and annotate the type of variable '{name}' but it is already "
        "defined in an outer block",
        why="Environment::setSugaredVar in torch/csrc/jit/frontend/ir_emitter.cpp.",
        instead="annotate its first assignment only",
    ),
    Rule(
        code="TS308",
        name="rebinding-non-value",
        summary="name rebound to something that is no value, inside a block",
        message="`{name}` is rebound inside a block to {kind}, which is no first-class value",
        compiler="Cannot re-assign '{name}'",
        why="Functions, modules, ranges and classes are known while compiling only; a name that a "
        "branch or loop rebinds must be a value (Environment::setSugaredVar in "
        "torch/csrc/jit/frontend/ir_emitter.cpp).",
        instead="call it in each branch instead of choosing it first",
    ),
    Rule(
        code="TS310",
        name="return-type",
        summary="returned value that is not of the annotated type",
        message="this returns {found}, and the function is annotated to return {annotation}",
        compiler="Return value was annotated as having type {annotation} but is actually of type {found}",
        why="emitReturn in torch/csrc/jit/frontend/ir_emitter.cpp: a Tensor becomes a number where "
        "one is wanted, an int no float, a list no tuple.",
        instead="convert the value or correct the annotation",
    ),
    Rule(
        code="TS311",
        name="return-types-differ",
        summary="returns of types that do not unify",
        message="this returns {found}, and a return before it {before}",
        compiler="Previous return statement returned a value of type {before} but this return statement "
        "returns a value of type {found}",
        why="Without an annotation all returns must unify; None and one other type give an Optional "
        "(emitReturn in torch/csrc/jit/frontend/ir_emitter.cpp). A path that ends without a "
        "return returns None.",
        instead="return one type on every path, or annotate the function with an Optional or Union",
    ),
    Rule(
        code="TS320",
        name="truth-value",
        summary="condition on a value that has no truth",
        message="{type} has no truth value in TorchScript",
        compiler="Could not cast value of type {type} to bool",
        why="emitToBool in torch/csrc/jit/frontend/ir_emitter.cpp takes bools, numbers, Tensors, "
        "strings, lists and dicts; an Optional must be asked `is not None`, a module or tuple "
        "cannot be asked.",
        instead="write the test out: `x is not None`, `len(x) > 0`",
    ),
    Rule(
        code="TS321",
        name="ternary-types",
        summary="arms of a conditional expression of different types",
        message="one arm is {true}, the other {false}",
        compiler="if-expression's true branch has type {true} but false branch has type {false}",
        why="The arms are unified (emitIfExpr in torch/csrc/jit/frontend/ir_emitter.cpp): an int "
        "and a float do not unify, None and a type give an Optional.",
        instead="make both arms the same type, or write an `if` statement",
    ),
    Rule(
        code="TS322",
        name="raise-non-exception",
        summary="raise of something that is no exception",
        message="{found} is raised, which is no exception",
        compiler="exceptions must derive from BaseException",
        why="emitRaise in torch/csrc/jit/frontend/ir_emitter.cpp.",
        instead="raise an exception: `raise ValueError(...)`",
    ),
    Rule(
        code="TS323",
        name="attribute-name-not-literal",
        summary="attribute name that is no string literal",
        message="the name given to {function} is no string literal",
        compiler="second argument must be a string literal",
        why="Attributes are looked up while compiling (torch/csrc/jit/frontend/ir_emitter.cpp).",
        instead="write the name as a literal, with an `if` for each",
    ),
    Rule(
        code="TS324",
        name="hasattr-object",
        summary="hasattr of a value that has no attributes",
        message="{type} is no object that hasattr could ask",
        compiler="hasattr's first argument must be an object or NamedTuple, got {type} instead",
        why="SimpleValue::hasAttr (torch/csrc/jit/frontend/sugared_value.cpp) asks classes, modules and NamedTuples.",
        instead="test something else; an unannotated parameter is a Tensor, and has no other attributes",
    ),
    Rule(
        code="TS330",
        name="not-iterable",
        summary="loop over a value that is not iterable",
        message="{type} is not iterable",
        compiler="'{type}' object is not iterable",
        why="SimpleValue::iter (torch/csrc/jit/frontend/sugared_value.cpp) runs over lists, dicts, "
        "tuples, strings and Tensors.",
        instead="loop over a list, or over `range(...)`",
    ),
    Rule(
        code="TS331",
        name="not-iterable-object",
        summary="loop over a Python object",
        message="{kind} cannot be iterated",
        compiler="{kind} cannot be used as an iterable",
        why="Only values, ranges and module containers can be iterated (SugaredValue::iter); a "
        "global list or dict is a Python object to the compiler.",
        instead="pass it as an argument, or keep it in an attribute",
    ),
    Rule(
        code="TS332",
        name="zip-mixed-lengths",
        summary="zip of a module container or tuple with a list",
        message="a container whose loop is unrolled runs beside a value whose length isn't known while compiling",
        compiler="Can not iterate over a module list or tuple with a value that does not have a "
        "statically determinable length",
        why="IterableTree::addChild (torch/csrc/jit/frontend/sugared_value.cpp).",
        instead="enumerate the container and index the list",
    ),
    Rule(
        code="TS333",
        name="range-argument",
        summary="range of something that is no int",
        message="`{name}` is {type}; `range` needs an int",
        compiler="all inputs of range must be ints, found {type} in argument {index}",
        why="RangeValue (torch/csrc/jit/frontend/sugared_value.cpp). An unannotated parameter is a Tensor.",
        instead="annotate it (`{name}: int`), or convert it: `int(...)`",
    ),
    Rule(
        code="TS334",
        name="unpack-list",
        summary="unpacking of a list whose length isn't known",
        message="{type} is unpacked where the number of its elements isn't known",
        compiler="cannot statically infer the expected size of a list in this context",
        why="A list is unpacked into as many targets as there are; a starred target and `f(*xs)` "
        "leave that open (SimpleValue::asTuple, torch/csrc/jit/frontend/sugared_value.cpp). "
        "`x.shape` is a list.",
        instead="index the elements, or pass the list itself: `x.view([*sizes])` becomes `x.view(sizes)`",
    ),
    Rule(
        code="TS335",
        name="not-a-tuple",
        summary="unpacking of a value that cannot be unpacked",
        message="{kind} cannot be unpacked",
        compiler="{kind} cannot be used as a tuple",
        why="Tuples and lists can be unpacked (SimpleValue::asTuple, "
        "torch/csrc/jit/frontend/sugared_value.cpp); a Tensor's rows cannot.",
        instead="index it, or use `x.unbind()`",
    ),
    Rule(
        code="TS336",
        name="unpack-too-few",
        summary="more targets than values",
        message="{wanted} values are needed here, and there are {found}",
        compiler="need {wanted} values to unpack but found only {found}",
        why="emitTupleAssign in torch/csrc/jit/frontend/ir_emitter.cpp.",
        instead="match the number of targets",
    ),
    Rule(
        code="TS337",
        name="unpack-too-many",
        summary="more values than targets",
        message="{wanted} values are needed here, and there are {found}",
        compiler="too many values to unpack: need {wanted} but found {found}",
        why="emitTupleAssign in torch/csrc/jit/frontend/ir_emitter.cpp.",
        instead="match the number of targets",
    ),
    Rule(
        code="TS338",
        name="starred-value",
        summary="starred expression where one value is wanted",
        message="a starred expression cannot stand here",
        compiler="Unexpected starred expansion. File a bug report",
        why="emitSimpleExpr in torch/csrc/jit/frontend/ir_emitter.cpp: stars are spread in calls, "
        "lists and tuples only.",
        instead="write the elements out",
    ),
)
