"""What a TA knows of students: a roster, and who was late by how much.

Which column of a CSV file holds the ids is found by the class: it is the one in which most of it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from grader.errors import SheetError
from grader.intake.arrival import NameIndex, read_span, read_time, text_of
from grader.intake.files import Submission
from grader.intake.table import Table, id_column, read_table

# Titles as platforms and people write them, in small letters without signs between the words.
_TITLES = {
    "name": ("name", "fullname", "student", "studentname", "displayname"),
    "first": ("firstname", "givenname", "vorname"),
    "last": ("lastname", "surname", "familyname", "nachname"),
    "email": ("email", "emailaddress", "mail"),
    "group": ("group", "groupname", "team", "gruppe"),
    "handed_in": ("handedin", "submissiontime", "submissiontimestamp", "timestamp", "submittedat"),
}
_KNOWN = {title for titles in _TITLES.values() for title in titles}
_SPAN = re.compile(r"late(?:ness|by|nesshms)?|(?:late)?(days|hours|minutes|seconds)(?:late)?")
_UNITS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
_NO_TIME = ("", "-", "–", "—")  # as platforms write for a student who handed in nothing
TEST_STUDENT = "Student, Test"  # whom Canvas puts into every gradebook
NO_HAND_IN = "Nothing was handed in under this name."


class Person(NamedTuple):
    """One row of a file about people: what it says, by kind of title. `ids` are all cells that only this row has."""

    line: int
    key: str
    said: Mapping[str, str]
    late_by: int | None
    ids: dict[str, str]


def with_roster(found: Sequence[Submission], path: Path) -> list[Submission]:
    """The class with a roster's names, and a row for everybody on it who handed in nothing. Raises `SheetError`."""
    people = _people(path, found)
    who = _matched(found, people)
    done = [_named(submission, who.get(submission.student_id)) for submission in found]
    groups: dict[str, Submission] = {}  # of each the submission of one member: the one that came last
    for submission in sorted(done, key=lambda one: one.arrival.handed_in):
        if person := who.get(submission.student_id):
            groups[person.said["group"]] = submission
    groups.pop("", None)
    here = {person.key for person in who.values()}
    # The roster's ids are those of the platform that the submissions came from, where they are found to be so.
    own = {kind for one in found for kind, text in one.arrival.ids.items() if text == one.student_id}
    for person in (person for key, person in people.items() if key not in here):
        name, group = person.said["name"] or person.key, person.said["group"]
        absent = Submission(person.key, name, (), NO_HAND_IN, "if you did hand it in, show your receipt")
        shared = groups.get(group, _changed(absent, absent=True))
        note = (f"Handed in by {shared.name}, for the group {group}.",) if group in groups else ()
        ids, email = {**person.ids, **dict.fromkeys(own, person.key)}, person.said["email"]
        row = _changed(shared, ids=ids, email=email, entry="", notes=(*note, *shared.arrival.notes))
        done.append(replace(row, student_id=person.key, name=name))
    return sorted(done, key=lambda submission: submission.student_id)


def with_lateness(found: Sequence[Submission], path: Path) -> tuple[list[Submission], list[str]]:
    """The class with the lateness that a file gives (0 is an extension), and the rows that match nobody.

    Raises `SheetError` where a time or span cannot be read: it must not become none.
    """
    people = _people(path, found)
    if not any(person.late_by is not None or person.said["handed_in"] for person in people.values()):
        hint = "call one late_hours, late_days or lateness (H:M:S), or submission_timestamp"
        raise SheetError(f"{path} has no column that says how late, or when", hint)
    who = _matched(found, people)
    late = {key: one for key, one in people.items() if one.late_by is not None or one.said["handed_in"] not in _NO_TIME}
    here = {person.key for person in who.values()}
    for key, person in late.items():
        if key in here and person.late_by is None and read_time(person.said["handed_in"]) is None:
            where = f"{path}, line {person.line}: '{person.said['handed_in'][:40]}'"
            raise SheetError(f"{where} is not a time", "write 2026-11-20 23:59, with a zone or without")
    nobody = [f"{key[:60]} (line {person.line})" for key, person in late.items() if key not in here]
    return [_late(submission, who.get(submission.student_id)) for submission in found], nobody


def with_due(found: Sequence[Submission], due: datetime) -> list[Submission]:
    """The class with the lateness by the times of the submissions, where no sheet said it."""
    untold = [one for one in found if one.arrival.late_by is None and one.arrival.handed_in]
    late = {one.student_id: datetime.fromisoformat(one.arrival.handed_in) - due for one in untold}
    seconds = {student: max(0, round(span.total_seconds())) for student, span in late.items()}
    return [_changed(one, late_by=seconds.get(one.student_id, one.arrival.late_by)) for one in found]


def _people(path: Path, found: Sequence[Submission]) -> dict[str, Person]:
    """The rows of a file by id."""
    table = read_table(path)
    there = id_column(table, {text for one in found for text in one.arrival.all_ids(one.student_id)})
    if there is None:
        example = f", such as '{found[0].student_id}'" if found else ""
        hint = "add one, with the ids as the submissions' names have them; did a spreadsheet take zeros off them?"
        columns = ", ".join(table.titles[:12])
        raise SheetError(f"no column of {path} holds the ids of this class{example}: it has {columns}", hint)
    column, read_id = there
    telling = [n for n in range(len(table.titles)) if n != column and _tells_apart(table, n)]
    plain = enumerate(map(_plain, table.titles))
    titles = {n: title for n, title in plain if title in _KNOWN or _SPAN.fullmatch(title)}
    people: dict[str, Person] = {}
    for row, line in enumerate(table.lines):
        key = text_of(read_id(table.value(row, column)))
        if not key or TEST_STUDENT in [cell.value for cell in table.rows[row]]:
            continue
        if key in people:
            said = f"{path}: lines {people[key].line} and {line} have the same id '{key}'"
            raise SheetError(said, "leave one of them; one row is one student")
        people[key] = _person(table, row, key, titles, telling)
    return people


def _plain(title: str) -> str:
    return re.sub(r"[\W_]", "", title.lower())


def _tells_apart(table: Table, column: int) -> bool:
    """Whether a column's values are all there and all different; names, times and spans are not ids."""
    values, title = table.column(column), _plain(table.titles[column])
    other = any(title in _TITLES[kind] for kind in ("name", "first", "last", "handed_in")) or _SPAN.fullmatch(title)
    return not other and len(set(values)) == len(values) and all(values)


def _person(table: Table, row: int, key: str, titles: Mapping[int, str], telling: Sequence[int]) -> Person:
    cells = {title: text_of(table.value(row, n)) for n, title in titles.items()}
    said = {kind: next((cells[one] for one in titles if cells.get(one)), "") for kind, titles in _TITLES.items()}
    said["name"] = f"{said['first']} {said['last']}".strip() or said["name"]
    late = None
    for title, text in cells.items():
        match = _SPAN.fullmatch(title) if text and "late" in title and late is None else None
        if match:
            late = read_span(text, _UNITS.get(match[1] or "", 3600))
            if late is None:
                where = f"{table.path}, line {table.lines[row]}"
                raise SheetError(f"{where}: '{text[:40]}' is not a time span", "write hours such as 1.5, or H:M:S")
    ids = {f"roster: {table.titles[n]}": text_of(table.value(row, n)) for n in telling}
    return Person(table.lines[row], key, said, late, ids)


def _matched(found: Sequence[Submission], people: Mapping[str, Person]) -> dict[str, Person]:
    """The person of each student's id: with exactly this id; else nearly so, where only one of each is."""
    ids = {one.student_id: [one.student_id, *sorted(one.arrival.all_ids(one.student_id))] for one in found}
    who = {student: people[text] for student, texts in ids.items() for text in reversed(texts) if text in people}
    taken = {person.key for person in who.values()}
    rest = NameIndex((key, person) for key, person in people.items() if key not in taken)
    found_near = ((student, rest.find(text)) for student, texts in ids.items() for text in reversed(texts))
    near = {student: person for student, person in found_near if person and student not in who}
    count = Counter(person.key for person in near.values())
    return who | {student: person for student, person in near.items() if count[person.key] == 1}


def _changed(submission: Submission, **changes: Any) -> Submission:
    return replace(submission, arrival=msgspec.structs.replace(submission.arrival, **changes))


def _named(submission: Submission, person: Person | None) -> Submission:
    arrival = submission.arrival
    if person is None:
        return _changed(submission, notes=(*arrival.notes, "Nobody of this id is on the roster."))
    named = replace(submission, name=person.said["name"] or submission.name)
    return _late(_changed(named, ids=arrival.ids | person.ids, email=person.said["email"] or arrival.email), person)


def _late(submission: Submission, person: Person | None) -> Submission:
    time, arrival = read_time(person.said["handed_in"]) if person else None, submission.arrival
    late = arrival.late_by if person is None or person.late_by is None else person.late_by
    return _changed(submission, late_by=late, handed_in=time.isoformat() if time else arrival.handed_in)
