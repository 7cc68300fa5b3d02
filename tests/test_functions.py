"""The large golden set: single functions, right in unusual ways or wrong in distinct ways, and what each must get.

Each story stands in `tests/functions/right/` or `tests/functions/wrong/`, in the file of its criterion; its promise
says what it shows. What a story must get was decided from the law of fairness, before any run. `README.md` beside
the stories tells how to add one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from grader.answer_key import REFERENCE, AnswerKey, load_key
from grader.extract import extract
from grader.feedback.evidence import Evidence
from grader.judging import judge
from grader.plan import CallPlan, Purpose
from grader.sandbox import Sandbox, sit
from grader.score import Score, Standing

FUNCTIONS = Path(__file__).resolve().parent / "functions"
CRITERIA = {
    "sigmoid_forward": ("Sigmoid.forward",),
    "sigmoid_backward": ("Sigmoid.forward", "Sigmoid.backward"),
    "relu_forward": ("Relu.forward",),
    "relu_backward": ("Relu.forward", "Relu.backward"),
    "affine_forward": ("affine_forward",),
    "affine_backward": ("affine_forward", "affine_backward"),
}
"""A file's name, and what its stories are asked: the last is graded, and backward needs its forward beside it."""

RIGHT = {"correct", "alternative"}
WRONG = {
    "known mistake", "consistent", "partly", "wrong", "not attempted", "missing", "crashed", "timed out",
}  # fmt: skip
LONGEST_CALL = 0.5  # seconds; what never ends is waited for, so such stories get less than students do


@dataclass(frozen=True)
class Story:
    """One hand-in: what it must get (any of `verdicts`), which mistake or lost behaviours are named, and its code."""

    side: str
    file: str
    name: str
    verdicts: tuple[str, ...]
    detail: str
    promise: str
    head: str
    code: str

    @property
    def criterion(self) -> str:
        """The graded function."""
        return CRITERIA[self.file][-1]

    @property
    def label(self) -> str:
        """What pytest calls it."""
        return f"{self.side}-{self.file}-{re.sub('[^a-z0-9]+', '-', self.name.lower()).strip('-')}"

    def source(self, public: str) -> str:
        """The whole hand-in: the file's head, the story's code, and a bare method put into its class."""
        owner, _, method = self.criterion.rpartition(".")
        given = f"PUBLIC = {public}\n" if re.search(r"\bPUBLIC\b", self.code) else ""
        bare = owner and re.search(rf"^def {method}\(", self.code, re.MULTILINE)
        return "\n".join([self.head, given, self.code, f"{owner}.{method} = {method}\n" if bare else ""])


def read_stories(path: Path) -> Iterator[Story]:
    head, *parts = re.split(r"^### ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for part in parts:
        title, _, code = part.partition("\n")
        fields = [field.strip() for field in re.split(r"(?<=\s)\|(?=\s)", title)]
        assert len(fields) == 4, f"{path.name}: '{title}' must be name | verdict | mistake or lost parts | promise"
        name, verdict, detail, promise = fields
        yield Story(
            path.parent.name, path.stem, name, tuple(verdict.split(" or ")), detail, promise, head, code.strip("\n")
        )


STORIES = [story for path in sorted(FUNCTIONS.glob("*/*.txt")) for story in read_stories(path)]


@pytest.fixture(scope="session")
def exam(key: Path) -> AnswerKey:
    """The full key of Exercise 5."""
    return load_key(next(path for path in key.rglob("*.npz") if ".public." not in path.name))


@pytest.fixture(scope="session")
def exams(exam: AnswerKey) -> dict[str, AnswerKey]:
    """The part of the key that the stories of each file are asked."""
    return {file: only(exam, criteria) for file, criteria in CRITERIA.items()}


def only(key: AnswerKey, criteria: tuple[str, ...]) -> AnswerKey:
    """The key cut down to some criteria, as though the others were not in the assignment."""
    kept = [n for n, entry in enumerate(key.plan.entries) if entry.criterion in criteria]
    place = {old: new for new, old in enumerate(kept)}
    answers = {
        variant: {place[n]: outcome for n, outcome in given.items() if n in place}
        for variant, given in key.answers.items()
    }
    rubric = replace(key.rubric, criteria=tuple(rule for rule in key.rubric.criteria if rule.name in criteria))
    return replace(key, plan=CallPlan(tuple(key.plan.entries[n] for n in kept)), answers=answers, rubric=rubric)


def public_answers(key: AnswerKey, criterion: str) -> str:
    """What a student can know: the public cases' inputs and answers, as a literal to be memorised."""
    listed = []
    for n, entry in enumerate(key.plan.entries):
        if entry.criterion == criterion and entry.purpose is Purpose.CASE and entry.visibility == "public":
            values = key.answers[REFERENCE][n].values
            answers = {name: value.array for name, value in values.items() if value.array is not None}
            arrays = {**entry.question.inputs, **answers}
            listed.append({name: np.asarray(array).tolist() for name, array in arrays.items()})
    return repr(listed)


def grade(key: AnswerKey, sandbox: Sandbox, story: Story) -> Score:
    """Grade a story as the pipeline grades a hand-in, and give the score of its own criterion."""
    endless = "timed out" in story.verdicts or story.name.startswith("never ends")
    limits = replace(key.rubric.limits, call_seconds=LONGEST_CALL) if endless else key.rubric.limits
    source = story.source(public_answers(key, story.criterion))
    found = extract(source.encode(), "story.py", key.plan.functions)
    sitting = sit(sandbox, found.program, [entry.question for entry in key.plan.entries], limits)
    evidence = Evidence(found.is_script, found.digests, found.places, found.lost, sitting.loaded.troubles)
    return judge(key, sitting.outcomes, evidence)[-1]


def lost(score: Score) -> set[str]:
    return {earned.behaviour for earned in score.earned if earned.standing is Standing.LOST}


def cases(side: str) -> list[object]:
    return [pytest.param(story, id=story.label) for story in STORIES if story.side == side]


@pytest.mark.parametrize("story", cases("right"))
def test_what_is_right_in_another_way_gets_full_points(
    story: Story, exams: dict[str, AnswerKey], sandbox: Sandbox
) -> None:
    """Right answers are never marked down, however they are come by."""
    got = grade(exams[story.file], sandbox, story)
    assert (str(got.verdict.kind), lost(got)) == (story.verdicts[0], set()), story.promise
    assert got.points == got.max_points, story.promise


@pytest.mark.parametrize("story", cases("wrong"))
def test_what_is_wrong_never_gets_full_points_and_gets_its_verdict(
    story: Story, exams: dict[str, AnswerKey], sandbox: Sandbox
) -> None:
    """Wrong answers never pass; the verdict is the one decided beforehand, with the mistake or the parts it costs."""
    got = grade(exams[story.file], sandbox, story)
    assert got.points is not None, "our own failure is nobody's mistake"
    assert got.points < got.max_points, f"full points for what is wrong: {story.promise}"
    assert str(got.verdict.kind) in story.verdicts, story.promise
    if story.verdicts == ("known mistake",):
        assert got.verdict.mistake == story.detail, story.promise
    elif story.detail:
        assert lost(got) == {part.strip() for part in story.detail.split(";")}, story.promise


def test_the_set_is_large_enough() -> None:
    """At least 80 right and 100 wrong functions, with some of each kind for every criterion."""
    sides = {side: [s for s in STORIES if s.side == side] for side in ("right", "wrong")}
    assert len(sides["right"]) >= 80
    assert len(sides["wrong"]) >= 100
    for side, stories in sides.items():
        for file in CRITERIA:
            assert sum(story.file == file for story in stories) >= 10, f"{side}/{file}"


def test_every_verdict_of_a_function_has_its_stories() -> None:
    """No verdict on a single function goes without a story."""
    assert {verdict for story in STORIES for verdict in story.verdicts} == RIGHT | WRONG


def test_stories_are_well_formed() -> None:
    """Names are unique, each promise is a sentence, and verdicts are words of the judge, on the side they belong to."""
    labels = [story.label for story in STORIES]
    assert len(set(labels)) == len(labels)
    for story in STORIES:
        assert story.file in CRITERIA, story.label
        assert set(story.verdicts) <= (RIGHT if story.side == "right" else WRONG), story.label
        assert story.promise.endswith((".", "?")), story.label
        assert len(story.promise) > 12, story.label
        assert story.detail or story.verdicts != ("known mistake",), story.label


def test_no_two_stories_are_the_same_code() -> None:
    """Each story is a function of its own: not another's with other names for its variables."""
    seen: dict[tuple[str, str], str] = {}
    for story in STORIES:
        before = seen.setdefault((story.criterion, shape_of(story)), story.label)
        assert before == story.label, f"{story.label} is {before}"


def shape_of(story: Story) -> str:
    """The code without its layout, comments and docstrings; the text itself where it does not parse."""
    try:
        tree = ast.parse(story.code)
    except SyntaxError:
        return story.code
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and isinstance(node.body[0], ast.Expr):
            node.body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        for field in ("id", "arg"):
            if isinstance(name := getattr(node, field, None), str):
                setattr(node, field, names.setdefault(name, f"n{len(names)}"))
    return ast.dump(tree)
