"""What takes too long is stopped from within: by the system's alarm, or by a thread where there is none (Windows).

takes: what is to be run, and the seconds that it may take.
gives: what it gives, or `StatementTimeout`, raised in the midst of it.
must not know: what is run, how much time there is.

Our side ends the whole process of whoever cannot be stopped here, in a call into C for example.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

_MOMENTS = 3  # in each of which Python looks whether something is to be raised


class StatementTimeout(BaseException):
    """A statement took its share of the time. No `Exception`: `except Exception` must not swallow it."""

    def __str__(self) -> str:
        return "this statement took too long and was stopped"


def arm() -> None:
    """Make ready to hear the alarm, whatever has been made of it."""
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _stop)


def in_time(run: Callable[[], object], seconds: float) -> object:
    """Run it; it is stopped after so many seconds."""
    if not hasattr(signal, "setitimer"):
        return _in_time_of_a_thread(run, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(signum: int, frame: FrameType | None) -> None:
    raise StatementTimeout


def _in_time_of_a_thread(run: Callable[[], object], seconds: float) -> object:
    here, over, turn = threading.get_ident(), threading.Event(), threading.Lock()

    def watch() -> None:
        if not over.wait(seconds):
            with turn:
                if not over.is_set():
                    _stop_in(here)

    threading.Thread(target=watch, daemon=True).start()
    try:
        return run()
    finally:
        with turn:
            over.set()
        # What is to be raised and has not been yet is raised here: it would meet the next statement. It is not taken
        # back, as a thread for which that was done has Python 3.11 wait for ever in the first call that is traced.
        for _ in range(_MOMENTS):
            pass


def _stop_in(thread: int) -> None:
    import ctypes  # 8 ms, which nobody else needs

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(StatementTimeout))
