"""What a student reads of a check, on the terminal and below a cell: a line for each function, then what to try."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.feedback.case_sentences import place_in
from grader.gradebook import CaseRecord, CriterionRecord, Record, Ruling
from grader.key import Key
from grader.report.page import FACES, face_of, render
from grader.report.terminal import WIDTH, indented, open_console, text

if TYPE_CHECKING:
    from rich.console import Console

MOST_CASES = 3  # of one wrong function; more of the same kind help nobody
KERNEL_NOTE = (
    "This checks what the kernel has run, including cells that you have deleted since; cell 3 is In [3]. "
    "Before you hand in: restart the kernel, run all cells, save."
)
_STYLES = {"good": "green", "bad": "red", "half": "yellow", "broken": "magenta", "quiet": "dim"}


def show_check(record: Record, key: Key, scope: str = "", console: Console | None = None) -> None:
    """Show the verdicts, then what is wrong and what to try. `scope` is said last."""
    console, words, criteria = console or open_console(), record.words, record.criteria
    if words.headline:
        console.print(text(words.headline, "bold"))
        console.print(indented(f"What to do: {words.next_step}" if words.next_step else "", console, by=0))
    if criteria and all(one.verdict == "missing" for one in criteria):
        nothing = (
            f"No function of '{key.rubric.title}' was found. If this is another exercise, name its key: --key FILE."
        )
        console.print(text(nothing, "bold"))
    for one in criteria:
        face, name = face_of(one.verdict, one.points), f"{one.name:<{max(len(other.name) for other in criteria)}}"
        symbol = face.symbol if _is_utf(console) else face.plain
        parts = [text(symbol, _STYLES[face.tone]), text(name), text(f"{face.word:<19}", _STYLES[face.tone])]
        console.print(text("  ").join([*parts, text("{} of {} public checks".format(*public_right(one)))]))
    for note in words.notes:
        console.print(indented(f"Note: {note}", console, by=0), style="dim")
    for one in criteria:
        _show_criterion(record, one, console)
    _show_close(record, scope, console)


def show_changes(before: Record, after: Record, console: Console | None = None) -> None:
    """What a save changed, for somebody who watches: a rule between the last check and this one."""
    console, was = console or open_console(), {one.name: one.verdict for one in before.criteria}
    changed = [one for one in after.criteria if was.get(one.name, one.verdict) != one.verdict]
    console.print(text(("─" if _is_utf(console) else "-") * console.width, "dim"))
    nothing = ": no verdict has changed" if after.criteria and not changed else ""
    console.print(text(f"{time.strftime('%H:%M:%S')} saved, checked again{nothing}"))
    for one in changed:
        console.print(indented(f"{one.name}: {face_of(was[one.name]).word} -> {face_of(one.verdict).word}", console))


def public_right(criterion: CriterionRecord) -> tuple[int, int]:
    """How many public cases are right, and how many there are."""
    public = [case.right for case in criterion.cases if case.visibility == "public"]
    return sum(public), len(public)


def _is_utf(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")


def _show_criterion(record: Record, criterion: CriterionRecord, console: Console) -> None:
    """What is to be said of one function; nothing where it is right and has no notes."""
    words, place = criterion.words, _place(record, criterion)
    lines = [] if criterion.ruling == Ruling("correct") else [words.headline or face_of(criterion.verdict).meaning]
    lines += [f"Try next: {words.next_step}"] if words.next_step else []
    lines += [f"Note: {note}" for note in words.notes[:MOST_CASES]]
    if lines:
        console.print("", text(criterion.name, "bold") + text(f" ({place})" if place else "", "dim"), sep="\n")
    for line in lines:
        console.print(indented(line, console))
    for case in _failing(criterion)[:MOST_CASES]:
        if case.detail not in words.headline:
            console.print(indented(f"{case.name}: {case.detail}", console, by=4))


def _place(record: Record, criterion: CriterionRecord) -> str:
    place, at = place_in(record.evidence.facts), criterion.places
    return place(at.trouble_cell, at.trouble_line) or place(at.cell, at.line)


def _failing(criterion: CriterionRecord) -> Sequence[CaseRecord]:
    """The wrong public cases. Of a function that is missing or untouched, no case says more than its headline."""
    if criterion.verdict in ("missing", "not attempted"):
        return ()
    return [case for case in criterion.cases if case.visibility == "public" and not case.right]


def _show_close(record: Record, scope: str, console: Console) -> None:
    right, count = (sum(numbers) for numbers in zip((0, 0), *map(public_right, record.criteria), strict=True))
    console.print()
    if count:
        console.print(text(f"Public checks: {right} of {count}. Hidden checks are run after hand-in."))
    if record.status != "graded":
        console.print(text(f"{FACES['ungraded'].word}: this is not a zero, and no points are lost."))
    if scope:
        console.print(indented(scope, console, by=0), style="dim")


def not_checked(record: Record) -> str:
    """What a student is not told by public cases, and when it is."""
    of: dict[str, list[str]] = {}
    for criterion in record.criteria:
        for behaviour in criterion.behaviours:
            if behaviour.standing == "not shown":
                of.setdefault(behaviour.name, []).append(criterion.name)
    alone = "; ".join(f"{name} ({', '.join(functions)})" for name, functions in of.items())
    said = "Not checked yet: the hidden cases, which have other numbers and are run after hand-in."
    return f"{said} Only they check: {alone}." if of else said


def render_card(record: Record, key: Key) -> str:
    """The same as HTML to be shown below a cell, light or dark."""
    lines = [(one, *public_right(one), _failing(one), _place(record, one)) for one in record.criteria]
    said = {"not_checked": not_checked(record), "kernel_note": KERNEL_NOTE}
    return render("notebook_card.html", record=record, title=key.rubric.title, lines=lines, most=MOST_CASES, **said)


def card_text(record: Record, key: Key) -> str:
    """The same for a place that shows no HTML."""
    from rich.console import Console

    written = io.StringIO()
    console = Console(file=written, width=WIDTH, highlight=False, emoji=False, color_system=None, force_terminal=False)
    show_check(record, key, "", console)
    for sentence in (not_checked(record), KERNEL_NOTE):
        console.print(indented(sentence, console, by=0))
    return written.getvalue().rstrip()
