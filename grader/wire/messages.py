"""Messages: what is said through the wall, one frame each.

The outside sends `Load`, `Ask`s, and an `Answer` to each `CallOut`. The inside sends `At`s and a `LoadReport`, then
`Stage`s for each `Ask`, in order, and a `Raised` or `Done` where its stage `until` does not come. What comes from
inside is hostile: `decode_inside` returns a message whose every field has its type and a cap, or raises `WireError`.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta

from grader.wire import codec
from grader.wire.codec import Describe, Flattening, WireError, build, decode_frame, decoder_of, encode_frame, plain_text
from grader.wire.program import Ask, Message, Program, Tree

TEXT_CAP = 500  # characters of a text
MANY = 1000  # entries of a list that is no result

_Whole = Annotated[int, Meta(ge=-1, le=(1 << 62) - 1)]
_Many = Meta(max_length=MANY)
_Texts = Annotated[tuple[str, ...], _Many]
TroubleParts = tuple[str, str, _Whole, _Whole, str]
"""Type name, message, cell, line, file: the fields of `outcomes.Trouble`."""
CallParts = tuple[str, str, _Whole]
"""Function, type name, length (-1: it has none): the fields of `outcomes.Call`."""
_Calls = Annotated[tuple[CallParts, ...], _Many]


class Load(Message, frozen=True):
    """Load a program, and the `compiled` drivers. A `cautious` load says `At` before each statement."""

    program: Program
    drivers: bytes
    names: tuple[str, ...]
    cautious: bool = False
    left_out: tuple[tuple[int, int], ...] = ()  # cell and line of statements that ended the process before


class Answer(Message, frozen=True):
    """The answer to a `CallOut`: the recorded result, if there is one."""

    found: bool
    value: Tree = None


class LoadReport(Message, frozen=True):
    """The graded names that are defined, the statements that failed, and the packages that a stand-in replaced."""

    defined: _Texts = ()
    troubles: Annotated[tuple[TroubleParts, ...], _Many] = ()
    replaced: _Texts = ()


class At(Message, frozen=True):
    """The statement that is to be run next."""

    cell: _Whole
    line: _Whole


class Stage(Message, frozen=True):
    """What a driver yielded by name, with the calls it made since its last yield and the inputs that changed since."""

    number: _Whole
    name: str
    values: Tree
    calls: _Calls = ()
    changed: _Texts = ()
    warnings: _Texts = ()


class Raised(Message, frozen=True):
    """A driver ended with an exception. `missing` is the graded name that is not there, if that is why."""

    number: _Whole
    trouble: TroubleParts
    missing: str = ""
    calls: _Calls = ()


class Done(Message, frozen=True):
    """A driver has no more to yield."""

    number: _Whole


class CallOut(Message, frozen=True):
    """A stub was called, in the place of a graded function. The arguments are those behind `self`."""

    number: _Whole
    function: str
    args: Tree
    kwargs: Tree = msgspec.field(default_factory=dict)


class CallResult(Message, frozen=True):
    """What the program's own function gave back, where no recorded call was found."""

    number: _Whole
    value: Tree


Request = Load | Ask | Answer
Report = LoadReport | At | Stage | Raised | Done | CallOut | CallResult
_OF_REQUESTS, _OF_REPORTS = decoder_of(Request), decoder_of(Report)
_WANTED = {"inputs": dict, "values": dict, "kwargs": dict, "args": tuple, "value": object}
"""The fields that are trees, and what each holds."""
_TREES = {
    kind: [(place, name) for place, name in enumerate(kind.__struct_fields__, 1) if name in _WANTED]
    for kind in (*get_args(Request), *get_args(Report))
}


def encode(message: Request | Report, describe: Describe | None = None) -> bytes:
    """Make the frame of a message. `describe` says what stands for values of no plain kind; without it they raise."""
    kind = type(message)
    content = [kind.__name__, *[getattr(message, name) for name in kind.__struct_fields__]]
    trees = Flattening(describe, codec.REQUEST_CAP if describe is None else codec.ROOM)
    for place, _ in _TREES[kind]:
        content[place] = trees.part(content[place])
    return encode_frame(content, trees.arrays)


def decode_inside(data: bytes) -> Report:
    """Decode what came from inside; whatever is wrong with it raises `WireError`."""
    message, header = _decoded(data, codec.HEADER_CAP, _OF_REPORTS)
    # Nothing in a short line of plain letters is to be cut or cleaned; nearly all reports are one.
    if len(header) > TEXT_CAP or b"\\" in header or not header.decode().isprintable():
        for name in {*type(message).__struct_fields__} - {*_WANTED}:
            msgspec.structs.force_setattr(message, name, _cleaned(getattr(message, name)))
    report: Report = message
    return report


def decode_outside(data: bytes) -> Request:
    """Decode what came from outside, which is trusted."""
    request: Request = _decoded(data, codec.REQUEST_CAP, _OF_REQUESTS)[0]
    return request


def _decoded(data: bytes, cap: int, decoder: Any) -> tuple[Any, bytes]:
    """A message, and the JSON that it was read from."""
    message, arrays = decode_frame(data, cap, decoder=decoder)
    for _, name in _TREES[type(message)]:
        wanted: Any = _WANTED[name]
        tree = build(getattr(message, name), arrays)
        if not isinstance(tree, wanted) or (wanted is dict and not all(type(key) is str for key in tree)):
            raise WireError("a message holds a tree of another kind")
        msgspec.structs.force_setattr(message, name, tree)
    return message, codec.header_of(data)


def _cleaned(value: Any) -> Any:
    """A field of a report whose texts are cut, and fit to show."""
    if type(value) is str:
        return plain_text(value, TEXT_CAP)
    return tuple(map(_cleaned, value)) if type(value) is tuple else value
