"""The kernel calls that Python 3.11 has no name for, by ctypes.

takes: numbers and paths.
gives: nothing, or `OSError` with the name of the call that failed.
must not know: what is confined, and why.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal

# Flags and numbers of the kernel's own headers; they are the same on every architecture we run on.
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
EVERY_NAMESPACE = (
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET
)

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 0x1, 0x2, 0x4, 0x4000, 0x40000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4

_CAPABILITY_VERSION_3 = 0x20080522

_CLONE_PIDFD = 0x1000
_CLONE_NUMBER = ctypes.c_long({"x86_64": 56, "aarch64": 220}.get(platform.machine(), -1))
# Looked up here, in the process that forks: a child that looks one up copies some hundred pages for it.
_before_fork = ctypes.pythonapi.PyOS_BeforeFork
_in_child = ctypes.pythonapi.PyOS_AfterFork_Child
_in_parent = ctypes.pythonapi.PyOS_AfterFork_Parent

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_held = ctypes.PyDLL(None, use_errno=True)
_held.syscall.restype = ctypes.c_long
_libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]


def _checked(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def fork_into(namespaces: int) -> tuple[int, int]:
    """Fork into new namespaces; gives the child's number and a pidfd of it, or twice 0 in the child.

    One call, where `unshare` would need a second fork before anything is inside a new pid namespace.
    """
    pidfd = ctypes.c_int(-1)
    flags = ctypes.c_long(namespaces | _CLONE_PIDFD | signal.SIGCHLD)
    _before_fork()
    # No stack: the child goes on with a copy of ours, as after a fork. The lock of the interpreter stays held.
    pid = _held.syscall(_CLONE_NUMBER, flags, None, ctypes.byref(pidfd), None, None)
    if pid == 0:
        _in_child()
        return 0, 0
    failure = ctypes.get_errno()
    _in_parent()
    ctypes.set_errno(failure)
    return _checked(pid, "clone"), pidfd.value


def mount(kind: bytes | None, target: bytes, flags: int, options: bytes | None = None) -> None:
    """Mount a filesystem without a device, such as tmpfs, or change how `target` is mounted."""
    _checked(_libc.mount(kind, target, kind, flags, options), f"mount on {target.decode()}")


def prctl(option: int, argument: int = 0, pointer: int = 0) -> None:
    """Change a property of this process."""
    _checked(_libc.prctl(option, argument, pointer, 0, 0), f"prctl {option}")


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by its number; ints are passed as 64 bits."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *wide), f"system call {number}")


def drop_capabilities() -> None:
    """Give up every capability for good, the ambient ones included.

    Not the bounding set: it bounds what an `exec` may gain, and under no_new_privs that is nothing.
    """
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())), "capset")
