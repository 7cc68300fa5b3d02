"""What a hand-in may ask for beside the reference's own calls: the negatives of numbers, and several calls at once.

takes: what the reference calls its functions with, parts of that among them, and a way to ask it.
gives: the same, with what it gives for `-z` where it is called with a number `z`, and each call as a part of a batch.
must not know: hand-ins, points, what an activation is.

One writes `sigmoid(-z)`, and another `1 - sigmoid(z)`; one calls a softmax on a vector, another on a table of one row;
one calls attention head by head, another on all heads. That a function works so is never assumed: the reference itself
is asked for all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from grader.answer_key import Lent, LentCall
from grader.largest import near_in
from grader.lending.piecewise import ALL, FIRST, NEAR, Answers, handed, is_plain, is_pure, question_of
from grader.wire import Question, Step, Told

Ask = Callable[[Sequence[Question]], Answers]
_MOST = 255  # of one case


def with_negatives(lent: Lent, steps: Mapping[str, Step], ask: Ask) -> Lent:
    """The same, and what functions of one number give for the negatives of those that they are called with."""
    able = [(entry, call) for entry, calls in lent.items() for call in _of_one_number(calls, steps)]
    given = [np.asarray(-call.given[0]) for _, call in able]  # type: ignore[operator]
    asked = zip(able, given, strict=True)
    answers = ask([question_of(steps[call.function], (number,)) for (_, call), number in asked]) if able else ()
    known = {entry: list(calls) for entry, calls in lent.items()}
    for (entry, call), number, results in zip(able, given, answers, strict=True):
        if results is not None and all(np.isfinite(one).all() for one in results):
            known[entry].append(replace(call, given=(number,), results=results))
    return {entry: tuple(calls) for entry, calls in known.items()}


def _of_one_number(calls: Sequence[LentCall], steps: Mapping[str, Step]) -> list[LentCall]:
    """Those of nothing but one number, which gives one; not of 0, nor where its negative is known."""
    of_one = [call for call in calls if len(call.given) == 1 and is_plain(call, steps[call.function])]
    numbers = [call for call in of_one if all(np.ndim(one) == 0 for one in (*call.given, *call.results))]
    known = {(call.function, call.part, _number(call)) for call in numbers}
    left = [call for call in numbers if _number(call) and (call.function, call.part, -_number(call)) not in known]
    return left[:_MOST]


def _number(call: LentCall) -> float:
    (given,) = call.given
    return float(given) if isinstance(given, np.ndarray) else 0.0


class _Group(NamedTuple):
    """Calls of one function that differ in these arrays alone, and the way in which such a call is taken apart."""

    calls: Sequence[LentCall]
    apart: Sequence[int]
    way: int


def with_rows(
    lent: Lent, steps: Mapping[str, Step], ask: Ask, within: Mapping[int, Question] = MappingProxyType({})
) -> Lent:
    """The same, and each call once more as a part, where the reference gives for all at once what it gives for each.

    `within` has the question of each entry, for methods.
    """
    groups = [(entry, group) for entry, calls in lent.items() for group in _alike(calls, steps)]
    questions = [
        question_of(steps[group.calls[0].function], given, within.get(entry))
        for entry, group in groups
        for given in _at_once(group)
    ]
    answers = ask(questions) if groups else ()
    known = {entry: list(calls) for entry, calls in lent.items()}
    for (entry, group), one_more, all_at_once in zip(groups, answers[::2], answers[1::2], strict=True):
        rows = [*(call.results for call in group.calls), *([] if one_more is None else [one_more])]
        if one_more is not None and all_at_once is not None and _are_rows(rows, all_at_once):
            known[entry] += [replace(call, part=group.way) for call in group.calls]
    return {entry: tuple(calls) for entry, calls in known.items()}


def _alike(calls: Sequence[LentCall], steps: Mapping[str, Step]) -> Iterator[_Group]:
    """Calls that differ in the numbers of their first array, and such as differ in several: attention of each head."""
    in_first: dict[tuple[object, ...], list[LentCall]] = {}
    in_several: dict[tuple[object, ...], list[LentCall]] = {}
    for call in calls:
        first = call.given[0] if call.given and not call.part and is_pure(call, steps[call.function]) else ""
        if isinstance(first, np.ndarray) and first.dtype.kind == "f" and first.any():
            in_first.setdefault((call.function, first.shape, *map(_bytes_of, call.given[1:])), []).append(call)
            in_several.setdefault((call.function, *map(_form_of, call.given)), []).append(call)
    yield from (_Group(group[:_MOST], [0], FIRST) for group in in_first.values())
    for group in in_several.values():
        apart = _apart(group[:_MOST])
        if len(apart) > 1:
            yield _Group(group[:_MOST], apart, ALL)


def _apart(group: Sequence[LentCall]) -> list[int]:
    """The first array and those in which some calls differ, or of one call alone all that have as many axes."""
    first = group[0].given
    arrays = [n for n, told in enumerate(handed(first)) if isinstance(told, np.ndarray)]
    differ = [n for n in arrays if len({_bytes_of(call.given[n]) for call in group}) > 1 or len(group) == 1]
    most = max(np.ndim(first[n]) for n in arrays)
    alike = {0, *(n for n in differ if len(group) > 1 or np.ndim(first[n]) == most)}
    return sorted(alike) if all(np.ndim(first[n]) == most > 0 for n in alike) else []


def _form_of(told: Told) -> object:
    return (told.shape, told.dtype.kind) if isinstance(told, np.ndarray) else told


def _bytes_of(told: Told) -> object:
    return (told.shape, told.tobytes()) if isinstance(told, np.ndarray) else told


def _at_once(group: _Group) -> tuple[tuple[Told, ...], tuple[Told, ...]]:
    """One call more, by which also a single one is tried beside another; and all of them at once."""
    one = group.calls[0].given
    more = (np.asarray(one[0], dtype=np.float64) / 2, *one[1:])
    every = [*(call.given for call in group.calls), more]
    at_once = (np.stack([given[n] for given in every]) if n in group.apart else told for n, told in enumerate(one))
    return more, tuple(at_once)


def _are_rows(rows: Sequence[Sequence[np.ndarray]], results: Sequence[np.ndarray]) -> bool:
    parts = [[row[n] for row in rows] for n in range(len(results))]
    return all(len(row) == len(results) for row in rows) and all(
        len({one.shape for one in part}) == 1
        and result.shape == (len(part), *part[0].shape)
        and bool(near_in(np.stack(part), result, NEAR).all())
        for part, result in zip(parts, results, strict=True)
    )
