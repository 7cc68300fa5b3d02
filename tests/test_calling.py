"""What people and files are called: one person is one however their name is typed, and two are never one.

takes: classes, rosters, sheets and hand-ins made here.
gives: one promise a test, said in its docstring.
must not know: the sandbox, HTML, points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from lms.exports import JANE
from test_export_sheets import filled, record
from test_modules import notebook

from grader.errors import OverridesError, SubmissionError
from grader.export import Roster, read_overrides
from grader.extract import choose
from grader.intake import Arrival, Submission, Wishes, hand_ins_in, one_submission, with_lateness, with_roster
from grader.intake.calling import Called, folded


def apart(text: str) -> str:
    """As macOS writes it: letters and their marks apart."""
    return unicodedata.normalize("NFD", text)


# who is there, who is asked for, who is found
CALLS: list[tuple[Sequence[str], str, str | None]] = [
    (["bob"], "bob", "bob"),
    (["Bob"], "bOB", "Bob"),
    ([apart("José")], "José", apart("José")),
    (["José"], apart("JOSÉ"), "José"),
    (["Jose"], "José", None),
    (["bob", "Bob"], "Bob", "Bob"),
    (["bob", "Bob"], "BOB", None),
    (["ﬁn"], "fin", "ﬁn"),
    (["x²"], "x2", None),
    (["bob"], "", None),
    ([""], "", ""),
    ([], "bob", None),
]


@pytest.mark.parametrize(("names", "asked", "found"), CALLS)
def test_a_call_finds_one_or_nobody(names: Sequence[str], asked: str, found: str | None) -> None:
    """Exactly so first, then in any case and with accents written either way; of two that are meant none is."""
    assert Called((name, name) for name in names).find(asked) == found


def test_who_is_called_twice_the_same_is_one() -> None:
    """An account that is the id in another case takes nobody away from themselves."""
    who = object()
    assert Called([("Bob", who), ("bob", who)]).find("BOB") is who


@pytest.mark.parametrize("text", ["José", "Zoë", "Ünal", "Straße", "ΣΊΣΥΦΟΣ", "İpek", "ǰ", "한글"])
def test_the_folded_form_is_one_for_all_ways_to_write_it(text: str) -> None:
    """Of both forms of accents, of both cases, and of itself."""
    forms = {folded(form) for form in (text, apart(text), folded(text), apart(folded(text)))}
    assert len(forms) == 1


def class_of(at: Path, *students: str) -> list[Submission]:
    for student in students:
        (at / "class" / student).mkdir(parents=True)
        (at / "class" / student / "layer.py").write_text("x = 1\n")
    return hand_ins_in(at / "class").submissions


def sheet(at: Path, text: str) -> Path:
    (at / "people.csv").write_text(text, encoding="utf-8")
    return at / "people.csv"


def test_a_roster_finds_its_people_however_their_folders_are_written(tmp_path: Path) -> None:
    """One row each, under the name of the folder; nobody is said to have handed in nothing, or to be unknown."""
    found = class_of(tmp_path, apart("José"), "Bob", "zoë")
    done = with_roster(found, sheet(tmp_path, "id,name\nJosé,José Gil\nbob,Bob Roe\nZoë,Zoë Poe\nkim,Kim Lee\n"))
    assert {one.student_id: (one.name, one.arrival.absent, one.arrival.notes) for one in done} == {
        apart("José"): ("José Gil", False, ()), "Bob": ("Bob Roe", False, ()), "zoë": ("Zoë Poe", False, ()),
        "kim": ("Kim Lee", True, ()),
    }  # fmt: skip
    late = with_lateness(found, sheet(tmp_path, "id,late_hours\nJOSÉ,1\nbob,2\n"))
    assert {one.student_id: one.arrival.late_by for one in late} == {apart("José"): 3600, "Bob": 7200, "zoë": None}


# the folders, the roster's ids, and whom of the roster each folder is taken for
ROSTERS = [
    (["bob", "Bob"], ["bob", "Bob", "kim"], {"bob": "bob", "Bob": "Bob"}),
    (["Bob", "BOB"], ["bob", "kim"], {}),
    (["Bob"], ["bob", "BOB"], {}),
    (["bob", "BOB"], ["bob", "kim"], {"bob": "bob"}),
    (["Bob", "BOB"], ["bob", "BOB"], {"BOB": "BOB", "Bob": "bob"}),
]


@pytest.mark.parametrize(("folders", "ids", "taken_for"), ROSTERS)
def test_two_who_differ_by_case_alone_are_two(
    tmp_path: Path, folders: list[str], ids: list[str], taken_for: dict[str, str]
) -> None:
    """Where it is not clear who is meant, nobody is: such a hand-in is told, and never given to somebody else."""
    found = class_of(tmp_path, "ada", *folders)
    rows = "".join(f"{student},name of {student}\n" for student in ["ada", *ids])
    done = with_roster(found, sheet(tmp_path, f"id,name\n{rows}"))
    named = {s.student_id: s.name for s in done if not s.arrival.absent and s.student_id != "ada"}
    assert named == {f: f"name of {taken_for[f]}" if f in taken_for else f for f in folders}


def test_one_name_in_two_forms_is_one_student(tmp_path: Path) -> None:
    """Unpacked twice, on two systems: one row, and both files are there to choose from; as nobody can see why, it is
    said by the signs."""
    [one] = class_of(tmp_path, "José", apart("José"))
    assert len(one.candidates) == 2
    [note] = one.arrival.notes
    assert note == r"'Jose\u0301' and 'Jos\xe9' are called the same, so they were taken as one hand-in."


def test_a_pattern_s_names_clash_only_where_they_differ(tmp_path: Path) -> None:
    """Two people under one id are refused; one in two forms of a letter is no two."""
    pattern = Wishes(pattern=r"(?P<student_id>\d+)_(?P<first_name>[^_]+)_(?P<file_id>.+)")
    for other, is_one in ((apart("José"), True), ("JOSÉ", True), ("Jose", False)):
        at = tmp_path / ascii(other)
        at.mkdir()
        (at / "7_José_a.py").touch()
        (at / f"7_{other}_b.py").touch()
        if is_one:
            assert len(hand_ins_in(at, pattern).submissions) == 1
        else:
            with pytest.raises(SubmissionError, match="two hand-ins have the id '7'"):
                hand_ins_in(at, pattern)


def test_a_sheet_finds_its_rows_however_they_are_typed(tmp_path: Path) -> None:
    """Exactly first: two who differ by case both get their points; what fits two gets none."""
    people = [record(JANE, points, "flat", student_id=name, name=name, arrival=Arrival("flat"))
              for name, points in ((apart("José"), 1), ("case", 2), ("Case", 3), ("Bob", 4))]  # fmt: skip
    done, text = filled(tmp_path, "csv", "id,E\nJOSÉ,\ncase,\nCase,\nCASE,\nbob,\n", people, column="E")
    assert text == "id,E\nJOSÉ,1\ncase,2\nCase,3\nCASE,\nbob,4\n"
    assert (done.no_row, done.nobody) == ([], ["line 5: CASE"])


def test_changed_points_find_their_student(tmp_path: Path) -> None:
    """In another case and form of accents too, and defused; where two could be meant the line is refused."""
    roster = Roster([apart("José"), "Bob", "=sum", "a;=b", "kim", "Kim"], {"f": Fraction(3)})
    rows = "".join(f"{student},F,1,Why.,Kim\n" for student in ("José", "bob", "'=sum", "a;'=b", "kim"))
    found = read_overrides(sheet(tmp_path, f"student_id,criterion,points,reason,by\n{rows}"), roster, "now")
    assert [(o.student_id, o.criterion) for o in found] == [
        (s, "f") for s in (apart("José"), "Bob", "=sum", "a;=b", "kim")
    ]
    with pytest.raises(OverridesError, match="no student in this class called 'KIM'"):
        read_overrides(sheet(tmp_path, "student_id,criterion,points,reason\nKIM,f,1,Why.\n"), roster, "now")


@pytest.mark.parametrize("in_form", [str, apart], ids=["one sign", "two signs"])
@pytest.mark.parametrize("place", ["übung.py", "lib/größe.py", "übung/größe.py"])
def test_a_module_is_found_however_its_file_is_written(
    tmp_path: Path, place: str, in_form: Callable[[str], str]
) -> None:
    """`from übung import f`: the file may have come from macOS, in a hand-in and on the student's own disk alike."""
    file = tmp_path / in_form(place)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("def f(x):\n    return x\n")
    name = place.removesuffix(".py").replace("/", ".")
    (tmp_path / "main.ipynb").write_text(notebook(f"from {name} import f", "def g(x):\n    return x"))
    for submission in (one_submission(tmp_path), one_submission(tmp_path / "main.ipynb", own_work=True)):
        chosen = choose(submission, ("f", "g"))
        assert any(unicodedata.normalize("NFC", cell.file).endswith(place) for cell in chosen.extract.cells)
