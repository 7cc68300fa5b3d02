"""Which of several files is the newest version, by their names: `ex_v2.ipynb` beside `ex_v1.ipynb`.

takes: names without their endings.
gives: which is the newest, and which are older than that.
must not know: what is in a file; times, which a copy of the class would not have.

People number versions from one, and the file without a number is the first. A browser numbers downloads, `ex (1)` after
`ex`: whoever downloads again has changed something, or has the same file twice. `copy` and `old` are no versions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.intake.calling import folded

# How a name ends, and whether it is a version even where no file has the name without it: `blatt_5` is none of `blatt`.
_Form = tuple[re.Pattern[str], bool]
_DOWNLOADS: tuple[_Form, ...] = ((re.compile(r" ?\((\d{1,3})\)$"), True), (re.compile(r"-(\d{1,3})$"), False))
_VERSIONS: tuple[_Form, ...] = (
    (re.compile(r"[ _.-]v(?:ersion)?[ _.-]?(\d{1,3})$"), True),
    (re.compile(r"[ _](\d{1,3})$"), False),
)


def newest(stems: Sequence[str], first: int) -> tuple[int, list[int]]:
    """The place of the newest version of what stands at `first`, and those of older ones."""
    folds = [folded(stem) for stem in stems]
    versions = [_version(stem, folds) for stem in folds]
    same = [n for n, (base, _) in enumerate(versions) if base == versions[first][0]]
    best = max([first, *same], key=lambda n: versions[n][1])
    return best, [n for n in same if versions[n][1] < versions[best][1]]


def _version(stem: str, stems: Sequence[str]) -> tuple[str, tuple[int, int]]:
    """What a name is a version of; which version, and which download of it."""
    base, download = _numbered(stem, _DOWNLOADS, stems)
    base, version = _numbered(base, _VERSIONS, stems)
    return base, (version or 1, download)


def _numbered(stem: str, forms: Sequence[_Form], stems: Sequence[str]) -> tuple[str, int]:
    for form, alone in forms:
        match = form.search(stem)
        if match and match.start() and (alone or stem[: match.start()] in stems):
            return stem[: match.start()], int(match[1])
    return stem, 0
