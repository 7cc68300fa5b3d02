"""What is worth saying beside a verdict though it costs nothing: changed inputs, warnings, types, other conventions.

Text that student code wrote has no place in notes: only names and numpy's own words are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from grader.judge.compare import as_array, as_numbers, limits, range_of, type_name
from grader.judge.findings import PLAIN_TYPES, Stage, answer, ends, problems_of, results_of
from grader.judge.model import RIGHT, Kind, Note, NoteKind
from grader.key.model import REFERENCE, CriterionRule, Key
from grader.wire.program import Tree

MOST_WARNINGS = 3
# What numpy's error state reports; any other warning may hold a hidden number, and so may a name that is not numpy's.
_FLOATING_POINT = re.compile(r"((?:overflow|underflow|invalid value|divide by zero) encountered) in (?:scalar )?(\w*)")
_UFUNCS = {name for name, one in vars(np).items() if isinstance(one, np.ufunc)} | {"reduce", "cast", "dot", "matmul"}
T = TypeVar("T")


def notes_on(key: Key, rule: CriterionRule, asked: Sequence[Stage], kind: Kind, variant: str) -> tuple[Note, ...]:
    """All notes on one criterion. What would distract from what is wrong is said of right functions only."""
    notes = [Note(NoteKind.CHANGED, _unique(_changed(key, asked)))]
    notes += [Note(NoteKind.WARNED, _unique(_warnings(key, asked))[:MOST_WARNINGS])]
    if kind in RIGHT:
        results = [one for stage in asked if stage.behaviour for one in _results(key, rule, stage, variant)]
        notes += [Note(NoteKind.OTHER_TYPE, one) for one in _unique(_other_types(results))]
        notes += [Note(NoteKind.OTHER_DTYPE, one) for one in _unique(_other_dtypes(results))]
        notes += [Note(NoteKind.BETWEEN, _unique(_between(key, rule, asked)))]
        notes += [Note(NoteKind.TRIED, _unique(_tried(key, rule, asked, variant)))]
    elif variant != REFERENCE:
        notes += [Note(NoteKind.ALTERNATIVE, tuple(one.note for one in rule.alternatives if one.name == variant))]
    return tuple(note for note in notes if note.about)


def _unique(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))


def _results(key: Key, rule: CriterionRule, stage: Stage, variant: str) -> Iterator[tuple[Stage, str, Tree, Tree]]:
    """What came back for each result of a right stage, beside its answer."""
    expected = answer(key, stage, variant)
    for name in results_of(rule, stage, expected):
        yield stage, name, stage.outcome.values.get(name), expected.values[name]


def _changed(key: Key, asked: Sequence[Stage]) -> Iterator[str]:
    """The inputs that a function alone changed in place, and that the reference leaves as they are."""
    graded = {rule.name for rule in key.rubric.criteria}
    for stage in (one for one in asked if one.outcome.changed):
        may_change = answer(key, stage, REFERENCE).changed
        if graded & {call.function for call in stage.outcome.calls} - {stage.criterion}:
            continue  # another function may have changed them
        yield from (name for name in stage.entry.inputs if name in stage.outcome.changed and name not in may_change)


def _warnings(key: Key, asked: Sequence[Stage]) -> Iterator[str]:
    """What numpy warned of, where the reference has it not warn of the same."""
    for stage in (one for one in asked if one.outcome.warnings):
        expected = answer(key, stage, REFERENCE).warnings
        found = (_FLOATING_POINT.search(one) for one in stage.outcome.warnings if one not in expected)
        for match in filter(None, found):
            yield f"{match[1]} in {match[2]}" if match[2] in _UFUNCS else match[1]


def _other_types(results: Iterable[tuple[Stage, str, Tree, Tree]]) -> Iterator[tuple[str, str]]:
    """Results that are no arrays where arrays are expected, or arrays where numbers are."""
    for _, name, got, want in results:
        array = None if isinstance(want, list | tuple) else as_array(want)
        if array is None or type_name(got) not in PLAIN_TYPES:
            continue
        if not isinstance(got, np.ndarray) if array.ndim else isinstance(got, list | tuple) or np.ndim(got):
            yield name, type_name(got)


def _other_dtypes(results: Iterable[tuple[Stage, str, Tree, Tree]]) -> Iterator[tuple[str, str]]:
    """Arrays with fewer digits than the reference's, or of another kind of numbers; not those of the inputs' dtype."""
    for stage, name, got, want in results:
        if not isinstance(got, np.ndarray) or not isinstance(want, np.ndarray) or got.dtype == want.dtype:
            continue
        given = [one.dtype for one in stage.entry.inputs.values() if isinstance(one, np.ndarray)]
        if got.dtype != np.float64 and not (got.dtype.kind == "f" and got.dtype in given):
            yield name, got.dtype.name


def _between(key: Key, rule: CriterionRule, asked: Sequence[Stage]) -> Iterator[str]:
    """The alternatives up to which any value is right, where another value than the reference's was given."""
    for stage in asked if any(one.between for one in rule.alternatives) else ():
        for _, name, got, want in _results(key, rule, stage, REFERENCE):
            right, array = as_array(want), as_array(got)
            if right is None or array is None or array.shape != right.shape:
                continue
            low, high = range_of(ends(key, rule, stage, name))
            rounding = limits(low, high, rule.tolerance, rule.tolerance.float32_factor)
            if ((low != high) & (abs(as_numbers(array) - as_numbers(right)) > rounding)).any():
                yield from (one.note for one in rule.alternatives if one.between)


def _tried(key: Key, rule: CriterionRule, asked: Sequence[Stage], variant: str) -> Iterator[str]:
    """The cases without points that are not right."""
    for stage in asked:
        if not stage.behaviour and problems_of(key, rule, stage, variant):
            yield stage.entry.case
