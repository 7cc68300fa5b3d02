"""Fragments of a class -> pairs that share what few others have.

takes: hand-ins, and the author's own text.
gives: `Comparison`: pairs above the threshold, the most telling first, with the tokens each side shares.
must not know: where hand-ins came from, how pairs are shown.

All pairs are weighed at once: a table of hand-ins by fragments, times itself, in blocks of columns. A thousand
hand-ins are a second of that. Only pairs that can reach the threshold are then looked at token by token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.similar.fragments import LENGTH, Fragments, Place, fragments_of, lines_of
from grader.similar.hand_ins import HandIn, OwnText

LEAST_SHARED = 40.0  # rare tokens that two hand-ins share by copying: about five lines that nobody else wrote so
LEAST_RUN = LENGTH + 4  # tokens in a row that count; single fragments meet by chance among a thousand hand-ins
MOST_PAIRS = 100  # that are shown; a page of more is read by nobody
LOOKED_AT = 2_000  # pairs, the heaviest; in a class of copies every pair is likely
_BLOCK = 4096  # columns at a time: 16 MB for a thousand hand-ins


@dataclass(frozen=True)
class Shared:
    """A token that both hold: its place, and how rare it is, from 0 (everybody's) to 1 (theirs alone)."""

    place: Place
    rarity: float


@dataclass(frozen=True)
class Pair:
    """Two hand-ins (by their number in the list), what they share, and the part of each one's own code that this is.

    `worth` counts rare tokens; `left` and `right` are the shared tokens in order.
    """

    first: int
    second: int
    worth: float
    shares: tuple[float, float]
    left: tuple[Shared, ...]
    right: tuple[Shared, ...]


@dataclass(frozen=True)
class Comparison:
    """What came out; `compared` hand-ins hold any code of their own, `more` pairs were too many to show."""

    pairs: tuple[Pair, ...]
    compared: int
    more: int


def compare(hand_ins: Sequence[HandIn], own: OwnText, least: float = LEAST_SHARED) -> Comparison:
    """Weigh all pairs of a class."""
    known = set(fragments_of(own.handout).begins) | set(fragments_of(own.solutions).begins)
    given = lines_of(own.handout)
    read = [fragments_of(hand_in.cells, given) for hand_in in hand_ins]
    for fragments in read:
        for fragment in known & fragments.begins.keys():
            del fragments.begins[fragment]
    rarity = _rarities(read)
    likely = _likely(read, rarity, least)
    pairs = [_pair(a, b, read, rarity) for a, b in likely]
    found = sorted(
        (pair for pair in pairs if pair.worth >= least), key=lambda pair: (-pair.worth, pair.first, pair.second)
    )
    compared = sum(bool(fragments.begins) for fragments in read)
    return Comparison(tuple(found[:MOST_PAIRS]), compared, max(0, len(found) - MOST_PAIRS))


def _rarities(read: Sequence[Fragments]) -> dict[int, float]:
    """How rare each fragment is that more than one hand-in holds: 1 where two do, 0 where all do.

    The logarithm of how many of the class hold it, against that of two; squared, since what a third of a class
    wrote alike six times over is six times the same chance.
    """
    holders: dict[int, int] = {}
    for fragments in read:
        for fragment in fragments.begins:
            holders[fragment] = holders.get(fragment, 0) + 1
    count = sum(bool(fragments.begins) for fragments in read)
    if count <= 2:
        return {fragment: 1.0 for fragment, n in holders.items() if n > 1}
    steps = {n: (np.log(count / n) / np.log(count / 2)) ** 2 for n in set(holders.values())}
    return {fragment: float(steps[n]) for fragment, n in holders.items() if n > 1 and steps[n] > 0}


def _likely(read: Sequence[Fragments], rarity: dict[int, float], least: float) -> list[tuple[int, int]]:
    """Pairs whose shared fragments could cover so many tokens: each covers at most `LENGTH` of them."""
    weights = _weigh(read, rarity)
    first, second = np.nonzero(np.triu(weights, 1) * LENGTH >= least)
    order = np.argsort(-weights[first, second], kind="stable")[:LOOKED_AT]
    return [(int(first[n]), int(second[n])) for n in order]


def _weigh(read: Sequence[Fragments], rarity: dict[int, float]) -> np.ndarray:
    """For each pair the summed rarity of what both hold: (hand-ins, hand-ins)."""
    column = {fragment: n for n, fragment in enumerate(sorted(rarity))}
    roots = np.sqrt(np.array([rarity[fragment] for fragment in sorted(rarity)], np.float32))
    held = [np.array(sorted(column[f] for f in fragments.begins if f in column), np.int64) for fragments in read]
    weights = np.zeros((len(read), len(read)), np.float32)
    for start in range(0, len(column), _BLOCK):
        block = np.zeros((len(read), min(_BLOCK, len(column) - start)), np.float32)
        for row, columns in enumerate(held):
            inside = columns[(columns >= start) & (columns < start + block.shape[1])]
            block[row, inside - start] = roots[inside]
        weights += block @ block.T
    return weights


def _pair(a: int, b: int, read: Sequence[Fragments], rarity: dict[int, float]) -> Pair:
    both = [fragment for fragment in read[a].begins if fragment in read[b].begins]
    left, right = (_cover(read[n], both, rarity) for n in (a, b))
    return Pair(
        a, b, min(sum(left.values()), sum(right.values())),
        (len(left) / max(1, len(read[a].own)), len(right) / max(1, len(read[b].own))),
        tuple(Shared(read[a].places[n], left[n]) for n in sorted(left)),
        tuple(Shared(read[b].places[n], right[n]) for n in sorted(right)),
    )  # fmt: skip


def _cover(fragments: Fragments, shared: Sequence[int], rarity: dict[int, float]) -> dict[int, float]:
    """The own tokens that shared fragments cover, each by the rarest one over it; short runs are left out."""
    covered: dict[int, float] = {}
    for value, fragment in sorted((rarity.get(fragment, 0.0), fragment) for fragment in shared):
        for begin in fragments.begins[fragment]:
            covered.update(dict.fromkeys(range(begin, begin + LENGTH), value))  # the rarest comes last, and stays
    return {n: covered[n] for n in _long_runs(sorted(covered)) if n in fragments.own}


def _long_runs(numbers: Sequence[int]) -> list[int]:
    kept: list[int] = []
    run: list[int] = []
    for n in numbers:
        if run and n != run[-1] + 1:
            kept.extend(run if len(run) >= LEAST_RUN else [])
            run = []
        run.append(n)
    return kept + (run if len(run) >= LEAST_RUN else [])
