"""The review page in a real browser: a TA's evening with keyboard and mouse, in the dark, on a phone, without script.

takes: a small graded class, served by `grader review`.
gives: one promise a test, said in its docstring.
must not know: how a change is stored. Who is let in is `../test_review.py`.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect
from review_server import ReviewServer, grade_few

pytestmark = pytest.mark.xdist_group("browser")

PHONE = {"width": 390, "height": 844}
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def graded(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grade_few(tmp_path_factory.mktemp("few"), key)


@pytest.fixture
def server(graded: Path, tmp_path: Path) -> Iterator[ReviewServer]:
    more = ("--submissions", str(graded.parent / "exercise_05"))
    with ReviewServer(shutil.copytree(graded, tmp_path / "out"), more) as started:
        yield started


@pytest.fixture
def open_page(browser: Browser, server: ReviewServer) -> Iterator[Opener]:
    """Opens a page of the review, and sees that it asks nobody else and that nothing goes wrong in it."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def opener(path: str = "", **wishes: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **wishes})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.address + path)
        return page

    yield opener
    for context in contexts:
        context.close()
    # A form that is refused is an answer of 422, which browsers note as an error of the network; that a frame's script
    # did not run is what is promised.
    assert [text for text in said if "422" not in text and "frame is sandboxed" not in text] == []
    assert [url for url in asked if not url.startswith((server.address, "data:"))] == []


def points_of(server: ReviewServer, student: str) -> str:
    with (server.reports / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: row["points"] for row in csv.DictReader(file)}[student]


def arrive(page: Page, name: str) -> None:
    """Waits until the hand-in of that name is there, and its keys with it: they come with the end of the page."""
    expect(page.locator("h1")).to_have_text(name)
    page.wait_for_load_state()


def test_an_evening_by_keyboard(server: ReviewServer, open_page: Opener) -> None:
    """j opens the first hand-in; a digit goes to a function's points and shows its place on the student's page; Ctrl
    with Enter saves and goes on; k goes back; u to the list, where it says what is left."""
    page = open_page()
    page.keyboard.press("j")
    arrive(page, '<img src=x onerror=alert(1)>"')
    page.keyboard.press("Control+Enter")
    arrive(page, "student-01")
    page.keyboard.press("Control+Enter")
    arrive(page, "student-12")
    page.keyboard.press("4")
    expect(page.locator("#points-3")).to_be_focused()
    expect(page.frame_locator("iframe").locator("[id='Relu.backward']")).to_be_in_viewport()
    page.keyboard.type("7,5")
    page.keyboard.press("Tab")
    page.keyboard.type("Half for the idea: Jk1u are letters here.")
    page.keyboard.press("Control+Enter")
    arrive(page, "student-14")
    assert points_of(server, "student-12") == "32.5"
    page.keyboard.press("k")
    arrive(page, "student-12")
    expect(page.locator("#reason-3")).to_have_value("Half for the idea: Jk1u are letters here.")
    expect(page.frame_locator("iframe").get_by_text("Half for the idea: Jk1u are letters here.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("header")).to_contain_text("3 of 5 hand-ins reviewed, 2 left")


def test_a_comment_is_used_again(server: ReviewServer, open_page: Opener) -> None:
    """What was written once is offered in every form, and picked by its words."""
    server.save("student-12", points_3="5", reason_3="You forgot the derivative.")
    page = open_page("hand-in/student-14")
    page.locator("#again-3").select_option("You forgot the derivative.")
    expect(page.locator("#reason-3")).to_have_value("You forgot the derivative.")
    page.locator("#points-3").fill("6")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert points_of(server, "student-14") == "91"


def test_what_is_wrong_stands_beside_its_field(server: ReviewServer, open_page: Opener) -> None:
    """The field with the mistake has the focus, and says it to a screen reader."""
    page = open_page("hand-in/student-12")
    page.locator("#points-3").fill("99")
    page.locator("#reason-3").fill("Why.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#points-3")).to_be_focused()
    expect(page.locator("#points-3")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#trouble-3")).to_contain_text("from 0 to 15")
    expect(page.locator("#reason-3")).to_have_value("Why.")


def test_nothing_typed_is_lost_by_a_slip(server: ReviewServer, open_page: Opener) -> None:
    """Leaving with something unsaved asks first; leaving without does not."""
    page = open_page("hand-in/student-12")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#reason-3").fill("Not saved yet.")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator("#reason-3")).to_have_value("Not saved yet.")
    page.locator("#reason-3").fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("student-14")
    assert asked == ["beforeunload"]


def test_what_is_right_is_folded(open_page: Opener) -> None:
    """A TA sees first what wants a person: functions that are right on every check are folded, the others open."""
    page = open_page("hand-in/student-14")
    opened = page.locator("details.part[open] > summary code")
    expect(opened).to_have_text(["Relu.backward"])
    expect(page.locator("details.part")).to_have_count(6)


def test_the_list_is_filtered(open_page: Opener) -> None:
    """By what is left, what lost points, what was not graded, and by function; going on stays within the filter."""
    page = open_page()
    students = page.locator("tbody th a")
    page.get_by_role("link", name="With points lost (2)").click()
    expect(students).to_have_text(["student-12", "student-14"])
    page.get_by_label("with points lost in").select_option("affine_forward")
    page.get_by_role("button", name="Show").click()
    expect(students).to_have_text(["student-12"])
    page.get_by_role("link", name="Not graded (1)").click()
    page.get_by_label("with points lost in").select_option("any function")
    page.get_by_role("button", name="Show").click()
    expect(students).to_have_text(["student-33"])
    page.get_by_role("link", name="With points lost (2)").click()
    students.first.click()
    page.get_by_role("link", name="Next").click()
    expect(page.locator("h1")).to_have_text("student-14")
    expect(page.locator("nav")).to_contain_text("2 of 2 in this view")


def test_the_whole_notebook_is_one_key_away(open_page: Opener) -> None:
    """With its outputs, in the same frame."""
    page = open_page("hand-in/student-01")
    page.keyboard.press("n")
    expect(page.frame_locator("iframe").get_by_text("Outputs are as they were saved.")).to_be_visible()


def test_nothing_runs_in_the_frame(server: ReviewServer, open_page: Opener) -> None:
    """Should a page among the reports hold a script, it does not run, and cannot reach the form around it."""
    path = server.reports / "student-01" / "report.html"
    path.write_text("<!doctype html><h1>x</h1><script>document.title = parent.document.title = 'reached'</script>")
    page = open_page("hand-in/student-01")
    expect(page.frame_locator("iframe").locator("h1")).to_have_text("x")
    page.wait_for_timeout(200)
    assert "reached" not in page.title()
    assert page.locator("iframe").get_attribute("sandbox") == ""


def test_it_works_without_script(server: ReviewServer, open_page: Opener) -> None:
    """The form, a comment used again, and going on are plain HTML."""
    server.save("student-12", points_3="5", reason_3="You forgot the derivative.")
    page = open_page("hand-in/student-14", java_script_enabled=False)
    page.locator("#points-3").fill("6")
    page.locator("#again-3").select_option("You forgot the derivative.")
    page.get_by_role("button", name="Reviewed, next").click()
    assert page.locator("h1").text_content() == "student-33"
    assert points_of(server, "student-14") == "91"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "hand-in/student-12"])
def test_it_reads_for_everybody(server: ReviewServer, open_page: Opener, path: str, scheme: str) -> None:
    """axe finds nothing serious, in light and dark, with and without a mistake in the form."""
    page = open_page(path, color_scheme=scheme, bypass_csp=True)
    for _ in range(2):
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")["violations"]
        assert [
            f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")
        ] == []
        if not path:
            break
        page.locator("#points-3").fill("99")
        page.locator("#save").click()
        expect(page.locator("#trouble-3")).to_be_visible()


@pytest.mark.parametrize("path", ["", "hand-in/student-12"])
def test_it_fits_a_phone(open_page: Opener, path: str) -> None:
    """Nothing is wider than the screen but a table, which scrolls in its own place."""
    page = open_page(path, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert (
        max(page.evaluate("[...document.querySelectorAll('td .badge')].map(one => one.offsetHeight)"), default=0) < 35
    )


def test_its_picture_is_taken(server: ReviewServer, open_page: Opener, tmp_path: Path) -> None:
    """The one in the documentation, by `make screenshots`."""
    folder = Path(os.environ.get("GRADER_SCREENSHOTS") or tmp_path)
    page = open_page("hand-in/student-14", viewport={"width": 1200, "height": 760})
    page.locator("#points-3").fill("7.5")
    page.locator("#reason-3").fill("The idea is right; only the colon is missing.")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.wait_for_timeout(300)
    page.screenshot(path=folder / "review.png", animations="disabled")
    assert (folder / "review.png").stat().st_size < 250_000
    page.on("dialog", lambda dialog: dialog.accept())
