"""Stubs: which calls of a student are the reference's, and which are not."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import msgspec
import numpy as np
import pytest

from grader.key import CriterionRule, Key, Rubric, stub_answerer
from grader.key.model import BehaviourRule, Handout, Recorded
from grader.key.stubs import bind, is_same
from grader.wire.program import Other

W, X, COSTS = np.array([[1.0], [2.0], [-3.0]]), np.arange(12.0).reshape(3, 4), [0.5, 0.25]
MISSING = "not found"
RESULT = ({"dw": W * 2, "db": 0.5}, COSTS, None)


def key_with(signature: str, *calls: Recorded, elementwise: bool = False) -> Key:
    rule = CriterionRule("f", signature, ("out",), (BehaviourRule("b", Fraction(1)),), elementwise=elementwise)
    return Key(Rubric("n", "t", (rule,), Handout("h.ipynb")), (), "", {}, {3: calls})


def ask(key: Key, *args: object, **kwargs: object) -> object:
    """The result of a stub's call, or MISSING."""
    found, value = stub_answerer(key)(3, "f", args, kwargs)
    return value if found else MISSING


ARGUMENTS = {"w": W, "X": X, "steps": 100, "rate": 0.5, "print_cost": False, "train": True, "seed": None}
OPTIMIZE = key_with(
    "(w, X, steps=100, rate=0.5, print_cost=False, train=True, seed=None, f=...) -> params",
    Recorded("f", ARGUMENTS, RESULT, ("print_cost", "seed")),
)


CALLS: list[tuple[tuple[object, ...], dict[str, object], bool]] = [
    ((W, X), {}, True),
    ((W, X, 100, 0.5), {"train": True}, True),
    ((), {"X": X, "w": W}, True),
    ((W.astype(np.float32), (X + 1e-6).astype(np.float32)), {}, True),
    ((W[None], X, np.array(100), np.array([0.5])), {}, True),
    ((W.ravel().tolist(), X), {}, True),
    ((W, X), {"print_cost": True}, True),
    ((W, X), {"seed": 3}, True),
    ((W, X), {"train": 1}, True),
    ((W.T, X), {}, False),
    ((W, X.reshape(4, 3)), {}, False),
    ((W * 1.001, X), {}, False),
    ((W, X, 99), {}, False),
    ((W, X), {"train": False}, False),
    ((W, X), {"rate": "0.5"}, False),
    ((W,), {}, False),
    ((W, X), {"unknown": 1}, False),
    ((W, X, 100, 0.5, False, True, None, None, 9), {}, False),
    ((W, Other("generator")), {}, False),
    ((W + np.nan, X), {}, False),
]


@pytest.mark.parametrize(("args", "kwargs", "is_found"), CALLS)
def test_a_call_with_the_same_arguments_is_found(
    args: tuple[object, ...], kwargs: dict[str, object], is_found: bool
) -> None:
    """By place or by name, with defaults, up to rounding and axes of one; what makes no difference is left out.

    A transpose, other numbers, a flag that counts, and what does not fit the signature are another call.
    """
    assert ask(OPTIMIZE, *args, **kwargs) is (RESULT if is_found else MISSING)


def test_only_calls_of_the_same_case_and_function_are_found() -> None:
    answer = stub_answerer(OPTIMIZE)
    assert not answer(4, "f", (W, X), {})[0]
    assert not answer(3, "g", (W, X), {})[0]


@pytest.mark.parametrize(
    ("signature", "args", "kwargs", "bound"),
    [
        ("(a, b=2) -> c", (1,), {}, {"a": 1, "b": 2}),
        ("(self, a, *, k=(1, -2))", (1,), {}, {"a": 1, "k": (1, -2)}),
        ("(a, b=np.pi)", (1,), {}, {"a": 1}),
        ("(a, b=1)", (1,), {"a": 2}, None),
        ("(a, f=..., *, k)", (1,), {"k": 0}, {"a": 1, "k": 0}),
        ("(a)", (), {}, None),
    ],
)
def test_arguments_are_bound_by_a_signature_that_is_written_down(
    signature: str, args: tuple[object, ...], kwargs: dict[str, object], bound: object
) -> None:
    assert bind(signature, args, kwargs) == bound


@pytest.mark.parametrize(
    ("value", "known", "same"),
    [
        ({"W1": W, "more": 1}, {"W1": W}, True),
        ({"W1": W}, {"W1": W, "b1": 0.0}, False),
        ([W, X], (W, X), True),
        ([(W, X), [1, "relu"]], [(W, X), [1, "relu"]], True),
        ([(W, X), [1, "relu"]], [(W, X), [1, "sigmoid"]], False),
        ([W], [W, X], False),
        (None, None, True),
        (None, 0, False),
        (Other("function"), Other("method"), True),
        (np.float64(2), 2, True),
        (np.array([1.0, np.nan, np.inf]), np.array([1.0, np.nan, np.inf]), True),
        (np.array([1.0, 0.0]), np.array([1.0, np.inf]), False),
        (np.array([1e-9, 5.0]), np.array([0.0, 5.0]), True),
        (np.zeros((2, 0)), np.zeros((0, 2)), False),
        (np.array([[1, 0]]) == 1, np.array([1.0, 0.0]), True),
        (np.array(["a"]), np.array([1.0]), False),
    ],
)
def test_trees_are_the_same_up_to_rounding_and_axes_of_one(value: object, known: object, same: bool) -> None:
    assert is_same(value, known) is same


Z = np.array([[-2.0, 0.5], [1e-4, 3.0]])
SIGMOID = key_with(
    "(z) -> (A, cache)",
    Recorded("f", {"z": Z}, (Z**2, Z)),
    Recorded("f", {"z": Z[0] + 9}, (Z[0], Z[0])),
    elementwise=True,
)


def test_an_element_wise_function_is_looked_up_entry_by_entry() -> None:
    """Whatever array they are in, also entries of two recorded calls, and single numbers."""
    found = ask(SIGMOID, np.array([[[3.0, 1e-4, 7.0]]]))
    assert isinstance(found, tuple)
    assert np.allclose(found[0], [[[9.0, 1e-8, -2.0]]], atol=1e-12)
    assert found[0].shape == (1, 1, 3)
    assert ask(SIGMOID, 0.5) == (0.25, 0.5)


@pytest.mark.parametrize("asked", [np.array([3.0, 4.0]), np.array([np.nan]), "three", np.zeros(1 << 13)])
def test_an_entry_that_the_reference_did_not_ask_for_is_not_found(asked: object) -> None:
    assert ask(SIGMOID, asked) is MISSING


def test_entries_of_several_arguments_belong_together() -> None:
    """All arrays have one shape; a number beside them must be the same."""
    call = Recorded("f", {"dout": np.array([1.0, 2.0]), "x": np.array([5.0, 6.0]), "slope": 0.1}, np.array([7.0, 8.0]))
    key = key_with("(dout, x, slope=0.1)", call, elementwise=True)
    assert np.array_equal(ask(key, np.array([[2.0], [1.0]]), np.array([[6.0], [5.0]])), [[8.0], [7.0]])
    assert ask(key, np.array([2.0]), np.array([5.0])) is MISSING
    assert ask(key, np.array([2.0]), np.array([6.0]), 0.2) is MISSING
    assert ask(key, np.array([2.0]), np.array([[6.0], [6.0]])) is MISSING
    without = msgspec.structs.replace(key.rubric.criteria[0], elementwise=False)
    plain = msgspec.structs.replace(key, rubric=msgspec.structs.replace(key.rubric, criteria=(without,)))
    assert ask(plain, np.array([2.0]), np.array([6.0])) is MISSING


def test_a_result_that_is_no_entry_for_each_entry_is_not_taken_apart() -> None:
    key = key_with("(x)", Recorded("f", {"x": np.array([1.0, 2.0])}, 3.0), elementwise=True)
    assert ask(key, np.array([2.0])) is MISSING
    assert ask(key, np.array([1.0, 2.0])) == 3.0


@pytest.mark.parametrize("elementwise", [True, False])
def test_arrays_that_are_far_too_large_are_not_found_and_not_copied(elementwise: bool) -> None:
    """A program may send 16 million bytes for each argument; as floats they would take half a gigabyte."""
    call = Recorded("f", {"x": X, "w": X}, X)
    key, huge = key_with("(x, w)", call, elementwise=elementwise), np.zeros(1 << 24, np.int8)
    tracemalloc.start()
    assert ask(key, huge, huge) == ask(key, X, huge) == MISSING
    assert tracemalloc.get_traced_memory()[1] < 10 << 20
    tracemalloc.stop()
