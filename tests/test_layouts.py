"""Which layout a class comes in: told by its names, said in one line, and never guessed from too little.

takes: made-up exports, whole and odd.
gives: one promise a test, said in its docstring.
must not know: notebooks, graded names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lms import exports as lms
from lms.exports import ADA, JANE, NOTEBOOK, OTHER_JANE, PEOPLE, ZOE

from grader.errors import SubmissionError
from grader.intake import LAYOUTS, HandIns, Submission, Wishes, hand_ins_in, read_candidate
from grader.intake.layouts import _MOODLE, CANVAS_NAME, MOST_STUDENTS
from grader.intake.times import read_span, read_time
from grader.intake.trees import read_yaml

Files = list[tuple[str, bytes]]
NUMBERS = {str(person.number) for person in PEOPLE}
SIS = {person.sis for person in PEOPLE}
# Of two who are called the same, each has the number too.
CALLED = {one.name if one.first != "Jane" else f"{one.name} {one.number}-77" for one in PEOPLE}

EXPORTS: dict[str, tuple[Files, str, set[str]]] = {
    "Canvas": (lms.canvas_files(), "a Canvas submissions zip: 5 of 5", NUMBERS),
    "Canvas, anonymous": (lms.canvas_files(anonymous=True), "a Canvas", {f"anon_{sis}" for sis in SIS}),
    "Moodle": (lms.moodle_files(), "a Moodle submissions zip (folder mode): 5 of 5", NUMBERS),
    "Moodle before 4.1": (lms.moodle_files(mode="old folder"), "(folder mode)", NUMBERS),
    "Moodle, flat": (lms.moodle_files(mode="flat"), "(flat mode)", NUMBERS),
    "Moodle, blind": (lms.moodle_files(blind=True), "(folder mode, blind marking)", NUMBERS),
    "Gradescope": (lms.gradescope_files([[person] for person in PEOPLE]), "a Gradescope export", SIS),
    "nbgrader": (lms.nbgrader_files(), "nbgrader's submitted/ tree: 5 of 5", SIS),
    "Blackboard": (lms.blackboard_files(), "a Blackboard download: 10 of 10", SIS),
    "Brightspace": (lms.brightspace_files(), "a Brightspace download: 5 of 5", CALLED),
    "Brightspace, flat": (lms.brightspace_files(flat=True), "a Brightspace download: 5 of 5", CALLED),
    "otter": (lms.otter_files(), "a flat folder, as otter has it: 5 files", SIS),
    "folders": ([(f"{p.sis}/a.ipynb", NOTEBOOK) for p in PEOPLE], "a folder for each student: 5 folders", SIS),
}


def read(at: Path, files: Files, form: str = "zip", **wishes: str) -> HandIns:
    return hand_ins_in(lms.as_form(at, "class_submissions", files, form), Wishes(**wishes))


def by_id(found: HandIns) -> dict[str, Submission]:
    return {submission.student_id: submission for submission in found.submissions}


FORMS = [(kind, form) for kind in EXPORTS for form in ("zip", "folder", "in one more folder")]
# Without a form of its own, one more folder is one student's.
FORMS = [(kind, form) for kind, form in FORMS if kind not in ("otter", "folders") or form != "in one more folder"]


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_an_export_is_recognised_zipped_or_not(tmp_path: Path, kind: str, form: str) -> None:
    """Every export gives its students under the platform's ids, and one line says what it was read as and why."""
    files, said, ids = EXPORTS[kind]
    found = read(tmp_path, files, form)
    assert said in found.read_as
    assert set(by_id(found)) == ids
    assert all(read_candidate(s.candidates[0]) == NOTEBOOK for s in found.submissions)
    assert not any(s.problem for s in found.submissions)


@pytest.mark.parametrize("kind", [kind for kind in EXPORTS if kind not in ("otter", "folders")])
def test_a_download_that_lies_in_a_folder_is_the_class(tmp_path: Path, kind: str) -> None:
    """Somebody made a folder for the week, put the zip into it as it was, and named the folder."""
    files, said, ids = EXPORTS[kind]
    download = lms.as_form(tmp_path, "class_submissions", files, "zip")
    (tmp_path / "week5").mkdir()
    download.rename(tmp_path / "week5" / download.name)
    found = hand_ins_in(tmp_path / "week5")
    assert said in found.read_as
    assert set(by_id(found)) == ids


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_downloads_of_several_groups_are_told_as_that(tmp_path: Path, form: str) -> None:
    """They are not guessed to be one class; but that they are hardly two students is said, and what reads them."""
    (tmp_path / "week5").mkdir()
    for group, files in (("a", lms.canvas_files()), ("b", lms.moodle_files())):
        download = lms.as_form(tmp_path, "class_submissions", files, form)
        download.rename(tmp_path / "week5" / f"{group}{download.suffix}")
    found = hand_ins_in(tmp_path / "week5")
    assert set(by_id(found)) == {"a", "b"}
    assert "by itself is a Canvas submissions zip, and the others are such downloads, too" in found.read_as
    assert "--layout groups" in found.read_as


@pytest.mark.parametrize("what", ["a project", "a broken zip", "a link"])
def test_a_zip_alone_in_a_folder_is_a_students_else(tmp_path: Path, what: str) -> None:
    """What is no platform's download is one hand-in, whatever is the matter with it."""
    project = lms.as_form(tmp_path, "jane", [("work/a.ipynb", NOTEBOOK), ("work/b.py", b"")], "zip")
    (tmp_path / "week5").mkdir()
    alone = tmp_path / "week5" / "jane.zip"
    if what == "a link":
        alone.symlink_to(lms.as_form(tmp_path, "class_submissions", lms.canvas_files(), "zip"))
    else:
        alone.write_bytes(project.read_bytes() if what == "a project" else b"PK no more")
    [(student, found)] = by_id(hand_ins_in(tmp_path / "week5")).items()
    assert (student, bool(found.problem)) == ("jane", what != "a project")


def test_a_github_checkout_is_recognised_by_its_repositories(tmp_path: Path) -> None:
    """Accounts are what follows the assignment in the folders' names, though they may hold dashes themselves."""
    found = hand_ins_in(lms.github_checkout(tmp_path))
    assert "a GitHub Classroom checkout: 5 of 5 folders are git repositories" in found.read_as
    assert set(by_id(found)) == {person.account for person in PEOPLE}
    elsewhere = lms.github_checkout(tmp_path / "b").rename(tmp_path / "clones")
    assert "what follows 'exercise-5-'" in hand_ins_in(elsewhere).read_as


@pytest.mark.parametrize("names", [("Jane Doe", "Jane Doe"), ("Participant", "Participant")])
def test_two_students_of_one_name_stay_two(tmp_path: Path, names: tuple[str, str]) -> None:
    """Who is who is the platform's number, and never the name."""
    files = [(f"{name}_{n}_assignsubmission_file/a.ipynb", b"%d" % n) for n, name in enumerate(names, start=7)]
    found = by_id(read(tmp_path, files))
    assert [read_candidate(found[key].candidates[0]) for key in ("7", "8")] == [b"7", b"8"]


CLASHES: dict[str, Files] = {
    "Canvas": [*lms.canvas_files(), ("smithbob_10234_990001_b.ipynb", NOTEBOOK)],
    "Moodle": [*lms.moodle_files(), ("Bob Smith_10234_assignsubmission_file/b.ipynb", NOTEBOOK)],
    "an unknown name that is an id": [*lms.canvas_files(), ("10234.ipynb", NOTEBOOK)],
}


@pytest.mark.parametrize("files", CLASHES.values(), ids=CLASHES)
def test_ids_that_clash_are_an_error_that_names_both(tmp_path: Path, files: Files) -> None:
    """Two people under one number are never graded as one: both files are named, and what to do."""
    with pytest.raises(SubmissionError) as refused:
        read(tmp_path, files)
    named = [name.split("/")[0] for name, _ in files if "10234" in name]
    assert len(named) == 2
    assert all(name in str(refused.value) for name in named)
    assert refused.value.hint


FORGED = {
    "Blackboard": ("Ex 5_{}_attempt_2026-11-20-09-26-00_{}", "Ex 4_zoe_attempt_2026-11-21-09-26-00_a.ipynb", "ada bob"),
    "Moodle": ("Ada Lee_{}_assignsubmission_file_{}", "Zoë Lee_12_assignsubmission_file_a.ipynb", "10 11"),
    "Canvas": ("lee_{}_99{0}_{}", "zoe_12_13_a.ipynb", "10 11"),
    "Brightspace": ("{}-77 - {0} - Nov 20, 2026 926 AM - {}", "12-77 - zoe - Nov 21, 2026 926 AM - a.ipynb", "10 11"),
}


@pytest.mark.parametrize(("form", "file", "users"), FORGED.values(), ids=FORGED)
def test_a_file_called_as_another_student_s_is_of_who_handed_it_in(
    tmp_path: Path, form: str, file: str, users: str
) -> None:
    """Files downloaded from a platform and handed in again have such names. Nobody gains or loses anything by one."""
    one, other = users.split()
    form = form.replace("{}", "{0}", 1).replace("{}", "{1}")
    files = [(form.format(one, file), NOTEBOOK), (form.format(other, "b.ipynb"), NOTEBOOK)]
    found = by_id(read(tmp_path, [*files, (form.format("20", "c.ipynb"), NOTEBOOK)], "folder"))
    assert set(found) == {one, other, "20"}


def test_a_name_in_two_lines_is_as_any_other(tmp_path: Path) -> None:
    """Whose it is stands before it."""
    files = [*lms.canvas_files(), ("doejane_77_990001_a\nb.ipynb", NOTEBOOK)]
    assert "77" in by_id(read(tmp_path, files, "folder"))


def test_a_file_that_was_downloaded_twice_leaves_the_class_what_it_is(tmp_path: Path) -> None:
    """A browser's `(1)` has the number of the file that it is a copy of: the class is Canvas's, and nobody is two."""
    files = lms.canvas_files()
    first, content = files[0]
    again = [(f"{Path(first).stem}{mark}{Path(first).suffix}", content) for mark in (" (1)", "(2)")]
    found = read(tmp_path, [*files, *again])
    assert found.read_as.startswith(f"read as a Canvas submissions zip: {len(files) + 2} of {len(files) + 2}")
    assert set(by_id(found)) == NUMBERS
    assert sorted(len(s.candidates) for s in found.submissions)[-1] == 3


def test_two_parts_of_one_hand_in_at_canvas_are_no_attempts(tmp_path: Path) -> None:
    """Canvas puts `-1` behind what was handed in as `a` before: without an `a` these names are the student's."""
    files = [("doejane_7_100_part-1.ipynb", b"1"), ("doejane_7_101_part-2.ipynb", b"2"),
             ("smithbob_8_102_ex-05.ipynb", b"5"), ("smithbob_8_103_ex.ipynb", b"-"),
             ("roeann_9_104_part.ipynb", b"9")]  # fmt: skip
    found = by_id(read(tmp_path, files))
    for who, parts in (("7", {b"1", b"2"}), ("8", {b"5", b"-"}), ("9", {b"9"})):
        assert {read_candidate(candidate) for candidate in found[who].candidates} == parts
        assert found[who].arrival.notes == ()


def test_a_folder_and_a_file_of_one_name_are_told(tmp_path: Path) -> None:
    """They are one hand-in, and the page, the class page and the terminal say so."""
    files = [("Anna/a.ipynb", NOTEBOOK), ("Anna.ipynb", b"{}"), ("eve/a.ipynb", NOTEBOOK), ("eve/b.py", b"")]
    found = by_id(read(tmp_path, files))
    assert len(found["Anna"].candidates) == 2
    assert found["Anna"].arrival.notes == (
        "Anna and Anna.ipynb are called the same, so they were taken as one hand-in.",
    )
    assert found["eve"].arrival.notes == ()


def test_of_what_was_handed_in_again_the_newest_counts(tmp_path: Path) -> None:
    """Canvas numbers files as they come: the highest counts, the others are listed, other files are kept."""
    files = [("doejane_7_100_a.ipynb", b"old"), ("doejane_7_300_a-2.ipynb", b"newest"),
             ("doejane_7_200_a-1.ipynb", b"newer"),
             ("doejane_7_301_layer.py", b"another"), ("smithbob_8_9_a.ipynb", b"bob")]  # fmt: skip
    jane = by_id(read(tmp_path, files))["7"]
    assert {read_candidate(candidate) for candidate in jane.candidates} == {b"newest", b"another"}
    [note] = jane.arrival.notes
    assert "doejane_7_100_a.ipynb" in note
    assert "doejane_7_200_a-1.ipynb" in note
    assert note.index("a-2.ipynb") < note.index("and not")


def test_what_came_beside_the_notebook_is_told(tmp_path: Path) -> None:
    """An essay, a text or a link handed in too is not graded, and the student's page says so; a notebook saved as
    `.json` beside an essay counts as the notebook."""
    files = [("doejane_7_100_a.ipynb", b"{}"), ("doejane_7_101_essay.pdf", b"-"), ("doejane_7_link.html", b"<a>"),
             ("smithbob_8_9_a.json", b"{}"), ("smithbob_8_10_essay.pdf", b"-"), ("roeann_9_11_a.ipynb", b"{}"),
             ("roeann_9_12_b.py", b"")]  # fmt: skip
    found = by_id(read(tmp_path, files))
    told = {who: found[who].arrival.notes for who in "789"}
    assert told["7"] == ("Handed in too, and not graded: doejane_7_101_essay.pdf, a link.",)
    assert told["8"] == ("Handed in too, and not graded: smithbob_8_10_essay.pdf.",)
    assert told["9"] == ()


def test_of_blackboard_s_attempts_the_last_one_counts_with_all_its_files(tmp_path: Path) -> None:
    """A helper that was left out the second time is no part of it; the text of an attempt is nobody's work."""
    first = replace(ADA, files={"ex.ipynb": NOTEBOOK, "helper.py": b"-"})
    last = replace(ADA, files={"ex2.ipynb": NOTEBOOK, "more.py": b"-"})
    alone = [(f"Exercise 5_{ZOE.sis}_attempt_2026-11-20-10-00-00.txt", b"Sorry, here is a link.")]
    files = [*lms.blackboard_files([first]), *lms.blackboard_files([last], time="2026-11-21-23-59-00"), *alone]
    found = by_id(read(tmp_path, files))
    ada, zoe = found[ADA.sis], found[ZOE.sis]
    assert [c.shown.split("_")[-1] for c in ada.candidates] == ["ex2.ipynb", "more.py"]
    assert ada.arrival.handed_in.startswith("2026-11-21T23:59:00")
    [note] = ada.arrival.notes
    assert "more than once" in note
    assert "helper.py" in note
    assert "a text typed into Blackboard" in zoe.problem


USERNAMES = {
    "none has a stroke": ("Ex_5", ["ada", "zoe"], {"ada", "zoe"}),
    "strokes in the exercise and in names": ("Ex_5", ["a_lee", "b_lee"], {"a_lee", "b_lee"}),
    "one student": ("Ex_5", ["ada"], {"ada"}),
}


@pytest.mark.parametrize(("task", "users", "ids"), USERNAMES.values(), ids=USERNAMES.keys())
def test_who_handed_in_at_blackboard(tmp_path: Path, task: str, users: list[str], ids: set[str]) -> None:
    """Neither the exercise's name nor a username is without `_` for sure: all names together tell them apart."""
    found = by_id(read(tmp_path, lms.blackboard_files([replace(ADA, sis=user) for user in users], task)))
    assert {one: submission.arrival.ids for one, submission in found.items()} == {
        one: {"blackboard": one} for one in ids
    }


TIMES = {
    "Nov 20, 2026 926 AM": "2026-11-20T09:26:00", "Nov 20, 2026 112 PM": "2026-11-20T13:12:00",
    "20 November, 2026 1126 PM": "2026-11-20T23:26:00", "November 2, 2026 1200 AM": "2026-11-02T00:00:00",
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), TIMES.items())
def test_brightspace_s_newest_counts(tmp_path: Path, text: str, told: str) -> None:
    """A folder for each time that somebody hands in; the clock has no colon in it."""
    early = replace(ADA, files={"early.ipynb": NOTEBOOK})
    files = [*lms.brightspace_files([early], "Nov 1, 2026 130 AM"), *lms.brightspace_files([ADA], text)[1:]]
    [one] = read(tmp_path, files).submissions
    assert (one.student_id, [c.shown.split("/")[-1] for c in one.candidates]) == (ADA.name, ["exercise_05.ipynb"])
    assert one.arrival.handed_in.startswith(told)
    assert "more than once" in " ".join(one.arrival.notes)


OF_GROUPS: list[tuple[list[str], bool]] = [
    (["A/ann/ex.ipynb", "A/bob/ex.ipynb", "B/cem/ex.ipynb", "B/dan/ex.ipynb"], True),
    (["A/ann/ex.ipynb", "A/bob/ex.ipynb", "B/cem/ex.ipynb", "B/dan/ex.ipynb", "B/dan/b.py", "zoe.ipynb"], True),
    (["A/ann/ex.ipynb", "A/bob/ex.ipynb", "B/cem/ex.ipynb"], False),
    (["ann/ex/ex.ipynb", "ann/old/old.ipynb", "bob/ex/ex.ipynb", "bob/old/old.ipynb"], False),
    (["ann/src/__init__.py", "ann/tests/__init__.py", "bob/src/__init__.py", "bob/tests/__init__.py"], False),
    (["ann/ex.ipynb", "ann/old/ex.ipynb", "bob/ex.ipynb", "bob/old/ex.ipynb"], False),
    (["ann/v1/ex.ipynb", "ann/v2/ex.ipynb"], False),
]


@pytest.mark.parametrize(("names", "told"), OF_GROUPS)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_folders_of_groups_are_told_and_not_taken_for_students_in_silence(
    tmp_path: Path, names: list[str], told: bool, form: str
) -> None:
    """Where every folder has folders with the same notebook, these may be the students, and that is said."""
    read_as = read(tmp_path, [(name, NOTEBOOK) for name in names], form).read_as
    assert "a folder for each student" in read_as
    assert ("if these are the students" in read_as) == told
    assert ("'A'" in read_as) == told


GROUPED: dict[str, tuple[Files, str, set[str]]] = {
    "folders in folders": (
        [(f"{way}/ex.ipynb", NOTEBOOK) for way in ("A/ann", "A/bob", "B/cem", "B/dan/project", "B/eve")],
        "2 groups (A 2, B 3), and in each a folder for each student", {"ann", "bob", "cem", "dan", "eve"},
    ),
    "files in folders, and one beside": (
        [(f"{way}.ipynb", NOTEBOOK) for way in ("A/ann", "A/bob", "B/cem", "zoe")],
        "2 groups (A 2, B 1), and in each a flat folder", {"ann", "bob", "cem", "zoe"},
    ),
    "an LMS's in folders": (
        [(f"Tutorial {p.number % 2}/{name}", data) for p in PEOPLE for name, data in lms.moodle_files([p])],
        "and in each a Moodle submissions zip (folder mode)", NUMBERS,
    ),
    "many groups": (
        [(f"{n}/s{n}/ex.ipynb", NOTEBOOK) for n in range(7)],
        "7 groups (0 1, 1 1, 2 1, 3 1, 4 1, …), and", {f"s{n}" for n in range(7)},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "told", "students"), GROUPED.values(), ids=GROUPED.keys())
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_groups_of_a_class_are_one_class(
    tmp_path: Path, files: Files, told: str, students: set[str], form: str
) -> None:
    """Everybody has the id that they have without groups; each has the files of one student, and no others."""
    found = read(tmp_path, files, form, layout="groups")
    assert found.read_as.startswith("read as groups: ")
    assert told in found.read_as
    assert set(by_id(found)) == students
    assert sum(len(one.candidates) for one in found.submissions) == len(files)


def test_a_zip_of_each_group_is_a_folder_of_it(tmp_path: Path) -> None:
    """As Moodle gives them, one for each group that is chosen there; a group in which nothing is stays a row."""
    folder = tmp_path / "class"
    (folder / "Tutorial 3").mkdir(parents=True)
    for number, people in enumerate((PEOPLE[:2], PEOPLE[2:])):
        lms.as_form(folder, f"Tutorial {number}", lms.moodle_files(people), "zip")
    found = by_id(hand_ins_in(folder, Wishes(layout="groups")))
    assert set(found) == {*NUMBERS, "Tutorial 3"}
    assert all(found[number].arrival.ids == {"moodle": number} for number in NUMBERS)
    assert "nothing" in found["Tutorial 3"].problem


NO_GROUPS: dict[str, tuple[Files, str]] = {
    "no folders": ([("ann.ipynb", NOTEBOOK), ("bob.ipynb", NOTEBOOK)], "'ann.ipynb' holds no hand-ins"),
    "one name twice": (
        [("A/ann/a.ipynb", NOTEBOOK), ("C/ann/a.ipynb", NOTEBOOK)], "'ann' is in 'A' and in 'C'",
    ),
    "two layouts": (
        [("A/ann/a.ipynb", NOTEBOOK), *((f"B/{name}", data) for name, data in lms.moodle_files())],
        "'A' is a folder for each student, and 'B' is a Moodle",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "said"), NO_GROUPS.values(), ids=NO_GROUPS.keys())
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_what_cannot_be_one_class_is_refused(tmp_path: Path, files: Files, said: str, form: str) -> None:
    """Two people of one name would be graded as one, and ids of two kinds go to no one sheet."""
    with pytest.raises(SubmissionError) as refused:
        read(tmp_path, files, form, layout="groups")
    assert said in str(refused.value)
    assert refused.value.hint


def test_who_is_in_two_groups_of_an_lms_is_one_student(tmp_path: Path) -> None:
    """Its ids are of one person wherever they stand, and the newest of what they handed in counts."""
    both = [(f"{group}/{name}", data) for group in "AB" for name, data in lms.moodle_files([ADA])]
    [one] = read(tmp_path, both, layout="groups").submissions
    assert (one.student_id, "more than once" in " ".join(one.arrival.notes)) == (str(ADA.number), True)


def test_what_is_encrypted_beside_a_notebook_is_told_once(tmp_path: Path) -> None:
    """In a platform's zip as anywhere: the file and the reason, and no second note on the same file."""
    path = lms.as_form(
        tmp_path, "class_submissions", [("doejane_7_100_a.ipynb", b"{}"), ("doejane_7_101_b.py", b"")], "zip"
    )
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    [jane] = hand_ins_in(path).submissions
    assert jane.arrival.notes == ("Not read: doejane_7_101_b.py is encrypted.",)


def test_of_submissions_with_times_the_newest_counts(tmp_path: Path) -> None:
    """Gradescope says when each came; a group's hand-in is everybody's, and a member's own later one counts."""
    files = lms.gradescope_files([[ADA, ZOE], [JANE]], [([ZOE], "2026-11-21 09:00:00.000000000 +0100")])
    found = by_id(read(tmp_path, files))
    assert found[ZOE.sis].arrival.entry == "submission_777002"
    assert found[ADA.sis].arrival.entry == "submission_777000"
    assert found[ADA.sis].arrival.notes == (f"Handed in together with {ZOE.name}.",)
    assert found[ADA.sis].arrival.handed_in == "2026-11-20T21:58:23+00:00"


def test_everything_gets_a_row(tmp_path: Path) -> None:
    """Wrong types, texts, links, empty folders and unknown names: a row each, with a sentence and a next step."""
    files = [*lms.canvas_files(), ("roejohn_11_21_notes.docx", b"-"), ("roejim_LATE_12_text.html", b"<p>"),
             ("roejoe_13_link.html", b"<a>"), ("what is this.ipynb", NOTEBOOK)]  # fmt: skip
    found = by_id(read(tmp_path, files))
    assert "roejohn_11_21_notes.docx" in found["11"].problem
    assert "a text typed into Canvas" in found["12"].problem
    assert "a link was handed in" in found["13"].problem
    assert all(found[key].next_step for key in ("11", "12", "13"))
    assert all(found[key].arrival.ids == {"canvas": key} for key in ("11", "12", "13"))
    assert [found[key].arrival.marked_late for key in ("11", "12", "13")] == [False, True, False]
    assert found["what is this"].candidates
    assert "does not have the form" in found["what is this"].arrival.notes[0]
    assert found["what is this"].arrival.layout == ""


# ---- what is not recognised --------------------------------------------------------------------------------------

PLAIN: dict[str, Files] = {
    "a course's own numbering": [(f"hw_2024_01_{who}.ipynb", NOTEBOOK) for who in ("ada", "bob", "eve", "zoe")],
    "the same number behind every name": [(f"hw_2024_1_{who}.ipynb", NOTEBOOK) for who in ("ada", "bob", "eve", "zoe")],
    "two files that look like Canvas's": [("ada_5_2_x.ipynb", NOTEBOOK), ("bob_6_3_x.ipynb", NOTEBOOK)],
    "half of the names": [*[(f"s{n}_{n}1_{n}2_a.ipynb", NOTEBOOK) for n in range(1, 5)],
                          *[(f"student {n}.ipynb", NOTEBOOK) for n in range(4)]],
    "names of an export in one folder of two": [
        *[(f"ada/roe{n}_{n}1_{n}2_a.ipynb", NOTEBOOK) for n in range(1, 7)], ("bob/a.ipynb", NOTEBOOK)],
    "projects with the same folder": [(f"{who}/week5/a.ipynb", NOTEBOOK) for who in ("ada", "bob", "eve")],
}  # fmt: skip


@pytest.mark.parametrize("form", ["zip", "folder"])
@pytest.mark.parametrize("files", PLAIN.values(), ids=PLAIN)
def test_what_only_looks_like_a_layout_is_plain(tmp_path: Path, files: Files, form: str) -> None:
    """Names that others have by chance make no Canvas zip: every file keeps its own student."""
    path = lms.as_form(tmp_path, "hand-ins", files, form)
    found = hand_ins_in(path)
    assert "a flat folder" in found.read_as or "a folder for each student" in found.read_as
    assert len(found.submissions) == len({name.split("/")[0] for name, _ in files})


def test_the_caller_may_say_which_layout_it_is(tmp_path: Path) -> None:
    """--layout overrules: what was too little to tell is enough where somebody knows."""
    files = [("doejane_5_2_x.ipynb", NOTEBOOK), ("notes.ipynb", NOTEBOOK)]
    path = lms.as_form(tmp_path, "two", files, "folder")
    assert set(by_id(hand_ins_in(path, Wishes("canvas")))) == {"5", "notes"}
    assert set(by_id(hand_ins_in(path))) == {"doejane_5_2_x", "notes"}
    zipped = lms.as_form(tmp_path, "class_submissions", lms.canvas_files(), "zip")
    assert set(by_id(hand_ins_in(zipped, Wishes("flat")))) == {name[:-6] for name, _ in lms.canvas_files()}


@pytest.mark.parametrize("layout", ["blackboard", "moodle", "gradescope", "nbgrader", "canvas"])
def test_a_layout_that_does_not_fit_is_told(tmp_path: Path, layout: str) -> None:
    """A wrong --layout is an error with a next step, and never a class of nobody."""
    with pytest.raises(SubmissionError, match=layout) as refused:
        read(tmp_path, lms.otter_files(), layout=layout)
    assert refused.value.hint


def test_several_assignments_in_a_tree_are_told_apart(tmp_path: Path) -> None:
    """nbgrader's tree holds all of a course: the assignment's own name decides, else the caller must."""
    files = [
        *lms.nbgrader_files(task="ps1"),
        *lms.nbgrader_files(task="ps2"),
        ("gradebook.db", b"-"),
        ("source/ps1/a.ipynb", b"-"),
    ]
    with pytest.raises(SubmissionError, match="several assignments: ps1, ps2") as refused:
        read(tmp_path, files)
    assert "--layout nbgrader:NAME" in refused.value.hint
    for wishes in ({"assignment": "ps2"}, {"layout": "nbgrader:ps2"}):
        found = read(tmp_path, files, **wishes)
        assert {s.candidates[0].shown.split("/")[-2] for s in found.submissions} == {"ps2"}


def test_who_has_no_folder_of_the_assignment_is_a_row(tmp_path: Path) -> None:
    """In nbgrader's tree somebody may have handed in other work only."""
    found = by_id(
        read(tmp_path, [*lms.nbgrader_files(), ("submitted/eve/ps9/a.ipynb", NOTEBOOK)], assignment="exercise_05")
    )
    assert "nothing to grade" in found["eve"].problem


# ---- --pattern ---------------------------------------------------------------------------------------------------

NBGRADERS_OWN = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"


def test_a_pattern_takes_nbgraders_groups(tmp_path: Path) -> None:
    """The example of nbgrader's docs: the newest attempt counts, also the tenth, and a name is put together."""
    files = [(f"ps1_ada_attempt_2026-11-{day}_problem1.ipynb", day.encode()) for day in ("9", "10", "2")]
    files += [("ps1_bob_attempt_2026-11-01_problem1.ipynb", b"bob"), ("unrelated.ipynb", b"-")]
    found = by_id(read(tmp_path, files, pattern=NBGRADERS_OWN))
    assert read_candidate(found["ada"].candidates[0]) == b"10"
    assert "2026-11-9" in found["ada"].arrival.notes[0]
    assert found["unrelated"].arrival.layout == ""
    pattern = r"(?P<first_name>\w+)-(?P<last_name>\w+)-(?P<student_id>\d+)-(?P<email>[^ ]+) (?P<file_id>.*)\.ipynb"
    ada = by_id(read(tmp_path / "b", [("Ada-Doe-7-a@b.edu x.ipynb", b"1")], "folder", pattern=pattern))["7"]
    assert (ada.name, ada.arrival.email) == ("Ada Doe", "a@b.edu")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [("(", "not a regular"), (r"(?P<student_id>.)", "no group file_id"), (NBGRADERS_OWN, "none of 5")],
)
def test_a_pattern_that_is_of_no_use_is_told(tmp_path: Path, pattern: str, said: str) -> None:
    """What is wrong with it, and what it needs."""
    with pytest.raises(SubmissionError, match=said) as refused:
        read(tmp_path, lms.otter_files(), pattern=pattern)
    assert refused.value.hint


def test_a_pattern_that_puts_two_people_into_one_is_refused(tmp_path: Path) -> None:
    """The same clash as everywhere, whoever read the names."""
    files = [("Ada-7-a.ipynb", b"1"), ("Bob-7-a.ipynb", b"2")]
    with pytest.raises(SubmissionError, match=r"Ada-7-a\.ipynb and Bob-7-a\.ipynb"):
        read(tmp_path, files, pattern=r"(?P<first_name>\w+)-(?P<student_id>\d+)-(?P<file_id>.*)")


# ---- laws --------------------------------------------------------------------------------------------------------

# What Ruby counts as parts of words, but for the sign that parts the name from the rest.
WORDS = st.text(st.characters(categories=("Ll", "Lo", "Mn", "Mc")), min_size=1, max_size=20)
FILES = st.text(
    st.characters(exclude_characters='\0/\\:*?"<>|\n', exclude_categories=("Cs", "Cc")), min_size=1, max_size=30
)


@given(WORDS, st.booleans(), st.integers(1, 10**9), st.integers(1, 10**9), FILES)
def test_every_name_that_canvas_makes_is_read_back(name: str, late: bool, user: int, number: int, file: str) -> None:
    """Whatever letters a name has and whatever a file is called, the numbers are the student's and the file's."""
    match = CANVAS_NAME.match(f"{name}_{'LATE_' if late else ''}{user}_{number}_{file}")
    assert match
    assert (match["name"], bool(match["late"]), match["id"], match["number"]) == (name, late, str(user), str(number))
    assert match["file"] == file


@given(WORDS, st.booleans(), st.integers(1, 10**9), st.sampled_from(["text", "link"]))
def test_every_name_of_a_typed_text_is_read_back(name: str, late: bool, user: int, typed: str) -> None:
    """What was typed into Canvas is no file, so there is no number of one."""
    match = CANVAS_NAME.match(f"{name}_{'LATE_' if late else ''}{user}_{typed}.html")
    assert match
    assert (match["name"], bool(match["late"]), match["id"], match["typed"]) == (name, late, str(user), typed)
    assert match["number"] is None


@pytest.mark.parametrize("name", ["ใจดีสมชาย", "शर्माराहुल", unicodedata.normalize("NFD", "müllerzoë")])
def test_marks_on_letters_are_parts_of_a_name(tmp_path: Path, name: str) -> None:
    """Also where a Mac has unpacked the zip, and parted them from their letters: the student is Canvas's number."""
    files = [*lms.canvas_files(), (f"{name}_77_990001_a.ipynb", NOTEBOOK), (f"{name}_LATE_78_text.html", b"<p>")]
    found = by_id(read(tmp_path, files, "folder"))
    assert (found["77"].name, found["77"].arrival.ids, found["78"].arrival.marked_late) == (
        name,
        {"canvas": "77"},
        True,
    )


def test_folders_without_end_in_a_hand_in_are_not_all_looked_into(tmp_path: Path) -> None:
    """Each look goes through all names of a zip: ten thousand folders in one hand-in would hold up the class."""
    inner = [f"d{n:04}" for n in range(MOST_STUDENTS + 2)]
    files = [(f"{who}/{folder}/{folder}.ipynb", NOTEBOOK) for who in ("ada", "bob") for folder in inner[:-2]]
    early = [(f"{who}/{folder}/same.ipynb", NOTEBOOK) for who in ("ada", "bob") for folder in inner[:2]]
    late = [(f"{who}/{folder}/same.ipynb", NOTEBOOK) for who in ("ada", "bob") for folder in inner[-2:]]
    for more, is_said in ((early, True), (late, False)):
        (tmp_path / str(is_said)).mkdir()
        read_as = read(tmp_path / str(is_said), [*files, *more], "zip").read_as
        assert ("--layout groups" in read_as) is is_said


@pytest.mark.parametrize("letter", ["З", "é", "ใ", "数"])
def test_a_long_name_in_any_script_is_read_at_once(tmp_path: Path, letter: str) -> None:
    """With two ways to read each letter, a name that is none of Canvas's took hours: 60 letters outlive the test."""
    name = letter * 60
    assert set(by_id(read(tmp_path, [(f"{name}.ipynb", NOTEBOOK), ("ada.ipynb", NOTEBOOK)], "folder"))) == {name, "ada"}


@given(st.text(min_size=1, max_size=30).filter(lambda t: "_" not in t), st.integers(1, 10**9), FILES)
def test_every_name_that_moodle_makes_is_read_back(name: str, number: int, file: str) -> None:
    """The same for Moodle, whose names hold no underscore."""
    match = _MOODLE.match(f"{name}_{number}_assignsubmission_file_{file}")
    assert match
    assert (match["name"], match["id"], match["file"]) == (name, str(number), file)


YAML = {
    "ids stay texts": (b"a:\n  :sid: 00123\n  :x: 1.5\n", {"a": {":sid": "00123", ":x": "1.5"}}),
    "lists and nothing": (b"---\na:\n- :n: x\n- ~\n", {"a": [{":n": "x"}, "~"]}),
    "empty": (b"", None),
}


@pytest.mark.parametrize(("data", "value"), YAML.values(), ids=YAML)
def test_metadata_is_read_without_guessing_types(data: bytes, value: object) -> None:
    """An id with zeros in front keeps them."""
    assert read_yaml(data, "m.yml") == value


def test_earlier_results_are_not_read(tmp_path: Path) -> None:
    """What autograders said before is most of an export, and may say anything: it is passed over, line by line."""
    evil = b"  :results:\n    tests:\n    - output: |\n        submission_777000:\n          :submitters: *x\n"
    evil += b"  :extra: 1\n"
    files = [(n, d.replace(b"  :status: Processed\n", evil) if n.endswith("yml") else d)
             for n, d in lms.gradescope_files([[ADA], [ZOE]])]  # fmt: skip
    assert set(by_id(read(tmp_path, files))) == {ADA.sis, ZOE.sis}


@pytest.mark.parametrize("data", [b"a: &x [1]\nb: *x", b"[" * 5000, b"a: [", b"\xff\xfe\xff", b"a: b: c: d"])
def test_hostile_metadata_is_refused(data: bytes) -> None:
    """References, depths and damage are an error with a next step."""
    with pytest.raises(SubmissionError) as refused:
        read_yaml(data, "m.yml")
    assert refused.value.hint


TIMES = {
    "2015-02-02 14:58:23.948203 America/Los_Angeles": "2015-02-02T14:58:23-08:00",
    "2026-11-20 21:58:23.365935000 Z": "2026-11-20T21:58:23+00:00",
    "2017-06-01T14:22:32.365935-07:00": "2017-06-01T14:22:32-07:00",
    "2026-11-20 22:30:00 UTC": "2026-11-20T22:30:00+00:00",
    "2026-11-20 22:30:00 +0530": "2026-11-20T22:30:00+05:30",
    "2016-01-30-20-30-10 UTC": "2016-01-30T20:30:10+00:00",
    "2016-01-30_20-30 Z": "2016-01-30T20:30:00+00:00",
    "2016-01-30-05:00": "2016-01-30T23:59:59-05:00",
}
NO_TIMES = [
    "",
    "yesterday",
    "2026-13-40 10:00 UTC",
    "2026-11-20 10:00 Mars/Base",
    "2026-11-20 25:00",
    "2026-11-20 10:00 ../x",
    "2026-11-20-25-00-00",
    "2026-11-20-10-00-00-00",
    "2026-11-20-1",
]


@pytest.mark.parametrize(("text", "time"), TIMES.items())
def test_times_are_read_with_their_zones(text: str, time: str) -> None:
    """As nbgrader, Gradescope and GitHub write them, and as they stand in names of files."""
    found = read_time(text)
    assert found is not None
    assert found.isoformat() == time


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_never_taken_for_one(text: str) -> None:
    """A time that cannot be read is unknown, and costs nobody anything."""
    assert read_time(text) is None


SPANS = [
    ("1:30:00", 5400),
    ("0:00:59", 59),
    ("2:05", 7500),
    ("26:00:00", 93600),
    ("1 day, 02:30:00", 95400),
    ("1,5", 5400),
    ("0", 0),
    ("", None),
    ("x", None),
    ("-1", None),
]


@pytest.mark.parametrize(("text", "seconds"), SPANS)
def test_spans_are_read_as_people_write_them(text: str, seconds: int | None) -> None:
    """H:M:S with days or without, or hours as a number."""
    assert read_span(text) == seconds


def test_of_names_with_a_time_the_newest_counts(tmp_path: Path) -> None:
    """Blackboard's names, by the pattern that nbgrader gives for them."""
    pattern = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
    times = ("2016-01-30-20-30-10", "2016-02-01-08-00-00", "2016-01-31-23-59-59")
    files = [(f"ps1_bitdiddle_attempt_{time}_problem1.ipynb", time.encode()) for time in times]
    [found] = read(tmp_path, files, pattern=pattern).submissions
    assert [read_candidate(candidate) for candidate in found.candidates] == [b"2016-02-01-08-00-00"]
    assert found.arrival.handed_in.startswith("2016-02-01T08:00:00")
    assert not [note for note in found.arrival.notes if "could not be read" in note]


def test_an_unreadable_time_is_said_and_costs_nothing(tmp_path: Path) -> None:
    """A time stamp of a form nobody knows is a note."""
    found = read(tmp_path, lms.nbgrader_files(stamp="some time on Friday")).submissions[0]
    assert found.arrival.handed_in == ""
    assert "could not be read: 'some time on Friday'" in found.arrival.notes[0]


@pytest.mark.parametrize("make", [lms.canvas_files, lms.moodle_files, lms.nbgrader_files])
def test_names_of_any_bytes_do_no_harm(tmp_path: Path, make: Callable[..., Files]) -> None:
    """Names with markup, formulas, ends of lines and bidi marks stay text of one line."""
    evil = replace(OTHER_JANE, first="=cmd|'/C calc'!A0\u202e", last="<script>\n", sis="../x\u2028")
    found = read(tmp_path, make([*PEOPLE[:3], evil]))
    for submission in found.submissions:
        assert not re.search("[\n\u202e\u2028]", submission.student_id + submission.name + submission.arrival.entry)


def test_a_late_mark_is_no_name(tmp_path: Path) -> None:
    """Anonymous files begin with the mark itself; it is read as one, and never as somebody called LATE."""
    found = by_id(read(tmp_path, lms.canvas_files(anonymous=True)))
    assert {key for key, s in found.items() if s.arrival.marked_late} == {f"anon_{ZOE.sis}"}
    assert not any(s.name == "LATE" for s in found.values())


PIECES = st.sampled_from(
    ["doe", "_", "1", "22", "LATE", "anon", "assignsubmission_file", "/", "submission", "submission_metadata.yml",
     "timestamp.txt", "submitted", "ps1", ".ipynb", ".zip", "\\", "..", " ", "\u202e", "é"]
)  # fmt: skip
NAMES = st.lists(PIECES, min_size=1, max_size=7).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.lists(NAMES, max_size=6, unique=True), st.binary(max_size=40), st.sampled_from(["", *LAYOUTS]))
def test_any_names_are_read_or_refused(tmp_path: Path, names: list[str], data: bytes, layout: str) -> None:
    """A zip of any names gives rows or one sentence, and nothing else, whatever layout is asked for."""
    (tmp_path / "x.zip").write_bytes(lms.zipped([(name, data) for name in names]))
    try:
        found = hand_ins_in(tmp_path / "x.zip", Wishes(layout))
    except SubmissionError:
        return
    assert len({s.student_id for s in found.submissions}) == len(found.submissions)
    assert all(s.candidates or s.next_step for s in found.submissions)


def test_work_for_another_assignment_alone_is_told_as_that(tmp_path: Path) -> None:
    """In nbgrader's tree somebody handed in last week's and not this week's: files, and none for this one."""
    for way in ("ada/ps1", "bob/ps1", "eve/ps2"):
        (tmp_path / "submitted" / way).mkdir(parents=True)
        (tmp_path / "submitted" / way / "a.py").write_text("x = 1\n")
    found = hand_ins_in(tmp_path / "submitted", Wishes(assignment="ps1")).submissions
    [eve] = [one for one in found if one.student_id == "eve"]
    said = "nothing to grade: work for another assignment was handed in, and nothing for this one"
    assert (eve.problem, bool(eve.next_step)) == (said, True)
