"""Run attacks at one level of the sandbox, as whoever runs this file, and tell what became of each.

Run as a process of its own, `stage.py LEVEL GROUP [GROUP ...]`; it prints one JSON object. Orphans come to it, so
that it can tell whether anything is left: of each attack as soon as it is over, and of all in the end.
"""

import ctypes
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent.parent)]

import numpy as np
from attacks import ATTACKS

import grader.sandbox.opening as opening
from grader.assignment import Limits
from grader.errors import SandboxError
from grader.sandbox import Level, sit
from grader.sandbox.opening import open_level
from grader.sandbox.plain import Plain
from grader.walls.bubblewrap import find_bubblewraps
from grader.wire import Piece, Program, Question, Status, Step

X = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
QUICK = Limits(call_seconds=0.4, load_seconds=1.0, notebook_seconds=1.0, total_seconds=12.0)
MARK = "grdrleft"
LEFT = [Path(folder) / "grader-was-here" for folder in ("/tmp", "/var/tmp", "/dev/shm")]
HONEST = "def good(x):\n    return x + 1\n"
TOP = """
import os, sys, ctypes, signal, time, socket
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)
SYS = {"x86_64": dict(socket=41, clone=56, bpf=321, perf=298, userfaultfd=323, add_key=248, mq_open=240, init_module=175, io_setup=206, sync=162, syncfs=306,
                       timer_create=222, exit=60),
       "aarch64": dict(socket=198, clone=220, bpf=280, perf=241, userfaultfd=282, add_key=217, mq_open=180, init_module=105, io_setup=0, sync=81, syncfs=267,
                        timer_create=107, exit=93)}[os.uname().machine]

def check(result):
    if result < 0: raise OSError(ctypes.get_errno(), "refused")

def writes(fd):
    import fcntl
    try: return fcntl.fcntl(fd, fcntl.F_GETFL) & 3 == 1 and os.fstat(fd).st_mode & 0o170000 == 0o10000 and not os.path.samestat(os.fstat(fd), os.fstat(2))
    except OSError: return False

def header(text):
    return b"GRD1" + len(text).to_bytes(4, "big") + text

def name_me():
    libc.prctl(15, b"MARK", 0, 0, 0)
    while True: time.sleep(1)
""".replace("MARK", MARK)


def ask(function):
    return Question({"x": X}, (Step(function, ("x",), ("y",)),))


def source_of(attack, facts):
    known = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
    body = "".join(f"    {line}\n" for line in attack.body.splitlines())
    return f"{TOP}{known}{HONEST}{attack.top}\ndef bad(x):\n{body}    return x * 0 + 666\n"


def word(outcome):
    """What became of the attack, in one word."""
    if outcome.status is not Status.RETURNED:
        return str(outcome.status)
    array = outcome.values["y"].array
    if array is not None and np.array_equal(array, X * 0 + 666):
        return "BREACH"
    return "right" if array is not None and array.shape == X.shape and np.array_equal(array, X + 1) else "wrong"


def run(sandbox, attack, facts):
    """Run one attack between two honest functions; give what it did wrong, or nothing."""
    pieces = (Piece(1, 1, source_of(attack, facts)),)
    sitting = sit(sandbox, Program(pieces, pieces, ("good", "bad")), [ask("good"), ask("bad"), ask("good")], QUICK)
    first, bad, last = (word(steps[0]) for steps in sitting.outcomes)
    wrong = []
    if bad not in attack.outcome:
        wrong.append(f"it was {bad}, not {' or '.join(attack.outcome)}: {sitting.outcomes[1][0]}")
    if not attack.alone and (first, last) != ("right", "right"):
        wrong.append(f"its siblings were {first} and {last}: {sitting.outcomes[2][0]}")
    if "fault" in (first, bad, last):
        wrong.append(f"it became our fault: {sitting.outcomes}")
    pieces = (Piece(1, 1, HONEST),)
    after = sit(sandbox, Program(pieces, pieces, ("good",)), [ask("good")], QUICK)
    if word(after.outcomes[0][0]) != "right":
        wrong.append(f"the next submission was hurt: {after.outcomes}")
    trouble = sitting.outcomes[1][0].trouble
    return f"{bad}: {trouble.type_name}: {trouble.message[:90]}" if trouble else bad, wrong


def children(pid="self"):
    """Those of all threads of a process; none of one that has just ended."""
    with suppress(OSError):
        return [child for place in Path(f"/proc/{pid}/task").iterdir() for child in (place / "children").read_text().split()]
    return []


def below():
    """All processes that come of this one, with their names, which need not be text; not what is dead and came to us.

    Only they are looked at: to read about each process of the machine takes longer than most attacks.
    """
    found, left = {}, children()
    while left:
        pid = left.pop()
        with suppress(OSError):  # it has just ended
            name, _, rest = Path(f"/proc/{pid}/stat").read_text("latin-1").partition("(")[2].rpartition(")")
            fields = rest.split()
            if fields[0] != "Z" or int(fields[1]) != os.getpid() or int(fields[17]) > 1:
                found[int(pid)] = name
        left += [child for child in children(pid) if int(child) not in found]
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


def main(level, groups):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    mounts = Path("/proc/self/mountinfo").read_text()
    told, wrong = {}, {}
    place = Path(tempfile.mkdtemp(prefix="canary-"))
    canary = place / "answers"
    canary.write_text("a secret")
    tmp = Path(tempfile.mkdtemp(prefix="stage-"))
    for folder in (place, tmp):
        folder.chmod(0o777)
    canary.chmod(0o666)
    before = canary.stat()
    tempfile.tempdir = str(tmp)
    local = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)  # as many machines have one for whoever has something to log
    local.bind(str(place / "socket"))
    (place / "socket").chmod(0o777)
    local.settimeout(0)
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0)
    facts = {"CANARY": str(canary), "PORT": server.getsockname()[1], "SOURCE": opening.__file__, "GRADER": os.getpid()}
    facts["LOCAL"] = str(place / "socket")
    os.environ["GRADER_SECRET"] = "a secret"
    try:
        sandbox = Plain() if level == "D" else open_level(next(iter(find_bubblewraps()), None), Level(level))
    except SandboxError as error:
        print(json.dumps({"unavailable": f"{error} {error.hint}"}))
        return
    began = time.perf_counter()
    with sandbox:
        pieces = (Piece(1, 1, HONEST),)
        sit(sandbox, Program(pieces, pieces, ("good",)), [ask("good")], QUICK)
        time.sleep(0.2)
        own = below()
        for attack in ATTACKS:
            if attack.group in groups and (level != "D" or attack.plain):
                started = time.perf_counter()
                bad, faults = run(sandbox, attack, facts)
                if any("timed out" in fault for fault in faults):  # on a busy machine; what is late by itself is so again
                    bad, faults = run(sandbox, attack, facts)
                if lives := left_by_it(own):
                    faults.append(f"it left processes while others are graded: {lives}")
                    own |= lives
                told[f"{attack.group}: {attack.name}"] = [bad, round(time.perf_counter() - started, 3)]
                if faults:
                    wrong[f"{attack.group}: {attack.name}"] = faults
    until = time.monotonic() + 3
    while level != "D" and children() and time.monotonic() < until:
        if os.waitpid(-1, os.WNOHANG) == (0, 0):
            time.sleep(0.02)
    left = [f"process {pid}" for pid in children()] if level != "D" else []
    left += [str(path) for path in (*LEFT, canary.with_name("answers.new")) if path.exists()]
    left += [str(path) for path in tmp.iterdir()] if level != "D" else []
    now = canary.stat() if canary.exists() else None
    if now is None or canary.read_text() != "a secret" or (now.st_mode, now.st_mtime_ns) != (before.st_mode, before.st_mtime_ns):
        left.append("the canary was changed")
    for listener, visit in ((server, server.accept), (local, lambda: local.recv(1))):
        with suppress(BlockingIOError):
            visit()
            left.append(f"a visitor came to {listener.getsockname()}")
    if Path("/proc/self/mountinfo").read_text() != mounts:
        left.append("a mount")
    shutil.rmtree(place)
    shutil.rmtree(tmp)
    print(json.dumps({"told": told, "wrong": wrong, "left": left, "seconds": time.perf_counter() - began, "uid": os.getuid()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] if len(sys.argv) > 2 else {a.group for a in ATTACKS})
