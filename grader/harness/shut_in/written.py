"""How much a submission has written, where no file system of its own keeps it from more.

takes: its folder, and a number of bytes.
gives: the bytes in it, counted no further than a little above that number.
must not know: what the files are.

It changes while it is counted: a file that is gone when it is looked at hides nothing that is listed behind it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_ENTRY = 4096  # what a file costs at least: a million empty ones fill a disk too
_DEEPEST = 64


def held_in(folder: Path, enough: int) -> int:
    """Sum what lies below a folder; links are not followed. What cannot be looked into counts as too much."""
    held = 0
    rest = [(str(folder), 0)]
    while rest and held <= enough:
        place, depth = rest.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    held += _ENTRY
                    if entry.is_dir(follow_symlinks=False):
                        rest.append((entry.path, depth + 1))
                    else:
                        with suppress(FileNotFoundError):
                            held += entry.stat(follow_symlinks=False).st_blocks * 512
                    if held > enough or depth > _DEEPEST:
                        return enough + 1
        except FileNotFoundError:  # it has just been removed
            continue
        except OSError:
            return enough + 1
    return held
