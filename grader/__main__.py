"""`python -m grader`, and the command `grader`."""

import os
import sys

# OpenBLAS starts a thread for each core, each of which is at work until it finds nothing to do: a quarter of a short
# command's time. Nothing on our side of the wall multiplies large matrices.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def main() -> None:
    """Run the verb that is named."""
    _open_what_is_closed()
    os.environ.setdefault(*_ONE_THREAD)
    try:
        from grader.cli import main as verbs
    except KeyboardInterrupt:
        print("grader: stopped before it was done\n  next: run the same command again", file=sys.stderr)
        sys.exit(130)
    verbs()


def _open_what_is_closed() -> None:
    """Give a stream that we were started without (`2>&-`) nothing to read or write.

    Else the next pipe gets its number, and what is meant for a stream of a child of ours goes there.
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
