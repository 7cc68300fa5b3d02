"""What all cases together show of a function that is due entry by entry, those among them that are right.

takes: the input, what came back and the right values, of all cases.
gives: whether equal entries of the input give equal results; beyond which number of it results are wrong; in which
    ranges of it another mask is.
must not know: points, sentences, which case is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from grader.judge.reading.patterns import BY_ACCIDENT, Array, wrong_entries
from grader.judge.reading.places import ABOVE, BELOW, chance_of, limits_of

FEWEST = 5  # entries that are there more than once: as many as tell that the right results do not depend on others
APART = 1e-3  # relative to the larger of two results: far above rounding
_SAME = 1e-9
BETWEEN = "between two numbers"
LIMITED = re.compile(f"({ABOVE}|{BELOW}|{BETWEEN})$")


def others_count(cases: Iterable[tuple[Array, Array, Array]]) -> bool:
    """Whether results differ for entries of the input that are equal, of which the right results are always equal.

    Entries of another dtype are another thing: numbers of fewer digits give results of fewer.
    """
    seen: dict[tuple[str, float], tuple[float, float]] = {}
    again, differs = 0, False
    for given, got, want in cases:
        if not given.shape == got.shape == want.shape or got.dtype.kind not in "fiu":
            return False
        once = _once(given)
        for entry, result, right in zip(given[once].tolist(), got[once].tolist(), want[once].tolist(), strict=True):
            first, due = seen.setdefault((given.dtype.str, entry), (result, right))
            if abs(due - right) > _SAME * max(abs(due), abs(right), 1.0):
                return False
            again += first is not result
            differs |= bool(np.isfinite([first, result]).all()) and abs(first - result) > APART * max(
                abs(first), abs(result)
            )
    return differs and again >= FEWEST


def _once(given: Array) -> Array:
    """Each entry, but of two that are equal since a table is the same when transposed one alone."""
    is_symmetric = given.ndim == 2 and given.shape[0] == given.shape[1] and np.array_equal(given, given.T)
    once: Array = np.tri(len(given), dtype=bool) if is_symmetric else np.ones(given.shape, bool)
    return once


def beyond_a_number(cases: Iterable[tuple[Array, Array, Array]]) -> str:
    """Of which entries of one sign all results are wrong, and of most others right, if a number parts them; or "".

    A case by itself may have but one of them, or all. Where most of that sign is wrong, the sign says more.
    """
    parts: list[tuple[Array, Array, Array]] = []
    for given, got, want in cases:
        if not given.shape == got.shape == want.shape or got.dtype.kind not in "fiu" or not np.isfinite(got).all():
            return ""
        wrong = wrong_entries(got.astype(np.float64), want)
        parts.append((given.ravel().astype(np.float64), wrong.ravel(), ((got != 0) | (want != 0)).ravel()))
    if not parts:
        return ""
    given, wrong, telling = (np.concatenate([part[n] for part in parts]) for n in range(3))
    for sign in (1, -1):
        of_sign = given * sign > 0
        if wrong.sum() > 1 and not (wrong & ~of_sign).any() and wrong.sum() <= (of_sign & ~wrong & telling).sum():
            found = limits_of(wrong, "", given, telling)
            return next((one.names[1] for one in found if one.weight and one.chance <= BY_ACCIDENT), "")
    return ""


def masked_otherwise(cases: Iterable[tuple[Array, Array, Array]]) -> str:
    """In which ranges of an input something stands where zero is due, or zero where something is; or "".

    That is what a comparison with another number makes. Told sign by sign, as what is due goes by that; only where some
    sign is right in part.
    """
    parts: list[tuple[Array, Array, Array, Array]] = []
    for given, got, want in cases:
        if not given.shape == got.shape == want.shape or got.dtype.kind not in "fiu" or not np.isfinite(got).all():
            return ""
        wrong = wrong_entries(got.astype(np.float64), want)
        parts.append((given.ravel().astype(np.float64), wrong.ravel(), got.ravel(), want.ravel()))
    given, wrong, got, want = (np.concatenate([part[n] for part in parts]) for n in range(4))
    if (wrong & (got != 0) & (want != 0)).any():
        return ""
    # Where zeros are due and come, that says something only if elsewhere they are due and do not; and a zero in the
    # place of next to nothing is right by the tolerance alone.
    telling = ((got != 0) & (want != 0)) | ((got == want) & bool((wrong & (want == 0)).any()))
    ranges = [*_ranges(given, wrong, ~wrong & telling)]
    limited = [text for text in ranges if LIMITED.search(text)]
    return ", or ".join(sorted(ranges, key=limited.__contains__)) if limited and all(ranges) else ""


def _ranges(given: Array, wrong: Array, right: Array) -> Iterator[str]:
    """Of each sign that is wrong somewhere where that is; "" where no numbers part it from what is right."""
    for sign, inside in (("negative", given < 0), ("positive", given > 0), ("0", given == 0)):
        off, held = given[inside & wrong], given[inside & right]
        if not off.size:
            continue
        inside_of = int(((held > off.min()) & (held < off.max())).sum())
        chance = chance_of(off.size, off.size, off.size + held.size)
        ends = (
            (ABOVE, off.min() > held.max(initial=-np.inf), chance),
            (BELOW, off.max() < held.min(initial=np.inf), chance),
            (BETWEEN, not inside_of, chance * (held.size + 1)),
        )
        told = next((f"{sign} and {text}" for text, is_so, by in ends if is_so and by <= BY_ACCIDENT), "")
        yield told if held.size else sign
