"""Which declared mistake one of several results or behaviours shows, where the others have faults of their own.

takes: an exam, a criterion's rule, and the results or behaviours that are wrong.
gives: the name of a mistake by result or behaviour, where one is known.
must not know: what a mistake is worth or what to say about it.

Two mistakes in one function agree with no declared one in all that comes back, and each of them may be well known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.judge.answers import answers, is_loose
from grader.judge.bench import bench_of, variants_of
from grader.judge.compare import problem_with
from grader.judge.findings import Exam
from grader.judge.known_mistake import agrees, is_as_mistaken
from grader.plan import Purpose
from grader.wire import Outcome, Status

FEWEST = 2  # cases in which the result is as the mistake makes it, and not as it should be


def mistakes_by_result(
    exam: Exam, rule: CriterionRule, wrong: Iterable[str], purpose: Purpose = Purpose.CASE
) -> tuple[tuple[str, str], ...]:
    """Each result with the one mistake that it shows in the cases of one purpose, if it shows one."""
    if len(rule.results) < 2:
        return ()
    found = {output: set(_shown(exam, rule, output, purpose)) for output in wrong if output}
    return tuple((output, names.pop()) for output, names in found.items() if len(names) == 1)


def mistakes_by_behaviour(exam: Exam, rule: CriterionRule, wrong: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each behaviour with the one mistake that it shows, if it shows one, and that spoils no other behaviour."""
    asked = exam.entries(rule.name, Purpose.CASE)
    mistaken = exam.bench.mistaken[rule.name, Purpose.CASE]
    found: dict[str, set[str]] = {}
    for behaviour in dict.fromkeys(wrong):
        places = [place for place, entry in asked if entry.behaviour == behaviour]
        forms = [(mistake, form) for mistake, form, _ in mistaken if _spoilt(exam.key, rule.name, form) == {behaviour}]
        found[behaviour] = {name for name, form in forms if _agrees_in(exam, rule, form, places)}
    return tuple((behaviour, names.pop()) for behaviour, names in found.items() if len(names) == 1)


def _agrees_in(exam: Exam, rule: CriterionRule, form: str, places: Sequence[int]) -> bool:
    """Whether the hand-in gives what this form of a mistake gives, in these cases and in all results."""
    made = exam.key.answers[form]
    known = len(places) >= FEWEST and all(place in made for place in places)
    return known and all(agrees(exam.bench, rule.name, form, place, exam.outcomes[place]) for place in places)


@lru_cache(maxsize=1024)
def _spoilt(key: AnswerKey, criterion: str, form: str) -> frozenset[str]:
    """The behaviours in whose cases this form of a mistake returns something else than is right, or raises."""
    bench = bench_of(key)
    places = next(places for _, name, places in bench.mistaken[criterion, Purpose.CASE] if name == form)
    wrong = [
        place
        for place in places
        if (made := key.answers[form][place]).status is not Status.RETURNED
        or any(_wrong(key, bench.rules[criterion], place, REFERENCE, made))
    ]
    return frozenset(key.plan.entries[place].behaviour for place in wrong)


def _shown(exam: Exam, rule: CriterionRule, output: str, purpose: Purpose) -> Iterator[str]:
    """Beside any right convention: by which of them the others are wrong as well, nobody can say."""
    for variant in variants_of(rule):
        for mistake, form, _ in exam.bench.mistaken[rule.name, purpose]:
            only, telling = _spoils(exam.key, rule.name, form, variant, purpose)
            if only != output or not _shows(exam, rule, output, form, telling, purpose):
                continue
            # What is one convention here and the other one there is a mistake only beside what is right there.
            is_mixed = _mixes(exam.key, rule, form, output, purpose)
            if not is_mixed or _others_are_right(exam, rule, output, variant, purpose):
                yield mistake


def _shows(exam: Exam, rule: CriterionRule, output: str, form: str, telling: frozenset[int], purpose: Purpose) -> bool:
    """Whether the result is as this form of a mistake makes it, in each case in which it came back."""
    told = 0
    for place, entry in exam.entries(rule.name, purpose):
        steps = exam.outcomes[place]
        if output not in entry.grade or steps[-1].status is not Status.RETURNED:
            continue
        if not is_as_mistaken(exam.bench, rule.name, form, place, output, steps):
            return False
        told += place in telling
    return told >= FEWEST


def _mixes(key: AnswerKey, rule: CriterionRule, form: str, output: str, purpose: Purpose) -> bool:
    """Whether by another convention it is another result that this form makes wrong."""
    return any(_spoils(key, rule.name, form, variant, purpose)[0] not in ("", output) for variant in variants_of(rule))


def _others_are_right(exam: Exam, rule: CriterionRule, output: str, variant: str, purpose: Purpose) -> bool:
    """Whether each other result is right by this convention in some case."""
    right: set[str] = set()
    for place, entry in exam.entries(rule.name, purpose):
        got = exam.outcomes[place][-1]
        if got.status is Status.RETURNED:
            right |= set(entry.grade) - set(_wrong(exam.key, rule, place, variant, got))
    return right >= set(rule.results) - {output}


@lru_cache(maxsize=1024)
def _spoils(key: AnswerKey, criterion: str, form: str, variant: str, purpose: Purpose) -> tuple[str, frozenset[int]]:
    """The one result that this form of a mistake makes wrong, and the places that tell it; "" if it is not one."""
    bench = bench_of(key)
    rule = bench.rules[criterion]
    places = next(places for _, name, places in bench.mistaken[criterion, purpose] if name == form)
    spoilt, telling = "", []
    for place in places:
        for name in _wrong(key, rule, place, variant, key.answers[form][place]):
            if spoilt not in ("", name):  # most spoil several, and the first cases tell
                return "", frozenset()
            spoilt = name
            telling.append(place)
    return spoilt, frozenset(telling)


def _wrong(key: AnswerKey, rule: CriterionRule, place: int, variant: str, made: Outcome) -> Iterator[str]:
    """The results in which what was made there differs from what is right; none where nothing came back."""
    entry = key.plan.entries[place]
    for name, right in answers(key, rule, place, entry, variant) if made.status is Status.RETURNED else ():
        value = made.values.get(name)
        if value is None or value.array is None or problem_with(name, value, right, rule.tolerance, is_loose(entry)):
            yield name
