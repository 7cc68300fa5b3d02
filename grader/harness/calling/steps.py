"""Call a student's functions, one step at a time, and tell what happened.

takes: a namespace, and questions with their inputs.
gives: one `Outcome` a step.
must not know: what is expected, which case is which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from grader.harness.by_name import call
from grader.harness.calling.as_given import AsGiven
from grader.harness.calling.came_back import ASKED_BY, came_back
from grader.harness.calling.fresh import fresh, fresh_inputs
from grader.harness.calling.kept import bytes_kept, changed
from grader.harness.calling.left import left_by, value_left
from grader.harness.calling.own_axes import OwnAxes
from grader.harness.calling.raised import trouble_of
from grader.harness.calling.results import describe_value, results_in
from grader.harness.finding import and_then, another, find_in, make
from grader.harness.given import GivenModules, Imported
from grader.harness.hearing import Hearing
from grader.harness.mending.anew import right_anew
from grader.harness.mending.masks import Masks
from grader.harness.mending.nearest import Left, parts_kept, read_by_name
from grader.harness.mending.put_right import put_right
from grader.harness.surroundings.unseeded import seed_all
from grader.harness.texts import kinds_of
from grader.wire import Built, Outcome, Question, Status, Step, Value, parted

_SHORT = 0.1  # seconds: a forward that takes longer is not run again, as its time is limited


class NotThereError(Exception):
    """The function to call does not exist."""


class Asking:
    """One question: its own values and its objects live from step to step.

    `draws` tells that the program may draw at random: then it draws the same for this question, whatever went before.
    `watched` are the functions whose caches have been looked at: each is once, as all calls would cost a percent.
    `imported` finds what the program has of the files that came with the exercise; `masks` are what is known of those
    that its forwards keep. `looking` is entered around each call.
    """

    def __init__(
        self,
        namespace: MutableMapping[str, Any],
        question: Question,
        hearing: Hearing,
        draws: bool = True,
        watched: set[str] | None = None,
        imported: Imported | None = None,
        masks: Masks | None = None,
        looking: AbstractContextManager[object] | None = None,
    ) -> None:
        self._namespace = namespace
        self._hearing = hearing
        self._question = question
        self.own: dict[str, object] = {}
        self._built: dict[str, object] = AsGiven() if question.lends else {}
        self._given = GivenModules(question.files, imported)
        self._made_with: dict[tuple[str, str], dict[str, object]] = {}
        self._objects: dict[tuple[str, str], object] = {}
        self._half_made: dict[str, TypeError | OSError] = {}
        self._watched = set() if watched is None else watched
        self._before: dict[str, tuple[object, list[bytes]]] = {}
        self._wrong: Mapping[str, object] = self.own  # what is to be made right: of forward as it was asked first
        self._leaves: Left | None = None
        self._axes = OwnAxes()
        self._took = 0.0
        self._looking = looking
        self._masks = masks or Masks()
        self._again = namespace, question, hearing, draws, self._watched, imported, self._masks
        if draws or (question.files and any("random" in source for source in question.files.values())):
            seed_all()

    def answer(self, step: Step) -> Outcome:
        """Make one call with fresh copies of its inputs."""
        if step.mends:
            with suppress(BaseException):  # what a hand-in keeps may refuse to be looked at
                self._run_anew(step)
        inputs = fresh_inputs(step.inputs, self._question)
        self._before = {}  # of an earlier call, whose own values are no business of this one
        try:
            results, count = (self._called if self._hearing.is_strict else self._call)(step, inputs)
        except NotThereError as error:
            return Outcome(Status.MISSING, reason=str(error))
        except BaseException as error:
            trouble = trouble_of(error, step, self.own, self._half_made.get(step.path[0]))
            return Outcome(
                Status.RAISED, {}, -1, self._changed(step, inputs), trouble, self._hearing.messages(),
                kinds=kinds_of(error),
            )  # fmt: skip
        return Outcome(
            Status.RETURNED, self._values(step, results, inputs), count, self._changed(step, inputs), None,
            self._hearing.messages(),
        )  # fmt: skip

    def given(self) -> Mapping[str, object]:
        """What calls were given so far that is more than an array, by name."""
        return self._built

    def _run_anew(self, step: Step) -> None:
        """Go on from what its forward keeps where right numbers in its own lines make its result right."""
        kept = [self.own.get(taken) for taken in step.takes_own]
        parts = list(parts_kept([*kept, self._objects.get((step.path[0], step.instance))]))
        read = list(parts_kept(read_by_name(self._namespace, step)))
        self._masks.look(step.function, [*parts, *read, *self._namespace.values()])
        begin = partial(Asking, *self._again)
        if self._took < _SHORT and (found := right_anew(self._question, step, self.own, parts, begin, read)):
            again, left = found
            vars(self).update({**vars(again), "_wrong": self.own, "_leaves": left, "_looking": None})

    def _called(self, step: Step, inputs: dict[str, np.ndarray]) -> tuple[Sequence[object], int]:
        """What a program sets to be raised, and does not catch, only made its author find something."""
        built = self._built.copy()
        with suppress(FloatingPointError, Warning):
            return self._call(step, inputs)
        inputs.update(fresh_inputs(step.inputs, self._question))
        self._built = built
        return self._call(step, inputs, strict=False)

    def _call(self, step: Step, inputs: dict[str, np.ndarray], strict: bool = True) -> tuple[Sequence[object], int]:
        arguments = self._arguments(step.takes, inputs)
        behind = self._arguments(step.then, inputs) if step.then else ()
        of = (step.path[0], step.instance)
        for name in step.kept:
            self.own.pop(name, None)  # a value of an earlier call must not stand in for this one's
        self._hearing.begin(strict)
        start = perf_counter()
        try:
            function = self._find(step)
            if step.then:
                function = and_then(function, step.function, behind)
            for place, taken in step.sets:
                root, way = parted(place)
                self._axes.put((*of, root), self._taken(step, root, arguments), way, self._kept(taken))
            if step.mends:
                asked, known = self._objects.get((step.path[0], step.instance)), self._question.inputs.values()
                where = (asked, self._namespace)
                with put_right(step, arguments, inputs, where, self._wrong, known, self._leaves, self._masks) as given:
                    return results_in(call(function, given, step.named, step.head), len(step.gives))
            self._watch(step, arguments)
            if self._looking is None:
                return came_back(step, call(function, arguments, step.named, step.head))
            with self._looking:  # around nothing of ours, as all that Python runs in it takes three times as long
                return came_back(step, call(function, arguments, step.named, step.head))
        finally:
            self._took += perf_counter() - start
            self._hearing.end()

    def _taken(self, step: Step, root: str, arguments: Sequence[object]) -> object:
        """What a place is in: the object that is asked, what it was made with, or what the call takes by that name."""
        asked = (step.path[0], step.instance)
        names = [taken.name if isinstance(taken, Built) else taken for taken in step.takes]
        found = (given for name, given in zip(names, arguments, strict=True) if name in (root, f"={root}"))
        return next(found, self._made_with.get(asked, {}).get(root)) if root else self._objects[asked]

    def _watch(self, step: Step, arguments: Sequence[object]) -> None:
        """Note down what the hand-in's own values hold before the call."""
        if step.takes_own and step.function not in self._watched:
            self._watched.add(step.function)
            pairs = zip(step.takes, arguments, strict=True)
            self._before = {name: (kept, bytes_kept(kept)) for name, kept in pairs if name in step.takes_own}

    def _arguments(
        self, takes: Sequence[str | tuple[str, ...] | Built], inputs: Mapping[str, np.ndarray]
    ) -> list[object]:
        given: list[object] = []
        for taken in takes:
            if type(taken) is str:
                given.append(inputs[taken] if taken in inputs else self.own.get(taken))
            elif isinstance(taken, Built):
                given.append(self._put_together(taken))
            else:
                given.append(tuple([inputs[name] for name in taken]))
        return given

    def _kept(self, taken: str | Built) -> object:
        """What an object is made with is its own from then on: no call's input."""
        return self._put_together(taken) if isinstance(taken, Built) else self._fresh(taken)

    def _fresh(self, name: str) -> np.ndarray:
        return fresh(self._question.inputs[name], self._question.layouts.get(name, "C"))

    def _put_together(self, taken: Built) -> object:
        """Make it at the first call that takes it: what that call writes into a dict, the next one finds there."""
        if taken.name not in self._built:
            self._built[taken.name] = taken.put_together(self._fresh, self._given.find)
        return self._built[taken.name]

    def _find(self, step: Step) -> Callable[..., object]:
        owner, method = step.path
        found = find_in(self._namespace, owner, method)
        if found is None and not (method and callable(self._namespace.get(owner))):
            raise NotThereError(f"{step.function} is not defined")
        if not method:
            return found  # type: ignore[no-any-return]
        key = (owner, step.instance)
        if method == "__init__":  # making the object is the call: to call it once more would begin anew
            return partial(self._made_anew, key, step)
        if step.instance.startswith("="):
            self._objects[key] = self.own.get(step.instance)
        elif key not in self._objects:
            self._objects[key] = self._make(step, found is not None)
        if found is not None and method in ASKED_BY:
            return partial(ASKED_BY[method], self._objects[key])
        if found is not None:
            return getattr(self._objects[key], method)  # type: ignore[no-any-return]
        bound = getattr(self._objects[key], method, None)  # on the object alone, if anywhere
        if not callable(bound):
            raise NotThereError(f"{step.function} is not defined")
        return bound  # type: ignore[no-any-return]

    def _made_anew(self, key: tuple[str, str], step: Step, *given: object, **named: object) -> object:
        """Make an object by what the call takes, and give it; a constructor that does not take that has failed."""
        made, wanting = make(self._namespace[key[0]], [*given, *named.values()], step.named, step.head)
        if wanting is not None:
            raise wanting
        self._objects[key] = made
        return made

    def _make(self, step: Step, has_method: bool) -> object:
        owner, given = step.path[0], [self._kept(taken) for taken in step.new]
        names = (taken.name if isinstance(taken, Built) else taken for taken in step.new)
        self._made_with[owner, step.instance] = dict(zip(names, given, strict=True))
        try:
            made, wanting = make(self._namespace[owner], given, step.new_named, step.new_head)
        except BaseException as error:
            if has_method:
                raise
            raise NotThereError(f"{owner} has no such method, and no object of it could be made") from error
        if wanting is not None and (alike := another(made, self._namespace)) is not None:
            return alike
        if wanting is not None:
            self._half_made[owner] = wanting
        return made

    def _values(self, step: Step, results: Sequence[object], inputs: Mapping[str, np.ndarray]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, result in zip(step.gives, results):  # noqa: B905 - none, or as many; to say so takes longer
            if name in step.graded:
                values[name] = describe_value(result)
            else:
                self.own[name] = result
        return {**values, **self._left(step, results, inputs)} if step.leaves and results else values

    def _left(self, step: Step, results: Sequence[object], inputs: Mapping[str, np.ndarray]) -> dict[str, Value]:
        """Results that are left somewhere, of which there are none in most calls."""
        values: dict[str, Value] = {}
        asked, gave = (step.path[0], step.instance), dict(zip(step.gives, results, strict=True))
        places = (self._built, inputs, self.own, self._made_with.get(asked, {}))
        for name, left, why in left_by(step, self._objects.get(asked), gave, places, self._axes.read):
            if name in step.graded:
                values[name] = value_left(left, why)
            else:
                self.own[name] = left
        return values

    def _changed(self, step: Step, inputs: Mapping[str, np.ndarray]) -> tuple[str, ...]:
        if step.leaves:  # an input in which a result is to be left is to be changed
            left = {root for _, root, _ in step.leaves}
            inputs = {name: array for name, array in inputs.items() if name not in left}
        return changed(inputs, self._question.inputs, self._before)
