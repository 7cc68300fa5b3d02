"""What `import` finds for a program: its own helper modules, then Python's and numpy, then stand-ins.

Only imports that the program itself makes are answered here. Other packages are replaced even where they are installed,
so that a program has the same verdict on every machine.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from grader.harness.standins import StandInModule
from grader.harness.troubles import module_file

_HERE = frozenset({*sys.stdlib_module_names, "numpy", "grader", "scipy.special"})
_CATCHES = re.compile(r"\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b")

Run = Callable[[str, str, dict[str, Any]], None]
"""Runs a source under a file name in a namespace."""


class Imports:
    """Finds and loads modules for `import`; the first in `sys.meta_path`."""

    def __init__(self, sources: Mapping[str, str], run: Run) -> None:
        self.own: list[ModuleType] = []
        self.replaced: dict[str, None] = {}
        self._sources = {name.removesuffix(".__init__"): source for name, source in sources.items()}
        self._packages = {part for name in sources for part in _packages_of(name)}
        self._run = run
        self._tried: set[tuple[str, int]] = set()
        sys.meta_path.insert(0, self)

    def expect(self, tree: ast.Module, file: str) -> None:
        """Note the imports that a program tries: it has its own answer to those that fail."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Try) and any(map(_catches_import, node.handlers)):
                for inner in node.body:
                    self._tried |= {(file, one.lineno) for one in ast.walk(inner) if isinstance(one, ast.stmt)}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Find a module that the program asks for; None where Python is to look."""
        place = _importing_line()
        if place is None:
            return None
        if name in self._sources or name in self._packages:
            return ModuleSpec(name, self, is_package=name in self._packages)  # type: ignore[arg-type]
        if name.partition(".")[0] in _HERE:
            return None
        if place in self._tried:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        self.replaced[name.partition(".")[0]] = None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make an empty module, or a stand-in."""
        is_own = spec.name in self._sources or spec.name in self._packages
        return ModuleType(spec.name) if is_own else StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run a helper module."""
        if not isinstance(module, StandInModule):
            self.own.append(module)
            self._run(self._sources.get(module.__name__, ""), module_file(module.__name__), vars(module))


def _packages_of(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _catches_import(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or _CATCHES.search(ast.unparse(handler.type)) is not None


def _importing_line() -> tuple[str, int] | None:
    """The file and line of the program that imports; None where somebody else does."""
    frame = sys._getframe(2)
    while frame.f_back is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    file = frame.f_code.co_filename
    return (file, frame.f_lineno) if file.startswith(("<cell ", "<file ")) else None
