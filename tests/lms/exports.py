"""Exports and sheets of every platform for invented people, built to the documented formats; no grader in here."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@dataclass(frozen=True)
class Person:
    """Somebody invented: `number` is what platforms know them by, `sis` what the university does."""

    first: str
    last: str
    number: int
    sis: str
    files: Mapping[str, bytes] = field(default_factory=lambda: {"exercise_05.ipynb": NOTEBOOK})
    late: bool = False
    account: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"{self.sis}@example.edu"


ADA = Person("Ada", "Müller-Lüdenscheidt", 10234, "ge42abc", account="ada-ml")
ZOE = Person("Zoë", "O'Hara de la Cruz", 10235, "ge43abd", late=True, account="zoe")
JANE = Person("Jane", "Doe", 10301, "ge44abe", account="jane-doe-1")
OTHER_JANE = Person("Jane", "Doe", 10302, "ge45abf", account="jane-doe-2")
WANG = Person("秀英", "王", 10400, "ge46abg", account="wang")
PEOPLE = (ADA, ZOE, JANE, OTHER_JANE, WANG)


def zipped(files: Iterable[tuple[str, bytes]], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def put(at: Path, files: Iterable[tuple[str, bytes]]) -> Path:
    for name, data in files:
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_bytes(data)
    return at


def as_form(at: Path, name: str, files: Sequence[tuple[str, bytes]], form: str) -> Path:
    """The same export as a zip, unpacked, or unpacked into one more folder."""
    if form == "zip":
        path = at / f"{name}.zip"
        path.write_bytes(zipped(files))
        return path
    put(at / name if form == "folder" else at / "week 5" / name, files)
    return at / name if form == "folder" else at / "week 5"


def sortable(person: Person) -> str:
    """Canvas's sortable name: small letters, and nothing that is no word character."""
    return re.sub(r"\W", "", f"{person.last}{person.first}".lower())


def canvas_files(people: Sequence[Person] = PEOPLE, anonymous: bool = False) -> list[tuple[str, bytes]]:
    made: list[tuple[str, bytes]] = []
    files = [(person, file, data) for person in people for file, data in person.files.items()]
    for person, file, data in files:
        number, late = 880_007 + 7 * len(made), "LATE_" if person.late else ""
        who = f"{late}anon_{person.sis}" if anonymous else f"{sortable(person)}_{late}{person.number}"
        made.append((f"{who}_{number}_{file}", data))
    return made


def canvas_sheet(people: Sequence[Person] = PEOPLE, points: str = "100.00", **cells: str) -> str:
    """A gradebook as Canvas exports it. `cells` are by account what stands in the column of the exercise."""
    title = "Exercise 5: non-linearities and the affine layer (445566)"
    rows = [f"Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (445500),{title},Final Score",
            ",,,,,Manual Posting,,", f"    Points Possible,,,,,10.00,{points},(read only)"]  # fmt: skip
    for person in people:
        name = f'"{person.last}, {person.first}"'
        cell = cells.get(person.account.replace("-", "_"), "")
        rows.append(f"{name},{person.number},{person.sis},{person.email},Übung 1,9.50,{cell},95.0")
    rows.append('"Student, Test",99999,,deadbeef,Übung 1,,,')
    return "\r\n".join(rows) + "\r\n"


def moodle_files(
    people: Sequence[Person] = PEOPLE, mode: str = "folder", blind: bool = False
) -> list[tuple[str, bytes]]:
    end = {"folder": "/", "old folder": "_/", "flat": "_"}[mode]
    who = ["Participant" if blind else person.name.replace("_", " ") for person in people]
    start = "{}_{}_assignsubmission_file{}{}"
    pairs = zip(who, people, strict=True)
    return [(start.format(w, p.number, end, file), data) for w, p in pairs for file, data in p.files.items()]


MOODLE_TITLES = {
    "en": ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
           "Last modified (submission)", "Last modified (grade)", "Feedback comments"],
    "de": ["ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung",
           "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)",
           "Feedback als Kommentar"],
}  # fmt: skip
MOODLE_WHO = {"en": "Participant ", "de": "Teilnehmer/in"}


def moodle_sheet(
    people: Sequence[Person] = PEOPLE, language: str = "en", delimiter: str = ",", most: str = "100.00"
) -> str:
    d = delimiter
    rows = [d.join(f'"{title}"' if " " in title else title for title in MOODLE_TITLES[language])]
    for person in people:
        rows.append(d.join([
            f'"{MOODLE_WHO[language]}{person.number}"', f'"{person.name}"', person.email, '"Submitted for grading - "',
            "", most, "Yes", '"Friday, 20 November 2026, 11:59 PM"', "-", "",
        ]))  # fmt: skip
    return "\n".join(rows) + "\n"


def gradescope_files(
    groups: Sequence[Sequence[Person]], more: Sequence[tuple[Sequence[Person], str]] = ()
) -> list[tuple[str, bytes]]:
    """An export: each group has one submission. `more` are further ones, with their times."""
    made, lines = [], ["---"]
    times = [(group, "2026-11-20 21:58:23.365935000 Z") for group in groups]
    for n, (group, time) in enumerate([*times, *more]):
        folder = f"submission_{777000 + n}"
        lines += [f"{folder}:", "  :submitters:"]
        for person in group:
            lines += [f'  - :name: "{person.name}"', f"    :sid: '{person.sis}'", f"    :email: {person.email}"]
        lines += [f"  :created_at: {time}", "  :score: 0.0", "  :status: Processed", "  :results:", "    tests:",
                  "    - name: \"1.1) x\"", "      output: |", "        some text", "  :history:",
                  "  - :id: 1", "    :created_at: 2026-11-19 10:00:00.000000000 Z"]  # fmt: skip
        made += [(f"assignment_12_export/{folder}/{file}", data) for file, data in group[0].files.items()]
    return [("assignment_12_export/submission_metadata.yml", ("\n".join(lines) + "\n").encode()), *made]


def gradescope_sheet(people: Sequence[Person] = PEOPLE) -> str:
    head = ("First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,Submission Time,"
            "Lateness (H:M:S),View Count,Submission Count")  # fmt: skip
    rows = [f'{p.first},"{p.last}",{p.sis},{p.email},,,100.0,Ungraded,{777000 + n},2026-11-20 21:58:23 +0000,'
            f"00:00:00,0,1" for n, p in enumerate(people)]  # fmt: skip
    return "\n".join([head, *rows]) + "\n"


def github_files(people: Sequence[Person] = PEOPLE) -> list[tuple[str, bytes]]:
    head = {".git/HEAD": b"ref: refs/heads/main\n"}
    return [(f"exercise-5-{p.account}/{file}", data) for p in people for file, data in (p.files | head).items()]


def github_sheet(people: Sequence[Person] = PEOPLE) -> str:
    head = (
        "assignment_name,assignment_url,starter_code_url,github_username,roster_identifier,student_repository_name,"
        "student_repository_url,submission_timestamp,points_awarded,points_available"
    )
    url = "https://classroom.example/x"
    row = '"exercise 5",{0},{0},{1.account},"{1.name}",exercise-5-{1.account},{0},2026-11-20 22:00:00 UTC,0,100'
    return "\n".join([head, *(row.format(url, person) for person in people)]) + "\n"


def nbgrader_files(
    people: Sequence[Person] = PEOPLE, task: str = "exercise_05", stamp: str = "2026-11-20 22:30:00.948203 UTC"
) -> list[tuple[str, bytes]]:
    made = []
    for person in people:
        made += [(f"submitted/{person.sis}/{task}/{file}", data) for file, data in person.files.items()]
        made.append((f"submitted/{person.sis}/{task}/timestamp.txt", stamp.encode()))
    return made


NBGRADER_HEADER = (
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,"
    "max_score"
)


def nbgrader_sheet(people: Sequence[Person] = PEOPLE, task: str = "exercise_05") -> str:
    rows = [f"{name},,,{p.sis},{p.last},{p.first},,0.0,0.0,0.0,3.0" for name in ("ps0", task) for p in people]
    return "\n".join([NBGRADER_HEADER, *rows]) + "\n"


def blackboard_files(
    people: Sequence[Person] = PEOPLE, task: str = "Exercise 5", time: str = "2026-11-20-09-26-00"
) -> list[tuple[str, bytes]]:
    """Each attempt's files, and a text that says which these are."""
    made = []
    for person in people:
        start = f"{task}_{person.sis}_attempt_{time}"
        made += [(f"{start}_{file}", data) for file, data in person.files.items()]
        made.append((f"{start}.txt", f"Name: {person.name} ({person.sis})\n".encode()))
    return made


def brightspace_files(
    people: Sequence[Person] = PEOPLE, time: str = "Nov 20, 2026 926 AM", flat: bool = False
) -> list[tuple[str, bytes]]:
    made = [("index.html", b"<p>a list</p>")]
    for person in people:
        start = f"{person.number}-77 - {person.name} - {time}{' - ' if flat else '/'}"
        made += [(f"{start}{file}", data) for file, data in person.files.items()]
    return made


def otter_files(people: Sequence[Person] = PEOPLE) -> list[tuple[str, bytes]]:
    return [(f"{person.sis}.ipynb", next(iter(person.files.values()))) for person in people]
