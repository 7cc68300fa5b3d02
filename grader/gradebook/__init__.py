"""The gradebook: one SQLite file that holds submissions, verdicts, outcomes, overrides and runs.

takes: `Record` values as they are graded.
gives: the same values back, in order of student; what a run was made with.
must not know: HTML, CSV, how a verdict was reached.
"""

from grader.gradebook.applying import applied
from grader.gradebook.book import Gradebook
from grader.gradebook.moves import Move, is_seen
from grader.gradebook.overrides import REVIEW, SHEET, Override, Overrides
from grader.gradebook.records import (
    BehaviourRecord,
    CaseRecord,
    CellRecord,
    CriterionRecord,
    Record,
)
from grader.gradebook.rows import Row, prepare, to_be_asked_again
from grader.gradebook.runs import Run
from grader.gradebook.saved import Saved

__all__ = [
    "REVIEW",
    "SHEET",
    "BehaviourRecord",
    "CaseRecord",
    "CellRecord",
    "CriterionRecord",
    "Gradebook",
    "Move",
    "Override",
    "Overrides",
    "Record",
    "Row",
    "Run",
    "Saved",
    "applied",
    "is_seen",
    "prepare",
    "to_be_asked_again",
]
