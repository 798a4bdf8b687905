"""What is no TorchScript although it looks as if: only used as a mistake."""

from __future__ import annotations

#: Expressions, beside those of ``tables`` and ``richer``.
COMPOUND: dict[str, tuple[str, ...]] = {
    "Tensor": (
        "<Tensor>.new_tensor(<List[int]>)",
        "torch._assert(<bool>, <str>)",
        "min(<Tensor>, <Tensor>)",
        "sum(<List[Tensor]>)",
        "max(<Tensor>, <int>)",
        "<Box>.scaled(k=<int>)",
        "<Tensor>.mul(<Optional[float]>)",
        "<Tensor>[<int>, ..., <Tensor>]",
        "<Tensor>.norm(dim=<int>)",
        "<Any>",
        "torch.tensor(<Any>)",
        "torch.nonzero(<Tensor>, as_tuple=<bool>)",
        "torch.hypot(<Tensor>, <float>)",
    ),
    "int": (
        "~<int>",
        "<int> ** <int>",
        "<Tensor>.shape.numel()",
        "round(<int>)",
        "<Box>.default()",
        "int(<Any>)",
        "<torch.device>.index",
        "<int> if <Optional[int]> is None else <Optional[int]>",
        "round(<float>)",
        "round(<float>, <int>)",
        "math.prod(<List[int]>)",
        "<Tensor>.nelement()",
        "<Optional[int]> if <Optional[int]> is not None else <int>",
        "torch.get_default_dtype()",
    ),
    "float": (
        "<float> & <int>",
        "<complex>.real",
        "float(<Any>)",
        "<float> if <Optional[float]> is None else <Optional[float]>",
        "math.log2(<int>)",
    ),
    "bool": (
        "torch.is_tensor(<Tensor>)",
        "<Tuple[int, str]> == <Tuple[int, str]>",
        "<Dict[str, int]> == <Dict[str, int]>",
        "hasattr(<Tensor>, 'foo')",
        "<List[int]> < <List[int]>",
        "<Optional[int]> == <Optional[int]>",
        "<Optional[int]> == <int>",
        "<Tensor> in <List[Tensor]>",
        "<Point> == <Point>",
        "<Box> == <Box>",
        "torch.cuda.is_available()",
    ),
    "str": (
        "<str> * <int>",
        "<str> or <str>",
        "f'{<float>:.2f}'",
        "f'{<int>!r}'",
        "<Box>.name(<int>)",
        "'{x}'.format(x=<int>)",
        "repr(<int>)",
    ),
    "List[int]": (
        "[v for v in <Tensor>]",
        "reversed(<List[int]>)",
        "[*<List[int]>, <int>]",
        "[v for v in <List[int]> if v > 0]",
        "[w for v in <List[List[int]]> for w in v]",
        "sorted(<List[int]>, reverse=<bool>)",
    ),
    "List[float]": ("[<int>, <float>]",),
    "List[Tensor]": ("[v for v in <List[Optional[Tensor]]> if v is not None]",),
    "Dict[str, Tensor]": ("{'k': <Tensor>, **<Dict[str, Tensor]>}",),
    "Dict[str, int]": ("<Dict[str, int]> | <Dict[str, int]>",),
    "Tuple[int, str]": ("tuple([<int>, <str>])",),
    "Optional[int]": (
        "<Optional[Point]>",
        "None or <int>",
    ),
    "complex": (
        "<complex> ** <int>",
        "<complex> / <float>",
    ),
    "Optional[float]": ("<Optional[int]>",),
    "Point": ("<Point>._replace(x=<int>)",),
    "Color": (
        "Color(<int>)",
        "Color['RED']",
    ),
    "Tuple[int, int, int]": ("tuple([<int>, <int>, <int>])",),
}

#: Statements.
EFFECTS = (
    "<Box>.limit = <Optional[float]>",
    "<Box>.extra = <Tensor>",
    "<Box>.foo = <int>",
    "<Point>.x = <int>",
    "<Box>[<int>] = <int>",
    "<Tensor>.data = <Tensor>",
    "<List[int]>.append(<float>)",
    "<List[float]>.append(<int>)",
    "<List[Tensor]>.append(<Optional[Tensor]>)",
    "<Box>.check(<int>)",
    "<Dict[str, int]>.update(a=<int>)",
)

#: Statements on a variable.
UPDATES: dict[str, tuple[str, ...]] = {
    "Tensor": (
        "$ @= <Tensor>",
        "$ //= <int>",
        "$.grad = None",
        "$[<int>] //= <int>",
    ),
    "int": (
        "$ //= <int>",
        "$ @= <int>",
    ),
    "float": ("$ //= <int>",),
    "str": ("$ *= <int>",),
    "List[int]": (
        "$[<int>:] = <List[int]>",
        "$[<int>] //= <int>",
        "$[-1] = <bool>",
    ),
    "List[float]": ("$.append(<int>)",),
    "List[Tensor]": (
        "del $[<int>:]",
        "$[<int>:<int>] = <List[Tensor]>",
    ),
    "Point": (
        "$ = $._replace(x=<int>)",
        "$.x = <int>",
    ),
    "Box": (
        "$.limit = <float>",
        "$[<int>] = <int>",
        "del $.n",
    ),
    "List[List[int]]": ("$.append([])",),
    "Dict[str, List[int]]": ("$[<str>] = []",),
}

#: Loops.
LOOPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("<Tuple[int, Tensor]>", ("Tensor",)),
    ("reversed(range(<int>))", ("int",)),
    ("<Tuple[Tensor, Optional[Tensor]]>", ("Tensor",)),
    (
        "zip(<Tuple[int, int, int]>, <List[str]>)",
        (
            "int",
            "str",
        ),
    ),
    ("<Point>", ("int",)),
    ("<Optional[List[int]]>", ("int",)),
    ("<Any>", ("Tensor",)),
    ("<int>", ("int",)),
    ("reversed(<List[int]>)", ("int",)),
)
