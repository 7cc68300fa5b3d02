"""The judge: what the outcomes of a hand-in mean, criterion by criterion.

takes: an answer key and the outcomes of its plan.
gives: `Verdict` values, every one that applies; which of them counts is for `score` to say.
must not know: points, words, files, processes, students.
"""

from grader.judge.findings import Outcomes
from grader.judge.following import gave_no_array, is_bare, lacks_arrays, owes_a_cache
from grader.judge.kinds import RIGHT, is_harmless
from grader.judge.reading.patterns import A_NUMBER, OF_ANOTHER_CALL, SIZE, Pattern, Reading
from grader.judge.reading.substitutes import RESHAPED
from grader.judge.ruling import Circumstance, lacks_answers, needless, rule_on
from grader.judge.telling import told_of
from grader.judge.verdict import MOST_COUNTED, Basis, Finding, Flaw, Kind, Note, NoteKind, Problem, Verdict

__all__ = [
    "A_NUMBER",
    "MOST_COUNTED",
    "OF_ANOTHER_CALL",
    "RESHAPED",
    "RIGHT",
    "SIZE",
    "Basis",
    "Circumstance",
    "Finding",
    "Flaw",
    "Kind",
    "Note",
    "NoteKind",
    "Outcomes",
    "Pattern",
    "Problem",
    "Reading",
    "Verdict",
    "gave_no_array",
    "is_bare",
    "is_harmless",
    "lacks_answers",
    "lacks_arrays",
    "needless",
    "owes_a_cache",
    "rule_on",
    "told_of",
]
