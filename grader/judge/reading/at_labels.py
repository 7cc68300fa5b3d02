"""Whether a table is wrong at the labels alone: a loss's gradient in which each example's right class is forgotten.

takes: of each case what came back, what is due and its inputs.
gives: the `Reading` that fits all cases.
must not know: points, sentences, what the function is to compute.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.judge.reading.patterns import Array, Pattern, Reading, wrong_entries
from grader.judge.reading.summands import Off


def by_labels(cases: Sequence[Off]) -> Reading | None:
    """The input whose number names the one entry of each row that is wrong, in all cases."""
    names = cases[0].inputs if cases else ()
    return next((Reading(Pattern.AT_LABELS, (name,)) for name in names if all(_fits(c, name) for c in cases)), None)


def _fits(case: Off, name: str) -> bool:
    labels: Array | None = case.inputs.get(name)
    if labels is None or labels.dtype.kind not in "iu" or labels.ndim != 1 or case.want.ndim != 2:
        return False
    rows, columns = case.want.shape
    if len(labels) != rows or rows < 2 or columns < 2:
        return False
    named: Array = np.arange(columns) == labels[:, None]
    return np.array_equal(wrong_entries(case.got.astype(np.float64), case.want), named)
