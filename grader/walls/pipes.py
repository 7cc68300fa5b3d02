"""Pipes whose two ends belong to two owners.

takes: the owner of the end that is read and the owner of the end that is written.
gives: both ends, each closed when its owner lets go.
must not know: what goes through them.
"""

from __future__ import annotations

import os
from contextlib import ExitStack


def open_pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Open a pipe; give its reading and its writing end."""
    read_end, write_end = os.pipe()
    reader.callback(os.close, read_end)
    writer.callback(os.close, write_end)
    return read_end, write_end
