"""Refuses a key that would grade unfairly, with the place in its declaration.

takes: a key, an assignment, and what the reference and its variants answered.
gives: nothing where all is well; `AuthorError` with what is wrong and what to do.
must not know: folders, sandboxes, submissions.
"""

from grader.fair_key.answers import check_alternatives, check_handout, check_reference, check_template
from grader.fair_key.steady import check_steady
from grader.fair_key.verdicts import check_verdicts

__all__ = ["check_alternatives", "check_handout", "check_reference", "check_steady", "check_template", "check_verdicts"]
