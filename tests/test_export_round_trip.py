"""From every place and back: its export graded, its sheet filled in, its pages handed back.

takes: made-up exports of `lms/exports.py`, graded by the command line as a user has it.
gives: one promise a test, said in its docstring.
must not know: anything inside the grader.
"""

from __future__ import annotations

import csv
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import CLASS, read_page, run_grader
from lms import exports as lms

RIGHT = next((CLASS / "student-01").glob("*.ipynb")).read_bytes()
PARTLY = next((CLASS / "student-27").glob("*.ipynb")).read_bytes()


def people() -> list[lms.Person]:
    """Five people: right, late, partly right, one with a picture instead of a notebook, and an unreadable one."""
    contents = [{"exercise_05.ipynb": RIGHT}, {"exercise 05 (final).ipynb": RIGHT}, {"exercise_05.ipynb": PARTLY},
                {"screenshot.png": b"-"}, {"exercise_05.ipynb": b"{"}]  # fmt: skip
    return [replace(person, files=files) for person, files in zip(lms.PEOPLE, contents, strict=True)]


def graded(hand_ins: Path, key: Path, out: Path, *more: str | Path) -> str:
    ran = run_grader("grade", hand_ins, "--key", key / "exercise_05.key.npz", "--out", out, *more)
    assert ran.returncode == 1, ran.stdout + ran.stderr  # two of the five cannot be graded
    return ran.stdout


def exported(platform: str, reports: Path, sheet: bytes, *more: str) -> tuple[bytes, str]:
    """The filled sheet and what was said; the sheet that was handed in must be as it was."""
    given, made = reports.parent / "theirs.csv", reports.parent / "filled.csv"
    given.write_bytes(sheet)
    ran = run_grader("export", platform, reports, "--sheet", given, "--out", made, *more)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    assert given.read_bytes() == sheet
    return made.read_bytes(), ran.stdout


def points(reports: Path) -> dict[str, str]:
    with (reports / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row["points"] for row in csv.DictReader(file)}


def changed_lines(before: bytes, after: bytes) -> list[tuple[bytes, bytes]]:
    """The lines that differ; there must be as many as before, ends of lines and all."""
    one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(one) == len(other)
    return [(a, b) for a, b in zip(one, other, strict=True) if a != b]


def one_cell_differs(before: bytes, after: bytes, value: str) -> None:
    """Of a line, only one stretch was replaced, and by this value."""
    head = next(n for n in range(len(before) + 1) if before[: n + 1] != after[: n + 1])
    tail = next(n for n in range(len(before) - head + 1) if before[::-1][: n + 1] != after[::-1][: n + 1])
    written = after[head : len(after) - tail].decode()
    assert written, "something was written"
    assert written in value


def test_canvas_and_back(tmp_path: Path, key: Path) -> None:
    """A Canvas zip with a late and a resubmitted file: graded, the gradebook filled in, pages named for Canvas."""
    crowd = people()
    files = lms.canvas_files(crowd)
    files.append(("doejane_10301_990000_exercise_05-1.ipynb", RIGHT))  # Jane hands in again, and right
    hand_ins = lms.as_form(tmp_path, "dl-exercise-5_submissions", files, "zip")
    out = tmp_path / "reports"
    said = graded(hand_ins, key, out)
    assert "read as a Canvas submissions zip: 6 of 6 names match" in said
    index = (out / "index.html").read_text(encoding="utf-8")
    for words in ("Handed in more than once", "Marked as late"):
        assert words in said, "the terminal says what came twice, and late"
        assert words in index, "and so does the class page"
    assert "5 from Canvas" in index
    assert "Canvas marks this as late but does not say by how much" in read_page(out, "10235")
    got = points(out)
    assert set(got) == {str(person.number) for person in crowd}
    assert (got["10234"], got["10301"], got["10302"], got["10400"]) == ("100", "100", "", "")

    sheet = lms.canvas_sheet(crowd, zoë="EX", zoe="EX", ada_ml="50.00").encode()
    after, told = exported("canvas", out, sheet)
    changes = changed_lines(sheet, after)
    assert len(changes) == 2
    one_cell_differs(*changes[0], "100")
    one_cell_differs(*changes[1], "100")
    assert b",50.00," in changes[0][0]
    for words in ("it says EX", "50.00 -> 100", "unreadable, so there are no final points", "filled in 2 of 5"):
        assert words in told

    assert run_grader("export", "feedback", out, "--out", tmp_path / "back.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        names = archive.namelist()
        page = archive.read(next(name for name in names if "_10301_" in name)).decode()
    assert "doejane_10301_990000_feedback.html" in names
    assert "oharadelacruzzoë_LATE_10235_880014_feedback.html" in names
    assert len(names) == 5
    assert "Handed in more than once" in page


def lines_of(changes: list[tuple[bytes, bytes]]) -> str:
    return b"".join(after for _, after in changes).decode("utf-8-sig")


@pytest.mark.parametrize("shape", ["folder", "flat, blind, German, semicolons and a mark of the order of bytes"])
def test_moodle_and_back(tmp_path: Path, key: Path, shape: str) -> None:
    """A Moodle zip in either mode, named or blind: the worksheet in the site's language, filled in and nothing else."""
    crowd, plain = people(), shape == "folder"
    files = lms.moodle_files(crowd) if plain else lms.moodle_files(crowd, "flat", blind=True)
    out = tmp_path / "reports"
    said = graded(lms.as_form(tmp_path, "class", files, "zip"), key, out)
    assert f"Moodle submissions zip ({'folder mode' if plain else 'flat mode, blind marking'})" in said
    if plain:
        sheet = lms.moodle_sheet(crowd).encode()
    else:
        sheet = b"\xef\xbb\xbf" + lms.moodle_sheet(crowd, "de", ";", "100,00").replace("\n", "\r\n").encode()
    after, told = exported("moodle", out, sheet)
    changes = changed_lines(sheet, after)
    got = points(out)
    assert len(changes) == 3
    for (_, line), number in zip(changes, ("10234", "10235", "10301"), strict=True):
        cells = line.decode("utf-8").split(";" if not plain else ",")
        assert got[number].replace(".", "," if not plain else ".") in cells, (got[number], cells)
    assert "Sigmoid.forward: correct" in lines_of(changes)
    assert "filled in 3 of 5" in told
    assert run_grader("export", "feedback", out, "--out", tmp_path / "back.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        who = "Ada Müller-Lüdenscheidt" if plain else "Participant"
        assert f"{who}_10234_assignfeedback_file_feedback.html" in archive.namelist()


GROUPS = """ID,Gruppe,Bewertung,Bestwertung
Teilnehmer/in12,Team Red,,100
Teilnehmer/in13,Blue_B,,100
Teilnehmer/in14,Team Red,,100
"""


def test_moodle_s_groups_and_back(tmp_path: Path, key: Path) -> None:
    """What two groups handed in: points for every member, and the page of their own group, never that of the number."""
    files = [
        (f"{who}_assignsubmission_file/a.ipynb", data) for who, data in (("Team Red_13", RIGHT), ("Blue B_7", PARTLY))
    ]
    out, sheet, back = tmp_path / "reports", tmp_path / "theirs.csv", tmp_path / "back.zip"
    hand_ins = lms.as_form(tmp_path, "class", files, "zip")
    assert run_grader("grade", hand_ins, "--key", key / "exercise_05.key.npz", "--out", out).returncode == 0
    after, _ = exported("moodle", out, GROUPS.encode())
    assert [line.split(",")[2] for line in after.decode().splitlines()[1:]] == ["100", points(out)["7"], "100"]
    asked = run_grader("export", "feedback", out, "--out", back)
    assert "--sheet WORKSHEET" in asked.stdout
    told = run_grader("export", "feedback", out, "--sheet", sheet, "--out", back)
    assert (told.returncode, told.stdout) == (0, f"3 pages, named for moodle: {back}\n")
    with zipfile.ZipFile(back) as archive:
        whose = {name.split("_")[1]: archive.read(name) for name in archive.namelist()}
    red, blue = ((out / place / "report.html").read_bytes() for place in ("13", "7"))
    assert whose == {"12": red, "14": red, "13": blue}
    refused = run_grader("export", "feedback", out, "--sheet", sheet, "--for", "canvas", "--out", back)
    assert (refused.returncode, "says nothing to canvas" in refused.stderr) == (2, True)


def test_gradescope_and_back(tmp_path: Path, key: Path) -> None:
    """A Gradescope export with a group and a resubmission: the newest counts, each member has a row and the grade."""
    crowd = people()
    first, second, third, fourth, fifth = crowd
    newer = [([third], "2026-11-21 08:00:00.000000000 Z")]
    files = lms.gradescope_files([[first, second], [third], [fourth], [fifth]], newer)
    out = tmp_path / "reports"
    said = graded(lms.as_form(tmp_path, "export", files, "folder"), key, out)
    assert "read as a Gradescope export" in said
    got = points(out)
    assert (got["ge42abc"], got["ge43abd"]) == ("100", "100")
    assert "Handed in together with" in read_page(out, "ge42abc")
    assert "submission_777004), and not submission_777001" in read_page(out, "ge44abe")
    sheet = lms.gradescope_sheet(crowd).encode()
    after, told = exported("gradescope", out, sheet)
    assert [line.split(b",")[2] for _, line in changed_lines(sheet, after)] == [b"ge42abc", b"ge43abd", b"ge44abe"]
    assert "filled in 3 of 5" in told
    assert run_grader("export", "gradescope", out, "--out", tmp_path / "results").returncode == 0
    result = json.loads((tmp_path / "results/ge42abc/results.json").read_text())
    assert result["score"] == 100
    assert json.loads((tmp_path / "results/ge46abg/results.json").read_text())["output"].startswith("Not graded")


def test_github_classroom_and_back(tmp_path: Path, key: Path) -> None:
    """A checkout of repositories: accounts are read out of their names, and the Classroom's CSV is filled in."""
    crowd = people()
    out = tmp_path / "reports"
    said = graded(lms.github_checkout(tmp_path, crowd), key, out)
    assert "read as a GitHub Classroom checkout: 5 of 5 folders are git repositories" in said
    got = points(out)
    assert set(got) == {person.account for person in crowd}
    sheet = lms.github_sheet(crowd).encode()
    after, _ = exported("github", out, sheet)
    changes = changed_lines(sheet, after)
    assert [line.split(b",")[-2].decode() for _, line in changes] == [got[p.account] for p in crowd[:3]]


@pytest.mark.parametrize(("task", "form"), [("exercise_05", "folder"), ("ps1", "folder"), ("ps1", "zip")])
def test_nbgrader_and_back(tmp_path: Path, key: Path, task: str, form: str) -> None:
    """nbgrader's tree, with its times: its own sheet filled in with exactly its columns, other assignments kept,
    whatever the exercise is called in nbgrader."""
    crowd = people()
    out = tmp_path / "reports"
    files = [*lms.nbgrader_files(crowd, task), *lms.nbgrader_files(crowd, "ps0")]
    said = graded(lms.as_form(tmp_path, "course", files, form), key, out, "--layout", f"nbgrader:{task}")
    assert f"read as nbgrader's submitted/ tree: 5 of 5 folders hold {task}/" in said
    sheet = lms.nbgrader_sheet(crowd, task).encode()
    after, _ = exported("nbgrader", out, sheet)
    changes = changed_lines(sheet, after)
    assert all(line.startswith(f"{task},".encode()) for _, line in changes)
    assert changes[0][1].decode().strip().split(",")[-4:] == ["100", "0.0", "100", "100"]
    assert run_grader("export", "nbgrader", out, "--out", tmp_path / "new.csv").returncode == 0
    text = (tmp_path / "new.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == lms.NBGRADER_HEADER
    assert (
        run_grader("export", "nbgrader", out, "--sheet", tmp_path / "new.csv", "--out", tmp_path / "x.csv").returncode
        == 0
    )
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == text


def test_otter_and_any_csv(tmp_path: Path, key: Path) -> None:
    """otter's flat folder, with a roster: names, who handed in nothing, and a plain CSV of the TA's own."""
    crowd = people()[:3]
    hand_ins = lms.as_form(tmp_path, "submissions", lms.otter_files(crowd), "folder")
    roster = tmp_path / "students.csv"
    lines = ["Matriculation;Vorname;Nachname;E-Mail"]
    lines += [f"{p.sis};{p.first};{p.last};{p.email}" for p in [*crowd, lms.WANG]]
    roster.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "reports"
    said = graded(hand_ins, key, out, "--roster", roster)
    assert "flat folder, as otter has it: 3 files" in said
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows["ge46abg"]["status"] == "unreadable"
    assert rows["ge46abg"]["points"] == ""
    assert rows["ge46abg"]["name"] == "秀英 王"
    page = read_page(out, "ge46abg")
    assert "Nothing was handed in under this name" in page
    assert "Nothing handed in" in page
    assert "Unreadable" not in page.split("How this page was made")[0]
    sheet = "who;E5\nge42abc;\nge46abg;\nnobody;\n".encode("utf-16")
    after, told = exported("csv", out, sheet, "--column", "E5", "--nothing-as", "0")
    assert after.decode("utf-16") == "who;E5\nge42abc;100\nge46abg;0\nnobody;\n"
    assert "ge43abd" in told
    assert "line 4: nobody" in told
