"""A warm `python -m grader`: one process that has imported all, and forks for each command that a test runs.

takes: a command's arguments, its folder and its environment, a line of JSON each; another module, to run that instead.
gives: the process that runs it, and the exit code; what it printed, through pipes, lies in two files.
must not know: what any command does.

Python's start and imports are most of what a short command costs, and the tests run some thousand of them. What is run
is the same module as `__main__`, in a process of its own that ends as any other does; `tests/test_warm.py` holds the
two against each other. Where Python itself is told something by the environment, the command is begun from nothing.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PYTHONS_OWN = ("PYTHON", "LC_", "LANG", "OPENBLAS")  # what is read when Python or numpy begins, and never again
OUTPUTS = ("stdout", "stderr")
# A command imports late what not all of them need, and to import it is half of what a short one costs here.
LATE = (
    "grader.cli.grading", "grader.batch.whole_class", "grader.batch.at_a_desk", "grader.batch.rejudging",
    "grader.compile_key.compiling", "grader.report.student_page", "grader.report.class_page", "rich.console",
    "rich.table",
)  # fmt: skip


class Warm:
    """The process that forks, begun when it is first needed; it ends with whoever began it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.warm import serve; serve()"],
            cwd=Path(__file__).resolve().parent.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asks, self._tells = self._process.stdin, self._process.stdout
        atexit.register(self._end)

    def _end(self) -> None:
        self._asks.close()
        self._process.wait()

    def run(
        self, arguments: list[str], cwd: str, environment: Mapping[str, str], timeout: float, module: str = "grader"
    ) -> tuple[int, bytes, bytes]:
        """The exit code of a command, and what it printed; `TimeoutExpired` after so many seconds."""
        with TemporaryDirectory(prefix="warm-") as place:
            asked = {"arguments": arguments, "cwd": cwd, "environment": dict(environment), "place": place}
            asked["module"] = module
            self._asks.write(json.dumps(asked) + "\n")
            self._asks.flush()
            if not select.select([self._tells], [], [], timeout)[0]:
                os.killpg(self._process.pid, signal.SIGKILL)
                warm.cache_clear()
                raise subprocess.TimeoutExpired(arguments, timeout)
            status = self._tells.readline()
            if not status:
                warm.cache_clear()
                raise ChildProcessError(f"the warm process has ended under {arguments}")
            out, err = ((Path(place) / name).read_bytes() for name in OUTPUTS)
            return os.waitstatus_to_exitcode(int(status)), out, err


@lru_cache(maxsize=1)
def warm() -> Warm:
    """The one of this process."""
    return Warm()


def is_warm(environment: Mapping[str, str]) -> bool:
    """Whether a command in this environment can be forked: none of it is Python's own, or different from ours."""
    names = {name for name in {*environment, *os.environ} if name.startswith(PYTHONS_OWN)}
    return sys.platform == "linux" and all(environment.get(name) == os.environ.get(name) for name in names)


def serve() -> None:
    """Import what commands need, and fork for each that is asked for."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `grader/__main__.py` has it: no thread may run at a fork
    for name in LATE:
        import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        pipes = {name: os.pipe() for name in OUTPUTS}
        child = os.fork()
        if not child:
            _take([os.open(os.devnull, os.O_RDONLY), *(written for _, written in pipes.values())])
            for read, _ in pipes.values():
                os.close(read)
            _become(asked)
            break
        for _, written in pipes.values():
            os.close(written)
        _keep({read: Path(asked["place"]) / name for name, (read, _) in pipes.items()})
        print(os.waitpid(child, 0)[1], flush=True)


def _keep(outputs: dict[int, Path]) -> None:
    """Write what comes through each pipe into a file, until nobody holds its other end."""
    while outputs:
        for pipe in select.select([*outputs], [], [])[0]:
            said = os.read(pipe, 1 << 16)
            with outputs[pipe].open("ab") as kept:
                kept.write(said)
            if not said:
                os.close(pipe)
                del outputs[pipe]


def _take(opened: list[int]) -> None:
    """Have these as input, output and errors, and under no other number."""
    for number, one in enumerate(opened):
        os.dup2(one, number)
        os.close(one)
    # What Python made for the errors of this process may have been a file, in which one can go back.
    sys.stderr = sys.__stderr__ = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115


def _become(asked: Mapping[str, Any]) -> None:
    """Be the command: its folder, its environment, its arguments; what it raises ends this process as it would any."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    with contextlib.suppress(ValueError):
        sys.path.remove("")
    sys.path.insert(0, asked["cwd"])
    sys.argv = ["-m", *asked["arguments"]]
    runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
