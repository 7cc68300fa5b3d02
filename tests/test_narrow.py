"""Functions that are right for all but what few would try: each loses points, and nothing else of its hand-in does.

takes: the reference of Exercise 5, with one function that is narrow.
gives: one promise, said in its docstring.
must not know: which case sees it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import EXERCISE, Graded, changed

SIGMOID, SIGMOID_BACK = "out = 1.0 / (1.0 + np.exp(-x))", "return dout * cache * (1.0 - cache)"
RELU, RELU_BACK = "return np.maximum(x, 0), x", "return np.where(cache >= 0, dout, 0)"
NARROW = {
    # the function, and what it is instead
    "sigmoid of sixteen rows": ("Sigmoid.forward", SIGMOID, f"{SIGMOID}\n        out[16:] = 0"),
    "its gradient of sixteen rows": (
        "Sigmoid.backward", SIGMOID_BACK, f"dx = {SIGMOID_BACK[7:]}\n        dx[16:] = 0\n        return dx",
    ),
    "a step where exp overflows": (
        "Sigmoid.forward", SIGMOID, f"{SIGMOID}\n        if abs(x).max() > 700:\n            out = (x > 0) * 1.0",
    ),
    "relu of sixteen rows": ("Relu.forward", RELU, "return np.maximum(x, 0) * (np.cumsum(x * 0 + 1, 0) < 17), x"),
    "relu from 1e-5 on": ("Relu.forward", RELU, "return np.where(x > 1e-5, x, 0), x"),
    "its gradient from 1e-5 on": ("Relu.backward", RELU_BACK, "return np.where(cache >= 1e-5, dout, 0)"),
    "relu up to 10,000": ("Relu.forward", RELU, "return np.clip(x, 0, 1e4), x"),
    "an affine layer of sixteen outputs": (
        "affine_forward", "return rows @ w + b, (x, w, b)",
        "out = rows @ w + b\n    out[:, 16:] = 0\n    return out, (x, w, b)",
    ),
    "its gradient of sixteen outputs": (
        "affine_backward", "dw = rows.T @ dout / count", "dw = rows.T @ dout / count\n    dw[:, 16:] = 0",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    hand_ins = tmp_path_factory.mktemp("narrow")
    for name, (_, old, new) in NARROW.items():
        (hand_ins / name.replace(" ", "-")).mkdir()
        source = changed((EXERCISE / "passes.py").read_text(), {old: new})
        (hand_ins / name.replace(" ", "-") / "exercise_05.py").write_text(source)
    return grade_folder(hand_ins, EXERCISE, "narrow")


@pytest.mark.parametrize("name", NARROW)
def test_a_narrow_function_is_seen(graded: Graded, name: str) -> None:
    """It is not right, and the others are."""
    told = graded[name.replace(" ", "-")]
    assert [one["name"] for one in told["criteria"] if one["verdict"] != "correct"] == [NARROW[name][0]]
    assert 90 <= told["points"] < 100
