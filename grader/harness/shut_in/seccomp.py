"""Seccomp: which system calls a process may make from now on, as a BPF program built here.

takes: the machine's name, and whether it is for a process among others, or for the first of its own pid namespace.
gives: the program's bytes; a process that runs under it.
must not know: who is confined.

A deny list, not an allow list: an allow list breaks with every release of the C library, and what is denied here
is what namespaces and Landlock do not cover (VSOCK, kernel keys, io_uring, new namespaces, other processes).
"""

from __future__ import annotations

import ctypes
import errno
import struct

from grader.harness.shut_in.linux import EVERY_NAMESPACE, PR_SET_SECCOMP, prctl
from grader.harness.shut_in.system_calls import (
    CLONE,
    CLONE3,
    DENIED,
    ENDING,
    FCNTL,
    FCNTL_DENIED,
    HUGE_PAGES,
    IOCTL,
    LOCAL,
    MMAP,
    NO_FILE,
    OF_FILES,
    OF_SOCKETS,
    ON_A_PROCESS,
    OTHER_SIGNALS,
    PRCTL,
    PRCTL_DENIED,
    SENDTO,
    SHARED_DENIED,
    SHARED_MAP,
    SIGNALS,
    SOCKET,
    SOCKETPAIR,
    TKILL,
    TYPING,
)

_MODE_FILTER = 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in its seccomp_data
_FIRST, _SECOND, _THIRD, _FOURTH, _SIXTH = 16, 24, 32, 40, 56  # those of the arguments' lower halves, little-endian
_X32 = 0x40000000  # x86_64 numbers from here on are another ABI with a table of its own

ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

Instruction = tuple[int, int, int, int]


def _answer(error: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)


def _refuse(number: int, error: int) -> list[Instruction]:
    return [(_EQUAL, 0, 1, number), _answer(error)]


def _refuse_arguments(number: int, offset: int, values: tuple[int, ...]) -> list[Instruction]:
    """Refuse the call where the argument at `offset` is one of `values`, else allow it."""
    checks: list[Instruction] = [(_LOAD, 0, 0, offset)]
    for value in values:
        checks += _refuse(value, errno.EPERM)
    checks.append((_RETURN, 0, 0, _ALLOW))
    return [(_EQUAL, 0, len(checks), number), *checks]


def _only(number: int, offset: int, value: int, error: int = errno.EPERM) -> list[Instruction]:
    """Allow the call with this value of the argument at `offset`, and refuse it with any other."""
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, offset),
        (_EQUAL, 0, 1, value),
        (_RETURN, 0, 0, _ALLOW),
        _answer(error),
    ]


def _shared_rules(machine: int, pid: int) -> list[Instruction]:
    """Rules for where submissions share a pid namespace: signals may go to the process itself, and so on."""
    rules: list[Instruction] = []
    for numbers in SIGNALS.values():
        rules += _only(numbers[machine], _FIRST, pid)
    for numbers in ON_A_PROCESS.values():
        rules += _only(numbers[machine], _FIRST, 0)
    for numbers in (*OTHER_SIGNALS.values(), *SHARED_DENIED.values()):
        if numbers[machine] >= 0:
            rules += _refuse(numbers[machine], errno.EPERM)
    return rules


def _end_by(number: int, signal_at: int) -> list[Instruction]:
    """End a process that sends itself an ending signal: the kernel keeps signals from the first of a namespace.

    Without this a function that kills itself would go on as if nothing had happened.
    """
    checks: list[Instruction] = [
        (_LOAD, 0, 0, _FIRST),
        (_EQUAL, 2, 0, 0),  # its own group
        (_EQUAL, 1, 0, 1),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, signal_at),
    ]
    for number_of_signal in ENDING:
        checks += [(_EQUAL, 0, 1, number_of_signal), (_RETURN, 0, 0, _KILL)]
    checks.append((_RETURN, 0, 0, _ALLOW))
    return [(_EQUAL, 0, len(checks), number), *checks]


def _map_no_shared_memory(number: int) -> list[Instruction]:
    """Allow memory that a process has for itself, and files; refuse memory that is counted nowhere."""
    return [
        (_EQUAL, 0, 6, number),
        (_LOAD, 0, 0, _FOURTH),
        (_ANY_BIT, 2, 0, HUGE_PAGES),
        (_ANY_BIT, 0, 2, SHARED_MAP),
        (_ANY_BIT, 0, 1, NO_FILE),
        _answer(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def build_filter(machine_name: str, own_pid: int = 0) -> bytes:
    """Make the BPF program for one machine; with `own_pid`, for that process among others of its user.

    Without, for the first process of a pid namespace.
    """
    architecture, machine = ARCHITECTURES[machine_name]
    rules: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine_name == "x86_64":
        rules += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    for numbers in DENIED.values():
        if numbers[machine] >= 0:
            rules += _refuse(numbers[machine], errno.EPERM)
    rules += _refuse(SOCKET[machine], errno.EAFNOSUPPORT)
    rules += _refuse(CLONE3[machine], errno.ENOSYS)  # its flags lie behind a pointer; the C library falls back
    if own_pid:
        rules += _shared_rules(machine, own_pid)
    # Checks of arguments come last: they load another word than the call's number and end in an answer.
    clone = CLONE[machine]
    rules += [(_EQUAL, 0, 4, clone), (_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, EVERY_NAMESPACE)]
    rules += [_answer(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]
    if not own_pid:
        for numbers, signal_at in ((SIGNALS["kill"], _SECOND), (SIGNALS["tgkill"], _THIRD), (TKILL, _SECOND)):
            rules += _end_by(numbers[machine], signal_at)
    rules += _map_no_shared_memory(MMAP[machine])
    rules += _refuse_arguments(IOCTL[machine], _SECOND, (*TYPING, *OF_FILES, *OF_SOCKETS))
    rules += _refuse_arguments(FCNTL[machine], _SECOND, FCNTL_DENIED)
    rules += _only(SOCKETPAIR[machine], _FIRST, LOCAL, errno.EAFNOSUPPORT)
    rules += _only(SENDTO[machine], _SIXTH, 0)  # the length of an address: what is sent goes to one's own pair
    rules += _refuse_arguments(PRCTL[machine], _FIRST, PRCTL_DENIED)
    rules.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *rule) for rule in rules)


def install_filter(program: bytes) -> None:
    """Run this process and its children under the program for good; needs no_new_privs."""
    instructions = ctypes.create_string_buffer(program, len(program))
    size = struct.calcsize("=HBBI")
    header = struct.pack("HP", len(program) // size, ctypes.addressof(instructions))
    described = ctypes.create_string_buffer(header, len(header))
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described))
