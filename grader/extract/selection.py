"""Which top-level statements of a hand-in are run: its definitions, and what they need.

takes: the statements of the modules of its own, and of the hand-in itself, in order with their text; the graded names.
gives: `Selection`.
must not know: cells, answers.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from grader.extract.changing import changing_statements
from grader.extract.needed import idle_assignments
from grader.extract.reading import globals_read, looks_names_up
from grader.extract.rebound import deletions, rebindings
from grader.extract.statements import is_definition
from grader.extract.writes import written

MOST_ROUNDS = 8  # of statements that are needed for others that are; two are what anybody wrote without meaning to
Statements = Sequence[tuple[ast.stmt, str]]


@dataclass(frozen=True)
class Selection:
    """The ids of statements: those that are run; of these, those that are run for what they change; those that are
    not run, as each takes these names from functions."""

    run: frozenset[int] = frozenset()
    changing: Mapping[int, Collection[str]] = field(default_factory=dict)
    rebinding: Mapping[int, frozenset[str]] = field(default_factory=dict)


def select(theirs: Statements, mine: Statements, wanted: Collection[str]) -> Selection:
    """Choose what is run."""
    rebinding = rebindings(mine, wanted)
    if rebinding and looks_names_up(text for _, text in mine):
        rebinding = {}
    for left_out in (*[True] * MOST_ROUNDS, False):
        rebinding = rebinding if left_out else {}
        left = [pair for pair in mine if id(pair[0]) not in rebinding]
        changing, run = _run(theirs, left, wanted)
        if not (needed := _needed_after_all(mine, rebinding, run, wanted)):
            break
        rebinding = {node: names for node, names in rebinding.items() if node not in needed}
    return Selection(frozenset(run | deletions(mine, run)), changing, rebinding)


def _run(
    theirs: Statements, mine: Statements, wanted: Collection[str]
) -> tuple[Mapping[int, Collection[str]], set[int]]:
    statements = [*theirs, *mine]
    changing = changing_statements(statements, wanted, one_namespace=not theirs)
    idle = idle_assignments(statements, wanted, changing, one_namespace=not theirs)
    return changing, changing.keys() | {
        id(node) for node, _ in statements if is_definition(node) and id(node) not in idle
    }


def _needed_after_all(
    mine: Statements, rebinding: Mapping[int, frozenset[str]], run: Collection[int], wanted: Collection[str]
) -> set[int]:
    """Statements that take names away and must be run all the same: for what else they do, or for one that is run."""
    if not rebinding:
        return set()
    needed: set[int] = set()
    read = {name.split(".")[0] for name in wanted}.union(
        *(globals_read(text) for node, text in mine if id(node) in run)
    )
    later: set[str] = set()
    for node, text in reversed(mine):
        if names := rebinding.get(id(node)):
            done = written([node])
            if names & later or ((done.bound | done.into) - names) & read:
                needed.add(id(node))
        elif id(node) in run:
            later |= globals_read(text)
    return needed
