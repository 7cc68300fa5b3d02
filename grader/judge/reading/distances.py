"""Which function of two arrays a single number is that is to be another one: a mean where a mean of squares is due.

takes: of each case what came back, what is due and its inputs.
gives: the `Reading` that fits all cases.
must not know: points, sentences, what the function is to compute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from grader.judge.reading.patterns import Array, Pattern, Reading
from grader.judge.reading.summands import SAME, Off

_DISTANCES: dict[str, Callable[[Array], float]] = {
    "(({d})**2).mean()": lambda d: float((d * d).mean()),
    "abs({d}).mean()": lambda d: float(abs(d).mean()),
    "({d}).mean()": lambda d: float(d.mean()),
    "({d}).mean()**2": lambda d: float(d.mean()) ** 2,
    "abs(({d}).mean())": lambda d: abs(float(d.mean())),
    "np.sqrt((({d})**2).mean())": lambda d: float((d * d).mean()) ** 0.5,
    "(({d})**2).sum()": lambda d: float((d * d).sum()),
    "abs({d}).sum()": lambda d: float(abs(d).sum()),
    "({d}).sum()": lambda d: float(d.sum()),
    "np.sqrt((({d})**2).sum())": lambda d: float((d * d).sum()) ** 0.5,
    "abs({d}).max()": lambda d: float(abs(d).max()),
    "np.median(abs({d}))": lambda d: float(np.median(abs(d))),
}


def by_distance(cases: Sequence[Off]) -> Reading | None:
    """The distance of two inputs, or another function of their difference or sum, that came back in all cases."""
    if not cases or any(case.want.ndim for case in cases):
        return None
    for text, differences in _differences(cases):
        for form, of in _DISTANCES.items():
            made = [of(d) for d in differences]
            if all(abs(one - float(c.got)) <= SAME * abs(float(c.got)) for one, c in zip(made, cases, strict=True)):
                return Reading(Pattern.FUNCTION, (form.format(d=text),))
    return None


def _differences(cases: Sequence[Off]) -> Iterator[tuple[str, list[Array]]]:
    """The differences and sums of two inputs of one form."""
    names = [name for name, array in cases[0].inputs.items() if array.dtype.kind == "f" and name.isidentifier()]
    for one, other in combinations(names, 2):
        pairs = [(case.inputs.get(one), case.inputs.get(other)) for case in cases]
        arrays = [(a.astype(np.float64), b.astype(np.float64)) for a, b in pairs if a is not None and b is not None]
        if len(arrays) == len(cases) and all(a.size > 1 and a.shape == b.shape for a, b in arrays):
            yield f"{one} - {other}", [a - b for a, b in arrays]
            yield f"{one} + {other}", [a + b for a, b in arrays]
