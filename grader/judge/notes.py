"""What is worth a note beside a verdict: changed inputs, warnings, types and conventions of its own.

takes: an exam and a criterion's rule.
gives: `Note` values, in a fixed order.
must not know: points, sentences.

Notes are read by students, so text that student code made on hidden inputs has no place in them: only names
and phrases from closed lists are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from grader.answer_key import REFERENCE, CriterionRule
from grader.judge.answers import answers
from grader.judge.findings import Exam
from grader.judge.secrets import PLAIN_TYPES
from grader.judge.verdict import Note, NoteKind
from grader.plan import Entry, Purpose
from grader.wire import OLD_WAYS, Outcome, Step

# numpy's own words for what its error state reports; any other warning may hold a hidden number.
_FLOATING_POINT = re.compile(r"((?:overflow|underflow|invalid value|divide by zero) encountered) in ((?:scalar )?\w*)")
# A program may warn in these words too: only names that are numpy's own are told on, no `exp2640`.
_PLACES = {name for name, function in vars(np).items() if isinstance(function, np.ufunc)}
_PLACES |= {f"scalar {name}" for name in _PLACES} | {"reduce", "accumulate", "cast", "dot", "det", "slogdet"}
MOST_WARNINGS = 3
_HAVE_NO_DTYPE = ("int", "list", "tuple", "deque", "range")  # numpy gave it one when it read them


def notes_on(exam: Exam, rule: CriterionRule) -> tuple[Note, ...]:
    """All notes on one criterion."""
    own = [(exam.steps(place)[n], exam.outcomes[place][n]) for place, n in exam.bench.own_steps[rule.name]]
    notes = [
        Note(NoteKind.CHANGED_INPUT, _unique(_changed(exam, rule))),
        Note(NoteKind.WARNING, _unique(_warnings(own))[:MOST_WARNINGS]),
        Note(NoteKind.OLD_WAY, _unique(_old_ways(own))[:MOST_WARNINGS]),
        Note(NoteKind.OTHER_TYPE, _unique(_other_types(exam, rule, own))),
        Note(NoteKind.OTHER_DTYPE, _unique(_other_dtypes(exam, rule))),
        Note(NoteKind.BETWEEN, _unique(_between(exam, rule))),
        Note(NoteKind.UNSTEADY, _unsteady(exam, rule)),
    ]
    return tuple(note for note in notes if note.about)


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _changed(exam: Exam, rule: CriterionRule) -> Iterator[str]:
    """The inputs that were changed and that the reference leaves as they are: a state of several steps is to change.

    By the names of the signature: a case may call with inputs of other names.
    """
    right = exam.key.answers.get(REFERENCE, {})
    found: set[str] = set()
    due: set[str] = set()
    for place, n in exam.bench.own_steps[rule.name]:
        steps = exam.steps(place)
        found.update(_named(rule, steps[n], exam.outcomes[place][n]))
        if place in right and n == len(steps) - 1:
            due.update(_named(rule, steps[n], right[place]))
    yield from (name for name in rule.parameters if name in found - due)


def _named(rule: CriterionRule, step: Step, outcome: Outcome) -> Iterator[str]:
    """The parameters whose arguments a call has changed."""
    if outcome.changed:
        names = (*rule.parameters[: len(step.takes) - len(step.named)], *step.named)
        called = {one: name for one, name in zip(step.takes, names, strict=False) if isinstance(one, str)}
        yield from (called[name] for name in outcome.changed if name in called)


def _warnings(own: list[tuple[Step, Outcome]]) -> Iterator[str]:
    for _, outcome in own:
        for text in outcome.warnings:
            if match := _FLOATING_POINT.search(text):
                yield match[0] if match[2] in _PLACES else match[1]


def _old_ways(own: list[tuple[Step, Outcome]]) -> Iterator[str]:
    for _, outcome in own:
        for text in outcome.warnings:
            yield from (way for way, told in OLD_WAYS.items() if told in text)


def _other_types(exam: Exam, rule: CriterionRule, own: list[tuple[Step, Outcome]]) -> Iterator[str]:
    returned = [(name, value) for _, outcome in own for name, value in outcome.values.items()]
    unread = {(name, value.type_name) for name, value in returned if value.kind == "other"}
    for name, value in returned:
        if value.type_name == "ndarray" or value.kind != "array" or value.type_name not in PLAIN_TYPES:
            continue
        # A list of uneven rows among them is no array, and that is told; where one number is due, a float is one.
        if (name, value.type_name) not in unread and _is_an_array(exam, rule, name, value.type_name):
            yield f"{name}: {value.type_name}"


def _is_an_array(exam: Exam, rule: CriterionRule, name: str, type_name: str) -> bool:
    """Whether that is what is due, and not what came; of a result of an earlier call nobody has said."""
    answers = (
        exam.key.answers[REFERENCE][place].values.get(name) for place, _ in exam.entries(rule.name, Purpose.CASE)
    )
    due = [(value.array.ndim, value.type_name) for value in answers if value is not None and value.array is not None]
    return bool(due) and not any(ndim == 0 or of == type_name for ndim, of in due)


def _of_other_form(exam: Exam, rule: CriterionRule) -> Iterator[tuple[int, Entry]]:
    """Cases that returned something, and not in the reference's shapes and dtypes."""
    asked = exam.entries(rule.name, Purpose.CASE)
    has_sheet = exam.bench.sheets.get((rule.name, REFERENCE)) is not None
    plain = exam.filled_in(rule.name, REFERENCE).plain if has_sheet else [False] * len(asked)
    for (place, entry), is_plain in zip(asked, plain, strict=True):
        if not is_plain and exam.outcomes[place][-1].values:
            yield place, entry


def _other_dtypes(exam: Exam, rule: CriterionRule) -> Iterator[str]:
    """Results of another dtype than the reference's."""
    for place, entry in _of_other_form(exam, rule):
        for name in entry.grade:
            got, want = (o.values.get(name) for o in (exam.outcomes[place][-1], exam.key.answers[REFERENCE][place]))
            if got is None or want is None or got.array is None or want.array is None:
                continue
            if got.array.dtype == np.float64 or got.type_name in _HAVE_NO_DTYPE:
                continue  # nothing is lost by more digits than the reference has, nor by a plain 0
            if got.array.dtype.kind == "f" and any(got.array.dtype == a.dtype for a in entry.question.inputs.values()):
                continue  # it has the digits that it was given
            if got.array.dtype.kind in "fiu" and got.array.dtype.str[1:] != want.array.dtype.str[1:]:
                yield f"{name}: {got.array.dtype.name} instead of {want.array.dtype.name}"


def _between(exam: Exam, rule: CriterionRule) -> Iterator[str]:
    """The alternatives of the kind "anything between" of which a value other than the reference's was given."""
    loose = [alternative.name for alternative in rule.alternatives if alternative.between]
    if not loose:
        return
    sheet = exam.bench.sheets.get((rule.name, REFERENCE))
    if sheet and sheet.differs_in_range(exam.filled_in(rule.name, REFERENCE), rule.tolerance.absolute):
        yield from loose
    for place, entry in _of_other_form(exam, rule):
        for name, answer in answers(exam.key, rule, place, entry, REFERENCE):
            free = answer.low != answer.high
            got, right = (
                exam.outcomes[place][-1].values.get(name),
                exam.key.answers[REFERENCE][place].values[name].array,
            )
            if not free.any() or got is None or got.array is None or right is None or got.array.shape != right.shape:
                continue
            if (free & (abs(got.array - right) > rule.tolerance.absolute)).any():
                yield from loose


def _unsteady(exam: Exam, rule: CriterionRule) -> tuple[str, ...]:
    """The function, if it answered two equal calls of one case differently; and what did so before, if anything."""
    for place, first, second in exam.bench.repeats[rule.name]:
        outcomes, steps = exam.outcomes[place], exam.steps(place)
        if _same_values(outcomes[first], outcomes[second]):
            continue
        # Its cache comes of calls before it: what is unsteady there makes it so.
        earlier = [n for n in range(second) if steps[n].function != rule.name]
        pairs = ((a, b) for a in earlier for b in earlier if a < b and steps[a] == steps[b])
        before = [steps[a].function for a, b in pairs if not _same_values(outcomes[a], outcomes[b])]
        return (rule.name, *before[:1])
    return ()


def _same_values(one: Outcome, other: Outcome) -> bool:
    if one is other:
        return True
    if one.status is not other.status or one.values.keys() != other.values.keys():
        return False
    pairs = ((one.values[name].array, other.values[name].array) for name in one.values)
    return all(a is b or (a is not None and b is not None and np.array_equal(a, b, equal_nan=True)) for a, b in pairs)
