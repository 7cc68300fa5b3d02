"""A function that is handed a dataset or another function, and calls a graded one with it, is graded by itself.

takes: a small assignment of word vectors, written into a folder; hand-ins, each right but for what is said of it.
gives: one promise a test, said in its docstring.
must not know: how what is lent is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import changed
from test_odd_hand_ins import folder_of, write

from grader.harness.calling.as_given import AsGiven
from tests.conftest import Graded

TOY = """
import numpy as np


class Words:
    def __init__(self, number, seed):
        self.number, self.rng = number, np.random.RandomState(seed)

    def draw(self):
        return int(self.rng.randint(self.number))


class Layer:
    def __init__(self, factor):
        self.factor, self.seen = factor, None

    def at(self, x):
        self.seen = np.sum(x)
        return np.tanh(self.factor * x)


def squares(center, word, outside, words):
    return np.sum((center - outside[word]) ** 2), center - outside[word]
"""
RIGHT = """
def likely(center, word, outside, words):
    scores = np.exp(outside @ center)
    return -np.log(scores[word] / scores.sum()), outside.T @ (scores / scores.sum()) - outside[word]


def sampled(center, word, outside, words):
    other = words.draw()
    score = (outside[other] - outside[word]) @ center
    return np.log(1 + np.exp(score)), (outside[other] - outside[word]) / (1 + np.exp(-score))


def window(center, context, outside, words, loss=likely):
    whole, slope = 0.0, np.zeros(center.shape)
    for word in context:
        one, part = loss(center, word, outside, words)
        whole, slope = whole + one, slope + part
    return whole, slope


def drawn(center, context, outside, words):
    return window(center, context, outside, words, sampled)


def after(center, word, outside, words):
    loss, slope = sampled(center, word, outside, words)
    return loss + words.draw(), slope


def blind(center, word, outside, words):
    return likely(center, word, outside, object())


def own(center, context, outside, words):
    return sum(likely(center, word, outside, words)[0] for word in context)


def through(layers, x):
    for layer in layers:
        x = layer.at(x)
    return x


def moved(layers, x):
    for layer in layers:
        layer.factor = layer.factor - 0.1
    return through(layers, x)


def learn(layers, x):
    return np.sum(through(layers, x)), sum(layer.seen for layer in layers)
"""
ASSIGNMENT = """
from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, made

from . import passes, toy

ONE = ("center", "word", "outside", "words")
MANY = ("center", "context", "outside", "words")


def one(size):
    return lambda rng: {
        "center": rng.uniform(-1, 1, size), "word": 1, "outside": rng.uniform(-1, 1, (5, size)),
        "words": made(toy.Words, 5, int(rng.integers(99))),
    }


def layers(size):
    return lambda rng: {
        "layers": [made(toy.Layer, rng.uniform(1, 2, size)), made(toy.Layer, 2.0)], "x": rng.uniform(-1, 1, size),
    }


def many(size):
    return lambda rng: {**one(size)(rng), "context": [0, 3, 4], "loss": toy.squares}


def graded(name, takes, gives, draw, *before):
    cases = [Case(f"{size} numbers", draw(size), "right values", *seen) for size, *seen in ((3,), (4, HIDDEN))]
    if name == "window":
        given = Call(name, (*takes, "loss"), gives)
        cases.append(Case("a loss is given", draw(2), "right values", HIDDEN, calls=(given,)))
    behaviours = (Behaviour("right values", 10),)
    return Criterion(name, (Call(name, takes, gives),), gives, behaviours, tuple(cases), builds_on=before)


PAIR = ("whole", "slope")
ASSIGNMENT = Assignment(
    name="words", title="Words", handout="words.ipynb", seed=4, solution=passes, files=("toy.py",),
    criteria=(
        graded("likely", ONE, ("loss", "slope"), one), graded("sampled", ONE, ("loss", "slope"), one),
        graded("blind", ONE, ("loss", "slope"), one, "likely"),
        graded("after", ONE, ("loss", "slope"), one, "sampled"),
        graded("window", MANY, PAIR, many, "likely"), graded("drawn", MANY, PAIR, many, "window", "sampled"),
        graded("own", MANY, ("whole",), many, "likely"),
        graded("through", ("layers", "x"), ("y",), layers),
        graded("learn", ("layers", "x"), ("y", "seen"), layers, "through"),
        graded("moved", ("layers", "x"), ("y",), layers, "through"),
    ),
)
"""
EMPTY = "\n".join(
    f"{line}\n    pass\n" if line.startswith("def ") else "" for line in RIGHT.splitlines() if line[:4] in ("def ", "")
)
SCALED = {"outside.T @ (scores / scores.sum()) - outside[word]": "outside.T @ (scores / scores.sum())"}
RAISES = {"scores = np.exp(outside @ center)": "scores = np.exp(outside @ centre)"}
WRONG_SLOPE = {"/ (1 + np.exp(-score))": "/ (1 + np.exp(score))"}
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which functions get nothing
    "all is right": ({}, ""),
    "a loss that is wrong where it is the default": (SCALED, "likely blind"),
    "and raises": (RAISES, "likely blind"),
    "and is called by name": (RAISES | {"loss(center, word, outside, words)": "loss(words=words, center=center, "
                                        "outside=outside, word=word)"}, "likely blind"),
    "one that draws": (WRONG_SLOPE, "sampled"),
    "one that draws once more": (WRONG_SLOPE | {"other = words.draw()": "other = words.draw() * 0 + words.draw()"},
                                 "sampled after"),
    "one that draws, and is not there": ({"def sampled(": "def another(", ", sampled)": ", another)"},
                                         "sampled after"),
    "one that is handed layers in a list": ({"    return x\n": "    return -x\n"}, "through"),
    "and other layers": ({"    return x\n": "    return -x\n", "sum(through(layers": "sum(through(layers[1:]"},
                         "through learn"),
    "and layers that stay": ({"    return x\n": "    return -x\n", "factor - 0.1": "factor"}, "through moved"),
    "and one that stays": ({"    return x\n": "    return -x\n",
                            "in layers:\n        layer.f": "in layers[:1]:\n        layer.f"},
                           "through moved"),
    "and layers that are moved in place": ({"    return x\n": "    return -x\n", "layer.factor = layer.factor - 0.1":
                                            "layer.factor -= 0.1; layer.all = [layers]"}, "through"),
    # what is wrong in the function that calls is its own
    "the first word alone": (SCALED | {"for word in context:": "for word in context[:1]:"}, "likely blind window"),
    "another loss": ({"for word in context:": "for word in context[:1]:", ", sampled)": ")"}, "window drawn"),
    "another dataset": (RAISES | {"for word in context)": "for word in context if not setattr(own, 'w', object()))",
                                  "sum(likely(center, word, outside, words)": "sum(likely(center, word, outside, own)"},
                        "likely blind own"),
}  # fmt: skip


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the assignment."""
    folder = tmp_path_factory.mktemp("of") / "words"
    write(folder, {
        "__init__.py": "", "toy.py": TOY, "assignment.py": ASSIGNMENT,
        "passes.py": f"import numpy as np\n{RIGHT}", "words.ipynb": ["import numpy as np\n", EMPTY],
    })  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], assignment: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All hand-ins, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("words")
    for name, (changes, _) in HAND_INS.items():
        source = changed(RIGHT, changes)
        write(hand_ins / folder_of(name), {"words.ipynb": ["import numpy as np\n", source]})
    return grade_folder(hand_ins, assignment, "lent-given")


@pytest.mark.parametrize("name", HAND_INS)
def test_what_is_handed_on_is_known(graded: Graded, name: str) -> None:
    """Only what is wrong itself loses its points, though it is a default, or called with a dataset that draws."""
    lost = {one["name"] for one in graded[folder_of(name)]["criteria"] if Fraction(one["points"]) == 0}
    assert lost == set(HAND_INS[name][1].split())


def test_a_page_says_that_something_was_lent_only_if_it_was(graded: Graded) -> None:
    """What is called with a thing that nobody knows stays as it is; the page sends to what is to be mended first."""
    told = {one["name"]: " ".join(one["notes"]) for one in graded[folder_of("the first word alone")]["criteria"]}
    assert "right results in the place of what likely gives" in told["window"]
    assert "right results" not in told["blind"]
    assert "builds on likely, which is not right yet" in told["blind"]


def test_what_was_zeros_when_it_was_given_is_for_later() -> None:
    """What a call leaves there is no change that the next one builds on; a step of a descent is one."""
    layer = SimpleNamespace(weight=np.ones(2), grad=np.zeros(2))
    given = AsGiven()
    given["layer"] = layer
    layer.grad += 7.0
    assert given.changes_of(layer) == []
    layer.weight -= 0.5
    [change] = given.changes_of(layer)
    assert np.array_equal(change, [-0.5, -0.5])
