"""Load an assignment from its folder: `assignment.py`, and the files beside it that it imports."""

from __future__ import annotations

import hashlib
import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np

from grader.assignment.words import Assignment
from grader.errors import AuthorError


def load_assignment(folder: Path) -> Assignment:
    """The `ASSIGNMENT` of a folder's `assignment.py`; raises `AuthorError` with the file and line that failed."""
    if not (folder / "assignment.py").is_file():
        raise AuthorError(f"There is no assignment.py in {folder}", "name the folder that declares the assignment")
    with _package(folder) as name:
        try:
            module = importlib.import_module(f"{name}.assignment")
        except AuthorError as error:
            raise AuthorError(f"{place_in(folder, error)}: {error}", error.hint, error.others) from error
        except (Exception, SystemExit) as error:
            said = f"{type(error).__name__}: {error}".replace(f"{name}.", "")
            hint = "correct that line, and run the same command again"
            raise AuthorError(f"{place_in(folder, error)}: it cannot be loaded ({said})", hint) from error
    assignment = getattr(module, "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise AuthorError(f"{folder / 'assignment.py'} defines no ASSIGNMENT", "end it with ASSIGNMENT = Assignment(…)")
    return assignment


@contextmanager
def _package(folder: Path) -> Iterator[str]:
    """The folder as a package, from today's text; `import helper` finds a file in it, as it does on students' disks."""
    home, bytecode = str(folder.resolve()), sys.dont_write_bytecode
    name = f"_assignment_{hashlib.sha256(home.encode()).hexdigest()[:12]}"
    for known in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[known]
    package = ModuleType(name)
    package.__path__ = [home]
    sys.modules[name] = package
    sys.path.append(home)  # last: an installed package is itself, also beside a file of the same name
    sys.dont_write_bytecode = True  # Python takes bytecode of the same second for today's
    importlib.invalidate_caches()
    try:
        yield name
    finally:
        sys.path.remove(home)
        sys.dont_write_bytecode = bytecode
        for known, module in list(sys.modules.items()):  # another assignment may have a file of the same name
            if "." not in known and Path(str(getattr(module, "__file__", None))).is_relative_to(home):
                del sys.modules[known]


def place_in(folder: Path, error: BaseException) -> str:
    """The innermost file and line of the folder that an error came from."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    own = [(file, line) for file, line in places if Path(file).is_relative_to(folder.resolve())]
    file, line = own[-1] if own else (str(folder / "assignment.py"), None)
    return f"{Path(file).name}, line {line}" if line else Path(file).name


def sources_digest(folder: Path) -> str:
    """A digest of all files that a key is made from: a key of another digest is not of today's files."""
    digest = hashlib.sha256(np.__version__.encode())
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_own = not any(part.startswith((".", "__pycache__")) for part in parts) and ".npz" not in path.name
        if is_own and path.is_file():
            digest.update("/".join(parts).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
