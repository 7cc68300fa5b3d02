"""A comparison -> what its page shows: for each pair the cells with something shared, and the spans to mark.

takes: hand-ins and their `Comparison`.
gives: `SimilarView`.
must not know: HTML, how pairs were found.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.report.similar_page import Mark, PairView, SharedCell, Side, SimilarView
from grader.similar.hand_ins import HandIn
from grader.similar.pairing import Comparison, Pair, Shared

FEW = 10  # hand-ins; among fewer nobody can tell what is rare
NO_ASSIGNMENT = (
    "The assignment was not found, so the hand-out and the usual right forms are not left out. "
    "Name its folder with --assignment."
)


def view_of(hand_ins: Sequence[HandIn], found: Comparison, least: float, knows_assignment: bool) -> SimilarView:
    """Everything the page and the terminal tell."""
    pairs = tuple(_pair_view(hand_ins, pair) for pair in found.pairs)
    warnings = [] if knows_assignment else [NO_ASSIGNMENT]
    if found.compared < FEW:
        few = {0: "No hand-in holds code of its own", 1: "Only 1 hand-in holds code of its own"}
        told = few.get(found.compared, f"Only {found.compared} hand-ins hold code of their own")
        warnings.append(f"{told}: what is rare cannot be told from so few.")
    return SimilarView(pairs, found.compared, found.more, least, tuple(warnings), _groups(hand_ins, found.pairs))


def _groups(hand_ins: Sequence[HandIn], pairs: Sequence[Pair]) -> tuple[tuple[str, ...], ...]:
    """Hand-ins that pairs join, three or more of them, the largest group first: ten copies are 45 pairs."""
    group_of: dict[int, set[int]] = {}
    for pair in pairs:
        joined = group_of.get(pair.first, {pair.first}) | group_of.get(pair.second, {pair.second})
        group_of.update(dict.fromkeys(joined, joined))
    groups = {min(group): group for group in group_of.values() if len(group) > 2}
    ordered = sorted(groups.values(), key=lambda group: (-len(group), min(group)))
    return tuple(tuple(hand_ins[n].student_id for n in sorted(group)) for group in ordered)


def _pair_view(hand_ins: Sequence[HandIn], pair: Pair) -> PairView:
    left, right = hand_ins[pair.first], hand_ins[pair.second]
    return PairView(pair.worth, _side(left, pair.left, pair.shares[0]), _side(right, pair.right, pair.shares[1]))


def _side(hand_in: HandIn, shared: Sequence[Shared], share: float) -> Side:
    cells: dict[int, list[Shared]] = {}
    for token in shared:
        cells.setdefault(token.place.cell, []).append(token)
    shown = tuple(
        SharedCell(hand_in.numbers[cell], hand_in.cells[cell], _marks(hand_in.cells[cell], tokens))
        for cell, tokens in sorted(cells.items())
    )
    return Side(hand_in.student_id, hand_in.name, hand_in.folder, share, shown)


def _marks(source: str, tokens: Sequence[Shared]) -> tuple[Mark, ...]:
    """Tokens that are alike rare, with nothing but spaces between them, are one mark."""
    data = source.encode("utf-8", "replace")
    marks: list[Mark] = []
    for token in sorted(tokens, key=lambda token: token.place.start):
        here = Mark(token.place.start, token.place.end, token.rarity)
        if marks and here.rarity == marks[-1].rarity and not data[marks[-1].end : here.start].strip():
            marks[-1] = Mark(marks[-1].start, here.end, here.rarity)
        elif not marks or here.start >= marks[-1].end:
            marks.append(here)
    return tuple(marks)
