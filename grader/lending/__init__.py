"""Right results, lent to a function that calls others which are wrong: what is right for what, as the reference has it.

takes: an answer key, and what a function was called with.
gives: what may be lent in each case, and what of that was.
must not know: points, how anything is run.
"""

from grader.lending.loans import (
    MOST_BYTES,
    MOST_CALLS,
    Heard,
    Known,
    Ledger,
    called_within,
    lending,
    lent_functions,
    lent_places,
)

__all__ = [
    "MOST_BYTES",
    "MOST_CALLS",
    "Heard",
    "Known",
    "Ledger",
    "called_within",
    "lending",
    "lent_functions",
    "lent_places",
]
