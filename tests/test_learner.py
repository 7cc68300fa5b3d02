"""Courses of tables and of training: what is told of a call that learns, of small steps, and of what is yielded.

Each hand-in goes wrong in one place, and its page says where and how, in words that are true of it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_lent import NP
from test_odd_hand_ins import folder_of, write

from grader.compile_key.compiling import compile_key
from grader.intake import one_submission
from grader.pipeline import Desk, grade_one
from grader.sandbox import Sandbox
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


EMPTY = "        # TODO\n        pass\n"
GIVEN = "        return self.value(state) > limit\n"
BESIDE = {
    "nothing": ({}, "not attempted", "not attempted"),
    "a wrong value": ({"value": "        return 'much'\n"}, "wrong", "crashed"),
    "a wrong value, beside what is given in other words than the reference has": (
        {
            "value": "        return 'much'\n",
            "is_worth": "        worth = self.value(state)\n        return worth > limit\n",
        },
        "wrong",
        "crashed",
    ),
    "a value of what is not there": ({"value": "        return self.table[state]\n"}, "crashed", "crashed"),
    "a right value": (
        {
            "__init__": "        self.rate, self.table = rate, {}\n",
            "value": "        return self.table.get(state, 0.0)\n",
            "learn": "        for s, r in rewards:\n"
            "            self.table[s] = self.value(s) + self.rate * (r - self.value(s))\n",
        },
        "correct",
        "correct",
    ),
}


@pytest.mark.parametrize(("written", "value", "is_worth"), BESIDE.values(), ids=BESIDE.keys())
def test_what_is_given_whole_is_attempted_by_writing_what_it_calls(
    written: dict[str, str], value: str, is_worth: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """It stands as the hand-out left it in any case: that says nothing of why it fails."""
    folder = tmp_path / "learner"
    shutil.copytree(LEARNER, folder, ignore=shutil.ignore_patterns("*.npz", "__pycache__"))
    handout = json.loads((folder / "learner.ipynb").read_text(encoding="utf-8"))
    source = handout["cells"][1]["source"]
    before, _, body = source.partition('    def is_worth(self, state, limit):\n        """')
    assert body
    head = f'{before}    def is_worth(self, state, limit):\n        """{body.partition("        # TODO")[0]}'
    handout["cells"][1]["source"] = head + written.get("is_worth", GIVEN)
    (folder / "learner.ipynb").write_text(json.dumps(handout), encoding="utf-8")
    key = compile_key(folder, sandbox)
    assert key.rubric.whole == ("Learner.is_worth",)
    for name, lines in ((name, lines) for name, lines in written.items() if name != "is_worth"):
        at = handout["cells"][1]["source"].index(f"    def {name}(")
        text = handout["cells"][1]["source"]
        handout["cells"][1]["source"] = text[:at] + text[at:].replace(EMPTY, lines, 1)
    (tmp_path / "learner.ipynb").write_text(json.dumps(handout), encoding="utf-8")
    record = grade_one(Desk(key, sandbox), one_submission(tmp_path / "learner.ipynb"))
    told = {one.name: one.verdict for one in record.criteria}
    assert (told["Learner.value"], told["Learner.is_worth"]) == (value, is_worth)
