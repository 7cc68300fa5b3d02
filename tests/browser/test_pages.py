"""Pages in a real browser: read with a keyboard, a screen reader, a phone, a printer, in the dark, without script.

A page that fetches anything, writes to the console or throws fails its test. The pictures of the documentation are
taken here too, so that they show what there is today.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright
from report_class import CLASS, KEY, PAGE
from test_report import many

from grader.magics.checking import check
from grader.report import render_student_page, summarise, write_class_page
from grader.report.notebook_page import render_notebook
from tests.command import WRONG, full_key, notebook, public_key, run
from tests.test_review import Server

STUDENTS = ["ada", "bob", "carl", "ina", "jo", "kim", "lea", "max"]  # by what is on the page
PAGES = [*(f"{student}/report.html" for student in STUDENTS), "index.html"]
SMALL = {"width": 320, "height": 640}  # a desktop at 400 %, which WCAG asks to be read without scrolling twice
MANY = 10_000
ROOT = Path(__file__).resolve().parent.parent.parent
MOST = 200_000  # bytes of a picture: a clone is to stay small
WIDE = {"width": 1000, "height": 720}
DOCS = "".join(page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SHOWN = sorted({*re.findall(r"screenshots/([\w-]+)\.png", DOCS)})
Where = Callable[[str], Path | str]
in_one = pytest.mark.xdist_group("sample")  # one worker makes the sample class, once
PATIENCE = 20_000  # milliseconds: a busy machine is no failure
expect.set_options(timeout=PATIENCE)
# The first is the same engine without the windows around it, which nobody sees here: half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = ["quic", "background-networking", "component-update", "sync", "gpu"]
OURS = ("file:", "data:", "http://127.0.0.1:")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; where none can be had, CI fails and everybody else goes without."""
    with sync_playwright() as playwright:
        own = [playwright.chromium.executable_path] if Path(playwright.chromium.executable_path).exists() else []
        flags = ["--no-first-run", *(f"--disable-{one}" for one in QUIET), *["--no-sandbox"] * (os.geteuid() == 0)]
        for path in (*own, *filter(None, map(shutil.which, NAMES))):
            try:
                started = playwright.chromium.launch(executable_path=path, args=flags)
            except Error:  # a stub of a snap does not start
                continue
            yield started
            started.close()
            return
        missing = "no Chromium here: .venv/bin/playwright install chromium"
        pytest.fail(missing) if os.environ.get("GRADER_TESTS_SKIP_NOTHING") else pytest.skip(missing)


@dataclass
class Visit:
    """A page that is open, and all that it did beside being read."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def axe(self) -> list[str]:
        """What axe-core finds that keeps somebody from reading: rule, impact, and where first.

        Later cases and rows are left out: they are made like the first ones, and take most of the time.
        """
        self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate("""async () => (await axe.run(
            {exclude: [["details li:nth-child(n+2)"], ["tbody tr:nth-child(n+9)"], ["iframe"]]},
            {resultTypes: ["violations"]})).violations""")
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:160]}" for one in grave]

    def unfold(self) -> None:
        """Open everything that folds."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

    def overflow(self) -> list[str]:
        """What is wider than the screen and does not scroll by itself."""
        return self.page.evaluate("""document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth
            && !e.closest('pre, .arrays, .wide')).slice(0, 3).map(e => e.outerHTML.slice(0, 200))""")


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visitor]:
    """Opens a file or an address in a context of its own; keywords are those of `Browser.new_context`."""
    visits: list[Visit] = []

    def open_page(place: Path | str, **wishes: Any) -> Visit:
        context = browser.new_context(**{"viewport": DESK, "color_scheme": "light", **wishes})
        context.set_default_timeout(PATIENCE)
        visits.append(visited := Visit(context.new_page()))
        visited.page.on("console", lambda message: visited.said.append(message.text))
        visited.page.on("pageerror", lambda error: visited.said.append(str(error)))
        visited.page.on("dialog", lambda dialog: (visited.said.append(dialog.message), dialog.dismiss()))
        visited.page.on("request", lambda request: visited.asked.append(request.url))
        visited.page.goto(place if isinstance(place, str) else place.as_uri())
        return visited

    yield open_page
    for visited in visits:
        visited.page.context.close()
    assert [said for visited in visits for said in visited.said] == []
    assert [url for visited in visits for url in visited.asked if not url.startswith(OURS)] == []


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the made-up class, as a run leaves them."""
    folder = tmp_path_factory.mktemp("out")
    for student, record in CLASS.items():
        (folder / student).mkdir()
        (folder / student / "report.html").write_text(render_student_page(record, KEY, PAGE), encoding="utf-8")
    write_class_page(folder, summarise(CLASS.values()), KEY, PAGE)
    return folder


@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_read_it(path: str, out: Path, visit: Visitor) -> None:
    """With all that folds open, axe finds nothing serious by day or by night; a phone scrolls one way only."""
    for look in ({}, {"color_scheme": "dark", "viewport": PHONE}):
        visited = visit(out / path, **look)
        visited.unfold()
        assert visited.axe() == []
    for size in (PHONE, SMALL):
        visited.page.set_viewport_size(size)
        assert visited.overflow() == []


def test_every_loss_leads_to_its_card(out: Path, visit: Visitor) -> None:
    """A click on what was lost brings the reason and the next step into view; on a phone the first is there at once."""
    page = visit(out / "ina" / "report.html").page
    for loss in page.locator(".overview td a").all():
        loss.click()
        card = page.locator(f"[id='{loss.get_attribute('href').removeprefix('#')}']")
        assert -1 < card.bounding_box()["y"] < DESK["height"]
        assert "Try next" in card.inner_text()
    box = visit(out / "ina" / "report.html", viewport=PHONE).page.get_by_text("Start here:").first.bounding_box()
    assert box["y"] + box["height"] < PHONE["height"]


def test_cases_open_by_keyboard(out: Path, visit: Visitor) -> None:
    """The first Tab skips to the result; Enter opens the cases, where yours, expected and difference are in a row."""
    page = visit(out / "ina" / "report.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the result"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    card = page.locator("[id='backward']")
    card.get_by_text("Public cases: 0/2 right").focus()
    page.keyboard.press("Enter")
    titles = ("Your dx", "Expected dx", "Difference of dx")
    boxes = [card.locator("caption", has_text=title).first.bounding_box() for title in titles]
    assert boxes[0]["y"] == boxes[1]["y"] == boxes[2]["y"]
    assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]


def test_paper_shows_what_is_folded(out: Path, visit: Visitor) -> None:
    """What a student needs is printed; what can only be copied is not."""
    page = visit(out / "ina" / "report.html").page
    page.emulate_media(media="print")
    assert page.locator("caption", has_text="Expected dx").first.is_visible()
    assert not page.locator(".snippet").first.is_visible()


# ---- the class page --------------------------------------------------------------------------------------------------


def first_cells(page: Page) -> list[str]:
    return page.locator("#table tbody th a:first-child").all_inner_texts()


def test_the_table_sorts_searches_and_filters(out: Path, visit: Visitor) -> None:
    """By a column both ways, by words, by status, by who made a mistake; and it says how many are shown."""
    page = visit(out / "index.html").page
    points = page.locator("#table thead button").nth(3)
    points.click()
    assert first_cells(page)[:2] == ["lea", "max"]  # not graded: before any number
    points.click()
    assert set(first_cells(page)[:2]) == {"ada", "ned"}
    page.get_by_label("Search").fill("ROSS")
    assert first_cells(page) == ["bob"]
    assert page.locator("#found").inner_text() == "1 of 14 shown"
    page.get_by_label("Search").fill("")
    page.get_by_label("Only").select_option("Unreadable")
    assert first_cells(page) == ["lea"]
    page.locator("#mistakes ~ details summary").first.click()
    page.get_by_role("button", name="Show only these in the table").first.click()
    assert first_cells(page) == ["bob"]


def test_the_class_page_needs_no_script(out: Path, visit: Visitor) -> None:
    """Everybody is there, every link leads somewhere, and nothing that needs a script is shown."""
    page = visit(out / "index.html", java_script_enabled=False).page
    assert len(first_cells(page)) == len([path for path in out.iterdir() if path.is_dir()])
    assert page.locator(".scripted:visible").count() == 0
    for address in page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))"):
        place, _, anchor = address.partition("#")
        target = out / place if place else out / "index.html"
        assert not anchor or anchor == "main" or f'id="{anchor}"' in target.read_text(encoding="utf-8")
        assert target.is_file()


def test_ten_thousand_can_be_handled(visit: Visitor, tmp_path: Path) -> None:
    """A large class opens, sorts, searches and is turned over in seconds, some rows at a time."""
    write_class_page(tmp_path, summarise(many(MANY)), KEY, PAGE)
    page = visit(tmp_path / "index.html").page
    assert len(first_cells(page)) == 200
    page.locator("#table thead button").nth(0).click()
    page.locator("#table thead button").nth(0).click()
    assert first_cells(page)[0] == f"s{MANY - 1:05}"
    page.get_by_role("button", name="Next", exact=True).click()
    assert first_cells(page)[0] == f"s{MANY - 201:05}"
    page.get_by_label("Search").fill("s00077")
    assert first_cells(page) == ["s00077"]


# ---- other pages -----------------------------------------------------------------------------------------------------


def test_nothing_of_a_notebook_runs_fetches_or_hides(visit: Visitor, tmp_path: Path) -> None:
    """Scripts, frames, remote pictures, styles and handlers are removed; outputs, tables and pictures are there."""
    html = (
        "<script>alert(1)</script><style>*{display:none}</style><iframe src='https://x.y'></iframe>"
        "<p class=skip>seen</p><img src='https://x.y/z.png' onerror='alert(2)'><a href='javascript:alert(3)'>link</a>"
        f"<table><tr>{'<td>a wide cell' * 40}</table>"
    )
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    data = [{"text/html": html}, {"image/png": pixel}]
    outputs = [{"output_type": "display_data", "metadata": {}, "data": one} for one in data]
    code = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": outputs, "execution_count": 1}
    words = {"cell_type": "markdown", "metadata": {}, "source": f"# Title\n\n{html}"}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [words, code]}
    path = tmp_path / "notebook.html"
    path.write_text(render_notebook(json.dumps(notebook), "Ada", ["a line"]), encoding="utf-8")
    visited = visit(path, viewport=PHONE)
    assert visited.page.get_by_text("seen").last.is_visible()
    assert visited.page.locator("img[src^='data:']").evaluate("e => e.naturalWidth") == 1
    assert visited.page.locator("script, style ~ style, iframe, [onerror], a[href^='javascript']").count() == 0
    assert visited.overflow() == []
    assert visited.axe() == []


# ---- the sample class, a card, and a review at work ------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Where]:
    """Where each page is: those of the sample class, a card below a cell, and a review that is at work."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "class").mkdir()
    for path in (ROOT / "submissions/exercise_05").glob("student-[2-5]*"):
        copy = shutil.copy if path.is_file() else shutil.copytree
        copy(path, folder / "class" / path.name)
    done = run("grade", "class", "--key", full_key("exercise_05"), "--out", "out", cwd=folder)
    assert done.returncode == 1, done.stderr  # some are unreadable
    order = {"notebook": notebook("import numpy as np", WRONG), "names": [], "places": [], "folders": []}
    html = check({**order, "key": str(public_key("exercise_05", folder))})["html"]
    style = "background: #fff; color: #212121; font: 14px sans-serif; margin: 1em"
    page = f"<!doctype html><html lang=en><title>card</title><body style='{style}'><main>{html}"
    (folder / "out" / "card.html").write_text(page, encoding="utf-8")
    assert run("similar", "out", "--least", 65, cwd=folder).returncode == 0
    with Server(folder / "out") as server:
        review = f"http://127.0.0.1:{server.port}/{server.token}"
        yield lambda path: review + path if path.startswith("/") else folder / "out" / path


@in_one
@pytest.mark.parametrize("path", ["card.html", "similar.html", "/", "/submission/student-27"])
def test_other_pages_can_be_read_too(path: str, sample: Where, visit: Visitor) -> None:
    """The card below a cell, similar submissions side by side, and the list and the form of a review."""
    for scheme in ("light", "dark"):
        visited = visit(sample(path), color_scheme=scheme)
        visited.unfold()
        assert visited.axe() == []


def card(page: Page) -> Locator:
    """One function with a known mistake, and the first of its public cases unfolded."""
    found = page.locator("[id='Relu.forward']")
    found.get_by_text("Public cases:").click()
    found.locator("details[open] li:nth-child(n+2)").evaluate_all("all => all.forEach(e => e.remove())")
    return found


def by_mistake(page: Page) -> Locator:
    """The class by mistake, one of them unfolded; the list is cut."""
    found = page.locator("section", has=page.locator("#mistakes"))
    found.locator("summary", has_text="dout forgotten").first.click()
    found.locator("details:nth-of-type(n+9), h3").evaluate_all("all => all.forEach(e => e.remove())")
    return found


def table(page: Page) -> Locator:
    """The table of students, sorted by points and searched."""
    page.locator("#table thead button", has_text="Points").click()
    page.get_by_label("Search").fill("student-2")
    page.evaluate("document.activeElement.blur()")
    return page.locator("section", has=page.locator("#students"))


def top(page: Page) -> Page:
    """As the page opens."""
    return page


Take = Callable[[Page], Page | Locator]
PICTURES: dict[str, tuple[str, dict[str, Any], Take]] = {
    "student-page": ("student-27/report.html", {}, top),
    "student-page-dark": ("student-27/report.html", {"color_scheme": "dark"}, top),
    "student-page-phone": ("student-27/report.html", {"viewport": PHONE}, top),
    "student-card": ("student-55/report.html", {"viewport": {"width": 940, "height": 800}}, card),
    "student-unreadable": ("student-31/report.html", {"viewport": {"width": 1000, "height": 430}}, top),
    "class-page": ("index.html", {}, top),
    "class-by-mistake": ("index.html", {}, by_mistake),
    "class-table": ("index.html", {}, table),
    "notebook-card": ("card.html", {"viewport": {"width": 860, "height": 520}}, top),
    "review": ("/submission/student-27", {"viewport": {"width": 1180, "height": 680}}, top),
}


@in_one
@pytest.mark.parametrize("name", SHOWN)
def test_each_picture_can_be_taken(name: str, sample: Where, tmp_path: Path, visit: Visitor) -> None:
    """What the documentation shows is there to be shown, is no smaller than a phone, and weighs little."""
    path, wishes, take = PICTURES[name]
    picture = Path(os.environ.get("GRADER_SCREENSHOTS") or tmp_path) / f"{name}.png"
    take(visit(sample(path), **{"viewport": WIDE, **wishes}).page).screenshot(path=picture, animations="disabled")
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert (width >= PHONE["width"], height >= 300) == (True, True)
    assert picture.stat().st_size < MOST


def test_every_picture_is_shown() -> None:
    """No picture is kept that no page shows, and none is taken."""
    assert SHOWN == sorted(PICTURES) == sorted(path.stem for path in (ROOT / "docs/screenshots").glob("*.png"))
