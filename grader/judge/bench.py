"""What is made once for a key and used for every hand-in of a class.

takes: an answer key.
gives: its `Bench`: entries by criterion, answer sheets, which steps are whose, what every mistake has answers to.
must not know: outcomes, points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.answer_key import REFERENCE, AnswerKey, CriterionRule
from grader.judge.answers import answers, is_loose
from grader.judge.sheet import Sheet, make_sheet
from grader.plan import ANSWERED, Entry, Purpose
from grader.wire import Step

# A criterion's name and a purpose give the entries asked for it, with their places in the plan.
Index = Mapping[tuple[str, Purpose], Sequence[tuple[int, Entry]]]


@dataclass(frozen=True, eq=False)
class Bench:
    """What is made once for a key and used for every hand-in: its entries by criterion, and its answer sheets.

    `places` are those of a criterion in the plan, for whatever purpose; `own_steps` has place and number of every
    step that calls a criterion's function, `repeats` place and numbers of two equal calls of it in one case;
    `mistaken` has the forms of its declared mistakes: the mistake's name, its own, and the places of the entries of
    one purpose that it has answers to; `of_one` the results of a criterion that a behaviour is about alone, with that,
    and `called_otherwise` the cases that call other functions than the cases of that behaviour do, by result;
    `built_on` the functions that a criterion's calls, each with an alternative or a mistake in it, and the form of that
    which has answers here too.
    """

    key: AnswerKey
    rules: Mapping[str, CriterionRule]
    index: Index
    sheets: Mapping[tuple[str, str], Sheet | None]
    places: Mapping[str, tuple[int, ...]]
    own_steps: Mapping[str, Sequence[tuple[int, int]]]
    repeats: Mapping[str, Sequence[tuple[int, int, int]]]
    mistaken: Mapping[tuple[str, Purpose], Sequence[tuple[str, str, Sequence[int]]]]
    of_one: Mapping[str, Mapping[str, str]]
    called_otherwise: Mapping[str, Mapping[str, frozenset[str]]]
    built_on: Mapping[str, Sequence[tuple[str, str, str]]]


@lru_cache(maxsize=4)
def bench_of(key: AnswerKey) -> Bench:
    """The bench of a key."""
    index: dict[tuple[str, Purpose], list[tuple[int, Entry]]] = {}
    for place, entry in enumerate(key.plan.entries):
        index.setdefault((entry.criterion, entry.purpose), []).append((place, entry))
    sheets = {}
    for rule in key.rubric.criteria:
        asked = index.get((rule.name, Purpose.CASE), [])
        for variant in variants_of(rule):
            laid_out = (
                (place, entry, is_loose(entry), list(answers(key, rule, place, entry, variant)))
                for place, entry in asked
                if REFERENCE in key.answers
            )
            sheets[rule.name, variant] = make_sheet(rule, asked, laid_out, key)
    own = {rule.name: _own_steps(rule, index.get((rule.name, Purpose.CASE), [])) for rule in key.rubric.criteria}
    repeats = {name: list(_repeats(key, steps)) for name, steps in own.items()}
    places = {
        r.name: tuple(n for n, e in enumerate(key.plan.entries) if e.criterion == r.name) for r in key.rubric.criteria
    }
    mistaken = {
        (rule.name, purpose): list(_mistaken(key, rule, index.get((rule.name, purpose), [])))
        for rule in key.rubric.criteria
        for purpose in ANSWERED
    }
    rules = {rule.name: rule for rule in key.rubric.criteria}
    of_one = {name: _of_one(index.get((name, Purpose.CASE), [])) for name in rules}
    otherwise = {name: called_otherwise(index.get((name, Purpose.CASE), []), of_one[name]) for name in rules}
    built_on = {name: list(_built_on(key, name, index.get((name, Purpose.CASE), []))) for name in rules}
    return Bench(key, rules, index, sheets, places, own, repeats, mistaken, of_one, otherwise, built_on)


def _of_one(asked: Sequence[tuple[int, Entry]]) -> dict[str, str]:
    """By result, the behaviour whose cases grade that result and no other."""
    graded: dict[str, set[tuple[str, ...]]] = {}
    for _, entry in asked:
        graded.setdefault(entry.behaviour, set()).add(entry.grade)
    alone = [(only[0], behaviour) for behaviour, (only, *others) in graded.items() if not others and len(only) == 1]
    return dict(reversed(alone))  # of several the first, which is the plainest


def called_otherwise(asked: Sequence[tuple[int, Entry]], of_one: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """By result, the cases that call what no case of the behaviour about it calls, or less: relu, and not a sum."""
    called = [(e.behaviour, e.name, {step.function for step in e.question.steps}) for _, e in asked]
    return {
        result: frozenset(
            name
            for _, name, these in called
            if these not in [those for about, _, those in called if about == behaviour]
        )
        for result, behaviour in of_one.items()
    }


def _own_steps(rule: CriterionRule, asked: Sequence[tuple[int, Entry]]) -> list[tuple[int, int]]:
    return [(place, n) for place, e in asked for n, s in enumerate(e.question.steps) if s.function == rule.name]


def _repeats(key: AnswerKey, own: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    for place, second in own:
        steps = key.plan.entries[place].question.steps
        yield from (
            (place, first, second)
            for p, first in own
            if p == place and first < second and steps[first] == steps[second] and not _carries_state(steps[first])
        )


def _carries_state(step: Step) -> bool:
    """Whether a second call is given what the first one made: a value that it takes and gives, or a dict."""
    return any(name in step.gives for name in step.takes) or any(not taken.is_plain for taken in step.built)


def _mistaken(
    key: AnswerKey, rule: CriterionRule, asked: Sequence[tuple[int, Entry]]
) -> Iterator[tuple[str, str, list[int]]]:
    for mistake in rule.mistakes:
        for form in mistake.forms:
            given = key.answers.get(form, {})
            if places := [place for place, _ in asked if place in given]:
                yield mistake.name, form, places


def _built_on(key: AnswerKey, criterion: str, asked: Sequence[tuple[int, Entry]]) -> Iterator[tuple[str, str, str]]:
    for rule in key.rubric.criteria:
        others = [(alternative.name, alternative.name) for alternative in rule.alternatives]
        others += [(mistake.name, form) for mistake in rule.mistakes for form in mistake.forms]
        for name, form in others if rule.name != criterion else ():
            if any(place in key.answers.get(form, {}) for place, _ in asked):
                yield rule.name, name, form


def variants_of(rule: CriterionRule) -> tuple[str, ...]:
    """The reference and the alternatives with values of their own, in the order in which they are tried."""
    return (REFERENCE, *(alternative.name for alternative in rule.alternatives if not alternative.between))
