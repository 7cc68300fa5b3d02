"""Exit codes, and the types of arguments and the options that verbs share.

takes: nothing.
gives: `LOSS`, `CALLERS`, `OUR_FAULT`; `FOLDER`, `FILE`, `TEXT`, `STANDARD`; the options that several verbs have.
must not know: any verb.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from grader.errors import SelectionError

LOSS, CALLERS, OUR_FAULT = 1, 2, 3  # and 0 where all is done; each of our errors has its own in grader.errors


STANDARD = Path("-")
"""Standard output, in the place of a file: this very object, since a file may be called `-` as well (`./-`)."""


class _Named(click.Path):
    """A path that has a name: an empty one would be the current folder, which nobody means who gives "$UNSET".

    Nor does who gives `-` mean a file of that name. It is standard output where that `takes_text`.
    """

    def __init__(self, takes_text: bool = False, **how: Any) -> None:
        super().__init__(path_type=Path, **how)
        self.takes_text = takes_text

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        named = param.get_error_hint(ctx) if param else "a path"
        if value == "":
            raise SelectionError(
                f"{named} is empty", "name a file or a folder; a variable of your shell may not be set"
            )
        if value == str(STANDARD) and not self.takes_text:
            raise SelectionError(
                f"{named} is -, and neither standard input nor output can stand there",
                "name a file or a folder; one that is called - is ./-",
            )
        return STANDARD if value == str(STANDARD) else super().convert(value, param, ctx)


FOLDER = _Named(file_okay=False)
FILE = _Named()
TEXT = _Named(takes_text=True)


def _cores() -> int:
    """The cores that this process may use: of a shared machine or a container often not all."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


jobs_option = click.option("--jobs", type=click.IntRange(1), default=_cores, help="Processes (default: cores).")
key_option = click.option("--key", "key_path", type=FILE, help="A compiled key, instead of the assignment.")
graded_by_option = click.option(
    "--assignment", type=FOLDER, help="The assignment's folder (default: the one they were graded by)."
)
visibility_option = click.option(
    "--visibility",
    type=click.Choice(("visible", "after_due_date", "after_published", "hidden")),
    default="after_published",
    show_default=True,
    help="When students may see points.",
)
"""For Gradescope, in its own words."""
