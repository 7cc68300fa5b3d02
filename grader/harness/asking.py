"""Run a driver on fresh inputs and describe what it yields, stage by stage."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from grader.harness.graded import QUESTIONS, Graded, Student, copied
from grader.harness.loading import show, trouble_of
from grader.harness.surroundings import StandIn, seed_all
from grader.wire.codec import describe
from grader.wire.messages import Done, Raised, Report, Stage
from grader.wire.program import Ask, Other, Tree

_WARNINGS = 5  # reported for one stage


def drivers_in(questions: str) -> ModuleType:
    """Run the author's `questions.py` in a module of its own."""
    module = ModuleType("questions")
    exec(compile(questions, QUESTIONS, "exec"), vars(module))  # noqa: S102 - it is the author's
    return module


def answer(ask: Ask, drivers: ModuleType, graded: Graded, send: Callable[[Report], None]) -> None:
    """Run a driver: send a `Stage` for each yield, and then `Done`, or `Raised` with what ended it."""
    inputs, before = {name: copied(value) for name, value in ask.inputs.items()}, dict(ask.inputs)
    graded.begin(ask)
    seed_all()
    with warnings.catch_warnings(record=True) as heard, np.errstate():
        warnings.simplefilter("always")
        try:
            for name, values in getattr(drivers, ask.driver)(Student(graded), **inputs):
                calls, changed = graded.take_calls(), _changed(before, inputs)
                send(Stage(ask.number, name, dict(values), calls, changed, _texts(heard)))
                if name == ask.until:
                    break
        except BaseException as error:
            send(Raised(ask.number, trouble_of(error), graded.missing_in(error), graded.take_calls()))
        else:
            send(Done(ask.number))


def describe_result(value: object) -> Tree:
    """What stands for a value of no plain kind; a kind of array becomes a plain one where that keeps its numbers."""
    if isinstance(value, StandIn):
        return Other(f"stand-in for {value._package}")
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
