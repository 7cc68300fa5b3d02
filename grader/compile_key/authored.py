"""What an author has written: the value that a folder declares, and the files that its functions stand in.

takes: an assignment's folder; functions and modules of it.
gives: `Assignment`, or `AuthorError` with file and line; sources, what finds others beside them, a digest of all.
must not know: questions, answers, sandboxes. The only module that loads code by path; only the author's own.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from grader.answer_key import SCHEMA_BEFORE
from grader.assignment import Assignment
from grader.compile_key.handed_out import modules_in
from grader.compile_key.neighbours import Neighbours
from grader.errors import AuthorError
from grader.extract.imports.modules import Lookup, files_of

_MEND_IT = "mend that line, and run the same command again"


def load_assignment(folder: Path) -> Assignment:
    """Load `ASSIGNMENT` from a folder's `assignment.py`, whose neighbours it may import with `from . import`."""
    if not (folder / "assignment.py").is_file():
        raise AuthorError(f"there is no assignment.py in {folder}", "name the folder that declares the assignment")
    name = f"_assignment_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    for known in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[known]
    package = ModuleType(name)
    package.__path__ = [str(folder.resolve())]
    sys.modules[name] = package
    try:
        with Neighbours(folder, name, importlib.import_module):
            module = importlib.import_module(f"{name}.assignment")
    except AuthorError as error:
        raise AuthorError(f"{_place(error, folder)}: {error}", error.hint or _MEND_IT) from error
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {error}".replace(f"{name}.", "").replace(
            f"'{name}' (unknown location)", "there"
        )
        raise AuthorError(f"{_place(error, folder)}: it cannot be loaded ({said})", _mend(error, folder)) from error
    assignment = getattr(module, "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise AuthorError(
            f"{folder / 'assignment.py'} defines no ASSIGNMENT", "end it with ASSIGNMENT = Assignment(...)"
        )
    return assignment


def _place(error: BaseException, folder: Path) -> str:
    """The file of `folder` that an error came up in, and the line where one is known."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).parent == folder.resolve():
        return f"{folder / Path(error.filename).name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if Path(f.filename).resolve().is_relative_to(folder.resolve())]
    if not own:
        return str(folder / "assignment.py")
    return f"{folder / Path(own[-1].filename).resolve().relative_to(folder.resolve())}, line {own[-1].lineno}"


def _mend(error: BaseException, folder: Path) -> str:
    """What to do about the errors whose sentence does not say so."""
    if isinstance(error, ImportError) and "circular import" in str(error):
        return "two files import each other: move what both need into a third"
    if isinstance(error, ImportError) and "unknown location" in str(error):
        there = ", ".join(sorted(path.name for path in folder.glob("*.py")))
        return f"`from . import x` needs a file x.py beside it; there are {there}"
    if isinstance(error, TypeError) and "__init__()" in str(error):
        return "`grader new` writes an assignment in which each word is used"
    if isinstance(error, ModuleNotFoundError):
        return f"install {error.name}, or put {error.name}.py beside assignment.py; and look for a slip in the name"
    if isinstance(error, NameError):
        return "define it or import it above that line, or look for a slip in the name"
    return _MEND_IT


def sources_digest(folder: Path) -> str:
    """A digest of all files that a key is made from, to tell whether one is still of today."""
    digest = hashlib.sha256(f"{SCHEMA_BEFORE} {np.__version__}".encode())
    for path in sorted([*modules_in(folder).values(), *folder.glob("*.ipynb")]):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def source_of(thing: ModuleType | Callable[..., object]) -> str:
    """The text of the file that a module or function of the assignment stands in."""
    return source_file(thing).read_text(encoding="utf-8")


def source_file(thing: ModuleType | Callable[..., object]) -> Path:
    """That file; raises `AuthorError` for what stands in none, or has no name of its own there."""
    name = getattr(thing, "__qualname__", getattr(thing, "__name__", "?"))
    try:
        file = inspect.getsourcefile(thing)
    except TypeError:  # a function of numpy's, or of Python's
        file = None
    if file is None or "<" in name:  # a lambda, or made within another function
        raise AuthorError(
            f"{name}: a function of the assignment must stand in a file, under a name of its own",
            "write `def …` in a file beside assignment.py, and name it",
        )
    return Path(file)


def beside(file: Path) -> Lookup:
    """What finds the author's files that one imports: a mistake may call the reference, and change what it gives."""

    def find(name: str) -> tuple[str, str] | None:
        there = (file.parent / path for path in files_of(name) if path.endswith(".py"))
        found = next((path for path in there if path.is_file()), None)
        return (found.name, found.read_text(encoding="utf-8")) if found else None

    return find
