"""What came with the exercise and is given to a call: a function, a class, an object made by one.

takes: the sources of files, by their names; names of what stands in them.
gives: the thing itself, out of modules of this question alone.
must not know: the program; what any of it is for.

These modules are the author's, whatever a hand-in has under their names: what is asked must be the same for all. They
are made anew for each question, so that no call can leave anything in one for the next.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from functools import lru_cache, reduce
from types import CodeType, ModuleType
from typing import Any


class GivenModules:
    """The modules of one question, each run when it is first asked for."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._made: dict[str, ModuleType] = {}

    def find(self, name: str) -> Any:
        """Give what stands under a name such as `toy:Dataset` or `lib.toy:Dataset.of_words`."""
        module, _, within = name.partition(":")
        return reduce(getattr, within.split("."), self._get(module))

    def _get(self, name: str) -> ModuleType:
        if name not in self._made:
            module = self._made[name] = ModuleType(name)
            file, is_package = self._file_of(name)
            vars(module)["__package__"] = name if is_package else name.rpartition(".")[0]
            vars(module)["__builtins__"] = {**vars(builtins), "__import__": self._import}
            if file in self._files:
                exec(_compiled(file, self._files[file]), vars(module))  # noqa: S102 - the author's own, and in here
            package, _, last = name.rpartition(".")
            if package:
                setattr(self._get(package), last, module)
        return self._made[name]

    def _file_of(self, name: str) -> tuple[str, bool]:
        """The file of a module, and whether it is a package: a folder is one without a file of its own, too."""
        path = name.replace(".", "/")
        own = f"{path}/__init__.py"
        return (own, True) if own in self._files else (f"{path}.py", f"{path}.py" not in self._files)

    def _is_given(self, name: str) -> bool:
        path = name.replace(".", "/")
        return bool(name) and any(file == f"{path}.py" or file.startswith(f"{path}/") for file in self._files)

    def _import(
        self, name: str, names: Any = None, own: Any = None, wanted: tuple[str, ...] | None = (), level: int = 0
    ) -> Any:
        """Import what is among the files from there, and all else as ever."""
        whole = _absolute(name, names, level)
        if not self._is_given(whole):
            return builtins.__import__(name, names, own, wanted or (), level)
        for part in wanted or ():
            if self._is_given(f"{whole}.{part}"):
                self._get(f"{whole}.{part}")
        found = self._get(whole)
        return found if wanted else self._get(whole.partition(".")[0])


def _absolute(name: str, names: Any, level: int) -> str:
    package = (names or {}).get("__package__", "").split(".") if level else []
    return ".".join(filter(None, [*package[: len(package) - level + 1], name]))


@lru_cache(maxsize=16)
def _compiled(file: str, source: str) -> CodeType:
    """Compile a file; of the same questions' hundred each has a module of it."""
    return compile(source, file, "exec", dont_inherit=True)
