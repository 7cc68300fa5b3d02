"""Run a program cell by cell, statement by statement; a statement that raises costs only itself."""

from __future__ import annotations
import __future__

import ast
import linecache
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.harness.imports import Imports, StandIn
from grader.harness.troubles import trouble_of
from grader.wire.messages import TroubleParts
from grader.wire.program import Program

MAIN = "__main__"  # as in a notebook, where code below `if __name__ == "__main__":` runs
ABSENT = object()
_TROUBLES = 200
# A hint such as `x: NDArray`, whose package is not here, must not cost the class around it: hints are not evaluated.
_FLAGS = __future__.annotations.compiler_flag
_OWN_MAIN = sys.modules.get(MAIN)  # kept alive, for another module takes its place


class Loaded:
    """A program that has run: its modules, and the statements that failed.

    `announce` is called before each statement with its cell and line; those in `left_out` are not run.
    """

    def __init__(
        self,
        program: Program,
        announce: Callable[[int, int], None] | None = None,
        left_out: Collection[tuple[int, int]] = (),
    ) -> None:
        self.troubles: list[TroubleParts] = []
        self.main = ModuleType(MAIN)
        self.bound = {one.criterion: one.name for one in program.bindings}
        self._announce, self._left_out = announce, left_out
        self.imports = Imports(program.modules, self._run)
        sys.modules[MAIN] = self.main  # dataclasses and pickle look for a class's module
        _write(program.files)
        for unit in program.units:
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
        if "try:" in source:
            self.imports.expect(tree, file)
        for statement in tree.body:
            if (cell, statement.lineno) in self._left_out:
                continue
            if self._announce and cell:
                self._announce(cell, statement.lineno)
            if cell and isinstance(statement, ast.ImportFrom) and statement.module:
                statement.level = 0  # `from .layers import x` means the file beside the notebook
            try:
                code = compile(ast.Module([statement], []), file, "exec", flags=_FLAGS, dont_inherit=True)
                exec(code, namespace)  # noqa: S102 - running it is what this room is for
            except BaseException as error:
                self._note(error)

    def _note(self, error: BaseException) -> None:
        if len(self.troubles) < _TROUBLES:
            self.troubles.append(trouble_of(error))


def _write(files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
