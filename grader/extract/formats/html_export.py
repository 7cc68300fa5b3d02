"""The cells of a notebook that was exported as HTML and handed in by mistake.

takes: the text of a page.
gives: its code cells, and the headings between them, in order; nothing for a page that is no such export.
must not know: Python, graded names.

Jupyter marks the code that was typed in by a class of its own (`highlight hl-ipython3`), which code shown in text or
in output does not have, and writes nothing into it but text and spans. So the places are searched for and the tags
taken out, in linear time: the standard library's parser needs quadratic time for some pages, and a page is hostile.
"""

from __future__ import annotations

import html
import re

_START = re.compile(
    r'<div class="[^"<>]{0,200}?\bhl-(?:ipython|python)\d{0,2}\b[^"<>]{0,200}">\s{0,20}<pre[^<>]{0,200}>'
    r"|<h(?P<level>[1-6])(?:\s[^<>]{0,500})?>"
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
LONGEST_HEADING = 1_000  # characters, tags included


def cells_of_html(text: str) -> list[tuple[str, str]]:
    """The cells of an export; none where no code cell is in it."""
    cells: list[tuple[str, str]] = []
    at = 0
    while match := _START.search(text, at):
        level = match["level"]
        end = text.find("</h" if level else "</pre>", match.end())
        if end < 0:
            break
        inside = text[match.end() : end]
        at = end
        if not level:
            cells.append(("code", _plain(inside).strip("\n")))
        elif len(inside) <= LONGEST_HEADING:
            cells.append(("markdown", f"{'#' * int(level)} {_plain(inside).rstrip('¶').strip()}"))
    return cells if any(kind == "code" for kind, _ in cells) else []


def _plain(inside: str) -> str:
    return html.unescape(_TAG.sub("", inside))
