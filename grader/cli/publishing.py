"""What is run before and after the grading: new, release, bundle, and similar.

takes: a name; an assignment's folder; the reports of a class.
gives: an assignment to start from; its hand-out; an autograder; the pairs of hand-ins that a person should look at.
must not know: what a notebook looks like, how anything is judged or compared.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.exits import FILE, FOLDER, graded_by_option, visibility_option
from grader.cli.writing import are_damaged, demand_free, put_file
from grader.folders import SIMILAR


@click.command()
@click.argument("name")
@click.option("--course", type=FOLDER, default=Path(), help="The course's folder (default: here).")
def new(name: str, course: Path) -> None:
    """Begin an assignment called NAME: a small one that works, to be changed step by step.

    Writes reference/NAME (the assignment, its reference, inputs, known mistakes and master notebook) and one sample
    hand-in in submissions/NAME. Nothing is overwritten.
    """
    from grader.scaffold import begin_assignment

    for path in begin_assignment(name, course):
        click.echo(f"wrote {path}")
    here = "" if course == Path() else f"cd {course}\n  "
    click.echo(
        f"\nRead reference/{name}/assignment.py first. Then:\n"
        f"  {here}grader compile reference/{name}     make the answer key\n"
        f"  grader selftest reference/{name}    prove the exam, after each change\n"
        f"  grader grade submissions/{name}     grade the sample hand-in\n"
        f"  grader release reference/{name}     make what students get"
    )


@click.command()
@click.argument("assignment", type=FOLDER)
@click.option("--master", type=FILE, help="The notebook with solutions (default: master.ipynb of ASSIGNMENT).")
@click.option("--out", type=FOLDER, default=Path("dist"), help="Where the folder and the zip go (default: dist).")
@click.option("--add", type=FILE, multiple=True, help="Another file that students need; may be repeated.")
@click.option("--key", "key_path", type=FILE, help="Use this full key (default: compile the assignment's).")
@click.option("--hidden-seed", type=int, help="Draw hidden cases from this seed, which you keep to yourself.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run the solutions without a sandbox where none can be had.")
def release(
    assignment: Path, master: Path | None, out: Path, add: tuple[Path, ...], key_path: Path | None,
    hidden_seed: int | None, unsafe_no_sandbox: bool,
) -> None:  # fmt: skip
    """Make what students get: the notebook without its solutions, the public key, a README; as a folder and a zip.

    Nothing is written if a solution or a hidden number would leak, if the untouched notebook is graded as anything
    but not attempted, or if the master does not get full marks.
    """
    from grader.cli.keys import key_for
    from grader.release import make_release, write_release
    from grader.sandbox import open_sandbox

    key = key_for(None, key_path, "", unsafe_no_sandbox)[0] if key_path else None
    with open_sandbox(unsafe=unsafe_no_sandbox) as sandbox:
        made = make_release(assignment, sandbox, master=master, key=key, hidden_seed=hidden_seed, extra=add)
    paths = write_release(made, assignment, out)
    for note in made.notes:
        click.echo(f"note: {note}")
    click.echo(f"{made.title}: the master gets {made.points} of {made.points} points")
    click.echo(f"untouched, all {made.criteria} criteria are not attempted")
    click.echo("no solution and no hidden number is in it")
    click.echo(f"for students: {paths[1]}   (the same in {paths[0]})")
    click.echo(f"for you:      {paths[3]}   (its key: yours)")
    if hidden_seed is not None:
        click.echo(f"grade with --key {paths[3]}: without it, hidden cases come from the assignment's own seed again")


@click.group()
def bundle() -> None:
    """Pack an assignment for a system that grades by itself."""


@bundle.command(short_help="Make a zip to upload to Gradescope.")
@click.argument("assignment", type=FOLDER)
@click.option("--out", type=FILE, help="The zip to write (default: dist/<name>-gradescope.zip).")
@click.option("--key", "key_path", type=FILE, help="Use this full key (default: the assignment's).")
@visibility_option
@click.option(
    "--unsafe-no-sandbox",
    is_flag=True,
    help="Grade even where Gradescope's container allows no sandbox: a hand-in can then read the key.",
)
def gradescope(
    assignment: Path, out: Path | None, key_path: Path | None, visibility: str, unsafe_no_sandbox: bool
) -> None:
    """Make a zip for Gradescope of ASSIGNMENT: setup.sh, run_autograder, the grader, pinned packages, the full key."""
    from grader.cli.keys import key_for
    from grader.release import bundle_gradescope, is_bundle

    key, _ = key_for(None if key_path else assignment, key_path, "", unsafe=False)
    out = out or Path("dist") / f"{key.rubric.name}-gradescope.zip"
    demand_free(out, is_bundle)
    data = bundle_gradescope(key, visibility, unsafe_no_sandbox)
    put_file(out, data)
    click.echo(f"{key.rubric.title}\nbundle: {out}   ({len(data) / 1e6:.1f} MB)")
    click.echo("The full key is in it: keep it to yourself.")
    click.echo("Upload it to Gradescope (Configure Autograder), and read the end of the build's")
    click.echo("log: it names the sandbox that hand-ins will run in.")
    if unsafe_no_sandbox:
        click.echo(
            "WARNING: where the container allows no sandbox, hand-ins can read the key and write their own results"
        )


@click.command()
@click.argument("reports", type=FOLDER)
@graded_by_option
@click.option("--least", type=click.FloatRange(1), help="Rare tokens that a pair must share to be shown (default: 40).")
def similar(reports: Path, assignment: Path | None, least: float | None) -> None:
    """Find hand-ins of REPORTS that share code which hardly anybody else has. Never part of a score.

    Writes similar.html, for teaching staff only, and the folder similar/ with the hand-ins as plain .py files and an
    info.csv for Dolos.
    """
    from grader.batch.class_folder import now
    from grader.batch.saved_class import gradebook_in
    from grader.report.page_context import PageContext
    from grader.report.similar_page import render_similar_page
    from grader.report.similar_table import similar_lines
    from grader.similar import LEAST_SHARED, OwnText, compare, hand_ins_of, own_text_of, view_of, write_plain_files
    from grader.version import VERSION

    least = least or LEAST_SHARED
    damaged: list[str] = []
    with gradebook_in(reports) as book:
        run, hand_ins = book.runs.latest(), list(hand_ins_of(book, damaged))
    if damaged:
        click.echo(f"grader: {are_damaged(damaged, 'are compared with nobody')}", err=True)
    folder = assignment or Path(run["key_source"])
    own = own_text_of(folder) if assignment or (folder / "assignment.py").is_file() else OwnText()
    view = view_of(hand_ins, compare(hand_ins, own, least), least, bool(own.handout))
    write_plain_files(reports / SIMILAR, hand_ins, own.handout)
    page = reports / f"{SIMILAR}.html"
    context = PageContext(run["title"], now(), run["key_digest"], VERSION)
    page.write_text(render_similar_page(view, context), encoding="utf-8", errors="replace")
    for line in similar_lines(view):
        click.echo(line)
    click.echo(f"\nside by side: {page}\nfor Dolos:    {reports / SIMILAR / 'info.csv'}")
