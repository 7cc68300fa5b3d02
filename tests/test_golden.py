"""Golden stories: what each made-up hand-in must get, decided by the law of fairness before any run.

Each story is a file in `tests/golden/`; its `promise` says what it shows.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CLASS = ROOT / "submissions" / "exercise_05"
GOLDEN = ROOT / "tests" / "golden"
ASSIGNMENTS = ROOT / "tests" / "assignments"
VERDICTS = {
    "correct", "alternative", "known mistake", "consistent", "partly", "wrong", "not attempted", "missing",
    "crashed", "timed out", "ungraded",
}  # fmt: skip
Graded = dict[str, dict[str, Any]]
STATUSES = {"graded", "partly graded", "unreadable", "ungraded"}


@dataclass(frozen=True)
class Story:
    """What a hand-in must get.

    `says` are words that its line of verdicts must hold, `shows` words that its page must hold; `criteria` is
    empty where nothing can be graded.
    """

    promise: str
    hand_in: str
    status: str
    points: str
    criteria: dict[str, str]
    mistakes: dict[str, str]
    says: tuple[str, ...]
    shows: tuple[str, ...]

    @property
    def student(self) -> str:
        """Who handed it in: a folder's name, or a file's without its ending."""
        path = ROOT / self.hand_in
        return path.name if path.is_dir() else path.stem


def read_story(path: Path) -> Story:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    story = Story(
        told.pop("promise"), told.pop("hand_in"), told.pop("status"), told.pop("points"), told.pop("criteria"),
        told.pop("mistakes", {}), tuple(told.pop("says", ())), tuple(told.pop("shows", ())),
    )  # fmt: skip
    assert not told, f"{path.name}: unknown words {sorted(told)}"
    assert story.status in STATUSES, path.name
    assert set(story.criteria.values()) <= VERDICTS, path.name
    return story


def stories(folder: str) -> list[Any]:
    paths = sorted((GOLDEN / folder).glob("*.toml"))
    return [pytest.param(read_story(path), id=path.stem) for path in paths]


def points_of(points: float | str | None) -> Fraction | None:
    """Points as an exact number; None where there are none, which is not zero."""
    return None if points is None or points == "" else Fraction(str(points))


def told(row: dict[str, Any]) -> dict[str, Any]:
    """The part of a graded row that a story speaks of."""
    criteria = row["criteria"] if row["status"] in ("graded", "partly graded") else []
    return {
        "status": row["status"],
        "points": points_of(row["points"]),
        "criteria": {c["name"]: c["verdict"] for c in criteria},
        "mistakes": {c["name"]: c["mistake"] for c in criteria if c["mistake"]},
    }


def expected(story: Story) -> dict[str, Any]:
    return {
        "status": story.status,
        "points": points_of(story.points),
        "criteria": story.criteria,
        "mistakes": story.mistakes,
    }


def unsaid(story: Story, row: dict[str, Any]) -> list[str]:
    """The words that are missing where they must stand."""
    told_of = {name: part for name, part in row.items() if name != "page"}
    line = json.dumps(told_of, ensure_ascii=False).lower()
    missing = [words for words in story.says if words.lower() not in line]
    return missing + [words for words in story.shows if words.lower() not in row["page"].lower()]


@pytest.mark.parametrize("story", stories("."))
def test_each_hand_in_of_the_sample_class_gets_what_its_story_says(story: Story, graded_class: Graded) -> None:
    """Verdicts, points, status and recognised mistakes are those that were decided beforehand."""
    row = graded_class[story.student]
    assert told(row) == expected(story), story.promise
    assert not unsaid(story, row), story.promise


def test_the_sample_class_and_its_stories_match() -> None:
    """Every hand-in has one story, and every story a hand-in: none can be added without saying what it shows."""
    told_of = sorted(read_story(path).hand_in for path in GOLDEN.glob("*.toml"))
    there = sorted(path.relative_to(ROOT).as_posix() for path in CLASS.iterdir() if not path.name.startswith("."))
    assert told_of == there


def test_the_sample_class_has_a_row_for_every_hand_in(graded_class: Graded) -> None:
    """Nobody is lost and nobody is made up, whatever was handed in."""
    assert sorted(graded_class) == sorted(read_story(path).student for path in GOLDEN.glob("*.toml"))


def test_every_verdict_has_a_story() -> None:
    """The stories show each verdict that a hand-in can bring about; "ungraded" is never a hand-in's doing."""
    shown = {verdict for path in GOLDEN.glob("*.toml") for verdict in read_story(path).criteria.values()}
    assert shown == VERDICTS - {"ungraded"}


def test_what_is_not_graded_has_no_points(graded_class: Graded) -> None:
    """An unreadable hand-in is told apart from one that earned zero."""
    unreadable = [row for row in graded_class.values() if row["status"] in ("unreadable", "ungraded")]
    assert unreadable
    for row in unreadable:
        assert points_of(row["points"]) is None
        assert all(points_of(criterion["points"]) is None for criterion in row["criteria"])


def cases(graded: Graded) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for student, row in graded.items():
        for criterion in row["criteria"]:
            for case in criterion["cases"]:
                yield student, criterion, case


def test_points_never_exceed_what_there_is(graded_class: Graded) -> None:
    """Each row's points are the sum of its criteria's, and no criterion earns more than it has."""
    for student, row in graded_class.items():
        earned = [points_of(c["points"]) for c in row["criteria"]]
        limits = [points_of(c["max_points"]) for c in row["criteria"]]
        for got, limit in zip(earned, limits, strict=True):
            assert got is None or limit is None or 0 <= got <= limit, student
        if row["status"] == "graded":
            assert sum(got for got in earned if got is not None) == points_of(row["points"]), student


def test_forged_output_is_nowhere_in_the_verdicts(graded_class: Graded) -> None:
    """What a hand-in prints while it is called is in no verdict, so that hidden inputs cannot leave by print."""
    forger = json.dumps(list(cases({"student-52": graded_class["student-52"]})))
    assert "All tests passed" not in forger
    assert all("max_points\\" not in json.dumps(case) for _, _, case in cases(graded_class))


@pytest.mark.parametrize("story", stories("trial"))
def test_each_awkward_notebook_gets_what_it_should(story: Story, grade_folder: Callable[..., Graded]) -> None:
    """Eleven notebooks on which other graders lose the result, the reason or the whole run."""
    row = grade_folder(GOLDEN / "trial" / "hand_ins", ASSIGNMENTS / "trial")[story.student]
    assert told(row) == expected(story), story.promise
    assert not unsaid(story, row), story.promise


def test_the_trial_has_eleven_notebooks() -> None:
    """Each of the awkward notebooks is there, with what it should get."""
    hand_ins = {path.stem for path in (GOLDEN / "trial" / "hand_ins").iterdir()}
    assert hand_ins == {path.stem for path in (GOLDEN / "trial").glob("*.toml")}
    assert hand_ins == {"a", "b", "c", "d", "e", "f", "g", "h", "i", "i2", "j"}


@pytest.mark.parametrize("story", stories("moving_average"))
def test_a_quite_different_assignment_is_graded_by_the_same_code(
    story: Story, grade_folder: Callable[..., Graded]
) -> None:
    """Plain functions without forward and backward, with an alternative and mistakes of their own."""
    row = grade_folder(ASSIGNMENTS / "moving_average_submissions", ASSIGNMENTS / "moving_average")[story.student]
    assert told(row) == expected(story), story.promise
    assert not unsaid(story, row), story.promise
