"""The words of an author: a wrong declaration is refused when it is made, and the refusal names the place.

takes: small declarations made here.
gives: one promise a test, said in its docstring.
must not know: keys, notebooks, how anything is run.
"""

from __future__ import annotations

import dataclasses
import math
import re
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
    LatePolicy,
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
    "a function that it does not build on": (
        lambda: assignment(criteria=(criterion(), criterion(name="back", builds_on=("ahead",)))),
        "'ahead' in builds_on=",
    ),
    "an object's arguments of its constructor": (
        lambda: Call("C.__init__", (), (own("no"),), new=("w",)),
        "C.__init__ makes the object, and has new=",
    ),
    "a place to set in what it does not take": (lambda: Call("C.m", ("x",), ("y",), sets={"z.w": "w"}), "'z.w'"),
    "all of what it takes to set": (lambda: Call("f", ("x",), ("y",), sets={"x": "w"}), "'x'"),
    "a measure to set": (lambda: Call("f", ("x",), ("y",), sets={"mean(x.w)": "w"}), "'mean(x.w)'"),
    "a place to set of a function": (lambda: Call("f", ("x",), ("y",), sets={"self.w": "w"}), "'self.w'"),
    "a place that is code": (lambda: Call("C.m", ("x",), ("y",), leaves={"dw": "self.dw()"}), "'self.dw()'"),
    "a place of a measure that there is not": (
        lambda: Call("C.m", ("x",), ("y",), leaves={"dw": "sum(self.dw)"}),
        "'sum(self.dw)'",
    ),
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
    "two cases of one name, and which": (
        lambda: criterion(cases=(Case("small", draw, "right"), Case("odd", draw, "right"), Case("odd", draw, "right"))),
        "two cases have one name, 'odd'",
    ),
    "a forward that is no criterion": (
        lambda: assignment(criteria=(criterion("back", follow_through=follow()),)),
        "and 'ahead' is none that does",
    ),
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
    "a seed below zero": (lambda: assignment(seed=-1), "seed="),
    "an equivalent without a reason": (lambda: assignment(equivalents={"double: *": " "}), "'double: *'"),
    "a limit without end": (lambda: Limits(total_seconds=math.inf), "total_seconds"),
    "averages of no gradient": (lambda: follow(averaged=("dw",), batch="x"), "averaged="),
    "follow-through before its forward": (with_follow_through_first, "back"),
}


@pytest.mark.parametrize(("declare", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_declaration_is_refused_where_it_stands(declare: Callable[[], object], place: str) -> None:
    """Each rule is checked on construction, and the sentence names the place that breaks it."""
    with pytest.raises(AuthorError) as refused:
        declare()
    assert place in str(refused.value)


OTHER_KINDS: dict[str, tuple[Callable[[], object], str, str]] = {
    "one case in the place of a tuple": (
        lambda: criterion(cases=Case("small", draw, "right")),
        "Criterion 'double': cases= must be a tuple, .*Case",
        "comma",
    ),
    "one call in the place of a tuple": (
        lambda: criterion(calls=Call("f", ("x",), ("y",))),
        "calls= must be a tuple",
        "comma",
    ),
    "one need in the place of a tuple": (
        lambda: Behaviour("right", 1, needs="luck"),
        "Behaviour 'right': needs= .* is 'luck'",
        "comma",
    ),
    "a grade of one case in the place of a tuple": (
        lambda: Case("small", draw, "right", grade="y"),
        "'small': grade=",
        "comma",
    ),
    "inputs that were called": (
        lambda: Case("small", draw(np.random.default_rng()), "right"),
        "inputs= must be a function, and is a dict",
        "without calling",
    ),
    "a class in the place of a value": (
        lambda: assignment(limits=Limits),
        "limits= must be Limits, and is the class Limits",
        "",
    ),
    "a dict in the place of a word": (
        lambda: assignment(limits={"call_seconds": 2}),
        "limits= must be Limits, and is a dict",
        "",
    ),
    "points of true": (lambda: Behaviour("right", True), "points= must be a whole number or Fraction, and is True", ""),
    "points in quotes": (lambda: Behaviour("right", "2"), "points= .* is '2'", ""),
    "points of a half": (lambda: Behaviour("right", 2.5), "points= .* is 2.5", r"Fraction\(5, 2\)"),
    "points of nan": (lambda: Behaviour("right", math.nan), "points= .* is nan", "Fraction"),
    "credit as a float": (
        lambda: mistake(credit=0.2),
        "Mistake 'halves': credit= must be Fraction",
        r"Fraction\(1, 5\)",
    ),
    "credit of follow-through as a float": (lambda: follow(credit=0.5), "'ahead': credit=", r"Fraction\(1, 2\)"),
    "a title of None": (lambda: assignment(title=None), "'tiny': title= must be text in quotes .* is None", ""),
    "a seed in quotes": (lambda: assignment(seed="7"), "seed= must be a whole number, and is '7'", ""),
    "a solution in quotes": (lambda: assignment(solution="passes.py"), "solution= must be a module", ""),
    "mistakes of a module": (
        lambda: assignment(mistakes=grader.assignment),
        "mistakes= must be a tuple, .* is a module",
        "",
    ),
    "a name in the place of a function": (
        lambda: mistake(replaces={"double": "halves"}),
        "replaces= must be a dict .*function}, and is a dict {str: str}",
        "",
    ),
    "what a function gave in its place": (
        lambda: Alternative("other", "double", {"double": (1, 2)}, "note"),
        "Alternative 'other': replaces=",
        "",
    ),
    "forms that are no tuple": (lambda: mistake(also={"double": draw}), "also= must be a tuple", "comma"),
    "a number in the place of a tolerance": (
        lambda: criterion(tolerance=1e-3),
        "tolerance= must be Tolerance, and is 0.001",
        "",
    ),
    "a tolerance in quotes": (lambda: Tolerance("1e-3"), "relative= must be a number, and is '1e-3'", ""),
    "a size without an axis": (lambda: criterion(sizes={"N": "x"}), "sizes= must be a dict", ""),
    "gradients in a tuple": (lambda: follow(gradients=("dx", "x")), "gradients= must be a dict", ""),
    "memory in parts": (lambda: Limits(memory_mb=1e3), "memory_mb= must be a whole number", ""),
    "a due date in quotes": (lambda: LatePolicy(1, due="2026-11-20"), "LatePolicy: due= must be datetime or None", ""),
}


@pytest.mark.parametrize(("declare", "said", "hint"), OTHER_KINDS.values(), ids=OTHER_KINDS.keys())
def test_what_is_of_another_kind_is_refused_by_name(declare: Callable[[], object], said: str, hint: str) -> None:
    """The sentence names the word, the part of it, what it must be and what it is; the usual slips have a next step."""
    with pytest.raises(AuthorError, match=said) as refused:
        declare()
    assert re.search(hint, refused.value.hint)


def test_a_list_is_as_good_as_a_tuple() -> None:
    """Where several are due, a list of the right kind is taken."""
    assert criterion(cases=[Case("small", draw, "right")]).points == 2
    assert assignment(mistakes=[mistake()]).points == 2


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
        lambda: assignment(seed=0, equivalents={"double: *": "right all the same"}),
        lambda: criterion(sizes={"N": ("x", 0)}),
        lambda: Tolerance(1, 0, 0),
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
