"""Courses of tables and of training: what is told of a call that learns, of small steps, and of what is yielded.

Each hand-in goes wrong in one place, and its page says where and how, in words that are true of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from test_lent import NP
from test_odd_hand_ins import folder_of, write

from tests.conftest import Graded, changed, read_page

LEARNER = Path(__file__).parent / "assignments" / "learner"
RIGHT = (LEARNER / "passes.py").read_text(encoding="utf-8").partition("import numpy as np\n")[2]
ROW = "        yield x[n], x[n + 1]\n"
STEP = "params[name] - rate * np.sign(grads[name])"
HAND_INS: dict[str, tuple[dict[str, str], str, str]] = {
    # what stands there in the place of what, of which function, and what is said of it
    "as it is meant": ({}, "Learner.value", "Right on every check."),
    "learn raises": (
        {"self.rate, self.table = rate, {}": "self.table = {}"},
        "Learner.value",
        "Learner.learn, called before, raised AttributeError: 'Learner' object has no attribute 'rate' (cell 2, "
        "line 12). `value` is 0, where 0.8875 is right.",
    ),
    "learn raises, and all is right": (
        {"+ self.rate * (reward - self.value(state))\n": "+ self.rate * (reward - self.value(state))\n        1 / 0\n"},
        "Learner.value",
        "Right on every check.",
    ),
    "the other way": ({"> limit": "< limit"}, "Learner.is_worth", "`is_worth` is False, where True is right."),
    "a word": (
        {"> limit": "> limit and 'yes'"},
        "Learner.is_worth",
        "`is_worth` is a text (str), where True or False is due.",
    ),
    "upwards": ({STEP: STEP.replace("- rate", "+ rate")}, "update", "`w` goes from `params['w']` just the other way."),
    "too far": ({STEP: STEP.replace("rate *", "2 * rate *")}, "update", "`w` goes 2 times as far as it is to go, from"),
    "no step": ({STEP: "params[name]"}, "update", "`w` is the input `params['w']`, handed back."),
    "by the gradient": ({"np.sign(grads[name])": "grads[name]"}, "update", "4 of 6 entries of `w` are off"),
}  # fmt: skip
NOT_SAID = {
    "learn raises, and all is right": "called before",
    "by the gradient": "nearly right",
    "no step": "nearly right",
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("learner")
    for name, (changes, _, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"learner.ipynb": [NP, changed(RIGHT, changes)]})
    return grade_folder(hand_ins, LEARNER, "learner")


@pytest.mark.parametrize("name", HAND_INS)
def test_what_is_told_is_what_was_done(graded: Graded, name: str) -> None:
    """What was raised before, which way a step went, and true and false as these."""
    _, function, said = HAND_INS[name]
    told = next(one for one in graded[folder_of(name)]["criteria"] if one["name"] == function)
    assert said in told["headline"]
    assert NOT_SAID.get(name, "no such words") not in told["headline"]
    assert (told["points"] == told["max_points"]) is said.startswith("Right")


def test_who_learns_wrong_is_sent_to_what_was_raised(graded: Graded, shared: Path) -> None:
    """And not to the numbers that came of it."""
    page = read_page(shared / "graded-learner", folder_of("learn raises"))
    assert "Mend first what Learner.learn raised: Learner.value works on what that leaves." in page
