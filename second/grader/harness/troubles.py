"""Describe exceptions of student code: objects that may lie, raise, or be huge when they are asked for their text."""

from __future__ import annotations

import re
import sys

from grader.wire.messages import TEXT_CAP, TroubleParts
from grader.wire.trees import name_type

_PLACE = re.compile(r"<(?:cell (\d+)|file (.+))>")
_FOLDER = re.compile(r" \((?:unknown location|/[^()]*|[A-Za-z]:\\[^()]*)\)$")  # of a module on this machine


def cell_file(cell: int) -> str:
    """The file name that a cell is compiled under."""
    return f"<cell {cell}>"


def module_file(name: str) -> str:
    """The file name that a helper module is compiled under."""
    return f"<file {name}>"


def show(value: object) -> str:
    """Turn an object into text, cut short; one whose `__str__` fails is described instead."""
    try:
        # The slice of `str` itself returns a plain string even where `__str__` returned a subclass.
        return str.__getitem__(str(value), slice(0, TEXT_CAP + 1))
    except BaseException:
        return "(its text cannot be shown)"


def trouble_of(error: BaseException) -> TroubleParts:
    """Describe the exception that is being handled, at the last place of the program that it passed."""
    found = ("", 0)
    frame = sys.exc_info()[2]
    while frame is not None:
        filename = frame.tb_frame.f_code.co_filename
        if _PLACE.fullmatch(filename):
            found = (filename, frame.tb_lineno or 0)
        frame = frame.tb_next
    if isinstance(error, SyntaxError) and _PLACE.fullmatch(str(error.filename)):
        return trouble_at(error, str(error.filename), error.lineno or 0)
    return trouble_at(error, *found)


def trouble_at(error: BaseException, filename: str, line: int) -> TroubleParts:
    """Describe an exception at a line of a cell or a helper module."""
    message = error.msg if type(error) is SyntaxError else _FOLDER.sub("", show(error))
    place = _PLACE.fullmatch(filename)
    cell, file = (int(place[1] or 0), place[2] or "") if place else (0, "")
    return name_type(error), message, cell, max(line, 0), file
