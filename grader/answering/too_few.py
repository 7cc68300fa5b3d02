"""A function that returns fewer results than are due, as one is forgotten: each of them is taken for one that is due.

takes: a key, a sandbox, what was extracted of a hand-in, and what it has answered.
gives: `Answered`, in which those that are right count.
must not know: records, pages.

Which one is forgotten nobody can tell but by what earns most. A forward that keeps no cache is not of that kind: what
its backward has of it is told by itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

from grader.answer_key import AnswerKey
from grader.answering.answered import Answered, better_of, earned, is_better, saying
from grader.answering.instead import module_of
from grader.answering.sittings import Known, sit_exam
from grader.extract import Chosen, with_gaps
from grader.feedback.file_notes import note_on_too_few
from grader.judge import Flaw, Verdict, is_bare
from grader.sandbox import Clock, Sandbox

_MOST = 6  # ways to tell what was forgotten


def with_too_few(
    key: AnswerKey, sandbox: Sandbox, chosen: Chosen, first: Answered, short: set[str], clock: Clock
) -> Answered:
    """Ask each of them again, with something that is no result in the place of what may be missing."""
    forwards = {rule.forward for rule in key.rubric.criteria}
    best, found = first, chosen.extract
    for rule, score in zip(key.rubric.criteria, first.scores, strict=True):
        due = re.findall(r"\w+", rule.gives)
        count = _count(score.verdict) if rule.name in short - forwards else 0
        module, before = module_of(found, rule.name), best
        for kept in [*combinations(range(len(due)), count)][:_MOST] if 0 < count < len(due) else ():
            piece = with_gaps(rule.name, rule.takes, kept, len(due), module)
            program = replace(found.program, definitions=(*found.program.definitions, piece))
            asked = Known(frozenset([rule.name]), first.outcomes)
            again = sit_exam(key, sandbox, program, asked, clock=clock).outcomes
            now = better_of(key, before, again, [(rule.name,)], saying(note_on_too_few))
            best = now if is_better(*(earned(key, (rule.name,), one.scores) for one in (now, best))) else best
    return best


def _count(verdict: Verdict) -> int:
    """How many results each of its calls gave, where that is another number than is due; else 0."""
    problems = [finding.problem for finding in verdict.findings if finding.problem]
    counts = {problem.facts["got"] for problem in problems if problem.flaw is Flaw.COUNT}
    return abs(counts.pop()) if is_bare(verdict) and len(counts) == 1 else 0
