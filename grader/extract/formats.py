"""The files of one submission: read in any format, parsed once, and found by the names that its code imports."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from grader.errors import SubmissionError
from grader.extract.parsing import ParsedCell, parse_cell

MOST_CELLS = 5_000  # a whole course in one notebook has three hundred
MOST_CODE = 500_000  # characters; Python needs half a kilobyte of memory for each
MOST_LINES = 20_000
MOST_MODULES = 100

_NOTEBOOK = "hand in the .ipynb file itself (File > Download > Notebook)"
_AGAIN = "open it in Jupyter, save it again, and hand in the new file"
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
_FENCED = re.compile(  # the options of a cell are left out, in any form: a stranger's YAML could take hours
    r"(?m)^(`{3,})[ \t]*\{?(?:code-cell|i?python3?)\b.*\n(?:---\n(?:.*\n){0,20}?---\n|(?::.*\n)*+)"
    r"((?:.*\n)*?)(?:\1`*[ \t]*$|\Z)"
)
_HALF_LETTER = re.compile("[\ud800-\udfff]")  # of a cut emoji: Python reads no text that holds one
# What Python takes quadratic time or memory for.
_HOSTILE = (
    (re.compile(r"(?:[^\x00-\x7f\w\s]|[\uff9e\uff9f]){500}"), "a letter with too many marks on it"),
    (re.compile(r"^(?:[^{;\n]*+[{;]){5000}", re.MULTILINE), "a line with too many braces or semicolons"),
    (re.compile(r"(?<![\w.])\w++(?:[\s\\]*+\.[\s\\]*+\w++){1000}"), "a name of too many parts"),
)
_NEVER_OWN = {*sys.stdlib_module_names, "numpy", "scipy", "grader"}
Read = Callable[[], bytes]


class Contents(NamedTuple):
    """The cells of a file, each with its kind (code, markdown or raw) and source; a script is one cell of code."""

    cells: tuple[tuple[str, str], ...]
    is_script: bool = False

    @property
    def code(self) -> list[str]:
        """The sources of its cells of code."""
        return [source for kind, source in self.cells if kind == "code"]


class ParsedFile(NamedTuple):
    """A file, its cells, and the code in them by their numbers, from 1."""

    name: str
    data: bytes
    contents: Contents
    code: Mapping[int, ParsedCell]


class Files:
    """The files of one submission, then those on the student's disk, then those given with the exercise."""

    def __init__(self, own: Mapping[str, Read], given: Mapping[str, str], folders: Sequence[Path] = ()) -> None:
        self._own, self._given, self._folders = own, given, folders
        self._parsed: dict[str, ParsedFile] = {}
        self._room = 4 * MOST_CODE

    def open(self, name: str, read: Read | None = None) -> ParsedFile:
        """The file of this name, parsed; raises `SubmissionError`."""
        if name not in self._parsed:
            if self._room < 0:
                raise SubmissionError(f"{name} is one of too many files", "hand in the exercise alone")
            contents = contents_of(data := (read or self._own[name])(), name)
            cells = enumerate(contents.cells, start=1)
            code = {number: parse_cell(source) for number, (kind, source) in cells if kind == "code"}
            self._parsed[name] = ParsedFile(name, data, contents, code)
            self._room -= sum(map(len, contents.code))
        return self._parsed[name]

    def find(self, module: str, near: str) -> ParsedFile | None:
        """The file of a module: beside the one that imports it, elsewhere in the submission, on disk, or given."""
        way = module.replace(".", "/")
        for path in (f"{way}.py", f"{way}/__init__.py", f"{way}.ipynb"):
            beside = str(PurePosixPath(near).parent / path)
            if alike := [name for name in self._own if f"/{name}".endswith(f"/{path}")]:
                return self._as_module(beside if beside in alike else alike[0])
            if on_disk := [folder / path for folder in self._folders if (folder / path).is_file()]:
                return self._as_module(path, on_disk[0].read_bytes)
            if path in self._given:
                return self._as_module(path, self._given[path].encode)
        package, _, last = module.rpartition(".")
        # Where a platform takes single files, those of a package are handed in side by side.
        is_flat = package and any(f"/{name}".endswith(f"/{last}.py") for name in self._own)
        return self.find(last, near) if is_flat else None

    def _as_module(self, name: str, read: Read | None = None) -> ParsedFile:
        """A file as one cell of code, without any where it cannot be read: an empty `__init__.py` is among them."""
        try:
            file = self.open(name, read)
        except SubmissionError:
            return ParsedFile(name, b"", Contents(()), {1: parse_cell("")})
        return file if list(file.code) == [1] else file._replace(code={1: parse_cell("\n".join(file.contents.code))})


def own_modules(main: ParsedFile, files: Files) -> dict[str, ParsedFile]:
    """The submission's own modules that a file imports, and that these import, by their dotted names."""
    found: dict[str, ParsedFile] = {}
    waiting, seen = list(_imported(main, "")), {""}
    for module in waiting:  # which grows meanwhile
        if module in seen or module.split(".")[0] in _NEVER_OWN or len(found) >= MOST_MODULES:
            continue
        seen.add(module)
        file = files.find(module, main.name)
        if file is not None and file.name != main.name:
            found[module] = file
            waiting += [module.rpartition(".")[0], *_imported(file, module)]
    return found


def _imported(file: ParsedFile, module: str) -> Iterator[str]:
    """The names that may be modules, those within functions too; `from a import b` may mean the module `a.b`."""
    trees = [cell.tree for cell in file.code.values() if "import" in cell.source]  # to walk one takes long
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute_name(node, module, file.name.endswith("__init__.py"))
            yield base
            yield from (f"{base}.{alias.name}".lstrip(".") for alias in node.names if alias.name != "*")


def absolute_name(node: ast.ImportFrom, module: str = "", is_package: bool = False) -> str:
    """What `from ..name import x` means in a module; in a program, which is in no package, dots mean beside it."""
    base = module.split(".") if module and node.level else []
    kept = base[: max(len(base) - node.level + is_package, 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])


# ---- formats -----------------------------------------------------------------------------------------------------


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
    if excess := _excess(found := found._replace(cells=cells)):
        raise _unreadable(filename, f"it has {excess}", "hand in the exercise's notebook only, without data in it")
    return found


def _unreadable(filename: str, why: str, hint: str) -> SubmissionError:
    return SubmissionError(f"{filename} cannot be read: {why}", hint)


def _contents(text: str, filename: str) -> Contents:
    start, is_script = text.lstrip()[:1], filename.lower().endswith((".py", ".py.txt"))
    if start == "{" and (not is_script or '"cells"' in text):
        return _notebook(text.lstrip(), filename)
    if not is_script and "```" in text and start != "<" and (found := _kept_as_text(text)).code:
        return found
    if "marimo.App(" in text:  # its functions are within those of its cells
        raise _unreadable(filename, "it is a marimo notebook", "export it: marimo export ipynb FILE.py -o FILE.ipynb")
    if is_script or (_DEFINITION.search(text) and start != "<"):
        return Contents((("code", text),), is_script=True)
    raise _unreadable(filename, f"it is {'an HTML page' if start == '<' else 'text'}, not a notebook", _NOTEBOOK)


def _notebook(text: str, filename: str) -> Contents:
    """A notebook of any version; before version 4, cells are within worksheets. Text behind its end is skipped."""
    if sum(map(text.count, "[{,")) > 3 * MOST_CODE:  # each may take a hundred bytes of memory
        raise _unreadable(filename, f"it has more than {3 * MOST_CODE:,} values", "clear its outputs, and save it")
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
        return "markdown", f"{'#' * min(int(str(cell.get('level', 1))), 6)} {source}"
    return str(kind) if kind in ("code", "markdown") else "raw", source


def _kept_as_text(text: str) -> Contents:
    """A notebook in Markdown, as jupytext, MyST, R Markdown and Quarto write it: code is between its fences."""
    parts = _FENCED.split(re.sub("\r\n?", "\n", text[:MOST_CODE]) + "\n")
    del parts[1::3]  # the fences themselves
    return Contents(tuple((("markdown", "code")[n % 2], one.strip("\n")) for n, one in enumerate(parts) if one.strip()))


def _excess(contents: Contents) -> str:
    """What there is too much of to be read in a few seconds."""
    code = contents.code
    if len(contents.cells) > MOST_CELLS:
        return f"more than {MOST_CELLS:,} cells"
    if sum(map(len, code)) > MOST_CODE or sum(source.count("\n") for source in code) > MOST_LINES:
        return f"more than {MOST_CODE:,} characters or {MOST_LINES:,} lines of code"
    return next((what for pattern, what in _HOSTILE if any(map(pattern.search, code))), "")
