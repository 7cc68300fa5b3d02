"""The runs of a gradebook: what began when, with which key and grader, and whether it finished."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.errors import GradebookError


@dataclass(frozen=True)
class Run:
    """What a run was made with. `key_source` is the assignment's folder or the key's file, to find it again."""

    verb: str
    assignment: str
    title: str
    key_digest: str
    questions_digest: str
    key_source: str
    grader_version: str
    sandbox: str


class RunTable:
    """The runs of an open gradebook."""

    def __init__(
        self, connection: sqlite3.Connection, watched: Callable[[], AbstractContextManager[None]], path: Path
    ) -> None:
        self._connection, self._watched, self._path = connection, watched, path

    def begin(self, run: Run, now: str) -> int:
        """Enter a run; gives its number."""
        plain = asdict(run)
        names, marks = ", ".join(plain), ", ".join("?" * len(plain))
        with self._watched(), self._connection as connection:
            query = f"INSERT INTO runs (started, {names}) VALUES (?, {marks})"  # noqa: S608
            return int(connection.execute(query, (now, *plain.values())).lastrowid or 0)

    def finish(self, run_id: int, now: str | None) -> None:
        """Mark a run as finished; None says that it is at work again."""
        with self._watched(), self._connection as connection:
            connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now, run_id))

    def latest(self) -> dict[str, Any]:
        """The last run's row; raises `GradebookError` where nothing was ever graded."""
        with self._watched():
            cursor = self._connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1")
            row = cursor.fetchone()
        if row is None:
            raise GradebookError(f"{self._path} holds no run", "grade something first: grader grade SUBMISSIONS")
        return dict(zip((column[0] for column in cursor.description), row, strict=True))

    def last_grader(self) -> str:
        """The version that graded last; "" where nothing was graded."""
        return self._one("SELECT grader_version FROM runs WHERE verb = 'grade' ORDER BY id DESC LIMIT 1")

    def stopped(self) -> str:
        """The verb of a run that was stopped and that no later run completed; "" where there is none."""
        return self._one(
            "SELECT verb FROM runs AS run WHERE finished IS NULL AND verb != 'review' AND NOT EXISTS (SELECT 1 FROM runs"
            " AS later WHERE later.id > run.id AND finished IS NOT NULL AND verb IN ('grade', run.verb)) LIMIT 1"
        )

    def judged_by(self) -> str:
        """The digest of the key by which all records are judged; "" where a run was stopped since."""
        return self._one(
            "SELECT key_digest FROM runs WHERE finished IS NOT NULL AND verb != 'review' AND id >"
            " (SELECT coalesce(max(id), 0) FROM runs WHERE finished IS NULL) ORDER BY id DESC LIMIT 1"
        )

    def count(self) -> tuple[int, int]:
        """How many runs began, and how many of those that grade or judge have finished."""
        query = "SELECT count(*), count(CASE WHEN verb != 'review' THEN finished END) FROM runs"
        with self._watched():
            began, finished = self._connection.execute(query).fetchone()
        return began, finished

    def _one(self, query: str) -> str:
        with self._watched():
            row = self._connection.execute(query).fetchone()
        return str(row[0]) if row else ""
