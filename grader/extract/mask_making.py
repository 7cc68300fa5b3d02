"""Whether a function can make a mask, by its text: whether it compares, draws, or calls what nobody knows.

takes: the cells of a hand-in, and where the function stands.
gives: whether it makes none, as all that it calls gives numbers of all sizes.
must not know: answers, points. Code is read, never run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.extract.by_lines import text_of
from grader.extract.extracted import Cell
from grader.extract.notes import Place

_COMPARES = re.compile(r"[<>]|[=!]=|\b(?:not|is|bool|True|False)\b")
_CALLED = re.compile(r"(?<![\w.])([\w.]++)\s*+\(")  # gives nothing back: a text of one long word is read once
_BUILT_IN = {"abs", "float", "int", "len", "max", "min", "pow", "print", "range", "sum", "tuple"}
_OF_ARRAYS = {
    "abs", "array", "asarray", "astype", "clip", "copy", "dot", "exp", "flatten", "log", "matmul", "max", "maximum",
    "mean", "min", "minimum", "multiply", "ones", "ones_like", "power", "ravel", "reshape", "square", "squeeze", "sum",
    "tanh", "transpose", "zeros", "zeros_like",
}  # fmt: skip
_COMMENT = re.compile(r"#[^\n]*")


def makes_no_mask(cells: Sequence[Cell], name: str, place: Place | None) -> bool:
    """Whether the function at this place calls nothing but such functions, and compares nothing."""
    source = next((one.source for one in cells if place and one.number == place[0] and one.kind == "code"), "")
    found = text_of(source.expandtabs().split("\n"), name.rpartition(".")[2], place[1]) if source and place else None
    if found is None:
        return False
    text = _COMMENT.sub("", "\n".join(found[1]))
    return not _COMPARES.search(text) and all(map(_gives_numbers, _CALLED.findall(text)))


def _gives_numbers(called: str) -> bool:
    """Whether it is a function of Python's or numpy's, or a method of an array, that makes numbers of all sizes."""
    of, _, name = called.rpartition(".")
    return name in (_OF_ARRAYS if "." in called else _BUILT_IN) and not of.startswith("self")
