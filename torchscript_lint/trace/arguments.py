"""What operators do with a size, or another tensor, where they want a number: record it, or take it as it is.

torch's parser of Python arguments (``torch/csrc/utils/python_arg_parser.h``) keeps a traced value for the
graph where the parameter is an ``int``, a ``Scalar``, or a list of ints that is given as a list
(``ArgumentStash``). It takes a plain number out of it where a lone value stands for a list of fixed length
(``int[2] kernel_size=k``: ``intlistWithDefault``, without a word) and where the parameter is a ``float``
(``toDouble``, with a warning).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.library import Arg, attribute, schemas
from torchscript_lint.trace import library
from torchscript_lint.trace.builtin import Builtins
from torchscript_lint.trace.state import source
from torchscript_lint.trace.values import INPUT, RANDOM, Val, data_in
from torchscript_lint.types import model

Args = list[Val]
Keywords = dict[str, Val]


class Arguments(Builtins):
    """Numbers that operators take."""

    def numbers(self, name: str, args: Args, keywords: Keywords, node: ast.Call, *, method: bool = False) -> None:
        """Report what an operator takes out of the tracer.

        Args:
            name: of a function its dotted name, of a method of tensors its own.
            args: its positional arguments, in a method without the tensor itself.
            keywords: its keyword arguments.
            node: the call.
            method: whether it is one.
        """
        last = name.rpartition(".")[2]
        for value, shown, place in _given(args, keywords, node):
            held = data_in(value)
            if held is None:
                continue
            lone, given = value.traced, bool(held.origin & {INPUT, RANDOM})
            if last in library.UNTRACEABLE_PARAMETERS and not method:
                parameter, nested = library.UNTRACEABLE_PARAMETERS[last]
                if given and place in parameter and (lone or nested) and "recompute_scale_factor" not in keywords:
                    where = f"`{last}()` with a traced `{parameter[-1]}`"
                    self.report("untraceable-size", node, sure=held.sure, where=where, expr=source(shown))
                continue
            found = _parameters(name, place, method=method)
            if last in library.CONVOLUTIONS and given:
                self._baked(held, node, shown, last, found)
            elif lone and not any(_records(parameter) for parameter in found):
                if any(_type(parameter) == model.FLOAT for parameter in found):
                    self.number(value, node, shown, f"`{last}()`", "float")
                elif given and any(parameter.n is not None for parameter in found):
                    self._baked(held, node, shown, last, found)

    def _baked(self, held: Val, node: ast.Call, shown: ast.expr, function: str, found: list[Arg]) -> None:
        wanted = next((parameter for parameter in found if _type(parameter) != model.TENSOR), None)
        if wanted is not None and not any(_type(parameter) == model.TENSOR for parameter in found):
            # the number of groups is most often a number of channels, which is the same for all inputs
            sure = held.sure and wanted.name != "groups"
            self.report(
                "size-as-argument", node, sure=sure, function=function, parameter=wanted.name, expr=source(shown)
            )


def _given(args: Args, keywords: Keywords, node: ast.Call) -> Iterator[tuple[Val, ast.expr, int | str]]:
    """The arguments, their expressions, and their positions or names; nothing after a ``*``."""
    for number, value in enumerate(args):
        if value.kind == "star" or number >= len(node.args) or isinstance(node.args[number], ast.Starred):
            break
        yield value, node.args[number], number
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg in keywords:
            yield keywords[keyword.arg], keyword.value, keyword.arg


def _parameters(name: str, place: int | str, *, method: bool) -> list[Arg]:
    """What may stand at a position, or under a name, in the overloads of an operator."""
    if method:
        overloads = schemas(f"aten::{name}")
    else:
        entry = attribute(name)
        if entry is not None and entry.kind == "dispatch":
            entry = entry.branches[-1]
        if entry is None:
            return []
        # a Python function warns on its own lines, inside of torch, and hands lists on
        lists = [arg for signature in entry.signatures for arg in signature.args if arg.n is not None]
        if entry.kind == "function":
            positions = {arg.name: number for number, arg in enumerate(entry.signatures[0].args)} if lists else {}
            return [arg for arg in lists if place in (arg.name, positions[arg.name])]
        overloads = schemas(entry.op) if entry.op else ()
    found: list[Arg] = []
    for schema in overloads:
        if any(arg.is_out for arg in schema.args):
            continue
        if isinstance(place, str):
            found += [arg for arg in schema.args if arg.name == place]
        else:
            positional = [arg for arg in schema.args if not arg.kwarg_only]
            found += positional[place + method : place + method + 1]
    return found


def _type(parameter: Arg) -> model.Type:
    return parameter.type.elem if isinstance(parameter.type, model.OptionalType) else parameter.type


def _records(parameter: Arg) -> bool:
    """Whether the tracer keeps a tensor that is given for this parameter."""
    return _type(parameter) in (model.TENSOR, model.NUMBER) or (parameter.n is None and _type(parameter) != model.FLOAT)
