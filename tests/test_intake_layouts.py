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
from grader.intake.exports import MOST_LINES, read_metadata

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
    # Accounts may hold dashes themselves.
    "GitHub Classroom": (
        lms.github_files(),
        "a GitHub Classroom checkout: 5 of 5 folders are git repositories; accounts are what follows 'exercise-5-'",
        {person.account for person in PEOPLE},
    ),
    "folders": ([(f"{p.sis}/a.ipynb", NOTEBOOK) for p in PEOPLE], "a folder for each student: 5 folders", SIS),
}
EVERY = ("zip", "folder", "in one more folder", "zip in a folder")
# Without a form of its own, one more folder is one student's; and a checkout is no zip.
FEWER = dict.fromkeys(("otter", "folders"), EVERY[:2]) | {"GitHub Classroom": EVERY[1:3]}
FORMS = [(kind, form) for kind in EXPORTS for form in FEWER.get(kind, EVERY)]


def read(at: Path, files: Files, form: str = "zip", **wishes: str) -> HandIns:
    if form != "zip in a folder":
        return collect(lms.as_form(at, "class_submissions", files, form), **wishes)
    return collect(lms.put(at / "week5", [("class_submissions.zip", lms.zipped(files))]), **wishes)


def by_id(found: HandIns) -> dict[str, Submission]:
    return {submission.student_id: submission for submission in found.submissions}


@pytest.mark.parametrize(("kind", "form"), FORMS)
def test_an_export_is_recognised_in_every_form(tmp_path: Path, kind: str, form: str) -> None:
    """Every export gives its students under the platform's ids, and one line says what it was read as and why."""
    files, said, ids = EXPORTS[kind]
    found = read(tmp_path, files, form)
    assert said in found.read_as
    assert set(by_id(found)) == ids
    assert all(one.files for one in found.submissions)
    files_read = [file for one in found.submissions for file in one.files]
    assert {file.read() for file in files_read} == {NOTEBOOK}
    assert {file.called for file in files_read} <= {"exercise_05.ipynb", "a.ipynb"} or kind == "otter"
    assert not any(one.problem or "does not have the form" in str(one.arrival.notes) for one in found.submissions)


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
    "files in folders, and one beside": (
        [(f"{way}.ipynb", NOTEBOOK) for way in ("A/ann", "A/bob", "B/cem", "zoe")],
        "4 students: 2 from A (single files), 1 from B (single file), 1 single file", {"ann", "bob", "cem", "zoe"},
    ),
    "an LMS's in folders": (
        [(f"Tutorial {p.number % 2}/{name}", data) for p in PEOPLE for name, data in lms.moodle_files([p])],
        "5 students: 3 from Tutorial 0 (Moodle export), 2 from Tutorial 1 (Moodle export)", NUMBERS,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "told", "students"), GROUPED.values(), ids=GROUPED)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_groups_are_one_class(tmp_path: Path, files: Files, told: str, students: set[str], form: str) -> None:
    """Everybody has the id that they have without groups; each has the files of one student, and no others."""
    (tmp_path / "class_submissions" / "Tutorial 9").mkdir(parents=True)
    found = read(tmp_path, files, form, layout="groups")
    assert found.origins.replace(", 1 folder", "")[1:] == told[1:]
    assert set(by_id(found)) - {"Tutorial 9"} == students
    assert sum(len(one.files) for one in found.submissions) >= len(files)
    assert form == "zip" or "is empty" in by_id(found)["Tutorial 9"].problem


EIGHT = [replace(ADA, number=n, first=f"Ada {n}", sis=f"s{n}") for n in range(8)]
CANVAS_ZIP = ("canvas.zip", lms.zipped(lms.canvas_files(EIGHT)))
PEOPLES = lms.zipped([(f"{who}/ex.ipynb", NOTEBOOK) for who in ("ann", "bob", "cem")])
MIXED: dict[str, tuple[Files, str]] = {
    "a zip of Canvas, and a file": (
        [CANVAS_ZIP, ("zoe.ipynb", NOTEBOOK)], "9 students: 8 from canvas.zip (Canvas export), 1 single file",
    ),
    "the same further in, and names with dots": (
        [("week5/" + CANVAS_ZIP[0], CANVAS_ZIP[1]), ("..zoe/a.py", b""), ("..a.ipynb", b""), ("week5/eve.py", b"")],
        "11 students: 8 from week5/canvas.zip (Canvas export), 1 from week5 (single file), 1 single file, 1 folder",
    ),
    "a zip of Canvas of two people": (
        [("c.zip", lms.zipped(lms.canvas_files([ADA, ZOE]))), ("eve.py", b"")],
        "3 students: 2 from c.zip (Canvas export), 1 single file",
    ),
    "a zip of Canvas in a zip": (
        [("o.zip", lms.zipped([CANVAS_ZIP]))], "8 students: 8 from o.zip/canvas.zip (Canvas export)",
    ),
    "a zip of folders in a folder in a folder": (
        [("course/week5/class.zip", PEOPLES)], "3 students: 3 from course (folders)",
    ),
    "a zip of folders, and a file": (
        [("tut.zip", PEOPLES), ("zoe.ipynb", NOTEBOOK)], "4 students: 3 from tut.zip (folders), 1 single file",
    ),
    "an export, unpacked, and a zip of folders": (
        [*lms.canvas_files(EIGHT), ("late.zip", PEOPLES)],
        "11 students: 3 from late.zip (folders), 8 from a Canvas export",
    ),
    "two folders of folders": (
        [(f"{group}/{who} {group}/ex.ipynb", NOTEBOOK) for group in "AB" for who in ("ann", "bob", "cem")],
        "6 students: 3 from A (folders), 3 from B (folders)",
    ),
    "folders of the hand-out's files": (
        [(f"{who}/{n}.ipynb", NOTEBOOK) for who in ("ann", "bob") for n in range(4)], "2 students: 2 folders",
    ),
    "drafts beside a file that all have": (
        [(f"{way}.ipynb", NOTEBOOK) for way in ("ann/ex", "bob/ex", "bob/draft", "bob/try", "bob/old")],
        "2 students: 2 folders",
    ),
    "two files, and a folder of the assignment's": (
        [("ann/ex.py", b""), *((f"bob/{name}.ipynb", NOTEBOOK) for name in ("task 1", "task 2", "my task"))],
        "2 students: 2 folders",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "told"), MIXED.values(), ids=MIXED)
def test_what_lies_in_what_is_opened_and_said_in_one_line(tmp_path: Path, files: Files, told: str) -> None:
    """An export, or a folder of people's folders, is never one student, and nobody beside it is lost."""
    found = read(tmp_path, files, "folder", assignment="task")
    assert found.origins == told
    assert all(one.files for one in found.submissions)


UNCLEAR: dict[str, tuple[Files, list[str]]] = {
    "files in a zip": (
        [("tut.zip", lms.zipped([(f"{n}.ipynb", NOTEBOOK) for n in ("a", "b", "c")])), ("zoe.ipynb", NOTEBOOK)],
        ["groups 4", "folders 2"],
    ),
    "files in a zip in a zip": (
        [("a.zip", lms.zipped([("b.zip", lms.zipped([(f"{n}.ipynb", NOTEBOOK) for n in "abc"]))]))],
        ["unpack a.zip/b.zip in the place of a.zip", "folders 1"],
    ),
    "one of several folders": (
        [*((f"eve/{n}.zip", PEOPLES) for n in range(3)), ("ann/ex.ipynb", b""), ("bob/ex.ipynb", b"")], ["folders 3"],
    ),
    "a folder among hand-ins": (
        [("ann/ex.ipynb", b""), *((f"eve/{n}/ex.ipynb", b"") for n in ("a", "b", "c"))], ["groups 4", "folders 2"],
    ),
    "pairs": ([(f"{way}/ex.ipynb", b"") for way in ("A/ann", "A/bob", "B/cem", "B/dan")], ["groups 4", "folders 2"]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "fits"), UNCLEAR.values(), ids=UNCLEAR)
def test_nobody_guesses_whose_a_folder_is(tmp_path: Path, files: Files, fits: list[str]) -> None:
    """What may be one student's or several people's is refused; what fits is offered, and inner zips are named."""
    with pytest.raises(SubmissionError, match="one student's or several people's") as refused:
        read(tmp_path, files, "folder")
    offered = re.findall(r"--layout (\w+)", refused.value.hint)
    counts = [len(read(tmp_path, files, "folder", layout=layout).submissions) for layout in offered]
    unpacked = re.findall(r"unpack [^(]*(?= \()", refused.value.hint)
    assert [*unpacked, *(f"{layout} {count}" for layout, count in zip(offered, counts, strict=True))] == fits


REFUSED: dict[str, tuple[Files, dict[str, str], str]] = {
    "groups without folders": ([("ann.ipynb", b"")], {"layout": "groups"}, "'ann.ipynb' holds no submissions"),
    "one name in two groups": (
        [("A/ann/a.ipynb", b""), ("C/ann/a.ipynb", b"")], {"layout": "groups"}, "the id 'ann': A/ann and C/ann",
    ),
    "groups of two platforms": (
        [*((f"A/{name}", data) for name, data in lms.canvas_files()), *((f"B/{n}", d) for n, d in lms.moodle_files())],
        {}, "'A' is from canvas and 'B' is from moodle",
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


def line(one: Submission) -> str:
    """One submission as the table below has it: what its files hold, its ids, its time, and what is said."""
    files, arrival = " ".join(file.read().decode() for file in one.files), one.arrival
    said = "; ".join([one.problem, *arrival.notes]).strip("; ")
    parts = (files, *arrival.ids.values(), arrival.handed_in[:16], "late" * arrival.marked_late, said)
    return " | ".join(part for part in parts if part)


def with_files(person: lms.Person, **files: str) -> lms.Person:
    return replace(person, files={name.replace("_", "."): text.encode() for name, text in files.items()})


A, Z, J = with_files(ADA, ex_py="a"), with_files(ZOE, ex_py="z"), with_files(JANE, ex_py="j")
PS = [*lms.nbgrader_files([A, Z], "ps1"), *lms.nbgrader_files([with_files(ADA, ex_py="2")], "ps2")]
BESIDE = {"gradebook.db": "-", "zoe.ipynb": "-"}
TREE = {
    ADA.sis: f"2 | {ADA.sis} | 2026-11-20T22:30",
    ZOE.sis: f"{ZOE.sis} | nothing to grade: work for another assignment was handed in, and nothing for this one",
}
AGAIN = "Handed in more than once: the newest was graded"
NO_FORM = "The name '{}' does not have the form {}, so it was taken for the student's id."
CANVAS = "<student>_<id>_<file number>_<file>"
EVIL = b"  :results:\n    tests:\n    - output: |\n        submission_777000:\n          :submitters: *x\n"
GRADESCOPE = lms.gradescope_files([[A, Z], [J]], [([Z], "2026-11-21 09:00:00.000000000 +0100")])
GRADESCOPE = [(n, d.replace(b"  :status: Processed\n", EVIL) if n.endswith("yml") else d) for n, d in GRADESCOPE]
NBGRADERS_OWN = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
NAMED_TWICE = r"(?P<first_name>\w+)-(?P<last_name>\w+)-(?P<student_id>\d+)-(?P<email>[^ ]+) (?P<file_id>.*)$"


def as_files(files: dict[str, str] | Files) -> Files:
    return [(name, text.encode()) for name, text in files.items()] if isinstance(files, dict) else files


READ: dict[str, tuple[dict[str, str] | Files, dict[str, str], dict[str, str]]] = {
    "nbgrader's assignment by its own name": ([*PS, *as_files(BESIDE)], {"assignment": "ps2"}, TREE),
    "nbgrader's assignment as it is said": ([*PS, *as_files(BESIDE)], {"layout": "nbgrader:ps2"}, TREE),
    "a layout that is said": (
        {"doejane_5_2_x.py": "x", "notes.py": "n"}, {"layout": "canvas"},
        {"5": "x | 5", "notes": f"n | {NO_FORM.format('notes.py', CANVAS)}"},
    ),
    "too little to tell": ({"doejane_5_2_x.py": "x", "notes.py": "n"}, {}, {"doejane_5_2_x": "x", "notes": "n"}),
    "Canvas's, read as files": ({"doejane_5_2_x.py": "x"}, {"layout": "flat"}, {"doejane_5_2_x": "x"}),
    "Canvas: handed in again, in parts, downloaded twice, with odd names": (
        {"doejane_7_100_a.py": "old", "doejane_7_300_a-2.py": "newest", "doejane_7_200_a-1.py": "newer",
         "doejane_7_301_layer.py": "other", "smithbob_8_102_part-1.py": "1", "smithbob_8_103_part-2.py": "2",
         "roeann_9_104_x.py": "x", "roeann_9_104_x (1).py": "x", "roeann_9_105_x\ny.py": "y"}, {},
        {"7": f"newest other | 7 | {AGAIN} (doejane_7_300_a-2.py, doejane_7_301_layer.py), and not doejane_7_100_a.py,"
              " doejane_7_200_a-1.py.", "8": "1 2 | 8", "9": "x x y | 9"},
    ),
    "Canvas: what came beside": (
        {"doejane_7_100_a.py": "7", "doejane_7_101_essay.pdf": "-", "doejane_7_link.html": "<a>",
         "what is this.py": "?", "smithbob_8_9_a.json": "8", "smithbob_8_10_essay.pdf": "-",
         "roejohn_11_21_notes.docx": "-", "roejim_LATE_12_text.html": "<p>", "roejoe_13_link.html": "<a>"}, {},
        {"7": "7 | 7 | Handed in too, and not graded: doejane_7_101_essay.pdf, a link.",
         "8": "8 | 8 | Handed in too, and not graded: smithbob_8_10_essay.pdf.",
         "11": "11 | nothing to grade: there is no notebook (.ipynb) or Python file (.py) in roejohn_11_21_notes.docx",
         "12": "12 | late | nothing to grade: a text typed into Canvas was handed in, and no file",
         "13": "13 | nothing to grade: a link was handed in, and no file",
         "what is this": f"? | {NO_FORM.format('what is this.py', CANVAS)}"},
    ),
    "a folder and a file of one name, with two ways to write é": (
        {"José/a.py": "1", unicodedata.normalize("NFD", "José.py"): "2", "eve/a.py": "3"}, {},
        {"eve": "3",
         "Jose\u0301": "2 1 | Jose\u0301.py and José have the same name, so they were taken as one submission."},
    ),
    "Blackboard: the last attempt with all its files": (
        [*lms.blackboard_files([with_files(ADA, ex_py="-", helper_py="-")]),
         *lms.blackboard_files([with_files(ADA, ex2_py="1", more_py="2")], time="2026-11-21-23-59-00"),
         (f"Exercise 5_{ZOE.sis}_attempt_2026-11-20-10-00-00.txt", b"Sorry, here is a link.")], {},
        {ADA.sis: f"1 2 | {ADA.sis} | 2026-11-21T23:59 | {AGAIN}",
         ZOE.sis: f"{ZOE.sis} | 2026-11-20T10:00 | nothing to grade: a text typed into Blackboard was handed in"},
    ),
    **{f"Blackboard: usernames {users}": (
        lms.blackboard_files([replace(A, sis=user) for user in users], "Ex_5"), {},
        {user: f"a | {user} | 2026-11-20T09:26" for user in users},
    ) for users in (("ada", "zoe"), ("a_lee", "b_lee"), ("ada",))},
    **{f"Brightspace: the last attempt, {time}, {'flat' if flat else 'folders'}": (
        [*lms.brightspace_files([with_files(ADA, early_py="-")], "Nov 1, 2026 130 AM", flat),
         *lms.brightspace_files([A], time, flat)[1:]], {}, {ADA.name: f"a | {iso} | {AGAIN}"},
    ) for time, iso, flat in (
        ("Nov 20, 2026 926 AM", "2026-11-20T09:26", True), ("20 November, 2026 1126 PM", "2026-11-20T23:26", False),
        ("November 2, 2026 1200 AM", "2026-11-02T00:00", False),
    )},
    "Gradescope: a group, a member's later one, a file that nobody names, hostile output": (
        [*GRADESCOPE, ("assignment_12_export/stray.py", b"?")], {},
        {ADA.sis: f"a | 777000 | {ADA.sis} | {ADA.email} | 2026-11-20T21:58 | Handed in together with {ZOE.name}.",
         ZOE.sis: f"z | 777002 | {ZOE.sis} | {ZOE.email} | 2026-11-21T09:00 | {AGAIN}",
         JANE.sis: f"j | 777001 | {JANE.sis} | {JANE.email} | 2026-11-20T21:58",
         "stray": f"? | {NO_FORM.format('stray.py', 'that submission_metadata.yml names')}"},
    ),
    "nbgrader's own pattern: the tenth attempt is newer than the ninth": (
        {"ps1_ada_attempt_2026-11-9_p1.py": "9", "ps1_ada_attempt_2026-11-10_p1.py": "10", "unrelated.py": "?",
         "ps1_ada_attempt_2026-11-2_p1.py": "2", "ps1_bob_attempt_2016-02-01-08-00-00_p1.py": "b"},
        {"pattern": NBGRADERS_OWN},
        {"ada": f"10 | 2026-11-10T23:59 | {AGAIN}", "bob": "b | 2016-02-01T08:00",
         "unrelated": f"? | {NO_FORM.format('unrelated.py', '--pattern')}"},
    ),
    # Files downloaded from a platform and handed in again: nobody gains or loses anything by a name.
    "forged at Blackboard": (
        {"Ex 5_ada_attempt_2026-11-20-09-26-00_Ex 4_bob_attempt_2026-11-21-09-26-00_a.py": "1",
         "Ex 5_bob_attempt_2026-11-20-09-26-00_b.py": "2"}, {},
        {"ada": "1 | ada | 2026-11-20T09:26", "bob": "2 | bob | 2026-11-20T09:26"},
    ),
    "forged at Moodle": (
        {"Ada_10_assignsubmission_file_Zoë_11_assignsubmission_file_a.py": "1",
         "Zoë_11_assignsubmission_file_b.py": "2"}, {}, {"10": "1 | 10", "11": "2 | 11"},
    ),
    "forged at Canvas": (
        {"lee_10_9910_zoe_11_13_a.py": "1", "lee_11_9911_b.py": "2", "lee_20_9920_c.py": "3"}, {},
        {"10": "1 | 10", "11": "2 | 11", "20": "3 | 20"},
    ),
    "forged at Brightspace": (
        {"10-77 - Bob - Nov 20, 2026 926 AM - 11-77 - Zoe - Nov 21, 2026 926 AM - a.py": "1",
         "11-77 - Zoe - Nov 20, 2026 926 AM - b.py": "2"}, {},
        {"Bob": "1 | 2026-11-20T09:26", "Zoe": "2 | 2026-11-20T09:26"},
    ),
    # With marks that a Mac has parted from their letters; with two ways to read each it would take hours.
    **{f"a name in any script: {name[:9]}": (
        [*lms.canvas_files([A, Z, J]), (f"{name}_77_990001_a.py", b"1"), (f"{name}.py", b"2")], {},
        {str(ADA.number): f"a | {ADA.number}", str(ZOE.number): f"z | {ZOE.number} | late", "77": "1 | 77",
         str(JANE.number): f"j | {JANE.number}", name: f"2 | {NO_FORM.format(name + '.py', CANVAS)}"},
    ) for name in ("ใจดีสมชาย", "शर्माराहुल", unicodedata.normalize("NFD", "müllerzoë"), "З" * 60, "é" * 60)},
}  # fmt: skip


@pytest.mark.parametrize(("files", "wishes", "told"), READ.values(), ids=READ)
def test_whose_each_file_is(
    tmp_path: Path, files: dict[str, str] | Files, wishes: dict[str, str], told: dict[str, str]
) -> None:
    """The newest attempt counts, other files are kept, and what is not graded has a note or a row with a next step."""
    found = by_id(read(tmp_path, as_files(files), "folder", **wishes))
    assert set(found) == set(told)
    for student, said in told.items():
        assert line(found[student]).startswith(said)
        assert line(found[student]) == said or said.endswith((AGAIN, "handed in"))
        assert found[student].files or found[student].next_step


def test_a_reading_says_what_was_not_looked_at_and_a_pattern_names_and_addresses(tmp_path: Path) -> None:
    """Beside nbgrader's tree there may be anything."""
    beside = read(tmp_path, [*PS, *as_files(BESIDE)], assignment="ps2")
    assert beside.read_as.endswith("; not looked at: gradebook.db, zoe.ipynb")
    [ada] = read(tmp_path / "b", [("Ada-Doe-7-a@b.edu x.py", b"1")], "folder", pattern=NAMED_TWICE).submissions
    assert (ada.student_id, ada.name, ada.arrival.email) == ("7", "Ada Doe", "a@b.edu")


METADATA = {
    "ids stay texts": ("  - :name: Zoë\n    :sid: 00123", [{"name": "Zoë", "sid": "00123"}]),
    "quotes": ("  - :name: 'O''Hara'\n    :sid: \"\\u00e9\"", [{"name": "O'Hara", "sid": "é"}]),
    "nothing": ("  - :name: ~\n    :sid: null\n    :email:", [{"name": "", "sid": "", "email": ""}]),
    "no submitter": ("    :sid: 7", []), "depths": ("  *x\n" + "[" * 5000, []), "damage": ("  - :\xff", []),
    "half a letter": ('  - :sid: "7\\ud800"', [{"sid": "7?"}]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "people"), METADATA.values(), ids=METADATA)
def test_metadata_is_read_without_guessing(text: str, people: list[dict[str, str]]) -> None:
    """An id with zeros in front keeps them; what is hostile or damaged says nothing."""
    assert read_metadata(f"---\ns:\n  :submitters:\n{text}\n".encode())[0].get("s", []) == people


def test_metadata_without_measure_holds_nothing_up() -> None:
    """Of a file that somebody forged, the first lines are looked at; who is not in these is a row that says so."""
    times = read_metadata(b"".join(b"s%d:\n  :created_at: x\n" % number for number in range(MOST_LINES)))[1]
    assert len(times) == MOST_LINES / 2
    earlier = b"  :history:\n" + b"  - :id: 1\n" * (2 * MOST_LINES)
    assert read_metadata(b"s:\n" + earlier + b"t:\n  :submitters:\n  - :sid: 7\n")[0]["t"] == [{"sid": "7"}]


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
