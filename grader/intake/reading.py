"""A path read as a class: which layout it is, and everybody's submission.

takes: a path, and what the caller wishes: a layout, a pattern.
gives: `HandIns`: one `Submission` a student, and one line on how they were read.
must not know: what is in a file, graded names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.attempts import submissions_of
from grader.intake.items import Item, inner_items, items_in
from grader.intake.layouts import MOST_LOOKED_AT, Claim, Hint, Reading, Recogniser, by_pattern, canvas, moodle, plain
from grader.intake.other_lms import blackboard, brightspace
from grader.intake.submissions import Submission, text_of
from grader.intake.trees import github, gradescope, nbgrader
from grader.intake.tutorials import grouped

# In order of how sure each can be of itself; what is none of them is plain.
_RECOGNISERS: dict[str, Recogniser] = {
    "gradescope": gradescope,
    "moodle": moodle,
    "nbgrader": nbgrader,
    "github": github,
    "blackboard": blackboard,
    "brightspace": brightspace,
    "canvas": canvas,
}
_GROUPS = "--layout groups"  # by which what is said to be groups is read as one class
MOST_AROUND = 3  # folders around a class: the download's, the export's own, and the class itself
LAYOUTS = (*_RECOGNISERS, "folders", "flat", "groups")


@dataclass(frozen=True)
class Wishes:
    """How a class is to be read: `layout` is one of `LAYOUTS` (`nbgrader:NAME` names its assignment too)."""

    layout: str = ""
    pattern: str = ""
    assignment: str = ""


@dataclass(frozen=True)
class HandIns:
    """A class; `read_as` is a line for the terminal ("": one file, and nothing to tell).

    `late_of_nobody` are those of whom a sheet says how late they were, and who are not in the class.
    """

    submissions: list[Submission]
    read_as: str = ""
    late_of_nobody: tuple[str, ...] = ()


def one_submission(path: Path, own_work: bool = False) -> Submission:
    """One student's hand-in: a file, a project folder or a project's zip; of `own_work` all beside it is theirs too."""
    _demand(path, "check the spelling of the path")
    student = text_of(path.stem if path.is_file() else path.resolve().name)
    at = path.resolve() if own_work else path  # a link of one's own may be followed, one that was handed in never
    found = submissions_of(Reading("", "", "", (Claim(Item(at.name or at.resolve().name, at, at.is_dir()), student),)))[
        0
    ]
    beside = tuple(dict.fromkeys((path.parent, at.parent)))
    return replace(found, beside=beside) if own_work and path.is_file() else found


def submissions_in(path: Path) -> list[Submission]:
    """A whole class, in any layout; or one file."""
    return hand_ins_in(path).submissions


def hand_ins_in(path: Path, wishes: Wishes | None = None) -> HandIns:
    """A whole class, and how it was read. Raises `SubmissionError` where nothing is there, or two ids clash."""
    _demand(path, "name the folder or zip that holds the hand-ins")
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return HandIns([one_submission(path)])
    items = items_in(path)
    if not items:
        raise SubmissionError(
            f"{path} holds no hand-ins",
            "it must hold a folder for each student, or one .ipynb, .py or .zip file for each",
        )
    reading = _read(items, path, wishes or Wishes())
    return HandIns(submissions_of(reading), f"read as {reading.title}: {reading.why}")


def _demand(path: Path, hint: str) -> None:
    try:
        path.stat()  # not `exists`: since Python 3.14 that says of a place that is closed to us that nothing is there
    except (FileNotFoundError, NotADirectoryError):
        raise SubmissionError(f"there is no file or folder at {path}", hint) from None


def _read(items: Sequence[Item], path: Path, wishes: Wishes) -> Reading:
    if wishes.pattern:
        return by_pattern(items, wishes.pattern)
    layout, _, task = wishes.layout.partition(":")
    hint = Hint(path.resolve().stem if path.is_file() else path.resolve().name, task or wishes.assignment, bool(layout))
    if layout:
        return _as_named(items, layout, hint)
    if found := _first_read(_recognised, items, hint):
        return found
    reading = plain(items, hint)
    return reading if _GROUPS in reading.why else replace(reading, why=f"{reading.why}{_on_downloads(items)}")


def _on_downloads(items: Sequence[Item]) -> str:
    """What is said where each of several items seems to be a platform's download by itself."""
    titles = []
    for item in items[:MOST_LOOKED_AT]:
        held = _first_read(_recognised, _inside(item), Hint(PurePosixPath(item.name).stem))
        if held is None:
            return ""
        titles.append(held.title)
    if len(titles) < 2:
        return ""
    return (
        f". '{text_of(items[0].name)}' by itself is {titles[0]}, and the others are such downloads, too: if these are "
        f"groups of one class, grade with {_GROUPS}, and another --out"
    )


def _first_read(read: Recogniser, items: Sequence[Item], hint: Hint) -> Reading | None:
    """What is made of the items, else of those within the folder around them."""
    within = ((inside, replace(hint, class_name=name)) for inside, name in _unwrapped(items, hint.class_name))
    return next((found for inside, told in within if (found := read(inside, told))), None)


def _unwrapped(items: Sequence[Item], name: str) -> Iterator[tuple[Sequence[Item], str]]:
    """The items, and those within the one folder that an unpacked zip often has around it, or within two.

    Or within the zip, where somebody put that into a folder as it was. Only a layout with a form of its own is taken
    from there: a folder or a zip alone may well be a student's.
    """
    for _ in range(MOST_AROUND):
        if not items:
            return
        yield items, name
        if len(items) > 1:
            return
        items, name = _inside(items[0]), items[0].name if items[0].is_folder else PurePosixPath(items[0].name).stem


def _inside(item: Item) -> Sequence[Item]:
    """The items of a folder, or of a zip on disk, that holds the class by itself; none where it cannot be read."""
    if item.is_folder:
        return inner_items(item)
    if item.members is not None or item.path.is_symlink() or item.path.suffix.lower() != ".zip":
        return ()
    try:
        return items_in(item.path)
    except (SubmissionError, OSError):
        return ()  # said when its candidates are looked for


def _read_group(hint: Hint, items: Sequence[Item], name: str) -> Reading:
    told = replace(hint, class_name=PurePosixPath(name).stem, named=False)
    return _first_read(_recognised, items, told) or plain(items, told)


def _recognised(items: Sequence[Item], hint: Hint) -> Reading | None:
    return next((found for read in _RECOGNISERS.values() if (found := read(items, hint))), None)


def _as_named(items: Sequence[Item], layout: str, hint: Hint) -> Reading:
    if layout not in LAYOUTS:
        raise SubmissionError(f"'{layout}' is no layout", f"layouts: {', '.join(LAYOUTS)}")
    if layout in ("folders", "flat"):
        return plain(items, hint)
    if layout == "groups":
        return grouped(items, partial(_read_group, hint))
    found = _first_read(_RECOGNISERS[layout], items, hint)
    if found is None:
        raise SubmissionError(
            f"this cannot be read as {layout}: none of {len(items)} names has its form, such as "
            f"'{text_of(items[0].name)}'",
            "leave --layout out, or read the names by --pattern",
        )
    return found
