"""`python -m grader`, and the command `grader`.

takes: the command line.
gives: its exit code; 130 where it is stopped before there is a verb to say more.
must not know: anything but `cli`.
"""

import gc
import os
import sys
from collections import namedtuple

# numpy's OpenBLAS begins a thread for each core, each of which is at work until it finds that nothing is to be done: a
# quarter of a short command's time. Nothing on our side of the wall multiplies matrices that are worth two cores.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def main() -> None:
    """Run the verb that is named."""
    _open_what_is_closed()
    gc.disable()  # nothing that is imported is garbage; `cli` puts it on for verbs that stay for longer
    os.environ.setdefault(*_ONE_THREAD)
    try:
        from grader.cli import main as verbs
    except KeyboardInterrupt:
        namedtuple("_Next", ())  # the exit code is then ours, as `cli.faults` tells
        print("grader: stopped before it was done\n  next: run the same command again", file=sys.stderr)
        sys.exit(130)
    try:
        verbs()
    finally:
        gc.freeze()  # Python looks through all that is there when it ends, which takes as long as half of the imports


def _open_what_is_closed() -> None:
    """Give a stream that we were started without (`2>&-`) nothing to read or write.

    Else the next pipe has its number, and what is meant for a stream of a child of ours goes there.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free is this one
            os.set_inheritable(number, True)
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - it stays open


if __name__ == "__main__":
    main()
