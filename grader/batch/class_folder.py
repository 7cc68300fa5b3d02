"""The out folder of a class: what lies where in it, and how it is written from the gradebook.

takes: an order (key, out folder), records as the machine made them, what TAs said over them.
gives: a page for each student, the class page, `grades.csv`, `verdicts.jsonl`, `overrides.csv`.
must not know: how a hand-in is graded, sandboxes at work.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answer_key import AnswerKey
from grader.batch.put_aside import digest_of, put_aside
from grader.batch.saved_class import (
    Class,
    StandIns,
    level_of,
    outcomes_of,
    strays_of,
    told,
    told_records,
    unknown_changes,
)
from grader.export import grades_through, rows_of, verdicts_through, write_moved, write_overrides
from grader.folders import FURTHER, GRADES, MOVED, NOTEBOOK, OVERRIDES, PAGE, VERDICTS
from grader.gradebook import Gradebook, Record, is_seen
from grader.report.class_summary import ClassSummary, summarise
from grader.report.page_context import PageContext
from grader.version import VERSION
from grader.walls import Level
from grader.wire import unpack_outcomes

if TYPE_CHECKING:
    from grader.judge import Outcomes


def tell_anew(book: Gradebook, order: Class, students: Sequence[str]) -> ClassSummary:
    """Write the pages of some students and all sheets from what the gradebook holds: after a TA's change."""
    said = book.overrides.effective()
    page = page_context(order.key, level_of(book), now())
    for student in students:
        record = book.record_of(student)
        write_page(order, page, told(record, said, order), outcomes_of(book, record))
    return write_out(book, order, page, unknown_changes(book, order))


def page_context(key: AnswerKey, level: Level, date: str, scope: str = "grade") -> PageContext:
    """What the pages of a run by this key, at this level, have in common."""
    return PageContext(key.rubric.title, date, key.digest, VERSION, level.title, level.promise, scope)


def page_of_check(record: Record, key: AnswerKey, level: Level) -> str:
    """The page of a student's own check."""
    return render_page(record, page_context(key, level, now(), "check"), key, unpack_outcomes(record.outcomes))


def write_page(order: Class, page: PageContext, record: Record, outcomes: Outcomes) -> None:
    """Write one student's page."""
    keep_page(order, record.folder, render_page(record, page, order.key, outcomes))


def keep_page(order: Class, folder: str, html: str) -> None:
    """Put a page where it lies."""
    (order.out / folder).mkdir(exist_ok=True)
    _put(order.out / folder / PAGE, html)


def render_page(record: Record, page: PageContext, key: AnswerKey, outcomes: Outcomes) -> str:
    """One student's page, from a record with what TAs said over it."""
    from grader.report.arrays import case_sizes, public_arrays  # the judge's side, which sheets do without
    from grader.report.student_page import render_student_page

    # Arrays of what is right say nothing that the word does not, and those of a template are nobody's; they are most
    # of a page's weight and time.
    shown = {
        c.name: c.variant
        for c in record.criteria
        if c.verdict != "not attempted" and (page.scope == "check" or c.machine_points != c.max_points)
    }
    return render_student_page(record, page, public_arrays(key, outcomes, shown) if shown else None, case_sizes(key))


def write_out(book: Gradebook, order: Class, page: PageContext, unknown: Sequence[Sequence[str]] = ()) -> ClassSummary:
    """Write all sheets and the class page from the gradebook; gives the class as it was summed up.

    Changes that are `unknown` to the gradebook stay in `overrides.csv`, and a `grades.csv` that somebody has changed is
    kept beside the new one.
    """
    grades = order.out / GRADES
    aside = put_aside(grades, book.overrides.written(GRADES))
    book.overrides.note_written(GRADES, "")  # who is killed before the note below has changed nothing by hand
    records = grades_through(grades, list(order.worth), told_records(book, order, StandIns(book, order.key)))
    summary = summarise(verdicts_through(order.out / VERDICTS, order.worth, records))
    book.overrides.note_written(GRADES, digest_of(grades))
    summary.put_aside = aside.name if aside else ""
    write_class(order.out, summary, page)
    summary.strays, said = strays_of(book, order), book.overrides.effective()
    if said or ((order.out / OVERRIDES).exists() and not unknown):
        write_overrides(order.out / OVERRIDES, said, unknown)
        book.overrides.keep(rows_of(said))
    moves = [(run, move) for run, move in book.moves.all() if is_seen(move, said)]
    if moves or (order.out / MOVED).exists():
        write_moved(order.out / MOVED, moves)
    return summary


def write_class(out: Path, summary: ClassSummary, page: PageContext) -> None:
    """Write the class page and its further pages; further pages of a class that was larger are taken away."""
    from grader.report.class_page import render_class_pages  # and a template engine: where nothing is new, none is due

    stale = set((out / FURTHER).glob("*.html"))
    notebooks = {path.parent.name for path in out.glob(f"*/{NOTEBOOK}")}
    for name, html in render_class_pages(summary, page, notebooks):
        (out / name).parent.mkdir(exist_ok=True)
        _put(out / name, html)
        stale.discard(out / name)
    for path in stale:
        path.unlink()


def _put(path: Path, html: str) -> None:
    try:
        path.write_text(html, encoding="utf-8", errors="replace")
    except OSError as error:
        error.filename = error.filename or str(path)  # a write that fails does not say where
        raise


def now() -> str:
    """The time as pages and the gradebook tell it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
