"""A sheet that somebody has changed since it was written: what it says is kept beside it before it is written anew.

takes: the path of a sheet, and the digest that was noted when it was written.
gives: where it is kept, if it is.
must not know: what is in a sheet, who writes it.
"""

from __future__ import annotations

import hashlib
import shutil
from itertools import count
from pathlib import Path


def digest_of(path: Path) -> str:
    """The digest of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def put_aside(path: Path, noted: str) -> Path | None:
    """Keep a copy of a sheet that is not as it was noted; `None` where it is, or nobody has noted anything."""
    there = digest_of(path)
    if not there or not noted or there == noted:
        return None
    names = (f"{path.stem}.before{f'-{number}' if number > 1 else ''}{path.suffix}" for number in count(1))
    place = next(place for name in names if not (place := path.with_name(name)).exists() or digest_of(place) == there)
    if not place.exists():
        shutil.copyfile(path, place)
    return place
