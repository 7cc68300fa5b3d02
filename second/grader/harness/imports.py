"""What `import` finds for a program: its own helper modules, then Python's and numpy, then stand-ins.

Only imports of the program itself are answered here. Other packages are replaced even where they are installed, so that
a program has the same verdict on every machine.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from grader.harness.standins import StandInModule
from grader.harness.troubles import PLACE

_HERE = frozenset({*sys.stdlib_module_names, "numpy", "grader"})
_CATCHES = re.compile(r"\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b")


class Imports:
    """Finds and loads modules; `run` runs a source under a file name in a namespace."""

    def __init__(self, sources: Mapping[str, str], run: Callable[[str, str, dict[str, Any]], None]) -> None:
        self.own: list[ModuleType] = []
        self.replaced: dict[str, None] = {}
        self._sources, self._run = sources, run
        self._packages = {name[: dot.start()] for name in sources for dot in re.finditer(r"\.", name)}
        self._tried: set[tuple[str, int]] = set()
        sys.meta_path.insert(0, self)

    def expect(self, tree: ast.Module, file: str) -> None:
        """Note the imports that a program tries: it has its own answer where a package is missing."""
        tries = [node for node in ast.walk(tree) if isinstance(node, ast.Try) and any(map(_catches, node.handlers))]
        for inner in (one for node in tries for part in node.body for one in ast.walk(part)):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                self._tried.add((file, inner.lineno))

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Find a module that the program asks for; None where Python is to look."""
        line, package = _importing_line(), name.partition(".")[0]
        if line is None:
            return None
        if self._is_own(name):
            return ModuleSpec(name, self, is_package=name in self._packages)  # type: ignore[arg-type]
        if package in _HERE:
            return None
        if line in self._tried:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        self.replaced[package] = None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make an empty module, or a stand-in."""
        return ModuleType(spec.name) if self._is_own(spec.name) else StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run a helper module; the code of a package is in its `__init__`."""
        if not isinstance(module, StandInModule):
            self.own.append(module)
            name = f"{module.__name__}.__init__" if module.__name__ in self._packages else module.__name__
            self._run(self._sources.get(name, ""), f"<file {name}>", vars(module))

    def _is_own(self, name: str) -> bool:
        return name in self._sources or name in self._packages


def _catches(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or _CATCHES.search(ast.unparse(handler.type)) is not None


def _importing_line() -> tuple[str, int] | None:
    """The file and line of the program that imports; None where somebody else does."""
    frame = sys._getframe(2)
    while frame.f_back is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    file = frame.f_code.co_filename
    return (file, frame.f_lineno) if PLACE.fullmatch(file) else None
