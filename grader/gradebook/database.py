"""The gradebook's file: its tables in SQLite, and one sentence with a next step for all that can be wrong with it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import GradebookError

_VERSION = 11  # those below were written by the first edition
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
CREATE TABLE IF NOT EXISTS usual (id INTEGER PRIMARY KEY, outcomes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS written (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
"""
_RESTORE = "restore it from a backup, or move it away and grade again: submissions are never changed"

sqlite3.register_adapter(Fraction, str)  # points are kept as exact text, `15/2`


class Database:
    """An open file with one writer. `shared` lets several threads use it, one at a time."""

    def __init__(self, path: Path, shared: bool) -> None:
        self.path = path
        with self.watched():
            self.connection = sqlite3.connect(path, check_same_thread=not shared)
            self.connection.row_factory = sqlite3.Row
            try:
                self._set_up()
            except (sqlite3.Error, GradebookError):
                self.connection.close()
                raise

    def _set_up(self) -> None:
        ((version,),) = self.rows("PRAGMA user_version")
        if version > _VERSION:
            raise GradebookError(f"{self.path} was written by a newer grader", "install that one, or move it away")
        if 0 < version < _VERSION:
            hint = "move it away and grade again; overrides.csv beside it can be given with --overrides"
            raise GradebookError(f"{self.path} was written by an older grader", hint)
        if version != _VERSION:
            self.connection.executescript(f"PRAGMA journal_mode = WAL; {_TABLES} PRAGMA user_version = {_VERSION};")
        self.connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Report what SQLite raises, and what is raised by damaged rows, as a `GradebookError` that says what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                sentence = f"{self.path} is in use by another program, perhaps another grader"
                raise GradebookError(sentence, "wait until it ends, then try again") from error
            sentence = f"{self.path} cannot be used: {error}"
            raise GradebookError(sentence, "check the path, its rights and the disk") from error
        except (sqlite3.Error, msgspec.MsgspecError, zlib.error, ValueError, TypeError, ArithmeticError) as error:
            raise GradebookError(f"{self.path} is damaged ({error})", _RESTORE) from error

    def rows(self, query: str, *values: Any, each: Callable[[Any], Any] = tuple) -> list[Any]:
        """What `each` makes of every row of a query."""
        with self.watched():
            return [each(row) for row in self.connection.execute(query, values)]

    def change(self, statement: str, *rows: Sequence[Any]) -> None:
        """Run a statement with each of these rows, as one transaction."""
        with self.watched(), self.connection as connection:
            connection.executemany(statement, rows)


def points_in(text: str | None) -> Fraction | None:
    """Points as they were kept."""
    return None if text is None else Fraction(text)
