"""Where a student's public key lies.

takes: the place of a notebook.
gives: the path of the public key that goes with it; an error that says where it comes from.
must not know: what is in a key.
"""

from __future__ import annotations

from pathlib import Path

from grader.errors import KeyFileError


def find_public_key(notebook: Path) -> Path:
    """The public key nearest to a notebook: beside it, in a folder above it, or in the assignments here."""
    place = notebook.resolve().parent
    for folder in [place, *list(place.parents)[:3], Path.cwd()]:
        found = sorted(folder.glob("*.public.key.npz"))
        if len(found) == 1:
            return found[0]
        if found:
            raise KeyFileError(f"{folder} holds several public keys", "say which one with --key")
    found = sorted(Path.cwd().glob("reference/*/*.public.key.npz"))
    if len(found) == 1:
        return found[0]
    raise KeyFileError(
        "no public key was found beside the notebook",
        "it came with the hand-out and ends in .public.key.npz: put it beside the notebook, or name it with --key",
    )
