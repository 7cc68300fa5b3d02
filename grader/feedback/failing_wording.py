"""A function that is wrong, in part or as a whole: what fails first, how it reads, and what to do about it.

takes: a criterion's rule and a verdict with a case that is not right.
gives: a headline and the next step.
must not know: HTML, arrays, points, how a verdict was reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.answer_key import CriterionRule, MistakeRule
from grader.feedback.beside_wording import known_in, say_beside, step_beside, step_of_order
from grader.feedback.case_wording import Place, is_packed, say_case
from grader.feedback.next_step.error_wording import Absent, is_of_no_cache
from grader.feedback.next_step.form_wording import say_put
from grader.feedback.next_step.next_wording import try_next
from grader.feedback.reading_wording import is_number, say_reading
from grader.judge import Basis, Finding, Flaw, Kind, Note, NoteKind, Pattern, Reading, Verdict
from grader.judge.reading.patterns import LOOSE
from grader.wire import Status

FEW = 3  # behaviours that are read at a glance
BEHIND = "Mend {} first: this works on what that keeps for it. If it {} then as well: "
WITHOUT_FORWARD = (Basis.HANDED_CACHE, Basis.MENDED_CACHE)
_LOOK_FOR = "look for np.random, or for what an earlier call left"


def say_failing(rule: CriterionRule, verdict: Verdict, place: Place, absent: Absent) -> tuple[str, str]:
    """What is wrong, by the case that tells most, and what to try."""
    if verdict.turned:
        return say_turned(rule)
    told = _Told(rule, verdict, place, absent)
    if verdict.basis is Basis.HANDED_CACHE and verdict.kind is not Kind.PARTLY:
        return told.of_handed_cache()
    sentence = told.sentence
    if verdict.unwritten and verdict.kind is not Kind.PARTLY:
        sentence = f"{say_unwritten(rule)} {sentence}"
    return sentence, told.step()


@dataclass(frozen=True)
class _Told:
    """A verdict, and the one case of it that is told."""

    rule: CriterionRule
    verdict: Verdict
    place: Place
    absent: Absent

    @cached_property
    def failing(self) -> list[Finding]:
        return [finding for finding in self.verdict.findings if not finding.right]

    @cached_property
    def finding(self) -> Finding:
        return _told_of(self.verdict.kind, self.failing)

    @cached_property
    def reading(self) -> Reading | None:
        return _reading_of(self.verdict, self.finding)

    @cached_property
    def known(self) -> MistakeRule | None:
        return known_in(self.rule, self.verdict, self.finding)

    @cached_property
    def lost(self) -> list[str]:
        """The behaviours that do not hold, by a case that fails."""
        failing = {finding.behaviour for finding in self.failing}
        return [b.name for b in self.rule.behaviours if b.name not in self.verdict.held and b.name in failing]

    @cached_property
    def sentence(self) -> str:
        """What fails and how it reads, and what is wrong beside that."""
        verdict, finding = self.verdict, self.finding
        said = say_case(self.rule, finding, self.place)
        if finding.raises and finding.visibility == "public":
            said = f"In '{finding.case}' {said[0].lower()}{said[1:]}"
        if finding.visibility == "hidden":
            said = f"{on_public(verdict)}On hidden inputs ('{finding.case}'): {said}"
        if verdict.kind is Kind.PARTLY and verdict.basis in WITHOUT_FORWARD:
            mended = f"with right values in the place of those that {forward_of(self.rule)} gives"  # if no more
            given = GIVEN[self.rule.finds_all] if verdict.basis is Basis.HANDED_CACHE else mended
            said = f"{given[0].upper()}{given[1:]}, it is right in part. {said}"
        if self.known is not None:
            said += f" {self.known.feedback}"
        elif self.reading is not None and finding.problem is not None:
            problem = finding.problem
            place = self.rule.place_of(problem.output) if problem.output in self.rule.left else ""
            said += f" {say_reading(self.reading, problem.output, is_number(problem), place)}"
        said += say_beside(self.rule, verdict, finding, self.place)
        return said + (_in_part(verdict, self.lost) if verdict.kind is Kind.PARTLY else "")

    def of_handed_cache(self) -> tuple[str, str]:
        """Where forward gave no cache, and this is wrong with that of the reference as well."""
        finding, forward = self.finding, forward_of(self.rule)
        also = f" {try_next(self.rule, finding, absent=self.absent)}" if is_of_no_cache(finding.trouble) else ""
        if self.rule.finds_all:
            return (
                f"{forward} comes to nothing, so this was tried with what the reference solution leaves on the object, "
                f"which may be called otherwise. {self.sentence}",
                f"Mend {forward} first; this is tried again with what that leaves.{also}",
            )
        return (
            f"{forward} gave no cache, so this was tried with that of the reference solution, which may be laid out "
            f"otherwise. {self.sentence}",
            f"Mend {forward} first; this is tried again with its own cache after it.{also}",
        )

    def step(self) -> str:
        """What to try: the author's word where there is one, else what the difference suggests."""
        rule, verdict, trouble = self.rule, self.verdict, self.finding.trouble
        step = self.known.next_step if self.known is not None else self._own_step()
        if (otherwise := _otherwise(rule, verdict)) and trouble is not None and trouble.type_name == "TypeError":
            return f"{otherwise} {step}"  # of which type it is tells what the cache holds
        return otherwise or step

    def _own_step(self) -> str:
        rule, verdict, is_of_values = self.rule, self.verdict, self._is_of_values()
        beside = step_beside(rule, verdict) if is_of_values else step_of_order(rule, verdict, self.finding)
        step = beside or self._try_next()
        if rule.put and not verdict.held and (is_of_values or self._is_of_sizes()):
            step = say_put(rule.put, is_of_values) + step
        forward = forward_of(rule)
        if verdict.behind and (is_of_values or self._may_be_of_cache()):
            then = "raises" if self.finding.trouble else "is off"
            step = BEHIND.format(forward, then) + step
        if verdict.unwritten and verdict.kind is not Kind.PARTLY:
            its_own = "what that leaves" if rule.finds_all else "its own cache after it"
            step = f"Write {forward} first; this is tried again with {its_own}. If it fails then: {step}"
        return step

    def _is_of_values(self) -> bool:
        """Whether numbers are off, and nothing is known of how."""
        problem = self.finding.problem
        return self.reading is None and problem is not None and problem.flaw is Flaw.VALUES

    def _may_be_of_cache(self) -> bool:
        """Whether a part or a size that is not there is what stopped it, or numbers are off as a part's may be."""
        trouble = self.finding.trouble
        is_loose = self.reading is not None and self.reading.pattern in LOOSE
        return is_loose or (trouble is not None and trouble.type_name in ("KeyError", "IndexError", "ValueError"))

    def _is_of_sizes(self) -> bool:
        """Whether sizes that do not fit are what stopped it."""
        return self.finding.trouble is not None and self.finding.trouble.type_name == "ValueError"

    def _try_next(self) -> str:
        rule, verdict, finding = self.rule, self.verdict, self.finding
        if on_one_way := _on_one_way(rule, finding, verdict.findings):
            return on_one_way
        unsteady = Note(NoteKind.UNSTEADY, (rule.name,)) in verdict.notes
        if self.reading is None and unsteady and finding.problem is not None:
            return f"See first why equal calls give different answers: {_LOOK_FOR}."
        # What fails in one of several results counts in one behaviour, and yet it is wrong wherever it is asked for.
        is_alone = verdict.kind is Kind.PARTLY and len(self.lost) == 1 and not any(f.elsewhere for f in self.failing)
        telling = None if verdict.held and len(rule.results) == 1 and _is_of_all(self.reading) else self.reading
        return try_next(rule, finding, telling, self.lost[0] if is_alone else "", self.absent)


def _on_one_way(rule: CriterionRule, told: Finding, findings: Sequence[Finding]) -> str:
    """What to look for where nothing came back in one case, and something did in another."""
    problem = told.problem
    if problem is None or problem.flaw is not Flaw.NONE or problem.output in rule.left:
        return ""
    gave = [finding for finding in findings if _gave(rule, finding, problem.output)]
    if not gave:
        return ""
    other = min(gave, key=lambda finding: finding.visibility != "public")
    way = f"see which way your code takes in '{told.case}'"
    if problem.output and "," in rule.gives:
        return f"In '{other.case}' it is there: {way}, and whether `{problem.output}` is given a value on that way."
    return (
        f"In '{other.case}' it gives something back: {way}, and whether that way ends in a return line. What stands "
        "within an `if` is passed by where its condition does not hold."
    )


def _gave(rule: CriterionRule, finding: Finding, output: str) -> bool:
    """Whether something came back in a case: of several results a case may ask for others alone."""
    problem = finding.problem
    if problem is None:
        return finding.status is Status.RETURNED and (not output or len(rule.results) == 1)
    return problem.flaw not in (Flaw.NONE, Flaw.ERROR) and (not output or problem.output == output)


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
    """How the result of the case that is told differs: a public one of another result may be told before a hidden one.

    What stands in a tuple is read as an array of one more axis, and that is no axis to sum over or to take away.
    """
    if told.problem is None or is_packed(told.problem):
        return None
    first = next((finding.problem.output for finding in verdict.findings if finding.problem), "")
    return dict(((first, verdict.reading), *verdict.others_read)).get(told.problem.output)


def on_public(verdict: Verdict) -> str:
    """That nothing public shows it, so that nobody looks for it there in vain."""
    public = [finding for finding in verdict.findings if finding.visibility == "public"]
    is_right = public and all(finding.right for finding in public) and verdict.basis is Basis.OWN_CACHE
    return "Every public case is right. " if is_right else ""


def _otherwise(rule: CriterionRule, verdict: Verdict) -> str:
    """What to say where forward and backward do not work together, though either is right alone."""
    if not verdict.right_otherwise or Note(NoteKind.UNSTEADY, (rule.name,)) in verdict.notes:
        return ""  # with another cache it was called once, and equal calls differ
    given, where = (
        ("what a right forward leaves", "leaves on the object")
        if rule.finds_all
        else ("the cache of the reference solution", "puts into its cache")
    )
    return (
        f"With {given} this backward is right in all that was tried: look at what {forward_of(rule)} {where}, and "
        "whether anything changes it afterwards."
    )


GIVEN = {False: "given a right cache", True: "where what forward leaves on the object is right"}
"""By whether a backward finds all on its object."""


def say_turned(rule: CriterionRule) -> tuple[str, str]:
    """What to say of results that are right, behind what is due as the last."""
    due = rule.gives.strip("()")
    late = [f"`{name}`" for name in rule.results if name in due.split(", ")]  # the others are left elsewhere
    come = f"{' and '.join(late)} {'come' if late[1:] else 'comes'}"
    told = f"The right {come} one place too late: {rule.gives} is due, in this order."
    return told, f"Return {due}, in this order."


def say_unwritten(rule: CriterionRule) -> str:
    """Whose cache it was, where no forward was written that it could be of."""
    if rule.finds_all:
        return f"{forward_of(rule)} is not written yet, so this found on the object what the hand-out leaves there."
    return f"{forward_of(rule)} is not written yet, so this had the hand-out's cache, which may be laid out otherwise."


def forward_of(rule: CriterionRule) -> str:
    """The name of its forward, which may have none."""
    return rule.forward or "forward"
