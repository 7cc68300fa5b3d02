"""System calls by their numbers, and what of their arguments is refused: the words that the filter is made of.

takes: nothing.
gives: for each name its number on x86_64 and on aarch64; values of arguments.
must not know: how a filter is built; who is confined.
"""

from __future__ import annotations

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
    # a pair of sockets is all that can be had: neither may reach another, nor take descriptors out of their counts
    "bind": (49, 200),
    "connect": (42, 203),
    "listen": (50, 201),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    # a pipe holds pages that are mapped nowhere any more; a socket's buffer can be made many times as large
    "vmsplice": (278, 75),
    "setsockopt": (54, 208),
    # its own rules stand by now, and more of them fill the kernel
    "landlock_create_ruleset": (444, 444),
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
MMAP, PRCTL, SENDTO, SOCKETPAIR = (9, 222), (157, 167), (44, 206), (53, 199)
# Of sockets there are pairs of this family alone. Of another the kernel makes two first, and loads what that takes.
LOCAL = 1
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
ENDING = (4, 5, 6, 7, 8, 9, 11, 19, 31)
TYPING = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: type into a terminal
# SETFLAGS, FSSETXATTR, SET_ENCRYPTION_POLICY, ENABLE_VERITY: change a file that may only be read.
OF_FILES = (0x40086602, 0x401C5820, 0x800C6613, 0x40806685)
# SETLK, SETLKW, SETOWN, SETSIG, SETOWN_EX, the three OFD locks, SETLEASE, NOTIFY: what reaches other processes.
FCNTL_DENIED = (6, 7, 8, 10, 15, 36, 37, 38, 1024, 1026)
# FIOSETOWN, SIOCSPGRP: the same of a socket. Whom a socket has as its owner gets its signals.
OF_SOCKETS = (0x8901, 0x8902)
# Of what is shared and stands in no file nobody can tell how much there is: it stays when all but a page is unmapped.
SHARED_MAP, NO_FILE, HUGE_PAGES = 0x01, 0x20, 0x40000
# Of prctl. FUTEX_HASH: a table in the kernel, of any size. SCHED_CORE: the other half of a core stands still meanwhile.
PRCTL_DENIED = (62, 78)
