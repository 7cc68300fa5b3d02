"""From outcomes to verdicts: compare, find, name mistakes and differences. Pure: no files, no processes, no points."""

from grader.judge.model import RIGHT, Difference, Finding, Flaw, Kind, Note, NoteKind, Problem, Verdict
from grader.judge.verdicts import judge, not_right
from grader.key.model import needed_by

__all__ = [
    "RIGHT", "Difference", "Finding", "Flaw", "Kind", "Note", "NoteKind", "Problem", "Verdict", "judge", "needed_by",
    "not_right",
]  # fmt: skip
