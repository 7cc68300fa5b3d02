"""What came of a program that was loaded, written inside and read by our side.

takes: `Loaded`; a frame of unknown origin.
gives: a frame; or what came of it, or `WireError`.
must not know: questions, answers.
"""

from __future__ import annotations

import json
from itertools import accumulate

from grader.wire.frames import HEADER_CAP, Frame, WireError, encode
from grader.wire.quick import dataclass
from grader.wire.troubles import Trouble, read_texts, read_trouble


@dataclass(frozen=True)
class Loaded:
    """What came of a program: the graded functions it defines, and the pieces that failed."""

    defined: tuple[str, ...]
    troubles: tuple[Trouble, ...]


def encode_loaded(loaded: Loaded) -> bytes:
    """Make the frame that answers a program, with as many of its troubles as the header has room for."""
    troubles = [[t.type_name, t.message, t.cell, t.line] for t in loaded.troubles]
    # Not the lengths of texts: a letter may take twelve bytes there.
    ends = accumulate(len(json.dumps(trouble)) for trouble in troubles)
    fitting = sum(end <= HEADER_CAP // 2 for end in ends)
    return encode({"defined": list(loaded.defined), "troubles": troubles[:fitting]})


def decode_loaded(frame: Frame) -> Loaded:
    """Read what came of a program; raises `WireError`."""
    troubles = frame.header.get("troubles")
    if not isinstance(troubles, list) or len(troubles) > 1000:
        raise WireError("a load report lists no troubles")
    read = tuple(trouble for entry in troubles if (trouble := read_trouble(entry)) is not None)
    return Loaded(read_texts(frame.header.get("defined")), read)
