"""``nn.Module`` instances in a body: ``ModuleValue`` of ``python_sugared_value.cpp``."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from torchscript_lint import library
from torchscript_lint.program import Class, External, Function
from torchscript_lint.program.classes import is_module_name, method
from torchscript_lint.program.instances import NO_CONSTANT, Attribute
from torchscript_lint.program.instances.infer import failed
from torchscript_lint.script import calls, classes, decorators, expressions, hooks, module_items
from torchscript_lint.script.matching import Keywords
from torchscript_lint.script.resolve import transparent
from torchscript_lint.script.values import (
    NO,
    SOME,
    UNKNOWN_VALUE,
    Builtin,
    Functions,
    Items,
    Iterables,
    Library,
    ModuleDictMethod,
    ModuleObject,
    Opaque,
    Simple,
    Sugared,
    is_unknown,
)
from torchscript_lint.source import tree
from torchscript_lint.types.model import BOOL, INT, NONE, STR, TENSOR, UNKNOWN, ClassType
from torchscript_lint.types.relations import is_subtype

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker

#: ``nn.Module`` methods that the compiler has forms for, and those whose own source compiles.
_FORMS = frozenset({"children", "modules", "named_children", "named_modules", "named_buffers"})
_COMPILES = frozenset({"extra_repr", "get_extra_state", "set_extra_state"})
#: What the compiler says of the others: their own source does not compile.
_UNSUPPORTED = {
    **dict.fromkeys(("add_module", "register_module", "get_submodule", "set_submodule"), "Unknown type name 'Module'"),
    **dict.fromkeys(
        ("apply", "register_backward_hook", "register_full_backward_hook", "register_full_backward_pre_hook"),
        "Unknown type constructor Callable",
    ),
    **dict.fromkeys(
        ("bfloat16", "cpu", "cuda", "double", "float", "half", "named_parameters", "share_memory", "type", "ipu",
         "xpu", "mtia"),
        "Lambda aren't supported",
    ),
    **dict.fromkeys(("buffers", "parameters", "zero_grad"), "Yield aren't supported"),
    **dict.fromkeys(("eval", "train", "requires_grad_"), "Unknown type name 'Self'"),
    **dict.fromkeys(("get_buffer", "get_parameter"), "Unknown type name 'torch.nn.Module'"),
    **dict.fromkeys(
        ("compile", "to", "to_empty", "state_dict", "register_forward_hook", "register_forward_pre_hook",
         "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook", "register_state_dict_pre_hook"),
        "Compiled functions can't take variable number of arguments or use keyword-only arguments with defaults",
    ),
    "load_state_dict": "function definitions aren't supported",
    "register_buffer": "Unknown type name 'torch.jit.ScriptModule'",
    "register_parameter": "has no attribute '__dict__'",
    "register_state_dict_post_hook": "Tried to set an attribute: _from_public_api on a non-class",
}  # fmt: skip
_CONTAINERS = {
    "ModuleList": "list", "Sequential": "list", "ModuleDict": "dict", "ParameterList": "paramlist",
    "ParameterDict": "paramdict",
}  # fmt: skip


def container_kind(module: ModuleObject) -> str:
    """``list``, ``dict``, ``paramlist``, ``paramdict``, or ``""`` for a module that is no container."""
    if module.instance is not None and module.instance.container:
        return module.instance.container
    if module.external and is_module_name(module.external):
        return _CONTAINERS.get(module.external.rpartition(".")[2], "")
    return ""


def is_container_type(type_: ClassType) -> bool:
    """Whether the type is that of a container of torch, which has a length."""
    return type_.name.startswith("torch.nn.modules.container.") and type_.name.rpartition(".")[2] in _CONTAINERS


def is_open(module: ModuleObject) -> bool:
    """Whether the module's class isn't known, or known for some configurations only."""
    if module.cls is None and not module.external:
        return True
    return module.attribute is not None and not module.attribute.certain


# --- attributes ----------------------------------------------------------------------------------


def from_attribute(ck: Checker, holder: ModuleObject, found: Attribute, node: tree.Node) -> Sugared:
    """An attribute of an instance as a value."""
    if not found.always and found.node is not None and not holder_open(ck, holder) and not _settled(ck, holder, found):
        ck.report("module-attribute-uncertain", node, module=holder.name, name=found.name)
    if found.kind == "module":
        return module_of(ck, found)
    if found.kind in ("parameter", "buffer", "value"):
        return _simple(found)
    if found.kind == "function":
        return _function(ck, holder, found, node)
    if found.kind == "method":
        settled = found.certain and found.always and not holder_open(ck, holder)
        if settled and isinstance(found.function, Function):
            return _method(ck, holder, found.function, node)
        return UNKNOWN_VALUE
    if found.kind == "object" and isinstance(found.cls, Class):
        return _object(ck, holder, found, found.cls, node)
    if found.kind == "unconvertible" and found.certain and found.always and not holder_open(ck, holder):
        return ck.report(
            "module-attribute-unconvertible", node, module=holder.name, name=found.name, kind=found.python_type,
            reason=found.reason,
        )  # fmt: skip
    return UNKNOWN_VALUE


def _settled(ck: Checker, holder: ModuleObject, found: Attribute) -> bool:
    """Whether the function may be compiled with the attribute only where it is there.

    So it may if it looks at something by which the compiler leaves branches out.
    """
    if ck.uncertain or holder.instance is None:
        return True
    others = holder.instance.discriminators - {found.name}
    return any(
        (isinstance(node, ast.Attribute) and node.attr in others)
        or (isinstance(node, ast.Constant) and node.value == found.name)
        for node in ast.walk(ck.function.node)
    )


def _function(ck: Checker, holder: ModuleObject, found: Attribute, node: tree.Node) -> Sugared:
    """A function that the instance holds: it has been compiled by itself, or else it isn't there."""
    certain = found.certain and found.always and not holder_open(ck, holder)
    fails = isinstance(found.node, ast.Assign) and isinstance(found.node.value, ast.Lambda)
    value: Sugared = UNKNOWN_VALUE
    if found.function is not None:
        value = ck.names.sugared(found.function, constant=True)
        if isinstance(value, Functions):
            compiled = ck.session.compile(value.functions[0], None, ck.chain)
            fails = compiled.done and compiled.failed
        elif isinstance(value, Library):
            # Compiled by itself: neither an overloaded function nor what `boolean_dispatch` made has a source for that.
            fails = value.entry.kind in ("dispatch", "broken") or len(value.entry.signatures) > 1
    if fails and certain:
        return ck.report("module-function-uncompilable", node, name=found.name, module=holder.name)
    return value


def _object(ck: Checker, holder: ModuleObject, found: Attribute, cls: Class, node: tree.Node) -> Sugared:
    """An object of a plain class: it has the class as its type if that compiles, and is dropped if it does not.

    ``tryToInferType`` of ``torch/csrc/jit/python/pybind_utils.h`` compiles the class when the type is asked for.
    """
    if not found.certain or not found.always or holder_open(ck, holder):
        return UNKNOWN_VALUE
    if classes.is_unscripted_dataclass(cls):
        compiles: bool | None = False
    else:
        compiles = ck.session.compiles(cls) if classes.class_kind(cls) == "class" and not cls.node.bases else None
    if compiles:
        return Simple(ck.session.class_info(cls, ck.chain).type)
    if compiles is None:
        return UNKNOWN_VALUE
    return ck.report(
        "module-attribute-unconvertible", node, module=holder.name, name=found.name, kind=cls.fullname,
        reason=failed(cls.name).reason,
    )  # fmt: skip


def holder_open(ck: Checker, holder: ModuleObject) -> bool:
    """Whether another class may stand behind the holder (a subclass may set its attributes otherwise)."""
    return holder.attribute is not None and not holder.attribute.certain


def _simple(found: Attribute) -> Simple:
    if not found.certain or not found.always:
        return UNKNOWN_VALUE
    const: object = NO
    if found.is_constant:
        const = found.constant if found.constant is not NO_CONSTANT else SOME
        if found.annotated:
            # A constant has the type of its value, whatever its annotation says.
            return Simple(UNKNOWN, const)
    if found.type is NONE:
        return Simple(NONE, None)
    return Simple(found.type, const)


def module_of(ck: Checker, found: Attribute) -> ModuleObject:
    """The module that an attribute holds."""
    if isinstance(found.cls, Class):
        return ModuleObject(found.cls, instance=ck.session.instance(found.cls), attribute=found)
    if isinstance(found.cls, External):
        return ModuleObject(None, found.cls.name, attribute=found)
    return ModuleObject(None, attribute=found)


#: Where ``nn.Module`` keeps its parts in Python; the compiled module has none of these.
_TABLES = frozenset({"_modules", "_parameters", "_buffers"})


def attribute(ck: Checker, base: ModuleObject, name: str, node: tree.Node) -> Sugared:
    """``self.name`` (``ModuleValue::attr``)."""
    if name in _TABLES and (base.cls is not None or base.external) and not holder_open(ck, base):
        return ck.report("module-attribute-missing", node, module=base.name, name=name)
    found = lookup(ck, base, name, node)
    if found is not None:
        return found
    if base.instance is None or not base.instance.complete or holder_open(ck, base):
        return UNKNOWN_VALUE
    # A private name is looked for as it is written, and kept as Python mangles it.
    dunder = name.startswith("__") and name.endswith("__")
    if dunder or ck.function.name == "__init__" or _is_class_level(base, name):
        return UNKNOWN_VALUE
    return ck.report("module-attribute-missing", node, module=base.name, name=name)


def lookup(ck: Checker, base: ModuleObject, name: str, node: tree.Node) -> Sugared | None:
    """As :func:`attribute`; None where nothing of this name is known."""
    if base.cls is None:
        return _external_attribute(ck, base, name, node)
    if base.instance is not None:
        found = base.instance.compiled(name)
        if found is not None:
            return from_attribute(ck, base, found, node)
    special = _special(ck, base, name)
    if special is not None and not isinstance(method(base.cls, name), Function):
        return special
    defined = method(base.cls, name)
    if isinstance(defined, Function):
        return _method(ck, base, defined, node)
    if isinstance(defined, External):
        return _inherited(ck, base, name, node)
    return None


#: Values in a class body that are no functions, whatever they are.
_PLAIN = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp, ast.JoinedStr)


def _is_class_level(base: ModuleObject, name: str) -> bool:
    """Whether the class body binds the name to what may be a function or property, or declares overloads of it."""
    from torchscript_lint.program.classes import lineage

    assert base.cls is not None
    for entry in lineage(base.cls).classes:
        if isinstance(entry, Class):
            value = entry.assigns.get(name, (None, None))[1]
            if name in entry.overloads or name in entry.inner:
                return True
            if value is not None:
                return not isinstance(value, _PLAIN)
    return False


def _method(ck: Checker, base: ModuleObject, function: Function, node: tree.Node) -> Sugared:
    if function.is_static:
        return ck.names.sugared(function, constant=False)
    if function.is_property:
        skipped = classes.unused_properties(base.cls) if base.cls is not None else None
        if function.modifier in ("unused", "drop") or function.name in (skipped or ()):
            return ck.report("module-attribute-missing", node, module=base.name, name=function.name)
        if function.modifier in ("ignore", "unused", "drop") or not transparent(function):
            return UNKNOWN_VALUE
        return calls.call_function(ck, function, base, [], [], node)
    if function.owner is not None and function.name in function.owner.overloads:
        return UNKNOWN_VALUE
    if function.modifier in ("ignore", "unused", "drop"):
        return Opaque(function, base)
    if decorators.is_cached(function):
        return ck.report(
            "source-unavailable", node, what=f"`{function.name}` is wrapped by lru_cache",
            said="'functools._lru_cache_wrapper' object has no attribute '__globals__'",
            instead="keep the result in an attribute that __init__ sets, or mark the method @torch.jit.ignore",
        )  # fmt: skip
    if function.is_classmethod or not transparent(function):
        return UNKNOWN_VALUE
    return Functions((function,), base)


def _inherited(ck: Checker, base: ModuleObject, name: str, node: tree.Node) -> Sugared | None:
    """A member that a base class of torch may have."""
    assert base.cls is not None
    if name in _UNSUPPORTED:
        return ck.report("module-method-unsupported", node, method=name, message=_UNSUPPORTED[name])
    if name in _COMPILES:
        return UNKNOWN_VALUE
    if name == "forward" and not _may_have_forward(base):
        return ck.report("module-missing-forward", node, module=base.name)
    known = _torch_base(base)
    if known is None:
        return UNKNOWN_VALUE if name in _NN_MODULE_MEMBERS or not only_nn_module(base) else None
    schemas = [schema for key, schema in known.methods.items() if key == name or key.startswith(f"{name}__")]
    if schemas:
        return Library(name, library.Entry("function", signatures=tuple(schemas)))
    return UNKNOWN_VALUE


#: Members of ``nn.Module`` itself that are no methods a forward would call.
_NN_MODULE_MEMBERS = frozenset({"T_destination", "dump_patches", "call_super_init", "forward", "__call__", "training"})


def lacks(cls: Class, name: str) -> bool:
    """Whether a module certainly has no such special method: those of ``nn.Module`` are no methods once compiled."""
    from torchscript_lint.program.classes import lineage

    own = any(
        name in entry.functions or name in entry.assigns for entry in lineage(cls).classes if isinstance(entry, Class)
    )
    return not own and name != "__call__" and only_nn_module(ModuleObject(cls))


def only_nn_module(base: ModuleObject) -> bool:
    """Whether the only base outside the program is ``nn.Module`` itself, whose members are known."""
    from torchscript_lint.program.classes import lineage

    assert base.cls is not None
    line = lineage(base.cls)
    outside = {entry.name for entry in line.classes if isinstance(entry, External)}
    return line.complete and outside <= {"torch.nn.Module", "torch.nn.modules.Module", "object"}


def _torch_base(base: ModuleObject) -> library.NNModule | None:
    from torchscript_lint.program.classes import lineage

    assert base.cls is not None
    for entry in lineage(base.cls).classes:
        if isinstance(entry, External) and is_module_name(entry.name):
            last = entry.name.rpartition(".")[2]
            return library.nn_module(last) if last != "Module" else None
    return None


def _external_attribute(ck: Checker, base: ModuleObject, name: str, node: tree.Node) -> Sugared | None:
    special = _special(ck, base, name)
    if special is not None:
        return special
    if not base.external or not is_module_name(base.external):
        return UNKNOWN_VALUE
    if name in _UNSUPPORTED:
        return ck.report("module-method-unsupported", node, method=name, message=_UNSUPPORTED[name])
    if name == "forward" and not is_open(base) and _has_placeholder(base.external):
        return ck.report("module-missing-forward", node, module=module_items.held_as(base))
    known = library.nn_module(base.external.rpartition(".")[2])
    if known is None:
        return UNKNOWN_VALUE
    if name in known.attributes:
        # Another instance may hold None there.
        type_ = known.attributes[name]
        optional = name in ("bias", "in_proj_bias") or (
            type_ is TENSOR and not _OPTIONAL_TENSORS.isdisjoint(known.init)
        )
        return Simple(type_) if type_ in (TENSOR, INT, BOOL) and not optional else UNKNOWN_VALUE
    if name in known.constants:
        type_ = known.constants[name]
        several = type_ is INT and known.target.split(".")[-2] in _SIZES_OF
        return Simple(type_, SOME) if type_ in (INT, BOOL) and not several else UNKNOWN_VALUE
    if name == "forward" and _gives_more(base, known):
        return UNKNOWN_VALUE
    schemas = [schema for key, schema in known.methods.items() if key == name or key.startswith(f"{name}__")]
    if schemas:
        return Library(name, library.Entry("function", signatures=tuple(schemas)))
    return UNKNOWN_VALUE


#: Options of modules of torch without which their tensors are None.
_OPTIONAL_TENSORS = frozenset({"affine", "elementwise_affine", "track_running_stats"})
#: Files of ``torch.nn.modules`` whose modules keep a size as it was given: an int, or one for each dimension.
_SIZES_OF = frozenset({"pooling", "fold", "padding", "upsampling"})


def _gives_more(base: ModuleObject, known: library.NNModule) -> bool:
    """Whether a module of torch may return a tuple, where the one that the library knows returns a Tensor.

    Pooling gives the indices as well if ``return_indices`` is true (``boolean_dispatch``, ``torch/_jit_internal.py``).
    """
    option = "return_indices"
    if option not in known.init:
        return False
    made = base.attribute.call if base.attribute is not None else None
    if made is None or any(isinstance(arg, ast.Starred) for arg in made.args):
        return True
    given = {word.arg for word in made.keywords}
    return option in given or None in given or len(made.args) > known.init.index(option)


def _special(ck: Checker, base: ModuleObject, name: str) -> Sugared | None:
    """``self.children()`` and its kin, and the methods of module dicts."""
    kind = container_kind(base)
    if name in ("items", "keys", "values") and kind in ("dict", "paramdict"):
        members = module_items.items_of(ck, base)
        keys = module_items.keys_of(base)
        if name == "values":
            return ModuleDictMethod(name, members)
        if name == "keys":
            return ModuleDictMethod(name, keys)
        return ModuleDictMethod(name, Iterables([keys, members]))
    if name in _FORMS:
        if name == "children" and kind in ("list", "dict"):
            return ModuleDictMethod(name, module_items.items_of(ck, base))
        unknown = Items(None, ModuleObject(None)) if "buffers" not in name else Items(None, Simple(TENSOR))
        if name.startswith("named"):
            return ModuleDictMethod(name, Iterables([Items(None, Simple(STR)), unknown]))
        return ModuleDictMethod(name, unknown)
    return None


# --- calls ---------------------------------------------------------------------------------------


def call(ck: Checker, base: ModuleObject, args: Sequence[Simple], keywords: Keywords, node: tree.Node) -> Simple:
    """``self.layer(x)``: calls its ``forward``, and its hooks (``ModuleValue::call``)."""
    result = _call(ck, base, args, keywords, node)
    own = [hook for hook in base.instance.hooks if hook.own] if base.instance is not None else []
    held = base.attribute.hooks if base.attribute is not None else ()
    if not own and not held:
        return result
    given = hooks.output(ck.session, [*own, *held], ck.chain, result.type)
    return Simple(given) if given is not result.type else result


def _call(ck: Checker, base: ModuleObject, args: Sequence[Simple], keywords: Keywords, node: tree.Node) -> Simple:
    if container_kind(base) == "list" and _is_sequential(base):
        return _call_sequential(ck, base, args, keywords, node)
    if base.cls is not None:
        if holder_open(ck, base):
            return UNKNOWN_VALUE
        forward = attribute(ck, base, "forward", node)
        if isinstance(forward, (Functions, Library, Opaque, Builtin)):
            return expressions.as_value(ck, calls.call(ck, forward, list(args), keywords, node), node)
        return UNKNOWN_VALUE
    if not base.external or not is_module_name(base.external) or is_open(base):
        return UNKNOWN_VALUE
    if _has_placeholder(base.external):
        return ck.report("module-missing-forward", node, module=module_items.held_as(base))
    known = library.nn_module(base.external.rpartition(".")[2])
    if known is None or not known.forward:
        return UNKNOWN_VALUE
    result = calls.call_signatures(ck, "forward", known.forward, args, keywords, node)
    return UNKNOWN_VALUE if _gives_more(base, known) else result


def _may_have_forward(base: ModuleObject) -> bool:
    """Whether the class, its instance or a base that isn't known may say anything of a `forward`."""
    from torchscript_lint.program.classes import lineage

    assert base.cls is not None
    if base.instance is None or not base.instance.complete or base.instance.attribute("forward") is not None:
        return True
    found = lineage(base.cls)
    line = [entry for entry in found.classes if isinstance(entry, Class)]
    outside = [entry.name for entry in found.classes if isinstance(entry, External)]
    if not found.complete or not all(name == "object" or _has_placeholder(name) for name in outside):
        return True
    return any("forward" in names for entry in line for names in (entry.functions, entry.assigns, entry.overloads))


def _has_placeholder(name: str) -> bool:
    """Whether a module of torch has no `forward` but that of ``nn.Module``, which takes ``*input``.

    Such a class scripts as long as nothing calls it: a `forward` is compiled first unless it is this one
    (``infer_methods_to_compile`` of ``torch/jit/_recursive.py``).
    """
    known = library.nn_module(name.rpartition(".")[2]) if is_module_name(name) else None
    return known is not None and known.scripts is True and not known.forward


def _is_sequential(base: ModuleObject) -> bool:
    if base.cls is None:
        return base.external.rpartition(".")[2] == "Sequential"
    return not isinstance(method(base.cls, "forward"), Function)


def _call_sequential(
    ck: Checker, base: ModuleObject, args: Sequence[Simple], keywords: Keywords, node: tree.Node
) -> Simple:
    known = library.nn_module("Sequential")
    members = module_items.items_of(ck, base)
    if known is not None and known.forward and not is_open(base):
        fitted = calls.call_signatures(ck, "forward", known.forward, args, keywords, node)
        if fitted.unknown:
            return UNKNOWN_VALUE
    if members.items is None or not args or keywords:
        return UNKNOWN_VALUE
    result = args[0]
    for member in members.items:
        if not isinstance(member, ModuleObject):
            return UNKNOWN_VALUE
        ck.muted += 1
        try:
            result = call(ck, member, [result], (), node)
        finally:
            ck.muted -= 1
        if is_unknown(result):
            return UNKNOWN_VALUE
    return result


# --- writing and asking --------------------------------------------------------------------------


def assign(ck: Checker, owner: ModuleObject, name: str, value: Simple, node: tree.Node) -> None:
    """``self.name = value`` in a compiled method (``SimpleValue::setAttr``)."""
    if owner.instance is None or holder_open(ck, owner):
        return
    found = owner.instance.compiled(name)
    if found is None:
        setter = _setter(owner, name)
        if setter is not None:
            calls.call_function(ck, setter, owner, [value], [], node)
        elif isinstance(method(owner.cls, name), Function) if owner.cls is not None else False:
            ck.report("read-only-attribute", node, name=name)
        elif owner.instance.complete:
            ck.report("module-attribute-set", node, name=name)
        return
    if found.kind == "unconvertible" and found.certain and found.always:
        ck.report("module-attribute-set", node, name=name)
        return
    if not found.certain or not found.always:
        return
    if found.kind == "module" and not isinstance(value.type, ClassType) and not value.unknown:
        expected = str(found.type) if found.type is not UNKNOWN else f"the module {found.name}"
        ck.report("attribute-type-change", node, name=name, expected=expected, found=str(value.type))
        return
    if found.kind not in ("parameter", "buffer", "value"):
        return
    if found.is_constant:
        ck.report("module-attribute-set", node, name=name)
        return
    if not is_subtype(value.type, found.type):
        ck.report("attribute-type-change", node, name=name, expected=str(found.type), found=str(value.type))


def _setter(owner: ModuleObject, name: str) -> Function | None:
    from torchscript_lint.program.classes import lineage

    if owner.cls is None:
        return None
    for entry in lineage(owner.cls).classes:
        if isinstance(entry, Class) and name in entry.setters:
            return entry.setters[name]
    return None


def has(ck: Checker, base: ModuleObject, name: str) -> bool | None:
    """``hasattr(self, name)``."""
    if base.instance is None or holder_open(ck, base) or base.cls is None:
        return None
    found = base.instance.compiled(name)
    if found is not None:
        if found.kind in ("module", "parameter", "buffer", "value") and found.always and found.certain:
            return True
        return None
    if isinstance(method(base.cls, name), Function):
        return None
    return False if base.instance.complete else None
