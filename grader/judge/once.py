"""What follows from the very same outcomes is concluded once for a class.

takes: a function whose last argument is what it concludes from: the outcomes of one question, or of several.
gives: the same function, which remembers what it concluded from outcomes that are shared.
must not know: what is concluded.

Hand-ins of a class answer alike, and what is met again is one object (`wire.Outcome.shared`). What is not shared is
never remembered: it is of one hand-in, and as large as that wants.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_shared = attrgetter("shared")  # and no generator: a hand-in has three hundred outcomes, looked at twice


def once_a_class(size: int, many: bool = False) -> Callable[[Function], Function]:
    """Remember as many conclusions as `size`: each keeps its outcomes, of 2 KiB at most a step.

    The last argument is a tuple of outcomes, or with `many` a tuple of such tuples.
    """

    def remembering(function: Function) -> Function:
        known = lru_cache(maxsize=size)(function)

        @wraps(function)
        def concluded(*given: Any) -> Any:
            outcomes = chain.from_iterable(given[-1]) if many else given[-1]
            return known(*given) if all(map(_shared, outcomes)) else function(*given)

        return concluded  # type: ignore[return-value]

    return remembering
