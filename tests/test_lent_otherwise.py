"""What is right by another convention gives its own, where right results are lent to what calls it beside a wrong one;
what was stopped by what it calls is asked again with these, also where others call it.

takes: a small assignment made here, of a loss that may be a sum, of what takes its slope and what calls that; hand-ins.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from test_compile_key import ASSIGNMENT, write

from grader.answer_key import AnswerKey
from grader.compile_key.compiling import compile_key
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox

PASSES = """
import numpy as np

def scale(x):
    return 3 * x

def loss(y, p):
    return np.mean((p - y) ** 2)

def total(x, y):
    p = scale(x)
    return loss(y, p), 6 * (p - y) / p.size, p

def half(x, y):
    return total(x, y)[0] / 2
"""
SUMS = """
import numpy as np
from . import passes

def loss_of_sums(y, p):
    return np.sum((p - y) ** 2)

def total_of_sums(x, y):
    p = passes.scale(x)
    return loss_of_sums(y, p), 6 * (p - y), p

def half_of_sums(x, y):
    return total_of_sums(x, y)[0] / 2
"""
CALLS = """
from grader.assignment import own
from . import sums

def drawn(rng):
    return {"x": rng.uniform(-2, 2, 5), "y": rng.uniform(-2, 2, 5)}

def of(name, takes, gives, *before):
    def only(rng):
        found = {"p": rng.uniform(-2, 2, 5), **drawn(rng)}
        return {one: found[one] for one in takes}

    cases = (Case("one", only, "values"), Case("another", only, "values", HIDDEN))
    keeps = (own("p"),) if name == "total" else ()
    call = Call(name, takes, (*gives, *keeps))
    return Criterion(name, (call,), gives, (Behaviour("values", 1),), cases, builds_on=before)
CASE"""
CRITERIA = """
of("scale", ("x",), ("p",)), of("loss", ("y", "p"), ("l",)), of("total", ("x", "y"), ("l", "dx"), "scale", "loss"),
of("half", ("x", "y"), ("h",), "total"),
"""
ALTERNATIVES = (
    'Alternative("sums", "loss", {"loss": sums.loss_of_sums}, "A sum."), '
    'Alternative("slope of sums", "total", {"total": sums.total_of_sums, "loss": sums.loss_of_sums}, "Of a sum."), '
    'Alternative("half of sums", "half", {"half": sums.half_of_sums}, "Of a sum."), '
)
WRONG_SCALE = PASSES.replace("3 * x", "4 * x")
SLEEPS = "__import__('time').sleep(60)"
ENDLESS = PASSES.replace("return 3 * x", SLEEPS)
AS_SUMS = WRONG_SCALE.replace("np.mean", "np.sum").replace(" / p.size", "")
HAND_INS = {
    "as the reference": (WRONG_SCALE, {"scale"}),
    "by the other convention": (AS_SUMS, {"scale"}),
    "by the other convention, and wrong": (AS_SUMS.replace("6 *", "5 *"), {"scale", "total"}),
    "one that never comes back": (ENDLESS, {"scale"}),
    "nor does what calls it": (ENDLESS.replace("    p = ", f"    {SLEEPS}\n    p = "), {"scale", "total"}),
    "a mixture": (WRONG_SCALE.replace(" / p.size", ""), {"scale", "total"}),
}


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    whole = ASSIGNMENT.replace("CASE", CALLS, 1).replace("INPUTS", "drawn").replace("ALTERNATIVES", ALTERNATIVES)
    whole = whole.replace("MISTAKES", "").replace("CRITERIA,", CRITERIA.strip())
    whole = whole.replace("mistakes=()", "limits=Limits(call_seconds=0.2)")
    folder = write(tmp_path_factory.mktemp("sums"), whole=whole, passes=PASSES)
    (folder / "sums.py").write_text(SUMS, encoding="utf-8")
    return compile_key(folder, sandbox)


@pytest.mark.parametrize("name", HAND_INS)
def test_what_is_right_otherwise_is_not_mixed_with_what_is_lent(
    name: str, key: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Its caller keeps to the same convention, and is right with it; a mixture is none."""
    source, wrong = HAND_INS[name]
    (tmp_path / "sums.py").write_text(source, encoding="utf-8")
    graded = grade_one(Desk(key, sandbox), one_submission(tmp_path / "sums.py"))
    assert {one.name for one in graded.criteria if not one.points} == wrong
