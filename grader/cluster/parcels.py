"""What is sent to a worker: hand-ins with their contents, and the terms that a whole run has in common.

takes: pieces of a class.
gives: `Parcel`s of a bounded size, made as they are asked for; pieces again, on a machine that has none of the files.
must not know: clusters, sandboxes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from grader.answer_key import AnswerKey
from grader.answering.sittings import Known
from grader.batch.pieces import Piece
from grader.edition import edition
from grader.errors import SubmissionError
from grader.gradebook import Override, Overrides
from grader.intake import Candidate, Submission, read_candidate
from grader.report.page_context import PageContext

PIECES = 20  # hand-ins in a parcel: what a cluster spends on a task (1 to 2 ms) is then little beside the grading
BYTES = 4 << 20  # contents after which a parcel is closed; a hand-in that is larger alone has one of its own

Contents = bytes | SubmissionError
"""What is in a file, or why it could not be read."""


def makers_here() -> str:
    """What grades in this process: two graders or numpys that differ may judge differently."""
    return f"grader {edition()}, numpy {np.__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Terms:
    """What every piece of a run is graded by and told with; `makers` are those of the driver."""

    key: AnswerKey
    page: PageContext
    unsafe: bool
    makers: str = field(default_factory=makers_here)


@dataclass(frozen=True)
class Packed:
    """One piece that can be sent: no path in it, as those of one system cannot be read on another."""

    submission: Submission
    files: tuple[tuple[str, Contents], ...]
    folder: str
    fingerprint: str
    known: Known | None
    said: Mapping[str, Override]

    def piece(self) -> Piece:
        """The piece as it was, with its files in its hands."""
        candidates = tuple(Candidate(shown, Path(shown), contents=contents) for shown, contents in self.files)
        return Piece(replace(self.submission, candidates=candidates), self.folder, self.fingerprint, self.known)


@dataclass(frozen=True)
class Parcel:
    """Some pieces, for one worker."""

    packed: tuple[Packed, ...]


def pack(pieces: Iterable[Piece], said: Overrides) -> Iterator[tuple[list[Piece], Parcel]]:
    """Put pieces into parcels; a piece's files are read when its parcel is made, and not before."""
    taken: list[Piece] = []
    packed: list[Packed] = []
    size = 0
    for piece in pieces:
        taken.append(piece)
        packed.append(_packed(piece, said))
        size += sum(len(contents) for _, contents in packed[-1].files if isinstance(contents, bytes))
        if len(packed) == PIECES or size >= BYTES:
            yield taken, Parcel(tuple(packed))
            taken, packed, size = [], [], 0
    if packed:
        yield taken, Parcel(tuple(packed))


def _packed(piece: Piece, said: Overrides) -> Packed:
    submission = piece.submission
    files = tuple((candidate.shown, _contents(candidate)) for candidate in submission.candidates)
    bare = replace(submission, candidates=())
    return Packed(bare, files, piece.folder, piece.fingerprint, piece.known, said.get(submission.student_id, {}))


def _contents(candidate: Candidate) -> Contents:
    try:
        return read_candidate(candidate)
    except SubmissionError as error:
        return error.with_traceback(None)
