"""The two plain sheets: one row a submission for people, one JSON line a submission for machines.

takes: records in order, and the names of the criteria, with their points for the lines.
gives: files written whole or not at all.
must not know: HTML, how a verdict was reached.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from glob import escape
from pathlib import Path
from time import time
from typing import Any, TextIO

from grader.gradebook import CriterionRecord, Record

# A verdict whose points are no result of grading the function's answers says so in its cell, since a bare 0
# would look like an answer that was read and found wrong.
WORDED = ("not attempted", "missing", "crashed", "timed out")
# What spreadsheets take for a formula (OWASP, CSV injection): some read the full-width signs alike, and what stands
# before one without being seen is no text to them. Where a comma is the decimal sign, a semicolon begins a new cell.
_FORMULA = r"(?=[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])"
_BEGINS, _BEGINS_BEHIND = re.compile(_FORMULA), re.compile(f";{_FORMULA}")
HEADER = ("student_id", "name", "file", "status", "points", "max_points")  # of grades.csv; the criteria follow
OLD = 3600  # seconds in which whoever writes a sheet has written something
DECIMALS = 4  # of a fraction that has no short decimal


def grades_through(path: Path, criteria: Sequence[str], records: Iterable[Record]) -> Iterator[Record]:
    """Write `grades.csv` while records pass through; it appears when the last has passed."""
    with whole_file(path) as file:
        writer = csv.writer(file)
        writer.writerow([*HEADER, *criteria])
        for record in records:
            writer.writerow(_row(record, criteria))
            yield record


def verdicts_through(path: Path, worth: Mapping[str, Fraction], records: Iterable[Record]) -> Iterator[Record]:
    """Write `verdicts.jsonl` while records pass through; it appears when the last has passed.

    The same hand-in and key give the same line, whenever and wherever.
    """
    with whole_file(path) as file:
        for record in records:
            file.write(json.dumps(verdict_line(record, worth), ensure_ascii=False) + "\n")
            yield record


def write_grades(path: Path, criteria: Sequence[str], records: Iterable[Record]) -> None:
    """Write `grades.csv`."""
    deque(grades_through(path, criteria, records), maxlen=0)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a text file for writing that is there when all of it is written, and not before.

    Where that fails nothing is left of it: on a full disk it would take what little room there is. A link stays.
    """
    path = path.resolve()
    _take_away_old_parts(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    file = part.open("w", encoding="utf-8", errors="replace", newline="")
    try:
        yield file
        file.close()
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):  # what stands in its buffer cannot be written either, and this is no news
            file.close()
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(part)  # a write that fails does not say where
        raise


def _take_away_old_parts(path: Path) -> None:
    """What is left of runs that were killed while they wrote this file; another may be writing it now, beside us."""
    for part in path.parent.glob(f"{escape(path.name)}.*.part"):
        with suppress(OSError):
            if part.name.split(".")[-2].isdecimal() and time() - part.stat().st_mtime > OLD:
                part.unlink()


def _row(record: Record, criteria: Sequence[str]) -> list[str]:
    by_name = {criterion.name: criterion for criterion in record.criteria}
    texts = (record.student_id, record.name, record.file, record.status)
    cells = [_cell(by_name[name]) if name in by_name else "" for name in criteria]
    return [*(defused_name(text) for text in texts), _number(record.points), _number(record.max_points), *cells]


def _cell(criterion: CriterionRecord) -> str:
    if criterion.points is None:
        return "ungraded"
    if criterion.points == 0 and criterion.verdict in WORDED and not criterion.changed_by_hand:
        return criterion.verdict
    return _number(criterion.points)


def defused(text: str) -> str:
    """Text that a spreadsheet will not run: a formula gets an apostrophe before it."""
    return f"'{text}" if _BEGINS.match(text) else text


def defused_name(name: str) -> str:
    """A name that students choose, also where a spreadsheet splits it at a semicolon."""
    return defused(_BEGINS_BEHIND.sub(";'", name))


def plain_number(points: Fraction | None) -> int | float | None:
    """Points for JSON: whole where they are whole."""
    if points is None:
        return None
    return points.numerator if points.denominator == 1 else round(float(points), DECIMALS)


def _number(points: Fraction | None) -> str:
    number = plain_number(points)
    return "" if number is None else str(number)


def verdict_line(record: Record, worth: Mapping[str, Fraction]) -> dict[str, Any]:
    """One submission as JSON. Where nothing could be graded, every criterion says why, with points null.

    `worth` has the criteria by name, with what each is worth.
    """
    listed = [_criterion(c) for c in record.criteria] or [_ungraded(record, *of) for of in worth.items()]
    return {
        "student_id": record.student_id,
        "file": record.file,
        "sha256": record.sha256,
        "status": record.status,
        "points": plain_number(record.points),
        "max_points": plain_number(record.max_points),
        "criteria": listed,
    }


def _criterion(criterion: CriterionRecord) -> dict[str, Any]:
    return {
        "name": criterion.name,
        # Of a hand-in, being unreadable is a status; of a function the word is the same with and without a TA's points.
        "verdict": "ungraded" if criterion.verdict == "unreadable" else criterion.verdict,
        "points": plain_number(criterion.points),
        "max_points": plain_number(criterion.max_points),
        "mistake": criterion.mistake or None,
        "headline": criterion.headline,
        "notes": list(criterion.notes),
        "cases": [
            {"name": c.name, "visibility": c.visibility, "outcome": c.outcome, "detail": c.detail}
            for c in criterion.cases
        ],
        **_override(criterion),
    }


def _override(criterion: CriterionRecord) -> dict[str, Any]:
    """What a TA said over the machine; the key is there only where somebody did."""
    override = criterion.override
    if override is None:
        return {}
    told = {
        "points": plain_number(override.points), "reason": override.reason, "by": override.made_by,
        "machine_points": plain_number(criterion.judged_points), "changed_since": criterion.changed_since,
    }  # fmt: skip
    return {"override": told}


def _ungraded(record: Record, name: str, most: Fraction) -> dict[str, Any]:
    return {
        "name": name, "verdict": "ungraded", "points": None, "max_points": plain_number(most), "mistake": None,
        "headline": record.sentence, "notes": [record.next_step] if record.next_step else [], "cases": [],
    }  # fmt: skip
