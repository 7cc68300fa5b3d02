"""What goes out: the hand-out from one master notebook, searched and graded before it does; an autograder as a zip."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import msgspec

from grader.assignment.loading import load_assignment
from grader.assignment.words import Assignment
from grader.compiling import compile_key
from grader.errors import AuthorError
from grader.extract import digests
from grader.feedback.numbers import show_points
from grader.gradebook import CriterionRecord
from grader.intake import one_submission
from grader.judge import Kind
from grader.key import Key, public_cut
from grader.key.store import key_bytes
from grader.pipeline import Context, grade_one
from grader.release.handout import make_handout
from grader.release.leaks import find_leaks
from grader.release.writing import Release, bundle_gradescope, is_bundle, write_release
from grader.sandbox import Sandbox

__all__ = ["Release", "bundle_gradescope", "is_bundle", "make_release", "write_release"]

MASTER, README = "master.ipynb", "README.txt"
MOST_LEAKS = 5  # that are named


def make_release(
    folder: Path, sandbox: Sandbox, *, master: Path | None = None, key: Key | None = None,
    hidden_seed: str | None = None, extra: tuple[Path, ...] = (),
) -> Release:  # fmt: skip
    """Make a release of the assignment in a folder, in memory; a `key` is used as it is, and nothing compiled.

    Raises `AuthorError` for a leak, an untouched hand-out that is graded as anything else, a master without full marks.
    """
    assignment, name, notes = load_assignment(folder), folder.resolve().name, list[str]()
    path = master or folder / MASTER
    if not path.is_file():
        hint = "write the exercise there, each solution between '### BEGIN SOLUTION' and '### END SOLUTION'"
        raise AuthorError(f"There is no master notebook at {path}", f"{hint}, or name it with --master")
    source = path.read_bytes()
    made = make_handout(source, path.name)
    handout = made.text.encode()
    if key is None:
        with tempfile.TemporaryDirectory(prefix="grader-release-") as copied:  # as it will be with this hand-out
            copy = Path(copied, name)
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", "*.npz*", ".*"))
            (copy / assignment.handout).write_bytes(handout)
            key = compile_key(copy, sandbox, hidden_seed, notes.append)
    ours, known = digests(handout, assignment.handout, [*key.rubric.worth]), key.rubric.handout.untouched
    if any(ours[function] not in known.get(function, ()) for function in ours):
        what = "The key was compiled for another hand-out than the one that this master makes"
        raise AuthorError(what, "leave out --key, and it is compiled again")
    files = _files(assignment, folder, handout, key, extra)
    if leaks := find_leaks(files, made.secrets, key):
        more = [f"and {len(leaks) - MOST_LEAKS} more"] if len(leaks) > MOST_LEAKS else []
        hint = "a line that students may have goes outside of the markers in the master; no number of a hidden case"
        what = "\n  ".join(["Students would get what is not for them:", *leaks[:MOST_LEAKS], *more])
        raise AuthorError(what, f"{hint} may be typed into questions.py, the hand-out or a public case")
    _refuse_marks(key, sandbox, handout, source)
    return Release(name, assignment.handout, files, key, [*made.notes, *notes])


def _files(assignment: Assignment, folder: Path, handout: bytes, key: Key, extra: tuple[Path, ...]) -> dict[str, bytes]:
    """All that students get, by name."""
    name, public = assignment.handout, f"{folder.resolve().name}.public.key.npz"
    readme = (
        f"{assignment.title}: write your code in {name}, in the places that are left for it.\n"
        f"Check yourself at any time with 'grader check {name}'; {public} must be beside the notebook.\n"
        f"Hand in {name}. Hidden checks with other numbers are run after you hand in.\n"
    )
    files = {name: handout, public: key_bytes(public_cut(key)), README: readme.encode()}
    files |= {file: (folder / file).read_bytes() for file in assignment.settings.files}
    for path in extra:
        if not path.is_file() or path.name in files:
            what = f"Two files of the release would be called {path.name}" if path.is_file() else f"There is no {path}"
            raise AuthorError(what, "--add names a file that students need, of another name than all others")
        files[path.name] = path.read_bytes()
    return files


def _refuse_marks(key: Key, sandbox: Sandbox, handout: bytes, master: bytes) -> None:
    """Grade the master, and the hand-out also by a key that does not know it.

    A solution that was never between markers would otherwise be taken for the hand-out's own.
    """
    unknown = msgspec.structs.replace(key.rubric.handout, untouched={})
    nameless = msgspec.structs.replace(key, rubric=msgspec.structs.replace(key.rubric, handout=unknown))
    if earned := [one for one in _graded(nameless, sandbox, handout, "hand-out") if one.points]:
        marks = (f"{one.name} ({show_points(one.points)}/{show_points(one.max_points)} points)" for one in earned)
        what = f"The hand-out earns points before anybody wrote a line: {', '.join(marks)}"
        hint = "put each solution between BEGIN SOLUTION and END SOLUTION; a branch that is given on purpose"
        raise AuthorError(what, f"{hint} earns nothing if its behaviour needs another: Behaviour(1, needs=(…,))")
    untouched = (Kind.NOT_ATTEMPTED, Kind.MISSING)
    if touched := [one for one in _graded(key, sandbox, handout, "hand-out") if one.verdict not in untouched]:
        said = ", ".join(f"{one.name}: {one.verdict}" for one in touched)
        hint = "define each graded function once, at the top level of a cell, and empty outside of the markers"
        raise AuthorError(f"The untouched hand-out is not graded as not attempted: {said}", hint)
    if lost := [one for one in _graded(key, sandbox, master, "master") if one.points != one.max_points]:
        said = "; ".join(f"{one.name}: {one.verdict}, {one.words.headline}" for one in lost)
        raise AuthorError(f"The master does not get full marks: {said}", "correct its solution, or the exam")


def _graded(key: Key, sandbox: Sandbox, notebook: bytes, name: str) -> tuple[CriterionRecord, ...]:
    with tempfile.TemporaryDirectory(prefix="grader-release-") as folder:
        path = Path(folder, f"{name}.ipynb")
        path.write_bytes(notebook)
        record, _ = grade_one(Context(key, sandbox), one_submission(path))
    if record.status != "graded":
        raise AuthorError(f"The {name} cannot be graded: {record.words.headline}", record.words.next_step)
    return record.criteria
