"""Code parsed, and for how long at most to mend one hand-in: a broken one could have it done for a quarter of an hour.

takes: the source of a cell, or a piece of it.
gives: its tree, or why it has none; `SubmissionError` where it is enough.
must not know: how anything is mended, graded names.
"""

from __future__ import annotations

import ast
import time
import warnings

from grader.errors import SubmissionError
from grader.wire import Trouble

# A cell is parsed anew for each line that is mended: a hundred of them, in a script of Python 2 as long as those of a
# whole course, take a second or two. Of the processor's time, which no busy machine makes longer.
MOST_SECONDS = 10.0


class Patience:
    """What is left of it for one hand-in."""

    def __init__(self) -> None:
        self._left = MOST_SECONDS

    def parse(self, source: str) -> ast.Module | Trouble:
        """Parse once more."""
        began = time.thread_time()
        parsed = parse(source)
        self._left -= time.thread_time() - began
        if self._left < 0:
            raise SubmissionError(
                "the code is broken in too many places to be read",
                "restart the kernel and run all cells, mend each that Python cannot read, save, and hand it in again",
            )
        return parsed


def parse(source: str) -> ast.Module | Trouble:
    """Parse, or say why not, with the line within this source."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\d" is no concern of whoever runs the grader
            return ast.parse(source)
    except SyntaxError as error:
        return Trouble(type(error).__name__, error.msg, 0, error.lineno or 1)
    except (ValueError, RecursionError, MemoryError) as error:
        return Trouble("SyntaxError", f"cannot be read as Python: {type(error).__name__}", 0, 1)
