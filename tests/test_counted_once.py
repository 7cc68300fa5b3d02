"""One fault is paid once: a wrong result of several is counted in the behaviour that it has to itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from grader.answer_key import load_key
from grader.feedback.case_wording import say_case
from grader.judge.bench import bench_of, called_otherwise
from grader.judge.counted import counted_once
from grader.judge.findings import behaviours_held
from grader.judge.verdict import Finding, Flaw, Problem
from grader.plan import Entry, Purpose
from grader.wire import Question, Status, Step

OF_ONE = {"dx": "dx is right", "dw": "dw is right", "db": "db is right"}
ALONE = (*OF_ONE.values(),)


def finding(behaviour: str, *wrong: str, alone: bool = False, status: Status = Status.RETURNED) -> Finding:
    problem = Problem(Flaw.VALUES, wrong[0]) if wrong else None
    return Finding(behaviour, "public", behaviour, status, problem, wrong=() if alone else wrong)


def cases(images: Finding, *lost: str) -> tuple[Finding, ...]:
    alone = [
        finding(behaviour, *([result] if result in lost else []), alone=True) for result, behaviour in OF_ONE.items()
    ]
    return (*alone, finding("sizes of one"), images)


COUNTED = {
    "nothing is wrong": (cases(finding("images")), ""),
    "one result is wrong everywhere": (cases(finding("images", "db"), "db"), "db is right"),
    "another is wrong with images alone": (cases(finding("images", "dx"), "db"), ""),
    "that and another are": (cases(finding("images", "dx", "db"), "db"), ""),
    "one is wrong with images alone": (cases(finding("images", "db")), ""),
    "two are wrong everywhere": (cases(finding("images", "dx", "db"), "dx", "db"), ""),
    "one of the two that are": (cases(finding("images", "db"), "dx", "db"), ""),
    "nothing came back": (cases(finding("images", status=Status.RAISED), "db"), ""),
}


@pytest.mark.parametrize(("findings", "elsewhere"), COUNTED.values(), ids=COUNTED.keys())
def test_a_fault_is_counted_where_its_result_stands_alone(findings: tuple[Finding, ...], elsewhere: str) -> None:
    """Where it is the only result that is wrong, in cases that are about something else; nothing else is forgiven."""
    told = counted_once(OF_ONE, findings)
    assert [one.elsewhere for one in told] == ["", "", "", "", elsewhere]
    assert [one.right for one in told] == [one.right for one in findings]


def test_in_a_case_that_is_called_otherwise_it_is_another_fault() -> None:
    """The gradient of a relu that is wrong pays for no sum: the one that is wrong there has its own price."""
    findings = cases(finding("images", "db"), "db")
    for otherwise, elsewhere in ((frozenset(), "db is right"), (frozenset({"images"}), "")):
        assert counted_once(OF_ONE, findings, {"db": otherwise})[-1].elsewhere == elsewhere


def test_a_case_is_called_otherwise_by_its_functions() -> None:
    """Not by how often they are called, and not by what they are given."""
    calls = {
        "relu": ("relu", "back"),
        "two": ("relu", "relu", "back"),
        "a sum": ("add", "back"),
        "all": ("add", "relu"),
    }
    made = []
    for name, names in calls.items():
        question = Question({}, tuple(Step(one, (), ()) for one in names))
        about = "of relu" if name == "relu" else "of others"
        made.append(Entry("f", name, "public", Purpose.CASE, ("da",), question, about))
    assert called_otherwise(list(enumerate(made)), {"da": "of relu"}) == {"da": {"a sum", "all"}}


def test_of_the_exam_that_ships_each_gradient_has_a_behaviour_to_itself(key: Path) -> None:
    """A case that is wrong by what counts elsewhere breaks no behaviour, and is told as wrong all the same."""
    bench = bench_of(load_key(key / "exercise_05.key.npz"))
    rule = bench.rules["affine_backward"]
    assert bench.of_one["affine_backward"] == OF_ONE
    asked = bench.key.plan.entries
    mine = [entry for entry in asked if entry.criterion == rule.name and entry.behaviour]
    findings = counted_once(
        OF_ONE,
        tuple(
            finding(entry.behaviour, *(["db"] if "db" in entry.grade else []), alone=len(entry.grade) == 1)
            for entry in mine
        ),
    )
    held = behaviours_held(rule, findings)
    assert {b.name for b in rule.behaviours} - set(held) == {"db is right"}
    assert sum((b.points for b in rule.behaviours if b.name in held), Fraction(0)) == rule.points - 6
    counted = next(one for one in findings if one.elsewhere)
    facts = {"wrong": 1, "size": 2, "place": [0], "relative_error": 0.5}
    sentence = say_case(rule, Finding(**{**vars(counted), "problem": Problem(Flaw.VALUES, "db", facts)}), lambda *_: "")
    assert sentence.endswith("That is counted once, in 'db is right'.")
