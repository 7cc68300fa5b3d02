"""A class as a list of items: the files and folders at its top, on disk or in a zip.

takes: a path.
gives: `Item`: its name, what lies in it by name, and the files in it that may be the hand-in.
must not know: layouts, who handed in what, what is in a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import (
    UNPACKED_CAP,
    file_names,
    open_archive,
    plain_names,
    read_file,
    read_member,
    unpacked_size,
)
from grader.intake.submissions import Candidate, text_of

ENDINGS = (".ipynb", ".py")
# Notebooks saved under a name that is not theirs, and pages exported from one: looked at where nothing better is.
OTHER_ENDINGS = (".ipynb.txt", ".py.txt", ".json", ".html", ".htm")
MOST_FILES = 10_000  # of one folder of a hand-in; a project has some hundreds
MOST_FOLDERS = 6  # how deep a project may lie within a hand-in
MOST_OTHERS = 20  # files of other endings that are looked at
SMALL_FILE = 1 << 16  # bytes of a text that a platform put beside a hand-in, such as its time
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
# What says something of the files beside it; not what somebody called a notebook of theirs.
_READ_ME = re.compile(r"readme(?!.*\.(ipynb|py)(\.txt)?$)", re.IGNORECASE | re.DOTALL)
# Saved under a name that systems hide; `._ex.ipynb` and `.~ex.ipynb` are what macOS and Jupyter put beside a notebook.
_HIDDEN_NOTEBOOK = re.compile(r"\.([^\W_].*\.)?ipynb$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Item:
    """One file or folder at the top of a class.

    On disk it is at `path`. In a zip, `path` is the zip, and `members` are the item's files: each member's name in
    the zip, and its name below the item ("" for the item itself).
    """

    name: str
    path: Path
    is_folder: bool
    members: tuple[tuple[str, str], ...] | None = None

    def listed(self, under: str = "") -> list[str]:
        """The names in a folder of this item, sorted; none where there is no such folder, or none that can be read."""
        if self.members is not None:
            inner = f"{under}/" if under else ""
            return sorted({low[len(inner) :].split("/")[0] for _, low in self.members if low.startswith(inner) and low})
        folder = self.path / under
        if not self.is_folder or folder.is_symlink() or not folder.is_dir():
            return []
        try:
            return sorted(e.name for e in islice(folder.iterdir(), MOST_FILES) if not is_noise(e.name))
        except OSError:
            return []  # said when its candidates are looked for

    def has_folder(self, under: str) -> bool:
        """Whether there is a folder of that name in this item."""
        if self.members is not None:
            return any(low.startswith(f"{under}/") for _, low in self.members)
        return (self.path / under).is_dir() and not (self.path / under).is_symlink()

    def is_repository(self) -> bool:
        """Whether it is a folder that git keeps; of one in a zip nobody can tell, since `.git` is noise there."""
        try:
            return self.is_folder and self.members is None and (self.path / ".git").exists()
        except OSError:
            return False

    def read(self, under: str, cap: int) -> bytes:
        """The bytes of a file in this item (or of the item itself: `under=""`); raises `SubmissionError`."""
        if self.members is None:
            return read_file(self.path / under if under else self.path, cap)
        name = next((full for full, low in self.members if low == under), None)
        if name is None:
            raise SubmissionError(f"there is no {under} in {text_of(self.name)}")
        with open_archive(self.path) as archive:
            return read_member(archive, name, cap)

    def candidates(self, endings: tuple[str, ...], under: str = "") -> Iterator[Candidate]:
        """The files with these endings in this item, or in a folder of it, archives looked into."""
        if self.members is None:
            yield from _at(self.path / under if under else self.path, self.path.parent, endings)
            return
        for full, low in sorted(self.members):
            if under and not low.startswith(f"{under}/"):
                continue
            if full.lower().endswith(endings):
                yield Candidate(text_of(full), self.path, (full,))
            elif full.lower().endswith(".zip"):
                yield from _in_zip(self.path, (full,), text_of(full), endings)

    def files_shown(self, most: int = 3) -> list[str]:
        """The names of some files in this item, for a sentence that says what was handed in."""
        if not self.is_folder:
            return [text_of(self.name)]
        if self.members is not None:
            return [text_of(f"{self.name}/{low}") for _, low in self.members[:most]]
        return [text_of(f"{self.name}/{name}") for name in self.listed()[:most]]


def small_texts(items: Sequence[Item], under: str) -> list[str]:
    """For each item, the small text at this place in it, which the platform put there; empty where there is none.

    Together, so that a zip of a thousand hand-ins is opened once and not a thousand times.
    """
    if not items or items[0].members is None:
        return [_small(partial(read_file, item.path / under, SMALL_FILE)) for item in items]
    names = [next((full for full, low in item.members or () if low == under), "") for item in items]
    with open_archive(items[0].path) as archive:
        return [_small(partial(read_member, archive, name, SMALL_FILE)) if name else "" for name in names]


def _small(read: Callable[[], bytes]) -> str:
    try:
        return read().decode("utf-8", "replace")
    except SubmissionError:
        return ""


def items_in(path: Path) -> list[Item]:
    """The items of a folder or a zip, in order of name."""
    return _on_disk(path) if path.is_dir() else _in_class_zip(path)


def inner_items(item: Item) -> list[Item]:
    """The items of a folder that holds the class by itself; none where it cannot be looked into."""
    if item.members is None:
        try:
            return _on_disk(item.path) if item.is_folder else []
        except OSError:
            return []
    return _grouped(item.path, [(full, low.split("/")) for full, low in item.members])


def is_noise(name: str) -> bool:
    """Whether a name is of what editors, systems and version control leave behind."""
    hidden = name.startswith(".") and not _HIDDEN_NOTEBOOK.match(name)
    return name in _NOISE or hidden or bool(_READ_ME.match(name))


def _on_disk(folder: Path) -> list[Item]:
    # A link is no folder here: nothing behind it is ever looked at.
    return [
        Item(e.name, e, e.is_dir() and not e.is_symlink()) for e in sorted(folder.iterdir()) if not is_noise(e.name)
    ]


def _in_class_zip(path: Path) -> list[Item]:
    """A zip of a class: its first folder level, or the first below which there is more than one name."""
    with open_archive(path) as archive:
        split = _split(plain_names(archive))
    while split and len({parts[0] for _, parts in split}) == 1 and all(len(parts) > 2 for _, parts in split):
        split = [(name, parts[1:]) for name, parts in split]
    second = {parts[1] for _, parts in split if len(parts) > 1 and parts[-1]}  # an empty folder alone makes no class
    if len({parts[0] for _, parts in split}) == 1 and len(second) > 1:
        split = [(name, parts[1:]) for name, parts in split if len(parts) > 1]
    return _grouped(path, split)


def _split(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Names with their parts. A folder in which nothing is, or nothing but noise, is there too: its last part is ""."""
    split: dict[str, list[str]] = {}
    for name in names:
        parts = _parts(name)
        clear = list(takewhile(lambda part: not is_noise(part), parts))
        if len(clear) == len(parts):
            split[name] = parts
        elif clear:
            split["/".join(clear) + "/"] = [*clear, ""]
    filled = {
        tuple(parts[:n]) for parts in split.values() for n in range(1, len(parts) if parts[-1] else len(parts) - 1)
    }
    return [(name, parts) for name, parts in split.items() if parts[-1] or tuple(parts[:-1]) not in filled]


def _parts(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")


def _grouped(path: Path, split: Sequence[tuple[str, list[str]]]) -> list[Item]:
    """The items by their first names. A folder in which nothing lies is one without members, or a member's place."""
    grouped: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for full, parts in split:
        members = grouped.setdefault((parts[0], len(parts) > 1), [])
        if parts[1:] != [""]:
            members.append((full, "/".join(parts[1:])))
    return [Item(name, path, folder, tuple(members)) for (name, folder), members in sorted(grouped.items())]


def _at(path: Path, root: Path, endings: tuple[str, ...], depth: int = 0) -> Iterator[Candidate]:
    if path.is_symlink() or (depth and is_noise(path.name)):
        return
    shown = text_of(path.relative_to(root).as_posix())
    if path.is_dir() and depth <= MOST_FOLDERS:
        for entry in _entries(path):
            yield from _at(entry, root, endings, depth + 1)
    elif path.name.lower().endswith(endings):
        yield Candidate(shown, path)
    elif path.suffix.lower() == ".zip":
        yield from _in_zip(path, (), shown, endings)


def _entries(folder: Path) -> list[Path]:
    entries = list(islice(folder.iterdir(), MOST_FILES + 1))
    if len(entries) > MOST_FILES:
        raise SubmissionError(
            f"a folder of the hand-in holds more than {MOST_FILES} files", "hand in the exercise alone"
        )
    return sorted(entries)


def _in_zip(path: Path, inside: tuple[str, ...], shown: str, endings: tuple[str, ...]) -> Iterator[Candidate]:
    with open_archive(path, inside) as archive:
        names = sorted(file_names(archive))
        if unpacked_size(archive, [name for name in names if name.lower().endswith(ENDINGS)]) > UNPACKED_CAP:
            raise SubmissionError(
                f"the notebooks and Python files in {shown} unpack to more than {UNPACKED_CAP >> 20} MB",
                "hand in the exercise alone",
            )
    for name in names:
        if any(is_noise(part) for part in PurePosixPath(name.replace("\\", "/")).parts):
            continue
        if name.lower().endswith(endings):
            yield Candidate(f"{shown}/{text_of(name)}", path, (*inside, name))
        elif name.lower().endswith(".zip") and not inside:
            yield from _in_zip(path, (*inside, name), f"{shown}/{text_of(name)}", endings)
