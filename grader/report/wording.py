"""Feedback: what we say about a verdict. With `case_wording`, `reading_wording` and `next_wording`, the
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
from grader.gradebook import Record
from grader.judge import Basis, Finding, Flaw, Kind, Note, NoteKind, Pattern, Reading, Verdict
from grader.report.beside_wording import known_in, say_beside, step_beside
from grader.report.case_wording import Place, is_packed, say_case
from grader.report.consistent_wording import say_consistent
from grader.report.error_wording import NOTHING_ABSENT, Absent, is_of_no_cache, without_cells
from grader.report.missing_wording import say_missing
from grader.report.next_wording import NOT_ATTEMPTED, try_next
from grader.report.note_wording import alternative_note, say_note
from grader.report.reading_wording import say_reading
from grader.wire import Status

FEW = 3  # behaviours that are read at a glance
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
            return _say_failing(rule, verdict, place, absent)


def _say_mistake(rule: CriterionRule, verdict: Verdict) -> tuple[str, str]:
    mistake = next(m for m in rule.mistakes if m.name == verdict.mistake)
    if verdict.basis is Basis.HANDED_CACHE or (verdict.unwritten and verdict.basis is Basis.MENDED_CACHE):
        given = f"Given the cache of the reference solution's {_forward(rule)}, it"
        if verdict.unwritten and verdict.basis is Basis.MENDED_CACHE:
            given = f"{_unwritten(rule)} With right values in that, it"
        return (
            f"{given} comes out as this mistake does: {mistake.feedback}",
            f"If its own cache is meant to hold the same: {mistake.next_step}",
        )
    if not verdict.right_otherwise:
        return f"{mistake.feedback}{' Hidden cases alone show it.' if _on_public(verdict) else ''}", mistake.next_step
    # What stands in this function may be right, and what it is given is not: then the author's step is done already.
    forward = _forward(rule)
    return (
        f"The cache that it gets from {forward} is not what it is written for: with the cache of the reference "
        f"solution it is right in all that was tried. With its own it comes out as this mistake does: "
        f"{mistake.feedback}",
        f"Look at what {forward} puts into its cache, and whether anything changes it before or afterwards. If all of "
        f"that is meant so: {mistake.next_step}",
    )


def _say_correct(rule: CriterionRule, verdict: Verdict) -> str:
    if verdict.basis in _WITHOUT_FORWARD:
        if {behaviour.name for behaviour in rule.behaviours} - _behaviours(verdict.findings):
            # A public key has the public handed cases alone: what else is asked, nobody has tried with a right cache.
            return (
                f"Right, given a right cache, in what can be tried so. {_forward(rule)} fails: once that is right, "
                "more is tried."
            )
        return f"Right, given a right cache. What fails is {_forward(rule)}, and it is counted there only."
    if verdict.basis is Basis.ROUGH_CACHE:
        forward = _forward(rule)
        return (
            f"Right, given an exact cache. What it gives is off by little, since what {forward} gives is: does it add "
            "something small there that the formula does not have?"
        )
    if verdict.basis is Basis.BUILT_ON:
        called = ", ".join(name for note in verdict.notes if note.kind is NoteKind.BUILT_ON for name in note.about)
        return f"Right for the {called} that it calls: what is wrong there is counted there only."
    return "Right on every check."


def _say_failing(rule: CriterionRule, verdict: Verdict, place: Place, absent: Absent) -> tuple[str, str]:
    failing = [finding for finding in verdict.findings if not finding.right]
    finding = _told_of(verdict.kind, failing)
    reading = _reading_of(verdict, finding)
    lost = [b.name for b in rule.behaviours if b.name not in verdict.held and b.name in _behaviours(failing)]
    sentence = say_case(rule, finding, place)
    if finding.visibility == "hidden":
        sentence = f"{_on_public(verdict)}On hidden inputs ('{finding.case}'): {sentence}"
    if verdict.kind is Kind.PARTLY and verdict.basis in _WITHOUT_FORWARD:
        sentence = f"Given a right cache, it is right in part. {sentence}"
    known = known_in(rule, verdict, finding)
    if known is not None:
        sentence += f" {known.feedback}"
    elif reading is not None and finding.problem is not None:
        sentence += f" {say_reading(reading, finding.problem.output)}"
    sentence += say_beside(rule, verdict, finding, place)
    if verdict.kind is Kind.PARTLY:
        sentence += _in_part(verdict, lost)
    if verdict.basis is Basis.HANDED_CACHE and verdict.kind is not Kind.PARTLY:
        forward = _forward(rule)
        also = f" {try_next(rule, finding, absent=absent)}" if is_of_no_cache(finding.trouble) else ""
        return (
            f"{forward} gave no cache, so this was tried with that of the reference solution, which may be laid out "
            f"otherwise. {sentence}",
            f"Mend {forward} first; this is tried again with its own cache after it.{also}",
        )
    # What fails in one of several results is counted in one behaviour, and yet it is wrong wherever it is asked for.
    is_alone = verdict.kind is Kind.PARTLY and len(lost) == 1 and not any(one.elsewhere for one in failing)
    telling = None if verdict.held and len(rule.results) == 1 and _is_of_all(reading) else reading
    step = try_next(rule, finding, telling, lost[0] if is_alone else "", absent)
    if reading is None and Note(NoteKind.UNSTEADY, (rule.name,)) in verdict.notes and finding.problem is not None:
        step = "See first why equal calls give different answers: look for np.random, or for what an earlier call left."
    is_of_values = reading is None and finding.problem is not None and finding.problem.flaw is Flaw.VALUES
    if is_of_values:
        step = step_beside(rule, verdict) or step
    if is_of_values and rule.put and not verdict.held:
        places = ", ".join(f"`{place}`" for place in rule.put)
        step = f"The check puts values of its own into {places}: see that your code reads them from there. {step}"
    if verdict.behind and is_of_values:
        step = f"Mend {_forward(rule)} first: this works on what that keeps for it. If it is off then as well: {step}"
    if verdict.unwritten and verdict.kind is not Kind.PARTLY:
        sentence = f"{_unwritten(rule)} {sentence}"
        step = (
            f"Write {_forward(rule)} first; this is tried again with its own cache after it. If it fails then: {step}"
        )
    if known is not None:
        step = known.next_step
    otherwise = _otherwise(rule, verdict)
    if otherwise and finding.trouble is not None and finding.trouble.type_name == "TypeError":
        return sentence, f"{otherwise} {step}"  # of which type it is tells what the cache holds
    return sentence, otherwise or step


def _in_part(verdict: Verdict, lost: Sequence[str]) -> str:
    """What is not right yet, or what is, whichever is less to read: behind the cause, which is what to mend.

    In quotes, since a behaviour may be called 'dw is right'.
    """
    is_short = len(lost) <= max(len(verdict.held), FEW) or not verdict.held
    listed = ", ".join(f"'{name}'" for name in (lost if is_short else verdict.held))
    return f" {'Not right yet' if is_short else 'Right already'}: {listed}." if listed else ""


def _is_of_all(reading: Reading | None) -> bool:
    """Whether a difference reads as that of a function which computes nothing: one that is right elsewhere does."""
    return reading is not None and reading.pattern in (Pattern.ZERO, Pattern.CONSTANT, Pattern.ECHO)


def _told_of(kind: Kind, failing: Sequence[Finding]) -> Finding:
    """The case that is told: one whose forward did return; a public one, of which more can be said; one that ended as
    the verdict says; the first."""
    ended = _ENDED.get(kind, ())

    def tells(finding: Finding) -> tuple[bool, bool, bool]:
        alone = bool(finding.earlier) or finding.status is Status.NOT_REACHED
        return alone, finding.visibility != "public", bool(ended) and finding.status not in ended

    return min(failing, key=tells)


_ENDED = {Kind.CRASHED: (Status.RAISED, Status.KILLED), Kind.TIMED_OUT: (Status.TIMED_OUT,)}


def _reading_of(verdict: Verdict, told: Finding) -> Reading | None:
    """How the difference reads, if it is that of the case that is told: the result that fails first was read.

    What stands in a tuple is read as an array of one more axis, and that is no axis to sum over or to take away.
    """
    first = next((finding.problem.output for finding in verdict.findings if finding.problem), "")
    is_read = told.problem is not None and told.problem.output == first and not is_packed(told.problem)
    return verdict.reading if is_read else None


def _on_public(verdict: Verdict) -> str:
    """That nothing public shows it, so that nobody looks for it there in vain."""
    public = [finding for finding in verdict.findings if finding.visibility == "public"]
    is_right = public and all(finding.right for finding in public) and verdict.basis is Basis.OWN_CACHE
    return "Every public case is right. " if is_right else ""


def _otherwise(rule: CriterionRule, verdict: Verdict) -> str:
    """What to say where forward and backward do not work together, though either is right alone."""
    if not verdict.right_otherwise:
        return ""
    return (
        f"With the cache of the reference solution this backward is right in all that was tried: look at what "
        f"{_forward(rule)} puts into its cache, and whether anything changes it afterwards."
    )


def _unwritten(rule: CriterionRule) -> str:
    """Whose cache it was, where no forward was written that it could be of."""
    return f"{_forward(rule)} is not written yet, so this had the hand-out's cache, which may be laid out otherwise."


def _behaviours(findings: Sequence[Finding]) -> set[str]:
    return {finding.behaviour for finding in findings}


def _forward(rule: CriterionRule) -> str:
    return rule.forward or "forward"
