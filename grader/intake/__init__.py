"""What was handed in, and by whom: a folder, a file, a zip or a platform's export becomes submissions.

`layouts` says whose each file is, by the names in a class (`tree`) and the forms of platforms (`platforms`, `exports`).
`collect` makes one submission for each student, `files` reads it, and `people` adds what rosters and sheets say.
"""

from grader.intake.arrival import NOT_READ, Arrival, origins, read_time
from grader.intake.collect import HandIns, collect, one_submission
from grader.intake.files import Submission, SubmittedFile
from grader.intake.layouts import BY_NAMES, LAYOUTS
from grader.intake.people import with_due, with_lateness, with_roster

__all__ = [
    "BY_NAMES", "LAYOUTS", "NOT_READ", "Arrival", "HandIns", "Submission", "SubmittedFile", "collect", "one_submission",
    "origins", "read_time", "with_due", "with_lateness", "with_roster",
]  # fmt: skip
