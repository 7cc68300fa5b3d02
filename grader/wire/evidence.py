"""All outcomes of a hand-in as one run of bytes, to be kept and judged again from.

takes: outcomes; bytes that were kept, and may have been damaged since.
gives: bytes; or the outcomes again, or `WireError`.
must not know: what they are evidence of.

They are packed in chunks of some questions, each compressed by itself: hand-ins of a class answer alike, and a chunk
that was packed before is not packed again.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from grader.wire.frames import HEADER_CAP, WireError, decode
from grader.wire.outcomes import FEW_BYTES, MOST_ANSWERS, Outcome, decode_outcome, encode_outcome

_LENGTH = struct.Struct(">I")
_QUESTIONS = 16  # in one chunk: about those of one function and visibility, so that like functions give like chunks
_LEVEL = 1  # numbers hardly shrink further, and every level costs
_REMEMBERED = 1024  # chunks; each holds some thirty outcomes of 2 KiB at most, which others mostly hold too
# A header as it came has a byte for what takes six when we write it, and what was printed comes on top.
_HEADER_CAP = 8 * HEADER_CAP
_CHUNK_CAP = 256 << 20  # bytes of one chunk, unpacked: what an honest hand-in answers has a thousandth of it

Chunk = tuple[tuple[Outcome, ...], ...]


def pack_outcomes(outcomes: Sequence[Sequence[Outcome]]) -> bytes:
    """Write the outcomes of every question, in order."""
    chunks = (tuple(map(tuple, outcomes[start : start + _QUESTIONS])) for start in range(0, len(outcomes), _QUESTIONS))
    return b"".join(
        _pack(chunk) if all(outcome.shared for steps in chunk for outcome in steps) else _pack.__wrapped__(chunk)
        for chunk in chunks
    )


@lru_cache(maxsize=_REMEMBERED)
def _pack(chunk: Chunk) -> bytes:
    parts: list[bytes] = []
    for steps in chunk:
        parts.append(_LENGTH.pack(len(steps)))
        for outcome in steps:
            frame = _shared_frame(outcome) if outcome.shared else encode_outcome(outcome)
            parts.extend((_LENGTH.pack(len(frame)), frame))
    packed = zlib.compress(b"".join(parts), _LEVEL)
    return _LENGTH.pack(len(packed)) + packed


@lru_cache(maxsize=MOST_ANSWERS)
def _shared_frame(outcome: Outcome) -> bytes:
    return encode_outcome(outcome)


def unpack_outcomes(data: bytes) -> list[tuple[Outcome, ...]]:
    """Read what `pack_outcomes` wrote; raises `WireError`."""
    outcomes: list[tuple[Outcome, ...]] = []
    try:
        at = 0
        while at < len(data):
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size + length
            outcomes.extend(_unpack(_inflate(data[at - length : at])))
    except struct.error as error:
        raise WireError("saved outcomes end early") from error
    return outcomes


def _inflate(packed: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        data = inflating.decompress(packed, _CHUNK_CAP)
    except zlib.error as error:
        raise WireError("saved outcomes are damaged") from error
    if not inflating.eof:
        raise WireError("saved outcomes end early")
    return data


def _unpack(data: bytes) -> Iterator[tuple[Outcome, ...]]:
    at = 0
    while at < len(data):
        (count,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        steps = []
        for _ in range(count):
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size + length
            frame = data[at - length : at]
            steps.append(_read_again(frame) if length <= FEW_BYTES else _read(frame))
        yield tuple(steps)


def _read(frame: bytes) -> Outcome:
    return decode_outcome(decode(frame, _HEADER_CAP), inside=False)


@lru_cache(maxsize=MOST_ANSWERS)
def _read_again(frame: bytes) -> Outcome:
    """The same few bytes give the same object, of which what is concluded is remembered."""
    return replace(_read(frame), shared=True)
