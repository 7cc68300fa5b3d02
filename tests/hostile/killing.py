"""Run the grader and kill it, or a process of it, after some seconds; then tell what of it is left.

`python -m tests.hostile.killing SECONDS VICTIM ARGUMENTS...`: VICTIM is main, worker, zygote or nobody. The grader is
a process that is forked here, so that what this one has imported it has too. Orphans come to this process. It prints
one JSON object: how the grader ended, what it said, and what was still there five seconds later.
"""

import ctypes
import json
import os
import runpy
import signal
import sys
import tempfile
import time
from pathlib import Path


def children(pid):
    try:
        return [int(n) for task in Path(f"/proc/{pid}/task").iterdir() for n in (task / "children").read_text().split()]
    except OSError:
        return []


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def victims(main, kind):
    workers = [pid for pid in children(main) if "bwrap" not in command_of(pid)]
    if kind == "worker":
        return workers
    return [pid for above in (main, *workers) for pid in children(above) if "bwrap" in command_of(pid)]


def become_grader(said, arguments):
    for output in (1, 2):
        os.dup2(said.fileno(), output)
    sys.argv[1:] = arguments
    runpy.run_module("grader", run_name="__main__", alter_sys=True)


def main(seconds, kind, arguments):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    with tempfile.TemporaryFile() as said:
        main = os.fork()
        if not main:
            return become_grader(said, arguments)
        began, killed, ended = time.monotonic(), False, (0, 0)
        while ended == (0, 0) and not killed and kind != "nobody":
            time.sleep(0.002)
            ended = os.waitpid(main, os.WNOHANG)
            if ended != (0, 0) or time.monotonic() - began < seconds:
                continue
            for victim in [main] if kind == "main" else victims(main, kind)[:1]:
                os.kill(victim, signal.SIGKILL)
                killed = True
        code = os.waitstatus_to_exitcode((ended if ended != (0, 0) else os.waitpid(main, 0))[1])
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                if os.waitpid(-1, os.WNOHANG) == (0, 0):
                    time.sleep(0.005)
            except ChildProcessError:
                break
        left = {pid: command_of(pid)[:200] for pid in children(os.getpid())}
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        said.seek(0)
        print(json.dumps({"code": code, "killed": killed, "left": left, "said": said.read().decode(errors="replace"),
                          "seconds": time.monotonic() - began}))


main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
