"""The words an author declares an assignment with: plain frozen values, checked when they are made.

takes: names, numbers and functions, as the author writes them.
gives: `Assignment` and its parts; a wrong declaration raises `AuthorError` naming the place.
must not know: notebooks, students, the format of the key, how anything is run or judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import ModuleType

from grader.assignment.calls import Call, Own
from grader.assignment.cases import Behaviour, Case, FollowThrough
from grader.assignment.kinds import demand_kinds
from grader.assignment.policies import LatePolicy, Limits, Tolerance, demand, demand_own_names


@dataclass(frozen=True)
class Criterion:
    """One graded function: its calls, what of their results is graded, behaviours with points, and cases.

    `sizes` names lengths of inputs (`{"N": ("x", 0)}`), so that feedback can say "N times too large". `builds_on` names
    graded functions that this one is to call: what it makes of a known mistake in one of them is counted there only.
    """

    name: str
    calls: tuple[Call, ...]
    grade: tuple[str, ...]
    behaviours: tuple[Behaviour, ...]
    cases: tuple[Case, ...]
    follow_through: FollowThrough | None = None
    tolerance: Tolerance = field(default_factory=Tolerance)
    sizes: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    builds_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand_kinds(self)
        self._check_calls()
        names = [behaviour.name for behaviour in self.behaviours]
        demand_own_names(f"criterion {self.name}", "behaviours", names)
        for behaviour in self.behaviours:
            demand(
                set(behaviour.needs) <= set(names),
                f"behaviour '{behaviour.name}' of {self.name} needs one that is not there",
                f"behaviours of {self.name}: {', '.join(names)}",
            )
            demand(
                any(case.behaviour == behaviour.name for case in self.cases),
                f"criterion {self.name}: no case shows the behaviour '{behaviour.name}'",
            )
        demand_own_names(f"criterion {self.name}", "cases", [case.name for case in self.cases])
        self._check_behaviours("case", self.cases, names)
        self._check_raising()
        if self.follow_through is not None:
            self._check_handed(self.follow_through, names)

    def _check_behaviours(self, kind: str, cases: tuple[Case, ...], names: list[str]) -> None:
        for case in cases:
            demand(
                case.behaviour in names,
                f"{kind} '{case.name}' of {self.name}: there is no behaviour '{case.behaviour}'",
                f"behaviours of {self.name}: {', '.join(names)}",
            )

    def _check_raising(self) -> None:
        """Refuse cases by all of which a function would be right that raises always."""
        for kind, cases in (("case", self.cases), ("handed case", self.follow_through and self.follow_through.handed)):
            demand(
                not cases or not all(case.raises for case in cases),
                f"criterion {self.name}: in each {kind} an error is due, so whoever raises it always is right",
                "add one in which something comes back: an error counts only where it is not raised there, too",
            )

    def _check_handed(self, rule: FollowThrough, names: list[str]) -> None:
        demand(
            self.takes_cache or not rule.handed or rule.mended,
            f"criterion {self.name}: it takes no value of forward's, so there is no cache to be handed",
            "write mended=True: what a right forward leaves is put onto its object; or leave handed= empty",
        )
        self._check_behaviours("handed case", rule.handed, names)
        for name in names if rule.handed or self.takes_cache else ():
            demand(
                any(case.behaviour == name for case in rule.handed),
                f"criterion {self.name}: no handed case shows the behaviour '{name}'",
                "with a wrong forward it would be lost, or earned, without being looked at",
            )

    @property
    def takes_cache(self) -> bool:
        """Whether it can be handed what its forward would have given: a method may find all on its object."""
        return "." not in self.name or any(isinstance(name, Own) for name in self.calls[-1].takes)

    def _check_calls(self) -> None:
        demand(bool(self.calls), f"criterion {self.name} has no calls")
        last = self.calls[-1]
        demand(isinstance(self.grade, tuple), f"criterion {self.name}: grade= is no tuple", 'write ("dx",)')
        demand(
            last.function == self.name,
            f"criterion {self.name}: its last call is of {last.function}",
            "a criterion is called as the function that it grades, and its last call is of that: give both one name",
        )
        demand(
            bool(self.grade) and set(self.grade) <= set(last.results),
            f"criterion {self.name}: grade= must name results of its last call",
            f"{last.function} gives {', '.join(last.results)}",
        )

    @property
    def points(self) -> Fraction:
        """All the points of this criterion."""
        return sum((Fraction(b.points) for b in self.behaviours), Fraction(0))


@dataclass(frozen=True)
class Alternative:
    """Another right answer, accepted in full.

    `replaces` maps a function's name to the function that gives it. With `between`, any value between the
    reference's answer and this one is right too, entry by entry (a derivative at a kink).
    """

    name: str
    criterion: str
    replaces: Mapping[str, Callable[..., object]]
    note: str
    between: bool = False

    def __post_init__(self) -> None:
        demand_kinds(self)


@dataclass(frozen=True)
class Mistake:
    """A wrong function that students are known to write, with what to say about it.

    `feedback` says what was done and why it is wrong; `next_step` what to try; `credit` is the part of the
    criterion's points it earns all the same. `also` are other ways to make the same mistake, such as beside another
    right convention.
    """

    name: str
    criterion: str
    replaces: Mapping[str, Callable[..., object]]
    feedback: str
    next_step: str = ""
    credit: Fraction = Fraction(0)
    also: tuple[Mapping[str, Callable[..., object]], ...] = ()

    @property
    def forms(self) -> tuple[Mistake, ...]:
        """Each way to make it as a mistake by itself, under a name of its own: `x`, `x (2)`, `x (3)`."""
        others = (
            replace(self, name=f"{self.name} ({n})", replaces=r, also=()) for n, r in enumerate(self.also, start=2)
        )
        return (replace(self, also=()), *others)

    def __post_init__(self) -> None:
        demand_kinds(self)
        demand(0 <= self.credit < 1, f"mistake '{self.name}': credit must be at least 0 and below 1")
        demand(
            bool(self.feedback),
            f"mistake '{self.name}' has no feedback",
            "say what was done and why it is wrong",
        )


@dataclass(frozen=True)
class Assignment:
    """All of one assignment. `solution` is the module with the reference; `handout` the students' notebook.

    `templates` are notebooks beside it in which students were given the functions in another form (another edition of
    the exercise): untouched is what stands there, too.
    `files` names Python files beside `assignment.py`, or in folders there, that go out with the hand-out, such as
    activation functions that are given: a hand-in may import them, and need not hold them.
    `equivalents` maps names of mutants (with `*`) to the reason why they are right all the same: see selftest.
    """

    name: str
    title: str
    handout: str
    seed: int
    solution: ModuleType
    criteria: tuple[Criterion, ...]
    alternatives: tuple[Alternative, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    limits: Limits = field(default_factory=Limits)
    equivalents: Mapping[str, str] = field(default_factory=dict)
    late: LatePolicy | None = None
    templates: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand_kinds(self)
        demand(
            bool(self.name) and all(c.isalnum() or c in "_-" for c in self.name),
            f"'{self.name}' cannot name an assignment",
        )
        demand(self.seed >= 0, f"assignment {self.name}: seed= must be 0 or more, it is {self.seed}")
        for mutant, reason in self.equivalents.items():
            demand(bool(reason.strip()), f"assignment {self.name}: equivalents= gives no reason for '{mutant}'")
        self._check_files()
        names = [criterion.name for criterion in self.criteria]
        demand(bool(names), f"assignment {self.name} has no criteria")
        demand_own_names(f"assignment {self.name}", "criteria", names)
        self._check_variants(names)
        for before, criterion in enumerate(self.criteria):
            rule = criterion.follow_through
            demand(
                rule is None or rule.forward in names[:before],
                f"criterion {criterion.name}: its follow-through needs the forward's criterion to stand before it, and "
                f"'{rule.forward if rule else ''}' is none that does",
                f"before it there are: {', '.join(names[:before]) or 'none'}",
            )
            for name in criterion.builds_on:
                demand(
                    name in names[:before],
                    f"criterion {criterion.name}: '{name}' in builds_on= is no criterion that stands before it",
                    'name graded functions that this one calls: builds_on=("rnn_step_forward",)',
                )

    def called_by(self, criterion: Criterion) -> tuple[str, ...]:
        """All that a criterion builds on, and what that builds on in turn, in the order in which they stand."""
        called = set(criterion.builds_on)
        for other in reversed(self.criteria):  # what a criterion builds on stands before it
            called |= set(other.builds_on) if other.name in called else set()
        return tuple(other.name for other in self.criteria if other.name in called)

    def _check_files(self) -> None:
        demand(isinstance(self.files, tuple), f"assignment {self.name}: files= is no tuple", 'write ("helper.py",)')
        for file in self.files:
            demand(
                file.endswith(".py") and all(part.isidentifier() for part in file.removesuffix(".py").split("/")),
                f"'{file}' in files= is no Python file that can be imported",
                'name a file beside assignment.py, or in a folder there: files=("helper.py", "lib/layers.py")',
            )
        demand(isinstance(self.templates, tuple), f"{self.name}: templates= is no tuple", 'write ("headings.ipynb",)')
        for template in self.templates:
            demand(
                "/" not in template,
                f"{self.name}: '{template}' in templates= does not lie beside assignment.py",
                "put a copy of it there",
            )

    def _check_variants(self, criteria: list[str]) -> None:
        variants: tuple[Alternative | Mistake, ...] = (*self.alternatives, *self.mistakes)
        called = [form.name for one in variants for form in (one.forms if isinstance(one, Mistake) else (one,))]
        for one in variants:
            demand(
                called.count(one.name) == 1,
                f"two alternatives or mistakes are called '{one.name}'",
                f"add whose it is: '{one.name}, {one.criterion}'",
            )
            demand(
                one.criterion in criteria,
                f"'{one.name}' belongs to {one.criterion}, which is no criterion",
                f"criteria: {', '.join(criteria)}",
            )
            for function in one.replaces:
                demand(
                    hasattr(self.solution, function.split(".")[0]),
                    f"'{one.name}' replaces {function}, which the reference does not have",
                    "replaces= maps the name of a function of the reference to the one in its place",
                )

    @property
    def points(self) -> Fraction:
        """All the points of this assignment."""
        return sum((criterion.points for criterion in self.criteria), Fraction(0))
