"""Results in the formats of other systems: Gradescope, GitHub Classroom, nbgrader, JUnit XML, one JSON document.

A function that we could not grade is an error there, and never a failure of the student's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from grader.errors import ExportError
from grader.export.sheets import HEADER, csv_bytes, defused_name, plain_number, show_hundredths, verdict_line
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.key import Key

NBGRADER_TITLES = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip
OPENINGS: Mapping[str, bytes] = {
    "csv": ",".join(HEADER).encode(),
    "nbgrader": ",".join(NBGRADER_TITLES).encode(),
    "junit": b"<?xml version='1.0' encoding='utf-8'?>\n<testsuites ",
}
"""How each file that is written here begins, and no other."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def class_document(key: Key, records: Iterable[Record]) -> dict[str, Any]:
    """All results of a class as one JSON document."""
    start = {"assignment": key.rubric.name, "title": key.rubric.title, "max_points": plain_number(key.rubric.points)}
    return {**start, "submissions": [verdict_line(record, key.rubric.worth) for record in records]}


def workflow(staff: bool) -> bytes:
    """The workflow for GitHub Actions: public checks on each push, or a whole class in a private repository."""
    return files("grader.export").joinpath("github_grading.yml" if staff else "github_workflow.yml").read_bytes()


def gradescope_result(record: Record, visibility: str = "after_published") -> dict[str, Any]:
    """One submission as Gradescope's `results.json`; raises `ExportError` where it was not graded in whole.

    Points could be used to find out about hidden cases, so students see them when `visibility` says; what public cases
    say they see at once. A file that could not be read scores 0, since Gradescope needs a number.
    """
    if record.status in ("ungraded", "partly graded"):
        sentence = f"'{record.student_id}' could not be graded in whole, and Gradescope has no word for that"
        hint = "grade again; nothing was written, so Gradescope reports that the autograder failed, and no zero"
        raise ExportError(sentence, hint)
    lines = [f"Note: {note}" for note in record.words.notes]
    if record.points is None:
        why = f"Not graded, and not meant as a zero: {record.words.headline}"
        lines = [why, f"What to do: {record.words.next_step}", *lines]
    if record.taken_off:
        lines.append(f"Points taken off for lateness: {plain_number(record.taken_off)}")
    return {
        "score": plain_number(record.points) or 0, "output": "\n".join(lines),
        "output_format": "text", "test_output_format": "text", "test_name_format": "text", "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"status": record.status, "student_id": record.student_id, "sha256": record.identity.sha256},
        "tests": [test for n, one in enumerate(record.criteria, start=1) for test in _tests(n, one, visibility)],
    }  # fmt: skip


def _tests(number: int, criterion: CriterionRecord, visibility: str) -> Iterable[dict[str, Any]]:
    words, public, hidden = criterion.words, _cases(criterion, "public"), _cases(criterion, "hidden")
    lines = [words.headline, words.next_step and f"Try next: {words.next_step}", *words.notes]
    if hidden:
        lines.append(f"Hidden checks: {sum(case.right for case in hidden)} of {len(hidden)} pass.")
    if public:
        checks = [f"{'pass' if case.right else 'fail'}  {case.name}: {case.detail}".rstrip(": ") for case in public]
        yield {
            "name": f"{criterion.name}: public checks", "number": f"{number}.1",
            "status": "passed" if all(case.right for case in public) else "failed",
            "output": "\n".join(checks), "visibility": "visible",
        }  # fmt: skip
    yield {
        "name": criterion.name, "number": str(number),
        "score": plain_number(criterion.points), "max_score": plain_number(criterion.max_points),
        "status": "passed" if criterion.points == criterion.max_points else "failed",
        "output": "\n".join(filter(None, lines)), "tags": [criterion.verdict], "visibility": visibility,
        "extra_data": {"verdict": criterion.verdict, "mistake": criterion.ruling.mistake},
    }  # fmt: skip


def _cases(criterion: CriterionRecord, visibility: str) -> list[CaseRecord]:
    return [case for case in criterion.cases if case.visibility == visibility]


def _failing(criterion: CriterionRecord) -> list[str]:
    return [f"{case.name}: {case.detail}" for case in _cases(criterion, "public") if not case.right]


def github_result(record: Record) -> dict[str, Any]:
    """One submission as GitHub Classroom's graders report it."""
    tests = [_github_test(one, record.identity.file) for one in record.criteria]
    is_right = bool(tests) and all(test["status"] == "pass" for test in tests)
    return {
        "version": 1, "status": "error" if record.status != "graded" else "pass" if is_right else "fail",
        "message": " ".join(filter(None, [record.words.headline, record.words.next_step])),
        "max_score": plain_number(record.max_points), "tests": tests,
    }  # fmt: skip


def _github_test(criterion: CriterionRecord, file: str) -> dict[str, Any]:
    points, words = criterion.points, criterion.words
    return {
        "name": criterion.name,
        "status": "error" if points is None else "pass" if points == criterion.max_points else "fail",
        "message": " ".join(filter(None, [words.headline, words.next_step])), "filename": file,
        "line_no": criterion.places.trouble_line or criterion.places.line,
        "score": plain_number(points) or 0, "max_score": plain_number(criterion.max_points),
        "output": "\n".join(_failing(criterion)),
    }  # fmt: skip


def junit_xml(key: Key, records: Iterable[Record]) -> bytes:
    """The class as JUnit XML, which CI systems show: a suite for each submission, a case for each criterion."""
    root = ET.Element("testsuites", name=_xml(key.rubric.title))
    for record in records:
        suite = ET.SubElement(root, "testsuite", name=_xml(record.student_id))
        # A submission can choose how long its hidden cases take, and so reveal a number of them.
        if not any(_cases(criterion, "hidden") for criterion in record.criteria):
            suite.set("time", f"{record.evidence.seconds:.3f}")
        for name, kind, word, message, lines in _junit_cases(record):
            case = ET.SubElement(suite, "testcase", classname=_xml(record.student_id), name=_xml(name))
            if kind:
                failure = ET.SubElement(case, kind, message=_xml(message), type=_xml(word))
                failure.text = _xml("\n".join(filter(None, lines)))
    for suite in (*root, root):
        suite.set("tests", str(len(list(suite.iter("testcase")))))
        for word, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            suite.set(attribute, str(len(list(suite.iter(word)))))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _junit_cases(record: Record) -> Iterable[tuple[str, str, str, str, Sequence[str]]]:
    """Name, kind, word, message and lines of each case; no kind where all points were earned."""
    if not record.criteria:
        yield "the hand-in", "error", record.status, record.words.headline, [record.words.next_step]
    for one in record.criteria:
        points, most, verdict, words = one.points, one.max_points, one.verdict, one.words
        kind = "error" if points is None else "skipped" if verdict == "not attempted" else "failure"
        score = f"{'not graded' if points is None else plain_number(points)} of {plain_number(most)} points"
        lines = [score, words.next_step, *_failing(one)]
        yield one.name, "" if points == most else kind, one.ruling.mistake or verdict, words.headline or verdict, lines


def _xml(text: str) -> str:
    return _NO_XML.sub("?", text)


def nbgrader_csv(key: Key, records: Sequence[Record]) -> bytes:
    """nbgrader's `grades.csv`, one row a student; numbers are empty where nothing is final, as nbgrader reads them."""
    late, rows = key.rubric.late, [[*NBGRADER_TITLES]]
    start = [nbgrader_name(key.rubric.name, records), late.due.isoformat() if late and late.due else ""]
    for record in records:
        one = record.identity
        first, _, last = one.name.rpartition(" ") if one.name != one.student_id else ("", "", "")
        texts = [*start, one.arrival.handed_in, one.student_id, last, first, one.arrival.email]
        rows.append([*map(defused_name, texts), *nbgrader_numbers(record)])
    return csv_bytes(rows)


def nbgrader_name(name: str, records: Iterable[Record]) -> str:
    """What nbgrader calls the assignment: the folder below each student's that the class came in, else our name."""
    for record in records:
        parts, arrival = PurePosixPath(record.identity.file).parts, record.identity.arrival
        if arrival.layout == "nbgrader" and arrival.entry in parts[:-2]:
            return parts[parts.index(arrival.entry) + 1]  # in a zip, folders may be around the student's
    return name


def nbgrader_numbers(record: Record) -> list[str]:
    """nbgrader's last four columns for one student; empty where nothing is final."""
    points, off = record.points if record.status == "graded" else None, record.taken_off
    numbers = (None, None, None) if points is None else (points + off, off, points)
    return ["" if one is None else show_hundredths(one) for one in (*numbers, record.max_points)]
