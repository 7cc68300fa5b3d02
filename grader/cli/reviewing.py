"""What a teaching assistant runs after grading: review.

takes: the reports of a run.
gives: a local page in the browser, until Ctrl-C.
must not know: what is changed there.
"""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from grader.cli.exits import FILE, FOLDER, graded_by_option, key_option
from grader.cli.keys import key_of_reports
from grader.cli.writing import not_taken, tell_aside
from grader.errors import GraderError


@click.command()
@click.argument("reports", type=FOLDER)
@graded_by_option
@key_option
@click.option("--submissions", type=FILE, help="The folder or zip that was graded (default: submissions/<REPORTS>).")
@click.option("--by", help="Your name, as students read it beside your comments (default: your user's name).")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where it is served (default: a free port).")
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
def review(
    reports: Path, assignment: Path | None, key_path: Path | None, submissions: Path | None, by: str | None,
    port: int, no_browser: bool,
) -> None:  # fmt: skip
    """Go through the hand-ins of REPORTS in your browser: see code and verdict, change points, write comments."""
    try:
        from grader.review.server import open_server
    except ModuleNotFoundError as error:
        raise GraderError(
            f"the review page needs Flask, which is not installed ({error.name})", "pip install 'grader[review]'"
        ) from error
    from grader.batch.saved_class import Class
    from grader.review.desk import ReviewDesk

    key, source = key_of_reports(reports, assignment, key_path)
    hand_ins = submissions or Path("submissions") / reports.resolve().name
    with ReviewDesk(Class(key, source, reports), by or _user(), hand_ins) as desk:
        server, guard = open_server(desk, port)
        click.echo(f"Review: {guard.address}\nThe address is for you alone. Every change is kept at once; Ctrl-C ends.")
        if unknown := desk.not_taken():
            click.echo(not_taken(unknown, reports))
        if not no_browser:
            click.launch(guard.address)
        server.serve_forever()  # until Ctrl-C, which it takes for its end
        aside = desk.aside()
    click.echo("\nended; every change is in the gradebook, the pages and the sheets")
    if aside:
        tell_aside(aside)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "a teaching assistant"  # a container's user may have no name
