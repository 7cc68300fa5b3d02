"""Which layout a class comes in: recognised by its names, said in one line, and never guessed from too little."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lms import exports as lms
from lms.exports import ADA, JANE, NOTEBOOK, PEOPLE, ZOE

from grader.errors import SubmissionError
from grader.intake import LAYOUTS, HandIns, Submission, collect, read_time
from grader.intake.arrival import read_span
from grader.intake.exports import read_metadata
from grader.intake.platforms import CANVAS_NAME, MOODLE_NAME

Files = list[tuple[str, bytes]]
NUMBERS = {str(person.number) for person in PEOPLE}
SIS = {person.sis for person in PEOPLE}
# Of two students with one name, each has the number too.
NAMED = {one.name if one.first != "Jane" else f"{one.name} {one.number}-77" for one in PEOPLE}
EXPORTS: dict[str, tuple[Files, str, set[str]]] = {
    "Canvas": (lms.canvas_files(), "a Canvas submissions zip: 5 of 5 names match", NUMBERS),
    "Canvas, anonymous": (lms.canvas_files(anonymous=True), "a Canvas", {f"anon_{sis}" for sis in SIS}),
    "Moodle": (lms.moodle_files(), "a Moodle submissions zip: 5 of 5", NUMBERS),
    "Moodle before 4.1": (lms.moodle_files(mode="old folder"), "a Moodle", NUMBERS),
    "Moodle, flat": (lms.moodle_files(mode="flat"), "a Moodle", NUMBERS),
    "Moodle, blind": (lms.moodle_files(blind=True), "a Moodle", NUMBERS),
    "Gradescope": (lms.gradescope_files([[person] for person in PEOPLE]), "a Gradescope export", SIS),
    "nbgrader": (lms.nbgrader_files(), "nbgrader's submitted/ tree: 5 of 5", SIS),
    "Blackboard": (lms.blackboard_files(), "a Blackboard download: 10 of 10", SIS),
    "Brightspace": (lms.brightspace_files(), "a Brightspace download: 5 of 5", NAMED),
    "Brightspace, flat": (lms.brightspace_files(flat=True), "a Brightspace download: 5 of 5", NAMED),
    "otter": (lms.otter_files(), "a flat folder, as otter has it: 5 files", SIS),
    "folders": ([(f"{p.sis}/a.ipynb", NOTEBOOK) for p in PEOPLE], "a folder for each student: 5 folders", SIS),
}
# Without a form of its own, one more folder is one student's.
FORMS = [(kind, form) for kind in EXPORTS for form in ("zip", "folder", "in one more folder", "zip in a folder")
         if kind not in ("otter", "folders") or form in ("zip", "folder")]  # fmt: skip


def export_of(at: Path, files: Files, form: str = "zip") -> Path:
    if form != "zip in a folder":
        return lms.as_form(at, "class_submissions", files, form)
    (at / "week5").mkdir()
    return lms.as_form(at / "week5", "class_submissions", files, "zip").parent


def read(at: Path, files: Files, form: str = "zip", **wishes: str) -> HandIns:
    return collect(export_of(at, files, form), **wishes)


def by_id(found: HandIns) -> dict[str, Submission]:
    return {submission.student_id: submission for submission in found.submissions}


def contents(submission: Submission) -> set[bytes]:
    return {file.read() for file in submission.files}


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_an_export_is_recognised_in_every_form(tmp_path: Path, kind: str, form: str) -> None:
    """Every export gives its students under the platform's ids, and one line says what it was read as and why."""
    files, said, ids = EXPORTS[kind]
    found = read(tmp_path, files, form)
    assert said in found.read_as
    assert set(by_id(found)) == ids
    assert all(contents(one) == {NOTEBOOK} for one in found.submissions)
    called = {file.called for one in found.submissions for file in one.files}
    assert called <= {"exercise_05.ipynb", "a.ipynb"} or kind == "otter"
    assert not any(one.problem or "does not have the form" in str(one.arrival.notes) for one in found.submissions)


def test_a_github_checkout_is_recognised_by_its_repositories(tmp_path: Path) -> None:
    """Accounts are what follows the assignment in the folders' names, though they may hold dashes themselves."""
    found = collect(lms.github_checkout(tmp_path))
    assert "a GitHub Classroom checkout: 5 of 5 folders are git repositories" in found.read_as
    assert set(by_id(found)) == {person.account for person in PEOPLE}
    elsewhere = lms.github_checkout(tmp_path / "b").rename(tmp_path / "clones")
    assert "what follows 'exercise-5-'" in collect(elsewhere).read_as


PLAIN: dict[str, Files] = {
    "a course's own numbering": [(f"hw_2024_01_{who}.ipynb", NOTEBOOK) for who in ("ada", "bob", "eve", "zoe")],
    "two files that look like Canvas's": [("ada_5_2_x.ipynb", NOTEBOOK), ("bob_6_3_x.ipynb", NOTEBOOK)],
    "half of the names": [*[(f"s{n}_{n}1_{n}2_a.ipynb", NOTEBOOK) for n in range(1, 5)],
                          *[(f"student {n}.ipynb", NOTEBOOK) for n in range(4)]],
    "projects with the same folder": [(f"{who}/week5/a.ipynb", NOTEBOOK) for who in ("ada", "bob", "eve")],
    "zipped repositories": [(f"{n}.zip", lms.zipped([("p/.git/HEAD", b""), ("p/a.py", b"")])) for n in range(3)],
}  # fmt: skip


@pytest.mark.parametrize("form", ["zip", "folder"])
@pytest.mark.parametrize("files", PLAIN.values(), ids=PLAIN)
def test_what_only_looks_like_a_layout_is_plain(tmp_path: Path, files: Files, form: str) -> None:
    """Names that others have by chance make no Canvas zip: every file keeps its own student."""
    found = collect(lms.as_form(tmp_path, "hand-ins", files, form))
    assert re.match("read as a (flat folder|folder for each student).*", found.read_as)
    assert len(found.submissions) == len({name.split("/")[0] for name, _ in files})


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
        "and in each a Moodle submissions zip", NUMBERS,
    ),
    "an LMS's zip, and a file beside": (
        [("canvas.zip", lms.zipped(lms.canvas_files())), ("zoe.ipynb", NOTEBOOK)],
        "1 groups (canvas.zip 5), and in each a Canvas", {*NUMBERS, "zoe"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "told", "students"), GROUPED.values(), ids=GROUPED)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_groups_are_one_class(tmp_path: Path, files: Files, told: str, students: set[str], form: str) -> None:
    """Everybody has the id that they have without groups; each has the files of one student, and no others."""
    (tmp_path / "class_submissions" / "Tutorial 9").mkdir(parents=True)
    found = read(tmp_path, files, form, layout="groups")
    assert found.read_as.startswith("read as groups: ")
    assert told in found.read_as
    assert set(by_id(found)) - {"Tutorial 9"} == students
    assert sum(len(one.files) for one in found.submissions) >= len(files)
    assert form == "zip" or "is empty" in by_id(found)["Tutorial 9"].problem


REFUSED: dict[str, tuple[Files, dict[str, str], str]] = {
    "groups without folders": ([("ann.ipynb", b"")], {"layout": "groups"}, "'ann.ipynb' holds no submissions"),
    "one name in two groups": (
        [("A/ann/a.ipynb", b""), ("C/ann/a.ipynb", b"")], {"layout": "groups"}, "the id 'ann': A/ann and C/ann",
    ),
    "groups of two layouts": (
        [("A/ann/a.ipynb", NOTEBOOK), *((f"B/{name}", data) for name, data in lms.moodle_files())],
        {"layout": "groups"}, "'A' is a folder for each student, and 'B' is a Moodle",
    ),
    "two people at Canvas": ([*lms.canvas_files(), ("smithbob_10234_990001_b.ipynb", b"")], {}, "two submissions"),
    "an unknown name that is an id": ([*lms.canvas_files(), ("10234.ipynb", b"")], {}, "10234.ipynb"),
    "two people by a pattern": (
        [("Ada-7-a.ipynb", b"1"), ("Bob-7-a.ipynb", b"2")],
        {"pattern": r"(?P<first_name>\w+)-(?P<student_id>\d+)-(?P<file_id>.*)"}, "Ada-7-a.ipynb and Bob-7-a.ipynb",
    ),
    "no regular expression": (lms.otter_files(), {"pattern": "("}, "not a regular"),
    "a pattern without a group": (lms.otter_files(), {"pattern": r"(?P<student_id>.)"}, "no group file_id"),
    "a pattern that fits nothing": (lms.otter_files(), {"pattern": "(?P<student_id>_)(?P<file_id>_)"}, "none of 5"),
    "no layout": (lms.otter_files(), {"layout": "cavnas"}, "'cavnas' is not a layout"),
    "several assignments": (
        [*lms.nbgrader_files(task="ps1"), *lms.nbgrader_files(task="ps2")], {}, "several assignments: ps1, ps2",
    ),
} | {
    f"{layout} that is none": (lms.otter_files(), {"layout": layout}, f"cannot be read as {layout}")
    for layout in ("blackboard", "gradescope", "nbgrader")
}  # fmt: skip


@pytest.mark.parametrize(("files", "wishes", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_one_class_is_refused(tmp_path: Path, files: Files, wishes: dict[str, str], said: str) -> None:
    """Two people under one id are never graded as one, and a wrong option is never a class of nobody."""
    with pytest.raises(SubmissionError, match=re.escape(said)) as refused:
        read(tmp_path, files, **wishes)
    assert refused.value.hint


PS = [*lms.nbgrader_files(task="ps1"), *lms.nbgrader_files(task="ps2"), ("gradebook.db", b"-"), ("zoe.ipynb", b"-"),
      ("submitted/eve/ps9/a.py", b"-")]  # fmt: skip


@pytest.mark.parametrize("wishes", [{"assignment": "ps2"}, {"layout": "nbgrader:ps2"}])
def test_the_assignment_of_a_tree_may_be_said(tmp_path: Path, wishes: dict[str, str]) -> None:
    """In nbgrader's tree the assignment's own name decides; other work is no submission, and the rest is named."""
    found = read(tmp_path, PS, **wishes)
    assert {file.way[-2] for one in found.submissions for file in one.files} == {"ps2"}
    assert found.read_as.endswith("; not looked at: gradebook.db, zoe.ipynb")
    assert by_id(found)["eve"].problem == (
        "nothing to grade: work for another assignment was handed in, and nothing for this one"
    )
    assert by_id(found)[ADA.sis].arrival.handed_in == "2026-11-20T22:30:00+00:00"


def test_the_user_may_say_which_layout_it_is(tmp_path: Path) -> None:
    """--layout overrules: what was too little to tell is enough where somebody knows."""
    path = lms.as_form(tmp_path, "two", [("doejane_5_2_x.ipynb", NOTEBOOK), ("notes.ipynb", NOTEBOOK)], "folder")
    assert set(by_id(collect(path, "canvas"))) == {"5", "notes"}
    assert set(by_id(collect(path))) == {"doejane_5_2_x", "notes"}
    zipped = lms.as_form(tmp_path, "class_submissions", lms.canvas_files(), "zip")
    assert set(by_id(collect(zipped, "flat"))) == {name[:-6] for name, _ in lms.canvas_files()}


FORGED = {
    "Blackboard": ("Ex 5_{}_attempt_2026-11-20-09-26-00_{}", "Ex 4_zoe_attempt_2026-11-21-09-26-00_a.ipynb", "ada bob"),
    "Moodle": ("Ada Lee_{}_assignsubmission_file_{}", "Zoë Lee_12_assignsubmission_file_a.ipynb", "10 11"),
    "Canvas": ("lee_{}_99{0}_{}", "zoe_12_13_a.ipynb", "10 11"),
    "Brightspace": ("{}-77 - {0} - Nov 20, 2026 926 AM - {}", "12-77 - zoe - Nov 21, 2026 926 AM - a.ipynb", "10 11"),
}


@pytest.mark.parametrize(("form", "file", "users"), FORGED.values(), ids=FORGED)
def test_a_file_named_as_another_student_s_is_of_who_handed_it_in(
    tmp_path: Path, form: str, file: str, users: str
) -> None:
    """Files downloaded from a platform and handed in again have such names. Nobody gains or loses anything by one."""
    one, other = users.split()
    form = form.replace("{}", "{0}", 1).replace("{}", "{1}")
    files = [(form.format(one, file), NOTEBOOK), (form.format(other, "b.ipynb"), NOTEBOOK)]
    found = by_id(read(tmp_path, [*files, (form.format("20", "c.ipynb"), NOTEBOOK)], "folder"))
    assert set(found) == {one, other, "20"}
    assert found[one].files[0].called == file


def test_of_what_was_handed_in_again_at_canvas_the_newest_counts(tmp_path: Path) -> None:
    """Canvas numbers files as they come and adds `-1`; a browser adds `(1)`; other files are kept, in parts or not."""
    files = [("doejane_7_100_a.ipynb", b"old"), ("doejane_7_300_a-2.ipynb", b"newest"),
             ("doejane_7_200_a-1.ipynb", b"newer"), ("doejane_7_301_layer.py", b"another"),
             ("smithbob_8_102_part-1.ipynb", b"1"), ("smithbob_8_103_part-2.ipynb", b"2"),
             ("roeann_9_104_x.py", b"x"), ("roeann_9_104_x (1).py", b"x"), ("roeann_9_105_x\ny.py", b"y")]  # fmt: skip
    found = by_id(read(tmp_path, files, "folder"))
    assert {student: contents(one) for student, one in found.items()} == {
        "7": {b"newest", b"another"}, "8": {b"1", b"2"}, "9": {b"x", b"y"},
    }  # fmt: skip
    [note] = found["7"].arrival.notes
    assert re.fullmatch(r"Handed in more than once: .*a-2.*, and not .*100_a\.ipynb, .*200_a-1\.ipynb\.", note)
    assert found["8"].arrival.notes == found["9"].arrival.notes == ()


def test_what_came_beside_is_told(tmp_path: Path) -> None:
    """Essays, texts, links and unknown names: nothing is lost, and each has a row or a note with a next step."""
    files = [("doejane_7_100_a.ipynb", b"{}"), ("doejane_7_101_essay.pdf", b"-"), ("doejane_7_link.html", b"<a>"),
             ("smithbob_8_9_a.json", b"{}"), ("smithbob_8_10_essay.pdf", b"-"), ("roejohn_11_21_notes.docx", b"-"),
             ("roejim_LATE_12_text.html", b"<p>"), ("roejoe_13_link.html", b"<a>"), *lms.canvas_files(),
             ("what is this.ipynb", NOTEBOOK)]  # fmt: skip
    found = by_id(read(tmp_path, files))
    assert found["7"].arrival.notes == ("Handed in too, and not graded: doejane_7_101_essay.pdf, a link.",)
    assert found["8"].arrival.notes == ("Handed in too, and not graded: smithbob_8_10_essay.pdf.",)
    for student, said in (("11", "roejohn_11_21_notes.docx"), ("12", "a text typed into Canvas"), ("13", "a link was")):
        assert said in found[student].problem
        assert found[student].next_step
        assert (found[student].arrival.ids, found[student].arrival.marked_late) == (
            {"canvas": student},
            student == "12",
        )
    assert found["what is this"].files
    assert "does not have the form" in found["what is this"].arrival.notes[0]
    assert found["what is this"].arrival.layout == ""


def test_a_folder_and_a_file_of_one_name_are_told(tmp_path: Path) -> None:
    """They are one submission, and the page says so; also where an é is one character here and two there."""
    files = [("José/a.ipynb", NOTEBOOK), (unicodedata.normalize("NFD", "José.ipynb"), b"{}"), ("eve/a.ipynb", NOTEBOOK)]
    [eve, jose] = sorted(read(tmp_path, files).submissions, key=lambda one: len(one.files))
    assert (len(jose.files), eve.arrival.notes) == (2, ())
    assert jose.arrival.notes == (
        "Jose\u0301.ipynb and José have the same name, so they were taken as one submission.",
    )


def test_of_blackboard_s_attempts_the_last_one_counts_with_all_its_files(tmp_path: Path) -> None:
    """A helper that was left out the second time is no part of it; the text of an attempt is nobody's work."""
    first = replace(ADA, files={"ex.ipynb": NOTEBOOK, "helper.py": b"-"})
    last = replace(ADA, files={"ex2.ipynb": NOTEBOOK, "more.py": b"-"})
    alone = [(f"Exercise 5_{ZOE.sis}_attempt_2026-11-20-10-00-00.txt", b"Sorry, here is a link.")]
    files = [*lms.blackboard_files([first]), *lms.blackboard_files([last], time="2026-11-21-23-59-00"), *alone]
    found = by_id(read(tmp_path, files))
    assert [file.called for file in found[ADA.sis].files] == ["ex2.ipynb", "more.py"]
    assert found[ADA.sis].arrival.handed_in.startswith("2026-11-21T23:59:00")
    assert re.search("more than once.*helper.py", " ".join(found[ADA.sis].arrival.notes))
    assert "a text typed into Blackboard" in found[ZOE.sis].problem


@pytest.mark.parametrize("users", [{"ada", "zoe"}, {"a_lee", "b_lee"}, {"ada"}])
def test_who_handed_in_at_blackboard(tmp_path: Path, users: set[str]) -> None:
    """Neither the exercise's name nor a username is without `_` for sure: all names together tell them apart."""
    found = by_id(read(tmp_path, lms.blackboard_files([replace(ADA, sis=user) for user in users], "Ex_5")))
    assert {user: one.arrival.ids for user, one in found.items()} == {user: {"blackboard": user} for user in users}


BRIGHTSPACES = {
    "Nov 20, 2026 926 AM": "2026-11-20T09:26:00", "20 November, 2026 1126 PM": "2026-11-20T23:26:00",
    "November 2, 2026 1200 AM": "2026-11-02T00:00:00",
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), BRIGHTSPACES.items())
def test_brightspace_s_newest_counts(tmp_path: Path, text: str, told: str) -> None:
    """A folder for each time that somebody hands in; the clock has no colon in it."""
    early = replace(ADA, files={"early.ipynb": NOTEBOOK})
    files = [*lms.brightspace_files([early], "Nov 1, 2026 130 AM"), *lms.brightspace_files([ADA], text)[1:]]
    [one] = read(tmp_path, files).submissions
    assert (one.student_id, [file.called for file in one.files]) == (ADA.name, ["exercise_05.ipynb"])
    assert one.arrival.handed_in.startswith(told)
    assert "more than once" in " ".join(one.arrival.notes)


def test_gradescope_says_who_and_when(tmp_path: Path) -> None:
    """A group's submission is everybody's, a member's own later one counts, and what nobody names is a row."""
    files = lms.gradescope_files([[ADA, ZOE], [JANE]], [([ZOE], "2026-11-21 09:00:00.000000000 +0100")])
    evil = b"  :results:\n    tests:\n    - output: |\n        submission_777000:\n          :submitters: *x\n"
    files = [(n, d.replace(b"  :status: Processed\n", evil) if n.endswith("yml") else d) for n, d in files]
    found = by_id(read(tmp_path, [*files, ("assignment_12_export/stray.py", b"1")]))
    assert found[ZOE.sis].arrival.entry == "submission_777002"
    assert found[ADA.sis].arrival.entry == "submission_777000"
    assert found[ADA.sis].arrival.notes == (f"Handed in together with {ZOE.name}.",)
    assert found[ADA.sis].arrival.handed_in == "2026-11-20T21:58:23+00:00"
    assert found[ADA.sis].arrival.ids == {"gradescope": "777000", "sid": ADA.sis, "email": ADA.email}
    assert set(found) == {ADA.sis, ZOE.sis, JANE.sis, "stray"}


METADATA = {
    "ids stay texts": ("  - :name: Zoë\n    :sid: 00123", [{"name": "Zoë", "sid": "00123"}]),
    "quotes": ("  - :name: 'O''Hara'\n    :sid: \"\\u00e9\"", [{"name": "O'Hara", "sid": "é"}]),
    "nothing": ("  - :name: ~\n    :sid: null\n    :email:", [{"name": "", "sid": "", "email": ""}]),
    "no submitter": ("    :sid: 7", []), "depths": ("  *x\n" + "[" * 5000, []), "damage": ("  - :\xff", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "people"), METADATA.values(), ids=METADATA)
def test_metadata_is_read_without_guessing(text: str, people: list[dict[str, str]]) -> None:
    """An id with zeros in front keeps them; what is hostile or damaged says nothing."""
    assert read_metadata(f"---\ns:\n  :submitters:\n{text}\n".encode())[0].get("s", []) == people


NBGRADERS_OWN = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"


def test_a_pattern_takes_nbgraders_groups(tmp_path: Path) -> None:
    """The example of nbgrader's docs: the newest attempt counts, also the tenth, and a name is put together."""
    files = [(f"ps1_ada_attempt_2026-11-{day}_problem1.ipynb", day.encode()) for day in ("9", "10", "2")]
    files += [("ps1_bob_attempt_2016-02-01-08-00-00_problem1.ipynb", b"bob"), ("unrelated.ipynb", b"-")]
    found = by_id(read(tmp_path, files, pattern=NBGRADERS_OWN))
    assert contents(found["ada"]) == {b"10"}
    assert "2026-11-9" in found["ada"].arrival.notes[0]
    assert "could not be read: '2026-11-10'" not in " ".join(found["ada"].arrival.notes)
    assert found["bob"].arrival.handed_in.startswith("2016-02-01T08:00:00")
    assert found["unrelated"].arrival.layout == ""
    pattern = r"(?P<first_name>\w+)-(?P<last_name>\w+)-(?P<student_id>\d+)-(?P<email>[^ ]+) (?P<file_id>.*)$"
    ada = by_id(read(tmp_path / "b", [("Ada-Doe-7-a@b.edu x.ipynb", b"1")], "folder", pattern=pattern))["7"]
    assert (ada.name, ada.arrival.email) == ("Ada Doe", "a@b.edu")


# What Ruby counts as parts of words, but for the sign that parts the name from the rest.
WORDS = st.text(st.characters(categories=("Ll", "Lo", "Mn", "Mc")), min_size=1, max_size=20)
FILES = st.text(
    st.characters(exclude_characters='\0/\\:*?"<>|\n', exclude_categories=("Cs", "Cc")), min_size=1, max_size=30
)


@given(WORDS, st.booleans(), st.integers(1, 10**9), st.integers(1, 10**9), FILES)
def test_every_name_of_a_platform_is_read_back(name: str, late: bool, user: int, number: int, file: str) -> None:
    """Whatever letters a name has and whatever a file is called, the numbers are the student's and the file's."""
    start = f"{name}_{'LATE_' if late else ''}{user}"
    match, typed = CANVAS_NAME.match(f"{start}_{number}_{file}"), CANVAS_NAME.match(f"{start}_text.html")
    assert match
    assert typed
    assert match.groups() == (name, "LATE" if late else None, str(user), str(number), file, None)
    assert typed.groups() == (name, "LATE" if late else None, str(user), None, None, "text")
    moodle = MOODLE_NAME.match(f"{name}_{number}_assignsubmission_file_{file}")
    assert moodle
    assert (moodle["name"], moodle["id"], moodle["file"]) == (name, str(number), file)


@pytest.mark.parametrize(
    "name", ["ใจดีสมชาย", "शर्माराहुल", unicodedata.normalize("NFD", "müllerzoë"), "З" * 60, "é" * 60]
)
def test_names_in_any_script_are_read_at_once(tmp_path: Path, name: str) -> None:
    """Also with marks that a Mac has parted from their letters; with two ways to read each it would take hours."""
    files = [*lms.canvas_files(), (f"{name}_77_990001_a.ipynb", NOTEBOOK), (f"{name}.ipynb", NOTEBOOK)]
    found = by_id(read(tmp_path, files, "folder"))
    assert (found["77"].name, found["77"].arrival.ids, name in found) == (name, {"canvas": "77"}, True)


TIMES = {
    "2015-02-02 14:58:23.948203 America/Los_Angeles": "2015-02-02T14:58:23-08:00",
    "2026-11-20 21:58:23.365935000 Z": "2026-11-20T21:58:23+00:00",
    "2017-06-01T14:22:32.365935-07:00": "2017-06-01T14:22:32-07:00", "2026-11-20 22:30 Z": "2026-11-20T22:30:00+00:00",
    "2026-11-20 22:30:00 +0530": "2026-11-20T22:30:00+05:30", "2016-01-30-20-30-10 UTC": "2016-01-30T20:30:10+00:00",
    "2016-01-30_20-30 Z": "2016-01-30T20:30:00+00:00", "2016-01-30-05:00": "2016-01-30T23:59:59-05:00",
} | dict.fromkeys(["", "yesterday", "2026-13-40 10:00 UTC", "2026-11-20 10:00 Mars/Base", "2026-11-20 25:00",
                   "2026-11-20 10:00 ../x", "2026-11-20-25-00-00", "2026-11-20-10-00-00-00"])  # fmt: skip
SPANS = {"1:30:00": 5400, "2:05": 7500, "26:00:00": 93600, "1 day, 02:30:00": 95400, "1,5": 5400, "0": 0, "": None,
         "x": None, "-1": None}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), [*TIMES.items(), *SPANS.items()])
def test_times_and_spans_are_read_as_people_write_them(text: str, told: str | int | None) -> None:
    """With their zones; what is no time is never taken for one, and costs nobody anything."""
    time = read_time(text)
    assert (time.isoformat() if time and isinstance(told, str) else read_span(text)) == told


PIECES = st.sampled_from(
    ["doe", "_", "1", "22", "LATE", "anon", "assignsubmission_file", "/", "submission", "submission_metadata.yml",
     "timestamp.txt", "submitted", "ps1", ".ipynb", ".zip", "\\", "..", "\n", "\u202e", "é", ".",
     "_attempt_2026-11-20-09-26-00_"]
)  # fmt: skip
NAMES = st.lists(PIECES, min_size=1, max_size=7).map("".join)


@given(st.lists(NAMES, max_size=6, unique=True), st.binary(max_size=40), st.sampled_from(["", *LAYOUTS]))
def test_any_names_are_read_or_refused(tmp_path: Path, names: list[str], data: bytes, layout: str) -> None:
    """A zip of any names gives rows or one sentence, and nothing else, whatever layout is asked for."""
    (tmp_path / "x.zip").write_bytes(lms.zipped([(name, data) for name in names]))
    try:
        found = collect(tmp_path / "x.zip", layout)
    except SubmissionError:
        return
    assert len(by_id(found)) == len(found.submissions)
    assert not any(re.search("[\n\u202e]", one.student_id + one.name + one.arrival.entry) for one in found.submissions)
    assert all(one.files or one.next_step for one in found.submissions)
