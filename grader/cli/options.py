"""What verbs share: exit codes, types of arguments, options, JSON for machines, and files that are written whole."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from grader.errors import ExportError, SelectionError
from grader.folders import write_whole

LOSS, CALLERS, OUR_FAULT = 1, 2, 3  # and 0 where all is done; each of our errors has its own in grader.errors
MOST_LISTED = 20  # entries of a list in a terminal
STANDARD = Path("-")
"""Standard output in the place of a file. It is this very object, since a file may be called `-` too (`./-`)."""


class _Named(click.Path):
    """A path that has a name. An empty one would be the current folder, which nobody means by "$UNSET".

    `-` is standard output where the verb `takes_text`, and refused elsewhere.
    """

    def __init__(self, takes_text: bool = False, **how: Any) -> None:
        super().__init__(path_type=Path, **how)
        self.takes_text = takes_text

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        place = param.get_error_hint(ctx) if param else "a path"
        if value == "":
            hint = "name a file or a folder; a variable of your shell may not be set"
            raise SelectionError(f"{place} is empty", hint)
        if value != str(STANDARD):
            return super().convert(value, param, ctx)
        if not self.takes_text:
            raise SelectionError(f"{place} is -, which is not a file here", "name a file; one that is called - is ./-")
        return STANDARD


def _workers() -> int:
    """One more than the cores that this process may use, in a container often not all: a hang leaves no core idle."""
    return 1 + (len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1)


FOLDER, FILE, TEXT = _Named(file_okay=False), _Named(), _Named(takes_text=True)
_VISIBILITY = click.Choice(("visible", "after_due_date", "after_published", "hidden"))
_GRADED_BY = "The assignment's folder (default: the one the class was graded with)."
_SUBMISSIONS = "The folder or zip that was graded (default: submissions/<REPORTS>)."
_SEED = "Make hidden cases from this seed, which you keep to yourself."
_UNSAFE = "Run the author's code without a sandbox where there is none."

jobs = click.option(
    "--jobs", type=click.IntRange(1), default=_workers, help="Worker processes (default: one more than cores)."
)
key = click.option("--key", "key_path", type=FILE, help="A compiled key, instead of the assignment.")
graded_by = click.option("--assignment", type=FOLDER, help=_GRADED_BY)
submissions = click.option("--submissions", type=FILE, help=_SUBMISSIONS)
quiet = click.option("--quiet", is_flag=True, help="Print the summary only.")
hidden_seed = click.option("--hidden-seed", type=int, help=_SEED)
unsafe = click.option("--unsafe-no-sandbox", "unsafe", is_flag=True, help=_UNSAFE)
visibility = click.option(
    "--visibility", type=_VISIBILITY, default="after_published", show_default=True, help="When students may see points."
)
for_machines = click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines, errors too.")


def print_json(value: object) -> None:
    """Print one document in one line, in ASCII: nothing about the terminal can spoil it."""
    click.echo(json.dumps(value))


def firsts(parts: Sequence[object]) -> list[str]:
    """The first of some names or lines, and how many more there are."""
    more = [f"and {len(parts) - MOST_LISTED} more"] if len(parts) > MOST_LISTED else []
    return [*map(str, parts[:MOST_LISTED]), *more]


# ---- files -----------------------------------------------------------------------------------------------------------


def require_free(path: Path, is_ours: Callable[[Path], bool]) -> None:
    """Refuse to overwrite what is not ours: only a file of the kind that is written here may be replaced."""
    if path is not STANDARD and path.is_dir():
        raise ExportError(f"{path} is a folder", "name a file")
    if path is not STANDARD and path.is_file() and path.stat().st_size and not is_ours(path):
        hint = "name another file, or move that one away"
        raise ExportError(f"{path} is there already, and was not written by this command", hint)


def is_stream(path: Path) -> bool:
    """Whether it is standard output, a pipe or a terminal, in whose place no file may be put."""
    return path is STANDARD or (path.exists() and not path.is_file() and not path.is_dir())


def put_file(path: Path, data: bytes) -> None:
    """Write a file that is there when all of it is written, and not before."""
    if path is STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif is_stream(path):
        path.write_bytes(data)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)


def write_file(path: Path, data: bytes, opening: bytes, is_told: bool = True) -> None:
    """The same, and print it; a file that is there already must begin with `opening`, as all of its kind do."""
    require_free(path, lambda there: there.read_bytes().startswith(opening))
    put_file(path, data)
    if is_told and path is not STANDARD:
        click.echo(f"written: {path}")


def not_ended(verb: str) -> str:
    """What is said where a run was stopped, and nobody has run it again."""
    sentence = f"the last run of 'grader {verb}' has not ended: points may be old, or missing"
    return f"{sentence}\n  next: run the same command again"
