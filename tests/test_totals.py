"""Results whose columns add up to what their rows are to: shares along the wrong axis, and gradients of such.

takes: made-up results of a softmax and of what is centred.
gives: one promise a test, said in its docstring.
must not know: how a single case is read.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.feedback.reading_wording import say_reading
from grader.judge.reading.patterns import Pattern, Reading
from grader.judge.reading.summands import Off
from grader.judge.reading.totals import by_totals, by_totals_due

RNG = np.random.default_rng(7)
Change = Callable[[np.ndarray], np.ndarray]


def shares(axis: int | None) -> Change:
    return lambda x: np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)


def centred(axis: int) -> Change:
    return lambda x: x - x.mean(axis=axis, keepdims=True)


def cases(got: Change, want: Change, *shapes: tuple[int, ...]) -> list[Off]:
    drawn = [RNG.uniform(-2, 2, shape) for shape in shapes]
    return [Off(got(x), want(x), {"x": x}, {}, True) for x in drawn]


TABLES = ((3, 4), (2, 2), (1, 5), (6, 1))
TOLD: dict[str, tuple[Change, Change, tuple[tuple[int, ...], ...], tuple[str, ...]]] = {
    "columns for rows": (shares(0), shares(1), TABLES, ("each row", "1", "each column")),
    "rows for columns": (shares(1), shares(0), TABLES, ("each column", "1", "each row")),
    "all for rows": (shares(None), shares(1), TABLES, ("each row", "1", "all")),
    "three axes": (
        shares(1), shares(2), ((2, 3, 4), (1, 2, 2)), ("each line along axis 2", "1", "each line along axis 1"),
    ),
    "centred columns for rows": (centred(0), centred(1), TABLES, ("each row", "0", "each column")),
}  # fmt: skip


@pytest.mark.parametrize(("got", "want", "shapes", "names"), TOLD.values(), ids=TOLD.keys())
def test_lines_that_add_up_to_what_others_are_to_are_told(
    got: Change, want: Change, shapes: tuple[tuple[int, ...], ...], names: tuple[str, ...]
) -> None:
    """By one case, or by all, one row or one column among them."""
    found = cases(got, want, *shapes)
    assert by_totals(found) == by_totals(found[:1]) == Reading(Pattern.TOTALS, names)


def half(x: np.ndarray) -> np.ndarray:
    return shares(1)(x) / 2


UNTOLD: dict[str, tuple[Change, Change, tuple[tuple[int, ...], ...]]] = {
    "rows that are right in sum": (lambda x: shares(1)(x)[:, ::-1], shares(1), TABLES),
    "rows that are due": (shares(1), shares(1), TABLES),
    "no total that is due": (shares(0), np.exp, TABLES),
    "no total that came": (half, shares(1), TABLES),
    "one entry a row": (shares(0), shares(1), ((4, 1),)),
    "one axis": (shares(0), shares(0), ((4,),)),
    "tables of different kinds": (shares(0), shares(1), ((3, 4), (2, 3, 4))),
    "nothing but zeros": (np.zeros_like, centred(1), TABLES),
}


@pytest.mark.parametrize(("got", "want", "shapes"), UNTOLD.values(), ids=UNTOLD.keys())
def test_other_results_read_otherwise(got: Change, want: Change, shapes: tuple[tuple[int, ...], ...]) -> None:
    """What has the totals that are due, or none, says nothing of an axis."""
    assert by_totals(cases(got, want, *shapes)) is None
    assert by_totals([]) is by_totals_due([]) is None


@pytest.mark.parametrize(("got", "want", "told"), [
    (half, shares(1), ("each row", "1")),
    (np.exp, shares(0), ("each column", "1")),
    (np.exp, centred(1), ("each row", "0")),
    (shares(1), shares(1), ()),
    (half, np.exp, ()),
])  # fmt: skip
def test_a_total_that_is_due_and_does_not_come_is_told(got: Change, want: Change, told: tuple[str, ...]) -> None:
    """Where it never comes: who has it in some cases has another fault."""
    found = cases(got, want, *TABLES[:2])
    assert by_totals_due(found) == (Reading(Pattern.TOTALS, told) if told else None)
    assert by_totals_due([*found, *cases(want, want, (3, 3))]) is None


@pytest.mark.parametrize(("names", "said"), [
    (("each row", "1", "each column"), "Each column of `out` adds up to 1, where each row is to."),
    (("each row", "0"), "Each row of `out` is to add up to 0, and does not."),
    (("each row", "1", "all"), "All of `out` adds up to 1, where each row is to."),
    (("each line along axis 2", "0", "each line along axis 0"),
     "Each line along axis 0 of `out` adds up to 0, where each line along axis 2 is to."),
])  # fmt: skip
def test_a_total_is_told_in_a_sentence(names: tuple[str, ...], said: str) -> None:
    """Which a student can check with one sum."""
    assert say_reading(Reading(Pattern.TOTALS, names), "out") == said
