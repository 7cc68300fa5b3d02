"""A forward whose one slip stands in what it keeps: a mask that says the opposite, a scale, a deviation.

takes: a small assignment made here, of a ReLU, dropout with a given mask, and a norm; hand-ins to it; arrays.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.answering import slips
from grader.compile_key.compiling import compile_key
from grader.extract import Cell, makes_no_mask
from grader.harness.mending.anew import _open_ones
from grader.harness.mending.behind_lines import Put
from grader.harness.mending.slips import slips_in
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox, sit

RAMP = """
class Ramp:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)
"""
DROP = """
def drop(x, mask, keep):
    return x * mask / keep, (mask, keep)

def drop_back(dout, cache):
    mask, keep = cache
    return dout * mask / keep
"""
NORM = """
def norm(x, g, b):
    mu, var = x.mean(axis=0), x.var(axis=0)
    xhat = (x - mu) / np.sqrt(var + 1e-5)
    return g * xhat + b, (g, mu, var, xhat)

def norm_back(dout, cache):
    g, mu, var, xhat = cache
    dhat = dout * g
    return (dhat - dhat.mean(axis=0) - xhat * (dhat * xhat).mean(axis=0)) / np.sqrt(var + 1e-5)
"""
CALLS = """
def drawn(rng):
    x, dout = rng.uniform(-2, 2, (2, 6, 3))
    mask = rng.permutation(np.resize([0.0, 1.0, 1.0], 18)).reshape(6, 3)
    return {"x": x, "dout": dout, "mask": mask, "keep": 0.75, "g": rng.uniform(1, 2, 3), "b": rng.uniform(1, 2, 3)}

ONE = (Behaviour("values", 1),)
TWO = (Case("one", drawn, "values"), Case("another", drawn, "values", HIDDEN))

def pair(ahead, back, takes, *kept):
    there = Call(ahead, takes, ("out", *kept))
    follows = FollowThrough(ahead, "out", "dout", {}, (), TWO, mended=True)
    return (
        Criterion(ahead, (there,), ("out",), ONE, TWO),
        Criterion(back, (there, Call(back, ("dout", *kept), ("dx",))), ("dx",), ONE, TWO, follows),
    )
CASE"""
CRITERIA = """
*pair("Ramp.forward", "Ramp.backward", ("x",)),
*pair("drop", "drop_back", ("x", "mask", "keep"), own("cache")),
*pair("norm", "norm_back", ("x", "g", "b"), own("cache")),
"""
RAMP_KEEPS = """
class Ramp:
    def forward(self, x):
        self.off = {off}
        out = {out}
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[{at}] = 0
        return dx
"""
DROP_KEEPS = """
def drop(x, mask, keep):
    scaled = {scaled}
    return x * scaled, scaled

def drop_back(dout, cache):
    return dout * {cache}
"""
DROP_OFF = """
def drop(x, mask, keep):
    scaled = mask / keep
    return {factor} x * scaled, (scaled, keep)

def drop_back(dout, cache):
    scaled, keep = cache
    return {factor} dout * scaled
"""
NORM_KEEPS = """
def norm(x, g, b):
    std = {std}
    xhat = {xhat}
    return g * xhat + b, (g, std, xhat)

def norm_back(dout, cache):
    g, std, xhat = cache
    dhat = dout * g
    return (dhat - dhat.mean(axis=0) - xhat * (dhat * xhat).mean(axis=0)) {back}
"""


def ramp(off: str, out: str, at: str = "self.off") -> tuple[str, str]:
    return "Ramp.", RAMP_KEEPS.format(off=off, out=out, at=at) + DROP + NORM


def drop(scaled: str, cache: str = "cache") -> tuple[str, str]:
    return "drop", RAMP + DROP_KEEPS.format(scaled=scaled, cache=cache) + NORM


def twice_off(factor: str) -> tuple[str, str]:
    return "drop", RAMP + DROP_OFF.format(factor=factor) + NORM


def norm(std: str, xhat: str = "(x - x.mean(axis=0)) / std", back: str = "/ std") -> tuple[str, str]:
    return "norm", RAMP + DROP + NORM_KEEPS.format(std=std, xhat=xhat, back=back)


HAND_INS = {
    # a forward that is wrong, and whether its backward is right but for that
    "a mask that says the opposite": (*ramp("x > 0", "np.where(self.off, 0, x)"), True),
    "as numbers": (*ramp("(x > 0) * 1", "x * (1 - self.off)", "self.off == 1"), True),
    "by a function of its own": (
        ramp("", "")[0],
        "def falls(x):\n    return x > 0\n" + ramp("falls(x)", "np.where(self.off, 0, x)")[1], True,
    ),
    "and is read for what it is": (*ramp("x > 0", "np.where(self.off, 0, x)", "~self.off"), True),  # by its own
    "a wrong mask, which no turn makes right": (*ramp("x > 1", "np.where(self.off, 0, x)"), False),
    "and a backward of its own fault": (*ramp("x > 0", "np.where(self.off, 0, x)", "dout < 0"), False),
    "a mask times its scale": (*drop("mask * keep"), True),
    "a scale of the others": (*drop("mask / (1 - keep)"), True),
    "the others, scaled": (*drop("(1 - mask) / keep"), True),
    "a mask of twos": (*drop("mask * 2 / keep", "cache"), True),
    "a factor too many in both": (*twice_off("2 *"), False),
    "another sign in both": (*twice_off("-1 *"), False),
    "the scale on the wrong side in both": (*twice_off("keep ** 2 *"), False),
    "a scale, and a backward that has it twice": (*drop("mask * keep", "cache * 2"), False),
    "a deviation that is none": (*norm("x.var(axis=0) + 1e-5"), True),
    "with an epsilon of its own": (*norm("np.sqrt(x.var(axis=0)) + 0.1"), True),
    # the line behind what is kept may as well be the wrong one
    "a deviation that is right, multiplied by": (
        *norm("np.sqrt(x.var(axis=0) + 1e-5)", "(x - x.mean(axis=0)) * std"), True,
    ),
    "one through it, divided by": (
        *norm("1 / np.sqrt(x.var(axis=0) + 1e-5)", "(x - x.mean(axis=0)) / std", "* std"), True,
    ),
    "a variance, whose root is due in both": (*norm("x.var(axis=0) + 1e-5", back="/ np.sqrt(std)"), True),
    "a deviation that is right, and a factor": (
        *norm("np.sqrt(x.var(axis=0) + 1e-5)", "2 * (x - x.mean(axis=0)) / std"), True,
    ),
    "one through it, and neither": (
        *norm("1 / np.sqrt(x.var(axis=0) + 1e-5)", "(x - x.mean(axis=0)) / std", "* std ** 2"), False,
    ),
    "one through it": (
        *norm("1 / (x.std(axis=0, keepdims=True) + 0.1)", "(x - x.mean(axis=0)) * std", "* std"), True,
    ),
    "one through a variance that is right": (
        *norm("1 / x.var(axis=0)", "(x - x.mean(axis=0)) * std", "* std"), True,
    ),
    "a deviation, and a backward that has it twice": (*norm("x.var(axis=0) + 1e-5", back="/ std**2"), False),
}  # fmt: skip


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", "")
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    passes = f"import numpy as np\n{RAMP}{DROP}{NORM}"
    return compile_key(write(tmp_path_factory.mktemp("kept"), whole=whole, passes=passes, handout="self.x"), sandbox)


@pytest.mark.parametrize("name", HAND_INS)
def test_a_backward_that_reads_what_is_kept_is_judged_by_itself(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Where that put right makes forward right, whatever it stands for."""
    function, source, right = HAND_INS[name]
    (tmp_path / "kept.py").write_text(f"import numpy as np\n{source}", encoding="utf-8")
    told = {
        one.name: one.points for one in grade_one(Desk(key, sandbox), one_submission(tmp_path / "kept.py")).criteria
    }
    points = [int(told[one] or 0) for one in told if one.startswith(function)]
    assert points == [0, int(right)]
    assert sum(int(one or 0) for one in told.values()) == 4 + right


MASKS = {
    # the lines of a forward, and whether they can make a mask
    "a formula": ("out = 1 / (1 + np.exp(-x))\nreturn out, x.copy()", False),
    "a maximum": ("return np.maximum(0, x), x  # not x > 0", False),
    "a loop": ("out = np.zeros(len(x))\nfor n in range(len(x)):\n    out[n] = max(0, x[n])\nreturn out, x", False),
    "of what is in brackets": ("out = (x - 1).sum(axis=0)\nreturn out, x", False),
    "a comparison": ("return x * (x > 0), x", True),
    "true and false": ("return x.astype(bool), x", True),
    "what is drawn": ("return x * np.random.binomial(1, 0.5, x.shape), x", True),
    "a function of its own": ("return positive(x), x", True),
    "a method of its own": ("return self.clip(x), x", True),
}


@pytest.mark.parametrize("lines", MASKS)
def test_a_mask_is_looked_for_where_there_can_be_one(lines: str) -> None:
    """A function that cannot be read may make one."""
    text, makes = MASKS[lines]
    source = "class A:\n    def forward(self, x):\n" + "".join(f"        {line}\n" for line in text.split("\n"))
    cells = [Cell(1, "markdown", source), Cell(2, "code", source)]
    assert makes_no_mask(cells, "A.forward", (2, 2)) is not makes
    assert not makes_no_mask(cells, "A.forward", None)
    assert not makes_no_mask(cells, "A.backward", (2, 2))


# a wrong forward, and whether its wrong backward is asked once more for that
IN_VAIN = {
    "a mask is made": (*ramp("x > 0", "np.where(self.off, 0, x)", "dout < 0"), True),
    "none is": ("Ramp.", RAMP.replace("np.maximum(x, 0)", "x").replace("* (self.x > 0)", "* 2") + DROP + NORM, False),
    "one is given": (*twice_off("2 *"), True),
    "parts are known beside": (*norm("(x * x).mean(axis=0) + 1e-5", back="/ std**2"), True),
    "the backward is not there": (
        "Ramp.", RAMP.partition("    def backward")[0].replace("np.maximum(x, 0)", "x * (x > 1)") + DROP + NORM, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_VAIN)
def test_nobody_is_asked_where_no_slip_can_be(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a process more for each hand-in with a wrong forward, of which a class has many."""
    _, source, is_asked = IN_VAIN[name]
    (tmp_path / "kept.py").write_text(f"import numpy as np\n{source}", encoding="utf-8")
    asked: list[int] = []
    monkeypatch.setattr(slips, "sit", lambda *args: asked.append(len(args[2])) or sit(*args))
    grade_one(Desk(key, sandbox), one_submission(tmp_path / "kept.py"))
    assert bool(asked) is is_asked


X = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, -1.0]])
OFF = Put(X * [2.0, 3.0] + 1, X)
KEPT = {
    "what was given": (X, []),
    "a mask": (X > 2, [X <= 2]),
    "as numbers, and scaled": (3.0 * (X > 2), [3.0 * (X <= 2)]),
    "all is let through": (X > -9, []),
    "nothing is": (X > 9, []),
    "one for each column": (np.array([4.0, 6.0]), [[2.0, 2.0], [8.0, 18.0]]),
    "of another length": (np.array([4.0, 6.0, 1.0]), []),
    "of the same shape, where no number is the same for all": (X * X, []),
    "whole numbers": (np.array([4, 6]), []),
    "zeros, for later": (np.zeros(2), []),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_is_turned_over_or_scaled(name: str) -> None:
    """A mask; and by what a wrong array is off, one number for each axis that it has."""
    kept, due = KEPT[name]
    puts = [put for way in slips_in([kept], [OFF], [X], masks_alone=False) for put in way]
    assert len(puts) == len(due)
    assert all(put.wrong is kept and np.allclose(put.right, one) for put, one in zip(puts, due, strict=True))


def test_what_may_be_made_of_a_right_part_is_tried_last() -> None:
    """One through a variance is wrong only where one through its root is due; what is right is not tried."""
    part = np.array([4.0, 9.0])
    kept = [1 / part, part, part * part, part * 3]
    assert [id(one) for one in _open_ones(kept, [part])] == [id(kept[n]) for n in (3, 0, 2)]


def test_what_is_off_alike_in_two_arrays_is_tried_once() -> None:
    """Few are tried: a result is off by as much as what it is made of."""
    kept = np.array([4.0, 6.0])
    assert len(list(slips_in([kept], [OFF, Put(OFF.wrong * 3 + 1, X * 3)], [X], masks_alone=False))) == 2


def test_with_a_result_alone_nothing_is_scaled_but_masks() -> None:
    """Nobody knows whether a part of it is right, and it is twice too large behind that."""
    kept = [np.array([4.0, 6.0]), 2.0 * (X > 2)]
    (turned,), (less,) = slips_in(kept, [Put(2 * X, X)], [], masks_alone=True)
    assert all(put.wrong is kept[1] for put in (turned, less))
    assert (less.right == kept[1] / 2).all()


def test_a_mask_is_scaled_to_ones_or_to_what_an_input_is_multiplied_by() -> None:
    """Whatever else would make the result right says nothing of the mask."""
    kept = [0.5 * (X > 2)]
    right = 3 * X * (X > 2)
    _, more = (put for way in slips_in(kept, [Put(X * kept[0], right)], [X], masks_alone=True) for put in way)
    assert (more.right == 3.0 * (X > 2)).all()
    twice = 2 * X * kept[0]
    (_,) = (put for way in slips_in(kept, [Put(twice, right)], [X], masks_alone=True) for put in way)
