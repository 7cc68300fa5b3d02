"""A program's functions looked at behind each of their lines, and right numbers put where wrong ones stand by then.

takes: wrong arrays with the right ones.
gives: `BehindLines`, within which that is done, with what the functions had under their names as they ended.
must not know: why.
"""

from __future__ import annotations

import dis
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from grader.harness.mending.mended import LARGEST, is_equal, plain
from grader.harness.texts import cell_file

_MOST_LINES = 20_000  # that are run while it is looked: they take a few milliseconds more by that
_MOST_TIMES = 16  # that it is looked behind one line, which stands in a loop
_MOST = 64  # arrays of one function, or of one thing that it has
_MOST_SEEN = 256  # other ones of all functions: a layer has its weights in each of its methods, and their gradients
_MOST_NUMBERS = 16  # of these, as a helper may be called for each number of an array
_CELL = cell_file(0)[:-1]
_FOR_ITER = dis.opmap["FOR_ITER"]
_CACHE = dis.opmap["CACHE"]  # no step; that an argument is extended is one, and the one that Python tells of
_STORES = frozenset(step for name, step in dis.opmap.items() if name.startswith("STORE_"))
_ENDS = _STORES.union(step for name, step in dis.opmap.items() if name.startswith("JUMP_"))

Named = tuple[str, np.ndarray]
"""An array under a name, `.name` as an attribute of what has one; under none where it stands in a dict."""


class Put(NamedTuple):
    """A wrong array and the right one; under one `name` alone, if that is given."""

    wrong: np.ndarray
    right: np.ndarray
    name: str = ""


class _There(NamedTuple):
    """An array of a function as `Named`, and the dict and the key where it stands; no dict where that is the function's
    own."""

    name: str
    array: np.ndarray
    held: dict[Any, Any] | None
    key: Any


_known: dict[int, tuple[CodeType, frozenset[int]]] = {}
"""Where lines of a code go on behind a store; with the code itself, so that nothing else gets its place."""


class BehindLines:
    """While it is entered right numbers are put; `seen` is what functions had, copied, as each ended."""

    def __init__(self, puts: Sequence[Put]) -> None:
        self._puts = [put for put in puts if put.wrong.size <= LARGEST and _is_told(put)]
        self._shapes = {put.wrong.shape for put in self._puts}
        self._left = _MOST_LINES
        self._numbers = 0
        self._times: Counter[tuple[int, int]] = Counter()
        self._seen: dict[tuple[str, tuple[int, ...], bytes], np.ndarray] = {}
        self._places: dict[tuple[int, tuple[int, ...], bytes], tuple[str, tuple[int, ...], bytes]] = {}  # by address

    @property
    def seen(self) -> list[Named]:
        """What functions had as they ended, each once under a name; zeros, of which nothing is made right, once."""
        return [(name, array) for (name, _, _), array in self._seen.items()]

    def __enter__(self) -> None:
        self._before = sys.gettrace()
        here = sys._getframe()
        here.f_trace_opcodes = True  # Python 3.12 tells of steps only if some frame wanted them as tracing began
        sys.settrace(self._begin)
        here.f_trace_opcodes = False

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _begin(self, frame: FrameType, _: str, __: object) -> Any:
        """A function is looked at if it stands in a cell: none of numpy's is. Python tells of lines, not statements."""
        code = frame.f_code
        if self._left <= 0 or not code.co_filename.startswith(_CELL):
            return None
        if id(code) not in _known:  # by its place: to ask for what is in it takes longer than to look at it anew
            _known[id(code)] = code, _behind_stores(code)
        return self._look

    def _look(self, frame: FrameType, event: str, _: object) -> Any:
        if event == "line" and not frame.f_trace_opcodes and self._puts:
            # Not as it begins: Python 3.13 tells of no step then, the first time that a function is called.
            frame.f_trace_opcodes = bool(_known[id(frame.f_code)][1])
        if event == "opcode" and frame.f_lasti not in _known[id(frame.f_code)][1]:
            return self._look
        self._left -= 1
        if self._left <= 0:
            frame.f_trace_lines = frame.f_trace_opcodes = False
            return self._look
        self._times[place := (id(frame.f_code), frame.f_lasti)] += 1  # by what is in a code one is told more slowly
        if event in ("line", "opcode") and self._times[place] > _MOST_TIMES:
            return self._look
        own: dict[str, np.ndarray] = {}
        likes = [one for one in _arrays_of(frame) if one.array.shape in self._shapes] if self._puts else []
        for one in likes:
            if (right := self._put(one.name, one.array)) is not None:
                (own if one.held is None else one.held)[one.key] = right
        if own:
            frame.f_locals.update(own)  # Python takes over what a trace function changes there
        if event == "return":
            self._keep(frame)
        return self._look

    def _keep(self, frame: FrameType) -> None:
        for name, array, *_ in _arrays_of(frame) if len(self._seen) < _MOST_SEEN else ():
            self._numbers += not array.ndim
            if array.size <= LARGEST and (array.ndim or self._numbers <= _MOST_NUMBERS):
                place = (name if array.any() else "", array.shape, array.tobytes())
                self._seen[place] = self._seen[place] if place in self._seen else array.copy()
                where = (array.__array_interface__["data"][0], *place[1:])
                if (before := self._places.get(where, place)) != place:
                    self._seen.pop(before, None)  # as an argument of a helper, which has ended
                self._places[where] = place

    def _put(self, name: str, array: np.ndarray) -> np.ndarray | None:
        """Make it right in its place; give what is to stand under its name where that has another shape."""
        fitting = (put for put in self._puts if put.name in ("", name) and is_equal(array, put.wrong))
        right = next((put.right for put in fitting), None)
        if right is None or right.shape != array.shape:
            return None if right is None else right.copy()
        # Of integers none is made a fraction.
        if array.flags.writeable and np.can_cast(right.dtype, array.dtype, "same_kind"):
            with np.errstate(all="ignore"):  # whatever the program has set: what is raised here is raised in its lines
                np.copyto(array, right, "same_kind")
        return None


def _is_told(put: Put) -> bool:
    """Whether it is told from other things: by its numbers, but for one alone and zeros, or by its shape."""
    return put.wrong.shape != put.right.shape or (put.wrong.size > 1 and bool(put.wrong.any()))


def _behind_stores(code: CodeType) -> frozenset[int]:
    """Where a line goes on behind what it has put under a name: `out = f(x); return out, out > 0`; no loop alone."""
    # Its bytes and not `dis.get_instructions`, which takes as long as to run a forward twice.
    placed = zip(range(0, len(code.co_code), 2), code.co_code[::2], code.co_positions(), strict=False)
    steps = [(place, step, line) for place, step, (line, *_) in placed if line and step != _CACHE]
    return frozenset(
        place
        for (_, before, _), (_, step, line), (place, after, line_after) in zip(
            steps, steps[1:], steps[2:], strict=False
        )
        if step in _STORES and before != _FOR_ITER and after not in _ENDS and line == line_after
    )


def _arrays_of(frame: FrameType) -> Iterator[_There]:
    """Under its names, in a dict of one, on an object of one (`self.out`)."""
    for name, part in list(frame.f_locals.items())[:_MOST]:
        if isinstance(part, np.ndarray | np.floating):  # one number, of `x.mean()` where an axis is forgotten
            yield _There(name, plain(np.asanyarray(part)), None, name)
        held = part if (is_dict := type(part) is dict) else _attributes(part)
        arrays = [(key, plain(one)) for key, one in list(held.items())[:_MOST] if isinstance(one, np.ndarray)]
        yield from (_There("" if is_dict else f".{key}", one, held, key) for key, one in arrays)


def _attributes(part: object) -> dict[str, Any]:
    try:
        held = object.__getattribute__(part, "__dict__")
    except AttributeError:
        return {}
    return held if type(held) is dict else {}
