"""A failure of the grader's own on one hand-in, in a sentence that helps whoever is to mend it.

takes: what was raised.
gives: the sentence; what concerns more than the one hand-in is raised on.
must not know: what the grader was at.

A bug that one hand-in meets must not end the evening of all others. What the machine lacks (disk, files, memory) is
another matter: it meets everybody, and is told once.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from grader.errors import GraderError

_PACKAGE = Path(__file__).resolve().parents[1]
_GONE = (FileNotFoundError, ProcessLookupError, ChildProcessError)  # what a process or its files left, while looked at


def fault_on_one(error: Exception) -> str:
    """The sentence, if what was just raised concerns this one hand-in; otherwise it is raised again."""
    if isinstance(error, (GraderError, OSError, MemoryError)) and not isinstance(error, _GONE):
        raise error
    traceback.print_exc()  # for whoever is to mend it
    return say_own_fault(error)


def say_own_fault(error: Exception, at: str = " on this hand-in") -> str:
    """Where it was raised, and by no value: what it says may hold a hidden number, and a page is the student's."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _PACKAGE in Path(frame.filename).parents]
    place = (
        f" at {Path(ours[-1].filename).relative_to(_PACKAGE.parent).as_posix()}, line {ours[-1].lineno}" if ours else ""
    )
    return f"The grader itself failed{at} ({type(error).__name__}{place}): report it, with the file."
