"""What is served of a package that is not installed: right values, and no more of it than that.

takes: the stand-ins themselves; programs that import them, or what is not there.
gives: one promise a test, said in its docstring.
must not know: the exam.
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_odd_hand_ins import EXERCISE, NP, RELU, SIGMOID, write

from grader.harness.surroundings.special import FUNCTIONS
from tests.conftest import run_grader

X = np.array([[-800.0, -1.0, 0.0], [0.5, 2.0, 800.0]])
ONES = np.ones((2, 3))
VALUES: dict[str, tuple[tuple[Any, ...], dict[str, Any], Any]] = {
    # as the definitions say; erf and erfc from Abramowitz and Stegun, table 7.1
    "expit": ((X,), {}, [[0, 1 / (1 + np.e), 0.5], [1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(-2)), 1]]),
    "logit": (([0.5, 0.25, 0.0],), {}, [0, -np.log(3), -np.inf]),
    "softmax": (([[1.0, 1.0], [0.0, 1000.0]],), {"axis": 1}, [[0.5, 0.5], [0, 1]]),
    "softmax of all": (([[0.0, 0.0], [0.0, 0.0]],), {}, [[0.25, 0.25], [0.25, 0.25]]),
    "log_softmax": (([[1.0, 1.0], [0.0, 1000.0]],), {"axis": -1}, [[-np.log(2)] * 2, [-1000, 0]]),
    "logsumexp": ((X,), {"axis": 0}, [0.5, np.logaddexp(-1, 2), 800]),
    "logsumexp of all": (([0.0, 0.0],), {}, np.log(2)),
    "logsumexp that keeps axes": (([[0.0, 0.0]],), {"axis": 1, "keepdims": True}, [[np.log(2)]]),
    "logsumexp with weights": (([0.0, 0.0],), {"b": np.array([1.0, 3.0])}, np.log(4)),
    "logsumexp of nothing": (([-np.inf, -np.inf],), {}, -np.inf),
    "xlogy": (([0.0, 2.0, 0.0], [0.0, np.e, np.nan]), {}, [0, 2, np.nan]),
    "erf": (([0.0, 0.5, -2.0],), {}, [0, 0.5204998778, -0.9953222650]),
    "erfc": ((0.5,), {}, 1 - 0.5204998778),
}


@pytest.mark.parametrize("what", VALUES)
def test_values_are_right(what: str) -> None:
    """To ten digits, without a warning of what is large."""
    given_, named, right = VALUES[what]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = FUNCTIONS[what.split()[0]](*given_, **named)
    assert np.shape(got) == np.shape(right)
    np.testing.assert_allclose(got, right, rtol=1e-9, atol=1e-10)


@given(st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=9))
def test_one_undoes_the_other(numbers: list[float]) -> None:
    """`logit(expit(x))` is x, and shares sum to one; float32 stays float32, and a number is a number."""
    x = np.array(numbers)
    np.testing.assert_allclose(FUNCTIONS["logit"](FUNCTIONS["expit"](-abs(x))), -abs(x), atol=1e-9)
    assert FUNCTIONS["softmax"](x).sum() == pytest.approx(1)
    for name in ("expit", "softmax", "log_softmax", "erf", "erfc"):
        assert FUNCTIONS[name](x.astype(np.float32)).dtype == np.float32, name
        assert FUNCTIONS[name](np.arange(3)).dtype == np.float64, name
        assert np.ndim(FUNCTIONS[name](0.5)) == 0, name


IMPORTED = {
    # how it is imported, and what comes of it
    "from scipy.special import expit, softmax as s": "",
    "import scipy.special as sp; sp.logsumexp([0.0])": "",
    "import scipy; scipy.special.erf(0.5)": "",
    "from scipy import special; special.xlogy(0, 0)": "",
    "from scipy.special import *; expit(0.0)": "",
    "import scipy as np; assert np.dot(np.ones(3), np.exp(np.zeros(3))) == 3": "",
    "from scipy import *; assert sum(zeros(2) + pi) > 6 and rand(2).shape == (2,)": "",
    "from scipy import array, random; random.seed(0)": "",
    "import scipy; assert scipy.sqrt(-1) == 1j and scipy.log(1.0) == 0": "",
    "import scipy; scipy.linalg": "No module named 'scipy'",
    "from scipy import fft": "No module named 'scipy'",
    "import scipy; scipy.nothing": "No module named 'scipy'",
    "from scipy.special import gammaln": "No module named 'scipy'",
    "import scipy.stats": "No module named 'scipy'",
    "from scipy import stats": "No module named 'scipy'",
    "from scipy.stats import norm": "No module named 'scipy'",
    "import scipy; scipy.stats": "No module named 'scipy'",
}


@pytest.mark.parametrize("line", IMPORTED)
def test_the_rest_is_as_missing_as_any_package(line: str) -> None:
    """What is not served says what it said before: that there is no such package."""
    program = (
        "import sys\nfrom grader.harness.surroundings.special import serve_special\n"
        "serve_special()\n"
        f"try:\n    exec({line!r})\nexcept ModuleNotFoundError as error:\n    print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == IMPORTED[line]


def test_what_old_scipy_handed_on_of_numpy_is_right(tmp_path: Path) -> None:
    """A hand-in that has numpy under scipy's name has all points that it has otherwise."""
    write(tmp_path / "class" / "student-01", {"ex.ipynb": [f"{NP}import scipy as np\n", SIGMOID, RELU]})
    ran = run_grader("grade", tmp_path / "class", "--assignment", EXERCISE, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    row = (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8").splitlines()[1]
    assert row.split(",")[4:10] == ["50", "100", "10", "15", "10", "15"]


def test_a_sigmoid_out_of_a_package_is_right(tmp_path: Path) -> None:
    """From the whole way in: the hand-in has all points of what is `expit`."""
    own = SIGMOID.replace("1 / (1 + np.exp(-x))", "expit(x)")
    assert own != SIGMOID
    write(tmp_path / "class" / "student-01", {"ex.ipynb": [f"{NP}from scipy.special import expit\n", own, RELU]})
    ran = run_grader("grade", tmp_path / "class", "--assignment", EXERCISE, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    row = (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8").splitlines()[1]
    assert row.split(",")[4:10] == ["50", "100", "10", "15", "10", "15"]
