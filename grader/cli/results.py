"""Results for machines and pages to hand back: the verbs of export that fill in no sheet.

takes: the reports of a class.
gives: JSON, JUnit XML, a zip of pages, a workflow for GitHub Actions.
must not know: how anything was graded, what the formats look like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import FILE, STANDARD, TEXT
from grader.cli.writing import (
    MOST_TOLD,
    demand_free,
    is_stream,
    of_class,
    records_in,
    tell_written,
    write_file,
    write_json,
)
from grader.errors import ExportError

if TYPE_CHECKING:
    from grader.batch.saved_class import Class
    from grader.gradebook import Record


@click.command("json")
@of_class
def json_(order: Class, out: Path) -> None:
    """Write all results as one JSON document."""
    from grader.export import verdict_line
    from grader.export.sheets import plain_number

    lines = [verdict_line(record, order.worth) for record in records_in(order)]
    rubric = order.key.rubric
    told = {"assignment": rubric.name, "title": rubric.title, "max_points": plain_number(rubric.points)}
    write_json(out, {**told, "submissions": lines})
    tell_written(out)


@click.command()
@of_class
def junit(order: Class, out: Path) -> None:
    """Write results as JUnit XML, for CI systems."""
    from grader.export.ci import OPENING, junit_xml

    write_file(out, junit_xml(order.key.rubric.title, records_in(order)), OPENING)
    tell_written(out)


@click.command(short_help="Make a zip of pages that Canvas or Moodle takes back.")
@of_class
@click.option(
    "--for",
    "layout",
    type=click.Choice(("canvas", "moodle", "nbgrader", "plain")),
    help="Whose names the pages get (default: the place they came from).",
)
@click.option("--sheet", type=FILE, help="Moodle's grading worksheet, where groups handed in: who is in each.")
def feedback(order: Class, out: Path, layout: str | None, sheet: Path | None) -> None:
    """Write a zip of students' pages, named so that the place the hand-ins came from takes it back."""
    from grader.export.feedback import is_feedback, write_feedback

    if out is STANDARD:
        raise ExportError("--out is -, and a zip is no text for standard output", "name a file, as: --out feedback.zip")
    if is_stream(out):
        raise ExportError(
            f"{out} is a pipe, and a zip is written to files alone", "name a file, as: --out feedback.zip"
        )
    demand_free(out, is_feedback)
    records = records_in(order)
    members = _members(sheet, records, layout) if sheet else None
    out.parent.mkdir(parents=True, exist_ok=True)
    done = write_feedback(out, order.out, records, layout or "", members)
    named = "after the students" if done.layout == "plain" else f"for {done.layout}"
    click.echo(f"{done.written} pages, named {named}: {out}")
    if done.no_place:
        click.echo(f"not in it: {len(done.no_place)}")
    for line in done.no_place[:MOST_TOLD]:
        click.echo(f"  {line}")
    if done.layout == "moodle" and not sheet:
        click.echo("if groups handed in, add --sheet WORKSHEET: a group's number may be another student's in Moodle")


def _members(sheet: Path, records: Sequence[Record], layout: str | None) -> Mapping[str, Sequence[str]]:
    from grader.export.teams import members_in
    from grader.intake.table import read_table

    if layout not in (None, "moodle"):
        raise ExportError(f"--sheet tells who is in Moodle's groups, and says nothing to {layout}", "leave it out")
    return members_in(read_table(sheet), records)


@click.command(short_help="Make a GitHub workflow: public checks on each push.")
@click.option("--staff", is_flag=True, help="The one that grades a whole class, for a private repository of yours.")
@click.option("--out", type=TEXT, help="The file to write (default: in .github/workflows; -: standard output).")
def workflow(out: Path | None, staff: bool) -> None:
    """Write a GitHub Actions workflow that runs the public checks on what students push."""
    from importlib.resources import files

    name = "github_grading.yml" if staff else "github_workflow.yml"
    out = out or Path(".github/workflows") / ("grade-class.yml" if staff else "grade.yml")
    data = files("grader.export").joinpath(name).read_bytes()
    write_file(out, data, opening=data)  # one that somebody changed is theirs
    tell_written(out)
