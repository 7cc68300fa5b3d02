"""Answers: what happened inside, written there and read by our side, which trusts nothing of it.

takes: `Outcome` values; frames of unknown origin.
gives: frames; or those values, or `WireError` for anything an honest harness does not write.
must not know: questions, right and wrong.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np

from grader.wire.frames import (
    HEADER_CAP,
    REMEMBERED,
    Frame,
    WireError,
    decode,
    encode_header,
    join_frame,
    written,
)
from grader.wire.quick import dataclass
from grader.wire.troubles import Trouble, read_text, read_texts, read_trouble


class Status(StrEnum):
    """What happened when a function was called: a fact, never an opinion."""

    RETURNED = "returned"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    KILLED = "killed"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_REACHED = "not reached"
    FAULT = "fault"


_MOST_KINDS = 16  # of what was raised: a class of a hand-in's own has some five
MOST_WARNINGS = 5  # of one call; what is beyond is not kept
TOO_LARGE = "far too large"  # what is said in the place of a type, of results that are not kept
CACHE_NONE = "; its cache is None"
"""What stands behind the message of an error about None, where that may be why."""
KEEPS_NOTHING = " keeps nothing that could be looked into"
"""What an exception says of a function in the place of whose results right ones are lent, and that keeps none."""
RUN_AGAIN = "; it was run again "
"""What stands behind the message of an error of a statement that did run in the end, and before how."""
WITHOUT = f"{RUN_AGAIN}without that"
"""The same, of one that was run without what raised: nothing defines it."""
WITHOUT_PART = f"{RUN_AGAIN}without "
"""The same, of a class, before what of its head was left out."""
NEEDLESS = "what was answered before makes it needless"
"""Why a question was not asked that is about what is wrong, where nothing is."""
NOT_MADE = "cannot be made"
"""What an exception says of a class whose constructor asks for other arguments than it is given: mostly none."""
NO_FUNCTION = "is to give a function, and gave "
"""What an exception says of a function that gives something else where what it gives is called."""
CACHE_KEYS = "; its cache has the keys "
"""What stands before the keys in the message of an error that one more of them would have spared."""
WITH_KEYS = "dict with the keys "
"""What stands before its keys in the name of a dict that was given without the one which is due."""
WITHIN = " within "
"""What stands behind the name of what is there where a way ends too early, and before how far that leads."""

RAISES = "raising "
"""What the name of what is there begins with where it could not be read, and before the type of what it raised."""


@dataclass(frozen=True)
class Value:
    """One result: `kind` is array, none or other; `type_name` is what the student's code really returned."""

    kind: str
    type_name: str
    array: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What happened in one step of one question. Two outcomes are equal if they are one object.

    `shared` tells that its few bytes were or will be met again, in another hand-in, and then give this very object:
    what is concluded from it may be remembered.

    `count` is how many values came back (-1: one value); an array of numbers is one value, and where its rows are as
    many as the results that are due, they stand in `values` all the same. `changed` names inputs, and values of the
    hand-in's own, that were altered in place; `reason` says why a step was not reached or was ended; `printed` is what
    it wrote. `kinds` are the known classes that what was raised is of, where its own class is none.
    """

    status: Status
    values: Mapping[str, Value] = field(default_factory=dict)
    count: int = -1
    changed: tuple[str, ...] = ()
    trouble: Trouble | None = None
    warnings: tuple[str, ...] = ()
    reason: str = ""
    printed: str = ""
    shared: bool = False
    kinds: tuple[str, ...] = ()

    def is_array_of_several(self, gives: Collection[str]) -> bool:
        """Whether one array came back where several results are due, with as many rows: they may be meant, or not."""
        return self.count == -1 and bool(self.values) and not self.is_nothing(gives)

    def is_nothing(self, gives: Collection[str]) -> bool:
        """Whether None came back where these results are due: each is none then, whatever is left elsewhere."""
        if self.count != -1:
            return False
        came = [value for name, value in self.values.items() if name in gives] or list(self.values.values())
        return bool(came) and all(value.kind == "none" for value in came)


def encode_outcome(outcome: Outcome) -> bytes:
    """Make the frame of one step's outcome."""
    # One plain loop: this is done for every call of every hand-in, inside, where a generator costs a microsecond.
    arrays: list[np.ndarray] = []
    values: list[str] = []
    forms: list[object] = []
    for name, value in outcome.values.items():
        values += name, value.kind, value.type_name
        if (array := value.array) is not None:
            arrays.append(array)
            forms += array.dtype, array.shape
    trouble = outcome.trouble
    told = (
        outcome.status, tuple(values), outcome.count, outcome.changed,
        (trouble.type_name, trouble.message, trouble.cell, trouble.line) if trouble else None,
        outcome.warnings, outcome.reason, outcome.kinds,
    )  # fmt: skip
    # What was printed is other text every time; all else is mostly the same for a class.
    if outcome.printed or trouble:
        return join_frame(encode_header(_written.__wrapped__(told, outcome.printed), _by_two(forms)), arrays)
    return join_frame(_head(told, tuple(forms)), arrays)


@lru_cache(maxsize=1024)
def _head(told: tuple[Any, ...], forms: tuple[Any, ...]) -> bytes:
    return encode_header(_written(told), _by_two(forms))


@lru_cache(maxsize=1024)
def _written(told: tuple[Any, ...], printed: str = "") -> bytes:
    status, values, count, changed, trouble, warnings, reason, kinds = told
    listed = zip(*[iter(values)] * 3, strict=True)
    header = {"status": status, "values": list(listed), "count": count, "changed": changed, "trouble": trouble}
    more = {"kinds": kinds} if kinds else {}
    return written({**header, "warnings": warnings, "reason": reason, **more, "printed": printed})


def _by_two(forms: Sequence[Any]) -> list[tuple[str, tuple[int, ...]]]:
    return [(dtype.str, shape) for dtype, shape in zip(*[iter(forms)] * 2, strict=True)]


def decode_outcome(frame: Frame, inside: bool = True) -> Outcome:
    """Read one outcome; raises `WireError`.

    From `inside` only the statuses that code inside can honestly know are taken (returned, raised, missing):
    the others are facts of our side, and read back from our own store with `inside=False`. What the inside says
    was printed is not taken either: the pipe is asked.
    """
    short = 0 < len(frame.text) <= REMEMBERED
    told = _told_again(frame.text, inside) if short else _tell(frame.header, inside)
    return Outcome(told.status, _with_arrays(told.values, frame.arrays), *told.rest)


def read_outcome(data: bytes) -> Outcome:
    """Read the outcome in one frame from inside; raises `WireError`. The same few bytes give the same object."""
    return _read_again(data) if len(data) <= FEW_BYTES else decode_outcome(decode(data))


# The functions of a class are right in a few ways and wrong in a few more, so that most answers came before. What
# is remembered is small, so that a hostile hand-in cannot fill the memory: of 2 KiB at most these are 32 MiB, and of a
# class some 5 MiB. A thousand hand-ins answer in some fifteen thousand ways.
FEW_BYTES, MOST_ANSWERS = 2048, 16384


@lru_cache(maxsize=MOST_ANSWERS)
def _read_again(data: bytes) -> Outcome:
    return replace(decode_outcome(decode(data)), shared=True)


@dataclass(frozen=True)
class _Told:
    """All of an outcome but its arrays: `values` has name, kind and type for each result."""

    status: Status
    values: tuple[tuple[str, str, str], ...]
    rest: tuple[Any, ...]


@lru_cache(maxsize=4096)
def _told_again(text: bytes, inside: bool) -> _Told:
    header = json.loads(text)  # it was read once before, so it is an object
    return _tell(header, inside)


def _tell(header: Mapping[str, Any], inside: bool) -> _Told:
    status = _status(header.get("status"), inside)
    values = _values(header.get("values"))
    count = header.get("count")
    if type(count) is not int or not -1 <= count <= 1 << 20:
        raise WireError("an outcome's count is not a number of values")
    printed = read_text(header.get("printed"), HEADER_CAP)
    return _Told(
        status,
        values,
        (
            count,
            read_texts(header.get("changed")),
            read_trouble(header.get("trouble")),
            read_texts(header.get("warnings"))[:MOST_WARNINGS],
            read_text(header.get("reason")),
            "" if inside else printed,
            False,
            read_texts(header.get("kinds", []))[:_MOST_KINDS],
        ),
    )


_STATUSES = {str(status): status for status in Status}


def _status(name: object, inside: bool) -> Status:
    status = _STATUSES.get(name) if isinstance(name, str) else None
    if status is None:
        raise WireError("an outcome's status is unknown")
    if inside and status not in (Status.RETURNED, Status.RAISED, Status.MISSING):
        raise WireError("an outcome's status is not for the inside to say")
    return status


def _values(listed: object) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(listed, list) or len(listed) > 64:
        raise WireError("an outcome lists no values")
    values: dict[str, tuple[str, str, str]] = {}
    for entry in listed:
        if not (isinstance(entry, list) and len(entry) == 3 and all(isinstance(part, str) for part in entry)):
            raise WireError("a value is not described by name, kind and type")
        name, kind, type_name = entry
        if kind not in ("array", "none", "other") or name in values:
            raise WireError("a value is not described rightly")
        values[name] = (name, kind, read_text(type_name))
    return tuple(values.values())


def _with_arrays(listed: Sequence[tuple[str, str, str]], arrays: Sequence[np.ndarray]) -> dict[str, Value]:
    """The values with the arrays that came for them, in order; one too many or too few is malformed."""
    if sum(kind == "array" for _, kind, _ in listed) != len(arrays):
        raise WireError("an outcome's arrays are not those that its values name")
    rest = iter(arrays)
    return {name: Value(kind, type_name, next(rest) if kind == "array" else None) for name, kind, type_name in listed}
