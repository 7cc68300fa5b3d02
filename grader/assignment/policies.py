"""The words for how exact a result must be, what a whole hand-in may use, and what lateness costs it.

takes: numbers and times, as the author writes them.
gives: `Tolerance`, `Limits` and `LatePolicy`; a wrong declaration raises `AuthorError` naming the place.
must not know: criteria, how limits are kept or points are taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import inf

from grader.assignment.kinds import demand_kinds
from grader.errors import AuthorError


def demand(holds: bool, sentence: str, hint: str = "") -> None:
    """Raise `AuthorError` where what must hold does not."""
    if not holds:
        raise AuthorError(sentence, hint)


def demand_own_names(whose: str, what: str, names: Sequence[str]) -> None:
    """Refuse two of a kind with one name."""
    twice = next((name for n, name in enumerate(names) if name in names[:n]), None)
    demand(twice is None, f"{whose}: two {what} have one name, '{twice}'", "give each a name of its own")


@dataclass(frozen=True)
class Tolerance:
    """How far a value may be from the answer: `relative * |answer| + scale * max|answer| + absolute`.

    The first two grow by `float32_factor` where the student's result is float32. The defaults are 100 to
    1000 times the rounding of a float32 sum of a hundred terms, far below the effect of any mistake:
    float32's unit roundoff is 6e-8 (IEEE 754), and a case that a mistake changes by less is refused.
    The largest is that of what is computed: numbers that stand far above all others only hide something (-1e9 where
    attention may not look), and make no room for errors in these.
    With `axes_of_one` an array that has fewer or more axes of length 1 than the answer is taken for one that has as
    many: (3,) where (1, 3) is due, and not (3, 1).
    """

    relative: float = 1e-5
    scale: float = 1e-6
    absolute: float = 1e-9
    float32_factor: float = 10.0
    axes_of_one: bool = False

    def __post_init__(self) -> None:
        demand_kinds(self)
        values = (self.relative, self.scale, self.absolute, self.float32_factor)
        demand(all(0 <= value < inf for value in values), "a tolerance must be a finite number, 0 or more")


LEAST_MEMORY = 256  # megabytes in which numpy can still be imported and make a copy or two


@dataclass(frozen=True)
class Limits:
    """What a submission may use. The defaults are far above what a right hand-in of small arrays needs."""

    call_seconds: float = 1.0  # of one call, without waiting for a core; an honest one takes under a millisecond
    load_seconds: float = 10.0  # wall time for all of a notebook's definitions
    notebook_seconds: float = 20.0  # wall time for all cells, tried only where a graded name is missing
    total_seconds: float = 60.0  # wall time for the whole submission, restarts included
    memory_mb: int = 1024  # address space; numpy itself needs about 190 MB of it
    processes: int = 16  # processes and threads
    scratch_mb: int = 16  # files written

    def __post_init__(self) -> None:
        demand_kinds(self)
        for name, value in vars(self).items():
            demand(0 < value < inf, f"limit {name} must be a finite number above 0, it is {value}")
        demand(
            self.memory_mb >= LEAST_MEMORY,
            f"limit memory_mb is {self.memory_mb}, and Python with numpy alone needs about 190",
            f"write {LEAST_MEMORY} or more; the default of 1024 leaves room for what students import",
        )


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs: a part of all points for each day begun, after a grace, up to a cap; never below zero.

    Days are counted from the end of the grace, so that a minute past it does not cost the grace too. `due` is
    needed where the place that hand-ins come from gives times and not lateness; it must have a time zone.
    """

    per_day: int | Fraction
    cap: int | Fraction = Fraction(1)
    grace: timedelta = timedelta(0)
    due: datetime | None = None

    def __post_init__(self) -> None:
        parts = (self.per_day, self.cap)
        hint = "write Fraction(1, 10), not 0.1, for a tenth of the points"
        exact = all(isinstance(part, (int, Fraction)) for part in parts)
        demand(exact, "late policy: per_day and cap must be exact", hint)
        demand_kinds(self)
        demand(all(0 <= part <= 1 for part in parts), "late policy: per_day and cap are parts, from 0 to 1", hint)
        demand(self.grace >= timedelta(0), "late policy: grace must not be negative")
        zoned = self.due is None or self.due.tzinfo is not None
        demand(zoned, "late policy: due has no time zone", 'add tzinfo=ZoneInfo("Europe/Berlin") to it')
