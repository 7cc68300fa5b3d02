"""The view: which files a submission can see, and its environment. Nothing else decides that."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import filterfalse
from pathlib import Path
from tempfile import mkdtemp

from grader.errors import SandboxError
from grader.sandbox.inside import DEVICES, NOBODY
from grader.sandbox.warm import Launch

ROOMS = ("wire", "harness", "sandbox/inside")
"""What of the grader is visible inside, where `grader` itself is a folder without a module of its own."""
PACKAGES = ("numpy", "msgspec")
PACKAGE = Path(__file__).resolve().parent.parent
_INSIDE, _VIEW = "/inside", "/view"
_SCRATCH, _OWN_SCRATCH = "/scratch", "/scratch/own"
_TMP = "/tmp"  # noqa: S108 - the inner one, empty and not to be written
_PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # some machines need them for right results
_FIXED = {
    # One thread: with a tight limit on processes, a second BLAS thread that cannot start hangs the first matmul.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    # The order of strings in a set changes with each start of Python otherwise, and so would a submission's points.
    "PYTHONHASHSEED": "0",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
}
# What of /usr programs need; a course may well be below /usr/src or /usr/local/src.
_USR = [Path("/usr", name) for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32")]
_USR += [Path("/usr/local", name) for name in ("bin", "lib", "lib64")]
_USR = [part for part in _USR if part.is_dir() and not part.is_symlink()]
_THERE = (Path("/"), Path(_TMP), Path("/usr"), Path("/usr/local"))


def environment() -> dict[str, str]:
    """The environment of a submission, but for where it may write."""
    return _FIXED | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def behind_bubblewrap(bwrap: str, copied: bool = True) -> Launch:
    """A view behind bubblewrap; each submission mounts a scratch of its own in it.

    `copied`: the warm process makes a copy of it in memory first. Bind mounts start faster, for somebody's own work.
    """
    settings = {"readable": _readable(_INSIDE), "scratch": _OWN_SCRATCH, "nested": True}
    command = [*_command(bwrap), *_surroundings("")]
    if copied:
        settings |= {"readable": ["/"], "view": _VIEW}
        command += ["--perms", "0755", "--tmpfs", _VIEW, *_surroundings(_VIEW)]
    return Launch((*command, "--remount-ro", "/", "--"), settings, (_INSIDE,), environment())


def without_namespaces() -> Launch:
    """A folder with what a submission may read of ours; Landlock opens it, and what Python needs, and nothing else."""
    _demand_reachable()
    folder = Path(mkdtemp(prefix="grader-"))
    try:
        inside, scratch = folder / "inside", folder / "scratch"
        _copy_rooms(inside)
        folder.chmod(0o711)
        scratch.mkdir(0o700)
        if os.getuid() == 0:
            os.chown(scratch, NOBODY, NOBODY)
        settings = {"readable": _readable(str(inside)), "scratch": str(scratch), "nested": False}
        variables = environment() | {"HOME": str(scratch), "TMPDIR": str(scratch)}
        return Launch((), settings, (str(inside),), variables, str(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def package_folders() -> tuple[str, ...]:
    """The folders of the visible packages, found without an import, and the one where a wheel of numpy has its BLAS."""
    folders: list[Path] = []
    for package in PACKAGES:
        found = find_spec(package)
        if found is None or found.origin is None:
            raise SandboxError(f"{package} is not installed", f"pip install {package}")
        folders.append(Path(found.origin).resolve().parent)
    libraries = folders[0].with_name("numpy.libs")
    return tuple(map(str, [*folders, libraries] if libraries.is_dir() else folders))


def _readable(inside: str) -> list[str]:
    """What Landlock opens for reading."""
    places: tuple[str | Path, ...] = (inside, "/etc/ld.so.cache", "/lib", "/lib64", *_USR)
    places += (*_interpreter_places(), *package_folders())
    return [str(place) for place in places if not Path(place).is_symlink()]


def _command(bwrap: str) -> list[str]:
    command = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    # Die with parent is a net only: the zygote ends by itself when our end of its socket closes.
    command += ["--die-with-parent", "--new-session", "--clearenv"]
    # Root's bwrap mounts without a user namespace, and the zygote then becomes nobody: as root of a user namespace it
    # would still be user 0 of this machine.
    if os.getuid() == 0:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    command += _system()
    for place in (*_interpreter_places(), *map(Path, package_folders())):
        command += [*_open_parents(place), "--ro-bind", str(place), str(place)]
    command += [*_own_rooms(), "--chdir", _OWN_SCRATCH]
    for name, value in (environment() | {"HOME": _OWN_SCRATCH, "TMPDIR": _OWN_SCRATCH}).items():
        command += ["--setenv", name, value]
    return command


def _surroundings(root: str) -> Iterator[str]:
    """What cannot be copied, and folders to write in; no /dev/zero, which is memory that nobody counts."""
    yield from _folders(*(root + name for name in ("/proc", "/dev", _TMP, _SCRATCH, _OWN_SCRATCH)))
    yield from ("--proc", f"{root}/proc")
    for name in DEVICES:
        yield from ("--dev-bind", name, root + name)


def _folders(*folders: str) -> Iterator[str]:
    """Make folders that anybody may enter."""
    for folder in folders:
        yield from ("--perms", "0755", "--dir", folder)


def _system() -> Iterator[str]:
    yield from _folders("/usr", "/usr/local", "/etc")
    for part in _USR:
        yield from ("--ro-bind", str(part), str(part))
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        place = Path(name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), name)
        elif place.is_dir():
            yield from ("--ro-bind", name, name)
    # Links only: Debian's numpy finds its BLAS through them.
    for name in ("/etc/ld.so.cache", "/etc/alternatives"):
        yield from ("--ro-bind-try", name, name)


def _own_rooms() -> Iterator[str]:
    yield from _folders(_INSIDE, f"{_INSIDE}/grader", f"{_INSIDE}/grader/sandbox")
    for folder in package_folders():  # a link: no other package beside it is on `sys.path`
        yield from ("--symlink", folder, f"{_INSIDE}/{Path(folder).name}")
    for room in ROOMS:
        yield from ("--ro-bind", str(PACKAGE / room), f"{_INSIDE}/grader/{room}")


def _interpreter_places() -> Iterator[Path]:
    """The folders of the interpreter that are not shown anyway."""
    executable, prefix = Path(sys.executable).resolve(), Path(sys.base_prefix).resolve()
    yield from filterfalse(_is_there, dict.fromkeys((prefix, executable.parent.parent)))


def _is_there(place: Path) -> bool:
    return place in _THERE or any(place.is_relative_to(part) for part in _USR)


def _open_parents(place: Path) -> Iterator[str]:
    """Make the parents of a folder passable: bwrap makes them 0700, closed to another user."""
    for parent in filterfalse(_is_there, reversed(place.parents)):  # --dir would change the modes of those
        yield from ("--perms", "0755", "--dir", str(parent))


def _copy_rooms(inside: Path) -> None:
    package = inside / "grader"
    for room in ROOMS:
        shutil.copytree(PACKAGE / room, package / room)
    for folder in package_folders():
        (inside / Path(folder).name).symlink_to(folder)
    for place in (inside, *inside.rglob("*")):
        if not place.is_symlink():
            place.chmod(0o755 if place.is_dir() else 0o644)


def _demand_reachable() -> None:
    """Root's zygote becomes nobody, who must reach the interpreter and the packages."""
    needed = (Path(sys.executable).resolve(), Path(sys.base_prefix).resolve(), *map(Path, package_folders()))
    for folder in {folder for place in needed for folder in (place, *place.parents) if os.getuid() == 0}:
        if folder.is_dir() and not folder.stat().st_mode & stat.S_IXOTH:
            sentence = f"the interpreter is in a folder that is closed to other users: {folder}"
            raise SandboxError(sentence, "use an interpreter below /usr or /opt")
