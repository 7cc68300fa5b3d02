"""Messages: what is said through the wall, one frame each.

The outside sends `Load`, `Ask`s, and an `Answer` to each `CallOut`. The inside sends `At`s and a `LoadReport`, then
`Stage`s for each `Ask`, in order, and a `Raised` or `Done` where its stage `until` does not come. What comes from
inside is hostile: `decode_inside` returns a message whose every field has its type and a cap, or raises `WireError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from grader.wire import codec
from grader.wire.codec import Describe, WireError, build, decode_frame, encode_frame, flatten, plain_text
from grader.wire.program import Ask, Binding, Program, Tree, Unit

TEXT_CAP = 500  # characters of a text
MANY = 1000  # entries of a list that is no result

TroubleParts = tuple[str, str, int, int, str]
"""Type name, message, cell, line, file: the fields of `outcomes.Trouble`."""
CallParts = tuple[str, str, int]
"""Function, type name, length (-1: it has none): the fields of `outcomes.Call`."""


@dataclass(frozen=True)
class Load:
    """Load a program, and the `compiled` drivers. A `cautious` load says `At` before each statement."""

    program: Program
    drivers: bytes
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
"""Returns a field, its texts cut and cleaned, or raises `WireError`."""


def encode(message: Request | Report, describe: Describe | None = None) -> bytes:
    """Make the frame of a message. `describe` says what stands for values of no plain kind; without it they raise."""
    kind, content = type(message).__name__, vars(message)
    if isinstance(message, Load):
        drivers = np.frombuffer(message.drivers, np.uint8)
        content = {**content, "program": _program_to_tree(message.program), "drivers": drivers}
    plain, trees = _FIELDS[kind]
    flat, arrays = flatten(
        [content[one] for one in trees], describe, codec.REQUEST_CAP if describe is None else codec.ROOM
    )
    return encode_frame({"kind": kind, "plain": [content[one] for one in plain], "trees": flat}, arrays)


def decode_inside(data: bytes) -> Report:
    """Decode what came from inside; whatever is wrong with it raises `WireError`."""
    header, arrays = decode_frame(data)
    kind, plain, trees = header.get("kind"), header.get("plain"), build(header.get("trees"), arrays)
    checks = _CHECKS.get(kind, {}) if type(kind) is str else {}
    _demand(type(plain) is list and type(trees) is list and 0 < len(checks) == len(plain) + len(trees))
    fields = {name: check(value) for (name, check), value in zip(checks.items(), plain + trees, strict=True)}
    report: Report = _KINDS[str(kind)](**fields)
    return report


def decode_outside(data: bytes) -> Request:
    """Decode what came from outside, which is trusted."""
    header, arrays = decode_frame(data, codec.REQUEST_CAP)
    plain, trees = _FIELDS[header["kind"]]
    values = [*map(_as_tuples, header["plain"]), *build(header["trees"], arrays)]
    content = dict(zip(plain + trees, values, strict=True))
    if header["kind"] == "Load":
        content |= {"program": _program_from_tree(content["program"]), "drivers": content["drivers"].tobytes()}
    request: Request = _KINDS[header["kind"]](**content)
    return request


# ---- fields ----------------------------------------------------------------------------------------------------------


def _demand(fits: bool) -> None:
    if not fits:
        raise WireError("a message has no known kind, or not the fields of its kind")


def _check_of(hint: Any) -> Check:
    """What checks a field of this type."""
    parts = get_args(hint)
    if get_origin(hint) is tuple and parts[-1] is ...:
        one = _check_of(parts[0])
        return lambda value: tuple([one(part) for part in _several(value)])
    if get_origin(hint) is tuple:
        checks, count = [*map(_check_of, parts)], len(parts)
        return lambda value: tuple([check(part) for check, part in zip(checks, _several(value, count), strict=True)])
    simple: dict[Any, Check] = {str: _text, int: _whole, Any: lambda value: value}
    return simple.get(hint, _named)


def _several(value: Any, count: int = -1) -> Any:
    _demand(type(value) in (list, tuple) and len(value) <= MANY and count in (-1, len(value)))
    return value


def _text(value: Any) -> str:
    _demand(type(value) is str)
    return plain_text(value, TEXT_CAP)


def _whole(value: Any) -> int:
    _demand(type(value) is int and -1 <= value < 1 << 62)
    return value  # type: ignore[no-any-return]


def _named(value: Any) -> Mapping[str, Tree]:
    _demand(type(value) is dict and all(type(name) is str for name in value))
    return value  # type: ignore[no-any-return]


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if type(value) is list else value


_TREES = ("program", "drivers", "inputs", "values", "args", "kwargs", "value")  # fields that are trees, or hold some
_KINDS: Mapping[str, Any] = {kind.__name__: kind for kind in (*get_args(Request), *get_args(Report))}
_HINTS = {name: get_type_hints(kind) for name, kind in _KINDS.items()}
_FIELDS = {kind: ([n for n in of if n not in _TREES], [n for n in of if n in _TREES]) for kind, of in _HINTS.items()}
_REPORTS = (kind.__name__ for kind in get_args(Report))
_CHECKS = {kind: {one: _check_of(_HINTS[kind][one]) for part in _FIELDS[kind] for one in part} for kind in _REPORTS}


def _program_to_tree(program: Program) -> Tree:
    files = {name: np.frombuffer(data, np.uint8) for name, data in program.files.items()}
    return astuple(Program(program.units, program.modules, program.bindings)), files


def _program_from_tree(tree: Any) -> Program:
    (units, modules, bindings, _), files = tree
    units, bindings = tuple(Unit(*one) for one in units), tuple(Binding(*one) for one in bindings)
    return Program(units, modules, bindings, {name: data.tobytes() for name, data in files.items()})
