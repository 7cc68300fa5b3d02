"""The gradebook of a class: records, overrides and runs in one SQLite file."""

from grader.gradebook.book import Gradebook
from grader.gradebook.moves import Move, is_visible
from grader.gradebook.overrides import REVIEW, SHEET, Overrides, applied
from grader.gradebook.records import (
    BehaviourRecord,
    CaseRecord,
    CriterionRecord,
    Evidence,
    Identity,
    Override,
    Places,
    Record,
    Ruling,
    Words,
)
from grader.gradebook.runs import Run

__all__ = [
    "REVIEW",
    "SHEET",
    "BehaviourRecord",
    "CaseRecord",
    "CriterionRecord",
    "Evidence",
    "Gradebook",
    "Identity",
    "Move",
    "Override",
    "Overrides",
    "Places",
    "Record",
    "Ruling",
    "Run",
    "Words",
    "applied",
    "is_visible",
]
