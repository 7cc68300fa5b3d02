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

from grader.harness.linux import EVERY_NAMESPACE, PR_SET_SECCOMP, prctl

_MODE_FILTER = 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32  # offsets in its seccomp_data, little-endian
_X32 = 0x40000000  # x86_64 numbers from here on are another ABI with a table of its own

ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# name: (number on x86_64, number on aarch64); -1 where that machine has none.
DENIED = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "statmount": (457, 457),
    "listmount": (458, 458),
    # wide doors of the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "personality": (135, 92),
    "modify_ldt": (154, -1),
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "uselib": (134, -1),
    "syslog": (103, 116),
    "acct": (163, 89),
    # the machine
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "settimeofday": (164, 170),
    "adjtimex": (159, 171),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    # memory that no limit counts, or that two submissions could share
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "flock": (73, 32),
    # what the kernel counts for all, or tells of files that others open; what all wait for
    "inotify_init": (253, -1),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "io_setup": (206, 0),
    "sync": (162, 81),
    "syncfs": (306, 267),
}
# Denied where a submission shares its user number and namespaces with others: Landlock does not cover these.
SHARED_DENIED = {
    # files of the same user, which Landlock keeps shut but not from being changed in name
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "fchown": (93, 55),
    "lchown": (94, -1),
    "fchownat": (260, 54),
    "utime": (132, -1),
    "utimes": (235, -1),
    "futimesat": (261, -1),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "truncate": (76, 45),  # by name; Landlock knows it from version 3 on
    "file_setattr": (469, 469),
    # objects that live beside processes, found by guessing their numbers
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "shmctl": (31, 195),
    "mq_unlink": (241, 181),
    # pace of other processes
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
}
SOCKET, CLONE, CLONE3, IOCTL, FCNTL = (41, 198), (56, 220), (435, 435), (16, 29), (72, 25)
SIGNALS = {"kill": (62, 129), "tgkill": (234, 131)}
TKILL = (200, 130)
OTHER_SIGNALS = {
    "tkill": TKILL,
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
# The first argument names a process, 0 being the caller.
ON_A_PROCESS = {
    "prlimit64": (302, 261),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
}
# ILL, TRAP, ABRT, BUS, FPE, KILL, SEGV, STOP, SYS: what ends or stops a process, and hardly any has a handler for.
_ENDING = (4, 5, 6, 7, 8, 9, 11, 19, 31)
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # type into a terminal
# SETFLAGS, FSSETXATTR, SET_ENCRYPTION_POLICY, ENABLE_VERITY: change a file that may only be read.
_OF_FILES = (0x40086602, 0x401C5820, 0x800C6613, 0x40806685)
# SETLK, SETLKW, SETOWN, SETSIG, SETOWN_EX, the three OFD locks, SETLEASE, NOTIFY: what reaches other processes.
_FCNTL_DENIED = (6, 7, 8, 10, 15, 36, 37, 38, 1024, 1026)

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


def _only(number: int, first: int) -> list[Instruction]:
    """Allow the call with this first argument, and refuse it with any other."""
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _FIRST),
        (_EQUAL, 0, 1, first),
        (_RETURN, 0, 0, _ALLOW),
        _answer(errno.EPERM),
    ]


def _shared_rules(machine: int, pid: int) -> list[Instruction]:
    """Rules for where submissions share a pid namespace: signals may go to the process itself, and so on."""
    rules: list[Instruction] = []
    for numbers in SIGNALS.values():
        rules += _only(numbers[machine], pid)
    for numbers in ON_A_PROCESS.values():
        rules += _only(numbers[machine], 0)
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
    for number_of_signal in _ENDING:
        checks += [(_EQUAL, 0, 1, number_of_signal), (_RETURN, 0, 0, _KILL)]
    checks.append((_RETURN, 0, 0, _ALLOW))
    return [(_EQUAL, 0, len(checks), number), *checks]


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
    rules += _refuse_arguments(IOCTL[machine], _SECOND, (_TIOCSTI, _TIOCLINUX, *_OF_FILES))
    rules += _refuse_arguments(FCNTL[machine], _SECOND, _FCNTL_DENIED)
    rules.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *rule) for rule in rules)


def install_filter(program: bytes) -> None:
    """Run this process and its children under the program for good; needs no_new_privs."""
    instructions = ctypes.create_string_buffer(program, len(program))
    size = struct.calcsize("=HBBI")
    header = struct.pack("HP", len(program) // size, ctypes.addressof(instructions))
    described = ctypes.create_string_buffer(header, len(header))
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described))
