"""What a teaching assistant runs when all is graded: export, into the sheets and zips that other places want.

takes: the reports of a class, and a sheet that was exported from such a place.
gives: the sheet filled in, in a new file; results for machines; a zip of pages to hand back.
must not know: how a sheet is filled in, how anything was graded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.exits import FILE, FOLDER, LOSS
from grader.errors import ExportError

if TYPE_CHECKING:
    from grader.class_folder import Class
    from grader.export.filling import Filled
    from grader.gradebook import Record

MOST_TOLD = 20  # of a list on the terminal
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")


@click.group()
def export() -> None:
    """Give grades out: fill in a sheet of yours, or write results for other systems.

    A sheet is never changed: the filled one is a new file, the same byte for byte but for the cells of points.
    """


def _of_class(verb: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--key", "key_path", type=FILE, help="A compiled key, instead of the assignment."),
        click.option("--assignment", type=FOLDER, help="The assignment's folder (default: the one of the grading)."),
        click.option("--out", type=FILE, required=True, help="The file to write."),
        click.argument("reports", type=FOLDER),
    ):
        verb = option(verb)
    return verb


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
    return _of_class(verb)


def _order(reports: Path, assignment: Path | None, key_path: Path | None) -> Class:
    from grader.class_folder import Class
    from grader.cli.keys import key_of_reports

    key, source = key_of_reports(reports, assignment, key_path)
    return Class(key, source, reports)


def _records(order: Class) -> list[Record]:
    from grader.class_folder import records_of

    return list(records_of(order))


def _refuse_overwriting(out: Path, sheet: Path) -> None:
    if out.exists() and out.resolve() == sheet.resolve():
        raise ExportError(f"--out is your own sheet, {sheet}", "name another file: yours is never changed")


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)
    part.replace(path)


def _as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


# ---- sheets ------------------------------------------------------------------------------------------------------


def _fill(platform: str, order: Class, sheet: Path, out: Path, wishes: Mapping[str, Any]) -> int:
    from grader.export.filling import Policy, fill
    from grader.export.places import LOCATORS, Exam
    from grader.intake.table import read_table

    _refuse_overwriting(out, sheet)
    table, records, rubric = read_table(sheet), _records(order), order.key.rubric
    exam = Exam(rubric.name, rubric.title, records, wishes["column"], wishes["id_column"], not wishes["no_comments"])
    places = LOCATORS[platform](table, exam)
    filled = fill(table, places, records, rubric.points, Policy(wishes["scale"], wishes["nothing_as"]))
    _write(out, filled.data)
    _tell(filled, len(records), sheet, out)
    return LOSS if filled.no_row else 0


def _tell(filled: Filled, count: int, sheet: Path, out: Path) -> None:
    from grader.wire import plain_text

    click.echo(f"filled in {filled.written} of {count} students in the column '{filled.column}' of {sheet}")
    for title, told in (
        ("students without a row there: their points are NOT in the sheet", filled.no_row),
        ("left as they were", filled.left),
        ("had another value before", filled.replaced),
        ("rows that match nobody who handed in", filled.nobody),
    ):
        if told:
            click.echo(f"{title}: {len(told)}")
        for line in told[:MOST_TOLD]:
            click.echo(f"  {plain_text(line, 300)}")
        if len(told) > MOST_TOLD:
            click.echo(f"  and {len(told) - MOST_TOLD} more")
    click.echo(f"written: {out}")


def _need(sheet: Path | None, where: str) -> Path:
    if sheet is None:
        raise ExportError("--sheet is missing", f"name the sheet that you exported from {where}")
    return sheet


@export.command()
@_of_sheet
def canvas(reports: Path, out: Path, assignment: Path | None, key_path: Path | None, sheet: Path | None,
           **wishes: Any) -> None:  # fmt: skip
    """Fill in the gradebook that you exported from Canvas (Grades > Export)."""
    sys.exit(_fill("canvas", _order(reports, assignment, key_path), _need(sheet, "Canvas"), out, wishes))


@export.command()
@_of_sheet
def moodle(reports: Path, out: Path, assignment: Path | None, key_path: Path | None, sheet: Path | None,
           **wishes: Any) -> None:  # fmt: skip
    """Fill in Moodle's offline grading worksheet, in any language."""
    sys.exit(_fill("moodle", _order(reports, assignment, key_path), _need(sheet, "Moodle"), out, wishes))


@export.command()
@_of_sheet
@click.option(
    "--visibility", type=click.Choice(VISIBILITIES), default="after_published", help="When points may be seen."
)
def gradescope(reports: Path, out: Path, assignment: Path | None, key_path: Path | None, sheet: Path | None,
               visibility: str, **wishes: Any) -> None:  # fmt: skip
    """Fill in Gradescope's grades (--sheet), or write results.json: one file, or a folder with one a student."""
    order = _order(reports, assignment, key_path)
    if sheet is not None:
        sys.exit(_fill("gradescope", order, sheet, out, wishes))
    from grader.export.gradescope import gradescope_results

    _each(order, out, "results.json", lambda record: gradescope_results(record, visibility))


@export.command()
@_of_sheet
def github(reports: Path, out: Path, assignment: Path | None, key_path: Path | None, sheet: Path | None,
           **wishes: Any) -> None:  # fmt: skip
    """Fill in GitHub Classroom's grades (--sheet), or write its graders' result: one file, or a folder of them."""
    order = _order(reports, assignment, key_path)
    if sheet is not None:
        sys.exit(_fill("github", order, sheet, out, wishes))
    from grader.export.ci import github_result

    _each(order, out, "result.json", github_result)


@export.command()
@_of_sheet
def nbgrader(reports: Path, out: Path, assignment: Path | None, key_path: Path | None, sheet: Path | None,
             **wishes: Any) -> None:  # fmt: skip
    """Fill in nbgrader's grades.csv (--sheet), or write one."""
    order = _order(reports, assignment, key_path)
    if sheet is not None:
        sys.exit(_fill("nbgrader", order, sheet, out, wishes))
    from grader.export.nbgrader import nbgrader_csv

    late = order.key.rubric.late
    text = nbgrader_csv(order.key.rubric.name, late.due if late else "", _records(order))
    _write(out, text.encode("utf-8", "replace"))
    click.echo(f"written: {out}")


@export.command("csv")
@_of_sheet
def csv_(reports: Path, out: Path, assignment: Path | None, key_path: Path | None, sheet: Path | None,
         **wishes: Any) -> None:  # fmt: skip
    """Fill in any CSV of yours (--sheet, --column), or write grades.csv anew."""
    order = _order(reports, assignment, key_path)
    if sheet is not None:
        sys.exit(_fill("csv", order, sheet, out, wishes))
    from grader.export import write_grades

    write_grades(out, list(order.rubric), _records(order))
    click.echo(f"written: {out}")


# ---- results for machines ----------------------------------------------------------------------------------------


def _each(order: Class, out: Path, name: str, make: Callable[[Record], Mapping[str, Any]]) -> None:
    """One document a student: at `out` where it is a file and the class is one hand-in, else in folders below it."""
    records = _records(order)
    if out.suffix == ".json":
        if len(records) != 1:
            raise ExportError(f"{out} is one file, and the class has {len(records)} hand-ins", "name a folder")
        _write(out, _as_json(make(records[0])))
        click.echo(f"written: {out}")
        return
    refused = []
    for record in records:
        try:
            _write(out / record.folder / name, _as_json(make(record)))
        except ExportError as error:
            refused.append(str(error))
    click.echo(f"written: {len(records) - len(refused)} files in {out}")
    for sentence in refused[:MOST_TOLD]:
        click.echo(f"  not written: {sentence}")
    sys.exit(LOSS if refused else 0)


@export.command("json")
@_of_class
def json_(reports: Path, out: Path, assignment: Path | None, key_path: Path | None) -> None:
    """Write all results as one JSON document."""
    from grader.export import verdict_line
    from grader.export.sheets import plain_number

    order = _order(reports, assignment, key_path)
    lines = [verdict_line(record, list(order.rubric)) for record in _records(order)]
    rubric = order.key.rubric
    told = {"assignment": rubric.name, "title": rubric.title, "max_points": plain_number(rubric.points)}
    _write(out, _as_json({**told, "submissions": lines}))
    click.echo(f"written: {out}")


@export.command()
@_of_class
def junit(reports: Path, out: Path, assignment: Path | None, key_path: Path | None) -> None:
    """Write results as JUnit XML, for CI systems."""
    from grader.export.ci import junit_xml

    order = _order(reports, assignment, key_path)
    _write(out, junit_xml(order.key.rubric.title, _records(order)))
    click.echo(f"written: {out}")


@export.command()
@_of_class
@click.option("--for", "layout", default="", help="canvas, moodle, nbgrader or plain (default: where it came from).")
def feedback(reports: Path, out: Path, assignment: Path | None, key_path: Path | None, layout: str) -> None:
    """Write a zip of students' pages, named so that the place the hand-ins came from takes it back."""
    from grader.export.feedback import write_feedback

    out.parent.mkdir(parents=True, exist_ok=True)
    done = write_feedback(out, reports, _records(_order(reports, assignment, key_path)), layout)
    click.echo(f"{done.written} pages, named for {done.layout}: {out}")
    if done.no_place:
        click.echo(f"not in it: {len(done.no_place)}")
    for line in done.no_place[:MOST_TOLD]:
        click.echo(f"  {line}")


@export.command()
@click.option("--staff", is_flag=True, help="The one that grades a whole class, for a private repository of yours.")
@click.option("--out", type=FILE, help="The file to write (default: in .github/workflows).")
def workflow(out: Path | None, staff: bool) -> None:
    """Write a GitHub Actions workflow that runs the public checks on what students push."""
    from importlib.resources import files

    name = "github_grading.yml" if staff else "github_workflow.yml"
    out = out or Path(".github/workflows") / ("grade-class.yml" if staff else "grade.yml")
    _write(out, files("grader.export").joinpath(name).read_bytes())
    click.echo(f"written: {out}")
