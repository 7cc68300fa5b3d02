"""What is handed on to another graded function may be a function: one that students are given is known by its name.

Each hand-in is right but for what is said of it. A right one loses nothing by what it calls; a wrong one gains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from conftest import changed
from test_lent import NP, RECURRENT
from test_lent import SOLUTION as CELL
from test_odd_hand_ins import folder_of, write
from test_wording import finding, verdict

from grader.harness.calling.told import Kept, held_by
from grader.harness.given import GivenModules, given_name
from grader.judge import Kind, NoteKind
from grader.judge.built_on import with_lent
from grader.wire import Status
from tests.conftest import Graded

FOLDS = Path(__file__).parent / "assignments" / "folds"
SOLUTION = (FOLDS / "passes.py").read_text(encoding="utf-8").partition("import numpy as np\n")[2]

SQUARED = {"np.abs(test - learn(train))": "np.square(test - learn(train))"}
GONE = {"def miss(": "def misses("}
BY_NAME = {"miss(learn, np.concatenate(parts[:n] + parts[n + 1 :]), parts[n])": (
    "miss(test=parts[n], train=np.concatenate(parts[:n] + parts[n + 1 :]), learn=learn)"
)}  # fmt: skip
ON_ITSELF = {"np.concatenate(parts[:n] + parts[n + 1 :])": "data"}
ANOTHER = {"miss(learn,": "miss(np.mean,"}
OWN = {"miss(learn,": "miss(lambda numbers: learn(numbers),"}
UPHILL = {"x - 0.25": "x + 0.25"}
HAND_INS: dict[str, tuple[Mapping[str, str], str]] = {
    # what is changed, and which functions get nothing
    "all is right": ({}, ""),
    "squares": (SQUARED, "miss"),
    "squares, by name": (SQUARED | BY_NAME, "miss"),
    "one that raises": ({"np.abs(": "np.absolut("}, "miss"),
    "one that is not there": (GONE, "miss"),
    "one that is not there, by name": (GONE | BY_NAME, "miss"),
    "squares, and all data each time": (SQUARED | ON_ITSELF, "miss folds"),
    "squares, and their sum": (SQUARED | {"np.mean([": "np.sum(["}, "miss folds"),
    "squares, of another function": (SQUARED | ANOTHER, "miss folds"),
    "squares, of a function of its own": (SQUARED | OWN, "miss folds"),
    "uphill": (UPHILL, "descend"),
    "uphill, and by another half": (UPHILL | {"slope(at) / 2": "slope(at) / 3"}, "descend damped"),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("folds")
    for name, (changes, _) in HAND_INS.items():
        source = changed(SOLUTION, changes)
        write(hand_ins / folder_of(name), {"folds.ipynb": [NP, source]})
    return grade_folder(hand_ins, FOLDS, "folds")


@pytest.mark.parametrize("name", HAND_INS)
def test_who_hands_on_a_given_function_is_graded_by_himself(graded: Graded, name: str) -> None:
    """What it calls may be wrong: right results are lent for that very function, and for no other."""
    criteria = graded[folder_of(name)]["criteria"]
    assert {one["name"] for one in criteria if Fraction(one["points"]) != 10} == set(HAND_INS[name][1].split())


def test_nobody_reads_that_right_results_were_there_where_none_can_be_lent(graded: Graded) -> None:
    """Whoever hands on a function of his own is told to mend first what he calls, which is wrong."""
    notes = {
        name: " ".join(one["notes"])
        for name in ("uphill, and by another half", "squares, and their sum")
        for one in graded[folder_of(name)]["criteria"]
        if one["name"] in ("damped", "folds") and one["points"] == 0
    }
    assert "It builds on descend, which is not right yet." in notes["uphill, and by another half"]
    assert "right results" not in notes["uphill, and by another half"]
    assert "right results in the place of what miss gives" in notes["squares, and their sum"]


@pytest.mark.parametrize(
    ("status", "note"), [(Status.RETURNED, NoteKind.LENT), (Status.NOT_REACHED, NoteKind.BUILT_ON)]
)
def test_of_what_was_not_reached_nobody_reads_that_it_was_tried(status: Status, note: NoteKind) -> None:
    """A `fit` that never ends is run before what it is lent, so `predict` has to wait until that is mended."""
    [noted] = with_lent(verdict(Kind.TIMED_OUT, finding(status)), ("fit",)).notes
    assert (noted.kind, noted.about) == (note, ("fit",))


FILES = {
    "toy.py": "def bowl(x):\n    return x\n\ndef made(n):\n    return lambda x: n * x\n\nline = made(2)\ncup = bowl\n"
}


def test_only_what_a_file_defines_under_its_name_is_known_by_that() -> None:
    """What another function makes, or the hand-in has under that name, may do anything."""
    modules = GivenModules(FILES)
    assert given_name(modules.find("toy:bowl")) == given_name(modules.find("toy:cup")) == "toy:bowl"
    assert given_name(modules.find("toy:line")) is None

    def bowl(x: float) -> float:
        return x

    bowl.__module__ = "toy"
    assert given_name(bowl) is None
    assert given_name(sum) is None


ENDLESS = {
    "self.state = self.state + self.rate": ("__import__('time').sleep(60)\n        self.state = self.state + self.rate")
}  # it sleeps, as what never comes back need not cost a core
FIRST_ALONE = {"[self.move(x) for x in xs]": "[self.move(xs[0]) for x in xs]"}
AWAY = {"def move(self, x)": "def moves(self, x)"}
CELLS: dict[str, tuple[Mapping[str, str], str]] = {
    "endless": (ENDLESS, "Cell.move"),
    "endless, and once only": (ENDLESS | FIRST_ALONE, "Cell.move Cell.run"),
    "not there": (AWAY, "Cell.move"),
    "not there, and once only": (AWAY | FIRST_ALONE, "Cell.move Cell.run"),
    "no class": ({"class Cell": "class Cells"}, "Cell.move Cell.run"),
}  # fmt: skip


def test_what_an_object_holds_as_none_it_does_not_hold() -> None:
    """`self.theta = None` in a constructor says as much as nothing does."""

    class Net:
        def __init__(self) -> None:
            self.rate, self.theta = 0.5, None

    net = Net()
    assert [*held_by(net, Kept())] == ["rate"]
    net.theta = np.ones(2)  # type: ignore[assignment]
    assert [*held_by(net, Kept())] == ["rate", "theta"]


@pytest.fixture(scope="module")
def cells(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """Methods that would not come back, or are not there."""
    hand_ins = tmp_path_factory.mktemp("cells")
    for name, (changes, _) in CELLS.items():
        write(hand_ins / folder_of(name), {"recurrent.ipynb": [NP, changed(CELL, changes)]})
    return grade_folder(hand_ins, RECURRENT, "cells")


@pytest.mark.parametrize("name", CELLS)
def test_who_calls_a_method_that_never_ends_is_graded_by_himself(cells: Graded, name: str) -> None:
    """Right results are lent in its place, and it is not run beside them; so they are where there is no such method."""
    criteria = cells[folder_of(name)]["criteria"]
    assert {one["name"] for one in criteria if Fraction(one["points"]) != 10} == set(CELLS[name][1].split())


def test_what_never_ends_is_told_so_all_the_same(cells: Graded) -> None:
    """That it was left out beside what is lent is no answer of its own."""
    told = {
        name: next(one["verdict"] for one in cells[folder_of(name)]["criteria"] if one["name"] == "Cell.move")
        for name in CELLS
    }
    assert told["endless"] == told["endless, and once only"] == "timed out"
    assert told["not there"] == told["not there, and once only"] == told["no class"] == "missing"
