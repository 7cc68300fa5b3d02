"""What is about mistakes is not asked where nothing is wrong; a key by which something is wrong has it asked again.

takes: the key of Exercise 5, and hand-ins made of its reference.
gives: one promise a test, said in its docstring.
must not know: how a verdict is reached.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EXERCISE, changed

from grader.answer_key import AnswerKey, load_key
from grader.answering.sparing import spared_by
from grader.assignment import HIDDEN, PUBLIC, Tolerance
from grader.gradebook import Record
from grader.intake import one_submission
from grader.judge import Outcomes, lacks_answers, needless
from grader.judging import judge_again
from grader.pipeline import Desk, examine
from grader.plan import Purpose
from grader.sandbox import Sandbox
from grader.wire import NEEDLESS, pack_outcomes

ROUGH = ("rows @ w + b, (x, w, b)", "rows @ (w * (1 - 2e-6)) + b, (x, w * (1 - 2e-6), b)")
WRONG = ("1.0 / (1.0 + np.exp(-x))", "2.0 / (1.0 + np.exp(-x))")
UNUSED = ("dout * cache * (1.0 - cache)", "cache * (1.0 - cache)")
STRICT = Tolerance(relative=1e-8, scale=1e-8)
ONE_ROW = ("dout * cache * (1.0 - cache)", "dout * cache * (1.0 - cache) * (1 + (len(dout) == 1))")
ALONE = {Purpose.HANDED_CACHE, Purpose.OWN_GRADIENT, Purpose.NUDGED}


@pytest.fixture(scope="module")
def exam(key: Path) -> AnswerKey:
    return load_key(key / "exercise_05.key.npz")


def graded(key: AnswerKey, sandbox: Sandbox, folder: Path, *changes: tuple[str, str]) -> tuple[Record, Outcomes]:
    file = folder / "layer.py"
    file.write_text(changed((EXERCISE / "passes.py").read_text(), changes))
    return examine(Desk(key, sandbox), one_submission(file))


def strict(key: AnswerKey) -> AnswerKey:
    """The same questions, with less room for rounding."""
    criteria = tuple(replace(rule, tolerance=STRICT) for rule in key.rubric.criteria)
    return replace(key, rubric=replace(key.rubric, criteria=criteria))


# what a hand-in has wrong, and for what Sigmoid.backward is asked questions beside its cases
ASKED: dict[str, tuple[list[tuple[str, str]], set[Purpose]]] = {
    "nothing": ([], set()),
    "forward": ([WRONG], ALONE),
    "both": ([WRONG, UNUSED], {*ALONE, Purpose.MENDED_CACHE}),
    "backward": ([UNUSED], ALONE),
    "backward in a hidden case": ([ONE_ROW], ALONE),
    "nothing but rounding": ([ROUGH], set()),
}


@pytest.mark.parametrize("wrong", ASKED)
def test_only_what_is_wrong_is_asked_more_than_its_cases(
    exam: AnswerKey, sandbox: Sandbox, tmp_path: Path, wrong: str
) -> None:
    """A backward that is right with its own forward is not asked without it; nothing is mended beside a right forward,
    nor for a backward that is right with a right cache, unless that is public, and asked before this is known."""
    changes, purposes = ASKED[wrong]
    _, outcomes = graded(exam, sandbox, tmp_path, *changes)
    of_it = [(n, e) for n, e in enumerate(exam.plan.entries) if e.purpose is not Purpose.CASE]
    spared = {n for n, _ in of_it if all(step.reason == NEEDLESS for step in outcomes[n])}
    early = {n for n, e in of_it if e.visibility == PUBLIC and e.purpose is Purpose.MENDED_CACHE}
    asked = {(e.visibility, e.purpose) for n, e in of_it if e.criterion == "Sigmoid.backward" and n not in spared}
    assert {purpose for visibility, purpose in asked if visibility == HIDDEN} == purposes
    assert {purpose for visibility, purpose in asked if visibility == PUBLIC} - {
        Purpose.MENDED_CACHE
    } == purposes & ALONE
    assert spared - early == {n for n, _ in of_it} & needless(exam, outcomes) - early
    assert spared <= needless(exam, outcomes)
    assert {n for n, entry in of_it if entry.criterion == "affine_backward"} <= spared
    assert all(step.reason != NEEDLESS for n, steps in enumerate(outcomes) for step in steps if n not in spared)


def test_what_is_spared_is_told_by_what_has_been_answered(exam: AnswerKey, sandbox: Sandbox, tmp_path: Path) -> None:
    """Of a criterion whose hidden cases are still to come what is public, if it is right by its public ones, and what
    is mended only beside a wrong forward; when they have come, the rest too."""
    _, outcomes = graded(exam, sandbox, tmp_path)
    entries, spared = exam.plan.entries, spared_by(exam)
    late = {n for n, e in enumerate(entries) if (e.criterion, e.visibility) == ("Relu.backward", HIDDEN)}
    beside = {n for n, e in enumerate(entries) if e.purpose is not Purpose.CASE}
    needed = {n for n in late if entries[n].purpose is not Purpose.MENDED_CACHE}
    assert spared([() if n in late else steps for n, steps in enumerate(outcomes)]) == beside - needed
    assert spared([() if e.visibility == HIDDEN else o for e, o in zip(entries, outcomes, strict=True)]) == {
        n for n in beside if entries[n].visibility == PUBLIC
    }
    assert spared(outcomes) == beside


def test_a_key_by_which_something_is_wrong_has_it_asked_again(
    exam: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """What would be right by itself was not asked: to judge it wrong by what is saved would take points that a new run
    gives. By a key that is as strict as before, or less so, nobody is asked anything."""
    record, outcomes = graded(exam, sandbox, tmp_path, ROUGH)
    again, _ = judge_again(strict(exam), record)
    assert (again.status, again.next_step) == ("ungraded", "run 'grader grade' again")
    assert lacks_answers(strict(exam), outcomes)
    anew, answered = graded(strict(exam), sandbox, tmp_path, ROUGH)
    backward = next(one for one in anew.criteria if one.name == "affine_backward")
    assert (anew.status, backward.verdict, backward.points) == ("graded", "correct", backward.max_points)
    assert judge_again(strict(exam), anew)[0].criteria == anew.criteria
    assert judge_again(exam, anew)[0].points == judge_again(exam, record)[0].points == record.points
    assert not lacks_answers(exam, answered)


def test_as_long_as_all_verdicts_are_what_they_were_nobody_is_asked_again(
    exam: AnswerKey, sandbox: Sandbox, tmp_path: Path
) -> None:
    """What one sitting made needless may not be so by what another one answered, whose outcomes counted in the end."""
    record, outcomes = graded(exam, sandbox, tmp_path, UNUSED)
    (spared,) = {step for steps in outcomes for step in steps if step.reason == NEEDLESS}
    mixed = [
        (spared,) * len(steps) if entry.purpose is Purpose.NUDGED else steps
        for entry, steps in zip(exam.plan.entries, outcomes, strict=True)
    ]
    assert lacks_answers(exam, mixed)
    again, _ = judge_again(exam, replace(record, outcomes=pack_outcomes(mixed)))
    assert (again.status, again.criteria) == ("graded", record.criteria)


def test_what_was_wrong_is_judged_by_a_stricter_key_as_it_is(exam: AnswerKey, sandbox: Sandbox, tmp_path: Path) -> None:
    """All that counts was asked then."""
    record, _ = graded(exam, sandbox, tmp_path, UNUSED)
    again = judge_again(strict(exam), record)[0]
    assert [(one.name, one.verdict, one.points) for one in again.criteria] == [
        (one.name, one.verdict, one.points) for one in record.criteria
    ]
