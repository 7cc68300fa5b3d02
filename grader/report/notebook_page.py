"""A whole notebook as one page, with its outputs: rendered on demand, never while a class is graded.

The gradebook keeps cells and no outputs, so the file itself is looked for. Where it is gone, or has changed since, the
page is made of the cells.

nbconvert renders. bleach cuts all that it made down to a list of harmless tags, so that no way through nbconvert's own
templates matters, and the page's policy forbids scripts, frames and remote images again.
"""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import re
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from markupsafe import Markup

from grader.errors import SubmissionError
from grader.extract import Cell
from grader.gradebook import Record
from grader.intake import BY_NAMES, collect
from grader.report.page import render

SECONDS = 60.0  # for one page: one of ten megabytes of pictures takes five
MEMORY = 4 << 30  # bytes
MOST = 40_000_000  # characters; a film among the outputs would hold a browser up for minutes
_TEXT = "a abbr b br code del em i img ins kbd q s samp small span strong sub sup u var"
_BLOCKS = "blockquote dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre summary ul"
_TABLES = "caption col colgroup table tbody td tfoot th thead tr"
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_UNREAD = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)  # nobody wants to read what is inside
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # by which code is read as what it is not
_NAMELESS = re.compile(r"<img (?![^>]*\balt=)")
_SCROLLER = '<div class="wide" tabindex="0" role="group" aria-label="Table in the notebook"><table'


def view_notebook(record: Record, submissions: Path, back: str = "report.html") -> tuple[str, str]:
    """The page of a record's notebook, and why it has no outputs ("": it has).

    `submissions` were graded, `back` is where the student's verdicts are. Raises `SubmissionError` where nothing can be
    shown.
    """
    one = record.identity
    title, file = one.name or one.student_id, f"File: {one.file or 'none'}"
    try:
        text = _text_of(record, submissions)
        return _apart(render_notebook, text, title, [file, "Outputs are as they were saved."], back), ""
    except SubmissionError as error:
        why = str(error)
    if not record.cells:
        raise SubmissionError(f"nothing of {one.student_id}'s submission can be shown: {why}", "open the file itself")
    return _apart(render_cells, record.cells, title, [file, f"Without outputs: {why}."], back), why


def _text_of(record: Record, submissions: Path) -> str:
    """The notebook's text; raises `SubmissionError` that says why it cannot be had."""
    name = record.identity.file
    if not name.lower().endswith(".ipynb"):
        raise SubmissionError("the submission is not a notebook")
    if not submissions.exists():
        raise SubmissionError("the submissions are not there; name the folder or zip that was graded, by --submissions")
    came = record.identity.arrival
    layout = "groups" if came.source and "/" not in came.source else came.layout if came.layout in BY_NAMES else ""
    of_student = (one.files for one in collect(submissions, layout).submissions if one.student_id == record.student_id)
    found = next((file for files in of_student for file in files if file.name == name), None)
    if found is None:
        raise SubmissionError(f"{name} is not in {submissions.name}")
    data = found.read()
    if hashlib.sha256(data).hexdigest() != record.identity.sha256:
        raise SubmissionError(f"{name} has changed since it was graded")
    return data.decode("utf-8", "replace")


def _apart(render: Callable[..., str], *given: object) -> str:
    """Render in a process of its own: it takes quadratic time for some text, and a notebook is a stranger's."""
    with Pool(1, _limit_memory, context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.apply_async(render, given).get(SECONDS)
        except multiprocessing.TimeoutError:
            sentence = f"to render it takes more than {SECONDS:g} s, or all memory"
            raise SubmissionError(sentence, "open it in Jupyter without running it") from None


def _limit_memory() -> None:
    with suppress(ImportError, ValueError):  # Windows; a limit that is lower already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def render_notebook(text: str, title: str, about: Sequence[str] = (), back: str = "report.html") -> str:
    """The page of a notebook; `about` are lines above it, and `back` is where it leads back to.

    Raises `SubmissionError` where nbconvert cannot read it.
    """
    if len(text) > MOST:
        sentence = f"this notebook has {len(text):,} characters, too many for one page"
        raise SubmissionError(sentence, "open it in Jupyter without running it, or clear its outputs")
    body = Markup(_harmless(_converted(text)))  # noqa: S704 - only harmless tags are left
    return render(
        "notebook.html", ("page.css", "wide.css", "notebook.css"), title=title, about=about, back=back, body=body
    )


def render_cells(cells: Sequence[Cell], title: str, about: Sequence[str] = (), back: str = "report.html") -> str:
    """The same from the cells in a gradebook, which have no outputs."""
    import nbformat

    v4: Any = nbformat.v4
    kinds = {"markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
    made = [kinds.get(cell.kind, v4.new_code_cell)(cell.source) for cell in cells]
    return render_notebook(json.dumps(v4.new_notebook(cells=made)), title, about, back)


def _converted(text: str) -> str:
    from nbconvert import HTMLExporter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on ids and versions, which are nobody's business here
        exporter: Any = HTMLExporter(template_name="basic", exclude_anchor_links=True)  # type: ignore[no-untyped-call]
        try:
            return str(exporter.from_file(io.StringIO(text))[0])
        except Exception as error:  # nbconvert meets a hostile file with any exception at all
            sentence = f"the notebook cannot be rendered: {type(error).__name__}"
            raise SubmissionError(sentence, "the cells on the student's page show what was read of it") from error


def _harmless(html: str) -> str:
    import bleach

    tags, protocols = {*f"{_TEXT} {_BLOCKS} {_TABLES}".split()}, {"http", "https", "data"}
    html = bleach.clean(_UNREAD.sub("", html), tags=tags, attributes=_is_kept, protocols=protocols, strip=True)
    html = html.replace("<table", _SCROLLER).replace("</table>", "</table></div>")
    return _TURNING.sub("\ufffd", _NAMELESS.sub('<img alt="a picture among the outputs" ', html))


def _is_kept(tag: str, name: str, value: str) -> bool:
    if tag == "img":
        return name in ("alt", "width", "height") or (name == "src" and bool(_PICTURE.fullmatch(value)))
    if tag == "a":
        return name == "href" and value.lower().startswith(("http://", "https://"))
    if tag in ("td", "th"):
        return name in ("colspan", "rowspan", "scope")
    # A class of our own style could hide the cells behind.
    return name == "class" and tag in ("div", "span", "pre", "code", "table") and not {"sr", "skip"} & {*value.split()}
