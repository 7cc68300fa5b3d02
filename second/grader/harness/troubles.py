"""Describe exceptions of student code, which may lie, raise, or be huge when they are asked for their text."""

from __future__ import annotations

import re
import sys

from grader.wire.messages import TEXT_CAP, TroubleParts
from grader.wire.trees import name_type

PLACE = re.compile(r"<(?:cell (\d+)|file (.+))>")
"""The file names that cells and helper modules are compiled under."""
_FOLDER = re.compile(r" \((?:unknown location|/[^()]*|[A-Za-z]:\\[^()]*)\)$")  # of a module on this machine


def show(value: object) -> str:
    """Turn an object into text, cut short; one whose `__str__` fails is described instead."""
    try:
        # The slice of `str` itself returns a plain string even where `__str__` returned a subclass.
        return str.__getitem__(str(value), slice(0, TEXT_CAP + 1))
    except BaseException:
        return "(its text cannot be shown)"


def trouble_of(error: BaseException) -> TroubleParts:
    """Describe the exception that is being handled, at the last place of the program that it passed."""
    found, line, frame = None, 0, sys.exc_info()[2]
    while frame is not None:
        if place := PLACE.fullmatch(frame.tb_frame.f_code.co_filename):
            found, line = place, frame.tb_lineno or 0
        frame = frame.tb_next
    message = _FOLDER.sub("", show(error))
    if isinstance(error, SyntaxError) and (place := PLACE.fullmatch(show(error.filename))):
        found, line, message = place, error.lineno or 0, show(error.msg)
    cell, file = (int(found[1] or 0), found[2] or "") if found else (0, "")
    return name_type(error), message, cell, line, file
