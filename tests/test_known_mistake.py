"""Known mistakes: recognised where all cases agree with them, whatever the form, and nowhere else.

takes: the small assignment of `test_ruling`, with declared mistakes and others.
gives: one promise a test, said in its docstring.
must not know: what a mistake is worth, what is said about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from test_ruling import (
    ASSIGNMENT,
    KEY,
    PLAN,
    REFERENCE_FUNCTIONS,
    answer,
    back,
    halves,
    key_of,
    rule_on,
    sums,
    verdicts,
)

from grader.assignment import Alternative, Mistake
from grader.judge import Basis, Kind, told_of
from grader.plan import Purpose
from grader.wire import Outcome, Status, Trouble

Function = Callable[..., object]


def mistake_of(function: Function, criterion: str = "double") -> str:
    return next((v.mistake for v in verdicts({criterion: function})[criterion] if v.mistake), "")


SAME = {
    "itself": halves,
    "by another formula": lambda x: x - x * 0.5,
    "in float32": lambda x: (x / 2).astype(np.float32),
    "as a list": lambda x: (x / 2).tolist() if x.size else x / 2,  # a list without entries has lost its shape
}


@pytest.mark.parametrize("function", SAME.values(), ids=SAME.keys())
def test_a_mistake_is_known_in_any_form(function: Function) -> None:
    """It is recognised by what it returns, not by how it is written."""
    assert mistake_of(function) == "halves"


def test_each_declared_mistake_is_recognised_as_itself() -> None:
    """None is taken for another."""
    for mistake in ASSIGNMENT.mistakes:
        outcomes = answer({**REFERENCE_FUNCTIONS, **mistake.replaces})
        assert rule_on(KEY, outcomes, {})[mistake.criterion][0].mistake == mistake.name


def only_small(x):
    return halves(x) if x.dtype == np.float64 else 2 * x


OTHERS = {
    "in some cases only": only_small,
    "a little off": lambda x: x * 0.51,
    "another mistake": lambda x: x / 3,
    "another shape": lambda x: (x / 2)[None],
    "nothing": lambda x: None,
    "true and false": lambda x: x > 0,
}


@pytest.mark.parametrize("function", OTHERS.values(), ids=OTHERS.keys())
def test_what_only_looks_like_a_mistake_is_not_called_so(function: Function) -> None:
    """All cases must agree with it, by values, shape and kind: a wrong diagnosis is worse than none."""
    assert mistake_of(function) == ""


def test_what_is_right_is_no_mistake() -> None:
    """A right function has no verdict with a mistake's name, nor has an alternative."""
    for criterion, found in verdicts().items():
        assert not any(v.mistake for v in found), criterion


def test_a_mistake_comes_with_what_holds_of_it() -> None:
    """Its verdict knows the behaviours that hold, so that they can be worth more than its credit."""
    for v in verdicts({"double": halves})["double"]:
        if v.mistake:
            assert (v.kind, v.held) == (Kind.KNOWN_MISTAKE, ())


def assignment_with(function: Function, name: str = "new") -> object:
    mistake = Mistake(name, "double", {"double": function}, "It does so.")
    return replace(ASSIGNMENT, mistakes=(mistake, *ASSIGNMENT.mistakes))


def raises_for_short(x):
    if x.dtype == np.float32:
        raise TypeError("no float32")
    return x / 7


def overflows(x):
    return np.where(x == x.max(), np.inf, x)


@pytest.mark.parametrize("function", [raises_for_short, overflows, lambda x: x * np.nan])
def test_a_mistake_may_raise_or_overflow_in_places(function: Function) -> None:
    """An exception in the same cases, inf and nan at the same places: that is agreement too."""
    key = key_of(assignment_with(function))
    found = rule_on(key, answer({**REFERENCE_FUNCTIONS, "double": function}), {})["double"]
    assert found[0].mistake == "new"
    moved = rule_on(key, answer({**REFERENCE_FUNCTIONS, "double": lambda x: np.full_like(x, np.inf)}), {})["double"]
    assert not any(v.mistake for v in moved)


def test_a_mistake_that_only_raises_is_not_recognised() -> None:
    """Two functions that both raise have nothing in common but that."""

    def raises(x):
        raise KeyError("x")

    key = key_of(assignment_with(raises))
    assert not any(v.mistake for v in rule_on(key, answer({**REFERENCE_FUNCTIONS, "double": raises}), {})["double"])


@pytest.mark.parametrize("status", [Status.TIMED_OUT, Status.KILLED, Status.UNREADABLE, Status.MISSING])
def test_a_case_that_did_not_come_back_agrees_with_no_mistake(status: Status) -> None:
    """One case that ended otherwise than the mistake's is enough to say nothing."""
    outcomes = answer({**REFERENCE_FUNCTIONS, "double": halves})
    place = [n for n, e in enumerate(PLAN.entries) if e.criterion == "double" and e.purpose is Purpose.CASE][-1]
    outcomes[place] = (*outcomes[place][:-1], Outcome(status, trouble=Trouble("E", "m")))
    assert not any(v.mistake for v in rule_on(KEY, outcomes, {})["double"])


def test_a_mistake_in_another_of_its_forms_is_the_same_mistake() -> None:
    """Beside another right convention it gives other numbers, and is told, and worth, the same."""
    [first, *others] = ASSIGNMENT.mistakes
    mistake = replace(first, also=({"double": lambda x: x / 5}, {"double": lambda x: x / 7}))
    assert [form.name for form in mistake.forms] == ["halves", "halves (2)", "halves (3)"]
    key = key_of(replace(ASSIGNMENT, mistakes=(mistake, *others)))
    for function in (halves, lambda x: x / 5, lambda x: x / 7):
        assert rule_on(key, answer({**REFERENCE_FUNCTIONS, "double": function}), {})["double"][0].mistake == "halves"
    assert not rule_on(key, answer({**REFERENCE_FUNCTIONS, "double": lambda x: x / 6}), {})["double"][0].mistake


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0, -3.0])
def test_what_stands_where_a_range_is_right_does_not_tell_a_mistake(at_zero: float) -> None:
    """At a kink one writes > and another >=: the mistake elsewhere is the same one."""
    twice = Mistake("twice", "slope", {"slope": lambda dy, x: 2 * dy * (x > 0)}, "It doubles.")
    key = key_of(replace(ASSIGNMENT, mistakes=(twice, *ASSIGNMENT.mistakes)))

    def named(factor: float) -> str:
        functions = {**REFERENCE_FUNCTIONS, "slope": lambda dy, x: factor * dy * np.heaviside(x, at_zero / factor)}
        return rule_on(key, answer(functions), {})["slope"][0].mistake

    assert (named(2.0), named(2.1)) == ("twice" if abs(at_zero) <= 2 else "", "")


def test_a_mistake_with_the_cache_of_the_reference_is_named_where_forward_is_wrong() -> None:
    """Unless two of them are the same in the few cases that are asked so."""
    no_mean = Mistake("half of dx", "back", {"back": lambda dy, c: (back(dy, c)[0] / 2, back(dy, c)[1])}, "It halves.")
    key = key_of(replace(ASSIGNMENT, mistakes=(no_mean, *ASSIGNMENT.mistakes)))
    functions = {**REFERENCE_FUNCTIONS, "ahead": lambda x, w: (x @ w + 1, (x + 1, w)), **no_mean.replaces}
    found = rule_on(key, answer(functions), {})["back"]
    assert {(v.mistake, v.basis) for v in found if v.mistake} == {("half of dx", Basis.HANDED_CACHE)}
    twin = replace(no_mean, name="its twin")
    key = key_of(replace(ASSIGNMENT, mistakes=(no_mean, twin, *ASSIGNMENT.mistakes)))
    assert not any(v.mistake for v in rule_on(key, answer(functions), {})["back"])


def in_results(function: Function, *more: Mistake) -> dict[str, str]:
    """What each result of this `back` shows, where it is compared with the reference."""
    half = Mistake("half of dx", "back", {"back": lambda dy, c: (back(dy, c)[0] / 2, back(dy, c)[1])}, "It halves.")
    turned = Mistake(
        "dw turned", "back", {"back": lambda dy, c: (back(dy, c)[0], back(dy, c)[1].T)}, "It turns.",
        also=({"back": lambda dy, c: (sums(dy, c)[0], sums(dy, c)[1].T)},),
    )  # fmt: skip
    both = Mistake("all turned", "back", {"back": lambda dy, c: (-back(dy, c)[0], -back(dy, c)[1])}, "Signs.")
    key = key_of(replace(ASSIGNMENT, mistakes=(half, turned, both, *more, *ASSIGNMENT.mistakes)))
    outcomes = answer({**REFERENCE_FUNCTIONS, "back": function})
    found = [v for v in rule_on(key, outcomes, {})["back"] if not v.alternative and not v.mistake]
    if found and found[0].mistakes_in:  # with the cache of the reference it shows the same
        alone = told_of(key, outcomes, replace(found[0], unread=Purpose.HANDED_CACHE, mistakes_in=()))
        assert alone.mistakes_in == found[0].mistakes_in
    return next((dict(v.mistakes_in) for v in found), {})


def raising_for_two_rows(dy, cache):
    if len(dy) == 2:
        raise ValueError("two rows")
    return back(dy, cache)[0] * 3, back(dy, cache)[1].T


IN_RESULTS = {
    "two at once": (lambda dy, c: (back(dy, c)[0] / 2, back(dy, c)[1].T), {"dx": "half of dx", "dw": "dw turned"}),
    "beside another": (lambda dy, c: (back(dy, c)[0] * 3, back(dy, c)[1].T), {"dw": "dw turned"}),
    "in another convention": (lambda dy, c: (back(dy, c)[0] * 3, sums(dy, c)[1].T), {"dw": "dw turned"}),
    "beside nothing": (lambda dy, c: (None, back(dy, c)[1].T), {"dw": "dw turned"}),
    "one by itself": (lambda dy, c: (back(dy, c)[0], back(dy, c)[1].T), {}),
    "a little off": (lambda dy, c: (back(dy, c)[0] * 3, back(dy, c)[1].T * 1.01), {}),
    "a half of one in both": (lambda dy, c: (-back(dy, c)[0], back(dy, c)[1] * 3), {}),
    "in one case alone": (raising_for_two_rows, {}),
}


@pytest.mark.parametrize(("function", "shown"), IN_RESULTS.values(), ids=IN_RESULTS)
def test_a_mistake_is_known_in_one_result_beside_other_faults(function: Function, shown: dict[str, str]) -> None:
    """Two mistakes are no declared one together; of one that is in all results, one result is not the whole."""
    assert in_results(function) == shown


def long_ones(factor):
    """Right for few numbers, and for many this factor of it."""
    return lambda x: 2 * x * (factor if x.size > MANY else 1)


MANY = 3
SHOWN_IN = {
    "beside another fault": (lambda x: long_ones(3)(x) + (0 < x.size <= MANY), {"values": "three times"}),
    "beside an error": (lambda x: long_ones(3)(x) if x.size > MANY else 1 / 0, {"values": "three times"}),
    "in one case alone": (lambda x: long_ones(3 if x.max(initial=0) < 9 else 4)(x) + (0 < x.size <= MANY), {}),
    "another factor": (lambda x: long_ones(4)(x) + (0 < x.size <= MANY), {}),
}


@pytest.mark.parametrize(("function", "shown"), SHOWN_IN.values(), ids=SHOWN_IN)
def test_a_mistake_is_known_in_one_behaviour_beside_other_faults(function: Function, shown: dict[str, str]) -> None:
    """Where all cases of the one that it spoils come out as it makes them; not where it spoils others as well."""
    mistake = Mistake("three times", "double", {"double": long_ones(3)}, "It triples.")
    wider = Mistake("four times", "double", {"double": lambda x: 8 * x}, "It takes four times.")
    key = key_of(replace(ASSIGNMENT, mistakes=(mistake, wider, *ASSIGNMENT.mistakes)))
    found = rule_on(key, answer({**REFERENCE_FUNCTIONS, "double": function}), {})["double"]
    assert [dict(v.shown_in) for v in found] == [shown]


@pytest.mark.parametrize(("factor", "shown"), [(1.5, {}), (1.0, {"dx": "mixed"})], ids=["neither", "right"])
def test_conventions_are_called_mixed_only_beside_what_is_right(factor: float, shown: dict[str, str]) -> None:
    """That one result is summed and the other averaged is not true where the other is neither."""

    def summed(dy, cache):
        return tuple(one * len(dy) for one in back(dy, cache))

    both = Alternative("sums of both", "back", {"back": summed}, "Both are sums.")
    mixed = Mistake("mixed", "back", {"back": lambda dy, c: (summed(dy, c)[0], back(dy, c)[1])}, "It mixes.")
    key = key_of(replace(ASSIGNMENT, alternatives=(both,), mistakes=(mixed, *ASSIGNMENT.mistakes)))

    def function(dy, cache):
        return summed(dy, cache)[0], back(dy, cache)[1] * (factor if len(dy) == 2 else 1.5)

    found = rule_on(key, answer({**REFERENCE_FUNCTIONS, "back": function}), {})["back"]
    assert dict(next(v for v in found if not v.alternative).mistakes_in) == shown


def test_a_result_that_two_mistakes_make_so_is_called_neither() -> None:
    """Which of them it is cannot be seen from it."""
    twin = Mistake("its twin", "back", {"back": lambda dy, c: (back(dy, c)[0], back(dy, c)[1].T)}, "It turns, too.")
    assert in_results(IN_RESULTS["beside another"][0], twin) == {}


def test_the_first_of_two_mistakes_that_agree_is_named() -> None:
    """The author's order decides; the key's compilation refuses two that are alike."""
    key = key_of(assignment_with(halves, "halves too"))
    assert rule_on(key, answer({**REFERENCE_FUNCTIONS, "double": halves}), {})["double"][0].mistake == "halves too"


def test_a_key_without_an_alternative_does_not_know_it() -> None:
    """What is accepted stands in the key alone: without it the same answers are wrong."""
    key = key_of(replace(ASSIGNMENT, alternatives=()))
    sums: Alternative = ASSIGNMENT.alternatives[0]
    found = rule_on(key, answer({**REFERENCE_FUNCTIONS, **sums.replaces}), {})["back"]
    assert Kind.ALTERNATIVE not in {v.kind for v in found}
