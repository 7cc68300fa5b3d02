"""A release on disk: a folder, a zip of it, and the assignment's own folder brought to the same state.

takes: a `Release`, the assignment's folder, the folder for releases.
gives: the paths that were written; the same bytes for the same release. All of it is there, or nothing is changed.
must not know: how a release was made.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import AuthorError
from grader.release.making import Release

SAME_DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say: the date of a build is no part of what is built
PLAIN_FILE, PROGRAM = 0o100644 << 16, 0o100755 << 16


def write_release(release: Release, assignment: Path, out: Path) -> list[Path]:
    """Write `out/<name>/`, `out/<name>.zip`, and in the assignment's folder the hand-out and both keys."""
    folder, archive = out / release.name, out / f"{release.name}.zip"
    _demand_ours(folder, archive, release)
    _keep_other_handout(assignment / release.handout, release.files[release.handout])
    name = assignment.resolve().name
    single = {
        archive: zip_of(release.name, release.files),
        assignment / release.handout: release.files[release.handout],
        assignment / f"{name}.key.npz": release.full,
        assignment / f"{name}.public.key.npz": release.public,
    }
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=out) as made:
        new, old = Path(made) / "new", Path(made) / "old"
        new.mkdir()
        for file, data in release.files.items():
            (new / file).parent.mkdir(parents=True, exist_ok=True)
            (new / file).write_bytes(data)
        with _parts(single) as parts:  # all bytes are on disk before anything that was there is touched
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
            for path, part in parts.items():
                part.replace(path)
    return [folder, archive, *list(single)[1:]]


def zip_of(folder: str, files: dict[str, bytes], programs: Sequence[str] = ()) -> bytes:
    """A zip with everything in one folder (or at the top), the same bytes whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{file}" if folder else file, SAME_DAY)
            entry.create_system = 3  # Unix, wherever it is made, so that programs may be run where it is unpacked
            entry.external_attr = PROGRAM if file in programs else PLAIN_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[file])
    return buffer.getvalue()


def is_zip_of(path: Path, are_ours: Callable[[set[str]], bool]) -> bool:
    """Whether a file is a zip that `zip_of` made, with names that are ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, zipfile.BadZipFile):
        return False
    return all(e.date_time == SAME_DAY for e in entries) and are_ours({e.filename for e in entries})


@contextmanager
def _parts(files: dict[Path, bytes]) -> Iterator[dict[Path, Path]]:
    """Each file written beside its place; what was not put in its place is gone at the end."""
    parts = {path: path.with_name(f"{path.name}.part") for path in files}
    try:
        for path, part in parts.items():
            part.write_bytes(files[path])
        yield parts
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()


def _demand_ours(folder: Path, archive: Path, release: Release) -> None:
    """A folder and a zip are replaced only if a release made them: nobody's other files are lost."""
    ours = {f"{release.name}/{file}" for file in release.files}
    if archive.exists() and not is_zip_of(archive, lambda names: names <= ours):
        raise AuthorError(
            f"{archive} is there already, and is no zip of this release", "move it away, or name another place by --out"
        )
    if folder.exists() and not (folder.is_dir() and set(_files_in(folder)) <= set(release.files)):
        raise AuthorError(
            f"{folder} holds files that are not of this release, and would be replaced",
            "move them away, or name another place with --out",
        )


def _files_in(folder: Path) -> Iterator[str]:
    """All that is in a folder but folders, by the way from there."""
    return (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_symlink() or not p.is_dir())


def _keep_other_handout(path: Path, data: bytes) -> None:
    """A hand-out that was written by hand is kept beside the new one."""
    if path.exists() and path.read_bytes() != data:
        shutil.copy2(path, path.with_name(f"{path.name}.old"))
