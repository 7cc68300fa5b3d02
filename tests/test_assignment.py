"""What an author declares is checked when it is made, and standard inputs are what their names say."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.assignment import (
    Alternative,
    Assignment,
    Behaviour,
    Case,
    Criterion,
    Given,
    Gradient,
    LatePolicy,
    Limits,
    Mistake,
    Question,
    Tolerance,
    cases,
)
from grader.assignment.cases import arrays
from grader.assignment.loading import load_assignment, sources_digest
from grader.errors import AuthorError


def driver(student: Any, x: Any) -> Any:
    yield "f", {"out": student.f(x)}


def no_driver(student: Any, x: Any) -> None:
    student.f(x)


class Layer:
    def forward(self, x: Any) -> tuple[Any, Any]:
        return x * 2, {"x": x}


REFERENCE = ModuleType("reference")
vars(REFERENCE).update(f=abs, g=abs, Layer=Layer)
F = Criterion("f", 3, ("out",), {"right": 2, "large": Behaviour(1, needs=("right",))})
CASE = Case("small", arrays(x=3), "right")
MISTAKE = Mistake("doubled", "f", {"f": abs}, "It is doubled.", also=({"f": abs},))
GRADIENT: dict[str, Any] = {
    "driver": driver, "of": "f", "output": "out", "upstream": "d", "gradients": {"dx": "x"}, "inputs": arrays(x=1),
}  # fmt: skip
DECLARED: dict[str, Any] = {
    "name": "toy", "title": "A toy", "handout": "toy.ipynb", "reference": REFERENCE, "criteria": (F,),
    "questions": (Question(driver, (CASE,)), Given(driver, (CASE,), needs=("f",)), Gradient(**GRADIENT)),
    "mistakes": (MISTAKE,),
}  # fmt: skip


def declared(**changes: Any) -> Assignment:
    return Assignment(**{**DECLARED, **changes})


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: Criterion("f", 3, "out", {"right": 3}), "Criterion 'f': results= must be a tuple"),  # type: ignore[arg-type]
    (lambda: Criterion("f", 0.5, ("out",), {"right": 1}), "points= must be an int or a Fraction"),  # type: ignore[arg-type]
    (lambda: Criterion("a.b.c", 1, ("out",), {"right": 1}), "Class.method"),
    (lambda: Criterion("f", 1, (), {"right": 1}), "results= is empty"),
    (lambda: Criterion("f", 4, ("out",), {"right": 3}), "its behaviours have 3 points, and it is worth 4"),
    (lambda: Criterion("f", 1, ("out",), {"right": Behaviour(1, needs=("left",))}), "needs= 'left'.*is not there"),
    (lambda: Criterion("f", 1, ("out",), {"right": Behaviour(1, needs=("right",))}), "needs= 'right'"),
    (lambda: Criterion("f", 1, ("out",), {"right": Behaviour(1, results=("dx",))}), "results= 'dx'"),
    (lambda: Criterion("f", 0, ("out",), {"right": 1, "left": -1}), "'left': its points are negative"),
    (lambda: Case("small", {"x": 3}, "right"), "Case 'small': inputs= must be a function"),  # type: ignore[arg-type]
    (lambda: Case("small", arrays(x=3), "right", "secret"), "PUBLIC or HIDDEN"),
    (lambda: Question(driver, ()), "Question 'driver': it has no cases"),
    (lambda: Question(driver, (CASE, CASE)), "two are called 'small'"),
    (lambda: Question(no_driver, (CASE,)), "Question 'no_driver': driver= must be a generator"),  # type: ignore[arg-type]
    (lambda: Gradient(**{**GRADIENT, "averaged": ("dw",)}), "averaged= 'dw'"),
    (lambda: Gradient(**GRADIENT, averaged=("dx",)), "averaged= needs batch="),
    (lambda: Gradient(**GRADIENT, worth=2), "worth="),  # type: ignore[arg-type]
    (lambda: replace(MISTAKE, credit=Fraction(1)), "Mistake 'doubled': credit="),
    (lambda: replace(MISTAKE, feedback=" "), "no feedback"),
    (lambda: Tolerance(relative="1e-5"), "Tolerance: relative= must be a number"),  # type: ignore[arg-type]
    (lambda: Limits(call_seconds=0), "call_seconds= must be above 0"),
    (lambda: Limits(memory_mb=100), "memory_mb= must be 256"),
    (lambda: LatePolicy(0.1), "per_day= must be an int or a Fraction"),  # type: ignore[arg-type]
    (lambda: LatePolicy(Fraction(2)), "per_day="),
    (lambda: LatePolicy(Fraction(1), due=datetime(2026, 1, 1)), "no time zone"),
    (lambda: declared(name="a b"), "a name has letters"),
    (lambda: declared(criteria=()), "is empty"),
    (lambda: declared(criteria=[F]), "Assignment 'toy': criteria= must be a tuple"),
    (lambda: declared(criteria=(F, F)), "two are called 'f'"),
    (lambda: declared(criteria=(F, replace(F, name="h"))), "'h': the reference has no such function"),
    (lambda: declared(criteria=(F, replace(F, name="Layer.backward"))), "the reference has no such function"),
    (lambda: declared(mistakes=(replace(MISTAKE, criterion="g"),)), "criterion= 'g', which is not there"),
    (lambda: declared(mistakes=(replace(MISTAKE, replaces={"h": abs}),)), "the reference has no h to replace"),
    (lambda: declared(mistakes=(MISTAKE, replace(MISTAKE, name="doubled (2)"))), "two are called 'doubled .2.'"),
    (lambda: declared(alternatives=(Alternative("doubled", "f", {"f": abs}, "it is"),)), "two are called 'doubled'"),
    (lambda: declared(mistakes=(replace(MISTAKE, name="reference"),)), "two are called 'reference'"),
    (lambda: declared(questions=(Given(driver, (CASE,), stubs=("g",)),)), "Given 'driver': .* stubs= is 'g'"),
    (lambda: declared(questions=(Gradient(**{**GRADIENT, "of": "g"}),)), "of=, .* is 'g'"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_a_wrong_declaration_is_refused_where_it_is_made(make: Callable[[], object], says: str) -> None:
    """And a right one is taken."""
    assert declared()
    with pytest.raises(AuthorError, match=says):
        make()


def draw(inputs: Any, seed: int = 0) -> dict[str, Any]:
    return dict(inputs(np.random.default_rng(seed)))


@pytest.mark.parametrize("seed", range(20))
def test_arrays_have_both_signs_and_three_digits(seed: int) -> None:
    found = draw(arrays(x=(2, 3), b=2, one=1, scalar=(), low=0.2, high=0.9), seed)
    assert [found[name].shape for name in found] == [(2, 3), (2,), (1,), ()]
    for name, array in found.items():
        assert (abs(array) >= 0.2).all()
        assert (abs(array) <= 0.9).all()
        assert all(float(f"{value:.3g}") == value for value in array.flat)
        assert array.max() > 0
        assert array.size == 1 or array.min() < 0, name


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("inputs", "holds"),
    [
        (cases.binary(x=4), lambda x: set(x) == {0.0, 1.0}),
        (cases.zeros(arrays(x=(2, 3)), "x"), lambda x: np.argwhere(x.ravel() == 0).ravel().tolist() == [1, 4]),
        (cases.negatives(arrays(x=5), "x"), lambda x: (x < 0).all()),
        (cases.starting_with(-1, arrays(x=5), "x"), lambda x: x[0] < 0 < x.max()),
        (cases.starting_with(1, arrays(x=5), "x"), lambda x: x.min() < 0 < x[0]),
        (cases.scaled(arrays(x=5), 1000.0, "x"), lambda x: abs(x).min() >= 500),
        (cases.tiny(arrays(x=(5, 2)), "x"), lambda x: abs(x).max() == 1e-4 and abs(x).min() == 1e-6 and x.min() < 0),
        (cases.integers(arrays(x=9, low=0.0), "x"), lambda x: x.dtype == np.int64 and (x != 0).all()),
        (cases.float32(arrays(x=9), "x"), lambda x: x.dtype == np.float32),
        (cases.changed(arrays(x=9), np.sort, "x"), lambda x: (np.diff(x) >= 0).all()),
    ],
)
def test_a_changed_draw_is_what_its_name_says(inputs: Any, holds: Callable[[np.ndarray], bool], seed: int) -> None:
    assert holds(draw(inputs, seed)["x"])


def test_draws_are_put_together() -> None:
    """Other inputs stay as they are; values that are not random are fresh in each draw."""
    plain = draw(arrays(x=3, d=3))
    assert (draw(cases.zeros(arrays(x=3, d=3), "x"))["d"] == plain["d"]).all()
    assert (draw(cases.zeros(arrays(x=3, d=3)))["d"] != plain["d"]).any()
    both = draw(cases.together(arrays(x=3), arrays(w=2, high=9.0)))
    assert [*both] == ["x", "w"]
    inputs = cases.plus(arrays(x=3), costs=[1], steps=5)
    draw(inputs)["costs"].append(2)
    assert draw(inputs)["costs"] == [1]
    others = draw(cases.and_others(arrays(x=3)))
    assert others["x"][0] == others["other_x"][0]
    assert (others["x"] != others["other_x"]).any()
    with pytest.raises(AuthorError, match="'y' is to be changed, but it is not drawn"):
        draw(cases.zeros(arrays(x=3), "y"))


def test_a_cache_is_the_one_that_the_reference_makes() -> None:
    """It replaces what forward takes; the other inputs stay."""
    found = draw(cases.with_cache(arrays(x=3, dout=3), Layer().forward))
    assert [*found] == ["dout", "cache"]
    assert found["cache"]["x"].shape == (3,)
    assert [*draw(cases.with_cache(arrays(a=3), Layer().forward, takes=("a",), cache="state"))] == ["state"]
    with pytest.raises(AuthorError, match="returns one value"):
        draw(cases.with_cache(arrays(x=3), abs))


# ---- loading ---------------------------------------------------------------------------------------------------------

FILES = {
    "helper.py": "def double(x):\n    return 2 * x\n",
    "reference.py": "from helper import double\n\n\ndef f(x):\n    return double(x)\n",
    "questions.py": 'def f(student, x):\n    yield "f", {"out": student.f(x)}\n',
    "assignment.py": """from grader.assignment import Assignment, Case, Criterion, Question
from grader.assignment.cases import arrays
from . import questions, reference

CASES = (Case("small", arrays(x=3), "right"),)
ASSIGNMENT = Assignment(
    "toy", "A toy", "toy.ipynb", reference,
    (Criterion("f", 1, ("out",), {"right": 1}),),
    (Question(questions.f, CASES),),
)
""",
}


TOO_MUCH = FILES["assignment.py"].replace('"right": 1', '"right": 2')


def folder_with(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in {**FILES, **{f"{name}.py": text for name, text in files.items()}}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_a_folder_is_loaded_as_it_is_now(tmp_path: Path) -> None:
    """Also within the second in which it changed, and beside another folder whose files have the same names."""
    before = set(sys.modules)
    assert load_assignment(folder_with(tmp_path / "a")).reference.f(3) == 6
    folder_with(tmp_path / "a", helper="def double(x):\n    return 3 * x\n")
    other = load_assignment(folder_with(tmp_path / "b"))
    assert load_assignment(tmp_path / "a").reference.f(3) == 9
    assert other.reference.f(3) == 6
    assert not [name for name in set(sys.modules) - before if not name.startswith("_assignment_")]
    assert not list(tmp_path.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"reference": "def f(x):\n    return x +\n"}, "reference.py, line 2: it cannot be loaded .SyntaxError"),
        ({"reference": "import missing_package\n"}, "reference.py, line 1: it cannot be loaded .ModuleNotFoundError"),
        ({"assignment": TOO_MUCH}, "assignment.py, line 8: Criterion"),
        ({"assignment": "raise SystemExit(3)"}, "assignment.py, line 1: it cannot be loaded .SystemExit"),
        ({"assignment": "ASSIGNMENT = 3"}, "defines no ASSIGNMENT"),
    ],
)
def test_what_cannot_be_loaded_is_named_with_its_line(tmp_path: Path, files: dict[str, str], says: str) -> None:
    with pytest.raises(AuthorError, match=says):
        load_assignment(folder_with(tmp_path, **files))
    with pytest.raises(AuthorError, match="There is no assignment"):
        load_assignment(tmp_path / "elsewhere")


def test_the_digest_is_of_the_authors_files(tmp_path: Path) -> None:
    """Keys and caches that are written beside them change nothing; a point more does."""
    before = sources_digest(folder_with(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    for name in ("toy.key.npz", "toy.key.npz.part", ".hidden", "__pycache__/x.pyc"):
        (tmp_path / name).write_text("x")
    assert sources_digest(tmp_path) == before
    folder_with(tmp_path, assignment=FILES["assignment.py"].replace("A toy", "A top"))
    assert sources_digest(tmp_path) != before
