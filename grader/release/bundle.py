"""Pack an autograder for Gradescope: two scripts, the grader itself, pinned packages and the full key in one zip."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from grader.key import Key
from grader.key.store import key_bytes
from grader.release.writing import is_zip_of, zip_of

HERE = Path(__file__).parent
PROGRAMS = ("setup.sh", "run_autograder")
_SAFE = "Submissions run in a sandbox. Where the container allows none, they are not graded, and nothing is scored."
_UNSAFE = (
    "ITS AUTHOR ALLOWED SUBMISSIONS TO RUN WITHOUT A SANDBOX where the container allows none.\n"
    "There, a submission can read the key, and write its own results."
)


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
    return is_zip_of(path, lambda names: names.issuperset((*PROGRAMS, "lib/grader/__init__.py")))


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
