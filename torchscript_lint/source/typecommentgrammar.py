"""The grammar of type comments: ``parseTypeComment`` of ``torch/csrc/jit/frontend/parser.cpp``.

The compiler's own lexer and parser of expressions read it, not Python's. Only whether they fail, and with
which words, is of interest here.
"""

from __future__ import annotations

import re

#: Words and signs that are tokens of their own, and what the compiler's messages call the signs.
_WORDS = frozenset(
    {
        "is", "and", "or", "not", "in", "if", "else", "for", "while", "elif", "return", "def", "global",
        "raise", "assert", "break", "continue", "del", "pass", "class", "import", "with", "as",
        "True", "False", "None", "NoneType", "Ellipsis",
    }
)  # fmt: skip
_SIGNS = {
    "# type:": "type comment", "->": "arrow", "...": "dots", "==": "eq", "!=": "ne", "<=": "le", ">=": "ge",
    "//": "floordiv", "**": "pow operator", "<<": "<<", ">>": ">>", "+=": "+=", "-=": "-=", "*=": "*=",
    "/=": "/=", "%=": "%=", "|=": "|=", "&=": "&=", "^=": "^=", "<<=": "<<=", ">>=": ">>=", "**=": "**=",
    "<=>": "equivalent",
}  # fmt: skip
_TOKEN = re.compile(
    r"[ \t\f\v\r]*(?:"
    r"(?P<sign># type:|<=>|<<=|>>=|\*\*=|\.\.\.|->|==|!=|<=|>=|//|\*\*|<<|>>|[-+*/%|&^]=)"
    r"|(?P<comment>#.*)"
    r"|(?P<number>\d[\w.]*|\.\d[\w.]*)"
    r"|(?P<string>\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<single>[-+*/%@()\[\]:,={}><.?!&^|~])"
    r"|(?P<other>\S))"
)
_BINARY = frozenset(
    {
        "and", "or", "in", "is", "<", ">", "eq", "le", "ge", "ne", "|", "^", "&", "<<", ">>", "+", "-", "*",
        "/", "floordiv", "%", "@", "pow operator", "if",
    }
)  # fmt: skip
_ATOMS = frozenset({"number", "string_literal", "True", "False", "None", "NoneType", "Ellipsis", "dots", "ident"})


class _Error(Exception):
    """What the parser says."""


def error_of(line: str) -> str:
    """What the compiler says of a line that it is given as a type comment; empty where it parses it.

    Args:
        line: the whole line, stripped.
    """
    try:
        _Parser(line).type_comment()
    except _Error as error:
        return str(error)
    return ""


def _tokens(line: str) -> list[str]:
    """The kinds of the tokens, by the names of the compiler's messages."""
    kinds: list[str] = []
    position = 0
    while position < len(line):
        match = _TOKEN.match(line, position)
        if match is None:
            break
        position = match.end()
        if match["sign"]:
            kinds.append(_SIGNS[match["sign"]])
        elif match["comment"]:
            break
        elif match["number"]:
            kinds.append("number")
        elif match["string"]:
            kinds.append("string_literal")
        elif match["word"]:
            kinds.append(match["word"] if match["word"] in _WORDS else "ident")
        elif match["single"]:
            kinds.append(match["single"])
        else:
            kinds.append("?other")
            break
    return [*kinds, "newline"]


class _Parser:
    """A recogniser of one line."""

    def __init__(self, line: str) -> None:
        self.kinds = _tokens(line)
        self.at = 0

    @property
    def current(self) -> str:
        kind = self.kinds[min(self.at, len(self.kinds) - 1)]
        if kind == "?other":
            raise _Error("expected a valid token here")
        return kind

    def accept(self, kind: str) -> bool:
        found = self.current == kind
        self.at += found
        return found

    def expect(self, kind: str) -> None:
        if not self.accept(kind):
            raise _Error(f"expected {kind} but found '{self.current}' here")

    def type_comment(self) -> None:
        self.expect("type comment")
        self.expect("(")
        if self.current != ")":
            self.expression()
            while self.accept(","):
                self.expression()
        self.expect(")")
        if self.accept("arrow"):
            self.expression()

    def expression(self) -> None:
        if self.current in ("not", "~", "-", "*"):
            self.at += 1
            self.expression()
        else:
            self.operand()
        while self.current in _BINARY or self.current == "not":
            ternary = self.accept("if")
            if ternary:
                self.expression()
                self.expect("else")
            elif self.accept("not"):
                self.expect("in")
            else:
                self.at += 1
                self.accept("not")
            self.expression()

    def operand(self) -> None:
        if self.current in _ATOMS:
            self.at += 1
        elif self.accept("("):
            self.items(")")
        elif self.accept("["):
            self.items("]")
        elif self.accept("{"):
            while self.current != "}":
                self.expression()
                self.expect(":")
                self.expression()
                if not self.accept(","):
                    break
            self.expect("}")
        else:
            self.expect("ident")
        self.trailers()

    def items(self, end: str) -> None:
        while self.current != end:
            self.expression()
            if not self.accept(","):
                break
        self.expect(end)

    def trailers(self) -> None:
        while True:
            if self.accept("."):
                self.expect("ident")
            elif self.accept("["):
                self.subscript()
            elif self.accept("("):
                while self.current != ")":
                    self.expression()
                    if self.accept("="):
                        self.expression()
                    if not self.accept(","):
                        break
                self.expect(")")
            else:
                return

    def subscript(self) -> None:
        while True:
            if self.current not in (":", "]", ","):
                self.expression()
            while self.accept(":"):
                if self.current not in (":", "]", ","):
                    self.expression()
            if not self.accept(","):
                break
            if self.current == "]":
                break
        self.expect("]")
