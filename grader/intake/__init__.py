"""What was handed in, and by whom: a folder, a file, a zip or a platform's export becomes submissions.

`collect` recognises the layout of a class (`platforms`, `exports`) by the names in it (`tree`), and makes one
submission for each student. `people` adds what a roster and a sheet of lateness say. `files` reads what was handed in.
"""

from grader.intake.arrival import NOT_READ, Arrival, origins, read_time
from grader.intake.collect import HandIns, collect, one_submission
from grader.intake.files import Submission, SubmittedFile
from grader.intake.layouts import LAYOUTS
from grader.intake.people import with_due, with_lateness, with_roster

__all__ = [
    "LAYOUTS", "NOT_READ", "Arrival", "HandIns", "Submission", "SubmittedFile", "collect", "one_submission",
    "origins", "read_time", "with_due", "with_lateness", "with_roster",
]  # fmt: skip
