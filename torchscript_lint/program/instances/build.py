"""From a class to what its instances hold: one abstract run of ``__init__``, then what the compiler makes of
it.
"""

from __future__ import annotations

import ast
from typing import Any

from torchscript_lint.plain import replace
from torchscript_lint.program.classes import lineage, method
from torchscript_lint.program.definitions import Class, External, Function
from torchscript_lint.program.instances.annotations import (
    ClassAnnotation,
    class_annotation,
    class_annotations,
)
from torchscript_lint.program.instances.calls import Args, entry_arguments, init
from torchscript_lint.program.instances.casts import cannot_cast, shown
from torchscript_lint.program.instances.constants import constant_of, constant_type, invalid_constant
from torchscript_lint.program.instances.elsewhere import Elsewhere, elsewhere, is_abstract
from torchscript_lint.program.instances.hooks import hooks_of
from torchscript_lint.program.instances.infer import infer
from torchscript_lint.program.instances.model import NO_CONSTANT, Attribute, Instance
from torchscript_lint.program.instances.run import HARMLESS, Exhausted, Frame, Run
from torchscript_lint.program.instances.selfcalls import ROOTS
from torchscript_lint.program.instances.state import Slot, State
from torchscript_lint.program.instances.torch_modules import library_constants, library_module
from torchscript_lint.program.instances.values import (
    Alternatives,
    Bound,
    Callee,
    Const,
    JitAttribute,
    Local,
    ModuleValue,
    Object,
    Opaque,
    Scalar,
    Seq,
    Value,
    is_none,
    parts_of,
)
from torchscript_lint.program.instances.words import words
from torchscript_lint.program.module import Module
from torchscript_lint.program.once import once
from torchscript_lint.program.program import Program
from torchscript_lint.types import model
from torchscript_lint.types.model import UNKNOWN, ClassType, TupleType, Type, optional

#: What the compiler passes over in ``__dict__`` (``ignored_attributes`` in ``torch/jit/_recursive.py``).
_IGNORED = words(
    """
    _version _parameters _buffers _non_persistent_buffers_set _backward_hooks _backward_pre_hooks
    _forward_hooks _forward_hooks_with_kwargs _forward_pre_hooks _forward_pre_hooks_with_kwargs
    _forward_hooks_always_called _state_dict_hooks _state_dict_pre_hooks _load_state_dict_pre_hooks
    _load_state_dict_post_hooks _modules _initializing dump_patches
    """
)
#: Types of constants that an annotation tells as well as the value.
_PLAIN = (model.INT, model.FLOAT, model.BOOL, model.STR)


def instance(program: Program, cls: Class) -> Instance:
    """What an instance of the class holds; computed once.

    A class that reaches itself while it is computed is incomplete for the moment.
    """
    cache: dict[Class, Instance] | None = getattr(program, "_instances", None)
    if cache is None:
        cache = {}
        program._instances = cache  # type: ignore[attr-defined]
    found = cache.get(cls)
    if found is None:
        cache[cls] = Instance(cls, {}, complete=False, initialised=None)
        found = cache[cls] = _build(program, cls, entry_arguments())
    return found


@once
def default_instance(cls: Class) -> Instance | None:
    """What an instance holds that is made with the default arguments of its constructor; computed once.

    Parameters without a default stay unknown. None where there is no default, or where it makes no difference.
    """
    function = method(cls, "__init__")
    if not isinstance(function, Function) or isinstance(method(cls, "__new__"), Function):
        return None
    spec = function.node.args
    if spec.vararg is not None or not (spec.defaults or any(spec.kw_defaults)):
        return None
    program = cls.module.program
    general = instance(program, cls)
    if all(found.certain and found.always for found in general.attributes.values()):
        return None
    found = _build(program, cls, Args())
    return replace(found, defaults=True) if found.complete and found.attributes != general.attributes else None


def _build(program: Program, cls: Class, args: Args) -> Instance:
    run = Run(program, cls)
    run.state = State([{}], {}, False)
    run.frames = [Frame(cls.module, 0)]
    exhausted = False
    try:
        init(run, None, args, None)
    except (Exhausted, RecursionError):
        exhausted = True
        run.loose()
    return Maker(run, elsewhere(cls), exhausted).make()


class Maker:
    """Turns what a run found into attributes, as ``infer_concrete_type_builder``
    (``torch/jit/_recursive.py``) does.
    """

    def __init__(self, run: Run, outside: Elsewhere, exhausted: bool) -> None:
        self.run = run
        self.cls = run.cls
        self.outside = outside
        self.exhausted = exhausted
        self.annotations = class_annotations(self.cls)
        self.constants = self._constants()
        self.hooks = hooks_of(run)

    def make(self) -> Instance:
        """The instance."""
        run, cls = self.run, self.cls
        attributes: dict[str, Attribute] = {}
        ignored = self._names("__jit_ignored_attributes__") or set()
        dead = run.state.dead  # __init__ never ends normally: an abstract class, or one we do not understand
        for name, slot in run.state.slots.items():
            if name in _IGNORED or name.startswith("__"):
                continue
            found = self.attribute(name, slot)
            attributes[name] = replace(found, ignored=True) if name in ignored else found
        attributes.setdefault("training", Attribute("training", "value", cls.module, model.BOOL))
        hook = self._hook_type()
        attributes.setdefault(
            "_is_full_backward_hook",
            Attribute("_is_full_backward_hook", "value", cls.module, hook, certain=hook is not UNKNOWN),
        )
        self._class_constants(attributes)
        complete = run.complete and not dead and not self._makes_names_up() and not is_abstract(cls)
        for name in self.outside.names - attributes.keys():
            if isinstance(run.class_function(name), Function):
                continue  # a method, unless someone replaces it
            attributes[name] = Attribute(name, "unknown", cls.module, always=False, certain=False)
        return Instance(cls, attributes, complete, run.state.initialised, run.container, self.hooks)

    def _hook_type(self) -> Type:
        """The type of ``_is_full_backward_hook``, which is None.

        nn.Module annotates it: that counts if no nearer class annotates anything (as its containers do).
        """
        if self.annotations or self.run.container in ("list", "dict"):
            return model.NONE
        for base in self.run.line:
            if isinstance(base, External) and base.name not in HARMLESS and base.name not in ROOTS:
                library = library_module(base.name)
                return library.attributes.get("_is_full_backward_hook", UNKNOWN) if library else UNKNOWN
        return optional(model.BOOL)

    def _makes_names_up(self) -> bool:
        for entry in lineage(self.cls).classes:
            if isinstance(entry, Class):
                if entry.functions.keys() & {"__getattr__", "__getattribute__", "__setattr__", "__new__"}:
                    return True
                if any(keyword.arg == "metaclass" and not _is_abc(keyword.value) for keyword in entry.node.keywords):
                    return True
            elif entry.name not in HARMLESS and not entry.name.startswith("torch.nn."):
                return True
        return False

    # --- one attribute ---------------------------------------------------------------------------

    def attribute(self, name: str, slot: Slot) -> Attribute:
        """The attribute of one slot, with the class's annotations, constants and what other code may set."""
        found = self.of_value(name, slot.value, slot.place, slot.module, slot.node)
        always = slot.always and not self.exhausted
        certain = found.certain and not self.exhausted
        constant = found.constant if always and certain else NO_CONSTANT
        annotation = self.annotations.get(name)
        result = replace(found, always=always, certain=certain, constant=constant)
        if name in self.constants and found.kind not in ("module", "parameter", "buffer"):
            result = self._constant(result, slot)
        elif annotation is not None and not annotation.inferred and not annotation.final:
            result = self._annotated(result, annotation, slot)
        if name in self.outside.stores:
            result = self._changed(result, name)
        return result

    def of_value(self, name: str, value: Value, place: str, module: Module, node: ast.AST | None) -> Attribute:
        """What the compiler makes of a value, by itself."""

        def make(kind: str, **more: Any) -> Attribute:
            more.setdefault("certain", value.certain)
            return Attribute(name, kind, module, node=node, **more)

        if isinstance(value, Alternatives):
            return self._of_alternatives(name, value, place, module, node)
        if place.endswith("?"):
            return make(place[:-1], certain=False)
        if is_none(value) is True:
            kind = place if place in ("parameter", "buffer") else "value"
            return make(kind, type=model.NONE, constant=None if value.certain else NO_CONSTANT)
        if isinstance(value, ModuleValue):
            return self._of_module(name, value, module, node)
        if place in ("parameter", "buffer"):
            if not isinstance(value, Scalar):
                return make(place, certain=False)
            return make(place, type=model.TENSOR, lazy=value.tag == "lazy")
        if isinstance(value, JitAttribute):
            if value.annotation is None or value.module is None:
                return make("value", certain=False)
            said = class_annotation(value.module, value.annotation)
            return make("value", type=said.type, certain=said.type is not UNKNOWN)
        if isinstance(value, (Callee, Local)) and place != "module":
            return self._of_callable(name, value, module, node)
        if isinstance(value, Bound) and name == "forward":
            function = self.run.class_function(value.name)
            known = isinstance(function, Function)
            return make("method", function=function if known else None, certain=known and value.certain)
        if isinstance(value, Bound):
            return make("unconvertible", reason=infer(value).reason, python_type="method")
        if isinstance(value, Object):
            return make("object", cls=value.cls)
        inferred = infer(value)
        if inferred.type is None:
            return make(
                "unconvertible",
                reason=inferred.reason,
                python_type=inferred.python_type,
                certain=inferred.certain,
            )
        if inferred.type is UNKNOWN:
            return make("unknown", certain=False)
        return make("value", type=inferred.type, certain=inferred.certain, constant=constant_of(value))

    def _of_alternatives(
        self, name: str, value: Alternatives, place: str, module: Module, node: ast.AST | None
    ) -> Attribute:
        parts = [
            self.of_value(name, part, place if place != "open" else _part_place(part), module, node)
            for part in parts_of(value)
        ]
        kinds, types = {part.kind for part in parts}, {part.type for part in parts}
        kind = kinds.pop() if len(kinds) == 1 else "unknown"
        type_ = types.pop() if len(types) == 1 else UNKNOWN
        settled = type_ is not UNKNOWN or kind == "unconvertible"
        certain = kind not in ("unknown", "module") and settled and all(p.certain for p in parts)
        reasons = {part.reason for part in parts}
        return Attribute(
            name, kind, module, type_, certain=certain, alternatives=tuple(parts), node=node,
            reason=reasons.pop() if len(reasons) == 1 else "", python_type=parts[0].python_type,
        )  # fmt: skip

    def _of_module(self, name: str, value: ModuleValue, module: Module, node: ast.AST | None) -> Attribute:
        type_: Type = UNKNOWN
        if isinstance(value.cls, Class):
            type_ = ClassType.of(value.cls.fullname, "module", value.cls)
        elements: tuple[Attribute, ...] | None = None
        element: Attribute | None = None
        if value.container:
            place = "parameter" if value.container.startswith("Parameter") else "module"
            if value.items is not None:
                names = value.keys or tuple(str(index) for index in range(len(value.items)))
                elements = tuple(
                    self.of_value(key, item, place, module, node) for key, item in zip(names, value.items, strict=True)
                )
            elif value.element != replace(value.element) or not _is_unknown(value.element):
                element = self.of_value("", value.element, place, module, node)
        return Attribute(
            name, "module", module, type_, value.cls, elements=elements, element=element,
            keys=value.keys if value.container != "ModuleList" else None,
            certain=value.certain and value.cls is not None, node=node,
            call=value.node if isinstance(value.node, ast.Call) else None,
            hooks=tuple(hook for hook in self.hooks if hook.target & value.idents),
        )  # fmt: skip

    def _of_callable(self, name: str, value: Callee | Local, module: Module, node: ast.AST | None) -> Attribute:
        definition = value.definition if isinstance(value, Callee) else None
        if isinstance(definition, Class) or (isinstance(value, Callee) and value.makes_module):
            return self._failed(name, value, "type", module, node)
        if isinstance(definition, External):
            last = definition.name.split(".")[-1]
            if definition.name.startswith("torch.nn.") and last[:1].isupper():
                return self._failed(name, value, "type", module, node)
            if not definition.name.startswith(("torch.", "math.")) or last[:1].isupper():
                return Attribute(name, "unknown", module, certain=False, function=definition, node=node)
        return Attribute(name, "function", module, function=definition, certain=value.certain, node=node)

    def _failed(self, name: str, value: Value, kind: str, module: Module, node: ast.AST | None) -> Attribute:
        reason = infer(Opaque(kind)).reason
        return Attribute(
            name, "unconvertible", module, reason=reason, python_type=kind, certain=value.certain, node=node
        )

    # --- what the class says ---------------------------------------------------------------------

    def _annotated(self, found: Attribute, annotation: ClassAnnotation, slot: Slot) -> Attribute:
        """The class's annotation is the type, whatever the value is (functions apart)."""
        if found.kind == "function":
            return found
        if annotation.problem:
            return replace(found, type=UNKNOWN, annotated=True)
        if found.kind == "module":
            return replace(found, annotated=True)
        kind = found.kind if found.kind in ("parameter", "buffer") else "value"
        settled = slot.always and not self.exhausted and found.name not in self.outside.anywhere
        mismatch = shown(slot.value) if settled and cannot_cast(slot.value, annotation.type) else ""
        return replace(
            found, kind=kind, type=annotation.type, annotated=True, certain=annotation.type is not UNKNOWN,
            reason="", python_type="", alternatives=(), mismatch=mismatch,
        )  # fmt: skip

    def _constant(self, found: Attribute, slot: Slot) -> Attribute:
        """In ``__constants__`` or Final, and no module, parameter or buffer: it has the value's type.

        Where the value is not known, an annotation of a plain type says as much as it does of a parameter.
        """
        said = self.annotations.get(found.name)
        if found.kind == "unknown" and not found.alternatives and said is not None and said.type in _PLAIN:
            return replace(found, kind="value", type=said.type, is_constant=True, certain=True)
        invalid = invalid_constant(slot.value)
        if invalid:
            return replace(found, is_constant=True, invalid=invalid)
        if found.kind == "value" and found.type is not UNKNOWN:
            return replace(found, is_constant=True, type=constant_type(slot.value, found.type))
        if isinstance(slot.value, Seq) and slot.value.items == () and slot.value.kind == "list":
            empty = TupleType.of(())
            return replace(found, kind="value", is_constant=True, type=empty, reason="", python_type="", constant=())
        return replace(found, is_constant=True)

    def _changed(self, found: Attribute, name: str) -> Attribute:
        """Other code than ``__init__`` sets it: it is not one value, and perhaps not of one type."""
        found = replace(found, constant=NO_CONSTANT)
        harmless = self.outside.same_type(name, found)
        return found if found.annotated or harmless else replace(found, certain=False)

    def _constants(self) -> set[str]:
        """Names in ``__constants__`` and of ``Final`` annotations."""
        names = {name for name, annotation in self.annotations.items() if annotation.final}
        declared = self._names("__constants__")
        if declared is not None:
            return names | declared
        for base in self.run.line:
            if isinstance(base, External):
                names |= library_constants(base.name)
        return names

    def _names(self, name: str) -> set[str] | None:
        """A list of names on the class; None where there is none."""
        assigned = self.run.class_assign(name)
        if assigned is None:
            return None
        value = self.run.isolated(assigned[0].module, assigned[1], assigned[0])
        items = value.items if isinstance(value, Seq) and value.items is not None else ()
        return {item.value for item in items if isinstance(item, Const) and isinstance(item.value, str)}

    def _class_constants(self, attributes: dict[str, Attribute]) -> None:
        """Constants that are only set on the class."""
        for name in self.constants - attributes.keys():
            assigned = self.run.class_assign(name)
            if assigned is None:
                continue
            value = self.run.isolated(assigned[0].module, assigned[1], assigned[0])
            slot = Slot(value, "dict", assigned[0].module, assigned[1])
            found = self.of_value(name, value, "dict", slot.module, slot.node)
            found = self._constant(found, slot)
            if name in self.outside.stores:
                found = self._changed(found, name)
            attributes[name] = found


def _is_unknown(value: Value) -> bool:
    return type(value).__name__ == "Unknown"


def _part_place(part: Value) -> str:
    if isinstance(part, Scalar) and part.tag in ("parameter", "buffer"):
        return part.tag
    return "dict"


def _is_abc(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node).split(".")[-1] == "ABCMeta"
