"""Functions that call other graded functions: a step and a sequence, an activation and layers, a method and another.

takes: the reference and the known mistake beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, own

from . import mistakes, passes

WEIGHTS = ("Wx", "Wh", "b")


def weights(rng, inputs, states):
    """Weights and bias of a step."""
    shapes = {"Wx": (inputs, states), "Wh": (states, states), "b": (states,)}
    return {name: rng.uniform(-0.9, 0.9, shape) for name, shape in shapes.items()}


def step(rows, inputs, states, backward=False):
    """What one step takes."""

    def drawn(rng):
        numbers = {"x": rng.uniform(-1, 1, (rows, inputs)), "prev_h": rng.uniform(-1, 1, (rows, states))}
        more = {"dnext_h": rng.uniform(-1, 1, (rows, states))} if backward else {}
        return {**numbers, **weights(rng, inputs, states), **more}

    return drawn


def sequence(rows, steps, inputs, states, backward=False):
    """What a sequence takes."""

    def drawn(rng):
        numbers = {"x": rng.uniform(-1, 1, (rows, steps, inputs)), "h0": rng.uniform(-1, 1, (rows, states))}
        more = {"dh": rng.uniform(-1, 1, (rows, steps, states))} if backward else {}
        return {**numbers, **weights(rng, inputs, states), **more}

    return drawn


def layers(rows):
    """What two layers take."""
    return lambda rng: {
        "x": rng.uniform(-1, 1, (rows, 3)), "W1": rng.uniform(-1, 1, (3, 4)), "W2": rng.uniform(-1, 1, (4, 5)),
    }  # fmt: skip


def ramp(rows):
    """Numbers on both sides of zero."""
    return lambda rng: {"z": rng.uniform(-1, 1, (rows, 3))}


def twice(rows):
    """What one layer takes that is used twice."""
    return lambda rng: {"x": rng.uniform(-1, 1, (rows, 3)), "W": rng.uniform(-1, 1, (3, 3))}


def numbers(kind):
    """Numbers on both sides of zero, and a word."""
    return lambda rng: {"z": rng.uniform(-2, 2, (3, 4)), "kind": kind}


def course(steps):
    """What a cell is shown."""
    return lambda rng: {"rate": rng.uniform(0.2, 0.8, ()), "xs": rng.uniform(-1, 1, (steps, 3))}


def moves(size):
    """What a cell is shown twice."""
    return lambda rng: {
        "rate": rng.uniform(0.2, 0.8, ()), "before": rng.uniform(-1, 1, size), "x": rng.uniform(-1, 1, size),
    }  # fmt: skip


def dense(rows, first=None):
    """What one layer takes, or two of which the first has so many outputs."""

    def drawn(rng):
        sizes = {"x": (rows, 4), "W": (first or 4, 5), "dout": (rows, 5), **({"V": (4, first)} if first else {})}
        return {name: rng.uniform(-1, 1, size) for name, size in sizes.items()}

    return drawn


AHEAD = Call("Dense.forward", ("x",), gives=("out",), new=("W",))
STEP = Call("rnn_step_forward", ("x", "prev_h", *WEIGHTS), gives=("next_h", own("cache")))
STEP_BACK = Call("rnn_step_backward", ("dnext_h", own("cache")), gives=("dx", "dprev_h", "dWx", "dWh", "db"))
ALL = Call("rnn_forward", ("x", "h0", *WEIGHTS), gives=("h", own("cache")))
ALL_BACK = Call("rnn_backward", ("dh", own("cache")), gives=("dx", "dh0", "dWx", "dWh", "db"))
BEFORE = Call("Cell.move", ("before",), gives=("first",), new=("rate",))
MOVE = Call("Cell.move", ("x",), gives=("state",), new=("rate",))
BACK, LONG = {"backward": True}, "right values"

ASSIGNMENT = Assignment(
    name="recurrent",
    title="Recurrent: functions that call each other",
    handout="recurrent.ipynb",
    seed=3,
    solution=passes,
    mistakes=mistakes.MISTAKES,
    criteria=(
        Criterion(
            "rnn_step_forward", (STEP,), ("next_h",), (Behaviour(LONG, 10),),
            (Case("two rows", step(2, 3, 4), LONG), Case("others", step(3, 2, 5), LONG, HIDDEN)),
        ),
        Criterion(
            "rnn_step_backward", (STEP, STEP_BACK), ("dx", "dprev_h", "dWx", "dWh", "db"), (Behaviour(LONG, 10),),
            (Case("two rows", step(2, 3, 4, **BACK), LONG), Case("others", step(3, 2, 5, **BACK), LONG, HIDDEN)),
            follow_through=FollowThrough(
                forward="rnn_step_forward", output="next_h", upstream="dnext_h",
                gradients={"dx": "x", "dprev_h": "prev_h", "dWx": "Wx", "dWh": "Wh", "db": "b"},
                inputs=(step(2, 3, 2, **BACK),), handed=(Case("more", step(3, 2, 4, **BACK), LONG),), mended=True,
            ),
        ),
        Criterion(
            "rnn_forward", (ALL,), ("h",), (Behaviour(LONG, 10),),
            (Case("three steps", sequence(2, 3, 2, 4), LONG), Case("others", sequence(3, 4, 3, 2), LONG, HIDDEN)),
            builds_on=("rnn_step_forward",),
        ),
        Criterion(
            "rnn_backward", (ALL, ALL_BACK), ("dx", "dh0", "dWx", "dWh", "db"), (Behaviour(LONG, 10),),
            (
                Case("three steps", sequence(2, 3, 2, 4, **BACK), LONG),
                Case("others", sequence(3, 4, 3, 2, **BACK), LONG, HIDDEN),
            ),
            follow_through=FollowThrough(
                forward="rnn_forward", output="h", upstream="dh",
                gradients={"dx": "x", "dh0": "h0", "dWx": "Wx", "dWh": "Wh", "db": "b"},
                inputs=(sequence(2, 3, 2, 3, **BACK),), handed=(Case("more", sequence(3, 2, 2, 4, **BACK), LONG),),
            ),
            builds_on=("rnn_step_backward",),
        ),
        Criterion(
            "activate", (Call("activate", ("z", "kind"), gives=("a",)),), ("a",), (Behaviour(LONG, 10),),
            (Case("relu", numbers("relu"), LONG), Case("cube", numbers("cube"), LONG, HIDDEN)),
        ),
        Criterion(
            "two_layers", (Call("two_layers", ("x", "W1", "W2"), gives=("scores",)),), ("scores",),
            (Behaviour(LONG, 10),),
            (Case("two rows", layers(2), LONG), Case("four rows", layers(4), LONG, HIDDEN)),
            builds_on=("activate",),
        ),
        Criterion(
            "Ramp.forward", (Call("Ramp.forward", ("z",), gives=("a",)),), ("a",), (Behaviour(LONG, 10),),
            (Case("two rows", ramp(2), LONG), Case("four rows", ramp(4), LONG, HIDDEN)),
        ),
        Criterion(
            "deep", (Call("deep", ("x", "W"), gives=("scores",)),), ("scores",), (Behaviour(LONG, 10),),
            (Case("two rows", twice(2), LONG), Case("four rows", twice(4), LONG, HIDDEN)),
            builds_on=("Ramp.forward",),
        ),
        Criterion(
            "Cell.move", (BEFORE, MOVE), ("state",), (Behaviour(LONG, 10),),
            (Case("three numbers", moves(3), LONG), Case("five numbers", moves(5), LONG, HIDDEN)),
        ),
        Criterion(
            "Cell.run", (Call("Cell.run", ("xs",), gives=("states",), new=("rate",)),), ("states",),
            (Behaviour(LONG, 10),),
            (Case("four steps", course(4), LONG), Case("seven steps", course(7), LONG, HIDDEN)),
            builds_on=("Cell.move",),
        ),
        Criterion(
            "Dense.forward", (AHEAD,), ("out",), (Behaviour(LONG, 10),),
            (Case("two rows", dense(2), LONG), Case("three rows", dense(3), LONG, HIDDEN)),
        ),
        Criterion(
            "Dense.backward",
            (AHEAD, Call("Dense.backward", ("dout",), ("dx",), new=("W",), leaves={"dW": "self.dW"})),
            ("dx", "dW"), (Behaviour(LONG, 10),),
            (Case("two rows", dense(2), LONG), Case("three rows", dense(3), LONG, HIDDEN)),
        ),
        Criterion(
            "gradients", (Call("gradients", ("x", "V", "W", "dout"), ("dx", "dV", "dW")),), ("dx", "dV", "dW"),
            (Behaviour(LONG, 10),),
            (Case("two rows", dense(2, 3), LONG), Case("three rows", dense(3, 2), LONG, HIDDEN)),
            builds_on=("Dense.forward", "Dense.backward"),
        ),
        Criterion(
            "by_name",
            (Call("by_name", ("x", "W"), (own("found"),), leaves={"dx": "found['dx']", "dW": "found['dW']"}),),
            ("dx", "dW"), (Behaviour(LONG, 10),),
            (Case("two rows", dense(2), LONG), Case("three rows", dense(3), LONG, HIDDEN)),
        ),
        Criterion(
            "totals", (Call("totals", ("x", "W"), ("both",)),), ("both",), (Behaviour(LONG, 10),),
            (Case("two rows", dense(2), LONG), Case("three rows", dense(3), LONG, HIDDEN)),
            builds_on=("by_name",),
        ),
    ),
)  # fmt: skip
