"""Exit codes, and the types of arguments that all verbs share.

takes: nothing.
gives: `LOSS`, `OUR_FAULT`, `FOLDER`, `FILE`.
must not know: any verb.
"""

from __future__ import annotations

from pathlib import Path

import click

# 0 is done, and 2 is the caller's input: that one stands in grader.errors, with each error.
LOSS, OUR_FAULT = 1, 3
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path)
