"""What a submission printed, step by step, capped.

takes: bytes from the output pipe, with a mark after each step that printed.
gives: the text of each step.
must not know: what the steps are.
"""

from __future__ import annotations

import re

from grader.wire import plain_text
from grader.wire.frames import HEADER_CAP

STEP_MARK = b"\0step %d\0"
"""What the harness writes after a step that printed. A submission that forges it, or writes past its streams without
printing anything, only mixes up its own text."""
_MARK = re.compile(rb"\0step ([0-9]{1,6})\0")
_LONGEST_MARK = len(STEP_MARK % 999_999)
# Bytes kept of one step's output; the rest is read and dropped. Saved as JSON a byte may become six, and the whole
# outcome must fit into one header.
STEP_CAP = 6 * 1024


class Output:
    """Collects the output; `steps` bounds the numbers of the steps that are kept, whatever is written."""

    def __init__(self) -> None:
        self.steps = 1
        self._parts: dict[int, bytes] = {}
        self._open = bytearray()  # of the step that has not ended yet
        self._tail = b""

    def begin(self, steps: int) -> None:
        """Begin with so many steps anew; what was printed before belongs to none of them."""
        self.steps = steps
        self._parts.clear()
        self._open.clear()
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """Take in what was read."""
        *marked, last = _MARK.split(self._tail + data)
        for text, number in zip(marked[::2], map(int, marked[1::2]), strict=True):
            self._keep(text)
            if number <= self.steps:
                self._parts.setdefault(number, bytes(self._open))
            self._open.clear()
        # A mark may be cut in two between one read and the next.
        cut = last.rfind(b"\0", -_LONGEST_MARK)
        held = len(last) - cut if cut >= 0 else 0
        self._keep(last[: len(last) - held])
        self._tail = last[len(last) - held :]

    def _keep(self, data: bytes) -> None:
        self._open += data[: STEP_CAP - len(self._open)]

    @property
    def is_empty(self) -> bool:
        """Whether no step has printed anything."""
        return not self._parts

    def text(self, step: int) -> str:
        """Give what was printed in one step, fit to show; step 0 is the loading."""
        return plain_text(self._parts.get(step, b"").decode(errors="replace"), HEADER_CAP)

    def unfinished(self) -> str:
        """Give what was printed since the last mark: that of the step in which the process ended."""
        return plain_text(self._open.decode(errors="replace"), HEADER_CAP)
