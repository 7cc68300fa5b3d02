"""Calls that are the same: of the same numbers up to rounding, of an object that holds the same.

takes: what a hand-in calls a function with, and what the reference calls it with.
gives: whether that is the same.
must not know: what is lent for it, points, hand-ins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from grader.largest import hidden_in, near_in
from grader.wire import HELD, OWN, Told, is_same_but_for_ones

NEAR = 1e-5  # of the largest number (`largest_of`): float32 that went through some layers, a hundredth of any mistake


class Parted(NamedTuple):
    """What a function was called with, and what its object held, by name."""

    given: Sequence[Told]
    held: Mapping[str, Sequence[Told]]

    @classmethod
    def of(cls, told: Sequence[Told]) -> Parted:
        """Take apart what was told in a row."""
        parts: dict[str, list[Told]] = {"": []}
        name = ""
        for one in told:
            if isinstance(one, str) and one.startswith(HELD):
                name = one
                parts[name] = []
            else:
                parts[name].append(one)
        return cls(parts.pop(""), parts)

    def is_near(self, known: Parted, any_mask: bool) -> bool:
        """Whether it is called with the same, and its object holds all that the reference's does; it may hold more.

        A function that an object holds is code: older keys have its name. Of what makes no difference there is the name
        alone. How many axes of one an array has on it is up to its class, which has been left what the check puts there
        in its own. So is a name of its own for it.
        """
        if not _are_all_near(self.given, known.given, any_mask):
            return False
        own = [held for name, held in self.held.items() if name not in known.held]
        held = [(name, of) for name, of in known.held.items() if of and not _is_code(of)]
        return all(
            any(_are_all_near(_with_axes_of(of, one), of) for one in ([self.held[name]] if name in self.held else own))
            or self._is_without(name, of, own)
            for name, of in held
        )

    def _is_without(self, name: str, of: Sequence[Told], own: Sequence[Sequence[Told]]) -> bool:
        """Whether the reference's holds zeros there, which are for later (`self.dW = np.zeros_like(W)`), and this one
        nothing, or the number zero; and under no name of its `own` other numbers in their shape.
        """
        there = self.held.get(name, ())
        zeros = [one.shape for one in _arrays_in(of) if one.ndim and not one.any()]
        is_nothing = all(isinstance(one, np.ndarray) and not (one.ndim and one.size) and not one.any() for one in there)
        return (
            is_nothing
            and 0 < len(zeros) == len(_arrays_in(of))
            and not any(one.shape in zeros and one.any() for parts in own for one in _arrays_in(parts))
        )


def _with_axes_of(known: Sequence[Told], held: Sequence[Told]) -> Sequence[Told]:
    """What an object holds under a name, with the axes that the reference's has."""
    one, of = (parts[0] if len(parts) == 1 else "" for parts in (held, known))
    if not (isinstance(one, np.ndarray) and isinstance(of, np.ndarray)):
        return held
    return (one.reshape(of.shape),) if is_same_but_for_ones(one.shape, of.shape) else held


def _arrays_in(parts: Sequence[Told]) -> list[np.ndarray]:
    return [one for one in parts if isinstance(one, np.ndarray)]


def _is_code(held: Sequence[Told]) -> bool:
    return len(held) == 1 and isinstance(held[0], str) and held[0].startswith(OWN)


def _are_all_near(given: Sequence[Told], known: Sequence[Told], any_mask: bool = False) -> bool:
    if len(given) != len(known):
        return False
    apart = [n for n, (one, of) in enumerate(zip(given, known, strict=True)) if not _are_near(one, of, any_mask)]
    alike = [one.shape for n, one in enumerate(given) if isinstance(one, np.ndarray) and n not in apart]
    return all(_are_zero(given[n], known[n], alike) or _is_spread(given[n], known[n], alike) for n in apart)


def _are_zero(one: Told, known: Told, alike: Collection[tuple[int, ...]]) -> bool:
    """Whether one is the number zero, and the other zeros in a shape that is given elsewhere: nothing comes of it.

    So is the gradient that comes back to a last step: `backward(dh, 0)`, or `backward(dh, np.zeros_like(dh))`. Alone it
    would make another shape of what comes out.
    """
    if not (isinstance(one, np.ndarray) and isinstance(known, np.ndarray)):
        return False
    small, large = sorted((one, known), key=lambda array: array.ndim)
    numbers = small.dtype.kind in "iuf" and large.dtype.kind in "iuf"
    return numbers and not small.ndim and large.shape in alike and not small.any() and not large.any()


def _is_spread(one: Told, known: Told, alike: Collection[tuple[int, ...]]) -> bool:
    """Whether one is the other where numpy has spread it over the axes of what is given elsewhere: nothing comes of it.

    So is a mask for all heads at once: (N, 1, L, S) by one, (N, H, L, S) by another.
    """
    if not (isinstance(one, np.ndarray) and isinstance(known, np.ndarray)):
        return False
    small, large = sorted((one, known), key=lambda array: (array.size, array.ndim))
    more = large.ndim - small.ndim
    if more < 0 or any(size not in (1, of) for size, of in zip(small.shape, large.shape[more:], strict=True)):
        return False
    spread = [n for n, of in enumerate(large.shape) if n < more or of != small.shape[n - more]]
    elsewhere = [shape for shape in alike if len(shape) == large.ndim]
    told = all(any(shape[n] == large.shape[n] for shape in elsewhere) for n in spread)
    return told and _are_near(np.broadcast_to(small, large.shape), large, any_mask=False)


def _are_near(one: Told, known: Told, any_mask: bool) -> bool:
    """Whether both are the same text, of the same call, or arrays of the same numbers up to rounding."""
    if isinstance(one, tuple) and isinstance(known, tuple):
        return not set(one).isdisjoint(known)
    if not isinstance(one, np.ndarray) or not isinstance(known, np.ndarray):
        return isinstance(one, str) and isinstance(known, str) and one == known
    if one.shape != known.shape or one.dtype.kind not in "biuf":
        return False
    near = near_in(one, known, NEAR)
    return bool(np.all(near | (hidden_in(known) & hidden_in(one)) if any_mask else near))
