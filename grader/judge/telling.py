"""How the results of a verdict differ from what is due: looked at where it counts, as that takes longer than all else.

takes: an answer key, the outcomes of a hand-in, and a verdict on one of its functions.
gives: the verdict with how its results differ.
must not know: points, words; which verdict counts.

Of the verdicts on a function one is told, and many a function is judged more than once. What is told is the same object
for the same verdict: a class has most of them in common.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from grader.answer_key import AnswerKey, CriterionRule
from grader.judge.bench import bench_of
from grader.judge.findings import Exam, Outcomes
from grader.judge.in_one_result import mistakes_by_behaviour, mistakes_by_result
from grader.judge.lost_reading import told_if_possible
from grader.judge.told import reading_alone, reading_of
from grader.judge.verdict import Verdict
from grader.memo import Memo
from grader.plan import Purpose

_told: Memo[Verdict] = Memo()


def told_of(key: AnswerKey, outcomes: Outcomes, verdict: Verdict) -> Verdict:
    """The same, with how its results differ; `outcomes` are those that it was made of."""
    if verdict.unread is None:
        return verdict
    return _told.get((), (key, verdict), partial(_tell, key, outcomes, verdict))


def _tell(key: AnswerKey, outcomes: Outcomes, verdict: Verdict) -> Verdict:
    bench = bench_of(key)
    exam = Exam(bench, {place: tuple(outcomes[place]) for place in bench.places[verdict.criterion]})
    rule = bench.rules[verdict.criterion]
    read = _read if verdict.unread is Purpose.CASE else _read_alone
    with np.errstate(all="ignore"):  # a hand-in's numbers may overflow in any sum that is made of them
        return replace(told_if_possible(verdict, partial(read, exam, rule, verdict)), unread=None)


def _read(exam: Exam, rule: CriterionRule, verdict: Verdict) -> Verdict:
    """How each wrong result differs: the one that fails first before the others."""
    wrong = dict.fromkeys(f.problem.output for f in verdict.findings if f.problem)
    read = {output: reading_of(exam, rule, verdict, output) for output in wrong}
    first, *others = (*read, "")
    found = tuple((output, reading) for output in others if (reading := read.get(output)))
    known = mistakes_by_result(exam, rule, wrong)
    shown = mistakes_by_behaviour(exam, rule, (f.behaviour for f in verdict.findings if f.problem))
    return replace(verdict, reading=read.get(first), others_read=found, mistakes_in=known, shown_in=shown)


def _read_alone(exam: Exam, rule: CriterionRule, verdict: Verdict) -> Verdict:
    """How a backward differs that is right in part without its forward."""
    assert verdict.unread is not None, "what is read already is not read again"
    wrong = dict.fromkeys(f.problem.output for f in verdict.findings if f.problem)
    known = mistakes_by_result(exam, rule, wrong, verdict.unread)
    return replace(verdict, reading=reading_alone(exam, rule, verdict, verdict.unread), mistakes_in=known)
