"""The pages of a review: the list of hand-ins, and one hand-in with its form beside the student's page.

takes: what is listed, or one record with the fields of its form.
gives: HTML whose style and script stand beside it.
must not know: HTTP, where an override is kept, who may see this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote

from grader.gradebook import CriterionRecord, Record
from grader.report.class_summary import show_aside
from grader.report.faces import Face, face_of
from grader.report.page import render


@dataclass(frozen=True)
class Listed:
    """One hand-in as the list shows it; `lossy` names the criteria with points lost, `ungraded` those without any."""

    folder: str
    student_id: str
    name: str
    status: str
    points: Fraction | None
    max_points: Fraction
    sha256: str
    lossy: tuple[str, ...]
    ungraded: tuple[str, ...]
    by_hand: tuple[str, ...]
    changed_since: tuple[str, ...]
    reviewed: bool


@dataclass(frozen=True)
class Field:
    """What stands in the form for one criterion: points as text ("": the machine's), the comment, what is wrong."""

    points: str
    reason: str
    trouble: str = ""


@dataclass(frozen=True)
class ReviewList:
    """The list. `here` is where the review's addresses begin; `query` keeps the view from page to page.

    `aside` is what a `grades.csv` that somebody had changed is called since a save of this review.
    """

    title: str
    here: str
    listed: Sequence[Listed]
    counts: Mapping[str, int]
    filters: Mapping[str, str]
    criteria: Sequence[str]
    show: str
    criterion: str
    query: str
    reviewer: str
    aside: str = ""


@dataclass(frozen=True)
class ReviewForm:
    """One hand-in under review. `place` counts from 1 within the view; 0 where it is not in it any more.

    `aside` is as in the list.
    """

    title: str
    here: str
    record: Record
    folder: str
    worth: Mapping[str, Fraction]
    fields: Mapping[str, Field]
    version: int
    token: str
    comments: Sequence[str]
    said: str
    query: str
    before: str
    after: str
    place: int
    count: int
    left: int
    total: int
    reviewed: bool
    unsaved: bool = False
    aside: str = ""


@dataclass(frozen=True)
class _Part:
    """One criterion of the form."""

    number: int
    name: str
    max_points: Fraction
    criterion: CriterionRecord | None
    face: Face
    judged: Fraction | None
    field: Field

    @property
    def is_open(self) -> bool:
        """Whether there is something to look at: what is right on every check is folded."""
        return self.judged != self.max_points or self.field != Field("", "")


def render_refusal(sentence: str, hint: str, here: str) -> str:
    """What could not be done, and the next step; `here` is "" for who is not let in."""
    return render("review_refusal.html", sentence=sentence, hint=hint, here=here)


def render_list(page: ReviewList) -> str:
    """The list of a view."""
    return render("review_list.html", page=page, aside=_told(page.aside), face_of=face_of, quote=quote)


def render_hand_in(page: ReviewForm) -> str:
    """One hand-in with its form."""
    by_name = {criterion.name: criterion for criterion in page.record.criteria}
    parts = [
        _part(number, name, most, by_name.get(name), page) for number, (name, most) in enumerate(page.worth.items())
    ]
    return render(
        "review_hand_in.html", page=page, parts_of_it=parts, aside=_told(page.aside),
        status=face_of(page.record.status), quote=quote,
    )  # fmt: skip


def _told(aside: str) -> str:
    """What is said of the sheet that was put aside; the review is where its points go."""
    return (
        f"{show_aside(aside)}. Points that are to stay go into these forms, or a sheet for --overrides."
        if aside
        else ""
    )


def _part(number: int, name: str, most: Fraction, criterion: CriterionRecord | None, page: ReviewForm) -> _Part:
    if criterion is None:
        return _Part(number, name, most, None, face_of(page.record.status), None, page.fields[name])
    judged = criterion.machine_points
    face = face_of(criterion.verdict, judged)
    return _Part(number, name, most, criterion, face, judged, page.fields[name])
