"""Definitions that stand before what they need: a base class, a decorator, a default that a later cell defines.

takes: definitions that lacked a name when they were run.
gives: which of them to run again, once all has been run; names that classes are made of and nobody defines.
must not know: how statements are run.

Cells are run in any order while a notebook is written, and all of it worked then. And a cell may be gone, as the first
half of a class is that goes on as `class Relu(Relu)`: it costs what stood in it, and not all that goes on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from grader.harness.absent import DEFINITIONS, names_in_head
from grader.wire import RUN_AGAIN, Trouble

Run = Callable[[int, ast.stmt, dict[str, Any]], None]


_NOTHING = object()


class _Definition(NamedTuple):
    cell: int
    statement: ast.stmt
    namespace: dict[str, Any]
    lacks: str
    before: object  # what had its name then: a stub, mostly nothing


class Early:
    """The definitions of a program that lacked a name."""

    def __init__(self) -> None:
        self._found: list[_Definition] = []

    def note(self, cell: int, statement: ast.stmt, namespace: dict[str, Any], error: BaseException) -> None:
        """Keep a definition whose error is that a name is not there."""
        name = error.name if type(error) is NameError else None
        if isinstance(statement, DEFINITIONS) and isinstance(name, str):
            before = namespace.get(statement.name, _NOTHING)
            self._found.append(_Definition(cell, statement, namespace, name, before))

    def run_again(self, run: Run, troubles: list[Trouble], absent: Container[str]) -> None:
        """Run those again that lack nothing any more, or what an import failed to bring; their troubles say so."""
        tried: set[tuple[int, str]] = set()  # one that lacks the same name once more stays as it is
        while ready := [
            one for one in self._found if _is_ready(one, absent) and (id(one.statement), one.lacks) not in tried
        ]:
            for one in ready:
                tried.add((id(one.statement), one.lacks))
                found = one.lacks in one.namespace  # else it is told anew, when it is run without that
                told = [_told(trouble, one) if found or not _is_of(trouble, one) else None for trouble in troubles]
                troubles[:] = [trouble for trouble in told if trouble]
                run(one.cell, one.statement, one.namespace)
                self._found = [_behind(one, other) for other in self._found]

    def lacking(self) -> set[str]:
        """Names that classes lacked, and lack to the end."""
        classes = (one for one in self._found if isinstance(one.statement, ast.ClassDef))
        return {one.lacks for one in classes if one.lacks not in one.namespace}

    def gone(self) -> set[str]:
        """Names that the head of a class reads, and that nothing defines, neither what was run nor what waits."""
        waiting = [one for one in self._found if one.lacks not in one.namespace]
        # What waits for its own name, as `class Relu(Relu)` does, is no place where that comes from.
        to_come = {
            getattr(one.statement, "name", "") for one in waiting if getattr(one.statement, "name", "") != one.lacks
        }
        return {one.lacks for one in waiting if one.lacks in names_in_head(one.statement)} - to_come


def _behind(ran: _Definition, other: _Definition) -> _Definition:
    """The other definition; if that stands further down and is of the same name, what was run now stood before it."""
    name, place = getattr(ran.statement, "name", ""), (ran.cell, ran.statement.lineno)
    same = other.namespace is ran.namespace and getattr(other.statement, "name", "") == name
    if not same or other.before is not ran.before or (other.cell, other.statement.lineno) <= place:
        return other
    return other._replace(before=ran.namespace.get(name, _NOTHING))


def _is_ready(early: _Definition, absent: Container[str]) -> bool:
    """Whether what it lacked is there by now, or known to be gone, and nothing else has got its name since."""
    there: Mapping[str, Any] = early.namespace
    name = getattr(early.statement, "name", "")
    return (early.lacks in there or early.lacks in absent) and there.get(name, _NOTHING) is early.before


def _is_of(trouble: Trouble, early: _Definition) -> bool:
    return (trouble.cell, trouble.line) == (early.cell, early.statement.lineno) and early.lacks in trouble.message


def _told(trouble: Trouble, early: _Definition) -> Trouble:
    if not _is_of(trouble, early):
        return trouble
    return replace(trouble, message=f"{trouble.message}{RUN_AGAIN}behind what defines that")
