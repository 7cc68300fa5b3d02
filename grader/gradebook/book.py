"""The gradebook's file: SQLite, one writer, every entry safe on disk before the call returns.

takes: rows as they are graded.
gives: records in order of student; what a run was made with; `GradebookError` for a damaged file.
must not know: HTML, CSV, how a verdict was reached.

The tables are described in `docs/architecture.md`. Points are kept as exact text (`15/2`), never as floats.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GradebookError
from grader.gradebook.overrides import TABLES, OverrideTable
from grader.gradebook.records import Record, Row, prepare, read_record, sound_text

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, verb TEXT NOT NULL, assignment TEXT NOT NULL,
    title TEXT NOT NULL, key_digest TEXT NOT NULL, plan_digest TEXT NOT NULL, key_source TEXT NOT NULL,
    grader_version TEXT NOT NULL, sandbox TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS submissions (
    student_id TEXT PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL,
    points TEXT, max_points TEXT NOT NULL, run_id INTEGER NOT NULL REFERENCES runs(id), fingerprint TEXT NOT NULL,
    record TEXT NOT NULL, outcomes BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS verdicts (
    student_id TEXT NOT NULL REFERENCES submissions(student_id) ON DELETE CASCADE, criterion TEXT NOT NULL,
    verdict TEXT NOT NULL, points TEXT, max_points TEXT NOT NULL, mistake TEXT NOT NULL, headline TEXT NOT NULL,
    PRIMARY KEY (student_id, criterion)
);
"""
_VERSION = 3  # version 2 named the fields of every case; its records are read as they are
# Version 1 had a table of overrides that nothing ever wrote to, with other columns, and packed outcomes in another way:
# those are answered anew.
_UPGRADE = {1: "DROP TABLE IF EXISTS overrides; UPDATE submissions SET fingerprint = '';"}


@dataclass(frozen=True)
class Run:
    """What a run was made with. `key_source` is the assignment's folder or the key's file, to find it again."""

    verb: str
    assignment: str
    title: str
    key_digest: str
    plan_digest: str
    key_source: str
    grader_version: str
    sandbox: str


# What is short is the disk or the right to write: the gradebook is sound.
_SHORT = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Whatever a damaged gradebook raises, told as one thing with a next step."""
    try:
        yield
    except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
        if getattr(error, "sqlite_errorname", "").startswith(_SHORT):
            raise OSError(f"{path}: {error}") from error
        raise GradebookError(
            f"{path} is not a gradebook that can be read ({error})",
            "move it away and grade again: hand-ins are never changed, and what TAs changed stands in overrides.csv "
            "beside it, for --overrides",
        ) from error


class Gradebook:
    """An open gradebook. Use it as a context manager; every `enter` is safe on disk before it returns.

    `shared` lets several threads use it, one at a time: who shares it holds a lock. `overrides` is the TAs' side of it.
    """

    def __init__(self, path: Path, shared: bool = False) -> None:
        self.path = path
        with damage_told(path):
            self._connection = sqlite3.connect(path, check_same_thread=not shared)
            try:
                self._set_up()
            except (sqlite3.Error, GradebookError):
                self._connection.close()
                raise
        self.overrides = OverrideTable(self._connection, lambda: damage_told(path))

    def _set_up(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise GradebookError(
                f"{self.path} was written by a newer grader", "install that one, or move the gradebook away"
            )
        pragmas = f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA user_version = {_VERSION};"
        self._connection.executescript(_UPGRADE.get(version, "") + pragmas + _TABLES + TABLES)
        said = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise sqlite3.DatabaseError(said)

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def begin(self, run: Run, now: str) -> int:
        """Enter a run; gives its number."""
        with damage_told(self.path), self._connection as connection:
            cursor = connection.execute(
                f"INSERT INTO runs (started, {', '.join(vars(run))}) VALUES (?{', ?' * len(vars(run))})",  # noqa: S608
                (now, *map(sound_text, vars(run).values())),
            )
        return int(cursor.lastrowid or 0)

    def finish(self, run_id: int, now: str | None) -> None:
        """Mark a run as finished; `None` says that it is at work again."""
        with damage_told(self.path), self._connection as connection:
            connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now, run_id))

    def enter(self, record: Record | Row, run_id: int) -> None:
        """Enter a submission, in place of an earlier one of the same student."""
        row = prepare(record) if isinstance(record, Record) else record
        with damage_told(self.path), self._connection as connection:
            connection.execute("DELETE FROM verdicts WHERE student_id = ?", (row.student_id,))
            connection.execute(
                "INSERT OR REPLACE INTO submissions (student_id, name, file, sha256, status, points, max_points,"
                " fingerprint, record, outcomes, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row.submission, row.outcomes, run_id),
            )
            connection.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)", row.verdicts)

    def keep_only(self, students: set[str]) -> int:
        """Forget submissions that are no longer handed in; gives how many there were."""
        with damage_told(self.path), self._connection as connection:
            listed = connection.execute("SELECT student_id FROM submissions").fetchall()
            gone = [(s,) for (s,) in listed if s not in students]
            connection.executemany("DELETE FROM verdicts WHERE student_id = ?", gone)
            connection.executemany("DELETE FROM submissions WHERE student_id = ?", gone)
        return len(gone)

    def fingerprints(self) -> dict[str, str]:
        """What is graded already: student -> fingerprint."""
        with damage_told(self.path):
            return dict(self._connection.execute("SELECT student_id, fingerprint FROM submissions"))

    def students_with(self, verdict: str) -> set[str]:
        """Who has this verdict on some criterion."""
        with damage_told(self.path):
            rows = self._connection.execute("SELECT DISTINCT student_id FROM verdicts WHERE verdict = ?", (verdict,))
            return {student for (student,) in rows}

    def records(self, with_outcomes: bool = True) -> Iterator[Record]:
        """All submissions, in order of student, one at a time."""
        blob = "outcomes" if with_outcomes else "NULL"
        with damage_told(self.path):
            rows = self._connection.execute(f"SELECT record, {blob} FROM submissions ORDER BY student_id")  # noqa: S608
        while True:
            # Only the reading is watched: what the caller does with a record is not the gradebook's damage.
            with damage_told(self.path):
                row = rows.fetchone()
                record = read_record(json.loads(row[0]), row[1] or b"") if row else None
            if record is None:
                return
            yield record

    def record_of(self, student_id: str) -> Record:
        """One student's submission, with its outcomes."""
        with damage_told(self.path):
            query = "SELECT record, outcomes FROM submissions WHERE student_id = ?"
            text, outcomes = self._connection.execute(query, (student_id,)).fetchone()
            return read_record(json.loads(text), outcomes)

    def latest_run(self) -> dict[str, Any]:
        """The last run's row as a dict; raises `GradebookError` where nothing was ever graded."""
        with damage_told(self.path):
            cursor = self._connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
            row = cursor.fetchone()
        if row is None:
            raise GradebookError(f"{self.path} holds no run", "grade something first: grader grade SUBMISSIONS")
        return dict(zip((column[0] for column in cursor.description), row, strict=True))
