"""An assignment to start from: small, explained in its comments, and whole. It compiles, proves itself and grades."""

from __future__ import annotations

import keyword
import re
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from grader.errors import AuthorError
from grader.release.handout import make_handout

TEMPLATE = Path(__file__).parent / "template"
MASTER = "master.ipynb"
SOURCES = ("assignment.py", "reference.py", "questions.py", "mistakes.py", MASTER)
STUDENT = "student-01"
# The sample submission is the master without its markers, and with the most usual mistake.
RIGHT_LINE, WRONG_LINE = "dx = 2 * cache * dout", "dx = cache * dout"
_MARKER_LINE = re.compile(r'^ *"[^"]*### (?:BEGIN|END) SOLUTION\\n",\n', re.MULTILINE)


def begin_assignment(name: str, course: Path) -> Sequence[Path]:
    """Write `reference/<name>/` and a submission in `submissions/<name>/` of a course; gives the paths, in order.

    Raises `AuthorError` for a name that cannot be used, and where something is there already.
    """
    _demand_name(name)
    reference, submissions = course / "reference" / name, course / "submissions" / name
    for place in (reference, submissions):
        if place.exists():
            raise AuthorError(f"{place} is there already, and is not replaced", "choose another name, or move it away")
    # The seed is of the name, so that two assignments have other numbers.
    words = {"name": name, "title": name.replace("_", " ").strip().capitalize(), "seed": str(zlib.crc32(name.encode()))}
    texts = {file: Template((TEMPLATE / f"{file}.txt").read_text("utf-8")).substitute(words) for file in SOURCES}
    texts[f"{name}.ipynb"] = make_handout(texts[MASTER].encode(), MASTER).text
    submission = _MARKER_LINE.sub("", texts[MASTER]).replace(RIGHT_LINE, WRONG_LINE)
    files = {reference / file: text for file, text in texts.items()}
    files[submissions / STUDENT / f"{name}.ipynb"] = submission
    _write(files, course, (reference, submissions))
    return list(files)


def _demand_name(name: str) -> None:
    better = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
    better = better if _fits(better) else f"exercise_{better}".rstrip("_")
    if not _fits(name):
        what = f"'{name}' cannot name an assignment: it becomes a folder, a Python package and a notebook"
        hint = f"use letters, digits and _, with a letter first, such as '{better}'"
        raise AuthorError(f"{what} beside {MASTER}", hint)


def _fits(name: str) -> bool:
    is_package = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) is not None and not keyword.iskeyword(name)
    return is_package and f"{name.lower()}.ipynb" != MASTER


def _write(files: Mapping[Path, str], course: Path, places: Sequence[Path]) -> None:
    """Write all files aside first, then put each folder in its place."""
    course.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=course) as made:
        for path, text in files.items():
            aside = Path(made) / path.relative_to(course)
            aside.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(text, encoding="utf-8")
        for place in places:
            place.parent.mkdir(exist_ok=True)
            (Path(made) / place.relative_to(course)).rename(place)
