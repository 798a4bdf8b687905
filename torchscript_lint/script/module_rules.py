"""What turning an ``nn.Module`` instance into a module type rejects, before any of its methods is compiled.

``infer_concrete_type_builder`` and ``check_module_initialized`` of ``torch/jit/_recursive.py``. None of these errors
has a place: they are reported where the source says what is wrong.
"""

from __future__ import annotations

import ast

from torchscript_lint import library
from torchscript_lint.program import Class, External, Module
from torchscript_lint.program.classes import is_module, is_module_name, lineage
from torchscript_lint.program.instances import Attribute, Instance
from torchscript_lint.program.instances.annotations import ClassAnnotation, class_annotations
from torchscript_lint.program.instances.infer import BAD_KEY
from torchscript_lint.script.session import Session
from torchscript_lint.source.lower import node_span
from torchscript_lint.types.model import NONE, TENSOR, ClassType, optional

#: The rule for each problem of a class-level annotation.
_PROBLEMS = {
    "unknown": "class-annotation-unknown",
    "string": "class-annotation-string",
    "bare": "class-annotation-bare",
    "member": "class-annotation-member",
    "tuple": "class-annotation-tuple",
}


def check_class(session: Session, cls: Class) -> bool:
    """Report what instances of a module class are rejected for as a whole.

    Args:
        session: the run, to which findings are reported.
        cls: the class.

    Returns:
        Whether there is an instance to compile: not if ``__init__`` never makes it a module.
    """
    if not is_module(cls):
        return True
    return _Check(session, cls, session.instance(cls)).run()


class _Check:
    def __init__(self, session: Session, cls: Class, found: Instance) -> None:
        self.session = session
        self.cls = cls
        self.found = found

    def run(self) -> bool:
        """Everything; whether the instance is a module at all."""
        if not self._initialised():
            return False
        annotations = class_annotations(self.cls)
        for name, attribute in self.found.attributes.items():
            if attribute.ignored:
                continue
            self._part(name, attribute)
            if attribute.is_constant:
                self._constant(name, attribute, annotations.get(name))
            elif name in annotations:
                self._annotation(name, attribute, annotations[name])
        return True

    def _report(
        self, rule: str, module: Module, node: ast.AST, detail: dict[str, str], *, warning: bool = False
    ) -> None:
        name = self.cls.qualname
        span = node_span(node) if isinstance(node, ast.expr) else _head(node)
        self.session.report(rule, module, span, detail, target=name, chain=(name,), warning=warning)

    def _initialised(self) -> bool:
        """Whether ``__init__`` calls that of ``nn.Module``, for all the source tells."""
        if self.found.initialised is not False or not self.found.complete:
            return True
        for entry in lineage(self.cls).classes:
            if isinstance(entry, Class) and "__init__" in entry.functions:
                node = entry.functions["__init__"].node
                self._report("module-not-initialised", entry.module, node, {"module": self.cls.name})
                return False
        return True

    def _part(self, name: str, attribute: Attribute) -> None:
        """A parameter that has no shape yet, here or in a module of torch; a module of torch that does not script."""
        node = attribute.node
        if node is None or not attribute.certain:
            return
        what = {"parameter": "parameters", "buffer": "buffers"}.get(attribute.kind, "")
        if attribute.kind == "unconvertible" and attribute.reason.startswith(BAD_KEY) and attribute.always:
            detail = {"name": name, "module": self.cls.name, "reason": attribute.reason}
            self._report("attribute-dict-key", attribute.module, node, detail)
        if attribute.lazy and what:
            detail = {"name": name, "what": what, "attribute": name}
            self._report("module-uninitialised-parameter", attribute.module, node, detail)
        for module in (attribute, *(attribute.elements or ())):
            if module.kind == "module" and _is_lazy(module.cls):
                detail = {"name": "weight", "what": "parameters", "attribute": name}
                self._report("module-uninitialised-parameter", attribute.module, node, detail)
                return
            message = _rejected(module.cls) if module.kind == "module" and module.certain else ""
            if message and isinstance(module.cls, External):
                detail = {"name": name, "module": module.cls.name, "message": message}
                self._report("module-part-rejected", attribute.module, node, detail, warning=not attribute.always)
                return

    def _constant(self, name: str, attribute: Attribute, annotation: ClassAnnotation | None) -> None:
        if not attribute.invalid:
            return
        module, node = attribute.module, attribute.node
        if annotation is not None and annotation.final:
            module, node = annotation.module, annotation.node
        else:
            declared = _declaration(self.cls, name)
            if declared is not None:
                module, node = declared
        if node is not None:
            detail = {"name": name, "kind": attribute.invalid, "module": self.cls.name}
            self._report("module-constant-invalid", module, node, detail, warning=not attribute.always)

    def _annotation(self, name: str, attribute: Attribute, annotation: ClassAnnotation) -> None:
        if annotation.final or annotation.inferred or attribute.kind == "function":
            return
        if attribute.node is None and name != "training":
            return  # only other code may set it
        text = ast.unparse(annotation.node)
        if attribute.kind == "unknown" and "Callable" in text:
            return  # of a function, the annotation is not looked at
        open_ = attribute.kind == "unknown" or not attribute.always
        detail = {"name": name, "annotation": text}
        if annotation.problem:
            if annotation.problem == "bare":
                detail["annotation"] = annotation.part
            elif annotation.problem in ("member", "tuple"):
                detail["part"] = annotation.part
            self._report(_PROBLEMS[annotation.problem], annotation.module, annotation.node, detail, warning=open_)
            return
        type_ = annotation.type
        if type_.unknown:
            return
        if attribute.kind in ("parameter", "buffer") and type_ not in (TENSOR, NONE, optional(TENSOR)):
            detail["kind"] = attribute.kind
            self._report("class-annotation-parameter", annotation.module, annotation.node, detail, warning=open_)
        elif attribute.kind == "module" and not isinstance(type_, ClassType):
            self._report("class-annotation-module", annotation.module, annotation.node, detail, warning=open_)
        elif attribute.mismatch and attribute.node is not None:
            detail.update(type=str(type_), value=attribute.mismatch)
            self._report("attribute-value-type", attribute.module, attribute.node, detail)


def _is_lazy(cls: Class | External | None) -> bool:
    return isinstance(cls, External) and cls.name.startswith("torch.nn.") and cls.name.split(".")[-1][:4] == "Lazy"


def _rejected(cls: Class | External | None) -> str:
    """What the compiler says of a module of torch that does not script; empty of any other."""
    if not isinstance(cls, External) or not is_module_name(cls.name):
        return ""
    known = library.nn_module(cls.name.rpartition(".")[2])
    if known is None or known.scripts is not False:
        return ""
    return library.without_class(known.message)


def _declaration(cls: Class, name: str) -> tuple[Module, ast.AST] | None:
    """Where ``__constants__`` says the name."""
    for entry in lineage(cls).classes:
        if isinstance(entry, Class) and "__constants__" in entry.assigns:
            value = entry.assigns["__constants__"][1]
            for part in ast.walk(value) if value is not None else ():
                if isinstance(part, ast.Constant) and part.value == name:
                    return entry.module, part
            return None
    return None


def _head(node: ast.AST) -> tuple[int, int, int, int]:
    """The first line of a statement: of a function, its ``def``."""
    line: int = getattr(node, "lineno", 1)
    col: int = getattr(node, "col_offset", 0)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return (line, col, line, col + 3)
    end_line: int = getattr(node, "end_lineno", line)
    return (line, col, end_line, getattr(node, "end_col_offset", col))
