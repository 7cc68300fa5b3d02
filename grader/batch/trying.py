"""What would move if a class were judged anew by today's key: tried, and nothing of it kept.

takes: a graded class, and today's key.
gives: the moves that students would see.
must not know: how anything is told. Neither the gradebook nor a page is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from grader.batch.class_folder import now, page_context
from grader.batch.rejudging import Task, judged_anew
from grader.batch.saved_class import (
    Class,
    Follow,
    demand_same_assignment,
    demand_same_questions,
    gradebook_in,
    level_of,
)
from grader.gradebook import Move, is_seen


def moves_by(order: Class, follow: Follow) -> Sequence[Move]:
    """Judge everybody anew, and compare with what stands in the gradebook; raises what judging them would."""
    found: list[Move] = []
    with gradebook_in(order.out) as book:
        demand_same_assignment(book, order)
        count, said = demand_same_questions(book, order), book.overrides.effective()
        page = page_context(order.key, level_of(book), now())
        tasks = (Task(book.saved(student), page, said.get(student, {})) for student in sorted(book.fingerprints()))
        with closing(judged_anew(replace(order, only_tried=True), tasks, count)) as rows, follow(count) as tell:
            for _, row in rows:
                found += (move for move in book.moves.of(row) if is_seen(move, said))
                tell(row.student_id, row.status, row.sentence)
    return sorted(found, key=lambda move: (move.student_id, move.criterion))
