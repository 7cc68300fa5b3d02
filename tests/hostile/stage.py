"""Run attacks at one level of the sandbox, as whoever runs this file, and report what became of each.

A process of its own, `stage.py LEVEL GROUP [GROUP ...]`, which prints one JSON object. Orphans come to it, so that it
knows whether anything is left: of each attack as soon as it is over, and of all in the end.
"""

import ctypes
import json
import os
import platform
import select
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent.parent)]

import numpy as np
from more_attacks import ATTACKS

from grader.assignment.words import Limits
from grader.errors import SandboxError
from grader.outcomes import Status
from grader.sandbox import opening
from grader.sandbox.exam import ExamRun
from grader.sandbox.inside import seccomp
from grader.wire.program import Ask, Program, Unit

X = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
QUICK = Limits(call_seconds=0.4, load_seconds=1.0, total_seconds=12.0)
DRIVERS = """
def good(student, x):
    yield "good", {"y": student.good(x)}
def bad(student, x):
    yield "bad", {"y": student.bad(x)}
"""
OTHERS = {"userfaultfd": (323, 282), "timer_create": (222, 107), "io_setup": (206, 0), "sync": (162, 81)}
NUMBERS = seccomp.ALLOWED | OTHERS | {"clone": seccomp.CLONE}
SYS = {name: numbers[seccomp.ARCHITECTURES[platform.machine()][1]] for name, numbers in NUMBERS.items()}
MARK = "grdrleft"
LEFT = [Path(folder) / "grader-was-here" for folder in ("/tmp", "/var/tmp", "/dev/shm")]
HONEST = "def good(x):\n    return x + 1\n"
TOP = """
import os, sys, ctypes, signal, time, socket
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)
ARM = os.uname().machine == "aarch64"

def check(result):
    if result < 0: raise OSError(ctypes.get_errno(), "refused")

def writes(fd):
    import fcntl
    try:
        is_pipe = os.fstat(fd).st_mode & 0o170000 == 0o10000
        return fcntl.fcntl(fd, fcntl.F_GETFL) & 3 == 1 and is_pipe and not os.path.samestat(os.fstat(fd), os.fstat(2))
    except OSError: return False

def header(text, body=0):
    return b"GRD2" + len(text).to_bytes(4, "big") + body.to_bytes(4, "big") + text

def name_me():
    libc.prctl(15, b"MARK", 0, 0, 0)
    while True: time.sleep(1)
""".replace("MARK", MARK)


def source_of(attack, facts):
    known = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
    body = "".join(f"    {line}\n" for line in attack.body.splitlines())
    return f"{TOP}{known}{HONEST}{attack.top}\ndef bad(x):\n{body}    return x * 0 + 666\n"


def sit(sandbox, source, drivers, limits=QUICK):
    """One program's exam: a case of each of these drivers."""
    with ExamRun(sandbox, Program((Unit(1, source),)), DRIVERS, ("good", "bad"), limits, limits.load_seconds) as run:
        asks = [Ask(number, driver, {"x": X}) for number, driver in enumerate(drivers, 1)]
        outcomes = run.ask(asks, {ask.number: (ask.driver,) for ask in asks})
    return [outcomes[ask.number][0] for ask in asks]


def word(outcome):
    """What became of a call, in one word."""
    if outcome.status is not Status.RETURNED:
        return str(outcome.status)
    value = outcome.values["y"]
    is_array = isinstance(value, np.ndarray) and value.shape == X.shape
    if is_array and np.array_equal(value, X * 0 + 666):
        return "BREACH"
    return "right" if is_array and np.array_equal(value, X + 1) else "wrong"


def run(sandbox, attack, facts):
    """Run one attack between two honest functions; give what it did wrong, or nothing."""
    outcomes = sit(sandbox, source_of(attack, facts), ("good", "bad", "good"))
    first, bad, last = map(word, outcomes)
    wrong = []
    if bad not in attack.outcome:
        wrong.append(f"it was {bad}, not {' or '.join(attack.outcome)}: {outcomes[1]}")
    if not attack.alone and (first, last) != ("right", "right"):
        wrong.append(f"its siblings were {first} and {last}: {outcomes[2]}")
    [after] = sit(sandbox, HONEST, ["good"])
    if word(after) != "right":
        wrong.append(f"the next submission was hurt: {after}")
    return bad, wrong


def children(pid="self"):
    """Those of all threads of a process; none of one that has just ended."""
    with suppress(OSError):
        return [int(n) for task in Path(f"/proc/{pid}/task").iterdir() for n in (task / "children").read_text().split()]
    return []


def below():
    """All processes that come of this one, with their names, which need not be text; not what is dead and came to us."""
    found, left = {}, children()
    while left:
        pid = left.pop()
        with suppress(OSError):  # it has just ended
            name, _, rest = Path(f"/proc/{pid}/stat").read_text("latin-1").partition("(")[2].rpartition(")")
            fields = rest.split()
            if fields[0] != "Z" or int(fields[1]) != os.getpid() or int(fields[17]) > 1:
                found[pid] = name
        left += [child for child in children(pid) if child not in found]
    return found


def left_by_it(before, seconds=3.0):
    """The processes that a submission has left beside those that were there before it, the sandbox's own.

    They are gone where three looks in turn find none: what forks and ends for ever is missed by some.
    """
    until, left, none = time.monotonic() + seconds, {}, 0
    while none < 3 and time.monotonic() < until:
        left = {pid: name for pid, name in below().items() if pid not in before}
        none = 0 if left else none + 1
        if left:
            time.sleep(0.01)
    return left


def run_all(sandbox, groups, facts):
    """What became of each attack of the groups, and what was wrong with it."""
    sit(sandbox, HONEST, ["good"])
    time.sleep(0.2)
    own, results = below(), {}
    for attack in ATTACKS:
        if attack.group not in groups:
            continue
        bad, faults = run(sandbox, attack, facts)
        if any("timed out" in fault for fault in faults):  # on a busy machine; what is late by itself is so again
            bad, faults = run(sandbox, attack, facts)
        if lives := left_by_it(own):
            faults.append(f"it left processes while others are graded: {lives}")
            own |= lives
        results[f"{attack.group}: {attack.name}"] = [bad, faults]
    return results


def state(path):
    return path.exists() and (path.read_text(), path.stat().st_mode, path.stat().st_mtime_ns)


def attack_all(level, groups, place, tmp):
    """Run these groups with a file, a socket and a listener of ours within reach; give their results, and what is left."""
    mounts, canary = Path("/proc/self/mountinfo"), place / "answers"
    local, server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), socket.create_server(("127.0.0.1", 0))
    canary.write_text("a secret")
    local.bind(str(place / "socket"))  # as many machines have one for whoever has something to log
    for path, mode in ((place, 0o777), (tmp, 0o777), (canary, 0o666), (place / "socket", 0o777)):
        path.chmod(mode)
    before = state(canary), mounts.read_text()
    facts = {"CANARY": str(canary), "PORT": server.getsockname()[1], "SOURCE": opening.__file__, "SYS": SYS}
    facts |= {"GRADER": os.getpid(), "LOCAL": str(place / "socket")}
    with opening.open_level(*next(rung for rung in opening.ladder() if rung[0] == level)) as sandbox:
        results = run_all(sandbox, groups, facts)
    until = time.monotonic() + 3
    while children() and time.monotonic() < until:
        if os.waitpid(-1, os.WNOHANG) == (0, 0):
            time.sleep(0.02)
    left = [f"process {pid}" for pid in children()]
    left += [str(path) for path in (*LEFT, place / "answers.new", *tmp.iterdir()) if path.exists()]
    left += [f"a visitor at {one.getsockname()}" for one in select.select([server, local], [], [], 0)[0]]
    left += ["the canary or a mount was changed"] * (before != (state(canary), mounts.read_text()))
    return {"results": results, "left": left}


def main(level, groups):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    os.environ["GRADER_SECRET"] = "a secret"
    with tempfile.TemporaryDirectory(prefix="canary-") as place, tempfile.TemporaryDirectory(prefix="stage-") as tmp:
        tempfile.tempdir = tmp
        try:
            found = attack_all(level, groups, Path(place), Path(tmp))
        except SandboxError as error:
            found = {"unavailable": f"{error} {error.hint}"}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or {attack.group for attack in ATTACKS})
