"""One step of a GRU: the cache of its forward holds what is neither given nor its result.

takes: the reference.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, FollowThrough, own

from . import passes

WEIGHTS = ("Wz", "Wr", "Wn")


def step(rows, inputs, states, backward=False):
    """What one step takes."""

    def drawn(rng):
        numbers = {"x": rng.uniform(-1, 1, (rows, inputs)), "prev_h": rng.uniform(-1, 1, (rows, states))}
        weights = {name: rng.uniform(-1, 1, (inputs + states, states)) for name in WEIGHTS}
        return {**numbers, **weights, **({"dnext_h": rng.uniform(-1, 1, (rows, states))} if backward else {})}

    return drawn


FORWARD = Call("gru_step_forward", ("x", "prev_h", *WEIGHTS), gives=("next_h", own("cache")))
BACKWARD = Call("gru_step_backward", ("dnext_h", own("cache")), gives=("dx", "dprev_h", "dWz", "dWr", "dWn"))
LONG, BACK = "right values", {"backward": True}

ASSIGNMENT = Assignment(
    name="gates",
    title="Gates: a step of a GRU",
    handout="gates.ipynb",
    seed=4,
    solution=passes,
    criteria=(
        Criterion(
            "gru_step_forward", (FORWARD,), ("next_h",), (Behaviour(LONG, 10),),
            (Case("two rows", step(2, 3, 4), LONG), Case("others", step(3, 2, 5), LONG, HIDDEN)),
        ),
        Criterion(
            "gru_step_backward", (FORWARD, BACKWARD), BACKWARD.gives, (Behaviour(LONG, 10),),
            (Case("two rows", step(2, 3, 4, **BACK), LONG), Case("others", step(3, 2, 5, **BACK), LONG, HIDDEN)),
            follow_through=FollowThrough(
                forward="gru_step_forward", output="next_h", upstream="dnext_h",
                gradients={"dx": "x", "dprev_h": "prev_h", "dWz": "Wz", "dWr": "Wr", "dWn": "Wn"},
                inputs=(step(2, 3, 2, **BACK),),
                handed=(Case("more", step(4, 2, 4, **BACK), LONG), Case("most", step(5, 3, 6, **BACK), LONG, HIDDEN)),
                mended=True,
            ),
        ),
    ),
)  # fmt: skip
