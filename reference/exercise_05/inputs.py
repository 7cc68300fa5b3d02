"""The inputs of the cases: each function draws one set of arrays.

takes: a numpy random generator.
gives: argument name -> array. Values have sizes near one unless the case is about other sizes.
must not know: the grader, right answers.
"""

import math
from collections.abc import Callable

import numpy as np

Drawn = dict[str, np.ndarray]
Draw = Callable[[np.random.Generator], Drawn]

NEGATIVE, POSITIVE = -1.0, 1.0
KINK_DISTANCE = 0.1  # how far inputs of nudged calls stay from zero, where ReLU has no derivative
LARGE_DOUT = 1400.0  # in the check of backward against its own forward: code that cuts dout off is no gradient


def signed(rng: np.random.Generator, shape: tuple[int, ...], low: float, high: float) -> np.ndarray:
    """Values with a random sign and a size from `low` to `high`, both signs among them.

    They have three digits, so that a case can be written down and tried by hand.
    """
    sizes = [float(f"{size:.3g}") for size in rng.uniform(low, high, math.prod(shape))]
    signs = rng.choice([-1.0, 1.0], len(sizes))
    # Both occur, anywhere: code that takes the first entry for a model of all must not be right by its sign.
    one, other = rng.permutation(len(sizes))[:2] if len(sizes) > 1 else (0, 0)
    signs[one], signs[other] = 1.0, -1.0
    values: np.ndarray = (np.array(sizes) * signs).reshape(shape)
    return values


def with_zeros(values: np.ndarray) -> np.ndarray:
    """Every third entry is an exact zero."""
    values.reshape(-1)[1::3] = 0.0
    return values


# ---- non-linearities -----------------------------------------------------------------------------------------


def unary(
    *shape: int,
    low: float = 0.1,
    high: float = 3.0,
    first: float = NEGATIVE,
    change: Callable[..., np.ndarray] | None = None,
) -> Draw:
    """x and dout of one shape. `first` is the sign of x's first entry; `change` is applied to x.

    The sign is not left to the seed: np.vectorize takes the type of all results from the first, so that code which
    gives an integer 0 for negatives is right where the first is positive, and nowhere else.
    """

    def draw(rng: np.random.Generator) -> Drawn:
        x = signed(rng, shape, low, high)
        x *= first * np.sign(x.reshape(-1)[0])  # all signs are turned, so that both still occur
        return {"x": x if change is None else change(x), "dout": signed(rng, shape, 0.5, 2.0)}

    return draw


def tiny(*shape: int) -> Draw:
    """x of many sizes, from a millionth to a ten-thousandth: wherever a threshold lies, some are on each side.

    The first is negative and large, the next two are positive, and one of them is as small as it gets. Nothing is
    smaller, as a derivative that is taken by steps of 1e-7 is right.
    """

    def draw(rng: np.random.Generator) -> Drawn:
        found = unary(*shape)(rng)
        sizes = [float(f"{size:.3g}") for size in 10 ** rng.uniform(-6, -4, math.prod(shape))]
        x = np.sign(found["x"]).reshape(-1) * sizes
        x[:3] = -1e-4, 1e-4, 1e-6
        return {**found, "x": x.reshape(shape)}

    return draw


def only_x(draw: Draw) -> Draw:
    """The same without dout, for a forward pass."""
    return lambda rng: {"x": draw(rng)["x"]}


def float32(draw: Draw) -> Draw:
    """The same numbers, rounded to float32."""
    return lambda rng: {name: array.astype(np.float32) for name, array in draw(rng).items()}


def transposed(draw: Draw) -> Draw:
    """The same numbers lying in memory in column order."""
    return lambda rng: {name: np.asfortranarray(array) for name, array in draw(rng).items()}


def strided(draw: Draw) -> Draw:
    """The same numbers lying in memory with gaps."""
    return lambda rng: {name: np.repeat(array, 2, axis=-1)[..., ::2] for name, array in draw(rng).items()}


def whole(values: np.ndarray) -> np.ndarray:
    """Integers from -5 to 5, all of them with dtype int64. No zero: what fails at an exact zero is paid for there."""
    rounded = np.rint(values * 5.0 / 3.0).astype(np.int64)
    return np.where(rounded == 0, 1, rounded)


def negative(values: np.ndarray) -> np.ndarray:
    """The same sizes, all below zero."""
    return -abs(values)


def near_and_far(draw: Draw, low: float, high: float) -> Draw:
    """Every other entry of x is far from zero: from `low` to `high` in size, with its own sign."""

    def drawn(rng: np.random.Generator) -> Drawn:
        found = draw(rng)
        x = found["x"].copy()
        x.reshape(-1)[::2] *= np.rint(rng.uniform(low, high, x.size)[::2]) / abs(x.reshape(-1)[::2])
        return {**found, "x": x}

    return drawn


def dout_is_x(draw: Draw) -> Draw:
    """The gradient from above happens to equal x."""

    def drawn(rng: np.random.Generator) -> Drawn:
        found = draw(rng)
        return {**found, "dout": found["x"].copy()}

    return drawn


def dout_sized(draw: Draw, size: float) -> Draw:
    """A gradient from above that is so much larger, or smaller."""
    return lambda rng: {name: array * size if name == "dout" else array for name, array in draw(rng).items()}


def dout_changed(draw: Draw, change: Callable[[np.ndarray], np.ndarray]) -> Draw:
    """`change` applied to dout."""
    return lambda rng: {name: change(array) if name == "dout" else array for name, array in draw(rng).items()}


def with_others(draw: Draw) -> Draw:
    """A second set of inputs beside the first, for another call before or in between.

    Both begin with the same number, as a memory that knows arrays by their shape and first entry must be told too.
    """

    def drawn(rng: np.random.Generator) -> Drawn:
        first, second = draw(rng), draw(rng)
        for name, array in second.items():
            array.reshape(-1)[0] = first[name].reshape(-1)[0]
        return {**first, **{f"other_{name}": array for name, array in second.items()}}

    return drawn


# ---- the affine layer ----------------------------------------------------------------------------------------


def affine(batch: int, example: tuple[int, ...], outputs: int) -> Draw:
    """x (batch, *example), w, b, and dout as it comes from above."""
    length = int(np.prod(example))

    def draw(rng: np.random.Generator) -> Drawn:
        return {
            "x": signed(rng, (batch, *example), 0.2, 2.0),
            "w": signed(rng, (length, outputs), 0.2, 1.5),
            "b": signed(rng, (outputs,), 0.5, 2.0) if outputs > 1 else rng.uniform(0.5, 2.0, (1,)),
            "dout": signed(rng, (batch, outputs), 0.5, 2.0),
        }

    return draw


def layer_only(draw: Draw) -> Draw:
    """The same without dout, for a forward pass."""
    return lambda rng: {name: array for name, array in draw(rng).items() if name != "dout"}


def whole_layer(draw: Draw) -> Draw:
    """The same with x of integers."""
    return lambda rng: {name: whole(a) if name == "x" else a for name, a in draw(rng).items()}


def scaled(draw: Draw, size: float) -> Draw:
    """x so large, or so small."""
    return lambda rng: {name: array * size if name == "x" else array for name, array in draw(rng).items()}


def changed(draw: Draw, change: Callable[[np.ndarray], np.ndarray]) -> Draw:
    """`change` applied to x."""
    return lambda rng: {name: change(array) if name == "x" else array for name, array in draw(rng).items()}
