"""A wrong forward run once more with right numbers in it: a backward that reads what that derives is judged by itself.

takes: made-up classes of Exercise 5 and of a GRU's step; small forwards.
gives: one promise a test, said in its docstring.
must not know: how hand-ins are run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import numpy as np
import pytest
import test_nearest
import test_odd_hand_ins as odd

from grader.harness.calling.steps import Asking
from grader.harness.hearing import Hearing
from grader.harness.mending import behind_lines as by_lines
from grader.harness.mending.behind_lines import BehindLines, Put
from grader.harness.mending.nearest import nearest, read_by_name
from grader.harness.mending.ways import ways_of
from grader.wire import NEAREST, Question, Step
from tests.conftest import Graded

GATES = test_nearest.GATES

# ---- Exercise 5: what is derived of a wrong result -----------------------------------------------------------

PICKED = "dx = np.zeros(dout.shape)\ndx[cache] = dout[cache]\nreturn dx"
RELU_KEEPS = {
    # what forward keeps of out, and the backward that is right by that
    "places": ("np.nonzero(out > 0)", PICKED),
    "a sign": ("np.sign(out)", "return dout * cache"),
    "a mask as a list": ("(out > 0).tolist()", "return dout * np.array(cache)"),
    "places in a row": ("np.flatnonzero(out)", PICKED.replace("dout.shape", "dout.size").replace("dout[", "dout.flat[")
                        .replace("return dx", "return dx.reshape(dout.shape)")),
}  # fmt: skip
SIGMOID_KEEPS = {
    "a square": ("(out, out**2)", "return dout * (cache[0] - cache[1])"),
    "the inverse": ("1 / out", "return dout / cache * (1 - 1 / cache)"),
    "with a minus": ("-out", "return -dout * cache * (1 + cache)"),
    "on self": ("None\nself.two = 2 * out", "return dout * self.two * (2 - self.two) / 4"),
    "both in one": ("np.array([out, 1 - out])", "return dout * cache[0] * cache[1]"),
}
RELU_WRONG = {"absolute": "np.abs(x)", "a floor": "np.maximum(x, 1)", "one too many": "np.maximum(x, 0) + 1"}
SIGMOID_WRONG = {"tanh": "np.tanh(x)", "one too many": "1 + 1 / (1 + np.exp(-x))", "halved": "0.5 / (1 + np.exp(-x))"}
SAFE = "np.seterr(all='ignore')\n"


def layer(name: str, out: str, kept: str, back: str, between: str = "\n") -> str:
    """A class with a forward of three statements, and this backward."""
    ahead = indent(f"{SAFE}out = {out}{between}cache = {kept}{between}return out, cache", " " * 8)
    return f"class {name}:\n    def forward(self, x):\n{ahead}\n    def backward(self, dout, cache):\n" + indent(
        f"{SAFE}{back}", " " * 8
    )


def relu(out: str, kept: str, back: str) -> list[str]:
    return [odd.NP, odd.SIGMOID, layer("Relu", out, kept, back), odd.AFFINE]


def sigmoid(out: str, kept: str, back: str) -> list[str]:
    return [odd.NP, layer("Sigmoid", out, kept, back), odd.RELU, odd.AFFINE]


DERIVED = {
    **{f"relu, {wrong}, {kept}": relu(RELU_WRONG[wrong], *RELU_KEEPS[kept]) for wrong in RELU_WRONG
       for kept in RELU_KEEPS},
    **{f"sigmoid, {wrong}, {kept}": sigmoid(SIGMOID_WRONG[wrong], *SIGMOID_KEEPS[kept]) for wrong in SIGMOID_WRONG
       for kept in SIGMOID_KEEPS},
}  # fmt: skip
DERIVED |= {
    # where the line of the result raises, numbers stand in its place until it is right
    "relu, raises, places": relu("np.maxx(x, 0)", *RELU_KEEPS["places"]),
    "relu, the largest of each column, places": relu("np.max(x, 0)", *RELU_KEEPS["places"]),
    "sigmoid, in one row, a square": sigmoid("(1 / (1 + np.exp(-x))).ravel()", *SIGMOID_KEEPS["a square"]),
    "sigmoid, raises, a square": sigmoid("1 / (1 + np.expp(-x))", *SIGMOID_KEEPS["a square"]),
    "sigmoid, whole numbers, a square": sigmoid("(1 / (1 + np.exp(-x))).astype(int)", *SIGMOID_KEEPS["a square"]),
}
DERIVED |= {
    f"relu, absolute, in one line, {kept}": [
        odd.NP, odd.SIGMOID, layer("Relu", "np.abs(x)", *RELU_KEEPS[kept], between="; "), odd.AFFINE
    ]
    for kept in RELU_KEEPS
}  # fmt: skip
DERIVED_FAULTY = {
    "relu, raises, no dout": relu("np.maxx(x, 0)", "np.nonzero(out > 0)", PICKED.replace("dout[cache]", "1.0")),
    "relu, no dout": relu("np.abs(x)", "np.nonzero(out > 0)", PICKED.replace("dout[cache]", "1.0")),
    "relu, places of the others": relu("np.abs(x)", "np.nonzero(out <= 0)", PICKED),
    "relu, the sign of x": relu("np.maximum(x, 1)", "np.sign(x)", "return dout * cache"),
    "sigmoid, no brackets": sigmoid("np.tanh(x)", "(out, out**2)", "return dout * cache[0] - cache[1]"),
    "sigmoid, a cube": sigmoid("np.tanh(x)", "(out, out**3)", "return dout * (cache[0] - cache[1])"),
    "sigmoid, a formula of its own that is wrong": sigmoid(
        "np.tanh(x)", "x", "out = np.tanh(cache)\nreturn dout * out * (1 - out)"
    ),
}


@pytest.fixture(scope="module")
def derived(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of Exercise 5, graded as one class."""
    return graded(grade_folder, tmp_path_factory.mktemp("derived"), odd.EXERCISE, {**DERIVED, **DERIVED_FAULTY})


def graded(grade: Callable[..., Graded], hand_ins: Path, exercise: Path, all_of_them: dict[str, list[str]]) -> Graded:
    for name, cells in all_of_them.items():
        odd.write(hand_ins / odd.folder_of(name), {"ex.ipynb": cells})
    return grade(hand_ins, exercise, f"anew-{exercise.name}")


@pytest.mark.parametrize("name", DERIVED)
def test_a_right_backward_reads_what_is_derived_of_a_result_and_pays_for_no_forward(derived: Graded, name: str) -> None:
    """However that is derived: its own lines do it again, of what is right."""
    short = {
        one["name"]: one["points"] for one in derived[odd.folder_of(name)]["criteria"] if one["verdict"] != "correct"
    }
    assert short == {f"{name.split(',')[0].title()}.forward": 0}


@pytest.mark.parametrize("name", DERIVED_FAULTY)
def test_a_wrong_backward_stays_wrong_with_a_right_result(derived: Graded, name: str) -> None:
    """Nor is what a forward derives wrongly made right, or what a backward works out in its own lines."""
    of = {one["name"]: one["points"] for one in derived[odd.folder_of(name)]["criteria"]}
    assert of[f"{name.split(',')[0].title()}.backward"] <= 1


# ---- gates: what is derived of a wrong part -------------------------------------------------------------------

PLAIN = "x, prev_h, Wz, Wr, Wn, z, r, n"
GATES_KEEP = {
    # what forward keeps, how backward takes it apart, and what stands there for other parts
    "one less": ("x, prev_h, Wz, Wr, Wn, 1 - z, r, n", "x, prev_h, Wz, Wr, Wn, z, r, n = cache\n    z = 1 - z", {}),
    "slopes": (
        f"{PLAIN}, z * (1 - z), r * (1 - r), 1 - n * n",
        f"{PLAIN}, sz, sr, sn = cache",
        {"z * (1 - z)": "sz", "r * (1 - r)": "sr", "(1 - n * n)": "sn"},
    ),
    "all in one array": (
        "x, prev_h, Wz, Wr, Wn, np.concatenate([z, r, n], axis=1)",
        "x, prev_h, Wz, Wr, Wn, gates = cache\n    z, r, n = np.split(gates, 3, axis=1)",
        {},
    ),
    "before the sigmoid": (
        "x, prev_h, Wz, Wr, Wn, np.log(z / (1 - z)), np.log(r / (1 - r)), n",
        f"{PLAIN} = cache\n    z, r = sigmoid(z), sigmoid(r)",
        {},
    ),
}
GATES_WRONG = {
    **{name: test_nearest.SLIPS[name] for name in ("a gate by tanh", "a gate without x", "n without r")},
    "both of the same weights": ("sigmoid(both @ Wr)", "sigmoid(both @ Wz)"),
    "both of the wrong weights": ("sigmoid(both @ Wz), sigmoid(both @ Wr)", "sigmoid(both @ Wn), sigmoid(both @ Wn)"),
}
SPLIT = ("z, r = sigmoid(both @ Wz), sigmoid(both @ Wr)",
         "gates = np.tanh(both @ np.concatenate([Wz, Wr], axis=1))\n    z, r = np.split(gates, 2, axis=1)")  # fmt: skip
INLINE = ("sigmoid(prev_h @ Wr[x.shape[1] :])", "a gate that stands under no name")


def gates(slip: tuple[str, str], kept: str, taken: str, instead: dict[str, str], fault: bool = False) -> list[str]:
    """The step of a GRU with a slip in its forward, a cache laid out so, and perhaps a fault in its backward."""
    ahead, back = f"{test_nearest.SIGMOID}\n{test_nearest.STEP}", test_nearest.BACK
    assert slip[0] in ahead
    ahead = ahead.replace(*slip, 1).replace(f"({PLAIN})", f"({kept})")
    for old, new in {f"{PLAIN} = cache": taken, **instead, **({" * prev_h * ": " * "} if fault else {})}.items():
        assert old in back
        back = back.replace(old, new)
    return [odd.NP, SAFE + ahead, back]


def in_line(slip: tuple[str, str], fault: bool = False) -> list[str]:
    """One whose r, without x, has no name: it stands twice in the lines of forward."""
    head, ahead, back = gates(slip, PLAIN.replace(" r,", f" {INLINE[0]},"), f"{PLAIN} = cache", {}, fault)
    ahead = (
        ahead.replace("z, r = ", "z = ")
        .replace(", sigmoid(both @ Wr)", "")
        .replace("r * prev_h", f"{INLINE[0]} * prev_h")
    )
    return [head, ahead, back]


IN_ONE = PLAIN.replace("z, r", "gates")
PARTS = {
    **{f"{slip}, {kept}": gates(GATES_WRONG[slip], *GATES_KEEP[kept]) for slip in GATES_WRONG for kept in GATES_KEEP},
    "one array by tanh": gates(SPLIT, IN_ONE, f"{IN_ONE} = cache\n    z, r = np.split(gates, 2, axis=1)", {}),
    INLINE[1]: in_line(test_nearest.SLIPS["a gate by tanh"]),
}
PARTS_FAULTY = {
    f"{slip}, a factor too few": gates(GATES_WRONG[slip], *GATES_KEEP["one less"], True) for slip in GATES_WRONG
} | {f"{INLINE[1]}, a factor too few": in_line(test_nearest.SLIPS["a gate by tanh"], True)}


@pytest.fixture(scope="module")
def parts(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of the GRU's steps, graded as one class."""
    return graded(grade_folder, tmp_path_factory.mktemp("parts"), GATES, {**PARTS, **PARTS_FAULTY})


@pytest.mark.parametrize("name", PARTS)
def test_a_right_backward_reads_what_is_derived_of_parts_and_pays_for_no_forward(parts: Graded, name: str) -> None:
    """Whatever the reference keeps: `1 - z`, slopes, gates in one array, two of them with the same wrong numbers."""
    assert [one["points"] for one in parts[odd.folder_of(name)]["criteria"]] == [0, 10]


@pytest.mark.parametrize("name", PARTS_FAULTY)
def test_a_wrong_backward_stays_wrong_with_right_parts(parts: Graded, name: str) -> None:
    """Nothing that is put there makes up for a fault of its own."""
    assert [one["points"] for one in parts[odd.folder_of(name)]["criteria"]] == [0, 0]


# ---- a deviation, and one through it -------------------------------------------------------------------------------

NORM = """
def norm_forward(x, gamma):
    mu = x.mean(axis=0)
    std = np.sqrt(x.var(axis=0) + 1e-5)
    xhat = (x - mu) / std
    out = gamma * xhat
    return out, (xhat, gamma, std)


def norm_backward(dout, cache):
    xhat, gamma, std = cache
    down = dout * gamma
    return (down - down.mean(axis=0) - xhat * (down * xhat).mean(axis=0)) / std, (dout * xhat).sum(axis=0)
"""
OF_NORM = """
from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, own

from . import passes

FORWARD = Call("norm_forward", ("x", "gamma"), gives=("out", own("cache")))
BACKWARD = Call("norm_backward", ("dout", own("cache")), gives=("dx", "dgamma"))


def rows(n, d, *more):
    shapes = {"x": (n, d), "gamma": (d,), "dout": (n, d)}
    return lambda rng: {name: rng.uniform(0.2, 2, shapes[name]) for name in ("x", "gamma", *more)}


def graded(*calls, more=(), **rest):
    cases = (Case("six", rows(6, 3, *more), "values"), Case("five", rows(5, 4, *more), "values", HIDDEN))
    grade = tuple(name for name in calls[-1].gives if isinstance(name, str))
    return Criterion(calls[-1].function, calls, grade, (Behaviour("values", 10),), cases, **rest)


ASSIGNMENT = Assignment(
    name="norm", title="Norm", handout="norm.ipynb", seed=3, solution=passes,
    criteria=(
        graded(FORWARD),
        graded(FORWARD, BACKWARD, more=("dout",), follow_through=FollowThrough(
            "norm_forward", output="out", upstream="dout", gradients={"dx": "x", "dgamma": "gamma"}, mended=True,
            inputs=(rows(4, 2, "dout"),), handed=(Case("seven", rows(7, 3, "dout"), "values"),
                                                  Case("four", rows(4, 3, "dout"), "values", HIDDEN)))),
    ),
)
"""
BY_INVERSE = {
    "std = np.sqrt(x.var(axis=0) + 1e-5)": "inv = 1 / np.sqrt(x.var(axis=0) + 1e-5)",
    "(x - mu) / std": "(x - mu) * inv",
}
NORMS_KEEP = {
    # what stands in forward and backward for other lines
    "one through it": {**BY_INVERSE, "gamma, std)": "gamma, inv)", "gamma, std = cache": "gamma, inv = cache",
                       "mean(axis=0)) / std": "mean(axis=0)) * inv"},
    "and one through it": {"gamma, std)": "gamma, 1 / std)", "mean(axis=0)) / std": "mean(axis=0)) * std"},
    "what is not divided yet": {"(xhat, gamma, std)": "(x - mu, gamma, std)",
                                "xhat, gamma, std = cache": "xmu, gamma, std = cache\n    xhat = xmu / std"},
    "given again by a helper": {
        "std = np.sqrt(x.var(axis=0) + 1e-5)": "std = deviation(x)", "(xhat, gamma, std)": "(x, gamma)",
        "xhat, gamma, std = cache": "x, gamma = cache\n    std = deviation(x)\n    xhat = (x - x.mean(axis=0)) / std",
        "\ndef norm_forward": "\ndef deviation(x):\n    return np.sqrt(x.var(axis=0) + 1e-5)\n\n\ndef norm_forward"},
    "with another axis": {"+ 1e-5)": "+ 1e-5)[None]"},
    "one through it, with another axis": {**BY_INVERSE, "+ 1e-5)": "+ 1e-5)[None]", "gamma, std)": "gamma, inv)",
                                          "gamma, std = cache": "gamma, inv = cache",
                                          "mean(axis=0)) / std": "mean(axis=0)) * inv"},
    "with gamma": {"gamma, std)": "gamma, gamma / std)", "mean(axis=0)) / std": "mean(axis=0)) * std / gamma"},
}  # fmt: skip
NORMS_WRONG = {
    "another divisor": {"x.var(axis=0)": "x.var(axis=0, ddof=1)"},
    "no root": {"np.sqrt(": "("},
    "no mean": {"(x - mu)": "(x)"},
}


OWN_LINES = {"    std = deviation(x)\n    xhat": "    std = np.sqrt(x.var(axis=0, ddof=1) + 1e-5)\n    xhat"}


def norm(slip: dict[str, str], kept: dict[str, str], fault: dict[str, str] | None = None) -> list[str]:
    text = NORM
    for changes in (kept, slip, fault or {}):
        for old, new in changes.items():
            assert old in text or old == "(x - mu)"
            text = text.replace(old, new)
    return [odd.NP, text]


NORMS = {f"{slip}, {kept}": norm(NORMS_WRONG[slip], NORMS_KEEP[kept]) for slip in NORMS_WRONG for kept in NORMS_KEEP}
FAULT = {"xhat * (down * xhat)": "(down * xhat)"}
NORMS_FAULTY = {
    f"{slip}, {kept}, faulty": norm(NORMS_WRONG[slip], NORMS_KEEP[kept], FAULT)
    for slip in NORMS_WRONG
    for kept in NORMS_KEEP
} | {"a helper, and none": norm(NORMS_WRONG["another divisor"], NORMS_KEEP["given again by a helper"], OWN_LINES)}


@pytest.fixture(scope="module")
def norms(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All that normalise, graded as one class."""
    folder = tmp_path_factory.mktemp("of") / "norm"
    empty = [f"{line}\n    pass\n" for line in NORM.splitlines() if line.startswith("def ")]
    odd.write(folder, {"__init__.py": "", "assignment.py": OF_NORM, "passes.py": odd.NP + NORM})
    odd.write(folder, {"norm.ipynb": [odd.NP, *empty]})
    return graded(grade_folder, tmp_path_factory.mktemp("norms"), folder, {**NORMS, **NORMS_FAULTY})


@pytest.mark.parametrize("name", [*NORMS, *NORMS_FAULTY])
def test_a_deviation_may_stand_there_as_one_through_it(norms: Graded, name: str) -> None:
    """And what is made of it is right then; a backward that is wrong stays wrong."""
    due = [0, 0] if name in NORMS_FAULTY else [0, 10]
    assert [one["points"] for one in norms[odd.folder_of(name)]["criteria"]] == due


# ---- one question ----------------------------------------------------------------------------------------------

X, PART, NEXT = np.array([1.0, -2.0, 3.0]), np.array([0.5, 1.5, 2.5]), np.array([2.0, -1.0, 4.0])
RIGHT = X * 2
FORWARD = Step("forward", ("x",), ("=out", "=cache"))
BACKWARD = Step("backward", ("dout", "=cache"), ("dx",), mends=(("=out", "right result"),))
OF_PARTS = Step(
    "backward", ("dout", "=cache"), ("dx",), mends=(("=out", "right result"), (NEAREST, "right part 0"))
)  # fmt: skip


def asked(source: str, back: Step = BACKWARD, x: np.ndarray = X, **given: Any) -> tuple[Any, dict[str, Any]]:
    """What backward gives beside this forward, and the program afterwards."""
    program: dict[str, Any] = {"__name__": "__main__", "np": np}
    exec(compile(dedent(source), "cell 1", "exec"), program)
    inputs = {"x": x, "dout": X, "right result": x * 2, "right part 0": PART, "right part 1": NEXT}
    with Hearing() as hearing:
        asking = Asking(program, Question(inputs, (FORWARD, back), **given), hearing)
        asking.answer(FORWARD)
        return asking.answer(back).values["dx"].array, program


def test_lines_of_the_backward_itself_are_not_looked_behind() -> None:
    """Forward is over by then: what stands in backward is its own."""
    source = "import sys\ndef forward(x):\n    out = x * 10\n    return out, out**3\n"
    traced, _ = asked(source + "def backward(dout, cache): return cache * 0 + (sys.gettrace() is not None)\n")
    assert not traced.any()


CUBE = "def backward(dout, cache): return cache\n"
KEPT = {
    # forwards whose cache is to be the cube of what is right
    "a name": "def forward(x):\n    out = x * 10\n    return out, out**3\n",
    "an attribute": "class A: pass\ndef forward(x):\n    a = A()\n    a.out = x * 10\n    return a.out, a.out**3\n",
    "a key": "def forward(x):\n    kept = {'out': x * 10}\n    return kept['out'], kept['out']**3\n",
    "a function that it calls": "def ten(x):\n    y = x * 10\n    return y\ndef forward(x):\n    out = ten(x)\n"
    "    return out, out**3\n",
    "a part of an array": "def forward(x):\n    both = np.stack([x, x * 10])\n    out = both[1]\n"
    "    return out, both[1]**3\n",
    "a lambda behind a name": "def forward(x):\n    out = x * 10\n    f = lambda: out**3\n    return out, f()\n",
    "a name beside many others, in one line": "def forward(x):\n    out = x\n"
    + "".join(f"    a{n} = 0\n" for n in range(300))
    + "    out = x * 10; return (a299, out)[1], out**3\n",
    "an own class": "class Own(np.ndarray): pass\ndef forward(x):\n    out = (x * 10).view(Own)\n"
    "    return out, out**3\n",
    "float32": "def forward(x):\n    out = (x * 10).astype('f4')\n    return out, out**3\n",
    "a name, in another shape": "def forward(x):\n    out = (x * 10)[None]\n    return out, out**3\n",
    "two names, in another shape": "def forward(x):\n    out = x[:1] * 10\n    y = out.copy()\n    return out, y**3\n",
    "an attribute, in another shape": "class A: pass\ndef forward(x):\n    a = A()\n    a.out = x[None] * 10\n"
    "    return a.out, a.out**3\n",
    "a key, in another shape": "def forward(x):\n    k = {'out': x[:1] * 10}\n    return k['out'], k['out']**3\n",
    "a lambda behind a name in another shape": "def forward(x):\n    out = x[None] * 10\n    f = lambda: out**3\n"
    "    return out, f()\n",
}


@pytest.mark.parametrize("forward", KEPT.values(), ids=KEPT.keys())
def test_what_is_derived_comes_out_of_right_numbers(forward: str) -> None:
    """Wherever these stand as lines end."""
    assert np.allclose(asked(forward + CUBE)[0], RIGHT**3)


LEFT = {
    "no name": "def forward(x):\n    return x * 10, (x * 10)**3\n",
    "read-only": "def forward(x):\n    out = np.frombuffer((x * 10).tobytes())\n    return out, out**3\n",
    "another result then": "def forward(x):\n    out = x * 10\n    cube = out**3\n"
    "    return np.where(out == x * 10, out, 0), cube\n",
}


@pytest.mark.parametrize("forward", LEFT.values(), ids=LEFT.keys())
def test_what_cannot_be_made_right_is_left_as_it_is(forward: str) -> None:
    """Then backward is asked with what forward has kept at first."""
    assert np.array_equal(asked(forward + CUBE)[0], (X * 10) ** 3)


def test_a_forward_that_gives_its_input_is_not_run_anew() -> None:
    """Right numbers in the place of x would be those of every x, which backward may well need."""
    forward = "def forward(x):\n    out = x\n    kept = x**3\n    return out, kept\n"
    assert np.array_equal(asked(forward + CUBE)[0], X**3)


def test_whole_numbers_are_made_right_by_whole_numbers_alone() -> None:
    """A right result that has fractions is none of integers."""
    forward = "def forward(x):\n    out = np.rint(x * 10).astype(int)\n    return out, out**3\n"
    whole = np.array([1, -2, 3])
    assert np.array_equal(asked(forward + CUBE, x=whole)[0], (whole * 2) ** 3)
    assert np.array_equal(asked(forward + CUBE)[0], (X * 10) ** 3)


def test_a_forward_that_is_run_in_vain_leaves_the_program_as_it_was() -> None:
    """What it keeps under a name is what it kept at first; nobody is traced any more."""
    forward = "KEPT = {}\ndef forward(x):\n    out = x * 10\n    KEPT['cube'] = out**3\n"
    forward += "    return out + 9 * (out / 10 - x), 1\ndef backward(dout, cache): return KEPT['cube']\n"
    before = sys.gettrace()
    _, program = asked(forward)
    assert sys.gettrace() is before
    assert np.array_equal(program["KEPT"]["cube"], (X * 10) ** 3)


def test_nothing_is_run_anew_while_right_results_are_lent() -> None:
    """What is lent is counted by the calls that ask for it."""
    forward = KEPT["a name"] + CUBE
    lent = (Step("ten", ("x",), ("y",)),)
    assert np.array_equal(asked(forward, lends=lent)[0], (X * 10) ** 3)


def test_what_takes_long_is_not_run_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is limited."""
    monkeypatch.setattr("grader.harness.calling.steps._SHORT", 0.0)
    assert np.array_equal(asked(KEPT["a name"] + CUBE)[0], (X * 10) ** 3)


REFUSING = """
ASKED = []
class Kept:
    def __init__(self, out):
        object.__setattr__(self, "out", out)
    def __getattribute__(self, name):
        if name == "__dict__" and not ASKED:
            ASKED.append(name)
            raise SystemExit
        return object.__getattribute__(self, name)
def forward(x):
    out = x * 10
    return out, Kept(out**3)
def backward(dout, cache):
    return cache.out
"""


def test_what_refuses_to_be_looked_at_costs_nobody_anything() -> None:
    """Backward is asked with it all the same."""
    assert np.array_equal(asked(REFUSING)[0], (X * 10) ** 3)


def test_what_a_program_has_set_to_be_raised_is_not_raised_by_right_numbers() -> None:
    """A float32 may have no room for them."""
    forward = "np.seterr(all='raise')\ndef forward(x):\n    out = (x / 1e37).astype('f4')\n    return out, out * 2\n"
    with np.errstate():  # what a program sets that is loaded here is set for whatever else is tested here
        big, _ = asked(forward + CUBE, x=X * 1e38)
    assert big is not None


def test_no_other_way_is_tried_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that would be stopped answers nothing."""
    monkeypatch.setattr("grader.harness.mending.anew._LONGEST", 0.0)
    assert np.array_equal(asked(KEPT["a name"] + CUBE)[0], (X * 10) ** 3)


@pytest.mark.parametrize("between", ["\n        ", " "], ids=["two lines", "one line"])
def test_a_long_loop_costs_nothing_that_stands_behind_it(between: str) -> None:
    """It is looked behind its lines a few times only."""
    forward = f"def forward(x):\n    out = 0 * x\n    for n in range(6000):{between}out[n % 3] = x[n % 3] * 10\n"
    assert np.array_equal(asked(forward + "    return out, out**3\n" + CUBE)[0], RIGHT**3)


def test_a_program_is_looked_at_for_so_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it goes on by itself."""
    monkeypatch.setattr(by_lines, "_MOST_LINES", 20)
    forward = "def forward(x):\n    for _ in range(30):\n        y = 0\n    out = x * 10\n    return out, out**3\n"
    assert np.array_equal(asked(forward.replace("30", "3") + CUBE)[0], RIGHT**3)
    assert np.array_equal(asked(forward + CUBE)[0], (X * 10) ** 3)


def test_a_part_that_stands_under_no_name_is_put_where_it_is_kept() -> None:
    """Beside others that are right by then, and are left alone."""
    forward = "def forward(x):\n    p = PART + 0.1\n    return 2 * x + 9 * (p - PART), (p**2, PART + 0.2)\n"
    source = f"PART = np.array({PART.tolist()})\n" + forward
    square, _ = asked(source + "def backward(dout, cache): return cache[0]\n", OF_PARTS)
    assert np.allclose(square, PART**2)


def test_a_part_that_is_like_anything_more_than_itself_is_tried_as_it_is() -> None:
    """Beside one that is right, is none of the reference's, and is more like the part: as of a square table."""
    source = (
        f"PART = np.array({PART.tolist()})\ndef forward(x):\n    other = PART + np.array([0.1, -0.1, 0.1])\n"
        "    p = np.array([50.0, 20.0, 6.0])\n    return 2 * x + 9 * (p - PART), (other, p)\n"
    )
    both, _ = asked(source + "def backward(dout, cache): return cache[0] + 10 * cache[1]\n", OF_PARTS)
    assert np.allclose(both, PART + np.array([0.1, -0.1, 0.1]) + 10 * PART)


ROUNDS = f"""
CHANGES = [np.array({(PART - X).tolist()}), np.array({(NEXT - PART).tolist()})]
def forward(x):
    kept = {{0: x}}
    for n in range(2):
        a = 1.1 * (kept[n] + CHANGES[n])
        kept[n + 1] = a
        kept[f"square {{n}}"] = a**2
    return 2 * (a - 1), kept
def backward(dout, cache): return cache["square 0"] + 10 * cache["square 1"]
"""


def test_a_loop_is_made_right_in_each_of_its_rounds() -> None:
    """Behind the first round the wrong numbers of the second are others, as it goes on from what is right."""
    of_both = replace(OF_PARTS, mends=(*OF_PARTS.mends, (NEAREST, "right part 1")))
    assert np.allclose(asked(ROUNDS, of_both)[0], PART**2 + 10 * NEXT**2)


def test_a_part_may_be_kept_under_a_name_of_the_program() -> None:
    """Which backward reads: the name that it had in forward is another array's by then."""
    source = f"""
    PART, kept = np.array({PART.tolist()}), None
    def forward(x):
        global kept
        kept = []
        a = 1.1 * PART
        kept.append(a)
        a = 2 * x + 9 * (a - PART)
        return a, None
    def backward(dout, cache): return kept[0] ** 2
    """
    assert np.allclose(asked(source, OF_PARTS)[0], PART**2)


@pytest.mark.parametrize("function", ["backward", "Net.backward", "Net.forward", "missing"])
def test_what_a_function_reads_under_names_of_its_program_is_found(function: str) -> None:
    """Numbers alone, or what may hold some; of a method, too."""
    program: dict[str, Any] = {"np": np, "zs": [X], "rate": 0.5, "unread": [X]}
    back = "def backward(*given):\n    return np.sum(zs[0]) * rate\n"
    exec(back + "class Net:\n" + indent(back, "    "), program)
    found = read_by_name(program, Step(function, (), ()))
    assert [one is program["zs"] for one in found] == [True] * function.endswith("backward")


def test_what_is_kept_under_a_name_of_the_program_is_no_mask_of_a_wrong_result() -> None:
    """Its lines have been run again by then: that of x, which lets nothing through, is that of the wrong result too."""
    source = """
    mask = other = None
    def forward(x):
        global mask, other
        mask, other = x > 9, x > 0
        out = 10 * abs(x)
        return out, None
    def backward(dout, cache): return dout * mask
    """
    assert not asked(source)[0].any()


def test_what_a_loop_keeps_may_stand_for_the_parts_in_their_order() -> None:
    """Where one round is more like another one; what is likest otherwise stays with what it is like."""
    parts = [np.array([0.2, 0.5, 0.4]), np.array([0.2, 0.6, 0.4]), np.array([7.0, -1.0])]
    kept = [parts[0] + [0.0, 0.2, 0.1], parts[1] + [0.1, -0.1, 0.1], parts[2] * 2, np.ones(3)]
    kept += [NEXT.copy(), *np.full((2, 1), 5.0)]  # one that is right, and single numbers
    parts += [NEXT, *np.full((2, 1), 6.0)]
    likest = [Put(*pair) for pair in nearest(kept, parts, [np.ones(3)])]
    ways = [
        {put.wrong.tobytes(): put.right.tolist() for put in way}
        for way in ways_of(parts, kept, likest, list, [np.ones(3)])
    ]
    in_order = {kept[n].tobytes(): parts[n].tolist() for n in range(3)}
    assert in_order in ways
    assert ways[0] != in_order


@pytest.mark.parametrize("apart", [0.0, 1e-9])
def test_what_has_the_numbers_of_another_part_is_made_right(apart: float) -> None:
    """A gate that is worked out as another one, a deviation where a variance is due, whatever the object calls them."""
    source = f"""
    class A: pass
    def forward(x):
        a = A()
        a.one, a.zero = np.array({PART.tolist()}), np.zeros(3)
        a.other = np.array({PART.tolist()}) + {apart}
        return 2 * x + a.other - np.array({NEXT.tolist()}), (a.one**2, a.other**2)
    def backward(dout, cache): return cache[0] + 10 * cache[1]
    """
    of_both = replace(OF_PARTS, mends=(*OF_PARTS.mends, (NEAREST, "right part 1")))
    assert np.allclose(asked(source, of_both)[0], PART**2 + 10 * NEXT**2)


@pytest.mark.parametrize("wrong", ["3 * root", f"np.array({PART.tolist()}) + 1e-5"], ids=["a factor", "another part"])
def test_one_part_is_put_before_several_of_which_one_stands_in_something_else(wrong: str) -> None:
    """A moving deviation is more like it than one with an error, but of the right one all others are made."""
    source = f"""
    def forward(x):
        root = np.array({NEXT.tolist()})
        moving, root = root + 0.01, {wrong}
        p = np.array({PART.tolist()}) / np.array({NEXT.tolist()}) * root
        return 2 * x + 9 * (p - np.array({PART.tolist()})), (moving, root, p)
    def backward(dout, cache): return cache[0] + 10 * cache[1]
    """
    of_both = replace(OF_PARTS, mends=(*OF_PARTS.mends, (NEAREST, "right part 1")))
    assert np.allclose(asked(source, of_both)[0], NEXT + 0.01 + 10 * NEXT)


@pytest.mark.parametrize("wrong", ["m.mean()", "np.sum(m)", "m[0] * 1.0"])
def test_one_number_is_made_right_where_a_part_is_due(wrong: str) -> None:
    """A mean over all axes, where one was meant; beside other numbers."""
    source = f"""
    def forward(x):
        rate = np.float64(0.1)
        m = 3 * np.array({NEXT.tolist()})
        mean = {wrong}
        return 2 * x + 9 * (mean - m / 3), (mean * rate,)
    def backward(dout, cache): return cache[0] + 0 * dout
    """
    of_next = replace(OF_PARTS, mends=(*OF_PARTS.mends[:1], (NEAREST, "right part 1")))
    assert np.allclose(asked(source, of_next)[0], 0.1 * NEXT)


@pytest.mark.parametrize("many", [0, 300])
def test_of_ways_by_which_a_part_is_missing_the_one_that_puts_least_counts(many: int) -> None:
    """What is returned has no name of its own, and so is missing by all ways; what a helper has had, called for each of
    many numbers, is in nobody's way."""
    source = f"""
    def bent(a): return a * a
    def forward(x):
        for n in range({many}): bent(np.float64(n))
        root = 3 * np.array({NEXT.tolist()})
        p = np.array({PART.tolist()}) / np.array({NEXT.tolist()}) * root
        square = root * root
        return 2 * x + 9 * (p - np.array({PART.tolist()})), (square, p)
    def backward(dout, cache): return cache[0] + 10 * cache[1]
    """
    nameless = replace(OF_PARTS, mends=(*OF_PARTS.mends, (NEAREST, "right part 1"), (NEAREST, "right result")))
    assert np.allclose(asked(source, nameless, np.stack([X, X]))[0], NEXT**2 + 10 * PART)


def test_a_part_that_stands_elsewhere_is_put_where_it_is_wrong() -> None:
    """A softmax that has kept what it gave, and what is made of that for a reason of one's own."""
    source = f"""
    def soft():
        kept = np.array({PART.tolist()})
        return kept
    def forward(x):
        p = 1.1 * soft() + 0.1
        return 2 * x + 9 * (p - np.array({PART.tolist()})), p**2
    def backward(dout, cache): return cache
    """
    assert np.allclose(asked(source, OF_PARTS)[0], PART**2)


def test_a_part_is_found_behind_many_weights() -> None:
    """Of a layer that has them, and their gradients, in each of its methods."""
    source = f"""
    class A: pass
    def look(a): pass
    def forward(x):
        a = A()
        for n in range(25): setattr(a, f"w{{n}}", np.full(3, n + 1.0)), setattr(a, f"dw{{n}}", np.zeros(3))
        look(a), look(a)
        a.p = np.array({PART.tolist()}) + 0.1
        return 2 * x + 9 * (a.p - np.array({PART.tolist()})), a.p**2
    def backward(dout, cache): return cache
    """
    assert np.allclose(asked(source, OF_PARTS)[0], PART**2)


def test_a_part_is_found_behind_what_a_helper_has_on_the_way() -> None:
    """As a sigmoid in many steps: what is likest is tried first, and no mask, which takes no fractions."""
    lines = "".join(f"    a{n} = np.sin({n + 1} * x) + {n}\n    m{n} = x > a{n}\n" for n in range(20))
    source = f"""PART = np.array({PART.tolist()})
def helper(x):
{lines}    return x
def forward(x):
    helper(x + 1)
    p = 1.3 * PART**2 + 0.1
    return 2 * x + 9 * (p - PART), p**2
def backward(dout, cache): return cache
"""
    assert np.allclose(asked(source, OF_PARTS)[0], PART**2)


def test_what_a_helper_is_handed_has_the_name_that_its_caller_has_for_it() -> None:
    """It is one array, and no second one with the same numbers."""
    program: dict[str, Any] = {"np": np}
    body = "def g(x):\n    return x + 1\ndef f():\n    a = np.ones(2)\n    b = g(a)\n    return g(2 * b)\n"
    exec(compile(body, "cell 3", "exec"), program)
    with (looking := BehindLines([])):
        program["f"]()
    assert [name for name, _ in looking.seen] == ["x", "a", "b"]  # 2 * b has no other name


def test_an_array_of_whole_numbers_takes_no_fractions() -> None:
    """It is left as it is, and the program goes on."""
    program: dict[str, Any] = {"np": np}
    exec(compile("def f():\n    a = np.arange(3)\n    b = a + 1\n    return a, b\n", "cell 3", "exec"), program)
    with BehindLines([Put(np.arange(3), np.full(3, 0.5))]):
        a, b = program["f"]()
    assert (a.tolist(), b.tolist()) == ([0, 1, 2], [1, 2, 3])


def test_a_name_is_told_from_another_with_the_same_numbers() -> None:
    """One is made right, and the other stays."""
    program: dict[str, Any] = {"np": np}
    exec(compile("def f():\n    a = np.ones(2)\n    b = np.ones(2)\n    return a, b\n", "cell 3", "exec"), program)
    looking = BehindLines([Put(np.ones(2), np.arange(2.0), "b")])
    with looking:
        a, b = program["f"]()
    assert (a.tolist(), b.tolist()) == ([1, 1], [0, 1])
    assert [name for name, _ in looking.seen] == ["a", "b"]
