"""Which function stands for a method of a class that a hand-in has not: what is graded so is in test_slips.py."""

from __future__ import annotations

import pytest

from grader.answering.as_methods import meant_by
from grader.extract import extract

WANTED = ("Sigmoid.forward", "Sigmoid.__init__", "affine_forward")
FORWARD = "def sigmoid_forward(x): return x, x\n"
FILES = {
    "its whole name": (FORWARD, {"Sigmoid.forward": "sigmoid_forward"}),
    "in other letters": ("def SigmoidForward(x): return x, x", {"Sigmoid.forward": "SigmoidForward"}),
    "two of them": (FORWARD + "def sigmoidForward(x): return x, x", {}),
    "a longer name": ("def sigmoid_forward_pass(x): return x, x", {}),
    "the class alone": ("def sigmoid(x): return x, x", {}),
    "beside the class": (FORWARD + "class Sigmoid: pass", {}),
    "beside a class that cannot be read": (FORWARD + "class Sigmoid:\n    def forward(self, x): return (x", {}),
    "one that the hand-out has": (FORWARD.replace("sigmoid", "SIGMOID"), {}),
    "a constructor": ("def sigmoid_init(): pass\ndef sigmoid__init__(): pass", {}),
}


@pytest.mark.parametrize(("source", "meant"), FILES.values(), ids=FILES)
def test_a_method_is_meant_by_the_one_function_that_has_its_whole_name(source: str, meant: dict[str, str]) -> None:
    """Anything less, or a class that is there, makes it a guess, which nobody is graded by."""
    found = extract(source.encode(), "layer.py", WANTED)
    assert meant_by(WANTED, found, {"SIGMOID_forward"}) == meant
