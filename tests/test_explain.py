"""`grader explain`: the numbers of what failed, hidden cases too, for whoever answers an appeal."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from test_batch import CLASS, Desk, copy_of, graded, grader
from test_compile_key import DOUBLE, alternative, mistake, write

from grader.folders import GRADEBOOK

__all__ = ["graded"]  # its class, which is graded once for all that is asked of it

TOLD: dict[str, tuple[list[object], list[str]]] = {
    "what is right": (["ada"], ["ada (ada/layer.py): 2 of 2 points", "All cases are right there."]),
    "a known mistake": (["bob"], ["double: 0 of 2 points, known mistake", "2 of 2 cases fail", "y = double(x)"]),
    "an exception": (
        ["carl"],
        ["small (public; values): It raised KeyError: 'k' (line 2).", "y came back: raised", "y is right: "],
    ),
    "nothing": (["dora"], ["y came back: NoneType"]),
    "what is not there": (["eve"], ["double: 0 of 2 points, missing"]),
    "how far it is off": (["finn"], ["entries are off; most at [", " is allowed"]),
    "an unreadable one": (["gina"], ["gina (gina/layer.py): not graded", "  next: "]),
    "a right case": (["ada", "--case", "small"], ["small (public; values): right", "all of it is right, within"]),
    "a hidden case": (["finn", "--case", "other"], ["other (hidden; values): ", "x = np.array([["]),
    "an unknown case": (["finn", "--case", "othr"], ["No case is called 'othr' there; there are: small; other"]),
    "one function": (["finn", "--criterion", "Double"], ["double: 0 of 2 points, wrong"]),
}


@pytest.mark.parametrize(("asked", "told"), TOLD.values(), ids=TOLD)
def test_what_failed_is_shown(graded: Desk, asked: list[object], told: list[str]) -> None:
    """Whatever became of a hand-in, in words or numbers, below a line that says whom it is for."""
    done = grader("explain", graded.out, *asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("For teaching assistants: the numbers of hidden cases are in this.\n")
    assert not [part for part in told if part not in done.stdout], done.stdout


def test_what_is_shown_is_what_happens(graded: Desk) -> None:
    """The lines are Python: they make the very inputs, and the student's own function gives what is said to have come
    back. So of a hidden case, too."""
    done = grader("explain", graded.out, "finn", "--case", "other")
    _, _, lines = done.stdout.partition("other (hidden; values): ")
    names: dict[str, np.ndarray] = {"np": np}
    exec(CLASS["finn"], names)
    for line in lines.splitlines()[1:3]:
        exec(line.strip(), names)
    blocks = re.findall(r"y (came back|is right): array \(3, 2\) of float64\n((?: {12}.*\n)+)", lines)
    shown = {what: np.array(re.findall(r"-?\d+\.\d*", text), float).reshape(3, 2) for what, text in blocks}
    np.testing.assert_allclose(shown["came back"], names["y"], rtol=1e-6)
    np.testing.assert_allclose(shown["is right"], 2 * names["x"], rtol=1e-6)


SHORT = "def double(x):\n    return (2 * x * (1 + 4e-5)).astype('float32')\n"
NOT_FINITE = "def double(x):\n    y = 2.0 * x\n    y[0, 0] = float('nan')\n    return y\n"
TRIPLES = "def double(x):\n    return 3 * x\n"  # right by the alternative


def test_a_few_cases_are_shown_and_the_others_named(tmp_path: Path) -> None:
    """One cause has them all, as a rule; `--all` shows each."""
    more = "".join(f', Case("c{n}", draw, "values", HIDDEN)' for n in range(5))
    hand_ins = {"finn": CLASS["finn"], "kim": SHORT, "lou": NOT_FINITE, "max": TRIPLES}
    desk = Desk(tmp_path, hand_ins)
    criteria = DOUBLE.replace("HIDDEN)))", f"HIDDEN){more}))")
    write(desk.assignment, criteria, mistakes=mistake("halves"), alternatives=alternative("tripled"))
    assert desk.grade().returncode == 0
    few, each = (grader("explain", desk.out, "finn", *more).stdout for more in ((), ("--all",)))
    assert few.count("came back:") == 3
    assert "and 4 more (--all shows them, --case NAME one of them): c1; c2; c3; c4\n" in few
    assert each.count("came back:") == 7
    told = {who: grader("explain", desk.out, who, "--case", "other").stdout for who in ("kim", "lou", "max")}
    assert "all of it is right, within" in told["kim"], "float32 is allowed more"
    assert "1 of 6 entries are off; most at [0, 0], by nan" in told["lou"]
    assert "all of it is right, within" in told["max"], "it is held against what it was compared with"


REFUSED = {
    "nobody": (["zoe"], "there is no student 'zoe'"),
    "no function": (["finn", "--criterion", "treble"], "there is no criterion 'treble' here"),
}


@pytest.mark.parametrize(("asked", "told"), REFUSED.values(), ids=REFUSED)
def test_who_or_what_is_not_there_is_told(graded: Desk, asked: list[object], told: str) -> None:
    """With the next step, and nothing shown."""
    done = grader("explain", graded.out, *asked)
    assert done.returncode == 2
    assert not done.stdout
    assert told in done.stderr
    assert "next: " in done.stderr


def test_points_of_another_key_are_not_explained(graded: Desk, tmp_path: Path) -> None:
    """Its right values are not those that they were judged by."""
    desk = copy_of(graded, tmp_path)
    write(desk.assignment, DOUBLE.replace('"values", 2)', '"values", 4)'), mistakes=mistake("halves"))
    done = grader("explain", desk.out, "finn")
    assert done.returncode == 2
    assert "grader rejudge" in done.stderr


def test_answers_to_other_questions_are_not_explained(graded: Desk, tmp_path: Path) -> None:
    """Whom a run that was stopped had not come to has answered other questions than these are: who has is told."""
    desk = copy_of(graded, tmp_path)
    with closing(sqlite3.connect(desk.out / GRADEBOOK)) as book, book:
        book.execute(
            "INSERT INTO runs SELECT 0, started, finished, verb, assignment, title, key_digest, 'other', key_source,"
            " grader_version, sandbox FROM runs WHERE id = 1"
        )
        book.execute("UPDATE submissions SET run_id = 0 WHERE student_id = 'finn'")
    done = grader("explain", desk.out, "finn")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'finn' has not been asked today's questions yet" in done.stderr
    assert grader("explain", desk.out, "ada").returncode == 0
