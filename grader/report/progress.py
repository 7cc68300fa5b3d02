"""How far a class is: a bar with rate and time left in a terminal, plain lines elsewhere.

takes: how many hand-ins there may be, and student, status and sentence of each as it is done.
gives: a function to call with these.
must not know: how anything is graded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.wire import plain_text

Tell = Callable[[str, str, str], None]
LINES = 10  # plain lines for a whole class, so that a log stays readable


@contextmanager
def progress_of(total: int, quiet: bool, done: str = "graded") -> Iterator[Tell]:
    """Show progress on standard error, so that standard output holds the result alone. `done` is what is done."""
    if quiet or total == 0:
        yield lambda student, status, sentence: None
    elif sys.stderr.isatty():
        yield from _bar(total, done)
    else:
        yield _lines(total, done)


def _lines(total: int, what: str) -> Tell:
    done = 0

    def tell(student: str, status: str, sentence: str) -> None:
        nonlocal done
        done += 1
        if status != "graded":
            print(f"{plain_text(student, 80)}: {status}: {plain_text(sentence)}", file=sys.stderr)
        if done * LINES // total != (done - 1) * LINES // total:
            print(f"{done} of {total} hand-ins {what}", file=sys.stderr)

    return tell


def _bar(total: int, what: str) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),  # a terminal of 40 columns has room for that much
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total, rate="")

        def tell(student: str, status: str, sentence: str) -> None:
            speed = progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.0f} a second" if speed else "")

        yield tell
