"""The record of a hand-in: what every page and sheet is written from, made of scores, words and evidence.

takes: outcomes of the small assignment of `test_ruling`, and evidence made here.
gives: one promise a test, said in its docstring.
must not know: HTML, files, how anything was run.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from test_ruling import KEY, REFERENCE_FUNCTIONS, answer, halves

from grader import judging
from grader.answer_key import REFERENCE, AnswerKey
from grader.feedback.absence import absent_in
from grader.feedback.evidence import Evidence
from grader.feedback.file_notes import notes_on_file
from grader.feedback.next_step.error_wording import after_name
from grader.feedback.record import Identity, graded_record, ungraded_record, unreadable_record
from grader.feedback.take_home import take_home, write_down
from grader.feedback.wording import place_in
from grader.feedback.written_calls import calls_of
from grader.gradebook import CellRecord, Record
from grader.judge import Kind
from grader.plan import CallPlan, Entry, Purpose
from grader.report.arrays import case_sizes, public_arrays
from grader.report.page import SHOWN_CAP, listing
from grader.score import Score
from grader.wire import RUN_AGAIN, Outcome, Question, Status, Step, Trouble, Value, build

WHO = Identity("ada", "Ada", "a.ipynb", "9f" * 32, "ada")
PLACES = {"ahead": (1, 2), "back": (1, 9), "slope": (2, 1), "double": (3, 4)}
EVIDENCE = Evidence(False, places=PLACES)


def judge(key: AnswerKey, outcomes: list[tuple[Outcome, ...]], evidence: Evidence) -> list[Score]:
    """Scores, with how results differ."""
    return judging.told(key, outcomes, judging.judge(key, outcomes, evidence))


def graded(functions: dict[str, object] | None = None, evidence: Evidence = EVIDENCE, gone: str = "") -> Record:
    """The record of a hand-in that is the reference but for these functions, and without one of them."""
    kept = {name: f for name, f in {**REFERENCE_FUNCTIONS, **(functions or {})}.items() if name != gone}
    return record_of(answer(kept), evidence)


def record_of(outcomes: list[tuple[Outcome, ...]], evidence: Evidence = EVIDENCE) -> Record:
    return graded_record(WHO, KEY, judge(KEY, outcomes, evidence), evidence)


def criterion(record: Record, name: str = "double") -> object:
    return next(c for c in record.criteria if c.name == name)


def test_the_record_of_the_reference_is_full() -> None:
    """All points, every criterion correct, every case of the plan told."""
    record = graded()
    assert (record.status, record.points, record.max_points, record.lost) == ("graded", 13, 13, 0)
    assert {c.verdict for c in record.criteria} == {"correct"}
    assert sum(len(c.cases) for c in record.criteria) == sum(e.purpose == "case" for e in KEY.plan.entries)
    assert all(case.right for c in record.criteria for case in c.cases)
    assert not record.sentence


SLIPS_OF_NAMES = {
    # what is called, which names there are, and which of them is meant
    "a letter left out": ("helper_sigmid", ("helper_sigmoid",), "helper_sigmoid"),
    "two letters that changed places": ("hepler", ("helper",), "helper"),
    "capitals": ("loadData", ("loaddata",), "loaddata"),
    "a number more": ("layer1", ("layer",), ""),
    "two that it may be": ("helpe", ("helper", "helpme", "helped"), ""),
    "one of few letters": ("ste", ("step",), ""),
    "quite another": ("softmax", ("helper",), ""),
}


@pytest.mark.parametrize(("called", "there", "meant"), SLIPS_OF_NAMES.values(), ids=SLIPS_OF_NAMES)
def test_a_name_that_a_letter_tells_from_one_of_the_hand_in_is_asked_for(
    called: str, there: tuple[str, ...], meant: str
) -> None:
    """One that nothing else can be taken for: a helper that is missing is no slip of the pen."""

    def misspelt(x: np.ndarray) -> np.ndarray:
        raise NameError(f"name '{called}' is not defined")

    evidence = replace(EVIDENCE, places={**PLACES, **dict.fromkeys(there, (4, 1))})
    step = criterion(graded({"double": misspelt}, evidence)).next_step
    assert ("You have defined that" in step) is bool(meant)
    assert f"Is `{meant}` meant?" in step or not meant


def test_a_behaviour_whose_cases_are_right_says_what_it_waits_for() -> None:
    """'shapes' needs 'values': lost with all its own cases right, it names that; lost by its own, it names nothing."""
    one_row = criterion(graded({"ahead": lambda x, w: ((x @ w) if len(x) == 1 else 3 * (x @ w), (x, w))}), "ahead")
    assert {b.name: b.waits_for for b in one_row.behaviours} == {"values": "", "shapes": "values"}
    nowhere = criterion(graded({"ahead": lambda x, w: (3 * (x @ w), (x, w))}), "ahead")
    assert not any(b.waits_for for b in nowhere.behaviours)
    assert not any(b.waits_for for c in graded().criteria for b in c.behaviours)


WHY = {"double": ("`double` in cell 9, line 1 is empty, and replaces the one in cell 3, line 4", "take it out")}


def test_work_that_does_not_count_is_told_where_its_points_are_lost() -> None:
    """Whoever looks at a zero reads there that the work is in the file, and both places."""
    left = criterion(graded({"double": lambda x: None}, Evidence(False, {"double": "empty"}, PLACES, on_names=WHY)))
    gone = criterion(graded(gone="double", evidence=Evidence(False, on_names=WHY)))
    for one, verdict in ((left, "not attempted"), (gone, "missing")):
        assert one.verdict == verdict
        assert WHY["double"][0] in one.headline
        assert one.next_step == "Take it out."
    noted = Evidence(
        False, {"double": "empty"}, PLACES, notes=("another", f"{WHY['double'][0]}: take it out."), on_names=WHY
    )
    assert graded({"double": lambda x: None}, noted).notes == ("another",), "once is enough"
    assert graded(evidence=noted).notes == noted.notes, "nothing else tells it there"
    right = criterion(graded(evidence=Evidence(False, places=PLACES, on_names=WHY)))
    assert "cell 9" not in right.headline + right.next_step


SLID = ("The `return` in cell 3, line 9 stands behind `double`, not within it", "move the `return` to the right")


def test_what_slid_out_of_an_empty_function_is_told_as_why_it_is_empty() -> None:
    """Something was written for it: "not attempted" alone would be no help."""
    evidence = Evidence(False, {"double": "empty"}, PLACES, asides={"double": SLID})
    empty = criterion(graded({"double": lambda x: None}, evidence))
    assert (empty.verdict, empty.headline) == ("not attempted", f"Nothing is written in it. {SLID[0]}.")
    assert empty.next_step == "Move the `return` to the right, with the lines above it that belong there."
    redone = Evidence(False, {"double": "empty"}, PLACES, asides=REDONE)
    assert criterion(graded({"double": lambda x: None}, redone)).headline.startswith("Not attempted")


REDONE = {"double": ("The last definition counts: `double` in cell 9, line 1 replaces the one in cell 3, line 4", "")}


STRAY = {"double": ("`double` reads `x` from the notebook (cell 9, line 1)", "see whether `x` is a parameter")}


def test_what_to_know_of_work_is_noted_where_it_is_not_right() -> None:
    """The one above may have been right: beside a wrong one both places are told, and none beside a right one."""
    for asides, (found, to_do) in ((REDONE, REDONE["double"]), (STRAY, STRAY["double"])):
        evidence = Evidence(False, places=PLACES, asides=asides)
        wrong = criterion(graded({"double": lambda x: x**3 + 1}, evidence))
        assert wrong.notes[0] == f"{found}."
        assert "cell 9" not in wrong.headline + wrong.next_step
        assert wrong.next_step.startswith("See whether `x` is a parameter. If") is bool(to_do)
        read = criterion(graded({"double": lambda x: 7 * x}, evidence))
        assert read.notes[0] == f"{found}."
        assert not read.next_step.startswith("See whether"), "what its numbers show comes first"
        right, gone = criterion(graded(evidence=evidence)), criterion(graded(gone="double", evidence=evidence))
        assert not any("cell 9" in " ".join((one.headline, one.next_step, *one.notes)) for one in (right, gone))
        assert Evidence.from_json(json.loads(json.dumps(evidence.to_json()))) == evidence


CHAIN = {
    "a package that the line takes its name from": ("import pandas as pd", "name 'pd' is not defined", "pandas"),
    "another name": ("import pandas as pd", "name 'far' is not defined", "NameError"),
    "a file": ("import pandas as pd", "no such file", "FileNotFoundError"),
}


@pytest.mark.parametrize(("line", "message", "why"), CHAIN.values(), ids=CHAIN.keys())
def test_why_a_line_failed_is_followed_to_the_import(line: str, message: str, why: str) -> None:
    """`data = pd.read_csv(...)` failed as pandas is not there: that line is in order on the student's own machine."""
    failed = (
        Trouble("ModuleNotFoundError", "No module named 'pandas'", 2, 1),
        Trouble("FileNotFoundError" if why.startswith("File") else "NameError", message, 2, 2),
    )
    evidence = Evidence(False, places={"data": (2, 2)}, failed=failed)
    absent = absent_in(evidence, place_in(False), [CellRecord(2, "code", f"{line}\ndata = pd.read_csv('a')")])
    assert [name for name, *_ in absent.names] == ["data"]
    assert why in absent.names[0][2]


def test_a_function_that_cannot_be_read_is_what_others_lack() -> None:
    """What calls it is led to its line, and not to some import that might have given anything."""
    failed = (Trouble("ModuleNotFoundError", "No module named 'cases'", 1, 1),)
    evidence = Evidence(False, lost={"step": Trouble("SyntaxError", "expected ':'", 3, 2)}, failed=failed)
    absent = absent_in(evidence, place_in(False), [CellRecord(1, "code", "from cases import *")])
    assert absent.names == (("step", "cell 3, line 2", "SyntaxError"),)
    told = after_name("name 'step' is not defined", absent)
    assert told.startswith("Mend cell 3, line 2 first: it makes `step`")


def test_why_a_line_failed_is_followed_from_line_to_line() -> None:
    """What is made of data that were not read is lost with the import that should have read them; a circle ends."""
    import_, load, sizes = "from loading import load", "data = load()", "m = len(data)"
    failed = (
        Trouble("ModuleNotFoundError", "No module named 'loading'", 1, 1),
        Trouble("NameError", "name 'load' is not defined", 2, 1),
        Trouble("NameError", "name 'data' is not defined", 3, 1),
        Trouble("NameError", "name 'again' is not defined", 4, 1),
    )
    evidence = Evidence(False, places={"data": (2, 1), "m": (3, 1), "again": (4, 1)}, failed=failed)
    cells = [CellRecord(n, "code", text) for n, text in enumerate((import_, load, sizes, "again = again + 1"), start=1)]
    lost = "ModuleNotFoundError: loading"
    names = (("data", "cell 2, line 1", lost), ("m", "cell 3, line 1", lost), ("again", "cell 4, line 1", "NameError"))
    assert absent_in(evidence, place_in(False), cells).names == names


def test_the_same_score_is_told_as_each_hand_in_counts_its_lines() -> None:
    """A verdict of which a class has one object is worded for a notebook, a script, and what it imports."""
    trouble = Trouble("KeyError", "'x'", 3, 4)
    outcomes = answer(REFERENCE_FUNCTIONS)
    places = [n for n, e in enumerate(KEY.plan.entries) if e.criterion == "double"]
    for place in places:
        outcomes[place] = tuple(Outcome(Status.RAISED, trouble=trouble, shared=True) for _ in outcomes[place])
    told = [
        criterion(record_of(outcomes, replace(EVIDENCE, **changes))).headline
        for changes in ({}, {"is_script": True}, {"files": {"3": "layers.py"}}, {})
    ]
    assert ["cell 3, line 4" in told[0], "cell" in told[1], "line 4 of layers.py" in told[2]] == [True, False, True]
    assert told[3] == told[0]


RAISING = {
    "a line of its own": ("def double(x):\n    if len(x):\n        pass\n    raise ValueError('shape')", True),
    "behind a condition": ("def double(x):\n\n\n    if len(x): raise ValueError('shape')", True),
    "in another line": (
        "def double(x):\n    raise_no = 1\n    # raise\n    return x.raised()\n    raise ValueError",
        False,
    ),
    "a word in a comment": ("def double(x):\n\n\n    return x + w  # raise", False),
    "no such line": ("def double(x):", False),
}


@pytest.mark.parametrize(("source", "is_own"), RAISING.values(), ids=RAISING.keys())
def test_an_error_that_the_hand_in_raises_itself_is_known_by_its_line(source: str, is_own: bool) -> None:
    """Its words are the student's, whatever they are alike to."""
    outcomes = answer(REFERENCE_FUNCTIONS)
    for place in (n for n, e in enumerate(KEY.plan.entries) if e.criterion == "double"):
        raised = Outcome(Status.RAISED, trouble=Trouble("ValueError", "shape", 3, 4))
        outcomes[place] = tuple(raised for _ in outcomes[place])
    cells = (CellRecord(3, "code", source),)
    record = graded_record(WHO, KEY, judge(KEY, outcomes, EVIDENCE), EVIDENCE, cells)
    assert ("raises this itself" in criterion(record).next_step) is is_own


def test_points_of_a_record_are_those_of_its_criteria() -> None:
    """A mistake's credit is exact, also where it is a third."""
    record = graded({"double": halves})
    assert criterion(record).points == Fraction(1)
    assert criterion(record).mistake == "halves"
    assert record.points == sum(c.points for c in record.criteria) == 11


def test_a_fault_of_ours_in_one_criterion_is_partly_graded() -> None:
    """The rest keeps its points; what we could not grade has none, and is not lost."""
    outcomes = answer(REFERENCE_FUNCTIONS)
    faulty = [
        (Outcome(Status.FAULT),) * len(steps) if entry.criterion == "double" else steps
        for entry, steps in zip(KEY.plan.entries, outcomes, strict=True)
    ]
    record = record_of(faulty)
    assert record.status == "partly graded"
    assert (criterion(record).points, criterion(record).verdict) == (None, "ungraded")
    assert (record.points, record.lost) == (10, 0)
    assert record.sentence
    assert record.next_step
    nothing = record_of([(Outcome(Status.FAULT),) * len(steps) for steps in outcomes])
    assert (nothing.status, nothing.points) == ("ungraded", None)


@pytest.mark.parametrize(
    ("record", "status"),
    [
        (unreadable_record(WHO, KEY, "It is no notebook.", "Save it again."), "unreadable"),
        (ungraded_record(WHO, KEY, "The sandbox broke."), "ungraded"),
    ],
)
def test_what_was_not_graded_has_no_points_and_a_reason(record: Record, status: str) -> None:
    """Not even a zero; who it is, what happened and what to do are kept."""
    assert (record.status, record.points, record.max_points) == (status, None, 13)
    assert (record.student_id, record.file, record.folder) == ("ada", "a.ipynb", "ada")
    assert record.sentence
    assert record.next_step
    assert record.criteria == ()


@pytest.mark.parametrize("digest", ["empty", "of the hand-out"])
def test_a_function_as_it_was_handed_out_is_not_attempted(digest: str) -> None:
    """An empty one, or one that is the stub of the hand-out."""
    key = replace(KEY, rubric=replace(KEY.rubric, stubs={"double": ("of the hand-out",)}))
    evidence = replace(EVIDENCE, digests={"double": digest})
    outcomes = answer({**REFERENCE_FUNCTIONS, "double": lambda x: None})
    record = graded_record(WHO, key, judge(key, outcomes, evidence), evidence)
    assert criterion(record).verdict == "not attempted"
    assert criterion(record).points == 0


def test_a_function_that_could_not_be_read_is_told_with_its_line() -> None:
    """A stub elsewhere does not make a broken definition untouched."""
    trouble = Trouble("SyntaxError", "invalid syntax", 3, 5)
    record = graded(evidence=replace(EVIDENCE, lost={"double": trouble}, digests={"double": "empty"}), gone="double")
    told = criterion(record)
    assert told.verdict == "missing"
    assert (told.trouble_cell, told.trouble_line) == (3, 5)
    assert "invalid syntax" in told.headline


def test_where_a_function_is_defined_is_kept() -> None:
    """The page can show the code beside its verdict."""
    assert (criterion(graded()).cell, criterion(graded()).line) == (3, 4)


def test_a_name_that_is_nearly_right_is_pointed_out() -> None:
    """A misspelt function is found by whoever reads the next step."""
    evidence = replace(EVIDENCE, places={"duoble": (3, 4)})
    assert "duoble" in criterion(graded(evidence=evidence, gone="double")).next_step
    stub = replace(EVIDENCE, places={"double": (1, 1), "duoble": (3, 4)}, digests={"double": "empty"})
    assert "duoble" in criterion(graded(evidence=stub, gone="double")).next_step
    for other in ("DOUBLE", "DoubLE", "dou_ble"):
        evidence = replace(EVIDENCE, places={other: (3, 4)})
        assert f"`{other}`" in criterion(graded(evidence=evidence, gone="double")).next_step
    evidence = replace(EVIDENCE, places={"unlike": (3, 4)})
    assert "unlike" not in criterion(graded(evidence=evidence, gone="double")).next_step
    ours = replace(KEY, rubric=replace(KEY.rubric, given=("doubled",)))  # in the hand-out: it is what it says
    for key, offered in ((KEY, True), (ours, False)):
        evidence = replace(EVIDENCE, places={"doubled": (3, 4)})
        outcomes = answer({name: f for name, f in REFERENCE_FUNCTIONS.items() if name != "double"})
        record = graded_record(WHO, key, judge(key, outcomes, evidence), evidence)
        assert ("doubled" in criterion(record).next_step) is offered
    evidence = replace(EVIDENCE, places={"slope": (2, 1), "double": (1, 1)})
    assert "is that it" not in criterion(graded(evidence=evidence, gone="double")).next_step


BROUGHT = {
    "all by a star": ("from course import *", {}, True),
    "this one by a star, where the others are here": ("from course import *", {"slope": (2, 1)}, False),
    "this one by its name, where the others are here": ("from course import double", {"slope": (2, 1)}, True),
    "another by its name": ("from course import ahead", {"slope": (2, 1)}, False),
}


@pytest.mark.parametrize(("line", "places", "asked"), BROUGHT.values(), ids=BROUGHT.keys())
def test_a_module_that_may_have_a_missing_function_is_asked_for(
    line: str, places: dict[str, tuple[int, int]], asked: bool
) -> None:
    """A star that fails may have brought all; beside other graded functions it is helpers that it brings."""
    failed = (Trouble("ModuleNotFoundError", "No module named 'course'", 1, 1),)
    evidence, cells = Evidence(False, places=places, failed=failed), (CellRecord(1, "code", line),)
    kept = {name: f for name, f in REFERENCE_FUNCTIONS.items() if name != "double"}
    told = criterion(graded_record(WHO, KEY, judge(KEY, answer(kept), evidence), evidence, cells))
    assert (told.verdict, "Hand `course` in" in told.next_step) == ("missing", asked)


def test_one_cause_is_told_once() -> None:
    """Where one line explains several failures, the first tells it and the others point there."""

    def raises(*_):
        raise KeyError("cache")

    record = graded({"ahead": raises, "slope": raises, "double": raises})
    headlines = [criterion(record, name).headline for name in ("ahead", "slope", "double")]
    assert "KeyError" in headlines[0]
    assert all("KeyError" not in headline and "ahead" in headline for headline in headlines[1:])


def test_a_failing_public_case_can_be_taken_home() -> None:
    """Lines that run below the student's own definitions, show the case again, and leave no name but their own."""
    told = criterion(graded({"double": lambda x: 7 * x}))
    entry = next(e for e in KEY.plan.entries if e.criterion == "double" and e.visibility == "public")
    printed: list[object] = []
    asked: list[object] = []
    namespace: dict[str, object] = {"double": lambda x: asked.append(x) or 7 * x, "print": printed.append}
    before = set(namespace)
    exec("\n".join(told.take_home), namespace)
    assert set(namespace) - before - {"__builtins__"} == {"try_it"}
    assert np.allclose(asked[0], entry.question.inputs["x"])
    assert np.allclose(printed[0], 7 * entry.question.inputs["x"])
    assert entry.name in told.take_home[0]


def test_what_is_right_at_home_is_what_it_was_compared_with() -> None:
    """Where another right convention is nearest, its values are named, in the cases and in the lines alike."""
    rule = next(rule for rule in KEY.rubric.criteria if rule.name == "back")
    [place] = [n for n, e in enumerate(KEY.plan.entries) if e.name == "dw of two" and e.purpose is Purpose.CASE]
    for variant in (REFERENCE, "sums"):
        right = KEY.answers[variant][place].values["dw"].array
        assert str(np.round(right, 4).tolist()) in take_home(KEY, rule, ["dw of two"], variant)[3]


def test_the_smallest_of_the_failing_public_cases_is_taken_home() -> None:
    """In whichever order they fail; of hidden ones none."""
    rule = next(rule for rule in KEY.rubric.criteria if rule.name == "double")
    entry = next(e for e in KEY.plan.entries if e.criterion == "double" and e.visibility == "public")
    large = replace(entry, name="large", question=replace(entry.question, inputs={"x": np.ones((40, 3))}))
    right = Outcome(Status.RETURNED, {"y": Value("array", "ndarray", np.ones(2))})
    for entries in ((large, entry), (entry, large)):
        key = replace(KEY, plan=CallPlan(entries), answers={REFERENCE: {0: right, 1: right}})
        assert f"# {entry.name}" in take_home(key, rule, ["large", entry.name])[0]
        assert "# large" in take_home(key, rule, ["large"])[0]
    assert take_home(KEY, rule, ["no such case"]) == ()


def test_a_record_takes_home_what_its_verdict_was_compared_with() -> None:
    """Its cases and its lines name one and the same right value."""
    scores = judge(KEY, answer({**REFERENCE_FUNCTIONS, "back": lambda dy, cache: (dy, dy)}), EVIDENCE)
    [n] = [n for n, one in enumerate(scores) if one.verdict.criterion == "back"]
    failing = tuple(f for f in scores[n].verdict.findings if f.case == "dw of two")
    told = []
    for alternative in ("", "sums"):
        verdict = replace(scores[n].verdict, findings=failing, alternative=alternative)
        scores[n] = replace(scores[n], verdict=verdict)
        told.append(criterion(graded_record(WHO, KEY, scores, EVIDENCE), "back").take_home[3])
    [place] = [m for m, e in enumerate(KEY.plan.entries) if e.name == "dw of two" and e.purpose is Purpose.CASE]
    rights = [np.round(KEY.answers[name][place].values["dw"].array, 4).tolist() for name in (REFERENCE, "sums")]
    assert [str(right) in line for right, line in zip(rights, told, strict=True)] == [True, True]
    assert told[0] != told[1]


def test_what_is_no_array_is_taken_home_too() -> None:
    """A dict with an array in it stands in the lines as it would in a notebook, one for all calls."""
    built, arrays = build("param", {"pad": 1, "mean": np.array([1.0, 2.0])})
    step = Step("f", ("x", built), ("y", "=cache"))
    question = Question({"x": np.array([0.5]), **arrays}, (step, step))
    lines = write_down(Entry("f", "small", "public", Purpose.CASE, ("y",), question), {"y": np.array([2.0])})
    asked: list[object] = []
    exec("\n".join(lines), {"f": lambda x, param: (asked.append(param), param), "print": lambda *_: None})
    assert asked[0] is asked[1]
    assert asked[0]["pad"] == 1
    assert asked[0]["mean"].tolist() == [1.0, 2.0]


def test_missing_numbers_are_taken_home_as_code_that_runs() -> None:
    """`nan` alone is a name that nobody has."""
    x = np.array([np.nan, -np.inf, 1.5])
    for array in (x, x.astype(np.float32)):
        question = Question({"x": array}, (Step("f", ("x",), ("y",)),))
        lines = write_down(Entry("f", "small", "public", Purpose.CASE, ("y",), question), {"y": np.array(2.0)})
        asked: list[np.ndarray] = []
        exec("\n".join(lines), {"f": asked.append, "print": lambda *_: None})
        assert np.array_equal(asked[0], array, equal_nan=True)


def test_inputs_that_no_call_takes_are_not_shown() -> None:
    """A case may draw more than its calls take, and whoever works it out by hand looks for what the rest is for."""
    built, arrays = build("param", {"mean": np.array([1.0])})
    back = Step("Layer.back", ("dy",), ("dx",), new=("w",), sets=((".x", "layer"),), then=("t",))
    steps = (Step("f", ("x", built), ("y",), instance="second"), back)
    x = np.ones(2)
    drawn = dict.fromkeys(("t", "x", "other", "dy", "w", "layer"), x)
    question = Question({**drawn, **arrays}, steps)
    assert question.taken.keys() == question.inputs.keys() - {"other"}
    lines = write_down(Entry("f", "small", "public", Purpose.CASE, ("dx",), question), {"dx": np.ones(2)})
    assert "other" not in "\n".join(lines)
    wider = [
        replace(e, question=replace(e.question, inputs={**e.question.inputs, "other": x})) for e in KEY.plan.entries
    ]
    key = replace(KEY, plan=CallPlan(tuple(wider)))
    assert case_sizes(key) == case_sizes(KEY)
    names, all_names = (
        {grid.name for shown in public_arrays(one, answer(REFERENCE_FUNCTIONS)).values() for grid in shown.inputs}
        for one in (KEY, key)
    )
    assert names == all_names != set()


MADE = Step("Layer.__init__", ("w",), ("=nothing",), leaves=(("width of w", "self", ".w.size"),))
BACK = Step("Layer.back", ("dy",), ("dx",), new=("w",), leaves=(("dw", "self", ".dw"),), sets=((".x", "layer"),))


@pytest.mark.parametrize(
    ("steps", "result", "right"),
    [
        ((BACK,), "dw", 3.0), ((MADE,), "width of w", 1.0), ((MADE, BACK), "dw", 3.0),
        ((replace(MADE, gives=("=net",)), Step("weight", ("=net",), ("w",))), "w", 2.0),
    ],
)  # fmt: skip
def test_an_object_is_taken_home_as_the_exam_has_it(steps: tuple[Step, ...], result: str, right: float) -> None:
    """Made with what it is made with, given what is put on it, and asked for what the call has left, in any words. A
    page writes the calls down in the same way."""
    # An input may be called as the class is, and be true or false.
    question = Question({"dy": np.array([True]), "w": np.array([2.0]), "layer": np.array([3.0])}, steps)
    entry = Entry(steps[-1].function, "small", "public", Purpose.CASE, (result,), question)
    printed: list[object] = []

    class Layer:
        def __init__(self, w: np.ndarray) -> None:
            self.w = w

        def back(self, dy: np.ndarray) -> np.ndarray:
            self.dw = self.x * dy  # type: ignore[attr-defined]
            return self.w * dy

    program = {"Layer": Layer, "weight": lambda net: net.w}
    exec("\n".join(write_down(entry, {result: np.array([right])})), {**program, "print": printed.append})
    assert printed == [right]
    found: dict[str, object] = {**program, **question.inputs}
    exec("\n".join(calls_of(question)), found)
    assert found[result.replace(" ", "_")] == right


@pytest.mark.parametrize(("name", "written"), [("lambda_", "lambda_"), ("lambda", "lambda_"), ("the x", "the_x")])
def test_an_input_is_written_as_a_name_that_python_takes(name: str, written: str) -> None:
    """A hand-out says `lambda_` as `lambda` is Python's own; an author may call it so, or in words."""
    question = Question({name: np.array([2.0])}, (Step("double", (name,), ("out",)),))
    assert calls_of(question) == (f"out = double({written})",)
    entry = Entry("double", "a case", "public", Purpose.CASE, ("out",), question)
    namespace: dict[str, object] = {"double": lambda x: 2 * x, "print": lambda *_: None}
    exec("\n".join(write_down(entry, {"out": np.array([4.0])})), namespace)


def test_what_is_too_long_to_be_shown_whole_is_not_taken_home() -> None:
    """Lines that end in the middle do not run; long ones that fit are shown to their end."""
    rule = next(rule for rule in KEY.rubric.criteria if rule.name == "double")
    [place] = [n for n, e in enumerate(KEY.plan.entries) if e.criterion == "double" and e.visibility == "public"]
    entry = KEY.plan.entries[place]

    def lines_of(size: int) -> tuple[str, ...]:
        question = replace(entry.question, inputs={"x": np.arange(size) / 8})
        entries = (*KEY.plan.entries[:place], replace(entry, question=question), *KEY.plan.entries[place + 1 :])
        return take_home(replace(KEY, plan=CallPlan(entries)), rule, [entry.name])

    assert len(str(listing(lines_of(500)))) > SHOWN_CAP
    assert str(listing(lines_of(500))).endswith("try_it()")
    assert lines_of(5000) == ()


def test_nothing_hidden_can_be_taken_home() -> None:
    """Where only a hidden case fails there are no lines; where all fail they are of a public one."""
    hidden_only = graded({"double": lambda x: 2 * x if x.dtype == np.float64 else 7 * x})
    assert criterion(hidden_only).verdict == "partly"
    assert criterion(hidden_only).take_home == ()
    assert criterion(graded()).take_home == ()


def test_what_failed_in_running_the_definitions_is_noted() -> None:
    """With its place, and that it costs only what needs it."""
    record = graded(
        evidence=replace(EVIDENCE, failed=(Trouble("ModuleNotFoundError", "No module named 'torch'", 1, 2),))
    )
    [note] = [note for note in record.notes if "torch" in note]
    assert "cell 1, line 2" in note
    assert record.points == 13


def test_many_failures_are_not_all_told() -> None:
    """A notebook in which everything fails does not fill the page with it."""
    failed = tuple(Trouble("ValueError", f"number {n}", 1, n) for n in range(1, 100))
    assert len(graded(evidence=replace(EVIDENCE, failed=failed)).notes) <= 12


def unnamed(line: int) -> Trouble:
    return Trouble("NameError", f"name 'x{line}' is not defined", 1, line)


MISSING = Trouble("ModuleNotFoundError", "No module named 'tests'", 1, 1)
FOLLOWING = {
    "one": ((MISSING, unnamed(2)), ["'tests'", "'x2'"]),
    "several imports of one package": (
        (MISSING, replace(MISSING, line=3), replace(MISSING, line=5), unnamed(6)),
        ["line 1 and 2 more lines did not run: ModuleNotFoundError: No module named 'tests'", "'x6'"],
    ),
    "two": ((MISSING, unnamed(2), unnamed(3)), ["'tests'", "'x2'", "1 more line did not run"]),
    "one that was run again": (
        (unnamed(1), unnamed(2), replace(unnamed(3), message=f"name 'R' is not defined{RUN_AGAIN}without that")),
        ["'x1'", "'R' is not defined; it was run again", "1 more line did not run, as a name in it is not defined"],
    ),
    "many": ((MISSING, *map(unnamed, range(2, 90))), ["'tests'", "'x2'", "87 more lines did not run"]),
    "something else among them": (
        (unnamed(1), unnamed(2), Trouble("ValueError", "no", 1, 3)), ["'x1'", "ValueError", "1 more line did not run"],
    ),
    "after much else": ((*(Trouble("E", f"m{n}", 1, n) for n in range(11)), unnamed(50), unnamed(51)),
                        [f"m{n}" for n in range(10)]),
}  # fmt: skip


@pytest.mark.parametrize(("failed", "told"), FOLLOWING.values(), ids=FOLLOWING.keys())
def test_lines_that_use_what_is_not_there_are_told_once(failed: tuple[Trouble, ...], told: list[str]) -> None:
    """A notebook whose module with test cases is missing tries each function with it: one such line says enough."""
    bare = graded(evidence=EVIDENCE).notes
    notes = graded(evidence=replace(EVIDENCE, failed=failed)).notes[len(bare) :]
    assert len(notes) == len(told)
    assert all(part in note for part, note in zip(told, notes, strict=True))


def test_names_that_numpy_dropped_are_noted() -> None:
    """They still work here, and the page says which they are; names that are there, or never were, are not told."""
    notes = notes_on_file("", ("zeros", "product", "float", "zeross", "not a name"), 0, False)
    assert len(notes) == 1
    assert "np.product" in notes[0]
    assert "np.float" in notes[0]
    assert "zeros" not in notes[0]
    assert notes_on_file("", ("zeross",), 0, False) == ()
    assert notes_on_file("", ("zeros",), 0, False) == ()
    assert notes_on_file("Of 2 files …", (), 0, False) == ("Of 2 files …",)
    for is_script, said in ((False, "so all cells were run in order"), (True, "so the whole file was run in order")):
        [note] = notes_on_file("", (), 0, True, is_script)
        assert said in note


def test_the_same_evidence_makes_the_same_record() -> None:
    """Also after evidence went through the gradebook as JSON."""
    full = Evidence(
        True,
        {"double": "ab"},
        PLACES,
        {"x": Trouble("SyntaxError", "m", 1, 2)},
        (Trouble("E", "m", 3, 4),),
        ("note",),
        {"2": "a.py"},
        WHY,
    )
    again = Evidence.from_json(json.loads(json.dumps(full.to_json())))
    assert again == full
    assert graded({"double": halves}, full) == graded({"double": halves}, again)


def test_nothing_of_a_hidden_case_is_in_a_record() -> None:
    """Messages and values that came of hidden inputs are in no field of what pages are written from."""

    def tells(x):
        raise ValueError(f"x is {x.ravel()[0]!r} 0.8912345678")

    outcomes = answer({**REFERENCE_FUNCTIONS, "double": tells})
    record = record_of(outcomes)
    for case in criterion(record).cases:
        assert ("0.8912345678" in case.detail) == (case.visibility == "public")
    hidden_inputs = {
        f"{number:.6g}"
        for entry in KEY.plan.entries
        if entry.visibility == "hidden"
        for array in entry.question.inputs.values()
        for number in np.ravel(array).tolist()
    }
    assert not [number for number in hidden_inputs if len(number) > 5 and number in repr(record)]


def test_every_verdict_can_stand_in_a_record() -> None:
    """The words of a record are those of the closed list."""
    for functions in ({}, {"double": halves}, {"double": lambda x: 1 / 0}, {"ahead": lambda x, w: None}):
        assert {c.verdict for c in graded(functions).criteria} <= set(Kind)
