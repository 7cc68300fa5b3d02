"""Modules of the student's own: the Python files beside the graded one that it imports, and those that they import.

takes: sources of code, the graded file's place, and what can be had beside it.
gives: `LocalModule` values, each after those that it imports itself.
must not know: graded names, what is defined in them. Nothing is parsed: a line that reads as an import is one.

As in Python a name is looked for beside the graded file first. Then anywhere in the hand-in: a student who adds
`src` to `sys.path` means the same file. What is called as a module of Python or numpy is never taken for theirs:
a stray `random.py` would be imported by numpy itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.extract.flow.reading import as_python
from grader.extract.repairs.rewriting import run_module

MOST_NAMES = 300  # that are looked for; a hand-in imports ten
MOST_CODE = 2 << 20  # characters of all that a file imports: as much as it may hold itself
MOST_PARTS = 20  # of one name: what is imported on the way to it is as many names, each as long as the way
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?![ \t])(\.*)((?:[^\W\d][\w.]*)?)[ \t]+import[ \t]*(\([^)]{0,2000}\)|[^\n#;]*)"
    r"|import[ \t]+([^\n#;]*))",
    re.MULTILINE,
)
_BY_TEXT = re.compile(r"""\b(?:import_module|__import__)\(\s*["']([\w.]+)["']""")
_WORD = re.compile(r"[^\W\d]\w*")
_NEVER = {*sys.stdlib_module_names, "numpy", "grader"}


@dataclass(frozen=True)
class LocalModule:
    """A file of the hand-in under the name that it is imported by; `is_run` where `%run` takes all there is in it."""

    name: str
    file: str
    source: str
    is_run: bool = False

    @property
    def is_package(self) -> bool:
        """Whether it is the own code of a package."""
        return PurePosixPath(self.file).name == "__init__.py"

    @property
    def package(self) -> str:
        """What its relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def path(self) -> str:
        """The name that it is run under: a package's own code stands in its `__init__`."""
        return f"{self.name}.__init__" if self.is_package else self.name


Lookup = Callable[[str], tuple[str, str] | None]
"""The file and the source of a module by its dotted name; None where there is none."""


def local_modules(sources: Sequence[str], look_up: Lookup) -> tuple[LocalModule, ...]:
    """All modules that these sources need, each after those it needs itself."""
    found: dict[str, LocalModule | None] = {}
    ordered: list[LocalModule] = []
    room = MOST_CODE

    def visit(name: str) -> None:
        if name in found or name.split(".")[0] in _NEVER or len(found) >= MOST_NAMES:
            return
        nonlocal room
        known = look_up(name)
        room -= len(known[1]) if known else 0
        if known and room < 0:
            known = known[0], ""  # as of a file that cannot be read: what it defines is missing, and that is told
        module = found[name] = LocalModule(name, *known) if known else None
        if module is not None:
            visit(name.rpartition(".")[0] or name)  # a package runs before what is in it
            for needed in _imported(module.source, module):
                visit(needed)
            ordered.append(module)

    for source in sources:
        for name in _imported(source, None):
            visit(name)
    run = {name for source in (*sources, *(module.source for module in ordered)) for name in _run(source)}
    return tuple(replace(module, is_run=module.name in run) for module in ordered)


def absolute_name(name: str, level: int, within: LocalModule | None) -> str:
    """What `from ..name import x` (level 2) means in a module; empty where it leads out of the package."""
    if not level:
        return name
    base = within.package.split(".") if within and within.package else []
    if level - 1 >= len(base):
        # In a notebook, which is in no package, `from .layers import x` cannot work; what is meant is plain.
        return name if level == 1 else ""
    return ".".join(filter(None, [*base[: len(base) - level + 1], name]))


def files_of(name: str) -> tuple[str, ...]:
    """The files that a module may be in: `a/b.py`, `a/b/__init__.py`, and the notebook that `%run a/b.ipynb` runs."""
    path = name.replace(".", "/")
    return f"{path}.py", f"{path}/__init__.py", f"{path}.ipynb"


def _imported(source: str, within: LocalModule | None) -> Iterator[str]:
    """The names of modules that a source may import; `from a import b` may mean the module `a.b`."""
    for module in (*_run(source), *(_BY_TEXT.findall(source) if "import_" in source else ())):
        yield from _path_to(module)
    for dots, name, parts, plain in _IMPORT.findall(as_python(source)):
        if plain:
            yield from (part for entry in plain.split(",") for part in _path_to(entry.split(" as ")[0].strip()))
            continue
        base = absolute_name(name, len(dots), within)
        words = [word for word in _WORD.findall(parts) if word != "as"]
        if base:
            yield from _path_to(base)
            yield from (f"{base}.{word}" for word in words)
        elif dots == ".":
            yield from words  # `from . import helper` in no package: what is meant is as plain


def imported_from(source: str, module: str) -> list[str]:
    """The names that a source imports from a module."""
    found = [parts for dots, name, parts, _ in _IMPORT.findall(as_python(source)) if name == module and not dots]
    entries = (entry.split() for parts in found for entry in parts.strip("() \t").split(","))
    return [entry[0] for entry in entries if entry]


def _run(source: str) -> Iterator[str]:
    """The modules that `%run` runs."""
    if "%run" in source:
        yield from filter(None, map(run_module, source.split("\n")))


def _path_to(name: str) -> Iterator[str]:
    """`a`, `a.b`, `a.b.c` for `a.b.c`: importing the last imports the others."""
    parts = name.split(".")
    if len(parts) <= MOST_PARTS and all(part.isidentifier() for part in parts):
        yield from (".".join(parts[: n + 1]) for n in range(len(parts)))
