"""Names of newer Pythons' libraries: what uses them is right, whichever Python grades it.

takes: expressions with what they give, small hand-ins.
gives: one promise a test, said in its docstring.
must not know: which Python runs this.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
import test_odd_hand_ins as odd

from grader.harness.surroundings import new_names
from grader.harness.surroundings.new_names import serve_new_names
from tests.conftest import Graded

NAMES = {name: offered for _, name, offered in new_names._NAMES}
Pair = namedtuple("Pair", "a b")


@dataclass(frozen=True)
class Kept:
    """What is copied with a change."""

    a: int
    b: int


class Own:
    """What knows how to be copied so."""

    def __replace__(self, **changes: Any) -> dict[str, Any]:
        return changes


GIVEN = [
    (lambda: [*NAMES["batched"]("abcde", 2)], [("a", "b"), ("c", "d"), ("e",)]),
    (lambda: [*NAMES["batched"]("abcd", n=2, strict=True)], [("a", "b"), ("c", "d")]),
    (lambda: NAMES["sumprod"]([0.1] * 10, [1] * 10), 1.0),
    (lambda: NAMES["sumprod"]([10**20, 1], [1, 1]), 10**20 + 1),
    (lambda: NAMES["sumprod"]([1j], [2]), 2j),
    (lambda: NAMES["sumprod"]([], []), 0),
    (lambda: NAMES["fma"](2.0, 3.0, 4.0), 10.0),
    (lambda: NAMES["override"](3), 3),
    (lambda: NAMES["deprecated"]("use the other", category=None)(3), 3),
    (lambda: NAMES["replace"](Kept(1, 2), b=3), Kept(1, 3)),
    (lambda: NAMES["replace"](Pair(1, 2), b=3), Pair(1, 3)),
    (lambda: NAMES["replace"](Own(), b=3), {"b": 3}),
]


@pytest.mark.parametrize(("made", "due"), GIVEN)
def test_each_gives_what_a_newer_python_gives(made: Callable[[], object], due: object) -> None:
    """By position and by name, at the edges too."""
    assert made() == due


REFUSED = [
    lambda: NAMES["batched"]("abc", 0),
    lambda: [*NAMES["batched"]("abc", 2, strict=True)],
    lambda: NAMES["sumprod"]([1], [1, 2]),
]


@pytest.mark.parametrize("made", REFUSED)
def test_what_a_newer_python_refuses_is_refused(made: Callable[[], object]) -> None:
    """By the same kind of error."""
    with pytest.raises(ValueError, match=r"."):
        made()


def test_only_what_is_named_and_not_there_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a Python has itself stays; no program is told of more than it speaks of."""
    module = ModuleType("lately")
    module.old = old = object()  # type: ignore[attr-defined]
    monkeypatch.setattr(new_names, "_NAMES", tuple((module, name, len) for name in ("old", "newer", "newest")))
    serve_new_names(["import lately", "lately.old(lately.newest)"])
    assert (module.old, module.newest) == (old, len)
    assert not hasattr(module, "newer")


BY_BATCHES = odd.AFFINE.replace(
    "x.reshape(len(x), -1) @ w", "np.array([r for rs in batched(rows(x), 2) for r in rs]) @ w"
)
BY_SUMPROD = odd.AFFINE.replace(
    "x.reshape(len(x), -1) @ w", "np.array([[math.sumprod(r, c) for c in w.T.tolist()] for r in rows(x).tolist()])"
)
OVERRIDING = odd.SIGMOID.replace("    def f", "    @typing.override\n    def f").replace(
    "    def b", "    @typing.override\n    def b"
)
KEPT = "from dataclasses import dataclass\nimport copy\n@dataclass(frozen=True)\nclass Kept:\n    out: object = None\n"
REPLACING = odd.SIGMOID.replace("out, out", "out, copy.replace(Kept(), out=out)").replace("cache ", "cache.out ")
HAND_INS = {
    "batches": [odd.NP, odd.LAYERS, f"from itertools import batched\n{odd.ROWS}\n{BY_BATCHES}"],
    "sums of products": [odd.NP, odd.LAYERS, f"import math\n{odd.ROWS}\n{BY_SUMPROD}"],
    "methods that override": [f"import typing\n{odd.NP}", OVERRIDING, odd.RELU, odd.AFFINE],
    "a cache that is replaced": [KEPT + odd.NP, REPLACING.replace("- cache)", "- cache.out)"), odd.RELU, odd.AFFINE],
    "a function that is out of use": [
        f"import warnings\n{odd.NP}@warnings.deprecated('use the other')\n{odd.ROWS}",
        odd.LAYERS + odd.BY_ROWS,
    ],
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("newer")
    for name, cells in HAND_INS.items():
        odd.write(hand_ins / odd.folder_of(name), {"ex.ipynb": cells})
    return grade_folder(hand_ins, odd.EXERCISE, "new-names")


@pytest.mark.parametrize("name", HAND_INS)
def test_what_runs_in_a_newer_python_is_right(graded: Graded, name: str) -> None:
    """And loses nothing by that of the grader."""
    assert graded[odd.folder_of(name)]["points"] == 100
