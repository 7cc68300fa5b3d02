"""What one hand-in costs in processor time, memory, disk and bytes sent, so that a very large class can be planned.

takes: how many made-up notebooks (1,000), of which a tenth is graded first to see what grows.
gives: one Markdown table, printed: figures of this machine, a hand-in each. `docs/scale.md` reckons with them.
must not know: how the grader works inside; of the cluster only what a parcel is.
"""

from __future__ import annotations

import argparse
import logging
import pickle
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.make_class import make_class
from benchmarks.measuring import WORK, environment, load, machine, peak_of
from benchmarks.peers_verdicts import markdown

ROOT = Path(__file__).resolve().parent.parent
GRADER = (sys.executable, "-m", "grader")
DONE = (0, 1)
PARCELS = 3  # that are looked at for their size

Line = tuple[str, str]


class Scale:
    """One class in a folder, graded in each way."""

    def __init__(self, work: Path, students: int) -> None:
        self._work, self._students = work, students
        self._run(["compile", "reference/exercise_05", "--out", work / "key"])
        self._key = work / "key" / "exercise_05.key.npz"
        self._whole, self._tenth = work / "whole", work / "tenth"
        make_class(self._whole, students)
        make_class(self._tenth, max(1, students // 10))

    def lines(self) -> Iterator[Line]:
        """All figures."""
        yield from self._here()
        yield from self._sizes(self._work / "out")
        yield from self._again()
        yield from self._sent()
        yield from self._on_a_cluster()

    def _grade(self, folder: Path, out: str, *more: str) -> list[str | Path]:
        return ["grade", folder, "--key", self._key, "--out", self._work / out, "--quiet", *more]

    def _run(self, words: Sequence[str | Path]) -> tuple[float, float]:
        """Run a verb; gives seconds of wall, and of processor time of it and all that it waited for."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [*GRADER, *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
        assert done.returncode in DONE, done.stderr
        taken, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _each(self, seconds: float) -> str:
        return f"{1000 * seconds / self._students:.2f} ms"

    def _here(self) -> Iterator[Line]:
        small = peak_of([*GRADER, *self._grade(self._tenth, "small")], DONE)
        large = peak_of([*GRADER, *self._grade(self._whole, "out")], DONE)
        shutil.rmtree(self._work / "out")
        wall, cpu = self._run(self._grade(self._whole, "out"))
        yield "grade here, all cores: wall", self._each(wall)
        yield "grade here: CPU, all processes that are waited for", self._each(cpu)
        yield f"peak memory of the driver, {self._students // 10:,} hand-ins", f"{small.first:.0f} MB"
        yield f"peak memory of the driver, {self._students:,} hand-ins", f"{large.first:.0f} MB"
        yield f"peak memory of all processes, {self._students:,} hand-ins", f"{large.tree:.0f} MB"

    def _sizes(self, out: Path) -> Iterator[Line]:
        pages = [path.stat().st_size for path in out.glob("*/report.html")]
        handed_in = sum(path.stat().st_size for path in self._whole.rglob("*.ipynb"))
        yield "hand-in", self._kb(handed_in)
        yield "gradebook", self._kb((out / "gradebook.sqlite").stat().st_size)
        yield "student's page", f"{self._kb(sum(pages))} (median {median(pages) / 1024:.1f} KB)"
        yield "class pages", self._kb(sum(path.stat().st_size for path in [out / "index.html", *out.glob("class/*")]))
        yield "sheets", self._kb(sum((out / name).stat().st_size for name in ("grades.csv", "verdicts.jsonl")))

    def _kb(self, size: int) -> str:
        return f"{size / 1024 / self._students:.1f} KB"

    def _again(self) -> Iterator[Line]:
        wall, _ = self._run(self._grade(self._whole, "out"))
        yield "grade again, unchanged: wall", self._each(wall)
        wall, _ = self._run(["rejudge", self._work / "out", "--key", self._key])
        yield "rejudge, all cores: wall", self._each(wall)

    def _sent(self) -> Iterator[Line]:
        """What crosses the network, measured on some parcels that are graded in this process."""
        from grader.answer_key import load_key
        from grader.batch.pieces import Piece
        from grader.cluster.parcels import Terms, pack
        from grader.cluster.worker import grade_parcel
        from grader.intake import submissions_in
        from grader.report.page_context import PageContext

        terms = Terms(load_key(self._key), PageContext("Exercise 5", "", "", ""), unsafe=False)
        pieces = [Piece(one, one.student_id, "0" * 64) for one in submissions_in(self._whole)]
        parcels = [parcel for _, parcel in islice(pack(pieces, {}), PARCELS)]
        count = sum(len(parcel.packed) for parcel in parcels)
        there = sum(len(pickle.dumps(parcel)) for parcel in parcels)
        back = sum(len(pickle.dumps(grade_parcel(terms, parcel))) for parcel in parcels)
        yield "sent to a worker once", f"{len(pickle.dumps(terms)) / 1024:.0f} KB"
        yield "sent to a worker", f"{there / 1024 / count:.1f} KB"
        yield "sent back", f"{back / 1024 / count:.1f} KB"

    def _on_a_cluster(self) -> Iterator[Line]:
        from distributed import LocalCluster

        quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
        with LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster:
            address = cluster.scheduler_address
            self._run(self._grade(self._tenth, "warm", "--dask", address))
            wall, cpu = self._run(self._grade(self._whole, "cluster", "--dask", address))
            peak = peak_of([*GRADER, *self._grade(self._whole, "cluster-2", "--dask", address)], DONE)
        yield "cluster of two workers here: wall", self._each(wall)
        yield "cluster: CPU of the driver alone", self._each(cpu)
        yield f"cluster: peak memory of the driver, {self._students:,} hand-ins", f"{peak.first:.0f} MB"
        same = [(self._work / out / "verdicts.jsonl").read_bytes() for out in ("out", "cluster")]
        yield "verdict lines of both ways", "the same bytes" if same[0] == same[1] else "DIFFERENT"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What one hand-in costs.")
    parser.add_argument("--students", type=int, default=1000)
    asked = parser.parse_args()
    before = load()
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="scale-") as work:
        lines = list(Scale(Path(work), asked.students).lines())
    print(f"{machine()}; load average (1 / 5 min) {before} before, {load()} after\n")
    print(markdown(("what", "a hand-in"), lines))


if __name__ == "__main__":
    main()
