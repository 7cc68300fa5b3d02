"""From an assignment's folder to a release in memory: stripped, keyed, searched, proved. Nothing is written.

takes: the folder, a sandbox, and where the author says so another master, a seed or a compiled key.
gives: `Release`; `AuthorError` for anything that must not go out.
must not know: where a release is written, classes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.answer_key import AnswerKey, save_key
from grader.compile_key.authored import load_assignment
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError, GraderError
from grader.extract import stub_digests
from grader.release.handout import Handout, make_handout
from grader.release.leaks import find_leaks
from grader.release.proving import prove
from grader.sandbox import Sandbox

MASTER = "master.ipynb"
LEAKS_TOLD = 5


@dataclass(frozen=True)
class Release:
    """What goes out: `files` by name as students get them; `full` and `public` are the keys as bytes."""

    name: str
    title: str
    handout: str
    files: dict[str, bytes]
    full: bytes
    public: bytes
    notes: tuple[str, ...]
    criteria: int
    points: str


def make_release(
    folder: Path, sandbox: Sandbox, *, master: Path | None = None, key: AnswerKey | None = None,
    hidden_seed: int | None = None, extra: tuple[Path, ...] = (),
) -> Release:  # fmt: skip
    """Make a release of the assignment in `folder`; with `key`, that one is used and not compiled anew."""
    assignment = load_assignment(folder)
    source = _master_of(folder, master, assignment.handout)
    made = make_handout(source, (master or folder / MASTER).name)
    handout = made.text.encode()
    notes: list[str] = []
    full = key or _compile(folder, assignment.handout, handout, sandbox, hidden_seed, notes.append)
    _demand_same_stubs(full, handout, assignment.handout, len(assignment.templates))
    public = full.public()
    bytes_of = {which: key_bytes(each) for which, each in (("full", full), ("public", public))}
    key_name = f"{folder.resolve().name}.public.key.npz"
    given = {name: source.encode() for name, source in full.rubric.files.items()}
    files = {
        assignment.handout: handout,
        key_name: bytes_of["public"],
        "README.txt": _readme(assignment.title, assignment.handout, key_name),
        **given,
        **_extra(extra, {assignment.handout, key_name, "README.txt", *given}),
    }
    _refuse_leaks(files, made, full)
    prove(handout, source, full, sandbox)
    return Release(
        folder.resolve().name, assignment.title, assignment.handout, files, bytes_of["full"], bytes_of["public"],
        (*made.notes, *notes), len(assignment.criteria), str(assignment.points),
    )  # fmt: skip


def _master_of(folder: Path, master: Path | None, handout: str) -> bytes:
    path = master or folder / MASTER
    if path.exists() and path.resolve() == (folder / handout).resolve():
        raise AuthorError(
            f"{path} is the notebook that students get, which would be written over without its solutions",
            "keep the one with the solutions under another name, and say which with --master",
        )
    if not path.is_file():
        raise AuthorError(
            f"there is no master notebook at {path}",
            "write the exercise with its solutions there, each between '### BEGIN SOLUTION' and '### END SOLUTION', "
            "or name it with --master",
        )
    return path.read_bytes()


def _compile(
    folder: Path, name: str, handout: bytes, sandbox: Sandbox, hidden_seed: int | None, tell: Callable[[str], None]
) -> AnswerKey:
    """The key of the assignment as it will be with this hand-out, compiled in a copy of its folder."""
    with tempfile.TemporaryDirectory(prefix="grader-release-") as made:
        workshop = Path(made) / folder.resolve().name
        skipped = shutil.ignore_patterns("__pycache__", "*.npz*", ".*")
        shutil.copytree(folder, workshop, ignore=skipped)
        (workshop / name).write_bytes(handout)
        try:
            return compile_key(workshop, sandbox, hidden_seed, tell)
        except AuthorError as error:
            raise _at_home(error, str(workshop), str(folder)) from error


def _at_home(error: GraderError, copy: str, folder: str) -> AuthorError:
    """The same, told of the author's own folder: the copy is gone when somebody reads it."""
    sentence, hint = (text.replace(copy, folder) for text in (str(error), error.hint))
    return AuthorError(sentence, hint, [_at_home(one, copy, folder) for one in error.others])


def _demand_same_stubs(key: AnswerKey, handout: bytes, name: str, others: int) -> None:
    """Of a function's digests the hand-out's is the first; there are `others` where it was given in more forms."""
    ours, known = stub_digests(handout, name, key.plan.functions), dict(key.rubric.stubs)
    if not (all(known.get(one, ())[:1] == digests for one, digests in ours.items()) if others else known == ours):
        raise AuthorError(
            "the key was compiled for another hand-out than the one this master makes",
            "leave --key away, and the key is compiled anew",
        )


def key_bytes(key: AnswerKey) -> bytes:
    """A key as its file has it."""
    with tempfile.TemporaryDirectory(prefix="grader-release-") as folder:
        path = Path(folder) / "key.npz"
        save_key(key, path)
        return path.read_bytes()


def _readme(title: str, handout: str, key_name: str) -> bytes:
    lines = (
        f"{title}: write your code in {handout}, in the places that are left for it.",
        f"Check yourself at any time with 'grader check {handout}'; {key_name} must lie beside the notebook.",
        f"Hand in {handout}. Hidden checks with other numbers are run after you hand in.",
    )
    return ("\n".join(lines) + "\n").encode()


def _extra(paths: tuple[Path, ...], taken: set[str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in paths:
        if not path.is_file():
            raise AuthorError(
                f"there is no file at {path}", "--add takes a file that students need; repeat it for more"
            )
        if path.name in taken or path.name in files:
            raise AuthorError(f"two files of the release would be called {path.name}", "rename the one you --add")
        files[path.name] = path.read_bytes()
    return files


def _refuse_leaks(files: dict[str, bytes], made: Handout, key: AnswerKey) -> None:
    leaks = find_leaks(files, made.secrets, key)
    if leaks:
        more = [f"and {len(leaks) - LEAKS_TOLD} more"] if len(leaks) > LEAKS_TOLD else []
        raise AuthorError(
            "students would get what is not for them:\n  " + "\n  ".join([*leaks[:LEAKS_TOLD], *more]),
            "take it out there. A line that students may have: move it out of the markers in the master. Numbers in "
            "the public key: a public case gives them away, so draw others, or let both cases be public",
        )
