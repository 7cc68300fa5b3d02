"""In which order one submission is asked, and on which basis.

A right submission is asked in one process: public cases, then hidden ones. What is wrong in public is asked with the
reference's part given, before any hidden case is in the process. Stubs come last, in a process of their own.
Where a name is missing though statements were left out, the whole notebook is run once, and what earns more counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import msgspec

from grader.assignment.words import HIDDEN, PUBLIC
from grader.extract import Facts, Reading, Wanted
from grader.judge import judge, not_right
from grader.key import Basis, Entry, Key, needed_by, stub_answerer
from grader.outcomes import ENDED, Outcome, Outcomes, Status
from grader.sandbox import Sandbox
from grader.sandbox.exam import Answering, ExamRun, Recording
from grader.score import score_all
from grader.wire.messages import encode
from grader.wire.program import Ask, Program


@dataclass(frozen=True)
class Context:
    """What it takes to grade: a key, and a place to run student code in. What all submissions need is made once."""

    key: Key
    sandbox: Sandbox

    @cached_property
    def frames(self) -> dict[int, bytes]:
        """Each entry as it is sent to a submission."""
        return {n: encode(ask_of(n, one, one.stubs)) for n, one in enumerate(self.key.entries)}

    @cached_property
    def wanted(self) -> Wanted:
        """What is looked for in a submission."""
        rubric, handout = self.key.rubric, self.key.rubric.handout
        names = tuple(rule.name for rule in rubric.criteria)
        also_named = {rule.name: rule.also_named for rule in rubric.criteria if rule.also_named}
        return Wanted(names, also_named, handout.untouched, handout.files, rubric.name)


@dataclass(frozen=True)
class Asked:
    """All outcomes of one submission, and the facts of its program, completed by what came of loading it."""

    outcomes: dict[int, tuple[Outcome, ...]]
    facts: Facts


def ask(context: Context, reading: Reading, known: Outcomes | None = None) -> Asked:
    """Ask everything that is fair to ask, except what is `known`. Raises `SandboxError` where the fault is ours."""
    key, known = context.key, known or {}
    asked = _ask_program(context, reading, reading.program, key.rubric.limits.load_seconds, known)
    if reading.whole is None or not _lacks_a_name(asked):
        return asked
    again = _ask_program(context, reading, reading.whole, key.rubric.limits.notebook_seconds, known)
    if _worth(key, again) > _worth(key, asked):
        return again
    ended = tuple(one for one in again.facts.failed if one.type_name in ENDED and one not in asked.facts.failed)
    facts = msgspec.structs.replace(asked.facts, failed=(*asked.facts.failed, *ended))
    return Asked(asked.outcomes, facts)


def _ask_program(context: Context, reading: Reading, program: Program, seconds: float, known: Outcomes) -> Asked:
    key, outcomes, answer = context.key, dict(known), stub_answerer(context.key)
    exam = (program, key.questions, context.wanted.names, key.rubric.limits, seconds, context.frames)
    with ExamRun(context.sandbox, *exam) as run:
        facts = msgspec.structs.replace(reading.facts, failed=run.loaded.troubles, replaced=run.loaded.replaced)
        for numbers, is_fresh in _rounds(key, outcomes):
            if new := [number for number in numbers if number not in known]:
                outcomes |= ask_entries(run, key, new, answer, fresh=is_fresh)
    return Asked(outcomes, facts)


def ask_entries(
    run: ExamRun, key: Key, numbers: Iterable[int], answer: Answering | None = None, record: Recording | None = None,
    fresh: bool = False,
) -> dict[int, tuple[Outcome, ...]]:  # fmt: skip
    """Ask a program some entries of a key; their stubs are in place where there is an `answer` for their calls."""
    entries = [(n, key.entries[n]) for n in numbers]
    asks = [ask_of(n, one, one.stubs if answer else (), bool(record)) for n, one in entries]
    return run.ask(asks, {n: one.stages for n, one in entries if one.stages}, answer, record, fresh=fresh)


def ask_of(number: int, entry: Entry, stubs: tuple[str, ...], record: bool = False) -> Ask:
    """What is sent for an entry: its driver is run up to its last stage."""
    return Ask(number, entry.driver, entry.inputs, stubs, record, until="".join(entry.stages[-1:]))


def _rounds(key: Key, outcomes: dict[int, tuple[Outcome, ...]]) -> Iterator[tuple[list[int], bool]]:
    """Give what to ask next, by what was answered so far; with True it needs a new process."""
    wrong = set[str]()
    for visibility in (PUBLIC, HIDDEN):
        there = [(n, one) for n, one in enumerate(key.entries) if one.visibility == visibility]
        yield [n for n, one in there if one.basis is Basis.OWN], False
        wrong = not_right(key, outcomes, wrong)
        # A cache is handed in also where that only makes a better sentence.
        given = [n for n, one in there if one.basis is Basis.GIVEN and not one.stubs and wrong & {*one.stages}]
        checked = {index: rule.base for index, rule in enumerate(key.rubric.gradients) if rule.of in wrong}
        steps = [n for n, one in there if one.nudge is not None and one.nudge.gradient in checked]
        yield given + sorted({n for n, _ in there}.intersection([*checked.values(), *steps])), False
    # A stub is asked for where something that its caller needs is wrong too.
    stubbed = [(n, one) for n, one in enumerate(key.entries) if one.stubs and wrong & {*one.stages}]
    stubbed = [(n, one) for n, one in stubbed if wrong & needed_by(key, n)]
    public = [n for n, one in stubbed if one.is_public]
    yield public, True
    yield [n for n, _ in stubbed if n not in public], not public


def _lacks_a_name(asked: Asked) -> bool:
    """Whether a graded name is missing, or a global name was not found when a function ran."""
    every = [outcome for outcomes in asked.outcomes.values() for outcome in outcomes]
    raised = {outcome.trouble.type_name for outcome in every if outcome.trouble is not None}
    return bool(raised & {"NameError", "UnboundLocalError"}) or any(one.status is Status.MISSING for one in every)


def _worth(key: Key, asked: Asked) -> Fraction:
    scores = score_all(key, judge(key, asked.outcomes, asked.facts))
    return sum((one.points for one in scores.values() if one.points is not None), Fraction(0))
