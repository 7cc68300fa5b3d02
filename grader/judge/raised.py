"""Whether a call raised the error that is due.

takes: an entry of the plan, and what its calls came to.
gives: yes or no; what is wrong where it is no.
must not know: points, words, results.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment.errors_due import is_due, kinds_of
from grader.judge.verdict import Flaw, Problem
from grader.plan import BY_ITSELF, Entry
from grader.wire import Outcome, Status


def is_raised(entry: Entry, steps: Sequence[Outcome]) -> bool:
    """Whether the last call raised it, and none before it anything."""
    (*before, last) = steps
    if last.status is not Status.RAISED or last.trouble is None:
        return False
    came_to_it = entry.purpose in BY_ITSELF or all(one.status is Status.RETURNED for one in before)
    is_one = is_due(entry.raises, last.kinds or kinds_of(last.trouble.type_name))
    return is_one and came_to_it and not _is_refused(last)


def _is_refused(last: Outcome) -> bool:
    """Whether the function does not take what it is called with: that raises TypeError before any line of it is run."""
    return last.trouble is not None and last.trouble.type_name == "TypeError" and not last.trouble.cell


def what_is_wrong(entry: Entry, steps: Sequence[Outcome], told: Outcome) -> Problem | None:
    """What is wrong where one is due; `told` is the outcome that speaks for the case."""
    if is_raised(entry, steps) or told.status not in (Status.RETURNED, Status.RAISED):
        return None
    early = entry.purpose not in BY_ITSELF and any(one.status is not Status.RETURNED for one in steps[:-1])
    facts = {"due": entry.raises, "early": early, "refused": _is_refused(told)}
    return Problem(Flaw.ERROR, "", facts)
