"""A hand-in's bytes -> its cells.

takes: the bytes of an `.ipynb` (nbformat 3 or 4), of a page exported from one, of Markdown, or of a `.py` file.
gives: `(kind, source)` for every cell, in order, with notes; `SubmissionError` where there is no reading it.
must not know: Python, graded names.

A plain version 4 notebook is read as the JSON it is, all others by nbformat (`other_formats`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.errors import SubmissionError
from grader.extract.formats.html_export import cells_of_html
from grader.extract.formats.marimo import NOTE, code_of_marimo
from grader.extract.formats.markdown import NOTE as MARKDOWN_NOTE
from grader.extract.formats.markdown import cells_of_markdown, is_markdown
from grader.extract.formats.no_notebook import is_python, not_json, refuse_other_files
from grader.extract.formats.other_formats import cells_by_nbformat
from grader.extract.formats.salvage import salvage
from grader.extract.formats.too_much import MOST_CELLS, too_much

# Keys that say what is graded. Of others, such as those of outputs, a second one harms nobody.
_TELLING = {"cells", "worksheets", "cell_type", "source", "input", "nbformat"}
SCRIPTS = (".py", ".py.txt")
HTML_NOTE = (
    "This is a notebook exported as HTML: its code cells were read out of the page. Next time hand in the .ipynb."
)
PYTHON_NOTE = (
    "This is Python code under a notebook's name: it was read as one cell. Next time give it a name that ends in .py."
)
SCRIPT_NOTE = (
    "This is a notebook under a Python file's name: its cells were read one behind the other, and lines are counted "
    "from the first. Next time give it a name that ends in .ipynb."
)
_HALF = re.compile("[\ud800-\udfff]")
HALF_NOTE = "Half of a letter, such as an emoji that was cut in two, stands in a cell; it was read as \ufffd."
_LANGUAGE = re.compile(r"[A-Za-z][\w+#. -]{0,20}", re.ASCII)


@dataclass(frozen=True)
class Read:
    """A hand-in's cells as `(kind, source)`, and what had to be done to read them."""

    cells: list[tuple[str, str]]
    notes: tuple[str, ...] = ()


def read_cells(data: bytes, file: str) -> list[tuple[str, str]]:
    """The cells of a hand-in. Kinds are code, markdown and raw."""
    return read_hand_in(data, file).cells


def is_script(file: str) -> bool:
    """Whether a file is Python, and no notebook, by its name."""
    return file.lower().endswith(SCRIPTS)


def read_hand_in(data: bytes, file: str) -> Read:
    """Read a hand-in by its file's ending, with a note on everything that was unusual."""
    if not data.strip():
        raise SubmissionError(f"{file} is empty", "save it again, and hand in the new file: saving it may have failed")
    refuse_other_files(data, file)
    text = _text(data, file)
    read = _read_script(text, file) if is_script(file) else _read_text(text, file)
    # Editors of three systems end lines in three ways; line numbers must not depend on it.
    cells = [(kind, _whole(source.replace("\r\n", "\n").replace("\r", "\n"))) for kind, source in read.cells]
    if excess := too_much(cells):
        raise SubmissionError(f"{file} {excess}", "hand in the exercise's notebook only")
    halves = any(kind == "code" and not was.isascii() and _HALF.search(was) for kind, was in read.cells)
    return Read(cells, (*_on_name(file), *([HALF_NOTE] if halves else []), *read.notes))


def _read_script(text: str, file: str) -> Read:
    if text.lstrip()[:1] == "{" and _is_notebook(text):
        read = _read_notebook(text, file)
        return Read([("code", _as_script(read.cells))], (SCRIPT_NOTE, *read.notes))
    code = code_of_marimo(text)
    return Read([("code", code)], (NOTE,)) if code else Read([("code", text)])


def _is_notebook(text: str) -> bool:
    """Whether it is the JSON of a notebook, which Python would read as a dict, and so as nothing at all."""
    try:
        found = _load(text)
    except (ValueError, RecursionError, MemoryError, _TwiceError):
        return False
    return isinstance(found, dict) and not found.keys().isdisjoint(("cells", "worksheets"))


def _as_script(cells: list[tuple[str, str]]) -> str:
    """The cells one behind the other, as Jupyter saves them as Python: what is no code is a comment."""
    told = (source if kind == "code" else re.sub("^", "# ", source, flags=re.MULTILINE) for kind, source in cells)
    return "\n\n".join(told)


def _read_text(text: str, file: str) -> Read:
    if not is_markdown(file):
        return _read_notebook(text, file)
    if cells := cells_of_markdown(text):
        return Read(cells, (MARKDOWN_NOTE,))
    if text.lstrip()[:1] == "{":  # a notebook's own JSON, whatever its name
        return _read_notebook(text, file)
    raise SubmissionError(
        f"{file} is text: no block of Python code stands in it", "hand in the notebook itself (.ipynb), or its .py file"
    )


def _whole(text: str) -> str:
    """Text without halves of letters, such as a cut emoji leaves: Python reads no text at all that has one."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _on_name(file: str) -> tuple[str, ...]:
    usual = is_markdown(file) or file.lower().endswith((".ipynb", ".py", ".html", ".htm"))
    kind = "Python file" if is_script(file) else "notebook"
    ending = ".py" if is_script(file) else ".ipynb"
    return () if usual else (f"The file's name does not end in {ending}; it was read as a {kind} all the same.",)


def _text(data: bytes, file: str) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "latin-1"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SubmissionError(f"{file} is not text in a known encoding", "save it as UTF-8 and hand it in again")


def _read_notebook(text: str, file: str) -> Read:
    notes: tuple[str, ...] = ()
    try:
        notebook = _load(text)
    except RecursionError as error:
        raise SubmissionError(
            f"{file} is nested too deeply to be a notebook", "hand in the .ipynb file that Jupyter saved"
        ) from error
    except MemoryError as error:
        raise SubmissionError(f"{file} is too large to be read", "clear the outputs, save, hand in again") from error
    except _TwiceError as error:
        raise SubmissionError(
            f"{file} cannot be read: one of its objects has the key '{error}' twice, with different values",
            "open it in Jupyter, save it again, and hand in the new file",
        ) from error
    except ValueError as error:
        if cells := cells_of_html(text) if text.lstrip()[:1] == "<" else []:
            return Read(cells, (HTML_NOTE,))
        if is_python(text):
            return Read([("code", text)], (PYTHON_NOTE,))
        notebook, note = salvage(text, _load, _DECODER.raw_decode) or (None, "")
        if notebook is None:
            raise not_json(text, file, error) from error
        notes = (note,)
    if not isinstance(notebook, dict):
        raise SubmissionError(
            f"{file} is not a notebook: it holds no cells", "hand in the .ipynb file that Jupyter saved"
        )
    plain = _plain_cells(notebook)
    if plain is not None:
        return Read(plain, (*notes, *_oddities(notebook)))
    return Read(cells_by_nbformat(notebook, file, MOST_CELLS), notes)


def _load(text: str) -> Any:
    return _DECODER.decode(text)


def _oddities(notebook: dict[str, Any]) -> Iterator[str]:
    """What other tools stumble over, and this one reads past."""
    cells = notebook["cells"]
    ids = [cell["id"] for cell in cells if isinstance(cell.get("id"), str)]
    if len(set(ids)) < len(ids):
        yield "Some cells have the same id, as copied ones do; cells were read in their order, whatever their ids."
    if notebook.get("nbformat") != 4:
        says = "says another version than it has" if "nbformat" in notebook else "does not say its version"
        yield f"The notebook {says}; it was read as version 4. Jupyter may not open it."
    if any(isinstance(cell["source"], list) and _are_bare(cell["source"]) for cell in cells):
        yield "Lines of its cells have no breaks between them; they were read as lines. Jupyter shows them as one."
    if not any(cell["cell_type"] == "code" and "".join(cell["source"]).strip() for cell in cells):
        yield "The notebook has no code in it: is this the right file, and was it saved?"
    if language := _other_language(notebook.get("metadata")):
        yield f"The notebook says that it is written in {language}; its cells were read as Python all the same."
    if "metadata" not in notebook or any("metadata" not in cell for cell in cells):
        yield "Metadata is missing in the notebook; nothing that is graded depends on it."


def _other_language(metadata: object) -> str:
    """The language of its kernel, if that is another one than Python."""
    for part, name in (("kernelspec", "language"), ("language_info", "name")):
        told = metadata.get(part) if isinstance(metadata, dict) else None
        language = told.get(name) if isinstance(told, dict) else None
        if isinstance(language, str) and _LANGUAGE.fullmatch(language) and "python" not in language.lower():
            return language
    return ""


class _TwiceError(Exception):
    """An object has a key twice, and what it holds would depend on who reads it."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        for key, value in pairs:
            if key in _TELLING and made[key] != value:
                raise _TwiceError(key)
    return made


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def _plain_cells(notebook: dict[str, Any]) -> list[tuple[str, str]] | None:
    """The cells of a well-formed version 4 notebook, else None; none of before has such cells, whatever it says."""
    version = notebook.get("nbformat", 4)
    if not (isinstance(version, (int, float)) and version <= 4 and isinstance(notebook.get("cells"), list)):
        return None
    if version < 4 and notebook.get("worksheets"):  # in which those of before have their cells
        return None
    cells = []
    for cell in notebook["cells"]:
        kind, source = (cell.get("cell_type"), cell.get("source")) if isinstance(cell, dict) else (None, None)
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = ("\n" if _are_bare(source) else "").join(source)
        if kind not in ("code", "markdown", "raw") or not isinstance(source, str):
            return None
        cells.append((str(kind), source))
    return cells


def _are_bare(lines: list[str]) -> bool:
    """Whether several lines have not one break between them: each but the last ends in one where Jupyter wrote them."""
    return len(lines) > 1 and not any("\n" in line or "\r" in line for line in lines)
