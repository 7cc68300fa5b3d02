"""What a student runs: check, and doctor for the machine it runs on.

takes: one notebook.
gives: what is right, what is not, and why.
must not know: classes and gradebooks.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.exits import FILE, LOSS
from grader.cli.keys import find_public_key


@click.command()
@click.argument("notebook", type=FILE)
@click.option("--key", "key_path", type=FILE, help="The public key (default: found beside the notebook).")
@click.option("--html", type=FILE, help="Write the page there too.")
def check(notebook: Path, key_path: Path | None, html: Path | None) -> None:
    """Check your own NOTEBOOK on the public cases: what is right, what is not, why, and what to try."""
    from grader.answer_key import load_key
    from grader.intake import one_submission
    from grader.pipeline import Desk, grade_one
    from grader.report.terminal import print_check
    from grader.sandbox import open_own_work

    submission = one_submission(notebook)
    key = load_key(key_path or find_public_key(notebook)).public()
    with open_own_work() as sandbox:
        record = grade_one(Desk(key, sandbox), submission)
        level = sandbox.level
    print_check(record, f"{level.title}. {level.promise}")
    if html is not None:
        from grader.batch import page_of_check

        html.write_text(page_of_check(record, key, level), encoding="utf-8", errors="replace")
    passed = record.criteria and all(case.right for criterion in record.criteria for case in criterion.cases)
    sys.exit(0 if passed else 2 if record.status == "unreadable" else LOSS)


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
