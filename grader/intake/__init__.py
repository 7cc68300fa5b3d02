"""What was handed in, by whom: a folder, a file, an archive or an LMS's export -> submissions.

takes: a path to a class in any of `LAYOUTS`, or to one hand-in; a roster; who was late.
gives: `Submission` values; none holds contents, so that a class of any size fits.
must not know: what is in a notebook, graded names.

`reading` tells which layout it is (`layouts`, `trees`) among the `items` of a folder or zip; `attempts` makes one
submission a student of that; `walk` finds the files of one; `archive` is the wall around zips.
"""

from grader.intake.arrival import NOT_READ, Arrival
from grader.intake.people import late_of_nobody, with_due, with_lateness, with_roster
from grader.intake.reading import LAYOUTS, HandIns, Wishes, hand_ins_in, one_submission, submissions_in
from grader.intake.submissions import Candidate, Submission, feed_contents, read_candidate
from grader.intake.times import read_time

__all__ = [
    "LAYOUTS",
    "NOT_READ",
    "Arrival",
    "Candidate",
    "HandIns",
    "Submission",
    "Wishes",
    "feed_contents",
    "hand_ins_in",
    "late_of_nobody",
    "one_submission",
    "read_candidate",
    "read_time",
    "submissions_in",
    "with_due",
    "with_lateness",
    "with_roster",
]
