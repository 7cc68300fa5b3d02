"""The plain sheets of a class: `grades.csv` for people, `verdicts.jsonl` for machines, and `moved.csv`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

from grader.folders import GRADES, VERDICTS, aside, write_whole
from grader.gradebook import CriterionRecord, Move, Record, Ruling, Words
from grader.key import Key

HEADER = ("student_id", "name", "file", "status", "points", "max_points")  # of grades.csv; the criteria follow
_WORDED = ("not attempted", "missing", "crashed", "timed out")  # verdicts that a cell says in place of a bare 0
# What spreadsheets take for a formula (OWASP, CSV injection): full-width signs and invisible characters before one too.
_FORMULA = r"(?=[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])"
_BEGINS, _BEGINS_LATER = re.compile(_FORMULA), re.compile(f";{_FORMULA}")


def write_sheets(out: Path, key: Key, records: Iterable[Record]) -> None:
    """Write `grades.csv` and `verdicts.jsonl`, both when the last record has passed."""
    worth = key.rubric.worth
    with whole_file(out / GRADES) as grades, whole_file(out / VERDICTS) as verdicts:
        csv.writer(grades).writerow([*HEADER, *worth])
        for record in records:
            csv.writer(grades).writerow(_row(record, worth))
            verdicts.write(json.dumps(verdict_line(record, worth), ensure_ascii=False) + "\n")


def grades_csv(key: Key, records: Iterable[Record]) -> bytes:
    """What `grades.csv` holds."""
    worth = key.rubric.worth
    return csv_bytes([[*HEADER, *worth], *(_row(record, worth) for record in records)])


def write_moves(path: Path, moves: Iterable[tuple[str, Move]]) -> None:
    """Write the points that moved while the submission stayed the same, each with the time of its run."""
    rows = [["run", "student_id", "criterion", "points_then", "points"]]
    for run, move in moves:
        student, criterion = defused_name(move.student_id), defused(move.criterion) or "total"
        rows.append([run, student, criterion, _number(move.then), _number(move.now)])
    write_whole(path, csv_bytes(rows))


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a text file that is there when all of it is written, and not before."""
    with aside(path) as part, part.open("w", encoding="utf-8", errors="replace", newline="") as file:
        yield file


def defused(text: str) -> str:
    """Text that a spreadsheet does not run: an apostrophe comes before a formula."""
    return f"'{text}" if _BEGINS.match(text) else text


def defused_name(name: str) -> str:
    """The same for names that students choose, also where a spreadsheet splits cells at a semicolon."""
    return defused(_BEGINS_LATER.sub(";'", name))


def plain_number(points: Fraction | None) -> int | float | None:
    """Points for JSON: whole where they are whole, else with at most four decimals."""
    return points if points is None else int(points) if points.denominator == 1 else round(float(points), 4)


def show_hundredths(points: Fraction, mark: str = ".") -> str:
    """Points as an LMS keeps them: at most two decimals, halves rounded up, as people do."""
    text = f"{Decimal(int((points * 200 + 1) // 2)).scaleb(-2):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", mark)


def read_number(text: str) -> Fraction | None:
    """A number as sheets have it, with a point or a comma; None for anything else."""
    text = text.strip().replace(",", ".")
    return Fraction(text) if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text) else None


def verdict_line(record: Record, worth: Mapping[str, Fraction]) -> dict[str, Any]:
    """One submission as JSON; `worth` has all points by criterion. What was not graded says why, with points null."""
    why = Words(record.words.headline, notes=tuple(filter(None, [record.words.next_step])))
    blank = (CriterionRecord(name, Ruling("ungraded"), None, most, why) for name, most in worth.items())
    return {
        "student_id": record.student_id, "file": record.identity.file, "sha256": record.identity.sha256,
        "status": record.status, "points": plain_number(record.points), "max_points": plain_number(record.max_points),
        "criteria": list(map(_criterion, record.criteria or blank)),
    }  # fmt: skip


def _criterion(criterion: CriterionRecord) -> dict[str, Any]:
    words, override = criterion.words, criterion.override
    line: dict[str, Any] = {
        "name": criterion.name,
        "verdict": "ungraded" if criterion.verdict == "unreadable" else criterion.verdict,  # that is a file's word
        "points": plain_number(criterion.points), "max_points": plain_number(criterion.max_points),
        "mistake": criterion.ruling.mistake or None, "headline": words.headline, "notes": list(words.notes),
        "cases": [
            {"name": case.name, "visibility": case.visibility, "outcome": case.outcome, "detail": case.detail}
            for case in criterion.cases
        ],
    }  # fmt: skip
    if override is not None:
        line["override"] = {
            "points": plain_number(override.points), "reason": override.reason, "by": override.made_by,
            "machine_points": plain_number(criterion.judged_points), "changed_since": criterion.changed_since,
        }  # fmt: skip
    return line


def _row(record: Record, worth: Mapping[str, Fraction]) -> list[str]:
    cells = {one.name: _cell(one) for one in record.criteria}
    texts = map(defused_name, (record.student_id, record.identity.name, record.identity.file, record.status))
    return [*texts, *map(_number, (record.points, record.max_points)), *(cells.get(name, "") for name in worth)]


def _cell(criterion: CriterionRecord) -> str:
    if criterion.points == 0 and criterion.verdict in _WORDED and not criterion.changed_by_hand:
        return criterion.verdict
    return _number(criterion.points) or "ungraded"


def _number(points: Fraction | None) -> str:
    return "" if points is None else str(plain_number(points))
