"""A gradebook that may only be read, as on a disk of somebody else's.

takes: the path of its file.
gives: whether it may be changed; the address by which SQLite reads it alone.
must not know: what is in it.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_closed(path: Path) -> bool:
    """Whether there is a gradebook that may not be changed: SQLite writes files beside it too."""
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def address_of(path: Path) -> str:
    """The address of a file to be read alone. Without late entries beside it, nobody is writing it either."""
    late = path.with_name(f"{path.name}-wal")
    is_whole = not late.exists() or late.stat().st_size == 0
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_whole else ''}"
