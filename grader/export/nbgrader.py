"""nbgrader's sheet of grades, written anew where there is none to fill in.

takes: records, and the assignment's name, where nbgrader has none for it.
gives: the CSV with exactly nbgrader's columns.
must not know: HTML, how a verdict was reached.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from grader.export.places import NBGRADER_HEADER, nbgrader_scores, nbgrader_task
from grader.export.sheets import defused_name
from grader.gradebook import Record


def nbgrader_csv(assignment: str, duedate: str, records: Iterable[Record]) -> str:
    """One row a student; numbers are empty where nothing is final, as nbgrader reads them."""
    records = list(records)
    assignment = nbgrader_task(assignment, records)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, NBGRADER_HEADER.split(","))
    writer.writeheader()
    for record in records:
        first, _, last = record.name.rpartition(" ") if record.name != record.student_id else ("", "", "")
        told = {
            "assignment": assignment, "duedate": duedate, "timestamp": record.arrival.handed_in,
            "student_id": record.student_id, "last_name": last, "first_name": first, "email": record.arrival.email,
        }  # fmt: skip
        writer.writerow({name: defused_name(value) for name, value in told.items()} | nbgrader_scores(record))
    return text.getvalue()
