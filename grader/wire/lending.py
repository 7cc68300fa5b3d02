"""What is said in the midst of a call: a function was called, what is right for that is lent, or what it gave is told.

takes: what a function is called with, inside; what is lent for it, from our side.
gives: frames both ways, and the same values read back; of hostile bytes `WireError`.
must not know: which calls are known, what they come to.

What is lent is right for what the function was called with, and for nothing else: a program that does not ask for it
rightly does not get it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.wire.frames import Frame, WireError, encode

Told = np.ndarray | str | tuple[int, ...]
"""What a function is called with: an array, what else can be written down, or by which calls it was kept, by number."""

HELD = "."
"""How a text begins that names what the object holds that is asked; what that is stands behind it."""
GIVEN = "@"
"""How a text begins that names a function or an object which the question gives: it is known by its argument's name."""
OWN = "&"
"""How a text begins that names a function of the program: it is known by its own name."""
PACKED = "="
"""How a name begins, among those of what is left, of a result that stands in a dict or list that the function gives."""
TAKEN = "<"
"""How a name begins, among those of what is left, of a result that is left in what the function takes."""
UNTOLD = "?"
"""What stands for something that an object holds and that is neither numbers nor words."""
_MOST_GIVEN = 256  # things that a function is called with, and results that it gives
_LONGEST = 4096  # characters of what is no array: a word, or a dict of settings


@dataclass(frozen=True, eq=False)
class Asked:
    """That a function was called: which of the question's `lends`, and with what; calls count from 0."""

    number: int
    given: tuple[Told, ...]


@dataclass(frozen=True, eq=False)
class Gave:
    """What the function called last gave by itself: results, and what it left, under the names of `left`.

    None where not all of the results that could be lent are arrays.
    """

    results: tuple[np.ndarray, ...] | None
    left: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Lent:
    """What the function is to give, in order; at the end what it is to leave on its object or in what it takes, or to
    have in a dict or list that it gives, under the names of `left`.

    None: what it gives by itself, and if `tell`, what that is.
    """

    results: tuple[np.ndarray, ...] | None = None
    left: tuple[str, ...] = ()
    tell: bool = False


def encode_asked(asked: Asked) -> bytes:
    """Ask for what a function should give."""
    named = [None if isinstance(told, np.ndarray) else told for told in asked.given]
    return encode({"asked": asked.number, "given": named}, [t for t in asked.given if isinstance(t, np.ndarray)])


def encode_gave(gave: Gave) -> bytes:
    """Tell what a function gave."""
    return encode({"gave": gave.results is not None, "left": gave.left}, gave.results or ())


def encode_lent(lent: Lent) -> bytes:
    """Answer what was asked."""
    return encode({"lent": lent.results is not None, "left": lent.left, "tell": lent.tell}, lent.results or ())


def read_lent(frame: Frame) -> Lent:
    """Read what `encode_lent` wrote, inside."""
    return Lent(frame.arrays if frame.header["lent"] else None, tuple(frame.header["left"]), frame.header["tell"])


def read_message(frame: Frame, lends: int) -> Asked | Gave | None:
    """What a frame from inside says of a call that is not over; None where it is the call's outcome."""
    if "asked" in frame.header:
        return _read_asked(frame, lends)
    if "gave" in frame.header:
        return _read_gave(frame)
    return None


def _read_gave(frame: Frame) -> Gave:
    left = frame.header.get("left")
    if not isinstance(left, list) or len(left) > len(frame.arrays) or len(frame.arrays) > _MOST_GIVEN:
        raise WireError("what a function gave names other things than there are")
    names = tuple(_named(one) for one in left)
    texts = tuple(name for name in names if isinstance(name, str))
    if texts != names or frame.header["gave"] is not True:
        return Gave(None)
    return Gave(frame.arrays, texts)


def _read_asked(frame: Frame, lends: int) -> Asked:
    number, named = frame.header["asked"], frame.header.get("given")
    if type(number) is not int or not 0 <= number < lends:
        raise WireError("what is asked for is not lent")
    if not isinstance(named, list) or len(named) > _MOST_GIVEN:
        raise WireError("what is asked for names nothing that it is called with")
    if sum(one is None for one in named) != len(frame.arrays):
        raise WireError("the arrays of what is asked for are not those that it names")
    rest = iter(frame.arrays)
    return Asked(number, tuple(next(rest) if one is None else _named(one) for one in named))


def _named(one: object) -> str | tuple[int, ...]:
    if isinstance(one, str) and len(one) <= _LONGEST:
        return one
    if isinstance(one, list) and len(one) <= _MOST_GIVEN and all(type(call) is int for call in one):
        return tuple(one)
    raise WireError("what a function is called with is neither an array nor a text nor of a call")
