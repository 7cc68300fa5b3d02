"""The wall: whatever a program does, its exam ends, other questions are answered, and nothing outside is touched."""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hostile.staging import as_user

from grader.assignment import Limits
from grader.errors import SandboxError
from grader.harness import job as harness_job
from grader.harness import runner
from grader.harness.shut_in import written
from grader.harness.shut_in.scratch import clear
from grader.harness.shut_in.written import held_in
from grader.sandbox import Level, Sandbox, Sitting, memory, opening, output, sit
from grader.sandbox.diagnosis import doctor
from grader.sandbox.memory import held_megabytes, waited_seconds
from grader.sandbox.mending import drop_statement
from grader.sandbox.opening import open_level, open_own_work, open_sandbox
from grader.sandbox.plain import Plain
from grader.sandbox.probe import find_escapes
from grader.sandbox.warm import Warm
from grader.walls import Beginning
from grader.walls.bubblewrap import build_walls, find_bubblewraps
from grader.walls.launching import behind_bubblewrap
from grader.walls.zygote import describe_job
from grader.wire import Outcome, Piece, Program, Question, Status, Step

BWRAP = next(iter(find_bubblewraps()), "install bubblewrap: without it nothing here is tested")
HOSTILE = Path(__file__).parent / "hostile"
QUICK = Limits(call_seconds=0.5, load_seconds=1.5, notebook_seconds=2.0, total_seconds=15.0)
X = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
ROOT = Path(__file__).resolve().parent.parent
GOOD = "def good(x):\n    return x + 1\n"


@pytest.fixture(scope="module", params=["A", "B", "B'", "D"])
def any_level(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    if request.param == "D":
        with Plain() as plain:
            yield plain
        return
    with open_level(BWRAP, Level(request.param)) as opened:
        yield opened


def ask(function: str, *, x: np.ndarray = X) -> Question:
    return Question({"x": x}, (Step(function, ("x",), ("y",)),))


def program(source: str, *wanted: str, every: str = "") -> Program:
    pieces = (Piece(1, 1, source),)
    return Program(pieces, (Piece(1, 1, every),) if every else pieces, wanted)


def attempt(sandbox: Sandbox, body: str, limits: Limits = QUICK) -> tuple[Outcome, Outcome]:
    """Run `bad(x)` with the given body between two honest calls; give its outcome and the last honest one's."""
    source = "import os, sys, ctypes, signal, threading, time, socket\nimport numpy as np\n" + GOOD
    source += "def bad(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    sitting = sit(sandbox, program(source, "good", "bad"), [ask("good"), ask("bad"), ask("good")], limits)
    (first,), (bad,), (last,) = sitting.outcomes
    assert_good(first)
    return bad, last


def assert_good(outcome: Outcome) -> None:
    assert outcome.status is Status.RETURNED, outcome
    array = outcome.values["y"].array
    assert array is not None
    assert np.array_equal(array, X + 1)


def statuses(sitting: Sitting) -> list[list[str]]:
    return [[str(outcome.status) for outcome in steps] for steps in sitting.outcomes]


PAIR = Question(
    {"x": X, "dout": X},
    (Step("Unit.forward", ("x",), ("out", "=cache")), Step("Unit.backward", ("dout", "=cache"), ("dx",))),
)
CACHES = {
    "an array": ("out", "cache"),
    "a tuple": ("(x, out)", "cache[1]"),
    "a dictionary": ("{'out': out}", "cache['out']"),
    "nothing, the object keeps it": ("None", "self.kept"),
    "a function": ("lambda: out", "cache()"),
    "an object of an own class": ("Box(out)", "cache.value"),
    "a module": ("remember(out)", "cache.kept"),
}


@pytest.mark.parametrize("kind", CACHES)
def test_backward_gets_the_cache_that_forward_made(sandbox: Sandbox, kind: str) -> None:
    """Whatever a student's forward keeps, that very thing is handed to the student's backward."""
    made, used = CACHES[kind]
    source = f"""
import numpy as np, types
class Box:
    def __init__(self, value): self.value = value
def remember(value):
    module = types.ModuleType("kept"); module.kept = value
    return module
class Unit:
    def forward(self, x):
        self.kept = out = 1 / (1 + np.exp(-x))
        return out, {made}
    def backward(self, dout, cache):
        s = {used}
        return dout * s * (1 - s)
"""
    sitting = sit(sandbox, program(source, "Unit.forward", "Unit.backward"), [PAIR], QUICK)
    s = 1 / (1 + np.exp(-X))
    array = sitting.outcomes[0][1].values["dx"].array
    assert array is not None
    assert np.allclose(array, X * s * (1 - s))
    assert sitting.level == "A"


def test_honest_work_is_the_same_at_every_level(any_level: Sandbox) -> None:
    """Points cannot depend on the level: the outcomes of an honest program, and of one that raises, are equal."""
    source = GOOD + "def raises(x):\n    print('so far')\n    return x @ x\n"
    sitting = sit(any_level, program(source, "good", "raises"), [ask("good"), ask("raises"), ask("absent")], QUICK)
    (good,), (raised,), (absent,) = sitting.outcomes
    assert_good(good)
    assert raised.status is Status.RAISED
    assert raised.trouble is not None
    assert (raised.trouble.type_name, raised.trouble.cell, raised.trouble.line) == ("ValueError", 1, 5)
    assert raised.printed == "so far\n"
    assert absent.status is Status.MISSING
    assert sitting.loaded.defined == ("good", "raises")
    assert sitting.level == any_level.level.value


OWN_SIGNAL = "killed by a signal that it sent to itself"
# Where a submission is not the first process of a pid namespace, a signal does what it always does.
ELSEWHERE = {"stopped by itself": Status.TIMED_OUT}
ENDINGS = {
    "endless loop": ("while True: pass", Status.TIMED_OUT, "stopped after 0.5 s"),
    "sleep": ("time.sleep(60)", Status.TIMED_OUT, "stopped after 0.5 s"),
    "loop that catches all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        Status.TIMED_OUT,
        "stopped after 0.5 s",
    ),
    "signals blocked": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
        Status.TIMED_OUT,
        "stopped after 0.5 s",
    ),
    "stopped by itself": ("os.kill(os.getpid(), signal.SIGSTOP)", Status.KILLED, OWN_SIGNAL),
    "exit code 0": ("os._exit(0)", Status.KILLED, "the process ended: exit code 0"),
    "exit code 3": ("os._exit(3)", Status.KILLED, "the process ended: exit code 3"),
    "exit code of our own faults": ("os._exit(70)", Status.KILLED, "the process ended: exit code 70"),
    "segfault": ("ctypes.string_at(0)", Status.KILLED, "killed by signal 11 (SIGSEGV)"),
    "kills itself": ("os.kill(os.getpid(), 9)", Status.KILLED, OWN_SIGNAL),
    "kills its group": ("os.kill(0, 9)", Status.KILLED, OWN_SIGNAL),
    "raises a signal that ends it": ("signal.raise_signal(signal.SIGSEGV)", Status.KILLED, OWN_SIGNAL),
    "kills its thread": ("signal.pthread_kill(threading.get_ident(), 9)", Status.KILLED, OWN_SIGNAL),
    "aborts": ("os.abort()", Status.KILLED, OWN_SIGNAL),
    "a signal that it hears": (
        "signal.signal(signal.SIGUSR1, lambda *_: 1 / 0)\nos.kill(os.getpid(), signal.SIGUSR1)",
        Status.RAISED,
        "ZeroDivisionError",
    ),
    "sys.exit": ("sys.exit(1)", Status.RAISED, "SystemExit"),
    "keyboard interrupt": ("raise KeyboardInterrupt", Status.RAISED, "KeyboardInterrupt"),
    "10 GB": ("return np.ones(10 * 2**27)", Status.RAISED, "MemoryError"),
    "10 GB of list": ("return [0] * (10 * 2**27)", Status.RAISED, "MemoryError"),
    "recursion": ("return bad(x)", Status.RAISED, "RecursionError"),
    "input": ("return input('?')", Status.RAISED, "EOFError"),
    "closes every descriptor": ("os.closerange(0, 100)\nreturn x", Status.KILLED, ""),
    "executes another program": ("os.execv('/usr/bin/env', ['env'])", Status.KILLED, "exit code 0"),
}


@pytest.mark.parametrize("what", ENDINGS)
def test_a_bad_call_costs_only_itself(sandbox: Sandbox, what: str) -> None:
    """However a call ends, it is named rightly, and the honest function after it gets its own outcome."""
    body, status, said = ENDINGS[what]
    bad, last = attempt(sandbox, body)
    assert bad.status is status, bad
    told = bad.trouble.type_name if bad.trouble else bad.reason
    assert said in told
    assert_good(last)


@pytest.mark.parametrize("what", ["endless loop", "exit code 3", "segfault", "stopped by itself", "sys.exit"])
def test_a_bad_call_costs_only_itself_at_every_level(any_level: Sandbox, what: str) -> None:
    """The same ends are told apart where there are fewer walls, or none."""
    body, status, _ = ENDINGS[what]
    bad, last = attempt(any_level, body)
    assert bad.status is (status if any_level.level is Level.A else ELSEWHERE.get(what, status)), bad
    assert_good(last)


def test_texts_in_a_set_come_in_one_order(any_level: Sandbox, sandbox: Sandbox) -> None:
    """Each time and at each level: else a hand-in that goes through a set had other points each time."""
    body = "return np.array([ord(word[0]) for word in {'ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu'}])"
    orders = []
    for one in (any_level, sandbox, any_level):
        array = attempt(one, body)[0].values["y"].array
        assert array is not None
        orders.append(array.tolist())
    assert orders[0] == orders[1] == orders[2] != sorted(orders[0])


def test_a_submission_has_a_group_of_its_own(sandbox: Sandbox) -> None:
    """A signal to a whole group reaches nothing of ours, whatever Landlock can keep from it."""
    body = "return np.array([os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid()])"
    array = attempt(sandbox, body)[0].values["y"].array
    assert array is not None
    assert array.all()


def test_a_submission_has_no_capability_left(sandbox: Sandbox) -> None:
    """Neither one that counts nor one that could be raised again: it was the owner of its namespaces while they were
    made."""
    body = (
        "header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()\n"
        "libc = ctypes.CDLL(None)\n"
        "got = libc.capget(header, sets)\n"
        "sets_of_one = (ctypes.c_uint32 * 6)(1 << 21, 1 << 21, 0, 0, 0, 0)\n"
        "return np.array([got, *sets, libc.capset(header, sets_of_one), libc.prctl(39, 0, 0, 0, 0)])"
    )
    array = attempt(sandbox, body)[0].values["y"].array
    assert array is not None
    assert array.tolist() == [0, 0, 0, 0, 0, 0, 0, -1, 1], "read, six empty words, refused, no_new_privs"


def test_of_what_has_ended_nothing_is_left(sandbox: Sandbox) -> None:
    """Whoever forks a submission sees it end: else its process would stay in the table until the class is done."""
    assert isinstance(sandbox, Warm)
    for body in ("return x", "os._exit(3)", "while True: pass"):
        attempt(sandbox, body)
    until = time.monotonic() + 5.0
    while len(_below(sandbox.pid)) > 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(_below(sandbox.pid)) == 2, "the inner bubblewrap and the zygote, and nothing else"


def _below(pid: int) -> list[int]:
    """The processes below a zygote, the dead among them, where it is behind bubblewrap."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    below = [inner for child in children for inner in _below(child)]
    return [*children, *below]


FORBIDDEN = {
    "read the password file": "open('/etc/passwd').read()",
    "read a home folder": "os.listdir('/root')\nopen('/root/.bashrc').read()",
    "list our own folder": f"os.listdir({str(Path(__file__).parent)!r})",
    "read our own source": f"open({str(Path(opening.__file__))!r}).read()",
    "read the environment of process 1": "open('/proc/1/environ').read()",
    "see processes": "[p for p in os.listdir('/proc') if p.isdigit()][0]",
    "import our judge": "import grader.judge\ngrader.judge.rule_on",
    "import another package": "import jinja2\njinja2.Template",
    "write to /tmp": "open('/tmp/x', 'w')",
    "write beside its scratch": "open('/scratch/x', 'w')",
    "take the place of its scratch": "os.rename('/scratch/own', '/scratch/other')",
    "write to shared memory": "open('/dev/shm/x', 'w')",
    "write to numpy": "open(np.__file__, 'a')",
    "fill more than its scratch": "for n in range(40):\n    open(f'big{n}', 'wb').write(bytes(1 << 20))",
    "one file beyond the limit": "open('big', 'wb').write(bytes(17 << 20))",
    "open a socket": "socket.socket()",
    "open a local socket": "socket.socket(socket.AF_UNIX)",
    "open a VSOCK": "socket.socket(40)",
    "signal our process": f"os.kill({os.getpid()}, 9)",
    "be root": "os.setuid(0)",
    "mount": "check(ctypes.CDLL(None, use_errno=True).mount(b'tmpfs', b'/scratch', b'tmpfs', 0, None))",
    "make a namespace": "check(ctypes.CDLL(None, use_errno=True).unshare(0x10000000))",
    "keep kernel keys": "check(ctypes.CDLL(None, use_errno=True).syscall(248, b'user', b'a', b'b', 1, -3))",
    "trace a process": "check(ctypes.CDLL(None, use_errno=True).ptrace(16, 1, None, None))",
    "lower its own walls": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))",
    "hold memory without a name": "os.memfd_create('x')",
    "lock a shared file": "import fcntl\nfcntl.flock(open(np.__file__), fcntl.LOCK_SH)",
    "open many files": "keep = [open(np.__file__) for _ in range(100)]",
    "start many threads": (
        "import threading\nfor _ in range(100): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"
    ),
}
CHECK = "def check(result):\n    if result < 0: raise OSError(ctypes.get_errno(), 'refused')\n"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_program_cannot(sandbox: Sandbox, what: str) -> None:
    """Files, network, processes and the kernel's wide doors are shut: each attempt raises inside."""
    bad, last = attempt(sandbox, CHECK + FORBIDDEN[what] + "\nreturn x")
    assert bad.status is Status.RAISED, f"it could {what}: {bad}"
    assert_good(last)


def test_a_canary_outside_is_neither_read_nor_written(sandbox: Sandbox, tmp_path: Path) -> None:
    """A file of ours stays as it is, and a listener of ours gets no visitor."""
    canary = tmp_path / "answers"
    canary.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        port = server.getsockname()[1]
        for body in (f"open({str(canary)!r}, 'w')", f"socket.create_connection(('127.0.0.1', {port}), 1)"):
            assert attempt(sandbox, body)[0].status is Status.RAISED
        with pytest.raises(BlockingIOError):
            server.accept()
    assert canary.read_text() == "secret"


def test_the_self_test_finds_a_missing_wall() -> None:
    """Where there is no sandbox, the probe gets out in every way it knows: it is no dummy."""
    with Plain() as plain:
        assert set(find_escapes(plain)) >= {
            "reads a file outside",
            "writes a file outside",
            "sees our own source",
            "connects to a listener here",
            "opens a socket",
            "writes outside its scratch",
            "shortens a file outside",
        }


@pytest.mark.parametrize("first", [b"b", b"\xff"], ids=["a name", "no text"])
@pytest.mark.parametrize("any_level", ["A", "B"], indirect=True)
def test_the_processes_of_a_fork_bomb_end_with_it(any_level: Sandbox, first: bytes) -> None:
    """A submission that forks, detaches and ignores signals leaves no process behind, however they are called."""
    marker = (first + f"omb{os.getpid()}".encode())[:15]
    body = f"""
for _ in range(50):
    try:
        if os.fork() == 0:
            os.setsid()
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            ctypes.CDLL(None).prctl(15, {marker!r}, 0, 0, 0)
            while True: time.sleep(1)
    except OSError: pass
while True: pass"""
    bad, last = attempt(any_level, body)
    assert bad.status is Status.TIMED_OUT
    assert_good(last)
    assert left_after(5.0, marker) == []


@pytest.mark.parametrize("any_level", ["A", "B"], indirect=True)
def test_a_process_whose_first_thread_has_ended_ends_with_the_rest(any_level: Sandbox) -> None:
    """It looks dead, and its other threads went on; whoever waited for its end waited for ever."""
    name = f"stays{os.getpid()}"[:15].encode()
    body = f"""
import threading
def stay():
    ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)
    while True: time.sleep(0.05)
if not os.fork():
    os.setsid()
    ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)
    threading.Thread(target=stay, daemon=True).start()
    time.sleep(0.1)
    ctypes.CDLL(None).syscall({93 if platform.machine() == "aarch64" else 60}, 0)
time.sleep(0.2)
return x"""
    assert forked(any_level, body)
    assert left_after(1.0, name) == []


@pytest.mark.parametrize("any_level", ["B"], indirect=True)
def test_processes_that_take_turns_end_with_it(any_level: Sandbox) -> None:
    """A process that forks and ends, for ever, is nowhere when it is looked for: every fourth lived on."""
    name = f"turns{os.getpid()}"[:15].encode()
    body = f"""
if os.fork() == 0:
    ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0)
    os.closerange(0, 100)
    while True:
        try:
            if os.fork(): os._exit(0)
        except OSError: pass
return x"""
    assert forked(any_level, body, most=100)
    for _ in range(15):
        forked(any_level, body, most=1)
    looks = [named(name) for _ in range(50)]  # one look may well miss it
    assert not any(looks)


def forked(sandbox: Sandbox, body: str, most: int = 20) -> bool:
    """Whether it came to its end within so many attempts: where others fill the machine it finds no room."""
    for number in range(most):
        bad, last = attempt(sandbox, body)
        assert_good(last)
        if bad.status is Status.RETURNED:
            return True
        time.sleep(0.1 * (number + 1 < most))
    return False


def left_after(seconds: float, name: bytes) -> list[str]:
    """The processes of a name that are still there after so long."""
    until = time.monotonic() + seconds
    while (left := named(name)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def named(name: bytes) -> list[str]:
    """List the processes of a name."""
    found = []
    for comm in Path("/proc").glob("[0-9]*/comm"):
        try:
            if comm.read_bytes().strip() == name:
                found.append(comm.parent.name)
        except OSError:
            continue
    return found


def test_a_flood_of_output_is_cut_and_harms_nobody(sandbox: Sandbox) -> None:
    """Output is kept up to a cap, step by step; the rest is dropped, and later answers still come."""
    bad, last = attempt(sandbox, "for _ in range(3000): sys.stdout.write('x' * 10000)\nreturn x")
    assert bad.status is Status.RETURNED
    assert bad.printed == "x" * output.STEP_CAP
    assert_good(last)
    assert last.printed == ""


def test_output_belongs_to_the_step_that_wrote_it(sandbox: Sandbox) -> None:
    """What is printed is told with its own step, the one that ended the process included."""
    source = "def a(x):\n    print('one', end='')\n    return x\n"
    source += "import os\ndef b(x):\n    print('two\\x1b[31m')\n    os._exit(1)\n"
    source += "print('loading')\n"
    sitting = sit(sandbox, program(source, "a", "b"), [ask("a"), ask("b"), ask("a")], QUICK)
    assert [steps[0].printed for steps in sitting.outcomes] == ["one", "two�[31m\n", "one"]


FORGERIES = {
    "a frame of its own": "os.write(4, frame)\nreturn x",
    "a hundred frames": "for _ in range(100): os.write(4, frame)\nreturn x",
    "a frame, then the end": "os.write(4, frame * 9)\nos._exit(0)",
    "two frames": "os.write(4, frame)\nos.write(4, frame)\nreturn x",
}
FRAME = """
from grader.wire import Outcome, Status, Value, encode_outcome
frame = encode_outcome(Outcome(Status.RETURNED, {"y": Value("array", "ndarray", x * 0 + 7)}))
"""


@pytest.mark.parametrize("what", FORGERIES)
def test_forged_frames_earn_nothing(sandbox: Sandbox, what: str) -> None:
    """Answers that nobody asked for void all that the process said; a forged value is only a wrong value."""
    source = "import os\nimport numpy as np\n" + GOOD
    source += "def bad(x):\n" + "".join(f"    {line}\n" for line in (FRAME + FORGERIES[what]).splitlines())
    sitting = sit(sandbox, program(source, "good", "bad"), [ask("good"), ask("bad"), ask("good")], QUICK)
    (_,), (_,), (last,) = sitting.outcomes
    if last.status is Status.RETURNED:
        pytest.fail("a program that wrote frames of its own was believed")


GARBAGE = {
    "text": b"hello, this is no frame",
    "a header that is too long": b"GRD1\xff\xff\xff\xff",
    "no JSON": b"GRD1\x00\x00\x00\x02{]",
    "half a frame": b"GRD1\x00\x00",
    "deep JSON": b"GRD1\x00\x00\xea\x60" + b"[" * 60000,
    "objects": b'GRD1\x00\x00\x00\x17{"arrays":[["|O",[1]]]}',
}


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage_is_unreadable_and_costs_only_itself(sandbox: Sandbox, what: str) -> None:
    """Bytes that are no frame end that process, not the exam."""
    bad, last = attempt(sandbox, f"os.write(4, {GARBAGE[what]!r})\ntime.sleep(9)")
    assert bad.status in (Status.UNREADABLE, Status.TIMED_OUT), bad
    assert_good(last)


TAMPERING = {
    "json": "import json\njson.dumps = lambda *a, **k: '{}'",
    "numpy": "np.array = np.asarray = np.ascontiguousarray = None",
    "os.write": "os.write = lambda *a: 0/0",
    "builtins": "import builtins\nbuiltins.isinstance = lambda *a: True",
    "stdout": "class S:\n    def flush(self): raise SystemExit\nsys.stdout = sys.stderr = S()",
    "the harness": "import grader.harness.runner as r\nr.encode_outcome = lambda o: b'GRD1'",
    "signals": "signal.setitimer(signal.ITIMER_REAL, 0.01)\nsignal.signal(signal.SIGALRM, lambda *a: 1/0)",
    "exit hooks": "import atexit\natexit.register(lambda: 1/0)",
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_stays_inside(sandbox: Sandbox, what: str) -> None:
    """Whatever a program patches in its process, the exam ends in time and the next submission is right."""
    source = "import os, sys, signal\nimport numpy as np\n" + GOOD + TAMPERING[what] + "\n"
    sitting = sit(sandbox, program(source, "good"), [ask("good")] * 3, QUICK)
    assert len(sitting.outcomes) == 3
    assert Status.FAULT not in {steps[0].status for steps in sitting.outcomes}
    assert_good(sit(sandbox, program(GOOD, "good"), [ask("good")], QUICK).outcomes[0][0])


LOADS = {
    "sys.exit": ("import sys; sys.exit()", "SystemExit"),
    "exit code": ("import os; os._exit(1)", "ProcessEnded"),
    "endless loop": ("while True: pass", "TimeoutError"),
    "assignment that loops": ("value = [0 for _ in iter(int, 1)]", "TimeoutError"),
    "loop that catches all": ("while True:\n    try:\n        1\n    except BaseException: pass", "TimeoutError"),
    "loop that cannot be interrupted": (
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
        "TimeoutError",
    ),
    "missing package": ("import torch.nn as nn", "ModuleNotFoundError"),
    "missing file": ("open('data.csv')", "FileNotFoundError"),
    "segfault": ("import ctypes; ctypes.string_at(0)", "ProcessEnded"),
}


@pytest.mark.parametrize("what", LOADS)
def test_a_statement_that_ends_the_loading_is_left_out(sandbox: Sandbox, what: str) -> None:
    """A cell that exits, hangs or raises costs only itself: functions before and after it are asked."""
    bad, kind = LOADS[what]
    source = "def before(x):\n    return x + 1\n" + bad + "\n" + GOOD
    sitting = sit(sandbox, program(source, "before", "good"), [ask("before"), ask("good")], QUICK)
    for (outcome,) in sitting.outcomes:
        assert_good(outcome)
    assert kind in {trouble.type_name for trouble in sitting.loaded.troubles}
    assert all(trouble.cell == 1 and trouble.line >= 3 for trouble in sitting.loaded.troubles)


def test_a_program_that_always_ends_is_given_up(sandbox: Sandbox) -> None:
    """More ends than we are ready to leave out: every question has an outcome all the same."""
    source = "import os\n" + "os._exit(1)\n" * 9 + GOOD
    sitting = sit(sandbox, program(source, "good"), [ask("good")], QUICK)
    assert statuses(sitting) == [["not reached"]]


def test_a_function_stopped_twice_is_not_called_again(sandbox: Sandbox) -> None:
    """A hang costs its time twice, not in every question; the rest of the exam goes on."""
    source = GOOD + "def hang(x):\n    while True: pass\n"
    questions = [ask("hang"), ask("good"), ask("hang"), ask("hang"), ask("good"), ask("hang")]
    sitting = sit(sandbox, program(source, "good", "hang"), questions, QUICK)
    assert [steps[0] for steps in statuses(sitting)] == [
        "timed out",
        "returned",
        "timed out",
        "not reached",
        "returned",
        "not reached",
    ]
    assert "hang" in sitting.outcomes[3][0].reason


def test_steps_after_a_stop_are_not_reached_but_after_an_error_they_are(sandbox: Sandbox) -> None:
    """Backward is still asked where forward raised, with no cache; where forward never returned it cannot be."""
    source = "class Unit:\n    def forward(self, x):\n        {}\n"
    source += "    def backward(self, dout, cache):\n        return dout\n"
    names = ("Unit.forward", "Unit.backward")
    raised = sit(sandbox, program(source.format("raise ValueError('no')"), *names), [PAIR], QUICK)
    assert statuses(raised) == [["raised", "returned"]]
    hung = sit(sandbox, program(source.format("while True: pass"), *names), [PAIR], QUICK)
    assert statuses(hung) == [["timed out", "not reached"]]


def test_the_whole_exam_ends_at_its_limit(sandbox: Sandbox) -> None:
    """The time of one submission is capped in all; what is left has a reason."""
    source = "import time\n" + "".join(f"def f{n}(x):\n    time.sleep(9)\n" for n in range(40))
    began = time.monotonic()
    limits = Limits(call_seconds=0.5, load_seconds=1, total_seconds=1.2)
    sitting = sit(sandbox, program(source, "f0"), [ask(f"f{n}") for n in range(40)], limits)
    assert time.monotonic() - began < 10  # half a second each are twenty
    assert statuses(sitting)[-1] == ["not reached"]
    assert "1.2 s" in sitting.outcomes[-1][0].reason


def test_all_cells_run_where_a_definition_is_missing(sandbox: Sandbox) -> None:
    """A function that only other statements make is found by running every cell, and only then."""
    every = GOOD + "exec('def made(x):\\n    return x + 1')\n"
    both = sit(sandbox, program(GOOD, "good", "made", every=every), [ask("good"), ask("made")], QUICK)
    assert both.ran_every_cell
    assert both.loaded.defined == ("good", "made")
    for (outcome,) in both.outcomes:
        assert_good(outcome)
    assert not sit(sandbox, program(GOOD, "good", every=every), [ask("good")], QUICK).ran_every_cell


def test_much_memory_in_many_processes_is_stopped(sandbox: Sandbox) -> None:
    """Each process stays below its limit, all together do not: the watch ends them."""
    body = "for _ in range(6):\n    if os.fork() == 0: break\nkeep = np.ones(9 << 20)\ntime.sleep(20)"
    limits = Limits(call_seconds=8, memory_mb=256, total_seconds=20)
    bad, last = attempt(sandbox, body, limits)
    assert bad.status is Status.KILLED
    assert f"{limits.memory_mb * 3 // 2} MB are allowed in `bad`" in bad.reason
    assert_good(last)


def test_memory_that_is_shared_counts() -> None:
    """What no file is behind counts, be it a process's own or shared: a file of its scratch that is mapped is such."""
    code = "import mmap\nm = mmap.mmap(-1, 72 << 20)\nm[:] = bytes(72 << 20)\nprint(flush=True)\ninput()"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        held = held_megabytes(process.pid)
        process.communicate("\n")
    assert 72 <= held < 144


def warm_at_a() -> Warm:
    opened = open_level(BWRAP, Level.A)
    assert isinstance(opened, Warm)
    return opened


def test_memory_that_is_swapped_out_counts(tmp_path: Path) -> None:
    """A process may have its pages put on a disk: there they are held as well."""
    (tmp_path / "statm").write_text("900 300 100 1 0 200 0\n")
    (tmp_path / "status").write_text("Name:\tVmSwap:  9 kB\nRssShmem:\t      40 kB\nVmSwap:\t    2048 kB\n")
    assert memory._told_by(tmp_path) == 200 * os.sysconf("SC_PAGE_SIZE") + (2088 << 10)


@pytest.mark.parametrize("level", [Level.A, Level.B])
def test_the_walls_do_not_know_what_we_know(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bubblewrap is not told our environment, which its own process inside would show where there is no Landlock."""
    monkeypatch.setenv("GRADER_SECRET", "a secret")
    with open_level(BWRAP, level) as warm:
        assert isinstance(warm, Warm)
        assert b"SECRET" not in Path(f"/proc/{warm.pid}/environ").read_bytes()


@pytest.mark.parametrize(("user", "nested", "first"), [(1000, False, True), (1000, True, False), (0, False, False)])
def test_the_first_process_inside_is_of_nobody_who_is_inside(
    user: int, nested: bool, first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where submissions see processes of their own user, bubblewrap's is none of them: it may be read and changed."""
    monkeypatch.setattr(os, "getuid", lambda: user)
    assert ("--as-pid-1" in build_walls(BWRAP, 0, nested).command) is first


def test_a_dead_zygote_is_replaced() -> None:
    """Where the zygote has gone, the next submission gets a new one and notices nothing."""
    with warm_at_a() as warm:
        zygote = warm._zygote
        os.kill(zygote.pid, signal.SIGKILL)
        zygote._process.wait()
        assert_good(sit(warm, program(GOOD, "good"), [ask("good")], QUICK).outcomes[0][0])


def test_a_broken_sandbox_is_our_fault() -> None:
    """Where no process can be started, every outcome is a fault, never the student's."""
    with warm_at_a() as warm:
        warm._launching = partial(behind_bubblewrap, "/nonexistent/bwrap", "own")
        warm._zygote.stop()
        assert statuses(sit(warm, program(GOOD, "good"), [ask("good")], QUICK)) == [["fault"]]
    assert statuses(sit(warm, program(GOOD, "good"), [ask("good")], QUICK)) == [["fault"]]


def test_several_threads_share_a_sandbox(sandbox: Sandbox) -> None:
    """Submissions that run at once do not get each other's answers."""
    results: dict[int, float] = {}

    def grade(n: int) -> None:
        for _ in range(4):
            source = f"def f(x):\n    return x * 0 + {n}\n"
            array = sit(sandbox, program(source, "f"), [ask("f")] * 3, QUICK).outcomes[2][0].values["y"].array
            assert array is not None
            results[n] = results.get(n, 0) + float(array.mean())

    threads = [threading.Thread(target=grade, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: 4.0 * n for n in range(4)}


def test_a_zygote_that_answers_late_is_not_asked_again() -> None:
    """Its late reply would be taken for that to the next submission: another zygote takes its place."""
    with open_sandbox() as opened:
        assert isinstance(opened, Warm)
        late = _below(opened.pid)[1]  # below the inner bubblewrap
        opened._zygote._control.settimeout(0.3)
        os.kill(late, signal.SIGSTOP)
        outcomes = [sit(opened, program(GOOD, "good"), [ask("good")], QUICK).outcomes[0][0] for _ in range(2)]
        assert not Path(f"/proc/{late}").exists()
    for outcome in outcomes:
        assert_good(outcome)


def test_nothing_is_left_behind() -> None:
    """After a sandbox is closed there are no more processes and descriptors than before."""
    before = len(os.listdir("/proc/self/fd"))
    with open_sandbox() as opened:
        assert isinstance(opened, Warm)
        pid = opened.pid
        sit(opened, program("def f(x):\n    while True: pass\n" + GOOD, "f"), [ask("f"), ask("good")], QUICK)
    assert not Path(f"/proc/{pid}").exists()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_killed_grader_leaves_nothing_behind() -> None:
    """Where our own process is killed in the middle of an exam, the zygote and the submission end with it."""
    code = (
        "from grader.sandbox import open_sandbox, sit; from grader.assignment import Limits\n"
        "from grader.wire import Piece, Program, Question, Step\n"
        "box = open_sandbox(); print(box.pid, flush=True)\n"
        "pieces = (Piece(1, 1, 'def f():\\n    while True: pass'),)\n"
        "sit(box, Program(pieces, pieces, ('f',)), [Question({}, (Step('f', (), ('y',)),))], Limits(call_seconds=60))"
    )
    with subprocess.Popen([sys.executable, "-B", "-c", code], stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        zygote = Path(f"/proc/{ours.stdout.readline().strip()}")
        assert zygote.exists()
        time.sleep(0.2)
        ours.kill()
    until = time.monotonic() + 5
    while zygote.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not zygote.exists()


def test_a_sandbox_that_was_begun_is_the_one_that_is_opened() -> None:
    """The zygote that got warm meanwhile serves; it ends with its sandbox."""
    with Beginning() as beginning:
        [begun] = beginning._begun.values()
        with open_own_work(beginning) as opened:
            assert (opened.level, getattr(opened, "pid", 0)) == (Level.A, begun.pid)
            assert_good(sit(opened, program(GOOD, "good"), [ask("good")], QUICK).outcomes[0][0])
        assert not Path(f"/proc/{begun.pid}").exists()


def test_a_sandbox_can_be_begun_before_numpy_is_there() -> None:
    """What begins it imports no numpy: the zygote's own import of it would wait as long again."""
    code = "import sys, grader.walls; print([m for m in ('numpy', 'nbformat', 'rich') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_sandbox_that_was_begun_in_vain_is_ended() -> None:
    """An error meanwhile, as a key that cannot be read, leaves no process and no descriptor."""
    before = len(os.listdir("/proc/self/fd"))
    beginning = Beginning()
    with suppress(SandboxError), beginning:
        pid = next(iter(beginning._begun.values())).pid
        raise SandboxError("made up")
    assert not Path(f"/proc/{pid}").exists()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_sandbox_whose_beginning_failed_is_opened_all_the_same() -> None:
    """Where the zygote that was begun has gone, the next weaker level serves, as ever where one does not start."""
    with Beginning() as beginning:
        [begun] = beginning._begun.values()
        os.kill(begun.pid, signal.SIGKILL)
        with open_own_work(beginning) as opened:
            assert opened.level is Level.B
            assert_good(sit(opened, program(GOOD, "good"), [ask("good")], QUICK).outcomes[0][0])


# What a machine lacks, who runs the grader, and the level that is left.
MACHINES = [
    ("nothing", "root", "A"),
    ("nothing", "plain", "A"),
    ("landlock", "root", "A"),
    ("landlock", "plain", "A"),
    ("nested", "root", "B"),
    ("nested,landlock", "root", "B'"),
    ("namespaces", "root", "C"),
    ("namespaces", "plain", "C"),
    ("bubblewrap", "root", "C"),
    ("bubblewrap", "plain", "C"),
    ("namespaces,landlock", "root", "D"),
    ("namespaces,landlock", "plain", "D"),
    ("bubblewrap,landlock", "plain", "D"),
]


def ask_machine(without: str, user: str) -> tuple[str, str, list[tuple[str, bool, str]], str, str]:
    """What the doctor says on a machine that lacks something, and what is opened there."""
    script = str(HOSTILE / "machine.py")
    command, environment = as_user(user, [sys.executable, "-B", script, without])
    if command is None or environment is None:
        pytest.skip("these tests do not run as root")
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    level, promise, checks, raise_it, opened = json.loads(done.stdout)
    return level, promise, checks, raise_it, opened


@pytest.mark.parametrize(("without", "user", "level"), MACHINES)
def test_each_machine_gets_the_strongest_level_it_can_have(without: str, user: str, level: str) -> None:
    """What the kernel refuses costs no more than its level; without any wall that holds, others' work is refused."""
    found, promise, checks, raise_it, opened = ask_machine(without, user)
    assert found == level, checks
    assert promise == Level(level).promise
    assert opened.startswith("refused: 3" if level == "D" else level)
    assert all(sentence for _, _, sentence in checks)
    if "bubblewrap" in without:
        assert "bubblewrap" in raise_it
    if level == "A":
        assert raise_it == ""
    if level != "D":
        assert checks[-1][0] == f"level {level}"
        assert checks[-1][1]


def test_others_work_is_refused_where_nothing_confines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail closed: no sandbox, no grading, unless the user says so; one's own notebook runs all the same."""
    monkeypatch.setattr(opening, "ladder", lambda: iter([(Level.A, None)]))
    with pytest.raises(SandboxError) as refused:
        open_sandbox()
    assert "bubblewrap" in refused.value.hint
    assert refused.value.exit_code == 3
    for opened in (open_sandbox(unsafe=True), open_own_work()):
        with opened:
            assert opened.level is Level.D
            assert not opened.level.confines


@pytest.mark.parametrize(("system", "name"), [("darwin", "Darwin"), ("win32", "Windows")])
def test_other_systems_are_told_what_they_can_do(monkeypatch: pytest.MonkeyPatch, system: str, name: str) -> None:
    """Bubblewrap is for Linux alone, so nobody else is told to install it; one's own work is run there, too, and other
    people's only by those who insist."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "system", lambda: name)
    with pytest.raises(SandboxError) as refused:
        open_sandbox()
    assert "WSL" in refused.value.hint
    assert "--unsafe-no-sandbox" in refused.value.hint
    assert "bubblewrap" not in refused.value.hint
    told = {check: sentence for check, _, sentence in doctor().checks}
    assert name in told["system"]
    assert "bubblewrap" not in told
    for opened in (open_own_work, partial(open_sandbox, unsafe=True)):
        with opened() as sandbox:
            assert sandbox.level is Level.D


def test_several_submissions_at_once_need_a_newer_landlock() -> None:
    """Level B keeps two submissions of one zygote apart by Landlock: an old or missing one is not enough."""
    for version, at_once in ((0, 1), (5, 2)):
        with pytest.raises(SandboxError, match="Landlock"):
            opening._demand_landlock(version, at_once)
    for version, at_once in ((5, 1), (6, 2)):
        opening._demand_landlock(version, at_once)


def test_a_folder_that_a_submission_made_is_cleared(tmp_path: Path) -> None:
    """Folders a thousand deep, closed ones, links and odd names go; what a link names stays."""
    kept = tmp_path / "kept"
    kept.write_text("x")
    top = tmp_path / "top"
    top.mkdir()
    here = os.getcwd()
    os.chdir(top)
    for _ in range(1500):
        os.mkdir("deep")
        os.chdir("deep")
    os.chdir(here)
    (top / "link").symlink_to(kept)
    (top / "dangling").symlink_to("nowhere")
    os.mkdir(os.fsencode(top) + b"/\xff\n")
    (top / "shut" / "in").mkdir(parents=True)
    (top / "shut" / "in").chmod(0)
    (top / "shut").chmod(0)
    clear(top)
    assert not top.exists()
    assert kept.read_text() == "x"


def test_what_was_written_is_counted_up_to_a_cap(tmp_path: Path) -> None:
    """Files, empty files and folders count, links do not lead out, and counting ends early."""
    assert held_in(tmp_path / "nothing", 100) == 0
    (tmp_path / "one").write_bytes(bytes(100_000))
    (tmp_path / "link").symlink_to("/")
    assert 100_000 < held_in(tmp_path, 1 << 20) < 200_000
    for number in range(300):
        (tmp_path / str(number)).touch()
    assert held_in(tmp_path, 1 << 20) > 1 << 20


def test_a_file_that_has_just_gone_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that makes and removes files is counted by all that stands beside them."""
    gone = SimpleNamespace(is_dir=lambda follow_symlinks: False, stat=lambda follow_symlinks: Path("nowhere").stat())
    for number in range(300):
        (tmp_path / str(number)).touch()

    @contextmanager
    def listing(place: str) -> Iterator[object]:
        yield [gone, *listed]

    with os.scandir(tmp_path) as entries:
        listed = list(entries)
    monkeypatch.setattr(written.os, "scandir", listing)
    assert held_in(tmp_path, 1 << 20) > 1 << 20


def test_levels_say_what_they_promise() -> None:
    """Each level has words for the report, and only D does not confine."""
    assert {level.value for level in Level} == {"A", "B", "B'", "C", "D"}
    assert all(level.title and level.promise.endswith(".") for level in Level)
    assert [level for level in Level if not level.confines] == [Level.D]
    assert "own work only" in Level.D.promise


def test_both_sides_agree() -> None:
    """What the sandbox and the harness must know alike, without importing each other, is alike."""
    assert output.STEP_MARK == runner.STEP_MARK
    assert harness_job.Job.read(describe_job(Limits(), 10.0)).memory_mb == Limits().memory_mb


def test_output_marks_may_be_cut_anywhere() -> None:
    """The split of the output into steps does not depend on how the bytes arrive."""
    marks = [output.STEP_MARK % number for number in (0, 1, 12)]
    data = b"loading" + marks[0] + b"one" + marks[1] + b"tw\0o" + marks[2] + b"at last"
    for size in range(1, len(data)):
        collected = output.Output()
        collected.steps = 12
        for at in range(0, len(data), size):
            collected.feed(data[at : at + size])
        assert [collected.text(n) for n in (0, 1, 2, 12)] == ["loading", "one", "", "tw�o"]
        assert collected.unfinished() == "at last"


@pytest.mark.parametrize(
    ("source", "line", "left"),
    [
        ("a = 1\nb = 2\nc = 3", 11, "a = 1\n\nc = 3"),
        ("a = 1\n@d\ndef f():\n    pass\nc = 3", 12, "a = 1\n\n\n\nc = 3"),
        ("a = 1", 99, "a = 1"),
        ("a = (", 10, ""),
    ],
)
def test_dropping_a_statement_keeps_all_other_lines(source: str, line: int, left: str) -> None:
    """Only the statement at that line goes; the others keep their numbers."""
    assert drop_statement([Piece(2, 10, source)], 2, line)[0].source == left
    assert drop_statement([Piece(3, 10, source)], 2, line)[0].source == source


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long a process waited")
def test_waiting_for_a_core_costs_nobody_a_point() -> None:
    """On a core that is shared, a call of 0.4 s takes longer than the half second allowed: not by its own time."""
    one_core = {min(os.sched_getaffinity(0))}
    before = os.sched_getaffinity(0)
    spinning = "import os\nos.sched_setaffinity(0, {%d})\nwhile True: pass" % min(one_core)  # noqa: UP031 - braces
    body = "import time\ndef busy(x):\n    while time.process_time() < 0.4: pass\n    return x\n"
    crowd = [subprocess.Popen([sys.executable, "-c", spinning]) for _ in range(3)]
    try:
        os.sched_setaffinity(0, one_core)  # the zygote inherits it, and the submission from the zygote
        with open_sandbox() as crowded:
            started = time.monotonic()
            ((outcome,),) = sit(crowded, program(body, "busy"), [ask("busy")], QUICK).outcomes
            taken = time.monotonic() - started
    finally:
        os.sched_setaffinity(0, before)
        for process in crowd:
            process.kill()
            process.wait()
    assert outcome.status is Status.RETURNED, outcome
    assert taken > QUICK.call_seconds


def test_waiting_is_counted() -> None:
    """Whoever never waited, and whoever is not there, waited no time; it never grows less."""
    assert waited_seconds(2**30) == 0
    first = waited_seconds(os.getpid())
    assert 0 <= first <= waited_seconds(os.getpid())


def test_memory_is_counted() -> None:
    """Our own process holds some megabytes, one that is not there none."""
    assert held_megabytes(os.getpid()) > 5
    assert held_megabytes(2**30) == 0


HIDING = {
    "a name that is no text": "libc.prctl(15, b'\\xff', 0, 0, 0)\nprint(flush=True)\ninput()",
    "a first thread that has ended": (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.1), print(flush=True), time.sleep(60))).start()\n"
        f"libc.syscall({93 if platform.machine() == 'aarch64' else 60}, 0)"
    ),
}


@pytest.mark.parametrize("what", HIDING)
def test_memory_is_counted_however_a_process_hides_it(what: str) -> None:
    """The figures are there under its name, or those of its other threads: such processes held nothing."""
    source = f"import ctypes; libc = ctypes.CDLL(None); held = b'x' * (30 << 20)\n{HIDING[what]}"
    command = [sys.executable, "-c", source]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        held = held_megabytes(process.pid)
        process.kill()
    assert 30 <= held < 100


def test_who_ends_while_looked_at_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may be gone between any two looks at it: that ended the whole run."""
    threads = Path.iterdir

    def gone(folder: Path) -> Iterator[Path]:
        if folder.name == "task":
            raise FileNotFoundError(folder)
        return threads(folder)

    monkeypatch.setattr(Path, "iterdir", gone)
    monkeypatch.setattr(Path, "glob", lambda folder, _: gone(folder))
    assert held_megabytes(os.getpid()) > 5
    assert waited_seconds(os.getpid()) >= 0


@pytest.mark.parametrize("path", sorted((HOSTILE / "hand_ins").glob("*.py")), ids=lambda path: path.stem)
def test_hostile_files(sandbox: Sandbox, path: Path) -> None:
    """A collection of whole hostile hand-ins: each ends in time, earns no `good`, and hurts nobody after it."""
    sitting = sit(sandbox, program(path.read_text(), "good"), [ask("good")] * 2, QUICK)
    for (outcome,) in sitting.outcomes:
        array = outcome.values["y"].array if "y" in outcome.values else None
        assert array is None or not np.array_equal(array, X + 1)
    assert_good(sit(sandbox, program(GOOD, "good"), [ask("good")], QUICK).outcomes[0][0])


KILLED_JANITOR = """
import os, signal, sys
from pathlib import Path
from grader.sandbox import Level
from grader.sandbox.opening import open_level
with open_level(None, Level.C) as opened:
    folder = Path(opened._zygote._folder)
    assert folder.is_dir()
    os.kill(opened.pid, signal.SIGKILL)
assert not folder.exists(), folder
"""


def test_a_janitor_that_is_killed_leaves_no_folder() -> None:
    """At level C a folder holds what may be read inside; whoever opened it clears up where its janitor cannot."""
    command, environment = as_user("root" if os.getuid() == 0 else "plain", [sys.executable, "-c", KILLED_JANITOR])
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
