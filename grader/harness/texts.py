"""Text from objects that may lie, raise or be huge when asked for it; and where an exception came from.

takes: any object, any exception.
gives: short strings, `Trouble` values.
must not know: what was being done.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from types import TracebackType

import numpy as np

from grader.harness.absent import DEFINITIONS
from grader.harness.alarm import StatementTimeout
from grader.wire import RAISES, WITH_KEYS, WITHIN, Piece, Trouble, reached
from grader.wire.frames import TEXT_CAP

NAME_CAP = 80
_MOST_KEYS = 8
_KEY_CAP = 24
_CELL = re.compile(r"cell (\d+)")
# Where on this machine a module lies: nothing that a student could use.
_WHERE = re.compile(r" \((?:unknown location|/[^()]*|[A-Za-z]:\\[^()]*)\)$")
# The plain getter of `type`: `cls.__name__` would ask the class's own metaclass.
_class_name = type.__dict__["__name__"].__get__
_mro_of = type.__dict__["__mro__"].__get__


class NoParts(list[object]):
    """What an iterator has given that gave nothing; by its name it is told that it was one."""


NoParts.__name__ = "iterator"
_IN_A_ROW = (list, tuple, NoParts)


def cell_file(cell: int) -> str:
    """Name the file that a cell's code is compiled as."""
    return f"cell {cell}"


def name_type(value: object) -> str:
    """Name an object's class, whatever the class says of itself."""
    return str.__getitem__(_class_name(type(value)), slice(0, NAME_CAP))


def show(value: object) -> str:
    """Turn an object into text, cut short; one whose `__str__` fails is described instead."""
    try:
        # The slice of `str` itself gives a plain string even where `__str__` gave a subclass.
        return str.__getitem__(str(value), slice(0, TEXT_CAP + 1))
    except BaseException:
        return "(its text cannot be shown)"


def keep_source(piece: Piece) -> None:
    """Let `inspect.getsource` find what stands in a cell, as it does in a kernel."""
    import linecache  # hardly any program asks for its own text

    text = "\n" * (piece.first - 1) + piece.source + "\n"
    linecache.cache[cell_file(piece.cell)] = (len(text), None, text.splitlines(keepends=True), cell_file(piece.cell))


def describe_trouble(error: BaseException) -> Trouble:
    """Describe an exception and the innermost line of a cell that it passed through."""
    cell, line = _place(error.__traceback__)
    message = show(error)
    if isinstance(error, ImportError):
        message = _WHERE.sub("", message)
    return Trouble(name_type(error), message, cell, line)


def kinds_of(error: BaseException) -> tuple[str, ...]:
    """Name the known classes that an error is of; none where its own class is one of Python's."""
    if _is_pythons(type(error)):
        return ()
    known = (one for one in _mro_of(type(error)) if one is np.linalg.LinAlgError or _is_pythons(one))
    return tuple(_class_name(one) for one in known if one is not object)


def _is_pythons(kind: type) -> bool:
    return vars(builtins).get(_class_name(kind)) is kind


def told_of(statement: ast.stmt, trouble: Trouble, cell: int) -> Trouble:
    """What a statement raised, at a line of its own: of a definition that by which it is known, wherever in a decorator
    that was; where a function that it calls raised it, its first."""
    place = (trouble.cell, trouble.line)
    last = statement.lineno if isinstance(statement, DEFINITIONS) else statement.end_lineno or 0
    if place == (0, 0) or (cell, statement.lineno) <= place <= (cell, last):
        return trouble
    is_late = trouble.type_name == StatementTimeout.__name__  # it may have been anywhere when its time was over
    within = f" (in line {trouble.line})" if trouble.cell == cell and not is_late else ""
    return replace(trouble, message=f"{trouble.message}{within}", cell=cell, line=statement.lineno)


def lines_passed(error: BaseException, cell: int) -> list[int]:
    """List the lines of a cell that an exception passed through; none of what ends a program, or was stopped."""
    frames, frame = [], error.__traceback__ if isinstance(error, Exception) else None
    while frame is not None:
        frames.append(frame)
        frame = frame.tb_next
    return [one.tb_lineno or 0 for one in frames if one.tb_frame.f_code.co_filename == cell_file(cell)]


def keys_shown(values: Sequence[object], error: KeyError) -> str:
    """List the keys of a plain dict among these that one was not in, where they are few short texts or numbers.

    Nothing where the line that failed has another dict, in which the key may have been sought.
    """
    others = [found for found in _dicts_at(error) if not any(found is value for value in values)]
    return next(filter(None, map(_keys_of, values if not others else ())), "")


def _keys_of(value: object) -> str:
    keys = list(value) if type(value) is dict and 0 < len(value) <= _MOST_KEYS else [None]
    return ", ".join(map(repr, keys)) if all(type(k) in (str, int) and len(repr(k)) <= _KEY_CAP for k in keys) else ""


def why_nothing(value: object, way: str, was_given: bool) -> str:
    """Name why nothing is found on a way: a property raises, or else what there is in what `was_given` back."""
    found, _, beyond = reached(value, way)
    if beyond.startswith(".") and any(beyond[1:] in vars(owner) for owner in type(found).__mro__):
        try:
            getattr(found, beyond[1:])
        except BaseException as error:
            return f"{RAISES}{name_type(error)}"
    return what_is_there(value, way) if was_given else "NoneType"


def what_is_there(value: object, way: str) -> str:
    """Name what was given where a part of it was looked for in vain: a dict by its keys, all else by its type.

    A list or tuple that is too short by how many it holds; where some of the way leads on, what is there, and how far.
    """
    if value is None:
        return "nothing"
    found, so_far, beyond = reached(value, way)
    keys, is_short = _keys_of(found), type(found) in _IN_A_ROW and beyond[1:2] in "-0123456789"
    there = f"{WITH_KEYS}{keys}" if keys else f"{name_type(found)}{f' of {len(found)}' if is_short else ''}"
    return f"{there}{WITHIN}{so_far}" if so_far and beyond else there


def _dicts_at(error: BaseException) -> list[object]:
    """The plain dicts that the innermost function of a cell has before it: its own, its object's, those of its cell."""
    found = _innermost(error.__traceback__)
    if found is None:
        return []
    frame = found.tb_frame
    local, code = frame.f_locals, frame.f_code
    first = local.get(code.co_varnames[0]) if code.co_argcount else None
    with suppress(Exception):  # an object may have no attributes, or none that it shows
        first = object.__getattribute__(first, "__dict__")
    near = [*local.values(), *(first.values() if type(first) is dict else ())]
    return [one for one in (*near, *map(frame.f_globals.get, code.co_names)) if type(one) is dict]


def arrays_met(error: BaseException) -> str:
    """List the arrays and numbers that an assert of a cell names which did not hold, each with its shape."""
    found = _innermost(error.__traceback__)
    if found is None:
        return ""
    import dis  # hardly any program raises this

    local, steps = found.tb_frame.f_locals, list(dis.get_instructions(found.tb_frame.f_code))
    raised = next((step.positions for step in steps if step.offset == found.tb_lasti), None)
    lines = range(raised.lineno or 0, (raised.end_lineno or 0) + 1) if raised else ()
    named = (step.argval for step in steps if step.positions and step.positions.lineno in lines)
    names = dict.fromkeys(name for of in named for name in (of if type(of) is tuple else (of,)) if type(name) is str)
    met = ((name, form) for name in names if (form := _form(local.get(name))))
    return ", ".join(f"{name[:_KEY_CAP]} {form}" for name, form in islice(met, _MOST_KEYS))


def _form(value: object) -> str:
    if type(value) is np.ndarray:
        other = f" and dtype {value.dtype.name}" if value.dtype != np.float64 else ""
        return f"has shape {value.shape}{other}"
    return f"is one number, {name_type(value)}" if isinstance(value, (float, int, np.number)) else ""


def _innermost(frame: TracebackType | None) -> TracebackType | None:
    """The innermost frame of a cell."""
    found = None
    while frame is not None:
        if _CELL.fullmatch(frame.tb_frame.f_code.co_filename):
            found = frame
        frame = frame.tb_next
    return found


def _place(frame: TracebackType | None) -> tuple[int, int]:
    found = _innermost(frame)
    match = _CELL.fullmatch(found.tb_frame.f_code.co_filename) if found is not None else None
    return (int(match[1]), max(found.tb_lineno or 0, 0)) if found is not None and match else (0, 0)
