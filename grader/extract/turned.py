"""A function made anew of itself, with what it gives put in the form that is due: for what it keeps for another.

takes: the cells of a hand-in, where the function stands, how it is called, and what it should give.
gives: a piece that defines it so; `None` where its return line says that nothing is to be put otherwise.
must not know: answers, points. Code is read, never run.

A forward that gives `cache, out`, three results or a dict must not be paid for a second time in its backward, which may
be right and reads what that forward keeps. What comes back so is never graded as the forward's own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from grader.extract.by_lines import text_of
from grader.extract.extracted import Cell
from grader.extract.notes import Place
from grader.extract.repairs.patience import parse
from grader.wire import Piece

_RETURNS = re.compile(r"\s*return\b")


def last_put_first(
    cells: Sequence[Cell], name: str, place: Place, takes: str, gives: str, module: str = ""
) -> Piece | None:
    """The same function, whose first result is given as the last; none where a line gives them by their names."""
    due = re.findall(r"\w+", gives)
    source = next((one.source for one in cells if one.number == place[0] and one.kind == "code"), "")
    found = text_of(source.expandtabs().split("\n"), name.rpartition(".")[2], place[1])
    if found is None or len(due) < 2 or any(_is_in_order(line, due, takes) for line in found[1]):
        return None
    return _made_of(name, takes, "return (*found[1:], found[0])", module)


def put_in_number(name: str, takes: str, gives: str, module: str = "") -> Piece:
    """The same function, with as many results as are due: those of a dict, all that is too much as one, or each it."""
    return _made_of(name, takes, _IN_NUMBER.format(due=tuple(re.findall(r"\w+", gives))), module)


def with_gaps(name: str, takes: str, kept: Sequence[int], due: int, module: str = "") -> Piece:
    """The same function, each of its results at one of these places, and something that is none at the others."""
    return _made_of(name, takes, _WITH_GAPS.format(kept=tuple(kept), due=due), module)


def _is_in_order(line: str, due: Sequence[str], takes: str) -> bool:
    """Whether it gives back what is no result as the last: what it was given, several things, or the last that is due;
    or by its name the first that is due as the first."""
    found = parse(line.strip()) if _RETURNS.match(line) else None
    given = [one.value for one in found.body if isinstance(one, ast.Return)] if isinstance(found, ast.Module) else []
    if not given or not isinstance(given[0], (ast.Tuple, ast.List)) or not given[0].elts:
        return False
    first, *_, last = [given[0].elts[0], *given[0].elts]
    names = (due[-1], *re.findall(r"\w+", takes))
    is_no_result = isinstance(last, (ast.Tuple, ast.List, ast.Dict)) or (
        isinstance(last, ast.Name) and last.id in names
    )
    return is_no_result or (isinstance(first, ast.Name) and first.id == due[0])


def _made_of(name: str, takes: str, ending: str, module: str) -> Piece:
    owner, _, method = name.rpartition(".")
    made = _MADE_METHOD if takes.startswith("(self") else _MADE
    text = made.format(method=method, name=name, owner=owner, ending=ending)
    return Piece(0, 1, text, *((method, name) if "." in name else ("", "")), module)


_MADE = """def {method}(*given, _as_it_is={name}, **named):
    found = _as_it_is(*given, **named)
    {ending}"""
# A static one is handed no object, nor is a bare function without `self`.
_MADE_METHOD = """def {method}(
    self, *given, _as_it_is=next(vars(one)["{method}"] for one in {owner}.__mro__ if "{method}" in vars(one)), **named
):
    found = _as_it_is.__get__(self, type(self))(*given, **named)
    {ending}"""
_IN_NUMBER = """due = {due!r}
    if isinstance(found, dict):
        parts = [found.get(name) for name in due]
        return parts if all(name in found for name in due) else (*parts[:-1], found)
    several = isinstance(found, (tuple, list))
    if several and len(found) == 1 and isinstance(found[0], (tuple, list)):
        return found[0]
    if several and len(found) > len(due):
        return (*found[:len(due) - 1], tuple(found[len(due) - 1:]))
    return (found,) * len(due)"""
_WITH_GAPS = """parts = found if isinstance(found, (tuple, list)) else (found,)
    class missing: pass
    at = dict(zip({kept}, parts))
    return tuple(at.get(n, missing()) for n in range({due})) if len(parts) == len(at) else found"""
