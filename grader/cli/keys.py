"""Which key a verb works by: found, or compiled where the assignment is newer.

takes: what the command line says of an assignment or a key.
gives: an `AnswerKey` and where it came from.
must not know: what a key is used for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from grader.errors import KeyFileError, SandboxError

if TYPE_CHECKING:
    from grader.answer_key import AnswerKey

_WHICH = "name it with --assignment DIR, or give a compiled key with --key FILE"
_MOVED = "say where it is now, with --assignment DIR or, for a compiled key, --key FILE"
_WHAT = "name the folder that has assignment.py in it"


def key_for(assignment: Path | None, key_path: Path | None, name: str, unsafe: bool) -> tuple[AnswerKey, str]:
    """The key to grade by, and where it came from."""
    if assignment is not None and key_path is not None:
        raise KeyFileError(
            f"--assignment {assignment} and --key {key_path} both say what to grade by",
            "give one of them: a key has all of its assignment in it",
        )
    if key_path is not None:
        return _named(key_path), str(key_path.resolve())
    folder = assignment or Path("reference") / name
    if not (folder / "assignment.py").is_file():
        raise KeyFileError(f"no assignment at {folder}", _WHICH if assignment is None else _WHAT)
    return _of_folder(folder, unsafe), str(folder.resolve())


def _of_folder(folder: Path, unsafe: bool) -> AnswerKey:
    """The key in an assignment's folder, compiled anew where that is not of today's files and by this grader."""
    from grader.edition import edition

    found = _found(folder)
    if found is not None and (found.seeded or found.compiled_by == edition()):
        return found
    try:
        return _compiled(folder, unsafe)
    except SandboxError:
        if found is None:
            raise
        # To judge anew takes no sandbox, and it is of these very files.
        click.echo(_of_another(key_paths(folder, folder)[0], "compile it again where there is a sandbox"), err=True)
        return found


def _named(path: Path) -> AnswerKey:
    from grader.answer_key import load_key
    from grader.edition import edition

    key = load_key(path)
    if key.visibility != "full":
        raise KeyFileError(f"{path} is a public key: hidden cases are not in it", "grade by the full key")
    if key.compiled_by != edition():
        click.echo(_of_another(path, "have its author compile it again"), err=True)
    return key


def _found(folder: Path) -> AnswerKey | None:
    """The key in an assignment's folder, where it is of today's files."""
    from grader.answer_key import load_key, was_seeded
    from grader.compile_key.authored import sources_digest
    from grader.edition import edition

    path, again = key_paths(folder, folder)[0], f"run: grader compile {quote(str(folder))} --hidden-seed YOURS"
    try:
        key = load_key(path)
    except KeyFileError as error:  # none yet, or of an older format
        if was_seeded(path):
            raise KeyFileError(
                f"{error}; it has a hidden seed that is yours alone", f"{again}; then this again"
            ) from error
        return None
    if key.sources == sources_digest(folder):
        if key.seeded and key.compiled_by != edition():
            click.echo(_of_another(path, again), err=True)
        return key
    if key.seeded:
        raise KeyFileError(
            f"{folder} has changed since {path.name} was compiled, with a hidden seed that is yours alone",
            f"{again}; then this again",
        )
    return None


def _compiled(folder: Path, unsafe: bool) -> AnswerKey:
    """The key of an assignment, compiled now, and kept beside it where that can be."""
    if os.access(folder, os.W_OK):
        return compile_into(folder, folder, None, unsafe)[0]
    with TemporaryDirectory(prefix="grader-") as elsewhere:
        key, _ = compile_into(folder, Path(elsewhere), None, unsafe)
    click.echo(
        f"nothing can be written into {folder}, so its key is compiled each time; to keep one, "
        f"run: grader compile {quote(str(folder))} --out PLACE; and grade with --key PLACE/"
        f"{key_paths(folder, folder)[0].name}",
        err=True,
    )
    return key


def _of_another(path: Path, how: str) -> str:
    """What is said of a key that another grader made: it holds, and what was mended since may not be in it."""
    return f"note: {path.name} was compiled by another grader than this one; to have in it what was mended since, {how}"


def key_of_reports(reports: Path, assignment: Path | None, key_path: Path | None) -> tuple[AnswerKey, str]:
    """The key that a graded class is told by: the one named, or the one it was graded by."""
    from grader.batch.saved_class import gradebook_in

    if assignment is None and key_path is None:
        with gradebook_in(reports) as book:
            remembered = Path(book.runs.latest()["key_source"])
        if not remembered.exists():
            raise KeyFileError(f"{reports} was graded by {remembered}, which is not there any more", _MOVED)
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
    from grader.compile_key.compiling import compile_key
    from grader.sandbox import open_sandbox

    with open_sandbox(unsafe=unsafe) as sandbox:
        key = compile_key(folder, sandbox, hidden_seed, tell)
    out.mkdir(parents=True, exist_ok=True)
    paths = key_paths(folder, out)
    save_key(key.public(), paths[1])  # first: who is killed between has no full key of today's, and compiles again
    return save_key(key, paths[0]), paths
