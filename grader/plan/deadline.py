"""An author's own function called in our process: it is ended where it does not come back.

takes: the seconds that it may take, and what is said then.
gives: a while that ends; `AuthorError` where the time is over before.
must not know: what is called.

What a case draws, and what the reference keeps for a handed cache, is made by the author's code, here and behind no
wall. A loop in it that never ends would hold up the verb for ever, and say nothing.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from grader.errors import AuthorError


class _OverError(BaseException):
    """The time is over. No `Exception`, since the author's code may well catch those."""


@contextmanager
def deadline(seconds: float, sentence: str, hint: str) -> Iterator[None]:
    """End what is done meanwhile after so many seconds, where a clock can interrupt it: in the main thread, on Unix."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    started = time.monotonic()
    before, (left, every) = signal.signal(signal.SIGALRM, _over), signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _OverError:
        raise AuthorError(f"{sentence} after {seconds:g} s", hint) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # somebody else's clock goes on
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, left - (time.monotonic() - started)), every)


def _over(*_: object) -> None:
    raise _OverError
