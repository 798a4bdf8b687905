"""What a name stands for in a function: ``Environment::getSugaredVar`` and ``toSugaredValue``.

Order, as there: local variables; the compiler's own builtins; then Python's: closure, globals, ``typing``, builtins
(``createResolutionCallbackFromClosure`` of ``torch/_jit_internal.py``).
"""

from __future__ import annotations

import ast
import sys
import typing
from collections.abc import Sequence
from typing import TYPE_CHECKING

from torchscript_lint import library
from torchscript_lint.program import (
    Class,
    Definition,
    External,
    Function,
    Module,
    ModuleRef,
    Uncertain,
    Undefined,
    Value,
)
from torchscript_lint.program.classes import is_module, is_module_name
from torchscript_lint.script import classes, decorators, enums, pyvalues
from torchscript_lint.script.values import (
    UNKNOWN_VALUE,
    Builtin,
    Cast,
    ClassObject,
    EnumObject,
    ExceptionObject,
    Functions,
    Library,
    NamedTupleObject,
    Opaque,
    PythonModule,
    PythonObject,
    Simple,
    Special,
    Sugared,
    UnscriptedDataclass,
)
from torchscript_lint.source.walk import walk
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.annotations import Found
from torchscript_lint.types.model import BOOL, COMPLEX, FLOAT, INT, NONE, STR, TENSOR, UNKNOWN

if TYPE_CHECKING:
    from torchscript_lint.script.session import Session

#: The compiler's own names (``ir_emitter.cpp``, ``getSugaredVar``).
GLOBALS: dict[str, Sugared] = {
    "print": Special("print"),
    "tuple": Special("tuple"),
    "float": Cast("float", FLOAT, "aten::Float"),
    "complex": Cast("complex", COMPLEX, "aten::Complex"),
    "int": Cast("int", INT, "aten::Int"),
    "bool": Cast("bool", BOOL, "aten::Bool"),
    "str": Cast("str", STR, "aten::str"),
    **{
        form: Special(form)
        for form in ("getattr", "hasattr", "isinstance", "list", "dict", "range", "zip", "enumerate")
    },
    **{
        name: Builtin(op)
        for name, op in {
            "len": "aten::len", "hex": "aten::hex", "oct": "aten::oct", "round": "aten::round", "hash": "aten::hash",
            "id": "prim::id", "min": "prim::min", "max": "prim::max", "abs": "prim::abs", "all": "aten::all",
            "any": "aten::any", "divmod": "aten::divmod", "sum": "aten::sum", "ord": "aten::ord", "chr": "aten::chr",
            "bin": "aten::bin", "pow": "aten::pow", "rangelist": "prim::rangelist", "sorted": "aten::sorted",
        }.items()
    },
    "AssertionError": ExceptionObject("AssertionError"),
}  # fmt: skip

_SPECIAL = {
    "torch.jit.annotate": "annotate",
    "torch.jit._script_impl.annotate": "annotate",
    "torch.jit.isinstance": "torch.jit.isinstance",
    "torch.jit.fork": "fork",
    "torch.jit._fork": "fork",
    "torch.jit._async.fork": "fork",
    "torch.jit._awaitable": "awaitable",
    "slice": "slice",
    "super": "super",
    "torch._check": "torch._check",
}
_NUMPY_MODULES = frozenset(
    f"numpy.{name}"
    for name in ("random", "linalg", "fft", "ma", "testing", "typing", "lib", "core", "polynomial", "char", "rec")
)
_LEGACY_TENSORS = frozenset(
    f"torch.{kind}Tensor" for kind in ("Bool", "Long", "Byte", "Char", "Double", "Float", "Int", "Short", "Half")
)


def transparent(function: Function) -> bool:
    """Whether it is compiled from its own source, whatever its decorators make of it."""
    return decorators.wrapping(function).kind in ("same", "wrapped")


class Names:
    """Resolves names for one function.

    Args:
        session: the run.
        function: the function whose body is compiled.
        chain: qualified names from the entry point to it.
    """

    def __init__(self, session: Session, function: Function, chain: tuple[str, ...]) -> None:
        self.session = session
        self.function: Function | None = function
        self.module: Module = function.module
        self.chain = chain
        self._enclosing = _closure_names(function)
        self._wrapping = decorators.wrapping(function)

    def definition(self, name: str) -> Definition:
        """What Python's scopes say of a name that is no local variable."""
        if name in self._enclosing:
            return Uncertain()
        return decorators.look_up(self._wrapping, self.module, name)

    def value(self, name: str) -> Sugared | None:
        """What a name that is no local variable is to the compiler; None if it is undefined."""
        found = GLOBALS.get(name)
        if found is not None:
            return found
        if name == "reveal_type" and self.session.revealed is not None:
            return Special("reveal_type")
        definition = self.definition(name)
        if isinstance(definition, Undefined):
            if hasattr(typing, name):
                return self.sugared(External(f"typing.{name}"), constant=False)
            return None
        if isinstance(definition, Uncertain) and name not in self._enclosing and self._wrapping.kind == "same":
            return pyvalues.of_name(self.session.program, self.module, name) or UNKNOWN_VALUE
        if isinstance(definition, Class) and classes.is_unscripted_dataclass(definition):
            return UnscriptedDataclass(definition)
        if isinstance(definition, Value) and pyvalues.is_none(definition):
            return None  # a global that is None counts as undefined
        return self.sugared(definition, constant=False)

    def sugared(self, definition: Definition, *, constant: bool) -> Sugared:
        """``toSugaredValue``.

        Args:
            definition: what the name stands for.
            constant: whether plain values may be used (they may as members of a Python module).
        """
        if isinstance(definition, Function):
            return self._function(definition)
        if isinstance(definition, Class):
            return self._class(definition)
        if isinstance(definition, ModuleRef):
            return PythonModule(definition.module.name, definition)
        if isinstance(definition, External):
            return external(definition.name, constant=constant)
        if isinstance(definition, Value):
            return pyvalues.sugared(self, definition, constant=constant)
        return UNKNOWN_VALUE

    def _function(self, function: Function) -> Sugared:
        overloads = function.module.overloads.get(function.name)
        if overloads and function.owner is None:
            return UNKNOWN_VALUE
        if function.modifier in ("ignore", "unused", "drop"):
            return Opaque(function)
        if not transparent(function):
            return UNKNOWN_VALUE
        return Functions((function,))

    def _class(self, cls: Class) -> Sugared:
        kind = classes.class_kind(cls)
        if kind in ("module", "builtin"):
            return PythonObject("type", class_name=cls.name)
        if kind == "exception":
            return ExceptionObject(cls.name)
        if kind == "tensor":
            # Compiled like any class, and its inherited properties do not compile.
            return Library(cls.name, library.Entry("broken", message="undefined value has_torch_function_unary"))
        if kind == "namedtuple":
            type_ = enums.named_tuple(self.session, cls)
            return NamedTupleObject(type_) if type_ is not None else UNKNOWN_VALUE
        if kind == "enum":
            classes.body(self.session, cls, self.chain)
            enum = enums.enum_type(cls)
            return EnumObject(enum) if enum is not None else UNKNOWN_VALUE
        if kind == "class":
            return ClassObject(cls, self.session.class_info(cls, self.chain).type)
        return UNKNOWN_VALUE

    # --- annotations -----------------------------------------------------------------------------

    def find(self, parts: Sequence[str]) -> Found:
        """See :class:`torchscript_lint.types.annotations.Resolver`."""
        definition = self.definition(parts[0])
        if isinstance(definition, Undefined):
            if len(parts) == 1 and hasattr(typing, parts[0]):
                return Found(name=f"typing.{parts[0]}")
            return Found(other="undefined")
        for part in parts[1:]:
            definition = self.session.program.attribute(definition, part)
        return self._found(definition)

    @property
    def _in_module(self) -> bool:
        """Whether a method of a module is compiled.

        Classes of submodules that were compiled before it are types by then; which these are the source does not tell
        (``try_ann_to_type`` asks for a script class of the name).
        """
        owner = self.function.owner if self.function is not None else None
        return owner is not None and bool(is_module(owner))

    def _found(self, definition: Definition) -> Found:
        if isinstance(definition, External):
            if self._in_module and is_module_name(definition.name) and not definition.name.endswith(".Module"):
                return Found(other="unknown")
            return external_type(definition.name)
        if isinstance(definition, Class):
            if self._in_module and is_module(definition):
                return Found(other="unknown")
            return self._found_class(definition)
        if isinstance(definition, Value):
            if definition.value is None:
                return Found(other="unknown")
            if isinstance(definition.value, (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp)):
                resolver = ModuleNames(self.session, definition.module, self.chain)
                return Found(alias=definition.value, resolver=resolver)
            if isinstance(definition.value, ast.Call):
                name = definition.module.dotted(definition.value)
                if name in ("typing.TypeVar", "typing_extensions.TypeVar"):
                    return Found(other="object")
                return Found(other="unknown")
            return Found(other="object")
        if isinstance(definition, (Function, ModuleRef)):
            return Found(other="object")
        return Found(other="unknown")

    def _found_class(self, cls: Class) -> Found:
        if classes.is_unscripted_dataclass(cls):
            return Found(other=f"dataclass {cls.name}")
        kind = classes.class_kind(cls)
        if kind in ("module", "exception", "builtin"):
            return Found(other="object")
        if kind == "tensor":
            return Found(type=TENSOR)
        if kind == "namedtuple":
            type_ = enums.named_tuple(self.session, cls)
            return Found(type=type_) if type_ is not None else Found(other="unknown")
        if kind == "enum":
            classes.body(self.session, cls, self.chain)
            enum = enums.enum_type(cls)
            return Found(type=enum) if enum is not None else Found(other="unknown")
        if kind == "class":
            return Found(type=self.session.class_info(cls, self.chain).type)
        return Found(other="unknown")


class ModuleNames(Names):
    """Resolves names at module level, for an alias or a class body."""

    def __init__(self, session: Session, module: Module, chain: tuple[str, ...]) -> None:
        self.session = session
        self.function = None
        self.module = module
        self.chain = chain
        self._enclosing: frozenset[str] = frozenset()
        self._wrapping = decorators.SAME


#: Objects of the standard library, by what the compiler says of their types.
_OBJECTS = {
    "os.environ": "_Environ", "sys.argv": "list", "sys.path": "list", "sys.modules": "dict",
    "sys.stdout": "TextIOWrapper",
    "sys.stderr": "TextIOWrapper", "sys.stdin": "TextIOWrapper", "warnings.filters": "list",
    "logging.root": "RootLogger", "numpy.ogrid": "OGridClass", "numpy.mgrid": "MGridClass", "numpy.c_": "CClass",
    "numpy.r_": "RClass", "numpy.s_": "IndexExpression", "numpy.index_exp": "IndexExpression",
}  # fmt: skip


def external(name: str, *, constant: bool) -> Sugared:
    """A name outside the program, by dotted path: what the library knows of it."""
    if name in _OBJECTS:
        return PythonObject(_OBJECTS[name])
    if name.endswith(".__version__"):
        return UNKNOWN_VALUE if constant else PythonObject("str")
    if name in _SPECIAL:
        return Special(_SPECIAL[name])
    if name in _LEGACY_TENSORS:
        return Special("legacy-tensor")
    if name.startswith("torch._VF."):
        op = f"aten::{name.rpartition('.')[2]}"
        return Builtin(op) if library.op_exists(op) else UNKNOWN_VALUE
    if "." not in name:
        # `re` and `io` are names of `typing` as well; an imported module comes first.
        if library.has_module(name):
            return PythonModule(name, External(name))
        entry = library.builtin(name)
    else:
        entry = library.attribute(name)
        if entry is None and name.startswith("torch.ops."):
            return _operator(name)
    if entry is None:
        top = name.partition(".")[0]
        if top == "numpy":
            module = "." not in name or name in _NUMPY_MODULES
            return PythonModule(name, External(name)) if module else Library(name, library.Entry("numpy"))
        return UNKNOWN_VALUE
    if entry.kind == "builtin":
        return Builtin(entry.op)
    if entry.kind == "module":
        return PythonModule(name, External(name))
    if entry.kind == "exception":
        return ExceptionObject(name)
    if entry.kind == "constant":
        if constant or name == "math.inf":
            return Simple(entry.type or UNKNOWN, entry.value if entry.value is not None else _none_or_no(entry))
        return PythonObject(_python_type(entry))
    if entry.kind == "special":
        return UNKNOWN_VALUE
    return Library(name, entry)


def _none_or_no(entry: library.Entry) -> object:
    from torchscript_lint.script.values import NO

    return None if entry.type is NONE else NO


def _python_type(entry: library.Entry) -> str:
    if entry.value is not None and not isinstance(entry.value, str):
        return type(entry.value).__name__
    return {"int": "dtype"}.get(str(entry.type), str(entry.type))


def _operator(name: str) -> Sugared:
    """``torch.ops.namespace.op``."""
    parts = name.split(".")
    if len(parts) < 4:
        return PythonModule(name, External(name))
    if len(parts) == 4:
        op = f"{parts[2]}::{parts[3]}"
        # Operators of other packages are registered when these are imported.
        return Builtin(op) if library.op_exists(op) else UNKNOWN_VALUE
    return UNKNOWN_VALUE


def external_type(name: str) -> Found:
    """What a name outside the program is as an annotation."""
    if name in ann.PYTHON_TYPES or name.startswith(("typing.", "typing_extensions.", "collections.abc.")):
        return Found(name=name)
    if name in ("list", "dict", "tuple", "object", "set", "frozenset", "bytes", "type", "range", "slice", "callable"):
        return Found(name=name)
    if name.startswith(("numpy.", "torch.Tensor.")) or name in (
        "torch",
        "torch.Size",
        "torch.nn.Module",
        "torch.memory_format",
        "torch.layout",
    ):
        return Found(name=name)
    entry = library.attribute(name) if "." in name else library.builtin(name)
    if entry is not None and entry.kind not in ("enum", "namedtuple", "enum value"):
        if entry.kind == "class" and "." in name:
            if not entry.is_left and _may_compile(entry.message):
                return Found(other="unknown")
            if not entry.is_object and not entry.message.startswith("OSError"):
                return Found(name=name, broken=entry.reason)
        return Found(name=name)
    if name.startswith("torch.nn.modules."):
        return Found(name=name)
    if name.partition(".")[0] in sys.stdlib_module_names and not name.startswith(("enum.", "numbers.", "abc.")):
        # A class of the standard library: it is no type, or its methods do not compile.
        return Found(name=name)
    if name.startswith("torch.nn.") and name.count(".") == 2:
        return Found(name=name)
    if name in ("torch.jit.Future", "torch.futures.Future", "torch.distributed.rpc.RRef"):
        return Found(name=name)
    return Found(other="unknown")


def _may_compile(message: str) -> bool:
    """Whether a class of which calling says this may still be a type: its methods compile, or none is known not to."""
    return not message or message.endswith("does not have an __init__ function defined")


def _closure_names(function: Function) -> frozenset[str]:
    """Names that the enclosing functions bind: closure cells hold values of a run."""
    names: set[str] = set()
    enclosing = function.enclosing
    while enclosing is not None:
        for node in walk(enclosing.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.arg):
                names.add(node.arg)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
        enclosing = enclosing.enclosing
    return frozenset(names)
