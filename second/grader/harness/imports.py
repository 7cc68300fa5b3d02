"""What `import` finds for a program: its own helper modules, Python's and numpy, and stand-ins for all other packages.

A plot, a progress bar or a decorator is no part of an answer, so a stand-in does silently whatever is asked of it. It
is no number: what is computed from one raises, or is a stand-in. Packages are replaced even where they are installed,
so that a program has the same verdict on every machine.
"""

from __future__ import annotations

import ast
import dis
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

from grader.harness.troubles import PLACE

_HERE = frozenset({*sys.stdlib_module_names, "numpy", "grader"})
_CATCHES = re.compile(r"\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b")
_UNPACK = dis.opmap["UNPACK_SEQUENCE"]


class Base:
    """The base of a class whose own base is not here: its constructor takes anything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass


class StandIn:
    """Anything of a package that is not here: it can be called, looked into, entered, unpacked, and inherited from."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function or class that it decorates, or a stand-in."""
        is_decorator = len(args) == 1 and not kwargs and isinstance(args[0], (FunctionType, type))
        return args[0] if is_decorator else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # numpy and pickle ask for these, and must hear that they are not there
            raise AttributeError(name)
        return _LOOPS.get(name) or StandIn(self._package)

    def __getitem__(self, index: Any) -> StandIn:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        return

    def __iter__(self) -> Iterator[Any]:
        """As many as are unpacked here (`fig, ax = plt.subplots()`), else none."""
        frame = sys._getframe(1)
        code, at = frame.f_code.co_code, frame.f_lasti
        return iter([self] * code[at + 1] if code[at] == _UNPACK else [])

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        first = next(base for base in bases if isinstance(base, StandIn))
        return (Base,) if first is self else ()

    def __instancecheck__(self, instance: object) -> bool:
        return False


class Loop(StandIn):
    """A loop behind a progress bar, as tqdm has it; `with tqdm(total=5) as bar` has no loop."""

    def __init__(self, items: Any = (), *args: Any, **kwargs: Any) -> None:
        super().__init__("tqdm")
        self._items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


_LOOPS: dict[str, Any] = {"tqdm": Loop, "tqdm_notebook": Loop, "trange": lambda *args, **kwargs: Loop(range(*args))}


class StandInModule(ModuleType):
    """A module of a package that is not here."""

    def __getattr__(self, name: str) -> Any:
        return getattr(StandIn(self.__name__.partition(".")[0]), name)


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
        tries = [node for node in ast.walk(tree) if isinstance(node, ast.Try) and any(map(_catches, node.handlers))]
        for inner in (one for node in tries for part in node.body for one in ast.walk(part)):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                self._tried.add((file, inner.lineno))

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
        """Run a helper module; a package's own code is under its name, or under `name.__init__`."""
        if not isinstance(module, StandInModule):
            self.own.append(module)
            names = (f"{module.__name__}.__init__", module.__name__)
            name = next((one for one in names if one in self._sources), "")
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
