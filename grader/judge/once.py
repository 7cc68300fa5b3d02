"""What follows from the very same outcomes is concluded once for a class.

takes: a function whose last argument is the outcomes that it concludes from, and whose others belong to the key.
gives: the same function, which remembers what it concluded from outcomes that are shared.
must not know: what is concluded.

Hand-ins of a class answer alike, and what is met again is one object (`wire.Outcome.shared`). What is not shared is
never remembered: it is of one hand-in, and as large as that wants.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


def once_a_class(size: int) -> Callable[[Function], Function]:
    """Remember as many conclusions as `size`: each keeps its outcomes, of 2 KiB at most a step."""

    def remembering(function: Function) -> Function:
        known = lru_cache(maxsize=size)(function)

        @wraps(function)
        def concluded(*given: Any) -> Any:
            shared = all(outcome.shared for outcome in given[-1])
            return known(*given) if shared else function(*given)

        return concluded  # type: ignore[return-value]

    return remembering
