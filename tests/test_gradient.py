"""Backward without its forward: right with a right cache, or right for its own forward, and alive.

takes: the small assignment of `test_ruling`, with forwards and backwards that are wrong in chosen ways.
gives: one promise a test, said in its docstring.
must not know: points, words, how anything is run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ruling import KEY, PLAN, REFERENCE_FUNCTIONS, ahead, answer, back, rule_on, sums, value, verdicts

from grader.judge import Basis, Circumstance, Kind, NoteKind, Pattern, Reading, Verdict
from grader.judge.gradient import is_handed_on
from grader.plan import GIVEN_CACHE, Entry, Purpose
from grader.wire import Outcome, Status, Trouble

Function = Callable[..., object]


def best_of(forward: Function, backward: Function) -> tuple[Verdict, ...]:
    return verdicts({"ahead": forward, "back": backward})["back"]


def kinds(forward: Function, backward: Function) -> set[tuple[Kind, Basis]]:
    return {(v.kind, v.basis) for v in best_of(forward, backward)}


OWN = (Kind.CONSISTENT, Basis.OWN_GRADIENT)
HANDED = (Kind.CORRECT, Basis.HANDED_CACHE)


# Wrong forwards, each with a backward that is the gradient of it: dw averaged over the batch or left as a sum.


def squared(x, w):
    return x**2 @ w, (x, w)


def back_of_squared(dy, cache):
    x, w = cache
    return dy @ w.T * 2 * x, (x**2).T @ dy / len(x)


def back_of_squared_summed(dy, cache):
    dx, dw = back_of_squared(dy, cache)
    return dx, dw * len(dy)


def doubled(x, w):
    return 2 * x @ w, (2 * x, 2 * w)


def curved(x, w):
    return np.tanh(x @ w), (x, w, np.tanh(x @ w))


def back_of_curved(dy, cache):
    x, w, y = cache
    return back(dy * (1 - y**2), (x, w))


PAIRS = {
    "another formula": (squared, back_of_squared), "summed": (squared, back_of_squared_summed),
    "twice too large": (doubled, back), "a curve": (curved, back_of_curved),
    "float32": (
        lambda x, w: ((x**2 @ w).astype("f4"), (x, w)),
        lambda dy, c: tuple(part.astype("f4") for part in back_of_squared(dy, c)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("forward", "backward"), PAIRS.values(), ids=PAIRS.keys())
def test_a_backward_that_is_right_for_its_own_forward_is_consistent(forward: Function, backward: Function) -> None:
    """The error of the forward is paid for once: its true gradient is seen to be one, averaged or summed."""
    found = kinds(forward, backward)
    assert OWN in found or HANDED in found
    assert verdicts({"ahead": forward, "back": backward})["ahead"][0].kind is not Kind.CORRECT


def off_by_one(x, w):
    return x @ w + 1, (x + 1, w)


def test_a_backward_that_is_right_with_a_right_cache_is_right() -> None:
    """Its forward is wrong, its own work is not: full points, and a note says how it was tried."""
    found = best_of(off_by_one, back)
    assert (found[0].kind, found[0].basis) == HANDED
    assert found[0].held == ("dx is right", "dw is right")
    assert NoteKind.OTHER_CACHE in {note.kind for note in found[0].notes}


def test_the_convention_of_an_alternative_is_right_with_a_right_cache_too() -> None:
    """Who sums where the mean is taken loses nothing by a wrong forward either."""
    [found] = [v for v in best_of(off_by_one, sums) if v.basis is Basis.HANDED_CACHE and v.alternative]
    assert (found.kind, found.alternative) == (Kind.ALTERNATIVE, "sums")
    assert {NoteKind.OTHER_CACHE, NoteKind.ALTERNATIVE} <= {note.kind for note in found.notes}


def with_a_right_cache(forward: Function, backward: Function) -> list[Verdict]:
    """What is found by the reference, with the reference's cache."""
    return [v for v in best_of(forward, backward) if v.basis is Basis.HANDED_CACHE and not v.alternative]


NARROW = {
    "wrong for one row": (lambda dy, c: (back(dy, c)[0] * (len(dy) != 1), back(dy, c)[1]), ("dw is right",)),
    "raises for many rows": (lambda dy, c: back(dy, c) if len(dy) < 4 else 1 / 0, ("dx is right",)),
    "dx alone": (lambda dy, c: (back(dy, c)[0], None), ("dx is right",)),
    "nothing": (lambda dy, c: None, ()),
}


@pytest.mark.parametrize(("backward", "held"), NARROW.values(), ids=NARROW.keys())
def test_with_a_right_cache_backward_earns_what_it_shows_and_no_more(backward: Function, held: tuple[str, ...]) -> None:
    """One error more costs its own behaviour: not nothing, though its forward is wrong, and not all."""
    found = [(v.kind, v.held) for v in with_a_right_cache(off_by_one, backward)]
    assert found == ([(Kind.PARTLY, held)] if held else [])


def test_what_is_told_of_it_is_what_it_was_tried_on() -> None:
    """The cases with its own forward's cache fail by the forward, and say nothing of this backward."""
    [found] = with_a_right_cache(off_by_one, NARROW["raises for many rows"][0])
    assert [f.case for f in found.findings if not f.right] == ["more rows of dw, given a right cache"]


def test_a_narrow_backward_is_not_told_to_look_at_its_forward() -> None:
    """Where forward is right and backward fails with a right cache too, the cache is not what is wrong."""
    wrong_cache = lambda x, w: (x @ w, (x + 1, w))  # noqa: E731
    for backward, _ in NARROW.values():
        assert not any(v.right_otherwise for v in best_of(wrong_cache, backward))


BEHIND = {
    "a layout of its own behind a wrong forward": (
        lambda x, w: (x @ w + 1, {"x": x + 1, "w": w}), lambda dy, c: back(dy, (c["x"], c["w"])), True,
    ),
    "its own behind a right one": (
        lambda x, w: (x @ w, {"x": x + 1, "w": w}), lambda dy, c: back(dy, (c["x"], c["w"])), False,
    ),
    "what the reference's cache shows": (lambda x, w: (x @ w + 1, (x + 1, w)), NARROW["dx alone"][0], False),
}  # fmt: skip


@pytest.mark.parametrize(("forward", "backward", "behind"), BEHIND.values(), ids=BEHIND.keys())
def test_a_backward_of_which_nothing_is_known_is_told_to_be_behind_its_forward(
    forward: Function, backward: Function, behind: bool
) -> None:
    """With a cache laid out otherwise, a wrong forward may be all that is wrong."""
    assert {v.behind for v in best_of(forward, backward) if v.kind in (Kind.WRONG, Kind.PARTLY)} == {behind}


@pytest.mark.parametrize("untouched", [True, False])
def test_a_backward_is_told_that_its_forward_is_as_the_hand_out_left_it(untouched: bool) -> None:
    """The cache is then the hand-out's, and laid out as nobody has chosen."""
    outcomes = answer({"ahead": lambda x, w: (x @ w * 0, x), "back": lambda dy, c: back(dy, (c["x"], c["w"]))})
    circumstances = {"ahead": Circumstance(untouched=untouched)}
    assert {v.unwritten for v in rule_on(KEY, outcomes, circumstances)["back"]} == {untouched}


def test_our_fault_with_a_handed_cache_is_nobodys_loss() -> None:
    """What could not be tried by our fault is not graded; where forward is right, it is not needed."""
    for forward, kinds_found in ((off_by_one, {Kind.UNGRADED}), (ahead, {Kind.CORRECT})):
        outcomes = answer({**REFERENCE_FUNCTIONS, "ahead": forward})
        place = next(n for n, entry in enumerate(PLAN.entries) if entry.purpose is Purpose.HANDED_CACHE)
        outcomes[place] = (Outcome(Status.FAULT),)
        assert {v.kind for v in rule_on(KEY, outcomes, {})["back"]} >= kinds_found


# ---- a forward that is right, and not exact ---------------------------------------------------------------------


def rough(x, w):
    return x @ w * (1 + 4e-6), (x, w, 1e-4)


def back_of_rough(dy, cache):
    x, w, more = cache if len(cache) == 3 else (*cache, 0.0)
    return back(dy, (x, w * (1 + more)))


ROUGH = {
    "right but for its rough forward": (rough, back_of_rough, True),
    "an exact forward with a cache that is not": (lambda x, w: (x @ w, (x, w, 1e-4)), back_of_rough, False),
    "off by more than a little": (lambda x, w: (rough(x, w)[0], (x, w, 1e-2)), back_of_rough, False),
    "off by little itself": (rough, lambda dy, c: (back(dy, c[:2])[0] * (1 + 1e-4), back(dy, c[:2])[1]), False),
    "nothing with its own cache": (rough, lambda dy, c: back(dy, c) if len(c) == 2 else (None, None), False),
}


@pytest.mark.parametrize(("forward", "backward", "right"), ROUGH.values(), ids=ROUGH.keys())
def test_what_a_rough_forward_brings_into_backward_is_not_backwards_loss(
    forward: Function, backward: Function, right: bool
) -> None:
    """1e-6 in a denominator is within forward's tolerance and may not be within backward's. Nothing else passes by it:
    no rounded cache behind an exact forward, nothing that is off by more, nothing that is off with a right cache."""
    assert verdicts({"ahead": forward})["ahead"][0].kind is Kind.CORRECT
    first = best_of(forward, backward)[0]
    assert ((first.kind, first.basis) == (Kind.CORRECT, Basis.ROUGH_CACHE)) == right
    assert (first.kind is Kind.CORRECT) == right


@pytest.mark.parametrize("forward", [lambda x, w: 1 / 0, lambda x, w: None], ids=["raises", "returns None"])
def test_a_forward_that_gives_no_cache_does_not_take_its_backward_along(forward: Function) -> None:
    """Backward is tried with the reference's cache also where its forward never came back."""
    assert HANDED in kinds(forward, back)


def test_where_nothing_can_be_handed_on_backward_is_told_by_itself() -> None:
    """A forward that never returns and a backward that raises: backward's own exception is told."""

    def raises(dy, cache):
        raise TypeError("no")

    first = best_of(lambda x, w: 1 / 0, raises)[0]
    assert (first.kind, first.basis) == (Kind.CRASHED, Basis.HANDED_CACHE)
    assert not any(f.earlier for f in first.findings)
    assert any(f.status is Status.RAISED and f.trouble and f.trouble.type_name == "TypeError" for f in first.findings)


def beyond(part):
    """Of all entries one is no zero, and larger than a float64 can be."""
    made = np.zeros(part.shape, np.longdouble)
    made.flat[0] = np.longdouble("1e4000")
    return made


WRONG = {
    "the gradient of another function": back_of_curved,
    "a wrong factor": lambda dy, c: tuple(1.01 * part for part in back_of_squared(dy, c)),
    "one of two": lambda dy, c: (back_of_squared(dy, c)[0], np.ones_like(c[1])),
    "a wrong sign": lambda dy, c: tuple(-part for part in back_of_squared(dy, c)),
    "nan": lambda dy, c: tuple(part * np.nan for part in back_of_squared(dy, c)),
    "another shape": lambda dy, c: tuple(part[None] for part in back_of_squared(dy, c)),
    "one value": lambda dy, c: back_of_squared(dy, c)[0],
    "nothing": lambda dy, c: None,
    "beyond float64": lambda dy, c: tuple(beyond(part) for part in c),
    "zeros": lambda dy, c: tuple(0 * part for part in back_of_squared(dy, c)),
    "true and false": lambda dy, c: tuple(part > 0 for part in back_of_squared(dy, c)),
}


@pytest.mark.parametrize("backward", WRONG.values(), ids=WRONG.keys())
def test_a_backward_that_is_no_gradient_is_not_consistent(backward: Function) -> None:
    """A factor of one per cent, a sign, one result of two: none of it is the gradient of the forward."""
    assert not {OWN, HANDED} & kinds(squared, backward)


PARTS = {
    "dw is off": (lambda dy, c: (back_of_squared(dy, c)[0], np.ones_like(c[1])), "dx"),
    "dx is of another forward": (
        lambda dy, c: (back_of_curved(dy, (*c, c[0] @ c[1]))[0], back_of_squared(dy, c)[1]),
        "dw",
    ),
    "dw is summed, and dx is off": (lambda dy, c: (0 * c[0], back_of_squared_summed(dy, c)[1]), "dw"),
    "dw is there alone": (lambda dy, c: (None, back_of_squared(dy, c)[1]), "dw"),
}


@pytest.mark.parametrize(("backward", "follows"), PARTS.values(), ids=PARTS.keys())
def test_the_results_that_are_right_for_its_own_forward_are_so_each_by_itself(backward: Function, follows: str) -> None:
    """As beside a right forward: an error in one result costs what is about that one."""
    [found] = [verdict for verdict in best_of(squared, backward) if verdict.basis is Basis.OWN_IN_PART]
    assert found.kind is Kind.CONSISTENT
    assert (found.follows, found.following) == ((follows,), (f"{follows} is right",))


def test_what_is_wrong_in_all_results_follows_nothing() -> None:
    """Nor does what hands back the gradient from above, nor anything beside a forward that does not move."""
    for forward, backward in ((squared, WRONG["a wrong factor"]), (squared, WRONG["zeros"]), (DEAD["zeros"], back)):
        assert not any(verdict.basis is Basis.OWN_IN_PART for verdict in best_of(forward, backward))


ABOVE = np.array([[0.1, -1400.0], [3e-7, 2.0]])
HANDED_ON = {
    "as it came": (ABOVE, True),
    "in float32": (ABOVE.astype("f4"), True),
    "times what is nearly one": (ABOVE * ((0.1 + 0.2) / 0.3), True),
    "one number of it changed": (ABOVE * [[1, 1], [1, 1.001]], False),
    "twice as large": (2 * ABOVE, False),
    "of another shape": (ABOVE[:1], False),
}


@pytest.mark.parametrize(("gradient", "is_so"), HANDED_ON.values(), ids=HANDED_ON.keys())
def test_what_came_from_above_shows_nothing_however_it_is_rounded(gradient: np.ndarray, is_so: bool) -> None:
    """Beside a forward that hands back its input it is a gradient, and nobody has worked anything out."""
    assert is_handed_on(gradient, ABOVE) is is_so


DEAD = {
    "zeros": (lambda x, w: (np.zeros((len(x), w.shape[1])), (x, w))),
    "a constant": (lambda x, w: (np.full((len(x), w.shape[1]), 7.0), (x, w))),
    "tiny": (lambda x, w: (1e-12 * (x @ w), (x, w))),
}


@pytest.mark.parametrize("forward", DEAD.values(), ids=DEAD.keys())
def test_a_dead_pair_earns_nothing(forward: Function) -> None:
    """A forward that does not depend on its input, with a backward of zeros, agrees with itself and shows nothing."""
    assert not {OWN, HANDED} & kinds(forward, lambda dy, c: tuple(0 * part for part in back(dy, c)))


def test_a_pair_that_does_not_work_together_is_backwards_fault_once() -> None:
    """Forward's answers are right, backward fails on its cache: forward keeps its points, and it is said that
    backward is right with another cache."""
    pair = {"ahead": lambda x, w: (x @ w, (w, x)), "back": back}
    found = verdicts(pair)
    assert found["ahead"][0].kind is Kind.CORRECT
    assert all(v.kind not in (Kind.CORRECT, Kind.CONSISTENT) for v in found["back"])
    assert all(v.right_otherwise for v in found["back"])


def test_what_is_right_with_its_own_cache_in_part_is_not_said_to_lack_another() -> None:
    """What is tried with the reference's cache is then what is right with its own, too: it shows no difference."""

    def few_rows(dy, cache):
        dx, dw = back(dy, cache)
        return (dx if len(dy) < 3 else 2 * dx), dw

    assert not any(v.right_otherwise for v in best_of(ahead, few_rows))


ALONE: dict[str, tuple[Function, Reading | None]] = {
    "a sign": (lambda dy, c: (-back(dy, c)[0], back(dy, c)[1]), Reading(Pattern.SIGN)),
    "zeros": (lambda dy, c: (0 * back(dy, c)[0], back(dy, c)[1]), Reading(Pattern.ZERO)),
    "what has no name": (lambda dy, c: (c[0], back(dy, c)[1]), None),
    "nothing of it": (lambda dy, c: (np.sin(3 * back(dy, c)[0]) + c[0] ** 2, back(dy, c)[1]), None),
}


@pytest.mark.parametrize(("backward", "reading"), ALONE.values(), ids=ALONE.keys())
def test_without_its_forward_a_backward_is_read_too(backward: Function, reading: Reading | None) -> None:
    """What is right in part with the cache of the reference; of that no part has a name that a student knows."""
    found = [v for v in best_of(lambda x, w: None, backward) if v.basis is Basis.HANDED_CACHE and v.kind is Kind.PARTLY]
    assert found
    assert {verdict.reading for verdict in found} == {reading}


def test_what_was_not_tried_with_a_right_cache_is_not_said_to_be_right_with_one() -> None:
    """A public key may hand a cache for other behaviours than the one that fails: nothing is known of that then."""
    narrow = lambda dy, c: (back(dy, c)[0], 3 * back(dy, c)[1])  # noqa: E731
    wrong_cache = lambda x, w: (x @ w, (x, 3 * w))  # noqa: E731

    def hidden(entry: Entry) -> bool:
        return entry.visibility == "hidden" or (
            entry.purpose is Purpose.HANDED_CACHE and entry.behaviour == "dw is right"
        )

    entries = [replace(e, visibility="hidden" if hidden(e) else "public") for e in PLAN.entries]
    case = next(e.name for e in entries if e.purpose is Purpose.CASE and e.behaviour == "dx is right")
    told_so = f"{case}, {GIVEN_CACHE}"
    alike = [replace(e, name=told_so) if e.purpose is Purpose.HANDED_CACHE else e for e in entries]

    def told(forward: Function, backward: Function, entries: list[Entry] = entries) -> bool:
        key = replace(KEY, plan=replace(PLAN, entries=tuple(entries))).public()
        outcomes = answer({**REFERENCE_FUNCTIONS, "ahead": forward, "back": backward}, key.plan)
        return rule_on(key, outcomes, {})["back"][0].right_otherwise

    assert not told(ahead, narrow)
    assert told(wrong_cache, back)
    wronger_cache = lambda x, w: (x @ w, (3 * x, 3 * w))  # noqa: E731
    assert not told(wronger_cache, back)
    assert told(wronger_cache, back, alike), "the very case that fails is right with another cache"
    assert not told(ahead, narrow, alike)


def test_any_cache_that_works_is_right() -> None:
    """The cache is the hand-in's own: a dict, an object, or nothing with the values kept elsewhere."""
    kept: dict[str, object] = {}

    def keeps(x, w):
        kept["all"] = (x, w)
        return x @ w, None

    caches: list[tuple[Function, Function]] = [
        (lambda x, w: (x @ w, {"x": x, "w": w}), lambda dy, c: back(dy, (c["x"], c["w"]))),
        (lambda x, w: (x @ w, lambda: (x, w)), lambda dy, c: back(dy, c())),
        (keeps, lambda dy, c: back(dy, kept["all"])),
    ]
    for forward, backward in caches:
        assert best_of(forward, backward)[0].kind is Kind.CORRECT
        assert best_of(forward, backward)[0].basis is Basis.OWN_CACHE


def test_a_missing_backward_is_missing() -> None:
    """What is not there is the gradient of nothing, whatever its forward does."""
    functions = {"ahead": squared} | {n: f for n, f in REFERENCE_FUNCTIONS.items() if n not in ("ahead", "back")}
    assert [v.kind for v in rule_on(KEY, answer(functions), {})["back"]] == [Kind.MISSING] * 2


@pytest.mark.parametrize("forward", [squared, lambda x, w: 1 / 0, None], ids=["wrong", "raises", "not there"])
def test_as_much_is_asked_of_a_missing_backward_whatever_its_forward_does(forward: Function | None) -> None:
    """It is not there in each of its cases, and that is no fault of its forward's."""
    others = {n: f for n, f in REFERENCE_FUNCTIONS.items() if n not in ("ahead", "back")}
    first = rule_on(KEY, answer(others | ({"ahead": forward} if forward else {})), {})["back"][0]
    asked = [entry.name for entry in PLAN.entries if (entry.criterion, entry.purpose) == ("back", Purpose.CASE)]
    assert [finding.case for finding in first.findings] == asked
    assert {(f.status, f.earlier, f.before) for f in first.findings} == {(Status.MISSING, "", None)}


def test_an_alternative_counts_in_follow_through_too() -> None:
    """Sums where the mean is taken are no gradient less."""
    assert OWN in kinds(squared, back_of_squared_summed)
    assert Kind.ALTERNATIVE in {v.kind for v in verdicts({"back": sums})["back"]}


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 5), st.floats(0.1, 5), st.sampled_from([-1.0, 1.0]))
def test_every_scaled_layer_has_its_gradient_and_no_other(a: float, b: float, sign: float) -> None:
    """For any forward `a x w + b`: its gradient is consistent; that of another factor is not."""
    forward = lambda x, w: (sign * a * (x @ w) + b, (x, w))  # noqa: E731
    true = lambda dy, c: tuple(sign * a * part for part in back(dy, c))  # noqa: E731
    wrong = lambda dy, c: tuple(sign * (a + 0.05) * part for part in back(dy, c))  # noqa: E731
    assert {kind for kind, _ in kinds(forward, true)} & {Kind.CONSISTENT, Kind.CORRECT}
    assert OWN not in kinds(forward, wrong)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RETURNED])
@pytest.mark.parametrize("purpose", [Purpose.NUDGED, Purpose.OWN_GRADIENT])
def test_a_probe_that_was_not_answered_shows_nothing(status: Status, purpose: Purpose) -> None:
    """Where a nudged call or the pair itself did not come back, nobody can say that the two agree."""
    outcomes = answer({**REFERENCE_FUNCTIONS, "ahead": squared, "back": back_of_squared})
    assert OWN in {(v.kind, v.basis) for v in rule_on(KEY, outcomes, {})["back"]}
    place = next(n for n, entry in enumerate(PLAN.entries) if entry.purpose is purpose)
    outcomes[place] = (*outcomes[place][:-1], Outcome(status, trouble=Trouble("E", "m")))
    assert OWN not in {(v.kind, v.basis) for v in rule_on(KEY, outcomes, {})["back"]}


@pytest.mark.parametrize("made", [None, {}, np.nan, np.ones((7, 7)), np.full((2, 3), 1j), np.full((2, 3), True)])
def test_a_probe_without_numbers_shows_nothing(made: object) -> None:
    """A nudged forward that gives no finite numbers of the right shape is no evidence."""
    outcomes = answer({**REFERENCE_FUNCTIONS, "ahead": squared, "back": back_of_squared})
    for place, entry in enumerate(PLAN.entries):
        if entry.purpose is Purpose.NUDGED:
            outcomes[place] = (replace(outcomes[place][0], values={"y": value(made)}),)
    assert OWN not in {(v.kind, v.basis) for v in rule_on(KEY, outcomes, {})["back"]}


def test_the_reference_is_the_gradient_of_its_own_forward() -> None:
    """Where the forward is right, backward is judged by its cases, and nothing else is tried."""
    found = best_of(ahead, back)
    assert [(v.kind, v.basis) for v in found] == [(Kind.CORRECT, Basis.OWN_CACHE)]
