"""The wall: whatever a program does, its exam ends, other cases are answered, and nothing outside is touched."""

from __future__ import annotations

import json
import os
import platform
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hostile.stage import children
from hostile.staging import as_user

from grader.assignment.words import Limits
from grader.errors import SandboxError
from grader.outcomes import Outcome, Status
from grader.sandbox import Level, Opening, Sandbox, doctor, open_own_work, open_sandbox, opening, own_work
from grader.sandbox.exam import ExamRun
from grader.sandbox.inside import DEVICES, REMOVE
from grader.sandbox.inside.zygote import holds_too_much
from grader.sandbox.own_work import Plain, Pumped
from grader.sandbox.pipes import Pipes, Polled
from grader.sandbox.probe import find_ways_out
from grader.sandbox.view import behind_bubblewrap, package_folders
from grader.sandbox.warm import Warm
from grader.sandbox.worker import _figures, held_megabytes
from grader.wire.program import Ask, Other, Program, Unit

HOSTILE = Path(__file__).parent / "hostile"
BARE = Path(__file__).parent / "bare" / "sitecustomize.py"
ROOT = Path(__file__).resolve().parent.parent
QUICK = Limits(call_seconds=0.5, load_seconds=1.5, total_seconds=15.0)
X = np.linspace(-2.0, 2.0, 12).reshape(3, 4)
GOOD = "def good(x):\n    return x + 1\n"
TOP = "import os, sys, ctypes, signal, threading, time, socket\nimport numpy as np\n" + GOOD
DRIVERS = """
def good(student, x):
    yield "good", {"y": student.good(x)}
def bad(student, x):
    yield "bad", {"y": student.bad(x)}
def pair(student, x):
    yield "good", {"y": student.good(x)}
    yield "bad", {"y": student.bad(x)}
def swapped(student, x):
    yield "bad", {"y": student.bad(x)}
    yield "good", {"y": student.good(x)}
def odd(student, x):
    yield "unknown", {"y": x}
    yield "good", {"y": student.good(x)}
    yield "good", {"y": 0}
    if x[0, 0] > 0:
        return
    yield "bad", {"y": student.bad(x)}
    yield "further", {"y": x}
def endless(student, x):
    yield "good", {"y": student.good(x)}
    while True:
        yield "good", {"y": x}
"""
SERIES = ("good", "bad")
NAMES = {"good": ("good",), "bad": ("bad",), "swapped": ("bad", "good")}
Cases = list[tuple[Outcome, ...]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_at(Level.FULL) as opened:
        yield opened


def open_at(level: Level) -> Sandbox:
    return Sandbox(level, Plain()) if level is Level.OWN_WORK else opening.open_level(*next(opening.ladder()))


@pytest.fixture(scope="module", params=[Level.FULL, Level.OWN_WORK])
def any_level(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with open_at(request.param) as opened:
        yield opened


def run_of(sandbox: Sandbox, source: str, limits: Limits = QUICK, names: Sequence[str] = SERIES) -> ExamRun:
    return ExamRun(sandbox, Program((Unit(1, source),)), DRIVERS, names, limits, limits.load_seconds)


def sit(sandbox: Sandbox, source: str, *drivers: str, limits: Limits = QUICK) -> Cases:
    """The outcomes of one case of each driver."""
    asks = [Ask(number, driver, {"x": X}) for number, driver in enumerate(drivers)]
    with run_of(sandbox, source, limits) as run:
        return [*run.ask(asks, {ask.number: NAMES.get(ask.driver, SERIES) for ask in asks}).values()]


def attempt(sandbox: Sandbox, body: str, limits: Limits = QUICK) -> tuple[Outcome, Outcome]:
    """Run `bad(x)` with the given body between two honest calls; give its outcome and the last honest one's."""
    source = TOP + "def bad(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    [first], [bad], [last] = sit(sandbox, source, "good", "bad", "good", limits=limits)
    assert_good(first)
    return bad, last


def assert_good(outcome: Outcome) -> None:
    assert outcome.status is Status.RETURNED, outcome
    assert np.array_equal(outcome.values["y"], X + 1)


def soon(holds: Callable[[], bool]) -> bool:
    """Whether this holds within five seconds."""
    until = time.monotonic() + 5.0
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


def words(cases: Iterable[tuple[Outcome, ...]]) -> list[str]:
    """The statuses of each case's stages."""
    return [", ".join(outcome.status for outcome in stages) for stages in cases]


def test_honest_work_is_the_same_at_every_level(any_level: Sandbox) -> None:
    """Points cannot depend on the level: outcomes of an honest program, and of one that raises, are equal."""
    source = GOOD + "def bad(x):\n    print('so far')\n    return x @ x\n"
    with run_of(any_level, source, names=("good", "bad", "absent")) as run:
        assert run.loaded.defined == SERIES
        asks = [Ask(1, "good", {"x": X}), Ask(2, "bad", {"x": X}), Ask(3, "bad", {"x": X.T})]
        outcomes = run.ask(asks, {1: ("good",), 2: ("bad",), 3: ("bad",)})
    assert_good(outcomes[1][0])
    assert outcomes[1][0].calls[0].type_name == "ndarray"
    [raised] = outcomes[2]
    assert raised.trouble is not None
    assert (raised.status, raised.trouble.type_name) == (Status.RAISED, "ValueError")
    assert (raised.trouble.cell, raised.trouble.line) == (1, 5)
    [missing] = sit(any_level, GOOD, "bad")[0]
    assert (missing.status, missing.reason) == (Status.MISSING, "bad")


OWN_SIGNAL = "killed by a signal that it sent to itself"
LATE = "stopped after 0.5 s"
STUBBORN = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
BLOCKED = "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
HEARD = "signal.signal(signal.SIGUSR1, lambda *_: 1 / 0)\nos.kill(os.getpid(), signal.SIGUSR1)"
ENDINGS = {
    "loop that catches all": (STUBBORN, Status.TIMED_OUT, LATE),
    "signals blocked": (BLOCKED, Status.TIMED_OUT, LATE),
    "stopped by itself": ("os.kill(os.getpid(), signal.SIGSTOP)", Status.KILLED, OWN_SIGNAL),
    "exit code 0": ("os._exit(0)", Status.KILLED, "the process ended: exit code 0"),
    "exit code of our own faults": ("os._exit(70)", Status.KILLED, "the process ended: exit code 70"),
    "segfault": ("ctypes.string_at(0)", Status.KILLED, "killed by signal 11 (SIGSEGV)"),
    "kills itself": ("os.kill(os.getpid(), 9)", Status.KILLED, OWN_SIGNAL),
    "kills its group": ("os.kill(0, 9)", Status.KILLED, OWN_SIGNAL),
    "raises a signal that ends it": ("signal.raise_signal(signal.SIGSEGV)", Status.KILLED, OWN_SIGNAL),
    "aborts": ("os.abort()", Status.KILLED, OWN_SIGNAL),
    "a signal that it hears": (HEARD, Status.RAISED, "ZeroDivisionError"),
    "sys.exit": ("sys.exit(1)", Status.RAISED, "SystemExit"),
    "10 GB": ("return np.ones(10 * 2**27)", Status.RAISED, "MemoryError"),
    "recursion": ("return bad(x)", Status.RAISED, "RecursionError"),
    "closes every descriptor": ("os.closerange(0, 100)\nreturn x", Status.KILLED, ""),
    "executes another program": ("os.execv(sys.executable, [sys.executable, '-c', ''])", Status.KILLED, "exit code 0"),
    "is not text": ("sys.stdout.buffer.write(b'\\xff\\x1b[2J')\nreturn x", Status.RETURNED, ""),
}


@pytest.mark.parametrize("what", ENDINGS)
def test_a_bad_call_costs_only_itself(any_level: Sandbox, what: str) -> None:
    """However a call ends, it is named rightly, and the honest function after it gets its own outcome."""
    body, status, said = ENDINGS[what]
    if said == OWN_SIGNAL and any_level.level is Level.OWN_WORK:
        # Only the first process of a pid namespace is not ended by a signal of its own.
        status, said = (Status.TIMED_OUT, LATE) if "SIGSTOP" in body else (status, "killed by signal")
    bad, last = attempt(any_level, body)
    assert bad.status is status, bad
    assert said in (bad.trouble.type_name if bad.trouble else bad.reason)
    assert_good(last)


def test_strings_in_a_set_come_in_one_order(any_level: Sandbox, sandbox: Sandbox) -> None:
    """Each time and at each level: else a hand-in that goes through a set had other points each time."""
    body = "return [ord(word[0]) for word in {'ant', 'bee', 'cat', 'dog', 'eel', 'fox', 'gnu'}]"
    orders = [attempt(one, body)[0].values["y"] for one in (any_level, sandbox, any_level)]
    assert orders[0] == orders[1] == orders[2] != sorted(orders[0])


INSIDE = {
    "a group and a session of its own": ("[os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid()]", [True, True]),
    # Read, six empty words, refused, no_new_privs: it was the owner of its namespaces while they were made.
    "no capability left, nor one to raise": (
        "[libc.capget(header, sets), *sets, libc.capset(header, (ctypes.c_uint32 * 6)(2)), libc.prctl(39, 0, 0, 0, 0)]",
        [0, 0, 0, 0, 0, 0, 0, -1, 1],
    ),
    "a user that is not root": ("[os.getuid() > 0, os.getgroups() == []]", [True, True]),
    "nothing of ours but three rooms": (
        "sorted(os.listdir('/inside/grader')) + sorted(os.listdir('/inside/grader/sandbox'))",
        ["harness", "sandbox", "wire", "inside"],
    ),
    "no package but numpy and msgspec": (
        "[os.path.exists(np.__file__.replace('numpy/__init__.py', name)) for name in ('numpy', 'msgspec', 'pytest')]",
        [True, True, False],
    ),
    "its own environment": (
        "sorted(n for n in os.environ if 'THREADS' not in n)",
        ["HOME", "LANG", "MALLOC_ARENA_MAX", "PATH", "PWD", "PYTHONHASHSEED", "TMPDIR"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", INSIDE)
def test_a_submission_finds_inside(sandbox: Sandbox, what: str) -> None:
    """What a program sees of itself and of its place."""
    expression, expected = INSIDE[what]
    body = "libc, header, sets = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()\n"
    assert attempt(sandbox, f"{body}return {expression}")[0].values["y"] == expected


def test_the_walls_do_not_know_what_we_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bubblewrap is not given our environment, which its own process inside would show."""
    monkeypatch.setenv("GRADER_SECRET", "a secret")
    with open_at(Level.FULL) as opened:
        assert b"SECRET" not in Path(f"/proc/{pid_of(opened)}/environ").read_bytes()


def pid_of(opened: Sandbox) -> int:
    assert isinstance(opened.starter, Warm)
    assert opened.starter.process
    return opened.starter.process.pid


def test_of_what_has_ended_nothing_is_left(sandbox: Sandbox) -> None:
    """Whoever forks a submission reaps it: else its process would stay in the table until the class is done."""
    for body in ("return x", "os._exit(3)", "while True: pass"):
        attempt(sandbox, body)
    assert soon(lambda: len(below(pid_of(sandbox))) == 2), "the inner bubblewrap and the warm process, and nothing else"


def test_no_file_of_a_disk_is_inside(sandbox: Sandbox) -> None:
    """What is there is a copy in memory, without holes and not to be written; the warm process runs from it alone."""
    facts = Path("/proc", str(below(pid_of(sandbox))[1]))  # of the warm process, below the inner bubblewrap
    mounts = [line.split() for line in (facts / "mountinfo").read_text().splitlines()]
    kinds = {fields[4]: fields[fields.index("-") + 1] for fields in mounts if not fields[4].startswith("/proc/")}
    devices = {name: kinds[name] for name in DEVICES}
    assert kinds == {"/": "tmpfs", "/proc": "proc", **devices}
    assert "ro" in mounts[0][5].split(",")
    mapped = {(line.split()[3], line.split()[5]) for line in (facts / "maps").read_text().splitlines() if ".so" in line}
    assert {int(device.split(":")[1], 16) for device, _ in mapped} == {os.minor((facts / "root").stat().st_dev)}
    found = subprocess.run(
        ["find", "-xdev", "-type", "f", "-printf", "%b %s\n"], cwd=facts / "root", stdout=subprocess.PIPE
    )
    sizes = [[int(size) for size in line.split()] for line in found.stdout.splitlines()]
    assert len(sizes) > 500
    assert all(512 * blocks >= size for blocks, size in sizes)


OPENS = """
import json, os, sys
from grader.assignment.words import Limits
from grader.sandbox import open_sandbox
from grader.sandbox.exam import ExamRun
from grader.wire.program import Ask, Program, Unit
source = "import glob, os, sys\\nimport numpy as np\\ndef bad(x): return [p for p in x if os.path.lexists(p)]\\n"
source += "def good(x): return float(np.linalg.inv(np.eye(2) * 2)[0, 0])\\n"
drivers = "def bad(student, x):\\n    yield 'bad', {'y': student.bad(x)}\\n    yield 'good', {'y': student.good(x)}\\n"
hidden, shown = json.loads(sys.argv[1]), [sys.executable and os.path.realpath(sys.executable), os.__file__]
with open_sandbox() as box, ExamRun(box, Program((Unit(1, source),)), drivers, ("bad", "good"), Limits(), 9) as run:
    found = run.ask([Ask(1, "bad", {"x": shown + hidden})], {1: ("bad", "good")})[1]
print(json.dumps([box.level, [one.values.get("y") for one in found], shown]))
"""


@pytest.fixture(scope="module")
def prefixes() -> Iterator[dict[str, Path]]:
    """Interpreters in other places than the system's, with files beside them, and what each has of packages."""
    own = Path(sys.base_prefix).resolve()
    versioned = f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
    skipped = shutil.ignore_patterns("site-packages", "test", "tests", "__pycache__", "config-*", "idlelib")
    packages = Path(np.__file__).resolve().parent.parent
    with TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        place.chmod(0o755)
        home, conda, venv = place / "home" / "student-01" / ".local", place / "conda", place / "venv"
        for prefix in (home, conda):
            shutil.copytree(own / versioned, prefix / versioned, ignore=skipped)
            for library in own.glob("lib/libpython*.so*"):
                shutil.copy(library, prefix / "lib")
            (prefix / "bin").mkdir()
            shutil.copy(Path(sys.executable).resolve(), prefix / "bin" / "python3")
            for name in ("bin/canary", "share/canary", f"{versioned}/site-packages/canary/__init__.py"):
                (prefix / name).parent.mkdir(parents=True, exist_ok=True)
                (prefix / name).write_text("a secret")
            (prefix / versioned / "site-packages" / "all.pth").write_text(f"{packages}\n")
        for name in package_folders():
            shutil.copytree(name, conda / versioned / "site-packages" / Path(name).name, ignore=skipped)
        subprocess.run([home / "bin" / "python3", "-m", "venv", "--without-pip", venv], check=True)
        (venv / versioned / "site-packages" / "all.pth").write_text(f"{packages}\n")
        yield {"home folder": home, "conda": conda, "venv": venv}


@pytest.mark.parametrize("namespace", ["net", "ipc", "uts", "pid"])
def test_the_warm_process_shares_no_namespace_with_us(namespace: str) -> None:
    """Its network is that of all submissions: there must be nothing in it."""
    launch = behind_bubblewrap(opening.find_bubblewraps()[0], copied=False)
    inside = subprocess.run(
        [*launch.command, "/usr/bin/readlink", f"/proc/self/ns/{namespace}"], capture_output=True, text=True
    )
    assert inside.stdout.startswith(f"{namespace}:["), inside.stderr
    assert inside.stdout.strip() != os.readlink(f"/proc/self/ns/{namespace}")


@pytest.mark.parametrize("user", ["root", "plain"])
@pytest.mark.parametrize("kind", ["home folder", "conda", "venv"])
def test_nothing_beside_the_interpreter_is_inside(prefixes: dict[str, Path], kind: str, user: str) -> None:
    """Wherever Python is, whoever runs it: itself and numpy, and nothing that is beside it or of another Python."""
    others = [path for prefix in prefixes.values() for path in prefix.rglob("canary")]
    hidden = [*map(str, others), *map(str, prefixes.values()), "/usr/bin/env", "/bin/sh", "/etc/passwd", str(ROOT)]
    seen = (str(prefixes[kind]), str(prefixes["home folder"]))  # the folder itself, and what the home folder lies in
    hidden = [path for path in hidden if path != seen[0] and not seen[1].startswith(path)]
    interpreter = prefixes[kind] / "bin" / "python3"
    command, environment = as_user(user, [str(interpreter), "-B", "-c", OPENS, json.dumps(hidden)])
    if command is None or environment is None:
        pytest.skip("these tests do not run as root")
    there = {**environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=there, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    level, values, shown = json.loads(done.stdout)
    assert (level, values) == (Level.FULL, [shown, 0.5])


def test_processes_that_are_forked_share_a_sandbox(sandbox: Sandbox) -> None:
    """Their submissions come of one warm process, and end with whoever asked for them, however that ends."""
    own, (ours, theirs) = pid_of(sandbox), os.pipe()
    forked = os.fork()
    if not forked:
        with suppress(BaseException):
            os.write(theirs, "".join(words(sit(sandbox, GOOD, "good"))).encode())
            sit(sandbox, "while True: pass", limits=Limits(load_seconds=60, total_seconds=60))
        os._exit(1)
    assert os.read(ours, 9) == b"returned"
    assert soon(lambda: len(below(own)) == 3), "a third process below bubblewrap, and no second bubblewrap"
    os.kill(forked, signal.SIGKILL)
    os.waitpid(forked, 0)
    os.close(ours)
    os.close(theirs)
    assert soon(lambda: len(below(own)) == 2)
    assert_good(sit(sandbox, GOOD, "good")[0][0])


def below(pid: int) -> list[int]:
    """The processes below another, the dead among them."""
    return [*children(pid), *(inner for child in children(pid) for inner in below(child))]


def test_the_self_test_finds_a_missing_wall() -> None:
    """Where there is no sandbox, the probe gets out in most ways that it knows: it is no dummy."""
    with Sandbox(Level.OWN_WORK, Plain()) as plain:
        ways = {*find_ways_out(plain)}
    assert ways >= {"reads a file outside", "writes a file outside", "shortens a file outside", "opens a socket"}
    assert ways >= {"sees our own source", "connects to a listener here", "changes the limits of a process outside"}


def test_what_is_printed_goes_nowhere_and_harms_nobody(any_level: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    """A flood of it, and what is no text; later answers still come."""
    flood = "for _ in range(3000): os.write(1, b'x' * 10000), os.write(2, b'x' * 10000)\n"
    bad, last = attempt(any_level, f"print('\\ud83d', file=sys.stderr)\n{flood}print('\\x1b[31m')\nreturn x")
    assert bad.status is Status.RETURNED
    assert_good(last)
    assert capfd.readouterr() == ("", "")


LOADS = {
    "sys.exit": ("import sys; sys.exit()", "SystemExit"),
    "exit code": ("import os; os._exit(1)", "ProcessEnded"),
    "a call that loops": ("value = [0 for _ in iter(int, 1)]", "TimeoutError"),
    "a loop that cannot be interrupted": (f"import signal\n{BLOCKED}", "TimeoutError"),
}


@pytest.mark.parametrize("what", LOADS)
def test_a_statement_that_ends_the_loading_is_left_out(sandbox: Sandbox, what: str) -> None:
    """A statement that exits, hangs or raises costs only itself: functions before and after it are asked."""
    bad, kind = LOADS[what]
    source = "def bad(x):\n    return x + 1\n" + bad + "\n" + GOOD
    limits = Limits(call_seconds=0.5, load_seconds=0.5, total_seconds=15)
    with run_of(sandbox, source, limits) as run:
        outcomes = run.ask([Ask(1, "pair", {"x": X})], {1: SERIES})
    for outcome in outcomes[1]:
        assert_good(outcome)
    assert kind in {trouble.type_name for trouble in run.loaded.troubles}
    assert all(trouble.cell == 1 and trouble.line >= 3 for trouble in run.loaded.troubles)


FORGES = "import os\nfrom grader.wire.messages import Done, encode\nos.write(4, encode(Done(1)))"
FAILURES = [
    ("import os\n" + "os._exit(1)\n" * 9 + GOOD, "loading the program ended the process"), (FORGES, "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "reason"), FAILURES, ids=["ends again and again", "forges its report"])
def test_a_program_that_cannot_be_loaded_is_given_up(sandbox: Sandbox, source: str, reason: str) -> None:
    """There is a reason, and every case has an outcome all the same."""
    with run_of(sandbox, source) as run:
        [outcome] = run.ask([Ask(1, "good", {"x": X})], {1: ("good",)})[1]
    assert reason in run.failure
    assert (outcome.status, outcome.reason) == (Status.NOT_REACHED, run.failure)


HANGS = "def bad(x):\n    while True: pass\n"
RAISES = "def bad(x):\n    raise ValueError\n"
ENDS = "import os\ndef bad(x):\n    os._exit(0)\n"
STAGES = {
    "raises": (RAISES, "pair swapped", "returned, raised; raised, not reached"),
    "hangs, and is asked up to there": (
        HANGS, "pair pair bad swapped good",
        "returned, timed out; returned, not reached; not reached; not reached, not reached; returned",
    ),
    "hangs first, and is asked no further": (
        HANGS, "swapped swapped good", "timed out, not reached; not reached, not reached; returned",
    ),
    "ends, and is asked by no other driver": (
        ENDS, "bad pair bad swapped good",
        "killed; returned, not reached; not reached; not reached, not reached; returned",
    ),
    "missing": ("", "pair swapped", "returned, missing; missing, not reached"),
    "unknown, repeated and further yields": (
        "def bad(x):\n    return x\n", "odd endless", "returned, returned; returned, timed out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STAGES)
def test_what_raises_or_hangs_belongs_to_the_stage_in_progress(sandbox: Sandbox, what: str) -> None:
    """What was yielded before counts; a driver that was stopped is asked for the stages before that one only."""
    source, drivers, expected = STAGES[what]
    cases = sit(sandbox, GOOD + source, *drivers.split())
    assert "; ".join(words(cases)) == expected
    for before in ("timed out", "killed"):
        if before in expected and "odd" not in drivers:
            assert cases[1][1].reason == f"not asked: {before} before"


def test_a_driver_that_ends_early_leaves_the_rest(sandbox: Sandbox) -> None:
    """The stages are those of the reference, whatever the driver does with this program's results."""
    with run_of(sandbox, GOOD + "def bad(x):\n    return x\n") as run:
        outcomes = run.ask([Ask(1, "odd", {"x": X + 9})], {1: SERIES})
        found = run.ask([Ask(1, "odd", {"x": X}), Ask(2, "endless", {"x": X})], {})
    assert words(outcomes.values()) == ["returned, not reached"]
    assert outcomes[1][1].reason == "the driver ended before it"
    assert run.stages == {1: ("unknown", "good", "bad", "further"), 2: ("good",)}
    assert words(found.values()) == ["returned, returned, returned, returned", "returned, timed out"]


def test_answers_that_nobody_asked_for_void_the_round(sandbox: Sandbox) -> None:
    """What the process said in that round cannot be told apart; a later round has a process of its own."""
    forged = "from grader.wire.messages import Stage, encode\ndef bad(x):\n"
    forged += "    os.write(4, encode(Stage(0, 'good', {'y': x})))\n    return x\n"
    with run_of(sandbox, TOP + forged) as run:
        asks = [Ask(number, driver, {"x": X}) for number, driver in enumerate(("good", "bad", "good"))]
        first = run.ask(asks, {0: ("good",), 1: ("bad",), 2: ("good",)})
        [after] = run.ask([asks[0]], {0: ("good",)})[0]
    assert [outcomes[0].status for outcomes in first.values()] == [Status.KILLED, Status.KILLED, Status.RETURNED]
    assert "not asked for" in first[0][0].reason
    assert_good(after)


def test_the_whole_exam_ends_at_its_limit(sandbox: Sandbox) -> None:
    """The time of one submission is capped in all; what is left has a reason."""
    began = time.monotonic()
    source, drivers = TOP + "def bad(x): time.sleep(9)\n", ["bad", "pair", "good"] * 9
    cases = sit(sandbox, source, *drivers, limits=Limits(0.5, 1, 1, 0.7))
    assert time.monotonic() - began < 5
    assert words(cases)[-1] == "not reached"
    assert "0.7 s were used up" in cases[-1][0].reason


def test_a_result_that_is_far_too_large_is_only_named(sandbox: Sandbox) -> None:
    """One hand-in cannot fill our memory; its smaller results are kept."""
    source = GOOD + "import numpy as np\ndef bad(x):\n    return np.zeros(12 << 17)\n"
    cases = sit(sandbox, source, *["bad", "good"] * 4)
    kinds = [isinstance(stages[0].values["y"], Other) for stages in cases]
    assert kinds == [False, False, False, False, True, False, True, False]


def test_a_fresh_round_has_a_process_of_its_own(sandbox: Sandbox) -> None:
    """What a program keeps from one round is not there in the next."""
    source = "seen = []\ndef good(x):\n    seen.append(x)\n    return len(seen)\n"
    with run_of(sandbox, source) as run:
        asks = [Ask(1, "good", {"x": X})]
        counts = [run.ask(asks, {1: ("good",)}, fresh=fresh)[1][0].values["y"] for fresh in (False, False, True, False)]
    assert counts == [1, 2, 1, 1]


def test_much_memory_in_many_processes_is_stopped(sandbox: Sandbox) -> None:
    """Each process stays below its limit, all together do not: the watch ends them."""
    body = "for _ in range(6):\n    if os.fork() == 0: break\nkeep = np.ones(9 << 20)\ntime.sleep(20)"
    bad, last = attempt(sandbox, body, Limits(call_seconds=8, memory_mb=256, total_seconds=20))
    assert bad.status is Status.KILLED
    assert "384 MB are allowed" in bad.reason
    assert_good(last)


HIDE = "held = b'x' * (30 << 20)\nprint(flush=True)\ninput()"
ENDED = f"""
import threading, time
held = b'x' * (30 << 20)
threading.Thread(target=lambda: (time.sleep(0.1), print(flush=True), time.sleep(60))).start()
libc.syscall({93 if platform.machine() == "aarch64" else 60}, 0)"""
HIDING = {
    "shared": "import mmap\nm = mmap.mmap(-1, 30 << 20)\nm[:] = bytes(30 << 20)\nprint(flush=True)\ninput()",
    "a name that is no text": f"libc.prctl(15, b'\\xff', 0, 0, 0)\n{HIDE}",
    "a first thread that has ended": ENDED,
}


@pytest.mark.parametrize("what", HIDING)
def test_memory_is_counted_however_a_process_hides_it(what: str) -> None:
    """A process's own and shared, under any name, and of its other threads: such processes held nothing once."""
    command = [sys.executable, "-c", f"import ctypes; libc = ctypes.CDLL(None)\n{HIDING[what]}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        held = held_megabytes(process.pid)
        process.kill()
    assert 30 <= held < 100


def test_memory_that_is_swapped_out_counts(tmp_path: Path) -> None:
    """A process may have its pages put on a disk; a name that reads as a figure is none."""
    (tmp_path / "statm").write_text("900 300 100 1 0 200 0\n")
    (tmp_path / "status").write_text("Name:\tVmSwap:  9 kB\nRssShmem:\t      40 kB\nVmSwap:\t    2048 kB\n")
    assert _figures(tmp_path) == 200 * os.sysconf("SC_PAGE_SIZE") + (2088 << 10)


def test_waiting_for_a_core_costs_nobody_a_point() -> None:
    """On a core that is shared, a call of 0.4 s takes longer than the half second allowed: not by its own time."""
    before = os.sched_getaffinity(0)
    spinning = f"import os\nos.sched_setaffinity(0, {{{min(before)}}})\nwhile True: pass"
    body = "while time.process_time() < 0.4: pass\nreturn x"
    crowd = [subprocess.Popen([sys.executable, "-c", spinning]) for _ in range(3)]
    try:
        os.sched_setaffinity(0, {min(before)})  # the warm process inherits it, and the submission from that
        with open_at(Level.FULL) as crowded:
            started = time.monotonic()
            bad, _ = attempt(crowded, body)
            taken = time.monotonic() - started
    finally:
        os.sched_setaffinity(0, before)
        for process in crowd:
            process.kill()
            process.wait()
    assert bad.status is Status.RETURNED, bad
    assert taken > QUICK.call_seconds


def test_a_dead_warm_process_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next submission gets a new one and notices nothing; so it is where one that is stopped answers late."""
    with open_at(Level.FULL) as opened:
        assert isinstance(opened.starter, Warm)
        os.kill(pid_of(opened), signal.SIGKILL)
        opened.starter.process.wait()
        assert_good(sit(opened, GOOD, "good")[0][0])
        # The kernel's list of children may leave some out while another of them ends (proc(5)).
        assert soon(lambda: len(below(pid_of(opened))) == 2)
        late = below(pid_of(opened))[1]  # below the inner bubblewrap
        monkeypatch.setattr("grader.sandbox.warm._FORK_SECONDS", 1.0)
        os.kill(late, signal.SIGSTOP)
        for _ in range(2):
            assert_good(sit(opened, GOOD, "good")[0][0])
        assert not Path(f"/proc/{late}").exists()


@pytest.mark.parametrize("is_begun", [True, False])
def test_a_command_opens_one_sandbox(is_begun: bool) -> None:
    """Whoever needs it gets the same one, begun before or not, and it is closed with the command."""
    with Opening() as opening:
        if is_begun:
            opening.begin()
        assert opening.sandbox is opening.sandbox
        assert opening.sandbox.level is Level.FULL
        assert_good(sit(opening.sandbox, GOOD, "good")[0][0])
    with pytest.raises(SandboxError, match="closed"):
        sit(opening.sandbox, GOOD, "good")


def test_what_was_begun_for_nothing_is_ended() -> None:
    """A command that ends with an error before it needs its sandbox leaves no process behind."""
    with Opening() as opening:
        opening.begin()
        assert opening._begun is not None
        begun = opening._begun.process
    assert begun.returncode is not None


def test_a_broken_sandbox_is_our_fault() -> None:
    """Where no process can be started, an error of ours is raised: never the student's outcome."""
    with open_at(Level.FULL) as opened:
        assert isinstance(opened.starter, Warm)
        opened.starter._launching = partial(behind_bubblewrap, "/nonexistent/bwrap")
        os.kill(pid_of(opened), signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(SandboxError, match="start"):
                sit(opened, GOOD, "good")
    with pytest.raises(SandboxError, match="closed"):
        sit(opened, GOOD, "good")


@pytest.mark.parametrize("level", [Level.FULL, Level.OWN_WORK])
def test_nothing_is_left_behind(level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a sandbox is closed there are no more processes, folders, mounts and descriptors than before."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(os.listdir("/proc/self/fd")), children(os.getpid()), Path("/proc/self/mounts").read_text()
    with open_at(level) as opened:
        sit(opened, GOOD + HANGS, "bad", "good")
    after = len(os.listdir("/proc/self/fd")), children(os.getpid()), Path("/proc/self/mounts").read_text()
    assert after == before
    assert list(tmp_path.iterdir()) == []


def test_a_killed_grader_leaves_nothing_behind() -> None:
    """Where our own process is killed in the middle of an exam, the warm process and the submission end with it."""
    code = (
        "from grader.sandbox import *; from grader.sandbox.exam import *; from grader.wire.program import *\n"
        "box = open_sandbox(); print(box.starter.process.pid, flush=True)\n"
        "ExamRun(box, Program((Unit(1, 'while True: pass'),)), '', (), Limits(), 60)"
    )
    mounts = Path("/proc/self/mounts").read_text()
    with subprocess.Popen([sys.executable, "-B", "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) as ours:
        assert ours.stdout is not None
        zygote = Path(f"/proc/{ours.stdout.readline().strip()}")
        assert zygote.exists()
        time.sleep(0.2)
        ours.kill()
    assert soon(lambda: not zygote.exists())
    assert Path("/proc/self/mounts").read_text() == mounts


# What a machine lacks, who runs the grader, and the level that is left.
MACHINES = [
    ("nothing", "root", Level.FULL),
    ("landlock", "plain", Level.FULL),
    ("nested", "root", Level.NO_NAMESPACES),
    ("namespaces", "plain", Level.NO_NAMESPACES),
    ("bubblewrap", "root", Level.NO_NAMESPACES),
    ("namespaces,landlock", "plain", Level.OWN_WORK),
]


@pytest.mark.parametrize(("without", "user", "level"), MACHINES)
def test_each_machine_gets_the_strongest_level_it_can_have(without: str, user: str, level: Level) -> None:
    """What the kernel refuses costs no more than its level; without any wall that holds, others' work is refused."""
    command, environment = as_user(user, [sys.executable, "-B", str(HOSTILE / "machine.py"), without])
    if command is None or environment is None:
        pytest.skip("these tests do not run as root")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        done = subprocess.run(command, env={**environment, "TMPDIR": folder}, capture_output=True, text=True)
        assert os.listdir(folder) == []
    assert done.returncode == 0, done.stderr
    found, promise, checks, raise_it, opened = json.loads(done.stdout)
    assert (found, promise) == (level, level.promise), checks
    assert opened.startswith(level if level.confines else "refused: 3")
    assert all(sentence for _, _, sentence in checks)
    assert ("bubblewrap" in raise_it) is (without == "bubblewrap")
    assert checks[-1][:2] == [f"level: {level if level.confines else Level.NO_NAMESPACES}", level.confines]


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_others_work_is_refused_where_nothing_confines(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """Fail closed, unless the user says so, and say what can be done here; one's own notebook runs all the same."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(opening, "ladder", lambda _: iter([(Level.FULL, None, {})]))
    with pytest.raises(SandboxError) as refused:
        open_sandbox()
    assert refused.value.exit_code == 3
    assert "or say --unsafe-no-sandbox" in refused.value.hint
    assert ("WSL" in refused.value.hint) is (system != "linux")
    assert ("bubblewrap" in f"{refused.value.hint} {doctor().checks}") is (system == "linux")
    for opened in (open_sandbox(unsafe=True), open_own_work()):
        assert opened.level is Level.OWN_WORK
        assert system != "linux" or sit(opened, GOOD, "good")[0][0].status is Status.RETURNED


def test_without_poll_and_groups_the_outcomes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: endings and floods. The child has nothing of POSIX, and we have no `poll`."""
    source = TOP + "def bad(x):\n    print('y' * 3_000_000)\n    os._exit(3)\n"
    drivers = ("good", "pair", "bad", "good")
    with Sandbox(Level.OWN_WORK, Plain()) as plain:
        expected = sit(plain, source, *drivers)
        monkeypatch.setattr(own_work, "_BOOT", f"exec(open({str(BARE)!r}).read()); {own_work._BOOT}")
        monkeypatch.delattr(select, "poll")
        monkeypatch.delattr(os, "killpg")
        before = threading.active_count()
        found = sit(plain, source, *drivers)
    assert words(found) == words(expected) == ["returned", "returned, killed", "not reached", "returned"]
    assert soon(lambda: threading.active_count() <= before)


Ends = tuple[Pipes, int, int]


@pytest.fixture(params=[Polled, Pumped])
def ends(request: pytest.FixtureRequest) -> Iterator[Ends]:
    """Our pipes, and the other side's ends of them: requests, answers."""
    (requests_far, requests), (answers, answers_far) = os.pipe(), os.pipe()
    pipes = request.param(requests, answers)
    yield pipes, requests_far, answers_far
    pipes.close()
    for fd in (requests_far, answers_far):
        with suppress(OSError):
            os.close(fd)


def wait_for(pipes: Pipes, size: int) -> bytes:
    """So many bytes of answers."""
    came, until = b"", time.monotonic() + 10
    while len(came) < size and time.monotonic() < until:
        came += pipes.answers(0.1) or b""
    return came


def test_neither_side_waits_for_the_other_with_a_full_pipe(ends: Ends) -> None:
    """A request of many megabytes is written while answers of many are read."""
    pipes, requests, answers = ends
    great = b"y" * (5 << 20)

    def other_side() -> None:
        heard, rest = 0, memoryview(great)
        while rest:
            rest = rest[os.write(answers, rest) :]
        while heard < len(great):
            heard += len(os.read(requests, 1 << 16))
        os.write(answers, b"heard all")

    threading.Thread(target=other_side, daemon=True).start()
    pipes.send(great)
    assert wait_for(pipes, len(great) + 9) == great + b"heard all"


def test_who_has_gone_is_no_error_of_ours(ends: Ends) -> None:
    """What came before the other side had gone is given, then its end; requests that nobody reads raise nothing."""
    pipes, *theirs = ends
    os.write(theirs[1], b"last words")
    for fd in theirs:
        os.close(fd)
    assert wait_for(pipes, 10) == b"last words"
    assert pipes.answers(1.0) == b""
    pipes.send(b"x" * (1 << 20))


def test_what_was_written_is_counted(tmp_path: Path) -> None:
    """Files, empty files and folders count, links do not lead out; what cannot be looked into is too much."""
    assert not holds_too_much(str(tmp_path / "nothing"), 0)
    (tmp_path / "one").write_bytes(bytes(100_000))
    (tmp_path / "link").symlink_to("/")
    assert holds_too_much(str(tmp_path), 100_000)
    assert not holds_too_much(str(tmp_path), 200_000)
    for number in range(300):
        (tmp_path / str(number)).touch()
    assert holds_too_much(str(tmp_path), 1 << 20)


def test_whatever_a_submission_made_is_removed(tmp_path: Path) -> None:
    """Folders thousands deep, closed ones, links and odd names go; what a link names stays."""
    kept, top = tmp_path / "kept", tmp_path / "top"
    kept.write_text("x")
    deep = "import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(1200): os.mkdir('deep'); os.chdir('deep')"
    (top / "shut" / "in").mkdir(parents=True)
    subprocess.run([sys.executable, "-c", deep, str(top)], check=True)
    assert holds_too_much(str(top), 1 << 40)
    (top / "link").symlink_to(kept)
    os.mkdir(os.fsencode(top) + b"/\xff\n")
    (top / "shut" / "in").chmod(0)
    (top / "shut").chmod(0)
    subprocess.run([*REMOVE, str(top)], check=True)
    assert not top.exists()
    assert kept.read_text() == "x"
