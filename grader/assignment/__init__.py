"""The words that an author declares an assignment with, and standard inputs (`grader.assignment.cases`)."""

from grader.assignment.words import *  # noqa: F403
from grader.assignment.words import __all__ as __all__
