"""The version of the grader, in a place that costs nothing to read.

takes: nothing.
gives: `VERSION`, the same as in pyproject.toml (a test holds them together).
must not know: anything.
"""

VERSION = "0.1.0"
