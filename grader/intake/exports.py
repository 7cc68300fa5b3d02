"""The layouts that are trees: nbgrader's `submitted/`, Gradescope's export, GitHub Classroom's checkout."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from os.path import commonprefix

from grader.errors import SubmissionError
from grader.intake.arrival import Arrival, text_of
from grader.intake.files import ARCHIVE_CAP, SubmittedFile
from grader.intake.platforms import NAMED_PLATFORMS, Claim, ClassReading, Hint, Recogniser, unknown
from grader.intake.tree import Item

OTHER_WORK = "work for another assignment"  # what was handed in, where nbgrader's tree has a folder for each
_STAMP = "timestamp.txt"
_COURSE = {"source", "release", "autograded", "feedback", "nbgrader_config.py", "gradebook.db"}


def nbgrader(items: Sequence[Item], hint: Hint) -> ClassReading | None:
    """`submitted/{student_id}/{assignment_id}/{notebook}.ipynb`, from the course's folder or from `submitted`."""
    names = {item.name: item for item in items}
    called, passed_over = hint.class_name == "submitted", tuple[str, ...]()
    if "submitted" in names and (len(names) == 1 or names.keys() & _COURSE):
        items, called = names.pop("submitted").inside(), True
        passed_over = tuple(map(text_of, names))
    students = [item for item in items if item.is_folder]
    folders = [[one for one in item.inside() if one.is_folder] for item in students]
    tasks = Counter(one.name for inner in folders for one in inner)
    stamped = sum(any(map(_stamp, inner)) for inner in folders)
    if not tasks or not (called or hint.named or 2 * stamped > len(students)):
        return None
    task = hint.assignment if hint.assignment in tasks or len(tasks) > 1 else next(iter(tasks))
    if task not in tasks:
        listed = ", ".join(text_of(task) for task in sorted(tasks)[:5])
        said = f"the students' folders hold several assignments: {listed}"
        raise SubmissionError(said, "say which one is meant: --layout nbgrader:NAME")
    claims = [unknown(item, "of a student's folder") for item in items if not item.is_folder]
    for item, inner in zip(students, folders, strict=True):
        student, found = text_of(item.name), next((one for one in inner if one.name == task), None)
        entry, said = (student, "") if found else ("", OTHER_WORK)
        arrival = Arrival("nbgrader", {"nbgrader": student}, "", entry, _time_in(_stamp(found) if found else None))
        own = Item(item.way, found.within) if found else item
        claims.append(Claim(own, student, "", arrival, said=said))
    why = f"{tasks[task]} of {len(students)} folders hold {text_of(task)}/, {stamped} folders with a {_STAMP}"
    return ClassReading("nbgrader", "nbgrader's submitted/ tree", why, claims, passed_over)


def _stamp(item: Item) -> SubmittedFile | None:
    return next((file for file in item.within if file.way == (*item.way, _STAMP)), None)


def _time_in(file: SubmittedFile | None) -> str:
    with suppress(SubmissionError):
        return text_of(file.read(cap=1 << 16).decode("utf-8", "replace").strip()) if file else ""
    return ""


METADATA = "submission_metadata.yml"
MOST_LINES = 200_000  # read of the metadata: a submission has about ten, and earlier ones of its author do not count
# The metadata is YAML as Ruby writes it: keys of a submission are two blanks in, those of a submitter four. What
# autograders said before is most of it, may be tens of megabytes and may say anything: it is further in.
_LINE = re.compile(rb"^(?:(\S+):\s*?|  :(\w+):[ \t]*(.*)|  (  |- ):(\w+):[ \t]*(.*))$", re.MULTILINE)


def gradescope(items: Sequence[Item], hint: Hint) -> ClassReading | None:
    """An export: folders `submission_<number>` beside `submission_metadata.yml`, which says whose each one is."""
    metadata = next((item for item in items if item.name == METADATA and not item.is_folder), None)
    if metadata is None:
        return None
    people, times = read_metadata(metadata.within[0].read(ARCHIVE_CAP))
    others = [item for item in items if item is not metadata]
    claims = [claim for item in others for claim in _gradescope_claims(item, people[item.name], times[item.name])]
    named = sum(bool(people[item.name]) for item in others)
    why = f"there is a {METADATA}, and {named} of {len(others)} names are in it"
    return ClassReading("gradescope", "a Gradescope export", why, claims)


def read_metadata(data: bytes) -> tuple[dict[str, list[dict[str, str]]], dict[str, str]]:
    """Of each submission the submitters (name, sid, email) and the time."""
    people: dict[str, list[dict[str, str]]] = defaultdict(list)
    times: dict[str, str] = defaultdict(str)
    folder = section = ""
    told = (match for match in _LINE.finditer(data) if section == "submitters" or match[4] is None)
    for match in islice(told, MOST_LINES):
        begins, key, value, new, of_person, said = ((text or b"").decode("utf-8", "replace") for text in match.groups())
        if begins:
            folder, section = begins, ""
        elif key:
            section = key
            if section == "created_at":
                times[folder] = _scalar(value)
        else:
            if new == "- ":
                people[folder].append({})
            if people[folder]:
                people[folder][-1][of_person] = _scalar(said)
    return people, times


def _scalar(text: str) -> str:
    """The text of a YAML scalar. No types are guessed: `00123` is an id and not a number."""
    text = text.strip()
    if text[:1] == "'":
        text = text.strip("'").replace("''", "'")
    with suppress(ValueError):
        text = str(json.loads(text)).encode("utf-8", "replace").decode() if text[:1] == '"' else text
    return "" if text in ("~", "null") else text_of(text.strip('"')).strip()


def _gradescope_claims(item: Item, people: Sequence[Mapping[str, str]], time: str) -> list[Claim]:
    """One for each submitter: a group's submission is that of every member."""
    claims, entry = [], text_of(item.name)
    for person in people:
        name, sid, email = (person.get(key, "") for key in ("name", "sid", "email"))
        others = [other.get("name") or "somebody" for other in people if other is not person]
        notes = (f"Handed in together with {', '.join(others)}.",) if others else ()
        ids = {"gradescope": entry.removeprefix("submission_"), "sid": sid, "email": email}
        known = {kind: text for kind, text in ids.items() if text}
        arrival = Arrival("gradescope", known, email, entry, time, notes=notes)
        claims.append(Claim(item, sid or email or entry, name, arrival, order=time))
    return claims or [unknown(item, f"that {METADATA} names")]


def github(items: Sequence[Item], hint: Hint) -> ClassReading | None:
    """A checkout: a folder for each repository, `<assignment>-<account>`, each with its `.git`."""
    folders = [item for item in items if item.is_folder]
    # In a zip a `.git` says nothing: students zip their own repositories.
    own = ((item.way, [file.way for file in item.within if not file.inside]) for item in folders)
    cloned = [way for way, ways in own if any(one[: len(way) + 1] == (*way, ".git") for one in ways)]
    if not folders or not (hint.named or 2 * len(cloned) > len(folders)):
        return None
    prefix = _prefix([item.name for item in folders], hint)
    claims = []
    for item in items:
        account = text_of(item.name.removeprefix(prefix) or item.name)
        arrival = Arrival("github", {"github": account}, entry=text_of(item.name))
        claims.append(Claim(item, account, "", arrival) if item.is_folder else unknown(item, f"{prefix}<account>"))
    after = f"; accounts are what follows '{text_of(prefix)}'" if prefix else ""
    why = f"{len(cloned)} of {len(folders)} folders are git repositories{after}"
    return ClassReading("github", "a GitHub Classroom checkout", why, claims)


def _prefix(names: Sequence[str], hint: Hint) -> str:
    """What all repositories' names begin with: by the name of checkout or assignment, else what they have in common."""
    for start in (hint.class_name.removesuffix("-submissions"), hint.assignment, hint.assignment.replace("_", "-")):
        if start and all(name.startswith(f"{start}-") and len(name) > len(start) + 1 for name in names):
            return f"{start}-"
    common = commonprefix(names) if len(names) > 1 else ""  # noqa: RUF071  # letter by letter
    return common[: common.rfind("-") + 1]


# Surest first; what none of them recognises is plain.
PLATFORMS: Mapping[str, Recogniser] = {
    "gradescope": gradescope, "nbgrader": nbgrader, "github": github, **{one.layout: one for one in NAMED_PLATFORMS},
}  # fmt: skip
