"""All that lies in a class, by name: files and folders on disk or in a zip, and what is in the zips of one student.

A zip is a folder with another way in: everything after this module treats the two alike.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from grader.errors import SubmissionError
from grader.intake.arrival import text_of
from grader.intake.files import ARCHIVE_CAP, ENCRYPTED, LINK, MOST_ENTRIES, SubmittedFile, open_archive

ENDINGS = (".ipynb", ".py")
RENAMED = (".ipynb.txt", ".py.txt", ".ipynb.json")  # what a browser or a system makes of such names
MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")  # beside an `.ipynb` it is notes
OTHER_ENDINGS = (*RENAMED, ".json", ".html", ".htm", *MARKDOWN)  # notebooks saved or exported under another name
MOST_FOLDERS = 12  # within one another
MOST_ZIPS = 2  # within one another, in what one student handed in
LONGEST_NAME = 1_000  # letters of the way to a file in a zip, which may name one of 65,000
LEADS_OUT = "has a path that leads out of the archive"

# What version control, macOS, Jupyter, Emacs, Office and Windows leave beside files.
_LEFT_BEHIND = re.compile(
    r"(?:__pycache__|__MACOSX|venv|node_modules|site-packages)$|\.[_~#]|~\$|(?i:\.(?:ds_store|git|ipynb_checkpoints|idea"
    r"|vscode|venv|cache|nfs|trash)|(?:eh)?thumbs\.db$|desktop\.ini$)"
)
# A text about the files beside it, and not a notebook that somebody called so.
_READ_ME = re.compile(r"readme(?!.*\.(?:ipynb|py)(?:\.txt)?$)", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"\.(?!\.)(?!(?:[^\W_].*\.)?ipynb$)", re.IGNORECASE | re.DOTALL)
_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL)


def is_noise(name: str) -> bool:
    """Whether it is not read: what systems leave behind, texts about the files, hidden names (but notebooks, `..x`)."""
    return any(pattern.match(name) for pattern in (_LEFT_BEHIND, _READ_ME, _HIDDEN))


def is_hidden(file: SubmittedFile) -> bool:
    """Whether it is a folder, or a file of somebody's work, that is not read for its hidden name alone."""
    name = file.way[-1] or file.way[-2]
    is_work = not file.way[-1] or file.ends(*ENDINGS, ".zip")
    return file.noise and is_work and name.startswith(".") and not _LEFT_BEHIND.match(name)


@dataclass
class Room:
    """What may still be opened of one student's zips, as opening takes time: entries, and bytes of zips in zips."""

    entries: int = 2 * MOST_ENTRIES
    unpacked: int = 4 * ARCHIVE_CAP


@dataclass(frozen=True)
class Item:
    """A file or folder of a class, with all that lies in it; `depth` names lead to it from the top."""

    name: str
    depth: int
    within: tuple[SubmittedFile, ...]

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, and not a file."""
        return any(len(file.way) > self.depth for file in self.within)

    @property
    def stem(self) -> str:
        """Its name without an ending: the student's id where no platform wrote it."""
        head, dot, _ = self.name.rpartition(".")
        return self.name if self.is_folder or not head.strip(".") or not dot else head

    @property
    def leads_out(self) -> bool:
        """Whether it is only there by names that lead out of a zip."""
        return all(str(file.refusal).endswith(LEADS_OUT) for file in self.within)

    def listed(self) -> list[str]:
        """The names in this folder."""
        names = {file.way[self.depth] for file in self.within if len(file.way) > self.depth and not file.noise}
        return sorted(names - {""})

    def narrowed(self, folder: str) -> Item:
        """The same item with what lies in a folder of it only."""
        depth = self.depth + 1
        inner = (file for file in self.within if len(file.way) > depth and file.way[self.depth] == folder)
        return replace(self, depth=depth, within=tuple(inner))

    def inside(self) -> list[Item]:
        """What lies in this folder or zip, as the items of a class; nothing where it cannot be opened."""
        if self.is_folder:
            return items_of(self.within, self.depth)
        try:
            return items_of(_in_zip(self.within[0], Room()), self.depth) if _is_zip(self.within[0]) else []
        except SubmissionError:
            return []  # said where its files are looked for

    def files(self) -> Iterator[SubmittedFile]:
        """Its files, zips opened; one that cannot be opened comes with its refusal."""
        room = Room()
        for file in self.within:
            yield from _unpacked(file, room, MOST_ZIPS)


def class_at(path: Path) -> list[SubmittedFile]:
    """All that lies in a folder or zip; raises `SubmissionError`."""
    return list(_on_disk(path, (), 0)) if path.is_dir() else _in_zip(SubmittedFile((), path), Room())


def item_at(path: Path) -> Item:
    """One file or folder on disk, which is not followed where it is a link."""
    file = SubmittedFile((path.name,), path)
    is_folder = path.is_dir() and not path.is_symlink()
    within = _on_disk(path, file.way, 1) if is_folder else [file.refused(LINK) if path.is_symlink() else file]
    return Item(path.name, 1, tuple(within))


def items_of(files: Iterable[SubmittedFile], depth: int = 0) -> list[Item]:
    """The files and folders at one depth, in order of name."""
    grouped: dict[tuple[str, bool], list[SubmittedFile]] = {}
    for file in files:
        name, *below = file.way[depth:]
        if name and (any(below) or not file.noise or (is_hidden(file) and not below)):
            grouped.setdefault((name, bool(below)), []).append(file)
    return [
        Item(name, depth + 1, tuple(within)) for (name, _), within in sorted(grouped.items(), key=lambda one: one[0])
    ]


def _on_disk(folder: Path, way: tuple[str, ...], own: int) -> Iterator[SubmittedFile]:
    """The files below a folder; the last `own` names of its path were chosen by students."""
    this = SubmittedFile(way or (folder.name,), folder)
    try:
        with os.scandir(folder) as found:
            listed = sorted(islice(found, MOST_ENTRIES + 1), key=lambda one: one.name)
    except OSError as error:
        refused = this.refused(f"cannot be read: {error.strerror}", "check its permissions")
        if not way and refused.refusal:
            raise refused.refusal from error
        yield refused
        return
    if len(way) > MOST_FOLDERS or len(listed) > MOST_ENTRIES:
        yield this.refused("lies too deep, or holds too many files", "hand in the exercise alone")
        return
    if not listed and way:
        yield replace(this, way=(*way, ""))
    for one in listed:
        file = SubmittedFile((*way, one.name), Path(one.path), own=own + 1, noise=is_noise(one.name))
        if not one.is_dir(follow_symlinks=False):
            yield file.refused(LINK) if one.is_symlink() and not file.noise else file
        elif file.noise:
            yield replace(file, way=(*file.way, ""))
        else:
            yield from _on_disk(file.path, file.way, own + 1)


def _is_zip(file: SubmittedFile) -> bool:
    return file.refusal is None and not file.noise and file.ends(".zip")


def _in_zip(file: SubmittedFile, room: Room) -> list[SubmittedFile]:
    """What is in a zip; a folder with nothing in it is one, too."""
    with open_archive(file.path, file.inside, file.own) as archive:
        room.entries -= len(archive.filelist)
        room.unpacked -= file.size
        members = [_member(file, info) for info in archive.filelist]
    found = {member.way: member for member in members if member is not None}
    filled = {way[:n] for way in found for n in range(1, len(way) - (not way[-1]))}
    return [found[way] for way in sorted(found) if way[-1] or way[:-1] not in filled]


def _member(file: SubmittedFile, info: zipfile.ZipInfo) -> SubmittedFile | None:
    """One entry of a zip; None for the entry of the top folder itself."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    name = _as_meant(info) + "/" * (kind == stat.S_IFDIR)
    *folders, last = re.sub(r"^[A-Za-z]:", "", name).replace("\\", "/").split("/")
    way = (*(part for part in folders if part not in ("", ".", "..")), "" if last in (".", "..") else last)
    quiet = next((n for n, part in enumerate(way, 1) if is_noise(part)), 0)
    way = (*way[:quiet], "") if 0 < quiet < len(way) else way
    if len(name) > LONGEST_NAME or (not any(way) and not name.endswith(("/", "\\"))):  # a file called `..`
        way = (f"{name[:60]}…{name[-20:]}" if len(name) > 80 else name,)
        return replace(file, way=(*file.way, *way)).refused("has a name that no file can have")
    if not any(way):
        return None
    inner = replace(file, way=(*file.way, *way), inside=(*file.inside, info.filename), size=info.file_size)
    why = ENCRYPTED if info.flag_bits & 0x1 else ""
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        why = LINK if kind == stat.S_IFLNK else "is not a regular file"
    if _LEADS_OUT.match(name):
        return inner.refused(LEADS_OUT, shown=text_of("/".join((*file.way, name)))) if way[-1] else inner
    return inner.refused(why) if why and way[-1] and not quiet else replace(inner, noise=bool(quiet))


def _as_meant(info: zipfile.ZipInfo) -> str:
    """The name of an entry: many programs write it in UTF-8 without the flag for that."""
    if info.flag_bits & 0x800 or info.filename != info.orig_filename:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()  # the bytes as they are: each is a letter there
    except UnicodeError:
        return info.filename


def _unpacked(file: SubmittedFile, room: Room, deepest: int) -> Iterator[SubmittedFile]:
    """The file itself, or the files in it where it is a zip."""
    if not file.way[-1] or (file.noise and not is_hidden(file)):
        return
    if file.noise:
        yield file.refused("has a hidden name, and was not read", "hand it in under another name")
    elif not _is_zip(file):
        yield file
    elif not deepest or min(room.entries, room.unpacked) <= 0:
        why = "is one of too many archives" if deepest else "is a zip in a zip in a zip"
        yield file.refused(f"{why}, and was not opened", "hand in the notebook itself, in no zip")
    else:
        try:
            inner = _in_zip(file, room)
        except SubmissionError as error:
            inner, deepest = [replace(file, contents=error)], 1
        for one in inner:
            yield from _unpacked(one, room, deepest - 1)
