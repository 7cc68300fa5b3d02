"""From every place and back: its export graded, its sheet filled in, its pages handed back.

takes: made-up exports of `lms/exports.py`, graded by the command line as a user has it.
gives: one promise a test, said in its docstring.
must not know: anything inside the grader.
"""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from pathlib import Path

from conftest import CLASS, run_grader
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
    assert "doejane_10301_990000_exercise_05-1-feedback.html" in names
    assert "oharadelacruzzoë_LATE_10235_880014_exercise 05 (final)-feedback.html" in names
    assert len(names) == 5
    assert "Handed in more than once" in page
