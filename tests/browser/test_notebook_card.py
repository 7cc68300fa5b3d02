"""The card of `%check` in a browser: as JupyterLab shows it, light and dark.

takes: what the process beside a kernel answers for a notebook with a mistake.
gives: one promise a test, said in its docstring.
must not know: kernels; they are `../test_magics.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect
from test_cli import WRONG

from grader.magics.cells import notebook_of

pytestmark = pytest.mark.xdist_group("browser")

# The page around it is ours: a cell's output in the colours of JupyterLab's two themes.
FRAME = (
    "<!doctype html><html lang=en><title>x</title>"
    "<body style='background:{};color:{};font:14px sans-serif;margin:1em'><main>{}"
)
THEMES = {"light": ("#ffffff", "#212121"), "dark": ("#111111", "#e0e0e0")}


@pytest.fixture(scope="module")
def card(key: Path) -> str:
    order = {
        "notebook": notebook_of(["import numpy as np", WRONG]),
        "names": [],
        "key": "",
        "places": [str(key)],
        "folders": [],
    }
    done = subprocess.run(
        [sys.executable, "-c", "from grader.magics.checking import main; main()"],
        input=json.dumps(order), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return str(json.loads(done.stdout)["html"])


def show(browser: Browser, card: str, theme: str, width: int = 860) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.set_content(FRAME.format(*THEMES[theme], card))
    return page


@pytest.mark.parametrize("theme", THEMES)
def test_it_reads_in_both_themes(browser: Browser, card: str, theme: str) -> None:
    """axe finds nothing serious, though the card does not know the colours around it."""
    page = show(browser, card, theme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")] == []
    page.close()


def test_what_is_wrong_is_seen_at_once(browser: Browser, card: str) -> None:
    """The mistake, what to try, and what was not checked stand there without a click; long lines are folded away."""
    page = show(browser, card, "light")
    for text in ("31 of 36 public checks pass", "Try next:", "Not checked: the hidden checks", "cell 2"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.locator("pre").first).to_be_hidden()
    page.close()


def test_it_stays_within_a_narrow_notebook(browser: Browser, card: str) -> None:
    """Nothing is wider than the cell."""
    page = show(browser, card, "light", width=420)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.close()


def test_its_picture_is_taken(browser: Browser, card: str, tmp_path: Path) -> None:
    """The one in the documentation, by `make screenshots`."""
    folder = Path(os.environ.get("GRADER_SCREENSHOTS") or tmp_path)
    page = show(browser, card, "light")
    page.locator(".grader-card").screenshot(path=folder / "notebook-card.png", animations="disabled")
    assert (folder / "notebook-card.png").stat().st_size < 250_000
    page.close()
