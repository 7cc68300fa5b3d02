"""The questions: drawn once, the same every time, and holding nothing that could be an answer.

takes: small assignments made here.
gives: one promise a test, said in its docstring.
must not know: answers, the sandbox, the assignment that ships.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from grader.assignment import HIDDEN, PUBLIC, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, Own, own
from grader.errors import AuthorError
from grader.plan import PROBE_STEP, CallPlan, Entry, Purpose, make_plan

Draw = Callable[[np.random.Generator], dict[str, object]]
AHEAD = Call("Layer.ahead", ("x", "w"), ("y", own("cache")))
BACK = Call("Layer.back", ("dy", own("cache")), ("dx", "dw"))


class Layer:
    def ahead(self, x, w):
        return x @ w, (x, w)

    def back(self, dy, cache):
        x, w = cache
        return dy @ w.T, x.T @ dy


def draw(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {"x": rng.standard_normal((3, 2)), "w": rng.standard_normal((2, 4)), "dy": rng.standard_normal((3, 4))}


def solution(layer: type = Layer) -> ModuleType:
    module = ModuleType("solution")
    module.Layer = layer
    return module


def assignment(cases: tuple[Case, ...] = (), inputs: Draw = draw, layer: type = Layer, seed: int = 5) -> Assignment:
    handed = (Case("alone", inputs, "right"), Case("alone too", draw, "right", HIDDEN, grade=("dw",)))
    follow = FollowThrough("Layer.ahead", "y", "dy", {"dx": "x", "dw": "w"}, (inputs, draw), handed)
    cases = (*cases, Case("small", draw, "right"), Case("other", draw, "right", HIDDEN))
    behaviours = (Behaviour("right", 1),)
    return Assignment(
        "tiny", "Tiny", "tiny.ipynb", seed, solution(layer),
        (
            Criterion("Layer.ahead", (AHEAD,), ("y",), behaviours, cases),
            Criterion("Layer.back", (AHEAD, BACK), ("dx", "dw"), behaviours, cases, follow),
        ),
    )  # fmt: skip


def entries(plan: CallPlan, purpose: Purpose, visibility: str = PUBLIC) -> list[Entry]:
    return [entry for entry in plan.entries if entry.purpose is purpose and entry.visibility == visibility]


def numbers(plan: CallPlan) -> dict[tuple[str, ...], bytes]:
    return {
        (e.criterion, e.name, e.purpose, e.argument, str(e.sign), name): array.tobytes()
        for e in plan.entries
        for name, array in e.question.inputs.items()
    }


def test_a_plan_is_the_same_every_time() -> None:
    """From the same seed come the same questions, to the bit; from another seed others."""
    assert numbers(make_plan(assignment())) == numbers(make_plan(assignment()))
    assert numbers(make_plan(assignment())) != numbers(make_plan(assignment(seed=6)))


def test_a_new_case_changes_no_other() -> None:
    """Each case has numbers of its own: adding one leaves all others as they were."""
    before, after = numbers(make_plan(assignment())), numbers(make_plan(assignment((Case("new", draw, "right"),))))
    assert set(before) < set(after)
    assert all(after[name] == array for name, array in before.items())


def test_the_hidden_seed_changes_hidden_cases_alone() -> None:
    """Students may know the assignment's seed: a hidden seed draws all hidden numbers anew and no public one."""
    plain, secret = make_plan(assignment()), make_plan(assignment(), hidden_seed=99)
    for one, other in zip(plain.entries, secret.entries, strict=True):
        same = all(np.array_equal(a, other.question.inputs[n]) for n, a in one.question.inputs.items())
        assert same == (one.visibility == PUBLIC), one.name


def test_public_and_hidden_cases_of_one_seed_differ() -> None:
    """A hidden case of the same inputs function is not the public one again."""
    plan = make_plan(assignment((Case("small too", draw, "right", HIDDEN),)))
    drawn = {entry.question.inputs["x"].tobytes() for entry in plan.entries if entry.criterion == "Layer.ahead"}
    assert len(drawn) == 3


def test_no_field_can_hold_an_answer() -> None:
    """A question is inputs, calls, layouts, files that students have, and calls that may be lent something: there is
    no place for a right value, nor for what is hidden."""
    question = make_plan(assignment()).entries[0].question
    assert {field.name for field in dataclasses.fields(question)} == {"inputs", "steps", "layouts", "files", "lends"}
    assert question.files == {}
    assert question.lends == ()
    with pytest.raises(dataclasses.FrozenInstanceError):
        question.inputs = {}


def test_a_case_asks_its_calls_in_order() -> None:
    """Backward is asked after the forward whose cache it takes; own values are named apart and never sent."""
    [entry] = [e for e in entries(make_plan(assignment()), Purpose.CASE) if e.criterion == "Layer.back"]
    ahead, back = entry.question.steps
    assert (ahead.function, ahead.takes, ahead.gives) == ("Layer.ahead", ("x", "w"), ("y", "=cache"))
    assert (back.function, back.takes, back.gives) == ("Layer.back", ("dy", "=cache"), ("dx", "dw"))
    assert entry.grade == ("dx", "dw")
    assert entry.behaviour == "right"


def test_a_plan_names_the_functions_that_are_due() -> None:
    """Each once, in the order in which they are asked for."""
    assert make_plan(assignment()).functions == ("Layer.ahead", "Layer.back")


def test_the_public_cut_holds_no_hidden_question() -> None:
    """Neither a hidden case nor a hidden follow-through, nor a number of one, is in what students hold."""
    plan = make_plan(assignment())
    public = plan.public()
    assert {entry.visibility for entry in public.entries} == {PUBLIC}
    hidden = {a.tobytes() for e in plan.entries if e.visibility == HIDDEN for a in e.question.inputs.values()}
    assert not hidden & set(numbers(public).values())
    assert len(public.entries) == len([entry for entry in plan.entries if entry.visibility == PUBLIC])


def test_a_case_may_draw_missing_numbers_and_masks_of_infinity() -> None:
    """Data with gaps, and scores that are hidden: the same numbers each time, as any others."""

    def gaps(rng: np.random.Generator) -> dict[str, object]:
        return {**draw(rng), "x": np.where(np.eye(3, 2) > 0, np.nan, draw(rng)["x"]), "w": np.full((2, 4), -np.inf)}

    plan = make_plan(assignment((Case("with gaps", gaps, "right"),)))
    asked = next(entry.question.inputs for entry in plan.entries if entry.name == "with gaps")
    assert np.isnan(asked["x"]).sum() == 2
    assert np.isneginf(asked["w"]).all()


def test_each_input_is_nudged_both_ways() -> None:
    """Of every input with a gradient the forward is asked at both sides, with everything else unchanged."""
    plan = make_plan(assignment())
    [base] = entries(plan, Purpose.OWN_GRADIENT)
    nudged = entries(plan, Purpose.NUDGED)
    assert [(entry.argument, entry.sign) for entry in nudged] == [("x", 1), ("x", -1), ("w", 1), ("w", -1)]
    for entry in nudged:
        assert set(entry.question.inputs) == {"x", "w"}
        for name, array in entry.question.inputs.items():
            given = base.question.inputs[name]
            if name == entry.argument:
                assert 0 < abs(array - given).max() < 10 * PROBE_STEP
            else:
                assert np.array_equal(array, given)
    ahead, behind = nudged[0].question.inputs["x"], nudged[1].question.inputs["x"]
    assert np.allclose(ahead + behind, 2 * base.question.inputs["x"])


def test_a_handed_cache_is_drawn_from_other_numbers() -> None:
    """The reference's cache may hold its answer, so it belongs to inputs that no other question has."""
    plan = make_plan(assignment())
    [handed] = entries(plan, Purpose.HANDED_CACHE)
    [base] = entries(plan, Purpose.OWN_GRADIENT)
    assert [step.function for step in handed.question.steps] == ["Layer.back"]
    assert handed.question.steps[0].takes == ("dy", ("cache 0", "cache 1"))
    assert (handed.name, handed.behaviour, handed.grade) == ("alone, given a right cache", "right", ("dx", "dw"))
    others = {a.tobytes() for e in plan.entries if e is not handed for a in e.question.inputs.values()}
    assert not others & {array.tobytes() for array in handed.question.inputs.values()}
    assert not np.array_equal(handed.question.inputs["dy"], base.question.inputs["dy"])


def test_the_first_follow_through_is_public() -> None:
    """Students see one, the others are hidden; of handed caches those that the author shows."""
    plan = make_plan(assignment())
    for purpose in (Purpose.HANDED_CACHE, Purpose.OWN_GRADIENT):
        assert len(entries(plan, purpose)) == len(entries(plan, purpose, HIDDEN)) == 1
    assert entries(plan, Purpose.HANDED_CACHE, HIDDEN)[0].grade == ("dw",)


def test_a_handed_cache_lies_in_memory_as_the_reference_left_it() -> None:
    """A slip over the order of memory is met with a handed cache as well."""
    columns = lambda rng: {name: np.asfortranarray(array) for name, array in draw(rng).items()}  # noqa: E731
    [handed] = entries(make_plan(assignment(inputs=columns)), Purpose.HANDED_CACHE)
    assert handed.question.layouts == {"cache 0": "F", "cache 1": "F", "dy": "F"}


def test_a_cache_that_is_mended_is_the_hand_ins_own() -> None:
    """The same numbers as with a handed cache, forward's call before it, and the result that it should have had."""
    whole = assignment()
    follow = dataclasses.replace(whole.criteria[1].follow_through, mended=True)
    back = dataclasses.replace(whole.criteria[1], follow_through=follow)
    plan = make_plan(dataclasses.replace(whole, criteria=(whole.criteria[0], back)))
    [mended], [handed] = entries(plan, Purpose.MENDED_CACHE), entries(plan, Purpose.HANDED_CACHE)
    ahead, back = mended.question.steps
    assert (ahead.function, ahead.graded, back.takes) == ("Layer.ahead", frozenset(), ("dy", "=cache"))
    assert back.mends == (("=y", "right result"),)
    assert mended.name == "alone, its own cache made right"
    inputs, given = mended.question.inputs, handed.question.inputs
    assert np.array_equal(inputs["x"], given["cache 0"])
    assert np.allclose(inputs["right result"], inputs["x"] @ inputs["w"])
    assert not entries(make_plan(assignment()), Purpose.MENDED_CACHE)


def test_a_backward_may_take_forwards_result_beside_its_cache() -> None:
    """As that of a whole network does, `backward(AL, Y, caches)`: it is its own, though forward's cases grade it."""
    whole = assignment()
    ahead = dataclasses.replace(AHEAD, gives=(own("y"), own("cache")))
    back = dataclasses.replace(BACK, takes=("dy", own("y"), own("cache")))
    follow = dataclasses.replace(whole.criteria[1].follow_through, gradients={}, inputs=(), mended=True)
    last = dataclasses.replace(whole.criteria[1], calls=(ahead, back), follow_through=follow)
    [mended] = entries(make_plan(dataclasses.replace(whole, criteria=(whole.criteria[0], last))), Purpose.MENDED_CACHE)
    assert mended.question.steps[1].takes == ("dy", "=y", "=cache")
    assert mended.question.steps[1].mends == (("=y", "right result"),)


def test_a_result_that_is_left_in_the_cache_is_made_right_there() -> None:
    """As of a network that keeps all of its layers in one dict, and gives nothing else."""
    layer = type("Layer", (), {"ahead": lambda self, x, w: {"y": x @ w, "x": x, "w": w}, "back": Layer.back})
    whole = assignment(layer=layer)
    ahead = dataclasses.replace(AHEAD, gives=(own("cache"),), leaves={"y": "cache['y']"})
    follow = dataclasses.replace(whole.criteria[1].follow_through, mended=True)
    first = dataclasses.replace(whole.criteria[0], calls=(ahead,))
    back = dataclasses.replace(
        whole.criteria[1], calls=(dataclasses.replace(ahead, leaves={}), BACK), follow_through=follow
    )
    [mended] = entries(make_plan(dataclasses.replace(whole, criteria=(first, back))), Purpose.MENDED_CACHE)
    inputs = mended.question.inputs
    assert np.allclose(inputs["right result"], inputs["x"] @ inputs["w"])


@pytest.mark.parametrize(("gives", "mended"), [(np.tanh, 1), (np.sum, 0)], ids=["a table", "a loss"])
def test_without_a_gradient_from_above_a_result_is_made_right_where_it_is_no_loss(
    gives: Callable[[np.ndarray], np.ndarray], mended: int
) -> None:
    """A derivative that is asked of the object alone reads what forward has kept; one number is kept nowhere."""
    layer = type("Layer", (), {"ahead": lambda self, x: gives(x), "slope": lambda self: None})
    ahead, whole = Call("Layer.ahead", ("x",), ("y",)), assignment(layer=layer)
    follow = FollowThrough("Layer.ahead", "y", "", {}, (), (Case("alone", draw, "right"),), mended=True)
    first = dataclasses.replace(whole.criteria[0], calls=(ahead,))
    calls = (dataclasses.replace(ahead, gives=(own("y"),)), Call("Layer.slope", (), ("dx",)))
    back = Criterion("Layer.slope", calls, ("dx",), first.behaviours, first.cases, follow)
    plan = make_plan(dataclasses.replace(whole, criteria=(first, back)))
    assert len(entries(plan, Purpose.MENDED_CACHE)) == mended


@pytest.mark.parametrize(
    ("lay", "told"),
    [(np.asarray, {}), (np.asfortranarray, {"x": "F"}), (lambda a: np.repeat(a, 2, 1)[:, ::2], {"x": "strided"})],
    ids=["C", "F", "gaps"],
)
def test_how_an_input_lies_in_memory_is_part_of_the_question(
    lay: Callable[[np.ndarray], np.ndarray], told: dict[str, str]
) -> None:
    """The numbers are sent plain, and the layout beside them."""
    plan = make_plan(assignment((Case("laid", lambda rng: {**draw(rng), "x": lay(draw(rng)["x"])}, "right"),)))
    entry = next(entry for entry in plan.entries if entry.name == "laid")
    assert entry.question.layouts == told
    assert entry.question.inputs["x"].flags.c_contiguous


class Settings(Layer):
    def ahead(self, x, w, settings):
        return settings["factor"] * x @ w, (x, w, settings)


def with_settings(rng: np.random.Generator) -> dict[str, object]:
    return {**draw(rng), "settings": {"factor": 2, "mode": "train", "mean": np.asfortranarray(rng.normal(size=(2, 3)))}}


def test_what_is_no_array_is_part_of_the_call_with_its_arrays_among_the_inputs() -> None:
    """Cases, nudged calls and handed caches take a dict of settings as they take arrays."""
    ahead = Call("Layer.ahead", ("x", "w", "settings"), AHEAD.gives)
    follow = FollowThrough(
        "Layer.ahead", "y", "dy", {"dx": "x"}, (with_settings,), (Case("alone", with_settings, "right"),)
    )
    cases, behaviours = (Case("small", with_settings, "right"),), (Behaviour("right", 1),)
    criteria = (
        Criterion("Layer.ahead", (ahead,), ("y",), behaviours, cases),
        Criterion("Layer.back", (ahead, BACK), ("dx", "dw"), behaviours, cases, follow),
    )
    plan = make_plan(Assignment("tiny", "Tiny", "tiny.ipynb", 5, solution(Settings), criteria))
    for entry in plan.entries:
        built = next(built for step in entry.question.steps for built in step.built)
        given = entry.question.inputs
        found = built.put_together(given.__getitem__)
        settings = found[2] if entry.purpose is Purpose.HANDED_CACHE else found  # type: ignore[index]
        assert settings.keys() == {"factor", "mode", "mean"}
        assert settings["factor"] == 2
        assert settings["mean"].shape == (2, 3)
        assert "F" in entry.question.layouts.values()
    nudged = entries(plan, Purpose.NUDGED)
    assert {argument for entry in nudged for argument in entry.question.inputs} == {"x", "w", "settings['mean']"}


CACHES = {
    "a dict": lambda x, w: {"x": x, "w": w},
    "a list of arrays": lambda x, w: [x, w],
    "a list of tuples, as layers are put together": lambda x, w: [((x, w), x), ((w,), {"w": w, "m": 3})],
    "a tuple with a list": lambda x, w: (x, [w]),
}


def alike(one: object, other: object) -> bool:
    """Of one kind and equal all through."""
    if isinstance(one, np.ndarray) or not isinstance(one, (dict, list, tuple)):
        return type(one) is type(other) and bool(np.array_equal(one, other))  # type: ignore[call-overload]
    parts = [sorted(each.items()) if isinstance(each, dict) else list(each) for each in (one, other)]  # type: ignore[call-overload]
    return type(one) is type(other) and len(parts[0]) == len(parts[1]) and all(map(alike, *parts))


@pytest.mark.parametrize("cache", CACHES.values(), ids=CACHES.keys())
def test_a_handed_cache_is_of_the_kind_that_the_reference_gives(cache: Callable[..., object]) -> None:
    """Who writes `cache["x"]`, or takes the last one off a list, meets what the hand-out says."""

    class Kept(Layer):
        def ahead(self, x, w):
            return x @ w, cache(x, w)

    [handed] = entries(make_plan(assignment(layer=Kept)), Purpose.HANDED_CACHE)
    _, taken = handed.question.steps[0].takes
    assert not isinstance(taken, (str, tuple))
    given = handed.question.inputs
    found = taken.put_together(given.__getitem__)
    x, w = (next(a for a in given.values() if a.shape == shape) for shape in ((3, 2), (2, 4)))
    assert alike(found, cache(x, w))


TAKEN = {
    "the cache alone": ("dy", own("cache")),
    "the cache by another name": ("dy", own("kept")),
    "a result that is handed on beside it": ("dy", own("y"), own("cache")),
    "two values that are kept": (own("cache"), "dy", own("more")),
}


@pytest.mark.parametrize("takes", TAKEN.values(), ids=TAKEN.keys())
def test_what_backward_takes_of_forward_is_handed_by_its_name(takes: tuple[str | Own, ...]) -> None:
    """A backward of a whole network takes the last activation and all caches; each is the reference's own."""

    class Kept(Layer):
        def ahead(self, x, w):
            return x @ w, (x, w), x + 1

        def back(self, *given):
            raise AssertionError("the plan asks nobody")

    ahead = Call("Layer.ahead", ("x", "w"), ("y", own("cache"), own("more")))
    # Nothing is called here: in its own case backward may take what it likes.
    before = Call("Layer.ahead", ("x", "w"), tuple(map(own, ("y", "cache", "kept", "more"))))
    follow = FollowThrough("Layer.ahead", "y", "", {}, (), (Case("alone", draw, "right"),))
    cases, behaviours = (Case("small", draw, "right"),), (Behaviour("right", 1),)
    back = Criterion("Layer.back", (before, Call("Layer.back", takes, ("dx",))), ("dx",), behaviours, cases, follow)
    criteria = (Criterion("Layer.ahead", (ahead,), ("y",), behaviours, cases), back)
    plan = make_plan(Assignment("tiny", "Tiny", "tiny.ipynb", 5, solution(Kept), criteria))
    assert not entries(plan, Purpose.OWN_GRADIENT)
    [handed] = entries(plan, Purpose.HANDED_CACHE)
    given = handed.question.inputs
    shapes = {"dy": (3, 4), "y": (3, 4), "more": (3, 2)}
    for asked, taken in zip(takes, handed.question.steps[0].takes, strict=True):
        name = asked.name if isinstance(asked, Own) else asked
        if name in shapes:
            assert isinstance(taken, str)
            assert given[taken].shape == shapes[name]
        else:
            assert isinstance(taken, tuple)
            assert [given[part].shape for part in taken] == [(3, 2), (2, 4)]


# ---- what is refused --------------------------------------------------------------------------------------------


def raising(rng: np.random.Generator) -> dict[str, np.ndarray]:
    raise ZeroDivisionError("division by zero")


DRAWS: dict[str, Draw] = {
    "a list of what is no number": lambda rng: {**draw(rng), "x": [[1.0, np.exp]]},
    "text": lambda rng: {**draw(rng), "x": np.array(["a"])},
    "complex numbers": lambda rng: {**draw(rng), "x": np.ones((3, 2), complex)},
    "objects": lambda rng: {**draw(rng), "x": np.array([None])},
    "an input that is not drawn": lambda rng: {"x": draw(rng)["x"]},
    "nothing": lambda rng: None,
    "a number that is none": lambda rng: {**draw(rng), "settings": {"eps": float("nan")}},
    "a function": lambda rng: {**draw(rng), "settings": np.exp},
    "an error": raising,
}


@pytest.mark.parametrize("inputs", DRAWS.values(), ids=DRAWS.keys())
def test_inputs_that_are_no_numbers_are_refused_where_they_stand(inputs: Draw) -> None:
    """Whatever an author's function draws or does: a refusal that names criterion and case."""
    with pytest.raises(AuthorError, match=r"Layer\.ahead.*'odd'"):
        make_plan(assignment((Case("odd", inputs, "right"),)))


CALLS = {
    "a cache that nobody gave": (Call("Layer.ahead", ("x", own("cache")), ("y",)),),
    "a last call of another": (AHEAD, BACK),
    "a last call without the result": (Call("Layer.ahead", ("x", "w"), ("z",)),),
}


@pytest.mark.parametrize("calls", CALLS.values(), ids=CALLS.keys())
def test_calls_that_cannot_be_made_are_refused_where_they_stand(calls: tuple[Call, ...]) -> None:
    """A case's own calls must fit together and end with what is graded."""
    with pytest.raises(AuthorError, match=r"Layer\.ahead.*'odd'"):
        make_plan(assignment((Case("odd", draw, "right", calls=calls),)))


RULES = {
    "a result that forward does not give": ({"output": "z"}, r"Layer\.ahead.*'z'"),
    "an upstream that is not drawn": ({"upstream": "dz"}, "'dz'"),
    "a gradient that backward does not give": ({"gradients": {"dz": "x"}}, r"Layer\.back.*'dz'"),
    "a gradient of what is not drawn": ({"gradients": {"dx": "z"}}, "'z'"),
}


@pytest.mark.parametrize(("changes", "said"), RULES.values(), ids=RULES.keys())
def test_a_follow_through_with_a_wrong_name_is_refused(changes: dict[str, object], said: str) -> None:
    """It says which name is not there, and which are."""
    whole = assignment()
    forward, backward = whole.criteria
    assert backward.follow_through is not None
    wrong = dataclasses.replace(backward, follow_through=dataclasses.replace(backward.follow_through, **changes))
    with pytest.raises(AuthorError, match=f"Layer.back, follow-through( 1)?:.*{said}") as refused:
        make_plan(dataclasses.replace(whole, criteria=(forward, wrong)))
    assert "there are: " in refused.value.hint


class NoArrays(Layer):
    def ahead(self, x, w):
        return x @ w, {"x": np.exp}


class NoCache(Layer):
    def ahead(self, x, w):
        return x @ w, None


class OneResult(Layer):
    def ahead(self, x, w):
        return (x @ w,)


class Raises(Layer):
    def ahead(self, x, w):
        raise ValueError("no")


@pytest.mark.parametrize("layer", [NoArrays, NoCache, OneResult, Raises, SimpleNamespace])
def test_a_reference_whose_cache_cannot_be_handed_on_is_refused(layer: type) -> None:
    """The reference's cache must be arrays; a reference that fails is named with the follow-through it fails in."""
    with pytest.raises(AuthorError, match=r"Layer\.back, handed case 'alone'"):
        make_plan(assignment(layer=layer))


def test_a_follow_through_on_what_another_call_gave_is_refused() -> None:
    """What is handed over or nudged is of one object that the exam makes; of another nothing of it holds."""
    forward, backward = (whole := assignment()).criteria
    made = Call("Layer.__init__", (), (own("layer"),), instance="made")
    back = dataclasses.replace(backward.calls[-1], instance=own("layer"))
    changed = dataclasses.replace(backward, calls=(made, *backward.calls[:-1], back))
    with pytest.raises(AuthorError, match=f"{back.function} is called on what another call gave") as refused:
        make_plan(dataclasses.replace(whole, criteria=(forward, changed)))
    assert "builds_on=" in refused.value.hint


def test_a_forward_has_the_numbers_of_its_backward() -> None:
    """Cases of one name and one visibility do, where the calls of the one begin with those of the other."""
    plan = make_plan(assignment())
    for visibility, name in ((PUBLIC, "small"), (HIDDEN, "other")):
        ahead, back = (entry.question.inputs for entry in entries(plan, Purpose.CASE, visibility))
        assert all(np.array_equal(ahead[given], back[given]) for given in ("x", "w")), name
    small, other = (entries(plan, Purpose.CASE, visibility)[0].question.inputs["x"] for visibility in (PUBLIC, HIDDEN))
    assert not np.array_equal(small, other)


def test_cases_may_name_the_numbers_that_they_share() -> None:
    """`numbers` is what they are drawn by, in the place of their names; a handed cache has numbers of its own."""
    cases = tuple(
        Case(f"square: {name}", draw, "right", grade=(), numbers=by)
        for name, by in (("a", "square"), ("b", "square"), ("c", ""))
    )
    drawn = {
        (entry.criterion, entry.name): entry.question.inputs["x"].tolist()
        for entry in entries(make_plan(assignment(cases)), Purpose.CASE)
    }
    assert drawn["Layer.ahead", "square: a"] == drawn["Layer.back", "square: b"] == drawn["Layer.back", "square: a"]
    assert drawn["Layer.back", "square: a"] != drawn["Layer.back", "square: c"] != drawn["Layer.back", "small"]
    handed = tuple(Case(name, draw, "right", numbers="small") for name in ("one", "two"))
    made = assignment()
    ahead, back = made.criteria
    follow = dataclasses.replace(back.follow_through, handed=handed)
    made = dataclasses.replace(made, criteria=(ahead, dataclasses.replace(back, follow_through=follow)))
    one, two = (entry.question.inputs["dy"].tolist() for entry in entries(make_plan(made), Purpose.HANDED_CACHE))
    small = entries(make_plan(made), Purpose.CASE)[1].question.inputs["dy"].tolist()
    assert one == two != small
