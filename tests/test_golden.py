"""Golden stories: each made-up submission gets the verdicts of the frozen table, and what its story promises."""

from __future__ import annotations

import csv
import html
import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests import verdicts
from tests.command import run

TESTS = Path(__file__).resolve().parent
CLASSES = {
    "sample": (TESTS.parent / "submissions" / "exercise_05", TESTS.parent / "reference" / "exercise_05"),
    "trial": (TESTS / "golden" / "trial" / "hand_ins", TESTS / "assignments" / "trial"),
    "moving_average": (TESTS / "assignments" / "moving_average_submissions", TESTS / "assignments" / "moving_average"),
}
pytestmark = pytest.mark.xdist_group("golden")  # each class is graded once


LINES = (TESTS / "golden" / "stories.tsv").read_text(encoding="utf-8").splitlines()
STORIES = list(csv.DictReader(LINES, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def graded(name: str, folder: Path) -> dict[str, dict]:
    """The rows of verdicts.jsonl by student, each with the words of its page."""
    submissions, assignment = CLASSES[name]
    run("compile", assignment, "--out", folder, cwd=folder)
    done = run("grade", submissions, "--key", folder / f"{assignment.name}.key.npz", "--out", folder / name, cwd=folder)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    lines = map(json.loads, (folder / name / "verdicts.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["student_id"]: {**row, "page": page_of(folder / name / row["student_id"])} for row in lines}


def page_of(folder: Path) -> str:
    path = folder / "report.html"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not the base of all folders: a check looks for keys in the folders above a notebook."""
    return tmp_path_factory.mktemp("golden")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story['set']}-{story['hand-in']}")
def test_each_story_gets_what_it_promises(story: dict[str, str], place: Path) -> None:
    """Verdicts, points and mistakes are those of the table; the words of the story are in its row or on its page."""
    student = story["hand-in"].removesuffix(".ipynb").removesuffix(".zip")
    row = graded(story["set"], place)[student]
    assert verdicts.said_of(row) == verdicts.read().get(f"{story['set']}/{student}", ""), story
    line = json.dumps({name: part for name, part in row.items() if name != "page"}, ensure_ascii=False).lower()
    for words, text in ((story["says"], line), (story["shows"], row["page"].lower())):
        missing = [word for word in filter(None, (words or "").split("; ")) if word.lower() not in text]
        assert not missing, f"{story['promise']} Missing: {missing}"
