"""Grade everything that is frozen and print what differs: `python -m tests.verdicts`; `--write` freezes it again.

It knows the grader by its command line only: whichever grader Python finds first is the one that is compared.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from . import TABLE, read, said_of, sheets
from .hand_ins import ROOT, TESTS, write_class

HERE = Path(__file__).resolve().parent
Table = dict[str, str]
"""What each hand-in came to that is not correct, by set and name; and how many there are in each set."""


@dataclass(frozen=True)
class Grader:
    """The command line of the grader that is compared, run in a folder of its own."""

    folder: Path

    def run(self, *arguments: object, cwd: Path | None = None, exits: tuple[int, ...] = (0, 1)) -> None:
        """Run one command, which must end with one of these exit codes."""
        command = [sys.executable, "-m", "grader", *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd or self.folder, capture_output=True, text=True)
        if done.returncode not in exits:
            raise SystemExit(f"exit {done.returncode} of: grader {' '.join(command[3:])}\n{done.stdout}{done.stderr}")

    def key(self, assignment: Path) -> Path:
        """The full key of an assignment, compiled."""
        self.run("compile", assignment, "--out", self.folder / "keys")
        return self.folder / "keys" / f"{assignment.name}.key.npz"

    def verdicts(self, hand_ins: Path, key: Path, kept: dict[str, tuple[str, ...]], others: str) -> Table:
        """What one class came to. Of hand-ins in `kept` these criteria count; `others` is the set of all others."""
        out = self.folder / f"out-{key.stem}"
        self.run("grade", hand_ins, "--key", key, "--out", out, "--layout", "folders", "--json")
        table: Table = {}
        for line in map(json.loads, (out / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()):
            student = line["student_id"]
            of = student.split("-")[0] if student in kept else others
            table[f"{of}/{student}"] = said_of(line, kept.get(student, ()))
        return table


def graded(grader: Grader, key: Path) -> Table:
    """All verdicts: the great class by Exercise 5, and two small ones by their own assignments."""
    asked = [sys.executable, str(HERE / "hand_ins.py"), str(key)]
    public = json.loads(subprocess.run(asked, cwd=grader.folder, capture_output=True, text=True, check=True).stdout)
    table = grader.verdicts(grader.folder / "class", key, write_class(grader.folder / "class", public), "sample")
    small = {"trial": "golden/trial/hand_ins", "moving_average": "assignments/moving_average_submissions"}
    for name, hand_ins in small.items():
        table |= grader.verdicts(TESTS / hand_ins, grader.key(TESTS / "assignments" / name), {}, name)
    counts = Counter(name.split("/")[0] for name in table)
    return {name: said for name, said in table.items() if said} | {of: f"{n} hand-ins" for of, n in counts.items()}


def same(now: Table) -> bool:
    """Print each hand-in that is not as before."""
    before = read()
    moved = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    for name in moved:
        print(f"{name}: {before.get(name, 'correct')} -> {now.get(name, 'correct')}")
    print(f"\n{len(now)} lines: {len(moved)} differ")
    return not moved


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.verdicts", description=__doc__)
    parser.add_argument("--write", action="store_true", help="freeze what the grader says now")
    options, began = parser.parse_args(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="verdicts-") as place:
        grader = Grader(Path(place))
        key = grader.key(ROOT / "reference" / "exercise_05")
        table = graded(grader, key)
        if options.write:
            assert not any("ungraded" in said for said in table.values()), "our own fault is not to be frozen"
            lines = (f"{name}\t{said}\n" for name, said in sorted(table.items()))
            TABLE.write_text("".join(lines), encoding="utf-8")
        as_before = [options.write or same(table), sheets.same(grader, key, options.write)]
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    return 0 if all(as_before) else 1


if __name__ == "__main__":
    sys.exit(main())
