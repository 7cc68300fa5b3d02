"""The layouts a class comes in: which one it is, why, and who each item is of.

takes: the items of a class; the name of a layout where the caller says which.
gives: `Reading`: the layout, a sentence why, and a `Claim` for every item.
must not know: what is in a file, graded names, how claims become submissions.

A layout is told by names alone, and by what its platform puts there. Names that many folders could have by chance
(Canvas's) must nearly all agree, and no two files may share a file's number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.intake.items import Item
from grader.intake.submissions import text_of

NEARLY_ALL = 0.9  # of the names, where the form is one that other names have by chance
MOST_LOOKED_AT = 5  # folders, for what they are folders of: the others are hardly of another kind
MOST_STUDENTS = 200  # folders within one of these: in a zip each costs a look at all names
FEW = 3  # names; with fewer, chance is as good an explanation

OTHER_WORK = "work for another assignment"  # what was handed in, where a tree has a folder for each


@dataclass(frozen=True)
class Claim:
    """What a layout says of one item: whose it is, and when it came.

    `known` is false where the name does not have the layout's form. Of items of one `series` the one with the
    highest `order` is the newest and counts. `under` is the folder within the item that holds the hand-in.
    `said` is a problem that the name alone tells ("a link was handed in").
    """

    item: Item
    student_id: str
    name: str = ""
    email: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""
    handed_in: str = ""
    marked_late: bool = False
    known: bool = True
    series: str = ""
    order: tuple[str | int, ...] = ()
    under: str = ""
    said: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A class read as one layout. `title` is said with an article, `why` after a colon."""

    layout: str
    title: str
    why: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Hint:
    """What helps to tell: the class's own name, the assignment's, and whether the caller named the layout."""

    class_name: str = ""
    assignment: str = ""
    named: bool = False


Recogniser = Callable[[Sequence[Item], Hint], Reading | None]


def unknown(item: Item, form: str) -> Claim:
    """An item whose name says nothing: it stands under its own name, and is said to do so."""
    own = text_of(item.name if item.is_folder else PurePosixPath(item.name).stem)
    note = f"The name '{text_of(item.name)}' does not have the form {form}, so it stands under its own name."
    return Claim(item, own, known=False, notes=(note,))


# ---- Canvas ------------------------------------------------------------------------------------------------------

CANVAS_FORM = "<student>_<id>_<file number>_<file>"
# Of a name Canvas keeps the word characters. Marks above and below letters are some for Ruby, and none for Python:
# names in many scripts have them (ใจดี), and others where a Mac has unpacked the zip. They stand in one class: with two
# ways to read a letter, a long name that is none of Canvas takes hours. What was typed has no number.
CANVAS_NAME = re.compile(
    r"^(?:(?P<name>(?!LATE_|anon_)[\w\x80-\U0010ffff]+?)_)?(?:(?P<late>LATE)_)?(?P<id>\d+|anon_[^_]+)_"
    r"(?:(?P<number>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)$",
    re.DOTALL,
)
_RESUBMITTED = re.compile(r"-[1-9]\d{0,2}$")  # Canvas adds -1, -2 … to the name of a file that was handed in again
_DOWNLOADED_AGAIN = re.compile(r" ?\(\d{1,3}\)(?=\.[^.]*$)")
_TYPED = {"text": "a text typed into Canvas", "link": "a link"}


def canvas(items: Sequence[Item], hint: Hint) -> Reading | None:
    """Flat files `<sortable name>[_LATE]_<user id>_<attachment id>_<file>`; what was typed is `…_<id>_text.html`."""
    matches = [None if item.is_folder else CANVAS_NAME.match(item.name) for item in items]
    found = [match for match in matches if match]
    # What a browser has downloaded twice is the same file of the same number.
    numbers = list(
        {_DOWNLOADED_AGAIN.sub("", match[0]): match["number"] for match in found if match["number"]}.values()
    )
    called = hint.class_name.lower().endswith("_submissions")  # as Canvas calls its zips
    enough = 2 * len(found) > len(items) if called else _nearly_all(len(found), len(items))
    honest = len(set(numbers)) == len(numbers) and not any(n.startswith("0") for n in numbers)
    if not found or not (hint.named or (enough and honest)):
        return None
    there = {(match["id"], _canvas_file(match).name) for match in found}
    claims = tuple(
        _canvas_claim(item, match, there) if match else unknown(item, CANVAS_FORM)
        for item, match in zip(items, matches, strict=True)
    )
    why = f"{len(found)} of {len(items)} names match {CANVAS_FORM}"
    return Reading("canvas", "a Canvas submissions zip", why, claims)


def _nearly_all(found: int, count: int) -> bool:
    """One stray file may always be there: somebody's notes, or a late hand-in that came by mail."""
    return found >= FEW and count - found <= max(1, (1 - NEARLY_ALL) * count)


def _canvas_claim(item: Item, match: re.Match[str], there: Collection[tuple[str, str]]) -> Claim:
    file = _canvas_file(match)
    first = (
        f"{_RESUBMITTED.sub('', file.stem)}{file.suffix}"  # `part-1` and `part-2` alone are two files, and both count
    )
    return Claim(
        item, text_of(match["id"]), text_of(match["name"] or ""),
        ids={"canvas": text_of(match["id"])}, entry=text_of(item.name), marked_late=bool(match["late"]),
        series=first if (match["id"], first) in there else file.name, order=(int(match["number"] or 0),),
        said=_TYPED.get(match["typed"], ""),
    )  # fmt: skip


def _canvas_file(match: re.Match[str]) -> PurePosixPath:
    """What the student's file is called, whatever the case of its ending."""
    file = PurePosixPath(match["file"] or f"{match['typed']}.html")
    return file.with_name(f"{file.stem}{file.suffix.lower()}")


# ---- Moodle ------------------------------------------------------------------------------------------------------

MOODLE_FORM = "<name>_<number>_assignsubmission_file"
# The first number is Moodle's, in whose names there is no `_`: what comes behind it was chosen by who handed in.
_MOODLE = re.compile(r"^(?P<name>.*?)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.+)?)?$", re.S)


def moodle(items: Sequence[Item], hint: Hint) -> Reading | None:
    """Folders or flat files `<full name>_<number>_assignsubmission_file…`; `Participant_<number>` where it is blind."""
    matches = [_MOODLE.match(item.name) for item in items]
    found = [match for match in matches if match]
    if not found or not (hint.named or 2 * len(found) > len(items)):
        return None
    people = {(match["id"], match["name"]) for match in found}
    blind = len(people) > 1 and len({name for _, name in people}) == 1
    claims = tuple(
        _moodle_claim(item, match, blind) if match else unknown(item, MOODLE_FORM)
        for item, match in zip(items, matches, strict=True)
    )
    shape = "folder mode" if any(item.is_folder for item in items) else "flat mode"
    title = f"a Moodle submissions zip ({shape}{', blind marking' if blind else ''})"
    why = f"{len(found)} of {len(items)} names match {MOODLE_FORM}"
    return Reading("moodle", title, why, claims)


def _moodle_claim(item: Item, match: re.Match[str], blind: bool) -> Claim:
    entry = f"{match['name']}_{match['id']}"
    said = "a text typed into Moodle" if match["kind"] == "onlinetext" else ""
    name = f"{match['name']} {match['id']}" if blind else match["name"]
    return Claim(
        item, match["id"], text_of(name), ids={"moodle": match["id"]}, entry=text_of(entry),
        series=text_of(item.name), said=said,
    )  # fmt: skip


# ---- what is no LMS's --------------------------------------------------------------------------------------------


def plain(items: Sequence[Item], hint: Hint) -> Reading:
    """A folder a student, or flat files: the name is the student's id. otter's flat folder is of this kind."""
    claims = tuple(
        Claim(item, text_of(item.name if item.is_folder else PurePosixPath(item.name).stem), series=item.name)
        for item in items
    )
    folders = sum(item.is_folder for item in items)
    if not folders:
        why = f"{_count(len(items), 'file')}, {'each named after its' if len(items) > 1 else 'named after the'} student"
        return Reading("flat", "a flat folder, as otter has it", why, claims)
    beside = f" and {_count(len(items) - folders, 'file')}" if folders < len(items) else ""
    whom = "students" if len(items) > 1 else "the student"
    why = f"{_count(folders, 'folder')}{beside}, named after {whom}{_on_groups(items)}"
    return Reading("folders", "a folder for each student", why, claims)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' if number != 1 else ''}"


def _on_groups(items: Sequence[Item]) -> str:
    """What is said where the folders seem to be those of groups, with a folder for each student in them."""
    looked_at = [item for item in items if item.is_folder][:MOST_LOOKED_AT]
    file = _in_several(looked_at[0])
    if len(looked_at) < 2 or not all(map(_in_several, looked_at)):
        return ""
    one = text_of(looked_at[0].name)
    return (
        f". Several folders in '{one}' have their own {text_of(file)}, and it is so in the others too: if these are "
        "the students, grade with --layout groups, and another --out"
    )


def _in_several(item: Item) -> str:
    """A notebook that several folders of an item have under the same name, if any."""
    within = (name for inner in item.listed()[:MOST_STUDENTS] for name in item.listed(inner))
    found = Counter(name for name in within if name.lower().endswith(".ipynb"))
    return next((name for name, count in found.most_common(1) if count > 1), "")


def by_pattern(items: Sequence[Item], pattern: str) -> Reading:
    """Names read by the caller's own pattern, with nbgrader's named groups."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise SubmissionError(f"--pattern is not a regular expression: {error}", "see docs/lms.md") from error
    missing = {"student_id", "file_id"} - set(compiled.groupindex)
    if missing:
        raise SubmissionError(
            f"--pattern has no group {' and no group '.join(sorted(missing))}",
            "write (?P<student_id>…) and (?P<file_id>…); first_name, last_name, email, timestamp are optional",
        )
    matches = [compiled.match(item.name) or compiled.match(PurePosixPath(item.name).stem) for item in items]
    if not any(matches):
        raise SubmissionError(
            f"--pattern matches none of {len(items)} names, such as '{text_of(items[0].name)}'",
            "it must match from the beginning of a file's or folder's name",
        )
    claims = tuple(
        _pattern_claim(item, match) if match else unknown(item, "of --pattern")
        for item, match in zip(items, matches, strict=True)
    )
    why = f"{sum(map(bool, matches))} of {len(items)} names match --pattern"
    return Reading("pattern", "named by your pattern", why, claims)


def _pattern_claim(item: Item, match: re.Match[str]) -> Claim:
    said = {name: text_of(text) for name, text in match.groupdict().items() if text}
    if not said.get("student_id"):
        return unknown(item, "of --pattern")
    name = " ".join(said[part] for part in ("first_name", "last_name") if part in said)
    timestamp = said.get("timestamp", "")
    return Claim(
        item, said["student_id"], name, said.get("email", ""), entry=text_of(item.name), handed_in=timestamp,
        series=said.get("file_id", ""), order=_natural(timestamp),
    )  # fmt: skip


def _natural(text: str) -> tuple[str | int, ...]:
    """Sorts attempt 10 after attempt 9, whatever form a timestamp has."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text))
