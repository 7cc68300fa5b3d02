"""What a class of the reference sets by itself (`self.eps = 1e-5`): an object that holds no such thing may be as good.

takes: what the reference calls a function with in all cases; what a hand-in calls it with.
gives: the same call, of an object that holds the reference's settings, where nothing says that it has others.
must not know: what is lent, a plan, points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from grader.answer_key import Lent
from grader.lending.alike import Parted
from grader.wire import HELD, Told

AXES = (f"{HELD}axis", f"{HELD}dim")


class Settings(NamedTuple):
    """What objects hold in every call of a function: the names, and the one number or word that is always the same."""

    names: frozenset[str]
    always: Mapping[str, Told]

    @classmethod
    def of(cls, lent: Lent, function: str) -> Settings:
        """Those of the reference's calls of it."""
        held = [Parted.of(call.given).held for calls in lent.values() for call in calls if call.function == function]
        first = held[0] if held else {}
        plain = {name: parts[0] for name, parts in first.items() if len(parts) == 1 and _kind(parts[0])}
        always = {name: one for name, one in plain.items() if all(_are_same(one, of.get(name, ())) for of in held)}
        return cls(frozenset(name for of in held for name in of), always)

    def completed(self, given: Sequence[Told]) -> list[Told] | None:
        """The call of an object that holds them as well, or an axis counted from the other end; None where it holds
        all of them, or something of its own that may be another one.
        """
        told = Parted.of(given)
        own = [part for name, parts in told.held.items() if name not in self.names for part in parts]
        axes = {name for name in AXES if name in self.always and _is_same_axis(self.always[name], name, told)}
        missing = {name: one for name, one in self.always.items() if name not in told.held or name in axes}
        if not missing or not all(name in axes or _may_be(one, own) for name, one in missing.items()):
            return None
        held = {name: parts for name, parts in told.held.items() if name not in axes}
        held |= {name: (one,) for name, one in missing.items()}
        return [*told.given, *(part for name, parts in held.items() for part in (name, *parts))]


def _kind(told: Told) -> str:
    """Whether it is a number, true or false, or a word; "" for all else."""
    if isinstance(told, np.ndarray):
        return ("truth" if told.dtype.kind == "b" else "number") if not told.ndim and told.dtype.kind in "biuf" else ""
    return "word" if isinstance(told, str) and told.startswith('"') else ""


def _are_same(one: Told, parts: Sequence[Told]) -> bool:
    return len(parts) == 1 and _kind(one) == _kind(parts[0]) and bool(one == parts[0])


def _may_be(setting: Told, own: Iterable[Told]) -> bool:
    """Whether what an object holds beside does not speak against a setting: it is there under another name, or nothing
    of its kind is."""
    alike = [one for one in own if _kind(one) == _kind(setting)]
    return not alike or any(_are_same(setting, (one,)) for one in alike)


def _is_same_axis(axis: Told, name: str, told: Parted) -> bool:
    """Whether the object counts the same axis of what it is called with from the other end: -1 is 1 for a matrix."""
    ndim = next((one.ndim for one in told.given if isinstance(one, np.ndarray)), 0)
    held = told.held.get(name, ())
    both = [one for one in (axis, *held) if isinstance(one, np.ndarray) and not one.ndim and one.dtype.kind in "iu"]
    return (
        len(both) == 1 + len(held) == 2
        and ndim > 0
        and all(-ndim <= int(one) < ndim for one in both)
        and (int(both[0] - both[1]) % ndim == 0)
    )
