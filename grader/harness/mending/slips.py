"""What a forward keeps that is the one slip in it: a mask that says the opposite, a factor too many.

takes: what is kept of a wrong forward, its wrong arrays with the right ones, what was given.
gives: ways to put that right, each to be tried: it is the slip if forward's result comes out right by it.
must not know: how a forward is run again, what is asked.

Right numbers in the result alone would leave it as it is: `out` is no longer made of it by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.harness.mending.behind_lines import Put
from grader.harness.mending.mended import LARGEST, is_equal

_ROUNDING = 1 << 10  # units of the last place, between numbers that are off by the same factor


def slips_in(
    kept: Sequence[np.ndarray], puts: Sequence[Put], known: Sequence[np.ndarray], masks_alone: bool
) -> Iterator[list[Put]]:
    """A mask that is kept, turned over; that or something else by as much larger or smaller as a wrong array is off.

    Of `masks_alone` where nobody knows what else is right: of a result that is twice what is due a part is halved so.
    """
    for array in (one for one in kept if 1 < one.size <= LARGEST and one.any()):
        is_mask = _is_mask(array)
        if (masks_alone and not is_mask) or any(is_equal(array, one) for one in known):
            continue
        if is_mask:
            yield [Put(array, array.max() ^ array if array.dtype.kind == "b" else array.max() - array)]
        if array.dtype.kind == "f":
            others = [put for put in puts if not is_equal(array, put.wrong)]
            for put, factor in _factors(others, array.shape):
                for scaled in (array * factor, array / factor):
                    if not is_mask or _lets_through(scaled, put.right, known):
                        yield [Put(array, scaled)]


def _is_mask(array: np.ndarray) -> bool:
    """Whether it lets some through and others not: zeros and one other number, of whatever type."""
    if array.dtype.kind not in "biuf" or array.all() or not array.any():
        return False
    return bool(((array == 0) | (array == array.max())).all())


def _lets_through(mask: np.ndarray, right: np.ndarray, known: Sequence[np.ndarray]) -> bool:
    """Whether it is zeros and ones, or what an input is multiplied by for the right result, with nothing behind it: the
    same factor too many in a forward and in its backward is no slip in the mask between them.
    """
    near = _ROUNDING * float(np.finfo(mask.dtype).eps)
    if bool(((mask == 0) | (abs(mask - 1) <= near)).all()):
        return True
    with np.errstate(all="ignore"):
        made = [one * mask for one in known if one.shape == right.shape and one.dtype.kind in "biuf"]
        return any(bool((abs(one - right) <= near * abs(right).max(initial=0)).all()) for one in made)


def _factors(puts: Sequence[Put], shape: tuple[int, ...]) -> Iterator[tuple[Put, np.ndarray]]:
    """By how much the right numbers are larger, each once: what a result is made of is off as the result itself."""
    found: list[np.ndarray] = []
    for put in puts:
        factor = _factor(put, shape)
        if factor is not None and not any(_is_near(factor, one) for one in found):
            found.append(factor)
            yield put, factor


def _is_near(one: np.ndarray, other: np.ndarray) -> bool:
    near = _ROUNDING * float(np.finfo(one.dtype).eps)
    return one.shape == other.shape and bool((abs(one - other) <= near * abs(other)).all())


def _factor(put: Put, shape: tuple[int, ...]) -> np.ndarray | None:
    """How much larger the right numbers are: in an array of that shape, by which these would be made so.

    One number for what has their own shape; else one along each axis that it lacks. Nothing where there is no such.
    """
    wrong, right, _ = put
    padded = (1,) * (right.ndim - len(shape)) + shape
    fits = wrong.shape == right.shape and len(padded) == right.ndim and right.dtype.kind == wrong.dtype.kind == "f"
    if not fits or any(one not in (1, other) for one, other in zip(padded, right.shape, strict=True)):
        return None
    along = tuple(n for n, one in enumerate(padded) if one == 1 or padded == right.shape)
    near = _ROUNDING * float(np.finfo(wrong.dtype).eps)
    with np.errstate(all="ignore"):
        off, due = (one - one.mean(along, keepdims=True) for one in (wrong, right))  # whatever is added behind it
        factor = (off * due).sum(along, keepdims=True) / (off * off).sum(along, keepdims=True)
        fits = np.isfinite(factor).all() and bool((abs(due - factor * off) <= near * abs(due).max(initial=0)).all())
        is_one = fits and bool((abs(factor - 1) <= near).all())
    return (factor if padded == right.shape else factor.reshape(shape)) if fits and not is_one else None
