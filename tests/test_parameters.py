"""Parameters in another order than the call's: that is told, and not what came of it."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.answer_key import CriterionRule
from grader.assignment import Tolerance
from grader.feedback.in_the_code.parameters import told_by_making, told_by_order
from grader.gradebook import CellRecord, CriterionRecord

RULE = CriterionRule("Layer.back", "(self, dy, cache) -> dx", ("dx",), (), Tolerance())
TOLD = CriterionRecord(
    "Layer.back", "known mistake", Fraction(0), Fraction(5), "a", "The bracket is wrong.", "Mend it.", (), (), (), 2, 2
)
HEADS = {
    "swapped": ("    def back(self, cache, dy):", True),
    "with hints and defaults": ("    def back(self, cache: dict,\n             dy: float = 0.5) -> float:", True),
    "self last": ("    def back(dy, cache, self):", True),
    "as it is called": ("    def back(self, dy, cache):", False),
    "other names": ("    def back(self, cache, dout):", False),
    "one more": ("    def back(self, cache, dy, n=1):", False),
    "another function": ("    def backs(self, cache, dy):", False),
    "no function": ("    back = forth", False),
}


@pytest.mark.parametrize(("head", "told"), HEADS.values(), ids=HEADS.keys())
def test_another_order_is_told(head: str, told: bool) -> None:
    """Only where the very same names stand in another order: then whoever mends the formula is misled."""
    cells = [CellRecord(1, "code", "x = 1"), CellRecord(2, "code", f"class Layer:\n{head}\n        pass")]
    found = told_by_order(TOLD, RULE, cells)
    assert (found != TOLD) is told
    assert (found.next_step == "Write `def back(self, dy, cache)`: in this order they are given.") is told


@pytest.mark.parametrize("verdict", ["correct", "alternative", "missing", "not attempted", "ungraded"])
def test_of_what_is_right_or_not_there_no_order_is_told(verdict: str) -> None:
    """A sum takes its two in any order."""
    cells = [CellRecord(2, "code", "\ndef back(self, cache, dy): pass")]
    one = replace(TOLD, verdict=verdict)
    assert told_by_order(one, RULE, cells) == one


OTHERS = {
    "one of another name": ("    def back(self, dy, state):", "`state` is handed what the hand-out calls `cache`"),
    "two of them": ("    def back(self, up, state):", ""),
    "one more": ("    def back(self, dy, cache, state=1):", ""),
}


@pytest.mark.parametrize(("head", "told"), OTHERS.values(), ids=OTHERS.keys())
def test_a_parameter_of_another_name_is_told_where_its_type_does_not_fit(head: str, told: str) -> None:
    """A number of rounds where a dict of settings is given; of what fits, any name is right."""
    cells = [CellRecord(2, "code", f"class Layer:\n{head}\n        pass")]
    raised = replace(TOLD, headline="It raised TypeError: 'dict' object cannot be interpreted as an integer.")
    found = told_by_order(raised, RULE, cells)
    assert found.next_step.startswith(told)
    assert (found == raised) is (not told)
    assert told_by_order(TOLD, RULE, cells) == TOLD


NAMED = {
    "a star": ("    def back(self, dy, *, cache):", "takes `cache` by name alone"),
    "two behind it": ("    def back(self, *, dy, cache: dict):", "takes `dy` and `cache` by name alone"),
    "with a default": ("    def back(self, dy, cache, *, n=1):", ""),
    "all the rest": ("    def back(self, dy, *cache):", ""),
    "no self": ("    def back(dy, cache):", "has no `self`"),
    "async": ("    async def back(self, dy, cache):", "gives a coroutine when it is called"),
}


@pytest.mark.parametrize(("head", "told"), NAMED.values(), ids=NAMED.keys())
def test_a_first_line_that_no_call_fits_is_told(head: str, told: str) -> None:
    """Whatever came of the call, it is that which is to be mended."""
    found = told_by_order(TOLD, RULE, [CellRecord(2, "code", f"class Layer:\n{head}\n        pass")])
    assert told in found.headline
    assert ("`def back(self, dy, cache)`." in found.next_step) is bool(told)
    assert (found == TOLD) is (not told)


def test_of_a_function_outside_of_classes_no_self_is_told_unless_it_was_handed_one() -> None:
    """Below a heading it is called without an object; one that a line puts on its class is not."""
    bare = [CellRecord(2, "code", "\ndef back(dy, cache):\n    pass")]
    assert told_by_order(TOLD, RULE, bare) == TOLD
    handed = replace(TOLD, headline="It raised TypeError: back() takes 2 positional arguments but 3 were given.")
    assert "has no `self`" in told_by_order(handed, RULE, bare).headline
    turned = [CellRecord(2, "code", "\ndef back(cache, dy):\n    pass")]
    assert "in another order" in told_by_order(TOLD, RULE, turned).headline


@pytest.mark.parametrize("line", [2, 3])
def test_of_a_decorated_function_its_first_line_tells_nothing(line: int) -> None:
    """`@staticmethod` takes no `self`, and others hand over what they like."""
    source = "class Layer:\n    @staticmethod\n    def back(dy, cache):\n        pass"
    one = replace(TOLD, line=line)
    assert told_by_order(one, RULE, [CellRecord(2, "code", source)]) == one


MADE = {
    "others": ("    def __init__(self, count, rate=0.1):", "(count, rate)"),
    "others first": ("    def __init__(self, count, alpha=0.5):", "(count, alpha)"),
    "the same": ("    def __init__(self, alpha=0.5):", ""),
    "the same, and more": ("    def __init__(self, alpha, rate=0.1):", ""),
    "another method": ("    def __init__(self, count):\n        pass\n    def ahead(self, x):", ""),
}


def test_blank_lines_above_a_constructor_cost_nothing() -> None:
    """Thousands of them, each with blanks in it, took minutes."""
    source = (
        "class Layer:\n    def __init__(self, count):\n" + f"{' ' * 40}\n" * 8_000 + "        self.w = np.zeros(count)"
    )
    line = source.count("\n") + 1
    rule, one = replace(RULE, made="Layer(alpha)"), replace(TOLD, verdict="crashed", trouble_cell=2, trouble_line=line)
    began = time.process_time()
    assert told_by_making(one, rule, [CellRecord(2, "code", source)]) != one
    assert time.process_time() - began < 8.0


@pytest.mark.parametrize(("head", "told"), MADE.values(), ids=MADE.keys())
def test_a_constructor_that_takes_other_things_is_told_where_it_fails(head: str, told: str) -> None:
    """A number is not what it should be there since it stands for something else."""
    source = f"class Layer:\n{head}\n        self.w = np.zeros(count)"
    line = source.count("\n") + 1
    rule, one = replace(RULE, made="Layer(alpha)"), replace(TOLD, verdict="crashed", trouble_cell=2, trouble_line=line)
    found = told_by_making(one, rule, [CellRecord(1, "code", "x = 1"), CellRecord(2, "code", source)])
    assert (found != one) is bool(told)
    if told:
        assert found.next_step.startswith(
            f"An object of Layer is made as `Layer(alpha)`, and its `__init__` takes {told}"
        )
        assert found.next_step.endswith(one.next_step)
    assert told_by_making(one, RULE, [CellRecord(2, "code", source)]) == one, "made without anything"
