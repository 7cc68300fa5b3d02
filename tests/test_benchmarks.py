"""The bench runs, on the same class each time. Nothing here looks at a clock."""

from __future__ import annotations

import doctest
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import floor, peers, scale
from benchmarks import run as bench
from benchmarks.make_class import Functions, make_class, make_notebook
from reference.exercise_05 import reference

ROOT = Path(__file__).resolve().parent.parent
RIGHT = vars(reference)


def test_the_same_seed_makes_the_same_class_of_distinct_notebooks(tmp_path: Path) -> None:
    """Equal bytes for an equal seed, others for another, and no notebook twice; a larger class begins as a smaller."""
    made = {}
    for name, count, seed in (("first", 40, 5), ("again", 60, 5), ("other", 40, 6)):
        made[name] = [path.read_bytes() for path in make_class(tmp_path / name, count, seed)]
    assert made["first"] == made["again"][:40]
    assert len({*made["again"], *made["other"]}) == 100


def test_hanging_ones_are_the_only_difference(tmp_path: Path) -> None:
    """A class with a share that hangs is the other class but for that share, which has a loop without end."""
    plain, hung = make_class(tmp_path / "plain", 40), make_class(tmp_path / "hung", 40, hanging=0.1)
    changed = [b.read_text() for a, b in zip(plain, hung, strict=True) if a.read_bytes() != b.read_bytes()]
    assert len(changed) == 4
    functions = Functions()
    assert all("while" in one or "for j in range(5)" in one for one in changed)
    assert not any("while True" in make_notebook(functions, number) for number in range(200))


def test_the_floor_asks_all_functions() -> None:
    """Thirty calls of the reference return, with forty arrays; a class that cannot be made loses its ten calls."""
    assert [floor.ask(RIGHT)[0], len(floor.ask(RIGHT, 2)[1])] == [30, 80]
    assert floor.ask({**RIGHT, "Relu": None})[0] == 20


def test_a_short_bench_runs_and_writes_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it runs on a class of two: every line is there, whatever it says."""
    results, sample = tmp_path / "results.md", make_class(tmp_path / "sample", 1)[0].parent
    monkeypatch.setattr(bench, "SAMPLE", sample)
    how = ["--students", "2", "--rounds", "1", "--listed", "50", "--results", str(results)]
    monkeypatch.setattr(sys, "argv", ["bench", *how])
    bench.main()
    text = results.read_text(encoding="utf-8")
    named = [f"stage: {name}" for name in ("read", "ask", "judge", "word", "page", "gradebook", "sheets")]
    named += ["30 calls", "90 calls", "of them hang", "unchanged", "rejudge", "behind the wall", "the rest of all"]
    named += ["a wrong submission", "check", "--help", "first grade", "disk: pages", "memory", "class page of 50"]
    assert [words for words in [*named, "Dask"] if words not in text] == []
    assert str(ROOT) not in text


def test_a_cluster_is_as_fast_as_its_workers_and_then_as_its_leading_machine() -> None:
    """Twice the workers take half as long, until the leading machine has work all the time."""
    costs = scale.Costs(grade=50, lead=1, hanging=0)
    (slow, _), (fast, _), (full, busy) = (scale.cluster(costs, 2000, workers) for workers in (4, 8, 100))
    assert 0.9 < 2 * fast / slow < 1.1
    assert 2 <= full < 2.2
    assert busy > 0.9


def test_the_peers_exam_is_right_for_the_reference(tmp_path: Path) -> None:
    """Thirty test cells of nbgrader and as many doctests of otter pass; a wrong layer fails its own cells alone."""
    cells = list(peers.nbgrader_cells())
    for cell in cells:
        exec(cell["source"], dict(RIGHT))
    names: dict[str, Any] = dict(RIGHT)
    exec("class Relu:\n    forward = lambda s, x: (x * 0, x)\n    backward = lambda s, d, c: d * 0", names)
    failed = set()
    for cell in cells:
        try:
            exec(cell["source"], dict(names))
        except AssertionError:
            failed.add(cell["metadata"]["nbgrader"]["grade_id"].rpartition("_")[0])
    assert (len(cells), failed) == (30, {"Relu_forward", "Relu_backward"})
    peers.write_otter_tests(tmp_path / "tests")
    tried = doctest.TestResults(0, 0)
    for path in (tmp_path / "tests").glob("*.py"):
        exec(path.read_text(), names)
        for case in names["test"]["suites"][0]["cases"]:
            test = doctest.DocTestParser().get_doctest(case["code"], dict(RIGHT), path.stem, None, None)
            assert doctest.DocTestRunner(verbose=False).run(test).failed == 0
            tried = doctest.TestResults(0, tried.attempted + 1)
    assert tried.attempted == 30
