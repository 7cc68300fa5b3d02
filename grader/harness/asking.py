"""Run a driver on fresh inputs and describe what it yields, stage by stage."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from grader.harness.loading import show, trouble_of
from grader.harness.student import Missing, Proxy, Student, unwrap
from grader.harness.surroundings import StandIn, seed_all
from grader.wire.codec import describe, name_type
from grader.wire.messages import Done, Raised, Report, Stage
from grader.wire.program import Ask, Other, Tree

_WARNINGS = 5  # reported for one stage


def drivers_in(questions: str) -> ModuleType:
    """Run the author's `questions.py` in a module of its own."""
    module = ModuleType("questions")
    exec(compile(questions, "<questions>", "exec"), vars(module))  # noqa: S102 - it is the author's
    return module


def answer(ask: Ask, drivers: ModuleType, student: Student, send: Callable[[Report], None]) -> None:
    """Run a driver: send a `Stage` for each yield, and then `Done`, or `Raised` with what ended it."""
    inputs, before = {name: copied(value) for name, value in ask.inputs.items()}, dict(ask.inputs)
    student._take_calls()
    seed_all()
    with warnings.catch_warnings(record=True) as heard, np.errstate():
        warnings.simplefilter("always")
        try:
            for name, values in getattr(drivers, ask.driver)(student, **inputs):
                calls, changed = student._take_calls(), _changed(before, inputs)
                send(Stage(ask.number, name, dict(values), calls, changed, _texts(heard)))
                if name == ask.until:
                    break
        except BaseException as error:
            missing = error.missing if isinstance(error, Missing) else ""
            send(Raised(ask.number, trouble_of(error), missing, student._take_calls()))
        else:
            send(Done(ask.number))


def copied(tree: Tree, copy: Callable[[np.ndarray], Any] = np.ndarray.copy) -> Tree:
    """A tree with arrays of its own, which can be written to."""
    kind = type(tree)
    if kind is np.ndarray:
        return copy(tree)
    if kind is list or kind is tuple:
        return kind(copied(part, copy) for part in tree)
    if kind is dict:
        return {key: copied(part, copy) for key, part in tree.items()}
    return sys.intern(tree) if kind is str else tree  # `mode is "train"` holds in a notebook


def describe_result(value: object) -> Tree:
    """What stands for a value of no plain kind; a kind of array becomes a plain one where that keeps its numbers."""
    if isinstance(value, StandIn):
        return Other(f"stand-in for {value._package}")
    if type(value) is Proxy:
        return Other(name_type(unwrap(value)))
    if issubclass(type(value), np.ndarray) and not np.ma.is_masked(value):
        return np.ndarray.view(value, np.ndarray)  # type: ignore[call-overload]
    return describe(value)


def _changed(before: dict[str, Tree], inputs: Mapping[str, Tree]) -> tuple[str, ...]:
    """Name the inputs that were changed since this was last asked."""
    names = tuple(name for name, value in inputs.items() if not _is_same(before[name], value))
    before.update({name: copied(inputs[name]) for name in names})
    return names


def _is_same(one: Tree, other: Tree) -> bool:
    kind: Any = type(one)
    if type(other) is not kind:
        return False
    if kind is np.ndarray:
        return bool(one.dtype == other.dtype) and one.shape == other.shape and one.tobytes() == other.tobytes()
    if kind in (list, tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if kind is dict:
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    return one is other or bool(one == other)


def _texts(heard: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """The first few warnings since this was last asked, each once."""
    texts = tuple(dict.fromkeys(show(warning.message) for warning in heard[:1000]))[:_WARNINGS]
    heard.clear()
    return texts
