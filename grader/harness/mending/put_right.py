"""Right values in what is a hand-in's own while its backward is called: in its cache, on its object, in its program.

takes: a call with what it takes, what forward came to, and the right numbers.
gives: a while in which right values stand there, and what is to be taken.
must not know: what is asked, what is expected of backward.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import numpy as np

from grader.harness.mending.masks import Masks
from grader.harness.mending.mended import is_equal, mended
from grader.harness.mending.nearest import Left, nearest_put
from grader.harness.mending.within import right_within
from grader.wire import Step


@contextmanager
def put_right(
    step: Step, arguments: list[Any], inputs: Mapping[str, np.ndarray], where: tuple[object, MutableMapping[str, Any]],
    own: Mapping[str, object], known: Collection[np.ndarray], left: Left | None, masks: Masks,
) -> Iterator[list[Any]]:  # fmt: skip
    """Mend what backward takes, its object and its program; `known` is all that is given, right results too."""
    asked, namespace = where
    derived = masks.derived(step.function, None if left is None else left.as_before)
    with ExitStack() as while_called:
        for of, name in step.mends:
            wrong, right = own.get(of), inputs[name]
            # Where a forward gives its input, or one result for another, nobody knows which of two is in a cache.
            if any(is_equal(array, wrong) for array in known):
                continue
            mend = partial(mended, wrong=wrong, right=right, derived=derived)
            mend(asked)
            pairs = zip(step.takes, arguments, strict=True)
            arguments = [given if taken in inputs else mend(given) for taken, given in pairs]
            while_called.enter_context(right_within(namespace, asked, wrong, right, derived))
        for wrong, right in left.pairs if left else ():  # a helper may give again what forward has by it
            if not any(is_equal(array, wrong) for array in known):
                while_called.enter_context(right_within(namespace, asked, wrong, right, frozenset()))
        yield nearest_put(step, arguments, inputs, asked, known, left)
