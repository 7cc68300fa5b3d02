"""One run at a time: of two that are started into one folder, the second is told, and nothing is mixed.

takes: a folder of hand-ins, and one of reports that a run holds.
gives: one promise a test, said in its docstring.
must not know: how anything is graded.
"""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from conftest import CLASS, run_grader

from grader.batch.one_run import one_run
from grader.errors import GradebookError


def test_a_second_run_into_the_same_folder_is_refused(key: Path, tmp_path: Path) -> None:
    """A new folder too, of which no gradebook could tell yet whose class it is; afterwards the same command grades."""
    command = (
        "grade", CLASS / "student-01", "--key", key / "exercise_05.key.npz", "--out", tmp_path / "new", "--quiet",
    )  # fmt: skip
    (tmp_path / "new").mkdir()
    with one_run(tmp_path / "new"):
        refused = run_grader(*command)
        assert refused.returncode == 2
        assert f"another run of grader is at work in {tmp_path / 'new'}" in refused.stderr
        assert "next: let it end, then run this again" in refused.stderr
        assert not list((tmp_path / "new").iterdir())
        assert json.loads(run_grader(*command, "--json").stdout)["error"]["exit_code"] == 2
    assert run_grader(*command).returncode == 0
    with one_run(tmp_path / "new"):
        assert "is at work in" in run_grader("rejudge", tmp_path / "new").stderr
    assert run_grader("rejudge", tmp_path / "new").returncode == 0


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="nothing is forked here")
def test_a_process_that_outlives_its_run_holds_nothing(tmp_path: Path) -> None:
    """A run that was killed is gone on with at once, though one of its own processes still ends."""
    context = multiprocessing.get_context("fork")
    begun, end = context.Event(), context.Event()
    with one_run(tmp_path):
        child = context.Process(target=lambda: (begun.set(), end.wait()))
        child.start()
        assert begun.wait(60)
        with pytest.raises(GradebookError), one_run(tmp_path):
            pass
    with one_run(tmp_path):
        assert child.is_alive()
    end.set()
    child.join()


def test_what_cannot_be_held_is_done_without(tmp_path: Path) -> None:
    """Where there is no folder, whoever works there says so."""
    with one_run(tmp_path / "nowhere"), one_run(tmp_path / "nowhere"):
        pass
