"""`python -m grader`, and the command `grader`.

takes: the command line.
gives: its exit code; 130 where it is stopped before there is a verb to say more.
must not know: anything but `cli`.
"""

import sys
from collections import namedtuple


def main() -> None:
    """Run the verb that is named."""
    try:
        from grader.cli import main as verbs
    except KeyboardInterrupt:
        namedtuple("_Next", ())  # the exit code is then ours, as `cli.faults` tells
        print("grader: stopped before it was done\n  next: run the same command again", file=sys.stderr)
        sys.exit(130)
    verbs()


if __name__ == "__main__":
    main()
