"""Which key a verb works by: found, or compiled where the assignment is newer.

takes: what the command line says of an assignment or a key.
gives: an `AnswerKey` and where it came from.
must not know: what a key is used for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from grader.errors import KeyFileError

if TYPE_CHECKING:
    from grader.answer_key import AnswerKey

_WHICH = "name it with --assignment DIR, or give a compiled key with --key FILE"
_WHAT = "name the folder that has assignment.py in it"


def key_for(assignment: Path | None, key_path: Path | None, name: str, unsafe: bool) -> tuple[AnswerKey, str]:
    """The key to grade by, and where it came from."""
    from grader.answer_key import load_key

    if key_path is not None:
        key = load_key(key_path)
        if key.visibility != "full":
            raise KeyFileError(f"{key_path} is a public key: hidden cases are not in it", "grade by the full key")
        return key, str(key_path.resolve())
    folder = assignment or Path("reference") / name
    if not (folder / "assignment.py").is_file():
        raise KeyFileError(f"no assignment at {folder}", _WHICH if assignment is None else _WHAT)
    from grader.authored import sources_digest

    path = key_paths(folder, folder)[0]
    try:
        key = load_key(path)
    except KeyFileError:
        pass  # none yet, or of an older format: it is compiled just below
    else:
        if key.sources == sources_digest(folder):
            return key, str(folder.resolve())
        if key.seeded:
            raise KeyFileError(
                f"{folder} has changed since {path.name} was compiled, with a hidden seed that is yours alone",
                f"run 'grader compile {folder} --hidden-seed YOURS', then this again",
            )
    if os.access(folder, os.W_OK):
        return compile_into(folder, folder, None, unsafe)[0], str(folder.resolve())
    with TemporaryDirectory(prefix="grader-") as elsewhere:
        key, _ = compile_into(folder, Path(elsewhere), None, unsafe)
    click.echo(
        f"nothing can be written into {folder}, so its key is compiled each time; to keep one, say "
        f"'grader compile {folder} --out PLACE', and --key PLACE/{path.name}",
        err=True,
    )
    return key, str(folder.resolve())


def key_of_reports(reports: Path, assignment: Path | None, key_path: Path | None) -> tuple[AnswerKey, str]:
    """The key that a graded class is told by: the one named, or the one it was graded by."""
    from grader.class_folder import gradebook_in

    if assignment is None and key_path is None:
        with gradebook_in(reports) as book:
            remembered = Path(book.latest_run()["key_source"])
        assignment, key_path = (remembered, None) if remembered.is_dir() else (None, remembered)
    return key_for(assignment, key_path, reports.resolve().name, unsafe=False)


def key_paths(folder: Path, out: Path) -> tuple[Path, Path]:
    """Where the full and the public key of an assignment stand in `out`."""
    name = folder.resolve().name
    return out / f"{name}.key.npz", out / f"{name}.public.key.npz"


def compile_into(
    folder: Path, out: Path, hidden_seed: int | None, unsafe: bool, tell: Callable[[str], None] = lambda note: None
) -> tuple[AnswerKey, tuple[Path, Path]]:
    """Compile the assignment in `folder`, and write both keys to `out`; gives the full key and the paths."""
    from grader.answer_key import save_key
    from grader.compile_key import compile_key
    from grader.sandbox import open_sandbox

    with open_sandbox(unsafe=unsafe) as sandbox:
        key = compile_key(folder, sandbox, hidden_seed, tell)
    out.mkdir(parents=True, exist_ok=True)
    paths = key_paths(folder, out)
    key = save_key(key, paths[0])
    save_key(key.public(), paths[1])
    return key, paths
