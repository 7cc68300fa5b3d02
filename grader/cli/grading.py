"""What a teaching assistant runs for a class: grade, rejudge.

takes: submissions, or the reports of an earlier run.
gives: reports, and a summary of them.
must not know: how one hand-in is graded.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from grader.cli.exits import FILE, FOLDER, LOSS
from grader.cli.keys import key_for


@click.command()
@click.argument("submissions", type=FILE)
@click.option("--assignment", type=FOLDER, help="The assignment's folder (default: reference/<name of SUBMISSIONS>).")
@click.option("--key", "key_path", type=FILE, help="A compiled key, instead of the assignment.")
@click.option("--out", type=FOLDER, help="Where the reports go (default: reports/<name of SUBMISSIONS>).")
@click.option("--jobs", type=click.IntRange(1), default=lambda: os.cpu_count() or 1, help="Processes (default: cores).")
@click.option("--force", is_flag=True, help="Grade again what has not changed.")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run notebooks without a sandbox: they can do what you can.")
def grade(
    submissions: Path, assignment: Path | None, key_path: Path | None, out: Path | None, jobs: int, force: bool,
    quiet: bool, unsafe_no_sandbox: bool,
) -> None:  # fmt: skip
    """Grade a class: a folder or zip of hand-ins, or one file. What has not changed is not graded again."""
    from grader.batch import Class, grade_all, records_of
    from grader.intake import submissions_in
    from grader.report.class_summary import summarise
    from grader.report.progress import progress_of
    from grader.report.terminal import print_class_summary

    found = submissions_in(submissions)
    name = submissions.resolve().stem
    key, source = key_for(assignment, key_path, name, unsafe_no_sandbox)
    order = Class(key, source, out or Path("reports") / name, jobs, unsafe_no_sandbox, force)
    with progress_of(len(found), quiet) as tell:
        new, same = grade_all(order, found, tell)
    summary = summarise(records_of(order.out))
    click.echo(f"{new} graded now, {same} unchanged")
    print_class_summary(summary, order.out / "index.html")
    sys.exit(LOSS if summary.ungraded else 0)


@click.command()
@click.argument("reports", type=FOLDER)
@click.option("--assignment", type=FOLDER, help="The assignment's folder (default: the one they were graded by).")
@click.option("--key", "key_path", type=FILE, help="A compiled key, instead of the assignment.")
def rejudge(reports: Path, assignment: Path | None, key_path: Path | None) -> None:
    """Make verdicts and pages of REPORTS anew, from what is saved there: nobody's code is run."""
    from grader.batch import GRADEBOOK, Class, records_of, rejudge_all
    from grader.gradebook import Gradebook
    from grader.report.class_summary import summarise
    from grader.report.terminal import print_class_summary

    if assignment is None and key_path is None and (reports / GRADEBOOK).is_file():
        with Gradebook(reports / GRADEBOOK) as book:
            remembered = Path(book.latest_run()["key_source"])
        assignment, key_path = (remembered, None) if remembered.is_dir() else (None, remembered)
    key, source = key_for(assignment, key_path, reports.resolve().name, unsafe=False)
    count = rejudge_all(Class(key, source, reports), lambda student, status, sentence: None)
    click.echo(f"{count} judged again from saved outcomes")
    print_class_summary(summarise(records_of(reports)), reports / "index.html")
