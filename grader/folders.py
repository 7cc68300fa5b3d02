"""What is called how among the reports of a class; a student's folder is named after the id where that can be a name.

takes: an id, the names that are taken.
gives: a name that is free, and the names of all else that lies there.
must not know: what is in a folder or a file, whose the other folders are.
"""

from __future__ import annotations

import hashlib
import re
import sys

GRADEBOOK = "gradebook.sqlite"
GRADES = "grades.csv"
VERDICTS = "verdicts.jsonl"
OVERRIDES = "overrides.csv"  # what TAs changed, to be read by eye, or by `--overrides` should the gradebook be lost
MOVED = "moved.csv"  # points that moved while a hand-in stayed as it was
INDEX = "index.html"  # the class page
FURTHER = "class"  # the folder of its further pages
SIMILAR = "similar"  # the folder of plain files to be compared, and the name of the page about them
PAGE = "report.html"  # in a student's folder
NOTEBOOK = "notebook.html"  # beside it, where somebody has asked for the whole notebook
SHEETS = (GRADES, VERDICTS, INDEX)
# What lies beside the students' folders; no student's folder may be called so.
RESERVED = {
    *SHEETS, OVERRIDES, MOVED, FURTHER, SIMILAR, f"{SIMILAR}.html",
    *(f"{GRADEBOOK}{end}" for end in ("", "-wal", "-shm")),
}  # fmt: skip


def folder_name(student_id: str, taken: set[str]) -> str:
    """A folder's name for a student: the id where that is a plain name of its own, else with a digest behind it."""
    disk = sys.getfilesystemencoding()  # where that is not UTF-8, not every letter is a file's
    plain = re.sub(r"[^\w.-]+", "_", student_id.encode(disk, "replace").decode(disk)).strip("._")[:60]
    if plain == student_id and plain.casefold() not in taken:
        return plain
    digest = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()
    tried = (f"{plain or 'student'}-{digest[:length]}" for length in range(8, len(digest) + 1))
    return next(name for name in tried if name.casefold() not in taken)
