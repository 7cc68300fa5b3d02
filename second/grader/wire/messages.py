"""Messages: what is said through the wall, one frame each.

The outside sends `Load`, `Ask`s, and an `Answer` to each `CallOut`. The inside sends `At`s and a `LoadReport`, then
`Stage`s and a `Raised` or `Done` for each `Ask`, in order. What comes from inside is hostile: `decode_inside` returns a
message whose every field has its type and a cap, or raises `WireError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from grader.wire.frames import WireError, decode_frame, encode_frame
from grader.wire.program import Ask, Binding, Program, Tree, Unit
from grader.wire.trees import ROOM, Describe, build, flatten, plain_text

REQUEST_CAP = 64 << 20  # our own requests carry whole notebooks
TEXT_CAP = 500  # characters of a text
MANY = 1000  # entries of a list that is no result

TroubleParts = tuple[str, str, int, int, str]
"""Type name, message, cell, line, file: the fields of `outcomes.Trouble`."""
CallParts = tuple[str, str, int]
"""Function, type name, length (-1: it has none): the fields of `outcomes.Call`."""


@dataclass(frozen=True)
class Load:
    """Load a program, and the drivers' source. A `cautious` load says `At` before each statement."""

    program: Program
    questions: str
    names: tuple[str, ...]
    cautious: bool = False
    left_out: tuple[tuple[int, int], ...] = ()  # cell and line of statements that ended the process before


@dataclass(frozen=True)
class Answer:
    """The answer to a `CallOut`: the recorded result, if there is one."""

    found: bool
    value: Tree = None


@dataclass(frozen=True)
class LoadReport:
    """The graded names that are defined, the statements that failed, and the packages that a stand-in replaced."""

    defined: tuple[str, ...] = ()
    troubles: tuple[TroubleParts, ...] = ()
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True)
class At:
    """The statement that is to be run next."""

    cell: int
    line: int


@dataclass(frozen=True)
class Stage:
    """What a driver yielded, with the calls it made since its last yield and the inputs that changed since then.

    `printed` counts the bytes that the program has printed so far.
    """

    number: int
    name: str
    values: Mapping[str, Tree]
    calls: tuple[CallParts, ...] = ()
    changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    printed: int = 0


@dataclass(frozen=True)
class Raised:
    """A driver ended with an exception. `missing` is the graded name that is not there, if that is why."""

    number: int
    trouble: TroubleParts
    missing: str = ""
    calls: tuple[CallParts, ...] = ()
    printed: int = 0


@dataclass(frozen=True)
class Done:
    """A driver has no more to yield."""

    number: int


@dataclass(frozen=True)
class CallOut:
    """A stub was called, in the place of a graded function. The arguments are those behind `self`."""

    number: int
    function: str
    args: tuple[Tree, ...]
    kwargs: Mapping[str, Tree] = field(default_factory=dict)


@dataclass(frozen=True)
class CallResult:
    """What the program's own function gave back, where no recorded call was found."""

    number: int
    value: Tree


Request = Load | Ask | Answer
Report = LoadReport | At | Stage | Raised | Done | CallOut | CallResult
_REPORTS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(Report)}
_HINTS = {name: get_type_hints(kind) for name, kind in _REPORTS.items()}


def encode(message: Request | Report, describe: Describe | None = None) -> bytes:
    """Make the frame of a message. `describe` says what stands for values of no plain kind; without it they raise."""
    content = vars(message)
    if isinstance(message, Load):
        content = {**content, "program": _program_to_tree(message.program)}
    plain, arrays = flatten(content, describe, REQUEST_CAP if describe is None else ROOM)
    return encode_frame({"kind": type(message).__name__, "fields": plain}, arrays)


def decode_inside(data: bytes) -> Report:
    """Decode what came from inside; whatever is wrong with it raises `WireError`."""
    header, arrays = decode_frame(data)
    kind, content = header.get("kind"), build(header.get("fields"), arrays)
    if type(kind) is not str or kind not in _REPORTS or type(content) is not dict or {*content} != {*_HINTS[kind]}:
        raise WireError("a message has no known kind, or not the fields of its kind")
    report: Report = _REPORTS[kind](**{name: _checked(hint, content[name]) for name, hint in _HINTS[kind].items()})
    return report


def decode_outside(data: bytes) -> Request:
    """Decode what came from outside, which is trusted."""
    header, arrays = decode_frame(data, REQUEST_CAP)
    content = build(header["fields"], arrays)
    if header["kind"] == "Load":
        return Load(**{**content, "program": _program_from_tree(content["program"])})
    return Ask(**content) if header["kind"] == "Ask" else Answer(**content)


def _checked(hint: Any, value: Tree) -> Any:
    """A value, if it is what a field's type says; texts are cut and cleaned."""
    kind, parts = type(value), get_args(hint)
    if hint is str and kind is str:
        return plain_text(value, TEXT_CAP)
    if get_origin(hint) is tuple and kind is tuple and len(value) <= MANY:
        parts = parts[:1] * len(value) if parts[-1] is ... else parts
        if len(parts) == len(value):
            return tuple(_checked(part, one) for part, one in zip(parts, value, strict=True))
    is_mapping = get_origin(hint) is Mapping and kind is dict and all(type(name) is str for name in value)
    if hint is Any or is_mapping or (hint is int and kind is int and -1 <= value < 1 << 62):
        return value
    raise WireError(f"a field of a message is not {hint}")


def _program_to_tree(program: Program) -> Tree:
    files = {name: np.frombuffer(data, np.uint8) for name, data in program.files.items()}
    return astuple(Program(program.units, program.modules, program.bindings)), files


def _program_from_tree(tree: Any) -> Program:
    (units, modules, bindings, _), files = tree
    units, bindings = tuple(Unit(*one) for one in units), tuple(Binding(*one) for one in bindings)
    return Program(units, modules, bindings, {name: data.tobytes() for name, data in files.items()})
