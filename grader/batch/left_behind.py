"""Pages in the out folder that no row of the gradebook stands behind: of hand-ins that were withdrawn or renamed.

takes: the out folder of a class, the folders of its rows, and those of rows that were just taken out.
gives: which pages are nobody's; those that were surely written here taken away, all others named.
must not know: the gradebook's file, why a row is gone.

A page that stays is handed out one day. But in the same folder may lie what people have put there, so a file is taken
away only where it says itself that it was written here, or a row has just said so, and a folder only where it is empty.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.folders import NOTEBOOK, PAGE, RESERVED
from grader.report.page_context import MARK

_HEAD = 4096  # bytes in which a page says who wrote it


@dataclass(frozen=True)
class LeftBehind:
    """How many pages were taken away, and those that may be somebody else's."""

    taken: int = 0
    not_ours: tuple[Path, ...] = ()


NOTHING_LEFT = LeftBehind()


def take_away(out: Path, kept: Collection[str], gone: Collection[str | None] = ()) -> LeftBehind:
    """Take away the pages of folders that are not `kept`; those `gone` had a row until now."""
    taken, named = 0, []
    for folder in _folders_of_nobody(out, kept):
        if (folder.name in gone or _is_ours(folder / PAGE)) and _is_emptied(folder):
            taken += 1
        else:
            named.append(folder / PAGE)
    return LeftBehind(taken, tuple(named))


def folders_in(out: Path) -> int:
    """How many folders there are that may be students', whoever they are for."""
    with os.scandir(out) as entries:
        return sum(entry.name not in RESERVED and entry.is_dir(follow_symlinks=False) for entry in entries)


def _is_emptied(folder: Path) -> bool:
    """Take away what we wrote into a folder, and the folder where nothing else lies in it; false where we may not."""
    try:
        if _is_ours(folder / NOTEBOOK):
            (folder / NOTEBOOK).unlink()
        (folder / PAGE).unlink()
    except OSError:
        return False
    with suppress(OSError):
        folder.rmdir()
    return True


def _folders_of_nobody(out: Path, kept: Collection[str]) -> Iterator[Path]:
    """Folders with a page that are no student's: by what they are, as some disks do not tell `Jane` from `jane`."""
    theirs = {_same(out / name) for name in kept}
    for entry in sorted(os.scandir(out), key=lambda entry: entry.name):
        folder = Path(entry.path)
        if entry.is_dir(follow_symlinks=False) and _is_file(folder / PAGE) and _same(folder) not in theirs:
            yield folder


def _same(folder: Path) -> tuple[int, int]:
    try:
        there = folder.stat()
    except OSError:
        return (0, 0)
    return (there.st_dev, there.st_ino)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_ours(path: Path) -> bool:
    """Whether a page says that it was written here."""
    if not _is_file(path):
        return False
    with path.open("rb") as file:
        return MARK.encode() in file.read(_HEAD)
