"""What a teaching assistant runs when all is graded: export, into the sheets and formats of other places."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.cli.keys import of_reports
from grader.cli.options import FILE, LOSS, STANDARD, TEXT, firsts, not_ended
from grader.errors import ExportError

if TYPE_CHECKING:
    from grader.batch.order import Order
    from grader.gradebook import Record
    from grader.key import Key

# The verbs that write one file or a folder of them, with their help; all but the last two fill in a sheet too.
_FORMATS = {
    "canvas": "Fill in the gradebook exported from Canvas (Grades > Export).",
    "moodle": "Fill in Moodle's offline grading worksheet, in any language.",
    "gradescope": "Fill in Gradescope's grades, or write its results.json files.",
    "github": "Fill in GitHub Classroom's grades, or write its results.",
    "nbgrader": "Fill in nbgrader's grades.csv, or write one.",
    "csv": "Fill in any CSV (--sheet, --column), or write grades.csv again.",
    "json": "Write all results as one JSON document.",
    "junit": "Write results as JUnit XML, for CI systems.",
}
_SHEET_OPTIONS = (
    click.option("--sheet", type=FILE, help="Your own sheet, as it was exported."),
    click.option("--column", default="", help="The column for points: its title, a part of it, or #7."),
    click.option("--id-column", default="", help="The column with ids, where it is not the usual one."),
    click.option("--scale", is_flag=True, help="Scale points to the sheet's maximum."),
    click.option(
        "--nothing-as", default="", help="What to write for students without a submission (default: nothing)."
    ),
    click.option("--no-comments", is_flag=True, help="Do not fill in the column of comments (Moodle)."),
)


@click.group()
def export() -> None:
    """Hand out grades: fill in a sheet of yours, or write results for other systems.

    Your sheet is never changed. The filled one is a new file: the same, byte for byte, but for the cells with points.
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


# ---- sheets and results ----------------------------------------------------------------------------------------------


def _add_verb(name: str, words: str) -> None:
    def verb(order: Order, records: list[Record], out: Path, sheet: Path | None = None, **given: Any) -> None:
        if sheet is not None:
            sys.exit(_fill(name, sheet, out, order.key, records, given))
        sys.exit(_write(name, order.key, records, out, given.get("visibility", "")))

    for option in reversed(() if name in ("json", "junit") else _SHEET_OPTIONS):
        verb = option(verb)
    verb = options.visibility(verb) if name == "gradescope" else verb
    export.command(name, help=words)(_of_class(verb))


def _fill(name: str, sheet: Path, out: Path, key: Key, records: list[Record], given: Mapping[str, Any]) -> int:
    from grader.export.filling import Wishes, fill_sheet

    if out is not STANDARD and out.exists() and out.resolve() == sheet.resolve():
        raise ExportError(f"--out is your own sheet, {sheet}", "name another file: yours is never changed")
    asked = (given["column"], given["id_column"], given["scale"], given["nothing_as"], not given["no_comments"])
    filled = fill_sheet(name, sheet, key, records, Wishes(*asked))
    rows = f", in {filled.rows} rows," if filled.rows != len(filled.students) else ""
    students = f"{len(filled.students)} of {len(records)} students{rows}"
    lines = [f"filled in {students} in the column '{filled.column}' of {sheet}"]
    for title, remarks in filled.remarks.items():
        lines += [f"{title}: {len(remarks)}", *(f"  {line}" for line in firsts(remarks))]
    options.write_file(out, filled.data, filled.opening)
    click.echo("\n".join(lines), err=out is STANDARD)
    return LOSS if filled.lost else 0


def _write(name: str, key: Key, records: list[Record], out: Path, visibility: str) -> int:
    """What a verb writes without a sheet."""
    from grader.export import systems
    from grader.export.sheets import grades_csv

    if name == "gradescope":
        return _write_each(records, out, "results.json", lambda one: systems.gradescope_result(one, visibility))
    if name == "github":
        return _write_each(records, out, "result.json", systems.github_result)
    if name == "json":
        options.write_file(out, *_json(systems.class_document(key, records)))
        return 0
    tables = {"csv": grades_csv, "nbgrader": systems.nbgrader_csv, "junit": systems.junit_xml}
    if name not in tables:
        raise ExportError("--sheet is missing", f"name the sheet that you exported from {name.capitalize()}")
    options.write_file(out, tables[name](key, records), systems.OPENINGS[name])
    return 0


_JSON = b'{\n "'  # how each document begins


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
    for record in records:
        path = out / record.identity.folder / name
        try:
            data, opening = _json(make(record))
            options.write_file(path, data, opening, is_told=False)
        except ExportError as error:
            refused.append(f"  not written: {error}")
            if path.is_file() and path.read_bytes().startswith(_JSON):
                path.unlink()  # of an earlier export: its points do not count
    click.echo(f"written: {len(records) - len(refused)} of {len(records)} files in {out}")
    for line in firsts(refused):
        click.echo(line)
    return LOSS if refused else 0


for _name, _words in _FORMATS.items():
    _add_verb(_name, _words)


# ---- pages and workflows ---------------------------------------------------------------------------------------------


@export.command(short_help="Make a zip of pages that Canvas or Moodle takes back.")
@_of_class
@click.option("--for", "layout", type=click.Choice(("canvas", "moodle", "nbgrader", "plain")),
              help="Name the pages for this system (default: the one that submissions came from).")  # fmt: skip
@click.option("--sheet", type=FILE, help="Moodle's grading worksheet, which says who is in which group.")
def feedback(order: Order, records: list[Record], out: Path, layout: str | None, sheet: Path | None) -> None:
    """Write a zip of students' pages, named so that the system they handed in to takes it back."""
    from grader.export.feedback import write_feedback
    from grader.export.platforms import group_members
    from grader.folders import is_our_zip

    if options.is_stream(out):
        raise ExportError("--out is not a file, and a zip is written to files only", "name a file: --out feedback.zip")
    if sheet and layout not in (None, "moodle"):
        raise ExportError(f"--sheet says who is in Moodle's groups, which {layout} does not need", "leave it out")
    options.require_free(out, partial(is_our_zip, are_ours=lambda names: all(name.endswith(".html") for name in names)))
    out.parent.mkdir(parents=True, exist_ok=True)
    done = write_feedback(out, order.out, records, layout or "", group_members(sheet, records) if sheet else {})
    style = "after the students" if done.layout == "plain" else f"for {done.layout}"
    click.echo(f"{done.written} pages, named {style}: {out}")
    if done.no_place:
        click.echo("\n  ".join([f"not in it: {len(done.no_place)}", *firsts(done.no_place)]))
    if done.layout == "moodle" and not sheet:
        click.echo("if groups handed in, add --sheet WORKSHEET: a group's number may be another student's in Moodle")


@export.command(short_help="Make a GitHub workflow: public checks on each push.")
@click.option("--staff", is_flag=True, help="Write the one that grades a whole class, for a private repository.")
@click.option("--out", type=TEXT, help="The file to write (default: in .github/workflows; -: standard output).")
def workflow(out: Path | None, staff: bool) -> None:
    """Write a GitHub Actions workflow that runs the public checks on what students push."""
    from grader.export.systems import workflow as workflow_text

    place, data = Path(".github/workflows") / ("grade-class.yml" if staff else "grade.yml"), workflow_text(staff)
    options.write_file(out or place, data, opening=data)  # one that somebody changed is theirs
