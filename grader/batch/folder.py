"""The out folder of a class: one run at a time, pages and sheets from the gradebook, and pages that are left over."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from grader.batch.order import Order
from grader.errors import GradebookError
from grader.export.overrides import write_overrides
from grader.export.sheets import write_moves, write_sheets
from grader.folders import GRADEBOOK, GRADES, MOVED, NOTEBOOK, OVERRIDES, PAGE, RESERVED
from grader.gradebook import Gradebook, Overrides, Record, applied, is_visible
from grader.key import Key
from grader.report import MARK, ClassSummary, PageContext, render_student_page, summarise, write_class_page
from grader.sandbox import Level

with suppress(ImportError):  # Windows
    import fcntl

_HEAD = 4096  # bytes in which a page says that it was written here


@contextmanager
def one_run(folder: Path) -> Iterator[None]:
    """Hold a folder, so that two runs do not make one class of two; raises `GradebookError` where another run has it.

    The lock is on the folder itself and ends with the process. On Windows, and on disks without locks, there is none.
    """
    if "fcntl" not in globals():
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        hint = "let it end, then run this again (fg resumes one that Ctrl-Z stopped), or name another folder with --out"
        raise GradebookError(f"another run of grader is at work in {folder}", hint) from error
    except OSError:
        pass  # a disk without locks
    try:
        yield
    finally:
        os.close(held)


def gradebook_in(reports: Path, shared: bool = False) -> Gradebook:
    """The gradebook of a graded class, to be used as a context manager; `GradebookError` where there is none."""
    if not (reports / GRADEBOOK).exists():
        raise GradebookError(f"there is no gradebook in {reports}", "name the folder that 'grader grade' wrote")
    return Gradebook(reports / GRADEBOOK, shared)


def students_before(out: Path) -> set[str] | None:
    """The students of the gradebook here; None where it is gone or empty, though there is a sheet of grades."""
    if (out / GRADEBOOK).exists():
        with gradebook_in(out) as book:
            if book.runs.last_grader():
                return set(book.fingerprints())
    return None if (out / GRADES).exists() else set()


def now() -> str:
    """The time as pages and the gradebook show it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def level_of(book: Gradebook) -> Level:
    """The sandbox level of the last run."""
    return Level(book.runs.latest()["sandbox"])


def shown(record: Record, overrides: Overrides, key: Key) -> Record:
    """A record as pages and sheets show it, with what TAs said."""
    return applied(record, overrides.get(record.student_id, {}), key.rubric.worth)


def shown_records(book: Gradebook, key: Key) -> Iterator[Record]:
    """All records as they are shown, in order of student, without outcomes."""
    overrides = book.overrides.effective()
    return (shown(record, overrides, key) for record in book.records())


def summed_up(book: Gradebook, key: Key, counted: ClassSummary | None = None) -> ClassSummary:
    """The class as its gradebook has it, with the overrides about students or criteria that are not here any more.

    `counted` has all records already.
    """
    summary, students = counted or summarise(shown_records(book, key)), book.fingerprints()
    every = [one for by_name in book.overrides.effective().values() for one in by_name.values()]
    summary.strays = [one for one in every if one.student_id not in students or one.criterion not in key.rubric.worth]
    return summary


def update_pages(book: Gradebook, order: Order, students: Collection[str]) -> ClassSummary:
    """Write the pages of some students and all sheets, from what the gradebook holds: after a TA's change."""
    page = PageContext(now(), level_of(book))
    write_pages(book, order, page, students)
    return write_sheets_and_class(book, order, page)


def write_page(out: Path, folder: str, html: str, is_graded: bool = False) -> None:
    """Write a student's page; where a file was graded now, what was rendered of the one before goes."""
    (out / folder).mkdir(exist_ok=True)
    if is_graded:
        (out / folder / NOTEBOOK).unlink(missing_ok=True)
    (out / folder / PAGE).write_text(html, encoding="utf-8", errors="replace")


def write_pages(book: Gradebook, order: Order, page: PageContext, students: Collection[str]) -> None:
    """Write the pages of some students, with what TAs said."""
    overrides = book.overrides.effective()
    for student in sorted(students):
        record = shown(book.record_of(student), overrides, order.key)
        write_page(order.out, record.identity.folder, render_student_page(record, order.key, page))


def write_sheets_and_class(book: Gradebook, order: Order, page: PageContext) -> ClassSummary:
    """Write all sheets and the class page, from what the gradebook holds.

    A `grades.csv` that somebody edited, or that is of a lost gradebook, is kept beside the new one. An edited
    `overrides.csv` is not touched.
    """
    summary, out, overrides = ClassSummary(), order.out, book.overrides.effective()
    summary.put_aside = _put_aside(book, out / GRADES)
    records = summary.count(shown_records(book, order.key))  # counted as they pass: none is read twice
    write_sheets(out, order.key, records)
    book.note_written(GRADES, _digest_of(out / GRADES))
    summed_up(book, order.key, summary)
    write_class_page(out, summary, order.key, page)
    if not sheet_is_edited(book, out, order.overrides) and (overrides or (out / OVERRIDES).exists()):
        write_overrides(out / OVERRIDES, overrides)
        book.note_written(OVERRIDES, _digest_of(out / OVERRIDES))
    moves = [(started, move) for started, move in book.moves.all() if is_visible(move, overrides)]
    if moves or (out / MOVED).exists():
        write_moves(out / MOVED, moves)
    return summary


def sheet_is_edited(book: Gradebook, out: Path, given: Collection[Path] = ()) -> bool:
    """Whether `overrides.csv` says what this gradebook does not know: somebody edited it, or the gradebook was lost.

    A sheet with the same text that was `given` with --overrides is known.
    """
    there, noted = _digest_of(out / OVERRIDES), book.written().get(OVERRIDES)
    return there not in ("", noted) and there not in map(_digest_of, given)


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _put_aside(book: Gradebook, sheet: Path) -> str:
    """Keep a copy of a sheet that is not as this gradebook wrote it; gives its name, "" where there is none."""
    there = _digest_of(sheet)
    if there in ("", book.written().get(sheet.name)):
        return ""
    names = (f"{sheet.stem}.before{f'-{number}' if number > 1 else ''}{sheet.suffix}" for number in count(1))
    place = next(place for name in names if _digest_of(place := sheet.with_name(name)) in ("", there))
    shutil.copyfile(sheet, place)
    return place.name


def remove_left_over_pages(out: Path, kept: Collection[str]) -> tuple[int, tuple[Path, ...]]:
    """Remove pages of students who are not in the class; gives their number, and the pages that others wrote.

    Only what says that the grader wrote it is removed, and a folder only if nothing else is in it.
    """
    removed, foreign = 0, []
    taken = {name.casefold() for name in (*kept, *RESERVED)}  # some disks do not tell `Jane` from `jane`
    folders = (path for path in sorted(out.iterdir()) if path.name.casefold() not in taken)
    for page in (folder / PAGE for folder in folders if folder.is_dir() and not folder.is_symlink()):
        if is_our_page(page):
            removed += 1
            for one in filter(is_our_page, (page, page.with_name(NOTEBOOK))):
                one.unlink()
            with suppress(OSError):
                page.parent.rmdir()
        elif page.is_file():
            foreign.append(page)
    return removed, tuple(foreign)


def is_our_page(path: Path) -> bool:
    """Whether the grader wrote this page; a link to one is somebody else's."""
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as file:
        return MARK.encode() in file.read(_HEAD)
