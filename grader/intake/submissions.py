"""What one student handed in, as a value: names of files, never their contents.

takes: paths and names.
gives: `Candidate`, `Closed` and `Submission`; the bytes of a candidate; names as text that can be written anywhere.
must not know: layouts of a class, what is in a file, graded names.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import SubmissionError
from grader.intake.archive import open_archive, read_file, read_member
from grader.intake.arrival import Arrival

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

# C0 and C1 controls, separators of lines, bidi marks.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")


@dataclass(frozen=True)
class Candidate:
    """A file that may be the hand-in: at `path`, or in the archives that `inside` names, innermost last.

    `own` are the last names of the path that are the hand-in's own, and behind which no link is followed.
    `contents` are set where it was sent here from the machine that has the file: its bytes, or why there are none; and
    where it is there and is not read, as a link.
    """

    shown: str
    path: Path
    inside: tuple[str, ...] = ()
    contents: bytes | SubmissionError | None = None
    own: int = 1

    @property
    def refusal(self) -> SubmissionError | None:
        """Why it cannot be read, where that is known before it is tried."""
        return self.contents if isinstance(self.contents, SubmissionError) else None


class Closed(NamedTuple):
    """A file that is there and is not read, as a link or what is encrypted: why, and the next step."""

    shown: str
    sentence: str
    next_step: str


@dataclass(frozen=True)
class Submission:
    """What one student handed in; `problem` and `next_step` say why there is nothing to grade.

    `closed` are files beside the candidates of which that is known before anything is read.
    `beside` are folders on the student's own disk in which a checked file finds what it imports. In a class there are
    none, since the files beside one hand-in are those of others.
    """

    student_id: str
    name: str
    candidates: tuple[Candidate, ...] = ()
    problem: str = ""
    next_step: str = ""
    arrival: Arrival = field(default_factory=Arrival)
    beside: tuple[Path, ...] = ()
    closed: tuple[Closed, ...] = ()


def read_candidate(candidate: Candidate) -> bytes:
    """The bytes of a candidate; raises `SubmissionError`."""
    if candidate.refusal is not None:
        raise candidate.refusal
    if isinstance(candidate.contents, bytes):
        return candidate.contents
    if not candidate.inside:
        return read_file(candidate.path, own=candidate.own)
    with open_archive(candidate.path, candidate.inside[:-1], candidate.own) as archive:
        return read_member(archive, candidate.inside[-1])


def feed_contents(digest: Digest, submission: Submission) -> None:
    """Feed a digest with the names of its files and what they hold, or why that cannot be read."""
    for candidate in submission.candidates:
        digest.update(candidate.shown.encode("utf-8", "surrogatepass") + b"\0")
        try:
            digest.update(hashlib.sha256(read_candidate(candidate)).digest())
        except (SubmissionError, OSError) as error:
            digest.update(str(error).encode("utf-8", "replace"))


def text_of(name: str) -> str:
    """A file's name as text that can be written anywhere.

    Bytes that are no UTF-8, control characters, ends of lines and marks that turn text round become `\\xff` and
    the like: two names never become one.
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _UNWRITABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
