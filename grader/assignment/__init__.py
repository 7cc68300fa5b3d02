"""The words an author declares an assignment with: plain frozen values, checked when they are made.

takes: names, numbers and functions, as the author writes them.
gives: `Assignment` and its parts; a wrong declaration raises `AuthorError` naming the place.
must not know: notebooks, students, the format of the key, how anything is run or judged.
"""

from grader.assignment.calls import Call, Made, Own, made, own
from grader.assignment.cases import HIDDEN, PUBLIC, Behaviour, Case, FollowThrough, Inputs
from grader.assignment.policies import LatePolicy, Limits, Tolerance
from grader.assignment.words import Alternative, Assignment, Criterion, Mistake

__all__ = [
    "HIDDEN",
    "PUBLIC",
    "Alternative",
    "Assignment",
    "Behaviour",
    "Call",
    "Case",
    "Criterion",
    "FollowThrough",
    "Inputs",
    "LatePolicy",
    "Limits",
    "Made",
    "Mistake",
    "Own",
    "Tolerance",
    "made",
    "own",
]
