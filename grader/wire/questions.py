"""Requests: the program to load and the questions to ask, written by our side and read inside.

takes: `Piece` and `Question` values.
gives: frames, and the same values read back from frames.
must not know: answers (no field can hold one), case names, which case is hidden.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import prod
from typing import Any

import numpy as np

from grader.wire.built import Built
from grader.wire.frames import ARRAY_CAP, Frame, encode

_ALIGNED = 16  # bytes: the largest plain number, of 16, lies well there


@dataclass(frozen=True)
class Step:
    """One call: `takes` holds input names, `=name` for an own value, or a tuple of input names (a handed cache).

    What is no array is `Built`: one value for all calls of a question, so that one call finds what another wrote into
    a dict. `gives` names the results in order; `=name` is kept inside and never sent. `mends` names an own value and an
    input: before the call, wherever that value stands in what the hand-in keeps, the input is put (`harness.mended`).
    `new` is what the object is made with. `leaves` names further results, each with what it stands in (`self`, an input
    or an own value) and the way from there, as Python: `.dw`, `['w']`, `[0]`.
    """

    function: str
    takes: tuple[str | tuple[str, ...] | Built, ...]
    gives: tuple[str, ...]
    instance: str = "first"
    mends: tuple[str, str] | None = None
    new: tuple[str | Built, ...] = ()
    leaves: tuple[tuple[str, str, str], ...] = ()

    @cached_property
    def graded(self) -> frozenset[str]:
        """The names of the results that cross the wall."""
        return frozenset(
            [*(name for name in self.gives if not name.startswith("=")), *(leaf[0] for leaf in self.leaves)]
        )

    @cached_property
    def needed(self) -> frozenset[str]:
        """The names of all inputs that it needs, also within a `Built` and to make its object."""
        within = (name for built in self.built for name in built.arrays)
        return frozenset([*self.inputs, *within, *(name for name in self.new if isinstance(name, str))])

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs that it takes, those of handed caches among them, not those in a `Built`."""
        names: list[str] = []
        for taken in self.takes:
            if not isinstance(taken, Built):
                names += [taken] if isinstance(taken, str) else taken
        names += self.mends[1:] if self.mends else ()
        return tuple(name for name in names if not name.startswith("="))

    @cached_property
    def built(self) -> tuple[Built, ...]:
        """What it takes, or makes its object with, that is no array."""
        return tuple(taken for taken in (*self.new, *self.takes) if isinstance(taken, Built))

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The names of the results that are kept inside."""
        return tuple(name for name in self.gives if name.startswith("="))

    @cached_property
    def path(self) -> tuple[str, str]:
        """The function's name in two: the class's and the method's, or its own and nothing."""
        owner, _, method = self.function.partition(".")
        return owner, method


@dataclass(frozen=True, eq=False)
class Question:
    """One case as data: fresh arrays and the calls to make with them. No field can hold an answer.

    Two questions are equal if they are one object: a class is asked the very same ones.

    `layouts` tells how an input lies in memory where it is not C order: `F` (Fortran order) or `strided`.
    """

    inputs: Mapping[str, np.ndarray]
    steps: tuple[Step, ...]
    layouts: Mapping[str, str] = field(default_factory=dict)


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


def decode_program(header: Mapping[str, Any]) -> tuple[list[Piece], list[str], bool]:
    """Read what `encode_program` wrote."""
    return [Piece(*entry) for entry in header["pieces"]], list(header["wanted"]), bool(header["cautious"])


def step_to_json(step: Step) -> list[object]:
    """A step as a JSON list; tuples of names become lists, what is built a dict."""
    return [
        step.function,
        [_taken_to_json(taken) for taken in step.takes],
        list(step.gives),
        step.instance,
        *([list(step.mends)] if step.mends else []),
        *([_rest_to_json(step)] if step.new or step.leaves else []),
    ]


def _rest_to_json(step: Step) -> dict[str, object]:
    return {
        "new": [_taken_to_json(taken) for taken in step.new],
        "leaves": [list(leaf) for leaf in step.leaves],
    }


def step_from_json(entry: Sequence[Any]) -> Step:
    """Read what `step_to_json` wrote."""
    function, takes, gives, instance, *more = entry
    taken = tuple(_taken_from_json(t) for t in takes)
    mends = next(((part[0], part[1]) for part in more if isinstance(part, list)), None)
    rest: dict[str, Any] = next((part for part in more if isinstance(part, dict)), {"new": [], "leaves": []})
    new = tuple(t if isinstance(t, str) else Built(**t) for t in rest["new"])
    leaves = tuple((name, root, way) for name, root, way in rest["leaves"])
    return Step(function, taken, tuple(gives), instance, mends, new, leaves)


def _taken_to_json(taken: str | tuple[str, ...] | Built) -> object:
    if isinstance(taken, Built):
        return {"name": taken.name, "form": taken.form}
    return list(taken) if isinstance(taken, tuple) else taken


def _taken_from_json(taken: Any) -> str | tuple[str, ...] | Built:
    if isinstance(taken, dict):
        return Built(**taken)
    return tuple(taken) if isinstance(taken, list) else str(taken)


def encode_questions(questions: Sequence[Question]) -> bytes:
    """Ask the inside to answer questions, one frame a step, in order. A class is asked the same, encoded once."""
    return _encode_again(tuple(questions))


@lru_cache(maxsize=4)
def _encode_again(questions: tuple[Question, ...]) -> bytes:
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
        asked = [steps.setdefault(step, len(steps)) for step in question.steps]
        kind = json.dumps([list(question.inputs), dict(question.layouts), asked])
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
    }
    return encode(header, [np.frombuffer(box, np.uint8) for box in boxes])


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
    steps = [step_from_json(step) for step in frame.header["steps"]]
    forms = [(np.dtype(name), tuple(shape)) for name, shape in frame.header["forms"]]
    sized = [(dtype, shape, _room(prod(shape) * dtype.itemsize)) for dtype, shape in forms]
    kinds = [
        (names, tuple([steps[number] for number in asked]), layouts) for names, layouts, asked in frame.header["kinds"]
    ]
    boxes = iter(frame.arrays)
    box, at = next(boxes), 0
    for kind, *of_forms in frame.header["questions"]:
        names, asked, layouts = kinds[kind]
        inputs = {}
        for name, form in zip(names, of_forms, strict=True):
            dtype, shape, size = sized[form]
            if at + size > len(box):
                box, at = next(boxes), 0
            inputs[name] = np.ndarray(shape, dtype, box, at)
            at += size
        yield Question(inputs, asked, layouts)
