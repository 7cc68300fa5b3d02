"""One variant at the exam: what it is asked, and what it comes to.

takes: an assignment, its key and a sandbox; then variants, one by one.
gives: `Marked`: the points, and the cases that it failed.
must not know: how many sit the exam at once, the table of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from grader.answer_key import AnswerKey
from grader.assignment import Alternative, Assignment
from grader.compile_key.exam_room import ExamRoom, Variant
from grader.judge import Kind, Outcomes, rule_on
from grader.plan import Purpose
from grader.sandbox import Sandbox
from grader.score import Score, score


@dataclass(frozen=True)
class Paper:
    """A variant that is to sit the exam, and the criteria that it is marked by.

    `of_author` is its place among what the author declares (`authors_own`), whose functions no other process can be
    given; of all others `source` is run `instead` of the reference, or behind it.
    """

    name: str
    criteria: frozenset[str]
    source: str = ""
    instead: bool = False
    purpose: Purpose = Purpose.CASE
    of_author: int | None = None


class Marked(NamedTuple):
    """What a paper came to in its criteria; `failed` are places of cases in the plan."""

    points: Fraction
    loses: bool
    mistake: str
    failed: frozenset[int]


def authors_own(assignment: Assignment) -> list[Variant | None]:
    """The reference, the alternatives, and every form of every known mistake."""
    return [None, *assignment.alternatives, *(form for mistake in assignment.mistakes for form in mistake.forms)]


class Examiner:
    """Lets variants sit the exam of a key, one after the other, and marks them."""

    def __init__(self, assignment: Assignment, key: AnswerKey, sandbox: Sandbox) -> None:
        self._key, self._authors = key, authors_own(assignment)
        self._room = ExamRoom(assignment, key.plan, sandbox, key.rubric.files)

    def mark(self, paper: Paper) -> Marked:
        """What a variant comes to."""
        ruled = rule_on(self._key, self._sit(paper), {})
        rules = [rule for rule in self._key.rubric.criteria if rule.name in paper.criteria]
        scores = [score(rule, ruled[rule.name]) for rule in rules]
        verdicts = [verdict for rule in rules for verdict in ruled[rule.name]]
        return Marked(
            sum((one.points or Fraction(0) for one in scores), Fraction(0)),
            any(one.points is not None and one.points < one.max_points for one in scores),
            next((v.mistake for v in verdicts if v.kind is Kind.KNOWN_MISTAKE), ""),
            self._failed([rule.name for rule in rules], scores),
        )

    def _sit(self, paper: Paper) -> Outcomes:
        if paper.of_author is None:
            return self._room.sit_source(paper.source, set(paper.criteria), paper.instead, paper.purpose)
        variant = self._authors[paper.of_author]
        return self._room.sit(variant, whole=isinstance(variant, Alternative))

    def _failed(self, names: Sequence[str], scores: Sequence[Score]) -> frozenset[int]:
        found = {(n, f.case) for n, one in zip(names, scores, strict=True) for f in one.verdict.findings if not f.right}
        entries = enumerate(self._key.plan.entries)
        return frozenset(n for n, e in entries if e.purpose is Purpose.CASE and (e.criterion, e.name) in found)
