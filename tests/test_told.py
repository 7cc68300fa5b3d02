"""What is told of a result over all cases that fail: a loss, its gradient, and what is off by one amount.

takes: a small assignment made here, whose functions answer its plan in this process.
gives: one promise a test, said in its docstring.
must not know: sentences, points, how anything is run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_ruling import SOLUTION, call, rule_on

from grader.answer_key import REFERENCE, AnswerKey
from grader.answer_key.rubric import write_rubric
from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion
from grader.judge import OF_ANOTHER_CALL as MARK
from grader.judge import Pattern, Reading
from grader.judge.reading.other_calls import asked_about, told_of_others
from grader.plan import CallPlan, Entry, Purpose, make_plan
from grader.wire import Built, Outcome, Question, Step

Function = Callable[..., object]
Draw = Callable[[np.random.Generator], dict[str, object]]


def loss(s: Any, t: Any, w: Any, reg: float) -> Any:
    return np.mean((s - t) ** 2) + reg * np.sum(w**2)


def grad(s: Any, labels: Any) -> Any:
    out = s.copy()
    out[np.arange(len(s)), labels] -= 1
    return out / len(s)


def shifted(s: Any, reg: float) -> Any:
    return s * s * s + reg


def both(s: Any) -> Any:
    return s + 2, s * s


def above(s: Any) -> Any:
    return np.array(s.max() > 0)


def behind(z: Any, t: Any) -> Any:
    return t * (z > 0)


KINKED = np.array([[-1.5, 0, 1.2], [0, -1.4, 1.3], [1.1, 0, -1.2], [0.9, -1, 0]])
"""Without its mean, which is just below zero, all of it has its sign, and what is 0 is positive."""


def drawn(rows: int, columns: int, reg: float) -> Draw:
    return lambda rng: {
        "s": rng.uniform(-2, 2, (rows, columns)), "t": rng.uniform(-2, 2, (rows, columns)), "reg": reg,
        "w": rng.uniform(-2, 2, 3), "labels": rng.integers(0, columns, rows),
        "z": KINKED if (rows, columns) == KINKED.shape else rng.uniform(-2, 2, (rows, columns)),
    }  # fmt: skip


SIZES = [(4, 3, 0.1), (2, 5, 0.5), (6, 2, 0.3), (3, 3, 0.2), (5, 4, 0.7), (2, 2, 0.4)]
CALLS = {
    "loss": Call("loss", ("s", "t", "w", "reg"), ("cost",)),
    "grad": Call("grad", ("s", "labels"), ("ds",)),
    "shifted": Call("shifted", ("s", "reg"), ("out",)),
    "above": Call("above", ("s",), ("is_above",)),
    "both": Call("both", ("s",), ("first", "second")),
    "behind": Call("behind", ("z", "t"), ("dz",)),
}
RIGHT: dict[str, Function] = {
    "loss": loss,
    "grad": grad,
    "shifted": shifted,
    "above": above,
    "both": both,
    "behind": behind,
}


def assignment() -> Assignment:
    cases = tuple(Case(f"case {n}", drawn(*sizes), "right", *((HIDDEN,) if n else ())) for n, sizes in enumerate(SIZES))
    criteria = (Criterion(name, (one,), one.gives, (Behaviour("right", 1),), cases) for name, one in CALLS.items())
    return Assignment("told", "Told", "told.ipynb", 3, SOLUTION, tuple(criteria))


def answered(functions: dict[str, Function], plan: CallPlan) -> list[tuple[Outcome, ...]]:
    outcomes = []
    for entry in plan.entries:
        [step] = entry.question.steps
        takes = [one.number if isinstance(one, Built) else entry.question.inputs[str(one)] for one in step.takes]
        outcomes.append((call(functions[step.function], takes, step.gives)[0],))
    return outcomes


def key_of(one: Assignment) -> AnswerKey:
    plan = make_plan(one)
    right = {n: steps[-1] for n, steps in enumerate(answered(RIGHT, plan))}
    return AnswerKey(plan, write_rubric(one, {}), {REFERENCE: right})


KEY = key_of(assignment())
PLAN = KEY.plan

ADDED, FACTOR, OFFSET = Pattern.ADDED_INPUT, Pattern.FACTOR, Pattern.OFFSET
TOLD: dict[str, tuple[str, Function, Reading | None]] = {
    "no weight decay": ("loss", lambda s, t, w, reg: loss(s, t, w, 0.0), Reading(ADDED, ("reg * (w**2).sum()",))),
    "a sum of all, and the decay": (
        "loss", lambda s, t, w, reg: np.sum((s - t) ** 2) + reg * np.sum(w**2),
        Reading(FACTOR, ("s.size", "reg * (w**2).sum()")),
    ),
    "a sum over rows": (
        "loss", lambda s, t, w, reg: len(s) * loss(s, t, w, reg), Reading(FACTOR, ("s.shape[0]",)),
    ),
    "another distance": (
        "loss", lambda s, t, w, reg: np.mean(abs(s - t)), Reading(Pattern.FUNCTION, ("abs(s - t).mean()",)),
    ),
    "another logarithm": (
        "loss", lambda s, t, w, reg: loss(s, t, w, reg) / np.log(10), Reading(FACTOR, ("1/np.log(10)",)),
    ),
    "one too much": ("loss", lambda s, t, w, reg: loss(s, t, w, reg) + 1, Reading(OFFSET, ("1", "large"))),
    "one too much in all but one": (
        "loss", lambda s, t, w, reg: loss(s, t, w, reg) + (2 if len(s) == 5 else 1), None,
    ),
    "the labels forgotten": ("grad", lambda s, labels: s / len(s), Reading(Pattern.AT_LABELS, ("labels",))),
    "no mean": ("grad", lambda s, labels: len(s) * grad(s, labels), Reading(FACTOR, ("s.shape[0]",))),
    "no shift": ("shifted", lambda s, reg: shifted(s, 0.0), Reading(ADDED, ("reg",))),
    "another function in one case": (
        "grad", lambda s, labels: np.ceil(s) if len(s) == 5 else grad(s, labels), None,
    ),
    "another function by another number": (
        "shifted", lambda s, reg: np.ceil(s) if reg > 0.6 else shifted(s, reg),
        Reading(Pattern.FUNCTION, ("np.ceil(s)",)),
    ),
    "another shape where another result is wrong first": (
        "both",
        lambda s: (s[:1], np.vstack((s, 9 * s))) if len(s) == 4 else (s + 2, np.ceil(s) if len(s) == 5 else s * s),
        None,
    ),
    "zeros in all but one": ("shifted", lambda s, reg: s + 9 if len(s) == 5 else 0 * s, None),
    "another sign in all but one": (
        "shifted", lambda s, reg: np.ceil(s) if len(s) == 5 else -shifted(s, reg), None,
    ),
    "never true": ("above", lambda s: np.array(False), None),
    "another shift": ("shifted", lambda s, reg: shifted(s, reg) + 0.25, Reading(OFFSET, ("0.25", "large"))),
}  # fmt: skip


@pytest.mark.parametrize(("name", "function", "reading"), TOLD.values(), ids=TOLD.keys())
def test_what_is_so_in_all_cases_that_fail_is_told(name: str, function: Function, reading: Reading | None) -> None:
    """And what is so in four of them, and not in all, is not."""
    found = rule_on(KEY, answered({**RIGHT, name: function}, PLAN), {})[name][0]
    assert found.reading == reading


def transposed(rng: np.random.Generator) -> dict[str, object]:
    return {"s": rng.uniform(-2, 2, (3, 4)).T}


LAID_OUT = {"all lie so": ((), False), "one lies as usual": ((SIZES[1],), True)}


@pytest.mark.parametrize(("usual", "is_told"), LAID_OUT.values(), ids=LAID_OUT.keys())
def test_how_inputs_lie_is_told_only_where_others_are_right(
    usual: tuple[tuple[int, int, float], ...], is_told: bool
) -> None:
    """A result whose cases are all handed transposed arrays is not wrong by that, however right another result is."""
    second = (*(drawn(*sizes) for sizes in usual), transposed, transposed)
    cases = [Case("first", transposed, "right", grade=("first",))]
    cases += [Case(f"second {n}", draw, "right", HIDDEN, grade=("second",)) for n, draw in enumerate(second)]
    one = Criterion("both", (CALLS["both"],), ("first", "second"), (Behaviour("right", 1),), tuple(cases))
    exam = Assignment("laid_out", "Laid out", "told.ipynb", 3, SOLUTION, (one,))
    plan = make_plan(exam)
    right = {n: steps[-1] for n, steps in enumerate(answered(RIGHT, plan))}
    key = AnswerKey(plan, write_rubric(exam, {}), {REFERENCE: right})

    def wrong_there(s: Any) -> object:
        return s + 2, s * s + (np.sin(9 * s) if s.shape == (4, 3) else 0)

    found = rule_on(key, answered({"both": wrong_there}, plan), {})["both"][0]
    assert (found.reading == Reading(Pattern.LAID_OUT)) is is_told


def test_nothing_is_told_of_what_a_case_draws_and_no_call_takes() -> None:
    """Nothing can come of it; and it may be called as the result is, in the criterion of another function."""
    entries = [entry.question.inputs for entry in PLAN.entries if entry.criterion == "shifted"]
    untaken = {drawn["s"].tobytes(): drawn["t"] for drawn in entries}
    functions = {**RIGHT, "shifted": lambda s, reg: untaken[s.tobytes()]}
    assert rule_on(KEY, answered(functions, PLAN), {})["shifted"][0].reading is None


OTHERS: list[tuple[Function, bool]] = [(lambda s: -s * s, True), (np.ceil, False)]


@pytest.mark.parametrize(("other", "is_told"), OTHERS, ids=["the same everywhere", "and something else"])
def test_a_result_is_read_also_where_another_one_fails_before_it(other: Function, is_told: bool) -> None:
    """It has another sign where it is wrong alone: that is told if it is so where both are wrong, too."""

    def both_wrong(s: Any) -> object:
        return (s + 2, -s * s) if len(s) == 4 else (np.ceil(s), other(s))

    found = rule_on(KEY, answered({**RIGHT, "both": both_wrong}, PLAN), {})["both"][0]
    assert (found.reading == Reading(Pattern.SIGN)) is is_told


def turned(rng: np.random.Generator) -> dict[str, object]:
    return {"s": np.asfortranarray(rng.uniform(1, 2, (3, 4)))}


def turned_too(rng: np.random.Generator) -> dict[str, object]:
    return {"s": np.asfortranarray(rng.uniform(1, 2, (4, 3)))}


def turned_and_not_taken(rng: np.random.Generator) -> dict[str, object]:
    return {"s": rng.uniform(1, 2, (3, 4)), "t": np.asfortranarray(rng.uniform(1, 2, (3, 4)))}


BESIDE = {
    "another that lies as it is": (turned, drawn(4, 3, 0.0), True),
    "none": (turned, None, False),
    "another that lies so": (turned, turned_too, False),
    "what lies so is not taken": (turned_and_not_taken, drawn(4, 3, 0.0), False),
}


@pytest.mark.parametrize(("failing", "beside", "is_told"), BESIDE.values(), ids=BESIDE.keys())
def test_how_its_input_lies_in_memory_is_told_beside_right_cases_of_the_result_alone(
    failing: Draw, beside: Draw | None, is_told: bool
) -> None:
    """What is wrong in all of its cases is not wrong by how they lie, nor what is right only where they lie so, too."""
    cases = (
        Case("of another", drawn(2, 5, 0.0), "right", grade=("first",)),
        Case("turned", failing, "right", HIDDEN, grade=("second",)),
        *((Case("beside", beside, "right", HIDDEN, grade=("second",)),) if beside else ()),
    )
    both = Criterion("both", (CALLS["both"],), ("first", "second"), (Behaviour("right", 1),), cases)
    key = key_of(Assignment("told", "Told", "told.ipynb", 3, SOLUTION, (both,)))
    spoilt = {**RIGHT, "both": lambda s: (s + 2, 0 * s if s.shape == (3, 4) else s * s)}
    found = rule_on(key, answered(spoilt, key.plan), {})["both"][0]
    assert (found.reading == Reading(Pattern.LAID_OUT)) is is_told


def test_what_is_wrong_at_all_zeros_alone_is_told_as_that() -> None:
    """And not as what else has the same mask in the one case that has zeros."""
    found = rule_on(KEY, answered({**RIGHT, "behind": lambda z, t: t * (z >= 0)}, PLAN), {})["behind"][0]
    assert found.reading == Reading(Pattern.WHERE, ("z", "= 0"))


def test_complex_numbers_where_real_ones_are_due_are_not_read_as_these() -> None:
    """They are told by their kind; and where another result is wrong before, no part of them is cast away."""

    def imaginary(s: Any) -> object:
        return (s + 2 if len(s) == 4 else np.ceil(s), s * 1j)

    found = rule_on(KEY, answered({**RIGHT, "both": imaginary}, PLAN), {})["both"][0]
    assert found.reading is None


def test_what_another_call_is_given_is_no_size_of_this_one() -> None:
    """A case may call forward twice, and its backward is about one of them."""
    steps = (
        Step("ahead", ("x",), ("y", "=cache")),
        Step("ahead", ("other",), ("z", "=kept")),
        Step("back", ("dy", "=cache"), ("dx",)),
    )
    question = Question(dict.fromkeys(("x", "other", "dy"), np.ones((2, 3))), steps)
    assert asked_about(Entry("back", "small", "public", Purpose.CASE, ("dx",), question)).keys() == {"x", "dy"}


def test_what_an_earlier_call_alone_is_given_is_marked() -> None:
    """Of an object that keeps its state an earlier call may count: a formula of both calls is no sign of anything."""
    steps = (Step("ahead", ("other",), ("z",)), Step("ahead", ("x",), ("y",)))
    question = Question(dict.fromkeys(("x", "other"), np.ones((2, 3))), steps)
    entry = Entry("ahead", "small", "public", Purpose.CASE, ("y",), question)
    both, own = Reading(Pattern.FUNCTION, ("x + other",)), Reading(Pattern.AS_IF, ("x", "abs(x)"))
    formula, its = Reading(Pattern.FUNCTION, ("np.exp(other)",)), Reading(Pattern.AS_IF, ("x", "other"))
    marked = (Reading(formula.pattern, ("np.exp(other)", MARK)), Reading(its.pattern, ("x", "other", MARK)))
    assert told_of_others((both, own, formula, its), entry) == (both, own, *marked)
    alone = Entry("ahead", "small", "public", Purpose.CASE, ("y",), Question(question.inputs, steps[1:]))
    assert told_of_others((its,), alone) == (its,)
    left = replace(question, steps=(steps[0], replace(steps[1], leaves=(("mean", "self", ".mean"),))))
    assert told_of_others((its, formula), replace(entry, question=left)) == (its, formula)
