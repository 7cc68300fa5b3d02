"""What was handed in, by whom: a folder, a file or an archive -> submissions.

takes: a path to a class (a folder or zip of `<student>/…` or of flat files) or to one hand-in.
gives: `Submission` values; none holds contents, so that a class of any size fits.
must not know: what is in a notebook, graded names.
"""

from grader.intake.submissions import Candidate, Submission, one_submission, read_candidate, submissions_in

__all__ = ["Candidate", "Submission", "one_submission", "read_candidate", "submissions_in"]
