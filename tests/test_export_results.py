"""Results for machines: Gradescope's results.json, GitHub Classroom's result, JUnit XML; each by its documented form.

takes: records made here, and the sample class as graded.
gives: one promise a test, said in its docstring.
must not know: the sandbox, HTML.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import CLASS, EXERCISE, run_grader
from jsonschema import Draft202012Validator

from grader.answer_key import LateRule, load_key, save_key
from grader.errors import ExportError
from grader.export.ci import github_result, junit_xml
from grader.export.gradescope import gradescope_results
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.intake import Arrival

FORMATS = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
NUMBER, TEXT = {"type": "number"}, {"type": "string"}

# As Gradescope's autograder specification lists them; nothing else is allowed, so that a typing error is found.
RESULTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "properties": {
        "score": NUMBER, "execution_time": NUMBER, "output": TEXT, "output_format": FORMATS,
        "test_output_format": FORMATS, "test_name_format": FORMATS, "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY, "extra_data": {"type": "object"}, "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": NUMBER, "max_score": NUMBER, "status": {"enum": ["passed", "failed"]}, "name": TEXT,
                    "name_format": FORMATS, "number": TEXT, "output": TEXT, "output_format": FORMATS,
                    "tags": {"type": "array", "items": TEXT}, "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}  # fmt: skip
CLASSROOM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "status", "tests"],
    "properties": {
        "version": {"const": 1}, "status": {"enum": ["pass", "fail", "error"]}, "message": TEXT, "max_score": NUMBER,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "status"],
                "properties": {
                    "name": TEXT, "status": {"enum": ["pass", "fail", "error"]}, "message": TEXT, "test_code": TEXT,
                    "filename": TEXT, "line_no": {"type": "integer"}, "duration": NUMBER, "score": NUMBER,
                    "max_score": NUMBER, "task_id": {"type": "integer"}, "output": TEXT,
                },
            },
        },
    },
}  # fmt: skip

SECRET = "0.61803398875"
CASES = (
    CaseRecord("small", "public", "b", "returned", True, "Right."),
    CaseRecord("large", "public", "b", "returned", False, "Off by a factor of 2."),
    CaseRecord("far", "hidden", "b", "returned", False, f"hidden {SECRET}"),
)


def criterion(name: str, verdict: str, points: Fraction | None) -> CriterionRecord:
    return CriterionRecord(
        name, verdict, points, Fraction(10), "", f"{name} is {verdict} \x1b.", "Look.", ("A note.",), (), CASES
    )


RIGHT = replace(criterion("f", "correct", Fraction(10)), cases=CASES[:1])
RECORD = Record("ada", "Ada", "a.ipynb", "9f", "graded", Fraction(15), Fraction(20), "ada",
                criteria=(RIGHT, criterion("g", "partly", Fraction(5))), notes=("Handed in twice.",))  # fmt: skip
UNREADABLE = Record("bob", "Bob", "b.ipynb", "", "unreadable", None, Fraction(20), "bob",
                    sentence="b.ipynb is empty", next_step="hand it in again")  # fmt: skip
UNGRADED = replace(
    RECORD, status="partly graded", criteria=(RIGHT, criterion("g", "ungraded", None)), points=Fraction(10)
)


def check(schema: object, document: object) -> None:
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(document)]
    assert not errors


@pytest.fixture(scope="session")
def reports(grade_folder: Callable[[Path, Path], object], shared: Path) -> Path:
    """The sample class, graded."""
    grade_folder(CLASS, EXERCISE)
    return shared / f"graded-{EXERCISE.name}"


def test_results_of_a_whole_class_are_as_gradescope_documents_them(reports: Path, key: Path, tmp_path: Path) -> None:
    """Every hand-in of the sample class: a valid document whose points add up."""
    ran = run_grader("export", "gradescope", reports, "--key", key / "exercise_05.key.npz", "--out", tmp_path / "r")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = sorted(tmp_path.glob("r/*/results.json"))
    assert len(found) > 50
    for path in found:
        document = json.loads(path.read_text(encoding="utf-8"))
        check(RESULTS, document)
        assert document["score"] == pytest.approx(sum(test.get("score", 0) for test in document["tests"]))


def test_results_of_a_whole_class_are_as_the_classroom_has_them(reports: Path, key: Path, tmp_path: Path) -> None:
    """The same for GitHub Classroom, and one JUnit file for all."""
    full = key / "exercise_05.key.npz"
    assert run_grader("export", "github", reports, "--key", full, "--out", tmp_path / "r").returncode == 0
    for path in tmp_path.glob("r/*/result.json"):
        check(CLASSROOM, json.loads(path.read_text(encoding="utf-8")))
    assert run_grader("export", "junit", reports, "--key", full, "--out", tmp_path / "j.xml").returncode == 0
    root = ET.parse(tmp_path / "j.xml").getroot()
    assert len(root) == len(list(tmp_path.glob("r/*/result.json")))
    assert int(root.get("tests", "0")) == len(list(root.iter("testcase")))


@pytest.mark.parametrize("visibility", ["visible", "after_due_date", "after_published", "hidden"])
def test_points_are_seen_when_the_ta_says(visibility: str) -> None:
    """Public checks are always visible and carry no points; what hidden checks decide waits."""
    document = gradescope_results(RECORD, visibility)
    check(RESULTS, document)
    scored = [test for test in document["tests"] if "score" in test]
    shown = [test for test in document["tests"] if "score" not in test]
    assert {test["visibility"] for test in scored} == {visibility}
    assert {test["visibility"] for test in shown} == {"visible"}
    assert [test["status"] for test in shown] == ["passed", "failed"]
    assert sum(test["score"] for test in scored) == document["score"] == 15


@pytest.mark.parametrize("make", [gradescope_results, github_result, lambda record: junit_xml("x", [record]).decode()])
def test_hidden_cases_are_never_told(make: Callable[[Record], object]) -> None:
    """Nothing that is said of a hidden case leaves by any of these ways."""
    told = json.dumps(make(replace(RECORD, seconds=12.345)), ensure_ascii=False)
    assert "12.345" not in told  # a program that sleeps says a number of its inputs by that
    assert SECRET not in told
    assert "far" not in told
    assert "Off by a factor of 2" in told


def test_unreadable_is_said_and_our_own_fault_is_no_zero() -> None:
    """Gradescope must have a number: for what cannot be read it comes with the reason; for our faults there is none."""
    document = gradescope_results(UNREADABLE)
    check(RESULTS, document)
    assert document["score"] == 0
    assert "b.ipynb is empty" in document["output"]
    assert "hand it in again" in document["output"]
    assert document["extra_data"]["status"] == "unreadable"
    with pytest.raises(ExportError) as refused:
        gradescope_results(UNGRADED)
    assert "no zero" in refused.value.hint


def test_lateness_is_said() -> None:
    """What was taken off the total stands beside it."""
    late = replace(RECORD, points=Fraction(13), deduction=Fraction(2), arrival=Arrival("gradescope", late_by=60))
    document = gradescope_results(late)
    assert document["score"] == 13
    assert "Points taken off for lateness: 2" in document["output"]


def test_junit_tells_failures_from_errors() -> None:
    """Wrong is a failure, ungraded and unreadable are errors, untouched is skipped; control characters are no XML."""
    untouched = replace(RECORD, criteria=(criterion("g", "not attempted", Fraction(0)),))
    root = ET.fromstring(junit_xml("t", [RECORD, UNREADABLE, UNGRADED, untouched]))
    counts = [(s.get("tests"), s.get("failures"), s.get("errors"), s.get("skipped")) for s in root]
    assert counts == [("2", "1", "0", "0"), ("1", "0", "1", "0"), ("2", "0", "1", "0"), ("1", "0", "0", "1")]
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("6", "1", "2", "1")


def test_the_classroom_tells_errors_from_failures() -> None:
    """The status of the whole, and of each function."""
    assert github_result(RECORD)["status"] == "fail"
    assert github_result(UNREADABLE)["status"] == "error"
    assert github_result(replace(RECORD, criteria=(RIGHT,)))["status"] == "pass"
    assert [test["status"] for test in github_result(UNGRADED)["tests"]] == ["pass", "error"]


def test_json_and_csv_are_written_anew(reports: Path, key: Path, tmp_path: Path) -> None:
    """Without a sheet, csv is the class's grades.csv and json all of it in one document."""
    full = key / "exercise_05.key.npz"
    assert run_grader("export", "csv", reports, "--key", full, "--out", tmp_path / "g.csv").returncode == 0
    assert (tmp_path / "g.csv").read_bytes() == (reports / "grades.csv").read_bytes()
    assert run_grader("export", "json", reports, "--key", full, "--out", tmp_path / "g.json").returncode == 0
    document = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    lines = (reports / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    assert document["submissions"] == [json.loads(line) for line in lines]
    assert document["max_points"] == 100


@pytest.mark.parametrize(("more", "verbs"), [((), ["check"]), (("--staff",), ["grade", "export", "doctor"])])
def test_a_workflow_is_written_that_runs_our_verbs(tmp_path: Path, more: tuple[str, ...], verbs: list[str]) -> None:
    """A GitHub Actions workflow: valid YAML with verbs and options that exist, and no right to write anything."""
    import yaml

    ran = run_grader("export", "workflow", *more, "--out", tmp_path / "grade.yml")
    assert ran.returncode == 0
    flow = yaml.safe_load((tmp_path / "grade.yml").read_text(encoding="utf-8"))
    assert flow["permissions"] == {"contents": "read"}
    steps = [step for job in flow["jobs"].values() for step in job["steps"]]
    runs = " ".join(step.get("run", "") for step in steps)
    [install] = [step for step in steps if "pip install" in step.get("run", "")]
    assert install["env"] == {"GRADER": "${{ vars.GRADER }}"}
    unset = subprocess.run(
        [shutil.which("bash") or "sh", "-ec", install["run"]], env={"PATH": ""}, capture_output=True, text=True
    )
    assert unset.returncode != 0, "whoever else's package of that name is not installed"
    assert "set the variable GRADER" in unset.stderr
    for verb in verbs:
        assert f"grader {verb}" in runs
        told = run_grader(verb, "--help").stdout + run_grader("export", "junit", "--help").stdout
        [line] = [part for part in runs.split("grader ")[1:] if part.startswith(verb)][:1]
        assert all(option in told for option in re.findall(r"--[a-z]+", line))


WRONG = {
    "canvas without a sheet": (["canvas"], "--sheet is missing"),
    "one file for a class": (["gradescope"], "is one file, and the class has"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_what_is_missing_is_told(arguments: list[str], said: str, reports: Path, key: Path, tmp_path: Path) -> None:
    """Exit 2, a sentence and the next step."""
    out = tmp_path / "out.json"
    ran = run_grader("export", *arguments, reports, "--key", key / "exercise_05.key.npz", "--out", out)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "next:" in ran.stderr
    assert not out.exists()


def test_the_tas_own_sheet_is_never_written_over(reports: Path, key: Path, tmp_path: Path) -> None:
    """--out must be another file."""
    (tmp_path / "s.csv").write_text("id,points\nstudent-01,\n")
    full = key / "exercise_05.key.npz"
    sheet = tmp_path / "s.csv"
    ran = run_grader("export", "csv", reports, "--key", full, "--sheet", sheet, "--column", "points", "--out", sheet)
    assert ran.returncode == 2
    assert "never changed" in ran.stderr


WAYS = (
    ["csv"],
    ["json"],
    ["nbgrader"],
    ["junit"],
    ["feedback"],
    ["csv", "--sheet", "SHEET", "--column", "pts", "--scale"],
)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_points_of_another_key_are_not_handed_out(way: list[str], reports: Path, key: Path, tmp_path: Path) -> None:
    """The rubric has changed and nobody has judged anew: points of then beside what the exam is worth now."""
    full = load_key(key / "exercise_05.key.npz")
    changed = replace(full.rubric, late=LateRule(Fraction(1, 10), Fraction(1), 0))
    save_key(replace(full, rubric=changed), tmp_path / "changed.npz")
    (tmp_path / "sheet.csv").write_text("id,pts\nstudent-01,\n")
    out = tmp_path / "out"
    words = [str(tmp_path / "sheet.csv") if word == "SHEET" else word for word in way]
    ran = run_grader("export", words[0], reports, *words[1:], "--key", tmp_path / "changed.npz", "--out", out)
    assert ran.returncode == 2
    assert f"nobody's code: grader rejudge {reports}\n" in ran.stderr
    assert not out.exists()


@pytest.mark.parametrize(("verb", "is_told"), [("grade", True), ("rejudge", True), ("review", False)])
def test_a_run_that_has_not_ended_is_told(verb: str, is_told: bool, reports: Path, key: Path, tmp_path: Path) -> None:
    """Killed on its way, or still at work: some points are those of before, and some are not there."""
    shutil.copy(reports / "gradebook.sqlite", tmp_path)
    with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as book, book:
        book.execute("UPDATE runs SET finished = NULL, verb = ?", (verb,))
    full, out = key / "exercise_05.key.npz", tmp_path / "g.csv"
    ran = run_grader("export", "csv", tmp_path, "--key", full, "--out", out)
    assert (ran.returncode, out.exists()) == (0, True)
    assert (f"the last run of 'grader {verb}' has not ended" in ran.stderr) == is_told


@pytest.mark.parametrize("way", [["csv"], ["json"], ["feedback"]], ids=" ".join)
def test_a_damaged_record_is_told_and_stops_no_export(way: list[str], reports: Path, key: Path, tmp_path: Path) -> None:
    """All others are handed out; who has no points by that is named, with what gives them back."""
    shutil.copytree(reports, tmp_path / "reports", ignore=shutil.ignore_patterns("*-shm", "*-wal"))  # others read it
    with closing(sqlite3.connect(tmp_path / "reports" / "gradebook.sqlite")) as book, book:
        book.execute("UPDATE submissions SET record = '{' WHERE student_id = 'student-01'")
    full, out = key / "exercise_05.key.npz", tmp_path / "out"
    ran = run_grader("export", *way, tmp_path / "reports", "--key", full, "--out", out)
    assert (ran.returncode, out.exists()) == (0, True)
    assert "damaged, so that these have no points of the machine's here: student-01\n" in ran.stderr
    assert "next: run 'grader grade' again" in ran.stderr


def test_a_class_that_was_stopped_is_told_after_it_was_judged_anew(reports: Path, key: Path, tmp_path: Path) -> None:
    """To judge anew makes no class whole of which half was graded: both the judging and the export say so."""
    shutil.copy(reports / "gradebook.sqlite", tmp_path)
    with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as book, book:
        book.execute("UPDATE runs SET finished = NULL WHERE verb = 'grade'")
    full, said = key / "exercise_05.key.npz", "the last run of 'grader grade' has not ended"
    ran = run_grader("rejudge", tmp_path, "--key", full, "--quiet")
    assert f"{said}: points may be old, or missing\n  next: run the same command again\n" in ran.stdout
    assert said in run_grader("export", "csv", tmp_path, "--key", full, "--out", tmp_path / "g.csv").stderr


def test_results_of_an_earlier_export_are_not_handed_out(reports: Path, key: Path, tmp_path: Path) -> None:
    """Of whom there is no result any more, the one of before goes; of whom nobody knows here, it is named and stays."""
    shutil.copy(reports / "gradebook.sqlite", tmp_path)
    order = ("export", "gradescope", tmp_path, "--key", key / "exercise_05.key.npz", "--out", tmp_path / "r")
    assert run_grader(*order).returncode == 0
    broken, withdrawn, theirs = sorted(path.parent.name for path in tmp_path.glob("r/*/results.json"))[:3]
    with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as book, book:
        book.execute("DELETE FROM submissions WHERE student_id = ?", (withdrawn,))
        book.execute(
            "UPDATE submissions SET record = json_set(record, '$.status', 'ungraded') WHERE student_id IN (?, ?)",
            (broken, theirs),
        )
    (tmp_path / "r" / theirs / "results.json").write_text('{"score": 3}')
    ran = run_grader(*order)
    assert ran.returncode == 1
    places = {name: tmp_path / "r" / name / "results.json" for name in (broken, withdrawn, theirs)}
    assert [path.exists() for path in places.values()] == [False, True, True]
    assert f"taken away, since it is of an earlier export: {places[broken]}" in ran.stdout
    for name in (withdrawn, theirs):
        assert f"not of this export, so delete it if nobody is to get it: {places[name]}" in ran.stdout
