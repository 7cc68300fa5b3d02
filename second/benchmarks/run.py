"""Measure the grader against the least that grading can cost, in one run, as ratios: `make bench`.

What is compared is done in turn within each round, and a ratio is the median of the rounds' own ratios: a busy machine
slows both sides. Times in seconds say little on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.make_class import SEED, make_class
from benchmarks.measuring import ROOT, WORK, Command, cost, facts, in_turn, load, markdown, peak_of, ratio, run, seconds

RESULTS = Path(__file__).with_name("results.md")
GRADER = (sys.executable, "-m", "grader")
DONE = (0, 1)  # a class or a notebook with lost points is graded all the same
CALLS = 30  # of the floor; a right submission is asked about three times as many
SAMPLE = ROOT / "submissions" / "exercise_05"
if not SAMPLE.is_dir():  # until this house is the only one
    SAMPLE = ROOT.parent / "submissions" / "exercise_05"


@dataclass(frozen=True)
class Row:
    """One line. `value` is held against `most`; `before` is what version 0.1.0 reached on 29 November 2026."""

    what: str
    measured: str
    value: float
    unit: str = "×"
    most: float | None = None
    before: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        bar = "" if self.most is None else f"≤ {self.most:g}: {'holds' if self.value <= self.most else 'MISSED'}"
        return self.what, self.measured, f"{self.value:.3g} {self.unit}", bar, self.before


class Bench:
    """One run in a folder of its own: a key, a class, and the same class with hanging notebooks."""

    def __init__(self, work: Path, students: int, rounds: int, listed: int) -> None:
        self.work, self.students, self.rounds, self.listed = work, students, rounds, listed
        self._outs, self._graded, self._wall = 0, work, 0.0
        run([*GRADER, "compile", "reference/exercise_05", "--out", work / "key"])
        self.key, self.public = (work / "key" / f"exercise_05{end}.key.npz" for end in ("", ".public"))
        self.whole, self.hung = work / "class", work / "hanging"
        make_class(self.whole, students)
        make_class(self.hung, students, hanging=max(0.01, 1 / students))
        self.floor: Command = [sys.executable, "-m", "benchmarks.floor", self.whole]

    def rows(self) -> Iterator[Row]:
        """Everything, the important first."""
        for part in (self._class, self._stages, self._starts, self._sizes, self._flat, self._class_page):
            yield from part()

    def _grade(self, folder: Path) -> Command:
        # Never where something was removed just before: ext4 shuns its inodes for a while, which takes time.
        self._outs += 1
        self._graded = self.work / f"out-{self._outs}"
        return [*GRADER, "grade", folder, "--key", self.key, "--out", self._graded, "--quiet"]

    def _again(self) -> Command:
        return [*GRADER, "grade", self.whole, "--key", self.key, "--out", self._graded, "--quiet"]

    def _class(self) -> Iterator[Row]:
        """A class against the floor, again unchanged, judged again, and with hanging notebooks."""
        seconds(self.floor)  # once for the bytecode, and so that the files are in memory for all
        took = in_turn(
            self.rounds,
            {
                "hung": lambda: seconds(self._grade(self.hung), DONE),
                "floor": lambda: seconds(self.floor),
                "grade": lambda: seconds(self._grade(self.whole), DONE),
                "full": lambda: seconds([*self.floor, "--rounds", "3"]),
                "again": lambda: seconds(self._again(), DONE),
                "rejudge": lambda: seconds([*GRADER, "rejudge", self._graded, "--key", self.key, "--quiet"], DONE),
            },
        )
        shown = {name: _spread(taken) for name, taken in took.items()}
        grade, what, per = took["grade"], f"grade {self.students:,}, all cores", self.students / 1000
        self._wall = 1000 * median(grade) / self.students
        beside = f"{shown['grade']}; floor of {CALLS} calls {shown['floor']}"
        yield Row(what, beside, ratio(grade, took["floor"]), most=3.5, before="8.14 ×")
        beside = f"{shown['grade']}; floor of {3 * CALLS} calls {shown['full']}"
        yield Row("the same", beside, ratio(grade, took["full"]), before="5.41 × with 210 calls")
        hung = f"{max(1, round(self.students / 100))} of them hang"
        yield Row(hung, f"{shown['hung']}; without {shown['grade']}", ratio(took["hung"], grade), "×", 1.4, "1.47 ×")
        yield Row("grade again, unchanged", shown["again"], median(took["again"]), "s", 0.6 * per, "0.92 s")
        yield Row("rejudge, all cores", shown["rejudge"], median(took["rejudge"]), "s", 3.0 * per, "8.75 s")

    def _stages(self) -> Iterator[Row]:
        """Processor time of a submission by stage, in one process, and what the floor takes."""
        command = ["benchmarks.stages", self.whole, self.key, self.work / "stages", self.students]
        told = json.loads(run([sys.executable, "-m", *command]).stdout)
        floor = 1000 * cost(lambda: run(self.floor))[1] / self.students
        costs: dict[str, list[float]] = told["costs"]
        for stage, (ours, behind, wall) in costs.items():
            shown = f"wall {wall:.2f} ms" + (f", behind the wall {behind:.2f} ms CPU" if behind > 0.005 else "")
            yield Row(f"stage: {stage}", shown, ours, "ms CPU ours")
        ours, behind = (sum(cost[side] for cost in costs.values()) for side in (0, 1))
        beside = f"floor {floor:.2f} ms CPU, its start included"
        yield Row("all stages: ours", f"{ours:.2f} ms CPU; {beside}", ours / floor, "×", 1.3, "4.13 × (26.9 ms)")
        yield Row("all stages: behind", f"{behind:.2f} ms CPU; {beside}", behind / floor, "×", 2.0, "4.14 × (26.9 ms)")
        cores = len(os.sched_getaffinity(0))
        rest = f"{cores} cores, {self._wall:.2f} ms of wall each"
        yield Row("the rest of all cores", rest, cores * self._wall - ours - behind, "ms", 4, "8 ms")
        right, wrong = told["right"], told["wrong"]
        beside = f"{wrong:.1f} ms of wall, {right:.1f} ms, one process"
        yield Row("a wrong submission against a right one", beside, wrong / right, "×", 1.4, "1.7 ×")

    def _starts(self) -> Iterator[Row]:
        """What one waits for at a prompt."""
        notebook = next(self.whole.glob("*/*.ipynb"))
        commands: dict[str, Command] = {
            "check": [*GRADER, "check", notebook, "--key", self.public],
            "imports": [sys.executable, "-c", "import numpy, nbformat"],
            "help": [*GRADER, "--help"],
        }
        for command in commands.values():
            seconds(command, DONE)
        took = in_turn(2 * self.rounds + 1, {name: partial(seconds, one, DONE) for name, one in commands.items()})
        beside = f"{_spread(took['check'])}; import numpy, nbformat {_spread(took['imports'])}"
        yield Row("check one notebook", beside, ratio(took["check"], took["imports"]), "×", 1.8, "2.15 ×")
        yield Row("grader --help", _spread(took["help"]), median(took["help"]), "s", 0.07, "0.073 s")
        assignment, out = self.work / "course" / "exercise_05", self.work / "first"
        shutil.copytree(ROOT / "reference" / "exercise_05", assignment, ignore=shutil.ignore_patterns("*.key.npz"))
        first = seconds([*GRADER, "grade", SAMPLE, "--assignment", assignment, "--out", out, "--quiet"], DONE)
        yield Row("first grade of the sample class", "the key is not compiled", first, "s", 4, "9 s")

    def _sizes(self) -> Iterator[Row]:
        """The disk that a submission takes, and its page."""
        pages = sorted(path.stat().st_size / 1024 for path in self._graded.glob("*/report.html"))
        yield Row("page of a student", f"median {median(pages):.0f} KB", pages[-1], "KB at most", 150, "117 KB")
        files = {"gradebook.sqlite": (25, "62 KB"), "verdicts.jsonl": (11, "17 KB"), "pages": (35, "70 KB")}
        for name, (most, before) in files.items():
            size = sum(pages) if name == "pages" else (self._graded / name).stat().st_size / 1024
            each = size / self.students
            yield Row(f"disk: {name}", f"{size / 1024:.1f} MB", each, "KB a submission", most, before)

    def _flat(self) -> Iterator[Row]:
        """Memory as the class grows."""
        driver, tree, taken = peak_of(self._grade(self.whole), DONE)
        shown = f"{1000 * taken / self.students:.1f} ms of wall each; the leading process {driver:.0f} MB"
        most, before = (500, "620 MB") if self.students >= 10_000 else (None, "403 MB for 1,000")
        yield Row(f"memory, a class of {self.students:,}", shown, tree, "MB of all processes", most, before)

    def _class_page(self) -> Iterator[Row]:
        """The class page of many students, made from the records of this class."""
        import msgspec

        from grader.batch.folder import gradebook_in, level_of, shown_records
        from grader.key import load_key
        from grader.report import PageContext, summarise, write_class_page

        key = load_key(self.key)
        with gradebook_in(self._graded) as book:
            records, page = list(islice(shown_records(book, key), 200)), PageContext("", level_of(book))
        names = ((f"student-{n:05}", one) for n, one in enumerate(islice(cycle(records), self.listed)))
        change = msgspec.structs.replace
        many = [change(one, identity=change(one.identity, student_id=name, folder=name)) for name, one in names]
        summary, started = summarise(many), time.perf_counter()
        write_class_page(self.work, summary, key, page)
        taken, size = time.perf_counter() - started, (self.work / "index.html").stat().st_size / 1024
        yield Row(f"class page of {self.listed:,}", f"{size:,.0f} KB", taken, "s", 0.5, "1.01 s")


def _spread(taken: list[float]) -> str:
    return f"{median(taken):.3g} s" + (f" ({min(taken):.3g} to {max(taken):.3g})" if len(taken) > 1 else "")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure the grader, as ratios, in one run.")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--listed", type=int, default=10_000, help="students on the class page")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked, before, started, rows = parser.parse_args(), load(), time.perf_counter(), []
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="run-") as work:
        for row in Bench(Path(work), asked.students, asked.rounds, asked.listed).rows():
            print(" · ".join(filter(None, row.cells)), file=sys.stderr, flush=True)
            rows.append(row)
    told = [
        *facts(before),
        f"{asked.students:,} made-up notebooks of seed {SEED}; rounds in turn: {asked.rounds}; medians, with the span"
        f" in brackets; ratios are medians of the rounds' own ratios; it took {time.perf_counter() - started:.0f} s",
        "stages: in one process; behind the wall: a submission's own processes until they are ended, without what the"
        " kernel needs to take them down",
        "the last column is version 0.1.0 on 29 November 2026, on a machine of the same kind in a quiet hour",
    ]
    table = markdown(("what", "measured", "ratio or value", "to reach", "version 0.1.0"), [row.cells for row in rows])
    text = "# Results of `make bench`\n\n" + "\n".join(f"- {fact}" for fact in told) + f"\n\n{table}\n"
    asked.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
