"""The order of the stages, from what was handed in to its record. Start reading here.

takes: a desk (answers, and a place to run a stranger's code in) and one hand-in.
gives: its `Record`; or the record that the same outcomes make under another key.
must not know: HTML, arrays, processes.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from grader.answer_key import AnswerKey
from grader.errors import SandboxError, SubmissionError
from grader.extract import Chosen, choose, refused_file
from grader.gradebook import CellRecord, Record
from grader.intake import Submission
from grader.judge import Outcomes, rule_on
from grader.memo import Memo
from grader.report.evidence import Evidence
from grader.report.file_notes import note_on_all_cells, notes_on_file
from grader.report.record import (
    Identity,
    graded_record,
    ungraded_record,
    unreadable_record,
)
from grader.sandbox import Sandbox, Sitting
from grader.score import Score, score
from grader.sittings import Known, Pair, pairs_of, sit_exam, sit_with_all_cells
from grader.wire import NOT_MADE, pack_outcomes, unpack_outcomes

_scores: Memo[Score] = Memo()  # the verdicts of a class are mostly the very same ones


@dataclass(frozen=True)
class Desk:
    """What it takes to grade."""

    key: AnswerKey
    sandbox: Sandbox


def grade_one(desk: Desk, submission: Submission, folder: str = "") -> Record:
    """Grade one hand-in. Whatever it holds, the answer is a record and never an exception."""
    return examine(desk, submission, folder)[0]


def examine(
    desk: Desk, submission: Submission, folder: str = "", known: Known | None = None
) -> tuple[Record, Outcomes]:
    """The same, with the outcomes that the record was made from, for a page that shows arrays."""
    key, started = desk.key, time.perf_counter()
    identity = Identity(submission.student_id, submission.name, folder=folder, arrival=submission.arrival)
    try:
        chosen = choose(submission, key.plan.functions, key.rubric.stubs, key.rubric.name, key.rubric.files)
    except SubmissionError as error:
        file, data = refused_file(submission, key.rubric.name)
        identity = replace(identity, file=file, sha256="" if data is None else hashlib.sha256(data).hexdigest())
        return unreadable_record(identity, key, str(error), error.hint), ()
    digest = hashlib.sha256(chosen.data).hexdigest()
    identity = replace(identity, file=chosen.candidate.shown, sha256=digest)
    try:
        sitting = sit_exam(key, desk.sandbox, chosen.extract.program, known)
        answered = _judged(desk, chosen, sitting, known)
    except SandboxError as error:
        return ungraded_record(identity, key, str(error)), ()
    record = graded_record(
        identity, key, answered.scores, answered.evidence, _cells(chosen), level=sitting.level,
        seconds=time.perf_counter() - started, outcomes=pack_outcomes(answered.outcomes),
    )  # fmt: skip
    return record, answered.outcomes


@dataclass(frozen=True)
class _Answered:
    """What a hand-in answered, and what that is worth."""

    outcomes: Outcomes
    evidence: Evidence
    scores: list[Score]


def _judged(desk: Desk, chosen: Chosen, sitting: Sitting, known: Known | None) -> _Answered:
    """Judge; where a function is not right that may need what was left out, run all cells, and take what is better."""
    key, evidence = desk.key, _evidence(chosen, sitting)
    first = _Answered(sitting.outcomes, evidence, judge(key, sitting.outcomes, evidence))
    if not (short := _short(key, first.scores, known)):
        return first
    doubtful = chosen.extract.in_doubt() | _wanting_arguments(first.scores)
    pairs = [pair for pair in pairs_of(key) if doubtful & pair.called and short.intersection(pair.criteria)]
    if not pairs:
        return first
    asked = Known(frozenset().union(*(pair.criteria for pair in pairs)), first.outcomes)
    again = sit_with_all_cells(key, desk.sandbox, chosen.extract.program, asked)
    after = judge(key, again, evidence)
    better = [pair for pair in pairs if _is_better(_earned(key, pair, after), _earned(key, pair, first.scores))]
    if not better:
        return first
    gained = [name for pair in better for name in pair.criteria]
    answers = zip(key.plan.entries, again, first.outcomes, strict=True)
    outcomes = tuple(now if entry.criterion in gained else before for entry, now, before in answers)
    evidence = replace(evidence, notes=(*evidence.notes, note_on_all_cells(gained)))
    return _Answered(outcomes, evidence, judge(key, outcomes, evidence))


def _short(key: AnswerKey, scores: list[Score], known: Known | None) -> set[str]:
    """The criteria that were asked and earn less than they could."""
    scored = zip(key.rubric.criteria, scores, strict=True)
    short = {rule.name for rule, one in scored if one.points is not None and one.points < rule.points}
    return short & known.criteria if known else short


def _wanting_arguments(scores: list[Score]) -> set[str]:
    """The criteria for which an object could not be made as it should be; among all cells may be one that makes it."""
    return {
        one.verdict.criterion
        for one in scores
        if any(finding.trouble and NOT_MADE in finding.trouble.message for finding in one.verdict.findings)
    }


def _earned(key: AnswerKey, pair: Pair, scores: list[Score]) -> Fraction | None:
    """What a pair earns; `None` where we could not grade one of them."""
    scored = zip(key.rubric.criteria, scores, strict=True)
    points = [one.points for rule, one in scored if rule.name in pair.criteria]
    return None if None in points else sum((one for one in points if one is not None), Fraction(0))


def _is_better(now: Fraction | None, before: Fraction | None) -> bool:
    """Whether the later answers count; where we failed to get them they do too, since nobody knows what they earn."""
    return before is not None and (now is None or now > before)


def judge(key: AnswerKey, outcomes: Outcomes, evidence: Evidence) -> list[Score]:
    """What the outcomes mean, and what that is worth: one score a criterion."""
    ruled = rule_on(key, outcomes, evidence.circumstances(key))
    return [
        _scores.get((), (rule, ruled[rule.name]), partial(score, rule, ruled[rule.name]))
        for rule in key.rubric.criteria
    ]


def judge_again(key: AnswerKey, record: Record) -> Record:
    """The record that saved outcomes make under this key, which must ask the same questions. Runs nobody's code."""
    if record.evidence is None:
        return replace(record, max_points=key.rubric.points)
    evidence = Evidence.from_json(record.evidence)
    identity = Identity(record.student_id, record.name, record.file, record.sha256, record.folder, record.arrival)
    scores = judge(key, unpack_outcomes(record.outcomes), evidence)
    return graded_record(
        identity, key, scores, evidence, record.cells, level=record.level, seconds=record.seconds,
        outcomes=record.outcomes, fingerprint=record.fingerprint,
    )  # fmt: skip


def _evidence(chosen: Chosen, sitting: Sitting) -> Evidence:
    found = chosen.extract
    notes = (*found.notes, *notes_on_file(chosen.note, found.attributes, found.left_out, sitting.ran_every_cell))
    files = {str(cell.number): cell.file for cell in found.cells if cell.file}
    on_names = {one.name: (one.found, one.to_do) for one in found.on_names}
    troubles = sitting.loaded.troubles
    return Evidence(found.is_script, found.digests, found.places, found.lost, troubles, notes, files, on_names)


def _cells(chosen: Chosen) -> tuple[CellRecord, ...]:
    return tuple(CellRecord(c.number, c.kind, c.source, "; ".join(c.remarks), c.file) for c in chosen.extract.cells)
