"""What a teaching assistant runs for a class: grade, rejudge."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader.cli import options
from grader.cli.keys import key_for, of_reports
from grader.cli.options import FILE, FOLDER, LOSS, firsts, not_ended
from grader.errors import ClusterError, ExportError, SelectionError, SheetError
from grader.folders import GRADEBOOK, GRADES, INDEX, MOVED, OVERRIDES

if TYPE_CHECKING:
    from grader.assignment.words import LatePolicy
    from grader.batch.grading import Done, Pool
    from grader.batch.order import Order
    from grader.gradebook import Move
    from grader.intake import HandIns, Submission

MOST_MOVED = 10  # students in a terminal; the sheet has them all
# In words, since reading a class is imported only where one is read; a test compares them with the layouts there are.
_LAYOUT = (
    "Where submissions come from (default: seen by their names): canvas, moodle, gradescope, github, blackboard, "
    "brightspace, nbgrader or nbgrader:ASSIGNMENT, flat, folders, groups."
)
_UNSAFE = "Run notebooks without a sandbox: they can do what you can."
_OVERRIDES = "A CSV of changed points: student_id,criterion,points,reason,by. Repeat for more."
_PATTERN = "A regular expression for file names, with groups student_id and file_id (docs/lms.md)."
# What is said of each number that is not 0, with the next step.
_COUNTED = {
    "rejudged": "re-scored with today's key, without running code: {}",
    "removed": "removed, since they are no longer among the submissions: {}",
    "off_roster": "of these, on the roster of an earlier run: {}\n  next: give --roster with every run",
    "waiting": "not graded yet, or changed since, and not named by --student: {}",
    "late_lost": "graded again without the lateness, or the extension, of an earlier run: {}\n"
    "  next: give --late and --due with every run",
}


def _read_class(
    path: Path, assignment: str, layout: str, pattern: str, roster: Path | None, late: Path | None, due: str
) -> HandIns:
    """The class at `path`; `assignment` says which one is meant where a tree holds several."""
    from grader.intake import collect, read_time, with_due, with_lateness, with_roster

    time, unmatched = read_time(due) if due else None, list[str]()
    if due and time is None:
        raise SheetError(f"--due '{due}' is not a time", "write 2026-11-20 23:59, with a zone or without")
    found = collect(path, layout, pattern, assignment)
    submissions = with_roster(found.submissions, roster) if roster else found.submissions
    if late is not None:
        submissions, unmatched = with_lateness(submissions, late)
    submissions = with_due(submissions, time) if time else submissions
    return replace(found, submissions=submissions, unmatched_late=tuple(unmatched))


@click.command()
@click.argument("submissions", type=FILE)
@click.option("--assignment", type=FOLDER, help="The assignment's folder (default: reference/<name of SUBMISSIONS>).")
@options.key
@click.option("--out", type=FOLDER, help="Where the reports go (default: reports/<name of SUBMISSIONS>).")
@options.jobs
@click.option("--dask", metavar="ADDRESS", help="Grade on the workers of this Dask cluster.")
@click.option("--force", is_flag=True, help="Grade all submissions again, changed or not.")
@click.option("--student", "students", multiple=True, help="Grade only this student, changed or not. Repeat for more.")
@click.option(
    "--criterion", "criteria", multiple=True, help="Run only this function (or class) again. Repeat for more."
)
@click.option("--layout", default="", metavar="NAME", help=_LAYOUT)
@click.option("--pattern", default="", help=_PATTERN)
@click.option("--roster", type=FILE, help="A CSV of the class, to list who handed in nothing.")
@click.option("--late", type=FILE, help="A CSV of how late each student was (0: an extension).")
@click.option("--due", default="", help="When it was due, if the layout has times: '2026-11-20 23:59'.")
@click.option("--overrides", type=FILE, multiple=True, help=_OVERRIDES)
@options.quiet
@options.for_machines
@click.option("--unsafe-no-sandbox", "unsafe", is_flag=True, help=_UNSAFE)
def grade(
    submissions: Path, assignment: Path | None, key_path: Path | None, out: Path | None, jobs: int, dask: str | None,
    force: bool, students: tuple[str, ...], criteria: tuple[str, ...], overrides: tuple[Path, ...], quiet: bool,
    as_json: bool, unsafe: bool, **arriving: Any,
) -> None:  # fmt: skip
    """Grade a class: a folder or zip of submissions, an LMS's export, or one file.

    Submissions that have not changed are not graded again.
    """
    from grader.sandbox import Opening

    name = submissions.resolve().name if submissions.is_dir() else submissions.resolve().stem
    # `rm *` would take a folder's name with a leading dash for an option.
    out = _apart(out or Path("reports") / (f"class{name}" if name.startswith("-") else name), submissions)
    opening = click.get_current_context().with_resource(Opening(unsafe))
    if dask is None and not (out / GRADEBOOK).exists():  # somebody is going to be graded
        opening.begin()
    found = _read_class(submissions, assignment.resolve().name if assignment else name, **arriving)
    key, source = key_for(assignment, key_path, name, opening)
    only = named("student", students, [one.student_id for one in found.submissions])
    asked = named_criteria(criteria, key.rubric.worth)
    from grader.batch.grading import grade_all  # all these take a moment, in which the sandbox starts
    from grader.batch.order import Order
    from grader.report.terminal import progress

    order = Order(key, source, out, jobs, unsafe, force, only, asked, overrides)
    before = [*_read_lines(found, arriving["due"], key.rubric.late), *_before(out, found.submissions)]
    click.echo("".join(f"{line}\n" for line in before if not as_json), nl=False)
    with _pool(dask) as pool_of:
        done = grade_all(order, found.submissions, partial(progress, quiet=quiet or as_json), pool_of, opening)
    counts = {"late_of_nobody": len(found.unmatched_late), "of_no_time": len(_untimed(found.submissions))}
    more = {"read_as": found.read_as, "origins": found.origins, "said_before": before, **counts}
    _finish(order, done, _lines(done, out), more if as_json else None)


def _before(out: Path, submissions: Sequence[Submission]) -> Iterator[str]:
    """What a run is going to lose, said before anything is written."""
    from grader.batch.folder import students_before

    if (before := students_before(out)) is None:
        yield f"{out} has a {GRADES}, but its gradebook is gone or empty: the class is graded from the beginning"
    elif gone := sorted(before - {one.student_id for one in submissions}):
        yield f"in the gradebook, but not among these submissions: {len(gone)} ({', '.join(firsts(gone))})"
        yield "  their rows and pages will be removed; to keep them, grade them together with these"


def _apart(out: Path, submissions: Path) -> Path:
    """The folder for reports, refused where it is among the submissions: these are never changed."""
    reports, handed_in = out.resolve(), submissions.resolve()
    if handed_in.is_dir() and (reports.is_relative_to(handed_in) or handed_in.is_relative_to(reports)):
        where = "is among the submissions" if reports.is_relative_to(handed_in) else "holds the submissions"
        hint = f"name one apart from them: --out {quote(str(handed_in.with_name(f'{handed_in.name}-reports')))}"
        raise ExportError(f"the folder for reports, {out}, {where}", hint)
    return out


@contextmanager
def _pool(address: str | None) -> Iterator[Callable[[Order, str], Pool] | None]:
    """The workers of a cluster where one is named; None is this machine."""
    if address is None:
        yield None
        return
    try:
        from grader.batch.cluster import ClusterPool, connect
    except ModuleNotFoundError as error:
        sentence = f"--dask needs Dask, which is not installed here ({error.name})"
        raise ClusterError(sentence, "pip install 'grader[dask]'") from error
    with connect(address) as client:
        yield partial(ClusterPool, client)


def named_criteria(wanted: Sequence[str], worth: Mapping[str, object]) -> frozenset[str]:
    """The criteria that were named; a class means all of its methods."""
    found: list[str] = []
    for name in wanted:
        found += [one for one in worth if one.lower().startswith(f"{name.lower()}.")] or [name]
    return named("criterion", found, list(worth))


def named(what: str, wanted: Sequence[str], there: Sequence[str]) -> frozenset[str]:
    """The names that were asked for, in any case; `SelectionError` for one that is not there, with the nearest."""
    from difflib import get_close_matches

    from grader.intake.arrival import NameIndex

    index = NameIndex((name, name) for name in there)
    found = {name: index.find(name) for name in wanted}
    for name in (name for name, one in found.items() if one is None):
        near = get_close_matches(name, there, 5, cutoff=0.5) or sorted(there)[:5]
        raise SelectionError(f"there is no {what} '{name}' here", f"there is, for instance: {', '.join(near)}")
    return frozenset(one for one in found.values() if one is not None)


# ---- what is printed -------------------------------------------------------------------------------------------------


def _untimed(submissions: Sequence[Submission]) -> list[Submission]:
    """Those of which nobody said when they came, or how late: neither --due nor a policy changes anything for them."""
    arrivals = ((one, one.arrival) for one in submissions)
    return [one for one, came in arrivals if came.late_by is None and not came.handed_in and not came.absent]


def _read_lines(found: HandIns, due: str, late: LatePolicy | None) -> Iterator[str]:
    """How the class was read, and what options change nothing."""
    yield from [found.read_as, found.origins] if found.read_as else []
    if found.unmatched_late:
        people = ", ".join(firsts(found.unmatched_late))
        yield f"not among the submissions, so --late changes nothing for them: {people}"
    if due and late is None:
        hint = "give it a LatePolicy (docs/lms.md), then run the same command again"
        yield f"--due takes no points off: this assignment has no rule for lateness\n  next: {hint}"
    untimed, layouts = _untimed(found.submissions), {one.arrival.layout for one in found.submissions}
    is_marked = not due and layouts == {"canvas"}  # Canvas marks what is late, and the page says so
    if untimed and late is not None and (due or late.due) and not is_marked:
        whose = "--due changes" if due else "the assignment's due time changes"
        count = f"{len(untimed)} of {len(found.submissions)} submissions"
        hint = "use --late FILE, a CSV of ids with late_hours, lateness (H:M:S) or submission_timestamp"
        yield f"{whose} nothing for {count}: it is not known when they came\n  next: {hint}"


def _finish(order: Order, done: Done, lines: Iterator[str], more: dict[str, object] | None) -> NoReturn:
    """Print what a run did, in lines and on one screen, or (with `more`) as one document; then exit."""
    from grader.batch.folder import gradebook_in, shown_records
    from grader.export.sheets import verdict_line
    from grader.report.terminal import show_class

    if more is None:
        click.echo("\n".join(lines))
        show_class(done.summary, order.out / INDEX)
        sys.exit(LOSS if done.summary.ungraded else 0)
    with gradebook_in(order.out) as book:
        rows = [verdict_line(record, order.key.rubric.worth) for record in shown_records(book, order.key)]
    counts = done.counts
    told = {
        "graded_now": counts.graded, "unchanged": counts.kept, "judged_again": counts.rejudged,
        "taken_out": counts.removed, "off_roster": counts.off_roster, "waiting": counts.waiting,
        "changes_not_taken": done.sheet_edited, "changes_taken_back": len(done.taken_back),
        "lateness_forgotten": counts.late_lost, "grade_has_not_ended": done.unfinished,
        "pages_taken_away": done.pages_removed, "pages_of_nobody": len(done.foreign_pages),
        "grades_put_aside": done.summary.put_aside, "points_moved": _moved_rows(done.moved),
    }  # fmt: skip
    options.print_json({"reports": str(order.out), **more, **told, "submissions": rows})
    sys.exit(LOSS if any(row["status"] != "graded" for row in rows) else 0)


def _lines(done: Done, out: Path) -> Iterator[str]:
    """What a run of `grade` did, and what it left to be done."""
    from grader.export.overrides import override_row

    yield f"{done.counts.graded} new or changed, {done.counts.kept} unchanged"
    if done.other_grader:
        yield "the grader has changed since the last run, so what it had graded was graded again"
    for name, words in _COUNTED.items():
        if count := getattr(done.counts, name):
            yield words.format(count)
    if done.taken_back:
        yield f"changes of the last sheet that are not in this one, so they no longer count: {len(done.taken_back)}"
        yield from (f"  {row[:300]}" for row in firsts([*map(override_row, done.taken_back)]))
        yield "  next: if they are to count, put them into the sheet, or give both: --overrides ONE --overrides TWO"
    yield from _left_lines(done, out)


def _left_lines(done: Done, out: Path) -> Iterator[str]:
    """What is in the out folder that nobody here wrote, and whose points moved."""
    if done.sheet_edited:
        yield edited_sheet(out)
    if done.pages_removed:
        yield f"removed pages of students who are not in this class: {done.pages_removed}"
    if done.foreign_pages:
        hint = "look at them, and delete those that no student should get"
        yield f"pages that the grader did not write: {', '.join(firsts(done.foreign_pages))}\n  next: {hint}"
    if done.moved:
        count, *lines = _moved_lines(done.moved, MOST_MOVED)
        yield f"points moved, though the submission is the same: {count} ({out / MOVED})"
        yield from lines


def edited_sheet(reports: Path) -> str:
    """What is said of an `overrides.csv` that somebody has edited, or that is left of a gradebook that was lost."""
    sheet = reports / OVERRIDES
    sentence = f"{sheet} has changes that this gradebook does not know: they do not count, and the sheet is kept"
    return f"{sentence}\n  next: to use it, grade with --overrides {quote(str(sheet))}"


def _moved_lines(moves: Sequence[Move], most: int = sys.maxsize) -> Iterator[str]:
    """How many students' points moved; and a line for each of these: from what to what, and in which functions."""
    from grader.feedback.numbers import show_count, show_points

    students = [(student, [*group]) for student, group in groupby(moves, key=lambda move: move.student_id)]
    yield show_count(len(students), "student")
    for student, group in students[:most]:
        changes = {}
        for move in group:
            then, now = ("ungraded" if one is None else show_points(one) for one in (move.then, move.now))
            changes[move.criterion] = f"{then} -> {now}"
        total, parts = changes.pop("", ""), ", ".join(f"{name} {change}" for name, change in changes.items())
        yield f"  {student}: {f'{total} ({parts})' if total and parts else total or parts}"
    if len(students) > most:
        yield f"  and {len(students) - most} more"


def _moved_rows(moves: Sequence[Move]) -> list[dict[str, object]]:
    """The same for machines; `criterion` is null for all points together."""
    from grader.export.sheets import plain_number as plain

    named = ((move, {"student_id": move.student_id, "criterion": move.criterion or None}) for move in moves)
    return [{**name, "points_then": plain(move.then), "points": plain(move.now)} for move, name in named]


@click.command()
@of_reports
@options.jobs
@click.option("--dry-run", is_flag=True, help="Show whose points would move, and change nothing.")
@options.quiet
@options.for_machines
def rejudge(order: Order, jobs: int, dry_run: bool, quiet: bool, as_json: bool) -> None:
    """Re-score REPORTS with a changed rubric, from what is saved there, without re-running code."""
    from grader.batch.grading import moves_if_rejudged, rejudge_all
    from grader.report.terminal import progress

    order, follow = replace(order, jobs=jobs), partial(progress, quiet=quiet or as_json, done="re-scored")
    if not dry_run:
        done = rejudge_all(order, follow)
        lines = [f"{done.counts.rejudged} re-scored from saved outcomes, without running code"]
        lines += [not_ended("grade")] if done.unfinished else []
        _finish(order, done, iter([*lines, *_left_lines(done, order.out)]), {} if as_json else None)
    moves = moves_if_rejudged(order, follow)
    if as_json:
        options.print_json({"reports": str(order.out), "points_moved": _moved_rows(moves)})
        return
    count, *lines = _moved_lines(moves)
    click.echo("\n".join([f"points would move: {count}. Nothing was changed", *lines]))
