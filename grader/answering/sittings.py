"""How a hand-in sits the exam of a key: which entries of the plan are asked, and which can be spared.

takes: a key, a sandbox, a program; the outcomes of before where only some criteria are asked.
gives: a `Sitting` with outcomes for every entry of the plan.
must not know: points, what a hand-in was like as a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from grader.answer_key import AnswerKey
from grader.answering.beginnings import longer_ones
from grader.answering.sparing import spared_by
from grader.answering.terms import terms_of
from grader.assignment import Limits
from grader.judge import Outcomes
from grader.lending import Ledger, called_within, lending, lent_places
from grader.sandbox import Clock, Sandbox, Sitting, sit
from grader.wire import Outcome, Program


@dataclass(frozen=True)
class Known:
    """What is asked again, by criterion, and the outcomes of before for all other questions of the same plan.

    `evidence` is what was kept of an earlier run beside these, where there was one.
    """

    criteria: frozenset[str]
    outcomes: Outcomes
    evidence: Mapping[str, Any] | None = None


def sit_exam(
    key: AnswerKey, sandbox: Sandbox, program: Program, known: Known | None, limits: Limits | None = None,
    clock: Clock | None = None,
) -> Sitting:  # fmt: skip
    """Ask what the plan asks, by the key's limits or others; `SandboxError` where there is no sandbox to be had."""
    entries = key.plan.entries
    asked = [n for n, entry in enumerate(entries) if known is None or entry.criterion in known.criteria]
    spare = spared_by(key) if known is None else None
    questions = tuple([entries[n].question for n in asked])
    terms = replace(terms_of(key, asked, spare), longer=longer_ones(questions))
    sitting = sit(sandbox, program, questions, limits or key.rubric.limits, terms, clock)
    if known is None:
        return sitting
    outcomes = dict(enumerate(known.outcomes)) | dict(zip(asked, sitting.outcomes, strict=True))
    return replace(sitting, outcomes=tuple(outcomes[n] for n in range(len(entries))))


def sit_with_all_cells(key: AnswerKey, sandbox: Sandbox, program: Program, known: Known, clock: Clock) -> Outcomes:
    """The same where all cells are run in their order, which may take as long as a notebook may.

    What the hand-in took before counts: the time that it has in all is not given twice.
    """
    limits = replace(key.rubric.limits, load_seconds=key.rubric.limits.notebook_seconds)
    return sit_exam(key, sandbox, replace(program, definitions=program.every), known, limits, clock).outcomes


def sit_afresh(key: AnswerKey, sandbox: Sandbox, program: Program, known: Known, clock: Clock) -> Outcomes:
    """Ask each question of some criteria of a program that is loaded anew for it, in one process."""
    places = [place for place, entry in enumerate(key.plan.entries) if entry.criterion in known.criteria]
    terms = terms_of(key, places)
    one_by_one = tuple((place,) for asked in terms.rounds for place in asked)
    terms = replace(terms, rounds=one_by_one, afresh=True)
    sitting = sit(
        sandbox, program, [key.plan.entries[place].question for place in places], key.rubric.limits, terms, clock
    )
    outcomes = dict(enumerate(known.outcomes)) | dict(zip(places, sitting.outcomes, strict=True))
    return tuple(outcomes[place] for place in range(len(key.plan.entries)))


def sit_one_by_one(key: AnswerKey, sandbox: Sandbox, program: Program, known: Known, clock: Clock) -> Outcomes:
    """Ask each question of some criteria in a process of its own, in which nothing has been asked before."""
    outcomes = list(known.outcomes)
    for place, entry in enumerate(key.plan.entries):
        if entry.criterion in known.criteria:
            outcomes[place] = sit_alone(key, sandbox, program, place, clock)
    return tuple(outcomes)


def sit_alone(key: AnswerKey, sandbox: Sandbox, program: Program, place: int, clock: Clock) -> tuple[Outcome, ...]:
    """Ask one question of the plan in a process in which nothing has been asked before."""
    asked = [key.plan.entries[place].question]
    return sit(sandbox, program, asked, key.rubric.limits, terms_of(key, [place]), clock).outcomes[0]


def sit_lent(
    key: AnswerKey, sandbox: Sandbox, program: Program, known: Known, clock: Clock, own: Collection[str] = ()
) -> tuple[Outcomes, frozenset[str], Mapping[str, set[str]]]:
    """Ask some criteria with right results in the place of what the graded functions give that they call.

    Not of those that give their `own`. Gives the outcomes, those criteria in all of whose cases all was lent that they
    asked for (none to which nothing can be lent), and of each criterion the functions for which something was lent.
    """
    outcomes, whole = dict(enumerate(known.outcomes)), set[str]()
    lent: dict[str, set[str]] = defaultdict(set)
    for criteria in _in_turn(key, known.criteria):
        places = [place for place in lent_places(key, criteria) if place in key.lent]
        questions = [lending(key, place, own) for place in places]
        ledger = Ledger(questions, key.lent, places)
        terms = replace(terms_of(key, places), lender=ledger)
        sitting = sit(sandbox, program, questions, key.rubric.limits, terms, clock)
        outcomes |= dict(zip(places, sitting.outcomes, strict=True))
        asked_in = [key.plan.entries[place].criterion for place in places]
        whole |= set(asked_in) - {criterion for n, criterion in enumerate(asked_in) if not ledger.lent_all(n)}
        for n, criterion in enumerate(asked_in):
            lent[criterion] |= ledger.lent_to(n)
    return tuple(outcomes[n] for n in range(len(key.plan.entries))), frozenset(whole), lent


def _in_turn(key: AnswerKey, criteria: Collection[str]) -> list[list[str]]:
    """Criteria in groups, each for a process of its own: in none is a function asked that is lent to another there.

    A program that is told what is right for a function could keep it, and say it when that function is asked.
    """
    groups: list[list[str]] = []
    for asked in (apart for pair in pairs_of(key) for apart in _apart(key, pair, criteria)):
        alone = (group for group in groups if not _is_lent(key, asked, group) and not _is_lent(key, group, asked))
        if (group := next(alone, None)) is not None:
            group += asked
        else:
            groups.append(asked)
    return groups


def _apart(key: AnswerKey, pair: Pair, criteria: Collection[str]) -> list[list[str]]:
    """Those of a pair that are asked: together, or each by itself where a backward calls its own forward."""
    asked = [name for name in pair.criteria if name in criteria]
    if _is_lent(key, asked, asked):
        return [[name] for name in asked]
    return [asked] if asked else []


def _is_lent(key: AnswerKey, functions: Collection[str], to: Collection[str]) -> bool:
    """Whether some of these functions are lent where those are asked."""
    return any(not called_within(key, name).isdisjoint(functions) for name in to)


@dataclass(frozen=True)
class Pair:
    """A forward and its backward, or a function by itself; `called` is all that is called in their questions."""

    criteria: tuple[str, ...]
    called: frozenset[str]


@lru_cache(maxsize=4)
def pairs_of(key: AnswerKey) -> tuple[Pair, ...]:
    """All criteria, with those in one pair that must be answered by the same run of a program."""
    together: dict[str, list[str]] = {}
    for rule in key.rubric.criteria:
        forward = rule.forward or rule.name
        together.setdefault(forward, []).append(rule.name)
    called: dict[str, set[str]] = {}
    for entry in key.plan.entries:
        called.setdefault(entry.criterion, set()).update(step.function for step in entry.question.steps)
    return tuple(
        Pair(tuple(names), frozenset().union(*(called.get(name, ()) for name in names))) for names in together.values()
    )
