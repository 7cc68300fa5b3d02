"""A failure of the grader's own on one hand-in, in a sentence that helps whoever is to mend it.

takes: what was raised.
gives: the sentence; what concerns more than the one hand-in is raised on.
must not know: what the grader was at.

A bug that one hand-in meets must not end the evening of all others. What the machine lacks (disk, files, memory) is
another matter: it meets everybody, and is told once.
"""

from __future__ import annotations

import traceback

from grader.errors import GraderError, where_raised

_GONE = (FileNotFoundError, ProcessLookupError, ChildProcessError)  # what a process or its files left, while looked at


def fault_on_one(error: Exception) -> str:
    """The sentence, if what was just raised concerns this one hand-in; otherwise it is raised again."""
    if isinstance(error, (GraderError, OSError, MemoryError)) and not isinstance(error, _GONE):
        raise error
    traceback.print_exc()  # for whoever is to mend it
    return say_own_fault(error)


def say_own_fault(error: Exception, at: str = " on this hand-in") -> str:
    """Where it was raised, and by no value: a page is the student's."""
    return f"The grader itself failed{at} ({where_raised(error)}): report it, with the file."
