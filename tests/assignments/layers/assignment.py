"""Layers: classes of a base class that keep what they give on themselves, as one value.

takes: the reference, the known mistakes, and layers that students are given to try a chain with, beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, Tolerance, made, own

from . import mistakes, passes, toy

RIGHT, ANY, AGAIN, KEPT = "right values", "numbers of any kind", "no memory of other calls", "kept on self"
FIRST = "the first case that students see"
SHIFT = "exp is infinite there, unless the largest of a row is taken off first"
OTHER_P = "with another p"
SAME = "this layer hands its input on where it is not in training"


def some(rng, *shape):
    """Numbers with few digits, of both signs."""
    signs = rng.permutation(np.resize([1, -1], int(np.prod(shape))))
    return np.round(signs * rng.uniform(0.5, 2, signs.size), 2).reshape(shape)


def table(*shape, change=lambda x: x):
    """x, the gradient from above, and others of the same shape for another call."""

    def draw(rng):
        found = {name: some(rng, *shape) for name in ("x", "dout", "other_x", "other_dout")}
        return {name: change(array) if name.endswith("x") else array for name, array in found.items()}

    return draw


TABLES = (
    ("a square", table(3, 3), RIGHT),
    ("one row", table(1, 5), RIGHT),
    ("more rows", table(6, 2), RIGHT),
    ("float32", table(2, 4, change=np.float32), ANY),
    ("column order", table(3, 5, change=np.asfortranarray), ANY),
    ("gaps in memory", table(3, 4, change=lambda x: np.repeat(x, 2, axis=-1)[..., ::2]), ANY),
    ("zeros", table(4, 3, change=lambda x: x * (abs(x) > 1)), ANY),
    ("tiny", table(3, 4, change=lambda x: x * 1e-3), ANY),
    ("up to 40", table(2, 4, change=lambda x: x * 20), ANY),
    ("a negative number in common", table(3, 4, change=lambda x: x - 1000), ANY),
)


def cases(rows):
    return tuple(Case(name, draw, held, HIDDEN) for name, draw, held in rows)


# What a method gives is graded as it is returned, and as it is left on the object. Cases that name no grade= look at
# both: a fault in one of them is counted in the behaviour that it has to itself.
COMPUTE = Call("Softmax.compute", ("x",), ("out",), leaves={"kept": "self.out"})
BEFORE = replace(COMPUTE, gives=(own("out"),), leaves={})  # in the cases of pull_back
OTHER = replace(BEFORE, takes=("other_x",), gives=(own("other out"),))
PULL_BACK = Call("Softmax.pull_back", ("x", "dout"), ("dx",), leaves={"kept": "self.dx"})
OTHER_BACK = replace(PULL_BACK, takes=("other_x", "other_dout"), gives=(own("other dx"),), leaves={})
POINTS = (
    Behaviour(RIGHT, 4),
    Behaviour(ANY, 2, needs=(RIGHT,)),
    Behaviour(AGAIN, 1, needs=(RIGHT,)),
    Behaviour(KEPT, 1, needs=(RIGHT,)),
)
SOFTMAX = (
    Criterion(
        "Softmax.compute",
        (COMPUTE,),
        grade=("out", "kept"),
        behaviours=POINTS,
        cases=(
            Case("a small table", table(2, 3), RIGHT, feedback=FIRST),
            *cases(TABLES),
            Case("a number in common", table(3, 4, change=lambda x: x + 1000), ANY, HIDDEN, feedback=SHIFT),
            Case("two calls in a row", table(3, 3), AGAIN, HIDDEN, (OTHER, COMPUTE)),
            Case("on self", table(2, 3), KEPT, HIDDEN, grade=("kept",)),
        ),
    ),
    Criterion(
        "Softmax.pull_back",
        (BEFORE, PULL_BACK),
        grade=("dx", "kept"),
        behaviours=POINTS,
        cases=(
            Case("a small table", table(2, 3), RIGHT, feedback=FIRST),
            *cases(TABLES),
            Case("another pair before", table(3, 3), AGAIN, HIDDEN, (OTHER, OTHER_BACK, BEFORE, PULL_BACK)),
            Case("on self", table(2, 3), KEPT, HIDDEN, grade=("kept",)),
        ),
        # Nothing is handed to pull_back but what it can draw itself: it works on what compute has kept on the object.
        follow_through=FollowThrough(
            "Softmax.compute",
            output="out",
            upstream="dout",
            gradients={"dx": "x"},
            inputs=(table(2, 3), table(3, 4)),
            handed=(
                Case("a small table", table(2, 3), RIGHT),
                Case("a square", table(3, 3), RIGHT, HIDDEN),
                Case("one row", table(1, 5), ANY, HIDDEN),
                Case("more rows", table(6, 2), AGAIN, HIDDEN),
                Case("on self", table(3, 4), KEPT, HIDDEN, grade=("kept",)),
            ),
            mended=True,
        ),
    ),
)


def ones(p, training=True):
    """So many that their mean is known, though nobody knows which of them are dropped."""
    return lambda rng: {"x": np.ones((120, 200)), "p": p, "training": training}


def numbers(rng):
    return {"x": some(rng, 3, 4), "p": 0.3, "training": False}


def noisy(p):
    return lambda rng: {**table(3, 4)(rng), "p": p, "training": True}


DROP = Call(
    "Noise.compute",
    ("x",),
    ("out",),
    new=("p",),
    sets={"self.training": "training"},
    leaves={"share": "mean(out)", "size": "max(out)"},
)
DROPPED = replace(DROP, gives=(own("out"),), leaves={})
# Of its own output as the gradient from above each entry that is left is scaled a second time.
DROP_BACK = Call(
    "Noise.pull_back", ("x", own("out")), ("dx",), new=("p",), leaves={"mean": "mean(dx)", "largest": "max(dx)"}
)
NOISE = (
    Criterion(
        "Noise.compute",
        (DROP,),
        grade=("share", "size", "out"),
        behaviours=(
            Behaviour("the share", 2),
            Behaviour("the size", 1),
            Behaviour("not training", 1, needs=("the size",)),
        ),
        cases=(
            Case("a third", ones(0.3), "the share", grade=("share",), feedback=FIRST),
            Case("most", ones(0.75), "the share", HIDDEN, grade=("share",), feedback=OTHER_P),
            Case("size of a third", ones(0.3), "the size", grade=("size",), feedback=FIRST),
            Case("size of most", ones(0.75), "the size", HIDDEN, grade=("size",), feedback=OTHER_P),
            Case("not training", numbers, "not training", grade=("out",), echo=SAME),
        ),
        tolerance=Tolerance(relative=0.05),
    ),
    Criterion(
        "Noise.pull_back",
        (DROPPED, replace(DROP_BACK, takes=("x", "dout"))),
        grade=("mean", "largest"),
        behaviours=(Behaviour("the same entries", 2),),
        cases=(
            Case("a third", ones(0.3), "the same entries", calls=(DROPPED, DROP_BACK), feedback=FIRST),
            Case("most", ones(0.75), "the same entries", HIDDEN, (DROPPED, DROP_BACK), feedback=OTHER_P),
        ),
        tolerance=Tolerance(relative=0.05),
        # Beside a wrong forward it is right if it drops and scales what that does: the same is drawn in every question.
        follow_through=FollowThrough(
            "Noise.compute",
            output="out",
            upstream="dout",
            gradients={"dx": "x"},
            inputs=(noisy(0.3), noisy(0.6)),
            credit=Fraction(1),
        ),
    ),
)


LAST_LAYER = (made(toy.Bend, 0.25),)


def chain(*shape, last=LAST_LAYER):
    """Layers of the file that students have: an error in a layer of theirs would cost twice."""

    def draw(rng):
        layers = [made(toy.Bend, 0.5), made(toy.RowSum, 2.0), made(toy.Square, 0.75), *last]
        return {"x": some(rng, *shape), "other_x": some(rng, *shape), "dout": some(rng, shape[0], 1), "layers": layers}

    return draw


def one_layer(rng):
    return {"x": some(rng, 2, 3), "dout": some(rng, 2, 3), "layers": [made(toy.Square, 0.5)]}


RUN = Call("Chain.compute", ("x",), ("out",), sets={"self.layers": "layers"}, leaves={"kept": "self.out"})
RUN_BEFORE = replace(RUN, gives=(own("out"),), leaves={})
RUN_OTHER = replace(RUN_BEFORE, takes=("other_x",), gives=(own("other out"),))
RUN_BACK = Call("Chain.backward", ("x", "dout"), ("dx",), leaves={"kept": "self.dx"})
BACK_OTHER = replace(RUN_BACK, takes=("other_x", "dout"), gives=(own("other dx"),), leaves={})
CHAIN = (
    Criterion(
        "Chain.compute",
        (RUN,),
        grade=("out", "kept"),
        behaviours=(Behaviour(RIGHT, 3), Behaviour(KEPT, 1, needs=(RIGHT,))),
        cases=(
            Case("four layers", chain(3, 2), RIGHT, feedback=FIRST),
            Case("one layer", one_layer, RIGHT, HIDDEN),
            Case("two calls in a row", chain(3, 2), RIGHT, HIDDEN, (RUN_OTHER, RUN)),
            Case("on self", chain(2, 3), KEPT, HIDDEN, grade=("kept",)),
        ),
    ),
    Criterion(
        "Chain.backward",
        (RUN_BEFORE, RUN_BACK),
        grade=("dx", "kept"),
        behaviours=(Behaviour(RIGHT, 4), Behaviour("one layer", 1), Behaviour(KEPT, 1, needs=(RIGHT,))),
        cases=(
            Case("four layers", chain(3, 2), RIGHT, feedback=FIRST),
            Case("three layers", chain(2, 4, last=()), RIGHT, HIDDEN),
            Case("another pair before", chain(3, 2), RIGHT, HIDDEN, (RUN_OTHER, BACK_OTHER, RUN_BEFORE, RUN_BACK)),
            Case("one layer", one_layer, "one layer", HIDDEN),
            Case("on self", chain(2, 3), KEPT, HIDDEN, grade=("kept",)),
        ),
    ),
)

TABLE, CHANCE = "x is a table", "of what is drawn at random, the share among many ones is all that is known"
FACTOR, LAST = "what a row has in common drops out of its shares", "the last of two axes is axis 1"
EQUIVALENTS = {
    "*: wrong for *dimension*": TABLE,
    "*: wrong for * images*": TABLE,
    "*: wrong for images *": TABLE,
    "Softmax.*: wrong for a last axis of one*": "the share of one is always one",
    "Softmax.*: wrong for a second array with a last axis of one*": "the share of one is always one",
    "Softmax.*: wrong for integers*": "the hand-out speaks of numbers alone",
    "Softmax.*: wrong for a value from 50 to 600*": "smaller and larger ones are looked at",
    "Softmax.*: wrong for two equal arrays*": "x and dout are not compared with each other",
    "Softmax.compute: np.exp(*) -> *": FACTOR,
    "Softmax.compute: x* -> x*": FACTOR,
    "Softmax.*: 1 -> -1*": LAST,
    "Noise.*: wrong for *": CHANCE,
    "Noise.*: remembers *": CHANCE,
    "Noise.compute: * >= self.p -> * > self.p": "nobody draws that very number",
    "Chain.*: wrong for *": "a chain looks at no numbers: its layers do",
}

ASSIGNMENT = Assignment(
    "layers",
    "Layers",
    "layers.ipynb",
    13,
    passes,
    (*SOFTMAX, *NOISE, *CHAIN),
    mistakes=mistakes.MISTAKES,
    equivalents=EQUIVALENTS,
    files=("toy.py",),
)
