"""Rules about modules, classes and their attributes (TS6xx).

TS601–TS619: attributes that a compiled body reads or sets; TS620–TS639: containers and modules as values;
TS640–TS659: what turning the instance into a module type rejects, before any method is compiled.
"""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

_NO_ATTRIBUTE = "Module '{module}' has no attribute '{name}'"

_ATTRIBUTES: tuple[Rule, ...] = (
    Rule(
        code="TS601",
        name="module-attribute-missing",
        summary="attribute that the module doesn't have",
        message="`{module}` has no attribute `{name}`",
        compiler=_NO_ATTRIBUTE,
        why="ModuleValue::attr (torch/csrc/jit/python/python_sugared_value.cpp) finds what the instance's"
        " __dict__, its parameters, buffers and submodules hold, and methods. Of the class it sees"
        " nothing but methods: a class-level value is an attribute only if the name is in __constants__"
        " or annotated Final.",
        instead="set `self.{name}` in __init__; make a class-level value a constant with `{name}: Final[T] = ...`",
    ),
    Rule(
        code="TS602",
        name="module-attribute-unconvertible",
        summary="attribute whose value has no TorchScript type",
        message="`{name}` of `{module}` is a Python `{kind}` for which there is no TorchScript type: {reason}",
        compiler=_NO_ATTRIBUTE + " (This attribute exists on the Python module, but we failed to convert Python type:"
        " '{kind}' to a TorchScript type. {reason}",
        why="infer_concrete_type_builder (torch/jit/_recursive.py) infers a type from the value that"
        " __init__ left, by tryToInferType (torch/csrc/jit/python/pybind_utils.h). A value without a type"
        " is dropped silently; reading it is the error.",
        instead="convert it in __init__ to numbers, strings, tensors, or lists and dicts of one type;"
        " annotate a container that starts empty in the class body",
    ),
    Rule(
        code="TS603",
        name="module-attribute-uncertain",
        summary="attribute that only some paths of __init__ set",
        message="`{name}` of `{module}` is set on some paths of __init__ only; without it the module does not compile",
        compiler=_NO_ATTRIBUTE,
        why="The compiler compiles both branches of a condition on a value, also where the module was"
        " built in such a way that the branch never runs.",
        instead="set `self.{name} = None` on the other paths and test `if self.{name} is not None:`, which"
        " is settled when the module is compiled",
        severity="warning",
    ),
    Rule(
        code="TS604",
        name="module-attribute-set",
        summary="new attribute outside of __init__",
        message="`self.{name}` is set, but __init__ leaves no attribute of this name with a TorchScript type",
        compiler="Tried to set nonexistent attribute: {name}. Did you forget to initialize it in __init__()?",
        why="SimpleValue::setAttr (torch/csrc/jit/frontend/sugared_value.cpp): a module's attributes are"
        " fixed when it is compiled. One whose value has no TorchScript type counts as absent, and so"
        " does a constant.",
        instead="set it in __init__ to a value of the same type, and annotate it in the class body",
    ),
    Rule(
        code="TS605",
        name="attribute-type-change",
        summary="attribute set to a value of another type",
        message="`{name}` is {expected}, it cannot be set to {found}",
        compiler="Wrong type for attribute assignment. Expected {expected} but got {found}",
        why="SimpleValue::setAttr (torch/csrc/jit/frontend/sugared_value.cpp): an attribute has the type"
        " of the value it has when the module is compiled, unless the class body annotates it.",
        instead="annotate it in the class body with a type that covers both (`{name}: Optional[Tensor]`),"
        " or convert the value",
    ),
    Rule(
        code="TS606",
        name="module-function-uncompilable",
        summary="attribute that is a function which doesn't compile",
        message="`{name}` of `{module}` is a function that does not compile",
        compiler=_NO_ATTRIBUTE + " (This function exists as an attribute on the Python module, but we failed to compile"
        " it to a TorchScript function.",
        why="infer_concrete_type_builder (torch/jit/_recursive.py) compiles a function that the instance"
        " holds; if that fails, the attribute is dropped silently, and reading it is the error. A lambda"
        " never compiles.",
        instead="use an nn.Module (`nn.ReLU()`), or a function that compiles",
    ),
    Rule(
        code="TS607",
        name="module-method-unsupported",
        summary="method of nn.Module that doesn't compile",
        message="`{method}` of nn.Module does not compile",
        compiler="{message}",
        why="A method that is called is compiled from torch's own source (torch/nn/modules/module.py),"
        " whose generators, variable arguments and annotations the compiler rejects.",
        instead="do it outside of the compiled code, or in a method marked @torch.jit.unused",
    ),
)

_VALUES: tuple[Rule, ...] = (
    Rule(
        code="TS620",
        name="module-index-variable",
        summary="index into a module container that is no integer literal",
        message="{container} is indexed with something that is no integer literal",
        compiler="Expected integer literal for index but got a variable or non-integer."
        " ModuleList/Sequential indexing is only supported with integer literals.",
        why="SugaredTupleValue::getitem (torch/csrc/jit/frontend/sugared_value.h): the members have"
        " different types, so which one is meant must be known when the module is compiled.",
        instead="loop: `for index, module in enumerate(self.layers)`, with an `if` inside where only some are meant",
    ),
    Rule(
        code="TS621",
        name="module-index-range",
        summary="index outside of a module container",
        message="index {index} is out of range: there are {length} members",
        compiler="Index {index} out of range of length {length}",
        why="SugaredTupleValue::getitem (torch/csrc/jit/frontend/sugared_value.h) looks the member up when"
        " the module is compiled.",
        instead="use an index below {length}",
    ),
    Rule(
        code="TS622",
        name="module-dict-key",
        summary="key into a ModuleDict that is no string literal",
        message="a ModuleDict is indexed with something that is no string literal",
        compiler="Unable to extract string literal index. ModuleDict indexing is only supported with string literals.",
        why="ModuleValue::getitem (torch/csrc/jit/python/python_sugared_value.cpp): the members have"
        " different types, so which one is meant must be known when the module is compiled. The variable"
        " of a loop over .keys() or .items() is no literal either.",
        instead="loop over .items() and compare the key inside",
    ),
    Rule(
        code="TS623",
        name="module-dict-key-missing",
        summary="key that a ModuleDict doesn't have",
        message="there is no `{key}` in this ModuleDict",
        compiler="Key Error, {key}",
        why="ModuleValue::getitem (torch/csrc/jit/python/python_sugared_value.cpp) looks the key up when"
        " the module is compiled. `if key in self.modules` does not remove the branch.",
        instead="use a key that is there",
    ),
    Rule(
        code="TS624",
        name="module-not-subscriptable",
        summary="index into a module that is no container",
        message="this module is no container, it cannot be indexed",
        compiler="Only ModuleList, Sequential, ModuleDict, ParameterList, and ParameterDict modules are subscriptable",
        why="ModuleValue::getitem (torch/csrc/jit/python/python_sugared_value.cpp) knows torch's own"
        " containers; a __getitem__ of the class is not looked at.",
        instead="call a method, or make the class a subclass of one of these",
    ),
    Rule(
        code="TS625",
        name="module-not-iterable",
        summary="loop over a module that is no container",
        message="a loop over {module}, which is no container",
        compiler="Only constant Sequential, ModuleList, ModuleDict, or ParameterList can be used as an iterable",
        why="ModuleValue::iter (torch/csrc/jit/python/python_sugared_value.cpp) knows torch's own"
        " containers; an __iter__ of the class is not looked at.",
        instead="keep the members in an nn.ModuleList",
    ),
    Rule(
        code="TS626",
        name="module-not-tuple",
        summary="slice of a module that is no ModuleList or Sequential",
        message="this module is no ModuleList or Sequential, it cannot be sliced",
        compiler="Only ModuleList or Sequential modules can be used as tuple",
        why="ModuleValue::asTupleValue (torch/csrc/jit/python/python_sugared_value.cpp).",
        instead="loop over .items() instead",
    ),
    Rule(
        code="TS627",
        name="module-as-value",
        summary="module that has become a plain value is used as a module",
        message="this module is a plain value by now, it cannot be called",
        compiler="object has no attribute or method '__call__'. Did you forget to initialize an attribute"
        " in __init__()?",
        why="A module taken out of a slice, a tuple or a list, or passed as an argument, is an object like"
        " any other (SimpleValue, torch/csrc/jit/frontend/sugared_value.cpp); only what is read from"
        " `self` or a loop over a container is known as a module.",
        instead="loop over the whole container with enumerate and an `if` inside, or call `.forward(...)` of it",
    ),
    Rule(
        code="TS628",
        name="module-unpack",
        summary="module container unpacked into names",
        message="a module container cannot be unpacked into names",
        compiler="module cannot be used as a tuple",
        why="SugaredValue::asTuple (torch/csrc/jit/frontend/sugared_value.h) is not defined for modules.",
        instead="index with integer literals: `a, b = self.layers[0], self.layers[1]`",
    ),
    Rule(
        code="TS629",
        name="module-missing-forward",
        summary="call of a module without `forward`",
        message="{module} is called, and has no `forward`",
        compiler="Compiled functions can't take variable number of arguments or use keyword-only arguments"
        " with defaults",
        why="A call compiles `forward`; of a class without one that is nn.Module's own placeholder"
        " (_forward_unimplemented, torch/nn/modules/module.py), which takes *input. Containers of modules"
        " and parameters, RNNBase and RNNCellBase have none either; they script as long as nothing calls them.",
        instead="give it a `forward`; of a container, call the members",
        # The compiler blames a line of torch's own; tests/test_module_rules.py asks it.
        proof="none",
    ),
    Rule(
        code="TS630",
        name="unrolled-break",
        summary="`break` or `continue` in a loop over modules or a tuple",
        message="`{statement}` in a loop over modules or a tuple, which is unrolled",
        compiler="Because we emit iteration over modulelists or tuples as unrolled loops, we do not"
        " support break or continue inside the body of these loops",
        why="emitFor and emitBreak (torch/csrc/jit/frontend/ir_emitter.cpp): each turn of such a loop is"
        " compiled on its own, with types of its own.",
        instead="put the rest of the body under an `if`; keep a flag for `break`",
    ),
)

_CONSTRUCTION: tuple[Rule, ...] = (
    Rule(
        code="TS640",
        name="module-not-initialised",
        summary="`__init__` that never calls nn.Module's",
        message="`__init__` of `{module}` never calls `super().__init__()`",
        compiler="has not been initialized, did you forget to call 'super()'?",
        why="check_module_initialized (torch/jit/_recursive.py) looks for _parameters. (Setting a"
        " parameter or a submodule fails in Python already.) The error has no place.",
        instead="call `super().__init__()` first",
    ),
    Rule(
        code="TS641",
        name="module-uninitialised-parameter",
        summary="lazy module or uninitialised parameter in a new module",
        message="`{attribute}` is uninitialised until the module has run once",
        compiler="has uninitialized {what} {name}. Did you forget to run a forward pass?",
        why="check_module_initialized (torch/jit/_recursive.py), for the module and each of its"
        " submodules. The error has no place.",
        instead="run the module once before it is scripted, or give the sizes",
        severity="warning",
    ),
    Rule(
        code="TS642",
        name="module-constant-invalid",
        summary="constant whose value can be none",
        message="`{name}` is declared a constant, and its value is a `{kind}`",
        compiler="'{kind}' object in attribute '{module}.{name}' is not a valid constant",
        why="_get_valid_constant (torch/jit/_recursive.py) takes bool, int, float, str, None, device,"
        " layout, dtype, and tuples and lists of these. The error has no place.",
        instead="take the name out of `__constants__` (or drop `Final`)",
    ),
    Rule(
        code="TS674",
        name="attribute-dict-key",
        summary="attribute that is a dict with keys of a type that no dict has",
        message="`{name}` of `{module}` is a dict whose keys TorchScript cannot have: {reason}",
        compiler="Cannot create dict for key type '",
        why="the type of every attribute is inferred, used or not, and DictType::create (aten/src/ATen/core/type.cpp) "
        "takes int, float, complex, bool, Tensor, device and str for keys. The error has no place.",
        instead="key it by a string or a number (`f'{{i}}_{{j}}'`), or keep it in a list of tuples",
    ),
    Rule(
        code="TS643",
        name="class-annotation-unknown",
        summary="class-level annotation of an attribute that is no TorchScript type",
        message="the class-level annotation of `{name}`, `{annotation}`, is no TorchScript type",
        compiler="Unknown type annotation: '",
        why="infer_type (torch/jit/_recursive.py) translates the class body's annotations of all"
        " attributes that the instance holds, submodules and plain values included; no type is an error"
        " without a place.",
        instead="delete the annotation, or annotate it with a TorchScript type",
    ),
    Rule(
        code="TS644",
        name="class-annotation-string",
        summary="class-level annotation of an attribute that is a string",
        message="the class-level annotation of `{name}` is a string to the compiler",
        compiler="Unknown type annotation: '",
        why="infer_type (torch/jit/_recursive.py) does not evaluate annotations: under `from __future__"
        " import annotations` all of them are strings, and a string is no type. The error has no place.",
        instead="delete the annotation; or write it without quotes and drop `from __future__ import annotations`",
    ),
    Rule(
        code="TS645",
        name="class-annotation-bare",
        summary="class-level annotation of an attribute that is a bare List, Dict or Tuple",
        message="the class-level annotation of `{name}` is a bare `{annotation}`",
        compiler="Attempted to use {annotation} without",
        why="raise_error_container_parameter_missing (torch/_jit_internal.py), when infer_type"
        " (torch/jit/_recursive.py) translates the class body's annotations. The error has no place.",
        instead="say what it contains: `{annotation}[...]`",
    ),
    Rule(
        code="TS646",
        name="class-annotation-member",
        summary="class-level Optional or Union of something that is no TorchScript type",
        message="in the class-level annotation of `{name}`, `{part}` is no TorchScript type",
        compiler="could not be resolved because",
        why="infer_type (torch/jit/_recursive.py) translates the class body's annotations of all"
        " attributes that the instance holds. There is no Optional module: a module is there or None,"
        " settled when it is compiled. The error has no place.",
        instead="delete the annotation: a submodule, or None, needs none",
    ),
    Rule(
        code="TS647",
        name="class-annotation-tuple",
        summary="class-level Tuple with `...` or of something that is no TorchScript type",
        message="in the class-level annotation of `{name}`, `{part}` is no TorchScript type",
        compiler="Can not create tuple with None type",
        why="try_ann_to_type (torch/jit/annotations.py) makes a tuple's type from the types of its"
        " members; tuples of any length have no type. The error has no place.",
        instead="name the type of each member, or annotate a List",
    ),
    Rule(
        code="TS648",
        name="class-annotation-parameter",
        summary="class-level annotation of a parameter or buffer that is neither Tensor nor Optional[Tensor]",
        message="`{name}` is a {kind}, its class-level annotation `{annotation}` is neither Tensor nor"
        " Optional[Tensor]",
        compiler="Expecting parameter or buffer to have either None, Tensor or Optional[Tensor] type, but got:",
        why="ClassType::addAttribute (ATen/core/class_type.cpp). The error has no place.",
        instead="annotate it `Tensor`, or `Optional[Tensor]` where it may be None",
    ),
    Rule(
        code="TS649",
        name="class-annotation-module",
        summary="class-level annotation of a submodule that is no interface",
        message="`{name}` is a module, its class-level annotation `{annotation}` is no module interface",
        compiler="Expected inferred type to be interface type for '{name}'",
        why="infer_concrete_type_builder (torch/jit/_recursive.py) takes the annotation of a submodule for"
        " the interface through which it is used. The error has no place.",
        instead="delete the annotation, or annotate a @torch.jit.interface",
    ),
    Rule(
        code="TS650",
        name="attribute-value-type",
        summary="attribute whose value in __init__ is not of its class-level annotation",
        message="`{name}` is annotated {type} in the class body, and set to {value}",
        compiler="Could not cast attribute '{name}' to type {type}",
        why="toIValue (torch/csrc/jit/python/pybind_utils.cpp) converts the attributes' values when the"
        " module is made. The error has no place.",
        instead="annotate what it is (`Optional[...]` where it may be None), or set it to a value of that type",
    ),
    Rule(
        code="TS651",
        name="module-part-rejected",
        summary="submodule of torch that does not script",
        message="`self.{name}` is a {module}, which torch.jit.script does not compile: {message}",
        compiler="{message}",
        why="All submodules are compiled, called or not (create_script_module_impl, torch/jit/_recursive.py).",
        instead="use another module or its function in torch.nn.functional, or convert it before scripting"
        " (SyncBatchNorm: to BatchNorm)",
        # The compiler blames a line of torch's own; tests/test_module_rules.py asks it.
        proof="none",
    ),
    Rule(
        code="TS652",
        name="hook-signature",
        summary="forward hook whose signature isn't that of the module's `forward`",
        message="{kind} `{hook}` on {module} {reason}",
        compiler="{kind} '{hook}' on module '{module}' {reason}",
        why="Hooks and pre-hooks are compiled with the module they are on (define_hooks, ir_emitter.cpp), and"
        " checkForwardHookSchema and checkForwardPreHookSchema (ATen/core/class_type.cpp) compare their types with"
        " those of `forward`: the input is a tuple of its parameters' types, the output what it (or the hook before)"
        " returns; without an annotation both are Tensors. The parameters are three (a pre-hook's two), the module"
        " among them; so a bound method has one too many. The error has no place.",
        instead="`{expected}`; or register it after scripting, or remove it before",
    ),
    Rule(
        code="TS653",
        name="hook-no-function",
        summary="forward hook that is no Python function",
        message="the hook is a {kind}: only a function can be compiled",
        compiler="'{kind}' object has no attribute '{attribute}'",
        why="get_hook_stubs (torch/jit/_recursive.py) compiles every forward hook and pre-hook from its source, by"
        " its __name__. The hooks of torch.nn.utils.weight_norm and spectral_norm are objects too.",
        instead="remove the hook before scripting (`remove_weight_norm`), or use torch.nn.utils.parametrizations",
    ),
    Rule(
        code="TS654",
        name="hook-name",
        summary="forward hook with the name of another one, or of a method",
        message="the hook's name `{hook}` is that of {other}",
        compiler="{said}",
        why="Hooks become functions of the module by their __name__ (get_hook_stubs, torch/jit/_recursive.py;"
        " define_hooks, ir_emitter.cpp), where the methods that are compiled are already.",
        instead="give every hook of a module a name of its own",
    ),
)

_SOURCES: tuple[Rule, ...] = (
    Rule(
        code="TS656",
        name="overload-parameter-count",
        summary="overload of a method with another number of parameters",
        message="this declaration of `{function}` has {declared} parameters, the implementation {implemented}",
        compiler="Overload must have same number of parameters",
        why="mergeOverloadDecl (torch/csrc/jit/python/script_init.cpp) puts the declaration in the place of the"
        " method's own signature; for methods even those with a default cannot be left out.",
        instead="declare all {implemented} parameters of `{function}`, those that have a default with it",
    ),
    Rule(
        code="TS657",
        name="source-unavailable",
        summary="code that Python makes without source",
        message="{what}: there is no source that could be compiled",
        compiler="{said}",
        why="What is compiled is read from its source (get_jit_def, get_jit_class_def, torch/jit/frontend.py)."
        " lru_cache makes an object without source; @dataclass(frozen=True) adds __setattr__ and __delattr__ which"
        " have none.",
        instead="{instead}",
    ),
    Rule(
        code="TS658",
        name="ignored-variadic",
        summary="ignored function with annotations and `*args`, `**kwargs` or keyword-only parameters",
        message="`{function}` stays in Python and has {what}: with annotations it cannot be called",
        compiler="arg_types.size() == param_names.size() - (moduleSelf_ ? 1 : 0) INTERNAL ASSERT FAILED",
        why="PythonValue::getSchema (torch/csrc/jit/python/python_sugared_value.cpp) takes the types of all"
        " parameters (get_signature, torch/jit/annotations.py) and the names of the positional ones"
        " (get_param_names), and trips over the difference. Without any annotation it takes whatever it is given.",
        instead="take plain parameters, or leave out all annotations",
    ),
    Rule(
        code="TS659",
        name="setstate-without-getstate",
        summary="compiled `__setstate__` without a compiled `__getstate__`",
        message="`__setstate__` without an annotation {problem}",
        compiler="{said}",
        why="Without an annotation the state's type is that of what `__getstate__` gives (getTypeForSetStateArg,"
        " torch/csrc/jit/frontend/ir_emitter.cpp); so there must be one that is compiled too, and one parameter.",
        instead="mark `__getstate__` with @torch.jit.export too, or do not export `__setstate__`",
    ),
)

_SAVING: tuple[Rule, ...] = (
    Rule(
        code="TS655",
        name="ignored-call-unsavable",
        summary="call of an ignored function, which cannot be saved",
        message="`{function}` is marked @torch.jit.ignore: this compiles and runs, but cannot be saved",
        compiler="Could not export Python function call '{function}'. Remove calls to Python functions before export.",
        why="A function marked @torch.jit.ignore stays a call into Python, which a saved file cannot hold:"
        " torch.jit.save and .save() fail (torch/csrc/jit/serialization/python_print.cpp).",
        instead="mark it @torch.jit.unused if it need not run where the file is loaded (a call raises there), call it"
        " under `if not torch.jit.is_scripting():`, or make it compile",
        severity="warning",
        proof="save",
    ),
)

RULES: tuple[Rule, ...] = _ATTRIBUTES + _VALUES + _CONSTRUCTION + _SOURCES + _SAVING
