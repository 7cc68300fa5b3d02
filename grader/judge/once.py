"""What follows from the very same outcomes is concluded once for a class.

takes: a function whose last argument is the outcomes that it concludes from, and whose others belong to the key.
gives: the same function, which remembers what it concluded from outcomes that are shared.
must not know: what is concluded.

Hand-ins of a class answer alike, and what is met again is one object (`wire.Outcome.shared`). What is not shared is
never remembered: it is of one hand-in, and as large as that wants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from operator import attrgetter
from typing import Any, TypeVar

from grader.wire import Outcome

Function = TypeVar("Function", bound=Callable[..., Any])


_shared = attrgetter("shared")  # and no generator: a hand-in has three hundred outcomes, looked at twice


def are_shared(outcomes: Iterable[Outcome]) -> bool:
    """Whether all of them were or will be met again in other hand-ins, as the same objects."""
    return all(map(_shared, outcomes))


def once_a_class(size: int) -> Callable[[Function], Function]:
    """Remember as many conclusions as `size`: each keeps its outcomes, of 2 KiB at most a step."""

    def remembering(function: Function) -> Function:
        known = lru_cache(maxsize=size)(function)

        @wraps(function)
        def concluded(*given: Any) -> Any:
            return known(*given) if are_shared(given[-1]) else function(*given)

        return concluded  # type: ignore[return-value]

    return remembering
