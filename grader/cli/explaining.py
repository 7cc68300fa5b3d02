"""What a teaching assistant runs to answer an appeal: explain.

takes: the reports of a run, a student.
gives: the numbers of every case that failed, on standard output.
must not know: how a verdict was reached.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.exits import FOLDER, graded_by_option, key_option
from grader.cli.keys import key_of_reports
from grader.cli.selecting import known, with_methods


@click.command()
@click.argument("reports", type=FOLDER)
@click.argument("student")
@click.option("--criterion", "criteria", multiple=True, help="Only this function (or class). Repeat for more.")
@click.option("--case", default="", help="Only the case of this name, right or not.")
@click.option("--all", "each", is_flag=True, help="All cases that fail, and not the first ones alone.")
@graded_by_option
@key_option
def explain(
    reports: Path,
    student: str,
    criteria: tuple[str, ...],
    case: str,
    each: bool,
    assignment: Path | None,
    key_path: Path | None,
) -> None:
    """Show what a STUDENT in REPORTS lost points for, number by number, hidden cases too. Nothing is run.

    For the TA who answers an appeal: it is full of hidden numbers.
    """
    from grader.batch.saved_class import Class, demand_asked, demand_same_key, gradebook_in, outcomes_of, told
    from grader.report.explained import Asked, explained
    from grader.wire import plain_text

    key, source = key_of_reports(reports, assignment, key_path)
    order = Class(key, source, reports)
    wanted = known("criterion", with_methods(criteria, order.worth), list(order.worth))
    with gradebook_in(reports) as book:
        demand_same_key(book, order)
        demand_asked(book, order, student)
        record = told(book.record_of(student), book.overrides.effective(), order)
        outcomes = outcomes_of(book, record)
    click.echo("For teaching assistants: the numbers of hidden cases are in this.\n")
    for line in explained(record, key, outcomes, Asked(wanted, case, each)):
        click.echo(plain_text(line, len(line)))
