"""What a class amounts to, and its page: totals, criteria, who made which mistake, who could not be graded and why.

All of the page can be read without script. With it, the table of students sorts, searches and filters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import median

from markupsafe import Markup
from msgspec.structs import replace

from grader.extract import Facts
from grader.feedback.numbers import show_points
from grader.folders import INDEX, NOTEBOOK, write_whole
from grader.gradebook import CriterionRecord, Evidence, Identity, Override, Record, Words
from grader.intake import NOT_READ, origins
from grader.key import Key
from grader.report.page import PageContext, breakable, face_of, link, render, shown
from grader.score import RIGHT

STATUSES = ("graded", "partly graded", "unreadable", "ungraded")

_NAME_ENDS = r"(?=[,;:]|$| (?:is|was|has|cannot|unpacks|but|and)\b)"  # what comes behind the name of a file
BINS = 10  # of the histogram: tenths of all points, full marks in the last


@dataclass
class CriterionTally:
    """How a class did on one criterion: how many have full, some or no points, or are ungraded.

    `behaviours` counts the students who hold each and those who were shown it.
    """

    max_points: Fraction
    counts: Counter[str] = field(default_factory=Counter)
    total: Fraction = Fraction(0)
    behaviours: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def graded(self) -> int:
        """How many have points here, zero included."""
        return self.counts.total() - self.counts["ungraded"]

    def count(self, criterion: CriterionRecord) -> None:
        """Add one student."""
        points = criterion.points
        if points is None:
            self.counts["ungraded"] += 1
            return
        self.counts["full" if points == criterion.max_points else "some" if points else "none"] += 1
        self.total += points
        for behaviour in criterion.behaviours:
            if behaviour.standing != "not shown":
                held, shown = self.behaviours.get(behaviour.name, (0, 0))
                self.behaviours[behaviour.name] = (held + (behaviour.standing == "held"), shown + 1)


@dataclass
class Group:
    """Students who have something in common: a verdict on a criterion with the mistake, or why they are ungraded."""

    criterion: str
    verdict: str
    mistake: str = ""
    rows: list[Record] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """Why they are ungraded; of several without the names of their files."""
        return self.rows[0].words.headline if len(self.rows) == 1 else _without_names(self.rows[0])


class ClassSummary:
    """Counts records as they come; `rows` are the records without cells, cases and outcomes.

    `overridden` are the criteria that a TA said something about, `strays` overrides about nobody here, and `put_aside`
    is the name of the copy of a `grades.csv` that somebody had edited.
    """

    def __init__(self) -> None:
        self.rows: list[Record] = []
        self.statuses: Counter[str] = Counter()
        self.criteria: dict[str, CriterionTally] = {}
        self.max_points = Fraction(0)
        self.overridden: list[tuple[Record, CriterionRecord, Override]] = []
        self.strays: list[Override] = []
        self.put_aside = ""
        self._groups: dict[tuple[str, str, str], Group] = {}
        self._arrivals: dict[str, list[Record]] = {}

    def count(self, records: Iterable[Record]) -> Iterator[Record]:
        """Count each as it passes."""
        for record in records:
            self.add(record)
            yield record

    def add(self, record: Record) -> None:
        """Count one submission."""
        short = tuple(replace(one, words=Words(), behaviours=(), cases=()) for one in record.criteria)
        row = replace(record, criteria=short, cells=(), evidence=Evidence(Facts(), seconds=record.evidence.seconds))
        self.rows.append(row)
        self.statuses[record.status] += 1
        self.max_points = max(self.max_points, record.max_points)
        for note in _arrival_notes(record):
            self._arrivals.setdefault(note, []).append(row)
        for criterion in record.criteria:
            self.criteria.setdefault(criterion.name, CriterionTally(criterion.max_points)).count(criterion)
            if criterion.verdict not in RIGHT and criterion.points is not None:
                key = (criterion.name, criterion.verdict, criterion.ruling.mistake)
                self._groups.setdefault(key, Group(*key)).rows.append(row)
            if criterion.override is not None:
                self.overridden.append((row, criterion, criterion.override))

    @property
    def changed_since(self) -> list[tuple[Record, CriterionRecord, Override]]:
        """Overrides of which the machine says something else than when the TA looked."""
        return [one for one in self.overridden if one[1].changed_since]

    @property
    def groups(self) -> list[Group]:
        """The students by what is not right: known mistakes, then other verdicts, the most frequent first."""
        return sorted(self._groups.values(), key=lambda one: (not one.mistake, -len(one.rows), one.criterion))

    @property
    def ungraded(self) -> list[Record]:
        """The students who could not be graded, in whole or in part."""
        return [row for row in self.rows if row.status != "graded"]

    @property
    def troubles(self) -> list[Group]:
        """The same by reason, whatever the files are called: a broken export affects many in one way."""
        found: dict[tuple[str, str, str, str], Group] = {}
        for row in self.ungraded:
            lost = ", ".join(one.name for one in row.criteria if one.points is None)
            reason = (lost, row.status, _without_names(row), row.words.next_step)
            found.setdefault(reason, Group(lost, row.status)).rows.append(row)
        return sorted(found.values(), key=lambda group: -len(group.rows))

    @property
    def arrivals(self) -> list[tuple[str, list[Record]]]:
        """What is to be said of how submissions came in, each sentence once, the most frequent first."""
        return sorted(self._arrivals.items(), key=lambda note: -len(note[1]))

    @property
    def origins(self) -> str:
        """How many students came from where, in one line."""
        return origins([row.identity.arrival for row in self.rows])

    @property
    def totals(self) -> list[Fraction]:
        """The points of those graded in whole; others would lower the mean for no fault of theirs."""
        return [row.points for row in self.rows if row.status == "graded" and row.points is not None]

    @property
    def averages(self) -> tuple[Fraction, Fraction] | None:
        """Mean and median of those graded in whole."""
        totals = sorted(self.totals, key=float)  # to compare fractions takes ten times as long
        return (sum(totals, Fraction(0)) / len(totals), Fraction(median(totals))) if totals else None

    @property
    def histogram(self) -> list[int]:
        """How many students are in each tenth of all points."""
        counts = Counter(min(int(points * BINS / (self.max_points or 1)), BINS - 1) for points in self.totals)
        return [counts[place] for place in range(BINS)]


def _without_names(row: Record) -> str:
    """The sentence about a whole submission, with … for what its files are called."""
    who = row.identity
    names = sorted(filter(None, {who.file, who.arrival.entry, who.student_id}), key=len, reverse=True)
    found = (
        rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?:[./][^,;:]*?)?{_NAME_ENDS}|[^\s,;:()]+\.\w{{1,6}}{_NAME_ENDS}"
    )
    return re.sub(r"…(?:, …)+", "…", re.sub(found, "…", row.words.headline))


def summarise(records: Iterable[Record]) -> ClassSummary:
    """Count a whole class."""
    summary = ClassSummary()
    for record in records:
        summary.add(record)
    return summary


def say_put_aside(name: str) -> str:
    """What is said of a `grades.csv` that somebody has edited, or of a lost gradebook, by the name of its copy."""
    kept = f"grades.csv was not as this gradebook wrote it: that file is kept beside the new one as {name}."
    return f"{kept} To change points, use 'grader review', or a sheet for --overrides."


def _arrival_notes(record: Record) -> tuple[str, ...]:
    """What a TA should know of how one submission came. What could not be read is news where points are lost."""
    arrival, notes = record.identity.arrival, list(record.identity.arrival.notes)
    if record.points is not None and record.points < record.max_points:
        notes += [note for note in record.words.notes if note.startswith(NOT_READ)]
    if record.taken_off:
        notes.append(f"Late: {show_points(record.taken_off)} points are taken off.")
    elif arrival.late_by:
        notes.append("Late, and no points are taken off.")
    elif arrival.marked_late and arrival.late_by is None:
        notes.append("Marked as late without a time, so no points are taken off; --late says how late each was.")
    return tuple(dict.fromkeys(notes))


def write_class_page(out: Path, summary: ClassSummary, key: Key, page: PageContext) -> None:
    """Write `index.html`, with links to the whole notebooks that were rendered."""
    notebooks = {path.parent.name for path in out.glob(f"*/{NOTEBOOK}")}
    write_whole(out / INDEX, render_class_page(summary, key, page, notebooks).encode("utf-8", "replace"))


def render_class_page(summary: ClassSummary, key: Key, page: PageContext, notebooks: Collection[str] = ()) -> str:
    """The page as HTML; `notebooks` are the folders that have one."""
    groups, member = summary.groups, dict[int, list[int]]()
    for number, group in enumerate(groups):
        for row in group.rows:
            member.setdefault(id(row), []).append(number)
    rows = "".join([_student(row, summary.criteria, member.get(id(row), ()), notebooks) for row in summary.rows])
    persons = {id(row): _person(row.identity) for row in summary.rows}  # most are in several lists
    return render(
        "class.html", ("page.css", "wide.css", "class.css"), "class.js", summary=summary, key=key, page=page,
        statuses=[(face_of(name), summary.statuses[name]) for name in STATUSES if summary.statuses[name]],
        feedback={(rule.name, one.name): one.feedback for rule in key.rubric.criteria for one in rule.mistakes},
        rows=Markup(rows), groups=groups, people=partial(_people, persons), notebooks=notebooks,  # noqa: S704 - escaped where made
        named=any(row.identity.name not in ("", row.student_id) for row in summary.rows),
    )  # fmt: skip


def _person(who: Identity) -> str:
    """An entry of a list of students: a link to the page."""
    return f'<li><a href="{link(who.folder)}">{shown(who.name or who.student_id)}</a>'


def _people(persons: Mapping[int, str], rows: Iterable[Record]) -> Markup:
    """A list of students."""
    lines = "".join([persons[id(row)] for row in rows])
    return Markup(f"<ul class=people>{lines}</ul>")  # noqa: S704 - escaped


def _student(row: Record, criteria: Iterable[str], groups: Iterable[int], notebooks: Collection[str]) -> str:
    """A row of the table; `groups` are the numbers of those that the student is in."""
    who, face, by_name = row.identity, face_of(row.status), {one.name: one for one in row.criteria}
    also = f' <a class=small href="{link(who.folder, NOTEBOOK)}">notebook</a>' if who.folder in notebooks else ""
    badge = f'<span class="badge {face.tone}"><span aria-hidden=true>{face.symbol}</span> {shown(face.word)}</span>'
    points = [show_points(row.points), *(_mark(by_name[name]) if name in by_name else "–" for name in criteria)]
    return (
        f'<tr data-in="{" ".join(map(str, groups))}"><th scope=row><a href="{link(who.folder)}">{shown(who.student_id)}'
        f"</a>{also}<td>{shown(who.name)}<td>{badge}<td class=num>{'<td class=num>'.join(points)}"
        f"<td class=path>{breakable(who.file)}<td class=num>{row.evidence.seconds:.2f} s\n"
    )


def _mark(criterion: CriterionRecord) -> str:
    """The points; the word where nothing came back, so that a bare 0 is a wrong answer and nothing else."""
    points, verdict = show_points(criterion.points), criterion.verdict
    if criterion.changed_by_hand:
        return f"{points} (TA)"
    if criterion.points is None or face_of(verdict).tone not in ("broken", "quiet"):
        return points
    return f"{points} ({shown(verdict)})" if criterion.points else shown(verdict)
