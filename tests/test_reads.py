"""What of its object a method of the reference reads.

takes: classes of a reference made here, as it would write them.
gives: one promise a test, said in its docstring.
must not know: what is lent.
"""

from __future__ import annotations

from functools import cached_property
from types import ModuleType

import pytest

from grader.compile_key.reads import read_of_object


class Base:
    """What a file gives."""

    def inherited(self, x):
        return x * self.scale


class Net(Base):
    """A network of the reference."""

    rate, kinds = 0.5, []

    @property
    def twice(self):
        return 2 * self.w

    @cached_property
    def cached(self):
        return self.w

    def __call__(self, x):
        return self.loss(x)

    def nothing(self, x):
        return x.sum()

    def keeps(self, x):
        self.out = x
        return x

    def adds(self, x):
        self.count += 1
        return x

    def fills(self, x):
        self.grads["dw"] = x

    def sets_first(self, x):
        self.x = self.y = x
        self.out, self.seen = {0: self.x}, self.seen
        self.out[1] = self.y * self.kept
        self.kept = self.out
        return self.out

    def adds_first(self, x):
        self.count += 1
        self.count = 0

    def sets_somewhere(self, x):
        if x.any():
            self.out = x
        return self.out

    def sets_another(self, x):
        x.out = 1
        return self.out

    def sets_its_property(self, x):
        self.twice = x
        return self.twice

    def loss(self, x):
        return self.softmax(x) * self.reg + self.loss(x)

    def softmax(self, x):
        return x / self.total(x)

    @staticmethod
    def total(x):
        return x.sum()

    def reads(self, x):
        return self.twice + self.rate + self.kinds + self.inherited(x) + self.layers[0].w + [self.b for _ in x]

    def whole(self, x):
        return vars(self)["w"] + x

    def calls_itself(self, x):
        return self(x)

    def hidden(self, x):
        return self.__w

    def above(self, x):
        return super().inherited(x)

    def by_its_cache(self, x):
        return self.cached

    @pytest.mark.skip
    def decorated(self, x):
        return x

    def of_none():
        return 1

    def of_heirs(self, x):
        return self.to_be_made(x)

    def to_be_made(self, x):
        raise NotImplementedError


class Heir(Net):
    """A network that has what the other one leaves open."""

    def to_be_made(self, x):
        return self.own * x


class Variant(Net):
    """A mistake that an author has written down, in another file."""

    __module__ = "variants"

    def nothing(self, x):
        return vars(self)


READ: dict[str, set[str] | None] = {
    "nothing": set(),
    "keeps": set(),
    "adds": {"count"},
    "fills": {"grads"},
    "sets_first": {"out", "seen", "kept"},
    "adds_first": {"count"},
    "sets_somewhere": {"out"},
    "sets_another": {"out"},
    "sets_its_property": {"w"},
    "loss": {"reg"},
    "total": set(),
    "reads": {"w", "rate", "kinds", "scale", "layers", "b"},
    "whole": None,
    "calls_itself": None,
    "hidden": None,
    "above": None,
    "by_its_cache": None,
    "decorated": None,
    "of_heirs": {"own"},
    "of_none": None,
    "__call__": {"reg"},
}


@pytest.mark.parametrize("method", READ)
def test_what_a_method_reads_of_its_object(method: str) -> None:
    """By itself and by what it calls there; None where the object is used as a whole, or nobody can tell."""
    solution = ModuleType("solution")
    solution.Net = Net
    due = READ[method]
    assert read_of_object(solution, f"Net.{method}") == (None if due is None else frozenset(due))
    assert read_of_object(solution, method) is None
