"""The gradebook's file: SQLite, one writer, every entry safe on disk before the call returns.

takes: rows as they are graded.
gives: records in order of student. What goes wrong is told by `faults`.
must not know: HTML, CSV, how a verdict was reached.

The tables are described in `docs/architecture.md`. Points are kept as exact text (`15/2`), never as floats.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from grader.errors import DamagedRecordError, GradebookError
from grader.gradebook.closed import address_of, is_closed
from grader.gradebook.faults import SpoiledRowError, faults_told
from grader.gradebook.moves import TABLE, MoveTable
from grader.gradebook.overrides import TABLES, OverrideTable
from grader.gradebook.records import Record
from grader.gradebook.rows import Row, by_student, is_place, prepare
from grader.gradebook.runs import RUNS, RunTable
from grader.gradebook.saved import FOLDER, Instead, Saved, read_saved

_TABLES = """
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
_ALL = f"{RUNS} {_TABLES} {TABLES} {TABLE}"
# Version 2 named the fields of every case, and its records are read as they are; version 3 did not say which rows of
# `overrides.csv` it had written; version 4 forgot what points had been, and records had no sum; version 5 had
# cases within its records, not as a text.
_VERSION = 6
# Version 1 had a table of overrides that nothing ever wrote to, with other columns, and packed outcomes in another way:
# those are answered anew.
_UPGRADE = {1: "DROP TABLE IF EXISTS overrides; UPDATE submissions SET fingerprint = '';"}


class Gradebook:
    """An open gradebook. Use it as a context manager; every `enter` is safe on disk before it returns.

    Where it may not be written it is open for reading alone, and what would change it raises `PermissionError`.
    `shared` lets several threads use it, one at a time: who shares it holds a lock. `overrides` is the TAs' side of it,
    `moves` what points have been, `runs` what graded and judged it.
    """

    def __init__(self, path: Path, shared: bool = False) -> None:
        self.path = path
        with faults_told(path):
            only_read = is_closed(path)
            self._connection = sqlite3.connect(
                address_of(path) if only_read else path, check_same_thread=not shared, uri=only_read
            )
            try:
                self._set_up(only_read)
            except (sqlite3.Error, GradebookError):
                self._connection.close()
                raise
        self.overrides = OverrideTable(self._connection, lambda: faults_told(path))
        self.moves = MoveTable(self._connection, lambda: faults_told(path))
        self.runs = RunTable(self._connection, path, lambda: faults_told(path))

    def _set_up(self, only_read: bool) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise GradebookError(
                f"{self.path} was written by a newer grader", "install that one, or move the gradebook away"
            )
        if only_read and version in _UPGRADE:
            raise GradebookError(f"{self.path} was written by an older grader", "copy it to where it may be changed")
        if version != _VERSION and not only_read:
            # The version comes last: who is killed before it begins here again.
            version_told = f"PRAGMA user_version = {_VERSION};"
            self._connection.executescript(
                f"{_UPGRADE.get(version, '')} PRAGMA journal_mode = WAL; {_ALL} {version_told}"
            )
        self._connection.execute("PRAGMA synchronous = NORMAL")
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

    def enter(self, record: Record | Row, run_id: int) -> None:
        """Enter a submission, in place of an earlier one of the same student."""
        row = prepare(record) if isinstance(record, Record) else record
        with faults_told(self.path), self._connection as connection:
            self.moves.note(row, run_id)
            connection.execute("DELETE FROM verdicts WHERE student_id = ?", (row.student_id,))
            connection.execute(
                "INSERT OR REPLACE INTO submissions (student_id, name, file, sha256, status, points, max_points,"
                " fingerprint, record, outcomes, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row.submission, row.outcomes, run_id),
            )
            connection.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)", row.verdicts)

    def keep_only(self, students: set[str]) -> list[str | None]:
        """Forget submissions that are no longer handed in; gives the folders of their pages, where these are told."""
        with faults_told(self.path), self._connection as connection:
            listed = connection.execute("SELECT student_id FROM submissions").fetchall()
            gone = [(s,) for (s,) in listed if s not in students]
            folders = [self._folders("WHERE student_id = ?", one)[0] for one in gone]
            self.moves.forget(gone)
            connection.executemany("DELETE FROM verdicts WHERE student_id = ?", gone)
            connection.executemany("DELETE FROM submissions WHERE student_id = ?", gone)
        return folders

    def folders(self) -> list[str | None]:
        """The folder of each submission's page; `None` where its record is damaged."""
        with faults_told(self.path):
            return self._folders()

    def _folders(self, which: str = "", of: tuple[str, ...] = ()) -> list[str | None]:
        rows = self._connection.execute(f"SELECT {FOLDER} FROM submissions {which}", of)  # noqa: S608
        return [name if is_place(name) else None for (name,) in rows]

    def fingerprints(self) -> dict[str, str]:
        """What is graded already: student -> fingerprint."""
        with faults_told(self.path):
            return by_student(self._connection.execute("SELECT student_id, fingerprint FROM submissions"))

    def plans(self) -> dict[str, str]:
        """Which questions were asked: student -> digest of the plan of the run that entered the row."""
        with faults_told(self.path):
            query = "SELECT student_id, plan_digest FROM submissions LEFT JOIN runs ON runs.id = run_id"
            plans = by_student(self._connection.execute(query))
            if None in plans.values():
                raise SpoiledRowError("runs are gone by which hand-ins were graded")
        return plans

    def students_with(self, verdict: str) -> set[str]:
        """Who has this verdict on some criterion."""
        with faults_told(self.path):
            rows = self._connection.execute("SELECT DISTINCT student_id FROM verdicts WHERE verdict = ?", (verdict,))
            return {student for (student,) in rows}

    def told_lateness(self) -> set[str]:
        """Of whom somebody has told how late they were, or that they were not."""
        told, untold = '%"late_by": %', '%"late_by": null%'
        with faults_told(self.path):
            asked = "SELECT student_id FROM submissions WHERE record LIKE ? AND record NOT LIKE ?"
            return {student for (student,) in self._connection.execute(asked, (told, untold))}

    def unreadable_as(self, sentence: str) -> set[str]:
        """Of whom this was said why there is nothing to grade; such a sentence has no quotes in it."""
        with faults_told(self.path):
            asked = "SELECT student_id FROM submissions WHERE status = 'unreadable' AND record LIKE ?"
            return {student for (student,) in self._connection.execute(asked, (f'%"{sentence}"%',))}

    def records(self, with_outcomes: bool = True, instead: Instead | None = None) -> Iterator[Record]:
        """All submissions, in order of student, one at a time.

        One that is damaged raises `DamagedRecordError`, or is what `instead` makes of it, and the others go on.
        """
        blob = "outcomes" if with_outcomes else "NULL"
        with faults_told(self.path):
            query = f"SELECT student_id, record, {blob} FROM submissions ORDER BY student_id"  # noqa: S608
            rows = self._connection.execute(query)
        while True:
            # Only the reading is watched: what the caller does with a record is not the gradebook's damage.
            with faults_told(self.path):
                row = rows.fetchone()
            if row is None:
                return
            yield self._read_or(instead, *row)

    def _read_or(self, instead: Instead | None, student_id: str, record: str, outcomes: bytes | None) -> Record:
        try:
            return read_saved(self.path, student_id, record, outcomes)
        except DamagedRecordError:
            if instead is None:
                raise
            return instead(self.saved(student_id))

    def record_of(self, student_id: str) -> Record:
        """One student's submission, with its outcomes; raises `GradebookError` where there is none."""
        return self.saved(student_id).read()

    def saved(self, student_id: str) -> Saved:
        """The same as it is saved, to be read elsewhere."""
        with faults_told(self.path):
            query = f"SELECT {Saved.COLUMNS} FROM submissions WHERE student_id = ?"  # noqa: S608
            row = self._connection.execute(query, (student_id,)).fetchone()
        if row is not None:
            return Saved.of(self.path, *row)
        raise GradebookError(f"there is no student '{student_id}' in {self.path}", "the class page lists who is there")
