"""The gradebook: what goes in comes out, exactly; a damaged file is told with a next step.

takes: records made here, and a file that is spoiled.
gives: one promise a test, said in its docstring.
must not know: HTML, how a verdict was reached.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import DamagedRecordError, GradebookError, TooLargeError
from grader.gradebook import (
    BehaviourRecord,
    CaseRecord,
    CellRecord,
    CriterionRecord,
    Gradebook,
    Override,
    Record,
    Run,
    Saved,
)
from grader.gradebook.faults import faults_told
from grader.gradebook.kinds import sound
from grader.intake import Arrival

RUN = Run("grade", "tiny", "Tiny", "d1", "p1", "/key", "0.1.0", "full wall")
FULL = Record(
    student_id="ada", name="Ada Lovelace", file="wörk/a.ipynb", sha256="9f" * 32, status="partly graded",
    points=Fraction(15, 7), max_points=Fraction(41, 3), folder="ada-1", sentence="A sentence.", next_step="A step.",
    notes=("one", "two"),
    criteria=(
        CriterionRecord(
            "f", "known mistake", Fraction(1, 3), Fraction(10), "halves", "It halves.", "Double it.", ("a note",),
            (BehaviourRecord("right", Fraction(1, 3), Fraction(10), "lost", "small"),),
            (CaseRecord("small", "public", "right", "returned", False, "Wrong.\n<b>'\"数"),),
            cell=3, line=4, trouble_cell=5, trouble_line=6, variant="sum", take_home=("import", "call", "print"),
        ),
        CriterionRecord("g", "ungraded", None, Fraction(11, 3), "", "Not graded.", "", (), (), ()),
    ),
    cells=(CellRecord(1, "code", "x = 1\n", "a remark"), CellRecord(2, "markdown", "# ä")),
    evidence={"is_script": False, "digests": {"f": "ab"}, "places": {"f": [1, 2]}},
    level="full wall", seconds=1.25, outcomes=b"\x00\xff" * 500, fingerprint="ab12",
    arrival=Arrival("canvas", {"canvas": "7"}, "a@example.edu", "ada_7_8_x.ipynb", "2026-11-20T23:59:00+00:00", 60,
                    True, False, ("Handed in more than once.",)),
    deduction=Fraction(10, 3),
)  # fmt: skip
BARE = Record("bob", "bob", "", "", "unreadable", None, Fraction(41, 3), "bob")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gradebook.sqlite"


@pytest.fixture
def book(path: Path) -> Iterator[Gradebook]:
    with Gradebook(path) as opened:
        opened.runs.begin(RUN, "now")
        yield opened


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_every_field_comes_back_as_it_went_in(path: Path, book: Gradebook) -> None:
    """A record is the same after the file was closed: texts, exact points, cells, evidence, saved outcomes."""
    assert all(value for value in vars(FULL).values()), "each field must be set here, to be seen to come back"
    book.enter(FULL, 1)
    book.enter(BARE, 1)
    with Gradebook(path) as again:
        assert list(again.records()) == [FULL, BARE]


POINTS = st.fractions(0, 1000, max_denominator=999)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=POINTS, most=POINTS, text=TEXT, outcomes=st.binary(max_size=50))
def test_points_and_texts_are_kept_exactly(
    book: Gradebook, points: Fraction, most: Fraction, text: str, outcomes: bytes
) -> None:
    """Any fraction, any text and any bytes: nothing is rounded, cut or changed."""
    criterion = replace(FULL.criteria[0], points=points, max_points=most, headline=text, notes=(text,))
    record = replace(BARE, name=text, points=points, criteria=(criterion,), outcomes=outcomes)
    book.enter(record, 1)
    [back] = book.records()
    assert back == record
    assert type(back.points) is Fraction


def test_points_stand_in_the_tables_as_exact_text(path: Path, book: Gradebook) -> None:
    """Who reads the file with other tools finds `15/7`, and NULL where there are no points: never a zero."""
    book.enter(FULL, 1)
    book.enter(BARE, 1)
    assert rows(path, "SELECT points, max_points FROM submissions ORDER BY student_id") == [
        ("15/7", "41/3"), (None, "41/3"),
    ]  # fmt: skip
    assert rows(path, "SELECT criterion, verdict, points, mistake, headline FROM verdicts ORDER BY criterion") == [
        ("f", "known mistake", "1/3", "halves", "It halves."), ("g", "ungraded", None, "", "Not graded."),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["caf\udce9", "\ud83d"])
def test_a_name_in_no_encoding_can_be_entered(book: Gradebook, name: str) -> None:
    """A file's name from another system, or a letter that is half of one, ends no class."""
    odd = replace(FULL, student_id=name, name=name, file=name, criteria=(replace(FULL.criteria[0], headline=name),))
    book.enter(odd, 1)
    book.enter(BARE, 1)
    assert len(list(book.records())) == 2


def test_a_submission_takes_the_place_of_an_earlier_one(path: Path, book: Gradebook) -> None:
    """A student has one row, and the verdicts of the last hand-in only."""
    book.enter(FULL, 1)
    book.enter(replace(BARE, student_id="ada"), 1)
    assert [record.status for record in book.records()] == ["unreadable"]
    assert rows(path, "SELECT count(*) FROM verdicts") == [(0,)]


def test_records_are_in_order_of_student(book: Gradebook) -> None:
    """Whatever order they were graded in."""
    for student in ("c", "a", "b", "B"):
        book.enter(replace(BARE, student_id=student), 1)
    assert [record.student_id for record in book.records()] == ["B", "a", "b", "c"]


def test_only_who_handed_in_is_kept(path: Path, book: Gradebook) -> None:
    """Who is not in the class any more is forgotten, with all verdicts; the others stay."""
    for student in ("ada", "bob", "eve"):
        book.enter(replace(FULL, student_id=student), 1)
    book.keep_only({"ada", "eve", "new"})
    assert set(book.fingerprints()) == {"ada", "eve"}
    assert set(rows(path, "SELECT DISTINCT student_id FROM verdicts")) == {("ada",), ("eve",)}
    book.keep_only(set())
    assert book.fingerprints() == {}


def test_fingerprints_tell_what_is_graded(book: Gradebook) -> None:
    """By student, as they were entered."""
    book.enter(FULL, 1)
    book.enter(BARE, 1)
    assert book.fingerprints() == {"ada": "ab12", "bob": ""}


def test_an_entry_is_safe_before_the_next_one(path: Path, book: Gradebook) -> None:
    """Another reader sees an entry at once: a run that is killed loses nothing it had entered."""
    book.enter(FULL, 1)
    assert rows(path, "SELECT student_id FROM submissions") == [("ada",)]


def test_a_run_is_remembered_with_what_it_was_made_with(path: Path, book: Gradebook) -> None:
    """Key, version and wall of the last run are known, when it began and when it ended."""
    second = book.runs.begin(replace(RUN, verb="rejudge", key_digest="d2"), "later")
    book.runs.finish(second, "at last")
    latest = book.runs.latest()
    assert {name: latest[name] for name in vars(RUN)} == vars(replace(RUN, verb="rejudge", key_digest="d2"))
    assert (latest["started"], latest["finished"]) == ("later", "at last")
    assert rows(path, "SELECT finished FROM runs ORDER BY id") == [(None,), ("at last",)]


RUNS = [  # verb and key of each run, `…` where it was stopped
    ("grade 1", "", "1"),
    ("grade 1…", "grade", ""),
    ("grade 1…, grade 1", "", "1"),
    ("grade 1, rejudge 2…", "rejudge", ""),
    ("grade 1, rejudge 2…, review 2", "rejudge", ""),
    ("grade 1, grade 2…, review 2", "grade", ""),
    ("grade 1, rejudge 2…, rejudge 2, review 2", "", "2"),
    ("grade 1…, rejudge 2", "grade", "2"),
    ("grade 1, review 1…, review 1", "", ""),
    ("grade 1, review 1…, rejudge 1", "", "1"),
]


@pytest.mark.parametrize(("runs", "stopped", "judged_by"), RUNS)
def test_what_was_stopped_is_known_until_a_run_made_it_good(
    path: Path, runs: str, stopped: str, judged_by: str
) -> None:
    """A review that ends well after a run that was stopped makes nothing good; grading does, and judging anew does but
    for what was to be graded."""
    with Gradebook(path) as book:
        for verb, digest in map(str.split, runs.split(", ")):
            number = book.runs.begin(replace(RUN, verb=verb, key_digest=digest.rstrip("…")), "now")
            if not digest.endswith("…"):
                book.runs.finish(number, "then")
        assert (book.runs.stopped(), book.runs.judged_by()) == (stopped, judged_by)


def test_a_gradebook_without_a_run_says_so(path: Path) -> None:
    """There is nothing to work with, and the next step is to grade."""
    with Gradebook(path) as empty, pytest.raises(GradebookError) as refused:
        empty.runs.latest()
    assert "grader grade" in refused.value.hint


def test_a_gradebook_whose_runs_are_gone_is_damaged(path: Path, book: Gradebook) -> None:
    """To grade first, as is said of an empty one, would end the same way for ever."""
    book.enter(FULL, 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM runs")
    for ask in (book.runs.latest, book.plans):
        with pytest.raises(GradebookError) as refused:
            ask()
        assert "move it away" in refused.value.hint


def test_lost_points_are_those_that_could_be_graded() -> None:
    """What we could not grade is not counted as lost."""
    assert FULL.lost == Fraction(29, 3)
    assert BARE.lost == 0


# ---- damage ----------------------------------------------------------------------------------------------------------


NO_BOOKS = [b"not a database at all", os.urandom(5000), b"SQLite format 3\0" + bytes(range(200)) * 9]


@pytest.mark.parametrize("data", NO_BOOKS, ids=["text", "noise", "a false start"])
def test_a_file_that_is_no_gradebook_is_refused(path: Path, data: bytes) -> None:
    """It is named, said what it is not, and left as it was."""
    path.write_bytes(data)
    with pytest.raises(GradebookError, match=r"gradebook\.sqlite") as refused:
        Gradebook(path)
    assert refused.value.hint
    assert path.read_bytes() == data


def test_a_gradebook_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A wrong path is the caller's to mend."""
    with pytest.raises(GradebookError, match="folder is not there"):
        Gradebook(tmp_path / "nowhere" / "gradebook.sqlite")


def test_what_is_no_file_in_the_place_of_a_gradebook_is_told(tmp_path: Path) -> None:
    """A folder, or a link that leads nowhere: that is what is said, and not that the folder around it is not there."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "gradebook.sqlite")
    for name, said in (
        ("folder", "folder is a folder, and no gradebook"),
        ("link", "link is a link to .*, and nothing"),
    ):
        with pytest.raises(GradebookError, match=said) as refused:
            Gradebook(tmp_path / name)
        assert refused.value.hint


def given(points: str, **changed: object) -> Record:
    """A record in which `f` has these points, and nothing else has any."""
    first, second = FULL.criteria
    return replace(FULL, points=Fraction(points), criteria=(replace(first, points=Fraction(points)), second), **changed)


MOVES: dict[str, tuple[list[Record], list[tuple[str, str | None, str | None]]]] = {
    "other points": ([given("1/3"), given("5")], [("", "1/3", "5"), ("f", "1/3", "5")]),
    "the same points": ([given("1/3"), given("1/3", notes=("other",))], []),
    "there and back": ([given("1/3"), given("5"), given("1/3")], []),
    "twice": ([given("1/3"), given("5"), given("6")], [("", "1/3", "6"), ("f", "1/3", "6")]),
    "another file": ([given("1/3"), given("5", sha256="a" * 64)], []),
    "no longer graded": ([given("5"), replace(given("5"), points=None)], [("", "5", None)]),
    "graded now": ([replace(given("5"), points=None), given("5")], [("", None, "5")]),
    "ungraded for a while": ([given("5"), replace(given("5"), points=None), given("5")], []),
    "a function less": ([given("5"), replace(given("5"), criteria=())], []),
}


@pytest.mark.parametrize(("entered", "due"), MOVES.values(), ids=MOVES)
def test_points_that_move_under_the_same_file_are_kept(
    book: Gradebook, entered: list[Record], due: list[tuple[str, str | None, str | None]]
) -> None:
    """What a student had before, and has now: of each criterion, and of all together."""
    for record in entered:
        book.enter(record, 1)
    moves = [(m.criterion, *(p if p is None else str(p) for p in (m.then, m.now))) for m in book.moves.by(1)]
    assert moves == due


def test_what_a_run_has_moved_is_told_until_one_ends(book: Gradebook) -> None:
    """A run that was killed has told nobody: the next one tells it, too. Who is gone is forgotten."""
    for points in ("1", "2"):
        book.enter(given(points), 1)
    second = book.runs.begin(RUN, "later")
    assert [str(move.then) for move in book.moves.by(second)] == ["1", "1"]
    between = book.runs.begin(replace(RUN, verb="review"), "between")
    book.runs.finish(between, "between")  # who looks through a class tells nobody
    second = book.runs.begin(RUN, "later")
    assert [str(move.then) for move in book.moves.by(second)] == ["1", "1"]
    book.runs.finish(second, "end")
    third = book.runs.begin(RUN, "then")
    assert book.moves.by(third) == []
    book.enter(given("3"), third)
    assert [(run, move.criterion, str(move.then)) for run, move in book.moves.all()] == [
        ("then", "", "2"), ("then", "f", "2"), ("now", "", "1"), ("now", "f", "1"),
    ]  # fmt: skip
    book.keep_only(set())
    assert not list(book.moves.all())


def test_what_stood_in_a_spoiled_row_has_not_moved(path: Path, book: Gradebook) -> None:
    """Another program wrote it: it is graded again, and nothing is told of what was no points."""
    book.enter(given("1"), 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE submissions SET points = 'many'")
        connection.execute("UPDATE verdicts SET points = x'ff' WHERE criterion = 'f'")
    book.enter(given("2"), 1)
    assert book.moves.by(1) == []


def full_file(path: Path) -> bytes:
    with Gradebook(path) as book:
        book.runs.begin(RUN, "now")
        for number in range(30):
            book.enter(replace(FULL, student_id=f"s{number:02}", outcomes=os.urandom(2000)), 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def read_all(path: Path) -> None:
    with Gradebook(path) as book:
        book.runs.latest()
        book.fingerprints()
        list(book.records())


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_gradebook_that_was_cut_short_is_refused(path: Path, part: float) -> None:
    """A copy that broke off is noticed when it is opened or read: `GradebookError` with a next step."""
    data = full_file(path)
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(GradebookError) as refused:
        read_all(path)
    assert refused.value.hint


def test_a_gradebook_with_spoiled_pages_is_refused(path: Path) -> None:
    """The same where bytes in its middle are other than they were."""
    data = bytearray(full_file(path))
    data[4096:] = b"\x5a" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(GradebookError):
        read_all(path)


@pytest.mark.parametrize(
    "change",
    [
        "record = '{'",
        "record = '{}'",
        "record = '[]'",
        "record = replace(record, '15/7', 'many')",
        "record = replace(record, '15/7', '1/0')",
        "record = 'null'",
        f"record = '{'[' * 100_000}'",
        "record = x'ff'",
        "record = replace(record, 'It halves.', 'It halvec.')",  # one bit, and good JSON
        "record = replace(record, '\"sum\"', '\"sun\"')",
        *(
            f"record = json_set(record, '$.{field}', {value})"
            for field, value in (
                ("name", "5"),
                ("folder", "json('null')"),
                ("folder", "'../elsewhere'"),
                ("notes", "json('[5]')"),
                ("seconds", "'x'"),
                ("arrival.ids", "json('[1]')"),
                ("criteria[0].verdict", "json('null')"),
                ("criteria[0].cell", "'x'"),
                ("criteria[0].cases[0][4]", "'x'"),
                ("cells[0][2]", "7"),
            )
        ),
    ],
    ids=str,
)
def test_a_record_that_cannot_be_read_is_refused(path: Path, book: Gradebook, change: str) -> None:
    """A row that another program spoiled is damage like any other."""
    book.enter(FULL, 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE submissions SET {change}")
    for read in (lambda: list(book.records()), lambda: book.record_of("ada")):
        with pytest.raises(DamagedRecordError, match="'ada'") as refused:
            read()
        assert "grader grade SUBMISSIONS --student ada" in refused.value.hint
        assert "move it away" in refused.value.hint


def test_each_form_of_a_part_is_looked_at() -> None:
    """What one was sound by says nothing of one whose fields are of other types."""
    right = CellRecord(1, "code", "x = 1")
    for wrong in (replace(right, source=7), replace(right, number="1"), replace(right, file=None)):  # type: ignore[arg-type]
        assert sound(right) is right
        for _ in range(2):
            with pytest.raises(TypeError):
                sound(wrong)


def test_a_record_that_cannot_be_read_leaves_the_others(path: Path, book: Gradebook) -> None:
    """Who asks for something in its place is told what the row still says, and gets all the others."""
    for student in ("ada", "bob", "carl"):
        book.enter(replace(FULL, student_id=student), 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE submissions SET record = '{', name = x'ff' WHERE student_id = 'bob'")
    met: list[Saved] = []
    read = list(book.records(instead=lambda saved: met.append(saved) or replace(FULL, student_id="instead")))  # type: ignore[func-returns-value]
    assert [record.student_id for record in read] == ["ada", "instead", "carl"]
    assert [(s.student_id, s.name, s.file, s.folder) for s in met] == [("bob", "", FULL.file, "")]


@pytest.mark.parametrize("spoiled", ["runs SET key_source", "runs SET title", "submissions SET student_id"])
def test_what_is_no_text_is_refused(path: Path, book: Gradebook, spoiled: str) -> None:
    """A run or a row whose words are bytes is damage, too."""
    book.enter(FULL, 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {spoiled} = x'00ff'")
    with pytest.raises(GradebookError) as refused:
        read_all(path)
    assert "move it away" in refused.value.hint


@pytest.mark.parametrize("change", ["points = 'many'", "reason = x'00ff'", "student_id = x'ff'"])
def test_an_override_that_cannot_be_read_is_refused(path: Path, book: Gradebook, change: str) -> None:
    """The same for what TAs said."""
    book.overrides.put([Override("ada", "f", Fraction(1), "Why.")], 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE overrides SET {change}")
    with pytest.raises(GradebookError) as refused:
        book.overrides.effective()
    assert "move it away" in refused.value.hint


def test_a_student_who_is_not_there_is_no_damage(book: Gradebook) -> None:
    """The sentence names who was looked for; nobody is told to move a sound gradebook away."""
    with pytest.raises(GradebookError, match="no student 'ada'") as refused:
        book.record_of("ada")
    assert "move" not in refused.value.hint


# ---- what is no damage ---------------------------------------------------------------------------------------------


def held(path: Path) -> None:
    """Written to, while another program is at it."""
    with closing(sqlite3.connect(path)) as other, closing(sqlite3.connect(path, timeout=0)) as connection:
        other.execute("BEGIN EXCLUSIVE")
        connection.execute("UPDATE runs SET verb = ''")


def nowhere(path: Path) -> None:
    """In a folder that is not there."""
    with closing(sqlite3.connect(path.parent / "nowhere" / "x.sqlite")) as connection:
        connection.execute("SELECT 1")


def for_reading(path: Path) -> None:
    """Opened for reading, and written to."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.execute("UPDATE runs SET verb = ''")


def full(path: Path) -> None:
    """Not allowed to grow."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        connection.execute("UPDATE runs SET verb = ?", ("x" * 1_000_000,))


def too_large(path: Path) -> None:
    """Given a value over SQLite's own limit."""
    with closing(sqlite3.connect(path)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
        connection.execute("UPDATE runs SET verb = ?", ("x" * 2000,))


NO_DAMAGE = [
    (held, GradebookError, "another program"), (nowhere, GradebookError, "folder is not there"),
    (for_reading, PermissionError, "readonly"), (full, OSError, "full"), (too_large, TooLargeError, "of this size"),
]  # fmt: skip


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("trouble", "kind", "words"), NO_DAMAGE, ids=lambda value: getattr(value, "__name__", ""))
def test_a_sound_gradebook_is_never_called_damaged(
    path: Path, trouble: Callable[[Path], None], kind: type[Exception], words: str
) -> None:
    """Held, closed, out of reach, full, or given too much: each is told as what it is, with the file's name, and
    nobody is told to move the gradebook away."""
    with pytest.raises(kind, match=words) as told, faults_told(path):
        trouble(path)
    assert str(path) in str(told.value)
    assert "move it away" not in getattr(told.value, "hint", "")


def test_a_mistake_of_our_own_is_not_called_damage(path: Path) -> None:
    """Only what is raised while a row is read is the row's."""
    for mistake in (KeyError("x"), TypeError("x"), ValueError("x")):
        with pytest.raises(type(mistake)), faults_told(path):
            raise mistake


def test_opening_a_gradebook_changes_nothing(path: Path) -> None:
    """Who only reads needs no turn at writing, and leaves every byte as it was."""
    data = full_file(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        read_all(path)
    assert path.read_bytes() == data
