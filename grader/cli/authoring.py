"""What an author runs: compile, show, selftest.

takes: an assignment's folder, or a key.
gives: the keys; what is in them; the proof of an exam.
must not know: submissions.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.exits import FILE, FOLDER, LOSS, jobs_option
from grader.cli.keys import compile_into, key_for


@click.command("compile")
@click.argument("assignment", type=FOLDER)
@click.option("--out", type=FOLDER, help="Where the keys go (default: the assignment's folder).")
@click.option("--hidden-seed", type=int, help="Draw hidden cases from this seed, which you keep to yourself.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run the reference without a sandbox where none can be had.")
def compile_(assignment: Path, out: Path | None, hidden_seed: int | None, unsafe_no_sandbox: bool) -> None:
    """Make the answer key of ASSIGNMENT, and the public key that students hold."""
    notes: list[str] = []
    key, paths = compile_into(assignment, out or assignment, hidden_seed, unsafe_no_sandbox, notes.append)
    cases = {v: sum(e.visibility == v for e in key.plan.entries) for v in ("public", "hidden")}
    click.echo(f"{key.rubric.title}: {key.rubric.points} points, {len(key.rubric.criteria)} criteria")
    click.echo(f"questions: {cases['public']} public, {cases['hidden']} hidden; variants: {len(key.answers)}")
    click.echo(f"key:        {paths[0]}   (keep it to yourself)\npublic key: {paths[1]}   (for students)")
    for note in notes:
        click.echo(f"note: {note}")


@click.command()
@click.argument("key", type=FILE)
def show(key: Path) -> None:
    """Print the rubric, cases, limits and messages as KEY holds them."""
    from grader.answer_key import load_key
    from grader.report.rubric_view import print_rubric

    print_rubric(load_key(key))


@click.command()
@click.argument("assignment", type=FOLDER)
@click.option("--only", multiple=True, metavar="FUNCTION", help="Prove this criterion alone (may be given again).")
@click.option("--cases", is_flag=True, help="Also list what each case is there for.")
@jobs_option
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run the variants without a sandbox where none can be had.")
def selftest(assignment: Path, only: tuple[str, ...], cases: bool, jobs: int, unsafe_no_sandbox: bool) -> None:
    """Prove the exam of ASSIGNMENT: right answers pass, hundreds of wrong ones do not, every case earns its place."""
    from grader.report.selftest_view import selftest_lines
    from grader.selftest import prove_at_once

    key, _ = key_for(assignment, None, "", unsafe_no_sandbox)

    def tell(line: str) -> None:
        click.echo(f"trying {line} ...", err=True)

    proof = prove_at_once(assignment, key, jobs, unsafe_no_sandbox, tell, only)
    for line in selftest_lines(proof.rows, proof.cases, cases, proof.idle_excuses):
        click.echo(line)
    if only:
        click.echo(f"\nThis is the proof of {', '.join(only)} alone: without --only, of the whole exam.")
    sys.exit(0 if proof.holds else LOSS)
