"""The files of a new assignment, written whole or not at all.

takes: a name and the folder of a course.
gives: the paths that were written; `AuthorError` for a name that will not do, and for one that is taken.
must not know: how anything is compiled or graded.
"""

from __future__ import annotations

import keyword
import re
import tempfile
import zlib
from pathlib import Path
from string import Template

from grader.errors import AuthorError
from grader.release.handout import make_handout

TEMPLATE = Path(__file__).parent / "template"
MASTER = "master.ipynb"
SOURCES = ("assignment.py", "passes.py", "inputs.py", "mistakes.py", MASTER)
STUDENT = "student-01"
# The sample hand-in is the master with the most usual mistake, and without the markers.
RIGHT_LINE, WRONG_LINE = "dx = 2 * cache * dout", "dx = cache * dout"
_MARKER_LINE = re.compile(r'^ *"[^"]*### (?:BEGIN|END) SOLUTION\\n",\n', re.MULTILINE)


def begin_assignment(name: str, course: Path) -> list[Path]:
    """Write a new assignment `name` into the folder of a course."""
    _demand_name(name)
    reference, submissions = course / "reference" / name, course / "submissions" / name
    for place in (reference, submissions):
        if place.exists():
            raise AuthorError(
                f"{place} is there already, and is not overwritten", "choose another name, or move it away"
            )
    files = {reference / file: text for file, text in _files(name).items()}
    files[submissions / STUDENT / f"{name}.ipynb"] = _hand_in(files[reference / MASTER])
    _write(files, course, (reference, submissions))
    return list(files)


def _demand_name(name: str) -> None:
    if _fits(name):
        return
    better = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
    better = better if _fits(better) else f"exercise_{better}".rstrip("_")
    raise AuthorError(
        f"'{name}' cannot name an assignment: it becomes a folder, a Python package and a notebook beside {MASTER}",
        f"use letters, digits and _, with a letter first, such as '{better}'",
    )


def _fits(name: str) -> bool:
    is_package = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) is not None and not keyword.iskeyword(name)
    return is_package and f"{name.lower()}.ipynb" != MASTER


def _files(name: str) -> dict[str, str]:
    # The seed of the inputs' numbers is the name's own, so that two assignments do not share their numbers.
    words = {"name": name, "title": name.replace("_", " ").strip().capitalize(), "seed": str(zlib.crc32(name.encode()))}
    files = {file: Template((TEMPLATE / f"{file}.txt").read_text("utf-8")).substitute(words) for file in SOURCES}
    return {**files, f"{name}.ipynb": make_handout(files[MASTER].encode(), MASTER).text}


def _hand_in(master: str) -> str:
    return _MARKER_LINE.sub("", master).replace(RIGHT_LINE, WRONG_LINE)


def _write(files: dict[Path, str], course: Path, places: tuple[Path, ...]) -> None:
    """All files are written aside first; then each folder is put in its place."""
    course.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=course) as made:
        for path, text in files.items():
            aside = Path(made) / path.relative_to(course)
            aside.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(text, encoding="utf-8")
        for place in places:
            place.parent.mkdir(exist_ok=True)
            (Path(made) / place.relative_to(course)).rename(place)
