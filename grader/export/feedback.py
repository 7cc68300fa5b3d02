"""Students' pages as a zip that an LMS takes back: each under the name by which it finds its student.

takes: records, and the folder their pages are in.
gives: a zip, written whole or not at all; who has no place in it, and why.
must not know: what is on a page.

Canvas finds a student by the numbers in `…_<user id>_<file number>_…` of the name a file came under, Moodle by
`<name>_<number>_assignfeedback_file`. The number of a group's hand-in is the group's own, so its page goes to each
member under the member's number. Names come from students; they are kept as they came but for what could lead out of
the zip.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from grader.errors import ExportError, SubmissionError
from grader.folders import PAGE
from grader.gradebook import Record
from grader.intake.archive import open_archive
from grader.intake.layouts import CANVAS_NAME

Members = Mapping[str, Sequence[str]]
"""Of each group's hand-in, by its student_id, the numbers of the participants in it."""

_UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|]')
# What Windows takes for a device, whatever stands behind a dot; and what it cuts off at the end of a name.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE)
_CUT_OFF = re.compile(r"(?<![. ])[. ]+$")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same pages make the same zip


@dataclass
class Returned:
    """What came of it; `layout` is plain where the pages are named after students."""

    layout: str = ""
    written: int = 0
    no_place: list[str] = field(default_factory=list)


def write_feedback(
    path: Path, pages: Path, records: Iterable[Record], layout: str = "", members: Members | None = None
) -> Returned:
    """Write the zip. `layout` is that of the class unless it is said; `members` are those of Moodle's groups."""
    listed = list(records)
    layout = layout or _layout_of(listed)
    layout = layout if layout in _NAMES else "plain"  # where pages go back to nobody, they are named after students
    names_of = partial(_names, layout, members)
    done = Returned(layout)
    path = path.resolve()  # a link stays
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in listed:
            page, names = pages / record.folder / PAGE, names_of(record)
            if not names or not page.is_file():
                done.no_place.append(_why_not(record, bool(names), members))
            for name in names if page.is_file() else ():
                if name in archive.NameToInfo:  # what is made safe may be called as another's is
                    done.no_place.append(f"{record.student_id}: another page is called {name}")
                    continue
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), page.read_bytes(), zipfile.ZIP_DEFLATED)
                done.written += 1
    if not done.written:
        part.unlink()
        raise ExportError(
            f"none of {len(listed)} pages has a name that {layout} would know",
            f"grade the zip as it came from {layout}: its names are what pages are handed back by",
        )
    part.replace(path)
    return done


def is_feedback(path: Path) -> bool:
    """Whether a file is a zip of pages that was written here: nothing in it but pages, without a time."""
    try:
        with open_archive(path) as archive:
            entries = archive.infolist()
    except SubmissionError:
        return False
    return all(entry.filename.endswith(".html") and entry.date_time == _EPOCH for entry in entries)


def _layout_of(records: Iterable[Record]) -> str:
    layouts = [record.arrival.layout for record in records if record.arrival.layout]
    return max(set(layouts), key=layouts.count) if layouts else "plain"


def _why_not(record: Record, has_name: bool, members: Members | None) -> str:
    if record.arrival.absent:
        return f"{record.student_id}: nothing was handed in"
    if has_name:
        return f"{record.student_id}: there is no page"
    if members is not None:
        return f"{record.name}: no row of the worksheet is of this group"
    return f"{record.student_id}: the name it came under tells no place"


def _canvas_name(record: Record) -> str:
    """Canvas takes the first two parts that are all digits for the user and the file, and ignores `…_link…`.

    A text that was typed there has no file, so it takes no page back.
    """
    match = CANVAS_NAME.match(record.arrival.entry)
    if "canvas" not in record.arrival.ids or match is None or not match["number"]:
        return ""
    name = match["name"] or ""
    parts = ["student" if name.isdigit() else name, match["late"], match["id"], match["number"], "feedback.html"]
    return "_".join(_safe(part) for part in parts if part)


def _names(layout: str, members: Members | None, record: Record) -> list[str]:
    if members is not None and layout == "moodle":
        # Moodle reads the number behind the first line below; the name before it is for people.
        team = _safe(record.name.replace("_", " "))
        return [_moodle_file(f"{team}_{number}") for number in members.get(record.student_id, ())]
    name = _NAMES.get(layout, _plain_name)(record)
    return ["/".join(map(_unpackable, name.split("/")))] if name else []


def _moodle_name(record: Record) -> str:
    if "moodle" not in record.arrival.ids or not record.arrival.entry:
        return ""
    return _moodle_file(_safe(record.arrival.entry))


def _moodle_file(whose: str) -> str:
    return f"{whose}_assignfeedback_file_feedback.html"


def _nbgrader_name(record: Record) -> str:
    """As nbgrader keeps it: `feedback/<student>/<assignment>/<notebook>.html`."""
    parts = [_safe(part) for part in PurePosixPath(record.file).parts[-2:]]
    return "/".join([_safe(record.student_id), *parts[:-1], f"{PurePosixPath(parts[-1]).stem}.html"]) if parts else ""


def _plain_name(record: Record) -> str:
    return f"{_safe(record.folder)}.html"


_NAMES: Mapping[str, Callable[[Record], str]] = {
    "canvas": _canvas_name, "moodle": _moodle_name, "nbgrader": _nbgrader_name,
}  # fmt: skip


def _unpackable(name: str) -> str:
    """A file's or a folder's name that Windows makes, too: it unpacks no `aux.html`, and of `x.` it makes `x`."""
    device = _DEVICE.match(name)
    name = f"{device[0]}_{name[device.end() :]}" if device else name
    return _CUT_OFF.sub(lambda end: "_" * len(end[0]), name)


def _safe(name: str) -> str:
    text = _UNSAFE.sub("_", name.encode("utf-8", "replace").decode())
    return "_" if text.strip(". ") == "" else text
