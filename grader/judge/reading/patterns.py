"""The words for how a difference reads, and what each kind of reading is looked for in.

takes: nothing.
gives: `Pattern`, `Reading` and `Setting`; when two arrays are called equal.
must not know: which pattern fits what, points, sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

import numpy as np

from grader.wire.quick import dataclass

Array = np.ndarray

_OF_WHAT_IS_OFF = 1e-2
OFF = 1e-5  # as an entry is counted as wrong: what is told of places must not say less than how many are off
CLOSE = 1e-4  # relative to the largest entry: far above rounding, far below any change of formula


class Pattern(StrEnum):
    """What a difference looks like."""

    ZERO = "zero"
    CONSTANT = "constant"
    WHOLE = "whole"
    ECHO = "echo"
    OTHER_OUTPUT = "other output"
    SIGN = "sign"
    FACTOR = "factor"
    FACTOR_EACH = "factor each"
    FACTOR_INPUT = "factor input"
    MISSING_INPUT = "missing input"
    ADDED_INPUT = "added input"
    OFFSET = "offset"
    TRANSPOSED = "transposed"
    RESHAPED = "reshaped"
    ONE_NUMBER = "one number"
    REDUCED = "reduced"
    NOT_REDUCED = "not reduced"
    SIGNS_LOST = "signs lost"
    PERMUTED = "permuted"
    SHIFTED = "shifted"
    WHERE = "where"
    PLACE = "place"
    PART = "part"
    CUT = "cut"
    NOT_CUT = "not cut"
    FUNCTION = "function"
    OF_RIGHT = "of right"
    DIVIDED = "divided"
    LINE_FACTORS = "line factors"
    LINE_OFFSETS = "line offsets"
    OTHERS_COUNT = "others count"
    TURNED = "turned"
    SKEWED = "skewed"
    SIZES = "sizes"
    BELOW_ZERO = "below zero"
    NOT_SYMMETRIC = "not symmetric"
    ONLY_ROWS = "only rows"
    ALL_BUT = "all but"
    ONE_LINE = "one line"
    LACKING = "lacking"
    TOO_MANY = "too many"
    SAME = "same"
    NEARLY = "nearly"
    STEP = "step"
    AT_LABELS = "at labels"
    AT_NAMED = "at named"
    REPEATED = "repeated"
    AS_IF = "as if"
    LEFT_OUT = "left out"
    ADDED_UP = "added up"
    LAID_OUT = "laid out"
    TOTALS = "totals"


class Depth(StrEnum):
    """How far a case is read: what is seen `at once`; what may be so `by chance` alone; or `all` that is known."""

    AT_ONCE = "at once"
    BY_CHANCE = "by chance"
    ALL = "all"


VAGUE = (
    Pattern.TURNED,
    Pattern.NEARLY,
    Pattern.NOT_CUT,
    Pattern.NOT_SYMMETRIC,
    Pattern.SIZES,
    Pattern.SKEWED,
    Pattern.BELOW_ZERO,
)
"""What is said where nothing else can be, in this order."""
BY_CHANCE = (
    *(one for one in VAGUE if one is not Pattern.NEARLY),
    Pattern.WHERE,
    Pattern.PART,
    Pattern.PLACE,
    Pattern.LINE_FACTORS,
    Pattern.LINE_OFFSETS,
)
"""What a few cases may show by chance, and all that fail must."""

LOOSE = (*BY_CHANCE, Pattern.NEARLY, Pattern.AS_IF, Pattern.TOTALS)
"""What a wrong part of a right formula brings as well: something that a forward has kept."""

OF_ANOTHER_CALL = "of what another call is given"
"""What is added to a function of inputs that are not those of the call that is asked."""
SIZE = "#"
"""What the number of entries of a result is called in the text of a factor."""
A_NUMBER = "times a number"
"""Of an input that is added: by how many times is not told."""
OF_PLACES = (Pattern.ONLY_ROWS, Pattern.ALL_BUT, Pattern.PLACE, Pattern.PART)
"""Which rows and columns are off: what is nearly right everywhere is off there by rounding alone."""
BY_ACCIDENT = 1 / 9
"""How likely all cases together may fit what is told: two cases of three rows each do, and one of three does not."""


@dataclass(frozen=True)
class Reading:
    """One way to read a difference; `names` are of inputs, results, sizes or regions, and plain numbers.

    `weight` is how much a case shows it, from 0 to 1: one of 0 fits its case and would fit nearly any, as a region does
    that is all of it, and another case must show it. `chance` is how likely a case fits it by accident, as one of three
    rows is the last one; of what no accident makes it is 0.
    """

    pattern: Pattern
    names: tuple[str, ...] = ()
    weight: float = field(default=1.0, compare=False)
    chance: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Setting:
    """What surrounds a result: its case's inputs, the other right results, and named sizes (`N` -> 4)."""

    inputs: Mapping[str, Array]
    others: Mapping[str, Array]
    sizes: Mapping[str, int]


def in_numbers(inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The inputs as numbers that can be reckoned with: a mask has no sign, and a byte ends at 255.

    What are floats stays so, and what are whole numbers, as labels are known by that.
    """
    wide = {"b": np.float64, "i": np.int64, "u": np.int64}
    return {name: array.astype(wide.get(array.dtype.kind, array.dtype), copy=False) for name, array in inputs.items()}


def is_whole(array: Array) -> bool:
    """Whether all of it are whole numbers, of whatever type."""
    return bool(np.all(np.mod(array, 1) == 0))


def close(a: Array, b: Array) -> bool:
    """Equal up to `CLOSE` of the largest entry."""
    if a.shape != b.shape:
        return False
    largest = float(np.maximum(abs(a), abs(b)).max(initial=0.0))
    return not largest or float(abs(a - b).max(initial=0.0)) <= CLOSE * largest


def times_of(array: Array, of: Array) -> float:
    """By which number one comes nearest to being a multiple of the other; 0 of zeros. They have one shape."""
    whole = float(np.vdot(of, of))
    return float(np.vdot(array, of)) / whole if whole else 0.0


def explains(made: Array, got: Array, want: Array) -> bool:
    """Whether what came back is made so, also where it is all but right: what counts is by how much it is off."""
    if not close(got, made):
        return False
    off = float(abs(got - want).max(initial=0.0))
    return float(abs(got - made).max(initial=0.0)) <= _OF_WHAT_IS_OFF * off


def wrong_entries(got: Array, want: Array) -> Array:
    """Which entries are off."""
    wrong: Array = abs(got - want) > OFF * (abs(want) + 0.1 * float(abs(want).max(initial=0.0))) + 1e-12
    return wrong
