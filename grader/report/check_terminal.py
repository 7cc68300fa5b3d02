"""What a student reads on the terminal: one line a criterion, then what is wrong and what to try.

takes: a `Record`; two of them, for what a save has changed.
gives: lines on a console.
must not know: HTML, classes, how anything was graded.

rich is imported where it is used: a check must start at once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from grader.feedback.case_wording import Place
from grader.feedback.missing_wording import NOTHING_THERE
from grader.feedback.points import show_count
from grader.feedback.wording import places_of
from grader.gradebook import CaseRecord, CriterionRecord, Record
from grader.report.faces import FACES, Face, face_of
from grader.report.terminal import indented, open_console, said

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

CASES_TOLD = 3  # of one criterion that is wrong; more of the same kind help nobody
_STYLES = {"good": "green", "bad": "red", "half": "yellow", "broken": "magenta", "quiet": "dim"}


def print_check(record: Record, scope: str = "", console: Console | None = None, title: str = "") -> None:
    """What a student reads: one line a criterion, then what is wrong and what to try.

    `title` is that of the key's exercise, which is told first where nothing of it is there.
    """
    console = console or open_console()
    notes = tuple(note for note in record.notes if not title or not note.startswith(NOTHING_THERE))
    if len(notes) < len(record.notes):  # it asks of another exercise, where no key can be named
        told = f"None of the functions of this key is there. It is of '{title}': if your exercise is another one, "
        console.print(said(f"{told}name its key with --key FILE.", style="bold"))
    if record.sentence:
        console.print(said(record.sentence, style="bold"))
    if record.sentence and record.next_step:
        console.print(said(f"What to do: {record.next_step}"))
    if record.criteria:
        console.print(_verdicts(record.criteria, console))
        if notes:
            console.print()
    for note in notes:
        console.print(said(f"Note: {note}", style="dim"))
    for criterion in record.criteria:
        if criterion.verdict != "correct" or criterion.notes:
            _print_criterion(criterion, places_of(record), console)
    _print_close(record, scope, console)


def print_changes(before: Record, after: Record, console: Console | None = None) -> None:
    """What a save changed, for somebody who watches: a line between the last check and this one."""
    console = console or open_console()
    was = {criterion.name: face_of(criterion.verdict, criterion.points).word for criterion in before.criteria}
    now = {criterion.name: face_of(criterion.verdict, criterion.points).word for criterion in after.criteria}
    rule = ("─" if _is_utf(console) else "-") * console.width
    console.print(said(rule, style="dim"))
    changed = [f"{name}: {was[name]} -> {word}" for name, word in now.items() if was.get(name, word) != word]
    told = ": no verdict has changed" if after.criteria and not changed else ""
    console.print(said(f"{time.strftime('%H:%M:%S')} saved, checked again{told}"))
    for line in changed:
        console.print(indented(line, console))


def _is_utf(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")


def _symbol(face: Face, console: Console) -> Text:
    return said(face.symbol if _is_utf(console) else face.plain, style=_STYLES[face.tone])


def _verdicts(criteria: Sequence[CriterionRecord], console: Console) -> Table:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    for criterion in criteria:
        face = face_of(criterion.verdict, criterion.points)
        right, count = _public(criterion)
        checks = f"{right} of {count} public checks"
        table.add_row(_symbol(face, console), said(criterion.name), said(face.word, _STYLES[face.tone]), checks)
    return table


def _public(criterion: CriterionRecord) -> tuple[int, int]:
    public = criterion.public_cases
    return sum(case.right for case in public), len(public)


def _print_criterion(criterion: CriterionRecord, place: Place, console: Console) -> None:
    face = face_of(criterion.verdict, criterion.points)
    console.print()
    console.print(said(criterion.name, "bold") + said(_place(criterion, place), "dim"))
    headline = criterion.headline or face.explained
    if headline:
        console.print(indented(headline, console))
    if criterion.next_step:
        console.print(indented(f"Try next: {criterion.next_step}", console))
    for note in criterion.notes[:CASES_TOLD]:
        console.print(indented(f"Note: {note}", console))
    for line in _cases(criterion):
        console.print(indented(line, console, by=4))


def _cases(criterion: CriterionRecord) -> Iterator[str]:
    """The public cases that are not right: those of which the headline says all by name, others with what they show.

    Of a function that is not there, or that is as the hand-out left it, no case says more.
    """
    if criterion.verdict in ("missing", "not attempted"):
        return
    failing = [case for case in criterion.public_cases if not case.right]
    said_above = [bool(case.detail) and _as_read(case.detail) in _as_read(criterion.headline) for case in failing]
    alike = [f"'{case.name}'" for case, is_said in zip(failing, said_above, strict=True) if is_said]
    others = [case for case, is_said in zip(failing, said_above, strict=True) if not is_said]
    if alike:
        *named, last = [*alike[:CASES_TOLD], *_more(len(alike) - CASES_TOLD)]
        yield f"Seen in {', '.join(named)}{' and ' if named else ''}{last}."
    yield from map(_case, others[:CASES_TOLD])
    yield from (f"and {more}" for more in _more(len(others) - CASES_TOLD))


def _as_read(told: str) -> str:
    """What an error says without its sizes: on one line it is the same error, whatever a case's shapes are."""
    return re.sub(r"\d+", "0", told) if "raised " in told else told


def _more(count: int) -> list[str]:
    return [show_count(count, "more case")] if count > 0 else []


def _place(criterion: CriterionRecord, place: Place) -> str:
    told = place(criterion.trouble_cell, criterion.trouble_line) or place(criterion.cell, criterion.line)
    return f" ({told})" if told else ""


def _case(case: CaseRecord) -> str:
    return f"{case.name}: {case.detail or case.outcome}"


def _print_close(record: Record, scope: str, console: Console) -> None:
    counts = [_public(criterion) for criterion in record.criteria]
    console.print()
    if counts:
        right, count = sum(r for r, _ in counts), sum(c for _, c in counts)
        console.print(said(f"Public checks: {right} of {count}. Hidden checks are run after hand-in."))
    if any(criterion.points is None for criterion in record.criteria) or record.status in ("unreadable", "ungraded"):
        console.print(said(FACES["ungraded"].word + " is not a zero: nothing is lost by it."))
    if scope:
        console.print(said(scope, style="dim"))
