"""What outcomes amount to: verdicts on three bases, mistakes by name, behaviours, notes, and what hidden cases show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_key import Exam, rule

from grader.extract.model import Facts
from grader.judge import Finding, Flaw, Kind, NoteKind, Problem, Verdict, judge, not_right
from grader.judge.findings import held
from grader.key.model import AlternativeRule, Basis, BehaviourRule, GradientRule, MistakeRule, Nudge
from grader.outcomes import Outcome, Status, Trouble
from grader.score import score_all

Values = tuple[Any, ...]
STEP = 1e-4
RNG = np.random.default_rng(7)


def affine(student: Any, x: Any, w: Any, b: Any, dout: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    out, cache = student.forward(x, w, b)
    yield "forward", {"out": out}
    dx, dw, db = student.backward(dout, cache)
    yield "backward", {"dx": dx, "dw": dw, "db": db}


def backward_given(student: Any, dout: Any, cache: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    dx, dw, db = student.backward(dout, cache)
    yield "backward", {"dx": dx, "dw": dw, "db": db}


def relu(student: Any, dout: Any, x: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "kink", {"dx": student.kink(dout, x)}


def forward(x: Any, w: Any, b: Any) -> Values:
    return x @ w + b, (x, w, b)


def backward(dout: Any, cache: Values) -> Values:
    x, w, _ = cache
    return dout @ w.T, x.T @ dout / len(x), dout.mean(0)


def summed(dout: Any, cache: Values) -> Values:
    x, w, _ = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


def dw_summed(dout: Any, cache: Values) -> Values:
    dx, dw, db = backward(dout, cache)
    return dx, dw * len(dout), db


def kink(dout: Any, x: Any) -> Any:
    return dout * (x >= 0)


def nan_below(dout: Any, x: Any) -> Any:
    return np.where(x < 0, np.nan, dout)


def raising(*_: Any) -> Any:
    raise ValueError("secret 42")


RIGHT = {"forward": forward, "backward": backward, "kink": kink}
BOTH = {"forward": "right values", "backward": "right values"}
TINY = {"forward": "right values", "backward": "averages dw"}
NOTE = {"forward": "", "backward": ""}
SHAPES = [
    ("public", (3, 4, 2), BOTH), ("hidden", (2, 3, 5), BOTH), ("hidden", (4, 2, 3), TINY), ("hidden", (1, 2, 2), NOTE),
]  # fmt: skip


def arrays(n: int, d: int, m: int) -> dict[str, Any]:
    return {name: RNG.uniform(-1, 1, size) for name, size in {"x": (n, d), "w": (d, m), "b": m, "dout": (n, m)}.items()}


def make_exam() -> Exam:
    """Affine forward and backward with a cache given, and a ReLU's backward with a kink."""
    behaviours = ("right values", BehaviourRule("averages dw", Fraction(5), needs=("right values",), results=("dw",)))
    convention = AlternativeRule("summed", "Summed is right too.")
    at_zero = AlternativeRule("at zero", "Any value.", True)
    mistakes = (MistakeRule("dw not averaged", "", "", Fraction(1, 2), ("dw_summed",)),)
    of_kink = tuple(MistakeRule(form, "", "", Fraction(0), (form,)) for form in ("nan", "none masked", "raises"))
    kinks = {
        "at zero": lambda dout, x: dout * (x > 0),
        "nan": nan_below,
        "none masked": lambda dout, x: dout,
        "raises": raising,
    }
    rules = [
        rule("forward", ["out"], "right values", sizes={"N": ("x", 0)}),
        rule("backward", ["dx", "dw", "db"], *behaviours, alternatives=(convention,), mistakes=mistakes),
        rule("kink", ["dx"], "right values", alternatives=(at_zero,), mistakes=of_kink),
    ]
    variants = {name: {"kink": function} for name, function in kinks.items()}
    exam = Exam(rules, RIGHT, summed={"backward": summed}, dw_summed={"backward": dw_summed}, **variants)
    for visibility, shape, shown in SHAPES:
        exam.add(affine, arrays(*shape), shown, visibility)
    for visibility, shape, shown in SHAPES[:3]:
        x, w, b, dout = arrays(*shape).values()
        exam.add(backward_given, {"dout": dout, "cache": (x, w, b)}, shown, visibility, Basis.GIVEN, needs=("forward",))
    for visibility in ("public", "hidden"):
        inputs = {"dout": RNG.uniform(1, 2, 3), "x": np.array([-1.0, 0.0, 1.0])}
        exam.add(relu, inputs, {"kink": "right values"}, visibility)
    return exam


EXAM = make_exam()


def score_of(
    functions: Mapping[str, Callable[..., Any]], criterion: str, **facts: Any
) -> tuple[Verdict, Fraction | None]:
    one = score_all(EXAM.key, EXAM.judge({**RIGHT, **functions}, **facts))[criterion]
    return one.verdict, one.points


def only_out(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b


def no_bias(x: Any, w: Any, b: Any) -> Values:
    return x @ w, (x, w, b)


def other_cache(x: Any, w: Any, b: Any) -> Values:
    return x @ w + b, {"inputs": (x, w, b)}


def of_other_cache(dout: Any, cache: Any) -> Values:
    return backward(dout, cache["inputs"])


def dx_off(dout: Any, cache: Values) -> Values:
    dx, dw, db = backward(dout, cache)
    return dx + (len(dout) > 3), dw, db


HAND_INS: dict[str, tuple[dict[str, Any], str, Kind, Basis, int]] = {
    "all right": ({}, "backward", Kind.CORRECT, Basis.OWN, 15),
    "its own cache": ({"forward": other_cache, "backward": of_other_cache}, "backward", Kind.CORRECT, Basis.OWN, 15),
    "another convention": ({"backward": summed}, "backward", Kind.ALTERNATIVE, Basis.OWN, 15),
    "a mistake": ({"backward": dw_summed}, "backward", Kind.KNOWN_MISTAKE, Basis.OWN, 7),
    "by itself": ({"forward": only_out, "backward": dw_summed}, "backward", Kind.KNOWN_MISTAKE, Basis.GIVEN, 7),
    "right beside one value": ({"forward": only_out}, "backward", Kind.CORRECT, Basis.GIVEN, 15),
    "one value": ({"forward": only_out}, "forward", Kind.WRONG, Basis.OWN, 0),
    "right beside a crash": ({"forward": raising}, "backward", Kind.CORRECT, Basis.GIVEN, 15),
    "a crash": ({"forward": raising}, "forward", Kind.CRASHED, Basis.OWN, 0),
    "right by what a wrong forward keeps": ({"forward": no_bias}, "backward", Kind.CORRECT, Basis.OWN, 15),
    "nothing": ({"backward": lambda *_: None}, "backward", Kind.WRONG, Basis.OWN, 0),
    "not there": ({"backward": None}, "backward", Kind.MISSING, Basis.OWN, 0),
    "dw alone": ({"backward": lambda *a: (0, backward(*a)[1], 0)}, "backward", Kind.WRONG, Basis.OWN, 0),
    "a generator": ({"backward": lambda *a: iter(backward(*a))}, "backward", Kind.CORRECT, Basis.OWN, 15),
    "dx off where only dw counts": ({"backward": dx_off}, "backward", Kind.CORRECT, Basis.OWN, 15),
    "nan": ({"kink": nan_below}, "kink", Kind.KNOWN_MISTAKE, Basis.OWN, 0),
    "not masked": ({"kink": lambda dout, x: dout * (1 - (x == 0) / 2)}, "kink", Kind.KNOWN_MISTAKE, Basis.OWN, 0),
    "always a crash": ({"kink": raising}, "kink", Kind.CRASHED, Basis.OWN, 0),
    "any value at a kink": ({"kink": lambda dout, x: dout * np.heaviside(x, 0.3)}, "kink", Kind.CORRECT, Basis.OWN, 10),
    "beyond a kink": ({"kink": lambda dout, x: dout * np.heaviside(x, 1.3)}, "kink", Kind.WRONG, Basis.OWN, 0),
}


@pytest.mark.parametrize("name", HAND_INS)
def test_each_hand_in_gets_its_verdict(name: str) -> None:
    """Kind, basis and points: an error is not paid twice, and nothing earns what it does not do."""
    functions, criterion, kind, basis, points = HAND_INS[name]
    given = {one: function for one, function in {**RIGHT, **functions}.items() if function is not None}
    one = score_all(EXAM.key, EXAM.judge(given))[criterion]
    assert (one.verdict.kind, one.verdict.basis) == (kind, basis)
    assert one.points == (Fraction(15, 2) if points == 7 else points)


GRADIENTS = ("dx", "dw", "db")
SHARED = rule(
    "backward", GRADIENTS, BehaviourRule("values", Fraction(21), results=GRADIENTS),
    BehaviourRule("shapes", Fraction(6), ("values",), ("dx", "dw")), BehaviourRule("memory", Fraction(1), ("values",)),
)  # fmt: skip
PARTS: list[tuple[str, Values, dict[str, int]]] = [
    ("values", ("dx",), {"values": 14, "shapes": 3}),
    ("values", ("db",), {"values": 14, "shapes": 6}),
    ("values", (), {}),  # it raises
    ("shapes", ("dw",), {"values": 21, "shapes": 3, "memory": 1}),
    ("memory", ("dw",), {"values": 21, "shapes": 6}),
]


@pytest.mark.parametrize(("behaviour", "wrong", "points"), PARTS)
def test_an_error_in_one_result_costs_its_share(behaviour: str, wrong: Values, points: dict[str, int]) -> None:
    """Of each behaviour that names its results, and of those that need it; one that names none is lost as a whole."""
    found = [Finding(0, "case", "public", one.name, Status.RETURNED) for one in SHARED.behaviours]
    assert held(SHARED, found) == {"values": 21, "shapes": 6, "memory": 1}
    off = Finding(1, "case", "hidden", behaviour, Status.RETURNED, Problem(Flaw.VALUES), wrong=wrong)
    assert held(SHARED, [*found, off]) == points


def test_what_is_untouched_is_not_attempted_unless_it_is_right() -> None:
    """A template is no wrong answer; where another function is called in its place, that one is judged."""
    assert score_of({"kink": lambda *_: None}, "kink", untouched=("kink",))[0].kind is Kind.NOT_ATTEMPTED
    assert score_of({}, "kink", untouched=("kink",))[1] == 10
    verdict, points = score_of({"forward": raising}, "backward", untouched=("forward", "backward"))
    assert (verdict.basis, points) == (Basis.GIVEN, 15)


def test_a_given_case_counts_only_beside_something_wrong() -> None:
    """A right forward whose cache its backward cannot use: the backward carries the fault."""
    own, given_ = EXAM.judge({**RIGHT, "forward": other_cache})["backward"]
    assert (own.basis, given_.basis, given_.kind, given_.counts) == (Basis.OWN, Basis.GIVEN, Kind.CORRECT, False)
    one = score_all(EXAM.key, EXAM.judge({**RIGHT, "forward": other_cache}))["backward"]
    assert (one.verdict.kind, one.points, one.others) == (Kind.CRASHED, 0, (given_,))
    assert [finding.blocked_by for finding in own.findings] == [""] * 3


def test_a_behaviour_that_no_given_case_shows_is_taken_from_its_own() -> None:
    """A backward that is right given a cache, in what is tried so, keeps what it lost elsewhere lost."""
    entries = [*EXAM.key.entries]
    entries[6] = msgspec.structs.replace(entries[6], behaviours=NOTE)
    key = msgspec.structs.replace(EXAM.key, entries=tuple(entries))
    outcomes = EXAM.ask({**RIGHT, "forward": only_out})
    verdict = score_all(key, judge(key, outcomes, Facts()))["backward"]
    assert (verdict.verdict.kind, verdict.verdict.basis, verdict.points) == (Kind.PARTLY, Basis.GIVEN, 10)


def test_not_right_looks_at_its_own_findings_only() -> None:
    """Alternatives are right, notes and given cases do not count; what is known to be wrong is not looked at again."""
    outcomes = EXAM.ask({**RIGHT, "backward": lambda dout, cache: summed(dout, cache) if len(dout) > 1 else None})
    assert not_right(EXAM.key, outcomes) == set()
    outcomes = EXAM.ask({**RIGHT, "backward": lambda dout, cache: backward(dout, cache) if len(dout) != 2 else None})
    assert not_right(EXAM.key, outcomes) == {"backward"}
    assert not_right(EXAM.key, {n: outcomes[n] for n in (0, 5)}) == set()
    assert not_right(EXAM.key, outcomes, {"kink"}) == {"backward", "kink"}
    assert not_right(EXAM.key, EXAM.ask({})) == {"forward", "backward", "kink"}


def first_wrong(functions: dict[str, Any], criterion: str, visibility: str) -> Finding:
    own = EXAM.judge({**RIGHT, **functions})[criterion][0]
    return next(one for one in own.findings if one.visibility == visibility and not one.right)


def problem(functions: dict[str, Any], criterion: str, visibility: str) -> tuple[Flaw, Mapping[str, Any]]:
    found = first_wrong(functions, criterion, visibility).problem
    assert found is not None
    return found.flaw, found.facts


def test_hidden_cases_show_no_number_and_no_text() -> None:
    """Kinds and sizes; of a public case the worst entry, of a hidden one neither values nor messages."""
    minus = {"forward": lambda x, w, b: (-(x @ w + b), (x, w, b))}
    assert problem(minus, "forward", "public")[1].keys() >= {"got", "want", "index"}
    assert problem(minus, "forward", "hidden") == (Flaw.VALUES, {"wrong": 10, "size": 10})
    crash = {"forward": raising}
    assert first_wrong(crash, "forward", "public").trouble == Trouble("ValueError", "secret 42", 1, 5)
    assert first_wrong(crash, "forward", "hidden").trouble == Trouble("ValueError", "", 1, 5)
    flaw, facts = problem({"forward": lambda x, w, b: (np.zeros(4242), (x, w, b))}, "forward", "hidden")
    assert (flaw, facts["got_shape"]) == (Flaw.SHAPE, None)
    flaw, facts = problem({"forward": lambda *_: (0,) * 99}, "forward", "hidden")
    assert (flaw, facts["got"]) == (Flaw.COUNT, 10)


def test_hidden_cases_name_one_line_at_most() -> None:
    """A program that chooses the line in which it raises by a hidden number spells nothing out."""
    outcomes = dict(EXAM.ask(RIGHT))
    for number in (1, 2):
        raised = Outcome(Status.RAISED, trouble=Trouble("KeyError", "17", 3, 10 + number))
        outcomes[number] = (raised, outcomes[number][1])
    found = judge(EXAM.key, outcomes, Facts())["forward"][0].findings
    assert [one.trouble for one in found] == [None, Trouble("KeyError", ""), Trouble("KeyError", "")]


def test_the_count_of_values_explains_what_raises_after_it() -> None:
    """A driver that cannot unpack is no crash of the student's; a function that raises itself is."""
    one, two = (first_wrong({"forward": only_out}, "forward", seen) for seen in ("public", "hidden"))
    assert (one.trouble, one.status, two.status) == (None, Status.RAISED, Status.RETURNED)
    assert [problem({"forward": only_out}, "forward", seen)[0] for seen in ("public", "hidden")] == [Flaw.COUNT] * 2
    blocked = first_wrong({"forward": raising}, "backward", "public")
    assert (blocked.status, blocked.blocked_by) == (Status.NOT_REACHED, "forward")
    unpacked = first_wrong({"forward": only_out}, "backward", "hidden")  # two rows, which are unpacked
    assert unpacked.blocked_by == "forward"


STATUSES = [
    (Outcome(Status.TIMED_OUT), Kind.TIMED_OUT), (Outcome(Status.KILLED, reason="exit 0"), Kind.CRASHED),
    (Outcome(Status.MISSING), Kind.MISSING), (Outcome(Status.FAULT), Kind.UNGRADED),
    (Outcome(Status.NOT_REACHED, reason="not asked: timed out before"), Kind.TIMED_OUT),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "kind"), STATUSES)
def test_what_does_not_return_is_called_by_its_name(outcome: Outcome, kind: Kind) -> None:
    """A fault of ours is no zero; nobody's exit code is passed on from a hidden case."""
    outcomes = {number: tuple([outcome] * len(came)) for number, came in EXAM.ask(RIGHT).items()}
    one = score_all(EXAM.key, judge(EXAM.key, outcomes, Facts()))["kink"]
    assert (one.verdict.kind, one.points) == (kind, None if kind is Kind.UNGRADED else 0)
    assert "exit" not in str([finding.reason for finding in one.verdict.findings if finding.visibility == "hidden"])


def in_place(dout: Any, x: Any) -> Any:
    dout *= x >= 0
    return dout.astype("f4")


def notes(functions: dict[str, Any], criterion: str) -> dict[str, tuple[str, ...]]:
    return {note.kind.value: note.about for note in score_of(functions, criterion)[0].notes}


def test_notes_cost_nothing() -> None:
    """Changed inputs, types, dtypes, conventions, warnings in numpy's words, and cases without points."""
    assert notes({"kink": in_place}, "kink") == {"changed": ("dout",), "other dtype": ("dx", "float32")}
    listed = notes({"kink": lambda dout, x: (dout * (x > 0)).tolist()}, "kink")
    assert listed == {"other type": ("dx", "list"), "between": ("Any value.",)}
    tried = notes({"backward": lambda dout, cache: backward(dout, cache) if len(dout) > 1 else 0}, "backward")
    assert tried == {"tried": ("case 3",)}
    wrong = notes({"backward": lambda dout, cache: (*summed(dout, cache)[:2], 3.0)}, "backward")
    assert wrong == {"alternative": ("Summed is right too.",)}
    outcomes = dict(EXAM.ask(RIGHT))
    texts = ("RuntimeWarning: overflow encountered in exp", "overflow encountered in secret42", "my own: 17")
    outcomes[7] = (msgspec.structs.replace(outcomes[7][0], warnings=texts),)
    note = judge(EXAM.key, outcomes, Facts())["kink"][0].notes[0]
    assert note.about == ("overflow encountered in exp", "overflow encountered")


def step(w: Any, dw: Any) -> Any:
    w -= dw
    return w.astype("f8")


def update(student: Any, w: Any, dw: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "step", {"w": student.step(w, dw)}


def test_inputs_decide_what_is_said_and_allowed() -> None:
    """What the reference changes in place too is no note; where float32 comes in, its rounding is allowed."""
    for dtype, kind in (("f4", Kind.CORRECT), ("f8", Kind.WRONG)):
        exam = Exam([rule("step", ["w"], "right values")], {"step": step})
        exam.add(update, {"w": np.ones(3, dtype), "dw": np.full(3, 0.25, dtype)}, {"step": "right values"})
        verdict = exam.judge({"step": lambda w, dw: step(w, dw) * (1 + 5e-5)})["step"][0]
        assert (verdict.kind, verdict.notes) == (kind, ())


@cache
def gradient_exam() -> Exam:
    """The affine exam with a gradient check: each input is nudged along a direction."""
    exam = make_exam()
    inputs, base = arrays(3, 4, 2), len(exam.key.entries)
    exam.add(affine, inputs, {}, "public", Basis.RELATIVE)
    for wrt in ("x", "w", "b"):
        u = RNG.uniform(-1, 1, inputs[wrt].shape)
        for sign in (1, -1):
            moved = {**inputs, wrt: inputs[wrt] + sign * STEP * u}
            exam.add(affine, moved, {}, "public", Basis.RELATIVE, nudge=Nudge(0, wrt, sign))
    of = {"dx": "x", "dw": "w", "db": "b"}
    check = GradientRule("backward", "out", "dout", of, ("dw", "db"), "x", Fraction(1, 2), base, STEP)
    exam.key = msgspec.structs.replace(exam.key, rubric=msgspec.structs.replace(exam.key.rubric, gradients=(check,)))
    return exam


def cubed(x: Any, w: Any, b: Any) -> Values:
    return (x @ w + b) ** 3, (x, w, b)


def of_cubed(convention: Callable[..., Values]) -> Callable[..., Values]:
    """The gradient of `cubed`, averaged or summed as another one is."""
    return lambda dout, cache: convention(3 * dout * (cache[0] @ cache[1] + cache[2]) ** 2, cache)


RELATIVE = [
    ({"forward": cubed, "backward": of_cubed(backward)}, True),
    ({"forward": cubed, "backward": of_cubed(summed)}, True),
    ({"forward": cubed, "backward": of_cubed(dw_summed)}, False),
    ({"forward": cubed}, False),
    ({"backward": of_cubed(backward)}, False),
    ({"backward": lambda dout, cache: backward(dout, cache) if len(dout) == 3 else None}, False),
    (
        {"forward": lambda x, w, b: (0 * (x @ w), (x, w, b)), "backward": lambda _, cache: [0 * one for one in cache]},
        False,
    ),
]


@pytest.mark.parametrize(("functions", "is_consistent"), RELATIVE)
def test_a_backward_may_be_right_for_its_own_forward(functions: Any, is_consistent: bool) -> None:
    """Averaged or summed, not mixed; only beside a wrong forward; a pair of zeros shows nothing."""
    exam = gradient_exam()
    verdicts = exam.judge({**RIGHT, **functions})
    assert any(one.kind is Kind.CONSISTENT for one in verdicts["backward"]) == is_consistent
    one = score_all(exam.key, verdicts)["backward"]
    if is_consistent:
        assert (one.verdict.basis, one.points) == (Basis.RELATIVE, Fraction(15, 2))
        assert NoteKind.CONSISTENT in [note.kind for note in verdicts["backward"][0].notes]


@given(st.permutations(range(len(EXAM.key.entries))), st.sampled_from([*HAND_INS]))
def test_the_order_of_entries_makes_no_difference(order: list[int], name: str) -> None:
    """The same outcomes under other numbers, judged twice: the same verdicts."""
    given_ = {one: function for one, function in {**RIGHT, **HAND_INS[name][0]}.items() if function is not None}
    outcomes = EXAM.ask(given_)
    answers = {one: {new: of[old] for new, old in enumerate(order)} for one, of in EXAM.key.answers.items()}
    key = msgspec.structs.replace(EXAM.key, entries=tuple(EXAM.key.entries[n] for n in order), answers=answers)
    moved = {new: outcomes[old] for new, old in enumerate(order)}

    def gist(one: Verdict) -> Any:
        notes = {(note.kind, frozenset(note.about)) for note in one.notes}
        return one.kind, one.basis, {*one.held}, one.mistake, one.alternative, one.differences, one.counts, notes

    before, after = judge(EXAM.key, outcomes, Facts()), judge(key, moved, Facts())
    assert {of: [*map(gist, one)] for of, one in before.items()} == {of: [*map(gist, one)] for of, one in after.items()}


@given(st.data())
def test_one_entry_that_is_off_is_never_right(data: st.DataObject) -> None:
    """Whichever result of whichever case with points it is in, on whichever basis: no full points."""
    outcomes = {number: list(came) for number, came in EXAM.ask(RIGHT).items()}
    number = data.draw(st.sampled_from([0, 1, 7, 8]))
    stage = data.draw(st.integers(0, len(outcomes[number]) - 1))
    name = data.draw(st.sampled_from(sorted(outcomes[number][stage].values)))
    array, index = np.array(outcomes[number][stage].values[name]), data.draw(st.integers(0, 99))
    array.flat[index % array.size] += data.draw(st.sampled_from([-0.01, 0.01, np.nan, 1e6]))
    values = {**outcomes[number][stage].values, name: array}
    outcomes[number][stage] = msgspec.structs.replace(outcomes[number][stage], values=values)
    criterion = EXAM.key.entries[number].stages[stage]
    one = score_all(EXAM.key, judge(EXAM.key, {n: tuple(came) for n, came in outcomes.items()}, Facts()))[criterion]
    is_free = criterion == "kink" and index % 3 == 1 and 0 <= array[1] <= EXAM.key.entries[number].inputs["dout"][1]
    assert one.points is not None
    assert (one.points == one.max_points) == is_free
