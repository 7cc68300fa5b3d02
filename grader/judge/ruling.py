"""All that the cases of a criterion show, made into the verdicts that apply to it.

takes: an answer key, the outcomes of a hand-in, and what is known of it beforehand (an untouched function, a
cell that does not parse).
gives: for each criterion every verdict that applies, in the order in which they are preferred.
must not know: points; the best of the verdicts is for `score` to pick.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.judge.bench import Bench, bench_of, variants_of
from grader.judge.built_on import Called, not_as_reference, right_for_called, with_called, with_lent
from grader.judge.findings import Exam, Outcomes, all_right, behaviours_held, find, is_rough
from grader.judge.following import Forward, followed_through
from grader.judge.kinds import RIGHT, changes_input, kind_of, notes_for
from grader.judge.known_mistake import recognise
from grader.judge.notes import notes_on
from grader.judge.once import once_a_class
from grader.judge.verdict import Basis, Kind, Verdict
from grader.plan import ANSWERED, MENDING, Purpose
from grader.wire import NEEDLESS, Outcome, Trouble
from grader.wire.quick import dataclass

# Of each criterion some hundred ways to answer, rounding included. One that is remembered holds some fifty outcomes of
# 2 KiB at most, most of which others hold too: 100 MiB if all hand-ins of a class were made to fill it.
REMEMBERED = 1024


@dataclass(frozen=True)
class Circumstance:
    """What is known of a graded function before it is called.

    `untouched`: its text is as the hand-out left it; what is called may be another all the same (a template that is
    kept under `if False:`, a method put into the class later). `trouble`: why its definition could not be read or run;
    `is_stub`: what is called in its place is as the hand-out left it; `lent`: functions that it calls, in the place of
    whose results it was given right ones, `unchanged` those that are right and change what they are called with;
    `turned`: what it gives is right in another order.
    """

    untouched: bool = False
    trouble: Trouble | None = None
    is_stub: bool = False
    lent: tuple[str, ...] = ()
    turned: bool = False
    unchanged: tuple[str, ...] = ()


def rule_on(
    key: AnswerKey, outcomes: Outcomes, circumstances: Mapping[str, Circumstance]
) -> dict[str, tuple[Verdict, ...]]:
    """Every verdict that applies, by criterion; each list has at least one."""
    bench = bench_of(key)
    ruled: dict[str, tuple[Verdict, ...]] = {}
    for rule in key.rubric.criteria:
        forward = [verdict for verdict in ruled.get(rule.forward, ()) if verdict.basis is not Basis.BUILT_ON]
        called = tuple(dict.fromkeys(not_as_reference(bench, rule, ruled)))
        answered = tuple([outcomes[place] for place in bench.places[rule.name]])
        circumstance = circumstances.get(rule.name, Circumstance())
        if circumstance.lent:  # under another key what was lent may be right by now
            lent = tuple(of for of in circumstance.lent if all(verdict.kind not in RIGHT for verdict in ruled[of]))
            unchanged = tuple(of for of in circumstance.lent if of not in lent and any(map(changes_input, ruled[of])))
            circumstance = replace(circumstance, lent=lent, unchanged=unchanged)
        ahead = Forward.of(forward, bool(circumstance.lent), bench.index.get((rule.forward, Purpose.CASE), ()))
        ruled[rule.name] = _rule(bench, rule.name, circumstance, ahead, called, answered)
    return ruled


@once_a_class(REMEMBERED, many=True)
def _rule(
    bench: Bench,
    criterion: str,
    circumstance: Circumstance,
    forward: Forward,
    called: tuple[Called, ...],
    answered: tuple[tuple[Outcome, ...], ...],
) -> tuple[Verdict, ...]:
    """The verdicts on one criterion. All that they depend on is an argument.

    `forward` is what its forward came to, `called` what is known of functions that it is to call.
    """
    rule = bench.rules[criterion]
    exam = Exam(bench, dict(zip(bench.places[criterion], answered, strict=True)))
    with np.errstate(all="ignore"):  # a hand-in's numbers may overflow in any sum that is made of them
        if (circumstance.untouched or circumstance.is_stub) and not _shows_work(exam, rule):
            kind = Kind.MISSING if circumstance.is_stub else Kind.NOT_ATTEMPTED
            return (Verdict(rule.name, kind, find(exam, rule, Purpose.CASE), trouble=circumstance.trouble),)
        lent = circumstance.lent
        called_so = _as_called(exam, rule, circumstance)
        verdicts = [with_lent(verdict, lent, circumstance.unchanged) for verdict in called_so]
        if any(v.kind in (*RIGHT, Kind.UNGRADED) for v in verdicts):
            return tuple(verdicts)
        if circumstance.turned:
            verdicts.insert(0, _in_another_order(rule, verdicts[0]))
        on_its_own = followed_through(exam, rule, forward, verdicts)
        return (*right_for_called(exam, rule, called), *(with_called(verdict, called, lent) for verdict in on_its_own))


def _in_another_order(rule: CriterionRule, verdict: Verdict) -> Verdict:
    """The same, of which nothing is told that its numbers show: they are those of another result."""
    kind = kind_of(verdict.findings, verdict.held, verdict.alternative)
    return Verdict(rule.name, kind, verdict.findings, verdict.held, trouble=verdict.trouble, turned=True)


def _shows_work(exam: Exam, rule: CriterionRule) -> bool:
    """Whether more comes out right than the hand-out gives away: then what was called is not what was read."""
    return not right_cases(exam, rule) <= set(exam.key.rubric.given_away.get(rule.name, ()))


def is_right(
    key: AnswerKey, criterion: str, outcomes: Sequence[Sequence[Outcome]], purpose: Purpose = Purpose.CASE
) -> bool:
    """Whether all that a criterion is asked for one purpose is right by the reference, or by one alternative."""
    bench = bench_of(key)
    answered = tuple([tuple(outcomes[place]) for place, _ in bench.index.get((criterion, purpose), ())])
    return bool(answered) and _is_right(bench, criterion, purpose, answered)


def needless(key: AnswerKey, outcomes: Sequence[Sequence[Outcome]], known: dict[str, bool] | None = None) -> set[int]:
    """The entries of the plan that are about what is wrong, where nothing is, or where what was asked shows enough.

    Nothing beside its cases changes a verdict on what is right in them. Nothing is to be mended in a cache beside a
    right forward, nor for a backward that is right with the reference's cache, and gets full points for that. `known`
    are criteria that are right by their cases, or not, and gets those that are looked at: all else is not.
    """
    index, spared, right = bench_of(key).index, set[int](), {} if known is None else known
    for rule in key.rubric.criteria:
        beside = [n for purpose in _BESIDE for n, _ in index.get((rule.name, purpose), ())]
        mending = [n for purpose in MENDING for n, _ in index.get((rule.name, purpose), ())]
        if beside and _has_right_cases(key, rule.name, outcomes, right):
            spared.update(beside)
        elif mending and (
            (rule.forward and _has_right_cases(key, rule.forward, outcomes, right))
            or is_right(key, rule.name, outcomes, Purpose.HANDED_CACHE)
        ):
            spared.update(mending)
    return spared


_BESIDE = tuple(purpose for purpose in Purpose if purpose is not Purpose.CASE)


def _has_right_cases(key: AnswerKey, name: str, outcomes: Sequence[Sequence[Outcome]], known: dict[str, bool]) -> bool:
    if name not in known:
        known[name] = is_right(key, name, outcomes)
    return known[name]


def lacks_answers(key: AnswerKey, outcomes: Outcomes) -> bool:
    """Whether something was needless when it was to be asked, and is not by this key."""
    spared = {n for n, steps in enumerate(outcomes) if any(step.reason == NEEDLESS for step in steps)}
    return bool(spared) and not spared <= needless(key, outcomes)


@once_a_class(REMEMBERED, many=True)
def _is_right(bench: Bench, criterion: str, purpose: Purpose, answered: tuple[tuple[Outcome, ...], ...]) -> bool:
    if not all(answered):
        return False
    rule = bench.rules[criterion]
    places = [place for place, _ in bench.index[criterion, purpose]]
    exam = Exam(bench, dict(zip(places, answered, strict=True)))
    with np.errstate(all="ignore"):
        return any(all_right(exam, rule, purpose, variant) for variant in variants_of(rule))


def right_cases(exam: Exam, rule: CriterionRule) -> set[str]:
    """The cases that are right by the reference or an alternative, without its forward too."""
    found = (find(exam, rule, purpose, variant) for purpose in ANSWERED for variant in variants_of(rule))
    return {finding.case for finding in chain.from_iterable(found) if finding.right}


def _as_called(exam: Exam, rule: CriterionRule, circumstance: Circumstance) -> list[Verdict]:
    """The verdicts on the cases as they were asked: backward with its own forward's cache."""
    notes = notes_on(exam, rule)
    verdicts: list[Verdict] = []
    for variant in variants_of(rule):
        findings = find(exam, rule, Purpose.CASE, variant)
        held = behaviours_held(rule, findings)
        alternative = "" if variant == REFERENCE else variant
        kind = kind_of(findings, held, alternative)
        verdict = Verdict(
            rule.name, kind, findings, held, alternative=alternative, trouble=circumstance.trouble,
            notes=notes_for(kind, notes, variant),
        )  # fmt: skip
        if kind in RIGHT:
            return [replace(verdict, rough=is_rough(exam, rule, variant))]
        verdicts.append(verdict)
    verdicts.sort(key=_wrong_results)  # where two conventions earn as much, the one that more results keep to is told
    if not any(verdict.kind in (Kind.PARTLY, Kind.WRONG) for verdict in verdicts):
        return verdicts
    mistake = recognise(exam, rule)
    if mistake:
        # One for each variant: whichever earns most, the sentence that names the mistake comes with it.
        return [replace(v, kind=Kind.KNOWN_MISTAKE, mistake=mistake) for v in verdicts] + verdicts
    return [replace(v, unread=Purpose.CASE) for v in verdicts]


def _wrong_results(verdict: Verdict) -> int:
    """How many results are wrong anywhere: in a few cases twice an average may happen to be the sum."""
    told = ({*finding.wrong, finding.problem.output} for finding in verdict.findings if finding.problem)
    return len(set().union(*told))
