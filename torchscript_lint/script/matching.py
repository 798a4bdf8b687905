"""Calls against schemas: overloads, implicit conversions, defaults (``schema_matching.cpp``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from torchscript_lint.library import Arg, Schema
from torchscript_lint.plain import dataclass
from torchscript_lint.script.values import Simple
from torchscript_lint.types.model import (
    BOOL,
    COMPLEX,
    DEVICE,
    FLOAT,
    INFERRED,
    INT,
    NONE,
    NUMBER,
    STR,
    UNKNOWN,
    DictType,
    FutureType,
    ListType,
    OptionalType,
    RRefType,
    TupleType,
    Type,
    UnionType,
    VarType,
    is_tensor,
)
from torchscript_lint.types.relations import is_subtype, unify, unify_all

#: The call's ``name=value`` arguments.
Keywords = Sequence[tuple[str, Simple]]
_Env = dict[str, Type]


@dataclass(frozen=True)
class Match:
    """A call that fits. ``index`` is the schema's (-1 where Unknown leaves it open), ``returns`` what it gives."""

    index: int
    returns: Type


@dataclass(frozen=True)
class Mismatch:
    """A call that fits no schema.

    Attributes:
        reasons: per schema, the compiler's own words.
        nearest: index of the schema that came nearest.
    """

    reasons: tuple[str, ...]
    nearest: int


def match(
    schemas: Sequence[Schema],
    args: Sequence[Simple],
    keywords: Keywords = (),
    receiver: Simple | None = None,
) -> Match | Mismatch:
    """Match a call against overloads in the compiler's order: first all without conversions, then with.

    Args:
        schemas: at least one.
        args: positional arguments.
        keywords: keyword arguments.
        receiver: the value of a ``self`` parameter, for methods.

    Source: ``matchSchemas``. Unknown arguments fit wherever something of that kind could; if that leaves several
    results open, the result is Unknown.
    """
    values = [*args, *(value for _, value in keywords)]
    if receiver is not None:
        values.append(receiver)
    if any(value.type.unknown for value in values):
        return _match_unknown(schemas, args, keywords, receiver)
    for conversions in (True,) if len(schemas) == 1 else (False, True):
        for index, schema in enumerate(schemas):
            returns = _Attempt(schema, conversions).run(args, keywords, receiver)
            if returns is not None:
                return Match(index, returns)
    return _explain(schemas, args, keywords, receiver)


def _match_unknown(
    schemas: Sequence[Schema], args: Sequence[Simple], keywords: Keywords, receiver: Simple | None
) -> Match | Mismatch:
    found: list[Type] = []
    for schema in schemas:
        returns = _Attempt(schema, True).run(args, keywords, receiver)
        if returns is not None:
            found.append(returns)
    if not found:
        return _explain(schemas, args, keywords, receiver)
    same = all(returns is found[0] for returns in found)
    return Match(-1, found[0] if same else UNKNOWN)


def _explain(
    schemas: Sequence[Schema], args: Sequence[Simple], keywords: Keywords, receiver: Simple | None
) -> Mismatch:
    reasons: list[str] = []
    nearest, best = 0, -1
    for index, schema in enumerate(schemas):
        attempt = _Attempt(schema, True)
        attempt.run(args, keywords, receiver)
        reasons.append(attempt.reason)
        if attempt.progress > best:
            nearest, best = index, attempt.progress
    return Mismatch(tuple(reasons), nearest)


class _Attempt:
    """One schema against one call (``tryMatchSchema``)."""

    def __init__(self, schema: Schema, conversions: bool) -> None:
        self.schema = schema
        self.conversions = conversions
        self.env: _Env = {}
        self.reason = ""
        #: how many arguments fitted, to tell the nearest overload
        self.progress = 0

    def run(self, args: Sequence[Simple], keywords: Keywords, receiver: Simple | None) -> Type | None:
        """The type of the result, or None."""
        schema = self.schema
        if schema.name == "aten::view" and schema.overload == "dtype":
            self.reason = "not offered to TorchScript"
            return None
        aten = schema.name.startswith("aten::")
        used_keywords: set[int] = set()
        used = 0
        for position, arg in enumerate(schema.args):
            value: Simple | None
            if arg.name == "self" and receiver is not None:
                value, receiver = receiver, None
            elif not arg.kwarg_only and used < len(args):
                if self.conversions and self.takes_rest(position, arg):
                    first = args[used].type
                    if (
                        first is not UNKNOWN
                        and not isinstance(first, ListType)
                        and not _to_list(first, _bare(arg.type))
                    ):
                        elem = _bare(arg.type).parts[0]
                        if not all(self.fits(Arg("<varargs>", elem), rest) for rest in args[used:]):
                            return None
                        used = len(args)
                        self.progress += 1
                        continue
                    if first is UNKNOWN and len(args) - used > 1:
                        # ints, since a list could not be followed by more
                        used = len(args)
                        continue
                value = args[used]
                used += 1
            else:
                found = _keyword(arg.name, keywords, aten)
                if found is None:
                    if arg.has_default:
                        continue
                    self.reason = f"Argument {arg.name} not provided."
                    return None
                used_keywords.add(found)
                value = keywords[found][1]
            if not self.fits(arg, value):
                return None
            self.progress += 1
        if receiver is not None:
            self.reason = "Provided self argument not used in schema."
            return None
        if used < len(args) and not schema.vararg:
            self.reason = f"Expected at most {used} arguments but found {len(args)} positional arguments."
            return None
        for index, (name, _) in enumerate(keywords):
            if index not in used_keywords:
                known = any(arg.name == name for arg in schema.args)
                self.reason = f"Keyword argument {name} {'specified twice' if known else 'unknown'}."
                return None
        return self.result()

    def takes_rest(self, position: int, arg: Arg) -> bool:
        """Whether the remaining arguments may become this list (``varargsCanBeUsedAsList``)."""
        if not isinstance(arg.type, ListType) or arg.n is not None or isinstance(arg.type.elem, VarType):
            return False
        rest = self.schema.args[position + 1 : position + 2]
        return not rest or rest[0].kwarg_only

    def fits(self, arg: Arg, value: Simple) -> bool:
        """Whether a value can be this argument (``tryMatchArgument``)."""
        type_ = value.type
        if type_ is UNKNOWN:
            if arg.type.free:
                _bind_unknown(arg.type, self.env)
            return True
        if (type_ is INT or type_ is FLOAT) and arg.n:
            listed = _bare(arg.type)
            if isinstance(listed, ListType) and listed.elem is type_:
                return True
        if arg.type.free:
            problem = bind(arg.type, type_, self.env)
            if problem is not None:
                self.reason = f"Could not match type {type_} to {arg.type} in argument '{arg.name}': {problem}."
                return False
            concrete = evaluate(arg.type, self.env)
            if concrete is None:
                self.reason = f"Type variables in type {arg.type} could not be inferred from actual type {type_}"
                return False
        else:
            concrete = arg.type
        if is_subtype(convert(value, concrete, self.conversions), concrete):
            return True
        self.reason = (
            f"Expected a value of type '{_spell(arg, concrete)}' for argument '{arg.name}' "
            f"but instead found type '{type_}'."
        )
        return False

    def result(self) -> Type:
        if not any(part.free for part in self.schema.returns):
            return self.schema.result
        parts = tuple(evaluate(part, self.env) or UNKNOWN for part in self.schema.returns)
        return replace(self.schema, returns=parts).result


def _spell(arg: Arg, concrete: Type) -> str:
    """An argument's declared type as the compiler prints it."""
    return "Tensor (inferred)" if arg.type is INFERRED else str(concrete)


def _bare(type_: Type) -> Type:
    return type_.elem if isinstance(type_, OptionalType) else type_


def _keyword(name: str, keywords: Keywords, aten: bool) -> int | None:
    for index, (keyword, _) in enumerate(keywords):
        if keyword == name or (aten and name == "self" and keyword == "input"):
            return index
    return None


def _to_list(type_: Type, target: Type) -> bool:
    """``convertibleToList``: a list of it, or a tuple whose elements all fit."""
    if not isinstance(target, ListType):
        return False
    if is_subtype(type_, target):
        return True
    return isinstance(type_, TupleType) and all(is_subtype(part, target.elem) for part in type_.parts)


def convert(value: Simple, target: Type, conversions: bool = True) -> Type:
    """The type of a value after the implicit conversions towards ``target`` (``tryConvertToType``)."""
    return _convert(value.type, value.empty, target, conversions)


def _convert(type_: Type, empty: bool, target: Type, conversions: bool) -> Type:
    if isinstance(target, OptionalType) and not isinstance(type_, OptionalType) and type_ is not NONE:
        return _convert(type_, empty, target.elem, conversions)
    if empty and isinstance(target, ListType):
        return target
    if isinstance(type_, TupleType):
        bare = _bare(target)
        if _to_list(type_, bare):
            return bare
        if isinstance(target, TupleType) and not is_subtype(type_, target) and len(type_.parts) == len(target.parts):
            return TupleType.of(
                _convert(part, False, to, conversions) for part, to in zip(type_.parts, target.parts, strict=True)
            )
    if conversions:
        if is_tensor(type_):
            if target in (FLOAT, COMPLEX, INT, NUMBER):
                return target
        elif type_ is NUMBER:
            if target in (FLOAT, COMPLEX, INT):
                return target
        elif type_ is BOOL:
            if target in (FLOAT, INT, NUMBER):
                return INT if target is NUMBER else target
        elif type_ is STR and target is DEVICE:
            return DEVICE
    return type_


def bind(formal: Type, actual: Type, env: _Env) -> str | None:
    """Bind a schema's type variables; the compiler's reason where it can't (``matchTypeVariables``)."""
    if not formal.free or actual is UNKNOWN:
        if formal.free:
            _bind_unknown(formal, env)
        return None
    if isinstance(formal, VarType):
        known = env.get(formal.text)
        if known is None:
            env[formal.text] = actual
        elif unify(known, actual) is None:
            return f"Type variable '{formal}' previously matched to type {known} is matched to type {actual}"
        return None
    if isinstance(formal, ListType):
        if isinstance(actual, ListType):
            return bind(formal.elem, actual.elem, env)
        if isinstance(actual, TupleType):
            unified = unify_all(actual.parts)
            if unified is not None:
                return bind(formal.elem, unified, env)
        return f"Cannot match {formal} to {actual}"
    if isinstance(formal, TupleType):
        if not isinstance(actual, TupleType):
            return f"Cannot match a tuple to {actual}"
        if len(formal.parts) != len(actual.parts):
            return "Cannot match tuples of mismatched size"
        for part, other in zip(formal.parts, actual.parts, strict=True):
            problem = bind(part, other, env)
            if problem is not None:
                return problem
        return None
    if isinstance(formal, DictType):
        if not isinstance(actual, DictType):
            return f"Cannot match a dict to {actual}"
        return bind(formal.key, actual.key, env) or bind(formal.value, actual.value, env)
    if isinstance(formal, (FutureType, RRefType)):
        if type(formal) is not type(actual):
            return f"Cannot match a {'future' if isinstance(formal, FutureType) else 'rref'} to {actual}"
        return bind(formal.parts[0], actual.parts[0], env)
    if isinstance(formal, OptionalType):
        if isinstance(actual, OptionalType):
            return bind(formal.elem, actual.elem, env)
        if actual is not NONE:
            return bind(formal.elem, actual, env)
        return None
    return None


def _bind_unknown(formal: Type, env: _Env) -> None:
    if isinstance(formal, VarType):
        env.setdefault(formal.text, UNKNOWN)
    for part in formal.parts:
        _bind_unknown(part, env)


def evaluate(type_: Type, env: _Env) -> Type | None:
    """Put what the type variables are bound to in their place; None if one is unbound (``tryEvalTypeVariables``)."""
    if not type_.free:
        return type_
    if isinstance(type_, VarType):
        return env.get(type_.text)
    parts = [evaluate(part, env) for part in type_.parts]
    known = [part for part in parts if part is not None]
    return type_.with_parts(tuple(known)) if len(known) == len(parts) else None


def fits_receiver(schema: Schema, receiver: Simple) -> bool:
    """Whether a value can be the ``self`` of an operator (``BuiltinFunction::tryCreate``)."""
    for arg in schema.args:
        if arg.name == "self":
            if receiver.type is UNKNOWN:
                return True
            env: _Env = {}
            if bind(arg.type, receiver.type, env) is not None:
                return False
            concrete = evaluate(arg.type, env)
            return concrete is not None and is_subtype(receiver.type, concrete)
    return False


def is_number_like(type_: Type) -> bool:
    """Whether it is a Tensor or a number."""
    return is_tensor(type_) or type_ in (INT, FLOAT, COMPLEX, NUMBER)


def may_be_none(type_: Type) -> bool:
    """Whether None is among its values, as far as the compiler knows (``canBeNone``)."""
    return isinstance(type_, OptionalType) or (isinstance(type_, UnionType) and NONE in type_.parts)


__all__ = ["Keywords", "Match", "Mismatch", "bind", "convert", "evaluate", "fits_receiver", "match"]
