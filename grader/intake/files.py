"""Files that were handed in, and how to read them safely: on disk or in zips within zips, never unpacked.

A name in an archive is only ever a name: nothing is written under it, so `../` and links can do no harm. They are not
read all the same, and neither is what is encrypted: a `SubmissionError` says why.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from grader.errors import SubmissionError
from grader.intake.arrival import Arrival, text_of

FILE_CAP = 20 << 20  # bytes of one file; a notebook with many plots has 2 MB
ARCHIVE_CAP = 64 << 20  # bytes of an archive within an archive
DIRECTORY_CAP = 16 << 20  # bytes of an archive's own list of entries, which is read at once
MOST_ENTRIES = 100_000  # of one archive or folder; a class of a thousand has some thousands
LINK = "is a link, and links are not followed"
ENCRYPTED = "is encrypted"
_HINTS = {LINK: "hand in the file itself", ENCRYPTED: "make the zip again, without a password"}


class Member(NamedTuple):
    """A file in a zip: its name as it is written there, its place, packed and whole size, kind of packing, checksum."""

    name: str
    at: int
    packed: int
    size: int
    kind: int
    crc: int


@dataclass(frozen=True)
class SubmittedFile:
    """One file: at `path`, or the last of the members `inside` it, each but the first in the archive before it.

    `way` are the names on the way to it from the top of the class; that of an empty folder ends with "". `contents` are
    set for a file that was sent here from another machine, or that cannot be read. `given_name` is what the student
    called it, where a platform put more in front. `size` is that in a zip. `noise` says why it is passed over.
    The last `own` names of the path are the student's to change: none of them may be a link when the file is read.
    """

    way: tuple[str, ...]
    path: Path
    inside: tuple[Member, ...] = ()
    contents: bytes | SubmissionError | None = None
    given_name: str = ""
    size: int = 0
    noise: str = ""
    own: int = 1

    @property
    def name(self) -> str:
        """How it is shown."""
        return text_of("/".join(self.way)).rstrip("/")

    @property
    def called(self) -> str:
        """The file's own name, as the student chose it."""
        return self.given_name or self.name.rpartition("/")[2]

    @property
    def refusal(self) -> SubmissionError | None:
        """Why it cannot be read, where that is known beforehand."""
        return self.contents if isinstance(self.contents, SubmissionError) else None

    def refused(self, why: str, hint: str = "", shown: str = "") -> SubmittedFile:
        """The same file, known not to be readable."""
        hint = hint or _HINTS.get(why, "make the zip again, of the files alone")
        return replace(self, noise="", contents=SubmissionError(f"{shown or self.name} {why}", hint))

    def ends(self, *endings: str) -> bool:
        """Whether its name has one of these endings, in any case."""
        return self.way[-1].lower().endswith(endings)

    def read(self, cap: int = FILE_CAP) -> bytes:
        """Its bytes; raises `SubmissionError`."""
        if self.refusal is not None:
            raise self.refusal
        if isinstance(self.contents, bytes):
            return self.contents
        if not self.inside:
            return read_file(self.path, cap, self.own)
        with _opened(self.path, self.inside[:-1], self.own) as archive:
            return _read_member(archive, self.inside[-1], cap)


@dataclass(frozen=True)
class Submission:
    """What one student handed in; `problem` and `next_step` say why there is nothing to grade.

    `unread` are files beside `files` that cannot be read. `beside` are folders on the student's own disk where a file
    that is checked finds what it imports; a class has none.
    """

    student_id: str
    name: str
    files: tuple[SubmittedFile, ...] = ()
    problem: str = ""
    next_step: str = ""
    arrival: Arrival = field(default_factory=Arrival)
    unread: tuple[SubmittedFile, ...] = ()
    beside: tuple[Path, ...] = ()

    def contents_digest(self) -> str:
        """A digest of the names of its files and what is in them, or why that cannot be read."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(file.name.encode("utf-8", "surrogatepass") + b"\0")
            try:
                digest.update(hashlib.sha256(file.read()).digest())
            except (SubmissionError, OSError) as error:
                digest.update(str(error).encode("utf-8", "replace"))
        return digest.hexdigest()


def read_file(path: Path, cap: int = FILE_CAP, own: int = 1) -> bytes:
    """Read a regular file of at most `cap` bytes: no pipe, no device; none of its last `own` names is a link."""
    with _open_regular(path, own) as file:
        data = file.read(cap + 1)
    if len(data) > cap:
        hint = "clear the outputs (Kernel > Restart & Clear), save, hand in again"
        raise SubmissionError(f"{text_of(path.name)} has more than {cap >> 20} MB", hint)
    return data


def _open_regular(path: Path, own: int) -> BinaryIO:
    try:
        descriptor = _descriptor(path, own)
    except OSError as error:
        hint = "is it still there, may you read it, and is it not a link? then run the same command again"
        raise SubmissionError(f"{text_of(path.name)} cannot be opened: {error.strerror}", hint) from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise SubmissionError(f"{text_of(path.name)} is not a regular file", _HINTS[LINK])


def _descriptor(path: Path, own: int) -> int:
    """Open a path name by name: a folder that was listed may be a link to another student's by now."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if own < 2 or os.open not in os.supports_dir_fd:
        return os.open(path, flags)
    folder = os.open(path.parents[own - 1], os.O_DIRECTORY)
    try:
        for name in path.parts[-own:-1]:
            within = os.open(name, os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = within
        return os.open(path.name, flags, dir_fd=folder)
    finally:
        os.close(folder)


class _Capped:
    """A file that is read in parts of a bounded size, whatever an archive says about the length of its list."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.close, self.seekable = file.seek, file.tell, file.close, file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(DIRECTORY_CAP + 1 if size < 0 else min(size, DIRECTORY_CAP + 1))
        if len(data) > DIRECTORY_CAP:
            raise zipfile.BadZipFile("its list of entries is too long")
        return data


@contextmanager
def open_archive(path: Path, inside: Sequence[Member], own: int, most: int) -> Iterator[zipfile.ZipFile]:
    """Open a zip, or a zip within zips, of at most so many entries; raises `SubmissionError`."""
    with _opened(path, inside, own) as file:
        try:
            archive = zipfile.ZipFile(cast(BinaryIO, _Capped(file)))
            if len(archive.filelist) > most:
                raise zipfile.BadZipFile(f"it has more than {most} entries")
        except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error) as error:
            name = text_of(inside[-1].name if inside else path.name)
            raise SubmissionError(f"{name} is not a zip archive that can be opened", "make the zip again") from error
        yield archive


@contextmanager
def _opened(path: Path, inside: Sequence[Member], own: int) -> Iterator[BinaryIO]:
    """Open a file on disk, or the last of the members inside it."""
    with _open_regular(path, own) as file:
        for member in inside:
            file = io.BytesIO(_read_member(file, member, ARCHIVE_CAP))
        yield file


def _read_member(archive: BinaryIO, member: Member, cap: int) -> bytes:
    """Read one member of at most `cap` bytes by its place: a list of entries takes time. It has the size it says."""
    name = text_of(member.name)
    if member.size > cap:
        raise SubmissionError(f"{name} unpacks to more than {cap >> 20} MB", "hand in the notebook alone")
    try:
        # Others are not undone piece by piece: with bzip2, 800 bytes become a gigabyte in one step.
        if member.kind not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("it is compressed in an unusual way")
        archive.seek(member.at)
        mark, *lengths = struct.unpack("<4s22xHH", archive.read(30))  # of its name and of further fields, again
        archive.seek(sum(lengths), os.SEEK_CUR)
        data = archive.read(min(member.packed, 2 * member.size + 1024))
        if member.kind == zipfile.ZIP_DEFLATED:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, member.size + 1)
        if mark != b"PK\3\4" or len(data) != member.size or zlib.crc32(data) != member.crc:
            raise ValueError("it is damaged")
    except (OSError, ValueError, OverflowError, zlib.error, struct.error) as error:
        raise SubmissionError(f"{name} cannot be unpacked ({error})", _HINTS[ENCRYPTED]) from error
    return data
