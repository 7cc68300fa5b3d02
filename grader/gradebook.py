"""The gradebook: one SQLite file that holds submissions, verdicts, outcomes, overrides and runs.

takes: `Record` values as they are graded.
gives: the same values back, in order of student; what a run was made with.
must not know: HTML, CSV, how a verdict was reached.

The tables are described in `docs/architecture.md`. Points are kept as exact text (`15/2`), never as floats.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.errors import GradebookError


@dataclass(frozen=True)
class CaseRecord:
    """One case as it is told: `detail` is the sentence, already without hidden numbers."""

    name: str
    visibility: str
    behaviour: str
    outcome: str
    right: bool
    detail: str


@dataclass(frozen=True)
class BehaviourRecord:
    """One behaviour with its points; `standing` is held, lost or not shown."""

    name: str
    points: Fraction
    max_points: Fraction
    standing: str


@dataclass(frozen=True)
class CriterionRecord:
    """One graded function: the verdict's word, the points (None: ungraded), and all that is said about it.

    `cell` and `line` tell where its definition begins, `trouble_cell` and `trouble_line` where it failed; 0 is
    unknown. `variant` names the alternative that it was compared with ("": the reference); `take_home` is code
    that shows a failing public case again.
    """

    name: str
    verdict: str
    points: Fraction | None
    max_points: Fraction
    mistake: str
    headline: str
    next_step: str
    notes: tuple[str, ...]
    behaviours: tuple[BehaviourRecord, ...]
    cases: tuple[CaseRecord, ...]
    cell: int = 0
    line: int = 0
    trouble_cell: int = 0
    trouble_line: int = 0
    variant: str = ""
    take_home: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellRecord:
    """One cell of the hand-in as the student wrote it; `remark` is what was wrong or left out in it."""

    number: int
    kind: str
    source: str
    remark: str = ""


@dataclass(frozen=True)
class Record:
    """All that is known of one submission.

    `status` is graded, partly graded, unreadable or ungraded; `sentence` and `next_step` say why where it is
    not graded. `notes` are about the file as a whole. `outcomes` and `evidence` are what it was judged from.
    `fingerprint` is of all that was handed in, with the key and the grader that it was graded by.
    """

    student_id: str
    name: str
    file: str
    sha256: str
    status: str
    points: Fraction | None
    max_points: Fraction
    folder: str
    sentence: str = ""
    next_step: str = ""
    notes: tuple[str, ...] = ()
    criteria: tuple[CriterionRecord, ...] = ()
    cells: tuple[CellRecord, ...] = ()
    evidence: Mapping[str, Any] | None = None
    level: str = ""
    seconds: float = 0.0
    outcomes: bytes = b""
    fingerprint: str = ""

    @property
    def lost(self) -> Fraction:
        """Points not earned, of what could be graded."""
        graded = [c for c in self.criteria if c.points is not None]
        return sum((c.max_points - (c.points or 0) for c in graded), Fraction(0))


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
CREATE TABLE IF NOT EXISTS overrides (
    student_id TEXT NOT NULL, criterion TEXT NOT NULL, points TEXT NOT NULL, reason TEXT NOT NULL,
    made_by TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (student_id, criterion)
);
PRAGMA user_version = 1;
"""


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


class Gradebook:
    """An open gradebook. Use it as a context manager; every `enter` is safe on disk before it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(path)
        try:
            self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + _TABLES)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise GradebookError(
                f"{path} is not a gradebook ({error})", "move it away and grade again: hand-ins are never changed"
            ) from error

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def begin(self, run: Run, now: str) -> int:
        """Enter a run; gives its number."""
        with self._connection as connection:
            cursor = connection.execute(
                f"INSERT INTO runs (started, {', '.join(vars(run))}) VALUES (?{', ?' * len(vars(run))})",  # noqa: S608
                (now, *vars(run).values()),
            )
        return int(cursor.lastrowid or 0)

    def finish(self, run_id: int, now: str) -> None:
        """Mark a run as finished."""
        with self._connection as connection:
            connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now, run_id))

    def enter(self, record: Record, run_id: int) -> None:
        """Enter a submission, in place of an earlier one of the same student."""
        bare = replace(record, outcomes=b"")
        row = (
            record.student_id, record.name, record.file, record.sha256, record.status, _text(record.points),
            str(record.max_points), run_id, record.fingerprint, json.dumps(_plain(asdict(bare))),
            zlib.compress(record.outcomes, 1),
        )  # fmt: skip
        verdicts = [
            (record.student_id, c.name, c.verdict, _text(c.points), str(c.max_points), c.mistake, c.headline)
            for c in record.criteria
        ]
        with self._connection as connection:
            connection.execute("DELETE FROM verdicts WHERE student_id = ?", (record.student_id,))
            connection.execute("INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            connection.executemany("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)", verdicts)

    def keep_only(self, students: set[str]) -> None:
        """Forget submissions that are no longer handed in."""
        gone = [(s,) for (s,) in self._connection.execute("SELECT student_id FROM submissions") if s not in students]
        with self._connection as connection:
            connection.executemany("DELETE FROM verdicts WHERE student_id = ?", gone)
            connection.executemany("DELETE FROM submissions WHERE student_id = ?", gone)

    def fingerprints(self) -> dict[str, str]:
        """What is graded already: student -> fingerprint."""
        return dict(self._connection.execute("SELECT student_id, fingerprint FROM submissions"))

    def records(self) -> Iterator[Record]:
        """All submissions, in order of student, one at a time."""
        rows = self._connection.execute("SELECT record, outcomes FROM submissions ORDER BY student_id")
        for text, outcomes in rows:
            yield _read_record(json.loads(text), zlib.decompress(outcomes))

    def latest_run(self) -> dict[str, Any]:
        """The last run's row as a dict; raises `GradebookError` where nothing was ever graded."""
        cursor = self._connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
        if row is None:
            raise GradebookError(f"{self.path} holds no run", "grade something first: grader grade SUBMISSIONS")
        return dict(zip((column[0] for column in cursor.description), row, strict=True))


def _text(points: Fraction | None) -> str | None:
    return None if points is None else str(points)


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, bytes):
        return ""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _read_record(data: dict[str, Any], outcomes: bytes) -> Record:
    criteria = tuple(_read_criterion(entry) for entry in data["criteria"])
    cells = tuple(CellRecord(**entry) for entry in data["cells"])
    changed = {
        "points": _fraction(data["points"]), "max_points": Fraction(data["max_points"]), "criteria": criteria,
        "cells": cells, "notes": tuple(data["notes"]), "outcomes": outcomes,
    }  # fmt: skip
    return Record(**{**data, **changed})


def _read_criterion(data: dict[str, Any]) -> CriterionRecord:
    behaviours = tuple(
        BehaviourRecord(b["name"], Fraction(b["points"]), Fraction(b["max_points"]), b["standing"])
        for b in data["behaviours"]
    )
    cases = tuple(CaseRecord(**entry) for entry in data["cases"])
    changed = {
        "points": _fraction(data["points"]), "max_points": Fraction(data["max_points"]), "behaviours": behaviours,
        "cases": cases, "notes": tuple(data["notes"]), "take_home": tuple(data["take_home"]),
    }  # fmt: skip
    return CriterionRecord(**{**data, **changed})
