"""Who handed in what: the layouts that a class comes in.

takes: a path.
gives: one `Submission` a student, in order of student; one that cannot be read says why and stays a row.
must not know: what is in a file, graded names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.intake.archive import UNPACKED_CAP, file_names, open_archive, read_file, read_member, unpacked_size

ENDINGS = (".ipynb", ".py")
MOST_CANDIDATES = 50  # of one hand-in; a project has a handful
MOST_FILES = 10_000  # of one folder of a hand-in; a project has some hundreds
MOST_FOLDERS = 6  # how deep a project may lie within a hand-in
_NOISE = {
    "__pycache__",
    "__MACOSX",
    ".ipynb_checkpoints",
    ".git",
    ".venv",
    "venv",
    "node_modules",
    "site-packages",
}

# C0 and C1 controls, separators of lines, bidi marks.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")


@dataclass(frozen=True)
class Candidate:
    """A file that may be the hand-in: at `path`, or in the archives that `inside` names, innermost last."""

    shown: str
    path: Path
    inside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submission:
    """What one student handed in; `problem` and `next_step` say why there is nothing to grade."""

    student_id: str
    name: str
    candidates: tuple[Candidate, ...] = ()
    problem: str = ""
    next_step: str = ""


def read_candidate(candidate: Candidate) -> bytes:
    """The bytes of a candidate; raises `SubmissionError`."""
    if not candidate.inside:
        return read_file(candidate.path)
    with open_archive(candidate.path, candidate.inside[:-1]) as archive:
        return read_member(archive, candidate.inside[-1])


def one_submission(path: Path) -> Submission:
    """One student's hand-in: a file, a project folder or a project's zip."""
    if not path.exists():
        raise SubmissionError(f"there is no file or folder at {path}", "check the spelling of the path")
    student = text_of(path.stem if path.is_file() else path.resolve().name)
    return _submission(student, [path])


def submissions_in(path: Path) -> list[Submission]:
    """A whole class: a folder or zip of `<student>/…` or of flat files; or one file."""
    if not path.exists():
        raise SubmissionError(f"there is no file or folder at {path}", "name the folder that holds the hand-ins")
    if path.is_dir():
        found = _in_folder(path)
    elif path.suffix.lower() == ".zip":
        found = _in_zip(path)
    else:
        return [one_submission(path)]
    if not found:
        raise SubmissionError(
            f"{path} holds no hand-ins",
            "it must hold a folder for each student, or one .ipynb, .py or .zip file for each",
        )
    return sorted(found, key=lambda submission: submission.student_id)


def text_of(name: str) -> str:
    """A file's name as text that can be written anywhere.

    Bytes that are no UTF-8, control characters, ends of lines and marks that turn text round become `\\xff` and
    the like: two names never become one.
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _UNWRITABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _is_noise(name: str) -> bool:
    return name in _NOISE or name.startswith(".") or name.upper().startswith("README")


def _in_folder(folder: Path) -> list[Submission]:
    by_student: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        if not _is_noise(entry.name):
            student = text_of(entry.name if entry.is_dir() else entry.stem)
            by_student.setdefault(student, []).append(entry)
    return [_submission(student, paths) for student, paths in by_student.items()]


def _submission(student: str, paths: list[Path]) -> Submission:
    try:
        candidates = _capped(c for path in paths for c in _candidates_at(path, path.parent))
    except SubmissionError as error:
        return Submission(student, student, (), str(error), error.hint)
    except OSError as error:
        return Submission(
            student, student, (), f"the hand-in cannot be read: {error.strerror}", "check its permissions"
        )
    return _with_candidates(student, candidates, [text_of(path.name) for path in paths])


def _with_candidates(student: str, candidates: list[Candidate], handed_in: list[str]) -> Submission:
    if candidates:
        return Submission(student, student, tuple(candidates))
    listed = ", ".join(handed_in[:3])
    return Submission(
        student, student, (),
        f"nothing to grade: there is no notebook (.ipynb) or Python file (.py) in {listed}",
        "ask for the notebook itself",
    )  # fmt: skip


def _capped(candidates: Iterable[Candidate]) -> list[Candidate]:
    found: list[Candidate] = []
    for candidate in candidates:
        if len(found) == MOST_CANDIDATES:
            raise SubmissionError(
                f"the hand-in holds more than {MOST_CANDIDATES} notebooks and Python files",
                "hand in the exercise alone",
            )
        found.append(candidate)
    return found


def _candidates_at(path: Path, root: Path, depth: int = 0) -> Iterator[Candidate]:
    if path.is_symlink() or (depth and _is_noise(path.name)):
        return
    shown = text_of(path.relative_to(root).as_posix())
    if path.is_dir() and depth <= MOST_FOLDERS:
        for entry in _entries(path):
            yield from _candidates_at(entry, root, depth + 1)
    elif path.suffix.lower() in ENDINGS:
        yield Candidate(shown, path)
    elif path.suffix.lower() == ".zip":
        yield from _candidates_in_zip(path, (), shown)


def _entries(folder: Path) -> list[Path]:
    entries = list(islice(folder.iterdir(), MOST_FILES + 1))
    if len(entries) > MOST_FILES:
        raise SubmissionError(
            f"a folder of the hand-in holds more than {MOST_FILES} files", "hand in the exercise alone"
        )
    return sorted(entries)


def _candidates_in_zip(path: Path, inside: tuple[str, ...], shown: str) -> Iterator[Candidate]:
    with open_archive(path, inside) as archive:
        names = sorted(file_names(archive))
        if unpacked_size(archive, [name for name in names if name.lower().endswith(ENDINGS)]) > UNPACKED_CAP:
            raise SubmissionError(
                f"the notebooks and Python files in {shown} unpack to more than {UNPACKED_CAP >> 20} MB",
                "hand in the exercise alone",
            )
    for name in names:
        if any(_is_noise(part) for part in PurePosixPath(name.replace("\\", "/")).parts):
            continue
        if name.lower().endswith(ENDINGS):
            yield Candidate(f"{shown}/{text_of(name)}", path, (*inside, name))
        elif name.lower().endswith(".zip") and not inside:
            yield from _candidates_in_zip(path, (*inside, name), f"{shown}/{text_of(name)}")


def _in_zip(path: Path) -> list[Submission]:
    """A zip of a class: its first folder level, or its second where all lies in one folder, names the students."""
    with open_archive(path) as archive:
        names = [n for n in file_names(archive) if not any(_is_noise(p) for p in n.replace("\\", "/").split("/"))]
    split = [(name, name.replace("\\", "/").split("/")) for name in names]
    while split and len({parts[0] for _, parts in split}) == 1 and all(len(parts) > 2 for _, parts in split):
        split = [(name, parts[1:]) for name, parts in split]
    if len({parts[0] for _, parts in split}) == 1 and len({part for _, parts in split for part in parts[1:2]}) > 1:
        split = [(name, parts[1:]) for name, parts in split]
    by_student: dict[str, list[str]] = {}
    for name, parts in split:
        student = text_of(parts[0] if len(parts) > 1 else PurePosixPath(parts[0]).stem)
        by_student.setdefault(student, []).append(name)
    return [_zipped_submission(path, student, members) for student, members in by_student.items()]


def _zipped_submission(path: Path, student: str, members: list[str]) -> Submission:
    def found() -> Iterator[Candidate]:
        for name in sorted(members):
            if name.lower().endswith(ENDINGS):
                yield Candidate(text_of(name), path, (name,))
            elif name.lower().endswith(".zip"):
                yield from _candidates_in_zip(path, (name,), text_of(name))

    try:
        return _with_candidates(student, _capped(found()), [text_of(name) for name in members])
    except SubmissionError as error:
        return Submission(student, student, (), str(error), error.hint)
