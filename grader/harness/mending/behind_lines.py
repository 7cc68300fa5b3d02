"""A program's functions looked at behind each of their lines, and right numbers put where wrong ones stand by then.

takes: wrong arrays with the right ones.
gives: a while in which that is done, and what the functions had under their names as they ended.
must not know: why.
"""

from __future__ import annotations

import dis
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from grader.harness.mending.mended import LARGEST, is_equal
from grader.harness.texts import cell_file

_MOST_LINES = 20_000  # that are run while it is looked: they take a few milliseconds more by that
_MOST_TIMES = 16  # that it is looked behind one line, which stands in a loop
_MOST = 64  # arrays of one function, or of one thing that it has
_CELL = cell_file(0)[:-1]

Named = tuple[str, np.ndarray]
"""An array under a name; under none where it stands within what has that name."""


class Put(NamedTuple):
    """A wrong array and the right one; under one `name` alone, if that is given."""

    wrong: np.ndarray
    right: np.ndarray
    name: str = ""


@contextmanager
def behind_lines(puts: Sequence[Put]) -> Iterator[Sequence[Named]]:
    """Put right numbers for a while; gives what was seen, copied, as each function ended."""
    looking, before = _Looking(puts), sys.gettrace()
    sys.settrace(looking.enter)
    try:
        yield looking.seen
    finally:
        sys.settrace(before)


class _Looking:
    def __init__(self, puts: Sequence[Put]) -> None:
        self._puts = [put for put in puts if 1 < put.wrong.size <= LARGEST and put.wrong.any()]
        self._left = _MOST_LINES
        self._times: Counter[tuple[CodeType, int]] = Counter()
        self._crowded: dict[CodeType, bool] = {}
        self.seen: list[Named] = []

    def enter(self, frame: FrameType, _: str, __: object) -> Any:
        """A function is looked at if it stands in a cell: none of numpy's is. Python tells of lines, not statements."""
        code = frame.f_code
        if self._left <= 0 or not code.co_filename.startswith(_CELL):
            return None
        if code not in self._crowded:
            self._crowded[code] = bool(self._puts) and _is_crowded(code)
        frame.f_trace_opcodes = self._crowded[code]
        return self._look

    def _look(self, frame: FrameType, event: str, _: object) -> Any:
        self._left -= 1
        if self._left <= 0:
            frame.f_trace_lines = frame.f_trace_opcodes = False
            return self._look
        self._times[place := (frame.f_code, frame.f_lasti)] += 1
        if event in ("line", "opcode") and self._times[place] > _MOST_TIMES:
            return self._look
        for name, array in _arrays_of(frame) if self._puts else ():
            self._put(name, array)
        if event == "return":
            self.seen += [(name, array.copy()) for name, array in _arrays_of(frame) if array.size <= LARGEST]
            del self.seen[_MOST:]
        return self._look

    def _put(self, name: str, array: np.ndarray) -> None:
        fitting = (put for put in self._puts if put.name in ("", name) and is_equal(array, put.wrong))
        right = next((put.right for put in fitting), None)
        # Of integers none is made a fraction.
        if right is not None and array.flags.writeable and np.can_cast(right.dtype, array.dtype, "same_kind"):
            with np.errstate(all="ignore"):  # whatever the program has set: what is raised here is raised in its lines
                np.copyto(array, right, "same_kind")


def _is_crowded(code: CodeType) -> bool:
    """Whether a line goes on behind what it has put under a name: `out = f(x); return out, out > 0`; no loop alone."""
    steps = [one for one in dis.get_instructions(code) if _line(one)]
    return any(
        one.opname.startswith("STORE_")
        and before.opname != "FOR_ITER"
        and not after.opname.startswith(("STORE_", "JUMP_"))
        and _line(one) == _line(after)
        for before, one, after in zip(steps, steps[1:], steps[2:], strict=False)
    )


def _line(step: dis.Instruction) -> int | None:
    return step.positions.lineno if step.positions else None


def _arrays_of(frame: FrameType) -> Iterator[Named]:
    """Under its names, in a dict of one, on an object of one (`self.out`)."""
    for name, part in list(frame.f_locals.items())[:_MOST]:
        if type(part) is np.ndarray:
            yield name, part
        held = part if type(part) is dict else _attributes(part)
        yield from (("", one) for one in list(held.values())[:_MOST] if type(one) is np.ndarray)


def _attributes(part: object) -> dict[str, Any]:
    try:
        held = object.__getattribute__(part, "__dict__")
    except AttributeError:
        return {}
    return held if type(held) is dict else {}
