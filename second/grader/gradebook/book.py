"""The gradebook's file: SQLite, one writer, every entry safe on disk before the call returns.

Points are kept as exact text (`15/2`), never as floats. A record is compressed JSON; outcomes are a column of their own.
What TAs say is kept beside the machine's record and never in it.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import GradebookError
from grader.gradebook.moves import MoveTable
from grader.gradebook.overrides import OverrideTable
from grader.gradebook.records import Evidence, Record
from grader.gradebook.runs import RunTable

_VERSION = 10  # those below were written by the first edition
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, verb TEXT NOT NULL, assignment TEXT NOT NULL,
    title TEXT NOT NULL, key_digest TEXT NOT NULL, questions_digest TEXT NOT NULL, key_source TEXT NOT NULL,
    grader_version TEXT NOT NULL, sandbox TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS submissions (
    student_id TEXT PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL,
    points TEXT, max_points TEXT NOT NULL, folder TEXT NOT NULL, run_id INTEGER NOT NULL REFERENCES runs(id),
    fingerprint TEXT NOT NULL, record BLOB NOT NULL, outcomes BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS verdicts (
    student_id TEXT NOT NULL REFERENCES submissions(student_id) ON DELETE CASCADE, criterion TEXT NOT NULL,
    verdict TEXT NOT NULL, points TEXT, max_points TEXT NOT NULL, mistake TEXT NOT NULL, headline TEXT NOT NULL,
    PRIMARY KEY (student_id, criterion)
);
CREATE TABLE IF NOT EXISTS overrides (
    place INTEGER PRIMARY KEY AUTOINCREMENT, student_id TEXT NOT NULL, criterion TEXT NOT NULL, source TEXT NOT NULL,
    points TEXT, reason TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL, run_id INTEGER,
    verdict_then TEXT, points_then TEXT, UNIQUE (student_id, criterion, source)
);
CREATE TABLE IF NOT EXISTS reviews (
    student_id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS moves (
    run_id INTEGER NOT NULL, student_id TEXT NOT NULL, criterion TEXT NOT NULL, points_then TEXT, points TEXT
);
CREATE TABLE IF NOT EXISTS written (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
"""
_RESTORE = "restore it from a backup, or move it away and grade again: hand-ins are never changed"


class Gradebook:
    """An open gradebook; use it as a context manager. `shared` lets several threads use it, one at a time.

    `overrides` is the TAs' side of it, `moves` what points have been, `runs` what graded and judged it.
    """

    def __init__(self, path: Path, shared: bool = False) -> None:
        self.path = path
        with self._watched():
            self._connection = sqlite3.connect(path, check_same_thread=not shared)
            try:
                self._set_up()
            except (sqlite3.Error, GradebookError):
                self._connection.close()
                raise
        self.overrides = OverrideTable(self._connection, self._watched)
        self.moves = MoveTable(self._connection, self._watched)
        self.runs = RunTable(self._connection, self._watched, path)

    def _set_up(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise GradebookError(f"{self.path} was written by a newer grader", "install that one, or move it away")
        if 0 < version < _VERSION:
            hint = "move it away and grade again; overrides.csv beside it can be given with --overrides"
            raise GradebookError(f"{self.path} was written by an older grader", hint)
        if version != _VERSION:
            self._connection.executescript(f"PRAGMA journal_mode = WAL; {_TABLES} PRAGMA user_version = {_VERSION};")
        self._connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Report what SQLite raises as a `GradebookError` that says what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                sentence = f"{self.path} is in use by another program, perhaps another grader"
                raise GradebookError(sentence, "wait until it ends, then try again") from error
            raise GradebookError(f"{self.path} cannot be used: {error}", "check the path, its rights and the disk") from error
        except (sqlite3.Error, msgspec.MsgspecError, zlib.error, ValueError, OverflowError) as error:
            raise GradebookError(f"{self.path} is damaged ({error})", _RESTORE) from error

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def enter(self, record: Record, run_id: int) -> None:
        """Enter a submission, in place of an earlier one of the same student."""
        student, one, evidence = sound(record.student_id), record.identity, record.evidence
        with self._watched(), self._connection as connection:
            self.moves.note(record, run_id)
            connection.execute("DELETE FROM verdicts WHERE student_id = ?", (student,))
            row = (
                student, sound(one.name), sound(one.file), one.sha256, record.status, write(record.points),
                str(record.max_points), one.folder, run_id, evidence.fingerprint, pack(record), evidence.outcomes,
            )  # fmt: skip
            connection.execute(f"INSERT OR REPLACE INTO submissions VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
            connection.executemany(
                "INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (student, c.name, c.verdict, write(c.points), str(c.max_points), c.ruling.mistake, sound(c.words.headline))
                    for c in record.criteria
                ],
            )

    def keep_only(self, students: set[str]) -> list[str]:
        """Remove submissions that are no longer handed in; gives the folders of their pages."""
        with self._watched(), self._connection as connection:
            rows = connection.execute("SELECT student_id, folder FROM submissions").fetchall()
            gone = [(student, folder) for student, folder in rows if student not in students]
            for table in ("verdicts", "moves", "submissions"):
                connection.executemany(f"DELETE FROM {table} WHERE student_id = ?", [(s,) for s, _ in gone])  # noqa: S608
        return [folder for _, folder in gone]

    def forget_fingerprint(self, student_id: str) -> None:
        """Have the next run grade this submission again, whatever is handed in then."""
        with self._watched(), self._connection as connection:
            connection.execute("UPDATE submissions SET fingerprint = '' WHERE student_id = ?", (student_id,))

    def folders(self) -> dict[str, str]:
        """Student -> the folder of their page among the reports."""
        with self._watched():
            return dict(self._connection.execute("SELECT student_id, folder FROM submissions"))

    def fingerprints(self) -> dict[str, str]:
        """What is graded already: student -> fingerprint."""
        with self._watched():
            return dict(self._connection.execute("SELECT student_id, fingerprint FROM submissions"))

    def questions(self) -> dict[str, str]:
        """Which questions were asked: student -> digest of the key of the run that entered the row."""
        query = "SELECT student_id, questions_digest FROM submissions LEFT JOIN runs ON runs.id = run_id"
        with self._watched():
            return dict(self._connection.execute(query))

    def students_with(self, verdict: str) -> set[str]:
        """Students with this verdict on some criterion."""
        with self._watched():
            rows = self._connection.execute("SELECT DISTINCT student_id FROM verdicts WHERE verdict = ?", (verdict,))
            return {student for (student,) in rows}

    def records(self, with_outcomes: bool = False) -> Iterator[Record]:
        """All submissions in order of student, one at a time."""
        blob = "outcomes" if with_outcomes else "x''"
        with self._watched():
            rows = self._connection.execute(f"SELECT record, {blob} FROM submissions ORDER BY student_id")  # noqa: S608
            for row in rows:
                yield unpack(*row)

    def record_of(self, student_id: str) -> Record:
        """One student's submission with its outcomes; raises `GradebookError` where there is none."""
        with self._watched():
            query = "SELECT record, outcomes FROM submissions WHERE student_id = ?"
            row = self._connection.execute(query, (student_id,)).fetchone()
            if row is not None:
                return unpack(*row)
        raise GradebookError(f"there is no student '{student_id}' in {self.path}", "the class page lists all students")

    def written(self) -> dict[str, str]:
        """Digests of the sheets as they were written last, to see what somebody changed since."""
        with self._watched():
            return dict(self._connection.execute("SELECT name, sha256 FROM written"))

    def note_written(self, name: str, sha256: str) -> None:
        """Note how a sheet was written."""
        with self._watched(), self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO written VALUES (?, ?)", (name, sha256))


def pack(record: Record) -> bytes:
    """A record as compressed JSON, without its outcomes. A record with overrides applied is for showing only."""
    assert not any(one.override for one in record.criteria), "overrides are never part of a saved record"
    evidence = msgspec.structs.replace(record.evidence, outcomes=b"")
    plain = msgspec.json.encode(msgspec.structs.replace(record, evidence=evidence), enc_hook=_plain)
    return zlib.compress(plain, 6)


def unpack(record: bytes, outcomes: bytes) -> Record:
    """The record again; raises what `msgspec` or `zlib` raise where it is damaged."""
    found: Record = msgspec.json.decode(zlib.decompress(record), type=Record, dec_hook=_made)
    evidence: Evidence = msgspec.structs.replace(found.evidence, outcomes=outcomes)
    return msgspec.structs.replace(found, evidence=evidence)


def _plain(value: Any) -> str:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(f"a record cannot hold a {type(value).__name__}")


def _made(kind: type, value: Any) -> Any:
    return Fraction(value) if kind is Fraction else value


def write(points: Fraction | None) -> str | None:
    """Points as exact text."""
    return None if points is None else str(points)


def sound(text: str) -> str:
    """Text without lone surrogates, which no database takes (they come of broken file names)."""
    return text.encode("utf-8", "replace").decode("utf-8")
