"""What goes inside: a program to load, and questions to ask it. Nothing here can hold an answer."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

QUESTIONS = "<questions>"  # the file name that drivers are compiled under
Tree = Any
"""A result or an input: arrays, numbers, strings, None, and lists, tuples and dicts of those; or `Other`."""


@dataclass(frozen=True)
class Other:
    """A value that is none of the plain kinds; all that is kept of it is the name of its type."""

    type_name: str


class Message(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    """What is sent: a list of its kind's name and its fields."""


class Unit(Message, frozen=True):
    """The code of one cell that is to be run; lines count from the cell's first."""

    cell: int
    source: str


class Binding(Message, frozen=True):
    """Which function of the program is the graded one, where the name differs.

    `criterion` is `Relu.forward`; `name` is the global that is it (`relu_forward`), or a method (`ReLU.forward`).
    """

    criterion: str
    name: str


class Program(Message, frozen=True):
    """The definitions of one submission, in order, and the helper modules that it brings along.

    `modules` maps dotted names to sources; `files` are data files given with the exercise, by their path.
    """

    units: tuple[Unit, ...]
    modules: Mapping[str, str] = {}
    bindings: tuple[Binding, ...] = ()
    files: Mapping[str, bytes] = {}


@lru_cache(maxsize=1)  # one assignment's for a whole class: compiling it takes each process 1.2 ms
def compiled(questions: str) -> bytes:
    """The author's drivers as code, for an interpreter of this very version; raises `SyntaxError`, `ValueError`."""
    return marshal.dumps(compile(questions, QUESTIONS, "exec"))


class Ask(Message, frozen=True):
    """One case of one question: which driver runs on which inputs.

    `stubs` names the graded functions whose results the outside is asked for first; with `record` their own results are
    reported too (the reference's, when a key is compiled). The driver is closed after it has yielded the stage `until`
    (a later one ended or hung the process before); where that is empty, it runs to its end.
    """

    number: int
    driver: str
    inputs: Tree
    stubs: tuple[str, ...] = ()
    record: bool = False
    until: str = ""
