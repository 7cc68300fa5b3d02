"""The least that grading can cost with a process for each notebook: fork, run the cells, call, send arrays back.

The process that forks has loaded all that numpy loads late. A child reads its notebook, runs the cells that define
something, calls the six functions on five small inputs each, and writes all arrays into a pipe. Nothing is judged,
kept or confined: what a grader costs beyond this is its own doing.
"""

from __future__ import annotations

import json
import os
import pickle
import select
import sys
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.random

SHAPES = ((3, 4), (2, 6), (5, 1), (2, 3, 4), (1, 8))
AT_ONCE = 2
_LARGEST, _CHUNK = 1 << 20, 1 << 16  # bytes of one array that are sent back, and of one read
_DEFINES = ("import ", "def ", "class ")

Arrays = list[np.ndarray[Any, Any]]


def serve(folder: Path, rounds: int) -> tuple[int, int, int]:
    """Run every notebook of a folder; gives the numbers of notebooks, answered calls and arrays."""
    waiting, flying, poll = iter(sorted(folder.glob("*/*.ipynb"))), dict[int, tuple[int, bytearray]](), select.poll()
    notebooks = calls = arrays = 0
    for path in islice(waiting, AT_ONCE):
        _launch(path, rounds, flying, poll)
    while flying:
        for pipe, _ in poll.poll():
            if data := os.read(pipe, _CHUNK):
                flying[pipe][1].extend(data)
                continue
            poll.unregister(pipe)
            os.close(pipe)
            pid, received = flying.pop(pipe)
            os.waitpid(pid, 0)
            for path in islice(waiting, 1):
                _launch(path, rounds, flying, poll)
            answered, found = pickle.loads(received) if received else (0, [])
            notebooks, calls, arrays = notebooks + 1, calls + answered, arrays + len(found)
    return notebooks, calls, arrays


def _launch(path: Path, rounds: int, flying: dict[int, tuple[int, bytearray]], poll: select.poll) -> None:
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _answer(path, theirs, rounds)
    os.close(theirs)
    flying[ours] = (pid, bytearray())
    poll.register(ours, select.POLLIN)


def _answer(path: Path, pipe: int, rounds: int) -> NoReturn:
    """Be the child."""
    try:
        data = memoryview(pickle.dumps(ask(loaded(path), rounds)))
        while data:
            data = data[os.write(pipe, data) :]
    finally:
        os._exit(0)


def loaded(path: Path) -> dict[str, Any]:
    """Run the cells that define something; one that raises is passed over, and a line of magic does nothing."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in json.loads(path.read_bytes())["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and any(word in source for word in _DEFINES):
            lines = ("pass" if line.startswith(("%", "!")) else line for line in source.splitlines())
            with suppress(Exception):
                exec(compile("\n".join(lines), path.name, "exec"), names)
    return names


def ask(names: dict[str, Any], rounds: int = 1) -> tuple[int, Arrays]:
    """Call forward and backward of each layer on each shape; gives the number of calls that returned, and arrays."""
    returned, arrays, rng = 0, Arrays(), np.random.default_rng(5)
    for shape in SHAPES * rounds:
        x = rng.normal(size=shape)
        w, b = rng.normal(size=(x[0].size, 3)), rng.normal(size=3)
        for layer, inputs in (("Sigmoid", (x.copy(),)), ("Relu", (x.copy(),)), ("affine", (x, w, b))):
            with suppress(Exception):
                made = None if layer == "affine" else names[layer]()
                out, cache = (made.forward if made else names["affine_forward"])(*inputs)
                returned, arrays = returned + 1, arrays + _arrays((out,))
                dout = rng.normal(size=out.shape)
                results = (made.backward if made else names["affine_backward"])(dout, cache)
                returned += 1
                arrays += _arrays(results if isinstance(results, tuple) else (results,))
    return returned, arrays


def _arrays(results: tuple[Any, ...]) -> Arrays:
    return [r for r in results if isinstance(r, np.ndarray) and r.dtype.kind in "fiub" and r.nbytes <= _LARGEST]


def main(folder: str, rounds: str = "1") -> None:
    """Run a folder; what notebooks print goes nowhere. `rounds`: how often the 30 calls are made."""
    numpy.random.default_rng(0).normal(size=3)
    said, nothing = os.dup(1), os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.write(said, "{} notebooks, {} calls, {} arrays\n".format(*serve(Path(folder), int(rounds))).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
