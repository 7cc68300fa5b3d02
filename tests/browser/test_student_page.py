"""A student's page in a real browser: read with a keyboard, a screen reader, a phone, a printer, in the dark.

takes: the sample class as `grader grade` leaves it.
gives: one promise a test, said in its docstring.
must not know: how a page is made.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from browser.conftest import DESK, PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")

# By what is on the page: two known mistakes, all wrong, nothing attempted, a crash, a time-out, unreadable, all right.
KINDS = {
    "mistakes": "student-27", "wrong": "student-52", "untouched": "student-11", "crashed": "student-47",
    "stopped": "student-16", "unreadable": "student-33", "right": "student-01", "half": "student-46",
}  # fmt: skip
SMALL = {"width": 320, "height": 640}  # a desktop at 400 %, which is what WCAG asks to be read without scrolling twice


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def report(request: pytest.FixtureRequest, out: Path) -> Path:
    return out / request.param / "report.html"


def test_axe_finds_nothing_serious(report: Path, visit: Visitor):
    """With all that folds open: contrast, names, order, keyboard."""
    visited = visit(report)
    visited.unfold()
    assert visited.axe() == []


@pytest.mark.parametrize("kind", ["mistakes", "crashed", "unreadable"])
def test_axe_finds_nothing_serious_at_night(kind: str, out: Path, visit: Visitor):
    """The same in the dark, on a phone: other colours, other places."""
    visited = visit(out / KINDS[kind] / "report.html", color_scheme="dark", viewport=PHONE)
    visited.unfold()
    assert visited.axe() == []


def test_axe_finds_nothing_serious_in_what_is_folded(out: Path, visit: Visitor):
    """The same as the page opens."""
    assert visit(out / KINDS["wrong"] / "report.html").axe() == []


def test_a_phone_scrolls_one_way_only(report: Path, visit: Visitor):
    """Whatever is open, nothing is wider than the screen but what scrolls by itself."""
    visited = visit(report, viewport=PHONE)
    for viewport in (PHONE, SMALL):
        visited.page.set_viewport_size(viewport)
        width = visited.page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], visited.page.evaluate(WIDEST)
        visited.unfold()
        width = visited.page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], visited.page.evaluate(WIDEST)


WIDEST = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth
    && !e.closest('pre, .grid, .wide')).slice(0, 3).map(e => e.outerHTML.slice(0, 200))"""


# Of each part of a name, on how many lines it stands.
LINES = """[...document.querySelectorAll('.overview th a')].flatMap(a => [...a.childNodes]).filter(node => node.data)
    .map(node => { const range = document.createRange(); range.selectNodeContents(node);
        return new Set([...range.getClientRects()].map(rect => Math.round(rect.top))).size })"""


def test_a_phone_breaks_no_name_within_a_word(out: Path, visit: Visitor):
    """In the table of functions a name goes on in the next line behind its point or underscore, and nowhere else."""
    page = visit(out / KINDS["mistakes"] / "report.html", viewport={"width": 360, "height": 800}).page
    lines = page.evaluate(LINES)
    assert len(lines) > 6
    assert set(lines) == {1}


def test_every_loss_leads_to_its_card(out: Path, visit: Visitor):
    """A click on what was lost brings the reason into view."""
    page = visit(out / KINDS["mistakes"] / "report.html").page
    losses = page.locator(".overview td a")
    assert losses.count() == 2
    for loss in losses.all():
        loss.click()
        name = loss.get_attribute("href").removeprefix("#")
        card = page.locator(f"[id='{name}']")
        assert -1 < card.bounding_box()["y"] < DESK["height"]
        assert "Try next" in card.inner_text()


def test_the_first_thing_to_do_stands_without_scrolling(out: Path, visit: Visitor):
    """On a phone's first screen stand the points, what was lost, and where to start."""
    page = visit(out / KINDS["mistakes"] / "report.html", viewport=PHONE).page
    for text in ("70 of 100", "30 points were lost", "Start here:"):
        box = page.get_by_text(text).first.bounding_box()
        assert box["y"] + box["height"] < PHONE["height"]


def test_cases_fold_and_open_by_keyboard(out: Path, visit: Visitor):
    """Closed at first; Enter opens them; what is inside stands side by side on a desk."""
    page = visit(out / KINDS["mistakes"] / "report.html").page
    card = page.locator("[id='Sigmoid.backward']")
    summary = card.get_by_text("Public cases: 0 of 5 right")
    assert not card.get_by_text("Expected dx").first.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    got, expected = (card.get_by_text(text).first.bounding_box() for text in ("Your dx", "Expected dx"))
    assert abs(got["y"] - expected["y"]) < 5
    assert got["x"] < expected["x"]


def test_the_worst_entry_is_marked_by_more_than_colour(out: Path, visit: Visitor):
    """One entry of a wrong result has the strongest colour, a doubled arrow, and a frame."""
    visited = visit(out / KINDS["mistakes"] / "report.html")
    visited.unfold()
    table = visited.page.locator("[id='Sigmoid.backward'] .grids table", has_text="Your").first
    worst = table.locator(".e3")
    assert worst.count() == 1
    assert worst.inner_text().endswith(("▲▲", "▼▼"))
    assert worst.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    colours = {cell.evaluate("e => getComputedStyle(e).backgroundColor") for cell in table.locator("tbody td").all()}
    assert len(colours) >= 2


def test_the_line_of_a_crash_is_marked(out: Path, visit: Visitor):
    """In the student's own code, the line that raised has a colour and says so in words."""
    page = visit(out / KINDS["crashed"] / "report.html").page
    line = page.locator("[id='Sigmoid.forward'] mark")
    assert "◀ line" in line.inner_text()
    plain = page.locator("[id='Sigmoid.forward'] .hl i").first
    assert line.evaluate(BACKGROUND) != plain.evaluate(BACKGROUND)


BACKGROUND = "e => getComputedStyle(e).backgroundColor"


def test_the_keyboard_goes_to_the_result_first(out: Path, visit: Visitor):
    """The first Tab offers to skip to the result, the next goes on from there; what has the focus is framed."""
    page = visit(out / KINDS["mistakes"] / "report.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the result"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_dark_mode_is_dark(out: Path, visit: Visitor):
    """Where the reader's system is dark, the page is, and its writing is light."""
    light, dark = (visit(out / KINDS["right"] / "report.html", color_scheme=s).page for s in ("light", "dark"))
    look = "getComputedStyle(document.body)"
    assert (
        _brightness(light.evaluate(f"{look}.backgroundColor"))
        > 200
        > 60
        > _brightness(dark.evaluate(f"{look}.backgroundColor"))
    )
    assert _brightness(light.evaluate(f"{look}.color")) < 60 < 200 < _brightness(dark.evaluate(f"{look}.color"))


def _brightness(rgb: str) -> float:
    return sum(map(int, rgb.removeprefix("rgb(").removesuffix(")").split(","))) / 3


def test_paper_shows_what_is_folded(out: Path, visit: Visitor):
    """Printed from a dark screen, the cases of what is wrong are there, on white; those of what is right save paper."""
    narrow = {"width": 700, "height": 1000}
    page = visit(out / KINDS["mistakes"] / "report.html", viewport=narrow, color_scheme="dark").page
    wrong, right = (page.locator(f"[id='{name}'] details li").first for name in ("Sigmoid.backward", "Relu.forward"))
    assert not wrong.is_visible()
    page.emulate_media(media="print")
    assert wrong.is_visible()
    assert not right.is_visible()
    assert page.get_by_text("Public cases: 6 of 6 right").first.is_visible()
    assert not page.locator(".take-home").first.is_visible()  # nobody pastes from paper
    assert {page.locator(place).first.evaluate(BACKGROUND) for place in ("body", ".card")} == {"rgb(255, 255, 255)"}
    assert _brightness(wrong.evaluate("e => getComputedStyle(e).color")) < 60
    assert page.evaluate("document.documentElement.scrollWidth") <= narrow["width"]
    assert 3 <= page.pdf(format="A4").count(b"/Type /Page\n") <= 10


def test_nothing_needs_a_script(out: Path, visit: Visitor):
    """With scripts switched off the page says the same, word for word, and its losses lead to their cards."""
    report = out / KINDS["mistakes"] / "report.html"
    page = visit(report, java_script_enabled=False).page
    assert page.locator("body").inner_text() == visit(report).page.locator("body").inner_text()
    page.locator(".overview td a").first.click()
    assert page.url.endswith("#Sigmoid.backward")


def test_every_page_says_what_to_do_next(out: Path, visit: Visitor):
    """Of every hand-in: where to start, that nothing is left to mend, or what to do since it could not be graded."""
    pages = {path: score_of(path) for path in sorted(out.glob("*/report.html"))}
    assert len(pages) > 60
    for path, score in pages.items():
        assert says_what_to_do(re.sub(r"<[^>]*>", "", score)), path
    # What is there can also be seen: on one page of those whose result is built of the same elements.
    shapes = {frozenset(re.findall(r'<\w+|class="[^"]*"', score)): path for path, score in pages.items()}
    page = visit(next(iter(pages)), java_script_enabled=False).page
    for path in shapes.values():
        page.goto(path.as_uri())
        assert says_what_to_do(page.locator("section.score").inner_text()), path


def score_of(path: Path) -> str:
    [score] = re.findall(r'<section class="score".*?</section>', path.read_text(encoding="utf-8"), re.DOTALL)
    return score


def says_what_to_do(text: str) -> bool:
    return any(f"{word} " in f"{text} " for word in ("Start here:", "Nothing is left to mend.", "What to do:"))
