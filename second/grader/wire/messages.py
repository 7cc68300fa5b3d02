"""Messages: what is said through the wall, one frame each.

The outside sends `Load`, `Ask`s, and an `Answer` to each `CallOut`. The inside sends `At`s and a `LoadReport`, then
`Stage`s and a `Raised` or `Done` for each `Ask`, in order. What comes from inside is hostile: `decode_inside` returns a
message whose every field has its type and a cap, or raises `WireError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    """What a driver yielded, with the calls it made since its last yield and the inputs that changed since then."""

    number: int
    name: str
    values: Mapping[str, Tree]
    calls: tuple[CallParts, ...] = ()
    changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Raised:
    """A driver ended with an exception. `missing` is the graded name that is not there, if that is why."""

    number: int
    trouble: TroubleParts
    missing: str = ""
    calls: tuple[CallParts, ...] = ()


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
Check = Callable[[Any], Any]
"""Returns a field as it is to be, or raises `WireError`."""


def encode(message: Request | Report, describe: Describe | None = None) -> bytes:
    """Make the frame of a message. `describe` says what stands for values of no plain kind; without it they raise."""
    kind, content = type(message), vars(message)
    if isinstance(message, Load):
        content = {**content, "program": _program_to_tree(message.program)}
    plain, trees = _FIELDS[kind.__name__]
    flat, arrays = flatten([content[one] for one in trees], describe, REQUEST_CAP if describe is None else ROOM)
    return encode_frame({"kind": kind.__name__, "plain": [content[one] for one in plain], "trees": flat}, arrays)


def decode_inside(data: bytes) -> Report:
    """Decode what came from inside; whatever is wrong with it raises `WireError`."""
    header, arrays = decode_frame(data)
    kind, plain, trees = header.get("kind"), header.get("plain"), build(header.get("trees"), arrays)
    if type(kind) is not str or kind not in _REPORTS or type(plain) is not list or type(trees) is not list:
        raise WireError("a message has no known kind, or no fields")
    names, values = _CHECKS[kind], plain + trees
    if len(names) != len(values):
        raise WireError("a message has not the fields of its kind")
    fields = {name: check(value) for (name, check), value in zip(names.items(), values, strict=True)}
    report: Report = _REPORTS[kind](**fields)
    return report


def decode_outside(data: bytes) -> Request:
    """Decode what came from outside, which is trusted."""
    header, arrays = decode_frame(data, REQUEST_CAP)
    plain, trees = _FIELDS[header["kind"]]
    content = dict(zip((*plain, *trees), map(_as_tuples, header["plain"]), strict=False))
    content |= zip(trees, build(header["trees"], arrays), strict=True)
    if header["kind"] == "Load":
        return Load(**{**content, "program": _program_from_tree(content["program"])})
    return Ask(**content) if header["kind"] == "Ask" else Answer(**content)


# ---- fields ----------------------------------------------------------------------------------------------------------


def _check_of(hint: Any) -> Check:
    """What checks a field of this type; texts are cut and cleaned."""
    parts = get_args(hint)
    if get_origin(hint) is tuple and parts[-1] is ...:
        one = _check_of(parts[0])
        return lambda value: tuple([one(part) for part in _several(value)])
    if get_origin(hint) is tuple:
        checks = [*map(_check_of, parts)]
        return lambda value: tuple([check(part) for check, part in zip(checks, _several(value, parts), strict=True)])
    simple: dict[Any, Check] = {str: _text, int: _whole, Any: lambda value: value}
    return simple.get(hint, _named)


def _several(value: Any, parts: Sequence[object] | None = None) -> Sequence[Any]:
    if type(value) not in (list, tuple) or len(value) > MANY or (parts is not None and len(value) != len(parts)):
        raise WireError("a field of a message is not the list that it should be")
    return value  # type: ignore[no-any-return]


def _text(value: Any) -> str:
    if type(value) is not str:
        raise WireError("a field of a message is not a text")
    return plain_text(value, TEXT_CAP)


def _whole(value: Any) -> int:
    if type(value) is not int or not -1 <= value < 1 << 62:
        raise WireError("a field of a message is not a number")
    return value


def _named(value: Any) -> Mapping[str, Tree]:
    if type(value) is not dict or not all(type(name) is str for name in value):
        raise WireError("a field of a message is not a dict by names")
    return value


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if type(value) is list else value


def _fields_of(hints: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The fields that are plain, and those that are trees or hold some."""
    trees = [name for name, hint in hints.items() if hint is Program or Any in (hint, *get_args(hint))]
    return [name for name in hints if name not in trees], trees


_HINTS = {kind.__name__: get_type_hints(kind) for kind in (*get_args(Request), *get_args(Report))}
_FIELDS = {kind: _fields_of(hints) for kind, hints in _HINTS.items()}
_REPORTS: Mapping[str, Any] = {kind.__name__: kind for kind in get_args(Report)}
_CHECKS = {kind: {one: _check_of(_HINTS[kind][one]) for part in _FIELDS[kind] for one in part} for kind in _REPORTS}


def _program_to_tree(program: Program) -> Tree:
    files = {name: np.frombuffer(data, np.uint8) for name, data in program.files.items()}
    return astuple(Program(program.units, program.modules, program.bindings)), files


def _program_from_tree(tree: Any) -> Program:
    (units, modules, bindings, _), files = tree
    units, bindings = tuple(Unit(*one) for one in units), tuple(Binding(*one) for one in bindings)
    return Program(units, modules, bindings, {name: data.tobytes() for name, data in files.items()})
