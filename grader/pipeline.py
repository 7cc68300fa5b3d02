"""The order of the stages, from what was handed in to its record. Start reading here.

takes: a desk (answers, and a place to run a stranger's code in) and one hand-in.
gives: its `Record`; or the record that the same outcomes make under another key.
must not know: HTML, arrays, processes.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.answer_key import AnswerKey
from grader.errors import SandboxError, SubmissionError
from grader.extract import Chosen, choose
from grader.gradebook import CellRecord, Record
from grader.intake import Submission
from grader.judge import Outcomes, is_right, rule_on
from grader.memo import Memo
from grader.plan import Purpose
from grader.report.evidence import Evidence
from grader.report.record import Identity, graded_record, notes_on_file, ungraded_record, unreadable_record
from grader.sandbox import Sandbox, Sitting, sit
from grader.score import Score, score
from grader.terms import terms_of
from grader.wire import Outcome, pack_outcomes, unpack_outcomes

_scores: Memo[Score] = Memo()  # the verdicts of a class are mostly the very same ones


@dataclass(frozen=True)
class Desk:
    """What it takes to grade."""

    key: AnswerKey
    sandbox: Sandbox


def grade_one(desk: Desk, submission: Submission, folder: str = "") -> Record:
    """Grade one hand-in. Whatever it holds, the answer is a record and never an exception."""
    return examine(desk, submission, folder)[0]


@dataclass(frozen=True)
class Known:
    """What is asked again, by criterion, and the outcomes of before for all other questions of the same plan."""

    criteria: frozenset[str]
    outcomes: Outcomes


def examine(
    desk: Desk, submission: Submission, folder: str = "", known: Known | None = None
) -> tuple[Record, Outcomes]:
    """The same, with the outcomes that the record was made from, for a page that shows arrays."""
    key, started = desk.key, time.perf_counter()
    identity = Identity(submission.student_id, submission.name, folder=folder, arrival=submission.arrival)
    try:
        chosen = choose(submission, key.plan.functions, key.rubric.stubs)
    except SubmissionError as error:
        return unreadable_record(identity, key, str(error), error.hint), ()
    digest = hashlib.sha256(chosen.data).hexdigest()
    identity = replace(identity, file=chosen.candidate.shown, sha256=digest)
    try:
        sitting = _sit(desk, chosen, known)
    except SandboxError as error:
        return ungraded_record(identity, key, str(error)), ()
    evidence = _evidence(chosen, sitting)
    record = graded_record(
        identity, key, judge(key, sitting.outcomes, evidence), evidence, _cells(chosen), level=sitting.level,
        seconds=time.perf_counter() - started, outcomes=pack_outcomes(sitting.outcomes),
    )  # fmt: skip
    return record, sitting.outcomes


def _sit(desk: Desk, chosen: Chosen, known: Known | None) -> Sitting:
    entries = desk.key.plan.entries
    asked = [n for n, entry in enumerate(entries) if known is None or entry.criterion in known.criteria]
    spare = partial(_spared, desk.key) if known is None else None
    questions, terms = [entries[n].question for n in asked], terms_of(desk.key, asked, spare)
    sitting = sit(desk.sandbox, chosen.extract.program, questions, desk.key.rubric.limits, terms)
    if known is None:
        return sitting
    outcomes = dict(enumerate(known.outcomes)) | dict(zip(asked, sitting.outcomes, strict=True))
    return replace(sitting, outcomes=tuple(outcomes[n] for n in range(len(entries))))


def _spared(key: AnswerKey, outcomes: Sequence[Sequence[Outcome]]) -> set[int]:
    """Where a forward is right, nothing is to be mended in its cache."""
    right = {
        rule.name
        for rule in key.rubric.criteria
        if rule.follow_through and is_right(key, rule.follow_through.forward, outcomes)
    }
    return {
        n
        for n, entry in enumerate(key.plan.entries)
        if entry.purpose is Purpose.MENDED_CACHE and entry.criterion in right
    }


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
