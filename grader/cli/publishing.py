"""What an author runs to begin an assignment and to give it out: new, release.

takes: a name, or an assignment's folder.
gives: an assignment to start from; the hand-out of one.
must not know: what a notebook looks like, how anything is judged.
"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.exits import FILE, FOLDER


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
    click.echo(f"untouched, all {made.criteria} criteria are not attempted; no solution and no hidden number is in it")
    click.echo(f"for students: {paths[1]}   (the same in {paths[0]})")
    click.echo(f"for you:      {paths[3]}   (the key of this hand-out: keep it to yourself)")
