"""What was found out about the peers, and the page that tells it.

takes: the cost of each command, and the verdicts of the three.
gives: `Cost`, `Measured`; one page of Markdown.
must not know: how anything was run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks import peers_exam
from benchmarks.peers_verdicts import Difference, Score, agreements, differences, markdown, read_ours

WHOLE_CLASS = 1000  # hand-ins of the class that the peers' few are the first of
OURS, EVENING, OTTER = "grader grade", "nbgrader autograde + generate_feedback", "otter run, for each notebook"
# The project's bars, for a class of 1,000: how many times as long the peers take.
BARS = {EVENING: 100, OTTER: 200}
_NOT_LISTED = 40  # rows of differences shown, the rest counted


@dataclass
class Cost:
    """Seconds of wall and of processor time, start-up included."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def shared_by(self, students: int) -> Cost:
        """That of one of them."""
        return Cost(self.wall / students, self.cpu / students)


@dataclass
class Measured:
    """What one run found out."""

    costs: dict[str, Cost] = field(default_factory=dict)
    nbgrader: dict[str, dict[str, Score]] = field(default_factory=dict)
    otter: dict[str, dict[str, Score]] = field(default_factory=dict)
    verdicts: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    whole: Cost = field(default_factory=Cost)
    """Ours, of a notebook in the class of `WHOLE_CLASS`."""


def page(found: Measured, students: int, facts: Sequence[str]) -> str:
    """Times, then verdicts."""
    apart = differences(found.nbgrader, found.otter, read_ours(found.verdicts))
    return "\n\n".join(
        [
            "# Results of `make bench-peers`",
            "\n".join(f"- {fact}" for fact in facts),
            "## Time",
            times(found, students),
            "## Where verdicts differ",
            _agreement(apart, students),
            verdict_table(apart),
        ]
    ) + "\n"  # fmt: skip


def times(found: Measured, students: int) -> str:
    """A row for each command, and for what a TA runs of nbgrader in an evening."""
    costs = {what: cost.shared_by(students) for what, cost in found.costs.items()}
    both = costs["nbgrader autograde"] + costs["nbgrader generate_feedback"]
    whole = f"{OURS}, a class of {WHOLE_CLASS:,}"
    rows = [
        (what, *(f"{1000 * each:,.0f} ms" for each in (cost.wall, cost.cpu)), *_ratios(what, cost, costs, found.whole))
        for what, cost in {**costs, EVENING: both, whole: found.whole}.items()
    ]
    head = ("whole command, start-up included", "wall a notebook", "CPU a notebook")
    return markdown((*head, "wall ÷ ours", f"wall ÷ ours in a class of {WHOLE_CLASS:,}", "bar"), rows)


def _ratios(what: str, cost: Cost, costs: Mapping[str, Cost], whole: Cost) -> tuple[str, str, str]:
    few, many = cost.wall / costs[OURS].wall, cost.wall / whole.wall
    bar = BARS.get(what)
    said = f"≥ {bar}: {'holds' if many >= bar else 'MISSED'} in that class" if bar else ""
    return f"{few:.1f} ×", f"{many:.1f} ×", said


def _agreement(apart: Sequence[Difference], students: int) -> str:
    total = students * len(peers_exam.FUNCTIONS)
    told = ", ".join(f"{name} on {count}" for name, count in agreements(apart, students).items())
    return (
        f"Of {total} functions ({len(peers_exam.FUNCTIONS)} in each notebook), full credit or not is the same as here: "
        f"{told}. The peers were asked thirty public cases; here the whole exam was, hidden cases included, and there "
        "is credit for parts. So a row is a difference to look at, and not always a mistake of somebody's."
    )


def verdict_table(apart: Sequence[Difference]) -> str:
    """The differences, as many as one reads."""
    head = ("student", "function", "nbgrader", "otter", "here", "why")
    table = markdown(head, [row.cells for row in apart[:_NOT_LISTED]])
    more = len(apart) - _NOT_LISTED
    return table if more <= 0 else f"{table}\n\n… and {more} more."
