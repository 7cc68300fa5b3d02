"""One student's page: the points, what was lost and why, what to try next, the code beside the verdict.

It is one self-contained file that can be read without script, on a phone, on paper, and in the dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from grader.feedback.numbers import show_list
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.key import Basis, Key, needed_by, unpack_outcomes
from grader.outcomes import Outcomes
from grader.report.arrays import case_tables, stages_of
from grader.report.code_view import function_code, highlighted, plain_cell
from grader.report.page import Face, PageContext, environment, face_of, render
from grader.wire.program import Tree

MOST_ARRAYS = 60_000  # characters of all arrays, shared out evenly; these limits keep a page below 150 KB
MOST_CELLS = 26_000  # characters of all cells in the folded list
MOST_IN_CELL = 10_000


@dataclass(frozen=True)
class Cases:
    """The public or the hidden cases of a criterion: wrong ones with their inputs and arrays, right ones by name."""

    wrong: list[tuple[CaseRecord, Mapping[str, Tree], str]] = field(default_factory=list)
    right: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Card:
    """One criterion with all that is shown of it; `basis` is a sentence where it is not the student's own results."""

    criterion: CriterionRecord
    face: Face
    basis: str
    code: Markup
    public: Cases
    hidden: Cases


def prepare() -> None:
    """Load what the first page needs: before a process is forked, so that its children need not."""
    environment().get_template("student.html")
    highlighted("")


def render_student_page(record: Record, key: Key, page: PageContext) -> str:
    """The page of one submission: of a record with its overrides applied, and with outcomes where arrays are shown."""
    absent, room, cells = record.identity.arrival.absent and record.points is None, MOST_CELLS, list[object]()
    for cell in record.cells:
        if room > 0:
            html, omitted = plain_cell(cell.source, min(MOST_IN_CELL, room))
            cells.append((cell, Markup(html), omitted))  # noqa: S704 - escaped
            room -= len(html) + 300  # a cell's frame
    return render(
        "student.html", ("page.css", "student.css"), record=record, identity=record.identity, key=key, page=page,
        cards=_cards(record, key), cells=cells, is_check=page.scope == "check", absent=absent,
        status=face_of("absent" if absent else record.status),
    )  # fmt: skip


def _cards(record: Record, key: Key) -> list[Card]:
    """All criteria. Saved outcomes are unpacked only where arrays are shown."""
    shown = sum(map(_shows_arrays, record.criteria))
    outcomes = unpack_outcomes(record.evidence.outcomes) if shown and record.evidence.outcomes else {}
    return [
        _card(record, key, one, outcomes if _shows_arrays(one) else {}, MOST_ARRAYS // (shown or 1))
        for one in record.criteria
    ]


def _shows_arrays(criterion: CriterionRecord) -> bool:
    """Whether public cases are wrong; what an untouched template returned is no news."""
    wrong = (case for case in criterion.cases if case.visibility == "public" and not case.right)
    return criterion.verdict != "not attempted" and any(wrong)


def _card(record: Record, key: Key, criterion: CriterionRecord, outcomes: Outcomes, room: int) -> Card:
    # Colours help to find a mistake; where there is none, they would take half the time of a page.
    code = Markup(function_code(criterion, record.cells, coloured=criterion.points != criterion.max_points))  # noqa: S704
    is_right = all(case.right for case in criterion.cases)
    stages = [None] * len(criterion.cases) if is_right else stages_of(key, criterion, outcomes)
    public, hidden = Cases(), Cases()
    for case, stage in zip(criterion.cases, stages, strict=True):
        group, tables = public if case.visibility == "public" else hidden, ""
        if case.right:
            group.right.append(case.name)
            continue
        if stage and stage.outcomes and group is public and case.outcome == "returned":
            tables = case_tables(key, key.rule(criterion.name), stage, criterion.ruling.alternative)
        tables, room = (tables, room - len(tables)) if len(tables) <= room else ("", room)
        group.wrong.append((case, stage.entry.inputs if stage else {}, Markup(tables)))  # noqa: S704 - escaped there
    return Card(criterion, face_of(criterion.verdict, criterion.points), _basis(key, criterion), code, public, hidden)


def _basis(key: Key, criterion: CriterionRecord) -> str:
    """On what a verdict rests, where that is not what the student's own functions returned."""
    if criterion.ruling.basis == Basis.RELATIVE:
        return "Compared with a numeric gradient of your own forward."
    is_said = criterion.verdict == "missing" or "iven the reference's results" in criterion.words.headline
    if criterion.ruling.basis == Basis.OWN or is_said:
        return ""
    stages = [stage for stage in stages_of(key, criterion, {}) if stage and stage.entry.basis is Basis.GIVEN]
    needs = sorted({f"`{name}`" for stage in stages for name in needed_by(key, stage.number)})
    return f"Given the reference's results of {show_list(needs)}, in place of your own."
