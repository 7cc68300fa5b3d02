"""An error that is to be raised: who raises it has done what is due, by whatever line; who raises nothing has not.

Each hand-in is right but for what is said of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from conftest import changed
from test_by_name import CONTRACT, NP, SOLUTION
from test_compile_key import PASSES, alternative, mistake, refusal
from test_compile_key import write as write_assignment
from test_odd_hand_ins import folder_of, write

from grader.assignment import Behaviour, Call, Case, Criterion, own
from grader.assignment.errors_due import is_due, kinds_of
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError
from grader.feedback.take_home import write_down
from grader.gradebook import Gradebook
from grader.harness.texts import kinds_of as kinds_raised
from grader.judge import Kind, rule_on
from grader.judge.raised import is_raised
from grader.plan import Entry, Purpose
from grader.report.explained import Asked, explained
from grader.sandbox import Sandbox
from grader.selftest.blind_spots import blind_spots
from grader.selftest.mutants import mutate
from grader.wire import Outcome, Question, Status, Step, Trouble, encode_outcome, read_outcome, unpack_outcomes
from tests.conftest import Graded

X_ERROR, B_ERROR = 'raise ValueError("x and W do not fit")', 'raise ValueError("b and W do not fit")'
COUNT_ERROR = 'raise IndexError("there are not as many")'
BY_X = f"    if x.ndim != 2 or x.shape[1] != W.shape[0]:\n        {X_ERROR}\n"
BY_B = f"    if b.shape != (W.shape[1],):\n        {B_ERROR}\n"
BY_DOUT = "    if dout.shape != (x.shape[0], W.shape[1]):\n"
BY_COUNT = f"        if count > len(self.values):\n            {COUNT_ERROR}\n"
HEAD, SUM = "def affine(x, W, b):\n", "return x @ W + b"
NOTHING_FOR_DOUT = {BY_DOUT: "    dout = np.broadcast_to(dout, (x.shape[0], W.shape[1]))\n    if False:\n"}
HAND_INS: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    # what is changed, and what is lost by it
    "as it is meant": ({}, {}),
    "another text": ({X_ERROR: "raise ValueError", B_ERROR: "raise ValueError()"}, {}),
    "a class of its own": (
        {X_ERROR: "raise ShapeError(x.shape)", HEAD: f"class ShapeError(ValueError):\n    pass\n\n{HEAD}"}, {},
    ),
    "a class of the same name": (
        {X_ERROR: "raise ValueError(x.shape)", HEAD: f"class ValueError(Exception):\n    pass\n\n{HEAD}"},
        {"affine": 4, "affine_backward": 2},
    ),
    "by numpy itself": ({BY_X: ""}, {}),
    "by Python itself": ({BY_COUNT: ""}, {}),
    "nothing for a bias": ({BY_B: ""}, {"affine": 2}),
    "nothing for dout": (NOTHING_FOR_DOUT, {"affine_backward": 2}),
    "an assert": ({BY_X: "    assert x.shape[1] == W.shape[0]\n"}, {"affine": 2}),
    "another class": ({B_ERROR: "raise TypeError('no')"}, {"affine": 2}),
    "a class above": ({COUNT_ERROR: "raise LookupError"}, {"Stack.take": 2}),
    "a name that is not there": ({X_ERROR: "raise ValueErrror('no')"}, {"affine": 2}),
    "given back": ({X_ERROR: "print('no'); return ValueError, None"}, {"affine": 2}),
    "the wrong way about": ({"if b.shape != ": "if b.shape == "}, {"affine": 8}),
    "always": ({HEAD: f"{HEAD}    raise ValueError\n"}, {"affine": 8}),
    "not written": ({HEAD: f"{HEAD}    raise NotImplementedError\n"}, {"affine": 8}),
    "too early": ({"if count > len(self.values):": "if count >= len(self.values) - 1:"}, {"Stack.take": 4}),
    "a name that is not there behind it": ({SUM: "return x @ W + bias"}, {"affine": 4}),
    "a wrong forward": ({SUM: "return x @ W - b"}, {"affine": 4}),
    "a wrong forward, and nothing for dout": (
        {SUM: "return x @ W - b", **NOTHING_FOR_DOUT}, {"affine": 4, "affine_backward": 2}
    ),
}  # fmt: skip
SAID = {
    "a class of the same name": (
        "In 'x is too wide' it raised ValueError: (2, 5) (cell 2, line 44), where Python's own ValueError is due.",
        "A class of your own has that name: let it inherit from ValueError, and call it otherwise.",
    ),
    "nothing for a bias": (
        "In 'a bias of one' it raises nothing, where a ValueError is due. Not right yet: 'refuses another bias'.",
        "Look at what 'a bias of one' is called with: check for that before all else, and write raise ValueError(...)",
    ),
    "an assert": (
        "In 'x is too wide' it raised AssertionError: x has shape (2, 5), W has shape (3, 4) (cell 2, line 40), where "
        "a ValueError is due.",
        "An assert raises AssertionError: write if ...: with raise ValueError(...) below it in its place.",
    ),
    "another class": (
        "In 'a bias of one' it raised TypeError: no (cell 2, line 43), where a ValueError is due. Not right yet:",
        "Write raise ValueError(...) where it raises TypeError now, or check before that line for what 'a bias of one'",
    ),
    "a class above": ("In 'one of none' it raised LookupError (cell 2, line 64), where an IndexError is due.", ""),
    "a name that is not there": (
        "In 'x is too wide' it raised NameError: name 'ValueErrror' is not defined (cell 2, line 41), where a",
        "The line that is to raise names something that is not there: write raise ValueError(...)",
    ),
    "the wrong way about": (
        "It raised ValueError: b and W do not fit (cell 2, line 43).",
        "The code raises this itself: see why that line is reached with the inputs of 'two rows'",
    ),
    "always": ("It raised ValueError (cell 2, line 39).", ""),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("errors")
    for name, (changes, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"contract.ipynb": [NP, changed(SOLUTION, changes)]})
    return grade_folder(hand_ins, CONTRACT, "errors")


@pytest.mark.parametrize("name", HAND_INS)
def test_who_raises_what_is_due_is_right(graded: Graded, name: str) -> None:
    """Its class or a subclass, from whichever line; what is wrong costs its own behaviour, and raising always earns
    nothing. The outcome of a case stays what happened."""
    criteria = graded[folder_of(name)]["criteria"]
    lost = {one["name"]: int(one["max_points"]) - int(one["points"]) for one in criteria}
    assert {one: points for one, points in lost.items() if points} == HAND_INS[name][1]
    cases = {case["name"]: (case["outcome"], case["detail"]) for case in criteria[5]["cases"]}
    assert cases["x is too wide"] == ("raised", "Right.") or HAND_INS[name][1]


@pytest.mark.parametrize("name", SAID)
def test_who_does_not_reads_what_is_due(graded: Graded, name: str) -> None:
    """What happened in which case, what is due there, and what to write."""
    page = graded[folder_of(name)]["page"]
    headline, step = SAID[name]
    assert any(one["headline"].startswith(headline) for one in graded[folder_of(name)]["criteria"])
    assert step in page.replace(" : ", ": ")


def test_who_raises_it_anywhere_reads_where_else(graded: Graded) -> None:
    """It looks right in the case where it is due, and counts for nothing: that is told there."""
    told = graded["always"]["criteria"][5]
    details = {case["name"]: case["detail"] for case in told["cases"]}
    said = "It raises a ValueError, as is due here, but in 'two rows' as well, which is to come back."
    assert details["x is too wide"] == said
    early = [one["detail"] for one in graded["too-early"]["criteria"][7]["cases"]]
    assert "Right." not in early
    assert any("is due in a later call alone" in detail for detail in early), early


def test_a_page_shows_what_is_due(graded: Graded) -> None:
    """The call, and lines that show what it raises; nothing that stood in a hidden case."""
    page = graded[folder_of("another class")]["page"]
    assert "out, cache = affine(x, W, b) # raises ValueError" in page
    assert 'try: out, cache = affine(x, W, b); print("nothing is raised") # right: ValueError' in page
    assert "In a bias of each row" not in page
    assert "It raised TypeError (cell 2, line 43), where a ValueError is due." in page


def test_judged_again_all_stays(graded: Graded, shared: Path, sandbox: Sandbox) -> None:
    """What was raised is kept, with what it is a kind of; and whoever answers an appeal reads it."""
    key = compile_key(CONTRACT, sandbox)
    with Gradebook(shared / "graded-errors" / "gradebook.sqlite") as book:
        records = {name: book.record_of(folder_of(name)) for name in ("a class of its own", "another class")}
    outcomes = {name: unpack_outcomes(record.outcomes) for name, record in records.items()}
    assert rule_on(key, outcomes["a class of its own"], {})["affine"][0].kind is Kind.CORRECT
    told = explained(records["another class"], key, outcomes["another class"], Asked(case="a bias of each row"))
    *_, raised, due = (line.strip() for line in told)
    assert (raised, due) == ("it raised: TypeError: no", "due is:    ValueError, or a subclass of it")


# ---- what is one ------------------------------------------------------------------------------------------------


class ShapeError(ValueError):
    """One of a hand-in's own."""


LIKE = type("ValueError", (Exception,), {})
RAISED = {
    # what is raised, and which of these it is: ValueError, RuntimeError, LinAlgError
    "the class itself": (ValueError(), "ValueError"),
    "a subclass of Python's": (UnicodeDecodeError("u", b"", 0, 1, ""), "ValueError"),
    "a subclass of one's own": (ShapeError(), "ValueError"),
    "of the same name": (LIKE(), ""),
    "of numpy": (np.linalg.LinAlgError(), "ValueError LinAlgError"),
    "above": (Exception(), ""),
    "of the other": (RuntimeError(), "RuntimeError"),
    "what is not written": (NotImplementedError(), ""),
    "what never ends": (RecursionError(), ""),
}


@pytest.mark.parametrize("what", RAISED)
def test_a_subclass_is_as_good_and_a_name_is_not(what: str) -> None:
    """What crosses the wall are names of known classes; what an unfinished function raises is none that is due."""
    error, due = RAISED[what]
    outcome = Outcome(Status.RAISED, trouble=Trouble(type(error).__name__, "", 1, 1), kinds=kinds_raised(error))
    read = read_outcome(encode_outcome(outcome))
    assert read.kinds == outcome.kinds
    kinds = read.kinds or kinds_of(type(error).__name__)
    assert [one for one in ("ValueError", "RuntimeError", "LinAlgError") if is_due(one, kinds)] == due.split()


STEPS = (Step("f", (), ("y",)), Step("f", (), ("y",)))
ENTRY = Entry("f", "one", "public", Purpose.CASE, (), Question({}, STEPS), raises="TypeError")
GOOD, BAD = Outcome(Status.RETURNED), Outcome(Status.RAISED, trouble=Trouble("TypeError", "", 1, 1))
OUTCOMES = {
    "the last call raises": ((GOOD, BAD), Purpose.CASE, True),
    "the first one, too": ((BAD, BAD), Purpose.CASE, False),
    "its forward does, and it had another's cache": ((BAD, BAD), Purpose.HANDED_CACHE, True),
    "nothing does": ((GOOD, GOOD), Purpose.CASE, False),
    "the call is refused": ((GOOD, replace(BAD, trouble=Trouble("TypeError", "f() takes"))), Purpose.CASE, False),
    "it is stopped": ((GOOD, Outcome(Status.TIMED_OUT)), Purpose.CASE, False),
}


@pytest.mark.parametrize("what", OUTCOMES)
def test_the_last_call_alone_is_to_raise(what: str) -> None:
    """By a line of the function: one that does not take what it is called with raises TypeError as well."""
    steps, purpose, right = OUTCOMES[what]
    assert is_raised(replace(ENTRY, purpose=purpose), steps) is right


# ---- what an author declares --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Exception", "NameError", "NotImplementedError", "KeyboardInterrupt", "ShapeErr", "int"]
)
def test_what_any_slip_raises_cannot_be_due(name: str) -> None:
    """Nor what is no class of errors that is known by its name."""
    with pytest.raises(AuthorError, match=f"raises='{name}' is no error that can be due"):
        Case("one", dict, "refuses", raises=name)


def test_what_raises_gives_nothing_to_grade() -> None:
    """And where an error is due in each case, whoever raises it always is right."""
    with pytest.raises(AuthorError, match="has grade="):
        Case("one", dict, "refuses", grade=("y",), raises="ValueError")
    none, calls = Case("none", dict, "refuses", raises="ValueError"), (Call("f", (), ("y", own("cache"))),)
    with pytest.raises(AuthorError, match="in each case an error is due") as refused:
        Criterion("f", calls, ("y",), (Behaviour("refuses", 1),), (none,))
    assert "something comes back" in refused.value.hint
    assert Criterion("f", calls, ("y",), (Behaviour("refuses", 1),), (none, Case("one", dict, "refuses"))).points == 1


DOUBLE = """
Criterion("double", (Call("double", ("x",), ("y",)),), ("y",),
    (Behaviour("values", 2), Behaviour("none", 1)),
    (Case("small", draw, "values"), Case("other", draw, "values", HIDDEN),
     Case("nothing", CASE, "none", raises="ValueError")))
"""
NOTHING = "lambda rng: {'x': rng.uniform(0.5, 2.0, 2)}"
LOOKS = "def double(x):\n    if x.ndim == 1:\n        raise ValueError('one axis')\n"
REFUSED = {
    "nothing": ("", "", "the reference raises nothing, and raises='ValueError' says that it does"),
    "another": (
        LOOKS.replace("ValueError", "KeyError"),
        "",
        "the reference itself raises no ValueError (raised): KeyError",
    ),
    "an alternative": (LOOKS, alternative("same_as_double"), "it raises nothing, and raises='ValueError' says"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_reference_that_does_not_raise_it_is_refused(tmp_path: Path, sandbox: Sandbox, what: str) -> None:
    """Nor may an alternative give something back."""
    looks, others, said = REFUSED[what]
    passes = PASSES.replace("def double(x):\n", looks or "def double(x):\n")
    error = refusal(write_assignment(tmp_path, DOUBLE, NOTHING, passes, alternatives=others), sandbox)
    assert said in str(error)


def test_where_the_reference_raises_it_is_said_how_to_declare_that(tmp_path: Path, sandbox: Sandbox) -> None:
    """As until then nothing else could be done than to draw something else."""
    passes = PASSES.replace("def double(x):\n", LOOKS)
    error = refusal(write_assignment(tmp_path, DOUBLE.replace(', raises="ValueError"', ""), NOTHING, passes), sandbox)
    assert error.hint.endswith('name it in the case: raises="ValueError"')


def test_who_does_not_look_makes_a_known_mistake(tmp_path: Path, sandbox: Sandbox) -> None:
    """All else of it is right. The students' key has what is due as well, and lines that can be pasted."""
    passes = PASSES.replace("def double(x):\n", LOOKS)
    folder = write_assignment(tmp_path, DOUBLE, NOTHING, passes, mistakes=mistake("same_as_double"))
    key = compile_key(folder, sandbox)
    mistaken = [(key.answers["same_as_double"][n],) for n in range(3)]
    assert rule_on(key, mistaken, {})["double"][0].kind is Kind.KNOWN_MISTAKE
    assert [entry.raises for entry in key.public().plan.entries] == ["", "ValueError"]
    assert {spot.name for spot in blind_spots(key.plan)} > {
        f"double: raises {what}" for what in ("nothing", "another error", "always")
    }
    lines, said = "\n".join(write_down(key.plan.entries[2], {})), StringIO()
    with redirect_stdout(said):
        for function in (lambda x: 2 * x, lambda x: x.none):
            exec(lines, {"double": function})
    assert said.getvalue().splitlines()[0] == "nothing is raised"
    assert said.getvalue().splitlines()[1].startswith("AttributeError ")


def test_what_is_raised_is_changed_where_it_is_due() -> None:
    """Left out, or another error; where none is due nobody asks which it is."""
    source = "def f(x):\n    if x:\n        raise ValueError('no')\n    return x\n"
    found = {mutant.name for mutant in mutate(source, ["f"], ["f"])} - {mutant.name for mutant in mutate(source, ["f"])}
    assert found == {"f: raise ValueError('no') -> pass", "f: raise ValueError('no') -> raise ArithmeticError"}
