"""The exceptions of the project, one for each kind of person who can do something about them.

All have one root, `GraderError`, which the command line catches in one place. Student code that fails is never one of
these: it is an outcome, a value.
"""

from __future__ import annotations

from collections.abc import Sequence


class GraderError(Exception):
    """What went wrong (`str(error)`) and the next step (`error.hint`).

    `exit_code` is what the command ends with: 2 where the caller can fix it, 3 where only we can. `others` are more
    errors of the same kind, where all of an input was checked before it was refused.
    """

    exit_code = 2

    def __init__(self, sentence: str, hint: str = "", others: Sequence[GraderError] = ()) -> None:
        super().__init__(sentence)
        self.hint = hint
        self.others = tuple(others)


class AuthorError(GraderError):
    """The declaration of an assignment is wrong: a name, a case, a mistake, a tolerance."""


class SubmissionError(GraderError):
    """A submission, or a folder of them, cannot be read. In a batch this becomes a row and the batch goes on."""


class KeyFileError(GraderError):
    """A key is missing, damaged, or from another version of the format."""


class SandboxError(GraderError):
    """No sandbox can be had on this machine, or the sandbox failed: never the student's fault."""

    exit_code = 3


class ClusterError(GraderError):
    """A cluster of other machines cannot be reached, has no suitable worker, or was lost on the way."""


class GradebookError(GraderError):
    """A gradebook is missing, damaged, or holds nothing to work with."""


class OverridesError(GraderError):
    """A sheet of changed points cannot be used: its lines are named, and none of it was applied."""


class SheetError(GraderError):
    """A sheet from another system cannot be read, or it is not clear which cells are to be filled in."""


class ExportError(GraderError):
    """Results cannot be written in this form."""


class SelectionError(GraderError):
    """A student, function or case that was named on the command line is not there."""


class InterruptedRunError(GraderError):
    """The user stopped the run; what was finished is kept."""

    exit_code = 130  # 128 + SIGINT, as shells count
