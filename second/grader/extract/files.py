"""The files of one submission: each parsed once, and found by the names under which its code imports them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from grader.errors import SubmissionError
from grader.extract.formats import MOST_CODE, Contents, contents_of
from grader.extract.parsing import ParsedCell, parse_cell

MOST_MODULES = 100
Read = Callable[[], bytes]
_NEVER = {*sys.stdlib_module_names, "numpy", "scipy", "grader"}


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
                return self.as_module(beside if beside in alike else alike[0])
            if on_disk := [folder / path for folder in self._folders if (folder / path).is_file()]:
                return self.as_module(path, on_disk[0].read_bytes)
            if path in self._given:
                return self.as_module(path, self._given[path].encode)
        package, _, last = module.rpartition(".")
        # Where a platform takes single files, those of a package are handed in side by side.
        is_flat = package and any(f"/{name}".endswith(f"/{last}.py") for name in self._own)
        return self.find(last, near) if is_flat else None

    def as_module(self, name: str, read: Read | None = None) -> ParsedFile:
        """A file as one cell of code, without any where it cannot be read: an empty `__init__.py` is among them."""
        try:
            file = self.open(name, read)
        except SubmissionError:
            return ParsedFile(name, b"", Contents(()), {1: parse_cell("")})
        return file if list(file.code) == [1] else file._replace(code={1: parse_cell("\n".join(file.contents.code))})


def own_modules(main: ParsedFile, files: Files) -> dict[str, ParsedFile]:
    """The submission's own modules that a file imports or writes, and that these import, by their dotted names."""
    found: dict[str, ParsedFile] = {}
    written = {cell.writes: cell.source for cell in main.code.values() if cell.writes}
    waiting, seen = list(_imported(main, "")), {""}
    for module in waiting:  # which grows meanwhile
        if module in seen or module.split(".")[0] in _NEVER or len(found) >= MOST_MODULES:
            continue
        seen.add(module)
        text = written.get(path := module.replace(".", "/") + ".py")
        file = files.find(module, main.name) if text is None else files.as_module(path, text.encode)
        if file is not None and file.name != main.name:
            found[module] = file
            waiting += [module.rpartition(".")[0], *_imported(file, module)]
    return found


def _imported(file: ParsedFile, module: str) -> Iterator[str]:
    """The names that may be modules, those within functions too; `from a import b` may mean the module `a.b`."""
    for node in (node for cell in file.code.values() for node in ast.walk(cell.tree)):
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
