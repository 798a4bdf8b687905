"""What we say torch offers is what torch offers: the data is current, the lookups agree with the compiler."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from torchscript_lint import library
from torchscript_lint.library.data import Records, records
from torchscript_lint.library.generate import methods, modules, names, operators, probe
from torchscript_lint.types import model

torch = pytest.importorskip("torch")
if torch.__version__.partition("+")[0] != library.version():
    pytest.skip("the data is of another torch", allow_module_level=True)

SAMPLED_MODULES = (
    "torch.nn.functional",
    "torch.linalg",
    "torch.special",
    "torch.nn.utils.rnn",
    "torch.backends.cudnn",
)
SAMPLED_FAMILIES = ("Tensor", "str", "Tuple", "Device", "Generator")
FILES = ("schemas.txt", "names.txt", "tuples.txt", "methods.txt", "modules.txt")


def lines(file: str) -> list[str]:
    """The shipped lines of a data file."""
    return records(file).text.splitlines()[1:]


def keys(file: str) -> list[str]:
    """The keys of a shipped data file."""
    return list(records(file).keys())


@cache
def known_operators() -> frozenset[str]:
    return frozenset(keys("schemas.txt"))


def compiled(body: str, parameters: str = "x", **scope: object) -> Any:
    """The compiled function of these parameters and body, ``torch`` and ``scope`` in reach."""
    return probe.compile_text(f"def f({parameters}):\n  {body}\n", {"torch": torch, **scope})


class TestCurrent:
    """The shipped data is what the generator makes of the installed torch."""

    @pytest.mark.parametrize("file", FILES)
    def test_version_and_order(self, file: str) -> None:
        text = records(file).text
        assert text.startswith(f"torch {library.version()}\n")
        assert lines(file) == sorted(lines(file))

    @pytest.mark.parametrize("file", FILES)
    def test_nothing_of_the_machine_that_made_it(self, file: str) -> None:
        text = records(file).text
        assert not re.findall(r"(?<![\w.])/(?:root|home|tmp|usr|opt|work|Users|var|mnt)/.{30}", text)
        for secret in (os.getcwd(), sys.prefix, sys.base_prefix, os.path.expanduser("~") + "/"):
            assert secret not in text
        assert "PYTHONUNBUFFERED" not in text and "'PATH'" not in text

    def test_operators(self) -> None:
        assert lines("schemas.txt") == sorted(operators.generate())

    def test_named_tuples(self) -> None:
        assert lines("tuples.txt") == sorted(names.named_tuples())

    def test_names(self) -> None:
        prefixes = (*SAMPLED_MODULES, "<compiler>")
        shipped = [line for line in lines("names.txt") if line.partition("\t")[0].rpartition(".")[0] in prefixes]
        assert len(shipped) > 300
        assert shipped == sorted(names.generate(known_operators(), SAMPLED_MODULES))

    def test_every_name_of_torch_is_there(self) -> None:
        for module in ("torch", "torch.nn", "torch.jit", "torch.cuda", "torch.fft", "torch.nn.init"):
            there = {f"{module}.{name}" for name, _ in names.attributes(sys.modules[module])}
            known = {key for key in keys("names.txt") if key.rpartition(".")[0] == module}
            # What another test imports becomes an attribute of torch.
            assert known <= there
            assert not {name for name in there - known if name not in sys.modules}

    def test_methods(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sample = {family: methods.FAMILIES[family] for family in SAMPLED_FAMILIES}
        monkeypatch.setattr(methods, "FAMILIES", sample)
        shipped = [line for line in lines("methods.txt") if line.partition(".")[0] in sample]
        assert shipped == sorted(methods.generate(known_operators()))

    def test_modules(self) -> None:
        chosen = [line.partition("\t")[0] for line in lines("modules.txt")][::4]
        shipped = [line for line in lines("modules.txt") if line.partition("\t")[0] in chosen]
        assert shipped == modules.generate(frozenset(chosen))


class TestSchemas:
    def test_parsed_as_torch_parses(self) -> None:
        """Every registered schema says what torch's own objects say."""
        registered = {(schema.name, schema.overload_name): schema for schema in torch._C._jit_get_all_schemas()}
        ours = {(our.name, our.overload): our for name in known_operators() for our in library.schemas(name)}
        shared = registered.keys() & ours.keys()
        # These the compiler does not try.
        assert {f"{name}.{overload}" for name, overload in registered.keys() - shared} == {
            "aten::max.unary_out",
            "aten::min.unary_out",
            "aten::view.dtype",
        }
        for key in shared:
            self.check(ours[key], registered[key])

    def check(self, our: library.Schema, their: Any) -> None:
        """Compare one schema with torch's."""
        assert our.text == str(their)
        assert [(arg.name, arg.n, arg.kwarg_only, arg.has_default, arg.is_out, arg.mutated) for arg in our.args] == [
            (arg.name, arg.N, arg.kwarg_only, arg.has_default_value(), arg.is_out, arg.is_write)
            for arg in their.arguments
        ]
        for arg, other in zip(our.args, their.arguments, strict=True):
            assert str(arg.type) == other.type.annotation_str, our.text
        for result, other in zip(our.returns, their.returns, strict=True):
            if other.type.annotation_str == "QScheme":  # no type of ours
                assert result is model.UNKNOWN
            else:
                assert str(result) == other.type.annotation_str, our.text

    @pytest.mark.parametrize("name", ["add", "sort", "mul", "device", "max", "min", "index_put_", "lt"])
    def test_order(self, name: str) -> None:
        """The order in which the compiler says it tried the variants."""
        with pytest.raises(RuntimeError) as failure:
            compiled(f"return torch.{name}(no_such_argument=1)")
        tried = re.findall(r"^\s*([\w:.]+\(.*\) -> .*):$", str(failure.value), re.MULTILINE)
        assert len(tried) > 1
        assert [schema.text for schema in library.schemas(f"aten::{name}")] == tried

    def test_functions_in_source_come_last(self) -> None:
        first, *_, last = library.schemas("aten::mul")
        assert first.name == "aten::mul"
        assert (last.name, str(last.args[0].type)) == ("mul", "complex")

    @pytest.mark.parametrize(
        ("call", "op", "overload"),
        [
            ("torch.relu(x)", "aten::relu", ""),
            ("torch.sort(x)", "aten::sort", ""),
            ("torch.max(x, 1)", "aten::max", "dim"),
            ("torch.svd(x)", "aten::svd", ""),
            ("torch.lstm_cell(x, [x, x], x, x)", "aten::lstm_cell", ""),
            ("torch.meshgrid([x])", "aten::meshgrid", ""),
            ("torch.frexp(x)", "aten::frexp", "Tensor"),
        ],
    )
    def test_result(self, call: str, op: str, overload: str) -> None:
        schema = next(schema for schema in library.schemas(op) if schema.overload == overload)
        (output,) = compiled(f"return {call}").graph.outputs()
        assert str(schema.result) == output.type().annotation_str
        for field in schema.return_names if len(schema.returns) > 1 else ():
            compiled(f"return {call}.{field}")

    def test_hidden_overload(self) -> None:
        """The compiler never tries ``view.dtype``."""
        with pytest.raises(RuntimeError, match="Argument size not provided"):
            compiled("return x.view(dtype=torch.int8)")

    def test_unknown(self) -> None:
        assert library.schemas("aten::no_such_operator") == ()
        assert not library.op_exists("aten::no_such_operator")
        assert library.op_exists("aten::relu")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "aten::f",
            "aten::f(Tensor x",
            "aten::f(Tensor x) -> ",
            "f(Dict(int) x) -> int",
            "f() -> int int int",
        ],
    )
    def test_no_schema(self, text: str) -> None:
        with pytest.raises(library.SchemaError):
            library.parse_schema(text)

    def test_no_type(self) -> None:
        with pytest.raises(library.SchemaError):
            library.parse_type("int]")

    def test_a_class_is_one_type(self) -> None:
        first = library.class_type("__torch__.torch.classes.rnn.CellParamsBase")
        assert first is library.class_type("__torch__.torch.classes.rnn.CellParamsBase")
        packed = library.class_type("__torch__.torch.nn.utils.rnn.PackedSequence")
        assert isinstance(packed, model.NamedTupleType)
        assert packed.fields == torch.nn.utils.rnn.PackedSequence._fields


class TestNames:
    @pytest.mark.parametrize(
        ("dotted", "kind"),
        [
            ("torch.zeros", "builtin"),
            ("torch.nn.functional.relu", "function"),
            ("torch.nn.functional.max_pool2d", "dispatch"),
            ("math.pi", "constant"),
            ("torch.float32", "constant"),
            ("torch.nn.functional", "module"),
            ("torch.nn.Linear", "class"),
            ("torch.LongTensor", "special"),
            ("torch.jit.annotate", "special"),
            ("random.choice", "python"),
            ("operator.add", "none"),
            ("torch.nn.functional.gumbel_softmax", "function"),
        ],
    )
    def test_kind(self, dotted: str, kind: str) -> None:
        entry = library.attribute(dotted)
        assert entry is not None
        assert entry.kind == kind

    def test_unknown(self) -> None:
        assert library.attribute("torch.no_such_name") is None
        assert library.has_module("torch")
        assert library.attribute("no_such_module.name") is None
        assert not library.has_module("no_such_module")

    def test_through_another_module(self) -> None:
        assert library.attribute("torch.nn.functional.torch.zeros") == library.attribute("torch.zeros")

    @pytest.mark.parametrize("name", ["float32", "strided", "channels_last", "inf", "pi", "long"])
    def test_constants(self, name: str) -> None:
        entry = library.attribute(f"torch.{name}")
        assert entry is not None
        function = compiled(f"return torch.{name}", "")
        assert str(entry.type) == function.schema.returns[0].type.annotation_str
        assert entry.value == function()

    @pytest.mark.parametrize("chosen", [True, False])
    def test_dispatch(self, chosen: bool) -> None:
        entry = library.attribute("torch.nn.functional.max_pool2d")
        assert entry is not None
        assert entry.argument == ("return_indices", 6, False)
        signature = entry.branches[0 if chosen else 1].signature
        assert signature is not None
        function = compiled(f"return torch.nn.functional.max_pool2d(x, 2, return_indices={chosen})")
        assert str(signature.result) == function.schema.returns[0].type.annotation_str

    def test_signature(self) -> None:
        entry = library.attribute("torch.nn.functional.dropout")
        assert entry is not None
        assert entry.signature is not None
        assert entry.signature.text == str(torch.jit.script(torch.nn.functional.dropout).schema)

    def test_compiler_globals_hide_python_globals(self) -> None:
        def min(x: str) -> str:
            return x

        entry = library.compiler_global("min")
        assert entry is not None
        with pytest.raises(RuntimeError, match=f"{entry.op}.int"):
            compiled("return min(x)", "x: str", min=min)

    def test_reversed_is_no_compiler_global(self) -> None:
        assert library.compiler_global("reversed") is None
        with pytest.raises(RuntimeError, match="undefined value reversed"):
            compiled("return reversed(x)")

    def test_builtin(self) -> None:
        length, error = library.builtin("len"), library.builtin("ValueError")
        assert length is not None and error is not None
        assert (length.kind, length.op, error.kind) == ("builtin", "aten::len", "exception")
        assert library.builtin("no_such_builtin") is None


class TestValues:
    @pytest.mark.parametrize(
        "name", ["shape", "dtype", "device", "T", "requires_grad", "grad", "layout", "ndim", "name"]
    )
    def test_tensor_attribute(self, name: str) -> None:
        result = compiled(f"return x.{name}").schema.returns[0].type.annotation_str
        assert str(library.tensor_attribute(name)) == result

    def test_kinds(self) -> None:
        assert library.method_kind("Tensor", "view") == "method"
        assert library.method_kind("Tensor", "shape") == "property"
        assert library.method_kind("Tensor", "numpy") is None
        assert library.tensor_attribute("view") is None
        assert library.method_kind("List", "append") == "method"
        assert library.method_kind("Dict", "fromkeys") is None


class TestModules:
    def test_forward(self) -> None:
        known = library.nn_module("Conv2d")
        assert known is not None and known.scripts
        (forward,) = known.forward
        scripted = torch.jit.script(torch.nn.Conv2d(1, 1, 1))
        # A class compiled once before in the process has a number in its name.
        assert forward.text == re.sub(r"___torch_mangle_\d+\.", "", str(scripted.forward.schema))
        assert [arg.name for arg in forward.args] == ["input"]
        assert known.init[:3] == ("in_channels", "out_channels", "kernel_size")
        assert known.attributes["weight"] is model.TENSOR
        assert str(known.constants["stride"]) == "Tuple[int, int]"

    def test_overloads(self) -> None:
        known = library.nn_module("LSTM")
        assert known is not None
        assert [str(schema.args[0].type) for schema in known.forward] == [
            "Tensor",
            "__torch__.torch.nn.utils.rnn.PackedSequence",
        ]

    def test_rejected(self) -> None:
        known = library.nn_module("TripletMarginWithDistanceLoss")
        assert known is not None and known.scripts is False
        message = probe.in_child(lambda: modules.describe(torch.nn.TripletMarginWithDistanceLoss))["message"]
        assert known.message == message

    def test_all_can_be_read(self) -> None:
        read = [library.nn_module(name) for name in keys("modules.txt")]
        assert all(known is not None and known.scripts is not None for known in read)

    def test_unknown(self) -> None:
        assert library.nn_module("NoSuchModule") is None


class TestRecords:
    def test_search(self) -> None:
        keys = sorted(["a", "aa", "a.b", "b"], key=lambda key: f"{key}\t")
        found = Records("torch 0\n" + "".join(f"{key}\t{key * 2}\n" for key in keys))
        assert dict(zip(found.keys(), map(found.get, found.keys()), strict=True)) == {
            "a": "aa",
            "aa": "aaaa",
            "a.b": "a.ba.b",
            "b": "bb",
        }
        for missing in ("", "A", "a.", "ab", "c", "torch 0"):
            assert found.get(missing) is None
        assert found.has_prefix("a.")
        assert not found.has_prefix("b.")

    @pytest.mark.parametrize("file", FILES)
    def test_every_key_is_found(self, file: str) -> None:
        expected = dict(line.split("\t", 1) for line in lines(file))
        assert {key: records(file).get(key) for key in expected} == expected

    def test_import_reads_nothing(self) -> None:
        code = (
            "import sys, torchscript_lint.library as library\n"
            "from torchscript_lint.library.data import records\n"
            "assert records.cache_info().currsize == 0\n"
            "library.schemas('aten::add'), library.attribute('torch.zeros'), library.nn_module('Linear')\n"
            "assert 'torch' not in sys.modules\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True)
