"""The frame of every page: what a run was, the template engine, and the policy that the browser keeps.

takes: a template's name, and the texts that go into it.
gives: a whole, self-contained HTML page.
must not know: records, verdicts, what an array is about.

Every text that a template prints is escaped, cut to `SHOWN_CAP`, and freed of control and bidi characters,
whether or not its template thinks of it. Only `Markup` made here and in the `…_view` modules passes as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.feedback.points import show_count, show_points, show_seconds, show_share
from grader.feedback.take_home import LISTING_CAP
from grader.report.compiled import Compiled
from grader.report.page_context import MARK
from grader.wire import plain_text

TEMPLATES = Path(__file__).parent / "templates"
SHOWN_CAP = 1500  # characters of any one text on a page; a long paragraph has 800
_TICKED = re.compile(r"`([^`\n]{1,200})`")


def render(template: str, **values: object) -> str:
    """Fill a template."""
    return _environment().get_template(template).render(**values)


def compile_templates() -> None:
    """Compile all templates before they are needed, and keep their code where it may be kept."""
    environment = _environment(keeps=True)
    for template in environment.list_templates(extensions=["html"]):
        environment.get_template(template)


def link(folder: str, page: str = "report.html", up: str = "./") -> str:
    """Where a student's page is. Quoted: a folder may be called `javascript:x` or `..%2f`."""
    return f"{up}{quote(folder)}/{page}"


def clean(text: str, cap: int = SHOWN_CAP) -> str:
    """Text of unknown origin made fit to show; plain ASCII takes the short way."""
    if len(text) <= cap and text.isascii() and text.isprintable():
        return text
    return plain_text(text, cap)


def shown(text: str, cap: int = SHOWN_CAP) -> str:
    """Text of unknown origin as HTML: cleaned and escaped."""
    return escape(clean(text, cap))


def sentence(text: str, cap: int = SHOWN_CAP) -> Markup:
    """The same for a sentence of ours: what stands in backticks is set as code."""
    html = shown(text, cap)
    return Markup(_TICKED.sub(r"<code>\1</code>", html) if "`" in html else html)  # noqa: S704 - escaped above


def breaks(name: str) -> list[str]:
    """A name in the parts between which a narrow column may break it: behind a point and an underscore."""
    return re.findall(r"[^._]*[._]+|[^._]+", name)


def listing(lines: Sequence[str]) -> Markup:
    """Lines of ours that are there to be pasted: whole, since what is cut does not run."""
    return Markup(shown("\n".join(lines), LISTING_CAP))  # noqa: S704 - escaped


@lru_cache(maxsize=16)
def asset(*names: str) -> Markup:
    """Our own style or script, to stand inline."""
    return Markup("\n".join(_read(name) for name in names))  # noqa: S704 - files of this package, no hand-in's text


@lru_cache(maxsize=16)
def policy(style: str, script: str = "") -> str:
    """The content security policy: nothing is fetched, and no style or script runs but ours, by its hash."""
    parts = ["default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"]
    parts.append(f"style-src '{_hash(style)}'")
    if script:
        parts.append(f"script-src '{_hash(script)}'")
    return "; ".join(parts)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=8)
def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _finalize(value: object) -> object:
    if isinstance(value, Markup):
        return value
    return clean(value) if isinstance(value, str) else value


@lru_cache(maxsize=2)
def _environment(keeps: bool = False) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, finalize=_finalize,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
        bytecode_cache=Compiled(TEMPLATES, Path(__file__).read_text(encoding="utf-8"), keeps),
    )  # fmt: skip
    environment.filters.update(
        sentence=sentence, listing=listing, breaks=breaks, points=show_points, count=show_count, seconds=show_seconds
    )
    environment.globals.update(share=show_share, mark=Markup(MARK))  # noqa: S704 - a text of ours
    return environment
