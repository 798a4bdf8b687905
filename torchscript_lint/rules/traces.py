"""More rules about tracing: blocks, writes and dtypes (TS823 to TS826), what is done at the call and with a trace."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule
from torchscript_lint.rules.tracing import strong, weak

RULES: tuple[Rule, ...] = (
    weak(
        "TS823",
        "autocast-region",
        summary="autocast turned off for a block",
        message="autocast is on in this block wherever the traced model runs under autocast: turning it off is not part"
        " of the graph",
        compiler="",
        why="The state belongs to the running thread (torch/amp/autocast_mode.py); the operators in the block are"
        " recorded like all others. Casts by an autocast that is on are recorded.",
        instead="cast the operands (`x.float()`), and run the traced model without autocast; or torch.jit.script, which"
        " keeps the block",
    ),
    weak(
        "TS824",
        "no-grad-region",
        summary="block without gradients",
        message="gradients flow through this block in the traced model: no_grad is not part of the graph",
        compiler="",
        why="Whether gradients are computed is a state of the running thread; the operators in the block are recorded"
        " like all others. It does not matter for inference.",
        instead="`.detach()` the results, which is recorded",
    ),
    weak(
        "TS825",
        "alias-write",
        summary="write into what may be another tensor or the same",
        message="the write to `{expr}` reaches `{other}` or does not, as in the traced run: `{expr}` is the same tensor"
        " or a copy",
        compiler="",
        why="contiguous() and casts give the tensor itself where there is nothing to do; the later uses of both names"
        " are recorded as it was for the example input.",
        instead="write into a `.clone()`, or compute without writing",
    ),
    weak(
        "TS826",
        "baked-dtype",
        summary="dtype of an input given to an operator",
        message="`{expr}` is the dtype of the example input: the result has it whatever the traced model is given",
        compiler="",
        why="A dtype is a Python value; in the graph it is a constant of the operator.",
        instead="harmless where the inputs always have one dtype; else `type_as`, `zeros_like` and `new_zeros`, which"
        " follow a tensor",
    ),
    strong(
        "TS827",
        "example-input-count",
        summary="more or fewer example inputs than forward takes",
        message="{given} example inputs for `{expr}`, which takes {takes}",
        compiler="",
        why="torch.jit.trace calls the module with them, each element of the tuple as one argument"
        " (torch/jit/_trace.py: trace_module).",
        instead="give one tensor for each parameter; an argument that is itself a tuple is one element of the tuple",
    ),
    strong(
        "TS828",
        "freeze-in-training",
        summary="freezing a module that was traced in training mode",
        message="`{expr}` is in training mode, in which its module was made and traced: freeze refuses it",
        compiler="Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module"
        " before freezing.",
        why="torch/jit/_freeze.py: freeze looks at the attribute `training` that the traced module was given.",
        instead="call eval() on the module before tracing it",
    ),
    strong(
        "TS829",
        "pickled-trace",
        summary="traced module given to torch.save or pickle",
        message="`{function}` fails on `{expr}`: a traced module cannot be pickled",
        compiler="Tried to serialize object",
        why="A ScriptModule has no __getstate__ unless its class defines one (torch/csrc/jit/python/script_init.cpp);"
        " it has a format of its own.",
        instead="call `{expr}.save(path)` or torch.jit.save, and torch.jit.load; or torch.save its state_dict()",
    ),
    strong(
        "TS830",
        "traced-attribute",
        summary="method or Python attribute that a traced module does not have",
        message="`{expr}` is no part of the traced module, which has its forward, parameters, buffers and sub-modules"
        " only",
        compiler="object has no attribute '{name}'",
        why="torch.jit.trace makes a module of what it recorded (torch/jit/_trace.py: make_module); methods and Python"
        " values stay behind.",
        instead="use the module itself, or torch.jit.trace_module for several methods",
    ),
    strong(
        "TS831",
        "trace-module-inputs",
        summary="trace_module with something else than inputs by method",
        message="{what}: torch.jit.trace_module takes a dict from method names to example inputs",
        compiler="",
        why="torch/jit/_trace.py: trace_module looks each name up in the module.",
        instead="{{'forward': example_inputs}}, with the names of methods that the class defines",
    ),
    weak(
        "TS832",
        "load-without-map-location",
        summary="torch.jit.load without map_location, followed by a move to another device",
        message="`{expr}` loads onto the device that the model was saved from, and fails where there is none;"
        " `{move}` comes too late",
        compiler="",
        why="Each tensor is restored on the device that the archive names, unless map_location says otherwise"
        " (torch/jit/_serialization.py: load; torch/csrc/jit/serialization/unpickler.cpp).",
        instead="pass the device at once: torch.jit.load(path, map_location=device)",
    ),
)
