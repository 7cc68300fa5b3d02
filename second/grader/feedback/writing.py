"""The record of a submission: scores put into words, and everything that pages and sheets are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from grader.errors import GraderError, SandboxError
from grader.extract import Cell, Facts
from grader.feedback.case_sentences import Place, place_in, say_case
from grader.feedback.headlines import Context, say, told_finding
from grader.feedback.note_sentences import notes_on_file, notes_on_lateness, say_note
from grader.feedback.snippet import snippet
from grader.gradebook.records import (
    BehaviourRecord,
    CaseRecord,
    CriterionRecord,
    Evidence,
    Identity,
    Places,
    Record,
    Ruling,
    Words,
)
from grader.key import Key
from grader.late import after_deduction, late_deduction
from grader.score import Earned, Score, Standing

FAILED_IN_PART = "The grader failed on a part of this submission; no points are lost by that."
NOTHING_PUBLIC = "Nothing was checked: this exercise has no public cases."
RUN_AGAIN = "run the grader again"


def graded_record(
    identity: Identity, key: Key, scores: Mapping[str, Score], cells: Sequence[Cell], evidence: Evidence
) -> Record:
    """The record of a submission that was judged."""
    place = place_in(evidence.facts)
    criteria = [_criterion(key, name, score, evidence.facts, place) for name, score in scores.items()]
    criteria = _one_cause_once([one for one in criteria if one is not None], place)
    graded = [one.points for one in criteria if one.points is not None]
    status = "graded" if len(graded) == len(criteria) else "partly graded" if graded else "ungraded"
    words = Words(notes=notes_on_file(evidence.facts, place))
    if not criteria:
        words = Words(NOTHING_PUBLIC, "hand it in: all of it is checked then")
    elif status != "graded":
        words = msgspec.structs.replace(words, headline=FAILED_IN_PART, next_step=RUN_AGAIN)
    points = sum(graded, Fraction(0)) if graded else None
    return _record(identity, key, status, points, words, criteria=tuple(criteria), cells=tuple(cells), evidence=evidence)


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


def _criterion(key: Key, name: str, score: Score, facts: Facts, place: Place) -> CriterionRecord | None:
    """One function's record; None where a public key has no case of it."""
    rule, verdict = key.rule(name), score.verdict
    if key.is_public and not any(name in entry.stages for entry in key.entries):
        return None
    headline, next_step = say(Context(key, rule, score, facts, place))
    failing = [finding.entry for finding in verdict.findings if not finding.right]
    notes = tuple(dict.fromkeys(say_note(note) for note in verdict.notes))
    told, (cell, line) = told_finding(verdict), facts.places.get(name, (0, 0))
    trouble = verdict.trouble or facts.broken.get(name) or (told.trouble if told else None)
    at = (trouble.cell, trouble.line) if trouble is not None and not trouble.file else (0, 0)
    return CriterionRecord(
        name,
        Ruling(verdict.kind.value, verdict.basis.value, verdict.mistake, verdict.alternative),
        score.points,
        score.max_points,
        Words(headline, next_step, notes, snippet(key, name, failing, verdict.alternative or "reference")),
        tuple(_behaviour(one, score.earned, key.rule(name)) for one in score.earned),
        tuple(
            CaseRecord(one.case, one.visibility, one.behaviour, one.status.value, one.right, say_case(rule, one, place))
            for one in verdict.findings
        ),
        Places(cell, line, *at),
    )


def _behaviour(one: Earned, all_of_them: Sequence[Earned], rule: Any) -> BehaviourRecord:
    needs = next(behaviour.needs for behaviour in rule.behaviours if behaviour.name == one.behaviour)
    lost = [other.behaviour for other in all_of_them if other.standing is Standing.LOST and other.behaviour in needs]
    waits = ", ".join(lost) if one.standing is Standing.LOST else ""
    return BehaviourRecord(one.behaviour, one.points, one.max_points, one.standing.value, waits)


def _one_cause_once(criteria: Sequence[CriterionRecord], place: Place) -> list[CriterionRecord]:
    """Where one line explains several failures, the first says it and the others point there."""
    seen: dict[tuple[int, int], str] = {}
    told = []
    for criterion in criteria:
        where = (criterion.places.trouble_cell, criterion.places.trouble_line)
        if criterion.verdict in ("missing", "crashed") and where[1] and where in seen:
            headline = f"The same cause as in {seen[where]}: {place(*where)}."
            words = msgspec.structs.replace(criterion.words, headline=headline, next_step=f"Fix {seen[where]} first.")
            criterion = msgspec.structs.replace(criterion, words=words)
        elif where[1]:
            seen.setdefault(where, criterion.name)
        told.append(criterion)
    return told
