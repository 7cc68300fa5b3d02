"""What the author's own functions give: the inputs of a case, and the results of the reference.

takes: functions that draw, what they drew, and a call of the reference.
gives: arrays by name, and the form of what is no array; `AuthorError` for what cannot be handed on.
must not know: answers, which question is asked, which files are given.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from grader.assignment import HIDDEN, Assignment, Call, Inputs, Made, Own
from grader.deadline import deadline
from grader.errors import AuthorError
from grader.raised_at import told
from grader.wire import Built, Given, build, follow, parted, put

Arrays = dict[str, np.ndarray]
DRAWING = 60.0  # seconds for the inputs of a case; those of a hundred cases take one together
PATIENCE = 10.0  # seconds on top of those of a call: on a busy machine a call waits, here as in a sandbox


@dataclass(frozen=True)
class Drawn:
    """What a case draws, by name: as it is, its arrays (those within dicts too), and the form of what is no array."""

    values: Mapping[str, object]
    arrays: dict[str, np.ndarray]
    built: dict[str, Built]

    def arrays_of(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """The arrays of some inputs, those within dicts too."""
        plain = {name: self.arrays[name] for name in names if name not in self.built}
        within = (place for name in names if name in self.built for place in self.built[name].arrays)
        return plain | {place: self.arrays[place] for place in within}


def draw(inputs: Inputs, seeds: Mapping[str, int], visibility: str, label: str) -> Drawn:
    """Draw the inputs of one case; `label` names it where they are refused.

    All is drawn twice: a key that cannot be made again is another than the one that students hold.
    """
    drawn, again = (_drawn(inputs, seeds, visibility, label) for _ in range(2))
    if drawn.built != again.built or not _are_equal(drawn.arrays, again.arrays):
        raise AuthorError(
            f"{label}: its inputs are drawn otherwise each time",
            "take all that is random from the generator that the function is given: rng.uniform(0, 1, (2, 3)), not "
            "np.random.uniform(0, 1, (2, 3))",
        )
    return drawn


def _are_equal(arrays: Arrays, others: Arrays) -> bool:
    forms = ({name: (array.dtype, array.shape) for name, array in drawn.items()} for drawn in (arrays, others))
    return next(forms) == next(forms) and all(np.array_equal(array, others[name]) for name, array in arrays.items())


def _drawn(inputs: Inputs, seeds: Mapping[str, int], visibility: str, label: str) -> Drawn:
    # A generator of its own for each case: adding one case must not change the numbers of the others.
    rng = np.random.default_rng([seeds[visibility], visibility == HIDDEN, zlib.crc32(label.encode())])
    try:
        with deadline(DRAWING, f"{label}: its inputs are not drawn", "look for a loop without end in what draws them"):
            values: object = inputs(rng)
    except AuthorError:
        raise
    except Exception as error:
        raise AuthorError(
            f"{label}: its inputs cannot be drawn: {told(error, inputs)}",
            "inputs= is a function that takes a numpy generator (np.random.default_rng) and returns a dict",
        ) from error
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise AuthorError(
            f"{label}: its inputs are no dict of names, but a {type(values).__name__}",
            'inputs= is a function that returns what the call takes, by name: {"x": rng.uniform(0, 1, (2, 3))}',
        )
    drawn = Drawn(values, {}, {})
    for name, value in values.items():
        arrays, built = _taken_apart(name, value, label)
        drawn.arrays.update(arrays)
        drawn.built.update(built)
    return drawn


def _taken_apart(name: str, value: object, label: str) -> tuple[dict[str, np.ndarray], dict[str, Built]]:
    """An input's arrays and, where it is more than an array, its form."""
    arrays, built = {name: value} if isinstance(value, np.ndarray) else {}, {}
    if not arrays:
        try:
            built[name], arrays = build(name, _by_name(value))
        except (TypeError, ValueError) as error:
            raise AuthorError(f"{label}: input '{name}' cannot be handed on: {error}", _what_can_be(value)) from error
    for place, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise AuthorError(f"{label}: input '{place}' is not a numeric array", "return numpy arrays of numbers")
        if not np.isfinite(array).all():
            raise AuthorError(f"{label}: input '{place}' is not finite")
    return arrays, built


def _by_name(value: object) -> object:
    """The same with names in the place of functions and classes of the author's files, and of what they make."""
    if isinstance(value, Made):
        named = _by_name(value.function)
        return Given(named.name, tuple(map(_by_name, value.arguments))) if isinstance(named, Given) else named
    if isinstance(value, (FunctionType, type)):
        module, within = value.__module__.partition(".")[2], value.__qualname__
        is_named = module and all(part.isidentifier() for part in within.split("."))
        return Given(f"{module}:{within}") if is_named else value
    if isinstance(value, (tuple, list)):
        return type(value)(map(_by_name, value)) if type(value) in (tuple, list) else value
    return {key: _by_name(part) for key, part in value.items()} if type(value) is dict else value


def _itself(value: object) -> object:
    """The same with each object made, for a reference that is called here: what it is given, it may change."""
    if isinstance(value, Made):
        return value.function(*map(_itself, value.arguments))
    if isinstance(value, (tuple, list)):
        return type(value)(map(_itself, value))
    return {key: _itself(part) for key, part in value.items()} if isinstance(value, dict) else deepcopy(value)


def _what_can_be(value: object) -> str:
    if isinstance(value, Made) or callable(value):
        return (
            "a function or class stands under a name of its own in a file beside assignment.py, which imports it from "
            'there and gives it to students: files=("toy.py",)'
        )
    return (
        "draw numpy arrays, finite numbers, words, True, False or None, tuples, lists and dicts of these, or sets of "
        "numbers and words; functions come from a file in files=, and objects are made(…) by one"
    )


Handed = str | tuple[str, ...] | Built
"""What a call takes of what the reference kept: an array, a tuple of arrays, or what stands for anything else."""


def handed_to(back: Call, given: Mapping[str | Own, object], label: str) -> tuple[dict[str, Handed], Arrays]:
    """What stands for each own value that backward takes, from what a forward of the reference gave; and the arrays.

    Each is found by its name, among forward's results and what it keeps. If backward takes just one, it may be called
    otherwise: then it is the first that forward keeps.
    """
    by_name = {name.name if isinstance(name, Own) else name: value for name, value in given.items()}
    kept = [value for name, value in given.items() if isinstance(name, Own)]
    wanted = [name.name for name in back.takes if isinstance(name, Own)]
    handed: dict[str, Handed] = {}
    arrays: Arrays = {}
    for number, name in enumerate(wanted):
        value = by_name.get(name, kept[0] if kept and len(wanted) == 1 else None)
        if value is None:
            raise AuthorError(
                f"{label}: forward gives no own value '{name}' to hand to {back.function}",
                f"it gives {', '.join(by_name)}",
            )
        handed[name], more = _handed("cache" if not number else f"right {name}", value, label)
        arrays.update(more)
    return handed, arrays


def _handed(place: str, value: object, label: str) -> tuple[Handed, Arrays]:
    """One such value: one array, a tuple of arrays, or a tuple, list or dict of arrays, settings and more of them."""
    parts = value if isinstance(value, tuple) else (value,)
    inputs = {f"{place} {n}": part for n, part in enumerate(parts) if isinstance(part, np.ndarray)}
    if len(inputs) == len(parts):
        return (tuple(inputs) if isinstance(value, tuple) else f"{place} 0"), inputs
    try:
        return build(place, value)
    except (TypeError, ValueError) as error:
        raise AuthorError(
            f"{label}: {error}: the reference's cache must be an array, or a tuple, list or dict of arrays",
            "numbers, words, and further tuples, lists and dicts may stand in it too",
        ) from error


def handed_state(left: Mapping[str, object], label: str) -> tuple[dict[str, str | Built], Arrays]:
    """What stands for each attribute that a forward of the reference left, and the arrays; not for other objects."""
    state: dict[str, str | Built] = {}
    arrays: Arrays = {}
    for name, value in left.items():
        with suppress(AuthorError):
            found, more = _handed(f"right {name}", value, label)
            if not isinstance(found, tuple):
                state[name] = found
                arrays.update(more)
    return state, arrays


def reference_results(
    assignment: Assignment, calls: Sequence[Call], drawn: Drawn, label: str
) -> dict[str | Own, object]:
    """What the last of these calls of the reference gives, by name; those before it prepare its object."""
    return _run(assignment, calls, drawn, label)[0]


def reference_state(assignment: Assignment, calls: Sequence[Call], drawn: Drawn, label: str) -> dict[str, object]:
    """What these calls leave on the reference's object, by attribute."""
    return dict(vars(_run(assignment, calls, drawn, label)[1]))


def _run(
    assignment: Assignment, calls: Sequence[Call], drawn: Drawn, label: str
) -> tuple[dict[str | Own, object], object]:
    """What the last of some calls of the reference gives and leaves on its object, and the object that is asked."""
    objects: dict[str, object] = {}
    kept: dict[str, object] = {}
    results: dict[str | Own, object] = {}
    for call in calls:
        never = f"{label}: the reference's {call.function} has not returned"
        try:
            with deadline(assignment.limits.call_seconds + PATIENCE, never, "look for a loop without end in it"):
                returned = _called(assignment.solution, call, drawn, objects, kept)
        except AuthorError:
            raise
        except Exception as error:
            raise AuthorError(
                f"{label}: the reference's {call.function} gives no cache: {told(error, None)}",
                "look at what the case draws, and at the line that raises in the reference",
            ) from error
        asked = objects[call.function.rpartition(".")[0]]
        left: dict[str | Own, object] = {
            name: follow(asked, way) for name, (root, way) in call.places.items() if root == "self"
        }
        results = left | dict(zip(call.gives, _results_in(returned, call, label), strict=True))
        kept.update({name.name: value for name, value in results.items() if isinstance(name, Own)})
    return results, objects[calls[-1].function.rpartition(".")[0]]


def _called(solution: object, call: Call, drawn: Drawn, objects: dict[str, object], kept: dict[str, object]) -> Any:
    """Call the reference, on the object that an earlier call has prepared, if any has."""
    owner, _, method = call.function.rpartition(".")
    given, behind = _given_to(call.takes, drawn, kept), _given_to(call.then, drawn, kept)
    if owner not in objects:
        new = [_itself(drawn.values[name]) for name in call.new]
        objects[owner] = getattr(solution, owner)(*new) if owner else solution
    for place, name in call.sets.items():
        root, way = parted(place)
        put(given.get(root, objects[owner]), way, _itself(drawn.values[name]))
    found = getattr(objects[owner], method)(*given.values())
    return found(*behind.values()) if call.then else found


def _given_to(takes: Sequence[str | Own], drawn: Drawn, kept: Mapping[str, object]) -> dict[str, object]:
    """What a call takes, by name: what is drawn, and what an earlier call has kept."""
    given: dict[str, object] = {}
    for name in takes:
        if isinstance(name, str):
            given[name] = _itself(drawn.values[name])
        elif name.name in kept:
            given[name.name] = kept[name.name]
    return given


def _results_in(returned: Any, call: Call, label: str) -> Sequence[object]:
    """Take apart what a call returned as `a, b = f(x)` does."""
    due = len(call.gives)
    if due == 1:
        return (returned,)
    if isinstance(returned, (tuple, list)) and len(returned) == due:
        return returned
    several = isinstance(returned, (tuple, list))
    what = f"{len(returned)} results" if several else f"one result, of type {type(returned).__name__}"
    raise AuthorError(
        f"{label}: the reference's {call.function} returns {what}, and gives= of its call names {due}",
        "gives= names all that the function returns, in order",
    )
