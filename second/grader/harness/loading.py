"""Run a program cell by cell, statement by statement; a statement that raises costs only itself."""

from __future__ import annotations
import __future__

import ast
import linecache
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from grader.harness.imports import Imports
from grader.harness.standins import StandIn
from grader.harness.troubles import cell_file, trouble_of
from grader.wire.messages import TroubleParts
from grader.wire.program import Binding, Program, Unit

MAIN = "__main__"  # as in a notebook, where code below `if __name__ == "__main__":` runs
ABSENT = object()
_TROUBLES = 200
# A hint such as `x: NDArray`, whose package is not here, must not cost the class around it: hints are not evaluated.
_FLAGS = __future__.annotations.compiler_flag
_NOTEBOOK_MAIN = sys.modules.get(MAIN)  # kept alive: another module takes its place

Announce = Callable[[int, int], None]


class Loaded:
    """A program that has run: its namespaces, the functions that are bound to graded names, and its troubles."""

    def __init__(self, program: Program, announce: Announce | None = None) -> None:
        self.troubles: list[TroubleParts] = []
        self.bound: dict[str, object] = {}
        self.main = ModuleType(MAIN)
        self._announce = announce
        self.imports = Imports({**_python_files(program.files), **program.modules}, self._run)
        sys.modules[MAIN] = self.main  # dataclasses and pickle look for a class's module
        _write(program.files)
        for unit in program.units:
            self._run_unit(unit, [one for one in program.bindings if one.cell == unit.cell])
        self._bind([one for one in program.bindings if one.cell == 0], {})

    @property
    def modules(self) -> list[ModuleType]:
        """The main module, and the helper modules that were imported."""
        return [self.main, *self.imports.own]

    def find(self, name: str) -> Any:
        """Return a graded function, or `ABSENT`; a method is looked up in its class."""
        if name in self.bound:
            return self.bound[name]
        return look_up(vars(self.main), name)

    def _run_unit(self, unit: Unit, bindings: list[Binding]) -> None:
        before = {one.name: vars(self.main).get(one.name, ABSENT) for one in bindings}
        self._run(unit.source, cell_file(unit.cell), vars(self.main), unit.cell)
        self._bind(bindings, before)

    def _bind(self, bindings: list[Binding], before: dict[str, object]) -> None:
        """Keep the functions that are graded under another name. One that was there before is another cell's."""
        for one in bindings:
            value = look_up(vars(self.main), one.name)
            if value is not ABSENT and value is not before.get(one.name, ABSENT):
                self.bound[one.criterion] = value

    def _run(self, source: str, file: str, namespace: dict[str, Any], cell: int = 0) -> None:
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)  # for `inspect.getsource`
        try:
            tree = ast.parse(source, file)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._note(error)
            return
        self.imports.expect(tree, file)
        for statement in tree.body:
            if self._announce and cell:
                self._announce(cell, statement.lineno)
            if cell:
                _import_beside(statement)
            try:
                code = compile(ast.Module([statement], []), file, "exec", flags=_FLAGS, dont_inherit=True)
                exec(code, namespace)  # noqa: S102 - running it is what this room is for
            except BaseException as error:
                self._note(error)

    def _note(self, error: BaseException) -> None:
        if len(self.troubles) < _TROUBLES:
            self.troubles.append(trouble_of(error))


def look_up(namespace: dict[str, Any], name: str) -> Any:
    """Return what a name stands for, or `ABSENT`; for `Relu.forward` that is in the class. A stand-in is absent."""
    owner, _, method = name.partition(".")
    found = namespace.get(owner, ABSENT)
    if method and found is not ABSENT:
        try:
            found = getattr(found, method, ABSENT)
        except BaseException:  # a metaclass or descriptor of the program's own may raise anything
            return ABSENT
    return ABSENT if isinstance(found, StandIn) else found


def _import_beside(statement: ast.stmt) -> None:
    """Let `from .layers import x` in a cell mean the file beside the notebook."""
    if isinstance(statement, ast.ImportFrom) and statement.level == 1 and statement.module:
        statement.level = 0


def _python_files(files: Any) -> dict[str, str]:
    """The modules among the files given with the exercise, by dotted name."""
    paths = {PurePosixPath(name): data for name, data in files.items()}
    return {
        ".".join(path.with_suffix("").parts): data.decode("utf-8", "replace")
        for path, data in paths.items()
        if path.suffix == ".py"
    }


def _write(files: Any) -> None:
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
