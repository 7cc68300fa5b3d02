"""Calls in another form: a kernel as `k(X, Z)` by one, as `k(Z, X)` by another; labels as a row, a column, or one-hot.

takes: what the reference calls its functions with within others, and a way to ask it.
gives: such a call once more, with the first two of what it is called with in the other order, or with labels otherwise.
must not know: hand-ins, points, what a kernel is.

That it gives the same then, or that transposed, is never assumed: the reference itself is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from grader.answer_key import Lent, LentCall
from grader.largest import near_in
from grader.lending.piecewise import NEAR, Answers, is_plain, question_of
from grader.wire import Question, Step, Told

_Given = tuple[Told, ...]
_Form = Callable[[_Given], _Given | None]
_Ask = Callable[[Sequence[Question]], Answers]
_Formed = list[tuple[int, LentCall, _Given]]


def with_swaps(lent: Lent, steps: dict[str, Step], ask: _Ask) -> Lent:
    """The same, and what the reference gives for these calls turned round: where that is the same, or transposed."""
    return _with_other_form(lent, steps, ask, _turned_round)


def with_columns(lent: Lent, steps: dict[str, Step], ask: _Ask) -> Lent:
    """The same, and what it gives where labels stand in a column, `y[:, None]`, or in a row: where that is the same."""
    return _with_other_form(lent, steps, ask, _with_labels_turned)


def with_one_hot(lent: Lent, steps: dict[str, Step], ask: _Ask) -> Lent:
    """The same, and what it gives where labels are rows of zeros with a one, or numbers: where that is the same."""
    return _with_other_form(lent, steps, ask, _with_labels_told_otherwise)


def _with_other_form(lent: Lent, steps: dict[str, Step], ask: _Ask, form: _Form) -> Lent:
    plain = [(entry, c) for entry, calls in lent.items() for c in calls if is_plain(c, steps[c.function])]
    able = [(entry, call, given) for entry, call in plain if (given := form(call.given)) is not None]
    first = {call.function: (entry, call, given) for entry, call, given in reversed(able)}
    functions = {call.function for _, call in _alike([*first.values()], steps, ask)}  # of most functions one is enough
    known = {entry: list(calls) for entry, calls in lent.items()}
    for entry, call in _alike([one for one in able if one[1].function in functions], steps, ask):
        known[entry].append(call)
    return {entry: tuple(calls) for entry, calls in known.items()}


def _turned_round(given: _Given) -> _Given | None:
    """The first two in the other order; they are arrays of as many axes, or words, and not the same."""
    if len(given) < 2:
        return None
    one, other, *rest = given
    turned = (other, one, *rest)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return turned if one.ndim == other.ndim > 0 and not np.array_equal(one, other) else None
    return turned if isinstance(one, str) and isinstance(other, str) and one != other else None


def _with_labels_turned(given: _Given) -> _Given | None:
    """All arrays of whole numbers that stand in a row in a column, or the other way about."""
    turned = tuple(
        _turned(told) if isinstance(told, np.ndarray) and told.dtype.kind in "iu" else told for told in given
    )
    return turned if any(one is not other for one, other in zip(turned, given, strict=True)) else None


def _turned(labels: np.ndarray) -> np.ndarray:
    if labels.ndim == 1:
        return labels[:, np.newaxis]
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def _with_labels_told_otherwise(given: _Given) -> _Given | None:
    """All that are labels as rows with a one in the place of each, or the other way about."""
    shapes = [told.shape for told in given if isinstance(told, np.ndarray)]
    told = tuple(_told_otherwise(one, shapes) if isinstance(one, np.ndarray) else one for one in given)
    return told if any(one is not other for one, other in zip(told, given, strict=True)) else None


def _told_otherwise(labels: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> np.ndarray:
    """As many classes as there are stand in what the labels are for, such as scores."""
    if labels.ndim > 1 and labels.shape[-1] > 1 and ((labels == 0) | (labels == 1)).all():
        return np.asarray(labels.argmax(axis=-1)) if (labels.sum(axis=-1) == 1).all() else labels
    classes = next((shape[-1] for shape in shapes if shape and shape[:-1] == labels.shape), 0)
    if not labels.ndim or labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < classes)).all():
        return labels
    rows: np.ndarray = np.eye(classes, dtype=labels.dtype)[labels]
    return rows


def _alike(calls: _Formed, steps: dict[str, Step], ask: _Ask) -> list[tuple[int, LentCall]]:
    """Those that the reference gives the same for in that form."""
    answers = ask([question_of(steps[call.function], given) for _, call, given in calls]) if calls else ()
    return [
        (entry, replace(call, given=given, results=tuple(results)))
        for (entry, call, given), results in zip(calls, answers, strict=True)
        if results is not None and _are_turned(call.results, results)
    ]


def _are_turned(due: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> bool:
    """Whether these results are those of the call, each as it is or transposed."""
    return len(due) == len(found) and all(
        any(way.shape == one.shape and near_in(one, way, NEAR).all() for way in (of, of.T))
        for of, one in zip(due, found, strict=True)
    )
