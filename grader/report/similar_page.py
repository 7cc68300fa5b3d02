"""The page of similar hand-ins: pairs side by side, what they share marked, and what it does and does not say.

takes: pairs as `PairView`, with spans of bytes to mark; the run they belong to.
gives: one self-contained HTML page without any script.
must not know: how pairs were found, points, verdicts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.report.page import asset, clean, link, policy, render
from grader.report.page_context import PageContext

LINES_AROUND = 2  # shown before and after what is shared
LINE_CAP = 240  # characters of one line
LINES_CAP = 120  # of one cell on the page
STRONG = 0.5  # rarity from which a mark is a strong one


@dataclass(frozen=True)
class Mark:
    """Bytes of a cell that are shared, from `start` to before `end`, and how rare they are, from 0 to 1."""

    start: int
    end: int
    rarity: float


@dataclass(frozen=True)
class SharedCell:
    """A cell with something shared in it; `marks` are in order and do not overlap."""

    number: int
    source: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Side:
    """One of a pair: who, the folder of the page, and the share of the own code that is shared."""

    student_id: str
    name: str
    folder: str
    share: float
    cells: tuple[SharedCell, ...]


@dataclass(frozen=True)
class PairView:
    """A pair: how many rare tokens it shares, and both sides."""

    worth: float
    left: Side
    right: Side


@dataclass(frozen=True)
class SimilarView:
    """All pairs, and what was compared.

    `groups` are the students of three or more hand-ins that pairs join; `warnings` say what could not be left out
    or learnt.
    """

    pairs: Sequence[PairView]
    compared: int
    more: int
    least: float
    warnings: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()


def render_similar_page(view: SimilarView, page: PageContext) -> str:
    """The page of a class."""
    style = asset("page.css", "similar.css")
    return render(
        "similar.html",
        page=page,
        view=view,
        style=style,
        policy=policy(style),
        code=_code,
        link=link,
        percent=_percent,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _code(cell: SharedCell) -> Markup:
    """A cell's lines about what is shared, each with its number. Every piece of the hand-in is escaped here."""
    data = cell.source.encode("utf-8", "replace")
    shown: list[Markup] = []
    last = begin = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        end = begin + len(line)
        if len(shown) >= LINES_CAP:
            break
        if _near(data, cell.marks, begin, end):
            if number != last + 1:
                shown.append(Markup("<i>…</i>"))
            shown.append(Markup("<i>{}</i>").format(number) + _line(data, begin, end, cell.marks))
            last = number
        begin = end + 1
    return Markup("\n").join(shown)


def _near(data: bytes, marks: Sequence[Mark], begin: int, end: int) -> bool:
    """Whether something shared stands on this line or a few lines off."""
    for _ in range(LINES_AROUND):
        begin = data.rfind(b"\n", 0, max(0, begin - 1)) + 1 if begin else 0
        after = data.find(b"\n", end + 1)
        end = len(data) if after < 0 else after
    return bool(_on(marks, begin, end))


def _on(marks: Sequence[Mark], begin: int, end: int) -> Sequence[Mark]:
    """Those of the marks that reach into this part; they stand in order, and there may be thousands."""
    first = bisect_right(marks, begin, key=lambda mark: mark.end)
    return marks[first : bisect_left(marks, end, key=lambda mark: mark.start)]


def _line(data: bytes, begin: int, end: int, marks: Sequence[Mark]) -> Markup:
    parts: list[Markup] = []
    end = min(end, begin + LINE_CAP)
    at = begin
    for mark in _on(marks, begin, end):
        start, stop = max(mark.start, at), min(mark.end, end)
        start += len(data[start:stop]) - len(
            data[start:stop].lstrip()
        )  # a mark over two lines does not mark the margin
        if start < stop:
            parts.append(_text(data[at:start]))
            kind = "strong" if mark.rarity >= STRONG else "weak"
            parts.append(Markup('<mark class="{}">{}</mark>').format(kind, _text(data[start:stop])))
            at = stop
    parts.append(_text(data[at:end]))
    return Markup("").join(parts)


def _text(data: bytes) -> Markup:
    return escape(clean(data.decode("utf-8", "replace"), LINE_CAP))
