"""A whole class: what is new in it is graded by a pool of worker processes, and the out folder is written.

`grading` has the verbs; `order` finds what is new, `pool` is the worker processes and `worker` what each of them does,
`cluster` lets other machines do it, and `folder` is the out folder.
"""

from grader.batch.folder import gradebook_in, sheet_is_edited, shown, shown_records, update_pages
from grader.batch.grading import Counts, Done, Follow, Progress, grade_all, moves_if_rejudged, rejudge_all
from grader.batch.order import Order, require_same_key, require_same_questions

__all__ = [
    "Counts", "Done", "Follow", "Order", "Progress", "grade_all", "gradebook_in", "moves_if_rejudged", "rejudge_all",
    "require_same_key", "require_same_questions", "sheet_is_edited", "shown", "shown_records", "update_pages",
]  # fmt: skip
