"""One criterion's card as HTML: verdict, reason, what to try, the student's own code, the cases.

takes: a record, the arrays of its public cases, the sizes of all cases.
gives: a `Card` for each criterion: the numbers that the top of a page needs, and the HTML.
must not know: the rest of the page, files, how a verdict was reached.

Most cards of a class are the same but for the code, the right ones and those of what many get wrong in the same way:
what stands before and behind the code is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import NamedTuple

from markupsafe import Markup

from grader.gradebook import CaseRecord, CellRecord, CriterionRecord, Record
from grader.memo import Memo
from grader.report.arrays import CaseArrays, ShownCases
from grader.report.beside_code import Definitions
from grader.report.case_view import LEGEND, CaseView, Sizes, behaviours_html, cases_html
from grader.report.code_view import code_figure, lines_of_function, view_around, view_function
from grader.report.faces import face_of
from grader.report.page import render
from grader.wire.quick import dataclass

ARRAY_BUDGET = 32_000  # characters of all arrays, shared out evenly among the criteria
CODE_BUDGET = 28_000  # characters of all functions beside their verdicts, shared out likewise
_CODE = Markup("\0")  # where the code goes; no text that is shown can hold it

_Pieces = tuple[str, str, str]
"""The row of the overview; the card before the code; the card behind it."""

_cards: Memo[_Pieces] = Memo(most=256)  # of ten to twenty kilobytes each


class Sources(NamedTuple):
    """The cells of a hand-in by number, and what they define."""

    cells: Mapping[int, CellRecord]
    definitions: Definitions


@dataclass(frozen=True)
class Card:
    """One criterion: `right` and `count` are of its public cases, `row` is its row in the overview, `html` the card."""

    criterion: CriterionRecord
    right: int
    count: int
    row: Markup
    html: Markup

    @property
    def lost(self) -> Fraction:
        """Points lost here; none where we could not grade."""
        points = self.criterion.points
        return Fraction(0) if points is None else self.criterion.max_points - points

    @property
    def is_open(self) -> bool:
        """Whether there is something left to do for the student."""
        return self.criterion.points != self.criterion.max_points and self.criterion.points is not None


def cards_of(record: Record, arrays: ShownCases, sizes: Sizes, is_check: bool) -> list[Card]:
    """Write all cards of a hand-in."""
    cells = {cell.number: cell for cell in record.cells}
    if (record.evidence or {}).get("is_script"):  # it has lines and no cells
        cells = {n: replace(cell, file=cell.file or PurePosixPath(record.file).name) for n, cell in cells.items()}
    sources = Sources(cells, Definitions({n: cell.source for n, cell in cells.items() if cell.kind == "code"}))
    share = len(record.criteria)
    return [_card(criterion, sources, share, arrays, sizes, is_check) for criterion in record.criteria]


def _card(
    criterion: CriterionRecord, sources: Sources, share: int, arrays: ShownCases, sizes: Sizes, is_check: bool
) -> Card:
    public = criterion.public_cases
    right = sum(case.right for case in public)
    code = _code(criterion, sources, CODE_BUDGET // share)

    def make() -> _Pieces:
        return _pieces(criterion, arrays, sizes, is_check, bool(code), share)

    if criterion.override is None and not is_check:
        asked = [arrays.get((criterion.name, case.name)) for case in public]
        values = (sizes, *criterion.behaviours, *criterion.cases, *asked)
        row, before, after = _cards.get((*_told(criterion), bool(code), share), values, make)
    else:
        row, before, after = make()
    html = Markup(f"{before}{code}{after}")  # noqa: S704 - three pieces that are escaped
    return Card(criterion, right, len(public), Markup(row), html)  # noqa: S704


def _told(criterion: CriterionRecord) -> tuple[object, ...]:
    """What is said of a criterion, but for behaviours and cases: they are told apart by identity."""
    c, most = criterion, criterion.max_points
    # Whole numbers, since to hash a fraction takes longer than all else here.
    points = None if c.points is None else (c.points.numerator, c.points.denominator)
    return (
        c.name, c.verdict, points, most.numerator, most.denominator, c.mistake, c.headline, c.next_step, c.notes,
        c.take_home,
    )  # fmt: skip


def _pieces(
    criterion: CriterionRecord, arrays: ShownCases, sizes: Sizes, is_check: bool, has_code: bool, share: int
) -> _Pieces:
    public = _with_arrays(criterion, arrays, sizes, ARRAY_BUDGET // share)
    hidden = [_view(criterion, case, sizes) for case in criterion.hidden_cases]
    is_tried = criterion.verdict != "not attempted"
    html = render(
        "card.html",
        c=criterion,
        face=face_of(criterion.verdict, criterion.points),
        is_check=is_check,
        is_tried=is_tried,
        has_code=has_code,
        parting=_CODE,
        by_verdict=_is_by_verdict(criterion),
        behaviours=behaviours_html(criterion.behaviours, is_check, is_tried),
        public_count=len(public),
        public_right=sum(view.case.right for view in public),
        public=cases_html(public),
        legend=Markup(LEGEND) if any(view.marked for view in public) else "",  # noqa: S704 - our own words
        omitted=sum(is_tried and view.arrays is None and (criterion.name, view.case.name) in arrays for view in public),
        hidden_count=len(hidden),
        hidden_right=sum(view.case.right for view in hidden),
        hidden=cases_html(hidden),
    )
    row, before, after = html.split(_CODE)
    return row, before, after


def _is_by_verdict(criterion: CriterionRecord) -> bool:
    """Whether the points are not those of the behaviours: a verdict may be worth more than the checks that held."""
    points = criterion.machine_points
    if points is None or points == criterion.max_points or not criterion.behaviours:
        return False
    return points != sum(behaviour.points for behaviour in criterion.behaviours)


def _view(criterion: CriterionRecord, case: CaseRecord, sizes: Sizes, arrays: CaseArrays | None = None) -> CaseView:
    is_tried = criterion.verdict != "not attempted"
    return CaseView(case, sizes.get((criterion.name, case.name), ""), arrays if is_tried else None, is_tried)


def _with_arrays(criterion: CriterionRecord, arrays: ShownCases, sizes: Sizes, room: int) -> Sequence[CaseView]:
    """Give arrays to the wrong cases first, then to the right ones, as long as there is room."""
    public = criterion.public_cases
    shown: dict[str, CaseArrays] = {}
    for case in sorted(public, key=lambda case: case.right):
        found = arrays.get((criterion.name, case.name))
        if found is None or (weight := _weight(found, case.right)) > room:
            continue
        shown[case.name] = found
        room -= weight
    return [_view(criterion, case, sizes, shown.get(case.name)) for case in public]


def _weight(arrays: CaseArrays, right: bool) -> int:
    inputs = sum(grid.weight for grid in arrays.inputs)
    outputs = sum(
        (output.got.weight if output.got else 0) + (0 if right else output.expected.weight) for output in arrays.outputs
    )
    return inputs + outputs


def _code(criterion: CriterionRecord, sources: Sources, cap: int) -> str:
    """The function's own lines, what belongs beside it, and those about the trouble where it lies elsewhere."""
    figures: list[str] = []
    is_wrong, marked = criterion.points != criterion.max_points, False
    for title, cell, line in _shown_code(criterion, sources, is_wrong):
        here = criterion.trouble_line if criterion.trouble_cell == cell.number else 0
        room = cap - sum(map(len, figures))
        if room <= 0:  # a title above no lines at all
            break
        # Colours help to find a mistake; where there is none, they would be half the time of a page.
        view = view_function(cell.number, cell.source, line, here, room, is_wrong)
        figures.append(code_figure(replace(view, file=cell.file), title))
        marked |= view.marked
    if criterion.trouble_cell in sources.cells and criterion.trouble_line and not marked:
        cell = sources.cells[criterion.trouble_cell]
        view = view_around(cell.number, cell.source, criterion.trouble_line, cap)
        figures.append(code_figure(replace(view, file=cell.file), "Where it stopped"))
    return "".join(figures)


def _shown_code(criterion: CriterionRecord, sources: Sources, is_wrong: bool) -> Iterator[tuple[str, CellRecord, int]]:
    """The functions that are shown, each with its title: the graded one, and beside a wrong one those it needs."""
    if criterion.cell not in sources.cells or not criterion.line:
        return
    own = sources.cells[criterion.cell]
    yield f"Your {criterion.name}", own, criterion.line
    if is_wrong:
        first, lines = lines_of_function(own.source, criterion.line)
        for name, (cell, line), why in sources.definitions.beside((own.number, first), lines):
            yield f"{name}, {why}", sources.cells[cell], line
