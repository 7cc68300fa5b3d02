"""Feedback: what we say about a verdict. With `case_wording`, `reading_wording` and `next_step`, the
place to edit for tone.

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
from grader.feedback.case_wording import Place, say_case
from grader.feedback.consistent_wording import say_consistent
from grader.feedback.failing_wording import (
    GIVEN,
    WITHOUT_FORWARD,
    forward_of,
    on_public,
    say_failing,
    say_unwritten,
)
from grader.feedback.missing_wording import say_missing
from grader.feedback.next_step.error_wording import NOTHING_ABSENT, Absent, without_cells
from grader.feedback.next_step.next_wording import NOT_ATTEMPTED
from grader.feedback.note_wording import alternative_note, say_note
from grader.gradebook import Record
from grader.judge import Basis, Finding, Kind, NoteKind, Verdict


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
    notes = tuple(say_note(rule, verdict, note) for note in verdict.notes if not _is_said(verdict, note.kind))
    if not place(-1, 1).startswith("cell"):  # a number that no cell has, nor a file
        next_step = without_cells(next_step)
    return Feedback(headline, next_step, notes, tuple(say_case(rule, f, place) for f in verdict.findings))


def _is_said(verdict: Verdict, note: NoteKind) -> bool:
    """Whether the headline says it already."""
    if note is NoteKind.OTHER_CACHE:
        return verdict.kind is Kind.CORRECT and verdict.basis is Basis.HANDED_CACHE
    if note is NoteKind.BUILT_ON:
        return verdict.basis is Basis.BUILT_ON
    if note in (NoteKind.LENT, NoteKind.LENT_UNCHANGED):
        both = note is NoteKind.LENT_UNCHANGED and _about(verdict, NoteKind.LENT)
        return verdict.kind is Kind.CORRECT and verdict.basis is Basis.OWN_CACHE and not both
    return note is NoteKind.ALTERNATIVE and verdict.kind is Kind.ALTERNATIVE


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
            return _say_mistake(rule, verdict)
        case Kind.CONSISTENT:
            return say_consistent(rule, verdict)
        case Kind.NOT_ATTEMPTED:
            return "Not attempted: the function is empty, or as the hand-out left it.", NOT_ATTEMPTED
        case Kind.MISSING:
            return say_missing(rule, verdict, place, absent)
        case Kind.UNGRADED:
            return "Not graded: the grader failed here, not this function. No points are lost by it.", (
                "Nothing to do for you: the teaching assistant grades it again."
            )
        case Kind.PARTLY | Kind.WRONG | Kind.CRASHED | Kind.TIMED_OUT:
            return say_failing(rule, verdict, place, absent)


def _say_mistake(rule: CriterionRule, verdict: Verdict) -> tuple[str, str]:
    mistake = next(m for m in rule.mistakes if m.name == verdict.mistake)
    if verdict.basis is Basis.HANDED_CACHE or (verdict.unwritten and verdict.basis is Basis.MENDED_CACHE):
        forward = forward_of(rule)
        given, meant = f"Given the cache of the reference solution's {forward}, it", "cache is meant to hold"
        if rule.finds_all:
            given, meant = f"With what the reference solution's {forward} leaves on the object, it", "is meant to leave"
        if verdict.unwritten and verdict.basis is Basis.MENDED_CACHE:
            given = f"{say_unwritten(rule)} With right values in that, it"
        return (
            f"{given} comes out as this mistake does: {mistake.feedback}",
            f"If its own {meant} the same: {mistake.next_step}",
        )
    if not verdict.right_otherwise:
        step = mistake.next_step
        if verdict.behind:  # of what a wrong forward keeps it may make this mistake's numbers
            first = f"Mend {forward_of(rule)} first: this works on what that keeps for it."
            step = f"{first} If it comes out so then as well: {step}"
        return f"{mistake.feedback}{' Hidden cases alone show it.' if on_public(verdict) else ''}", step
    # What stands in this function may be right, and what it is given is not: then the author's step is done already.
    forward = forward_of(rule)
    gets, right, where = (
        (f"What {forward} leaves on the object", "with what a right forward leaves", "leaves on the object")
        if rule.finds_all
        else (
            f"The cache that it gets from {forward}",
            "with the cache of the reference solution",
            "puts into its cache",
        )
    )
    return (
        f"{gets} is not what it is written for: {right} it is right in all that was tried. With its own it comes out "
        f"as this mistake does: {mistake.feedback}",
        f"Look at what {forward} {where}, and whether anything changes it before or afterwards. If all of that is "
        f"meant so: {mistake.next_step}",
    )


def _say_correct(rule: CriterionRule, verdict: Verdict) -> str:
    if verdict.basis in WITHOUT_FORWARD:
        wrong = _about(verdict, NoteKind.OTHER_CACHE) or _about(verdict, NoteKind.OWN_CACHE) or forward_of(rule)
        if {behaviour.name for behaviour in rule.behaviours} - _behaviours(verdict.findings):
            # A public key has the public handed cases alone: what else is asked, nobody has tried with a right cache.
            return (
                f"Right, {GIVEN[rule.finds_all]}, in what can be tried so. {wrong} fails: once that is "
                "right, more is tried."
            )
        fails = f"What fails is {wrong}, and it is counted there only."
        if verdict.right_otherwise:
            fails += (
                f" With what {wrong} keeps it is wrong, also where {wrong} is right: see what it keeps, as that counts"
            )
            fails += " as soon as all of it is right."
        if verdict.basis is Basis.MENDED_CACHE:
            return f"Right, with right values in the place of those that {wrong} gives. {fails}"
        if rule.finds_all:
            return f"Right, where {forward_of(rule)} leaves on the object what it should. {fails}"
        return f"Right, given a right cache. {fails}"
    if verdict.basis is Basis.ROUGH_CACHE:
        forward = forward_of(rule)
        return (
            f"Right, {'where its object holds exact values' if rule.finds_all else 'given an exact cache'}. What it "
            f"gives is off by little, since what {forward} gives is: does it add something small there that the "
            "formula does not have?"
        )
    if verdict.basis is Basis.BUILT_ON:
        called = _about(verdict, NoteKind.BUILT_ON)
        return f"Right for the {called} that it calls: what is wrong there is counted there only."
    if lent := _about(verdict, NoteKind.LENT):
        return f"Right, given right results of {lent}: what is wrong there is counted there only."
    if lent := _about(verdict, NoteKind.LENT_UNCHANGED):
        return f"Right, given results of {lent} that leave its arrays as they are: what is changed there costs nothing."
    return "Right on every check."


def _about(verdict: Verdict, kind: NoteKind) -> str:
    return ", ".join(name for note in verdict.notes if note.kind is kind for name in note.about)


def _behaviours(findings: Sequence[Finding]) -> set[str]:
    return {finding.behaviour for finding in findings}
