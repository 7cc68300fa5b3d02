"""What the verbs of export share: whose reports, and files that are written whole or not at all.

takes: the command line's words for a graded class.
gives: `of_class`, the options for it; its records; files written, in the place of none but those of the same kind.
must not know: any platform, any format.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial, wraps
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from grader.cli.exits import FOLDER, LOSS, STANDARD, TEXT, graded_by_option, key_option
from grader.errors import ExportError

if TYPE_CHECKING:
    from grader.batch.saved_class import Class
    from grader.gradebook import Override, Record

MOST_TOLD = 20  # of a list on the terminal


def of_class(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which class, by which key, and where to; the verb gets the class as one `order`."""

    @click.argument("reports", type=FOLDER)
    @click.option("--out", type=TEXT, required=True, help="The file to write (-: standard output, for text).")
    @graded_by_option
    @key_option
    @wraps(verb)
    def read(*args: Any, reports: Path, assignment: Path | None, key_path: Path | None, **rest: Any) -> Any:
        return verb(*args, order=order_of(reports, assignment, key_path), **rest)

    return read


def order_of(reports: Path, assignment: Path | None, key_path: Path | None) -> Class:
    """The graded class in a folder of reports."""
    from grader.batch.saved_class import Class
    from grader.cli.keys import key_of_reports

    key, source = key_of_reports(reports, assignment, key_path)
    return Class(key, source, reports)


def records_in(order: Class) -> list[Record]:
    """Its records, with what TAs said over them. Those of another key are refused.

    A run that has not ended is told, and so is what is damaged.
    """
    from grader.batch.saved_class import StandIns, demand_same_key, gradebook_in, told_records

    with gradebook_in(order.out) as book:
        demand_same_key(book, order)
        stopped, instead = book.runs.stopped(), StandIns(book, order.key)
        records = list(told_records(book, order, instead))
    if stopped:
        click.echo(f"grader: {not_ended(stopped)}, and then this one", err=True)
    if instead.students:
        so = "have no points of the machine's here"
        click.echo(f"grader: {are_damaged(sorted(instead.students), so)}", err=True)
    return records


def not_ended(verb: str) -> str:
    """What is said where a run was stopped, and nobody has run it again."""
    return (
        f"the last run of 'grader {verb}' has not ended: points may be old, or missing\n"
        "  next: run the same command again"
    )


def are_damaged(students: Sequence[str], so: str) -> str:
    """What is said of hand-ins whose records cannot be read: who they are, what they go without, and what mends it."""
    from grader.wire import plain_text

    named = ", ".join(plain_text(student, 60) for student in students[:MOST_TOLD])
    more = f" and {len(students) - MOST_TOLD} more" if len(students) > MOST_TOLD else ""
    return (
        f"what was saved of some hand-ins is damaged, so that these {so}: "
        f"{named}{more}\n  next: run 'grader grade' again, which makes them anew, and then this one"
    )


def refuse_overwriting(out: Path, sheet: Path) -> None:
    """A sheet of the caller's is never written to."""
    if out is not STANDARD and out.exists() and out.resolve() == sheet.resolve():
        raise ExportError(f"--out is your own sheet, {sheet}", "name another file: yours is never changed")


def keep_apart(out: Path, submissions: Path) -> Path:
    """The folder for reports, which is none of the hand-ins': hand-ins are never changed, and reports are none."""
    reports, hand_ins = out.resolve(), submissions.resolve()
    if not hand_ins.is_dir() or not (reports.is_relative_to(hand_ins) or hand_ins.is_relative_to(reports)):
        return out
    where = "is the folder of the hand-ins" if reports == hand_ins else (
        "lies among the hand-ins" if reports.is_relative_to(hand_ins) else "holds the hand-ins"
    )  # fmt: skip
    beside = hand_ins.parent / f"{hand_ins.name}-reports"
    raise ExportError(
        f"the folder for reports, {out}, {where}", f"name one apart from them, as: --out {quote(str(beside))}"
    )


def not_taken(count: int, reports: Path) -> str:
    """What is said of changes in `overrides.csv` that a gradebook does not know, as after it was lost."""
    from grader.folders import OVERRIDES

    sheet = reports / OVERRIDES
    return (
        f"{sheet} holds {count} {'change' if count == 1 else 'changes'} that this gradebook does not know: kept there, "
        f"and not counted\n  next: to take what stands there, grade with --overrides {quote(str(sheet))}"
    )


def taken_back(changes: Sequence[Override]) -> Iterator[str]:
    """What is said of changes of the sheet before that the sheet of today has not."""
    if not changes:
        return
    from grader.export import row_of
    from grader.wire import plain_text

    more = f"\n  and {len(changes) - MOST_TOLD} more" if len(changes) > MOST_TOLD else ""
    listed = "".join(f"\n  {plain_text(row_of(one), 300)}" for one in changes[:MOST_TOLD])
    yield (
        f"in the sheet before and not in this one, so that they count no more: {len(changes)}{listed}{more}"
        "\n  next: if they are to count, put these rows into the sheet, or give both: --overrides ONE --overrides TWO"
    )


def tell_aside(names: str) -> None:
    """Say it of a `grades.csv` that somebody had changed, where no screen about the class says it."""
    from grader.report.class_summary import ON_BY_HAND, show_aside

    click.echo(f"{show_aside(names)}\n  next: {ON_BY_HAND}")


def demand_free(path: Path, is_ours: Callable[[Path], bool]) -> None:
    """Nothing of anybody's is written over: only a file of the kind that is written here may be replaced."""
    if path is STANDARD:
        return
    if path.is_dir():
        raise ExportError(f"{path} is a folder", "name a file")
    if path.is_file() and path.stat().st_size and not is_ours(path):
        raise ExportError(
            f"{path} is there already, and is not what is written here", "name another file, or move that one away"
        )


def begins_with(opening: bytes, path: Path) -> bool:
    """Whether a file begins so."""
    with path.open("rb") as file:
        return file.read(len(opening)) == opening


def is_stream(path: Path) -> bool:
    """Whether it is standard output, a pipe or a terminal, in whose place no file may be put."""
    return path is STANDARD or (path.exists() and not path.is_file() and not path.is_dir())


def write_file(path: Path, data: bytes, opening: bytes) -> None:
    """Write a file that is there when all of it is written, and not before.

    `opening` is how all files of its kind begin, and no others: one that is there already must begin so too.
    """
    demand_free(path, partial(begins_with, opening))
    put_file(path, data)


def put_file(path: Path, data: bytes) -> None:
    """The same where nothing else is in its place, or what is may go."""
    if path is STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if is_stream(path):
        path.write_bytes(data)
        return
    path = path.resolve()  # a link stays: `/dev/stdout` is one, to a file where a shell has redirected it
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(data)
    part.replace(path)


def tell(out: Path, line: str) -> None:
    """Say something of what was written: where that is what stands in standard output, beside it."""
    click.echo(line, err=out is STANDARD)


def tell_written(out: Path) -> None:
    """Say where it is; who reads it sees that."""
    if out is not STANDARD:
        click.echo(f"written: {out}")


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON that a person can read too; files of one kind have the same first key."""
    data = _json_bytes(value)
    write_file(path, data, data[: data.index(b":")])


def _json_bytes(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def write_each(order: Class, out: Path, name: str, make: Callable[[Record], Mapping[str, Any]]) -> None:
    """One document a student: at `out` where it is a file and the class is one hand-in, else in folders below it."""
    records = records_in(order)
    if out.suffix == ".json" or out is STANDARD:
        if len(records) != 1:
            what = "standard output" if out is STANDARD else str(out)
            raise ExportError(f"{what} is one file, and the class has {len(records)} hand-ins", "name a folder")
        write_json(out, make(records[0]))
        tell_written(out)
        return
    refused: dict[Path, str] = {}
    written: list[Path] = []
    for record in records:
        path = out / record.folder / name
        try:
            write_json(path, make(record))
            written.append(path)
        except ExportError as error:
            refused[path] = str(error)
    click.echo(f"written: {len(written)} {'file' if len(written) == 1 else 'files'} in {out}")
    _list_some("  not written: {}", list(refused.values()))
    _tell_older(out, name, written, refused)
    sys.exit(LOSS if refused else 0)


def _tell_older(out: Path, name: str, written: Sequence[Path], refused: Collection[Path]) -> None:
    """What lies there since an earlier export: of whom there is no result now it goes; of others here it is named.

    Another class may have been written into the same folder.
    """
    new = {path.stat().st_ino for path in written}  # by what they are: some disks do not tell `Jane` from `jane`
    older = [path for path in sorted(out.glob(f"*/{name}")) if not path.is_symlink() and path.stat().st_ino not in new]
    gone = [path for path in older if path in refused and _is_of_form(path)]
    for path in gone:
        path.unlink()
    _list_some("  taken away, since it is of an earlier export: {}", gone)
    _list_some("  not of this export, so delete it if nobody is to get it: {}", [p for p in older if p not in gone])


def _list_some(line: str, told: Sequence[object]) -> None:
    for one in told[:MOST_TOLD]:
        click.echo(line.format(one))
    if len(told) > MOST_TOLD:
        click.echo(f"  and {len(told) - MOST_TOLD} more")


def _is_of_form(path: Path) -> bool:
    """Whether a file is JSON as it is written here, to the byte."""
    try:
        data = path.read_bytes()
        return _json_bytes(json.loads(data)) == data
    except (OSError, ValueError):
        return False
