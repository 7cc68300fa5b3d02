"""The system calls that student code may make, as a program for the kernel's filter (seccomp, in BPF).

A deny list, not an allow list: an allow list breaks with every release of the C library. What is denied here is what
namespaces and Landlock do not cover (VSOCK, kernel keys, io_uring, new namespaces, other processes).
"""

from __future__ import annotations

import errno
import struct

EVERY_NAMESPACE = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # audit number; column in the tables below

# name: (number on x86_64, number on aarch64); -1 where that machine has none.
DENIED = {
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "pidfd_getfd": (438, 438), "kcmp": (312, 272), "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "open_tree_attr": (467, 467), "chroot": (161, 51),
    "pivot_root": (155, 41), "quotactl": (179, 60), "quotactl_fd": (443, 443), "statmount": (457, 457),
    "listmount": (458, 458),
    # wide doors of the kernel
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "personality": (135, 92),
    "modify_ldt": (154, -1), "iopl": (172, -1), "ioperm": (173, -1), "uselib": (134, -1), "syslog": (103, 116),
    "acct": (163, 89),
    # the machine
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225),
    "settimeofday": (164, 170), "adjtimex": (159, 171), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162), "vhangup": (153, 58),
    # memory that no limit counts, or that two submissions could share
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196), "semget": (64, 190), "msgget": (68, 186),
    "mq_open": (240, 180), "flock": (73, 32),
    # a socket of a pair may not reach any other, nor carry descriptors out of their counts
    "bind": (49, 200), "connect": (42, 203), "listen": (50, 201), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    # a pipe can hold pages that are mapped nowhere any more; a socket's buffer can be made many times as large
    "vmsplice": (278, 75), "setsockopt": (54, 208),
    # Landlock's rules are in force by now, and more of them fill the kernel
    "landlock_create_ruleset": (444, 444),
    # counted for all users together, or about files that others open, or making everybody wait
    "inotify_init": (253, -1), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27), "io_setup": (206, 0),
    "sync": (162, 81), "syncfs": (306, 267)
}  # fmt: skip
# Denied too where submissions share a user number and namespaces: Landlock does not cover these.
SHARED_DENIED = {
    # signals, but for those that a process may send to itself
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    # properties of files of the same user
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1),
    "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1),
    "futimesat": (261, -1), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466), "truncate": (76, 45), "file_setattr": (469, 469),
    # objects that live beside processes, found by guessing their numbers
    "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "shmctl": (31, 195), "mq_unlink": (241, 181),
    # the pace of other processes
    "setpriority": (141, 140), "ioprio_set": (251, 30)
}  # fmt: skip
CLONE, CLONE3, MMAP, PRCTL = (56, 220), (435, 435), (9, 222), (157, 167)
IOCTL, FCNTL, SOCKET, SOCKETPAIR, SENDTO = (16, 29), (72, 25), (41, 198), (53, 199), (44, 206)
KILL, TGKILL, TKILL = (62, 129), (234, 131), (200, 130)
# prlimit64, sched_setparam, sched_setscheduler, sched_setaffinity, sched_setattr: first a process, 0 for the caller.
_ON_A_PROCESS = ((302, 261), (142, 118), (144, 119), (203, 122), (314, 274))
# ILL, TRAP, ABRT, BUS, FPE, KILL, SEGV, STOP, SYS: what ends or stops a process, and hardly any has a handler for.
_ENDING = (4, 5, 6, 7, 8, 9, 11, 19, 31)
# TIOCSTI and TIOCLINUX type into a terminal; SETFLAGS, FSSETXATTR, SET_ENCRYPTION_POLICY and ENABLE_VERITY change a
# file that may only be read; FIOSETOWN and SIOCSPGRP make another process get a socket's signals.
_IOCTL_DENIED = (0x5412, 0x541C, 0x40086602, 0x401C5820, 0x800C6613, 0x40806685, 0x8901, 0x8902)
# SETLK, SETLKW, SETOWN, SETSIG, SETOWN_EX, the three OFD locks, SETLEASE, NOTIFY: what reaches other processes.
_FCNTL_DENIED = (6, 7, 8, 10, 15, 36, 37, 38, 1024, 1026)
# SCHED_CORE keeps the other half of a core idle; FUTEX_HASH makes a table in the kernel, of any size.
_PRCTL_DENIED = (62, 78)
# MAP_SHARED, MAP_ANONYMOUS, MAP_HUGETLB. Shared memory without a file stays, uncounted, when most of it is unmapped.
_SHARED_MAP, _NO_FILE, _HUGE_PAGES = 0x01, 0x20, 0x40000
_AF_UNIX = 1

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL_PROCESS, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in the kernel's seccomp_data
_FIRST, _SECOND, _THIRD, _FOURTH, _SIXTH = 16, 24, 32, 40, 56  # of the arguments' lower halves, little-endian
_X32 = 0x40000000  # x86_64 numbers from here on are another ABI with a table of its own

Instruction = tuple[int, int, int, int]
_ALLOWED: Instruction = (_RETURN, 0, 0, _ALLOW)
_KILLED: Instruction = (_RETURN, 0, 0, _KILL_PROCESS)


def build_filter(machine_name: str, own_pid: int = 0) -> bytes:
    """Make the program for the first process of a pid namespace; with `own_pid`, for a process among others."""
    architecture, machine = ARCHITECTURES[machine_name]
    rules: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        _KILLED,
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine_name == "x86_64":
        rules += [(_AT_LEAST, 0, 1, _X32), _KILLED]
    rules += _refuse_all(DENIED, machine)
    rules += refuse(SOCKET[machine], errno.EAFNOSUPPORT)
    rules += refuse(CLONE3[machine], errno.ENOSYS)  # its flags are behind a pointer; the C library falls back
    if own_pid:
        rules += _shared_rules(machine, own_pid)
    # Checks of arguments come last: they load another word than the call's number, and end in an answer.
    rules += refuse_flags(CLONE[machine], EVERY_NAMESPACE)
    if not own_pid:
        for numbers, signal_at in ((KILL, _SECOND), (TGKILL, _THIRD), (TKILL, _SECOND)):
            rules += _end_by(numbers[machine], signal_at)
    rules += _map_no_shared_memory(MMAP[machine])
    rules += _refuse_arguments(IOCTL[machine], _SECOND, _IOCTL_DENIED)
    rules += _refuse_arguments(FCNTL[machine], _SECOND, _FCNTL_DENIED)
    rules += _only(SOCKETPAIR[machine], _FIRST, _AF_UNIX, errno.EAFNOSUPPORT)
    rules += _only(SENDTO[machine], _SIXTH, 0)  # the length of an address: what is sent goes to one's own pair
    rules += _refuse_arguments(PRCTL[machine], _FIRST, _PRCTL_DENIED)
    return pack([*rules, _ALLOWED])


def pack(rules: list[Instruction]) -> bytes:
    """The program in the kernel's own form."""
    return b"".join(struct.pack("=HBBI", *rule) for rule in rules)


def refuse(number: int, error: int = errno.EPERM) -> list[Instruction]:
    """Refuse a call."""
    return [(_EQUAL, 0, 1, number), _answer(error)]


def refuse_flags(number: int, flags: int) -> list[Instruction]:
    """Refuse a call with any of these bits in its first argument, else allow it."""
    return _check(number, _FIRST, (_ANY_BIT, 0, 1, flags), _answer(errno.EPERM), _ALLOWED)


def _answer(error: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)


def _check(number: int, offset: int, *checks: Instruction) -> list[Instruction]:
    """Answer a call by these checks, which find its argument at `offset` loaded and end in an answer."""
    return [(_EQUAL, 0, 1 + len(checks), number), (_LOAD, 0, 0, offset), *checks]


def _refuse_all(calls: dict[str, tuple[int, int]], machine: int) -> list[Instruction]:
    there = [numbers[machine] for numbers in calls.values() if numbers[machine] >= 0]
    return [instruction for number in there for instruction in refuse(number)]


def _refuse_arguments(number: int, offset: int, values: tuple[int, ...]) -> list[Instruction]:
    """Refuse a call where the argument at `offset` is one of `values`, else allow it."""
    return _check(number, offset, *(rule for value in values for rule in refuse(value)), _ALLOWED)


def _only(number: int, offset: int, value: int, error: int = errno.EPERM) -> list[Instruction]:
    """Allow a call with this value of the argument at `offset`, and refuse it with any other."""
    return _check(number, offset, (_EQUAL, 0, 1, value), _ALLOWED, _answer(error))


def _shared_rules(machine: int, pid: int) -> list[Instruction]:
    """Rules for submissions that share a pid namespace: signals may go to the process itself, and so on."""
    rules: list[Instruction] = []
    for numbers, process in ((KILL, pid), (TGKILL, pid), *((numbers, 0) for numbers in _ON_A_PROCESS)):
        rules += _only(numbers[machine], _FIRST, process)
    return rules + _refuse_all(SHARED_DENIED, machine)


def _end_by(number: int, signal_at: int) -> list[Instruction]:
    """End a process that sends an ending signal to itself or its group.

    The kernel keeps signals from the first process of a namespace: without this rule, a function that kills itself
    would go on as if nothing had happened.
    """
    to_itself = [(_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, 1), _ALLOWED, (_LOAD, 0, 0, signal_at)]
    by_ending = [rule for ending in _ENDING for rule in ((_EQUAL, 0, 1, ending), _KILLED)]
    return _check(number, _FIRST, *to_itself, *by_ending, _ALLOWED)


def _map_no_shared_memory(number: int) -> list[Instruction]:
    """Allow private memory and mapped files; refuse memory that is counted nowhere."""
    huge, shared, no_file = (_ANY_BIT, 2, 0, _HUGE_PAGES), (_ANY_BIT, 0, 2, _SHARED_MAP), (_ANY_BIT, 0, 1, _NO_FILE)
    return _check(number, _FOURTH, huge, shared, no_file, _answer(errno.EPERM), _ALLOWED)
