"""The key itself: what was asked, what is right, and what it is worth.

takes: a call plan, the outcomes of the reference and of each variant, a rubric.
gives: `AnswerKey`, and the public cut of it that students hold.
must not know: files, how the answers were computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.answer_key.lent import Lent
from grader.answer_key.rubric import Rubric
from grader.plan import CallPlan, Purpose
from grader.wire import Outcome

SCHEMA = 7
"""Version of the key's format; a key of another version is refused by name."""
SCHEMA_BEFORE = 6
"""The version of keys in which nothing is that came with `SCHEMA`: it is read as well, and they are what they were."""

REFERENCE = "reference"
"""The variant that is the reference implementation; other variants are alternatives and mistakes by name."""


@dataclass(frozen=True, eq=False)
class AnswerKey:
    """Plan, answers and rubric.

    `answers[variant][n]` is the outcome of the last step of `plan.entries[n]` for that variant; entries that a
    variant was not asked are left out. `digest` names the content; `sources` the author's files it came from;
    `seeded` tells that its hidden cases are of a seed that the author alone holds; `compiled_by` which grader made it.
    `lent[n]` are the calls of other graded functions within entry n, as the reference makes them.
    `visibility` is "full" or "public". Two keys are equal if they are one object: compare digests instead.
    """

    plan: CallPlan
    rubric: Rubric
    answers: Mapping[str, Mapping[int, Outcome]]
    visibility: str = "full"
    sources: str = ""
    digest: str = ""
    seeded: bool = False
    lent: Lent = field(default_factory=dict)
    compiled_by: str = ""

    def public(self) -> AnswerKey:
        """Cut away every hidden case: its inputs, its answers, and its name; a public key stays as it is."""
        kept = [n for n, entry in enumerate(self.plan.entries) if entry.visibility == "public"]
        place = {old: new for new, old in enumerate(kept)}
        answers = {
            variant: {place[n]: outcome for n, outcome in given.items() if n in place}
            for variant, given in self.answers.items()
        }
        lent = {place[n]: calls for n, calls in self.lent.items() if n in place}
        rubric = replace(self.rubric, given_away=self._given_away(kept))
        digest = self.digest if self.visibility == "public" and len(kept) == len(self.plan.entries) else ""
        # Who compiled it is nothing to students, and would make it another file, to be given out again.
        return replace(
            self, plan=self.plan.public(), rubric=rubric, answers=answers, visibility="public", digest=digest,
            lent=lent, compiled_by="",
        )  # fmt: skip

    @cached_property
    def not_asked(self) -> tuple[str, ...]:
        """Criteria of which no case is asked: a public key has none where all are hidden."""
        asked = {entry.criterion for entry in self.plan.entries if entry.purpose is Purpose.CASE}
        return tuple(rule.name for rule in self.rubric.criteria if rule.name not in asked)

    def _given_away(self, kept: Sequence[int]) -> dict[str, tuple[str, ...]]:
        """Of the cases that come out right untouched, those that are kept: the others' names are hidden too."""
        shown = {(self.plan.entries[n].criterion, self.plan.entries[n].name) for n in kept}
        given = self.rubric.given_away.items()
        return {criterion: tuple(case for case in cases if (criterion, case) in shown) for criterion, cases in given}
