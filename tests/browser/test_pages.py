"""Pages in a real browser: read with a keyboard, a screen reader, a phone, a printer, in the dark, without script."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace as Some

import pytest
from playwright.sync_api import Page
from report_class import CLASS, KEY, PAGE
from test_report import many

from browser.conftest import DESK, PHONE, Visitor
from grader.report import summarise, write_class_page
from grader.report.check_view import render_card
from grader.report.notebook_page import render_notebook
from grader.report.page import asset, render

STUDENTS = ["ada", "bob", "carl", "ina", "jo", "kim", "lea", "max"]  # by what is on the page
PAGES = [*(f"{student}/report.html" for student in STUDENTS), "index.html"]
SMALL = {"width": 320, "height": 640}  # a desktop at 400 %, which WCAG asks to be read without scrolling twice
MANY = 10_000


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


def test_marks_are_more_than_colours(out: Path, visit: Visitor) -> None:
    """The worst entry has a doubled arrow and a frame; the failing line of code says so in words."""
    visited = visit(out / "ina" / "report.html")
    visited.unfold()
    worst = visited.page.locator("[id='forward'] .grids table", has_text="Difference").first.locator(".e3")
    assert worst.count() == 1
    assert worst.inner_text().endswith(("▲▲", "▼▼"))
    assert worst.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    line = visit(out / "carl" / "report.html").page.locator("[id='forward'] mark")
    assert "◀ line 5" in line.inner_text()


def test_one_click_selects_the_snippet(out: Path, visit: Visitor) -> None:
    """All of it and nothing else, so that it can be copied."""
    visited = visit(out / "dora" / "report.html")
    visited.unfold()
    visited.page.locator(".snippet").first.click()
    chosen = visited.page.evaluate("getSelection().toString().trim()")
    assert chosen.startswith("import numpy as np")
    assert chosen.endswith("try_it()")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_other_pages_can_be_read_too(scheme: str, visit: Visitor, tmp_path: Path) -> None:
    """Similar submissions side by side, the card below a cell, and the pages of a review."""
    record = CLASS["ina"]
    lines = [(4, [("def f(x):", "strong")]), (5, [("    return ", ""), ("x * w", "weak")])]
    sides = [Some(student_id=one, name="", folder=one, share=0.5, cells=[(3, lines)]) for one in ("ina", "bob")]
    pairs = [Some(worth=60, left=sides[0], right=sides[1])]
    view = Some(pairs=pairs, compared=9, more=1, least=40, warnings=["a warning"], groups=[["a", "b", "c"]])
    review = Some(title="Small", here="/t", reviewer="Kay", query="show=all", warning="A warning.")
    fields = {name: Some(points="", reason="", trouble=name[:3]) for name in KEY.rubric.worth}
    form = Some(record=record, worth=KEY.rubric.worth, fields=fields, version=1, token="t", comments=["again"])
    form.said, form.reviewed, form.unsaved = "Saved.", True, False
    place = Some(before="ada", after="bob", number=2, count=3, left=1, total=3)
    listed = [(one, one.student_id == "ada") for one in CLASS.values()]
    views = {"counts": {"all": 14, "left": 13}, "filters": {"all": "All", "left": "Still to review"}, "show": "all"}
    pages = {
        "similar": render("similar.html", ("page.css", "similar.css"), view=view, title="Small", page=PAGE),
        "card": f"<!doctype html><html lang=en><title>c</title><main><h1>n</h1>{render_card(record, KEY)}</main>",
        "form": render("review_form.html", review=review, form=form, place=place),
        "list": render("review_list.html", review=review, listed=listed, criterion="", criteria=["forward"], **views),
        "refusal": render("review_refusal.html", sentence="No.", hint="Look again.", here=""),
    }
    style = f"<style>{asset('page.css')}{asset('review.css')}</style>"
    for name, page in pages.items():
        path = tmp_path / f"{name}.html"
        page = re.sub('<iframe.*?</iframe>|<script.*?</script>|<link rel="stylesheet"[^>]*>', "", page)
        page = page.replace("</head>", f"{style}</head>") if name in ("form", "list", "refusal") else page
        path.write_text(page, encoding="utf-8")
        visited = visit(path, color_scheme=scheme)
        visited.unfold()
        assert visited.axe() == [], name
