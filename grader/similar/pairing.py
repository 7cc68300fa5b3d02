"""Fragments of a class -> pairs that share what few others have.

takes: hand-ins, and the author's own text.
gives: `Comparison`: pairs above the threshold, the most telling first, with the tokens each side shares.
must not know: where hand-ins came from, how pairs are shown.

All pairs are weighed at once: a table of hand-ins by fragments, times itself, in blocks of columns. A thousand
hand-ins are a second of that. Only pairs that can reach the threshold are then looked at token by token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from grader.similar.fragments import LENGTH, Fragments, Place, fragments_of, lines_of
from grader.similar.hand_ins import HandIn, OwnText

LEAST_SHARED = 40.0  # rare tokens that two hand-ins share by copying: about five lines that nobody else wrote so
LEAST_RUN = LENGTH + 4  # tokens in a row that count; single fragments meet by chance among a thousand hand-ins
MOST_PAIRS = 100  # that are shown; a page of more is read by nobody
LOOKED_AT = 2_000  # pairs, the heaviest; in a class of copies every pair is likely
_BLOCK = 4096  # columns at a time: 16 MB for a thousand hand-ins


class Shared(NamedTuple):
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
    number = {fragment: n for n, fragment in enumerate(rarity)}
    held = [_held(fragments, number) for fragments in read]
    values = np.array(list(rarity.values()), np.float64)
    found = _found(held, values, least)
    pairs = tuple(_pair(one, read, held, values) for one in found[:MOST_PAIRS])
    compared = sum(bool(fragments.begins) for fragments in read)
    return Comparison(pairs, compared, max(0, len(found) - MOST_PAIRS))


def _rarities(read: Sequence[Fragments]) -> dict[int, float]:
    """How rare each fragment is that more than one hand-in holds: 1 where two do, 0 where all do; in order.

    The logarithm of how many of the class hold it, against that of two; squared, since what a third of a class
    wrote alike six times over is six times the same chance.
    """
    holders: dict[int, int] = {}
    for fragments in read:
        for fragment in fragments.begins:
            holders[fragment] = holders.get(fragment, 0) + 1
    count = sum(bool(fragments.begins) for fragments in read)
    shared = sorted(fragment for fragment, n in holders.items() if n > 1)
    if count <= 2:
        return dict.fromkeys(shared, 1.0)
    steps = {n: max(0.0, np.log(count / n) / np.log(count / 2)) ** 2 for n in set(holders.values())}
    return {fragment: float(steps[holders[fragment]]) for fragment in shared}


@dataclass(frozen=True)
class _Held:
    """Where a hand-in's fragments begin that others hold too, each with its number among all such; its own tokens."""

    begins: np.ndarray
    numbers: np.ndarray
    own: np.ndarray


def _held(fragments: Fragments, number: Mapping[int, int]) -> _Held:
    begun = [(begin, number[f]) for f, begins in fragments.begins.items() if f in number for begin in begins]
    begins, numbers = np.array(begun, np.int64).reshape(-1, 2).T
    own = np.zeros(len(fragments.places), bool)
    own[list(fragments.own)] = True
    return _Held(begins, numbers, own)


@dataclass(frozen=True)
class _Found:
    """Two hand-ins that share enough."""

    first: int
    second: int
    worth: float


def _found(held: Sequence[_Held], values: np.ndarray, least: float) -> list[_Found]:
    """The pairs that share enough, the most telling first."""
    # Rounded, so that what weighs the same has the order of its names, and not that of the last digit of a sum.
    weighed = [_Found(a, b, round(_worth(held, values, a, b), 6)) for a, b in _likely(held, values, least)]
    return sorted((one for one in weighed if one.worth >= least), key=lambda one: (-one.worth, one.first, one.second))


def _likely(held: Sequence[_Held], values: np.ndarray, least: float) -> list[tuple[int, int]]:
    """Pairs whose shared fragments could cover so many tokens: each covers at most `LENGTH` of them."""
    weights = _weigh(held, values)
    first, second = np.nonzero(np.triu(weights, 1) * LENGTH >= least)
    order = np.argsort(-weights[first, second], kind="stable")[:LOOKED_AT]
    return [(int(first[n]), int(second[n])) for n in order]


def _weigh(held: Sequence[_Held], values: np.ndarray) -> np.ndarray:
    """For each pair the summed rarity of what both hold: (hand-ins, hand-ins)."""
    roots = np.sqrt(values.astype(np.float32))
    columns = [np.unique(one.numbers) for one in held]
    weights = np.zeros((len(held), len(held)), np.float32)
    for start in range(0, len(values), _BLOCK):
        block = np.zeros((len(held), min(_BLOCK, len(values) - start)), np.float32)
        for row, numbers in enumerate(columns):
            inside = numbers[slice(*np.searchsorted(numbers, (start, start + block.shape[1])))]
            block[row, inside - start] = roots[inside]
        weights += block @ block.T
    return weights


def _worth(held: Sequence[_Held], values: np.ndarray, a: int, b: int) -> float:
    """How many rare tokens both share: of the side that has fewer."""
    return min(float(covered[covered >= 0].sum()) for covered in _covered(held[a], held[b], values))


def _covered(left: _Held, right: _Held, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each token of either how rare the rarest fragment over it is that both hold; -1 where there is none."""
    both = np.zeros((2, len(values)), bool)
    both[0, left.numbers] = both[1, right.numbers] = True
    shared = both[0] & both[1]
    return _cover(left, shared, values), _cover(right, shared, values)


def _cover(one: _Held, shared: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The own tokens that shared fragments cover; short runs are left out."""
    covered = np.full(len(one.own), -1.0)
    meant = shared[one.numbers]
    begun = covered.copy()
    begun[one.begins[meant]] = values[one.numbers[meant]]
    for behind in range(LENGTH):
        end = len(begun) - behind
        np.maximum(covered[behind:], begun[:end], out=covered[behind:])
    covered[~(_in_long_runs(covered >= 0) & one.own)] = -1.0
    return covered


def _in_long_runs(marked: np.ndarray) -> np.ndarray:
    """Which of these stand in so many in a row that they count."""
    edges = np.flatnonzero(np.diff(marked.astype(np.int8), prepend=0, append=0))
    long = np.zeros(len(marked), bool)
    for first, last in edges.reshape(-1, 2)[edges[1::2] - edges[::2] >= LEAST_RUN]:
        long[first:last] = True
    return long


def _pair(found: _Found, read: Sequence[Fragments], held: Sequence[_Held], values: np.ndarray) -> Pair:
    numbers = (found.first, found.second)
    both = _covered(held[found.first], held[found.second], values)
    left, right = (_shared(read[n].places, covered) for n, covered in zip(numbers, both, strict=True))
    shares = (len(left) / max(1, len(read[found.first].own)), len(right) / max(1, len(read[found.second].own)))
    return Pair(found.first, found.second, found.worth, shares, left, right)


def _shared(places: Sequence[Place], covered: np.ndarray) -> tuple[Shared, ...]:
    at = np.flatnonzero(covered >= 0)
    return tuple(map(Shared, map(places.__getitem__, at.tolist()), covered[at].tolist()))
