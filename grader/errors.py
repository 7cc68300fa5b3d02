"""The exceptions of the house, split by the audience that can do something about them.

takes: a sentence saying what is wrong, and a hint saying what to do next.
gives: one root, `GraderError`, caught in one place: the command line.
must not know: anything else of the house.

A student's failing code is never one of these: it is an outcome, a value.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class GraderError(Exception):
    """What went wrong (`str(error)`) and the next step (`error.hint`).

    `exit_code` is what the command line ends with: 2 where the caller can mend it, 3 where only we can.
    """

    exit_code = 2
    others: Sequence[GraderError] = ()

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class AuthorError(GraderError):
    """The declaration of an assignment is wrong: a name, a case, a mistake, a tolerance.

    `others` are more of the same kind, where all of a declaration was looked at before it was refused.
    """

    def __init__(self, sentence: str, hint: str = "", others: Sequence[GraderError] = ()) -> None:
        super().__init__(sentence, hint)
        self.others = tuple(others)


class SubmissionError(GraderError):
    """A hand-in, or a folder of them, cannot be read. In a batch this becomes a row, never the end."""


class KeyFileError(GraderError):
    """An answer key is missing, damaged, or from another version of the format."""


class SandboxError(GraderError):
    """No sandbox can be had here, or the one there is broke: never the student's fault."""

    exit_code = 3


class ClusterError(GraderError):
    """A cluster of other machines cannot be reached, has no worker that fits, or was lost on the way."""


class GradebookError(GraderError):
    """A gradebook is missing, damaged, or holds nothing to work with."""


class DamagedRecordError(GradebookError):
    """What a gradebook holds of one hand-in cannot be read. In a batch that one is graded again, never the end."""


class TooLargeError(GradebookError):
    """One entry is larger than a gradebook takes. In a batch this becomes a row, never the end."""


class OverridesError(GraderError):
    """A sheet of changed points cannot be taken: its lines are named, and nothing of it was used."""


class SheetError(GraderError):
    """A sheet of somebody else's cannot be read, or it is not clear what in it is to be filled in."""


class ExportError(GraderError):
    """What was graded cannot be given out in this form."""


class SelectionError(GraderError):
    """What was named on the command line is not there."""


class InterruptedRunError(GraderError):
    """Whoever ran it stopped it; what was done is kept."""

    exit_code = 130  # 128 + SIGINT, as shells have it


def where_raised(error: Exception) -> str:
    """Its kind and the last line of ours that it came through; none of its words, which may hold a hidden number."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _PACKAGE in Path(frame.filename).parents]
    if not ours:
        return type(error).__name__
    file = Path(ours[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f"{type(error).__name__} at {file}, line {ours[-1].lineno}"
