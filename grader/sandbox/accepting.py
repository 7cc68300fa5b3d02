"""Which answers are taken, and what of them is kept.

takes: a frame from inside, and the question and step that it should answer.
gives: the outcome in it, or `WireError` where it answers something else.
must not know: what is right, how it came here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from grader.wire import TOO_LARGE, Outcome, Piece, Question, Status, Step, Value, WireError, read_outcome
from grader.wire.outcomes import FEW_BYTES, MOST_ANSWERS

_NOTHING: frozenset[str] = frozenset()


def accepted(data: bytes, question: Question, number: int) -> Outcome:
    """The outcome in a frame that answers one step of the question; raises `WireError`.

    A class is asked the same questions, and answers most of them alike: such an answer is looked at once.
    """
    few = len(data) <= FEW_BYTES
    return _accepted_again(data, question, number) if few else _accepted(data, question, number)


def _accepted(data: bytes, question: Question, number: int) -> Outcome:
    outcome = read_outcome(data)
    check(outcome, question, question.steps[number])
    return outcome


# As many as are remembered in reading them, and no more bytes.
_accepted_again = lru_cache(maxsize=MOST_ANSWERS)(_accepted)


def check(outcome: Outcome, question: Question, step: Step) -> None:
    """Refuse an outcome that does not belong to the step."""
    due = len(step.gives)
    as_one = outcome.count == -1 and bool(outcome.values)  # None, or an array that has as many rows as are due
    whole = outcome.status is Status.RETURNED and (due == 1 or outcome.count == due or as_one)
    graded, values = step.graded if whole else _NOTHING, outcome.values
    # Not `values.keys() != graded`, which takes longer than all else here.
    if len(values) != len(graded) or graded.difference(values):
        raise WireError("an outcome's values are not those of its call")
    if outcome.changed and not set(outcome.changed) <= question.inputs.keys() | step.takes_own:
        raise WireError("an outcome names an input that was not given")
    if (outcome.trouble is not None) != (outcome.status is Status.RAISED):
        raise WireError("an outcome's trouble does not fit its status")


def last_lines(pieces: Sequence[Piece]) -> dict[int, int]:
    """By cell, the last line that a program has in it."""
    last: dict[int, int] = {}
    for piece in pieces:
        last[piece.cell] = max(last.get(piece.cell, 0), piece.first + piece.source.count("\n"))
    return last


def in_its_place(outcome: Outcome, last: Mapping[int, int]) -> Outcome:
    """The outcome, whose trouble stands in a line that there is: code that is compiled inside may name any number."""
    trouble = outcome.trouble
    if trouble is None or trouble.line <= last.get(trouble.cell, 0):
        return outcome
    return replace(outcome, trouble=replace(trouble, cell=0, line=0), shared=False)


def without_arrays(outcome: Outcome) -> Outcome:
    """An answer that is too large to be kept: three hundred of them would fill the memory, and the gradebook."""
    values = {
        name: value if value.array is None else Value("other", f"{TOO_LARGE}, of shape {value.array.shape}")
        for name, value in outcome.values.items()
    }
    return replace(outcome, values=values)
