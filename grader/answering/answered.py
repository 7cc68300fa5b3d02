"""What one hand-in answered, and which of two answers to the same questions count.

takes: a key, and outcomes of one hand-in; later ones to some of its questions.
gives: `Answered`, with the later ones where they earn more.
must not know: how outcomes were got, and why once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from grader.answer_key import AnswerKey
from grader.feedback.evidence import Evidence
from grader.judge import Outcomes
from grader.judging import judge
from grader.score import Score


@dataclass(frozen=True)
class Answered:
    """What a hand-in answered, at which level, and what that is worth."""

    outcomes: Outcomes
    evidence: Evidence
    scores: list[Score]
    level: str


def better_of(
    key: AnswerKey, first: Answered, again: Outcomes, groups: Sequence[tuple[str, ...]],
    noted: Callable[[Evidence, Sequence[str]], Evidence], telling: Sequence[tuple[str, ...]] = (),
) -> Answered:  # fmt: skip
    """Take the later answers of each group of criteria that earn more, and note why there are others.

    Those of a `telling` group count where they earn as much, too: they tell better what is wrong.
    """
    after = judge(key, again, first.evidence)

    def counts(group: tuple[str, ...]) -> bool:
        now, before = earned(key, group, after), earned(key, group, first.scores)
        return is_better(now, before) or (now == before and group in telling)

    gained = [name for group in groups if counts(group) for name in group]
    if not gained:
        return first
    answers = zip(key.plan.entries, again, first.outcomes, strict=True)
    outcomes = tuple(now if entry.criterion in gained else before for entry, now, before in answers)
    evidence = noted(first.evidence, gained)
    return Answered(outcomes, evidence, judge(key, outcomes, evidence), first.level)


def forwards_alone(
    key: AnswerKey, found: Answered, again: Outcomes, pairs: Sequence[tuple[str, ...]],
    noted: Callable[[Evidence, Sequence[str]], Evidence],
) -> Answered:  # fmt: skip
    """Take the later answers of a forward and not those of its backward, where both together earn more by that."""
    after = judge(key, again, found.evidence)
    for forward, *back in pairs:
        if back and is_better(earned(key, [forward], after), earned(key, [forward], found.scores)):
            answers = zip(key.plan.entries, again, found.outcomes, strict=True)
            outcomes = tuple(now if entry.criterion == forward else before for entry, now, before in answers)
            evidence = noted(found.evidence, [forward])
            tried = Answered(outcomes, evidence, judge(key, outcomes, evidence), found.level)
            whole = (earned(key, [forward, *back], one.scores) for one in (tried, found))
            found = tried if is_better(*whole) else found
    return found


def saying(say: Callable[[Sequence[str]], str]) -> Callable[[Evidence, Sequence[str]], Evidence]:
    """What notes it among what is said of the file."""
    return lambda evidence, names: replace(evidence, notes=(*evidence.notes, say(names)))


def earned(key: AnswerKey, group: Collection[str], scores: list[Score]) -> Fraction | None:
    """What these criteria earn; `None` where we could not grade one of them."""
    scored = zip(key.rubric.criteria, scores, strict=True)
    points = [one.points for rule, one in scored if rule.name in group]
    return None if None in points else sum((one for one in points if one is not None), Fraction(0))


def is_better(now: Fraction | None, before: Fraction | None) -> bool:
    """Whether the later answers count; where we failed to get them they do too, since nobody knows what they earn."""
    return before is not None and (now is None or now > before)
