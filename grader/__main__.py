"""`python -m grader`.

takes: the command line.
gives: its exit code.
must not know: anything but `cli`.
"""

from grader.cli import main

if __name__ == "__main__":
    main()
