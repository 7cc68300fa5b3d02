"""The system calls that student code may make, as a program for the kernel's filter (seccomp, in BPF).

What is allowed is listed: what numpy, its BLAS and the standard library were seen to call while honest work ran (by
`strace`), or call elsewhere for the same. All else is refused, as a library may try a call and go on without it. What
no library of Python tries ends the process: the calls in `ENDING`, and any call by the numbers of another machine.
"""

from __future__ import annotations

import errno
import struct

EVERY_NAMESPACE = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # audit number; column in the tables below
# Calls from here on get ENOSYS, on which programs fall back: from `clone3`, whose flags no filter reads, to `clone`.
YOUNG = 424  # the first one after Linux 5.0

# name: (number on x86_64, number on aarch64); -1 where that machine has none.
ALLOWED = {
    # memory; what may be mapped and advised is checked below
    "brk": (12, 214), "mprotect": (10, 226), "mremap": (25, 216), "msync": (26, 227), "munmap": (11, 215),
    # files: all that `open`, `os`, `shutil` and `np.memmap` do; which ones is decided by mounts and Landlock
    "openat": (257, 56), "close": (3, 57), "close_range": (436, 436), "read": (0, 63), "readv": (19, 65),
    "pread64": (17, 67), "preadv": (295, 69), "write": (1, 64), "writev": (20, 66), "pwrite64": (18, 68),
    "pwritev": (296, 70), "lseek": (8, 62), "fstat": (5, 80), "newfstatat": (262, 79), "statx": (332, 291),
    "faccessat": (269, 48), "faccessat2": (439, 439), "readlinkat": (267, 78), "getdents64": (217, 61),
    "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "mkdirat": (258, 34), "unlinkat": (263, 35),
    "renameat": (264, 38), "renameat2": (316, 276), "linkat": (265, 37), "symlinkat": (266, 36), "umask": (95, 166),
    "ftruncate": (77, 46), "fallocate": (285, 47), "fsync": (74, 82), "fdatasync": (75, 83), "sendfile": (40, 71),
    "copy_file_range": (326, 285), "listxattr": (194, 11), "llistxattr": (195, 12), "flistxattr": (196, 13),
    "dup": (32, 23), "dup3": (292, 24), "pipe2": (293, 59),
    # the same by the calls of older C libraries
    "open": (2, -1), "creat": (85, -1), "stat": (4, -1), "lstat": (6, -1), "access": (21, -1), "readlink": (89, -1),
    "getdents": (78, -1), "mkdir": (83, -1), "rmdir": (84, -1), "unlink": (87, -1), "rename": (82, -1),
    "link": (86, -1), "symlink": (88, -1), "dup2": (33, -1), "pipe": (22, -1),
    # waiting and clocks
    "poll": (7, -1), "ppoll": (271, 73), "select": (23, -1), "pselect6": (270, 72), "epoll_create1": (291, 20),
    "epoll_create": (213, -1), "epoll_ctl": (233, 21), "epoll_pwait": (281, 22), "epoll_wait": (232, -1),
    "nanosleep": (35, 101), "pause": (34, -1), "restart_syscall": (219, 128), "gettimeofday": (96, 169),
    "time": (201, -1), "times": (100, 153), "alarm": (37, -1), "getitimer": (36, 102), "setitimer": (38, 103),
    # threads, those of BLAS too
    "futex": (202, 98), "set_robust_list": (273, 99), "set_tid_address": (218, 96), "rseq": (334, 293),
    "gettid": (186, 178), "sched_yield": (24, 124), "getcpu": (309, 168),
    "arch_prctl": (158, -1), "exit": (60, 93),
    # signals that are waited for and handled
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigpending": (127, 136), "rt_sigsuspend": (130, 133),
    "rt_sigtimedwait": (128, 137), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    # processes of its own: fork, subprocess, multiprocessing
    "fork": (57, -1), "vfork": (58, -1), "execve": (59, 221), "wait4": (61, 260), "waitid": (247, 95),
    "exit_group": (231, 94), "setsid": (112, 157), "setpgid": (109, 154), "getpgrp": (111, -1), "getpid": (39, 172),
    "getppid": (110, 173),
    # what it is: users, limits, use of time and memory
    "getuid": (102, 174), "geteuid": (107, 175), "getresuid": (118, 148), "getgid": (104, 176), "getegid": (108, 177),
    "getresgid": (120, 150), "getgroups": (115, 158), "getrlimit": (97, 163), "setrlimit": (160, 164),
    "getrusage": (98, 165), "uname": (63, 160), "getrandom": (318, 278),
    # a pair of sockets of its own (asyncio)
    "recvfrom": (45, 207), "shutdown": (48, 210), "getsockname": (51, 204), "getpeername": (52, 205),
    "getsockopt": (55, 209),
}  # fmt: skip
# Allowed where a submission has namespaces of its own. Elsewhere they show or change what it shares with others.
ALLOWED_APART = {
    # properties of files and of their disk, which Landlock does not cover; which capabilities a process has. Not the
    # times of files: those of /dev/null are the machine's, and all who can write to it could leave word there.
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "truncate": (76, 45),
    "statfs": (137, 43), "fstatfs": (138, 44), "capget": (125, 90),
}  # fmt: skip
# Without namespaces: on itself. A BLAS of Intel's ends the process where it cannot choose its own processors.
ON_A_PROCESS = {
    "getpgid": (121, 155), "getsid": (124, 156), "prlimit64": (302, 261), "sched_setaffinity": (203, 122),
    "sched_getaffinity": (204, 123),
}  # fmt: skip
# What only an attack makes: Python has no function for any of these, and numpy's wheels call none.
ENDING = {
    # other processes: their memory, their steps and what they share
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    # programs, modules, tables and another kernel inside the kernel; its log; ports and segments of the machine
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "reboot": (169, 142), "syslog": (103, 116), "iopl": (172, -1), "ioperm": (173, -1), "modify_ldt": (154, -1),
    # its keys, queues, semaphores and shared memory, which outlive a process
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "shmget": (29, 194), "shmat": (30, 196),
    "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "msgget": (68, 186),
    "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    # disks, mounts and files without their names
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "swapon": (167, 224), "swapoff": (168, 225),
    "quotactl": (179, 60), "acct": (163, 89), "fanotify_init": (300, 262), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "io_setup": (206, 0), "io_submit": (209, 2),
}  # fmt: skip

_NUMBER, _ARCHITECTURE = 0, 4  # offsets in the kernel's seccomp_data
_FIRST, _SECOND, _THIRD, _FOURTH, _SIXTH = 16, 24, 32, 40, 56  # of the arguments' lower halves, little-endian
_TERMINAL = (0x5401, 0x802C542A, 0x5413, 0x540F)  # TCGETS, TCGETS2, TIOCGWINSZ, TIOCGPGRP: whether a file is one
_OF_FILES = (0x5451, 0x5450, 0x5421, 0x541B, 0x40049409)  # FIOCLEX, FIONCLEX, FIONBIO, FIONREAD, FICLONE
# name: (the two numbers, where an argument is, the values that it may have, the error for any other).
ALLOWED_WITH: dict[str, tuple[tuple[int, int], int, tuple[int, ...], int]] = {
    "ioctl": ((16, 29), _SECOND, (*_TERMINAL, *_OF_FILES), errno.ENOTTY),
    # GETFD, SETFD, GETFL, SETFL, DUPFD, DUPFD_CLOEXEC, GETPIPE_SZ: no lock, lease or owner, and no larger pipe
    "fcntl": ((72, 25), _SECOND, (1, 2, 3, 4, 0, 1030, 1032), errno.EPERM),
    # SET_NAME, GET_NAME (of threads), CAPBSET_READ, GET_NO_NEW_PRIVS, SVE_GET_VL (BLAS on aarch64)
    "prctl": ((157, 167), _FIRST, (15, 16, 23, 39, 51), errno.EPERM),
    # DONTNEED, FREE, HUGEPAGE (large arrays), GUARD_INSTALL and _REMOVE (stacks): nothing that moves the page cache
    "madvise": ((28, 233), _THIRD, (4, 8, 14, 102, 103), errno.EINVAL),
    # No flags: RWF_NOWAIT tells what is in the page cache.
    "preadv2": ((327, 286), _SIXTH, (0,), errno.EOPNOTSUPP), "pwritev2": ((328, 287), _SIXTH, (0,), errno.EOPNOTSUPP),
    # AF_UNIX only: of other kinds, the kernel makes two sockets before it refuses the pair. No address to send to.
    "socketpair": ((53, 199), _FIRST, (1,), errno.EAFNOSUPPORT), "sendto": ((44, 206), _SIXTH, (0,), errno.EPERM)
}  # fmt: skip
CLONE, MMAP, KILL, TGKILL, TKILL = (56, 220), (9, 222), (62, 129), (234, 131), (200, 130)
# clock_gettime, clock_getres, clock_nanosleep. From 2^31 on, a clock's number holds a process: its time, or another's.
_CLOCK_CALLS, _CLOCKS_OF_PROCESSES = ((228, 113), (229, 114), (230, 115)), 1 << 31
# ILL, TRAP, ABRT, BUS, FPE, KILL, SEGV, STOP, SYS: what ends or stops a process, and hardly any has a handler for.
_ENDING = (4, 5, 6, 7, 8, 9, 11, 19, 31)
# MAP_SHARED, MAP_ANONYMOUS, MAP_HUGETLB. Shared memory without a file stays, uncounted, when most of it is unmapped.
_SHARED_MAP, _NO_FILE, _HUGE_PAGES = 0x01, 0x20, 0x40000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL_PROCESS, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_X32 = 0x40000000  # x86_64 numbers from here on are another ABI with a table of its own

Instruction = tuple[int, int, int, int]
Rules = list[Instruction]
ALLOW: Instruction = (_RETURN, 0, 0, _ALLOW)
_KILLED: Instruction = (_RETURN, 0, 0, _KILL_PROCESS)


def build_filter(machine_name: str, own_pid: int = 0) -> bytes:
    """Make the program for the first process of a pid namespace; with `own_pid`, for a process among others."""
    architecture, machine = ARCHITECTURES[machine_name]
    rules: Rules = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), _KILLED, (_LOAD, 0, 0, _NUMBER)]
    if machine_name == "x86_64":
        rules += [(_AT_LEAST, 0, 1, _X32), _KILLED]
    return pack(rules + _search(_ranges(_answers(machine, own_pid))))


def pack(rules: Rules) -> bytes:
    """The program in the kernel's own form."""
    return b"".join(struct.pack("=HBBI", *rule) for rule in rules)


def refuse(error: int = errno.EPERM) -> Instruction:
    """Refuse the call."""
    return (_RETURN, 0, 0, _ERRNO | error)


def refuse_flags(flags: int) -> Rules:
    """Refuse a call with any of these bits in its first argument, else allow it."""
    return [(_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, flags), refuse(), ALLOW]


def _answers(machine: int, own_pid: int) -> dict[int, Rules]:
    """Give the answer to each call, by its number, that is not just refused."""
    plain = ALLOWED if own_pid else ALLOWED | ALLOWED_APART | ON_A_PROCESS
    answers: dict[int, Rules] = {numbers[machine]: [ALLOW] for numbers in plain.values()}
    for numbers, offset, values, error in ALLOWED_WITH.values():
        answers[numbers[machine]] = _one_of(offset, values, error)
    answers |= {numbers[machine]: [_KILLED] for numbers in ENDING.values()}
    answers |= {numbers[machine]: _no_clock_of_a_process() for numbers in _CLOCK_CALLS}
    answers |= {CLONE[machine]: refuse_flags(EVERY_NAMESPACE), MMAP[machine]: _map_no_shared_memory()}
    if own_pid:
        answers |= {numbers[machine]: _one_of(_FIRST, (0, own_pid), errno.EPERM) for numbers in ON_A_PROCESS.values()}
        answers |= {numbers[machine]: _one_of(_FIRST, (own_pid,), errno.EPERM) for numbers in (KILL, TGKILL)}
    else:
        answers |= {KILL[machine]: _end_by(_SECOND), TGKILL[machine]: _end_by(_THIRD), TKILL[machine]: _end_by(_SECOND)}
    return answers


def _ranges(answers: dict[int, Rules]) -> list[tuple[int, Rules]]:
    """Give the first number of each range of calls that have one answer, and the answer."""
    ranges: list[tuple[int, Rules]] = []
    for number in sorted({0, YOUNG, *answers, *(known + 1 for known in answers)} - {-1}):
        answer = answers.get(number, [refuse(errno.ENOSYS if number >= YOUNG else errno.EPERM)])
        if not ranges or ranges[-1][1] != answer:
            ranges.append((number, answer))
    return ranges


def _search(ranges: list[tuple[int, Rules]]) -> Rules:
    """Find the call's range by halving, in eight steps; the kernel remembers which calls are allowed whatever comes."""
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    below, above = _search(ranges[:middle]), _search(ranges[middle:])
    return [(_AT_LEAST, len(below), 0, ranges[middle][0]), *below, *above]


def _one_of(offset: int, values: tuple[int, ...], error: int) -> Rules:
    """Allow a call where the argument at `offset` is one of `values`, and refuse any other."""
    allowed = [rule for value in values for rule in ((_EQUAL, 0, 1, value), ALLOW)]
    return [(_LOAD, 0, 0, offset), *allowed, refuse(error)]


def _no_clock_of_a_process() -> Rules:
    return [(_LOAD, 0, 0, _FIRST), (_AT_LEAST, 0, 1, _CLOCKS_OF_PROCESSES), refuse(errno.EINVAL), ALLOW]


def _end_by(signal_at: int) -> Rules:
    """End a process that sends an ending signal to itself or its group.

    The kernel keeps signals from the first process of a namespace: without this rule, a function that kills itself
    would go on as if nothing had happened.
    """
    to_itself = [(_LOAD, 0, 0, _FIRST), (_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, 1), ALLOW, (_LOAD, 0, 0, signal_at)]
    by_ending = [rule for ending in _ENDING for rule in ((_EQUAL, 0, 1, ending), _KILLED)]
    return [*to_itself, *by_ending, ALLOW]


def _map_no_shared_memory() -> Rules:
    """Allow private memory and mapped files; refuse memory that is counted nowhere."""
    huge, shared, no_file = (_ANY_BIT, 2, 0, _HUGE_PAGES), (_ANY_BIT, 0, 2, _SHARED_MAP), (_ANY_BIT, 0, 1, _NO_FILE)
    return [(_LOAD, 0, 0, _FOURTH), huge, shared, no_file, refuse(), ALLOW]
