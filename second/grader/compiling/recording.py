"""Record the calls that the reference makes of stubbed functions: what stubs answer with."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import msgspec

from grader.assignment.words import resolve
from grader.compiling.sitting import ExamRoom
from grader.errors import AuthorError
from grader.key.model import Entry, Key, Recorded
from grader.key.store import pack
from grader.key.stubs import bind, is_same
from grader.wire.program import Program, Tree

MOST_CALLS = 200  # in one case
MOST_BYTES = 1 << 20
_OTHERS: Mapping[Any, tuple[Any, ...]] = {True: (False,), False: (True,), None: (True, 0, 1)}
"""What is tried in the place of a flag, or of a parameter that is None."""


def recordings_of(key: Key, room: ExamRoom, program: Program, reference: ModuleType) -> dict[int, tuple[Recorded, ...]]:
    """The calls of stubbed functions that the reference makes within each given case."""
    recordings = {}
    for number, heard in room.record(program).items():
        recordings[number] = tuple(_recorded(key, reference, *one) for one in heard)
        _demand_few(key.entries[number], recordings[number])
    return recordings


def _recorded(
    key: Key, reference: ModuleType, function: str, args: tuple[Tree, ...], kwargs: Mapping[str, Tree], result: Tree
) -> Recorded:
    """A call with its arguments by name, and the flags, or parameters that are None, that make no difference to it."""
    bound = bind(key.rule(function).signature, args, kwargs)
    if bound is None:
        what = f"The reference calls {function} with other arguments than its signature has"
        raise AuthorError(what, "give each parameter a name: no *args and **kwargs")
    call = Recorded(function, bound, result)
    flags = {name: one for name, one in bound.items() if one is None or isinstance(one, bool)}
    ignored = (name for name, one in flags.items() if all(_gives(reference, call, name, to) for to in _OTHERS[one]))
    return msgspec.structs.replace(call, ignored=tuple(ignored))


def _demand_few(entry: Entry, calls: Sequence[Recorded]) -> None:
    label, names = f"Given '{entry.driver}', case '{entry.case}'", ", ".join(entry.stubs)
    if not calls:
        raise AuthorError(f"{label}: the reference calls none of {names}", "name in stubs= what it calls")
    if len(calls) > MOST_CALLS or len(pack(tuple(calls))) > MOST_BYTES:
        what = f"{len(calls)} calls of {names} are recorded; {MOST_CALLS} and one megabyte are the most"
        said = "use fewer iterations and smaller arrays: plus(arrays(…), num_iterations=3)"
        raise AuthorError(f"{label}: {what}", said)


def _gives(reference: ModuleType, call: Recorded, name: str, value: Any) -> bool:
    """Whether a call gives the same with another value of one argument. A method may depend on its object."""
    if "." in call.function:
        return False
    arguments = copy.deepcopy({**call.arguments, name: value})
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        return is_same(resolve(reference, call.function)(**arguments), call.result)
    return False
