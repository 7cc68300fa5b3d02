"""What outcomes mean: each verdict where it is due, the law of fairness rule by rule, nothing told of hidden inputs.

takes: a small assignment made here, whose functions answer its plan in this process.
gives: one promise a test, said in its docstring.
must not know: points, words, how anything is run, the assignment that ships.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader import judge
from grader.answer_key import REFERENCE, AnswerKey
from grader.answer_key.rubric import write_rubric
from grader.assignment import (
    HIDDEN,
    Alternative,
    Assignment,
    Behaviour,
    Call,
    Case,
    Criterion,
    FollowThrough,
    Mistake,
    own,
)
from grader.judge import Basis, Circumstance, Flaw, Kind, NoteKind, Pattern, Reading, Verdict, told_of
from grader.judge.added_up import _any_is_sum
from grader.judge.following import Forward
from grader.judge.notes import _same_values
from grader.plan import CallPlan, Purpose, make_plan
from grader.walls.ending import describe_code, out_of_memory
from grader.wire import Outcome, Status, Trouble, Value

Functions = Mapping[str, Callable[..., object]]
Outcomes = list[tuple[Outcome, ...]]

# ---- a small assignment, and how functions answer its plan ------------------------------------------------------


def ahead(x, w):
    return x @ w, (x, w)


def back(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy / len(x)


def slope(dy, x):
    return dy * (x > 0)


def double(x):
    return 2 * x


REFERENCE_FUNCTIONS: Functions = {"ahead": ahead, "back": back, "slope": slope, "double": double}


def layer(rows: int, wide: int) -> Callable[[np.random.Generator], dict[str, np.ndarray]]:
    return lambda rng: {
        "x": rng.uniform(0.5, 2, (rows, wide)), "w": rng.uniform(-2, 2, (wide, 3)), "dy": rng.uniform(-2, 2, (rows, 3)),
    }  # fmt: skip


def with_zero(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {"x": np.array([-1.5, 0.0, 2.5]), "dy": rng.uniform(0.5, 2, 3)}


def small(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {"x": rng.uniform(0.5, 2, (2, 2))}


def large(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {"x": rng.uniform(50, 90, (2, 2))}


def short(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {"x": rng.uniform(0.5, 2, 3).astype(np.float32)}


def nothing(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {"x": np.zeros((0, 2))}


def sums(dy, cache):
    dx, dw = back(dy, cache)
    return dx, dw * len(dy)


def halves(x):
    return x / 2


AHEAD, BACK = Call("ahead", ("x", "w"), ("y", own("cache"))), Call("back", ("dy", own("cache")), ("dx", "dw"))
DOUBLE = Call("double", ("x",), ("y",))
SOLUTION = ModuleType("solution")
vars(SOLUTION).update(REFERENCE_FUNCTIONS)
ASSIGNMENT = Assignment(
    "tiny", "Tiny", "tiny.ipynb", 3, SOLUTION,
    (
        Criterion(
            "ahead", (AHEAD,), ("y",), (Behaviour("values", 2), Behaviour("shapes", 1, needs=("values",))),
            (Case("two rows", layer(2, 4), "values"), Case("one row", layer(1, 2), "shapes", HIDDEN)),
        ),
        Criterion(
            "back", (AHEAD, BACK), ("dx", "dw"), (Behaviour("dx is right", 3), Behaviour("dw is right", 3)),
            (
                Case("dx of two", layer(2, 4), "dx is right", grade=("dx",)),
                Case("dw of two", layer(2, 4), "dw is right", grade=("dw",)),
                Case("dx of three", layer(3, 2), "dx is right", HIDDEN, grade=("dx",)),
                Case("dw of three", layer(3, 2), "dw is right", HIDDEN, grade=("dw",)),
            ),
            FollowThrough(
                "ahead", "y", "dy", {"dx": "x", "dw": "w"}, (layer(2, 3), layer(3, 2)),
                (
                    Case("dx alone", layer(2, 3), "dx is right", grade=("dx",)),
                    Case("dw alone", layer(2, 3), "dw is right", grade=("dw",)),
                    Case("one row of dx", layer(1, 4), "dx is right", HIDDEN, grade=("dx",)),
                    Case("more rows of dw", layer(4, 2), "dw is right", HIDDEN, grade=("dw",)),
                ),
                averaged=("dw",), batch="x",
            ),
        ),
        Criterion(
            "slope", (Call("slope", ("dy", "x"), ("dx",)),), ("dx",), (Behaviour("values", 1),),
            (Case("at zero", with_zero, "values"),),
        ),
        Criterion(
            "double", (DOUBLE,), ("y",), (Behaviour("values", 2), Behaviour("short numbers", 1)),
            (
                Case("small", small, "values"), Case("again", small, "values", HIDDEN, (DOUBLE, DOUBLE)),
                Case("large", large, "values", HIDDEN), Case("short", short, "short numbers", HIDDEN),
                Case("nothing", nothing, "short numbers", HIDDEN),
            ),
        ),
    ),
    (
        Alternative("sums", "back", {"back": sums}, "Sums are right too."),
        Alternative("one at zero", "slope", {"slope": lambda dy, x: dy * (x >= 0)}, "Anything at zero.", between=True),
    ),
    (
        Mistake("halves", "double", {"double": halves}, "It halves.", credit=Fraction(1, 3)),
        Mistake("keeps", "double", {"double": lambda x: x.copy()}, "It keeps x."),
    ),
)  # fmt: skip
PLAN = make_plan(ASSIGNMENT)


def value(thing: object) -> Value:
    if thing is None:
        return Value("none", "NoneType")
    if isinstance(thing, (np.ndarray, np.generic, list, int, float)):
        return Value("array", type(thing).__name__, np.asarray(thing))
    return Value("other", type(thing).__name__)


def call(
    function: Callable[..., object], arguments: list[object], gives: tuple[str, ...]
) -> tuple[Outcome, list[object]]:
    try:
        result = function(*arguments)
    except Exception as error:
        return Outcome(Status.RAISED, trouble=Trouble(type(error).__name__, str(error), 3, 4)), []
    several = isinstance(result, (tuple, list)) and len(gives) > 1
    count = len(result) if isinstance(result, (tuple, list)) else -1
    parts = list(result) if several else [result]
    values = {name: value(part) for name, part in zip(gives, parts, strict=False) if not name.startswith("=")}
    return Outcome(Status.RETURNED, values, count), parts


def answer(functions: Functions, plan: CallPlan = PLAN) -> Outcomes:
    """What the functions make of every question, as facts."""
    outcomes = []
    for entry in plan.entries:
        made: dict[str, object] = {}
        steps: list[Outcome] = []
        for step in entry.question.steps:
            function = functions.get(step.function)
            if function is None:
                steps.append(Outcome(Status.MISSING))
                continue
            if any(isinstance(take, str) and take.startswith("=") and take not in made for take in step.takes):
                steps.append(Outcome(Status.NOT_REACHED))
                continue
            inputs = {name: array.copy() for name, array in entry.question.inputs.items()}
            arguments = [
                tuple(inputs[part] for part in take) if isinstance(take, tuple) else made.get(take, inputs.get(take))
                for take in step.takes
            ]
            outcome, parts = call(function, arguments, step.gives)
            made.update(zip(step.gives, parts, strict=False))
            steps.append(outcome)
        outcomes.append(tuple(steps))
    return outcomes


def key_of(assignment: Assignment = ASSIGNMENT) -> AnswerKey:
    plan = make_plan(assignment)
    answers: dict[str, dict[int, Outcome]] = {}
    forms = [form for mistake in assignment.mistakes for form in mistake.forms]
    for variant in (None, *assignment.alternatives, *forms):
        outcomes = answer({**REFERENCE_FUNCTIONS, **(variant.replaces if variant else {})}, plan)
        answers[variant.name if variant else REFERENCE] = {
            n: outcomes[n][-1]
            for n, entry in enumerate(plan.entries)
            if entry.purpose in (Purpose.CASE, Purpose.HANDED_CACHE)
            and (variant is None or entry.criterion == variant.criterion)
        }
    return AnswerKey(plan, write_rubric(assignment, {}), answers)


KEY = key_of()


def rule_on(
    key: AnswerKey, outcomes: Outcomes, circumstances: Mapping[str, Circumstance]
) -> dict[str, tuple[Verdict, ...]]:
    """All verdicts, each with how its results differ."""
    ruled = judge.rule_on(key, outcomes, circumstances)
    return {name: tuple([told_of(key, outcomes, one) for one in found]) for name, found in ruled.items()}


def verdicts(functions: Functions | None = None, **circumstances: Circumstance) -> dict[str, tuple[Verdict, ...]]:
    """All verdicts on hand-ins that are the reference but for these functions."""
    return rule_on(KEY, answer({**REFERENCE_FUNCTIONS, **(functions or {})}), circumstances)


def verdict(criterion: str, functions: Functions | None = None, **circumstances: Circumstance) -> Verdict:
    return verdicts(functions, **circumstances)[criterion][0]


@cache
def changed(
    criterion: str, change: Callable[[Outcome], Outcome], case: str = "", last: bool = False
) -> tuple[Verdict, ...]:
    """The verdicts where graded steps of a criterion's cases (or one case, or only its last step) went otherwise."""
    outcomes = answer(REFERENCE_FUNCTIONS)
    for place, entry in enumerate(PLAN.entries):
        if entry.criterion == criterion and entry.purpose is Purpose.CASE and (not case or entry.name == case):
            steps = outcomes[place]
            outcomes[place] = tuple(
                change(outcome) if step.function == criterion and not (last and outcome is not steps[-1]) else outcome
                for step, outcome in zip(entry.question.steps, steps, strict=True)
            )
    return rule_on(KEY, outcomes, {})[criterion]


def result(kept: object) -> Callable[[Outcome], Outcome]:
    return lambda outcome: replace(outcome, values={name: value(kept) for name in outcome.values})


# ---- one verdict for every kind of hand-in ----------------------------------------------------------------------


def test_the_reference_is_right_in_everything() -> None:
    """By its own key, with nothing to note."""
    for criterion, found in verdicts().items():
        assert [(v.kind, v.notes, v.mistake) for v in found] == [(Kind.CORRECT, (), "")], criterion


def never_returns(x, w):
    raise KeyError("cache")


KINDS: dict[str, tuple[str, Functions, Kind]] = {
    "right by another way": ("double", {"double": lambda x: x + x}, Kind.CORRECT),
    "an accepted alternative": ("back", {"back": sums}, Kind.ALTERNATIVE),
    "between two answers": ("slope", {"slope": lambda dy, x: dy * np.heaviside(x, 0.5)}, Kind.CORRECT),
    "a known mistake": ("double", {"double": halves}, Kind.KNOWN_MISTAKE),
    "right in part": ("back", {"back": lambda dy, c: (back(dy, c)[0], back(dy, c)[1] + 1)}, Kind.PARTLY),
    "wrong": ("double", {"double": lambda x: x * 7 + 1}, Kind.WRONG),
    "zeros": ("ahead", {"ahead": lambda x, w: (np.zeros((len(x), 3)), (x, w))}, Kind.WRONG),
    "an exception": ("double", {"double": lambda x: 1 / 0}, Kind.CRASHED),
    "nothing returned": ("double", {"double": lambda x: None}, Kind.WRONG),
    "a shape that needs right values": (
        "ahead", {"ahead": lambda x, w: (x @ w + (len(x) > 1), (x, w))}, Kind.WRONG,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("criterion", "functions", "kind"), KINDS.values(), ids=KINDS.keys())
def test_each_kind_of_hand_in_gets_its_verdict(criterion: str, functions: Functions, kind: Kind) -> None:
    """The verdict that the judge prefers is the one that is due."""
    assert verdict(criterion, functions).kind is kind


STATUSES = [
    (Status.RAISED, Kind.CRASHED), (Status.KILLED, Kind.CRASHED), (Status.TIMED_OUT, Kind.TIMED_OUT),
    (Status.MISSING, Kind.MISSING), (Status.UNREADABLE, Kind.WRONG), (Status.NOT_REACHED, Kind.TIMED_OUT),
    (Status.FAULT, Kind.UNGRADED),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_fact_has_its_verdict(status: Status, kind: Kind) -> None:
    """What happened in every case decides; our own fault is never a mistake of the hand-in."""
    assert changed("double", lambda _: Outcome(status))[0].kind is kind


@pytest.mark.parametrize("status", Status)
def test_one_fault_of_ours_leaves_the_whole_criterion_ungraded(status: Status) -> None:
    """Where one case could not be tried by our fault, there is no telling; any other fact is a loss in part."""
    found = changed("double", lambda _: Outcome(status), case="short")[0].kind
    assert found is (Kind.UNGRADED if status is Status.FAULT else Kind.PARTLY)


def test_an_untouched_function_is_not_attempted() -> None:
    """Whatever the stub does, it is said to be as the hand-out left it, also where it is right by chance."""
    chance = replace(KEY, rubric=replace(KEY.rubric, given_away={"double": ("nothing",)}))
    for stub in (lambda x: None, lambda x: 1 / 0, lambda x: x * 7 + 1, halves):
        outcomes = answer({**REFERENCE_FUNCTIONS, "double": stub})
        [only] = rule_on(chance, outcomes, {"double": Circumstance(untouched=True)})["double"]
        assert only.kind is Kind.NOT_ATTEMPTED


WORK = {
    "right": ("double", {}, Kind.CORRECT),
    "an alternative": ("back", {"back": sums}, Kind.ALTERNATIVE),
    "right in part": ("back", {"back": lambda dy, c: (back(dy, c)[0], None)}, Kind.PARTLY),
    "right with a handed cache": ("back", {"ahead": lambda x, w: 1 / 0}, Kind.CORRECT),
}


@pytest.mark.parametrize(("criterion", "functions", "kind"), WORK.values(), ids=WORK.keys())
def test_a_text_that_is_untouched_is_no_proof_against_what_its_cases_show(
    criterion: str, functions: Functions, kind: Kind
) -> None:
    """A template kept under `if False:`, a method put into the class later: what was called counts."""
    untouched = Circumstance(untouched=True)
    assert kind in {v.kind for v in verdicts(functions, **{criterion: untouched})[criterion]}


def test_why_a_definition_could_not_be_read_goes_with_the_verdict() -> None:
    """A function that is missing because its cell does not parse is told with the line."""
    trouble = Trouble("SyntaxError", "invalid syntax", 5, 2)
    functions = {name: f for name, f in REFERENCE_FUNCTIONS.items() if name != "double"}
    found = rule_on(KEY, answer(functions), {"double": Circumstance(trouble=trouble)})["double"][0]
    assert (found.kind, found.trouble) == (Kind.MISSING, trouble)


def test_a_behaviour_that_needs_another_does_not_hold_alone() -> None:
    """The right shape counts only with right values."""
    [*_, plain] = changed("ahead", lambda o: replace(o, values={"y": value(np.zeros((2, 3)))}), case="two rows")
    assert plain.held == ()
    [*_, plain] = changed("ahead", lambda o: replace(o, values={"y": value(np.zeros((1, 3)))}), case="one row")
    assert plain.held == ("values",)


# ---- the order of checks ----------------------------------------------------------------------------------------

FLAWS = [
    (lambda o: replace(o, count=3), Flaw.COUNT),
    (lambda o: replace(o, count=-1, values={}), Flaw.COUNT),
    (lambda o: replace(o, count=-1, values={n: value(v.array[0]) for n, v in o.values.items()}), Flaw.COUNT),
    (lambda o: replace(o, count=-1, values={n: value(v.array + 9) for n, v in o.values.items()}), Flaw.VALUES),
    (result(None), Flaw.NONE),
    (result({}), Flaw.TYPE),
    (result(np.full(7, True)), Flaw.SHAPE),
    (lambda o: replace(o, values={n: value(v.array > 0) for n, v in o.values.items()}), Flaw.DTYPE),
    (lambda o: replace(o, values={n: value(v.array * 1j) for n, v in o.values.items()}), Flaw.DTYPE),
    (lambda o: replace(o, values={n: value(v.array * np.nan) for n, v in o.values.items()}), Flaw.NOT_FINITE),
    (lambda o: replace(o, values={n: value(v.array * 5.5) for n, v in o.values.items()}), Flaw.VALUES),
]


@pytest.mark.parametrize(("change", "flaw"), FLAWS)
def test_the_first_check_that_fails_is_found(change: Callable[[Outcome], Outcome], flaw: Flaw) -> None:
    """Count, none, type, shape, dtype, finite, values: in this order, for every result that is graded."""
    for finding in changed("back", change)[0].findings:
        assert finding.problem is not None
        assert finding.problem.flaw is flaw


NUMBERS = {
    "float32": (lambda array: array.astype(np.float32), True),
    "a list": (lambda array: array.tolist(), True),
    "true and false": (lambda array: array > 0, False),
    "complex": (lambda array: array + 0j, False),
    "integers": (lambda array: np.rint(array).astype(int), False),
    "short numbers": (lambda array: array.astype(np.float16), False),
}


@pytest.mark.parametrize(("change", "right"), NUMBERS.values(), ids=NUMBERS.keys())
def test_the_type_of_numbers_costs_nothing_and_wrong_values_do(change: Callable[..., object], right: bool) -> None:
    """float32 and lists are right; rounded integers and half the digits are wrong by their values."""
    found = verdict("ahead", {"ahead": lambda x, w: (change(x @ w), (x, w))})
    assert (found.kind is Kind.CORRECT) == right


def test_integers_are_right_where_they_are_the_answer() -> None:
    """Whole numbers where whole numbers are due are right, whatever their type."""
    whole = Assignment(
        "whole", "Whole", "w.ipynb", 1, SOLUTION,
        (Criterion("double", (DOUBLE,), ("y",), (Behaviour("values", 1),),
                   (Case("whole", lambda rng: {"x": np.arange(1.0, 5.0)}, "values"),)),),
    )  # fmt: skip
    outcomes = answer({"double": lambda x: (2 * x).astype(np.int32)}, make_plan(whole))
    [found] = rule_on(key_of(whole), outcomes, {})["double"]
    assert found.kind is Kind.CORRECT


AT_KINKS: list[tuple[Callable[..., object], Pattern]] = [
    (lambda dy, x: np.rint(dy * (x >= 0)).astype(int), Pattern.WHOLE),
    (lambda dy, x: 2 * dy * (x >= 0), Pattern.FACTOR),
    (lambda dy, x: 2 * dy * (x > 0), Pattern.FACTOR),
    (lambda dy, x: -dy * (x > 0), Pattern.SIGN),
    (lambda dy, x: np.where(x == 0, 3 * dy, dy * (x > 0)), Pattern.WHERE),
]


@pytest.mark.parametrize(("function", "pattern"), AT_KINKS)
def test_at_a_kink_a_difference_reads_by_the_right_value_next_to_it(
    function: Callable[..., object], pattern: Pattern
) -> None:
    """Whichever of the values that are right at an exact zero a hand-in takes, what is wrong elsewhere is told."""
    found = verdict("slope", {"slope": function}).reading
    assert found is not None
    assert found.pattern is pattern


def test_each_wrong_result_is_read_by_itself() -> None:
    """Two errors at once are two readings: that of the result that fails first, and those of the others by name."""
    found = verdict("back", {"back": lambda dy, cache: (3 * back(dy, cache)[0], -back(dy, cache)[1])})
    assert found.reading == Reading(Pattern.FACTOR, ("3",))
    assert found.others_read == (("dw", Reading(Pattern.SIGN)),)


def test_how_results_differ_is_looked_at_where_it_counts() -> None:
    """Of all verdicts on a function one is told; what is told of it is the same object for a whole class."""
    outcomes = answer({**REFERENCE_FUNCTIONS, "back": lambda dy, cache: (3 * back(dy, cache)[0], back(dy, cache)[1])})
    ruled = judge.rule_on(KEY, outcomes, {})["back"]
    assert {(one.reading, one.unread) for one in ruled} == {(None, Purpose.CASE)}
    told = told_of(KEY, outcomes, ruled[0])
    assert (told.reading, told.unread) == (Reading(Pattern.FACTOR, ("3",)), None)
    assert told_of(KEY, outcomes, ruled[0]) is told
    assert told_of(KEY, outcomes, told) is told


def test_a_factor_is_told_by_its_number_or_as_one_of_each_case() -> None:
    """A step that nobody divides by is the same in all cases, and a norm is another one in each."""
    of = {"back": lambda dy, cache: (0.37 * back(dy, cache)[0], back(dy, cache)[1] / np.linalg.norm(dy))}
    found = verdict("back", of)
    assert found.reading == Reading(Pattern.FACTOR, ("0.37",))
    assert found.others_read == (("dw", Reading(Pattern.FACTOR_EACH)),)


def test_a_factor_that_no_size_names_is_told_by_the_axis_that_is_as_long() -> None:
    """Of one result or of several: each is read over all cases that fail in it."""
    found = verdict("back", {"back": lambda dy, cache: (len(dy) * back(dy, cache)[0], back(dy, cache)[1])})
    assert found.reading is not None
    assert found.reading.pattern is Pattern.FACTOR
    assert found.reading.names[0].endswith(".shape[0]")


def test_what_is_right_for_another_input_is_read_as_that() -> None:
    """A product of sizes says more than that some signs are wrong."""
    found = verdict("back", {"back": lambda dy, cache: (back(abs(dy), cache)[0], back(dy, cache)[1])})
    assert found.reading == Reading(Pattern.AS_IF, ("dy", "abs(dy)"))


def test_one_answer_to_all_inputs_is_read_as_that() -> None:
    """A function that works with a name of the notebook gives that one's value, whatever it is called with."""
    fixed = verdict("double", {"double": lambda x: np.array([1.5, -2.5])}).reading
    assert fixed == Reading(Pattern.SAME)
    moved = verdict("double", {"double": lambda x: np.array([1.5, -2.5 + x.sum()])}).reading
    assert moved != fixed
    # What fails alike, as a loss that is infinite, is not all that the function has ever given.
    narrow = verdict("double", {"double": lambda x: 2 * x if abs(x).sum() > 100 else np.array([1.5, -2.5])})
    assert [finding.case for finding in narrow.findings if finding.right] == ["large"]
    assert narrow.reading != fixed


def bare(x, w):
    """Not the two things that are due: what stands in the place of the cache is None."""
    return x @ w, None, None


def turned(dy, cache):
    dx, dw = back(dy, cache)
    return dx, -dw


def test_without_a_cache_what_backward_does_with_the_references_is_told() -> None:
    """A forward that gives no cache is the cause, and not what backward makes of None in its place."""
    found = verdict("back", {"ahead": bare, "back": lambda dy, cache: 3 * back(dy, cache)[0]})
    assert found.basis is Basis.HANDED_CACHE
    assert not any(finding.trouble for finding in found.findings)


def test_what_returned_without_a_cache_speaks_for_itself() -> None:
    """Backward may have found all it needs on its object: what is wrong there is told of that."""
    found = verdict("back", {"ahead": bare, "back": lambda dy, cache: (dy, dy)})
    assert found.basis is Basis.OWN_CACHE
    assert not any(finding.earlier for finding in found.findings)


def test_what_stops_with_a_right_cache_too_is_not_put_down_to_its_forward() -> None:
    """Whether a wrong forward's cache has it stop, or whatever it is given, the reference's cache shows."""
    kept = {"ahead": lambda x, w: (x @ w + 1, (x, w)), "back": lambda dy, cache: back(dy, cache[2:])}
    assert verdict("back", kept).behind is False
    keyed = {"ahead": lambda x, w: (x @ w + 1, {"x": x}), "back": lambda dy, cache: back(dy, cache["w"])}
    assert verdict("back", keyed).behind is True


def test_a_cache_that_is_wrong_where_forward_is_right_is_told() -> None:
    """Its backward is right by itself, and will not be where forward is mended alone."""
    for off_from, is_told in ((2, True), (9, False)):
        found = verdict("back", {"ahead": lambda x, w, rows=off_from: (x @ w + (len(x) < rows), (w, x))})
        assert (found.kind, found.basis) == (Kind.CORRECT, Basis.HANDED_CACHE)
        assert found.right_otherwise is is_told


def test_of_a_cache_that_never_came_nothing_is_told() -> None:
    """Where a forward stops, its backward has nothing to be wrong with."""
    stops = {"ahead": lambda x, w: (x @ w + (len(x) < 2), (x, w)) if len(x) < 3 else 1 / 0}
    found = verdict("back", stops)
    assert (found.kind, found.basis, found.right_otherwise) == (Kind.CORRECT, Basis.HANDED_CACHE, False)


def test_a_forward_that_other_calls_alone_spoil_may_be_wrong_where_its_backward_is_asked() -> None:
    """What it gave there nobody has kept: of its cache nothing is said."""
    partly = verdict("ahead", {"ahead": lambda x, w: (x @ w + (len(x) < 2), (x, w))})
    alone = [(n, entry) for n, entry in enumerate(PLAN.entries) if entry.criterion == "ahead"]
    twice = [(n, replace(e, question=replace(e.question, steps=e.question.steps * 2))) for n, e in alone]
    assert [Forward.of([partly], asked=asked).holds for asked in (alone, twice)] == [True, False]


def test_a_mistake_is_named_before_the_part_that_it_leaves() -> None:
    """Given a right cache, dw is the mistake's and dx is right: of two verdicts worth the same the name comes first."""
    named = replace(ASSIGNMENT, mistakes=(Mistake("turned", "back", {"back": turned}, "dw is turned."),))
    for forward in (bare, lambda x, w: 1 / 0):
        found = rule_on(key_of(named), answer({**REFERENCE_FUNCTIONS, "ahead": forward, "back": turned}), {})["back"]
        handed = [one for one in found if one.basis is Basis.HANDED_CACHE]
        assert next(one.kind for one in handed if one.held == ("dx is right",)) is Kind.KNOWN_MISTAKE


# ---- notes ------------------------------------------------------------------------------------------------------


def notes(found: Verdict) -> dict[NoteKind, tuple[str, ...]]:
    return {note.kind: note.about for note in found.notes}


NOTED = [
    ("double", lambda o: replace(o, changed=("x",)), NoteKind.CHANGED_INPUT, ("x",)),
    ("double", lambda o: replace(o, warnings=("RuntimeWarning: overflow encountered in exp",)), NoteKind.WARNING,
     ("overflow encountered in exp",)),
    ("double", lambda o: replace(o, warnings=("overflow encountered in exp2640", "2640 encountered in exp",
     "divide by zero encountered in scalar add", "invalid value encountered in sqrt (vectorized)")), NoteKind.WARNING,
     ("overflow encountered", "divide by zero encountered in scalar add", "invalid value encountered in sqrt")),
    ("double", lambda o: replace(o, values={"y": replace(o.values["y"], type_name="list")}), NoteKind.OTHER_TYPE,
     ("y: list",)),
    ("ahead", lambda o: replace(o, values={"y": value(o.values["y"].array.astype("f4"))}), NoteKind.OTHER_DTYPE,
     ("y: float32 instead of float64",)),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "change", "kind", "about"), NOTED, ids=[str(kind) for *_, kind, _ in NOTED])
def test_what_costs_nothing_is_noted(
    criterion: str, change: Callable[[Outcome], Outcome], kind: NoteKind, about: tuple[str, ...]
) -> None:
    """A right answer that changes its input, warns, or comes in another form is right, with a note."""
    [found] = changed(criterion, change)
    assert found.kind is Kind.CORRECT
    assert notes(found)[kind] == about


def test_an_input_of_a_call_before_is_noted_by_the_name_that_the_student_knows() -> None:
    """A case may call the function with other inputs first, whose names say nothing to a student."""
    [place] = [n for n, entry in enumerate(PLAN.entries) if entry.name == "again"]
    entry = PLAN.entries[place]
    first = replace(entry.question.steps[0], takes=("other_x",))
    question = replace(entry.question, steps=(first, *entry.question.steps[1:]))
    entries = tuple(replace(entry, question=question) if n == place else e for n, e in enumerate(PLAN.entries))
    outcomes = answer(REFERENCE_FUNCTIONS)
    outcomes[place] = (replace(outcomes[place][0], changed=("other_x",)), outcomes[place][1])
    [found] = rule_on(replace(KEY, plan=replace(PLAN, entries=entries)), outcomes, {})["double"]
    assert notes(found)[NoteKind.CHANGED_INPUT] == ("x",)


def test_what_the_reference_changes_too_is_no_note() -> None:
    """An optimizer's state is there to be changed: a note on that would stand on every page."""
    right = {n: replace(outcome, changed=("x",)) for n, outcome in KEY.answers[REFERENCE].items()}
    outcomes = [tuple(replace(step, changed=("x",)) for step in steps) for steps in answer(REFERENCE_FUNCTIONS)]
    [found] = rule_on(replace(KEY, answers={**KEY.answers, REFERENCE: right}), outcomes, {})["double"]
    assert NoteKind.CHANGED_INPUT not in notes(found)


def test_of_what_is_as_it_should_be_nothing_is_noted() -> None:
    """A float is one number as much as an array of none, and float64 has more digits than a float32 reference."""

    def told(right: object, type_name: str) -> list[dict[NoteKind, tuple[str, ...]]]:
        answers = {n: replace(o, values={"y": value(right)}) for n, o in KEY.answers[REFERENCE].items() if n in doubles}
        key = replace(KEY, answers={REFERENCE: {**KEY.answers[REFERENCE], **answers}})
        outcomes = answer(REFERENCE_FUNCTIONS)
        for n in doubles:
            given = Value("array", type_name, np.asarray(right, np.float64))
            outcomes[n] = tuple(replace(step, values={"y": given}) for step in outcomes[n])
        return [notes(found) for found in rule_on(key, outcomes, {})["double"]]

    doubles = [n for n, entry in enumerate(PLAN.entries) if entry.criterion == "double"]
    assert told(np.float64(2.5), "float") == [{}]
    assert told(np.ones(3, np.float32), "ndarray") == [{}]
    assert told(np.ones(3), "list") == [{NoteKind.OTHER_TYPE: ("y: list",)}]


@pytest.mark.parametrize(("given", "noted"), [(np.float32, False), (np.float64, True), (np.int64, True)])
def test_who_keeps_the_digits_that_are_given_has_lost_none(given: type, noted: bool) -> None:
    """Of an input in float32 a result in float32 is no other kind, though the reference works in float64."""
    [place] = [n for n, e in enumerate(PLAN.entries) if e.name == "short"]
    entry = PLAN.entries[place]
    asked = replace(entry, question=replace(entry.question, inputs={"x": entry.question.inputs["x"].astype(given)}))
    plan = replace(PLAN, entries=tuple(asked if n == place else e for n, e in enumerate(PLAN.entries)))
    in_float64 = replace(KEY.answers[REFERENCE][place], values={"y": value(np.ones(3))})
    key = replace(KEY, plan=plan, answers={**KEY.answers, REFERENCE: {**KEY.answers[REFERENCE], place: in_float64}})
    outcomes = answer(REFERENCE_FUNCTIONS)
    outcomes[place] = tuple(replace(step, values={"y": value(np.ones(3, np.float32))}) for step in outcomes[place])
    [found] = rule_on(key, outcomes, {})[entry.criterion]
    assert (NoteKind.OTHER_DTYPE in notes(found)) is noted


@pytest.mark.parametrize(
    ("given", "noted"),
    [(np.ones(3, int), True), ([1, 1, 1], False), ([np.float32(1)] * 3, False), (np.ones(3, np.float32), True)],
)
def test_a_plain_number_has_no_dtype_to_be_noted(given: object, noted: bool) -> None:
    """`0 if x < 0 else x` gives a 0 of no dtype, which has lost nothing; an array has the one that it was made with."""
    [place] = [n for n, e in enumerate(PLAN.entries) if e.name == "short"]
    in_float64 = replace(KEY.answers[REFERENCE][place], values={"y": value(np.ones(3))})
    key = replace(KEY, answers={**KEY.answers, REFERENCE: {**KEY.answers[REFERENCE], place: in_float64}})
    entry = PLAN.entries[place]
    asked = replace(entry, question=replace(entry.question, inputs={"x": np.ones(3)}))
    key = replace(key, plan=replace(PLAN, entries=tuple(asked if e is entry else e for e in PLAN.entries)))
    outcomes = answer(REFERENCE_FUNCTIONS)
    outcomes[place] = tuple(replace(step, values={"y": value(given)}) for step in outcomes[place])
    [found] = rule_on(key, outcomes, {})[entry.criterion]
    assert (NoteKind.OTHER_DTYPE in notes(found)) is noted


def test_an_alternative_is_noted() -> None:
    """What another convention was followed is said beside full points."""
    [found] = [v for v in verdicts({"back": sums})["back"] if v.kind is Kind.ALTERNATIVE]
    assert notes(found)[NoteKind.ALTERNATIVE] == ("sums",)


def test_what_it_was_compared_with_is_noted_where_that_is_another_convention() -> None:
    """The values that a page calls right are then of that one."""
    half = lambda dy, c: (back(dy, c)[0] + 1, sums(dy, c)[1])  # noqa: E731
    by = {v.alternative: notes(v) for v in verdicts({"back": half})["back"] if v.basis is Basis.OWN_CACHE}
    assert by["sums"][NoteKind.COMPARED] == ("sums",)
    assert NoteKind.COMPARED not in by[""]


def test_the_convention_is_told_that_holds_where_anything_came_back() -> None:
    """One that raises elsewhere has no wrong result by it; by the other one it would be told a factor."""

    def narrow(dy, cache):
        if len(dy) == 2:
            raise ValueError("two rows")
        return sums(dy, cache)

    first = verdicts({"back": narrow})["back"][0]
    assert first.alternative == "sums"
    assert not any(finding.problem for finding in first.findings)


def test_the_convention_that_more_results_keep_to_is_told() -> None:
    """By sums one result is wrong, by averages both are, and neither earns anything: what is right is not off."""
    whole = tuple(Case(f"{rows} rows", layer(rows, 4), "both are right") for rows in (2, 3))
    rest = [criterion for criterion in ASSIGNMENT.criteria if criterion.name != "back"]
    both = Criterion("back", (AHEAD, BACK), ("dx", "dw"), (Behaviour("both are right", 6),), whole)
    assignment = replace(ASSIGNMENT, criteria=(*rest, both))
    key = key_of(assignment)
    half = lambda dy, c: (back(dy, c)[0] + 1, sums(dy, c)[1])  # noqa: E731
    first, second = rule_on(key, answer({**REFERENCE_FUNCTIONS, "back": half}, key.plan), {})["back"]
    assert [first.alternative, second.alternative] == ["sums", ""]
    assert [finding.problem.output for finding in first.findings if finding.problem] == ["dx", "dx"]
    for all_wrong in (lambda dy, c: (dy, dy), lambda dy, c: tuple(2 * d for d in back(dy, c))):
        found = rule_on(key, answer({**REFERENCE_FUNCTIONS, "back": all_wrong}, key.plan), {})["back"]
        assert found[0].alternative == "", "the reference's, where all is as wrong"


def test_a_value_between_is_noted() -> None:
    """Any value from the one answer to the other is right, and the page can say why."""
    for at_zero in (0.25, 1.0):
        found = verdict("slope", {"slope": lambda dy, x, at=at_zero: dy * np.heaviside(x, at)})
        assert (found.kind, notes(found)) == (Kind.CORRECT, {NoteKind.BETWEEN: ("one at zero",)})
        short = verdict("slope", {"slope": lambda dy, x, at=at_zero: (dy * np.heaviside(x, at)).astype(np.float32)})
        assert (short.kind, notes(short)[NoteKind.BETWEEN]) == (Kind.CORRECT, ("one at zero",))
    assert verdict("slope", {"slope": lambda dy, x: dy * np.heaviside(x, 1.5)}).kind is Kind.WRONG


def test_different_answers_to_equal_calls_are_noted() -> None:
    """Randomness or a leftover is seen where the same call is made twice."""
    seen: list[int] = []

    def drifts(x):
        seen.append(1)
        return 2 * x + len(seen)

    assert NoteKind.UNSTEADY in notes(verdict("double", {"double": drifts}))
    assert NoteKind.UNSTEADY not in notes(verdict("double", {"double": lambda x: 2 * x + 1}))


def test_what_is_added_to_what_an_earlier_call_gave_is_told_as_that() -> None:
    """Of two equal calls, and of two cases of one size; not of what is twice as much each time, or right."""
    kept: dict[str, np.ndarray] = {}

    def adds_up(x):
        kept["y"] = 2 * x + (kept["y"] if np.shape(kept.get("y")) == x.shape else 0)
        return kept["y"]

    def adds_up_dw(dy, cache):
        dx, dw = back(dy, cache)
        kept["dw"] = dw + (kept["dw"] if np.shape(kept.get("dw")) == dw.shape else 0)
        return dx, kept["dw"]

    def bursts(dy, cache):
        kept["calls"] = kept.get("calls", np.zeros(1)) + 1
        dx, dw = back(dy, cache)
        return dx, dw if kept["calls"] < 2 else dw * np.inf

    def readings(name: str, function: Callable[..., object]) -> set[Reading | None]:
        return {one.reading for one in verdicts({name: function})[name]}

    assert Reading(Pattern.ADDED_UP) in readings("double", adds_up)
    assert Reading(Pattern.ADDED_UP) in readings("back", adds_up_dw)
    assert Reading(Pattern.ADDED_UP) not in readings("double", lambda x: 4 * x)
    assert Reading(Pattern.ADDED_UP) not in readings("double", lambda x: 2 * x + 1)
    assert Reading(Pattern.ADDED_UP) not in readings("back", bursts)


SUMS = {
    # what two calls or three gave that are to give 3, 3 and 2, and whether each may have been added to the one before
    "a right one, and a sum": ((3.5, 7.0), (3.5, 3.5), True),
    "a right one, and two sums": ((3, 6, 8), (3, 3, 2), True),
    "a right one, and one more by chance, as who keeps all has": ((2, 5), (2, 3), False),
    "sums by chance, and others": ((3, 6, 8, 4), (3, 3, 2, 2), False),
    "a wrong one, which the next is above by chance": ((2, 5), (3, 3), False),
    "a sum of what was there, and two more": ((7, 10, 12), (3, 3, 2), True),
    "a sum by chance, and none": ((2, 5, 2), (3, 3, 2), False),
}


@pytest.mark.parametrize(("gave", "due", "told"), SUMS.values(), ids=SUMS)
def test_of_single_numbers_one_sum_may_be_chance(gave: tuple[float, ...], due: tuple[float, ...], told: bool) -> None:
    """An edit distance that counts too little differs from the next one by what that should be, now and then."""
    calls = [(np.array(one), partial(np.array, right)) for one, right in zip(gave, due, strict=True)]
    assert _any_is_sum(calls) is told


def test_what_is_beyond_every_number_is_no_product_of_inputs() -> None:
    """A long double may be: held against that, any two numbers are near each other."""

    def huge(x):
        y = np.zeros(x.shape, np.longdouble)
        y.flat[:1] = np.longdouble("1e4000")
        return y

    with np.errstate(over="ignore"):
        assert {one.reading for one in verdicts({"double": huge})["double"]} == {None}


def test_what_is_unsteady_before_is_told_apart_from_what_is_unsteady_itself() -> None:
    """Backward that differs since its forward does is noted with forward beside it; one that differs alone, alone."""
    twice = Case("twice", layer(2, 3), "dx is right", HIDDEN, (AHEAD, BACK, AHEAD, BACK), grade=("dx",))
    forward, backward, *rest = ASSIGNMENT.criteria
    key = key_of(replace(ASSIGNMENT, criteria=(forward, replace(backward, cases=(*backward.cases, twice)), *rest)))
    seen: list[int] = []

    def drifts(x, w):
        seen.append(1)
        return x @ w + len(seen), (x, w * len(seen))

    def drifts_itself(dy, cache):
        seen.append(1)
        return tuple(gradient * len(seen) for gradient in back(dy, cache))

    for functions, about in (({"ahead": drifts}, ("back", "ahead")), ({"back": drifts_itself}, ("back",))):
        outcomes = answer({**REFERENCE_FUNCTIONS, **functions}, key.plan)
        assert about in {notes(found).get(NoteKind.UNSTEADY) for found in rule_on(key, outcomes, {})["back"]}


def test_a_list_that_is_no_array_is_not_noted_as_read() -> None:
    """Where one case gave uneven rows, which no array holds, the note would say the opposite of the verdict."""
    outcomes = answer({**REFERENCE_FUNCTIONS, "double": lambda x: (2 * x).tolist()})
    assert notes(rule_on(KEY, outcomes, {})["double"][0])[NoteKind.OTHER_TYPE] == ("y: list",)
    place = next(n for n, entry in enumerate(PLAN.entries) if entry.criterion == "double")
    outcomes[place] = tuple(replace(one, values={"y": Value("other", "list")}) for one in outcomes[place])
    assert not any(NoteKind.OTHER_TYPE in notes(one) for one in rule_on(KEY, outcomes, {})["double"])


def test_both_conventions_at_once_are_a_mistake() -> None:
    """Sums in one case and means in another follow neither convention."""
    mixed = lambda dy, c: back(dy, c) if len(dy) == 2 else sums(dy, c)  # noqa: E731
    found = verdicts({"back": mixed})["back"]
    assert not {v.kind for v in found} & {Kind.CORRECT, Kind.ALTERNATIVE}


# ---- nothing of hidden inputs is told ---------------------------------------------------------------------------

SECRET = 0.8912345678
LEAKS: list[Callable[[Outcome], Outcome]] = [
    lambda o: Outcome(Status.RAISED, trouble=Trouble("ValueError", f"x is {SECRET}", 3, 4)),
    lambda o: Outcome(Status.RAISED, trouble=Trouble(f"X{SECRET}", "", 3, 4)),
    lambda o: replace(o, values={"y": Value("other", f"T{SECRET}")}),
    lambda o: replace(o, values={"y": Value("array", f"T{SECRET}", np.ones(9))}),
    lambda o: replace(o, printed=f"{SECRET}", warnings=(f"{SECRET}", f"overflow encountered in exp {SECRET}")),
    lambda o: replace(o, warnings=(f"overflow encountered in exp{SECRET:.4f}".replace("0.", ""),)),
    lambda o: replace(o, reason=f"{SECRET}"),
    lambda o: Outcome(Status.RAISED, trouble=Trouble("ValueError", "", 3, 4), reason=f"{SECRET}"),
    lambda o: replace(o, values={"y": value(np.full_like(o.values["y"].array, SECRET))}),
]


@pytest.mark.parametrize("leak", LEAKS)
def test_a_hidden_case_tells_no_number_and_no_text_of_the_hand_in(leak: Callable[[Outcome], Outcome]) -> None:
    """Messages, type names, prints and values made on hidden inputs are in no verdict, finding or note."""
    told = changed("double", leak, case="short")
    assert str(SECRET)[2:6] not in repr(told)
    hidden = [finding for v in told for finding in v.findings if finding.visibility == "hidden"]
    assert hidden
    for finding in hidden:
        assert not finding.problem or not {"got", "want", "error", "limit"} & set(finding.problem.facts)
        assert not finding.trouble or not finding.trouble.message


@pytest.mark.parametrize("reason", [describe_code(89), describe_code(-12), out_of_memory(891, 512).reason])
def test_how_a_process_ended_on_hidden_inputs_tells_no_number(reason: str) -> None:
    """Student code chooses its exit code, its signal and how much memory it takes: `os._exit(int(100 * x[0]))` must
    not spell out a hidden input."""
    told = changed("double", lambda _: Outcome(Status.KILLED, reason=reason), case="short")
    [finding] = [finding for finding in told[-1].findings if finding.case == "short"]
    assert not {"89", "12", "891"} & set(re.findall(r"\d+", finding.reason))
    public = changed("double", lambda _: Outcome(Status.KILLED, reason=reason), case="small")
    assert [finding.reason for finding in public[-1].findings if finding.case == "small"] == [reason]


def test_a_hidden_case_tells_sizes_and_kinds() -> None:
    """How large an error is, shapes, places and the plain kind of an exception may be told."""
    [*_, plain] = changed("double", lambda o: replace(o, values={"y": value(o.values["y"].array * 3)}), case="short")
    [finding] = [f for f in plain.findings if f.case == "short"]
    assert finding.problem is not None
    assert finding.problem.facts["relative_error"] == pytest.approx(2)
    raised = changed("double", lambda o: Outcome(Status.RAISED, trouble=Trouble("ValueError", "x", 3, 4)), "short")
    [finding] = [f for f in raised[-1].findings if f.case == "short"]
    assert finding.trouble == Trouble("ValueError", "", 3, 4)


def test_a_public_case_tells_everything() -> None:
    """Numbers and messages of public cases are what a student works with."""
    found = changed("double", lambda o: replace(o, values={"y": value(o.values["y"].array * 3)}), case="small")
    [finding] = [f for f in found[-1].findings if f.case == "small"]
    assert finding.problem is not None
    assert {"got", "want", "error", "limit"} <= set(finding.problem.facts)


# ---- laws -------------------------------------------------------------------------------------------------------

WIDE = arrays.arrays(
    st.sampled_from(["f8", "f4", "f2", "i8", "u1", "?", "c16"]), arrays.array_shapes(min_dims=0, max_dims=3, max_side=4)
)
RESULTS = WIDE | st.sampled_from([
    np.full((2, 4), 1.7e308), np.full((2, 3), -1.7e308), np.full((2, 2), np.finfo(float).max), np.full(3, 5e-324),
    np.full((2, 3), 65504, np.float16), np.full((2, 2), 3.4e38, np.float32),
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["ahead", "back", "slope", "double"]), RESULTS, st.booleans())
def test_any_result_has_a_verdict(criterion: str, array: np.ndarray, shaped: bool) -> None:
    """Whatever array comes back, huge, tiny or not a number: verdicts of the closed list, no exception, no warning."""

    def change(outcome: Outcome) -> Outcome:
        like = {n: v.array for n, v in outcome.values.items() if v.array is not None}
        made = {n: np.resize(array, a.shape) if shaped and array.size else array for n, a in like.items()}
        return replace(outcome, values={name: value(a) for name, a in made.items()})

    for found in changed(criterion, change):
        assert found.kind in Kind


ENDINGS = st.sampled_from([status for status in Status if status is not Status.RETURNED])


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, len(PLAN.entries) - 1), st.integers(0, 1)), ENDINGS, max_size=6))
def test_any_mix_of_facts_has_verdicts(facts: dict[tuple[int, int], Status]) -> None:
    """Whatever happened in whichever calls: at least one verdict a criterion, right only where every case is right."""
    outcomes = answer(REFERENCE_FUNCTIONS)
    for (place, step), status in facts.items():
        steps = list(outcomes[place])
        steps[step % len(steps)] = Outcome(status)
        outcomes[place] = tuple(steps)
    for criterion, found in rule_on(KEY, outcomes, {}).items():
        assert found
        decided = [
            outcomes[n] for n, e in enumerate(PLAN.entries) if e.criterion == criterion and e.purpose is Purpose.CASE
        ]
        clean = all(outcome.status is Status.RETURNED for steps in decided for outcome in steps)
        own_cache = [v for v in found if v.kind is Kind.CORRECT and v.basis is Basis.OWN_CACHE]
        assert bool(own_cache) == clean or criterion == "back"
        # What failed in a case before our fault is decided all the same.
        reached = [steps[-1] for steps in decided if all(o.status is Status.RETURNED for o in steps[:-1])]
        if any(outcome.status is Status.FAULT for outcome in reached):
            assert found[0].kind is Kind.UNGRADED


WAYS: list[Callable[[Outcome], Outcome]] = [
    *(
        lambda outcome, turn=turn: replace(
            outcome, values={name: value(turn(v.array)) for name, v in outcome.values.items()}
        )
        for turn in (
            lambda a: a + 1, lambda a: -a, lambda a: a.astype(np.float32), lambda a: a.tolist(), lambda a: a.T,
            lambda a: a * np.nan, lambda a: None, lambda a: a[:1],
        )
    ),
    lambda outcome: Outcome(Status.RAISED, trouble=Trouble("ValueError", "no", 3, 4)),
    lambda outcome: replace(outcome, count=7),
    lambda outcome: replace(outcome, values={}),
]  # fmt: skip
CASES = [(e.criterion, e.name) for e in PLAN.entries if e.purpose is Purpose.CASE]


def as_it_is(outcome: Outcome) -> Outcome:
    return outcome


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(CASES), st.sampled_from(WAYS)))
def test_what_is_found_of_a_case_does_not_depend_on_the_others(
    ways: dict[tuple[str, str], Callable[[Outcome], Outcome]],
) -> None:
    """Whichever cases are wrong, and in whichever way: of each the same is found as if it alone were wrong."""
    outcomes = answer(REFERENCE_FUNCTIONS)
    for place, entry in enumerate(PLAN.entries):
        way = ways.get((entry.criterion, entry.name)) if entry.purpose is Purpose.CASE else None
        if way is not None:
            outcomes[place] = (*outcomes[place][:-1], way(outcomes[place][-1]))
    for criterion, found in rule_on(KEY, outcomes, {}).items():
        own = [v.findings for v in found if not v.alternative and v.basis is Basis.OWN_CACHE]
        [together] = own[:1] or [()]
        for finding in together:
            way = ways.get((criterion, finding.case))
            alone = changed(criterion, way, finding.case, last=True) if way else changed(criterion, as_it_is)
            assert finding in next(v.findings for v in alone if not v.alternative)


def test_verdicts_depend_on_outcomes_alone() -> None:
    """The same outcomes give the same verdicts, whatever was judged in between."""
    wrong = answer({**REFERENCE_FUNCTIONS, "double": halves})
    first = repr(rule_on(KEY, wrong, {}))
    rule_on(KEY, answer(REFERENCE_FUNCTIONS), {})
    assert repr(rule_on(KEY, wrong, {})) == first


def test_a_public_key_names_no_hidden_case_that_is_given_away() -> None:
    """What the hand-out is right in by itself is told of public cases alone."""
    given = {"double": ("nothing", "small"), "slope": ("at zero",)}
    public = replace(KEY, rubric=replace(KEY.rubric, given_away=given)).public()
    assert public.rubric.given_away == {"double": ("small",), "slope": ("at zero",)}


def test_a_public_key_judges_public_cases_alone() -> None:
    """The same judge works on the cut that students hold."""
    public = KEY.public()
    found = rule_on(public, answer(REFERENCE_FUNCTIONS, public.plan), {})
    assert {v.kind for verdicts in found.values() for v in verdicts} == {Kind.CORRECT}
    assert {f.visibility for verdicts in found.values() for v in verdicts for f in v.findings} == {"public"}


def test_not_a_number_given_twice_is_the_same_answer() -> None:
    """Also when it comes from what was saved, where two equal answers are two objects; another number is another."""

    def answered(number: float) -> Outcome:
        return Outcome(Status.RETURNED, {"y": Value("array", "ndarray", np.array([1.0, number]))})

    assert _same_values(answered(np.nan), answered(np.nan))
    assert not _same_values(answered(np.nan), answered(2.0))
