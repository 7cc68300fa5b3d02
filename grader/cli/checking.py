"""What a student runs: check, and doctor for the machine it runs on.

takes: one notebook.
gives: what is right, what is not, and why; again after each save with `--watch`.
must not know: classes and gradebooks.
"""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import FILE, LOSS
from grader.cli.machine import json_option, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.gradebook import Record
    from grader.intake import Submission
    from grader.pipeline import Desk


@click.command()
@click.argument("notebook", type=FILE)
@click.option("--key", "key_path", type=FILE, help="The public key (default: found beside the notebook).")
@click.option("--html", type=FILE, help="Write the page there too.")
@click.option("--watch", is_flag=True, help="Check again whenever NOTEBOOK is saved, until Ctrl-C.")
@json_option
def check(notebook: Path, key_path: Path | None, html: Path | None, watch: bool, as_json: bool) -> None:
    """Check your own NOTEBOOK on the public cases: what is right, what is not, why, and what to try."""
    from grader.answer_key import find_public_key, load_key
    from grader.pipeline import Desk, grade_one
    from grader.sandbox import open_own_work

    submissions = _submissions(notebook, watch)
    first = next(submissions)
    key = load_key(key_path or find_public_key(notebook)).public()
    code, before = 0, None  # the last check that had verdicts: what a save changed is told against it
    with open_own_work() as sandbox:
        desk = Desk(key, sandbox)
        try:
            for submission in chain([first], submissions):
                record = grade_one(desk, submission)
                code = _tell(record, before, desk, html, as_json)
                before = record if record.criteria or before is None else before
                if watch and not as_json:
                    click.echo(f"watching {notebook}: save it to check again; Ctrl-C ends")
        except KeyboardInterrupt:
            if not watch:
                raise
            click.echo("\nstopped watching", err=True)
    sys.exit(code)


def _submissions(notebook: Path, watch: bool) -> Iterator[Submission]:
    if watch:
        from grader.cli.saves import saves_of

        return saves_of(notebook)
    from grader.intake import one_submission

    return iter([one_submission(notebook)])


def _tell(record: Record, before: Record | None, desk: Desk, html: Path | None, as_json: bool) -> int:
    """Print one check, and write its page; gives the exit code."""
    from grader.report.terminal import print_changes, print_check

    level = desk.sandbox.level
    if html is not None:
        from grader.class_folder import page_of_check

        html.write_text(page_of_check(record, desk.key, level), encoding="utf-8", errors="replace")
    if as_json:
        from grader.export import verdict_line

        names = [rule.name for rule in desk.key.rubric.criteria]
        print_json({"scope": "public checks", **verdict_line(record, names)})
    else:
        if before is not None:
            print_changes(before, record)
        print_check(record, f"{level.title}. {level.promise}")
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
