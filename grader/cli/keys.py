"""Which key a verb works with: one that is named or found, or one that is compiled as its assignment has changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from grader.cli import options
from grader.errors import KeyFileError

if TYPE_CHECKING:
    from grader.batch.order import Order
    from grader.key import Key
    from grader.sandbox import Opening, Sandbox


def key_for(
    assignment: Path | None, key_path: Path | None, name: str, opening: Opening | None = None
) -> tuple[Key, str]:
    """The full key to grade with, and where it came from; a folder's is compiled again where its files have changed.

    `opening` is for what must be compiled.
    """
    from grader.key import load_key

    if assignment is not None and key_path is not None:
        sentence = f"--assignment {assignment} and --key {key_path} both say what to grade with"
        raise KeyFileError(sentence, "give one of them: a key has all of its assignment in it")
    if key_path is not None:
        key = load_key(key_path)
        if key.is_public:
            raise KeyFileError(f"{key_path} is a public key: hidden cases are not in it", "grade with the full key")
        return key, str(key_path.resolve())
    folder = assignment or Path("reference") / name
    if not (folder / "assignment.py").is_file():
        which = "name it with --assignment DIR, or give a compiled key with --key FILE"
        hint = "name the folder that has assignment.py in it" if assignment else which
        raise KeyFileError(f"there is no assignment at {folder}", hint)
    from grader.assignment.loading import sources_digest

    found = compiled_before(folder, folder)
    if found is None or found.sources != sources_digest(folder):
        from grader.sandbox import Opening

        with nullcontext(opening) if opening else Opening() as one:
            found = compile_into(folder, folder, one.sandbox)
    return found, str(folder.resolve())


def of_reports(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which graded class, and with which key; the verb gets them as one `order`."""

    @click.argument("reports", type=options.FOLDER)
    @options.graded_by
    @options.key
    @wraps(verb)
    def called(reports: Path, assignment: Path | None, key_path: Path | None, **rest: Any) -> Any:
        return verb(order=order_of(reports, assignment, key_path), **rest)

    return called


def order_of(reports: Path, assignment: Path | None, key_path: Path | None) -> Order:
    """A graded class, with the key that is named or the one it was graded with."""
    from grader.batch.folder import gradebook_in
    from grader.batch.order import Order

    with gradebook_in(reports) as book:
        remembered = Path(book.runs.latest()["key_source"])
    if assignment is None and key_path is None:
        if not remembered.exists():
            hint = "say where it is now, with --assignment DIR or, for a compiled key, --key FILE"
            raise KeyFileError(f"{reports} was graded with {remembered}, which is not there any more", hint)
        assignment, key_path = (remembered, None) if remembered.is_dir() else (None, remembered)
    return Order(*key_for(assignment, key_path, ""), reports)


def key_paths(folder: Path, out: Path) -> tuple[Path, Path]:
    """Where the full and the public key of an assignment are in `out`."""
    name = folder.resolve().name
    return out / f"{name}.key.npz", out / f"{name}.public.key.npz"


def compile_into(
    folder: Path, out: Path, sandbox: Sandbox, seed: str | None = None, tell: Callable[[str], None] = lambda note: None
) -> Key:
    """Compile the assignment in `folder` and write both keys to `out`, if that can be written; gives the full one.

    Without a `seed`, hidden cases keep the numbers of the key that is there.
    """
    from grader.compiling import compile_key
    from grader.key import public_cut, save_key

    (full, public), before = key_paths(folder, out), compiled_before(folder, out)
    if before is None and full.is_file():
        click.echo(f"note: {full} was written by another grader; the new key has new hidden numbers", err=True)
    key = compile_key(folder, sandbox, seed or (before.seed if before else None), tell)
    if out.exists() and not os.access(out, os.W_OK):
        place = f"grader compile {quote(str(folder))} --out PLACE; then grade with --key PLACE/{full.name}"
        click.echo(f"note: {out} cannot be written, so its key is compiled each time\n  next: {place}", err=True)
        return key
    out.mkdir(parents=True, exist_ok=True)
    save_key(public_cut(key), public)  # first: a run that is killed between leaves no new full key, and compiles again
    save_key(key, full)
    return key


def compiled_before(folder: Path, out: Path) -> Key | None:
    """The key of an assignment that is in `out`; None where there is none, or one that an older grader wrote."""
    from grader.key import load_key

    path, _ = key_paths(folder, out)
    try:
        return load_key(path) if path.is_file() else None
    except KeyFileError:
        return None
