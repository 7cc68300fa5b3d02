"""A backward with a gradient from above for each of several results of its forward, as a step of an LSTM has.

takes: a tiny cell with two results, and hand-ins whose forward is wrong.
gives: one promise a test, said in its docstring.
must not know: the assignment that ships.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from test_given import notebook

from grader.answer_key import AnswerKey, load_key, save_key
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox

PASSES = """
import numpy as np

def cell(x, c, w):
    new = c * x + w * x
    h = np.tanh(new)
    return h, new, (x, c, w, h, new)

def cell_back(dh, dnew, cache):
    x, c, w, h, new = cache
    d = dnew + dh * (1 - h**2)
    return d * (c + w), d * x, d * x
"""
ASSIGNMENT = """
from grader.assignment import *
from . import passes

def some(*shape):
    return lambda rng: {name: rng.uniform(0.5, 2.0, shape).round(2) for name in ("x", "c", "w", "dh", "dnew")}

AHEAD = Call("cell", ("x", "c", "w"), ("h", "new", own("cache")))
BACK = Call("cell_back", ("dh", "dnew", own("cache")), ("dx", "dc", "dw"))
CASES = (Case("small", some(2, 3), "values"), Case("square", some(3, 3), "values", HIDDEN))
ONE = (Case("alone", some(3, 2), "values"), Case("alone too", some(2, 2), "values", HIDDEN))
ASSIGNMENT = Assignment("tiny", "Tiny", "tiny.ipynb", 7, passes, (
    Criterion("cell", (AHEAD,), ("h", "new"), (Behaviour("values", 2),), CASES),
    Criterion("cell_back", (AHEAD, BACK), ("dx", "dc", "dw"), (Behaviour("values", 4),), CASES, FollowThrough(
        "cell", OUTPUT, UPSTREAM, {"dx": "x", "dc": "c", "dw": "w"}, (some(2, 3), some(3, 2)), ONE, mended=True)),
))
"""
HANDOUT = "def cell(x, c, w):\n    pass\ndef cell_back(dh, dnew, cache):\n    pass\n"
WORDS = ('("h", "new")', '("dh", "dnew")')


def write(folder: Path, output: str = WORDS[0], upstream: str = WORDS[1]) -> Path:
    text = ASSIGNMENT.replace("OUTPUT", output).replace("UPSTREAM", upstream)
    for name, content in (("assignment.py", text), ("passes.py", PASSES), ("tiny.ipynb", notebook(HANDOUT))):
        (folder / name).write_text(content)
    return folder


@pytest.fixture(scope="module")
def key(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> AnswerKey:
    """As it is read from its file."""
    folder = write(tmp_path_factory.mktemp("assignment"))
    save_key(compile_key(folder, sandbox), folder / "a.npz")
    return load_key(folder / "a.npz")


# its own layout of a cache, so that the reference's is no help
OWN = (
    PASSES.replace("(x, c, w, h, new)", "{'h': h, 'new': new, 'of': (x, c, w)}")
    .replace("x, c, w, h, new = cache", "(x, c, w), h, new = cache['of'], cache['h'], cache['new']")
    .replace("h**2", "h * np.tanh(new)")
)
TWICE = OWN.replace("new = c * x", "new = 2 * c * x")
HAND_INS = {
    "both right": (OWN, "correct"),
    "a wrong forward, of which both results are kept": (TWICE, "correct"),
    "the gradient of its own forward": (TWICE.replace("(c + w), d * x,", "(2 * c + w), 2 * d * x,"), "consistent"),
    "the same, and one gradient from above is lost": (
        TWICE.replace("(c + w), d * x,", "(2 * c + w), 2 * d * x,").replace("dnew + dh", "0 * dnew + dh"), "wrong",
    ),
    "the same with the other": (
        TWICE.replace("(c + w), d * x,", "(2 * c + w), 2 * d * x,").replace("dh * (1", "0 * dh * (1"), "wrong",
    ),
    "what comes from above is handed back": (
        "def cell(x, c, w): return x, c, w\ndef cell_back(dh, dnew, w): return dh, dnew, 0 * w", "wrong",
    ),
    "one of them is handed back": (
        "def cell(x, c, w): return x * w, c, (x, w)\n"
        "def cell_back(dh, dnew, cache): return dh * cache[1], dnew, dh * cache[0]", "wrong",
    ),
    "nothing at all": (
        "def cell(x, c, w): return 0*x, 0*x, x\ndef cell_back(dh, dnew, x): return 0*x, 0*x, 0*x", "wrong",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "verdict"), HAND_INS.values(), ids=HAND_INS.keys())
def test_each_gradient_from_above_counts(
    key: AnswerKey, sandbox: Sandbox, tmp_path: Path, source: str, verdict: str
) -> None:
    """Both results are made right in a cache, and the slope of both is looked at."""
    (tmp_path / "a.ipynb").write_text(notebook(source))
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "a.ipynb"))
    forward, backward = record.criteria
    assert backward.verdict == verdict
    assert (forward.verdict == "correct") == (source is OWN)


WRONG = {
    "one gradient for two results": (WORDS[0], '"dh"', "belong together"),
    "two for one": ('"h"', WORDS[1], "belong together"),
    "two results of a loss": (WORDS[0], '""', "belong together"),
    "a result that is not there": ('("h", "next")', WORDS[1], "'next' is none"),
    "a gradient that is not drawn": (WORDS[0], '("dh", "dc")', "'dc' is none"),
    "in another order": (WORDS[0], '("dnew", "dh")', "not the gradient of its own forward"),
}


@pytest.mark.parametrize(("output", "upstream", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_pair_is_refused(sandbox: Sandbox, tmp_path: Path, output: str, upstream: str, message: str) -> None:
    """With what does not belong together."""
    with pytest.raises(AuthorError, match=message):
        compile_key(write(tmp_path, output, upstream), sandbox)


@pytest.mark.parametrize(
    ("lenient", "verdict"), [("", "wrong"), (", tolerance=Tolerance(axes_of_one=True)", "consistent")]
)
def test_a_gradient_with_another_axis_of_one(sandbox: Sandbox, tmp_path: Path, lenient: str, verdict: str) -> None:
    """It is the gradient of its own forward, for an author to whom such axes count for nothing."""
    folder = write(tmp_path)
    text = (folder / "assignment.py").read_text().replace("some(2, 3), some(3, 2)", "some(1, 3), some(1, 2)")
    (folder / "assignment.py").write_text(text.replace("mended=True))", f"mended=True){lenient})"))
    flat = TWICE.replace("return d * (c + w), d * x, d * x", "return d * (2 * c + w), 2 * d * x, (d * x)[None]")
    (tmp_path / "a.ipynb").write_text(notebook(flat))
    record = grade_one(Desk(compile_key(folder, sandbox), sandbox), one_submission(tmp_path / "a.ipynb"))
    assert record.criteria[1].verdict == verdict
