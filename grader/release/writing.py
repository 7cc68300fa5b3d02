"""Write a release: a folder, a zip of it, and the assignment's own folder brought to the same state."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from grader.errors import AuthorError
from grader.folders import aside
from grader.key import Key
from grader.key.store import key_bytes

SAME_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say: when it was made is no part of what was made
PLAIN_FILE, PROGRAM = 0o100644 << 16, 0o100755 << 16


class Release(NamedTuple):
    """What goes out: `files` by name as students get them. The full `key` is the author's, and so are the `notes`."""

    name: str
    handout: str
    files: Mapping[str, bytes]
    key: Key
    notes: Sequence[str]


class Written(NamedTuple):
    """What was written: the folder and the zip for students, and the full key."""

    folder: Path
    archive: Path
    key: Path


def write_release(made: Release, folder: Path, out: Path) -> Written:
    """Write `out/<name>/`, `out/<name>.zip`, and in the assignment's folder the hand-out and both keys.

    All of it is written, or nothing is changed. What is not of a release is not replaced: `AuthorError`.
    """
    home, handout = out / made.name, made.handout
    written = Written(home, out / f"{made.name}.zip", folder / f"{made.name}.key.npz")
    _demand_ours(home, written.archive, made.files)
    single = {folder / file: made.files[file] for file in (handout, f"{made.name}.public.key.npz")}
    single[written.archive] = zip_of({f"{made.name}/{file}": data for file, data in made.files.items()})
    single[written.key] = key_bytes(made.key)
    out.mkdir(parents=True, exist_ok=True)
    if (folder / handout).exists() and (folder / handout).read_bytes() != made.files[handout]:
        shutil.copy2(folder / handout, out / f"{handout}.old")  # it may have been written by hand
    with tempfile.TemporaryDirectory(prefix=".release-", dir=out) as made_aside, ExitStack() as parts:
        for path, data in ((Path(made_aside, "new", file), data) for file, data in made.files.items()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for path, data in single.items():
            parts.enter_context(aside(path)).write_bytes(data)
        if home.exists():
            home.rename(Path(made_aside, "old"))
        Path(made_aside, "new").rename(home)
    return written


def zip_of(files: Mapping[str, bytes], programs: Sequence[str] = ()) -> bytes:
    """A zip of files by their paths: the same bytes whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file, SAME_DAY)
            entry.create_system = 3  # Unix, so that programs may be run where it is unpacked
            entry.external_attr = PROGRAM if file in programs else PLAIN_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[file])
    return buffer.getvalue()


def is_zip_of(path: Path, are_ours: Callable[[set[str]], bool]) -> bool:
    """Whether a file is a zip that `zip_of` made, with names that are ours."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    return all(one.date_time == SAME_DAY for one in entries) and are_ours({one.filename for one in entries})


def _demand_ours(home: Path, archive: Path, files: Mapping[str, bytes]) -> None:
    """A folder and a zip are replaced only if a release made them."""
    hint = "move it away, or name another place with --out"
    if archive.exists() and not is_zip_of(archive, lambda names: names <= {f"{home.name}/{file}" for file in files}):
        raise AuthorError(f"{archive} is there already, and is no zip of this release", hint)
    there = {one.relative_to(home).as_posix() for one in home.rglob("*") if one.is_symlink() or not one.is_dir()}
    if home.exists() and not (home.is_dir() and there <= set(files)):
        raise AuthorError(f"{home} holds files that are not of this release, and would be replaced", hint)
