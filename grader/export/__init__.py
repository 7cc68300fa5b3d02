"""Grade sheets for the places grades go.

takes: records, one at a time.
gives: `grades.csv` and `verdicts.jsonl` in the formats of the docs.
must not know: HTML, how a verdict was reached.
"""

from grader.export.sheets import grades_through, verdicts_through, write_grades, write_verdicts

__all__ = ["grades_through", "verdicts_through", "write_grades", "write_verdicts"]
