"""Changes to the reference that `grader selftest` tries and that change nothing, with the reason for each.

takes: nothing.
gives: `EQUIVALENTS`.
must not know: cases.
"""

ORDER = "the same sum or product in another order"
UNUSED = "backward does not look at the b in the cache"
SIGN_KEPT = "all that backward asks of the cache is the sign of x, and that stays"

EQUIVALENTS = {
    "Sigmoid.backward: wrong for integers": "dout and the cache hold no integers; code that works in place is right",
    "Sigmoid.backward: wrong for two equal arrays": "dout equals the output of the sigmoid in no network",
    "Relu.forward: np.maximum(x, 0) -> np.maximum(0, x)": ORDER,
    "Relu.forward: x -> x [*] 2": SIGN_KEPT,
    "Relu.backward: cache -> cache [*] 2": SIGN_KEPT,
    "Relu.backward: cache >= 0 -> cache > 0": "at an exact zero any value from 0 to 1 is right",
    "affine_*: 1 -> 2": "numpy takes -2 in a reshape for the rest, as it does -1",
    "affine_forward: (x, w, b) -> (x, w, x)": UNUSED,
    "affine_forward: (x, w, b) -> (x, w, w)": UNUSED,
    "affine_forward: b -> rows (2)": UNUSED,
    "affine_forward: b -> b.T (2)": UNUSED,
    "affine_forward: b -> -b (2)": UNUSED,
    "affine_forward: b -> b [*] 2 (2)": UNUSED,
    "affine_forward: b -> b + 1 (2)": UNUSED,
    "affine_forward: b -> b.T": "a vector is its own transpose",
    "affine_forward: wrong for one dimension": "x has a batch axis and at least one more",
    "affine_forward: wrong for two equal arrays": "x equals w in no network",
    "affine_backward: x -> dout": "dout has as many rows as x",
    "affine_backward: db -> db.T": "a vector is its own transpose",
    "affine_backward: wrong for one dimension, *": "dout has a row for each example",
}
