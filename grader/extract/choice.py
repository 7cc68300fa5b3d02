"""Which of a hand-in's files is graded: the one with most of the graded functions written in it.

takes: a `Submission`, and the graded names.
gives: `Chosen`, which says what was passed over; `SubmissionError` where nothing can be read.
must not know: answers, points.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from grader.errors import SubmissionError
from grader.extract.completing import Taken, looked_up, taken_from, told, with_work
from grader.extract.definitions import extract
from grader.extract.exercise import of_another
from grader.extract.extracted import Extract
from grader.extract.given import with_given
from grader.extract.modules import Lookup, files_of
from grader.extract.notebook import is_script, read_hand_in
from grader.extract.reading import as_python
from grader.extract.repair import repair
from grader.extract.replaced import on_replaced
from grader.extract.versions import newest
from grader.intake import Candidate, Submission, read_candidate
from grader.intake.layouts import CANVAS_NAME

MOST_NAMED = 5  # of the files that were passed over


Finder = Callable[[Candidate], Lookup | None]
"""What a file of the hand-in finds modules by."""


@dataclass(frozen=True)
class Chosen:
    """The file that is graded, its bytes, what is in it, and a note where there were others."""

    candidate: Candidate
    data: bytes
    extract: Extract
    note: str = ""


def choose(
    submission: Submission,
    wanted: Sequence[str],
    stubs: Mapping[str, Sequence[str]] = MappingProxyType({}),
    name: str = "",
    files: Mapping[str, str] = MappingProxyType({}),
) -> Chosen:
    """Read the candidates and take the one with most work in it; among equals the newest version, and no copy.

    `stubs` are the digests of functions as the hand-out has them: beside a notebook that was worked in, the hand-out
    itself, which defines as much, is never taken. `name` is the assignment's: what is of another one is passed over.
    `files` came with the exercise, and may be imported.
    """
    if submission.problem:
        raise SubmissionError(submission.problem, submission.next_step)
    passed_over = _passed_over(submission, name)
    finder = partial(_finder, submission, passed_over, files)
    read, refused = _read_all(submission, passed_over, finder, wanted, stubs)
    if not read:
        raise refused[0]
    worth = [_worth(chosen.extract, wanted, stubs) for chosen in read]
    equals = [chosen for chosen, of in zip(read, worth, strict=True) if of == max(worth)]
    best, is_newer = _best([(_stem(chosen, submission), chosen) for chosen in equals])
    best, taken = _completed(best, read, finder, wanted, stubs)
    used = {cell.file for cell in best.extract.cells if cell.file}
    others = [c.shown for c in submission.candidates if c is not best.candidate and c.shown not in used | passed_over]
    most = f"{max(worth)[0]} of {len(wanted)} functions"
    came_with_it = files.keys() - {candidate.shown for candidate in submission.candidates}
    imported = sorted(used.difference((one.file for one in taken), came_with_it))
    notes = (
        _on_modules(best, imported),
        told(best.candidate.shown, taken),
        _note(best, others, most, len(equals), is_newer),
        _on_another(sorted(passed_over - used)),
    )
    found = best.extract
    replaced = on_replaced(found.history, wanted, stubs, found.is_script)
    notes_on_file = (*found.notes, *(one.sentence for one in replaced))
    found = replace(found, notes=notes_on_file, on_names=(*found.on_names, *replaced))
    return replace(best, extract=found, note=" ".join(filter(None, notes)))


def refused_file(submission: Submission, name: str = "") -> tuple[str, bytes | None]:
    """Of a hand-in that `choose` refuses: the file that it tells of, and its bytes, where they can be had at all."""
    passed_over = _passed_over(submission, name)
    first = next((one for one in submission.candidates if one.shown not in passed_over), None)
    if submission.problem or first is None:
        return "", None
    try:
        return first.shown, read_candidate(first)
    except SubmissionError:  # too large, a link, packed with a password
        return first.shown, None


def _passed_over(submission: Submission, name: str) -> Set[str]:
    """The files that by their names are of another exercise, where there is more than one."""
    files = [candidate.shown for candidate in submission.candidates]
    return of_another(files, name) if len(files) > 1 else set()


def _worth(extract: Extract, wanted: Sequence[str], stubs: Mapping[str, Sequence[str]]) -> tuple[int, int, int]:
    """How many functions have work in them, how many are there at all, and how many of these in the file itself."""
    defined = extract.defined(wanted)
    elsewhere = {cell.number for cell in extract.cells if cell.file}
    own = [name for name in defined if name not in extract.places or extract.places[name][0] not in elsewhere]
    return len(with_work(extract, wanted, stubs)), len(defined), len(own)


def _completed(
    best: Chosen,
    read: Sequence[Chosen],
    finder: Finder,
    wanted: Sequence[str],
    stubs: Mapping[str, Sequence[str]],
) -> tuple[Chosen, list[Taken]]:
    """The same, with what it has not from the other files."""
    others = {chosen.candidate.shown: chosen for chosen in read if chosen is not best}
    taken = taken_from(best.extract, ((file, chosen.extract) for file, chosen in others.items()), wanted, stubs)
    if not taken:
        return best, taken
    sources = [(one, _source(others[one.file].candidate)) for one in taken]
    find = looked_up(sources, finder(best.candidate))
    more = "\n".join(one.line for one in taken)
    return replace(best, extract=extract(best.data, best.candidate.shown, wanted, find, stubs, more)), taken


def _on_modules(best: Chosen, used: Sequence[str]) -> str:
    return f"{best.candidate.shown} was graded with what it imports: {_listed(used)}." if used else ""


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _note(best: Chosen, others: Sequence[str], most: str, equals: int, is_newer: bool) -> str:
    """Which file was graded, which were not, and why; nothing where there was no choice."""
    if not others:
        return ""
    why = f"{equals} of them have as much written ({most})" if equals > 1 else f"it has most written ({most})"
    newer = ", and by its name it is the newest of these" if is_newer else ""
    said = f"{best.candidate.shown} was graded, and not {_listed(others)}"
    return f"Of {len(others) + 1} files handed in, {said}: {why}{newer}."


def _on_another(files: Sequence[str]) -> str:
    return f"Not looked at, as their names are of another exercise: {_listed(files)}." if files else ""


def _best(equals: Sequence[tuple[str, Chosen]]) -> tuple[Chosen, bool]:
    """Of files with as much work in them, by their names: the newest version of the first that is no copy."""
    stems = [stem for stem, _ in equals]
    first = next(n for n, stem in enumerate(stems) if not _is_copy(stem, stems))
    best, older = newest(stems, first)
    is_newer = any(equals[n][1].data != equals[best][1].data for n in older)
    return equals[best if is_newer else first][1], is_newer


def _stem(chosen: Chosen, submission: Submission) -> str:
    """A file's name without its ending, and without what Canvas puts in front of it, which no two files share."""
    name = PurePosixPath(chosen.candidate.shown).name
    match = CANVAS_NAME.match(name) if submission.arrival.layout == "canvas" else None
    return PurePosixPath((match and match["file"]) or name).stem


def _is_copy(stem: str, stems: Sequence[str]) -> bool:
    """Whether it is called as another file with something behind: `ex copy.ipynb`, `ex (1).ipynb`, `ex-old.ipynb`."""
    return any(stem != other and stem.startswith(other) for other in stems)


def _read_all(
    submission: Submission,
    passed_over: Set[str],
    finder: Finder,
    wanted: Sequence[str],
    stubs: Mapping[str, Sequence[str]],
) -> tuple[list[Chosen], list[SubmissionError]]:
    read: list[Chosen] = []
    refused: list[SubmissionError] = []
    for candidate in (one for one in submission.candidates if one.shown not in passed_over):
        try:
            read.append(_read(candidate, finder, wanted, stubs))
        except SubmissionError as error:
            refused.append(error)
    return read, refused


def _read(candidate: Candidate, finder: Finder, wanted: Sequence[str], stubs: Mapping[str, Sequence[str]]) -> Chosen:
    data = read_candidate(candidate)
    return Chosen(candidate, data, extract(data, candidate.shown, wanted, finder(candidate), stubs))


def _finder(
    submission: Submission, passed_over: Set[str], files: Mapping[str, str], candidate: Candidate
) -> Lookup | None:
    """What finds the modules that a file may import: of what came with the exercise before what is of another one."""
    mine = tuple(one for one in submission.candidates if one.shown not in passed_over)
    theirs = tuple(one for one in submission.candidates if one.shown in passed_over)
    own = replace(submission, candidates=mine)
    find = with_given(partial(_source_of, candidate, own) if len(mine) > 1 or own.beside else None, files)
    if not theirs:
        return find
    elsewhere = partial(_source_of, candidate, replace(submission, candidates=theirs, beside=()))
    return lambda name: (find(name) if find else None) or elsewhere(name)


def _source_of(graded: Candidate, submission: Submission, name: str) -> tuple[str, str] | None:
    """The file and source of a module that the graded file may import."""
    found = _beside(graded, submission, name)
    return None if found is None or found is graded else _source(found)


def _source(found: Candidate) -> tuple[str, str]:
    """A file and its source as that of a module."""
    try:
        cells = read_hand_in(read_candidate(found), found.shown).cells
    except SubmissionError:  # an empty file among them: what it defines is missing, and that is told
        return found.shown, ""
    if is_script(found.shown):
        return found.shown, cells[0][1]
    return found.shown, "\n".join(repair(source).source for kind, source in cells if kind == "code")


def _beside(graded: Candidate, submission: Submission, name: str) -> Candidate | None:
    """The file of a module: beside the graded one, or elsewhere in the hand-in; or on the student's own disk."""
    folder = PurePosixPath(graded.shown).parent
    by_path = {as_python(candidate.shown): candidate for candidate in submission.candidates}
    for place in map(as_python, files_of(name)):
        near = by_path.get(as_python(str(folder / place)))
        far = next((other for path, other in by_path.items() if f"/{path}".endswith(f"/{place}")), None)
        if found := near or far or _renamed(place, by_path):
            return found
    on_disk = ((place, _on_disk(folder, place)) for folder in submission.beside for place in files_of(name))
    return next((Candidate(place, path) for place, path in on_disk if path is not None), None)


def _on_disk(folder: Path, place: str) -> Path | None:
    """The file at a place below a folder, however the letters of its name are written there."""
    pattern = "/".join(part if part.isascii() else "*" for part in PurePosixPath(place).parts)
    alike = [path for path in folder.glob(pattern) if path.is_file()]
    return next((path for path in alike if as_python(str(path.relative_to(folder))) == as_python(place)), None)


def _renamed(place: str, by_path: Mapping[str, Candidate]) -> Candidate | None:
    """A file that a platform gave ids in front of its name, and a number behind it: `doe_1_22_helper-1.py`."""
    stem = re.escape(place.removesuffix(".py"))
    return next((c for path, c in by_path.items() if re.search(rf"_\d+_{stem}(?:-\d+)?\.py$", path)), None)
