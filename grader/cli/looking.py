"""What a teaching assistant runs to look closer at a graded class: review, notebook, explain, similar."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli import options
from grader.cli.grading import edited_sheet, named_criteria
from grader.cli.keys import of_reports, order_of
from grader.cli.options import FOLDER
from grader.errors import GraderError
from grader.folders import NOTEBOOK, SIMILAR

if TYPE_CHECKING:
    from grader.batch.order import Order


@click.command()
@of_reports
@options.submissions
@click.option("--by", help="Your name, as students read it beside your comments (default: your user's name).")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port of the page (default: a free one).")
@click.option("--no-browser", is_flag=True, help="Print the address, and do not open a browser.")
def review(order: Order, submissions: Path | None, by: str | None, port: int, no_browser: bool) -> None:
    """Review the submissions of REPORTS in your browser: see code and verdict, change points, write comments."""
    try:
        from grader.review.server import open_server
    except ModuleNotFoundError as error:
        sentence = f"the review page needs Flask, which is not installed ({error.name})"
        raise GraderError(sentence, "pip install 'grader[review]'") from error
    from grader.report.class_summary import say_put_aside
    from grader.review.desk import Desk

    handed_in = submissions or Path("submissions") / order.out.resolve().name
    with Desk(order, by or os.environ.get("USER", "a teaching assistant")) as desk:
        server, address = open_server(desk, handed_in, port)
        click.echo(f"Review: {address}")
        click.echo("The address is for you alone. Every change is saved at once; Ctrl-C ends.")
        if desk.sheet_is_edited():
            click.echo(edited_sheet(order.out))
        if not no_browser:
            click.launch(address)
        server.serve_forever()  # until Ctrl-C, which it takes for its end
    click.echo("\nended; every change is in the gradebook, the pages and the sheets")
    if desk.put_aside:
        click.echo(say_put_aside(desk.put_aside))


@click.command()
@click.argument("reports", type=FOLDER)
@click.argument("student")
@options.submissions
@click.option("--browser", is_flag=True, help="Open the page.")
@options.graded_by
@options.key
def notebook(
    reports: Path, student: str, submissions: Path | None, browser: bool, assignment: Path | None, key_path: Path | None
) -> None:
    """Render the whole notebook of a STUDENT in REPORTS, with its saved outputs. Nothing is run."""
    from grader.batch.folder import gradebook_in, update_pages
    from grader.batch.order import require_same_key
    from grader.report.class_summary import say_put_aside
    from grader.report.notebook_page import view_notebook

    with gradebook_in(reports) as book:
        record = book.record_of(student)
        html, why = view_notebook(record, submissions or Path("submissions") / reports.resolve().name)
        page = reports / record.identity.folder / NOTEBOOK
        page.parent.mkdir(exist_ok=True)
        page.write_text(html, encoding="utf-8", errors="replace")
        if why:
            click.echo(f"Without outputs: {why}.")
        click.echo(f"Notebook: {page}")
        try:
            order = order_of(reports, assignment, key_path)
            require_same_key(book, order)
            if aside := update_pages(book, order, ()).put_aside:
                click.echo(say_put_aside(aside))
        except GraderError as error:
            click.echo(f"The class page does not link to it: {error}\n  next: {error.hint}")
    if browser:
        click.launch(page.resolve().as_uri())


@click.command()
@of_reports
@click.argument("student")
@click.option("--criterion", "criteria", multiple=True, help="Show only this function (or class). Repeat for more.")
@click.option("--case", default="", help="Show only the case of this name, right or wrong.")
@click.option("--all", "all_cases", is_flag=True, help="Show all cases that fail, not only the first ones.")
def explain(order: Order, student: str, criteria: tuple[str, ...], case: str, all_cases: bool) -> None:
    """Show why a STUDENT in REPORTS lost points, number by number, hidden cases too. Nothing is run.

    For TAs who answer an appeal: do not give it to students, since it has hidden numbers.
    """
    from grader.batch.folder import gradebook_in, shown
    from grader.batch.order import require_same_key, require_same_questions
    from grader.report.staff_views import explain as explained

    wanted = named_criteria(criteria, order.key.rubric.worth)
    with gradebook_in(order.out) as book:
        record = shown(book.record_of(student), book.overrides.effective(), order.key)
        require_same_key(book, order)
        require_same_questions(book, order, [student])
    click.echo("For teaching assistants: this shows the numbers of hidden cases.\n")
    for line in explained(record, order.key, wanted, case, all_cases):
        click.echo(line)


@click.command()
@click.argument("reports", type=FOLDER)
@options.graded_by
@click.option("--least", type=click.FloatRange(1), help="Rare tokens that a pair must share to be shown (default: 40).")
def similar(reports: Path, assignment: Path | None, least: float | None) -> None:
    """Find submissions of REPORTS that share code that is rare in the class. No score depends on it.

    Writes similar.html, for teaching staff only, and the folder similar/ with the submissions as plain .py files and an
    info.csv for Dolos.
    """
    from grader.batch.folder import gradebook_in, level_of, now
    from grader.report import PageContext
    from grader.report.page import render
    from grader.similar import LEAST_SHARED, compare_class, similar_lines

    with gradebook_in(reports) as book:
        run, level = book.runs.latest(), level_of(book)
        folder = assignment or Path(run["key_source"])
        known = folder if assignment or (folder / "assignment.py").is_file() else None
        view = compare_class(book, known, least or LEAST_SHARED, reports / SIMILAR)
    page = reports / f"{SIMILAR}.html"
    styles, context = ("page.css", "wide.css", "similar.css"), PageContext(now(), level)
    html = render("similar.html", styles, view=view, title=run["title"], page=context)
    page.write_text(html, encoding="utf-8", errors="replace")
    for line in similar_lines(view):
        click.echo(line)
    click.echo(f"\nside by side: {page}\nfor Dolos:    {reports / SIMILAR / 'info.csv'}")
