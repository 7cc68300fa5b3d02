"""What calls another graded function: a mistake in that is counted there, and not once more (law of fairness, rule 2).

takes: the verdicts on the functions that one is to call, and its own.
gives: that it is right for them as they are; that what is wrong in it may come from there.
must not know: points; how those were judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from grader.answer_key import CriterionRule
from grader.judge.bench import Bench
from grader.judge.findings import Exam, behaviours_held, find
from grader.judge.kinds import RIGHT, kind_of
from grader.judge.notes import notes_on
from grader.judge.verdict import Basis, Kind, Note, NoteKind, Verdict
from grader.plan import Purpose
from grader.wire import Status


class Called(NamedTuple):
    """A function that another one is to call, and that is not as the reference's.

    `form` is the alternative that it is right by, or the form of the mistake that was found in it; "" where it is told
    as one to mend first.
    """

    of: str
    form: str
    is_wrong: bool


def not_as_reference(bench: Bench, rule: CriterionRule, ruled: Mapping[str, Sequence[Verdict]]) -> Iterator[Called]:
    """Of the functions that one comes to call those that are not as the reference's; the first that are wrong first."""
    built_on = bench.built_on[rule.name]
    of_all = {*rule.calls, *(of for of, *_ in built_on)}
    wrong = {of for of in of_all if not any(verdict.kind in RIGHT for verdict in ruled[of])}
    # What has never been there is not what it calls; or its absence is told by itself.
    there = {of for of in wrong if ruled[of][0].kind is not Kind.MISSING or ruled[of][0].trouble is not None}
    for of in rule.calls:
        if of in there and there.isdisjoint(bench.rules[of].calls):  # else what is wrong in it may come from there too
            yield Called(of, "", True)
    for of, name, form in built_on:
        if any(name == (verdict.mistake if of in wrong else verdict.alternative) for verdict in ruled[of]):
            yield Called(of, form, of in wrong)


def right_for_called(exam: Exam, rule: CriterionRule, called: Sequence[Called]) -> Iterator[Verdict]:
    """That it is right for a function that it calls: a mistake in that is counted there (law of fairness, rule 2)."""
    for of, form, is_wrong in called:
        findings = find(exam, rule, Purpose.CASE, form) if form else ()
        if kind_of(findings, (), "") in RIGHT:
            right = Verdict(rule.name, Kind.ALTERNATIVE, findings, behaviours_held(rule, findings))
            notes = notes_on(exam, rule)
            if is_wrong:
                noted = (*notes, Note(NoteKind.BUILT_ON, (of,)))
                yield replace(right, kind=Kind.CORRECT, basis=Basis.BUILT_ON, notes=noted)
            else:
                yield replace(right, alternative=form, notes=notes)


_MAY_FOLLOW = (Kind.PARTLY, Kind.WRONG, Kind.CRASHED, Kind.TIMED_OUT)


def with_called(verdict: Verdict, called: Sequence[Called], lent: Collection[str]) -> Verdict:
    """The same, with a note that what is wrong in it may come from a function that it is to call, and was not lent."""
    names = tuple(one.of for one in called if not one.form and one.of not in lent)
    if not names or verdict.kind not in _MAY_FOLLOW:
        return verdict
    return replace(verdict, notes=(*verdict.notes, Note(NoteKind.BUILT_ON, names)))


def with_lent(verdict: Verdict, lent: tuple[str, ...], unchanged: tuple[str, ...] = ()) -> Verdict:
    """The same, with a note on the functions in the place of whose results it was given right ones; of those that are
    right, and change in place what they are called with, with another.

    Of what was not even reached, as an earlier call never came back, nothing was tried with them.
    """
    unreached = any(finding.status is Status.NOT_REACHED for finding in verdict.findings)
    first = Note(NoteKind.BUILT_ON if unreached else NoteKind.LENT, lent)
    notes = [note for note in (first, Note(NoteKind.LENT_UNCHANGED, () if unreached else unchanged)) if note.about]
    return replace(verdict, notes=(*verdict.notes, *notes)) if notes else verdict
