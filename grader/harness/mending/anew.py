"""A forward run once more, with right numbers where its wrong ones first stand: what is made of them is right then.

takes: a question, what a forward came to in it, and a way to begin the question anew.
gives: the question anew, up to its backward; nothing where forward's results are not right by that.
must not know: what is expected of backward.

What a hand-in derives of its result (`out**2`, the places of `out > 0`, `np.tanh(c)`) is nobody's to guess, and need
not be: its own lines derive it again. Numbers are made right in their own array, and so in one that this is part of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice, takewhile
from time import process_time
from typing import Protocol, TypeVar

import numpy as np

from grader.harness.mending.behind_lines import BehindLines, Named, Put
from grader.harness.mending.mended import is_equal, plain
from grader.harness.mending.nearest import Left, nearest
from grader.harness.mending.slips import slips_in
from grader.harness.mending.ways import forms_of, is_close, missing_of, stands_for, ways_of
from grader.wire import NEAREST, SLIPS, Outcome, Question, Step

_MOST_WAYS = 28  # to put parts: each is a run
_MOST_SLIPS = 4  # of what is kept
_MOST_ROUNDS = 4  # of a loop
_LONGEST = 0.2  # seconds, in which another way is begun: the call that all this is for has its limit


class Asked(Protocol):
    """A question whose steps are asked."""

    @property
    def own(self) -> Mapping[str, object]:
        """What is kept inside."""

    def answer(self, step: Step) -> Outcome:
        """Ask one of them."""


Anew = TypeVar("Anew", bound=Asked)


def right_anew(
    question: Question,
    step: Step,
    own: Mapping[str, object],
    kept: Sequence[np.ndarray],
    begin: Callable[[BehindLines], Anew],
    read: Sequence[np.ndarray] = (),
) -> tuple[Anew, Left] | None:
    """Ask all that comes before a step once more with right results; where parts of it are known, with these alone.

    Parts are put where what is most like them stands: in what is kept, or `read` under a name of the program, or else
    under names of the functions. Gives too what is left to be made right, of which nothing is that is only read.
    """
    if question.lends:
        return None
    known = list(question.inputs.values())
    parts = [question.inputs[name] for of, name in step.mends if of == NEAREST]
    rights = {of: question.inputs[name] for of, name in step.mends if of not in (NEAREST, SLIPS)}

    def run(puts: Sequence[Put]) -> tuple[Anew, Sequence[Named]]:
        again = begin(looking := BehindLines(puts))
        for ahead in question.steps[: question.steps.index(step)]:
            again.answer(ahead)
        return again, looking.seen

    results = _of_results(rights, own, known)
    held = [*kept, *read]
    likest = [Put(*pair) for pair in nearest(held, parts, known)] if parts else []
    ways = ways_of(parts, held, likest, lambda: run(())[1], known) if parts else iter([results])
    of_slips = any(of == SLIPS for of, _ in step.mends)
    if of_slips:  # all other ways have been tried by then
        slips = slips_in(_open_ones(held, parts), [*results, *likest], known, masks_alone=not parts)
        ways = islice(slips, _MOST_SLIPS)
    best: tuple[Sequence[Put], Left] | None = None
    end = process_time() + _LONGEST
    tried = False
    for puts in takewhile(lambda _: process_time() < end, islice(filter(None, ways), _MOST_WAYS)):
        again, named = run(puts)
        tried = True
        if _gives(again, rights):
            missing = missing_of(parts, named)
            put = [(put.wrong, put.right) for put in puts] if parts else []  # of results these are known
            left = Left.of(kept, missing, [array for _, array in named], put)
            if not missing and (puts is not likest or len(puts) < 2 or best):
                return again, left
            # Some parts may stand nowhere by all ways: best is by which most of the others come out of the lines.
            best = min(filter(None, (best, (puts, left))), key=partial(_left_over, len(parts)))
    if (
        parts
        and (best or not of_slips)
        and (found := _in_rounds(best[0] if best else (), parts, known, run, rights, kept, end))
    ):
        return found
    if best:
        return run(best[0])[0], best[1]
    if tried:
        run(())  # what stands under a name of the program is as it was
    return None


def _open_ones(kept: Sequence[np.ndarray], parts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What is kept and is no right part; last what may be made of one, as `1 / var` is, where one through its root is
    due."""
    open_ones = [array for array in kept if not any(stands_for(array, part) for part in parts)]
    forms = [form for part in parts for form in forms_of(part)]
    return sorted(open_ones, key=lambda array: any(stands_for(array, form) for form in forms))


def _left_over(parts: int, way: tuple[Sequence[Put], Left]) -> tuple[int, int]:
    """How many parts are put or stand nowhere, at most all of them, and how many of these stand nowhere."""
    puts, left = way
    return min(len(puts) + len(left.parts), parts), len(left.parts)


def _in_rounds(
    puts: Sequence[Put],
    parts: Sequence[np.ndarray],
    known: Sequence[np.ndarray],
    run: Callable[[Sequence[Put]], tuple[Anew, Sequence[Named]]],
    rights: Mapping[str, np.ndarray],
    kept: Sequence[np.ndarray],
    end: float,
) -> tuple[Anew, Left] | None:
    """What is left wrong made right as well, again and again: a loop makes the same mistake in each of its rounds.

    Behind what is right by then its wrong numbers are others. Nothing where not all comes out right.
    """
    for _ in takewhile(lambda _: process_time() < end, range(_MOST_ROUNDS)):
        again, named = run(puts)
        missing = missing_of(parts, named)
        if not missing:
            pairs = [(put.wrong, put.right) for put in puts]
            left = Left.of(kept, missing, [array for _, array in named], pairs)
            return (again, left) if _gives(again, rights) else None
        forms = [form for part in parts for form in forms_of(part)]
        wrong = [array for _, array in named if not any(stands_for(array, form) for form in forms)]
        more = [Put(*pair) for pair in nearest(wrong, missing, known)]
        if not more:
            return None
        puts = [*puts, *more]
    return None


def _gives(again: Asked, rights: Mapping[str, np.ndarray]) -> bool:
    found = ((again.own.get(of), right) for of, right in rights.items())
    # A loss is a number.
    return all(
        is_close(np.asarray(one) if isinstance(one, float | np.floating) else plain(one), right) for one, right in found
    )


def _of_results(rights: Mapping[str, np.ndarray], own: Mapping[str, object], known: Sequence[np.ndarray]) -> list[Put]:
    """The wrong results, but for those that may be something else: an input, or another result."""
    pairs = [(plain(own.get(of)), right) for of, right in rights.items()]
    puts = [Put(wrong, right) for wrong, right in pairs if type(wrong) is np.ndarray and wrong.dtype.kind in "biufc"]
    return [put for put in puts if not any(is_equal(array, put.wrong) for array in known)]
