"""Looking into zip archives without ever unpacking one.

takes: a path, and the names of members, archive within archive.
gives: the files in it as names, and the bytes of one; `SubmissionError` for what is unsafe or damaged.
must not know: who handed in what.

A name in an archive is only ever a name: nothing is written under it, so `../` and links have nothing to hit.
They are left out all the same, since no honest archive has them.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import SubmissionError

FILE_CAP = 20 << 20  # bytes of one hand-in; a notebook with many plots has 2 MB
ARCHIVE_CAP = 200 << 20  # bytes of an archive within an archive
MOST_ENTRIES = 100_000  # of one archive; a class of a thousand has some thousands


def read_file(path: Path, cap: int = FILE_CAP) -> bytes:
    """Read a regular file, and no more than the cap of it: no links, no pipes, no devices."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise SubmissionError(
            f"{path.name} cannot be opened: {error.strerror}", "is it a link? hand in the file"
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SubmissionError(f"{path.name} is not a regular file", "hand in the file itself")
        data = file.read(cap + 1)
    if len(data) > cap:
        raise SubmissionError(
            f"{path.name} has more than {cap >> 20} MB",
            "clear the outputs (Kernel > Restart & Clear), save, hand in again",
        )
    return data


def open_archive(path: Path, inside: Sequence[str] = ()) -> zipfile.ZipFile:
    """Open a zip, or a zip within a zip."""
    try:
        if not inside:
            return zipfile.ZipFile(path)
        with open_archive(path, inside[:-1]) as outer:
            return zipfile.ZipFile(io.BytesIO(read_member(outer, inside[-1], ARCHIVE_CAP)))
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        name = inside[-1] if inside else path.name
        raise SubmissionError(f"{name} is not a zip archive that can be opened", "make the zip again") from error


def read_member(archive: zipfile.ZipFile, name: str, cap: int = FILE_CAP) -> bytes:
    """Read one member, and no more than the cap of it whatever its header says."""
    try:
        with archive.open(name) as member:
            data = member.read(cap + 1)
    except (
        KeyError,
        zipfile.BadZipFile,
        OSError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zlib.error,
    ) as error:
        raise SubmissionError(
            f"{name} cannot be unpacked ({error})", "make the zip again, without a password"
        ) from error
    if len(data) > cap:
        raise SubmissionError(f"{name} unpacks to more than {cap >> 20} MB", "hand in the notebook alone")
    return data


def file_names(archive: zipfile.ZipFile) -> Iterator[str]:
    """The regular files of an archive with plain relative names, in its order."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise SubmissionError(f"the archive has more than {MOST_ENTRIES} entries", "hand in the notebook alone")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        parts = entry.filename.replace("\\", "/").split("/")
        plain = not entry.is_dir() and kind in (0, stat.S_IFREG) and not entry.flag_bits & 0x1
        if plain and parts[0] and ".." not in parts and ":" not in parts[0]:
            yield entry.filename
