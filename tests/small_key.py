"""Small exams of plain Python functions, run in this process: what a sandbox would report, without one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from grader.extract.model import Facts
from grader.judge import Verdict, judge
from grader.key.model import REFERENCE, Basis, BehaviourRule, CriterionRule, Entry, Handout, Key, Rubric
from grader.outcomes import Call, Outcome, Outcomes, Status, Trouble

Functions = Mapping[str, Callable[..., Any]]
Driver = Callable[..., Iterator[tuple[str, Mapping[str, Any]]]]


class Student:
    """A namespace of functions that notes what each call gave back; `inside` is the one that has not returned."""

    def __init__(self, functions: Functions) -> None:
        self._functions, self.calls, self.inside = functions, list[Call](), ""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def called(*args: Any) -> Any:
            self.inside = name
            value, self.inside = self._functions[name](*args), ""
            has_length = isinstance(value, list | tuple | dict) or np.ndim(value) > 0
            self.calls.append(Call(name, type(value).__name__, len(value) if has_length else -1))
            return value

        return called


def run(driver: Driver, functions: Functions, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Outcome]]:
    """Each stage with its outcome, as far as it comes; what is raised within a function is the student's own."""
    student, given = Student(functions), copy.deepcopy(dict(inputs))
    try:
        for name, values in driver(student, **given):
            changed = tuple(one for one, value in given.items() if str(value) != str(inputs[one]))
            yield name, Outcome(Status.RETURNED, copy.deepcopy(dict(values)), tuple(student.calls), changed)
            student.calls.clear()
    except Exception as error:
        trouble = Trouble(type(error).__name__, str(error), *((1, 5) if student.inside else ()))
        raised = Outcome(Status.RAISED, {}, tuple(student.calls), trouble=trouble)
        yield "", raised if student.inside in ("", *functions) else Outcome(Status.MISSING, reason=student.inside)


def rule(name: str, results: Sequence[str], *behaviours: str | BehaviourRule, **more: Any) -> CriterionRule:
    """A criterion, with 10 points for each behaviour that is only named."""
    rules = [BehaviourRule(one, Fraction(10)) if isinstance(one, str) else one for one in behaviours]
    return CriterionRule(name, f"{name}()", tuple(results), tuple(rules), **more)


class Exam:
    """A key of questions; a variant is what it replaces in the reference. `ask` runs functions, `judge` judges them."""

    def __init__(self, rules: Sequence[CriterionRule], reference: Functions, **variants: Functions) -> None:
        self._variants = {REFERENCE: reference} | {name: {**reference, **one} for name, one in variants.items()}
        self._drivers: list[Driver] = []
        self.key = Key(Rubric("small", "Small", tuple(rules), Handout("small.ipynb")), (), "", {})

    def add(
        self, driver: Driver, inputs: Any, shown: Any, seen: str = "hidden", basis: Any = Basis.OWN, **more: Any
    ) -> None:
        """One more case: its inputs, the behaviours that it shows, its visibility, and more fields of its entry."""
        stages = tuple(name for name, _ in run(driver, self._variants[REFERENCE], inputs))
        case = (driver.__name__, f"case {len(self._drivers)}", seen, basis)
        self._drivers.append(driver)
        entries = (*self.key.entries, Entry(*case, stages, shown, inputs, **more))
        self.key = msgspec.structs.replace(self.key, entries=entries)
        answers = {name: self.ask(functions) for name, functions in self._variants.items()}
        self.key = msgspec.structs.replace(self.key, answers=answers)

    def ask(self, functions: Functions) -> Outcomes:
        """What these functions come to in all cases."""
        every = {}
        for n, entry in enumerate(self.key.entries):
            came = [outcome for _, outcome in run(self._drivers[n], functions, entry.inputs)]
            every[n] = (*came, *[Outcome(Status.NOT_REACHED)] * len(entry.stages))[: len(entry.stages)]
        return every

    def judge(self, functions: Functions, **facts: Any) -> dict[str, tuple[Verdict, ...]]:
        """The verdicts on these functions, asked everything."""
        return judge(self.key, self.ask(functions), Facts(**facts))
