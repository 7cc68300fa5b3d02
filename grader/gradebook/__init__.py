"""The gradebook: one SQLite file that holds submissions, verdicts, outcomes, overrides and runs.

takes: `Record` values as they are graded.
gives: the same values back, in order of student; what a run was made with.
must not know: HTML, CSV, how a verdict was reached.
"""

from grader.gradebook.book import Gradebook, Run
from grader.gradebook.records import (
    BehaviourRecord,
    CaseRecord,
    CellRecord,
    CriterionRecord,
    Record,
    Row,
    prepare,
)

__all__ = [
    "BehaviourRecord",
    "CaseRecord",
    "CellRecord",
    "CriterionRecord",
    "Gradebook",
    "Record",
    "Row",
    "Run",
    "prepare",
]
