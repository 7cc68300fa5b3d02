"""The modules that a file of a hand-in may import: where each is, and its source.

takes: a `Submission`, the names of its files that are of another exercise, and files that came with this one.
gives: what a file finds modules by; the source of a file as that of a module.
must not know: which file is graded, what is in one but the names that it defines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.extract.flow.reading import as_python
from grader.extract.formats.notebook import is_script, read_hand_in
from grader.extract.imports.given import with_given
from grader.extract.imports.modules import Lookup, files_of, imported_from
from grader.extract.repairs.patience import Patience
from grader.extract.repairs.repair import repair
from grader.intake import Candidate, Submission, read_candidate

Finder = Callable[[Candidate], Lookup | None]
"""What a file of the hand-in finds modules by."""


def finder(
    submission: Submission, passed_over: Set[str], files: Mapping[str, str], candidate: Candidate
) -> Lookup | None:
    """What finds the modules that a file may import: of what came with the exercise before what is of another one."""
    mine = tuple(one for one in submission.candidates if one.shown not in passed_over)
    theirs = tuple(one for one in submission.candidates if one.shown in passed_over)
    own = replace(submission, candidates=mine)
    by_path = partial(_source_of, candidate, own) if len(mine) > 1 or own.beside else None
    find = _or_flat(with_given(by_path, files), by_path, files, (candidate, *mine))
    if not theirs:
        return find
    elsewhere = partial(_source_of, candidate, replace(submission, candidates=theirs, beside=()))
    return lambda name: (find(name) if find else None) or elsewhere(name)


def _or_flat(
    find: Lookup | None, own: Lookup | None, files: Mapping[str, str], importing: Sequence[Candidate]
) -> Lookup | None:
    """The same, with files of a package where they were handed in side by side: of one that came with the exercise, or
    of the student's own (`from course.week1.losses import softmax`).

    Of another package's part, such as `keras.utils`, no `utils.py` of theirs is meant; what stands deeper, and defines
    all that one of those that may import it wants of it, is.
    """
    if find is None or own is None:
        return find
    packages = {place.split("/")[0] for place in files if "/" in place}

    def found(name: str) -> tuple[str, str] | None:
        known, (package, _, last) = find(name), name.rpartition(".")
        if known or not package or (flat := own(last)) is None:
            return known
        is_deep = "." in package and any(_defines(flat[1], name, source(one)[1]) for one in importing)
        is_theirs = is_deep or package.split(".")[0] in packages
        return flat if is_theirs else None

    return found


def _defines(flat: str, name: str, importing: str) -> bool:
    """Whether a file defines all that another one imports from the module of this name."""
    words = [re.escape(word) for word in imported_from(importing, name)]
    return bool(words) and all(
        re.search(rf"^(?:(?:def|class)\s+{word}\b|{word}\s*=)", flat, re.MULTILINE) for word in words
    )


def _source_of(graded: Candidate, submission: Submission, name: str) -> tuple[str, str] | None:
    """The file and source of a module that the graded file, or one that it imports, may import."""
    found = _beside(graded, submission, name)
    # Of a package one file is graded, and the others import it by its name. Nothing imports a notebook.
    return None if found is None or (found is graded and not is_script(graded.shown)) else source(found)


def source(found: Candidate) -> tuple[str, str]:
    """A file and its source as that of a module."""
    patience = Patience()
    try:
        cells = read_hand_in(read_candidate(found), found.shown).cells
        if is_script(found.shown):
            return found.shown, cells[0][1]
        return found.shown, "\n".join(repair(source, patience).source for kind, source in cells if kind == "code")
    except SubmissionError:  # an empty file among them: what it defines is missing, and that is told
        return found.shown, ""


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
