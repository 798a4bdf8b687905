"""What an instance of an ``nn.Module`` class holds, as the compiler sees it: plain data."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from torchscript_lint.plain import dataclass
from torchscript_lint.program.definitions import Class, Definition, External, Function
from torchscript_lint.program.module import Module
from torchscript_lint.types.model import NONE, UNKNOWN, Type


class _NoConstant:
    """The sentinel of :data:`NO_CONSTANT`."""

    def __repr__(self) -> str:
        return "NO_CONSTANT"

    def __bool__(self) -> bool:
        return False


#: Stands for a value the source does not settle; ``None`` is a value of its own.
NO_CONSTANT = _NoConstant()


@dataclass(frozen=True)
class Attribute:
    """One attribute of an instance.

    Attributes:
        name: its name on the instance (a private ``__x`` is mangled, as Python stores it).
        kind: ``module``, ``parameter``, ``buffer``, ``value``, ``function``, ``object`` (of a class of the
            program that is no module), ``method`` (``forward`` only: another method in its place),
            ``unconvertible`` (it exists, but has no TorchScript type) or ``unknown``.
        type: its TorchScript type: the class-level annotation's, else the value's; UNKNOWN where the source
            does not settle it. A parameter or buffer that is None has type NoneType unless annotated.
        cls: of a module or an object, its class; None if unknown.
        constant: the Python value where every configuration has the same one, else :data:`NO_CONSTANT`.
        is_constant: whether the compiler takes it for a constant (``Final`` or ``__constants__``).
        elements: members of a module or parameter container, where they are known one by one.
        keys: the keys of ``elements`` in a ModuleDict, ParameterDict or Sequential with names.
        element: what every member of a container is, where their number is not known.
        always: whether every path through ``__init__`` sets it.
        certain: whether ``type`` (or ``cls``) holds in every configuration; False where it rests on the
            default of an unannotated parameter, or code outside ``__init__`` may change it.
        reason: why it has no TorchScript type, in the compiler's words.
        python_type: name of its Python type, where it is unconvertible.
        function: of a function or method, its definition (None for a lambda or an unknown one).
        alternatives: what it is in the configurations that differ, where ``kind`` or ``type`` isn't one.
        node: the expression or statement that last set it.
        module: the file of ``node``.
        invalid: of a constant whose value can be none, the name of the Python type that makes it so.
        mismatch: of a value that cannot be cast to the annotated type, what it is.
        lazy: whether it is a parameter or buffer that is uninitialised until the module has run.
        call: of a module, the call that made it, where that is known.
        annotated: whether ``type`` comes from a class-level annotation.
        hooks: of a module, the forward hooks that its holder registers on it.
        ignored: whether ``__jit_ignored_attributes__`` names it: to the compiler it is not there.
    """

    name: str
    kind: str
    module: Module
    type: Type = UNKNOWN
    cls: Class | External | None = None
    constant: object = NO_CONSTANT
    is_constant: bool = False
    elements: tuple[Attribute, ...] | None = None
    keys: tuple[str, ...] | None = None
    element: Attribute | None = None
    always: bool = True
    certain: bool = True
    reason: str = ""
    python_type: str = ""
    function: Definition | None = None
    alternatives: tuple[Attribute, ...] = ()
    node: ast.AST | None = field(default=None, compare=False)
    annotated: bool = False
    invalid: str = ""
    mismatch: str = ""
    lazy: bool = False
    call: ast.Call | None = field(default=None, compare=False)
    hooks: tuple[Hook, ...] = ()
    ignored: bool = False


@dataclass(frozen=True)
class Hook:
    """A forward hook, or a forward pre-hook, that ``__init__`` registers.

    Attributes:
        pre: whether it is a pre-hook.
        own: whether it is on the instance itself.
        target: of another module, which one it is, for comparison; empty where that is not known.
        cls: the class of that module; None if unknown.
        function: the hook where it is a function or method of the program.
        anonymous: the hook where it is a lambda.
        python_type: name of its Python type where it is an object that can be called.
        node: the call that registers it.
        module: the file of ``node``.
        owner: the class whose method registers it.
        certain: whether it is there in every configuration when the module is compiled.
    """

    pre: bool
    own: bool
    target: frozenset[int]
    cls: Class | External | None
    node: ast.Call = field(compare=False)
    module: Module
    owner: Class | None
    function: Function | None = None
    anonymous: ast.Lambda | None = None
    python_type: str = ""
    certain: bool = True


@dataclass(frozen=True)
class Instance:
    """What every instance of a class holds.

    Attributes:
        cls: the class.
        attributes: by name; what only some path of ``__init__`` sets is there with ``always=False``.
        complete: whether nothing but ``attributes`` can be there. Where it is False an absent name is
            Unknown.
        initialised: whether ``nn.Module.__init__`` runs: True, False, or None where that is not settled.
        container: ``list``, ``dict``, ``paramlist``, ``paramdict`` where the class itself is such a
            container.
        hooks: forward hooks on the instance and on modules that it holds, in the order of their registration.
        defaults: whether it is one that is made with the constructor's default arguments.
    """

    cls: Class
    attributes: Mapping[str, Attribute]
    complete: bool
    initialised: bool | None = True
    container: str = ""
    hooks: tuple[Hook, ...] = ()
    defaults: bool = False

    @cached_property
    def discriminators(self) -> frozenset[str]:
        """Names by which the compiler tells configurations apart, and leaves branches out.

        What is None in some of them, or set in some, and constants whose value is not one.
        """
        return frozenset(
            name
            for name, found in self.attributes.items()
            if not found.ignored
            and (
                not found.always
                or any(part.type is NONE for part in found.alternatives)
                or (found.is_constant and found.constant is NO_CONSTANT)
            )
        )

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name, or None (then it is absent if ``complete``, else unknown)."""
        return self.attributes.get(name)

    @property
    def forward(self) -> Attribute | None:
        """What ``__init__`` puts in the place of the class's ``forward``, in every configuration; None if it does not.

        ``infer_methods_to_compile`` (``torch/jit/_recursive.py``) asks the instance for its ``forward``.
        """
        found = self.attributes.get("forward")
        return found if found is not None and found.always and found.node is not None else None

    def compiled(self, name: str) -> Attribute | None:
        """As :meth:`attribute`, for the compiler: without those that it is told to ignore."""
        found = self.attributes.get(name)
        return None if found is not None and found.ignored else found
