"""What fails while it is read how results differ costs the reading, and not the verdict.

takes: a verdict, and how more is told of it.
gives: the verdict with that; or as it was, with a note of the fault, which is ours.
must not know: what is told.

Points stand before anything is told of them, and a slip of ours in one of many readings must leave no hand-in ungraded.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace

from grader.errors import where_raised
from grader.judge.verdict import Note, NoteKind, Verdict

RAISES = False  # so that no test is green by a reading that is not there


def told_if_possible(verdict: Verdict, tell: Callable[[], Verdict]) -> Verdict:
    """What `tell` gives. What the machine lacks is raised on: it meets everybody."""
    try:
        return tell()
    except Exception as error:
        if RAISES or isinstance(error, (OSError, MemoryError)):
            raise
        traceback.print_exc()  # for whoever is to mend it
        return replace(verdict, notes=(*verdict.notes, Note(NoteKind.NO_READING, (where_raised(error),))))
