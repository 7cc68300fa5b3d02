"""One student's page: the score, what was lost and why, what to try next, the code beside the verdict.

takes: a `Record`, the run it belongs to, the public cases' arrays, and which function carries which signature.
gives: one self-contained HTML page that reads without script, on a phone, on paper, in the dark.
must not know: how a verdict was reached, hidden cases' numbers (nobody gives them), where the page is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from grader.gradebook import BehaviourRecord, CaseRecord, CellRecord, CriterionRecord, Record
from grader.report.arrays import CaseArrays, ShownCases
from grader.report.code_view import CodeView, plain_lines, view_around, view_function
from grader.report.faces import WORD_OVER_POINTS, Face, face_of
from grader.report.page import PageContext, asset, policy, render

# What keeps a page under 150 KB: the style has 9 KB, the words of a hand-in that is wrong throughout some 35.
ARRAY_BUDGET = 32_000  # characters of all arrays, shared out evenly among the criteria
CODE_BUDGET = 28_000  # characters of all functions beside their verdicts, shared out likewise
CELL_BUDGET = 26_000  # characters of all cells in the folded list
CELL_CAP = 10_000  # characters of one cell there
CELLS_SHOWN = 150
NOTES_SHOWN = 20
DETAIL_CAP = 500  # characters of what is said of one case


@dataclass(frozen=True)
class CaseView:
    """A case and, where it is public and there is room, its arrays."""

    case: CaseRecord
    detail: str
    arrays: CaseArrays | None


@dataclass(frozen=True)
class CardView:
    """One criterion as its card shows it."""

    criterion: CriterionRecord
    face: Face
    lost: Fraction
    bare: bool
    behaviours: tuple[BehaviourRecord, ...]
    public: tuple[CaseView, ...]
    hidden: tuple[CaseView, ...]
    code: CodeView | None
    trouble: CodeView | None
    omitted: int

    @property
    def right(self) -> int:
        """How many public cases are right."""
        return sum(view.case.right for view in self.public)

    @property
    def marked(self) -> bool:
        """Whether any array here has marks to explain."""
        wrong = [view.arrays for view in self.public if view.arrays and not view.case.right]
        return any(output.marked for arrays in wrong for output in arrays.outputs)

    @property
    def hidden_right(self) -> int:
        """How many hidden cases are right."""
        return sum(view.case.right for view in self.hidden)


@dataclass(frozen=True)
class CellView:
    """One cell of the folded list."""

    cell: CellRecord
    html: Markup
    omitted: int


def render_student_page(record: Record, page: PageContext, arrays: ShownCases | None = None) -> str:
    """The page of one hand-in."""
    style = asset("page.css", "student.css")
    cards = tuple(_card(record, criterion, arrays or {}) for criterion in record.criteria)
    cells = tuple(_cells(record.cells))
    return render(
        "student.html",
        record=record,
        page=page,
        style=style,
        policy=policy(style),
        status=face_of(record.status),
        cards=cards,
        cells=cells,
        cells_omitted=len(record.cells) - len(cells),
        notes=record.notes[:NOTES_SHOWN],
        public_right=sum(card.right for card in cards),
        public_count=sum(len(card.public) for card in cards),
        ungraded=[card for card in cards if card.criterion.points is None],
        is_check=page.scope == "check",
    )


def _card(record: Record, criterion: CriterionRecord, arrays: ShownCases) -> CardView:
    budget = ARRAY_BUDGET // len(record.criteria)
    public = _with_arrays(criterion, [c for c in criterion.cases if c.visibility == "public"], arrays, budget)
    code, trouble = _code(record, criterion)
    return CardView(
        criterion,
        face_of(criterion.verdict, criterion.points),
        criterion.max_points - (criterion.points or 0),
        criterion.verdict in WORD_OVER_POINTS,
        criterion.behaviours,
        public,
        tuple(_case(case) for case in criterion.cases if case.visibility != "public"),
        code,
        trouble,
        sum(view.arrays is None and (criterion.name, view.case.name) in arrays for view in public),
    )


def _with_arrays(
    criterion: CriterionRecord, cases: Sequence[CaseRecord], arrays: ShownCases, budget: int
) -> tuple[CaseView, ...]:
    """Give arrays to the wrong cases first, then to the right ones, as long as there is room."""
    room = budget
    shown: dict[str, CaseArrays] = {}
    for case in sorted(cases, key=lambda case: case.right):
        found = arrays.get((criterion.name, case.name))
        if found is None or (weight := _weight(found, case.right)) > room:
            continue
        shown[case.name] = found
        room -= weight
    return tuple(_case(case, shown.get(case.name)) for case in cases)


def _weight(arrays: CaseArrays, right: bool) -> int:
    inputs = sum(grid.weight for grid in arrays.inputs)
    outputs = sum(
        (output.got.weight if output.got else 0) + (0 if right else output.expected.weight) for output in arrays.outputs
    )
    return inputs + outputs


def _case(case: CaseRecord, arrays: CaseArrays | None = None) -> CaseView:
    detail = case.detail if len(case.detail) <= DETAIL_CAP else case.detail[:DETAIL_CAP] + "…"
    return CaseView(case, detail, arrays)


def _code(record: Record, criterion: CriterionRecord) -> tuple[CodeView | None, CodeView | None]:
    """The function's own lines, and those about the trouble where it lies elsewhere."""
    sources: Mapping[int, str] = {cell.number: cell.source for cell in record.cells}
    here = criterion.trouble_line if criterion.trouble_cell == criterion.cell else 0
    cap = CODE_BUDGET // len(record.criteria)
    code = trouble = None
    if criterion.cell in sources and criterion.line:
        # Colours help to find a mistake; where there is none, they would be half the time of a page.
        coloured = criterion.points != criterion.max_points
        code = view_function(criterion.cell, sources[criterion.cell], criterion.line, here, cap, coloured)
    if criterion.trouble_cell in sources and criterion.trouble_line and not (code and code.marked):
        trouble = view_around(criterion.trouble_cell, sources[criterion.trouble_cell], criterion.trouble_line, cap)
    return code, trouble


def _cells(cells: Sequence[CellRecord]) -> Iterator[CellView]:
    """The cells in order, until the budget is spent."""
    room = CELL_BUDGET
    for cell in cells[:CELLS_SHOWN]:
        if room <= 0:
            return
        html, omitted = plain_lines(cell.source, min(CELL_CAP, room))
        room -= len(html)
        yield CellView(cell, html, omitted)
