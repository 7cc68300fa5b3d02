"""What three graders say of the same functions: read from what each wrote, laid side by side.

takes: nbgrader's scores, otter's results files, our verdict lines.
gives: where they differ, with why as far as it can be told; both as Markdown.
must not know: how any of them was run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers_exam import FUNCTIONS, SHAPES

CASES = len(SHAPES)
EVERY_CHECK = "Right on every check."  # our headline where there is nothing more to say
Score = int | None
"""How many of the five cases a peer took as right; None where it gave no result at all."""


@dataclass(frozen=True)
class Ours:
    """Our verdict on one function."""

    verdict: str
    points: float | None
    most: float
    headline: str = ""

    @property
    def full(self) -> bool:
        """Whether it earned everything."""
        return self.points == self.most


def read_nbgrader(text: str) -> dict[str, dict[str, Score]]:
    """Scores by student and function, of lines of `student, cell, score` as JSON lists."""
    told: dict[str, dict[str, Score]] = {}
    for student, cell, score in map(json.loads, filter(None, text.splitlines())):
        function = cell.rpartition("_")[0].replace("-", ".")
        of_student = told.setdefault(student, dict.fromkeys(FUNCTIONS, 0))
        of_student[function] = (of_student[function] or 0) + round(score or 0)
    return told


def read_otter(results: Path) -> dict[str, Score]:
    """Scores by function, of one results file; no numbers where there is none."""
    if not results.is_file():
        return dict.fromkeys(FUNCTIONS)
    named = {test["name"]: test for test in json.loads(results.read_text(encoding="utf-8"))["tests"]}
    scores: dict[str, Score] = {}
    for function in FUNCTIONS:
        test = named.get(function.replace(".", "_"), {})
        most = test.get("max_score") or CASES
        scores[function] = None if "score" not in test else round(CASES * test["score"] / most)
    return scores


def read_ours(lines: str) -> dict[str, dict[str, Ours]]:
    """Our verdicts by student and function, of `verdicts.jsonl`."""
    told: dict[str, dict[str, Ours]] = {}
    for row in map(json.loads, filter(None, lines.splitlines())):
        told[row["student_id"]] = {
            name: Ours(c["verdict"], c["points"], c["max_points"], c.get("headline", ""))
            for name, c in _criteria(row).items()
        }
    return told


def _criteria(row: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    entries = row["criteria"]
    assert isinstance(entries, list | dict)
    return entries if isinstance(entries, dict) else {entry["name"]: entry for entry in entries}


@dataclass(frozen=True)
class Difference:
    """One function of one student on which somebody differs from us about full credit."""

    student: str
    function: str
    nbgrader: Score
    otter: Score
    ours: Ours

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        points = "no number" if self.ours.points is None else f"{self.ours.points:g} of {self.ours.most:g}"
        return (
            self.student, f"`{self.function}`", _shown(self.nbgrader), _shown(self.otter),
            f"{self.ours.verdict}, {points}", self.why,
        )  # fmt: skip

    @property
    def why(self) -> str:
        """The reason, as far as the verdicts tell it."""
        return "; ".join(dict.fromkeys(self._reasons()))

    def _reasons(self) -> Iterator[str]:
        peers = {"nbgrader": self.nbgrader, "otter": self.otter}
        if None in peers.values():
            yield " and ".join(name for name, score in peers.items() if score is None) + " gave no result"
        strict = [name for name, score in peers.items() if score is not None and score < CASES]
        lenient = [name for name, score in peers.items() if score == CASES]
        if self.ours.full and strict:
            yield self._ours_full(strict)
        if not self.ours.full and lenient:
            yield f"Cases that {' and '.join(lenient)} did not ask: {self.ours.headline or self.ours.verdict}"

    def _ours_full(self, strict: Sequence[str]) -> str:
        if self.ours.verdict == "alternative":
            return f"Another convention, which the author of this exam accepts: {self.ours.headline}"
        if self.ours.headline not in ("", EVERY_CHECK):
            return self.ours.headline
        if strict == ["otter"] and self.nbgrader == CASES:
            return "Right, but it prints: otter's doctests take what is printed for a part of the answer"
        if strict == ["nbgrader"] and self.otter == CASES:
            return "Right, but numpy warns: nbgrader takes anything on stderr for a failure"
        return "Right by itself: something else in the notebook failed, or went on where both were asked"


def differences(
    nbgrader: Mapping[str, Mapping[str, Score]],
    otter: Mapping[str, Mapping[str, Score]],
    ours: Mapping[str, Mapping[str, Ours]],
) -> list[Difference]:
    """All functions where a peer's all-or-less is not ours, in the order of students."""
    rows = (
        Difference(student, name, nbgrader.get(student, {}).get(name), otter.get(student, {}).get(name), verdicts[name])
        for student, verdicts in sorted(ours.items())
        for name in FUNCTIONS
        if name in verdicts  # none of a hand-in that could not be read
    )
    return [row for row in rows if {row.nbgrader == CASES, row.otter == CASES} != {row.ours.full}]


def agreements(found: Sequence[Difference], students: int) -> dict[str, int]:
    """On how many functions each peer agrees with us about full credit."""
    total = students * len(FUNCTIONS)
    apart = {
        "nbgrader": sum((row.nbgrader == CASES) != row.ours.full for row in found),
        "otter": sum((row.otter == CASES) != row.ours.full for row in found),
    }
    return {name: total - count for name, count in apart.items()}


def _shown(score: Score) -> str:
    return "no result" if score is None else f"{score} of {CASES}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as a table, as wide as its cells."""
    lines = [list(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    shown = ["| " + " | ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]])
