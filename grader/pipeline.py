"""One submission from its file to its record: read, ask, judge, score, word. Start reading here."""

from __future__ import annotations

import time

import msgspec

from grader.asking import Context, ask
from grader.errors import SandboxError, SubmissionError
from grader.extract import read, refused_file
from grader.feedback import graded_record, ungraded_record, unreadable_record
from grader.gradebook.records import Evidence, Identity, Record
from grader.intake import Submission
from grader.judge import judge
from grader.key import Key, pack_outcomes, unpack_outcomes
from grader.outcomes import Outcomes
from grader.score import score_all

__all__ = ["Context", "grade_one", "judge_again"]


def grade_one(
    context: Context, submission: Submission, folder: str = "", known: Outcomes | None = None
) -> tuple[Record, Outcomes]:
    """Grade one submission. Whatever it holds, the result is a record with its outcomes and never an exception.

    `known` are outcomes of the same program from an earlier run, which are not asked again.
    """
    key, started = context.key, time.perf_counter()
    identity = Identity(submission.student_id, submission.name, folder=folder, arrival=submission.arrival)
    try:
        reading = read(submission, context.wanted)
    except SubmissionError as error:
        file, sha256 = refused_file(submission, error)
        return unreadable_record(msgspec.structs.replace(identity, file=file, sha256=sha256), key, error), {}
    identity = msgspec.structs.replace(identity, file=reading.file, sha256=reading.sha256)
    try:
        asked = ask(context, reading, known)
    except SandboxError as error:
        return ungraded_record(identity, key, error, reading.cells), {}
    seconds = time.perf_counter() - started
    evidence = Evidence(asked.facts, pack_outcomes(asked.outcomes), context.sandbox.level, seconds)
    scores = score_all(key, judge(key, asked.outcomes, asked.facts))
    return graded_record(identity, key, scores, reading.cells, evidence), asked.outcomes


def judge_again(key: Key, record: Record) -> tuple[Record, Outcomes]:
    """The record that saved outcomes make under this key, and those. It must ask the same questions."""
    evidence = record.evidence
    if not evidence.outcomes:
        return msgspec.structs.replace(record, max_points=key.rubric.points), {}
    outcomes = unpack_outcomes(evidence.outcomes)
    scores = score_all(key, judge(key, outcomes, evidence.facts))
    return graded_record(record.identity, key, scores, record.cells, evidence), outcomes
