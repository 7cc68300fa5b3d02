"""A real browser for the tests: Chromium, headless, with nothing but files to look at.

takes: Chromium from the PATH, or the one that `playwright install chromium` fetched.
gives: `visit`, which opens a page and watches it; `out`, the sample class's folder; `big`, a class of ten thousand.
must not know: what the pages promise.

A page that asks for anything beside itself, writes to the console, or throws, fails its test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from conftest import EXERCISE, Graded
from playwright.sync_api import Browser, BrowserType, Error, Page, expect, sync_playwright

from grader.batch.class_folder import write_class
from grader.folders import GRADEBOOK
from grader.gradebook import Gradebook
from grader.report.class_summary import summarise
from grader.report.page_context import PageContext

PATIENCE = 20_000  # milliseconds: a busy machine is no failure
expect.set_options(timeout=PATIENCE)
# The first is the same engine without the windows around it, which nobody sees here: half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
STUDENTS = 10_000
IMPACTS = ("serious", "critical")
# Of a page's words axe looks longest at the contrast of each, though hundreds look alike: of those with one colour and
# size on one ground (of all that is painted under them) three are looked at. All else it looks at everywhere.
AXE = """async () => {
    const painted = new Map(), looks = new Map()
    const number = (map, text) => map.get(text) ?? (map.set(text, map.size), map.size - 1)
    const ground = new Map([[document.documentElement, '']]), seen = new Map()
    for (const one of document.querySelectorAll('body, body *')) {
        const style = getComputedStyle(one), under = ground.get(one.parentElement)
        const {backgroundColor, backgroundImage, opacity, filter, mixBlendMode} = style
        const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join()
        const paints = own !== 'rgba(0, 0, 0, 0),none,1,none,normal'
        ground.set(one, paints ? number(painted, `${under} ${own}`) : under)
        if (![...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue
        const look = [ground.get(one), style.color, style.fontSize, style.fontWeight, style.textShadow].join()
        looks.set(look, [...(looks.get(look) ?? []), one])
    }
    const some = [...looks.values()].flatMap(all => [...new Set([all[0], all[all.length >> 1], all[all.length - 1]])])
    const wanted = {resultTypes: ['violations']}, contrast = 'color-contrast'
    const all = await axe.run(document, {...wanted, rules: {[contrast]: {enabled: false}}})
    const seenOnes = await axe.run({include: some}, {...wanted, runOnly: [contrast]})
    return [...all.violations, ...seenOnes.violations]
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker; where none can be had, CI fails and everybody else goes without."""
    with sync_playwright() as playwright:
        started, tried = _launch(playwright.chromium)
        if started is None:
            missing = (
                f"no Chromium here: .venv/bin/playwright install chromium (tried: {', '.join(tried) or 'nothing'})"
            )
            pytest.fail(missing) if os.environ.get("GRADER_TESTS_SKIP_NOTHING") else pytest.skip(missing)
        yield started
        started.close()


def _launch(chromium: BrowserType) -> tuple[Browser | None, Sequence[str]]:
    """The first browser that starts: playwright's own, or one of this machine. A stub of a snap does not start."""
    own = [chromium.executable_path] if Path(chromium.executable_path).exists() else []
    paths = [*own, *filter(None, map(shutil.which, NAMES))]
    # Chromium refuses its own sandbox to root, which is who runs in most containers. And where there is no graphics
    # card it plays one on the processor, which takes longer than to draw without.
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    for path in paths:
        try:
            return chromium.launch(executable_path=path, args=flags), paths
        except Error:
            continue
    return None, paths


@dataclass
class Visit:
    """A page that is open, and all that it did beside being read."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def axe(self) -> list[str]:
        """What axe-core finds that keeps somebody from reading: rule, impact, and where first."""
        self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate(AXE)
        return [
            f"{v['id']} ({v['impact']}, {len(v['nodes'])}): {v['nodes'][0]['html'][:160]}"
            for v in found
            if v["impact"] in IMPACTS
        ]

    def unfold(self) -> None:
        """Open everything that folds."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visitor]:
    """Opens a file in a context of its own; keywords are those of `Browser.new_context`."""
    visits: list[Visit] = []

    def open_file(path: Path, **wishes: Any) -> Visit:
        context = browser.new_context(**{"viewport": DESK, "color_scheme": "light", **wishes})
        context.set_default_timeout(PATIENCE)
        visited = Visit(context.new_page())
        visits.append(visited)
        visited.page.on("console", lambda message: visited.said.append(message.text))
        visited.page.on("pageerror", lambda error: visited.said.append(str(error)))
        visited.page.on("dialog", lambda dialog: (visited.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        visited.page.on("request", lambda request: visited.asked.append(request.url))
        visited.page.goto(path.as_uri())
        return visited

    yield open_file
    for visited in visits:
        visited.page.context.close()
    assert [said for visited in visits for said in visited.said] == []
    assert [url for visited in visits for url in visited.asked if not url.startswith(("file:", "data:"))] == []


@pytest.fixture(scope="session")
def out(graded_class: Graded, shared: Path) -> Path:
    """The folder that `grader grade` left for the sample class."""
    return shared / f"graded-{EXERCISE.name}"


@pytest.fixture(scope="session")
def of_many_functions(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class page of the sample class, had the exam had four times as many functions."""
    folder = tmp_path_factory.mktemp("wide")
    with Gradebook(out / GRADEBOOK) as book:
        records = list(book.records(with_outcomes=False))
    wide = (
        replace(record, criteria=tuple(replace(c, name=f"{c.name}_{n}") for n in range(4) for c in record.criteria))
        for record in records
    )
    write_class(folder, summarise(wide), PageContext("Exercise 5", "2026-11-25", "ab" * 32, "0.1.0", "A"))
    return folder


@pytest.fixture(scope="session")
def big(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class pages of ten thousand made-up students, who got what the sample class got."""
    folder = tmp_path_factory.mktemp("big")
    with Gradebook(out / GRADEBOOK) as book:
        records = list(book.records(with_outcomes=False))
    many = (
        replace(record, student_id=f"s{n:05}", folder=f"s{n:05}", name=f"Made Up {n * 7919 % STUDENTS:05}")
        for n, record in enumerate(islice(cycle(records), STUDENTS))
    )
    write_class(folder, summarise(many), PageContext("Exercise 5", "2026-11-25", "ab" * 32, "0.1.0", "A"))
    return folder
