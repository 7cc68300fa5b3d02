"""Work of ours on what a stranger wrote, in a process of its own: it is ended where it takes too long or too much.

takes: a function of a module, what it is called with, and the seconds that it may take.
gives: what it gives; raises `GraderError` as it does, or `TooLongError`.
must not know: what is worked on.

For libraries of others that read whatever they are given, some of it in quadratic time. No wall stands around it: what
runs is ours.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from grader.errors import GraderError

MOST_MEMORY = 4 << 30  # bytes, where the system has a limit for it
Result = TypeVar("Result")


class TooLongError(Exception):
    """It took longer than it may, or more memory than there is."""


def apart(function: Callable[..., Result], *given: object, seconds: float, needs: Sequence[str] = ()) -> Result:
    """Call the function elsewhere; `needs` are the modules that it takes long to import, which is done once."""
    # Not by a fork of this process, which may have threads: of one that has none, and has imported what is needed.
    context: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload([function.__module__, *needs])
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, function, given), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise TooLongError
        made, result = ours.recv()
    except EOFError:
        raise TooLongError from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if not made:
        kind, sentence, hint = result
        raise kind(sentence, hint)
    return result  # type: ignore[no-any-return]


def _answer(there: Connection, function: Callable[..., object], given: Sequence[object]) -> None:
    with contextlib.suppress(ImportError):  # Windows
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        if most == resource.RLIM_INFINITY or most > MOST_MEMORY:
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, most))
    try:
        there.send((True, function(*given)))
    except GraderError as error:
        there.send((False, (type(error), str(error), error.hint)))
