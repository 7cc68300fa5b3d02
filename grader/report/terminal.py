"""What stands on the terminal: how text is put there, and a class in one screen.

takes: a `ClassSummary`.
gives: lines of at most `WIDTH` columns, without colours where the output is no terminal or NO_COLOR is set.
must not know: HTML, how anything was graded.

rich is imported where it is used, and what a class is only for mypy: a check must start at once. Text of a hand-in is
never read as markup.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.feedback.arrival_wording import show_told
from grader.feedback.points import show_count, show_points, show_share
from grader.report.class_summary import ON_BY_HAND, show_aside
from grader.wire import plain_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from grader.report.class_summary import ClassSummary
    from grader.report.tallies import Row, Word

WIDTH = 80
LEAST = 40  # a terminal that is narrower is none: containers and CI say 0 where they do not know
TOP_MISTAKES = 5  # of a class; the class page has them all
TROUBLES_TOLD = 5


def open_console() -> Console:
    """Standard output, never wider than a page is read."""
    from rich.console import Console

    class Passing(Console):
        """Passes on that nobody reads any more: what to end with is for the verbs to say, not for rich."""

        def on_broken_pipe(self) -> None:
            raise

    console = Passing(highlight=False, emoji=False, markup=False)
    console.width = min(console.width, WIDTH) if console.width >= LEAST else WIDTH
    return console


def print_class_summary(summary: ClassSummary, index: Path, console: Console | None = None) -> None:
    """One screen about a class, ending with where to look further."""
    console = console or open_console()
    console.print(said(_counts(summary)))
    if summary.mean is not None and summary.median is not None:
        of = show_points(summary.max_points)
        console.print(said(f"mean {show_points(summary.mean)}, median {show_points(summary.median)} of {of} points"))
    if summary.criteria:
        console.print()
        console.print(_criteria(summary))
    if summary.mistakes:
        console.print(said("\nMost frequent mistakes", style="bold"))
    for group in summary.mistakes[:TOP_MISTAKES]:
        console.print(said(f"{len(group.rows):>5}  {group.criterion}: {group.mistake}"))
    _print_troubles(summary, console)
    _print_words(summary, index.parent, console)
    _print_arrivals(summary, console)
    console.print(said(f"\nClass page: {index}", cap=1000), soft_wrap=True)


def said(text: str, style: str = "", cap: int = 500) -> Text:
    """Text that is shown as it is: no markup, no control characters."""
    from rich.text import Text

    return Text(plain_text(text, cap), style=style)


def _counts(summary: ClassSummary) -> str:
    parts = [
        f"{n} {name}" for name in ("graded", "partly graded", "unreadable", "ungraded") if (n := summary.statuses[name])
    ]
    return f"{show_count(len(summary.rows), 'hand-in')}: {', '.join(parts) or 'none'}"


def _criteria(summary: ClassSummary) -> Table:
    table = new_table()
    table.add_column("criterion", overflow="fold")
    for head in ("mean", "full points", "some", "none", "not graded"):
        table.add_column(head, justify="right")
    for tally in summary.criteria.values():
        mean = "–" if tally.mean is None else f"{show_points(tally.mean)} of {show_points(tally.max_points)}"
        full = f"{tally.full} ({show_share(tally.full, tally.graded)})"
        table.add_row(said(tally.name), mean, full, str(tally.some), str(tally.none), str(tally.ungraded))
    return table


def new_table() -> Table:
    """A table with a rule under its head and nothing else."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, header_style="bold")


def _print_troubles(summary: ClassSummary, console: Console) -> None:
    if not summary.ungraded:
        return
    console.print(said("\nNot graded, and not a zero", style="bold"))
    troubles = summary.troubles
    for trouble in troubles[:TROUBLES_TOLD]:
        why = trouble.sentence or (f"could not grade {trouble.lost}" if trouble.lost else trouble.status)
        console.print(indented(f"{len(trouble.rows)}: {why} ({_who(trouble.rows)})", console))
        if trouble.next_step:
            console.print(indented(f"next: {trouble.next_step}", console, by=5))
    if len(troubles) > TROUBLES_TOLD:
        console.print(said(f"  and {show_count(len(troubles) - TROUBLES_TOLD, 'other reason')}, on the class page"))


def _who(rows: Sequence[Row]) -> str:
    return ", ".join(row.student_id for row in rows[:3]) + (", …" if len(rows) > 3 else "")


def _print_arrivals(summary: ClassSummary, console: Console) -> None:
    """What came twice, late, in a group, or under a name of no known form."""
    if not summary.arrivals:
        return
    console.print(said(f"\n{show_told(len(summary.arrivals))}", style="bold"))
    told = summary.told
    for note, rows in told[:TROUBLES_TOLD]:
        console.print(indented(f"{len(rows)}: {note} ({_who(rows)})", console))
    if len(told) > TROUBLES_TOLD:
        console.print(said(f"  and {show_count(len(told) - TROUBLES_TOLD, 'other note')}, on the class page"))


def _print_words(summary: ClassSummary, reports: Path, console: Console) -> None:
    """What TAs changed, and where the machine says something else since."""
    _print_strays(summary, console)
    if summary.put_aside:
        console.print()
        console.print(indented(show_aside(summary.put_aside), console, by=0))
        console.print(indented(f"next: {ON_BY_HAND}", console))
    if not summary.words:
        return
    changed = sum(word.override.points is not None for word in summary.words)
    comments = show_count(len(summary.words) - changed, "comment")
    console.print(said(f"\nChanged by a TA: {show_count(changed, 'criterion', 'criteria')}; {comments} beside them"))
    capped = [word for word in summary.changed_since if word.is_capped]
    since = [word for word in summary.changed_since if not word.is_capped]
    if capped:
        console.print(said("Given by a TA, and more than today's maximum, which counts:", style="bold"))
        _print_each(capped, _on_capped, console)
    if since:
        console.print(said("The machine says something else since; the TA's points still count:", style="bold"))
        _print_each(since, _on_since, console)
    if capped or since:
        then = f"  confirm or change them: grader review {shlex.quote(str(reports))}"
        console.print(said(then, cap=1000), soft_wrap=True)


def _print_each(words: Sequence[Word], tell: Callable[[Word], str], console: Console) -> None:
    for word in words[:TROUBLES_TOLD]:
        console.print(indented(f"{word.row.student_id}, {word.criterion}: {tell(word)}", console))
    if len(words) > TROUBLES_TOLD:
        console.print(said(f"  and {show_count(len(words) - TROUBLES_TOLD, 'other')}"))


def _on_since(word: Word) -> str:
    then = f"{word.override.verdict_then}, {show_points(word.override.points_then)}"
    given = "a comment" if word.override.points is None else f"TA: {show_points(word.points)}"
    return f"was {then}; is {word.verdict}, {show_points(word.judged_points)} ({given})"


def _on_capped(word: Word) -> str:
    return f"given {show_points(word.override.points)}, counted {show_points(word.points)}"


def _print_strays(summary: ClassSummary, console: Console) -> None:
    """What TAs said of students or criteria that are gone: it is kept, and counts again should they come back."""
    if not summary.strays:
        return
    named = ", ".join(f"{o.student_id} ({o.criterion})" for o in summary.strays[:TROUBLES_TOLD])
    more = ", …" if len(summary.strays) > TROUBLES_TOLD else ""
    kept = f"Kept, and about nobody here: {show_count(len(summary.strays), 'change')} by a TA: {named}{more}"
    console.print()
    console.print(indented(kept, console, by=0))


def indented(text: str, console: Console, by: int = 2, cap: int = 600) -> Text:
    """A paragraph with room at its left, and no blanks at its right for a log to keep.

    Parted by rich, which knows that a letter of some scripts takes two columns.
    """
    flat = said(re.sub(r"\s", " ", plain_text(text, cap)), cap=2 * cap)
    lines = [line.plain.rstrip() for line in flat.wrap(console, console.width - by)] or [""]
    return said("\n".join(" " * by + line for line in lines), cap=2 * cap)
