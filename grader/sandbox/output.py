"""What a submission printed, step by step, capped.

takes: bytes from the output pipe, with a mark after each step.
gives: the text of each step.
must not know: what the steps are.
"""

from __future__ import annotations

from grader.wire import plain_text
from grader.wire.frames import HEADER_CAP

STEP_MARK = b"\0step\0"
"""What the harness writes after each step; a submission that forges it only mixes up its own text."""
# Bytes kept of one step's output; the rest is read and dropped. Saved as JSON a byte may become six, and the whole
# outcome must fit into one header.
STEP_CAP = 6 * 1024


class Output:
    """Collects the output; `steps` bounds how many parts it is split into, whatever is written."""

    def __init__(self) -> None:
        self.steps = 1
        self._parts = [bytearray()]
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """Take in what was read."""
        *whole, last = (self._tail + data).split(STEP_MARK)
        for part in whole:
            self._keep(part)
            if len(self._parts) <= self.steps:
                self._parts.append(bytearray())
        # A mark may be cut in two between one read and the next.
        held = next((n for n in range(len(STEP_MARK) - 1, 0, -1) if last.endswith(STEP_MARK[:n])), 0)
        self._keep(last[: len(last) - held])
        self._tail = last[len(last) - held :]

    def _keep(self, data: bytes) -> None:
        part = self._parts[-1]
        part += data[: STEP_CAP - len(part)]

    def text(self, step: int) -> str:
        """Give what was printed in one step, fit to show; step 0 is the loading."""
        if step >= len(self._parts):
            return ""
        return plain_text(self._parts[step].decode(errors="replace"), HEADER_CAP)
