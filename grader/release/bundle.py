"""An autograder for Gradescope as one zip: two scripts, the grader itself, pinned packages, the full key.

takes: a full key, when points may be seen, and whether the author allows hand-ins to run without a sandbox.
gives: the zip's bytes, the same for the same key and the same grader.
must not know: submissions; how results.json is made, which is `grader export gradescope`'s part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from grader.answer_key import AnswerKey
from grader.release.making import key_bytes
from grader.release.parcel import is_zip_of, zip_of

FILES = Path(__file__).parent / "gradescope_files"
PACKAGE = Path(__file__).parent.parent
PROGRAMS = ("setup.sh", "run_autograder")
SAFE = "Hand-ins run in a sandbox. Where the container allows none, they are not graded, and nothing is scored."
UNSAFE = (
    "ITS AUTHOR ALLOWED HAND-INS TO RUN WITHOUT A SANDBOX where the container allows none. There, a hand-in can read\n"
    "the key, and write its own results."
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def bundle_gradescope(key: AnswerKey, visibility: str, unsafe: bool) -> bytes:
    """The zip to upload; `visibility` is one of Gradescope's words."""
    key_name = f"{key.rubric.name}.key.npz"
    words = {
        "@KEY@": key_name,
        "@VISIBILITY@": visibility,
        "@UNSAFE@": " --unsafe-no-sandbox" if unsafe else "",
        "@TITLE@": key.rubric.title,
        "@SAFETY@": UNSAFE if unsafe else SAFE,
    }
    files = {path.name: _filled(path.read_text("utf-8"), words) for path in sorted(FILES.iterdir())}
    files["requirements.txt"] = "".join(f"{line}\n" for line in pinned_requirements()).encode()
    files[key_name] = key_bytes(key)
    files.update({f"lib/grader/{path}": data for path, data in _package()})
    return zip_of("", files, programs=PROGRAMS)


def is_bundle(path: Path) -> bool:
    """Whether a file is a zip that was packed here."""
    return is_zip_of(path, lambda names: names.issuperset((*PROGRAMS, "lib/grader/__init__.py")))


def _filled(text: str, words: dict[str, str]) -> bytes:
    for word, value in words.items():
        text = text.replace(word, value)
    return text.encode()


def _package() -> Iterator[tuple[str, bytes]]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            yield path.relative_to(PACKAGE).as_posix(), path.read_bytes()


def pinned_requirements(package: str = "grader") -> list[str]:
    """Every package that grading needs, pinned to the version that is installed here.

    One that is of another system only, and so not installed here, is left to that system's own choice.
    """
    pins: dict[str, str] = {}
    waiting = list(distribution(package).requires or [])
    while waiting:
        requirement = waiting.pop()
        name = _NAME.match(requirement)
        if name is None or re.search(r"\bextra\s*==", requirement) or _plain(name[0]) in pins:
            continue
        try:
            found = distribution(name[0])
        except PackageNotFoundError:
            pins[_plain(name[0])] = requirement
            continue
        pins[_plain(name[0])] = f"{name[0]}=={found.version}"
        waiting.extend(found.requires or [])
    return [pins[name] for name in sorted(pins)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
