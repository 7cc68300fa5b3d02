"""Functions that work on each part by itself: an activation on numbers, a softmax on rows, attention on heads.

takes: what the reference calls its functions with, and a way to ask it; what a hand-in calls one with.
gives: what the reference gives for the parts of that; what a call comes to that is put together of known parts.
must not know: questions of a plan, hand-ins, points.

A hand-in may go through in a loop what the reference does at once, or the other way about. That a function works part
by part is never assumed: the reference itself is asked for each, and has to give the parts of what it gives for all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from grader.answer_key import Lent, LentCall
from grader.largest import near_in
from grader.wire import HELD, Built, Question, Step, Told

Given = Sequence[Told]
Answers = Sequence[tuple[np.ndarray, ...] | None]
"""What the reference gives for each question; None where it gives no arrays."""

FIRST, ALL = 1, 2
"""What is taken apart along its first axis: the first array alone (`x`, and not `w`), or all of as many axes as any."""
KEEPING = 2
"""What a way is more by where each part keeps that axis, as one of one: a function may need it (a batch)."""
NEAR = 1e-9  # of the largest number: the reference may add up in another order
_DEEPEST = 3  # axes: a batch of heads, its rows, their numbers
_MOST = 256  # parts of what is asked in one case, and of one call
_LARGEST = 1024  # numbers that are looked up one by one: a program may ask for as many as it likes
_WORDS = ("null", "true", "false")


def parts_of(given: Given, way: int) -> list[tuple[Told, ...]]:
    """What it is called with, part by part; none where that cannot be taken apart so."""
    arrays = [n for n, told in enumerate(handed(given)) if isinstance(told, np.ndarray) and told.ndim]
    most = max((np.ndim(given[n]) for n in arrays), default=0)
    apart = arrays[:1] if way in (FIRST, FIRST + KEEPING) else [n for n in arrays if np.ndim(given[n]) == most]
    lengths = {len(given[n]) for n in apart}
    if len(lengths) != 1 or not 1 <= max(lengths) <= _MOST:
        return []
    return [
        tuple(_cut(told, part, way) if n in apart else told for n, told in enumerate(given))
        for part in range(max(lengths))
    ]


def handed(given: Given) -> Given:
    """What a call is handed: of a method without what its object holds, which stands behind that."""
    ends = (n for n, told in enumerate(given) if isinstance(told, str) and told.startswith(HELD))
    return given[: next(ends, len(given))]


def _cut(told: Told, part: int, way: int) -> Told:
    return np.asarray(told[part : part + 1] if way > KEEPING else told[part])


def put_together(
    given: Given, find: Callable[[Given, int], LentCall | None], deep: int = 0
) -> tuple[np.ndarray, ...] | None:
    """What a call comes to if all of its parts are known as such, or can be put together of parts that are.

    `find` looks for a call that is known as a part, taken apart in a given way.
    """
    if deep > _DEEPEST or sum(np.size(told) for told in handed(given) if isinstance(told, np.ndarray)) > _LARGEST:
        return None
    for taken in (FIRST, ALL, FIRST + KEEPING, ALL + KEEPING):
        found: list[tuple[np.ndarray, ...]] = []
        for part in parts_of(given, taken):
            known = find(part, taken)
            results = known.results if known else None
            if results is None and taken < KEEPING + FIRST:
                results = put_together(part, find, deep + 1)
            if results is None:
                break
            found.append(results)
        else:
            if found:
                return tuple(_joined(results, taken) for results in zip(*found, strict=True))
    return None


def _joined(parts: Sequence[np.ndarray], way: int) -> np.ndarray:
    return np.concatenate(parts) if way > KEEPING else np.stack(parts)


class _Taken(NamedTuple):
    """A call that is taken apart: of which entry, and where its parts stand among all that are asked."""

    entry: int
    call: LentCall
    way: int
    parts: slice


def with_parts(
    lent: Lent,
    steps: Mapping[str, Step],
    ask: Callable[[Sequence[Question]], Answers],
    within: Mapping[int, Question] = MappingProxyType({}),
) -> Lent:
    """The same, and what the reference gives for parts of these calls, where that is part of what it gives for all.

    `within` has the question of each entry: a method is asked on an object that is made as there.
    """
    known = {entry: list(calls) for entry, calls in lent.items()}
    last = {entry: [call for call in calls if is_pure(call, steps[call.function])] for entry, calls in lent.items()}
    for _ in range(_DEEPEST):
        last, whole = _parts_known(last, 0, steps, ask, within)
        keeping, _ = _parts_known(whole, KEEPING, steps, ask, within)  # what gives nothing for a part may need its axis
        for entry, calls in known.items():
            calls += [*last[entry], *keeping[entry]]
    return {entry: tuple(calls) for entry, calls in known.items()}


_Calls = dict[int, list[LentCall]]


def _parts_known(
    of: _Calls,
    keeping: int,
    steps: Mapping[str, Step],
    ask: Callable[[Sequence[Question]], Answers],
    within: Mapping[int, Question],
) -> tuple[_Calls, _Calls]:
    """The parts of these calls of which the reference gives the parts; and the calls of which it gives none."""
    asked: list[tuple[int, LentCall, Given]] = []
    taken = list(_taken_apart(of, asked, keeping))
    questions = [question_of(steps[call.function], given, within.get(entry)) for entry, call, given in asked]
    answers = ask(questions) if asked else ()
    found: _Calls = {entry: [] for entry in of}
    apart: set[int] = set()
    for entry, call, way, parts in taken:
        given, results = [part for *_, part in asked[parts]], answers[parts]
        if _make(call, results, way):
            apart.add(id(call))
            pairs = zip(given, results, strict=True)
            found[entry] += [LentCall(call.function, tuple(part), got or (), part=way) for part, got in pairs]
    return found, {entry: [call for call in calls if id(call) not in apart] for entry, calls in of.items()}


def _taken_apart(of: _Calls, asked: list[tuple[int, LentCall, Given]], keeping: int) -> Iterator[_Taken]:
    """Each call in each way; its parts are put behind those that are asked."""
    for entry, calls in of.items():
        first = len(asked)
        for call in calls:
            first_alone = parts_of(call.given, FIRST + keeping)
            for way in (FIRST + keeping, ALL + keeping):
                parts = parts_of(call.given, way)
                # One part alone is no evidence; and of two ways that are one, one is enough.
                is_new = way == FIRST + keeping or [*map(_bytes_of, parts)] != [*map(_bytes_of, first_alone)]
                if len(parts) > 1 and is_new and len(asked) - first + len(parts) <= _MOST:
                    start = len(asked)
                    asked += [(entry, call, part) for part in parts]
                    yield _Taken(entry, call, way, slice(start, len(asked)))


def _bytes_of(given: Given) -> list[bytes]:
    return [told.tobytes() for told in given if isinstance(told, np.ndarray)]


def is_plain(call: LentCall, step: Step) -> bool:
    """Whether it can be asked by itself: a function of arrays, numbers and words that keeps and leaves nothing."""
    return not step.path[1] and is_pure(call, step)


def is_pure(call: LentCall, step: Step) -> bool:
    """Whether it is such a function, or such a method."""
    given = handed(call.given)
    words = [told for told in given if isinstance(told, str)]
    arrays = [told for told in given if isinstance(told, np.ndarray) and told.dtype.kind in "biuf"]
    told_all = len(words) + len(arrays) == len(given) == len(step.takes)
    keeps = step.kept or step.leaves or call.left
    return not keeps and told_all and all(word in _WORDS or word.startswith('"') for word in words)


def question_of(step: Step, given: Given, within: Question | None = None) -> Question:
    """A call with these, as a question of its own; a whole number is handed over as one, any other as numpy has it.

    A method is called on an object that is made as the first one of its class `within` another question, and holds the
    weights that this one held.
    """
    taken = handed(given)
    arrays = ((str(n), told) for n, told in enumerate(taken) if isinstance(told, np.ndarray))
    inputs = {name: array for name, array in arrays if array.ndim or array.dtype.kind == "f"}
    takes = [str(n) if str(n) in inputs else Built(str(n), _written(told)) for n, told in enumerate(taken)]
    alone = Step(step.function, tuple(takes), step.gives, named=step.named, head=step.head)
    question = Question(inputs, (alone,))
    return _on_object(question, within, dict(_weights(given[len(taken) :]))) if within and step.path[1] else question


def _weights(held: Given) -> Iterator[tuple[str, np.ndarray]]:
    """The arrays of fractions that an object holds by itself, by the way to each."""
    names = [n for n, told in enumerate(held) if isinstance(told, str) and told.startswith(HELD)]
    for n, behind in zip(names, [*names[1:], len(held)], strict=False):  # it may hold nothing
        way, told = str(held[n]), held[n + 1] if behind == n + 2 else ""
        if isinstance(told, np.ndarray) and told.ndim and told.dtype.kind == "f" and way[len(HELD) :].isidentifier():
            yield way, told


def _on_object(question: Question, within: Question, weights: Mapping[str, np.ndarray]) -> Question:
    (step,) = question.steps
    made = next((one for one in within.steps if one.path[0] == step.path[0]), step)
    sets = [(way, put) for way, put in made.sets if way.startswith(".")]  # the others are in what that call takes
    sets += [(way, way) for way in weights]  # what is held is told by the way to it
    asked = replace(step, new=made.new, sets=tuple(sets), new_named=made.new_named, new_head=made.new_head)
    inputs = {**question.inputs, **weights}
    drawn = {name: within.inputs[name] for name in asked.needed.difference(inputs)}
    return Question({**inputs, **drawn}, (asked,), files=within.files)


def _written(told: Told) -> str:
    return told if isinstance(told, str) else json.dumps(np.asarray(told).item())


def _make(call: LentCall, found: Answers, way: int) -> bool:
    """Whether these are the parts of what the call gives."""
    whole = [results for results in found if results is not None]
    if len(whole) < len(found) or any(len(results) != len(call.results) for results in whole):
        return False
    return all(_is_made_of(result, [results[n] for results in whole], way) for n, result in enumerate(call.results))


def _is_made_of(result: np.ndarray, parts: Sequence[np.ndarray], way: int) -> bool:
    due = (1, *result.shape[1:]) if way > KEEPING else result.shape[1:]
    if result.ndim == 0 or len(result) != len(parts) or any(part.shape != due for part in parts):
        return False
    return bool(near_in(_joined(parts, way), result, NEAR).all())
