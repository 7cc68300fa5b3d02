"""What a call gave, taken apart as its step has it.

takes: a step, and what came back.
gives: the results, and how many came.
must not know: what was called, what is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.harness.calling.results import gone_through, results_in
from grader.wire import Step

ASKED_BY: Mapping[str, Callable[..., object]] = {"__len__": len, "__iter__": iter}
"""Methods that Python calls, and looks at what they give: a length that is no whole number is none."""


def came_back(step: Step, returned: object) -> tuple[Sequence[object], int]:
    """The results as `results_in` has them, iterators among them read as far as results are to come out of them."""
    if len(step.gives) == 1 and not step.gone_through:  # as in most calls, where nothing is to be taken apart
        return (returned,), -1
    results, count = results_in(returned, len(step.gives))
    if (read := step.gone_through) and results:
        pairs, is_begun = zip(step.gives, results, strict=True), ASKED_BY.get(step.path[1]) is iter
        results = [gone_through(one, read[name], is_begun) if name in read else one for name, one in pairs]
    return results, count
