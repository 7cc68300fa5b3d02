"""What a TA knows of students: a roster, and who was late by how much.

Which column of a CSV file holds the ids is found by the class: it is the one in which most of it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import SheetError
from grader.intake.arrival import Arrival, NameIndex, read_span, read_time, text_of
from grader.intake.files import Submission
from grader.intake.table import Table, id_column, on_lost_zeros, read_table

# Titles as platforms and people write them, in small letters.
_TITLES = {
    "name": ("name", "full name", "fullname", "student", "student name", "display name"),
    "first": ("first name", "first_name", "firstname", "given name", "vorname"),
    "last": ("last name", "last_name", "lastname", "surname", "family name", "nachname"),
    "email": ("email", "e-mail", "email address", "mail"),
    "group": ("group", "group name", "group_name", "team", "gruppe"),
    "handed_in": ("handed_in", "handed in", "submission time", "submission_time", "submission_timestamp", "timestamp",
                  "submitted_at"),
}  # fmt: skip
_SPANS = {  # seconds in one
    "late_days": 86400, "late days": 86400, "days_late": 86400, "days late": 86400,
    "late_hours": 3600, "late hours": 3600, "hours_late": 3600, "hours late": 3600,
    "late_minutes": 60, "late minutes": 60, "late_seconds": 1, "seconds_late": 1,
    "lateness": 3600, "late": 3600, "late_by": 3600, "lateness (h:m:s)": 3600,
}  # fmt: skip
_NO_IDS = {*_SPANS, *(title for kind in ("name", "first", "last", "handed_in") for title in _TITLES[kind])}
_NO_TIME = ("", "-", "–", "—")  # as platforms write for a student who handed in nothing
TEST_STUDENT = "Student, Test"  # whom Canvas puts into every gradebook
NO_HAND_IN = "Nothing was handed in under this name."


@dataclass(frozen=True)
class Person:
    """One row of a file about people. `ids` are all cells that tell this person from the others."""

    line: int
    key: str
    name: str
    email: str
    group: str
    late_by: int | None
    handed_in: str
    ids: Mapping[str, str]


def with_roster(found: Sequence[Submission], path: Path) -> list[Submission]:
    """The class with a roster's names, and a row for everybody on it who handed in nothing. Raises `SheetError`."""
    people = _people(path, found)
    who = _matched(found, people)
    done = [_named(submission, who.get(submission.student_id)) for submission in found]
    groups: dict[str, Submission] = {}  # of each the submission of one member: the one that came last
    for submission in sorted(done, key=lambda one: one.arrival.handed_in):
        if person := who.get(submission.student_id):
            groups[person.group] = submission
    here = {person.key for person in who.values()}
    # The roster's ids are those of the platform that the submissions came from, where they are found to be so.
    own = {kind for one in found for kind, text in one.arrival.ids.items() if text == one.student_id}
    for person in (person for person in people.values() if person.key not in here):
        ids = {**person.ids, **dict.fromkeys(own, person.key)}
        done.append(_of_group(person, ids, groups.get(person.group) if person.group else None))
    return sorted(done, key=lambda submission: submission.student_id)


def with_lateness(found: Sequence[Submission], path: Path) -> tuple[list[Submission], list[str]]:
    """The class with the lateness that a file gives (0 is an extension), and the rows that match nobody.

    Raises `SheetError` where a time or span cannot be read: it must not become none.
    """
    people = _people(path, found)
    if not any(person.late_by is not None or person.handed_in for person in people.values()):
        hint = "call one late_hours, late_days or lateness (H:M:S), or submission_timestamp"
        raise SheetError(f"{path} has no column that says how late, or when", hint)
    who = _matched(found, people)
    for person in who.values():
        if person.late_by is None and read_time(person.handed_in) is None and person.handed_in not in _NO_TIME:
            where = f"{path}, line {person.line}"
            raise SheetError(
                f"{where}: '{person.handed_in[:40]}' is not a time", "write 2026-11-20 23:59, with a zone or without"
            )
    here = {person.key for person in who.values()}
    told = [one for one in people.values() if one.late_by is not None or one.handed_in not in _NO_TIME]
    nobody = [f"{person.key[:60]} (line {person.line})" for person in told if person.key not in here]
    return [_late(submission, who.get(submission.student_id)) for submission in found], nobody


def with_due(found: Sequence[Submission], due: datetime) -> list[Submission]:
    """The class with the lateness by the times of the submissions, where no sheet said it."""
    done = []
    for one in found:
        if one.arrival.late_by is None and one.arrival.handed_in:
            late = (datetime.fromisoformat(one.arrival.handed_in) - due).total_seconds()
            one = _changed(one, late_by=max(0, round(late)))
        done.append(one)
    return done


def _people(path: Path, found: Sequence[Submission]) -> dict[str, Person]:
    """The rows of a file by id."""
    table = read_table(path)
    ids = {text for one in found for text in one.arrival.all_ids(one.student_id)}
    there = id_column(table, ids)
    if there is None:
        example = f", such as '{found[0].student_id}'" if found else ""
        hint = (
            f"its columns are {', '.join(table.titles[:12])}; add one with the ids as the submissions' names have them"
        )
        raise SheetError(f"no column of {path} holds the ids of this class{example}", on_lost_zeros(table, ids) or hint)
    column, read_id = there
    telling = [n for n in range(len(table.titles)) if n != column and _tells_apart(table, n)]
    people: dict[str, Person] = {}
    for row, line in enumerate(table.lines):
        key = text_of(read_id(table.value(row, column)))
        if not key or TEST_STUDENT in (table.value(row, n) for n in range(len(table.titles))):
            continue
        if key in people:
            said = f"{path}: lines {people[key].line} and {line} have the same id '{key}'"
            raise SheetError(said, "leave one of them; one row is one student")
        people[key] = _person(table, row, key, telling)
    return people


def _tells_apart(table: Table, column: int) -> bool:
    """Whether a column's values are all there and all different; names, times and spans are not ids."""
    values = table.column(column)
    return table.titles[column].lower() not in _NO_IDS and len(set(values)) == len(values) and all(values)


def _person(table: Table, row: int, key: str, telling: Sequence[int]) -> Person:
    cells = {title.lower(): text_of(table.value(row, n)) for n, title in enumerate(table.titles)}
    said = {kind: next((cells[one] for one in titles if cells.get(one)), "") for kind, titles in _TITLES.items()}
    name = " ".join(part for part in (said["first"], said["last"]) if part) or said["name"]
    span = next(((cells[title], unit) for title, unit in _SPANS.items() if cells.get(title)), None)
    late = read_span(*span) if span else None
    if span and late is None:
        where = f"{table.path}, line {table.lines[row]}"
        raise SheetError(f"{where}: '{span[0][:40]}' is not a time span", "write hours such as 1.5, or H:M:S")
    ids = {f"roster: {table.titles[n]}": text_of(table.value(row, n)) for n in telling}
    return Person(table.lines[row], key, name, said["email"], said["group"], late, said["handed_in"], ids)


def _matched(found: Sequence[Submission], people: Mapping[str, Person]) -> dict[str, Person]:
    """The person of each student's id: with exactly this id; else nearly so, where only one of each is."""
    ids = {one.student_id: [one.student_id, *sorted(one.arrival.all_ids(one.student_id))] for one in found}
    exact = {student: people[text] for student, texts in ids.items() for text in reversed(texts) if text in people}
    taken = {person.key for person in exact.values()}
    rest = NameIndex((key, person) for key, person in people.items() if key not in taken)
    unsure = {student: texts for student, texts in ids.items() if student not in exact}
    near = {student: who for student, texts in unsure.items() for text in reversed(texts) if (who := rest.find(text))}
    count = Counter(who.key for who in near.values())
    return exact | {student: who for student, who in near.items() if count[who.key] == 1}


def _changed(submission: Submission, **changes: Any) -> Submission:
    return replace(submission, arrival=msgspec.structs.replace(submission.arrival, **changes))


def _named(submission: Submission, person: Person | None) -> Submission:
    if person is None:
        note = "Nobody of this id is on the roster."
        return _changed(submission, notes=(*submission.arrival.notes, note))
    arrival = submission.arrival
    named = replace(submission, name=person.name or submission.name)
    named = _changed(named, ids={**arrival.ids, **person.ids}, email=person.email or arrival.email)
    return _late(named, person)


def _late(submission: Submission, person: Person | None) -> Submission:
    if person is None:
        return submission
    time, arrival = read_time(person.handed_in), submission.arrival
    late = arrival.late_by if person.late_by is None else person.late_by
    return _changed(submission, late_by=late, handed_in=time.isoformat() if time else arrival.handed_in)


def _of_group(person: Person, ids: dict[str, str], shared: Submission | None) -> Submission:
    """A row for somebody of the roster: that of their group, or an empty one."""
    name = person.name or person.key
    if shared is None:
        arrival = Arrival(ids=ids, email=person.email, absent=True)
        return Submission(person.key, name, (), NO_HAND_IN, "if you did hand it in, show your receipt", arrival)
    note = f"Handed in by {shared.name}, for the group {person.group}."
    mine = replace(shared, student_id=person.key, name=name)
    return _changed(mine, ids=ids, email=person.email, entry="", notes=(note, *shared.arrival.notes))
