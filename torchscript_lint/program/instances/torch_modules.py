"""What a module of torch's own library holds, as a base class or as a submodule."""

from __future__ import annotations

from torchscript_lint.library import NNModule, nn_module
from torchscript_lint.program.definitions import External
from torchscript_lint.program.instances.values import ModuleValue, Scalar, Value, weak
from torchscript_lint.program.instances.words import words
from torchscript_lint.types import model
from torchscript_lint.types.model import Type

#: Attributes that have this type whatever the constructor's arguments are.
_SURE: dict[str, Type] = {
    **dict.fromkeys(
        words(
            "in_features out_features in_channels out_channels groups num_features num_embeddings num_groups"
            " embedding_dim num_channels embed_dim head_dim num_heads in1_features in2_features hidden_size"
            " input_size num_layers upscale_factor downscale_factor"
        ),
        model.INT,
    ),
    **dict.fromkeys(words("inplace affine track_running_stats transposed elementwise_affine batch_first"), model.BOOL),
    **dict.fromkeys(words("padding_mode mode approximate"), model.STR),
}
#: In these ``weight`` is a parameter always.
_WEIGHTED = words(
    "Linear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d Embedding EmbeddingBag PReLU"
)
#: Their attributes' names depend on the arguments, or not all of them have a TorchScript type.
_OPEN = words(
    "RNNBase RNN LSTM GRU Transformer TransformerEncoder TransformerDecoder TransformerEncoderLayer"
    " TransformerDecoderLayer TripletMarginWithDistanceLoss Container DataParallel Module ModuleList"
    " ModuleDict Sequential ParameterList ParameterDict"
)


def library_module(name: str) -> NNModule | None:
    """What the library knows of a class by its dotted name."""
    last = name.split(".")[-1]
    found = nn_module(last)
    if found is None or not name.startswith("torch.nn."):
        return None
    return found if name in (f"torch.nn.{last}", found.target) else None


def library_values(name: str) -> tuple[dict[str, tuple[Value, str]], bool] | None:
    """The attributes of such a module: name → (value, where it is kept); and whether these are all.

    None where the class is not known.
    """
    from torchscript_lint.program.instances.lookup import value_of_type

    found = library_module(name)
    if found is None:
        return None
    last = found.name
    values: dict[str, tuple[Value, str]] = {}
    for key, type_ in (*found.attributes.items(), *found.constants.items()):
        if key in ("training", "_is_full_backward_hook"):
            continue
        if key in found.parameters:
            sure = key == "weight" and last in _WEIGHTED
            parameter = Scalar("parameter")
            values[key] = (parameter if sure else weak(parameter), "parameter")
        elif key in found.buffers:
            values[key] = (weak(Scalar("tensor")), "buffer")
        else:
            value = value_of_type(_SURE.get(key, type_))
            values[key] = (value if key in _SURE else weak(value), "dict")
    for key, target in found.modules.items():
        values[key] = (ModuleValue(External(target), certain=False), "module")
    return values, last not in _OPEN and not last.startswith("Lazy") and found.scripts is True


def library_constants(name: str) -> frozenset[str]:
    """The names that the class declares constants."""
    found = library_module(name)
    return frozenset(found.constants) if found is not None else frozenset()
