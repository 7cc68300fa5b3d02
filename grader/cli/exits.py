"""Exit codes, and the types of arguments that all verbs share.

takes: nothing.
gives: `LOSS`, `CALLERS`, `OUR_FAULT`, `FOLDER`, `FILE`.
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
