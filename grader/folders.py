"""Where files are: the names among the reports of a class, and the public key that goes with a notebook.

And the one way to write a file: it is there whole, or not at all.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import KeyFileError

GRADEBOOK = "gradebook.sqlite"
GRADES = "grades.csv"
VERDICTS = "verdicts.jsonl"
OVERRIDES = "overrides.csv"  # what TAs changed: to be read, or to be given with `--overrides` if the gradebook is lost
MOVED = "moved.csv"  # points that changed while the submission stayed as it was
INDEX = "index.html"  # the class page
SIMILAR = "similar"  # the folder of plain files to be compared, and the name of the page about them
PAGE = "report.html"  # in a student's folder
NOTEBOOK = "notebook.html"  # beside it, where somebody asked for the whole notebook
SHEETS = (GRADES, VERDICTS, INDEX)
# What lies beside the students' folders; no student's folder may have such a name.
RESERVED = {
    *SHEETS, OVERRIDES, MOVED, SIMILAR, f"{SIMILAR}.html",
    *(f"{GRADEBOOK}{end}" for end in ("", "-wal", "-shm")),
}  # fmt: skip

NO_TIME = (1980, 1, 1, 0, 0, 0)  # of all files in our zips: when a zip was made is no part of what was made
MOST_ABOVE = 3  # folders above the notebook's that are looked into: a course has one for each exercise
# A key that was downloaded again: browsers put a number behind what they take for its name.
_KEY = re.compile(r"(?P<name>.+)\.public\.key(?:[ -]?\(?(?P<again>\d{1,3})\)?)?\.npz")


def folder_name(student_id: str, taken: set[str]) -> str:
    """A folder's name for a student: the id where that is a plain name that is free, else with a digest behind it.

    No name begins with `-`, which `rm *` would read as an option. `taken` are names in small letters.
    """
    disk = sys.getfilesystemencoding()  # where that is not UTF-8, not every letter can be in a file's name
    plain = re.sub(r"[^\w.-]+", "_", student_id.encode(disk, "replace").decode(disk)).strip("._-")[:60]
    if plain and plain == student_id and plain.casefold() not in taken:
        return plain
    import hashlib  # loads OpenSSL: half of the time of --help beside click's own

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


def is_our_zip(path: Path, are_ours: Callable[[set[str]], bool]) -> bool:
    """Whether a file is a zip that was made here: its files have no time, and names that are ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, IsADirectoryError):
        return False
    return all(one.date_time == NO_TIME for one in entries) and are_ours({one.filename for one in entries})


# ---- the public key of a notebook ------------------------------------------------------------------------------------


def find_public_key(notebook: Path) -> Path:
    """The public key nearest to a notebook or project folder; raises `KeyFileError`.

    It is in the folder itself, beside the notebook, in a folder above it, or with the assignment (`reference/<name>/`).
    Where there is only the assignment, its folder is given, to be compiled.
    """
    here = notebook.absolute()
    near = [here.parent, *[*notebook.resolve().parents][: MOST_ABOVE + 1], Path.cwd()]
    places = dict.fromkeys([here, *near] if here.is_dir() else near)
    for folder in places:
        found = _keys_in(folder)
        if len(found) == 1 or here.stem in found:
            return found.get(here.stem) or next(iter(found.values()))
        if found:
            raise KeyFileError(f"{folder} holds several public keys", "say which one with --key")
    for folder in places:
        if assignment := _assignment_in(folder, {here.stem, *(one.name for one in here.parents)}):
            return next(iter(_keys_in(assignment).values()), assignment)
    hint = "it came with the exercise and ends in .public.key.npz: put it beside the notebook, or name it with --key"
    raise KeyFileError("no public key was found beside the notebook", hint)


def _keys_in(folder: Path) -> dict[str, Path]:
    """The public keys of a folder by name, the latest download of each."""
    numbered = [(_KEY.fullmatch(path.name), path) for path in sorted(folder.glob("*.public.key*.npz"))]
    found = sorted((int(match["again"] or 0), match["name"], path) for match, path in numbered if match)
    return {name: path for _, name, path in found}


def _assignment_in(folder: Path, names: Collection[str]) -> Path | None:
    """The assignment's folder that a folder is, or holds in `reference/`: the only one, or the one of this name."""
    if (folder / "assignment.py").is_file():
        return folder
    found = [path.parent for path in sorted(folder.glob("reference/*/assignment.py"))]
    named = [one for one in found if one.name in names] or found
    return named[0] if len(named) == 1 else None
