"""The formats: source frames above all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from torchscript_lint.findings import Finding
from torchscript_lint.report import concise, full, statistics
from torchscript_lint.report import json as as_json
from torchscript_lint.report.text import width
from torchscript_lint.source.text import SourceText

FOUND = Finding("net.py", 1, 5, 1, 8, "TS132", "set-literal", "a message", "error", "script")


def frame(text: str, span: tuple[int, int, int, int]) -> list[str]:
    """The lines of the frame, without the bars around it."""
    row, column, end_row, end_column = span
    found = replace(FOUND, row=row, column=column, end_row=end_row, end_column=end_column)
    lines = full.render([found], lambda path: SourceText(path, text)).splitlines()
    bars = [number for number, line in enumerate(lines) if line.strip() == "|"]
    return lines[bars[0] + 1 : bars[-1]]


def test_a_span_is_underlined() -> None:
    assert frame("x = {1}\n", (1, 5, 1, 8)) == ["1 | x = {1}", "  |     ^^^"]


def test_tabs_are_shown_as_blanks() -> None:
    assert frame("\tx =\t{1}\n", (1, 6, 1, 9)) == ["1 |     x = {1}", "  |         ^^^"]


def test_wide_characters_take_two_columns() -> None:
    assert frame("x = '日本', {1}\n", (1, 11, 1, 14)) == ["1 | x = '日本', {1}", "  |             ^^^"]
    assert frame("x = {'日'}\n", (1, 5, 1, 10)) == ["1 | x = {'日'}", "  |     ^^^^^^"]
    assert frame("e\u0301 = {1}\n", (1, 6, 1, 9)) == ["1 | e\u0301 = {1}", "  |     ^^^"]
    assert [width(character) for character in "aé日\u0301😀"] == [1, 1, 2, 0, 2]


def test_several_lines() -> None:
    text = "x = {\n    1,\n\n    2,\n}\n"
    assert frame(text, (1, 5, 5, 2)) == [
        "1 | x = {",
        "  |     ^",
        "2 |     1,",
        "  |     ^^",
        "3 |",
        "4 |     2,",
        "  |     ^^",
        "5 | }",
        "  | ^",
    ]


def test_many_lines_show_the_first_and_the_last() -> None:
    text = "x = {\n" + "    1,\n" * 20 + "}\n"
    shown = frame(text, (1, 5, 22, 2))
    assert [line[:2].strip() for line in shown if "^" not in line] == ["1", "2", "3", "4", "", "22"]
    assert "   | ..." in shown


def test_a_span_that_ends_before_the_next_line() -> None:
    assert frame("x = {1}\ny\n", (1, 5, 2, 1)) == ["1 | x = {1}", "  |     ^^^"]


@pytest.mark.parametrize("before", [0, 40, 90, 130, 400])
def test_long_lines_are_cut_around_the_span(before: int) -> None:
    text = "a" * before + "{1}" + "b" * (500 - before) + "\n"
    line, mark = frame(text, (1, before + 1, 1, before + 4))
    assert len(line) <= full.WIDTH + len("1 | ")
    at = mark.index("^")
    assert line[at : at + 3] == "{1}"
    assert mark.count("^") == 3
    assert line.endswith("…")
    assert ("…a" in line) is (before > 60)


def test_a_span_longer_than_the_screen() -> None:
    line, mark = frame("x = " + "y" * 600 + "\n", (1, 5, 1, 605))
    assert len(line) <= full.WIDTH + len("1 | ")
    assert line[mark.index("^")] == "y"


@pytest.mark.parametrize("span", [(1, 8, 1, 9), (1, 30, 1, 31), (1, 5, 1, 5), (1, 5, 1, 3), (2, 1, 2, 2)])
def test_odd_spans(span: tuple[int, int, int, int]) -> None:
    shown = frame("x = {1}\n\n", span) if span[0] == 1 else frame("x = {1}\n\nz\n", span)
    assert shown


def test_spans_outside_the_text_have_no_frame() -> None:
    for row in (0, 2, 99):
        found = replace(FOUND, row=row, end_row=row)
        shown = full.render([found], lambda path: SourceText(path, "x = {1}\n"))
        assert "^" not in shown
        assert f"net.py:{row}:5" in shown
    assert "^" not in full.render([FOUND], lambda path: None)


def test_nothing_in_the_source_reaches_the_terminal_as_a_command() -> None:
    text = "x = {'\x1b[31m\x07\u202e\u2066'}\n"
    found = replace(FOUND, message="a\x1b]0;title\x07\nb", path="n\x1b[2Jet.py")
    for shown in (full.render([found], lambda path: SourceText(path, text)), concise.render([found])):
        assert not set(shown) & set("\x1b\x07\u202e\u2066")
        assert "␛" in shown
    assert concise.render([found]).count("\n") == 1


def test_colour_adds_nothing_else() -> None:
    import re

    for plain, colored in [
        (concise.render([FOUND]), concise.render([FOUND], color=True)),
        (
            full.render([FOUND], lambda path: SourceText(path, "x = {1}\n")),
            full.render([FOUND], lambda path: SourceText(path, "x = {1}\n"), color=True),
        ),
    ]:
        assert plain != colored
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_notes() -> None:
    found = replace(FOUND, compiler="words of the compiler", instead="do that " * 40, chain=("A.forward", "f"))
    shown = full.render([found], lambda path: None)
    assert "= torch.jit.script says: words of the compiler" in shown
    assert "= reached by: A.forward → f" in shown
    assert max(map(len, shown.splitlines())) <= full.WIDTH
    assert "torch.jit.trace says" in full.render([replace(found, mode="trace")], lambda path: None)
    assert "reached by" not in full.render([replace(found, chain=("A.forward",))], lambda path: None)


def test_json_is_ascii_and_complete() -> None:
    text = as_json.render([replace(FOUND, message="é \udcff")])
    assert text.isascii()
    assert json.loads(text)[0]["message"] == "é \udcff"
    assert as_json.render([]) == "[]\n"


def test_statistics() -> None:
    weak = replace(FOUND, code="TS101", name="try-block", severity="warning")
    assert statistics.render([]) == ""
    assert statistics.render([weak, FOUND, FOUND]) == "2  TS132  set-literal  error\n1  TS101  try-block    warning\n"
    assert statistics.summary([], 1) == "No findings in 1 file."
    assert statistics.summary([weak, FOUND, FOUND], 5) == "Found 2 errors and 1 warning in 1 of 5 files."
