"""Similar hand-ins on the terminal: a short table, and what it does not say.

takes: a `SimilarView`.
gives: lines of at most 80 columns, but for long names.
must not know: how pairs were found.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from grader.feedback.points import show_count
from grader.report.similar_page import SimilarView
from grader.wire import plain_text

PAIRS_TOLD = 15
NAME_WIDTH = 24


def similar_lines(view: SimilarView) -> Iterator[str]:
    """The most telling pairs, first to last."""
    pairs = show_count(len(view.pairs) + view.more, "pair")
    yield f"{show_count(view.compared, 'hand-in')} compared, {pairs} to look at"
    for warning in view.warnings:
        yield from wrap(f"note: {warning}", 80, subsequent_indent="  ")
    if view.pairs:
        yield f"\n{'rare tokens shared':>18}   {'of own code':>13}   pair"
    for pair in view.pairs[:PAIRS_TOLD]:
        names = " and ".join(plain_text(side.student_id, NAME_WIDTH) for side in (pair.left, pair.right))
        shares = f"{100 * pair.left.share:.0f} % {100 * pair.right.share:5.0f} %"
        yield f"{pair.worth:18.0f}   {shares:>13}   {names}"
    if len(view.pairs) > PAIRS_TOLD:
        yield f"{'':18}   {'':>13}   and {len(view.pairs) - PAIRS_TOLD} more on the page"
    for group in view.groups:
        names = ", ".join(plain_text(student, NAME_WIDTH) for student in group)
        yield from wrap(f"{len(group)} belong together: {names}", 80, subsequent_indent="  ")
    yield "\nThis is no part of any score, and no proof: read both, and talk to both."
