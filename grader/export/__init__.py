"""Grade sheets for the places grades go.

takes: records, one at a time.
gives: `grades.csv` and `verdicts.jsonl` in the formats of the docs; the sheet of changed points, read and written.
must not know: HTML, how a verdict was reached.
"""

from grader.export.kept_sheet import row_of, rows_beyond, rows_of, write_overrides
from grader.export.moved_sheet import write_moved
from grader.export.override_sheet import Roster, parse_points, read_overrides, read_sheets, show_exact, unused
from grader.export.sheets import grades_through, verdict_line, verdicts_through, write_grades

__all__ = [
    "Roster",
    "grades_through",
    "parse_points",
    "read_overrides",
    "read_sheets",
    "row_of",
    "rows_beyond",
    "rows_of",
    "show_exact",
    "unused",
    "verdict_line",
    "verdicts_through",
    "write_grades",
    "write_moved",
    "write_overrides",
]
