"""Students' pages as a zip that an LMS takes back: each under the name by which the LMS finds its student.

Names come from students: they are kept as they came, but for what could lead out of the zip. A group's number in Moodle
is the group's own, so its page goes to each member by the member's number.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.errors import ExportError
from grader.folders import NO_TIME, PAGE, aside
from grader.gradebook import Record
from grader.intake.platforms import CANVAS_NAME

_UNSAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|]|[. ](?=[. ]*$)')  # Windows cuts dots and blanks off the end of a name


@dataclass
class Returned:
    """What was written: the layout of the names, how many pages, and a line for each page that has no place."""

    layout: str
    written: int = 0
    no_place: list[str] = field(default_factory=list)


def write_feedback(
    path: Path, reports: Path, records: Sequence[Record], layout: str = "", members: Mapping[str, Sequence[str]] = {}
) -> Returned:
    """Write the zip, whole or not at all; `layout` is that of the class where none is named.

    `members` are the participants' numbers in each of Moodle's groups, by the group's student_id; without any, students
    hand in alone. Raises `ExportError` where no page has a name that the LMS would know.
    """
    layouts = Counter(one.identity.arrival.layout for one in records if one.identity.arrival.layout)
    layout = layout or max(layouts, key=lambda one: layouts[one], default="plain")
    done = Returned(layout if layout in ("canvas", "moodle", "nbgrader") else "plain")
    with aside(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in records:
            names = list(_names(done.layout, record, members))
            _add(archive, reports / record.identity.folder / PAGE, names, record.student_id, done)
        if not done.written:
            hint = f"grade the zip as it came from {done.layout}: pages are returned by the names in it"
            raise ExportError(f"none of {len(records)} pages has a name that {done.layout} would know", hint)
    return done


def _add(archive: zipfile.ZipFile, page: Path, names: Sequence[str], student: str, done: Returned) -> None:
    if not names or not page.is_file():
        done.no_place.append(f"{student}: {'there is no page' if names else f'no name that {done.layout} knows'}")
        return
    for name in names:
        if name in archive.NameToInfo:  # two names may become one where they are made safe
            done.no_place.append(f"{student}: another page is called {name}")
        else:
            archive.writestr(zipfile.ZipInfo(name, NO_TIME), page.read_bytes(), zipfile.ZIP_DEFLATED)
            done.written += 1


def _names(layout: str, record: Record, members: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The names of a student's page in the zip; none where the LMS would not know whose it is."""
    one, arrival = record.identity, record.identity.arrival
    match, path = CANVAS_NAME.match(arrival.entry), PurePosixPath(one.file)
    if layout == "canvas" and match and match["number"] and "canvas" in arrival.ids:  # a typed text has no number
        # Canvas takes the first two parts that are all digits for the user and the file.
        name = "student" if (match["name"] or "").isdigit() else match["name"]
        yield "_".join(map(_safe, filter(None, [name, match["late"], match["id"], match["number"], "feedback.html"])))
    elif layout == "moodle":
        team = one.name.replace("_", " ")  # Moodle reads the number, people the name
        alone = [arrival.entry] if arrival.entry and "moodle" in arrival.ids else []
        starts = [f"{team}_{number}" for number in members.get(one.student_id, ())] if members else alone
        yield from (f"{_safe(start)}_assignfeedback_file_feedback.html" for start in starts)
    elif layout == "nbgrader" and one.file:  # feedback/<student>/<assignment>/<notebook>.html
        yield "/".join([*map(_safe, [one.student_id, *path.parts[-2:-1]]), f"{_safe(path.stem)}.html"])
    elif layout == "plain":
        yield f"{_safe(one.folder)}.html"


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name.encode("utf-8", "replace").decode())
