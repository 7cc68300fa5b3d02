"""Measure the grader against the least that grading can cost, in one run, as ratios: `make bench`.

takes: how many students (1,000), `--large` for 10,000 as well, `--quick` for a run that only shows that it runs.
gives: one table, printed and written to `benchmarks/results.md` with machine, date and load.
must not know: how the grader works inside; `stages` alone does.

What is compared is done in turn within each round, and a ratio is the median of the rounds' own ratios: a busy
machine slows both sides. Times in seconds say little on another machine.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench import ROOT, Bench, Size
from benchmarks.make_class import SEED
from benchmarks.measuring import WORK, load, machine
from benchmarks.table import page

RESULTS = Path(__file__).resolve().parent / "results.md"


def facts(size: Size, before: str, started: float) -> list[str]:
    """What the figures depend on."""
    return [
        machine(),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; load average (1 / 5 min) {before} before, {load()} after",
        f"{size.students:,} made-up notebooks of seed {SEED}; rounds in turn: {size.rounds}; medians, with the span in"
        f" brackets; ratios are medians of the rounds' own ratios; the run took {time.perf_counter() - started:.0f} s",
        "stages: one process, `--jobs 1`; behind the wall: the submission's own processes until they have answered,"
        " without what the kernel needs to take them down",
        "bars are those of the project; a stage's bar is held against our own side alone",
    ]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure the grader, as ratios, in one run.")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="a class of 10,000 as well")
    parser.add_argument("--quick", action="store_true", help="one short round, for being runnable")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    size = Size.quick(asked.students) if asked.quick else Size(asked.students, asked.rounds)
    size = replace(size, large=10_000 if asked.large else 0)
    before, started = load(), time.perf_counter()
    os.chdir(ROOT)
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="run-") as work:
        rows = []
        for row in Bench(size, Path(work)).rows():
            print(f"{row.what}: {' · '.join(cell for cell in row.cells[1:] if cell)}", file=sys.stderr, flush=True)
            rows.append(row)
    text = page(rows, facts(size, before, started))
    asked.results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
