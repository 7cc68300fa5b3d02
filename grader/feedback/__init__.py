"""Words: what a verdict means for the student, and what to try next; all that pages and sheets are written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from grader.errors import GraderError, SandboxError
from grader.extract import Cell
from grader.feedback.case_sentences import Place, place_in, say_case
from grader.feedback.headlines import Context, say
from grader.feedback.notes import notes_on_file, notes_on_lateness, say_notes
from grader.feedback.snippet import snippet
from grader.gradebook import records
from grader.gradebook.records import CriterionRecord, Evidence, Identity, Record, Words
from grader.judge.model import Finding
from grader.key import REFERENCE, CriterionRule, Key
from grader.late import after_deduction, late_deduction
from grader.score import Earned, Score, Standing

__all__ = ["graded_record", "ungraded_record", "unreadable_record"]

FAILED_IN_PART = "The grader failed on a part of this submission; no points are lost by that."
NOTHING_PUBLIC = "Nothing was checked: this exercise has no public cases."
RUN_AGAIN = "run the grader again"


def graded_record(
    identity: Identity, key: Key, scores: Mapping[str, Score], cells: Sequence[Cell], evidence: Evidence
) -> Record:
    """The record of a submission that was judged."""
    place = place_in(evidence.facts)
    asked = {name for name, _ in key.stages}  # a public key may have no case of a criterion
    contexts = [Context(key, key.rule(one), scores[one], evidence.facts, place) for one in scores if one in asked]
    criteria = tuple(_one_cause_once(map(_criterion, contexts), place))
    graded = [one.points for one in criteria if one.points is not None]
    status = "graded" if len(graded) == len(criteria) else "partly graded" if graded else "ungraded"
    words = Words(notes=tuple(notes_on_file(evidence.facts, place)))
    if not criteria:
        words = Words(NOTHING_PUBLIC, "hand it in: all of it is checked then")
    elif status != "graded":
        words = msgspec.structs.replace(words, headline=FAILED_IN_PART, next_step=RUN_AGAIN)
    points = sum(graded, Fraction(0)) if graded else None
    return _record(identity, key, status, points, words, criteria=criteria, cells=tuple(cells), evidence=evidence)


def unreadable_record(identity: Identity, key: Key, error: GraderError) -> Record:
    """A submission that cannot be read: a row with its reason, and no points, not even zero."""
    return _record(identity, key, "unreadable", None, Words(str(error), error.hint))


def ungraded_record(identity: Identity, key: Key, error: SandboxError, cells: Sequence[Cell] = ()) -> Record:
    """A submission that we failed to grade: our fault, and never a zero."""
    return _record(identity, key, "ungraded", None, Words(str(error), RUN_AGAIN), cells=tuple(cells))


def _record(identity: Identity, key: Key, status: str, points: Fraction | None, words: Words, **rest: Any) -> Record:
    rubric, arrival = key.rubric, identity.arrival
    deduction = late_deduction(rubric.late, rubric.points, arrival)
    notes = (*arrival.notes, *notes_on_lateness(rubric, identity), *words.notes)
    left = None if points is None else after_deduction(points, deduction)
    words = msgspec.structs.replace(words, notes=notes)
    return Record(identity, status, left, rubric.points, words, deduction=deduction, **rest)


def _criterion(context: Context) -> CriterionRecord:
    rule, score, verdict, facts = context.rule, context.score, context.verdict, context.facts
    failing = [finding.entry for finding in verdict.findings if not finding.right]
    shown = snippet(context.key, rule.name, failing, verdict.alternative or REFERENCE)
    trouble = verdict.trouble or facts.broken.get(rule.name)
    stopped_at = (trouble.cell, trouble.line) if trouble is not None and not trouble.file else (0, 0)
    ruling = records.Ruling(verdict.kind.value, verdict.basis.value, verdict.mistake, verdict.alternative)
    words = Words(*say(context), tuple(say_notes(verdict)), shown)
    behaviours = tuple(_behaviour(one, score.earned, rule) for one in score.earned)
    cases = tuple(_case(context, one) for one in verdict.findings)
    places = records.Places(*facts.places.get(rule.name, (0, 0)), *stopped_at)
    return CriterionRecord(rule.name, ruling, score.points, score.max_points, words, behaviours, cases, places)


def _case(context: Context, one: Finding) -> records.CaseRecord:
    said = say_case(context.rule, one, context.place)
    return records.CaseRecord(one.case, one.visibility, one.behaviour, one.status.value, one.right, said)


def _behaviour(one: Earned, all_of_them: Sequence[Earned], rule: CriterionRule) -> records.BehaviourRecord:
    is_lost, lost = one.standing is Standing.LOST, (other for other in all_of_them if other.standing is Standing.LOST)
    needs = next((other.needs for other in rule.behaviours if is_lost and other.name == one.behaviour), ())
    waits = ", ".join(other.behaviour for other in lost if other.behaviour in needs) if needs else ""
    return records.BehaviourRecord(one.behaviour, one.points, one.max_points, one.standing.value, waits)


def _one_cause_once(criteria: Iterable[CriterionRecord], place: Place) -> list[CriterionRecord]:
    """Where one line explains several failures, the first says it and the others point there."""
    seen: dict[tuple[int, int], str] = {}
    shown = []
    for criterion in criteria:
        where = (criterion.places.trouble_cell, criterion.places.trouble_line)
        if criterion.verdict in ("missing", "crashed") and where[1] and where in seen:
            headline = f"The same cause as in {seen[where]}: {place(*where)}."
            words = msgspec.structs.replace(criterion.words, headline=headline, next_step=f"Fix {seen[where]} first.")
            criterion = msgspec.structs.replace(criterion, words=words)
        elif where[1]:
            seen.setdefault(where, criterion.name)
        shown.append(criterion)
    return shown
