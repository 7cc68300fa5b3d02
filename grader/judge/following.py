"""Backward without its forward, so that one error is not paid twice (law of fairness, rule 2).

takes: an exam, the rule of a criterion with follow-through, what its forward came to, and its verdicts so far.
gives: all verdicts that apply, in the order in which they are preferred.
must not know: points.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from grader.answer_key import REFERENCE, CriterionRule
from grader.judge.bench import variants_of
from grader.judge.findings import Exam, behaviours_held, find
from grader.judge.gradient import follows_own_forward, results_that_follow
from grader.judge.kinds import RIGHT, kind_of, notes_for
from grader.judge.known_mistake import recognise_alone
from grader.judge.verdict import Basis, Finding, Flaw, Kind, Note, NoteKind, Verdict
from grader.plan import BY_ITSELF, GIVEN_CACHE, MENDING, Entry, Purpose
from grader.wire import KEEPS_NOTHING, Status
from grader.wire.quick import dataclass


@dataclass(frozen=True)
class Forward:
    """What the forward of a criterion came to.

    A `rough` one is right within the tolerance, though off by more than rounding. A `bare` one returned something else
    than its results and a cache. `lent`: functions that it was given right results of; `apart`: its backward was not.
    `holds`: it is right in part, and not because of other calls alone.
    """

    kinds: frozenset[Kind]
    rough: bool = False
    bare: bool = False
    lent: tuple[str, ...] = ()
    apart: bool = False
    holds: bool = False

    @classmethod
    def of(cls, verdicts: Sequence[Verdict], is_lent: bool = True, asked: Sequence[tuple[int, Entry]] = ()) -> Forward:
        """What these verdicts on it come to; `is_lent` tells whether its backward was given right results, too.

        Of a forward that is wrong after other calls alone nobody knows which of its answers to backward's were right.
        """
        bare = bool(verdicts) and all(map(is_bare, verdicts))
        lent = [note.about for v in verdicts if v.kind in RIGHT for note in v.notes if note.kind is NoteKind.LENT]
        kinds, rough = frozenset(v.kind for v in verdicts), any(v.rough for v in verdicts)
        holds = not kinds & RIGHT and any(v.held for v in verdicts)
        wrong = {finding.case for v in verdicts for finding in v.findings if not finding.right} if holds else ()
        holds = holds and any(entry.name in wrong and len(entry.question.steps) == 1 for _, entry in asked)
        return cls(kinds, rough, bare, (*lent, ())[0], bool(lent) and not is_lent, holds)


def _is_bare(finding: Finding) -> bool:
    problem = finding.problem
    return problem is not None and problem.flaw in (Flaw.COUNT, Flaw.NONE) and not problem.output


def is_bare(forward: Verdict) -> bool:
    """Whether it gave another number of results than are due, or nothing, whatever it was called with."""
    returning = [finding for finding in forward.findings if not finding.raises]
    return bool(returning) and all(map(_is_bare, returning))


def lacks_arrays(forward: Verdict, left: Collection[str]) -> bool:
    """Whether it is right in part, and what it returns wrongly is no array: of what it has `left` elsewhere some may be
    all that is right, and some wrong."""
    wrong = tuple(finding for finding in forward.findings if not finding.right)
    return forward.kind is Kind.PARTLY and gave_no_array(replace(forward, findings=wrong), left)


def gave_no_array(forward: Verdict, left: Collection[str]) -> bool:
    """Whether none of its calls gave an array in the place of its result; what it has `left` elsewhere is none."""
    problems = [finding.problem for finding in forward.findings if not finding.raises]
    problems = [one for one in problems if one is None or one.output not in left]
    return bool(problems) and all(
        one is not None and (one.flaw in _NO_ARRAY or one.facts.get("type") in _PACKED) for one in problems
    )


_NO_ARRAY = (Flaw.COUNT, Flaw.NONE, Flaw.TYPE)
_PACKED = ("tuple", "list")  # read as an array, where its parts are numbers


def owes_a_cache(forward: Verdict) -> bool:
    """Whether some call of a forward came to nothing that a backward could be tried with, though none was stopped."""
    statuses = {finding.status for finding in forward.findings if not finding.raises}
    if statuses & {Status.TIMED_OUT, Status.KILLED, Status.NOT_REACHED}:
        return False
    return bool(statuses & {Status.RAISED, Status.MISSING}) or any(map(_is_bare, forward.findings))


def followed_through(exam: Exam, rule: CriterionRule, forward: Forward, verdicts: list[Verdict]) -> list[Verdict]:
    """Try backward without its forward, so that one error is not paid twice (law of fairness, rule 2)."""
    if rule.follow_through is None:
        return verdicts
    first = verdicts[0]
    wrong = forward.lent if forward.apart or _looks_into_nothing(first) else ()
    is_right = bool(forward.kinds & RIGHT) and not wrong
    # Beside a right forward there is nothing to be mended in its cache.
    purposes = (Purpose.HANDED_CACHE,) if is_right else BY_ITSELF
    reached = not _never_reached(first, forward)
    tried = [_alone(exam, rule, first, purpose, reached, wrong or (rule.forward,)) for purpose in purposes]
    handed = [verdict for of_one in tried for verdict in of_one]
    passes = [verdict for verdict in handed if verdict.kind in RIGHT]
    if is_right:
        return _beside_right(forward, verdicts, passes)
    if passes:
        # Where its forward is right it would work with what that keeps, if that were what it is written for.
        apart = forward.holds and not wrong and not any(verdict.held for verdict in verdicts)
        apart = apart and not any(map(_is_unreached, first.findings))
        return [*(replace(verdict, right_otherwise=apart) for verdict in passes), *verdicts]
    if Kind.NOT_ATTEMPTED in forward.kinds:
        verdicts, handed = ([replace(v, unwritten=True) for v in ruled] for ruled in (verdicts, handed))
        first = verdicts[0]
    if not handed and forward.kinds & _WRONG and not _stops_alike(exam, rule, first):
        verdicts = [replace(verdict, behind=True) for verdict in verdicts]
        first = verdicts[0]
    if first.kind is not Kind.MISSING:
        verdicts.extend(_for_its_own(exam, rule, first))
    if any(verdict.mistake for verdict in handed):
        return [*handed, *verdicts] if first.kind is not Kind.KNOWN_MISTAKE else [*verdicts, *handed]
    if not handed and not reached and exam.entries(rule.name, Purpose.HANDED_CACHE):
        # Its forward never came back, so all that is known of backward is how it took the reference's cache.
        told = find(exam, rule, Purpose.HANDED_CACHE)
        verdicts[0] = replace(first, kind=kind_of(told, (), ""), findings=told, basis=Basis.HANDED_CACHE, unread=None)
    return [*verdicts, *handed]


def _looks_into_nothing(verdict: Verdict) -> bool:
    """Whether all that fails is that a function which was lent its results keeps nothing: it came to nothing itself."""
    failing = [finding for finding in verdict.findings if not finding.right]
    troubles = [finding.trouble for finding in failing if finding.status is Status.RAISED and finding.trouble]
    places = {(trouble.cell, trouble.line) for trouble in troubles}
    is_told = any(trouble.message.endswith(KEEPS_NOTHING) for trouble in troubles)
    return is_told and len(troubles) == len(failing) and len(places) == 1


def _stops_alike(exam: Exam, rule: CriterionRule, verdict: Verdict) -> bool:
    """Whether the reference's cache has it stop at the very line as well: then it is not what its forward keeps."""
    own, other = map(_stops, (verdict.findings, find(exam, rule, Purpose.HANDED_CACHE)))
    return bool(own) and own <= other


def _stops(findings: Sequence[Finding]) -> set[tuple[str, int, int]]:
    return {(f.trouble.type_name, f.trouble.cell, f.trouble.line) for f in findings if f.trouble and not f.earlier}


def _for_its_own(exam: Exam, rule: CriterionRule, first: Verdict) -> Iterator[Verdict]:
    """That backward, or some of its results, is the gradient of the forward that was handed in."""
    consistent = replace(first, kind=Kind.CONSISTENT, basis=Basis.OWN_GRADIENT, mistake="")
    if follows_own_forward(exam, rule):
        yield consistent
        return
    follows = results_that_follow(exam, rule)
    asked = [entry for _, entry in exam.entries(rule.name, Purpose.CASE)]
    beyond = {entry.behaviour for entry in asked if entry.raises or not set(entry.grade) <= set(follows)}
    earned = tuple(dict.fromkeys(entry.behaviour for entry in asked if entry.behaviour not in beyond))
    if earned:
        yield replace(consistent, basis=Basis.OWN_IN_PART, follows=follows, following=earned)


def _beside_right(forward: Forward, verdicts: list[Verdict], passes: list[Verdict]) -> list[Verdict]:
    """The verdicts where forward is right: the pair does not work together, and backward carries the fault, once."""
    if passes and forward.rough and any(map(_is_near, verdicts)):
        return [replace(passes[0], basis=Basis.ROUGH_CACHE, notes=verdicts[0].notes)]
    tried = [finding for verdict in passes for finding in verdict.findings]
    return [replace(verdict, right_otherwise=_is_of_cache(verdict, tried)) for verdict in verdicts]


def _alone(
    exam: Exam, rule: CriterionRule, first: Verdict, purpose: Purpose, reached: bool, wrong: tuple[str, ...]
) -> list[Verdict]:
    """What backward alone earns by each variant; none where nothing can be said.

    It has the cache of the reference, or its own, in which forward's result is made right; `wrong` is why.
    """
    if not exam.entries(rule.name, purpose):
        return []
    basis, noted = _TRIED[purpose]
    note = Note(noted, wrong)
    # What a backward makes of another layout than its own says nothing, where its own can be tried.
    is_own = purpose in MENDING or not exam.entries(rule.name, Purpose.MENDED_CACHE)
    mistake = recognise_alone(exam, rule, purpose) if is_own or not reached else ""
    verdicts = []
    for variant in variants_of(rule):
        findings = find(exam, rule, purpose, variant)
        held = behaviours_held(rule, findings)
        alternative = "" if variant == REFERENCE else variant
        kind = kind_of(findings, held, alternative)
        notes = (*notes_for(kind, first.notes, variant), note)
        if mistake and kind in (
            Kind.PARTLY,
            Kind.WRONG,
        ):  # of two that are worth the same, what names the error is told
            known = Verdict(rule.name, Kind.KNOWN_MISTAKE, findings, held, basis, mistake, alternative)
            verdicts.append(replace(known, notes=notes))
        if kind in (*RIGHT, Kind.PARTLY, Kind.UNGRADED):
            unread = purpose if kind is Kind.PARTLY else None
            verdicts.append(Verdict(rule.name, kind, findings, held, basis, "", alternative, notes, unread=unread))
    return verdicts


_WRONG = frozenset((Kind.PARTLY, Kind.WRONG, Kind.KNOWN_MISTAKE))  # what returned, and so gave a cache

_TRIED = {
    Purpose.HANDED_CACHE: (Basis.HANDED_CACHE, NoteKind.OTHER_CACHE),
    Purpose.MENDED_CACHE: (Basis.MENDED_CACHE, NoteKind.OWN_CACHE),
    Purpose.MENDED_PARTS: (Basis.MENDED_CACHE, NoteKind.OWN_CACHE),
}

# Of the largest right value. A forward that is right by its tolerance (1e-5) can bring no more into its backward, but
# for a factor such as 1 / (1 - out), and no other formula, rounding to three digits for one, brings so little.
LITTLE = 1e-3


def _is_near(verdict: Verdict) -> bool:
    """Whether all that its cases have wrong is values, by little."""
    wrong = [finding.problem for finding in verdict.findings if not finding.right]
    errors = [p.facts.get("relative_error") if p is not None and p.flaw is Flaw.VALUES else None for p in wrong]
    return all(error is not None and error < LITTLE for error in errors)


def _is_of_cache(verdict: Verdict, tried: Sequence[Finding]) -> bool:
    """Whether what fails is right with another cache: the very case, or all that is about the same.

    A public key may have no cache to hand for what it is about: then nothing is known of that. Nor is it where some of
    what is about the same is right with its own: then it is not the cache that makes the difference.
    """
    failing = [finding for finding in verdict.findings if not finding.right]
    cases = {f"{finding.case}, {GIVEN_CACHE}" for finding in failing} & {finding.case for finding in tried}
    shown = {finding.behaviour for finding in tried}
    about = {finding.behaviour for finding in failing}
    is_partly_right = any(finding.right and finding.behaviour in about for finding in verdict.findings)
    return bool(cases) or (bool(tried) and about <= shown and not is_partly_right)


def _never_reached(verdict: Verdict, forward: Forward) -> bool:
    """Whether its forward never gave a cache: what backward does without one says nothing about backward.

    A forward that returns a lone array may still seem to give one, if it has as many rows as there are results.
    """
    if forward.bare and any(f.status is Status.RAISED for f in verdict.findings):
        return not any(f.right for f in verdict.findings)
    return all(map(_is_unreached, verdict.findings))


def _is_unreached(finding: Finding) -> bool:
    """Whether it was not called, or with nothing that its forward gave."""
    return finding.status is Status.NOT_REACHED or (bool(finding.earlier) and not finding.right)
