"""What the outcomes of one hand-in mean, and what that is worth.

takes: a key, outcomes of its plan, and what else is known of the hand-in.
gives: a score for each criterion; or the record that saved outcomes make.
must not know: notebooks, how outcomes were got.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from grader.answer_key import AnswerKey
from grader.feedback.evidence import Evidence
from grader.feedback.record import Identity, graded_record, ungraded_again
from grader.gradebook import Record
from grader.judge import Outcomes, lacks_answers, rule_on, told_of
from grader.memo import Memo
from grader.score import Score, score
from grader.wire import WireError, unpack_outcomes

_scores: Memo[Score] = Memo()  # the verdicts of a class are mostly the very same ones
_told: Memo[Score] = Memo()
_ASKED_TOO_LITTLE = (
    "By this key something is wrong that was right when this was graded, and what else might be right was not asked."
)


def judge(key: AnswerKey, outcomes: Outcomes, evidence: Evidence) -> list[Score]:
    """What the outcomes mean, and what that is worth: one score a criterion, in the key's order.

    How results differ is not looked at yet: that changes no points, and many a hand-in is judged more than once.
    """
    ruled = rule_on(key, outcomes, evidence.circumstances(key))
    return [
        _scores.get((), (rule, ruled[rule.name]), partial(score, rule, ruled[rule.name]))
        for rule in key.rubric.criteria
    ]


def told(key: AnswerKey, outcomes: Outcomes, scores: list[Score]) -> list[Score]:
    """The same scores of these outcomes, with how results differ: for the words about them."""
    verdicts = [told_of(key, outcomes, one.verdict) for one in scores]
    return [
        one if one.verdict is verdict else _told.get((), (one, verdict), partial(replace, one, verdict=verdict))
        for one, verdict in zip(scores, verdicts, strict=True)
    ]


def judge_again(key: AnswerKey, record: Record) -> tuple[Record, Outcomes]:
    """The record that saved outcomes make under this key, which must ask the same questions; and the outcomes.

    It is ungraded, and to be asked again, where by this key more counts than was asked. Runs nobody's code. Raises
    `WireError` where the outcomes cannot be read.
    """
    outcomes = unpack_outcomes(record.outcomes)
    if record.evidence is None:
        return replace(record, max_points=key.rubric.points), outcomes
    if len(outcomes) != len(key.plan.entries):
        raise WireError("saved outcomes end early")
    evidence = _evidence_of(record.evidence)
    scores = told(key, outcomes, judge(key, outcomes, evidence))
    judged = graded_record(
        Identity.of(record), key, scores, evidence, record.cells, level=record.level,
        seconds=record.seconds, outcomes=record.outcomes, fingerprint=record.fingerprint,
    )  # fmt: skip
    # Of several sittings the best counts, and what one made needless need not be so by another: as long as all verdicts
    # are what they were, nothing is lacking.
    if lacks_answers(key, outcomes) and _verdicts(judged) != _verdicts(record):
        return ungraded_again(record, key, _ASKED_TOO_LITTLE), ()
    return judged, outcomes


def _verdicts(record: Record) -> list[str]:
    return [one.verdict for one in record.criteria]


def _evidence_of(saved: Mapping[str, Any]) -> Evidence:
    try:
        return Evidence.from_json(saved)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise WireError("what was noted of its program is damaged") from error
