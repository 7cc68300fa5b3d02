"""What came with the exercise and is given to a call: a function, a class, an object made by one.

takes: the sources of files, by their names; names of what stands in them.
gives: the thing itself, out of modules of this question alone; of such a function its name.
must not know: the program; what any of it is for.

These modules are the author's, whatever a hand-in has under their names: what is asked must be the same for all. They
are made anew for each question, so that no call can leave anything in one for the next, and no count in one is further
for whoever imports it too. A program that asks whether a thing is of a class which it has imported, as that was given,
is told so all the same: `isinstance` believes `__class__`.
"""

from __future__ import annotations

import ast
import builtins
import sys
from abc import ABCMeta
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial, reduce
from types import CodeType, FunctionType, ModuleType, prepare_class, resolve_bases
from typing import Any

from grader.harness.absent import DEFINITIONS, bound_by

Imported = Callable[[str, str], ModuleType | None]
"""The module that a program has under a name, if it is made of this source."""
_MARK, _OURS = "__given__", object()


def given_name(thing: object) -> str | None:
    """What a function is called that stands in one of these modules under its own name, such as `toy:bowl`; else None.

    One that another has made is not known by its name, nor is an object: what they do depends on what they hold.
    """
    if not isinstance(thing, FunctionType) or thing.__globals__.get(_MARK) is not _OURS:
        return None
    name, names = thing.__name__, thing.__globals__
    return f"{names['__name__']}:{name}" if names.get(name) is thing else None


class GivenModules:
    """The modules of one question, each run when it is first asked for."""

    def __init__(self, files: Mapping[str, str], imported: Imported | None = None) -> None:
        self._files = files
        self._imported = imported
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
            vars(module)["__builtins__"] = self._builtins(name, file)
            vars(module)[_MARK] = _OURS
            if file in self._files:
                _run(_compiled(file, self._files[file]), module)
            package, _, last = name.rpartition(".")
            if package:
                setattr(self._get(package), last, module)
        return self._made[name]

    def _builtins(self, name: str, file: str) -> dict[str, Any]:
        theirs = self._imported(name, self._files[file]) if self._imported and file in self._files else None
        passing = partial(_build_class, vars(theirs) if theirs else {})
        return {**vars(builtins), "__import__": self._import, "__build_class__": passing}

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


def _run(code: CodeType, module: ModuleType) -> None:
    """Run a module under its name meanwhile: dataclasses look up there what a class's hints mean."""
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        exec(code, vars(module))  # noqa: S102 - the author's own, and in here
    finally:
        if before is None:
            del sys.modules[module.__name__]
        else:
            sys.modules[module.__name__] = before


def _build_class(theirs: Mapping[str, Any], body: FunctionType, name: str, /, *bases: Any, **words: Any) -> Any:
    """Build a class as Python does; what is made of it says that it is of the program's class of that name."""
    found = theirs.get(body.__qualname__)
    kind = prepare_class(name, resolve_bases(bases), words)[0]
    # An enumeration or a named tuple takes no more names.
    if not isinstance(found, type) or kind not in (type, ABCMeta):
        return builtins.__build_class__(body, name, *bases, **words)

    def passing(name: str, bases: tuple[type, ...], names: dict[str, Any], **rest: Any) -> type:
        return kind(name, bases, {"__class__": property(lambda _: found), **names}, **rest)

    return builtins.__build_class__(body, name, *bases, **{**words, "metaclass": passing})


def _absolute(name: str, names: Any, level: int) -> str:
    package = (names or {}).get("__package__", "").split(".") if level else []
    return ".".join(filter(None, [*package[: len(package) - level + 1], name]))


@lru_cache(maxsize=16)
def is_as_given(theirs: str, source: str) -> bool:
    """Whether what both define is the same; one of them may have more."""
    try:
        found, given = (dict(_defined(ast.parse(text))) for text in (theirs, source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(given.get(name, body) == body for name, body in found.items())


def _defined(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for statement in tree.body:
        if isinstance(statement, DEFINITIONS):
            yield statement.name, ast.dump(statement)
        yield from ((name, ast.dump(statement)) for name in bound_by(statement))


@lru_cache(maxsize=16)
def _compiled(file: str, source: str) -> CodeType:
    """Compile a file; of the same questions' hundred each has a module of it."""
    return compile(source, file, "exec", dont_inherit=True)
