"""A real browser: Chromium, headless. A page that fetches anything, writes to the console or throws fails its test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from report_class import CLASS, KEY, PAGE

from grader.report import render_student_page, summarise, write_class_page

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
            {exclude: [[".cases > li:nth-child(n+2)"], ["tbody tr:nth-child(n+9)"], ["iframe"]]},
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
            && !e.closest('pre, .grid, .wide')).slice(0, 3).map(e => e.outerHTML.slice(0, 200))""")


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
