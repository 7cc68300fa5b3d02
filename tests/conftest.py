"""What the tests share: compiled keys and graded classes, each made once for a whole run.

takes: the command line of the grader, as a user has it, and its sandbox.
gives: fixtures `key`, `sandbox` and `graded_class`, and `grade_folder` for other classes.
must not know: anything else inside the grader, but that its readings are to raise here.
"""

from __future__ import annotations

import gc
import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from grader.judge import lost_reading
from grader.sandbox import Sandbox, open_sandbox
from tests.warm import is_warm, warm

ROOT = Path(__file__).resolve().parent.parent
EXERCISE = ROOT / "reference" / "exercise_05"
CLASS = ROOT / "submissions" / "exercise_05"
# A busy machine is no failure: how long an example takes is measured in benchmarks/, not here.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("steady")

lost_reading.RAISES = True  # a reading that fails is told by the test that meets it

# What a shell starts behind its back ignores Ctrl-C, and so would all that the tests start and stop by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

WAIT = 600.0  # seconds that one worker waits for another's work; a class of sixty takes about one minute

Graded = dict[str, dict[str, Any]]
"""The lines of verdicts.jsonl by student, each with the text of the student's page as `page`."""


def run_grader(
    *arguments: object, cwd: Path | None = None, timeout: float = WAIT, module: str = "grader", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, from the project's own folder or another; or a module of the tests instead."""
    line, env, at = [str(one) for one in arguments], os.environ | environment, str(cwd or ROOT)
    command = [sys.executable, "-m", module, *line]
    if not is_warm(env):
        return subprocess.run(command, cwd=at, env=env, capture_output=True, text=True, timeout=timeout)
    code, out, err = warm().run(line, at, env, timeout, module)
    return subprocess.CompletedProcess(command, code, *(TextIOWrapper(BytesIO(said)).read() for said in (out, err)))


def read_verdicts(out: Path) -> Graded:
    """The verdicts that a run left behind, by student, with their pages."""
    lines = (out / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["student_id"]: {**row, "page": read_page(out, row["student_id"])} for row in map(json.loads, lines)}


def read_page(out: Path, student: str) -> str:
    """The text of a student's page without its tags; empty for a name that cannot be a folder's as it is."""
    page = out / student / "report.html"
    if not page.is_file():
        return ""
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))


def changed(source: str, changes: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """A hand-in with some of its text written otherwise, each of which must be there."""
    for old, new in dict(changes).items():
        assert old in source, old
        source = source.replace(old, new)
    return source


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests, the same one for all workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def _turn(done: Path) -> Iterator[bool]:
    """Whether it is this worker's turn to make `done`; the others wait until it is there."""
    lock = done.with_name(f"{done.name}.lock")
    try:
        lock.touch(exist_ok=False)
    except FileExistsError:
        until = time.monotonic() + WAIT
        while not done.exists() and lock.exists() and time.monotonic() < until:
            time.sleep(0.1)
        assert done.exists(), f"another worker could not make {done}: see its failure"
        yield False
        return
    try:
        yield True
    except BaseException:
        with suppress(OSError):
            lock.unlink()  # so that those who wait give up at once
        raise


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox that students' code runs in, at the strongest level that this machine can have."""
    with open_sandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def key(shared: Path) -> Path:
    """The compiled keys of Exercise 5, as `grader compile` leaves them."""
    out, done = shared / "key", shared / "key.done"
    with _turn(done) as mine:
        if mine:
            ran = run_grader("compile", EXERCISE, "--out", out)
            assert ran.returncode == 0, ran.stdout + ran.stderr
            done.touch()
    return out


@pytest.fixture(scope="session")
def grade_folder(shared: Path) -> Callable[..., Graded]:
    """Grades a folder of hand-ins by an assignment, once in a run for each name, however many tests ask."""

    def grade(hand_ins: Path, assignment: Path, name: str = "") -> Graded:
        out = shared / f"graded-{name or assignment.name}"
        done = out.with_name(f"{out.name}.done")
        with _turn(done) as mine:
            if mine:
                ran = run_grader("grade", hand_ins, "--assignment", assignment, "--out", out)
                assert ran.returncode in (0, 1), ran.stdout + ran.stderr
                done.touch()
        return read_verdicts(out)

    return grade


@pytest.fixture(scope="session")
def proof(shared: Path) -> subprocess.CompletedProcess[str]:
    """What `grader selftest` says of Exercise 5. It takes as long as all other commands: tests on it are one group."""
    done = shared / "selftest.done"
    with _turn(done) as mine:
        if mine:
            ran = run_grader("selftest", "reference/exercise_05")
            part = done.with_suffix(".part")
            part.write_text(json.dumps([ran.returncode, ran.stdout, ran.stderr]), encoding="utf-8")
            part.rename(done)
    return subprocess.CompletedProcess("grader selftest", *json.loads(done.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def graded_class(grade_folder: Callable[..., Graded]) -> Graded:
    """The sample class of Exercise 5, graded as a teaching assistant would."""
    return grade_folder(CLASS, EXERCISE)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Eleven thousand tests are collected by each worker, and stay: byte code is kept of them, whoever forbids it to
    the commands that they run, and garbage is not looked for among them, neither now nor at any test."""
    forbidden, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    gc.disable()
    try:
        return (yield)
    finally:
        sys.dont_write_bytecode = forbidden
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Attacks come last: floods of processes must not be at work while another worker opens a sandbox."""
    items.sort(key=lambda item: "hostile" in item.nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Hands out a long table's rows some at a time."""
    from tests.bunches import Bunches

    return Bunches(config, log) if config.getvalue("dist") == "loadgroup" else None
