"""What a student runs: check, and doctor for the machine that it runs on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli import options
from grader.cli.options import FILE, LOSS
from grader.errors import SubmissionError

if TYPE_CHECKING:
    from grader.gradebook import Record
    from grader.intake import Submission
    from grader.key import Key
    from grader.pipeline import Context
    from grader.sandbox import Opening

PAUSE = 0.3  # seconds between two looks at a watched file
MOST_BESIDE = 100  # Python files beside a watched one that are looked at


@dataclass(frozen=True)
class _Output:
    """Where results go: to a page, or to a machine. `watched` is the file, and `found` the key if none was named."""

    html: Path | None
    as_json: bool
    watched: Path | None
    found: Path | None


@click.command()
@click.argument("notebook", type=FILE)
@click.option("--key", "key_path", type=FILE, help="The public key (default: found beside the notebook).")
@click.option("--html", type=FILE, help="Also write the results to this HTML page.")
@click.option("--watch", is_flag=True, help="Check again whenever NOTEBOOK is saved, until Ctrl-C.")
@options.for_machines
def check(notebook: Path, key_path: Path | None, html: Path | None, watch: bool, as_json: bool) -> None:
    """Check your own NOTEBOOK on the public cases: what is right, what is not, why, and what to try."""
    from grader.sandbox import Opening

    if html is not None:
        from grader.batch.folder import is_our_page

        options.require_free(html, is_our_page)
    with Opening(own_work=True) as opening:
        opening.begin()
        # What is needed later is imported while the sandbox starts: a tenth of the time of a check.
        import rich.console  # noqa: F401

        from grader.intake import one_submission
        from grader.pipeline import Context
        from grader.report.check_view import show_check  # noqa: F401

        submission = one_submission(notebook, own_work=True)
        key, found = _public_key(notebook, key_path, opening)
        output = _Output(html, as_json, notebook if watch else None, found)
        code = _check_all(Context(key, opening.sandbox), saves_of(notebook) if watch else [submission], output)
    sys.exit(code)


def _public_key(notebook: Path, named: Path | None, opening: Opening) -> tuple[Key, Path | None]:
    """The public key, and where it was found: compiled from its assignment where only that is there."""
    from grader.folders import find_public_key
    from grader.key import load_key, public_cut

    place = named or find_public_key(notebook)
    if named is None and place.is_dir():
        from grader.cli.keys import compile_into

        click.echo(f"compiling {_near(place)}, once ...", err=True)
        key = compile_into(place, place, opening.sandbox)
    else:
        key = load_key(place)
    return key if key.is_public else public_cut(key), None if named else place


def _check_all(context: Context, submissions: Iterable[Submission], output: _Output) -> int:
    """Check one after the other; gives the exit code of the last."""
    from grader.pipeline import grade_one

    code, before = 0, None  # the last check that had verdicts: what a save changed is reported against it
    try:
        for submission in submissions:
            record, _ = grade_one(context, submission)
            passed = record.criteria and all(one.points == one.max_points for one in record.criteria)
            code = 0 if passed else 2 if record.status == "unreadable" else LOSS
            _report(record, before, context, output)
            before = record if record.criteria or before is None else before
    except KeyboardInterrupt:
        if not output.watched:
            raise
        click.echo("\nstopped watching", err=True)
    return code


def _report(record: Record, before: Record | None, context: Context, output: _Output) -> None:
    key, level = context.key, context.sandbox.level
    if output.html is not None:
        from grader.batch.folder import now
        from grader.report import PageContext, render_student_page

        page = render_student_page(record, key, PageContext(now(), level, "check"))
        options.put_file(output.html, page.encode("utf-8", "replace"))
    if output.as_json:
        from grader.export.sheets import verdict_line

        options.print_json({"scope": "public checks", **verdict_line(record, key.rubric.worth)})
        return
    from grader.report.check_view import show_changes, show_check

    if before is not None:
        show_changes(before, record)
    show_check(record, key, f"Sandbox: {level.heading}. {level.promise}")
    if output.html is not None:
        click.echo(f"Page: {output.html}")
    elif any(one.points != one.max_points for one in record.criteria):
        click.echo("For the inputs and results of each case: --html page.html")
    if output.found and record.criteria and (before is None or not before.criteria):
        click.echo(f"Checked with {_near(output.found)}")
    if output.watched:
        click.echo(f"watching {output.watched}: save it to check again; Ctrl-C ends")


def _near(path: Path) -> Path:
    """A path as it is written from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@click.command()
def doctor() -> None:
    """Show which sandbox this machine has, what it promises, and how to get a stronger one."""
    from grader.report.terminal import show_doctor
    from grader.sandbox import doctor as diagnose

    found = diagnose()
    show_doctor(found)
    sys.exit(0 if found.level.confines else LOSS)


# ---- watching --------------------------------------------------------------------------------------------------------


def saves_of(path: Path, pause: float = PAUSE) -> Iterator[Submission]:
    """Give the submission now and after each save; never ends by itself. Raises `SubmissionError` if it is not there.

    It looks at the files' times, sizes and numbers, which works on network drives too. Editors save in several steps:
    a file that is empty or away is waited for, and a change counts when nothing has moved for one pause.
    """
    from grader.intake import one_submission

    now = one_submission(path, own_work=True)
    told = seen = _look(now)
    yield now
    while True:
        time.sleep(pause)
        try:
            now, is_begun = one_submission(path, own_work=True), not path.stat().st_size
        except (SubmissionError, OSError):
            is_begun = True
        if is_begun:  # an editor, or a network drive, is in the middle of something
            told = []
            continue
        before, seen = seen, _look(now)
        if seen == before and seen != told:
            told = seen
            yield now


def _look(submission: Submission) -> list[tuple[str, int, int, int]]:
    """Time, size and number of each file, so far as they are there, and of the Python files that it may import."""
    beside = (path for folder in submission.beside for form in ("*.py", "*/*.py") for path in folder.glob(form))
    seen = []
    for path in dict.fromkeys([*(file.path for file in submission.files), *sorted(islice(beside, MOST_BESIDE))]):
        with suppress(OSError):
            stat = path.stat()
            seen.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return seen
