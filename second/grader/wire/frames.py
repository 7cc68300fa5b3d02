"""Frames: how a header and plain arrays become bytes, and how hostile bytes are read back.

A frame is a prefix (magic, length of the header, length of the body), a JSON header, and the bytes of the arrays. The
header lists the arrays as `[dtype, shape]`. Whatever is wrong with a frame raises `WireError`, and every size is
checked before anything is allocated. There is no pickle.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

MAGIC = b"GRD2"
HEADER_CAP = 4 << 20  # bytes; `trees.ROOM` keeps an honest answer below it
BODY_CAP = 64 << 20  # bytes of all arrays of one frame
ARRAY_CAP = 16 << 20  # bytes of one array; the largest of an exam is a few kilobytes
MAX_DIMS = 32
_PREFIX = struct.Struct(">4sII")
# Numbers without pointers in them, little-endian.
_NAMES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")
_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_DTYPES = {name: np.dtype(name) for name in _NAMES}


class WireError(Exception):
    """Bytes or values from the other side are not what was agreed on."""


def encode_frame(header: dict[str, Any], arrays: Sequence[np.ndarray] = ()) -> bytes:
    """Make a frame. The arrays must have one of the plain dtypes, as those of `trees.flatten` do."""
    text = _to_json([header, [[array.dtype.str, array.shape] for array in arrays]]).encode()
    body = b"".join([array.tobytes() for array in arrays])
    return _PREFIX.pack(MAGIC, len(text), len(body)) + text + body


def decode_frame(
    data: bytes, header_cap: int = HEADER_CAP, body_cap: int = BODY_CAP
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Decode one whole frame. The arrays are views of `data`, so they cannot be written to."""
    if not data or _size(data, header_cap, body_cap) != len(data):
        raise WireError("a frame is not as long as it says")
    at = _PREFIX.size + _PREFIX.unpack_from(data)[1]
    header, listed = _header(data[_PREFIX.size : at])
    arrays = []
    for entry in listed:
        arrays.append(_array(data, at, entry))
        at += arrays[-1].nbytes
    if at != len(data):
        raise WireError("the arrays of a frame do not fill its body")
    return header, arrays


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


def _header(text: bytes) -> tuple[dict[str, Any], list[Any]]:
    try:
        parts = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise WireError("a header is not JSON") from error
    if type(parts) is not list or [type(part) for part in parts] != [dict, list]:
        raise WireError("a header is not an object and a list of arrays")
    return parts[0], parts[1]


def _array(data: bytes, at: int, entry: Any) -> np.ndarray:
    """The array that begins at this byte; `entry` is what the header says of it."""
    if type(entry) is not list or [type(part) for part in entry] != [str, list]:
        raise WireError("an array is not described by dtype and shape")
    dtype, shape = _DTYPES.get(entry[0]), entry[1]
    if dtype is None or len(shape) > MAX_DIMS or not all(type(n) is int and 0 <= n <= ARRAY_CAP for n in shape):
        raise WireError("an array is not plain")
    # An axis of 0 counts as 1: numpy refuses (0, 2**40, 2**40) as too large as well.
    size = math.prod(shape) * dtype.itemsize
    if math.prod(n or 1 for n in shape) * dtype.itemsize > ARRAY_CAP or at + size > len(data):
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
