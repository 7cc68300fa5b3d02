"""How the cases that fail in one result read together: what is asked of all of them, and in which order.

takes: an exam, the rule of a criterion, and a verdict with cases that fail.
gives: the one `Reading` that is told of a result.
must not know: points, words, how a single case is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from grader.answer_key import REFERENCE, CriterionRule
from grader.judge.added_up import adds_up
from grader.judge.all_cases import (
    as_if_in_all,
    by_entries,
    differences,
    is_due_below_zero,
    is_the_same,
    limit_of,
    over_all,
    put_together,
)
from grader.judge.differences import difference, readings_of, setting_of
from grader.judge.findings import Exam
from grader.judge.reading.as_if import UNSURE
from grader.judge.reading.distances import by_distance
from grader.judge.reading.named import by_name
from grader.judge.reading.one_case import common
from grader.judge.reading.orders import by_order
from grader.judge.reading.patterns import BY_CHANCE, VAGUE, Depth, Pattern, Reading, close
from grader.judge.reading.summands import how_far
from grader.judge.reading.totals import by_totals, by_totals_due
from grader.judge.verdict import Flaw, Note, NoteKind, Verdict
from grader.plan import Entry, Purpose
from grader.wire import Built

MOST_READ = 4  # failing cases that a reading must fit: beyond, chance has no part in it, and reading is slow
_READ = (Flaw.VALUES, Flaw.SHAPE, Flaw.NOT_FINITE)
_COARSE = (Pattern.WHERE, Pattern.NEARLY)
"""Of what reads so at first glance more may be known at the second."""
_OF_ANY = (Pattern.ZERO, Pattern.SIGN)
"""What is so in some cases by what these call, and not in others; a single number shows it, too."""


def reading_of(exam: Exam, rule: CriterionRule, verdict: Verdict, output: str) -> Reading | None:
    """What fits the cases that fail in one result; of how many there are, no formula that may be so by chance."""
    told = _reading_of(exam, rule, verdict, output)
    return None if told and rule.is_count(output) and told.pattern is not Pattern.OFFSET else told


def _reading_of(exam: Exam, rule: CriterionRule, verdict: Verdict, output: str) -> Reading | None:
    of = [f for f in verdict.findings if f.problem and (f.problem.output == output or output in f.wrong)]
    failing = {f.case for f in of if f.problem and (f.problem.flaw in _READ or f.problem.output != output)}
    asked = [place for place, entry in exam.entries(rule.name, Purpose.CASE) if entry.name in failing]
    variant = verdict.alternative or REFERENCE
    if adds_up(exam, rule, output, variant):
        return Reading(Pattern.ADDED_UP)
    if _is_of_memory(exam, rule, verdict, asked, output, Purpose.CASE):
        return Reading(Pattern.LAID_OUT)
    is_unsteady = Note(NoteKind.UNSTEADY, (rule.name,)) in verdict.notes
    told, is_sure = _read_cases(exam, rule, output, asked, variant, is_unsteady)
    if is_sure or not asked:
        return told
    if told is not None and told.pattern is Pattern.FUNCTION and _is_refuted(exam, rule, output, asked, variant, told):
        told = None
    if limit := limit_of(exam, rule, output, variant, told):
        return limit
    if told == Reading(Pattern.BELOW_ZERO) and is_due_below_zero(exam, rule, output, variant):
        told = None
    if _is_unsure(told):
        found = tuple(differences(exam, rule, asked, output, variant))
        told = by_order(found) or by_distance(found) or by_totals(found) or told
    if _is_unsure(told):
        told = as_if_in_all(exam, rule, output, asked, variant) or told
    told = told or by_entries(exam, rule, output, variant)
    told = told or as_if_in_all(exam, rule, output, asked, variant, of_one=True)
    told = told or put_together(exam, rule, output, asked, variant)
    return told or by_totals_due(tuple(differences(exam, rule, asked, output, variant)))


def _is_unsure(told: Reading | None) -> bool:
    """Whether what stands in the place of an input may tell more; not of what is wrong at all zeros and nowhere else,
    as of a mask much else gives the same."""
    return told is None or (told.pattern in UNSURE and not (told.names[1:] == ("= 0",) and told.weight == 1))


def _is_refuted(
    exam: Exam, rule: CriterionRule, output: str, asked: Sequence[int], variant: str, told: Reading
) -> bool:
    """Whether one case alone reads as a function which those are not that are right, and called alike."""
    (first, *others), entries = asked, exam.key.plan.entries
    for place, entry in exam.entries(rule.name, Purpose.CASE):
        if others or place == first or output not in entry.grade or _settings(entry) != _settings(entries[first]):
            continue
        pair = difference(exam.bench, rule.name, place, output, variant, exam.outcomes[place])
        if pair is None or not pair[1].size or not close(*pair):
            continue
        if told not in by_name(*pair, setting_of(exam.bench, rule.name, place, output, variant)):
            return True
    return False


def _settings(entry: Entry) -> list[Built]:
    """What the calls of a case are given that is no array: by a mode a function may do something else."""
    return [one for step in entry.question.steps for one in step.built]


def reading_alone(exam: Exam, rule: CriterionRule, verdict: Verdict, purpose: Purpose) -> Reading | None:
    """What fits the cases of a backward without its forward that fail in the result which does so first."""
    output = next((f.problem.output for f in verdict.findings if f.problem), "")
    failing = {f.case for f in verdict.findings if f.problem and f.problem.output == output and f.problem.flaw in _READ}
    asked = [place for place, entry in exam.entries(rule.name, purpose) if entry.name in failing]
    variant = verdict.alternative or REFERENCE
    if _is_of_memory(exam, rule, verdict, asked, output, purpose):
        return Reading(Pattern.LAID_OUT)
    told, _ = _read_cases(exam, rule, output, asked, variant, False)
    if asked and _is_unsure(told):
        told = as_if_in_all(exam, rule, output, asked, variant) or told
    return None if told is None or told.pattern in VAGUE or _is_of_cache(exam, asked, told) else told


def _is_of_cache(exam: Exam, asked: Sequence[int], told: Reading) -> bool:
    """Whether it names what was handed over, of which a student knows no name."""
    names = {name for place in asked for name in exam.key.plan.entries[place].question.inputs}
    return any(name in text for name in names if not name.isidentifier() for text in told.names)


def _is_of_memory(
    exam: Exam, rule: CriterionRule, verdict: Verdict, asked: Sequence[int], output: str, purpose: Purpose
) -> bool:
    """Whether what fails is just where an array lies in memory in another order, or with gaps, and all else is right:
    cases of other results tell nothing of this one, nor does one in which something lies so, too."""
    entries = exam.key.plan.entries
    failing = {entries[place].name for place in asked}
    graded = {entry.name: entry for _, entry in exam.entries(rule.name, purpose) if output in entry.grade}
    others = [finding for finding in verdict.findings if finding.case in graded.keys() - failing]
    shared = bool(asked) and set.intersection(*(_laid_out(entries[place]) for place in asked))
    is_beside = any(not _laid_out(graded[finding.case]) for finding in others)
    return bool(shared) and is_beside and all(finding.right for finding in others)


def _laid_out(entry: Entry) -> set[str]:
    """What a question takes that lies so."""
    return entry.question.layouts.keys() & entry.question.taken.keys()


def _read_cases(
    exam: Exam, rule: CriterionRule, output: str, asked: Sequence[int], variant: str, unsteady: bool
) -> tuple[Reading | None, bool]:
    """How these cases differ, and whether nothing else need be looked for."""
    # Spread over all of them: neighbours in the exam are of one kind.
    chosen = asked[:: max(1, len(asked) // MOST_READ)][:MOST_READ]

    def read(places: Sequence[int], depth: Depth) -> Iterator[Sequence[Reading]]:
        bench, outcomes = exam.bench, exam.outcomes
        return (readings_of(bench, rule.name, at, output, variant, depth, outcomes[at]) for at in places)

    rest = [place for place in asked if place not in chosen]
    told = common(read(chosen, Depth.AT_ONCE))
    if told is not None and told.pattern in _OF_ANY:
        # One in which it is not so has a say.
        odd = next((at for at, found in zip(rest, read(rest, Depth.AT_ONCE), strict=True) if told not in found), None)
        chosen = chosen if odd is None else [odd, *chosen[:-1]]
        told = told if odd is None else common(read(chosen, Depth.AT_ONCE))
        rest = [place for place in asked if place not in chosen]
    if told is not None and told.pattern is Pattern.STEP and not told.names[1:]:
        told = how_far(told, tuple(differences(exam, rule, asked, output, variant)))
    if told.pattern in (Pattern.FACTOR, Pattern.ADDED_INPUT, Pattern.OFFSET) if told else not unsteady:
        seen = over_all(tuple(differences(exam, rule, chosen, output, variant)), told)
        if seen is not None and rest:  # what few cases tell must be so in all of them, and is seldom there
            seen = over_all(tuple(differences(exam, rule, asked, output, variant)), told)
        if seen is not None or told is not None:
            return seen, seen is not None and seen != Reading(Pattern.FACTOR)
    if (told is not None and told.pattern not in _COARSE) or unsteady:
        return told, unsteady  # nor does what differs each time read as anything
    first = tuple(read(chosen[:1], Depth.ALL))
    # What fits all cases fits the first: where that shows nothing sure, of the others no more need be looked for.
    is_sure = any(reading.pattern not in BY_CHANCE for one in first for reading in one)
    others = read(chosen[1:], Depth.ALL if is_sure else Depth.BY_CHANCE)
    told = common(chain(first, others), read(rest, Depth.BY_CHANCE))
    if told is None and len(chosen) == MOST_READ and is_the_same(exam, rule, output):
        return Reading(Pattern.SAME), True
    return told, False
