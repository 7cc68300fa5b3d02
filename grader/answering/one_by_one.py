"""A function that keeps something from call to call: asked each question by itself, so that it pays for that alone.

takes: a key, a sandbox, what was extracted of a hand-in, and what it has answered.
gives: `Answered`, in which no question finds what another one has left.
must not know: records, pages.

What is kept on an object is on a new one in each question, and costs what is about several calls. What is kept under a
name of the program, in a class or in a default is the same fault, and would cost nearly all: by the questions that
happened to be asked before. So the program is loaded anew before each; where what is still wrong then comes to
something else in a process of its own, as something is kept outside of the program, each question has one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from grader.answer_key import AnswerKey
from grader.answering.answered import Answered, better_of, saying
from grader.answering.sittings import Known, sit_afresh, sit_alone, sit_one_by_one
from grader.extract import Chosen
from grader.feedback.file_notes import note_on_kept, note_on_kept_alone, note_on_one_by_one
from grader.judge import RIGHT, Outcomes, Pattern, Verdict, told_of
from grader.judging import judge
from grader.plan import Purpose
from grader.sandbox import Clock, Sandbox
from grader.wire import Outcome, Status


def asked_one_by_one(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask again what adds up, or keeps something else. Where all is right then, no question is about several calls,
    and that does not count; but what is kept is told, as nobody sees it who tries a question.
    """
    verdicts = [one.verdict for one in first.scores if one.verdict.criterion in short]
    adding = {one.criterion for one in verdicts if _adds_up(told_of(key, first.outcomes, one))}
    lasting = chosen.extract.lasting() - adding if len(verdicts) > len(adding) else frozenset()
    program = chosen.extract.program

    def differing(outcomes: Outcomes, judged: Sequence[Verdict], names: Collection[str]) -> set[str]:
        places = {one.criterion: place for one in judged if one.criterion in names for place in _last_wrong(key, one)}
        alone = ((name, place, sit_alone(key, sandbox, program, place, clock)) for name, place in places.items())
        return {name for name, place, answered in alone if _differ(outcomes[place], answered)}

    keeping = differing(first.outcomes, verdicts, lasting)
    for names, say in ((adding, note_on_one_by_one), (keeping, note_on_kept)):
        if names:
            asked = Known(frozenset(names), first.outcomes)
            again = sit_afresh(key, sandbox, program, asked, clock)
            if differing(again, [one.verdict for one in judge(key, again, first.evidence)], names):
                again = sit_one_by_one(key, sandbox, program, asked, clock)
            right = {one.verdict.criterion for one in judge(key, again, first.evidence) if one.verdict.kind in RIGHT}
            first = better_of(key, first, again, [(name,) for name in sorted(names - right)], saying(say))
            if by_itself := sorted(right & keeping & names):
                first = replace(first, evidence=saying(note_on_kept_alone)(first.evidence, by_itself))
    return first


def _adds_up(verdict: Verdict) -> bool:
    readings = (verdict.reading, *(reading for _, reading in verdict.others_read))
    return any(reading is not None and reading.pattern is Pattern.ADDED_UP for reading in readings)


def _last_wrong(key: AnswerKey, verdict: Verdict) -> Iterator[int]:
    """The last case that is wrong in what came back, before which most was asked; none where nothing did.

    Of those with fewest calls: what several calls make wrong may be wrong in a process of its own, too.
    """
    wrong = {one.case for one in verdict.findings if not one.right and one.status in _ANSWERED}
    entries = enumerate(key.plan.entries)
    cases = (n for n, one in entries if (one.criterion, one.purpose) == (verdict.criterion, Purpose.CASE))
    found = [n for n in cases if key.plan.entries[n].name in wrong]
    yield from sorted(found, key=lambda n: -len(key.plan.entries[n].question.steps))[-1:]


_ANSWERED = (Status.RETURNED, Status.RAISED)


def _differ(before: Sequence[Outcome], alone: Sequence[Outcome]) -> bool:
    """Whether the last call of a question comes to something else where nothing was asked before."""
    one, other = before[-1], alone[-1]
    if one.status is not other.status or one.values.keys() != other.values.keys():
        return True
    pairs = [(one.values[name].array, other.values[name].array) for name in one.values]
    return any(a is not None and b is not None and not np.array_equal(a, b, equal_nan=True) for a, b in pairs)
