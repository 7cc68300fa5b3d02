"""Trees of arrays, numbers, strings, lists and dicts, and their bytes; hostile bytes are read back as `WireError`.

`flatten` takes a tree apart into a JSON value and arrays: `["a", 0]` is the first array, `["l", [...]]` a list, `["t",
[...]]` a tuple, `["d", [[key, value], ...]]` a dict, `["f", "nan"]` a number that JSON lacks, `["o", "generator"]` a
value that is only named.
A frame is a prefix (magic, length of the header, length of the body), a JSON header `[content, [[dtype, shape], ...]]`,
and the bytes of its arrays. Every size is checked before anything is allocated. There is no pickle.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from grader.wire.program import Other, Tree

MAGIC = b"GRD2"
HEADER_CAP = 4 << 20  # bytes; `ROOM` keeps an honest answer below it
REQUEST_CAP = 64 << 20  # bytes of the header of our own requests, which carry whole notebooks
BODY_CAP = 64 << 20  # bytes of all arrays of one frame
ARRAY_CAP = 16 << 20  # bytes of one array; the largest of an exam is a few kilobytes
MAX_DIMS = 32
_PREFIX = struct.Struct(">4sII")
# Numbers without pointers in them, little-endian.
_NAMES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")
DTYPES = {name: np.dtype(name) for name in _NAMES}
MAX_DEPTH = 32
MAX_NODES = 1 << 17
ROOM = 3 << 20  # bytes of JSON that a tree may take; what does not fit is only named
NAME_CAP = 80
_NODE = 48  # bytes of JSON of a number, or of an array with its dtype
_WHOLE = range(-(1 << 63), 1 << 64)
_class_name = type.__dict__["__name__"].__get__  # `cls.__name__` would ask the class's own metaclass

Describe = Callable[[object], Tree]
"""Returns what stands for a value of no plain kind: an array, a number, a string, or `Other`."""


class WireError(Exception):
    """Bytes or values from the other side are not what was agreed on."""


_Shape = Annotated[tuple[Annotated[int, Meta(ge=0, le=ARRAY_CAP)], ...], Meta(max_length=MAX_DIMS)]
_Listed = Annotated[list[tuple[str, _Shape]], Meta(max_length=MAX_NODES)]


def decoder_of(kind: Any) -> msgspec.json.Decoder[tuple[Any, list[tuple[str, tuple[int, ...]]]]]:
    """What decodes the header of a frame whose content is of a kind; it refuses all else."""
    return msgspec.json.Decoder(tuple[kind, _Listed])


_OF_DICTS = decoder_of(dict[str, Any])


def encode_frame(content: object, arrays: Sequence[np.ndarray] = ()) -> bytes:
    """Make a frame. The arrays must have one of the plain dtypes, as those of `flatten` do."""
    header = content, [(array.dtype.str, array.shape) for array in arrays]
    try:
        text = msgspec.json.encode(header)
    except UnicodeEncodeError:
        text = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(header)))
    body = b"".join([array.tobytes() for array in arrays])
    return _PREFIX.pack(MAGIC, len(text), len(body)) + text + body


def decode_frame(
    data: bytes, header_cap: int = HEADER_CAP, body_cap: int = BODY_CAP, decoder: Any = _OF_DICTS
) -> tuple[Any, list[np.ndarray]]:
    """Decode one whole frame. The arrays are views of `data`, so they cannot be written to."""
    if not data or _size(data, header_cap, body_cap) != len(data):
        raise WireError("a frame is not as long as it says")
    header = header_of(data)
    try:
        content, listed = decoder.decode(header)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a header is not what it should be: {error}") from error
    at, arrays = _PREFIX.size + len(header), []
    for name, shape in listed:
        arrays.append(_array(data, at, name, shape))
        at += arrays[-1].nbytes
    if at != len(data):
        raise WireError("the arrays of a frame do not fill its body")
    return content, arrays


def header_of(data: bytes) -> bytes:
    """The JSON of a frame."""
    return data[_PREFIX.size : _PREFIX.size + _PREFIX.unpack_from(data)[1]]


def _without_surrogates(value: Any) -> Any:
    """The same; UTF-8 cannot say a half of a pair."""
    if type(value) is str:
        return _SURROGATES.sub("\ufffd", value)
    if type(value) is dict:
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    return [*map(_without_surrogates, value)] if type(value) in (list, tuple) else value


class FrameReader:
    """Cuts a stream of bytes into frames: `feed` what arrived, then call `next` until it returns None."""

    def __init__(self, header_cap: int = HEADER_CAP, body_cap: int = BODY_CAP) -> None:
        self._caps = header_cap, body_cap
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes to the end of the stream."""
        self._data += data

    def next(self) -> bytes | None:
        """Return the next whole frame, still encoded; None if more bytes are needed. Raises `WireError`."""
        size = _size(self._data, *self._caps)
        if not size or len(self._data) < size:
            return None
        frame = bytes(self._data[:size])
        del self._data[:size]
        return frame


def _array(data: bytes, at: int, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The array that begins at this byte."""
    dtype = DTYPES.get(name)
    if dtype is None:
        raise WireError("an array is not plain")
    # An axis of 0 counts as 1: numpy refuses (0, 2**40, 2**40) as too large as well.
    size = math.prod(shape) * dtype.itemsize
    if math.prod([n or 1 for n in shape]) * dtype.itemsize > ARRAY_CAP or at + size > len(data):
        raise WireError("an array is over the cap, or ends behind its frame")
    array: np.ndarray = np.ndarray(shape, dtype, data, at)
    # A bool whose byte is neither 0 nor 1 would compare in two ways.
    return np.asarray(array.view(np.uint8) != 0) if dtype.kind == "b" else array


def _size(data: bytes | bytearray, header_cap: int, body_cap: int) -> int:
    """How many bytes the frame has that begins here; 0 while its prefix is not complete."""
    if len(data) < _PREFIX.size:
        return 0
    magic, header, body = _PREFIX.unpack_from(data)
    if magic != MAGIC or header > header_cap or body > body_cap:
        raise WireError(f"these bytes are not a frame, or one over the cap: {header} and {body} bytes")
    return int(_PREFIX.size + header + body)


# ---- trees -----------------------------------------------------------------------------------------------------------


def name_type(value: object) -> str:
    """Name an object's class, whatever the class says of itself."""
    return str.__getitem__(_class_name(type(value)), slice(0, NAME_CAP))


def describe(value: object) -> Tree:
    """Turn a numpy scalar or a complex number into an array of no dimensions; name anything else by its type."""
    if isinstance(value, (np.number, np.bool_, complex)):
        return np.asarray(value)
    return str(value) if type(value) is np.str_ else Other(name_type(value))


def flatten(tree: Tree, describe: Describe | None = describe, room: int = ROOM) -> tuple[Any, list[np.ndarray]]:
    """Take a tree apart into a JSON value and its arrays. What is too large or too deep is only named.

    With `describe=None` that raises `WireError`, as a value of no plain kind does. The arrays may share memory with the
    tree: encode them before it changes.
    """
    trees = Flattening(describe, room)
    return trees.part(tree), trees.arrays


class Flattening:
    """Takes trees apart, of one message: `part` gives the JSON value of one, and adds to `arrays`."""

    def __init__(self, describe: Describe | None, room: int) -> None:
        self.arrays: list[np.ndarray] = []
        self._describe, self._room, self._bytes = describe, room, BODY_CAP

    def part(self, value: Any, depth: int = 0) -> Any:
        """What stands for a value."""
        kind = type(value)
        if kind is np.ndarray:
            return self._array(value)
        if value is None or kind is bool or (kind is int and value in _WHOLE):
            return value
        if kind is float:
            return value if math.isfinite(value) else ["f", repr(value)]
        if kind is str:
            return value if self._takes(6 * len(value)) else self._named(value)
        if kind is Other:
            return ["o", value.type_name]
        for base in (list, tuple, dict):
            if issubclass(kind, base):
                return self._several(value, base, depth)
        if self._describe is None:
            return self._named(value)
        return self.part(self._describe(value), depth)

    def _several(self, value: Any, base: Any, depth: int) -> Any:
        # By the methods of the plain types: a class of the program's own may answer anything.
        if depth >= MAX_DEPTH or not self._takes(_NODE * base.__len__(value) * (1 + (base is dict))):
            return self._named(value)
        if base is not dict:
            return ["l" if base is list else "t", [self.part(one, depth + 1) for one in base.__iter__(value)]]
        pairs = [(key.item() if isinstance(key, np.generic) else key, one) for key, one in dict.items(value)]
        if not {type(key) for key, _ in pairs} <= {str, int}:
            return self._named(value, "")
        return ["d", [[self.part(key, depth), self.part(one, depth + 1)] for key, one in pairs]]

    def _array(self, array: np.ndarray) -> Any:
        if array.dtype.kind not in "biufc" or array.ndim > MAX_DIMS:
            return self._named(array, f" of {array.dtype.name}")
        # From the shape, before anything is copied: np.broadcast_to(0.0, 10**9) takes 8 bytes until then.
        size = math.prod(n or 1 for n in array.shape) * array.dtype.itemsize
        if size > min(ARRAY_CAP, self._bytes) or not self._takes(10 * array.ndim):
            return self._named(array)
        self._bytes -= size
        self.arrays.append(_native(array))
        return ["a", len(self.arrays) - 1]

    def _takes(self, size: int) -> bool:
        """Whether so many bytes of JSON are left; they are used then."""
        fits = size <= self._room
        self._room -= size if fits else 0
        return fits

    def _named(self, value: object, why: str = ", far too large") -> Any:
        if self._describe is None:
            raise WireError(f"a value cannot cross the wall: {name_type(value)}{why}")
        return ["o", f"{name_type(value)}{why}"]


def _native(array: np.ndarray) -> np.ndarray:
    """The same numbers, little-endian; a long double becomes a double, as other machines have none."""
    plain = {"f": 8, "c": 16}.get(array.dtype.kind, 8)
    dtype = np.dtype(f"{array.dtype.kind}{plain}") if array.dtype.itemsize > plain else array.dtype
    return array.astype(dtype.newbyteorder("<"), copy=False)


def build(plain: Any, arrays: Sequence[np.ndarray]) -> Tree:
    """Put a tree together again; raises `WireError` for anything that `flatten` does not write."""
    return _Building(arrays).part(plain, 0)


class _Building:
    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self._arrays, self._left = arrays, MAX_NODES

    def part(self, plain: Any, depth: int) -> Tree:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            raise WireError("a tree is too large or too deep")
        kind = type(plain)
        if plain is None or kind is bool or kind is float or (kind is int and plain in _WHOLE):
            return plain
        if kind is str:
            return plain
        if kind is list and len(plain) == 2 and type(plain[0]) is str:
            return self._tagged(plain[0], plain[1], depth)
        raise WireError("a part of a tree is of no known kind")

    def _tagged(self, tag: str, content: Any, depth: int) -> Tree:
        kind = type(content)
        if tag == "a" and kind is int and 0 <= content < len(self._arrays):
            return self._arrays[content]
        if tag == "f" and kind is str and content in ("nan", "inf", "-inf"):
            return float(content)
        if tag == "o" and kind is str:
            return Other(plain_text(content, NAME_CAP))
        if tag in ("l", "t") and kind is list:
            parts = [self.part(part, depth + 1) for part in content]
            return parts if tag == "l" else tuple(parts)
        if tag == "d" and kind is list and all(map(_is_pair, content)):
            return {self.part(key, depth): self.part(value, depth + 1) for key, value in content}
        raise WireError("a part of a tree has no known tag")


def _is_pair(pair: Any) -> bool:
    return type(pair) is list and len(pair) == 2 and type(pair[0]) in (str, int)


# C0 and C1 controls but newline and tab, separators of lines, marks that turn text round, lone surrogates.
_UNSHOWABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_SURROGATES = re.compile(r"[\ud800-\udfff]")  # no file can hold one


def plain_text(text: str, cap: int) -> str:
    """Make text of a program fit to show: cut, without control characters, bidi marks and lone surrogates."""
    return _UNSHOWABLE.sub("\ufffd", text[:cap] + ("…" if len(text) > cap else ""))
