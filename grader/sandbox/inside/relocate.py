"""Copy Python, numpy and what they need into memory, so that all other files of the machine can be left behind.

Processes that can read one file share a memory, whatever else keeps them apart: the kernel or a clock tells which parts
of the file are in the page cache, and whoever reads one puts them there. A copy in memory is always there as a whole.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

# Most of a standard library, for which no submission has a use; tkinter alone would need a dozen libraries.
_LEFT_OUT = re.compile(
    r"tests?|_test.*|idlelib|turtledemo|.*tkinter.*|ensurepip|lib2to3|pydoc_data"
    r"|site-packages|dist-packages|config-.*|.*\.(a|pyi|opt-\d\.pyc)"
)
# How libraries are found, and the letters of UTF-8 where the C library does not know them.
_SYSTEM = ("/etc/ld.so.cache", "/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8")


def copy_all(view: str) -> None:
    """Copy what this process needs when it begins again in this folder, and what a submission needs."""
    os.umask(0o022)
    for place in (sys.executable, *sys.path, *_SYSTEM):
        _copy_file(place, view)
        for folder, folders, files in os.walk(place, followlinks=True):
            folders[:] = [name for name in folders if not _LEFT_OUT.fullmatch(name)]
            for name in files:
                if not _LEFT_OUT.fullmatch(name):
                    _copy_file(f"{folder}/{name}", view)
    for library in _libraries():
        _copy_file(os.path.normpath(library), view)


def _copy_file(place: str, view: str) -> None:
    """Copy a file, zeros too (a hole would be a page that is not there), and load a library for those that it needs."""
    copy = Path(view + place)
    if copy.exists() or not Path(place).is_file() or not os.access(place, os.R_OK):
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(place, copy)
    copy.chmod(0o755)
    changed = Path(place).stat().st_mtime_ns
    os.utime(copy, ns=(changed, changed))  # bytecode is used where it was made of a source of this time
    if place.endswith(".so"):
        with suppress(OSError):  # a module of the standard library whose library is not installed
            ctypes.CDLL(place)


def _libraries() -> list[str]:
    """The libraries of this process by the names under which they were found, and will be again; the loader too."""
    np.linalg.svd(np.eye(9) @ np.eye(9))  # some load others when they compute
    found: list[str] = []

    def note(told: Any, size: int, data: None) -> int:
        found.append(os.fsdecode(told[1]))  # it begins with the address and the name (dl_iterate_phdr(3))
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_char_p), ctypes.c_size_t, ctypes.c_void_p)
    ctypes.CDLL(None).dl_iterate_phdr(kind(note), None)
    return [name for name in found if name.startswith("/")]  # the program and the kernel's own have no path
