"""What goes wrong at a gradebook, told as what it is: damage, another program, the machine, or one entry.

takes: the gradebook's path, and whatever SQLite or the reading of a row raises.
gives: an error with a true sentence and a next step.
must not know: what is read or written.

"Move it away" is said of damage alone: a sound gradebook that was moved away is a class that is graded twice.
"""

from __future__ import annotations

import errno
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from grader.errors import DamagedRecordError, GradebookError, TooLargeError

Watched = Callable[[], AbstractContextManager[None]]
"""What tells the faults of one gradebook, `faults_told` of its path."""

_Given = ParamSpec("_Given")
_Read = TypeVar("_Read")

# By the beginning of SQLite's own name of an error. All that is not here is damage.
_CALLERS = {
    "SQLITE_BUSY": ("is held by another program, perhaps another grader", "let that one end, then try again"),
    "SQLITE_LOCKED": ("is held by another program, perhaps another grader", "let that one end, then try again"),
    "SQLITE_PROTOCOL": (
        "lies where programs cannot take turns, perhaps on a network drive",
        "try again; if that does not help, work on a disk of this machine",
    ),
    "SQLITE_CANTOPEN": (
        "cannot be opened: its folder is not there, or you may not read or write in it",
        "look at the path and its rights, or copy the folder to a place of your own",
    ),
}
_MACHINES = {
    "SQLITE_FULL": errno.ENOSPC,
    "SQLITE_READONLY": errno.EACCES,
    "SQLITE_PERM": errno.EACCES,
    "SQLITE_IOERR": errno.EIO,
}
# All that reading a row may meet, where another program or a bad disk wrote it.
_SPOILED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


_MOVE_AWAY = (
    "move it away and grade again: hand-ins are never changed, and what TAs changed stands in overrides.csv "
    "beside it, for --overrides"
)


class SpoiledRowError(Exception):
    """A row that was read and makes no sense; `student` is set where it is the record of one hand-in."""

    def __init__(self, said: str, student: str = "") -> None:
        super().__init__(said)
        self.student = student


def reading(read: Callable[_Given, _Read]) -> Callable[_Given, _Read]:
    """Make what a reader of rows raises a `SpoiledRowError`: nothing else may be called damage by accident."""

    @wraps(read)
    def watched(*args: _Given.args, **kwargs: _Given.kwargs) -> _Read:
        try:
            return read(*args, **kwargs)
        except _SPOILED as error:
            raise SpoiledRowError(f"{type(error).__name__}: {error}") from error

    return watched


@contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Tell what goes wrong at this gradebook: as `GradebookError`, or as `OSError` where the machine is short.

    What SQLite says of a spoiled file may itself be no text: a `UnicodeDecodeError` here is damage too.
    """
    try:
        yield
    except (sqlite3.Error, SpoiledRowError, OverflowError, UnicodeDecodeError) as error:
        raise _told(path, error) from error


def _not_a_file(path: Path) -> GradebookError | None:
    """What stands in the place of a gradebook, where that is seen at once."""
    if path.is_dir():
        return GradebookError(f"{path} is a folder, and no gradebook", "move it away, or name another folder")
    if path.is_symlink() and not path.exists():
        return GradebookError(
            f"{path} is a link to {path.readlink()}, and nothing is there",
            "take the link away, or bring back what it leads to",
        )
    return None


def _told(path: Path, error: Exception) -> GradebookError | OSError:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name == "SQLITE_TOOBIG" or isinstance(error, OverflowError):
        return TooLargeError(f"{path} takes no entry of this size", "nothing of the gradebook is lost")
    for beginning, number in _MACHINES.items():
        if name.startswith(beginning):
            return OSError(number, str(error), str(path))
    for beginning, (sentence, hint) in _CALLERS.items():
        if name.startswith(beginning):
            return _not_a_file(path) or GradebookError(f"{path} {sentence} ({error})", hint)
    if isinstance(error, SpoiledRowError) and error.student:
        return DamagedRecordError(
            f"what {path} holds of '{error.student}' cannot be read ({error})",
            f"grade that one again: grader grade SUBMISSIONS --student {shlex.quote(error.student)}. Or take the whole "
            f"gradebook for lost: {_MOVE_AWAY}",
        )
    return GradebookError(f"{path} is not a gradebook that can be read ({error})", _MOVE_AWAY)
