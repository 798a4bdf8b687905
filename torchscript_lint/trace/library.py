"""What torch's functions and tensor methods give back while tracing: tables of names.

Only what matters for where traced data goes: most operators give a tensor and need no entry.
"""

from __future__ import annotations

from functools import cache

from torchscript_lint.library.methods import method_kind

#: What a Tensor has in Python only.
_PYTHON_ONLY = frozenset(
    {
        "apply_",
        "as_subclass",
        "bfloat16",
        "bool",
        "byte",
        "char",
        "data_ptr",
        "double",
        "float",
        "grad_fn",
        "half",
        "int",
        "is_shared",
        "long",
        "ndimension",
        "nelement",
        "new",
        "new_tensor",
        "numpy",
        "register_hook",
        "retain_grad",
        "share_memory_",
        "short",
        "storage",
        "tolist",
        "unique",
        "untyped_storage",
        "xpu",
        "cuda",
        "cpu",
    }
)


@cache
def is_tensor_attribute(name: str) -> bool:
    """Whether a Tensor has an attribute or method of this name."""
    return name in _PYTHON_ONLY or name.startswith("__") or method_kind("Tensor", name) is not None


#: Tensor attributes that are plain Python values while tracing.
META_ATTRIBUTES = frozenset(
    {
        "dtype",
        "device",
        "layout",
        "is_cuda",
        "is_cpu",
        "is_mps",
        "is_xpu",
        "is_meta",
        "is_sparse",
        "is_sparse_csr",
        "is_quantized",
        "is_mkldnn",
        "is_nested",
        "is_leaf",
        "requires_grad",
        "itemsize",
        "names",
        "is_mtia",
        "is_xla",
        "is_vulkan",
        "is_ort",
        "is_ipu",
        "grad_fn",
        "_version",
        "output_nr",
    }
)
#: Tensor methods that give plain Python values while tracing, without a word.
META_METHODS = frozenset(
    {
        "is_floating_point",
        "is_complex",
        "is_contiguous",
        "is_pinned",
        "is_shared",
        "is_signed",
        "is_inference",
        "is_conj",
        "is_neg",
        "is_coalesced",
        "is_distributed",
        "get_device",
        "type",
        "has_names",
        "element_size",
        "qscheme",
        "dense_dim",
        "sparse_dim",
        "is_same_size",
        "stride",
        "storage_offset",
        "data_ptr",
        "has_storage",
    }
)
#: ... that are about the number of dimensions.
RANK_METHODS = frozenset({"dim", "ndimension"})
#: Methods of Python's int that a traced size does not have.
INT_METHODS = frozenset({"bit_length", "bit_count", "to_bytes", "as_integer_ratio", "is_integer"})
#: Modules of torch.nn with parameters that need grad.
PARAMETRIC = frozenset(
    {
        "Linear",
        "Bilinear",
        "Conv1d",
        "Conv2d",
        "Conv3d",
        "ConvTranspose1d",
        "ConvTranspose2d",
        "ConvTranspose3d",
        "LayerNorm",
        "GroupNorm",
        "BatchNorm1d",
        "BatchNorm2d",
        "BatchNorm3d",
        "Embedding",
        "EmbeddingBag",
        "LSTM",
        "GRU",
        "RNN",
        "PReLU",
        "MultiheadAttention",
        "TransformerEncoderLayer",
        "TransformerDecoderLayer",
    }
)
#: Comparisons of whole tensors that give a Python bool without a warning.
SILENT_TESTS = frozenset({"equal", "allclose", "is_nonzero", "is_set_to"})
#: Methods and functions whose list of results is as long as a dimension, or as an argument says.
PIECES = frozenset(
    {
        "unbind",
        "split",
        "split_with_sizes",
        "chunk",
        "tensor_split",
        "unsafe_chunk",
        "unsafe_split",
        "vsplit",
        "hsplit",
        "dsplit",
    }
)
#: Give two tensors where a dimension is given.
PAIRS_WITH_DIM = frozenset({"max", "min", "median", "nanmedian"})
#: Always give several tensors.
TUPLES = frozenset(
    {
        "sort",
        "topk",
        "kthvalue",
        "mode",
        "cummax",
        "cummin",
        "aminmax",
        "std_mean",
        "var_mean",
        "svd",
        "qr",
        "eig",
        "eigh",
        "slogdet",
        "geqrf",
        "lu",
        "frexp",
        "triangular_solve",
        "symeig",
        "lobpcg",
        "lu_factor",
        "lu_unpack",
        "svd_lowrank",
        "pca_lowrank",
        "lstsq",
        "ldl_factor",
        "inv_ex",
        "solve_ex",
        "cholesky_ex",
        "lu_factor_ex",
        "max_pool1d_with_indices",
        "max_pool2d_with_indices",
        "max_pool3d_with_indices",
        "multi_head_attention_forward",
        "native_layer_norm",
        "native_batch_norm",
        "lstm",
        "gru",
    }
)
#: Lists of tensors, one for each argument.
LISTS = frozenset({"meshgrid", "broadcast_tensors", "align_tensors", "atleast_1d", "atleast_2d", "atleast_3d"})
#: Give several tensors only where asked to.
TUPLES_ON_REQUEST = {
    "unique": ("return_inverse", "return_counts"),
    "unique_consecutive": ("return_inverse", "return_counts"),
    "nonzero": ("as_tuple",),
    "histogram": (),
    "adaptive_max_pool1d": ("return_indices",),
    "adaptive_max_pool2d": ("return_indices",),
    "adaptive_max_pool3d": ("return_indices",),
    "max_pool1d": ("return_indices",),
    "max_pool2d": ("return_indices",),
    "max_pool3d": ("return_indices",),
    "cosine_embedding_loss": (),
}
#: Record neither lone sizes nor lists of them: strides, paddings, dilations and groups.
CONVOLUTIONS = frozenset(f"conv{kind}{dims}d" for kind in ("", "_transpose") for dims in (1, 2, 3))
#: Parameters of Python functions of ``torch.nn.functional`` (positions, then the name) that fail on a lone
#: traced size, some of them (true) on one in a list, too.
UNTRACEABLE_PARAMETERS: dict[str, tuple[tuple[int | str, ...], bool]] = {
    "interpolate": ((2, "scale_factor"), True),
    "upsample": ((2, "scale_factor"), True),
    "adaptive_avg_pool2d": ((1, "output_size"), False),
    "adaptive_avg_pool3d": ((1, "output_size"), False),
    "adaptive_max_pool2d": ((1, "output_size"), False),
    "adaptive_max_pool3d": ((1, "output_size"), False),
    "unfold": ((1, "kernel_size"), False),
    "fold": ((1, "output_size"), False),
    "lp_pool2d": ((2, "kernel_size"), False),
    "lp_pool3d": ((2, "kernel_size"), False),
}
#: Functions of torch that draw random numbers.
RANDOM_FACTORIES = frozenset(
    {
        "rand",
        "randn",
        "randint",
        "randperm",
        "rand_like",
        "randn_like",
        "randint_like",
        "bernoulli",
        "normal",
        "multinomial",
        "poisson",
    }
)
#: Methods that draw random numbers.
RANDOM_METHODS = frozenset(
    {
        "uniform_",
        "normal_",
        "random_",
        "bernoulli_",
        "exponential_",
        "geometric_",
        "cauchy_",
        "log_normal_",
        "bernoulli",
        "multinomial",
    }
)
#: Functions of torch whose results the tracer registers as constants, with a warning.
CONSTRUCTORS = frozenset(
    {
        "tensor",
        "as_tensor",
        "from_numpy",
        "Tensor",
        "FloatTensor",
        "LongTensor",
        "IntTensor",
        "DoubleTensor",
        "HalfTensor",
        "BoolTensor",
        "ByteTensor",
        "asarray",
        "sparse_coo_tensor",
        "sparse_csr_tensor",
        "sparse_csc_tensor",
        "sparse_bsr_tensor",
        "sparse_bsc_tensor",
        "sparse_compressed_tensor",
    }
)
#: ... of which these take several tensors,
SPARSE_CONSTRUCTORS = frozenset(name for name in CONSTRUCTORS if name.startswith("sparse_"))
#: ... and these take values in a list, or any number of sizes (``legacy_tensor_ctor`` in
#: ``torch/csrc/utils/tensor_new.cpp``); all but ``Tensor`` are quiet.
LEGACY_CONSTRUCTORS = frozenset(name for name in CONSTRUCTORS if name.endswith("Tensor"))
OPEN_CONSTRUCTORS = SPARSE_CONSTRUCTORS | LEGACY_CONSTRUCTORS
#: Modules of torch.nn that take a lone size for their first parameter as a plain number,
POOLS = frozenset(
    {"AvgPool2d", "AvgPool3d", "MaxPool1d", "MaxPool2d", "MaxPool3d", "AdaptiveAvgPool1d", "AdaptiveMaxPool1d"}
)
#: ... and those that fail on one.
UNTRACEABLE_POOLS = frozenset(
    {"AvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"}
)
#: ... of which these are quiet.
SILENT_CONSTRUCTORS = frozenset({"asarray"}) | (LEGACY_CONSTRUCTORS - {"Tensor"})
#: Functions of torch that give plain Python values that do not depend on the inputs.
PLAIN = frozenset(
    {
        "device",
        "dtype",
        "finfo",
        "iinfo",
        "get_default_dtype",
        "is_tensor",
        "is_storage",
        "promote_types",
        "result_type",
        "can_cast",
        "set_grad_enabled",
        "no_grad",
        "enable_grad",
        "inference_mode",
        "manual_seed",
        "Generator",
        "autocast",
        "get_num_threads",
        "is_floating_point",
        "is_complex",
        "typename",
        "is_autocast_enabled",
        "is_grad_enabled",
        "is_inference_mode_enabled",
        "get_autocast_dtype",
        "get_autocast_gpu_dtype",
        "get_autocast_cpu_dtype",
        "set_printoptions",
        "save",
        "load",
        "compile",
        "is_warn_always_enabled",
        "get_rng_state",
        "set_rng_state",
        "memory_format",
        "layout",
        "is_deterministic",
        "are_deterministic_algorithms_enabled",
        "get_device",
        "is_autocast_available",
        "is_anomaly_enabled",
        "is_autocast_cpu_enabled",
        "_is_functional_tensor",
    }
)
#: Sub-modules of torch whose functions are no operators on tensors.
FOREIGN = (
    "torch.cuda",
    "torch.utils",
    "torch.distributed",
    "torch.backends",
    "torch.jit",
    "torch.autograd",
    "torch.hub",
    "torch.version",
    "torch.onnx",
    "torch.compiler",
    "torch._dynamo",
    "torch.fx",
    "torch.profiler",
    "torch.amp",
    "torch.random",
    "torch.multiprocessing",
    "torch._C",
    "torch.optim",
    "torch.export",
    "torch.overrides",
    "torch.nn.init",
    "torch.testing",
    "torch.types",
    "torch._jit_internal",
    "torch.distributions",
    "torch._utils",
    "torch.nn.utils",
    "torch.mps",
    "torch.xpu",
    "torch.library",
    "torch.monitor",
    "torch.package",
    "torch.quantization",
    "torch.ao",
)
#: Questions about how the code runs, and their answer while tracing.
ANSWERS: dict[str, bool] = {
    "torch.jit.is_scripting": False,
    "torch.jit.is_tracing": True,
    "torch._C._get_tracing_state": True,
    "torch._jit_internal.is_scripting": False,
    "torch.jit._trace.is_tracing": True,
    "torch.jit._script.is_scripting": False,
    "torch.compiler.is_compiling": False,
    "torch.compiler.is_dynamo_compiling": False,
    "torch.compiler.is_exporting": False,
    "torch._dynamo.is_compiling": False,
    "torch.onnx.is_in_onnx_export": False,
    "torch.overrides.has_torch_function": False,
    "torch.overrides.has_torch_function_unary": False,
    "torch.overrides.has_torch_function_variadic": False,
    "torch._utils.is_compiling": False,
    "torch.fx._symbolic_trace.is_fx_tracing": False,
    "torch.fx.is_fx_tracing": False,
    "torch._C._jit_set_profiling_mode": True,
    "typing.TYPE_CHECKING": False,
}
#: Modules of torch.nn that give what the modules in them give, or what they are given.
CONTAINERS = frozenset(
    {
        "Sequential",
        "ModuleList",
        "ModuleDict",
        "Identity",
        "Module",
        "DataParallel",
        "DistributedDataParallel",
        "Flatten",
    }
)
#: Names of torch modules with several results.
TUPLE_MODULES = frozenset({"LSTM", "GRU", "RNN", "LSTMCell", "MultiheadAttention", "AdaptiveLogSoftmaxWithLoss"})
#: Functions of ``math`` that give exact results on traced sizes.
MATH_TRACED = frozenset({"prod"})
#: ``math`` takes these as an index, silently.
MATH_SILENT = frozenset({"gcd", "lcm", "comb", "perm", "factorial", "isqrt"})
#: Python's sources of chance.
CHANCE_MODULES = ("random", "numpy.random", "time", "datetime", "uuid", "secrets", "os.urandom")
#: Attribute names whose use on a parameter shows that it is a tensor.
TENSOR_EVIDENCE = frozenset(
    {
        "dim",
        "ndim",
        "unsqueeze",
        "squeeze",
        "permute",
        "transpose",
        "flatten",
        "view",
        "contiguous",
        "chunk",
        "dtype",
        "device",
        "new_zeros",
        "new_ones",
        "new_full",
        "new_empty",
        "type_as",
        "view_as",
        "expand",
        "expand_as",
        "is_cuda",
        "numel",
        "sigmoid",
        "softmax",
        "unbind",
        "matmul",
        "bmm",
        "masked_fill",
        "masked_fill_",
        "detach",
        "requires_grad",
        "movedim",
        "unfold",
        "reshape",
        "shape",
        "size",
        "is_floating_point",
        "repeat_interleave",
        "scatter",
        "gather",
        "log_softmax",
        "addmm",
        "baddbmm",
        "relu",
        "relu_",
        "mT",
        "tanh",
        "narrow",
        "index_select",
        "argmax",
        "cumsum",
        "clamp",
        "topk",
    }
)
#: What every module has by nn.Module, a traced one too, and what only that has.
MODULE_NAMES = frozenset(
    {
        "T_destination",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "code",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "graph",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "save",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    }
)
