"""Requests: the program to load and the questions to ask, written by our side and read inside.

takes: `Piece` and `Question` values.
gives: frames, and the same values read back from frames.
must not know: answers (no field can hold one), case names, which case is hidden.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from grader.wire.frames import ARRAY_CAP, Frame, encode
from grader.wire.quick import cached_property
from grader.wire.steps import Step, step_from_json, step_to_json

_ALIGNED = 16  # bytes: the largest plain number, of 16, lies well there


@dataclass(frozen=True, eq=False)
class Question:
    """One case as data: fresh arrays and the calls to make with them. No field can hold an answer.

    Two questions are equal if they are one object: a class is asked the very same ones.

    `layouts` tells how an input lies in memory where it is not C order: `F` (Fortran order) or `strided`. `files` are
    the sources of what came with the exercise, where something of it is given to a call. `lends` are functions, as they
    are called: while this is asked, they give what our side lends (`harness.calling.lent`).
    """

    inputs: Mapping[str, np.ndarray]
    steps: tuple[Step, ...]
    layouts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    lends: tuple[Step, ...] = ()

    @cached_property
    def taken(self) -> dict[str, np.ndarray]:
        """The inputs that its calls take, make an object with, or find on one: a case may draw more than that."""
        needed = frozenset[str]().union(*(step.needed for step in self.steps))
        return {name: array for name, array in self.inputs.items() if name in needed}

    @cached_property
    def has_float32(self) -> bool:
        """Whether float32 comes in."""
        return any(array.dtype == np.float32 for array in self.inputs.values())

    @cached_property
    def nbytes(self) -> int:
        """The size of its inputs."""
        return sum(array.nbytes for array in self.inputs.values())

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that came with the exercise and of which something is given to a call."""
        return tuple(dict.fromkeys(name for step in self.steps for built in step.built for name in built.modules))


def in_order(inputs: Mapping[str, np.ndarray], steps: Sequence[Step]) -> dict[str, np.ndarray]:
    """The inputs as the calls take them, `x, w, b` and not `b, w, x`; what no call takes by itself comes last."""
    names = dict.fromkeys([*(name for step in steps for name in step.inputs), *sorted(inputs)])
    return {name: inputs[name] for name in names if name in inputs}


@dataclass(frozen=True)
class Piece:
    """A run of one cell's lines that is executed at once; `first` is the line it begins at (1-based).

    With `bind`, the function `name` that it defines is then made the method `bind` (`Class.method`). With `module`, it
    runs as that module, which what follows can import.
    """

    cell: int
    first: int
    source: str
    name: str = ""
    bind: str = ""
    module: str = ""


@dataclass(frozen=True)
class Program:
    """What a hand-in defines, ready to be loaded.

    `definitions` are its imports, definitions and assignments; `every` all its statements, run only where a
    graded name is missing after the definitions; `wanted` the graded functions' names.
    """

    definitions: tuple[Piece, ...]
    every: tuple[Piece, ...]
    wanted: tuple[str, ...]


def encode_program(pieces: Sequence[Piece], wanted: Sequence[str], cautious: bool = False) -> bytes:
    """Ask the inside to load a program; `cautious` makes it report each piece before it runs it."""
    listed = [[p.cell, p.first, p.source, p.name, p.bind, p.module] for p in pieces]
    return encode({"ask": "load", "pieces": listed, "wanted": list(wanted), "cautious": cautious})


def encode_again() -> bytes:
    """Ask the inside to load its program once more, as if nothing had been asked of it."""
    return encode({"ask": "again"})


def decode_program(header: Mapping[str, Any]) -> tuple[list[Piece], list[str], bool]:
    """Read what `encode_program` wrote."""
    return [Piece(*entry) for entry in header["pieces"]], list(header["wanted"]), bool(header["cautious"])


def encode_questions(questions: Sequence[Question]) -> bytes:
    """Ask the inside to answer questions, one frame a step, in order. A class is asked the same, encoded once."""
    asked = tuple(questions)
    small = sum(question.nbytes for question in asked) <= _SMALL
    return (_encode_small if small else _encode_large)(asked)


def _encode(questions: tuple[Question, ...]) -> bytes:
    """Write each thing once that many questions share: calls, forms of arrays, names of inputs.

    Every submission's process reads this afresh, so what is there to be read counts: an entry of its own for each
    array took three times as long.
    """
    steps: dict[Step, int] = {}
    forms: dict[tuple[str, tuple[int, ...]], int] = {}
    kinds: dict[str, int] = {}
    boxes = [bytearray()]
    listed = []
    for question in questions:
        asked, lends = ([steps.setdefault(step, len(steps)) for step in of] for of in (question.steps, question.lends))
        kind = json.dumps([list(question.inputs), dict(question.layouts), asked, lends])
        listed.append([kinds.setdefault(kind, len(kinds))])
        for array in question.inputs.values():
            listed[-1].append(forms.setdefault((array.dtype.str, array.shape), len(forms)))
            _pack(array, boxes)
    header = {
        "ask": "answer",
        "steps": [step_to_json(step) for step in steps],
        "forms": list(forms),
        "kinds": [json.loads(kind) for kind in kinds],
        "questions": listed,
        "files": {file: source for question in questions for file, source in question.files.items()},
    }
    return encode(header, [np.frombuffer(box, np.uint8) for box in boxes])


# What is asked first is the same for all, and large. What is asked behind it is what the answers leave open: in a class
# of a thousand two hundred sets of questions, most of them of few.
_SMALL = 1 << 15  # bytes of inputs
_encode_large = lru_cache(maxsize=4)(_encode)
_encode_small = lru_cache(maxsize=128)(_encode)


def _pack(array: np.ndarray, boxes: list[bytearray]) -> None:
    """Put an array's bytes into the last box, or into a new one where they do not fit."""
    size = _room(array.nbytes)
    if len(boxes[-1]) + size > ARRAY_CAP:
        boxes.append(bytearray())
    boxes[-1] += array.tobytes().ljust(size, b"\0")


def _room(size: int) -> int:
    """The bytes that an array takes in its box, so that the next one is aligned."""
    return -(-size // _ALIGNED) * _ALIGNED


def decode_questions(frame: Frame) -> Iterator[Question]:
    """Read what `encode_questions` wrote, one by one; arrays are read-only views of the frame.

    One by one, since all at once would lie in fresh memory, each page of which costs a forked process a fault.
    """
    steps = [_step(step) for step in frame.header["steps"]]
    forms = [(np.dtype(name), tuple(shape)) for name, shape in frame.header["forms"]]
    sized = [(dtype, shape, _room(prod(shape) * dtype.itemsize)) for dtype, shape in forms]
    kinds = [
        (names, layouts, *(tuple([steps[number] for number in of]) for of in (asked, lends)))
        for names, layouts, asked, lends in frame.header["kinds"]
    ]
    boxes, files = iter(frame.arrays), frame.header["files"]
    box, at = next(boxes), 0
    for kind, *of_forms in frame.header["questions"]:
        names, layouts, asked, lends = kinds[kind]
        inputs = {}
        for name, form in zip(names, of_forms):  # noqa: B905 - as many as were written, and to say so takes longer
            dtype, shape, size = sized[form]
            if at + size > len(box):
                box, at = next(boxes), 0
            inputs[name] = np.ndarray(shape, dtype, box, at)
            at += size
        question = Question.__new__(Question)  # what refuses to be changed takes three times as long to be made
        question.__dict__.update(inputs=inputs, steps=asked, layouts=layouts, files=files, lends=lends)
        yield question


_steps: dict[str, Step] = {}  # all that one process was asked so far


def _step(listed: list[Any]) -> Step:
    """A call of one request is mostly one of the requests before, and what has been worked out of it stays."""
    told = repr(listed)
    found = _steps.get(told)
    if found is None:
        found = _steps[told] = step_from_json(listed)
    return found
