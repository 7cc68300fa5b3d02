"""The folded lists of a card as HTML: behaviours with their points, public cases with arrays, hidden ones without.

takes: a criterion's record, the arrays of its public cases, the sizes of all its cases.
gives: HTML; what is the same for many hand-ins is written once.
must not know: files, pages, how a verdict was reached; a hidden case's numbers, which nobody gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from grader.feedback.points import show_points
from grader.gradebook import BehaviourRecord, CaseRecord
from grader.memo import Memo
from grader.report.arrays import CaseArrays, OutputArrays
from grader.report.grid_view import asked_table, asked_text, table_of, text_of
from grader.report.page import sentence, shown
from grader.wire.quick import dataclass

DETAIL_CAP = 500  # characters of what is said of one case
RIGHT = "Right."  # says no more than its mark, so it is left out

LEGEND = (
    '<p class="small">Marks in an array: ▲ too large, ▼ too small; doubled, the worst entry; hollow (△ ▽), off by less '
    "than a tenth of the largest right value; !, not a finite number. No mark: right.</p>"
)
_SYMBOLS = {"held": ("good", "✓"), "lost": ("bad", "✗")}

Sizes = Mapping[tuple[str, str], str]
"""The shapes of a case's inputs, by criterion and case."""


@dataclass(frozen=True)
class CaseView:
    """A case, the sizes of its inputs, and its arrays, where it is public and there is room.

    A case of an untouched template is not tried: what came back is the template's own, and no news to anybody.
    """

    case: CaseRecord
    size: str = ""
    arrays: CaseArrays | None = None
    is_tried: bool = True

    @property
    def marked(self) -> bool:
        """Whether any array here has marks to explain."""
        return self.arrays is not None and not self.case.right and any(output.marked for output in self.arrays.outputs)


_heads: Memo[str] = Memo()
_behaviours: Memo[str] = Memo()
_asked: Memo[str] = Memo()


def cases_html(views: Sequence[CaseView]) -> Markup:
    """A list of cases."""
    return Markup(f'<ul class="cases">\n{"".join(map(_case, views))}</ul>')  # noqa: S704 - escaped piece by piece


def behaviours_html(behaviours: Sequence[BehaviourRecord], is_check: bool, is_tried: bool) -> Markup:
    """What a function was checked for, each with its points or, in a check, whether it holds."""
    items = _behaviours.get(
        (is_check, is_tried), behaviours, lambda: "".join(_behaviour(b, is_check, is_tried) for b in behaviours)
    )
    return Markup(f'<ul class="behaviours">\n{items}</ul>')  # noqa: S704 - escaped piece by piece


def _behaviour(behaviour: BehaviourRecord, is_check: bool, is_tried: bool) -> str:
    tone, symbol = _SYMBOLS.get(behaviour.standing, ("quiet", "○")) if is_tried else ("quiet", "○")
    waiting = shown(_waiting(behaviour)) if is_tried else ""
    return (
        f'<li class="{tone}"><span aria-hidden="true">{symbol}</span> <span>{shown(behaviour.name)}{waiting}</span> '
        f'<span class="num">{shown(_standing(behaviour, is_check, is_tried))}</span>\n'
    )


def _standing(behaviour: BehaviourRecord, is_check: bool, is_tried: bool) -> str:
    if behaviour.standing == "not shown":
        return "hidden check, after hand-in" if is_check else "not checked here"
    if is_check:
        return "holds" if behaviour.standing == "held" else "does not hold"
    points = f"{show_points(behaviour.points)} of {show_points(behaviour.max_points)}"
    return f"{behaviour.standing}, {points}" if is_tried else points


def _waiting(behaviour: BehaviourRecord) -> str:
    """Why something is lost of which every case is right."""
    needed = behaviour.waits_for
    return f" (its own cases are right; it counts only with: {needed})" if needed else ""


def _case(view: CaseView) -> str:
    case, arrays = view.case, view.arrays
    if not view.is_tried:
        return _head(case, view.size, "not tried yet") + "\n"
    if case.right:
        head = _heads.get(view.size, (case,), lambda: _head(case, view.size))
        return f"{head}{_asked_html(arrays)}{_right_outputs(arrays)}\n"
    return f"{_head(case, view.size)}{_asked_html(arrays)}{_wrong_outputs(arrays)}\n"


def _head(case: CaseRecord, size: str, untried: str = "") -> str:
    tone, symbol = ("quiet", "○") if untried else _SYMBOLS["held" if case.right else "lost"]
    result = untried or ("right" if case.right else "wrong" if case.outcome == "returned" else case.outcome)
    facts = [result, f"checks: {case.behaviour}" if case.behaviour else "", f"inputs: {size}" if size else ""]
    detail = "" if untried or case.detail == RIGHT else f"<p>{sentence(case.detail, DETAIL_CAP)}</p>"
    return (
        f'<li class="{tone}"><span aria-hidden="true">{symbol}</span> <b>{shown(case.name)}</b> '
        f'<span class="small">{shown("; ".join(filter(None, facts)))}</span>{detail}'
    )


def _asked_html(arrays: CaseArrays | None) -> str:
    if arrays is None:
        return ""
    return _asked.get(arrays.calls, arrays.inputs, lambda: _calls(arrays))


def _calls(arrays: CaseArrays) -> str:
    calls = "".join(f'<p class="call"><code>{shown(call)}</code></p>' for call in arrays.calls)
    inputs = "".join(asked_text(grid, "Input") for grid in arrays.inputs)
    return f'{calls}<div class="grids">{inputs}</div>'


def _right_outputs(arrays: CaseArrays | None) -> str:
    if arrays is None:
        return ""
    outputs = "".join(text_of(output.got, "Your") for output in arrays.outputs if output.got)
    return f'<div class="grids">{outputs}</div>'


def _wrong_outputs(arrays: CaseArrays | None) -> str:
    if arrays is None:
        return ""
    return "".join(
        f'<div class="grids">{_got(output)}{asked_table(output.expected, "Expected")}</div>'
        for output in arrays.outputs
    )


def _got(output: OutputArrays) -> str:
    if output.got is None:
        return f'<div class="grid"><p>Your <b>{shown(output.name)}</b>: {shown(output.said)}</p></div>'
    return table_of(output.got, "Your")
