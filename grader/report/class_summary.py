"""What a class amounts to: totals, each criterion's tally, who made which mistake.

takes: `Record` values, one after another; each is let go of as soon as it is counted.
gives: `ClassSummary`: a short row a student and a few counts, small enough for ten thousand of them.
must not know: HTML, terminals, where a page is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from statistics import median

from grader.feedback.arrival_wording import came_from, told_of
from grader.gradebook import CriterionRecord, Override, Record
from grader.report.tallies import CriterionTally, Group, Mark, Row, Trouble, Word

BINS = 10  # of the histogram: tenths of all points, the last with full marks in it
RIGHT = ("correct", "alternative")


ON_BY_HAND = "points that are to stay go into 'grader review', or a sheet for --overrides"


def show_aside(names: str) -> str:
    """What is said of a `grades.csv` that somebody has changed, by what it is called now."""
    return f"grades.csv was changed since it was written: kept beside it as {names}"


class ClassSummary:
    """Counts records as they come."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.statuses: Counter[str] = Counter()
        self.origins: Counter[str] = Counter()
        self.arrivals: list[tuple[Row, tuple[str, ...]]] = []
        self.criteria: dict[str, CriterionTally] = {}
        self.max_points = Fraction(0)
        self.seconds = 0.0
        self.words: list[Word] = []
        self.strays: list[Override] = []
        self.put_aside = ""  # what a sheet that somebody has changed is called now
        self._groups: dict[tuple[str, str, str], Group] = {}

    def add(self, record: Record) -> None:
        """Count one hand-in."""
        self.origins[came_from(record)] += 1
        marks = {c.name: Mark(c.verdict, c.points, c.changed_by_hand) for c in record.criteria}
        row = Row(
            record.student_id, record.name, record.file, record.folder, record.status, record.points, marks,
            record.seconds, record.level, record.sentence, record.next_step,
        )  # fmt: skip
        self.rows.append(row)
        if said := told_of(record):
            self.arrivals.append((row, said))
        self.statuses[record.status] += 1
        self.seconds += record.seconds
        self.max_points = max(self.max_points, record.max_points)
        for criterion in record.criteria:
            tally = self.criteria.setdefault(criterion.name, CriterionTally(criterion.name, criterion.max_points))
            tally.count(criterion)
            self._group(criterion, row)
            if criterion.override is not None:
                self.words.append(_word(row, criterion, criterion.override))

    def _group(self, criterion: CriterionRecord, row: Row) -> None:
        if criterion.verdict in RIGHT or criterion.points is None:
            return
        named = criterion.mistake_here if criterion.verdict == "known mistake" else ""
        key = (criterion.name, criterion.verdict, named)
        group = self._groups.setdefault(key, Group(*key))
        group.rows.append(row)
        if named:  # other headlines name the student's own lines
            group.told[criterion.headline] += 1

    @property
    def changed_since(self) -> list[Word]:
        """Where the machine says something else than when a TA looked: these want looking at again."""
        return [word for word in self.words if word.changed_since]

    @property
    def mistakes(self) -> list[Group]:
        """By recognised mistake, the most frequent first."""
        return self._sorted(group for group in self._groups.values() if group.mistake)

    @property
    def other_verdicts(self) -> list[Group]:
        """By kind of verdict where no mistake was recognised and not all is right."""
        return self._sorted(group for group in self._groups.values() if not group.mistake)

    def _sorted(self, groups: Iterable[Group]) -> list[Group]:
        return sorted(groups, key=lambda group: (-len(group.rows), group.criterion, group.mistake))

    @property
    def ungraded(self) -> list[Row]:
        """Who could not be graded, in whole or in part."""
        return [row for row in self.rows if row.status != "graded"]

    @property
    def troubles(self) -> list[Trouble]:
        """The same, by reason, the most frequent first: a broken export hits many in one way."""
        found: dict[tuple[str, ...], Trouble] = {}
        for row in self.ungraded:
            lost = ", ".join(row.not_graded)
            reason = (row.status, row.sentence, row.next_step, lost)
            found.setdefault(reason, Trouble(*reason)).rows.append(row)
        return sorted(found.values(), key=lambda trouble: -len(trouble.rows))

    @property
    def told(self) -> list[tuple[str, list[Row]]]:
        """What is to be said of how hand-ins came in, each sentence once, the most frequent first."""
        by_text: dict[str, list[Row]] = {}
        for row, notes in self.arrivals:
            for note in notes:
                by_text.setdefault(note, []).append(row)
        return sorted(by_text.items(), key=lambda told: -len(told[1]))

    @property
    def totals(self) -> list[Fraction]:
        """The points of those that were graded in whole; others would pull the mean down for no fault of theirs."""
        return [row.points for row in self.rows if row.status == "graded" and row.points is not None]

    @property
    def mean(self) -> Fraction | None:
        """Mean points of those graded in whole."""
        totals = self.totals
        return sum(totals, Fraction(0)) / len(totals) if totals else None

    @property
    def median(self) -> Fraction | None:
        """Median points of those graded in whole."""
        totals = self.totals
        return Fraction(median(totals)) if totals else None

    def histogram(self) -> list[int]:
        """How many fall into each tenth of all points."""
        bins = [0] * BINS
        for points in self.totals:
            place = int(points * BINS / self.max_points) if self.max_points else 0
            bins[min(max(place, 0), BINS - 1)] += 1
        return bins


def _word(row: Row, criterion: CriterionRecord, override: Override) -> Word:
    return Word(
        row, criterion.name, criterion.points, criterion.judged_points, criterion.max_points, criterion.verdict,
        override, criterion.changed_since, criterion.is_capped,
    )  # fmt: skip


def summarise(records: Iterable[Record]) -> ClassSummary:
    """Count a whole class."""
    summary = ClassSummary()
    for record in records:
        summary.add(record)
    return summary
