"""What a student runs: check, and doctor for the machine it runs on.

takes: one notebook.
gives: what is right, what is not, and why; again after each save with `--watch`.
must not know: classes and gradebooks.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from grader.cli.exits import FILE, LOSS
from grader.cli.machine import json_option, print_json
from grader.cli.writing import begins_with, demand_free, write_file
from grader.errors import SelectionError
from grader.garbage import look_seldom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.answer_key import AnswerKey
    from grader.gradebook import CaseRecord, Record
    from grader.intake import Submission
    from grader.pipeline import Desk
    from grader.walls import Beginning

_FILES_TOLD = 3  # of those beside the checked one; the folder tells them all

# How every page of ours begins; one that was exported from a notebook begins otherwise.
OPENING = (
    b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    b'<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;'
)


@click.command()
@click.argument("notebook", type=FILE)
@click.argument("more", nargs=-1, metavar="")
@click.option("--key", "key_path", type=FILE, help="The public key (default: found beside the notebook).")
@click.option("--html", type=FILE, help="Write the page there too.")
@click.option("--watch", is_flag=True, help="Check again whenever NOTEBOOK is saved, until Ctrl-C.")
@json_option
def check(
    notebook: Path, more: tuple[str, ...], key_path: Path | None, html: Path | None, watch: bool, as_json: bool
) -> None:
    """Check your own NOTEBOOK on the public cases: what is right, what is not, why, and what to try."""
    from grader.walls import Beginning

    _demand_one(notebook, more)
    if html is not None:
        demand_free(html, partial(begins_with, OPENING))
    if watch:
        look_seldom()  # as for all that stays
    with Beginning() as beginning:
        from grader.answer_key import find_public_key, load_key

        submissions = _submissions(notebook, watch)
        first = next(submissions)
        key_path, named = key_path or find_public_key(notebook), key_path is not None
        key = load_key(key_path).public()
        beside = notebook if notebook.is_file() else None
        telling = _Telling(html, as_json, notebook if watch else None, key_path, named, beside)
        code = _check_all(key, beginning, chain([first], submissions), telling)
    sys.exit(code)


def _demand_one(notebook: Path, more: tuple[str, ...]) -> None:
    """A function's name behind the file is what `%check` takes, and further files are a class."""
    if not more:
        return
    if Path(more[0]).exists():
        hint = (
            "check one after the other; a class of hand-ins, each in a folder of its own, is for 'grader grade FOLDER'"
        )
    else:
        hint = f"grader check {quote(str(notebook))}; in the notebook itself, %check {more[0]} looks at that one alone"
    raise SelectionError(f"one notebook is checked, and all of its functions: {more[0]} is one word too many", hint)


@dataclass(frozen=True)
class _Telling:
    """How a check is told: a page, a document for machines, what is watched; which key it was, and who named it.

    `beside` is what is checked, if that is one file.
    """

    html: Path | None
    as_json: bool
    watched: Path | None
    key_path: Path
    key_was_named: bool
    beside: Path | None


def _check_all(key: AnswerKey, beginning: Beginning, submissions: Iterable[Submission], telling: _Telling) -> int:
    """Check one after the other; gives the exit code of the last."""
    # All that is imported here is imported while the sandbox starts; what prints is, too, though it is used later.
    from grader.pipeline import Desk, grade_one
    from grader.sandbox import open_own_work

    code, before = 0, None  # the last check that had verdicts: what a save changed is told against it
    with open_own_work(beginning) as sandbox:
        desk = Desk(key, sandbox)
        try:
            for submission in submissions:
                record = grade_one(desk, submission)
                code = _exit_code(record)
                _write(record, desk, telling)
                if not telling.as_json:
                    _print(record, before, desk, telling)
                before = record if record.criteria or before is None else before
        except KeyboardInterrupt:
            if not telling.watched:
                raise
            click.echo("\nstopped watching", err=True)
    return code


def _print(record: Record, before: Record | None, desk: Desk, telling: _Telling) -> None:
    from grader.report.check_terminal import print_changes, print_check
    from grader.report.terminal import open_console, said

    if before is not None:
        print_changes(before, record)
    scope = f"Sandbox: {desk.sandbox.level.title}. {desk.sandbox.level.promise}"
    print_check(record, scope, title=desk.key.rubric.title)
    if telling.html is None and any(_is_compared(case) for c in record.criteria for case in c.cases):
        open_console().print(said("For the inputs and results of each case: --html page.html", style="dim"))
    if telling.beside and (files := _files_with_missing(record, telling.beside)):
        here = f"grader check {quote(str(_near(telling.beside.resolve().parent)))}"
        open_console().print(said(f"What is missing is in {_first_of(files)}: {here} looks at the whole folder."))
    is_first = before is None or not before.criteria
    if is_first and record.criteria and not telling.key_was_named:
        open_console().print(said(f"Checked by {_near(telling.key_path)}"))
    if telling.watched:
        click.echo(f"watching {telling.watched}: save it to check again; Ctrl-C ends")


def _files_with_missing(record: Record, notebook: Path) -> list[str]:
    """The Python files beside one file that define what is missing in that: an exercise may be given out in several."""
    missing = {criterion.name.partition(".")[0] for criterion in record.criteria if criterion.verdict == "missing"}
    defined = re.compile(rf"^(?:def|class) (?:{'|'.join(map(re.escape, missing))})\b", re.MULTILINE)
    others = [path for path in sorted(notebook.resolve().parent.glob("*.py")) if path != notebook.resolve()]
    return [path.name for path in others if missing and defined.search(_text_of(path))]


def _first_of(files: list[str]) -> str:
    """A folder of earlier versions, or of a whole class, has what is missing in each of them."""
    rest = [f"{len(files) - _FILES_TOLD} more"] if len(files) > _FILES_TOLD else []
    *most, last = files[:_FILES_TOLD] + rest
    return f"{', '.join(most)} and {last}" if most else last


def _text_of(path: Path) -> str:
    """What is in a file beside; "" where that cannot be read, such as a folder or a pipe of that name."""
    try:
        return path.read_text("utf-8", "replace") if path.is_file() else ""
    except OSError:
        return ""


def _is_compared(case: CaseRecord) -> bool:
    """Whether something came back in a case that is not right, so that there is something to hold side by side."""
    return case.outcome == "returned" and not case.right


def _near(path: Path) -> Path:
    """A path as it is written from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _submissions(notebook: Path, watch: bool) -> Iterator[Submission]:
    if watch:
        from grader.cli.saves import saves_of

        return saves_of(notebook)
    from grader.intake import one_submission

    return iter([one_submission(notebook, own_work=True)])


def _write(record: Record, desk: Desk, telling: _Telling) -> None:
    """Write the page of one check, and the document for machines."""
    if telling.html is not None:
        from grader.batch.class_folder import page_of_check

        page = page_of_check(record, desk.key, desk.sandbox.level)
        write_file(telling.html, page.encode("utf-8", "replace"), OPENING)
    if telling.as_json:
        from grader.export import verdict_line

        print_json({"scope": "public checks", **verdict_line(record, desk.key.rubric.worth)})


def _exit_code(record: Record) -> int:
    passed = record.criteria and all(case.right for criterion in record.criteria for case in criterion.cases)
    return 0 if passed else 2 if record.status == "unreadable" else LOSS


@click.command()
def doctor() -> None:
    """Say which sandbox this machine has, what it promises, and what would raise it."""
    from grader.sandbox import doctor as diagnose

    found = diagnose()
    click.echo(f"level {found.level.value}: {found.level.title}\n{found.promise}\n")
    for name, ok, sentence in found.checks:
        click.echo(f"  {'ok' if ok else 'no':<3} {name}: {sentence}")
    if found.raise_it:
        click.echo(f"\nto raise it: {found.raise_it}")
    sys.exit(0 if found.level.confines else LOSS)
