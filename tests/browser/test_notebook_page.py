"""A rendered notebook in a real browser: all of it can be read, and nothing of it does anything.

takes: notebooks made up here, and one of the sample class.
gives: one promise a test, said in its docstring.
must not know: how nbconvert works.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import CLASS, run_grader

from browser.conftest import PHONE, Visitor
from grader.errors import SubmissionError
from grader.report.rendered_notebook import render_cells, render_notebook

pytestmark = pytest.mark.xdist_group("browser")

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
OWN = "document.title='owned'"
ATTACK = f"""<script>{OWN}</script><img src=x onerror="{OWN}"><svg onload="{OWN}"></svg>
<a href="javascript:{OWN}">click me</a><iframe src='https://evil.test'></iframe><style>body{{display:none}}</style>
<form action='https://evil.test'><input autofocus onfocus="{OWN}"></form><img src='https://evil.test/a.png'>
<object data='https://evil.test'></object><base href='https://evil.test'>
<meta http-equiv='refresh' content='0;url=https://evil.test'><b style='position:fixed;inset:0'>bold</b>"""


def code(source: str, *outputs: dict[str, object]) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs), "execution_count": 1}


def shown(kind: str, text: str, **metadata: object) -> dict[str, object]:
    return {"output_type": "display_data", "metadata": {kind: metadata}, "data": {kind: text}}


def notebook(*cells: dict[str, object], **metadata: object) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": list(cells)})


HOSTILE = notebook(
    {"cell_type": "markdown", "metadata": {}, "source": f"# Title\n{ATTACK}\n\n[click me](javascript:alert(1))"},
    {"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": ATTACK},
    code(f"print(1)  # {ATTACK}", shown("text/html", ATTACK), shown("text/markdown", ATTACK)),
    code("2", shown("application/javascript", OWN), shown("text/html", ATTACK, isolated=True)),
    code("3", shown("image/svg+xml", f"<svg xmlns='http://www.w3.org/2000/svg'><script>{OWN}</script></svg>")),
    code("4", {"output_type": "stream", "name": "stdout", "text": ATTACK}),
    code("5", {"output_type": "error", "ename": ATTACK, "evalue": ATTACK, "traceback": [ATTACK]}),
    code("6", shown("image/png", PIXEL, width="1 onload=x", alt="\" onload=x")),
    kernelspec={"name": ATTACK, "display_name": ATTACK},
    language_info={"name": "python", "pygments_lexer": ATTACK},
)  # fmt: skip


def test_nothing_of_a_notebook_runs_or_fetches(tmp_path: Path, visit: Visitor):
    """Scripts, handlers, frames, forms, styles and remote pictures of a hostile notebook do nothing at all."""
    path = tmp_path / "notebook.html"
    path.write_text(render_notebook(HOSTILE, ATTACK), encoding="utf-8")
    page = visit(path).page
    for link in page.get_by_text("click me").all():
        link.click()
    assert page.title().startswith("<script>")  # the student's name, as text
    assert page.url == path.as_uri()
    assert page.locator("script, iframe, object, form, input, svg, base, main style").count() == 0
    assert page.locator("body").is_visible()
    handlers = "all => all.flatMap(e => [...e.attributes]).filter(a => /^(on|style$)/.test(a.name)).length"
    assert page.locator("main *").evaluate_all(handlers) == 0


def test_without_the_policy_nothing_runs_either(tmp_path: Path, visit: Visitor):
    """The browser's policy is the second wall: with it taken out, the first one holds alone."""
    html = render_notebook(HOSTILE, "student-01")
    path = tmp_path / "notebook.html"
    path.write_text(html.replace("Content-Security-Policy", "X-Nothing"), encoding="utf-8")
    assert visit(path).page.title() == "student-01: the whole notebook"


def test_a_notebook_hides_nothing_of_itself(tmp_path: Path, visit: Visitor):
    """Neither by the classes of our own style, nor by marks that turn letters round, in which code reads otherwise."""
    opened = "".join(f"<div class='{name}'>" for name in ("sr", "skip", "a skip") * 4)
    turned = code("right = 1  # \u202e2 = thgir\u2066")
    text = notebook(code("1", shown("text/html", opened)), turned, code("print('the last cell')"))
    path = tmp_path / "notebook.html"
    path.write_text(render_notebook(text, "student-01"), encoding="utf-8")
    visited = visit(path).page
    assert "the last cell" in visited.locator("main").inner_text()
    box = visited.get_by_text("the last cell").bounding_box()
    assert box is not None
    assert box["x"] > 0
    assert box["width"] > 20
    assert not set("\u202e\u2066") & set(path.read_text(encoding="utf-8"))


def test_outputs_can_be_read(tmp_path: Path, visit: Visitor):
    """Text, tables, pictures and tracebacks as they were saved; axe-core finds nothing serious, by night on a phone."""
    text = notebook(
        {"cell_type": "markdown", "metadata": {}, "source": "## A heading\nSome *words* and $x^2$."},
        code("x", shown("text/html", "<table><tr><th>a</th></tr><tr><td>0.25</td></tr></table>")),
        code("y", shown("image/png", PIXEL), {"output_type": "stream", "name": "stdout", "text": "loss 0.125\n" * 3}),
        code(
            "z", {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["\x1b[0;31mNameError\x1b[0m: z"]}
        ),
    )
    path = tmp_path / "notebook.html"
    path.write_text(render_notebook(text, "student-01"), encoding="utf-8")
    visited = visit(path, color_scheme="dark", viewport=PHONE)
    for said in ("A heading", "$x^2$", "0.25", "loss 0.125", "NameError: z"):
        assert said in visited.page.locator("main").inner_text()
    assert visited.page.locator("main img").evaluate("e => e.naturalWidth") == 1
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert visited.axe() == []


def test_a_wide_table_scrolls_by_itself(tmp_path: Path, visit: Visitor):
    """On a phone the page does not, each number stands on one line, and the keyboard gets to what is out of sight."""
    row = "".join(f"<td>{number / 7:.5f}</td>" for number in range(40))
    path = tmp_path / "notebook.html"
    table = f"<table><tbody>{f'<tr>{row}</tr>' * 3}</tbody></table>"
    path.write_text(render_notebook(notebook(code("x", shown("text/html", table))), "student-01"), encoding="utf-8")
    visited = visit(path, viewport=PHONE)
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert visited.page.locator("td").first.evaluate("cell => cell.clientHeight") < 40
    assert visited.page.locator("td").last.evaluate("cell => cell.getBoundingClientRect().right") > PHONE["width"]
    visited.page.locator(".wide").focus()
    assert visited.page.evaluate("document.activeElement.className") == "wide"
    assert visited.axe() == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"cells": 3}', '{"nbformat": 4, "cells": [{"x": 1}]}'])
def test_what_is_no_notebook_is_told(text: str):
    """A file that nbconvert cannot read is an error of the hand-in, with a next step."""
    with pytest.raises(SubmissionError) as caught:
        render_notebook(text, "student-01")
    assert caught.value.hint


def test_a_student_is_one_click_away(out: Path, tmp_path: Path, visit: Visitor):
    """`grader notebook` renders what was graded, and the class page links to it; where it cannot, it says why."""
    reports = tmp_path / "exercise_05"
    shutil.copytree(out, reports, ignore=shutil.ignore_patterns("*-shm", "*-wal"))  # other tests read it
    ran = run_grader("notebook", reports, "student-27", "--submissions", CLASS)
    assert (ran.returncode, ran.stderr) == (0, "")
    page = visit(reports / "index.html").page
    page.get_by_role("row", name="student-27").get_by_role("link", name="open").click()
    assert "dx = cache * (1 - cache)" in page.locator("main").inner_text()
    page.get_by_role("link", name="Back to the verdicts").click()
    assert "30 points were lost" in page.locator("section.score").inner_text()
    script = run_grader("notebook", reports, "student-08")
    assert "Without outputs: the hand-in is no notebook." in script.stdout
    assert "class" in (reports / "student-08" / "notebook.html").read_text(encoding="utf-8")
    nobody = run_grader("notebook", reports, "nobody")
    assert nobody.returncode == 2
    assert "there is no student 'nobody'" in nobody.stderr


def test_a_file_that_changed_since_is_not_shown_as_graded(out: Path, tmp_path: Path):
    """Where the hand-in is another file now, the page shows the cells that were graded, and says so."""
    reports, hand_ins = tmp_path / "exercise_05", tmp_path / "class"
    reports.mkdir()
    shutil.copy(out / "gradebook.sqlite", reports)
    shutil.copytree(CLASS / "student-27", hand_ins / "student-27")
    with (hand_ins / "student-27" / "exercise_05.ipynb").open("a") as file:
        file.write("\n")
    ran = run_grader("notebook", reports, "student-27", "--submissions", hand_ins)
    assert "is not the file any more that was graded" in ran.stdout
    html = (reports / "student-27" / "notebook.html").read_text(encoding="utf-8")
    assert "dx = cache * (1 - cache)" in re.sub("<[^>]*>", "", html)


def test_the_cells_of_a_record_are_rendered_too(out: Path):
    """Without the file, code and words are there, in order, and no output is made up."""
    from grader.gradebook import CellRecord

    cells = (CellRecord(1, "markdown", "# Words"), CellRecord(2, "code", "x = 1"), CellRecord(3, "raw", "<b>raw"))
    html = render_cells(cells, "student-01", ["Without outputs: lost."])
    assert html.index("Words") < html.index(" code_cell ")
    assert "Without outputs: lost." in html
