"""The runs of a gradebook: what began when, by which key and grader, and whether it came to its end.

takes: a `Run`, as it begins.
gives: the last one, how many there were, who graded last, what was stopped, by which key all are judged.
must not know: records, what a run found.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GradebookError
from grader.gradebook.faults import SpoiledRowError, Watched
from grader.gradebook.kinds import is_text
from grader.gradebook.rows import sound_text

RUNS = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, verb TEXT NOT NULL, assignment TEXT NOT NULL,
    title TEXT NOT NULL, key_digest TEXT NOT NULL, plan_digest TEXT NOT NULL, key_source TEXT NOT NULL,
    grader_version TEXT NOT NULL, sandbox TEXT NOT NULL
);
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


class RunTable:
    """The runs of an open gradebook, in `path`; `watched` tells damage of the file as such."""

    def __init__(self, connection: sqlite3.Connection, path: Path, watched: Watched) -> None:
        self._connection = connection
        self._path = path
        self._watched = watched

    def begin(self, run: Run, now: str) -> int:
        """Enter a run; gives its number."""
        with self._watched(), self._connection as connection:
            cursor = connection.execute(
                f"INSERT INTO runs (started, {', '.join(vars(run))}) VALUES (?{', ?' * len(vars(run))})",  # noqa: S608
                (now, *map(sound_text, vars(run).values())),
            )
        return int(cursor.lastrowid or 0)

    def finish(self, run_id: int, now: str | None) -> None:
        """Mark a run as finished; `None` says that it is at work again."""
        with self._watched(), self._connection as connection:
            connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now, run_id))

    def latest(self) -> dict[str, Any]:
        """The last run's row as a dict; raises `GradebookError` where nothing was ever graded."""
        with self._watched():
            cursor = self._connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
            row = cursor.fetchone()
            if row is None and self._connection.execute("SELECT 1 FROM submissions").fetchone():
                raise SpoiledRowError("no run is there by which its hand-ins were graded")
            if row is not None and not all(is_text(cell or "") for cell in row[1:]):
                raise SpoiledRowError("what its last run was made with is no text")
        if row is None:
            raise GradebookError(f"{self._path} holds no run", "grade something first: grader grade SUBMISSIONS")
        return dict(zip((column[0] for column in cursor.description), row, strict=True))

    def last_grader(self) -> str:
        """Which grader the last run had that graded; empty where there was none."""
        with self._watched():
            told = self._connection.execute(
                "SELECT grader_version FROM runs WHERE verb = 'grade' ORDER BY id DESC LIMIT 1"
            )
            row = told.fetchone()
        return row[0] if row else ""

    def count(self) -> tuple[int, int]:
        """How many runs have begun, and how many of those that grade or judge have ended."""
        with self._watched():
            query = "SELECT count(*), count(CASE WHEN verb != 'review' THEN finished END) FROM runs"
            return tuple(self._connection.execute(query).fetchone())

    def stopped(self) -> str:
        """Which verb was stopped, and by no later run made good; empty where none was.

        What is only judged anew makes no class whole whose grading was stopped.
        """
        with self._watched():
            row = self._connection.execute(
                "SELECT verb FROM runs AS run WHERE finished IS NULL AND verb != 'review' AND NOT EXISTS (SELECT 1 FROM"
                " runs AS later WHERE later.id > run.id AND finished IS NOT NULL AND verb IN ('grade', run.verb))"
                " ORDER BY verb LIMIT 1"
            ).fetchone()
        return row[0] if row else ""

    def judged_by(self) -> str:
        """The digest of the key by which all are judged, and told; empty where a run has been stopped since."""
        with self._watched():
            row = self._connection.execute(
                "SELECT key_digest FROM runs WHERE finished IS NOT NULL AND verb != 'review' AND id >"
                " (SELECT coalesce(max(id), 0) FROM runs WHERE finished IS NULL) ORDER BY id DESC LIMIT 1"
            ).fetchone()
        return row[0] if row else ""
