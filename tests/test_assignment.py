"""The words of an author: a wrong declaration is refused when it is made, and the refusal names the place.

takes: small declarations made here.
gives: one promise a test, said in its docstring.
must not know: keys, notebooks, how anything is run.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

import grader.assignment
from grader.assignment import (
    HIDDEN,
    PUBLIC,
    Alternative,
    Assignment,
    Behaviour,
    Call,
    Case,
    Criterion,
    FollowThrough,
    Limits,
    Mistake,
    Own,
    Tolerance,
    own,
)
from grader.errors import AuthorError, GraderError


def draw(rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {"x": rng.standard_normal(3)}


def criterion(name: str = "double", **changes: object) -> Criterion:
    declared = {
        "calls": (Call(name, ("x",), ("y",)),), "grade": ("y",), "behaviours": (Behaviour("right", 2),),
        "cases": (Case("small", draw, "right"),),
    }  # fmt: skip
    return Criterion(name, **(declared | changes))


def assignment(**changes: object) -> Assignment:
    declared = {
        "name": "tiny", "title": "Tiny", "handout": "tiny.ipynb", "seed": 1, "solution": grader.assignment,
        "criteria": (criterion(),),
    }  # fmt: skip
    return Assignment(**(declared | changes))


def follow(**changes: object) -> FollowThrough:
    declared = {
        "forward": "ahead", "output": "y", "upstream": "dy", "gradients": {"dx": "x"}, "inputs": (draw,),
        "handed": (Case("alone", draw, "right"),),
    }  # fmt: skip
    return FollowThrough(**(declared | changes))


def mistake(**changes: object) -> Mistake:
    declared = {"name": "halves", "criterion": "double", "replaces": {}, "feedback": "It halves."}
    return Mistake(**(declared | changes))


def with_follow_through_first() -> Assignment:
    calls = (Call("ahead", ("x",), ("y", own("c"))), Call("back", ("dy", own("c")), ("dx",)))
    back = criterion("back", calls=calls, grade=("dx",), follow_through=follow())
    return assignment(criteria=(back, criterion("ahead")))


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a call of no name": (lambda: Call("", ("x",), ("y",)), "''"),
    "a call of three parts": (lambda: Call("a.b.c", ("x",), ("y",)), "'a.b.c'"),
    "a call of code": (lambda: Call("f(x)", ("x",), ("y",)), "'f(x)'"),
    "a call that gives nothing": (lambda: Call("f", ("x",), ()), "f gives nothing"),
    "an object's arguments of a function": (lambda: Call("f", ("x",), ("y",), new=("w",)), "new="),
    "a place to set that is not on the object": (lambda: Call("C.m", ("x",), ("y",), sets={"x.w": "w"}), "'x.w'"),
    "a place to set of a function": (lambda: Call("f", ("x",), ("y",), sets={"self.w": "w"}), "'self.w'"),
    "a place that is code": (lambda: Call("C.m", ("x",), ("y",), leaves={"dw": "self.dw()"}), "'self.dw()'"),
    "a place in what nobody takes": (lambda: Call("C.m", ("x",), ("y",), leaves={"dw": "w.dw"}), "'w'"),
    "a place on no object": (lambda: Call("f", ("x",), ("y",), leaves={"dw": "self.dw"}), "'self'"),
    "a result given and left": (lambda: Call("C.m", ("x",), ("dw",), leaves={"dw": "self.dw"}), "'dw'"),
    "one name in the place of a tuple": (lambda: Call("f", "x", ("y",)), "takes="),
    "one result in the place of a tuple": (lambda: Call("f", ("x",), "y"), "gives="),
    "one grade in the place of a tuple": (lambda: criterion(grade="y"), "grade="),
    "a mistake in what the reference does not have": (
        lambda: assignment(mistakes=(mistake(replaces={"doubel": draw}),)),
        "doubel",
    ),
    "points as a float": (lambda: Behaviour("right", 0.5), "'right'"),
    "points below zero": (lambda: Behaviour("right", -1), "'right'"),
    "a visibility of its own": (lambda: Case("small", draw, "right", "secret"), "'small'"),
    "follow-through of credit 2": (lambda: follow(credit=Fraction(2)), "ahead"),
    "follow-through of credit -1": (lambda: follow(credit=Fraction(-1)), "ahead"),
    "one name in the place of a tuple of templates": (lambda: assignment(templates="headings.ipynb"), "templates="),
    "a template in a folder": (lambda: assignment(templates=("old/headings.ipynb",)), "old/headings.ipynb"),
    "averages without a batch": (lambda: follow(averaged=("dx",)), "batch="),
    "averages over what has no gradient": (lambda: follow(averaged=("dx",), batch="w"), "batch="),
    "averages over an axis of what has no gradient": (lambda: follow(averaged=("dx",), batch=("w", 1)), "batch="),
    "gradients that are asked on no inputs": (lambda: follow(inputs=()), "inputs="),
    "inputs on which no gradient is asked": (lambda: follow(gradients={}), "inputs="),
    "a follow-through that asks nothing": (lambda: follow(gradients={}, inputs=(), handed=()), "inputs="),
    "two handed cases of one name": (lambda: follow(handed=(Case("alone", draw, "right"),) * 2), "ahead"),
    "a handed case with calls": (
        lambda: follow(handed=(Case("alone", draw, "right", calls=criterion().calls),)),
        "'alone'",
    ),
    "a handed case of no behaviour": (
        lambda: criterion(follow_through=follow(handed=(Case("alone", draw, "right"), Case("odd", draw, "quick")))),
        "'odd'",
    ),
    "a handed case of a method that takes no cache": (
        lambda: criterion("C.back", calls=(Call("C.back", ("dy",), ("dx",)),), grade=("dx",), follow_through=follow()),
        "no cache",
    ),
    "a behaviour without a handed case": (lambda: criterion(follow_through=follow(handed=())), "no handed case shows"),
    "a tolerance below zero": (lambda: Tolerance(relative=-1e-9), "tolerance"),
    "a tolerance of nan": (lambda: Tolerance(absolute=math.nan), "tolerance"),
    "a tolerance without end": (lambda: Tolerance(scale=math.inf), "tolerance"),
    "a criterion without calls": (lambda: criterion(calls=()), "double"),
    "a last call of another": (lambda: criterion(calls=(Call("half", ("x",), ("y",)),)), "half"),
    "grade of nothing": (lambda: criterion(grade=()), "grade="),
    "grade of no result": (lambda: criterion(grade=("z",)), "grade="),
    "grade of an own value": (lambda: criterion(calls=(Call("double", ("x",), (own("y"),)),)), "grade="),
    "two behaviours of one name": (
        lambda: criterion(behaviours=(Behaviour("right", 1), Behaviour("right", 1))),
        "double",
    ),
    "a need that is not there": (lambda: criterion(behaviours=(Behaviour("right", 1, needs=("luck",)),)), "'right'"),
    "a behaviour without a case": (
        lambda: criterion(behaviours=(Behaviour("right", 1), Behaviour("quick", 1))),
        "'quick'",
    ),
    "a case of no behaviour": (
        lambda: criterion(cases=(Case("small", draw, "right"), Case("odd", draw, "quick"))),
        "'odd'",
    ),
    "two cases of one name": (lambda: criterion(cases=(Case("small", draw, "right"),) * 2), "double"),
    "a mistake of full credit": (lambda: mistake(credit=Fraction(1)), "'halves'"),
    "a mistake of credit -1": (lambda: mistake(credit=Fraction(-1)), "'halves'"),
    "a mistake without words": (lambda: mistake(feedback=""), "'halves'"),
    "a limit of zero": (lambda: Limits(call_seconds=0), "call_seconds"),
    "a limit below zero": (lambda: Limits(memory_mb=-1), "memory_mb"),
    "an assignment without a name": (lambda: assignment(name=""), "''"),
    "a name that is a path": (lambda: assignment(name="../x"), "'../x'"),
    "no criteria": (lambda: assignment(criteria=()), "tiny"),
    "two criteria of one name": (lambda: assignment(criteria=(criterion(), criterion())), "tiny"),
    "a mistake of no criterion": (lambda: assignment(mistakes=(mistake(criterion="treble"),)), "treble"),
    "an alternative of no criterion": (
        lambda: assignment(alternatives=(Alternative("other", "treble", {}, "note"),)),
        "treble",
    ),
    "follow-through before its forward": (with_follow_through_first, "back"),
}


@pytest.mark.parametrize(("declare", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_declaration_is_refused_where_it_stands(declare: Callable[[], object], place: str) -> None:
    """Each rule is checked on construction, and the sentence names the place that breaks it."""
    with pytest.raises(AuthorError) as refused:
        declare()
    assert place in str(refused.value)


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Call("Sigmoid.forward", ("x",), ("out", own("cache"))),
        lambda: Behaviour("right", 0),
        lambda: Behaviour("right", Fraction(1, 3)),
        lambda: Tolerance(0, 0, 0, 0),
        lambda: follow(credit=Fraction(0)),
        lambda: follow(gradients={}, inputs=()),
        lambda: follow(handed=()),
        lambda: follow(credit=Fraction(1), averaged=("dx",), batch="x"),
        lambda: follow(averaged=("dx",), batch=("x", 1)),
        lambda: mistake(credit=Fraction(99, 100)),
        lambda: criterion(behaviours=(Behaviour("right", 1, needs=("right",)),)),
        lambda: assignment(templates=("headings.ipynb", "layer.py")),
        lambda: assignment(name="exercise_05-b", mistakes=(mistake(),)),
    ],
)
def test_what_is_at_the_edge_of_a_rule_is_taken(declare: Callable[[], object]) -> None:
    """The rules refuse no more than they say: bounds that are allowed are allowed."""
    assert declare() is not None


def test_points_are_added_up_exactly() -> None:
    """Thirds make a whole: points are exact, in a criterion and in the assignment."""
    thirds = tuple(Behaviour(f"b{n}", Fraction(1, 3)) for n in range(3))
    cases = tuple(Case(b.name, draw, b.name) for b in thirds)
    whole = criterion("whole", behaviours=thirds, cases=cases)
    assert whole.points == 1
    assert assignment(criteria=(criterion(), whole)).points == 3
    assert isinstance(assignment().points, Fraction)


def test_a_declaration_cannot_be_changed() -> None:
    """All values are frozen: what was checked stays as it was checked."""
    for value, name in ((Call("f", ("x",), ("y",)), "gives"), (criterion(), "grade"), (assignment(), "criteria")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, ())


def test_defaults_are_the_careful_ones() -> None:
    """A case is public until said otherwise, half the points follow a forward's error, limits are above zero."""
    assert (PUBLIC, HIDDEN) == ("public", "hidden")
    assert Case("small", draw, "right").visibility == PUBLIC
    assert follow().credit == Fraction(1, 2)
    assert all(value > 0 for value in vars(Limits()).values())
    assert own("cache") == Own("cache")


def test_an_authors_error_can_be_mended_by_the_caller() -> None:
    """It ends the command with 2, and says what to do where there is a choice."""
    with pytest.raises(AuthorError) as refused:
        Case("small", draw, "right", "secret")
    assert isinstance(refused.value, GraderError)
    assert refused.value.exit_code == 2
    assert "HIDDEN" in refused.value.hint
