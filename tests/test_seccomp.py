"""The filter's answer to each kind of call, on both machines: the program is run as the kernel runs it."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import resource
import select
import signal
import socket
import struct
import time
from itertools import pairwise

import pytest

from grader.assignment.words import Limits
from grader.sandbox import open_sandbox
from grader.sandbox.exam import ExamRun
from grader.sandbox.inside import seccomp
from grader.wire.program import Ask, Program, Unit

APART, AMONG_OTHERS = 0, 4321  # the process's own number, where it has neighbours
NEW_USER = 0x10000000
PRIVATE, SHARED, NO_FILE, HUGE = 2, 1, 0x20, 0x40000
ARM_32, I386 = 0x40000028, 0x40000003
Numbers = tuple[int, int]


def answer(program: bytes, architecture: int, number: int, *arguments: int) -> str:
    """What the kernel would say to a call: "yes", "end", or the name of an error."""
    six = [argument % (1 << 64) for argument in (*arguments, *[0] * (6 - len(arguments)))]
    data, rules = struct.pack("<IIQ6Q", number, architecture, 0, *six), list(struct.iter_unpack("=HBBI", program))
    held, at = 0, 0
    while True:
        code, then, otherwise, word = rules[at]
        at += 1
        if code == 0x06:  # return
            kind, error = word & 0xFFFF0000, word & 0xFFFF
            return {0x7FFF0000: "yes", 0x80000000: "end"}.get(kind) or errno.errorcode[error]
        if code == 0x20:  # load a word of the call
            [held] = struct.unpack_from("<I", data, word)
        else:  # jump where it is equal, at least as large, or has any of the bits
            holds = {0x15: held == word, 0x35: held >= word, 0x45: bool(held & word)}[code]
            at += then if holds else otherwise


# call: (its two numbers, its arguments, the answer apart from all others, the answer among others)
CALLS: dict[str, tuple[Numbers, tuple[int, ...], str, str]] = {
    "read": ((0, 63), (), "yes", "yes"),
    "close_range, a young call": ((436, 436), (), "yes", "yes"),
    "chmod of a file that a neighbour may own": ((268, 53), (), "yes", "EPERM"),
    "how full the disk is": ((137, 43), (), "yes", "EPERM"),
    "socket": ((41, 198), (2, 1), "EPERM", "EPERM"),
    "ptrace": ((101, 117), (), "end", "end"),
    "a request of a disk": ((206, 0), (), "end", "end"),
    "fadvise64": ((221, 223), (), "EPERM", "EPERM"),
    "readahead": ((187, 213), (), "EPERM", "EPERM"),
    "mincore": ((27, 232), (), "EPERM", "EPERM"),
    "sysinfo": ((99, 179), (), "EPERM", "EPERM"),
    "io_uring_setup": ((425, 425), (), "ENOSYS", "ENOSYS"),
    "clone3": ((435, 435), (), "ENOSYS", "ENOSYS"),
    "openat2": ((437, 437), (), "ENOSYS", "ENOSYS"),
    "a call of next year": ((999, 999), (), "ENOSYS", "ENOSYS"),
    "a fork": ((56, 220), (17,), "yes", "yes"),
    "a fork into a namespace": ((56, 220), (NEW_USER | 17,), "EPERM", "EPERM"),
    "memory": ((9, 222), (0, 1, 3, PRIVATE | NO_FILE), "yes", "yes"),
    "a file mapped": ((9, 222), (0, 1, 3, SHARED), "yes", "yes"),
    "shared memory": ((9, 222), (0, 1, 3, SHARED | NO_FILE), "EPERM", "EPERM"),
    "huge pages": ((9, 222), (0, 1, 3, PRIVATE | NO_FILE | HUGE), "EPERM", "EPERM"),
    "DONTNEED": ((28, 233), (0, 1, 4), "yes", "yes"),
    "COLD": ((28, 233), (0, 1, 20), "EINVAL", "EINVAL"),
    "PAGEOUT": ((28, 233), (0, 1, 21), "EINVAL", "EINVAL"),
    "preadv2": ((327, 286), (3, 0, 1, 0, 0, 0), "yes", "yes"),
    "preadv2 with RWF_NOWAIT": ((327, 286), (3, 0, 1, 0, 0, 8), "ENOTSUP", "ENOTSUP"),
    "pwritev2 with a flag": ((328, 287), (3, 0, 1, 0, 0, 2), "ENOTSUP", "ENOTSUP"),
    "F_GETFL": ((72, 25), (3, 3), "yes", "yes"),
    "F_SETPIPE_SZ": ((72, 25), (3, 1031, 1 << 20), "EPERM", "EPERM"),
    "F_SETLK": ((72, 25), (3, 6), "EPERM", "EPERM"),
    "TCGETS": ((16, 29), (0, 0x5401), "yes", "yes"),
    "TIOCSTI": ((16, 29), (0, 0x5412), "ENOTTY", "ENOTTY"),
    "PR_SET_NAME": ((157, 167), (15,), "yes", "yes"),
    "PR_SET_DUMPABLE": ((157, 167), (4, 1), "EPERM", "EPERM"),
    "a pair of sockets": ((53, 199), (1, 1), "yes", "yes"),
    "a pair of another kind": ((53, 199), (2, 1), "EAFNOSUPPORT", "EAFNOSUPPORT"),
    "sent to one's own pair": ((44, 206), (3, 0, 1, 0, 0, 0), "yes", "yes"),
    "sent to an address": ((44, 206), (3, 0, 1, 0, 1 << 40, 16), "EPERM", "EPERM"),
    "a clock": ((228, 113), (1,), "yes", "yes"),
    "the clock of a process": ((228, 113), (~AMONG_OTHERS << 3 | 2,), "EINVAL", "EINVAL"),
    "its own limits": ((302, 261), (0,), "yes", "yes"),
    "its own limits, by its number": ((302, 261), (AMONG_OTHERS,), "yes", "yes"),
    "another's limits": ((302, 261), (1,), "yes", "EPERM"),
    "another's session": ((124, 156), (1,), "yes", "EPERM"),
    "a signal that it hears": ((62, 129), (AMONG_OTHERS, 10), "yes", "yes"),
    "a signal to another": ((62, 129), (77, 9), "yes", "EPERM"),
    "a signal that ends it, where it is the first process": ((62, 129), (1, 9), "end", "EPERM"),
    "a signal that ends its group": ((62, 129), (0, 9), "end", "EPERM"),
    "a signal that ends its thread": ((234, 131), (1, 1, 6), "end", "EPERM"),
    "a signal to a thread": ((200, 130), (77, 10), "yes", "EPERM"),
}


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_a_call_gets_this_answer(machine: str, what: str) -> None:
    """Old calls are refused with EPERM, and young ones as if the kernel had none of them."""
    numbers, arguments, apart, among_others = CALLS[what]
    architecture, column = seccomp.ARCHITECTURES[machine]
    for own_pid, expected in ((APART, apart), (AMONG_OTHERS, among_others)):
        program = seccomp.build_filter(machine, own_pid)
        assert answer(program, architecture, numbers[column], *arguments) == expected


@pytest.mark.parametrize("own_pid", [APART, AMONG_OTHERS])
def test_only_calls_that_no_library_makes_end_the_process(own_pid: int) -> None:
    """Those are the calls in a table of their own, and calls by another machine's numbers."""
    for column, (machine, (architecture, _)) in enumerate(seccomp.ARCHITECTURES.items()):
        program = seccomp.build_filter(machine, own_pid)
        others = {ARM_32, I386, *(number for number, _ in seccomp.ARCHITECTURES.values())} - {architecture}
        assert {answer(program, other, 20) for other in others} == {"end"}
        ended = {number for number in range(700) if answer(program, architecture, number, 99) == "end"}
        assert ended == {numbers[column] for numbers in seccomp.ENDING.values()} - {-1}
    x86 = seccomp.build_filter("x86_64", own_pid)
    assert answer(x86, seccomp.ARCHITECTURES["x86_64"][0], 0x40000000 + 39) == "end", "x32"


def test_python_has_no_function_for_a_call_that_ends_the_process() -> None:
    """What a student can write without `ctypes` is an error that can be caught."""
    modules = (os, signal, socket, time, resource, select, mmap, fcntl)
    assert [name for name in seccomp.ENDING for module in modules if hasattr(module, name)] == []


@pytest.mark.parametrize("column", [0, 1])
def test_no_two_calls_have_one_number(column: int) -> None:
    """Young calls have the same number on both machines."""
    checked = {name: numbers for name, (numbers, *_) in seccomp.ALLOWED_WITH.items()}
    calls = seccomp.ALLOWED | seccomp.ALLOWED_APART | seccomp.ON_A_PROCESS | seccomp.ENDING | checked
    there = sorted(numbers[column] for numbers in calls.values() if numbers[column] >= 0)
    assert all(one < other for one, other in pairwise(there))
    assert all(x86 == arm for x86, arm in calls.values() if x86 >= seccomp.YOUNG)


# What is more than a call may take in the table of attacks, where lighter work is.
HONEST = {
    "all of the standard library": """
    import importlib
    for name in sorted(sys.stdlib_module_names - {"antigravity", "this", "idlelib"}):
        try: importlib.import_module(name)
        except ImportError: pass""",
    "asyncio, and a process of its own": """
    import asyncio
    async def main():
        process = await asyncio.create_subprocess_exec(sys.executable, "-ISc", "print(1)", stdout=-1)
        assert await process.communicate() == (b"1\\n", None)
    asyncio.run(main())""",
    "multiprocessing": """
    import multiprocessing, time
    for how in ("fork", "spawn"):
        process = multiprocessing.get_context(how).Process(target=time.sleep, args=(0,))
        process.start()
        process.join()
        assert process.exitcode == 0""",
    "two threads of BLAS in a program of its own": """
    import subprocess
    os.symlink(os.path.dirname(np.__file__), "numpy")
    threads = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "PYTHONPATH": "."}
    code = "import numpy as np; a = np.ones((500, 500)); a @ a"
    subprocess.run([sys.executable, "-c", code], check=True, env=threads)""",
}


@pytest.mark.parametrize("what", HONEST)
def test_honest_work_needs_no_other_call(what: str) -> None:
    """A later Python or numpy that makes another call fails here first."""
    source = f"import os, sys\nimport numpy as np\ndef work():{HONEST[what]}\n    return 1\n"
    driver = "def ask(student):\n    yield 'work', {'y': student.work()}\n"
    limits = Limits(call_seconds=20, load_seconds=20, total_seconds=60)
    with open_sandbox() as sandbox, ExamRun(sandbox, Program((Unit(1, source),)), driver, ("work",), limits, 20) as run:
        [outcome] = run.ask([Ask(1, "ask", {})], {1: ("work",)})[1]
    assert outcome.values == {"y": 1}, outcome
