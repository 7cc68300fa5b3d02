"""What other calls of a case are given: a backward that is made of it has kept one thing for all calls.

takes: an entry of the plan; the readings of a difference.
gives: which inputs the last call is about; the readings, of which those are marked that name an input of other calls,
and those named by its place that name what was put there.
must not know: outcomes, points, words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from grader.judge.reading.patterns import OF_ANOTHER_CALL, Pattern, Reading, in_numbers
from grader.plan import Entry
from grader.wire import Step


def given_to(entry: Entry) -> tuple[str, ...]:
    """The inputs of the last call, and of the one before it that gave what this takes of the hand-in's own."""
    last, source = entry.question.steps[-1], _source(entry)
    return tuple(dict.fromkeys((*(source.inputs if source else ()), *last.inputs)))


def told_of_others(readings: Iterable[Reading], entry: Entry) -> tuple[Reading, ...]:
    """The same, with a mark on a function of what another call of these functions is given.

    Of an object that keeps its state an earlier call may count: where no cache is handed over, a function of what the
    last call is given as well is not marked.
    """
    own = set() if _source(entry) else set(entry.question.steps[-1].inputs)
    others = _of_others(entry) or _of_earlier(entry)
    return tuple(_marked(reading, others, own) for reading in readings) if others else tuple(readings)


def told_as_put(readings: Iterable[Reading], entry: Entry, output: str) -> tuple[Reading, ...]:
    """The same, with an input that the check has put where this result is to be left named by that place.

    Nobody has handed that back: it stands there as it was.
    """
    last = entry.question.steps[-1]
    ways = {way for name, root, way in last.leaves if (name, root) == (output, "self")}
    there = {taken: f"self{way}" for way, taken in last.sets if way in ways}
    return tuple(
        replace(one, names=(there[one.names[0]],)) if one.pattern is Pattern.ECHO and one.names[0] in there else one
        for one in readings
    )


def asked_about(entry: Entry) -> dict[str, np.ndarray]:
    """The inputs of a question but for those of other calls of the functions that it asks."""
    others = _of_others(entry)
    return in_numbers({name: array for name, array in entry.question.taken.items() if name not in others})


def _of_others(entry: Entry) -> set[str]:
    source = _source(entry)
    if source is None:
        return set()
    asked = {entry.question.steps[-1].function, source.function}
    taken = {name for step in entry.question.steps if step.function in asked for name in step.inputs}
    return taken.difference(given_to(entry))


def _of_earlier(entry: Entry) -> set[str]:
    """What earlier calls of the function that is asked are given, and the last is not.

    Nothing where it is asked what the last leaves: a running mean is a function of what they are given.
    """
    *before, last = entry.question.steps
    taken = {name for step in before if step.function == last.function and not last.leaves for name in step.inputs}
    return taken.difference(last.inputs)


def _source(entry: Entry) -> Step | None:
    *before, last = entry.question.steps
    return next((step for step in reversed(before) if last.takes_own & set(step.gives)), None)


def _marked(reading: Reading, others: set[str], own: set[str]) -> Reading:
    if reading.pattern not in (Pattern.FUNCTION, Pattern.AS_IF):
        return reading
    # Of an input what stands in its place is told, and that alone is a function of something.
    told = reading.names[1:] if reading.pattern is Pattern.AS_IF else reading.names
    words = set(re.findall(r"\w+", " ".join(told)))
    is_of_others = not others.isdisjoint(words) and own.isdisjoint(words)
    return replace(reading, names=(*reading.names, OF_ANOTHER_CALL)) if is_of_others else reading
