"""The words that an author declares an assignment with: plain frozen values, checked when they are made.

A wrong declaration raises `AuthorError` with the word, what is wrong with it, and what to write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import inf
from types import ModuleType
from typing import Any

import numpy as np

from grader.assignment.checks import Word, demand, demand_different, demand_known, resolve

__all__ = [
    "HIDDEN", "PUBLIC", "Alternative", "Assignment", "Behaviour", "Case", "Criterion", "Given", "Gradient",
    "LatePolicy", "Limits", "Mistake", "Question", "Settings", "Tolerance",
]  # fmt: skip

PUBLIC, HIDDEN = "public", "hidden"

Driver = Callable[..., Iterator[tuple[str, Mapping[str, Any]]]]
Points = int | Fraction
Inputs = Callable[["np.random.Generator"], Mapping[str, Any]]
Replaces = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Tolerance(Word):
    """How far a value may be from the answer: `relative * |answer| + scale * max|answer| + absolute`.

    The first two grow by `float32_factor` where the student's result is float32. The defaults are 100 to 1000 times the
    rounding of a float32 sum of a hundred terms (unit roundoff 6e-8), far below the effect of any mistake.
    """

    relative: float = 1e-5
    scale: float = 1e-6
    absolute: float = 1e-9
    float32_factor: float = 10.0


@dataclass(frozen=True)
class Limits(Word):
    """What a submission may use; the defaults are far above what a right one with small arrays needs."""

    call_seconds: float = 1.0  # of one case of a question; an honest one takes milliseconds
    load_seconds: float = 10.0  # for all definitions
    notebook_seconds: float = 20.0  # for all cells, run only where a graded name is missing
    total_seconds: float = 60.0  # for the whole submission, restarts included
    memory_mb: int = 1024  # address space; numpy itself needs about 190 MB of it
    processes: int = 16  # processes and threads
    scratch_mb: int = 16  # files written

    def _check(self) -> None:
        for name, value in vars(self).items():
            demand(0 < value < inf, f"Limits: {name}= must be above 0, and is {value}")
        demand(self.memory_mb >= 256, "Limits: memory_mb= must be 256 or more, as Python with numpy needs about 190")


@dataclass(frozen=True)
class LatePolicy(Word):
    """What lateness costs: `per_day` of all points for each day begun after `grace`, at most `cap`.

    `due` is needed where a platform exports times of arrival; it must have a time zone.
    """

    per_day: Fraction
    cap: Fraction = Fraction(1)
    grace: timedelta = timedelta(0)
    due: datetime | None = None

    def _check(self) -> None:
        demand(0 <= self.per_day <= 1 and 0 <= self.cap <= 1, "LatePolicy: per_day= and cap= are parts, from 0 to 1")
        naive = self.due is not None and self.due.tzinfo is None
        demand(not naive, "LatePolicy: due= has no time zone", 'add tzinfo=ZoneInfo("Europe/Berlin")')


@dataclass(frozen=True)
class Behaviour(Word):
    """A part of a criterion's points. It holds if its cases are right and its `needs` hold.

    With `results` it is about these only, and its points are shared equally among them: each that is right earns its
    share, so that an error in one gradient costs that gradient only.
    """

    points: Points
    needs: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Criterion(Word):
    """One graded function, its results, and the behaviours that carry its points.

    `also_named` are other names that a submission may use for it; `sizes` names lengths of inputs, `{"N": ("x", 0)}`,
    for sentences such as "N times the expected value"; `elementwise`: an entry of a result depends on the same entry of
    the arguments only.
    """

    name: str
    points: Points
    results: tuple[str, ...]
    behaviours: Mapping[str, Points | Behaviour]
    also_named: tuple[str, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    sizes: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    elementwise: bool = False

    def _check(self) -> None:
        parts = self.name.split(".")
        demand(len(parts) <= 2 and all(map(str.isidentifier, parts)), f'{self}: write "function" or "Class.method"')
        demand(bool(self.results), f"{self}: results= is empty", 'name what the driver yields: results=("out",)')
        rules, exact = self.rules, sum(rule.points for rule in self.rules.values())
        said = f"{self}: its behaviours have {exact} points, and it is worth {self.points}"
        demand(exact == self.points, said, "let the points of the behaviours add up")
        for name, rule in rules.items():
            demand(rule.points >= 0, f"{self}, behaviour '{name}': its points are negative")
            demand_known(f"{self}, behaviour '{name}': needs=", rule.needs, [one for one in rules if one != name])
            demand_known(f"{self}, behaviour '{name}': results=", rule.results, self.results)

    @property
    def rules(self) -> dict[str, Behaviour]:
        """Each behaviour as a `Behaviour`."""
        given = self.behaviours
        return {name: one if isinstance(one, Behaviour) else Behaviour(one) for name, one in given.items()}


@dataclass(frozen=True)
class Case(Word):
    """One set of inputs, and the behaviour that it shows: one for all stages, or one for each criterion; "" is a note.

    `because` is a reason to keep a case that no mistake needs, for `selftest`.
    """

    name: str
    inputs: Inputs
    behaviour: str | Mapping[str, str]
    visibility: str = HIDDEN
    because: str = ""

    def _check(self) -> None:
        demand(self.visibility in (PUBLIC, HIDDEN), f"{self}: its visibility is PUBLIC or HIDDEN")


@dataclass(frozen=True)
class Question(Word):
    """A driver, which yields results of the student's functions by name, and the cases that it is run on."""

    driver: Driver
    cases: tuple[Case, ...]

    def _check(self) -> None:
        demand(bool(self.cases), f"{self}: it has no cases")
        demand_different(f"{self}: cases", [case.name for case in self.cases])


@dataclass(frozen=True)
class Given(Question):
    """A question with the reference's part in it: a cache among the inputs, or `stubs` in the place of functions.

    It earns points where the criterion is not right and one of `needs` is not right either. Left out, these are the
    functions whose results come before in other questions, or for stubs those that the reference calls.
    """

    needs: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gradient(Word):
    """How `of` is held against central differences of the student's own forward.

    `driver` yields the forward's `output` first; `upstream` is the input that multiplies it; `gradients` maps results
    of `of` to the inputs that they are gradients of. Those in `averaged` may be divided by the length of `batch`'s
    first axis. Being consistent is a sentence; it is `worth` this part of the points.
    """

    driver: Driver
    of: str
    output: str
    upstream: str
    gradients: Mapping[str, str]
    inputs: Inputs
    averaged: tuple[str, ...] = ()
    batch: str = ""
    worth: Fraction = Fraction(0)

    def _check(self) -> None:
        demand_known(f"{self}: averaged=", self.averaged, list(self.gradients))
        demand(bool(self.batch) or not self.averaged, f"{self}: averaged= needs batch=", 'such as batch="x"')
        demand(0 <= self.worth <= 1, f"{self}: worth= is a part, from 0 to 1")


@dataclass(frozen=True)
class Alternative(Word):
    """Another right answer, accepted in full.

    `replaces` maps names of functions of the reference to those in their place. With `between`, any value between the
    reference's and this one is right, entry by entry (a derivative at a kink).
    """

    name: str
    criterion: str
    replaces: Replaces
    note: str
    between: bool = False

    @property
    def forms(self) -> dict[str, Replaces]:
        """The one way to write it, by its name."""
        return {self.name: self.replaces}


@dataclass(frozen=True)
class Mistake(Word):
    """A wrong function that students are known to write, with its sentence, next step and credit.

    `also` are other ways to make the same mistake.
    """

    name: str
    criterion: str
    replaces: Replaces
    feedback: str
    next_step: str = ""
    credit: Fraction = Fraction(0)
    also: tuple[Replaces, ...] = ()

    def _check(self) -> None:
        demand(0 <= self.credit < 1, f"{self}: credit= is a part of the points, below 1")
        demand(bool(self.feedback.strip()), f"{self}: it has no feedback", "say what is wrong and why")

    @property
    def forms(self) -> dict[str, Replaces]:
        """Each way to make it, under a name of its own: `x`, `x (2)`, `x (3)`."""
        return {self.name: self.replaces} | {f"{self.name} ({n})": one for n, one in enumerate(self.also, start=2)}


@dataclass(frozen=True)
class Settings(Word):
    """What most assignments leave alone.

    `templates` are further notebooks that were handed out; `files` are files given with the exercise, beside
    `assignment.py`; `equivalents` maps names of mutants (with `*`) to the reason why they are right all the same.
    """

    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    late: LatePolicy | None = None
    templates: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    equivalents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Assignment(Word):
    """All of one assignment; `reference` is the module with the right functions."""

    name: str
    title: str
    handout: str
    reference: ModuleType
    criteria: tuple[Criterion, ...]
    questions: tuple[Question | Given | Gradient, ...]
    alternatives: tuple[Alternative, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def _check(self) -> None:
        demand(self.name.replace("-", "_").isidentifier(), f"{self}: a name has letters, digits, - and _ only")
        demand(bool(self.criteria) and bool(self.questions), f"{self}: criteria= or questions= is empty")
        names = [criterion.name for criterion in self.criteria]
        demand_different(f"{self}: criteria", names)
        forms = [name for one in self.variants for name in one.forms]
        demand_different(f"{self}: alternatives and mistakes", ["reference", *forms])
        for name in names:
            demand(callable(resolve(self.reference, name)), f"Criterion '{name}': the reference has no such function")
        for question in self.questions:
            named = [question.of] if isinstance(question, Gradient) else []
            named += [*question.needs, *question.stubs] if isinstance(question, Given) else []
            demand_known(f"{question}: of=, needs= or stubs= is", named, names)
        for one in self.variants:
            demand_known(f"{one}: criterion=", [one.criterion], names)
            for name in {name for replaces in one.forms.values() for name in replaces}:
                demand(callable(resolve(self.reference, name)), f"{one}: the reference has no {name} to replace")

    @property
    def variants(self) -> tuple[Alternative | Mistake, ...]:
        """All alternatives and mistakes."""
        return (*self.alternatives, *self.mistakes)
