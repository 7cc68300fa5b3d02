"""A hand-in's whole notebook as one page, outputs and all: rendered on demand, never while a class is graded.

takes: a notebook's text, or the cells that are kept in the gradebook; what the page is to be called.
gives: one self-contained HTML page in which nothing of the notebook can run or fetch.
must not know: where a notebook lies, how a page is served.

nbconvert renders; what it made is then cut down to a list of harmless tags by bleach, the whole of it at once, so that
no way through nbconvert's own templates matters. The page's policy forbids scripts, frames and remote images again.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from grader.errors import SubmissionError
from grader.gradebook import CellRecord
from grader.report.page import asset, policy, render

MOST = 40_000_000  # characters of a notebook; one with a film in its outputs would hold a browser up for minutes

_TEXT = {"a", "abbr", "b", "br", "code", "del", "em", "i", "ins", "kbd", "q", "s", "samp", "small", "span", "strong"}
_TEXT |= {"sub", "sup", "u", "var", "img"}
_BLOCKS = {"blockquote", "dd", "details", "div", "dl", "dt", "hr", "li", "ol", "p", "pre", "summary", "ul"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_TABLES = {"caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
_TAGS = _TEXT | _BLOCKS | _HEADINGS | _TABLES
_CLASSES = {"div", "span", "pre", "code", "table", "img"}
_OUT_OF_SIGHT = {"sr", "skip"}  # classes of our own style: a notebook would hide the cells behind with them
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
# Their tags are taken out below in any case; here also what stands between them, which nobody wants to read.
_UNREAD = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
# What turns letters round: code would be read as what it is not. A mark stands there, as on all pages.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Around each table, which scrolls by itself where it is wider than the page. What bleach leaves is balanced, and has no
# < in an attribute.
_SCROLLER = '<div class="wide" tabindex="0" role="group" aria-label="Table in the notebook">'
_NAMELESS = re.compile(r"<img (?![^>]*\balt=)")


def render_notebook(text: str, title: str, about: Sequence[str] = (), back: str = "report.html") -> str:
    """The page of a notebook in its own words; `about` are lines that stand above it, `back` is where it leads back.

    Raises `SubmissionError` where nbconvert cannot read it.
    """
    if len(text) > MOST:
        raise SubmissionError(
            f"this notebook has {len(text):,} characters, too many for one page",
            "open it in Jupyter without running it, or clear its outputs",
        )
    style = asset("page.css", "notebook.css")
    body = Markup(_harmless(_converted(text)))  # noqa: S704 - what is left is on the list of harmless tags
    return render("notebook.html", title=title, about=about, back=back, style=style, policy=policy(style), body=body)


def render_cells(cells: Sequence[CellRecord], title: str, about: Sequence[str] = (), back: str = "report.html") -> str:
    """The same from the cells in the gradebook, which have no outputs; a Python file is one cell."""
    kinds = {"markdown": "markdown", "raw": "raw"}
    made = [_cell(kinds.get(cell.kind, "code"), cell.source) for cell in cells]
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made}
    return render_notebook(json.dumps(notebook), title, about, back)


def _cell(kind: str, source: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "metadata": {}, "source": source}
    return cell | {"outputs": [], "execution_count": None} if kind == "code" else cell


def _converted(text: str) -> str:
    from nbconvert import HTMLExporter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on ids and versions of a hand-in, which are nobody's business here
        exporter: Any = HTMLExporter(template_name="basic", exclude_anchor_links=True)  # type: ignore[no-untyped-call]
        try:
            return str(exporter.from_file(io.StringIO(text))[0])
        except Exception as error:  # nbconvert meets a hostile file with any exception at all
            raise SubmissionError(
                f"the notebook cannot be rendered: {type(error).__name__}",
                "the cells on the student's page show what was read of it",
            ) from error


def _harmless(html: str) -> str:
    import bleach

    cleaned = bleach.clean(
        _UNREAD.sub("", html), tags=_TAGS, attributes=_is_kept, protocols={"http", "https", "data"}, strip=True
    )
    scrolled = cleaned.replace("<table", f"{_SCROLLER}<table").replace("</table>", "</table></div>")
    return _TURNING.sub("\ufffd", _NAMELESS.sub('<img alt="a picture among the outputs" ', scrolled))


def _is_kept(tag: str, name: str, value: str) -> bool:
    if tag == "img":
        return name in ("alt", "width", "height") or (name == "src" and bool(_PICTURE.fullmatch(value)))
    if tag == "a":
        return name == "href" and bool(_WEB.match(value))
    if tag in ("td", "th"):
        return name in ("colspan", "rowspan", "scope")
    return name == "class" and tag in _CLASSES and _OUT_OF_SIGHT.isdisjoint(value.split())
