"""What a teaching assistant runs to look closer: notebook.

takes: the reports of a run, a student.
gives: `<student>/notebook.html`, linked from the class page.
must not know: how a notebook is rendered.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.exits import FILE, FOLDER
from grader.cli.keys import key_of_reports
from grader.errors import GraderError


@click.command()
@click.argument("reports", type=FOLDER)
@click.argument("student")
@click.option("--submissions", type=FILE, help="The folder or zip that was graded (default: submissions/<REPORTS>).")
@click.option("--browser", is_flag=True, help="Open the page.")
def notebook(reports: Path, student: str, submissions: Path | None, browser: bool) -> None:
    """Render the whole notebook of a STUDENT in REPORTS, with its saved outputs. Nothing is run."""
    from grader.class_folder import gradebook_in
    from grader.viewing import NOTEBOOK, view_notebook

    hand_ins = submissions or Path("submissions") / reports.resolve().name
    with gradebook_in(reports) as book:
        viewed = view_notebook(book, student, hand_ins)
    page = reports / viewed.record.folder / NOTEBOOK
    page.parent.mkdir(exist_ok=True)
    page.write_text(viewed.html, encoding="utf-8", errors="replace")
    if not viewed.is_whole:
        click.echo(f"Without outputs: {viewed.why}.")
    click.echo(f"Notebook: {page}")
    _link(reports)
    if browser:
        click.launch(page.resolve().as_uri())


def _link(reports: Path) -> None:
    """Make the class page link to it."""
    from grader.class_folder import Class, gradebook_in, tell_anew

    try:
        key, source = key_of_reports(reports, None, None)
    except GraderError as error:
        click.echo(f"The class page does not link to it, since its key is not at hand: {error}")
        return
    with gradebook_in(reports) as book:
        tell_anew(book, Class(key, source, reports), [])
