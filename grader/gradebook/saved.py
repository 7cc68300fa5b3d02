"""A submission as the gradebook has it, to be read elsewhere, and what is left of one that cannot be read.

takes: the cells of a row.
gives: its `Record`, or `DamagedRecordError` with the student's id; what the row's other cells tell beside it.
must not know: the database, what is done about damage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from grader.gradebook.faults import SpoiledRowError, faults_told, reading
from grader.gradebook.kinds import is_text
from grader.gradebook.records import Record
from grader.gradebook.rows import is_place, read_record, read_summed

FOLDER = "CASE json_valid(record) WHEN 1 THEN json_extract(record, '$.folder') END"


@dataclass(frozen=True)
class Saved:
    """Text and bytes, which cost little to hand to another process; `folder` is "" where its record cannot tell it."""

    COLUMNS: ClassVar = f"student_id, name, file, sha256, {FOLDER}, record, outcomes"

    book: Path
    student_id: str
    name: str
    file: str
    sha256: str
    folder: str
    record: str
    outcomes: bytes

    @classmethod
    def of(cls, book: Path, student_id: str, name: str, file: str, sha256: str, folder: str, *rest: Any) -> Saved:
        """What a row says; cells that are no text tell nothing."""
        name, file, sha256 = (cell if is_text(cell) else "" for cell in (name, file, sha256))
        return cls(book, student_id, name, file, sha256, folder if is_place(folder) else "", *rest)

    def read(self) -> Record:
        """The record; raises `DamagedRecordError` where it is damaged."""
        return read_saved(self.book, self.student_id, self.record, self.outcomes)


Instead = Callable[[Saved], Record]


def read_saved(book: Path, student_id: str, record: str, outcomes: bytes | None) -> Record:
    """Read a record; raises `DamagedRecordError`, with whose it is."""
    with faults_told(book):
        try:
            return _from_text(record, outcomes or b"")
        except SpoiledRowError as error:
            raise SpoiledRowError(str(error), student_id if is_text(student_id) else "") from error


@reading
def _from_text(record: str, outcomes: bytes) -> Record:
    return read_record(read_summed(record), outcomes)
