"""Whether a call raised the error that is due.

takes: an entry of the plan, and what its calls came to.
gives: yes or no; what is wrong where it is no.
must not know: points, words, results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.assignment.errors_due import is_due, kinds_of
from grader.judge.verdict import Finding, Flaw, Problem
from grader.plan import BY_ITSELF, Entry
from grader.wire import Outcome, Status


def is_raised(entry: Entry, steps: Sequence[Outcome]) -> bool:
    """Whether the last call raised it, and none before it anything."""
    (*before, last) = steps
    came_to_it = entry.purpose in BY_ITSELF or all(one.status is Status.RETURNED for one in before)
    return came_to_it and _is_one(entry.raises, last)


def _is_one(due: str, last: Outcome) -> bool:
    """Whether what a call raised is an error that is due somewhere."""
    if last.status is not Status.RAISED or last.trouble is None:
        return False
    return is_due(due, last.kinds or kinds_of(last.trouble.type_name)) and not _is_refused(last)


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


def without_those_raised_anywhere(
    asked: Sequence[tuple[int, Entry]], outcomes: Mapping[int, Sequence[Outcome]], findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """The same, where an error that is due counts for nothing if it is raised where something is to come back, too.

    Who raises always has looked at nothing. Whatever else is wrong with what comes back costs its own behaviour.
    """
    dues = {entry.raises for _, entry in asked if entry.raises}
    returning = [entry for place, entry in asked if not entry.raises and _any(dues, outcomes[place])] if dues else []
    if not returning:
        return findings
    also = min(returning, key=lambda entry: entry.visibility != "public").name
    return tuple(_also_raised(one, also) if one.raises and one.right else one for one in findings)


def _any(dues: set[str], steps: Sequence[Outcome]) -> bool:
    return any(_is_one(due, steps[-1]) for due in dues)


def _also_raised(finding: Finding, also: str) -> Finding:
    facts = {"due": finding.raises, "early": False, "refused": False, "also": also}
    return replace(finding, problem=Problem(Flaw.ERROR, "", facts))
