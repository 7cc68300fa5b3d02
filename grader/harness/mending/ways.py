"""Ways to put right parts where wrong ones stand: by what is kept, by names, several at once or one alone.

takes: the parts, what a forward keeps, what stood under names as its functions ended.
gives: what to put, the likeliest way first; which parts stand nowhere, and whether numbers are those of a part.
must not know: how a forward is run, whether a way makes its result right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice, permutations, product

import numpy as np

from grader.harness.mending.behind_lines import Named, Put
from grader.harness.mending.mended import is_equal
from grader.harness.mending.nearest import (
    UNLIKE,
    has_form_of,
    has_numbers_of,
    in_form_of,
    is_near,
    likeness_of,
    nearest,
)

_CLOSE = 1e-9  # of the largest number: the same, and no epsilon more or less
_ROUNDING = 64  # units of the last place, in float32
_MOST_FORMS = 2  # of parts, in the place of one array; and the part itself
_MOST_TWICE = 4  # names of the same numbers, of which each may stand for each part; of those of another part, tries


def ways_of(
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
    missing = missing_of(parts, named)
    yield from _instead(named, parts, missing)
    yield from _of_one_number(named, missing)
    yield from _first_wrong(under_names, parts, missing, known)
    if len(likest) > 1:
        yield likest
    yield from _in_order(kept, likest, parts, known)
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


def _of_one_number(named: Sequence[Named], missing: Sequence[np.ndarray]) -> Iterator[list[Put]]:
    """A missing part, the smallest first, under a name that has a single number: `x.mean()`, without its axis."""
    numbers = [(name, array) for name, array in named if name and not array.ndim]
    several = sorted((right for right in missing if right.size > 1), key=lambda right: right.size)
    for right, (name, array) in islice(product(several, numbers), _MOST_TWICE):
        yield [Put(array, right, name)]


def _first_wrong(
    named: Sequence[np.ndarray], parts: Sequence[np.ndarray], missing: Sequence[np.ndarray], known: Sequence[np.ndarray]
) -> Iterator[list[Put]]:
    """The likest missing part in the place of the first arrays that are not right, each alone: it is behind the first
    that the others are wrong."""
    right = [*known, *(form for part in parts for form in forms_of(part))]
    wrong = (array for array in named if array.dtype.kind == "f" and array.size > 1 and array.any())
    for array in islice((one for one in wrong if not any(stands_for(one, other) for other in right)), _MOST_TWICE):
        likeness, n = max(((likeness_of(array, part), n) for n, part in enumerate(missing)), default=(UNLIKE, 0))
        if likeness > UNLIKE:
            yield [Put(array, in_form_of(array, missing[n]))]


def _in_order(
    kept: Sequence[np.ndarray], likest: Sequence[Put], parts: Sequence[np.ndarray], known: Sequence[np.ndarray]
) -> Iterator[list[Put]]:
    """What a loop keeps of its rounds, as the reference's does: one round may be more like another than like itself."""
    wrong, right = defaultdict[_Form, list[np.ndarray]](list), defaultdict[_Form, list[np.ndarray]](list)
    for array in kept:
        if array.dtype.kind == "f" and array.size > 1 and not any(is_equal(array, one) for one in known):
            wrong[_form(array)] += [array] * (not any(has_numbers_of(array, part) for part in parts))
    for part in parts:
        right[_form(part)] += [part] * (not any(has_numbers_of(array, part) for array in kept))
    in_turn = [
        Put(array, in_form_of(array, part))
        for form, arrays in wrong.items()
        if 1 < len(arrays) == len(right[form])
        for array, part in zip(arrays, right[form], strict=True)
    ]
    if in_turn:
        yield [*in_turn, *(put for put in likest if not any(is_equal(put.wrong, one.wrong) for one in in_turn))]


_Form = tuple[int, ...]


def _form(array: np.ndarray) -> _Form:
    return tuple(size for size in array.shape if size > 1)


def _one_by_one(
    named: Sequence[np.ndarray], parts: Sequence[np.ndarray], known: Sequence[np.ndarray]
) -> Iterator[list[Put]]:
    """One part, or what is made of it, in the place of what is like it; the likest first.

    Of a single error all that is behind it comes out right then.
    """
    forms = [form for part in parts for form in forms_of(part)]
    found: list[tuple[bool, float, int, np.ndarray]] = []
    named = [array for array in named if array.dtype.kind == "f" and array.any()]  # nothing else takes fractions
    for array in {(array.shape, array.tobytes()): array for array in named}.values():
        is_right = any(is_equal(array, one) for one in known) or any(stands_for(array, form) for form in forms)
        like = (
            [(likeness_of(array, form), n) for n, form in enumerate(forms)] if array.size > 1 and not is_right else []
        )
        fitting = [(likeness, n) for likeness, n in sorted(like, reverse=True) if likeness > UNLIKE]
        # What is wrong enough is like anything more than what it should be.
        as_it_is = [one for one in fitting if any(forms[one[1]] is part for part in parts)][:1]
        found += [(one in as_it_is, *one, array) for one in dict.fromkeys([*fitting[:_MOST_FORMS], *as_it_is])]
    for *_, n, array in sorted(found, key=lambda one: one[:2], reverse=True):
        yield [Put(array, in_form_of(array, forms[n]))]


def forms_of(part: np.ndarray) -> list[np.ndarray]:
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


def stands_for(array: np.ndarray, right: np.ndarray) -> bool:
    """Whether these are the numbers of a part, with or without its axes of one."""
    return has_form_of(array, right) and is_close(array.reshape(right.shape), right)


def is_close(result: object, right: np.ndarray) -> bool:
    """Whether these are the right numbers, but for rounding."""
    if type(result) is not np.ndarray or result.shape != right.shape or result.dtype.kind not in "biufc":
        return False
    if is_equal(result, right):  # as what was put is
        return True
    near = max(_CLOSE, _ROUNDING * np.finfo(result.dtype).eps if result.dtype.kind in "fc" else 0)
    with np.errstate(all="ignore"):
        return bool(np.allclose(result, right, rtol=0, atol=near * float(np.abs(right).max(initial=0))))


def missing_of(parts: Sequence[np.ndarray], named: Sequence[Named]) -> list[np.ndarray]:
    """The parts that stand under no name."""
    return [part for part in parts if not any(stands_for(array, part) for _, array in named)]
