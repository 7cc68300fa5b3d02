"""Functions that stand for the methods of a class that a hand-in has not: `sigmoid_forward(x)` for `Sigmoid.forward`.

takes: the graded names, what was extracted of a hand-in.
gives: which function each missing method is meant by; the same program with these methods in it.
must not know: answers, points, who is asked.

By its whole name alone: that of the class and that of the method, in whatever case and with or without an underscore.
Anything less is no more than a question to the student (`feedback/next_step/names_wording.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from grader.extract import Extract
from grader.wire import Piece

# All in one line, which is told as that of the function where the call itself fails.
_METHOD = (
    "def {method}(self, *given, _of={function}): return _of(*(self,)[: 'self' in _of.__code__.co_varnames[:1]], *given)"
)


def meant_by(missing: Iterable[str], found: Extract, spelt: Collection[str]) -> dict[str, str]:
    """By missing method, the one function that is called like its class and itself; none that the hand-out has."""
    functions: dict[str, list[str]] = {}
    for name in found.places:
        if "." not in name and name not in spelt:
            functions.setdefault(_plain(name), []).append(name)
    there = {name.split(".")[0] for name in (*found.places, *found.lost)}
    named = {
        name: functions.get(_plain(name), [])
        for name in missing
        if "." in name and not name.endswith("__") and name.split(".")[0] not in there
    }
    return {name: ones[0] for name, ones in named.items() if len(ones) == 1}


def with_methods(found: Extract, meant: Mapping[str, str]) -> Extract:
    """The same, whose program has each function as a method, too."""
    pieces = []
    for name, function in meant.items():
        method = name.rpartition(".")[2]
        text = _METHOD.format(method=method, function=function)
        pieces.append(Piece(*found.places[function], text, method, name))
    program = found.program
    added = (*program.definitions, *pieces), (*program.every, *pieces)
    return replace(found, program=replace(program, definitions=added[0], every=added[1]))


def _plain(name: str) -> str:
    return name.replace(".", "").replace("_", "").casefold()
