"""The terminal: how text is put there, the progress of a run, a class on one screen, and the machine's sandbox."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from grader.feedback.numbers import show_count, show_points
from grader.report.class_summary import ClassSummary, say_put_aside
from grader.report.page import clean, show_share

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from grader.gradebook import CriterionRecord, Override, Record
    from grader.sandbox import Diagnosis

WIDTH = 80
MOST = 5  # mistakes, reasons and notes that are listed; the class page has them all
LINES = 10  # of progress for a whole class where there is no terminal, so that a log stays readable

Progress = Callable[[str, str, str], None]
"""Called with each submission that is done: student, status, and the sentence where it is not graded."""


def open_console() -> Console:
    """Standard output, never wider than a page is read, and without colours where it is no terminal."""
    from rich.console import Console

    class Passing(Console):
        """Raises when nobody reads any more: what to end with is for the verbs to say, not for rich."""

        def on_broken_pipe(self) -> None:
            raise

    console = Passing(highlight=False, emoji=False, markup=False)
    console.width = min(console.width, WIDTH) if console.width >= 40 else WIDTH  # CI says 0 where it does not know
    return console


def text(words: str, style: str = "", most: int = 500) -> Text:
    """Text that is shown as it is: no markup, no control characters."""
    from rich.text import Text

    return Text(clean(words, most), style=style)


def indented(words: str, console: Console, by: int = 2) -> Text:
    """A paragraph with a margin at its left, and no blanks at its right. rich knows which letters take two columns."""
    lines = text(" ".join(words.split()), most=1500).wrap(console, console.width - by)
    return text("\n".join(" " * by + line.plain.rstrip() for line in lines), most=3000)


@contextmanager
def progress(total: int, quiet: bool = False, done: str = "graded") -> Iterator[Progress]:
    """Show progress on standard error, so that standard output holds the result alone: a bar, or some plain lines."""
    if quiet or not total:
        yield lambda student, status, sentence: None
    elif not sys.stderr.isatty():
        yield _lines(total, done)
    else:
        from rich import progress as bars
        from rich.console import Console

        columns = (bars.TextColumn(done), bars.BarColumn(), bars.MofNCompleteColumn(), bars.TimeRemainingColumn(True))
        with bars.Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(done, total=total)
            yield lambda student, status, sentence: bar.advance(task)


def _lines(total: int, what: str) -> Progress:
    numbers = count(1)

    def step(student: str, status: str, sentence: str) -> None:
        done = next(numbers)
        if status != "graded":
            print(f"{clean(student, 80)}: {status}: {clean(sentence, 500)}", file=sys.stderr)
        if done * LINES // total != (done - 1) * LINES // total:
            print(f"{done} of {total} submissions {what}", file=sys.stderr)

    return step


def show_class(summary: ClassSummary, index: Path, console: Console | None = None) -> None:
    """One screen about a class, ending with where to look further."""
    console = console or open_console()
    counts = ", ".join(f"{number} {status}" for status, number in sorted(summary.statuses.items()))
    console.print(text(f"{show_count(len(summary.rows), 'submission')}: {counts or 'none'}"))
    if summary.averages is not None:
        mean, median, most = map(show_points, (*summary.averages, summary.max_points))
        console.print(text(f"mean {mean}, median {median} of {most} points"))
    _show_criteria(summary, console)
    mistakes = [f"{len(one.rows)}: {one.criterion}: {one.mistake}" for one in summary.groups if one.mistake]
    _show_list("Most frequent mistakes", mistakes, console)
    troubles = [_reason(group.rows, group.reason or group.verdict) for group in summary.troubles]
    _show_list("Could not be graded", troubles, console)
    _show_by_hand(summary, index.parent, console)
    _show_list("How submissions came in", [_reason(rows, note) for note, rows in summary.arrivals], console)
    console.print(text(f"\nClass page: {index}", most=1000), soft_wrap=True)


def _show_criteria(summary: ClassSummary, console: Console) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, header_style="bold")
    table.add_column("criterion", overflow="fold")
    for head in ("mean", "full points", "some", "none", "not graded"):
        table.add_column(head, justify="right")
    for name, tally in summary.criteria.items():
        mean = f"{show_points(tally.total / tally.graded)} of {show_points(tally.max_points)}" if tally.graded else "–"
        full = f"{tally.counts['full']} ({show_share(tally.counts['full'], tally.graded)})"
        table.add_row(text(name), mean, full, *(str(tally.counts[one]) for one in ("some", "none", "ungraded")))
    if summary.criteria:
        console.print("", table, sep="\n")


def _show_list(head: str, lines: Sequence[str], console: Console) -> None:
    if lines:
        console.print(text(f"\n{head}", "bold"))
    for line in lines[:MOST]:
        console.print(indented(line, console))
    if len(lines) > MOST:
        console.print(text(f"  and {len(lines) - MOST} more, on the class page"))


def _reason(rows: Sequence[Record], sentence: str) -> str:
    students = ", ".join(row.student_id for row in rows[:3]) + (", …" if len(rows) > 3 else "")
    step = rows[0].words.next_step if rows[0].status != "graded" else ""
    return f"{len(rows)}: {sentence} ({students}){f' Next: {step}' if step else ''}"


def _show_by_hand(summary: ClassSummary, reports: Path, console: Console) -> None:
    """What TAs changed, and where the machine says something else since."""
    strays = [f"{one.student_id}, {one.criterion}" for one in summary.strays]
    _show_list("Changes by a TA for students or criteria that are not in this class (kept)", strays, console)
    if summary.put_aside:
        console.print("", indented(say_put_aside(summary.put_aside), console, by=0), sep="\n")
    changed, since = sum(one.points is not None for _, _, one in summary.overridden), summary.changed_since
    if summary.overridden:
        comments = show_count(len(summary.overridden) - changed, "comment")
        console.print(text(f"\nChanged by a TA: {show_count(changed, 'criterion', 'criteria')}, and {comments}"))
    _show_list("Changed since a TA looked; the TA's points still count", [_since(*one) for one in since], console)
    if since:
        console.print(text(f"  Next: grader review {shlex.quote(str(reports))}", most=1000), soft_wrap=True)


def _since(row: Record, criterion: CriterionRecord, override: Override) -> str:
    said = "a comment" if override.points is None else f"TA: {show_points(override.points)}"
    said += f", counted {show_points(criterion.points)}" if criterion.is_capped else ""
    then = f"{override.verdict_then}, {show_points(override.points_then)}"
    now = f"{criterion.verdict}, {show_points(criterion.judged_points)}"
    return f"{row.student_id}, {criterion.name} ({said}): was {then}; is {now}"


def show_doctor(found: Diagnosis, console: Console | None = None) -> None:
    """Which sandbox this machine has, what it promises, and what would raise it."""
    console = console or open_console()
    console.print(text(f"level: {found.level.heading}"), indented(found.promise, console, by=0), sep="\n")
    for name, holds, sentence in found.checks:
        console.print(indented(f"{'ok' if holds else 'no'}: {name}: {sentence}", console))
    if found.raise_it:
        console.print(text(f"\nto raise it: {found.raise_it}", most=1000), soft_wrap=True)
