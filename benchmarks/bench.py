"""All that is measured of the grader, row by row.

takes: how much is measured, a folder to work in.
gives: the rows of the table, the important first.
must not know: how the grader works inside; `stages` alone does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.make_class import make_class
from benchmarks.measuring import Command, environment, in_turn, peak_of, ratio, reaped_cpu_ms, seconds
from benchmarks.table import Row

ROOT = Path(__file__).resolve().parent.parent
GRADER = (sys.executable, "-m", "grader")
DONE = (0, 1)  # a class or a notebook with loss is graded all the same
HANGING = 0.01
FULL = 7  # the floor makes 30 calls; seven times as many are about those that the exam makes of who is right (206)
BUDGETS = {"choose + extract": 1.0, "sandbox": 5.0, "judge + score": 1.0, "page": 2.0, "gradebook": 0.2}


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    students: int
    rounds: int = 3
    small: int = 100
    large: int = 0
    staged: int = 1000
    counted: int = 100
    listed: int = 10_000
    starts: int = 7

    @classmethod
    def quick(cls, students: int) -> Size:
        """Just enough to show that everything runs."""
        return cls(
            students,
            rounds=1,
            small=max(2, students // 2),
            staged=students // 2,
            counted=students // 2,
            listed=200,
            starts=1,
        )


class Bench:
    """One run: a folder to work in, a key, a class with and one without hanging notebooks."""

    def __init__(self, size: Size, work: Path) -> None:
        self.size = size
        self.work = work
        self._outs = 0
        self._graded = work
        subprocess.run(
            [*GRADER, "compile", "reference/exercise_05", "--out", work / "key"],
            cwd=ROOT, env=environment(), check=True, capture_output=True,
        )  # fmt: skip
        self.key, self.public_key = (work / "key" / f"exercise_05{end}.key.npz" for end in ("", ".public"))
        self.whole, self.hung, self.small = (work / name for name in ("class", "hanging", "small"))
        make_class(self.whole, size.students)
        make_class(self.hung, size.students, hanging=max(HANGING, 1 / size.students))
        make_class(self.small, size.small)

    def rows(self) -> Iterator[Row]:
        """Everything, the important first."""
        yield from self._class_rows()
        yield from self._start_rows()
        yield from self._flat_rows()
        yield from self._stage_rows()
        yield from self._call_rows()
        yield from self._page_rows()

    # ---- commands --------------------------------------------------------------------------------------------

    def _grade(self, folder: Path, out: Path) -> Command:
        return [*GRADER, "grade", folder, "--key", self.key, "--out", out, "--quiet"]

    def _floor(self) -> Command:
        return [sys.executable, "-m", "benchmarks.floor", self.whole, "--at-once", "2"]

    def _least(self) -> Command:
        # One in flight more than there are cores: its own process works as well, beside those that it forks.
        command = [sys.executable, "-m", "benchmarks.least", self.whole, self._new_out()]
        return [*command, "--at-once", "3", "--rounds", str(FULL)]

    def _new_out(self) -> Path:
        self._outs += 1
        return self.work / f"out-{self._outs}"

    def _time_grade(self, folder: Path, out: Path) -> float:
        return seconds(self._grade(folder, out), DONE)

    # ---- what is measured ------------------------------------------------------------------------------------

    def _class_rows(self) -> Iterator[Row]:
        """A whole class against the floor, again unchanged, and with hanging notebooks."""
        students, floor = self.size.students, self._floor()

        def afresh() -> float:
            # Never where something was removed just before: ext4 shuns its inodes for a while, which takes time.
            self._graded = self._new_out()
            return self._time_grade(self.whole, self._graded)

        seconds(floor)  # once for the bytecode, and so that the files are in memory for all
        tasks: dict[str, Callable[[], float]] = {
            "floor": lambda: seconds(floor),
            "grade": afresh,
            "again": lambda: self._time_grade(self.whole, self._graded),
            "rejudge": lambda: seconds([*GRADER, "rejudge", self._graded, "--key", self.key, "--quiet"], DONE),
            "hanging": lambda: self._time_grade(self.hung, self._new_out()),
            "full floor": lambda: seconds([*floor, "--rounds", str(FULL)]),
            "least": lambda: seconds(self._least()),
        }
        took = in_turn(self.size.rounds, tasks)
        grade, against = took["grade"], took["floor"]
        yield Row(
            f"grade {students:,} notebooks, all cores", _seconds(grade),
            f"bare-fork floor, 2 in flight {_seconds(against)}", ratio(grade, against), 2.0,
        )  # fmt: skip
        full = took["full floor"]
        yield Row(
            "the same", _seconds(grade), f"that floor with the {30 * FULL} calls of the exam {_seconds(full)}",
            ratio(grade, full),
        )  # fmt: skip
        least = took["least"]
        smallest = f"the smallest grader of these calls, without a wall or reasons {_seconds(least)}"
        yield Row("the same", _seconds(grade), smallest, ratio(grade, least))
        bare = f"bare-fork floor {_seconds(against)}"
        yield Row("that smallest grader", _seconds(least), bare, ratio(least, against))
        yield Row("grade them again, unchanged", _seconds(took["again"]), "", median(took["again"]), 1.0, "s")
        yield Row(
            "judge them anew, from saved outcomes", _seconds(took["rejudge"]), "", median(took["rejudge"]), None, "s"
        )
        hung = f"grade with {max(1, round(HANGING * students))} of them hanging"
        yield Row(hung, _seconds(took["hanging"]), "without", ratio(took["hanging"], grade), 2.0)

    def _start_rows(self) -> Iterator[Row]:
        """What one waits for at a prompt."""
        notebook = next(self.small.glob("*/*.ipynb"))
        check: Command = [*GRADER, "check", notebook, "--key", self.public_key]
        commands: dict[str, tuple[Command, tuple[int, ...]]] = {
            "check": (check, DONE),
            "imports": ([sys.executable, "-c", "import numpy, nbformat"], (0,)),
            "help": ([*GRADER, "--help"], (0,)),
            "python": ([sys.executable, "-c", "pass"], (0,)),
        }
        for command, fine in commands.values():
            seconds(command, fine)
        took = in_turn(self.size.starts, {n: partial(seconds, c, fine) for n, (c, fine) in commands.items()})
        yield Row(
            "check one notebook", _seconds(took["check"]),
            f'python -c "import numpy, nbformat" {_seconds(took["imports"])}',
            ratio(took["check"], took["imports"]), 2.5,
        )  # fmt: skip
        python = f"python {_seconds(took['python'])}"
        yield Row("grader --help", _seconds(took["help"]), python, median(took["help"]), 0.1, "s")

    def _flat_rows(self) -> Iterator[Row]:
        """Time and memory a notebook as the class grows."""
        folders = {self.size.small: self.small, self.size.students: self.whole}
        if self.size.large:
            folders[self.size.large] = self.work / "large"
            make_class(folders[self.size.large], self.size.large)
        for number, folder in folders.items():
            peak = peak_of(self._grade(folder, self._new_out()), DONE)
            yield Row(
                f"a notebook in a class of {number:,}", f"{1000 * peak.seconds / number:.1f} ms of wall",
                f"peak: driver {peak.first:.0f} MB, all {peak.tree:.0f} MB",
            )  # fmt: skip

    def _stage_rows(self) -> Iterator[Row]:
        """Processor time a notebook, by stage."""
        command = [sys.executable, "-m", "benchmarks.stages", self.whole, self.key, self._new_out(), self.size.staged]
        done = subprocess.run(
            list(map(str, command)), cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
        )
        costs: dict[str, list[float]] = json.loads(done.stdout)
        assert costs.keys() >= BUDGETS.keys(), "a budget is of no stage"
        for stage, (ours, children, wall) in costs.items():
            behind = f", behind the wall {children:.2f}" if children else ""
            most = BUDGETS.get(stage)
            if ours < 0.005 > wall:
                yield Row(f"stage: {stage}", f"0 ms CPU ours{behind}")
                continue
            yield Row(f"stage: {stage}", f"{ours:.2f} ms CPU ours{behind}", f"wall {wall:.2f} ms", ours, most, "ms")
        ours, children = (sum(cost[side] for cost in costs.values()) for side in (0, 1))
        floor = reaped_cpu_ms(self._floor()) / self.size.students
        yield Row(
            "stage: all", f"{ours:.2f} ms CPU ours, behind the wall {children:.2f}",
            f"floor {floor:.2f} ms CPU, its start included", (ours + children) / floor,
        )  # fmt: skip

    def _call_rows(self) -> Iterator[Row]:
        """What of the cost is the same on every machine, and in a busy hour."""
        command = [sys.executable, "-m", "benchmarks.calls", self.whole, self.key, self._new_out(), self.size.counted]
        done = subprocess.run(
            list(map(str, command)), cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
        )
        calls: dict[str, float] = json.loads(done.stdout)
        yield Row(
            "functions called a notebook", f"{calls['ours']:,.0f} of Python, ours",
            f"behind the wall {calls['inside']:,.0f}",
        )  # fmt: skip

    def _page_rows(self) -> Iterator[Row]:
        """What a browser gets."""
        out = self._graded
        sizes = sorted(path.stat().st_size / 1024 for path in out.glob("*/report.html"))
        yield Row(
            "page of a student", f"median {median(sizes):.0f} KB", f"largest {sizes[-1]:.0f} KB", sizes[-1], 150, "KB"
        )
        taken, weight = class_page(out, self.size.listed)
        yield Row(f"class page of {self.size.listed:,}", f"{taken:.2f} s to make", "", weight / 1024, None, "KB")


def class_page(out: Path, students: int) -> tuple[float, int]:
    """The seconds and bytes of a class page of so many students, made from the records of a smaller class."""
    from grader.folders import GRADEBOOK
    from grader.gradebook import Gradebook
    from grader.report.class_page import render_class_pages
    from grader.report.page_context import PageContext

    with Gradebook(out / GRADEBOOK) as book:
        records = list(islice(book.records(with_outcomes=False), 200))
    many = (
        replace(record, student_id=f"student-{n:05}", name=f"student-{n:05}", folder=f"student-{n:05}")
        for n, record in enumerate(islice(cycle(records), students))
    )
    started = time.perf_counter()
    _, html = next(render_class_pages(many, PageContext("Exercise 5", "", "", "")))
    return time.perf_counter() - started, len(html.encode())


def _seconds(taken: list[float]) -> str:
    spread = f" ({min(taken):.3g}–{max(taken):.3g})" if len(taken) > 1 else ""
    return f"{median(taken):.3g} s{spread}"
