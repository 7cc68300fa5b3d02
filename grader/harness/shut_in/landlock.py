"""Landlock: which files a process may read and write from now on.

takes: folders to read, files to use, one folder to write.
gives: the kernel's version of Landlock (0: none); rules; a process confined by them for good.
must not know: who is confined.

Rules can be made once and confine many: to open and enter twenty folders takes as long as all other limits together.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Sequence

from grader.harness.shut_in.linux import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1  # the flag of create_ruleset that asks for the version
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
# File rights by version: 13 from the first on, then REFER, TRUNCATE, (none new at 4) and IOCTL_DEV.
_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NEWEST_BITS = 16
_TCP = 3  # bind and connect, version 4
_SCOPES = 3  # abstract sockets and signals, version 6


def landlock_version() -> int:
    """Tell the kernel's version of Landlock; 0 where it is missing or switched off."""
    try:
        return syscall(CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def make_rules(
    version: int, readable: Sequence[str], listable: Sequence[str], devices: Sequence[str], writable: str
) -> int:
    """Make rules: read below `readable`, see names below `listable`, use `devices`, write `writable`.

    Gives a descriptor.
    """
    rights = (1 << _BITS.get(version, _NEWEST_BITS)) - 1
    words = [rights] + [_TCP] * (version >= 4) + [_SCOPES] * (version >= 6)
    attributes = struct.pack(f"{len(words)}Q", *words)
    ruleset = syscall(CREATE_RULESET, attributes, len(attributes), 0)
    for path in readable:
        _allow(ruleset, path, _READ)
    for path in listable:
        _allow(ruleset, path, _READ_DIR)
    for path in devices:
        _allow(ruleset, path, _READ_FILE | _WRITE_FILE)
    _allow(ruleset, writable, rights & ~_EXECUTE)
    return ruleset


def restrict_files(ruleset: int) -> None:
    """Confine this process by rules, which needs no_new_privs; their descriptor is closed."""
    syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # what cannot be reached needs no permission
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= ~_READ_DIR  # the kernel refuses rights of folders on a file
        # The kernel's structure is packed: 8 bytes of rights and 4 of descriptor.
        syscall(ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
