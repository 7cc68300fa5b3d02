"""The gradebook: what goes in comes out, what TAs say is kept, and what moved is known."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from conftest import TIMES
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import GradebookError
from grader.extract.model import Cell, Facts
from grader.gradebook import REVIEW, Evidence, Gradebook, Identity, Override, Record, Run, Words, applied
from grader.gradebook.records import BehaviourRecord, CaseRecord, CriterionRecord, Places, Ruling

RUN = Run("grade", "a", "A", "digest", "questions", "reference/a", "1", "full")
WORTH = {"f": Fraction(10), "g": Fraction(5)}


def record(student: str = "student-01", points: Fraction | None = Fraction(15, 2), sha256: str = "ab") -> Record:
    words = Words("Off.", "Look.", ("A note.",), "try_it()")
    behaviours = (BehaviourRecord("values", Fraction(5), Fraction(5), "held"),)
    cases = (CaseRecord("a small batch", "public", "values", "returned", True, "Right."),)
    judged = (Ruling("partly", "own", "leaky"), points, Fraction(10), words)
    criterion = CriterionRecord("f", *judged, behaviours, cases, Places(3, 4))
    evidence = Evidence(Facts(places={"f": (3, 4)}, files={7: "helper.py"}), b"outcomes", "full", 0.5, "finger")
    who, cells = Identity(student, "Student", "a.ipynb", sha256, student), (Cell(1, "code", "x = 1"),)
    return Record(who, "graded", points, Fraction(15), criteria=(criterion,), cells=cells, evidence=evidence)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Gradebook]:
    with Gradebook(tmp_path / "gradebook.sqlite") as opened:
        yield opened


def test_a_record_comes_back_as_it_was_entered(book: Gradebook) -> None:
    """Exact fractions, places, cells and outcomes survive; a listing leaves the outcomes out."""
    run = book.runs.begin(RUN, "now")
    book.enter(record(), run)
    assert book.record_of("student-01") == record()
    assert next(book.records()).evidence.outcomes == b""
    assert book.fingerprints() == {"student-01": "finger"}
    assert book.questions() == {"student-01": "questions"}


def test_the_later_override_counts_and_can_be_taken_back(book: Gradebook) -> None:
    """The sheet and the review page may both speak, and a sheet that is given again keeps the age of its rows."""
    run, sheet = book.runs.begin(RUN, "now"), [Override("student-01", "f", Fraction(3), "sheet")]
    seen = Override("student-01", "f", Fraction(4), "seen", source=REVIEW)

    def points() -> list[Fraction | None]:
        return [one.points for one in book.overrides.effective().get("student-01", {}).values()]

    book.overrides.take_sheet(sheet, run)
    assert points() == [3]
    book.overrides.put([seen], run)
    book.overrides.take_sheet(sheet, run)
    assert points() == [4]
    book.overrides.put([msgspec.structs.replace(seen, points=None, reason="")], run)
    assert points() == []
    assert book.overrides.take_sheet([], run) == ()
    book.overrides.take_sheet(sheet, run)
    assert [one.points for one in book.overrides.take_sheet([], run)] == [3]
    assert points() == []


def test_overrides_change_points_and_never_the_verdict() -> None:
    """The word stays the machine's, points are the TA's, at most the maximum, and lateness still counts."""
    late = msgspec.structs.replace(record(), deduction=Fraction(1))
    shown = applied(late, {"f": Override("student-01", "f", Fraction(20), "generous")}, WORTH)
    assert (shown.points, shown.criteria[0].verdict, shown.criteria[0].judged_points) == (9, "partly", Fraction(15, 2))
    assert shown.criteria[0].is_capped
    comment = applied(late, {"f": Override("student-01", "f", None, "look")}, WORTH)
    assert comment.criteria[0].points == Fraction(15, 2)


def test_an_unreadable_submission_can_be_marked_by_hand() -> None:
    """A person may mark what the machine could not read; the rest of it stays ungraded."""
    unread = Record(Identity("student-01", "S"), "unreadable", None, Fraction(15), Words("It is empty.", "Save it."))
    assert applied(unread, {"f": Override("student-01", "f", Fraction(7), "on paper")}, WORTH).status == "partly graded"
    both = {name: Override("student-01", name, Fraction(1), "on paper") for name in WORTH}
    assert applied(unread, both, WORTH).points == 2


SPOILT = {"bytes": "", "row": "UPDATE submissions SET record = x'00'", "older grader": "PRAGMA user_version = 6"}


@pytest.mark.parametrize("what", SPOILT)
def test_damage_is_reported_with_what_to_do(tmp_path: Path, what: str) -> None:
    """A damaged file or row, or a gradebook of the first edition, ends in one sentence and one next step."""
    path = tmp_path / "gradebook.sqlite"
    with Gradebook(path) as opened:
        opened.enter(record(), opened.runs.begin(RUN, "now"))
    if what == "bytes":
        path.write_bytes(b"no database" * 1000)
    else:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(SPOILT[what])
    with pytest.raises(GradebookError) as caught, Gradebook(path) as opened:
        list(opened.records())
    assert caught.value.hint
    assert ("older grader" in str(caught.value)) == (what == "older grader")


def read_all(path: Path) -> None:
    """All that pages, sheets and verbs read."""
    with Gradebook(path) as opened:
        names = [one.student_id for one in opened.records()]
        for read in (opened.record_of, opened.overrides.version):
            [read(name) for name in names]
        said, runs = opened.overrides, opened.runs
        for ask in (opened.folders, opened.fingerprints, opened.questions, opened.written, opened.moves.all):
            ask()
        for tell in (said.effective, said.comments, said.reviewed, runs.latest, runs.last_grader, runs.judged_by):
            tell()
        opened.moves.by(runs.begin(RUN, "again"))
        opened.enter(record(points=Fraction(1)), 1)
        said.settle()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "gradebook.sqlite"
    with Gradebook(path) as opened:
        for points in (Fraction(5), Fraction(6)):
            opened.enter(record(points=points), opened.runs.begin(RUN, "now"))
        opened.overrides.put([Override("student-01", "f", Fraction(3), "sheet")], 1)
        opened.overrides.mark_reviewed("student-01", "ab", "TA", "now")
        opened.note_written("grades.csv", "ab")
    return path


COLUMNS = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
VALUES = st.none() | st.integers() | st.floats() | st.text() | st.binary()
BYTES = st.lists(st.tuples(st.integers(0), st.binary(min_size=1, max_size=8)), max_size=4)


@settings(max_examples=20 * TIMES)  # each waits for the disk
@given(BYTES, st.none() | st.tuples(st.integers(0), VALUES))
def test_a_spoiled_gradebook_is_read_or_refused(
    tmp_path: Path, whole: Path, changes: list[tuple[int, bytes]], cell: tuple[int, object] | None
) -> None:
    """Bytes changed where something is written, or any value in a cell: its contents, or `GradebookError`."""
    data, path = bytearray(whole.read_bytes()), tmp_path / f"{len(list(tmp_path.iterdir()))}.sqlite"
    filled = [at for at, byte in enumerate(data) if byte]
    for at, put in changes if cell is None else ():
        start = filled[at % len(filled)]
        data[start : start + len(put)] = put
    path.write_bytes(data)
    if cell is not None:
        with suppress(sqlite3.Error, OverflowError, UnicodeError), closing(sqlite3.connect(path)) as file, file:
            columns = file.execute(COLUMNS).fetchall()
            table, column = columns[cell[0] % len(columns)]
            file.execute(f"UPDATE {table} SET {column} = ?", cell[1:])
    with suppress(GradebookError):
        read_all(path)
