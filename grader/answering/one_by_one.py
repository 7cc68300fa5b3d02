"""A function that adds up what its calls give: asked each question by itself, so that it pays for that alone.

takes: a key, a sandbox, what was extracted of a hand-in, and what it has answered.
gives: `Answered`, in which no question finds what another one has left.
must not know: records, pages.

What adds up on its object is asked on a new one each time, and loses what is about several calls. What does so under a
name of the program is the same fault, and would lose nearly all: by the questions that happened to be asked before.
"""

from __future__ import annotations

from grader.answer_key import AnswerKey
from grader.answering.answered import Answered, better_of, saying
from grader.answering.sittings import Known, sit_one_by_one
from grader.extract import Chosen
from grader.feedback.file_notes import note_on_one_by_one
from grader.judge import RIGHT, Pattern, Verdict
from grader.judging import judge
from grader.sandbox import Clock, Sandbox


def asked_one_by_one(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask again what adds up. Where all is right then, no question is about several calls, and that does not count."""
    adding = {one.verdict.criterion for one in first.scores if one.verdict.criterion in short and _adds_up(one.verdict)}
    if not adding:
        return first
    again = sit_one_by_one(key, sandbox, chosen.extract.program, Known(frozenset(adding), first.outcomes), clock)
    right = {one.verdict.criterion for one in judge(key, again, first.evidence) if one.verdict.kind in RIGHT}
    return better_of(key, first, again, [(name,) for name in sorted(adding - right)], saying(note_on_one_by_one))


def _adds_up(verdict: Verdict) -> bool:
    readings = (verdict.reading, *(reading for _, reading in verdict.others_read))
    return any(reading is not None and reading.pattern is Pattern.ADDED_UP for reading in readings)
