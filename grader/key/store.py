"""Keys and saved outcomes as files: one frame with a JSON header, checked by type, and plain arrays; no pickle.

And which public key goes with a student's notebook.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.errors import AuthorError, KeyFileError
from grader.folders import write_whole
from grader.key.model import Entry, GradientRule, Key, Recorded, Rubric
from grader.outcomes import Outcome, Outcomes
from grader.wire.codec import WireError, build, decode_frame, encode_frame, flatten
from grader.wire.program import Tree

SCHEMA = 8
"""Version of the key's format; a key of another version is refused."""
CAP = 256 << 20  # bytes, after decompression; a key of Exercise 5 has less than one megabyte
_TREES: Mapping[type, tuple[str, ...]] = {
    Entry: ("inputs",), Outcome: ("values",), Recorded: ("arguments", "result"), GradientRule: ("directions",),
}  # fmt: skip
"""The fields that hold trees. In the header each tree is a number: its place among all trees."""
_WITHIN: Mapping[type, tuple[str, ...]] = {
    Key: ("rubric", "entries", "answers", "recordings"), Rubric: ("gradients",),
}  # fmt: skip
MOST_ABOVE = 3  # folders above the notebook's that are looked into: a course has one for each exercise
# A key that was downloaded again: browsers put a number behind what they take for its name.
_KEY = re.compile(r"(?P<name>.+)\.public\.key(?:[ -]?\(?(?P<again>\d{1,3})\)?)?\.npz")
_AGAIN = "download the key again; its author makes it with 'grader compile'"
_VERSION = "install the version of grader that goes with the key, or let its author compile it again"


def save_key(key: Key, path: Path) -> None:
    """Write a key, whole or not at all. Equal keys are equal files."""
    write_whole(path, key_bytes(key))


def key_bytes(key: Key) -> bytes:
    """A key as its file has it."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, key=np.frombuffer(pack(key, schema=SCHEMA), np.uint8))
    return buffer.getvalue()


def load_key(path: Path) -> Key:
    """Read a key; raises `KeyFileError` if it is missing, damaged, or of another version."""
    if path.is_dir():
        there = ", ".join(sorted(one.name for one in path.glob("*.key*.npz"))) or "none"
        raise KeyFileError(f"{path} is a folder", f"name a key in it; there are: {there}")
    if not path.is_file():
        raise KeyFileError(f"There is no key at {path}", "check the spelling; a public key comes with the exercise")
    key: Key = _decoded(_member(path), Key, str(path))
    return key


def pack_outcomes(outcomes: Outcomes) -> bytes:
    """Outcomes as compressed bytes, for the gradebook."""
    return zlib.compress(pack(outcomes, schema=SCHEMA), 1)


def unpack_outcomes(data: bytes) -> Outcomes:
    """Read what `pack_outcomes` wrote; raises `KeyFileError` if it is damaged or of another version."""
    try:
        frame = zlib.decompressobj().decompress(data, CAP)
        outcomes: Outcomes = _decoded(frame, Outcomes, "Saved outcomes")
    except (zlib.error, KeyFileError) as error:
        said = str(error) if isinstance(error, KeyFileError) else "Saved outcomes: damaged"
        raise KeyFileError(said, "grade the submission again") from error
    return outcomes


def pack(value: Any, **header: Any) -> bytes:
    """One frame with a value of the key's types; its trees are kept beside it, each with its first array."""
    trees: list[list[Any]] = []
    arrays: list[np.ndarray] = []

    def put(tree: Tree) -> int:
        plain, own = flatten(tree)
        trees.append([plain, len(arrays), len(own)])
        arrays.extend(own)
        return len(trees) - 1

    plain = msgspec.to_builtins(_with_trees(value, put), str_keys=True, enc_hook=Fraction.__str__)
    return encode_frame({**header, "value": plain, "trees": trees}, arrays)


def _decoded(frame: bytes, kind: Any, what: str) -> Any:
    """The value of a frame; every way in which it can be wrong is a `KeyFileError`."""
    try:
        header, arrays = decode_frame(frame, CAP, CAP)
        if header.get("schema") != SCHEMA:
            raise KeyFileError(f"{what}: format {header.get('schema')}, and this grader reads {SCHEMA}", _VERSION)
        trees = [build(plain, arrays[first : first + count]) for plain, first, count in header["trees"]]
        value = msgspec.convert(header["value"], kind, str_keys=True, dec_hook=_fraction)
        return _with_trees(value, lambda number: trees[number])
    except (WireError, AuthorError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise KeyFileError(f"{what}: damaged ({error})", _AGAIN) from error


def _fraction(kind: type, value: Any) -> Any:
    """The only type that msgspec does not know; "1e999999999" would be one for `Fraction`."""
    over, _, under = str(value).partition("/")
    return kind(int(over), int(under or 1))


def _member(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            (member,) = archive.infolist()
            if member.file_size > CAP:
                raise ValueError("it is too large")
            return np.lib.format.read_array(io.BytesIO(archive.read(member)), allow_pickle=False).tobytes()
    except Exception as error:  # zipfile, zlib and numpy each raise what they like for damaged bytes
        raise KeyFileError(f"{path} is not a key, or it is damaged", _AGAIN) from error


def _with_trees(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same with `change` applied to every tree."""
    if trees := _TREES.get(type(value)):
        return msgspec.structs.replace(value, **{name: _tree(name, getattr(value, name), change) for name in trees})
    if within := _WITHIN.get(type(value)):
        return msgspec.structs.replace(value, **{name: _with_trees(getattr(value, name), change) for name in within})
    if isinstance(value, tuple):
        return tuple(_with_trees(one, change) for one in value)
    return {name: _with_trees(one, change) for name, one in value.items()} if isinstance(value, Mapping) else value


def _tree(field: str, value: Any, change: Callable[[Any], Any]) -> Any:
    """A result is one tree; all other fields are trees by name."""
    return change(value) if field == "result" else {name: change(one) for name, one in value.items()}


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
    found = sorted((int(match["again"] or 0), match["name"], path) for match, path in numbered if match)
    return {name: path for _, name, path in found}


def _assignment_in(folder: Path, names: Collection[str]) -> Path | None:
    """The assignment's folder that a folder is, or holds in `reference/`: the only one, or the one of this name."""
    if (folder / "assignment.py").is_file():
        return folder
    found = [path.parent for path in sorted(folder.glob("reference/*/assignment.py"))]
    named = [one for one in found if one.name in names] or found
    return named[0] if len(named) == 1 else None
