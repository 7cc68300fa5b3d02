"""A folder, zip or file read as a class: which layout it has, whose each file is, and one submission for each student.

Where somebody handed in more than once the newest counts; what is not graded is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import msgspec

from grader.errors import SubmissionError
from grader.intake import tree
from grader.intake.arrival import NOT_READ, Arrival, composed, origins, read_time, text_of
from grader.intake.exports import OTHER_WORK
from grader.intake.files import LINK, Submission, SubmittedFile
from grader.intake.layouts import LAYOUTS, by_student, read_class
from grader.intake.platforms import Claim, Hint
from grader.intake.tree import ENDINGS, KINDS

MOST_FILES = 50  # of one submission; a project has a handful
MOST_OTHERS = 20  # files under another ending
MOST_NAMED = 3  # files, in a sentence
UNPACKED_CAP = 100 << 20  # bytes of all notebooks and Python files in the zips of one submission
# Archives that are not opened: rar and 7z need other programs, and of a tar all is read for each name in it.
_ARCHIVES = (".tar", ".tgz", ".tbz", ".txz", ".gz", ".bz2", ".xz", ".zst", ".rar", ".7z")


@dataclass(frozen=True)
class HandIns:
    """A class. `read_as` is a line for the terminal ("": one file). `unmatched_late` are rows of a --late sheet."""

    submissions: list[Submission]
    read_as: str = ""
    unmatched_late: tuple[str, ...] = ()

    @property
    def origins(self) -> str:
        """How many students came from where, in one line."""
        return origins([one.arrival for one in self.submissions])


def one_submission(path: Path, own_work: bool = False) -> Submission:
    """One student's file, project folder or zip. Of `own_work` links are followed, and files beside it are imported."""
    _demand(path, "check the spelling of the path")
    at = path.resolve() if own_work or path.name in ("", "..") else path  # a link that was handed in is not followed
    student = text_of(path.stem if path.is_file() else path.resolve().name)
    beside = tuple(dict.fromkeys((path.parent, at.parent))) if own_work and path.is_file() else ()
    return replace(_submission([Claim(tree.item_at(at), student)]), beside=beside)


def collect(path: Path, layout: str = "", pattern: str = "", assignment: str = "") -> HandIns:
    """Read a class, and say how it was read. Raises `SubmissionError` where there is nothing, or two ids clash.

    `layout` is one of `LAYOUTS` (`nbgrader:NAME` names the assignment too), `pattern` a regular expression for names.
    """
    _demand(path, "name the folder or zip that holds the submissions")
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return HandIns([one_submission(path)])
    layout, _, task = layout.partition(":")
    if layout and layout not in LAYOUTS:
        raise SubmissionError(f"'{layout}' is not a layout", f"layouts: {', '.join(LAYOUTS)}")
    items = tree.class_at(path)
    if not items:
        needed = "it must hold a folder for each student, or one .ipynb, .py or .zip file for each"
        raise SubmissionError(f"{path} holds no submissions", needed)
    hint = Hint(path.resolve().stem if path.is_file() else path.resolve().name, task or assignment, bool(layout))
    readings = read_class(items, hint, layout, pattern, in_zip=path.is_file())
    students = by_student(readings)
    claims = [claim for some in students.values() for claim in some]
    # Files are named from the student's folder on; from the one around it, where there are several of these.
    is_mixed = len({claim.arrival.source for claim in claims}) > 1
    around = 0 if is_mixed else min((len(claim.item.way) for claim in claims), default=1) - 1
    submissions = [_submission(some, around) for some in students.values()]
    passed_over = ", ".join(name for one in readings for name in one.passed_over)
    more = f"; not looked at: {passed_over}" if passed_over else ""
    said = {one.title: one.why for one in reversed(readings)}  # of each kind the first
    in_order = sorted(submissions, key=lambda submission: submission.student_id)
    return HandIns(in_order, f"read as {'; '.join(f'{title}: {said[title]}' for title in reversed(said))}{more}")


def _demand(path: Path, hint: str) -> None:
    try:
        path.stat()  # not `exists`: since Python 3.14 that is false for a place that may not be read
    except (FileNotFoundError, NotADirectoryError):
        raise SubmissionError(f"there is no file or folder at {path}", hint) from None


def _submission(claims: Sequence[Claim], around: int = 0) -> Submission:
    """What one student handed in: of each series the newest. Files are named without the folders `around` the class."""
    latest = dict(sorted((claim.series, _when(claim)) for claim in claims))  # of each series the last
    newest = [claim for claim in claims if _when(claim) == latest[claim.series]]
    older = [claim for claim in claims if _when(claim) != latest[claim.series]]
    name = next((claim.name for claim in newest if claim.name), claims[0].student_id)
    arrival = _arrival(newest, older)
    submission = Submission(claims[0].student_id, name, arrival=arrival)
    try:
        files, unread, beside = _files(newest)
        if not files:
            raise _nothing(newest, unread)
    except SubmissionError as error:
        return replace(submission, problem=str(error), next_step=error.hint)
    # A link to a folder of data is nobody's work.
    unread = [one for one in unread if PurePosixPath(one.name).suffix or not str(one.refusal).endswith(LINK)]
    notes = [f"Handed in too, and not graded: {', '.join(beside)}."] if beside and len(newest) > 1 else []
    notes += [f"{NOT_READ}{'; '.join(str(one.refusal) for one in unread[:MOST_NAMED])}."] if unread else []
    arrival = msgspec.structs.replace(arrival, notes=(*arrival.notes, *notes))
    named = tuple(replace(file, way=file.way[around:]) for file in files)
    works = tuple(one for one in unread if not one.called.startswith(".") or _kind(one))  # no hidden folders
    return replace(submission, files=named, unread=works, arrival=arrival)


def _when(claim: Claim) -> tuple[float, list[int | str]]:
    """When it came, and then its order: attempt 10 is newer than attempt 9, whatever the form of its number."""
    time = read_time(claim.arrival.handed_in)
    parts = re.split(r"(\d+)", claim.order)  # by turns other text and a number
    return time.timestamp() if time else 0.0, [int(part) if n % 2 else part for n, part in enumerate(parts)]


def _arrival(newest: Sequence[Claim], older: Sequence[Claim]) -> Arrival:
    first, places = newest[0].arrival, [claim.place for claim in newest]
    notes = [note for claim in newest for note in claim.arrival.notes]
    if older:
        listed, counted = ", ".join(claim.place for claim in older), ", ".join(dict.fromkeys(places))
        notes.append(f"Handed in more than once: the newest was graded ({counted}), and not {listed}.")
    if len(newest) > 1 and not first.entry:  # only its name says whose it is
        # What looks the same is shown by its characters, as Jos\xe9 and Jose\u0301.
        shown = places if len(set(map(composed, places))) == len(places) else map(ascii, places)
        notes.append(f"{' and '.join(shown)} have the same name, so they were taken as one submission.")
    times = [time for claim in newest if (time := read_time(claim.arrival.handed_in))]
    if first.handed_in and not times:
        notes.append(f"When it was handed in could not be read: '{first.handed_in[:60]}'.")
    last, late = max(times).isoformat() if times else "", any(claim.arrival.marked_late for claim in newest)
    return msgspec.structs.replace(first, handed_in=last, marked_late=late, notes=tuple(dict.fromkeys(notes)))


def _files(claims: Sequence[Claim]) -> tuple[list[SubmittedFile], list[SubmittedFile], list[str]]:
    """The files that may be graded, best kinds first; those that cannot be read; and what came beside, by name."""
    found = [file for claim in claims if not claim.said for file in claim.item.files()]
    unread = [file for file in found if file.refusal is not None and _is_work(file)][:MOST_FILES]
    readable = [file for file in found if file.refusal is None]
    first = sorted((file for file in readable if file.ends(*ENDINGS)), key=lambda file: file.called.startswith("."))
    if len(first) > MOST_FILES or sum(file.size for file in first) > UNPACKED_CAP:
        what = f"more than {MOST_FILES} notebooks and Python files, or more than {UNPACKED_CAP >> 20} MB of them"
        raise SubmissionError(f"the submission holds {what}", "hand in the exercise alone")
    has_notebook = any(file.ends(".ipynb") for file in first)
    kinds = KINDS[1:2] if has_notebook else KINDS[1:3] if first else KINDS[1:]
    more = [file for kind in kinds for file in readable if _kind(file) == kind][:MOST_OTHERS]
    used = [file.way for file in (*first, *more, *unread)]
    idle = [one for one in claims if not any(way[: len(one.item.way)] == one.item.way for way in used)]
    return [*first, *more], unread, list(dict.fromkeys(one.said or one.place for one in idle))


def _kind(file: SubmittedFile) -> tuple[str, ...]:
    return next((kind for kind in KINDS if file.ends(*kind)), ())


def _is_work(file: SubmittedFile) -> bool:
    return bool(_kind(file)) or file.ends(".zip") or not PurePosixPath(file.called.lstrip(".")).suffix


def _nothing(claims: Sequence[Claim], unread: Sequence[SubmittedFile]) -> SubmissionError:
    """Why there is nothing to grade, and the next step."""
    if unread and unread[0].refusal:
        return unread[0].refusal
    within = [file for claim in claims for file in claim.item.within]
    names = [file.name for file in within if file.way[-1] and not file.noise]
    noise = ", ".join([file.called for file in within if file.noise][:MOST_NAMED])
    packed = next((name for name in names if name.lower().endswith(_ARCHIVES)), None)
    hint = "the notebook itself (.ipynb), or its Python file, has to be handed in"
    why = f"{claims[0].place} is empty"
    if said := list(dict.fromkeys(claim.said for claim in claims if claim.said)):
        missing = "nothing for this one" if OTHER_WORK in said else "no file"
        why = f"{' and '.join(said)} was handed in, and {missing}"
    elif packed:
        why = f"{packed} is an archive of a kind that is not opened"
        hint = "unpack it where it is, and grade again; or ask for a .zip"
    elif names:
        why = f"there is no notebook (.ipynb) or Python file (.py) in {', '.join(names[:MOST_NAMED])}"
    elif noise:
        why += f" but for what is not read ({noise})"
        hint += "; if the work is in these, give them another name, and grade again"
    return SubmissionError(f"nothing to grade: {why}", hint)
