"""A class that is written again and fails for everybody leaves the earlier one in a kernel: the better of both counts.

Each hand-in of the class has a right Relu, and below it what is said.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from test_odd_hand_ins import AFFINE, EXERCISE, NP, RELU, SIGMOID, folder_of, write

from tests.conftest import Graded

WRONG = RELU.replace("cache > 0", "cache < 0").replace("maximum", "minimum")
NOTED = "does not run as it is written, so that the one in cell 2, line 2 is what a kernel has in the end"
STUBS = "class Relu(Gone):\n    def forward(self, x): pass\n    def backward(self, dout, cache): pass\n"


def headed(head: str, source: str = WRONG) -> str:
    return source.replace("class Relu:", head)


HAND_INS: dict[str, tuple[list[str], float, bool]] = {
    # the cells below, the points that are lost, and whether the page says that the earlier one was graded
    "a base that is nowhere": ([headed("class Relu(Gone):")], 0, True),
    "a base that is no class": ([headed("class Relu(3):")], 0, True),
    "a decorator that is nowhere": ([f"@gone\n{WRONG.strip()}"], 0, True),
    "a line in it": ([headed("class Relu:\n    k = gone")], 0, True),
    "a default of a method": ([WRONG.replace("cache):", "cache, k=gone):")], 0, True),
    "a method that is missing": ([headed("class Relu(Gone):", RELU.partition("    def backward")[0])], 0, True),
    "stubs": ([STUBS], 0, True),
    "another right one": ([headed("class Relu(Gone):", RELU)], 0, False),
    "a package that is missing": (["import torch.nn as nn", headed("class Relu(nn.Module):")], 17.5, False),
    "what any package may give": (["from course import *", headed("class Relu(Layer):")], 17.5, False),
    "a base that stands below": ([headed("class Relu(Layer):"), "class Layer: pass"], 17.5, False),
    "one that runs": ([WRONG], 17.5, False),
    "two that do not run": ([headed("class Relu(Gone):"), headed("class Relu(Lost):")], 0, True),
    "one that does not run and one that does": ([headed("class Relu(Gone):"), WRONG + "\n"], 17.5, False),
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("undone")
    for name, (below, _, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"ex.ipynb": [NP + SIGMOID + AFFINE, RELU, *below]})
    return grade_folder(hand_ins, EXERCISE, "undone")


@pytest.mark.parametrize("name", HAND_INS)
def test_a_class_that_no_kernel_runs_costs_nothing_that_stands_above_it(graded: Graded, name: str) -> None:
    """What failed here alone counts as before, and so does what is written again and runs."""
    row, (_, lost, is_noted) = graded[folder_of(name)], HAND_INS[name][:3]
    assert sum(one["max_points"] - one["points"] for one in row["criteria"]) == lost
    assert (NOTED in row["page"]) is is_noted
    assert not (is_noted and "replaces the one" in row["page"])
