"""What was handed in under a notebook's name and is none, by how it begins.

takes: the bytes of a file, or its text where that is no JSON.
gives: whether it is Python code; `SubmissionError` that says what else it is, and what to hand in instead.
must not know: cells, graded names.
"""

from __future__ import annotations

import json
import re

from grader.errors import SubmissionError

_CONFLICT_MARKS = ("<<<<<<<", ">>>>>>>")
_NOTEBOOK_ITSELF = "hand in the .ipynb file itself (File > Download > Notebook)"
_UNPACK = "unpack it, and hand in the .ipynb file that is in it"
_OTHER_FILES = (
    (b"\x1f\x8b", "a compressed file (gzip)", _UNPACK), (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"%PDF", "a PDF", _NOTEBOOK_ITSELF), (b"\x89PNG", "a picture", _NOTEBOOK_ITSELF),
    (b"\xff\xd8\xff", "a picture", _NOTEBOOK_ITSELF),
)  # fmt: skip
"""By how a file begins, whatever its name says: what it is, and what to hand in instead."""
_OTHER_TEXTS = (
    ("<", "an HTML page", _NOTEBOOK_ITSELF),
    (
        "version https://git-lfs",
        "what Git LFS keeps in its place",
        "run 'git lfs pull', and hand in the file that is there then",
    ),
)
_DEFINITION = re.compile(r"^(?:def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:])", re.MULTILINE)


def refuse_other_files(data: bytes, file: str) -> None:
    """Raise `SubmissionError` where the bytes are those of another kind of file, whatever its name says."""
    for begin, what, instead in _OTHER_FILES:
        if data.startswith(begin):
            raise SubmissionError(f"{file} cannot be read: it is {what}, not a notebook", instead)


def is_python(text: str) -> bool:
    """Whether a text that is no JSON is somebody's Python code."""
    return text.lstrip()[:1] not in ("{", "[", "<") and bool(_DEFINITION.search(text))


def not_json(text: str, file: str, error: ValueError) -> SubmissionError:
    """What a text is that cannot be read as JSON."""
    if any(line.startswith(_CONFLICT_MARKS) for line in text.splitlines()):
        return SubmissionError(
            f"{file} cannot be read: it holds marks of an unresolved merge conflict (<<<<<<<)",
            "choose one side of the conflict in an editor, save, and hand it in again",
        )
    for begin, what, instead in _OTHER_TEXTS:
        if text.lstrip(" \t\r\n").startswith(begin):
            return SubmissionError(f"{file} cannot be read: it is {what}, not a notebook", instead)
    where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
    return SubmissionError(
        f"{file} cannot be read: it is not a whole notebook{where}",
        "open it in Jupyter, save it again, and hand in the new file; if Jupyter cannot open it, use a checkpoint",
    )
