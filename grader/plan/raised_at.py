"""What an author's own function raised, and where in their files that came up.

takes: an exception that a function of the author's raised in our process, and that function.
gives: words for it; with file and line, where a line of the author's is known.
must not know: what was called, and why.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from types import FunctionType

import numpy as np


def told(error: BaseException, function: object) -> str:
    """What was raised, and where."""
    return f"{type(error).__name__}: {error}{_place(error, function)}"


def _place(error: BaseException, function: object) -> str:
    """The innermost line in the author's own files, in brackets; where none was run, where the function begins.

    Those files lie where the first one lies that was called from here, or below: numpy's lines are none of theirs.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    if frames:
        home = Path(frames[0].filename).parent
        own = [frame for frame in frames if Path(frame.filename).is_relative_to(home)][-1]
        return f" ({Path(own.filename).relative_to(home)}, line {own.lineno})"
    if isinstance(function, FunctionType):
        code = function.__code__
        return f" ({Path(code.co_filename).name}, line {code.co_firstlineno})"
    return ""


def _is_ours(file: str) -> bool:
    """Whether a file is this grader's, or numpy's: an author may well give a function of that."""
    return any(Path(file).is_relative_to(home) for home in (Path(__file__).parent, Path(np.__file__).parent))
