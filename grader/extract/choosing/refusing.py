"""Files of a hand-in that cannot be read, beside others that can: all work may be in one of them.

takes: the files that were refused, and why; what is in those that were read.
gives: a note on them; `RefusedFileError` where in none of the others anything is written.
must not know: points, how a file is read.

Somebody's notebook that was cut off on its way, beside a module that all were given, is no hand-in in which nothing is
written: what is in it nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SubmissionError
from grader.extract.choosing.completing import with_work
from grader.extract.choosing.exercise import passed_over
from grader.extract.extracted import Extract
from grader.extract.formats.notebook import is_script
from grader.extract.work import Stubs
from grader.intake import NOT_READ, Candidate, Submission, read_candidate

MOST_TOLD = 5  # of the files that cannot be read


class RefusedFileError(SubmissionError):
    """Of this file the hand-in is told to be, as it cannot be read."""

    def __init__(self, candidate: Candidate, sentence: str, hint: str) -> None:
        super().__init__(sentence, hint)
        self.candidate = candidate


@dataclass(frozen=True)
class Refused:
    """A file and why it was not read; it was not even begun where there were too many."""

    candidate: Candidate
    error: SubmissionError
    is_begun: bool = True

    @property
    def may_hold_work(self) -> bool:
        """Whether anything may be written in it: an empty `__init__.py` is what it is to be."""
        if not is_script(self.candidate.shown):
            return True
        try:
            return bool(read_candidate(self.candidate).strip())
        except SubmissionError:
            return True


def refuse_unread_work(
    read: Iterable[Extract], refused: Sequence[Refused], wanted: Sequence[str], stubs: Stubs
) -> None:
    """Refuse the hand-in for the first file that cannot be read, if nothing is written in any other."""
    read = list(read)
    if any(with_work(one, wanted, stubs) for one in read):
        return
    first = next((one for one in refused if one.may_hold_work), None if read else refused[0])
    if first is not None:
        raise RefusedFileError(first.candidate, str(first.error), first.error.hint)


def closed_in(submission: Submission) -> Iterator[Refused]:
    """The files of which it is known beforehand that they are not read."""
    for one in submission.closed:
        error = SubmissionError(one.sentence, one.next_step)
        yield Refused(Candidate(one.shown, Path(one.shown), contents=error), error)


def on_unread(refused: Sequence[Refused]) -> tuple[str, ...]:
    """What is said of files that cannot be read, beside one that is graded."""
    said = [f"{NOT_READ}{one.error}. What to do: {one.error.hint}." for one in refused[:MOST_TOLD]]
    more = len(refused) - len(said)
    return (*said, f"{NOT_READ}{more} more of them.") if more else tuple(said)


def refused_file(
    submission: Submission, name: str = "", error: SubmissionError | None = None
) -> tuple[str, bytes | None]:
    """Of a hand-in that is refused: the file that the error tells of, and its bytes, where they can be had at all."""
    over = passed_over([one.shown for one in submission.candidates], name)
    first = next((one for one in submission.candidates if one.shown not in over), None)
    of = error.candidate if isinstance(error, RefusedFileError) else first
    if submission.problem or of is None:
        return "", None
    try:
        return of.shown, read_candidate(of)
    except SubmissionError:  # too large, a link, packed with a password
        return of.shown, None
