"""Run a command and kill it, or a process of it, after some seconds; then tell what of it is left.

`killing.py SECONDS VICTIM COMMAND...`: VICTIM is main, worker, zygote or nobody. Orphans come to this process. It
prints one JSON object: how the command ended, what it said, and what was still there five seconds later.
"""

import ctypes
import json
import os
import signal
import subprocess
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


def main(seconds, kind, command):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        began, killed = time.monotonic(), False
        while process.poll() is None and not killed and kind != "nobody":
            time.sleep(0.002)
            if time.monotonic() - began < seconds:
                continue
            for victim in [process.pid] if kind == "main" else victims(process.pid, kind)[:1]:
                os.kill(victim, signal.SIGKILL)
                killed = True
        code = process.wait()
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
