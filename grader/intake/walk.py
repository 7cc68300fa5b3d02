"""The files of one hand-in, found on disk and in archives within archives.

takes: a path, or an archive's names; the endings that a hand-in's files have.
gives: `Candidate` values; those that are there and are not read (links, what is encrypted) hold the reason instead of
contents.
must not know: classes, layouts, what is in a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import (
    ARCHIVE_CAP,
    ENCRYPTED,
    LINK,
    MOST_ENTRIES,
    UNPACKED_CAP,
    Archive,
    Entry,
    entries_of,
    open_archive,
    unpacked_size,
)
from grader.intake.submissions import Candidate, text_of

ENDINGS = (".ipynb", ".py")
# A notebook may be kept as Markdown, with its modules beside it; beside an `.ipynb` it is what somebody wrote on that.
MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")
# Notebooks saved under a name that is not theirs, and pages exported from one: looked at where nothing better is.
OTHER_ENDINGS = (".ipynb.txt", ".py.txt", ".json", ".html", ".htm", *MARKDOWN)
# What a browser or a system makes of such names: read where nothing is written in the files beside it.
RENAMED = (".ipynb.txt", ".py.txt", ".ipynb.json")
MOST_FILES = 10_000  # of one folder of a hand-in; a project has some hundreds
MOST_FOLDERS = 6  # how deep a project may lie within a hand-in
_NOISE = {
    "__pycache__",
    "__MACOSX",
    ".ipynb_checkpoints",
    ".git",
    ".venv",
    "venv",
    "node_modules",
    "site-packages",
}
# What Windows leaves in folders, and Office beside an open document; whatever case it is written in.
_WINDOWS = re.compile(r"(?:eh)?thumbs\.db$|desktop\.ini$|~\$", re.IGNORECASE)
# What says something of the files beside it; not what somebody called a notebook of theirs.
_READ_ME = re.compile(r"readme(?!.*\.(ipynb|py)(\.txt)?$)", re.IGNORECASE | re.DOTALL)
# Saved under a name that systems hide; `._ex.ipynb` and `.~ex.ipynb` are what macOS and Jupyter put beside a notebook.
_HIDDEN_NOTEBOOK = re.compile(r"\.([^\W_].*\.)?ipynb$", re.IGNORECASE | re.DOTALL)

TOO_MANY = "is one of too many archives, and was not looked into"
TOO_DEEP = "is a zip in a zip in a zip, and was not looked into"
_INSTEAD = {
    LINK: "hand in the file itself",
    ENCRYPTED: "make the zip again, without a password",
    TOO_DEEP: "take the notebook out of all zips, and hand in the notebook itself",
}
_AGAIN = "make the zip again, of the files alone"


@dataclass
class Room:
    """What may still be looked into of all archives of one hand-in: to open each takes time, and it may hold thousands.

    `unpacked` are the bytes of archives within archives; a project may come with a data set or two. `deepest` is how
    many archives may lie within one another in the file that is opened: of a class in a zip, that zip is one more.
    """

    entries: int = 2 * MOST_ENTRIES
    unpacked: int = 4 * ARCHIVE_CAP
    deepest: int = 1

    @property
    def is_used_up(self) -> bool:
        """Whether no further archive is looked into."""
        return min(self.entries, self.unpacked) <= 0

    def take(self, archive: Archive, is_within: bool) -> None:
        """Note down that an archive was looked into."""
        self.entries -= len(archive.filelist)
        self.unpacked -= archive.size if is_within else 0


def is_noise(name: str) -> bool:
    """Whether a name is of what editors, systems and version control leave behind."""
    hidden = name.startswith(".") and not _HIDDEN_NOTEBOOK.match(name)
    return name in _NOISE or hidden or is_read_me(name) or bool(_WINDOWS.match(name))


def is_read_me(name: str) -> bool:
    """Whether a name is of what says something of the files beside it."""
    return bool(_READ_ME.match(name))


def files_at(path: Path, root: Path, endings: tuple[str, ...], room: Room, depth: int = 0) -> Iterator[Candidate]:
    """The files with these endings at a path, in folders and archives; shown by their way from `root`."""
    if depth and is_noise(path.name):
        return
    way = path.relative_to(root)
    shown, own = text_of(way.as_posix()), len(way.parts)
    if path.is_symlink():
        if not depth or may_hold(path.name, endings):
            yield closed(shown, path, LINK)
    elif path.is_dir() and depth <= MOST_FOLDERS:
        for entry in _entries(path):
            yield from files_at(entry, root, endings, room, depth + 1)
    elif path.name.lower().endswith(endings):
        yield Candidate(shown, path, own=own)
    elif path.suffix.lower() == ".zip":
        yield from (replace(one, own=own) for one in files_in_zip(path, (), shown, endings, room))


def may_hold(name: str, endings: tuple[str, ...]) -> bool:
    """Whether somebody's work may be in what is called so: a file of these endings, an archive, or a folder."""
    return name.lower().endswith((*endings, ".zip")) or not PurePosixPath(name).suffix


def closed(shown: str, path: Path, why: str) -> Candidate:
    """A file that is there and is not read, with the reason."""
    return Candidate(shown, path, contents=SubmissionError(f"{shown} {why}", _INSTEAD.get(why, _AGAIN)))


def _entries(folder: Path) -> list[Path]:
    entries = list(islice(folder.iterdir(), MOST_FILES + 1))
    if len(entries) > MOST_FILES:
        raise SubmissionError(
            f"a folder of the hand-in holds more than {MOST_FILES} files", "hand in the exercise alone"
        )
    return sorted(entries)


def files_in_zip(
    path: Path, inside: tuple[str, ...], shown: str, endings: tuple[str, ...], room: Room
) -> Iterator[Candidate]:
    """The files with these endings in an archive, and in the archives in it, as deep as there is room for."""
    if room.is_used_up:
        yield closed(shown, path, TOO_MANY)
        return
    with open_archive(path, inside) as archive:
        room.take(archive, bool(inside))
        entries = sorted(entry for entry in entries_of(archive) if not entry.is_folder)
        read = [entry.name for entry in entries if not entry.closed and entry.name.lower().endswith(ENDINGS)]
        if unpacked_size(archive, read) > UNPACKED_CAP:
            raise SubmissionError(
                f"the notebooks and Python files in {shown} unpack to more than {UNPACKED_CAP >> 20} MB",
                "hand in the exercise alone",
            )
    for entry in entries:
        if not any(map(is_noise, entry.parts)):
            yield from in_archive(entry, path, inside, f"{shown}/{text_of(entry.name)}", endings, room)


def in_archive(
    entry: Entry, path: Path, inside: tuple[str, ...], shown: str, endings: tuple[str, ...], room: Room
) -> Iterator[Candidate]:
    """What one entry of an archive is: a file, the files in an archive of its own, or nothing of these endings."""
    if entry.closed:
        if may_hold(entry.name, endings):
            yield closed(shown, path, entry.closed)
    elif entry.name.lower().endswith(endings):
        yield Candidate(shown, path, (*inside, entry.name))
    elif entry.name.lower().endswith(".zip"):
        if len(inside) < room.deepest:
            yield from files_in_zip(path, (*inside, entry.name), shown, endings, room)
        else:
            yield closed(shown, path, TOO_DEEP)
