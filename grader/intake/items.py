"""A class as a list of items: the files and folders at its top, on disk or in a zip.

takes: a path.
gives: `Item`: its name, what lies in it by name, and the files in it that may be the hand-in.
must not know: layouts, who handed in what, what is in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from pathlib import Path

from grader.errors import SubmissionError
from grader.intake.archive import Entry, entries_of, open_archive, read_file, read_member
from grader.intake.submissions import Candidate, text_of
from grader.intake.walk import MOST_FILES, Room, files_at, in_archive, is_noise

MOST_SHOWN = 3  # files of one item, in a sentence that says what was handed in
MOST_OTHERS = 20  # files of other endings that are looked at
SMALL_FILE = 1 << 16  # bytes of a text that a platform put beside a hand-in, such as its time


@dataclass(frozen=True)
class Item:
    """One file or folder at the top of a class.

    On disk it is at `path`. In a zip, `path` is the zip, and `members` are the item's files: each as the zip has it,
    and its name below the item ("" for the item itself).
    """

    name: str
    path: Path
    is_folder: bool
    members: tuple[tuple[Entry, str], ...] | None = None

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
        if not (name := self._named(under)):
            raise SubmissionError(f"there is no {under} in {text_of(self.name)}")
        with open_archive(self.path) as archive:
            return read_member(archive, name, cap)

    def _named(self, under: str) -> str:
        """A file of this item as the zip names it; "" where there is none that may be read."""
        return next((entry.name for entry, low in self.members or () if low == under and not entry.closed), "")

    def candidates(self, endings: tuple[str, ...], under: str = "") -> Iterator[Candidate]:
        """The files with these endings in this item, or in a folder of it, archives looked into."""
        return (one for one in self.files(endings, under) if one.refusal is None)

    def files(self, endings: tuple[str, ...], under: str = "") -> Iterator[Candidate]:
        """The same with those that are there and are not read, such as links: each holds the reason."""
        if self.members is None:
            yield from files_at(self.path / under if under else self.path, self.path.parent, endings, Room())
            return
        room = Room(deepest=2)  # a hand-in is the same in the class's zip and beside it
        for entry, low in sorted(self.members):
            if not under or low.startswith(f"{under}/"):
                yield from in_archive(entry, self.path, (), text_of(entry.name), endings, room)

    def files_shown(self) -> list[str]:
        """The names of some files in this item."""
        if not self.is_folder:
            return [text_of(self.name)]
        if self.members is not None:
            return [text_of(f"{self.name}/{low}") for _, low in self.members[:MOST_SHOWN]]
        return [text_of(f"{self.name}/{name}") for name in self.listed()[:MOST_SHOWN]]

    def noise(self) -> list[str]:
        """The names in this folder that are passed over; none of one in a zip, which is listed without them."""
        if self.members is not None or not self.is_folder:
            return []
        return sorted(text_of(e.name) for e in islice(self.path.iterdir(), MOST_FILES) if is_noise(e.name))


def small_texts(items: Sequence[Item], under: str) -> list[str]:
    """For each item, the small text at this place in it, which the platform put there; empty where there is none.

    Together, so that a zip of a thousand hand-ins is opened once and not a thousand times.
    """
    if not items or items[0].members is None:
        return [_small(partial(read_file, item.path / under, SMALL_FILE)) for item in items]
    names = [item._named(under) for item in items]
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
    return _grouped(item.path, [(entry, low.split("/")) for entry, low in item.members])


def _on_disk(folder: Path) -> list[Item]:
    # A link is no folder here: nothing behind it is ever looked at.
    return [
        Item(e.name, e, e.is_dir() and not e.is_symlink()) for e in sorted(folder.iterdir()) if not is_noise(e.name)
    ]


def _in_class_zip(path: Path) -> list[Item]:
    """A zip of a class: its first folder level, or the first below which there is more than one name."""
    with open_archive(path) as archive:
        split = _split(entries_of(archive))
    # What leads out of the zip says nothing of what is around the class.
    around = _around([parts for entry, parts in split if not entry.leads_out] or [parts for _, parts in split])
    inner = [(entry, parts[len(around) :] if parts[: len(around)] == around else parts) for entry, parts in split]
    return _grouped(path, [(entry, parts) for entry, parts in inner if parts])


def _around(ways: Sequence[list[str]]) -> list[str]:
    """The folders that all of a class lies in."""
    around: list[str] = []
    while ways and len({way[0] for way in ways}) == 1 and all(len(way) > 2 for way in ways):
        around, ways = [*around, ways[0][0]], [way[1:] for way in ways]
    second = {way[1] for way in ways if len(way) > 1 and way[-1]}  # an empty folder alone makes no class
    return [*around, ways[0][0]] if len({way[0] for way in ways}) == 1 and len(second) > 1 else around


def _split(entries: Iterable[Entry]) -> list[tuple[Entry, list[str]]]:
    """Entries with their parts. A folder in which nothing is, or only noise, is there too: its last part is ""."""
    split: dict[Entry, list[str]] = {}
    for entry in entries:
        clear = list(takewhile(lambda part: not is_noise(part), entry.parts))
        if len(clear) == len(entry.parts):
            split[entry] = clear
        elif clear:
            split[Entry("/".join(clear) + "/")] = [*clear, ""]
    filled = {
        tuple(parts[:n]) for parts in split.values() for n in range(1, len(parts) if parts[-1] else len(parts) - 1)
    }
    return [(entry, parts) for entry, parts in split.items() if parts[-1] or tuple(parts[:-1]) not in filled]


def _grouped(path: Path, split: Sequence[tuple[Entry, list[str]]]) -> list[Item]:
    """The items by their first names. A folder in which nothing lies is one without members, or a member's place."""
    grouped: dict[tuple[str, bool], list[tuple[Entry, str]]] = {}
    for entry, parts in split:
        members = grouped.setdefault((parts[0], len(parts) > 1), [])
        if parts[1:] != [""]:
            members.append((entry, "/".join(parts[1:])))
    return [Item(name, path, folder, tuple(members)) for (name, folder), members in sorted(grouped.items())]
