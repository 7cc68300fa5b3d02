"""One call as data, and as JSON for frames and keys.

takes: names, as a plan gives them.
gives: `Step`.
must not know: answers (no field can hold one), what is called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from grader.wire.built import Built
from grader.wire.places import ALL, how_many, is_place
from grader.wire.quick import cached_property, dataclass

_KEY = re.compile(r"\['([^'\]]+)'\]")
_PLACE = re.compile(r"\[(-?\d+)\]")
_NAMES = ("named", "new_named", "head", "new_head")
NEAREST = "~"
"""Stands for an own value in `mends`: whatever is most like the input that is to be put there."""
SLIPS = "!"
"""Stands there beside an input that is put already: what is kept itself may be the one slip of a forward."""


@dataclass(frozen=True)
class Step:
    """One call: `takes` holds input names, `=name` for an own value, or a tuple of input names (a handed cache).

    What is no array is `Built`: one value for all calls of a question, so that one call finds what another wrote into
    a dict. `gives` names the results in order; `=name` is kept inside and never sent. `mends` names own values, each
    with an input: before the call, wherever it stands in what the hand-in keeps, the input is put
    (`harness.mending.mended`); under `NEAREST` it is put in the place of what is most like it (`.nearest` there).
    `instance` tells objects of a class apart; `=name` is one that an earlier call gave. `new` is what it is made with;
    `sets` are places on it, or in what the call takes (`config['mode']`), where something is put before the call.
    `leaves` names further results, each with what it stands in (`self`, an input or an own value) and the way from
    there; `=name` is kept inside here too. `then` is what a function takes that the call gives: the results are what
    that one gives. `named` are the names by which the last of `takes` are handed over, `new_named` those of `new`;
    `head` and `new_head` are all that the hand-out has there, in its order (`harness.by_name`).
    """

    function: str
    takes: tuple[str | tuple[str, ...] | Built, ...]
    gives: tuple[str, ...]
    instance: str = "first"
    mends: tuple[tuple[str, str], ...] = ()
    new: tuple[str | Built, ...] = ()
    leaves: tuple[tuple[str, str, str], ...] = ()
    sets: tuple[tuple[str, str | Built], ...] = ()
    then: tuple[str | Built, ...] = ()
    named: tuple[str, ...] = ()
    new_named: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    new_head: tuple[str, ...] = ()

    @cached_property
    def graded(self) -> frozenset[str]:
        """The names of the results that cross the wall."""
        return frozenset(name for name in (*self.gives, *self.left) if not name.startswith("="))

    @cached_property
    def left(self) -> tuple[str, ...]:
        """The names of the results that it leaves somewhere."""
        return tuple(name for name, _, _ in self.leaves)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The names of all inputs that it needs, also within a `Built` and to make its object."""
        within = (name for built in self.built for name in built.arrays)
        return frozenset([*self.inputs, *within, *(name for name in self.kept_by_object if isinstance(name, str))])

    @cached_property
    def made_with(self) -> str:
        """What its object is made with, as a call has it between its brackets: `w, axis=axis`."""
        return ", ".join(by_name([new.name if isinstance(new, Built) else new for new in self.new], self.new_named))

    @cached_property
    def kept_by_object(self) -> tuple[str | Built, ...]:
        """What its object is made with, or gets before the call."""
        return (*self.new, *(taken for _, taken in self.sets))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs that it takes, those of handed caches among them, not those in a `Built`."""
        names: list[str] = []
        for taken in (*self.takes, *self.then):
            if not isinstance(taken, Built):
                names += [taken] if isinstance(taken, str) else taken
        names += [right for _, right in self.mends]
        return tuple(name for name in names if not name.startswith("="))

    @cached_property
    def built(self) -> tuple[Built, ...]:
        """What it takes, or makes its object with, that is no array."""
        return tuple(taken for taken in (*self.kept_by_object, *self.takes, *self.then) if isinstance(taken, Built))

    @cached_property
    def gone_through(self) -> dict[str, int]:
        """The own values that it gives and of which this or that one is a result, and how far an iterator is read."""
        read = [(root, how_many(way)) for _, root, way in self.leaves if root in self.gives and how_many(way)]
        return {root: ALL if (root, ALL) in read else max(n for of, n in read if of == root) for root, _ in read}

    @cached_property
    def packed(self) -> tuple[tuple[str, str, str], ...]:
        """The results that stand under a key of a dict that it gives: name, own value and key."""
        keys = [(name, root, _KEY.fullmatch(way)) for name, root, way in self.leaves if root in self.gives]
        return tuple((name, root, key[1]) for name, root, key in keys if key)

    @cached_property
    def listed(self) -> dict[str, tuple[int, ...]]:
        """The own values that it gives of which results stand at places of a list, and these places."""
        found = [(root, _PLACE.fullmatch(way)) for _, root, way in self.leaves if root in self.gives]
        places = [(root, int(place[1])) for root, place in found if place]
        return {root: tuple(place for of, place in places if of == root) for root, _ in places}

    @cached_property
    def left_in_taken(self) -> tuple[tuple[str, int, str], ...]:
        """The results that it leaves somewhere in what it takes: name, number of that, and the way from there."""
        names = [taken.name if isinstance(taken, Built) else taken for taken in self.takes]
        found = ((name, root, way) for name, root, way in self.leaves if root in names and is_place(way))
        return tuple((name, names.index(root), way) for name, root, way in found if not name.startswith("="))

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The names of the results that are kept inside."""
        return tuple(name for name in (*self.gives, *self.left) if name.startswith("="))

    @cached_property
    def takes_own(self) -> frozenset[str]:
        """The names of the values of the hand-in's own that it takes, such as its cache, and does not give again."""
        own = {taken for taken in (*self.takes, *self.then) if isinstance(taken, str) and taken.startswith("=")}
        return frozenset(own.difference(self.gives))

    @cached_property
    def path(self) -> tuple[str, str]:
        """The function's name in two: the class's and the method's, or its own and nothing."""
        owner, _, method = self.function.partition(".")
        return owner, method


def step_to_json(step: Step) -> list[object]:
    """A step as a JSON list; tuples of names become lists, what is built a dict."""
    return [
        step.function,
        [_taken_to_json(taken) for taken in step.takes],
        list(step.gives),
        step.instance,
        *([[list(pair) for pair in step.mends]] if step.mends else []),
        *([_rest_to_json(step)] if _has_more(step) else []),
    ]


def by_name(given: Sequence[str], named: Sequence[str]) -> list[str]:
    """What a call is given, as it is written: the last of it behind these names, `rate=rate`."""
    places = len(given) - len(named)
    return [*given[:places], *(f"{name}={one}" for name, one in zip(named, given[places:], strict=True))]


def _has_more(step: Step) -> bool:
    return bool(step.new or step.leaves or step.sets or step.then or step.named)


def _rest_to_json(step: Step) -> dict[str, object]:
    return {
        "new": [_taken_to_json(taken) for taken in step.new],
        "leaves": [list(leaf) for leaf in step.leaves],
        "sets": [[way, _taken_to_json(taken)] for way, taken in step.sets],
        **({"then": [_taken_to_json(taken) for taken in step.then]} if step.then else {}),
        **{field: list(names) for field in _NAMES if (names := getattr(step, field))},
    }


def step_from_json(entry: Sequence[Any]) -> Step:
    """Read what `step_to_json` wrote."""
    function, takes, gives, instance, *more = entry
    taken = tuple(_taken_from_json(t) for t in takes)
    mends = tuple((own, right) for part in more if isinstance(part, list) for own, right in part)
    rest: dict[str, Any] = next((part for part in more if isinstance(part, dict)), {})
    new = tuple(_plain_or_built(t) for t in rest.get("new", ()))
    leaves = tuple((name, root, way) for name, root, way in rest.get("leaves", ()))
    sets = tuple((way, _plain_or_built(t)) for way, t in rest.get("sets", ()))
    then = tuple(_plain_or_built(t) for t in rest.get("then", ()))
    names = (tuple(rest.get(field, ())) for field in _NAMES)
    return Step(function, taken, tuple(gives), instance, mends, new, leaves, sets, then, *names)


def _taken_to_json(taken: str | tuple[str, ...] | Built) -> object:
    if isinstance(taken, Built):
        return {"name": taken.name, "form": taken.form}
    return list(taken) if isinstance(taken, tuple) else taken


def _taken_from_json(taken: Any) -> str | tuple[str, ...] | Built:
    return tuple(taken) if isinstance(taken, list) else _plain_or_built(taken)


def _plain_or_built(taken: Any) -> str | Built:
    return Built(**taken) if isinstance(taken, dict) else str(taken)
