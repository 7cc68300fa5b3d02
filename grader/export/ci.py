"""What CI systems and GitHub Classroom read: JUnit XML, and a grader's result as JSON.

takes: records.
gives: text. A function that we could not grade is an error there, and never a failure of the student's.
must not know: files, HTML, the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as ET

from grader.export.sheets import plain_number
from grader.gradebook import CriterionRecord, Record

CLASSROOM_VERSION = 1
OPENING = b"<?xml version='1.0' encoding='utf-8'?>\n<testsuites "  # of every JUnit file from here
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def github_result(record: Record) -> dict[str, Any]:
    """One hand-in as GitHub Classroom's graders tell it."""
    worth = record.criteria and all(c.points == c.max_points for c in record.criteria)
    broken = record.status != "graded"
    return {
        "version": CLASSROOM_VERSION,
        "status": "error" if broken else "pass" if worth else "fail",
        "message": " ".join(part for part in (record.sentence, record.next_step) if part),
        "max_score": plain_number(record.max_points),
        "tests": [_github_test(criterion, record) for criterion in record.criteria],
    }


def _github_test(criterion: CriterionRecord, record: Record) -> dict[str, Any]:
    return {
        "name": criterion.name,
        "status": _status(criterion),
        "message": _told(criterion),
        "filename": record.file,
        "line_no": criterion.trouble_line or criterion.line,
        "score": plain_number(criterion.points) or 0,
        "max_score": plain_number(criterion.max_points),
        "output": "\n".join(f"{case.name}: {case.detail}" for case in criterion.public_cases if not case.right),
    }


def _status(criterion: CriterionRecord) -> str:
    if criterion.points is None:
        return "error"
    return "pass" if criterion.points == criterion.max_points else "fail"


def _told(criterion: CriterionRecord) -> str:
    return " ".join(part for part in (criterion.headline, criterion.next_step) if part)


def junit_xml(title: str, records: Iterable[Record]) -> bytes:
    """A suite a hand-in and a case a criterion, as CI systems show it."""
    root = ET.Element("testsuites", name=_xml(title))
    for record in records:
        suite = ET.SubElement(root, "testsuite", name=_xml(record.student_id))
        # How long hidden cases took is for the hand-in to choose, and would tell a number of them.
        if not any(criterion.hidden_cases for criterion in record.criteria):
            suite.set("time", f"{record.seconds:.3f}")
        if not record.criteria:
            case = ET.SubElement(suite, "testcase", classname=_xml(record.student_id), name="the hand-in")
            ET.SubElement(case, "error", message=_xml(record.sentence), type=record.status).text = _xml(
                record.next_step
            )
        for criterion in record.criteria:
            _junit_case(suite, record, criterion)
        _count(suite)
    _count(root)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _junit_case(suite: ET.Element, record: Record, criterion: CriterionRecord) -> None:
    case = ET.SubElement(suite, "testcase", classname=_xml(record.student_id), name=_xml(criterion.name))
    if criterion.points == criterion.max_points:
        return
    kind = "error" if criterion.points is None else "skipped" if criterion.verdict == "not attempted" else "failure"
    message = criterion.headline or criterion.verdict
    told = ET.SubElement(case, kind, message=_xml(message), type=_xml(criterion.mistake or criterion.verdict))
    worth = "not graded" if criterion.points is None else f"{plain_number(criterion.points)}"
    lines = [f"{worth} of {plain_number(criterion.max_points)} points", criterion.next_step]
    lines += [f"{case.name}: {case.detail}" for case in criterion.public_cases if not case.right]
    told.text = _xml("\n".join(line for line in lines if line))


def _count(suite: ET.Element) -> None:
    cases = list(suite.iter("testcase"))
    suite.set("tests", str(len(cases)))
    for word, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(word) is not None for case in cases)))


def _xml(text: str) -> str:
    return _NO_XML.sub("?", text)
