"""Grade everything that is frozen, and print what differs: `python -m tests.verdicts`, or `--write` to freeze it anew.

It knows the grader by its command line only: whichever grader Python finds first is the one that is compared.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path

from . import sheets
from .hand_ins import TESTS, above, write_class

HERE = Path(__file__).resolve().parent
COLUMNS = ("hand-in", "criterion", "verdict", "points", "mistake")
Table = dict[tuple[str, str], tuple[str, ...]]
"""Verdict, points and mistake by hand-in and criterion."""


class Grader:
    """The command line of the grader under test, run in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: object, cwd: Path | None = None, exits: tuple[int, ...] = (0, 1)) -> None:
        """Run one command; it must end with one of these exit codes."""
        command = [sys.executable, "-m", "grader", *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd or self.folder, env=os.environ, capture_output=True, text=True)
        if done.returncode not in exits:
            raise SystemExit(f"exit {done.returncode} of: grader {' '.join(command[3:])}\n{done.stdout}{done.stderr}")

    def key(self, assignment: Path) -> Path:
        """The full key of an assignment, compiled."""
        self.run("compile", assignment, "--out", self.folder / "keys")
        return self.folder / "keys" / f"{assignment.name}.key.npz"

    def public_answers(self, key: Path) -> dict[str, str]:
        """For each criterion of Exercise 5 its public cases as a literal."""
        command = [sys.executable, str(HERE / "hand_ins.py"), str(key)]
        return json.loads(subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True).stdout)

    def rows(self, hand_ins: Path, key: Path, kept: dict[str, tuple[str, ...]], among: str = "") -> Table:
        """The rows of one class. `among` names its set where hand-ins do not say it themselves."""
        out, table = self.folder / f"out-{key.stem}", {}
        self.run("grade", hand_ins, "--key", key, "--out", out, "--layout", "folders", "--json")
        for line in map(json.loads, (out / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()):
            student, status = line["student_id"], line["status"]
            name = f"{among or (student.split('-')[0] if student in kept else 'sample')}/{student}"
            if status != "graded":
                table[name, "-"] = (status, "", "")
            for part in line["criteria"] if status in ("graded", "partly graded") else ():
                if part["name"] in kept.get(student, [part["name"]]):
                    points = "" if part["points"] is None else f"{part['points']:g}"
                    table[name, part["name"]] = (part["verdict"], points, part["mistake"] or "")
        return table


def graded(grader: Grader, exercise: Path, key: Path, assignments: Path) -> Table:
    """All rows: the great class by Exercise 5, and the two small classes by their own assignments."""
    kept = write_class(grader.folder / exercise.name, grader.public_answers(key))
    table = grader.rows(grader.folder / exercise.name, key, kept)
    small = {"trial": TESTS / "golden/trial/hand_ins", "moving_average": TESTS / "assignments/moving_average_submissions"}
    for name, hand_ins in small.items():
        table |= grader.rows(hand_ins, grader.key(assignments / name), {}, name)
    return table


def read(name: str, fields: int = len(COLUMNS)) -> Table:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
    return {(row[0], row[1]): tuple(row[2:fields]) for row in rows}


def lines_of(table: Table) -> list[str]:
    return ["\t".join((*place, *row)) + "\n" for place, row in sorted(table.items())]


def compare(now: Table, as_rows: bool) -> bool:
    """Print each row that is neither as before nor as allowed, by set of hand-ins. True where there is none."""
    before, allowed = read("table.tsv"), read("allowed.tsv")
    places = sorted(place for place in before.keys() | now.keys() if before.get(place) != now.get(place))
    moved = [place for place in places if place not in allowed or allowed[place] != now.get(place, ("gone", "", ""))]
    if as_rows:
        print("".join(lines_of({place: now.get(place, ("gone", "", "")) for place in moved})), end="")
        return not moved
    for group, members in groupby(moved, key=lambda place: place[0].split("/")[0]):
        print(f"\n{group}")
        for place in members:
            old, new = (" ".join(filter(None, table.get(place, ("no row",)))) for table in (before, now))
            print(f"  {place[0].split('/')[1]} {place[1]}: {old} -> {new}")
    print(f"\n{len(now)} rows: {len(moved)} differ, {len(places) - len(moved)} moved as allowed.tsv says")
    return not moved


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.verdicts", description=__doc__)
    parser.add_argument("--write", action="store_true", help="freeze what the grader says now")
    parser.add_argument("--rows", action="store_true", help="print what differs as rows for allowed.tsv")
    parser.add_argument("--reference", type=Path, default=above("reference"), help="the folder of exercise_05")
    parser.add_argument("--assignments", type=Path, default=TESTS / "assignments", help="the folder of the small ones")
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="verdicts-") as place:
        grader, exercise = Grader(Path(place)), options.reference.resolve() / "exercise_05"
        key = grader.key(exercise)
        table = graded(grader, exercise, key, options.assignments.resolve())
        if options.write:
            assert not any(row[0] == "ungraded" for row in table.values()), "our own fault is frozen by nobody"
            (HERE / "table.tsv").write_text("\t".join(COLUMNS) + "\n" + "".join(lines_of(table)), encoding="utf-8")
        same = [options.write or compare(table, options.rows), sheets.same(grader, key, options.write)]
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
