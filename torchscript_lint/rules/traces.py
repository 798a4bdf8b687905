"""More rules about tracing: blocks, writes and dtypes (TS823 to TS826), what is done at the call and with a trace."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule
from torchscript_lint.rules.tracing import weak

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
)
