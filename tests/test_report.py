"""The pages and the terminal: every verdict is told, nothing of a hand-in is believed, nothing hidden is shown.

takes: records, keys and outcomes made by hand.
gives: one promise a test, said in its docstring.
must not know: the sandbox, the assignment that ships.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from grader.answer_key import REFERENCE, AnswerKey, BehaviourRule, CriterionRule, LentCall, MistakeRule, Rubric
from grader.answer_key.rubric import FollowThroughRule
from grader.assignment import Limits, Tolerance
from grader.feedback.points import show_points, show_seconds, show_share
from grader.gradebook import BehaviourRecord, CaseRecord, CellRecord, CriterionRecord, Record
from grader.memo import Memo
from grader.plan import CallPlan, Entry, Purpose
from grader.report.arrays import public_arrays
from grader.report.card_view import cards_of
from grader.report.check_terminal import print_check
from grader.report.class_page import ROWS_A_PAGE, TROUBLES_SHOWN, render_class_pages
from grader.report.class_summary import summarise
from grader.report.code_view import view_function
from grader.report.faces import FACES
from grader.report.grid import grid_of
from grader.report.grid_view import table_of
from grader.report.page_context import PageContext
from grader.report.rubric_view import print_rubric
from grader.report.student_page import render_student_page
from grader.report.terminal import indented, print_class_summary
from grader.wire import Outcome, Question, Status, Step, Value

PAGE = PageContext("Exercise 5", "2026-11-25", "ab" * 32, "0.1.0", "full wall", "No network, no other files.")
SIZE_CAP = 150_000  # bytes of a student's page
VERDICTS = (
    "correct", "alternative", "known mistake", "consistent", "partly", "wrong", "not attempted", "missing", "crashed",
    "timed out", "ungraded",
)  # fmt: skip
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' \u202eevil\u202c \x1b[31m [bold red]x[/] {{ 7*7 }}"
SECRET = 0.73519


def render_class_page(records, page):
    """`index.html` alone."""
    return next(render_class_pages(records, page))[1]


def criterion(name="f", verdict="correct", points=Fraction(10), **changes) -> CriterionRecord:
    made = CriterionRecord(
        name, verdict, points, Fraction(10), "", "A headline.", "A next step.", (),
        (BehaviourRecord("right values", points or Fraction(0), Fraction(10), "held" if points else "lost"),),
        (
            CaseRecord("small", "public", "right values", "returned", bool(points), "a detail"),
            CaseRecord("other", "hidden", "right values", "returned", bool(points), "a size"),
        ),
        cell=1, line=1,
    )  # fmt: skip
    return replace(made, **changes)


def record(*criteria: CriterionRecord, **changes) -> Record:
    points = sum((c.points for c in criteria if c.points is not None), Fraction(0))
    cells = (CellRecord(1, "code", "def f(x):\n    return x * 2\n"),)
    maximum = sum((c.max_points for c in criteria), Fraction(0))
    made = Record(
        "ada", "Ada Lovelace", "ada.ipynb", "9f" * 32, "graded", points, maximum, "ada", criteria=criteria, cells=cells
    )
    return replace(made, **changes)


UNREADABLE = record(
    status="unreadable", points=None, max_points=Fraction(10), sentence="Not a notebook.", next_step="Save it again."
)
ALL_KINDS = record(
    *(
        criterion(f"f_{n}", verdict, None if verdict == "ungraded" else Fraction(10 if n in (0, 1, 3, 4) else 0))
        for n, verdict in enumerate(VERDICTS)
    ),
    status="partly graded",
)


def entry(name, visibility, x) -> Entry:
    question = Question({"x": x}, (Step("f", ("x",), ("out",)),))
    return Entry("f", name, visibility, Purpose.CASE, ("out",), question, behaviour="right values")


def returned(array) -> Outcome:
    return Outcome(Status.RETURNED, {"out": Value("array", "ndarray", np.asarray(array))}, -1)


def key_of(*pairs) -> AnswerKey:
    """A key for `f`: pairs of an entry and its right answer."""
    rule = CriterionRule(
        "f", "(x) -> out", ("out",), (BehaviourRule("right values", Fraction(10)),), Tolerance(),
        mistakes=(MistakeRule("doubled", "It is twice as large.", "Halve it.", Fraction(0)),),
    )  # fmt: skip
    rubric = Rubric("ex", "Exercise 5", (rule,), Limits(), {})
    plan = CallPlan(tuple(e for e, _ in pairs))
    return AnswerKey(plan, rubric, {REFERENCE: {n: returned(a) for n, (_, a) in enumerate(pairs)}})


class Reader(HTMLParser):
    """Collects tags, attributes and visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self._quiet = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._quiet = tag in ("style", "script")

    def handle_endtag(self, tag):
        self._quiet = False

    def handle_data(self, data):
        if not self._quiet:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, attribute: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == attribute]


def told(print_it, *args, width=80) -> str:
    out = io.StringIO()
    print_it(*args, console=Console(file=out, width=width, markup=False, highlight=False, emoji=False))
    return out.getvalue()


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (Fraction(15, 2), "7.5"), (Fraction(10), "10"), (Fraction(0), "0"), (Fraction(10, 3), "≈ 3.33"),
        (Fraction(1, 4), "0.25"), (Fraction(1, 8), "≈ 0.12"), (None, "not graded"), (Fraction(-1, 2), "-0.5"),
        (Fraction(100), "100"),
    ],
)  # fmt: skip
def test_points_are_shown_exactly_or_marked_as_rounded(points, text):
    """Two decimals are exact, more are marked, and no points are never a number."""
    assert show_points(points) == text


def test_shares_and_times_read_well():
    """Nothing is divided by zero, and a long time is told in minutes."""
    assert (show_share(1, 4), show_share(0, 0)) == ("25 %", "–")
    assert (show_seconds(0.31), show_seconds(75), show_seconds(12)) == ("0.3 s", "1 min 15 s", "12 s")


@pytest.mark.parametrize("scope", ["grade", "check"])
def test_every_verdict_word_and_symbol_is_visible(scope):
    """Whatever the verdict, its word stands on the page, with a symbol beside it."""
    text = Reader(render_student_page(ALL_KINDS, replace(PAGE, scope=scope))).text
    for verdict in VERDICTS:
        assert f"{FACES[verdict].symbol} {FACES[verdict].word}" in text


def test_losses_are_links_to_their_cards():
    """At the top stand the score and every loss, and each loss leads to a card that is there."""
    page = Reader(render_student_page(record(criterion("g"), criterion("f", "wrong", Fraction(5, 2))), PAGE))
    assert "12.5 of 20 points" in page.text
    assert "−7.5" in page.text
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(page.values("id"))


def test_a_card_says_what_to_try():
    """A verdict comes with its headline, the mistake's name, the next step, notes and behaviours with points."""
    card = criterion(
        verdict="known mistake", points=Fraction(0), mistake="dout forgotten", notes=("It overflows for large x.",)
    )
    text = Reader(render_student_page(record(card), PAGE)).text
    for said in ("A headline.", "Try next: A next step.", "dout forgotten", "It overflows", "lost, 0 of 10"):
        assert said in text


def test_points_that_the_checks_do_not_explain_are_explained():
    """A verdict that is worth more than the checks that held says so; where they agree, nothing is said."""
    lost = (BehaviourRecord("right values", Fraction(0), Fraction(10), "lost"),)
    card = criterion(verdict="consistent", points=Fraction(5), behaviours=lost)
    said = "The checks alone would give less"
    assert said in Reader(render_student_page(record(card), PAGE)).text
    assert said not in Reader(render_student_page(ALL_KINDS, PAGE)).text.split("f_5")[0].split("f_4")[-1]


def test_a_behaviour_that_waits_for_another_says_for_which():
    """Where every case of it is right and it is lost all the same, the page says what it needs."""
    waits = BehaviourRecord("any shape", Fraction(0), Fraction(2), "lost", "right values")
    text = Reader(render_student_page(record(criterion(behaviours=(waits,))), PAGE)).text
    assert "(its own cases are right; it counts only with: right values) lost, 0 of 2" in text


def test_an_untouched_template_is_not_told_as_wrong():
    """Nothing of it is marked wrong: its cases wait, its behaviours say what they are worth, no array is shown."""
    key = key_of((entry("small", "public", np.array([1.0])), np.array([2.0])))
    card = criterion(verdict="not attempted", points=Fraction(0))
    page = render_student_page(record(card), PAGE, public_arrays(key, [(returned([0.0]),)]))
    text = Reader(page).text
    assert "Public cases: 1 to try" in text
    assert "small not tried yet; checks: right values" in text
    assert "0 of 10" in text
    assert not {"✗", "a detail", "Your out"} & set(re.findall("✗|a detail|Your out", text))


def test_a_python_file_has_lines_and_no_cells():
    """Beside its verdict a function's place is told as in the file that was handed in."""
    one, script = criterion(), {"file": "ada.zip/code/layer.py", "evidence": {"is_script": True}}
    notebook, file = (cards_of(record(one, **changes), {}, {}, False)[0].html for changes in ({}, script))
    assert "cell 1, lines 1 to 2" in notebook
    assert "layer.py, lines 1 to 2" in file
    assert "cell 1" not in file


def test_cards_that_were_lost_in_the_same_way_are_not_mixed_up():
    """A card of what many got wrong is written once, too; points, code and what came back are each one's own."""
    key = key_of((entry("small", "public", np.array([1.0])), np.array([2.0])))
    lost = criterion(verdict="wrong", points=Fraction(0))
    arrays = [public_arrays(key, [(returned([value]),)]) for value in (3.0, 4.0)]
    sizes = {}  # one object, as for a whole class

    def card(one, shown):
        (made,) = cards_of(record(one), shown, sizes, False)
        return f"{made.row} {made.html}"

    cards = [
        card(lost, arrays[0]),
        card(lost, arrays[1]),
        card(replace(lost, points=Fraction(1)), arrays[0]),
        card(replace(lost, take_home=("print(1)",)), arrays[0]),
        card(replace(lost, cell=0, line=0), arrays[0]),
    ]
    assert len(set(cards)) == len(cards)
    assert ['class="one"' in html for html in cards] == [False, False, False, False, True]
    assert ["1 of 10" in html for html in cards] == [False, False, True, False, False]
    assert card(lost, arrays[0]) == cards[0]


def test_arrays_are_those_of_the_answer_that_counts():
    """The same outcome, of which a class has one object, is shown beside the answer that it was compared with."""
    key = key_of((entry("small", "public", np.array([1.0])), np.array([2.0])))
    key = replace(key, answers={**key.answers, "summed": {0: returned([7.0])}})
    outcome = replace(returned([3.0]), shared=True)
    shown = [public_arrays(key, [(outcome,)], {"f": variant})["f", "small"] for variant in ("", "summed", "")]
    assert [case.outputs[0].expected.rows[0].cells[0].text for case in shown] == ["2", "7", "2"]
    assert shown[0] is shown[2]


def test_right_cards_are_not_mixed_up():
    """What a class has in common is written once; all that differs from student to student is each one's own."""
    key = key_of((entry("small", "public", np.array([1.0])), np.array([2.0])))
    arrays = [public_arrays(key, [(returned([2.0 + n * 1e-9]),)]) for n in range(2)]
    plain = criterion()
    pages = [
        render_student_page(record(plain), PAGE),
        render_student_page(record(replace(plain, notes=("Another note.",))), PAGE),
        render_student_page(record(replace(plain, headline="Other words.")), PAGE),
        render_student_page(record(plain), PAGE, arrays[0]),
        render_student_page(record(plain), PAGE, arrays[1]),
        render_student_page(record(plain), PAGE, sizes={("f", "other"): "x (3, 4)"}),
        render_student_page(record(plain, cells=(CellRecord(1, "code", "def f(y):\n    return 2 * y"),)), PAGE),
    ]
    assert len(set(pages)) == len(pages) - 1  # 2 and 2.000000001 read the same
    assert render_student_page(record(plain), PAGE) == pages[0]
    assert "Another note." in pages[1]
    assert "Other words." in pages[2]
    assert "inputs: x (3, 4)" in pages[5]
    assert "Your <b>out" in pages[3]
    assert "Your <b>out" not in render_student_page(record(plain), PAGE)


def test_what_is_in_backticks_is_code_and_still_text():
    """A sentence's names are set as code; a hand-in's message cannot make more of a backtick than that."""
    page = render_student_page(record(criterion(points=Fraction(0), headline="`dx` is `<b>` here.")), PAGE)
    assert "<code>dx</code> is <code>&lt;b&gt;</code> here." in page


def test_a_memo_tells_objects_apart_by_identity():
    """Equal values are not the same object; the same are made once, while a full memo goes on."""
    memo: Memo[object] = Memo(most=2)
    one, other = [1], [1]
    first = memo.get("key", (one,), object)
    assert memo.get("key", (one,), object) is first
    assert memo.get("key", (other,), object) is not first
    assert memo.get("else", (one,), object) is not first
    assert memo.get("key", (one,), object) is first


def test_what_was_not_graded_is_never_a_zero():
    """No points are shown as a word, and the page says that it is not a zero and what to do."""
    text = Reader(render_student_page(UNREADABLE, PAGE)).text
    assert "This is not a zero." in text
    assert "Not a notebook." in text
    assert "Save it again." in text
    assert not re.search(r"\b0 of\b|\b0 points", text)


def test_an_ungraded_criterion_shows_no_number():
    """One criterion that we could not grade is told as such, and the total says that it is not final."""
    text = Reader(render_student_page(record(criterion("f", "ungraded", None), status="partly graded"), PAGE)).text
    assert "could not be graded" in text
    assert "f ⊘ Not graded not graded –" in text
    assert "0 of 10" not in text.replace("0 of 10 points", "")


def test_an_ungraded_hand_in_without_a_sentence_still_says_so():
    """Even where nobody wrote a reason, no page leaves a student with nothing."""
    text = Reader(render_student_page(replace(UNREADABLE, status="ungraded", sentence="", next_step=""), PAGE)).text
    assert "This is not a zero." in text


def test_a_check_shows_no_grade():
    """With the public key alone, checks are counted and no points are promised."""
    text = Reader(render_student_page(record(criterion()), replace(PAGE, scope="check"))).text
    assert "1 of 1 public checks pass" in text
    assert "Hidden checks follow after hand-in" in text
    assert "points" not in text.split("How this page was made")[0].replace("not yet a grade", "")


def hostile_record() -> Record:
    card = criterion(
        "f", "crashed", Fraction(0), mistake=HOSTILE, headline=HOSTILE * 50, next_step=HOSTILE, notes=(HOSTILE,),
        cases=(CaseRecord(HOSTILE, "public", HOSTILE, "raised", False, HOSTILE * 500),), trouble_cell=1, trouble_line=2,
        behaviours=(BehaviourRecord(HOSTILE, Fraction(0), Fraction(1), "lost"),),
    )  # fmt: skip
    source = f"def f(x):\n    {HOSTILE}\n    '''{HOSTILE}"
    return record(
        card, student_id=HOSTILE, name=HOSTILE, file=HOSTILE, folder="javascript:alert(1)/../" + HOSTILE,
        sentence=HOSTILE, next_step=HOSTILE, notes=(HOSTILE,) * 100, level=HOSTILE,
        cells=(CellRecord(1, "code", source, HOSTILE), CellRecord(2, HOSTILE, HOSTILE)),
    )  # fmt: skip


@pytest.mark.parametrize("render", [render_student_page, lambda r, p: render_class_page([r], p)])
def test_nothing_of_a_hand_in_is_believed(render):
    """No tag, attribute, template expression, control or bidi character of a hand-in comes through."""
    page = render(hostile_record(), PAGE)
    read = Reader(page)
    assert "img" not in read.tags
    assert not [name for _, name, _ in read.attributes if name.startswith("on") or name == "style"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]", page)
    assert "{{ 7*7 }}" in read.text
    assert all(href.startswith(("#", "./")) and ":" not in href for href in read.values("href"))


def test_a_student_page_has_no_script_and_fetches_nothing():
    """The page is one file: no script, no address, and a policy that allows only its own style."""
    page = render_student_page(ALL_KINDS, PAGE)
    read = Reader(page)
    assert not {"script", "link", "iframe", "img", "object"} & set(read.tags)
    assert "http://" not in page
    assert "https://" not in page
    assert_policy(page, "style")


def assert_policy(page: str, *tags: str) -> None:
    (policy,) = [v for v in Reader(page).values("content") if "default-src" in v]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in tags:
        (inline,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_the_class_page_runs_one_script_only():
    """Its policy names its style and its script by their hashes, and nothing else may run."""
    assert_policy(render_class_page([ALL_KINDS], PAGE), "style", "script")


@pytest.mark.parametrize(
    "page", [render_student_page(ALL_KINDS, PAGE), render_class_page([ALL_KINDS, UNREADABLE], PAGE)]
)
def test_pages_are_sound_for_keyboard_and_screen_reader(page):
    """Language, title, one first heading, a skip link, unique ids, and every label points to something."""
    read = Reader(page)
    assert read.values("lang") == ["en"]
    assert read.tags.count("h1") == 1
    assert read.tags.count("title") >= 1
    assert "#main" in read.values("href")
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    assert {i for v in read.values("aria-labelledby") + read.values("for") for i in v.split()} <= set(ids)
    levels = [int(tag[1]) for tag in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_public_arrays_show_inputs_got_and_expected():
    """A wrong public case shows its inputs, what came back and what was expected, with the worst entry marked."""
    key = key_of((entry("small", "public", np.array([1.0, 2.0, 3.0])), [2.0, 4.0, 6.0]))
    arrays = public_arrays(key, [(returned([2.0, 4.1, 9.5]),)])
    text = Reader(render_student_page(record(criterion(points=Fraction(0), verdict="wrong")), PAGE, arrays)).text
    for said in ("Input x shape (3,), float64", "Your out", "Expected out", "4.1 △", "9.5 ▲▲", "out = f(x)"):
        assert said in text


def test_marks_follow_the_judge():
    """What is inside the tolerance carries no mark; nan and inf carry one of their own."""
    key = key_of((entry("small", "public", np.zeros(4)), [1.0, 1.0, 1.0, 1.0]))
    (shown,) = public_arrays(key, [(returned([1.0 + 1e-7, np.nan, -np.inf, 0.5]),)]).values()
    (output,) = shown.outputs
    assert output.got is not None
    assert [cell.symbol for cell in output.got.rows[0].cells] == ["", "!!", "!", "▼"]


def test_no_number_of_a_hidden_case_reaches_a_page():
    """Hidden cases are told by name and kind only, whatever the caller hands over."""
    hidden = entry("other", "hidden", np.full(3, SECRET))
    key = key_of((entry("small", "public", np.ones(3)), np.ones(3)), (hidden, np.full(3, SECRET)))
    arrays = public_arrays(key, [(returned(np.ones(3)),), (returned(np.full(3, SECRET)),)])
    assert list(arrays) == [("f", "small")]
    page = render_student_page(record(criterion()), PAGE, arrays)
    assert str(SECRET) not in page
    assert "Hidden cases: 1 of 1 right" in Reader(page).text


@pytest.mark.parametrize(
    "array",
    [
        np.float64(3.0), np.zeros((0, 3)), np.zeros(0), np.zeros((2,) * 20), np.zeros((100, 200)), np.ones(3, bool),
        np.array([1 + 2j]), np.array([2**63], np.uint64), np.full(3, np.finfo(np.longdouble).max), np.ones((1,) * 32),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_any_array_can_be_shown(array):
    """No shape or dtype that can come back breaks a page or makes it large."""
    key = key_of((entry("small", "public", np.zeros(3)), np.zeros(3)))
    arrays = public_arrays(key, [(returned(array),)])
    page = render_student_page(record(criterion(points=Fraction(0), verdict="wrong")), PAGE, arrays)
    assert len(page) < 40_000


@pytest.mark.parametrize("status", [Status.RAISED, Status.TIMED_OUT, Status.MISSING, Status.NOT_REACHED])
def test_a_call_that_gave_nothing_is_told_so(status):
    """Where nothing came back, the page says why and still shows what was expected."""
    key = key_of((entry("small", "public", np.zeros(3)), np.array([5.25, 1, 1])))
    arrays = public_arrays(key, [(Outcome(status),)])
    text = Reader(render_student_page(record(criterion(points=Fraction(0))), PAGE, arrays)).text
    assert f"nothing came back ({status})" in text
    assert "5.25" in text


def test_a_hand_in_that_was_never_asked_has_no_arrays():
    """An unreadable file has no outcomes, and its page is made all the same."""
    assert public_arrays(key_of((entry("small", "public", np.zeros(3)), np.zeros(3))), []) == {}


def test_a_window_moves_to_the_worst_entry():
    """In a large array, the part that is shown is the part that is wrong, with its indices."""
    want = np.zeros((40, 50))
    got = want.copy()
    got[33, 44] = 1.0
    key = key_of((entry("small", "public", np.zeros(3)), want))
    ((output,),) = [case.outputs for case in public_arrays(key, [(returned(got),)]).values()]
    assert output.got is not None
    assert [c.text for row in output.got.rows for c in row.cells if c.level] == ["1"]
    assert "rows 30 to 35 of 40" in output.got.cut


@pytest.mark.parametrize(("points", "told"), [(9, "1 point was lost, in"), (7, "3 points were lost, in")])
def test_what_was_lost_is_counted_as_one_says_it(points, told):
    """One point is no points."""
    assert told in Reader(render_student_page(record(criterion(points=Fraction(points), verdict="partly")), PAGE)).text


def test_a_right_function_whose_checks_fail_says_under_what_it_is_right():
    """ "Correct, 0 of 6" is no riddle: what fails is another function, and the row says so."""
    failing = CaseRecord("small", "public", "right values", "returned", False, "a detail")
    check = replace(PAGE, scope="check")
    helped = render_student_page(record(criterion(cases=(failing,))), check)
    assert "given a right cache" in Reader(helped).text
    assert "given a right cache" not in Reader(render_student_page(record(criterion()), check)).text


def test_close_numbers_are_told_apart():
    """A wrong entry that reads like its answer in five digits gets as many as it takes."""
    key = key_of((entry("small", "public", np.zeros(1)), np.array([1.0])))
    ((output,),) = [case.outputs for case in public_arrays(key, [(returned([1.00003]),)]).values()]
    assert output.got is not None
    assert (output.got.rows[0].cells[0].text, output.expected.rows[0].cells[0].text) == ("1.00003", "1")


def test_the_students_own_code_stands_beside_the_verdict():
    """The function's lines are shown from its definition to its end, the line of trouble marked in words."""
    source = (
        "import numpy as np\n\n@np.vectorize\ndef f(\n    x,\n):\n    '''\nleft\n    '''\n    return x / 0\n\ny = 1"
    )
    view = view_function(3, source, 4, trouble=10)
    assert (view.first, view.last, view.marked) == (3, 10, True)
    assert "◀ line 10" in Reader(str(view.html)).text
    cells = (CellRecord(1, "code", source), CellRecord(2, "code", "def g():\n    boom()\n"))
    card = criterion(verdict="crashed", points=Fraction(0), line=4, trouble_cell=2, trouble_line=2)
    text = Reader(render_student_page(record(card, cells=cells), PAGE)).text
    assert "Where it stopped cell 2" in text


BESIDE = {
    "a bare function that is put into its class": (
        ["def forward(x):\n    return x\n\nA.f = forward\n\nclass Other:\n    pass"], (1, 4), [(1, 4, 4), (1, 1, 2)],
    ),
    "the last one above, where several have the name": (
        ["def g(x):\n    return x", "def g(x):\n    return 2\nf = g\ndef g(x):\n    return 3"], (2, 3),
        [(2, 3, 3), (2, 1, 2)],
    ),
    "helpers that it calls": (
        ["def f(x):\n    return a(b(self.c(x))) + np.d(x)", "def a(x):\n    return 1\ndef b(x):\n    return 2",
         "class A:\n    def c(self):\n        pass\ndef d(x):\n    pass"], (1, 1), [(1, 1, 2), (2, 1, 2), (2, 3, 4)],
    ),
    "none of two that have the name": (
        ["def f(x):\n    return a(x)\ndef a(x):\n    return 1", "def a(x):\n    return 2"], (1, 1), [(1, 1, 2)],
    ),
    "none that it makes itself": (
        ["def f(x):\n    def a(x):\n        return x\n    return a(x) + f(x)"], (1, 1), [(1, 1, 4)],
    ),
    "a lambda over several lines": (["f = lambda x: (\n    x +\n    a(x))\ny = 1\ndef a(x):\n    return 3"], (1, 1),
                                    [(1, 1, 3), (1, 5, 6)]),
    "a name from elsewhere": (["f = np.tanh\ng = f"], (1, 1), [(1, 1, 1)]),
    "a method that stands for another of its class": (
        ["class A:\n    def g(self):\n        pass\n    f = g\nclass B:\n  def g(self): pass"],
        (1, 4), [(1, 4, 4), (1, 2, 3)],
    ),
    "a function that a class takes over": (
        ["def g(x): pass\nclass A:\n    f = staticmethod(g)  # mine"], (1, 3), [(1, 3, 3), (1, 1, 1)],
    ),
    "what wraps it": (["def w(f):\n    return f\n@w\ndef f(x):\n    return 1"], (1, 4), [(1, 3, 5), (1, 1, 2)]),
    "what wraps it with an argument": (
        ["def w(n):\n    return n\n@w(3)\ndef f(x):\n    return 1"], (1, 4), [(1, 3, 5), (1, 1, 2)],
    ),
    "none of a comment": (["def a(x): pass", "def f(x):\n    return 1  # a(x)"], (2, 1), [(2, 1, 2)]),
    "none of a text": (
        ["def a(x): pass", "def f(x):\n    '''\n    as a(x) is\n    '''\n    return 'a(x)'"], (2, 1), [(2, 1, 5)],
    ),
    "what stands behind a text": (
        ["def a(x): pass", "def f(x):\n    '''its \"x\"'''\n    return '#', \"\\\"\", a(x)"],
        (2, 1), [(2, 1, 3), (1, 1, 1)],
    ),
    "none that stands in a text": (
        ["s = '''\ndef a(x):\n    pass\n'''", "def f(x):\n    return a(x)"], (2, 1), [(2, 1, 2)],
    ),
    "one below a text": (
        ["s = '''\ntwo\n'''\ndef a(x): pass", "def f(x):\n    return a(x)"], (2, 1), [(2, 1, 2), (1, 4, 4)],
    ),
    "no method for a function": (
        ["class A:\n    def max(self): pass", "def f(x):\n    return max(x)"], (2, 1), [(2, 1, 2)],
    ),
    "no inner function of another": (
        ["def b():\n    def a(x): pass", "def f(x):\n    return a(x)"], (2, 1), [(2, 1, 2)],
    ),
    "no function for a method": (
        ["def a(x): pass", "class A:\n    def f(self, x):\n        self.a(x)"], (2, 2), [(2, 2, 3)],
    ),
    "no parameter": (["def a(x): pass", "def f(x,\n      a: int):\n    return a(x)"], (2, 1), [(2, 1, 3)]),
    "no parameter of a lambda": (["def a(x): pass", "f = lambda x, a: a(x)"], (2, 1), [(2, 1, 1)]),
    "no variable": (["def a(x): pass", "def f(x):\n    a = x\n    return a(x)"], (2, 1), [(2, 1, 3)]),
    "one that is compared": (["def a(x): pass", "def f(x):\n    return a == a(x)"], (2, 1), [(2, 1, 2), (1, 1, 1)]),
    "functions of one line": (
        ["def g(x): return x\ndef f(x): return g(x)  # (\n\ndef other(x):\n    return 1"],
        (1, 2), [(1, 2, 2), (1, 1, 1)],
    ),
    "a header over several lines": (
        ["def g(\n    x,\n): return x\ndef f(x, \\\n y): return g(x)\nz = 1"], (1, 4), [(1, 4, 5), (1, 1, 3)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sources", "place", "shown"), BESIDE.values(), ids=BESIDE)
def test_what_a_wrong_function_stands_for_and_calls_is_beside_it(sources, place, shown):
    """Whoever looks for the fault has the lines that may hold it, and none of a function that is no part of it."""
    cells = tuple(CellRecord(n, "code", source) for n, source in enumerate(sources, start=1))
    wrong = criterion(verdict="wrong", points=Fraction(0), cell=place[0], line=place[1])
    assert _figures(wrong, cells) == shown
    assert _figures(criterion(cell=place[0], line=place[1]), cells) == shown[:1]


def test_no_definition_is_looked_for_in_a_text():
    """A cell of text may hold the lines of a lecture, which nobody runs."""
    cells = (CellRecord(1, "markdown", "def a(x): pass"), CellRecord(2, "code", "def f(x): return a(x)"))
    wrong = criterion(verdict="wrong", points=Fraction(0), cell=2, line=1)
    assert _figures(wrong, cells) == [(2, 1, 1)]
    assert _figures(wrong, (*cells, CellRecord(3, "code", "\ndef a(x): pass"))) == [(2, 1, 1), (3, 2, 2)]


@pytest.mark.parametrize(("line", "shown"), [(2, 2), (5, 2), (7, 3)])
def test_the_line_of_trouble_is_shown_once(line, shown):
    """In the function itself, or in one that it calls; elsewhere it has lines of its own."""
    cells = (CellRecord(1, "code", "def f(x):\n    return a(x) + None\n\ndef a(x):\n    return 1\n\ny = 1"),)
    wrong = criterion(verdict="crashed", points=Fraction(0), cell=1, line=1, trouble_cell=1, trouble_line=line)
    assert len(_figures(wrong, cells)) == shown
    assert render_student_page(record(wrong, cells=cells), PAGE).count("◀ line") == 1


def test_where_no_room_is_left_no_title_stands_above_nothing():
    """A long function takes all the lines that there are, and what it calls is in the list of cells."""
    lines = f"    y = {'1+' * 60}1\n" * 60
    cells = (CellRecord(1, "code", "def a(x): pass"), CellRecord(2, "code", f"def f(x):\n    a(x)\n{lines}"))
    [(cell, first, last)] = _figures(criterion(verdict="wrong", points=Fraction(0), cell=2, line=1), cells)
    assert (cell, first) == (2, 1)
    assert 2 < last < 60


def _figures(card, cells):
    html = render_student_page(record(card, cells=cells), PAGE)
    found = re.findall(r'<figcaption>.*?class="small">cell (\d+), lines? (\d+)(?: to (\d+))?<', html)
    return [(int(cell), int(first), int(last or first)) for cell, first, last in found]


def test_a_line_of_trouble_that_is_beside_it_is_shown_once():
    """It is marked in the function that is called, and no excerpt of the same lines follows."""
    cells = (CellRecord(1, "code", "def f(x):\n    return a(x)"), CellRecord(2, "code", "def a(x):\n    boom()"))
    card = criterion(verdict="crashed", points=Fraction(0), cell=1, line=1, trouble_cell=2, trouble_line=2)
    assert _figures(card, cells) == [(1, 1, 2), (2, 1, 2)]
    page = Reader(render_student_page(record(card, cells=cells), PAGE)).text
    assert "◀ line 2" in page
    assert "Where it stopped" not in page


def test_a_hand_in_of_a_million_names_has_its_page_soon():
    """What is beside a function is looked for in one reading: place by place and name by name it would take hours."""
    calls = "".join(f"f{n}()+" for n in range(200_000)) + "1"
    cells = (
        CellRecord(1, "code", f"def f(x):\n    return {calls}"),
        CellRecord(2, "code", "\n".join(f"def f{n % 9}(): pass" for n in range(50_000))),
    )
    assert len(_figures(criterion(verdict="wrong", points=Fraction(0), cell=1, line=1), cells)) == 1


@pytest.mark.parametrize("line", [0, 1, 5, 999])
def test_a_line_that_is_not_there_breaks_nothing(line):
    """Places come from inside the wall too, and may be anything."""
    cells = (CellRecord(1, "code", ""),)
    card = criterion(line=line, trouble_cell=1, trouble_line=line)
    assert render_student_page(record(card, cells=cells), PAGE)


def test_a_page_stays_under_its_size():
    """Six wrong functions with eighteen cases each, huge messages and a huge notebook still make a light page."""
    cases = tuple(
        CaseRecord(f"case {n}", "public" if n < 9 else "hidden", "right values", "returned", False, "wrong " * 30)
        for n in range(18)
    )
    pairs = [(entry(f"case {n}", "public", np.random.rand(6, 8)), np.random.rand(6, 8)) for n in range(9)]
    arrays = public_arrays(key_of(*pairs), [(returned(np.random.rand(6, 8)),)] * 9)
    everywhere = {(f"f{n}", case): shown for n in range(6) for (_, case), shown in arrays.items()}
    source = "def f(x):\n" + "    y = np.exp(-x) * [1, 2, 3] + '<&>'  # comment\n" * 3000
    criteria = [criterion(f"f{n}", "wrong", Fraction(0), cases=cases, headline="h" * 9999) for n in range(6)]
    cells = tuple(CellRecord(n, "code", source) for n in range(1, 400))
    page = render_student_page(record(*criteria, cells=cells), PAGE, everywhere)
    assert len(page.encode()) < SIZE_CAP
    assert "left out" in page


def test_the_class_page_counts_and_links():
    """Totals, each mistake with who made it, what could not be graded and why, and a row a student."""
    named = "dout forgotten, f"  # of two functions with the same mistake each name ends with the function's
    wrong = criterion("f", "known mistake", Fraction(0), mistake=named, headline="It forgets dout.")
    records = [record(criterion("f"), student_id=f"s{n}", name="", folder=f"s{n}") for n in range(3)]
    records += [record(wrong, student_id="w/1", name="Wim", folder="w 1?"), UNREADABLE]
    read = Reader(render_class_page(iter(records), PAGE))
    for said in (
        "1 of 5 f dout forgotten It forgets dout.",
        "Mean 7.5",
        "Not a notebook.",
        "Save it again.",
        "75 %",
    ):
        assert said in read.text
    assert "./w%201%3F/report.html" in read.values("href")
    assert any("90–100" in word or "9–10 points: 3" in word for word in read.words)


def test_a_mistake_is_told_in_the_class_as_most_were_told_it():
    """One whose own code or cache tells more was told that in the mistake's place, and it is true of nobody else."""
    own = criterion("f", "known mistake", Fraction(0), mistake="doubled", headline="`def f(y, x)` is turned.")
    records = [record(replace(own, headline=words)) for words in (own.headline, "Twice as large.", "Twice as large.")]
    text = Reader(render_class_page(records, PAGE)).text
    assert "3 of 3 f doubled 2 of them were told: Twice as large." in text
    assert own.headline.strip("`") not in text
    assert "2 of 2 f doubled Twice as large." in Reader(render_class_page(records[1:], PAGE)).text


def test_the_class_page_shows_words_where_a_zero_would_mislead():
    """Not attempted, missing, crashed, timed out and ungraded stand as words in a student's column."""
    text = Reader(render_class_page([ALL_KINDS], PAGE)).text
    table = text.split("Students")[-1]
    for word in ("not attempted", "missing", "crashed", "timed out", "not graded"):
        assert word in table


def test_a_large_class_goes_on_in_further_pages():
    """Rows beyond the first hundreds, and lists that are too long, have plain pages; all links lead up again."""
    wrong = criterion("f", "known mistake", Fraction(0), mistake="dout forgotten")
    many = [record(wrong, student_id=f"s{n}", folder=f"s{n}") for n in range(ROWS_A_PAGE + 1)]
    pages = dict(render_class_pages(many, PAGE))
    assert set(pages) == {"index.html", "class/students-2.html", "class/who-1.html"}
    assert "class/students-2.html" in Reader(pages["index.html"]).values("href")
    assert f"../s{ROWS_A_PAGE}/report.html" in Reader(pages["class/students-2.html"]).values("href")
    assert pages["class/who-1.html"].count("/report.html") == len(many)
    for page in pages.values():
        assert_policy(page, "style")


def test_many_reasons_are_cut_and_counted():
    """A class that failed in hundreds of ways names the first hundred, and says how many are left to the table."""
    many = [replace(UNREADABLE, student_id=f"s{n}", sentence=f"Reason {n}.") for n in range(TROUBLES_SHOWN + 7)]
    text = Reader(render_class_page(many, PAGE)).text
    assert f"Reason {TROUBLES_SHOWN - 1}." in text
    assert f"Reason {TROUBLES_SHOWN}." not in text
    assert "And 7 more hand-ins" in text


def test_the_data_of_the_table_cannot_end_its_element():
    """Names that look like the end of a script, or like a comment, stay data: the element holds the whole JSON."""
    hostile = record(criterion(), student_id="</script><script>x", name="<!--<script>", file="\u2028]]>")
    page = render_class_page([hostile], PAGE)
    ((data,),) = [re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)]
    assert json.loads(data)["rows"][0][:2] == ["</script><script>x", "<!--<script>"]
    assert Reader(page).tags.count("script") == 2


def test_means_of_behaviours_count_those_who_were_shown_them():
    """Not shown is neither held nor lost."""
    shown = criterion(behaviours=(BehaviourRecord("b", Fraction(4), Fraction(4), "held"),))
    lost = criterion(behaviours=(BehaviourRecord("b", Fraction(0), Fraction(4), "lost"),))
    unseen = criterion(behaviours=(BehaviourRecord("b", Fraction(0), Fraction(4), "not shown"),))
    tally = summarise([record(one) for one in (shown, lost, unseen)]).criteria["f"].behaviours["b"]
    assert (tally.held, tally.shown, tally.mean) == (1, 2, Fraction(2))


def test_an_empty_class_is_a_page_too():
    """No hand-ins, no trouble."""
    text = Reader(render_class_page([], PAGE)).text
    assert "There are no hand-ins." in text


def test_the_terminal_fits_and_is_plain():
    """Eighty columns, no colour codes where it is no terminal, every word of a verdict, and the way to the page."""
    records = [ALL_KINDS, UNREADABLE, hostile_record()]
    text = told(print_class_summary, summarise(records), Path("out/index.html"))
    assert "out/index.html" in text
    assert "3 hand-ins: 1 graded, 1 partly graded, 1 unreadable" in text
    checks = told(print_check, ALL_KINDS)
    for verdict in VERDICTS:
        assert FACES[verdict].word in checks
    assert max(map(len, (text + checks).splitlines())) <= 80
    assert "\x1b" not in text + checks


def test_a_check_tells_what_to_do():
    """One line a criterion, then what is wrong, where, what to try, which case, and what was not checked."""
    card = criterion("f", "wrong", Fraction(0), trouble_cell=4, trouble_line=2)
    text = told(print_check, record(criterion("g"), card))
    for said in ("f  Wrong", "0 of 1 public checks", "f (cell 4, line 2)", "Try next: A next step.", "small: a detail"):
        assert said in text
    assert text.endswith("Public checks: 1 of 2. Hidden checks are run after hand-in.\n")


CASES = {
    "what the headline says": (["A headline."] * 2, ["Seen in 'c0' and 'c1'."]),
    "in more cases than are read": (["A headline."] * 5, ["Seen in 'c0', 'c1', 'c2' and 2 more cases."]),
    "one that says something else": (["A headline.", "Others."], ["Seen in 'c0'.", "c1: Others."]),
    "more that do": (["a.", "b.", "c.", "d."], ["c0: a.", "c1: b.", "c2: c.", "and 1 more case"]),
    "the same error of other sizes": (["It raised E: 2 and 3."], ["Seen in 'c0'."]),
    "numbers that differ": (["off by 4."], ["c0: off by 4."]),
    "no words": ([""], ["c0: returned"]),
}


@pytest.mark.parametrize(("details", "lines"), CASES.values(), ids=CASES.keys())
def test_what_stands_above_is_not_told_again_of_each_case(details, lines):
    """The cause is read once; cases that show it are named, and what others show is told beside them."""
    cases = tuple(CaseRecord(f"c{n}", "public", "right values", "returned", False, d) for n, d in enumerate(details))
    card = criterion("f", "wrong", Fraction(0), cases=cases, headline="A headline. It raised E: 5 and 10. off by 3.")
    text = told(print_check, record(card))
    assert [line.strip() for line in text.split("Try next: A next step.\n")[1].splitlines()[: len(lines) + 1]] == [
        *lines,
        "",
    ]


@pytest.mark.parametrize("verdict", ["missing", "not attempted"])
def test_of_what_was_not_written_no_case_says_more(verdict):
    """Six cases that a function which is not there has failed hide what there is to do."""
    text = told(print_check, record(criterion("f", verdict, Fraction(0))))
    assert "a detail" not in text
    assert "small" not in text


def test_another_convention_is_told_where_nothing_else_is_to_be_said():
    """Which it was stands in the terminal, and the page names the function that is worth a look."""
    found = record(
        criterion("g"), criterion("h", "alternative", headline="Right, by another convention: sums.", next_step="")
    )
    assert "Right, by another convention: sums." in told(print_check, found)
    page = " ".join(Reader(render_student_page(found, PAGE)).text.split())
    assert "Nothing is left to mend. What is noted in h costs nothing" in page


def test_a_check_of_an_unreadable_file_is_no_zero():
    """The reason, the next step, and no number."""
    text = told(print_check, UNREADABLE)
    assert "Not a notebook." in text
    assert "Save it again." in text
    assert "0 of" not in text


def test_a_check_begins_with_its_verdicts():
    """Who checks looks for them first; how the file was read stands behind, and before what is wrong."""
    text = told(print_check, record(criterion("f"), criterion("g", "wrong", Fraction(0)), notes=("Read so.",)))
    assert text.index("Correct") < text.index("Wrong") < text.index("Note: Read so.") < text.index("g (")


def test_the_terminal_believes_nothing_of_a_hand_in():
    """Markup and escape codes of a hand-in are printed as text or not at all."""
    text = told(print_check, hostile_record())
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold red]x[/]" in text


def test_an_ascii_terminal_gets_ascii_symbols():
    """Where the output cannot carry a check mark, a plus stands for it."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    print_check(record(criterion("f"), criterion("g", "wrong", Fraction(0))), console=Console(file=out, width=80))
    out.flush()
    assert b"+  f" in raw.getvalue()
    assert b"x  g" in raw.getvalue()


def test_the_rubric_is_told_without_answers():
    """Points, behaviours, cases with visibility, limits and known mistakes with messages; no answer's number."""
    key = key_of(
        (entry("small", "public", np.ones(3)), np.full(3, SECRET)), (entry("b", "hidden", np.ones(3)), np.ones(3))
    )
    text = told(print_rubric, key)
    for said in (
        "f(x) -> out: 10 points",
        "small [public]",
        "b [hidden]",
        f"{Limits().call_seconds:g} s a call",
        "doubled",
        "Halve it.",
    ):
        assert said in text
    assert str(SECRET) not in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_rubric_tells_what_a_signature_does_not():
    """How an object is made, and which results are left somewhere."""
    key = key_of((entry("small", "public", np.ones(3)), np.ones(3)))
    [rule] = key.rubric.criteria
    made = replace(rule, made="Layer(w, b)", left={"dw": "self.dw", "w": "params['w']"})
    text = told(print_rubric, replace(key, rubric=replace(key.rubric, criteria=(made,))))
    assert "its object is made as Layer(w, b)" in text
    assert "also graded: dw in self.dw, w in params['w']" in text
    assert "axes of one" not in text
    lenient = replace(made, tolerance=replace(made.tolerance, axes_of_one=True))
    text = told(print_rubric, replace(key, rubric=replace(key.rubric, criteria=(lenient,))))
    assert "absolute, and axes of one count for nothing" in " ".join(text.split())


def test_the_rubric_tells_what_a_function_builds_on() -> None:
    """And whether an error in that costs nothing here, or a known one alone."""
    key = key_of((entry("small", "public", np.ones(3)), np.ones(3)))
    [rule] = key.rubric.criteria
    rubric = replace(key.rubric, criteria=(replace(rule, calls=("inner", "other")),))
    text = told(print_rubric, replace(key, rubric=rubric, lent={0: (LentCall("inner", (), ()),)}))
    assert "builds on inner: it is given right results where that is wrong" in text
    assert "builds on other: it pays for no known mistake in that" in text


FOLLOWED = {
    "none": (None, ""),
    "of a layer": (
        FollowThroughRule("ahead", ("y",), ("dy",), {"dx": "x"}, Fraction(1, 2)), "right for its own ahead, 5 points",
    ),
    "of a network": (FollowThroughRule("ahead", ("y",), (), {}, Fraction(1, 2)), "tried with what a right ahead gives"),
}  # fmt: skip


@pytest.mark.parametrize(("follow", "told_of_it"), FOLLOWED.values(), ids=FOLLOWED.keys())
def test_the_rubric_tells_what_follow_through_is_worth(follow: FollowThroughRule | None, told_of_it: str) -> None:
    """Points are promised where backward may be the gradient of its own forward; and files that go out are named."""
    key = key_of((entry("small", "public", np.ones(3)), np.ones(3)))
    [rule] = key.rubric.criteria
    files = {"a.py": "x = 1"} if follow else {}
    rubric = replace(key.rubric, criteria=(replace(rule, follow_through=follow),), files=files)
    text = told(print_rubric, replace(key, rubric=rubric))
    assert (f"follow-through: {told_of_it}" in text) == bool(follow)
    assert text.count("follow-through") == bool(follow)
    assert ("given with it: a.py" in text) == bool(follow)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 3), (1, 1)])
def test_every_row_of_a_table_has_as_many_cells_as_its_head(shape: tuple[int, ...]) -> None:
    """Else each number stands below its neighbour's column."""
    head, *rows = re.split("<tr>", table_of(grid_of("x", np.ones(shape)), "Your"))[1:]
    cells = [len(re.findall(r"<t[hd][ >]", row)) for row in (head, *rows)]
    assert cells == [shape[-1] + (len(shape) > 1)] * (1 + int(np.prod(shape[:-1])))


def test_a_line_of_wide_letters_is_parted_once() -> None:
    """Of some scripts a letter takes two columns: the terminal parted such a line again, a word from its end."""
    console = Console(file=io.StringIO(), width=40)
    console.print(indented("1: 10400-77 - 秀英 王 - Nov 20/ex.ipynb cannot be read: it is no notebook", console))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert all(line.startswith("  ") and cell_len(line) <= console.width for line in lines)
    assert " ".join(" ".join(lines).split()).endswith("cannot be read: it is no notebook")
