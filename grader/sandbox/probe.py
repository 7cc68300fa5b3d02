"""The self-test of a sandbox: a real submission that tries to get out."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import SandboxError

if TYPE_CHECKING:
    from grader.sandbox.opening import Sandbox

_PROBE_SECONDS = 10.0
# What is tried -> an expression that succeeds if it does neither raise nor come to nothing; `pid` is a process outside.
WAYS_OUT = {
    "reads a file outside": "open(canary).read()",
    "writes a file outside": "open(canary, 'a').write('x')",
    "shortens a file outside": "os.truncate(canary, 0) is None",
    "sees our own source": "open(source).read()",
    "writes outside its scratch": "any(map(writes, ('/tmp', '/', '/dev/shm', '/usr')))",
    "connects to a listener here": "socket.create_connection(('127.0.0.1', port), 1)",
    "opens a socket": "socket.socket()",
    "makes a namespace": "libc.unshare(0x10000000) == 0",
    "signals a process outside": "os.kill(pid, 0) is None",
    "reads the memory of a process outside": "reads_memory(pid)",
    "changes the limits of a process outside": "resource.prlimit(pid, resource.RLIMIT_CORE)",
    "traces a process outside": "does(libc.ptrace, 0x4206, pid, None, None)",  # unlike an attach it does not stop it
    "keeps kernel keys": "does(libc.syscall, keys, b'user', b'grader', b'x', 1, -2)",
    "makes a ring of io_uring": "libc.syscall(425, 4, ctypes.create_string_buffer(120)) >= 0",
}
WAYS_OUT_OF_A_COPY = {
    "sees what is beside the interpreter": "any(map(os.path.lexists, beside))",
    # Flag 8: give what is in the cache, and wait for nothing.
    "is told what is in the machine's file cache": "os.preadv(os.open(os.__file__, 0), [bytearray(1)], 0, 8)",
}
_PROBE = """
import ctypes, os, resource, socket
libc = ctypes.CDLL(None)

def writes(folder):
    try:
        with open(f"{folder}/grader-probe", "w") as file:
            file.write("x")
    except OSError:
        return False
    os.unlink(f"{folder}/grader-probe")
    return True

def does(call, *arguments):
    child = os.fork()  # which the call may end
    if child == 0:
        os._exit(call(*arguments) < 0)
    return os.waitpid(child, 0)[1] == 0

def reads_memory(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        memory.seek(int(maps.readline().split("-")[0], 16))
        return memory.read(1)

def succeeds(way, facts):
    try:
        return bool(eval(way, globals(), facts))
    except Exception:
        return False

def probe(ways, pids, **facts):
    with open("scratch", "w") as own:
        own.write("this must work")
    facts["keys"] = 248 if os.uname().machine == "x86_64" else 217
    others = [pid for pid in pids if pid != os.getpid()]
    return [name for name, way in ways.items() if any(succeeds(way, {**facts, "pid": pid}) for pid in others)]
"""
_DRIVER = "def escape(student, **facts):\n    yield 'probe', {'ways': student.probe(**facts)}\n"


def find_ways_out(sandbox: Sandbox, ways_out: Mapping[str, str] = WAYS_OUT) -> list[str]:
    """Let the probe loose on a file and a listener of ours; gives what it could do.

    Raises `SandboxError` where it cannot even run.
    """
    from grader.assignment.words import Limits  # numpy comes with these: a sandbox that was begun starts meanwhile
    from grader.outcomes import Status
    from grader.sandbox.exam import ExamRun
    from grader.wire.program import Ask, Program, Unit

    interpreter = Path(sys.executable).resolve()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as canary, socket.create_server(("127.0.0.1", 0)) as server:
        canary.write("a secret")
        canary.flush()
        # Process 2 is the warm one where submissions share its pid namespace; our own number and our parent's are not.
        facts = {
            "ways": dict(ways_out),
            "canary": canary.name,
            "beside": [str(place) for place in interpreter.parent.iterdir() if place != interpreter],
            "source": str(Path(__file__).resolve()),
            "port": server.getsockname()[1],
            "pids": [os.getpid(), os.getppid(), 2],
        }
        program, limits = Program((Unit(1, _PROBE),)), Limits(call_seconds=_PROBE_SECONDS)
        with ExamRun(sandbox, program, _DRIVER, ("probe",), limits, _PROBE_SECONDS) as run:
            [outcome] = run.ask([Ask(1, "escape", facts)], {1: ("probe",)})[1]
    ways = outcome.values.get("ways")
    if outcome.status is not Status.RETURNED or not isinstance(ways, list) or not {*ways} <= {*ways_out}:
        why = f"{outcome.status} {outcome.reason}{outcome.trouble or ''}"
        raise SandboxError("the sandbox's self-test did not run", why)
    return ways
