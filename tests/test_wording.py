"""Feedback: every verdict, flaw and note has words, and none of them blames, guesses or tells a hidden number.

takes: verdicts made here, and those of the small assignment of `test_ruling`.
gives: one promise a test, said in its docstring.
must not know: HTML, points, how a verdict was reached.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from test_ruling import KEY, REFERENCE_FUNCTIONS, answer, halves, rule_on

from grader.answer_key import AlternativeRule, BehaviourRule, CriterionRule, FollowThroughRule, MistakeRule
from grader.assignment import Tolerance
from grader.feedback.absence import absent_in
from grader.feedback.case_wording import say_case
from grader.feedback.evidence import Evidence
from grader.feedback.missing_wording import note_on_nothing
from grader.feedback.next_step.error_wording import Absent
from grader.feedback.next_step.module_wording import told_by_module
from grader.feedback.reading_wording import say_reading
from grader.feedback.wording import Feedback, feedback, place_in
from grader.gradebook import CellRecord, CriterionRecord
from grader.judge import (
    A_NUMBER,
    OF_ANOTHER_CALL,
    RESHAPED,
    SIZE,
    Basis,
    Finding,
    Flaw,
    Kind,
    Note,
    NoteKind,
    Pattern,
    Problem,
    Reading,
    Verdict,
    lacks_arrays,
)
from grader.wire import KEEPS_NOTHING, NOT_MADE, RAISES, Status, Trouble

RULE = CriterionRule(
    "Layer.back", "(self, dy, cache) -> (dx, dw)", ("dx", "dw"),
    (BehaviourRule("right values", Fraction(2)), BehaviourRule("any shape", Fraction(1))), Tolerance(),
    (AlternativeRule("sums", "Gradients are left as sums."),),
    (MistakeRule("halves", "Everything is half as large.", "Look for a factor.", Fraction(0)),),
    FollowThroughRule("Layer.ahead", ("y",), ("dy",), {"dx": "x"}, Fraction(1, 2)),
)  # fmt: skip
PLACE = place_in(False)
FACTS: dict[Flaw, dict[str, object]] = {
    Flaw.COUNT: {"got": 3, "want": 2},
    Flaw.NONE: {},
    Flaw.TYPE: {"type": "dict"},
    Flaw.SHAPE: {"got_shape": [3], "want_shape": [2, 3], "type": "ndarray"},
    Flaw.DTYPE: {"got_dtype": "bool", "want_dtype": "float64"},
    Flaw.NOT_FINITE: {"nan": 2, "inf": 1, "size": 6, "place": [0, 2]},
    Flaw.VALUES: {
        "wrong": 2, "size": 6, "place": [1, 2], "error": 3.25, "relative_error": 0.5, "limit": 1e-5, "got": -9.125,
        "want": -5.875,
    },
    Flaw.TEXT: {"got": "['a', 'b']", "want": "['b', 'a']"},
    Flaw.ERROR: {"due": "ValueError", "early": False, "refused": False},
}  # fmt: skip
TROUBLE = Trouble("KeyError", "'cache'", 7, 3)


def finding(status: Status = Status.RETURNED, visibility: str = "public", **changes: object) -> Finding:
    return replace(Finding("two rows", visibility, "right values", status), **changes)


def flawed(flaw: Flaw, visibility: str = "public") -> Finding:
    facts = FACTS[flaw]
    if visibility == "hidden":
        facts = {name: fact for name, fact in facts.items() if name not in ("got", "want", "error", "limit")}
    return finding(visibility=visibility, problem=Problem(flaw, "dx", facts if flaw is not Flaw.COUNT else FACTS[flaw]))


def verdict(kind: Kind, *findings: Finding, **changes: object) -> Verdict:
    made = Verdict("Layer.back", kind, findings or (flawed(Flaw.VALUES),))
    named = {Kind.KNOWN_MISTAKE: {"mistake": "halves"}, Kind.ALTERNATIVE: {"alternative": "sums"}}.get(kind, {})
    return replace(made, **named, **changes)


def sentences(told: Feedback) -> Iterator[str]:
    yield from filter(None, (told.headline, told.next_step, *told.notes, *told.details))


def sound(told: Feedback) -> bool:
    """Whole sentences, with nothing of our own inside left in them."""
    for sentence in sentences(told):
        assert not sentence[0].islower() or sentence.startswith(("dtype", "numpy")), sentence
        assert sentence.rstrip("`)")[-1] in ".?!", sentence
        assert not re.search(r"Kind\.|Flaw\.|Status\.|\{|\}|<[A-Z]|None,|\bFraction\b", sentence), sentence
        assert "  " not in sentence, sentence
    return True


@pytest.mark.parametrize("kind", Kind)
def test_every_verdict_has_a_headline(kind: Kind) -> None:
    """Each of the closed list is put into whole sentences, with one for every case."""
    told = feedback(RULE, verdict(kind), PLACE)
    assert sound(told)
    assert told.headline
    assert len(told.details) == 1


def test_headlines_tell_verdicts_apart() -> None:
    """No two verdicts are told alike, and none is a bare zero."""
    told = {
        Kind.CRASHED: finding(Status.RAISED, trouble=TROUBLE), Kind.TIMED_OUT: finding(Status.TIMED_OUT),
        Kind.PARTLY: flawed(Flaw.VALUES), Kind.WRONG: flawed(Flaw.SHAPE),
    }  # fmt: skip
    headlines = [feedback(RULE, verdict(kind, told.get(kind, finding())), PLACE).headline for kind in Kind]
    assert len(set(headlines)) == len(Kind)


@pytest.mark.parametrize("kind", [k for k in Kind if k not in (Kind.CORRECT, Kind.ALTERNATIVE)])
def test_what_is_not_right_has_a_next_step(kind: Kind) -> None:
    """Whoever lost points, or waits for them, is told one thing to do."""
    assert feedback(RULE, verdict(kind), PLACE).next_step


@pytest.mark.parametrize("pattern", Pattern)
def test_how_a_difference_reads_decides_what_to_try(pattern: Pattern) -> None:
    """A difference that reads in one way has a step of its own, and no braces or empty names are left in it."""
    reading = Reading(pattern, ("N", "< 0"))
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=reading), PLACE)
    assert sound(told)
    by_hand = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES)), PLACE).next_step
    assert told.next_step
    assert told.next_step != by_hand
    assert "``" not in told.next_step


ERRORS = (
    "NameError",
    "ModuleNotFoundError",
    "MemoryError",
    "ValueError",
    "IndexError",
    "OverflowError",
    "AttributeError",
    "OddError",
    "",
)


@pytest.mark.parametrize("visibility", ["public", "hidden"])
def test_what_was_raised_decides_what_to_try(visibility: str) -> None:
    """Each common exception has a step of its own; any other is to be called again, on inputs of the same kind."""
    raised = [finding(Status.RAISED, visibility, trouble=Trouble(name, "", 7, 3)) for name in ERRORS]
    told = [feedback(RULE, verdict(Kind.CRASHED, one), PLACE) for one in raised]
    assert all(map(sound, told))
    assert len({one.next_step for one in told}) == len(ERRORS) - 1
    assert "Layer.back" in told[-1].next_step
    assert "'two rows'" in told[-1].next_step  # the case, so that inputs like these can be made
    assert ("of your own" in told[-1].next_step) is (visibility == "hidden")


CALLS = [
    (Trouble("TypeError", "back() takes 2 positional arguments but 3 were given"), "`def back(self, dy, cache)`"),
    (Trouble("TypeError", ""), "`def back(self, dy, cache)`"),
    (Trouble("TypeError", "unhashable type: 'numpy.ndarray'"), "as @lru_cache and @cache do, can take no array"),
    (Trouble("TypeError", "unsupported operand type(s) for +", 7, 3), "Print the type"),
    (Trouble("TypeError", "Can't instantiate abstract class Layer with abstract method back"), "base class"),
    (Trouble("TypeError", f"Layer() {NOT_MADE}. Its __init__ was left out", 7, 3), "`Layer()`"),
    (
        Trouble("TypeError", f"step{KEEPS_NOTHING}", 7, 3),
        "Mend step first: on that line this looks into what it keeps.",
    ),
]


SLIPS = {
    "exp(1.0)": "write `np.exp`",
    "mean": "a value of your own",
    "time": "a value of your own",
    "self.w": "`self` is there in a method",
    "back(1, 2)": "write `self.back(...)`",
    "ahead(x=1)": "write `self.ahead(...)`",
    "x": "`x` is known in Layer.ahead alone: take it out of what",
    "cahce": "Is `cache` meant?",
    "DY": "Is `dy` meant?",
    "helper(1)": "Restart the kernel",
    "np.maximun(1, 2)": "is `np.maximum` meant?",
    "np.epx(1)": "is `np.exp` meant?",
    "np.expit(1)": "There is no `np.expit`: write its formula, with np.exp.",
    "np.layer(1)": "There is no `np.layer`: that is what is to be written here, of numpy's plain functions.",
    "np.mult(1)": "is `np.multiply` meant?",
    "np.exponential(1)": "is `np.exp` meant?",
    "np.zzz(1)": "write it with what numpy has",
    "np.ones(2).softmax()": "An array has no `.softmax`, and numpy no such function: write its formula, with np.exp",
    "np.ones(2).clone()": "An array has no `.clone`, and numpy no such function: a copy is made by `.copy()`.",
    "np.ones(2).numel()": "how many entries there are is `.size`",
    "np.ones(2).layer()": "and numpy no such function: that is what is to be written here",
    "np.ones(2).out": "If the cache is meant: what Layer.ahead keeps is an array",
    "(3).exp": "does another line give numpy's name to it?",
    "np.e(2)": "a constant such as np.e",
    "len(np.float64(2))": "np.vectorize gets one number at a time",
    "len(3)": "is a single number: is it handed in as one?",
    "(3).shape": "is a single number, and only an array has that: is it handed in as one?",
    "(lambda t: t['x'])((1, 2))": "is a tuple, which has no keys: unpack it",
    "(lambda t: t['x'])([1, 2])": "is a list, which has no keys",
    "Layer().x": "Nothing has put `self.x` there",
    "Layer().back(1)": "is of type Layer",
    "np.ones(2).shap": "is `.shape` meant?",
    "np.ones(2).t": "is `.T` meant?",
    "np.ones(2).backward()": "is of type numpy.ndarray",
    "np.ones(2).exp()": "numpy's function is `np.exp(...)`",
    "sum([1], axis=0)": "numpy's is `np.sum`",
    "Made().y": "is of type Made",
    "np.ones(2) & (np.ones(2) > 0)": "put masks together",
    "2.0 ^ 3": "write `**`",
    "np.ones(2) ^ 2": "write `**`",
    "np.ones(2).copy[0]": "is a call without its brackets?",
    "None.shape": "What stands before `.shape` is None",
    "(1, 2).shape": "What stands before `.shape` is a tuple",
    "[1.0].T": "What stands before `.T` is a list",
    "(1.0).shape": "What stands before `.shape` is a single number",
    "1 - (1, 2)": "One of the things on that line is a tuple",
    "1.0 * None": "One of the things on that line is None",
    "None > 0": "One of the things on that line is None",
    "-[1]": "One of the things on that line is a list",
    "1 - [1]": "One of the things on that line is a list",
    "1 - len": "is a call without its brackets?",
    "1 + object()": "Print the type",
    "dict(a=None)['a'][0]": "What is taken apart there is None",
    "[*None]": "Print the type",
    "np.ones(2).shape(0)": "with square brackets",
    "np.ones(2)(0)": "its entries stand in square brackets",
    "tuple([1, 2])(0)": "give a function's name to it",
    "np.ones(2)(np.ones(2))": "give a function's name to it",
    "np.array(1, 2)": "np.array([3, 4])",
    "np.ones(2).astype(3)": "what comes second is a type",
    "np.linalg.solve(np.eye(3), np.ones((2, 2)))": "shapes and lengths",
    "Layer().bakc()": "see how it is spelt",
    "abs(2.0)(3)": "a value and no function",
    "np.reshape(np.ones(4), 2, 2)": "the new shape as one thing",
    "np.zeros(2, 3)": "A shape is one thing",
    "Made.ahead(1)": "a method is called on its object, as in `self.ahead(...)`",
    "(lambda a: a)()": "Look up what `<lambda>` takes",
    "np.maximum(1)": "Look up what `maximum` takes",
    "np.sum(np.ones(2), axes=0)": "Look up what `sum` takes",
    "math.exp(1)": "write `import math` above",
    "array([1])": "write `np.array`",
    "np.ones(3)[np.ones(2) > 0]": "The mask has another shape",
    "np.ones(3)[7]": "runs past its end",
    "np.zeros((2, 2)).__setitem__(np.ones((2, 2)) > 0, np.ones((2, 2)))": "pick them there too, as `a[mask] = b[mask]`",
    "list(None)": "What is taken apart there is None",
    "np.ones((3, 4)) @ np.ones((3, 2))": "these are 4 and 3 here",
    "np.ones(12) @ np.ones((4, 2))": "these are 12 and 4 here",
    "np.ones(3) + np.ones(2)": "here 3 meets 2",
    "np.ones((3, 4)) * np.ones((4, 2))": "write `@`",
    "np.ones((3, 2)) + np.ones((2, 1))": "If not: with shape (2,) in the place of (2, 1)",
    "np.ones((2, 1)) + np.ones((3, 2))": "With shape (2,) in the place of (2, 1)",
    "np.ones((3, 4)).dot(np.ones((2, 3)))": "these are 4 and 2 here",
    "np.dot(np.ones(3), np.ones(2))": "these are 3 and 2 here",
    "None @ np.ones((2, 3))": "gives None",
    "np.ones(12).reshape(2, 3)": "has 12 numbers, and the new shape is for 6",
    "np.ones(12).reshape(5, -1)": "no multiple of 5",
    "np.ones(12).reshape(-1, 5)": "12 numbers, and the sizes that are asked for make 5, which does not fit",
    "np.ones(12).reshape(-1, 7, 1)": "make 7, which does not fit",
    "np.ones(12).reshape(7, 1)": "make 7, which does not fit",
    "np.ones(12).reshape(0, 5)": "make 0, which does not fit",
    "np.ones(12).reshape(0, -1)": "no multiple of 0",
    "np.ones((2, 3)).__iadd__(np.ones((2, 2)))": "here 3 meets 2",
    "np.ones(3).__iadd__(np.ones((2, 3)))": "shapes and lengths",
    "np.ones(3).shape[1]": "one number for each axis",
    "np.ones((2, 3)).sum(axis=2)": "has the axes 0 and 1 alone",
    "1 + np.exp - np.ones(3)": "does its call lack the brackets",
    "np.ones(2) (1, 2)": "or is a `*` or a comma missing",
    "np.dot(np.ones((1, 1)), np.ones((1, 1)), out=np.ones((1, 1), 'f'))": "write `y = ...` without it",
    "(1, 2)[2]": "The tuple there has fewer parts",
    "[1, 2][5]": "runs past its end",
    "np.max(0, np.ones(3))": "is an axis",
    "np.where(np.ones(3) > 0, np.ones(3))": "`np.where(mask, a, b)`",
    "np.concatenate(np.ones(3), np.ones(3))": "is an axis",
    "[1, 2][np.arange(2)]": "the index of a list",
    "round(np.ones(3), 2)": "leave it out",
    "X_rows": "capitals too",
}


class Made:
    """What stands for a student's class."""

    def ahead(self, x: float) -> float:
        """Its forward."""
        return x


@pytest.mark.parametrize(("code", "word"), SLIPS.items(), ids=SLIPS)
def test_a_message_that_names_what_is_missing_is_told_on(code: str, word: str) -> None:
    """A message that names what is missing, or of which type it is, makes a step of its own; others leave it open."""
    with pytest.raises(Exception, match=r"\w") as raised:
        eval(code, {"np": np, "Layer": type("Layer", (), {}), "Made": Made})
    trouble = Trouble(raised.type.__name__, str(raised.value), 7, 3)
    told = feedback(RULE, verdict(Kind.CRASHED, finding(Status.RAISED, trouble=trouble)), PLACE)
    assert sound(told)
    assert word in told.next_step


UNTOLD = {
    "a column of another length": (((3, 4), (2, 1)), "here 3 meets 2", "With shape"),
    "sizes that no product has": (((3, 4), (5, 2)), "here 4 meets 2", "`@`"),
    "a size that is one": (((2, 1), (3, 4)), "here 2 meets 3", "`@`"),
    "more axes than two": (((2, 3, 4), (4, 2)), "here 4 meets 2", "`@`"),
}


@pytest.mark.parametrize(("shapes", "told", "untold"), UNTOLD.values(), ids=UNTOLD)
def test_what_would_not_fit_is_not_advised(shapes: tuple[tuple[int, ...], ...], told: str, untold: str) -> None:
    """A row in the place of a column, or a matrix product, is named where the sizes allow it."""
    with pytest.raises(ValueError, match="broadcast") as raised:
        np.add(*map(np.ones, shapes))
    failed = finding(Status.RAISED, trouble=Trouble("ValueError", str(raised.value), 7, 3))
    step = feedback(RULE, verdict(Kind.CRASHED, failed), PLACE).next_step
    assert told in step
    assert untold not in step


def test_a_method_may_have_lost_its_object_to_a_decorator() -> None:
    """`def back(self, dy, cache)` below @staticmethod has the right parameters, and is called with one too few."""
    lacks = Trouble("TypeError", "back() missing 1 required positional argument: 'cache'")
    failed = verdict(Kind.CRASHED, finding(Status.RAISED, trouble=lacks))
    assert "@staticmethod" in feedback(RULE, failed, PLACE).next_step
    assert "@staticmethod" not in feedback(replace(RULE, name="back"), failed, PLACE).next_step


@pytest.mark.parametrize(("trouble", "word"), CALLS)
def test_where_the_call_itself_failed_parameters_are_to_be_compared(trouble: Trouble, word: str) -> None:
    """No line of the function is to blame where none was reached: its parameters are, or its class's constructor."""
    told = feedback(RULE, verdict(Kind.CRASHED, finding(Status.RAISED, trouble=trouble)), PLACE)
    assert sound(told)
    assert word in told.next_step


def test_a_zero_is_told_without_a_sign() -> None:
    """What a mask made zero may be a negative one, which is no news to a student."""
    facts = {**FACTS[Flaw.VALUES], "got": -0.0}
    assert ": 0, where -5.875 is right." in say_case(RULE, finding(problem=Problem(Flaw.VALUES, "dx", facts)), PLACE)


NUMBERS = [
    (Flaw.VALUES, {"got": 3.5, "want": 2.5, "relative_error": 0.4}, "`dx` is 3.5, where 2.5 is right."),
    (Flaw.VALUES, {"relative_error": 0.4}, "`dx` is off, by 40 % of what is right."),
    (Flaw.NOT_FINITE, {"nan": 1, "inf": 0}, "`dx` is nan."),
    (Flaw.NOT_FINITE, {"nan": 0, "inf": 1}, "`dx` is infinite."),
]


@pytest.mark.parametrize(("flaw", "facts", "said"), NUMBERS)
def test_one_number_has_no_entries(flaw: Flaw, facts: dict[str, object], said: str) -> None:
    """A loss is told as the number that it is."""
    problem = Problem(flaw, "dx", {"wrong": 1, "size": 1, "place": [], **facts})
    assert say_case(RULE, finding(problem=problem), PLACE) == said


@pytest.mark.parametrize(("place", "is_told"), {"xs[-1]": True, "len(xs)": True, "self.dx": False}.items())
def test_of_an_item_and_of_how_many_there_are_the_place_is_told(place: str, is_told: bool) -> None:
    """By the name that the exam has for it nobody knows which it is."""
    problem = Problem(Flaw.VALUES, "dx", {"wrong": 1, "size": 1, "place": [], "got": 3.0, "want": 4.0})
    said = say_case(replace(RULE, left={"dx": place}), finding(problem=problem), PLACE)
    assert said == f"`dx`{f' (`{place}`)' * is_told} is 3, where 4 is right."


def test_of_how_many_there_are_no_other_result_is_sent_to_a_formula() -> None:
    """Beside what reads as nothing, that there is one too few tells no more."""
    rule = replace(RULE, left={"many": "len(xs)"})
    facts = {"wrong": 1, "size": 1, "place": [], "got": 3.0, "want": 4.0}
    counted = finding(problem=Problem(Flaw.VALUES, "many", facts))
    one_less = (("many", Reading(Pattern.OFFSET, ("1", "small"))),)
    told = feedback(rule, verdict(Kind.WRONG, flawed(Flaw.VALUES), counted, others_read=one_less), PLACE)
    assert sound(told)
    assert "In each case that fails `many` is 1 too small".lower() in told.headline.lower()
    assert "many" not in told.next_step


@pytest.mark.parametrize(("output", "told"), [("dx", True), ("scores", False)])
def test_the_order_of_results_is_told_of_those_alone(output: str, told: bool) -> None:
    """A call in another mode gives something else, and not in the order of the rest."""
    wrong = finding(problem=Problem(Flaw.TYPE, output, {"type": "tuple"}))
    said = feedback(replace(RULE, results=("dx", "dw")), verdict(Kind.WRONG, wrong), PLACE)
    assert ("in the order" in said.next_step) is told


def test_where_one_result_is_returned_and_others_are_left_a_tuple_of_all_is_told_so() -> None:
    """All of them in an order was asked for, which was that of one."""
    wrong = finding(problem=Problem(Flaw.TYPE, "dx", {"type": "tuple"}))
    for left, said in (({"dw": "self.dw"}, "Return `dx` alone: what else is due goes into `self.dw`."), ({}, "")):
        rule = replace(RULE, signature="(self, dy) -> dx", results=("dx", *left), left=left)
        told = feedback(rule, verdict(Kind.WRONG, wrong), PLACE)
        assert told.next_step == (said or "Return `dx` alone.")


@pytest.mark.parametrize(("held", "told"), [((), True), (("right values",), False)])
def test_what_a_check_puts_on_an_object_is_told_where_nothing_is_right(held: tuple[str, ...], told: bool) -> None:
    """Weights that an object keeps under another name too are its own constructor's, and all comes out wrong."""
    rule = replace(RULE, put=("self.params['w']",))
    wrong = finding(problem=Problem(Flaw.VALUES, "dx", FACTS[Flaw.VALUES]))
    said = feedback(rule, verdict(Kind.PARTLY if held else Kind.WRONG, wrong, held=held), PLACE)
    assert sound(said)
    assert ("`self.params['w']`" in said.next_step) is told
    for name in ("ValueError", "KeyError"):  # where another shape of them than the hand-out's stops it, too
        raised = finding(Status.RAISED, trouble=Trouble(name, "matmul: mismatch", 7, 3))
        said = feedback(rule, verdict(Kind.PARTLY if held else Kind.CRASHED, raised, held=held), PLACE)
        assert ("`self.params['w']`" in said.next_step) is (told and name == "ValueError")


@pytest.mark.parametrize(
    ("there", "headline", "step"),
    [
        (
            "dict with the keys 'dW', 'db'",
            "returned as `grads` has the keys 'dW', 'db', and nothing in `grads['dw']`",
            "by this",
        ),
        ("dict with the keys 'dw', 'db'", "`grads['dw']` is None.", "by this very name"),
        ("tuple", "returned as `grads` is a tuple, so there is no `grads['dw']`", "a dict, by itself"),
        ("nothing", "returned as `grads` is nothing (None), so there is no `grads['dw']`", "a dict, by itself"),
        ("dict", "Nothing is left in `grads['dw']`", "by this very name"),
        (f"{RAISES}ValueError", "`grads['dw']` raises ValueError when it is read", "mend what raises there"),
        ("", "Nothing is left in `grads['dw']`", "by this very name"),
    ],
)
def test_a_result_that_is_not_in_what_was_returned_is_told_by_what_was(there: str, headline: str, step: str) -> None:
    """A dict by its keys, what is no dict by its type: and then once for all results that are to be in it."""
    rule = replace(RULE, results=("dw", "db"), left={"dw": "grads['dw']", "db": "grads['db']"})
    facts = {"type": there} if there else {}
    wrong = [finding(problem=Problem(Flaw.NONE, name, facts)) for name in ("dw", "db")]
    told = feedback(rule, verdict(Kind.WRONG, *wrong), PLACE)
    assert sound(told)
    assert headline in told.headline
    assert step in told.next_step
    assert ("Not right either" in told.headline) is (there not in ("tuple", "nothing"))


@pytest.mark.parametrize(
    ("place", "headline", "step"),
    [
        (
            "len(steps)",
            "`steps` is of type float, which holds nothing of which `dw` could be told.",
            "Let `steps` be a list or",
        ),
        (
            "mean(steps)",
            "`steps` is of type float, which holds nothing of which `dw` could be told.",
            "Let `steps` be a list or",
        ),
        ("steps[0][1]", "`steps` is of type float, so there is no `steps[0][1]`", "so that it has `steps[0][1]`."),
        ("steps[-1]", "`steps` is of type float, so there is no `steps[-1]`", "so that it has `steps[-1]`."),
    ],
)
def test_where_several_are_to_be_given_a_number_is_told_to_hold_none(place: str, headline: str, step: str) -> None:
    """Nobody is told to give a dict in the place of a list."""
    rule = replace(RULE, results=("dx", "dw"), left={"dw": place})
    told = feedback(rule, verdict(Kind.WRONG, finding(problem=Problem(Flaw.NONE, "dw", {"type": "float"}))), PLACE)
    assert sound(told)
    assert headline in told.headline
    assert step in told.next_step
    assert "dict" not in told.next_step


def test_of_an_array_nobody_is_told_that_it_has_no_data() -> None:
    """It has, and that is a buffer of its own: nothing that anybody has kept there."""
    rule = replace(RULE, results=("dx", "dw"), left={"dw": "c.data"})
    told = feedback(rule, verdict(Kind.WRONG, finding(problem=Problem(Flaw.NONE, "dw", {"type": "ndarray"}))), PLACE)
    assert sound(told)
    assert "What it returned as `c` is an array, and keeps nothing in `c.data`, where `dw` is due." in told.headline


@pytest.mark.parametrize(
    ("there", "headline"),
    [
        ("dict with the keys 'x', 'y' within [0]", "`all[0]` has the keys 'x', 'y', and nothing in `all[0][1]`"),
        ("tuple of 1 within [0]", "`all[0]` is a tuple of 1, so there is no `all[0][1]`"),
        ("list of 0", "What it returned as `all` is an empty list, so there is no `all[0][1]`"),
        ("iterator of 0", "What it returned as `all` is an iterator that gives nothing, so there is no `all[0][1]`"),
        ("iterator", "What it returned as `all` is an iterator, so there is no `all[0][1]`"),
    ],
)
def test_how_far_a_way_leads_is_told(there: str, headline: str) -> None:
    """Of batches that are yielded as dicts, or of none at all, nobody reads that a list has no first entry."""
    rule = replace(RULE, results=("dx", "dw"), left={"dw": "all[0][1]"})
    told = feedback(rule, verdict(Kind.WRONG, finding(problem=Problem(Flaw.NONE, "dw", {"type": there}))), PLACE)
    assert sound(told)
    assert headline in told.headline


@pytest.mark.parametrize(
    ("factor", "step"), [("N/(N-1)", "`N - 1` (np.cov and ddof=1"), ("N/D", "by `N` and `D`"), ("N/3", "by `N`,")]
)
def test_of_a_factor_that_a_size_makes_is_told_where_it_may_come_from(factor: str, step: str) -> None:
    """A variance over one example less than there are is off by that."""
    wrong = verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dx", FACTS[Flaw.VALUES])))
    told = feedback(RULE, replace(wrong, reading=Reading(Pattern.FACTOR, (factor,))), PLACE)
    assert sound(told)
    assert f"{factor} times what is right" in told.headline
    assert step in told.next_step


@pytest.mark.parametrize(("names", "said", "step"), [
    (("x", "abs(x)"), "with `abs(x)` in the place of `x`.", "what becomes of `x`"),
    (("x", "other_x", OF_ANOTHER_CALL), "with `other_x`, of what another call is given, in the place", "Another call"),
    (("x", RESHAPED), "where a reshape puts the entries of `x` into other places", "where a transpose is due"),
    (("x", "np.roll(x, 1, axis=0)"), "with `np.roll(x, 1, axis=0)`", "by which index"),
    (("x", "np.log(2) * x"), "with `np.log(2) * x`", "2 to the power of `x` is e to the power of that"),
])  # fmt: skip
def test_what_stands_in_the_place_of_an_input_is_told(names: tuple[str, ...], said: str, step: str) -> None:
    """As code, and with what to look for where that says more."""
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=Reading(Pattern.AS_IF, names)), PLACE)
    assert sound(told)
    assert said in told.headline
    assert step in told.next_step


@pytest.mark.parametrize(("part", "said"), [
    ("last row", "where the last row of `w` is left out"),
    ("rest before the last row", "where all of `w` but its last row is left out"),
    ("rest behind the first row", "where all of `w` but its first row is left out"),
])  # fmt: skip
def test_what_is_left_out_of_an_input_is_told(part: str, said: str) -> None:
    """Of what one row alone was made of, that row is told."""
    reading = Reading(Pattern.LEFT_OUT, ("w", part))
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=reading), PLACE)
    assert sound(told)
    assert said in told.headline


def test_a_factor_that_is_the_number_of_entries_is_told_as_code() -> None:
    """By the name of the result, as it can be searched for."""
    wrong = verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dx", FACTS[Flaw.VALUES])))
    told = feedback(RULE, replace(wrong, reading=Reading(Pattern.FACTOR, (f"1/{SIZE}",))), PLACE)
    assert sound(told)
    assert "`dx` is 1/`dx.size` times what is right" in told.headline
    assert "by `dx.size`, and" in told.next_step


@pytest.mark.parametrize(("pattern", "names", "said"), [
    (Pattern.ADDED_INPUT, ("reg * (W**2).sum()",), "by `reg * (W**2).sum()`, added or subtracted"),
    (Pattern.ADDED_INPUT, ("reg * W", "2"), "by 2 times `reg * W`, added or subtracted"),
    (Pattern.ADDED_INPUT, ("W", A_NUMBER), "by `W` times a number, added or subtracted"),
    (Pattern.OFFSET, ("1", "large"), "In each case that fails all of `dx` is 1 too large."),
    (Pattern.FACTOR, ("X.shape[0]", "reg * W"), "But for `reg * W`, `dx` is `X.shape[0]` times what is right."),
    (Pattern.FACTOR, ("1/np.log(10)",), "`dx` is `1/np.log(10)` times what is right."),
    (Pattern.AT_LABELS, ("y",), "`dx` is wrong only at `[i, y[i]]`, in each row `i`."),
    (Pattern.SHIFTED, ("late", "entry"), "`dx` is one entry late: what is due at one entry stands at the next."),
    (Pattern.SHIFTED, ("early", "row"), "`dx` is one row early: what is due at one row stands at the one before."),
    (Pattern.PERMUTED, ("reversed", "row"), "reverse order: what is due at the first row stands at the last."),
    (Pattern.PERMUTED, ("within", "row"), "Each row of `dx` holds its right numbers, in the wrong places."),
    (Pattern.AT_NAMED, ("word", "row"), "`dx` is wrong only at `[word]`."),
    (Pattern.REPEATED, ("words", "row"), "`dx` is wrong only in rows that `words` names more than once."),
    (Pattern.REPEATED, ("words", "entry"), "`dx` is wrong only in entries that `words` names more than once."),
])  # fmt: skip
def test_what_a_result_is_off_by_is_told_as_code(pattern: Pattern, names: tuple[str, ...], said: str) -> None:
    """A term of the formula, with how often it is there, or one number."""
    wrong = verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dx", FACTS[Flaw.VALUES])))
    told = feedback(RULE, replace(wrong, reading=Reading(pattern, names)), PLACE)
    assert sound(told)
    assert said in told.headline


def test_a_factor_that_is_a_root_may_come_of_a_sum_under_one() -> None:
    """A sum in the place of a mean, within a norm, is off by the root of how many there are."""
    wrong = verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=Reading(Pattern.FACTOR, ("1/D**0.5",)))
    told = feedback(RULE, wrong, PLACE)
    assert sound(told)
    assert "divides or multiplies by `D`, also under a root, and whether it does so once" in told.next_step


def test_a_factor_that_is_left_of_one_is_told_by_both_parts() -> None:
    """Who divides by p in the place of 1 - p has to see where each of them is due."""
    wrong = verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=Reading(Pattern.FACTOR, ("(1-p)/p",)))
    told = feedback(RULE, wrong, PLACE)
    assert sound(told)
    assert "is (1-p)/p times what is right." in told.headline
    assert told.next_step == "See where the formula divides or multiplies by `1 - p`, and where by `p`."


def test_of_one_number_no_entry_is_worked_out() -> None:
    """A loss has no entry that is most off, in a public case or a hidden one."""
    facts = FACTS[Flaw.VALUES] | {"place": [], "wrong": 1, "size": 1}
    for visibility in ("public", "hidden"):
        one = finding(problem=Problem(Flaw.VALUES, "loss", facts), visibility=visibility)
        told = feedback(RULE, verdict(Kind.WRONG, one), PLACE)
        assert sound(told)
        assert "ork `loss` out by hand" in told.next_step
        assert "entry" not in told.next_step


def test_of_a_multiple_that_is_added_the_number_may_be_what_is_wrong() -> None:
    """Who adds beta times z in the place of its root finds that the formula does add it."""
    reading = Reading(Pattern.ADDED_INPUT, ("z", A_NUMBER))
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=reading), PLACE)
    assert sound(told)
    assert "`z` is added or subtracted: whether the formula does so, and what it multiplies it with" in told.next_step


def test_of_single_entries_no_axis_is_mixed_up() -> None:
    """A vector has no axes in another order, and a transpose is nothing to it."""
    for place, step in (([3], "each entry comes to its place"), ([1, 2], "where a transpose is due")):
        problem = Problem(Flaw.VALUES, "dx", {**FACTS[Flaw.VALUES], "place": place})
        wrong = verdict(Kind.WRONG, finding(problem=problem), reading=Reading(Pattern.PERMUTED))
        told = feedback(RULE, wrong, PLACE)
        assert sound(told)
        assert step in told.next_step


def test_a_summand_that_is_a_length_may_be_a_one_in_each_entry() -> None:
    """Nobody adds a length; a divergence has a 1 in its bracket."""
    told = feedback(
        RULE,
        verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=Reading(Pattern.ADDED_INPUT, ("x.shape[1]", "0.5"))),
        PLACE,
    )
    assert sound(told)
    assert "such as a 1 in each bracket" in told.next_step


def test_a_factor_that_is_the_length_of_an_axis_is_told_as_code() -> None:
    """By what a student can print."""
    wrong = verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dx", FACTS[Flaw.VALUES])))
    told = feedback(RULE, replace(wrong, reading=Reading(Pattern.FACTOR, ("-1/x.shape[1]",))), PLACE)
    assert sound(told)
    assert "`dx` is `-1/x.shape[1]` times what is right" in told.headline
    assert "by `x.shape[1]`, and" in told.next_step


@pytest.mark.parametrize(("left", "step"), [({}, "in this order"), ({"dw": "steps[0]"}, "what is put into `steps[0]`")])
def test_what_stands_for_another_result_is_told_by_where_it_stands(left: dict[str, str], step: str) -> None:
    """What is kept in a place is there in no order: it may have been changed since."""
    rule = replace(RULE, results=("dx", "dw"), left=left)
    wrong = verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dw", FACTS[Flaw.VALUES])))
    told = feedback(rule, replace(wrong, reading=Reading(Pattern.OTHER_OUTPUT, ("dx",))), PLACE)
    assert sound(told)
    assert step in told.next_step


@pytest.mark.parametrize("place", ["self.dw", "std(self.dw)"])
def test_a_result_that_is_left_is_told_by_its_place(place: str) -> None:
    """No return line is asked for where none is to be; and an object is made as the exam makes it."""
    rule = replace(RULE, results=("dx", "dw"), left={"dw": place}, made="Layer(w, b)")
    nothing = finding(problem=Problem(Flaw.NONE, "dw"))
    told = feedback(rule, verdict(Kind.WRONG, nothing), PLACE)
    assert sound(told)
    assert "Nothing is left in `self.dw`" in told.headline
    assert "`self.dw = ...`" in told.next_step
    echo = Reading(Pattern.ECHO, ("w",))
    kept = replace(verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dw", FACTS[Flaw.VALUES]))), reading=echo)
    assert "only into a copy, and is not all zeros" in feedback(rule, kept, PLACE).next_step
    made = finding(Status.RAISED, trouble=Trouble("TypeError", f"Layer(w, b) {NOT_MADE}. Its __init__ was left out"))
    assert "`Layer(w, b)`" in feedback(rule, verdict(Kind.CRASHED, made), PLACE).next_step


@pytest.mark.parametrize("name", ["ValueError", "IndexError", "NotImplementedError"])
def test_what_is_to_be_printed_of_a_hidden_case_needs_inputs_first(name: str) -> None:
    """Nobody can look at hidden inputs: such ones are to be made, unless the error needs none."""
    raised = finding(Status.RAISED, trouble=Trouble(name, "", 4, 2))
    seen = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE)
    hidden = feedback(RULE, verdict(Kind.CRASHED, replace(raised, visibility="hidden")), PLACE)
    assert sound(hidden)
    assert hidden.next_step.endswith(seen.next_step)
    assert ("inputs of your own" in hidden.next_step) == (name != "NotImplementedError")
    assert "inputs of your own" not in seen.next_step


def test_none_is_told_where_several_results_are_due() -> None:
    """A missing return line is called so, and not a wrong count."""
    told = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.NONE, ""))), PLACE)
    assert sound(told)
    assert "(None)" in told.headline
    assert "return line" in told.next_step


@pytest.mark.parametrize(
    ("relative", "told"),
    [
        (3.2e-9, "by 3e-09 of the"),
        (2.6e-5, "by 0.003 % of the"),
        (0.21, "by 20 % of the"),
        (0.97, "by as much as the"),
        (1.4, "by as much as the"),
        (23.0, "by 20 times the"),
        (6e5, "by 600,000 times the"),
    ],
)
def test_how_far_off_is_told_in_words_of_every_day(relative: float, told: str) -> None:
    """Students read a share or a multiple, in one digit, and no power of ten."""
    facts = {**FACTS[Flaw.VALUES], "relative_error": relative}
    hidden = {name: fact for name, fact in facts.items() if name not in ("got", "want", "error", "limit")}
    said = say_case(RULE, finding(visibility="hidden", problem=Problem(Flaw.VALUES, "dx", hidden)), PLACE)
    assert f"{told} largest right value" in said


def test_how_far_off_is_not_told_where_that_is_no_number_to_read() -> None:
    """By 6e+50 times the largest right value, which is all but zero, says nothing."""
    facts = {**FACTS[Flaw.VALUES], "relative_error": 6e50}
    hidden = {name: fact for name, fact in facts.items() if name not in ("got", "want", "error", "limit")}
    told = say_case(RULE, finding(visibility="hidden", problem=Problem(Flaw.VALUES, "dx", hidden)), PLACE)
    assert "times" not in told
    assert "far above" in told


def test_only_what_does_not_parse_may_be_newer_python() -> None:
    """A definition that raised when it was run is told without a guess at Pythons."""
    lost = verdict(
        Kind.MISSING, finding(Status.MISSING), trouble=Trouble("NameError", "name 'Base' is not defined", 7, 3)
    )
    told = feedback(RULE, lost, PLACE)
    assert sound(told)
    assert "newer" not in told.next_step
    newer = replace(lost, trouble=Trouble("SyntaxError", "invalid syntax", 7, 3))
    assert "newer" in feedback(RULE, newer, PLACE).next_step


UNREAD = {
    "a bracket": ("'(' was never closed", "Close the bracket", False),
    "a colon": ("expected ':'", "`else if` is `elif`, run", False),
    "a block": ("expected an indented block after 'if' statement on line 2", "Write what belongs there", False),
    "a margin": ("unindent does not match any outer indentation level", "begin where those around it", False),
    "a line at the left edge": ("unindent in the middle of a method", "begin where those around it", False),
    "quotes": ("unterminated string literal (detected at line 2)", "Close the quotes", True),
    "a pasted sign": ("invalid character '“' (U+201C)", "Type that character anew", False),
    "two sides": ("an unresolved merge conflict: its two sides differ here, so choose one", "Choose one", False),
    "a mark": ("a mark of a merge conflict that is not resolved", "Choose one", False),
    "a line outside": ("'return' outside function (cell 4, line 37)", "to the right", False),
    "a text that newer ones read": ("f-string: unmatched '['", "Mend that line", True),
    "anything else": ("invalid syntax", "Mend that line", True),
}


@pytest.mark.parametrize(("message", "step", "newer"), UNREAD.values(), ids=UNREAD.keys())
def test_what_could_not_be_read_is_told_how_to_mend(message: str, step: str, newer: bool) -> None:
    """A slip that no Python reads has a step of its own, and the student's is not called too new for it."""
    lost = verdict(Kind.MISSING, finding(Status.MISSING), trouble=Trouble("SyntaxError", message, 7, 3))
    told = feedback(RULE, lost, PLACE)
    assert sound(told)
    assert told.next_step.startswith(step) or step in told.next_step
    assert ("newer" in told.next_step) is newer


HOLDS = {
    "less is lost": (("right values",), ("any shape",), " Not right yet: 'any shape'."),
    "little is lost": ((), ("right values", "any shape"), " Not right yet: 'right values', 'any shape'."),
    "few are lost, and fewer hold": (("a",), ("b", "c"), " Not right yet: 'b', 'c'."),
    "more is lost": (("a",), ("b", "c", "d", "e"), " Right already: 'a'."),
}


@pytest.mark.parametrize(("held", "lost", "end"), HOLDS.values(), ids=HOLDS.keys())
def test_what_is_right_in_part_tells_the_cause_first(held: tuple[str, ...], lost: tuple[str, ...], end: str) -> None:
    """A behaviour may be called 'dw is right': in quotes, behind what is wrong, and no longer than need be."""
    rule = replace(RULE, behaviours=tuple(BehaviourRule(name, Fraction(1)) for name in (*held, *lost)))
    findings = [replace(flawed(Flaw.VALUES), behaviour=name) for name in lost]
    told = feedback(rule, verdict(Kind.PARTLY, *findings, held=held), PLACE)
    assert sound(told)
    assert told.headline.startswith("2 of 6 entries of `dx` are off")
    assert told.headline.endswith(end)


def test_the_inputs_of_the_entry_that_is_told_stand_beside_it() -> None:
    """What went in is what a beginner needs to work that entry out."""
    facts = {**FACTS[Flaw.VALUES], "there": {"x": 2.5, "dy": -1.0}}
    told = say_case(RULE, finding(problem=Problem(Flaw.VALUES, "dx", facts)), PLACE)
    assert told.endswith("where -5.875 is right. There `x` is 2.5 and `dy` is -1.")


WITH_RIGHT_CACHE = [
    (Basis.HANDED_CACHE, NoteKind.OTHER_CACHE, False),
    (Basis.MENDED_CACHE, NoteKind.OWN_CACHE, True),
    (Basis.OWN_CACHE, NoteKind.OTHER_CACHE, True),
    (Basis.BUILT_ON, NoteKind.BUILT_ON, False),
]


@pytest.mark.parametrize(("basis", "kind", "told"), WITH_RIGHT_CACHE)
def test_a_note_that_the_headline_says_is_left_out(basis: Basis, kind: NoteKind, told: bool) -> None:
    """A backward that is right with a right cache is told so once."""
    noted = verdict(Kind.CORRECT, finding(), basis=basis, notes=(Note(kind, ("Layer.ahead",)),))
    assert bool(feedback(RULE, noted, PLACE).notes) is told


def test_one_behaviour_that_fails_alone_is_named() -> None:
    """Where all else holds, the step says what sets the failing cases apart."""
    alone = verdict(Kind.PARTLY, replace(flawed(Flaw.VALUES), behaviour="any shape"), held=("right values",))
    assert "where 'any shape' is checked" in feedback(RULE, alone, PLACE).next_step


@pytest.mark.parametrize("visibility", ["public", "hidden"])
@pytest.mark.parametrize("flaw", Flaw)
def test_every_flaw_is_said(flaw: Flaw, visibility: str) -> None:
    """The check that failed is told with its result and what to try; of hidden inputs too."""
    told = feedback(RULE, verdict(Kind.WRONG, flawed(flaw, visibility)), PLACE)
    assert sound(told)
    assert told.next_step
    assert flaw in (Flaw.COUNT, Flaw.ERROR) or "`dx`" in told.details[0]


WORDS = [
    (Flaw.COUNT, ["3 values", "(dx, dw)"]), (Flaw.NONE, ["None"]), (Flaw.TYPE, ["dict"]),
    (Flaw.SHAPE, ["(3,)", "(2, 3)"]), (Flaw.DTYPE, ["bool"]), (Flaw.NOT_FINITE, ["2 nan", "1 inf", "[0, 2]"]),
    (Flaw.VALUES, ["2 of 6", "[1, 2]", "-9.125", "-5.875"]),
]  # fmt: skip


@pytest.mark.parametrize(("flaw", "words"), WORDS)
def test_a_public_case_is_told_with_its_facts(flaw: Flaw, words: list[str]) -> None:
    """Shapes, places and numbers are named, so that a student can look there."""
    for word in words:
        assert word in say_case(RULE, flawed(flaw), PLACE)


def test_a_hidden_case_is_told_without_numbers() -> None:
    """How far off, in one digit, where, and on what kind of inputs: never what came or what was due."""
    told = feedback(RULE, verdict(Kind.PARTLY, flawed(Flaw.VALUES, "hidden")), PLACE)
    text = " ".join(sentences(told))
    assert "right values" in told.headline
    assert not {"9.125", "5.875", "3.25"} & set(re.findall(r"\d+\.\d+", text))
    assert "50 %" in text or "0.5" in text


def test_a_public_case_is_told_before_a_hidden_one() -> None:
    """More can be said of it, so it is what the headline is about."""
    hidden, public = flawed(Flaw.SHAPE, "hidden"), flawed(Flaw.VALUES)
    assert "-9.125" in feedback(RULE, verdict(Kind.WRONG, hidden, public), PLACE).headline


@pytest.mark.parametrize("status", Status)
def test_every_fact_is_said(status: Status) -> None:
    """Whatever happened in a case, there is a sentence for it."""
    for more in ({}, {"trouble": TROUBLE}, {"reason": "2 s were used up"}, {"earlier": "Layer.ahead"}):
        assert sound(Feedback("", "", (), (say_case(RULE, finding(status, **more), PLACE),)))


def test_what_was_not_reached_for_a_reason_sends_nobody_to_what_is_called_before() -> None:
    """Where all the time is used up, nothing that is called before it need be at fault."""
    for reason in ("the submission's 60 s were used up", "the time was used up by loading the program"):
        told = feedback(RULE, verdict(Kind.WRONG, finding(Status.NOT_REACHED, reason=reason)), PLACE)
        assert reason in told.headline
        assert "elsewhere in the file" in told.next_step
    assert "before" in feedback(RULE, verdict(Kind.WRONG, finding(Status.NOT_REACHED)), PLACE).next_step


def test_an_exception_is_told_with_its_place() -> None:
    """Its type, its message, its cell and line; in a Python file the line alone."""
    raised = finding(Status.RAISED, trouble=TROUBLE)
    told = say_case(RULE, raised, PLACE)
    assert "KeyError: 'cache'" in told
    assert "cell 7, line 3" in told
    assert "cell" not in say_case(RULE, raised, place_in(True)).replace("'cache'", "")
    assert "line 3" in say_case(RULE, raised, place_in(True))
    assert "(" not in say_case(RULE, finding(Status.RAISED, trouble=Trouble("KeyError", "")), PLACE)


def test_our_own_failure_is_never_put_on_the_function() -> None:
    """Not graded is said as our fault, with nothing lost."""
    told = feedback(RULE, verdict(Kind.UNGRADED, finding(Status.FAULT)), PLACE)
    assert "grader failed" in told.headline
    assert "No points are lost" in told.headline
    assert "no fault of the function" in told.details[0]


@pytest.mark.parametrize("kind", NoteKind)
def test_every_note_has_words(kind: NoteKind) -> None:
    """Each of the closed list is a whole sentence that names what it is about."""
    lent = (NoteKind.LENT, NoteKind.LENT_UNCHANGED)
    why = Kind.WRONG if kind in lent else Kind.CORRECT  # of what is right the headline says it
    noted = verdict(why, notes=(Note(kind, ("ptp" if kind is NoteKind.OLD_WAY else "sums",)),))
    told = feedback(RULE, noted, PLACE)
    assert sound(told)
    assert len(told.notes) == 1
    assert told.notes[0]


def test_a_range_with_two_ends_is_told_once() -> None:
    """The least and the greatest value that are right may be two alternatives, with one sentence for both."""
    ends = tuple(AlternativeRule(name, "Any share is right.", between=True) for name in ("all", "none"))
    noted = verdict(Kind.CORRECT, notes=(Note(NoteKind.BETWEEN, ("all", "none")),))
    assert feedback(replace(RULE, alternatives=ends), noted, PLACE).notes == ("Any share is right.",)


@pytest.mark.parametrize("pattern", Pattern)
def test_every_reading_has_words(pattern: Pattern) -> None:
    """However a difference reads, there is a sentence, with the result's name or the region in it."""
    for names in (("N", "< 0"), ("all", "row"), ("0", "column")):
        told = say_reading(Reading(pattern, names), "dx")
        assert sound(Feedback(told, "", (), ()))
        assert "dx" in told or names[0] in told


@pytest.mark.parametrize("pattern", Pattern)
def test_one_number_has_no_entries_and_is_nowhere(pattern: Pattern) -> None:
    """Of a loss nothing is said that only an array has, neither in what it reads as nor in what to try."""
    facts = FACTS[Flaw.VALUES] | {"place": [], "wrong": 1, "size": 1}
    one = finding(problem=Problem(Flaw.VALUES, "loss", facts))
    told = feedback(RULE, verdict(Kind.WRONG, one, reading=Reading(pattern, ("small", "row"))), PLACE)
    assert sound(told)
    if pattern in (Pattern.ZERO, Pattern.SIGN, Pattern.SIGNS_LOST, Pattern.SIZES, Pattern.TURNED, Pattern.BELOW_ZERO):
        assert not re.search(r"everywhere|entries|[Ss]igns|zeros|Entries", f"{told.headline} {told.next_step}")


STEPS_OF_READINGS: dict[str, tuple[Reading, str]] = {
    "a last step that is missing": (
        Reading(Pattern.OF_RIGHT, ("np.exp(right)",)),
        "a missing one that would undo that.",
    ),
    "what nothing undoes": (Reading(Pattern.OF_RIGHT, ("np.round(right, 2)",)), "or for one that is applied twice."),
    "an exponential of another sign": (Reading(Pattern.OF_RIGHT, ("1 - right",)), "at the sign within an np.exp."),
    "a score that may be negative": (Reading(Pattern.BELOW_ZERO), "if it can, work it out by hand."),
}


@pytest.mark.parametrize("what", STEPS_OF_READINGS)
def test_the_next_step_has_what_else_gives_the_same(what: str) -> None:
    """Of one number: a log probability has no exp too many, and a score is negative in a case that no exam has."""
    reading, step = STEPS_OF_READINGS[what]
    one = finding(problem=Problem(Flaw.VALUES, "p", FACTS[Flaw.VALUES] | {"place": [], "wrong": 1, "size": 1}))
    told = feedback(RULE, verdict(Kind.WRONG, one, reading=reading), PLACE)
    assert sound(told)
    assert told.next_step.endswith(step)
    assert "never is" not in told.headline


def test_a_known_mistake_is_told_in_the_authors_words() -> None:
    """What was done, why it is wrong, what to try: as declared."""
    told = feedback(RULE, verdict(Kind.KNOWN_MISTAKE), PLACE)
    assert told.headline == "Everything is half as large."
    assert told.next_step == "Look for a factor."


def test_an_alternative_is_told_in_the_authors_words() -> None:
    """That another convention is right too, and which: once, beside whatever else is noted."""
    noted = (Note(NoteKind.OTHER_DTYPE, ("dw: float32",)), Note(NoteKind.ALTERNATIVE, ("sums",)))
    told = feedback(RULE, replace(verdict(Kind.ALTERNATIVE), notes=noted), PLACE)
    assert "Gradients are left as sums." in told.headline
    assert told.notes == ("dtype: dw: float32. It costs nothing.",)


CALLED = Note(NoteKind.BUILT_ON, ("Layer.ahead",))


def test_where_the_error_lies_in_forward_it_is_named() -> None:
    """Backward that is right otherwise says so, and names the forward that fails."""
    for told in (
        feedback(RULE, verdict(Kind.CONSISTENT, basis=Basis.OWN_GRADIENT), PLACE),
        feedback(RULE, verdict(Kind.CORRECT, basis=Basis.HANDED_CACHE), PLACE),
        feedback(RULE, verdict(Kind.CORRECT, basis=Basis.ROUGH_CACHE), PLACE),
        feedback(RULE, verdict(Kind.CORRECT, basis=Basis.BUILT_ON, notes=(CALLED,)), PLACE),
    ):
        assert "Layer.ahead" in told.headline
    assert RULE.follow_through is not None
    whole = replace(RULE, follow_through=replace(RULE.follow_through, credit=Fraction(1)))
    told = feedback(whole, verdict(Kind.CONSISTENT, basis=Basis.OWN_GRADIENT), PLACE)
    assert told.headline.endswith("The error is in Layer.ahead, and is counted there only.")
    assert told.next_step == "Mend Layer.ahead.", "nothing is to be derived again"
    part = feedback(RULE, verdict(Kind.CONSISTENT, basis=Basis.OWN_IN_PART, follows=("dx",)), PLACE)
    assert part.headline == (
        "`dx` is right for the forward that was handed in; the error is in Layer.ahead. `dw` is not: there is one in "
        "this too."
    )
    assert sound(part)
    assert "Layer.ahead first" in part.next_step
    assert "`dw` above all" in part.next_step
    pair = feedback(RULE, verdict(Kind.WRONG, right_otherwise=True), PLACE)
    assert "Layer.ahead" in pair.next_step
    assert "cache" in pair.next_step


def test_of_no_cache_is_told_where_all_is_on_the_object() -> None:
    """What its forward leaves is where to look; a backward that takes no cache has none to be looked at."""
    rule = replace(RULE, signature="(self, dy) -> (dx, dw)")
    for kind in (Kind.WRONG, Kind.CRASHED, Kind.KNOWN_MISTAKE):
        told = feedback(rule, verdict(kind, right_otherwise=True), PLACE)
        assert sound(told)
        assert "what Layer.ahead leaves on the object" in told.next_step
        assert "cache" not in told.headline + told.next_step


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (NoteKind.OTHER_CACHE, "the cache of the reference solution"),
        (NoteKind.OWN_CACHE, "in the place of what Layer.ahead gives"),
        (NoteKind.BUILT_ON, "mend that first"),
    ],
)
def test_a_note_says_with_what_backward_was_tried(kind: NoteKind, told: str) -> None:
    """Right values may stand in its cache, or come out of what it calls: the note is true of both."""
    found = feedback(RULE, verdict(Kind.CORRECT, finding(), notes=(Note(kind, ("Layer.ahead",)),)), PLACE)
    assert sound(found)
    assert told in found.notes[0]
    assert "Layer.ahead" in found.notes[0]


def test_what_a_right_cache_was_not_handed_for_is_not_said_to_be_right() -> None:
    """A public key may hand one for some behaviours alone, and then all that was tried is not all that there is."""
    shown = [finding(), replace(finding(), behaviour="any shape")]
    for findings, told in ((shown[:1], "more is tried"), (shown, "counted there only")):
        found = feedback(RULE, verdict(Kind.CORRECT, *findings, basis=Basis.HANDED_CACHE), PLACE)
        assert sound(found)
        assert told in found.headline
        assert "Layer.ahead" in found.headline


@pytest.mark.parametrize("otherwise", [False, True])
def test_of_a_right_backward_that_its_own_forward_spoils_that_is_said(otherwise: bool) -> None:
    """Whoever mends the forward alone would lose the backward by it."""
    shown = [finding(), replace(finding(), behaviour="any shape")]
    told = verdict(Kind.CORRECT, *shown, basis=Basis.HANDED_CACHE, right_otherwise=otherwise)
    found = feedback(RULE, told, PLACE)
    assert sound(found)
    assert ("see what it keeps" in found.headline) is otherwise


BEHIND = {
    "values that nothing fits": (Kind.WRONG, Flaw.VALUES, None, True),
    "some that are right": (Kind.PARTLY, Flaw.VALUES, None, True),
    "values that something fits": (Kind.WRONG, Flaw.VALUES, Reading(Pattern.SIGN), False),
    "values that are off here or there": (Kind.WRONG, Flaw.VALUES, Reading(Pattern.WHERE, ("x", "< 0")), True),
    "another number of results": (Kind.WRONG, Flaw.COUNT, None, False),
}


@pytest.mark.parametrize(("kind", "flaw", "reading", "told"), BEHIND.values(), ids=BEHIND.keys())
def test_what_works_on_a_wrong_cache_is_looked_at_after_its_forward(
    kind: Kind, flaw: Flaw, reading: Reading | None, told: bool
) -> None:
    """Of a layout that nobody knows, all that can be said is where its numbers come from; what is known comes first."""
    found = feedback(RULE, verdict(kind, flawed(flaw), behind=True, reading=reading), PLACE)
    assert sound(found)
    assert ("Mend Layer.ahead first" in found.next_step) is told
    plain = feedback(RULE, verdict(kind, flawed(flaw), reading=reading), PLACE)
    assert "Layer.ahead" not in plain.next_step
    assert plain.next_step in found.next_step


@pytest.mark.parametrize("behind", [False, True])
def test_a_mistake_that_a_wrong_forward_may_bring_is_mended_after_that(behind: bool) -> None:
    """Its numbers are told in either case, and what to do in its own lines is not the first thing to try."""
    told = feedback(RULE, verdict(Kind.KNOWN_MISTAKE, behind=behind), PLACE)
    assert sound(told)
    assert told.next_step.startswith("Mend Layer.ahead first: this works on what that keeps") is behind
    assert told.headline == feedback(RULE, verdict(Kind.KNOWN_MISTAKE), PLACE).headline


def test_of_several_results_a_mask_may_stand_in_the_place_of_one() -> None:
    """Who returns (cache, out) is asked for their order, which a lone result has not."""
    problem = Problem(Flaw.DTYPE, "dx", {"got_dtype": "bool", "want_dtype": "float64"})
    for gives, is_asked in (("(dx, dw)", True), ("dx", False)):
        rule = replace(RULE, signature=f"(self, dy, cache) -> {gives}")
        told = feedback(rule, verdict(Kind.WRONG, finding(problem=problem)), PLACE)
        assert sound(told)
        assert ("are the results in the order (dx, dw)?" in told.next_step) is is_asked


@pytest.mark.parametrize(("gives", "said"), [("(dx, cache)", "`dx` comes"), ("(dx, dw, cache)", "`dx` and `dw` come")])
def test_of_results_in_another_order_those_that_are_returned_are_told(gives: str, said: str) -> None:
    """What is left elsewhere, such as a moving average, has no place among them."""
    rule = replace(RULE, signature=f"(self, dy) -> {gives}")
    told = feedback(rule, verdict(Kind.WRONG, turned=True), PLACE)
    assert sound(told)
    assert f"The right {said} one place too late" in told.headline


def test_only_what_is_no_array_may_stand_in_another_order_beside_what_is_right() -> None:
    """A forward that is right in part gives its result where that is due, or has left elsewhere what is right."""
    none, values = (finding(problem=Problem(flaw, "dx", {})) for flaw in (Flaw.NONE, Flaw.VALUES))
    mean = finding(problem=Problem(Flaw.VALUES, "mean", {}))
    for kind, findings, due in (
        (Kind.PARTLY, (finding(), none), True),
        (Kind.PARTLY, (finding(), none, values), False),
        (Kind.PARTLY, (finding(), none, mean), True),
        (Kind.PARTLY, (finding(), mean), False),
        (Kind.WRONG, (none,), False),
    ):
        assert lacks_arrays(replace(verdict(kind), findings=findings), {"mean"}) is due


def test_what_is_not_known_to_be_wrong_by_itself_is_not_said_to_be() -> None:
    """Beside results that are right for its forward others may be off by what that keeps, unless another was tried."""
    part = verdict(Kind.CONSISTENT, basis=Basis.OWN_IN_PART, follows=("dx",))
    tried, untried = (feedback(RULE, replace(part, behind=behind), PLACE) for behind in (False, True))
    assert sound(untried)
    assert "there is one in this too" in tried.headline
    assert untried.headline.endswith(
        "`dw` is not, which may come from there alone: this works on what that keeps for it."
    )
    assert untried.next_step.startswith("Mend Layer.ahead first, ")


@pytest.mark.parametrize(("name", "told"), [("KeyError", True), ("IndexError", True), ("NameError", False)])
def test_a_part_that_a_wrong_forward_does_not_keep_is_looked_for_there_first(name: str, told: bool) -> None:
    """A key or a size that is not there; a name of its own is its own affair."""
    raised = finding(Status.RAISED, trouble=Trouble(name, "2", 7, 3))
    found = feedback(RULE, verdict(Kind.CRASHED, raised, behind=True), PLACE)
    assert sound(found)
    assert found.next_step.startswith("Mend Layer.ahead first: ") is told
    assert feedback(RULE, verdict(Kind.CRASHED, raised), PLACE).next_step in found.next_step


UNWRITTEN = {
    "values that nothing fits": (Kind.WRONG, flawed(Flaw.VALUES), None, True),
    "another number of results": (Kind.WRONG, flawed(Flaw.COUNT), None, True),
    "what was raised": (Kind.CRASHED, finding(Status.RAISED, trouble=TROUBLE), None, True),
    "values that something fits": (Kind.WRONG, flawed(Flaw.VALUES), Reading(Pattern.SIGN), True),
    "some that are right": (Kind.PARTLY, flawed(Flaw.VALUES), None, False),
}


@pytest.mark.parametrize(("kind", "found", "reading", "told"), UNWRITTEN.values(), ids=UNWRITTEN.keys())
def test_whose_cache_it_was_is_told_where_no_forward_is_written(
    kind: Kind, found: Finding, reading: Reading | None, told: bool
) -> None:
    """The hand-out's own lines may keep something else than this backward is written for."""
    plain = feedback(RULE, verdict(kind, found, reading=reading), PLACE)
    behind = feedback(RULE, verdict(kind, found, reading=reading, unwritten=True), PLACE)
    assert sound(behind)
    assert behind.headline.startswith("Layer.ahead is not written yet") is told
    assert behind.next_step.startswith("Write Layer.ahead first") is told
    assert plain.headline in behind.headline
    assert plain.next_step in behind.next_step


def test_a_mistake_that_only_the_hand_outs_cache_shows_is_not_said_for_sure() -> None:
    """With right values in what no student has laid out; the cases themselves are another matter."""
    mended = feedback(RULE, verdict(Kind.KNOWN_MISTAKE, basis=Basis.MENDED_CACHE, unwritten=True), PLACE)
    assert mended.headline.startswith("Layer.ahead is not written yet")
    assert mended.next_step.startswith("If its own cache")
    cases = feedback(RULE, verdict(Kind.KNOWN_MISTAKE, unwritten=True), PLACE)
    assert cases.headline.startswith("Everything is half as large.")


ON_OBJECT = {
    "wrong with the reference's": (Kind.WRONG, Basis.HANDED_CACHE, False),
    "right in part with it": (Kind.PARTLY, Basis.HANDED_CACHE, False),
    "right with it": (Kind.CORRECT, Basis.HANDED_CACHE, False),
    "right with its own, mended": (Kind.CORRECT, Basis.MENDED_CACHE, False),
    "a known mistake with it": (Kind.KNOWN_MISTAKE, Basis.HANDED_CACHE, False),
    "right by little": (Kind.CORRECT, Basis.ROUGH_CACHE, False),
    "wrong, and no forward written": (Kind.WRONG, Basis.OWN_CACHE, True),
}


@pytest.mark.parametrize(("kind", "basis", "unwritten"), ON_OBJECT.values(), ids=ON_OBJECT.keys())
def test_who_keeps_all_on_the_object_is_told_of_no_cache(kind: Kind, basis: Basis, unwritten: bool) -> None:
    """Such a course has none: what a backward works with is what forward has left."""
    takes = {"(self, dy) -> (dx, dw)": (), "(self, y, labels) -> (dx, dw)": ("labels",)}
    rules = [replace(RULE, signature=signature, drawn=drawn) for signature, drawn in takes.items()]
    right = kind is Kind.CORRECT
    found = finding() if right else flawed(Flaw.VALUES)
    notes = (Note(NoteKind.OTHER_CACHE, ("Layer.ahead",)),)
    ruled = verdict(kind, found, basis=basis, unwritten=unwritten, notes=notes)
    told = [feedback(one, ruled, PLACE) for one in (*rules, RULE)]
    *on_object, with_cache = (" ".join((one.headline, one.next_step, *one.notes)) for one in told)
    assert all(sound(one) for one in told[:-1])
    assert not any("cache" in one for one in on_object)
    assert "cache" in with_cache
    assert all("object" in one or "leaves" in one for one in on_object)
    if (kind, basis) == (Kind.WRONG, Basis.HANDED_CACHE):
        assert all(one.startswith("Layer.ahead comes to nothing, so") for one in on_object), (
            "it may have left something"
        )


def test_with_somebody_elses_cache_nothing_is_said_for_sure() -> None:
    """A cache may be laid out otherwise than the reference's: what looks like a mistake there may be none."""
    mistake = feedback(RULE, verdict(Kind.KNOWN_MISTAKE, basis=Basis.HANDED_CACHE), PLACE)
    assert mistake.headline.startswith("Given the cache of the reference solution's Layer.ahead")
    assert mistake.next_step.startswith("If its own cache")
    failing = feedback(RULE, verdict(Kind.WRONG, basis=Basis.HANDED_CACHE), PLACE)
    assert failing.headline.startswith("Layer.ahead gave no cache, so"), "true of one that is missing, too"
    assert failing.next_step.startswith("Mend Layer.ahead first")
    slip = finding(Status.RAISED, trouble=Trouble("NameError", "name 'cahce' is not defined", 7, 3))
    named = feedback(RULE, verdict(Kind.CRASHED, slip, basis=Basis.HANDED_CACHE), PLACE)
    assert named.next_step.startswith("Mend Layer.ahead first")
    assert "Is `cache` meant?" in named.next_step, "which names there are depends on no cache"
    for message, is_told in (
        ("module 'numpy' has no attribute 'summ'", True),
        ("'tuple' object has no attribute 'T'", False),
    ):
        lacks = finding(Status.RAISED, trouble=Trouble("AttributeError", message, 7, 3))
        step = feedback(RULE, verdict(Kind.CRASHED, lacks, basis=Basis.HANDED_CACHE), PLACE).next_step
        assert (len(step) > len(failing.next_step)) is is_told, "nor does what a module has"
    takes = Trouble("TypeError", "Layer.back() takes 2 positional arguments but 3 were given")
    called = finding(Status.RAISED, trouble=takes)
    also = feedback(RULE, verdict(Kind.CRASHED, called, basis=Basis.HANDED_CACHE), PLACE).next_step
    assert "It is called with what `def back(self, dy, cache)` takes" in also, "no cache would change that"
    within = replace(called, trouble=replace(takes, cell=7, line=3))
    assert "called with" not in feedback(RULE, verdict(Kind.CRASHED, within, basis=Basis.HANDED_CACHE), PLACE).next_step
    own = feedback(RULE, verdict(Kind.KNOWN_MISTAKE, basis=Basis.MENDED_CACHE), PLACE)
    assert own.headline.startswith("Everything is half as large.")


def test_what_a_call_without_a_cache_raised_is_not_told_as_its_own() -> None:
    """That forward did not return comes first, and is what to mend; a case in which it did return is told before."""
    alone = finding(Status.RAISED, trouble=TROUBLE, earlier="Layer.ahead")
    told = feedback(RULE, verdict(Kind.CRASHED, alone), PLACE)
    assert told.headline.startswith(
        "Layer.ahead left nothing here that this could work on; called all the same, it raised KeyError"
    )
    assert told.next_step.startswith("Mend Layer.ahead first")
    none = replace(TROUBLE, type_name="TypeError", message="cannot unpack non-iterable NoneType object")
    told = feedback(RULE, verdict(Kind.CRASHED, replace(alone, trouble=none)), PLACE)
    assert told.headline == "Layer.ahead left nothing here that this could work on."
    raised = replace(alone, before=replace(TROUBLE, cell=7, line=3))
    told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE)
    assert told.headline.startswith("Layer.ahead, called before, raised KeyError")
    assert told.next_step.startswith("Mend Layer.ahead first")
    hidden = flawed(Flaw.VALUES, "hidden")
    assert "Layer.ahead" not in feedback(RULE, verdict(Kind.WRONG, alone, hidden), PLACE).headline


def test_a_result_that_is_too_large_is_told_by_its_shape() -> None:
    """In plain English: it stands in the place of a type."""
    large = Problem(Flaw.TYPE, "dx", {"type": "far too large, of shape (2000000,)"})
    sentence = say_case(RULE, finding(problem=large), PLACE)
    assert "`dx` is far too large, of shape (2000000,)" in sentence


def test_what_is_right_in_part_says_with_which_cache() -> None:
    """What was tried with the reference's cache is told so, and nothing of the forward's own error beside it."""
    flaw = flawed(Flaw.VALUES, "hidden")
    for basis, start in (
        (Basis.HANDED_CACHE, "Given a right cache, it is right in part."),
        (Basis.MENDED_CACHE, "With right values in the place of those that Layer.ahead gives, it is right in part."),
        (Basis.OWN_CACHE, "On hidden inputs"),
    ):
        assert feedback(RULE, verdict(Kind.PARTLY, flaw, basis=basis), PLACE).headline.startswith(start)


def test_a_mistake_in_the_behaviour_that_is_told_has_the_authors_words() -> None:
    """Another behaviour has a fault of its own, so that the whole is no declared mistake."""
    flaw = flawed(Flaw.VALUES)
    one = verdict(Kind.PARTLY, flaw, reading=Reading(Pattern.SIGN), shown_in=((flaw.behaviour, "halves"),))
    assert feedback(RULE, one, PLACE).next_step == "Look for a factor."


@pytest.mark.parametrize(("output", "is_told"), [("dx", True), ("dw", False)])
def test_a_mistake_in_the_result_that_is_told_has_the_authors_words(output: str, is_told: bool) -> None:
    """What the author says of it is nearer to the fix than how the numbers differ; of another result it is not said."""
    one = verdict(Kind.PARTLY, flawed(Flaw.VALUES), reading=Reading(Pattern.SIGN), mistakes_in=((output, "halves"),))
    told = feedback(RULE, one, PLACE)
    assert sound(told)
    assert ("Everything is half as large." in told.headline) is (told.next_step == "Look for a factor.") is is_told
    assert ("minus" in told.next_step) is not is_told


def test_a_missing_function_is_told_with_its_signature() -> None:
    """What to write, in which class; or which line could not be read."""
    told = feedback(RULE, verdict(Kind.MISSING, finding(Status.MISSING)), PLACE)
    assert "Layer.back" in told.headline
    assert "`def back(self, dy, cache)` in `class Layer`" in told.next_step
    lost = feedback(RULE, verdict(Kind.MISSING, finding(Status.MISSING), trouble=TROUBLE), PLACE)
    assert "KeyError: 'cache'" in lost.headline
    assert "cell 7, line 3" in lost.headline
    stopped = Trouble("TimeoutError", "20 s were used up", 4, 1)
    told = feedback(RULE, verdict(Kind.MISSING, finding(Status.MISSING), trouble=stopped), PLACE)
    assert "cell 4, line 1" in told.headline + told.next_step


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("from course.layers import Layer, other", True),
        ("from course.tests import *", True),
        ("import course.layers as Layer", True),
        ("import course", False),
        ("from course.layers import Layers", False),
    ],
    ids=["by name", "all of it", "as this name", "another name", "a longer name"],
)
def test_a_function_that_an_import_should_have_given_is_asked_of_that_import(line: str, is_told: bool) -> None:
    """Who hands in the notebook without the folder that it imports is told so, and not to define it in the notebook."""
    absent = Absent((("course", line),))
    told = feedback(RULE, verdict(Kind.MISSING, finding(Status.MISSING)), PLACE, absent)
    assert sound(told)
    assert ("`course`" in told.headline) is ("zip of your whole folder" in told.next_step) is is_told
    assert ("spelt just so" in told.next_step) is not is_told
    missing = [CriterionRecord(name, "missing", Fraction(0), Fraction(1), "", "", "", (), (), ()) for name in "ab"]
    assert len(note_on_nothing([replace(missing[0], name="Layer.back"), missing[1]], "Week 5", absent)) == (not is_told)


def test_a_file_that_is_there_without_the_name_is_told_so() -> None:
    """`from layers import Layer` of a layers.py that has none: that file is not missing, and `Layer` is no file."""
    failed = Trouble("ImportError", "cannot import name 'Layer' from 'layers' (layers.py)", 1, 1)
    cells = [CellRecord(1, "code", "from layers import Layer")]
    for files, given, word in (({"2": "layers.py"}, (), "layers.py"), ({}, ("lib/layers.py",), "lib/layers.py")):
        absent = absent_in(Evidence(False, failed=(failed,), files=files), place_in(False), cells, given)
        assert not absent.modules
        told = feedback(RULE, verdict(Kind.MISSING, finding(Status.MISSING)), PLACE, absent)
        assert sound(told)
        assert f"{word}, imported here, has no `Layer`" in told.headline
    parts = (Fraction(0), Fraction(1), "", told.headline, told.next_step, (), (), ())
    record = CriterionRecord(RULE.name, "missing", *parts)
    sources = {"lib/layers.py": "class Leyer: pass"}
    assert told_by_module(record, sources).next_step == "lib/layers.py has `Leyer`: if that is meant, spell both alike."
    for source in ("class Layer: pass", "Layer = None"):  # it is there, and only could not be made
        assert told_by_module(record, {"lib/layers.py": source}).next_step == told.next_step


def test_what_a_package_has_not_is_no_file_to_hand_in() -> None:
    """`from numpy import Layer`: numpy is there, and nobody has a file of that name."""
    failed = Trouble("ImportError", "cannot import name 'Layer' from 'numpy'", 1, 1)
    absent = absent_in(Evidence(False, failed=(failed,)), place_in(False), [CellRecord(1, "code", "")])
    told = feedback(RULE, verdict(Kind.MISSING, finding(Status.MISSING)), PLACE, absent)
    assert "numpy, imported here, has no `Layer` when it is graded" in told.headline
    assert told.next_step.startswith("Define it here as")
    raised = finding(Status.RAISED, trouble=Trouble("NameError", "name 'Layer' is not defined", 7, 3))
    told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, absent)
    assert sound(told)
    assert "numpy has no `Layer` when it is graded: see how it is spelt" in told.next_step


def test_a_name_that_an_import_should_have_given_is_told_so() -> None:
    """A NameError after a failed import is not called a typing error."""
    raised = finding(Status.RAISED, trouble=Trouble("NameError", "name 'torch' is not defined", 7, 3))
    assert "set before that line" in feedback(RULE, verdict(Kind.CRASHED, raised), PLACE).next_step
    for line in ("import torch, scipy", "from torch import *", "import x as torch"):
        told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, Absent((("torch", line),)))
        assert "hand it in beside" in told.next_step
        assert "torch could not be imported" in told.next_step
    for line in ("import pandas as pd", "from torchvision import transforms", ""):
        told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, Absent((("pandas", line),)))
        assert "set before that line" in told.next_step


def test_an_import_by_name_is_blamed_before_one_of_everything() -> None:
    """`from cases import *` could have given any name; the line that names it is where it was to come from."""
    raised = finding(Status.RAISED, trouble=Trouble("NameError", "name 'relu' is not defined", 7, 3))
    imports = (("cases", "from cases import *"), ("utils", "from utils import relu"))
    told = [feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, Absent(absent)) for absent in (imports, imports[:1])]
    assert [one.next_step.partition(" could not")[0] for one in told] == ["The module utils", "The module cases"]


def test_a_name_whose_line_did_not_run_is_told_with_that_line() -> None:
    """`DATA = open(...)` is in the notebook: what is to mend is why it could not run."""
    raised = finding(Status.RAISED, trouble=Trouble("NameError", "name 'DATA' is not defined", 7, 3))
    absent = Absent((("torch", "import torch"),), (("DATA", "cell 3, line 1", "FileNotFoundError"),))
    told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, absent)
    assert sound(told)
    assert {"cell 3, line 1", "`DATA`", "FileNotFoundError"} <= set(
        re.findall(r"cell 3, line 1|`DATA`|File\w+", told.next_step)
    )


def test_why_a_line_did_not_run_is_told_with_what_to_do() -> None:
    """A file that is not there, or a package: mending the line that fails by it would help nobody."""
    raised = finding(Status.RAISED, trouble=Trouble("NameError", "name 'DATA' is not defined", 7, 3))
    for why, step in (("FileNotFoundError", "into the notebook"), ("ModuleNotFoundError: pandas", "numpy alone")):
        absent = Absent(names=(("DATA", "cell 3, line 1", why),))
        told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, absent)
        assert sound(told)
        assert f"({why})" in told.next_step
        assert step in told.next_step


OWN = [
    Trouble("ValueError", "the shape is wrong", 7, 3), Trouble("NameError", "name 'exp' is not defined", 7, 3),
    Trouble("TypeError", "bitwise_and", 7, 3), Trouble("KeyError", "x", 7, 3),
    Trouble("ShapeTypeError", "dimension", 7, 3),
]  # fmt: skip


@pytest.mark.parametrize("visibility", ["public", "hidden"])
@pytest.mark.parametrize("trouble", OWN, ids=lambda trouble: trouble.type_name)
def test_of_an_error_of_ones_own_no_words_are_read(trouble: Trouble, visibility: str) -> None:
    """Whoever raises it has chosen type and words: what to look at is why that line is reached."""
    one = verdict(Kind.CRASHED, finding(Status.RAISED, visibility, trouble=trouble))
    told = feedback(RULE, one, PLACE, Absent(raising=((7, 3),)))
    assert sound(told)
    assert "raises this itself" in told.next_step
    assert "'two rows'" in told.next_step
    assert ("hidden" in told.next_step) is (visibility == "hidden")
    assert "itself" not in feedback(RULE, one, PLACE, Absent(raising=((7, 4), (6, 3)))).next_step
    meant = verdict(Kind.CRASHED, finding(Status.RAISED, trouble=Trouble("NotImplementedError", "", 7, 3)))
    assert "Take the line" in feedback(RULE, meant, PLACE, Absent(raising=((7, 3),))).next_step


def test_what_came_with_the_exercise_is_where_a_name_is() -> None:
    """An import of another file for a name that students were given: the file that has it is the one to import."""
    raised = finding(Status.RAISED, trouble=Trouble("NameError", "name 'relu' is not defined", 7, 3))
    imports = (("utils_v3", "from utils_v3 import relu, tanh"),)
    for given, word in (
        ((("relu", "utils.py"),), "Import `relu` from utils.py"),
        ((("rel", "utils.py"),), "hand it in"),
    ):
        told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, Absent(imports, given=given))
        assert word in told.next_step
    spelt = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, Absent(given=(("relu", "utils.py"),)))
    assert "utils" not in spelt.next_step


@pytest.mark.parametrize("visibility", ["public", "hidden"])
def test_an_assert_is_told_by_its_text(visibility: str) -> None:
    """It may stand in another function than the one that is told; of hidden inputs nobody can print anything."""
    one = verdict(Kind.CRASHED, finding(Status.RAISED, visibility, trouble=Trouble("AssertionError", "", 7, 3)))
    told = feedback(RULE, one, PLACE, Absent(demands=(((7, 3), "assert w.shape == (2, 1)"),)))
    assert sound(told)
    assert "`assert w.shape == (2, 1)` does not hold" in told.next_step
    assert ("of your own like those of the hidden case" in told.next_step) is (visibility == "hidden")
    assert "`assert`" in feedback(RULE, one, PLACE, Absent(demands=(((7, 4), "assert True"),))).next_step


MESSAGES = {
    "an array that is asked for one answer": (
        "ValueError",
        "The truth value of an array with more than",
        "(so has `x[i, j]` of an x",
    ),
    "shapes that do not fit": ("ValueError", "operands could not be broadcast together with shapes", "shapes"),
    "math of an array": ("TypeError", "only 0-dimensional arrays can be converted to Python scalars", "np.exp"),
    "math of an array, in older words": (
        "TypeError",
        "only length-1 arrays can be converted to Python scalars",
        "np.exp",
    ),
    "names on the left": ("ValueError", "too many values to unpack (expected 2)", "unpacked"),
    "a debugger": ("BdbQuit", "", "debugger"),
    "a file elsewhere": ("OSError", "[Errno 30] Read-only file system: '/tmp/o.npy'", "beside the notebook"),
    "a demand of one's own": ("AssertionError", "", "compares"),
    "a value that is called": ("TypeError", "'int' object is not callable", "gives its name to something else"),
    "a length that is no whole number": (
        "TypeError",
        "'float' object cannot be interpreted as an integer",
        "write `//`",
    ),
    "a length that is one of numpy's floats": (
        "TypeError",
        "'numpy.float64' object cannot be interpreted as an integer",
        "write `//`",
    ),
    "a length that is nothing": ("TypeError", "'NoneType' object cannot be interpreted as an integer", "the type"),
    "a slice of no whole numbers": ("TypeError", "slice indices must be integers or None or", "write `//`"),
    "a list's index that is a float": ("TypeError", "list indices must be integers or slices, not float", "write `//`"),
    "a list's index that is a tuple": ("TypeError", "list indices must be integers or slices, not tuple", "the type"),
    "an index that is no whole number": ("IndexError", "only integers, slices (`:`), ellipsis (`...`)", "write `//`"),
    "a word in an array's brackets": ("IndexError", "only integers, slices (`:`), ellipsis (`...`)", "dict alone"),
    "an index of floats": (
        "IndexError",
        "arrays used as indices must be of integer (or boolean) type",
        "Print the dtype",
    ),
    "an index of a number": ("IndexError", "invalid index to scalar variable.", "a single number and has no parts"),
    "an index past the end": ("IndexError", "index 3 is out of bounds for axis 0 with size 3", "runs past its end"),
    "too many indices": ("IndexError", "too many indices for array: array is 1-dimensional", "fewer axes"),
    "an error of one's own": ("ValueError", "not done yet", "why it is reached"),
    "an error without words": ("ValueError", "", "why it is reached"),
    "a number of Python's that is too large": ("OverflowError", "math range error", "not those of math"),
    "a number that an array cannot hold": ("OverflowError", "Python integer 300 out of bounds for uint8", "float64"),
    "an array that keeps its type": ("UFuncTypeError", "Cannot cast ufunc 'multiply' output", "a = a * b"),
    "a question to nobody": ("EOFError", "EOF when reading a line", "Nobody answers"),
    "a file": ("FileNotFoundError", "[Errno 2] No such file", "not there when it is graded"),
    "what is not allowed": ("PermissionError", "[Errno 13] Permission denied: '/etc'", "not allowed"),
    "the network": ("URLError", "<urlopen error>", "no network"),
    "the end of the program": ("SystemExit", "3", "return"),
    "a name that an inner function has too early": (
        "NameError",
        "cannot access free variable 'z' where it is not associated with a value in enclosing scope",
        "Give `z` its value before the inner function",
    ),
    "the same in older words": ("NameError", "free variable 'z' referenced before assignment in enclosing", "inner"),
    "pairs from behind": ("TypeError", "'zip' object is not reversible", "`list(...)` around it"),
    "one of what is mapped": ("TypeError", "'map' object is not subscriptable", "`list(...)` around it"),
    "how many pass a filter": ("TypeError", "object of type 'filter' has no len()", "`list(...)` around it"),
    "the first key": ("TypeError", "'dict_keys' object is not subscriptable", "`.keys()` gives its parts in turn"),
    "two ranges": ("TypeError", "unsupported operand type(s) for +: 'range' and 'range'", "`list(...)` around it"),
    "items of Python 2": ("AttributeError", "'dict' object has no attribute 'iteritems'", "write `.items()`"),
    "a key of Python 2": ("AttributeError", "'dict' object has no attribute 'has_key'", "write `key in d`"),
    "what Jupyter alone has": ("NameError", "name 'quit' is not defined", "return"),
}


@pytest.mark.parametrize(("name", "message", "word"), MESSAGES.values(), ids=list(MESSAGES))
def test_what_an_error_says_decides_what_to_try(name: str, message: str, word: str) -> None:
    """A step that can be done and that this error needs: shapes are only blamed where they do not fit."""
    told = feedback(RULE, verdict(Kind.CRASHED, finding(Status.RAISED, trouble=Trouble(name, message, 7, 3))), PLACE)
    assert sound(told)
    assert word in told.next_step
    assert ("do not fit" in told.next_step) is (word == "shapes")


@pytest.mark.parametrize("pattern", [Pattern.TRANSPOSED, Pattern.RESHAPED, Pattern.ONE_NUMBER, Pattern.NOT_REDUCED])
def test_a_shape_that_reads_as_something_is_mended_by_that(pattern: Pattern) -> None:
    """To print shapes helps where nothing else is known; where it is, the step follows from it."""
    plain = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.SHAPE)), PLACE).next_step
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.SHAPE), reading=Reading(pattern, ("0",))), PLACE).next_step
    assert plain.startswith("Look for the step that takes an axis of size 2 away")
    assert "Print the shape" not in told


@pytest.mark.parametrize(("dtype", "word"), [("bool", "mask"), ("complex128", "complex"), ("<U3", "numbers")])
def test_a_dtype_is_mended_by_what_it_is(dtype: str, word: str) -> None:
    """A complex result is no mask."""
    problem = Problem(Flaw.DTYPE, "dx", {"got_dtype": dtype, "want_dtype": "float64"})
    told = feedback(RULE, verdict(Kind.WRONG, finding(problem=problem)), PLACE)
    assert word in told.next_step
    assert ("mask" in told.next_step) is (dtype == "bool")


BLAME = re.compile(
    r"\b(you (?:failed|forgot|should have)|stupid|obvious|simply|just|of course|unfortunately|sorry)\b", re.I
)
HAND_INS = [
    {"double": halves}, {"double": lambda x: None}, {"double": lambda x: x > 0}, {"double": lambda x: x * np.inf},
    {"double": lambda x: 1 / 0}, {"double": lambda x: (x, x)}, {"double": lambda x: {}}, {"ahead": lambda x, w: x @ w},
    {"back": lambda dy, c: None}, {"back": lambda dy, c: (c[0], c[1])}, {"ahead": lambda x, w: (2 * x @ w, (x, w))},
    {"slope": lambda dy, x: -dy * (x > 0)}, {"slope": lambda dy, x: dy.sum()}, {"back": lambda dy, c: (dy, c, 3)},
]  # fmt: skip


@pytest.mark.parametrize("functions", HAND_INS)
def test_real_verdicts_are_told_in_whole_sentences(functions: dict[str, object]) -> None:
    """Of hand-ins with all kinds of errors: sound sentences, about the function and never about the student."""
    ruled = rule_on(KEY, answer({**REFERENCE_FUNCTIONS, **functions}), {})
    for rule in KEY.rubric.criteria:
        for one in ruled[rule.name]:
            told = feedback(rule, one, PLACE)
            assert sound(told)
            assert len(told.details) == len(one.findings)
            assert not BLAME.search(told.headline), told.headline


@pytest.mark.parametrize(("where", "said"), [("= 0", "division by `x`"), ("< 0", "exp of a large number")])
def test_where_an_input_is_zero_a_division_by_it_is_looked_for(where: str, said: str) -> None:
    """What is nan only where x is 0 has no exp of a large number in it."""
    one = verdict(Kind.WRONG, flawed(Flaw.NOT_FINITE), reading=Reading(Pattern.WHERE, ("x", where)))
    assert said in feedback(RULE, one, PLACE).next_step


def test_what_only_hidden_cases_show_is_said_so() -> None:
    """Whatever the verdict and however the difference reads: nobody looks for it in the public cases in vain."""
    right, hidden = finding(), replace(flawed(Flaw.VALUES, "hidden"), case="large dout")
    where = Reading(Pattern.WHERE, ("x", "> 0"))
    for kind, reading in ((Kind.WRONG, None), (Kind.WRONG, where), (Kind.PARTLY, None), (Kind.PARTLY, where)):
        told = feedback(RULE, verdict(kind, right, hidden, reading=reading), PLACE)
        assert sound(told)
        assert "Every public case is right. On hidden inputs ('large dout'):" in told.headline
        assert "inputs of your own like those of the hidden case 'large dout'" in told.next_step
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), hidden, reading=where), PLACE)
    assert "hidden" not in told.headline + told.next_step
    mistaken = feedback(RULE, verdict(Kind.KNOWN_MISTAKE, right, hidden), PLACE)
    assert "Hidden cases alone" in mistaken.headline


def test_a_reading_stands_only_beside_the_result_that_it_reads() -> None:
    """An error in one case is not explained by how the numbers of others differ, nor one result by another's."""
    raised = finding(Status.RAISED, trouble=TROUBLE)
    other = finding(
        visibility="hidden", problem=Problem(Flaw.VALUES, "dw", flawed(Flaw.VALUES, "hidden").problem.facts)
    )
    for told_first in (raised, flawed(Flaw.VALUES)):
        one = verdict(Kind.WRONG, other, told_first, reading=Reading(Pattern.WHERE, ("x", "> 0")))
        assert "wrong only where" not in feedback(RULE, one, PLACE).headline


def test_the_result_that_is_told_is_read_where_another_fails_first() -> None:
    """A hidden case of one result may stand before the public one of another, of which more can be said."""
    dw, dx = flawed(Flaw.VALUES, "hidden"), flawed(Flaw.VALUES)
    hidden = replace(dw, problem=Problem(Flaw.VALUES, "dw", dw.problem.facts))
    one = verdict(Kind.WRONG, hidden, dx, others_read=((dx.problem.output, Reading(Pattern.FACTOR, ("1/N",))),))
    told = feedback(RULE, one, PLACE)
    assert sound(told)
    assert f"`{dx.problem.output}` is 1/N times what is right." in told.headline
    assert told.next_step.startswith("See where the formula divides or multiplies by `N`")


def test_the_case_that_is_told_ended_as_the_verdict_says() -> None:
    """A loop that eats memory is stopped in one case and raises in the next: the headline is of what the verdict is."""
    stopped, raised = finding(Status.TIMED_OUT, reason="1 s was used up"), finding(Status.RAISED, trouble=TROUBLE)
    assert "KeyError" in feedback(RULE, verdict(Kind.CRASHED, stopped, raised), PLACE).headline
    assert "not finish" in feedback(RULE, verdict(Kind.TIMED_OUT, raised, stopped), PLACE).headline


def test_a_mistake_that_the_cache_brings_is_told_after_the_cache() -> None:
    """Backward is right with another cache: its author's step may be done already, and is not what is said first."""
    told = feedback(RULE, verdict(Kind.KNOWN_MISTAKE, right_otherwise=True), PLACE)
    assert sound(told)
    assert told.headline.index("Layer.ahead") < told.headline.index("Everything is half as large.")
    assert told.next_step.index("cache") < told.next_step.index("Look for a factor.")


SHAPES = {
    "an axis that is gone": ([2], [4, 2], "takes an axis of size 4 away"),
    "the last one": ([4], [4, 2], "takes an axis of size 2 away"),
    "a single number": ([], [3], "takes an axis of size 3 away"),
    "an axis too many": ([2, 3, 4], [3, 4], "adds an axis of size 2: keepdims"),
    "labels in a column": ([4, 4], [4], "at once or a column (4, 1) that meets a row (4,)."),
    "two axes": ([2], [4, 3, 2], "Print the shape"),
    "another size": ([4, 3], [4, 2], "Print the shape"),
    "an order": ([2, 4], [4, 2], "Print the shape"),
    "a shape that is not told": (None, [4, 2], "Print the shape"),
}


@pytest.mark.parametrize(("got", "want", "step"), SHAPES.values(), ids=SHAPES.keys())
def test_one_axis_that_is_gone_or_too_many_is_told(got: list[int] | None, want: list[int], step: str) -> None:
    """Its size says which one, and what takes an axis away is little."""
    facts = {"got_shape": got, "want_shape": want, "type": "ndarray"}
    told = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.SHAPE, "dx", facts))), PLACE)
    assert sound(told)
    assert step in told.next_step


SIZED = {
    "N": "the size `N` is meant, that is `x.shape[0]`",
    "m": "the size `M` is meant, that is `w.shape[1]`",
    "K": "",
}


@pytest.mark.parametrize(("name", "said"), SIZED.items())
def test_a_size_that_has_no_value_is_told_where_it_stands(name: str, said: str) -> None:
    """Exercises name sizes in their texts, and a beginner uses the name as it is."""
    rule = replace(RULE, sizes={"N": ("x", 0), "M": ("w", 1)})
    raised = finding(Status.RAISED, trouble=Trouble("NameError", f"name '{name}' is not defined", 7, 3))
    told = feedback(rule, verdict(Kind.CRASHED, raised), PLACE)
    assert sound(told)
    assert (said in told.next_step) if said else ("the size" not in told.next_step)


OTHERWISE = {
    "a type": (Trouble("TypeError", "unsupported operand type(s) for -: 'int' and 'tuple'", 7, 3), True),
    "shapes": (Trouble("ValueError", "not enough values to unpack", 7, 3), False),
}


@pytest.mark.parametrize(("trouble", "told"), OTHERWISE.values(), ids=OTHERWISE.keys())
def test_of_a_cache_that_does_not_fit_its_type_is_told(trouble: Trouble, told: bool) -> None:
    """Where backward is right with another cache, what it holds is where to look, and as what it came says more."""
    failed = verdict(Kind.CRASHED, finding(Status.RAISED, trouble=trouble), right_otherwise=True)
    step = feedback(RULE, failed, PLACE).next_step
    assert "what Layer.ahead puts into its cache" in step
    assert ("is a tuple" in step) is told


@pytest.mark.parametrize(("got", "words"), [(1, "a tuple or list of one value"), (3, "3 values")])
def test_a_comma_too_many_is_told_by_what_it_makes(got: int, words: str) -> None:
    """`return (dx, dw),` gives a tuple of one, which is no "one value" and no other count that anybody wrote."""
    one = finding(problem=Problem(Flaw.COUNT, "", {"got": got, "want": 2}))
    told = feedback(RULE, verdict(Kind.WRONG, one), PLACE)
    assert sound(told)
    assert words in told.headline
    assert ("comma" in told.next_step) is (got == 1)


WARNED = Note(NoteKind.WARNING, ("overflow encountered in exp", "invalid value encountered in divide"))


@pytest.mark.parametrize("kind", [Kind.CORRECT, Kind.ALTERNATIVE, Kind.WRONG, Kind.KNOWN_MISTAKE, Kind.PARTLY])
def test_a_warning_costs_nothing_only_where_nothing_was_lost(kind: Kind) -> None:
    """Beside a wrong function it may be what costs, and where nan came out it is where to look."""
    is_right = kind in (Kind.CORRECT, Kind.ALTERNATIVE)
    told = feedback(RULE, verdict(kind, flawed(Flaw.NOT_FINITE), notes=(WARNED,)), PLACE).notes[0]
    assert ("costs nothing" in told) is is_right
    assert ("nan or inf" in told) is not is_right


def test_a_division_by_zero_is_not_mended_by_another_exponent() -> None:
    """The form that avoids an overflow is told for an overflow alone."""
    both = Note(NoteKind.WARNING, ("divide by zero encountered in divide", "overflow encountered in exp"))
    assert "exp of negatives" in feedback(RULE, verdict(Kind.CORRECT, notes=(WARNED,)), PLACE).notes[0]
    assert "exp of negatives" not in feedback(RULE, verdict(Kind.CORRECT, notes=(both,)), PLACE).notes[0]


def test_what_is_unsteady_before_is_named_first() -> None:
    """Backward differs since its forward does; where only backward does, the cache may still be why."""
    steady = feedback(RULE, verdict(Kind.CORRECT, notes=(Note(NoteKind.UNSTEADY, ("Layer.back",)),)), PLACE).notes[0]
    both = Note(NoteKind.UNSTEADY, ("Layer.back", "Layer.ahead"))
    assert "in the cache" in steady
    assert "so does Layer.ahead" in feedback(RULE, verdict(Kind.CORRECT, notes=(both,)), PLACE).notes[0]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("list", "is a list"),
        ("function", "is a function"),
        ("Odd", "type Odd"),
        ("ndarray of object", "is an array of Python objects"),
        ("ndarray of str96", "is an array of texts (str)"),
        ("ndarray of datetime64[ns]", "is an array of datetime64[ns]"),
    ],
)
def test_a_type_is_said_in_english(kind: str, words: str) -> None:
    """A result is a list, and not list."""
    assert words in say_case(RULE, finding(problem=Problem(Flaw.TYPE, "dx", {"type": kind})), PLACE)


@pytest.mark.parametrize(
    ("facts", "words", "step"),
    [
        ({"type": "list"}, "no array of numbers can be made", "each row be as long as the others"),
        ({"type": "map"}, "is of type map", "put `list(...)` around it"),
        (
            {"type": "dict", "due": "a number"},
            "is a dict, where a number is due",
            "as a number, and all results in the order (dx, dw).",
        ),
        ({"type": "ndarray of object"}, "an array of Python objects", "are no numbers"),
    ],
)
def test_what_makes_no_array_is_told_with_what_would(facts: dict[str, str], words: str, step: str) -> None:
    """A list of numbers is read as an array: it is not the list that is wrong, but what is in it."""
    told = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.TYPE, "dx", facts))), PLACE)
    assert sound(told)
    assert words in told.headline
    assert step in told.next_step


@pytest.mark.parametrize(("got", "is_truth"), [(1.0, True), (0.0, True), (0.7, False), (3.0, False)])
def test_true_and_false_are_told_as_these_where_they_are_due(got: float, is_truth: bool) -> None:
    """A number in their place is told as that, and what is to be there instead."""
    facts = {"wrong": 1, "size": 1, "place": [], "got": got, "want": 1.0 - got if is_truth else 1.0, "truth": True}
    told = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dx", facts))), PLACE)
    due = "False" if got == 1.0 else "True"
    assert f"`dx` is {bool(got) if is_truth else f'{got:g}'}, where {due} is right." in told.headline
    assert ("Let `dx` be True or False" in told.next_step) is not is_truth


def test_of_true_and_false_in_a_hidden_case_no_size_is_told() -> None:
    """Nobody knows what half of it, or as much as it, is."""
    for relative in (1.0, None):
        facts = {"wrong": 1, "size": 1, "place": [], "relative_error": relative, "truth": True}
        told = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.VALUES, "dx", facts))), PLACE)
        assert "`dx` is not the one of True and False that is right." in told.headline


def test_what_a_call_is_to_change_and_leaves_as_it_was_is_not_handed_back() -> None:
    """Nor is it said of another input that it is as it was."""
    rule = replace(RULE, results=("dw",), left={"dw": "params['w']"})
    values = finding(problem=Problem(Flaw.VALUES, "dw", FACTS[Flaw.VALUES]))
    for name, words in (("params['w']", "`dw` is as it was before the call."), ("x", "`dw` is the input `x`, handed")):
        told = feedback(rule, verdict(Kind.WRONG, values, reading=Reading(Pattern.ECHO, (name,))), PLACE)
        assert words in told.headline
    of_model = Reading(Pattern.ECHO, ("model(0)",))  # what a model was made with
    for place, words in (("model.W", "`dw` is as it was before the call."), ("self.W", "of `model`, handed back.")):
        told = feedback(replace(rule, left={"dw": place}), verdict(Kind.WRONG, values, reading=of_model), PLACE)
        assert words in told.headline


def test_of_one_number_that_is_due_no_shape_is_to_be_printed() -> None:
    """It has none: what should make one of all entries is what is missing."""
    facts = {"got_shape": [3, 3], "want_shape": [], "type": "ndarray"}
    told = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.SHAPE, "dx", facts))), PLACE)
    assert told.next_step.startswith("One number is due")


def test_one_entry_is_off_and_two_are() -> None:
    """The verb follows the count."""
    one = {**FACTS[Flaw.VALUES], "wrong": 1}
    assert "1 of 6 entries of `dx` is off" in say_case(RULE, finding(problem=Problem(Flaw.VALUES, "dx", one)), PLACE)
    assert "2 of 6 entries of `dx` are off" in say_case(RULE, flawed(Flaw.VALUES), PLACE)


PACKED = [
    ({"got_shape": [2, 2, 3], "type": "tuple"}, "is a tuple of 2 arrays of shape (2, 3), where one such array is due"),
    ({"got_shape": [1, 2, 3], "type": "list"}, "is a list of one array of shape (2, 3)"),
    ({"got_shape": [4, 2, 3], "type": "list"}, "is a list of 4 arrays of shape (2, 3), where one such array is due"),
    ({"got_shape": [3], "want_shape": [], "type": "list"}, "is a list of 3 values, where one is due"),
    ({"got_shape": [2, 7], "type": "tuple"}, "is a tuple, where an array of shape (2, 3) is due"),
    ({"got_shape": None, "type": "tuple"}, "is a tuple, where an array of shape (2, 3) is due"),
    ({"got_shape": [2, 2, 3], "type": "ndarray"}, "has shape (2, 2, 3)"),
    ({"got_shape": [2, 7], "type": "list"}, "has shape (2, 7)"),
]


@pytest.mark.parametrize(("facts", "said"), PACKED)
def test_an_array_in_a_tuple_is_told_as_that(facts: dict[str, object], said: str) -> None:
    """A comma too many adds no axis that could be summed over: it is told, and not how the numbers read.

    None makes a list of several: these were put there one by one.
    """
    one = finding(problem=Problem(Flaw.SHAPE, "dx", {"want_shape": [2, 3], **facts}))
    told = feedback(RULE, verdict(Kind.WRONG, one, reading=Reading(Pattern.NOT_REDUCED, ("0",))), PLACE)
    assert sound(told)
    assert said in told.headline
    is_packed, is_of_many = said.startswith("is"), said.startswith(("is a list of 4", "is a list of 3"))
    assert ("comma" in told.next_step) is (is_packed and not is_of_many)
    assert ("not the list of all" in told.next_step) is is_of_many
    assert ("axis" in told.headline + told.next_step) is not is_packed
    assert ("np.where" in told.next_step) is ("where an array" in said)


def test_of_several_results_one_that_is_none_has_a_return_line() -> None:
    """Where the others came back there is a return line, and nobody looks for it in vain."""
    told = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.NONE, "dw"))), PLACE)
    assert "`dw` is given its value" in told.next_step
    assert "is there a return" not in told.next_step.lower()
    nothing = feedback(RULE, verdict(Kind.WRONG, finding(problem=Problem(Flaw.NONE, ""))), PLACE)
    assert "Is there a return line" in nothing.next_step


@pytest.mark.parametrize(("text", "told"), [("x * (1 - x)", True), ("dy * x", False), ("dyed + 1", True)])
def test_what_comes_from_above_is_said_to_be_missing_in_a_formula_without_it(text: str, told: bool) -> None:
    """Of a backward alone: nothing comes from above to a forward."""
    reading = Reading(Pattern.FUNCTION, (text,))
    backward = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=reading), PLACE)
    forward = feedback(
        replace(RULE, follow_through=None), verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=reading), PLACE
    )
    assert ("`dy` is not in it" in backward.next_step) is told
    assert "is not in it" not in forward.next_step


IN_A_FORMULA = {
    "np.tanh(node(0))": "`np.tanh(x)`, where `x` is argument 1 of `node`.",
    "x + y + z + u + v + w + a + b + c + node(0)": "`x + y + z + u + v + w + a + b + c + node(0)`.",
    "x * up[1](0) * (1 - n(1))": "`x * y * (1 - z)`, where `y` is argument 1 of `up[1]`, and `z` is argument 2 of `n`.",
    "np.tanh(node(=value)) * up[1](=w)": "`np.tanh(x) * y`, where `x` is `value` of `node`, and `y` is `w` of `up[1]`.",
    "np.round(x, 2)": "`np.round(x, 2)`.",
}


@pytest.mark.parametrize(("text", "said"), IN_A_FORMULA.items())
def test_what_an_object_was_made_with_has_a_letter_in_a_formula(text: str, said: str) -> None:
    """It has no name in anybody's code, and `node(0)` would be a call."""
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=Reading(Pattern.FUNCTION, (text,))), PLACE)
    assert told.headline.endswith(f"is {said}")


def test_what_else_is_wrong_is_told_beside_the_first() -> None:
    """Two errors at once are both told, by public cases, unless it is the order of the results that makes them."""
    dw = replace(flawed(Flaw.VALUES), problem=Problem(Flaw.SHAPE, "dw", FACTS[Flaw.SHAPE]))
    read = (("dw", Reading(Pattern.TRANSPOSED)),)
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), dw, dw, others_read=read), PLACE)
    assert sound(told)
    assert told.headline.endswith("Not right either: `dw` has shape (3,), where (2, 3) is due (`dw` is transposed).")
    packed = replace(dw, problem=Problem(Flaw.SHAPE, "dw", {"got_shape": [2], "want_shape": [2, 3], "type": "tuple"}))
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), packed, others_read=read), PLACE)
    assert told.headline.endswith("`dw` is a tuple, where an array of shape (2, 3) is due.")  # in which nothing is read
    off = replace(dw, problem=Problem(Flaw.VALUES, "dw", FACTS[Flaw.VALUES]))
    for reading, said in (
        (Reading(Pattern.TRANSPOSED), "Not right either: `dw` is transposed."),  # the figures stand beside its case
        (Reading(Pattern.WHERE, ("x", "< 0")), "where -5.875 is right (it is wrong only where `x` is negative)."),
    ):
        told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), off, others_read=(("dw", reading),)), PLACE)
        assert sound(told)
        assert told.headline.endswith(said)
        assert "where -5.875 is right" in told.details[1]
    order = Reading(Pattern.OTHER_OUTPUT, ("dw",))
    hidden = replace(dw, visibility="hidden")
    for one in (
        verdict(Kind.WRONG, flawed(Flaw.VALUES), dw, reading=order),
        verdict(Kind.WRONG, flawed(Flaw.VALUES), hidden),
        verdict(Kind.WRONG, flawed(Flaw.VALUES), flawed(Flaw.SHAPE)),
    ):
        assert "either" not in feedback(RULE, one, PLACE).headline


def test_the_next_step_is_of_the_result_that_reads_as_something() -> None:
    """Where the first that is off only differs, and another is transposed, say; not where that is vague, or hidden."""
    dw = replace(flawed(Flaw.VALUES), problem=Problem(Flaw.VALUES, "dw", FACTS[Flaw.VALUES]))
    gate, vague = Reading(Pattern.PART, ("second quarter", "columns")), Reading(Pattern.SIZES, ("small",))

    def step(*findings: Finding, read: Reading, **more: object) -> str:
        told = feedback(RULE, verdict(Kind.WRONG, *findings, others_read=(("dw", read),), **more), PLACE)
        assert sound(told)
        return told.next_step

    assert step(flawed(Flaw.VALUES), dw, read=gate).startswith("Begin with `dw`, which tells more. See what stands in")
    for other in (
        step(flawed(Flaw.VALUES), dw, read=vague),
        step(flawed(Flaw.VALUES), replace(dw, visibility="hidden"), read=gate),
        step(flawed(Flaw.VALUES), dw, read=gate, reading=Reading(Pattern.SIGN)),
    ):
        assert "Begin" not in other


@pytest.mark.parametrize(("left", "is_told"), [({}, True), ({"dw": "self.dw"}, False)])
def test_a_number_in_the_place_of_an_array_is_of_another_order_where_another_result_is_that_array(
    left: dict[str, str], is_told: bool
) -> None:
    """As of `return loss, w`: no sum is to be looked for then; what is left in a place has no order."""
    rule = replace(RULE, results=("dx", "dw"), left=left)
    number = finding(problem=Problem(Flaw.SHAPE, "dx", {"got_shape": [], "want_shape": [2, 3]}))
    for order in (Reading(Pattern.OTHER_OUTPUT, ("dx",)), Reading(Pattern.OTHER_OUTPUT, ("x",))):
        wrong = verdict(Kind.WRONG, number, reading=Reading(Pattern.ONE_NUMBER), others_read=(("dw", order),))
        told = feedback(rule, wrong, PLACE)
        assert sound(told)
        assert ("in this order" in told.next_step) is (is_told and order.names == ("dx",))


SLIPS: dict[str, tuple[tuple[str, ...], str]] = {
    "compute_gradeint": (("compute_gradient", "compute_loss"), "compute_gradient"),
    "compute_gradien": (("compute_gradient",), "compute_gradient"),
    "ComputeGradient": (("compute_gradient",), "compute_gradient"),
    "gradientt": (("gradient", "gradients"), "gradient"),
    "compute_mse": (("compute_mae", "compute_loss"), ""),
    "weight2": (("weight", "weight1"), ""),
    "gradient": (("gradients", "gradien"), ""),
    "mas": (("mask",), ""),
    "helper": (("helper", "helpers"), ""),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_name_that_a_letter_tells_from_one_of_the_file_is_asked_for(name: str) -> None:
    """Not where another helper is missing, or two are as near."""
    defined, meant = SLIPS[name]
    raised = finding(Status.RAISED, trouble=Trouble("NameError", f"name '{name}' is not defined", 7, 3))
    told = feedback(RULE, verdict(Kind.CRASHED, raised), PLACE, Absent(defined=defined))
    assert sound(told)
    assert told.next_step.startswith(f"Is `{meant}` meant?") is bool(meant)


def test_zeros_in_one_case_are_no_function_that_computes_nothing() -> None:
    """What is right elsewhere is assigned, and returned: where it is not right is what to look at."""
    rule = replace(RULE, signature="(self, dy, cache) -> dx", results=("dx",))
    zero = Reading(Pattern.ZERO)
    narrow = verdict(Kind.PARTLY, flawed(Flaw.VALUES), reading=zero, held=("any shape",))
    assert "still hold the zeros" not in feedback(rule, narrow, PLACE).next_step
    for one in (replace(narrow, held=()), replace(narrow, kind=Kind.WRONG, held=())):
        assert "still hold the zeros" in feedback(rule, one, PLACE).next_step
    assert "still hold the zeros" in feedback(RULE, narrow, PLACE).next_step  # dw may be what is right there


def test_what_is_counted_elsewhere_is_not_all_that_fails() -> None:
    """A result that is wrong in every case has one behaviour for all of them, and nothing is otherwise there."""
    here = verdict(Kind.PARTLY, flawed(Flaw.VALUES), held=("any shape",))
    assert "All else holds" in feedback(RULE, here, PLACE).next_step
    everywhere = replace(here, findings=(*here.findings, replace(flawed(Flaw.VALUES), elsewhere="right values")))
    assert "All else holds" not in feedback(RULE, everywhere, PLACE).next_step


@pytest.mark.parametrize(("name", "sizes"), [("1/N", "`N`"), ("N/M", "`N` and `M`"), ("-N", "`N`"), ("1/2", "")])
def test_a_factor_that_is_a_size_is_looked_for_by_its_name(name: str, sizes: str) -> None:
    """Where the factor is a size there is a division, or one is missing; any other is a number of the formula."""
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), reading=Reading(Pattern.FACTOR, (name,))), PLACE)
    assert sound(told)
    assert (f"multiplies by {sizes}," in told.next_step) is bool(sizes)
    assert ("a number in the formula" in told.next_step) is not bool(sizes)


def test_a_message_that_ends_in_a_space_leaves_none() -> None:
    """numpy ends one of its messages in a space."""
    raised = finding(Status.RAISED, trouble=Trouble("ValueError", "shapes (3,4) (2,) ", 7, 3))
    assert "(2,) (cell 7" in say_case(RULE, raised, PLACE)


@pytest.mark.parametrize("trouble", [
    Trouble("NameError", "name 'exp' is not defined", 1, 3), Trouble("NameError", "name 'helper' is not defined", 1, 3),
    Trouble("NameError", "", 1, 3), Trouble("SyntaxError", "invalid syntax", 1, 3),
    Trouble("ValueError", "no", 1, 3), Trouble("StrangeError", "", 1, 3),
], ids=lambda trouble: f"{trouble.type_name} {trouble.message}")  # fmt: skip
@pytest.mark.parametrize("kind", [Kind.CRASHED, Kind.MISSING])
def test_a_python_file_has_no_kernel(trouble: Trouble, kind: Kind) -> None:
    """Nor cells: what to try is said as it can be done; in a notebook it stays as it was."""
    finding = Finding("small", "hidden", "right", Status.RAISED, trouble=trouble)
    verdict = Verdict(RULE.name, kind, (finding,), trouble=trouble if kind is Kind.MISSING else None)
    in_file, in_notebook = (feedback(RULE, verdict, place_in(is_script)).next_step for is_script in (True, False))
    assert not re.search(r"\bcells?\b|kernel|notebook", in_file)
    assert re.search(r"kernel|notebook", in_notebook) is not None or in_file == in_notebook


def test_what_another_case_raised_is_told_beside_wrong_numbers() -> None:
    """Its line is marked, and a mark that nothing explains leads astray; the message of a public case comes first."""
    public, hidden = (finding(Status.RAISED, seen, trouble=TROUBLE) for seen in ("public", "hidden"))
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), hidden, public), PLACE)
    assert sound(told)
    assert told.headline.endswith("In 'two rows' it raised KeyError: 'cache' (cell 7, line 3).")
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), hidden), PLACE)
    assert "In the hidden case 'two rows' it raised KeyError" in told.headline
    long = replace(public, trouble=replace(TROUBLE, message="no " * 100))
    told = feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), long), PLACE)
    assert told.headline.endswith("no no … (cell 7, line 3).")
    assert "no " * 99 in told.details[1]
    behind = replace(public, earlier="Layer.ahead")
    assert "raised" not in feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), behind), PLACE).headline


@pytest.mark.parametrize(("want", "said"), [(0.75, True), (-0.5, True), (1.5, False)])
def test_zeros_where_all_lies_below_one_may_be_made_whole(want: float, said: bool) -> None:
    """`1 // (1 + e)` is zero wherever 1 / (1 + e) is less than one."""
    zero = finding(problem=Problem(Flaw.VALUES, "dx", {**FACTS[Flaw.VALUES], "want": want}))
    told = feedback(RULE, verdict(Kind.WRONG, zero, reading=Reading(Pattern.ZERO)), PLACE)
    assert sound(told)
    assert ("`//`" in told.next_step) is said


def test_what_comes_back_on_one_way_alone_is_told_so() -> None:
    """A return line within an `if` is one, and the page says which case does not come to it."""
    there, gone = finding(case="open"), finding(case="shut", visibility="hidden", problem=Problem(Flaw.NONE, ""))
    told = feedback(RULE, verdict(Kind.PARTLY, there, gone), PLACE)
    assert sound(told)
    assert "In 'open' it gives something back" in told.next_step
    assert "takes in 'shut'" in told.next_step
    assert "gives something back" not in feedback(RULE, verdict(Kind.WRONG, gone), PLACE).next_step


@pytest.mark.parametrize(("results", "other", "is_told"), [
    (("dx",), None, True), (("dx", "dw"), None, False), (("dx", "dw"), "dx", True), (("dx", "dw"), "dw", False),
])  # fmt: skip
def test_of_several_results_one_is_there_where_it_is_looked_at(
    results: tuple[str, ...], other: str | None, is_told: bool
) -> None:
    """A case that asks for dw alone says nothing of a dx that is None in the next one."""
    rule, gone = replace(RULE, results=results), finding(case="shut", problem=Problem(Flaw.NONE, "dx"))
    problem = Problem(Flaw.VALUES, other, FACTS[Flaw.VALUES]) if other else None
    told = feedback(rule, verdict(Kind.WRONG, gone, finding(case="open", problem=problem)), PLACE)
    assert sound(told)
    assert ("In 'open' it is there" in told.next_step) is is_told


def test_what_equal_calls_differ_in_is_not_looked_for_in_a_cache() -> None:
    """What adds up over calls is right with the reference's cache: with that it is called once."""
    other = verdict(Kind.WRONG, flawed(Flaw.VALUES))
    for notes, is_cache in (((Note(NoteKind.UNSTEADY, ("Layer.back",)),), False), ((), True)):
        step = feedback(RULE, replace(other, right_otherwise=True, notes=notes), PLACE).next_step
        assert ("puts into its cache" in step) is is_cache
        assert ("what an earlier call left" in step) is not is_cache


@pytest.mark.parametrize("of_a_number", [False, True])
def test_what_is_rounded_is_not_said_to_be_cut(of_a_number: bool) -> None:
    """1 for 0.7 is no value without what stands behind the point."""
    told = say_reading(Reading(Pattern.WHOLE, ("rounded",)), "dx", of_a_number)
    assert "rounded" in told
    assert "behind the point" not in told


def test_what_is_unsteady_is_steadied_before_numbers_are_worked_out() -> None:
    """No entry of a random result can be worked out by hand; where its forward is unsteady the note says so."""
    own, of_forward = (Note(NoteKind.UNSTEADY, about) for about in (("Layer.back",), ("Layer.back", "Layer.ahead")))
    assert "np.random" in feedback(RULE, verdict(Kind.WRONG, flawed(Flaw.VALUES), notes=(own,)), PLACE).next_step
    for one in (
        verdict(Kind.WRONG, flawed(Flaw.VALUES), notes=(of_forward,)),
        verdict(Kind.WRONG, flawed(Flaw.VALUES), notes=(own,), reading=Reading(Pattern.SIGN)),
    ):
        assert "np.random" not in feedback(RULE, one, PLACE).next_step


@pytest.mark.parametrize(
    ("verdicts", "line", "headline", "is_told"),
    [
        ("mm", 0, "Nothing named f0 was found.", True),
        ("mw", 0, "", False),
        ("mm", 3, "", False),
        ("m", 0, "", False),
        ("mm", 0, "Nothing named f0 was found: `def f0` in line 3 stands within `Net`.", False),
    ],
    ids=["none is there", "one is", "a line cost them", "there is but one", "they stand in a class"],
)
def test_a_file_of_another_week_is_asked_about(verdicts: str, line: int, headline: str, is_told: bool) -> None:
    """Who is told six times to define a function may have handed in the wrong file; nobody else is asked that."""
    words = {"m": "missing", "w": "wrong"}
    criteria = [
        CriterionRecord(f"f{n}", words[v], Fraction(0), Fraction(1), "", headline, "", (), (), (), trouble_line=line)
        for n, v in enumerate(verdicts)
    ]
    found = note_on_nothing(criteria, "Week 5")
    assert found == ("None of the functions of 'Week 5' is there: is this the file of another exercise?",) * is_told
