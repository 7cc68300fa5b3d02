"""What a teaching assistant knows of people: a roster, and who was late by how much.

takes: a CSV file with a line of titles; the class as it was read.
gives: the class with names, ids, groups and lateness from the file, and a row for everybody who handed in nothing.
must not know: what is in a hand-in, points, what lateness costs.

Which column holds the ids is not asked: it is the one in which most of the class is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from grader.errors import SheetError
from grader.intake.arrival import Arrival
from grader.intake.calling import Called
from grader.intake.id_columns import Reader, id_column, on_lost_zeros
from grader.intake.submissions import Submission, text_of
from grader.intake.table import Table, read_table
from grader.intake.times import read_span, read_time

# Titles as LMSs and people write them, in small letters.
_NAMES = ("name", "full name", "fullname", "student", "student name", "display name")
_FIRST = ("first name", "first_name", "firstname", "given name", "vorname")
_LAST = ("last name", "last_name", "lastname", "surname", "family name", "nachname")
_EMAILS = ("email", "e-mail", "email address", "mail")
_GROUPS = ("group", "group name", "group_name", "team", "gruppe")
_SPANS = {
    "late_days": 86400, "late days": 86400, "days_late": 86400, "days late": 86400,
    "late_hours": 3600, "late hours": 3600, "hours_late": 3600, "hours late": 3600,
    "late_minutes": 60, "late minutes": 60, "late_seconds": 1, "seconds_late": 1,
    "lateness": 3600, "late": 3600, "late_by": 3600, "lateness (h:m:s)": 3600,
}  # fmt: skip
_TIMES = ("handed_in", "handed in", "submission time", "submission_time", "submission_timestamp", "timestamp",
          "submitted_at")  # fmt: skip
_NO_TIME = ("", "-", "–", "—")  # as platforms write of who handed in nothing
TEST_STUDENT = "Student, Test"  # whom Canvas puts into every gradebook
NO_HAND_IN = "Nothing was handed in under this name."


@dataclass(frozen=True)
class Person:
    """One row of a file about people. `ids` are all cells that tell this person from the others."""

    line: int
    key: str
    name: str = ""
    email: str = ""
    group: str = ""
    late_by: int | None = None
    handed_in: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)


def with_roster(found: Sequence[Submission], path: Path) -> list[Submission]:
    """The class with a roster's names, and a row for everybody on it who handed in nothing."""
    people = _people(path, found)
    who = _matched(found, people)
    done = [_named(submission, who.get(submission.student_id)) for submission in found]
    here = {person.key for person in who.values()}
    in_group = _by_group(done, who)
    own = {kind for one in found for kind, text in one.arrival.ids.items() if text == one.student_id}
    # Ids of the roster's column are ids of the place the hand-ins came from, where they are found to be so.
    rest = [
        replace(person, ids={**person.ids, **dict.fromkeys(own, person.key)})
        for person in people.values()
        if person.key not in here
    ]
    done += [_of_group(person, in_group) or _absent(person) for person in rest]
    return sorted(done, key=lambda submission: submission.student_id)


def with_lateness(found: Sequence[Submission], path: Path) -> list[Submission]:
    """The class with the lateness that a file gives; a lateness of 0 is an extension."""
    people = _people(path, found)
    if not any(person.late_by is not None or person.handed_in for person in people.values()):
        raise SheetError(
            f"{path} has no column that says how late, or when",
            "call one late_hours, late_days or lateness (H:M:S), or submission_timestamp",
        )
    who = _matched(found, people)
    for person in who.values():
        if person.late_by is None and read_time(person.handed_in) is None and person.handed_in not in _NO_TIME:
            raise SheetError(
                f"{path}, line {person.line}: '{person.handed_in[:40]}' is no time",
                "write 2026-11-20 23:59, with a zone or without",
            )
    return [_late(submission, who.get(submission.student_id)) for submission in found]


def late_of_nobody(found: Sequence[Submission], path: Path) -> list[str]:
    """Of whom a file says how late they were, or when, and who is not in the class: the ids, with their lines."""
    people = _people(path, found)
    here = {person.key for person in _matched(found, people).values()}
    said = [one for one in people.values() if one.late_by is not None or one.handed_in not in _NO_TIME]
    return [f"{person.key[:60]} (line {person.line})" for person in said if person.key not in here]


def with_due(found: Sequence[Submission], due: datetime) -> list[Submission]:
    """The class with the lateness that the times of the hand-ins give, where nobody said better."""
    return [_late_since(submission, due) for submission in found]


def _late_since(submission: Submission, due: datetime) -> Submission:
    arrival = submission.arrival
    if arrival.late_by is not None or not arrival.handed_in:
        return submission
    late = max(0, round((datetime.fromisoformat(arrival.handed_in) - due).total_seconds()))
    return replace(submission, arrival=replace(arrival, late_by=late))


# ---- reading -----------------------------------------------------------------------------------------------------


def _people(path: Path, found: Sequence[Submission]) -> dict[str, Person]:
    """The rows of a file by id; two rows of one id are an error that names both lines."""
    table = read_table(path)
    column, read_id = _id_column(table, found)
    people: dict[str, Person] = {}
    telling = [c for c in range(len(table.titles)) if c != column and _tells_apart(table, c)]
    for row in range(len(table.rows)):
        key = text_of(read_id(table.value(row, column)))
        if not key or TEST_STUDENT in (table.value(row, c) for c in range(len(table.titles))):
            continue
        if key in people:
            raise SheetError(
                f"{path}: lines {people[key].line} and {table.lines[row]} have the same id '{key}'",
                "leave one of them; one row is one student",
            )
        people[key] = _person(table, row, key, telling)
    return people


def _id_column(table: Table, found: Sequence[Submission]) -> tuple[int, Reader]:
    calls = {text for one in found for text in one.arrival.calls(one.student_id)}
    there = id_column(table, calls)
    if there is None:
        raise SheetError(
            f"no column of {table.path} holds the ids of this class, such as '{found[0].student_id}'",
            on_lost_zeros(table, calls)
            or f"its columns are {', '.join(table.titles[:12])}; add one with the ids as the hand-ins' names have them",
        )
    return there


def _tells_apart(table: Table, column: int) -> bool:
    """Whether a column's values are all there and all different; times and spans are no ids."""
    values, title = table.column(column), table.titles[column].lower()
    if title in (*_NAMES, *_FIRST, *_LAST, *_TIMES, *_SPANS):
        return False
    return len(set(values)) == len(values) and all(values)


def _person(table: Table, row: int, key: str, telling: Sequence[int]) -> Person:
    cells = {title.lower(): text_of(table.value(row, c)) for c, title in enumerate(table.titles)}

    def first(titles: Sequence[str]) -> str:
        return next((cells[title] for title in titles if cells.get(title)), "")

    name = " ".join(part for part in (first(_FIRST), first(_LAST)) if part) or first(_NAMES)
    spans = [(title, unit) for title, unit in _SPANS.items() if cells.get(title)]
    late = next((read_span(cells[title], unit) for title, unit in spans), None)
    if spans and late is None:
        raise SheetError(
            f"{table.path}, line {table.lines[row]}: '{cells[spans[0][0]][:40]}' is no time span",
            "write hours such as 1.5, or H:M:S",
        )
    ids = {f"roster: {table.titles[c]}": text_of(table.value(row, c)) for c in telling}
    return Person(table.lines[row], key, name, first(_EMAILS), first(_GROUPS), late, first(_TIMES), ids)


def _matched(found: Sequence[Submission], people: Mapping[str, Person]) -> dict[str, Person]:
    """The person of each student's id: called so exactly; else nearly so, where one hand-in and one person are."""
    exact = {one.student_id: people[text] for one in found for text in reversed(_calls(one)) if text in people}
    taken = {person.key for person in exact.values()}
    rest = Called((key, person) for key, person in people.items() if key not in taken)
    unsure = [one for one in found if one.student_id not in exact]
    near = {one.student_id: who for one in unsure for text in reversed(_calls(one)) if (who := rest.find(text))}
    claims = Counter(who.key for who in near.values())
    return exact | {student: who for student, who in near.items() if claims[who.key] == 1}


def _calls(submission: Submission) -> list[str]:
    """What a student may be called by, the id first."""
    return [submission.student_id, *sorted(submission.arrival.calls(submission.student_id) - {submission.student_id})]


# ---- what it changes ---------------------------------------------------------------------------------------------


def _named(submission: Submission, person: Person | None) -> Submission:
    if person is None:
        note = "Nobody of this id is on the roster."
        arrival = submission.arrival
        return replace(submission, arrival=replace(arrival, notes=(*arrival.notes, note)))
    arrival = replace(
        submission.arrival,
        ids={**submission.arrival.ids, **person.ids},
        email=person.email or submission.arrival.email,
    )
    return _late(replace(submission, name=person.name or submission.name, arrival=arrival), person)


def _late(submission: Submission, person: Person | None) -> Submission:
    if person is None:
        return submission
    arrival = submission.arrival
    time = read_time(person.handed_in)
    if person.late_by is not None:
        arrival = replace(arrival, late_by=person.late_by)
    if time is not None:
        arrival = replace(arrival, handed_in=time.isoformat())
    return replace(submission, arrival=arrival)


def _by_group(found: Sequence[Submission], who: Mapping[str, Person]) -> dict[str, Submission]:
    """For each group, a hand-in of one of its members: the one that came last, where times are known."""
    groups: dict[str, Submission] = {}
    for submission in sorted(found, key=lambda s: s.arrival.handed_in):
        person = who.get(submission.student_id)
        if person is not None and person.group:
            groups[person.group] = submission
    return groups


def _of_group(person: Person, groups: Mapping[str, Submission]) -> Submission | None:
    shared = groups.get(person.group)
    if shared is None:
        return None
    arrival = shared.arrival
    note = f"Handed in by {shared.name}, for the group {person.group}."
    mine = replace(arrival, ids=dict(person.ids), email=person.email, entry="", notes=(note, *arrival.notes))
    return replace(shared, student_id=person.key, name=person.name or person.key, arrival=mine)


def _absent(person: Person) -> Submission:
    arrival = Arrival(ids=dict(person.ids), email=person.email, absent=True)
    return Submission(
        person.key, person.name or person.key, (), NO_HAND_IN, "if you did hand it in, show your receipt", arrival
    )
