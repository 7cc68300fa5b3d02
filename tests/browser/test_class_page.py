"""The class page in a real browser: sorted, searched and filtered, with ten thousand students and without script.

takes: the sample class as `grader grade` leaves it, and a made-up class of ten thousand.
gives: one promise a test, said in its docstring.
must not know: how a page is made.
"""

from __future__ import annotations

import csv
import re
import time
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser.conftest import DESK, PHONE, STUDENTS, Visitor

pytestmark = pytest.mark.xdist_group("browser-class")

PATIENCE = 3.0  # seconds for what takes a tenth of one here; on a busy machine a tenth becomes a half


def rows(page: Page, column: int = 0) -> list[str]:
    """The texts of one column, as they stand."""
    return page.locator(f"#table tbody tr > :nth-child({column + 1})").all_inner_texts()


def sort_by(page: Page, title: str) -> None:
    page.locator("#table thead button", has_text=title).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(out: Path, scheme: str, visit: Visitor):
    """With all that folds open, on a desk by day and on a phone by night."""
    visited = visit(out / "index.html", color_scheme=scheme, viewport=PHONE if scheme == "dark" else DESK)
    visited.unfold()
    assert visited.axe() == []


@pytest.mark.parametrize("path", ["class/students-2.html", "class/who-1.html"])
def test_axe_finds_nothing_serious_in_a_large_class(big: Path, path: str, visit: Visitor):
    """On the further pages likewise; of hundreds of rows that are all alike, some stand for all."""
    visited = visit(big / path)
    visited.page.evaluate(
        "document.querySelectorAll('tr:nth-child(n+40), li:nth-child(n+40)').forEach(e => e.remove())"
    )
    assert visited.axe() == []


def test_a_column_sorts_both_ways(out: Path, visit: Visitor):
    """Points sort as numbers, those that were not graded apart; the heading says which way to whoever hears it."""
    page = visit(out / "index.html").page
    sort_by(page, "Points")
    up = rows(page, 3)
    graded = [Fraction(text) for text in up if text != "not graded"]
    assert graded == sorted(graded)
    assert up[:3] == ["not graded"] * 3
    assert page.locator("th[aria-sort='ascending']").inner_text().startswith("Points")
    sort_by(page, "Points")
    assert rows(page, 3)[0] == "100"
    assert rows(page, 3)[-1] == "not graded"
    assert page.locator("th[aria-sort]").count() == 1


def test_names_sort_as_people_count(out: Path, visit: Visitor):
    """student-9 comes before student-10 in reading order, and a second click turns it round."""
    page = visit(out / "index.html").page
    before = rows(page)
    sort_by(page, "Student")
    sort_by(page, "Student")
    assert rows(page) == before[::-1]


def test_search_narrows_as_one_types(out: Path, visit: Visitor):
    """All words must be there; how many are shown is told; an empty search shows everybody again."""
    page = visit(out / "index.html").page
    everybody = len(rows(page))
    page.get_by_label("Search").fill("student-2 crashed")
    assert rows(page) == ["student-20"]
    assert page.locator("#found").inner_text() == f"1 of {everybody} shown"
    page.get_by_label("Search").fill("")
    assert len(rows(page)) == everybody


def test_a_mistake_leads_to_those_who_made_it(out: Path, visit: Visitor):
    """Unfold a mistake: who made it is a link to the page; a button shows the same people in the table."""
    page = visit(out / "index.html").page
    mistake = page.locator("details", has_text="dout forgotten").filter(has=page.locator("code", has_text="Sigmoid."))
    mistake.locator("summary").click()
    assert mistake.locator("summary").inner_text().startswith("1 of 61")
    mistake.get_by_role("button").click()
    assert rows(page) == ["student-27"]
    mistake.get_by_role("link", name="student-27").click()
    assert "30 points were lost" in page.locator("section.score").inner_text()


def test_one_may_filter_by_status(out: Path, visit: Visitor):
    """Whoever could not be read, and nobody else."""
    page = visit(out / "index.html").page
    page.get_by_label("Only").select_option("Unreadable")
    assert rows(page) == ["student-31", "student-32", "student-33"]


def test_every_link_leads_somewhere(out: Path, visit: Visitor):
    """Each student's page is there, under any name; each place on the page too."""
    page = visit(out / "index.html").page
    links = page.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
    files = {link.split("#")[0] for link in links}
    assert len(files) > 60
    missing = [link for link in files if not Path(page.evaluate("decodeURI", link).removeprefix("file://")).exists()]
    assert missing == []
    places = [link.split("#")[1] for link in links if "index.html#" in link]
    assert [place for place in places if page.locator(f"[id='{place}']").count() != 1] == []


def test_the_table_agrees_with_the_sheet(out: Path, visit: Visitor):
    """What the table says is what `grades.csv` says."""
    page = visit(out / "index.html").page
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        sheet = {row["student_id"]: row["points"] or "not graded" for row in csv.DictReader(file)}
    assert dict(zip(rows(page), rows(page, 3), strict=True)) == sheet


def test_the_chart_can_be_read(out: Path, visit: Visitor):
    """The drawing has a name that tells every number in it, and the numbers stand in it as text."""
    page = visit(out / "index.html").page
    chart = page.get_by_role("img")
    counts = page.locator("svg .n").all_text_contents()
    assert sum(map(int, counts)) == 58
    title = chart.locator("title").text_content()
    assert all(f": {count}" in title for count in counts)


def test_a_phone_scrolls_one_way_only(out: Path, big: Path, visit: Visitor):
    """Tables scroll in their own frame; the page does not."""
    for path in (out / "index.html", big / "index.html", big / "class/students-2.html", big / "class/who-1.html"):
        visited = visit(path, viewport=PHONE)
        visited.unfold()
        assert visited.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_a_phone_breaks_no_label(out: Path, visit: Visitor):
    """What a field is for stands in one line beside it, and the field has what is left."""
    visited = visit(out / "index.html", viewport={"width": 360, "height": 800})
    heights = visited.page.evaluate("[...document.querySelectorAll('.tools label')].map(one => one.offsetHeight)")
    assert len(heights) == 2
    assert max(heights) < 35
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [1080, 1200])
def test_a_laptop_shows_every_table_whole(out: Path, visit: Visitor, width: int):
    """Nothing has to be scrolled sideways to see who lost what: the columns take the room there is."""
    visited = visit(out / "index.html", viewport={"width": width, "height": 900})
    visited.unfold()
    too_wide = (
        "[...document.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.ariaLabel)"
    )
    assert visited.page.evaluate(too_wide) == []


def test_paper_shows_every_column(out: Path, of_many_functions: Path, visit: Visitor):
    """Nothing is cut at the edge of an upright page, and nothing stands there that only a screen can do."""
    paper = {"width": 718, "height": 1000}  # A4 at 96 dots an inch, less the browser's margins
    for path in (out / "index.html", of_many_functions / "index.html"):
        page = visit(path, viewport=paper).page
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= paper["width"], path
        assert not page.locator("#tools").is_visible()
        # What is drawn as a button is left out where the head of a table is drawn again, on the next page.
        assert page.locator("#table thead button").first.evaluate("e => getComputedStyle(e).display") == "contents"
        page.evaluate("document.querySelectorAll('main > section:not(:has(#table))').forEach(one => one.remove())")
        # Names on end are laid out anew for paper: where they had no height, columns were a page wide, and rows high.
        assert page.pdf(format="A4").count(b"/Type /Page\n") <= 5


def test_everybody_is_there_without_script(out: Path, visit: Visitor):
    """With scripts off, the table is whole and nothing that would not work is shown."""
    page = visit(out / "index.html", java_script_enabled=False).page
    with_script = visit(out / "index.html").page
    assert rows(page) == rows(with_script)
    assert not page.locator("#tools").is_visible()
    assert page.locator("#table button").count() == 0


def test_script_and_plain_rows_are_the_same(out: Path, visit: Visitor):
    """What the script writes is what stood there before it, cell by cell and link by link."""
    cells = "#table tbody tr > *"
    plain, scripted = (visit(out / "index.html", java_script_enabled=on).page for on in (False, True))
    assert plain.locator(cells).all_inner_texts() == scripted.locator(cells).all_inner_texts()
    links = "all => all.map(a => a.getAttribute('href'))"
    assert plain.locator(f"{cells} a").evaluate_all(links) == scripted.locator(f"{cells} a").evaluate_all(links)


def test_ten_thousand_open_sort_and_search(big: Path, visit: Visitor):
    """A large class is there at once, sorts as a whole and not by part, and finds one among all."""
    started = time.monotonic()
    page = visit(big / "index.html").page
    assert page.locator("#found").inner_text() == "10,000 shown: rows 1 to 200"
    assert time.monotonic() - started < 2 * PATIENCE
    started = time.monotonic()
    sort_by(page, "Name")
    sort_by(page, "Name")
    assert rows(page, 1)[:2] == ["Made Up 09999", "Made Up 09998"]
    assert time.monotonic() - started < PATIENCE
    started = time.monotonic()
    page.get_by_label("Search").fill("made s00042")
    assert rows(page) == ["s00042"]
    assert time.monotonic() - started < PATIENCE
    assert (big / "index.html").stat().st_size < 2_000_000


def test_ten_thousand_are_paged(big: Path, visit: Visitor):
    """On and back, or straight to a part; the last part ends with the last student."""
    page = visit(big / "index.html").page
    page.get_by_role("button", name="On", exact=True).click()
    assert rows(page)[0] == "s00200"
    page.get_by_role("button", name="Back", exact=True).click()
    assert rows(page)[0] == "s00000"
    page.get_by_label("Part").select_option("50 of 50")
    assert rows(page)[-1] == f"s{STUDENTS - 1:05}"
    assert page.get_by_role("button", name="On", exact=True).is_disabled()


def test_ten_thousand_can_be_read_without_script(big: Path, visit: Visitor):
    """Plain pages follow one another, and each of ten thousand is on one of them, once."""
    page = visit(big / "index.html", java_script_enabled=False).page
    parts = hrefs(page, "#further a")
    found = rows(page)
    for part in parts:
        found += re.findall(r"<tr><th [^>]*><a [^>]*>(s\d+)</a>", (big / part).read_text(encoding="utf-8"))
    assert found == [f"s{n:05}" for n in range(STUDENTS)]
    first = url = page.url
    for part in (parts[0], parts[-1]):  # what stands in a file can be seen: those between are made as these two
        page.goto(url := first.replace("index.html", part))
        seen = page.locator("tbody tr > th").all_inner_texts()
        assert len(seen) > 1
        assert seen == found[found.index(seen[0]) :][: len(seen)]
    assert url.endswith(parts[-1])
    assert seen[-1] == found[-1]
    assert page.locator("[aria-current=page]").inner_text() == "part 20"
    assert hrefs(page, "tbody th a")[-1] == f"../s{STUDENTS - 1:05}/report.html"


def test_a_long_list_has_a_page_of_its_own(big: Path, visit: Visitor):
    """A mistake that hundreds made names some, and leads to all of them."""
    page = visit(big / "index.html", java_script_enabled=False).page
    mistake = page.locator("#mistakes ~ details").first
    mistake.locator("summary").click()
    many = int(mistake.locator("summary .many").inner_text().split()[0])
    assert mistake.locator(".people a").count() == 60
    mistake.get_by_role("link", name=f"All {many} of them").click()
    assert page.locator(".people a").count() == many


def hrefs(page: Page, selector: str) -> list[str]:
    return page.locator(selector).evaluate_all("all => all.map(a => a.getAttribute('href'))")
