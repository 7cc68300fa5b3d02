"""The pictures in the documentation, taken by a test: they show what there is, and none shows what there was.

takes: the sample class as `grader grade` leaves it.
gives: a picture for each name; into docs/screenshots where GRADER_SCREENSHOTS names it (`make screenshots`).
must not know: which document shows which picture.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from playwright.sync_api import Locator, Page

from browser.conftest import PHONE, Visitor

pytestmark = pytest.mark.xdist_group("browser")

FOLDER = ROOT / "docs" / "screenshots"
PAGE, CARD = {"width": 1080, "height": 760}, {"width": 1080, "height": 1200}
MOST = 250_000  # bytes of a picture: a clone is to stay small


def card(page: Page) -> Locator:
    """A known mistake, its first public case unfolded."""
    found = page.locator("[id='Sigmoid.backward']")
    found.get_by_text("Public cases:").click()
    found.locator("details[open] .cases > li:nth-child(n+2)").evaluate_all("all => all.forEach(e => e.remove())")
    return found


def by_mistake(page: Page) -> Locator:
    """The class by mistake, one of them unfolded; the list is cut, since a picture of all of it is a yard long."""
    found = page.locator("section", has=page.locator("#mistakes"))
    found.locator("details", has_text="dout forgotten").first.locator("summary").click()
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
SHOTS: dict[str, tuple[str, dict[str, object], Take]] = {
    "student-page": ("student-27/report.html", {"viewport": PAGE}, top),
    "student-page-dark": ("student-27/report.html", {"viewport": PAGE, "color_scheme": "dark"}, top),
    "student-page-phone": ("student-27/report.html", {"viewport": PHONE}, top),
    "student-card": ("student-27/report.html", {"viewport": CARD}, card),
    "student-unreadable": ("student-31/report.html", {"viewport": {"width": 1080, "height": 420}}, top),
    "class-page": ("index.html", {"viewport": PAGE}, top),
    "class-by-mistake": ("index.html", {"viewport": CARD}, by_mistake),
    "class-table": ("index.html", {"viewport": CARD}, table),
}


ELSEWHERE = {"review", "notebook-card"}  # taken where what they show is tested


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_is_taken(name: str, out: Path, tmp_path: Path, visit: Visitor):
    """What the documentation shows is there to be shown, is no smaller than a phone, and weighs little."""
    path, wishes, take = SHOTS[name]
    folder = Path(os.environ.get("GRADER_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / f"{name}.png"
    take(visit(out / path, **wishes).page).screenshot(path=picture, animations="disabled")
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert width >= PHONE["width"]
    assert height >= 300
    assert picture.stat().st_size < MOST


def test_the_documents_show_pictures_that_are_taken():
    """Each picture in docs/screenshots has a test here that takes it, and each that a document shows is there."""
    sources = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")]
    taken = {*SHOTS, *(name for source in sources for name in re.findall(r'"([\w-]+)\.png"', source))}
    there = {path.stem for path in FOLDER.glob("*.png")}
    assert there == taken
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    texts = [path.read_text(encoding="utf-8") for path in documents]
    shown = {name for text in texts for name in re.findall(r"screenshots/([\w-]+)\.png", text)}
    assert shown <= there
