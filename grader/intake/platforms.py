"""The layouts a class comes in: a table of platforms that say in a file's name whose it is; and names alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from os.path import commonprefix
from typing import NamedTuple

import msgspec

from grader.errors import SubmissionError
from grader.intake.arrival import Arrival, text_of
from grader.intake.tree import Item


class Claim(NamedTuple):
    """What a layout says of one item: whose it is, and how it came; without a layout where its name does not fit.

    Of claims of one student and one `series` those with the latest time and highest `order` count (a number, or a time
    that may have no known form). `said` is what came instead of a file ("a link").
    """

    item: Item
    student_id: str
    name: str = ""
    arrival: Arrival = Arrival()
    series: str = ""
    order: str = ""
    said: str = ""

    @property
    def place(self) -> str:
        """What it is called where the class is."""
        return text_of("/".join(self.item.way))


class ClassReading(NamedTuple):
    """A class read as one layout: `title` comes with an article, `why` after a colon; what was `passed_over`."""

    layout: str
    title: str
    why: str
    claims: Sequence[Claim]
    passed_over: Sequence[str] = ()


class Hint(NamedTuple):
    """What helps to recognise a layout: the names of class and assignment, and whether the user named the layout."""

    class_name: str = ""
    assignment: str = ""
    named: bool = False


Groups = Mapping[str, str]  # what the groups of a pattern found, as texts; "" for nothing
Found = Sequence[tuple[Claim, Groups]]
Recogniser = Callable[[Sequence[Item], Hint], ClassReading | None]


def unknown(item: Item, form: str) -> Claim:
    """An item without the form: it goes by its own name, with a note that says so."""
    note = f"The name '{text_of(item.name)}' does not have the form {form}, so it was taken for the student's id."
    return Claim(item, text_of(item.stem), "", Arrival(notes=(note,)))


@dataclass(frozen=True)
class NamedPlatform:
    """A platform whose names say whose a file is, by the groups id, name, late, time, file, typed of its pattern.

    `refine` says what these groups do not. `typed` names what is not a file, by the group typed. `own` is a file of the
    platform's beside the submissions.
    """

    layout: str
    title: str
    form: str
    pattern: re.Pattern[str]
    refine: Callable[[Found], Iterable[Claim]]
    typed: Groups = field(default_factory=dict)
    own: str = ""
    is_enough: Callable[[Found, int, Hint], bool] = lambda found, count, hint: 2 * len(found) > count

    def __call__(self, items: Sequence[Item], hint: Hint) -> ClassReading | None:
        """The class as this platform's, or None."""
        found, others = [], []
        listed = [item for item in items if item.name != self.own]
        for item in listed:
            if match := self.pattern.match(item.name) or (self.pattern.match(item.stem) if hint.named else None):
                groups = defaultdict(str, {name: text_of(text) for name, text in match.groupdict().items() if text})
                found.append((self._claim(item, groups), groups))
            else:
                others.append(unknown(item, self.form))
        if not found or not (hint.named or self.is_enough(found, len(listed), hint)):
            return None
        why = f"{len(found)} of {len(listed)} names match {self.form}"
        return ClassReading(self.layout, self.title, why, [*self.refine(found), *others])

    def _claim(self, item: Item, said: Groups) -> Claim:
        ids, entry = {self.layout: said["id"]} if said["id"] else {}, said["entry"] or text_of(item.name)
        arrival = Arrival(self.layout, ids, "", entry, said["time"], None, bool(said["late"]))
        series, typed = said["typed"] + said["file"], self.typed.get(said["typed"], "")
        given = item if item.is_folder else Item(item.way, (replace(item.within[0], given_name=said["file"]),))
        return Claim(given, said["id"], said["name"], arrival, series, said["time"], typed)


# Of a name Canvas keeps the word characters. Marks on letters are word characters for Ruby, and not for Python (ใจดี),
# so they are in the class: with two ways to read a letter, a long name that is not Canvas's takes hours.
CANVAS_NAME = re.compile(
    r"^(?:(?P<name>(?!LATE_|anon_)[\w\x80-\U0010ffff]+?)_)?(?:(?P<late>LATE)_)?(?P<id>\d+|anon_[^_]+)_"
    r"(?:(?P<number>\d+)_(?P<file>.+)|(?P<typed>text|link)\.html)$", re.DOTALL,
)  # fmt: skip
# The first number, or time, is the platform's: what comes behind it was chosen by the student.
MOODLE_NAME = re.compile(
    r"^(?P<entry>(?P<name>.*?)_(?P<id>\d+))_assignsubmission_(?P<typed>file|onlinetext)(?:_(?P<file>.+)?)?$", re.DOTALL
)
_BLACKBOARD = re.compile(
    r"^(?P<head>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<typed>\.txt))$", re.DOTALL
)
_BRIGHTSPACE = re.compile(
    r"^(?P<numbers>\d+-\d+) - (?P<name>.+?) - (?P<time>[^-]*\b\d{4} \d{3,4} [AP]M)(?: - (?P<file>.+))?$", re.DOTALL
)
_RESUBMITTED = re.compile(r"-[1-9]\d{0,2}(?=(?:\.[^.]*)?$)")  # Canvas's -1, -2 … of a file that was handed in again


def _is_canvas(found: Found, count: int, hint: Hint) -> bool:
    """Names that other files may have by chance must nearly all fit, and no two students share a file's number."""
    owners = defaultdict[str, set[str]](set)
    for claim, said in found:
        owners[said["number"] or claim.item.name].add(said["id"])
    if any(len(ids) > 1 or number.startswith("0") for number, ids in owners.items()):
        return False
    if hint.class_name.lower().endswith("_submissions"):  # as Canvas calls its zips
        return 2 * len(found) > count
    students = {said["id"] for _, said in found}
    # Canvas's own numbers are long; and one name may be a stray.
    is_enough = len(found) >= 3 or all(len(said["number"]) > 4 for _, said in found)
    return len(students) > 1 and is_enough and count - len(found) <= max(1, count / 10)


def _canvas(found: Found) -> Iterable[Claim]:
    there = {(claim.student_id, claim.series) for claim, _ in found}
    for claim, said in found:
        first = _RESUBMITTED.sub("", claim.series)
        series = first if (claim.student_id, first) in there else claim.series  # `part-1` and `part-2` are two files
        yield claim._replace(series=series, order=said["number"])


def _moodle(found: Found) -> Iterable[Claim]:
    claims = [claim for claim, _ in found]
    blind = len({one.student_id for one in claims}) > 1 and len({one.name for one in claims}) == 1
    return [one._replace(name=f"{one.name} {one.student_id}") for one in claims] if blind else claims


def _blackboard(found: Found) -> Iterable[Claim]:
    """The text of an attempt with files lists these files, and is nobody's work."""
    users = _usernames({said["head"] for _, said in found})
    with_files = {users[said["head"]] for claim, said in found if not claim.said}
    for claim, said in found:
        user = users[said["head"]]
        arrival = msgspec.structs.replace(claim.arrival, ids={"blackboard": user})
        if not claim.said or user not in with_files:
            yield claim._replace(student_id=user, arrival=arrival, series="")


def _usernames(heads: Iterable[str]) -> Mapping[str, str]:
    """The second part of each `<assignment>_<username>`; either of the two may have a `_` in it."""
    listed = sorted(heads)
    last = {head: head.rpartition("_")[2] for head in listed}
    start = commonprefix(listed).rfind("_") + 1  # noqa: RUF071  # letter by letter
    return last if len(set(last.values())) == len(listed) else {head: head[start:] for head in listed}


def _brightspace(found: Found) -> Iterable[Claim]:
    """A name with two numbers may be that of two people."""
    numbers = defaultdict[str, set[str]](set)
    for claim, said in found:
        numbers[claim.name].add(said["numbers"])
    for claim, said in found:
        student = f"{claim.name} {said['numbers']}" if len(numbers[claim.name]) > 1 else claim.name
        arrival = msgspec.structs.replace(claim.arrival, handed_in=_moment(said["time"]))
        yield claim._replace(student_id=student, arrival=arrival, series="")


def _moment(text: str) -> str:
    """`Sep 24, 2024 926 PM`, or with the day first, in ISO 8601; as it is where it has another form."""
    try:
        *date, year, clock, half = text.replace(",", "").split()
        month, day = sorted(date, reverse=True)  # letters come behind digits
        return datetime.strptime(f"{month[:3]} {day} {year} {clock:0>4} {half}", "%b %d %Y %I%M %p").isoformat()
    except ValueError:
        return text


def _pattern(found: Found) -> Iterable[Claim]:
    for claim, said in found:
        name, time = f"{said['first_name']} {said['last_name']}".strip(), said["timestamp"]
        arrival = msgspec.structs.replace(claim.arrival, email=said["email"], handed_in=time)
        known = Claim(claim.item, said["student_id"], name, arrival, said["file_id"], time)
        yield known if known.student_id else unknown(claim.item, "--pattern")


def by_pattern(items: Sequence[Item], pattern: str) -> ClassReading:
    """Names read by the user's own pattern, with nbgrader's named groups."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise SubmissionError(f"--pattern is not a regular expression: {error}", "see docs/lms.md") from error
    if missing := {"student_id", "file_id"} - set(compiled.groupindex):
        hint = "write (?P<student_id>…) and (?P<file_id>…); first_name, last_name, email, timestamp are optional"
        raise SubmissionError(f"--pattern has no group {' and no group '.join(sorted(missing))}", hint)
    platform = NamedPlatform("pattern", "named by your pattern", "--pattern", compiled, _pattern)
    if reading := platform(items, Hint(named=True)):
        return reading
    said = f"--pattern matches none of {len(items)} names, such as '{text_of(items[0].name)}'"
    raise SubmissionError(said, "it must match from the beginning of a file's or folder's name")


def plain(items: Sequence[Item]) -> ClassReading:
    """A folder for each student, or flat files as otter has them: the name is the student's id."""
    came = [Arrival("folders" if item.is_folder and not item.is_zip else "flat") for item in items]
    folders = sum(arrival.layout == "folders" for arrival in came)
    layout, title = ("folders", "a folder for each student") if folders else ("flat", "a flat folder, as otter has it")
    counted = [f"{n} {kind}{'s' * (n > 1)}" for n, kind in ((folders, "folder"), (len(items) - folders, "file")) if n]
    claims = [Claim(it, text_of(it.stem), "", how, series=it.name) for it, how in zip(items, came, strict=True)]
    return ClassReading(layout, title, f"{' and '.join(counted)}, named after students", claims)


NAMED_PLATFORMS = (
    NamedPlatform("moodle", "a Moodle submissions zip", "<name>_<number>_assignsubmission_file", MOODLE_NAME, _moodle,
                  {"onlinetext": "a text typed into Moodle"}),
    NamedPlatform("blackboard", "a Blackboard download", "<assignment>_<username>_attempt_<time>_<file>", _BLACKBOARD,
                  _blackboard, {".txt": "a text typed into Blackboard"}),
    NamedPlatform("brightspace", "a Brightspace download", "<number>-<number> - <name> - <time>", _BRIGHTSPACE,
                  _brightspace, own="index.html"),
    NamedPlatform("canvas", "a Canvas submissions zip", "<student>_<id>_<file number>_<file>", CANVAS_NAME, _canvas,
                  {"text": "a text typed into Canvas", "link": "a link"}, is_enough=_is_canvas),
)  # fmt: skip
