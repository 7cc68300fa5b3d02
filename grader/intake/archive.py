"""Looking into zip archives without ever unpacking one.

takes: a path, and the names of members, archive within archive.
gives: what is in it as `Entry`, and the bytes of a file; `SubmissionError` for what is unsafe or damaged.
must not know: who handed in what.

A name in an archive is only ever a name: nothing is written under it, so `../` and links have nothing to hit.
What has one is not read all the same, nor is what is encrypted: it is named with the reason. Many programs write names
in UTF-8 without saying so: what reads as UTF-8 is taken for it, since names in the old alphabet of DOS do not read so
by chance.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from grader.errors import SubmissionError

FILE_CAP = 20 << 20  # bytes of one hand-in; a notebook with many plots has 2 MB
ARCHIVE_CAP = 64 << 20  # bytes of an archive within an archive
UNPACKED_CAP = 100 << 20  # bytes that all notebooks and Python files of one hand-in may unpack to
LONGEST_NAME = 1_000  # letters of a way to a file; a zip may name one of 65,000, and no disk has it
MOST_ENTRIES = 100_000  # of one archive; a class of a thousand has some thousands
DIRECTORY_CAP = 16 << 20  # bytes of an archive's own list of entries, read at once
# Of the ways to pack, those that are unpacked piece by piece: of bzip2, 800 bytes become a gigabyte in one step.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HERE = re.compile(r"(?:^|(?<=[/\\]))(?:\.[/\\]+)+")  # the `./` that `tar` and `find` put before a name
_DRIVE = re.compile(r"^[A-Za-z]:")
_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL)
LINK = "is a link, and links are not followed"
ENCRYPTED = "is encrypted"
_WITH_PASSWORD = 0x1  # the flag of an entry
_IN_UTF8 = 0x800  # the flag of an entry that says so of its name
_UNICODE_PATH = 0x7075  # Info-ZIP's field with a name in UTF-8 beside one that could not be written as it is


def read_file(path: Path, cap: int = FILE_CAP, own: int = 1) -> bytes:
    """Read a regular file, and no more than the cap of it: no links, no pipes, no devices.

    `own` are the last names of the path that a hand-in has chosen: none of them may have become a link meanwhile.
    """
    with _open_regular(path, own) as file:
        data = file.read(cap + 1)
    if len(data) > cap:
        raise SubmissionError(
            f"{_shown(path)} has more than {cap >> 20} MB",
            "clear the outputs (Kernel > Restart & Clear), save, hand in again",
        )
    return data


def _shown(path: Path) -> str:
    return path.name.encode("utf-8", "backslashreplace").decode()


def _open_regular(path: Path, own: int = 1) -> BinaryIO:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = _open_below(path, own, flags) if own > 1 and hasattr(os, "O_PATH") else os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket, or a device that is not there
            raise _irregular(path) from error
        raise _closed(path, error) from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise _irregular(path)


def _open_below(path: Path, own: int, flags: int) -> int:
    """Open it name by name: what was a folder when it was listed may be a link to another student's by now."""
    folder = os.open(path.parents[own - 1], os.O_PATH | os.O_DIRECTORY)
    try:
        for name in path.parts[-own:-1]:
            within = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = within
        return os.open(path.name, flags, dir_fd=folder)
    finally:
        os.close(folder)


def _closed(path: Path, error: OSError) -> SubmissionError:
    """What keeps a file from being opened that was there when its folder was listed; not all of it is a student's."""
    if error.errno == errno.ENOENT:
        return SubmissionError(
            f"{_shown(path)} is not there any more", "run the same command again: it takes what is there now"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        hint = "give yourself the right to read it (chmod u+r), then run the same command again"
        return SubmissionError(f"{_shown(path)} may not be read by you", hint)
    return SubmissionError(f"{_shown(path)} cannot be opened: {error.strerror}", "is it a link? hand in the file")


def _irregular(path: Path) -> SubmissionError:
    return SubmissionError(f"{_shown(path)} is not a regular file", "hand in the file itself")


class Archive(zipfile.ZipFile):
    """A zip whose list of entries is refused where it is too long to be read at once; `size` is its own, in bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        try:
            super().__init__(cast(BinaryIO, _Sips(file)))
        except BaseException:
            file.close()
            raise
        self.size = file.seek(0, os.SEEK_END)
        for entry in self.filelist:
            entry.filename = _HERE.sub("", _name_of(entry))
        self.NameToInfo = {entry.filename: entry for entry in self.filelist}

    def close(self) -> None:
        """Close the file too."""
        super().close()
        self._file.close()


def _name_of(entry: zipfile.ZipInfo) -> str:
    """An entry's name as it was meant."""
    if entry.flag_bits & _IN_UTF8:
        return entry.filename
    try:
        written = entry.orig_filename.encode("cp437")  # the bytes as they are: each is a letter there
        meant = (_name_beside(entry.extra, written) or written).decode()
    except UnicodeError:
        return entry.filename
    return meant.split("\0")[0]  # where zipfile ends a name too


def _name_beside(extra: bytes, written: bytes) -> bytes:
    """Info-ZIP's name in UTF-8, if it was written for this very name; nothing where there is none."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and body[:5] == b"\1" + struct.pack("<L", zlib.crc32(written)):
            return body[5:]
        at += 4 + size
    return b""


class _Sips:
    """A file that is read in parts of a bounded size only, whatever an archive says of itself."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.close, self.seekable = file.seek, file.tell, file.close, file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(DIRECTORY_CAP + 1 if size < 0 else min(size, DIRECTORY_CAP + 1))
        if len(data) > DIRECTORY_CAP:
            raise zipfile.BadZipFile("its list of entries is too long")
        return data


def open_archive(path: Path, inside: Sequence[str] = (), own: int = 1) -> Archive:
    """Open a zip, or a zip within a zip."""
    try:
        if not inside:
            return Archive(_open_regular(path, own))
        with open_archive(path, inside[:-1], own) as outer:
            return Archive(io.BytesIO(read_member(outer, inside[-1], ARCHIVE_CAP)))
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error) as error:
        name = inside[-1] if inside else _shown(path)
        raise SubmissionError(f"{name} is not a zip archive that can be opened", "make the zip again") from error


def read_member(archive: zipfile.ZipFile, name: str, cap: int = FILE_CAP) -> bytes:
    """Read one member, and no more than the cap of it whatever its header says."""
    try:
        if archive.getinfo(name).compress_type not in _PACKINGS:
            raise NotImplementedError("it is packed in an unusual way")
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
        struct.error,
        ValueError,
    ) as error:
        raise SubmissionError(
            f"{name} cannot be unpacked ({error})", "make the zip again, without a password"
        ) from error
    if len(data) > cap:
        raise SubmissionError(f"{name} unpacks to more than {cap >> 20} MB", "hand in the notebook alone")
    return data


def unpacked_size(archive: zipfile.ZipFile, names: Sequence[str]) -> int:
    """The bytes that members unpack to, by their headers; `read_member` gives no more than these say."""
    return sum(archive.getinfo(name).file_size for name in names)


class Entry(NamedTuple):
    """One name in an archive; a folder's ends with a slash. `closed` says why it is not read ("": it is)."""

    name: str
    closed: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder that an archive tells by itself."""
        return self.name.endswith(("/", "\\"))

    @property
    def leads_out(self) -> bool:
        """Whether its name would lead out of a folder that it is put into."""
        return bool(_LEADS_OUT.match(self.name))

    @property
    def parts(self) -> list[str]:
        """The way to it, without what leads out; the last part of a folder is ""."""
        *way, last = _DRIVE.sub("", self.name).replace("\\", "/").split("/")
        return [*(part for part in way if part not in ("", "..")), "" if last == ".." else last]


def entries_of(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """What an archive holds, in its order."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise SubmissionError(f"the archive has more than {MOST_ENTRIES} entries", "hand in the notebook alone")
    for info in entries:
        kind = stat.S_IFMT(info.external_attr >> 16)
        name = info.filename.rstrip("/\\") + "/" if kind == stat.S_IFDIR else info.filename
        entry = Entry(name)
        if len(name) > LONGEST_NAME:
            yield Entry(f"{name[:60]}…{name[-20:]}", "has a name that is too long for a file")
        elif any(entry.parts):
            yield entry._replace(closed=_why_closed(entry, info, kind))


def _why_closed(entry: Entry, info: zipfile.ZipInfo, kind: int) -> str:
    if entry.leads_out:
        return "has a path that leads out of the archive"
    if kind == stat.S_IFLNK:
        return LINK
    if kind not in (0, stat.S_IFREG) and not entry.is_folder:
        return "is no regular file"
    return ENCRYPTED if info.flag_bits & _WITH_PASSWORD else ""
