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
from grader.extract import Chosen
from grader.judge import RIGHT
from grader.plan import MENDING
from grader.sandbox import Clock, Sandbox, sit
from grader.wire import SLIPS, Question


def with_slips_put_right(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask it again where its own forward is wrong and what that keeps is made right."""
    wrong = {one.verdict.criterion for one in first.scores if one.verdict.kind not in RIGHT}
    names = {rule.name for rule in key.rubric.criteria if rule.name in short and rule.forward in wrong}
    entries = enumerate(key.plan.entries)
    places = [n for n, entry in entries if entry.criterion in names and entry.purpose in MENDING]
    if not places:
        return first
    questions = [_of_slips(key.plan.entries[place].question) for place in places]
    terms = terms_of(key, places)
    sitting = sit(sandbox, chosen.extract.program, questions, key.rubric.limits, terms, clock)
    answers = dict(enumerate(first.outcomes)) | dict(zip(places, sitting.outcomes, strict=True))
    again = tuple(answers[n] for n in range(len(key.plan.entries)))
    return better_of(key, first, again, [(name,) for name in sorted(names)], lambda evidence, _: evidence)


def _of_slips(question: Question) -> Question:
    *ahead, back = question.steps
    return replace(question, steps=(*ahead, replace(back, mends=(*back.mends, (SLIPS, back.mends[0][1])))))
