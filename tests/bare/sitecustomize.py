"""Read by a Python when it starts: takes away what Windows' Python does not have, before anything else is imported.

Signals, process groups, forks, ways to wait for several pipes, and POSIX modules are gone then. The library and numpy
were built for this system, and keep what they cannot start without: `os.name`, `os.uname`, local sockets and SIGKILL.
"""

import importlib.abc
import os
import select
import selectors  # noqa: F401 - of the library, which took what it needs of the rest by now
import shutil
import signal
import socket
import subprocess  # noqa: F401
import sys
import sysconfig
import tempfile  # noqa: F401

MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}
GONE = {
    os: """
        chown chroot confstr ctermid eventfd fchdir fchmod fchown fork forkpty fstatvfs get_blocking getegid geteuid
        getgid getgroups getloadavg getpgid getpgrp getpriority getsid getuid getxattr killpg lchown lockf memfd_create
        mkfifo mknod nice openpty pidfd_open pread preadv pwrite pwritev readv register_at_fork sched_getaffinity
        sched_setaffinity sched_yield sendfile set_blocking setgid setpgid setpriority setsid setuid statvfs sysconf
        tcgetpgrp ttyname wait wait3 wait4 writev O_CLOEXEC O_DIRECTORY O_DSYNC O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH
        O_SYNC""",
    select: "epoll kqueue poll",
    signal: """
        alarm getitimer pause pthread_kill setitimer sigpending siginterrupt sigtimedwait sigwait sigwaitinfo
        ITIMER_PROF ITIMER_REAL ITIMER_VIRTUAL SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGPIPE SIGPROF SIGQUIT SIGSTOP
        SIGSYS SIGTRAP SIGTSTP SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ""",
    socket: "SOCK_SEQPACKET recv_fds send_fds",
}


class Absent(importlib.abc.MetaPathFinder):
    """Finds none of these modules, and keeps others from finding them."""

    def find_spec(self, name, path=None, target=None):
        """Refuse what is not there; leave the rest to others."""
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


for module in MODULES:
    sys.modules.pop(module, None)
sys.meta_path.insert(0, Absent())
for owner, names in GONE.items():
    for name in names.split():
        if hasattr(owner, name):
            delattr(owner, name)
for ways in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
    ways.clear()
shutil._use_fd_functions = False  # it looked at these as it was imported
sysconfig.get_config_vars()  # kept under the platform's name
sys.platform = "bare"
