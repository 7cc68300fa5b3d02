"""In which order one submission is asked, and on which basis.

A right submission is asked in one process: public cases, then hidden ones. What is wrong in public is asked with the
reference's part given, public cases before any hidden one is in the process. Stubs come last, in a process of their own.
Where a name is missing though statements were left out, the whole notebook is run once, and what earns more counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from grader.extract import Facts, Reading, Wanted
from grader.judge import judge, needed_by, not_right
from grader.key import Basis, Entry, Key, stub_answerer
from grader.outcomes import Loaded, Outcome, Outcomes, Status
from grader.sandbox import ExamRun, Sandbox
from grader.score import score_all
from grader.wire.program import Ask, Program

ENDED = ("ProcessEnded", "TimeoutError")
"""What a statement is reported as that ended or hung the loading, and so was left out."""


@dataclass(frozen=True)
class Asked:
    """All outcomes of one submission, and the facts of its program, completed by what came of loading it."""

    outcomes: dict[int, tuple[Outcome, ...]]
    facts: Facts


def wanted_by(key: Key) -> Wanted:
    """What is looked for in a submission."""
    rubric, handout = key.rubric, key.rubric.handout
    return Wanted(
        names=tuple(rule.name for rule in rubric.criteria),
        also_named={rule.name: rule.also_named for rule in rubric.criteria if rule.also_named},
        untouched=handout.untouched,
        files=handout.files,
        assignment=rubric.name,
    )


def ask(key: Key, sandbox: Sandbox, reading: Reading, known: Outcomes | None = None) -> Asked:
    """Ask everything that is fair to ask, except what is `known`. Raises `SandboxError` where the fault is ours."""
    limits, known = key.rubric.limits, known or {}
    asked = _ask_program(key, sandbox, reading, reading.program, limits.load_seconds, known)
    if reading.whole is None or not _lacks_a_name(key, asked):
        return asked
    again = _ask_program(key, sandbox, reading, reading.whole, limits.notebook_seconds, known)
    if _worth(key, again) > _worth(key, asked):
        return again
    ended = tuple(one for one in again.facts.failed if one.type_name in ENDED and one not in asked.facts.failed)
    facts = msgspec.structs.replace(asked.facts, failed=(*asked.facts.failed, *ended))
    return Asked(asked.outcomes, facts)


def _ask_program(
    key: Key, sandbox: Sandbox, reading: Reading, program: Program, load_seconds: float, known: Outcomes
) -> Asked:
    limits, outcomes = key.rubric.limits, dict(known)
    with ExamRun(sandbox, program, key.questions, wanted_by(key).names, limits, load_seconds) as run:
        facts = complete(reading.facts, run.loaded)
        for numbers, is_fresh in _rounds(key, outcomes):
            numbers = [number for number in numbers if number not in known]
            if not numbers:
                continue
            asks = [_ask(key.entries[number], number) for number in numbers]
            stages = {number: key.entries[number].stages for number in numbers}
            outcomes |= run.ask(asks, stages, answer=stub_answerer(key), fresh=is_fresh)
    return Asked(outcomes, facts)


def _ask(entry: Entry, number: int) -> Ask:
    return Ask(number, entry.driver, entry.inputs, entry.stubs)


def complete(facts: Facts, loaded: Loaded) -> Facts:
    """The facts of a program with what came of loading it."""
    return msgspec.structs.replace(facts, failed=loaded.troubles, replaced=loaded.replaced)


def _rounds(key: Key, outcomes: dict[int, tuple[Outcome, ...]]) -> Iterator[tuple[list[int], bool]]:
    """Give what to ask next, by what was answered so far; with True it needs a new process."""
    yield [*_own(key, is_public=True)], False
    wrong = not_right(key, outcomes, outcomes)
    if wrong:
        yield [*_given(key, wrong, is_public=True), *_relative(key, wrong)], False
    yield [*_own(key, is_public=False)], False
    wrong = not_right(key, outcomes, outcomes)
    yield [*_given(key, wrong, is_public=False)], False
    stubbed = [*_stubbed(key, wrong, is_public=True)]
    yield stubbed, True
    yield [*_stubbed(key, wrong, is_public=False)], not stubbed


def _own(key: Key, is_public: bool) -> Iterator[int]:
    for number, entry in enumerate(key.entries):
        if entry.basis is Basis.OWN and entry.is_public == is_public:
            yield number


def _given(key: Key, wrong: set[str], is_public: bool) -> Iterator[int]:
    """Cases with a cache handed in: asked of what is wrong, also where that only makes a better sentence."""
    for number, entry in enumerate(key.entries):
        if entry.basis is Basis.GIVEN and not entry.stubs and entry.is_public == is_public and wrong & {*entry.stages}:
            yield number


def _stubbed(key: Key, wrong: set[str], is_public: bool) -> Iterator[int]:
    """Cases with stubs: asked where both the criterion and something that it needs are wrong."""
    for number, entry in enumerate(key.entries):
        asked = entry.basis is Basis.GIVEN and entry.stubs and entry.is_public == is_public
        if asked and wrong & {*entry.stages} and wrong & {*needed_by(key, number)}:
            yield number


def _relative(key: Key, wrong: set[str]) -> Iterator[int]:
    """The steps of a gradient check: public, so they are asked before anything hidden."""
    checked = {rule.of for rule in key.rubric.gradients if rule.of in wrong}
    for number, entry in enumerate(key.entries):
        if entry.basis is Basis.RELATIVE and checked & {*_checked_by(key, entry, number)}:
            yield number


def _checked_by(key: Key, entry: Entry, number: int) -> Iterable[str]:
    gradients = key.rubric.gradients
    if entry.nudge is not None:
        return (gradients[entry.nudge.gradient].of,)
    return (rule.of for rule in gradients if rule.base == number)


def _lacks_a_name(key: Key, asked: Asked) -> bool:
    """Whether a graded name is missing, or a global name was not found when a function ran."""
    for outcomes in asked.outcomes.values():
        for outcome in outcomes:
            if outcome.status is Status.MISSING:
                return True
            if outcome.trouble is not None and outcome.trouble.type_name in ("NameError", "UnboundLocalError"):
                return True
    return False


def _worth(key: Key, asked: Asked) -> Fraction:
    scores = score_all(key, judge(key, asked.outcomes, asked.facts))
    return sum((one.points for one in scores.values() if one.points is not None), Fraction(0))
