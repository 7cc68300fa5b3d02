"""Outcomes: what happened when a program was asked. Facts, never opinions; saved, so that they can be judged again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from grader.wire.program import Tree


class Status(StrEnum):
    """What happened in one stage."""

    RETURNED = "returned"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    KILLED = "killed"
    MISSING = "missing"
    NOT_REACHED = "not reached"
    FAULT = "fault"


ENDED = ("ProcessEnded", "TimeoutError")
"""The types of a trouble that ended or hung the loading: the statement was left out."""


class Trouble(msgspec.Struct, frozen=True, array_like=True):
    """An exception of the program: its type and message, and the last place of the program that it passed.

    `cell` is 0 where that is not in the program's own code; in a helper module `file` names it.
    """

    type_name: str
    message: str
    cell: int = 0
    line: int = 0
    file: str = ""


class Call(msgspec.Struct, frozen=True, array_like=True):
    """What one call of a function of the program gave back: the type's name, and its length (-1: it has none)."""

    function: str
    type_name: str
    length: int = -1


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What happened in one stage of a case.

    `values` are what the driver yielded, by the results' names; `calls` the calls that it made in this stage. `changed`
    names inputs that were changed in place. `reason` says why a stage was not reached, or how its process ended.
    """

    status: Status
    values: Mapping[str, Tree] = {}
    calls: tuple[Call, ...] = ()
    changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    trouble: Trouble | None = None
    reason: str = ""


Outcomes = Mapping[int, tuple[Outcome, ...]]
"""Entry number -> one outcome for each stage of it, in order. What was not asked is not there."""


class Loaded(msgspec.Struct, frozen=True):
    """What came of loading a program: the graded names that are defined, and the statements that failed."""

    defined: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    replaced: tuple[str, ...] = ()  # packages that a silent stand-in replaced
