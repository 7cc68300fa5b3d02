"""A class under review: its submissions by filter, what a form asks for, and a place to put changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from grader.batch.folder import gradebook_in, level_of, now, sheet_is_edited, shown, shown_records, update_pages
from grader.batch.order import Order, require_same_key, require_same_questions, run_of
from grader.errors import GradebookError
from grader.export import parse_points, show_exact
from grader.gradebook import REVIEW, Override, Record
from grader.key import unpack_outcomes
from grader.report.review_page import Field, Listed
from grader.review.viewing import view_notebook

MOST_COMMENTS = 40  # of those written before, offered in each form
REASON_CAP = 1000  # characters; what a student reads on a page is a few sentences
FILTERS: dict[str, tuple[str, Callable[[Listed], bool]]] = {
    "all": ("All", lambda _: True),
    "left": ("Still to review", lambda one: not one.reviewed),
    "loss": ("With points lost", lambda one: bool(one.lossy)),
    "ungraded": ("Not graded", lambda one: one.record.status != "graded"),
    "changed": ("Changed since: look again", lambda one: bool(one.changed_since)),
    "by-hand": ("Changed by hand", lambda one: bool(one.by_hand)),
}
"""The views of the list, by the word in the address."""


@dataclass(frozen=True)
class View:
    """Which submissions are gone through: one of `FILTERS`, and a criterion that lost points ("": any)."""

    show: str = "all"
    criterion: str = ""

    def keeps(self, one: Listed) -> bool:
        """Whether this submission is among them."""
        return FILTERS[self.show][1](one) and (not self.criterion or self.criterion in (*one.lossy, *one.ungraded))


class ChangedMeanwhileError(Exception):
    """Somebody else has changed this submission's points since the form was read."""


class Desk:
    """An open gradebook under review, used as a context manager; `put_aside` names a copy of an edited `grades.csv`.

    A browser asks for several pages at once: methods that change something hold a lock.
    """

    def __init__(self, order: Order, reviewer: str, submissions: Path) -> None:
        self.order, self.reviewer, self.put_aside = order, reviewer, ""
        self._submissions, self._lock = submissions, threading.RLock()
        self._book = gradebook_in(order.out, shared=True)
        try:
            require_same_key(self._book, order)
        except GradebookError:
            self._book.close()
            raise

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._book.close()

    def listed(self) -> list[Listed]:
        """All submissions, in order of student."""
        with self._lock:
            reviewed, records = self._book.overrides.reviewed(), list(shown_records(self._book, self.order.key))
        return [Listed(one, reviewed.get(one.student_id) == one.identity.sha256) for one in records]

    def version(self, student: str) -> int:
        """A number that grows with each change of this student's points."""
        with self._lock:
            return self._book.overrides.version(student)

    def sheet_is_edited(self) -> bool:
        """Whether `overrides.csv` has changes that this gradebook does not know."""
        with self._lock:
            return sheet_is_edited(self._book, self.order.out)

    def comments(self) -> list[str]:
        """What TAs have written in this class, the most used first."""
        with self._lock:
            return self._book.overrides.comments()[:MOST_COMMENTS]

    def notebook(self, record: Record, back: str) -> str:
        """The whole notebook as a page, with its outputs where the file is there; raises `SubmissionError`."""
        return view_notebook(record, self._submissions, back).html

    def change(self, record: Record, version: str, overrides: Sequence[Override]) -> None:
        """Put overrides of one submission, and write its page and all sheets again.

        `version` is that of the form; raises `ChangedMeanwhileError` where something was put since it was read.
        """
        student = record.student_id
        with self._lock:
            if str(self._book.overrides.version(student)) != version:
                raise ChangedMeanwhileError(student)
            if not overrides:
                return
            # Damage, and a class that was judged with another key meanwhile, are reported before anything is put.
            require_same_key(self._book, self.order)
            require_same_questions(self._book, self.order, [student])
            saved = self._book.record_of(student)
            if saved.evidence.outcomes:
                unpack_outcomes(saved.evidence.outcomes)
            # Should we be killed, this run has not finished, and the next one writes all pages again.
            run = self._book.runs.begin(run_of(self.order, "review", level_of(self._book)), now())
            self._book.overrides.put(self._dated(saved, overrides), run)
            self.put_aside = update_pages(self._book, self.order, [student]).put_aside or self.put_aside
            self._book.runs.finish(run, now())

    def mark(self, record: Record, reviewed: bool) -> None:
        """Note that this submission was seen, or take that back."""
        table, student = self._book.overrides, record.student_id
        with self._lock:
            if reviewed:
                table.mark_reviewed(student, record.identity.sha256, self.reviewer, now())
            else:
                table.unmark_reviewed(student)

    def _dated(self, record: Record, overrides: Sequence[Override]) -> Iterator[Override]:
        """With what the machine says today, to be compared with what it will say some day."""
        judged = {one.name: (one.verdict, one.points) for one in record.criteria}
        for override in overrides:
            verdict, points = judged.get(override.criterion, (record.status, None))
            made = {"made_by": self.reviewer, "made_at": now(), "source": REVIEW}
            yield msgspec.structs.replace(override, **made, verdict_then=verdict, points_then=points)


# ---- the form --------------------------------------------------------------------------------------------------------


def saved_field(record: Record, name: str) -> Field:
    """The form's field of one criterion as the gradebook has it."""
    override = next((one.override for one in record.criteria if one.name == name), None)
    if override is None:
        return Field("", "")
    return Field("" if override.points is None else show_exact(override.points), override.reason)


def read_form(
    record: Record, worth: Mapping[str, Fraction], form: Mapping[str, str]
) -> tuple[list[Override], dict[str, Field]]:
    """The changes a form asks for, and its fields as they were typed, with what is wrong in them."""
    changes: list[Override] = []
    fields: dict[str, Field] = {}
    for number, name in enumerate(worth):
        before = saved_field(record, name)
        # A comment that was picked counts where none was typed: so picking works without script too.
        reason = form.get(f"reason-{number}", "").strip() or form.get(f"again-{number}", "").strip()
        typed = fields[name] = Field(form.get(f"points-{number}", "").strip(), " ".join(reason.split()))
        if (typed.points, typed.reason) == (before.points, before.reason) and f"keep-{number}" not in form:
            continue
        try:
            changes.append(_override(record.student_id, name, typed, worth[name]))
        except ValueError as error:
            fields[name] = Field(typed.points, typed.reason, str(error))
    return changes, fields


def _override(student: str, name: str, typed: Field, most: Fraction) -> Override:
    if len(typed.reason) > REASON_CAP:
        raise ValueError(
            f"a comment has at most {REASON_CAP:,} characters, and this one {len(typed.reason):,}: shorten it"
        )
    points = parse_points(typed.points, most) if typed.points else None
    if points is not None and not typed.reason:
        raise ValueError("write a sentence beside the points: the student reads it on the page")
    return Override(student, name, points, typed.reason)
