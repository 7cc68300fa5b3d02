"""Find the public key that goes with a student's notebook."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from grader.errors import KeyFileError

MOST_ABOVE = 3  # folders above the notebook's that are looked into: a course has one for each exercise
# A key that was downloaded again: browsers put a number behind what they take for its name.
_KEY = re.compile(r"(?P<name>.+)\.public\.key(?: ?\((?P<again>\d{1,3})\)|[ -](?P<once_more>\d{1,3}))?\.npz")


def find_public_key(notebook: Path) -> Path:
    """The public key nearest to a notebook or project folder; raises `KeyFileError`.

    It is in the folder itself, beside the notebook, in a folder above it, or with the assignment (`reference/<name>/`).
    Where there is only the assignment, its folder is given, to be compiled.
    """
    here = notebook.absolute()
    near = [here.parent, *[*notebook.resolve().parents][: MOST_ABOVE + 1], Path.cwd()]
    places = dict.fromkeys([here, *near] if here.is_dir() else near)
    for folder in places:
        found = _keys_in(folder)
        if len(found) == 1 or here.stem in found:
            return found.get(here.stem) or next(iter(found.values()))
        if found:
            raise KeyFileError(f"{folder} holds several public keys", "say which one with --key")
    for folder in places:
        if assignment := _assignment_in(folder, {here.stem, *(one.name for one in here.parents)}):
            return next(iter(_keys_in(assignment).values()), assignment)
    hint = "it came with the exercise and ends in .public.key.npz: put it beside the notebook, or name it with --key"
    raise KeyFileError("no public key was found beside the notebook", hint)


def _keys_in(folder: Path) -> dict[str, Path]:
    """The public keys of a folder by name, the latest download of each."""
    numbered = [(_KEY.fullmatch(path.name), path) for path in sorted(folder.glob("*.public.key*.npz"))]
    found = [(int(match["again"] or match["once_more"] or 0), match["name"], path) for match, path in numbered if match]
    return {name: path for _, name, path in sorted(found)}


def _assignment_in(folder: Path, names: Collection[str]) -> Path | None:
    """The assignment's folder that a folder is, or holds in `reference/`: the only one, or the one of this name."""
    if (folder / "assignment.py").is_file():
        return folder
    found = [path.parent for path in sorted(folder.glob("reference/*/assignment.py"))]
    named = [one for one in found if one.name in names] or found
    return named[0] if len(named) == 1 else None
