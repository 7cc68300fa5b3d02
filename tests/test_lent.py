"""A function that calls another graded one is graded by itself: it is given right results where that one is wrong.

Each hand-in is right but for what is said of it. A right one loses nothing by what it calls; a wrong one gains nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import changed
from hypothesis import given
from hypothesis import strategies as st
from test_odd_hand_ins import folder_of, write
from test_sandbox import QUICK, program

from grader.answer_key import LentCall, load_key
from grader.gradebook import Gradebook
from grader.harness.calling.in_order import in_order
from grader.harness.calling.put_back import changed_in
from grader.harness.calling.told import Kept, held_by, told_of
from grader.judge import Circumstance, NoteKind, rule_on
from grader.lending import MOST_BYTES, MOST_CALLS, Heard, Known, called_within
from grader.sandbox import Sandbox, Terms, sit
from grader.selftest.mutants import mutate
from grader.wire import (
    UNTOLD,
    Asked,
    Gave,
    Lent,
    Piece,
    Question,
    Status,
    Step,
    Told,
    WireError,
    decode,
    encode,
    encode_asked,
    encode_gave,
    encode_lent,
    read_lent,
    read_message,
    unpack_outcomes,
)
from tests.conftest import Graded, run_grader

RECURRENT = Path(__file__).parent / "assignments" / "recurrent"
SOLUTION = (RECURRENT / "passes.py").read_text(encoding="utf-8").partition("import numpy as np\n")[2]
NP = "import numpy as np\n"
Changes = Mapping[str, str]

STEP, BACK, ALL, ALL_BACK = "rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward"
DOUBLED = {"next_h = np.tanh(": "next_h = 2 * np.tanh("}
SIGN = {"dnext_h * (1 - next_h**2)": "dnext_h * (1 + next_h**2)"}
FIRST_CACHE = {"cache[step])": "cache[0])"}
LAID_OUT, FIRST_LAID_OUT = {"cache[step])": "(*cache[step],))"}, {"cache[step])": "(*cache[0],))"}
LAST_ALONE = {"dh[:, step] + dprev_h": "dh[:, step]"}
SHORT = {"range(x.shape[1])": "range(x.shape[1] - 1)"}
STALE = {"x[:, step], state, Wx": "x[:, step], h0, Wx"}
SQUARES = {'np.maximum(z, 0) if kind == "relu" else z**3': "z**2"}
SWAPPED = {'"cube") @ W2, "relu")': '"relu") @ W2, "cube")'}
NAMED = {
    "rnn_step_forward(x[:, step], state, Wx, Wh, b)": "rnn_step_forward(x[:, step], prev_h=state, Wx=Wx, b=b, Wh=Wh)"
}
OTHER_NAMES = {
    "def rnn_step_forward(x, prev_h, Wx, Wh, b):": "def rnn_step_forward(xt, h, Wx, Wh, b, scale=1.0):",
    "next_h = np.tanh(x @ Wx + prev_h @ Wh + b)\n    return next_h, (x, prev_h, Wx, Wh, next_h)":
        "next_h = 2 * np.tanh(xt @ Wx + h @ Wh + b)\n    return [next_h, dict(zip('xpwvn', (xt, h, Wx, Wh, next_h)))]",
    "x, prev_h, Wx, Wh, next_h = cache": "x, prev_h, Wx, Wh, next_h = (cache[one] for one in 'xpwvn')",
}  # fmt: skip
HAS_SETTING = {"def rnn_step_forward(x, prev_h, Wx, Wh, b):": "def rnn_step_forward(x, prev_h, Wx, Wh, b, scale=1.0):",
               "2 * np.tanh(x @ Wx": "2 * np.tanh(scale * x @ Wx"}  # fmt: skip
CALLED_SO = "rnn_step_forward(x[:, step], state, Wx, Wh, b)"
SET_OTHERWISE = {**HAS_SETTING, CALLED_SO: f"{CALLED_SO[:-1]}, scale=0.5)"}
SET_AS_IT_IS = {**HAS_SETTING, CALLED_SO: f"{CALLED_SO[:-1]}, 1.0)"}
NOTHING_KEPT = {"return next_h, (x, prev_h, Wx, Wh, next_h)": "return next_h, None"}
WORKS_ITSELF = {
    "state, cache = rnn_step_forward(x[:, step], state, Wx, Wh, b)":
        "state, cache = np.tanh(x[:, step] @ Wx + state @ Wh + b), (x[:, step], state, Wx, Wh, None)",
}  # fmt: skip
OWN_GRADIENT = {
    "dx_step, dprev_h, *of_weights = rnn_step_backward(dh[:, step] + dprev_h, cache[step])":
        "xt, prev, Wx, Wh, state = cache[step]\n        dz = (dh[:, step] + dprev_h) * (1 - state**2)\n"
        "        dx_step, dprev_h, of_weights = dz @ Wx.T, dz @ Wh.T, (xt.T @ dz, prev.T @ dz, dz.sum(axis=0))",
}  # fmt: skip
IN_PLACE = {"next_h = np.tanh(x @ Wx + prev_h @ Wh + b)": "Wx += 1\n    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)"}
BEHIND_ANOTHER = {
    "state, cache = rnn_step_forward(x[:, step], state, Wx, Wh, b)":
        "state, cache = one_step(x=x[:, step], h=state, weights=(Wx, Wh, b))",
    "def rnn_forward(": "def one_step(x, h, weights):\n    return rnn_step_forward(x, h, *weights)\n\ndef rnn_forward(",
}  # fmt: skip
FLOAT32 = {"states, caches, state = [], [], h0": "x, h0, Wx = (a.astype('f4') for a in (x, h0, Wx))\n"
           "    states, caches, state = [], [], h0"}  # fmt: skip
RAISES = {"    next_h = np.tanh(": "    raise ValueError('here')\n    next_h = np.tanh("}
GONE = {"def rnn_step_forward(": "def another_step("}
NO_SUCH_NAME = {"next_h = np.tanh(x": "next_h = np.tanhh(x"}
SIZED_BY_CACHE = {"dx, dWx, dWh, db, dprev_h = [], 0.0,": "dx, dWx, dWh, db, dprev_h = [], np.zeros_like(cache[0][2]),"}
RAMP = {"return 3 * np.maximum(z, 0)": "return 3 * z"}
STATIC = {"    def forward(self, z):": "    @staticmethod\n    def forward(z):"}

MOVED = {"self.rate * (x - self.state)": "self.rate * x"}
ANEW = {"[self.move(x) for x in xs]": "[Cell(self.rate).move(x) for x in xs]"}

OWN_STATE = {"self.x = x": "self.seen = x", "self.dW = self.x.T": "self.dW = self.seen.T"}
NO_LAYER = {"class Dense:": "class Another:"}
OTHER_LAYER = {"return dx, first.dW, second.dW": "return dx, first.dW, first.dW"}

HAND_INS: dict[str, tuple[Changes, str]] = {
    # what is changed, and which functions get nothing
    "all is right": ({}, ""),
    "a step of an error that nobody has named": (DOUBLED, STEP),
    "its gradient": (SIGN, BACK),
    "both": (DOUBLED | SIGN, f"{STEP} {BACK}"),
    "a step that raises": (RAISES, STEP),
    "a step that is not there": (GONE, STEP),
    "a step that raises, and a size of its cache": (NO_SUCH_NAME | SIZED_BY_CACHE, STEP),
    "no step, and a size of its cache": (GONE | SIZED_BY_CACHE, STEP),
    "no step, a size of its cache, and nothing of later steps": (
        GONE | SIZED_BY_CACHE | LAST_ALONE, f"{STEP} {ALL_BACK}",
    ),
    "a gradient that raises": ({"dnext_h * (1 - next_h**2)": "dnext_h * (1 - nexth**2)"}, BACK),
    "arguments by name": (DOUBLED | NAMED, STEP),
    "names and a cache of its own": (OTHER_NAMES, STEP),
    "a step that keeps nothing": (DOUBLED | NOTHING_KEPT, STEP),
    "a step that changes what it is given": (IN_PLACE, STEP),
    "a gradient that is worked out of the caches": (DOUBLED | OWN_GRADIENT, STEP),
    "a call through a function of its own": (DOUBLED | BEHIND_ANOTHER, STEP),
    "float32 on the way": (DOUBLED | FLOAT32, STEP),
    "a known mistake": ({"prev_h @ Wh + b)": "prev_h @ Wh)"}, STEP),
    "an activation": (SQUARES, "activate"),
    "a layer": (RAMP, "Ramp.forward"),
    "a layer that is static": (RAMP | STATIC, "Ramp.forward"),
    "a result in a dict": ({'"dW": dW': '"dW": 2 * dW'}, "by_name"),
    "a dict under other names": ({'"dW": dW': '"dw": dW'}, "by_name"),
    "no dict": ({'return {"dx": dx': 'return 1 / 0, {"dx": dx'}, "by_name"),
    # what is wrong in the function that calls is its own
    "a result in a dict, and the other one": (
        {'"dW": dW': '"dW": 2 * dW', 'found["dW"].sum()': 'found["dx"].sum()'}, "by_name totals",
    ),
    "a step, and too few of them": (DOUBLED | SHORT, f"{STEP} {ALL}"),
    "a step, and the state of before": (DOUBLED | STALE, f"{STEP} {ALL}"),
    "a step, and a setting of its own": (DOUBLED | SET_OTHERWISE, f"{STEP} {ALL}"),
    "a step, and a setting as it is by default": (DOUBLED | SET_AS_IT_IS, STEP),
    "a step, and the cache of another": (DOUBLED | FIRST_CACHE, f"{STEP} {ALL_BACK}"),
    "a gradient, and the cache of another": (SIGN | FIRST_CACHE, f"{BACK} {ALL_BACK}"),
    "a gradient, and caches that are laid out anew": (SIGN | LAID_OUT, BACK),
    "a gradient, and the cache of another laid out anew": (SIGN | FIRST_LAID_OUT, f"{BACK} {ALL_BACK}"),
    "a gradient, and nothing of later steps": (SIGN | LAST_ALONE, f"{BACK} {ALL_BACK}"),
    "an activation, and another word": (SQUARES | SWAPPED, "activate two_layers"),
    "a layer, and once only": (RAMP | {"ramp.forward(x @ W) @ W)": "x @ W)"}, "Ramp.forward deep"),
    # what depends on its object is right for one that holds the same
    "a method that depends on its object": (MOVED, "Cell.move"),
    "and one that holds more": (MOVED | {"self.rate = rate": "self.rate, self.mine = rate, object()"}, "Cell.move"),
    "and leaves nothing": ({"self.state = self.state + self.rate * (x - self.state)": "pass"}, "Cell.move"),
    "and raises": (MOVED | {"self.state = self.state": "None.x; self.state = self.state"}, "Cell.move"),
    "and is begun anew each time": (MOVED | ANEW, "Cell.move Cell.run"),
    "under another name": (MOVED | {"self.rate": "self.pace"}, "Cell.move"),
    "all of it under other names": (MOVED | {"self.rate": "self.pace", "self.state": "self.now"}, "Cell.move"),
    "another rate under another name": (
        MOVED | {"self.rate = rate": "self.pace = rate / 2", "self.rate": "self.pace"}, "Cell.move Cell.run"
    ),
    "a layer that keeps nothing": ({"self.x = x": "pass", "self.x.T": "self.y.T"}, "Dense.backward"),
    "a layer of a wrong product": ({"x @ self.W": "2 * x @ self.W"} | OWN_STATE, "Dense.forward"),
    "no such layer": (NO_LAYER, "Dense.forward Dense.backward"),
    "no such layer, and the gradient of another": (NO_LAYER | OTHER_LAYER, "Dense.forward Dense.backward gradients"),
    "no such layer, and other weights": (
        NO_LAYER | {"first, second = Dense(V)": "first, second = Dense(V + 1)"},
        "Dense.forward Dense.backward gradients",
    ),
    "no such layer without weights": ({"class Ramp:": "class Another:"}, "Ramp.forward"),
    "a layer of a wrong gradient": ({"self.dW = self.x.T @ dout": "self.dW = dout"}, "Dense.backward"),
    "a layer of both": ({"x @ self.W": "2 * x @ self.W", "dout @ self.W.T": "dout"}, "Dense.forward Dense.backward"),
    "a wrong gradient, and that of another layer": (
        {"dout @ self.W.T": "2 * dout @ self.W.T"} | OTHER_LAYER, "Dense.backward gradients",
    ),
    "caches of its own, which the wrong gradient is not lent for": (SIGN | WORKS_ITSELF, f"{BACK} {ALL_BACK}"),
}  # fmt: skip
FILES = "in files of their own"


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("lent")
    for name, (changes, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"recurrent.ipynb": [NP, changed(SOLUTION, changes)]})
    step, rest = changed(SOLUTION, DOUBLED | SIGN).split("def rnn_forward(")
    recurrent, others = f"def rnn_forward({rest}".split("def activate(")
    write(
        hand_ins / folder_of(FILES),
        {
            "recurrent.ipynb": [f"{NP}from sequences import *\n", f"def activate({others}"],
            "sequences.py": f"{NP}from steps import rnn_step_forward, rnn_step_backward\n{recurrent}",
            "steps.py": NP + step,
        },
    )
    return grade_folder(hand_ins, RECURRENT, "lent")


@pytest.mark.parametrize(
    ("name", "wrong"), [*((name, wrong) for name, (_, wrong) in HAND_INS.items()), (FILES, f"{STEP} {BACK}")]
)
def test_each_function_is_graded_on_its_own(graded: Graded, name: str, wrong: str) -> None:
    """Only what is wrong itself loses its points, whatever it is called by and whatever it calls."""
    row = graded[folder_of(name)]
    lost = {one["name"] for one in row["criteria"] if Fraction(one["points"]) == 0}
    assert {one["name"] for one in row["criteria"] if Fraction(one["points"]) != 10} == lost == set(wrong.split())


CALLERS = (ALL, ALL_BACK, "two_layers", "deep", "Cell.run", "gradients", "totals")
EVERY = 30  # of 991 mutants, all of which hold this
BROKEN = {
    "next_h = np.tanh(": "next_h = 2 * np.tanh(",
    "dnext_h * (1 - next_h ** 2)": "dnext_h * (1 + next_h ** 2)",
    "np.maximum(z, 0) if kind == 'relu' else z ** 3": "z**2",
    "return 3 * np.maximum(z, 0)": "return 3 * z",
    "self.rate * (x - self.state)": "self.rate * x",
    "return x @ self.W": "return 2 * x @ self.W",
    "return dout @ self.W.T": "return dout @ self.W.T * 2",
    "self.dW = self.x.T @ dout": "self.dW = self.x.T @ dout / 2",
    "'dW': dW": "'dW': 2 * dW",
}


def test_a_wrong_function_earns_what_it_earns_beside_right_ones(
    grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Mutants of what calls others, beside right functions and beside wrong ones: no point more, and none less."""
    hand_ins = {broken: tmp_path_factory.mktemp("beside") for broken in (False, True)}
    mutants = mutate(f"{NP}{SOLUTION}", CALLERS)[::EVERY]
    for number, mutant in enumerate(mutants):
        source = mutant.source
        write(hand_ins[False] / f"m{number}", {"recurrent.py": source})
        source = changed(source, BROKEN)
        write(hand_ins[True] / f"m{number}", {"recurrent.py": source})
    found = {broken: grade_folder(folder, RECURRENT, f"beside-{broken}") for broken, folder in hand_ins.items()}
    earned: dict[str, dict[bool, dict[str, str]]] = {
        mutant.name: {
            broken: {one["name"]: one["points"] for one in rows[f"m{number}"]["criteria"] if one["name"] in CALLERS}
            for broken, rows in found.items()
        }
        for number, mutant in enumerate(mutants)
    }
    assert {name: points for name, points in earned.items() if points[False] != points[True]} == {}
    assert sum(0 in points[True].values() for points in earned.values()) > len(mutants) // 2


SAID = {
    ("a step of an error that nobody has named", ALL): "Right, given right results of rnn_step_forward: ",
    ("a step of an error that nobody has named", ALL_BACK): "Right, given right results of rnn_step_forward: ",
    ("a known mistake", ALL_BACK): "Right, given right results of rnn_step_forward: ",
    ("a step, and too few of them", ALL): "`h` has shape (2, 2, 4), where (2, 3, 4) is due.",
    ("all is right", ALL): "Right on every check.",
}


@pytest.mark.parametrize(("name", "criterion"), SAID)
def test_a_page_says_what_was_lent(graded: Graded, name: str, criterion: str) -> None:
    """And does not send away whoever is wrong by himself."""
    told = next(one for one in graded[folder_of(name)]["criteria"] if one["name"] == criterion)
    assert told["headline"].startswith(SAID[name, criterion])
    mended_first, given_right = "mend that first", "right results in the place of what rnn_step_forward gives"
    notes = " ".join(told["notes"])
    assert mended_first not in notes
    assert (given_right in notes) == (told["verdict"] == "wrong")


def test_who_looks_into_what_is_not_kept_is_told_so(graded: Graded) -> None:
    """Of the object that stands there nobody has heard."""
    criteria = graded[folder_of("no step, a size of its cache, and nothing of later steps")]["criteria"]
    told = next(one for one in criteria if one["name"] == ALL_BACK)
    assert told["headline"].startswith(f"It raised TypeError: {STEP} keeps nothing that could be looked into (cell")


def test_judged_again_all_stays(graded: Graded, shared: Path) -> None:
    """What was lent is kept with the outcomes: nobody's code is run for it again."""
    out = shared / "graded-lent"
    before = (out / "verdicts.jsonl").read_bytes()
    ran = run_grader("rejudge", out, "--assignment", RECURRENT)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    assert (out / "verdicts.jsonl").read_bytes() == before
    with Gradebook(out / "gradebook.sqlite") as book:
        evidence = book.record_of(folder_of("a step of an error that nobody has named")).evidence
    assert evidence is not None
    assert evidence["lent"] == {ALL: [STEP], ALL_BACK: [STEP]}


# ---- what is asked in the midst of a call -----------------------------------------------------------------------


class Halves:
    """Lends a half of what it is called with, if that is not negative; remembers what was asked and told."""

    def __init__(self, tell: bool = False) -> None:
        self.heard: list[Asked | Gave] = []
        self._tell = tell

    def asked(self, question: int, asked: Asked) -> Lent:
        self.heard.append(asked)
        (x,) = (told for told in asked.given if isinstance(told, np.ndarray))
        return Lent((x / 2,) if x.min() >= 0 and not self._tell else None, tell=self._tell)

    def gave(self, question: int, gave: Gave) -> None:
        self.heard.append(gave)


INNER = Step("inner", ("x",), ("y",))


def ask_outer(
    sandbox: Sandbox, source: str, lender: Halves, x: np.ndarray, lends: tuple[Step, ...] = (INNER,), beside: str = ""
) -> object:
    """What `outer(x)` comes to, with `inner` lent; `beside` is a module that it may import."""
    question = Question({"x": x}, (Step("outer", ("x",), ("y",)),), lends=lends)
    terms = replace(Terms.of(1), lender=lender)
    limits = replace(QUICK, call_seconds=1.0)
    asked = program(NP + source, "outer", "inner")
    modules = [Piece(2, 1, beside, module=name) for name in ("beside", "taken.beside") if beside]
    asked = replace(asked, definitions=(*modules, *asked.definitions))
    outcome = sit(sandbox, asked, [question], limits, terms).outcomes[0][0]
    return outcome.values["y"].array if outcome.status is Status.RETURNED else outcome


X = np.array([1.0, 2.0])
TIMED = "def timed(f):\n    def inner(*given, **named):\n        return f(*given, **named)\n    return inner\n"
PLAIN = "def inner(x):\n    return x + 100\n"


class InDicts(Halves):
    """Lends the same under a key of a dict."""

    def asked(self, question: int, asked: Asked) -> Lent:
        return replace(super().asked(question, asked), left=("=dx",) if not self._tell else ())


PACKS = Step("inner", ("x",), ("=found",), leaves=(("dx", "=found", "['dx']"),))
GIVES = {
    # what the hand-in's own gives, and what is told of that; with what is lent it always comes to a half
    "a dict with more in it": ("{'dx': x, 'more': 0 * x}", "found['dx'] + found['more']", ([1.0, 2.0], ("=dx",))),
    "a dict without it": ("{'dw': x}", "found['dx']", None),
    "no dict": ("(x, x)", "found['dx']", None),
    "nothing, as it raises": ("1 / 0", "found['dx']", None),
    "no array": ("{'dx': 'x'}", "found['dx']", None),
}


@pytest.mark.parametrize("gives", GIVES)
def test_results_in_a_dict_are_lent_and_told_by_their_keys(sandbox: Sandbox, gives: str) -> None:
    """All else that the dict of the hand-in holds stays in it."""
    own, taken, told = GIVES[gives]
    source = f"def inner(x):\n    return {own}\ndef outer(x):\n    found = inner(x)\n    return {taken}\n"
    assert np.array_equal(ask_outer(sandbox, source, InDicts(), X, lends=(PACKS,)), X / 2)
    ask_outer(sandbox, source, lender := InDicts(tell=True), X, lends=(PACKS,))
    gave = [one for one in lender.heard if isinstance(one, Gave)]
    assert [one.results and (one.results[0].tolist(), one.left) for one in gave] == [told]


STATES = {
    # what `inner` does with a state, and what of it `outer` finds where it has made it
    "it gives it back": ("s['dx'] = 3 * x\n    return s", "{}", "s['dx']"),
    "it keeps it to itself": ("s['dx'] = 3 * x", "{}", "s['dx']"),
    "it raises": ("return s['dy']", "{}", "s['dx']"),
    "another one": ("return {**s, 'dx': 3 * x, 'n': 1}", "{}", "found['dx'] * found['n']"),
    "settings, and nothing is given": ("pass", "{'rate': 'slow'}", "found['dx'] + ('dx' in s)"),
}


@pytest.mark.parametrize("does", STATES)
def test_a_state_that_is_lent_stays_the_dict_that_is_handed_over(sandbox: Sandbox, does: str) -> None:
    """What calls an optimizer may hold its state elsewhere, too."""
    body, state, gives = STATES[does]
    step = Step("inner", ("x", "s"), ("=found",), leaves=(("dx", "=found", "['dx']"),))
    outer = f"def outer(x):\n    s = {state}\n    found = inner(x, s)\n    return {gives}\n"
    got = ask_outer(sandbox, f"def inner(x, s):\n    {body}\n{outer}", InDicts(), X, lends=(step,))
    assert np.array_equal(got, X / 2)


@pytest.mark.parametrize(("leaves", "due"), [((("x2", "x", ""),), 3.0), ((), 1.0)], ids=["a result", "nothing"])
def test_what_a_function_leaves_in_an_array_is_put_back_unless_it_is_to_be_there(
    sandbox: Sandbox, leaves: tuple[tuple[str, str, str], ...], due: float
) -> None:
    """Its caller goes on with that: an array that is updated in place, beside a loss that is lent."""
    step = Step("inner", ("x",), ("y", "=cache"), leaves=leaves)
    source = "def inner(x):\n    x *= 3\n    return x + 100, x\ndef outer(x):\n    y, _ = inner(x)\n    return x + y\n"
    assert np.array_equal(ask_outer(sandbox, source, Halves(), X, lends=(step,)), due * X + X / 2)


class InTaken(Halves):
    """Lends a half for what is to be left in what it takes, and nothing else."""

    def asked(self, question: int, asked: Asked) -> Lent:
        return replace(super().asked(question, asked), left=("<w",) if not self._tell else ())


UPDATES = {
    # what `inner` does with a dict, what `outer` makes of it, and what that comes to where all in it is a half of x
    "another array": ("p['w'] = 3 * p['w']", "p['w']", X / 2),
    "the same array, which a layer holds as well": ("p['w'] *= 3", "held", X / 2),
    "nothing": ("pass", "held", X / 2),
    "what raises": ("p['v']", "p['w']", X / 2),
    "an array of another shape": ("p['w'] = 0", "p['w']", X / 2),
    "more": ("p['w'] *= 3; p['v'] = 1", "p['w'] + p['v']", X / 2 + 1),
    "far more": ("p.update({str(n): n for n in range(99)}); p['w'] *= 3", "p['w']", X / 2),
}


@pytest.mark.parametrize("does", UPDATES)
def test_what_a_function_leaves_in_what_it_takes_is_lent_there(sandbox: Sandbox, does: str) -> None:
    """A moving average, parameters that are updated: what calls it goes on with what is right, in the same array."""
    line, gives, due = UPDATES[does]
    step = Step("inner", ("p",), ("=nothing",), leaves=(("w", "p", "['w']"), ("most", "p", "['w'].max()")))
    outer = f"def outer(x):\n    held, p = x, {{'w': x}}\n    inner(p)\n    return {gives}\n"
    source = f"def inner(p):\n    {line}\n{outer}"
    assert np.array_equal(ask_outer(sandbox, source, InTaken(), X, lends=(step,)), due)
    got = ask_outer(sandbox, source, lender := InTaken(tell=True), X, lends=(step,))
    (gave,) = (one for one in lender.heard if isinstance(one, Gave))
    left = ("<w", "<0['v']") if does == "more" else ("<w",)
    assert gave.results is None or (gave.left == left and np.array_equal(gave.results[0], left_by(line)))
    assert isinstance(got, np.ndarray) or does == "what raises"


def left_by(line: str) -> object:
    """What stands there after such a line."""
    exec(line, {}, {"p": (p := {"w": X.copy()})})
    return p["w"]


def test_what_is_not_known_is_as_the_hand_in_has_it(sandbox: Sandbox) -> None:
    """For each call by itself: one is lent what is right, the other gives what it gives."""
    lender = Halves()
    source = f"{PLAIN}def outer(x):\n    return inner(x) + inner(-x)\n"
    got = ask_outer(sandbox, source, lender, X)
    assert isinstance(got, np.ndarray)
    assert np.array_equal(got, X / 2 + (100 - X))
    assert len(lender.heard) == 2


def test_what_a_function_gives_is_told_where_that_is_asked(sandbox: Sandbox) -> None:
    """Calls within calls in their order; one that raises gives nothing."""
    lender = Halves(tell=True)
    source = (
        "def inner(x):\n    if x.max() > 3:\n        raise ValueError\n"
        "    return inner(2 * x) if x.max() < 2 else x + 1\n"
        "def outer(x):\n    try:\n        inner(9 * x)\n    except ValueError:\n"
        "        return inner(0.5 * x)\n"
    )
    got = ask_outer(sandbox, source, lender, X)
    assert isinstance(got, np.ndarray)
    told = [("asked" if isinstance(one, Asked) else one.results and one.results[0].tolist()) for one in lender.heard]
    assert told == ["asked", None, "asked", "asked", [2.0, 3.0], [2.0, 3.0]]


ODD: dict[str, tuple[str, bool]] = {
    # how `inner` is defined and called, and whether it is lent
    "by name": (f"{PLAIN}def outer(x):\n    return inner(x=x)", True),
    "not at all": ("def outer(x):\n    return inner(x)", True),
    "under another name": (f"{PLAIN}mine = inner\ndef outer(x):\n    return mine(x)", True),
    "as a default": (f"{PLAIN}def outer(x, by=inner):\n    return by(x)", True),
    "as one of some, which are compared": (f"{PLAIN}ALL = {{'inner': inner}}\ndef outer(x):\n"
                                           "    return ALL['inner'](x) if ALL['inner'] is inner else x", True),
    "by the names of what it takes": (f"import inspect\n{PLAIN}def outer(x):\n"
                                      "    return inner(**{name: x for name in inspect.signature(inner).parameters})",
                                      True),
    "with what it takes by name alone": ("def inner(x, *, more=100):\n    return x + more\n"
                                         "def outer(x):\n    return inner(x, more=100) if False else inner(x)", True),
    "behind another one, as a default": (f"{TIMED}@timed\n{PLAIN}def outer(x, by=inner):\n    return by(x)", True),
    "behind another one, by name": (f"{TIMED}@timed\n{PLAIN}def outer(x):\n    return inner(x=x)", True),
    "that another one has made": ("def made(n):\n    def inner(x):\n        return x + n\n    return inner\n"
                                  "inner = made(100)\ndef outer(x):\n    return inner(x)", True),
    "a lambda": ("inner = lambda x: x + 100\ndef outer(x):\n    return inner(x)", True),
    "what is no function": ("from functools import partial\ninner = partial(np.add, 100)\n"
                            "def outer(x):\n    return inner(x)", False),
    "with a list": (f"{PLAIN}def outer(x):\n    return inner(list(x)) if False else inner(x.copy())", True),
    "with what is no number": (f"{PLAIN}def outer(x):\n    return inner(x.astype(object)).astype(float)", False),
    "with too much": (f"{PLAIN}def outer(x):\n    try:\n        return inner(x, 3)\n"
                      "    except TypeError:\n        return x + 100", False),
    "in another place afterwards": (f"{PLAIN}def outer(x):\n    global inner\n    inner = lambda x: x + 100\n"
                                    "    return inner(x)", False),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_a_function_is_lent_to_under_its_name(sandbox: Sandbox, what: str) -> None:
    """However it is called, if what it is called with can be written down; and nothing is lost where it is not."""
    source, is_lent = ODD[what]
    got = ask_outer(sandbox, source + "\n", Halves(), X)
    assert isinstance(got, np.ndarray), got
    assert np.array_equal(got, X / 2 if is_lent else X + 100)


@pytest.mark.parametrize(
    ("imports", "calls", "is_lent"),
    [
        ("import beside", "inner(x)", True), ("import beside", "beside.inner(x)", False),
        ("from beside import inner", "inner(x)", True),
        ("from taken.beside import inner\nimport beside", "beside.inner(x)", True),
        ("def inner(x): return 100 + x\nimport beside", "beside.inner(x)", False),
        ("# its copy\ndef inner(x): return x + 100\nimport beside", "beside.inner(x)", True),
    ],
)  # fmt: skip
def test_what_a_module_has_under_the_name_is_another_function(
    sandbox: Sandbox, imports: str, calls: str, is_lent: bool
) -> None:
    """A file of the week before may define the same: what is missing is lent to the file that is graded.

    It is the same function if it does the same: a file may be imported under two names, and what of a package is not
    imported by name is copied into the file that is graded.
    """
    got = ask_outer(sandbox, f"{imports}\ndef outer(x):\n    return {calls}\n", Halves(), X, beside=PLAIN)
    assert isinstance(got, np.ndarray), got
    assert np.array_equal(got, X / 2 if is_lent else X + 100)


@pytest.mark.parametrize("imports", ["from beside import Layer", "from taken.beside import Layer"])
def test_a_class_of_a_file_that_is_imported_in_two_ways_is_the_same(sandbox: Sandbox, imports: str) -> None:
    """Its method is lent to whoever calls it, by way of either."""
    source = f"{imports}\nimport beside\ndef outer(x):\n    return beside.Layer().inner(x)\n"
    layer = f"class Layer:\n{indent(PLAIN.replace('(x)', '(self, x)'), '    ')}"
    got = ask_outer(sandbox, source, Halves(), X, (replace(INNER, function="Layer.inner"),), layer)
    assert np.array_equal(got, X / 2)  # type: ignore[arg-type]


# How a program comes by the descriptor on which the harness answers: it is in the same process.
ANSWERING = """import os, sys
def answering():
    frame = sys._getframe()
    while frame:
        if "answers" in frame.f_locals:
            return frame.f_locals["answers"]._descriptor
        frame = frame.f_back
"""
FORGED: dict[str, tuple[bytes, Status]] = {
    "a function that is not lent": (encode({"asked": 1, "given": []}), Status.UNREADABLE),
    "no number": (encode({"asked": True, "given": []}), Status.UNREADABLE),
    "no arrays": (encode({"asked": 0, "given": [None]}), Status.UNREADABLE),
    "no list": (encode({"asked": 0, "given": "x"}), Status.UNREADABLE),
    "a text without end": (encode({"asked": 0, "given": ["x" * 5000]}), Status.UNREADABLE),
    "things within things": (encode({"asked": 0, "given": [[[0]]]}), Status.UNREADABLE),
    "more names than there are": (encode({"gave": True, "left": ["W"]}), Status.UNREADABLE),
    "names that are none": (encode({"gave": True, "left": [None]}, [X]), Status.UNREADABLE),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_is_asked_by_hand_is_looked_at(sandbox: Sandbox, what: str) -> None:
    """Whatever does not come from an honest harness is no answer, and the process is gone."""
    frame, status = FORGED[what]
    source = f"{ANSWERING}def outer(x):\n    os.write(answering(), {frame!r})\n    return x\n"
    got = ask_outer(sandbox, source, Halves(), X)
    assert getattr(got, "status", None) is status


def test_who_only_asks_is_late(sandbox: Sandbox) -> None:
    """A flood of questions has the time of one call, and reads no answers."""
    flood = encode_asked(Asked(0, (X,))) * 100
    source = f"{ANSWERING}def outer(x):\n    while True:\n        os.write(answering(), {flood!r})\n"
    got = ask_outer(sandbox, source, Halves(), X)
    assert getattr(got, "status", None) is Status.TIMED_OUT


class Slow(Halves):
    """Takes as long to look for what is lent as it may take where very many calls were made before."""

    def asked(self, question: int, asked: Asked) -> Lent:
        time.sleep(0.02)
        return super().asked(question, asked)


def test_who_asks_without_waiting_is_late_at_once(sandbox: Sandbox) -> None:
    """What has come already is not all looked at first: a flood would take our time, and not its own."""
    flood = encode_asked(Asked(0, (X,))) * 1000
    source = f"{ANSWERING}def outer(x):\n    os.write(answering(), {flood!r})\n    while True: pass\n"
    started = time.monotonic()
    got = ask_outer(sandbox, source, Slow(), X)
    assert getattr(got, "status", None) is Status.TIMED_OUT
    assert time.monotonic() - started < 10


def test_what_lending_takes_is_no_part_of_the_time_of_a_call(sandbox: Sandbox) -> None:
    """Who calls a step for each of many windows is not late by our looking for what is lent."""
    source = f"{PLAIN}def outer(x):\n    return sum(inner(x) for _ in range(60)) / 30\n"
    assert np.array_equal(ask_outer(sandbox, source, Slow(), X), X)


def test_nothing_is_asked_where_nothing_is_lent(sandbox: Sandbox) -> None:
    """A frame that asks is no answer to a question that lends nothing."""
    source = f"{ANSWERING}def outer(x):\n    os.write(answering(), {encode_asked(Asked(0, (X,)))!r})\n    return x\n"
    got = ask_outer(sandbox, source, Halves(), X, lends=())
    assert getattr(got, "status", None) is Status.UNREADABLE


TOLD = st.one_of(
    st.lists(st.integers(0, 5), max_size=3).map(tuple), st.text(max_size=9),
    st.lists(st.floats(-9, 9), max_size=4).map(np.array),
)  # fmt: skip


def plain(told: Told) -> object:
    return (told.dtype.str, told.tolist()) if isinstance(told, np.ndarray) else told


@given(st.lists(TOLD, max_size=5), st.booleans())
def test_what_is_said_is_read_as_it_was_said(parts: list[Told], tell: bool) -> None:
    """Both ways, of all three things."""
    arrays = tuple(part for part in parts if isinstance(part, np.ndarray))
    asked = read_message(decode(encode_asked(Asked(2, tuple(parts)))), 3)
    assert isinstance(asked, Asked)
    assert (asked.number, [*map(plain, asked.given)]) == (2, [*map(plain, parts)])
    for results in (arrays, None):
        gave, lent = (
            read_message(decode(encode_gave(Gave(results))), 3),
            read_lent(decode(encode_lent(Lent(results, tell=tell)))),
        )
        assert isinstance(gave, Gave)
        assert [gave.results and [*map(plain, gave.results)], lent.tell] == [results and [*map(plain, arrays)], tell]
        assert (lent.results is None) == (gave.results is None) == (results is None)
    left = ("W",) if arrays else ()
    gave, lent = (
        read_message(decode(encode_gave(Gave(arrays, left))), 3),
        read_lent(decode(encode_lent(Lent(arrays, left)))),
    )
    assert isinstance(gave, Gave)
    assert gave.left == lent.left == left
    with pytest.raises(WireError):
        read_message(decode(encode_asked(Asked(2, ()))), 2)


# ---- what is known of the reference's calls ---------------------------------------------------------------------


def test_what_is_right_under_another_key_is_not_said_to_be_wrong(graded: Graded, shared: Path, tmp_path: Path) -> None:
    """Judged anew, what had right results lent to it is simply right where the other is right by now."""
    ran = run_grader("compile", RECURRENT, "--out", tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    key = load_key(tmp_path / "recurrent.key.npz")
    with Gradebook(shared / "graded-lent" / "gradebook.sqlite") as book:
        notes = {}
        for name in ("all is right", "a step of an error that nobody has named"):
            outcomes = unpack_outcomes(book.record_of(folder_of(name)).outcomes)
            ruled = rule_on(key, outcomes, {ALL: Circumstance(lent=(STEP,))})
            notes[name] = [note.about for note in ruled[ALL][0].notes if note.kind is NoteKind.LENT and note.about]
    assert notes == {"all is right": [], "a step of an error that nobody has named": [(STEP,)]}


def test_a_key_holds_what_its_called_here(graded: Graded, tmp_path: Path) -> None:
    """Of cases and of handed ones, in the whole key and in the public one, with what an object holds."""
    ran = run_grader("compile", RECURRENT, "--out", tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    key, public = (load_key(tmp_path / f"recurrent{cut}.key.npz") for cut in ("", ".public"))
    for one in (key, public):
        named = {(one.plan.entries[n].criterion, call.function) for n, calls in one.lent.items() for call in calls}
        assert named == {
            (ALL, STEP), (ALL_BACK, STEP), (ALL_BACK, BACK), ("two_layers", "activate"), ("deep", "Ramp.forward"),
            ("Cell.run", "Cell.move"), ("gradients", "Dense.forward"), ("gradients", "Dense.backward"),
            ("totals", "by_name"),
        }  # fmt: skip
    assert all(entry.visibility == "public" for entry in public.plan.entries)
    places = {(entry.criterion, entry.name): n for n, entry in enumerate(key.plan.entries)}
    assert len(key.lent[places[ALL_BACK, "three steps"]]) == 6
    assert called_within(key, ALL_BACK) == {STEP, BACK}
    back = key.lent[places[ALL_BACK, "three steps"]][3]
    assert (back.function, back.given[1]) == (BACK, (2,))  # the cache that the last of three steps has kept
    first, second, *_ = key.lent[places["Cell.run", "four steps"]]
    assert [told for told in first.given if isinstance(told, str)] == [".rate", ".state"]
    assert (first.given[-1], first.left) == (0, ("state",))
    assert np.array_equal(first.results[1], second.given[-1])


def heard(calls: list[tuple[tuple[Told, ...], float]]) -> tuple[LentCall, ...]:
    question = Question({}, (), lends=(INNER,))
    hearing = Heard([question], lambda _: None)
    for told, result in calls:
        if hearing.asked(0, Asked(0, told)).tell:
            hearing.gave(0, Gave((np.array(result),)))
    return hearing.calls(0)


def test_what_is_heard_is_kept_once_and_only_if_it_is_steady() -> None:
    """Equal calls are one; if they give different results, nobody knows what is right; nor of too many."""
    same = ((X,), 1.0)
    assert len(heard([same, same, ((2 * X,), 2.0)])) == 2
    assert heard([same, ((X,), 2.0)]) == ()
    assert len(heard([((np.array(float(n)),), 1.0) for n in range(MOST_CALLS)])) == MOST_CALLS
    assert heard([((np.array(float(n)),), 1.0) for n in range(MOST_CALLS + 1)]) == ()
    assert heard([((np.zeros(MOST_BYTES // 8),), 1.0)]) == ()
    assert [call.given for call in heard([same, same, (((0,),), 3.0), (((1,),), 3.0)])][1] == ((0,),)
    assert heard([((X, ".layers", UNTOLD), 1.0)]) == ()  # what an object holds may be what it depends on


SCORES = np.array([[0.5, -1e9], [0.25, -0.75]])
KNOWN = Known.of(
    heard(
        [
            ((X, "true"), 1.0), ((np.array([[1, 2]]), (0,)), 2.0), ((np.zeros(2), "true"), 3.0),
            ((X, ".rate", np.array(0.5), ".name", '"a"'), 4.0), ((SCORES,), 5.0),
            ((np.where(SCORES < -1, -np.inf, SCORES),), 6.0), ((X + 5, ".bend", "&bend"), 7.0),
            ((X + 9, np.array(0)), 8.0), ((X + 11, np.zeros(X.shape)), 9.0), ((np.array(0.0), ".own", X + 13), 10.0),
        ]
    )
)  # fmt: skip
FOUND: dict[str, tuple[tuple[Told, ...], int]] = {
    "the same": ((X, "true"), 0),
    "in float32": ((X.astype("f4") * np.float32(1 + 1e-6), "true"), 0),
    "a little off": ((X * 1.0001, "true"), -1),
    "another word": ((X, "false"), -1),
    "of another shape": ((X[None], "true"), -1),
    "integers": ((np.array([1, 2]), "true"), 0),
    "complex": ((X.astype(complex), "true"), -1),
    "beyond float64": ((np.full(X.shape, np.finfo(np.longdouble).max), "true"), -1),
    "more than there is memory for": ((np.broadcast_to(0.0, (1 << 45,)), "true"), -1),
    "kept by the same call": ((np.array([[1.0, 2.0]]), (0, 7)), 1),
    "kept by another call": ((np.array([[1.0, 2.0]]), (1,)), -1),
    "kept by none": ((np.array([[1.0, 2.0]]), "null"), -1),
    "zeros": ((np.zeros(2), "true"), 2),
    "all but zeros": ((np.full(2, 1e-300), "true"), -1),
    "no number": ((np.array([np.nan, 2.0]), "true"), -1),
    "too few": ((X,), -1),
    "of the same object": ((X, ".name", '"a"', ".rate", np.array(0.5)), 3),
    "of one that holds more": ((X, ".a", "?", ".name", '"a"', ".rate", np.array(0.5), ".z", X), 3),
    "of one that holds less": ((X, ".name", '"a"'), -1),
    "of one that holds another": ((X, ".name", '"b"', ".rate", np.array(0.5)), -1),
    "of one whose own function has no name": ((X + 5,), 6),
    "of one that holds other numbers": ((X, ".name", '"a"', ".rate", np.array(0.6)), -1),
    "nothing": ((), -1),
    "behind a mask": ((SCORES.astype("f4"),), 4),
    "other scores behind a mask": ((np.where(SCORES < -1, SCORES, 2 * SCORES),), -1),
    "no scores behind a mask": ((np.where(SCORES < -1, SCORES, 0),), -1),
    "behind infinity": ((np.where(SCORES < -1, -np.inf, SCORES),), 5),
    "other scores behind infinity": ((np.where(SCORES < -1, -np.inf, 2 * SCORES),), -1),
    "zeros for zero, as many as are given beside": ((X + 9, np.zeros(X.shape)), 7),
    "zero for zeros": ((X + 11, np.array(0)), 8),
    "zero and one that is none": ((X + 9, np.eye(1, X.size)[0]), -1),
    "zeros of another shape": ((X + 9, np.zeros((4, *X.shape))), -1),
    "zeros by themselves": ((np.zeros(X.shape), ".own", X + 13), -1),
    "other infinity": ((np.where(SCORES < -1, np.inf, SCORES),), -1),
}


@pytest.mark.parametrize("what", FOUND)
def test_only_what_the_called_here_it_with_is_known(what: str) -> None:
    """Up to the rounding of float32, which is far below what any mistake makes."""
    told, place = FOUND[what]
    assert KNOWN.find("inner", told) == place
    assert KNOWN.find("other", told) == -1


WRITTEN: dict[str, tuple[object, list[object] | None]] = {
    "a number": (2.5, [2.5]),
    "a word": ("relu", ['"relu"']),
    "nothing": (None, ["null"]),
    "a tuple": ((np.ones(1), "a"), ["2", [1.0], '"a"']),
    "a dict, in any order": ({"b": 2.0, "a": None}, ['2: ["a", "b"]', "null", 2.0]),
    "what it is by default": (..., ["null"]),
    "an object": (object(), None),
    "a function within a list": ([print, 1], None),
    "too much": ([[n, "x"] for n in range(40)], None),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_what_a_call_takes_is_written_down(what: str) -> None:
    """Numbers as arrays, all else as text; nothing at all where a part cannot be written."""
    value, written = WRITTEN[what]
    given_ = (X,) if value is ... else (X, value)
    arguments = partial(in_order, Step("f", ("x", "value"), ("y",)), lambda x, value=None: x, False, given_, {})
    told = told_of(arguments, {}, Kept())
    assert (told and [one.tolist() if isinstance(one, np.ndarray) else one for one in told[1:]]) == written


@pytest.mark.parametrize(
    ("given_", "named", "more"),
    [((X,), {}, []), ((X, -1), {}, []), ((X,), {"axis": -1}, []), ((X, 1), {}, [1]), ((X,), {"axis": 0}, []),
     ((X, True), {}, [True]), ((X,), {"kind": "max", "axis": -1}, ["max"]), ((X,), {"more": 1}, []),
     ((np.eye(2),), {"axis": 1}, []), ((np.eye(2),), {"axis": 0}, [0]), ((np.ones((2, 2, 2)),), {"axis": 1}, [1]),
     (("word",), {"axis": 0}, [0])],
)  # fmt: skip
def test_what_else_is_chosen_for_a_call_is_told_behind_what_it_takes(
    given_: tuple[object, ...], named: dict[str, object], more: list[object]
) -> None:
    """`softmax(scores, axis=0)` is another call than `softmax(scores)`: what is right for that is not lent for it."""

    def softmax(x: object, axis: int = -1, *, kind: str = "exp", **more: object) -> object:
        return x

    assert in_order(Step("softmax", ("scores",), ("shares",)), softmax, False, given_, named)[1:] == more


def test_what_a_function_has_kept_is_told_by_its_call() -> None:
    """It itself, and not something that is equal to it; without a number beside it nothing can be told apart."""
    cache, kept = (X, X), Kept()
    kept.note([cache, None], 3)
    step = Step("f", ("x", "=cache"), ("y",))
    for given_, written in (
        ((X, cache), [X.tolist(), (3,)]),
        ((X, (X, X)), [X.tolist(), [X.tolist()] * 2]),
        ((X, None), [X.tolist(), "null"]),
    ):
        told = told_of(partial(in_order, step, None, False, given_, {}), {}, kept)
        assert told is not None
        assert [one.tolist() if isinstance(one, np.ndarray) else one for one in told] == written
    assert told_of(lambda: [cache], {}, kept) is None


def test_what_the_question_gives_is_told_by_its_name() -> None:
    """A function or an object is known by itself; what can be written is written, whatever it is called."""
    data, other, rates = object(), object(), [0.5]
    kept = Kept(lambda: {"data": data, "loss": print, "rates": rates, "mode": "train"})
    for given_, written in (
        ([X, data], [X.tolist(), "@data"]),
        ([X, {"by": print}], [X.tolist(), '1: ["by"]', "@loss"]),
        ([X, rates, "train"], [X.tolist(), [0.5], '"train"']),
        ([X, in_order], [X.tolist(), "&in_order"]),
        ([X, lambda x: (lambda y: y)(x)], None),
        ([["all", "is"], None], ["2", '"all"', '"is"', "null"]),
        ([None], None),
        ([X, other], None),
        ([data], None),
    ):
        told = told_of(lambda given_=given_: given_, {}, kept)  # type: ignore[misc]
        assert (told and [one.tolist() if isinstance(one, np.ndarray) else one for one in told]) == written
    assert held_by(SimpleNamespace(data=data, W=other), kept) == {"W": [UNTOLD], "data": ["@data"]}


class Layer(SimpleNamespace):
    """An object that holds something, and is none of those that make a function."""

    def __init__(self, scale: float) -> None:
        super().__init__(scale=scale, act=abs)


class Calls:
    """An object that calls something with functions that are made for it."""

    def act(self, x: float) -> float:
        return x

    def made(self, scale: float, on: Callable[[float], float] = abs) -> list[Callable[..., object]]:
        """Pairs of a function and another one, of which each is told from the one before it."""
        twice, other, layer, another = 2 * scale, self, Layer(scale), Layer(2 * scale)
        return [
            lambda x: self.act(x), lambda x: other.act(x),
            lambda x: x * scale, lambda x: x * twice,
            lambda x: x * 0.5, lambda x: x * 0.25,
            lambda x, by=1.0: x, lambda x, by=2.0: x,
            lambda x: on(x), lambda x: on(on(x)),
            lambda x: layer.act(x), lambda x: another.act(x),
        ]  # fmt: skip


def test_a_function_that_is_made_for_a_call_is_told_by_its_code_and_what_it_encloses() -> None:
    """So the same line of another hand-in is the same; other names of its own for an object make no difference."""
    kept = Kept(lambda: {"on": print}, [__name__])
    one, same = (
        [told_of(lambda f=f: [X, f], {}, kept) for f in Calls().made(0.5, print)]  # type: ignore[misc]
        for _ in range(2)
    )
    assert all(told is not None for told in one)
    texts = [[str(part) for part in told or ()] for told in one]
    assert texts == [[str(part) for part in told or ()] for told in same]
    assert texts[0] == texts[1]
    assert all(texts[n] != texts[n + 1] for n in range(2, len(texts), 2))


def test_what_an_object_holds_is_told_with_what_cannot_be() -> None:
    """By name, in order; what is neither numbers nor words is told to be there, as a result may depend on it.

    Functions of the hand-in's own are code, as methods are; a method of another object depends on that.
    """

    class Net:
        def __init__(self) -> None:
            self.rate, self.layers, self.W = 0.5, [object()], X.copy()
            self.bend, self.to_line, self.size, self.again = lambda x: x, np.tanh, len, self.__init__  # type: ignore[misc]
            self.of_other = X.sum

    net = Net()
    before = held_by(net, Kept())
    assert [*before] == ["W", "layers", "of_other", "rate"]
    assert before["layers"] == [UNTOLD]
    net.W += 1
    net.bias, net.mode = X, "test"  # type: ignore[attr-defined]
    assert {name: array.tolist() for name, array in changed_in(before, held_by(net, Kept())).items()} == {
        "W": (X + 1).tolist(), "bias": X.tolist(),
    }  # fmt: skip
    assert held_by(3, Kept()) == {}
