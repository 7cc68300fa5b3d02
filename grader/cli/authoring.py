"""What an author of assignments runs: new, compile, selftest, show, release, bundle."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli import options
from grader.cli.keys import compile_into, compiled_before, key_for, key_paths
from grader.cli.options import FILE, FOLDER, LOSS


@click.command()
@click.argument("name")
@click.option("--course", type=FOLDER, default=Path(), help="The course's folder (default: here).")
def new(name: str, course: Path) -> None:
    """Start an assignment called NAME: a small one that works, for you to change step by step.

    Writes reference/NAME (the assignment, its reference, questions, known mistakes and master notebook) and one
    sample submission in submissions/NAME. Nothing is overwritten.
    """
    from grader.scaffold import begin_assignment

    for path in begin_assignment(name, course):
        click.echo(f"wrote {path}")
    here = "" if course == Path() else f"cd {course}\n  "
    click.echo(
        f"\nRead reference/{name}/assignment.py first. Then:\n"
        f"  {here}grader compile reference/{name}     make the answer key\n"
        f"  grader selftest reference/{name}    prove the exam, after each change\n"
        f"  grader grade submissions/{name}     grade the sample submission\n"
        f"  grader release reference/{name}     make the students' files"
    )


@click.command("compile")
@click.argument("assignment", type=FOLDER)
@click.option("--out", type=FOLDER, help="Where the keys go (default: the assignment's folder).")
@options.hidden_seed
@options.unsafe
def compile_(assignment: Path, out: Path | None, hidden_seed: int | None, unsafe: bool) -> None:
    """Make the answer key of ASSIGNMENT, and the public key for students.

    Hidden cases keep their numbers when it is compiled again.
    """
    from grader.sandbox import open_sandbox

    notes, out = list[str](), out or assignment
    seed = None if hidden_seed is None else str(hidden_seed)
    with open_sandbox(unsafe=unsafe) as sandbox:
        key = compile_into(assignment, out, sandbox, seed, notes.append)
    public = sum(entry.is_public for entry in key.entries)
    full, shared = key_paths(assignment, out)
    click.echo(f"{key.rubric.title}: {key.rubric.points} points, {len(key.rubric.criteria)} criteria")
    click.echo(f"cases: {public} public, {len(key.entries) - public} hidden; variants: {len(key.answers)}")
    click.echo(f"key:        {full}   (keep it to yourself)\npublic key: {shared}   (for students)")
    for note in notes:
        click.echo(f"note: {note}")


@click.command()
@click.argument("key", type=FILE)
def show(key: Path) -> None:
    """Print the rubric, cases, limits and messages that KEY holds."""
    from grader.key import load_key
    from grader.report.staff_views import show_rubric

    show_rubric(load_key(key))


@click.command()
@click.argument("assignment", type=FOLDER)
@click.option("--only", multiple=True, metavar="FUNCTION", help="Test only this function. Repeat for more.")
@click.option("--cases", is_flag=True, help="Also list what each case is good for.")
@options.jobs
@options.unsafe
def selftest(assignment: Path, only: tuple[str, ...], cases: bool, jobs: int, unsafe: bool) -> None:
    """Prove the exam of ASSIGNMENT: right answers pass, hundreds of wrong ones fail, and every case is needed."""
    from grader.report.staff_views import selftest_lines
    from grader.sandbox import Opening
    from grader.selftest import prove

    with Opening(unsafe) as opening:
        key, _ = key_for(assignment, None, "", opening)
    proof = prove(assignment, key, jobs, unsafe, lambda line: click.echo(f"trying {line} ...", err=True), only)
    for line in selftest_lines(proof.rows, proof.idle_cases, proof.idle_excuses):
        click.echo(line)
    for line in ("", *proof.cases) if cases else ():
        click.echo(line)
    if only:
        click.echo(f"\nThis proves {', '.join(only)} alone; without --only it proves the whole exam.")
    sys.exit(0 if proof.holds else LOSS)


@click.command()
@click.argument("assignment", type=FOLDER)
@click.option("--master", type=FILE, help="The notebook with solutions (default: master.ipynb of ASSIGNMENT).")
@click.option("--out", type=FOLDER, default=Path("dist"), help="Where the folder and the zip go (default: dist).")
@click.option("--add", type=FILE, multiple=True, help="Another file that students need. Repeat for more.")
@click.option("--key", "key_path", type=FILE, help="Use this full key (default: compile the assignment's).")
@options.hidden_seed
@options.unsafe
def release(
    assignment: Path, master: Path | None, out: Path, add: tuple[Path, ...], key_path: Path | None,
    hidden_seed: int | None, unsafe: bool,
) -> None:  # fmt: skip
    """Make the students' files, as a folder and a zip: the notebook without its solutions, the public key, a README.

    Nothing is written if a solution or a hidden number would leak, if the untouched notebook is graded as anything but
    not attempted, or if the master does not get full marks.
    """
    from grader.feedback.numbers import show_points
    from grader.release import make_release, write_release
    from grader.sandbox import open_sandbox

    key = key_for(None, key_path, "")[0] if key_path else None
    before = compiled_before(assignment, assignment)
    seed = str(hidden_seed) if hidden_seed is not None else before.seed if before else None
    with open_sandbox(unsafe=unsafe) as sandbox:
        made = make_release(assignment, sandbox, master=master, key=key, hidden_seed=seed, extra=add)
    home, archive, full_key = write_release(made, assignment, out)
    for note in made.notes:
        click.echo(f"note: {note}")
    rubric, points = made.key.rubric, show_points(made.key.rubric.points)
    click.echo(f"{rubric.title}: the master gets {points} of {points} points")
    click.echo(f"untouched, all {len(rubric.criteria)} criteria are not attempted")
    click.echo("no solution and no hidden number is in it")
    click.echo(f"for students: {archive}   (the same in {home})")
    click.echo(f"for you:      {full_key}   (its key: keep it to yourself)")


@click.group()
def bundle() -> None:
    """Pack an assignment for a system that grades by itself."""


@bundle.command(short_help="Make a zip to upload to Gradescope.")
@click.argument("assignment", type=FOLDER)
@click.option("--out", type=FILE, help="The zip to write (default: dist/<name>-gradescope.zip).")
@click.option("--key", "key_path", type=FILE, help="Use this full key (default: the assignment's).")
@options.visibility
@click.option(
    "--unsafe-no-sandbox", "unsafe", is_flag=True,
    help="Grade even where Gradescope's container allows no sandbox: a submission can then read the key.",
)  # fmt: skip
def gradescope(assignment: Path, out: Path | None, key_path: Path | None, visibility: str, unsafe: bool) -> None:
    """Make a zip for Gradescope of ASSIGNMENT: setup.sh, run_autograder, the grader, pinned packages, the full key."""
    from grader.release import bundle_gradescope, is_bundle

    key, _ = key_for(None if key_path else assignment, key_path, "")
    out = out or Path("dist") / f"{key.rubric.name}-gradescope.zip"
    options.require_free(out, is_bundle)
    data = bundle_gradescope(key, visibility, unsafe)
    options.put_file(out, data)
    click.echo(f"{key.rubric.title}\nbundle: {out}   ({len(data) / 1e6:.1f} MB)")
    click.echo("The full key is in it: keep it to yourself.")
    click.echo("Upload it to Gradescope (Configure Autograder), and read the end of the build's log:")
    click.echo("it names the sandbox that submissions will run in.")
    if unsafe:
        click.echo("WARNING: without a sandbox, submissions can read the key and write their own results")
