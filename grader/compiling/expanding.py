"""Expand an assignment to the entries of its key: draw all inputs by two seeds, and note what each entry is for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec
import numpy as np

from grader.assignment.loading import place_in
from grader.assignment.words import HIDDEN, PUBLIC, Assignment, Case, Given, Gradient, Inputs, Question
from grader.compiling.exams import Stages, folder_of
from grader.errors import AuthorError
from grader.key.model import Basis, Entry, GradientRule, Nudge
from grader.wire.codec import WireError, flatten
from grader.wire.program import Tree

STEP = 1e-4
"""Half the distance of a central difference. Its error is about STEP**2 and unit roundoff / STEP: 1e-8 and 1e-12 in
float64, 1e-8 and 1e-3 in float32. A smaller step would leave float32 no digits."""
ALL = ""
"""The stage whose behaviour is that of all stages, while those are not known yet."""


class Expanding:
    """Draws entries: public ones by the author's seed, hidden ones by a seed that the full key holds alone."""

    def __init__(self, assignment: Assignment, seed: str) -> None:
        self.entries: list[Entry] = []
        self.gradients: list[GradientRule] = []
        self._seeds = {PUBLIC: str(assignment.settings.seed), HIDDEN: seed}
        self._assignment = assignment
        for question in assignment.questions:
            if isinstance(question, Gradient):
                self._add_gradient(question)
            else:
                self.entries.extend(self._entry(question, case) for case in question.cases)

    def _entry(self, question: Question, case: Case) -> Entry:
        behaviours = {ALL: case.behaviour} if isinstance(case.behaviour, str) else case.behaviour
        inputs = self._draw(case.inputs, case.visibility, f"{question}, {case}")
        needs, stubs = (question.needs, question.stubs) if isinstance(question, Given) else ((), ())
        basis = Basis.GIVEN if isinstance(question, Given) else Basis.OWN
        driver = question.driver.__name__
        return Entry(driver, case.name, case.visibility, basis, (), behaviours, inputs, needs, stubs)

    def _add_gradient(self, rule: Gradient) -> None:
        label, visibility = f"{rule} of {rule.of}", HIDDEN if rule.worth else PUBLIC  # what earns points is hidden
        inputs = self._draw(rule.inputs, visibility, label)
        moved = dict.fromkeys(rule.gradients.values())
        floats = [name for name, one in inputs.items() if isinstance(one, np.ndarray) and one.dtype.kind == "f"]
        if strange := [name for name in (*moved, rule.upstream) if name not in floats]:
            raise AuthorError(f"{label}: '{strange[0]}' is no array of floats that inputs= draws", "draw it there")
        rng = self._generator(visibility, f"{label}, directions")
        directions = {name: _direction(rng, inputs[name].shape) for name in moved}
        words = (rule.of, rule.output, rule.upstream, rule.gradients, rule.averaged, rule.batch, Fraction(rule.worth))
        gradient = GradientRule(*words, len(self.entries), STEP)
        base = Entry(rule.driver.__name__, f"gradient of {rule.of}", visibility, Basis.RELATIVE, (), {}, inputs)
        self.entries += [base, *_nudged(base, len(self.gradients), directions)]
        self.gradients.append(gradient)

    def _draw(self, draw: Inputs, visibility: str, label: str) -> dict[str, Tree]:
        """The inputs of one case, from a generator of its own."""
        try:
            with np.errstate(all="ignore"):
                found = draw(self._generator(visibility, label))
            plain = {name: one.item() if isinstance(one, np.generic) else one for name, one in found.items()}
            flatten(plain, None)
        except WireError as error:
            said = "draw arrays, numbers, strings, None, and lists, tuples and dicts of these"
            raise AuthorError(f"{label}: its inputs are not plain values: {error}", said) from error
        except Exception as error:
            place = place_in(folder_of(self._assignment), error)
            what = f"{label}: its inputs cannot be drawn: {type(error).__name__}: {error} ({place})"
            raise AuthorError(what, getattr(error, "hint", "")) from error
        return plain

    def _generator(self, visibility: str, label: str) -> np.random.Generator:
        digest = hashlib.sha256(f"{self._seeds[visibility]}\0{label}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest, "big"))


def _direction(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A direction that moves every entry. One is enough: one wrong gradient in thousands agrees along it to 1e-4."""
    direction: np.ndarray = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.0, shape)
    return direction


def _nudged(base: Entry, gradient: int, directions: Mapping[str, np.ndarray]) -> Iterator[Entry]:
    """The same entry with one input a step ahead along its direction, and a step behind."""
    for name, direction in directions.items():
        for sign in (1, -1):
            inputs = {**base.inputs, name: base.inputs[name] + sign * STEP * direction}
            yield msgspec.structs.replace(base, inputs=inputs, nudge=Nudge(gradient, name, sign))


def with_stages(entries: Sequence[Entry], stages: Stages, assignment: Assignment) -> tuple[Entry, ...]:
    """The entries with the stages that the reference yields, their behaviours, and what given cases need."""
    before: dict[str, dict[str, None]] = {}  # for each criterion those whose results come before its own
    for number, entry in enumerate(entries):
        for place, stage in enumerate(stages[number] if entry.basis is Basis.OWN else ()):
            before.setdefault(stage, {}).update(dict.fromkeys(stages[number][:place]))
    rules = {criterion.name: criterion.rules for criterion in assignment.criteria}
    return tuple(_settled(entry, stages[number], before, rules) for number, entry in enumerate(entries))


def _settled(
    entry: Entry, stages: tuple[str, ...], before: Mapping[str, Iterable[str]], rules: Mapping[str, Iterable[str]]
) -> Entry:
    label = f"{entry.driver}, case '{entry.case}'"
    stages = stages[:1] if entry.nudge else stages  # a slope needs the forward only
    if strange := [name for name in stages or ("nothing",) if name not in rules]:
        raise AuthorError(f"{label}: the driver yields {strange[0]}", f"yield one of {', '.join(rules)}")
    behaviours = {stage: entry.behaviours.get(stage, entry.behaviours.get(ALL, "")) for stage in stages}
    for stage, name in {**entry.behaviours, **behaviours}.items():
        if stage != ALL and name not in ("", *rules.get(stage, ())):
            said = f'a behaviour for each criterion: {{"{stages[0]}": "{next(iter(rules[stages[0]]))}"}}'
            raise AuthorError(f"{label}: {stage} has no behaviour '{name}'", said)
    needs = entry.needs or tuple(dict.fromkeys(name for stage in stages for name in before.get(stage, ())))
    if entry.basis is Basis.GIVEN and (not (needs or entry.stubs) or {*stages} & {*entry.stubs}):
        said = 'write needs=("affine_forward",), or stubs=(…) for functions that it calls, not for those that it yields'
        raise AuthorError(f"{label}: it is not clear which function is graded, and which one is given", said)
    given = needs if entry.basis is Basis.GIVEN and not entry.stubs else entry.needs
    return msgspec.structs.replace(entry, stages=stages, needs=given, behaviours=behaviours)
