"""Bytes of a submitted file -> its cells: notebooks of any version, Python files, and notebooks kept as text."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from grader.errors import SubmissionError

MOST_CELLS = 5_000  # a whole course in one notebook has three hundred
MOST_CODE = 500_000  # characters; Python needs half a kilobyte of memory for each
MOST_LINES = 20_000

_NOTEBOOK = "hand in the .ipynb file itself (File > Download > Notebook)"
_AGAIN = "open it in Jupyter, save it again, and hand in the new file"
_AS_TEXT = "This notebook is kept as text: its cells are its blocks of code, and the text between them."
_OTHER_KINDS = (
    ((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"), "an archive or an Office document", "hand in what is in it"),
    ((b"%PDF",), "a PDF", _NOTEBOOK),
    ((b"\x89PNG", b"\xff\xd8\xff"), "a picture", _NOTEBOOK),
    ((b"{\\rtf", b"\xd0\xcf\x11\xe0"), "a document of a word processor", _NOTEBOOK),
    ((b"version https://git-lfs",), "a Git LFS pointer", "run 'git lfs pull', and hand in the file that is there then"),
)
"""How files of other kinds begin, whatever their names say: what each is, and what to do."""
_CONFLICT = [re.compile(rf"^{sign}{{7}}(?: |$)", re.MULTILINE) for sign in "<>"]
_DEFINITION = re.compile(r"^(?:def|class)[ \t]+\w+[ \t]*[(:]", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_HALF_LETTER = re.compile("[\ud800-\udfff]")  # of a cut emoji: Python reads no text that holds one
# What Python takes quadratic time or memory for.
_HOSTILE = (
    (re.compile(r"(?:[^\x00-\x7f\w\s]|[\uff9e\uff9f]){500}"), "a letter with too many marks on it"),
    (re.compile(r"^(?:[^{;\n]*+[{;]){5000}", re.MULTILINE), "a line with too many braces or semicolons"),
    (re.compile(r"(?<![\w.])\w++(?:[\s\\]*+\.[\s\\]*+\w++){1000}"), "a name of too many parts"),
)
Cells = tuple[tuple[str, str], ...]
"""Kind (code, markdown or raw) and source of each cell."""


class Contents(NamedTuple):
    """The cells of a file; a script is one cell of code."""

    cells: Cells
    is_script: bool = False
    note: str = ""

    @property
    def code(self) -> list[str]:
        """The sources of its cells of code."""
        return [source for kind, source in self.cells if kind == "code"]


def contents_of(data: bytes, filename: str) -> Contents:
    """Read a file; `SubmissionError` says why it cannot be read, and what to hand in instead."""
    if not data.strip():
        raise SubmissionError(f"{filename} is empty", "save it again, and hand in the new file")
    for starts, what, hint in _OTHER_KINDS:
        if data.startswith(starts):
            raise _unreadable(filename, f"it is {what}, not a notebook", hint)
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if all(mark.search(text) for mark in _CONFLICT):
        hint = "choose one side of the conflict in an editor, save, and hand it in again"
        raise _unreadable(filename, "it holds marks of an unresolved merge conflict (<<<<<<<)", hint)
    found = _contents(text, filename)
    cells = tuple((kind, _HALF_LETTER.sub("\ufffd", re.sub("\r\n?", "\n", source))) for kind, source in found.cells)
    found = found._replace(cells=cells)
    if excess := _excess(found):
        raise _unreadable(filename, f"it has {excess}", "hand in the exercise's notebook only, without data in it")
    return found


def _unreadable(filename: str, why: str, hint: str) -> SubmissionError:
    return SubmissionError(f"{filename} cannot be read: {why}", hint)


def _contents(text: str, filename: str) -> Contents:
    start, is_script = text.lstrip()[:1], filename.lower().endswith((".py", ".py.txt"))
    if start == "{" and (not is_script or '"cells"' in text):
        return _notebook(text.lstrip(), filename)
    if is_script:
        return Contents((("code", text),), is_script=True)
    is_page = start == "<"
    found = Contents(_kept_as_text(text, filename), note=_AS_TEXT) if "```" in text and not is_page else Contents(())
    if found.code:
        return found
    if _DEFINITION.search(text) and not is_page:
        return Contents((("code", text),), True, "This is Python code: its name should end in .py.")
    raise _unreadable(filename, f"it is {'an HTML page' if is_page else 'text'}, not a notebook", _NOTEBOOK)


def _notebook(text: str, filename: str) -> Contents:
    """A notebook of any version; before version 4, cells are within worksheets. Text behind its end is skipped."""
    try:
        found = json.JSONDecoder().raw_decode(text)[0]
        return Contents(tuple(_cell(cell) for sheet in found.get("worksheets") or [found] for cell in sheet["cells"]))
    except json.JSONDecodeError as error:
        raise _unreadable(filename, f"it is not a whole notebook (line {error.lineno})", _AGAIN) from error
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise _unreadable(filename, "it is JSON, but not a notebook", _AGAIN) from error


def _cell(cell: Any) -> tuple[str, str]:
    kind, source = cell["cell_type"], "".join(cell.get("source", cell.get("input", "")))
    if kind == "heading":
        return "markdown", f"{'#' * int(cell.get('level', 1))} {source}"
    return str(kind) if kind in ("code", "markdown") else "raw", source


def _kept_as_text(text: str, filename: str) -> Cells:
    """A notebook in Markdown: jupytext's, MyST's, R Markdown's or Quarto's."""
    import jupytext  # type: ignore[import-untyped]  # 0.7 s

    text = _FRONT_MATTER.sub("", text[:MOST_CODE])
    form = "Rmd" if "```{python" in text else "md:myst" if "{code-cell}" in text else "md"
    try:
        return tuple((str(cell.cell_type), str(cell.source)) for cell in jupytext.reads(text, fmt=form).cells)
    except Exception as error:
        raise _unreadable(filename, "it is not a notebook in Markdown", _NOTEBOOK) from error


def _excess(contents: Contents) -> str:
    """What there is too much of to be read in a few seconds."""
    code = contents.code
    if len(contents.cells) > MOST_CELLS:
        return f"more than {MOST_CELLS:,} cells"
    if sum(map(len, code)) > MOST_CODE or sum(source.count("\n") for source in code) > MOST_LINES:
        return f"more than {MOST_CODE:,} characters or {MOST_LINES:,} lines of code"
    return next((what for pattern, what in _HOSTILE if any(map(pattern.search, code))), "")
