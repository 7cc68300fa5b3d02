"""Write what is given out: a release as a folder and a zip, and an autograder for Gradescope.

The autograder is two scripts, the grader itself, pinned packages and the full key in one zip.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from grader.errors import AuthorError
from grader.folders import NO_TIME, aside, is_our_zip
from grader.key import Key
from grader.key.store import key_bytes

PLAIN_FILE, PROGRAM = 0o100644 << 16, 0o100755 << 16
HERE = Path(__file__).parent
PROGRAMS = ("setup.sh", "run_autograder")
_SAFE = "Submissions run in a sandbox. Where the container allows none, they are not graded, and nothing is scored."
_UNSAFE = (
    "ITS AUTHOR ALLOWED SUBMISSIONS TO RUN WITHOUT A SANDBOX where the container allows none.\n"
    "There, a submission can read the key, and write its own results."
)


class Release(NamedTuple):
    """What goes out: `files` by name as students get them. The full `key` is the author's, and so are the `notes`."""

    name: str
    handout: str
    files: Mapping[str, bytes]
    key: Key
    notes: Sequence[str]


def write_release(made: Release, folder: Path, out: Path) -> tuple[Path, Path, Path]:
    """Write `out/<name>/`, `out/<name>.zip`, and in the assignment's folder the hand-out and both keys.

    Gives the folder and the zip for students, and the full key. All of it is written, or nothing is changed. What is
    not of a release is not replaced: `AuthorError`.
    """
    home, handout = out / made.name, made.handout
    archive, key = out / f"{made.name}.zip", folder / f"{made.name}.key.npz"
    _demand_ours(home, archive, made.files)
    single = {folder / file: made.files[file] for file in (handout, f"{made.name}.public.key.npz")}
    single[archive] = zip_of({f"{made.name}/{file}": data for file, data in made.files.items()})
    single[key] = key_bytes(made.key)
    out.mkdir(parents=True, exist_ok=True)
    if (folder / handout).exists() and (folder / handout).read_bytes() != made.files[handout]:
        shutil.copy2(folder / handout, out / f"{handout}.old")  # it may have been written by hand
    with tempfile.TemporaryDirectory(prefix=".release-", dir=out) as made_aside, ExitStack() as parts:
        for path, data in ((Path(made_aside, "new", file), data) for file, data in made.files.items()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for path, data in single.items():
            parts.enter_context(aside(path)).write_bytes(data)
        if home.exists():
            home.rename(Path(made_aside, "old"))
        Path(made_aside, "new").rename(home)
    return home, archive, key


def zip_of(files: Mapping[str, bytes], programs: Sequence[str] = ()) -> bytes:
    """A zip of files by their paths: the same bytes whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file, NO_TIME)
            entry.create_system = 3  # Unix, so that programs may be run where it is unpacked
            entry.external_attr = PROGRAM if file in programs else PLAIN_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[file])
    return buffer.getvalue()


def _demand_ours(home: Path, archive: Path, files: Mapping[str, bytes]) -> None:
    """A folder and a zip are replaced only if a release made them."""
    hint = "move it away, or name another place with --out"
    if archive.exists() and not is_our_zip(archive, lambda names: names <= {f"{home.name}/{file}" for file in files}):
        raise AuthorError(f"{archive} is there already, and is no zip of this release", hint)
    there = {one.relative_to(home).as_posix() for one in home.rglob("*") if one.is_symlink() or not one.is_dir()}
    if home.exists() and not (home.is_dir() and there <= set(files)):
        raise AuthorError(f"{home} holds files that are not of this release, and would be replaced", hint)


# ---- an autograder for Gradescope ------------------------------------------------------------------------------------


def bundle_gradescope(key: Key, visibility: str, unsafe: bool) -> bytes:
    """The zip to upload, the same for the same key and grader; `visibility` is one of Gradescope's words."""
    key_name = f"{key.rubric.name}.key.npz"
    words = {
        "@KEY@": key_name,
        "@VISIBILITY@": visibility,
        "@UNSAFE@": " --unsafe-no-sandbox" if unsafe else "",
        "@TITLE@": key.rubric.title,
        "@SAFETY@": _UNSAFE if unsafe else _SAFE,
    }
    own = (path for path in HERE.parent.rglob("*") if "__pycache__" not in path.parts and path.is_file())
    files = {f"lib/grader/{path.relative_to(HERE.parent).as_posix()}": path.read_bytes() for path in own}
    for path in (HERE / "gradescope_files").iterdir():
        text = path.read_text("utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        files[path.name] = text.encode()
    files["requirements.txt"] = "".join(f"{line}\n" for line in pinned_requirements()).encode()
    return zip_of({**files, key_name: key_bytes(key)}, programs=PROGRAMS)


def is_bundle(path: Path) -> bool:
    """Whether a file is a zip that was packed here."""
    return is_our_zip(path, lambda names: names.issuperset((*PROGRAMS, "lib/grader/__init__.py")))


def pinned_requirements(package: str = "grader") -> list[str]:
    """Every package that grading needs, pinned to the version that is installed here, if one is."""
    pins, waiting = dict[str, str](), list(distribution(package).requires or [])
    while waiting:
        requirement = waiting.pop()
        found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
        name = re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""
        if not name or name in pins or re.search(r"\bextra\s*==", requirement):
            continue
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            pins[name] = requirement
        else:
            pins[name] = f"{name}=={installed.version}"
            waiting += installed.requires or []
    return [pins[name] for name in sorted(pins)]
