"""What the author's own functions give: the inputs of a case, and the results of the reference.

takes: functions that draw, what they drew, and a call of the reference.
gives: arrays by name, and the form of what is no array; `AuthorError` for what cannot be handed on.
must not know: answers, which question is asked.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from grader.assignment import HIDDEN, Assignment, Call, Inputs, Own
from grader.errors import AuthorError
from grader.wire import Built, build, put


@dataclass(frozen=True)
class Drawn:
    """What a case draws, by name: as it is, its arrays (those within dicts too), and the form of what is no array."""

    values: Mapping[str, object]
    arrays: dict[str, np.ndarray]
    built: dict[str, Built]

    def arrays_of(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """The arrays of some inputs, those within dicts too."""
        plain = {name: self.arrays[name] for name in names if name not in self.built}
        within = (place for name in names if name in self.built for place in self.built[name].arrays)
        return plain | {place: self.arrays[place] for place in within}


def draw(inputs: Inputs, seeds: Mapping[str, int], visibility: str, label: str) -> Drawn:
    """Draw the inputs of one case; `label` names it where they are refused."""
    # A generator of its own for each case: adding one case must not change the numbers of the others.
    rng = np.random.default_rng([seeds[visibility], visibility == HIDDEN, zlib.crc32(label.encode())])
    try:
        values: Mapping[str, object] = dict(inputs(rng))
    except Exception as error:
        raise AuthorError(f"{label}: its inputs cannot be drawn: {type(error).__name__}: {error}") from error
    drawn = Drawn(values, {}, {})
    for name, value in values.items():
        arrays, built = _taken_apart(name, value, label)
        drawn.arrays.update(arrays)
        drawn.built.update(built)
    return drawn


def _taken_apart(name: str, value: object, label: str) -> tuple[dict[str, np.ndarray], dict[str, Built]]:
    """An input's arrays and, where it is more than an array, its form."""
    arrays, built = {name: value} if isinstance(value, np.ndarray) else {}, {}
    if not arrays:
        try:
            built[name], arrays = build(name, value)
        except (TypeError, ValueError) as error:
            raise AuthorError(
                f"{label}: input '{name}' cannot be handed on: {error}",
                "draw numpy arrays, finite numbers, words, True, False or None, or tuples and dicts of these",
            ) from error
    for place, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise AuthorError(f"{label}: input '{place}' is not a numeric array", "return numpy arrays of numbers")
        if not np.isfinite(array).all():
            raise AuthorError(f"{label}: input '{place}' is not finite")
    return arrays, built


def handed_cache(cache: object, label: str) -> tuple[str | tuple[str, ...] | Built, dict[str, np.ndarray]]:
    """What backward is handed, and the arrays in it: one array, or a tuple of arrays, settings and dicts."""
    parts = cache if isinstance(cache, (tuple, list)) else (cache,)
    inputs = {f"cache {n}": part for n, part in enumerate(parts) if isinstance(part, np.ndarray)}
    if len(inputs) == len(parts):
        return (tuple(inputs) if isinstance(cache, (tuple, list)) else "cache 0"), inputs
    try:
        if isinstance(cache, (tuple, list)):
            return build("cache", tuple(cache))
    except (TypeError, ValueError) as error:
        label = f"{label}: {error}"
    raise AuthorError(
        f"{label}: the reference's cache must be an array or a tuple of arrays",
        "numbers, words and dicts may stand in the tuple too",
    )


def reference_results(assignment: Assignment, call: Call, drawn: Drawn, label: str) -> dict[str | Own, object]:
    """What a call of the reference gives, by name."""
    owner, _, method = call.function.rpartition(".")
    try:
        new, given = (
            [deepcopy(drawn.values[n]) for n in names if isinstance(n, str)] for names in (call.new, call.takes)
        )
        target = getattr(assignment.solution, owner)(*new) if owner else assignment.solution
        for place, name in call.sets.items():
            put(target, place.removeprefix("self"), deepcopy(drawn.values[name]))
        results = getattr(target, method)(*given)
        return dict(zip(call.gives, results, strict=True))
    except Exception as error:
        raise AuthorError(
            f"{label}: the reference's {call.function} gives no cache: {type(error).__name__}: {error}"
        ) from error
