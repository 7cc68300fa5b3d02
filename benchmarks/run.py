"""Measure the grader against the least that grading can cost, in one run, as ratios: `make bench`.

What is compared is done in turn within each round, and a ratio is the median of the rounds' own ratios: a busy machine
slows both sides. Times in seconds say little on another machine.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import cycle, islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import measuring
from benchmarks.make_class import SEED, make_class
from benchmarks.measuring import ROOT, WORK, Command, ratio, run, seconds

RESULTS = Path(__file__).with_name("results.md")
GRADER = (sys.executable, "-m", "grader")
DONE = (0, 1)  # a class or a notebook with lost points is graded all the same
FULL = 3  # a right submission is asked about three times the floor's 30 calls
SAMPLE, KEYS = ROOT / "submissions" / "exercise_05", shutil.ignore_patterns("*.key.npz")
HEAD = ("what", "measured", "ratio or value", "to reach", "version 0.1.0")
FACTS = (
    "stages: in one process; behind the wall: a submission's own processes until they are ended, without what the"
    " kernel needs to take them down",
    "the last column is version 0.1.0 on 29 November 2026, on another machine in a quiet hour",
)

Row = tuple[str, str, str, str, str]


def row(what: str, measured: str, value: float, unit: str = "×", most: float | None = None, before: str = "") -> Row:
    """One line. `value` is held against `most`; `before` is what version 0.1.0 reached."""
    bar = "" if most is None else f"≤ {most:g}: {'holds' if value <= most else 'MISSED'}"
    return what, measured, f"{value:.3g} {unit}", bar, before


class Bench:
    """One run in a folder of its own: an assignment, a class, and the same class with hanging notebooks."""

    def __init__(self, work: Path, students: int, rounds: int, listed: int) -> None:
        self.work, self.students, self.rounds, self.listed = work, students, rounds, listed
        self._outs, self._graded, self._wall = 0, work, 0.0
        self.course = Path(shutil.copytree(ROOT / "reference" / "exercise_05", work / "exercise_05", ignore=KEYS))
        self.key, self.public = (self.course / f"exercise_05{end}.key.npz" for end in ("", ".public"))
        self.whole, self.hung = work / "class", work / "hanging"
        make_class(self.whole, students)
        make_class(self.hung, students, hanging=max(0.01, 1 / students))
        self.floor: Command = [sys.executable, "-m", "benchmarks.floor", self.whole]

    def first(self) -> Iterator[Row]:
        """The sample class in a fresh clone; this makes the key for all that follows."""
        command = [*GRADER, "grade", SAMPLE, "--assignment", self.course, "--out", self.work / "first", "--quiet"]
        yield row("first grade of the sample class", "the key is compiled too", seconds(command, DONE), "s", 4, "9 s")

    def _grade(self, folder: Path, is_new: bool = True) -> Command:
        # Never where something was removed just before: ext4 shuns its inodes for a while, which takes time.
        self._outs += is_new
        self._graded = self.work / f"out-{self._outs}"
        return [*GRADER, "grade", folder, "--key", self.key, "--out", self._graded, "--quiet"]

    def a_class(self) -> Iterator[Row]:
        """A class against the floor, again unchanged, judged again, and with hanging notebooks."""
        seconds(self.floor)  # once for the bytecode, and so that the files are in memory for all
        tasks = {
            "hung": lambda: seconds(self._grade(self.hung), DONE),
            "floor": lambda: seconds(self.floor),
            "grade": lambda: seconds(self._grade(self.whole), DONE),
            "full": lambda: seconds([*self.floor, FULL]),
            "again": lambda: seconds(self._grade(self.whole, is_new=False), DONE),
            "rejudge": lambda: seconds([*GRADER, "rejudge", self._graded, "--key", self.key, "--quiet"], DONE),
        }
        took = measuring.in_turn(self.rounds, tasks)
        grade, shown, per = took["grade"], {name: _spread(one) for name, one in took.items()}, self.students / 1000
        self._wall = 1000 * median(grade) / self.students
        beside, over = f"{shown['grade']}; floor of", partial(ratio, grade)
        floors = {"floor": (f"grade {self.students:,}", 30, 3.5, "8.14 ×"), "full": ("the same", 30 * FULL, None, "")}
        for name, (what, calls, most, first) in floors.items():
            yield row(what, f"{beside} {calls} calls {shown[name]}", over(took[name]), "×", most, first)
        hung, without = f"{max(1, self.students // 100)} of them hang", f"{shown['hung']}; without {shown['grade']}"
        yield row(hung, without, ratio(took["hung"], grade), "×", 1.4, "1.47 ×")
        yield row("grade again, unchanged", shown["again"], median(took["again"]), "s", 0.6 * per, "0.92 s")
        yield row("rejudge", shown["rejudge"], median(took["rejudge"]), "s", 3.0 * per, "8.75 s")

    def cluster(self) -> Iterator[Row]:
        """The same class on two Dask workers of this machine, in turn with two processes."""
        with _two_dask_workers() as address:
            grade = partial(self._grade, self.whole)
            tasks = {
                "here": lambda: seconds([*grade(), "--jobs", 2], DONE),
                "dask": lambda: seconds([*grade(), "--dask", address], DONE),
            }
            took = measuring.in_turn(self.rounds, tasks)
        shown = f"{_spread(took['dask'])}; without {_spread(took['here'])}"
        yield row("on two Dask workers", shown, ratio(took["dask"], took["here"]), "×", 1.15)

    def stages(self) -> Iterator[Row]:
        """Processor time of a submission by stage, in one process, and what the floor takes."""
        command = [sys.executable, "-m", "benchmarks.stages", self.whole, self.key, self.work / "stages"]
        found = json.loads(run(command).stdout)
        floor, costs = 1000 * measuring.cost(lambda: run(self.floor))[1] / self.students, found["costs"]
        for stage, (ours, behind, wall) in costs.items():
            measured = f"wall {wall:.2f} ms, behind the wall {behind:.2f} ms CPU"
            yield row(f"stage: {stage}", measured, ours, "ms CPU ours")
        ours, behind = (sum(cost[side] for cost in costs.values()) for side in (0, 1))
        for side, taken, most in (("ours", ours, 1.3), ("behind the wall", behind, 2.0)):
            shown = f"{taken:.2f} ms CPU; floor {floor:.2f} ms, its start included"
            yield row(f"all stages: {side}", shown, taken / floor, "×", most, "4.14 × (26.9 ms)")
        cores = len(os.sched_getaffinity(0))
        rest = cores * self._wall - ours - behind
        yield row("the rest of all cores", f"{cores} cores, {self._wall:.2f} ms of wall each", rest, "ms", 4, "8 ms")
        right, wrong = found["right"], found["wrong"]
        shown = f"{wrong:.1f} ms of wall; full points {right:.1f} ms"
        yield row("a wrong submission against a right one", shown, wrong / right, "×", 1.4, "1.7 ×")

    def wall(self) -> Iterator[Row]:
        """What the sandbox costs by itself: once for a run, and for each process, part by part."""
        from grader.assignment.words import Limits
        from grader.sandbox import open_sandbox
        from grader.sandbox.exam import ExamRun
        from grader.sandbox.opening import open_own_work
        from grader.sandbox.probe import find_ways_out
        from grader.wire.program import Program

        many = 50 * self.rounds
        open_own_work().close()  # imports what all need
        bare = _timed(lambda: open_own_work().close())
        opened = _timed(lambda: open_sandbox().close())
        with open_sandbox() as sandbox:
            tested = _timed(lambda: find_ways_out(sandbox))
            run = partial(ExamRun, sandbox, Program(()), "", (), Limits(), 10.0)
            empty = [_timed(lambda: run().close()) for _ in range(many)]
        yield row("the wall, once: all of it", f"level {sandbox.level}", opened, "s")
        yield row("the wall, once: the copy of Python", f"without it {bare:.3g} s", opened - bare, "s")
        yield row("the wall, once: its self-test", "run as a submission", tested, "s")
        yield row("the wall, each: a process that loads nothing", "all of it, and Python", 1000 * median(empty), "ms")
        steps = _steps(tempfile.mkdtemp(dir=self.work))
        tasks = {part: partial(_timed, partial(_fork, steps[:number])) for number, part in enumerate(["bare", *_PARTS])}
        try:
            took = measuring.in_turn(many, tasks)
        except OSError:  # only the system's bubblewrap may make namespaces here
            return
        cost = {name: 1000 * median(one) for name, one in took.items()}
        yield row("the wall, each: fork and end of a process", "of this benchmark", cost["bare"], "ms")
        for before, what in pairwise(["bare", *_PARTS]):
            yield row(f"the wall, each: {what}", "including teardown", cost[what] - cost[before], "ms")

    def starts(self) -> Iterator[Row]:
        """What one waits for at a prompt."""
        check = [*GRADER, "check", next(self.whole.glob("*/*.ipynb")), "--key", self.public]
        commands: dict[str, Command] = {
            "check": check, "imports": [sys.executable, "-c", "import numpy, nbformat"], "help": [*GRADER, "--help"],
        }  # fmt: skip
        seconds(check, DONE)
        tasks = {name: partial(seconds, one, DONE) for name, one in commands.items()}
        took = measuring.in_turn(2 * self.rounds + 1, tasks)
        shown = {name: _spread(one) for name, one in took.items()}
        beside = f"{shown['check']}; import numpy, nbformat {shown['imports']}"
        yield row("check one notebook", beside, ratio(took["check"], took["imports"]), "×", 1.8, "2.15 ×")
        yield row("grader --help", shown["help"], median(took["help"]), "s", 0.07, "0.073 s")

    def sizes(self) -> Iterator[Row]:
        """The disk that a submission takes, and memory: of one class size, so that two runs show how it grows."""
        pages = sorted(path.stat().st_size / 1024 for path in self._graded.glob("*/report.html"))
        yield row("page of a student", f"median {median(pages):.0f} KB", pages[-1], "KB at most", 150, "117 KB")
        for name, most, before in (("gradebook.sqlite", 25, 62), ("verdicts.jsonl", 11, 17), ("pages", 35, 70)):
            size = sum(pages) if name == "pages" else (self._graded / name).stat().st_size / 1024
            yield row(f"disk: {name}", f"{size / 1024:.1f} MB", size / self.students, "KB each", most, f"{before} KB")
        first, tree, taken = measuring.peak_of(self._grade(self.whole))
        shown = f"{1000 * taken / self.students:.1f} ms of wall each; the leading process {first:.0f} MB"
        limit = 500 if self.students >= 10_000 else None
        yield row("memory of all processes", shown, tree, "MB", limit, "403 MB; of 10,000: 620 MB")

    def class_page(self) -> Iterator[Row]:
        """The class page of many students, made from the records of this class."""
        import msgspec

        from grader.batch.folder import gradebook_in, level_of, shown_records
        from grader.key import load_key
        from grader.report import PageContext, summarise, write_class_page

        key, change = load_key(self.key), msgspec.structs.replace
        with gradebook_in(self._graded) as book:
            records, page = list(islice(shown_records(book, key), 200)), PageContext("", level_of(book))
        names = ((f"student-{n:05}", one) for n, one in enumerate(islice(cycle(records), self.listed)))
        many = [change(one, identity=change(one.identity, student_id=name, folder=name)) for name, one in names]
        summary, started = summarise(many), time.perf_counter()
        write_class_page(self.work, summary, key, page)
        taken, size = time.perf_counter() - started, (self.work / "index.html").stat().st_size / 1024
        yield row(f"class page of {self.listed:,}", f"{size:,.0f} KB", taken, "s", 0.5, "1.01 s")
        for opened in _opened(self.work / "index.html", 2 * self.rounds):
            yield row("the same, opened in a browser", f"to its first student, of {2 * self.rounds}", opened, "s", 1)


_PARTS = ("own namespaces", "own user, /proc and scratch folder", "limits, rules for files, filter of calls")


def _steps(scratch: str) -> Sequence[Callable[[], object]]:
    """What a submission's process does to itself, as in the sandbox, after its fork into namespaces."""
    from grader.sandbox.inside import RULES, Job, confine

    walls, job = confine.Walls.plan(("/",), scratch, nested=True), Job(60, 4000, 32, 16)

    def shut_in() -> None:
        for rules in walls.rules:
            os.dup2(rules, RULES)
        confine.shut_in(job, walls, scratch)

    return (lambda: None, partial(confine.enter_own_view, job, walls), shut_in)


def _fork(steps: Sequence[Callable[[], object]]) -> None:
    """A process that takes these steps, until it has ended: the first is into namespaces of its own."""
    from grader.sandbox.inside import confine

    pid, pidfd = confine.fork_into(confine.OWN_NAMESPACES if steps else 0)
    if pid == 0:
        with suppress(BaseException):
            for step in steps:
                step()
            os._exit(0)
        os._exit(1)
    os.close(pidfd)
    if os.waitpid(pid, 0)[1]:
        raise OSError(f"a process could not take {len(steps)} steps")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def _two_dask_workers() -> Iterator[str]:
    from distributed import LocalCluster

    quietly: dict[str, Any] = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=2, threads_per_worker=1, **quietly) as two:
        yield str(two.scheduler_address)


def _opened(page: Path, times: int) -> Iterator[float]:
    """The median seconds until the first row of a page is there; nothing where there is no Chromium."""
    from playwright.sync_api import Error, sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    with suppress(Error), sync_playwright() as playwright:
        browser, taken = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]), []
        for _ in range(times):
            tab, started = browser.new_page(), time.perf_counter()
            tab.goto(page.as_uri(), wait_until="commit")
            tab.locator("#table tbody tr").first.wait_for()
            taken.append(time.perf_counter() - started)
            tab.close()
        yield median(taken)


def _spread(taken: list[float]) -> str:
    return f"{median(taken):.3g} s" + (f" ({min(taken):.3g} to {max(taken):.3g})" if len(taken) > 1 else "")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure the grader, as ratios, in one run.")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--listed", type=int, default=10_000, help="students on the class page")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked, before, started, rows = parser.parse_args(), measuring.load(), time.perf_counter(), []
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="run-") as work:
        bench = Bench(Path(work), asked.students, asked.rounds, asked.listed)
        for part in (
            bench.first,
            bench.a_class,
            bench.stages,
            bench.wall,
            bench.starts,
            bench.sizes,
            bench.class_page,
            bench.cluster,
        ):
            for one in part():
                print(" · ".join(filter(None, one)), file=sys.stderr, flush=True)
                rows.append(one)
    how = (
        f"{asked.students:,} made-up notebooks of seed {SEED}; rounds in turn: {asked.rounds}; medians, with the span;"
    )
    how += f" ratios are medians of the rounds' own ratios; it took {time.perf_counter() - started:.0f} s"
    measuring.write_page(asked.results, "make bench", [*measuring.machine(before), how, *FACTS], HEAD, rows)


if __name__ == "__main__":
    main()
