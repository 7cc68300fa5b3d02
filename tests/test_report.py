"""What people read: students' pages, the class page, the terminal, and what none of them may show."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from hashlib import sha256
from html import unescape
from itertools import cycle, islice
from pathlib import Path
from types import SimpleNamespace as Some
from typing import Any

import msgspec
import numpy as np
import pytest
from lms.exports import NOTEBOOK, put, zipped
from report_class import CLASS, EXAM, HIDDEN, KEY, PAGE, RIGHT, SOURCES, record_of, small_exam
from rich.console import Console

from grader.errors import SubmissionError
from grader.extract import Cell
from grader.gradebook import CriterionRecord, Identity, Override, Places, Record, Ruling, Words, applied
from grader.intake import collect
from grader.judge.compare import compare
from grader.key import public_cut
from grader.key.right import Right
from grader.report import ClassSummary, PageContext, render_student_page, summarise, write_class_page
from grader.report.arrays import case_tables, compare_array, compared, stages_of
from grader.report.check_view import card_text, render_card, show_changes, show_check
from grader.report.class_summary import render_class_page
from grader.report.notebook_page import render_cells, render_notebook, view_notebook
from grader.report.page import MARK, render
from grader.report.staff_views import Row, explain, selftest_lines, show_rubric
from grader.report.student_page import function_code, plain_cell
from grader.report.terminal import progress, show_class, show_doctor
from grader.sandbox import Diagnosis, Level

CHECK = PageContext("today", Level.OWN_WORK, "check")
HOSTILE = "\u202e</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m`&"


def page_of(about: str | Record, page: PageContext = PAGE) -> str:
    """The page of a student of the class, or of a record."""
    return render_student_page(CLASS[about] if isinstance(about, str) else about, KEY, page)


def index_of(*about: Record) -> str:
    """The page of a class of these records, or of everybody."""
    return render_class_page(summarise(about or CLASS.values()), KEY, PAGE)


def on_terminal(show: Callable[..., None], *about: Any, encoding: str = "utf-8") -> str:
    """What a view prints, without colours; no line is too long."""
    written = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    show(*about, console=Console(file=written, width=80, highlight=False, emoji=False, color_system=None))
    written.seek(0)
    shown = written.read()
    assert all(len(line) <= 80 for line in shown.splitlines())
    return shown


def text_of(html: str) -> str:
    """The text of a page as it is read."""
    without = re.sub(r"<(style|script)\b.*?</\1>|<title>.*?</title>", "", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", re.sub(r"<wbr>|</?(code|span|b|strong|a)\b[^>]*>", "", without))
    return re.sub(r"\s+", " ", unescape(text))


# ---- a student's page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("student", "texts"),
    {
        "ada": ["50/50 points", "Nothing is left to fix.", "Ada Lovelace", "5/5 points", "Skipped 3 print", "Right on"],
        "bob": [
            "34/50 points", "16 points were lost, in 1 of 2 functions.", "Start here: forward.", "Known mistake",
            "Recognised: plus instead of times", "This adds w; it multiplies.", "Try next: Write x * w.",
            "The checks alone would give less",
        ],
        "carl": ["Crashed", "◀ line 5", "Right, given the reference's results of forward", "raised; checks: values"],
        "dora": ["dx is 2 times the expected value.", "Difference of dx", "Public cases: 0/2 right", "One click"],
        "finn": ["0/50 points", "Missing", "forward is not there."],
        "gina": ["Every public case is right. On hidden inputs", "Hidden cases: 0/1 right", "inputs: x (9, 11), w (9"],
        "hugo": ["It returned None."],
        "ned": ["Correct: accepted alternative", "by another convention", "There are notes on backward; no points"],
        "kim": ["Not attempted", "0/50 points"],
        "lea": ["Unreadable", "This is not a zero.", "What to do: save it again", "Handed in twice"],
        "max": ["Could not be graded", "the disk is full", "This is not a zero.", "nothing for now"],
        "jo": ["37/50", "changed by a teaching assistant: 7/20; the machine gave 20. Two lines are a friend's. (Kay)"],
    }.items(),
)  # fmt: skip
def test_a_page_says_what_happened_and_what_to_do_next(student: str, texts: list[str]) -> None:
    """The words of the design, in the reader's order."""
    text = text_of(page_of(student))
    assert [one for one in texts if one not in text] == []


def test_a_behaviour_that_waits_for_another_says_for_which() -> None:
    """Its own cases are right, and it earns nothing: a bare 0 would look like a mistake of the grader."""
    source = RIGHT.replace("out = x * w", "out = x * w if x.ndim > 2 else x")
    text = text_of(page_of(record_of(EXAM, "pat", source)))
    assert "images (its own cases are right, but it counts only together with: values) 0/5 points" in text


def test_a_basis_is_named_where_it_is_not_the_students_own() -> None:
    """What a verdict rests on is said once."""
    source = SOURCES["bob"].replace("out, (x, w)", "out, None").replace("dout * w,", "dout * (w if w.ndim < 3 else 1),")
    record = record_of(EXAM, "pat", source)
    assert text_of(page_of(record)).count("Given the reference's results of forward") == 1


def checked(student: str) -> Record:
    """The record of a check: public cases only."""
    public = small_exam()
    public.key = public_cut(KEY)
    public._drivers = public._drivers[: len(public.key.entries)]
    return record_of(public, student, SOURCES[student])


def test_a_check_shows_no_grade() -> None:
    """Public checks by number, and never points: hidden ones are still to come."""
    text = text_of(page_of(checked("ada"), CHECK))
    assert "4/4 public checks pass" in text
    assert "not yet a grade" in text
    assert " points" not in text.partition("How this page was made")[0]


def test_no_number_of_a_hidden_case_reaches_a_page() -> None:
    """On no page for students and on no class page, however it is rounded; a TA's view has them."""
    pages = [
        *map(page_of, CLASS),
        render_card(CLASS["bob"], KEY),
        render_class_page(summarise(CLASS.values()), KEY, PAGE),
    ]
    assert not any(str(HIDDEN)[:4] in page for page in pages)
    assert any(str(HIDDEN) in line for line in explain(CLASS["ina"], KEY, each=True))


def hostile(record: Record) -> Record:
    """The same with hostile text wherever a student, a platform or an author can put some."""
    change, tail = msgspec.structs.replace, HOSTILE
    said = Override("bob", "forward", Fraction(1), tail, tail, "", "review", tail, Fraction(3))
    criteria = tuple(
        change(
            one, words=Words(tail, tail, (tail,), tail), ruling=change(one.ruling, mistake=tail), override=said,
            behaviours=tuple(change(b, name=tail, waits_for=tail) for b in one.behaviours),
            cases=tuple(change(case, name=tail, detail=tail, outcome=tail) for case in one.cases),
        )
        for one in record.criteria
    )  # fmt: skip
    identity = change(record.identity, student_id=tail, name=tail, file=tail, folder="javascript:x", sha256=tail)
    cells = (Cell(1, tail, f"def forward():{tail}\n    {tail}", tail, tail),)
    return change(record, identity=identity, criteria=criteria, cells=cells, words=Words(tail, tail, (tail,)))


def test_nothing_of_a_submission_is_believed() -> None:
    """No text becomes a tag, turns letters round, or ends a script; no folder becomes another scheme."""
    record = hostile(CLASS["bob"])
    broken = msgspec.structs.replace(record, status="partly graded")
    side = Some(student_id=HOSTILE, name=HOSTILE, folder=HOSTILE, share=0.5, cells=[(1, [(1, [(HOSTILE, "strong")])])])
    view = Some(
        pairs=[Some(worth=1, left=side, right=side)], compared=2, more=0, least=8, warnings=[HOSTILE], groups=[]
    )
    pages = [
        page_of(record), render_student_page(broken, KEY, CHECK),
        index_of(record, broken), render_card(record, KEY),
        render("similar.html", ("page.css",), view=view, title=HOSTILE, page=PAGE),
    ]  # fmt: skip
    for page in pages:
        assert not set(page) & {"\u202e", "\x1b"}
        assert "alert(1)" in page
        assert not re.search(r"<script>alert|<img|href=\"javascript", page)


def test_a_page_fetches_nothing_and_is_known_by_its_mark() -> None:
    """No script on a student's page; one of ours, by its hash, on the class page; nothing from anywhere else."""
    page = page_of("dora")
    assert MARK in page[:4096]
    assert "<script" not in page
    index = render_class_page(ClassSummary(), KEY, PAGE)
    assert index.count("<script>") == 1
    for one in (page, index):
        assert re.search(r"default-src &#39;none&#39;; .*style-src &#39;sha256-", one)
        assert not re.search(r"(src|href)=\"(https?:)?//", one)


def test_a_page_stays_small_whatever_was_handed_in() -> None:
    """Thousands of cells, endless lines, a million names: cut, and said so."""
    cells = tuple(Cell(n, "code", "x" * 5000 + "\n" + "y = 1\n" * 400) for n in range(2, 3000))
    record = record_of(EXAM, "pat", SOURCES["ina"] + "\n" + "\n".join(f"name_{n} = {n}" for n in range(100_000)))
    page = page_of(msgspec.structs.replace(record, cells=record.cells + cells))
    assert len(page) < 150_000
    assert "left out here. All of it was read." in page


def test_arrays_stay_few_however_many_functions_are_wrong() -> None:
    """One function alone shows several cases, of some each shows one, and of forty only the first do."""
    record = record_of(EXAM, "ina", SOURCES["ina"])
    shown, taken = {}, {}
    for count in (1, 3, 20):
        page = page_of(msgspec.structs.replace(record, criteria=record.criteria * count))
        arrays = re.findall("<div class=arrays.*?</table></div></div>", page)
        shown[count], taken[count] = len(arrays), sum(map(len, arrays))
    assert shown[1] > 2
    assert shown[3] >= 6
    assert shown[20] < 40
    assert max(taken.values()) < 45_000


# ---- code ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line", "trouble", "shown", "marked"),
    [
        (RIGHT, 4, 0, (4, 6), 0),
        (RIGHT, 9, 11, (9, 11), 11),
        ("def f(a,\n      b\n):\n    return a\n\n\nx = 1", 1, 0, (1, 4), 0),
        ('def f():\n    """Says\nthis.\n"""\n    return 1\nx = 1', 1, 5, (1, 5), 5),
        ("class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        pass", 2, 0, (2, 3), 0),
        ("f = g", 9, 0, (1, 1), 0),
    ],
)
def test_a_function_ends_where_its_indentation_does(
    source: str, line: int, trouble: int, shown: tuple[int, int], marked: int
) -> None:
    """Headers over several lines and texts further left belong to it; the failing line is marked once."""
    html = function_code(_criterion(1, line, 1 if trouble else 0, trouble), [Cell(1, "code", source)], coloured=True)
    assert [int(n) for n in re.findall(r"<i>(\d+)", html)] == list(range(shown[0], shown[1] + 1))
    assert [int(n) for n in re.findall(r"◀ line (\d+)", html)] == ([marked] if marked else [])


def _criterion(cell: int, line: int, trouble_cell: int, trouble_line: int) -> CriterionRecord:
    places = Places(cell, line, trouble_cell, trouble_line)
    return CriterionRecord("forward", Ruling("crashed"), Fraction(0), Fraction(1), Words(), places=places)


def test_a_line_that_failed_elsewhere_is_shown_beside_the_function() -> None:
    """A helper of another cell, with the lines round it; a place that is not there breaks nothing."""
    helper = Cell(2, "code", "\n".join(f"line_{n}" for n in range(1, 20)))
    html = function_code(_criterion(1, 4, 2, 9), [Cell(1, "code", RIGHT), helper], coloured=False)
    assert "Where it stopped" in html
    assert re.findall(r"line_\d+", html) == [f"line_{n}" for n in range(6, 13)]
    assert function_code(_criterion(5, 4, 6, 9), [helper], coloured=False) == ""
    assert "Where it stopped" in function_code(_criterion(2, 900, 2, 700), [helper], coloured=True)


def test_code_is_shown_as_it_was_written() -> None:
    """Colours change no letter of it, and no tag spans two lines."""
    source = 'def f(x):  # <b> & "q"\n    """a\n    b"""\n    return f"{x!r}" if x <= 1 else \'\'\n'
    html = function_code(_criterion(1, 1, 0, 0), [Cell(1, "code", source)], coloured=True)
    lines = re.findall(r"<i>\d+</i>(.*?)(?=\n|</pre>)", html)
    assert [re.sub("<[^>]*>", "", line) for line in lines] == plain_cell(source.rstrip("\n"), 1000, {})[0].split("\n")
    assert all(line.count("<span") == line.count("</span>") for line in lines)


def test_in_a_cell_a_function_that_a_card_shows_is_a_link_to_it() -> None:
    """All other lines are there, before and behind it."""
    source = "a = 1\ndef f(x):\n    y = x\n    return y\nb = 2\ndef g(x): return x"
    html, omitted = plain_cell(source, 1000, {2: (4, "A.f"), 6: (6, "g")})
    link = '<a href="#A.f">lines 2 to 4: A.f</a>'
    assert (html.split("\n"), omitted) == (["a = 1", link, "b = 2", "def g(x): return x"], 0)
    assert plain_cell(source, 10, {2: (4, "A.f")}) == ("a = 1", 5)


# ---- arrays ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [0.0, 1e-12, 1e-4, 3.0, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (2, 3, 4), (9, 11)])
def test_what_is_marked_is_what_the_judge_counts(change: float, shape: tuple[int, ...]) -> None:
    """As many marks as the judge finds wrong entries, one of them the worst, and arrows that point the right way."""
    rule = KEY.rule("forward")
    want = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    got = want.copy()
    got.flat[::2] += change
    problem = compare(got, Right("out", (want,), rule.tolerance))
    marks = [mark for mark in compare_array("out", got, [want], rule, False).marks.ravel().tolist() if mark]
    assert len(marks) == (0 if problem is None else problem.facts.get("wrong", (got.size + 1) // 2))
    assert {mark[0] for mark in marks} == ({"▲" if np.isfinite(change) else "!"} if marks else set())
    assert sum(len(mark) == 2 for mark in marks) == bool(marks)


def test_a_table_holds_the_worst_entry_and_as_many_cells_as_its_head() -> None:
    """Of a large array a window is shown; of three dimensions, rows along the last axis."""
    space: dict[str, Any] = {}
    exec(RIGHT.replace("return out,", "out.flat[-1] -= 9\n    return out,"), space)
    found = [one for one in stages_of(KEY, CLASS["ina"].criteria[0], EXAM.ask(space)) if one]
    pages = [case_tables(KEY, KEY.rule("forward"), stage, "", {}) for stage in found]
    for table in re.findall(r"<table>.*?</table>", "".join(pages)):
        assert len({len(re.findall(r"<t[dh]", row)) for row in table.split("<tr>")[1:]}) == 1
    assert "6 of 9 rows, 8 of 11 columns" in pages[-1]
    assert pages[-1].count("▼▼") == 1
    assert "<th>8<td>" in pages[-1]


@pytest.mark.parametrize("got", [None, "text", [1, 2], {"a": 1}, np.ones((2, 2)), np.ones(0), np.array(3), 1j, True])
def test_any_result_can_be_shown(got: Any) -> None:
    """Other shapes, other kinds, nothing at all."""
    outcomes = EXAM.ask({"forward": lambda x, w: (got, (x, w)), "backward": lambda dout, cache: (got, got)})
    for criterion in CLASS["ina"].criteria:
        for stage in filter(None, stages_of(KEY, criterion, outcomes)):
            html = case_tables(KEY, KEY.rule(criterion.name), stage, "", {})
            assert "Expected" in html
            assert list(compared(KEY, KEY.rule(criterion.name), stage, ""))


# ---- the class, and the terminal -------------------------------------------------------------------------------------


def test_the_class_page_links_everybody(tmp_path: Path) -> None:
    """A row for each student with a link to the page, and to the whole notebook where that was rendered."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "notebook.html").write_text("")
    write_class_page(tmp_path, summarise(CLASS.values()), KEY, PAGE)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'<th scope="?row"?><a href="([^"]+)"', page))
    assert links == {*(f"./{one}/report.html" for one in CLASS), "./jo/report.html#forward"}
    assert page.count("/notebook.html") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada", "index.html"]


@pytest.mark.parametrize(
    ("verdict", "points", "shown"),
    [("wrong", 0, "0"), ("crashed", 0, "crashed"), ("crashed", 2, "2 (crashed)"), ("ungraded", None, "not graded")],
)
def test_a_bare_zero_is_a_wrong_answer_and_nothing_else(verdict: str, points: int | None, shown: str) -> None:
    """Where nothing came back, the word is in the table."""
    worth = None if points is None else Fraction(points)
    one = msgspec.structs.replace(CLASS["ada"].criteria[0], ruling=Ruling(verdict), points=worth)
    page = index_of(msgspec.structs.replace(CLASS["ada"], criteria=(one,)))
    assert f"<td class=num>50<td class=num>{shown}<td class=path>" in page


KINDS = {
    "nothing to grade: there is no notebook (.ipynb) or Python file (.py) in {0}/my work.pdf, {0}/b c.docx":
        "nothing to grade: there is no notebook (.ipynb) or Python file (.py) in …",
    "{0}/deep/v 1.ipynb cannot be read: it is a PDF, not a notebook": "… cannot be read: it is a PDF, not a notebook",
    "{0}.zip is not a zip archive that can be opened": "… is not a zip archive that can be opened",
}  # fmt: skip


def test_one_reason_is_one_line_whatever_the_files_are_called() -> None:
    """Of 49 hand-ins of three kinds there are three reasons; that of one hand-in names its file."""
    unread = msgspec.structs.replace(CLASS["ada"], status="unreadable", criteria=(), points=None)
    rows = [
        msgspec.structs.replace(unread, identity=Identity(f"s {n}", ""), words=Words([*KINDS][n % 3].format(f"s {n}")))
        for n in range(49)
    ]
    assert {(group.reason, len(group.rows)) for group in summarise(rows).troubles} == {
        (said, 16 + (n == 0)) for n, said in enumerate(KINDS.values())
    }
    assert [group.reason for group in summarise(rows[:1]).troubles] == [rows[0].words.headline]


SAID = Override("ada", "forward", Fraction(30), "Well done.", "Kay", "", "review", "correct", Fraction(20))
CAPPED = applied(CLASS["ada"], {"forward": SAID}, KEY.rubric.worth)


def odd_class() -> ClassSummary:
    """The class with an override that counts in part only, one about nobody, and a sheet that somebody edited."""
    summary = summarise([*CLASS.values(), CAPPED])
    summary.strays, summary.put_aside = [Override("gone", "forward", Fraction(1), "")], "grades.before.csv"
    return summary


ROWS = [Row("mutants", 100, 97, (("a", "the same"), ("b", "the same")), ("x > 0 -> x >= 0",)), Row("others", 1, 1)]
MACHINE = Diagnosis(Level.NO_NAMESPACES, "It holds.", (("bubblewrap", False, "gone"),), "sudo")
VIEWS: dict[str, tuple[Callable[[], str], list[str]]] = {
    "class page": (lambda: text_of(render_class_page(odd_class(), KEY, PAGE)), [
        "15 students: 14 from a Moodle export, 1 unknown name", "Score distribution", "1 of 15 forward plus",
        "This adds w; it multiplies.", "Could not be graded: 2", "save it again, and hand in the new file",
        "Handed in twice; the newest was graded.", "Late, and no points are taken off.", "Two lines are a friend's.",
        "changed since: was wrong, 0", "Mean, median and chart are of the 13 submissions that could be graded in full.",
        "maximum lowered since: given 30, counted 20",
    ]),
    "class": (lambda: on_terminal(show_class, odd_class(), Path("reports/index.html")), [
        "15 submissions: 13 graded, 1 ungraded, 1 unreadable", "of 50 points", "1: forward: plus instead of times",
        "the disk is full (max)", "Next: save it again", "gone, forward", "grades.before.csv", "Changed by a TA: 2",
        "jo, forward (TA: 7): was wrong, 0; is correct, 20", "ada, forward (TA: 30, counted 20)",
        "grader review reports", "Class page: reports/index.html",
    ]),
    "nobody's page": (lambda: text_of(render_class_page(ClassSummary(), KEY, PAGE)), ["There are no submissions."]),
    "nobody": (lambda: on_terminal(show_class, ClassSummary(), Path("index.html")), ["0 submissions: none"]),
    "check": (lambda: on_terminal(show_check, CLASS["dora"], KEY, "Sandbox: own work."), [
        "✓ forward Correct", "✗ backward Wrong", "0 of 2 public checks", "Try next:", "Public checks: 2 of 4",
        "Hidden checks are run after hand-in. Sandbox: own work.",
    ]),
    "ascii": (lambda: on_terminal(show_check, CLASS["dora"], KEY, encoding="ascii"), ["x backward Wrong"]),
    "check of another": (lambda: on_terminal(show_check, CLASS["finn"], KEY), ["name its key: --key FILE"]),
    "check given": (lambda: on_terminal(show_check, CLASS["carl"], KEY), ["Right, given the reference's results"]),
    "check unread": (lambda: on_terminal(show_check, CLASS["lea"], KEY), ["is empty", "this is not a zero"]),
    "check ungraded": (lambda: on_terminal(show_check, CLASS["max"], KEY), ["the disk is full", "this is not a zero"]),
    "changes": (lambda: on_terminal(show_changes, CLASS["dora"], CLASS["ada"]), ["backward: Wrong -> Correct"]),
    "no changes": (lambda: on_terminal(show_changes, CLASS["ada"], CLASS["ada"]), ["no verdict has changed"]),
    "card": (lambda: text_of(render_card(checked("dora"), KEY)), [
        "2 of 4 public checks pass", "restart the kernel", "hidden cases, which have other numbers",
    ]),
    "card as text": (lambda: card_text(checked("dora"), KEY), ["Public checks: 2 of 4", "restart the kernel"]),
    "capped": (lambda: text_of(page_of(CAPPED)), ["30 were given when it was worth more; today's maximum counts"]),
    "key": (lambda: on_terminal(show_rubric, KEY), [
        "Small: 50 points", "values (15/20 points): case 0 [public]; case 4 [hidden]", "images (5/20 points, needs",
        "case 1 [public, given]", "also right: averaged", "known mistake: plus instead of times (4 points).",
        "4 public cases, 2 hidden cases",
    ]),
    "proof": (lambda: "\n".join(selftest_lines(ROWS, ["a case"], ["an excuse"])), [
        "2 the same", "Survived (mutants)", "x > 0 -> x >= 0", "a case", "an excuse",
    ]),
    "machine": (lambda: on_terminal(show_doctor, MACHINE), [
        "level: no namespaces (Landlock, seccomp) It holds. no: bubblewrap: gone to raise it: sudo",
    ]),
    "appeal": (lambda: "\n".join(explain(CLASS["dora"], KEY)), [
        "backward: 0 of 30 points, wrong (own)", "expected: array (3, 4)", "12 of 12 entries are off; most by",
    ]),
    "appeal of a case": (lambda: "\n".join(explain(CLASS["dora"], KEY, ["forward"], "case 0")), [
        "0 of 12 entries are off", "both(student, x=x, w=w, dout=dout)",
    ]),
    "no case": (lambda: "\n".join(explain(CLASS["dora"], KEY, case="none")), ["No case is called 'none'."]),
    "no appeal": (lambda: "\n".join(explain(CLASS["ada"], KEY)), ["All cases are right."]),
    "appeal of an error": (lambda: "\n".join(explain(CLASS["carl"], KEY)), ["out returned: raised"]),
    "appeal unread": (lambda: "\n".join(explain(CLASS["lea"], KEY)), ["lea/layer.ipynb is empty"]),
}  # fmt: skip


@pytest.mark.parametrize(("view", "words"), VIEWS.values(), ids=VIEWS)
def test_a_view_says_all_that_its_reader_needs(view: Callable[[], str], words: list[str]) -> None:
    """The class, checks, keys, proofs and appeals, each in the words of the design."""
    shown = " ".join(view().split())
    assert [one for one in words if one not in shown] == []


def test_progress_goes_to_standard_error_in_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """A log stays readable: ten lines for a class, and each submission that is not graded."""
    with progress(1000) as step:
        for n in range(1000):
            step(f"s{n}", "graded" if n else "unreadable", "it is\x1b[31m empty")
    written = capsys.readouterr()
    assert written.out == ""
    assert len(written.err.splitlines()) == 11
    assert "s0: unreadable: it is\ufffd[31m empty" in written.err


def test_the_terminal_believes_nothing_of_a_submission() -> None:
    """No escape sequence, no markup, nothing that turns letters round; and a key shows no number of a case."""
    record = hostile(CLASS["bob"])
    shown = on_terminal(show_check, record, KEY) + on_terminal(show_class, summarise([record]), Path("index.html"))
    shown += "\n".join(explain(record, KEY))
    assert not set(shown) & {"\x1b", "\u202e"}
    assert "alert(1)" in shown
    assert str(HIDDEN) not in on_terminal(show_rubric, KEY)


# ---- whole notebooks, and what is loaded -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"nbformat": 4, "cells": [{"cell_type": "code"}]}'])
def test_what_is_no_notebook_is_refused(text: str) -> None:
    """With a sentence and a next step, whatever nbconvert raises."""
    with pytest.raises(SubmissionError) as refused:
        render_notebook(text, "Ada")
    assert refused.value.hint


def test_saved_cells_are_rendered_too() -> None:
    """Code and words, each as such; nothing in them becomes a tag of ours."""
    cells = [Cell(1, "code", "x = 1 # <b>"), Cell(2, "markdown", "# Title <script>x()</script>")]
    page = render_cells(cells, "Ada")
    assert "&lt;b&gt;" in page
    assert "<script" not in page


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    """A check must start at once: no template engine, no terminal library, no colours, no nbconvert."""
    heavy = "{'jinja2', 'rich', 'pygments', 'nbconvert', 'bleach', 'nbformat'} & {*sys.modules}"
    code = f"import sys, grader.report, grader.report.check_view, grader.report.staff_views; print({heavy})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


def many(count: int) -> Iterator[Record]:
    """A large class: the small one again and again under other names."""
    for n, one in enumerate(islice(cycle(CLASS.values()), count)):
        identity = msgspec.structs.replace(one.identity, student_id=f"s{n:05}", folder=f"s{n:05}", name=f"Made Up {n}")
        yield msgspec.structs.replace(one, identity=identity)


@pytest.mark.parametrize("layout", ["groups", "folders"])
def test_a_notebook_is_found_in_the_layout_that_it_came_in(tmp_path: Path, layout: str) -> None:
    """Also where the class could not be read without the layout's name."""
    put(
        tmp_path,
        [("tut.zip", zipped([(f"{name}.ipynb", NOTEBOOK) for name in ("ann", "bob", "cem")])), ("zoe.py", b"")],
    )
    one = collect(tmp_path, layout).submissions[0]
    who = Identity(one.student_id, "", one.files[0].name, sha256(NOTEBOOK).hexdigest(), arrival=one.arrival)
    page, why = view_notebook(msgspec.structs.replace(CLASS["ada"], identity=who), tmp_path)
    assert (one.files[0].name in page, why) == (True, "")
