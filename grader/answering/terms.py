"""On which terms a plan is asked: what waits for what, and how large an answer may be.

takes: an answer key, and which entries of its plan are asked.
gives: `Terms` for a sitting.
must not know: outcomes, points, what any function is for.

Public cases come first, and the others are not in the process before these are answered: a program that remembers a
hidden input, or looks for it in the memory of the harness, cannot tell it through a case whose values are shown. Of
both, last comes what is needed only where something before was wrong; and of that, what takes longest, hidden caches to
be mended, after what may make them needless.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from grader.answer_key import REFERENCE, AnswerKey
from grader.assignment import PUBLIC
from grader.plan import MENDING, Purpose
from grader.sandbox import Spare, Terms
from grader.wire import Outcome, Question

# What a right answer is short of an axis, or has one too many, still fits; and so does the header of a frame.
MOST_TIMES = 16
LEAST_BYTES = 16 << 10


def terms_of(key: AnswerKey, asked: Sequence[int], spare: Spare | None = None) -> Terms:
    """The terms for these entries of the plan, numbered as they are asked; `spare` says what is needless."""
    rounds, most_bytes = _terms(key, tuple(asked))
    shown, beside_shown, *hidden = rounds
    return Terms((shown, beside_shown, *hidden) if spare else ((*shown, *beside_shown), *hidden), most_bytes, spare)


@lru_cache(maxsize=64)
def _terms(key: AnswerKey, asked: tuple[int, ...]) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """The rounds, those of what is public first, and the bytes of each answer: a class is asked the same."""
    entries = [key.plan.entries[place] for place in asked]
    shown = [n for n, entry in enumerate(entries) if entry.visibility == PUBLIC]
    shown_cases = [n for n in shown if entries[n].purpose is Purpose.CASE]
    beside_shown = [n for n in shown if entries[n].purpose is not Purpose.CASE]
    hidden = [n for n, entry in enumerate(entries) if entry.visibility != PUBLIC]
    cases = [n for n in hidden if entries[n].purpose is Purpose.CASE]
    mending = [n for n in hidden if entries[n].purpose in MENDING]
    beside = [n for n in hidden if entries[n].purpose not in (Purpose.CASE, *MENDING)]
    most = _most_bytes(key)
    rounds = tuple(map(tuple, (shown_cases, beside_shown, cases, beside, mending)))
    # A forward may be answered by the case of its backward that begins with it: what is kept of one is of both.
    called = ([entry.criterion, *(step.function for step in entry.question.steps)] for entry in entries)
    return rounds, tuple(max(most.get(name, 0) for name in names) for names in called)


@lru_cache(maxsize=4)
def _most_bytes(key: AnswerKey) -> dict[str, int]:
    """By criterion, from the largest that is asked of it or due."""
    largest: dict[str, int] = {}
    right = key.answers.get(REFERENCE, {})
    for place, entry in enumerate(key.plan.entries):
        due = _bytes_due(right[place]) if place in right else 0
        largest[entry.criterion] = max(largest.get(entry.criterion, 0), _bytes_asked(entry.question), due)
    return {criterion: MOST_TIMES * size + LEAST_BYTES for criterion, size in largest.items()}


def _bytes_asked(question: Question) -> int:
    return sum(array.nbytes for array in question.inputs.values())


def _bytes_due(outcome: Outcome) -> int:
    return sum(value.array.nbytes for value in outcome.values.values() if value.array is not None)
