"""The exam's questions as data, made from the calls that an author declares.

takes: an `Assignment`.
gives: a `CallPlan`, and the words that others read it by.
must not know: answers (none exist yet, and no field can hold one), students, how anything is run.
"""

from grader.plan.by_itself import RIGHT_RESULT
from grader.plan.call_plan import (
    ALONE,
    ANSWERED,
    BY_ITSELF,
    GIVEN_CACHE,
    MENDING,
    PROBE_STEP,
    CallPlan,
    Entry,
    Purpose,
    make_plan,
)

__all__ = [
    "ALONE",
    "ANSWERED",
    "BY_ITSELF",
    "GIVEN_CACHE",
    "MENDING",
    "PROBE_STEP",
    "RIGHT_RESULT",
    "CallPlan",
    "Entry",
    "Purpose",
    "make_plan",
]
