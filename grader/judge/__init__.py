"""From outcomes to verdicts: compare, find, name mistakes and differences. Pure: no files, no processes, no points."""

from grader.judge.model import RIGHT, Difference, Finding, Flaw, Kind, Note, NoteKind, Problem, Verdict
from grader.judge.verdicts import judge, not_right

__all__ = [
    "RIGHT", "Difference", "Finding", "Flaw", "Kind", "Note", "NoteKind", "Problem", "Verdict", "judge", "not_right",
]  # fmt: skip
