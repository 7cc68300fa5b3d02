"""What a TA reviews: the hand-ins of a class, what is left of them, and a place to put changes.

takes: an order (key, out folder) and who reviews.
gives: `Listed` hand-ins by filter; one hand-in with its overrides; changes put into the gradebook and told at once.
must not know: HTTP, HTML.

Every method holds one lock: a browser asks for a page and its frame at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.class_folder import now, tell_anew
from grader.batch.saved_class import (
    Class,
    StandIns,
    demand_asked,
    demand_same_key,
    gradebook_in,
    outcomes_of,
    told,
    unknown_changes,
)
from grader.batch.viewing import view_notebook
from grader.errors import DamagedRecordError, GradebookError
from grader.gradebook import REVIEW, Override, Record, Run
from grader.report.review_page import Listed
from grader.version import VERSION

Keeps = Callable[[Listed], bool]
FILTERS: dict[str, tuple[str, Keeps]] = {
    "all": ("All", lambda _: True),
    "left": ("Still to review", lambda one: not one.reviewed),
    "loss": ("With points lost", lambda one: bool(one.lossy)),
    "ungraded": ("Not graded", lambda one: one.status != "graded"),
    "changed": ("Changed since: look again", lambda one: bool(one.changed_since)),
    "by-hand": ("Changed by hand", lambda one: bool(one.by_hand)),
}
"""The views of the list, by the word in the address."""


@dataclass(frozen=True)
class View:
    """Which hand-ins are gone through: one of `FILTERS`, and a criterion that points were lost in ("": any)."""

    show: str = "all"
    criterion: str = ""

    def keeps(self, one: Listed) -> bool:
        """Whether this hand-in is among them."""
        _, keeps = FILTERS[self.show]
        return keeps(one) and (not self.criterion or self.criterion in (*one.lossy, *one.ungraded))


@dataclass(frozen=True)
class HandIn:
    """One hand-in under review: its record as told, and the version of its overrides that was read."""

    record: Record
    listed: Listed
    version: int


class ChangedMeanwhileError(Exception):
    """Somebody else has changed this hand-in's points since the form was read."""


class ReviewDesk:
    """An open gradebook under review. Use it as a context manager."""

    def __init__(self, order: Class, reviewer: str, submissions: Path | None = None) -> None:
        self.order = order
        self.reviewer = reviewer
        self._submissions = submissions
        self._lock = threading.RLock()
        self._book = gradebook_in(order.out, shared=True)
        self._run_id = 0
        self._seen = (0, 0)
        self._listed: dict[str, Listed] = {}
        self._aside: list[str] = []
        try:
            demand_same_key(self._book, order)
        except GradebookError:
            self._book.close()
            raise

    def __enter__(self) -> ReviewDesk:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._book.close()

    def hand_ins(self, view: View) -> list[Listed]:
        """The hand-ins of a view, in order of student."""
        with self._lock:
            return [one for one in self._all().values() if view.keeps(one)]

    def counts(self) -> dict[str, int]:
        """How many hand-ins each filter has."""
        with self._lock:
            listed = list(self._all().values())
        return {name: sum(keeps(one) for one in listed) for name, (_, keeps) in FILTERS.items()}

    def hand_in(self, folder: str) -> HandIn | None:
        """One hand-in by its folder; `None` where there is none of that name."""
        with self._lock:
            listed = self._all().get(folder)
            if listed is None:
                return None
            said = {listed.student_id: self._book.overrides.of(listed.student_id)}
            record = told(self._record_of(listed.student_id), said, self.order)
            return HandIn(record, listed, self._book.overrides.version(listed.student_id))

    def _record_of(self, student: str) -> Record:
        try:
            return self._book.record_of(student)
        except DamagedRecordError:
            return StandIns(self._book, self.order.key)(self._book.saved(student))

    def notebook(self, hand_in: HandIn, back: str) -> str:
        """The whole notebook as a page, with its outputs where the file is at hand; raises `SubmissionError`."""
        with self._lock:
            return view_notebook(self._book, hand_in.listed.student_id, self._submissions, back).html

    def after(self, folder: str, view: View, step: int = 1) -> str:
        """The folder of the next hand-in of a view, going round; "" where there is no other one."""
        with self._lock:
            folders = list(self._all())
            here = folders.index(folder)
            ahead = (folders[(here + step * n) % len(folders)] for n in range(1, len(folders)))
            return next((other for other in ahead if view.keeps(self._listed[other])), "")

    def not_taken(self) -> int:
        """How many changes `overrides.csv` holds that this gradebook does not know."""
        with self._lock:
            return len(unknown_changes(self._book, self.order))

    def aside(self) -> str:
        """What a `grades.csv` that somebody had changed is called since a save of this review; "" where none was."""
        with self._lock:
            return ", ".join(dict.fromkeys(self._aside))

    def comments(self, most: int = 40) -> list[str]:
        """What TAs have written in this class, the most used first."""
        with self._lock:
            return self._book.overrides.comments()[:most]

    def change(self, hand_in: HandIn, version: str, overrides: Sequence[Override]) -> None:
        """Put overrides of one hand-in, and write its page and all sheets anew.

        `version` is that of the form; raises `ChangedMeanwhileError` where something was put since it was read.
        """
        student = hand_in.record.student_id
        with self._lock:
            if str(self._book.overrides.version(student)) != version:
                raise ChangedMeanwhileError(student)
            if not overrides:
                return
            # What cannot be read, or is of another key by now, is told before anything is put.
            self._demand_own_key()
            demand_asked(self._book, self.order, student)
            unknown_changes(self._book, self.order)
            outcomes_of(self._book, self._book.record_of(student))
            run_id = self._run()
            self._book.overrides.put(list(self._dated(hand_in.record, overrides)), run_id)
            summary = tell_anew(self._book, self.order, [student])
            self._aside += [summary.put_aside] if summary.put_aside else []
            self._book.runs.finish(run_id, now())
            self._refresh(hand_in.listed.folder)

    def mark(self, hand_in: HandIn, reviewed: bool) -> None:
        """Note that this hand-in was seen, or take that back."""
        with self._lock:
            if reviewed:
                listed = hand_in.listed
                self._book.overrides.mark_reviewed(listed.student_id, listed.sha256, self.reviewer, now())
            else:
                self._book.overrides.unmark_reviewed(hand_in.listed.student_id)
            self._refresh(hand_in.listed.folder)

    def _dated(self, record: Record, overrides: Sequence[Override]) -> Iterator[Override]:
        """With what the machine says today, to be compared with what it will say some day."""
        judged = {c.name: (c.verdict, c.machine_points) for c in record.criteria} or dict.fromkeys(
            self.order.worth, (record.status, None)
        )
        for override in overrides:
            verdict, points = judged[override.criterion]
            yield replace(
                override, made_by=self.reviewer, made_at=now(), source=REVIEW, verdict_then=verdict, points_then=points
            )

    def _demand_own_key(self) -> None:
        """Pages are written by the key that the review began with, and records may be of another by now."""
        if self._book.runs.latest()["key_digest"] != self.order.key.digest:
            raise GradebookError(
                "this class has been judged by another key since this review began",
                "copy what you typed, end the review by Ctrl-C, begin it again, and save",
            )

    def _run(self) -> int:
        """The run of this review, marked as not finished: should we be killed, the next run tells all pages anew."""
        latest = self._book.runs.latest()
        if self._run_id != latest["id"]:  # a run that ended since would pass for one that has told all
            rubric = self.order.key.rubric
            run = Run(
                "review", rubric.name, rubric.title, self.order.key.digest, latest["plan_digest"],
                latest["key_source"], VERSION, latest["sandbox"],
            )  # fmt: skip
            self._run_id = self._book.runs.begin(run, now())
        self._book.runs.finish(self._run_id, None)
        return self._run_id

    def _all(self) -> dict[str, Listed]:
        """All hand-ins by folder; read anew where another run has begun meanwhile, or one that grades has ended."""
        runs = self._book.runs.count()
        if runs != self._seen or not self._listed:
            reviewed, said = self._book.overrides.reviewed(), self._book.overrides.effective()
            records = self._book.records(with_outcomes=False, instead=StandIns(self._book, self.order.key))
            listed = [_listed(told(record, said, self.order), reviewed) for record in records]
            self._listed = {one.folder: one for one in listed}
            self._seen = runs
        return self._listed

    def _refresh(self, folder: str) -> None:
        found = self.hand_in(folder)
        if found is not None:
            self._listed[folder] = _listed(found.record, self._book.overrides.reviewed())


def _listed(record: Record, reviewed: dict[str, str]) -> Listed:
    criteria = record.criteria
    return Listed(
        record.folder, record.student_id, record.name, record.status, record.points, record.max_points, record.sha256,
        tuple(c.name for c in criteria if c.points is not None and c.points < c.max_points),
        tuple(c.name for c in criteria if c.points is None),
        tuple(c.name for c in criteria if c.override),
        tuple(c.name for c in criteria if c.changed_since),
        reviewed.get(record.student_id) == record.sha256,
    )  # fmt: skip
