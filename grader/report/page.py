"""What all pages have in common: how verdicts look, text of unknown origin made fit to show, the template engine.

Every text that a template prints is escaped, cut, and freed of control and bidi characters, whether or not its template
thinks of it. Only `Markup` that is made in this room passes as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from grader.edition import VERSION
from grader.feedback.numbers import show_count, show_points
from grader.folders import PAGE

if TYPE_CHECKING:
    from grader.sandbox import Level

MARK = '<meta name="generator" content="grader">'  # by which a page is known to be the grader's
TEMPLATES = Path(__file__).parent / "templates"
MOST_SHOWN = 1500  # characters of any one text on a page; a long paragraph has 800
MOST_LISTING = 20_000  # of code to be pasted
_BLANKS = re.compile(r"/\*.*?\*/|(?<=[{};:,>])\s+|\s+(?=[{}>])|;(?=\s*})", re.DOTALL)  # of a style, without a meaning
_TICKED = re.compile(r"`([^`\n]{1,200})`")
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Face:
    """`tone` is good, half, bad, broken or quiet; `plain` replaces the symbol where only ASCII can be shown."""

    word: str
    symbol: str
    plain: str
    tone: str
    meaning: str = ""


FACES = {
    "correct": Face("Correct", "✓", "+", "good"),
    "alternative": Face("Correct: accepted alternative", "✓", "+", "good"),
    "known mistake": Face("Known mistake", "✗", "x", "bad", "A mistake that others make too, recognised by name."),
    "consistent": Face("Consistent", "◐", "~", "half", "Right for its own forward, which itself is not right."),
    "partly": Face("Partly right", "◐", "~", "half"),
    "wrong": Face("Wrong", "✗", "x", "bad"),
    "not attempted": Face("Not attempted", "○", "o", "quiet", "Empty, or as the hand-out left it."),
    "missing": Face("Missing", "?", "?", "broken", "No function of this name was found."),
    "crashed": Face("Crashed", "!", "!", "broken", "It raised an error before it returned a result."),
    "timed out": Face("Timed out", "◔", "T", "broken", "It was stopped at its time limit."),
    "ungraded": Face("Could not be graded", "⊘", "-", "quiet", "The grader failed here. No points are lost."),
    "graded": Face("Graded", "✓", "+", "good"),
    "partly graded": Face("Partly graded", "◐", "~", "half"),
    "absent": Face("Nothing handed in", "○", "o", "quiet"),
    "unreadable": Face("Unreadable", "⊘", "-", "broken", "The file could not be read. This is not a zero."),
}


def face_of(word: str, points: Fraction | None = None) -> Face:
    """The face of a verdict or status; a known mistake that earned something is half right."""
    if word == "known mistake" and points:
        return Face(FACES[word].word, "◐", "~", "half", FACES[word].meaning)
    return FACES.get(word) or Face(word.capitalize() or "Unknown", "•", "*", "quiet")


@dataclass(frozen=True)
class PageContext:
    """What the pages of one run have in common. `scope` is `check` where only the public cases were run.

    `inputs` are the inputs of public cases as tables, by the number of their entry: each is made for one page only.
    """

    date: str
    level: Level | None = None
    scope: str = "grade"
    inputs: dict[int, str] = field(default_factory=dict, compare=False)


def render(template: str, style: Sequence[str] = (), script: str = "", **values: object) -> str:
    """Fill a template. Our styles and script are inline, and the page's policy lets nothing else run or be fetched."""
    return str(environment().get_template(template).render(**_inline(tuple(style), script), **values))


@cache
def _inline(style: tuple[str, ...], script: str) -> Mapping[str, object]:
    """Styles without their blanks, the script, and the policy that names both by their digests."""
    css, js = _BLANKS.sub("", "\n".join(map(asset, style))), asset(script) if script else ""
    rules = ["default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"]
    for kind, text in (("style", css), ("script", js)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        rules += [f"{kind}-src 'sha256-{digest}'"] if text else []
    return {"style": Markup(css), "script": Markup(js), "policy": "; ".join(rules)}  # noqa: S704 - files of this room


def clean(text: str, most: int = MOST_SHOWN) -> str:
    """Text of unknown origin made fit to show: cut, and without characters that hide or turn round what is beside."""
    if len(text) <= most and text.isascii() and text.isprintable():
        return text
    return _UNSHOWABLE.sub("\ufffd", text[:most] + ("…" if len(text) > most else ""))


def shown(text: str, most: int = MOST_SHOWN) -> str:
    """The same as HTML."""
    return escape(clean(text, most))


def sentence(text: str) -> Markup:
    """The same for a sentence of ours: it ends with a point, and what is in backticks is set as code."""
    end = "." if text and text[-1] not in ".!?:" else ""
    return Markup(_TICKED.sub(r"<code>\1</code>", shown(text)) + end)  # noqa: S704 - escaped


def listing(text: str) -> Markup:
    """Code of ours that is there to be pasted: it does not run when it is cut."""
    return Markup(shown(text, MOST_LISTING))  # noqa: S704 - escaped


def breakable(name: str) -> Markup:
    """A name that a narrow column may break behind a point, a slash or an underscore."""
    return Markup("<wbr>").join(re.findall(r"[^._/]*[._/]+|[^._/]+", clean(name)))


def link(folder: str, page: str = PAGE) -> str:
    """Where a student's page is, seen from the class page. A folder may be called `javascript:x` or `..%2f`."""
    return f"./{quote(folder)}/{page}"


def asset(name: str) -> str:
    """A style or script of ours."""
    return (TEMPLATES / name).read_text("utf-8")


def _finalize(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def environment() -> Any:
    """The engine, once in a process: to compile the templates takes longer than ten pages."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    engine = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=_finalize,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False, extensions=["jinja2.ext.do"],
    )  # fmt: skip
    filters = {"points": show_points, "count": show_count, "seconds": show_seconds}
    engine.filters.update(filters, sentence=sentence, listing=listing, breakable=breakable)
    constants = {"mark": Markup(MARK), "version": VERSION, "faces": FACES}  # noqa: S704 - a text of ours
    engine.globals.update(constants, share=show_share, quote=quote, link=link, face_of=face_of)
    return engine


def show_share(part: int, whole: int) -> str:
    """A whole percentage; a dash where there is nothing to divide by."""
    return f"{round(Fraction(100 * part, whole))} %" if whole else "–"


def show_seconds(seconds: float) -> str:
    """A tenth of a second matters below ten seconds, none above a minute."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
