"""What a teaching assistant runs when all is graded: export, into the sheets and formats of other places."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.grading import not_ended
from grader.cli.keys import of_reports
from grader.cli.options import FILE, LOSS, STANDARD, TEXT, firsts
from grader.errors import ExportError

if TYPE_CHECKING:
    from grader.batch.order import Order
    from grader.gradebook import Record
    from grader.key import Key

# Of each verb that fills in a sheet: its line in the list, and its help.
_SHEETS = {
    "canvas": ("Fill in the gradebook exported from Canvas.",
               "Fill in the gradebook that you exported from Canvas (Grades > Export)."),
    "moodle": ("Fill in Moodle's grading worksheet, in any language.",
               "Fill in Moodle's offline grading worksheet, in any language."),
    "gradescope": ("Fill in Gradescope's grades, or write results.json.",
                   "Fill in Gradescope's grades (--sheet), or write results.json: one file, or a folder of them."),
    "github": ("Fill in GitHub Classroom's grades, or write results.",
               "Fill in GitHub Classroom's grades (--sheet), or write its graders' result: one file, or a folder."),
    "nbgrader": ("Fill in nbgrader's grades.csv, or write one.",
                 "Fill in nbgrader's grades.csv (--sheet), or write one."),
    "csv": ("Fill in any CSV of yours, or write grades.csv again.",
            "Fill in any CSV of yours (--sheet, --column), or write grades.csv again."),
}  # fmt: skip
_SHEET_OPTIONS = (
    click.option("--sheet", type=FILE, help="Your own sheet, as it was exported."),
    click.option("--column", default="", help="The column for points: its title, a part of it, or #7."),
    click.option("--id-column", default="", help="The column with ids, where it is not the usual one."),
    click.option("--scale", is_flag=True, help="Convert points to what the sheet is out of."),
    click.option("--nothing-as", default="", help="What to write where nothing was handed in (default: nothing)."),
    click.option("--no-comments", is_flag=True, help="Do not fill in the column of comments (Moodle)."),
)


@click.group()
def export() -> None:
    """Give grades out: fill in a sheet of yours, or write results for other systems.

    A sheet is never changed: the filled one is a new file, the same byte for byte but for the cells of points.
    """


def _of_class(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which class, and where to; the verb gets the order and its records."""

    @of_reports
    @click.option("--out", type=TEXT, required=True, help="The file to write (-: standard output, for text).")
    @wraps(verb)
    def called(order: Order, **rest: Any) -> Any:
        from grader.batch.folder import gradebook_in, shown_records
        from grader.batch.order import require_same_key

        with gradebook_in(order.out) as book:
            require_same_key(book, order)
            if stopped := book.runs.stopped():
                click.echo(f"grader: {not_ended(stopped)}, and then this one", err=True)
            records = list(shown_records(book, order.key))
        return verb(order=order, records=records, **rest)

    return called


# ---- sheets ----------------------------------------------------------------------------------------------------------


def _add_sheet_verb(platform: str) -> None:
    short, text = _SHEETS[platform]

    def verb(order: Order, records: list[Record], out: Path, sheet: Path | None, **given: Any) -> None:
        if sheet is not None:
            sys.exit(_fill(platform, sheet, out, order.key, records, given))
        sys.exit(_write(platform, order.key, records, out, given.get("visibility", "")))

    for option in (*([options.visibility] if platform == "gradescope" else []), *reversed(_SHEET_OPTIONS)):
        verb = option(verb)
    verb.__doc__ = text
    export.command(platform, short_help=short)(_of_class(verb))


def _fill(platform: str, sheet: Path, out: Path, key: Key, records: list[Record], given: Mapping[str, Any]) -> int:
    from grader.export import Wishes, fill_sheet

    if out is not STANDARD and out.exists() and out.resolve() == sheet.resolve():
        raise ExportError(f"--out is your own sheet, {sheet}", "name another file: yours is never changed")
    asked = (given["column"], given["id_column"], given["scale"], given["nothing_as"], not given["no_comments"])
    filled = fill_sheet(platform, sheet, key, records, Wishes(*asked))
    rows = f", in {filled.rows} rows," if filled.rows != len(filled.students) else ""
    students = f"{len(filled.students)} of {len(records)} students{rows}"
    lines = [f"filled in {students} in the column '{filled.column}' of {sheet}"]
    for title, remarks in filled.remarks.items():
        lines += [f"{title}: {len(remarks)}", *(f"  {line}" for line in firsts(remarks))]
    options.write_file(out, filled.data, filled.opening)
    click.echo("\n".join(lines), err=out is STANDARD)
    return LOSS if filled.lost else 0


def _write(platform: str, key: Key, records: list[Record], out: Path, visibility: str) -> int:
    """What a verb writes without a sheet."""
    from grader import export as room

    if platform == "gradescope":
        return _write_each(records, out, "results.json", lambda one: room.gradescope_result(one, visibility))
    if platform == "github":
        return _write_each(records, out, "result.json", room.github_result)
    tables = {"csv": room.grades_csv, "nbgrader": room.nbgrader_csv, "junit": room.junit_xml}
    if platform not in tables:
        raise ExportError("--sheet is missing", f"name the sheet that you exported from {platform.capitalize()}")
    options.write_file(out, tables[platform](key, records), room.OPENINGS[platform])
    return 0


for _platform in _SHEETS:
    _add_sheet_verb(_platform)


# ---- results ---------------------------------------------------------------------------------------------------------


@export.command("json")
@_of_class
def json_(order: Order, records: list[Record], out: Path) -> None:
    """Write all results as one JSON document."""
    from grader.export import class_document

    options.write_file(out, *_json(class_document(order.key, records)))


@export.command()
@_of_class
def junit(order: Order, records: list[Record], out: Path) -> None:
    """Write results as JUnit XML, for CI systems."""
    _write("junit", order.key, records, out, "")


def _json(value: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """JSON that a person can read too, and how all documents of its kind begin: with the same key."""
    data = (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
    return data, data[: data.index(b":")]


def _write_each(records: Sequence[Record], out: Path, name: str, make: Callable[[Record], Mapping[str, Any]]) -> int:
    """One document a student: at `out` where it is a file and the class is one submission, else in folders below it."""
    if out.suffix == ".json" or out is STANDARD:
        if len(records) != 1:
            what = "standard output" if out is STANDARD else str(out)
            raise ExportError(f"{what} is one file, and the class has {len(records)} submissions", "name a folder")
        options.write_file(out, *_json(make(records[0])))
        return 0
    refused = []
    for path, record in ((out / record.identity.folder / name, record) for record in records):
        try:
            data, opening = _json(make(record))
            options.write_file(path, data, opening, is_told=False)
        except ExportError as error:
            refused.append(f"  not written: {error}")
            if path.is_file() and path.read_bytes().startswith(
                b'{\n "'
            ):  # of an earlier export: its points do not count
                path.unlink()
    click.echo(
        "\n".join([f"written: {len(records) - len(refused)} of {len(records)} files in {out}", *firsts(refused)])
    )
    return LOSS if refused else 0


@export.command(short_help="Make a zip of pages that Canvas or Moodle takes back.")
@_of_class
@click.option("--for", "layout", type=click.Choice(("canvas", "moodle", "nbgrader", "plain")),
              help="Whose names the pages get (default: the place they came from).")  # fmt: skip
@click.option("--sheet", type=FILE, help="Moodle's grading worksheet, where groups handed in: who is in each.")
def feedback(order: Order, records: list[Record], out: Path, layout: str | None, sheet: Path | None) -> None:
    """Write a zip of students' pages, named so that the place the submissions came from takes it back."""
    from grader.export import group_members, is_feedback, write_feedback

    if options.is_stream(out):
        raise ExportError("--out is no file, and a zip is written to files alone", "name a file: --out feedback.zip")
    if sheet and layout not in (None, "moodle"):
        raise ExportError(f"--sheet says who is in Moodle's groups, which {layout} does not need", "leave it out")
    options.require_free(out, is_feedback)
    out.parent.mkdir(parents=True, exist_ok=True)
    done = write_feedback(out, order.out, records, layout or "", group_members(sheet, records) if sheet else {})
    style = "after the students" if done.layout == "plain" else f"for {done.layout}"
    click.echo(f"{done.written} pages, named {style}: {out}")
    if done.no_place:
        click.echo("\n  ".join([f"not in it: {len(done.no_place)}", *firsts(done.no_place)]))
    if done.layout == "moodle" and not sheet:
        click.echo("if groups handed in, add --sheet WORKSHEET: a group's number may be another student's in Moodle")


@export.command(short_help="Make a GitHub workflow: public checks on each push.")
@click.option("--staff", is_flag=True, help="The one that grades a whole class, for a private repository of yours.")
@click.option("--out", type=TEXT, help="The file to write (default: in .github/workflows; -: standard output).")
def workflow(out: Path | None, staff: bool) -> None:
    """Write a GitHub Actions workflow that runs the public checks on what students push."""
    from grader.export import workflow as workflow_text

    place, data = Path(".github/workflows") / ("grade-class.yml" if staff else "grade.yml"), workflow_text(staff)
    options.write_file(out or place, data, opening=data)  # one that somebody changed is theirs
