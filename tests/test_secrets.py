"""What a program can choose about a hidden case carries no number of its inputs: shapes, counts, lines.

takes: the small assignment of `test_ruling`, and outcomes of programs that want to tell.
gives: one promise a test, said in its docstring.
must not know: pages, points.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_ruling import KEY, changed, value
from test_wording import PLACE, RULE

from grader.answer_key import REFERENCE
from grader.feedback.case_wording import say_case
from grader.judge import Finding, Flaw, Problem
from grader.judge.findings import with_inputs
from grader.judge.secrets import with_one_line, without_secrets
from grader.plan import Entry, Purpose
from grader.sandbox.accepting import in_its_place, last_lines
from grader.wire import Outcome, Piece, Question, Status, Step, Trouble, Value

# What is asked and due in the hidden case is of shape (2, 2).
SHAPES: list[tuple[tuple[int, ...], bool]] = [
    ((4,), True), ((), True), ((1, 4), True), ((2, 2, 1), True), ((0,), True), ((2,), True),
    ((7, 2), False), ((0, 2640000), False), ((2,) * 7, False),
]  # fmt: skip


def hidden_problem(outcome: Outcome, criterion: str = "double", case: str = "again") -> Problem:
    found = changed(criterion, lambda _: outcome, case, last=True)
    [finding] = [f for f in found[-1].findings if f.case == case]
    assert finding.visibility == "hidden"
    assert finding.problem is not None
    return finding.problem


@pytest.mark.parametrize(("shape", "told"), SHAPES)
def test_a_shape_is_told_where_an_honest_slip_makes_it(shape: tuple[int, ...], told: bool) -> None:
    """Sizes of inputs, their products, one and none; any other could spell a hidden number, and is only another."""
    made = Outcome(
        Status.RETURNED, {"y": value(np.zeros(shape) if np.prod(shape) < 1e5 else np.broadcast_to(0.0, shape))}
    )
    problem = hidden_problem(made)
    assert problem.facts["got_shape"] == (list(shape) if told else None)
    sentence = say_case(RULE, Finding("again", "hidden", "values", Status.RETURNED, problem), PLACE)
    assert ("no input explains" in sentence) is not told
    assert "(2, 2)" in sentence


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("tuple", "tuple"),
        ("dict with the keys 'secret 7', 's'", "dict"),
        ("Secret7", None),
        ("raising ValueError", "raising ValueError"),
        ("raising Secret7", None),
        ("list of 7", "list"),
        ("dict with the keys 's' within [0]", "dict within [0]"),
        ("Secret7 within [0]", None),
        ("NoneType", None),
    ],
)
def test_what_was_returned_in_place_of_a_dict_is_told_by_its_plain_type(named: str, kept: str | None) -> None:
    """Keys, and names of types of its own, are text that a program may choose."""
    problem = hidden_problem(Outcome(Status.RETURNED, {"y": Value("none", named)}))
    assert problem.flaw is Flaw.NONE
    assert problem.facts.get("type") == kept


@pytest.mark.parametrize(
    ("count", "told"), [(-1, "one value"), (3, "3 values"), (9, "9 values"), (2640, "more than 9")]
)
def test_a_count_of_values_is_told_as_far_as_it_helps(count: int, told: str) -> None:
    """How many values there are too many is a number that a program may choose."""
    problem = hidden_problem(Outcome(Status.RETURNED, {}, count), "back", "dx of three")
    sentence = say_case(RULE, Finding("again", "hidden", "values", Status.RETURNED, problem), PLACE)
    assert told in sentence
    assert "2640" not in repr(problem) + sentence


THERE = [
    ("double", "small", {"x"}),
    ("double", "again", None),
    ("slope", "at zero", {"dy", "x"}),
    ("back", "dx of two", None),
]


@pytest.mark.parametrize("purpose", Purpose)
def test_of_a_cache_that_was_handed_over_nothing_is_told(purpose: Purpose) -> None:
    """It is the reference's, by names that no student has seen: no input of the function that failed."""
    entry = next(e for e in KEY.plan.entries if (e.criterion, e.name) == ("double", "small"))
    wrong = Finding("a", "public", "b", Status.RETURNED, Problem(Flaw.VALUES, "y", {"place": [0, 0], "size": 4}))
    told = with_inputs(wrong, replace(entry, purpose=purpose)).problem
    assert told is not None
    assert ("there" in told.facts) is (purpose is Purpose.CASE)


@pytest.mark.parametrize(("criterion", "case", "names"), THERE)
def test_what_went_in_is_told_of_public_cases_alone(criterion: str, case: str, names: set[str] | None) -> None:
    """What each input is at the entry that is most off, where all of them have one there; of hidden ones nothing."""
    entry = next(e for e in KEY.plan.entries if (e.criterion, e.name) == (criterion, case))
    due = next(v for n, v in KEY.answers[REFERENCE].items() if KEY.plan.entries[n] is entry).values
    wrong = Outcome(Status.RETURNED, {n: value(v.array + 7) for n, v in due.items()}, len(due) if len(due) > 1 else -1)
    found = changed(criterion, lambda _: wrong, case, last=True)[-1].findings
    [problem] = [finding.problem for finding in found if finding.case == case]
    assert problem is not None
    there = problem.facts.get("there")
    assert there == (names and {n: entry.question.inputs[n][tuple(problem.facts["place"])] for n in names})


FORWARDS = tuple(Step("ahead", (name,), ("=cache",)) for name in ("first", "second"))
BACK = Step("back", ("dy", "=cache"), ("dx",))
SQUARE = np.arange(4.0).reshape(2, 2)
INPUTS = {
    "of the forward whose cache it has": (
        {"first": SQUARE, "second": SQUARE + 10, "dy": SQUARE + 20},
        {"second": 11, "dy": 21},
    ),
    "of another dtype": ({"first": SQUARE, "second": SQUARE > 0, "dy": SQUARE.astype(int)}, {"second": 1, "dy": 1}),
    "complex": ({"first": SQUARE, "second": SQUARE * 1j, "dy": SQUARE}, None),
    "of another size": ({"first": SQUARE, "second": np.ones((2, 3)), "dy": SQUARE}, None),
    "without such an entry": ({"first": SQUARE, "second": np.ones((4, 1)), "dy": SQUARE}, None),
    "of fewer axes": ({"first": SQUARE, "second": np.ones(4), "dy": SQUARE}, None),
}


@pytest.mark.parametrize(("inputs", "told"), INPUTS.values(), ids=INPUTS.keys())
def test_inputs_are_told_where_each_has_that_entry(
    inputs: dict[str, np.ndarray], told: dict[str, float] | None
) -> None:
    """Of the last forward before it, which gave what it takes; of arrays in which that entry is another, none."""
    question = Question(inputs, (*FORWARDS, BACK))
    entry = Entry("back", "two calls", "public", Purpose.CASE, ("dx",), question)
    wrong = Finding("a", "public", "b", Status.RETURNED, Problem(Flaw.VALUES, "dx", {"place": [0, 1], "size": 4}))
    found = with_inputs(wrong, entry).problem
    assert found is not None
    assert found.facts.get("there") == told


def test_no_number_stands_in_what_is_told_of_a_hidden_case() -> None:
    """Whoever puts numbers there: what is made fit to tell has none."""
    entry = next(e for e in KEY.plan.entries if (e.criterion, e.name) == ("double", "again"))
    facts = {"place": [0, 0], "size": 4, "got": 1.5, "want": 2.5, "error": 1.0, "limit": 0.1, "there": {"x": 2640.5}}
    facts["relative_error"] = 0.5
    told = without_secrets(Finding("again", "hidden", "b", Status.RETURNED, Problem(Flaw.VALUES, "y", facts)), entry)
    assert told.problem is not None
    assert not {"got", "want", "error", "limit", "there"} & told.problem.facts.keys()
    assert "2640" not in repr(told)


def test_a_public_case_tells_the_shape_that_it_is() -> None:
    """Of inputs that everybody sees there is nothing to keep."""
    made = Outcome(Status.RETURNED, {"y": value(np.zeros((7, 5)))})
    [finding] = [f for f in changed("double", lambda _: made, "small")[-1].findings if f.case == "small"]
    assert finding.problem is not None
    assert finding.problem.facts["got_shape"] == [7, 5]


@pytest.mark.parametrize(
    ("cell", "line", "kept"), [(2, 3, True), (2, 4, False), (2, 26401, False), (9, 1, False), (5, 12, True)]
)
def test_a_line_is_told_where_there_is_one(cell: int, line: int, kept: bool) -> None:
    """Code that is compiled inside may name any cell and line: those that the hand-in does not have are left out."""
    pieces = (Piece(2, 1, "a\nb\nc"), Piece(5, 10, "def f():\n    pass\n    return"), Piece(2, 1, "a"))
    raised = Outcome(Status.RAISED, trouble=Trouble("ValueError", "no", cell, line), shared=True)
    told = in_its_place(raised, last_lines(pieces))
    assert told.trouble == Trouble("ValueError", "no", *((cell, line) if kept else (0, 0)))
    assert (told is raised) is kept
    assert told.shared is kept


LINES: dict[str, tuple[list[tuple[str, int]], list[int]]] = {
    "one slip in all": ([("public", 3), ("hidden", 3), ("hidden", 3)], [3, 3, 3]),
    "one that only hidden cases meet": ([("public", 0), ("hidden", 7), ("hidden", 7)], [0, 7, 7]),
    "a line chosen by the case": ([("hidden", 2640), ("hidden", 17), ("hidden", 2640)], [2640, 0, 2640]),
    "lines that public cases tell too": ([("public", 4), ("hidden", 9), ("public", 5), ("hidden", 5)], [4, 9, 5, 5]),
    "two slips beside a public one": ([("public", 4), ("hidden", 9), ("hidden", 8)], [4, 9, 0]),
}


def test_a_verdict_tells_one_hidden_line() -> None:
    """As the judge gives it: the cases that are hidden raise in lines of their own, and one of these is told."""
    lines = iter(range(2640, 2700))
    raised = changed("double", lambda _: Outcome(Status.RAISED, trouble=Trouble("KeyError", "", 2, next(lines))))
    hidden = [f.trouble.line for f in raised[-1].findings if f.visibility == "hidden" and f.trouble is not None]
    assert len(hidden) > 1
    assert len({line for line in hidden if line}) == 1


@pytest.mark.parametrize(("raised", "told"), LINES.values(), ids=LINES.keys())
def test_of_all_hidden_cases_one_line_is_told(raised: list[tuple[str, int]], told: list[int]) -> None:
    """A table of six thousand lines that all raise would spell a hidden number in every case."""
    found = tuple(
        Finding(f"case {n}", sight, "values", Status.RAISED, trouble=Trouble("ZeroDivisionError", "", 2, line))
        for n, (sight, line) in enumerate(raised)
    )
    lines = [finding.trouble.line for finding in with_one_line(found) if finding.trouble is not None]
    assert lines == told
    before = tuple(replace(finding, trouble=None, before=finding.trouble) for finding in found)
    assert [finding.before.line for finding in with_one_line(before) if finding.before is not None] == told


def test_what_was_raised_before_a_hidden_case_is_told_without_its_words() -> None:
    """As what the case itself raised: its message was made while the hidden inputs were there."""
    entry = next(entry for entry in KEY.plan.entries if entry.visibility == "hidden")
    words = Trouble("Secret7", "the input is 7", 2, 3)
    told = without_secrets(Finding("case", "hidden", "values", Status.RAISED, earlier="f", before=words), entry)
    assert told.before == Trouble("an exception", "", 2, 3)
