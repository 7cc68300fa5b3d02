"""What `make bench-peers` lays side by side: the exam in the peers' words, and what is read of their results.

takes: results as nbgrader, otter and this grader write them, made up here; no peer is installed.
gives: one promise a test, said in its docstring.
must not know: how long anything takes.
"""

from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers import ASSIGNMENT
from benchmarks.peers_exam import FUNCTIONS, SHAPES, as_handed_in, cases, nbgrader_source, write_otter_tests
from benchmarks.peers_page import Cost, Measured, page
from benchmarks.peers_verdicts import CASES, differences, read_nbgrader, read_otter, read_ours
from reference.exercise_05 import passes

ROOT = Path(__file__).parent.parent
RIGHT = vars(passes)


def nbgrader_lines(student: str, **scores: int) -> str:
    """As the peer's own gradebook is printed: all right but for those functions."""
    lines = []
    for case in cases():
        right = case.number <= scores.get(case.function.replace(".", "_"), CASES)
        lines.append(json.dumps([student, case.grade_id, 1.0 if right else 0.0]))
    return "\n".join(lines)


def otter_file(folder: Path, **scores: float) -> Path:
    tests = [{"name": name, "max_score": 5, "score": scores.get(name, 5)} for name in map(plain, FUNCTIONS)]
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(json.dumps({"tests": [{"name": "Public Tests"}, *tests]}))
    return folder / "results.json"


def plain(function: str) -> str:
    return function.replace(".", "_")


def our_line(student: str, **told: dict[str, Any]) -> str:
    criteria = [
        {"name": name, "verdict": "correct", "points": 10, "max_points": 10, "headline": "Right on every check."}
        | told.get(plain(name), {})
        for name in FUNCTIONS
    ]
    return json.dumps({"student_id": student, "criteria": criteria})


# ---- the exam ----------------------------------------------------------------------------------------------------


def test_the_reference_passes_every_test_cell_of_nbgrader() -> None:
    """Thirty cells of a point, each right for the reference, and with ids that nbgrader takes."""
    cells = json.loads(nbgrader_source())["cells"]
    ids = [cell["metadata"]["nbgrader"]["grade_id"] for cell in cells]
    assert len(set(ids)) == len(cells) == len(FUNCTIONS) * len(SHAPES) == 30
    for cell in cells:
        exec(cell["source"], dict(RIGHT))


@pytest.mark.parametrize("layer", ["Sigmoid", "Relu"])
def test_a_wrong_function_fails_them(layer: str) -> None:
    """A layer that gives zeros fails each of its own cells, and no others."""
    wrong = (
        f"class {layer}:\n    def forward(self, x): return x * 0, x\n    def backward(self, dout, c): return dout * 0"
    )
    names = dict(RIGHT)
    exec(wrong, names)
    failed = set()
    for cell in json.loads(nbgrader_source())["cells"]:
        try:
            exec(cell["source"], dict(names))
        except AssertionError:
            failed.add(cell["metadata"]["nbgrader"]["grade_id"].rpartition("_")[0])
    assert failed == {f"{layer}-forward", f"{layer}-backward"}


def test_the_reference_passes_every_doctest_of_otter(tmp_path: Path) -> None:
    """Six files in otter's default format, five cases each, all right for the reference."""
    write_otter_tests(tmp_path)
    count = 0
    for path in sorted(tmp_path.glob("*.py")):
        names: dict[str, Any] = {}
        exec(path.read_text(), names)
        assert names["OK_FORMAT"] is True
        for case in names["test"]["suites"][0]["cases"]:
            test = doctest.DocTestParser().get_doctest(case["code"], dict(RIGHT), path.stem, None, None)
            assert doctest.DocTestRunner(verbose=False).run(test).failed == 0
            count += 1
    assert count == 30


def test_a_notebook_is_handed_in_with_the_tests_at_its_end() -> None:
    """What the student wrote stands as it was, and first."""
    student = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4})
    cells = json.loads(as_handed_in(student, nbgrader_source()))["cells"]
    assert cells[0]["source"] == "x = 1"
    assert len(cells) == 31


# ---- the verdicts ------------------------------------------------------------------------------------------------


def test_scores_are_read_by_function(tmp_path: Path) -> None:
    """Of nbgrader's cells and otter's files: how many of five; and no number where there is no result."""
    of_nbgrader = read_nbgrader(nbgrader_lines("ada", Relu_backward=2))["ada"]
    assert of_nbgrader == dict.fromkeys(FUNCTIONS, 5) | {"Relu.backward": 2}
    of_otter = read_otter(otter_file(tmp_path, affine_forward=3.0))
    assert of_otter == dict.fromkeys(FUNCTIONS, 5) | {"affine_forward": 3}
    assert read_otter(tmp_path / "none.json") == dict.fromkeys(FUNCTIONS)
    assert read_nbgrader("") == {}


@pytest.mark.parametrize(
    ("nbgrader", "otter", "ours", "why"),
    [
        (5, 5, {}, ""),
        (0, 2, {"verdict": "wrong", "points": 0}, ""),
        (5, 0, {}, "it prints"),
        (0, 5, {}, "numpy warns"),
        (0, 0, {"headline": "Right, given a right cache."}, "Right, given a right cache."),
        (0, 0, {"verdict": "alternative", "headline": "Sums."}, "convention"),
        (5, 5, {"verdict": "partly", "points": 6, "headline": "Wrong far from zero."}, "did not ask: Wrong far"),
        (0, 5, {"verdict": "wrong", "points": 0, "headline": "No."}, "Cases that otter did not ask"),
    ],
)
def test_a_difference_is_told_with_its_reason(
    nbgrader: int, otter: int, ours: dict[str, Any], why: str, tmp_path: Path
) -> None:
    """A row where one gives full credit and another does not, and none where all agree."""
    found = differences(
        read_nbgrader(nbgrader_lines("ada", Relu_forward=nbgrader)),
        {"ada": read_otter(otter_file(tmp_path, Relu_forward=otter))},
        read_ours(our_line("ada", Relu_forward=ours)),
    )
    assert len(found) == bool(why)
    assert all(row.function == "Relu.forward" and why in row.why for row in found)


def test_who_has_no_result_of_a_peer_is_told(tmp_path: Path) -> None:
    """A notebook that a peer could not grade at all is a difference on every right function."""
    found = differences({}, {"ada": read_otter(otter_file(tmp_path))}, read_ours(our_line("ada")))
    assert len(found) == 6
    assert all("nbgrader gave no result" in row.why and "no result" in row.cells for row in found)


def test_the_page_has_times_and_differences(tmp_path: Path) -> None:
    """One table of costs, held against ours of the same few and of a class, and one of verdicts with who agrees."""
    costs = {"nbgrader autograde": Cost(9, 6), "nbgrader generate_feedback": Cost(3, 3), "grader grade": Cost(0.5, 0.9)}
    found = Measured(
        costs,
        read_nbgrader(nbgrader_lines("ada", Relu_forward=0)),
        {"ada": read_otter(otter_file(tmp_path))},
        our_line("ada"),
        whole=Cost(0.1, 0.1),
    )
    text = page(found, 1, ["a machine"])
    assert "- a machine" in text
    row = next(line for line in text.splitlines() if "autograde + generate_feedback" in line)
    assert [cell.strip() for cell in row.split("|")[2:7]] == [
        "12,000 ms", "9,000 ms", "24.0 ×", "120.0 ×", "≥ 100: holds in that class",
    ]  # fmt: skip
    assert "nbgrader on 5, otter on 6" in text
    assert sum(line.startswith("| ada") for line in text.splitlines()) == 1


def test_our_own_verdict_lines_are_read(graded_class: dict[str, dict[str, Any]]) -> None:
    """As they are written today, and not as somebody remembers them."""
    lines = "\n".join(json.dumps({k: v for k, v in row.items() if k != "page"}) for row in graded_class.values())
    told = read_ours(lines)
    assert set(told) == set(graded_class)
    assert all(set(verdicts) in (set(), set(FUNCTIONS)) for verdicts in told.values())
    assert any(ours.full for verdicts in told.values() for ours in verdicts.values())


def test_the_assignment_is_the_one_that_ships() -> None:
    """The folder that `make bench-peers` compiles is there."""
    assert (ROOT / "reference" / ASSIGNMENT / "assignment.py").is_file()
