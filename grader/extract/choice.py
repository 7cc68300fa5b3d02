"""Which of a hand-in's files is graded: the one that defines most of the graded functions.

takes: a `Submission`, and the graded names.
gives: `Chosen`, which says what was passed over; `SubmissionError` where nothing can be read.
must not know: answers, points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import SubmissionError
from grader.extract.definitions import Extract, extract
from grader.intake import Candidate, Submission, read_candidate


@dataclass(frozen=True)
class Chosen:
    """The file that is graded, its bytes, what is in it, and a note where there were others."""

    candidate: Candidate
    data: bytes
    extract: Extract
    note: str = ""


def choose(submission: Submission, wanted: Sequence[str]) -> Chosen:
    """Read the candidates and take the one that defines most; the first in order among equals."""
    if submission.problem:
        raise SubmissionError(submission.problem, submission.next_step)
    read, refused = _read_all(submission.candidates, wanted)
    if not read:
        raise refused[0]
    best = max(read, key=lambda chosen: len(chosen.extract.defined(wanted)))
    if len(submission.candidates) == 1:
        return best
    found = len(best.extract.defined(wanted))
    note = (
        f"Of {len(submission.candidates)} files handed in, {best.candidate.shown} was graded: "
        f"it defines most of what is asked ({found} of {len(wanted)})."
    )
    return Chosen(best.candidate, best.data, best.extract, note)


def _read_all(candidates: Sequence[Candidate], wanted: Sequence[str]) -> tuple[list[Chosen], list[SubmissionError]]:
    read: list[Chosen] = []
    refused: list[SubmissionError] = []
    for candidate in candidates:
        try:
            data = read_candidate(candidate)
            read.append(Chosen(candidate, data, extract(data, candidate.shown, wanted)))
        except SubmissionError as error:
            refused.append(error)
    return read, refused
