"""A class under review: its submissions by filter, what a form asks for, and a place to put changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from grader.batch.folder import gradebook_in, level_of, now, sheet_is_edited, shown, shown_records, update_pages
from grader.batch.order import Order, require_same_key, require_same_questions, run_of
from grader.export.overrides import parse_points, show_exact
from grader.gradebook import REVIEW, Override, Record
from grader.key import unpack_outcomes

MOST_COMMENTS = 40  # of those written before, offered in each form
REASON_CAP = 1000  # characters; what a student reads on a page is a few sentences


class Listed(NamedTuple):
    """A submission with overrides applied, and whether a TA has seen this file."""

    record: Record
    reviewed: bool

    @property
    def folder(self) -> str:
        """Its name in addresses."""
        return self.record.identity.folder


FILTERS: dict[str, tuple[str, Callable[[Listed], bool]]] = {
    "all": ("All", lambda _: True),
    "left": ("Still to review", lambda one: not one.reviewed),
    "loss": ("With points lost", lambda one: bool(one.record.lost)),
    "ungraded": ("Not graded", lambda one: one.record.status != "graded"),
    "changed": ("Changed since: look again", lambda one: any(c.changed_since for c in one.record.criteria)),
    "by-hand": ("Changed by hand", lambda one: any(c.override for c in one.record.criteria)),
}
"""The views of the list, by the word in the address."""


class View(NamedTuple):
    """Which submissions are gone through: one of `FILTERS`, and a criterion without all points ("": any)."""

    show: str
    criterion: str

    @property
    def query(self) -> str:
        """The same in an address."""
        return f"show={self.show}&criterion={quote(self.criterion)}"

    def keeps(self, one: Listed) -> bool:
        """Whether a submission is gone through."""
        lossy = [c.name for c in one.record.criteria if c.points is None or c.points < c.max_points]
        return FILTERS[self.show][1](one) and (not self.criterion or self.criterion in lossy)

    def around(self, every: Sequence[Listed], folder: str) -> tuple[str, str]:
        """The folders before and after one, going round; "" where there is no other one."""
        here = next(n for n, one in enumerate(every) if one.folder == folder)
        others = [one.folder for one in (*every[here + 1 :], *every[:here]) if self.keeps(one)]
        return (others[-1], others[0]) if others else ("", "")


class ChangedMeanwhileError(Exception):
    """Somebody else has changed this submission's points since the form was read."""


class Desk:
    """An open gradebook under review, used as a context manager; `put_aside` names a copy of an edited `grades.csv`.

    A browser asks for several pages at once, so every method holds a lock.
    """

    def __init__(self, order: Order, reviewer: str) -> None:
        self.order, self.reviewer, self.put_aside = order, reviewer, ""
        self._lock = threading.RLock()
        with gradebook_in(order.out) as book:
            require_same_key(book, order)
        self._book = gradebook_in(order.out, shared=True)

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

    def record(self, folder: str) -> Record | None:
        """One submission by its folder; None where there is none of that name."""
        with self._lock:
            students = {name: student for student, name in self._book.folders().items()}
            if folder not in students:
                return None
            return shown(self._book.record_of(students[folder]), self._book.overrides.effective(), self.order.key)

    def form_facts(self, student: str) -> tuple[int, list[str]]:
        """A number that grows with each change of this student's points, and what TAs have written in this class."""
        with self._lock:
            return self._book.overrides.version(student), self._book.overrides.comments()[:MOST_COMMENTS]

    def sheet_is_edited(self) -> bool:
        """Whether `overrides.csv` has changes that this gradebook does not know."""
        with self._lock:
            return sheet_is_edited(self._book, self.order.out)

    def change(self, student: str, version: str, overrides: Sequence[Override]) -> None:
        """Put overrides of one submission, and write its page and all sheets again.

        `version` is that of the form; raises `ChangedMeanwhileError` where something was put since it was read.
        """
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
        with self._lock:
            if not reviewed:
                self._book.overrides.unmark_reviewed(record.student_id)
                return
            self._book.overrides.mark_reviewed(record.student_id, record.identity.sha256, self.reviewer, now())

    def _dated(self, record: Record, overrides: Sequence[Override]) -> Iterator[Override]:
        """With what the machine says today, to be compared with what it will say some day."""
        judged = {one.name: (one.verdict, one.points) for one in record.criteria}
        made = {"made_by": self.reviewer, "made_at": now(), "source": REVIEW}
        for override in overrides:
            verdict, points = judged.get(override.criterion, (record.status, None))
            yield msgspec.structs.replace(override, **made, verdict_then=verdict, points_then=points)


# ---- the form --------------------------------------------------------------------------------------------------------


class Field(NamedTuple):
    """What is in the form for one criterion: points as text ("": the machine's), the comment, what is wrong."""

    points: str = ""
    reason: str = ""
    trouble: str = ""


def saved_field(record: Record, name: str) -> Field:
    """The form's field of one criterion as the gradebook has it."""
    override = next((one.override for one in record.criteria if one.name == name), None)
    if override is None:
        return Field()
    return Field("" if override.points is None else show_exact(override.points), override.reason)


def read_form(
    record: Record, worth: Mapping[str, Fraction], form: Mapping[str, str]
) -> tuple[list[Override], dict[str, Field]]:
    """The changes a form asks for, and its fields as they were typed, with what is wrong in them."""
    changes: list[Override] = []
    fields: dict[str, Field] = {}
    for number, (name, most) in enumerate(worth.items()):
        # A comment that was picked counts where none was typed: so picking works without script too.
        reason = form.get(f"reason-{number}", "").strip() or form.get(f"again-{number}", "").strip()
        typed = fields[name] = Field(form.get(f"points-{number}", "").strip(), " ".join(reason.split()))
        if typed == saved_field(record, name) and f"keep-{number}" not in form:
            continue
        try:
            changes.append(_override(record.student_id, name, typed, most))
        except ValueError as error:
            fields[name] = typed._replace(trouble=str(error))
    return changes, fields


def _override(student: str, name: str, typed: Field, most: Fraction) -> Override:
    length = len(typed.reason)
    if length > REASON_CAP:
        raise ValueError(f"a comment has at most {REASON_CAP:,} characters, and this one {length:,}: shorten it")
    points = parse_points(typed.points, most) if typed.points else None
    if points is not None and not typed.reason:
        raise ValueError("write a sentence beside the points: the student reads it on the page")
    return Override(student, name, points, typed.reason)
