"""What crosses the wall, and its bytes: questions in, outcomes out. The one room both sides import.

takes: questions and programs from our side, hostile bytes from the other.
gives: frames, and `Outcome` values decoded from them; anything malformed raises `WireError`.
must not know: answers, points, students, what any function is for.
"""

from grader.wire.built import Built, Given, build
from grader.wire.evidence import pack_outcomes, unpack_outcomes
from grader.wire.frames import Frame, WireError, decode, encode, frame_length, plain_text, read_frame
from grader.wire.lending import (
    GIVEN,
    HELD,
    OWN,
    UNTOLD,
    Asked,
    Gave,
    Lent,
    Told,
    encode_asked,
    encode_gave,
    encode_lent,
    read_lent,
    read_message,
)
from grader.wire.loaded import Loaded, decode_loaded, encode_loaded
from grader.wire.old_names import OLD_NAMES, OLD_WAYS
from grader.wire.outcomes import (
    CACHE_KEYS,
    CACHE_NONE,
    KEEPS_NOTHING,
    NO_FUNCTION,
    NOT_MADE,
    RUN_AGAIN,
    TOO_LARGE,
    WITH_KEYS,
    WITHIN,
    Outcome,
    Status,
    Value,
    decode_outcome,
    encode_outcome,
    read_outcome,
)
from grader.wire.places import COUNT, MEASURES, follow, parted, put, reached
from grader.wire.questions import (
    Piece,
    Program,
    Question,
    decode_program,
    decode_questions,
    encode_program,
    encode_questions,
    in_order,
)
from grader.wire.steps import Step, step_from_json, step_to_json
from grader.wire.troubles import Trouble

__all__ = [
    "CACHE_KEYS",
    "CACHE_NONE",
    "COUNT",
    "GIVEN",
    "HELD",
    "KEEPS_NOTHING",
    "MEASURES",
    "NOT_MADE",
    "NO_FUNCTION",
    "OLD_NAMES",
    "OLD_WAYS",
    "OWN",
    "RUN_AGAIN",
    "TOO_LARGE",
    "UNTOLD",
    "WITHIN",
    "WITH_KEYS",
    "Asked",
    "Built",
    "Frame",
    "Gave",
    "Given",
    "Lent",
    "Loaded",
    "Outcome",
    "Piece",
    "Program",
    "Question",
    "Status",
    "Step",
    "Told",
    "Trouble",
    "Value",
    "WireError",
    "build",
    "decode",
    "decode_loaded",
    "decode_outcome",
    "decode_program",
    "decode_questions",
    "encode",
    "encode_asked",
    "encode_gave",
    "encode_lent",
    "encode_loaded",
    "encode_outcome",
    "encode_program",
    "encode_questions",
    "follow",
    "frame_length",
    "in_order",
    "pack_outcomes",
    "parted",
    "plain_text",
    "put",
    "reached",
    "read_frame",
    "read_lent",
    "read_message",
    "read_outcome",
    "step_from_json",
    "step_to_json",
    "unpack_outcomes",
]
