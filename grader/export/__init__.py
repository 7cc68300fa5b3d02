"""Results for other places: the class's own sheets, the TA's sheet filled in, zips of feedback.

The formats of other systems are in `systems`.
"""

from grader.export.feedback import Returned, write_feedback
from grader.export.filling import Filled, Wishes, fill_sheet
from grader.export.overrides import override_row, parse_points, read_overrides, show_exact, write_overrides
from grader.export.platforms import PLATFORMS, Platform, group_members
from grader.export.sheets import defused_name, grades_csv, plain_number, verdict_line, write_moves, write_sheets

__all__ = [
    "PLATFORMS", "Filled", "Platform", "Returned", "Wishes", "defused_name", "fill_sheet", "grades_csv",
    "group_members", "override_row", "parse_points", "plain_number", "read_overrides", "show_exact", "verdict_line",
    "write_feedback", "write_moves", "write_overrides", "write_sheets",
]  # fmt: skip
