"""Which folder among the reports is a student's: named after the id where that can be a folder's name.

takes: an id, the names that are taken.
gives: a name that is free.
must not know: what lies in a folder, whose the others are.
"""

from __future__ import annotations

import hashlib
import re
import sys


def folder_name(student_id: str, taken: set[str]) -> str:
    """A folder's name for a student: the id where that is a plain name of its own, else with a digest behind it."""
    disk = sys.getfilesystemencoding()  # where that is not UTF-8, not every letter is a file's
    plain = re.sub(r"[^\w.-]+", "_", student_id.encode(disk, "replace").decode(disk)).strip("._")[:60]
    if plain == student_id and plain.casefold() not in taken:
        return plain
    digest = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()
    tried = (f"{plain or 'student'}-{digest[:length]}" for length in range(8, len(digest) + 1))
    return next(name for name in tried if name.casefold() not in taken)
