"""Read submissions: which file is graded, its cells, the program that is run, and the facts. No code is run here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.extract.formats import Files
from grader.extract.model import Cell, Facts, Reading, Wanted
from grader.extract.names import Function, digest_of
from grader.extract.reading import FileReading
from grader.intake import NOT_READ, Submission, SubmittedFile

__all__ = ["Cell", "Facts", "Reading", "Wanted", "digests", "read", "read_data", "refused_file"]

MOST_NAMED = 5  # of files, in one note
_VERSION = re.compile(r"(?:[ _.-]v(?:ersion)?[ _.-]?| ?\()(\d{1,3})\)?$", re.IGNORECASE)  # ex_v2, ex (1)


def read_data(data: bytes, filename: str, wanted: Wanted, beside: Mapping[str, bytes] = {}) -> Reading:
    """Read one file; `beside` are files that it may import, by their paths. Raises `SubmissionError`."""
    return _file_reading(data, filename, wanted, beside).reading()


def digests(data: bytes, filename: str, names: Collection[str]) -> Mapping[str, str]:
    """The digests of these functions in a hand-out, by which untouched ones are known."""
    defined = _file_reading(data, filename, Wanted(tuple(names)), {}).defined
    return {name: digest_of(made.node) for name, made in defined.items() if isinstance(made.node, Function)}


def _file_reading(data: bytes, filename: str, wanted: Wanted, beside: Mapping[str, bytes]) -> FileReading:
    own = {name: partial(bytes, found) for name, found in {**beside, filename: data}.items()}
    files = Files(own, wanted.files)
    return FileReading(files.open(filename), files, wanted)


def read(submission: Submission, wanted: Wanted) -> Reading:
    """Read the file of a submission in which most is written; of several with as much the newest, by its name."""
    if submission.problem:
        raise SubmissionError(submission.problem, submission.next_step)
    files = Files({file.name: file.read for file in submission.files}, wanted.files, submission.beside)
    readings, unread = list[tuple[FileReading, SubmittedFile]](), list[tuple[SubmittedFile, SubmissionError]]()
    for file in submission.files:
        try:
            readings.append((FileReading(files.open(file.name), files, wanted), file))
        except SubmissionError as error:
            unread.append((file, error))
    unread = [one for one in unread if one[0].called != "__init__.py"] if readings else unread
    unread += [(file, file.refusal) for file in submission.unread if file.refusal]
    if unread and not any(reading.attempted for reading, _ in readings):
        raise unread[0][1]
    best, _ = max(readings, key=lambda one: _rank(one[0], one[1], wanted))
    best, notes = _completed(best, [reading for reading, _ in readings], files, wanted)
    notes += [f"{NOT_READ}{error}. What to do: {error.hint}." for _, error in unread[:MOST_NAMED]]
    return best.reading([*_choice(best, [file.name for file in submission.files]), *notes])


def refused_file(submission: Submission, error: SubmissionError) -> tuple[str, str]:
    """The file that an error of `read` is about, and the SHA-256 of what is in it ("" where there is none)."""
    named = [file for file in submission.files if file.name in str(error)] or submission.files[:1]
    try:
        return (named[0].name, hashlib.sha256(named[0].read()).hexdigest()) if named else ("", "")
    except SubmissionError:
        return named[0].name, ""


# ---- which file --------------------------------------------------------------------------------------------------


def _rank(one: FileReading, file: SubmittedFile, wanted: Wanted) -> tuple[bool, int, int, bool, int]:
    """The larger, the likelier: not given out, most attempted, most in the file itself, its name, its version."""
    is_given = one.file.data.strip() in {text.strip().encode() for text in wanted.files.values()}
    is_called_so = wanted.assignment.casefold() in file.name.casefold()
    version = int((_VERSION.findall(PurePosixPath(file.called).stem) or ["0"])[0])
    return not is_given and bool(one.attempted), len(one.attempted), len(one.own), is_called_so, version


def _completed(
    best: FileReading, readings: Sequence[FileReading], files: Files, wanted: Wanted
) -> tuple[FileReading, list[str]]:
    """The same, with the functions that are not in it at all imported from other files; and a note on each file."""
    lines, notes, missing = list[str](), list[str](), best.missing
    for other in readings:
        module = PurePosixPath(other.file.name).stem
        names = [name for name in missing if name in {name.split(".")[0] for name in other.own}]
        if names and module.isidentifier():
            lines.append(f"from {module} import {', '.join(names)}")
            notes.append(f"Not in {best.file.name}, and taken from {other.file.name}: {', '.join(names)}.")
            missing = [name for name in missing if name not in names]
    return (FileReading(best.file, files, wanted, "\n".join(lines)) if lines else best), notes


def _choice(best: FileReading, names: Sequence[str]) -> list[str]:
    """Which of several files was graded."""
    used = {best.file.name, *(file.name for file in best.modules.values())}
    others = [name for name in names if name not in used]
    listed = ", ".join(others[:MOST_NAMED]) + (f" and {len(others) - MOST_NAMED} more" if others[MOST_NAMED:] else "")
    without = f"and not {listed}" if others else "with what it imports"
    return [f"Of {len(names)} files, {best.file.name} was graded, {without}."] if len(names) > 1 else []
