"""One fault is counted once: a result that has a behaviour to itself is judged there, and nowhere else.

takes: the results of a criterion that a behaviour is about alone, and the findings.
gives: the findings, with the behaviour that a fault is counted in.
must not know: points, words, other criteria, keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from grader.judge.verdict import Finding


def counted_once(
    of_one: Mapping[str, str], findings: tuple[Finding, ...], otherwise: Mapping[str, Set[str]] | None = None
) -> tuple[Finding, ...]:
    """The same, with a fault in a result that has a behaviour to itself counted there, and nowhere else.

    Such a fault also shows in every case that grades the result beside others, and those cases are about something
    else. If two such results are wrong, nothing is discounted: what is left may be too little to show what a case is
    about. Nor is it in the cases that are called `otherwise`, by result: there it may be another fault.
    """
    broken = {finding.behaviour for finding in findings if not finding.right}
    lost = [result for result, behaviour in of_one.items() if behaviour in broken]
    if len(lost) != 1:
        return findings
    counted, others = of_one[lost[0]], (otherwise or {}).get(lost[0], frozenset())
    return tuple(
        replace(finding, elsewhere=counted)
        if finding.wrong == tuple(lost) and finding.behaviour != counted and finding.case not in others
        else finding
        for finding in findings
    )
