"""The late policy: declared as data, exact, said on the page, and never more than was declared.

takes: policies, times, and a small class with time stamps.
gives: one promise a test, said in its docstring.
must not know: layouts.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import CLASS, read_page, run_grader
from hypothesis import given
from hypothesis import strategies as st
from lms import exports as lms
from lms.exports import ADA, JANE, ZOE

from grader.answer_key import LateRule, load_key, save_key
from grader.answer_key.rubric_json import rubric_from_json, rubric_to_json
from grader.assignment import LatePolicy
from grader.cli.arriving import told_of_due
from grader.errors import AuthorError
from grader.export.comments import comment
from grader.feedback.arrival_wording import told_of
from grader.feedback.late_wording import late_notes, show_policy, show_span
from grader.gradebook import CriterionRecord, Record
from grader.intake import Arrival, Submission
from grader.lateness import after_deduction, late_deduction, seconds_late

TENTH = LateRule(Fraction(1, 10), Fraction(1, 2), 1800, "2026-11-20T23:00:00+00:00")
MOST = Fraction(100)

COSTS = [
    (None, 0), (0, 0), (1, 0), (1800, 0), (1801, 10), (1800 + 86_400, 10), (1801 + 86_400, 20), (1800 + 5 * 86_400, 50),
    (1800 + 40 * 86_400, 50),
]  # fmt: skip


@pytest.mark.parametrize(("late_by", "cost"), COSTS)
def test_each_day_begun_costs_its_part_up_to_the_cap(late_by: int | None, cost: int) -> None:
    """Within the grace nothing; a second past it a day's part; days are counted from the end of the grace."""
    assert late_deduction(TENTH, MOST, late_by) == cost


@given(st.fractions(0, 1), st.fractions(0, 1), st.integers(0, 10**6), st.integers(0, 10**8), st.fractions(0, 100))
def test_laws_of_lateness(per_day: Fraction, cap: Fraction, grace: int, late_by: int, points: Fraction) -> None:
    """Never above the cap, never below zero points, never less for being later, and exact."""
    rule = LateRule(per_day, cap, grace)
    cost = late_deduction(rule, MOST, late_by)
    assert 0 <= cost <= cap * MOST
    assert cost <= late_deduction(rule, MOST, late_by + 3600)
    assert isinstance(cost, Fraction)
    assert 0 <= after_deduction(points, cost) <= points
    assert late_deduction(None, MOST, late_by) == 0


TIMES = [
    ("2026-11-21T00:00:00+00:00", None, 3600), ("2026-11-21T01:00:00+01:00", None, 3600),
    ("2026-11-20T10:00:00+00:00", None, 0), ("", None, None), ("2026-11-21T00:00:00+00:00", 0, 0), ("", 60, 60),
]  # fmt: skip


@pytest.mark.parametrize(("handed_in", "told", "late_by"), TIMES)
def test_what_a_person_says_counts_more_than_the_clock(handed_in: str, told: int | None, late_by: int | None) -> None:
    """An extension is a lateness of 0; without a time and without a word nobody is late."""
    assert seconds_late(TENTH, handed_in, told) == late_by
    assert seconds_late(None, handed_in, None) is None


WRONG = [
    ({"per_day": 0.1}, "exact"), ({"per_day": Fraction(11, 10)}, "from 0 to 1"),
    ({"per_day": Fraction(1, 10), "grace": timedelta(minutes=-1)}, "negative"),
    ({"per_day": Fraction(1, 10), "due": datetime(2026, 11, 20)}, "time zone"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "said"), WRONG)
def test_a_policy_that_cannot_be_meant_is_refused(declared: dict[str, object], said: str) -> None:
    """Floats, parts above all, a due time that means another moment elsewhere."""
    with pytest.raises(AuthorError, match=said):
        LatePolicy(**declared)


def test_the_key_holds_the_policy_exactly(key: Path) -> None:
    """Fractions stay fractions on their way through the key's JSON; a key from before has none."""
    rubric = load_key(key / "exercise_05.key.npz").rubric
    late = replace(rubric, late=LateRule(Fraction(1, 3), Fraction(2, 7), 90, "2026-11-20T23:00:00+01:00"))
    data = json.loads(json.dumps(rubric_to_json(late)))
    assert rubric_from_json(data) == late
    del data["late"]
    assert rubric_from_json(data).late is None


WORDS = [
    (
        TENTH,
        Arrival(late_by=93600),
        93600,
        "1 day 2 hours late: 20 points are taken off the total (10 % of all points for each",
    ),
    (TENTH, Arrival(late_by=600), 600, "10 minutes late: that is within the grace of 30 minutes"),
    (None, Arrival(late_by=600), 600, "this assignment takes nothing off"),
    (TENTH, Arrival("canvas", marked_late=True), None, "Canvas marks this as late but does not say by how much"),
    (TENTH, Arrival(late_by=0, marked_late=True), 0, ""),
    (TENTH, Arrival(), None, ""),
]


@pytest.mark.parametrize(("rule", "arrival", "late_by", "said"), WORDS)
def test_lateness_is_put_into_words(rule: LateRule | None, arrival: Arrival, late_by: int | None, said: str) -> None:
    """How late, what it costs, by which rule; and why it costs nothing where it does not."""
    told = " ".join(late_notes(rule, arrival, late_by, MOST, MOST))
    assert said in told
    assert bool(said) == bool(told)


@pytest.mark.parametrize(
    ("earned", "said"),
    [(19, "the total, or as many as there are (10 %"), (20, "the total (10 %"), (None, "the total (10 %")],
)
def test_nobody_reads_that_more_is_taken_than_there_was(earned: int | None, said: str) -> None:
    """What a page says of the total is what was taken; the rule beside it says what would have been."""
    points = None if earned is None else Fraction(earned)
    [told] = late_notes(TENTH, Arrival(late_by=93600), 93600, MOST, points)
    assert said in told


TAKEN = [((Fraction(0), None), "", "Late, and nothing"), ((Fraction(3), Fraction(1)), "4", "4 points are")]


@pytest.mark.parametrize(("points", "taken", "told"), TAKEN)
def test_what_lateness_took_is_told_of_what_there_was(
    points: tuple[Fraction | None, ...], taken: str, told: str
) -> None:
    """Two functions with these points, and a rule that costs twenty: no sheet, no page says more than was there."""
    criteria = tuple(CriterionRecord(f"f{n}", "wrong", p, MOST, "", "", "", (), (), ()) for n, p in enumerate(points))
    record = Record("ada", "Ada", "a.ipynb", "", "graded", Fraction(0), MOST, "", criteria=criteria,
                    arrival=Arrival(late_by=93600), deduction=Fraction(20))  # fmt: skip
    assert told_of(record)[-1].startswith(f"Late: {told}" if taken else told)
    assert comment(record).endswith(f"late: {taken} points taken off" if taken else "not graded")


def test_spans_and_policies_are_said_shortly() -> None:
    """The two largest units; the whole rule in one line."""
    assert show_span(93784) == "1 day 2 hours"
    assert show_policy(TENTH) == "10 % of all points for each day begun, after a grace of 30 minutes, at most 50 %"


def test_a_late_class_from_time_stamps_to_pages(tmp_path: Path, key: Path) -> None:
    """nbgrader's stamps, an extension by file, a policy in the key: points, page, sheet; rejudged by another policy."""
    full = load_key(key / "exercise_05.key.npz")
    policy = LatePolicy(
        Fraction(1, 10), Fraction(1, 2), timedelta(minutes=30), datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    )
    late = LateRule(Fraction(1, 10), Fraction(1, 2), 1800, policy.due.isoformat() if policy.due else "")
    for name, rule in (("strict", late), ("mild", replace(late, per_day=Fraction(1, 100)))):
        save_key(replace(full, rubric=replace(full.rubric, late=rule)), tmp_path / f"{name}.npz")
    right = next((CLASS / "student-01").glob("*.ipynb")).read_bytes()
    files = [
        entry
        for person, stamp in (
            (ADA, "2026-11-20 22:20:00 UTC"),
            (ZOE, "2026-11-22 08:00:00 Europe/Berlin"),
            (JANE, "2026-11-29 08:00:00 UTC"),
        )
        for entry in lms.nbgrader_files([replace(person, files={"a.ipynb": right})], stamp=stamp)
    ]
    hand_ins = lms.as_form(tmp_path, "class", files, "zip")
    (tmp_path / "extensions.csv").write_text(f"id,late_hours\n{JANE.sis},0\nnobody,0\n")
    out = tmp_path / "reports"
    ran = run_grader(
        "grade", hand_ins, "--key", tmp_path / "strict.npz", "--out", out, "--late", tmp_path / "extensions.csv"
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

    def points() -> dict[str, str]:
        with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all(row["affine_backward"] == "30" for row in rows), "a policy on the total touches no criterion"
        return {row["student_id"]: row["points"] for row in rows}

    assert points() == {ADA.sis: "100", ZOE.sis: "80", JANE.sis: "100"}
    assert "Handed in 1 day 9 hours late: 20 points are taken off the total" in read_page(out, ZOE.sis)
    assert "within the grace" in read_page(out, ADA.sis)
    assert "Handed in" not in read_page(out, JANE.sis)
    assert "20 points are taken off" in ran.stdout
    assert "--late changes nothing for them: nobody (line 3)\n" in ran.stdout
    assert run_grader("export", "nbgrader", out, "--out", tmp_path / "n.csv").returncode == 0
    with (tmp_path / "n.csv").open(encoding="utf-8", newline="") as file:
        zoe = next(row for row in csv.DictReader(file) if row["student_id"] == ZOE.sis)
    assert (zoe["raw_score"], zoe["late_submission_penalty"], zoe["score"]) == ("100", "20", "80")
    assert zoe["duedate"].startswith("2026-11-20T22:00")
    ran = run_grader("rejudge", out, "--key", tmp_path / "mild.npz")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert points()[ZOE.sis] == "98"


def test_a_ta_who_changes_points_does_not_undo_lateness(tmp_path: Path, key: Path) -> None:
    """An override changes a criterion; what lateness costs is taken off the new total."""
    full = load_key(key / "exercise_05.key.npz")
    rule = LateRule(Fraction(1, 10), Fraction(1), 0)
    save_key(replace(full, rubric=replace(full.rubric, late=rule)), tmp_path / "k.npz")
    right = next((CLASS / "student-01").glob("*.ipynb")).read_bytes()
    hand_ins = lms.as_form(tmp_path, "class", [("ada.ipynb", right), ("bob.ipynb", right)], "folder")
    (tmp_path / "late.csv").write_text("id,late_days\nada,1\nbob,0\n")
    (tmp_path / "o.csv").write_text("student_id,criterion,points,reason,by\nada,affine_backward,20,see mail,ta\n")
    out = tmp_path / "reports"
    ran = run_grader("grade", hand_ins, "--key", tmp_path / "k.npz", "--out", out, "--late", tmp_path / "late.csv",
                     "--overrides", tmp_path / "o.csv")  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        assert {row["student_id"]: row["points"] for row in csv.DictReader(file)} == {"ada": "80", "bob": "100"}


def test_an_extension_that_is_not_given_again_is_told(tmp_path: Path, key: Path) -> None:
    """Graded again without the sheet, everybody in it has another lateness: the run says of how many that is so."""
    right = next((CLASS / "student-01").glob("*.ipynb")).read_bytes()
    hand_ins = lms.as_form(
        tmp_path, "class", [("ada.ipynb", right), ("bob.ipynb", right), ("eve.ipynb", right)], "folder"
    )
    (tmp_path / "late.csv").write_text("id,late_days\nada,1\nbob,0\n")
    words = ("grade", hand_ins, "--key", key / "exercise_05.key.npz", "--out", tmp_path / "reports")
    for more, said in ((["--late", tmp_path / "late.csv"], 0), ([], 2), ([], 0)):
        ran = run_grader(*words, *more)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert (f"that an earlier run was told: {said}" in ran.stdout) == bool(said)
        assert ("an earlier run was told" in ran.stdout) == bool(said)


RULE, DATED = LateRule(Fraction(1, 10), Fraction(1), 0), LateRule(Fraction(1, 10), Fraction(1), 0, "2026-11-20T23:59Z")
TIMED, GIVEN, ABSENT = Arrival(handed_in="2026-11-20T22:00:00Z"), Arrival(late_by=0), Arrival(absent=True)
UNTIMED, CANVAS = Arrival("moodle"), Arrival("canvas", marked_late=True)


@pytest.mark.parametrize(
    ("due", "rule", "arrivals", "said"),
    [
        ("2026-11-20", RULE, (UNTIMED, TIMED, GIVEN, ABSENT), "--due changes nothing for 1 of 4 hand-ins"),
        ("", DATED, (UNTIMED, UNTIMED), "the assignment's due time changes nothing for 2 of 2 hand-ins"),
        ("2026-11-20", RULE, (CANVAS,), "--due changes nothing for 1 of 1 hand-ins"),
        ("2026-11-20", None, (TIMED,), "--due takes no points off"),
        ("", DATED, (CANVAS,), ""),  # the page says of each that is marked late
        ("2026-11-20", RULE, (TIMED, GIVEN, ABSENT), ""),
        ("", RULE, (UNTIMED,), ""),
        ("", None, (UNTIMED,), ""),
    ],
)
def test_a_due_time_that_changes_nothing_is_told(
    due: str, rule: LateRule | None, arrivals: tuple[Arrival, ...], said: str
) -> None:
    """A place that gives no times, an assignment with no rule: one sentence with its next step, else none."""
    class_ = [Submission(f"s{n}", "", arrival=arrival) for n, arrival in enumerate(arrivals)]
    told = list(told_of_due(due, rule, class_))
    assert len(told) == bool(said)
    assert all(line.startswith(said) and "\n  next: " in line for line in told)


def test_a_run_says_that_due_has_no_effect(tmp_path: Path, key: Path) -> None:
    """Flat files have no times: the run says so, to people and to machines, and goes on."""
    full = load_key(key / "exercise_05.key.npz")
    save_key(replace(full, rubric=replace(full.rubric, late=RULE)), tmp_path / "k.npz")
    right = next((CLASS / "student-01").glob("*.ipynb")).read_bytes()
    hand_ins = lms.as_form(tmp_path, "class", [("ada.ipynb", right), ("bob.ipynb", right)], "folder")
    words = ("grade", hand_ins, "--key", tmp_path / "k.npz", "--out", tmp_path / "r", "--due", "2026-11-20 23:59")
    ran = run_grader(*words)
    assert (ran.returncode, "--due changes nothing for 2 of 2 hand-ins" in ran.stdout) == (0, True)
    assert json.loads(run_grader(*words, "--json").stdout)["of_no_time"] == 2
