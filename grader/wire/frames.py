"""Frames: how a header and plain arrays become bytes, and how hostile bytes are read back.

takes: a JSON-able header and numeric arrays; bytes of unknown origin.
gives: bytes; or a `Frame`, or `WireError` for anything malformed. No pickle, no eval, no `np.load`.
must not know: what a frame is about.

A frame is 4 bytes of magic, 4 bytes of header length (big-endian), a JSON header, then the raw bytes of the
arrays that the header lists as `[dtype, shape]`. Every size is checked against a cap before anything is read.
"""

from __future__ import annotations

import json
import math
import re
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from grader.wire.quick import dataclass

MAGIC = b"GRD1"
PREFIX = struct.Struct(">4sI")
HEADER_CAP = 64 * 1024  # an answer's header is some 300 bytes; a message in it is cut at 500 characters
REQUEST_HEADER_CAP = 64 << 20  # our own requests carry a notebook's source, itself capped at intake
ARRAY_CAP = 16 << 20  # bytes of one array; the largest of an exam is a few kilobytes
FRAME_CAP = 64 << 20  # bytes of all arrays of one frame
MAX_DIMS = 32  # numpy 1's own limit on dimensions
PLAIN_KINDS = "biufc"  # bool, int, unsigned, float, complex: numbers without pointers in them
_DTYPE = re.compile(rf"[<>|][{PLAIN_KINDS}][0-9]{{1,2}}", re.ASCII)
MAX_ITEMSIZE = 32  # complex256
TEXT_CAP = 500  # characters kept of any text that student code made


class WireError(ValueError):
    """Bytes from the other side are not what was asked for."""


@dataclass(frozen=True)
class Frame:
    """A decoded frame: its header and its arrays; `text` is the header as it came. Equal headers are one object."""

    header: Mapping[str, Any]
    arrays: tuple[np.ndarray, ...]
    text: bytes = b""


def encode(header: Mapping[str, object], arrays: Sequence[np.ndarray] = ()) -> bytes:
    """Make a frame; the header must not have a key `arrays` of its own."""
    return join_frame(encode_header(written(header), [(array.dtype.str, array.shape) for array in arrays]), arrays)


def written(header: Mapping[str, object]) -> bytes:
    """A header as text, without the arrays' forms."""
    return json.dumps(header, allow_nan=False).encode()


def encode_header(text: bytes, forms: Sequence[tuple[str, tuple[int, ...]]]) -> bytes:
    """The part of a frame before its arrays: prefix and header, with the arrays' forms put into its text.

    By hand, since many frames say the same of arrays of other forms, and JSON takes six times as long.
    """
    listed = ", ".join([f'["{kind}", {[*shape]}]' for kind, shape in forms])
    comma = ", " if len(text) > len("{}") else ""
    text = text[:-1] + f'{comma}"arrays": [{listed}]}}'.encode()
    return PREFIX.pack(MAGIC, len(text)) + text


def join_frame(head: bytes, arrays: Sequence[np.ndarray]) -> bytes:
    """Put the arrays behind a header that was made for arrays of their forms."""
    if len(arrays) == 1:  # as in most answers
        return head + arrays[0].tobytes()
    return b"".join([head, *[array.tobytes() for array in arrays]])


def read_frame(read: Callable[[int], bytes], header_cap: int = HEADER_CAP, frame_cap: int = FRAME_CAP) -> Frame:
    """Read one frame; `read(n)` gives exactly n bytes or raises. Raises `WireError` for anything malformed."""
    magic, length = PREFIX.unpack(read(PREFIX.size))
    if magic != MAGIC:
        raise WireError("not a frame")
    if length > header_cap:
        raise WireError(f"a header of {length} bytes, over the cap of {header_cap}")
    text = read(length)
    header, specs = (_parse_again if length <= REMEMBERED else _parse)(text, frame_cap)
    return Frame(header, _arrays(read(sum(size for _, _, size in specs)), specs), text)


def frame_length(data: bytearray, at: int = 0, header_cap: int = HEADER_CAP, frame_cap: int = FRAME_CAP) -> int | None:
    """The bytes of the frame that begins at `at`, its end perhaps still to come; None where its header is.

    Raises `WireError` for what no frame begins with.
    """
    begins = at + PREFIX.size
    if len(data) < begins:
        return None
    magic, length = PREFIX.unpack_from(data, at)
    if magic != MAGIC:
        raise WireError("not a frame")
    if length > header_cap:
        raise WireError(f"a header of {length} bytes, over the cap of {header_cap}")
    if len(data) < begins + length:
        return None
    text = bytes(data[begins : begins + length])
    return (_measure_again if length <= REMEMBERED else _measure)(text, frame_cap)


def decode(frame: bytes, header_cap: int = HEADER_CAP, frame_cap: int = FRAME_CAP) -> Frame:
    """Decode one whole frame held in memory; bytes missing or left over raise `WireError`."""
    at = 0

    def read(size: int) -> bytes:
        nonlocal at
        at += size
        if at > len(frame):
            raise WireError("a frame ends early")
        return frame[at - size : at]

    decoded = read_frame(read, header_cap, frame_cap)
    if at != len(frame):
        raise WireError("bytes follow a frame")
    return decoded


Spec = tuple[np.dtype[Any], tuple[int, ...], int]


def _parse(text: bytes, frame_cap: int) -> tuple[dict[str, Any], list[Spec]]:
    header = _header(text)
    specs = _specs(header.pop("arrays", None), frame_cap)
    return header, specs


# The answers of a class to one question mostly have one header: parsing it is most of the work of reading them.
# Only short headers are remembered, so that a hostile hand-in cannot fill the memory: 4096 of 1 KiB are 4 MiB.
REMEMBERED = 1024
_parse_again = lru_cache(maxsize=4096)(_parse)


def _measure(text: bytes, frame_cap: int) -> int:
    """The bytes of a frame with this header."""
    specs: list[Spec] = (_parse_again if len(text) <= REMEMBERED else _parse)(text, frame_cap)[1]
    return PREFIX.size + len(text) + sum(size for _, _, size in specs)


_measure_again = lru_cache(maxsize=4096)(_measure)


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("a header is not JSON") from error
    if not isinstance(header, dict):
        raise WireError("a header is not an object")
    return header


def _specs(listed: object, frame_cap: int) -> list[Spec]:
    if not isinstance(listed, list):
        raise WireError("a header lists no arrays")
    specs = [_spec(entry) for entry in listed]
    if sum(size for _, _, size in specs) > frame_cap:
        raise WireError("arrays over the cap of one frame")
    return specs


def _spec(entry: object) -> Spec:
    if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and isinstance(entry[1], list)):
        raise WireError("an array is not described by dtype and shape")
    name, shape = entry
    # `type(n) is int`, not isinstance: True is an int, and 1.0 would be accepted by arithmetic below.
    if len(shape) > MAX_DIMS or not all(type(n) is int and 0 <= n <= ARRAY_CAP for n in shape):
        raise WireError("an array's shape is not plain")
    dtype = _plain_dtype(name)
    size = math.prod(shape) * dtype.itemsize
    if size > ARRAY_CAP:
        raise WireError(f"an array of {size} bytes, over the cap of {ARRAY_CAP}")
    # An axis of none makes it no bytes, whatever the others are: numpy itself refuses to count those too far.
    if math.prod(n or 1 for n in shape) * MAX_ITEMSIZE > sys.maxsize:
        raise WireError("an array's shape is beyond what numpy has")
    return dtype, tuple(shape), size


def _plain_dtype(name: str) -> np.dtype[Any]:
    # Only what `encode` writes: numpy reads many more names, with warnings for some and structures among them.
    if not _DTYPE.fullmatch(name):
        raise WireError("an array's dtype is not plain")
    try:
        dtype = np.dtype(name)
    except (TypeError, ValueError, SyntaxError) as error:
        raise WireError("an array's dtype is unknown") from error
    if dtype.kind not in PLAIN_KINDS or dtype.itemsize > MAX_ITEMSIZE or dtype.fields or dtype.subdtype:
        raise WireError("an array's dtype is not plain numbers")
    return dtype


def _arrays(data: bytes, specs: Sequence[Spec]) -> tuple[np.ndarray, ...]:
    """The arrays that lie in the data one behind the other: views of it, which cannot be written to."""
    arrays = []
    at = 0
    for dtype, shape, size in specs:
        array: np.ndarray = np.ndarray(shape, dtype, data, at)
        # A bool byte other than 0 and 1 is no bool: numpy's comparisons would read it both ways.
        arrays.append(np.asarray(array.view(np.uint8) != 0) if dtype.kind == "b" else array)
        at += size
    return tuple(arrays)


# C0 and C1 controls but newline and tab, separators of lines, marks that turn text round, lone surrogates.
# (UTF-8 has none).
_UNSHOWABLE = dict.fromkeys(
    [
        *(c for c in range(32) if c not in (9, 10)),
        *range(127, 160),
        0x200E,
        0x200F,
        0x2028,
        0x2029,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0x061C,
        0xFEFF,
        *range(0xD800, 0xE000),
    ],
    "�",
)


def plain_text(text: str, cap: int = TEXT_CAP) -> str:
    """Text from a hand-in made fit to show: cut, without control characters, bidi marks or lone surrogates."""
    short = text[:cap] + ("…" if len(text) > cap else "")
    return short.translate(_UNSHOWABLE)
