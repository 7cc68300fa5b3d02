"""Run a program cell by cell, statement by statement; a statement that raises costs only itself."""

from __future__ import annotations
import __future__

import ast
import linecache
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.harness.surroundings import StandIn, StandInModule
from grader.wire.codec import name_type
from grader.wire.messages import TEXT_CAP, Load, TroubleParts

MAIN = "__main__"  # as in a notebook, where code below `if __name__ == "__main__":` runs
ABSENT = object()
_TROUBLES = 200
# A hint such as `x: NDArray`, whose package is not here, must not cost the class around it: hints are not evaluated.
_FLAGS = __future__.annotations.compiler_flag
_OWN_MAIN = sys.modules.get(MAIN)  # kept alive, for another module takes its place
_PLACE = re.compile(r"<(?:cell (\d+)|file (.+))>")  # the file names that cells and helper modules are compiled under
_FOLDER = re.compile(r" \((?:unknown location|/[^()]*|[A-Za-z]:\\[^()]*)\)$")  # of a module on this machine
_HERE = frozenset({*sys.stdlib_module_names, "numpy", "grader"})
_CATCHES = re.compile(r"\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b")


class Loaded:
    """A program that `run` has loaded: its modules, and the statements that failed.

    In a cautious load `announce` is called before each statement with its cell and line.
    """

    def __init__(self, load: Load, announce: Callable[[int, int], None]) -> None:
        self.troubles: list[TroubleParts] = []
        self.main = ModuleType(MAIN)
        vars(self.main)["np"] = np  # also where the cell that imported it is gone: the student's kernel still had it
        self.bound = {one.criterion: one.name for one in load.program.bindings}
        self._load, self._announce = load, announce
        self._after: Callable[[dict[str, Any]], None] = lambda namespace: None
        self.imports = Imports(load.program.modules, self._run)

    def run(self, after: Callable[[dict[str, Any]], None]) -> None:
        """Run the program; `after` is called behind each statement with the namespace that it ran in."""
        self._after = after
        sys.modules[MAIN] = self.main  # dataclasses and pickle look for a class's module
        for path, data in ((Path(name), data) for name, data in self._load.program.files.items()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for unit in self._load.program.units:
            self._run(unit.source, f"<cell {unit.cell}>", vars(self.main), unit.cell)

    @property
    def modules(self) -> list[ModuleType]:
        """The main module, and the helper modules that were imported."""
        return [self.main, *self.imports.own]

    def find(self, name: str) -> Any:
        """What a graded name stands for, or `ABSENT`; a method is looked up in its class. A stand-in is absent."""
        owner, _, method = self.bound.get(name, name).partition(".")
        found = vars(self.main).get(owner, ABSENT)
        try:
            found = getattr(found, method, ABSENT) if method else found
        except BaseException:  # a metaclass or descriptor of the program's own may raise anything
            return ABSENT
        return ABSENT if isinstance(found, StandIn) else found

    def _run(self, source: str, file: str, namespace: dict[str, Any], cell: int = 0) -> None:
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)  # for inspect.getsource
        try:
            tree = ast.parse(source, file)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._note(error)
            return
        if "try" in source:
            self.imports.expect(tree, file)
        for statement in tree.body:
            if (cell, statement.lineno) in self._load.left_out:
                continue
            if self._load.cautious and cell:
                self._announce(cell, statement.lineno)
            if cell and isinstance(statement, ast.ImportFrom) and statement.module:
                statement.level = 0  # `from .layers import x` means the file beside the notebook
            try:
                code = compile(ast.Module([statement], []), file, "exec", flags=_FLAGS, dont_inherit=True)
                exec(code, namespace)  # noqa: S102 - running it is what this room is for
            except BaseException as error:
                self._note(error)
            self._after(namespace)

    def _note(self, error: BaseException) -> None:
        if len(self.troubles) < _TROUBLES:
            self.troubles.append(trouble_of(error))


# ---- imports -----------------------------------------------------------------------------------------------------


class Imports:
    """Finds and loads modules for the program; `run` runs a source under a file name in a namespace."""

    def __init__(self, sources: Mapping[str, str], run: Callable[[str, str, dict[str, Any]], None]) -> None:
        self.own: list[ModuleType] = []
        self.replaced: dict[str, None] = {}
        self._sources, self._run = sources, run
        self._packages = {name[: dot.start()] for name in sources for dot in re.finditer(r"\.", name)}
        self._tried: set[tuple[str, int]] = set()
        sys.meta_path.insert(0, self)

    def expect(self, tree: ast.Module, file: str) -> None:
        """Note the imports that a program tries: it has its own answer where a package is missing."""
        for node in (one for one in ast.walk(tree) if isinstance(one, ast.Try)):
            if any(one.type is None or _CATCHES.search(ast.unparse(one.type)) for one in node.handlers):
                inner = (one for part in node.body for one in ast.walk(part))
                self._tried |= {(file, one.lineno) for one in inner if isinstance(one, ast.Import | ast.ImportFrom)}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Find a module that the program asks for; None where Python is to look."""
        line, package = _importing_line(), name.partition(".")[0]
        if line is None or (package in _HERE and not self._is_own(name)):
            return None
        if not self._is_own(name):
            if line in self._tried:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            self.replaced[package] = None
        is_package = name in self._packages or not self._is_own(name)
        return ModuleSpec(name, self, is_package=is_package)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make an empty module, or a stand-in."""
        return ModuleType(spec.name) if self._is_own(spec.name) else StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run a helper module."""
        if not isinstance(module, StandInModule):
            self.own.append(module)
            self._run(self._sources.get(module.__name__, ""), f"<file {module.__name__}>", vars(module))

    def _is_own(self, name: str) -> bool:
        return name in self._sources or name in self._packages


def _importing_line() -> tuple[str, int] | None:
    """The file and line of the program that imports; None where somebody else does."""
    frame = sys._getframe(2)
    while frame.f_back is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    file = frame.f_code.co_filename
    return (file, frame.f_lineno) if _PLACE.fullmatch(file) else None


# ---- exceptions of student code, which may lie, raise, or be huge when they are asked for their text ---------------


def show(value: object) -> str:
    """Turn an object into text, cut short; one whose `__str__` fails is described instead."""
    try:
        # The slice of `str` itself returns a plain string even where `__str__` returned a subclass.
        return str.__getitem__(str(value), slice(0, TEXT_CAP + 1))
    except BaseException:
        return "(its text cannot be shown)"


def trouble_of(error: BaseException) -> TroubleParts:
    """Describe the exception that is being handled, at the last place of the program that it passed."""
    found, line, frame = None, 0, sys.exc_info()[2]
    while frame is not None:
        if place := _PLACE.fullmatch(frame.tb_frame.f_code.co_filename):
            found, line = place, frame.tb_lineno or 0
        frame = frame.tb_next
    message = _FOLDER.sub("", show(error))
    if isinstance(error, SyntaxError) and (place := _PLACE.fullmatch(show(error.filename))):
        found, line, message = place, error.lineno or 0, show(error.msg)
    cell, file = (int(found[1] or 0), found[2] or "") if found else (0, "")
    return name_type(error), message, cell, line, file
