"""Which graded functions have been worked on: a stub has not, nor has a class without the method.

takes: statements with the lines that they stand in, the graded names, and how the hand-out has its functions.
gives: graded names; of statements that no kernel runs, those that count all the same.
must not know: cells, answers, what is run.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence

from grader.extract.flow.statements import Statement, names, segment
from grader.extract.flow.writes import written
from grader.extract.inherited import Defined, may_inherit
from grader.extract.nodes import Function
from grader.extract.scopes import EMPTY, digest_again

Stubs = Mapping[str, Sequence[str]]
"""The digests of functions as the hand-out has them."""

Placed = tuple[Statement, list[str]]
"""A statement, and the lines of its cell."""


def idle(name: str, stubs: Stubs) -> tuple[str, ...]:
    """The digests of a graded function in which nothing is written: an empty body, and what the hand-out has."""
    return (EMPTY, *stubs.get(name, ()))


def worked(
    placed: Iterable[Placed], wanted: Collection[str], stubs: Stubs, changed: Collection[str] = frozenset()
) -> set[str]:
    """The graded names that something is written for; and the methods that a class may inherit.

    `changed` are classes that a call gives nobody knows what.
    """
    defined: dict[str, list[tuple[ast.stmt, list[str]]]] = {}
    for one, lines in placed:
        for name, definition in one.fact(names):
            defined.setdefault(name, []).append((definition, lines))
    return {name for name in wanted if _is_worked(name, defined, idle(name, stubs), changed)}


def _is_worked(name: str, defined: Defined, digests: Collection[str], changed: Collection[str]) -> bool:
    def is_idle(definition: ast.stmt, lines: list[str]) -> bool:
        return _is_idle(definition, lines, digests)

    owner, _, method = name.partition(".")
    own = (one for one in defined.get(name, ()) if not isinstance(one[0], ast.ClassDef))
    classes = (made for made, _ in defined.get(owner, ()) if isinstance(made, ast.ClassDef) and method)
    return not all(is_idle(*one) for one in own) or any(
        may_inherit(made, method, defined, changed, is_idle) for made in classes
    )


def _is_idle(definition: ast.stmt, lines: list[str], digests: Collection[str]) -> bool:
    return isinstance(definition, Function) and digest_again(segment(lines, definition), definition) in digests


def given_by(seen: Sequence[Placed], wanted: Collection[str], stubs: Stubs) -> set[str]:
    """The names that these statements give. A stub gives none, nor does a class with nothing but stubs."""
    work = {name.split(".")[0] for name in worked(seen, wanted, stubs)}
    graded = {name.split(".")[0] for name in wanted}
    given = {
        name.split(".")[0] for one, _ in seen for name, made in one.fact(names) if not _is_made(name, made, graded)
    }
    return given | work


def that_count_aside(aside: Sequence[Statement], given: Collection[str]) -> tuple[Statement, ...]:
    """Of statements that a cell only writes to a file, or that run apart: those for names that nothing else gives.

    An old attempt that is kept so replaces nothing.
    """
    return tuple(one for one in aside if _gives(one).isdisjoint(given))


def _is_made(name: str, definition: ast.stmt, graded: Collection[str]) -> bool:
    """Whether it is the definition of what is graded, which counts by the work in it."""
    return name.split(".")[0] in graded and isinstance(definition, (Function, ast.ClassDef))


def _gives(statement: Statement) -> set[str]:
    """The names that it defines, or else changes."""
    if defined := {name.split(".")[0] for name, _ in statement.fact(names)}:
        return defined
    done = written([statement.node])
    return done.bound | done.into
