"""What is worth saying beside a verdict though it costs nothing: changed inputs, warnings, types, other conventions.

Text that student code wrote has no place in notes: only names and numpy's own words are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from grader.judge.compare import type_name
from grader.judge.findings import PLAIN_TYPES, problems_of
from grader.judge.model import RIGHT, Kind, Note, NoteKind
from grader.key.model import REFERENCE, CriterionRule, Key, Stage
from grader.key.right import as_array, as_numbers
from grader.wire.program import Tree

MOST_WARNINGS = 3
# What numpy's error state reports; any other warning may hold a hidden number, and so may a name that is not numpy's.
_FLOATING_POINT = re.compile(r"((?:overflow|underflow|invalid value|divide by zero) encountered) in (?:scalar )?(\w*)")
_UFUNCS = {name for name, one in vars(np).items() if isinstance(one, np.ufunc)} | {"reduce", "cast", "dot", "matmul"}
T = TypeVar("T")


def notes_on(key: Key, rule: CriterionRule, asked: Sequence[Stage], kind: Kind, variant: str) -> tuple[Note, ...]:
    """All notes on one criterion. What would distract from what is wrong is said of right functions only."""
    notes = [Note(NoteKind.CHANGED, _unique(_changed(key, asked)))]
    notes += [Note(NoteKind.WARNED, _unique(_warnings(asked))[:MOST_WARNINGS])]
    if kind in RIGHT:
        notes += sorted(_unique(_other_forms(asked, variant)), key=lambda note: note.kind is NoteKind.OTHER_DTYPE)
        notes += [Note(NoteKind.BETWEEN, _unique(_between(rule, asked)))]
        tried = (stage.entry.case for stage in asked if not stage.behaviour and problems_of(stage, variant))
        notes += [Note(NoteKind.TRIED, _unique(tried))]
    elif variant != REFERENCE:
        notes += [Note(NoteKind.ALTERNATIVE, tuple(one.note for one in rule.alternatives if one.name == variant))]
    return tuple(note for note in notes if note.about)


def _unique(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))


def _changed(key: Key, asked: Sequence[Stage]) -> Iterator[str]:
    """The inputs that a function alone changed in place, and that the reference leaves as they are."""
    graded = {rule.name for rule in key.rubric.criteria}
    for stage in (one for one in asked if one.outcome.changed):
        may_change = stage.answer(REFERENCE).changed
        if graded & {call.function for call in stage.outcome.calls} - {stage.rule.name}:
            continue  # another function may have changed them
        yield from (name for name in stage.entry.inputs if name in stage.outcome.changed and name not in may_change)


def _warnings(asked: Sequence[Stage]) -> Iterator[str]:
    """What numpy warned of, where the reference has it not warn of the same."""
    for stage in (one for one in asked if one.outcome.warnings):
        expected = stage.answer(REFERENCE).warnings
        found = (_FLOATING_POINT.search(one) for one in stage.outcome.warnings if one not in expected)
        for match in filter(None, found):
            yield f"{match[1]} in {match[2]}" if match[2] in _UFUNCS else match[1]


def _other_forms(asked: Sequence[Stage], variant: str) -> Iterator[Note]:
    """Results that are no arrays where arrays are expected, or arrays for numbers; arrays of neither side's dtype."""
    for stage, right in ((one, right) for one in asked if one.behaviour for right in one.rights(variant)):
        got: Tree = stage.outcome.values.get(right.name)
        want = right.ends[0]
        if type(got) is type(want) is np.ndarray and (got.dtype, got.ndim) == (want.dtype, want.ndim):
            continue  # nearly always so
        if isinstance(got, np.ndarray) and isinstance(want, np.ndarray) and got.dtype not in (want.dtype, "f8"):
            given = [one.dtype for one in stage.entry.inputs.values() if isinstance(one, np.ndarray)]
            if got.dtype.kind != "f" or got.dtype not in given:
                yield Note(NoteKind.OTHER_DTYPE, (right.name, got.dtype.name))
        if right.array is not None and not isinstance(want, list | tuple) and type_name(got) in PLAIN_TYPES:
            is_number = not isinstance(got, list | tuple) and np.ndim(got) == 0
            if not (isinstance(got, np.ndarray) if right.array.ndim else is_number):
                yield Note(NoteKind.OTHER_TYPE, (right.name, type_name(got)))


def _between(rule: CriterionRule, asked: Sequence[Stage]) -> Iterator[str]:
    """The alternatives up to which any value is right, where another value than the reference's was given."""
    between = [one.note for one in rule.alternatives if one.between]
    for stage in asked if between else ():
        for right in stage.rights(REFERENCE):
            array, want = as_array(stage.outcome.values.get(right.name)), right.array
            if array is not None and want is not None and array.shape == want.shape:
                low, high = right.range
                is_other = abs(as_numbers(array) - as_numbers(want)) > right.limits[True]
                yield from between if ((low != high) & is_other).any() else ()
