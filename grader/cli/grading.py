"""What a teaching assistant runs for a class: grade, rejudge.

takes: submissions, or the reports of an earlier run.
gives: reports, and a summary of them.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from click.core import ParameterSource

from grader.cli.arriving import Asked, arriving, of_no_time, told_of_due
from grader.cli.exits import FILE, FOLDER, LOSS, graded_by_option, jobs_option, key_option
from grader.cli.keys import key_for, key_of_reports
from grader.cli.machine import json_option, print_json
from grader.cli.moving import moved_rows, told_moved, would_move
from grader.cli.selecting import known, with_methods
from grader.cli.writing import MOST_TOLD, keep_apart, not_ended, not_taken, taken_back
from grader.errors import ClusterError, InterruptedRunError
from grader.folders import INDEX, MOVED

if TYPE_CHECKING:
    from grader.batch.saved_class import Class
    from grader.batch.whole_class import Crew, Done
    from grader.gradebook import Override
    from grader.report.class_summary import ClassSummary


MOST_WRONG = 10  # lines of a sheet that a terminal names


@click.command()
@click.argument("submissions", type=FILE)
@click.option("--assignment", type=FOLDER, help="The assignment's folder (default: reference/<name of SUBMISSIONS>).")
@key_option
@click.option("--out", type=FOLDER, help="Where the reports go (default: reports/<name of SUBMISSIONS>).")
@jobs_option
@click.option("--dask", metavar="ADDRESS", help="Grade on the workers of this Dask cluster instead of this machine.")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--student", "students", multiple=True, help="Grade only this student, changed or not. Repeat for more.")
@click.option(
    "--criterion", "criteria", multiple=True, help="Ask only this function (or class) again. Repeat for more."
)
@arriving
@click.option(
    "--overrides", type=FILE, multiple=True,
    help="A CSV of changed points: student_id,criterion,points,reason,by. Repeat for more.",
)  # fmt: skip
@click.option("--quiet", is_flag=True, help="Print the summary only.")
@json_option
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run notebooks without a sandbox: they can do what you can.")
def grade(
    submissions: Path, assignment: Path | None, key_path: Path | None, out: Path | None, jobs: int,
    dask: str | None, force: bool, students: tuple[str, ...], criteria: tuple[str, ...], asked: Asked,
    overrides: tuple[Path, ...], quiet: bool, as_json: bool, unsafe_no_sandbox: bool,
) -> None:  # fmt: skip
    """Grade a class: a folder or zip of hand-ins, an LMS's export, or one file.

    What has not changed is not graded again.
    """
    from grader.batch.saved_class import Class
    from grader.batch.whole_class import grade_all
    from grader.report.progress import progress_of

    name = submissions.resolve().name if submissions.is_dir() else submissions.resolve().stem
    out = keep_apart(out or Path("reports") / name, submissions)
    read = asked.read(submissions, assignment.resolve().name if assignment else name)
    there = [one.student_id for one in read.submissions]
    key, source = key_for(assignment, key_path, name, unsafe_no_sandbox)
    order = Class(key, source, out, jobs, unsafe_no_sandbox, force, students=known("student", students, there))
    order = replace(order, criteria=known("criterion", with_methods(criteria, order.worth), list(order.worth)))
    if overrides:
        order = replace(order, overrides=_sheet(overrides, there, order, as_json))
    if read.read_as and not as_json:
        click.echo(read.read_as)
    if not as_json:
        if read.late_of_nobody:
            click.echo(_late_of_nobody(read.late_of_nobody))
        for line in told_of_due(asked.due, key.rubric.late, read.submissions):
            click.echo(line)
    is_quiet = quiet or as_json
    stopped = ("stopped: what was graded is kept in the gradebook", "run the same command: it goes on with the rest")
    with _told_if_stopped(*stopped), _crew(dask, is_quiet) as crew:
        done = grade_all(order, read.submissions, partial(progress_of, quiet=is_quiet), crew)
    counts: dict[str, object] = {
        "read_as": read.read_as, "graded_now": done.new, "unchanged": done.same, "judged_again": done.judged,
        "taken_out": done.gone, "off_roster": done.off_roster, "waiting": done.waiting,
        "changes_not_taken": done.unknown, "changes_taken_back": len(done.taken_back),
        "late_of_nobody": len(read.late_of_nobody), "lateness_forgotten": done.forgotten,
        "of_no_time": of_no_time(read.submissions), **_left(done), "points_moved": moved_rows(done.moved),
    }  # fmt: skip
    _tell(order, done, _told(done, out), counts if as_json else None)


def _late_of_nobody(people: Sequence[str]) -> str:
    """What is said of rows of --late that change nothing: an extension for `17` is none for `0017`."""
    more = f" and {len(people) - MOST_TOLD} more" if len(people) > MOST_TOLD else ""
    listed = ", ".join(people[:MOST_TOLD])
    return f"not among the hand-ins, so that --late changes nothing for them: {listed}{more}"


@contextmanager
def _told_if_stopped(sentence: str, hint: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedRunError(sentence, hint) from None


def _tell(order: Class, done: Done, lines: Iterable[str], counts: Mapping[str, object] | None) -> NoReturn:
    """Tell what a run did in lines and on one screen, or with `counts` in one document; then exit."""
    if counts is not None:
        sys.exit(_print_class(order, counts))
    for line in lines:
        click.echo(line)
    sys.exit(_summarise(order, done.summary))


def _told(done: Done, out: Path) -> Iterator[str]:
    """What a run did, and what it left to be done."""
    yield f"{done.new} done now, {done.same} unchanged"
    if done.is_other:
        yield "the grader has changed since the run before, so that what it had graded was graded anew"
    if done.judged:
        yield f"judged again by today's key, from what was answered: {done.judged}"
    if done.gone:
        yield f"taken out, since no longer among the hand-ins: {done.gone}"
    if done.off_roster:
        yield (
            f"of these, in the roster of an earlier run and without a hand-in: {done.off_roster}; give --roster with "
            "every run"
        )
    if done.waiting:
        yield f"not graded yet or changed since, and not named by --student: {done.waiting}"
    if done.unknown:
        yield not_taken(done.unknown, out)
    yield from taken_back(done.taken_back)
    if done.forgotten:
        yield (
            f"graded anew without the lateness, or the extension, that an earlier run was told: {done.forgotten}; "
            "give --late and --due with every run"
        )
    yield from _told_left(done)
    yield from told_moved(done.moved, out / MOVED)


def _left(done: Done) -> dict[str, int | str]:
    left, aside = done.left_behind, done.summary.put_aside
    return {"pages_taken_away": left.taken, "pages_of_nobody": len(left.not_ours), "grades_put_aside": aside}


def _told_left(done: Done) -> Iterator[str]:
    """What is said of pages that no hand-in stands behind."""
    left = done.left_behind
    if left.taken:
        yield f"pages taken away, since nobody here has handed in under these names: {left.taken}"
    if left.not_ours:
        listed = ", ".join(map(str, left.not_ours[:MOST_TOLD]))
        more = f" and {len(left.not_ours) - MOST_TOLD} more" if len(left.not_ours) > MOST_TOLD else ""
        yield (
            f"pages that belong to nobody here, and may not be the grader's: {listed}{more}\n"
            "  next: look at them; delete those that nobody is to get"
        )


@contextmanager
def _crew(address: str | None, quiet: bool) -> Iterator[Crew | None]:
    """Who grades: a cluster's workers where one is named, else (None) this machine."""
    if address is None:
        yield None
        return
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError("--dask needs Dask, which is not installed here", "pip install 'grader[dask]'")
    from grader.cluster import meet

    with meet(address) as crew:
        if not quiet:
            click.echo(crew.greeting)
            if click.get_current_context().get_parameter_source("jobs") is not ParameterSource.DEFAULT:
                click.echo("--jobs is left aside: it is for this machine, and here the cluster's workers grade")
        yield crew


def _sheet(paths: Sequence[Path], students: list[str], order: Class, as_json: bool) -> list[Override]:
    from grader.batch.class_folder import now
    from grader.export import Roster, read_sheets

    most = MOST_WRONG if sys.stderr.isatty() and not as_json else None
    return read_sheets(paths, Roster(students, order.worth), now(), most)


def _summarise(order: Class, summary: ClassSummary) -> int:
    """Print the class on one screen; gives the exit code."""
    from grader.report.terminal import print_class_summary

    print_class_summary(summary, order.out / INDEX)
    return LOSS if summary.ungraded else 0


def _print_class(order: Class, counts: Mapping[str, object]) -> int:
    """Print the class as one document; gives the exit code."""
    from grader.batch.saved_class import records_of
    from grader.export import verdict_line

    lines = [verdict_line(record, order.worth) for record in records_of(order)]
    print_json({"reports": str(order.out), **counts, "submissions": lines})
    return LOSS if any(line["status"] != "graded" for line in lines) else 0


@click.command()
@click.argument("reports", type=FOLDER)
@graded_by_option
@key_option
@jobs_option
@click.option("--dry-run", is_flag=True, help="Say whose points would move, and change nothing.")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
@json_option
def rejudge(
    reports: Path, assignment: Path | None, key_path: Path | None, jobs: int, dry_run: bool, quiet: bool, as_json: bool
) -> None:
    """Make verdicts and pages of REPORTS anew, from what is saved there: nobody's code is run."""
    from grader.batch.saved_class import Class
    from grader.batch.trying import moves_by
    from grader.batch.whole_class import rejudge_all
    from grader.report.progress import progress_of

    key, source = key_of_reports(reports, assignment, key_path)
    order, follow = Class(key, source, reports, jobs), partial(progress_of, quiet=quiet or as_json, done="judged")
    if dry_run:
        moves = moves_by(order, follow)
        if as_json:
            print_json({"reports": str(reports), "points_moved": moved_rows(moves)})
        else:
            click.echo("\n".join(would_move(moves)))
        return
    stopped = ("stopped: some records are judged by this key, and some are not yet", "run the same command again")
    with _told_if_stopped(*stopped):
        done = rejudge_all(order, follow)
    lines = [f"{done.new} judged again from saved outcomes"]
    if done.unknown:
        lines.append(not_taken(done.unknown, reports))
    if not done.is_whole:
        lines.append(not_ended("grade"))
    counts = {
        "judged_again": done.new, "changes_not_taken": done.unknown, "grade_has_not_ended": not done.is_whole,
        **_left(done), "points_moved": moved_rows(done.moved),
    }  # fmt: skip
    lines += [*_told_left(done), *told_moved(done.moved, reports / MOVED)]
    _tell(order, done, lines, counts if as_json else None)
