"""What a call has left: on its object, or in what it took, gave or was made with.

takes: a step, the object that was asked, and where else something may stand.
gives: each of its results that are left somewhere, with why there is nothing, if there is nothing.
must not know: which of them are graded, what is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from grader.harness.calling.results import describe_value
from grader.harness.texts import why_nothing
from grader.wire import Step, Value


def left_by(
    step: Step, asked: object, gave: Mapping[str, object], places: Sequence[Mapping[str, Any]],
    read: Callable[[tuple[str, ...], object, str], object],
) -> Iterator[tuple[str, object, str]]:  # fmt: skip
    """By name what stands there, as it is `read`; of None also whether there is such a place at all."""
    for name, root, way in step.leaves:
        there = asked if root == "self" else next((found[root] for found in (*places, gave) if root in found), None)
        found = read((step.path[0], step.instance, "" if root == "self" else root), there, way)
        yield name, found, "" if found is not None else why_nothing(there, way, root in gave)


def value_left(left: object, why: str) -> Value:
    """What stands there as a plain value; where that is none, with why there is nothing."""
    value = describe_value(left)
    return Value("none", why) if value.kind == "none" else value
