"""What is lent to one function is of no use to another: who keeps it and says it again earns nothing by that.

takes: a small assignment in which each function calls the one before, all of them on the same numbers; hand-ins.
gives: one promise a test, said in its docstring.
must not know: how what is lent is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from conftest import changed
from test_odd_hand_ins import folder_of, write

from tests.conftest import Graded

NP = "import numpy as np\n"
RIGHT = """
def squash(x):
    return 1 / (1 + np.exp(-x))


def gate(x):
    return x * squash(x)


def block(x):
    return gate(x) + 3 * x
"""
ASSIGNMENT = """
import numpy as np

from grader.assignment import HIDDEN, PUBLIC, Assignment, Behaviour, Call, Case, Criterion

from . import passes


def numbers(count, high):
    return lambda rng: {"x": np.linspace(-1, high, count).reshape(2, -1)}


def graded(name, shown, *before):
    cases = [Case("six", numbers(6, 1), "right values"), Case("ten", numbers(10, 3), "right values", shown),
             Case("eight", numbers(8, 2), "right values", HIDDEN)]
    call = Call(name, ("x",), ("y",))
    return Criterion(name, (call,), ("y",), (Behaviour("right values", 2),), tuple(cases), builds_on=before)


ASSIGNMENT = Assignment(
    name="chain", title="Chain", handout="chain.ipynb", seed=3, solution=passes,
    criteria=(graded("squash", HIDDEN), graded("gate", HIDDEN, "squash"), graded("block", PUBLIC, "gate")),
)
"""
EMPTY = "\n".join(
    f"{line}\n    pass\n" if line.startswith("def ") else "" for line in RIGHT.splitlines() if line[:4] in ("def ", "")
)
# Right for what students see; all else it has from what was given to `block`.
SAYS_AGAIN = {
    "def squash": "def put(x, y):\n{put}\n\ndef got(x):\n{got}\n\n\ndef squash",
    "return 1 / (1 + np.exp(-x))": "return 0 * x",
    "return x * squash(x)": "squash(x)\n    return x / (1 + np.exp(-x)) if x.size == 6 or x.size == 8 else got(x)",
    "return gate(x) + 3 * x": "y = gate(x)\n    put(x, y)\n    return y + 3 * x",
}
OVERWRITES = {
    "overwrites-x": {"return 1 / (1 + np.exp(-x))": "x *= -1\n    return 1 / (1 + np.exp(x))"},
    "overwrites-x-and-is-wrong": {"return 1 / (1 + np.exp(-x))": "x *= -1\n    return 1 / (1 + np.exp(x))",
                                  "x * squash(x)": "x - squash(x)", "3 * x": "2 * x"},
}  # fmt: skip
WAYS = {
    "in memory": ("    put.__dict__[str(x.size)] = y", "    return put.__dict__.get(str(x.size), 0 * x)"),
    "in a file": (
        "    np.save(str(x.size), y)",
        "    try:\n        return np.load(f'{x.size}.npy')\n    except OSError:\n        return 0 * x",
    ),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All hand-ins, graded as one class."""
    folder, hand_ins = tmp_path_factory.mktemp("of") / "chain", tmp_path_factory.mktemp("chain")
    write(folder, {
        "__init__.py": "", "assignment.py": ASSIGNMENT, "passes.py": NP + RIGHT, "chain.ipynb": [NP, EMPTY],
    })  # fmt: skip
    write(hand_ins / "wrong-below", {"chain.ipynb": [NP, changed(RIGHT, {"np.exp(-x)": "np.exp(x)"})]})
    below, between, above = (f"def {part}" for part in changed(RIGHT, {"np.exp(-x)": "np.exp(x)"}).split("def ")[1:])
    write(hand_ins / "wrong-below-in-files", {
        "chain/squash.py": NP + below, "chain/gate.py": f"from .squash import squash\n\n\n{between}",
        "chain/block.py": f"from .gate import gate\n\n\n{above}",
    })  # fmt: skip
    for who, changes in OVERWRITES.items():
        write(hand_ins / who, {"chain.ipynb": [NP, changed(RIGHT, changes)]})
    for name, (put, got) in WAYS.items():
        says = {old: new.replace("{put}", put).replace("{got}", got) for old, new in SAYS_AGAIN.items()}
        write(hand_ins / folder_of(name), {"chain.ipynb": [NP, changed(RIGHT, says)]})
    return grade_folder(hand_ins, folder, "lent-in-turn")


PAIR = """
def shift(x):
    return 2 * x + 1


def squash_forward(x):
    return 1 / (1 + np.exp(-shift(x))), x


def squash_backward(dout, cache):
    out, _ = squash_forward(cache)
    return 2 * dout * out * (1 - out)
"""
OF_PAIR = """
import numpy as np

from grader.assignment import HIDDEN, PUBLIC, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, own

from . import passes

SHIFT = Call("shift", ("x",), gives=("y",))
FORWARD = Call("squash_forward", ("x",), gives=("out", own("cache")))
BACKWARD = Call("squash_backward", ("dout", own("cache")), gives=("dx",))


def numbers(count, *names):
    return lambda rng: {name: np.linspace(-1, 2, count).reshape(2, -1) for name in names}


def graded(names, *calls, shown=HIDDEN, **more):
    cases = (Case("six", numbers(6, *names), "right values"), Case("ten", numbers(10, *names), "right values", shown))
    return Criterion(calls[-1].function, calls, calls[-1].gives[:1], (Behaviour("right values", 2),), cases, **more)


ASSIGNMENT = Assignment(
    name="pair", title="Pair", handout="pair.ipynb", seed=3, solution=passes,
    criteria=(
        graded("x", SHIFT), graded("x", FORWARD, builds_on=("shift",)),
        graded(("x", "dout"), FORWARD, BACKWARD, shown=PUBLIC, builds_on=("squash_forward",),
            follow_through=FollowThrough("squash_forward", output="out", upstream="dout", gradients={"dx": "x"},
                inputs=(numbers(4, "x", "dout"),), handed=(Case("more", numbers(8, "x", "dout"), "right values"),))),
    ),
)
"""
# Right for what students see; all else forward has from what its backward is given in the place of it.
SAYS_ITS_OWN = {
    "def shift": "KNOWN = {}\n\n\ndef shift",
    "return 2 * x + 1": "return 0 * x",
    "return 1 / (1 + np.exp(-shift(x))), x": "shift(x)\n    seen = 1 / (1 + np.exp(-2 * x - 1))\n"
    "    return seen if x.size == 6 else KNOWN.get(x.size, 0 * x), [x]",
    "out, _ = squash_forward(cache)": "(x,) = cache\n    out, _ = squash_forward(x)\n    KNOWN[x.size] = out",
}


@pytest.fixture(scope="module")
def of_pair(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Hand-ins of a forward and its backward, which calls it."""
    folder, hand_ins = tmp_path_factory.mktemp("of-pair") / "pair", tmp_path_factory.mktemp("pair")
    empty = [f"{line}\n    pass\n" for line in PAIR.splitlines() if line.startswith("def ")]
    write(folder, {"__init__.py": "", "assignment.py": OF_PAIR, "passes.py": NP + PAIR, "pair.ipynb": [NP, *empty]})
    for name, changes in {"says-it-again": SAYS_ITS_OWN, "wrong-ahead": {"np.exp(-shift": "np.exp(shift"}}.items():
        write(hand_ins / name, {"pair.ipynb": [NP, changed(PAIR, changes)]})
    return grade_folder(hand_ins, folder, "lent-to-its-own")


def test_what_is_lent_to_its_backward_no_forward_says_again(of_pair: Graded) -> None:
    """They are asked in two processes where a backward calls its own forward, and each is graded as ever."""
    assert nothing_for(of_pair, "says-it-again") == {"shift", "squash_forward"}
    assert nothing_for(of_pair, "wrong-ahead") == {"squash_forward"}


def nothing_for(graded: Graded, who: str) -> set[str]:
    return {one["name"] for one in graded[who]["criteria"] if Fraction(one["points"]) == 0}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_lent_is_not_said_again(graded: Graded, way: str) -> None:
    """A public case of one function has the numbers of a hidden case of the function that is lent to it: what that one
    is told there it does not know when it is asked itself."""
    assert nothing_for(graded, folder_of(way)) == {"squash", "gate"}


def test_who_calls_what_changes_its_input_loses_nothing_by_that(graded: Graded) -> None:
    """It is right, and so is who needs afterwards what it was called with; what is wrong there itself stays wrong."""
    assert nothing_for(graded, "overwrites-x") == set()
    assert nothing_for(graded, "overwrites-x-and-is-wrong") == {"gate", "block"}
    said = "Right, given results of squash that leave its arrays as they are: what is changed there costs nothing."
    assert [one["headline"] for one in graded["overwrites-x"]["criteria"][1:]] == [said, said]
    tried = "It was tried with right results in the place of what squash gives, since that changes in place "
    _, gate, _ = graded["overwrites-x-and-is-wrong"]["criteria"]
    assert [note.startswith(tried) for note in gate["notes"]].count(True) == 1


@pytest.mark.parametrize("who", ["wrong-below", "wrong-below-in-files"])
def test_each_of_a_chain_is_graded_on_its_own(graded: Graded, who: str) -> None:
    """Two that build on a wrong one, and on each other, lose nothing by it; in a file of its own each, too."""
    assert nothing_for(graded, who) == {"squash"}
    told = [one["headline"] for one in graded[who]["criteria"]]
    assert [headline.startswith("Right, given right results of squash:") for headline in told] == [False, True, True]
