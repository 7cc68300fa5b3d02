"""The pictures of the documentation, taken of the sample class, so that they show what there is today."""

from __future__ import annotations

import os
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from browser.conftest import PHONE, Visitor
from grader.magics.checking import check
from tests.command import WRONG, full_key, notebook, public_key, run
from tests.test_review import Server

ROOT = Path(__file__).resolve().parent.parent.parent
MOST = 200_000  # bytes of a picture: a clone is to stay small
WIDE = {"width": 1000, "height": 720}
SHOWN = sorted(
    {
        name
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for name in re.findall(r"screenshots/([\w-]+)\.png", page.read_text(encoding="utf-8"))
    }
)


def card(page: Page) -> Locator:
    """One function with a known mistake, and the first of its public cases unfolded."""
    found = page.locator("[id='Relu.forward']")
    found.get_by_text("Public cases:").click()
    found.locator("details[open] .cases > li:nth-child(n+2)").evaluate_all("all => all.forEach(e => e.remove())")
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
Where = Callable[[str], Path | str]
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
    "review": ("submission/student-27", {"viewport": {"width": 1180, "height": 680}}, top),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Where]:
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
    (folder / "out" / "card.html").write_text(f"<!doctype html><body style='{style}'>{html}", encoding="utf-8")
    with Server(folder / "out") as server:
        review = f"http://127.0.0.1:{server.port}/{server.token}/"
        yield lambda path: review + path if path.startswith("submission") else folder / "out" / path


@pytest.mark.parametrize("name", SHOWN)
def test_each_picture_can_be_taken(name: str, pages: Where, tmp_path: Path, visit: Visitor) -> None:
    """What the documentation shows is there to be shown, is no smaller than a phone, and weighs little."""
    path, wishes, take = PICTURES[name]
    picture = Path(os.environ.get("GRADER_SCREENSHOTS") or tmp_path) / f"{name}.png"
    take(visit(pages(path), **{"viewport": WIDE, **wishes}).page).screenshot(path=picture, animations="disabled")
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert (width >= PHONE["width"], height >= 300) == (True, True)
    assert picture.stat().st_size < MOST


def test_every_picture_is_shown() -> None:
    """No picture is kept that no page shows, and none is taken."""
    assert SHOWN == sorted(PICTURES) == sorted(path.stem for path in (ROOT / "docs/screenshots").glob("*.png"))
