"""Right functions, each changed a little by rule: what is worked out by hand decides, and the exam must say the same.

takes: the right stories of `tests/functions`, the rules of mutation that `grader selftest` has, and `by_hand`, which
    knows the formulas and nothing of the exam.
gives: two laws, for any story in any such change.
must not know: what a story must get; that is `test_functions.py`.

`grader selftest` changes the reference alone; here it is what students write. Seeded. GRADER_FUZZ_SEED names another
seed; GRADER_FUZZ=n makes n times as many, which is what `make fuzz` does.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from test_functions import STORIES
from test_rewritings import Cells, cells_of, is_plain

from grader.answer_key import load_key
from grader.intake import Candidate, Submission
from grader.pipeline import Desk, examine
from grader.sandbox import Sandbox
from grader.selftest.mutants import mutate

SEED = int(os.environ.get("GRADER_FUZZ_SEED", "20261126"))
PARTS = 4  # each an own test, so that two cores share them
STORIES_EACH = 9 * int(os.environ.get("GRADER_FUZZ", "1"))
MUTANTS_EACH = 3
BY_HAND = Path(__file__).with_name("by_hand.py")


@pytest.fixture(scope="module")
def desk(key: Path, sandbox: Sandbox) -> Desk:
    return Desk(load_key(key / "exercise_05.key.npz"), sandbox)


def worked_out(programs: list[tuple[str, Cells]]) -> list[list[bool] | None]:
    run = subprocess.run(
        [sys.executable, BY_HAND], input=json.dumps(programs), capture_output=True, text=True, check=True
    )
    said: list[list[bool] | None] = json.loads(run.stdout)
    return said


def has_full_points(desk: Desk, folder: Path, criterion: str, cells: Cells) -> bool:
    listed = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    file = folder / "exercise_05.ipynb"
    file.write_text(json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    record, *_ = examine(desk, Submission("student-01", "student-01", (Candidate("exercise_05.ipynb", file),)))
    return next(found.points == found.max_points for found in record.criteria if found.name == criterion)


def with_mutants(part: int) -> list[list[tuple[str, Cells]]]:
    """Some right stories: each as it is, and behind it some of its mutants."""
    by = random.Random(f"{SEED} {part}")
    right = [story for story in STORIES if story.side == "right" and is_plain(story)]
    families = []
    for story in by.sample(right, min(STORIES_EACH, len(right))):
        cells, wanted = cells_of(story), [story.criterion]
        at, mutants = next(((n, found) for n, cell in enumerate(cells) if (found := mutate(cell, wanted))), (0, []))
        chosen = by.sample(mutants, min(MUTANTS_EACH, len(mutants)))
        changed = [[*cells[:at], mutant.source, *cells[at + 1 :]] for mutant in chosen]
        families.append([(story.criterion, program) for program in (cells, *changed)])
    return families


@pytest.mark.parametrize("part", range(PARTS))
def test_the_exam_says_what_is_worked_out_by_hand(part: int, desk: Desk, tmp_path: Path) -> None:
    """What is wrong on ordinary inputs never gets full points; what is right on inputs of every kind always does."""
    families = with_mutants(part)
    said = iter(worked_out([program for family in families for program in family]))
    tried = {"right": 0, "wrong": 0}
    for family in families:
        (as_it_is, *mutants), told = family, [next(said) for _ in family]
        if told[0] != [True, True]:  # right by a name of an old numpy, behind a wrong forward, in float32 alone
            continue
        for (criterion, cells), answer in zip([as_it_is, *mutants], told, strict=True):
            if answer in ([False, False], [True, True]):
                tried["right" if answer[0] else "wrong"] += 1
                full = has_full_points(desk, tmp_path, criterion, cells)
                assert full == answer[0], "\n# ---- cell\n".join([f"{SEED} {part} {criterion}", *cells])
    assert min(tried.values()) >= len(families) // 3, tried
