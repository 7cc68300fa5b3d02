"""A forward run once more, with right numbers where its wrong ones first stand: what is made of them is right then.

takes: a question, what a forward came to in it, and a way to begin the question anew.
gives: the question anew, up to its backward; nothing where forward's results are not right by that.
must not know: what is expected of backward.

What a hand-in derives of its result (`out**2`, the places of `out > 0`, `np.tanh(c)`) is nobody's to guess, and need
not be: its own lines derive it again. Numbers are made right in their own array, and so in one that this is part of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, islice, permutations, takewhile
from time import process_time
from typing import Protocol, TypeVar

import numpy as np

from grader.harness.mending.behind_lines import BehindLines, Named, Put
from grader.harness.mending.mended import is_equal, plain
from grader.harness.mending.nearest import (
    UNLIKE,
    Left,
    has_form_of,
    in_form_of,
    is_near,
    likeness_of,
    nearest,
)
from grader.harness.mending.slips import slips_in
from grader.wire import NEAREST, SLIPS, Outcome, Question, Step

_CLOSE = 1e-9  # of the largest number: the same, and no epsilon more or less
_ROUNDING = 64  # units of the last place, in float32
_MOST_WAYS = 28  # to put parts: each is a run
_MOST_SLIPS = 4  # of what is kept
_MOST_ROUNDS = 4  # of a loop
_MOST_FORMS = 2  # of parts, in the place of one array; and the part itself
_LONGEST = 0.2  # seconds, in which another way is begun: the call that all this is for has its limit
_MOST_TWICE = 4  # names of the same numbers, of which each may stand for each part; of those of another part, tries


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
) -> tuple[Anew, Left] | None:
    """Ask all that comes before a step once more with right results; where parts of it are known, with these alone.

    Parts are put where what is most like them stands: in what is kept, or else under names of the functions. Gives too
    what is left to be made right.
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
    likest = [Put(*pair) for pair in nearest(kept, parts, known)] if parts else []
    ways = _of_parts(parts, kept, likest, lambda: run(())[1], known) if parts else iter([results])
    of_slips = any(of == SLIPS for of, _ in step.mends)
    if of_slips:  # all other ways have been tried by then
        forms = [form for part in parts for form in _forms(part)]
        open_ones = [array for array in kept if not any(_stands_for(array, form) for form in forms)]
        slips = slips_in(open_ones, [*results, *likest], known, masks_alone=not parts)
        ways = islice(slips, _MOST_SLIPS)
    best: tuple[Sequence[Put], Left] | None = None
    end = process_time() + _LONGEST
    tried = False
    for puts in takewhile(lambda _: process_time() < end, islice(filter(None, ways), _MOST_WAYS)):
        again, named = run(puts)
        tried = True
        if _gives(again, rights):
            missing = _missing(parts, named)
            put = [(put.wrong, put.right) for put in puts] if parts else []  # of results these are known
            left = Left.of(kept, missing, [array for _, array in named], put)
            if not missing and (puts is not likest or len(puts) < 2 or best):
                return again, left
            best = best or (puts, left)
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
        missing = _missing(parts, named)
        if not missing:
            pairs = [(put.wrong, put.right) for put in puts]
            left = Left.of(kept, missing, [array for _, array in named], pairs)
            return (again, left) if _gives(again, rights) else None
        forms = [form for part in parts for form in _forms(part)]
        wrong = [array for _, array in named if not any(_stands_for(array, form) for form in forms)]
        more = [Put(*pair) for pair in nearest(wrong, missing, known)]
        if not more:
            return None
        puts = [*puts, *more]
    return None


def _gives(again: Asked, rights: Mapping[str, np.ndarray]) -> bool:
    return all(_is_close(plain(again.own.get(of)), right) for of, right in rights.items())


def _missing(parts: Sequence[np.ndarray], named: Sequence[Named]) -> list[np.ndarray]:
    return [part for part in parts if not any(_stands_for(array, part) for _, array in named)]


def _of_results(rights: Mapping[str, np.ndarray], own: Mapping[str, object], known: Sequence[np.ndarray]) -> list[Put]:
    """The wrong results, but for those that may be something else: an input, or another result."""
    pairs = [(plain(own.get(of)), right) for of, right in rights.items()]
    puts = [Put(wrong, right) for wrong, right in pairs if type(wrong) is np.ndarray and wrong.dtype.kind in "biufc"]
    return [put for put in puts if not any(is_equal(array, put.wrong) for array in known)]


def _of_parts(
    parts: Sequence[np.ndarray],
    kept: Sequence[np.ndarray],
    likest: list[Put],
    look: Callable[[], Sequence[Named]],
    known: Sequence[np.ndarray],
) -> Iterator[list[Put]]:
    """By what is kept; by that and by names; by names alone, as `1 - z` may be what another z is; then one by one.

    Of many parts at once some may stand in what they are not, and nothing shows it: these count only if it is not one.
    """
    yield likest
    named = look()
    under_names = [array for _, array in named]
    missing = _missing(parts, named)
    yield from _instead(named, parts, missing)
    yield from _first_wrong(under_names, parts, missing, known)
    if len(likest) > 1:
        yield likest
    yield [Put(*pair) for pair in nearest([*kept, *under_names], parts, known)]
    yield [Put(*pair) for pair in nearest(under_names, parts, known)]
    yield from _of_twice(_twice(named)[:_MOST_TWICE], missing[:_MOST_TWICE])
    # Where none is missing, what should be one of them is worked out wrongly behind it.
    yield from _one_by_one(under_names, missing or parts, known)


def _instead(named: Sequence[Named], parts: Sequence[np.ndarray], missing: Sequence[np.ndarray]) -> Iterator[list[Put]]:
    """A missing part under a name that has the numbers of another one: a deviation where a variance is due."""
    others = {name: array for name, array in named if name and any(is_near(array, part) for part in parts)}
    like = [
        (likeness, name, n)
        for name, array in others.items()
        for n, right in enumerate(missing)
        if array.any() and not is_near(array, right) and (likeness := likeness_of(array, right)) > UNLIKE
    ]
    for _, name, n in sorted(like, reverse=True)[:_MOST_TWICE]:
        yield [Put(others[name], in_form_of(others[name], missing[n]), name)]


def _first_wrong(
    named: Sequence[np.ndarray], parts: Sequence[np.ndarray], missing: Sequence[np.ndarray], known: Sequence[np.ndarray]
) -> Iterator[list[Put]]:
    """The likest missing part in the place of the first arrays that are not right, each alone: it is behind the first
    that the others are wrong."""
    right = [*known, *(form for part in parts for form in _forms(part))]
    wrong = (array for array in named if array.dtype.kind == "f" and array.size > 1 and array.any())
    for array in islice((one for one in wrong if not any(_stands_for(one, other) for other in right)), _MOST_TWICE):
        likeness, n = max(((likeness_of(array, part), n) for n, part in enumerate(missing)), default=(UNLIKE, 0))
        if likeness > UNLIKE:
            yield [Put(array, in_form_of(array, missing[n]))]


def _one_by_one(
    named: Sequence[np.ndarray], parts: Sequence[np.ndarray], known: Sequence[np.ndarray]
) -> Iterator[list[Put]]:
    """One part, or what is made of it, in the place of what is like it; the likest first.

    Of a single error all that is behind it comes out right then.
    """
    forms = [form for part in parts for form in _forms(part)]
    found: list[tuple[bool, float, int, np.ndarray]] = []
    named = [array for array in named if array.dtype.kind == "f" and array.any()]  # nothing else takes fractions
    for array in {(array.shape, array.tobytes()): array for array in named}.values():
        is_right = any(is_equal(array, one) for one in known) or any(_stands_for(array, form) for form in forms)
        like = (
            [(likeness_of(array, form), n) for n, form in enumerate(forms)] if array.size > 1 and not is_right else []
        )
        fitting = [(likeness, n) for likeness, n in sorted(like, reverse=True) if likeness > UNLIKE]
        # What is wrong enough is like anything more than what it should be.
        as_it_is = [one for one in fitting if any(forms[one[1]] is part for part in parts)][:1]
        found += [(one in as_it_is, *one, array) for one in dict.fromkeys([*fitting[:_MOST_FORMS], *as_it_is])]
    for *_, n, array in sorted(found, key=lambda one: one[:2], reverse=True):
        yield [Put(array, in_form_of(array, forms[n]))]


def _forms(part: np.ndarray) -> list[np.ndarray]:
    """A part as it may stand there: itself, one through it (a deviation), or its square (a variance)."""
    with np.errstate(all="ignore"):
        return [part, 1 / part, part * part]


def _twice(named: Sequence[Named]) -> list[Named]:
    """What has the same numbers under two names (two gates of the same weights): one of both may be right, or none."""
    return [
        (name, array)
        for name, array in named
        if name.isidentifier()
        and any(other.isidentifier() and other != name and is_equal(one, array) for other, one in named)
    ]


def _of_twice(twice: Sequence[Named], missing: Sequence[np.ndarray]) -> Iterator[list[Put]]:
    """Right parts that nothing is like, under these names: one part first, then more, whichever stands for which."""
    for count in range(1, len(missing) + 1):
        for rights in combinations(missing, count):
            for chosen in permutations(twice, count):
                pairs = list(zip(chosen, rights, strict=True))
                if all(array.shape == right.shape for (_, array), right in pairs):
                    yield [Put(array, right, name) for (name, array), right in pairs]


def _stands_for(array: np.ndarray, right: np.ndarray) -> bool:
    """Whether these are the numbers of a part, with or without its axes of one."""
    return has_form_of(array, right) and _is_close(array.reshape(right.shape), right)


def _is_close(result: object, right: np.ndarray) -> bool:
    if type(result) is not np.ndarray or result.shape != right.shape or result.dtype.kind not in "biufc":
        return False
    if is_equal(result, right):  # as what was put is
        return True
    near = max(_CLOSE, _ROUNDING * np.finfo(result.dtype).eps if result.dtype.kind in "fc" else 0)
    with np.errstate(all="ignore"):
        return bool(np.allclose(result, right, rtol=0, atol=near * float(np.abs(right).max(initial=0))))
