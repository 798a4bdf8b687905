"""Names outside the program, as values and as functions: builtins, math, numpy, torch."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchscript_lint.plain import replace
from torchscript_lint.program.classes import is_module_name
from torchscript_lint.program.definitions import External
from torchscript_lint.program.instances.builtin_calls import BUILTINS
from torchscript_lint.program.instances.hooks import UTILITIES, add
from torchscript_lint.program.instances.iterate import ITEMS, iterate
from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.selfcalls import container_name
from torchscript_lint.program.instances.torch_names import (
    BOOL_FUNCTIONS,
    DTYPES,
    LAYOUTS,
    MEMORY_FORMATS,
    TENSOR_FUNCTIONS,
    TENSOR_METHODS,
)
from torchscript_lint.program.instances.values import (
    BOOL,
    FLOAT,
    INT,
    TENSOR,
    UNKNOWN_VALUE,
    Callee,
    Const,
    JitAttribute,
    Local,
    Map,
    ModuleValue,
    Opaque,
    Partial,
    Scalar,
    Self,
    Seq,
    Space,
    Value,
    elements,
    join_all,
    scalar_of,
    weak,
)
from torchscript_lint.program.instances.words import words

if TYPE_CHECKING:
    from torchscript_lint.program.instances.calls import Args

_CONSTANTS: dict[str, Value] = {
    "math.pi": Const(math.pi), "math.e": Const(math.e), "math.inf": Const(math.inf),
    "math.tau": Const(math.tau),
    "math.nan": FLOAT, "torch.inf": FLOAT, "torch.pi": FLOAT, "torch.nan": FLOAT, "torch.e": FLOAT,
    "numpy.pi": FLOAT, "numpy.inf": FLOAT, "numpy.e": FLOAT, "numpy.nan": FLOAT, "sys.maxsize": INT,
    "typing.TYPE_CHECKING": Const(False), "torch.__version__": UNKNOWN_VALUE,
}  # fmt: skip
_SPACES = words(
    """
    torch torch.nn torch.nn.functional torch.nn.init torch.nn.utils torch.nn.modules torch.nn.parameter
    torch.jit torch.utils torch.fft torch.linalg torch.cuda torch.nn.utils.parametrizations torch.special
    torch.backends math numpy copy functools itertools collections typing os sys warnings enum
    torch.nn.modules.utils torch.optim torch.autograd torch.distributed torch.distributions
    """
)


def external_value(found: External) -> Value:
    """What a name outside the program is as a value."""
    name = found.name
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    if name in _SPACES:
        return Space(found)
    prefix, _, last = name.rpartition(".")
    if prefix == "torch":
        if last in DTYPES:
            return Scalar("dtype")
        if last in LAYOUTS:
            return Scalar("layout")
        if last in MEMORY_FORMATS:
            return Opaque("torch.memory_format")
    return Callee(found)


def apply_external(run: Run, name: str, args: Args, node: ast.Call) -> Value:
    """Call a function or class outside the program."""
    handler = _HANDLERS.get(name) or BUILTINS.get(name)
    if handler is not None:
        return handler(run, args, node)
    if name.startswith("math."):
        return _math(name[5:], args)
    if name.startswith("numpy."):
        return _numpy(name[6:], args)
    if name.startswith(("torch.", "torchvision.ops.")):
        return _torch(run, name, args, node)
    if name.startswith(("warnings.", "logging.", "os.", "sys.")):
        return UNKNOWN_VALUE
    run.loose_if_self(iter(args.all()))
    return UNKNOWN_VALUE


# --- torch ----------------------------------------------------------------------------------------


def _torch(run: Run, name: str, args: Args, node: ast.Call) -> Value:
    if any(isinstance(value, Self) for value in args.all()) and not name.startswith(
        ("torch.nn.init.", "torch._C._log")
    ):
        run.loose()
    kind = container_name(name)
    if kind:
        return make_container(run, name, kind, args, node)
    if is_module_name(name):
        return ModuleValue(External(name), node=node)
    prefix, _, last = name.rpartition(".")
    if name.startswith("torch.nn.init."):
        return args.values[0] if args.values else TENSOR
    if name.startswith("torch.nn.utils.") and args.values and isinstance(args.values[0], ModuleValue):
        if last in UTILITIES and prefix in ("torch.nn.utils", f"torch.nn.utils.{last}"):
            add(run, args.values[0], Opaque(UTILITIES[last]), node, pre=True)
        return ModuleValue(None, node=node)  # hooks and parametrizations change what it is
    if last in TENSOR_FUNCTIONS and prefix in (
        "torch",
        "torch.nn.functional",
        "torch.linalg",
        "torch.fft",
        "torch.special",
    ):
        return TENSOR
    if last in BOOL_FUNCTIONS:
        return BOOL
    if prefix == "torch.Tensor" or (prefix == "torch" and last.endswith("Tensor")):
        return TENSOR
    return UNKNOWN_VALUE


def make_container(run: Run, name: str, kind: str, args: Args, node: ast.Call) -> ModuleValue:
    """``nn.Sequential(...)``, ``nn.ModuleList(...)`` and so on."""
    base = ModuleValue(External(name), kind, None, None, UNKNOWN_VALUE, node=node, idents=run.fresh())
    if args.open:
        return base
    if kind == "Sequential":
        if len(args.values) == 1 and args.rest is None and isinstance(args.values[0], Map):
            return _of_pairs(base, args.values[0])
        if args.rest is not None:
            return replace(base, element=join_all([*args.values, args.rest]))
        keys = tuple(str(index) for index in range(len(args.values)))
        return replace(base, items=args.values, keys=keys)
    given = args.get(0, {"ModuleList": "modules", "ModuleDict": "modules"}.get(kind, "parameters"))
    is_dict = kind in ("ModuleDict", "ParameterDict")
    if given is None or (isinstance(given, Const) and given.value is None):
        return replace(base, items=(), keys=() if is_dict else None)
    if is_dict:
        if isinstance(given, Map):
            return _of_pairs(base, given)
        found = iterate(run, given)
        pairs = [item.items for item in found.items or () if isinstance(item, Seq) and item.items is not None]
        known = found.items is not None and found.certain and len(pairs) == len(found.items)
        if known and all(len(pair) == 2 and isinstance(pair[0], Const) for pair in pairs):
            keys = tuple(str(pair[0].value) for pair in pairs if isinstance(pair[0], Const))
            return replace(base, items=tuple(pair[1] for pair in pairs), keys=keys)
        return base
    found = iterate(run, given)
    if found.items is not None and found.certain:
        return replace(base, items=found.items)
    return replace(base, element=elements(found))


def _of_pairs(base: ModuleValue, pairs: Map) -> ModuleValue:
    if pairs.items is not None and pairs.certain and all(isinstance(key.value, str) for key, _ in pairs.items):
        return replace(
            base,
            items=tuple(value for _, value in pairs.items),
            keys=tuple(str(key.value) for key, _ in pairs.items),
        )
    value = join_all([item for _, item in pairs.items]) if pairs.items is not None else pairs.value
    return replace(base, element=value)


def tensor_method(base: Scalar, name: str, args: Args) -> Value:
    """A method of a tensor."""
    if name in ("size", "stride"):
        return INT if args.values or args.keywords else Seq("tuple", None, INT)
    if name in ("dim", "numel", "nelement", "ndimension", "element_size", "storage_offset"):
        return INT
    if name in ("is_contiguous", "is_floating_point", "is_complex", "allclose", "equal"):
        return BOOL
    if name == "requires_grad_":
        return base
    if name in TENSOR_METHODS or (name.endswith("_") and not name.endswith("__")):
        return Scalar("tensor", certain=base.certain)
    return UNKNOWN_VALUE


def _parameter(run: Run, args: Args, node: ast.Call) -> Value:
    return Scalar("parameter")


def _lazy(run: Run, args: Args, node: ast.Call) -> Value:
    return Scalar("lazy")


def _buffer(run: Run, args: Args, node: ast.Call) -> Value:
    return Scalar("buffer")


def _device(run: Run, args: Args, node: ast.Call) -> Value:
    return Scalar("device")


def _dtype(run: Run, args: Args, node: ast.Call) -> Value:
    return Scalar("dtype")


def _size(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return Seq("tuple", ())
    return replace(iterate(run, args.values[0]), kind="tuple", idents=frozenset())


def _generator(run: Run, args: Args, node: ast.Call) -> Value:
    return Scalar("generator")


def _annotate(run: Run, args: Args, node: ast.Call) -> Value:
    return args.values[1] if len(args.values) > 1 else UNKNOWN_VALUE


def _jit_attribute(run: Run, args: Args, node: ast.Call) -> Value:
    annotation = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "type"), None)
    return JitAttribute(args.get(0, "value") or UNKNOWN_VALUE, annotation, run.frame.module)


def _script(run: Run, args: Args, node: ast.Call) -> Value:
    if args.values and isinstance(args.values[0], ModuleValue):
        return ModuleValue(None, node=node)
    if args.values and isinstance(args.values[0], (Callee, Local)):
        return args.values[0]
    return UNKNOWN_VALUE


def _float_info(run: Run, args: Args, node: ast.Call) -> Value:
    return Opaque("torch.finfo")


def _ntuple(count: int) -> Callable[[Run, Args, ast.Call], Value]:
    def make(run: Run, args: Args, node: ast.Call) -> Value:
        value = args.get(0, "x")
        if value is not None and scalar_of(value) is not None and not _is_text(value):
            return Seq("tuple", (value,) * count, nonempty=True)
        if isinstance(value, Seq) and value.kind in ("list", "tuple"):
            return replace(value, kind="tuple", idents=frozenset())
        return UNKNOWN_VALUE

    return make


def _is_text(value: Value) -> bool:
    found = scalar_of(value)
    return found is not None and found.tag in ("str", "bytes", "tensor", "parameter")


# --- the standard library -------------------------------------------------------------------------


def _copy(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values:
        return UNKNOWN_VALUE
    value = args.values[0]
    if isinstance(value, Self):
        run.loose()
        return UNKNOWN_VALUE
    return replace(value, idents=run.fresh()) if value.idents else value


def _partial(run: Run, args: Args, node: ast.Call) -> Value:
    if not args.values or args.open or args.rest is not None:
        run.loose_if_self(iter(args.all()))
        return weak(Partial(args.values[0])) if args.values else UNKNOWN_VALUE
    return Partial(args.values[0], args.values[1:], tuple(args.keywords.items()))


def _ordered_dict(run: Run, args: Args, node: ast.Call) -> Value:
    found = BUILTINS["dict"](run, args, node)
    return replace(found, kind="collections.OrderedDict") if isinstance(found, Map) else found


def _default_dict(run: Run, args: Args, node: ast.Call) -> Value:
    items = () if len(args.values) <= 1 and not args.keywords else None
    return Map(items, kind="collections.defaultdict", idents=run.fresh())


def _cast(run: Run, args: Args, node: ast.Call) -> Value:
    return args.values[1] if len(args.values) > 1 else UNKNOWN_VALUE


def _repeat(run: Run, args: Args, node: ast.Call) -> Value:
    if len(args.values) == 2:
        value, count = args.values
        if isinstance(count, Const) and isinstance(count.value, int) and count.certain and 0 <= count.value <= ITEMS:
            return Seq("iterator", (value,) * count.value, nonempty=count.value > 0)
    return Seq("iterator", None, args.values[0] if args.values else UNKNOWN_VALUE)


def _chain(run: Run, args: Args, node: ast.Call) -> Value:
    found = [iterate(run, value) for value in args.values]
    items: list[Value] = []
    for each in found:
        if each.items is None or not each.certain:
            return Seq("iterator", None, join_all([elements(part) for part in found if part.items != ()]))
        items.extend(each.items)
    return Seq("iterator", tuple(items), nonempty=bool(items)) if args.rest is None else Seq("iterator")


_INT_MATH = words(
    """
    floor ceil trunc gcd lcm isqrt comb perm factorial
    """
)


def _math(name: str, args: Args) -> Value:
    if any(isinstance(value, Scalar) and value.tag in ("tensor", "parameter") for value in args.values):
        return INT if name in _INT_MATH else FLOAT
    values: list[Any] = [value.value for value in args.values if isinstance(value, Const)]
    if len(values) == len(args.all()) and args.rest is None and not args.open and name != "factorial":
        try:
            return Const(getattr(math, name)(*values), certain=all(value.certain for value in args.values))
        except Exception:
            pass
    if name in _INT_MATH:
        return INT
    if name.startswith("is"):
        return BOOL
    if name in ("prod", "frexp", "modf", "fsum"):
        return FLOAT if name == "fsum" else UNKNOWN_VALUE
    return FLOAT


_NUMPY_ARRAYS = words(
    """
    array zeros ones arange linspace empty full eye asarray stack concatenate zeros_like ones_like meshgrid
    tile logspace random.rand random.randn identity outer
    """
)
_NUMPY_FLOATS = words(
    """
    sqrt exp log log2 log10 log1p sin cos tan tanh power
    """
)


def _numpy(name: str, args: Args) -> Value:
    """numpy's own scalars have no TorchScript type, except ``float64``, which is a Python float."""
    if name in _NUMPY_ARRAYS:
        return Opaque("numpy.ndarray")
    first = args.values[0] if args.values else UNKNOWN_VALUE
    kind = scalar_of(first)
    if name in _NUMPY_FLOATS and kind is not None and kind.tag in ("int", "float") and kind.certain:
        return FLOAT if name != "power" else UNKNOWN_VALUE
    if name == "prod" and isinstance(first, Seq):
        element = scalar_of(elements(first))
        if element is not None and element.certain:
            return {"int": Opaque("numpy.int64"), "float": FLOAT}.get(element.tag, UNKNOWN_VALUE)
    if name in ("float32", "int64", "int32", "float16") and args.values:
        return Opaque(f"numpy.{name}")
    return UNKNOWN_VALUE


_HANDLERS: dict[str, Callable[[Run, Args, ast.Call], Value]] = {
    **dict.fromkeys(("torch.nn.Parameter", "torch.nn.parameter.Parameter"), _parameter),
    **dict.fromkeys(("torch.nn.Buffer", "torch.nn.parameter.Buffer"), _buffer),
    **dict.fromkeys(
        (
            "torch.nn.UninitializedParameter", "torch.nn.parameter.UninitializedParameter",
            "torch.nn.parameter.UninitializedBuffer",
        ),
        _lazy,
    ),
    "torch.device": _device,
    "torch.get_default_dtype": _dtype,
    "torch.promote_types": _dtype,
    "torch.Size": _size,
    "torch.Generator": _generator,
    "torch.jit.annotate": _annotate,
    "torch.jit.Attribute": _jit_attribute,
    "torch.jit.script": _script,
    "torch.finfo": _float_info,
    "torch.iinfo": _float_info,
    "torch.nn.modules.utils._single": _ntuple(1),
    "torch.nn.modules.utils._pair": _ntuple(2),
    "torch.nn.modules.utils._triple": _ntuple(3),
    "torch.nn.modules.utils._quadruple": _ntuple(4),
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "functools.partial": _partial,
    "collections.OrderedDict": _ordered_dict,
    "collections.defaultdict": _default_dict,
    "typing.OrderedDict": _ordered_dict,
    "typing.cast": _cast,
    "itertools.repeat": _repeat,
    "itertools.chain": _chain,
}  # fmt: skip
