"""What we say an instance holds, against what the compiler finds on real ones."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import torch.jit._recursive as recursive

from torchscript_lint.library.generate.modules import build
from torchscript_lint.program import Class, Program
from torchscript_lint.program.instances import NO_CONSTANT, Attribute, Instance, instance
from torchscript_lint.program.instances.annotations import class_annotations
from torchscript_lint.types.model import UNKNOWN, EnumType, ListType

STYLES = Path(__file__).parent / "data" / "instance_styles.py"


# --- the truth ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """What the compiler makes of one attribute.

    Its kind (``parameter``, ``buffer``, ``value``, ``constant``, ``module``, ``function``, ``failed``), its
    type or the hint of why it has none, a module's class.
    """

    kind: str
    type: str = ""
    hint: str = ""
    cls: type | None = None


class Recorder:
    """A ConcreteModuleTypeBuilder that remembers what it is told."""

    def __init__(self, real: Any, module: torch.nn.Module) -> None:
        self._real, self._module = real, module
        self.facts: dict[str, Fact] = {}
        self.iterable = ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("set_"):
            self.iterable = name.removeprefix("set_")
        return getattr(self._real, name)

    def add_attribute(self, name: str, type_: Any, is_parameter: bool, is_buffer: bool) -> None:
        kind = "parameter" if is_parameter else "buffer" if is_buffer else "value"
        self.facts[name] = Fact(kind, type_.str() if type_.kind() == "NoneType" else str(type_))
        self._real.add_attribute(name, type_, is_parameter, is_buffer)

    def add_constant(self, name: str, value: Any) -> None:
        self.facts[name] = Fact("constant", str(torch._C._jit_try_infer_type(value).type()))
        self._real.add_constant(name, value)

    def add_module(self, name: str, type_: Any) -> None:
        self.facts[name] = Fact("module", cls=type(getattr(self._module, name)))
        self._real.add_module(name, type_)

    def add_function_attribute(self, name: str, type_: Any, value: Any) -> None:
        self.facts[name] = Fact("function")
        self._real.add_function_attribute(name, type_, value)

    def add_builtin_function(self, name: str, symbol: str) -> None:
        self.facts[name] = Fact("function")
        self._real.add_builtin_function(name, symbol)

    def add_failed_attribute(self, name: str, hint: str) -> None:
        self.facts[name] = Fact("function" if "function exists" in hint else "failed", hint=hint)
        self._real.add_failed_attribute(name, hint)


def facts(module: torch.nn.Module) -> Recorder:
    """What the compiler's own ``infer_concrete_type_builder`` finds on an instance."""
    real = torch._C.ConcreteModuleTypeBuilder
    recorders: list[Recorder] = []

    def make(cls: type) -> Any:
        if recorders:
            return real(cls)  # a submodule's
        recorders.append(Recorder(real(cls), module))
        return recorders[0]

    torch._C.ConcreteModuleTypeBuilder = make
    try:
        recursive.infer_concrete_type_builder(module)
    finally:
        torch._C.ConcreteModuleTypeBuilder = real
    return recorders[0]


# --- the comparison -------------------------------------------------------------------------------


def spelled(found: Attribute) -> str:
    """Our type as the compiler's ``str`` of it."""
    if isinstance(found.type, EnumType):
        return f"__torch__.{found.type.name}"
    if isinstance(found.type, ListType) and isinstance(found.type.elem, EnumType):
        return f"List[__torch__.{found.type.elem.name}]"
    return str(found.type)


def plain(value: Any) -> Any:
    """The value with tuples for its lists."""
    return tuple(map(plain, value)) if isinstance(value, (list, tuple)) else value


def contradictions(ours: Instance, module: torch.nn.Module, truth: Recorder) -> Iterator[str]:
    """Where what we claim for sure is not so on this instance."""
    for name, found in ours.attributes.items():
        fact = truth.facts.get(name)
        if fact is None:
            if found.always and found.kind != "unknown":
                yield f"{name}: we say it is always there"
            continue
        yield from (f"{name}: {text}" for text in _contradictions(found, fact))
        if found.constant is not NO_CONSTANT:
            value = plain(getattr(module, name))
            if found.constant != value or type(found.constant) is not type(value):
                yield f"{name}: we say its value is {found.constant!r}, it is {value!r}"
        yield from members(name, found, getattr(module, name))
    for name in truth.facts.keys() - ours.attributes.keys():
        if ours.complete:
            yield f"{name}: we say it is not there"


def _contradictions(found: Attribute, fact: Fact) -> Iterator[str]:
    if found.kind == "unknown" or not found.certain:
        return
    kind = "constant" if found.is_constant else found.kind
    if kind == "unconvertible":
        if fact.kind != "failed":
            yield f"we say it has no type, it is {fact}"
        elif found.reason not in fact.hint or f"'{found.python_type}'" not in fact.hint:
            yield f"we say {found.python_type}: {found.reason}; the compiler: {fact.hint}"
        return
    if kind != fact.kind:
        yield f"we say {kind}, it is {fact}"
    elif kind == "module":
        name = found.cls.name.split(".")[-1] if found.cls is not None else "?"
        if fact.cls is None or fact.cls.__name__ != name:
            yield f"we say it is a {name}, it is a {fact.cls}"
    elif kind != "function" and found.type is not UNKNOWN:
        said = spelled(found)
        if said != fact.type and f"__torch__.{fact.type}" != said:
            yield f"we say {said}, it is {fact.type}"


def members(name: str, found: Attribute, value: Any) -> Iterator[str]:
    """Contradictions about a container's members."""
    if found.kind != "module" or not isinstance(value, torch.nn.Module):
        return
    real = dict(value._modules)
    if isinstance(value, torch.nn.ParameterList):
        real = {str(index): item for index, item in enumerate(value)}
    elif isinstance(value, torch.nn.ParameterDict):
        real = dict(value.items())
    if found.elements is not None:
        if found.keys is not None and list(found.keys) != list(real):
            yield f"{name}: we say its keys are {found.keys}, they are {list(real)}"
        if len(found.elements) != len(real):
            yield f"{name}: we say it has {len(found.elements)} members, it has {len(real)}"
    elements = found.elements or ([found.element] * len(real) if found.element is not None else [])
    for element, item in zip(elements, real.values(), strict=False):
        if element.kind == "module" and element.certain and element.cls is not None:
            if type(item).__name__ != element.cls.name.split(".")[-1]:
                yield f"{name}: we say a member is {element.cls}, it is {type(item)}"
        elif element.kind == "parameter" and not isinstance(item, torch.nn.Parameter):
            yield f"{name}: a member is no parameter"


# --- small modules in many styles -----------------------------------------------------------------


@cache
def styles() -> ModuleType:
    """The file of small modules, imported."""
    spec = importlib.util.spec_from_file_location(STYLES.stem, STYLES)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[STYLES.stem] = module
    spec.loader.exec_module(module)
    return module


@cache
def read() -> tuple[Program, dict[str, Class]]:
    """The same file, read."""
    program = Program()
    return program, program.load(str(STYLES)).classes


def names() -> list[str]:
    """The modules in the file that can be built."""
    return [
        name
        for name in read()[1]
        if isinstance(getattr(styles(), name), type) and issubclass(getattr(styles(), name), torch.nn.Module)
    ]


def test_there_are_many() -> None:
    assert len(names()) >= 60


@pytest.mark.parametrize("name", names())
@pytest.mark.filterwarnings("ignore")
def test_style(name: str) -> None:
    program, classes = read()
    ours = instance(program, classes[name])
    known = styles().OPEN.get(name, set())
    for arguments in styles().CONFIGURATIONS.get(name, [{}]):
        module = getattr(styles(), name)(**arguments)
        truth = facts(module)
        assert list(contradictions(ours, module, truth)) == [], arguments
        for key in truth.facts.keys() - known:
            found = ours.attribute(key)
            if ours.complete or found is not None:
                assert found is not None, key
                assert found.kind != "unknown" and found.certain, (
                    f"{key} is not known: {found}, it is {truth.facts[key]}"
                )
                assert found.is_constant == (truth.facts[key].kind == "constant"), key


@pytest.mark.parametrize("name", names())
def test_open_attributes_are_open(name: str) -> None:
    """What differs between configurations is not claimed to be one thing."""
    program, classes = read()
    ours = instance(program, classes[name])
    for key in styles().OPEN.get(name, set()):
        found = ours.attribute(key)
        assert found is None or found.kind == "unknown" or not found.certain, key


# --- torch's own modules, read like any other source ----------------------------------------------


def torch_classes() -> list[str]:
    """The classes of ``torch.nn`` that can be built with small arguments."""
    found = []
    for name in sorted(dir(torch.nn)):
        cls = getattr(torch.nn, name)
        if isinstance(cls, type) and issubclass(cls, torch.nn.Module) and name not in ("Module", "DataParallel"):
            found.append(name)
    return found


@cache
def torch_program() -> Program:
    """The program torch's own files are read into."""
    return Program()


@pytest.mark.parametrize("name", torch_classes())
@pytest.mark.filterwarnings("ignore")
def test_torch_module(name: str) -> None:
    """Nothing that is claimed of torch's own modules is contradicted by an instance."""
    module = build(getattr(torch.nn, name))
    cls = type(module)
    try:
        truth = facts(module)
    except (RuntimeError, ValueError, AssertionError, OSError) as error:
        pytest.skip(f"the compiler fails: {str(error)[:60]}")
    source = inspect.getsourcefile(cls)
    assert source is not None
    ours = instance(torch_program(), torch_program().load(source).classes[cls.__name__])
    assert list(contradictions(ours, module, truth)) == []


def test_torch_base() -> None:
    """A base of torch has the attributes that the library knows."""
    program, classes = read()
    found = instance(program, classes["OwnConv"])
    assert found.complete
    weight = found.attribute("weight")
    assert weight is not None and weight.kind == "parameter" and weight.certain
    groups = found.attribute("groups")
    assert groups is not None and groups.is_constant
    assert found.attribute("nonexistent") is None


# --- annotations in the class body ----------------------------------------------------------------

_ANNOTATIONS = """
int float str bool complex bytes None torch.Tensor torch.device torch.dtype torch.layout torch.Generator
torch.Size object type Any nn.Parameter nn.Module Own List Dict Tuple list dict tuple
Callable Type List[int] list[int] Dict[str,int] dict[str,int] Tuple[int,str] tuple[int,str]
tuple[int,...] Tuple[()] Optional[int] Optional[torch.Tensor] Optional[nn.Module] Optional[Callable]
int|None str|int nn.Module|None Union[int,str] Union[int,nn.Module] Union[int,float,complex]
List[nn.Module] Dict[str,nn.Module] Tuple[nn.Module,int] Optional[List[nn.Module]] Callable[...,Any]
Callable[[int],int] Type[nn.Module] ClassVar[int] Literal["a"] Sequence[int] Iterable[int]
Mapping[str,int] Set[int] set FrozenSet[int] Final[int] Final List[Any] collections.OrderedDict
collections.abc.Sequence[int] collections.abc.Callable[...,Any] "int" 3 torch.FloatTensor
Annotated[int,3] Dict[nn.Module,int] List[List] List[Optional[nn.Module]] Any|None Optional[Any]
torch.Tensor|None List["int"] Optional["int"] Union[int,None,str]
"""
ANNOTATIONS = _ANNOTATIONS.split()
PROBLEMS = {
    "Unknown type annotation": {"unknown", "string"},
    "Attempted to use": {"bare"},
    "Unsupported annotation": {"member"},
    "Can not create tuple": {"tuple"},
}


@cache
def annotated(directory: Path) -> tuple[ModuleType, dict[str, Class]]:
    """A file with one class for each of these annotations, imported and read."""
    lines = ["import collections.abc", "import torch", "from torch import nn", "from typing import *", ""]
    lines[3] = f"from typing import {', '.join(sorted(set(typing.__all__) - {'Text'}))}"
    lines += ["class Own(nn.Module):", "    pass", ""]
    for index, annotation in enumerate(ANNOTATIONS):
        lines += [f"class A{index}(nn.Module):", f"    x: {annotation}", "    def __init__(self):"]
        lines += ["        super().__init__()", "        self.x = 3", ""]
    path = directory / "annotated_classes.py"
    path.write_text("\n".join(lines))
    spec = importlib.util.spec_from_file_location("annotated_classes", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, Program().load(str(path)).classes


@pytest.mark.parametrize("index", range(len(ANNOTATIONS)), ids=ANNOTATIONS)
@pytest.mark.filterwarnings("ignore")
def test_class_annotation(index: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    module, classes = annotated(tmp_path_factory.getbasetemp())
    ours = class_annotations(classes[f"A{index}"])["x"]
    try:
        truth = facts(getattr(module, f"A{index}")()).facts["x"]
    except (RuntimeError, ValueError, AssertionError) as error:
        expected = [problems for words, problems in PROBLEMS.items() if words in str(error)]
        assert expected, error
        assert ours.problem in expected[0], error
    else:
        assert not ours.problem
        if truth.kind == "constant":
            assert ours.final
        elif ours.inferred:
            assert truth.type == "int"
        else:
            assert str(ours.type) == truth.type
