"""The words that an author declares an assignment with: plain frozen values, checked when they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np

PUBLIC, HIDDEN = "public", "hidden"

Driver = Callable[..., Iterator[tuple[str, Mapping[str, Any]]]]
Points = int | Fraction
Inputs = Callable[[np.random.Generator], Mapping[str, Any]]


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be from the answer: `relative * |answer| + scale * max|answer| + absolute`.

    The first two grow by `float32_factor` where the student's result is float32. The defaults are 100 to 1000 times the
    rounding of a float32 sum of a hundred terms, far below the effect of any mistake: float32's unit roundoff is 6e-8
    (IEEE 754).
    """

    relative: float = 1e-5
    scale: float = 1e-6
    absolute: float = 1e-9
    float32_factor: float = 10.0


@dataclass(frozen=True)
class Limits:
    """What a submission may use; the defaults are far above what a right one with small arrays needs."""

    call_seconds: float = 1.0  # of one case of a question; an honest one takes milliseconds
    load_seconds: float = 10.0  # for all definitions
    notebook_seconds: float = 20.0  # for all cells, run only where a graded name is missing
    total_seconds: float = 60.0  # for the whole submission, restarts included
    memory_mb: int = 1024  # address space; numpy itself needs about 190 MB of it
    processes: int = 16  # processes and threads
    scratch_mb: int = 16  # files written


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs: `per_day` of all points for each day begun after `grace`, at most `cap`."""

    per_day: Fraction
    cap: Fraction = Fraction(1)
    grace: timedelta = timedelta(0)
    due: datetime | None = None


@dataclass(frozen=True)
class Behaviour:
    """A part of a criterion's points. It holds if all its findings are right, and all behaviours in `needs` hold.

    With `results` it is about these results only.
    """

    points: Points
    needs: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """One graded function, its results, and the behaviours that carry its points.

    `also_named` are other names that a submission may use for it; `sizes` names lengths of inputs (`{"N": ("x", 0)}`) for
    sentences such as "N times too large"; `elementwise` says that each entry of the result depends on its own input only.
    """

    name: str
    points: Points
    results: tuple[str, ...]
    behaviours: Mapping[str, Points | Behaviour]
    also_named: tuple[str, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    sizes: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    elementwise: bool = False


@dataclass(frozen=True)
class Case:
    """One set of inputs, and the behaviour that it shows: one for all stages, or one for each criterion.

    A behaviour of "" is told as a note and costs nothing. `because` is a reason to keep the case, for `selftest`.
    """

    name: str
    inputs: Inputs
    behaviour: str | Mapping[str, str]
    visibility: str = HIDDEN
    because: str = ""


@dataclass(frozen=True)
class Question:
    """A driver and the cases that it is run on."""

    driver: Driver
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Given:
    """A question with the reference's part in it: a cache among the inputs, or `stubs` in the place of functions.

    It earns points where the criterion is not right and one of `needs` (for stubs: of those that the reference calls) is
    not right either.
    """

    driver: Driver
    cases: tuple[Case, ...]
    needs: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gradient:
    """How `of` is held against central differences of the student's own forward.

    `driver` yields the forward's `output` first; `upstream` is the input that multiplies it; `gradients` maps results of
    `of` to the inputs that they are gradients of. Those in `averaged` may be divided by the length of `batch`'s first axis.
    Being consistent is a sentence; it is `worth` this part of the points.
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


@dataclass(frozen=True)
class Alternative:
    """Another right answer, accepted in full.

    `replaces` maps names of functions of the reference to those in their place. With `between`, any value between the
    reference's and this one is right, entry by entry (a derivative at a kink).
    """

    name: str
    criterion: str
    replaces: Mapping[str, Callable[..., Any]]
    note: str
    between: bool = False


@dataclass(frozen=True)
class Mistake:
    """A wrong function that students are known to write, with its sentence, next step and credit.

    `also` are other ways to make the same mistake.
    """

    name: str
    criterion: str
    replaces: Mapping[str, Callable[..., Any]]
    feedback: str
    next_step: str = ""
    credit: Fraction = Fraction(0)
    also: tuple[Mapping[str, Callable[..., Any]], ...] = ()


@dataclass(frozen=True)
class Settings:
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
class Assignment:
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
