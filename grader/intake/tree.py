"""Everything in a class, by name: files and folders on disk or in a zip, and what is in the zips of one student.

A zip is a folder with another way in: everything after this module treats the two alike.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from grader.errors import SubmissionError
from grader.intake.arrival import text_of
from grader.intake.files import ENCRYPTED, LINK, MOST_ENTRIES, Member, SubmittedFile, open_archive

ENDINGS = (".ipynb", ".py")
NOTEBOOKS = (".ipynb", ".ipynb.txt", ".ipynb.json")
RENAMED = (".ipynb.txt", ".py.txt", ".ipynb.json")  # what a browser or a system makes of such names
MARKDOWN = (".md", ".markdown", ".qmd", ".rmd")  # beside an `.ipynb` it is notes
OTHER_ENDINGS = (*RENAMED, ".json", ".html", ".htm", *MARKDOWN)  # notebooks saved or exported under another name
KINDS = (ENDINGS, RENAMED, MARKDOWN, OTHER_ENDINGS)  # what is graded, the best first
MOST_FOLDERS = 20  # within one another
MOST_ZIPS = 2  # within one another, in what one student handed in
MOST_OF_ONE = 50_000  # entries of a zip within a class: to list them takes a second
ZIP_WORK = 10  # to open a zip takes as long as to list so many entries
MOST_WORK = 100_000  # entries, and kilobytes of zips in zips, of one student; to open them takes time
LONGEST_NAME = 1_000  # letters of the way to a file in a zip, which may name one of 65,000
HIDDEN = "hidden"
LEADS_OUT = "has a path that leads out of the archive"

# What version control, macOS, Jupyter, Python's tools, editors, Office and Windows leave beside files.
_LEFT_BEHIND = re.compile(
    r"(?:__pycache__|__MACOSX|venv|node_modules|site-packages)$|\.[_~#]|~\$|(?i:\.(?:ds_store|git|ipynb_checkpoints|idea"
    r"|vscode|venv|cache|nfs|trash)|(?:eh)?thumbs\.db$|desktop\.ini$"
    r"|\.(?:(?:pytest|mypy|ruff)_cache|config|local|jupyter|ipython|virtual_documents|env|eggs|tox|spyproject|rproj\.user)$)"
)
# A text about the files beside it, and not a notebook that somebody called so.
_READ_ME = re.compile(r"readme(?!.*\.(?:ipynb|py)(?:\.txt)?$)", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"\.(?!\.)(?!(?:[^\W_].*\.)?ipynb$)", re.IGNORECASE | re.DOTALL)
_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL)


def noise_of(name: str, is_folder: bool) -> str:
    """Why a name is passed over ("": it is read): systems left it behind, it is about the files, or it is hidden."""
    if _LEFT_BEHIND.match(name) or (not is_folder and _READ_ME.match(name)):
        return "left behind"
    return HIDDEN if _HIDDEN.match(name) else ""


@dataclass(frozen=True)
class Item:
    """A file or folder of a class, by the names on the way to it, with everything in it."""

    way: tuple[str, ...]
    within: tuple[SubmittedFile, ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.way[-1]

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, and not a file."""
        return any(len(file.way) > len(self.way) for file in self.within)

    @property
    def is_zip(self) -> bool:
        """Whether it is a zip, opened or not."""
        return self.name.lower().endswith(".zip")

    @property
    def stem(self) -> str:
        """Its name without an ending: the student's id where no platform wrote it."""
        head, _, _ = self.name.rpartition(".")
        return head if head.strip(".") and (self.is_zip or not self.is_folder) else self.name

    def opened(self) -> Item:
        """The same; a zip that can be opened as a folder with what is in it."""
        if self.is_folder or not self.is_zip:
            return self
        try:
            return Item(self.way, tuple(_in_zip(self.within[0])) or self.within)
        except SubmissionError:
            return self  # said where its files are looked for

    def inside(self) -> list[Item]:
        """What is in this folder or zip, as the items of a class."""
        return items_of(self.opened().within, len(self.way))

    def files(self) -> Iterator[SubmittedFile]:
        """Its files, zips opened; one that cannot be opened comes with its refusal."""
        work = 0
        waiting = [(file, MOST_ZIPS) for file in reversed(self.within)]
        while waiting:
            file, deepest = waiting.pop()
            is_zip = file.ends(".zip") and not file.noise and file.refusal is None
            if is_zip and (not deepest or work > MOST_WORK):
                why = "is one of too many archives" if deepest else "is a zip in a zip in a zip"
                yield file.refused(f"{why}, and was not opened", "hand in the notebook itself, in no zip")
            elif is_zip:
                try:
                    inner = _in_zip(file)
                except SubmissionError as error:
                    inner = [replace(file, contents=error)]
                work += ZIP_WORK + len(inner) + file.size // 1000
                waiting += [(one, deepest - 1) for one in reversed(inner)]
            elif file.way[-1] and not file.noise:
                yield file


def class_at(path: Path) -> list[Item]:
    """Everything in a folder or zip, zips in it opened once; raises `SubmissionError`."""
    items = items_of(_on_disk(path, ()) if path.is_dir() else _in_zip(SubmittedFile((), path)))
    return [item.opened() for item in items]


def item_at(path: Path) -> Item:
    """One file or folder on disk, which is not followed where it is a link."""
    file = SubmittedFile((path.name,), path)
    is_folder = path.is_dir() and not path.is_symlink()
    within = _on_disk(path, file.way) if is_folder else [file.refused(LINK) if path.is_symlink() else file]
    return Item(file.way, tuple(within))


def items_of(files: Iterable[SubmittedFile], depth: int = 0) -> list[Item]:
    """The files and folders at one depth, in order of name."""
    grouped: dict[tuple[tuple[str, ...], bool], list[SubmittedFile]] = defaultdict(list)
    for file in files:
        name, *below = file.way[depth:] or ("",)
        if name and (any(below) or not file.noise):
            grouped[file.way[: depth + 1], bool(below)].append(file)
    return [Item(way, tuple(grouped[way, folder])) for way, folder in sorted(grouped)]


def _on_disk(folder: Path, way: tuple[str, ...]) -> Iterator[SubmittedFile]:
    """The files below a folder."""
    this = SubmittedFile(way or (folder.name,), folder)
    try:
        with os.scandir(folder) as found:
            listed = sorted(islice(found, MOST_ENTRIES + 1), key=lambda one: one.name)
    except OSError as error:
        yield this.refused(f"cannot be read: {error.strerror}", "check its permissions")
        return
    if len(way) > MOST_FOLDERS or len(listed) > MOST_ENTRIES:
        yield this.refused("is too deep, or holds too many files", "hand in the exercise alone")
        return
    if not listed and way:
        yield replace(this, way=(*way, ""))
    for one in listed:
        is_folder = one.is_dir(follow_symlinks=False)
        noise = noise_of(one.name, is_folder)
        file = SubmittedFile((*way, one.name), Path(one.path), noise=noise, own=len(way) + 1)
        if not is_folder:
            yield file.refused(LINK) if one.is_symlink() and not noise else _never_lost(file)
        elif noise:
            yield _never_lost(replace(file, way=(*file.way, "")))
        else:
            yield from _on_disk(file.path, file.way)


def _never_lost(file: SubmittedFile) -> SubmittedFile:
    """The file; somebody's work, or a folder, that has a hidden name is refused, and so it is named."""
    if file.noise != HIDDEN or not (file.ends(*ENDINGS, *RENAMED, ".zip") or not file.way[-1]):
        return file
    shown = replace(file, way=file.way if file.way[-1] else file.way[:-1])
    return shown.refused("has a hidden name, and was not read", "hand it in under another name")


def _in_zip(file: SubmittedFile) -> list[SubmittedFile]:
    """What is in a zip; a folder with nothing in it is one, too."""
    if file.refusal is not None:
        raise file.refusal
    most = MOST_OF_ONE if file.way else MOST_ENTRIES
    with open_archive(file.path, file.inside, file.own, most) as archive:
        members = [member for info in archive.filelist if (member := _member(file, info))]
    found = {member.way: member for member in sorted(members, key=lambda one: one.refusal is None)}
    ways = sorted(found)
    # In order, what is in a folder comes right behind the folder's own entry.
    pairs = zip(ways, [*ways[1:], ()], strict=False)
    return [found[way] for way, behind in pairs if way[-1] or behind[: len(way) - 1] != way[:-1]]


def _member(file: SubmittedFile, info: zipfile.ZipInfo) -> SubmittedFile | None:
    """One entry of a zip; None for the entry of the top folder itself."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    name = _as_meant(info) + "/" * (kind == stat.S_IFDIR)
    way, noise = _way_in(name)
    if not any(way):
        if name.endswith(("/", "\\")):
            return None
        way = (name,)  # a file called `..`
    why = ENCRYPTED if info.flag_bits & 0x1 else ""
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        why = LINK if kind == stat.S_IFLNK else "is not a regular file"
    if len(name) > LONGEST_NAME or len(way) > MOST_FOLDERS:
        way, why = (f"{name[:60]}…{name[-20:]}",), "has a name that is too long"
    member = Member(info.filename, info.header_offset, info.compress_size, info.file_size, info.compress_type, info.CRC)
    way, inside = (*file.way, *way), (*file.inside, member)
    inner = replace(file, way=way, inside=inside, given_name="", size=info.file_size, noise=noise)
    if noise or not way[-1]:
        return _never_lost(inner)
    if _LEADS_OUT.match(name) or way[-1] == ".":
        return inner.refused(LEADS_OUT, shown=text_of("/".join((*file.way, name))))
    return inner.refused(why) if why else inner


def _way_in(name: str) -> tuple[tuple[str, ...], str]:
    """The names on the way to an entry, as far as one that is passed over, and why it is."""
    *folders, last = re.sub(r"^[A-Za-z]:", "", name).replace("\\", "/").split("/")
    way = (*(part for part in folders if part not in ("", ".", "..")), "" if last in (".", "..") else last)
    for n, part in enumerate(way[:MOST_FOLDERS], 1):
        if noise := noise_of(part, n < len(way)):
            return ((*way[:n], "") if n < len(way) else way), noise
    return way, ""


def _as_meant(info: zipfile.ZipInfo) -> str:
    """The name of an entry: many programs write it in UTF-8 without the flag for that."""
    if info.flag_bits & 0x800 or info.filename != info.orig_filename:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()  # the bytes as they are: each is a letter there
    except UnicodeError:
        return info.filename
