"""Where a student's public key lies.

takes: the place of a notebook.
gives: the path of the public key that goes with it; an error that says where it comes from.
must not know: what is in a key.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.errors import KeyFileError

MOST_ABOVE = 3  # folders above the notebook's that are looked into: a course's, with one for each exercise
# A key that was downloaded again: browsers put a number behind what they take for its name.
_KEY = re.compile(r"(?P<name>.+)\.public\.key(?: ?\((?P<again>\d{1,3})\)|[ -](?P<once_more>\d{1,3}))?\.npz")


def find_public_key(notebook: Path) -> Path:
    """The public key nearest to a notebook: beside it, in a folder above it, or in the assignments here.

    To a folder that is checked as a whole, what lies in it is nearest. Of several beside each other it is the
    one that is called as the notebook; of one downloaded twice the later.
    """
    place = notebook.resolve().parent
    within = [notebook.absolute()] if notebook.is_dir() else []
    for folder in [*within, notebook.absolute().parent, place, *list(place.parents)[:MOST_ABOVE], Path.cwd()]:
        found = _keys_at(folder, "*")
        named = found.get(notebook.stem)
        if named or len(found) == 1:
            return named or next(iter(found.values()))
        if found:
            raise KeyFileError(f"{folder} holds several public keys", "say which one with --key")
    found = _keys_at(Path.cwd(), "reference/*/*")
    if len(found) == 1:
        return next(iter(found.values()))
    raise KeyFileError(
        "no public key was found beside the notebook",
        "it came with the hand-out and ends in .public.key.npz: put it beside the notebook, or name it with --key",
    )


def _keys_at(folder: Path, pattern: str) -> dict[str, Path]:
    """The public keys there by name, the latest download of each."""
    numbered = [(_KEY.fullmatch(path.name), path) for path in sorted(folder.glob(f"{pattern}.public.key*.npz"))]
    told = [(match["name"], int(match["again"] or match["once_more"] or 0), path) for match, path in numbered if match]
    return {name: path for name, _, path in sorted(told, key=lambda key: key[1])}
