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

from grader.harness.imports import Imports
from grader.harness.standins import StandIn
from grader.harness.troubles import trouble_of
from grader.wire.messages import TroubleParts
from grader.wire.program import Binding, Program, Unit

MAIN = "__main__"  # as in a notebook, where code below `if __name__ == "__main__":` runs
ABSENT = object()
_TROUBLES = 200
# A hint such as `x: NDArray`, whose package is not here, must not cost the class around it: hints are not evaluated.
_FLAGS = __future__.annotations.compiler_flag
_OWN_MAIN = sys.modules.get(MAIN)  # kept alive, for another module takes its place


class Loaded:
    """A program that has run: its modules, the functions that are bound to graded names, and its troubles."""

    def __init__(
        self,
        program: Program,
        announce: Callable[[int, int], None] | None = None,
        left_out: Collection[tuple[int, int]] = (),
    ) -> None:
        self.troubles: list[TroubleParts] = []
        self.bound: dict[str, Any] = {}
        self.main = ModuleType(MAIN)
        self._announce, self._left_out = announce, left_out
        given = {name[:-3].replace("/", "."): data for name, data in program.files.items() if name.endswith(".py")}
        sources = {name: data.decode("utf-8", "replace") for name, data in given.items()}
        self.imports = Imports({**sources, **program.modules}, self._run)
        sys.modules[MAIN] = self.main  # dataclasses and pickle look for a class's module
        _write(program.files)
        for unit in program.units:
            self._run_unit(unit, [one for one in program.bindings if one.cell == unit.cell])
        self._bind([one for one in program.bindings if not one.cell], {})

    @property
    def modules(self) -> list[ModuleType]:
        """The main module, and the helper modules that were imported."""
        return [self.main, *self.imports.own]

    def find(self, name: str) -> Any:
        """What a graded name stands for, or `ABSENT`; a method is looked up in its class."""
        return self.bound[name] if name in self.bound else look_up(vars(self.main), name)

    def _run_unit(self, unit: Unit, bindings: list[Binding]) -> None:
        before = {one.name: look_up(vars(self.main), one.name) for one in bindings}
        self._run(unit.source, f"<cell {unit.cell}>", vars(self.main), unit.cell)
        self._bind(bindings, before)

    def _bind(self, bindings: list[Binding], before: Mapping[str, Any]) -> None:
        """Keep functions that are graded under another name. What was there before a cell is another cell's."""
        for one in bindings:
            value = look_up(vars(self.main), one.name)
            if value is not ABSENT and value is not before.get(one.name, ABSENT):
                self.bound[one.criterion] = value

    def _run(self, source: str, file: str, namespace: dict[str, Any], cell: int = 0) -> None:
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)  # for inspect.getsource
        try:
            tree = ast.parse(source, file)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._note(error)
            return
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


def look_up(namespace: Mapping[str, Any], name: str) -> Any:
    """What a name stands for, or `ABSENT`; `Relu.forward` is looked up in the class. A stand-in is absent."""
    owner, _, method = name.partition(".")
    found = namespace.get(owner, ABSENT)
    try:
        found = getattr(found, method, ABSENT) if method else found
    except BaseException:  # a metaclass or descriptor of the program's own may raise anything
        return ABSENT
    return ABSENT if isinstance(found, StandIn) else found


def _write(files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
