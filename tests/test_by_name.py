"""What a call hands over by name: whatever a hand-in calls its parameters, it gets what is meant.

Each hand-in is right but for what is said of it. A right one loses nothing by its names; a wrong one gains nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import changed
from test_odd_hand_ins import folder_of, write

from grader.answer_key.rubric import signature
from grader.assignment import Call, own
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError
from grader.feedback.written_calls import calls_of
from grader.harness.by_name import as_taken
from grader.harness.calling.in_order import in_order
from grader.plan.drawn import draw
from grader.plan.questions import question_of, step_of
from grader.report.rubric_view import print_rubric
from grader.sandbox import Sandbox
from grader.wire import Step, step_from_json, step_to_json
from tests.conftest import Graded

CONTRACT = Path(__file__).parent / "assignments" / "contract"
SOLUTION = (CONTRACT / "passes.py").read_text(encoding="utf-8").partition("import numpy as np\n")[2]
NP = "import numpy as np\n"
SGD, SCALE = "def sgd(w, g, *, rate=0.5, decay=0.0):", "def __init__(self, size, *, by):"
BY = "size, by\n"
WRONG_STEP = {"w - rate * (g": "w + rate * (g"}
OTHER = {SGD: "def sgd(w, g, lr=0.5, wd=0.0):", "rate * (g + decay * w)": "lr * (g + wd * w)"}
BY_LR = {"sgd(w, w - target, rate=rate)": "sgd(w, w - target, lr=rate)"}
HAND_INS: dict[str, tuple[dict[str, str], str]] = {
    # what is changed, and what loses points
    "as it is meant": ({}, ""),
    "by place or by name": ({SGD: SGD.replace("*, ", "")}, ""),
    "in another order": ({SGD: "def sgd(w, g, decay=0.0, rate=0.5):"}, ""),
    "before the others": (
        {"def descend(w, target, steps, *, rate):": "def descend(w, target, rate=1.0, steps=1):",
         "def project(x, W, axis=0):": "def project(x, axis=0, *, W):"},
        "descend",
    ),
    "any names": (
        {SGD: "def sgd(w, g, **given):\n    rate, decay = given.get('rate', 0.5), given.get('decay', 0.0)"}, ""
    ),
    "names of its own": (OTHER | BY_LR, ""),
    "an object's by another name": ({SCALE: SCALE.replace("*, by", "factor"), BY: BY.replace("by", "factor")}, ""),
    "an object's by name alone": ({SCALE: SCALE.replace("*, by", "*, k"), BY: BY.replace("by", "k")}, ""),
    "a cache by another name": (
        {"def project_backward(dout, *, cache):": "def project_backward(dout, kept):",
         "_, W, axis = cache": "_, W, axis = kept"},
        "",
    ),
    "only by place": ({"def project(x, W, axis=0):": "def project(x, W, axis=0, /):"}, ""),
    "a wrong step": (WRONG_STEP, "sgd"),
    "a wrong step by other names": (WRONG_STEP | OTHER | BY_LR, "sgd"),
    "no rate": ({SGD: "def sgd(w, g, *, decay=0.0):\n    rate = 0.25", ", rate=rate)": ")"}, "sgd"),
    "a wrong map": ({"axes=(axis, 0)), -1, axis)": "axes=(axis, 0)), -1, axis) + 1.0"}, "project"),
}  # fmt: skip
NOTED = {"names of its own": "rate= and decay=", "a cache by another name": "cache="}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("by-name")
    for name, (changes, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"contract.ipynb": [NP, changed(SOLUTION, changes)]})
    return grade_folder(hand_ins, CONTRACT)


@pytest.mark.parametrize("name", HAND_INS)
def test_a_name_costs_nothing(graded: Graded, name: str) -> None:
    """By place, by name, by another name: the numbers count. What calls a wrong step by name is lent a right one."""
    told = {one["name"]: one for one in graded[folder_of(name)]["criteria"]}
    lost = [one for one, found in told.items() if found["points"] != found["max_points"]]
    assert lost == HAND_INS[name][1].split()
    assert [one for one, found in told.items() if "no parameter is called so" in " ".join(found["notes"])] == (
        ["sgd"] if name in ("names of its own", "a wrong step by other names") else
        ["project_backward"] if name in NOTED else []
    )  # fmt: skip
    assert f"The call says {NOTED.get(name, '')}" in graded[folder_of(name)]["page"] or name not in NOTED


STEPS = {
    "before the others": "Write def descend(w, target, steps, *, rate) : in this order they are given.",
    "no rate": "It is called with what def sgd(w, g, *, rate=..., decay=...) takes",
}


@pytest.mark.parametrize("name", STEPS)
def test_who_takes_it_otherwise_reads_what_to_write(graded: Graded, name: str) -> None:
    """A first line that can be written as it stands there."""
    assert STEPS[name] in graded[folder_of(name)]["page"]


CALLS = {
    "by name": (Call("sgd", ("w", "rate="), ("new",)), "new = sgd(w, rate=rate)"),
    "its own": (Call("back", ("w", own("cache=")), ("dx",)), "dx = back(w, cache=cache)"),
    "an object": (Call("Scale.forward", ("w",), ("y",), new=("w", "rate=")), "y = scale.forward(w)"),
    "one that is made": (Call("Scale.__init__", ("w", "rate="), (own("of"),)), "scale = Scale(w, rate=rate)"),
}


@pytest.mark.parametrize("what", CALLS)
def test_the_call_is_written_as_a_student_would(what: str) -> None:
    """With the names that are needed, and read back from a key as it was."""
    drawn = draw(lambda rng: {"w": rng.uniform(0, 1, 3), "rate": 0.5}, {"hidden": 1, "public": 1}, "public", "a case")
    step = step_of(CALLS[what][0], drawn, {"cache"}, "a case")
    assert calls_of(question_of(drawn.arrays, (step,)))[-1] == CALLS[what][1]
    assert step_from_json(step_to_json(step)) == step
    if what == "an object":
        assert "scale = Scale(w, rate=rate)" in calls_of(question_of(drawn.arrays, (step,)))


NO_NAMES = {
    "before another": ("rate=", "w"),
    "no word": ("w", "my rate="),
    "a word of Python's": ("w", "lambda="),
}


@pytest.mark.parametrize("what", NO_NAMES)
def test_what_python_cannot_call_so_is_refused(what: str) -> None:
    """Where it is declared, with how to write it."""
    with pytest.raises(AuthorError, match="takes= hands over") as refused:
        Call("sgd", NO_NAMES[what], ("new",))
    assert "comes last" in refused.value.hint


SIGNATURES = {
    "(w, *, rate) -> new": (("w", "rate="), (), ("rate", "decay")),
    "(w, rate) -> new": (("w", "rate="), (), ()),
    "(w, *, rate, decay=...) -> new": (("w", "rate="), (("w", "decay=", "rate="),), ("rate", "decay")),
    "(w, g=..., *, rate=...) -> new": (("w", "rate="), (("w", "g"),), ("rate",)),
    "(w, rate=...) -> new": (("w",), (("w", "rate="), ("w", "rate")), ()),
}


@pytest.mark.parametrize("written", SIGNATURES)
def test_a_signature_has_a_star_where_the_reference_has_one(written: str) -> None:
    """And what is not always given is shown so, wherever it stands."""
    first, others, alone = SIGNATURES[written]
    calls = [Call("sgd", takes, ("new",)) for takes in (first, *others)]
    assert signature(calls[0], calls[1:], alone) == written


HEAD = ("w", "g", "rate", "decay")
TAKEN = {
    # what is called by rate=3 alone, and what gets the 3
    "the same names": (lambda w, g, *, rate=0, decay=0: ("rate", rate), "rate"),
    "other names": (lambda w, g, lr=0, wd=0: ("lr", lr), "lr"),
    "one other name before it": (lambda w, g, wd=0, rate=0: ("rate", rate), "rate"),
    "any place": (lambda w, g, *more, lr=0: ("lr", lr), "lr"),
    "any name": (lambda w, g, **more: (next(iter(more)), next(iter(more.values()))), "rate"),
    "by place alone": (lambda w, g, rate, /: ("rate", rate), "rate"),
    "by other names alone": (lambda w, g, *, lr: ("lr", lr), "lr"),
    "other names throughout": (lambda a, b, c=0, d=0: ("c", c), "c"),
    "nothing": (lambda w, g, decay=0: ("decay", decay), ""),
    "too few": (lambda w, g: ("g", g), ""),
}


@pytest.mark.parametrize("what", TAKEN)
def test_each_name_finds_what_takes_it(what: str) -> None:
    """By its name, by its place in the first line of the hand-out, or nothing; and what is lent is told alike."""
    function, name = TAKEN[what]
    places, named = as_taken(function, [1, 2, 3], ("rate",), HEAD)
    if not name:
        with pytest.raises(TypeError, match="unexpected keyword argument 'rate'"):
            function(*places, **named)
        return
    assert function(*places, **named) == (name, 3)
    step = Step("sgd", ("w", "g", "rate"), ("new",), named=("rate",), head=HEAD)
    assert list(in_order(step, function, False, places, named))[:3] == [1, 2, 3]


def test_what_nobody_can_look_into_is_called_as_it_is() -> None:
    """Such as a function of numpy's own: by the names of the call."""
    assert as_taken(np.ufunc.reduce, [1, 2], ("axis",), ("a", "axis")) == ([1], {"axis": 2})
    assert as_taken(print, [1], (), ()) == ([1], {})


def test_it_is_shown_to_its_author(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """Which arguments are given by name, also where the reference takes them either way."""
    print_rubric(compile_key(CONTRACT, sandbox))
    shown = capsys.readouterr().out
    assert "project(x, W, axis) -> (out, cache): 4 points" in shown
    assert "given by name: W, axis" in shown
    assert "its object is made as Scale(size, by=by)" in shown
