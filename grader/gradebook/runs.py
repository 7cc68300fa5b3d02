"""The runs of a gradebook, and the points that they moved though a submission stayed the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, cast

from grader.errors import GradebookError
from grader.gradebook.database import Database, points_in
from grader.gradebook.records import Override, Record


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

    def __init__(self, file: Database) -> None:
        self._file = file

    def begin(self, run: Run, now: str) -> int:
        """Enter a run; gives its number."""
        plain = asdict(run)
        query = f"INSERT INTO runs (started, {', '.join(plain)}) VALUES (?{', ?' * len(plain)})"  # noqa: S608
        with self._file.watched(), self._file.connection as connection:
            return int(connection.execute(query, (now, *plain.values())).lastrowid or 0)

    def finish(self, run_id: int, now: str | None) -> None:
        """Mark a run as finished; None says that it is at work again."""
        self._file.change("UPDATE runs SET finished = ? WHERE id = ?", (now, run_id))

    def latest(self) -> dict[str, Any]:
        """The last run's row; raises `GradebookError` where nothing was ever graded."""
        for row in self._file.rows("SELECT * FROM runs ORDER BY id DESC LIMIT 1", each=dict):
            return cast(dict[str, Any], row)
        raise GradebookError(f"{self._file.path} holds no run", "grade something first: grader grade SUBMISSIONS")

    def last_grader(self) -> str:
        """The version that graded last; "" where nothing was graded."""
        return self._one("SELECT grader_version FROM runs WHERE verb = 'grade' ORDER BY id DESC LIMIT 1")

    def stopped(self) -> str:
        """The verb of a run that was stopped and that no later run completed; "" where there is none."""
        return self._one(
            "SELECT verb FROM runs AS run WHERE finished IS NULL AND verb != 'review' AND NOT EXISTS (SELECT 1 FROM"
            " runs AS later WHERE later.id > run.id AND finished IS NOT NULL AND verb IN ('grade', run.verb)) LIMIT 1"
        )

    def judged_by(self) -> str:
        """The digest of the key by which all records are judged; "" where a run was stopped since."""
        return self._one(
            "SELECT key_digest FROM runs WHERE finished IS NOT NULL AND verb != 'review' AND id >"
            " (SELECT coalesce(max(id), 0) FROM runs WHERE finished IS NULL) ORDER BY id DESC LIMIT 1"
        )

    def _one(self, query: str) -> str:
        rows = self._file.rows(query)
        return str(rows[0][0]) if rows else ""


@dataclass(frozen=True)
class Move:
    """What the machine gave for one criterion, and gives now; the total where `criterion` is ""; None is ungraded."""

    student_id: str
    criterion: str
    then: Fraction | None
    now: Fraction | None


class MoveTable:
    """The moves of an open gradebook: a TA who fixes a key has to know whom to write to."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def moved_by(self, record: Record) -> list[Move]:
        """What entering this record would move; nothing where the file is another one."""
        query = (
            "SELECT '', points FROM submissions WHERE student_id = ?1 AND sha256 = ?2 UNION ALL SELECT criterion,"
            " verdicts.points FROM verdicts JOIN submissions USING (student_id) WHERE student_id = ?1 AND sha256 = ?2"
        )
        values = (record.student_id, record.identity.sha256)
        then = dict(self._file.rows(query, *values, each=lambda row: (row[0], points_in(row[1]))))
        now = {"": record.points, **{one.name: one.points for one in record.criteria}}
        moved = [name for name in then if name in now and then[name] != now[name]]
        return [Move(record.student_id, name, then[name], now[name]) for name in moved]

    def by(self, run_id: int) -> list[Move]:
        """What this run moved, and those before it that never finished; what moved back has not moved."""
        done = "SELECT coalesce(max(id), 0) FROM runs WHERE id < ? AND finished IS NOT NULL AND verb != 'review'"
        query = f"SELECT student_id, criterion, points_then, points FROM moves WHERE run_id > ({done}) ORDER BY rowid"  # noqa: S608
        found: dict[tuple[str, str], Move] = {}
        for move in self._file.rows(query, run_id, each=_move):
            first = found.setdefault((move.student_id, move.criterion), move)
            found[move.student_id, move.criterion] = replace(first, now=move.now)
        return [move for _, move in sorted(found.items()) if move.then != move.now]

    def all(self) -> list[tuple[str, Move]]:
        """Every move with the time when its run began, the latest first."""
        query = (
            "SELECT student_id, criterion, points_then, points, started FROM moves JOIN runs ON runs.id = run_id"
            " ORDER BY run_id DESC, student_id, moves.rowid"
        )
        return self._file.rows(query, each=lambda row: (row[4], _move(row)))


def is_visible(move: Move, overrides: Mapping[str, Mapping[str, Override]]) -> bool:
    """Whether the student sees it: where a TA gave the points, those count, and so does a total with them in it."""
    by_hand = {name for name, one in overrides.get(move.student_id, {}).items() if one.points is not None}
    return move.criterion not in by_hand if move.criterion else not by_hand


def _move(row: Sequence[Any]) -> Move:
    return Move(row[0], row[1], points_in(row[2]), points_in(row[3]))
