"""A function that gives a function is graded by what that one gives: `then=` names what it is called with.

Each hand-in gives it in another way. A right one loses nothing by how; a wrong one is told what it gave.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from test_lent import NP
from test_odd_hand_ins import folder_of, write

from grader.assignment import Call, own
from grader.errors import AuthorError
from grader.feedback.written_calls import calls_of
from grader.plan.drawn import draw
from grader.plan.questions import step_of
from grader.wire import Question, Step
from tests.conftest import Graded, run_grader

FOLDS = Path(__file__).parent / "assignments" / "folds"
NAMED = "def steeper(slope, by):\n    def steep(x):\n        return by * slope(x)\n"
HAND_INS: dict[str, tuple[str, str]] = {
    # what stands there, and what is said of it
    "as it is meant": (f"{NAMED}    return steep\n", "Right on every check."),
    "a lambda": ("def steeper(slope, by):\n    return lambda x: by * slope(x)\n", "Right on every check."),
    "a class": (
        "class steeper:\n    def __init__(self, slope, by):\n        self.slope, self.by = slope, by\n"
        "    def __call__(self, x):\n        return self.by * self.slope(x)\n",
        "Right on every check.",
    ),
    "a part": (
        "from functools import partial\ndef times(slope, by, x):\n    return by * slope(x)\n"
        "def steeper(slope, by):\n    return partial(times, slope, by)\n",
        "Right on every check.",
    ),
    "in place": (
        "def steeper(slope, by):\n    def steep(x):\n        x -= 1\n        x *= 2 * by\n        return x\n"
        "    return steep\n",
        "Right on every check.",
    ),
    "added": (f"{NAMED.replace('by *', 'by +')}    return steep\n", "All 3 entries of `found` are off"),
    "not given back": (NAMED, "It raised TypeError: steeper is to give a function, and gave NoneType."),
    "called": (
        f"{NAMED}    return steep(np.ones(3))\n",
        "It raised TypeError: steeper is to give a function, and gave ndarray.",
    ),
    "nothing within": (f"{NAMED.replace('return by', 'by')}    return steep\n", "`found` is None."),
    "more parameters": (f"{NAMED.replace('steep(x)', 'steep(self, x)')}    return steep\n", "It raised TypeError: "),
    "an error within": (f"{NAMED.replace('by *', 'bye *')}    return steep\n", "It raised NameError: name 'bye'"),
}  # fmt: skip
STEPS = {
    "not given back": "Let it return the function that is defined within it, by its name and without brackets",
    "called": "Let it return the function that is defined within it, by its name and without brackets",
    "more parameters": "The function that it gives takes other arguments than it is called with",
    "an error within": "Is `by` meant? Nothing is called `bye`",
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("steeper")
    for name, (source, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"folds.ipynb": [NP, source]})
    return grade_folder(hand_ins, FOLDS, "steeper")


@pytest.mark.parametrize("name", HAND_INS)
def test_what_comes_back_is_called_and_its_results_are_graded(graded: Graded, name: str) -> None:
    """However it is made; and who gives no function reads so."""
    told = next(one for one in graded[folder_of(name)]["criteria"] if one["name"] == "steeper")
    assert told["headline"].startswith(HAND_INS[name][1])
    assert (told["points"] == 10) is HAND_INS[name][1].startswith("Right")


@pytest.mark.parametrize("name", STEPS)
def test_who_gives_no_function_reads_what_to_do(graded: Graded, shared: Path, name: str) -> None:
    """A step that can be taken, on the student's own page."""
    page = (shared / "graded-steeper" / folder_of(name) / "report.html").read_text(encoding="utf-8")
    words = STEPS[name].replace("`", "")
    assert words in " ".join(page.replace("<code>", "").replace("</code>", "").split())


def drawn():
    return draw(lambda rng: {"by": 2, "x": rng.uniform(0, 1, 3)}, {"hidden": 1, "public": 1}, "public", "a case")


def test_the_call_is_written_as_a_student_would() -> None:
    """Both brackets, and what is no array before them."""
    step = step_of(Call("steeper", ("by",), ("found",), then=("x",)), drawn(), set(), "a case")
    assert calls_of(Question(drawn().arrays, (step,))) == ("by = 2", "found = steeper(by)(x)")
    assert step.inputs == ("x",)
    assert step_of(Call("f", ("x",), ("y",), then=("by",)), drawn(), set(), "").built == (step.built[0],)
    kept = step_of(Call("f", ("x",), ("y",), then=(own("c"),)), drawn(), {"c"}, "")
    assert (kept.then, kept.takes_own) == (("=c",), {"=c"})
    assert Step("f", ("x",), ("y",)).then == ()


@pytest.mark.parametrize("which", ["folds.key.npz", "folds.public.key.npz"])
def test_it_is_shown_to_its_author_with_both_brackets(tmp_path: Path, which: str) -> None:
    """`steeper(slope, by)` alone gives the function, and not `found`."""
    run_grader("compile", FOLDS, "--out", tmp_path)
    shown = run_grader("show", tmp_path / which).stdout
    assert "steeper(slope, by)(x) -> found: 10 points" in shown
    assert "descend(slope, x, steps) -> found: 10 points" in shown


def test_what_nobody_draws_is_told() -> None:
    """As of what the outer call takes."""
    with pytest.raises(AuthorError, match="takes 'z', which the case does not draw"):
        step_of(Call("f", ("x",), ("y",), then=("z",)), drawn(), set(), "a case")
    with pytest.raises(AuthorError, match="makes the object, and has new=, sets= or then="):
        Call("C.__init__", ("x",), (own("c"),), then=("x",))
