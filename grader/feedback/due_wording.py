"""What we say where an error is due: that none was raised, or another one, and what to write.

takes: a finding of such a case, and what is said of what it raised.
gives: sentences.
must not know: HTML, arrays, points, other cases.
"""

from __future__ import annotations

from grader.assignment.errors_due import UNFINISHED, kinds_of
from grader.judge import Finding
from grader.wire import Status


def a_name(error: str) -> str:
    """A class of errors as it is said: a ValueError, an IndexError."""
    return f"{'an' if error[:1] in 'AEIOU' else 'a'} {error}"


def say_nothing_raised(due: str) -> str:
    """That a call came back which should not."""
    return f"It raises nothing, where {a_name(due)} is due."


def say_another(finding: Finding, raised: str) -> str:
    """The sentence on what was raised; where an error is due, which one."""
    if not finding.raises or finding.problem is None or finding.earlier:
        return raised
    if also := finding.problem.facts.get("also"):
        return f"It raises {a_name(finding.raises)}, as is due here, but in '{also}' as well, which is to come back."
    if finding.problem.facts["early"]:
        return f"{raised.removesuffix('.')}, and {a_name(finding.raises)} is due in a later call alone."
    due = a_name(finding.raises)
    if _has_its_name(finding):
        due = f"{due} by a line of its own" if finding.problem.facts["refused"] else f"Python's own {finding.raises}"
    return f"{raised.removesuffix('.')}, where {due} is due."


def _has_its_name(finding: Finding) -> bool:
    return finding.trouble is not None and finding.trouble.type_name == finding.raises


def after_due(finding: Finding) -> str:
    """What to write where an error is due; "" where what was raised has to be mended first."""
    due, trouble = finding.raises, finding.trouble
    line = f"`raise {due}(...)`"
    if finding.status is Status.RETURNED:
        return f"Look at what '{finding.case}' is called with: check for that before all else, and write {line} there."
    if finding.problem is not None and (also := finding.problem.facts.get("also")):
        return f"See which condition it is raised by: '{also}' is a call that must come back."
    if trouble is not None and trouble.type_name == "NameError":
        return f"The line that is to raise names something that is not there: write {line}."
    if trouble is None or UNFINISHED.intersection(kinds_of(trouble.type_name)) or finding.problem is None:
        return ""
    if finding.problem.facts["early"]:
        return f"See which condition it is raised by: the call before '{finding.case}' is one that must come back."
    if trouble.type_name == "AssertionError":
        return f"An `assert` raises AssertionError: write `if ...:` with {line} below it in its place."
    if finding.problem.facts["refused"]:
        return ""
    if _has_its_name(finding):
        return f"A class of your own has that name: let it inherit from {due}, and call it otherwise."
    instead = f"where it raises {trouble.type_name} now"
    return f"Write {line} {instead}, or check before that line for what '{finding.case}' is called with."
