"""The words that an author declares an assignment with, and standard inputs (`grader.assignment.cases`)."""

from grader.assignment.words import (
    HIDDEN,
    PUBLIC,
    Alternative,
    Assignment,
    Behaviour,
    Case,
    Criterion,
    Given,
    Gradient,
    LatePolicy,
    Limits,
    Mistake,
    Question,
    Settings,
    Tolerance,
)

__all__ = [
    "HIDDEN",
    "PUBLIC",
    "Alternative",
    "Assignment",
    "Behaviour",
    "Case",
    "Criterion",
    "Given",
    "Gradient",
    "LatePolicy",
    "Limits",
    "Mistake",
    "Question",
    "Settings",
    "Tolerance",
]
