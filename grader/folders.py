"""The names among the reports of a class, and the one way to write a file: it is there whole, or not at all."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GRADEBOOK = "gradebook.sqlite"
GRADES = "grades.csv"
VERDICTS = "verdicts.jsonl"
OVERRIDES = "overrides.csv"  # what TAs changed: to be read, or to be given with `--overrides` if the gradebook is lost
MOVED = "moved.csv"  # points that changed while the submission stayed as it was
INDEX = "index.html"  # the class page
FURTHER = "class"  # the folder of its further pages
SIMILAR = "similar"  # the folder of plain files to be compared, and the name of the page about them
PAGE = "report.html"  # in a student's folder
NOTEBOOK = "notebook.html"  # beside it, where somebody asked for the whole notebook
SHEETS = (GRADES, VERDICTS, INDEX)
# What lies beside the students' folders; no student's folder may have such a name.
RESERVED = {
    *SHEETS, OVERRIDES, MOVED, FURTHER, SIMILAR, f"{SIMILAR}.html",
    *(f"{GRADEBOOK}{end}" for end in ("", "-wal", "-shm")),
}  # fmt: skip


def folder_name(student_id: str, taken: set[str]) -> str:
    """A folder's name for a student: the id where that is a plain name that is free, else with a digest behind it.

    No name begins with `-`, which `rm *` would read as an option. `taken` are names in small letters.
    """
    disk = sys.getfilesystemencoding()  # where that is not UTF-8, not every letter can be in a file's name
    plain = re.sub(r"[^\w.-]+", "_", student_id.encode(disk, "replace").decode(disk)).strip("._-")[:60]
    if plain and plain == student_id and plain.casefold() not in taken:
        return plain
    digest = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()
    tried = (f"{plain or 'student'}-{digest[:length]}" for length in range(8, len(digest) + 1))
    return next(name for name in tried if name.casefold() not in taken)


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A name beside a file's, to write to; at the end it takes the file's place. A link stays a link.

    Where the writing fails, what was begun is removed, and the file stays as it was.
    """
    path = path.resolve()
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(part)  # a write that fails does not say where
        raise


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there when all of it is written, and not before."""
    with aside(path) as part:
        part.write_bytes(data)
