"""Keys and saved outcomes as files: one frame with a JSON header, checked by type, and plain arrays; no pickle."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.errors import AuthorError, KeyFileError
from grader.folders import write_whole
from grader.key.model import Entry, Key, Recorded, Rubric
from grader.outcomes import Outcome, Outcomes
from grader.wire.codec import DTYPES, WireError, build, decode_frame, encode_frame, flatten
from grader.wire.program import Tree

SCHEMA = 10
"""Version of the key's format; a key of another version is refused."""
CAP = 256 << 20  # bytes, after decompression; a key of Exercise 5 has less than one megabyte
_TREES: Mapping[type, tuple[str, ...]] = {
    Entry: ("inputs",), Outcome: ("values",), Recorded: ("arguments", "result"),
}  # fmt: skip
"""The fields that hold trees."""
_WITHIN: Mapping[type, tuple[str, ...]] = {
    Key: ("rubric", "entries", "answers", "recordings"), Rubric: ("gradients",),
}  # fmt: skip
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
    """Outcomes as bytes, in one order and from their end: so those of two submissions are alike where zlib looks."""
    return pack(dict(sorted(outcomes.items(), reverse=True)), schema=SCHEMA)[::-1]


def unpack_outcomes(data: bytes) -> Outcomes:
    """Read what `pack_outcomes` wrote; raises `KeyFileError` if it is damaged or of another version."""
    try:
        return dict(sorted(_decoded(data[::-1], Outcomes, "Saved outcomes").items()))
    except KeyFileError as error:
        raise KeyFileError(str(error), "grade the submission again") from error


def pack(value: Any, **header: Any) -> bytes:
    """One frame with a value of the key's types; a tree in it is an array's number or `[plain, first, count]`."""
    arrays: list[np.ndarray] = []

    def put(tree: Tree) -> Any:
        if type(tree) is np.ndarray and tree.dtype.str in DTYPES:  # as nearly all are
            arrays.append(tree)
            return len(arrays) - 1
        plain, own = flatten(tree)
        arrays.extend(own)
        return [plain, len(arrays) - len(own), len(own)]

    plain = msgspec.to_builtins(_with_trees(value, put), str_keys=True, enc_hook=Fraction.__str__)
    return encode_frame({**header, "value": plain}, arrays)


def _decoded(frame: bytes, kind: Any, what: str) -> Any:
    """The value of a frame; every way in which it can be wrong is a `KeyFileError`."""
    try:
        header, arrays = decode_frame(frame, CAP, CAP)
        if header.get("schema") != SCHEMA:
            raise KeyFileError(f"{what}: format {header.get('schema')}, and this grader reads {SCHEMA}", _VERSION)
        value = msgspec.convert(header["value"], kind, str_keys=True, dec_hook=_fraction)
        return _with_trees(value, lambda at: arrays[at] if type(at) is int else build(at[0], arrays[at[1] :][: at[2]]))
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
