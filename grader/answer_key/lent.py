"""What the reference's functions give for what the reference calls them with: what may be lent to a hand-in.

takes: calls of the reference, as a key holds them, or as its file does.
gives: the same in the other form.
must not know: how they were heard, to whom anything is lent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.wire import Told

FORM = 3
"""Version of how it is told what a call is given. By another one nothing that is asked for would be found, and a right
function that calls a wrong one would lose its points in silence: a key of another form is refused, if it lends."""


@dataclass(frozen=True, eq=False)
class LentCall:
    """One call of a graded function within another one: what it was called with, and what is right for that.

    The last of the results are what it leaves on its object, or has in a dict or a list that it gives, under the names
    of `left`.

    What another such call has kept for it is told by the places of these calls among those of the case. Where `part` is
    not 0, it is a part of another call, taken apart in this way (`grader.lending.piecewise`), or that call behind any
    mask (`grader.lending.masked`).
    """

    function: str
    given: tuple[Told, ...]
    results: tuple[np.ndarray, ...]
    left: tuple[str, ...] = ()
    part: int = 0


Lent = Mapping[int, tuple[LentCall, ...]]
"""By the number of an entry of the plan."""


def lent_to_json(lent: Lent, lay: Callable[[np.ndarray], object]) -> dict[str, object]:
    """As JSON; `lay` puts an array away, and gives what it is found by."""

    def told(one: Told) -> object:
        return one if isinstance(one, str) else {"of": list(one)} if isinstance(one, tuple) else lay(one)

    def written(call: LentCall) -> list[object]:
        given, results = [*map(told, call.given)], [*map(lay, call.results)]
        return [call.function, given, results, [*call.left], *([call.part] if call.part else [])]

    return {str(n): [*map(written, calls)] for n, calls in sorted(lent.items())}


def lent_from_json(written: Mapping[str, Sequence[Any]], take: Callable[[Sequence[Any]], np.ndarray]) -> Lent:
    """Read what `lent_to_json` wrote; `take` finds an array again."""

    def told(one: Any) -> Told:
        return one if isinstance(one, str) else tuple(one["of"]) if isinstance(one, dict) else take(one)

    return {
        int(n): tuple(
            LentCall(function, tuple(map(told, given)), tuple(map(take, results)), tuple(left), *part)
            for function, given, results, left, *part in calls
        )
        for n, calls in written.items()
    }
