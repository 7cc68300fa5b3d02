"""Files of an assignment that import each other by their own names, as they do on a student's disk.

takes: the folder of an assignment, the name of the package that it is loaded as, and what loads a module of it.
gives: a while in which `import helper` means the module of that package, if nothing else is called so, and in which
modules of it are what their files say now.
must not know: what is in the files, answers.

A file that goes out with the hand-out says `from lib.base import Layer`, and the assignment that hands something of it
to a call imports it too: without this each would have to be written in two ways.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, TracebackType


class _AsItStands(SourceFileLoader):
    """Loads a file by its text alone.

    What Python has compiled of it before counts as today's if the file is as long and no second older: a point more in
    the rubric would be graded by the key of before, under the digest of today's files.
    """

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


def _as_it_stands(spec: ModuleSpec | None) -> ModuleSpec | None:
    if spec is not None and isinstance(spec.loader, SourceFileLoader):
        spec.loader, spec.cached = _AsItStands(spec.loader.name, spec.loader.path), None
    return spec


class Neighbours:
    """An importer that asks all others first, as what is installed is itself; what it has found is forgotten later."""

    def __init__(self, folder: Path, package: str, load: Callable[[str], ModuleType]) -> None:
        self._folder, self._package, self._load = folder, package, load
        self._specs: dict[str, ModuleSpec | None] = {}

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)  # what is in a package of ours would be found by its path, and run again

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        sys.meta_path.remove(self)
        for name in self._specs:
            sys.modules.pop(name, None)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """Find a file of the folder, or a folder in it."""
        place, top = self._folder.joinpath(*name.split(".")), name.split(".")[0]
        if top == self._package:
            return _as_it_stands(PathFinder.find_spec(name, path))
        if not (place.is_dir() or place.with_suffix(".py").is_file()):
            return None
        if top not in self._specs and self._is_installed(top):
            return None
        return ModuleSpec(name, self, is_package=place.is_dir())  # type: ignore[arg-type]

    def _is_installed(self, top: str) -> bool:
        """Whether another has it. What only lies where the verb was typed is not installed, nor is a mere folder."""
        elsewhere = [way for way in sys.path if Path(way).resolve() not in (Path.cwd(), self._folder.resolve())]
        for finder in sys.meta_path:
            spec = (
                finder.find_spec(top, elsewhere if finder is PathFinder else None, None) if finder is not self else None
            )
            if spec is not None and spec.origin is not None:
                return True
        return False

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Give the module of the package itself: what is defined in it is to be one."""
        module = self._load(f"{self._package}.{spec.name}")
        self._specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has been run; it keeps the name that it was loaded by first."""
        module.__spec__ = self._specs[module.__name__.removeprefix(f"{self._package}.")]
