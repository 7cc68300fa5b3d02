"""Feedback: what we say about a verdict. With `case_wording` and `next_wording`, the place to edit for tone.

takes: a criterion's rule and its score.
gives: `Feedback`: a headline, what to try next, notes, and one sentence a case.
must not know: HTML, arrays, points, how a verdict was reached.

A sentence says what was found, then why that is wrong where it is not plain, and the next step is one thing to
do. Nothing here is about the student: it is the function that returns None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader.answer_key import CriterionRule
from grader.gradebook import Record
from grader.judge import Basis, Finding, Kind, Verdict
from grader.report.case_wording import Place, say_case, say_reading
from grader.report.error_wording import NOTHING_ABSENT, Absent
from grader.report.next_wording import NOT_ATTEMPTED, try_next
from grader.report.note_wording import alternative_note, say_note
from grader.wire import Status

_UNREADABLE = ("SyntaxError", "IndentationError", "TabError")

STOPPED = ("TimeoutError", "ProcessEnded")
"""How the sandbox names what it had to stop while the definitions were run."""


_WITHOUT_FORWARD = (Basis.HANDED_CACHE, Basis.MENDED_CACHE)


@dataclass(frozen=True)
class Feedback:
    """All that is said of one criterion; `details` has a sentence for each finding, in their order."""

    headline: str
    next_step: str
    notes: tuple[str, ...]
    details: tuple[str, ...]


def feedback(rule: CriterionRule, verdict: Verdict, place: Place, absent: Absent = NOTHING_ABSENT) -> Feedback:
    """Put a verdict into words. `absent` is what could not be made when it was run."""
    headline, next_step = _say(rule, verdict, place, absent)
    notes = tuple(say_note(rule, verdict, note) for note in verdict.notes)
    return Feedback(headline, next_step, notes, tuple(say_case(rule, f, place) for f in verdict.findings))


def place_in(is_script: bool, files: Mapping[str, str] = MappingProxyType({})) -> Place:
    """How places are told: notebooks by cell and line, Python files by line, and what they import by its file."""

    def place(cell: int, line: int) -> str:
        if not line:
            return ""
        if str(cell) in files:
            return f"line {line} of {files[str(cell)]}"
        return f"line {line}" if is_script or not cell else f"cell {cell}, line {line}"

    return place


def places_of(record: Record) -> Place:
    """How places in this hand-in are told."""
    files = {str(cell.number): cell.file for cell in record.cells if cell.file}
    return place_in(bool((record.evidence or {}).get("is_script")), files)


# ---- the verdict ---------------------------------------------------------------------------------------------


def _say(rule: CriterionRule, verdict: Verdict, place: Place, absent: Absent) -> tuple[str, str]:
    match verdict.kind:
        case Kind.CORRECT:
            return _say_correct(rule, verdict), ""
        case Kind.ALTERNATIVE:
            return f"Right, by another convention: {alternative_note(rule, verdict.alternative)}", ""
        case Kind.KNOWN_MISTAKE:
            mistake = next(m for m in rule.mistakes if m.name == verdict.mistake)
            return mistake.feedback, " ".join(filter(None, (mistake.next_step, _otherwise(rule, verdict))))
        case Kind.CONSISTENT:
            forward = _forward(rule)
            return (
                f"This backward is right for the forward that was handed in; the error is in {forward}.",
                f"Mend {forward} first, then derive backward from it again.",
            )
        case Kind.NOT_ATTEMPTED:
            return "Not attempted: the function is as the hand-out left it.", NOT_ATTEMPTED
        case Kind.MISSING:
            return _say_missing(rule, verdict, place)
        case Kind.UNGRADED:
            return "Not graded: the grader failed here, not this function. No points are lost by it.", (
                "Nothing to do for you: the teaching assistant grades it again."
            )
        case Kind.PARTLY | Kind.WRONG | Kind.CRASHED | Kind.TIMED_OUT:
            return _say_failing(rule, verdict, place, absent)


def _say_correct(rule: CriterionRule, verdict: Verdict) -> str:
    if verdict.basis in _WITHOUT_FORWARD:
        return f"Right, given a right cache. What fails is {_forward(rule)}, and it is counted there only."
    if verdict.basis is Basis.ROUGH_CACHE:
        forward = _forward(rule)
        return (
            f"Right, given an exact cache. What it gives is off by little, since what {forward} gives is: does it add "
            "something small there that the formula does not have?"
        )
    return "Right on every check."


def _say_missing(rule: CriterionRule, verdict: Verdict, place: Place) -> tuple[str, str]:
    if verdict.trouble is not None and verdict.trouble.type_name in STOPPED:
        where = place(verdict.trouble.cell, verdict.trouble.line)
        return f"Nothing named {rule.name} was found; {where} was stopped: {verdict.trouble.message}.", (
            f"Move what is at {where} out of the way of the definitions, or take it out."
        )
    if verdict.trouble is not None:
        where = place(verdict.trouble.cell, verdict.trouble.line)
        told = f"{verdict.trouble.type_name}: {verdict.trouble.message}"
        if verdict.trouble.type_name not in _UNREADABLE:
            return f"{rule.name} could not be defined: {told} ({where}).", (
                "Mend that line, restart the kernel, run all cells from the top, and save."
            )
        return f"{rule.name} could not be read: {told} ({where}).", (
            "Mend that line, run the cell in a fresh kernel, and save. If it does run there, your Python is newer than "
            "the grader's: write it in an older way."
        )
    return f"Nothing named {rule.name} was found.", f"Define it as {_definition(rule)}, spelt just so."


def _definition(rule: CriterionRule) -> str:
    owner, _, name = rule.name.rpartition(".")
    return f"`def {name}{rule.signature.split(' -> ')[0]}`" + (f" in `class {owner}`" if owner else "")


def _say_failing(rule: CriterionRule, verdict: Verdict, place: Place, absent: Absent) -> tuple[str, str]:
    failing = [finding for finding in verdict.findings if not finding.right]
    # What came of a forward that did not return tells least. Then a public case: more can be said of it.
    telling = [f for f in failing if not f.earlier and f.status is not Status.NOT_REACHED] or failing
    finding = next((f for f in telling if f.visibility == "public"), telling[0])
    sentence = say_case(rule, finding, place)
    if finding.visibility == "hidden" and verdict.kind is Kind.PARTLY:
        sentence = f"On hidden inputs ({finding.behaviour}): {sentence}"
    lost = [b.name for b in rule.behaviours if b.name not in verdict.held and b.name in _behaviours(failing)]
    alone = lost[0] if verdict.kind is Kind.PARTLY and len(lost) == 1 else ""
    to_try = try_next(rule, finding, verdict.reading, alone, absent)
    if verdict.kind is Kind.PARTLY:
        start = "Given a right cache, it is right" if verdict.basis in _WITHOUT_FORWARD else "Right"
        sentence = f"{start} in part; not yet: {', '.join(lost)}. {sentence}"
    if verdict.reading is not None:
        sentence += f" {say_reading(verdict.reading, finding.problem.output if finding.problem else '')}"
    return sentence, _otherwise(rule, verdict) or to_try


def _otherwise(rule: CriterionRule, verdict: Verdict) -> str:
    """What to say where forward and backward do not work together, though either is right alone."""
    if not verdict.right_otherwise:
        return ""
    return (
        f"With the cache of a reference {_forward(rule)} this backward is right in all that was tried: look at what "
        f"{_forward(rule)} puts into its cache, and whether anything changes it afterwards."
    )


def _behaviours(findings: Sequence[Finding]) -> set[str]:
    return {finding.behaviour for finding in findings}


def _forward(rule: CriterionRule) -> str:
    return rule.follow_through.forward if rule.follow_through else "forward"
