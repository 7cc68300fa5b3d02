"""Which top-level statements of a hand-in are run: its definitions, and what they need.

takes: the statements of the modules of its own, and of the hand-in itself, in order; the graded names.
gives: `Selection`.
must not know: cells, answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from grader.extract.flow.changing import changing_statements
from grader.extract.flow.needed import idle_assignments
from grader.extract.flow.reading import globals_read, looks_names_up
from grader.extract.flow.rebound import deletions, rebindings
from grader.extract.flow.statements import Statement, is_definition
from grader.extract.flow.strictness import settings
from grader.extract.flow.writes import written

MOST_ROUNDS = 8  # of statements that are needed for others that are; two are what anybody wrote without meaning to
Statements = Sequence[Statement]


@dataclass(frozen=True)
class Selection:
    """What is decided on the statements of a hand-in.

    `run` are run. Of these, `changing` are run for the names that they change; `rebinding` are not run, as each would
    take the names listed with it away from functions.
    """

    run: frozenset[Statement] = frozenset()
    changing: Mapping[Statement, Collection[str]] = field(default_factory=dict)
    rebinding: Mapping[Statement, frozenset[str]] = field(default_factory=dict)


def select(theirs: Statements, mine: Statements, wanted: Collection[str]) -> Selection:
    """Choose what is run."""
    rebinding = rebindings(mine, wanted)
    if rebinding and looks_names_up(mine):
        rebinding = {}
    for left_out in (*[True] * MOST_ROUNDS, False):
        rebinding = rebinding if left_out else {}
        left = [one for one in mine if one not in rebinding]
        changing, run = _run(theirs, left, wanted)
        if not (needed := _needed_after_all(mine, rebinding, run, wanted)):
            break
        rebinding = {one: names for one, names in rebinding.items() if one not in needed}
    return Selection(frozenset(run | deletions(mine, run)), changing, rebinding)


def _run(
    theirs: Statements, mine: Statements, wanted: Collection[str]
) -> tuple[Mapping[Statement, Collection[str]], set[Statement]]:
    statements = [*theirs, *mine]
    changing = changing_statements(statements, wanted, one_namespace=not theirs)
    also = changing.keys() | settings(statements, wanted, changing, one_namespace=not theirs)
    idle = idle_assignments(statements, wanted, also, one_namespace=not theirs)
    return changing, also | {one for one in statements if one.fact(is_definition) and one not in idle}


def _needed_after_all(
    mine: Statements,
    rebinding: Mapping[Statement, frozenset[str]],
    run: Collection[Statement],
    wanted: Collection[str],
) -> set[Statement]:
    """Statements that take names away and must be run all the same: for what else they do, or for one that is run."""
    if not rebinding:
        return set()
    needed: set[Statement] = set()
    read = {name.split(".")[0] for name in wanted}.union(*(one.fact(globals_read) for one in mine if one in run))
    later: set[str] = set()
    for one in reversed(mine):
        if names := rebinding.get(one):
            done = written([one.node])
            if names & later or ((done.bound | done.into) - names) & read:
                needed.add(one)
        elif one in run:
            later |= one.fact(globals_read)
    return needed
