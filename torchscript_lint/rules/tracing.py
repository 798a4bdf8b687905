"""Rules about tracing.

TS7xx: the recorded graph is wrong for other inputs, or tracing fails. TS8xx: weaker ones.
"""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

_BOOL = "Converting a tensor to a Python boolean might cause the trace to be incorrect"
_NUMBER = "Converting a tensor to a Python {kind} might cause the trace to be incorrect"
_SCRIPT = "it compiles under torch.jit.script: put it into a function with @torch.jit.script, and trace the rest"


def weak(code: str, name: str, **parts: str) -> Rule:
    """A rule whose findings are warnings."""
    return Rule(code=code, name=name, severity="warning", mode="trace", **parts)


def strong(code: str, name: str, **parts: str) -> Rule:
    """A rule whose findings are errors where they are certain."""
    return Rule(code=code, name=name, severity="error", mode="trace", **parts)


_STRONG: tuple[Rule, ...] = (
    strong(
        "TS701",
        "tensor-condition",
        summary="tensor as a Python condition",
        message="{where} turns the tensor `{expr}` into a Python bool: the outcome for the example"
        " input is baked in, the other one is lost for inputs of other values",
        compiler=_BOOL,
        why="Tensor.__bool__ (torch/csrc/autograd/python_variable_indexing.cpp and"
        " python_variable_methods.cpp) gives the tracer's value of the moment; Python then takes one"
        " branch and the tracer never sees the other.",
        instead="compute both sides and choose with torch.where; or " + _SCRIPT,
    ),
    strong(
        "TS702",
        "size-condition",
        summary="size of a tensor as a Python condition",
        message="{where} decides by `{expr}`, a size of the example input: inputs of other sizes take the same path",
        compiler=_BOOL,
        why="While tracing, a size is a 0-dim tensor (getSizeOf, torch/csrc/jit/frontend/tracer.cpp); a"
        " condition on it becomes a Python bool, and the path taken is all that is recorded.",
        instead="compute without the branch (a padding of `-n % k` may be 0); or " + _SCRIPT,
    ),
    strong(
        "TS703",
        "tensor-guard",
        summary="assert or raise that depends on a tensor's values",
        message="the check of the tensor `{expr}` is not part of the graph: the traced model accepts"
        " what this one refuses",
        compiler=_BOOL,
        why="The condition becomes a Python bool while tracing; only the operators that computed it may"
        " be recorded, never the exception.",
        instead="check outside of the traced model, or in a function with @torch.jit.script, which keeps the exception",
    ),
    strong(
        "TS704",
        "tensor-to-number",
        summary="tensor turned into a Python number",
        message="{where} turns the tensor `{expr}` into a Python {kind}: the example input's value is"
        " baked in for all inputs",
        compiler=_NUMBER,
        why="The Python number has left the tracer (torch/csrc/autograd/python_variable_methods.cpp:"
        " dispatch_to); whatever is computed from it is a constant of the graph.",
        instead="keep it a tensor (torch.floor, .long(), arithmetic); where an int is needed, " + _SCRIPT,
    ),
    strong(
        "TS705",
        "size-to-number",
        summary="size of a tensor turned into a Python number",
        message="{where} turns `{expr}` into a Python {kind}: the example input's size is baked in for all inputs",
        compiler=_NUMBER,
        why="A size is a tensor while tracing, and arithmetic on it is recorded; once it is a Python"
        " number it is a constant.",
        instead=(
            "stay with `//`, `%`, `*`, `**` on the size itself, which is recorded; where"
            " a rounding function is needed, "
        )
        + _SCRIPT,
    ),
    strong(
        "TS706",
        "tensor-to-python",
        summary="tensor turned into a list or NumPy array",
        message="{where} takes `{expr}` out of the tracer: its values for the example input become constants",
        compiler="Converting a tensor to a {kind} might cause the trace to be incorrect",
        why="Lists and NumPy arrays are outside of the graph (torch/csrc/utils/tensor_list.cpp, tensor_numpy.cpp).",
        instead="stay with torch's operators; where a list is needed, " + _SCRIPT,
    ),
    strong(
        "TS707",
        "tensor-len",
        summary="len() of a tensor",
        message="len(`{expr}`) is a Python int: the length of the example input is baked in for all inputs",
        compiler="Using len to get tensor shape might cause the trace to be incorrect. Recommended"
        " usage would be tensor.shape[0]. Passing a tensor of different shape might lead to errors or"
        " silently give incorrect results.",
        why="Python makes `len` give an int, so it cannot be the tensor a size is while tracing"
        " (torch/_tensor.py: Tensor.__len__).",
        instead="write `{expr}.shape[0]`",
    ),
    strong(
        "TS708",
        "tensor-iteration",
        summary="iterating over a tensor",
        message="{where} goes through the rows of `{expr}`: as many steps as the example input has rows are recorded",
        compiler="Iterating over a tensor might cause the trace to be incorrect. Passing a tensor of"
        " different shape won't change the number of iterations executed (and might lead to errors or"
        " silently give incorrect results).",
        why="The loop runs in Python; the graph has its unrolled body (torch/_tensor.py: Tensor.__iter__).",
        instead="compute over the whole dimension at once; a loop compiles under torch.jit.script: put"
        " it into a function with @torch.jit.script, and trace the rest",
    ),
    strong(
        "TS709",
        "tensor-constant",
        summary="tensor built from traced values by torch.tensor and its kin",
        message="`{function}` makes a constant of `{expr}`: the example input's values are baked in for all inputs",
        compiler="{function} results are registered as constants in the trace",
        why="The constructor takes its values out of the tracer (torch/csrc/utils/tensor_new.cpp:"
        " internal_new_from_data) and registers what it makes as a constant.",
        instead="use torch.stack, torch.full or arithmetic on the traced values",
    ),
    strong(
        "TS710",
        "size-as-index",
        summary="range(), list repetition or list index by a size",
        message="{where} takes `{expr}` as a Python int, and the tracer says nothing: the example"
        " input's size is baked in for all inputs",
        compiler="",
        why="Tensor.__index__ gives a Python int without the tracer's warning"
        " (torch/csrc/autograd/python_variable_methods.cpp: THPVariable_index_scalar).",
        instead="compute over the whole dimension at once; a loop compiles under torch.jit.script: put"
        " it into a function with @torch.jit.script, and trace the rest",
    ),
    strong(
        "TS711",
        "silent-comparison",
        summary="torch.equal, allclose or is_nonzero as a condition",
        message="`{expr}` is a Python bool, and the tracer says nothing: the outcome for the example input is baked in",
        compiler="",
        why="These operators give a Python bool; unlike Tensor.__bool__ they do not warn.",
        instead="use tensor operators such as `(a == b).all()` with torch.where; or " + _SCRIPT,
    ),
    strong(
        "TS712",
        "size-numel",
        summary="numel() of a shape",
        message="`{expr}` is a Python int, and the tracer says nothing: the example input's size is baked in",
        compiler="",
        why="torch.Size.numel (torch/csrc/Size.cpp) multiplies Python ints; Tensor.numel is recorded.",
        instead="call numel() on the tensor, or math.prod on the shape",
    ),
    strong(
        "TS713",
        "random-condition",
        summary="random draw of torch as a Python condition or number",
        message="{where} turns the random draw `{expr}` into a Python {kind}: one draw is baked in for all runs",
        compiler=_NUMBER,
        why="The draw itself is recorded, but the Python value made of it is that of the traced run.",
        instead="keep the draw a tensor and choose with torch.where; or " + _SCRIPT,
    ),
    strong(
        "TS714",
        "chance",
        summary="value of Python's or NumPy's random numbers, or of a clock",
        message="`{expr}` is one value for ever in the traced model",
        compiler="",
        why="The tracer sees tensors only; a Python number is a constant of the graph.",
        instead="draw with torch's own functions, which are recorded",
    ),
    strong(
        "TS715",
        "state-update",
        summary="attribute updated in forward from its own value",
        message="`self.{name}` is updated while tracing; the traced model keeps the example run's value"
        " and never updates it",
        compiler="",
        why="Python attributes are not part of the graph (torch/csrc/jit/frontend/tracer.cpp: only"
        " operators on tensors are); in-place operators on registered buffers are.",
        instead="register a buffer and update it in place (`self.{name}.add_(...)`, `.copy_(...)`)",
    ),
    strong(
        "TS716",
        "untraceable-size",
        summary="Python function that a traced size does not support",
        message="{where} on `{expr}` fails while tracing: a size is a tensor then, and has no such operation",
        compiler="",
        why="Tensor defines no __round__, __divmod__ or int methods; outside of tracing the same size"
        " is an int and works.",
        instead="use `//` and `%`, which are recorded",
    ),
    strong(
        "TS717",
        "data-read",
        summary=".data of a traced tensor",
        message="`{expr}` is a constant in the traced model: it keeps the example input's values for all inputs",
        compiler="",
        why="`.data` makes a new tensor that the tracer does not know"
        " (torch/csrc/autograd/python_variable.cpp: THPVariable_get_data); what it does not know becomes"
        " a constant of the graph, without a word.",
        instead="use `.detach()`, which is recorded",
    ),
    strong(
        "TS718",
        "unregistered-module",
        summary="module with parameters, or a tensor that needs grad, that is not part of the traced one",
        message="`{expr}` is no part of the traced module and needs grad: tracing fails on it",
        compiler="Cannot insert a Tensor that requires grad as a constant",
        why="torch/csrc/jit/frontend/tracer.cpp: getValue knows the parameters of the traced module"
        " only; another tensor becomes a constant, and one that requires grad must not.",
        instead="make it an attribute in __init__, a tensor as nn.Parameter; several in nn.ModuleList,"
        " nn.ParameterList",
    ),
    strong(
        "TS719",
        "traced-method",
        summary="method other than forward handed to torch.jit.trace",
        message="`{expr}` is a method of a module: `torch.jit.trace` takes the module itself, or its forward",
        compiler="trace doesn't support compiling individual module's functions.\nPlease use trace_module",
        why="torch/jit/_trace.py: trace looks whether its argument is a bound method of a module.",
        instead="call torch.jit.trace_module({object}, {{'{method}': example_inputs}})",
    ),
    strong(
        "TS720",
        "example-input-kind",
        summary="example input that is no tensor",
        message="`{expr}` is no tensor: a traced model has tensors for inputs, and tuples, lists and dicts of them",
        compiler="cannot be traced. Only Tensors and (possibly nested) Lists, Dicts, and Tuples of"
        " Tensors can be traced",
        why="torch/csrc/jit/python/pybind_utils.h: typeFromTraceable refuses it at the call.",
        instead="trace a function of the tensors only that passes the value on (functools.partial cannot be traced)",
    ),
    strong(
        "TS820",
        "size-as-argument",
        summary="lone size for a list of numbers in an operator's arguments",
        message="`{function}` takes `{expr}` for `{parameter}` as a plain number, and the tracer says nothing: what it"
        " is for the example input is baked in for all inputs",
        compiler="",
        why="Where a parameter is a list of fixed length (int[2] kernel_size), a lone value is unpacked before the"
        " tracer sees it (torch/csrc/utils/python_arg_parser.h: intlistWithDefault); convolutions do it with lists,"
        " too, and split calls int().",
        instead="a tuple with one number for each dimension is recorded, except by convolutions; pooling over a whole"
        " dimension is `amax` or `mean`; or " + _SCRIPT,
    ),
    strong(
        "TS821",
        "resize",
        summary="resize_ while tracing",
        message="`{function}` on `{expr}` cuts it off from the graph: later uses of it are a constant",
        compiler="{function} can't be represented in the JIT at the moment",
        why="torch/csrc/autograd/TraceTypeManual.cpp: resize_ and resize_as_ warn and forget the tensor's value in"
        " the graph.",
        instead="make a new tensor (`reshape`, `new_zeros`, `F.pad`)",
    ),
    strong(
        "TS822",
        "data-write",
        summary="write through .data that depends on the inputs",
        message="the write to `{expr}` is not part of the graph: later uses see what was there before, or the example"
        " input's values",
        compiler="",
        why="`.data` is a tensor that the tracer does not know (torch/csrc/autograd/python_variable.cpp:"
        " THPVariable_get_data, THPVariable_set_data).",
        instead="write under torch.no_grad() with `.copy_(...)` on the tensor itself, which is recorded",
    ),
)

_WEAK: tuple[Rule, ...] = (
    weak(
        "TS801",
        "rank-branch",
        summary="branch on the number of dimensions",
        message="{where} decides by the rank (`{expr}`) of the example input: inputs of another rank"
        " take the same path",
        compiler="",
        why="dim(), ndim and len(shape) are plain Python ints while tracing, without a warning.",
        instead="trace with the rank that will be used; for several, " + _SCRIPT,
    ),
    weak(
        "TS802",
        "metadata-branch",
        summary="branch on dtype, device or other properties of a tensor",
        message="{where} decides by `{expr}` of the example input: inputs of another kind take the same path",
        compiler="",
        why="dtype, device, requires_grad and contiguity are plain Python values while tracing, without a warning.",
        instead="trace with the kind of input that will be used; for several, " + _SCRIPT,
    ),
    weak(
        "TS803",
        "presence-branch",
        summary="branch on which inputs are given, their classes or their number",
        message="{where} decides by `{expr}`: the traced model takes the path of the example inputs"
        " whatever it is given",
        compiler="",
        why="Whether an argument is None, its class, and the structure of containers are plain Python"
        " values while tracing.",
        instead="trace once for each way of calling; or " + _SCRIPT,
    ),
    weak(
        "TS804",
        "size-guard",
        summary="assert or raise that depends on sizes",
        message="the check of `{expr}` is not part of the graph: the traced model accepts sizes that this one refuses",
        compiler=_BOOL,
        why="A size is a tensor while tracing; the condition becomes a Python bool and the exception is not recorded.",
        instead="nothing, where callers can be trusted; else check outside of the traced model, or in a"
        " function with @torch.jit.script",
    ),
    weak(
        "TS805",
        "constant-tensor",
        summary="torch.tensor and its kin while tracing",
        message="{what}",
        compiler="{function} results are registered as constants in the trace",
        why="torch/csrc/utils/tensor_new.cpp warns whatever the values are made of. The values here do"
        " not depend on traced data as far as can be seen.",
        instead="register a buffer in __init__, which moves with the model",
    ),
    weak(
        "TS806",
        "state-condition",
        summary="parameter, buffer or constant tensor turned into a Python value",
        message="{where} turns `{expr}` into a Python {kind}: the value of the traced instance is baked in",
        compiler=_NUMBER,
        why="The tracer warns for every tensor, also for one that does not depend on the inputs. It"
        " matters where the parameter or buffer changes after tracing.",
        instead="compute it once in __init__ and keep it as a Python number",
    ),
    weak(
        "TS807",
        "mode-branch",
        summary="branch on self.training",
        message="{where} decides by `{expr}`: the mode of the traced run is baked in, train() and"
        " eval() do nothing later",
        compiler="",
        why="The mode is a Python attribute; the traced module keeps one path.",
        instead="call eval() before tracing a model for inference",
    ),
    weak(
        "TS808",
        "pieces-iteration",
        summary="loop over the pieces of unbind, split or chunk",
        message="{where} goes through the pieces of `{expr}`: as many as the example input gave are recorded",
        compiler="",
        why="The list has its length from the traced run, without a warning; for another length the"
        " graph raises or drops pieces.",
        instead="harmless along a dimension that is always the same; else compute over the whole dimension at once",
    ),
    weak(
        "TS809",
        "state-write",
        summary="attribute set in forward",
        message="`self.{name}` is set while tracing; the traced model never sets it",
        compiler="",
        why="Python attributes are not part of the graph.",
        instead="return the value, or register a buffer and write into it in place",
    ),
    weak(
        "TS810",
        "baked-device",
        summary="tensor made on the device of an input",
        message="`{expr}` is the device of the traced run: the tensor is made there wherever the traced"
        " model runs later",
        compiler="",
        why="A device is a Python value; in the graph it is a constant of the operator that makes the tensor.",
        instead="make it from a tensor that is there already (`new_zeros`, `zeros_like`), or register a buffer",
    ),
    weak(
        "TS811",
        "tensor-text",
        summary="text made of a tensor",
        message="the text of `{expr}` is that of the example input",
        compiler="",
        why="Formatting a tensor reads its values; the text is a Python constant (torch/_tensor.py:"
        " Tensor.__format__).",
        instead="leave messages and keys free of tensors' values",
    ),
    weak(
        "TS812",
        "try-branch",
        summary="try around operators",
        message="the operators of the traced run are recorded, never the exception: `except` does not"
        " exist in the graph",
        compiler="",
        why="try and except are Python's; the traced model raises where this code would recover.",
        instead="test for the condition beforehand, with operators that are recorded",
    ),
    weak(
        "TS813",
        "python-operator",
        summary="torch.autograd.Function while tracing",
        message="`{expr}` is an operator in Python: the traced model runs, but cannot be saved",
        compiler="Could not export Python function call '{name}'",
        why="The graph refers to the Python object (torch/csrc/autograd/python_function.cpp:"
        " prim::PythonOp), which no file can hold (torch/csrc/jit/serialization/python_print.cpp).",
        instead="write the forward with torch's operators, or register a custom operator with torch.library",
    ),
    weak(
        "TS814",
        "output-kind",
        summary="output that trace refuses",
        message="`forward` gives {what}: `torch.jit.trace` refuses it as the output of the traced model",
        compiler="{error}",
        why="The outputs of a graph are tensors, and tuples and lists of them"
        " (torch/csrc/jit/frontend/tracer.cpp; torch/jit/_trace.py). It does not matter for a module"
        " inside of the traced one.",
        instead="return tensors or a tuple of them; a dict of tensors with trace(..., strict=False)",
    ),
    weak(
        "TS815",
        "trace-in-training",
        summary="module traced in training mode",
        message="`{expr}` has a {layer} and is traced in the mode it was made in, training: that is baked in",
        compiler="",
        why="The mode is an argument of the recorded operators; eval() on the traced module does nothing for them.",
        instead="call {expr}.eval() before tracing a model for inference",
    ),
    weak(
        "TS816",
        "train-after-trace",
        summary="train() on a traced module",
        message="`{expr}.train()` changes nothing: {layer} was recorded in eval mode",
        compiler="",
        why="The mode is an argument of the recorded operators (aten::dropout, aten::batch_norm); train() sets an"
        " attribute that the graph never reads.",
        instead="train the model itself and trace it afterwards; or torch.jit.script, which keeps the mode",
    ),
    weak(
        "TS817",
        "single-shape-trace",
        summary="module that depends on sizes, traced without check_inputs",
        message="`{expr}` turns sizes into Python values ({place}) and is traced with one example only: nothing"
        " compares the traced model with it at another size",
        compiler="",
        why="Without check_inputs, torch.jit.trace checks its result with the example inputs themselves"
        " (torch/jit/_trace.py: _check_trace), for which what was baked in is right.",
        instead="pass check_inputs=[...] with inputs of every size that will be used",
    ),
    weak(
        "TS818",
        "autocast-branch",
        summary="branch on whether autocast is on",
        message="{where} decides by `{expr}`: whether autocast was on in the traced run is baked in, wherever the"
        " traced model runs later",
        compiler="",
        why="torch.is_autocast_enabled() is a plain Python bool about the running thread; the traced module keeps"
        " one path.",
        instead="trace in the state in which the model will run, once for each that is needed",
    ),
    weak(
        "TS819",
        "baked-strides",
        summary="strides of an input in as_strided",
        message="`{expr}` has strides of the example input: inputs of other inner sizes are read at wrong places",
        compiler="",
        why="Tensor.stride gives plain Python ints without a warning"
        " (torch/csrc/autograd/python_variable_methods.cpp: THPVariable_stride), unlike sizes.",
        instead="compute strides of a contiguous tensor from its sizes, which are recorded; or use unfold or a view",
    ),
)

RULES: tuple[Rule, ...] = _STRONG + _WEAK
