"""The layouts a class comes in: platforms that say in the names of files whose they are, as a table; and names alone.

A layout is recognised by names alone. Names that other files may have by chance (Canvas's) must nearly all fit, and no
two files may share a file's number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader.errors import SubmissionError
from grader.intake.arrival import Arrival, text_of
from grader.intake.tree import Item


@dataclass(frozen=True)
class Claim:
    """What a layout says of one item: whose it is, and how it came.

    Of claims of one student and one `series` the one with the latest time and highest `order` counts. `file` is what
    the student called a flat file. `said` is what came instead of a file ("a link"). A name without the
    layout's form has an arrival without a layout.
    """

    item: Item
    student_id: str
    name: str = ""
    arrival: Arrival = field(default_factory=Arrival)
    series: str = ""
    order: tuple[str | int, ...] = ()
    file: str = ""
    said: str = ""

    @property
    def place(self) -> str:
        """What it is called where the class is."""
        return text_of(self.item.name)


@dataclass(frozen=True)
class ClassReading:
    """A class read as one layout: `title` comes with an article, `why` after a colon; what was `passed_over`."""

    layout: str
    title: str
    why: str
    claims: tuple[Claim, ...]
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hint:
    """What helps to recognise a layout: the names of class and assignment, and whether the user named the layout."""

    class_name: str = ""
    assignment: str = ""
    named: bool = False


Matches = Sequence[tuple[Item, re.Match[str]]]
Recogniser = Callable[[Sequence[Item], Hint], ClassReading | None]


def unknown(item: Item, form: str) -> Claim:
    """An item without the form: it goes by its own name, with a note that says so."""
    note = f"The name '{text_of(item.name)}' does not have the form {form}, so it was taken for the student's id."
    return Claim(item, text_of(item.stem), "", Arrival(notes=(note,)))


@dataclass(frozen=True)
class NamedPlatform:
    """A platform whose names say whose a file is. `claims` turns the matches of its pattern into claims.

    `flat` is one of files only; `own` is a file of the platform's beside the submissions.
    """

    layout: str
    title: str
    form: str
    pattern: re.Pattern[str]
    claims: Callable[[Matches], Iterable[Claim]]
    flat: bool = False
    own: str = ""
    is_enough: Callable[[Matches, int, Hint], bool] = lambda found, count, hint: 2 * len(found) > count

    def __call__(self, items: Sequence[Item], hint: Hint) -> ClassReading | None:
        """The class as this platform's, or None."""
        listed = [item for item in items if item.name != self.own]
        tried = [item for item in listed if not (self.flat and item.is_folder)]
        match = self.pattern.match
        found = [(item, m) for item in tried if (m := match(item.name) or match(item.stem))]
        if not found or not (hint.named or self.is_enough(found, len(listed), hint)):
            return None
        known = {id(item) for item, _ in found}
        claims = (*self.claims(found), *(unknown(item, self.form) for item in listed if id(item) not in known))
        return ClassReading(self.layout, self.title, f"{len(found)} of {len(listed)} names match {self.form}", claims)


# Of a name Canvas keeps the word characters. Marks on letters are word characters for Ruby, and not for Python (ใจดี),
# so they are in the class: with two ways to read a letter, a long name that is not Canvas's takes hours.
CANVAS_NAME = re.compile(
    r"^(?:(?P<name>(?!LATE_|anon_)[\w\x80-\U0010ffff]+?)_)?(?:(?P<late>LATE)_)?(?P<id>\d+|anon_[^_]+)_"
    r"(?:(?P<number>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)$",
    re.DOTALL,
)
# The first number, or time, is the platform's: what comes behind it was chosen by the student.
MOODLE_NAME = re.compile(
    r"^(?P<name>.*?)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.+)?)?$", re.DOTALL
)
_BLACKBOARD = re.compile(r"^(?P<head>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)$", re.DOTALL)
_BRIGHTSPACE = re.compile(
    r"^(?P<numbers>\d+-\d+) - (?P<name>.+?) - (?P<time>[^-]*\b\d{4} \d{3,4} [AP]M)(?: - (?P<file>.+))?$", re.DOTALL
)
_RESUBMITTED = re.compile(r"-[1-9]\d{0,2}(?=(?:\.[^.]*)?$)")  # Canvas's -1, -2 … of a file that was handed in again
_DOWNLOADED_AGAIN = re.compile(r" ?\(\d{1,3}\)(?=\.[^.]*$)")
_TYPED = {"text": "a text typed into Canvas", "link": "a link"}


def _is_canvas(found: Matches, count: int, hint: Hint) -> bool:
    """One stray file may always be there; what a browser downloaded twice is the same file of the same number."""
    files = {_DOWNLOADED_AGAIN.sub("", match[0]): match["number"] for _, match in found if match["number"]}
    if len(set(files.values())) < len(files) or any(number.startswith("0") for number in files.values()):
        return False
    if hint.class_name.lower().endswith("_submissions"):  # as Canvas calls its zips
        return 2 * len(found) > count
    return len(found) >= 3 and count - len(found) <= max(1, count / 10)


def _canvas_claims(found: Matches) -> Iterable[Claim]:
    there = {(match["id"], _canvas_file(match)) for _, match in found}
    for item, match in found:
        student, file = text_of(match["id"]), _canvas_file(match)
        first = _RESUBMITTED.sub("", file)
        series = first if (match["id"], first) in there else file  # `part-1` and `part-2` alone are two files
        arrival = Arrival("canvas", {"canvas": student}, entry=text_of(item.name), marked_late=bool(match["late"]))
        name, number, said = text_of(match["name"] or ""), int(match["number"] or 0), _TYPED.get(match["typed"], "")
        yield Claim(item, student, name, arrival, series, (number,), match["file"] or "", said)


def _canvas_file(match: re.Match[str]) -> str:
    """What the student's file is called, with its ending in small letters."""
    stem, dot, ending = (match["file"] or f"{match['typed']}.html").rpartition(".")
    return f"{stem}{dot}{ending.lower() if dot else ending}"


def _moodle_claims(found: Matches) -> Iterable[Claim]:
    """Folders or flat files; with blind marking all have one name."""
    blind = len({match["id"] for _, match in found}) > 1 and len({match["name"] for _, match in found}) == 1
    for item, match in found:
        name = text_of(match["name"])
        arrival = Arrival("moodle", {"moodle": match["id"]}, entry=f"{name}_{match['id']}")
        said = "a text typed into Moodle" if match["kind"] == "onlinetext" else ""
        shown = f"{name} {match['id']}" if blind else name
        yield Claim(item, match["id"], shown, arrival, text_of(item.name), file=match["file"] or "", said=said)


def _blackboard_claims(found: Matches) -> Iterable[Claim]:
    """Of each student the files of the last attempt count, whatever their names; those of earlier ones are older.

    The text of an attempt with files lists these files, and is nobody's work.
    """
    users = _usernames({match["head"] for _, match in found})
    attempts: dict[str, list[tuple[Item, re.Match[str]]]] = defaultdict(list)
    for item, match in sorted(found, key=lambda one: (one[1]["time"], not one[1]["file"])):
        attempts[text_of(users[match["head"]])].append((item, match))
    for user, own in attempts.items():
        files = [one for one in own if one[1]["file"]] or own[-1:]
        last = files[-1][1]
        first_of_last = next(match for _, match in files if match["time"] == last["time"])
        for item, match in files:
            series = match["file"] if match["time"] == last["time"] else first_of_last["file"]
            arrival = Arrival("blackboard", {"blackboard": user}, entry=text_of(item.name), handed_in=match["time"])
            said = "" if match["file"] else "a text typed into Blackboard"
            yield Claim(item, user, "", arrival, text_of(series or ""), (match["time"],), match["file"] or "", said)


def _usernames(heads: Iterable[str]) -> Mapping[str, str]:
    """The second part of each `<assignment>_<username>`; either of the two may have a `_` in it."""
    listed = sorted(heads)
    last = {head: head.rpartition("_")[2] for head in listed}
    if len(set(last.values())) == len(listed):
        return last
    start = common_start(listed).rfind("_") + 1
    return {head: head[start:] for head in listed}


def common_start(names: Sequence[str]) -> str:
    """What all of these texts begin with."""
    first, last = min(names), max(names)  # what these two share, all share
    return first[: next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def _brightspace_claims(found: Matches) -> Iterable[Claim]:
    """One for each time that somebody handed in; a name with two numbers may be that of two people."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for _, match in found:
        numbers[match["name"]].add(match["numbers"])
    for item, match in found:
        name, file = text_of(match["name"]), match["file"] or ""
        student = f"{name} {match['numbers']}" if len(numbers[match["name"]]) > 1 else name
        arrival = Arrival("brightspace", entry=text_of(item.name), handed_in=_moment(match["time"]))
        yield Claim(item, student, name, arrival, text_of(file), file=file)


def _moment(text: str) -> str:
    """`Sep 24, 2024 926 PM` in ISO 8601; as it is where it has another form."""
    padded = re.sub(r"\b(\d{3}) ([AP]M)$", r"0\1 \2", text.strip())
    for form in ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %b, %Y %I%M %p", "%d %B, %Y %I%M %p"):
        try:
            return datetime.strptime(padded, form).isoformat()  # without a zone
        except ValueError:
            continue
    return text_of(text)


def _pattern_claims(found: Matches) -> Iterable[Claim]:
    for item, match in found:
        said = defaultdict(str, {name: text_of(text) for name, text in match.groupdict().items() if text})
        name, time = f"{said['first_name']} {said['last_name']}".strip(), said["timestamp"]
        # Attempt 10 is newer than attempt 9, whatever form a timestamp has.
        order = tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", time))
        arrival = Arrival("pattern", email=said["email"], entry=text_of(item.name), handed_in=time)
        is_known = bool(said["student_id"])
        claim = Claim(item, said["student_id"], name, arrival, said["file_id"], order)
        yield claim if is_known else unknown(item, "of --pattern")


def by_pattern(items: Sequence[Item], pattern: str) -> ClassReading:
    """Names read by the user's own pattern, with nbgrader's named groups."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise SubmissionError(f"--pattern is not a regular expression: {error}", "see docs/lms.md") from error
    if missing := {"student_id", "file_id"} - set(compiled.groupindex):
        hint = "write (?P<student_id>…) and (?P<file_id>…); first_name, last_name, email, timestamp are optional"
        raise SubmissionError(f"--pattern has no group {' and no group '.join(sorted(missing))}", hint)
    platform = NamedPlatform("pattern", "named by your pattern", "--pattern", compiled, _pattern_claims)
    if reading := platform(items, Hint(named=True)):
        return reading
    said = f"--pattern matches none of {len(items)} names, such as '{text_of(items[0].name)}'"
    raise SubmissionError(said, "it must match from the beginning of a file's or folder's name")


def plain(items: Sequence[Item]) -> ClassReading:
    """A folder for each student, or flat files as otter has them: the name is the student's id."""
    folders = sum(item.is_folder for item in items)
    layout, title = ("folders", "a folder for each student") if folders else ("flat", "a flat folder, as otter has it")
    counted = [f"{n} {kind}{'s' * (n > 1)}" for n, kind in ((folders, "folder"), (len(items) - folders, "file")) if n]
    claims = tuple(Claim(item, text_of(item.stem), "", Arrival(layout), series=item.name) for item in items)
    return ClassReading(layout, title, f"{' and '.join(counted)}, named after students", claims)


NAMED_PLATFORMS: tuple[NamedPlatform, ...] = (
    NamedPlatform(
        "moodle", "a Moodle submissions zip", "<name>_<number>_assignsubmission_file", MOODLE_NAME, _moodle_claims,
    ),
    NamedPlatform(
        "blackboard", "a Blackboard download", "<assignment>_<username>_attempt_<time>_<file>", _BLACKBOARD,
        _blackboard_claims, flat=True,
    ),
    NamedPlatform(
        "brightspace", "a Brightspace download", "<number>-<number> - <name> - <time>", _BRIGHTSPACE,
        _brightspace_claims, own="index.html",
    ),
    NamedPlatform(
        "canvas", "a Canvas submissions zip", "<student>_<id>_<file number>_<file>", CANVAS_NAME, _canvas_claims,
        flat=True, is_enough=_is_canvas,
    ),
)  # fmt: skip
