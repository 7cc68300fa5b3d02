"""What a hand-in lost points for, number by number, hidden cases too: for whoever has to answer an appeal.

takes: a record as it is told, its key, and what the hand-in answered.
gives: lines of text: of each failing case the inputs and calls as Python, what came back, and what is right.
must not know: files, terminals. What it gives is for teaching assistants alone: it is full of hidden numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.feedback.points import show_points
from grader.feedback.take_home import literal
from grader.feedback.written_calls import calls_of, name_of
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.judge import Outcomes
from grader.judge.answers import answers, is_loose
from grader.judge.compare import Answer, is_short, limit_of
from grader.wire import Outcome, Status, read_spelt

_DIGITS = 8
_WHOLE = 400  # numbers of an array that are all shown; of a larger one its ends are
_MARGIN = 6
_FEW = 3  # failing cases of a criterion that are shown unasked: as a rule one cause has them all


@dataclass(frozen=True)
class Asked:
    """What is to be shown: some criteria (none: all that lost points), one case by its name, each case or a few."""

    criteria: Collection[str] = ()
    case: str = ""
    each: bool = False


def explained(record: Record, key: AnswerKey, outcomes: Outcomes, asked: Asked) -> Iterator[str]:
    """The cases that fail; where one is named that one, right or not."""
    yield f"{record.student_id} ({record.file}): {_points(record.points, record.max_points)}"
    if len(outcomes) != len(key.plan.entries):
        yield record.sentence or "It was asked nothing."
        yield from [f"  next: {record.next_step}"] if record.next_step else []
        return
    criteria = [one for one in record.criteria if not asked.criteria or one.name in asked.criteria]
    wanted = [
        (one, [c for c in one.cases if (c.name == asked.case if asked.case else not c.right)]) for one in criteria
    ]
    if not any(shown for _, shown in wanted):
        names = "; ".join(dict.fromkeys(c.name for one in criteria for c in one.cases))
        none = f"No case is called '{asked.case}' there; there are: {names}"
        yield none if asked.case else "All cases are right there."
    for one, shown in wanted:
        if shown:
            few = shown if asked.each else shown[:_FEW]
            yield from _told(one)
            yield from chain.from_iterable(_case(key, outcomes, one, case) for case in few)
            if more := [case.name for case in shown[len(few) :]]:
                yield ""
                yield f"  and {len(more)} more (--all shows them, --case NAME one of them): {'; '.join(more)}"


def _points(points: Fraction | None, most: Fraction) -> str:
    return "not graded" if points is None else f"{show_points(points)} of {show_points(most)} points"


def _told(one: CriterionRecord) -> Iterator[str]:
    by_hand = " (given by a TA)" if one.changed_by_hand else ""
    yield ""
    yield f"{one.name}: {_points(one.points, one.max_points)}{by_hand}, {one.verdict}"
    yield f"  {one.headline}"
    yield f"  {sum(not case.right for case in one.cases)} of {len(one.cases)} cases fail"


def _case(key: AnswerKey, outcomes: Outcomes, one: CriterionRecord, case: CaseRecord) -> Iterator[str]:
    yield ""
    what = "right" if case.right else case.detail or "wrong"
    yield f"  {case.name} ({case.visibility}; {case.behaviour}): {what}"
    named = (n for n, entry in enumerate(key.plan.entries) if (entry.criterion, entry.name) == (one.name, case.name))
    for place in named:
        rule = next(rule for rule in key.rubric.criteria if rule.name == one.name)
        lines = _numbers(key, rule, place, outcomes[place][-1], one.variant or REFERENCE)
        yield from (f"      {line}" for line in lines)


def _numbers(key: AnswerKey, rule: CriterionRule, place: int, outcome: Outcome, variant: str) -> Iterator[str]:
    entry = key.plan.entries[place]
    for name, array in entry.question.taken.items():
        yield f"{name_of(name)} = {literal(array) if array.size <= _WHOLE else _shape(array)}"
    yield from calls_of(entry.question)
    if entry.raises:
        trouble = outcome.trouble
        yield f"it raised: {f'{trouble.type_name}: {trouble.message}' if trouble else f'nothing ({outcome.status})'}"
        yield f"due is:    {entry.raises}, or a subclass of it"
    for name, answer in answers(key, rule, place, entry, variant):
        value = outcome.values.get(name)
        loose = is_loose(entry) or (value is not None and value.array is not None and is_short(value.array))
        yield from _result(name, answer, outcome, limit_of(answer, rule.tolerance, loose))


def _result(name: str, answer: Answer, outcome: Outcome, limit: np.ndarray) -> Iterator[str]:
    value = outcome.values.get(name)
    array = value.array if value is not None and outcome.status is Status.RETURNED else None
    what = outcome.status if outcome.status is not Status.RETURNED else value.type_name if value else "nothing"
    if answer.is_text:
        yield f"{name} came back: {what if array is None else read_spelt(array)}"
        yield f"{name} is right:  {read_spelt(answer.low)}"
        return
    if array is None:
        yield f"{name} came back: {what}"
        yield from _shown(f"{name} is right:", answer.low)
        return
    is_same_shape = array.shape == answer.low.shape and array.dtype.kind in "fiub"
    yield from _shown(f"{name} came back:", array)
    yield from _shown(f"{name} is right:", answer.nearest(array) if is_same_shape else answer.low)
    if is_same_shape and array.size:
        yield _off(array.astype(np.float64), answer, limit)


def _off(got: np.ndarray, answer: Answer, limit: np.ndarray) -> str:
    """How many entries are off by more than is allowed, and the one that is most."""
    with np.errstate(all="ignore"):
        error = abs(got - answer.nearest(got))
        beyond = np.where(np.isfinite(got), error - limit, np.inf)
    worst = np.unravel_index(int(np.argmax(beyond)), got.shape)
    wrong = int((beyond > 0).sum())
    if not wrong:
        return "all of it is right, within what is allowed"
    at = f" at [{', '.join(map(str, map(int, worst)))}]" if got.ndim else ""
    allowed = f"{float(np.broadcast_to(limit, got.shape)[worst]):.2g}"
    return f"{wrong} of {got.size} entries are off; most{at}, by {float(error[worst]):.3g}, where {allowed} is allowed"


def _shown(head: str, array: np.ndarray) -> Iterator[str]:
    yield f"{head} {_shape(array)}"
    text = np.array2string(array, precision=_DIGITS, threshold=_WHOLE, max_line_width=100)
    yield from (f"{' ' * _MARGIN}{line}" for line in text.splitlines())


def _shape(array: np.ndarray) -> str:
    return f"array {array.shape} of {array.dtype.name}"
