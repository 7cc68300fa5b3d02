"""Confine this process for good: namespaces, capabilities, limits, files (Landlock), system calls (seccomp)."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import stat
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.inside import DEVICES, RULES, Job
from grader.sandbox.inside.seccomp import ARCHITECTURES, CLONE, build_filter

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 22, 38, 47, 4
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 2, 4, 0x20, 0x1000, 0x4000, 0x40000
_NEW_MOUNTS_AND_USER, _MNT_DETACH = 0x10020000, 2
OWN_NAMESPACES = _NEW_MOUNTS_AND_USER | 0x20000000  # CLONE_NEWPID
"""Of each submission. The warm process has its own network and IPC, empty, and no allowed call reaches either."""
_CAPABILITY_VERSION_3 = 0x20080522
_FILTER_MODE = 2

_MB = 1 << 20
_OPEN_FILES = 64
_SIGNALS = 64  # queued, each timer counting as one: the kernel has so many for all that a user runs
_STACK_MB = 8  # C recursion ends in SIGSEGV here, instead of eating memory
_INNER_ID = 1000  # the user number inside; any but 0 will do

# Landlock: the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
# File rights by version: 13 from the first on, then REFER, TRUNCATE, (none new at 4) and IOCTL_DEV.
_BITS, _NEWEST_BITS = {1: 13, 2: 14, 3: 15, 4: 15}, 16
_TCP, _SCOPES = 3, 3  # bind and connect (version 4); abstract sockets and signals (version 6)

# Looked up here, in the process that forks: a child that looks one up copies some hundred pages for it.
_CLONE_NUMBER = ctypes.c_long(CLONE[ARCHITECTURES[platform.machine()][1]])
_CLONE_PIDFD = 0x1000
_before_fork = ctypes.pythonapi.PyOS_BeforeFork
_in_child = ctypes.pythonapi.PyOS_AfterFork_Child
_in_parent = ctypes.pythonapi.PyOS_AfterFork_Parent

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_held = ctypes.PyDLL(None, use_errno=True)  # keeps the interpreter's lock while it calls
_held.syscall.restype = ctypes.c_long
_libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]


@dataclass(frozen=True)
class Walls:
    """What is the same for every submission: worked out once, before any is forked.

    `nested`: each gets namespaces of its own. `zygote` is the process that must still be there when one is set up.
    """

    readable: tuple[str, ...]
    scratch: str
    nested: bool
    zygote: int
    uid: int
    gid: int
    landlock: int
    program: bytes
    rules: tuple[int, ...] = ()  # Landlock's, made once where the scratch is a file system of its own

    @classmethod
    def plan(cls, readable: Sequence[str], scratch: str, nested: bool) -> Walls:
        """Ask the kernel what it has, build the filter, and make the rules where they are the same for all."""
        version = landlock_version()
        rules: tuple[int, ...] = ()
        if version and nested:
            # To Landlock, what is written in a file system of one's own is written below the folder that it is mounted
            # in. Nobody can write in that folder itself, as it is in one that is read-only.
            above = os.path.dirname(scratch)  # noqa: PTH120 - of a word, no path
            rules = (_make_rules(version, readable, above),)
        who = (os.getpid(), os.getuid(), os.getgid())
        return cls(tuple(readable), scratch, nested, *who, version, build_filter(platform.machine()), rules)


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


def move_into(folder: str) -> None:
    """Let a file system be all that there is, to read only; what is mounted elsewhere is gone."""
    place, user, group = folder.encode(), os.getuid(), os.getgid()
    _checked(_libc.unshare(_NEW_MOUNTS_AND_USER), "unshare")
    _own_namespaces(user, group)
    # What another namespace has mounted can be neither changed nor made the root; what is mounted here again can.
    _mount(place, place, _MS_BIND | _MS_REC)
    os.chdir(folder)
    _mount(None, b".", _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    _checked(_libc.pivot_root(b".", b"."), "pivot_root")  # the old root is now mounted over the new one
    _checked(_libc.umount2(b".", _MNT_DETACH), "umount2")
    os.chdir("/")


def enter_own_view(job: Job, walls: Walls) -> None:
    """Set up a process that was forked into new namespaces: its user, an empty /proc, a scratch folder of its own."""
    # `kill(0, …)` reaches a whole group: in the zygote's, only a new Landlock would keep it and all others from that.
    os.setsid()
    _own_namespaces(walls.uid, walls.gid)
    # An empty /proc, not a fresh one: the kernel refuses a fresh one where parts of /proc are masked already.
    _mount(b"tmpfs", b"/proc", _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    options = f"size={job.scratch_mb}m,nr_inodes=1k,mode=700"
    _mount(b"tmpfs", walls.scratch.encode(), _MS_NOSUID | _MS_NODEV, options.encode())
    os.chdir(walls.scratch)


def _own_namespaces(user: int, group: int) -> None:
    """Map the user into the new user namespace, and let no mount of the new mount namespace be seen elsewhere."""
    # The kernel wants setgroups given up before it takes a group map from a plain user.
    for name, text in (
        ("setgroups", "deny"), ("gid_map", f"{_INNER_ID} {group} 1"), ("uid_map", f"{_INNER_ID} {user} 1")
    ):  # fmt: skip
        # Not by pathlib: of a forked process each page that is used first is a copy, and it uses a hundred.
        place = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(place, text.encode())
        os.close(place)
    _mount(None, b"/", _MS_REC | _MS_PRIVATE)


def shut_in(job: Job, walls: Walls, scratch: str) -> None:
    """Confine this process; raises `OSError` where the kernel refuses, and then no student code may run.

    Without namespaces of its own, the kernel counts all processes of the user together, and only the filter keeps
    signals from the others.
    """
    _limit_resources(job, job.processes if walls.nested else _running() + 2 * job.processes)
    _drop_capabilities()
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if walls.landlock:
        ruleset = RULES if walls.rules else _make_rules(walls.landlock, walls.readable, scratch)
        _syscall(_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)
    elif not walls.nested:
        raise OSError("Landlock is missing, and without it submissions that share namespaces see each other")
    install_filter(walls.program if walls.nested else build_filter(platform.machine(), os.getpid()))


def install_filter(program: bytes) -> None:
    """Run this process and its children under a seccomp program for good; needs no_new_privs."""
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HP", len(program) // struct.calcsize("=HBBI"), ctypes.addressof(instructions))
    described = ctypes.create_string_buffer(header, len(header))
    prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(described))


def prctl(option: int, argument: int = 0, pointer: int = 0) -> None:
    """Change a property of this process."""
    _checked(_libc.prctl(option, argument, pointer, 0, 0), f"prctl {option}")


def landlock_version() -> int:
    """The kernel's version of Landlock; 0 where it is missing or switched off."""
    try:
        return _syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    except OSError:
        return 0


def _limit_resources(job: Job, processes: int) -> None:
    """Set the limits of the kernel; one that whoever runs this machine has set lower stays, as nobody may raise it."""
    for kind, most in (
        (resource.RLIMIT_AS, job.memory_mb * _MB),
        (resource.RLIMIT_CPU, job.cpu_seconds),
        (resource.RLIMIT_FSIZE, job.scratch_mb * _MB),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_STACK, _STACK_MB * _MB),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, _SIGNALS),
    ):
        # SIGXCPU at the soft limit can be ignored, SIGKILL at the hard one cannot.
        hard, there = most + (kind == resource.RLIMIT_CPU), resource.getrlimit(kind)[1]
        if there != resource.RLIM_INFINITY:
            most, hard = min(most, there), min(hard, there)
        resource.setrlimit(kind, (most, hard))


def _running() -> int:
    """Count the processes and threads of this user that can be seen."""
    threads = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if place.stat().st_uid == os.getuid():
                threads += sum(1 for _ in (place / "task").iterdir())
        except OSError:  # it has just ended
            continue
    return threads


def _drop_capabilities() -> None:
    """Give up every capability for good, the ambient ones included.

    Not the bounding set: it bounds what an `exec` may gain, and under no_new_privs that is nothing.
    """
    prctl(_PR_CAP_AMBIENT, _CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())), "capset")


def _make_rules(version: int, readable: Sequence[str], writable: str) -> int:
    """Make rules of Landlock and give their descriptor.

    They can be made once and confine many: to open and enter twenty folders takes as long as all other limits together.
    """
    rights = (1 << _BITS.get(version, _NEWEST_BITS)) - 1
    words = [rights] + [_TCP] * (version >= 4) + [_SCOPES] * (version >= 6)
    attributes = struct.pack(f"{len(words)}Q", *words)
    ruleset = _syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    for paths, allowed in (
        (readable, _EXECUTE | _READ_FILE | _READ_DIR),
        (DEVICES, _READ_FILE | _WRITE_FILE),
        ((writable,), rights & ~_EXECUTE),
    ):
        for path in paths:
            _allow(ruleset, path, allowed)
    return ruleset


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return  # what cannot be reached needs no permission
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= ~_READ_DIR  # the kernel refuses rights of folders on a file
        # The kernel's structure is packed: 8 bytes of rights and 4 of descriptor.
        _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _mount(kind: bytes | None, target: bytes, flags: int, options: bytes | None = None) -> None:
    _checked(_libc.mount(kind, target, kind, flags, options), f"mount on {target.decode()}")


def _syscall(number: int, *arguments: object) -> int:
    """Make a system call by its number; ints are passed as 64 bits."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *wide), f"system call {number}")


def _checked(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result
