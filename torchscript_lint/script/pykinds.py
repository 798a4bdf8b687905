"""What Python type a module-level expression has, as far as its source tells.

A value of a module is no value to the compiler (``toSugaredValue`` of ``python_sugared_value.cpp``), unless it is a
function, a class or a module; so an expression need only be known not to be one of these. Reached as a member of a
Python module, plain values are constants: then their types count.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import NamedTuple

from torchscript_lint import library
from torchscript_lint.program import Class, External, Function, Module, Program, Undefined, Value
from torchscript_lint.program.classes import is_module
from torchscript_lint.program.definitions import Definition
from torchscript_lint.program.module import Binding
from torchscript_lint.program.once import once
from torchscript_lint.script import classes
from torchscript_lint.script.values import NO
from torchscript_lint.source.walk import own, walk
from torchscript_lint.types.model import (
    BOOL,
    COMPLEX,
    DEVICE,
    FLOAT,
    INT,
    NONE,
    STR,
    UNKNOWN,
    TupleType,
    Type,
    is_tensor,
)

_GLOBAL = re.compile(r"^\s+global\s+(.+)$", re.MULTILINE)


class Kind(NamedTuple):
    """What is known of a Python value that is no function, class or module.

    Attributes:
        name: its Python type's name, as the compiler's message has it.
        type: its type as a constant; None if it cannot be one, Unknown where that is not sure.
        const: its value as a constant, or ``NO``.
    """

    name: str
    type: Type | None = None
    const: object = NO


_LITERALS: dict[type, Kind] = {
    bool: Kind("bool", BOOL),
    int: Kind("int", INT),
    float: Kind("float", FLOAT),
    complex: Kind("complex", COMPLEX),
    str: Kind("str", STR),
}
_BOOL, _INT, _FLOAT, _, _STR = _LITERALS.values()
_TENSOR = Kind("Tensor")
_DISPLAYS: dict[type[ast.expr], Kind] = {
    ast.List: Kind("list"),
    ast.ListComp: Kind("list"),
    ast.Dict: Kind("dict"),
    ast.DictComp: Kind("dict"),
    ast.Set: Kind("set"),
    ast.SetComp: Kind("set"),
    ast.GeneratorExp: Kind("generator"),
    ast.JoinedStr: _STR,
}
#: Python types by which an annotation tells what a value is.
DECLARED = frozenset({"bool", "int", "float", "str", "list", "dict", "tuple", "set"})


def _of(names: str, kind: str, type_: Type | None = None) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), Kind(kind, type_))


#: What calls of functions outside of the program give.
_CALLS: dict[str, Kind] = {
    **_of("str repr chr ascii bin hex oct format input os.path.join os.path.dirname os.path.abspath os.path.basename "
          "os.path.realpath os.path.expanduser os.path.normpath os.path.relpath os.getcwd platform.system "
          "platform.machine platform.python_version time.strftime textwrap.dedent importlib.metadata.version",
          "str", STR),
    **_of("os.environ.get os.getenv shutil.which", "str", UNKNOWN),
    **_of("bool hasattr isinstance issubclass callable any all os.path.exists os.path.isfile os.path.isdir "
          "torch.cuda.is_available torch.distributed.is_available torch.backends.mps.is_available", "bool", BOOL),
    **_of("int len hash id ord os.cpu_count os.getpid torch.cuda.device_count math.ceil math.floor math.gcd math.lcm "
          "math.factorial math.comb math.perm math.isqrt math.trunc random.randint random.randrange", "int", INT),
    **_of("complex", "complex", COMPLEX),
    **_of("float time.time time.perf_counter time.monotonic random.random random.uniform", "float", FLOAT),
    **_of("math.isclose math.isfinite math.isinf math.isnan", "bool", BOOL),
    **_of("math.prod sum round abs", "int", UNKNOWN),
    **_of("math.frexp math.modf divmod", "tuple", UNKNOWN),
    **_of("tuple typing.get_args", "tuple", UNKNOWN),
    **_of("list sorted dir os.listdir glob.glob", "list"),
    **_of("dict vars json.load json.loads", "dict"),
    **_of("set", "set"), **_of("frozenset", "frozenset"), **_of("bytes", "bytes"), **_of("object", "object"),
    **_of("range", "range"), **_of("slice", "slice"), **_of("open", "TextIOWrapper"), **_of("zip", "zip"),
    **_of("enumerate", "enumerate"), **_of("collections.OrderedDict", "OrderedDict"),
    **_of("collections.defaultdict", "defaultdict"), **_of("collections.deque", "deque"),
    **_of("logging.getLogger", "Logger"), **_of("re.compile", "Pattern"), **_of("threading.Lock", "lock"),
    **_of("importlib.util.find_spec", "ModuleSpec"), **_of("torch.finfo", "finfo"), **_of("torch.iinfo", "iinfo"),
    **_of("torch.device", "device", DEVICE), **_of("torch.get_default_dtype", "dtype", UNKNOWN),
    **_of("torch.manual_seed", "Generator"), **_of("packaging.version.parse", "Version"),
}  # fmt: skip
#: What attributes of values give.
_ATTRIBUTES = {
    **{("finfo", name): _FLOAT for name in ("eps", "min", "max", "tiny", "smallest_normal", "resolution")},
    **{("iinfo", name): _INT for name in ("min", "max", "bits")},
    **{("Path", name): Kind("Path") for name in ("parent", "parents")},
    **{("Path", name): _STR for name in ("name", "stem", "suffix")},
}
#: What methods of strings give; the others give something that is no function either.
_STR_METHODS = {
    **_of("split rsplit splitlines", "list"),
    **_of("partition rpartition", "tuple", UNKNOWN),
    **_of("encode", "bytes"),
    **_of("startswith endswith isdigit isalpha isidentifier islower isupper", "bool", BOOL),
    **_of("find rfind index count", "int", INT),
}


def bound_once(value: Value) -> bool:
    """Whether nothing but one module-level statement binds a name."""
    if len(value.module.bindings.get(value.name, ())) != 1:
        return False
    return value.name not in _global_names(value.module)


@once
def _global_names(module: Module) -> frozenset[str]:
    """Names that functions of the file rebind through ``global``."""
    statements = _GLOBAL.findall(module.source.text)
    return frozenset(name.strip() for names in statements for name in names.split("#")[0].split(","))


#: How many names and calls are followed that stand for one another.
_MAX_DEPTH = 300


class _Known:
    """The kinds of what names stand for and functions return, as far as they were asked for."""

    def __init__(self) -> None:
        self.kinds: dict[object, Kind | None] = {}
        self.depth = 0


@once
def _known(program: Program) -> _Known:
    return _Known()


class Kinds:
    """Tells the kinds of a file's module-level expressions.

    Args:
        program: the program.
        module: the file.
        function: whose expressions they are instead, if they are a function's.
    """

    def __init__(self, program: Program, module: Module, function: Function | None = None) -> None:
        self._program = program
        self._module = module
        self._function = function

    def of(self, node: ast.expr) -> Kind | None:
        """The kind of an expression; None where it may be a function, a class or a module, for all the source tells."""
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if type(node) in _DISPLAYS:
            return _DISPLAYS[type(node)]
        if isinstance(node, ast.Tuple):
            return self._tuple(node)
        if isinstance(node, ast.Compare):
            return _comparison(node)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node)
        if isinstance(node, ast.BoolOp):
            return self._either(node.values)
        if isinstance(node, ast.IfExp):
            return self._either([node.body, node.orelse])
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._reference(node)
        if isinstance(node, ast.Subscript):
            return self._item(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        return None

    def _once(self, what: object, find: Callable[[], Kind | None]) -> Kind | None:
        """The kind of what a name stands for, or of what a function returns; None for one that rests on itself."""
        known = _known(self._program)
        if what not in known.kinds:
            if known.depth >= _MAX_DEPTH:
                return None
            known.kinds[what] = None
            known.depth += 1
            try:
                known.kinds[what] = find()
            finally:
                known.depth -= 1
        return known.kinds[what]

    def _returned(self, function: Function) -> Kind | None:
        """What a function of the program returns: by its annotation, or whatever each of its statements returns."""
        node = function.node
        if set(function.decorators) - _KEEPING or isinstance(node, ast.AsyncFunctionDef):
            return None
        declared = node.returns
        if isinstance(declared, ast.Name) and declared.id in DECLARED:
            return Kind(declared.id, UNKNOWN)
        returned: list[ast.expr] = []
        for part in own(node):
            if isinstance(part, (ast.Yield, ast.YieldFrom)):
                return Kind("generator")
            if isinstance(part, ast.Return):
                returned.append(part.value or ast.Constant(None))
        kinds = Kinds(self._program, function.module, function)
        kind = kinds._either(returned) if returned else Kind("NoneType")
        return kind._replace(type=UNKNOWN, const=NO) if kind is not None else None

    def _local(self, name: str) -> Kind | None:
        """What a local name of the function stands for, where plain assignments alone bind it."""
        assert self._function is not None
        values: list[ast.expr] = []
        stores = 0
        for part in own(self._function.node):
            if isinstance(part, ast.Name) and part.id == name and not isinstance(part.ctx, ast.Load):
                stores += 1
            elif isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
                values += [part.value] if part.targets[0].id == name else []
        return self._either(values) if values and len(values) == stores and name not in _names_in(values) else None

    def _definition(self, node: ast.expr) -> Definition:
        """What an expression of names stands for; local names of the function are values of its run."""
        return self._program.definition(self._module, node, self._function)

    def of_binding(self, binding: Binding) -> Kind | None:
        """What one statement gives a name."""
        if binding.unpacked is not None:
            call, index = binding.unpacked
            found = self._program.definition(self._module, call.func)
            return _part(found, index) if isinstance(found, Function) and not found.decorators else None
        return self.of(binding.value) if binding.kind == "assign" and binding.value is not None else None

    @staticmethod
    def _constant(node: ast.Constant) -> Kind:
        if node.value is None:
            return Kind("NoneType", NONE, None)
        found = _LITERALS.get(type(node.value))
        return found._replace(const=node.value) if found is not None else Kind(type(node.value).__name__)

    def _tuple(self, node: ast.Tuple) -> Kind:
        types = []
        for item in node.elts:
            kind = self.of(item)
            if kind is None or isinstance(item, ast.Starred):
                return Kind("tuple", UNKNOWN)
            if kind.type is None:
                return Kind("tuple")
            types.append(kind.type)
        return Kind("tuple", TupleType.of(types))

    def _unary(self, node: ast.UnaryOp) -> Kind | None:
        if isinstance(node.op, ast.Not):
            return _BOOL
        kind = self.of(node.operand)
        if kind is None:
            return None
        if isinstance(node.op, ast.USub) and isinstance(kind.const, (int, float, complex)):
            return kind._replace(const=-kind.const)
        return kind._replace(const=NO)

    def _arithmetic(self, node: ast.BinOp) -> Kind | None:
        left, right = self.of(node.left), self.of(node.right)
        sides = {kind.name for kind in (left, right) if kind is not None}
        if isinstance(node.op, ast.BitOr) and (left is None or right is None):
            return None  # `int | None`, a type
        if left is not None and right is not None:
            if left.type in (INT, FLOAT) and right.type in (INT, FLOAT):
                return _number(node, left, right)
            if left.type is right.type is STR:
                return _STR
        for name in ("Tensor", "ndarray"):
            if name in sides:
                return Kind(name, None if name == "Tensor" else UNKNOWN)
        known = left if left is not None else right
        if known is None:
            return None
        if "str" in sides and isinstance(node.op, (ast.Mod, ast.Mult)):
            return _STR
        for name in ("list", "dict", "set"):
            if name in sides:
                return Kind(name)
        return Kind(known.name, UNKNOWN)

    def _either(self, parts: list[ast.expr]) -> Kind | None:
        """What one of several expressions gives."""
        kinds = []
        for part in parts:
            kind = self.of(part)
            if kind is None:
                return None
            kinds.append(kind)
        some = [kind for kind in kinds if kind.name != "NoneType"] or kinds
        same = all(kind.type is kinds[0].type and kind.name == kinds[0].name for kind in kinds)
        return Kind(some[-1].name, kinds[0].type if same else UNKNOWN)

    def _reference(self, node: ast.expr) -> Kind | None:
        if self._function is not None and isinstance(node, ast.Name) and node.id in self._function.bound_names:
            function = self._function
            return self._once((function, node.id), lambda: self._local(node.id))
        found = self._definition(node)
        if isinstance(found, External):
            return _external(found.name)
        if isinstance(found, Undefined) and isinstance(node, ast.Name) and node.id in ("__file__", "__name__"):
            return _STR
        if isinstance(found, Value) and found.value is not None and bound_once(found):
            value, kinds = found.value, Kinds(self._program, found.module)
            return self._once(value, lambda: kinds.of(value))
        if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name):
            base = self.of(node.value)
            return _ATTRIBUTES.get((base.name, node.attr)) if base is not None else None
        return None

    def _item(self, node: ast.Subscript) -> Kind | None:
        base = self.of(node.value)
        if base is not None and base.name in ("str", "bytes", "Tensor"):
            return base._replace(const=NO)
        if base is not None and base.name == "ndarray":
            return base
        if self._function is None and self._module.dotted(node.value) == "os.environ":
            return _STR
        if isinstance(node.value, (ast.Dict, ast.List, ast.Tuple)):
            values = node.value.values if isinstance(node.value, ast.Dict) else node.value.elts
            kind = self._either(values) if values else None
            return kind._replace(type=UNKNOWN, const=NO) if kind is not None else None
        return None

    def _call(self, node: ast.Call) -> Kind | None:
        found = self._definition(node.func)
        if isinstance(found, External) and found.name in ("min", "max") and len(node.args) > 1 and not node.keywords:
            kind = self._either(node.args)
            return kind._replace(type=UNKNOWN, const=NO) if kind is not None else None
        if isinstance(found, External):
            return _called(found.name)
        if isinstance(found, Class):
            # An instance is never a value to the compiler; members of an Enum are, and modules may be called.
            known = classes.class_kind(found)
            if known in ("enum", "module") or (known == "unknown" and is_module(found) is not False):
                return None
            return Kind(found.name)
        if isinstance(found, Function):
            return self._once(found, lambda: self._returned(found))
        if isinstance(node.func, ast.Attribute):
            base = self.of(node.func.value)
            if base is not None:
                return _method(base, node.func.attr)
        return None


#: Decorators of functions that return what the function does.
_KEEPING = frozenset({"functools.lru_cache", "functools.cache", "staticmethod", "classmethod", "torch.jit.ignore"})


def _names_in(values: list[ast.expr]) -> set[str]:
    return {node.id for value in values for node in walk(value) if isinstance(node, ast.Name)}


def _part(function: Function, index: int) -> Kind | None:
    """What one part of the tuple is that a function returns: by its annotation, or where it is a literal each time."""
    returns = function.node.returns
    if isinstance(returns, ast.Subscript) and isinstance(returns.slice, ast.Tuple):
        parts = returns.slice.elts
        if function.module.dotted(returns.value) in ("tuple", "typing.Tuple") and index < len(parts):
            part = parts[index]
            if isinstance(part, ast.Name) and part.id in DECLARED:
                return Kind(part.id, UNKNOWN)
    found: Kind | None = None
    for node in walk(function.node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and node is not function.node:
            return None
        if isinstance(node, ast.Return):
            value = node.value
            if not isinstance(value, ast.Tuple) or index >= len(value.elts):
                return None
            part = value.elts[index]
            if not isinstance(part, ast.Constant) or type(part.value) not in _LITERALS:
                return None
            found = _LITERALS[type(part.value)]._replace(type=UNKNOWN)
    return found


def _comparison(node: ast.Compare) -> Kind:
    """Of arrays it is an array, which is no value either, but no constant."""
    words = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
    sides = (node.left, *node.comparators)
    sure = all(isinstance(op, words) for op in node.ops) or any(
        isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides
    )
    return _BOOL if sure else Kind("bool", UNKNOWN)


def _number(node: ast.BinOp, left: Kind, right: Kind) -> Kind:
    if isinstance(node.op, ast.Div) or "float" in (left.name, right.name):
        return _FLOAT
    if isinstance(node.op, ast.Pow):
        return Kind("int", UNKNOWN)
    return Kind("int", INT) if left.name == right.name == "int" else Kind("int", UNKNOWN)


def _external(name: str) -> Kind | None:
    if name in ("numpy.pi", "numpy.e", "numpy.inf", "numpy.nan", "sys.float_info.epsilon", "sys.float_info.max"):
        return _FLOAT
    if name.endswith(".__version__"):
        return Kind("str", UNKNOWN)
    entry = library.attribute(name) if "." in name else library.builtin(name)
    if entry is None or entry.kind != "constant" or entry.type is None:
        return None
    const = entry.value if entry.value is not None else NO
    if entry.type is INT:
        return Kind("dtype" if name.startswith("torch.") else "int", INT, const)
    return Kind(str(entry.type), entry.type, const)


def _called(name: str) -> Kind | None:
    """What a call of a name outside the program gives."""
    found = _CALLS.get(name)
    if found is not None:
        return found
    package, _, last = name.rpartition(".")
    if package == "math":
        return _FLOAT
    if package.startswith("torch.") and last in ("is_available", "is_built", "is_initialized"):
        return _BOOL
    if package == "numpy" and last.islower() and last not in ("vectorize", "frompyfunc", "dtype"):
        return Kind("ndarray", UNKNOWN)
    if package == "torch" or package.startswith("torch.nn.functional"):
        entry = library.attribute(name)
        if entry is not None and entry.kind == "builtin":
            schemas = library.schemas(entry.op)
            if schemas and all(len(one.returns) == 1 and is_tensor(one.returns[0]) for one in schemas):
                return _TENSOR
        return None
    if package.partition(".")[0] in ("torch", "enum", "typing", "typing_extensions", "collections"):
        return None
    # An instance of a class, by its spelling, is never a value to the compiler.
    return Kind(last) if package and last[:1].isupper() and not last.isupper() else None


def _method(base: Kind, name: str) -> Kind | None:
    """What calling a method of a value gives."""
    if base.name == "str":
        return _STR_METHODS.get(name, _STR)
    if base.name == "Tensor":
        if name in ("item", "tolist", "numpy", "size", "dim", "numel"):
            return Kind({"tolist": "list", "numpy": "ndarray", "size": "Size"}.get(name, "int"), UNKNOWN)
        return _TENSOR
    if base.name == "ndarray":
        return Kind("ndarray", UNKNOWN)
    if base.name in ("list", "dict", "set", "OrderedDict") and name in ("copy", "union", "keys", "values", "items"):
        return Kind({"keys": "dict_keys", "values": "dict_values", "items": "dict_items"}.get(name, base.name))
    return None
