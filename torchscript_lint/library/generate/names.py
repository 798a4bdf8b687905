"""``names.txt``: what the compiler makes of the attributes of the modules that user code reaches.

The order of the questions is that of ``toSugaredValue`` in
``torch/csrc/jit/python/python_sugared_value.cpp``; every answer of which a message or a signature is part
comes from compiling a small function.
"""

from __future__ import annotations

import builtins
import enum
import importlib
import inspect
import json
import re
import types
from collections.abc import Iterator
from typing import Any

from torchscript_lint.library.generate import probe

MODULES = (
    "torch", "torch.amp", "torch.autograd", "torch.autograd.function", "torch.autograd.functional",
    "torch.autograd.profiler", "torch.backends", "torch.backends.cpu", "torch.backends.cuda",
    "torch.backends.cudnn", "torch.backends.mkl", "torch.backends.mkldnn", "torch.backends.mps",
    "torch.backends.openmp", "torch.cpu", "torch.cuda", "torch.cuda.amp", "torch.distributed",
    "torch.distributed.autograd", "torch.distributed.rpc", "torch.distributions", "torch.export", "torch.fft",
    "torch.func", "torch.fx", "torch.functional", "torch.futures", "torch.jit", "torch.library", "torch.linalg",
    "torch.masked", "torch.mps", "torch.nested", "torch.nn", "torch.nn.functional", "torch.nn.init",
    "torch.nn.parallel", "torch.nn.utils", "torch.nn.utils.rnn", "torch.nn.utils.parametrizations",
    "torch.nn.utils.parametrize", "torch.nn.modules", "torch.nn.modules.utils", "torch.onnx", "torch.optim",
    "torch.optim.lr_scheduler", "torch.optim.optimizer", "torch.overrides", "torch.profiler", "torch.random",
    "torch.signal", "torch.signal.windows", "torch.sparse", "torch.special", "torch.testing", "torch.types",
    "torch.utils", "torch.utils.checkpoint", "torch.utils.cpp_extension", "torch.utils.data", "torch.utils.dlpack",
    "torch.utils.hooks", "torch.version", "torch._VF", "torch._jit_internal", "math", "cmath", "operator", "random",
    "time", "warnings", "builtins", "os", "os.path", "sys", "collections", "collections.abc", "itertools",
    "functools", "typing", "typing_extensions", "copy", "logging", "contextlib", "dataclasses", "enum", "abc", "re",
    "string", "json", "types", "numbers", "statistics", "bisect", "heapq", "datetime", "pathlib",
)  # fmt: skip
#: Modules of the standard library of which only the public names are kept, and not the modules that they import.
PUBLIC = (
    "argparse", "array", "ast", "asyncio", "atexit", "base64", "bz2", "cProfile", "calendar", "codecs", "colorsys",
    "concurrent.futures", "configparser", "contextvars", "csv", "ctypes", "decimal", "difflib", "email", "fnmatch",
    "fractions", "gc", "getopt", "getpass", "glob", "gzip", "hashlib", "html", "http.client", "http.server",
    "importlib", "importlib.metadata", "importlib.util", "inspect", "io", "linecache", "mimetypes",
    "multiprocessing", "optparse", "pickle", "pkgutil", "platform", "pprint", "pstats", "queue", "secrets", "shlex",
    "shutil", "signal", "socket", "struct", "subprocess", "sysconfig", "tarfile", "tempfile", "textwrap",
    "threading", "timeit", "tokenize", "traceback", "unicodedata", "unittest", "unittest.mock", "urllib",
    "urllib.parse", "urllib.request", "uuid", "weakref", "webbrowser", "xml.etree.ElementTree", "zipfile", "zlib",
)  # fmt: skip

_CUDA_OPERATORS = {
    name: f"cuda::{'_' if name in ('current_device', 'set_device') else ''}{name}"
    for name in (
        "current_stream", "default_stream", "current_device", "set_device", "device_index", "device_count",
        "set_stream", "synchronize",
    )
}  # fmt: skip
_LEGACY_TENSORS = ("Bool", "Long", "Byte", "Char", "Double", "Float", "Int", "Short", "Half")
_OPERATOR = re.compile(r"^\s*(\w+::\w+)[.(]", re.MULTILINE)
# A failure to match the only candidate begins with its schema.
_SIGNATURE = re.compile(r"^RuntimeError: ([\w.<>]+\(.*\) -> .*)$")
_NOT_CALLABLE = re.compile(r"TypeError: .* (is not a callable object)")
# Of other modules' constants only the type is kept: their values are those of one machine, or one run.
_VALUES_OF = ("torch", "math", "cmath", "string")
_LONGEST = 200
_CASTS = ("float", "complex", "int", "bool", "str", "_to_tensor")
_FORMS = ("range", "zip", "enumerate", "print", "tuple", "list", "dict", "getattr", "hasattr", "isinstance")
Entry = dict[str, Any]


def special_forms() -> dict[int, str]:
    """The objects that the compiler knows by identity: id to the name of the form."""
    torch = probe.torch()
    forms = {
        id(torch.jit._fork): "fork",
        id(torch.jit.fork): "fork",
        id(torch.jit.annotate): "annotate",
        id(torch.jit.isinstance): "isinstance",
        id(builtins.slice): "slice",
    }
    for name in _LEGACY_TENSORS:
        forms[id(getattr(torch, f"{name}Tensor"))] = "LegacyTensorConstructor"
    rpc = importlib.import_module("torch.distributed.rpc")
    if rpc.is_available():
        for name in ("rpc_async", "rpc_sync", "remote"):
            forms[id(getattr(rpc, name))] = name
    return forms


def qualified(value: Any) -> str:
    """Where a function or class is defined: ``module.qualname``, or nothing."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None)
    return f"{module}.{name}" if isinstance(name, str) and isinstance(module, str) else ""


def _is_constant(value: Any) -> bool:
    torch = probe.torch()
    kinds = (
        bool,
        int,
        float,
        complex,
        str,
        tuple,
        torch.device,
        torch.layout,
        torch.memory_format,
        torch.dtype,
    )
    return value is None or isinstance(value, (*kinds, torch.qscheme))


def constant(value: Any) -> Entry | None:
    """The entry of a value that the compiler makes a constant; None for a tuple with something else in it."""
    torch = probe.torch()
    try:
        function = probe.compile_text("def f():\n  return m.value\n", _in_module(value))
    except Exception as error:
        return None if isinstance(value, tuple) else {"kind": "none", "message": probe.first_line(error)}
    entry: Entry = {"kind": "constant", "type": function.schema.returns[0].type.annotation_str}
    plain = value if isinstance(value, (bool, int, float, str)) else None
    if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
        plain = function()
    # A long text or a path says nothing about a script.
    if plain is not None and not (isinstance(plain, str) and (len(plain) > 60 or "/" in plain)):
        entry["value"] = plain
    return entry


def _script(value: Any) -> Entry:
    """Compile a Python function as the compiler would on its first call; runs in a child."""
    torch = probe.torch()
    try:
        overloads = torch.jit._script._get_overloads(value)
        compiled = overloads if overloads is not None else [torch.jit._recursive.try_compile_fn(value, None)]
    except Exception as error:
        return {"kind": "broken", "message": probe.first_line(error)}
    if any(function is None for function in compiled):
        return {"kind": "ignored"}
    return {"kind": "function", "signatures": [probe.schema_text(function.schema) for function in compiled]}


def _function(value: Any) -> Entry:
    """The entry of a Python function."""
    try:
        entry: Entry = probe.in_child(lambda: _script(value))
    except probe.Crash as crash:
        return {"kind": "broken", "message": str(crash)}
    return entry


def _dispatched(dispatch: Any) -> Entry:
    """A function made by ``boolean_dispatch``: which argument chooses, and what it chooses from."""
    return {
        "kind": "dispatch",
        "argument": [dispatch["arg_name"], dispatch["index"], dispatch["default"]],
        "branches": [_choice(dispatch["if_true"]), _choice(dispatch["if_false"])],
    }


def _choice(value: Any) -> Entry:
    inner = probe.torch()._jit_internal._try_get_dispatched_fn(value)
    entry = _dispatched(inner) if inner is not None else _function(value)
    return entry | {"target": qualified(value)}


def _in_module(value: Any) -> dict[str, Any]:
    """A scope in which ``m.value`` is the value (only an attribute of a module can be a constant)."""
    module = types.ModuleType("m")
    vars(module)["value"] = value
    return {"m": module}


def _use(source: str, value: Any) -> str | None:
    """The first line of what the compiler says to this use of ``m.value``, or None; runs in a child."""

    def ask() -> str | None:
        try:
            probe.compile_text(source, _in_module(value))
        except Exception as error:
            return probe.first_line(error)
        return None

    try:
        answer: str | None = probe.in_child(ask)
    except probe.Crash as crash:
        return str(crash)
    return answer


def _python(value: Any) -> Entry:
    """A value that is left to Python: calling it compiles if its parameters (all Tensors) are given."""
    message = _use("def f():\n  return m.value()\n", value)
    if message is None:
        return {"kind": "python"}
    signature = _SIGNATURE.match(message)
    if signature is not None:
        return {"kind": "python", "signatures": [signature.group(1)]}
    # The object's text is this machine's and this run's (os.environ, the order of a set).
    return {"kind": "none", "message": _NOT_CALLABLE.sub(r"TypeError: ... \1", message)}


def _class(value: Any) -> Entry:
    internal = probe.torch()._jit_internal
    if issubclass(value, enum.Enum):
        return {"kind": "enum"}
    if issubclass(value, tuple) and hasattr(value, "_fields"):
        # Without its arguments a call shows the signature, unless all have defaults.
        signature = _SIGNATURE.match(_use("def f():\n  return m.value()\n", value) or "")
        return {"kind": "namedtuple"} | ({"signatures": [signature.group(1)]} if signature else {})
    if not internal.can_compile_class(value):
        return _python(value) | {"kind": "class"}
    # Whatever its constructor takes: that it was compiled shows in a message about the arguments.
    message = _use("def f():\n  return m.value(no_such_argument=1)\n", value) or ""
    if "Unknown keyword argument" in message or _SIGNATURE.match(message) or "not provided" in message:
        message = ""
    return {"kind": "class", "message": message}


def classify(value: Any, forms: dict[int, str], operators: frozenset[str]) -> Entry:
    """What the compiler makes of a value that a global name or an attribute of a module leads to."""
    torch = probe.torch()
    internal = torch._jit_internal
    if _is_constant(value):
        known = constant(value)
        if known is not None:
            return known
    if isinstance(value, torch._ops.OpOverloadPacket):
        value = value.op
    if isinstance(value, torch._C.ScriptFunction):
        return {"kind": "function", "signatures": [probe.schema_text(value.schema)]}
    if isinstance(value, types.ModuleType):
        return {"kind": "module", "target": value.__name__}
    if id(value) in forms:
        return {"kind": "special", "target": forms[id(value)]}
    operator = torch.jit._builtins._find_builtin(value)
    if operator is not None:
        entry: Entry = {"kind": "builtin", "op": operator}
        if operator not in operators:
            entry["message"] = _use("def f():\n  return m.value()\n", value)
        if inspect.isclass(value) or inspect.isfunction(value):
            entry["target"] = qualified(value)
        return entry
    if internal._is_exception(value):
        message = _use("def f():\n  raise m.value('')\n", value)
        return {"kind": "exception", "target": qualified(value)} | ({"message": message} if message else {})
    if isinstance(value, types.BuiltinFunctionType):
        return {"kind": "none", "message": _use("def f():\n  return m.value()\n", value)}
    try:
        dispatch = internal._try_get_dispatched_fn(value)
    except TypeError as error:  # what cannot be weakly referenced: the compiler fails just so
        return {"kind": "none", "message": probe.first_line(error)}
    if dispatch is not None:
        return _dispatched(dispatch) | {"target": qualified(value)}
    if inspect.isclass(value):
        return _class(value) | {"target": qualified(value)}
    if inspect.isfunction(value):
        entry = _function(value)
        return (_python(value) if entry["kind"] == "ignored" else entry) | {"target": qualified(value)}
    if isinstance(value, enum.Enum):
        message = _use("def f():\n  return m.value\n", value)
        return {"kind": "enum value", "target": qualified(type(value)), "message": message or ""}
    return _python(value)


def attributes(module: Any) -> Iterator[tuple[str, Any]]:
    """The attributes of a module that a script could name."""
    for name in sorted(set(dir(module))):
        if (name.startswith("__") and name != "__import__") or name in ("np", "numpy"):
            continue  # numpy is there or not
        try:
            value = getattr(module, name)
        except Exception:
            # Lazy or deprecated attributes that this build does not have.
            continue
        if module.__name__ in PUBLIC and (name.startswith("_") or isinstance(value, types.ModuleType)):
            continue
        yield name, value


def compiler_global(name: str) -> Entry | None:
    """What the compiler makes of a name that nothing defines, or None when it is undefined.

    These (``print``, ``len``, ``min``...) come before the Python globals: a function of that name is never
    called.
    """
    message = probe.error_of(f"def f():\n  return {name}(no_such_argument=1)\n", {})
    if message is not None and f"undefined value {name}" in message:
        return None
    operator = _OPERATOR.search(message or "")
    if name in _FORMS or name in _CASTS or operator is None:
        # A form of the language, a cast (it first asks for the value's own ``__float__``), or an exception.
        kind = "exception" if name.endswith("Error") else "special"
        return {"kind": kind, "target": name, "op": operator.group(1) if operator and name in _CASTS else ""}
    return {"kind": "builtin", "op": operator.group(1)}


def generate(operators: frozenset[str], modules: tuple[str, ...] = (*MODULES, *PUBLIC)) -> list[str]:
    """The lines of ``names.txt``: a dotted name, a tab, its entry as JSON.

    Args:
        operators: the names that have a schema.
        modules: the modules to go through.
    """
    lines: list[str] = []
    forms = special_forms()
    seen: dict[int, Entry] = {}
    keep: list[Any] = []

    def add(dotted: str, entry: Entry) -> None:
        entry = {key: value for key, value in entry.items() if value not in ("", None) or key == "value"}
        if dotted.partition(".")[0] not in _VALUES_OF:
            entry.pop("value", None)
        if "message" in entry:
            entry["message"] = entry["message"][:_LONGEST]
        lines.append(f"{dotted}\t{json.dumps(entry, separators=(',', ':'), sort_keys=True)}")

    for dotted in modules:
        try:
            module = importlib.import_module(dotted)
        except ImportError:
            continue
        for name, value in attributes(module):
            if dotted == "torch.cuda" and name in _CUDA_OPERATORS:
                add(f"{dotted}.{name}", {"kind": "builtin", "op": _CUDA_OPERATORS[name]})
                continue
            if id(value) not in seen:
                seen[id(value)] = classify(value, forms, operators)
                keep.append(value)
            add(f"{dotted}.{name}", seen[id(value)])
    constants = {"None", "True", "False", "Ellipsis"}
    for name in sorted({*dir(builtins), "_to_tensor", "rangelist"} - constants):
        found = compiler_global(name)
        if found is not None:
            add(f"<compiler>.{name}", found)
    return sorted(lines)


def named_tuples() -> list[str]:
    """The lines of ``tuples.txt``: a NamedTuple class of torch, then its fields as ``name:type``, by tabs."""
    rnn = importlib.import_module("torch.nn.utils.rnn")
    lines = []
    for class_ in (rnn.PackedSequence, rnn.PackedSequence_):
        name = probe.torch()._jit_internal._qualified_name(class_)
        function = probe.compile_text("def f(x: T):\n  return x\n", {"T": class_})
        schema = function.schema.arguments[0].type
        fields = [
            f"{field}:{type_.annotation_str}" for field, type_ in zip(class_._fields, schema.elements(), strict=True)
        ]
        lines.append("\t".join((name, *fields)))
    return sorted(lines)
