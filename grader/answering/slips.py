"""A backward behind a forward that may have one slip in what it keeps: asked again with that put right.

takes: a key, a sandbox, what was extracted of a hand-in, and what it has answered.
gives: `Answered`, in which such a backward counts, if it earns more so.
must not know: records, pages, what a slip is.

Of `std = 1 / np.sqrt(var)` and `xhat = (x - mu) / std` either line may be the wrong one: what backward makes of both
tells which. So it is asked with the one and with the other put right, and the better counts.
"""

from __future__ import annotations

from dataclasses import replace

from grader.answer_key import AnswerKey
from grader.answering.answered import Answered, better_of
from grader.answering.terms import terms_of
from grader.extract import Chosen, makes_no_mask
from grader.judge import RIGHT, Kind
from grader.plan import MENDING
from grader.sandbox import Clock, Sandbox, sit
from grader.wire import NEAREST, SLIPS, Question

_NOTHING = (Kind.NOT_ATTEMPTED, Kind.MISSING, Kind.TIMED_OUT)  # by which nothing is kept, or read


def with_slips_put_right(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask it again where its own forward is wrong and what that keeps is made right."""
    places = _places(key, chosen, first, short)
    if not places:
        return first
    names = sorted({key.plan.entries[place].criterion for place in places})
    questions = [_of_slips(key.plan.entries[place].question) for place in places]
    terms = terms_of(key, places)
    sitting = sit(sandbox, chosen.extract.program, questions, key.rubric.limits, terms, clock)
    answers = dict(enumerate(first.outcomes)) | dict(zip(places, sitting.outcomes, strict=True))
    again = tuple(answers[n] for n in range(len(key.plan.entries)))
    return better_of(key, first, again, [(name,) for name in names], lambda evidence, _: evidence)


def _places(key: AnswerKey, chosen: Chosen, first: Answered, short: set[str]) -> list[int]:
    """The questions of whose backward it may matter: a process more for each wrong forward is a twentieth of all time.

    Where the reference keeps nothing beside what it takes and gives, only masks are looked for: which it makes, or is
    given.
    """
    of = {one.verdict.criterion: one.verdict.kind for one in first.scores}
    behind = {rule.name: rule.forward for rule in key.rubric.criteria if rule.name in short and rule.forward}
    open_ones = {n for n in behind if of[n] not in _NOTHING and of[behind[n]] not in (*RIGHT, *_NOTHING)}
    mending = [(n, e) for n, e in enumerate(key.plan.entries) if e.purpose in MENDING and e.criterion in open_ones]
    more = {entry.criterion for _, entry in mending if _has_parts(entry.question) or _has_a_mask(entry.question)}
    cells, at = chosen.extract.cells, chosen.extract.places
    idle = {n for n in open_ones - more if makes_no_mask(cells, behind[n], at.get(behind[n]))}
    return [n for n, entry in mending if entry.criterion not in idle]


def _has_parts(question: Question) -> bool:
    return any(own == NEAREST for own, _ in question.steps[-1].mends)


def _has_a_mask(question: Question) -> bool:
    """Whether zeros and one other number are among what its forward is given."""
    given = [array for name, array in question.inputs.items() if name in question.steps[0].takes]
    nonzero = [(one, one[one != 0]) for one in given if one.dtype.kind in "biuf"]
    return any(0 < rest.size < one.size and (rest == rest[0]).all() for one, rest in nonzero if one.size > 2)


def _of_slips(question: Question) -> Question:
    *ahead, back = question.steps
    return replace(question, steps=(*ahead, replace(back, mends=(*back.mends, (SLIPS, back.mends[0][1])))))
