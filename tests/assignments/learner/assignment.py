"""Learner: what is asked for behind a call that learns, small steps, and pairs that are yielded.

takes: the reference beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

import numpy as np

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, own

from . import passes

RIGHT, SEEN = "right values", "what was never seen"


def rewards(rng):
    """Two states, one of them twice."""
    first, second, third = (round(float(r), 2) for r in rng.uniform(1.0, 2.0, 3))
    return {
        "rate": 0.5, "rewards": [("home", first), ("sea", second), ("home", third)],
        "state": "home", "other": "park", "limit": 0.25,
    }  # fmt: skip


def parameters(rng):
    """Two parameters of some size, and their gradients."""
    w, b = np.round(rng.uniform(2.0, 3.0, (2, 3)), 2), np.round(rng.uniform(2.0, 3.0, 4), 2)
    grads = {"w": rng.permutation([1.5, -2.0, 0.5, -0.5, 1.0, -1.0]).reshape(2, 3), "b": rng.permutation(w.ravel()[:4])}
    return {"params": {"w": w, "b": b}, "grads": grads, "rate": 0.01}


NEW = ("rate",)
LEARN = Call("Learner.learn", ("rewards",), (own("nothing"),), new=NEW)
VALUE = Call("Learner.value", ("state",), ("value",), new=NEW)
WORTH = Call("Learner.is_worth", ("state", "limit"), ("is_worth",), new=NEW)
OTHER = Call("Learner.is_worth", ("other", "limit"), ("is_worth",), new=NEW)
UPDATE = Call("update", ("params", "grads", "rate"), (own("new"),), leaves={"w": "new['w']", "b": "new['b']"})
PAIRS = Call("pairs", ("x",), (own("all"),), leaves={"left": "all[1][0]", "right": "all[-1][1]"})

CRITERIA = (
    Criterion(
        "Learner.value",
        (LEARN, VALUE),
        grade=("value",),
        behaviours=(Behaviour(RIGHT, 2),),
        cases=(Case("home", rewards, RIGHT), Case("home again", rewards, RIGHT, HIDDEN)),
    ),
    Criterion(
        "Learner.is_worth",
        (LEARN, WORTH),
        grade=("is_worth",),
        behaviours=(Behaviour(RIGHT, 1), Behaviour(SEEN, 1, needs=(RIGHT,))),
        cases=(Case("home", rewards, RIGHT), Case("the park", rewards, SEEN, HIDDEN, (LEARN, OTHER))),
        builds_on=("Learner.value",),
    ),
    Criterion(
        "update",
        (UPDATE,),
        grade=("w", "b"),
        behaviours=(Behaviour(RIGHT, 4),),
        cases=(Case("one step", parameters, RIGHT), Case("another", parameters, RIGHT, HIDDEN)),
    ),
    Criterion(
        "pairs",
        (PAIRS,),
        grade=("left", "right"),
        behaviours=(Behaviour(RIGHT, 2),),
        cases=(
            Case("four rows", lambda rng: {"x": np.round(rng.uniform(1.0, 2.0, (4, 2)), 2)}, RIGHT, echo="rows of x"),
            Case("five rows", lambda rng: {"x": rng.uniform(1.0, 2.0, (5, 2))}, RIGHT, HIDDEN, echo="rows of x"),
        ),
    ),
)

ASSIGNMENT = Assignment("learner", "Learner", "learner.ipynb", 5, passes, CRITERIA)
