"""What a teaching assistant runs when all is graded: export, into the sheets and zips that other places want.

takes: the reports of a class, and a sheet that was exported from such a place.
gives: the sheet filled in, in a new file; results for machines; a zip of pages to hand back.
must not know: how a sheet is filled in, how anything was graded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from grader.cli.exits import FILE, LOSS, visibility_option
from grader.cli.results import feedback, json_, junit, workflow
from grader.cli.writing import (
    MOST_TOLD,
    begins_with,
    demand_free,
    is_stream,
    of_class,
    put_file,
    records_in,
    refuse_overwriting,
    tell,
    tell_written,
    write_each,
    write_file,
)
from grader.errors import ExportError

if TYPE_CHECKING:
    from grader.batch.saved_class import Class
    from grader.export.filling import Filled


@click.group()
def export() -> None:
    """Give grades out: fill in a sheet of yours, or write results for other systems.

    A sheet is never changed: the filled one is a new file, the same byte for byte but for the cells of points.
    """


def _of_sheet(verb: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--no-comments", is_flag=True, help="Do not fill in the column of comments (Moodle)."),
        click.option("--nothing-as", default="", help="What to write for who handed in nothing (default: nothing)."),
        click.option("--scale", is_flag=True, help="Convert points to what the sheet is out of."),
        click.option("--id-column", default="", help="The column with ids, where it is not the usual one."),
        click.option("--column", default="", help="The column for points: its title, a part of it, or #7."),
        click.option("--sheet", type=FILE, help="Your own sheet, as it was exported."),
    ):
        verb = option(verb)
    return of_class(verb)


# ---- sheets ------------------------------------------------------------------------------------------------------


def _fill(platform: str, order: Class, sheet: Path, out: Path, wishes: Mapping[str, Any]) -> int:
    from grader.export.filling import Policy, fill
    from grader.export.places import LOCATORS, Source
    from grader.intake.table import read_table

    refuse_overwriting(out, sheet)
    table, records, rubric = read_table(sheet), records_in(order), order.key.rubric
    given = Source(rubric.name, rubric.title, records, wishes["column"], wishes["id_column"], not wishes["no_comments"])
    places = LOCATORS[platform](table, given)
    filled = fill(table, places, records, rubric.points, Policy(wishes["scale"], wishes["nothing_as"]))
    write_file(out, filled.data, table.opening)
    _tell(filled, len(records), sheet, out)
    return LOSS if filled.no_row or filled.too_short else 0


def _tell(filled: Filled, count: int, sheet: Path, out: Path) -> None:
    from grader.wire import plain_text

    members = f", in {filled.written} rows," if filled.written != len(filled.students) else ""
    whom = f"{len(filled.students)} of {count} students{members}"
    tell(out, f"filled in {whom} in the column '{filled.column}' of {sheet}")
    for title, told in (
        ("students without a row there: their points are NOT in the sheet", filled.no_row),
        ("rows that end before that column: their points are NOT in the sheet", filled.too_short),
        ("left as they were", filled.left),
        ("had another value before", filled.replaced),
        ("rows that match nobody who handed in", filled.nobody),
    ):
        if told:
            tell(out, f"{title}: {len(told)}")
        for line in told[:MOST_TOLD]:
            tell(out, f"  {plain_text(line, 300)}")
        if len(told) > MOST_TOLD:
            tell(out, f"  and {len(told) - MOST_TOLD} more")
    tell_written(out)


def _need(sheet: Path | None, where: str) -> Path:
    if sheet is None:
        raise ExportError("--sheet is missing", f"name the sheet that you exported from {where}")
    return sheet


@export.command(short_help="Fill in the gradebook exported from Canvas.")
@_of_sheet
def canvas(order: Class, out: Path, sheet: Path | None, **wishes: Any) -> None:
    """Fill in the gradebook that you exported from Canvas (Grades > Export)."""
    sys.exit(_fill("canvas", order, _need(sheet, "Canvas"), out, wishes))


@export.command()
@_of_sheet
def moodle(order: Class, out: Path, sheet: Path | None, **wishes: Any) -> None:
    """Fill in Moodle's offline grading worksheet, in any language."""
    sys.exit(_fill("moodle", order, _need(sheet, "Moodle"), out, wishes))


@export.command(short_help="Fill in Gradescope's grades, or write results.json.")
@_of_sheet
@visibility_option
def gradescope(order: Class, out: Path, sheet: Path | None, visibility: str, **wishes: Any) -> None:
    """Fill in Gradescope's grades (--sheet), or write results.json: one file, or a folder with one a student."""
    if sheet is not None:
        sys.exit(_fill("gradescope", order, sheet, out, wishes))
    from grader.export.gradescope import gradescope_results

    write_each(order, out, "results.json", lambda record: gradescope_results(record, visibility))


@export.command(short_help="Fill in GitHub Classroom's grades, or write results.")
@_of_sheet
def github(order: Class, out: Path, sheet: Path | None, **wishes: Any) -> None:
    """Fill in GitHub Classroom's grades (--sheet), or write its graders' result: one file, or a folder of them."""
    if sheet is not None:
        sys.exit(_fill("github", order, sheet, out, wishes))
    from grader.export.ci import github_result

    write_each(order, out, "result.json", github_result)


@export.command()
@_of_sheet
def nbgrader(order: Class, out: Path, sheet: Path | None, **wishes: Any) -> None:
    """Fill in nbgrader's grades.csv (--sheet), or write one."""
    if sheet is not None:
        sys.exit(_fill("nbgrader", order, sheet, out, wishes))
    from grader.export.nbgrader import nbgrader_csv
    from grader.export.places import NBGRADER_HEADER

    late = order.key.rubric.late
    text = nbgrader_csv(order.key.rubric.name, late.due if late else "", records_in(order))
    write_file(out, text.encode("utf-8", "replace"), NBGRADER_HEADER.encode())
    tell_written(out)


@export.command("csv", short_help="Fill in any CSV of yours, or write grades.csv anew.")
@_of_sheet
def csv_(order: Class, out: Path, sheet: Path | None, **wishes: Any) -> None:
    """Fill in any CSV of yours (--sheet, --column), or write grades.csv anew."""
    if sheet is not None:
        sys.exit(_fill("csv", order, sheet, out, wishes))
    from grader.export import write_grades
    from grader.export.sheets import HEADER

    demand_free(out, partial(begins_with, ",".join(HEADER).encode()))
    with TemporaryDirectory() as folder:
        place = Path(folder) / "grades.csv" if is_stream(out) else out
        write_grades(place, list(order.worth), records_in(order))
        if place != out:
            put_file(out, place.read_bytes())
    tell_written(out)


for result in (json_, junit, feedback, workflow):
    export.add_command(result)
