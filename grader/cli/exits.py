"""Exit codes, and the types of arguments and the options that verbs share.

takes: nothing.
gives: `LOSS`, `CALLERS`, `OUR_FAULT`; `FOLDER`, `FILE`; `key_option`, `graded_by_option`, `visibility_option`.
must not know: any verb.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.errors import SelectionError

LOSS, CALLERS, OUR_FAULT = 1, 2, 3  # and 0 where all is done; each of our errors has its own in grader.errors


class _Named(click.Path):
    """A path that has a name: an empty one would be the current folder, which nobody means who gives "$UNSET"."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            raise SelectionError(
                f"{param.get_error_hint(ctx) if param else 'a path'} is empty",
                "name a file or a folder; a variable of your shell may not be set",
            )
        return super().convert(value, param, ctx)


FOLDER = _Named(path_type=Path, file_okay=False)
FILE = _Named(path_type=Path)

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
