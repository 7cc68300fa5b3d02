"""What a teaching assistant runs to look closer: notebook.

takes: the reports of a run, a student.
gives: `<student>/notebook.html`, linked from the class page.
must not know: how a notebook is rendered.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.exits import FILE, FOLDER, graded_by_option, key_option
from grader.cli.keys import key_of_reports
from grader.cli.writing import tell_aside
from grader.errors import GraderError
from grader.folders import NOTEBOOK


@click.command()
@click.argument("reports", type=FOLDER)
@click.argument("student")
@click.option("--submissions", type=FILE, help="The folder or zip that was graded (default: submissions/<REPORTS>).")
@click.option("--browser", is_flag=True, help="Open the page.")
@graded_by_option
@key_option
def notebook(
    reports: Path, student: str, submissions: Path | None, browser: bool, assignment: Path | None, key_path: Path | None
) -> None:
    """Render the whole notebook of a STUDENT in REPORTS, with its saved outputs. Nothing is run."""
    from grader.batch.saved_class import gradebook_in
    from grader.batch.viewing import view_notebook

    hand_ins = submissions or Path("submissions") / reports.resolve().name
    with gradebook_in(reports) as book:
        viewed = view_notebook(book, student, hand_ins)
    page = reports / viewed.record.folder / NOTEBOOK
    page.parent.mkdir(exist_ok=True)
    page.write_text(viewed.html, encoding="utf-8", errors="replace")
    if not viewed.is_whole:
        click.echo(f"Without outputs: {viewed.why}.")
    click.echo(f"Notebook: {page}")
    _link(reports, assignment, key_path)
    if browser:
        click.launch(page.resolve().as_uri())


def _link(reports: Path, assignment: Path | None, key_path: Path | None) -> None:
    """Make the class page link to it, where it can be told by the key that the class was judged by."""
    from grader.batch.class_folder import tell_anew
    from grader.batch.saved_class import Class, demand_same_key, gradebook_in

    try:
        key, source = key_of_reports(reports, assignment, key_path)
        with gradebook_in(reports) as book:
            order = Class(key, source, reports)
            demand_same_key(book, order)
            summary = tell_anew(book, order, [])
    except GraderError as error:
        click.echo(f"The class page does not link to it: {error}\n  next: {error.hint}")
        return
    if summary.put_aside:
        tell_aside(summary.put_aside)
