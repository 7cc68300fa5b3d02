"""How a zygote is started at each level: behind bubblewrap, or with nothing around it but what it builds itself.

takes: where bubblewrap is; whose namespaces submissions get.
gives: `Launch` values, each valid while its context is open.
must not know: submissions; what the walls hold off.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import SandboxError
from grader.walls.bubblewrap import (
    INNER_ROOMS,
    ROOM_FOLDER,
    build_walls,
    environment,
    interpreter_places,
    numpy_folder,
    numpy_folders,
    package_folders,
    usr_parts,
)
from grader.walls.zygote import Launch

NOBODY = 65534
_CLOSED = "the interpreter lies in a folder that is closed to other users"


@contextmanager
def behind_bubblewrap(bwrap: str, namespaces: str) -> Iterator[Launch]:
    """Start it behind bubblewrap; `namespaces` is own, shared or single, as the harness knows the words."""
    empty, nothing = os.pipe()
    os.close(nothing)
    try:
        walls = build_walls(bwrap, empty, namespaces == "own")
        settings = {
            "readable": walls.readable,
            "listable": (),
            "scratch": walls.scratch,
            "namespaces": namespaces,
        }
        yield Launch(walls.command, settings, walls.path, keep=(empty,), environment=environment())
    finally:
        os.close(empty)


@contextmanager
def bare() -> Iterator[Launch]:
    """Start it with nothing around: a folder holds what it may read of ours, and a janitor removes that at its end."""
    _demand_reachable()
    folder = Path(tempfile.mkdtemp(prefix="grader-"))
    try:
        inside, scratch = folder / "inside", folder / "scratch"
        _copy_rooms(inside)
        folder.chmod(0o711)
        scratch.mkdir(0o700)
        if os.getuid() == 0:
            os.chown(scratch, NOBODY, NOBODY)
        readable, listable = _places(inside)
        settings = {
            "readable": readable,
            "listable": listable,
            "scratch": str(scratch),
            "namespaces": "shared",
            "folder": str(folder),
        }
        variables = environment() | {"HOME": str(scratch), "TMPDIR": str(scratch)}
        yield Launch((), settings, (str(inside),), "janitor", environment=variables)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _copy_rooms(inside: Path) -> None:
    package = inside / "grader"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    for room in INNER_ROOMS:
        shutil.copytree(ROOM_FOLDER / room, package / room)
    for folder in numpy_folders():
        (inside / Path(folder).name).symlink_to(folder)
    for place in (inside, *inside.rglob("*")):
        if not place.is_symlink():
            place.chmod(0o755 if place.is_dir() else 0o644)


def _places(inside: Path) -> tuple[list[str], list[str]]:
    """List what may be read, and the folders whose names may be seen though not all in them may be read."""
    packages = [Path(folder) for folder in package_folders()]
    readable = [str(inside), "/etc/ld.so.cache", "/lib", "/lib64", *numpy_folders()]
    listable: list[str] = []
    for place in (*usr_parts(), *interpreter_places()):
        _split(place.resolve(), packages, readable, listable)
    return [place for place in readable if not Path(place).is_symlink()], listable


def _split(place: Path, packages: list[Path], readable: list[str], listable: list[str]) -> None:
    """Take a folder whole where no package folder lies in it; else name it, and take its entries one by one."""
    if place in packages:
        return
    if not any(folder.is_relative_to(place) for folder in packages):
        readable.append(str(place))
        return
    listable.append(str(place))
    for entry in place.iterdir():
        if not entry.is_symlink():
            _split(entry, packages, readable, listable)


def _demand_reachable() -> None:
    """Root's zygote becomes nobody, who must reach the interpreter and numpy."""
    if os.getuid() != 0:
        return
    for place in (Path(sys.executable).resolve(), Path(sys.base_prefix).resolve(), numpy_folder()):
        for folder in (place, *place.parents):
            if folder.is_dir() and not folder.stat().st_mode & stat.S_IXOTH:
                raise SandboxError(f"{_CLOSED}: {folder}", "use an interpreter below /usr or /opt")
