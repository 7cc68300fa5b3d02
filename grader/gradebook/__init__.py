"""The gradebook of a class: records, overrides and runs in one SQLite file.

Every entry is safe on disk before the call returns. A record is compressed JSON; outcomes are a column of their own,
compressed by what they share with the reference's.
What TAs say is kept beside the machine's record and never in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import cast

import msgspec

from grader.errors import GradebookError
from grader.gradebook.database import Database
from grader.gradebook.overrides import REVIEW, SHEET, Overrides, OverrideTable, applied
from grader.gradebook.records import (
    BehaviourRecord,
    CaseRecord,
    CriterionRecord,
    Evidence,
    Identity,
    Override,
    Places,
    Record,
    Ruling,
    Words,
)  # fmt: skip
from grader.gradebook.runs import Move, MoveTable, Run, RunTable, is_visible

__all__ = [
    "REVIEW", "SHEET", "BehaviourRecord", "CaseRecord", "CriterionRecord", "Evidence", "Gradebook", "Identity", "Move",
    "Override", "Overrides", "Places", "Record", "Ruling", "Run", "Words", "applied", "is_visible",
]  # fmt: skip

_fraction = lru_cache(maxsize=1000)(Fraction)  # a record has 67, a class hardly more: half of the time to unpack one
_CAP = 256 << 20  # bytes of one submission's outcomes, after decompression


class Gradebook:
    """An open gradebook; use it as a context manager. `shared` lets several threads use it, one at a time.

    `overrides` is the TAs' side of it, `moves` what points have been, `runs` what graded and judged it.
    """

    def __init__(self, path: Path, shared: bool = False) -> None:
        self.path, self._file = path, Database(path, shared)
        self.overrides = OverrideTable(self._file)
        self.moves = MoveTable(self._file)
        self.runs = RunTable(self._file)
        self._usual, self._expected = dict[int, bytes](self._file.rows("SELECT id, outcomes FROM usual")), b""

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.connection.close()

    def expect(self, outcomes: bytes) -> None:
        """What will be entered is mostly like these outcomes, so what they share with them is kept once."""
        number, self._expected = zlib.adler32(outcomes), outcomes  # zlib writes that number into what it compresses
        self._usual[number] = outcomes
        self._file.change("INSERT OR IGNORE INTO usual VALUES (?, ?)", (number, outcomes))

    def enter(self, record: Record, run_id: int) -> None:
        """Enter a submission, in place of an earlier one of the same student."""
        student, one, evidence = _sound(record.student_id), record.identity, record.evidence
        compressor = zlib.compressobj(1, zdict=self._expected)
        outcomes = compressor.compress(evidence.outcomes) + compressor.flush()
        row = (
            student, _sound(one.name), _sound(one.file), one.sha256, record.status, record.points, record.max_points,
            one.folder, run_id, evidence.fingerprint, pack(record), outcomes,
        )  # fmt: skip
        verdicts = [
            (student, c.name, c.verdict, c.points, c.max_points, c.ruling.mistake, _sound(c.words.headline))
            for c in record.criteria
        ]
        moved = [(run_id, student, one.criterion, one.then, one.now) for one in self.moves.moved_by(record)]
        with self._file.watched(), self._file.connection as connection:
            connection.executemany("INSERT INTO moves VALUES (?, ?, ?, ?, ?)", moved)
            connection.execute("DELETE FROM verdicts WHERE student_id = ?", (student,))
            connection.execute("INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            connection.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)", verdicts)

    def keep_only(self, students: Collection[str]) -> None:
        """Remove submissions that are no longer handed in."""
        gone = [(student,) for student in self.fingerprints() if student not in students]
        with self._file.watched(), self._file.connection as connection:
            for table in ("verdicts", "moves", "submissions"):
                connection.executemany(f"DELETE FROM {table} WHERE student_id = ?", gone)  # noqa: S608

    def forget_fingerprint(self, student_id: str) -> None:
        """Have the next run grade this submission again, whatever is handed in then."""
        self._file.change("UPDATE submissions SET fingerprint = '' WHERE student_id = ?", (student_id,))

    def folders(self) -> dict[str, str]:
        """Student -> the folder of their page among the reports."""
        return dict(self._file.rows("SELECT student_id, folder FROM submissions"))

    def fingerprints(self) -> dict[str, str]:
        """What is graded already: student -> fingerprint."""
        return dict(self._file.rows("SELECT student_id, fingerprint FROM submissions"))

    def questions(self) -> dict[str, str]:
        """Which questions were asked: student -> digest of the key of the run that entered the row."""
        query = "SELECT student_id, questions_digest FROM submissions LEFT JOIN runs ON runs.id = run_id"
        return dict(self._file.rows(query))

    def records(self) -> Iterator[Record]:
        """All submissions in order of student, one at a time and without their outcomes."""
        with self._file.watched():
            for row in self._file.connection.execute("SELECT record FROM submissions ORDER BY student_id"):
                yield unpack(*row)

    def record_of(self, student_id: str) -> Record:
        """One student's submission with its outcomes; raises `GradebookError` where there is none."""
        query = "SELECT record, outcomes FROM submissions WHERE student_id = ?"
        for record in self._file.rows(query, student_id, each=lambda row: unpack(row[0], self._outcomes(row[1]))):
            return cast(Record, record)
        raise GradebookError(f"there is no student '{student_id}' in {self.path}", "the class page lists all students")

    def _outcomes(self, saved: bytes) -> bytes:
        """Outcomes as they were entered; damaged ones as they are, since whoever reads them knows whose they are."""
        whole = zlib.decompressobj(zdict=self._usual.get(int.from_bytes(saved[2:6], "big"), b""))
        with suppress(zlib.error):
            outcomes = whole.decompress(saved, _CAP)
        return outcomes if whole.eof else saved

    def written(self) -> dict[str, str]:
        """Digests of the sheets as they were written last, to see what somebody changed since."""
        return dict(self._file.rows("SELECT name, sha256 FROM written"))

    def note_written(self, name: str, sha256: str) -> None:
        """Note how a sheet was written."""
        self._file.change("INSERT OR REPLACE INTO written VALUES (?, ?)", (name, sha256))


def pack(record: Record) -> bytes:
    """A record as compressed JSON, without its outcomes. A record with overrides applied is for showing only."""
    assert not any(one.override for one in record.criteria), "overrides are never part of a saved record"
    evidence = msgspec.structs.replace(record.evidence, outcomes=b"")
    plain = msgspec.json.encode(msgspec.structs.replace(record, evidence=evidence), enc_hook=Fraction.__str__)
    return zlib.compress(plain, 3)


def unpack(record: bytes, outcomes: bytes = b"") -> Record:
    """The record again; raises what `msgspec` or `zlib` raise where it is damaged."""
    found: Record = msgspec.json.decode(
        zlib.decompress(record), type=Record, dec_hook=lambda _, points: _fraction(points)
    )
    return msgspec.structs.replace(found, evidence=msgspec.structs.replace(found.evidence, outcomes=outcomes))


def _sound(text: str) -> str:
    """Text without lone surrogates, which no database takes (they come of broken file names)."""
    return text.encode("utf-8", "replace").decode("utf-8")
